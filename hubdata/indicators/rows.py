"""Rows of a table as plain Python, which is what an answer is made of."""

from typing import Any

import pandas as pd


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as dictionaries with plain Python values; days as dates, unknown and undefined as None.

    >>> records(pd.DataFrame({"day": pd.to_datetime(["2020-06-30", None]), "share": [0.5, None]}))
    [{'day': datetime.date(2020, 6, 30), 'share': 0.5}, {'day': None, 'share': None}]
    """
    columns = {}
    for name, values in table.items():
        is_day = pd.api.types.is_datetime64_any_dtype(values)
        cells = (values.dt.date if is_day else values).tolist()
        columns[str(name)] = [
            cell if is_known else None for cell, is_known in zip(cells, values.notna().tolist(), strict=True)
        ]
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
