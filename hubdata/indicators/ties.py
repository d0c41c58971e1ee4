"""Ties over time: which are fading, how many form and end, how long they last.

`ties` composes every figure. Days are counted between calendar days: a tie that forms on 1 January and whose last day
is 31 January ends on 1 February (the day after the last) and lasted 31 days. What is undefined is None.
"""

import datetime
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NotRequired, TypedDict

import numpy as np
import pandas as pd

from hubdata.indicators.chance import student_t
from hubdata.indicators.rows import NamedPair, records

FADING_DAYS = 365
HALF_LIFE_DAYS = 365
DAYS_IN_YEAR = 365
MINIMUM_AGREEMENTS = 12
"""With fewer agreements of which a tie ended, or lasted, in either group `structure` says that the data cannot tell."""

AGREEMENTS_COMPARED = 100
"""With fewer agreements in both groups together `structure` says so too: with 70 its interval held the true difference
in 87 % of the simulations that showed one (`tests/benchmarks/intervals.py`)."""

AGREEMENTS_FOR_INTERVAL = 12
"""With fewer agreements of which a tie ended by a day, or lasted longer, survival on that day has no interval: it would
hold the true share less often than it says (`tests/benchmarks/intervals.py`)."""

AGREEMENTS_WATCHED = 70
"""With fewer agreements in all, survival has no interval either: of a small number those that show one are no fair
sample of all, and it misses more often."""

_FADING_COLUMNS = (
    "organisation_a",
    "organisation_b",
    "name_a",
    "name_b",
    "sector_a",
    "sector_b",
    "is_cross_sector",
    "is_structural",
    "last_sign_date",
    "days_silent",
    "next_event_id",
    "next_event_name",
    "next_event_date",
)


class Agreement(TypedDict):
    """A partnership that two had, or have (see `with_past`)."""

    name: str | None
    kind: str | None
    started_on: datetime.date
    ended_on: datetime.date | None
    """The last day, which may be to come; None when it has no end."""


class JointEvent(TypedDict):
    """An event that two attended (see `with_past`)."""

    name: str
    start_date: datetime.date


class Past(TypedDict):
    """What two organisations had together (see `past_of`)."""

    partnerships: list[Agreement]
    """The newest first, like the events."""
    events: list[JointEvent]
    ends_on: datetime.date | None
    """The last day of the agreements that run now; None when one of them has no end."""


class FadingTie(NamedPair):
    """A tie that is silent (see `fading`), and what the two had together, once that is looked up (see `with_past`)."""

    is_structural: bool
    last_sign_date: datetime.date
    days_silent: int
    next_event_id: str | None
    """The next planned event where both are expected; None without one."""
    next_event_name: str | None
    next_event_date: datetime.date | None
    strength: float
    """Above 0, up to 1."""
    partnerships: NotRequired[list[Agreement]]
    """The newest first, like the events."""
    events: NotRequired[list[JointEvent]]
    ends_on: NotRequired[datetime.date | None]
    """The last day of the agreements that run now; None when one of them has no end."""


class TieChange(TypedDict):
    """Ties that formed and ended in one quarter (see `tie_changes`)."""

    quarter: str
    """Such as "2020-Q2"."""
    formed: int
    ended: int


class _Estimate(TypedDict):
    survival: float | None
    """The share that is still there, 0-1; None beyond the last day that was watched."""
    low: float | None
    """The 95 % interval; None where survival is 0, 1 or None, or rests on too few agreements."""
    high: float | None
    at_risk: int
    """How many were watched just before that day."""


class CurvePoint(_Estimate):
    """Survival from one day of age on (see `kaplan_meier`)."""

    days: int


class AfterYears(_Estimate):
    """Survival after some years of 365 days (see `kaplan_meier`)."""

    years: int


class KaplanMeier(TypedDict):
    """How long ties last (see `kaplan_meier`)."""

    spells: int
    """Those that were watched."""
    ended: int
    agreements: int
    """With which those that were watched began."""
    median_days: int | None
    """None when more than half are still there."""
    at: list[AfterYears]
    """After 1, 2 and 3 years."""
    curve: list[CurvePoint]
    """To draw as steps; empty without spells."""


class Structure(TypedDict):
    """Whether ties that began structural last longer (see `structure`).

    Where `reason` is "one_group" or "too_short" the figures are None.
    """

    structural: KaplanMeier
    not_structural: KaplanMeier
    years: int | None
    """After how many years the two are compared."""
    difference: float | None
    """-1 to 1: share still there, structural minus not structural."""
    low: float | None
    """The 95 % interval."""
    high: float | None
    verdict: Literal["longer", "shorter", "unclear"] | None
    """None when the data cannot tell."""
    reason: Literal["one_group", "too_short", "too_few", "too_few_in_all"] | None
    """Why it cannot."""
    agreements: int


class Ties(TypedDict):
    """Every figure about ties over time (see `ties`)."""

    ties: int
    fading: list[FadingTie]
    """Longest silent first."""
    fading_share: float | None
    """0-1; None without ties."""
    tie_changes: list[TieChange]
    survival: dict[str, KaplanMeier]
    """Per group, see `survival`."""


def ties(
    ties: pd.DataFrame,
    tie_spells: pd.DataFrame,
    as_of: datetime.date,
    fading_days: int = FADING_DAYS,
    half_life_days: float = HALF_LIFE_DAYS,
) -> Ties:
    """Every figure about ties over time, by name.

    ties: one row per tie on `as_of`. tie_spells: one row per unbroken period in which a pair had a tie, over all time.
    `ties` in the result is the number of ties, the denominator of `fading_share`.

    >>> day = datetime.date
    >>> on_the_day = pd.DataFrame({**dict.fromkeys(_FADING_COLUMNS, [None]), "organisation_a": ["a"],
    ...                            "organisation_b": ["b"], "days_silent": [730]})
    >>> spells = pd.DataFrame({"started_on": [day(2018, 7, 1)], "ended_on": [None], "first_recorded": [None],
    ...                        "is_cross_sector": [True], "began_structural": [False],
    ...                        "first_partnership_ids": ["p"]})
    >>> figures = ties(on_the_day, spells, day(2020, 6, 30))
    >>> figures["ties"], figures["fading_share"], figures["fading"][0]["strength"], figures["tie_changes"][0]
    (1, 1.0, 0.25, {'quarter': '2018-Q3', 'formed': 1, 'ended': 0})
    """
    return {
        "ties": len(ties),
        "fading": fading(ties, fading_days, half_life_days),
        "fading_share": fading_share(ties, fading_days),
        "tie_changes": tie_changes(tie_spells, as_of),
        "survival": survival(tie_spells, as_of),
    }


def fading(
    ties: pd.DataFrame, fading_days: int = FADING_DAYS, half_life_days: float = HALF_LIFE_DAYS
) -> list[FadingTie]:
    """The ties whose last sign of life is more than `fading_days` ago, longest silent first, then in order of id.

    ties: one row per tie on the as-of date. One object per fading tie: ids, names and sectors of both ends,
    `is_cross_sector`, `is_structural`, `last_sign_date`, `days_silent`, `strength`, and the next planned event
    where both are expected (`next_event_id`, `next_event_name`, `next_event_date`; None without one).
    Misreading: silent in the data, not necessarily in life: a tie whose `last_contact` nobody fills in always fades.

    >>> silence = pd.DataFrame({**dict.fromkeys(_FADING_COLUMNS, [None, None]), "days_silent": [365, 366]})
    >>> [tie["days_silent"] for tie in fading(silence)]
    [366]
    """
    silent = ties[ties["days_silent"] > fading_days].sort_values(
        ["days_silent", "organisation_a", "organisation_b"], ascending=[False, True, True]
    )
    rows: list[FadingTie] = records(silent[[*_FADING_COLUMNS]])
    return [{**tie, "strength": tie_strength(tie["days_silent"], half_life_days)} for tie in rows]


def fading_share(ties: pd.DataFrame, fading_days: int = FADING_DAYS) -> float | None:
    """Fading ties / ties, from 0 to 1. None without ties.

    ties: one row per tie on the as-of date (`days_silent`).
    Misreading: a rise may mean that contacts are recorded less often.

    >>> fading_share(pd.DataFrame({"days_silent": [10, 365, 366, 900]}))
    0.5
    """
    return float((ties["days_silent"] > fading_days).mean()) if len(ties) else None


def tie_strength(days_silent: float, half_life_days: float = HALF_LIFE_DAYS) -> float:
    """0.5 ^ (days since the last sign of life / half-life): 1 on the day itself, halved every half-life, never 0.

    Errors: ValueError when the half-life is not above 0.
    Misreading: it measures how recent the last sign is, not how intense the partnership is.

    >>> tie_strength(730)
    0.25
    """
    if half_life_days <= 0:
        raise ValueError("half_life_days must be above 0")
    return float(0.5 ** (days_silent / half_life_days))


def tie_changes(tie_spells: pd.DataFrame, as_of: datetime.date) -> list[TieChange]:
    """Per calendar quarter, from the first tie to `as_of`: `quarter` ("2020-Q2"), ties `formed` and ties `ended`.

    tie_spells: one row per unbroken period of a tie (`started_on`, `ended_on` = last day, empty = open). A tie forms
    on its first day and ends the day after its last, so all formed minus all ended is the number of ties on `as_of`.
    Empty before the first tie.
    Misreading: the last quarter runs to `as_of` only; and projects that end on 31 December end in the next year.

    >>> day = datetime.date
    >>> spells = pd.DataFrame({"started_on": [day(2019, 11, 5)], "ended_on": [day(2019, 12, 31)]})
    >>> tie_changes(spells, day(2020, 1, 1))
    [{'quarter': '2019-Q4', 'formed': 1, 'ended': 0}, {'quarter': '2020-Q1', 'formed': 0, 'ended': 1}]
    """
    formed = pd.to_datetime(tie_spells["started_on"]).dropna()
    ended = pd.to_datetime(tie_spells["ended_on"]).dropna() + pd.Timedelta(days=1)
    formed, ended = formed[formed <= pd.Timestamp(as_of)], ended[ended <= pd.Timestamp(as_of)]
    if formed.empty:
        return []
    quarters = pd.period_range(formed.min(), pd.Timestamp(as_of), freq="Q")
    formed_per_quarter = formed.dt.to_period("Q").value_counts()
    ended_per_quarter = ended.dt.to_period("Q").value_counts()
    return [
        {
            "quarter": f"{quarter.year}-Q{quarter.quarter}",
            "formed": int(formed_per_quarter.get(quarter, 0)),
            "ended": int(ended_per_quarter.get(quarter, 0)),
        }
        for quarter in quarters
    ]


def movements(tie_spells: pd.DataFrame, since: datetime.date, as_of: datetime.date) -> tuple[int, int]:
    """How many times a tie formed and a tie ended after `since`, up to `as_of`; days as `tie_changes` counts them.

    tie_spells: as for `tie_changes`, whose quarters add up to this where `since` is the last day of one.
    Misreading: that as many ties are new, or gone, on `as_of`. One that formed and ended in between is neither, nor one
    that ended and formed again; either adds one to both numbers.

    >>> day = datetime.date
    >>> spells = pd.DataFrame({"started_on": [day(2019, 11, 5)], "ended_on": [day(2019, 12, 31)]})
    >>> movements(spells, day(2019, 9, 30), day(2020, 1, 1)), movements(spells, day(2019, 11, 5), day(2019, 12, 31))
    ((1, 1), (0, 0))
    """
    formed = pd.to_datetime(tie_spells["started_on"])
    ended = pd.to_datetime(tie_spells["ended_on"]) + pd.Timedelta(days=1)
    first, last = pd.Timestamp(since), pd.Timestamp(as_of)
    return int(((formed > first) & (formed <= last)).sum()), int(((ended > first) & (ended <= last)).sum())


def survival(tie_spells: pd.DataFrame, as_of: datetime.date) -> dict[str, KaplanMeier]:
    """How long ties last: `kaplan_meier` by group.

    Keys: `overall`, `within_sector`, `cross_sector`, `structural`, `not_structural`.
    tie_spells: one row per unbroken period of a tie (`started_on`, `ended_on` = last day, empty = open,
    `first_recorded`, `is_cross_sector`, `began_structural`, `first_partnership_ids`). Spells that start after `as_of`
    are left out. `structural` is what a tie was on its first day: one that became structural later had to last until
    then, so that counting it as structural from the start would give it days that it could not have lost.
    Counted from the day of forming:

    - a spell whose last day is before `as_of` has ended, on the day after that last day: ended_on + 1 - started_on;
    - a spell that still runs on `as_of`, whatever end is planned, is censored that day: as_of - started_on, for all
      that is known is that it had not ended by then;
    - a spell first recorded after it began is at risk from that day only (first_recorded - started_on): had it ended
      sooner, nobody would have written it down. One that ended before it was recorded is never at risk and left out.

    Misreading: mostly partnerships with a planned end: the curve shows how long projects run as much as how ties hold.
    Who expects to work together for long also writes it down, so that the difference between structural and not is no
    proof that structure makes ties last.

    >>> day = datetime.date
    >>> spells = pd.DataFrame({"started_on": [day(2020, 1, 1), day(2020, 1, 1)], "ended_on": [day(2020, 1, 31), None],
    ...                        "first_recorded": [None, None], "is_cross_sector": [True, False],
    ...                        "began_structural": [False, False], "first_partnership_ids": ["p", "q"]})
    >>> found = survival(spells, day(2020, 6, 30))
    >>> found["overall"]["median_days"], found["cross_sector"]["spells"], found["structural"]["spells"]
    (31, 1, 0)
    """
    spells, entered, left, is_ended = _watched(tie_spells, as_of)
    is_cross_sector = spells["is_cross_sector"].to_numpy(dtype=bool)
    is_structural = spells["began_structural"].to_numpy(dtype=bool)
    agreement = pd.factorize(spells["first_partnership_ids"])[0]
    groups = {
        "overall": np.ones(len(spells), dtype=bool),
        "within_sector": ~is_cross_sector,
        "cross_sector": is_cross_sector,
        "structural": is_structural,
        "not_structural": ~is_structural,
    }
    return {
        name: kaplan_meier(entered[group], left[group], is_ended[group], agreement[group])
        for name, group in groups.items()
    }


def _watched(tie_spells: pd.DataFrame, as_of: datetime.date) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, np.ndarray]:
    """The spells that began by `as_of`; per spell the day it entered, the day it left, and whether it ended."""
    spells = tie_spells[pd.to_datetime(tie_spells["started_on"]) <= pd.Timestamp(as_of)]
    started = pd.to_datetime(spells["started_on"])
    day_after_last = pd.to_datetime(spells["ended_on"]) + pd.Timedelta(days=1)
    is_ended = (day_after_last <= pd.Timestamp(as_of)).to_numpy(dtype=bool)
    left = (day_after_last.where(is_ended, pd.Timestamp(as_of)) - started).dt.days.to_numpy(dtype=np.int64)
    recorded = (pd.to_datetime(spells["first_recorded"]) - started).dt.days
    entered = recorded.fillna(0).clip(lower=0).to_numpy(dtype=np.int64)
    return spells, entered, left, is_ended


def kaplan_meier(
    entered: np.ndarray, left: np.ndarray, is_ended: np.ndarray, agreement: np.ndarray | None = None
) -> KaplanMeier:
    """The Kaplan-Meier estimate of how long spells last, from their days, one element per spell.

    entered: day from which it was watched (0 = from its forming). left: day on which it ended or was last seen running.
    is_ended: whether it ended. agreement: a number per agreement; without it every spell is one of its own. A spell is
    at risk on the days after `entered`, up to and including `left`; one that was never at risk for that reason
    (entered > 0 and left <= entered) is not counted.

    `spells`, `ended`, `agreements`: how many were watched, how many of these ended, of how many agreements they are.
    `curve`: objects `days`, `survival` = the product over the days so far on which ties ended of (1 - ended / at risk),
    `low`, `high` (95 %, see below) and `at_risk` (just before that day; on day 0, watched from their forming): day 0,
    every day on which one ended, and the last day on which one was watched. Draw it as steps.
    `median_days`: the first day on which survival is at most 0.5; None when it stays above. `at`: the same after 1, 2
    and 3 `years` of 365 days; None beyond the last day that was watched.
    Misreading: survival after two years is not the share of today's ties that are older than two years. Where few are
    at risk, as in the first days of late-recorded data, one end can bring the curve down for good: show `at_risk`.

    The interval: all ties of one agreement begin and end together, so that a consortium of ten says no more than a
    pair. The variance is therefore the infinitesimal jackknife over agreements, S^2 x C / (C - 1) x sum over the C
    agreements of (sum over its spells of [ended by then] / (r - e) - sum over the days it was at risk of
    e / (r (r - e)))^2, e and r the spells that ended and were at risk on that day; with one spell per agreement it is
    nearly Greenwood's. On the scale of log(-log), with the t distribution: of the agreements of which a tie ended by
    then and of those of which one was there for longer, the smaller number is the degrees of freedom. None where that
    number is below `AGREEMENTS_FOR_INTERVAL` or there are fewer than `AGREEMENTS_WATCHED` in all, where survival is 0
    or 1, and beyond a day on which all at risk ended.
    Source: Kaplan & Meier 1958; Williams, "Product-limit survival functions with correlated survival times", Lifetime
    Data Analysis 1995; Kalbfleisch & Prentice 2002.

    >>> is_ended = np.array([True, False, True, False])
    >>> found = kaplan_meier(np.zeros(4), np.array([100, 200, 400, 500]), is_ended)
    >>> [(point["days"], point["survival"], point["at_risk"]) for point in found["curve"]]
    [(0, 1.0, 4), (100, 0.75, 4), (400, 0.375, 2), (500, 0.375, 1)]
    >>> found["median_days"], found["at"][0]["survival"], found["at"][1]["survival"]
    (400, 0.75, None)
    """
    if agreement is None:
        agreement = np.arange(len(left))
    is_watched = (entered == 0) | (left > entered)
    entered, left, is_ended, agreement = (values[is_watched] for values in (entered, left, is_ended, agreement))
    uncertain = _Clustered(entered, left, is_ended, agreement)
    days, ends, at_risk = uncertain.days, uncertain.ends, uncertain.at_risk
    last_day = int(left.max()) if len(left) else 0
    in_order, entry_order = np.sort(left), np.sort(entered)

    def at_risk_on(day: np.ndarray) -> np.ndarray:
        return np.searchsorted(entry_order, day, side="left") - np.searchsorted(in_order, day, side="left")

    estimate = np.cumprod(1 - ends / at_risk)

    def points(which: list[int]) -> list[_Estimate]:
        """The estimate on some days; one that is 0 or 1, or rests on too few agreements, has no interval."""
        asked = np.array(which, dtype=np.int64)
        value = np.append(1.0, estimate)[np.searchsorted(days, asked, side="right")]
        variance, telling = uncertain.on(asked)
        has_interval = (value > 0) & (value < 1) & (telling >= AGREEMENTS_FOR_INTERVAL)
        has_interval &= uncertain.agreements >= AGREEMENTS_WATCHED
        inside = value[has_interval]
        spread = student_t(telling[has_interval]) * np.sqrt(variance[has_interval]) / np.log(inside)
        low, high = np.full((2, len(which)), None, dtype=object)
        low[has_interval], high[has_interval] = inside ** np.exp(-spread), inside ** np.exp(spread)
        columns = (value.tolist(), low.tolist(), high.tolist(), at_risk_on(asked).tolist())
        return [
            {"survival": survival, "low": low, "high": high, "at_risk": at_risk}
            for survival, low, high, at_risk in zip(*columns, strict=True)
        ]

    def after(years: int, point: _Estimate) -> AfterYears:
        if years * DAYS_IN_YEAR > last_day and point["survival"] != 0:
            point |= {"survival": None, "low": None, "high": None}
        return {"years": years, **point}

    watched_from_forming = int(np.searchsorted(entry_order, 0, side="right"))
    below = days[estimate <= 0.5 + 1e-12]
    shown = [0, *sorted({*days.tolist(), last_day} - {0})]
    curve: list[CurvePoint] = [{"days": day, **point} for day, point in zip(shown, points(shown), strict=True)]
    curve[0]["at_risk"] = watched_from_forming
    years = (1, 2, 3)
    after_years = points([year * DAYS_IN_YEAR for year in years])
    return {
        "spells": len(left),
        "ended": int(ends.sum()),
        "agreements": uncertain.agreements,
        "median_days": int(below[0]) if len(below) else None,
        "at": [after(year, point) for year, point in zip(years, after_years, strict=True)],
        "curve": curve if len(left) else [],
    }


def structure(tie_spells: pd.DataFrame, as_of: datetime.date) -> Structure:
    """Whether ties that began structural last longer: survival after two years (else one), and its difference.

    tie_spells: one row per unbroken period of a tie, columns as for `survival`, and `began_structural` (whether the
    pair coordinated or integrated its work on the first day) and `first_partnership_ids` (the agreements it began
    with).
    What counts is how a tie began, not what it became: a tie must last to become structural, so that the groups of
    `survival` differ even where structure does nothing.

    - `structural`, `not_structural`: `kaplan_meier` of each group;
    - `years`: 2, or 1 when not both groups were followed for two years;
    - `difference` (-1 to 1): share still there after so many years, structural minus not structural, with `low` and
      `high` (95 %): difference -/+ t x sqrt(sum of both variances), which are clustered by agreement as in
      `kaplan_meier`; the degrees of freedom are those of Welch and Satterthwaite;
    - `agreements`: the smallest number, over both groups, of agreements of which a tie ended by then, or was there
      for longer;
    - `verdict`: "longer" or "shorter" when the interval leaves out 0, else "unclear"; None when the data cannot tell:
      `reason` is then "one_group" (all ties began alike), "too_short" (nobody followed for a year in a group),
      "too_few" (under `MINIMUM_AGREEMENTS` agreements) or "too_few_in_all" (under `AGREEMENTS_COMPARED` in both groups
      together). With "one_group" and "too_short" the figures are None too.

    Misreading: that structure makes ties last. Organisations that expect to work together for long also write it down;
    and two agreements of one organisation are taken to be independent, so that the interval is somewhat too narrow.
    Source: Williams, "Product-limit survival functions with correlated survival times", Lifetime Data Analysis 1995.

    >>> day = datetime.date
    >>> spells = pd.DataFrame({"started_on": [day(2016, 1, 1)] * 4, "first_recorded": None,
    ...                        "ended_on": [None, day(2018, 6, 1), day(2016, 6, 1), None],
    ...                        "began_structural": [True, True, False, False], "first_partnership_ids": list("pqrs")})
    >>> found = structure(spells, day(2020, 6, 30))
    >>> found["years"], found["difference"], found["verdict"], found["reason"]
    (2, 0.5, None, 'too_few')
    """
    spells, entered, left, is_ended = _watched(tie_spells, as_of)
    is_structural = spells["began_structural"].to_numpy(dtype=bool)
    groups = {"structural": is_structural, "not_structural": ~is_structural}
    agreement = pd.factorize(spells["first_partnership_ids"])[0]
    curves = {
        name: kaplan_meier(entered[group], left[group], is_ended[group], agreement[group])
        for name, group in groups.items()
    }
    figures: Structure = {
        "structural": curves["structural"],
        "not_structural": curves["not_structural"],
        "years": None,
        "difference": None,
        "low": None,
        "high": None,
        "verdict": None,
        "reason": None,
        "agreements": 0,
    }
    if not all(curve["spells"] for curve in curves.values()):
        return {**figures, "reason": "one_group"}
    for years in (2, 1):
        still_there, still_there_without = (curve["at"][years - 1]["survival"] for curve in curves.values())
        if still_there is not None and still_there_without is not None:
            break
    else:
        return {**figures, "reason": "too_short"}
    by_then = []
    for name, group in groups.items():
        watched = group & ((entered == 0) | (left > entered))
        uncertain = _Clustered(entered[watched], left[watched], is_ended[watched], agreement[watched])
        variance, telling = uncertain.on(np.array([years * DAYS_IN_YEAR]))
        share = curves[name]["at"][years - 1]["survival"] or 0.0
        by_then.append((share**2 * float(variance[0]), int(telling[0])))
    difference = still_there - still_there_without
    total = sum(variance for variance, _ in by_then)
    # Welch and Satterthwaite, each group with the agreements that tell as its degrees of freedom
    spread = sum(variance**2 / max(agreements, 1) for variance, agreements in by_then)
    margin = float(student_t(np.array([total**2 / spread if spread else np.inf]))[0]) * math.sqrt(total)
    low, high = max(difference - margin, -1.0), min(difference + margin, 1.0)
    figures |= {
        "years": years,
        "difference": difference,
        "low": low,
        "high": high,
        "agreements": min(agreements for _, agreements in by_then),
    }
    if figures["agreements"] < MINIMUM_AGREEMENTS:
        return {**figures, "reason": "too_few"}
    if sum(curve["agreements"] for curve in curves.values()) < AGREEMENTS_COMPARED:
        return {**figures, "reason": "too_few_in_all"}
    return {**figures, "verdict": "longer" if low > 0 else "shorter" if high < 0 else "unclear"}


class _Clustered:
    """How uncertain survival is when spells of one agreement are not independent (see `kaplan_meier`).

    `days`, `ends`, `at_risk`: the days on which spells ended, how many did and how many were at risk. The influence of
    an agreement on day t is b - A H(t): A its spells at risk, H the sum of e / (r (r - e)) so far, and b a sum over the
    spells that came and went. So the sum of squares over agreements is P - 2 Q H(t) + R H(t)^2, where P, Q and R change
    only when a spell enters or leaves: no table of agreements by days is needed.
    """

    def __init__(self, entered: np.ndarray, left: np.ndarray, is_ended: np.ndarray, agreement: np.ndarray) -> None:
        self.days, self.ends = np.unique(left[is_ended], return_counts=True)
        in_order = np.sort(left)
        self.at_risk = np.searchsorted(np.sort(entered), self.days) - np.searchsorted(in_order, self.days)
        _, agreement = np.unique(agreement, return_inverse=True)
        self.agreements = int(agreement.max()) + 1 if len(agreement) else 0
        remaining = self.at_risk - self.ends
        # where nobody is left there is nothing to multiply; survival is 0 from there on and has no interval
        lost = np.divide(1.0, remaining, out=np.zeros(len(self.days)), where=remaining > 0)
        self._so_far = np.concatenate([[0.0], np.cumsum(self.ends / np.maximum(self.at_risk, 1) * lost)])

        def so_far(day: np.ndarray) -> np.ndarray:
            found: np.ndarray = self._so_far[np.searchsorted(self.days, day, side="right")]
            return found

        gone = -so_far(left)
        gone[is_ended] += lost[np.searchsorted(self.days, left[is_ended])]
        when = np.concatenate([entered, left])
        cluster = np.concatenate([agreement, agreement])
        step_of_b, step_of_a = np.concatenate([so_far(entered), gone]), np.repeat([1.0, -1.0], len(left))
        order = np.lexsort((when, cluster))
        cluster = cluster[order]
        is_first = np.diff(cluster, prepend=-1) > 0
        squares = []
        b, a = (_within(steps[order], is_first) for steps in (step_of_b, step_of_a))
        for after, before in (
            (b * b, (b - step_of_b[order]) ** 2),
            (b * a, (b - step_of_b[order]) * (a - step_of_a[order])),
            (a * a, (a - step_of_a[order]) ** 2),
        ):
            squares.append(after - before)
        in_time = np.argsort(when[order], kind="stable")
        self._when = when[order][in_time]
        self._sums = [np.concatenate([[0.0], np.cumsum(change[in_time])]) for change in squares]
        first_end = np.full(self.agreements, np.iinfo(np.int64).max)
        np.minimum.at(first_end, agreement[is_ended], left[is_ended])
        last_seen = np.full(self.agreements, -1)
        np.maximum.at(last_seen, agreement, left)
        self._first_end, self._last_seen = np.sort(first_end), np.sort(last_seen)

    def on(self, day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Per day the variance of the logarithm of survival, and the smaller of two counts: agreements of which a spell
        ended by then, and of which one was there for longer."""
        place = np.searchsorted(self._when, day, side="right")
        total = self._so_far[np.searchsorted(self.days, day, side="right")]
        p, q, r = (sums[place] for sums in self._sums)
        small = self.agreements / (self.agreements - 1) if self.agreements > 1 else 1.0
        variance = small * np.maximum(p - 2 * q * total + r * total**2, 0.0)
        ended = np.searchsorted(self._first_end, day, side="right")
        return variance, np.minimum(ended, self.agreements - np.searchsorted(self._last_seen, day, side="right"))


def _within(steps: np.ndarray, is_first: np.ndarray) -> np.ndarray:
    """The running sum of steps that begins anew at every first."""
    total = np.cumsum(steps)
    start = np.flatnonzero(is_first)
    before = np.repeat(total[start] - steps[start], np.diff(np.append(start, len(steps))))
    found: np.ndarray = total - before
    return found


def to_call(fading: Iterable[FadingTie], *, longest_first: bool = False) -> list[FadingTie]:
    """The fading ties in the order in which to call: across sectors first, and in each the shortest silence first.

    fading: as `fading` gives. With `longest_first` the longest silence comes first. Of equals the first by id.
    A partner that was silent for a year and a day will pick up the telephone; one that was silent for six years has
    often left.
    Misreading: the order is a suggestion, not a measure of importance.

    >>> tie = {"organisation_a": "a", "organisation_b": "b"}
    >>> rows = [tie | {"is_cross_sector": False, "days_silent": 400},
    ...         tie | {"is_cross_sector": True, "days_silent": 900},
    ...         tie | {"is_cross_sector": True, "days_silent": 500}]
    >>> [row["days_silent"] for row in to_call(rows)]
    [500, 900, 400]
    """
    sign = -1 if longest_first else 1
    return sorted(
        fading,
        key=lambda tie: (
            not tie["is_cross_sector"],
            sign * tie["days_silent"],
            tie["organisation_a"],
            tie["organisation_b"],
        ),
    )


def with_past(
    fading: Sequence[FadingTie],
    partnership_pairs: pd.DataFrame,
    partnerships: pd.DataFrame,
    attendance: pd.DataFrame,
    as_of: datetime.date,
) -> list[FadingTie]:
    """The fading ties with what the two had together up to `as_of`, in the same order.

    fading: as `fading` gives. partnership_pairs: one row per partnership and pair (`partnership_id`, `organisation_a`,
    `organisation_b`, `started_on`, `ended_on` = last day, empty = open). partnerships: one row per partnership
    (`partnership_id`, `name`, `kind`). attendance: one row per organisation that attended an event (`event_id`,
    `organisation_id`, `name` and `start_date` of the event).

    Adds `partnerships` (list of `name`, `kind`, `started_on`, `ended_on`: begun by then, the newest first), `events`
    (list of `name`, `start_date`: attended by both, the newest first) and `ends_on`: the last day of the agreements
    that run now, None when one of them has no end.
    Misreading: what they had together is what was written down.

    >>> day = datetime.date
    >>> fading = [{"organisation_a": "a", "organisation_b": "b"}]
    >>> pairs = pd.DataFrame({"partnership_id": ["p"], "organisation_a": ["a"], "organisation_b": ["b"],
    ...                       "started_on": [day(2019, 1, 1)], "ended_on": [day(2020, 12, 31)]})
    >>> partnerships = pd.DataFrame({"partnership_id": ["p"], "name": ["Pact"], "kind": [None]})
    >>> attendance = pd.DataFrame({"event_id": ["e", "e"], "organisation_id": ["a", "b"], "name": ["Lunch"] * 2,
    ...                            "start_date": [day(2019, 5, 1)] * 2})
    >>> (tie,) = with_past(fading, pairs, partnerships, attendance, day(2020, 6, 30))
    >>> tie["partnerships"][0]["name"], tie["ends_on"], tie["events"][0]["name"]
    ('Pact', datetime.date(2020, 12, 31), 'Lunch')
    """
    past = past_of(fading, partnership_pairs, partnerships, attendance, as_of)
    return [{**tie, **had} for tie, had in zip(fading, past, strict=True)]


def past_of(
    listed_pairs: Sequence[Mapping[str, Any]],
    partnership_pairs: pd.DataFrame,
    partnerships: pd.DataFrame,
    attendance: pd.DataFrame,
    as_of: datetime.date,
) -> list[Past]:
    """What pairs (`organisation_a`, `organisation_b`) had together, in their order; see `with_past`."""
    ends = ["organisation_a", "organisation_b"]
    today = pd.Timestamp(as_of)
    listed = pd.DataFrame(
        [[pair["organisation_a"], pair["organisation_b"]] for pair in listed_pairs], columns=ends, dtype="str"
    )
    pairs = listed.merge(partnership_pairs, on=ends).merge(
        partnerships[["partnership_id", "name", "kind"]], on="partnership_id"
    )
    pairs = pairs.assign(**{name: pd.to_datetime(pairs[name]) for name in ("started_on", "ended_on")})
    pairs = pairs[pairs["started_on"] <= today].sort_values(["started_on", "partnership_id"], ascending=[False, True])
    past = attendance.assign(start_date=pd.to_datetime(attendance["start_date"]))
    # an organisation may have two rows at an event, as host and as speaker
    past = past[past["start_date"] <= today].drop_duplicates(["event_id", "organisation_id"])
    both = met(listed, past).sort_values(["start_date", "event_id"], ascending=[False, True])
    partnerships_of = _rows_per_pair(pairs, ["name", "kind", "started_on", "ended_on"])
    events_of = _rows_per_pair(both, ["name", "start_date"])
    rows: list[Past] = []
    for listed_pair in listed_pairs:
        pair = (listed_pair["organisation_a"], listed_pair["organisation_b"])
        had = partnerships_of.get(pair, [])
        running = [
            partnership["ended_on"]
            for partnership in had
            if partnership["ended_on"] is None or partnership["ended_on"] >= as_of
        ]
        ends_on = max(running) if running and None not in running else None
        rows.append({"partnerships": had, "events": events_of.get(pair, []), "ends_on": ends_on})
    return rows


def met(pairs: pd.DataFrame, attended: pd.DataFrame) -> pd.DataFrame:
    """One row per pair and event that both were at: the columns of both tables, without `organisation_id`.

    pairs: `organisation_a`, `organisation_b`, ... attended: one row per organisation and event (`event_id`,
    `organisation_id`, ...). Looked up from the end that was at fewer events: a host of thousands has thousands of ties
    as well, and all its visits for each of them would be hundreds of millions of rows.

    >>> met(pd.DataFrame({"organisation_a": ["a", "a"], "organisation_b": ["b", "c"]}),
    ...     pd.DataFrame({"event_id": ["e", "f", "e"], "organisation_id": ["a", "a", "b"]})).values.tolist()
    [['a', 'b', 'e']]
    """
    visitors = pd.Index(attended["organisation_id"].unique())
    who, event = visitors.get_indexer(attended["organisation_id"]), pd.factorize(attended["event_id"])[0]
    visits = np.bincount(who, minlength=len(visitors))
    a, b = visitors.get_indexer(pairs["organisation_a"]), visitors.get_indexer(pairs["organisation_b"])
    came = np.flatnonzero((a >= 0) & (b >= 0))
    a, b = a[came], b[came]
    is_first = visits[a] <= visits[b]
    seldom, often = np.where(is_first, a, b), np.where(is_first, b, a)
    # the visits of each `seldom`, one after another
    count, first = visits[seldom], np.cumsum(visits) - visits
    nth = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    visit = np.argsort(who, kind="stable")[np.repeat(first[seldom], count) + nth]
    of_event = event.max(initial=0) + 1
    is_met = np.isin(np.repeat(often, count) * of_event + event[visit], who * of_event + event)
    found = pairs.iloc[np.repeat(came, count)[is_met]].reset_index(drop=True)
    others = [name for name in attended if name != "organisation_id"]
    return found.assign(**attended[others].iloc[visit[is_met]].reset_index(drop=True))


def _rows_per_pair(rows: pd.DataFrame, columns: list[str]) -> dict[tuple[str, str], list[Any]]:
    """Pair -> its rows, in their order, as `records` gives them."""
    per_pair: dict[tuple[str, str], list[Any]] = {}
    pairs = zip(rows["organisation_a"].tolist(), rows["organisation_b"].tolist(), strict=True)
    for pair, row in zip(pairs, records(rows[columns]), strict=True):
        per_pair.setdefault(pair, []).append(row)
    return per_pair
