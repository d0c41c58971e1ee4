"""Who works with whom, and is it more than chance across sectors?"""

import streamlit as st

from hubdata import charts, questions, ui
from hubdata.ui import _, md, n_md
from hubdata.ui.words import network as words

figures = ui.ask(
    questions.answer_network,
    "organisations",
    "ties",
    "density",
    "mean_degree",
    "mean_cross_sector_degree",
    "median_degree",
    "isolates",
    "ties_only_from_large",
    "cross_sector_share",
    "ei_index",
    "ei_expected",
    "ei_p_value",
    "mixing",
)
if not figures["ties"]:
    ui.no_ties_yet()

sectors = ui.sector_labels()
basis = ui.network_basis(figures)

st.markdown(
    md(
        "{average} Of all ties that could exist, {density} do.",
        average=ui.partners_sentence(figures),
        density=ui.percent(figures["density"], 1),
    )
)
ui.metrics(
    (_("Density"), ui.percent(figures["density"], 2), "density"),
    (_("Average number of partners"), ui.number(figures["mean_degree"], 1), "mean_degree"),
    (_("Ties across sectors"), ui.percent(figures["cross_sector_share"]), "cross_sector_share"),
    (_("Without a partner"), ui.number(figures["isolates"]), "isolates"),
)

ui.note_large_partnerships(figures)

placed = ui.ask(questions.answer_layout)
ties = ui.ask(questions.answer_tie_list)
drawn = len(charts.ties_to_draw(ties))
chosen = ui.figure(
    "picture",
    title=_("Who works with whom"),
    sentence=md(
        "Every mark is an organisation, every line a tie; the larger the mark, the more partners. "
        "Click a mark to see the organisation."
    ),
    draw=lambda: charts.network(
        placed,
        ties,
        ui.style(),
        sector_labels=sectors,
        partners=_("partners"),
        within=_("Tie within a sector"),
        across=_("Tie across sectors"),
    ),
    alt=lambda: _(
        "Network of {basis}. The best connected are {names}.",
        basis=basis,
        names=ui.join(words.best_connected(placed)),
    ),
    table=lambda: ui.with_labels(placed, "sector").sort_values("degree", ascending=False),
    columns=["name", "sector_label", "degree"],
    basis=basis if drawn == figures["ties"] else f"{basis}; {_('{n} ties are drawn', n=ui.number(drawn))}",
    source="partnerships.csv",
    method="ties",
    selectable=True,
)
ui.open_selected_organisation(chosen)
ui.note_records()

history = ui.ask(questions.answer_history)


def over_time(column: str, title: str, sentence: str, kind: charts.Format) -> None:
    ui.figure(
        f"{column}_history",
        title=title,
        sentence=sentence,
        draw=lambda: charts.lines(
            ui.series(history, column, title),
            ui.style(),
            y_title=title,
            value_format=kind,
            **ui.targets(column),
            **ui.marks(),
        ),
        alt=lambda: ui.trend_in_words(title, history, column, kind),
        table=lambda: history,
        columns=["date", column, "organisations", "ties"],
        basis=basis,
        source="partnerships.csv",
        method=column,
    )


over_time(
    "density",
    _("Density over time"),
    _("Density falls when the network grows, even if nobody loses a partner."),
    "share",
)
over_time(
    "mean_degree",
    _("Partners over time"),
    _("The average number of partners does not fall by itself when the network grows."),
    "number",
)

# there are ties, so these are known
ei, expected, p = figures["ei_index"] or 0, figures["ei_expected"] or 0, figures["ei_p_value"] or 0
across = ui.apart("share", figures["cross_sector_share"], (expected + 1) / 2, digits=0)
ui.figure(
    "mixing",
    title=_("Which sectors find each other"),
    sentence=n_md(
        "Of {n} tie {share} runs across sectors; by chance it would be {expected}. {meaning}",
        "Of {n} ties {share} run across sectors; by chance it would be {expected}. {meaning}",
        figures["ties"],
        share=across[0],
        expected=across[1],
        meaning=(
            _("That is less mixing than chance gives.")
            if p < 0.05 and ei < expected
            else _("That is more mixing than chance gives.")
            if p < 0.05
            else _("The difference may well be chance.")
        ),
    ),
    draw=lambda: charts.matrix(
        # Where chance gives fewer than five ties, one tie more or less makes a large ratio: no colour for that.
        [
            row if (row["expected"] or 0) >= questions.MINIMUM_EXPECTED else row | {"ratio": None}
            for row in figures["mixing"]
        ],
        ui.style(),
        sector_labels=sectors,
        ratio=_("Ties compared with chance"),
        ties=_("Ties"),
        expected=_("Expected by chance"),
        undefined=_("too few to say"),
    ),
    alt=lambda: _("Matrix of sectors: per two sectors how often ties occur compared with chance."),
    table=lambda: ui.table_of(figures["mixing"], "sector_a", "sector_b"),
    columns=[
        "sector_a_label",
        ui.column("sector_b_label", _("Other sector")),
        "ties",
        "pairs",
        "density",
        "expected",
        "ratio",
        "p_adjusted",
    ],
    basis=_(
        "{basis}; E-I index {ei}, by chance {expected}, p = {p}; a dash where chance gives fewer than 5 ties",
        basis=basis,
        ei=ui.number(ei, 2),
        expected=ui.number(expected, 2),
        p=ui.number(p, 4),
    ),
    source="partnerships.csv, organisations.csv",
    method="mixing",
)

ui.page_link("brokers", _("Who holds the network together, and what is left when they go"))
ui.page_link("contacts", _("Which ties fade, and what holds them, is on the page Contacts"))
