"""Lists of organisations in parts: the sector stands in a row above each part, or is what the sheet is called.

Such a list has no column of sectors; it gets one here, before its columns are matched. And headings that are repeated
half-way, as for printing, are no row.
"""

import re
from collections.abc import Collection, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hubdata import models, reading
from hubdata.cells import fold
from hubdata.ingest.guesses import SHEETS
from hubdata.ingest.headings import match_columns, missing_columns
from hubdata.ingest.layout import MOST_ROWS
from hubdata.ingest.units import OF_ALL

SECTOR_HEADING = "sector"
LINE = r"^\s*[-=_*~–—]{3,}\s*$"
PAGE = r"(?i)^\s*(?:pagina|pag\.?|page|seite|blz\.?|bladzijde)\s*\d{1,4}(?:\s*(?:van|of|von|de|/)\s*\d{1,4})?\s*$"
_NUMBERED = re.compile(r"^\s*(?:\d{1,2}|[A-Z]|[IVX]{1,4})\s*[.):-]\s+")
_COUNTED = re.compile(r"\s*(?:[(\[][\s\w:]*\d+[\s\w]*[)\]]|[:–-]\s*\d*)\s*$")
"""What may stand around a sector in a row above its part: `A. Bedrijven (7 leden)`, `Overheid:`."""


def without_repeats(sheet: reading.Table) -> reading.Table:
    """A list without rows that repeat its headings, two of them or more."""
    if len(sheet.rows) > MOST_ROWS or not len(sheet.rows):
        return sheet
    names = sheet.cells.column_names
    if len(names) < 2:
        return sheet
    same = np.zeros(len(sheet.rows), int)
    filled = np.zeros(len(sheet.rows), int)
    for name in names:
        cells = [cell.strip() for cell in sheet.cells[name].to_pylist()]
        same += np.array([cell == name.strip() for cell in cells])
        filled += np.array([bool(cell) for cell in cells])
    repeated = (same > 1) & (same == filled)
    if not repeated.any():
        return sheet
    remark = reading.Remark("headings_repeated", {"count": int(repeated.sum()), "row": int(sheet.rows[repeated][0])})
    kept = {"cells": sheet.cells.filter(pa.array(~repeated)), "rows": sheet.rows[~repeated]}
    return sheet._replace(**kept, remarks=(*sheet.remarks, remark))


def without_lines(sheet: reading.Table) -> reading.Table:
    """A list without rows that hold a line, `-----`, or the number of a page."""
    if not 0 < len(sheet.rows) <= MOST_ROWS:
        return sheet
    filled, ruled, paged = (np.zeros(len(sheet.rows), int) for _ in range(3))
    for column in sheet.cells.columns:
        filled += pc.match_substring_regex(column, r"\S").to_numpy()
        ruled += pc.match_substring_regex(column, LINE).to_numpy()
        paged += pc.match_substring_regex(column, PAGE).to_numpy()
    lines = (filled > 0) & ((ruled == filled) | ((paged == 1) & (filled == 1)))
    if not lines.any():
        return sheet
    remark = reading.Remark("lines_not_used", {"count": int(lines.sum()), "row": int(sheet.rows[lines][0])})
    kept = {"cells": sheet.cells.filter(pa.array(~lines)), "rows": sheet.rows[~lines]}
    return sheet._replace(**kept, remarks=(*sheet.remarks, remark))


def without_notes_below(sheet: reading.Table) -> reading.Table:
    """A list without what is said about it below: behind an empty row, rows of one cell that is a sentence.

    Only where a row of the list has two cells at least.
    """
    if len(sheet.rows) > MOST_ROWS or len(sheet.rows) < 2 or len(sheet.cells.column_names) < 2:
        return sheet
    rows = zip(*(column.to_pylist() for column in sheet.cells.columns), strict=True)
    filled = [[cell.strip() for cell in row if cell.strip()] for row in rows]
    last = len(filled)
    while last and len(filled[last - 1]) == 1:
        last -= 1
    while 0 < last < len(filled) and sheet.rows[last] - sheet.rows[last - 1] < 2 and not OF_ALL.search(filled[last][0]):
        last += 1  # what follows at once is part of the list, unless it says what the amounts are in
    below = [cells[0] for cells in filled[last:]]
    if not last or not below or not all(_is_remark(text) for text in below):
        return sheet
    remark = reading.Remark("notes_below", {"count": len(below), "row": int(sheet.rows[last])})
    kept = {"cells": sheet.cells.slice(0, last), "rows": sheet.rows[:last], "around": tuple(below)}
    return sheet._replace(**kept, remarks=(*sheet.remarks, remark))


def _is_remark(text: str) -> bool:
    """Whether a cell by itself says something about a list: `Bron: eigen administratie`, `* = voorlopig`, `in k€`."""
    if OF_ALL.search(text):
        return True
    return ":" in text or text[0] in "*([†‡¹²³⁴⁵⁶⁷⁸⁹" or bool(re.match(r"\d{1,2}[)]", text)) or len(text.split()) > 6


def with_sectors(
    sheet: reading.Table, answers: dict[str, str], words: Collection[str], beside: Sequence[reading.Table] = ()
) -> reading.Table:
    """A list of organisations that lacks only the sector, with the one of the row above its part, or of its sheet.

    `words`: what sectors and types are called, folded. `beside`: the sheets of the file.

    A row above a part has one cell, and at least one of these rows
    is called after a sector; rows below the last part that are no organisation, such as a source, go with them.
    """
    if not sheet.header or not 0 < len(sheet.rows) <= MOST_ROWS:
        return sheet
    columns = match_columns(models.Organisation, sheet.header, answers)
    if missing_columns(models.Organisation, set(columns.values())) != (SECTOR_HEADING,):
        return sheet
    if SECTOR_HEADING in sheet.cells.column_names:
        return sheet
    in_parts = _in_parts(sheet, columns, words)
    if in_parts is not None:
        return in_parts
    if fold(sheet.sheet) not in words:
        return sheet
    is_of_all = fold(sheet.sheet) in SHEETS["organisations"].split("|")
    if is_of_all and not any(fold(other.sheet) in words for other in beside if other.sheet != sheet.sheet):
        return sheet  # a sheet `Netwerk` has who is in the network, of whatever sector
    cells = sheet.cells.append_column(SECTOR_HEADING, pa.array([sheet.sheet] * len(sheet.rows), pa.string()))
    remark = reading.Remark("sector_of_sheet", {"sector": sheet.sheet, "count": len(sheet.rows)})
    return sheet._replace(header=cells.column_names, cells=cells, remarks=(*sheet.remarks, remark))


def _without_count(cell: str, words: Collection[str]) -> str:
    """A row above a part without its number and how many follow, where that leaves a sector: `1. Ngo's (12)`."""
    bare = _COUNTED.sub("", _NUMBERED.sub("", cell))
    return bare if fold(bare) in words else cell


def _in_parts(sheet: reading.Table, columns: dict[str, str], words: Collection[str]) -> reading.Table | None:
    """The list with the sector of the row above each part; None when no row is called after a sector."""
    rows = list(zip(*(column.to_pylist() for column in sheet.cells.columns), strict=True))
    filled = [[cell.strip() for cell in row if cell.strip()] for row in rows]
    alone = [_without_count(some[0], words) if len(some) == 1 else "" for some in filled]
    named = [columns.get(name) == "name" for name in sheet.cells.column_names]
    is_name = [any(cell.strip() and own for cell, own in zip(row, named, strict=True)) for row in rows]
    # in the column of names a row with one cell may be an organisation of which nothing else is known
    heads = [bool(one) and (fold(one) in words or not own) for one, own in zip(alone, is_name, strict=True)]
    if not any(head and fold(one) in words for head, one in zip(heads, alone, strict=True)):
        return None
    above, sector = [], ""
    for head, one in zip(heads, alone, strict=True):
        sector = one if head else sector
        above.append(sector)
    keep = ~np.array(heads)
    cells = sheet.cells.append_column(SECTOR_HEADING, pa.array(above, pa.string())).filter(pa.array(keep))
    remark = reading.Remark("sectors_above", {"count": int((~keep).sum()), "sector": next(one for one in above if one)})
    kept = {"header": cells.column_names, "cells": cells, "rows": sheet.rows[keep]}
    return sheet._replace(**kept, remarks=(*sheet.remarks, remark))
