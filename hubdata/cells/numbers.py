"""Cells of numbers."""

import re
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationInfo

from hubdata.cells.formulas import without_apostrophe
from hubdata.cells.verdict import context_of, refusal

TWO_READINGS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
"""`1.234` may be more than a thousand or a little more than one: only other cells of the file can tell."""
COMMA_NUMBER = re.compile(r"[+-]?(\d{1,15}|[1-9]\d{0,2}(\.\d{3}){1,4})(,\d+)?", re.ASCII)
"""A number with a decimal comma, if any, and points between thousands, if any; only its shape.

At most fifteen digits before the comma: more cannot be kept exactly.
"""
POINT_NUMBER = re.compile(r"[+-]?(\d{1,15}|[1-9]\d{0,2}(,\d{3}){1,4})(\.\d+)?", re.ASCII)
"""The same with a decimal point and commas between thousands."""


def bare_number(cell: str) -> str:
    """A cell without what may surround an amount: white space, a euro sign, our own apostrophe before a minus.

    >>> bare_number(" € 1.234,50 "), bare_number("'-5")
    ('1.234,50', '-5')
    """
    return re.sub(r"^(€|EUR)\s*|\s*(€|EUR)$", "", without_apostrophe(cell.strip()), flags=re.IGNORECASE).strip()


def decimal_marks(cells: Iterable[str]) -> set[str]:
    """The decimal marks that cells use, as far as they can be read in one way only.

    >>> decimal_marks(["1.234", "1,5"]), decimal_marks(["1.234", "12"])
    ({','}, set())
    """
    marks = set()
    for cell in cells:
        number = bare_number(cell)
        if not number.lstrip("+-").isdecimal() and not TWO_READINGS.fullmatch(number):
            marks |= {","} if COMMA_NUMBER.fullmatch(number) else {"."} if POINT_NUMBER.fullmatch(number) else set()
    return marks


def read_number(cell: Any, info: ValidationInfo | None) -> Any:
    """A number as people write it, Dutch or English; anything else is refused, never read as something near."""
    if not isinstance(cell, str):
        return cell
    number = bare_number(cell)
    mark = context_of(info).get("decimal_mark")
    if TWO_READINGS.fullmatch(number) and not mark:
        raise refusal("two_readings", one=re.sub("[.,]", "", number), other=number.replace(".", ","))
    if COMMA_NUMBER.fullmatch(number) and (mark == "," or not TWO_READINGS.fullmatch(number)):
        return float(number.replace(".", "").replace(",", "."))
    if POINT_NUMBER.fullmatch(number):
        return float(number.replace(",", ""))
    raise refusal("not_a_number")


def read_integer(cell: Any) -> Any:
    """A whole number."""
    if not isinstance(cell, str):
        return cell
    number = without_apostrophe(cell.strip())
    if not re.fullmatch(r"[+-]?\d{1,9}", number, re.ASCII):
        raise refusal("not_a_whole_number")
    return int(number)
