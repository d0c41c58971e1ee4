"""The small records of a home: links, notes, decisions, answers, secrets, who did what.

Each is written whole, by one at a time. In the folder each is a file at the top of a home, and so in every backup; in
a lake a row (`lake_records`). What cannot be read at the moment raises `OSError`, as a disk does.
"""

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock

from hubdata.store.files import (
    OWNER_ONLY,
    StoreProblem,
    disk_errors_as_problems,
    locked,
    read_json,
    set_aside,
    write_file,
)
from hubdata.store.which import by_store

Version = tuple[int, ...]


@by_store
def read_record(home: Path, name: str) -> bytes:
    """A record. Raises `FileNotFoundError` when there is none, and other `OSError`."""
    return (home / name).read_bytes()


@by_store
def record_version(home: Path, name: str) -> Version:
    """Differs for every content of a record, so that it need not be read again. Raises as `read_record`."""
    status = (home / name).stat()
    return status.st_mtime_ns, status.st_size, status.st_ino


@by_store
def write_record(home: Path, name: str, content: bytes) -> None:
    """Write or replace a record, all or nothing. Raises `OSError`."""
    write_file(home / name, content, OWNER_ONLY)


@by_store
def set_record_aside(home: Path, name: str) -> None:
    """Give a damaged record another name (`files.set_aside`). Raises `OSError`."""
    set_aside(home / name)


@by_store
@contextlib.contextmanager
def records_locked(home: Path, beside_loads: bool = False) -> Iterator[None]:
    """Only one at a time reads a record to change it; with `beside_loads` no load or restore is going on either."""
    home.mkdir(parents=True, exist_ok=True)
    with locked(home) if beside_loads else FileLock(home / "links.lock"):
        yield


@by_store
def append_line(home: Path, folder: str, day: str, line: str) -> None:
    """Add a line to what happened on a day (ISO 8601). Raises `OSError`."""
    path = home / folder / f"{day}.jsonl"
    with open(path, "a", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, OWNER_ONLY)) as file:
        file.write(f"{line}\n")


@by_store
def forget_lines(home: Path, folder: str, before: str) -> None:
    """Remove what happened before a day. Raises `OSError`."""
    (home / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in (home / folder).glob("*.jsonl"):
        if path.stem < before:
            path.unlink(missing_ok=True)


@by_store
def attempts(home: Path, name: str, seconds: int) -> int | None:
    """How often all servers counted `name` in the last so many seconds; None when each counts for itself, in memory.

    Raises `OSError` when nobody knows.
    """
    return None


@by_store
def count_attempt(home: Path, name: str) -> bool:
    """Count `name` for all servers; False when each counts for itself. Raises `OSError`."""
    return False


@by_store
def damaged_files(home: Path) -> list[Path]:
    """The files of ours that were damaged and set aside, as long as nobody has taken them away."""
    return sorted(path for pattern in ("*.damaged-*", "inbox/.*.damaged-*") for path in home.glob(pattern))


# --- lists ----------------------------------------------------------------------------------------------------------

RowReader = Callable[[Any], object]
"""Reads a row of a JSON list. Raises one of `_DAMAGED_ROW` for a row that is damaged."""
_DAMAGED_ROW = (ValueError, KeyError, TypeError, AttributeError, RecursionError)


def change_list(home: Path, name: str, read_row: RowReader, change: Callable[[list[Any]], list[Any]]) -> None:
    """Read, change and write a JSON list of a home, such as what was decided on a page; only one at a time does so.

    A file at the top of a home is in every backup. A damaged one is set aside, and the list goes on with the rows of it
    that can be read. Raises `StoreProblem` when it cannot be read or written.
    """
    with disk_errors_as_problems(), records_locked(home, beside_loads=True):
        rows, damage = _rows_of(home, name, read_row)
        content = json.dumps(change(rows), indent=1, ensure_ascii=False)
        if damage:
            set_record_aside(home, name)
        write_record(home, name, content.encode())


def read_list(home: Path, name: str, read_row: RowReader) -> list[Any]:
    """A JSON list of a home; empty when there is none yet. Raises `StoreProblem` when it is damaged."""
    try:
        rows, damage = _rows_of(home, name, read_row)
    except StoreProblem:
        raise
    except OSError as error:
        raise StoreProblem(f"{home / name} cannot be read: {error}") from error
    if damage:
        raise StoreProblem(f"{home / name} is damaged: {damage}")
    return rows


def _rows_of(home: Path, name: str, read_row: RowReader) -> tuple[list[Any], str]:
    """The rows of a JSON list that can be read, and what is damaged ("" when nothing is). Raises `OSError`."""
    try:
        rows = json.loads(read_record(home, name))
    except FileNotFoundError:
        return [], ""
    except (ValueError, RecursionError) as error:
        return [], str(error)
    if not isinstance(rows, list):
        return [], "it is no list"
    readable, damage = [], ""
    for row in rows:
        try:
            read_row(row)
            read_json(json.dumps(row))
            readable.append(row)
        except _DAMAGED_ROW as error:
            damage = f"a row cannot be read ({type(error).__name__})"
    return readable, damage
