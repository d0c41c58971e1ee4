"""What of a snapshot somebody may see at all: a copy of what is covered, never a filter (see `sql/scoped`)."""

from dataclasses import dataclass, field

import duckdb

from hubdata.store.tables import SQL, text_literal, texts_literal

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


def copy_covered(connection: duckdb.DuckDBPyConnection, path: str, scope: Scope) -> None:
    """Make `snapshot` in memory hold what `scope` covers of the file at `path` (an SQL literal), and nothing else."""
    if not scope.key:
        raise ValueError("a scope that hides something needs a key, or its stand-ins can be guessed")
    connection.execute(f"ATTACH {path} AS whole (READ_ONLY)")
    connection.execute("ATTACH ':memory:' AS snapshot")
    variables = {
        "scope_sectors": texts_literal(scope.sectors),
        "scope_themes": texts_literal(scope.themes),
        "scope_names": str(scope.names).lower(),
        "scope_amounts": str(scope.amounts).lower(),
        "scope_key": text_literal(scope.key),
    }
    for name, literal in variables.items():
        connection.execute(f"SET VARIABLE {name} = {literal}")
    for name in SCOPED:
        connection.execute((SQL / "scoped" / f"{name}.sql").read_text(encoding="utf-8"))
    connection.execute("DROP TABLE snapshot.identities")
    for name in variables:
        connection.execute(f"RESET VARIABLE {name}")
    connection.execute("DETACH whole")
