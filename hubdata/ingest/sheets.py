"""Sheets of one workbook that are one list, and lists that stand on one sheet."""

import re
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from hubdata import models, reading
from hubdata.cells import fold
from hubdata.ingest.answers import FileMapping
from hubdata.ingest.headings import match_columns, missing_columns
from hubdata.ingest.layout import YEAR, YEAR_HEADING

YEARLY: tuple[type[models.Row], ...] = (models.Funding, models.Account)
"""Lists that people keep on a sheet per year, without a column of years."""


def with_year_of_its_name(sheet: reading.Table, matching: FileMapping) -> reading.Table:
    """A list of income or accounts without a column of years, with the year that its sheet is called after."""
    years = YEAR.findall(sheet.sheet)
    if len(years) != 1 or not sheet.header or not len(sheet.rows) or YEAR_HEADING in sheet.header:
        return sheet
    for row_type in YEARLY:
        columns = set(match_columns(row_type, sheet.header, matching.columns.get(row_type.table, {})).values())
        if YEAR_HEADING not in columns and missing_columns(row_type, columns) == (YEAR_HEADING,):
            cells = sheet.cells.append_column(YEAR_HEADING, pa.array([years[0]] * len(sheet.rows), pa.string()))
            remark = reading.Remark("year_of_sheet", {"year": years[0], "count": len(sheet.rows)})
            return sheet._replace(header=cells.column_names, cells=cells, remarks=(*sheet.remarks, remark))
    return sheet


def lists_apart(
    sheets: Sequence[reading.Table], matching: FileMapping, fits: Callable[[reading.Table], bool]
) -> list[reading.Table]:
    """The lists of a file: those that stand on one sheet by themselves, each called after the title above it.

    `fits`: whether we know a table for the headings of a list. Below each other lists are apart. Side by side they are
    where each fits, or nothing can be read of the whole; else somebody may say so.
    """
    found: list[reading.Table] = []
    called = {sheet.sheet for sheet in sheets}
    for sheet in sheets:
        lists = _apart(sheet, matching, fits)
        if len(lists) == 1:
            found += lists
            continue
        remark = reading.Remark("several_lists", {"count": len(lists)}, sheet.sheet)
        lists[0] = lists[0]._replace(remarks=(remark, *lists[0].remarks))
        for number, one in enumerate(lists):
            title = _title_of(one)
            names = [title] * (0 < len(title.split()) <= 6) + [sheet.sheet] * (not number)
            names += [f"{sheet.sheet}!{_place_of(one)}".lstrip("!")]
            name = next(name for name in names if name not in called or (name == sheet.sheet and not number))
            called.add(name)
            found.append(one._replace(sheet=name))
    return found


def _apart(sheet: reading.Table, matching: FileMapping, fits: Callable[[reading.Table], bool]) -> list[reading.Table]:
    """The lists of one sheet, each with what may be said of it."""
    if sheet.turned and fits(sheet.turned) and not fits(sheet):
        remark = reading.Remark("turned", {"count": len(sheet.turned.rows)})
        return [sheet.turned._replace(remarks=(*sheet.turned.remarks, remark))]
    lists = sheet.below or sheet.beside
    if not lists:
        return [sheet]
    told = [matching.header_rows.get(reading.row_of_headings(one.header)) for one in lists[1:]]
    if sheet.below:
        is_one = len({tuple(one.header) for one in lists}) == 1 and fits(sheet)
        are_apart = False not in told and not is_one
    else:
        are_apart = False not in told and (True in told or not sheet.cells.num_columns or all(map(fits, lists)))
    ends = {int(one.rows[-1]) if len(one.rows) else 0 for one in lists}
    is_asked = bool(sheet.below) or are_apart or None not in told or len(ends) > 1
    asked = [
        reading.Apart(reading.row_of_headings(one.header), one.header[0], are_apart, is_said=said is not None)
        for one, said in zip(lists[1:], told, strict=True)
        if one.header
    ]
    if not are_apart:
        return [sheet._replace(apart=tuple(asked) if is_asked else ())]
    by_headings = {ask.headings: (ask,) for ask in asked}
    marked = [
        one._replace(apart=by_headings.get(reading.row_of_headings(one.header), ())) if number else one
        for number, one in enumerate(lists)
    ]
    return [part for one in marked for part in _apart(one, matching, fits)]


def _title_of(sheet: reading.Table) -> str:
    """The cell that stands alone above the headings of a list, nearest to them; "" when there is none."""
    above = [[cell for cell in cells if cell] for row, cells in sheet.beginning if row < sheet.header_row]
    return next((cells[0] for cells in reversed(above) if len(cells) == 1), "")


def _place_of(sheet: reading.Table) -> str:
    """The first cell of a list, as a spreadsheet calls it."""
    row, cells = sheet.beginning[0] if sheet.beginning else (sheet.header_row, ("",))
    return f"{reading.column_letter(next((n for n, cell in enumerate(cells) if cell), 0))}{row}"


FORMER = re.compile(
    r"(?:^|[^a-z])(?:oud|ex|former|voormalig\w*|uitgeschreven|uitgestapt|opgezegd|afgemeld|vertrokken|archie[fv]\w*|archive\w*|"
    r"historisch\w*|ehemalig\w*|ancien\w*)(?:$|[^a-z])"
)
"""What a sheet of organisations is called that are no longer there."""


def is_former(sheet: reading.Table, columns: Collection[str]) -> bool:
    """Whether a sheet of organisations is called after those that left, and does not say when they did."""
    return bool(FORMER.search(fold(sheet.sheet))) and "left_on" not in columns


class Joined(NamedTuple):
    """Sheets that hold one table, as one list."""

    sheet: reading.Table
    labels: list[str]
    """Per row the sheet that it stands on."""


def joined(sheets: Sequence[reading.Table], row_type: type[models.Row], told: Sequence[FileMapping]) -> Joined | None:
    """Sheets below each other, matched by what their columns are; None when one lacks a column that a row needs."""
    matched = [
        match_columns(row_type, sheet.header, answers.columns.get(row_type.table, {}))
        for sheet, answers in zip(sheets, told, strict=True)
    ]
    if any(missing_columns(row_type, set(columns.values())) for columns in matched) or any(s.findings for s in sheets):
        return None
    called: dict[tuple[str, int], str] = {}
    header: list[str] = []
    renamed: list[list[str]] = []
    for sheet, columns in zip(sheets, matched, strict=True):
        names: list[str] = []
        for name in sheet.header:
            column = columns.get(name, f"={name}")
            nth = sum(columns.get(other, f"={other}") == column for other in sheet.header[: len(names)])
            one = called.setdefault((column, nth), name if name not in header else f"{name} {sheet.sheet}")
            header += [] if one in header else [one]
            names.append(one)
        renamed.append(names)
    tables = []
    for sheet, names in zip(sheets, renamed, strict=True):
        columns_of = dict(zip(names, sheet.cells.columns, strict=True))
        empty = pa.array([""] * len(sheet.rows), pa.string())
        tables.append(pa.table({name: columns_of.get(name, empty) for name in header}))
    remarks = tuple(remark for sheet in sheets for remark in sheet.remarks)
    whole = sheets[0]._replace(
        sheet=", ".join(sheet.sheet for sheet in sheets),
        header=header,
        cells=pa.concat_tables(tables),
        rows=np.concatenate([sheet.rows for sheet in sheets]),
        remarks=remarks,
    )
    return Joined(whole, [sheet.sheet for sheet in sheets for _ in range(len(sheet.rows))])
