"""Cells of dates: days, months and years."""

import datetime
import re
from typing import Any

from pydantic import ValidationInfo

from hubdata.cells.text import fold
from hubdata.cells.verdict import context_of, refusal

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan",
            "februari february feb febr",
            "maart march mrt mar",
            "april apr",
            "mei may",
            "juni june jun",
            "juli july jul",
            "augustus august aug",
            "september sept sep",
            "oktober october okt oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{2})-(\d{2})([T ]\d{1,2}:\d{2}.*)?", re.ASCII)
YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})( \d{1,2}:\d{2}.*)?", re.ASCII)
_DAY_MONTH_NAME = re.compile(r"([a-z]+,? )?(\d{1,2})[ -]([a-z]+)\.?[ -](\d{4})", re.ASCII)
_MONTH_NAME_DAY = re.compile(r"([a-z]+,? )?([a-z]+)\.? (\d{1,2}),? (\d{4})", re.ASCII)
_WHOLE_MONTH = re.compile(
    r"(?P<y>\d{4})-(?P<m>\d{2})|(?P<m2>\d{1,2})[-/](?P<y2>\d{4})|(?P<name>[a-z]+) (?P<y3>\d{4})", re.ASCII
)


def read_date(cell: Any, info: ValidationInfo | None) -> Any:
    """A calendar day: `2024-01-31`, `31-01-2024`, `31/1/2024`, `31 januari 2024`, `January 31, 2024`.

    Digits alone are day first, unless the reader said that this file has the month first. A time of day is left out.
    """
    if not isinstance(cell, str):
        return cell
    text = fold(cell).replace(" t", "T")
    month_first = bool(context_of(info).get("month_first"))
    parts: tuple[int | str, ...] | None = None
    if match := _YEAR_FIRST.fullmatch(text.upper()):
        parts = (match[1], match[2], match[3])
    elif match := YEAR_LAST.fullmatch(text):
        day, month = (match[3], match[1]) if month_first else (match[1], match[3])
        if int(month) > 12 >= int(day) and not month_first:
            raise refusal("month_first")
        parts = (match[4], month, day)
    elif (match := _DAY_MONTH_NAME.fullmatch(text)) and match[3] in MONTHS:
        parts = (match[4], MONTHS[match[3]], match[2])
    elif (match := _MONTH_NAME_DAY.fullmatch(text)) and match[2] in MONTHS:
        parts = (match[4], MONTHS[match[2]], match[3])
    try:
        if parts and 1000 <= int(parts[0]) <= 2100:
            return datetime.date(*map(int, parts))
    except ValueError:
        pass
    raise refusal("not_a_date")


def _whole_period(cell: Any) -> tuple[datetime.date, datetime.date] | None:
    """The first and last day of a month or a year: `2024-01`, `01-2024`, `januari 2024`, `2024`."""
    text = fold(cell) if isinstance(cell, str) else ""
    if re.fullmatch(r"[12]\d{3}", text, re.ASCII):
        return datetime.date(int(text), 1, 1), datetime.date(int(text), 12, 31)
    match = _WHOLE_MONTH.fullmatch(text)
    if not match:
        return None
    year = int(match["y"] or match["y2"] or match["y3"])
    month = MONTHS.get(match["name"], 0) if match["name"] else int(match["m"] or match["m2"])
    if not (1 <= month <= 12 and 1000 <= year <= 2100):
        return None
    after = datetime.date(year + month // 12, month % 12 + 1, 1)
    return datetime.date(year, month, 1), after - datetime.timedelta(days=1)


def read_first_day(cell: Any, info: ValidationInfo) -> Any:
    """A calendar day; a month or a year is its first day."""
    period = _whole_period(cell)
    return period[0] if period else read_date(cell, info)


def read_last_day(cell: Any, info: ValidationInfo) -> Any:
    """A calendar day; a month or a year is its last day."""
    period = _whole_period(cell)
    return period[1] if period else read_date(cell, info)
