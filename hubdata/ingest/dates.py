"""Columns of dates: whether the day or the month comes first."""

import contextlib
import datetime

import pyarrow.compute as pc
from pydantic_core import PydanticCustomError

from hubdata import models
from hubdata.cells import YEAR_LAST, read_date
from hubdata.ingest.sources import Source, columns_of_kind


def day_or_month(source: Source, row_type: type[models.Row]) -> tuple[str, datetime.date] | None:
    """A date that would be another day if the month came first, and the day it is read as; None when there is none."""
    for cells in columns_of_kind(source, row_type, datetime.date):
        for cell in pc.unique(cells).to_pylist():
            match = YEAR_LAST.fullmatch(cell.strip())
            if match and int(match[1]) != int(match[3]) and max(int(match[1]), int(match[3])) <= 12:
                with contextlib.suppress(PydanticCustomError):  # 00-01-1900
                    return cell.strip(), read_date(cell, None)
    return None


def count_day_or_month(source: Source, row_type: type[models.Row]) -> int:
    """How many cells would be another day if the month came first."""
    count = 0
    for cells in columns_of_kind(source, row_type, datetime.date):
        for counted in pc.value_counts(cells).to_pylist():
            match = YEAR_LAST.match(counted["values"].strip())
            if match and int(match[1]) != int(match[3]) and min(int(match[1]), int(match[3])) > 0:
                count += counted["counts"] if max(int(match[1]), int(match[3])) <= 12 else 0
    return count
