"""Who works with whom, who holds the network together, and which ties fade."""

import dataclasses
import datetime
from typing import TypedDict

import pandas as pd

from hubdata.indicators import drawing, fragility, network, ties
from hubdata.settings import Settings
from hubdata.store import Snapshot, View


class Records(TypedDict):
    """What was written down about partnerships (see `answer_records`)."""

    newest_partnership: datetime.date | None
    """The newest start up to the as-of date; None without any."""
    last_contact_known: int
    """Of how many the last contact is filled in."""


MOST_QUARTERS = 80
"""How far back a history goes at the most: twenty years."""


def answer_network(snapshot: Snapshot, settings: Settings, view: View, *names: str) -> network.Network:
    """The Network table of the indicators; with `names` no more than those."""
    return network.network(snapshot.rows("active_organisations", view), snapshot.rows("ties", view), names)


def answer_ties(snapshot: Snapshot, settings: Settings, view: View) -> ties.Ties:
    """Ties over time."""
    return ties.ties(
        snapshot.rows("ties", view),
        snapshot.rows("tie_spells", view),
        view.as_of,
        settings.fading_days,
        settings.half_life_days,
    )


def answer_records(snapshot: Snapshot, settings: Settings, view: View) -> Records:
    """What was written down about partnerships: the newest start up to the as-of date, and how many last contacts."""
    partnerships = snapshot.table("partnerships")
    starts = pd.to_datetime(partnerships["start_date"])
    newest = starts[starts <= pd.Timestamp(view.as_of)].max()
    return {
        "newest_partnership": None if pd.isna(newest) else newest.date(),
        "last_contact_known": int(partnerships["last_contact"].notna().sum()),
    }


def answer_tie_list(snapshot: Snapshot, settings: Settings, view: View) -> pd.DataFrame:
    """One row per tie on the as-of date."""
    return snapshot.rows("ties", view)


def answer_layout(snapshot: Snapshot, settings: Settings, view: View) -> pd.DataFrame:
    """Where to draw each organisation: organisation_id, name, sector, degree, x, y."""
    organisations = snapshot.rows("active_organisations", view)
    placed = drawing.layout(organisations, snapshot.rows("ties", view))
    return placed.merge(organisations[["organisation_id", "name", "sector"]], on="organisation_id")


def answer_brokers(snapshot: Snapshot, settings: Settings, view: View) -> pd.DataFrame:
    """One row per organisation, who connects others most first: name, sector, degree, betweenness, constraint, ..."""
    return snapshot.cached(_brokers, view)


def _brokers(snapshot: Snapshot, view: View) -> pd.DataFrame:
    organisations, tie_rows = snapshot.rows("active_organisations", view), snapshot.rows("ties", view)
    named = organisations.set_index("organisation_id")[["name", "sector"]]
    listed = network.brokers(organisations, tie_rows).join(named, on="organisation_id")
    return listed.sort_values(["betweenness", "degree", "organisation_id"], ascending=[False, False, True])


def answer_history(snapshot: Snapshot, settings: Settings, view: View) -> pd.DataFrame:
    """One row per quarter end up to the as-of date, and one for that date: organisations, ties, density, ..."""
    spells = snapshot.rows("tie_spells", view)
    first = spells["started_on"].min() if len(spells) else pd.Timestamp(view.as_of)
    quarters = [day.date() for day in pd.date_range(first, view.as_of, freq="QE")]
    dates = sorted({*quarters[-MOST_QUARTERS:], view.as_of})
    return answer_history_of(snapshot, view, dates)


def answer_history_of(snapshot: Snapshot, view: View, dates: list[datetime.date]) -> pd.DataFrame:
    """One row per day: organisations, ties, density, ..."""
    return network.history(snapshot.rows("organisations_in_view", view), snapshot.rows("tie_spells", view), dates)


def answer_fading(
    snapshot: Snapshot, settings: Settings, view: View, longest_first: bool, most: int | None = None
) -> list[ties.FadingTie]:
    """The fading ties in the order in which to call, with what the two had together (see `ties.with_past`).

    With `most`, only the first so many are told with their past.
    """
    fading_ties = ties.fading(snapshot.rows("ties", view), settings.fading_days, settings.half_life_days)
    attended = snapshot.table("attendance")
    attended = attended[attended["status"] == "attended"][["event_id", "organisation_id"]]
    listed = ties.to_call(fading_ties, longest_first=longest_first)
    ties_with_past = ties.with_past(
        listed[:most],
        snapshot.rows("partnership_pairs", view),
        snapshot.table("partnerships"),
        attended.merge(snapshot.table("events")[["event_id", "name", "start_date"]], on="event_id"),
        view.as_of,
    )
    return ties_with_past + listed[len(ties_with_past) :]


def answer_structure(snapshot: Snapshot, settings: Settings, view: View) -> ties.Structure:
    """Whether ties that began structural last longer."""
    return ties.structure(snapshot.rows("tie_spells", view), view.as_of)


def answer_fragility(snapshot: Snapshot, settings: Settings, view: View) -> dict[str, list[fragility.Fragility]]:
    """What is left of the network when its brokers go: `with` and `without` the convenors (see `fragility.fragility`).

    `with` is absent when the view leaves convenors out, `without` when there are none in it.
    """

    def without_brokers(shown_view: View) -> list[fragility.Fragility]:
        brokers = answer_brokers(snapshot, settings, shown_view)
        return fragility.fragility(
            snapshot.rows("active_organisations", shown_view), snapshot.rows("ties", shown_view), brokers
        )

    answer = {"with": without_brokers(view)} if view.with_convenor else {}
    if not view.with_convenor or (snapshot.rows("active_organisations", view)["role"] == "convenor").any():
        answer["without"] = without_brokers(dataclasses.replace(view, with_convenor=False))
    return answer


def answer_tied_since(snapshot: Snapshot, settings: Settings, view: View) -> dict[tuple[str, str], datetime.date]:
    """Since when each two organisations have the tie that they have on the as-of date; the lower id first."""
    tie_rows = snapshot.rows("ties", view)
    ends = zip(tie_rows["organisation_a"], tie_rows["organisation_b"], strict=True)
    return {tuple(sorted(pair)): day.date() for pair, day in zip(ends, tie_rows["started_on"], strict=True)}
