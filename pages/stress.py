"""What if a donor stops: who is at risk, what hangs on them, who depends on the same donor."""

import pandas as pd
import streamlit as st

from hubdata import charts, questions, ui
from hubdata.ui import _, md, n_, n_md
from hubdata.ui.words import stress as words

years = ui.ask(questions.answer_income_years)
if not years:
    ui.nothing_yet(
        _("There is no income to test."),
        _("Load the list of income: one row per organisation, year, donor and programme, with an amount in euros."),
    )
    ui.stop()

is_narrow = ui.style().narrow
if is_narrow:  # what comes of it is read first
    right, left = st.container(), st.container()
else:
    left, right = st.columns([1, 3])
with left:
    chosen = ui.url_widget(st.selectbox, "year", _("Year"), sorted(years, reverse=True), ui.latest_year(years))
year = ui.ask(questions.answer_year, chosen)
ui.note_promised(chosen)
kinds = ui.category_labels()
named = [donor for donor in year["donor_totals"] if donor["donor"]]
donors = dict(zip((donor["donor_key"] for donor in named), ui.donor_names(named), strict=True))
risk = ui.threshold(ui.settings().risk_threshold)

with left, st.container(border=True):
    st.subheader(_("Who gives less?"), anchor="cuts")
    cuts = tuple(words.donor_cuts(donors))
    with st.expander(_("Or all money of a kind")):
        given = {code: words.cut_slider(f"less_{code}", kinds[code], 0) for code in kinds if code in year["categories"]}
    category_cuts = tuple((code, cut) for code, cut in given.items() if cut)
    st.caption(_("Or begin with an example:"))
    presets = ui.ask(questions.answer_presets, chosen)
    with st.container(horizontal=True):
        for preset in presets:
            st.button(
                words.preset_words(preset),
                key=f"preset_{preset['code']}",
                on_click=words.put_cuts,
                args=(preset["cuts"], preset["category_cuts"]),
            )
        st.button(_("Start again"), key="preset_none", icon=":material/undo:", on_click=words.put_cuts, args=({}, {}))

is_chosen = any(cut for _key, cut in cuts) or bool(category_cuts)
example = () if cuts or category_cuts else words.example_cuts(presets)
result = ui.ask(questions.answer_stress, chosen, example or cuts, category_cuts)
active_organisations = [organisation for organisation in result["organisations"] if organisation["is_active"]]
at_risk = sorted(
    (organisation for organisation in active_organisations if organisation["at_risk"]),
    key=lambda organisation: -(organisation["loss_share"] or 0),
)
others = [
    organisation for organisation in active_organisations if organisation["loss"] >= 1 and not organisation["at_risk"]
]
passed = result["pass_through"]
everybody = result["organisations"]  # those that have left too, as on the page Funding
basis = n_("{n} organisation with known income", "{n} organisations with known income", len(everybody))

is_cut = is_chosen or bool(example)


def outcome() -> None:
    """What these cuts do: the sum, and where there is room who is at risk, by name."""
    ui.note_one_donor(year)
    st.markdown(words.outcome_sentence(result, risk))
    if example:
        st.caption(_("This is an example to begin with. Choose who gives less, and how much."))
    ui.metrics(
        (_("Income lost"), ui.percent(result["loss_share"]), "loss_share"),
        (_("Jobs where income is lost (fte)"), words.jobs_exposed(result, len(at_risk) + len(others)), "jobs_exposed"),
        (_("Ties of those at risk"), ui.number(result["ties_exposed"]), "ties_exposed"),
        (_("Of these across sectors"), ui.number(result["bridges_exposed"]), "bridges_exposed"),
    )
    st.caption(words.counted_in_words(passed))
    ui.note_partial_income(result)
    if not is_narrow:
        who_is_at_risk()


def who_is_at_risk() -> None:
    """Who loses more than they can bear by the settings, and who else loses something."""
    columns = [
        *map(ui.column, ("name", "loss_share", "loss")),
        ui.column("bridges", _("Across sectors")),
        *map(ui.column, ("ties", "jobs_exposed", "reserve_months_left")),
    ]
    with st.container(border=True):
        st.subheader(words.at_risk_title(len(at_risk)), anchor="at-risk")
        if not at_risk:
            st.markdown(
                n_md(
                    "The {n} organisation with known income would not lose more than {risk} of it.",
                    "Not one of the {n} organisations with known income would lose more than {risk} of it.",
                    len(active_organisations),
                    risk=risk,
                )
            )
        else:
            months_left = [
                organisation["reserve_months_left"]
                for organisation in at_risk
                if organisation["reserve_months_left"] is not None
            ]
            soon = [months for months in months_left if months < 12]
            without_reserves = ui.without_reserves(chosen)
            if not months_left and not without_reserves:
                without_reserves = md("Reserves are known of none of them.")
            st.markdown(
                md(
                    "The largest part of the income comes first. Reserves are known for {known} of the {all}; at "
                    "{soon} they would not replace the loss for a whole year.",
                    known=ui.number(len(months_left)),
                    all=ui.number(len(at_risk)),
                    soon=ui.number(len(soon)),
                )
                if not without_reserves
                else md("The largest part of the income comes first. {reserves}", reserves=without_reserves)
            )
            ui.frame("at_risk", lambda: ui.table_of(at_risk, "sector"), columns, in_file=["sector_label"])
        if others:
            ui.lazy_expander(
                "others",
                n_(
                    "{n} other organisation that loses something",
                    "{n} other organisations that lose something",
                    len(others),
                ),
                lambda: ui.frame("losing", lambda: ui.table_of(others, "sector"), columns, in_file=["sector_label"]),
            )
        if result["jobs_unknown"]:
            st.caption(
                n_(
                    "The jobs of {n} organisation that loses something are not known and not counted.",
                    "The jobs of {n} organisations that lose something are not known and not counted.",
                    result["jobs_unknown"],
                )
            )
        ui.explain("stress", "loss_share", "reserve_months_left", "pass_through")


def sums() -> None:
    """What is left of each kind of income, and how much of the loss is passed on."""

    def before_and_after() -> pd.DataFrame:
        most_first = sorted(result["before"], key=result["before"].__getitem__, reverse=True)
        rows = [{"label": kinds[k], "before": result["before"][k], "after": result["after"][k]} for k in most_first]
        return pd.DataFrame(rows)

    ui.figure(
        "before_and_after",
        title=words.sums_title(result),
        sentence=words.sums_sentence(result),
        draw=lambda: charts.bars(
            [
                {"label": row["label"], "series": when, "value": row[when]}
                for row in before_and_after().to_dict("records")
                for when in ("before", "after")
            ],
            ui.style(),
            value_title=_("Euro"),
            value_format="euro",
            series_labels={"before": _("Before"), "after": _("After")},
        ),
        alt=lambda: ui.ranking_in_words(_("Income left per kind"), before_and_after(), "label", "after", "euro"),
        table=before_and_after,
        columns=[ui.column("label", _("Kind of income")), "before", "after"],
        basis=basis,
        source="funding.csv",
        method="stress",
    )
    if passed["donors"]:
        st.markdown(
            n_md(
                "{loss} of the loss is passed on: {n} organisation gives others less because it loses income itself. "
                "Rounds until less than one euro changed: {rounds}.",
                "{loss} of the loss is passed on: {n} organisations give others less because they lose income "
                "themselves. Rounds until less than one euro changed: {rounds}.",
                passed["donors"],
                loss=ui.euro(passed["loss_eur"]),
                rounds=ui.number(passed["rounds"]),
            )
        )


def assumptions() -> None:
    """What this counts on, and what it leaves out."""
    with st.container(border=True):
        st.subheader(_("What this assumes"), anchor="assumptions")
        assumptions = [
            md("The books of {year} say what would be lost; nobody finds another donor or spends less.", year=chosen),
            md(
                "Organisations that lose more than {risk} of their income are at risk, whatever their reserves.",
                risk=risk,
            ),
            _("Who gives to others gives less by the share that it loses itself, and reserves do not soften that."),
            _("Where a donor and its kind of money are both cut, the larger cut counts."),
            md(
                "Income is known for {known} of {active} active organisations; for the others this cannot be said.",
                known=ui.number(year["coverage"]["organisations"]),
                active=ui.number(year["coverage"]["active_organisations"]),
            ),
        ]
        if passed["donors_unknown"]:
            assumptions.append(
                n_md(
                    "{n} organisation gives to others while its own income is not known: it passes nothing on here.",
                    "{n} organisations give to others while their own income is not known: they pass nothing on here.",
                    passed["donors_unknown"],
                )
            )
        st.markdown("\n".join(f"- {assumption}" for assumption in assumptions))


def together() -> None:
    """Who gets much of its income from the same donor."""
    groups = ui.ask(questions.answer_shared_exposure, chosen)
    if not groups:
        st.markdown(
            md(
                "In {year} no two organisations with known income get {risk} or more of it from the same donor.",
                year=chosen,
                risk=risk,
            )
        )
    else:

        def members() -> pd.DataFrame:
            rows = [
                {"donor": group["donor"], **organisation} for group in groups for organisation in group["organisations"]
            ]
            return ui.table_of(rows, "sector")

        ui.figure(
            "shared_exposure",
            title=words.shared_exposure_title(groups),
            sentence=words.shared_exposure_sentence(groups, risk),
            draw=lambda: charts.bars(
                [{"label": group["donor"], "value": group["organisation_count"]} for group in groups[:10]],
                ui.style(),
                value_title=_("Organisations"),
            ),
            alt=lambda: ui.ranking_in_words(
                _("Organisations per donor"), pd.DataFrame(groups), "donor", "organisation_count"
            ),
            table=members,
            columns=["donor", "name", "sector_label", ui.column("share", _("Part of its income")), "income"],
            basis=n_("{n} donor with such a group", "{n} donors with such a group", len(groups)),
            source="funding.csv, partnerships.csv",
            method="shared_exposure",
        )


def key_organisations() -> None:
    """Who stands between others and leans on one donor."""
    corners = ui.ask(questions.answer_quadrant, chosen)
    if not corners["organisations"]:
        st.markdown(_("Who stands between others cannot be said: there are too few organisations with known income."))
    else:
        fallen = {organisation["organisation_id"] for organisation in at_risk}

        def marks() -> pd.DataFrame:
            table = ui.table_of(corners["organisations"], "sector")
            return table.assign(
                x=table["top_donor_share"],
                y=table["betweenness"],
                is_marked=table["organisation_id"].isin(fallen),
                is_named=table["is_exposed"] & table["is_broker"],
            )

        clicked = ui.figure(
            "quadrant",
            title=words.key_title(corners["at_stake"]),
            sentence=md(
                "Of {all}, these stand between others more often than most and get {exposure} or more from one donor: "
                "the upper right corner. If they fell, bridges would be cut. Click a mark to see the organisation.",
                all=ui.number(len(corners["organisations"])),
                exposure=ui.threshold(ui.settings().exposure_threshold),
            ),
            draw=lambda: charts.quadrant(
                marks(),
                ui.style(),
                x_line=corners["exposure_threshold"],
                y_line=corners["broker_threshold"] or 0,
                x_title=_("Share of the largest donor"),
                y_title=_("Position between others"),
                marked=_("At risk in this test"),
                unmarked=_("Not at risk in this test"),
            ),
            alt=lambda: _(
                "Organisations by their position between others and share of the largest donor. In the upper right "
                "corner: {names}.",
                names=ui.join(marks().query("is_named")["name"].head(5).tolist()) or _("nobody"),
            ),
            table=lambda: ui.with_yes_no(marks(), "is_exposed", "is_broker", "is_marked"),
            columns=[
                "name",
                "sector_label",
                "top_donor",
                "top_donor_share",
                "betweenness",
                "bridges",
                "is_exposed",
                "is_broker",
                "is_marked",
            ],
            basis=n_(
                "income unknown of {n} active organisation",
                "income unknown of {n} active organisations",
                corners["income_unknown"],
            ),
            source="funding.csv, partnerships.csv",
            method="quadrant",
            selectable=True,
        )
        ui.note_estimated(len(corners["organisations"]) + corners["income_unknown"])
        ui.open_selected_organisation(clicked)


def own_income() -> None:
    """Own income beside the rule of the ministry."""
    own = ui.ask(questions.answer_own_income, chosen)
    with st.container(border=True):
        st.subheader(_("Own income beside the rule of the ministry"), anchor="own-income")
        st.markdown(
            _(
                "Who asks the ministry of Foreign Affairs for money must have income of its own. The rule has dates, "
                "and counts as its own text says; here is only how far each organisation is from the line."
            )
        )
        ui.frame(
            "own_income_rules",
            lambda: words.rule_rows(own["rules"]),
            [
                "minimum",
                "period",
                "status",
                ui.column("below", _("Below it in {year}", year=chosen), "count"),
                ui.column("organisations", _("Out of")),
                "source",
                "source_date",
            ],
        )
        if own["organisations"]:
            rules = ui.settings().own_income_rules
            short = [
                ui.column(f"short_{place}", _("Short of {minimum}", minimum=ui.threshold(rule.minimum_share)), "euro")
                for place, rule in enumerate(rules)
            ]
            ui.lazy_expander(
                "own_income_list",
                n_(
                    "{n} organisation, and how far it is from the line",
                    "{n} organisations, and how far each is from the line",
                    len(own["organisations"]),
                ),
                lambda: ui.frame(
                    "own_income",
                    lambda: ui.table_of(own["organisations"], "sector").assign(
                        **{
                            f"short_{place}": [
                                organisation["rules"][place]["short_eur"] for organisation in own["organisations"]
                            ]
                            for place in range(len(rules))
                        }
                    ),
                    ["name", "sector_label", "income", "own_share", *short],
                ),
            )
        else:
            st.markdown(md("In the data nobody got such money in {year}.", year=chosen))
        if own["donors_unknown"]:
            st.caption(md("Not a donor in the lists: {names}.", names=ui.join(own["donors_unknown"])))
        st.caption(
            _("Out of: those that get money from the ministry.")
            if ui.settings().own_income_donors
            else _(
                "Out of: those that get money from the Dutch government. The settings name no ministry, so none of "
                "that money counts as own income; by the rule itself it can only be more."
            )
        )
        st.caption(
            md(
                "The source of the rules: {links}",
                links=ui.Markdown(" ".join(words.rule_sources())),
            )
        )
        ui.explain("own_income")


with right:
    if is_cut:
        outcome()
    else:
        with st.container(border=True):
            st.subheader(_("First choose who gives less"), anchor="at-risk")
            st.markdown(
                md(
                    "Choose a donor, or begin with an example. Here you then read who loses more than {risk} of its "
                    "income of {year}, and which jobs and ties hang on them.",
                    risk=risk,
                    year=chosen,
                )
            )
below = st.container() if is_cut else right  # before anything is cut there is room beside the choices
with below:
    if not is_cut:
        ui.note_one_donor(year)
    ui.note_confirmed()
tabs = {
    **({"risk": (_("Who is at risk"), who_is_at_risk)} if is_cut and is_narrow else {}),
    "together": (_("Who depends on the same donor"), together),
    "key": (_("Key organisations that lean on one donor"), key_organisations),
    "sums": (_("Before and after"), sums),
    "assumptions": (_("What this assumes"), assumptions),
    "rule": (_("Own income beside the rule of the ministry"), own_income),
}
if not is_cut:
    del tabs["sums"]
if not ui.settings().own_income_rules:
    del tabs["rule"]
with below:
    ui.lazy_tabs("tab", tabs)
