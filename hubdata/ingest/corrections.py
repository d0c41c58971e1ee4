"""Cells that a reader typed over, kept as an answer about the file: the same file again needs them no more.

A correction is kept under what the cell says, in whatever row it stands; of an empty cell, or of one that is alike to
another, under what its row says. Only a checksum of that is kept: a refused cell may hold what must not be stored.
"""

import hashlib
from collections.abc import Mapping, Sequence

import pyarrow as pa

from hubdata import reading
from hubdata.ingest.headings import folded


def key_of(cell: str, row: Sequence[str], *, of_row: bool = False) -> str:
    """What a correction of a cell is kept under. `row`: the cells of the row that are used, as they came."""
    text = cell.strip()
    said = "\x1f".join(one.strip() for one in row) if of_row or not text else text
    return ("row " if of_row or not text else "cell ") + hashlib.sha256(said.encode()).hexdigest()[:16]


def corrected(
    sheet: reading.Table, columns: Mapping[str, str], told: Mapping[str, Mapping[str, str]]
) -> tuple[reading.Table, int]:
    """A list with the cells that were typed over, and how many. `told`: folded heading -> key -> what it should say."""
    used = [header for header in sheet.cells.column_names if header in columns]
    asked = {header: told[folded(header)] for header in used if folded(header) in told}
    if not asked:
        return sheet, 0
    count, cells = 0, sheet.cells
    rows = list(zip(*(sheet.cells[header].to_pylist() for header in used), strict=True))
    for header, answers in asked.items():
        column = sheet.cells[header].to_pylist()
        for place, cell in enumerate(column):
            keys = (key_of(cell, rows[place]), key_of(cell, rows[place], of_row=True))
            if (new := next((answers[key] for key in keys if key in answers), None)) is not None:
                column[place] = new
                count += 1
        cells = cells.set_column(cells.column_names.index(header), header, pa.array(column, pa.string()))
    return sheet._replace(cells=cells), count
