"""Bytes of a file -> header and text cells. Knows nothing of our columns, nor of numbers and dates.

Every record keeps the row number a spreadsheet shows: the header of an ordinary file is row 1, blank rows count, and a
cell with line breaks is still one row. What cannot be read is returned as a finding with its place; nothing is guessed
and no row disappears.

    table       what is read, and the rules that a CSV file and a sheet share
    parts       lists that stand on one sheet
    encoding    bytes -> text
    csv         CSV files, read and written
    workbook    .xlsx, .xlsm, .ods and .xls
    iati        activities of the International Aid Transparency Initiative, as XML
    formats     what Excel shows of a number; opendocument and before2007 have it for .ods and .xls
"""

from collections.abc import Mapping, Set

from hubdata.reading import csv, iati, workbook
from hubdata.reading.csv import EXCEL_SEPARATORS, write, write_for_excel, write_table
from hubdata.reading.encoding import SINGLE_BYTE
from hubdata.reading.table import (
    DEFAULT_LIMITS,
    Apart,
    DoubtfulLetters,
    Finding,
    Limits,
    Remark,
    Table,
    column_letter,
    joined_texts,
    refused_table,
    row_of_headings,
)

PACKED = (b"\x1f\x8b", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"BZh", b"\xfd7zXZ\0")
"""How packed files begin, beside those of zip, which workbooks are as well."""

__all__ = [
    "DEFAULT_LIMITS",
    "EXCEL_SEPARATORS",
    "SINGLE_BYTE",
    "Apart",
    "DoubtfulLetters",
    "Finding",
    "Limits",
    "Remark",
    "Table",
    "column_letter",
    "joined_texts",
    "read",
    "row_of_headings",
    "write",
    "write_for_excel",
    "write_table",
]


def read(
    content: bytes,
    limits: Limits = DEFAULT_LIMITS,
    words: Set[str] = frozenset(),
    letters: Mapping[str, str] = {},
) -> list[Table]:
    """Read a CSV file (one table), a workbook (one per visible sheet with content) or IATI activities. Never raises.

    `words` are headings that somebody knows, as `cells.folded` gives them: by them the row with the headings is found.
    `letters`: what a file is recognised by (see `DoubtfulLetters`) -> its encoding, where its sender was asked.
    """
    if content.startswith((workbook.ZIP, workbook.OLE)):
        return workbook.read(content, limits, words)
    if content.startswith(PACKED):
        return [refused_table(Finding("packed_file", 0, "", ""), "")]
    if iati.is_iati(content):
        return iati.read(content, limits)
    return [csv.read(content, limits, words, letters)]
