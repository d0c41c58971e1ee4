"""Columns of ticks: what an empty cell means among cells that say yes."""

import pyarrow as pa
import pyarrow.compute as pc

from hubdata import models
from hubdata.cells import fold, is_nothing
from hubdata.ingest.drafts import Draft
from hubdata.ingest.headings import signature
from hubdata.ingest.problems import note
from hubdata.ingest.sources import Source

CODES = frozenset({"attended", "registered", "aangemeld"})
"""In a column with nothing else an empty cell is `attended`, as the data dictionary says."""
CHECKS = frozenset(
    "\N{CHECK MARK}\N{HEAVY CHECK MARK}\N{LIGHT CHECK MARK}\N{WHITE HEAVY CHECK MARK}\N{BALLOT BOX WITH CHECK}"
)
CROSSES = "\N{BALLOT X}\N{HEAVY BALLOT X}\N{MULTIPLICATION X}\N{HEAVY MULTIPLICATION X}\N{BALLOT BOX WITH X}"
"""Beside a check mark they say no, by themselves they tick a box."""


def with_blanks_read(cells: pa.Array, column: str, source: Source, draft: Draft) -> pa.Array:
    """The cells of a column that is yes when it is empty, with "no" in the empty ones where others say yes.

    Nobody ticks the box of who did not come. Where nobody can say what the others mean, an empty one is no yes either.
    What was found is kept with the file.
    """
    different = [cell.strip() for cell in pc.unique(cells).to_pylist()]
    if CHECKS & set("".join(different)):
        cells = pc.replace_substring_regex(cells, f"^\\s*[{CROSSES}]\ufe0f?\\s*$", "no")
    nothing = [cell for cell in different if not cell or (is_nothing(cell) and fold(cell) not in STATUS)]
    filled = [fold(cell) for cell in different if cell not in nothing]
    answered = source.matching.blank_is_no.get(signature(source.table.header))
    has_ticks = any(nothing) or any(cell not in CODES and STATUS.get(cell) != "registered" for cell in filled)
    source.blank_is_no = has_ticks if answered is None else answered
    if not source.blank_is_no or not nothing:
        return cells
    blank = pc.is_in(pc.utf8_trim_whitespace(cells), pa.array(nothing, pa.string()))
    header = next(header for header, name in source.columns.items() if name == column)
    draft.notes.append(note("blank_is_no", source.label, column=header, count=pc.sum(blank).as_py()))
    return pc.if_else(blank, "no", cells)


STATUS = models.FIXED_CODES["status"]
