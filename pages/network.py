"""Who works with whom, and is it more than chance across sectors?"""

import datetime
import functools

import streamlit as st

from hubdata import charts, questions, ui
from hubdata.ui import _, md, n_, n_md
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
        "{average} Of every 100 possible ties {density} exist.",
        average=ui.partners_sentence(figures),
        density=ui.number(100 * (figures["density"] or 0), 1),  # there are ties, so it is known
    )
)
ui.note_large_partnerships(figures)

history = ui.ask(questions.answer_history)
names, has_names = ui.ask(questions.answer_names), ui.covers(questions.answer_circle)
groups = {str(nth): group for nth, group in enumerate(ui.ask(questions.answer_groups))}
themes = ui.ask(questions.answer_agreement_themes)
days = [day.date().isoformat() for day in history["date"]]

is_narrow = ui.style().narrow
what, moment_of = st.columns([5, 4], vertical_alignment="bottom")
with what, st.container(horizontal=True, vertical_alignment="bottom"):
    organisation = ui.url_widget(
        st.selectbox,
        "org",
        _("Find an organisation"),
        ui.offered("org", list(names), names.__getitem__),
        None,
        format_func=names.get,
        placeholder=_("Type a name"),
    )
    shown = ui.url_widget(
        st.segmented_control,
        "show",
        _("Show"),
        ["all", "across", "fading"],
        "all",
        format_func={"all": _("All"), "across": _("Across sectors"), "fading": _("Fading")}.get,
        required=True,
    )
    with st.popover(_("More filters")):
        about = ui.url_widget(
            st.selectbox,
            "about",
            _("Agreements about"),
            ["", *themes],
            "",
            format_func={"": _("All themes"), **{code: ui.label(code) for code in themes}}.get,
        )
        strength = ui.url_widget(
            st.selectbox,
            "strength",
            _("At least as close as"),
            ["", *questions.STRENGTHS[1:]],
            "",
            format_func={"": _("All"), **{code: ui.word("intensity", code) for code in questions.STRENGTHS}}.get,
        )
        group = ui.url_widget(
            st.selectbox,
            "group",
            _("Group"),
            ["", *groups],
            "",
            format_func={
                "": _("None"),
                **{nth: words.group_name(found, int(nth)) for nth, found in groups.items()},
            }.get,
            help=_("Organisations that work together more than with others, named by their commonest theme."),
        )
with moment_of:
    day = ui.time_slider(days, words.quarters(days))
st.caption(ui.kept("events", lambda: words.events_before(day, days, ui.ask(questions.answer_calendar))))
when = datetime.date.fromisoformat(day)
moment = ui.kept(
    "moment", lambda: words.described(ui.ask(questions.answer_moment, when, shown, about, strength), has_names)
)
lit, lit_ties = (
    ui.kept("circle", lambda: words.circle_of(organisation, moment.ties)) if organisation else (set(), set())
)
circle = ui.ask(questions.answer_circle, organisation) if organisation and has_names else None
if group and not organisation:
    lit = set(groups[group]["organisations"])
    lit_ties = ui.kept("group", lambda: words.ties_within(lit, moment.ties))


def whole() -> None:
    """The figures of the network as a whole."""
    ui.metrics(
        (_("Ties"), ui.number(figures["ties"]), "ties"),
        (_("Average number of partners"), ui.number(figures["mean_degree"], 1), "mean_degree"),
        (_("Ties across sectors"), ui.percent(figures["cross_sector_share"]), "cross_sector_share"),
        (_("Without a partner"), ui.number(figures["isolates"]), "isolates"),
        beside=2,
    )


def most_partners() -> None:
    """Who has the most partners, of everybody or of the chosen group."""
    if group:
        st.markdown(md("**{group}**", group=words.group_name(groups[group], int(group))))
    st.subheader(_("Most partners"), anchor="most")
    most = ui.kept("most", lambda: words.most_partners(moment.organisations, lit))
    if not most:
        st.markdown(_("Many have equally many partners."))
    for row in most:
        with_number = n_("{name}, {n} partner", "{name}, {n} partners", row.degree, name=row.name)
        if ui.covers(questions.answer_organisation):
            ui.organisation_link(row.organisation_id, with_number)
        else:
            st.markdown(ui.literal(with_number))


if is_narrow:
    whole()
left, right = (st.container(), st.container()) if is_narrow else st.columns([5, 2])
if not organisation and not is_narrow:
    with right:
        whole()
        with st.container(border=True):
            most_partners()
if organisation:
    with right, st.container(border=True):
        st.subheader(ui.literal(names[organisation]), anchor="chosen")
        st.markdown(n_md("**{n} partner**", "**{n} partners**", len(lit_ties)))
        if circle:
            others = {partner["organisation_id"]: partner["name"] for partner in [*circle["ties"], *circle["former"]]}
            other = ui.url_widget(
                st.selectbox,
                "with",
                _("History with"),
                list(others),
                None,
                format_func=others.get,
                placeholder=_("Choose a partner"),
            )
            if other:
                lit, lit_ties = {organisation, other}, {(min(organisation, other), max(organisation, other))}
                tie = ui.ask(questions.answer_tie, organisation, other)
                if tie:
                    st.markdown(ui.Markdown(" ".join(words.history(tie))))
                    if confirmed := ui.confirmed_in_words({organisation: circle["name"], other: others[other]}):
                        st.markdown(f":material/verified: {confirmed}")
                    st.markdown("\n".join([f"**{_('Agreements')}**\n", *words.agreements(tie)]))
                    if tie["events"]:
                        st.markdown("\n".join([f"**{_('Events both attended')}**\n", *words.events_together(tie)]))
                ui.organisation_link(other, others[other])
            elif circle["ties"]:
                with st.container(key="circle"):
                    ui.frame(
                        "circle",
                        functools.partial(ui.table_of, circle["ties"]),
                        [ui.column("name", _("Partner")), ui.column("last_sign_date", _("Last contact")), "started_on"],
                        is_beside=True,
                    )
            ui.organisation_link(organisation, _("Open profile"))
            if ui.has_page("introductions"):
                ui.page_link("organisation", _("Introduce to …"), id=organisation, tab="chances")

places = ui.ask(questions.answer_places)
drawn = ui.kept("picture", lambda: words.picture(moment, lit, lit_ties))
with left:
    ui.figure(
        "picture",
        title=drawn.title,
        sentence=md(
            "Click a mark to see its partners, a line to see its history. Blue lines run across sectors, grey ones "
            "within a sector; dashed ones fade: nothing was heard for more than {days} days.",
            days=ui.number(ui.settings().fading_days),
        ),
        element=lambda: ui.picture(
            "explorer",
            lambda: words.drawing(drawn.marks, drawn.ties, places, lit, lit_ties),
            alt=drawn.alt,
            ids=drawn.marks["organisation_id"].tolist(),
            pairs=list(zip(drawn.ties["organisation_a"], drawn.ties["organisation_b"], strict=True)),
        ),
        day=when,
        table=lambda: ui.with_labels(moment.organisations, "sector").sort_values("degree", ascending=False),
        columns=["name", "sector_label", "degree"],
        basis=drawn.basis,
        source="partnerships.csv",
        method="ties",
    )
ui.note_confirmed()
ui.note_records()


def over_time(column: str, title: str, sentence: str, kind: charts.Format) -> None:
    ui.figure(
        f"{column}_history",
        title=ui.course_title(title, history, column, kind),
        sentence=sentence,
        draw=lambda: charts.lines(
            ui.series(history, column, title),
            ui.style(),
            y_title="",
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


def through_time() -> None:
    left, right = st.columns(2)
    with left:
        over_time(
            "density",
            _("Density"),
            _("Density falls when the network grows, even if nobody loses a partner."),
            "share",
        )
    with right:
        over_time(
            "mean_degree",
            _("Average number of partners"),
            _("This does not fall by itself when the network grows."),
            "number",
        )


def between_sectors() -> None:
    # there are ties, so these are known
    ei, expected, p = figures["ei_index"] or 0, figures["ei_expected"] or 0, figures["ei_p_value"] or 0
    across = ui.apart("share", figures["cross_sector_share"], (expected + 1) / 2)
    ui.figure(
        "mixing",
        title=words.mixing_title(figures),
        sentence=n_md(
            "Of {n} tie {share} runs across sectors; by chance it would be {expected}.",
            "Of {n} ties {share} run across sectors; by chance it would be {expected}.",
            figures["ties"],
            share=across[0],
            expected=across[1],
        ),
        draw=lambda: charts.matrix(
            ui.against_chance(figures["mixing"]),
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
            "{basis}; E-I index {ei}, by chance {expected}, p = {p}; a dash where chance gives fewer than 5 ties, "
            "no colour where the difference may be chance",
            basis=basis,
            ei=ui.number(ei, 2),
            expected=ui.number(expected, 2),
            p=ui.number(p, 4),
        ),
        source="partnerships.csv, organisations.csv",
        method="mixing",
    )


ui.lazy_tabs(
    "tab",
    {
        **({"most": (_("Most partners"), most_partners)} if is_narrow and not organisation else {}),
        "time": (_("Over time"), through_time),
        "sectors": (_("Which sectors find each other"), between_sectors),
    },
)

ui.page_link("brokers", _("Who holds the network together, and what is left when they go"))
ui.page_link("contacts", _("Which ties fade, and what holds them, is on the page Contacts"))
ui.play_on()
