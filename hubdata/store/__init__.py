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
    free_name,
    known_fields,
    read_list,
    write_file,
)
from hubdata.store.scopes import EVERYTHING, SCOPED, Scope
from hubdata.store.snapshots import (
    ID,
    Drop,
    current_snapshot_id,
    drops,
    history,
    open_snapshot,
    pin,
    pins,
    preview,
    publish,
    read_manifest,
    rollback,
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
    "drops",
    "free_name",
    "history",
    "known_fields",
    "open_snapshot",
    "pin",
    "pins",
    "preview",
    "publish",
    "read_list",
    "read_manifest",
    "restore",
    "rollback",
    "unpin",
    "write_file",
]
