"""What commands, pages and the server all do: hand in a drop, and answer a question with indicators.

Everything here is a few lines that join `ingest`, `store` and `indicators`; none of those three knows the others.
"""

import contextlib
import csv
import dataclasses
import datetime
import functools
import json
import re
import secrets
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from hubdata import audit, demo, ingest, models, sharing, store
from hubdata.indicators import (
    changes,
    coverage,
    events,
    funding,
    introductions,
    network,
    sectors,
    stress,
    ties,
    totals,
)
from hubdata.indicators.rows import records
from hubdata.settings import Settings
from hubdata.settings import read as read_settings
from hubdata.store import Snapshot, View

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
MOST_QUARTERS = 80
"""How far back a history goes at the most: twenty years."""

SAMPLE_ATTRIBUTION = "Contains CORDIS data, European Union, CC BY 4.0, adapted"


@dataclass(frozen=True)
class Prepared:
    """A drop that was read and checked, and what it was compared with; nothing is published yet."""

    draft: ingest.Draft
    based_on: str | None
    """The snapshot that was on show."""
    update: bool = False
    told: ingest.Matching = field(default_factory=ingest.Matching)
    """What the reader said about these files; remembered once they are loaded."""

    @property
    def is_unchanged(self) -> bool:
        """The drop holds exactly what is on show."""
        changes = self.draft.changes.values()
        return bool(self.draft.before_is_own) and not any(c.added or c.changed or c.removed for c in changes)

    @property
    def removes_much(self) -> list[str]:
        """The tables of which more than a fifth would go: to be asked."""
        return [name for name, changes in self.draft.changes.items() if changes.removes_much]


@dataclass(frozen=True)
class Outcome:
    """What became of a drop. `manifest` is None when nothing was published."""

    draft: ingest.Draft
    manifest: store.Manifest | None = None
    is_unchanged: bool = False


READ_SUFFIXES = (".csv", ".xlsx", ".xls", ".txt", ".tsv")


def read_files(paths: list[Path], settings: Settings) -> dict[str, bytes]:
    """The content of files, and of the lists in folders, by file name. Raises `FileNotFoundError`.

    Of a file that is too large no more is read than shows that it is.
    """
    files: list[Path] = []
    for path in paths:
        files.extend(lists_in(path) if path.is_dir() else [path])
    if not files:
        raise FileNotFoundError(f"no CSV files or workbooks in {', '.join(map(str, paths))}")
    names = [path.name for path in files]
    content = {}
    for path in files:
        with path.open("rb") as file:
            name = path.name if names.count(path.name) == 1 else str(path)
            content[name] = file.read(settings.max_file_megabytes * 1_000_000 + 1)
    return content


def lists_in(folder: Path) -> list[Path]:
    """The files of a folder that may hold a list; not the ones that programs keep for themselves."""
    found = (p for p in folder.iterdir() if p.suffix.lower() in READ_SUFFIXES and p.is_file())
    return sorted(path for path in found if not path.name.startswith((".", "~$")))


def today() -> datetime.date:
    """The present day (UTC)."""
    return datetime.datetime.now(datetime.UTC).date()


def prepare(
    home: Path,
    settings: Settings,
    files: Mapping[str, bytes],
    *,
    update: bool = False,
    told: ingest.Matching | None = None,
    origin: str = "own",
) -> Prepared:
    """Read and check a drop against what is on show; publishes nothing."""
    based_on = store.on_show(home)
    current = _current(home) if origin == "own" else {}
    told = told or ingest.Matching()
    draft = ingest.draft(files, settings, current, update=update, matching=remembered(home).with_(told))
    return Prepared(draft, based_on, update, told)


def put_on_show(
    home: Path,
    settings: Settings,
    prepared: Prepared,
    *,
    skip_invalid: bool = False,
    may_remove: bool = False,
    origin: str = "own",
    attribution: str = "",
    way: str = "",
    by: str = "",
) -> Outcome:
    """Publish a drop: all of it, or with `skip_invalid` its valid rows, or nothing.

    `way` is how it came in (page, inbox, command, start) and `by` who did it. Raises `store.OtherLoadWasFirst` when
    somebody else loaded since the drop was compared, and `store.StoreProblem` when it cannot be written.
    """
    draft = prepared.draft
    if draft.is_blocked or (draft.problems and not skip_invalid):
        return Outcome(draft)
    if prepared.removes_much and not may_remove:
        draft.problems += [
            ingest.problem("removes_much", f"{name}.csv", count=draft.changes[name].removed)
            for name in prepared.removes_much
        ]
        return Outcome(draft)
    if prepared.is_unchanged:
        if store.on_show(home) != prepared.based_on:
            raise store.OtherLoadWasFirst("another load was published in the meantime")
        _keep_rejected(home, settings, draft)
        remember(home, prepared.told)
        return Outcome(draft, is_unchanged=True)
    kept_tables = [name for name, table in draft.tables.items() if len(table) and name not in draft.changes]
    manifest = store.publish(
        home,
        draft.tables,
        origin=origin,
        drop=store.Drop(draft.received, _options(draft, settings, prepared.update)),
        replaces_all=not draft.before_is_own or not (prepared.update or kept_tables),
        changes={name: asdict(changes) for name, changes in draft.changes.items()},
        attribution=attribution or (settings.attribution if origin == "own" else ""),
        based_on=prepared.based_on,
        way=way,
        by=by,
        keep=settings.keep_snapshots,
    )
    audit.note(home, by or way, "loaded", detail=manifest.id)
    _keep_rejected(home, settings, draft)
    remember(home, prepared.told)
    return Outcome(draft, manifest)


def load(
    home: Path,
    settings: Settings,
    files: Mapping[str, bytes],
    *,
    update: bool = False,
    skip_invalid: bool = False,
    may_remove: bool = False,
    origin: str = "own",
    attribution: str = "",
    way: str = "",
    by: str = "",
) -> Outcome:
    """Check a drop and publish it in one go. See `prepare` and `put_on_show`."""
    prepared = prepare(home, settings, files, update=update, origin=origin)
    how: dict[str, Any] = {"skip_invalid": skip_invalid, "may_remove": may_remove, "origin": origin}
    return put_on_show(home, settings, prepared, **how, attribution=attribution, way=way, by=by)


def _options(draft: ingest.Draft, settings: Settings, update: bool) -> dict[str, Any]:
    """What is needed to read the kept files again and find the same."""
    vocabularies = settings.model_dump(mode="json", include={"sectors", "types", "themes"})
    return {"update": update, "matching": draft.matching.model_dump(), "settings": vocabularies}


def rebuild(home: Path, snapshot_id: str) -> dict[str, pa.Table]:
    """The tables of a snapshot, made anew from the files as they were received, in the order in which they came.

    Raises `store.StoreProblem` when a file is damaged or can no longer be read.
    """
    tables: dict[str, pa.Table] = {}
    for drop in store.drops(home, snapshot_id):
        # What a newer version noted beside is read past: if it matters, the tables differ, and that is said.
        as_then = Settings.model_validate(drop.options.get("settings", {}), extra="ignore")
        matching = ingest.Matching.model_validate(drop.options.get("matching", {}), extra="ignore")
        update = bool(drop.options.get("update", False))
        draft = ingest.draft(drop.files, as_then, tables, update=update, matching=matching)
        # A list that only a newer version knows is none of our tables.
        foreign = {
            reading.file
            for reading in draft.readings
            if matching.tables.get(ingest.signature(reading.header)) not in (None, *models.TABLES)
        }
        if problems := [problem for problem in draft.problems if problem.file not in foreign]:
            first = problems[0]
            raise store.StoreProblem(f"{first.file}, row {first.row}: {first.message.words('en')}")
        tables = draft.tables
    return tables


def remembered(home: Path) -> ingest.Matching:
    """What readers told about their files so far."""
    path = home / "matching.json"
    if not path.exists():
        return ingest.Matching()
    return ingest.Matching.model_validate_json(path.read_text(encoding="utf-8"), extra="ignore")


def remember(home: Path, told: ingest.Matching) -> None:
    """Remember what a reader told about his files, for the next time."""
    if told != ingest.Matching():
        path = home / "matching.json"
        # With what a newer version noted beside.
        kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        content = json.dumps(kept | remembered(home).with_(told).model_dump(), indent=1, ensure_ascii=False)
        store.write_file(path, content.encode())


def _current(home: Path) -> dict[str, pa.Table]:
    """The tables on show that a load of one's own builds on: never those of the sample or the demo."""
    on_show = store.on_show(home)
    if on_show is None:
        return {}
    snapshot = store.open_snapshot(home, on_show)
    try:
        if snapshot.manifest.origin != "own":
            return {}
        return {name: snapshot.arrow(name) for name in models.TABLES}
    finally:
        snapshot.close()


def _keep_rejected(home: Path, settings: Settings, draft: ingest.Draft) -> None:
    """Rejected rows are kept, ready to be repaired and dropped again."""
    if draft.rejected:
        folder = new_folder(home / "rejected")
        for label, rejected in draft.rejected.items():
            name = re.sub(r"[^\w. ()-]", "_", label).lstrip(".")
            (folder / f"{Path(name).stem}.csv").write_bytes(rejected.csv(settings.languages[0]))


def new_folder(parent: Path) -> Path:
    """A new folder named after the moment."""
    folder = parent / f"{datetime.datetime.now(datetime.UTC):%Y%m%dT%H%M%S%f}"
    folder.mkdir(parents=True)
    return folder


@dataclass(frozen=True)
class Movement:
    """How one headline figure would move, and why."""

    indicator: str
    before: float | None
    after: float | None
    parts: dict[str, float]
    """What each kind of change does, in the order in which they were made; together the whole movement. Empty when
    there is nothing to compare with."""


def movements(prepared: Prepared, settings: Settings) -> list[Movement]:
    """By how much each headline figure would move, and why: the tables are replaced one after the other.

    "income" is what changes for organisations whose income was known already, "coverage" what others add to it.
    """
    draft = prepared.draft
    steps: dict[str, dict[str, float | None]] = {}
    mixed = dict(draft.before)
    with contextlib.ExitStack() as opened:

        def look(tables: Mapping[str, pa.Table], as_of: datetime.date | None) -> tuple[store.Snapshot, datetime.date]:
            snapshot = opened.enter_context(contextlib.closing(store.preview(tables)))
            return snapshot, as_of or snapshot.newest_date(today())

        after, now = look(draft.tables, None)
        if not draft.before_is_own:
            found = headlines(after, settings, _plain_view(settings, now))
            return [Movement(name, None, value, {}) for name, value in found.items()]
        before, then = look(draft.before, None)
        start = headlines(before, settings, _plain_view(settings, then))
        last_figures = start if now == then else headlines(before, settings, _plain_view(settings, now))
        steps["time"] = last_figures
        known = pc.unique(draft.before["funding"]["organisation_id"])
        funding_of_known = draft.tables["funding"].filter(
            pc.is_in(draft.tables["funding"]["organisation_id"], value_set=known)
        )
        replaced = {
            "organisations": {"organisations": draft.tables["organisations"]},
            "ties": {name: draft.tables[name] for name in ("partnerships", "events", "attendance")},
            "income": {"funding": funding_of_known},
            "coverage": draft.tables,
        }
        different = {name for name, c in draft.changes.items() if c.added or c.changed or c.removed}
        for name, tables in replaced.items():
            mixed |= tables
            if name == "coverage":
                last_figures = headlines(after, settings, _plain_view(settings, now))
            elif different & tables.keys():
                last_figures = headlines(look(mixed, now)[0], settings, _plain_view(settings, now))
            steps[name] = last_figures
    return _moved(start, steps)


def _moved(start: Mapping[str, float | None], steps: Mapping[str, Mapping[str, float | None]]) -> list[Movement]:
    """A movement per figure, taken apart (see `changes.parts`)."""
    taken_apart, last = changes.parts(start, steps), list(steps.values())[-1]
    return [Movement(indicator, first, last[indicator], taken_apart[indicator]) for indicator, first in start.items()]


def headlines(snapshot: Snapshot, settings: Settings, view: View) -> dict[str, float | None]:
    """The three figures on top of the overview."""
    days = answer_history_of(snapshot, view, [view.as_of]).iloc[-1]
    years = {year["year"]: year for year in answer_funding(snapshot, settings, view)["years"]}
    latest = latest_year(years, view.as_of)
    shares = {name: None if pd.isna(days[name]) else float(days[name]) for name in ("density", "cross_sector_share")}
    return {**shares, "exposed_share": years[latest]["exposed_share"] if latest else None}


def _plain_view(settings: Settings, as_of: datetime.date) -> View:
    return View(as_of, window_days=settings.window_days, plenary_size=settings.plenary_size)


def latest_year(years: Iterable[int], as_of: datetime.date) -> int | None:
    """The last year with income rows that was over on a day; without one the nearest there is."""
    listed = list(years)
    over = as_of.year if (as_of.month, as_of.day) == (12, 31) else as_of.year - 1
    so_far = [year for year in listed if year <= as_of.year]
    return max((year for year in listed if year <= over), default=max(so_far, default=min(listed, default=None)))


def has_own_data(home: Path) -> bool:
    """Whether somebody ever handed in data of their own."""
    return any(manifest.origin == "own" for manifest in store.history(home))


def show_example(home: Path, settings: Settings, origin: str) -> None:
    """Put the real `sample` or the fictional `demo` on show, as long as there is no data of one's own."""
    if has_own_data(home):
        raise store.StoreProblem("there is data of your own; an example would hide it")
    earlier = next((m for m in store.history(home) if m.origin == origin), None)
    if earlier:
        store.rollback(home, earlier.id)
    elif origin == "sample":
        load(
            home,
            settings,
            read_files([SAMPLE], settings),
            origin="sample",
            attribution=SAMPLE_ATTRIBUTION,
            may_remove=True,
            way="start",
        )
    else:
        with tempfile.TemporaryDirectory() as folder:
            demo.write(Path(folder))
            load(home, settings, read_files([Path(folder)], settings), origin="demo", may_remove=True, way="start")


def first_start(home: Path, settings: Settings) -> None:
    """On the very first start there is something to see: the sample."""
    if store.on_show(home) is None:
        # Another process that started at the same moment may have loaded it by now.
        with contextlib.suppress(store.OtherLoadWasFirst):
            show_example(home, settings, "sample")


def answer_network(snapshot: Snapshot, settings: Settings, view: View, *names: str) -> dict[str, Any]:
    """The Network table of the indicators; with `names` no more than those."""
    return network.network(snapshot.rows("active_organisations", view), snapshot.rows("ties", view), names)


def answer_ties(snapshot: Snapshot, settings: Settings, view: View) -> dict[str, Any]:
    """Ties over time."""
    return ties.ties(
        snapshot.rows("ties", view),
        snapshot.rows("tie_spells", view),
        view.as_of,
        settings.fading_days,
        settings.half_life_days,
    )


def answer_sectors(snapshot: Snapshot, settings: Settings, view: View) -> dict[str, Any]:
    """Sectors and the DNA of the region."""
    return sectors.sectors(
        snapshot.rows("active_organisations", view),
        snapshot.rows("ties", view),
        snapshot.table("reference"),
        settings.minimum_organisations,
    )


def answer_funding(snapshot: Snapshot, settings: Settings, view: View) -> dict[str, Any]:
    """Donor dependency, per year and per organisation."""
    return funding.funding(
        snapshot.rows("income", view),
        snapshot.rows("active_organisations", view),
        figures=_dependencies(snapshot, settings, view),
    )


def answer_income_years(snapshot: Snapshot, settings: Settings, view: View) -> list[int]:
    """The years with income rows, oldest first."""
    return _years(snapshot.rows("income", view))


def answer_year(snapshot: Snapshot, settings: Settings, view: View, year: int) -> dict[str, Any]:
    """Donor dependency of one of the `answer_income_years`, as `answer_funding` gives it, in less time."""
    (found,) = funding.funding(
        snapshot.kept(_income_of, view, year),
        snapshot.rows("active_organisations", view),
        figures=[row for row in _dependencies(snapshot, settings, view) if row["year"] == year],
    )["years"]
    return found


def _income_of(snapshot: Snapshot, view: View, year: int) -> pd.DataFrame:
    income = snapshot.rows("income", view)
    return income[income["year"] == year]


def _years(income: pd.DataFrame) -> list[int]:
    return sorted(income["year"].unique().tolist())


def _dependencies(snapshot: Snapshot, settings: Settings, view: View) -> list[dict[str, Any]]:
    """How each organisation depends on its donors, per year. A filter chooses organisations, and changes none."""
    thresholds = (settings.exposure_threshold, settings.public_threshold)
    in_view = set(snapshot.rows("organisations_in_view", view)["organisation_id"])
    return [
        row
        for row in snapshot.kept(_all_dependencies, view.unfiltered, *thresholds)
        if row["organisation_id"] in in_view
    ]


def _all_dependencies(snapshot: Snapshot, view: View, exposure: float, public: float) -> list[dict[str, Any]]:
    return funding.dependency(
        snapshot.rows("income", view), snapshot.rows("active_organisations", view), exposure, public
    )


def answer_totals(snapshot: Snapshot, settings: Settings, view: View) -> dict[str, Any]:
    """Donor dependency as `answer_funding` gives it, without anything of fewer than three organisations."""
    return totals.totals(
        snapshot.rows("income", view),
        snapshot.rows("active_organisations", view),
        settings.exposure_threshold,
        settings.public_threshold,
    )


def answer_events(snapshot: Snapshot, settings: Settings, view: View) -> dict[str, Any]:
    """Events and what followed."""
    return events.events(snapshot.rows("event_outcomes", view), settings.plenary_size)


def answer_coverage(snapshot: Snapshot, settings: Settings, view: View) -> dict[str, Any]:
    """How much is known."""
    return coverage.coverage(
        snapshot.rows("active_organisations", view),
        snapshot.rows("income", view),
        snapshot.rows("event_outcomes", view.unfiltered),  # how many came to an event is the same for every filter
        as_of=view.as_of,
        data_up_to=snapshot.newest_date(today()),
        loaded_at=snapshot.manifest.loaded_at,
        expected_organisations=settings.expected_organisations,
    )


def answer_records(snapshot: Snapshot, settings: Settings, view: View) -> dict[str, Any]:
    """What was written down about partnerships: the newest start up to the as-of date, and how many last contacts."""
    partnerships = snapshot.table("partnerships")
    starts = pd.to_datetime(partnerships["start_date"])
    newest = starts[starts <= pd.Timestamp(view.as_of)].max()
    return {
        "newest_partnership": None if pd.isna(newest) else newest.date(),
        "last_contact_known": int(partnerships["last_contact"].notna().sum()),
    }


def answer_calendar(snapshot: Snapshot, settings: Settings, view: View) -> pd.DataFrame:
    """One row per event, past and planned, newest first: all columns of events, and how many attended so far."""
    outcomes = snapshot.rows("event_outcomes", view)[["event_id", "organisations"]]
    planned = snapshot.table("events").merge(outcomes, on="event_id", how="left")
    return planned.sort_values(["start_date", "event_id"], ascending=[False, True])


def answer_encounters(snapshot: Snapshot, settings: Settings, view: View) -> pd.DataFrame:
    """One row per two sectors whose organisations met at an event: sector_a, sector_b, encounters; most first."""
    met = snapshot.rows("encounters", view)
    return met.sort_values(["encounters", "sector_a", "sector_b"], ascending=[False, True, True])


def answer_tie_list(snapshot: Snapshot, settings: Settings, view: View) -> pd.DataFrame:
    """One row per tie on the as-of date."""
    return snapshot.rows("ties", view)


def answer_layout(snapshot: Snapshot, settings: Settings, view: View) -> pd.DataFrame:
    """Where to draw each organisation: organisation_id, name, sector, degree, x, y."""
    organisations = snapshot.rows("active_organisations", view)
    placed = network.layout(organisations, snapshot.rows("ties", view))
    return placed.merge(organisations[["organisation_id", "name", "sector"]], on="organisation_id")


def answer_brokers(snapshot: Snapshot, settings: Settings, view: View) -> pd.DataFrame:
    """One row per organisation, who connects others most first: name, sector, degree, betweenness, constraint, ..."""
    return snapshot.kept(_brokers, view)


def _brokers(snapshot: Snapshot, view: View) -> pd.DataFrame:
    organisations, found = snapshot.rows("active_organisations", view), snapshot.rows("ties", view)
    named = organisations.set_index("organisation_id")[["name", "sector"]]
    listed = network.brokers(organisations, found).join(named, on="organisation_id")
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


def answer_changes(
    snapshot: Snapshot, settings: Settings, view: View, since: datetime.date, older: Snapshot | None = None
) -> dict[str, Any]:
    """What changed after `since`, up to the as-of date: the figures then and now, and who came, went, met and parted.

    With `older`, then is what that snapshot said. `before` and `now` are rows of `network.history`; `formed` and
    `ended` list ties (organisation_a, organisation_b, name_a, name_b, sector_a, sector_b, is_cross_sector), `joined`
    and `left` organisations (organisation_id, name, sector).
    """
    then = older or snapshot
    before = answer_history_of(then, view, [since]).iloc[0]
    now = answer_history_of(snapshot, view, [view.as_of]).iloc[0]
    earlier = dataclasses.replace(view, as_of=since)
    ends = ["organisation_a", "organisation_b"]
    ties_then, ties_now = then.rows("ties", earlier), snapshot.rows("ties", view)
    there_then, there_now = then.rows("active_organisations", earlier), snapshot.rows("active_organisations", view)

    def only_in(some: pd.DataFrame, others: pd.DataFrame, key: list[str], columns: list[str]) -> list[dict[str, Any]]:
        own, there = (list(zip(*(rows[name].tolist() for name in key), strict=True)) for rows in (some, others))
        known = set(there)
        return records(some.loc[[row not in known for row in own], columns])

    tie_columns = [*ends, "name_a", "name_b", "sector_a", "sector_b", "is_cross_sector"]
    name_columns = ["organisation_id", "name", "sector"]
    return {
        "before": before.to_dict(),
        "now": now.to_dict(),
        "formed": only_in(ties_now, ties_then, ends, tie_columns),
        "ended": only_in(ties_then, ties_now, ends, tie_columns),
        "joined": only_in(there_now, there_then, ["organisation_id"], name_columns),
        "left": only_in(there_then, there_now, ["organisation_id"], name_columns),
    }


def answer_newly_exposed(
    snapshot: Snapshot, settings: Settings, view: View, from_year: int, to_year: int
) -> list[dict[str, Any]]:
    """Organisations that became exposed between two years."""
    return funding.newly_exposed(_dependencies(snapshot, settings, view), from_year, to_year)


def answer_flows(snapshot: Snapshot, settings: Settings, view: View, year: int) -> list[dict[str, Any]]:
    """From donor to sector, in one year."""
    return funding.flows(snapshot.kept(_income_of, view, year), year)


def answer_stress(
    snapshot: Snapshot,
    settings: Settings,
    view: View,
    year: int | None,
    cuts: tuple[tuple[str, float], ...],
    category_cuts: tuple[tuple[str, float], ...],
) -> dict[str, Any]:
    """What if donors or kinds of income are cut, in a year (without one the latest that was over).

    Raises `stress.UnknownDonor` and `stress.UnknownCategory`.
    """
    income = _whole_income(snapshot, view)
    year = year or latest_year(_years(income), view.as_of) or view.as_of.year
    return stress.stress(
        income,
        snapshot.rows("active_organisations", view),
        snapshot.rows("ties", view),
        year=year,
        cuts=dict(cuts),
        category_cuts=dict(category_cuts),
        risk_threshold=settings.risk_threshold,
        shown=frozenset(snapshot.rows("income", view)["organisation_id"].unique()),
    )


def _whole_income(snapshot: Snapshot, view: View) -> pd.DataFrame:
    """Income whatever the filters: what travels on through an organisation that a filter hides still travels on."""
    return snapshot.rows("income", view.unfiltered)


def answer_names(snapshot: Snapshot, settings: Settings, view: View) -> dict[str, str]:
    """Id -> name of every active organisation, in order of name."""
    named = snapshot.rows("active_organisations", view).sort_values("name", key=lambda names: names.str.casefold())
    return dict(zip(named["organisation_id"], named["name"], strict=True))


def answer_organisation(
    snapshot: Snapshot, settings: Settings, view: View, organisation_id: str
) -> dict[str, Any] | None:
    """One organisation: profile, position, ties, money and events. None when it is not active or not in view."""
    organisations = snapshot.rows("active_organisations", view)
    own = organisations[organisations["organisation_id"] == organisation_id]
    if own.empty:
        return None
    profile = next(r for r in snapshot.records("organisations") if r["organisation_id"] == organisation_id)
    brokers = answer_brokers(snapshot, settings, view).set_index("organisation_id")
    position = {name: None if pd.isna(value) else value for name, value in brokers.loc[organisation_id].items()}
    income = snapshot.rows("income", view)
    income = income[income["organisation_id"] == organisation_id]
    figures = _dependencies(snapshot, settings, view)
    years = [row for row in figures if row["organisation_id"] == organisation_id]
    return {
        "organisation_id": organisation_id,
        "name": profile["name"],
        "sector": profile["sector"],
        "degree": int(position["degree"] or 0),
        "cross_sector_degree": int(position["cross_sector_degree"] or 0),
        "betweenness": position["betweenness"],
        "constraint": position["constraint"],
        "is_articulation_point": bool(position["is_articulation_point"]),
        "cut_off": int(position["cut_off"] or 0),
        "profile": profile,
        "ties": _ties_of(organisation_id, snapshot.rows("ties", view)),
        "funding": years,
        "income": records(income[["year", "donor", "category", "amount_eur"]].sort_values("year", ascending=False)),
        "events": _events_of(organisation_id, snapshot, view),
    }


def _ties_of(organisation_id: str, found: pd.DataFrame) -> list[dict[str, Any]]:
    """The ties of one organisation, seen from it, the last sign of life first."""
    flipped = {
        f"{column}_{a}": f"{column}_{b}" for column in ("organisation", "name", "sector") for a, b in ("ab", "ba")
    }
    mine = pd.concat(
        [
            found[found["organisation_a"] == organisation_id],
            found[found["organisation_b"] == organisation_id].rename(columns=flipped),
        ]
    ).sort_values(["last_sign_date", "organisation_b"], ascending=[False, True])
    columns = {"organisation_b": "organisation_id", "name_b": "name", "sector_b": "sector"}
    kept = ["is_cross_sector", "is_structural", "partnership_count", "started_on", "last_sign_date", "days_silent"]
    kept += ["next_event_name", "next_event_date"]
    return records(mine[[*columns, *kept]].rename(columns=columns))


def _events_of(organisation_id: str, snapshot: Snapshot, view: View) -> list[dict[str, Any]]:
    """The events one organisation was or is expected at, newest first."""
    attended = snapshot.table("attendance")
    attended = attended[attended["organisation_id"] == organisation_id]
    found = attended.merge(snapshot.table("events")[["event_id", "name", "start_date", "kind"]], on="event_id")
    found = found.assign(is_planned=pd.to_datetime(found["start_date"]) > pd.Timestamp(view.as_of))
    columns = ["event_id", "name", "start_date", "kind", "role", "status", "is_planned"]
    return records(found.sort_values("start_date", ascending=False)[columns])


# --- ties that fade, what holds the network together, what events bring, what changed, and other hubs

MOST_MARKS = 12
"""How many events at the most are marked on a figure over time: those that most organisations attended."""
PER_QUARTER = ("density", "mean_degree", "cross_sector_share")
"""The figures with a target that are part of the history."""
YEARS_BACK = 5
"""How far the road to a target looks back for a figure that is not part of the history."""


def answer_fading(
    snapshot: Snapshot, settings: Settings, view: View, longest_first: bool, most: int | None = None
) -> list[dict[str, Any]]:
    """The fading ties in the order in which to call, with what the two had together (see `ties.with_past`).

    With `most`, only the first so many are told with their past.
    """
    found = ties.fading(snapshot.rows("ties", view), settings.fading_days, settings.half_life_days)
    attended = snapshot.table("attendance")
    attended = attended[attended["status"] == "attended"][["event_id", "organisation_id"]]
    listed = ties.to_call(found, longest_first=longest_first)
    told = ties.with_past(
        listed[:most],
        snapshot.rows("partnership_pairs", view),
        snapshot.table("partnerships"),
        attended.merge(snapshot.table("events")[["event_id", "name", "start_date"]], on="event_id"),
        view.as_of,
    )
    return told + listed[len(told) :]


def answer_structure(snapshot: Snapshot, settings: Settings, view: View) -> dict[str, Any]:
    """Whether ties that began structural last longer."""
    return ties.structure(snapshot.rows("tie_spells", view), view.as_of)


def answer_fragility(snapshot: Snapshot, settings: Settings, view: View) -> dict[str, list[dict[str, Any]]]:
    """What is left of the network when its brokers go: `with` and `without` the convenors (see `stress.fragility`).

    `with` is absent when the view leaves convenors out, `without` when there are none in it.
    """

    def without_brokers(seen: View) -> list[dict[str, Any]]:
        brokers = answer_brokers(snapshot, settings, seen)
        return stress.fragility(snapshot.rows("active_organisations", seen), snapshot.rows("ties", seen), brokers)

    answer = {"with": without_brokers(view)} if view.with_convenor else {}
    if not view.with_convenor or (snapshot.rows("active_organisations", view)["role"] == "convenor").any():
        answer["without"] = without_brokers(dataclasses.replace(view, with_convenor=False))
    return answer


def answer_event(snapshot: Snapshot, settings: Settings, view: View, event_id: str) -> dict[str, Any] | None:
    """One event up to the as-of date: who was there, who met, and what followed. None when it is not one of those."""
    return events.one_event(
        snapshot.rows("event_outcomes", view),
        snapshot.rows("organisations_in_view", view),
        snapshot.rows("tie_spells", view),
        event_id,
        window_days=view.window_days,
        as_of=view.as_of,
    )


def answer_kinds(snapshot: Snapshot, settings: Settings, view: View) -> list[dict[str, Any]]:
    """What each kind of event brought."""
    return events.per_kind(snapshot.rows("event_outcomes", view))


def answer_never_came(snapshot: Snapshot, settings: Settings, view: View) -> list[dict[str, Any]]:
    """The active organisations that attended no event."""
    return events.never_came(snapshot.rows("active_organisations", view), snapshot.rows("event_outcomes", view))


def answer_marks(snapshot: Snapshot, settings: Settings, view: View) -> pd.DataFrame:
    """The events to mark on a figure over time, oldest first: date, name; those that most organisations attended."""
    held = snapshot.rows("event_outcomes", view.unfiltered)  # they are the largest whatever the filter
    largest = held.sort_values(["organisation_count", "event_id"], ascending=[False, True]).head(MOST_MARKS)
    found = largest[["start_date", "name"]].rename(columns={"start_date": "date"})
    return found.sort_values("date", kind="stable").reset_index(drop=True)


def answer_theme_mixing(snapshot: Snapshot, settings: Settings, view: View) -> list[dict[str, Any]]:
    """Ties within and between themes against chance."""
    return sectors.theme_mixing(snapshot.rows("active_organisations", view), snapshot.rows("ties", view))


def answer_movements(
    snapshot: Snapshot, settings: Settings, view: View, since: datetime.date, older: Snapshot | None = None
) -> list[Movement]:
    """By how much each headline figure moved after `since` up to the as-of date, and why.

    With `older`, then is what that snapshot said, and the first part, "records", is what is known better of that day by
    now. The others are "size" (the number of organisations), "ended" and "formed" (ties), "income" (of organisations
    known both times) and "known" (other organisations of which income is known).
    """
    earlier = dataclasses.replace(view, as_of=since)

    def counts(source: Snapshot, seen: View) -> dict[str, int]:
        found = source.rows("ties", seen)
        there = len(source.rows("active_organisations", seen))
        return {"organisations": there, "ties": len(found), "cross_sector_ties": int(found["is_cross_sector"].sum())}

    def exposed(source: Snapshot, seen: View) -> dict[str, bool | None]:
        rows = _dependencies(source, settings, seen)
        year = latest_year(sorted({row["year"] for row in rows}), seen.as_of)
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
    return _moved(start, steps)


def answer_donor_changes(
    snapshot: Snapshot, settings: Settings, view: View, since: datetime.date, older: Snapshot | None = None
) -> dict[str, Any]:
    """Which donors came, went, gave more or less (`donors`), between `from_year` and `to_year`.

    These are the latest years with income rows that were over on `since` and on the as-of date; None without any.
    """

    def of_year(source: Snapshot, as_of: datetime.date) -> tuple[int | None, pd.DataFrame]:
        income = source.rows("income", view)
        year = latest_year(_years(income), as_of)
        return year, income[income["year"] == year]

    from_year, before = of_year(older or snapshot, since)
    to_year, after = of_year(snapshot, view.as_of)
    return {"from_year": from_year, "to_year": to_year, "donors": changes.donor_changes(before, after)}


def answer_roads(snapshot: Snapshot, settings: Settings, view: View) -> dict[str, dict[str, Any]]:
    """Per indicator with a target: its `history` (a table date, value) and its `road` (see `changes.road`).

    The history is per quarter, per year of income, or of this day in the past years, up to the as-of date.
    """
    aims = snapshot.table("targets")
    per_quarter = functools.cache(lambda: answer_history(snapshot, settings, view))
    per_year = functools.cache(lambda: answer_funding(snapshot, settings, view)["years"])
    found = {}
    wanted = set(aims["indicator"]) - (set() if snapshot.scope.amounts else set(funding.OF_A_YEAR))
    for indicator in (name for name in models.INDICATORS if name in wanted):
        if indicator in PER_QUARTER:
            days = per_quarter()
            rows = list(zip(days["date"].dt.date, days[indicator], strict=True))
        elif indicator in funding.OF_A_YEAR:
            latest = latest_year([year["year"] for year in per_year()], view.as_of) or 0
            over = [year for year in per_year() if year["year"] <= latest]
            rows = [(min(datetime.date(year["year"], 12, 31), view.as_of), year[indicator]) for year in over]
        else:
            years_back = [pd.DateOffset(years=back) for back in range(YEARS_BACK, -1, -1)]
            past = [dataclasses.replace(view, as_of=(pd.Timestamp(view.as_of) - b).date()) for b in years_back]
            rows = [(seen.as_of, _value_on(snapshot, settings, seen, indicator)) for seen in past]
        history = pd.DataFrame(rows, columns=["date", "value"])
        own = aims[aims["indicator"] == indicator]
        listed = [(row["date"], float(row["value"]), row["note"]) for row in records(own)]
        found[indicator] = {
            "history": history,
            "road": changes.road(zip(history["date"], history["value"], strict=True), listed, view.as_of),
        }
    return found


def _value_on(snapshot: Snapshot, settings: Settings, view: View, indicator: str) -> float | None:
    """One figure of a day, of those that have no history of their own."""
    organisations, found = snapshot.rows("active_organisations", view), snapshot.rows("ties", view)
    if indicator in ("median_degree", "isolates", "structural_share"):
        graph = network.graph_of(organisations, found)
        if indicator == "isolates":
            return len(network.isolates(graph))
        return network.median_degree(graph) if indicator == "median_degree" else network.structural_share(graph)
    if indicator == "fading_share":
        return ties.fading_share(found, settings.fading_days)
    if indicator == "effective_sectors":
        return sectors.effective_sectors(organisations)
    value: float | None = answer_events(snapshot, settings, view)[indicator]
    return value


def answer_profile(snapshot: Snapshot, settings: Settings, view: View) -> dict[str, Any]:
    """What can be compared between hubs of different size: never density, which falls as a network grows.

    `name`, `as_of`, `organisations`, `ties`, `expected_organisations`; `mean_degree`, `median_degree`,
    `structural_share`; `cross_sector_share` beside `cross_sector_expected` (what chance gives), and
    `cross_sector_ratio`; `effective_sectors`, `effective_themes`; `effective_donors` and `exposed_share` of
    `income_year`; and `blocks`: `network.mixing` of the pairs of sectors between which chance gives at least
    `network.MINIMUM_EXPECTED` ties. None where undefined.
    """
    organisations, found = snapshot.rows("active_organisations", view), snapshot.rows("ties", view)
    graph = network.graph_of(organisations, found)
    across, by_chance = network.cross_sector_share(graph), network.ei_expected(graph)
    expected = None if by_chance is None else (by_chance + 1) / 2
    years = {year["year"]: year for year in answer_funding(snapshot, settings, view)["years"]}
    latest = latest_year(years, view.as_of)
    of_year = years[latest] if latest else {}
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
        "effective_donors": of_year.get("effective_donors"),
        "exposed_share": of_year.get("exposed_share"),
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
    return [OtherHub(place, read_settings(place), store.on_show(place)) for place in homes]


@dataclass(frozen=True)
class Note:
    """Something that the manager pinned to a day, to see it beside the figures."""

    id: str
    day: datetime.date
    text: str


class NoteProblem(ValueError):
    """A note that is not kept. `code`: empty, long or personal_data."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


NOTES = "notes.json"
MOST_OF_A_NOTE = 200
"""How many characters a note may have."""


def notes(home: Path) -> tuple[Note, ...]:
    """The notes of this hub, the oldest day first. Raises `store.StoreProblem` when they are damaged."""
    try:
        found = [
            Note(**store.known_fields(Note, row) | {"day": datetime.date.fromisoformat(row["day"])})
            for row in store.read_list(home, NOTES)
        ]
    except (TypeError, ValueError, KeyError) as error:
        raise store.StoreProblem(f"{NOTES} is damaged: {error}") from error
    return tuple(sorted(found, key=lambda note: (note.day, note.id)))


def pin_note(home: Path, day: datetime.date, text: str) -> Note:
    """Keep a note. Raises `NoteProblem` when it is empty, too long, or holds an e-mail address or telephone number."""
    said = " ".join(text.split())
    if not said:
        raise NoteProblem("empty")
    if len(said) > MOST_OF_A_NOTE:
        raise NoteProblem("long")
    if ingest.PERSONAL_CELL.search(said):
        raise NoteProblem("personal_data")
    note = Note(secrets.token_hex(6), day, said)
    store.change_list(home, NOTES, lambda rows: [*rows, asdict(note) | {"day": day.isoformat()}])
    return note


def remove_note(home: Path, note_id: str) -> None:
    """Take a note away. No matter if it is gone already."""
    store.change_list(home, NOTES, lambda rows: [row for row in rows if row["id"] != note_id])


def answer_presets(snapshot: Snapshot, settings: Settings, view: View, year: int) -> list[dict[str, Any]]:
    """Stress tests to begin with, in a year. They are the same for every filter."""
    found: list[dict[str, Any]] = snapshot.kept(_presets, view.unfiltered, year)
    return found


def _presets(snapshot: Snapshot, view: View, year: int) -> list[dict[str, Any]]:
    return stress.presets(snapshot.kept(_income_of, view, year), year)


def answer_shared_exposure(snapshot: Snapshot, settings: Settings, view: View, year: int) -> list[dict[str, Any]]:
    """Which organisations fall together: per donor those that it pays for a large part."""
    income, ties_now = snapshot.kept(_income_of, view, year), snapshot.rows("ties", view)
    # a threshold of 0 means any part at all
    return stress.shared_exposure(income, ties_now, year=year, threshold=max(settings.risk_threshold, 1e-9))


def answer_quadrant(snapshot: Snapshot, settings: Settings, view: View, year: int) -> dict[str, Any]:
    """Who stands between others and leans on one donor, in a year."""
    figures = [row for row in _dependencies(snapshot, settings, view) if row["year"] == year]
    brokers = answer_brokers(snapshot, settings, view)
    return stress.quadrant(figures, brokers, exposure_threshold=settings.exposure_threshold)


def answer_own_income(snapshot: Snapshot, settings: Settings, view: View, year: int) -> dict[str, Any]:
    """How much own income active organisations have beside what the rules of the settings ask for, in a year."""
    income = snapshot.rows("income", view)
    active = snapshot.rows("active_organisations", view)["organisation_id"]
    return stress.own_income(
        income[income["organisation_id"].isin(active)],
        year=year,
        minimum_shares=[rule.minimum_share for rule in settings.own_income_rules],
        donors=settings.own_income_donors,
    )


def answer_other_income(
    snapshot: Snapshot, settings: Settings, view: View, from_year: int, to_year: int
) -> dict[str, Any]:
    """The shift from subsidy to other income, between two years and per kind of organisation."""
    organisations = snapshot.rows("organisations_in_view", view)
    return funding.other_income(snapshot.rows("income", view), organisations, from_year, to_year)


MOST_PAIRS = 200
"""The length of the list of introductions: some for every week of a year, and of those that were dismissed."""


def _without_convenors(view: View, with_convenors: bool) -> View:
    return dataclasses.replace(view, with_convenor=view.with_convenor and with_convenors)


def _attended(snapshot: Snapshot, day: datetime.date) -> pd.DataFrame:
    """One row per organisation that attended an event up to a day, those that a filter hides too."""
    attendance, listed = snapshot.table("attendance"), snapshot.table("events")
    past = listed.loc[listed["start_date"] <= pd.Timestamp(day), "event_id"]
    return attendance[(attendance["status"] == "attended") & attendance["event_id"].isin(past)]


def answer_introductions(
    snapshot: Snapshot, settings: Settings, view: View, with_convenors: bool, limit: int = MOST_PAIRS
) -> list[dict[str, Any]]:
    """Whom to introduce to whom, best first: as `introductions.introductions`, with names.

    Per pair also `name_a`, `sector_a`, `name_b`, `sector_b`; per reason `names` (of its items: organisations, themes,
    needs or events; codes stay codes), and for a need `is_digital`.
    """
    seen = _without_convenors(view, with_convenors)
    organisations = snapshot.rows("active_organisations", seen)
    found = introductions.introductions(
        organisations,
        snapshot.rows("ties", seen),
        _attended(snapshot, view.as_of),
        limit=limit,
        digital=settings.digital_services,
        plenary_size=view.plenary_size,
    )
    about = organisations.set_index("organisation_id")
    names, sector_of = about["name"].to_dict(), about["sector"].to_dict()
    event_names = snapshot.table("events").set_index("event_id")["name"].to_dict()
    for pair in found:
        for end in "ab":
            organisation_id = pair[f"organisation_{end}"]
            pair |= {f"name_{end}": names[organisation_id], f"sector_{end}": sector_of[organisation_id]}
        for reason in pair["reasons"]:
            named = {"partners": names, "events": event_names}.get(reason["kind"], {})
            reason["names"] = [named.get(item, item) for item in reason["items"]]
            if reason["kind"] == "need":
                reason["is_digital"] = any(item in settings.digital_services for item in reason["items"])
    return found


def answer_backtest(snapshot: Snapshot, settings: Settings, view: View, with_convenors: bool) -> dict[str, Any]:
    """How well the ranking of introductions, built a year before the as-of date, foresaw the ties formed since.

    As `introductions.backtest`, and `built_on`, that day.
    """
    seen = _without_convenors(view, with_convenors)
    built_on = view.as_of - datetime.timedelta(days=365)
    then = dataclasses.replace(seen, as_of=built_on)
    spells = snapshot.rows("tie_spells", seen)
    is_new = (spells["started_on"] > pd.Timestamp(built_on)) & (spells["started_on"] <= pd.Timestamp(view.as_of))
    formed = spells.loc[is_new, ["organisation_a", "organisation_b"]]
    found = introductions.backtest(
        snapshot.rows("active_organisations", then),
        snapshot.rows("ties", then),
        _attended(snapshot, built_on),
        set(formed.itertuples(index=False, name=None)),
        digital=settings.digital_services,
        plenary_size=view.plenary_size,
    )
    return found | {"built_on": built_on}


def answer_needs(snapshot: Snapshot, settings: Settings, view: View) -> dict[str, Any]:
    """What organisations need and offer, digital first, and how digital each sector is."""
    return introductions.needs_and_offers(snapshot.rows("active_organisations", view), settings.digital_services)


def answer_tied_since(snapshot: Snapshot, settings: Settings, view: View) -> dict[tuple[str, str], datetime.date]:
    """Since when each two organisations have the tie that they have on the as-of date; the lower id first."""
    found = snapshot.rows("ties", view)
    ends = zip(found["organisation_a"], found["organisation_b"], strict=True)
    return {tuple(sorted(pair)): day.date() for pair, day in zip(ends, found["started_on"], strict=True)}


def indicators(snapshot: Snapshot, settings: Settings, view: View) -> dict[str, Any]:
    """Everything that `python -m hubdata indicators --json` prints, under the contract's names."""
    return {
        "as_of": view.as_of.isoformat(),
        "coverage": answer_coverage(snapshot, settings, view),
        "network": answer_network(snapshot, settings, view) | {"fragility": answer_fragility(snapshot, settings, view)},
        "ties": answer_ties(snapshot, settings, view) | {"structure": answer_structure(snapshot, settings, view)},
        "sectors": answer_sectors(snapshot, settings, view)
        | {"theme_mixing": answer_theme_mixing(snapshot, settings, view)},
        "funding": answer_funding(snapshot, settings, view),
        "events": answer_events(snapshot, settings, view)
        | {
            "kinds": answer_kinds(snapshot, settings, view),
            "never_came": answer_never_came(snapshot, settings, view),
        },
    }


# --- for the Data page

NOTHING_TOLD = ingest.Matching()


def told_about(
    reading: ingest.Reading,
    *,
    table: str = "",
    header: str = "",
    column: str = "",
    month_first: bool | None = None,
    decimal_mark: str = "",
) -> ingest.Matching:
    """What a reader says of a file: what it holds, which column a header is ("" is none), how it is written."""
    sign = reading.signature
    return ingest.Matching(
        tables={sign: table} if table else {},
        columns={reading.table: {ingest.folded(header): column}} if header and reading.table else {},
        month_first={} if month_first is None else {sign: month_first},
        decimal_marks={sign: decimal_mark} if decimal_mark else {},
    )


def told_column(matching: ingest.Matching, reading: ingest.Reading, header: str) -> str | None:
    """What a reader said a header is; None when he said nothing."""
    return matching.columns.get(reading.table or "", {}).get(ingest.folded(header))


def free_columns(reading: ingest.Reading) -> list[str]:
    """The columns of a file's table that none of its headers was matched with."""
    if reading.table is None:
        return []
    return [c for c in ingest.known_columns(models.TABLES[reading.table]) if c not in reading.columns.values()]


def is_about(problem: ingest.Problem, code: str) -> bool:
    """Whether a problem is the one with this code."""
    return problem.message.message == ingest.SENTENCES[code][0]


def changed_rows(prepared: Prepared, table: str) -> list[dict[str, Any]]:
    """What a drop would change in a table, row by row (see `ingest.differences`)."""
    draft = prepared.draft
    return ingest.differences(models.TABLES[table], draft.tables[table], draft.before[table])


def is_kept(home: Path, snapshot_id: str) -> bool:
    """Whether there is such a snapshot. Any text may be asked: it comes from an address."""
    return bool(store.ID.fullmatch(snapshot_id)) and (home / "snapshots" / snapshot_id / "manifest.json").exists()


def put_back(home: Path, snapshot_id: str, instead_of: str | None, by: str = "") -> None:
    """Put another snapshot on show, in the place of the one that whoever asks was looking at.

    Raises `store.OtherLoadWasFirst` when something else is on show by now.
    """
    if store.on_show(home) != instead_of:
        raise store.OtherLoadWasFirst("another load was published in the meantime")
    store.rollback(home, snapshot_id)
    audit.note(home, by or "page", "put back", detail=snapshot_id)


def restore(home: Path, file: Path) -> str:
    """Bring back what a backup holds; a link that was revoked since stays revoked. See `store.restore`."""
    return store.restore(home, file, {"links.json": sharing.joined})


@dataclass(frozen=True)
class Refused:
    """A drop of the inbox that was not loaded."""

    at: str
    """UTC time, ISO 8601."""
    files: tuple[str, ...]
    problem_count: int
    problems: Path
    """The list of its problems, as CSV."""


def refused_drops(home: Path, most: int = 20) -> list[Refused]:
    """The drops of the inbox that were not loaded, newest first, at most so many."""
    found = []
    for path in sorted((home / "rejected").glob("*/problems.csv"), reverse=True)[:most]:
        try:
            at = datetime.datetime.strptime(path.parent.name[:21], "%Y%m%dT%H%M%S%f").replace(tzinfo=datetime.UTC)
        except ValueError:  # a folder of somebody else
            continue
        with path.open(encoding="utf-8-sig", newline="") as file:
            count = max(sum(1 for _ in csv.reader(file)) - 1, 0)
        files = tuple(sorted(other.name for other in path.parent.iterdir() if other != path))
        found.append(Refused(at.isoformat(), files, count, path))
    return found


# --- what was decided about introductions

DECISIONS = "introductions.json"
STATUSES = ("accepted", "dismissed", "introduced")
OUTCOMES = ("unknown", "met", "together", "nothing")


@dataclass(frozen=True)
class Decision:
    """What somebody decided about introducing two organisations, and what became of it."""

    organisation_a: str
    organisation_b: str
    """The higher id: a pair has one decision."""
    status: str
    """One of `STATUSES`."""
    introduced_on: datetime.date | None = None
    outcome: str = "unknown"
    """One of `OUTCOMES`, as somebody said; what the data says is looked up."""
    decided_at: str = ""
    """UTC time, ISO 8601."""

    @property
    def pair(self) -> tuple[str, str]:
        """The two ids, the lower first."""
        return self.organisation_a, self.organisation_b


def decisions(home: Path) -> list[Decision]:
    """Every decision about an introduction, the newest first. Raises `store.StoreProblem` when they are damaged."""
    found = _decisions_of(store.read_list(home, DECISIONS))
    return sorted(found, key=lambda decision: decision.decided_at, reverse=True)


def _decisions_of(rows: list[Any]) -> list[Decision]:
    def day(text: str | None) -> datetime.date | None:
        return datetime.date.fromisoformat(text) if text else None

    try:
        return [
            Decision(**store.known_fields(Decision, row) | {"introduced_on": day(row["introduced_on"])}) for row in rows
        ]
    except (TypeError, ValueError, KeyError) as error:
        raise store.StoreProblem(f"{DECISIONS} is damaged: {error}") from error


def decide(
    home: Path,
    pair: tuple[str, str],
    status: str,
    introduced_on: datetime.date | None = None,
    outcome: str = "unknown",
) -> None:
    """Remember what was decided about introducing two organisations, instead of what was; "" forgets it.

    It is kept in the home, whatever is loaded. Raises `store.StoreProblem` when it cannot be written.
    """
    if status not in ("", *STATUSES) or outcome not in OUTCOMES or (status == "introduced") != bool(introduced_on):
        raise ValueError(f"no decision: {status!r}, {introduced_on}, {outcome!r}")
    a, b = sorted(pair)
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
    decided = Decision(a, b, status, introduced_on, outcome, now)

    def change(rows: list[Any]) -> list[Any]:
        # As they are written: with what a newer version noted beside.
        others = [row for row, known in zip(rows, _decisions_of(rows), strict=True) if known.pair != (a, b)]
        new = asdict(decided) | {"introduced_on": introduced_on and introduced_on.isoformat()}
        return [*others, new] if status else others

    store.change_list(home, DECISIONS, change)
