"""The functions of `records` once more, over the PostgreSQL of a lake: every server sees the same at once.

What was read last counts for a minute when PostgreSQL does not answer, as when it is started again: meanwhile nothing
can be revoked anyway. After that nobody knows any more, so nobody gets in (`catalogue.Unreachable`).
"""

import contextlib
import datetime
import errno
import time
from collections.abc import Iterator
from pathlib import Path

from hubdata.store import catalogue
from hubdata.store.catalogue import Address, Unreachable
from hubdata.store.files import OWNER_ONLY, write_file
from hubdata.store.records import Version
from hubdata.store.records import append_line as append_to_file
from hubdata.store.records import damaged_files as damaged_files_of_folder
from hubdata.store.which import address_of

SECONDS_REMEMBERED = 60
SECONDS_OF_ATTEMPTS = 86_400
NONE = (-1, b"")
"""The version and content of a record that is not there."""
_last_read: dict[tuple[Address, str], tuple[float, tuple[int, bytes]]] = {}


def _read(home: Path, name: str) -> tuple[int, bytes]:
    """The version and the content of a record. Raises `FileNotFoundError`, and `Unreachable`."""
    address = Address.parsed(address_of(home))
    at, (known_version, known) = _last_read.get((address, name), (-SECONDS_REMEMBERED, NONE))
    query = "SELECT version, CASE WHEN version <> %s THEN content END FROM hubdata.records WHERE hub = %s AND name = %s"
    try:
        found = catalogue.rows(address, query, known_version, address.hub, name)
    except Unreachable:
        if time.monotonic() - at >= SECONDS_REMEMBERED:
            raise
        read = (known_version, known)
    else:
        # What has not changed is not sent again.
        (version, content) = found[0] if found else NONE
        read = (version, known if content is None else bytes(content))
        _last_read[address, name] = (time.monotonic(), read)
    if read == NONE:
        raise FileNotFoundError(errno.ENOENT, "there is no such record", name)
    return read


def read_record(home: Path, name: str) -> bytes:
    """See `records.read_record`."""
    return _read(home, name)[1]


def record_version(home: Path, name: str) -> Version:
    """See `records.record_version`."""
    return (_read(home, name)[0],)


def write_record(home: Path, name: str, content: bytes) -> None:
    """See `records.write_record`."""
    write_to(Address.parsed(address_of(home)), name, content)


def write_to(address: Address, name: str, content: bytes) -> None:
    """Write a record to a lake."""
    catalogue.change(
        address,
        "INSERT INTO hubdata.records VALUES (%s, %s, nextval('hubdata.record_version'), %s) ON CONFLICT (hub, name)"
        " DO UPDATE SET version = excluded.version, content = excluded.content",
        address.hub,
        name,
        content,
    )


def names(address: Address) -> list[str]:
    """The records that there are."""
    found = catalogue.rows(address, "SELECT name FROM hubdata.records WHERE hub = %s ORDER BY name", address.hub)
    return [str(name) for (name,) in found]


def set_record_aside(home: Path, name: str) -> None:
    """See `records.set_record_aside`."""
    address = Address.parsed(address_of(home))
    target = f"{name}.damaged-{datetime.datetime.now(datetime.UTC):%Y%m%dT%H%M%S%f}"
    catalogue.change(
        address, "UPDATE hubdata.records SET name = %s WHERE hub = %s AND name = %s", target, address.hub, name
    )


@contextlib.contextmanager
def records_locked(home: Path, beside_loads: bool = False) -> Iterator[None]:
    """See `records.records_locked`."""
    with catalogue.publishing(Address.parsed(address_of(home)), catalogue.LOADS if beside_loads else catalogue.RECORDS):
        yield


def append_line(home: Path, folder: str, day: str, line: str) -> None:
    """See `records.append_line`. When PostgreSQL does not answer it is written beside, in the home of this server."""
    address = Address.parsed(address_of(home))
    try:
        catalogue.change(address, "INSERT INTO hubdata.lines VALUES (%s, %s, %s, %s)", address.hub, folder, day, line)
    except Unreachable:
        (home / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
        append_to_file.__wrapped__(home, folder, day, line)  # type: ignore[attr-defined]


def forget_lines(home: Path, folder: str, before: str) -> None:
    """See `records.forget_lines`."""
    address = Address.parsed(address_of(home))
    catalogue.change(
        address, "DELETE FROM hubdata.lines WHERE hub = %s AND folder = %s AND day < %s", address.hub, folder, before
    )


def lines_to(address: Address, target: Path) -> None:
    """Write what happened as files of a home, beside what stands in them already."""
    query = "SELECT folder, day, line FROM hubdata.lines WHERE hub = %s ORDER BY ctid"
    days: dict[Path, list[str]] = {}
    for folder, day, line in catalogue.rows(address, query, address.hub):
        days.setdefault(target / folder / f"{day}.jsonl", []).append(line)
    for path, lines in days.items():
        path.parent.mkdir(exist_ok=True, mode=0o700)
        known = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
        there = set(known)
        listed = [*known, *(line for line in lines if line not in there)]
        write_file(path, "".join(f"{line}\n" for line in listed).encode(), OWNER_ONLY)


def lines_from(source: Path, address: Address) -> None:
    """Bring what happened into a lake, beside what it knows already."""
    statement = (
        "INSERT INTO hubdata.lines SELECT %s, %s, %s, line FROM unnest(%s::text[]) AS line WHERE line NOT IN"
        " (SELECT line FROM hubdata.lines WHERE hub = %s AND folder = %s AND day = %s)"
    )
    for path in sorted(source.glob("audit/*.jsonl")):
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        of_day = (address.hub, path.parent.name, path.stem)
        catalogue.change(address, statement, *of_day, lines, *of_day)


def damaged_files(home: Path) -> list[Path]:
    """See `records.damaged_files`: also the records that were set aside, which are no files."""
    address = Address.parsed(address_of(home))
    with contextlib.suppress(Unreachable):
        aside = [home / name for name in names(address) if ".damaged-" in name]
        return sorted([*damaged_files_of_folder.__wrapped__(home), *aside])  # type: ignore[attr-defined]
    return []


def attempts(home: Path, name: str, seconds: int) -> int | None:
    """See `records.attempts`."""
    address = Address.parsed(address_of(home))
    query = (
        "SELECT count(*) FROM hubdata.attempts WHERE hub = %s AND name = %s AND at > now() - %s * interval '1 second'"
    )
    ((count,),) = catalogue.rows(address, query, address.hub, name, seconds)
    return int(count)


def count_attempt(home: Path, name: str) -> bool:
    """See `records.count_attempt`. What is a day old is forgotten."""
    address = Address.parsed(address_of(home))
    old = "DELETE FROM hubdata.attempts WHERE hub = %s AND at < now() - %s * interval '1 second'"
    catalogue.change(address, old, address.hub, SECONDS_OF_ATTEMPTS)
    catalogue.change(address, "INSERT INTO hubdata.attempts (hub, name) VALUES (%s, %s)", address.hub, name)
    return True
