"""Who pays, and who depends on whom."""

import pandas as pd
import streamlit as st

from hubdata import charts, questions, ui
from hubdata.ui import _, md, n_, n_md
from hubdata.ui.words import funding as words

years = {year["year"]: year for year in ui.ask(questions.answer_funding)["years"]}
if not years:
    ui.nothing_yet(
        _("There is no income to show."),
        _("Load the list of income: one row per organisation, year, donor and programme, with an amount in euros."),
    )
    ui.stop()

latest = ui.latest_year(years)
chosen = ui.url_widget(st.selectbox, "year", _("Year"), sorted(years, reverse=True), latest, width=300)
year = years[chosen]
kinds = ui.category_labels()
basis = words.money_basis(year)
nothing_given = _("All amounts of this year are 0, so who pays and who depends on whom cannot be said.")
if not year["income"]:
    st.markdown(md("**{year}**: {nothing}", year=chosen, nothing=nothing_given))
elif year["exposed"] is None:
    st.markdown(
        n_md(
            "In {year} income is known of {n} organisation.",
            "In {year} income is known of {n} organisations.",
            year["organisation_count"],
            year=chosen,
        )
    )
else:
    st.markdown(words.exposed_sentence(year))
ui.note_promised(chosen)
ui.note_totals()
ui.note_one_donor(year)
ui.note_unsettled(year)
ui.note_accounts(year)
ui.metrics(
    (_("Known income"), ui.euro(year["income"]), "income"),
    (_("Exposed organisations"), ui.greyed(ui.percent(year["exposed_share"]), year), "exposed"),
    (_("Public money"), ui.percent(year["public_share"]), "public_share"),
    *(
        [(_("Spread as if over"), words.donors_in_words(year["effective_donors"]), "effective_donors")]
        if ui.has_amounts()
        else []
    ),
)


def by_kind() -> None:
    """How much there is of each kind of income, per year."""

    def per_year() -> pd.DataFrame:
        return words.income_rows(years.values()).sort_values("year")

    ui.figure(
        "categories",
        title=words.kinds_title(year),
        sentence=words.kinds_sentence(years, chosen) if year["income"] else nothing_given,
        draw=lambda: ui.income_bars(per_year()),
        alt=lambda: _("Stacked bars of income by kind, from {first} to {last}.", first=min(years), last=max(years)),
        table=per_year,
        columns=["year", "category_label", "amount_eur"],
        basis=basis,
        source="funding.csv",
        method="income",
    )


def by_donor() -> None:
    """Who gives most."""
    given = ui.named_donors(year)

    def donors() -> pd.DataFrame:
        columns = ["donor", "amount_eur", "share", "organisations"]
        return pd.DataFrame(given, columns=columns).assign(
            name=ui.donor_names(given),
            label=lambda t: t["name"],
            value=lambda t: t["amount_eur"],
        )

    if given or ui.has_amounts():
        ui.figure(
            "donors",
            title=words.donor_title(year, given),
            sentence=(
                words.donor_sentence(year, given)
                if given and year["income"]
                else _("No donor is known in this year: all known income is earned.")
                if year["income"]
                else nothing_given
            ),
            draw=lambda: charts.bars(donors().head(10), ui.style(), value_title=_("Euro"), value_format="euro"),
            alt=lambda: ui.ranking_in_words(_("Amount per donor"), donors(), "name", "amount_eur", "euro"),
            table=donors,
            columns=[
                ui.column("name", _("Donor")),
                "amount_eur",
                "share",
                ui.column("organisations", _("Organisations funded")),
            ],
            basis=f"{basis}; {n_('{n} donor named', '{n} donors named', len(given))}",
            source="funding.csv",
            method="donors",
        )
    else:
        with st.container(border=True):
            st.subheader(_("Who gave most cannot be said here"), anchor="donors")
            st.markdown(_("No donor can be named without saying something about fewer than three organisations."))


def who_is_exposed() -> None:
    """Who leans on one donor or on public money."""
    exposed = [organisation for organisation in year["organisations"] if organisation["exposed"]]
    with st.container(border=True):
        st.subheader(words.exposed_title(len(exposed)), anchor="exposed")
        if not exposed:
            st.markdown(_("No organisation is exposed in this year."))
        else:
            st.markdown(_("The largest income comes first. Exposed says where to look, not that something is wrong."))
            without_reserves = ui.without_reserves(chosen)
            if without_reserves:
                st.caption(without_reserves)
            ui.frame(
                "exposed",
                lambda: ui.table_of(exposed, "sector").sort_values("income", ascending=False),
                [
                    "name",
                    ui.column("top_donor_share", is_bar=True),
                    "top_donor",
                    "public_share",
                    "income",
                    "reserve_months",
                ],
                in_file=[
                    "sector_label",
                    "donors",
                    *(["total_income", "accounted_share"] if year["accounts"]["organisations"] else []),
                ],
            )
        ui.explain("exposed")


def overview() -> None:
    """By kind, by donor, and who is exposed."""
    left, right = st.columns(2)
    with left:
        by_kind()
    with right:
        by_donor()
    if ui.has_amounts():
        who_is_exposed()


def over_the_years() -> None:
    """From donors to sectors, and how dependency moved."""

    if ui.covers(questions.answer_flows) and year["income"]:

        def flows() -> pd.DataFrame:
            return ui.table_of(ui.ask(questions.answer_flows, chosen), "sector").assign(
                name=lambda t: words.flow_names(year, t, kinds["earned"]),
                both=lambda t: t["name"] + " → " + t["sector_label"],
            )

        ui.figure(
            "flows",
            title=words.flows_title(chosen, ui.ask(questions.answer_flows, chosen)),
            sentence=_("Left the donors, right the sectors: the wider a band, the more money."),
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
            columns=[ui.column("name", _("Donor")), "sector_label", "amount_eur"],
            basis=basis,
            source="funding.csv, organisations.csv",
            method="donor_flows",
        )

    def trend() -> pd.DataFrame:
        rows = [
            {
                "date": pd.Timestamp(number, 7, 1),
                "year": number,
                "donor_hhi": figures["donor_hhi"],
                "effective_donors": figures["effective_donors"],
                "public_share": figures["public_share"],
                "exposed_share": figures["exposed_share"],
                "organisation_count": figures["organisation_count"],
            }
            for number, figures in years.items()
        ]
        return pd.DataFrame(rows).sort_values("year")

    ui.figure(
        "dependency",
        title=ui.course_title(
            _("Share of public money"), trend().query(f"year <= {chosen}"), "public_share", "share", per_year=True
        ),
        sentence=_("Compare years only when about as many organisations are known.")
        if year["income"]
        else nothing_given,
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
        alt=lambda: ui.trend_in_words(_("Public money"), trend(), "public_share", "share", per_year=True),
        table=trend,
        columns=["year", "organisation_count", "exposed_share", "public_share", "donor_hhi", "effective_donors"],
        basis=basis,
        source="funding.csv",
        method="donor_hhi",
    )


def other_income() -> None:
    """Subsidy and other income: the same organisations in two years, one by one."""
    earlier = [number for number in sorted(years) if number < chosen]
    with st.container(border=True, horizontal=bool(earlier), vertical_alignment="bottom"):
        st.subheader(_("From subsidy to other income"), anchor="other-income", width="stretch")
        if not earlier:
            st.markdown(_("There is no earlier year to compare with."))
            return
        since = ui.url_widget(st.selectbox, "since_year", _("Compared with"), earlier, earlier[0], width=300)
    shift = ui.ask(questions.answer_other_income, since, chosen)
    same = shift["same"]
    kind_names = {"sector": _("Sector"), "type": _("Type")}

    def other_years() -> pd.DataFrame:
        return ui.table_of(shift["years"], "sector").assign(
            series=lambda t: t["sector_label"].where(t["sector"].notna(), _("All together")),
            date=lambda t: pd.to_datetime(t["year"].astype(str) + "-07-01"),
            value=lambda t: t["other_share"],
        )

    def sector_colours() -> dict[str, str]:
        words = ui.sector_labels()
        colours = charts.sector_colours(words, ui.style())
        return {_("All together"): ui.style().ink.text, **{words[code]: colours[code] for code in words}}

    left, right = st.columns(2)
    with left:
        ui.figure(
            "other_income_years",
            title=ui.course_title(
                _("Share of other income"),
                other_years().query(f"sector.isna() and year <= {chosen}"),
                "other_share",
                "share",
                per_year=True,
            ),
            sentence=_(
                "The part that is not public money, per sector. Each year counts the organisations with income rows, "
                "so other organisations from year to year."
            ),
            draw=lambda: charts.panels(other_years(), ui.style(), behind=_("All together"), colours=sector_colours()),
            alt=lambda: ui.trend_in_words(
                _("Other income of all together"),
                other_years().query(f"sector.isna() and year <= {chosen}"),
                "other_share",
                "share",
                per_year=True,
            ),
            table=other_years,
            columns=[
                "year",
                ui.column("series", _("Sector"), "text"),
                ui.column("organisations", _("Organisations with income rows")),
                "income",
                "other_share",
            ],
            basis=basis,
            source="funding.csv",
            method="other_income",
        )

    if not same["organisations"]:
        st.markdown(md("No organisation has known income in both {since} and {year}.", since=since, year=chosen))
        return

    enough = [kind for kind in shift["kinds"] if kind["organisations"] >= ui.settings().minimum_organisations]

    def other_kinds() -> pd.DataFrame:
        table = pd.DataFrame(shift["kinds"])
        return table.assign(
            kind=table["by"].map(kind_names),
            label=[ui.kind_label(kind) for kind in shift["kinds"]],
            value=100 * table["mean_change"],
        )

    with right:
        ui.figure(
            "other_income_kinds",
            title=words.moved_title(shift),
            sentence=md(
                "Those with income in both {since} and {year}: on average it moved {points} percentage points. "
                "{furthest}",
                since=since,
                year=chosen,
                points=ui.points(same["mean_change"]),
                furthest=words.kinds_apart(enough),
            ),
            draw=lambda: charts.bars(
                other_kinds().query("by == 'sector'"),
                ui.style(),
                value_title=_("Average change, in percentage points"),
                value_format="number",
                colours=charts.sector_colours(ui.sector_labels(), ui.style()),
            ),
            alt=lambda: words.kinds_in_words(shift["kinds"]),
            table=other_kinds,
            columns=[
                ui.column("kind", _("By")),
                "label",
                ui.column("organisations", _("Organisations in both years")),
                "up",
                "down",
                "mean_change",
                "p_adjusted",
                "median_change",
                ui.column("other_share_before", _("Other income in {year}", year=since), "share"),
                ui.column("other_share", _("Other income in {year}", year=chosen)),
            ],
            basis=n_("{n} organisation in both years", "{n} organisations in both years", same["organisations"]),
            source="funding.csv, organisations.csv",
            method="other_income",
        )

    with st.container(border=True):
        st.subheader(_("Who moved furthest"), anchor="moved")
        first, last = shift["moved"][0], shift["moved"][-1]
        st.markdown(
            md(
                "Furthest towards other income: **{first}** ({up} points). Furthest towards public money: **{last}** "
                "({down} points).",
                first=first["name"],
                up=ui.points(first["change"]),
                last=last["name"],
                down=ui.points(last["change"]),
            )
            if first["change"] > 0 > last["change"]
            else _("The largest rise of other income comes first.")
        )
        ui.frame(
            "other_income_moved",
            lambda: ui.table_of(shift["moved"], "sector").assign(
                type_label=[ui.type_label(m["type"]) for m in shift["moved"]]
            ),
            [
                "name",
                "sector_label",
                "type_label",
                "income",
                ui.column("other_share_before", _("Other income in {year}", year=since), "share"),
                ui.column("other_share", _("Other income in {year}", year=chosen)),
                "change",
            ],
        )
        ui.explain("other_income")


def ends() -> None:
    """What ends and when, whose it is, and what if it is not given again."""
    ending = ui.ask(questions.answer_endings)
    grants, test = ending["grants"], ending["not_renewed"]
    if not grants["quarters"]:
        with st.container(border=True):
            st.subheader(_("What ends, and when"), anchor="ends")
            st.markdown(words.ends_unknown(grants) if grants["running"] else _("No grant runs on this day."))
            if ui.may_change():
                st.markdown(
                    _("Fill in the last day of each grant in your list of income; then you see here what ends.")
                )
            ui.explain("endings")
        return

    def quarters() -> pd.DataFrame:
        return ui.table_of(grants["quarters"])

    is_beside = grants["nothing_else"] and not ui.style().narrow
    left, right = st.columns([2, 1]) if is_beside else (st.container(), st.container())
    with left:
        ui.figure(
            "ends",
            title=words.ends_title(grants),
            sentence=words.ends_sentence(grants),
            draw=lambda: charts.bars(
                words.ends_bars(grants["quarters"]),
                ui.style(),
                value_title=_("Euro a year"),
                value_format="euro",
                series_labels={"without": _("No other donor"), "with": _("Other donors too")},
                colours={"without": ui.style().ink.second, "with": ui.style().ink.accent},
                horizontal=False,
                stacked=True,
            ),
            alt=lambda: ui.ranking_in_words(
                _("Money that ends per quarter"), quarters(), "quarter", "amount_eur", "euro"
            ),
            table=quarters,
            columns=[
                "quarter",
                "amount_eur",
                "grants",
                "organisations",
                "without_other",
                "jobs_exposed",
                "bridges_exposed",
            ],
            basis=words.ends_basis(grants),
            source="funding.csv",
            method="endings",
        )
    if grants["nothing_else"]:
        with right, st.container(border=True):
            st.subheader(_("Who has no other donor"), anchor="nothing-else")
            st.markdown(ui.nothing_else_list(grants))
    if grants["grants"]:
        with st.container(border=True):
            st.subheader(_("Whose grants end"), anchor="whose")
            st.caption(
                _(
                    "The first to end comes first. Other donors are those that gave in the same year; own income has "
                    "none."
                )
            )
            ui.frame(
                "ending_grants",
                lambda: ui.table_of(grants["grants"], "sector"),
                [
                    "name",
                    ui.column("ends_on", _("Last day")),
                    ui.column("amount_eur", _("Euro a year")),
                    ui.column("share", _("Part of its income")),
                    "other_donors",
                    "donor",
                    ui.column("jobs", _("Jobs (fte)"), "tenths"),
                ],
                in_file=["programme", "bridges", "sector_label"],
            )
    if test and grants["within_a_year"]["grants"]:
        with st.container(border=True):
            st.subheader(_("And if none of it is given again"), anchor="not-renewed")
            st.markdown(words.not_renewed_sentence(test))
            ui.metrics(
                (_("Income lost"), ui.percent(test["loss_share"]), "loss_share"),
                (_("Jobs exposed (fte)"), ui.number(test["jobs_exposed"]), "jobs_exposed"),
                (_("Ties of those at risk"), ui.number(test["ties_exposed"]), "ties_exposed"),
                (_("Of these across sectors"), ui.number(test["bridges_exposed"]), "bridges_exposed"),
            )
            ui.note_partial_income(test)
            ui.note_confirmed()
            fallen = [one for one in test["organisations"] if one["is_active"] and one["at_risk"]]
            if fallen:
                ui.lazy_expander(
                    "not_renewed",
                    n_("{n} organisation at risk", "{n} organisations at risk", len(fallen)),
                    lambda: ui.frame(
                        "not_renewed",
                        lambda: ui.table_of(fallen, "sector").sort_values("loss_share", ascending=False),
                        ["name", "loss_share", "loss", "reserve_months_left", "jobs_exposed", "ties", "bridges"],
                    ),
                )
            ui.page_link("stress", _("Try other cuts: what if a donor stops"))


tabs = (
    {
        "kinds": (_("Kinds of income"), by_kind),
        "donors": (_("Donors"), by_donor),
        **({"exposed": (_("Exposed organisations"), who_is_exposed)} if ui.has_amounts() else {}),
    }
    if ui.style().narrow
    else {"overview": (_("Who pays, and who depends on it"), overview)}
) | {
    "course": (_("Where it goes, and its course"), over_the_years),
}
if ui.covers(questions.answer_endings):
    tabs["ends"] = (_("What ends, and when"), ends)
if ui.covers(questions.answer_other_income):
    tabs["own"] = (_("Other income"), other_income)
ui.lazy_tabs("tab", tabs)
