"""Tables that leave the dashboard."""

import pandas as pd

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv(table: pd.DataFrame, *, decimal_comma: bool) -> bytes:
    """A CSV file that Excel opens right: UTF-8 with a byte order mark; Dutch form with `;` and a decimal comma.

    A text cell or heading that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers.
    """
    safe = table.map(neutralise).rename(columns=neutralise)
    text: str = safe.to_csv(index=False, sep=";" if decimal_comma else ",", decimal="," if decimal_comma else ".")
    return ("\N{BYTE ORDER MARK}" + text).encode()


def neutralise(cell: object) -> object:
    """A cell as a spreadsheet may safely open it.

    >>> neutralise("=1+1"), neutralise(-1.5)
    ("'=1+1", -1.5)
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell
