"""What commands, pages and the server all do: hand in a drop, and answer a question with indicators.

Everything here is a few lines that join `ingest`, `store` and `indicators`; none of those three knows the others.
"""

import contextlib
import dataclasses
import datetime
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from hubdata import demo, ingest, models, store
from hubdata.indicators import coverage, events, funding, network, sectors, ties
from hubdata.settings import Settings
from hubdata.store import Snapshot, View

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
MOST_QUARTERS = 80
"""How far back a history goes at the most: twenty years."""

SAMPLE_ATTRIBUTION = "Contains CORDIS data, European Union, CC BY 4.0, adapted"


@dataclass(frozen=True)
class Outcome:
    """What became of a drop. `manifest` is None when nothing was published."""

    draft: ingest.Draft
    manifest: store.Manifest | None = None
    is_unchanged: bool = False
    """The drop holds exactly what is on show."""


def read_files(paths: list[Path]) -> dict[str, bytes]:
    """The content of files, and of the CSV files in folders, by file name. Raises `FileNotFoundError`."""
    files: list[Path] = []
    for path in paths:
        files.extend(sorted(p for p in path.iterdir() if p.suffix.lower() == ".csv") if path.is_dir() else [path])
    if not files:
        raise FileNotFoundError(f"no CSV files in {', '.join(map(str, paths))}")
    names = [path.name for path in files]
    return {path.name if names.count(path.name) == 1 else str(path): path.read_bytes() for path in files}


def today() -> datetime.date:
    """The present day (UTC)."""
    return datetime.datetime.now(datetime.UTC).date()


def check(home: Path, settings: Settings, files: Mapping[str, bytes], *, update: bool = False) -> ingest.Draft:
    """Read and check a drop against what is on show; publishes nothing."""
    return ingest.draft(files, settings, _current(home), update=update)


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
) -> Outcome:
    """Check a drop and publish it: all of it, or with `skip_invalid` its valid rows, or nothing.

    Raises `store.OtherLoadWasFirst` when somebody else loaded in the meantime.
    """
    based_on = store.on_show(home)
    current = _current(home) if origin == "own" else {}
    draft = ingest.draft(files, settings, current, update=update)
    if any(p.blocks or not skip_invalid for p in draft.problems):
        return Outcome(draft)
    asks = tuple(name for name, changes in draft.changes.items() if changes.removes_much)
    if asks and not may_remove:
        draft.problems += [
            ingest.problem("removes_much", f"{name}.csv", count=draft.changes[name].removed) for name in asks
        ]
        return Outcome(draft)
    _keep_rejected(home, draft)
    if current and not any(c.added or c.changed or c.removed for c in draft.changes.values()):
        return Outcome(draft, is_unchanged=True)
    manifest = store.publish(
        home,
        draft.tables,
        origin=origin,
        changes={name: asdict(changes) for name, changes in draft.changes.items()},
        received=draft.received,
        attribution=attribution or (settings.attribution if origin == "own" else ""),
        based_on=based_on,
    )
    return Outcome(draft, manifest)


def _current(home: Path) -> dict[str, list[dict[str, Any]]]:
    """The rows on show that a load of one's own builds on: never those of the sample or the demo."""
    on_show = store.on_show(home)
    if on_show is None:
        return {}
    snapshot = store.open_snapshot(home, on_show)
    try:
        if snapshot.manifest.origin != "own":
            return {}
        return {name: snapshot.records(name) for name in models.TABLES}
    finally:
        snapshot.close()


def _keep_rejected(home: Path, draft: ingest.Draft) -> None:
    """Rejected rows are kept, ready to be repaired and dropped again."""
    if draft.rejected:
        folder = home / "rejected" / f"{datetime.datetime.now(datetime.UTC):%Y%m%dT%H%M%S}"
        folder.mkdir(parents=True)
        for name, content in draft.rejected.items():
            (folder / name).write_bytes(content)


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
            read_files([SAMPLE]),
            origin="sample",
            attribution=SAMPLE_ATTRIBUTION,
            may_remove=True,
        )
    else:
        with tempfile.TemporaryDirectory() as folder:
            demo.write(Path(folder))
            load(home, settings, read_files([Path(folder)]), origin="demo", may_remove=True)


def first_start(home: Path, settings: Settings) -> None:
    """On the very first start there is something to see: the sample."""
    if store.on_show(home) is None:
        # Another process that started at the same moment may have loaded it by now.
        with contextlib.suppress(store.OtherLoadWasFirst):
            show_example(home, settings, "sample")


def answer_network(snapshot: Snapshot, settings: Settings, view: View) -> dict[str, Any]:
    """The Network table of the indicators."""
    return network.network(snapshot.rows("active_organisations", view), snapshot.rows("ties", view))


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
        snapshot.rows("event_outcomes", view),
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
    """Where to draw each organisation: organisation_id, x, y."""
    return network.layout(snapshot.rows("active_organisations", view), snapshot.rows("ties", view))


def answer_brokers(snapshot: Snapshot, settings: Settings, view: View) -> pd.DataFrame:
    """One row per organisation, who connects others most first: name, sector, degree, betweenness, constraint, ..."""
    organisations, found = snapshot.rows("active_organisations", view), snapshot.rows("ties", view)
    named = network.brokers(organisations, found).merge(
        organisations[["organisation_id", "name", "sector"]], on="organisation_id"
    )
    return named.sort_values(["betweenness", "degree", "organisation_id"], ascending=[False, False, True])


def answer_history(snapshot: Snapshot, settings: Settings, view: View) -> pd.DataFrame:
    """One row per quarter end up to the as-of date, and one for that date: organisations, ties, density, ..."""
    spells = snapshot.rows("tie_spells", view)
    first = spells["started_on"].min() if len(spells) else pd.Timestamp(view.as_of)
    quarters = [day.date() for day in pd.date_range(first, view.as_of, freq="QE")]
    dates = sorted({*quarters[-MOST_QUARTERS:], view.as_of})
    return network.history(snapshot.rows("organisations_in_view", view), spells, dates)


def answer_changes(snapshot: Snapshot, settings: Settings, view: View, since: datetime.date) -> dict[str, Any]:
    """What changed after `since`, up to the as-of date: the figures then and now, and who came, went, met and parted.

    `before` and `now` are rows of `network.history`; `formed` and `ended` list ties (organisation_a, organisation_b,
    name_a, name_b), `joined` and `left` organisations (organisation_id, name).
    """
    days = network.history(
        snapshot.rows("organisations_in_view", view), snapshot.rows("tie_spells", view), [since, view.as_of]
    )
    earlier = dataclasses.replace(view, as_of=since)
    ends = ["organisation_a", "organisation_b"]
    ties_then, ties_now = snapshot.rows("ties", earlier), snapshot.rows("ties", view)
    there_then, there_now = (snapshot.rows("active_organisations", seen) for seen in (earlier, view))

    def only_in(some: pd.DataFrame, others: pd.DataFrame, key: list[str], columns: list[str]) -> list[dict[str, Any]]:
        kept = pd.MultiIndex.from_frame(some[key]).isin(pd.MultiIndex.from_frame(others[key]))
        return _plain(some.loc[~kept, columns])

    tie_columns, name_columns = [*ends, "name_a", "name_b"], ["organisation_id", "name"]
    return {
        "before": days.iloc[0].to_dict(),
        "now": days.iloc[1].to_dict(),
        "formed": only_in(ties_now, ties_then, ends, tie_columns),
        "ended": only_in(ties_then, ties_now, ends, tie_columns),
        "joined": only_in(there_now, there_then, ["organisation_id"], name_columns),
        "left": only_in(there_then, there_now, ["organisation_id"], name_columns),
    }


def answer_newly_exposed(
    snapshot: Snapshot, settings: Settings, view: View, from_year: int, to_year: int
) -> list[dict[str, Any]]:
    """Organisations that became exposed between two years."""
    income = snapshot.rows("income", view)
    return funding.newly_exposed(income, from_year, to_year, settings.exposure_threshold, settings.public_threshold)


def answer_flows(snapshot: Snapshot, settings: Settings, view: View, year: int) -> list[dict[str, Any]]:
    """From donor to sector, in one year."""
    return funding.flows(snapshot.rows("income", view), year)


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
    years = funding.dependency(income, organisations, settings.exposure_threshold, settings.public_threshold)
    return {
        "organisation_id": organisation_id,
        "name": profile["name"],
        "sector": profile["sector"],
        "degree": int(position["degree"] or 0),
        "cross_sector_degree": int(position["cross_sector_degree"] or 0),
        "betweenness": position["betweenness"],
        "constraint": position["constraint"],
        "is_articulation_point": bool(position["is_articulation_point"]),
        "profile": profile,
        "ties": _ties_of(organisation_id, snapshot.rows("ties", view)),
        "funding": years,
        "income": _plain(income[["year", "donor", "category", "amount_eur"]].sort_values("year", ascending=False)),
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
    return _plain(mine[[*columns, *kept]].rename(columns=columns))


def _events_of(organisation_id: str, snapshot: Snapshot, view: View) -> list[dict[str, Any]]:
    """The events one organisation was or is expected at, newest first."""
    attended = snapshot.table("attendance")
    attended = attended[attended["organisation_id"] == organisation_id]
    found = attended.merge(snapshot.table("events")[["event_id", "name", "start_date", "kind"]], on="event_id")
    found = found.assign(is_planned=pd.to_datetime(found["start_date"]) > pd.Timestamp(view.as_of))
    columns = ["event_id", "name", "start_date", "kind", "role", "status", "is_planned"]
    return _plain(found.sort_values("start_date", ascending=False)[columns])


def _plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dictionaries with plain Python values; days as dates, unknown as None."""
    columns = {}
    for name, values in table.items():
        known = values.notna()
        if pd.api.types.is_datetime64_any_dtype(values):
            plain = [value.date() if is_known else None for value, is_known in zip(values, known, strict=True)]
        else:
            plain = [value if is_known else None for value, is_known in zip(values.tolist(), known, strict=True)]
        columns[str(name)] = plain
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def indicators(snapshot: Snapshot, settings: Settings, view: View) -> dict[str, Any]:
    """Everything that `python -m hubdata indicators --json` prints, under the contract's names."""
    return {
        "as_of": view.as_of.isoformat(),
        "coverage": answer_coverage(snapshot, settings, view),
        "network": answer_network(snapshot, settings, view),
        "ties": answer_ties(snapshot, settings, view),
        "sectors": answer_sectors(snapshot, settings, view),
        "funding": answer_funding(snapshot, settings, view),
        "events": answer_events(snapshot, settings, view),
    }
