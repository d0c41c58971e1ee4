"""Columns of numbers: which decimal mark a file has, and those in the usual form read all at once.

Numbers are nearly all different, so that reading each different cell once saves nothing.
"""

import math
import re

import pyarrow as pa
import pyarrow.compute as pc

from hubdata import models
from hubdata.cells import COMMA_NUMBER, POINT_NUMBER, TWO_READINGS, decimal_marks
from hubdata.ingest.sources import Source, columns_of_kind


def bare_numbers(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """What `bare_number` does, for a whole column: only the number is left of each cell."""
    trimmed = pc.utf8_trim_whitespace(cells)
    if pc.any(pc.match_substring_regex(trimmed, "(?i)€|EUR|^'[+-]")).as_py():
        trimmed = pc.replace_substring_regex(trimmed, r"^'([+-])", r"\1")
        trimmed = pc.replace_substring_regex(trimmed, r"(?i)^(€|EUR)\s*|\s*(€|EUR)$", "")
        trimmed = pc.utf8_trim_whitespace(trimmed)
    return trimmed


def has_shape(cells: pa.ChunkedArray, pattern: re.Pattern[str]) -> pa.ChunkedArray:
    """Per cell whether all of it has the shape of a pattern of `cells.numbers`."""
    return pc.match_substring_regex(cells, f"^(?:{pattern.pattern})$")


def decimal_mark_of(source: Source, row_type: type[models.Row]) -> str | None:
    """The decimal mark that the number cells of a file show; None when they show none or both, and for a workbook."""
    if source.table.encoding == "Excel":
        return None
    marks: set[str] = set()
    for column in columns_of_kind(source, row_type, float):
        cells = bare_numbers(column)
        if pc.any(has_shape(cells, TWO_READINGS)).as_py():
            # Some cells can be read in two ways, so all cells are looked at; otherwise the first ones are enough.
            cells = cells.filter(pc.match_substring_regex(cells, "[.,]"))
            for mark, shape in ((",", COMMA_NUMBER), (".", POINT_NUMBER)):
                other = pc.and_not(has_shape(cells, shape), has_shape(cells, TWO_READINGS))
                marks |= {mark} if pc.any(other).as_py() else set()
        else:
            marks |= decimal_marks(cells.slice(0, 1000).to_pylist())
    return marks.pop() if len(marks) == 1 else None


def plain_numbers(cells: pa.Array, mark: str | None, low: float, high: float) -> pa.Array:
    """The numbers of cells in the usual form, from `low` to `high`, all at once; null for every other cell.

    `mark` is the file's decimal mark; None when nothing in it depends on that.
    """
    bare = bare_numbers(cells)
    comma = mark == ","
    usual = has_shape(bare, COMMA_NUMBER if comma else POINT_NUMBER)
    if not mark:
        usual = pc.and_not(usual, has_shape(bare, TWO_READINGS))
    bare = pc.if_else(usual, bare, None)
    digits = pc.replace_substring(bare, "." if comma else ",", "")
    plain = pc.cast(pc.replace_substring(digits, ",", ".") if comma else digits, pa.float64())
    if math.isfinite(low) or math.isfinite(high):
        plain = pc.if_else(pc.and_(pc.greater_equal(plain, low), pc.less_equal(plain, high)), plain, None)
    return plain
