"""What happens at events, and what follows: who meets whom, and how often a tie comes after it.

Everything reads `event_outcomes`: one row per event up to the as-of date, with counts of pairs of organisations.
Being at the same event is never a partnership: a plenary of 150 would make 11,175 ties.

Say "followed by", not "caused": organisations that meet at an event may have planned the partnership already. Whether a
tie follows more often than without meeting is compared pair by pair in `meeting`.
"""

import datetime
import math
import statistics
from typing import TypedDict

import pandas as pd

from hubdata.indicators import chance
from hubdata.indicators.meeting import Comparison, Lift, Meetings, compare
from hubdata.indicators.rows import NamedOrganisation, NamedPair, records


class Encounters(TypedDict):
    """Pairs that met at events (see `cross_sector_encounters`)."""

    share: float | None
    """Of the encounters, those between two sectors, 0-1; None without encounters."""
    encounters: int
    plenaries: int
    """Events left out."""


class Conversion(Comparison):
    """How often meeting was followed by a tie (see `conversion`)."""

    events_counted: int
    events_left_out: int
    """Those whose window is not complete; very large ones are in neither number."""


class EventOutcome(TypedDict):
    """What followed one event (see `new_ties_after`). While the window is not complete, and of a plenary, `conversion`,
    `base_rate` and what is calculated with them are None.
    """

    event_id: str
    name: str
    start_date: datetime.date
    organisations: int
    """Of those in view, how many attended."""
    pairs: int
    pairs_without_tie: int
    new_ties_after: int
    """So far, while the window is not complete."""
    is_window_complete: bool
    """The data tell of all its days: it is over by the day on which the last partnership in the data began, and by the
    as-of date."""
    is_plenary: bool
    """So many attended that not everybody met."""
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
    """Euro, of the events of which it is known and the window is complete; None without any."""
    events_with_cost: int
    cost_per_new_tie: float | None
    p_adjusted: float | None
    """That its lift is that of the other kinds together, 0-1, adjusted for the number of kinds; None without a lift."""


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
    ties_known_until: datetime.date | None
    """The last day of which the data tell new ties; None without partnerships."""
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


def conversion(event_outcomes: pd.DataFrame, met: Meetings) -> Conversion:
    """How often meeting at an event was followed by a tie, beside how often that happens without it.

    `event_outcomes`: one row per event, columns `event_id`, `is_window_complete`. `met`: what `meeting.meetings` gives
    of these events or more. Events whose window is not complete are left out, or their ties to come would count as
    none; and plenaries, as in `cross_sector_encounters`, since not everybody meets there.

    `pairs_without_tie`, `new_ties`, `conversion`, `base_rate`, `lift`, `lift_low`, `lift_high`: see `meeting.compare`;
    `events_counted` and `events_left_out` (their window is not complete). Most likely misreading: that the event made
    the ties. Say "followed by".

    >>> from hubdata.indicators.meeting import meetings
    >>> day = datetime.date
    >>> event_outcomes = pd.DataFrame(
    ...     {"event_id": ["e", "f"], "start_date": [day(2020, 1, 31), day(2020, 6, 1)], "organisation_count": [2, 2],
    ...      "organisation_ids": [["a", "b"], ["a", "c"]], "is_window_complete": [True, False]}
    ... )
    >>> organisations = pd.DataFrame({"organisation_id": list("abcd"), "joined_on": None, "left_on": None})
    >>> spells = pd.DataFrame({"organisation_a": ["a", "c"], "organisation_b": ["b", "d"],
    ...                        "started_on": [day(2020, 2, 10), day(2020, 3, 1)], "ended_on": None})
    >>> met = meetings(event_outcomes, organisations, spells, window_days=90, plenary_size=60)
    >>> figures = conversion(event_outcomes, met)
    >>> figures["conversion"], round(figures["base_rate"], 9), figures["events_counted"], figures["events_left_out"]
    (1.0, 0.2, 1, 1)
    """
    counted = event_outcomes.loc[event_outcomes["event_id"].isin(met.event_ids), "event_id"].tolist()
    return {
        **compare(met, counted),
        "events_counted": len(counted),
        "events_left_out": int((~event_outcomes["is_window_complete"].astype(bool)).sum()),
    }


def new_ties_after(event_outcomes: pd.DataFrame, met: Meetings) -> list[EventOutcome]:
    """What followed each event, one dictionary per event, newest first.

    `event_outcomes`: one row per event, columns `event_id`, `name`, `start_date`, `organisations`, `pairs`,
    `cross_sector_pairs`, `cost`, `pairs_without_tie`, `new_ties`, `other_pairs_without_tie`, `other_new_ties`,
    `is_window_complete`. `met`: what `meeting.meetings` gives of these events or more.

    `event_id`, `name`, `start_date` (date), `organisations`, `pairs`, `pairs_without_tie`, `new_ties_after` (count of
    pairs without a tie on the day that form one within the window), `is_window_complete`, `is_plenary`, `cost` (euro or
    None), and `conversion` (new ties / pairs without a tie), `base_rate` (the same for pairs active that day of which
    at most one attended) and `expected_new_ties` (pairs without a tie x the base rate), which are None while the window
    is not complete, and of a plenary. While it is not, `new_ties_after` is what was seen so far. One event has no lift:
    hardly any has the five new ties that it needs, and those that do by chance would all seem to stand out.
    `cross_sector_share` of the pairs that met (0-1, None without); `cost_per_new_tie` (euro; None
    as above, without cost or without new ties). A tie that follows two events counts at both, so that the events add up
    to more than `conversion` counts.

    >>> from hubdata.indicators.meeting import meetings
    >>> event_outcomes = pd.DataFrame(
    ...     {"event_id": ["e"], "name": ["Lunch"], "start_date": pd.to_datetime(["2020-01-31"]), "organisations": [3],
    ...      "pairs": [3], "cross_sector_pairs": [2], "pairs_without_tie": [2], "new_ties": [1],
    ...      "other_pairs_without_tie": [7], "other_new_ties": [0], "is_window_complete": [True], "cost": [None],
    ...      "organisation_count": [3], "organisation_ids": [["a", "b", "c"]]}
    ... )
    >>> organisations = pd.DataFrame({"organisation_id": list("abc"), "joined_on": None, "left_on": None})
    >>> spells = pd.DataFrame(columns=["organisation_a", "organisation_b", "started_on", "ended_on"])
    >>> met = meetings(event_outcomes, organisations, spells, window_days=90, plenary_size=60)
    >>> row = new_ties_after(event_outcomes, met)[0]
    >>> row["start_date"], row["new_ties_after"], row["conversion"], row["base_rate"]
    (datetime.date(2020, 1, 31), 1, 0.5, 0.0)
    """
    rows: list[EventOutcome] = []
    counting = set(met.event_ids)
    counted = ["new_ties", "pairs_without_tie", "other_new_ties", "other_pairs_without_tie"]
    plain = ["event_id", "name", "start_date", "organisations", "pairs", "cross_sector_pairs"]
    newest_first = event_outcomes.sort_values(["start_date", "event_id"], ascending=[False, True])
    for event in records(newest_first[[*plain, *counted, "is_window_complete", "cost"]]):
        new_ties, pairs, other_new_ties, other_pairs = (event[name] for name in counted)
        counts, cost = event["event_id"] in counting, event["cost"]
        base_rate = _ratio(other_new_ties, other_pairs) if counts else None
        rows.append(
            {
                "event_id": event["event_id"],
                "name": event["name"],
                "start_date": event["start_date"],
                "organisations": event["organisations"],
                "pairs": event["pairs"],
                "pairs_without_tie": pairs,
                "new_ties_after": new_ties,
                "is_window_complete": event["is_window_complete"],
                "is_plenary": event["is_window_complete"] and not counts,
                "cost": cost,
                "cost_per_new_tie": cost / new_ties if counts and cost is not None and new_ties else None,
                "cross_sector_share": _ratio(event["cross_sector_pairs"], event["pairs"]),
                "conversion": _ratio(new_ties, pairs) if counts else None,
                "base_rate": base_rate,
                "expected_new_ties": _expected(pairs, base_rate),
            }
        )
    return rows


def per_kind(event_outcomes: pd.DataFrame, met: Meetings) -> list[KindOutcome]:
    """What each kind of event brought, one dictionary per kind, most events first, those of unknown kind last.

    `event_outcomes`: one row per event, all columns of the view. `met`: what `meeting.meetings` gives of these events.

    `kind` (None when not known); `events` (count); `attending_organisations`; `pairs`, `cross_sector_share` (of all
    pairs that met, very large events included, 0-1, None without pairs); the names of `conversion`, over the events of
    this kind that count; `expected_new_ties` (pairs without a tie x the base rate: what they would have formed at the
    rate of pairs that did not meet); of the events that count and of which the cost is known `cost` (euro, sum, None
    when there is none), `events_with_cost` and `cost_per_new_tie` (None without new ties there); and `p_adjusted`: the
    chance of a lift this different from that of the other kinds together, on the scale of logarithms, adjusted for the
    number of kinds (`chance.beside_the_others`; None without an interval of its own or of another).
    Most likely misreading: that a kind with a high lift works better. Those who come to a training differ from those
    who come to a plenary; and the cost of an event buys more than ties. Kinds without a `p_adjusted` below
    `chance.LEVEL` are not to be ranked: they differ too little.

    >>> from hubdata.indicators.meeting import meetings
    >>> event_outcomes = pd.DataFrame(
    ...     {"event_id": ["e", "f"], "start_date": pd.to_datetime(["2020-01-31", "2020-02-28"]),
    ...      "kind": ["lunch", "lunch"], "organisation_ids": [["a", "b"], ["a", "c"]], "organisation_count": [2, 2],
    ...      "pairs": [1, 1], "cross_sector_pairs": [1, 0], "is_window_complete": [True, True], "cost": [80.0, None]}
    ... )
    >>> organisations = pd.DataFrame({"organisation_id": list("abc"), "joined_on": None, "left_on": None})
    >>> spells = pd.DataFrame({"organisation_a": ["a"], "organisation_b": ["b"],
    ...                        "started_on": pd.to_datetime(["2020-02-10"]), "ended_on": None})
    >>> met = meetings(event_outcomes, organisations, spells, window_days=90, plenary_size=60)
    >>> (row,) = per_kind(event_outcomes, met)
    >>> row["events"], row["attending_organisations"], row["cross_sector_share"], row["new_ties"]
    (2, 3, 0.5, 1)
    >>> row["conversion"], row["base_rate"], row["cost_per_new_tie"], row["p_adjusted"]
    (0.5, 0.0, 80.0, None)
    """
    kinds = event_outcomes["kind"].astype(object).where(event_outcomes["kind"].notna(), "")
    rows: list[KindOutcome] = []
    for kind, some in event_outcomes.groupby(kinds):
        followed = conversion(some, met)
        priced = some[some["event_id"].isin(met.event_ids) & some["cost"].notna()]
        cost = float(priced["cost"].astype(float).sum()) if len(priced) else None
        new_ties = 0
        if cost is not None:
            all_priced = len(priced) == followed["events_counted"]
            new_ties = (followed if all_priced else compare(met, priced["event_id"].tolist()))["new_ties"]
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
                "p_adjusted": None,
            }
        )
    logs = [math.log(row["lift"]) if row["lift"] else None for row in rows]
    for row, p in zip(rows, chance.beside_the_others(logs, [_error(row) for row in rows]), strict=True):
        row["p_adjusted"] = p
    return sorted(rows, key=lambda row: (row["kind"] is None, -row["events"], row["kind"] or ""))


def _error(lift: Lift) -> float | None:
    """The standard error of log lift, as its interval has it."""
    if lift["lift_low"] is None or lift["lift_high"] is None:
        return None
    return math.log(lift["lift_high"] / lift["lift_low"]) / 2 / statistics.NormalDist().inv_cdf(0.975)


def one_event(
    event_outcomes: pd.DataFrame,
    organisations: pd.DataFrame,
    tie_spells: pd.DataFrame,
    met: Meetings,
    event_id: str,
    *,
    window_days: int,
    as_of: datetime.date,
) -> OneEvent | None:
    """One event: who was there, who met across sectors, and which ties followed, pair by pair. None when unknown.

    `event_outcomes`: one row per event up to `as_of`, all columns of the view. `organisations`: one row per
    organisation in view, active or not (`organisation_id`, `name`, `sector`). `tie_spells`: one row per unbroken period
    of a tie (`organisation_a`, `organisation_b`, `started_on`, `ended_on` = last day, empty = open). `met`: what
    `meeting.meetings` gives of these.

    The names of `new_ties_after` for this event, and `kind`, `window_ends` (the last day on which a tie still counts),
    `ties_known_until` (the day on which the last partnership began, or `as_of` if earlier),
    `attending` (`organisation_id`, `name`, `sector`, in order of name), `sectors` (`sector`, `organisations`, most
    first) and `followed`: the ties that formed within the window and until `as_of` between two who were there and had
    none that day (`organisation_a`, `organisation_b`, `name_a`, `name_b`, `sector_a`, `sector_b`, `is_cross_sector`,
    `formed_on`, `days_after`), the first formed first.
    Most likely misreading: that they formed because of the event. Say "followed by".

    >>> outcomes = pd.DataFrame(
    ...     {"event_id": ["e"], "name": ["Lunch"], "kind": [None], "start_date": pd.to_datetime(["2020-01-31"]),
    ...      "organisations": [2], "organisation_ids": [["a", "b"]], "pairs": [1], "cross_sector_pairs": [1],
    ...      "pairs_without_tie": [1], "new_ties": [1], "other_pairs_without_tie": [4], "other_new_ties": [1],
    ...      "is_window_complete": [True], "cost": [50.0], "organisation_count": [2],
    ...      "ties_known_until": pd.to_datetime(["2020-06-30"])}
    ... )
    >>> organisations = pd.DataFrame({"organisation_id": ["a", "b"], "name": ["A", "B"], "sector": ["ngo", "funder"],
    ...                               "joined_on": None, "left_on": None})
    >>> spells = pd.DataFrame({"organisation_a": ["a"], "organisation_b": ["b"],
    ...                        "started_on": pd.to_datetime(["2020-02-10"]), "ended_on": pd.to_datetime([None])})
    >>> from hubdata.indicators.meeting import meetings
    >>> met = meetings(outcomes, organisations, spells, window_days=90, plenary_size=60)
    >>> found = one_event(outcomes, organisations, spells, met, "e", window_days=90, as_of=datetime.date(2020, 6, 30))
    >>> found["followed"][0]["days_after"], found["cost_per_new_tie"], found["expected_new_ties"]
    (10, 50.0, 0.25)
    """
    event = event_outcomes[event_outcomes["event_id"] == event_id]
    if event.empty:
        return None
    row = event.iloc[0]
    (figures,) = new_ties_after(event, met)
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
        "ties_known_until": None if pd.isna(row["ties_known_until"]) else row["ties_known_until"].date(),
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


def events(event_outcomes: pd.DataFrame, met: Meetings, plenary_size: int = 60) -> Events:
    """Every figure about events, by its name.

    `event_outcomes`: one row per event up to the as-of date, all columns of the view. `met`: what `meeting.meetings`
    gives of them, with the same `plenary_size`.

    `events` (count), `attending_organisations`, `repeat_share`, `cross_sector_encounters` (the share) with
    `encounters` and `plenaries` (see there), `new_ties_after` (per event, see there) and the names of `conversion`.
    Filters leave out organisations and their pairs, never an event.

    >>> event_outcomes = pd.DataFrame(
    ...     {"event_id": ["e"], "name": ["Lunch"], "start_date": pd.to_datetime(["2020-01-31"]), "organisations": [2],
    ...      "organisation_count": [2], "organisation_ids": [["a", "b"]], "pairs": [1], "cross_sector_pairs": [1],
    ...      "pairs_without_tie": [1], "new_ties": [0], "other_pairs_without_tie": [2], "other_new_ties": [1],
    ...      "is_window_complete": [True], "cost": [None]}
    ... )
    >>> from hubdata.indicators.meeting import meetings
    >>> organisations = pd.DataFrame({"organisation_id": list("abc"), "joined_on": None, "left_on": None})
    >>> spells = pd.DataFrame({"organisation_a": ["a"], "organisation_b": ["c"],
    ...                        "started_on": pd.to_datetime(["2020-02-10"]), "ended_on": None})
    >>> met = meetings(event_outcomes, organisations, spells, window_days=90, plenary_size=60)
    >>> figures = events(event_outcomes, met)
    >>> figures["events"], figures["cross_sector_encounters"], figures["conversion"], figures["base_rate"]
    (1, 1.0, 0.0, 0.5)
    """
    between = cross_sector_encounters(event_outcomes, plenary_size)
    return {
        "events": len(event_outcomes),
        "attending_organisations": attending_organisations(event_outcomes),
        "repeat_share": repeat_share(event_outcomes),
        "cross_sector_encounters": between["share"],
        "encounters": between["encounters"],
        "plenaries": between["plenaries"],
        "new_ties_after": new_ties_after(event_outcomes, met),
        **conversion(event_outcomes, met),
    }


def _expected(pairs: int, base_rate: float | None) -> float | None:
    return None if base_rate is None else pairs * base_rate


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
