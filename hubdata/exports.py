"""Tables that leave the dashboard."""

import pandas as pd

from hubdata.cells import BOM, neutralise


def csv(table: pd.DataFrame, *, decimal_comma: bool) -> bytes:
    """A CSV file that Excel opens right: UTF-8 with a byte order mark; Dutch form with `;` and a decimal comma.

    A text cell or heading that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers.
    """
    safe = table.map(_safe).rename(columns=_safe)
    text: str = safe.to_csv(index=False, sep=";" if decimal_comma else ",", decimal="," if decimal_comma else ".")
    return (BOM + text).encode()


def _safe(cell: object) -> object:
    return neutralise(cell) if isinstance(cell, str) else cell
