"""What changed and why, how far the targets are, and other hubs."""

import dataclasses
import datetime
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

import pandas as pd

from hubdata import models, store
from hubdata.indicators import changes, coverage, events, fragility, funding, network, sectors, ties
from hubdata.indicators.rows import NamedOrganisation, NamedPair, records
from hubdata.questions.events import answer_events, answer_kinds, answer_never_came
from hubdata.questions.income import answer_funding, dependencies, income_year, latest_year, years_of
from hubdata.questions.network import (
    answer_fragility,
    answer_history,
    answer_history_of,
    answer_network,
    answer_structure,
    answer_ties,
)
from hubdata.questions.organisations import answer_coverage, answer_sectors, answer_theme_mixing
from hubdata.settings import Settings
from hubdata.settings import read as read_settings
from hubdata.store import Snapshot, View


@dataclass(frozen=True)
class Movement:
    """How one headline figure would move, and why."""

    indicator: str
    before: float | None
    after: float | None
    parts: dict[str, float]
    """What each kind of change does, in the order in which they were made; together the whole movement. Empty when
    there is nothing to compare with."""
    year_before: int | None = None
    """For a figure of a year the year that `before` is of; None for others, and without income."""
    year_after: int | None = None
    """The year that `after` is of, as `year_before`."""


class HistoryDay(TypedDict):
    """A row of `network.history`: what is undefined is NaN."""

    date: datetime.date
    organisations: int
    ties: int
    density: float
    """0-1."""
    mean_degree: float
    cross_sector_share: float
    """0-1."""


class Changes(TypedDict):
    """What changed between two days (see `answer_changes`)."""

    before: HistoryDay
    now: HistoryDay
    formed: list[NamedPair]
    """Ties of the later day that the earlier day did not have; `ended` the other way round."""
    ended: list[NamedPair]
    between: int | None
    """How many more times a tie formed and a tie ended between the two days, which neither day shows; None between two
    loads."""
    joined: list[NamedOrganisation]
    left: list[NamedOrganisation]
    joined_known: bool
    """Whether the lists say of any organisation when it joined; else none is new on a later day, whoever came."""
    ended_known: bool
    """Whether the lists say of any partnership when it ended; else no tie is gone on a later day."""


class DonorChanges(TypedDict):
    """Which donors came, went, gave more or less between two years (see `answer_donor_changes`)."""

    from_year: int | None
    """None without income that far back."""
    to_year: int | None
    donors: list[changes.DonorChange]
    """The largest difference first."""


class Road(TypedDict):
    """One figure with targets (see `answer_target_progress`)."""

    history: pd.DataFrame
    """One row per day, oldest first: `date`, `value`."""
    road: list[changes.TargetProgress]
    """One per target, the earliest first."""


class Profile(TypedDict):
    """What can be compared between hubs of different size (see `answer_profile`). None where undefined."""

    name: str
    as_of: datetime.date
    organisations: int
    ties: int
    expected_organisations: int | None
    mean_degree: float | None
    median_degree: float | None
    structural_share: float | None
    """0-1."""
    cross_sector_share: float | None
    """0-1."""
    cross_sector_expected: float | None
    """What chance gives, 0-1."""
    cross_sector_ratio: float | None
    """The one / the other."""
    effective_sectors: float | None
    effective_themes: float | None
    income_year: int | None
    effective_donors: float | None
    """Of `income_year`, like the next."""
    exposed_share: float | None
    """0-1."""
    blocks: list[network.SectorMixing]
    """Where chance gives enough ties to compare."""


class NetworkIndicators(network.Network):
    """The figures of the network, and what is left of it without its brokers."""

    fragility: dict[str, list[fragility.Fragility]]
    """`with` and `without` the convenors."""


class TieIndicators(ties.Ties):
    """The figures about ties over time, and whether structure holds them."""

    structure: ties.Structure


class SectorIndicators(sectors.Sectors):
    """The figures about the mix of organisations, and which themes find each other."""

    theme_mixing: list[sectors.ThemeMixing]


class EventIndicators(events.Events):
    """The figures about events, per kind of event too, and who never came."""

    kinds: list[events.KindOutcome]
    never_came: list[events.NeverCame]


class Indicators(TypedDict):
    """Every figure, as `python -m hubdata indicators --json` prints it."""

    as_of: str
    """ISO 8601."""
    coverage: coverage.Coverage
    network: NetworkIndicators
    ties: TieIndicators
    sectors: SectorIndicators
    funding: funding.Funding
    events: EventIndicators


def movements_of(
    start: Mapping[str, float | None],
    steps: Mapping[str, Mapping[str, float | None]],
    years: tuple[int | None, int | None] = (None, None),
) -> list[Movement]:
    """A movement per figure, taken apart (see `changes.parts`). `years`: those of income before and after."""
    taken_apart, last = changes.parts(start, steps), list(steps.values())[-1]
    return [
        Movement(
            indicator,
            first,
            last[indicator],
            taken_apart[indicator],
            *(years if indicator in funding.OF_A_YEAR else ()),
        )
        for indicator, first in start.items()
    ]


def headlines(snapshot: Snapshot, settings: Settings, view: View) -> dict[str, float | None]:
    """The three figures on top of the overview."""
    days = answer_history_of(snapshot, view, [view.as_of]).iloc[-1]
    years = {year["year"]: year for year in answer_funding(snapshot, settings, view)["years"]}
    latest = latest_year(years, view.as_of)
    shares = {name: None if pd.isna(days[name]) else float(days[name]) for name in ("density", "cross_sector_share")}
    return {**shares, "exposed_share": years[latest]["exposed_share"] if latest else None}


def plain_view(settings: Settings, as_of: datetime.date) -> View:
    """A day without filters, with the limits of this hub."""
    return View(as_of, window_days=settings.window_days, plenary_size=settings.plenary_size)


def answer_changes(
    snapshot: Snapshot, settings: Settings, view: View, since: datetime.date, older: Snapshot | None = None
) -> Changes:
    """Two days compared, `since` and the as-of date: the figures, and the organisations and ties that only one has.

    With `older`, then is what that snapshot said. `before` and `now` are rows of `network.history`; `formed` and
    `ended` list ties (organisation_a, organisation_b, name_a, name_b, sector_a, sector_b, is_cross_sector), `joined`
    and `left` organisations (organisation_id, name, sector). With `between` added to both, as many ties formed and
    ended as `ties.tie_changes` counts over the same days. `joined_known`, `ended_known`: whether the
    lists say it at all, in which case none means none; of two loads they always do.
    """
    then = older or snapshot
    before = answer_history_of(then, view, [since]).iloc[0]
    now = answer_history_of(snapshot, view, [view.as_of]).iloc[0]
    earlier = dataclasses.replace(view, as_of=since)
    ends = ["organisation_a", "organisation_b"]
    ties_then, ties_now = then.rows("ties", earlier), snapshot.rows("ties", view)
    there_then, there_now = then.rows("active_organisations", earlier), snapshot.rows("active_organisations", view)

    def only_in(some: pd.DataFrame, others: pd.DataFrame, key: list[str], columns: list[str]) -> list[Any]:
        own, other_keys = (list(zip(*(rows[name].tolist() for name in key), strict=True)) for rows in (some, others))
        other_key_set = set(other_keys)
        return records(some.loc[[row not in other_key_set for row in own], columns])

    tie_columns = [*ends, "name_a", "name_b", "sector_a", "sector_b", "is_cross_sector"]
    name_columns = ["organisation_id", "name", "sector"]
    formed = only_in(ties_now, ties_then, ends, tie_columns)
    joining = snapshot.rows("organisations_in_view", view)["joined_on"]
    ending = snapshot.table("partnerships")["end_date"]
    times_formed, _times_ended = ties.movements(snapshot.rows("tie_spells", view), since, view.as_of)
    return {
        "before": before.to_dict(),
        "now": now.to_dict(),
        "formed": formed,
        "ended": only_in(ties_then, ties_now, ends, tie_columns),
        "between": None if older else times_formed - len(formed),
        "joined": only_in(there_now, there_then, ["organisation_id"], name_columns),
        "left": only_in(there_then, there_now, ["organisation_id"], name_columns),
        "joined_known": bool(older or joining.notna().any()),
        "ended_known": bool(older or ending.notna().any() or ending.empty),
    }


PER_QUARTER = ("density", "mean_degree", "cross_sector_share")
"""The figures with a target that are part of the history."""
YEARS_BACK = 5
"""How far the road to a target looks back for a figure that is not part of the history."""


def answer_movements(
    snapshot: Snapshot, settings: Settings, view: View, since: datetime.date, older: Snapshot | None = None
) -> list[Movement]:
    """By how much each headline figure moved after `since` up to the as-of date, and why.

    With `older`, then is what that snapshot said, and the first part, "records", is what is known better of that day by
    now. The others are "size" (the number of organisations), "ended" and "formed" (ties), "income" (of organisations
    known both times) and "known" (other organisations of which income is known).
    """
    earlier = dataclasses.replace(view, as_of=since)

    def counts(source: Snapshot, dated_view: View) -> dict[str, int]:
        tie_rows = source.rows("ties", dated_view)
        organisation_count = len(source.rows("active_organisations", dated_view))
        return {
            "organisations": organisation_count,
            "ties": len(tie_rows),
            "cross_sector_ties": int(tie_rows["is_cross_sector"].sum()),
        }

    def exposed(source: Snapshot, dated_view: View) -> dict[str, bool | None]:
        year = income_year(source, dated_view)
        rows = dependencies(source, settings, dated_view)
        return {row["organisation_id"]: row["exposed"] for row in rows if row["year"] == year}

    def figures(counted: dict[str, int], rows: dict[str, bool | None]) -> dict[str, float | None]:
        return {**changes.network_figures(**counted), **changes.exposed_steps(rows, rows)["known"]}

    counts_then, counts_now = counts(snapshot, earlier), counts(snapshot, view)
    exposed_then, exposed_now = exposed(snapshot, earlier), exposed(snapshot, view)
    gone = answer_changes(snapshot, settings, view, since)["ended"]
    ended = {"ties": len(gone), "cross_sector_ties": sum(tie["is_cross_sector"] for tie in gone)}
    known_then = figures(counts_then, exposed_then)
    start = figures(counts(older, earlier), exposed(older, earlier)) if older else known_then
    steps: dict[str, Mapping[str, float | None]] = {"records": known_then} if older else {}
    of_network = changes.network_steps(counts_then, counts_now, ended)
    steps |= {name: {**known_then, **step} for name, step in of_network.items()}
    of_money = changes.exposed_steps(exposed_then, exposed_now)
    steps |= {name: {**of_network["formed"], **step} for name, step in of_money.items()}
    return movements_of(start, steps, (income_year(older or snapshot, earlier), income_year(snapshot, view)))


def answer_donor_changes(
    snapshot: Snapshot, settings: Settings, view: View, since: datetime.date, older: Snapshot | None = None
) -> DonorChanges:
    """Which donors came, went, gave more or less (`donors`), between `from_year` and `to_year`.

    These are the latest years with income rows that were over on `since` and on the as-of date; None without any.
    """

    def of_year(source: Snapshot, as_of: datetime.date) -> tuple[int | None, pd.DataFrame]:
        income = source.rows("income", view)
        year = latest_year(years_of(income), as_of)
        return year, income[income["year"] == year]

    from_year, before = of_year(older or snapshot, since)
    to_year, after = of_year(snapshot, view.as_of)
    return {"from_year": from_year, "to_year": to_year, "donors": changes.donor_changes(before, after)}


def answer_target_progress(snapshot: Snapshot, settings: Settings, view: View) -> dict[str, Road]:
    """Per indicator with a target: its `history` (a table date, value) and its `road` (see `changes.road`).

    The history is per quarter, per year of income, or of this day in the past years, up to the as-of date.
    """
    aims = snapshot.table("targets")
    per_quarter = functools.cache(lambda: answer_history(snapshot, settings, view))
    per_year = functools.cache(lambda: answer_funding(snapshot, settings, view)["years"])
    roads: dict[str, Road] = {}
    target_indicators = set(aims["indicator"]) - (set() if snapshot.scope.amounts else set(funding.OF_A_YEAR))
    for indicator in (name for name in models.INDICATORS if name in target_indicators):
        if indicator in PER_QUARTER:
            days = per_quarter()
            rows = list(zip(days["date"].dt.date, days[indicator], strict=True))
        elif indicator in funding.OF_A_YEAR:
            latest = latest_year([year["year"] for year in per_year()], view.as_of) or 0
            over = [year for year in per_year() if year["year"] <= latest]
            rows = [(min(datetime.date(year["year"], 12, 31), view.as_of), _figure(year, indicator)) for year in over]
        else:
            years_back = [pd.DateOffset(years=back) for back in range(YEARS_BACK, -1, -1)]
            past = [dataclasses.replace(view, as_of=(pd.Timestamp(view.as_of) - b).date()) for b in years_back]
            rows = [(past_view.as_of, _value_on(snapshot, settings, past_view, indicator)) for past_view in past]
        history = pd.DataFrame(rows, columns=["date", "value"])
        own = aims[aims["indicator"] == indicator]
        listed = [(row["date"], float(row["value"]), row["note"]) for row in records(own)]
        roads[indicator] = {
            "history": history,
            "road": changes.road(zip(history["date"], history["value"], strict=True), listed, view.as_of),
        }
    return roads


def _value_on(snapshot: Snapshot, settings: Settings, view: View, indicator: str) -> float | None:
    """One figure of a day, of those that have no history of their own."""
    organisations, tie_rows = snapshot.rows("active_organisations", view), snapshot.rows("ties", view)
    if indicator in ("median_degree", "isolates", "structural_share"):
        graph = network.graph_of(organisations, tie_rows)
        if indicator == "isolates":
            return len(network.isolates(graph))
        return network.median_degree(graph) if indicator == "median_degree" else network.structural_share(graph)
    if indicator == "fading_share":
        return ties.fading_share(tie_rows, settings.fading_days)
    if indicator == "effective_sectors":
        return sectors.effective_sectors(organisations)
    return _figure(answer_events(snapshot, settings, view), indicator)


def _figure(answer: Mapping[str, Any], name: str) -> float | None:
    """One figure of an answer, when its name is one that `targets.csv` has and the program does not know beforehand."""
    value: float | None = answer[name]
    return value


def answer_profile(snapshot: Snapshot, settings: Settings, view: View) -> Profile:
    """What can be compared between hubs of different size: never density, which falls as a network grows.

    `name`, `as_of`, `organisations`, `ties`, `expected_organisations`; `mean_degree`, `median_degree`,
    `structural_share`; `cross_sector_share` beside `cross_sector_expected` (what chance gives), and
    `cross_sector_ratio`; `effective_sectors`, `effective_themes`; `effective_donors` and `exposed_share` of
    `income_year`; and `blocks`: `network.mixing` of the pairs of sectors between which chance gives at least
    `network.MINIMUM_EXPECTED` ties. None where undefined.
    """
    organisations, tie_rows = snapshot.rows("active_organisations", view), snapshot.rows("ties", view)
    graph = network.graph_of(organisations, tie_rows)
    across, by_chance = network.cross_sector_share(graph), network.ei_expected(graph)
    expected = None if by_chance is None else (by_chance + 1) / 2
    years = {year["year"]: year for year in answer_funding(snapshot, settings, view)["years"]}
    latest = latest_year(years, view.as_of)
    of_year = years[latest] if latest else None
    return {
        "name": settings.name,
        "as_of": view.as_of,
        "organisations": graph.vcount(),
        "ties": graph.ecount(),
        "expected_organisations": settings.expected_organisations,
        "mean_degree": network.mean_degree(graph),
        "median_degree": network.median_degree(graph),
        "structural_share": network.structural_share(graph),
        "cross_sector_share": across,
        "cross_sector_expected": expected,
        "cross_sector_ratio": across / expected if across is not None and expected else None,
        "effective_sectors": sectors.effective_sectors(organisations),
        "effective_themes": sectors.effective_themes(organisations),
        "income_year": latest,
        "effective_donors": of_year["effective_donors"] if of_year else None,
        "exposed_share": of_year["exposed_share"] if of_year else None,
        "blocks": [row for row in network.mixing(graph) if (row["expected"] or 0) >= network.MINIMUM_EXPECTED],
    }


@dataclass(frozen=True)
class OtherHub:
    """A hub beside ours, in a home of its own."""

    home: Path
    settings: Settings
    snapshot_id: str | None
    """What it has on show; None when there is nothing."""


def other_hubs(home: Path, settings: Settings) -> list[OtherHub]:
    """The hubs that `hub.toml` names to compare with, in its order; paths are seen from the home.

    Raises `hubdata.settings.SettingsProblem` when the settings of one cannot be used.
    """
    homes = [(home / place).resolve() for place in settings.other_hubs]
    return [OtherHub(place, read_settings(place), store.current_snapshot_id(place)) for place in homes]


def indicators(snapshot: Snapshot, settings: Settings, view: View) -> Indicators:
    """Everything that `python -m hubdata indicators --json` prints, under the contract's names."""
    return {
        "as_of": view.as_of.isoformat(),
        "coverage": answer_coverage(snapshot, settings, view),
        "network": {
            **answer_network(snapshot, settings, view),
            "fragility": answer_fragility(snapshot, settings, view),
        },
        "ties": {
            **answer_ties(snapshot, settings, view),
            "structure": answer_structure(snapshot, settings, view),
        },
        "sectors": {
            **answer_sectors(snapshot, settings, view),
            "theme_mixing": answer_theme_mixing(snapshot, settings, view),
        },
        "funding": answer_funding(snapshot, settings, view),
        "events": {
            **answer_events(snapshot, settings, view),
            "kinds": answer_kinds(snapshot, settings, view),
            "never_came": answer_never_came(snapshot, settings, view),
        },
    }
