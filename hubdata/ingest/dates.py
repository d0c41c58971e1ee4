"""Columns of dates: whether the day or the month comes first, and periods that stand in the column of starts."""

import contextlib
import datetime
import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pydantic_core import PydanticCustomError

from hubdata import models
from hubdata.cells import YEAR_LAST, read_date, split_period, whole_period
from hubdata.ingest.columns import distinct
from hubdata.ingest.drafts import Draft
from hubdata.ingest.headings import folded, signature
from hubdata.ingest.problems import note
from hubdata.ingest.sources import Source, columns_of_kind

START, END = "start_date", "end_date"
PERIOD_HEADINGS = frozenset(
    {
        "looptijd",
        "laufzeit",
        "duree",
        "periode",
        "period",
        "duration",
        "duur",
        "tijdvak",
        "projectperiode",
        "jaren",
        "years",
    }
)
"""Headings, folded, of a column that holds periods."""
START_HEADINGS = frozenset(
    {"van", "from", "beginn", "debut", "sinds", "since", "startjaar", "start_year", "begonnen", "started", "gestart"}
) | {START, *models.aliases(models.Partnership, START), *models.aliases(models.Event, START)}
"""Headings, folded, of a column that holds starts: a year beside a period is a start there, and no period itself."""


def settle_order(source: Source, row_type: type[models.Row]) -> None:
    """Find the columns of dates of which nobody can tell whether the day comes first.

    Dates that have the month first make the others doubtful: those of their own column where none has the day first,
    and those of a column that shows no order.
    """
    shown = {
        column: {"day" if int(match[1]) > 12 else "month" for match in _orders(cells)}
        for column, cells in columns_of_kind(source, row_type, datetime.date)
    }
    if any("month" in orders for orders in shown.values()):
        source.day_or_month = {column for column, orders in shown.items() if "day" not in orders}


def _orders(cells: pa.ChunkedArray) -> list[re.Match[str]]:
    """The days in digits of which one number can be no month, and the other can."""
    found = (YEAR_LAST.match(cell.strip()) for cell in pc.unique(cells).to_pylist())
    both = ((match, sorted((int(match[1]), int(match[3])))) for match in found if match)
    return [match for match, (low, high) in both if 0 < low <= 12 < high <= 31]


def day_or_month(source: Source, row_type: type[models.Row]) -> tuple[str, datetime.date] | None:
    """A date that would be another day if the month came first, and the day it is read as; None when there is none.

    Not of a column that is asked about.
    """
    for column, cells in columns_of_kind(source, row_type, datetime.date):
        for cell in pc.unique(cells).to_pylist() if column not in source.day_or_month else ():
            match = YEAR_LAST.match(cell.strip())
            if match and int(match[1]) != int(match[3]) and max(int(match[1]), int(match[3])) <= 12:
                with contextlib.suppress(PydanticCustomError):  # 00-01-1900
                    return cell.strip(), read_date(cell, None)
    return None


class _Known:
    """What is known of the file, as functions that read a cell want it."""

    def __init__(self, context: dict[str, Any]) -> None:
        self.context = context


def with_periods_split(
    cells: dict[str, pa.Array], context: dict[str, Any], source: Source, draft: Draft
) -> dict[str, pa.Array]:
    """The columns of a file, with the end of a period that stands in the column of starts in the column of ends.

    Only where the file says no other end: a row with one keeps its cell, which is then no date and refused.
    """
    if START not in cells:
        return cells
    header = next(header for header, column in source.columns.items() if column == START)
    different, which = distinct(cells[START])
    known: Any = _Known(context)
    periods = [split_period(cell, known) for cell in different]
    has_periods = any(periods) or folded(header) in PERIOD_HEADINGS
    source.has_periods = source.matching.periods.get(signature(source.table.header), END not in cells and has_periods)
    if source.has_periods and folded(header) not in START_HEADINGS:
        periods = [
            p or ((cell, cell) if whole_period(cell, known) else None)
            for p, cell in zip(periods, different, strict=True)
        ]
    if not any(periods):
        return cells
    numbers = pa.array(which)
    starts = pa.array([p[0] if p else cell for p, cell in zip(periods, different, strict=True)]).take(numbers)
    ends = pa.array([p[1] if p else "" for p in periods]).take(numbers)
    is_period = pa.array([bool(p) for p in periods]).take(numbers)
    if END in cells:
        has_no_end = pc.equal(pc.utf8_trim_whitespace(cells[END]), "")
        is_period = pc.and_(is_period, has_no_end)
        ends = pc.if_else(is_period, ends, cells[END])
        starts = pc.if_else(is_period, starts, cells[START])
    count = pc.sum(is_period).as_py()
    if count:
        source.derived.add(END)
        text = cells[START][pc.index(is_period, True).as_py()].as_py()
        start, end = next((p for p, cell in zip(periods, different, strict=True) if cell == text and p), ("", ""))
        draft.notes.append(
            note(
                "periods_read", source.label, column=header, count=count, text=text.strip(), start=start, end=end or "…"
            )
        )
    return cells | {START: starts, END: ends}


def count_day_or_month(source: Source, row_type: type[models.Row]) -> int:
    """How many cells would be another day if the month came first."""
    count = 0
    for column, cells in columns_of_kind(source, row_type, datetime.date):
        for counted in pc.value_counts(cells).to_pylist() if column not in source.day_or_month else ():
            match = YEAR_LAST.match(counted["values"].strip())
            if match and int(match[1]) != int(match[3]) and min(int(match[1]), int(match[3])) > 0:
                count += counted["counts"] if max(int(match[1]), int(match[3])) <= 12 else 0
    return count
