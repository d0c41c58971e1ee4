"""Who holds the network together, and what is left of it when they go?"""

import streamlit as st

from hubdata import charts, questions, ui
from hubdata.ui import _, md
from hubdata.ui.words import brokers as words

figures = ui.ask(questions.answer_network, "organisations", "ties")
if not figures["ties"]:
    ui.no_ties_yet()

basis = ui.network_basis(figures)
brokers = ui.ask(questions.answer_brokers)
fragility = ui.ask(questions.answer_fragility)
views = {
    key: words
    for key, words in {"with": _("With convenors"), "without": _("Without convenors")}.items()
    if key in fragility
}


def fragility_figure() -> None:
    """What is left of the network without those who hold it together."""
    ui.figure(
        "fragility",
        title=words.fragility_title(fragility),
        sentence=words.fragility_sentence(fragility),
        draw=lambda: charts.bars(
            words.fragility_rows(fragility),
            ui.style(),
            value_title=_("Pairs still connected"),
            value_format="share",
            series_labels=views,
        ),
        alt=lambda: _(
            "Share of pairs still connected with everybody there and without the first one, three and five key "
            "organisations."
        ),
        table=lambda: words.fragility_rows(fragility).assign(view=lambda t: t["series"].map(views)),
        columns=[
            ui.column("label", _("Who is there")),
            "connected_share",
            "connected_share_before",
            *(["view"] if len(views) > 1 else []),
            "who",
            "largest_component_share",
        ],
        basis=_(
            "{basis}; lost are those who stand most often between others now, and pairs with one of them no longer "
            "count; nobody takes over their ties",
            basis=basis,
        ),
        source="partnerships.csv",
        method="fragility",
    )


def key_organisations() -> None:
    """Who holds the network together."""
    with st.container(border=True, height="stretch"):
        st.subheader(words.brokers_title(brokers), anchor="brokers")
        if alone := words.cut_off_in_words(brokers):
            st.markdown(alone)
        ui.note_estimated(len(brokers))
        st.markdown(md("Most often on the shortest path between two others:"))
        for broker in words.first_few(brokers):
            with st.container(gap=None):
                ui.organisation_link(broker["organisation_id"], broker["name"])
                st.markdown(words.broker_in_words(broker, named=not ui.has_page("organisation")))
        ui.lazy_expander(
            "broker_list",
            _("The whole list as a table"),
            lambda: ui.frame(
                "brokers",
                lambda: ui.table_of(words.first_brokers(brokers), "sector"),
                [
                    "name",
                    "more_often_than",
                    "cut_off",
                    "degree",
                    "cross_sector_degree",
                    "circle",
                    "sector_label",
                    "betweenness",
                    "constraint",
                ],
            ),
        )
        ui.explain("betweenness", "constraint", "articulation_points")
        ui.page_link("network", _("Who works with whom is on the page Network"))


if ui.style().narrow:
    ui.lazy_tabs(
        "tab",
        {
            "left": (_("What is left without them"), fragility_figure),
            "who": (_("Who holds the network together"), key_organisations),
        },
    )
else:
    with st.grid(2, min_column_width=460, key="brokers"):
        fragility_figure()
        key_organisations()


ui.note_confirmed()
