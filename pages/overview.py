"""How the ecosystem is doing, what changed, and where to act."""

import datetime

import pandas as pd
import streamlit as st

from hubdata import charts, hub, ui
from hubdata.ui import _, md, n_, n_md

as_of = ui.view().as_of
network = ui.ask(hub.answer_network)
if not network["organisations"]:
    ui.nothing_yet(
        _("There are no organisations to show on {day}.", day=ui.date(as_of)),
        _("Choose another day or wider filters, or load organisations.csv: one row per organisation."),
    )
    ui.stop()

over_time = ui.ask(hub.answer_ties)
every_year = {year["year"]: year for year in ui.ask(hub.answer_funding)["years"]}
latest = ui.latest_year(every_year)
years = {number: year for number, year in every_year.items() if latest and number <= latest}
history = ui.ask(hub.answer_history)

st.caption(ui.literal(ui.about()))
st.markdown(
    md(
        "On {day} there are **{organisations} organisations with {ties} ties**. An average organisation has "
        "**{partners} partners, {across} of them in another sector**.",
        day=ui.date(as_of),
        organisations=ui.number(network["organisations"]),
        ties=ui.number(network["ties"]),
        partners=ui.number(network["mean_degree"], 1),
        across=ui.number(network["mean_cross_sector_degree"], 1),
    )
)

exposed = [
    {"date": datetime.date(y, 7, 1), "said": str(y), "exposed_share": found["exposed_share"]}
    for y, found in years.items()
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
            in_words=(lambda value: ui.greyed(value, years[latest])) if latest else str,
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
    ),
    alt=lambda: ui.trend_in_words(_("Average number of partners"), history, "mean_degree", "number"),
    table=lambda: history,
    columns={
        "date": (_("Day"), "date"),
        "organisations": (_("Organisations"), "count"),
        "ties": (_("Ties"), "count"),
        "density": (_("Density"), "share"),
        "mean_degree": (_("Average number of partners"), "number"),
        "cross_sector_share": (_("Ties across sectors"), "share"),
    },
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
        a_year_ago = (pd.Timestamp(as_of) - pd.DateOffset(years=1)).date().isoformat()
        default = next((day for day in days if day <= a_year_ago), days[-1])
        since = ui.choose(st.selectbox, "since", _("Since"), days, default, format_func=ui.day_in_words())
        changes = ui.ask(hub.answer_changes, datetime.date.fromisoformat(since))
        before, now = changes["before"], changes["now"]
        st.markdown(
            md(
                "Since {day}: **{formed} and {ended}**; {joined} and {left}. "
                "The average number of partners went from {partners_before} to {partners_now}, "
                "ties across sectors from {across_before} to {across_now}.",
                day=ui.date(datetime.date.fromisoformat(since)),
                formed=n_("{n} tie formed", "{n} ties formed", len(changes["formed"])),
                ended=n_("{n} tie ended", "{n} ties ended", len(changes["ended"])),
                joined=n_("{n} organisation joined", "{n} organisations joined", len(changes["joined"])),
                left=n_("{n} organisation left", "{n} organisations left", len(changes["left"])),
                partners_before=ui.say(before["mean_degree"], "number"),
                partners_now=ui.say(now["mean_degree"], "number"),
                across_before=ui.say(before["cross_sector_share"], "share"),
                across_now=ui.say(now["cross_sector_share"], "share"),
            )
        )
        listed = [
            *({"what": _("Tie formed"), "a": tie["name_a"], "b": tie["name_b"]} for tie in changes["formed"]),
            *({"what": _("Tie ended"), "a": tie["name_a"], "b": tie["name_b"]} for tie in changes["ended"]),
            *({"what": _("Joined"), "a": one["name"], "b": ""} for one in changes["joined"]),
            *({"what": _("Left"), "a": one["name"], "b": ""} for one in changes["left"]),
        ]
        if listed:
            with st.expander(_("Which ones")):
                ui.frame(
                    "changes",
                    lambda: pd.DataFrame(listed),
                    {"what": (_("What"), "text"), "a": (_("Organisation"), "text"), "b": (_("Partner"), "text")},
                    (since,),
                )

st.header(_("What needs attention"), anchor="attention")
across = [tie for tie in over_time["fading"] if tie["is_cross_sector"]]
with st.container(border=True):
    st.subheader(_("Ties across sectors that fade"), anchor="fading")
    if not across:
        st.markdown(
            md(
                "None: of every tie across sectors something was heard in the past {days} days.",
                days=ui.settings().fading_days,
            )
        )
    else:
        st.markdown(
            n_md(
                "Of {n} tie across sectors nothing was heard for more than {days} days. A call may be enough.",
                "Of {n} ties across sectors nothing was heard for more than {days} days. A call may be enough.",
                len(across),
                days=ui.number(ui.settings().fading_days),
            )
        )
        ui.note_last_contact()
        ui.frame(
            "fading_across",
            lambda: ui.table_of(across[:10], "sector_a", "sector_b"),
            {
                "name_a": (_("Organisation"), "text"),
                "name_b": (_("Partner"), "text"),
                "last_sign_date": (_("Last sign of life"), "date"),
                "next_event_name": (_("Next event where both are expected"), "text"),
                "sector_a_label": (_("Sector"), "text"),
                "sector_b_label": (_("Sector of the partner"), "text"),
            },
        )
        if len(across) > 10:
            ui.page_link("network", _("All fading ties are on the Network page"))
    ui.explain("fading")

if ui.covers(hub.answer_newly_exposed):
    with st.container(border=True):
        st.subheader(_("Newly exposed organisations"), anchor="newly_exposed")
        if not latest or latest - 1 not in years:
            st.markdown(_("There is no income of two years in a row to compare."))
        else:
            newly = ui.ask(hub.answer_newly_exposed, latest - 1, latest)
            if not newly:
                st.markdown(
                    md(
                        "None: no organisation became exposed between {before} and {now}.",
                        before=latest - 1,
                        now=latest,
                    )
                )
            else:
                st.markdown(
                    n_md(
                        "{n} organisation became exposed between {before} and {now}.",
                        "{n} organisations became exposed between {before} and {now}.",
                        len(newly),
                        before=latest - 1,
                        now=latest,
                    )
                )
                ui.frame(
                    "newly_exposed",
                    lambda: ui.table_of(newly, "sector"),
                    {
                        "name": (_("Organisation"), "text"),
                        "sector_label": (_("Sector"), "text"),
                        "top_donor": (_("Largest donor"), "text"),
                        "top_donor_share_before": (_("Share of the largest donor before"), "share"),
                        "top_donor_share": (_("Share of the largest donor now"), "share"),
                        "public_share": (_("Public money now"), "share"),
                    },
                )
        ui.explain("exposed")

with st.container(border=True):
    st.subheader(_("Organisations without a partner"), anchor="isolates")
    names = ui.ask(hub.answer_names)
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
        with st.expander(_("Which ones")):
            ui.frame("isolates", lambda: pd.DataFrame({"name": sorted(alone)}), {"name": (_("Organisation"), "text")})
    ui.explain("isolates")
