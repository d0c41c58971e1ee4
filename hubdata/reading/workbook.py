"""Workbooks: .xlsx and the .xls of before 2007.

A workbook is unpacked and verified here before the library that reads workbooks sees it: that library trusts what a
file says about its own size.
"""

import datetime
import io
import re
import struct
import zipfile
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from hubdata.reading.table import (
    Finding,
    Limits,
    Records,
    Table,
    collect_records,
    column_labels,
    column_letter,
    finished_table,
    read_header,
    refused_table,
)

SHEET_CELLS = (
    30_000_000  # the rectangle from the first to the last cell of a sheet: the library makes room for all of it
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"


def read(content: bytes, limits: Limits) -> list[Table]:
    """One table per visible sheet with content."""
    try:
        if content.startswith(OLE) and (errors := _old_errors(content)):
            return [refused_table(errors[0], "Excel")._replace(findings=errors)]
        verified = content if content.startswith(OLE) else _verified(content, limits)
        if isinstance(verified, Finding):
            return [refused_table(verified, "" if verified.code == "not_text" else "Excel")]
        book = CalamineWorkbook.from_filelike(io.BytesIO(verified))
        tables = [
            _read_sheet(book.get_sheet_by_name(sheet.name), sheet.name, limits)
            for sheet in book.sheets_metadata
            if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
        ]
    except BaseException as error:  # a damaged file may raise anything; a panic in Rust is no subclass of Exception
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        return [refused_table(Finding("not_a_workbook", 0, "", ""), "Excel")]
    filled = [table for table in tables if table]
    return filled or [refused_table(Finding("empty_file", 0, "", ""), "Excel")]


def _verified(content: bytes, limits: Limits) -> bytes | Finding:
    """The XML of a workbook, unpacked here and packed anew without compression.

    The library that reads workbooks unpacks whatever comes out and makes room for the whole rectangle of a sheet, so
    it only gets what was measured. It also drops error values and stops at the newer ones: they become text here.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return Finding("not_a_workbook" if b"xl/" in content else "not_text", 0, "", "")
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if not any(name.startswith("xl/") for name in names):
        return Finding("not_text", 0, "", "")
    if "xl/workbook.xml" not in names or len(set(names)) < len(names):
        return Finding("not_a_workbook", 0, "", "")
    too_large = Finding("workbook_too_large", 0, "", "")
    bomb = any(entry.file_size > 10e6 and entry.file_size > 200 * entry.compress_size for entry in entries)
    if bomb or sum(entry.file_size for entry in entries) > limits.unpacked_megabytes * 1e6:
        return too_large
    parts: dict[str, bytes] = {}
    for entry in entries:
        if not entry.filename.endswith((".xml", ".rels")):  # pictures, macros
            continue
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # others can unpack without end
            return Finding("not_a_workbook", 0, "", "")
        declared_size = entry.file_size
        entry.file_size += 1  # so that one byte more than declared comes out if there is one
        with archive.open(entry) as unpacking:
            xml = unpacking.read(entry.file_size)
        if len(xml) > declared_size:
            return too_large
        if b"sheetData" in xml:
            if _rectangle(xml) > SHEET_CELLS:
                return too_large
            xml = _with_errors_as_text(xml)
        parts[entry.filename] = xml
    if len(SHEET.findall(parts["xl/workbook.xml"])) > len(parts):  # one sheet listed many times
        return Finding("not_a_workbook", 0, "", "")
    if _shared_bytes(parts) > limits.unpacked_megabytes * 1e6:
        return too_large
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as verified:
        for name in names:
            if name in parts:
                verified.writestr(name, parts.pop(name))
    return packed.getvalue()


def _shared_bytes(parts: dict[str, bytes]) -> int:
    """How much text cells with shared text take: one long text in a million cells is copied a million times."""
    shared = parts.get("xl/sharedStrings.xml", b"")
    sizes = np.array([len(text) for text in SHARED_TEXT.split(shared)[1:]] or [0], np.int64)
    sheets = [xml for xml in parts.values() if b"sheetData" in xml]
    if sizes.max() * sum(xml.count(b'"s"') + xml.count(b"'s'") for xml in sheets) < 1e9:
        return 0  # usual: no need to look up which cell shares what
    total = 0
    for xml in sheets:
        used = np.array([min(int(n), len(sizes) - 1) for n in SHARED_CELL.findall(xml)], np.int64)
        total += int(sizes[used].sum())
    return total


SHEET = re.compile(rb"<(?:\w+:)?sheet\s")
SHARED_TEXT = re.compile(rb"<(?:\w+:)?si\b")
SHARED_CELL = re.compile(rb"""\bt\s*=\s*["']s["'][^>]*>\s*<(?:\w+:)?v>(\d{1,9})<""")
ANY_CELL = re.compile(rb"""<(?:\w+:)?(row|c)\b((?:[^>"']|"[^"]*"|'[^']*')*)>""")
REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Z]*)(\d+)["']""")
FAR_REFERENCE = re.compile(rb"""["'](?:[A-Z]{3,}\d|[A-Z]{2}\d{5}|[A-Z]?\d{7})""")
CELL_WITHOUT_REFERENCE = re.compile(rb"""<(?:\w+:)?c(?:>|\s(?!\s*r=)[^>]*>)""")
ERROR_CELL = re.compile(rb"""(<(?:\w+:)?c\b[^>]*?\bt\s*=\s*["'])e(?=["'])""")
OLD_ERROR = re.compile(  # the records BOOLERR and FORMULA, with one of the error codes
    rb"\x05\x02\x08\x00(.{4})..[\x00\x07\x0f\x17\x1d\x24\x2a]\x01"
    rb"|\x06\x00..(.{4})..\x02.[\x00\x07\x0f\x17\x1d\x24\x2a]...\xff\xff",
    re.DOTALL,
)
FORMULA_WITHOUT_VALUE = re.compile(
    rb"""<c\b((?:[^>"']|"[^"]*"|'[^']*')*)><f\b(?:[^>]*/>|[^>]*>([^<]*)</f>)(?:<v\s*/>|<v></v>)?</c>"""
)


def _rectangle(xml: bytes) -> int:
    """How many cells lie between A1 and the furthest row and column that are not empty."""
    if not FAR_REFERENCE.search(xml) and not CELL_WITHOUT_REFERENCE.search(xml):
        return 0  # usual: at most 702 columns, at most 9999 rows or 26 columns and 999 999 rows; no need to count
    row = column = last_row = last_column = 0
    for match in ANY_CELL.finditer(xml):
        reference = REFERENCE.search(match[2])
        if match[1] == b"row":
            row, column = int(reference[2]) if reference else row + 1, 0
            continue
        column += 1
        cell_row = row
        if reference:
            cell_row, column = int(reference[2]), 0
            for letter in reference[1]:
                column = column * 26 + letter - 64
        if not match[2].endswith(b"/"):
            last_row, last_column = max(last_row, cell_row), max(last_column, column)
    return int(last_row * last_column)


def _with_errors_as_text(xml: bytes) -> bytes:
    """Cells with an error (#N/A, #REF!) as the text Excel shows; a formula never calculated as its own text.

    Both would otherwise come out as an empty cell, which means "not known".
    """
    if b't="e"' in xml or b"t='e'" in xml:
        xml = ERROR_CELL.sub(rb"\1str", xml)
    if b"<f" in xml:
        xml = FORMULA_WITHOUT_VALUE.sub(_formula_as_text, xml)
    return xml


def _old_errors(content: bytes) -> list[Finding]:
    """The cells with an error in a workbook of before 2007. There they cannot be made text, so it is refused."""
    places = {struct.unpack("<HH", match[1] or match[2]) for match in OLD_ERROR.finditer(content)}
    return [Finding("error_cell", row + 1, f"column {column_letter(column)}", "") for row, column in sorted(places)]


def _formula_as_text(cell: re.Match[bytes]) -> bytes:
    if re.search(rb"""\bt\s*=\s*["']str["']""", cell[1]):  # calculated: the answer is an empty text
        return cell[0]
    attributes = re.sub(rb"""\bt\s*=\s*["']\w*["']""", b"", cell[1])
    return b"<c" + attributes + b' t="str"><v>=' + (cell[2] or b"") + b"</v></c>"


def _read_sheet(sheet: Any, name: str, limits: Limits) -> Table | None:
    """One sheet by the rules of a CSV file; None when it is empty."""
    left = [""] * (sheet.start[1] if sheet.start else 0)  # the rows begin at row 1, the cells at the first used column
    records: Records = (
        (row, [*left, *(value if type(value) is str else _text(value) for value in values)], 0)
        for row, values in enumerate(sheet.iter_rows(), 1)
    )
    _, names, findings, _ = read_header(records, limits)
    if findings and findings[0].code == "empty_file":
        return None
    if findings:
        labels = [name for name in names if name] if findings[0].code == "duplicate_header" else []
        return refused_table(findings[0], "Excel", "", name)._replace(header=labels, findings=findings)
    body = collect_records(records, column_labels(names), limits, has_nul=True)
    empty = Table(name, "Excel", "", [], pa.table({}), np.empty(0, np.int64), [])
    return finished_table(empty, names, body, limits)


def _text(value: Any) -> str:
    """A cell of a workbook as text without doubt about what it says: ISO dates, a decimal point, no exponent."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            if value.is_integer():
                return str(int(value))
            text = format(Decimal(repr(value)), "f")
            # 1.234 in a file of text may be 1234 with a thousands point; here it is a number, so one 0 settles it.
            return text + "0" if re.fullmatch(r"-?[1-9]\d{0,2}\.\d{3}", text) else text
        case datetime.datetime():
            second = (value + datetime.timedelta(milliseconds=500)).replace(microsecond=0)  # Excel keeps fractions
            return second.date().isoformat() if second.time() == datetime.time() else second.isoformat(" ")
        case datetime.timedelta():
            minutes, seconds = divmod(round(value.total_seconds()), 60)
            return f"PT{minutes // 60}H{minutes % 60}M{seconds}S"
        case datetime.date() | datetime.time():
            return value.isoformat()
        case _:
            return str(value)
