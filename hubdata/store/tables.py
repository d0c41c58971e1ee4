"""The tables of `models` in a database, and the texts that go into SQL.

A snapshot is read with the tables and columns of today, whichever version wrote it: `attach` is the one place where
they are made alike. What it lacks is read like an empty cell of a file: unknown, or the column's default, so that a
snapshot says what its files would say if they were read again. Anything more that it has is ignored.
"""

import functools
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from hubdata import models
from hubdata.store.files import StoreProblem

SQL = Path(__file__).parent / "sql"

TYPES = {
    pa.string(): "VARCHAR",
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE",
}
"""The type of a column in the database."""

ROW_GROUP = 122_880
"""So many rows DuckDB keeps together in a file."""

Columns = tuple[tuple[str, str], ...]
"""The columns of a table and their types in the database, in order."""


def columns_of_today() -> dict[str, Columns]:
    """Every table of `models.TABLES` with its columns."""

    def database_type(kind: pa.DataType) -> str:
        return f"{database_type(kind.value_type)}[]" if pa.types.is_list(kind) else TYPES[kind]

    return {
        name: tuple((column.name, database_type(column.type)) for column in models.schema(row))
        for name, row in models.TABLES.items()
    }


def create_tables(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table], database: str = "") -> None:
    """Create every table of `models.TABLES` with the rows given, typed as `models.schema`; an absent one is empty.

    `database` is the name of an attached one, with a point behind it.
    """
    for name, row in models.TABLES.items():
        content = tables.get(name, models.schema(row).empty_table())
        if content.schema != models.schema(row):
            raise ValueError(f"{name} is not typed as its model: {content.schema}")
        # One long piece is written by one thread, and in twice its time.
        connection.register("content", pa.Table.from_batches(content.to_batches(ROW_GROUP), content.schema))
        connection.execute(f"CREATE TABLE {database}{name} AS SELECT * FROM content")
        connection.unregister("content")


def in_memory(megabytes: int = 0) -> duckdb.DuckDBPyConnection:
    """A database in memory, which takes at most so many megabytes. What needs more goes by way of a folder, or fails.

    0: half of what this process may have. DuckDB itself would take four fifths, which with the rest of a dashboard is
    more than there is.
    """
    connection = duckdb.connect(":memory:", config={"threads": 2})
    most = f"{megabytes}MB"
    if not megabytes:
        (four_fifths,) = connection.execute("SELECT current_setting('memory_limit')").fetchone() or ("",)
        size, unit = four_fifths.split()
        most = f"{float(size) * 0.5 / 0.8}{unit}"
    connection.execute(f"SET memory_limit = {text_literal(most)}")
    connection.execute(f"SET temp_directory = {text_literal(_scratch())}")
    return connection


_kept: list[tempfile.TemporaryDirectory[str]] = []


@functools.cache
def _scratch() -> str:
    """A folder for what does not fit into memory, which only this user can read and which goes with the process.

    "" where nothing may be written (`sandbox`): then there is none, and what does not fit fails.
    """
    try:
        _kept.append(tempfile.TemporaryDirectory(prefix="hubdata-"))
    except OSError:
        return ""
    return _kept[-1].name


def moved(connection: duckdb.DuckDBPyConnection, megabytes: int = 0) -> duckdb.DuckDBPyConnection:
    """The tables of `snapshot` in another database in memory, that never knew a file; the first is closed.

    What a database may read it may read again, also after it let go of it (`read_only_from`).
    """
    with connection:
        tables = {
            name: connection.sql(f"SELECT * FROM snapshot.{name}").to_arrow_table().cast(models.schema(row))
            for name, row in models.TABLES.items()
        }
    clean = in_memory(megabytes)
    clean.execute("ATTACH ':memory:' AS snapshot")
    create_tables(clean, tables, "snapshot.")
    return clean


def create_empty(connection: duckdb.DuckDBPyConnection, database: str, *names: str) -> None:
    """Create tables of `models.TABLES` in an attached database, without rows."""
    for name, columns in columns_of_today().items():
        if name in names:
            listed = ", ".join(f'"{column}" {kind}' for column, kind in columns)
            connection.execute(f"CREATE TABLE {database}.{name} ({listed})")


def read_only_from(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Let a connection reach this one database file (and its log of changes) and no other, whatever is asked later."""
    allowed = ", ".join(text_literal(path) for path in (str(file), f"{file}.wal"))
    connection.execute(f"SET allowed_paths = [{allowed}]")
    connection.execute("SET enable_external_access = false")


def check_plain(file: Path) -> None:
    """Raise `StoreProblem` when a database file holds anything but plain tables, as a backup of somebody else's may.

    Views, macros, generated columns and the like are instructions of whoever made the file: ours have none.
    """
    with in_memory() as connection:
        read_only_from(connection, file.absolute())
        connection.execute(f"ATTACH {text_literal(str(file.absolute()))} AS whole (READ_ONLY)")
        for query in FOREIGN:
            if found := connection.execute(f"{query} LIMIT 1").fetchone():
                raise StoreProblem(f"{file.name} holds something else than tables: {found[0]}")


FOREIGN = (
    "SELECT view_name FROM duckdb_views() WHERE NOT internal",
    "SELECT function_name FROM duckdb_functions() WHERE NOT internal",
    "SELECT sequence_name FROM duckdb_sequences()",
    "SELECT type_name FROM duckdb_types() WHERE NOT internal",
    "SELECT index_name FROM duckdb_indexes()",
    "SELECT constraint_text FROM duckdb_constraints()",
    "SELECT schema_name FROM duckdb_schemas() WHERE database_name = 'whole' AND schema_name <> 'main'",
    "SELECT column_name FROM duckdb_columns() WHERE database_name = 'whole' AND column_default IS NOT NULL",
)
"""What a database can hold beside plain tables."""


def attach(connection: duckdb.DuckDBPyConnection, file: Path, database: str) -> None:
    """Attach the file of a snapshot, read-only, under the name `database`, with the tables and columns of today.

    When another version wrote it, `database` holds views over what is then attached as `stored`. Raises `StoreProblem`
    when a column holds a value that its type of today cannot hold: nothing is rounded or cut off.
    """
    path, today = text_literal(str(file)), columns_of_today()
    connection.execute(f"ATTACH {path} AS {database} (READ_ONLY)")
    stored = _columns_of(connection, database)
    if stored == today:
        return
    connection.execute(f"DETACH {database}")
    connection.execute(f"ATTACH {path} AS stored (READ_ONLY)")
    connection.execute(f"ATTACH ':memory:' AS {database}")
    create_empty(connection, database, *today.keys() - stored.keys())
    for name in today.keys() & stored.keys():
        _conform(connection, database, name, dict(stored[name]), today[name])


def _conform(
    connection: duckdb.DuckDBPyConnection, database: str, name: str, stored: Mapping[str, str], today: Columns
) -> None:
    """Make one table of `stored` have the columns of today: a view, or a copy when something is cast."""
    changed = [(column, kind) for column, kind in today if stored.get(column, kind) != kind]
    for column, kind in changed:
        _check_lossless(connection, name, column, stored[column], kind)
    cells = {column: f'"{column}"' if column in stored else _empty_cell(name, column) for column, _kind in today}
    listed = ", ".join(f'CAST({cells[column]} AS {kind}) AS "{column}"' for column, kind in today)
    connection.execute(
        f"CREATE {'TABLE' if changed else 'VIEW'} {database}.{name} AS SELECT {listed} FROM stored.{name}"
    )


def detach(connection: duckdb.DuckDBPyConnection, database: str) -> None:
    """Let go of the file of a snapshot that was attached."""
    connection.execute(f"DETACH {database}")
    connection.execute("DETACH DATABASE IF EXISTS stored")


def _columns_of(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, Columns]:
    """The tables that an attached database has, and their columns. Views do not count: one could read other files."""
    query = f"SELECT table_name FROM duckdb_tables() WHERE database_name = {text_literal(database)}"
    columns = {}
    for (name,) in connection.execute(query).fetchall():
        relation = connection.table(f'"{database}"."{name}"')
        columns[name] = tuple(zip(relation.columns, map(str, relation.types), strict=True))
    return columns


def _empty_cell(table: str, column: str) -> str:
    """What an empty cell of a column means, as an SQL literal."""
    field = models.TABLES[table].model_fields[column]
    return "NULL" if field.is_required() or field.default is None else text_literal(str(field.default))


def _check_lossless(connection: duckdb.DuckDBPyConnection, table: str, column: str, before: str, now: str) -> None:
    """Raise `StoreProblem` when converting a value to another type and back changes it."""
    there_and_back = f'TRY_CAST(TRY_CAST("{column}" AS {now}) AS {before})'
    query = f'SELECT 1 FROM stored.{table} WHERE {there_and_back} IS DISTINCT FROM "{column}" LIMIT 1'
    if connection.execute(query).fetchone():
        raise StoreProblem(f"{table}.{column} was written as {before} and cannot be read as {now}")


def text_literal(value: str) -> str:
    """A text as an SQL literal. `SET VARIABLE` takes no parameters, so texts are quoted here and nowhere else."""
    return "'" + value.replace("'", "''") + "'"


def texts_literal(values: Iterable[str]) -> str:
    """Texts as an SQL literal; none at all is NULL."""
    quoted = [text_literal(value) for value in values]
    return f"[{', '.join(quoted)}]::VARCHAR[]" if quoted else "NULL::VARCHAR[]"
