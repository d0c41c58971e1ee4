"""Drafts become immutable snapshots (DuckDB files); views over them answer questions. Nothing else imports duckdb.

    files      small files, written whole or not at all; what a disk refuses, as a sentence
    tables     the tables of `models` in a database
    scopes     what of a snapshot somebody may see at all
    views      an open snapshot and the questions asked of it
    snapshots  publish, open, go back, keep and remove
    backup     everything of a home in one file, and back

Each imports only those above it. What others call takes a home and comes through this file.
"""

from hubdata.store.backup import backup, restore
from hubdata.store.files import (
    ConcurrentLoad,
    StoreProblem,
    change_list,
    damaged_files,
    disk_errors_as_problems,
    free_name,
    known_fields,
    read_list,
    set_aside,
    write_file,
)
from hubdata.store.scopes import EVERYTHING, SCOPED, Scope
from hubdata.store.snapshots import (
    ID,
    Drop,
    current_snapshot_id,
    drops,
    has_snapshots,
    history,
    is_whole,
    named_snapshot_id,
    open_snapshot,
    pin,
    pins,
    preview,
    publish,
    read_manifest,
    rollback,
    undescribed,
    unpin,
)
from hubdata.store.views import PARTY_COLUMNS, VIEWS, Manifest, Snapshot, View

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
    "backup",
    "change_list",
    "current_snapshot_id",
    "damaged_files",
    "disk_errors_as_problems",
    "drops",
    "free_name",
    "has_snapshots",
    "history",
    "is_whole",
    "known_fields",
    "named_snapshot_id",
    "open_snapshot",
    "pin",
    "pins",
    "preview",
    "publish",
    "read_list",
    "read_manifest",
    "restore",
    "rollback",
    "set_aside",
    "undescribed",
    "unpin",
    "write_file",
]
