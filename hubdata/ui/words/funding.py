"""The sentences and tables of the page `funding`."""

import collections
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from hubdata import texts
from hubdata.indicators.chance import LEVEL
from hubdata.indicators.endings import EndingQuarter, Grants
from hubdata.indicators.funding import DonorTotal, Flow, FundingYear, KindShift, OtherIncome
from hubdata.indicators.stress import Stress
from hubdata.ui.hub_settings import settings
from hubdata.ui.income import category_labels, donor_names
from hubdata.ui.language import (
    Markdown,
    _,
    euro,
    join,
    kind_label,
    label,
    md,
    n_,
    n_md,
    number,
    percent,
    points,
    threshold,
)
from hubdata.ui.parts import largest, several


def flow_names(year: FundingYear, flows: pd.DataFrame, earned: str) -> pd.Series:
    """What the source of each flow is called: two donors of one name stay apart."""
    named = [donor for donor in year["donor_totals"] if donor["donor"]]
    names = dict(zip((donor["donor_key"] for donor in named), donor_names(named), strict=True))
    without_name = {"other": _("Other donors"), "earned": earned}
    return flows["donor_key"].map(names).where(flows["donor"].notna(), flows["donor_key"].map(without_name))


def kinds_apart(kinds: Sequence[KindShift]) -> str:
    """Which kinds of organisation moved otherwise than all together by more than chance explains, or that none did.

    `kinds`: those of which enough organisations are known.
    """
    if len(kinds) < 2:
        return _("There are too few of each kind to compare them.")
    apart = [kind for kind in kinds if (kind["p_adjusted"] or 0) < LEVEL and kind["p_adjusted"] is not None]
    if not apart:
        return _("Kinds differ too little, for so few organisations, to say which moved further.")
    phrases = [
        _(
            "{kind} ({points} points on average, {n})",
            kind=kind_label(kind),
            points=points(kind["mean_change"]),
            n=n_("{n} organisation", "{n} organisations", kind["organisations"]),
        )
        for kind in apart
    ]
    return _("More than chance explains, these moved otherwise than the rest: {kinds}.", kinds=join(phrases))


def kinds_in_words(kinds: Sequence[KindShift]) -> str:
    """The average change per sector as a sentence, in the order of their names, which is no ranking."""
    phrases = sorted(f"{kind_label(k)} ({points(k['mean_change'])})" for k in kinds if k["by"] == "sector")
    return _("Average change of other income per sector, in percentage points: {kinds}.", kinds=join(phrases))


def largest_kind(year: FundingYear) -> dict[str, str]:
    """The kind of income that most came from in a year, or the kinds, and the share that each gave."""
    return _largest_part("kinds", {category_labels()[code]: amount for code, amount in year["categories"].items()})


def largest_sector(flows: Sequence[Flow]) -> dict[str, str]:
    """The sector that most of the known income went to, or the sectors, and the share that each got."""
    amounts = collections.Counter[str]()
    for flow in flows:
        amounts[label(flow["sector"])] += flow["amount_eur"]  # type: ignore[assignment]
    return _largest_part("sectors", amounts)


def donors_in_words(effective: float | None) -> str:
    """Over how many equally large donors the money might as well be spread."""
    return texts.NOT_KNOWN if effective is None else _("{n} donors", n=number(effective, 1))


def money_basis(year: FundingYear) -> str:
    """Of how many organisations the income of a year is known."""
    coverage = year["coverage"]
    return _(
        "{with_rows}, {known} of them among the {active} active ones",
        with_rows=n_(
            "{n} organisation with income rows", "{n} organisations with income rows", year["organisation_count"]
        ),
        known=number(coverage["organisations"]),
        active=number(coverage["active_organisations"]),
    )


def kinds_title(year: FundingYear) -> Markdown:
    """Which kind of income is the largest in a year, or which ones are, as a title."""
    if not year["income"]:
        return md("Where the money of {year} came from cannot be said", year=year["year"])
    return md("Largest source of the money of {year}: {kinds}, {share}", year=year["year"], **largest_kind(year))


def kinds_sentence(years: Mapping[int, FundingYear], chosen: int) -> Markdown:
    """How much income of a year is known, beside the year before."""
    income, before = years[chosen]["income"], years.get(chosen - 1)
    if before is None or not before["income"]:
        return md("In {year} {income} is known in all.", year=chosen, income=euro(income))
    return md(
        "In {year} {income} is known in all, in {before} it was {earlier}. Compare years only when about as many "
        "organisations are known.",
        year=chosen,
        income=euro(income),
        before=chosen - 1,
        earlier=euro(before["income"]),
    )


def donor_title(year: FundingYear, donors: Sequence[DonorTotal]) -> Markdown:
    """Who gives most in a year, or who do, as a title."""
    if not year["income"]:
        return md("Who gave most in {year} cannot be said", year=year["year"])
    if not donors:
        return md("No donor of {year} is known", year=year["year"])
    most = largest(donors, lambda donor: round(donor["amount_eur"], 2))
    names = [name for name, donor in zip(donor_names(donors), donors, strict=True) if donor in most]
    gaps = {"year": year["year"], "share": percent(most[0]["share"])}
    if len(most) > 1:
        return md("{donors} gave most in {year}: each {share}", donors=several(names), **gaps)
    return md("{donor} gave most in {year}: {share}", donor=names[0], **gaps)


def donor_sentence(year: FundingYear, donors: Sequence[DonorTotal]) -> Markdown:
    """To how many the largest donor of a year gives, and what is no donor. `donors`: at least one."""
    most = largest(donors, lambda donor: round(donor["amount_eur"], 2))
    if len(most) > 1:
        return md("They gave equally much.")
    return n_md(
        "It gives to {n} organisation of {all} with known income.",
        "It gives to {n} organisations of {all} with known income.",
        most[0]["organisations"],
        all=number(year["organisation_count"]),
    )


def flows_title(year: int, flows: Sequence[Flow]) -> Markdown:
    """Which sector most of the known income went to, or which ones, as a title."""
    return md("Largest receiver of the money of {year}: {sectors}, {share}", year=year, **largest_sector(flows))


def moved_title(shift: OtherIncome) -> str:
    """At how many organisations other income grew and at how many it shrank, as a title."""
    same = shift["same"]
    return n_(
        "Of {n} organisation other income became a larger part at {up}, a smaller part at {down}",
        "Of {n} organisations other income became a larger part at {up}, a smaller part at {down}",
        same["organisations"],
        up=number(same["up"]),
        down=number(same["down"]),
    )


def exposed_title(exposed: int) -> str:
    """How many organisations are exposed, above their table."""
    if not exposed:
        return _("No organisation is exposed")
    return n_("{n} exposed organisation", "{n} exposed organisations", exposed)


def exposed_sentence(year: FundingYear) -> Markdown:
    """How many organisations are exposed in a year of which that is known."""
    return n_md(
        "**In {year} {n} organisation of {all} with an income above 0 is exposed**: it gets {exposure} or more "
        "from one donor, or {public} or more from public money.",
        "**In {year} {n} organisations of {all} with an income above 0 are exposed**: they get {exposure} or more "
        "from one donor, or {public} or more from public money.",
        year["exposed"] or 0,
        year=year["year"],
        all=number(year["with_income"]),
        exposure=threshold(settings().exposure_threshold),
        public=threshold(settings().public_threshold),
    )


def income_rows(years: Iterable[FundingYear]) -> pd.DataFrame:
    """A row per year and kind of income: year, category, category_label, amount_eur."""
    kinds = category_labels()
    rows = [
        {"year": year["year"], "category": code, "category_label": kinds[code], "amount_eur": amount}
        for year in years
        for code, amount in year["categories"].items()
    ]
    return pd.DataFrame(rows)


def _largest_part(gap: str, amounts: Mapping[str, float]) -> dict[str, str]:
    names = largest(amounts, lambda name: round(amounts[name], 2))
    whole = sum(amounts.values())
    share = percent(amounts[names[0]] / whole if whole > 0 else None)
    return {gap: several(names), "share": share if len(names) == 1 else _("each {share}", share=share)}


def ends_title(grants: Grants) -> str:
    """How many grants end within a year."""
    count = grants["within_a_year"]["grants"]
    if not count:
        return _("No grant is known to end within a year")
    return n_("{n} grant ends within a year", "{n} grants end within a year", count)


def ends_sentence(grants: Grants) -> Markdown:
    """What ends within a year: whose it is, and who has nothing else."""
    soon = grants["within_a_year"]
    if not soon["grants"]:
        return md("What ends later is in the picture.")
    return n_md(
        "That is {euro} a year, of {n} organisation. **{without} of them had no other donor.**",
        "That is {euro} a year, of {n} organisations. **{without} of them had no other donor.**",
        soon["organisations"],
        euro=euro(soon["amount_eur"]),
        without=number(soon["without_other"]),
    )


def not_renewed_sentence(test: Stress) -> Markdown:
    """Who is at risk when nothing that ends within a year is given again."""
    active = [organisation for organisation in test["organisations"] if organisation["is_active"]]
    return n_md(
        "If none of it is given again, {n} organisation of {all} would lose more than {risk} of its income of {year}; "
        "what others then give less counts too.",
        "If none of it is given again, {n} organisations of {all} would lose more than {risk} of their income of "
        "{year}; "
        "what others then give less counts too.",
        test["at_risk"],
        all=number(len(active)),
        risk=threshold(settings().risk_threshold),
        year=test["year"],
    )


def ends_basis(grants: Grants) -> str:
    """Of how many grants the end is known, and how much money has none in the lists."""
    return _(
        "the last day is known of {known} of the {all} grants that run; of {euro} a year it is not",
        known=number(grants["running"] - grants["end_unknown"]),
        all=number(grants["running"]),
        euro=euro(grants["end_unknown_eur"]),
    )


def ends_unknown(grants: Grants) -> Markdown:
    """That the lists do not say when grants end."""
    return n_md(
        "**The lists do not say when grants end:** of the {n} grant that runs, {euro} a year, no last day is known.",
        "**The lists do not say when grants end:** of none of the {n} grants that run, {euro} a year, the last day is "
        "known.",
        grants["running"],
        euro=euro(grants["end_unknown_eur"]),
    )


def ends_bars(quarters: Sequence[EndingQuarter]) -> pd.DataFrame:
    """What ends per quarter, of organisations with and without another donor, as `charts.bars` takes it."""
    rows = [
        {"label": quarter["quarter"], "series": series, "value": value}
        for quarter in quarters
        for series, value in (
            ("without", quarter["without_other_eur"]),
            ("with", quarter["amount_eur"] - quarter["without_other_eur"]),
        )
    ]
    return pd.DataFrame(rows)
