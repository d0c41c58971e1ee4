"""What happens at events, and what follows: who meets whom, and how often a tie comes after it.

Everything reads `event_outcomes`: one row per event up to the as-of date, with counts of pairs of organisations.
Being at the same event is never a partnership: a plenary of 150 would make 11,175 ties.

Say "followed by", not "caused": organisations that meet at an event may have planned the partnership already. And the
same pair can meet at several events, whose windows may overlap, so that pairs are not independent and intervals are
somewhat too narrow.
"""

import datetime
import math
import statistics
from typing import TypedDict

import pandas as pd

from hubdata.indicators.rows import NamedOrganisation, NamedPair, records

MINIMUM_NEW_TIES = 5
"""Below this number of new ties a ratio is chance, and `lift` is None."""


class Encounters(TypedDict):
    """Pairs that met at events (see `cross_sector_encounters`)."""

    share: float | None
    """Of the encounters, those between two sectors, 0-1; None without encounters."""
    encounters: int
    plenaries: int
    """Events left out."""


class Lift(TypedDict):
    """How many times as often a tie follows as without meeting, and its 95 % interval (see `lift`).

    All three are None when too little is known.
    """

    lift: float | None
    lift_low: float | None
    lift_high: float | None


class Conversion(Lift):
    """How often meeting was followed by a tie (see `conversion`)."""

    pairs_without_tie: int
    new_ties: int
    conversion: float | None
    """0-1; None without pairs."""
    base_rate: float | None
    """The same for pairs that were not both there, 0-1."""
    events_counted: int
    events_left_out: int


class EventOutcome(Lift):
    """What followed one event (see `new_ties_after`). While the window is not over, the lift, `conversion`, `base_rate`
    and what is calculated with them are None.
    """

    event_id: str
    name: str
    start_date: datetime.date
    organisations: int
    """Of those in view, how many attended."""
    pairs: int
    pairs_without_tie: int
    new_ties_after: int
    """So far, while the window is not over."""
    is_window_complete: bool
    cost: float | None
    """Euro."""
    cost_per_new_tie: float | None
    """Euro; None without cost or without new ties, too."""
    cross_sector_share: float | None
    """Of the pairs, 0-1; None without pairs."""
    conversion: float | None
    base_rate: float | None
    expected_new_ties: float | None
    """What would have come without meeting: None with `base_rate`."""


class KindOutcome(Conversion):
    """What one kind of event brought (see `per_kind`)."""

    kind: str | None
    """None for the events of which it is not known."""
    events: int
    attending_organisations: int
    pairs: int
    cross_sector_share: float | None
    expected_new_ties: float | None
    cost: float | None
    """Euro, of the events of which it is known and the window is over; None without any."""
    events_with_cost: int
    cost_per_new_tie: float | None


class SectorAttendance(TypedDict):
    """How many organisations of one sector attended an event."""

    sector: str
    organisations: int


class FollowedTie(NamedPair):
    """A tie that formed after an event between two that were there."""

    formed_on: datetime.date
    days_after: int


class OneEvent(EventOutcome):
    """One event, pair by pair (see `one_event`)."""

    kind: str | None
    window_ends: datetime.date
    """The last day on which a tie still counts."""
    attending: list[NamedOrganisation]
    sectors: list[SectorAttendance]
    followed: list[FollowedTie]


class NeverCame(NamedOrganisation):
    """An organisation that attended no event (see `never_came`)."""

    joined_on: datetime.date | None
    events_since: int


class Events(Conversion):
    """Every figure about events (see `events`)."""

    events: int
    attending_organisations: int
    repeat_share: float | None
    """0-1; None when nobody attended."""
    cross_sector_encounters: float | None
    """The share of the encounters, 0-1."""
    encounters: int
    plenaries: int
    new_ties_after: list[EventOutcome]


NO_LIFT: Lift = {"lift": None, "lift_low": None, "lift_high": None}


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


def cross_sector_encounters(event_outcomes: pd.DataFrame, plenary_size: int = 60) -> Encounters:
    """The share of encounters that are between two sectors.

    `event_outcomes`: one row per event, columns `organisation_count` (all that attended), `pairs` and
    `cross_sector_pairs` (of organisations in view that attended). An encounter is one pair at one event: a pair that
    meets three times counts three times. Events of more than `plenary_size` organisations are left out, since not
    everybody meets there.

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


def lift(new_ties: int, pairs: int, other_new_ties: int, other_pairs: int) -> Lift:
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
        return NO_LIFT.copy()
    ratio = (new_ties / pairs) / (other_new_ties / other_pairs)
    error = math.sqrt(1 / new_ties - 1 / pairs + 1 / other_new_ties - 1 / other_pairs)
    margin = math.exp(statistics.NormalDist().inv_cdf(0.975) * error)
    return {"lift": ratio, "lift_low": ratio / margin, "lift_high": ratio * margin}


def conversion(event_outcomes: pd.DataFrame) -> Conversion:
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


def new_ties_after(event_outcomes: pd.DataFrame) -> list[EventOutcome]:
    """What followed each event, one dictionary per event, newest first.

    `event_outcomes`: one row per event, columns as in `conversion`, and `event_id`, `name`, `start_date`,
    `organisations`, `pairs`, `cross_sector_pairs`, `cost`.

    `event_id`, `name`, `start_date` (date), `organisations`, `pairs`, `pairs_without_tie`, `new_ties_after` (count of
    pairs without a tie on the day that form one within the window), `is_window_complete`, `cost` (euro or None), and
    `conversion`, `base_rate`, `lift`, `lift_low`, `lift_high`, which are None while the window is not complete. While
    it is not, `new_ties_after` is what was seen so far. Rarely does one event have the five new ties that a lift
    needs: so also `expected_new_ties` (pairs without a tie x the base rate, None as above). `cross_sector_share` of
    the pairs that met (0-1, None without); `cost_per_new_tie` (euro; None while the window is not complete, without
    cost or without new ties).

    >>> event_outcomes = pd.DataFrame(
    ...     {"event_id": ["e"], "name": ["Lunch"], "start_date": pd.to_datetime(["2020-01-31"]), "organisations": [3],
    ...      "pairs": [3], "cross_sector_pairs": [2], "pairs_without_tie": [2], "new_ties": [1],
    ...      "other_pairs_without_tie": [7], "other_new_ties": [0], "is_window_complete": [True], "cost": [None]}
    ... )
    >>> row = new_ties_after(event_outcomes)[0]
    >>> row["start_date"], row["new_ties_after"], row["conversion"], row["base_rate"], row["lift"]
    (datetime.date(2020, 1, 31), 1, 0.5, 0.0, None)
    """
    rows: list[EventOutcome] = []
    counted = ["new_ties", "pairs_without_tie", "other_new_ties", "other_pairs_without_tie"]
    plain = ["event_id", "name", "start_date", "organisations", "pairs", "cross_sector_pairs"]
    newest_first = event_outcomes.sort_values(["start_date", "event_id"], ascending=[False, True])
    for event in records(newest_first[[*plain, *counted, "is_window_complete", "cost"]]):
        counts = tuple(event[name] for name in counted)
        is_complete, cost = event["is_window_complete"], event["cost"]
        base_rate = _ratio(counts[2], counts[3]) if is_complete else None
        rows.append(
            {
                "event_id": event["event_id"],
                "name": event["name"],
                "start_date": event["start_date"],
                "organisations": event["organisations"],
                "pairs": event["pairs"],
                "pairs_without_tie": counts[1],
                "new_ties_after": counts[0],
                "is_window_complete": is_complete,
                "cost": cost,
                "cost_per_new_tie": cost / counts[0] if is_complete and cost is not None and counts[0] else None,
                "cross_sector_share": _ratio(event["cross_sector_pairs"], event["pairs"]),
                "conversion": _ratio(counts[0], counts[1]) if is_complete else None,
                "base_rate": base_rate,
                "expected_new_ties": _expected(counts[1], base_rate),
                **(lift(*counts) if is_complete else NO_LIFT),
            }
        )
    return rows


def per_kind(event_outcomes: pd.DataFrame) -> list[KindOutcome]:
    """What each kind of event brought, one dictionary per kind, most events first, those of unknown kind last.

    `event_outcomes`: one row per event, all columns of the view.

    `kind` (None when not known); `events` (count); `attending_organisations`; `pairs`, `cross_sector_share` (of all
    pairs that met, very large events included, 0-1, None without pairs); the names of `conversion`, over the events of
    this kind whose window is over; `expected_new_ties` (pairs without a tie x the base rate: what would have come
    without meeting); and of the events of which the cost is known and the window is over `cost` (euro, sum, None when
    there is none), `events_with_cost` and `cost_per_new_tie` (None without new ties there).
    Most likely misreading: that a kind with a high lift works better. Those who come to a training differ from those
    who come to a plenary; and the cost of an event buys more than ties.

    >>> event_outcomes = pd.DataFrame(
    ...     {"kind": ["lunch", "lunch"], "organisation_ids": [["a", "b"], ["a", "c"]], "pairs": [1, 1],
    ...      "cross_sector_pairs": [1, 0], "pairs_without_tie": [1, 1], "new_ties": [1, 0],
    ...      "other_pairs_without_tie": [2, 2], "other_new_ties": [1, 0], "is_window_complete": [True, True],
    ...      "cost": [80.0, None]}
    ... )
    >>> (row,) = per_kind(event_outcomes)
    >>> row["events"], row["attending_organisations"], row["cross_sector_share"], row["conversion"], row["base_rate"]
    (2, 3, 0.5, 0.5, 0.25)
    >>> row["expected_new_ties"], row["cost_per_new_tie"]
    (0.5, 80.0)
    """
    kinds = event_outcomes["kind"].astype(object).where(event_outcomes["kind"].notna(), "")
    rows: list[KindOutcome] = []
    for kind, some in event_outcomes.groupby(kinds):
        followed = conversion(some)
        priced = some[some["is_window_complete"].astype(bool) & some["cost"].notna()]
        cost = float(priced["cost"].astype(float).sum()) if len(priced) else None
        new_ties = int(priced["new_ties"].sum())
        rows.append(
            {
                "kind": kind or None,
                "events": len(some),
                "attending_organisations": attending_organisations(some),
                "pairs": int(some["pairs"].sum()),
                "cross_sector_share": _ratio(int(some["cross_sector_pairs"].sum()), int(some["pairs"].sum())),
                **followed,
                "expected_new_ties": _expected(followed["pairs_without_tie"], followed["base_rate"]),
                "cost": cost,
                "events_with_cost": len(priced),
                "cost_per_new_tie": cost / new_ties if cost is not None and new_ties else None,
            }
        )
    return sorted(rows, key=lambda row: (row["kind"] is None, -row["events"], row["kind"] or ""))


def one_event(
    event_outcomes: pd.DataFrame,
    organisations: pd.DataFrame,
    tie_spells: pd.DataFrame,
    event_id: str,
    *,
    window_days: int,
    as_of: datetime.date,
) -> OneEvent | None:
    """One event: who was there, who met across sectors, and which ties followed, pair by pair. None when unknown.

    `event_outcomes`: one row per event up to `as_of`, all columns of the view. `organisations`: one row per
    organisation in view, active or not (`organisation_id`, `name`, `sector`). `tie_spells`: one row per unbroken period
    of a tie (`organisation_a`, `organisation_b`, `started_on`, `ended_on` = last day, empty = open).

    The names of `new_ties_after` for this event, and `kind`, `window_ends` (the last day on which a tie still counts),
    `attending` (`organisation_id`, `name`, `sector`, in order of name), `sectors` (`sector`, `organisations`, most
    first) and `followed`: the ties that formed within the window and until `as_of` between two who were there and had
    none that day (`organisation_a`, `organisation_b`, `name_a`, `name_b`, `sector_a`, `sector_b`, `is_cross_sector`,
    `formed_on`, `days_after`), the first formed first.
    Most likely misreading: that they formed because of the event. Say "followed by".

    >>> outcomes = pd.DataFrame(
    ...     {"event_id": ["e"], "name": ["Lunch"], "kind": [None], "start_date": pd.to_datetime(["2020-01-31"]),
    ...      "organisations": [2], "organisation_ids": [["a", "b"]], "pairs": [1], "cross_sector_pairs": [1],
    ...      "pairs_without_tie": [1], "new_ties": [1], "other_pairs_without_tie": [4], "other_new_ties": [1],
    ...      "is_window_complete": [True], "cost": [50.0]}
    ... )
    >>> organisations = pd.DataFrame({"organisation_id": ["a", "b"], "name": ["A", "B"], "sector": ["ngo", "funder"]})
    >>> spells = pd.DataFrame({"organisation_a": ["a"], "organisation_b": ["b"],
    ...                        "started_on": pd.to_datetime(["2020-02-10"]), "ended_on": pd.to_datetime([None])})
    >>> found = one_event(outcomes, organisations, spells, "e", window_days=90, as_of=datetime.date(2020, 6, 30))
    >>> found["followed"][0]["days_after"], found["cost_per_new_tie"], found["expected_new_ties"]
    (10, 50.0, 0.25)
    """
    event = event_outcomes[event_outcomes["event_id"] == event_id]
    if event.empty:
        return None
    row = event.iloc[0]
    (figures,) = new_ties_after(event)
    day = pd.Timestamp(row["start_date"])
    attending = organisations[organisations["organisation_id"].isin(list(row["organisation_ids"]))]
    attending = attending.sort_values(["name", "organisation_id"])[["organisation_id", "name", "sector"]]
    ends = ["organisation_a", "organisation_b"]
    spells = tie_spells[tie_spells[ends].isin(attending["organisation_id"].tolist()).all(axis=1)]
    started, ended = pd.to_datetime(spells["started_on"]), pd.to_datetime(spells["ended_on"])
    tied = spells[(started <= day) & ~(ended < day)]
    last_day = min(day + pd.Timedelta(days=window_days), pd.Timestamp(as_of))
    formed = spells[(started > day) & (started <= last_day)].sort_values(["started_on", *ends])
    # a pair whose tie formed twice within the window counts once
    formed = formed.drop_duplicates(ends)
    had = pd.MultiIndex.from_frame(formed[ends]).isin(pd.MultiIndex.from_frame(tied[ends]))
    listed = formed.loc[~had, [*ends, "started_on"]]
    named = attending.set_index("organisation_id")
    followed: list[FollowedTie] = []
    for a, b, formed_on in listed.itertuples(index=False, name=None):
        sector_a, sector_b = named["sector"][a], named["sector"][b]
        followed.append(
            {
                "organisation_a": a,
                "organisation_b": b,
                "name_a": named["name"][a],
                "name_b": named["name"][b],
                "sector_a": sector_a,
                "sector_b": sector_b,
                "is_cross_sector": sector_a != sector_b,
                "formed_on": formed_on.date(),
                "days_after": (formed_on - day).days,
            }
        )
    counts = attending["sector"].value_counts()
    return {
        **figures,
        "kind": None if pd.isna(row["kind"]) else row["kind"],
        "window_ends": (day + pd.Timedelta(days=window_days)).date(),
        "attending": attending.to_dict("records"),
        "sectors": [{"sector": sector, "organisations": int(count)} for sector, count in counts.items()],
        "followed": followed,
    }


def never_came(organisations: pd.DataFrame, event_outcomes: pd.DataFrame) -> list[NeverCame]:
    """The organisations that attended no event at all, those with the most chances first, then in order of name.

    `organisations`: one row per active organisation, columns `organisation_id`, `name`, `sector`, `joined_on`.
    `event_outcomes`: one row per event up to the as-of date, columns `start_date`, `organisation_count` (all that
    attended), `organisation_ids` (who attended).

    `organisation_id`, `name`, `sector`, `joined_on` (date or None) and `events_since`: the events with an attendance
    since it joined, all of them when it is not known when it did. An organisation that joined after the last one is
    listed with 0. Empty without an event of which the attendance is known. A registration is no attendance.
    Most likely misreading: that they do not want to come; perhaps nobody invited them, or wrote them down.

    >>> organisations = pd.DataFrame({"organisation_id": ["a", "b"], "name": ["A", "B"], "sector": "ngo",
    ...                               "joined_on": [None, datetime.date(2020, 5, 1)]})
    >>> event_outcomes = pd.DataFrame({"start_date": pd.to_datetime(["2020-01-31", "2020-06-01"]),
    ...                                "organisation_count": [1, 1], "organisation_ids": [["a"], ["a"]]})
    >>> [(row["name"], row["events_since"]) for row in never_came(organisations, event_outcomes)]
    [('B', 1)]
    """
    attended_events = event_outcomes[event_outcomes["organisation_count"] > 0]
    if attended_events.empty:
        return []
    days = pd.to_datetime(attended_events["start_date"]).sort_values()
    came = set(attended_events["organisation_ids"].explode().dropna())
    absent = organisations[~organisations["organisation_id"].isin(came)]
    joined = pd.to_datetime(absent["joined_on"])
    # an organisation without a day of joining was there from the first event on
    before = days.searchsorted(joined.fillna(days.iloc[0]), side="left")
    listed = absent[["organisation_id", "name", "sector"]].assign(
        joined_on=[None if pd.isna(day) else day.date() for day in joined], events_since=len(days) - before
    )
    rows: list[NeverCame] = (
        listed.astype({"joined_on": object})
        .sort_values(["events_since", "name", "organisation_id"], ascending=[False, True, True])
        .to_dict("records")
    )
    return [{**row, "joined_on": None if pd.isna(row["joined_on"]) else row["joined_on"]} for row in rows]


def events(event_outcomes: pd.DataFrame, plenary_size: int = 60) -> Events:
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


def _expected(pairs: int, base_rate: float | None) -> float | None:
    return None if base_rate is None else pairs * base_rate


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
