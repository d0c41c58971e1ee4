"""The organisations, and one of them: who it is, whom it works with, its money in and out, its events and chances."""

import pandas as pd
import streamlit as st

from hubdata import questions, ui
from hubdata.ui import _, n_, n_md
from hubdata.ui.chapters.take_along import one_page_button
from hubdata.ui.words import organisation as words

ui.show_deed()
names = ui.ask(questions.answer_names)
if not names:
    ui.nothing_yet(
        _("There are no organisations to show on {day}.", day=ui.date(ui.view().as_of)),
        _("Choose another day or wider filters, or load the list of organisations: one row per organisation."),
    )
    ui.stop()


def everybody() -> None:
    """All organisations as a table, and which of them need a look."""
    alone = sum(not one["degree"] for one in ui.ask(questions.answer_directory))
    kinds = {"all": _("All"), "alone": _("Without a partner"), "silent": _("Silent for long")}
    if ui.has_amounts():
        kinds["exposed"] = _("Depends on one donor")
    which = ui.url_widget(
        st.segmented_control,
        "which",
        _("Show"),
        list(kinds),
        "all",
        format_func=kinds.get,
        required=True,
        help=_(
            "Silent for long: the last contact with any partner is more than {days} days ago.",
            days=ui.number(ui.settings().fading_days),
        ),
    )
    st.markdown(
        n_md(
            "**{n} organisation**; without a partner: {alone}.",
            "**{n} organisations**; without a partner: {alone}.",
            len(names),
            alone=ui.number(alone),
        )
    )
    year = ui.latest_year(ui.ask(questions.answer_income_years)) if ui.has_amounts() else None
    if year:
        ui.note_one_donor(ui.ask(questions.answer_year, year))
    rows = words.directory(which, with_amounts=ui.has_amounts())
    if rows.empty:
        st.markdown(_("None in this view."))
        return
    money = [ui.column("top_donor_share", _("Largest donor's part"), is_bar=True)] if ui.has_amounts() else []
    ui.frame(
        "organisations",
        lambda: rows,
        [
            "name",
            ui.column("degree", _("Partners")),
            *money,
            "last_sign_date",
            "cross_sector_degree",
            "missing",
            "sector_label",
        ],
    )


with st.container(horizontal=True, vertical_alignment="bottom"):
    chosen = ui.url_widget(
        st.selectbox,
        "id",
        _("Find an organisation"),
        ui.offered("id", list(names), words.found_by(names)),
        None,
        format_func=words.found_by(names),
        placeholder=_("Type a name"),
    )
    other = None
    if chosen:
        other = ui.url_widget(
            st.selectbox,
            "beside",
            _("Compare with"),
            ui.offered("beside", [one for one in names if one != chosen], words.found_by(names)),
            None,
            format_func=words.found_by(names),
            placeholder=_("Type a name"),
        )
if chosen is None:
    if ui.sought_in_vain("id"):
        st.info(
            _(
                "The organisation of this address is not in the data of {day}, or the filters leave it out. "
                "Look for its name, or choose another day or wider filters.",
                day=ui.date(ui.view().as_of),
            ),
            icon=":material/search_off:",
        )
    everybody()
    ui.stop()

answer = words.organisation(chosen)
profile = answer["profile"]
st.header(ui.literal(answer["name"]), anchor="organisation")
with st.container(horizontal=True, vertical_alignment="center"):
    # Not `st.badge`, which escapes brackets a second time.
    st.markdown(f":blue-badge[:material/category: {ui.literal(ui.label(answer['sector']))}]", width="content")
    if profile["role"] == "convenor":
        st.badge(_("Convenor"), icon=":material/diversity_3:", color="gray")
    if answer["is_articulation_point"]:
        st.badge(_("Single point of connection"), icon=":material/link:", color="gray")
    ui.page_link("network", _("In the network"), org=chosen)
    ui.page_link("organisation", _("All organisations"), id="")
    one_page_button(*([chosen, other] if other else [chosen]))
st.markdown(ui.partners_in_words(answer["degree"], answer["cross_sector_degree"]))

if other:
    beside = words.organisation(other)
    with st.container(border=True):
        st.subheader(_("Side by side"), anchor="beside")
        st.markdown(words.beside_each_other(answer, beside))
        ui.small_table(words.compared(answer, beside, with_amounts=ui.has_amounts()))
    ui.stop()

moment = words.circle(chosen)
is_narrow = ui.style().narrow
left, right = (st.container(), None) if is_narrow else st.columns([3, 2])
with left:
    ui.figure(
        "circle",
        title=words.circle_title(answer),
        sentence=_(
            "Click a partner to see its profile. Blue lines run across sectors, grey ones within a sector; dashed ones "
            "fade: nothing was heard for more than {days} days.",
            days=ui.number(ui.settings().fading_days),
        ),
        element=lambda: ui.picture(
            "circle",
            lambda: words.circle_drawing(moment, chosen),
            alt=_(
                "{name} and its partners: {partners}.",
                name=answer["name"],
                partners=ui.several([tie["name"] for tie in answer["ties"]]) or _("none"),
            ),
            ids=moment.organisations["organisation_id"].tolist(),
            chooses="id",
            height=words.HEIGHT_OF_CIRCLE,
        ),
        table=lambda: ui.with_labels(moment.organisations, "sector").sort_values("degree", ascending=False),
        columns=["name", "sector_label", "degree"],
        basis=n_("{n} partner", "{n} partners", answer["degree"]),
        source="partnerships.csv",
        method="degree",
    )


def facts_of_it() -> None:
    """What is known of it, and what is not."""
    with st.container(border=True):
        st.subheader(_("Profile"), anchor="profile")
        facts = words.facts(answer)
        if any(facts.values()):
            st.table(words.in_cells(facts), border="horizontal", alt=_("Profile"))
        unknown = [heading for heading, fact in facts.items() if not fact and heading != _("Also known as")]
        if unknown:
            st.caption(_("Not known: {facts}.", facts=ui.join(unknown)))


if right:
    with right:
        facts_of_it()


def partners() -> None:
    """Its ties, and how it stands among the others."""
    if not answer["ties"]:
        st.markdown(_("No partners on this day in this view."))
        return
    st.markdown(words.position(answer["organisation_id"]))
    ui.note_estimated(len(ui.ask(questions.answer_brokers)))
    ui.frame(
        "partners",
        lambda: ui.with_yes_no(ui.table_of(answer["ties"], "sector"), "is_structural"),
        [
            ui.column("name", _("Partner")),
            "last_sign_date",
            "started_on",
            "partnership_count",
            "is_structural",
            "sector_label",
        ],
    )
    ui.explain("betweenness")


def money() -> None:
    """What it received and from whom, and what it gave."""
    gifts = ui.ask(questions.answer_gifts, answer["organisation_id"])
    left, right = st.columns(2) if gifts else (st.container(), st.container())
    with left:
        if answer["income"]:
            received(pd.DataFrame(answer["income"]))
        else:
            ui.nothing_yet(
                _("No income is known of this organisation."),
                _("Load the list of income: one row per organisation, year, donor and programme."),
            )
    if gifts:
        with right:
            given(ui.table_of(gifts))


def given(gifts: pd.DataFrame) -> None:
    """What it gave, and to whom, by year and kind."""
    newest = gifts[gifts["year"] == gifts["year"].max()]
    with st.container(border=True):
        st.subheader(_("Money out"), anchor="given")
        st.markdown(
            n_md(
                "In {year} it gave {amount} to {n} organisation in the data.",
                "In {year} it gave {amount} to {n} organisations in the data.",
                newest["organisation_id"].nunique(),
                year=int(gifts["year"].max()),
                amount=ui.euro(newest["amount_eur"].sum()),
            )
        )
        kinds = ui.category_labels()
        ui.frame(
            "given",
            lambda: gifts.assign(category_label=gifts["category"].map(kinds)),
            ["name", "amount_eur", "year", "category_label"],
        )


def received(income: pd.DataFrame) -> None:
    """Its income by year and kind."""
    years = pd.DataFrame(answer["funding"])
    shown_year = ui.latest_year([year["year"] for year in answer["funding"]])
    latest = next(year for year in answer["funding"] if year["year"] == shown_year)
    kinds = ui.category_labels()
    ui.figure(
        "income",
        title=words.income_title(latest),
        sentence=words.income_sentence(answer, latest),
        draw=lambda: ui.income_bars(income.groupby(["year", "category"], as_index=False)["amount_eur"].sum()),
        alt=lambda: ui.ranking_in_words(
            _("Income per year"), years.assign(name=years["year"]), "name", "income", "euro"
        ),
        table=lambda: income.assign(category_label=[kinds[code] for code in income["category"]]),
        columns=["year", "donor", "category_label", "amount_eur"],
        basis=n_("{n} year with income rows", "{n} years with income rows", len(years)),
        source="funding.csv",
        method="income",
    )


def events() -> None:
    """Which events it was or is expected at."""
    if not answer["events"]:
        st.markdown(_("No events are known."))
        return
    ui.frame(
        "events_attended",
        lambda: ui.table_of(answer["events"], "kind").assign(
            status_label=[ui.word("status", event["status"]) for event in answer["events"]]
        ),
        ["start_date", ui.column("name", _("Event")), "kind_label", "status_label"],
    )


def chances() -> None:
    """Whom to introduce to it, and why."""
    put_off = {decision.pair for decision in ui.decisions() if ui.is_put_off(decision)}
    pairs = ui.ask(questions.answer_chances, chosen)
    listed = [pair for pair in pairs if ui.pair_of(pair["organisation_a"], pair["organisation_b"]) not in put_off]
    if not listed:
        st.markdown(_("Nobody in another sector has something in common with it that we know of."))
    for place, pair in enumerate(listed):
        with st.container(horizontal=True, vertical_alignment="center", key=f"chance_{place}"):
            other_id, sentence = words.chance(pair, chosen)
            st.markdown(sentence, width="stretch")
            ui.organisation_link(other_id, _("Profile"))
            ui.introduction_buttons(ui.pair_of(pair["organisation_a"], pair["organisation_b"]))
    if listed:
        if equals := ui.equal_to_last(listed, len(listed)):
            st.caption(equals)
        ui.explain("introductions")


ui.note_confirmed()
tabs = {"partners": (_("Partners"), partners)}
if is_narrow:
    tabs = {"profile": (_("Profile"), facts_of_it), **tabs}
if ui.has_amounts():
    tabs["money"] = (_("Money in and out"), money)
tabs["events"] = (_("Events"), events)
if ui.has_page("introductions") and ui.covers(questions.answer_chances):
    tabs["chances"] = (_("Whom to introduce to it"), chances)
ui.lazy_tabs("tab", tabs)
