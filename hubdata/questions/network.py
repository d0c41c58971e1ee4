"""Who works with whom, who holds the network together, and which ties fade."""

import dataclasses
import datetime
import math
from typing import Literal, NamedTuple, TypedDict

import pandas as pd

from hubdata.indicators import confirmation, drawing, fragility, network, ties, trust
from hubdata.indicators.rows import NamedPair, records
from hubdata.settings import Settings
from hubdata.store import Snapshot, View


class Records(TypedDict):
    """What was written down about partnerships (see `answer_records`)."""

    newest_partnership: datetime.date | None
    """The newest start up to the as-of date; None without any."""
    last_contact_known: int
    """Of how many the last contact is filled in."""


Shown = Literal["all", "across", "fading"]
"""Which ties the explorer shows."""
STRENGTHS = ("awareness", "cooperation", "coordination", "integration")
"""How closely two work together, the loosest first, as `models.VOCABULARIES` has it."""


class Moment(NamedTuple):
    """The network on one day, as the explorer draws it (see `answer_moment`). Both are read-only."""

    organisations: pd.DataFrame
    ties: pd.DataFrame


class Group(TypedDict):
    """A community of the network (see `answer_groups`)."""

    organisations: list[str]
    """Ids, those with most partners first."""
    themes: list[str]
    """The commonest theme, and the next where another group has the same; empty when no theme is known."""


class TieHistory(NamedPair):
    """What two organisations have and had together (see `answer_tie`)."""

    started_on: datetime.date | None
    """Since when they have the tie that they have; None when they have none on the as-of date."""
    last_sign_date: datetime.date | None
    is_fading: bool
    next_event_name: str | None
    next_event_date: datetime.date | None
    partnerships: list[ties.Agreement]
    """The newest first, like the events."""
    events: list[ties.JointEvent]
    ends_on: datetime.date | None


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
    return snapshot.cached(_layout, view)


def _layout(snapshot: Snapshot, view: View) -> pd.DataFrame:
    organisations = snapshot.rows("active_organisations", view)
    placed = drawing.layout(organisations, snapshot.rows("ties", view))
    return placed.merge(organisations[["organisation_id", "name", "sector"]], on="organisation_id")


def answer_places(snapshot: Snapshot, settings: Settings, view: View) -> pd.DataFrame:
    """Where the explorer draws everybody who was ever there up to the as-of date: organisation_id, x, y.

    Whoever is there on that day stands where `answer_layout` puts them; who is not, outside the disc on the side of
    their former partners. So nobody moves when the explorer goes back in time.
    """
    return snapshot.cached(_places, view)


def _places(snapshot: Snapshot, view: View) -> pd.DataFrame:
    placed = _layout(snapshot, view)[["organisation_id", "x", "y"]]
    everybody = snapshot.rows("organisations_in_view", view)["organisation_id"]
    gone = sorted(set(everybody) - set(placed["organisation_id"]))
    spells = snapshot.rows("tie_spells", view)[["organisation_a", "organisation_b"]]
    both_ways = pd.concat(
        [spells, spells.rename(columns={"organisation_a": "organisation_b", "organisation_b": "organisation_a"})]
    )
    partners = both_ways.merge(placed, left_on="organisation_b", right_on="organisation_id")
    centres = partners.groupby("organisation_a")[["x", "y"]].mean()
    rows = []
    for nth, organisation_id in enumerate(gone):
        x, y = centres.loc[organisation_id] if organisation_id in centres.index else (0.0, 0.0)
        # Two with the same partners do not stand on each other: each is turned a bit further.
        angle = math.atan2(y, x) + 0.15 * (nth % 7 - 3)
        rows.append((organisation_id, 1.12 * math.cos(angle), 1.12 * math.sin(angle)))
    return pd.concat([placed, pd.DataFrame(rows, columns=["organisation_id", "x", "y"])], ignore_index=True)


def answer_moment(
    snapshot: Snapshot, settings: Settings, view: View, day: datetime.date, shown: Shown, theme: str, strength: str
) -> Moment:
    """The network on a day up to the as-of date, everybody where `answer_places` puts them.

    `organisations`: one row per organisation that is there on that day: organisation_id, name, sector, x, y, degree
    (in the ties that are shown). `ties`: one row per tie that is shown: the columns of the view `ties`, and is_fading
    and weight (the closest agreement that runs: 0 awareness to 3 integration). `theme`: only ties with an agreement
    about it; `strength`: only those as close or closer; "" is all.
    """
    at = dataclasses.replace(view, as_of=day)
    tie_rows = snapshot.rows("ties", at)
    running = running_agreements(snapshot, at)
    weights = running.groupby(["organisation_a", "organisation_b"])["weight"].max()
    ends = pd.MultiIndex.from_frame(tie_rows[["organisation_a", "organisation_b"]])
    tie_rows = tie_rows.assign(
        is_fading=(tie_rows["days_silent"] > settings.fading_days).astype(bool),
        weight=weights.reindex(ends).fillna(1).astype(int).to_numpy(),
    )
    is_shown = pd.Series(True, index=tie_rows.index)
    if shown == "across":
        is_shown &= tie_rows["is_cross_sector"].astype(bool)
    if shown == "fading":
        is_shown &= tie_rows["is_fading"]
    if strength:
        is_shown &= tie_rows["weight"] >= STRENGTHS.index(strength)
    if theme:
        about = running[running["themes"].map(lambda listed: isinstance(listed, list) and theme in listed).astype(bool)]
        is_shown &= ends.isin(pd.MultiIndex.from_frame(about[["organisation_a", "organisation_b"]]))
    tie_rows = tie_rows[is_shown].reset_index(drop=True)
    organisations = snapshot.rows("active_organisations", at)[["organisation_id", "name", "sector"]]
    degrees = pd.concat([tie_rows["organisation_a"], tie_rows["organisation_b"]]).value_counts()
    placed = organisations.merge(answer_places(snapshot, settings, view), on="organisation_id")
    return Moment(placed.assign(degree=placed["organisation_id"].map(degrees).fillna(0).astype(int)), tie_rows)


def running_agreements(snapshot: Snapshot, view: View) -> pd.DataFrame:
    """One row per partnership and pair that runs then: both ends, weight (place in `STRENGTHS`), themes."""
    pairs, day = snapshot.rows("partnership_pairs", view), pd.Timestamp(view.as_of)
    is_running = (pd.to_datetime(pairs["started_on"]) <= day) & ~(pd.to_datetime(pairs["ended_on"]) < day)
    running = pairs.loc[is_running, ["partnership_id", "organisation_a", "organisation_b", "intensity"]]
    running = running.assign(weight=running["intensity"].map(STRENGTHS.index, na_action="ignore").fillna(1))
    themes = {
        row["partnership_id"]: row["themes"] for row in snapshot.records("partnerships", "partnership_id", "themes")
    }
    return running.assign(themes=running["partnership_id"].map(themes))


def answer_agreement_themes(snapshot: Snapshot, settings: Settings, view: View) -> list[str]:
    """The themes that agreements between organisations in view are about, in order."""
    known = set(snapshot.rows("partnership_pairs", view)["partnership_id"])
    rows = snapshot.records("partnerships", "partnership_id", "themes")
    listed = [row["themes"] or [] for row in rows if row["partnership_id"] in known]
    return sorted({theme for themes in listed for theme in themes})


SMALLEST_GROUP = 3


def answer_groups(snapshot: Snapshot, settings: Settings, view: View) -> list[Group]:
    """The communities of the network (see `network.communities`) of three organisations or more, largest first."""
    groups: list[Group] = snapshot.cached(_groups, view)
    return groups


def _groups(snapshot: Snapshot, view: View) -> list[Group]:
    organisations = snapshot.rows("active_organisations", view)
    graph = network.graph_of(organisations, snapshot.rows("ties", view))
    degrees = dict(zip(graph.vs["organisation_id"], graph.degree(), strict=True))
    rows = snapshot.records("organisations", "organisation_id", "themes")
    themes_of = {row["organisation_id"]: row["themes"] or [] for row in rows}
    groups: list[Group] = []
    for members in network.communities(graph) or []:
        if len(members) >= SMALLEST_GROUP:
            counted = pd.Series(
                [theme for member in members for theme in themes_of[member]], dtype="str"
            ).value_counts()
            common = sorted(counted.items(), key=lambda theme: (-theme[1], theme[0]))
            by_partners = sorted(members, key=lambda member: (-degrees[member], member))
            groups.append({"organisations": by_partners, "themes": [str(theme) for theme, _count in common[:2]]})
    firsts = [group["themes"][:1] for group in groups]
    for group in groups:
        group["themes"] = group["themes"][: 2 if firsts.count(group["themes"][:1]) > 1 else 1]
    return groups


def answer_tie(snapshot: Snapshot, settings: Settings, view: View, one: str, other: str) -> TieHistory | None:
    """What two organisations have and had together up to the as-of date; None when they never worked together."""
    pair = {"organisation_a": min(one, other), "organisation_b": max(one, other)}

    def of_both(name: str) -> pd.DataFrame:
        rows = snapshot.rows(name, view)
        return rows[
            (rows["organisation_a"] == pair["organisation_a"]) & (rows["organisation_b"] == pair["organisation_b"])
        ]

    agreements, tie_rows = of_both("partnership_pairs"), of_both("ties")
    agreements = agreements[pd.to_datetime(agreements["started_on"]) <= pd.Timestamp(view.as_of)]
    if agreements.empty:
        return None
    about = snapshot.rows("organisations_in_view", view).set_index("organisation_id")
    past = ties.past_of([pair], agreements, snapshot.table("partnerships"), attended_events(snapshot), view.as_of)[0]
    now = records(tie_rows)[0] if len(tie_rows) else {}
    signs = [
        *(day for agreement in records(agreements) for day in (agreement["start_date"], agreement["last_contact"])),
        *(event["start_date"] for event in past["events"]),
    ]
    sectors = [str(about.loc[end, "sector"]) for end in pair.values()]
    return {
        "organisation_a": pair["organisation_a"],
        "organisation_b": pair["organisation_b"],
        "name_a": str(about.loc[pair["organisation_a"], "name"]),
        "name_b": str(about.loc[pair["organisation_b"], "name"]),
        "sector_a": sectors[0],
        "sector_b": sectors[1],
        "is_cross_sector": sectors[0] != sectors[1],
        "started_on": now.get("started_on"),
        "last_sign_date": max((day for day in signs if day and day <= view.as_of), default=None),
        "is_fading": bool(now) and now["days_silent"] > settings.fading_days,
        "next_event_name": now.get("next_event_name"),
        "next_event_date": now.get("next_event_date"),
        **past,
    }


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
    listed = ties.to_call(fading_ties, longest_first=longest_first)
    ties_with_past = ties.with_past(
        listed[:most],
        snapshot.rows("partnership_pairs", view),
        snapshot.table("partnerships"),
        attended_events(snapshot),
        view.as_of,
    )
    return ties_with_past + listed[len(ties_with_past) :]


def answer_confirmation(
    snapshot: Snapshot, settings: Settings, view: View, confirmed: tuple[tuple[str, str, str, datetime.date], ...]
) -> confirmation.Confirmed:
    """How many ties an organisation confirmed itself; `confirmed` as `confirmation.confirmed` takes it.

    On the newest day in the data the year is the one up to today: organisations answer after that day.
    """
    return confirmation.confirmed(snapshot.rows("ties", view), confirmed, _answered_until(snapshot, view))


def _answered_until(snapshot: Snapshot, view: View) -> datetime.date:
    """Up to when answers count: the as-of date, or today when that is the newest day in the data."""
    present = datetime.datetime.now(datetime.UTC).date()
    is_newest = view.as_of >= snapshot.newest_date(present)
    return max(view.as_of, present) if is_newest else view.as_of


def answer_confirmed_profiles(
    snapshot: Snapshot, settings: Settings, view: View, said: tuple[tuple[str, float | None, datetime.date], ...]
) -> confirmation.ConfirmedProfiles:
    """How many organisations confirmed their profile and jobs; `said` as `confirmation.confirmed_profiles` takes it."""
    active = snapshot.rows("active_organisations", view)
    return confirmation.confirmed_profiles(active, said, _answered_until(snapshot, view))


def answer_trust(snapshot: Snapshot, settings: Settings, view: View, ratings: tuple[trust.Rating, ...]) -> trust.Trust:
    """How far organisations trust and value their partners, on average; `ratings` as `answering.ratings` has them."""
    active = snapshot.rows("active_organisations", view)
    everybody = snapshot.table("organisations")
    sectors = dict(zip(everybody["organisation_id"], everybody["sector"], strict=True))
    return trust.trust(active, ratings, _answered_until(snapshot, view), sectors=sectors)


def attended_events(snapshot: Snapshot) -> pd.DataFrame:
    """One row per organisation that attended an event: event_id, organisation_id, name and start_date of the event."""
    attended = snapshot.table("attendance")
    attended = attended[attended["status"] == "attended"][["event_id", "organisation_id"]]
    return attended.merge(snapshot.table("events")[["event_id", "name", "start_date"]], on="event_id")


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
