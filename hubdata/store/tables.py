"""The tables of `models` in a database, and the texts that go into SQL."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from hubdata import models

SQL = Path(__file__).parent / "sql"


def create_tables(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table], database: str = "") -> None:
    """Create every table of `models.TABLES` with the rows given, typed as `models.schema`; an absent one is empty.

    `database` is the name of an attached one, with a point behind it.
    """
    for name, row in models.TABLES.items():
        content = tables.get(name, models.schema(row).empty_table())
        if content.schema != models.schema(row):
            raise ValueError(f"{name} is not typed as its model: {content.schema}")
        connection.register("content", content)
        connection.execute(f"CREATE TABLE {database}{name} AS SELECT * FROM content")
        connection.unregister("content")


def text_literal(value: str) -> str:
    """A text as an SQL literal. `SET VARIABLE` takes no parameters, so texts are quoted here and nowhere else."""
    return "'" + value.replace("'", "''") + "'"


def texts_literal(values: Iterable[str]) -> str:
    """Texts as an SQL literal; none at all is NULL."""
    quoted = [text_literal(value) for value in values]
    return f"[{', '.join(quoted)}]::VARCHAR[]" if quoted else "NULL::VARCHAR[]"
