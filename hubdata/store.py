"""Drafts become immutable snapshots (DuckDB files); views over them answer questions. Nothing else imports duckdb.

A snapshot is a folder `snapshots/ID/` with `hub.duckdb`, `manifest.json` and the files as received. It is built under
a temporary name, synced and renamed; only then the pointer file `snapshots/on-show` is replaced. So a reader sees all
of a load or none of it, undo is moving the pointer, and the id is a safe key for any cache. DuckDB caches databases by
path within a process, which is why no file is ever replaced under its own name.

Views live outside the snapshot, one per file in `sql/`, and are made in memory when a snapshot is opened: an old
snapshot is read with today's definitions.
"""

import datetime
import functools
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
from filelock import FileLock

from hubdata import models

SQL = Path(__file__).parent / "sql"
VIEWS = (
    "organisations_in_view",
    "active_organisations",
    "partnership_pairs",
    "tie_spells",
    "ties",
    "encounters",
    "event_outcomes",
    "income",
)
"""The views, each after those it reads."""

_DUCKDB_TYPES = {
    str: "VARCHAR",
    int: "INTEGER",
    float: "DOUBLE",
    datetime.date: "DATE",
    list[str]: "VARCHAR[]",
    list[int]: "INTEGER[]",
}
_ARROW_TYPES = {
    "VARCHAR": pa.string(),
    "INTEGER": pa.int32(),
    "DOUBLE": pa.float64(),
    "DATE": pa.date32(),
    "VARCHAR[]": pa.list_(pa.string()),
    "INTEGER[]": pa.list_(pa.int32()),
}


class StoreProblem(Exception):
    """The store cannot do what was asked; nothing was changed."""


class OtherLoadWasFirst(StoreProblem):
    """Another load was published since the draft was made."""


@dataclass(frozen=True)
class View:
    """What somebody looks at: the as-of date and the filters. Hashable, so that it can be part of a cache key.

    `sectors` and `themes` empty means all. `max_consortium` leaves out partnerships of more organisations than that.
    """

    as_of: datetime.date
    sectors: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    with_convenor: bool = True
    max_consortium: int | None = None
    window_days: int = 180
    plenary_size: int = 60


@dataclass(frozen=True)
class Manifest:
    """What is known of a snapshot without opening it."""

    id: str
    loaded_at: str
    """UTC time, ISO 8601."""
    origin: str
    """`sample`, `demo` or `own`."""
    tables: Mapping[str, Mapping[str, int]]
    """Per table: rows, added, changed, removed, rejected."""
    attribution: str = ""
    files: tuple[str, ...] = field(default=())


def columns(row: type[models.Row]) -> dict[str, str]:
    """Column -> DuckDB type of a table."""
    return {name: _DUCKDB_TYPES[models.plain_type(f.annotation)] for name, f in row.model_fields.items()}


class Snapshot:
    """An open snapshot, read-only. Safe to share between threads: every question gets a cursor of its own."""

    def __init__(self, folder: Path) -> None:
        self.manifest = read_manifest(folder)
        self.id = self.manifest.id
        self.newest_date = functools.lru_cache(maxsize=2)(self._newest_date)
        self._kept_rows = functools.lru_cache(maxsize=32)(self._rows)
        self._connection = duckdb.connect(":memory:", config={"threads": 2})
        path = str(folder / "hub.duckdb").replace("'", "''")
        self._connection.execute(f"ATTACH '{path}' AS snapshot (READ_ONLY)")
        for name in VIEWS:
            self._connection.execute((SQL / f"{name}.sql").read_text(encoding="utf-8"))
        # Data is data: from here on no statement can read a file or load an extension.
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")

    def rows(self, name: str, view: View) -> pd.DataFrame:
        """All rows of one of `VIEWS` as seen through `view`. Kept for the next question, so not to be changed."""
        return self._kept_rows(name, view)

    def _rows(self, name: str, view: View) -> pd.DataFrame:
        if name not in VIEWS:
            raise ValueError(f"no view {name!r}")
        with self._connection.cursor() as cursor:
            for variable, value in _variables(view).items():
                cursor.execute(f"SET VARIABLE {variable} = {value}")
            return cursor.sql(f"SELECT * FROM {name}").df()

    def table(self, name: str) -> pd.DataFrame:
        """All rows of one table as they were loaded."""
        if name not in models.TABLES:
            raise ValueError(f"no table {name!r}")
        with self._connection.cursor() as cursor:
            return cursor.sql(f"SELECT * FROM snapshot.{name}").df()

    def records(self, name: str) -> list[dict[str, Any]]:
        """All rows of one table as dictionaries with plain Python values; unknown is None."""
        if name not in models.TABLES:
            raise ValueError(f"no table {name!r}")
        with self._connection.cursor() as cursor:
            records: list[dict[str, Any]] = cursor.sql(f"SELECT * FROM snapshot.{name}").to_arrow_table().to_pylist()
            return records

    def _newest_date(self, today: datetime.date) -> datetime.date:
        """The newest day, not after `today`, on which something began or was observed; `today` when nothing is known.

        This is the default as-of date: a planned end never counts, or data that stopped years ago would show an empty
        network.
        """
        with self._connection.cursor() as cursor:
            newest = cursor.execute(
                """
                SELECT max(day) FROM (
                    SELECT unnest([start_date, last_contact]) AS day FROM snapshot.partnerships
                    UNION ALL SELECT start_date FROM snapshot.events
                    UNION ALL SELECT unnest([joined_on, left_on]) FROM snapshot.organisations
                ) WHERE day <= $today
                """,
                {"today": today},
            ).fetchone()
        return newest[0] if newest and newest[0] else today

    def close(self) -> None:
        self._connection.close()


def _variables(view: View) -> dict[str, str]:
    """SQL literals of a view. `SET VARIABLE` takes no parameters, so texts are quoted here and nowhere else."""

    def texts(values: Iterable[str]) -> str:
        quoted = ["'" + value.replace("'", "''") + "'" for value in values]
        return f"[{', '.join(quoted)}]::VARCHAR[]" if quoted else "NULL::VARCHAR[]"

    return {
        "as_of": f"DATE '{view.as_of.isoformat()}'",
        "sectors": texts(view.sectors),
        "themes": texts(view.themes),
        "with_convenor": "true" if view.with_convenor else "false",
        "max_consortium": "NULL::INTEGER" if view.max_consortium is None else str(int(view.max_consortium)),
        "window_days": str(int(view.window_days)),
        "plenary_size": str(int(view.plenary_size)),
    }


def publish(
    home: Path,
    tables: Mapping[str, Iterable[models.Row]],
    *,
    origin: str,
    changes: Mapping[str, Mapping[str, int]] | None = None,
    received: Mapping[str, bytes] | None = None,
    attribution: str = "",
    based_on: str | None = None,
) -> Manifest:
    """Make `tables` a new snapshot and put it on show.

    `received` holds the files as handed in (name -> content). `based_on` is the id that was on show when the draft was
    made. Raises `OtherLoadWasFirst` when another snapshot is on show by now. Whatever goes wrong before the pointer is
    replaced, the old snapshot stays on show.
    """
    snapshots = home / "snapshots"
    snapshots.mkdir(parents=True, exist_ok=True)
    with FileLock(snapshots / "lock"):
        if on_show(home) != based_on:
            raise OtherLoadWasFirst("another load was published in the meantime")
        now = datetime.datetime.now(datetime.UTC)
        new_id = f"{now:%Y%m%dT%H%M%S%f}-{secrets.token_hex(3)}"
        building = snapshots / f".{new_id}"
        try:
            (building / "received").mkdir(parents=True)
            for name, content in (received or {}).items():
                _write_synced(building / "received" / name, content)
            counts = _write_database(building / "hub.duckdb", tables)
            per_table = {
                name: {"rows": counts[name], "added": counts[name], "changed": 0, "removed": 0, "rejected": 0}
                | dict((changes or {}).get(name, {}))
                for name in models.TABLES
            }
            manifest = Manifest(
                id=new_id,
                loaded_at=now.isoformat(timespec="milliseconds"),
                origin=origin,
                tables=per_table,
                attribution=attribution,
                files=tuple(received or ()),
            )
            _write_synced(building / "manifest.json", json.dumps(asdict(manifest), indent=1).encode())
            _sync_folder(building)
            building.rename(snapshots / new_id)
        except BaseException:
            shutil.rmtree(building, ignore_errors=True)
            raise
        _sync_folder(snapshots)
        _show(snapshots, new_id)
    return manifest


def _write_database(path: Path, tables: Mapping[str, Iterable[models.Row]]) -> dict[str, int]:
    """Write every table of `models.TABLES` and return the number of rows of each."""
    counts = {}
    with duckdb.connect(str(path)) as connection:
        for name, row in models.TABLES.items():
            types = columns(row)
            rows = list(tables.get(name, ()))
            schema = pa.schema([(column, _ARROW_TYPES[kind]) for column, kind in types.items()])
            content = pa.table(
                {column: pa.array([getattr(r, column) for r in rows], schema.field(column).type) for column in types}
            )
            connection.register("content", content)
            declared = ", ".join(f'"{column}" {kind}' for column, kind in types.items())
            connection.execute(f"CREATE TABLE {name} ({declared})")
            connection.execute(f"INSERT INTO {name} SELECT * FROM content")
            connection.unregister("content")
            counts[name] = len(rows)
        connection.execute("CHECKPOINT")
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return counts


def on_show(home: Path) -> str | None:
    """The id of the snapshot on show; None when there is none."""
    try:
        return (home / "snapshots" / "on-show").read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def open_snapshot(home: Path, snapshot_id: str) -> Snapshot:
    """Open a snapshot by its id. Raises `StoreProblem` when there is no such snapshot."""
    return Snapshot(_folder(home, snapshot_id))


def _folder(home: Path, snapshot_id: str) -> Path:
    """The folder of a snapshot; an id that is no plain name of one that is there is refused."""
    folder = home / "snapshots" / snapshot_id
    if not re.fullmatch(r"\d{8}T\d{12}-[0-9a-f]{6}", snapshot_id) or not (folder / "manifest.json").exists():
        raise StoreProblem(f"there is no snapshot {snapshot_id!r}")
    return folder


def history(home: Path) -> list[Manifest]:
    """All snapshots, newest first."""
    found = (home / "snapshots").glob("[0-9]*/manifest.json")
    return sorted((read_manifest(path.parent) for path in found), key=lambda m: m.id, reverse=True)


def rollback(home: Path, snapshot_id: str) -> None:
    """Put an older (or newer) snapshot on show. Raises `StoreProblem` when there is no such snapshot."""
    _folder(home, snapshot_id)
    with FileLock(home / "snapshots" / "lock"):
        _show(home / "snapshots", snapshot_id)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the snapshot in `folder`."""
    content = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return Manifest(**{**content, "files": tuple(content["files"])})


def _show(snapshots: Path, snapshot_id: str) -> None:
    """Replace the pointer, all or nothing."""
    temporary = snapshots / ".on-show"
    _write_synced(temporary, snapshot_id.encode())
    temporary.replace(snapshots / "on-show")
    _sync_folder(snapshots)


def _write_synced(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make renames in a folder durable, where the system can sync a folder."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
