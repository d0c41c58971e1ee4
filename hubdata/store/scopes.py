"""What of a snapshot somebody may see at all: a copy of what is covered, never a filter (see `sql/scoped`)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from hubdata import models
from hubdata.store.tables import SQL, attach, create_empty, detach, text_literal, texts_literal

SCOPED = (
    "identities",
    "organisations",
    "events",
    "attendance",
    "partnerships",
    "funding",
    "accounts",
    "reference",
    "targets",
)
"""How each table is copied into a scope, a file each in `sql/scoped`; `identities` first, since the others read it."""


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
        """The whole snapshot, as a manager sees it. A link has a key: however much it covers, it gets a copy."""
        return self == EVERYTHING

    def shown_id(self, organisation_id: str) -> str:
        """What an organisation that is covered is known by, as `sql/scoped/identities.sql` has it."""
        if self.names:
            return organisation_id
        return "x-" + hashlib.sha256(f"{self.key}/organisation/{organisation_id}".encode()).hexdigest()[:16]


EVERYTHING = Scope()


def copy_covered(connection: duckdb.DuckDBPyConnection, file: Path, scope: Scope) -> None:
    """Fill `snapshot`, in memory, with the part of a snapshot's file that `scope` covers, and nothing else.

    A column that its statement does not name is NULL, a table without a statement is empty.
    """
    if not scope.key:
        raise ValueError("a scope that hides something needs a key, or its stand-ins can be guessed")
    attach(connection, file, "whole")
    copy_with(connection, variables_of(scope))
    detach(connection, "whole")


def copy_with(connection: duckdb.DuckDBPyConnection, variables: Mapping[str, str]) -> None:
    """Fill `snapshot`, in memory, with the part of the attached `whole` that `variables` let through."""
    connection.execute("ATTACH ':memory:' AS snapshot")
    create_empty(connection, "snapshot", *models.TABLES)
    for name, literal in variables.items():
        connection.execute(f"SET VARIABLE {name} = {literal}")
    for name in SCOPED:
        connection.execute((SQL / "scoped" / f"{name}.sql").read_text(encoding="utf-8"))
    connection.execute("DROP TABLE snapshot.identities")
    for name in variables:
        connection.execute(f"RESET VARIABLE {name}")


def variables_of(scope: Scope) -> dict[str, str]:
    """What the statements in `sql/scoped` read of a scope, as SQL literals. What is not set lets nothing through."""
    return {
        "scope_all_sectors": str(not scope.sectors).lower(),
        "scope_sectors": texts_literal(scope.sectors),
        "scope_all_themes": str(not scope.themes).lower(),
        "scope_themes": texts_literal(scope.themes),
        "scope_names": str(scope.names).lower(),
        "scope_amounts": str(scope.amounts).lower(),
        "scope_key": text_literal(scope.key),
    }
