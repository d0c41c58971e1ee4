"""Drafts become immutable snapshots (DuckDB files); views over them answer questions. Nothing else imports duckdb.

A snapshot is a folder `snapshots/ID/` with `hub.duckdb` and `manifest.json`; the files it was made of are in
`archive/ID/`, one folder per drop, and its manifest names all drops it stands on. Both are built under a temporary
name, synced and renamed, the archive first; only then the pointer file `snapshots/on-show` is replaced. So a reader
sees all of a load or none of it, undo is moving the pointer, and the id is a safe key for any cache. DuckDB caches
databases by path within a process, which is why no file is ever replaced under its own name.

Views live outside the snapshot, one per file in `sql/`, and are made in memory when a snapshot is opened: an old
snapshot is read with today's definitions.
"""

import contextlib
import datetime
import errno
import filecmp
import functools
import hashlib
import json
import os
import re
import secrets
import shutil
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import IO, Any

import duckdb
import pandas as pd
import pyarrow as pa
from filelock import FileLock

from hubdata import models

# Rows of a view are read text by text, which is several times as fast with Python's own texts as with Arrow's.
pd.set_option("mode.string_storage", "python")

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

ENDS = {
    "organisations_in_view": ("organisation_id",),
    "active_organisations": ("organisation_id",),
    "partnership_pairs": ("organisation_a", "organisation_b"),
    "tie_spells": ("organisation_a", "organisation_b"),
    "ties": ("organisation_a", "organisation_b"),
    "income": ("organisation_id",),
}
"""The views of which a row says nothing of other organisations than those in these columns: what a filter lets through
is the rows of the whole of which all these organisations are in view."""

ID = re.compile(r"\d{8}T\d{12}-[0-9a-f]{6}")
SCOPED = (
    "identities",
    "organisations",
    "events",
    "attendance",
    "partnerships",
    "funding",
    "reference",
    "targets",
)
"""How each table is copied into a scope, a file each in `sql/scoped`; `identities` first, since the others read it."""
PIN = re.compile(r"[A-Za-z0-9_-]{1,64}")


TIMELESS = ("organisations_in_view", "partnership_pairs", "income")
"""The views that are the same on every day."""


class StoreProblem(Exception):
    """The store cannot do what was asked; nothing was changed. `code`: disk_full, read_only or other."""

    def __init__(self, message: str, code: str = "other") -> None:
        super().__init__(message)
        self.code = code


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

    @property
    def unfiltered(self) -> "View":
        """The same day, without the filters on organisations."""
        return replace(self, sectors=(), themes=(), with_convenor=True)


@dataclass(frozen=True)
class Scope:
    """What of a snapshot somebody may see at all. Hashable, and part of every cache key.

    `sectors` and `themes` are fixed filters: an organisation is covered when it passes both; empty means all. `names`:
    whether organisations, donors and events are named, since people put the names of the ones in those of the others;
    `amounts`: whether rows of income, reserves and costs are there. `key` is a secret that stand-ins for what is hidden
    are made with.
    """

    sectors: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    names: bool = True
    amounts: bool = True
    key: str = field(default="", repr=False)

    @property
    def is_everything(self) -> bool:
        """Nothing is hidden."""
        return not self.sectors and not self.themes and self.names and self.amounts


EVERYTHING = Scope()


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
    files: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()
    """The drops it is made of, oldest first: folders of the archive."""
    way: str = ""
    """How it came in: page, inbox, command or start."""
    by: str = ""
    """Who did it, when known."""


@dataclass(frozen=True)
class Drop:
    """Files as they were handed in, without personal data, and how they were read."""

    files: Mapping[str, bytes]
    options: Mapping[str, Any] = field(default_factory=dict)
    """JSON; the store does not look inside."""


class Snapshot:
    """An open snapshot, read-only. Safe to share between threads: every question gets a cursor of its own."""

    def __init__(self, manifest: Manifest, connection: duckdb.DuckDBPyConnection, scope: Scope = EVERYTHING) -> None:
        """`connection` has the tables attached as `snapshot`, holding no more than `scope` covers."""
        self.manifest = manifest
        self.id = manifest.id
        self.scope = scope
        self.newest_date = functools.lru_cache(maxsize=2)(self._newest_date)
        self._kept_rows = functools.lru_cache(maxsize=32)(self._rows)
        self.kept = functools.lru_cache(maxsize=32)(self._computed)
        self.table = functools.cache(self._table)
        self._connection = connection
        self.key = f"{manifest.id} {hashlib.sha256(repr((scope, scope.key)).encode()).hexdigest()[:16]}"
        """Tells what this shows from everything else: a part of the key of every cache."""
        # Data is data: from here on no statement can read a file or load an extension.
        self._connection.execute("SET enable_external_access = false")
        for name in VIEWS:
            self._connection.execute((SQL / f"{name}.sql").read_text(encoding="utf-8"))
        self._connection.execute("SET lock_configuration = true")

    def rows(self, name: str, view: View) -> pd.DataFrame:
        """All rows of one of `VIEWS` as seen through `view`. Kept for the next question, so not to be changed."""
        return self._kept_rows(name, replace(view, as_of=datetime.date.max) if name in TIMELESS else view)

    def _computed(self, question: Callable[..., Any], view: View, *details: Any) -> Any:
        """`question(self, view, *details)`. As `kept` it is kept for the next who asks, so not to be changed."""
        return question(self, view, *details)

    def _rows(self, name: str, view: View) -> pd.DataFrame:
        if name not in ENDS or view == view.unfiltered:
            return self.queried(name, view)
        whole, in_view = self.rows(name, view.unfiltered), self.kept(_organisations_in_view, view)
        is_kept = pd.Series(True, index=whole.index)
        for end in ENDS[name]:
            is_kept &= in_view.get_indexer(whole[end]) >= 0
        return whole[is_kept].reset_index(drop=True)

    def queried(self, name: str, view: View, columns: str = "*") -> pd.DataFrame:
        """The rows as the database gives them; `rows` is the same, sooner."""
        if name not in VIEWS:
            raise ValueError(f"no view {name!r}")
        with self._connection.cursor() as cursor:
            for variable, value in _variables(view).items():
                cursor.execute(f"SET VARIABLE {variable} = {value}")
            # In one order, whatever the threads do: the last digit of a sum of floats depends on it.
            return cursor.sql(f"SELECT {columns} FROM {name} ORDER BY ALL").df()

    def _table(self, name: str) -> pd.DataFrame:
        """All rows of one table as they were loaded. As `table` kept for the next question, so not to be changed."""
        if name not in models.TABLES:
            raise ValueError(f"no table {name!r}")
        with self._connection.cursor() as cursor:
            return cursor.sql(f"SELECT * FROM snapshot.{name}").df()

    def arrow(self, name: str) -> pa.Table:
        """All rows of one table, typed as `models.schema`."""
        if name not in models.TABLES:
            raise ValueError(f"no table {name!r}")
        with self._connection.cursor() as cursor:
            found = cursor.sql(f"SELECT * FROM snapshot.{name}").to_arrow_table()
            return found.cast(models.schema(models.TABLES[name]))

    def records(self, name: str) -> list[dict[str, Any]]:
        """All rows of one table as dictionaries with plain Python values; unknown is None."""
        records: list[dict[str, Any]] = self.arrow(name).to_pylist()
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


def _organisations_in_view(snapshot: Snapshot, view: View) -> "pd.Index[str]":
    return pd.Index(snapshot.queried("organisations_in_view", view, "organisation_id")["organisation_id"])


def _text(value: str) -> str:
    """A text as an SQL literal. `SET VARIABLE` takes no parameters, so texts are quoted here and nowhere else."""
    return "'" + value.replace("'", "''") + "'"


def _texts(values: Iterable[str]) -> str:
    quoted = [_text(value) for value in values]
    return f"[{', '.join(quoted)}]::VARCHAR[]" if quoted else "NULL::VARCHAR[]"


def _variables(view: View) -> dict[str, str]:
    """The SQL literals of a view."""
    return {
        "as_of": f"DATE '{view.as_of.isoformat()}'",
        "sectors": _texts(view.sectors),
        "themes": _texts(view.themes),
        "with_convenor": "true" if view.with_convenor else "false",
        "max_consortium": "NULL::INTEGER" if view.max_consortium is None else str(int(view.max_consortium)),
        "window_days": str(int(view.window_days)),
        "plenary_size": str(int(view.plenary_size)),
    }


def publish(
    home: Path,
    tables: Mapping[str, pa.Table],
    *,
    origin: str,
    drop: Drop | None = None,
    replaces_all: bool = True,
    changes: Mapping[str, Mapping[str, int]] | None = None,
    attribution: str = "",
    based_on: str | None = None,
    way: str = "",
    by: str = "",
    keep: int | None = None,
) -> Manifest:
    """Make `tables` (typed as `models.schema`; an absent one is empty) a new snapshot and put it on show.

    `drop` holds what it was made of, on top of the drops of `based_on` unless it `replaces_all`. `based_on` is the id
    that was on show when the draft was made. With `keep`, older snapshots than so many are removed afterwards.

    Raises `OtherLoadWasFirst` when another snapshot is on show by now, and `StoreProblem` when the disk is full or may
    not be written to. Whatever goes wrong before the pointer is replaced, the old snapshot stays on show.
    """
    snapshots, archive = home / "snapshots", home / "archive"
    with _told_plainly(), _locked(home):
        if on_show(home) != based_on:
            raise OtherLoadWasFirst("another load was published in the meantime")
        archive.mkdir(exist_ok=True)
        _clear_leftovers(home)
        now = datetime.datetime.now(datetime.UTC)
        new_id = f"{now:%Y%m%dT%H%M%S%f}-{secrets.token_hex(3)}"
        building, receiving = snapshots / f".{new_id}", archive / f".{new_id}"
        try:
            earlier = read_manifest(_folder(home, based_on)).drops if based_on and not replaces_all else ()
            files = _write_drop(receiving, drop) if drop else []
            building.mkdir()
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
                files=tuple(files),
                drops=(*earlier, new_id) if drop else earlier,
                way=way,
                by=by,
            )
            _write_synced(building / "manifest.json", json.dumps(asdict(manifest), indent=1).encode())
            _sync_folder(building)
            if drop:
                receiving.rename(archive / new_id)
                _sync_folder(archive)
            building.rename(snapshots / new_id)
            _sync_folder(snapshots)
            _show(snapshots, new_id)
        except BaseException:
            unfinished = [building, receiving]
            if on_show(home) != new_id:
                unfinished += [snapshots / new_id, archive / new_id]
            for folder in unfinished:
                with contextlib.suppress(OSError):
                    _remove(folder)
            raise
        # The load stands; what cannot be removed now is removed by a later one.
        with contextlib.suppress(OSError, StoreProblem):
            _prune(home, keep)
    return manifest


def _write_database(path: Path, tables: Mapping[str, pa.Table]) -> dict[str, int]:
    """Write every table of `models.TABLES` and return the number of rows of each."""
    with duckdb.connect(str(path)) as connection:
        _create_tables(connection, tables)
        connection.execute("CHECKPOINT")
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return {name: len(tables.get(name, ())) for name in models.TABLES}


def _create_tables(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table], database: str = "") -> None:
    for name, row in models.TABLES.items():
        content = tables.get(name, models.schema(row).empty_table())
        if content.schema != models.schema(row):
            raise ValueError(f"{name} is not typed as its model: {content.schema}")
        connection.register("content", content)
        connection.execute(f"CREATE TABLE {database}{name} AS SELECT * FROM content")
        connection.unregister("content")


def _write_drop(folder: Path, drop: Drop) -> list[str]:
    """Write the files of a drop and how they were read; returns their names."""
    folder.mkdir(parents=True)
    named: dict[str, bytes] = {}
    taken = {"drop.json"}
    for file, content in drop.files.items():
        base = name = plain_name(file)
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{number}-{base}"
        taken.add(name.casefold())
        named[name] = content
        _write_synced(folder / name, content)
    checksums = {name: hashlib.sha256(content).hexdigest() for name, content in named.items()}
    described = json.dumps({"files": checksums, "options": drop.options}, indent=1, ensure_ascii=False)
    _write_synced(folder / "drop.json", described.encode())
    _sync_folder(folder)
    return list(named)


def plain_name(file: str) -> str:
    """A file name that is a name on every disk: never a path, never hidden, at most 100 characters and 200 bytes.

    >>> plain_name("../../2026-11 organisaties (1).csv"), plain_name(".."), plain_name("C:\\\\lists\\\\NUL.csv")
    ('2026-11 organisaties (1).csv', 'list.csv', '_NUL.csv')
    """
    base = unicodedata.normalize("NFC", re.split(r"[/\\]", file)[-1])
    base = re.sub(r"[^\w. ()-]", "_", base)[-100:].encode()[-200:].decode(errors="ignore").strip(". ")
    reserved = re.fullmatch(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", base, re.IGNORECASE)
    return f"_{base}" if reserved else base or "list.csv"


def drops(home: Path, snapshot_id: str) -> list[Drop]:
    """What a snapshot was made of, oldest first. Raises `StoreProblem` when a file is missing or was changed."""
    found = []
    for drop_id in read_manifest(_folder(home, snapshot_id)).drops:
        folder = home / "archive" / drop_id
        try:
            described = json.loads((folder / "drop.json").read_text(encoding="utf-8"))
            if not ID.fullmatch(drop_id) or any(re.search(r"[/\\]|^\.", name) for name in described["files"]):
                raise ValueError("a name that is a path")
            files = {name: (folder / name).read_bytes() for name in described["files"]}
            drop = Drop(files, described["options"])
            is_whole = all(hashlib.sha256(files[name]).hexdigest() == c for name, c in described["files"].items())
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise StoreProblem(f"the archive of snapshot {snapshot_id} is not complete: {error}") from error
        if not is_whole:
            raise StoreProblem(f"the archive of snapshot {snapshot_id} was changed: {folder}")
        found.append(drop)
    return found


def preview(tables: Mapping[str, pa.Table]) -> Snapshot:
    """The views over tables that are not published: to see what figures would become. Nothing is written."""
    connection = duckdb.connect(":memory:", config={"threads": 2})
    connection.execute("ATTACH ':memory:' AS snapshot")
    _create_tables(connection, tables, "snapshot.")
    rows = {name: {"rows": len(tables.get(name, ()))} for name in models.TABLES}
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
    return Snapshot(Manifest("", now, "own", rows), connection)


# --- what is kept, and for how long --------------------------------------------------------------------------------


def pin(home: Path, snapshot_id: str, name: str) -> None:
    """Keep a snapshot for as long as something (`name`, such as a shared link) needs it."""
    if not PIN.fullmatch(name):
        raise StoreProblem(f"{name!r} is no name for a pin")
    with _told_plainly(), _locked(home):
        _folder(home, snapshot_id)
        (home / "snapshots" / "pins").mkdir(exist_ok=True)
        write_file(home / "snapshots" / "pins" / name, snapshot_id.encode())


def unpin(home: Path, name: str) -> None:
    """Nothing needs it any more. No matter if it was not pinned."""
    if PIN.fullmatch(name):
        with _told_plainly():
            (home / "snapshots" / "pins" / name).unlink(missing_ok=True)


def pins(home: Path) -> dict[str, str]:
    """Name of a pin -> snapshot."""
    folder = home / "snapshots" / "pins"
    found = folder.iterdir() if folder.exists() else ()
    return {path.name: path.read_text(encoding="utf-8") for path in found if not path.name.startswith(".")}


def _prune(home: Path, keep: int | None) -> None:
    """Remove snapshots beyond the newest `keep`, but not one on show or pinned; and drops that none stands on."""
    needed = {on_show(home), *pins(home).values()}
    for manifest in reversed(history(home)[keep:] if keep is not None else []):
        if manifest.id not in needed:
            _remove(home / "snapshots" / manifest.id)
    stood_on = {drop for manifest in history(home) for drop in manifest.drops}
    for folder in (home / "archive").glob("[0-9]*"):
        if folder.name not in stood_on:
            _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a folder; killed half way, what is left is not taken for a whole one."""
    gone = folder.with_name(f".{folder.name.lstrip('.')}")
    if folder != gone:
        folder.rename(gone)
    shutil.rmtree(gone)


def _clear_leftovers(home: Path) -> None:
    """What loads and restores that were killed have left behind. Only under the lock."""
    for pattern in ("snapshots/.[0-9]*", "archive/.[0-9]*", ".restore-*"):
        for left in home.glob(pattern):
            shutil.rmtree(left, ignore_errors=True)
    for pattern in ("snapshots/.on-show-*", "snapshots/pins/.*", ".*.before-restore-*"):
        for left in home.glob(pattern):
            with contextlib.suppress(OSError):
                left.unlink()


# --- backup --------------------------------------------------------------------------------------------------------

KEPT_FOLDERS = ("archive", "snapshots")
"""In the order of restoring: a snapshot never stands without its drops."""
MOST_UNPACKED = 1000
"""A backup that would unpack to more than so many times its own size was not made by us: near-empty snapshots shrink
144 times, and what deflate can do at most is 1032."""
_CHUNK = 1 << 20


def backup(home: Path, file: Path) -> None:
    """Write everything of a home to one zip file: settings, snapshots, archive, links.

    Raises `StoreProblem` when `file` exists already or cannot be written.
    """
    temporary = file.with_name(f".{file.name}.partial")
    with _told_plainly(), _locked(home):
        if file.exists():
            raise StoreProblem(f"{file} exists already; choose another name")
        shown = on_show(home)
        if shown is None:
            raise StoreProblem("there is nothing to back up yet")
        listed = {}
        try:
            with temporary.open("wb") as target:
                with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
                    for path in _kept_files(home):
                        name = path.relative_to(home).as_posix()
                        with path.open("rb") as source, packed.open(name, "w", force_zip64=True) as member:
                            checksum, size = _copy(source, member)
                        listed[name] = {"sha256": checksum, "size": size}
                    packed.writestr("backup.json", json.dumps({"on_show": shown, "files": listed}))
                target.flush()
                os.fsync(target.fileno())
            temporary.rename(file)
            _sync_folder(file.absolute().parent)
        finally:
            temporary.unlink(missing_ok=True)


def _copy(source: IO[bytes], target: IO[bytes]) -> tuple[str, int]:
    """Copy in pieces, so that a large file does not have to fit in memory; the checksum and the size."""
    checksum, size = hashlib.sha256(), 0
    while piece := source.read(_CHUNK):
        target.write(piece)
        checksum.update(piece)
        size += len(piece)
    return checksum.hexdigest(), size


def _kept_files(home: Path) -> Iterator[Path]:
    """The files of a home that a backup holds."""
    for pattern in ("*.toml", "*.json"):
        yield from sorted(path for path in home.glob(pattern) if path.is_file() and _is_ours(path.name))
    for parent in KEPT_FOLDERS:
        for path in sorted((home / parent).rglob("*")):
            if path.is_file() and _is_ours(path.relative_to(home).as_posix()):
                yield path


Join = Callable[[bytes | None, bytes], bytes]
"""What a file becomes: from what is there (None when nothing is) and what a backup holds. Raises `ValueError`."""


def restore(home: Path, file: Path, joins: Mapping[str, Join] | None = None) -> str:
    """Bring back what a backup holds, and put on show what was on show then; returns its id.

    A file of the home that has its `joins` is joined with what is there, instead of taking its place.

    Everything is checked before anything is changed. What is there already stays: whole snapshots are never changed,
    damaged ones and settings that differ are kept beside the restored ones. Raises `StoreProblem` when the backup is
    not whole.
    """
    with _told_plainly(), _locked(home):
        _clear_leftovers(home)
        unpacked = home / f".restore-{secrets.token_hex(3)}"
        now = f"before-restore-{datetime.datetime.now(datetime.UTC):%Y%m%dT%H%M%S%f}"
        try:
            shown = _unpack(file, unpacked)
            for name, join in (joins or {}).items():
                if (unpacked / name).exists():
                    present = (home / name).read_bytes() if (home / name).exists() else None
                    try:
                        joined = join(present, (unpacked / name).read_bytes())
                    except ValueError as error:
                        raise StoreProblem(f"{name}: {error}; nothing was restored") from error
                    write_file(unpacked / name, joined, 0o600)
            for parent in KEPT_FOLDERS:
                (home / parent).mkdir(exist_ok=True)
                for folder in sorted((unpacked / parent).glob("[0-9]*")):
                    there = home / parent / folder.name
                    if there.exists() and not _holds(there, folder):
                        (home / now / parent).mkdir(parents=True, exist_ok=True)
                        there.rename(home / now / parent / folder.name)
                    if not there.exists():
                        folder.rename(there)
                _sync_folder(home / parent)
            for path in (unpacked / "snapshots" / "pins").glob("*"):
                (home / "snapshots" / "pins").mkdir(exist_ok=True)
                path.replace(home / "snapshots" / "pins" / path.name)
            for path in [p for p in unpacked.iterdir() if p.is_file()]:
                there = home / path.name
                if there.exists() and there.read_bytes() != path.read_bytes():
                    # A copy, so that at no moment there is none under the name itself.
                    write_file(there.with_name(f"{path.name}.{now}"), there.read_bytes())
                path.replace(there)
            _sync_folder(home)
            _show(home / "snapshots", shown)
        finally:
            shutil.rmtree(unpacked, ignore_errors=True)
    return shown


def _holds(there: Path, restored: Path) -> bool:
    """Whether a folder has every file of a restored one, unchanged."""
    files = [path.relative_to(restored) for path in restored.rglob("*") if path.is_file()]
    return all((there / f).is_file() and filecmp.cmp(there / f, restored / f, shallow=False) for f in files)


def _unpack(file: Path, folder: Path) -> str:
    """Unpack a backup after checking every name, size and checksum, and open each snapshot; the id on show."""
    foreign = StoreProblem(f"{file} is not a whole backup of this dashboard")
    try:
        with zipfile.ZipFile(file) as packed:
            if packed.getinfo("backup.json").file_size > 50_000_000:
                raise foreign
            described = json.loads(packed.read("backup.json"))
            listed: dict[str, Any] = described["files"]
            members = [m for m in packed.infolist() if m.filename != "backup.json"]
            sizes = {name: entry["size"] for name, entry in listed.items()}
            is_plain = all(_is_ours(m.filename) and not stat.S_ISLNK(m.external_attr >> 16) for m in members)
            if sorted((m.filename, m.file_size) for m in members) != sorted(sizes.items()) or not is_plain:
                raise foreign
            if sum(sizes.values()) > MOST_UNPACKED * file.stat().st_size:
                raise foreign
            if sum(sizes.values()) > shutil.disk_usage(folder.parent).free:
                raise StoreProblem("the disk is too full to restore this; nothing was changed", "disk_full")
            for name, entry in listed.items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                with packed.open(name) as source, (folder / name).open("wb") as target:
                    checksum, _size = _copy(source, target)
                    target.flush()
                    os.fsync(target.fileno())
                if checksum != entry["sha256"]:
                    raise foreign
        shown = str(described["on_show"])
        for path in sorted((folder / "snapshots").glob("[0-9]*")):
            with contextlib.closing(open_snapshot(folder, path.name)) as snapshot:
                counted = {name: len(snapshot.arrow(name)) for name in models.TABLES}
                said = {name: per_table["rows"] for name, per_table in snapshot.manifest.tables.items()}
                if snapshot.id != path.name or counted != said:
                    raise foreign
            drops(folder, path.name)
        _folder(folder, shown)
    except FileNotFoundError as error:
        raise StoreProblem(f"{error.filename} is not there") from error
    except OSError:  # the disk's own: told by who called
        raise
    except _NOT_A_BACKUP as error:
        raise foreign from error
    return shown


_NOT_A_BACKUP = (
    zipfile.BadZipFile,
    zlib.error,
    RuntimeError,  # encrypted, or nested too deep
    NotImplementedError,
    EOFError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    ValueError,
    pa.ArrowException,
    duckdb.Error,
)
"""What reading a file that is damaged, or no backup at all, may raise."""


def _is_ours(name: str) -> bool:
    """Whether a member of a backup is at a place where we keep files: nothing hidden, nothing outside the home."""
    parts = name.split("/")
    if any(not part or part.startswith(".") or re.search(r"[\\:\x00-\x1f]", part) for part in parts):
        return False
    match parts:
        case [top]:
            return top.endswith((".toml", ".json")) and top != "backup.json"
        case ["snapshots", "pins", pin_name]:
            return bool(PIN.fullmatch(pin_name))
        # Until the archive there was a folder of received files in the snapshot.
        case ["snapshots", folder, "hub.duckdb" | "manifest.json"] | ["snapshots", folder, "received", _]:
            return bool(ID.fullmatch(folder))
        case ["archive", folder, _]:
            return bool(ID.fullmatch(folder))
    return False


# --- what is on show -----------------------------------------------------------------------------------------------


def on_show(home: Path) -> str | None:
    """The id of the snapshot on show; None when there is none."""
    try:
        return (home / "snapshots" / "on-show").read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def open_snapshot(home: Path, snapshot_id: str, scope: Scope = EVERYTHING) -> Snapshot:
    """Open a snapshot by its id, read-only. Raises `StoreProblem` when there is no such snapshot.

    With a scope, what it covers is copied and the file is let go of: no question asked of it later can reach the rest.
    """
    folder = _folder(home, snapshot_id)
    connection = duckdb.connect(":memory:", config={"threads": 2})
    path = _text(str(folder / "hub.duckdb"))
    try:
        if scope.is_everything:
            connection.execute(f"ATTACH {path} AS snapshot (READ_ONLY)")
        else:
            _copy_covered(connection, path, scope)
        return Snapshot(read_manifest(folder), connection, scope)
    except (OSError, duckdb.Error) as error:
        connection.close()
        raise StoreProblem(f"snapshot {snapshot_id} cannot be opened: {error}") from error


def _copy_covered(connection: duckdb.DuckDBPyConnection, path: str, scope: Scope) -> None:
    """Make `snapshot` in memory hold what `scope` covers of the file at `path` (an SQL literal), and nothing else."""
    if not scope.key:
        raise ValueError("a scope that hides something needs a key, or its stand-ins can be guessed")
    connection.execute(f"ATTACH {path} AS whole (READ_ONLY)")
    connection.execute("ATTACH ':memory:' AS snapshot")
    variables = {
        "scope_sectors": _texts(scope.sectors),
        "scope_themes": _texts(scope.themes),
        "scope_names": str(scope.names).lower(),
        "scope_amounts": str(scope.amounts).lower(),
        "scope_key": _text(scope.key),
    }
    for name, literal in variables.items():
        connection.execute(f"SET VARIABLE {name} = {literal}")
    for name in SCOPED:
        connection.execute((SQL / "scoped" / f"{name}.sql").read_text(encoding="utf-8"))
    connection.execute("DROP TABLE snapshot.identities")
    for name in variables:
        connection.execute(f"RESET VARIABLE {name}")
    connection.execute("DETACH whole")


def _folder(home: Path, snapshot_id: str) -> Path:
    """The folder of a snapshot; an id that is no plain name of one that is there is refused."""
    folder = home / "snapshots" / snapshot_id
    if not ID.fullmatch(snapshot_id) or not (folder / "manifest.json").exists():
        raise StoreProblem(f"there is no snapshot {snapshot_id!r}")
    return folder


def history(home: Path) -> list[Manifest]:
    """All snapshots, newest first."""
    found = []
    for path in (home / "snapshots").glob("[0-9]*/manifest.json"):
        with contextlib.suppress(FileNotFoundError):  # another load has removed it just now
            found.append(read_manifest(path.parent))
    return sorted(found, key=lambda m: m.id, reverse=True)


def rollback(home: Path, snapshot_id: str) -> None:
    """Put an older (or newer) snapshot on show. Raises `StoreProblem` when there is no such snapshot."""
    with _told_plainly(), _locked(home):
        _folder(home, snapshot_id)
        _show(home / "snapshots", snapshot_id)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the snapshot in `folder`."""
    try:
        content = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        known = {f.name: content[f.name] for f in fields(Manifest) if f.name in content}
        plain: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in known.items()}
        return Manifest(**plain)
    except (ValueError, TypeError) as error:
        raise StoreProblem(f"the description of snapshot {folder.name} is damaged") from error


def _show(snapshots: Path, snapshot_id: str) -> None:
    """Replace the pointer, all or nothing."""
    write_file(snapshots / "on-show", snapshot_id.encode())


def write_file(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Write or replace a small file: after a power cut it is the old one or the new one, whole.

    `mode` is who may read it, from the first byte on.
    """
    temporary = path.with_name(f".{path.name}-{secrets.token_hex(3)}")
    try:
        _write_synced(temporary, content, mode)
        temporary.replace(path)
        _sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def change_list(home: Path, name: str, change: Callable[[list[Any]], list[Any]]) -> None:
    """Read, change and write a JSON list of a home, such as what was decided on a page; only one at a time does so.

    A file at the top of a home is in every backup. Raises `StoreProblem` when it cannot be read or written.
    """
    with _told_plainly(), _locked(home):
        content = json.dumps(change(read_list(home, name)), indent=1, ensure_ascii=False)
        write_file(home / name, content.encode())


def read_list(home: Path, name: str) -> list[Any]:
    """A JSON list of a home; empty when there is none yet. Raises `StoreProblem` when it is damaged."""
    try:
        found = json.loads((home / name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        raise StoreProblem(f"{home / name} is damaged: {error}") from error
    if not isinstance(found, list):
        raise StoreProblem(f"{home / name} is damaged: it is no list")
    return found


@contextlib.contextmanager
def _locked(home: Path) -> Iterator[None]:
    """Only one load, restore or move of the pointer at a time."""
    (home / "snapshots").mkdir(parents=True, exist_ok=True)
    with FileLock(home / "snapshots" / "lock"):
        yield


@contextlib.contextmanager
def _told_plainly() -> Iterator[None]:
    """What the disk refuses, as a sentence."""
    try:
        yield
    except (OSError, duckdb.Error) as error:
        number, said = getattr(error, "errno", None), str(error).lower()
        if number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or "no space left" in said or "file too large" in said:
            raise StoreProblem("the disk is full; nothing was changed", "disk_full") from error
        if number in (errno.EROFS, errno.EACCES, errno.EPERM) or "permission denied" in said or "read-only" in said:
            message = "the folder with the data may not be written to; nothing was changed"
            raise StoreProblem(message, "read_only") from error
        if isinstance(error, OSError | duckdb.IOException):
            raise StoreProblem(f"the data could not be written: {error}") from error
        raise


def _write_synced(path: Path, content: bytes, mode: int = 0o666) -> None:
    with open(path, "wb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
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
