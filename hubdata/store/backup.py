"""Everything of a home in one file, and back: checked to the last byte before anything is changed."""

import contextlib
import datetime
import filecmp
import hashlib
import json
import logging
import os
import re
import secrets
import shutil
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import duckdb
import pyarrow as pa

from hubdata import models
from hubdata.store.files import StoreProblem, disk_errors_as_problems, locked, owner_only, sync_folder, write_file
from hubdata.store.snapshots import (
    ID,
    PIN,
    clear_leftovers,
    current_snapshot_id,
    drops,
    folder_of,
    is_whole,
    open_snapshot,
    set_pointer,
)
from hubdata.store.tables import check_plain
from hubdata.store.which import name_store, said_in

logger = logging.getLogger(__name__)

KEPT_FOLDERS = ("archive", "snapshots")
"""In the order of restoring: the drops come before the snapshots that need them."""
MOST_UNPACKED = 1000
"""A backup that would unpack to more than so many times its own size was not made by us: near-empty snapshots shrink
144 times, and what deflate can do at most is 1032."""
_CHUNK = 1 << 20


def backup(home: Path, file: Path) -> None:
    """Write everything of a home to one zip file: settings, snapshots, archive, links; only its owner may read it.

    A snapshot that is damaged is left out, and the console says so: with it nothing of the backup could be restored.
    Raises `StoreProblem` when `file` exists already or cannot be written.
    """
    temporary = file.with_name(f".{file.name}.partial")
    with disk_errors_as_problems(), locked(home):
        if file.exists():
            raise StoreProblem(f"{file} exists already; choose another name")
        shown = current_snapshot_id(home)
        if shown is None:
            raise StoreProblem("there is nothing to back up yet")
        listed = {}
        try:
            with open(temporary, "wb", opener=owner_only) as target:
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
            sync_folder(file.absolute().parent)
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
    damaged = {folder.name for folder in (home / "snapshots").glob("[0-9]*") if not _can_be_restored(home, folder.name)}
    for snapshot_id in sorted(damaged):
        logger.warning("snapshot %s is damaged and is not in the backup", snapshot_id)
    for parent in KEPT_FOLDERS:
        for path in sorted((home / parent).rglob("*")):
            place = path.relative_to(home).parts
            if path.is_file() and _is_ours("/".join(place)) and not (parent == "snapshots" and place[1] in damaged):
                yield path


def _can_be_restored(home: Path, snapshot_id: str) -> bool:
    """Whether a snapshot and the files it was made of are whole, as `restore` asks."""
    try:
        drops(home, snapshot_id)
    except (StoreProblem, OSError):
        return False
    return is_whole(home, snapshot_id)


Join = Callable[[bytes | None, bytes], bytes]
"""Joins the file that is there (None when there is none) with that of a backup. Raises `ValueError`."""


def restore(home: Path, file: Path, joins: Mapping[str, Join] | None = None) -> str:
    """Bring back what a backup holds, and put on show what was on show then; returns its id.

    A file of the home that has its `joins` is joined with what is there, instead of taking its place.

    Everything is checked before anything is changed; a database in it may hold tables and nothing else. What is there
    already stays: whole snapshots are never changed, damaged ones and settings that differ are kept beside the restored
    ones. Raises `StoreProblem` when the backup is not whole.
    """
    with disk_errors_as_problems(), locked(home):
        clear_leftovers(home)
        unpacked = home / f".restore-{secrets.token_hex(3)}"
        now = f"before-restore-{datetime.datetime.now(datetime.UTC):%Y%m%dT%H%M%S%f}"
        try:
            shown = _unpack(file, unpacked)
            name_store(unpacked, said_in(home))  # a backup says what there was, never where this home keeps it
            for name, join in (joins or {}).items():
                if (unpacked / name).exists():
                    present = (home / name).read_bytes() if (home / name).exists() else None
                    try:
                        joined = join(present, (unpacked / name).read_bytes())
                    except ValueError as error:
                        raise StoreProblem(f"{name}: {error}; nothing was restored") from error
                    write_file(unpacked / name, joined, 0o600)
            for parent in KEPT_FOLDERS:
                (home / parent).mkdir(exist_ok=True, mode=0o700)
                for folder in sorted((unpacked / parent).glob("[0-9]*")):
                    target = home / parent / folder.name
                    if target.exists() and not _holds(target, folder):
                        (home / now / parent).mkdir(parents=True, exist_ok=True)
                        target.rename(home / now / parent / folder.name)
                    if not target.exists():
                        folder.rename(target)
                sync_folder(home / parent)
            for path in (unpacked / "snapshots" / "pins").glob("*"):
                (home / "snapshots" / "pins").mkdir(exist_ok=True)
                path.replace(home / "snapshots" / "pins" / path.name)
            for path in [p for p in unpacked.iterdir() if p.is_file()]:
                target = home / path.name
                if target.exists() and target.read_bytes() != path.read_bytes():
                    # A copy, so that the file itself is never missing, not even for a moment.
                    write_file(target.with_name(f"{path.name}.{now}"), target.read_bytes())
                path.replace(target)
            sync_folder(home)
            set_pointer(home / "snapshots", shown)
        finally:
            shutil.rmtree(unpacked, ignore_errors=True)
    return shown


def _holds(folder: Path, restored: Path) -> bool:
    """Whether a folder has every file of a restored one, unchanged."""
    files = [path.relative_to(restored) for path in restored.rglob("*") if path.is_file()]
    return all((folder / f).is_file() and filecmp.cmp(folder / f, restored / f, shallow=False) for f in files)


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
                with packed.open(name) as source, open(folder / name, "wb", opener=owner_only) as target:
                    checksum, _size = _copy(source, target)
                    target.flush()
                    os.fsync(target.fileno())
                if checksum != entry["sha256"]:
                    raise foreign
        shown = str(described["on_show"])
        for path in sorted((folder / "snapshots").glob("[0-9]*")):
            check_plain(path / "hub.duckdb")
            with contextlib.closing(open_snapshot(folder, path.name)) as snapshot:
                snapshot.read_through()
                # An older version may lack some of our tables; a newer one may have tables that we do not know.
                counted = {name: len(snapshot.arrow(name)) for name in models.TABLES}
                declared = {name: snapshot.manifest.tables.get(name, {"rows": 0})["rows"] for name in models.TABLES}
                if snapshot.id != path.name or counted != declared:
                    raise foreign
            drops(folder, path.name)
        folder_of(folder, shown)
    except FileNotFoundError as error:
        raise StoreProblem(f"{error.filename} is not there") from error
    except OSError:  # an error of the disk: the caller reports it
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
