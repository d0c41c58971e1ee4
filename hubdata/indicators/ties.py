"""Ties over time: which are fading, how many form and end, how long they last.

`ties` composes every figure. Days are counted between calendar days: a tie that forms on 1 January and whose last day
is 31 January ends on 1 February (the day after the last) and lasted 31 days. What is undefined is None.
"""

import datetime
import statistics
from typing import Any

import numpy as np
import pandas as pd

FADING_DAYS = 365
HALF_LIFE_DAYS = 365
DAYS_IN_YEAR = 365

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
_Z = statistics.NormalDist().inv_cdf(0.975)


def ties(
    ties: pd.DataFrame,
    tie_spells: pd.DataFrame,
    as_of: datetime.date,
    fading_days: int = FADING_DAYS,
    half_life_days: float = HALF_LIFE_DAYS,
) -> dict[str, Any]:
    """Every figure about ties over time, by name.

    ties: one row per tie on `as_of`. tie_spells: one row per unbroken period in which a pair had a tie, over all time.
    `ties` in the result is the number of ties, the denominator of `fading_share`.

    >>> day = datetime.date
    >>> on_the_day = pd.DataFrame({**dict.fromkeys(_FADING_COLUMNS, [None]), "organisation_a": ["a"],
    ...                            "organisation_b": ["b"], "days_silent": [730]})
    >>> spells = pd.DataFrame({"started_on": [day(2018, 7, 1)], "ended_on": [None], "first_recorded": [None],
    ...                        "is_cross_sector": [True], "is_structural": [False]})
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
) -> list[dict[str, Any]]:
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
    found = []
    for cells in silent[list(_FADING_COLUMNS)].astype(object).to_dict("records"):
        tie = {name: _plain(cell) for name, cell in cells.items()}
        tie["strength"] = tie_strength(tie["days_silent"], half_life_days)
        found.append(tie)
    return found


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


def tie_changes(tie_spells: pd.DataFrame, as_of: datetime.date) -> list[dict[str, Any]]:
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


def survival(tie_spells: pd.DataFrame, as_of: datetime.date) -> dict[str, dict[str, Any]]:
    """How long ties last: `kaplan_meier` by group.

    Keys: `overall`, `within_sector`, `cross_sector`, `structural`, `not_structural`.
    tie_spells: one row per unbroken period of a tie (`started_on`, `ended_on` = last day, empty = open,
    `first_recorded`, `is_cross_sector`, `is_structural`). Spells that start after `as_of` are left out. Counted from
    the day of forming:

    - a spell whose last day is before `as_of` has ended, on the day after that last day: ended_on + 1 - started_on;
    - a spell that still runs on `as_of`, whatever end is planned, is censored that day: as_of - started_on, for all
      that is known is that it had not ended by then;
    - a spell first recorded after it began is at risk from that day only (first_recorded - started_on): had it ended
      sooner, nobody would have written it down. One that ended before it was recorded is never at risk and left out.

    Misreading: mostly partnerships with a planned end: the curve shows how long projects run as much as how ties hold.
    Ties that last have more time to become structural, so that difference is no proof that structure makes them last.

    >>> day = datetime.date
    >>> spells = pd.DataFrame({"started_on": [day(2020, 1, 1), day(2020, 1, 1)], "ended_on": [day(2020, 1, 31), None],
    ...                        "first_recorded": [None, None], "is_cross_sector": [True, False],
    ...                        "is_structural": [False, False]})
    >>> found = survival(spells, day(2020, 6, 30))
    >>> found["overall"]["median_days"], found["cross_sector"]["spells"], found["structural"]["spells"]
    (31, 1, 0)
    """
    spells = tie_spells[pd.to_datetime(tie_spells["started_on"]) <= pd.Timestamp(as_of)]
    started = pd.to_datetime(spells["started_on"])
    day_after_last = pd.to_datetime(spells["ended_on"]) + pd.Timedelta(days=1)
    is_ended = (day_after_last <= pd.Timestamp(as_of)).to_numpy(dtype=bool)
    left = (day_after_last.where(is_ended, pd.Timestamp(as_of)) - started).dt.days.to_numpy(dtype=np.int64)
    recorded = (pd.to_datetime(spells["first_recorded"]) - started).dt.days
    entered = recorded.fillna(0).clip(lower=0).to_numpy(dtype=np.int64)
    is_cross_sector = spells["is_cross_sector"].to_numpy(dtype=bool)
    is_structural = spells["is_structural"].to_numpy(dtype=bool)
    groups = {
        "overall": np.ones(len(spells), dtype=bool),
        "within_sector": ~is_cross_sector,
        "cross_sector": is_cross_sector,
        "structural": is_structural,
        "not_structural": ~is_structural,
    }
    return {name: kaplan_meier(entered[group], left[group], is_ended[group]) for name, group in groups.items()}


def kaplan_meier(entered: np.ndarray, left: np.ndarray, is_ended: np.ndarray) -> dict[str, Any]:
    """The Kaplan-Meier estimate of how long spells last, from their days, one element per spell.

    entered: day from which it was watched (0 = from its forming). left: day on which it ended or was last seen running.
    is_ended: whether it ended. A spell is at risk on the days after `entered`, up to and including `left`; one that was
    never at risk for that reason (entered > 0 and left <= entered) is not counted.

    `spells`, `ended`: how many were watched and how many of these ended. `curve`: objects `days`, `survival` = the
    product over the days so far on which ties ended of (1 - ended / at risk), `low`, `high` (95 %, log-log,
    Greenwood's variance; None where survival is 0 or 1) and `at_risk` (just before that day; on day 0, watched from
    their forming): day 0, every day on which one ended, and the last day on which one was watched. Draw it as steps.
    `median_days`: the first day on which survival is at most 0.5; None when it stays above. `at`: the same after 1, 2
    and 3 `years` of 365 days; None beyond the last day that was watched.
    Misreading: survival after two years is not the share of today's ties that are older than two years. Where few are
    at risk, as in the first days of late-recorded data, one end can bring the curve down for good: show `at_risk`.
    Source: Kaplan & Meier 1958; Greenwood 1926; Kalbfleisch & Prentice 2002.

    >>> is_ended = np.array([True, False, True, False])
    >>> found = kaplan_meier(np.zeros(4), np.array([100, 200, 400, 500]), is_ended)
    >>> [(point["days"], point["survival"], point["at_risk"]) for point in found["curve"]]
    [(0, 1.0, 4), (100, 0.75, 4), (400, 0.375, 2), (500, 0.375, 1)]
    >>> found["median_days"], found["at"][0]["survival"], found["at"][1]["survival"]
    (400, 0.75, None)
    """
    is_watched = (entered == 0) | (left > entered)
    entered, left, is_ended = np.sort(entered[is_watched]), left[is_watched], is_ended[is_watched]
    days, ends = np.unique(left[is_ended], return_counts=True)
    left = np.sort(left)
    last_day = int(left[-1]) if len(left) else 0

    def at_risk_on(day: int | np.ndarray) -> Any:
        return np.searchsorted(entered, day, side="left") - np.searchsorted(left, day, side="left")

    at_risk = at_risk_on(days)
    estimate = np.cumprod(1 - ends / at_risk)
    with np.errstate(divide="ignore"):  # all that were at risk ended: the interval is undefined from there on
        greenwood = np.cumsum(ends / (at_risk * (at_risk - ends)))

    def point(day: int) -> dict[str, Any]:
        step = int(np.searchsorted(days, day, side="right")) - 1
        value = float(estimate[step]) if step >= 0 else 1.0
        low = high = None
        if 0 < value < 1:
            spread = _Z * greenwood[step] ** 0.5 / np.log(value)
            low, high = float(value ** np.exp(-spread)), float(value ** np.exp(spread))
        return {"survival": value, "low": low, "high": high, "at_risk": int(at_risk_on(day))}

    def after(years: int) -> dict[str, Any]:
        found = point(years * DAYS_IN_YEAR)
        if years * DAYS_IN_YEAR > last_day and found["survival"] > 0:
            found |= {"survival": None, "low": None, "high": None}
        return {"years": years, **found}

    watched_from_forming = int(np.searchsorted(entered, 0, side="right"))
    below = days[estimate <= 0.5 + 1e-12]
    curve = [{"days": 0, **point(0), "at_risk": watched_from_forming}]
    curve += [{"days": day, **point(day)} for day in sorted({*days.tolist(), last_day} - {0})]
    return {
        "spells": len(left),
        "ended": int(ends.sum()),
        "median_days": int(below[0]) if len(below) else None,
        "at": [after(years) for years in (1, 2, 3)],
        "curve": curve if len(left) else [],
    }


def _plain(cell: Any) -> Any:
    """A cell of a table as plain Python: None for missing, a date for a day."""
    if pd.isna(cell):
        return None
    if isinstance(cell, pd.Timestamp):
        return cell.date()
    return cell.item() if isinstance(cell, np.generic) else cell
