"""Who pays, and who depends on whom."""

from collections import Counter

import pandas as pd
import streamlit as st

from hubdata import charts, hub, ui
from hubdata.ui import _, md, n_, n_md

years = {year["year"]: year for year in ui.ask(hub.answer_funding)["years"]}
if not years:
    ui.nothing_yet(
        _("There is no income to show."),
        _("Load funding.csv: one row per organisation, year, donor and programme, with an amount in euros."),
    )
    ui.stop()

latest = ui.latest_year(years)
chosen = ui.choose(st.selectbox, "year", _("Year"), sorted(years, reverse=True), latest)
year = years[chosen]
kinds = ui.category_labels()
with_rows = n_("{n} organisation with income rows", "{n} organisations with income rows", year["organisation_count"])
coverage = year["coverage"]
basis = _(
    "{with_rows}; known for {known} of {active} active organisations",
    with_rows=with_rows,
    known=ui.number(coverage["organisations"]),
    active=ui.number(coverage["active_organisations"]),
)

if year["exposed"] is None:
    st.markdown(
        n_md(
            "In {year} income is known of {n} organisation.",
            "In {year} income is known of {n} organisations.",
            year["organisation_count"],
            year=chosen,
        )
    )
else:
    st.markdown(
        n_md(
            "**In {year} {n} organisation of {all} with known income is exposed**: it gets {exposure} or more from one "
            "donor, or {public} or more from public money.",
            "**In {year} {n} organisations of {all} with known income are exposed**: they get {exposure} or more from "
            "one donor, or {public} or more from public money.",
            year["exposed"],
            year=chosen,
            all=ui.number(year["organisation_count"]),
            exposure=ui.percent(ui.settings().exposure_threshold),
            public=ui.percent(ui.settings().public_threshold),
        )
    )
if chosen > ui.view().as_of.year:
    st.info(
        _("This year lies after the as-of date: these amounts are promised, not yet received."),
        icon=":material/schedule:",
    )
ui.note_totals()
ui.note_one_donor(year)
ui.note_unsettled(year)
ui.metrics(
    (_("Known income"), ui.euro(year["income"]), "income"),
    (_("Exposed organisations"), ui.greyed(ui.percent(year["exposed_share"]), year), "exposed"),
    (_("Public money"), ui.percent(year["public_share"]), "public_share"),
    *(
        [(_("Effective number of donors"), ui.number(year["effective_donors"], 1), "effective_donors")]
        if ui.has_amounts()
        else []
    ),
    details=(chosen,),
)


def per_year() -> pd.DataFrame:
    rows = [
        {"year": number, "category": code, "category_label": kinds[code], "amount_eur": amount}
        for number, found in years.items()
        for code, amount in found["categories"].items()
    ]
    return pd.DataFrame(rows).sort_values("year")


ui.figure(
    "categories",
    title=_("Income by kind over the years"),
    sentence=md(
        "In {year} most came from: {kind}.",
        year=chosen,
        kind=kinds[max(year["categories"], key=year["categories"].get)],
    ),
    draw=lambda: ui.income_bars(per_year()),
    alt=lambda: _("Stacked bars of income by kind, from {first} to {last}.", first=min(years), last=max(years)),
    table=per_year,
    columns={
        "year": (_("Year"), "year"),
        "category_label": (_("Kind of income"), "text"),
        "amount_eur": (_("Amount"), "euro"),
    },
    basis=basis,
    source="funding.csv",
    method="income",
    details=(chosen,),
)

if ui.has_amounts():
    exposed = [organisation for organisation in year["organisations"] if organisation["exposed"]]
    with st.container(border=True):
        st.subheader(_("Exposed organisations"), anchor="exposed")
        if not exposed:
            st.markdown(_("No organisation is exposed in this year."))
        else:
            st.markdown(_("The largest income comes first. Exposed says where to look, not that something is wrong."))
            ui.frame(
                "exposed",
                lambda: ui.table_of(exposed, "sector").sort_values("income", ascending=False),
                {
                    "name": (_("Organisation"), "text"),
                    "sector_label": (_("Sector"), "text"),
                    "income": (_("Known income"), "euro"),
                    "top_donor": (_("Largest donor"), "text"),
                    "top_donor_share": (_("Its share"), "share"),
                    "public_share": (_("Public money"), "share"),
                    "donors": (_("Donors"), "count"),
                    "reserve_months": (_("Months of reserve"), "number"),
                },
                (chosen,),
            )
        ui.explain("exposed")

given = [donor for donor in year["donor_totals"] if donor["donor"]]
largest = given[0] if given else None


def donors() -> pd.DataFrame:
    columns = ["donor", "amount_eur", "share", "organisations"]
    return pd.DataFrame(given, columns=columns).assign(
        name=[ui.donor_name(donor, given) for donor in given],
        label=lambda t: t["name"],
        value=lambda t: t["amount_eur"],
    )


if given or ui.has_amounts():
    ui.figure(
        "donors",
        title=_("The largest donors"),
        sentence=(
            md(
                "{donor} gives {share} of the known income and funds {n} organisations.",
                donor=largest["donor"],
                share=ui.percent(largest["share"]),
                n=ui.number(largest["organisations"]),
            )
            if largest
            else _("No donor is known in this year: all known income is earned.")
        ),
        draw=lambda: charts.bars(donors().head(10), ui.style(), value_title=_("Euro"), value_format="euro"),
        alt=lambda: ui.ranking_in_words(_("Amount per donor"), donors(), "name", "amount_eur", "euro"),
        table=donors,
        columns={
            "name": (_("Donor"), "text"),
            "amount_eur": (_("Amount"), "euro"),
            "share": (_("Share"), "share"),
            "organisations": (_("Organisations funded"), "count"),
        },
        basis=f"{basis}; {n_('{n} donor named', '{n} donors named', len(given))}",
        source="funding.csv",
        method="donors",
        details=(chosen,),
    )
else:
    with st.container(border=True):
        st.subheader(_("The largest donors"), anchor="donors")
        st.markdown(_("No donor can be named without saying something about fewer than three organisations."))

if ui.covers(hub.answer_flows):

    def flows() -> pd.DataFrame:
        without_name = {"other": _("Other donors"), "earned": kinds["earned"]}
        return ui.table_of(ui.ask(hub.answer_flows, chosen), "sector").assign(
            name=lambda t: t["donor"].fillna(t["donor_key"].map(without_name)),
            both=lambda t: t["name"] + " → " + t["sector_label"],
        )

    by_sector = Counter[str]()
    for flow in ui.ask(hub.answer_flows, chosen):
        by_sector[flow["sector"]] += flow["amount_eur"]
    ui.figure(
        "flows",
        title=_("From donor to sector"),
        sentence=md(
            "Most of the known income goes to: {sector}.", sector=ui.label(max(by_sector, key=by_sector.__getitem__))
        ),
        draw=lambda: charts.flow(
            flows().assign(donor=lambda t: t["name"]),
            ui.style(),
            sector_labels=ui.sector_labels(),
            others=_("Other donors"),
        ),
        alt=lambda: ui.ranking_in_words(
            _("Flows from donors to sectors"),
            flows(),
            "both",
            "amount_eur",
            "euro",
        ),
        table=flows,
        columns={
            "name": (_("Donor"), "text"),
            "sector_label": (_("Sector"), "text"),
            "amount_eur": (_("Amount"), "euro"),
        },
        basis=basis,
        source="funding.csv, organisations.csv",
        method="donor_flows",
        details=(chosen,),
    )


def trend() -> pd.DataFrame:
    names = ("donor_hhi", "effective_donors", "public_share", "exposed_share", "organisation_count")
    rows = [
        {"date": pd.Timestamp(number, 7, 1), "year": number, **{name: found[name] for name in names}}
        for number, found in years.items()
    ]
    return pd.DataFrame(rows).sort_values("year")


ui.figure(
    "dependency",
    title=_("Dependency over the years"),
    sentence=md(
        "In {year} public money is {share} of the known income. Compare years "
        "only when about as many organisations are known.",
        year=chosen,
        share=ui.percent(year["public_share"]),
    ),
    draw=lambda: charts.lines(
        pd.concat(
            [
                ui.series(trend(), "exposed_share", _("Exposed organisations")),
                ui.series(trend(), "public_share", _("Public money")),
                *([ui.series(trend(), "donor_hhi", _("Concentration of donors"))] if ui.has_amounts() else []),
            ]
        ),
        ui.style(),
        y_title=_("Share"),
        value_format="share",
        **ui.targets("public_share"),
    ),
    alt=lambda: ui.trend_in_words(_("Public money"), trend(), "public_share", "share"),
    table=trend,
    columns={
        "year": (_("Year"), "year"),
        "organisation_count": (_("Organisations with income rows"), "count"),
        "exposed_share": (_("Exposed organisations"), "share"),
        "public_share": (_("Public money"), "share"),
        "donor_hhi": (_("Concentration of donors"), "number"),
        "effective_donors": (_("Effective number of donors"), "number"),
    },
    basis=basis,
    source="funding.csv",
    method="donor_hhi",
    details=(chosen,),
)
