"""How the ecosystem is doing, what changed, and where to act."""

import datetime
import functools

import pandas as pd
import streamlit as st

from hubdata import charts, questions, ui
from hubdata.ui import _, md, n_, n_md

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
        _("Choose another day or wider filters, or load organisations.csv: one row per organisation."),
    )
    ui.stop()

every_year = {year["year"]: year for year in ui.ask(questions.answer_funding)["years"]}
latest = ui.latest_year(every_year)
years = {number: year for number, year in every_year.items() if latest and number <= latest}
history = ui.ask(questions.answer_history)

st.caption(ui.literal(ui.about()))
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
with st.grid(3 if ui.has_income() else 2):
    ui.headline("density", _("Network density"), network["density"], history, "share")
    ui.headline("cross_sector_share", _("Ties across sectors"), network["cross_sector_share"], history, "share")
    if ui.has_income():
        ui.headline(
            "exposed_share",
            _("Exposed organisations in {year}", year=latest) if latest else _("Exposed organisations"),
            years[latest]["exposed_share"] if latest else None,
            pd.DataFrame(exposed, columns=["date", "said", "exposed_share"]),
            "share",
            method="exposed",
            more_is_better=False,
            in_words=functools.partial(ui.greyed, year=years[latest]) if latest else str,
        )
ui.note_records()
ui.note_totals()
if latest:
    ui.note_one_donor(years[latest])
    ui.note_unsettled(years[latest])

ui.figure(
    "mean_degree_history",
    title=_("Partners over time"),
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

with st.container(border=True):
    st.subheader(_("What changed"), anchor="changes")
    days = [day for day in ui.as_of_options(as_of, None) if day < as_of.isoformat()]
    if not days:
        st.markdown(_("There is no earlier day to compare with."))
    else:
        since = ui.since_day(days)
        changes = ui.ask(questions.answer_changes, since)
        donors = ui.ask(questions.answer_donor_changes, since) if ui.covers(questions.answer_donor_changes) else None
        before, now = changes["before"], changes["now"]
        st.markdown(ui.changes_sentence(since, changes, donors))
        partners = ui.apart("number", before["mean_degree"], now["mean_degree"])
        shares = ui.apart("share", before["cross_sector_share"], now["cross_sector_share"])
        st.markdown(
            md(
                "The average number of partners went from {partners_before} to {partners_now}, "
                "ties across sectors from {across_before} to {across_now}.",
                partners_before=partners[0],
                partners_now=partners[1],
                across_before=shares[0],
                across_now=shares[1],
            )
        )
        ui.page_link("changes", _("Which ones, and why the figures moved"))

st.header(_("What needs attention"), anchor="attention")
across = [tie for tie in ui.ask(questions.answer_fading, False, ui.MOST_CALLS) if tie["is_cross_sector"]]
with st.container(border=True):
    st.subheader(_("Ties across sectors that fade"), anchor="fading")
    ties_across = round((network["cross_sector_share"] or 0) * network["ties"])
    if not ties_across:
        st.markdown(_("There are no ties across sectors on this day."))
    elif not across:
        st.markdown(
            n_md(
                "None: of the {n} tie across sectors something was heard in the past {days} days.",
                "None: of each of the {n} ties across sectors something was heard in the past {days} days.",
                ties_across,
                days=ui.number(ui.settings().fading_days),
            )
        )
    else:
        st.markdown(
            n_md(
                "Of {n} of the {all} ties across sectors nothing was heard for more than {days} days. "
                "A call may be enough.",
                "Of {n} of the {all} ties across sectors nothing was heard for more than {days} days. "
                "A call may be enough.",
                len(across),
                all=ui.number(ties_across),
                days=ui.number(ui.settings().fading_days),
            )
        )
        ui.note_last_contact()
        st.markdown("\n".join(f"- {ui.call_sentence(tie)}" for tie in across[: ui.MOST_CALLS]))
        ui.note_equals(across)
        ui.page_link("contacts", _("All ties that fade are on the page Contacts"))
    ui.explain("fading")

if ui.covers(questions.answer_newly_exposed):
    with st.container(border=True):
        st.subheader(_("Newly exposed organisations"), anchor="newly_exposed")
        if not latest or latest - 1 not in years:
            st.markdown(_("There is no income of two years in a row to compare."))
        else:
            newly = ui.ask(questions.answer_newly_exposed, latest - 1, latest)
            if not newly:
                st.markdown(
                    md(
                        "None: of the organisations with known income in both years, no one is exposed in {now} that "
                        "was not in {before}.",
                        before=latest - 1,
                        now=latest,
                    )
                )
            else:
                st.markdown(
                    n_md(
                        "{n} organisation is exposed in {now} and was not in {before}, of those with known income in "
                        "both years.",
                        "{n} organisations are exposed in {now} and were not in {before}, of those with known income "
                        "in both years.",
                        len(newly),
                        before=latest - 1,
                        now=latest,
                    )
                )
                ui.frame(
                    "newly_exposed",
                    lambda: ui.table_of(newly, "sector"),
                    [
                        "name",
                        "sector_label",
                        "top_donor",
                        ui.column(
                            "top_donor_share_before",
                            _("Share of the largest donor in {year}", year=latest - 1),
                            "share",
                        ),
                        ui.column("top_donor_share", _("Share of the largest donor in {year}", year=latest)),
                        ui.column("public_share", _("Public money in {year}", year=latest)),
                    ],
                )
        ui.explain("exposed")

with st.container(border=True):
    st.subheader(_("Organisations without a partner"), anchor="isolates")
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
