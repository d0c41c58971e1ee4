"""Rows that are alike in what a row goes by: added up where that is what they mean, else the second is refused.

Nobody is told to throw a row away that says something else, nor about a column that the file does not have.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from hubdata import models
from hubdata.ingest.headings import PAIR
from hubdata.ingest.problems import Note, Refusal, note
from hubdata.ingest.sources import Source


def people_added_up(table: pa.Table, numbers: np.ndarray, first: np.ndarray) -> pa.Table:
    """Attendance with a row per person -> with a row per organisation: people counted, highest role and status.

    `numbers` has the same number for rows that are alike, `first` for each number the first such row.
    """
    records = table.to_pylist()
    orders = {"role": ("host", "speaker", "participant"), "status": ("attended", "registered")}
    merged: dict[int, dict[str, Any]] = {}
    for number, record in zip(numbers, records, strict=True):
        merged_row = merged.setdefault(int(number), {**record, "people": 0})
        merged_row["people"] += 1
        for column, order in orders.items():
            values = [value for value in (merged_row[column], record[column]) if value]
            merged_row[column] = min(values, key=order.index, default=None)
    return pa.Table.from_pylist([merged[number] for number in np.argsort(first)], table.schema)


def amounts_added_up(table: pa.Table, numbers: np.ndarray, first: np.ndarray) -> pa.Table:
    """Income of which several rows have the same donor, year and programme -> with one row each, exactly added up.

    Of grants that end on different days the last day counts: until then something of the sum comes in.
    """
    amounts, ends = table["amount"].to_numpy().copy(), table["end_date"].to_pylist()
    for alike in _alike(numbers):
        row = first[numbers[alike[0]]]
        amounts[row] = float(sum((Decimal(repr(float(amounts[one]))) for one in alike), Decimal()))
        ends[row] = max((ends[one] for one in alike if ends[one]), default=None)
    for name, cells in (("amount", amounts), ("end_date", ends)):
        field = table.schema.field(name)
        table = table.set_column(table.schema.get_field_index(name), field, pa.array(cells, field.type))
    return table.take(pa.array(np.sort(first)))


def amounts_noted(source: Source, rows: np.ndarray, numbers: np.ndarray, count: int) -> Iterator[Note]:
    """What the report says of rows of income that were added up: how many, and how many say exactly the same."""
    alike = list(_alike(numbers))
    yield note("amounts_added_up", source.label, count=sum(map(len, alike)), rows=len(alike))
    twice = 0
    for same in alike:
        said = [tuple(row.values()) for row in source.table.cells.take(pa.array(rows[same])).to_pylist()]
        twice += len(said) - len(set(said))
    if twice:
        yield note("amounts_exactly_alike", source.label, count=twice)


def _alike(numbers: np.ndarray) -> Iterator[np.ndarray]:
    """The rows of each number that several have."""
    order = np.argsort(numbers, kind="stable")
    starts = np.flatnonzero(np.diff(numbers[order], prepend=-1))
    for alike in np.split(order, starts[1:]):
        if len(alike) > 1:
            yield alike


def double(row_type: type[models.Row], source: Source, row: int, other: int) -> Refusal:
    """Why a row is refused that is alike to another in what rows of its table go by, in the words of its file."""
    cells = source.table.cells.take(pa.array([row, other])).to_pylist()
    headers = {column: header for header, column in source.columns.items()}
    id_name = row_type.key[0]
    has_identifier = bool(cells[0].get(headers.get(id_name, ""), "").strip())
    if models.extra(row_type, id_name)["made_from"] and not has_identifier:
        with_day = () if row_type is models.Organisation else ("start_date",)
        with_partners = ("organisation_ids", *PAIR) if row_type is models.Partnership else ()
        columns = [name for name in ("name", *with_partners, *with_day) if name in headers]
    else:
        columns = [name for name in row_type.key if name in headers]
    said = ", ".join(cell for name in columns if (cell := cells[0][headers[name]].strip()))
    gaps: dict[str, Any] = {"other": int(source.table.rows[other])}
    if cells[0] == cells[1]:
        return Refusal(columns[0], "duplicate_row", said, gaps)
    return Refusal(columns[0], "duplicate_key", said, gaps | {"key": " + ".join(headers[name] for name in columns)})
