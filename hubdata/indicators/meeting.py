"""Whether a tie follows more often when two organisations met: a comparison per event, added up, with its interval.

Per event the pairs of organisations that are active that day and have no tie fall in two: those of which both attended,
and all others. `compare` adds the events up after Mantel and Haenszel, so that a busy year is compared with itself, and
finds the interval by what each organisation contributes, since the pairs of one organisation are not independent.
Pairs that did not meet are counted by running totals, never listed: 17,000 organisations make 144 million pairs.
"""

import dataclasses
import math
from collections.abc import Sequence
from typing import TypedDict

import numpy as np
import pandas as pd

from hubdata.indicators.chance import student_t

MINIMUM_NEW_TIES = 5
"""Below this number of new ties a ratio is chance, and `lift` is None."""

MINIMUM_EXPECTED = 3
"""Where fewer new ties would be expected without any effect, those who have five by chance all seem to stand out: no
interval."""

_NEVER, _ALWAYS = -(10**7), 10**7
"""Days before and after all others, counted from 1970."""


class Lift(TypedDict):
    """How many times as often a tie follows as without meeting, and its 95 % interval (see `compare`).

    `lift` is None when too little is known; the interval also when too few ties are expected.
    """

    lift: float | None
    lift_low: float | None
    lift_high: float | None


class Comparison(Lift):
    """How often meeting was followed by a tie, beside how often that happens without it (see `compare`)."""

    pairs_without_tie: int
    new_ties: int
    conversion: float | None
    """0-1; None without pairs."""
    base_rate: float | None
    """The same for pairs that were not both there, 0-1."""


@dataclasses.dataclass(frozen=True)
class Meetings:
    """Events, organisations and ties as numbers: what `compare` asks again and again of one view.

    `days`: per event, ascending. `joined`, `left`: per organisation, first and last day. `spells`: rows of lower and
    higher organisation, first day, last day, the first day from which an event may be followed by it, and the number of
    the pair. `met`: rows of event, lower and higher organisation, whether a tie followed within the window, and the
    number of the pair, in order of pair and event; of pairs without a tie that day. `pairs`: how many have a number.
    """

    event_ids: list[str]
    days: np.ndarray
    joined: np.ndarray
    left: np.ndarray
    spells: np.ndarray
    met: np.ndarray
    pairs: int
    window_days: int


def meetings(
    event_outcomes: pd.DataFrame,
    organisations: pd.DataFrame,
    tie_spells: pd.DataFrame,
    *,
    window_days: int,
    plenary_size: int,
) -> Meetings:
    """What `compare` needs, of the events that count: their window is complete and they are no plenary.

    `event_outcomes`: one row per event (`event_id`, `start_date`, `organisation_count`, `organisation_ids`,
    `is_window_complete`). `organisations`: one row per organisation in view, active or not (`organisation_id`,
    `joined_on`, `left_on`). `tie_spells`: one row per unbroken period of a tie between them (`organisation_a`,
    `organisation_b`, `started_on`, `ended_on` = last day, empty = open).
    """
    counts = event_outcomes["is_window_complete"].astype(bool) & (event_outcomes["organisation_count"] <= plenary_size)
    events = event_outcomes[counts].sort_values(["start_date", "event_id"])
    ids = pd.Index(organisations["organisation_id"], dtype=object)
    joined, left = _days(organisations["joined_on"], _NEVER), _days(organisations["left_on"], _ALWAYS)
    days = _days(events["start_date"], _NEVER)

    ends = np.sort(
        [ids.get_indexer(tie_spells[name].to_numpy(dtype=object)) for name in ("organisation_a", "organisation_b")],
        axis=0,
    )
    started, ended = _days(tie_spells["started_on"], _NEVER), _days(tie_spells["ended_on"], _ALWAYS)
    order = np.lexsort((started, ends[1], ends[0]))
    a, b, started, ended = ends[0][order], ends[1][order], started[order], ended[order]
    before = np.full(len(a), _NEVER)
    if len(a):
        is_next = (a[1:] == a[:-1]) & (b[1:] == b[:-1])
        before[1:][is_next] = ended[:-1][is_next]
    from_day = np.maximum.reduce([started - window_days, before + 1, joined[a], joined[b]])
    spells = np.stack([a, b, started, ended, from_day], axis=1) if len(a) else np.zeros((0, 5), dtype=np.int64)

    attended = [np.asarray(there, dtype=object) for there in events["organisation_ids"]]
    event = np.repeat(np.arange(len(attended)), [len(there) for there in attended])
    there = ids.get_indexer(np.concatenate([np.zeros(0, dtype=object), *attended]))
    is_active = (there >= 0) & (joined[there] <= days[event]) & (left[there] >= days[event])
    event, there = event[is_active], there[is_active]
    order = np.lexsort((there, event))
    event, there = event[order], there[order]
    # each organisation with those further on in the list of the same event
    later = np.searchsorted(event, event, side="right") - np.arange(len(event)) - 1
    first = np.repeat(np.arange(len(event)), later)
    second = np.arange(len(first)) - np.repeat(np.cumsum(later) - later, later) + first + 1
    met = np.stack([event[first], there[first], there[second]], axis=1)
    n = len(ids)
    # The last spell of the same pair that began by the day of the event, and the one after it.
    span = 2 * _ALWAYS + 1
    key = (spells[:, 0] * n + spells[:, 1]) * span + spells[:, 2] - _NEVER
    pair, day = met[:, 1] * n + met[:, 2], days[met[:, 0]]
    place = np.searchsorted(key, pair * span + day - _NEVER, side="right")
    padded = np.concatenate([[[-1, -1, 0, _NEVER, 0]], spells, [[-1, -1, _ALWAYS, 0, 0]]])
    pair_of = padded[:, 0] * n + padded[:, 1]
    is_tied = (pair_of[place] == pair) & (padded[place, 3] >= day)
    is_followed = (pair_of[place + 1] == pair) & (padded[place + 1, 2] <= day + window_days)
    met, pair = np.column_stack([met, is_followed])[~is_tied], pair[~is_tied]
    known, number = np.unique(np.concatenate([pair, spells[:, 0] * n + spells[:, 1]]), return_inverse=True)
    met = np.column_stack([met, number[: len(met)]])
    met = met[np.lexsort((met[:, 0], met[:, 4]))]
    spells = np.column_stack([spells, number[len(met) :]])
    return Meetings(events["event_id"].tolist(), days, joined, left, spells, met, len(known), window_days)


def compare(meetings: Meetings, event_ids: Sequence[str] | None = None) -> Comparison:
    """How many times as often a tie follows when two met as when they did not, over some events (None: all).

    Per event e the pairs of organisations that are active that day and without a tie: n1 pairs of which both attended,
    of which a form a tie within the window, and n0 others, of which c do. Two that meet again before the window of
    their last counted meeting is over count once, from the first, so that a tie counts once however many events it
    followed; such a meeting is left out on both sides.

    - `pairs_without_tie` = sum of n1, `new_ties` = sum of a, `conversion` (0-1) = new_ties / pairs_without_tie;
    - `lift` = sum of a n0 / (n1 + n0), divided by the sum of c n1 / (n1 + n0): the ratio of Mantel and Haenszel, >= 0,
      1 = no difference;
    - `base_rate` (0-1) = conversion / lift: at the rate of the pairs that were not both there, event by event. Without
      new ties c / n0, averaged with the weights n1 n0 / (n1 + n0). Both shares are None without pairs;
    - `lift_low`, `lift_high`: exp(log lift -/+ t x standard error). The variance is dyad-robust: the linearised
      influence of every pair on log lift is added up per organisation and squared, and that of pairs by themselves is
      taken off once, since it is counted at both ends. t has as many degrees of freedom as the contributions of
      organisations tell (Satterthwaite: (sum of squares)^2 / sum of fourth powers).

    All three are None with fewer than 5 new ties, or when no other pair formed one; the interval also where fewer than
    3 new ties are expected at the base rate (`MINIMUM_EXPECTED`; simulations: `tests/benchmarks/intervals.py`).
    Most likely misreading: that the event was the cause. Active organisations both attend more and form more ties,
    which alone lifts it far above 1.
    Errors: ValueError when an event is not among those that count.
    Source: Mantel & Haenszel 1959; Greenland & Robins, "Estimation of a common effect parameter from sparse follow-up
    data", Biometrics 1985; Aronow, Samii & Assenova, "Cluster-robust variance estimation for dyadic data", Political
    Analysis 2015.
    """
    chosen = np.arange(len(meetings.days))
    if event_ids is not None:
        numbers = {event_id: number for number, event_id in enumerate(meetings.event_ids)}
        if unknown := set(event_ids).difference(numbers):
            raise ValueError(f"not among the events that count: {', '.join(sorted(unknown))}")
        chosen = np.sort([numbers[event_id] for event_id in event_ids]).astype(np.int64)
    days, n, count = meetings.days[chosen], len(meetings.joined), len(chosen)
    place = np.full(len(meetings.days) + 1, -1)
    place[chosen] = np.arange(count)
    met = meetings.met[place[meetings.met[:, 0]] >= 0]
    event, a, b, is_followed, pair = place[met[:, 0]], met[:, 1], met[:, 2], met[:, 3] == 1, met[:, 4]
    kept = _first_meetings(pair, days[event], meetings.window_days)

    def during(first: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The events from a first up to and including a last day, as places [from, to)."""
        begin, end = np.searchsorted(days, first, side="left"), np.searchsorted(days, last, side="right")
        return begin, np.maximum(begin, end)

    def per_event(ranges: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        steps = np.bincount(ranges[0], minlength=count + 1) - np.bincount(ranges[1], minlength=count + 1)
        return np.cumsum(steps)[:count].astype(float)

    spells = meetings.spells
    here, tied = during(meetings.joined, meetings.left), during(spells[:, 2], spells[:, 3])
    forming = during(spells[:, 4], spells[:, 2] - 1)
    active = per_event(here)
    n1, a1 = (np.bincount(event[rows], minlength=count).astype(float) for rows in (kept, kept & is_followed))
    n0 = active * (active - 1) / 2 - per_event(tied) - np.bincount(event, minlength=count)
    c0 = per_event(forming) - np.bincount(event[is_followed], minlength=count)

    compared = (n1 > 0) & (n0 > 0)
    every = np.where(compared, n1 + n0, 1.0)
    share1, share0 = np.where(compared, n1 / every, 0.0), np.where(compared, n0 / every, 0.0)
    met_part, other_part = float((a1 * share0).sum()), float((c0 * share1).sum())
    weight = float((n1 * share0).sum())
    new_ties = int(a1.sum())
    conversion = new_ties / float(n1.sum()) if n1.sum() else None
    found: Comparison = {
        "pairs_without_tie": int(n1.sum()),
        "new_ties": new_ties,
        "conversion": conversion,
        "base_rate": conversion * other_part / met_part
        if conversion and met_part
        else other_part / weight
        if weight
        else None,
        "lift": None,
        "lift_low": None,
        "lift_high": None,
    }
    if new_ties < MINIMUM_NEW_TIES or not met_part or not other_part:
        return found
    ratio = met_part / other_part
    found["lift"] = ratio
    if new_ties / ratio < MINIMUM_EXPECTED:
        return found

    # What one pair more of each sort does to log lift, and what a tie of it does on top.
    met_pair = -a1 * share0 / every / met_part - c0 * share0 / every / other_part
    met_tie, other_tie = share0 / met_part, -share1 / other_part
    other_pair = a1 * share1 / every / met_part + c0 * share1 / every / other_part

    def summed(values: np.ndarray, ranges: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        so_far = np.concatenate([[0.0], np.cumsum(values)])
        total: np.ndarray = so_far[ranges[1]] - so_far[ranges[0]]
        return total

    from_meeting = np.where(kept, met_pair[event] + is_followed * met_tie[event], 0.0)
    from_meeting -= other_pair[event] + is_followed * other_tie[event]
    from_spell = summed(other_tie, forming) - summed(other_pair, tied)
    influence = summed(other_pair * (active - 1), here)
    for one, other, what in ((a, b, from_meeting), (spells[:, 0], spells[:, 1], from_spell)):
        influence += np.bincount(one, what, n) + np.bincount(other, what, n)
    per_pair = np.bincount(pair, from_meeting, meetings.pairs) + np.bincount(spells[:, 5], from_spell, meetings.pairs)
    squares = influence**2
    variance = max(float(squares.sum() - (per_pair**2).sum()), float(squares.sum()) / 2)
    freedom = float(squares.sum() ** 2 / (squares**2).sum())
    margin = math.exp(float(student_t(np.array([freedom]))[0]) * math.sqrt(variance))
    return {**found, "lift_low": ratio / margin, "lift_high": ratio * margin}


def _first_meetings(pair: np.ndarray, day: np.ndarray, window_days: int) -> np.ndarray:
    """Which meetings count: per pair the first, then the first after its window is over, and so on.

    In order of pair, and of day within a pair.
    """
    kept = np.zeros(len(pair), dtype=bool)
    rest = np.arange(len(pair))
    while len(rest):
        is_first = np.diff(pair[rest], prepend=-1) != 0
        kept[rest[is_first]] = True
        over = (day[rest[is_first]] + window_days)[np.cumsum(is_first) - 1]
        rest = rest[day[rest] >= over]
    return kept


def _days(values: pd.Series, empty: int) -> np.ndarray:
    """Days as whole numbers."""
    moments = pd.to_datetime(values)
    known = moments.notna().to_numpy()
    days = np.full(len(values), empty, dtype=np.int64)
    days[known] = moments[known].to_numpy(dtype="datetime64[D]").astype(np.int64)
    return days
