"""The files of a drop as they are kept: the columns that are used, without what was rejected, and how they were read.

Nothing else of a file is ever written: neither another column, nor what stands above or beside the list. A file that
holds nothing else stays as it came, byte for byte; of any other one the columns are written anew.
"""

import re
from collections.abc import Collection, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from hubdata import models, reading
from hubdata.ingest.answers import FileMapping
from hubdata.ingest.drafts import Draft
from hubdata.ingest.headings import folded, match_columns, signature
from hubdata.ingest.sources import Source

NO_LETTERS = b' \t\r\n",;'
"""What may stand around cells."""


def keep(files: Mapping[str, bytes], source: Source, draft: Draft) -> None:
    """Put what is kept of a file among the others, and note how it was read."""
    table, header, name = source.table, source.used, source.label
    if not header:
        return
    sign, kept_sign = signature(table.header), signature(header)
    is_laid_out = source.headings or source.labels or source.given or source.made
    is_whole = not (table.findings or source.rejected.any() or source.emptied or is_laid_out)
    if is_whole and is_nothing_but(files[source.file], table, header):
        content = files[source.file]
    else:
        cells = _without_unread(source)
        accepted = cells.filter(pa.array(~source.rejected)) if source.rejected.any() else cells
        content = reading.write_table(accepted, table.separator or ";")
        # A list that was made of several files is called after the first.
        rest = f" ({source.name})" if source.made else name[len(source.file) :]
        name = re.sub(r"\.[^.]*$", "", source.file) + rest + ".csv"
    while name in draft.received:
        name = f"_{name}"
    draft.received[name] = content
    read = [(h, c) for h, c in source.columns.items() if h in header and c in source.numbers]
    draft.matching = draft.matching.with_(source.matching.of(sign, kept_sign)).with_(
        FileMapping(
            tables={kept_sign: source.name},
            columns={source.name: {folded(h): source.columns[h] for h in header}},
            column_marks={
                kept_sign: {folded(h): source.decimal_marks[c] for h, c in read if c in source.decimal_marks}
            },
            # What was not multiplied is not asked about the next time, either.
            factors={kept_sign: {folded(h): source.factors.get(c, 1.0) for h, c in read}},
            blank_is_no={kept_sign: source.blank_is_no},
            periods={kept_sign: source.has_periods},
            one_per_person={kept_sign: source.is_one_per_person},
            adds={kept_sign: True} if source.adds else {},
            words={kept_sign: source.words} if source.words else {},
        )
    )


def _without_unread(source: Source) -> pa.Table:
    """The columns that are used, without the cells that could not be read and were left empty."""
    cells = source.table.cells.select(source.used)
    for header, column in source.columns.items():
        if column in source.emptied and header in source.used:
            place = cells.column_names.index(header)
            emptied = pc.if_else(pa.array(source.emptied[column]), "", cells[header])
            cells = cells.set_column(place, header, emptied)
    return cells


def is_nothing_but(content: bytes, table: reading.Table, used: Collection[str]) -> bool:
    """Whether a file is text that holds these columns and nothing beside: no title, no total, no other column.

    It is when all its letters are in the cells; which cell they are in is known already.
    """
    if table.encoding != "UTF-8" or len(used) != len(table.cells.column_names):
        return False
    apart = "".join(cell for finding in table.findings for cell in finding.cells)
    cells = (_letters(texts) for column in table.cells.columns for texts in reading.joined_texts(column))
    in_cells = sum(cells) + _letters("".join(table.header).encode()) + _letters(apart.encode())
    return _letters(content.removeprefix(b"\xef\xbb\xbf")) == in_cells


def _letters(text: bytes) -> int:
    return len(text.translate(None, NO_LETTERS))


def columns_of(label: str, table: reading.Table, draft: Draft) -> Mapping[str, str]:
    """Header -> column, of a file that may not be loaded; empty when nobody knows what it holds."""
    for read in draft.readings:
        if read.file == label:
            return read.columns
    tables = {read.file: read.table for read in draft.readings}
    for problem in draft.problems:  # the second list of a table is told apart before its columns are looked at
        if problem.file == label and problem.code == "two_files" and (name := tables.get(problem.value)):
            return match_columns(models.TABLES[name], table.header, {})
    return {}
