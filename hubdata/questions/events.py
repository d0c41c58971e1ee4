"""What events brought, and who came."""

import pandas as pd

from hubdata.indicators import events, meeting
from hubdata.indicators.rows import first_of
from hubdata.settings import Settings
from hubdata.store import Snapshot, View


def answer_events(snapshot: Snapshot, settings: Settings, view: View) -> events.Events:
    """Events and what followed."""
    return events.events(snapshot.rows("event_outcomes", view), snapshot.cached(_meetings, view), view.plenary_size)


def _meetings(snapshot: Snapshot, view: View) -> meeting.Meetings:
    return meeting.meetings(
        snapshot.rows("event_outcomes", view),
        snapshot.rows("organisations_in_view", view),
        snapshot.rows("tie_spells", view),
        window_days=view.window_days,
        plenary_size=view.plenary_size,
    )


def answer_calendar(snapshot: Snapshot, settings: Settings, view: View) -> pd.DataFrame:
    """One row per event, past and planned, newest first: all columns of events, and how many attended so far."""
    outcomes = snapshot.rows("event_outcomes", view)[["event_id", "organisations"]]
    planned = snapshot.table("events").merge(outcomes, on="event_id", how="left")
    return planned.sort_values(["start_date", "event_id"], ascending=[False, True])


def answer_encounters(snapshot: Snapshot, settings: Settings, view: View) -> pd.DataFrame:
    """One row per two sectors whose organisations met at an event: sector_a, sector_b, encounters; most first."""
    met = snapshot.rows("encounters", view)
    return met.sort_values(["encounters", "sector_a", "sector_b"], ascending=[False, True, True])


MOST_MARKS = 12
"""How many events are marked on a figure over time: those that most organisations attended. Equals of the last one are
marked too, or none of them when they are many."""


def answer_event(snapshot: Snapshot, settings: Settings, view: View, event_id: str) -> events.OneEvent | None:
    """One event up to the as-of date: who was there, who met, and what followed. None when it is not one of those."""
    return events.one_event(
        snapshot.rows("event_outcomes", view),
        snapshot.rows("organisations_in_view", view),
        snapshot.rows("tie_spells", view),
        snapshot.cached(_meetings, view),
        event_id,
        window_days=view.window_days,
        as_of=view.as_of,
    )


def answer_kinds(snapshot: Snapshot, settings: Settings, view: View) -> list[events.KindOutcome]:
    """What each kind of event brought."""
    return events.per_kind(snapshot.rows("event_outcomes", view), snapshot.cached(_meetings, view))


def answer_never_came(snapshot: Snapshot, settings: Settings, view: View) -> list[events.NeverCame]:
    """The active organisations that attended no event."""
    return events.never_came(snapshot.rows("active_organisations", view), snapshot.rows("event_outcomes", view))


def answer_marks(snapshot: Snapshot, settings: Settings, view: View) -> pd.DataFrame:
    """The events to mark on a figure over time, oldest first: date, name; those that most organisations attended."""
    held = snapshot.rows("event_outcomes", view.unfiltered)  # they are the largest whatever the filter
    ranked = held.sort_values(["organisation_count", "event_id"], ascending=[False, True])
    largest = ranked.head(first_of(ranked["organisation_count"].tolist(), MOST_MARKS, 2 * MOST_MARKS))
    marks = largest[["start_date", "name"]].rename(columns={"start_date": "date"})
    return marks.sort_values("date", kind="stable").reset_index(drop=True)
