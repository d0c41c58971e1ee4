"""How the ecosystem is doing, what changed, and where to act."""

import datetime
import functools

import pandas as pd
import streamlit as st

from hubdata import charts, questions, ui
from hubdata.ui import _, md, n_, n_md
from hubdata.ui.words import overview as words

MOST_CALLS, MOST_INTRODUCTIONS = 3, 2
"""What is to do in a week."""

as_of = ui.view().as_of
network = ui.ask(
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
    "isolated_organisations",
)
if not network["organisations"]:
    ui.nothing_yet(
        _("There are no organisations to show on {day}.", day=ui.date(as_of)),
        _("Choose another day or wider filters, or load the list of organisations: one row per organisation."),
    )
    ui.stop()

every_year = {year["year"]: year for year in ui.ask(questions.answer_funding)["years"]}
latest = ui.latest_year(every_year)
years = {number: year for number, year in every_year.items() if latest and number <= latest}
history = ui.ask(questions.answer_history)

with st.container(key="lead"):
    st.markdown(
        md(
            "On {day}: **{organisations} with {ties}**. {average}",
            day=ui.date(as_of),
            organisations=n_("{n} organisation", "{n} organisations", network["organisations"]),
            ties=n_("{n} tie", "{n} ties", network["ties"]),
            average=ui.partners_sentence(network),
        )
    )
ui.note_large_partnerships(network)

exposed = [
    {"date": datetime.date(y, 7, 1), "said": str(y), "exposed_share": figures["exposed_share"]}
    for y, figures in years.items()
]
if latest:
    ui.note_one_donor(years[latest])
with st.grid(4 if ui.has_income() else 3, min_column_width=ui.CARD_WIDTH):
    have_target = [
        ui.headline(
            "organisations", _("Organisations"), network["organisations"], history, "count", more_is_better=None
        ),
        ui.headline(
            "mean_degree",
            _("Average number of partners"),
            network["mean_degree"],
            history,
            "number",
            more_is_better=None if ui.records_end() else True,
            rests_on=lambda days: days["ties"],
        ),
        ui.headline(
            "cross_sector_share",
            _("Ties across sectors"),
            network["cross_sector_share"],
            history,
            "share",
            more_is_better=None if ui.records_end() else True,
            rests_on=lambda days: days["ties"] * days["cross_sector_share"],
        ),
    ]
    if ui.has_income():
        have_target.append(
            ui.headline(
                "exposed_share",
                _("Exposed organisations in {year}", year=latest) if latest else _("Exposed organisations"),
                years[latest]["exposed_share"] if latest else None,
                pd.DataFrame(exposed, columns=["date", "said", "exposed_share"]),
                "share",
                method="exposed",
                more_is_better=False,
                in_words=functools.partial(ui.greyed, year=years[latest]) if latest else str,
                basis=ui.exposed_basis(years[latest]) if latest else "",
            )
        )
if ui.may_change() and not any(have_target):
    st.caption(_("No target yet: set one with a list of targets."))
ui.note_records(is_small=True)


def partners_over_time() -> None:
    """The average number of partners, with its target."""
    ui.figure(
        "mean_degree_history",
        title=ui.course_title(_("Average number of partners"), history, "mean_degree", "number"),
        sentence=_("The average number of partners per organisation."),
        draw=lambda: charts.lines(
            ui.series(history, "mean_degree", _("Average number of partners")),
            ui.style(),
            y_title=_("Average number of partners"),
            **ui.targets("mean_degree"),
            **ui.marks(),
        ),
        alt=lambda: ui.trend_in_words(_("Average number of partners"), history, "mean_degree", "number"),
        table=lambda: history,
        columns=["date", "organisations", "ties", "density", "mean_degree", "cross_sector_share"],
        basis=n_("{n} organisation", "{n} organisations", network["organisations"]),
        source="partnerships.csv",
        method="mean_degree",
    )


def newly_exposed_sentence(count: int, year: int) -> ui.Markdown:
    """How many became exposed in a year, of those of whom it can be said."""
    return n_md(
        "{n} organisation is exposed in {now} and was not in {before}, of those with known income in both years.",
        "{n} organisations are exposed in {now} and were not in {before}, of those with known income in both years.",
        count,
        before=year - 1,
        now=year,
    )


def newly_exposed() -> None:
    """Who became dependent on one donor."""
    newly = ui.ask(questions.answer_newly_exposed, latest - 1, latest) if latest and latest - 1 in years else []
    with st.container(border=True):
        st.subheader(
            n_("{n} newly exposed organisation", "{n} newly exposed organisations", len(newly))
            if newly
            else _("Newly exposed organisations"),
            anchor="newly_exposed",
        )
        if not latest or latest - 1 not in years:
            st.markdown(_("There is no income of two years in a row to compare."))
        elif not newly:
            st.markdown(
                md(
                    "None: of the organisations with known income in both years, no one is exposed in {now} that "
                    "was not in {before}.",
                    before=latest - 1,
                    now=latest,
                )
            )
        else:
            st.markdown(newly_exposed_sentence(len(newly), latest))
            ui.frame(
                "newly_exposed",
                lambda: ui.table_of(newly, "sector"),
                [
                    "name",
                    ui.column("top_donor_share", _("Share of the largest donor in {year}", year=latest)),
                    ui.column(
                        "top_donor_share_before",
                        _("Share of the largest donor in {year}", year=latest - 1),
                        "share",
                    ),
                    "top_donor",
                    ui.column("public_share", _("Public money in {year}", year=latest)),
                    "sector_label",
                ],
            )
        ui.explain("exposed")


def without_partner() -> None:
    """Who has no partner on this day."""
    with st.container(border=True):
        st.subheader(
            n_("{n} organisation without a partner", "{n} organisations without a partner", network["isolates"])
            if network["isolates"]
            else _("Organisations without a partner"),
            anchor="isolates",
        )
        names = ui.ask(questions.answer_names)
        alone = [names[organisation_id] for organisation_id in network["isolated_organisations"]]
        if not alone:
            st.markdown(_("None: every organisation has at least one partner."))
        else:
            st.markdown(
                n_md(
                    "{n} of {all} organisations has no partner on this day.",
                    "{n} of {all} organisations have no partner on this day.",
                    len(alone),
                    all=ui.number(network["organisations"]),
                )
            )
            ui.lazy_expander(
                "isolates",
                _("Which ones"),
                lambda: ui.frame("isolates", lambda: pd.DataFrame({"name": sorted(alone)}), ["name"]),
            )
        ui.explain("isolates")


def picture() -> None:
    """The network, small; the explorer has it whole."""
    drawn = ui.kept("picture", lambda: words.picture(network))
    ui.figure(
        "picture",
        title=drawn.title,
        sentence=_(
            "A larger mark has more partners. Blue lines run across sectors, grey ones within a sector; dashed ones "
            "fade: nothing was heard for more than {days} days.",
            days=ui.number(ui.settings().fading_days),
        ),
        draw=lambda: charts.network(
            drawn.marks,
            drawn.ties,
            ui.style(),
            sector_labels=ui.sector_labels(),
            partners=_("partners"),
            within=_("Tie within a sector"),
            across=_("Tie across sectors"),
        ),
        alt=lambda: _(
            "Network of {basis}; without a partner: {alone}.",
            basis=n_("{n} organisation", "{n} organisations", network["organisations"]),
            alone=ui.number(network["isolates"]),
        ),
        table=lambda: ui.with_labels(ui.ask(questions.answer_layout), "sector").sort_values("degree", ascending=False),
        columns=["name", "sector_label", "degree"],
        basis=drawn.basis,
        source="partnerships.csv",
        method="ties",
    )


def calls() -> None:
    """Ties across sectors that fade: whom to call first."""
    across = [tie for tie in ui.open_calls(most=MOST_CALLS) if tie["is_cross_sector"]]
    ties_across = round((network["cross_sector_share"] or 0) * network["ties"])
    if not ties_across:
        st.markdown(_("There are no ties across sectors on this day."))
        return
    faded = sum(tie["is_cross_sector"] for tie in ui.ask(questions.answer_fading, False))
    days = ui.number(ui.settings().fading_days)
    if not faded:
        st.markdown(
            n_md(
                "None: of the {n} tie across sectors something was heard in the past {days} days.",
                "None: of each of the {n} ties across sectors something was heard in the past {days} days.",
                ties_across,
                days=days,
            )
        )
        return
    st.markdown(
        n_md(
            "{n} of the {all} ties across sectors has been silent for more than {days} days.",
            "{n} of the {all} ties across sectors have been silent for more than {days} days.",
            faded,
            all=ui.number(ties_across),
            days=days,
        )
    )
    if not across:
        st.markdown(_("Everybody was called or is for later. Well done."))
    for place, tie in enumerate(across[:MOST_CALLS], start=1):
        with st.container(horizontal=True, vertical_alignment="center", key=f"todo_call_{place}"):
            names = md("**{a}** and **{b}**", a=tie["name_a"], b=tie["name_b"])
            last = md("last contact {day}", day=ui.date(tie["last_sign_date"]))
            st.markdown(f":material/call: {names}  \n{last}", width="stretch")
            ui.call_buttons(tie)


def introductions() -> None:
    """Who should meet: the first pairs that nobody decided about."""
    kept_out = {decision.pair for decision in ui.decisions() if ui.is_put_off(decision)}
    pairs = ui.ask(questions.answer_introductions, False)
    open_pairs = [pair for pair in pairs if ui.pair_of(pair["organisation_a"], pair["organisation_b"]) not in kept_out]
    for place, pair in enumerate(open_pairs[:MOST_INTRODUCTIONS], start=1):
        key = ui.pair_of(pair["organisation_a"], pair["organisation_b"])
        with st.container(horizontal=True, vertical_alignment="center", key=f"todo_pair_{place}"):
            names = md("**{a}** and **{b}**", a=pair["name_a"], b=pair["name_b"])
            reason = ui.reason_in_short(pair["reasons"][0])
            st.markdown(f":material/handshake: {names}  \n{reason}", width="stretch")
            ui.introduction_buttons(key, is_short=True)


def to_do() -> None:
    """Whom to call, whom to introduce, and who became dependent, each with its deed."""
    with st.container(border=True, key="todo"):
        with st.container(horizontal=True, vertical_alignment="center", key="head_todo"):
            st.subheader(_("To do this week"), anchor="attention", width="stretch")
            ui.page_link("contacts", _("All calls"))
            ui.page_link("introductions", _("All pairs"))
        ui.show_deed()
        calls()
        if ui.has_page("introductions"):
            introductions()
        if latest and latest - 1 in years and ui.covers(questions.answer_newly_exposed):
            newly = ui.ask(questions.answer_newly_exposed, latest - 1, latest)
            if newly:
                st.markdown(f":material/warning: {newly_exposed_sentence(len(newly), latest)}")


def network_picture() -> None:
    """The network, and the way to the explorer."""
    picture()
    ui.page_link("network", _("Search and follow it in the explorer"))


def what_changed() -> None:
    """What changed since the last pinned note, or a year ago."""
    with st.container(border=True, key="since"):
        chosen, told = st.columns([1, 3])
        with chosen:
            st.subheader(_("What changed"), anchor="changes")
        days = [day for day in ui.as_of_options(as_of, None) if day < as_of.isoformat()]
        if not days:
            told.markdown(_("There is no earlier day to compare with."))
        else:
            with chosen:
                since = ui.since_day(days)
            changes = ui.ask(questions.answer_changes, since)
            donors = (
                ui.ask(questions.answer_donor_changes, since) if ui.covers(questions.answer_donor_changes) else None
            )
            before, now = changes["before"], changes["now"]
            told.markdown(ui.changes_sentence(since, changes, donors))
            partners = ui.apart("number", before["mean_degree"], now["mean_degree"])
            shares = ui.apart("share", before["cross_sector_share"], now["cross_sector_share"])
            told.markdown(
                md(
                    "The average number of partners went from {partners_before} to {partners_now}, "
                    "ties across sectors from {across_before} to {across_now}.",
                    partners_before=partners[0],
                    partners_now=partners[1],
                    across_before=shares[0],
                    across_now=shares[1],
                )
            )
            with told:
                ui.page_link("changes", _("Which ones, and why the figures moved"))


is_narrow = ui.style().narrow  # then one of these at a time
if not is_narrow:
    left, right = st.columns(2)
    with left:
        network_picture()
    with right:
        to_do()
ui.note_totals()
if latest:
    ui.note_unsettled(years[latest])
if not is_narrow:
    what_changed()

ui.lazy_tabs(
    "more",
    {
        **(
            {
                "week": (_("To do this week"), to_do),
                "network": (_("Network"), network_picture),
                "since": (_("What changed"), what_changed),
            }
            if is_narrow
            else {}
        ),
        **(
            {"exposed": (_("Newly exposed organisations"), newly_exposed)}
            if ui.covers(questions.answer_newly_exposed)
            else {}
        ),
        "alone": (_("Organisations without a partner"), without_partner),
        "partners": (_("Partners over time"), partners_over_time),
    },
)
ui.note_confirmed()
st.caption(ui.literal(ui.about()))
