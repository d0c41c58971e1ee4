"""Bytes of a file -> header and text cells. Knows nothing of our columns, nor of numbers and dates.

Every record keeps the row number a spreadsheet shows: the header of an ordinary file is row 1, blank rows count, and a
cell with line breaks is still one row. What cannot be read is returned as a finding with its place; nothing is guessed
and no row disappears.

    table       what is read, and the rules that a CSV file and a sheet share
    encoding    bytes -> text
    csv         CSV files, read and written
    workbook    .xlsx and .xls
"""

from hubdata.reading import csv, workbook
from hubdata.reading.csv import EXCEL_SEPARATORS, write, write_for_excel, write_table
from hubdata.reading.table import DEFAULT_LIMITS, Finding, Limits, Table

__all__ = [
    "DEFAULT_LIMITS",
    "EXCEL_SEPARATORS",
    "Finding",
    "Limits",
    "Table",
    "read",
    "write",
    "write_for_excel",
    "write_table",
]


def read(content: bytes, limits: Limits = DEFAULT_LIMITS) -> list[Table]:
    """Read a CSV file (one table) or a workbook (one per visible sheet with content). Never raises."""
    if content.startswith((workbook.ZIP, workbook.OLE)):
        return workbook.read(content, limits)
    return [csv.read(content, limits)]
