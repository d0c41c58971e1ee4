"""Columns of dates: whether the day or the month comes first."""

import datetime

import pyarrow.compute as pc

from hubdata import models
from hubdata.cells import YEAR_LAST
from hubdata.ingest.sources import Source, columns_of_kind


def day_or_month(one: Source, row_type: type[models.Row]) -> str:
    """A date that would be another day if the month came first; "" when there is none."""
    for cells in columns_of_kind(one, row_type, datetime.date):
        for cell in pc.unique(cells).to_pylist():
            found = YEAR_LAST.fullmatch(cell.strip())
            if found and found[1] != found[3] and max(int(found[1]), int(found[3])) <= 12:
                return str(cell.strip())
    return ""
