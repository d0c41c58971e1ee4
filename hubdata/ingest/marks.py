"""Who was where as marks in a grid: organisations below each other and events side by side, or the other way round.

Such a sheet becomes a list of events with everybody who was there in one cell, which `layout.attendance_of` reads.
"""

import re
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic_core import PydanticCustomError

from hubdata import models, reading
from hubdata.cells import fold, is_nothing, read_date
from hubdata.ingest.guesses import ATTENDEES, FOLLOWERS, LEADERS, table_of_sheet
from hubdata.ingest.headings import PAIR, match_columns
from hubdata.ingest.layout import MOST_ROWS, TOTAL

MOST_EVENTS = 300
"""A wider grid was not ticked by hand."""
HEADER = ["name", "start_date", ATTENDEES]
"""What the columns are called that a grid becomes."""
COUNT = re.compile(r"(\d{1,2})(?: ?(?:x|p|pers\.?|personen|persoon|people|mensen|deelnemers?))?", re.ASCII)
_STATUS = models.FIXED_CODES["status"]
_ROLES = {word.replace("_", " ") for word in f"{LEADERS}|{FOLLOWERS}|lid|member|ondersteuner|partner".split("|")} | set(
    models.FIXED_CODES["attendance_role"]
)
"""What somebody was, in the place of a mark: `trekker`."""


def with_marks_as_rows(
    sheet: reading.Table, answers: dict[str, str], beside: Sequence[reading.Table]
) -> reading.Table | None:
    """A grid of marks as a list of events; None when the sheet is none.

    `answers`: those about lists of events. `beside`: the other sheets of the file, which may tell what is a name.
    """
    if not 0 < len(sheet.rows) <= MOST_ROWS or len(sheet.header) > MOST_EVENTS:
        return None
    marks = [header for header in sheet.header if not re.fullmatch(TOTAL, header) and _holds_marks(sheet.cells[header])]
    if (partners := _partners(sheet, marks, beside)) is not None:
        return partners
    columns = match_columns(models.Event, sheet.header, answers)
    marks = [header for header in marks if header not in columns]
    if {"name", "start_date"} <= set(columns.values()):
        is_grid = len(marks) > 1 and ATTENDEES not in columns.values() and _are_named(marks, beside)
        is_grid = is_grid and not _has_unreadable(sheet, {*marks, *columns}, beside)
        return _events_as_rows(sheet, marks) if is_grid else None
    return _events_as_columns(sheet, _events_named(beside, answers))


def _partners(sheet: reading.Table, marks: list[str], beside: Sequence[reading.Table]) -> reading.Table | None:
    """Agreements below each other, with a partner as the heading of each column of marks; None when it is no such list.

    A list of agreements has a start, and no column of partners.
    """
    columns = match_columns(models.Partnership, sheet.header, {})
    marks = [header for header in marks if header not in columns]
    found = set(columns.values())
    if len(marks) < 2 or "start_date" not in found or {"organisation_ids", *PAIR} & found:
        return None
    if table_of_sheet(sheet.sheet) != ["partnerships"] and (
        "start_date" in match_columns(models.Event, sheet.header, {}).values() or table_of_sheet(sheet.sheet)
    ):
        return None
    if not _are_named(marks, beside) or _has_unreadable(sheet, {*marks, *columns}, beside):
        return None
    return _beside_each_other(sheet, marks, "organisation_ids", "marks_as_partners")


def _has_unreadable(sheet: reading.Table, known: set[str], beside: Sequence[reading.Table]) -> bool:
    """Whether another column is headed by a name, and holds more than marks."""
    others = [header for header in sheet.header if header not in known and not re.fullmatch(TOTAL, header)]
    return any(_holds_some_marks(sheet.cells[header]) and _are_named([header], beside) for header in others)


def _mark(cell: str) -> int | None:
    """How many came by a mark: 0 for nobody, None when it is none."""
    text = fold(cell)
    if not text or is_nothing(cell):
        return 0
    if text in _STATUS:
        return int(_STATUS[text] == "attended")
    if text in _ROLES:
        return 1
    match = COUNT.fullmatch(text)
    return int(match[1]) if match else None


def _holds_marks(cells: pa.ChunkedArray) -> bool:
    """Whether a column holds marks alone, and at least one that says that somebody was there."""
    found = [_mark(cell) for cell in pc.unique(cells).to_pylist()]
    return None not in found and any(found)


def _holds_some_marks(cells: pa.ChunkedArray) -> bool:
    """Whether a column holds marks, and something else: a grid with it cannot be read without losing what it says."""
    found = [_mark(cell) for cell in pc.unique(cells).to_pylist()]
    return None in found and any(found)


def dated(heading: str) -> tuple[str, str] | None:
    """Name and day of an event in a heading; None when it names no day.

    >>> dated("Zomerdag (19-06-2025)"), dated("2025-01-14 Nieuwjaarsborrel"), dated("FTE 2025")
    (('Zomerdag', '19-06-2025'), ('Nieuwjaarsborrel', '2025-01-14'), None)
    """
    words = heading.split()
    for length in range(min(len(words), 5), 0, -1):
        for part, rest in ((words[-length:], words[:-length]), (words[:length], words[length:])):
            day = " ".join(part).strip("()[]-–,:")
            if _is_day(day):
                name = " ".join(rest).strip(" ()[]-–,:") or day
                return name, day
    return None


def _is_day(text: str) -> bool:
    try:
        return any(map(str.isdigit, text)) and read_date(text, None) is not None
    except (PydanticCustomError, ValueError):
        return False


def _events_named(sheets: Sequence[reading.Table], answers: dict[str, str]) -> frozenset[str]:
    """What the events of the other sheets are called, folded."""
    found: set[str] = set()
    for sheet in sheets:
        columns = match_columns(models.Event, sheet.header, answers) if len(sheet.rows) <= MOST_ROWS else {}
        if {"name", "start_date"} <= set(columns.values()):
            named = next(header for header, column in columns.items() if column == "name")
            found |= {fold(cell) for cell in pc.unique(sheet.cells[named]).to_pylist() if cell.strip()}
    return frozenset(found)


def _events_as_columns(sheet: reading.Table, events: frozenset[str]) -> reading.Table | None:
    """Organisations below each other: their column is the first that holds names.

    A heading names an event and its day, or one of the `events` of another sheet.
    """
    days = {header: found for header in sheet.header if (found := dated(header))}
    days |= {header: (header, "") for header in sheet.header if header not in days and fold(header) in events}
    cells, first = sheet.cells, 0
    below = {header: cells[header][0].as_py().strip() for header in sheet.header}
    if not days and sum(map(_is_day, below.values())) > 1:  # the days stand in a row of their own, below the names
        days, first = {header: (header, day) for header, day in below.items() if _is_day(day)}, 1
    cells = cells.slice(first)
    if any(_holds_some_marks(cells[header]) for header in days):
        return None
    days = {header: found for header, found in days.items() if _holds_marks(cells[header])}
    named = next(
        (h for h in sheet.header if h not in days and not any(map(str.isdigit, h)) and _holds_names(cells[h])), None
    )
    if len(days) < 2 or named is None:
        return None
    names = [name.strip() for name in cells[named].to_pylist()]
    rows = [(name, day, "\n".join(_present(names, cells[header].to_pylist()))) for header, (name, day) in days.items()]
    left = [h for h in sheet.header if h not in days and h != named and not re.fullmatch(TOTAL, h)]
    return _as_list(sheet, rows, np.full(len(rows), sheet.header_row), [*days], len(cells), left)


def _events_as_rows(sheet: reading.Table, marks: list[str]) -> reading.Table:
    """Events below each other, with an organisation as the heading of each column of marks."""
    return _beside_each_other(sheet, marks, ATTENDEES, "marks_as_rows")


def _beside_each_other(sheet: reading.Table, marks: list[str], column: str, code: str) -> reading.Table:
    """The list with the headings of the marks of each row in one cell."""
    grid = [sheet.cells[header].to_pylist() for header in marks]
    there = ["\n".join(_present(marks, list(row))) for row in zip(*grid, strict=True)]
    kept = sheet.cells.select([header for header in sheet.header if header not in marks])
    kept = kept.append_column(column, pa.array(there, pa.string()))
    remark = reading.Remark(code, {"columns": ", ".join(marks), "count": len(there)})
    return sheet._replace(header=kept.column_names, cells=kept, remarks=(*sheet.remarks, remark))


def _are_named(headings: list[str], beside: Sequence[reading.Table]) -> bool:
    """Whether most headings stand in a cell of another sheet: then they are names, and no boxes such as `Catering`."""
    short = [sheet for sheet in beside if len(sheet.rows) <= MOST_ROWS]
    cells = {fold(cell) for sheet in short for column in sheet.cells.columns for cell in pc.unique(column).to_pylist()}
    return sum(fold(heading) in cells for heading in headings) * 2 > len(headings)


def as_attendance(sheet: reading.Table) -> reading.Table:
    """The same list with a row per organisation and event, for a file that has a list of its events as well."""
    rows = [
        (name, *_counted(one), number)
        for name, there, number in zip(
            sheet.cells[HEADER[0]].to_pylist(), sheet.cells[ATTENDEES].to_pylist(), sheet.rows.tolist(), strict=True
        )
        for one in there.split("\n")
        if one
    ]
    header = ["event_id", "organisation_id", "people"]
    columns = [pa.array([row[place] for row in rows], pa.string()) for place in range(3)]
    numbers = np.array([row[3] for row in rows], np.int64)
    return sheet._replace(header=header, cells=pa.Table.from_arrays(columns, names=header), rows=numbers)


def _counted(name: str) -> tuple[str, str]:
    match = re.fullmatch(r"(.*) \((\d{1,2})\)", name)
    return (match[1], match[2]) if match else (name, "")


def _present(names: list[str], marks: list[str]) -> Iterator[str]:
    """The names with a mark; behind each how many came, where the mark says so."""
    for name, mark in zip(names, marks, strict=True):
        count = _mark(mark) or 0
        if name and count:
            yield f"{name} ({count})" if count > 1 else name


def _holds_names(cells: pa.ChunkedArray) -> bool:
    filled = [cell for cell in pc.unique(cells).to_pylist() if cell.strip()]
    return sum(bool(re.search(r"[^\W\d_]{3}", cell)) for cell in filled) * 2 > len(filled) and not _holds_marks(cells)


def _as_list(
    sheet: reading.Table, rows: list[tuple[str, str, str]], numbers: np.ndarray, headings: list[str], names: int,
    left: list[str],
) -> reading.Table:  # fmt: skip
    columns = [pa.array(list(column), pa.string()) for column in zip(*rows, strict=True)]
    remarks = [reading.Remark("marks_as_rows", {"columns": ", ".join(headings), "count": names})]
    if left:
        remarks.append(reading.Remark("columns_not_used", {"count": len(left), "columns": ", ".join(left)}))
    return sheet._replace(
        header=list(HEADER),
        cells=pa.Table.from_arrays(columns, names=HEADER),
        rows=numbers.astype(np.int64),
        remarks=(*sheet.remarks, *remarks),
    )
