"""Drafts become immutable snapshots: published, opened, gone back to, kept and removed.

A snapshot is a folder `snapshots/ID/` with `hub.duckdb` and `manifest.json`; the files it was made of are in
`archive/ID/`, one folder per drop, and its manifest names all drops it stands on. Both are built under a temporary
name, synced and renamed, the archive first; only then the pointer file `snapshots/on-show` is replaced. So a reader
sees all of a load or none of it, undo is moving the pointer, and the id is a safe key for any cache. DuckDB caches
databases by path within a process, which is why no file is ever replaced under its own name.

When the pointer, or the snapshot it names, is damaged or gone, the newest snapshot of which every row can be read is on
show, and loads build on that; with snapshots of which none can be read nothing is loaded at all.
"""

import contextlib
import datetime
import errno
import functools
import hashlib
import itertools
import json
import os
import re
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from hubdata import models
from hubdata.store.files import (
    OWNER_ONLY,
    ConcurrentLoad,
    StoreProblem,
    disk_errors_as_problems,
    free_name,
    known_fields,
    locked,
    read_json,
    set_aside,
    sync_folder,
    write_file,
    write_synced,
)
from hubdata.store.scopes import EVERYTHING, Scope, copy_covered
from hubdata.store.tables import attach, create_tables, in_memory, moved, read_only_from
from hubdata.store.views import Manifest, Snapshot

ID = re.compile(r"\d{8}T\d{12}-[0-9a-f]{6}")
FILES_TO_OPEN = 16
"""How many files must be free to be opened before a snapshot is: more than DuckDB needs at once."""
PIN = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Drop:
    """Files as they are kept, and how they were read."""

    files: Mapping[str, bytes]
    options: Mapping[str, Any] = field(default_factory=dict)
    """JSON; the store does not look inside."""


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
    donors: Mapping[str, str] | None = None,
    keep: int | None = None,
) -> Manifest:
    """Make `tables` (typed as `models.schema`; an absent one is empty) a new snapshot and put it on show.

    `drop` holds what it was made of, on top of the drops of `based_on` unless it `replaces_all`. `based_on` is the id
    that was on show when the draft was made. With `keep`, older snapshots than so many are removed afterwards.

    Raises `ConcurrentLoad` when another snapshot is on show by now, and `StoreProblem` when the disk is full or may
    not be written to, or when there is data and none of it can be read. Whatever goes wrong before the pointer is
    replaced, the old snapshot stays on show.
    """
    snapshots, archive = home / "snapshots", home / "archive"
    with disk_errors_as_problems(), locked(home):
        shown = current_snapshot_id(home)
        if shown is None and has_snapshots(home):
            raise StoreProblem("of what was loaded before nothing can be read; nothing was changed", "unreadable")
        if shown != based_on:
            raise ConcurrentLoad("another load was published in the meantime")
        archive.mkdir(exist_ok=True, mode=0o700)
        clear_leftovers(home)
        described = new_manifest(origin=origin, changes=changes, attribution=attribution, way=way, by=by, donors=donors)
        new_id = described.id
        building, receiving = snapshots / f".{new_id}", archive / f".{new_id}"
        try:
            earlier = manifest_of(home, based_on).drops if based_on and not replaces_all else ()
            manifest = build(building, receiving, tables, replace(described, drops=earlier), drop)
            if drop:
                receiving.rename(archive / new_id)
                sync_folder(archive)
            building.rename(snapshots / new_id)
            sync_folder(snapshots)
            set_pointer(snapshots, new_id)
        except BaseException:
            unfinished = [building, receiving]
            if named_snapshot_id(home) != new_id:
                unfinished += [snapshots / new_id, archive / new_id]
            for folder in unfinished:
                with contextlib.suppress(OSError):
                    _remove(folder)
            raise
        # The load stands; what cannot be removed now is removed by a later one.
        with contextlib.suppress(OSError, StoreProblem):
            _prune(home, keep)
    return manifest


def new_manifest(
    *,
    origin: str,
    changes: Mapping[str, Mapping[str, int]] | None,
    attribution: str,
    way: str,
    by: str,
    donors: Mapping[str, str] | None,
) -> Manifest:
    """What is known of a snapshot before it is built: its id, the moment, and what whoever loads it says."""
    now = datetime.datetime.now(datetime.UTC)
    return Manifest(
        id=f"{now:%Y%m%dT%H%M%S%f}-{secrets.token_hex(3)}",
        loaded_at=now.isoformat(timespec="milliseconds"),
        origin=origin,
        tables=changes or {},
        attribution=attribution,
        way=way,
        by=by,
        donors=dict(donors or {}),
    )


def build(
    building: Path, receiving: Path, tables: Mapping[str, pa.Table], described: Manifest, drop: Drop | None
) -> Manifest:
    """Write a snapshot to the folder `building` and its drop to `receiving`; returns its manifest, with the counts.

    `described` has the drops that it stands on so far, and per table what changed.
    """
    files = _write_drop(receiving, drop) if drop else []
    building.mkdir(mode=0o700)
    counts = _write_database(building / "hub.duckdb", tables)
    manifest = replace(
        described,
        tables={
            name: {"rows": counts[name], "added": counts[name], "changed": 0, "removed": 0, "rejected": 0}
            | dict(described.tables.get(name, {}))
            for name in models.TABLES
        },
        files=tuple(files),
        drops=(*described.drops, described.id) if drop else described.drops,
    )
    write_synced(building / "manifest.json", json.dumps(asdict(manifest), indent=1).encode(), OWNER_ONLY)
    sync_folder(building)
    return manifest


def _write_database(path: Path, tables: Mapping[str, pa.Table]) -> dict[str, int]:
    """Write every table of `models.TABLES` and return the number of rows of each."""
    with duckdb.connect(str(path)) as connection:
        create_tables(connection, tables)
        connection.execute("CHECKPOINT")
    path.chmod(OWNER_ONLY)
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return {name: len(tables.get(name, ())) for name in models.TABLES}


def _write_drop(folder: Path, drop: Drop) -> list[str]:
    """Write the files of a drop and how they were read; returns their names."""
    folder.mkdir(parents=True, mode=0o700)
    named: dict[str, bytes] = {}
    taken = {"drop.json"}
    for file, content in drop.files.items():
        name = free_name(file, taken)
        taken.add(name)
        named[name] = content
        write_synced(folder / name, content, OWNER_ONLY)
    checksums = {name: hashlib.sha256(content).hexdigest() for name, content in named.items()}
    described = json.dumps({"files": checksums, "options": drop.options}, indent=1, ensure_ascii=False)
    write_synced(folder / "drop.json", described.encode(), OWNER_ONLY)
    sync_folder(folder)
    return list(named)


def drops(home: Path, snapshot_id: str) -> list[Drop]:
    """What a snapshot was made of, oldest first. Raises `StoreProblem` when a file is missing or was changed."""
    archived = []
    for drop_id in manifest_of(home, snapshot_id).drops:
        folder = home / "archive" / drop_id
        try:
            described = read_json((folder / "drop.json").read_text(encoding="utf-8"))
            if not ID.fullmatch(drop_id) or any(re.search(r"[/\\]|^\.", name) for name in described["files"]):
                raise ValueError("a name that is a path")
            files = {name: (folder / name).read_bytes() for name in described["files"]}
            drop = Drop(files, described["options"])
            is_whole = all(hashlib.sha256(files[name]).hexdigest() == c for name, c in described["files"].items())
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise StoreProblem(f"the archive of snapshot {snapshot_id} is not complete: {error}") from error
        if not is_whole:
            raise StoreProblem(f"the archive of snapshot {snapshot_id} was changed: {folder}")
        archived.append(drop)
    return archived


def preview(tables: Mapping[str, pa.Table]) -> Snapshot:
    """The views over tables that are not published: to see what figures would become. Nothing is written."""
    connection = in_memory()
    connection.execute("ATTACH ':memory:' AS snapshot")
    create_tables(connection, tables, "snapshot.")
    rows = {name: {"rows": len(tables.get(name, ()))} for name in models.TABLES}
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
    return Snapshot(Manifest("", now, "own", rows), connection)


# --- what is on show -----------------------------------------------------------------------------------------------


def current_snapshot_id(home: Path) -> str | None:
    """The id of the snapshot on show: the one that the pointer names or, when that cannot be read, the newest that can.

    None when there is none. Raises `StoreProblem` when the machine cannot look at the moment.
    """
    named = named_snapshot_id(home)
    if named and is_whole(home, named):
        return named
    return next((manifest.id for manifest in history(home) if is_whole(home, manifest.id)), None)


def named_snapshot_id(home: Path) -> str | None:
    """The id that the pointer names, whether or not there is such a snapshot; None when it names none."""
    try:
        named = (home / "snapshots" / "on-show").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return None
    return named if ID.fullmatch(named) else None


def has_snapshots(home: Path) -> bool:
    """Whether anything was ever loaded, readable or not."""
    return any(ID.fullmatch(path.name) and any(path.iterdir()) for path in (home / "snapshots").glob("[0-9]*"))


def is_whole(home: Path, snapshot_id: str) -> bool:
    """Whether every row of a snapshot can be read. Any text may be asked: it may come from an address.

    Everything is read once, and again when a file has changed. Raises `StoreProblem` when the machine cannot look at
    the moment (no memory, too many open files): what is whole must not be taken for damaged.
    """
    if not ID.fullmatch(snapshot_id):
        return False
    folder = home / "snapshots" / snapshot_id
    try:
        stamps = [(folder / name).stat() for name in ("hub.duckdb", "manifest.json")]
        _read_through(home, snapshot_id, *((s.st_ino, s.st_size, s.st_mtime_ns) for s in stamps))
    except (OSError, duckdb.Error, StoreProblem, MemoryError) as error:
        cause = error.__cause__ if isinstance(error, StoreProblem) else error
        no_room = isinstance(cause, MemoryError | duckdb.OutOfMemoryException)
        if no_room or getattr(cause, "errno", None) in (errno.EMFILE, errno.ENFILE) or "open files" in str(cause):
            raise StoreProblem("the machine is too busy to look at the data", "busy") from error
        return False
    return True


@functools.lru_cache(maxsize=500)
def _read_through(home: Path, snapshot_id: str, *_stamps: tuple[int, ...]) -> None:
    """Read every row of a snapshot. Raises what is wrong with it: then it is not remembered, and tried again."""
    with contextlib.closing(open_snapshot(home, snapshot_id)) as snapshot:
        snapshot.read_through()


def open_snapshot(home: Path, snapshot_id: str, scope: Scope = EVERYTHING, megabytes: int = 0) -> Snapshot:
    """Open a snapshot by its id, read-only, with the tables and columns of today, whichever version wrote it.

    Questions take at most so many megabytes of memory (see `in_memory`).

    Raises `StoreProblem` when there is no such snapshot, or when it holds what the types of today cannot.

    With a scope, what it covers is copied and the file is let go of: no question asked of it later can reach the rest.
    Before anything in the file is looked at, every way to other files is shut: whoever made it may have made it to
    read them.
    """
    folder = folder_of(home, snapshot_id)
    file = (folder / "hub.duckdb").absolute()
    _check_room()
    connection = in_memory(megabytes)
    try:
        read_only_from(connection, file)
        if scope.is_everything:
            attach(connection, file, "snapshot")
        else:
            copy_covered(connection, file, scope)
            connection = moved(connection, megabytes)
        return Snapshot(read_manifest(folder), connection, scope)
    except (OSError, duckdb.Error, StoreProblem) as error:
        connection.close()
        raise StoreProblem(f"snapshot {snapshot_id} cannot be opened: {error}") from error


def _check_room() -> None:
    """Raise `StoreProblem` when this process can hardly open files: DuckDB ends it at the first that is refused."""
    opened: list[int] = []
    try:
        for _ in range(FILES_TO_OPEN):
            opened.append(os.open(os.devnull, os.O_RDONLY))
    except OSError as error:
        raise StoreProblem("the machine is too busy to look at the data", "busy") from error
    finally:
        for descriptor in opened:
            os.close(descriptor)


def folder_of(home: Path, snapshot_id: str) -> Path:
    """The folder of a snapshot. Raises `StoreProblem` when the id is malformed or there is no such snapshot."""
    folder = home / "snapshots" / snapshot_id
    if not ID.fullmatch(snapshot_id) or not (folder / "manifest.json").exists():
        raise StoreProblem(f"there is no snapshot {snapshot_id!r}")
    return folder


def history(home: Path) -> list[Manifest]:
    """All snapshots whose description can be read, newest first."""
    manifests = []
    for path in (home / "snapshots").glob("[0-9]*/manifest.json"):
        with contextlib.suppress(OSError, StoreProblem):  # removed by another load just now, or damaged
            manifests.append(read_manifest(path.parent))
    return sorted(manifests, key=lambda m: m.id, reverse=True)


def undescribed(home: Path) -> list[str]:
    """The snapshots whose description is damaged or gone: `history` leaves them out."""
    known = {manifest.id for manifest in history(home)}
    folders = [path for path in (home / "snapshots").glob("[0-9]*") if path.is_dir() and path.name not in known]
    return sorted(path.name for path in folders if ID.fullmatch(path.name) and any(path.iterdir()))


def rollback(home: Path, snapshot_id: str) -> None:
    """Put an older (or newer) snapshot on show. Raises `StoreProblem` when there is none that can be read."""
    with disk_errors_as_problems(), locked(home):
        folder_of(home, snapshot_id)
        if not is_whole(home, snapshot_id):
            raise StoreProblem(f"snapshot {snapshot_id} can no longer be read; nothing was changed", "damaged")
        set_pointer(home / "snapshots", snapshot_id)


def manifest_of(home: Path, snapshot_id: str) -> Manifest:
    """The manifest of a snapshot. Raises `StoreProblem` when there is no such snapshot, or it is damaged."""
    return read_manifest(folder_of(home, snapshot_id))


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the snapshot in `folder`. Raises `StoreProblem` when it is damaged, `OSError` when it is gone."""
    return parsed_manifest((folder / "manifest.json").read_bytes(), folder.name)


def parsed_manifest(written: bytes | str, snapshot_id: str) -> Manifest:
    """The manifest of a snapshot as it was written. Raises `StoreProblem` when it is damaged."""
    try:
        content = read_json(written)
        values = known_fields(Manifest, content)
        plain: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
        manifest = Manifest(**plain)
        datetime.datetime.fromisoformat(manifest.loaded_at)
        listed, said = (
            (manifest.files, manifest.drops),
            (manifest.origin, manifest.attribution, manifest.way, manifest.by),
        )
        is_described = (
            manifest.id == snapshot_id
            and all(isinstance(counts, dict) for counts in (manifest.donors, *manifest.tables.values()))
            and all(isinstance(names, tuple) for names in listed)
            and all(isinstance(text, str) for text in (*said, *itertools.chain(*listed)))
        )
        if not is_described:
            raise ValueError("it describes something else")
        return manifest
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise StoreProblem(f"the description of snapshot {snapshot_id} is damaged") from error


def set_pointer(snapshots: Path, snapshot_id: str) -> None:
    """Replace the pointer, all or nothing."""
    if (snapshots / "on-show").is_dir():
        set_aside(snapshots / "on-show")
    write_file(snapshots / "on-show", snapshot_id.encode(), OWNER_ONLY)


# --- what is kept, and for how long --------------------------------------------------------------------------------


def pin(home: Path, snapshot_id: str, name: str) -> None:
    """Keep a snapshot for as long as something (`name`, such as a shared link) needs it."""
    if not PIN.fullmatch(name):
        raise StoreProblem(f"{name!r} is no name for a pin")
    with disk_errors_as_problems(), locked(home):
        folder_of(home, snapshot_id)
        (home / "snapshots" / "pins").mkdir(exist_ok=True, mode=0o700)
        write_file(home / "snapshots" / "pins" / name, snapshot_id.encode(), OWNER_ONLY)


def unpin(home: Path, name: str) -> None:
    """Remove a pin: nothing needs its snapshot any more. Does nothing when there is no such pin."""
    if PIN.fullmatch(name):
        with disk_errors_as_problems():
            (home / "snapshots" / "pins" / name).unlink(missing_ok=True)


def pins(home: Path) -> dict[str, str]:
    """Name of a pin -> snapshot."""
    folder = home / "snapshots" / "pins"
    paths = folder.iterdir() if folder.exists() else ()
    named = {path.name: path for path in paths if not path.name.startswith(".")}
    return {name: path.read_text(encoding="utf-8", errors="replace").strip() for name, path in named.items()}


def _prune(home: Path, keep: int | None) -> None:
    """Remove snapshots beyond the newest `keep`, except those on show or pinned; and drops that no snapshot needs.

    When something is damaged that says what is needed, nothing is removed.
    """
    if undescribed(home) or not all(ID.fullmatch(pinned) for pinned in pins(home).values()):
        return
    old = history(home)[keep:] if keep is not None else []
    needed = {current_snapshot_id(home), *pins(home).values()} if old else set()
    for manifest in reversed(old):
        if manifest.id not in needed:
            _remove(home / "snapshots" / manifest.id)
    stood_on = {drop for manifest in history(home) for drop in manifest.drops}
    for folder in (home / "archive").glob("[0-9]*"):
        if folder.name not in stood_on:
            _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a folder. It gets a hidden name first: when that is interrupted, the rest is not taken for a whole one."""
    gone = folder.with_name(f".{folder.name.lstrip('.')}")
    if folder != gone:
        folder.rename(gone)
    shutil.rmtree(gone)


def clear_leftovers(home: Path) -> None:
    """Remove what interrupted loads and restores have left behind. Only under the lock."""
    for pattern in ("snapshots/.[0-9]*", "archive/.[0-9]*", ".restore-*"):
        for left in home.glob(pattern):
            shutil.rmtree(left, ignore_errors=True)
    for pattern in ("snapshots/.on-show-*", "snapshots/pins/.*", ".*.before-restore-*"):
        for left in home.glob(pattern):
            with contextlib.suppress(OSError):
                left.unlink()
