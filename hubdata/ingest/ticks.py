"""Columns of ticks: what an empty cell means among cells that say yes."""

import pyarrow as pa
import pyarrow.compute as pc

from hubdata import models
from hubdata.cells import fold
from hubdata.ingest.drafts import Draft
from hubdata.ingest.headings import signature
from hubdata.ingest.problems import note
from hubdata.ingest.sources import Source

TICKS = frozenset(
    map(fold, (*models.YES.split("|"), *models.NO.split("|"), "aanwezig", "afwezig", "present", "absent"))
)
"""What stands in a column in which an empty cell is a box that nobody ticked."""


def with_blanks_read(cells: pa.Array, column: str, source: Source, draft: Draft) -> pa.Array:
    """The cells of a column that is yes when it is empty, with "no" in the empty ones where the others are ticks.

    Nobody ticks the box of who did not come. What was found is kept with the file.
    """
    different = [cell.strip() for cell in pc.unique(cells).to_pylist()]
    filled = [fold(cell) for cell in different if cell]
    answered = source.matching.blank_is_no.get(signature(source.table.header))
    has_ticks = any(cell in _YES for cell in filled) and all(cell in TICKS for cell in filled)
    source.blank_is_no = has_ticks if answered is None else answered
    if not source.blank_is_no or "" not in different:
        return cells
    blank = pc.equal(pc.utf8_trim_whitespace(cells), "")
    header = next(header for header, name in source.columns.items() if name == column)
    draft.notes.append(note("blank_is_no", source.label, column=header, count=pc.sum(blank).as_py()))
    return pc.if_else(blank, "no", cells)


_YES = frozenset(map(fold, (*models.YES.split("|"), "aanwezig", "present")))
