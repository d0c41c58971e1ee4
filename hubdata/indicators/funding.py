"""Who pays for it: how each organisation, and the whole ecosystem, depends on its donors, per year, in euros.

Say "exposed", never "unhealthy": the literature finds small and mixed effects of diversification (Hung & Hager 2019;
Lu et al. 2019). And income is what the drop holds, not what the organisation earned: when the files know one donor
only, every organisation seems to have one donor only. The coverage of each year stands beside its figures for that
reason.

Everything reads `income`: one row per organisation, year, donor and category, columns `organisation_id`, `name`,
`sector`, `year`, `donor_key` (tells donors apart), `donor` (its name, None for earned income), `donor_id` (may be
None), `category` and `amount_eur` (>= 0). Earned income has no donor: it is one source, `earned`, among an
organisation's sources and never its top donor. There are hundreds of thousands of rows, so everything is counted in
whole columns.
"""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NotRequired, TypedDict

import numpy as np
import pandas as pd

from hubdata.indicators import money
from hubdata.indicators.chance import shuffled_groups
from hubdata.indicators.rows import NamedOrganisation, records

PUBLIC = ("government", "multilateral")
"""The categories that count as public money."""

OF_A_YEAR = (
    "median_top_donor_share",
    "exposed_share",
    "public_share",
    "government_share",
    "earned_share",
    "donor_hhi",
    "effective_donors",
)
"""The figures of the whole ecosystem that `funding` gives per year."""

ORGANISATION_YEAR = ["organisation_id", "year"]
SOURCE = ["donor_key", "is_earned"]
ROUNDING = 1e-9
"""A change of a share that is smaller than this is none: fractions are not exact. Amounts are compared by `money`."""
PROJECT_MONEY = "recorded project money, not income"
"""Why what is said of dependency is shown greyed, where the list of funding is known to be partial."""
NOBODY_EARNS = "nobody in the list has income of its own, so it is probably partial"
PART_OF_ACCOUNTS = "the list has a part of the income that the accounts give, so it is probably partial"
MOST_MISSING_SHARE = 0.25
"""When more of the totals that accounts give is not in the rows, the rows of others will not be their whole income."""
ENOUGH_TO_DOUBT = 10
"""Of fewer organisations it may well be that none has income of its own."""
OTHER_DONORS = "other"
"""The `donor_key` under which `flows` puts the smaller donors together."""


class Dependency(NamedOrganisation):
    """How one organisation depends on its donors in one year (see `dependency`). Shares are 0-1."""

    year: int
    income: float
    """Euro. When it is 0 the shares, what follows from them, and `exposed` are None."""
    donors: int
    top_donor: str | None
    """None when all income is earned."""
    top_donor_key: str | None
    top_donor_share: float | None
    donor_hhi: float | None
    effective_donors: float | None
    category_hhi: float | None
    public_share: float | None
    government_share: float | None
    earned_share: float | None
    exposed: bool | None
    total_income: float | None
    """Euro: all income of the year, of its accounts; None when it is not known. Shares and `exposed` are of it then."""
    accounted_share: float | None
    """`income` / `total_income`, 0-1: for how much of it the rows account."""
    reserve_months: float | None
    """Of the years whose accounts give reserves, and of the latest; None when no reserves are known, too."""
    greyed: str | None
    """Why what is said of its dependency is shown greyed; None when it is not."""


class NewlyExposed(NamedOrganisation):
    """An organisation that became exposed between two years (see `newly_exposed`). Shares as in `Dependency`."""

    income: float
    """Euro, of the later year."""
    top_donor: str | None
    top_donor_share: float | None
    public_share: float | None
    top_donor_share_before: float | None
    public_share_before: float | None


class OtherIncomeYear(TypedDict):
    """The part of income that is not public, of one sector or all, in one year (see `other_income`)."""

    year: int
    sector: str | None
    """None for all together."""
    organisations: int
    income: float
    """Euro."""
    other_share: float | None
    """0-1; None without income."""


class MovedOrganisation(NamedOrganisation):
    """How the part that is not public moved at one organisation (see `other_income`)."""

    type: str | None
    income: float
    """Euro, of the later year."""
    other_share_before: float
    other_share: float
    change: float
    """-1 to 1."""


class Shift(TypedDict):
    """How the part that is not public moved at several organisations (see `other_income`).

    All but counts are None without any; shares are 0-1, changes -1 to 1.
    """

    organisations: int
    up: int
    down: int
    mean_change: float | None
    """Of their changes, each organisation counting alike."""
    median_change: float | None
    other_share_before: float | None
    """Of their income together, so that large ones weigh more."""
    other_share: float | None
    change: float | None


class KindShift(Shift):
    """`Shift` of one sector or one type of organisation."""

    by: Literal["sector", "type"]
    code: str
    p_adjusted: float | None
    """Of a mean change this far from that of all if kinds did not matter, 0-1; None with one kind only."""


class OtherIncome(TypedDict):
    """The shift from subsidy to other income (see `other_income`)."""

    years: list[OtherIncomeYear]
    moved: list[MovedOrganisation]
    same: Shift
    kinds: list[KindShift]


class Flow(TypedDict):
    """What goes from one donor to one sector (see `flows`)."""

    donor_key: str
    donor: str | None
    """None for earned income and for the others together."""
    sector: str
    amount_eur: float


class Concentration(TypedDict):
    """How concentrated the income of one year is (see `concentration`)."""

    year: int
    income: float
    """Euro. When it is 0 the last two are None."""
    donors: int
    donor_hhi: float | None
    effective_donors: float | None


class DonorTotal(TypedDict):
    """What one source gives in one year (see `funding`; in totals one cell, see `totals.totals`)."""

    donor_key: str
    donor: str | None
    """None for earned income, and in totals for sources that are not named."""
    donor_id: str | None
    category: NotRequired[str]
    """In totals only, where a source has a row per category."""
    amount_eur: float
    share: float | None
    """Of all income of the year, 0-1."""
    organisations: int
    """How many get something from it."""


class YearCoverage(TypedDict):
    """How many of the active organisations the figures of one year know (see `funding`)."""

    organisations: int
    with_income: int
    """Those of them with an income above 0."""
    active_organisations: int
    share: float | None
    """0-1; None when no organisation is active."""
    jobs_share: float | None
    """0-1; None when no jobs are known, and in totals."""
    exposed: int | None
    """None in totals."""


class YearAccounts(TypedDict):
    """For how much of the income of a year the rows account (see `funding`)."""

    organisations: int | None
    """Those with rows whose total income is known. None in totals."""
    total_income: float | None
    """Euro, of these together; None without any, and in totals."""
    accounted_share: float | None
    """Their rows / that, 0-1."""


class FundingYear(TypedDict):
    """Every figure about income of one year (see `funding`, and `totals.totals` for what is None in totals)."""

    year: int
    income: float
    """Euro. When it is 0 the shares are None."""
    donors: int | None
    """Different sources. None only in totals, as soon as one is not named."""
    donor_hhi: float | None
    effective_donors: float | None
    categories: dict[str, float]
    """Category -> euro, those that occur."""
    organisation_count: int
    with_income: int
    """Those of them with an income above 0: of the others it cannot be said whether they are exposed."""
    exposed: int | None
    """How many are. None only in totals, when it would say something of fewer than three."""
    exposed_share: float | None
    """Of `with_income`, 0-1; None with `exposed`, and when nobody has an income above 0."""
    median_top_donor_share: float | None
    public_share: float | None
    government_share: float | None
    earned_share: float | None
    donor_totals: list[DonorTotal]
    """The largest first."""
    coverage: YearCoverage
    accounts: YearAccounts
    """For how much of the income the rows account, of those whose total is known."""
    greyed: str | None
    """Why what is said of dependency is shown greyed: of some it rests on a part of their income. None: it is not."""
    organisations: list[Dependency]
    """Empty in totals."""


class Funding(TypedDict):
    """Every figure about income."""

    years: list[FundingYear]
    """Those with rows, oldest first."""


def _concentration(amounts: pd.DataFrame, per: list[str]) -> pd.DataFrame:
    """Sums, number of positive parts and HHI of `amount_eur`, per group. The HHI of nothing is NaN."""
    total = amounts.groupby(per)["amount_eur"].sum()
    share = amounts["amount_eur"] / amounts[per].join(total.where(total > 0), on=per)["amount_eur"]
    squares = (share**2).groupby([amounts[name] for name in per]).sum(min_count=1)
    count = (amounts["amount_eur"] > 0).groupby([amounts[name] for name in per]).sum()
    return pd.DataFrame({"total": total, "count": count, "hhi": squares})


def _sources(income: pd.DataFrame, per: list[str]) -> pd.DataFrame:
    """`income` summed to one row per group and source.

    donor_key, is_earned, donor, donor_id, amount_eur, organisations (those that got a positive amount from it).
    """
    rows = income.assign(
        is_earned=income["category"] == "earned",
        paid=income["organisation_id"].where(income["amount_eur"] > 0),
    )
    return (
        rows.groupby([*per, *SOURCE])
        .agg(
            donor=("donor", "first"),
            donor_id=("donor_id", "first"),
            amount_eur=("amount_eur", "sum"),
            organisations=("paid", "nunique"),
        )
        .reset_index()
    )


def totals_of(accounts: pd.DataFrame | None, rows: "pd.Series[float]") -> "pd.Series[float]":
    """The total income that accounts give for each organisation and year of `rows` (their sums), never less than these.

    NaN where it is not known.
    """
    if accounts is None:
        return pd.Series(np.nan, index=rows.index)
    known = accounts.set_index(ORGANISATION_YEAR)["total_income"].astype(float)
    total = known.where(known > 0).reindex(rows.index)
    return total.where(total.isna(), np.maximum(total, rows))


def _dependency(
    income: pd.DataFrame, exposure_threshold: float, public_threshold: float, accounts: pd.DataFrame | None
) -> pd.DataFrame:
    """One row per organisation and year, with the columns of `dependency` except `reserve_months`."""
    sources = _sources(income, ORGANISATION_YEAR)
    categories = income.groupby([*ORGANISATION_YEAR, "category"])["amount_eur"].sum().reset_index()
    donors = _concentration(sources, ORGANISATION_YEAR)
    known_total = totals_of(accounts, donors["total"])
    whole = known_total.fillna(donors["total"])
    total = whole.where(donors["total"] > 0)

    def share(*names: str) -> pd.Series:
        part = categories[categories["category"].isin(names)].groupby(ORGANISATION_YEAR)["amount_eur"].sum()
        return part.reindex(donors.index, fill_value=0.0) / total

    public = categories[categories["category"].isin(PUBLIC)].groupby(ORGANISATION_YEAR)["amount_eur"].sum()
    top = (
        sources[~sources["is_earned"] & (sources["amount_eur"] > 0)]
        .assign(cents=lambda t: money.cents(t["amount_eur"]))
        .sort_values([*ORGANISATION_YEAR, "cents", "donor_key"], ascending=[True, True, False, True])
        .drop_duplicates(ORGANISATION_YEAR)
        .set_index(ORGANISATION_YEAR)
        .reindex(donors.index)
    )
    top_amount = top["amount_eur"].astype(float).fillna(0.0)
    is_exposed = money.reaches(top_amount, whole, exposure_threshold) | money.reaches(
        public.reindex(donors.index, fill_value=0.0), whole, public_threshold
    )
    names = income.drop_duplicates("organisation_id").set_index("organisation_id")[["name", "sector"]]
    figures = pd.DataFrame(
        {
            "income": donors["total"],
            "donors": donors["count"],
            "top_donor": top["donor"],
            "top_donor_key": top["donor_key"],
            "top_donor_share": top_amount / total,
            "donor_hhi": donors["hhi"],
            "effective_donors": 1 / donors["hhi"],
            "category_hhi": _concentration(categories, ORGANISATION_YEAR)["hhi"],
            "public_share": share(*PUBLIC),
            "government_share": share("government"),
            "earned_share": share("earned"),
            "exposed": pd.Series(is_exposed, index=donors.index).astype("boolean").where(total.notna()),
            "total_income": known_total,
            "accounted_share": donors["total"] / known_total,
        }
    ).reset_index()
    return figures.join(names, on="organisation_id")[[*ORGANISATION_YEAR, "name", "sector", *figures.columns[2:]]]


def _with_reserves(
    figures: pd.DataFrame, organisations: pd.DataFrame, reserves_year: int | None, accounts: pd.DataFrame | None
) -> pd.DataFrame:
    """`figures` and `reserve_months`."""
    year = figures["year"].max() if reserves_year is None else reserves_year
    undated = organisations.set_index("organisation_id")["reserves"].astype(float)
    reserves = figures["organisation_id"].map(undated).astype(float).where(figures["year"] == year)
    if accounts is not None:
        known = accounts.set_index(ORGANISATION_YEAR)["reserves"].astype(float)
        of_year = known.reindex(pd.MultiIndex.from_frame(figures[ORGANISATION_YEAR])).to_numpy()
        is_active = figures["organisation_id"].isin(undated.index)
        reserves = pd.Series(of_year, index=figures.index).where(is_active).fillna(reserves)
    whole = figures["total_income"].fillna(figures["income"])
    return figures.assign(reserve_months=reserves / (whole.where(figures["income"] > 0) / 12))


def dependency(
    income: pd.DataFrame,
    organisations: pd.DataFrame,
    exposure_threshold: float = 0.5,
    public_threshold: float = 0.75,
    reserves_year: int | None = None,
    is_partial: bool = False,
    accounts: pd.DataFrame | None = None,
    why_partial: str = PROJECT_MONEY,
) -> list[Dependency]:
    """How each organisation depends on its donors, one dictionary per organisation and year, by id and year.

    `income`: see the module. `organisations`: one row per active organisation, columns `organisation_id`, `reserves`.
    `accounts`: one row per organisation and year, columns `organisation_id`, `year`, `total_income`, `reserves`; NaN
    where not known.

    - `organisation_id`, `year`, `name`, `sector`;
    - `income` (euro): sum of the amounts;
    - `donors` (count): sources with a positive amount, earned income being one;
    - `top_donor` (name), `top_donor_key`, `top_donor_share` (0-1): the largest donor and its part of the income. Of
      equals the first by key. Income that is all earned has no top donor and share 0;
    - `donor_hhi` (1/donors to 1): sum of squared shares of the sources; `effective_donors` (1 to donors): 1 / that,
      "as if N equal sources";
    - `category_hhi` (to 1): the same over categories; it cannot fall below 1 / number of categories;
    - `public_share` (government and multilateral), `government_share`, `earned_share` (0-1): parts of the income;
    - `total_income` (euro) of the accounts, and `accounted_share` (0-1): `income` / that. Where it is known, the shares
      and `exposed` are of the total, since rows that are half of it would make everybody depend on their donors; a
      total below the rows counts as the rows. Concentration is of the rows, of which alone the donors are known;
    - `exposed` (true or false): `top_donor_share` >= `exposure_threshold` or `public_share` >= `public_threshold`, of
      amounts in whole cents, so that exactly half is half (see `money`);
    - `reserve_months`: reserves / (income, or the total, / 12): of each year of which the accounts give reserves; the
      undated `reserves` of `organisations` are those of now, so of `reserves_year` alone (without one, the latest);
    - `greyed`: why all this is shown greyed, when the rows are known to hold a part of the income (`is_partial`) and
      the total is not known.

    What is said of an organisation depends on no other: for a part of the organisations it is a part of the list.

    Shares, concentration and `exposed` are None when the income is 0; `reserve_months` also in other years, and when no
    reserves are known or the organisation is no longer active. An organisation without rows is absent, which does not
    mean that it has no income. Most likely misreading: an organisation funded from one ministry by way of three funds
    has three donors here. Source: Carroll & Stater, "Revenue diversification in nonprofit organizations", JPART 2009
    (HHI); thresholds are ours.

    >>> income = pd.DataFrame(
    ...     {"organisation_id": "a", "name": "A", "sector": "ngo", "year": 2020, "donor_key": ["x", "y", "earned"],
    ...      "donor": ["X", "Y", None], "donor_id": None, "category": ["government", "companies", "earned"],
    ...      "amount_eur": [50.0, 25.0, 25.0]}
    ... )
    >>> organisations = pd.DataFrame({"organisation_id": ["a"], "reserves": [25.0]})
    >>> figures = dependency(income, organisations)[0]
    >>> figures["income"], figures["donors"], figures["top_donor"], figures["top_donor_share"], figures["exposed"]
    (100.0, 3, 'X', 0.5, True)
    >>> figures["donor_hhi"], figures["public_share"], figures["reserve_months"]
    (0.375, 0.5, 3.0)
    """
    figures = _dependency(income, exposure_threshold, public_threshold, accounts)
    figures = _with_reserves(figures, organisations, reserves_year, accounts)
    is_grey = figures["total_income"].isna() & is_partial
    return records(figures.assign(greyed=is_grey.map({True: why_partial, False: None}).astype(object)))


def doubt(income: pd.DataFrame, accounts: pd.DataFrame) -> str | None:
    """Why the rows can hardly be the whole income of organisations, though nobody says so; None when they may be.

    `income`: see the module; `accounts`: one row per organisation and year, columns `organisation_id`, `year`,
    `total_income`. Over all years: nobody of `ENOUGH_TO_DOUBT` organisations earned anything or got something of
    individuals (`NOBODY_EARNS`), or of the totals that accounts give more than `MOST_MISSING_SHARE` is in no row, those
    without any row left out (`PART_OF_ACCOUNTS`).

    >>> rows = pd.DataFrame({"organisation_id": list("abcdefghij"), "year": 2020, "category": "government",
    ...                      "amount_eur": 100.0})
    >>> none = pd.DataFrame(columns=["organisation_id", "year", "total_income"])
    >>> doubt(rows, none) == NOBODY_EARNS, doubt(rows[:9], none)
    (True, None)
    >>> doubt(rows[:9], pd.DataFrame({"organisation_id": ["a"], "year": 2020, "total_income": 140.0}))
    'the list has a part of the income that the accounts give, so it is probably partial'
    """
    own = income["category"].isin(["earned", "individuals"]) & (income["amount_eur"] > 0)
    if income["organisation_id"].nunique() >= ENOUGH_TO_DOUBT and not own.any():
        return NOBODY_EARNS
    rows = income.groupby(ORGANISATION_YEAR)["amount_eur"].sum()
    totals = accounts.dropna(subset=["total_income"]).set_index(ORGANISATION_YEAR)["total_income"].astype(float)
    both = pd.DataFrame({"rows": rows, "total": totals}).dropna()
    missing = (both["total"] - both["rows"]).sum()
    return PART_OF_ACCOUNTS if missing > MOST_MISSING_SHARE * both["total"].sum() else None


def newly_exposed(figures: Sequence[Dependency], from_year: int, to_year: int) -> list[NewlyExposed]:
    """Organisations that were not exposed in `from_year` and are in `to_year`, the largest income first.

    `figures`: as `dependency` gives. One dictionary per organisation: `organisation_id`, `name`, `sector`, `income` (of
    `to_year`), `top_donor` (of `to_year`), and of both years `top_donor_share_before`, `top_donor_share`,
    `public_share_before`, `public_share`.

    Only organisations with income in both years can be in it: one without rows in `from_year` may have been exposed
    then.

    >>> row = {"organisation_id": "a", "name": "A", "sector": "ngo", "income": 9.0, "top_donor": "X", "public_share": 0}
    >>> then = row | {"year": 2019, "top_donor_share": 0.4, "exposed": False}
    >>> found = newly_exposed([then, row | {"year": 2020, "top_donor_share": 1.0, "exposed": True}], 2019, 2020)[0]
    >>> found["name"], found["top_donor_share_before"], found["top_donor_share"]
    ('A', 0.4, 1.0)
    """
    before = {row["organisation_id"]: row for row in figures if row["year"] == from_year and row["exposed"] is False}
    rows: list[NewlyExposed] = []
    for row in figures:
        if row["year"] == to_year and row["exposed"] and (then := before.get(row["organisation_id"])):
            rows.append(
                {
                    "organisation_id": row["organisation_id"],
                    "name": row["name"],
                    "sector": row["sector"],
                    "income": row["income"],
                    "top_donor": row["top_donor"],
                    "top_donor_share": row["top_donor_share"],
                    "public_share": row["public_share"],
                    "top_donor_share_before": then["top_donor_share"],
                    "public_share_before": then["public_share"],
                }
            )
    return sorted(rows, key=lambda row: (-row["income"], row["organisation_id"]))


def other_income(income: pd.DataFrame, organisations: pd.DataFrame, from_year: int, to_year: int) -> OtherIncome:
    """The shift from subsidy to other income: the part that is not public, over the years and per kind of organisation.

    `income`: see the module. `organisations`: one row per organisation, columns `organisation_id`, `type` (may be
    None); those without a row have no type. Other income is everything but government and multilateral money: earned
    income, and what individuals, companies, lotteries, nonprofits and others gave.

    - `years`: per year, first for all (`sector` None) and then per sector: `year`, `sector`, `organisations` (those
      with rows), `income` (euro), `other_share` (0-1, other / all income; None without income);
    - `moved`: organisations with income above 0 in both `from_year` and `to_year`, the largest rise first:
      `organisation_id`, `name`, `sector`, `type`, `income` (of `to_year`), `other_share_before`, `other_share` and
      `change` (-1 to 1, the difference);
    - `same`: those together: `organisations`, `up` and `down` (counts), `mean_change` and `median_change` (of their
      changes, each organisation counting alike), `other_share_before`, `other_share` (of their income together, so that
      large ones weigh more) and `change`;
    - `kinds`: `same` per sector and per type that is known, with `by` (sector or type) and `code`; per `by` the highest
      mean first, which is no ranking: see `p_adjusted`, of a mean change this far from that of all if kinds did not
      matter (`chance.shuffled_groups`, adjusted for the number of sectors, or of types; None with one only).

    All but counts are None when nobody can be compared. Most likely misreading: `years` compares different
    organisations, since one without rows in a year is not in it; only `moved` and what follows compare the same ones.
    And a share rises as well when subsidy shrinks and nothing else grows. Money of a nonprofit may be public money that
    it passes on.

    >>> income = pd.DataFrame(
    ...     {"organisation_id": "a", "name": "A", "sector": "ngo", "year": [2019, 2020, 2020],
    ...      "category": ["government", "government", "earned"], "amount_eur": [10.0, 6.0, 4.0]}
    ... )
    >>> found = other_income(income, pd.DataFrame({"organisation_id": ["a"], "type": ["ingo"]}), 2019, 2020)
    >>> found["years"][1]["other_share"], found["moved"][0]["change"], found["kinds"][1]["code"]
    (0.4, 0.4, 'ingo')
    """
    is_public = income["category"].isin(PUBLIC)
    rows = income.assign(other_eur=income["amount_eur"].where(~is_public, 0.0))
    sums = {
        "organisations": ("organisation_id", "nunique"),
        "income": ("amount_eur", "sum"),
        "other": ("other_eur", "sum"),
    }
    whole = rows.groupby("year").agg(**sums).reset_index().assign(sector=None)
    per_sector = rows.groupby(["sector", "year"]).agg(**sums).reset_index()
    years = pd.concat([whole, per_sector], ignore_index=True) if len(rows) else whole
    years["other_share"] = years["other"] / years["income"].where(years["income"] > 0)

    first = rows.drop_duplicates("organisation_id").set_index("organisation_id")[["name", "sector"]]
    per_year = rows.groupby(["organisation_id", "year"])[["amount_eur", "other_eur"]].sum()
    per_year = per_year[per_year["amount_eur"] > 0].reset_index()
    then, now = (per_year[per_year["year"] == year].drop(columns="year") for year in (from_year, to_year))
    both = then.merge(now, on="organisation_id", suffixes=("_before", ""))
    both = both.join(first, on="organisation_id")
    both["type"] = both["organisation_id"].map(organisations.set_index("organisation_id")["type"])
    both["other_share_before"] = both["other_eur_before"] / both["amount_eur_before"]
    both["other_share"] = both["other_eur"] / both["amount_eur"]
    both["change"] = both["other_share"] - both["other_share_before"]
    both = both.sort_values(["change", "organisation_id"], ascending=[False, True])

    def together(some: pd.DataFrame) -> Shift:
        before, after = (
            float(some[f"other_eur{when}"].sum() / some[f"amount_eur{when}"].sum()) if len(some) else None
            for when in ("_before", "")
        )
        return {
            "organisations": len(some),
            "up": int((some["change"] > ROUNDING).sum()),
            "down": int((some["change"] < -ROUNDING).sum()),
            "mean_change": float(some["change"].mean()) if len(some) else None,
            "median_change": float(some["change"].median()) if len(some) else None,
            "other_share_before": before,
            "other_share": after,
            "change": None if before is None or after is None else after - before,
        }

    def per_kind(by: Literal["sector", "type"]) -> list[KindShift]:
        known = both[both[by].notna()]
        codes, names = pd.factorize(known[by], sort=True)
        p_of = dict(zip(names, shuffled_groups(known["change"].to_numpy(dtype=float), codes), strict=True))
        groups: list[KindShift] = [
            {"by": by, "code": code, **together(some), "p_adjusted": p_of[code]} for code, some in both.groupby(by)
        ]
        # a group has somebody, so a mean
        return sorted(groups, key=lambda row: (-(row["mean_change"] or 0.0), row["code"]))

    columns = ["organisation_id", "name", "sector", "type", "amount_eur", "other_share_before", "other_share", "change"]
    return {
        "years": records(years[["year", "sector", "organisations", "income", "other_share"]]),
        "moved": records(both[columns].rename(columns={"amount_eur": "income"})),
        "same": together(both),
        "kinds": per_kind("sector") + per_kind("type"),
    }


def flows(income: pd.DataFrame, year: int, largest: int = 10) -> list[Flow]:
    """What goes from donors to sectors in one year, for a Sankey diagram; the largest donor first.

    `income`: see the module. One dictionary per donor and sector with a positive amount: `donor_key`, `donor` (name;
    None for earned income and for the others together), `sector`, `amount_eur`. Only the `largest` sources are named;
    all others are one, with the key "other", at the end. The amounts add up to the income of the year. A flow to a
    sector says nothing of the organisations in it: one of them may get all of it.

    >>> income = pd.DataFrame(
    ...     {"organisation_id": ["a", "b", "b"], "sector": ["ngo", "business", "business"], "year": 2020,
    ...      "donor_key": ["x", "x", "y"], "donor": ["X", "X", "Y"], "category": "other", "amount_eur": [3.0, 2.0, 1.0]}
    ... )
    >>> [(row["donor"], row["sector"], row["amount_eur"]) for row in flows(income, 2020, largest=1)]
    [('X', 'business', 2.0), ('X', 'ngo', 3.0), (None, 'business', 1.0)]
    """
    rows = income[(income["year"] == year) & (income["amount_eur"] > 0)]
    rows = rows.assign(is_earned=rows["category"] == "earned")
    totals = rows.groupby(SOURCE)["amount_eur"].sum().reset_index()
    totals = totals.sort_values(["amount_eur", "donor_key"], ascending=[False, True])
    rank = pd.Series(range(len(totals)), index=pd.MultiIndex.from_frame(totals[SOURCE]), dtype=int).clip(upper=largest)
    rows = rows.join(rank.rename("rank"), on=SOURCE)
    named = rows["rank"] < largest
    rows = rows.assign(donor_key=rows["donor_key"].where(named, OTHER_DONORS), donor=rows["donor"].where(named))
    sums = rows.groupby(["rank", "donor_key", "sector"]).agg(donor=("donor", "first"), amount_eur=("amount_eur", "sum"))
    return records(sums.reset_index()[["donor_key", "donor", "sector", "amount_eur"]])


def concentration(income: pd.DataFrame) -> list[Concentration]:
    """How concentrated the income of the whole ecosystem is, one dictionary per year, oldest first.

    `income`: see the module. `year`, `income` (euro), `donors` (count of sources with a positive amount, earned income
    being one), `donor_hhi` (sum of the squared shares of the sources; 1/donors to 1) and `effective_donors` (1 / that).
    The last two are None when the income of the year is 0.

    A donor of one organisation and a donor of all count alike when they give as much: see how many organisations each
    funds as well. All earned income is one source, although it comes from many customers.
    Source: Herfindahl-Hirschman index; antitrust cut-offs do not apply.

    >>> income = pd.DataFrame(
    ...     {"organisation_id": ["a", "b"], "year": 2020, "donor_key": ["x", "y"], "donor": ["X", "Y"],
    ...      "donor_id": None, "category": "other", "amount_eur": [50.0, 50.0]}
    ... )
    >>> concentration(income)
    [{'year': 2020, 'income': 100.0, 'donors': 2, 'donor_hhi': 0.5, 'effective_donors': 2.0}]
    """
    return _concentration_of(_sources(income, ["year"]))


def _concentration_of(sources: pd.DataFrame) -> list[Concentration]:
    """`concentration`, of sources per year."""
    figures = _concentration(sources, ["year"]).reset_index()
    figures["effective_donors"] = 1 / figures["hhi"]
    return records(figures.rename(columns={"total": "income", "count": "donors", "hhi": "donor_hhi"}))


def _year_coverage(rows: Sequence[Dependency], fte: Mapping[str, float]) -> YearCoverage:
    """How many of the active organisations the figures of one year know.

    `rows`: one per organisation. `fte`: the jobs of every active organisation, NaN where they are not known.
    """
    known_rows = [row for row in rows if row["organisation_id"] in fte]
    jobs = np.nansum([*fte.values()])
    return {
        "organisations": len(known_rows),
        "with_income": _with_income(known_rows),
        "active_organisations": len(fte),
        "share": len(known_rows) / len(fte) if fte else None,
        "jobs_share": float(np.nansum([fte[row["organisation_id"]] for row in known_rows]) / jobs) if jobs else None,
        "exposed": _exposed(known_rows),
    }


def _year_accounts(rows: Iterable[Dependency]) -> YearAccounts:
    """For how much of the income of a year the rows account, of those whose total is known."""
    known = [(row["income"], row["total_income"]) for row in rows if row["total_income"] is not None]
    total = math.fsum(whole for _, whole in known)
    return {
        "organisations": len(known),
        "total_income": total if known else None,
        "accounted_share": math.fsum(income for income, _ in known) / total if known else None,
    }


def _exposed(rows: Iterable[Dependency]) -> int:
    return sum(row["exposed"] is True for row in rows)


def _with_income(rows: Iterable[Dependency]) -> int:
    return sum(row["exposed"] is not None for row in rows)


def funding(
    income: pd.DataFrame,
    organisations: pd.DataFrame,
    exposure_threshold: float = 0.5,
    public_threshold: float = 0.75,
    figures: Sequence[Dependency] | None = None,
    is_partial: bool = False,
) -> Funding:
    """Every figure about income, by its name: `years`, one dictionary per year with rows, oldest first.

    `income`: see the module; organisations that are no longer active count as well. `organisations`: one row per
    active organisation, columns `organisation_id`, `fte`, `reserves`. `figures`: what `dependency` gives of both, when
    the caller has it already.

    Per year, of all organisations with income rows together:
    - `year`, `income` (euro), `categories` (category -> euro, those that occur);
    - `donors`, `donor_hhi`, `effective_donors`: see `concentration`;
    - `organisation_count` (organisations with income rows), `with_income` (those with income above 0), `exposed` (how
      many of them are) and `exposed_share` (exposed / with_income, 0-1);
    - `median_top_donor_share` (over organisations with income above 0);
    - `public_share`, `government_share`, `earned_share` (0-1): parts of the total income, so large organisations
      weigh more;
    - `donor_totals`: per source, the largest first, `donor_key`, `donor`, `donor_id`, `amount_eur`, `share` (of all
      income) and `organisations` (how many get something from it);
    - `coverage`: `organisations` (active ones with income rows), `with_income` (those with income above 0),
      `active_organisations`, `share`, `jobs_share` (their part of the known jobs) and `exposed` (how many of them are);
    - `accounts`: of how many of them the total income is known (`organisations`), how much that is (`total_income`) and
      for which part of it their rows account (`accounted_share`);
    - `greyed`: why what is said of dependency is shown greyed, as soon as it is of one organisation;
    - `organisations`: the dictionaries of `dependency`.

    Shares are None when the income is 0, and those of the coverage when there is no active organisation or no known
    job. Most likely misreading: comparing years with different coverage. Whether an organisation is active is judged at
    the as-of date, not per year.

    >>> income = pd.DataFrame(
    ...     {"organisation_id": ["a", "b"], "name": ["A", "B"], "sector": "ngo", "year": 2020,
    ...      "donor_key": ["x", "earned"], "donor": ["X", None], "donor_id": None,
    ...      "category": ["government", "earned"], "amount_eur": [30.0, 10.0]}
    ... )
    >>> organisations = pd.DataFrame({"organisation_id": ["a", "c"], "fte": [1.0, 3.0], "reserves": None})
    >>> year = funding(income, organisations)["years"][0]
    >>> year["income"], year["categories"], year["exposed_share"], year["median_top_donor_share"], year["public_share"]
    (40.0, {'earned': 10.0, 'government': 30.0}, 0.5, 0.5, 0.75)
    >>> year["coverage"]
    {'organisations': 1, 'with_income': 1, 'active_organisations': 2, 'share': 0.5, 'jobs_share': 0.25, 'exposed': 1}
    """
    if figures is None:
        figures = dependency(income, organisations, exposure_threshold, public_threshold, is_partial=is_partial)
    by_year: dict[int, list[Dependency]] = {}
    for row in figures:
        by_year.setdefault(row["year"], []).append(row)
    fte = dict(zip(organisations["organisation_id"], organisations["fte"].astype(float), strict=True))
    categories = income.groupby(["year", "category"])["amount_eur"].sum()
    sources = _sources(income, ["year"])
    largest_first = sources.sort_values(["amount_eur", "donor_key"], ascending=[False, True])
    sources_by_year = dict(list(largest_first.groupby("year")))
    years: list[FundingYear] = []
    for whole in _concentration_of(sources):
        year, total = whole["year"], whole["income"]
        rows, totals = by_year[year], {str(name): float(amount) for name, amount in categories[year].items()}
        donor_totals = sources_by_year[year].drop(columns=["year", "is_earned"])
        donor_totals.insert(4, "share", donor_totals["amount_eur"] / (total or float("nan")))
        exposed, with_income = _exposed(rows), _with_income(rows)
        top_shares = [row["top_donor_share"] for row in rows if row["top_donor_share"] is not None]

        def share(*names: str, totals: dict[str, float] = totals, total: float = total) -> float | None:
            return sum(totals.get(name, 0.0) for name in names) / total if total > 0 else None

        years.append(
            {
                **whole,
                "categories": totals,
                "organisation_count": len(rows),
                "with_income": with_income,
                "exposed": exposed,
                "exposed_share": exposed / with_income if with_income else None,
                "median_top_donor_share": statistics.median(top_shares) if top_shares else None,
                "public_share": share(*PUBLIC),
                "government_share": share("government"),
                "earned_share": share("earned"),
                "donor_totals": records(donor_totals),
                "coverage": _year_coverage(rows, fte),
                "accounts": _year_accounts(rows),
                "greyed": next((row["greyed"] for row in rows if row["greyed"] and row["exposed"] is not None), None),
                "organisations": rows,
            }
        )
    return {"years": years}
