"""What happens at events, and what follows: who meets whom, and how often a tie comes after it.

Everything reads `event_outcomes`: one row per event up to the as-of date, with counts of pairs of organisations.
Being at the same event is never a partnership: a plenary of 150 would make 11,175 ties.

Say "followed by", not "caused": who meets at an event may have planned the partnership already. And the same pair can
meet at several events, whose windows may overlap, so that pairs are not independent and intervals are somewhat too
narrow.
"""

import math
import statistics
from typing import Any

import pandas as pd

MINIMUM_NEW_TIES = 5
"""Below this number of new ties a ratio is chance, and `lift` is None."""


def attending_organisations(event_outcomes: pd.DataFrame) -> int:
    """How many different organisations attended at least one event.

    `event_outcomes`: one row per event, column `organisation_ids` (list: who attended). Registrations do not count.
    Organisations that have left since are counted too, so that it may exceed the number of active organisations.

    >>> attending_organisations(pd.DataFrame({"organisation_ids": [["a", "b"], ["b"], []]}))
    2
    """
    return int(event_outcomes["organisation_ids"].explode().nunique())


def repeat_share(event_outcomes: pd.DataFrame) -> float | None:
    """The share of the attending organisations that came to two events or more.

    `event_outcomes`: one row per event, column `organisation_ids` (list: who attended, each once). Range 0-1. None when
    nobody attended. It grows with the length of the record, so only compare periods of equal length.

    >>> repeat_share(pd.DataFrame({"organisation_ids": [["a", "b"], ["b"], []]}))
    0.5
    """
    visits = event_outcomes["organisation_ids"].explode().value_counts()
    return float((visits >= 2).mean()) if len(visits) else None


def cross_sector_encounters(event_outcomes: pd.DataFrame, plenary_size: int = 60) -> dict[str, Any]:
    """The share of encounters that are between two sectors.

    `event_outcomes`: one row per event, columns `organisation_count` (all that attended), `pairs` and
    `cross_sector_pairs` (of organisations in view that attended). An encounter is one pair at one event: who meets
    three times counts thrice. Events of more than `plenary_size` organisations are left out, since not everybody
    meets there.

    `share` (0-1, None without encounters), `encounters` (pairs counted), `plenaries` (events left out). A share as
    high as chance gives is no achievement: see the sectors that attend.

    >>> event_outcomes = pd.DataFrame(
    ...     {"organisation_count": [3, 150], "pairs": [3, 11175], "cross_sector_pairs": [2, 8000]}
    ... )
    >>> cross_sector_encounters(event_outcomes)
    {'share': 0.6666666666666666, 'encounters': 3, 'plenaries': 1}
    """
    is_plenary = event_outcomes["organisation_count"] > plenary_size
    encounters = int(event_outcomes["pairs"][~is_plenary].sum())
    across = int(event_outcomes["cross_sector_pairs"][~is_plenary].sum())
    return {"share": _ratio(across, encounters), "encounters": encounters, "plenaries": int(is_plenary.sum())}


def lift(new_ties: int, pairs: int, other_new_ties: int, other_pairs: int) -> dict[str, float | None]:
    """How many times as often a tie follows among pairs that attended as among other pairs, with its 95 % interval.

    `new_ties` of `pairs` without a tie that attended formed one within the window; `other_new_ties` of `other_pairs`
    of which at most one attended did. `lift` = (new_ties / pairs) / (other_new_ties / other_pairs), >= 0, 1 = no
    difference, and `lift_low`, `lift_high`: the Katz interval, exp(log lift -/+ 1.96 x standard error), the standard
    error being sqrt(1/new_ties - 1/pairs + 1/other_new_ties - 1/other_pairs).

    All three are None with fewer than 5 new ties, or when no other pair formed a tie. Most likely misreading: that the
    event was the cause. Active organisations both attend more and form more ties, which alone lifts it far above 1.
    Source: Katz et al., "Obtaining confidence intervals for the risk ratio in cohort studies", Biometrics 1978.

    >>> {name: round(value, 3) for name, value in lift(10, 100, 20, 1000).items()}
    {'lift': 5.0, 'lift_low': 2.408, 'lift_high': 10.383}
    >>> lift(4, 100, 20, 1000)
    {'lift': None, 'lift_low': None, 'lift_high': None}
    """
    if new_ties < MINIMUM_NEW_TIES or not other_new_ties:
        return {"lift": None, "lift_low": None, "lift_high": None}
    ratio = (new_ties / pairs) / (other_new_ties / other_pairs)
    error = math.sqrt(1 / new_ties - 1 / pairs + 1 / other_new_ties - 1 / other_pairs)
    margin = math.exp(statistics.NormalDist().inv_cdf(0.975) * error)
    return {"lift": ratio, "lift_low": ratio / margin, "lift_high": ratio * margin}


def conversion(event_outcomes: pd.DataFrame) -> dict[str, Any]:
    """How often meeting at an event was followed by a tie, beside how often that happens without it.

    `event_outcomes`: one row per event, columns `pairs_without_tie`, `new_ties`, `other_pairs_without_tie`,
    `other_new_ties`, `is_window_complete`. Events whose window is not over are left out, or their ties to come would
    count as none. The others are added up.

    `pairs_without_tie`, `new_ties` (counts); `conversion` (0-1): new ties / pairs without a tie that day that both
    attended; `base_rate` (0-1): the same for pairs active that day of which at most one attended; both None without
    such pairs; `lift`, `lift_low`, `lift_high`: see `lift`; `events_counted` and `events_left_out`. Most likely
    misreading: that the event made the ties. Say "followed by".

    >>> event_outcomes = pd.DataFrame(
    ...     {"pairs_without_tie": [100, 10], "new_ties": [10, 0], "other_pairs_without_tie": [1000, 900],
    ...      "other_new_ties": [20, 0], "is_window_complete": [True, False]}
    ... )
    >>> figures = conversion(event_outcomes)
    >>> figures["conversion"], figures["base_rate"], figures["events_counted"], figures["events_left_out"]
    (0.1, 0.02, 1, 1)
    """
    complete = event_outcomes[event_outcomes["is_window_complete"].astype(bool)]
    pairs, new_ties, other_pairs, other_new_ties = (
        int(complete[name].sum())
        for name in ("pairs_without_tie", "new_ties", "other_pairs_without_tie", "other_new_ties")
    )
    return {
        "pairs_without_tie": pairs,
        "new_ties": new_ties,
        "conversion": _ratio(new_ties, pairs),
        "base_rate": _ratio(other_new_ties, other_pairs),
        **lift(new_ties, pairs, other_new_ties, other_pairs),
        "events_counted": len(complete),
        "events_left_out": len(event_outcomes) - len(complete),
    }


def new_ties_after(event_outcomes: pd.DataFrame) -> list[dict[str, Any]]:
    """What followed each event, one dictionary per event, newest first.

    `event_outcomes`: one row per event, columns as in `conversion`, and `event_id`, `name`, `start_date`,
    `organisations`, `pairs`, `cost`.

    `event_id`, `name`, `start_date` (date), `organisations`, `pairs`, `pairs_without_tie`, `new_ties_after` (count of
    pairs without a tie on the day that form one within the window), `is_window_complete`, `cost` (euro or None), and
    `conversion`, `base_rate`, `lift`, `lift_low`, `lift_high`, which are None while the window is not complete. While
    it is not, `new_ties_after` is what was seen so far. Rarely does one event have the five new ties that a lift
    needs.

    >>> event_outcomes = pd.DataFrame(
    ...     {"event_id": ["e"], "name": ["Lunch"], "start_date": pd.to_datetime(["2020-01-31"]), "organisations": [3],
    ...      "pairs": [3], "pairs_without_tie": [2], "new_ties": [1], "other_pairs_without_tie": [7],
    ...      "other_new_ties": [0], "is_window_complete": [True], "cost": [None]}
    ... )
    >>> row = new_ties_after(event_outcomes)[0]
    >>> row["start_date"], row["new_ties_after"], row["conversion"], row["base_rate"], row["lift"]
    (datetime.date(2020, 1, 31), 1, 0.5, 0.0, None)
    """
    rows = []
    for event in event_outcomes.sort_values(["start_date", "event_id"], ascending=[False, True]).itertuples():
        counts = (
            int(event.new_ties),
            int(event.pairs_without_tie),
            int(event.other_new_ties),
            int(event.other_pairs_without_tie),
        )
        is_complete = bool(event.is_window_complete)
        rows.append(
            {
                "event_id": event.event_id,
                "name": event.name,
                "start_date": pd.Timestamp(event.start_date).date(),
                "organisations": int(event.organisations),
                "pairs": int(event.pairs),
                "pairs_without_tie": counts[1],
                "new_ties_after": counts[0],
                "is_window_complete": is_complete,
                "cost": None if pd.isna(event.cost) else float(event.cost),
                "conversion": _ratio(counts[0], counts[1]) if is_complete else None,
                "base_rate": _ratio(counts[2], counts[3]) if is_complete else None,
                **(lift(*counts) if is_complete else dict.fromkeys(("lift", "lift_low", "lift_high"))),
            }
        )
    return rows


def events(event_outcomes: pd.DataFrame, plenary_size: int = 60) -> dict[str, Any]:
    """Every figure about events, by its name.

    `event_outcomes`: one row per event up to the as-of date, all columns of the view.

    `events` (count), `attending_organisations`, `repeat_share`, `cross_sector_encounters` (the share) with
    `encounters` and `plenaries` (see there), `new_ties_after` (per event, see there) and the names of `conversion`.
    Filters leave out organisations and their pairs, never an event.

    >>> event_outcomes = pd.DataFrame(
    ...     {"event_id": ["e"], "name": ["Lunch"], "start_date": pd.to_datetime(["2020-01-31"]), "organisations": [2],
    ...      "organisation_count": [2], "organisation_ids": [["a", "b"]], "pairs": [1], "cross_sector_pairs": [1],
    ...      "pairs_without_tie": [1], "new_ties": [0], "other_pairs_without_tie": [2], "other_new_ties": [1],
    ...      "is_window_complete": [True], "cost": [None]}
    ... )
    >>> figures = events(event_outcomes)
    >>> figures["events"], figures["cross_sector_encounters"], figures["conversion"], figures["base_rate"]
    (1, 1.0, 0.0, 0.5)
    """
    met = cross_sector_encounters(event_outcomes, plenary_size)
    return {
        "events": len(event_outcomes),
        "attending_organisations": attending_organisations(event_outcomes),
        "repeat_share": repeat_share(event_outcomes),
        "cross_sector_encounters": met["share"],
        "encounters": met["encounters"],
        "plenaries": met["plenaries"],
        "new_ties_after": new_ties_after(event_outcomes),
        **conversion(event_outcomes),
    }


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
