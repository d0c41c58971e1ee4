"""What ends, and when: grants and structural ties, from the days that the lists give. Nothing here is estimated.

`grants` is the funding cliff: which money ends in which of the quarters ahead, whose it is, and what hangs on it. What
has no end in the lists is counted apart, never taken for lasting. `ending_ties` says which agreements end within a
year, firm ones first, and with whom nothing else remains. Days are last days: what ends on 31 December is there that
day.
"""

import datetime
from collections.abc import Collection
from typing import TypedDict

import numpy as np
import pandas as pd

from hubdata.indicators import money
from hubdata.indicators.rows import NamedOrganisation, NamedPair, records

QUARTERS = 8
"""How many quarters ahead are shown, that of the next day first."""
DAYS_AHEAD = 365
"""What "within a year" is."""

_LINE = ["organisation_id", "donor_key", "programme", "category"]
_ENDS = ["organisation_a", "organisation_b"]
_GRANT = [
    *("organisation_id", "name", "sector", "donor_key", "donor", "programme", "category", "ends_on", "quarter", "year"),
    *("amount_eur", "share", "other_donors", "jobs", "bridges"),
]
_TIE = [
    *_ENDS,
    *("name_a", "name_b", "sector_a", "sector_b", "is_cross_sector", "is_structural", "ends_on", "agreement"),
    *("nothing_remains", "last_sign_date", "next_event_name", "next_event_date"),
]


class EndingGrant(NamedOrganisation):
    """Money of one donor that ends (see `grants`)."""

    donor_key: str
    donor: str | None
    programme: str | None
    category: str
    ends_on: datetime.date
    quarter: str
    """Such as "2027-Q1"."""
    year: int
    """The year that the amount is of."""
    amount_eur: float
    share: float | None
    """Of the known income of the organisation in that year, 0-1; None when that is 0."""
    other_donors: int
    """How many other donors it had that year. Own income has no donor."""
    jobs: float | None
    """Its fte; None when not known, or when the known income is too little for it."""
    bridges: int
    """Its ties across sectors."""


class NothingElse(NamedOrganisation):
    """An organisation of which all donors end within a year (see `grants`)."""

    amount_eur: float
    """What ends, a year."""
    share: float | None
    """Of its known income, 0-1; None when that is 0."""
    ends_on: datetime.date
    """The last day of the last of them."""


class EndingSum(TypedDict):
    """What ends in some time (see `grants`)."""

    grants: int
    organisations: int
    amount_eur: float
    without_other: int
    """Organisations that had no other donor."""
    without_other_eur: float
    """What ends at those."""
    jobs_exposed: float | None
    """Fte x the share of the income that ends; None when the fte is known of none."""
    jobs_unknown: int
    """Organisations of which `jobs` is None."""
    bridges_exposed: int
    """Ties across sectors of organisations at which more than the threshold of the income ends in that time."""


class EndingQuarter(EndingSum):
    """What ends in one quarter."""

    quarter: str


class Grants(TypedDict):
    """The grants that run, by what is known of their end (see `grants`)."""

    grants: list[EndingGrant]
    """Those that end in the quarters ahead, the first to end first."""
    quarters: list[EndingQuarter]
    """Every quarter ahead, also one in which nothing ends; empty when no grant that runs has an end."""
    within_a_year: EndingSum
    nothing_else: list[NothingElse]
    """The organisations that had no other donor than those that end within a year, most money first."""
    running: int
    """Grants that run, whether or not their end is known."""
    later: int
    later_eur: float
    end_unknown: int
    """Grants of the year of income or later whose end is not in the lists."""
    end_unknown_eur: float


class EndingTie(NamedPair):
    """A tie of which agreements end within a year (see `ending_ties`)."""

    is_structural: bool
    """Then it is about its firm agreements, else about all."""
    ends_on: datetime.date
    agreement: str | None
    """The name of the one that ends last."""
    nothing_remains: bool
    """No other agreement of the two runs on after that day."""
    last_sign_date: datetime.date
    next_event_name: str | None
    next_event_date: datetime.date | None


class EndingTies(TypedDict):
    """Which ties end within a year, structural ones first (see `ending_ties`)."""

    ties: int
    structural: int
    """Those of the ties that are structural."""
    without_end: int
    """Ties with an agreement (a firm one where they are structural) without an end."""
    ending: list[EndingTie]
    """Structural ones first, of those the ones with which nothing remains, then the first to end."""
    structural_ending: int
    nothing_remains: int
    """Of those that end, structural or not."""


def year_of_amount(years: Collection[int], as_of: datetime.date) -> int:
    """The year whose amount says what a grant gives a year: the last that was over, else the latest, else the first.

    >>> day = datetime.date(2026, 9, 30)
    >>> year_of_amount([2024, 2025, 2026], day), year_of_amount([2027], day)
    (2025, 2027)
    """
    over = as_of.year if (as_of.month, as_of.day) == (12, 31) else as_of.year - 1
    so_far = max((year for year in years if year <= as_of.year), default=min(years))
    return max((year for year in years if year <= over), default=so_far)


def running(rows: pd.DataFrame, as_of: datetime.date, year: int) -> pd.DataFrame:
    """One row per grant that runs after `as_of`, or of which no end is known: `year`, `amount_eur`, `ends_on`, ...

    rows: one per grant and year (the view `grants`). A grant is what one organisation has of one donor for one
    programme, of one kind. Its end is the latest that is known of it; one that was paid in a later year than that has
    gone on, so its end is not known. Without an end it counts when it was paid in `year` or later.
    """
    if rows.empty:
        return rows.assign(ends_on=pd.to_datetime(rows["ends_on"]))
    dated = rows.assign(ends_on=pd.to_datetime(rows["ends_on"]), programme=rows["programme"].fillna(""))
    of_line = dated.groupby(_LINE, sort=True)
    lines = of_line.agg(ends_on=("ends_on", "max"), last_year=("year", "max"), years=("year", list)).reset_index()
    lines["ends_on"] = lines["ends_on"].where(~(lines["ends_on"].dt.year < lines["last_year"]))
    lines["year"] = [year_of_amount(years, as_of) for years in lines["years"]]
    is_running = (lines["ends_on"] > pd.Timestamp(as_of)) | (lines["ends_on"].isna() & (lines["last_year"] >= year))
    paid = dated.drop(columns="ends_on")
    found = lines.loc[is_running, [*_LINE, "year", "ends_on"]].merge(paid, on=[*_LINE, "year"])
    return found.assign(programme=found["programme"].where(found["programme"] != "", None))


def grants(
    rows: pd.DataFrame,
    income: pd.DataFrame,
    organisations: pd.DataFrame,
    ties: pd.DataFrame,
    *,
    as_of: datetime.date,
    year: int,
    risk_threshold: float = 0.25,
    least_per_job: float = 0.0,
) -> Grants:
    """Which grants end in the quarters ahead: euros, organisations, jobs, who has no other donor, ties across sectors.

    rows: the view `grants`, of active organisations; income: the view `income`, whatever the donor; organisations: one
    row per active organisation (`organisation_id`, `fte`); ties: one row per tie (`organisation_a`, `organisation_b`,
    `is_cross_sector`). `year` is the year of income that the pages compare. An amount is that of one year (see
    `year_of_amount`): what the organisation would miss a year, not what is left of the grant.

    - per grant `share` = amount / known income of that year, `other_donors` with a positive amount that year;
    - per quarter `jobs_exposed` = sum of fte x share (at most 1), without organisations with less than `least_per_job`
    euro of known income per job (`money.LEAST_PER_JOB_EUR`), which have more than is known; `bridges_exposed` = ties
    across sectors with an end at which more than `risk_threshold` of the income ends in that quarter.

    Most likely misreading: that this money will be lost. It is what has to be asked for again; and what has no end
    in the lists may end sooner. Source: plain sums of the lists; `risk_threshold` as in `stress`.

    >>> day = datetime.date
    >>> rows = pd.DataFrame({"organisation_id": ["a"], "donor_key": ["x"], "donor": ["X"], "programme": [None],
    ...     "category": ["government"], "year": [2025], "amount_eur": [60.0], "ends_on": [day(2026, 12, 31)],
    ...     "name": ["A"], "sector": ["ngo"]})
    >>> income = pd.DataFrame({"organisation_id": ["a", "a"], "year": 2025, "donor_key": ["x", "earned"],
    ...     "amount_eur": [60.0, 40.0]})
    >>> organisations = pd.DataFrame({"organisation_id": ["a"], "fte": [5.0]})
    >>> ties = pd.DataFrame({"organisation_a": ["a"], "organisation_b": ["b"], "is_cross_sector": [True]})
    >>> found = grants(rows, income, organisations, ties, as_of=day(2026, 9, 30), year=2025)
    >>> found["quarters"][0]["quarter"], found["quarters"][0]["jobs_exposed"], found["quarters"][0]["bridges_exposed"]
    ('2026-Q4', 3.0, 1)
    >>> found["grants"][0]["share"], found["grants"][0]["other_donors"], found["quarters"][0]["without_other"]
    (0.6, 0, 1)
    """
    lines = running(rows[rows["organisation_id"].isin(organisations["organisation_id"])], as_of, year)
    whole = income.groupby(["organisation_id", "year"])["amount_eur"].sum()
    others = income[(income["donor_key"] != "earned") & (income["amount_eur"] > 0)]
    donors_of = others.groupby(["organisation_id", "year"])["donor_key"].agg(set).to_dict()
    crossing = ties[ties["is_cross_sector"].astype(bool)]
    bridges = pd.concat([crossing["organisation_a"], crossing["organisation_b"]]).value_counts()
    at = pd.MultiIndex.from_frame(lines[["organisation_id", "year"]])
    total = whole.reindex(at).to_numpy(dtype=float, na_value=0.0)
    amount = lines["amount_eur"].to_numpy(dtype=float)
    fte = organisations.set_index("organisation_id")["fte"].astype(float).reindex(lines["organisation_id"]).to_numpy()
    lines = lines.assign(
        income=total,
        share=np.divide(amount, total, out=np.full(len(lines), np.nan), where=total > 0),
        other_donors=[
            len(donors_of.get(who, set()) - {key}) for who, key in zip(at.tolist(), lines["donor_key"], strict=True)
        ],
        jobs=np.where(money.is_partial(total, fte, least_per_job), np.nan, fte),
        bridges=bridges.reindex(lines["organisation_id"]).fillna(0).to_numpy(dtype=int),
        quarter=_quarters(lines["ends_on"]),
    )
    first = pd.Timestamp(as_of + datetime.timedelta(days=1)).to_period("Q")
    quarters = [_name(first + ahead) for ahead in range(QUARTERS)]
    is_ahead = lines["quarter"].isin(quarters)
    ahead = lines[is_ahead].sort_values(["ends_on", "amount_eur", *_LINE[:2]], ascending=[True, False, True, True])
    soon = ahead[ahead["ends_on"] <= _a_year_after(as_of)]
    later, unknown = lines[~is_ahead & lines["ends_on"].notna()], lines[lines["ends_on"].isna()]
    has_end = bool(lines["ends_on"].notna().any())
    return {
        "grants": records(ahead[_GRANT]),
        "quarters": [
            {"quarter": name, **_sum(ahead[ahead["quarter"] == name], crossing, risk_threshold)}
            for name in (quarters if has_end else [])
        ],
        "within_a_year": _sum(soon, crossing, risk_threshold),
        "nothing_else": _nothing_else(soon),
        "running": len(lines),
        "later": len(later),
        "later_eur": float(later["amount_eur"].sum()),
        "end_unknown": len(unknown),
        "end_unknown_eur": float(unknown["amount_eur"].sum()),
    }


def _name(quarter: pd.Period) -> str:
    return f"{quarter.year}-Q{quarter.quarter}"


def _quarters(days: "pd.Series[pd.Timestamp]") -> list[str | None]:
    return [None if pd.isna(day) else f"{day.year}-Q{day.quarter}" for day in days]


def _a_year_after(day: datetime.date) -> pd.Timestamp:
    return pd.Timestamp(day + datetime.timedelta(days=DAYS_AHEAD))


def _per_organisation(ending: pd.DataFrame) -> pd.DataFrame:
    """What some grants that end are to each organisation: of one with several of them, all count together."""
    per = ending.groupby("organisation_id").agg(
        name=("name", "first"),
        sector=("sector", "first"),
        amount_eur=("amount_eur", "sum"),
        income=("income", "max"),
        share=("share", "sum"),
        donors=("donor_key", "nunique"),
        others=("other_donors", "max"),
        jobs=("jobs", "first"),
        ends_on=("ends_on", "max"),
    )
    # Of two donors that both end, each is the other's other donor.
    return per.assign(is_without=per["others"] - (per["donors"] - 1) <= 0)


def _nothing_else(ending: pd.DataFrame) -> list[NothingElse]:
    """The organisations that have no other donor than those that end, most money first."""
    per = _per_organisation(ending).reset_index()
    per = per[per["is_without"]].sort_values(["amount_eur", "organisation_id"], ascending=[False, True])
    per = per.assign(share=per["share"].clip(upper=1).where(per["income"] > 0))
    found: list[NothingElse] = records(per[["organisation_id", "name", "sector", "amount_eur", "share", "ends_on"]])
    return found


def _sum(ending: pd.DataFrame, crossing: pd.DataFrame, risk_threshold: float) -> EndingSum:
    """What some grants that end are together."""
    per = _per_organisation(ending)
    is_without = per["is_without"]
    jobs = per["jobs"] * per["share"].clip(upper=1)
    hit = per.index[money.exceeds(per["amount_eur"], per["income"], risk_threshold)]
    exposed = crossing["organisation_a"].isin(hit) | crossing["organisation_b"].isin(hit)
    return {
        "grants": len(ending),
        "organisations": len(per),
        "amount_eur": float(per["amount_eur"].sum()),
        "without_other": int(is_without.sum()),
        "without_other_eur": float(per["amount_eur"][is_without].sum()),
        "jobs_exposed": float(jobs.sum()) if jobs.notna().any() else None,
        "jobs_unknown": int(per["jobs"].isna().sum()),
        "bridges_exposed": int(exposed.sum()),
    }


def ending_parts(rows: pd.DataFrame, income: pd.DataFrame, *, as_of: datetime.date, year: int) -> "pd.Series[float]":
    """Which part (0-1) of each row of income of `year` ends within a year: what `stress` takes as `ending`.

    rows, income: as for `grants`, of all organisations. The index is organisation_id, donor_key and category. A
    grant that began after `year` is no part of that income.
    """
    key = ["organisation_id", "donor_key", "category"]
    lines = running(rows, as_of, year)
    soon = lines[(lines["year"] == year) & (lines["ends_on"] <= _a_year_after(as_of))]
    given = income[income["year"] == year].groupby(key)["amount_eur"].sum()
    parts: pd.Series[float] = (soon.groupby(key)["amount_eur"].sum() / given).dropna().clip(upper=1.0)
    return parts


def ending_ties(
    ties: pd.DataFrame, partnership_pairs: pd.DataFrame, partnerships: pd.DataFrame, as_of: datetime.date
) -> EndingTies:
    """The ties on `as_of` whose agreements end within a year, structural ones first, and whether anything else remains.

    ties: the view `ties`; partnership_pairs: the view `partnership_pairs`; partnerships: `partnership_id`, `name`. Of a
    structural tie it is the firm agreements that count: it is here when all of them end within a year, also when a
    looser one goes on. Of another tie all agreements count. One that is planned after it counts as going on.
    `nothing_remains` when no agreement of the two, of any kind, runs on after that last day.
    Misreading: that these ties will end. It is what the lists say; many agreements are renewed, or work goes on
    without.

    >>> day = datetime.date
    >>> ties = pd.DataFrame({"organisation_a": ["a"], "organisation_b": ["b"], "name_a": ["A"], "name_b": ["B"],
    ...     "sector_a": ["ngo"], "sector_b": ["ngo"], "is_cross_sector": [False], "is_structural": [True],
    ...     "last_sign_date": [day(2020, 1, 1)], "next_event_name": [None], "next_event_date": [None]})
    >>> pairs = pd.DataFrame({"partnership_id": ["p", "q"], "organisation_a": ["a", "a"], "organisation_b": ["b", "b"],
    ...     "started_on": [day(2019, 1, 1)] * 2, "ended_on": [day(2020, 12, 31), None], "is_structural": [True, False]})
    >>> named = pd.DataFrame({"partnership_id": ["p", "q"], "name": ["Pact", "Talks"]})
    >>> found = ending_ties(ties, pairs, named, day(2020, 6, 30))
    >>> found["ending"][0]["agreement"], found["ending"][0]["nothing_remains"]
    ('Pact', False)
    """
    last, never = _a_year_after(as_of), pd.Timestamp.max.normalize()
    known = partnership_pairs.assign(
        started_on=pd.to_datetime(partnership_pairs["started_on"]),
        ended_on=pd.to_datetime(partnership_pairs["ended_on"]).fillna(never),
        is_firm=partnership_pairs["is_structural"].fillna(False).astype(bool),
    )[["partnership_id", *_ENDS, "started_on", "ended_on", "is_firm"]]
    known = known[known["ended_on"] >= pd.Timestamp(as_of)].merge(ties[[*_ENDS, "is_structural"]], on=_ENDS)
    counts = known[known["is_firm"] | ~known["is_structural"].astype(bool)].sort_values(["ended_on", "partnership_id"])
    ends = counts.groupby(_ENDS).tail(1)[[*_ENDS, "partnership_id", "ended_on"]].rename(columns={"ended_on": "ends_on"})
    remains = known[known["started_on"] <= last].groupby(_ENDS)["ended_on"].max().rename("last_day").reset_index()
    named = partnerships[["partnership_id", "name"]].rename(columns={"name": "agreement"})
    found = ties.merge(ends, on=_ENDS).merge(remains, on=_ENDS).merge(named, on="partnership_id", how="left")
    soon = found[found["ends_on"] <= last]
    soon = soon.assign(
        nothing_remains=(soon["last_day"] <= soon["ends_on"]).astype(bool),
        is_structural=soon["is_structural"].astype(bool),
        **{name: pd.to_datetime(soon[name]) for name in ("last_sign_date", "next_event_date")},
    ).sort_values(["is_structural", "nothing_remains", "ends_on", *_ENDS], ascending=[False, False, True, True, True])
    return {
        "ties": len(ties),
        "structural": int(ties["is_structural"].astype(bool).sum()),
        "without_end": int((found["ends_on"] == never).sum()),
        "ending": records(soon[_TIE]),
        "structural_ending": int(soon["is_structural"].sum()),
        "nothing_remains": int(soon["nothing_remains"].sum()),
    }
