"""Drafts become immutable snapshots (DuckDB files); views over them answer questions. Nothing else imports duckdb.

    files      small files, written whole or not at all; what a disk refuses, as a sentence
    tables     the tables of `models` in a database
    scopes     what of a snapshot somebody may see at all
    views      an open snapshot and the questions asked of it
    snapshots  publish, open, go back, keep and remove: in the folder of a home
    backup     everything of a home in one file, and back
    which      whether a home has that folder, or a lake
    identifiers  which identifier an organisation has now, when it was taken for another
    records    what is small and changes without a load: links, notes, answers, secrets
    catalogue  a lake: DuckLake over PostgreSQL, for several servers (`requirements-lake.txt`)
    lake       the functions of `snapshots` and `backup` once more, over a lake; imported when a home has one
    lake_records  the same for `records`

Each imports only those above it. What others call takes a home and comes through this file, and where the two stores
differ it is `by_store` that chooses.
"""

from pathlib import Path

from hubdata.store import backup as _backup
from hubdata.store import snapshots as _snapshots
from hubdata.store.files import (
    ConcurrentLoad,
    StoreProblem,
    disk_errors_as_problems,
    free_name,
    known_fields,
    read_json,
    set_aside,
    write_file,
)
from hubdata.store.identifiers import identifiers_now
from hubdata.store.records import (
    append_line,
    attempts,
    change_list,
    count_attempt,
    damaged_files,
    forget_lines,
    read_list,
    read_record,
    record_version,
    records_locked,
    set_record_aside,
    write_record,
)
from hubdata.store.scopes import EVERYTHING, SCOPED, Scope
from hubdata.store.snapshots import ID, Drop, preview, read_manifest
from hubdata.store.views import PARTY_COLUMNS, VIEWS, Manifest, Snapshot, View
from hubdata.store.which import address_of, by_store

backup = by_store(_backup.backup)
current_snapshot_id = by_store(_snapshots.current_snapshot_id)
drops = by_store(_snapshots.drops)
has_snapshots = by_store(_snapshots.has_snapshots)
history = by_store(_snapshots.history)
is_whole = by_store(_snapshots.is_whole)
manifest_of = by_store(_snapshots.manifest_of)
named_snapshot_id = by_store(_snapshots.named_snapshot_id)
open_snapshot = by_store(_snapshots.open_snapshot)
pin = by_store(_snapshots.pin)
pins = by_store(_snapshots.pins)
publish = by_store(_snapshots.publish)
restore = by_store(_backup.restore)
rollback = by_store(_snapshots.rollback)
undescribed = by_store(_snapshots.undescribed)
unpin = by_store(_snapshots.unpin)


def move(home: Path, to: str) -> str | None:
    """Carry a home to another store (see `lake.move`): `folder`, or the address of a lake; the id on show."""
    from hubdata.store import lake

    return lake.move(home, to)


__all__ = [
    "EVERYTHING",
    "ID",
    "PARTY_COLUMNS",
    "SCOPED",
    "VIEWS",
    "ConcurrentLoad",
    "Drop",
    "Manifest",
    "Scope",
    "Snapshot",
    "StoreProblem",
    "View",
    "address_of",
    "append_line",
    "attempts",
    "backup",
    "change_list",
    "count_attempt",
    "current_snapshot_id",
    "damaged_files",
    "disk_errors_as_problems",
    "drops",
    "forget_lines",
    "free_name",
    "has_snapshots",
    "history",
    "identifiers_now",
    "is_whole",
    "known_fields",
    "manifest_of",
    "move",
    "named_snapshot_id",
    "open_snapshot",
    "pin",
    "pins",
    "preview",
    "publish",
    "read_json",
    "read_list",
    "read_manifest",
    "read_record",
    "record_version",
    "records_locked",
    "restore",
    "rollback",
    "set_aside",
    "set_record_aside",
    "undescribed",
    "unpin",
    "write_file",
    "write_record",
]
