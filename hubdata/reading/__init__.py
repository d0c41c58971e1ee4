"""Bytes of a file -> header and text cells. Knows nothing of our columns, nor of numbers and dates.

Every record keeps the row number a spreadsheet shows: the header of an ordinary file is row 1, blank rows count, and a
cell with line breaks is still one row. What cannot be read is returned as a finding with its place; nothing is guessed
and no row disappears.

    table       what is read, and the rules that a CSV file and a sheet share
    encoding    bytes -> text
    csv         CSV files, read and written
    workbook    .xlsx, .xlsm, .ods and .xls
    iati        activities of the International Aid Transparency Initiative, as XML
    formats     what Excel shows of a number; opendocument and before2007 have it for .ods and .xls
"""

from collections.abc import Set

from hubdata.reading import csv, iati, workbook
from hubdata.reading.csv import EXCEL_SEPARATORS, write, write_for_excel, write_table
from hubdata.reading.table import DEFAULT_LIMITS, Finding, Limits, Remark, Table, row_of_headings

__all__ = [
    "DEFAULT_LIMITS",
    "EXCEL_SEPARATORS",
    "Finding",
    "Limits",
    "Remark",
    "Table",
    "read",
    "row_of_headings",
    "write",
    "write_for_excel",
    "write_table",
]


def read(content: bytes, limits: Limits = DEFAULT_LIMITS, words: Set[str] = frozenset()) -> list[Table]:
    """Read a CSV file (one table), a workbook (one per visible sheet with content) or IATI activities. Never raises.

    `words` are headings that somebody knows, as `cells.folded` gives them: by them the row with the headings is found.
    """
    if content.startswith((workbook.ZIP, workbook.OLE)):
        return workbook.read(content, limits, words)
    if iati.is_iati(content):
        return iati.read(content, limits)
    return [csv.read(content, limits, words)]
