"""Lists in which cells are empty that may be: every optional column all empty, half empty, or with one cell filled.

What people send is never as full as an example. `designs` gives few homes in which each optional column is in each
state once, and the states of any two columns are mixed by chance (a seed). `covering` gives some more, in which each
column is empty while any other of its table is full: what a page does without a column must not hide behind what it
does without another. `tests/test_thinning.py` opens every page on these. `one_by_one` gives a home per
column and state, for `tests/benchmarks/thin_every_column.py`, which says which column it was.
"""

import csv
import io
import itertools
import random
from collections.abc import Iterator, Mapping
from pathlib import Path

from hubdata import models

STATES = ("full", "empty", "half", "one")
"""What is left of a column: all, nothing, every other cell by chance, or one cell."""

Cells = dict[str, str]
Lists = dict[str, list[Cells]]
"""Table -> rows -> column -> cell, as a file has them."""
Column = tuple[str, str]
"""Table and column."""


def read(folder: Path) -> Lists:
    """The lists in a folder, one file per table."""
    return {
        name: list(csv.DictReader(io.StringIO((folder / f"{name}.csv").read_text(encoding="utf-8-sig"))))
        for name in models.TABLES
        if (folder / f"{name}.csv").exists()
    }


def optional_columns(lists: Lists) -> list[Column]:
    """The columns that are there and may be empty."""
    return [
        (name, column)
        for name, rows in lists.items()
        for column in (rows[0] if rows else ())
        if not models.TABLES[name].model_fields[column].is_required()
    ]


def thinned(lists: Lists, states: Mapping[Column, str], seed: int = 0) -> Lists:
    """The lists with some columns in another state than full.

    Income that loses its donor is earned, as it must be, and of rows that are no longer told apart the first is left.
    """
    chance = random.Random(seed)
    thin = {name: [dict(row) for row in rows] for name, rows in lists.items()}
    for (name, column), state in sorted(states.items()):
        filled = [row for row in thin.get(name, []) if row[column]]
        kept = {"full": len(filled), "empty": 0, "half": len(filled) // 2, "one": 1}[state]
        for row in chance.sample(filled, max(len(filled) - kept, 0)):
            row[column] = ""
            if (name, column) == ("funding", "donor"):
                row["category"] = "earned"
    return {name: _told_apart(name, rows) for name, rows in thin.items()}


def _told_apart(name: str, rows: list[Cells]) -> list[Cells]:
    """The first row of each key; an empty cell of it is the default."""
    fields = models.TABLES[name].model_fields

    def key(row: Cells) -> tuple[str, ...]:
        return tuple(row.get(column) or str(fields[column].default or "") for column in models.TABLES[name].key)

    first = {key(row): row for row in reversed(rows)}
    return [row for row in rows if first[key(row)] is row]


def designs(lists: Lists, seed: int = 0) -> Iterator[dict[Column, str]]:
    """As many designs as there are states: over all of them each column is in each state once, in an order by chance."""
    chance = random.Random(seed)
    orders = {column: chance.sample(STATES, len(STATES)) for column in optional_columns(lists)}
    for place in range(len(STATES)):
        yield {column: order[place] for column, order in orders.items()}


HOMES, EMPTY_IN = 6, 3
"""So many homes, in so many of which a column is empty: enough for tables of 20 columns that may be empty."""


def covering(lists: Lists) -> Iterator[dict[Column, str]]:
    """`HOMES` designs in which half of the columns are empty: of any two of a table each is while the other is full.

    The homes in which a column is empty are a set of `EMPTY_IN`; the sets of two columns of a table differ, and of two
    sets that are as large none holds the other.
    """
    sets = list(itertools.combinations(range(HOMES), EMPTY_IN))
    columns: dict[str, list[Column]] = {}
    for column in optional_columns(lists):
        columns.setdefault(column[0], []).append(column)
    empty_in = {one: homes for some in columns.values() for one, homes in zip(some, sets, strict=False)}
    for home in range(HOMES):
        yield {column: "empty" for column, homes in empty_in.items() if home in homes}


def since(lists: Lists, year: int) -> Lists:
    """The lists without the agreements, events and income of earlier years."""
    first = {"partnerships": "start_date", "events": "start_date", "funding": "year", "accounts": "year"}
    left = {
        name: [row for row in rows if name not in first or row[first[name]] >= str(year)]
        for name, rows in lists.items()
    }
    events = {row["event_id"] for row in left["events"]}
    left["attendance"] = [row for row in left["attendance"] if row["event_id"] in events]
    left["partnerships"] = [
        row | {"event_id": row["event_id"] if row["event_id"] in events else ""} for row in left["partnerships"]
    ]
    return left


def one_by_one(lists: Lists) -> Iterator[dict[Column, str]]:
    """One column in one state, and all else full; every column and state."""
    for column in optional_columns(lists):
        for state in STATES[1:]:
            yield {column: state}


def files(lists: Lists) -> dict[str, str]:
    """The lists as CSV files, by table."""
    written = {}
    for name, rows in lists.items():
        text = io.StringIO()
        writer = csv.DictWriter(text, list(rows[0]) if rows else [])
        writer.writeheader()
        writer.writerows(rows)
        written[name] = text.getvalue()
    return written
