"""Columns of numbers: how each is written, and those in the usual form read all at once.

Numbers are nearly all different, so that reading each different cell once saves nothing.
"""

import math
import re

import pyarrow as pa
import pyarrow.compute as pc

from hubdata import models
from hubdata.cells.numbers import (
    BETWEEN_GROUPS,
    COMMA_NUMBER,
    EURO_BEFORE,
    EURO_BEHIND,
    IN_BRACKETS,
    IN_GROUPS,
    MINUS_BEHIND,
    NO_CENTS,
    OTHER_MINUS,
    POINT_NUMBER,
    THREE_DECIMALS,
    TWO_READINGS,
    decimal_marks,
)
from hubdata.ingest.headings import folded, signature
from hubdata.ingest.sources import Source


def bare_numbers(cells: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """What `bare_number` does, for a whole column: only the number is left of each cell."""
    bare = pc.utf8_trim_whitespace(cells)
    is_dressed = pc.match_substring_regex(bare, r"(?i)[^0-9.,-]|\d-|[.,]-")
    if not pc.any(is_dressed).as_py():
        return bare
    if isinstance(bare, pa.ChunkedArray):
        bare, is_dressed = bare.combine_chunks(), is_dressed.combine_chunks()
    return pc.replace_with_mask(bare, is_dressed, _undressed(bare.filter(is_dressed)))


def _undressed(bare: pa.Array) -> pa.Array:
    """Cells with more than digits, points and commas, without what stands around their number."""
    bare = pc.replace_substring_regex(bare, r"^'([+-])", r"\1")
    if pc.any(pc.match_substring_regex(bare, "[(−–]|-/-")).as_py():  # rare, and three looks at every cell
        bare = pc.utf8_trim_whitespace(pc.replace_substring_regex(bare, f"(?i){IN_BRACKETS}", r"-\1"))
        bare = pc.replace_substring_regex(bare, MINUS_BEHIND, r"-\1")
        bare = pc.replace_substring_regex(bare, f"(?i){OTHER_MINUS}", r"\1-\2")
    bare = pc.replace_substring_regex(bare, f"(?i){EURO_BEFORE}", r"\1\2")
    bare = pc.replace_substring_regex(bare, f"(?i){EURO_BEHIND}", "")
    bare = pc.replace_substring_regex(pc.utf8_trim_whitespace(bare), NO_CENTS, r"\100")
    in_groups = pc.match_substring_regex(bare, IN_GROUPS)
    if pc.any(in_groups).as_py():
        bare = pc.if_else(in_groups, pc.replace_substring_regex(bare, BETWEEN_GROUPS, ""), bare)
    return bare


def has_shape(cells: pa.ChunkedArray, pattern: re.Pattern[str]) -> pa.ChunkedArray:
    """Per cell whether all of it has the shape of a pattern of `cells.numbers`."""
    return pc.match_substring_regex(cells, f"^(?:{pattern.pattern})$")


def settle_numbers(source: Source, row_type: type[models.Row]) -> None:
    """Find out how each column of numbers is written, by its own cells and by what a reader said of it.

    What is settled is kept with the file, so that it is read the same again without the rows that settled it.
    """
    sign = signature(source.table.header)
    marks = source.matching.column_marks.get(sign, {})
    for header, column in source.columns.items():
        info = row_type.model_fields.get(column)
        if not info or header not in source.table.cells.column_names or models.plain_type(info.annotation) is not float:
            continue
        cells = bare_numbers(source.table.cells[header])
        mark = decimal_mark_of(cells, source.table.encoding == "Excel") or marks.get(folded(header))
        mark = mark or source.matching.decimal_marks.get(sign)
        if mark:
            source.decimal_marks[column] = mark
        may_be_thousands = column not in source.factors and not models.takes_percentages(row_type, column)
        if may_be_thousands and source.table.encoding != "Excel" and only_three_decimals(cells):
            source.three_decimals.add(column)


def decimal_mark_of(cells: pa.ChunkedArray, is_workbook: bool = False) -> str | None:
    """The decimal mark that the bare numbers of a column show; None when they show none or both.

    In a workbook only a comma tells, since numbers come with a point, whatever texts beside them are written with.
    """
    if pc.any(has_shape(cells, TWO_READINGS)).as_py():
        # Some cells can be read in two ways, so all cells are looked at; otherwise the first ones are enough.
        marks: set[str] = set()
        cells = cells.filter(pc.match_substring_regex(cells, "[.,]"))
        for mark, shape in ((",", COMMA_NUMBER), (".", POINT_NUMBER)):
            other = pc.and_not(has_shape(cells, shape), has_shape(cells, TWO_READINGS))
            marks |= {mark} if pc.any(other).as_py() else set()
    else:
        marks = decimal_marks(cells.slice(0, 1000).to_pylist())
    if is_workbook:
        return "," if "," in marks else None
    return marks.pop() if len(marks) == 1 else None


def only_three_decimals(cells: pa.ChunkedArray) -> bool:
    """Whether all numbers with a decimal mark have exactly three decimals, though some are no thousands: `0,456`."""
    for some in (cells.slice(0, 1000), cells):  # the first ones nearly always tell
        with_mark = some.filter(pc.match_substring_regex(some, "[.,]"))
        three = has_shape(with_mark, THREE_DECIMALS)
        if not len(with_mark) or not pc.all(three).as_py() or pc.all(has_shape(with_mark, TWO_READINGS)).as_py():
            return False
    return True


def plain_numbers(cells: pa.Array, mark: str | None, low: float, high: float, three_decimals: bool = False) -> pa.Array:
    """The numbers of cells in the usual form, from `low` to `high`, all at once; null for every other cell.

    `mark` is the column's decimal mark; None when nothing in it depends on that. `three_decimals`: such numbers are to
    be asked about.
    """
    bare = bare_numbers(cells)
    comma = mark == ","
    usual = has_shape(bare, COMMA_NUMBER if comma else POINT_NUMBER)
    if not mark:
        usual = pc.and_not(usual, has_shape(bare, TWO_READINGS))
    if three_decimals:
        usual = pc.and_not(usual, has_shape(bare, THREE_DECIMALS))
    bare = pc.if_else(usual, bare, None)
    digits = pc.replace_substring(bare, "." if comma else ",", "")
    plain = pc.cast(pc.replace_substring(digits, ",", ".") if comma else digits, pa.float64())
    if math.isfinite(low) or math.isfinite(high):
        plain = pc.if_else(pc.and_(pc.greater_equal(plain, low), pc.less_equal(plain, high)), plain, None)
    return plain
