"""The small files of a home: written whole or not at all, one writer at a time; what a disk refuses is a sentence."""

import contextlib
import datetime
import errno
import json
import logging
import os
import re
import secrets
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import duckdb
from filelock import FileLock

OWNER_ONLY = 0o600
"""Data is for the user that the dashboard runs as, whatever the machine's habit (umask) is."""

logger = logging.getLogger(__name__)


class StoreProblem(Exception):
    """The store cannot do what was asked; nothing was changed. `code`: disk_full, read_only, unreadable or other."""

    def __init__(self, message: str, code: str = "other") -> None:
        super().__init__(message)
        self.code = code


class ConcurrentLoad(StoreProblem):
    """Another load was published since the draft was made."""


def write_file(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Write or replace a small file: after a power cut it is the old one or the new one, whole.

    `mode` is who may read it, from the first byte on.
    """
    # A name may be as long as the disk allows: its first 50 characters are at most 200 bytes of 255.
    temporary = path.with_name(f".{path.name[:50]}-{secrets.token_hex(3)}")
    try:
        write_synced(temporary, content, mode)
        temporary.replace(path)
        sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def set_aside(path: Path) -> None:
    """Rename a damaged file of ours to NAME.damaged-TIME, so that the work can go on without it; nothing is removed.

    The console says so, and the page Data, as long as it lies there (`damaged_files`). Raises `OSError`.
    """
    target = path.with_name(f"{path.name}.damaged-{datetime.datetime.now(datetime.UTC):%Y%m%dT%H%M%S%f}")
    with contextlib.suppress(FileNotFoundError):  # another process was first
        path.rename(target)
        logger.warning("%s is damaged; it was set aside as %s", path.name, target.name)


def read_json(content: bytes | str) -> Any:
    """What JSON says. Raises `ValueError` for what is none, is nested beyond reason, or holds what can go nowhere.

    That is half of a letter (a lone surrogate), and a number that is none.
    """
    try:
        said = json.loads(content)
        json.dumps(said, ensure_ascii=False, allow_nan=False).encode()
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return said


def known_fields(kind: type[Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a dataclass in a row of JSON; fields that another version of the dashboard added are ignored."""
    return {field.name: row[field.name] for field in fields(kind) if field.name in row}


@contextlib.contextmanager
def locked(home: Path) -> Iterator[None]:
    """Only one load, restore or move of the pointer at a time."""
    (home / "snapshots").mkdir(parents=True, exist_ok=True, mode=0o700)
    with FileLock(home / "snapshots" / "lock"):
        yield


@contextlib.contextmanager
def disk_errors_as_problems() -> Iterator[None]:
    """Raise errors of the disk as `StoreProblem`, with a sentence that says what is wrong."""
    try:
        yield
    except StoreProblem:  # one of them is an error of the system too
        raise
    except (OSError, duckdb.Error) as error:
        number, words = getattr(error, "errno", None), str(error).lower()
        if number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or "no space left" in words or "file too large" in words:
            raise StoreProblem("the disk is full; nothing was changed", "disk_full") from error
        if number in (errno.EROFS, errno.EACCES, errno.EPERM) or "permission denied" in words or "read-only" in words:
            message = "the folder with the data may not be written to; nothing was changed"
            raise StoreProblem(message, "read_only") from error
        if isinstance(error, OSError | duckdb.IOException):
            raise StoreProblem(f"the data could not be written: {error}") from error
        raise


def write_synced(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Write a file that nobody reads yet, and wait until the disk has it."""
    with open(path, "wb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def owner_only(name: str, flags: int) -> int:
    """Opens a file that nobody but its owner may read, from the first byte on."""
    return os.open(name, flags, OWNER_ONLY)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder durable, where the system can sync a folder."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def plain_name(file: str) -> str:
    """A file name that is a name on every disk: never a path, never hidden, at most 100 characters and 200 bytes.

    >>> plain_name("../../2026-11 organisaties (1).csv"), plain_name(".."), plain_name("C:\\\\lists\\\\NUL.csv")
    ('2026-11 organisaties (1).csv', 'list.csv', '_NUL.csv')
    """
    base = unicodedata.normalize("NFC", re.split(r"[/\\]", file)[-1])
    base = re.sub(r"[^\w. ()-]", "_", base)[-100:].encode()[-200:].decode(errors="ignore").strip(". ")
    reserved = re.fullmatch(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", base, re.IGNORECASE)
    return f"_{base}" if reserved else base or "list.csv"


def free_name(file: str, taken: Collection[str], suffix: str = "") -> str:
    """A plain name for a file, or for a sheet of one, that no other in its folder has on any disk.

    `suffix` takes the place of its own.

    >>> free_name("Leden.txt", ["leden.csv"], ".csv"), free_name("leden.xlsx (Blad1)", [], ".csv")
    ('2-Leden.csv', 'leden-Blad1.csv')
    """
    if suffix:
        file = re.sub(r"\.\w{1,5}(?: \(([^()]*)\))?$", lambda end: f"-{end[1]}" if end[1] else "", file)[-100:] + suffix
    base = plain_name(file)
    name, number, folded = base, 1, {other.casefold() for other in taken}
    while name.casefold() in folded:
        number += 1
        name = f"{number}-{base}"
    return name
