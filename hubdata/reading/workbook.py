"""Workbooks: .xlsx, .xlsm, .ods and the .xls of before 2007.

A workbook is unpacked and verified here before the library that reads workbooks sees it: that library trusts what a
file says about its own size.
"""

import datetime
import io
import itertools
import re
import struct
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from defusedxml import ElementTree
from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from hubdata.reading import before2007, formats, opendocument
from hubdata.reading.parts import MOST_CELLS, MOST_ROWS, Rows, noted, with_parts
from hubdata.reading.table import (
    Finding,
    Header,
    Limits,
    Records,
    Remark,
    Table,
    collect_records,
    column_labels,
    column_letter,
    finished_table,
    names_of_two_rows,
    plain_texts,
    read_header,
    refused_header,
    refused_table,
)

SHEET_CELLS = (
    30_000_000  # the rectangle from the first to the last cell of a sheet: the library makes room for all of it
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"


def read(content: bytes, limits: Limits, words: Set[str] = frozenset()) -> list[Table]:
    """One table per visible sheet with content."""
    try:
        if content.startswith(OLE) and (errors := _old_errors(content)):
            return [refused_table(errors[0], "Excel")._replace(findings=errors)]
        is_old = content.startswith(OLE)
        verified = Verified(content) if is_old else _verified(content, limits)
        if isinstance(verified, Finding):
            return [refused_table(verified, "Excel" if "workbook" in verified.code else "")]
        book = CalamineWorkbook.from_filelike(io.BytesIO(verified.content))
        texts = before2007.shown_texts(content) if is_old else {}
        if is_old:
            hidden = before2007.hidden(content)
            verified = verified._replace(hidden_rows=hidden.rows, hidden_columns=hidden.columns)
        tables, beside = [], []
        for sheet in book.sheets_metadata:
            if sheet.typ != SheetTypeEnum.WorkSheet:  # a chart
                continue
            cells = book.get_sheet_by_name(sheet.name)
            is_hidden = sheet.visible != SheetVisibleEnum.Visible
            if is_hidden or sheet.name in verified.pivots or not cells.height:
                code = "sheet_hidden" if is_hidden else "sheet_pivot" if cells.height else "sheet_empty"
                beside.append(Remark(code, {"count": cells.height}, sheet.name))
            else:
                merged = cells.merged_cell_ranges or verified.merged.get(sheet.name, [])
                marks = _Marks(merged, texts.get(sheet.name, {}), verified.hidden_columns.get(sheet.name, set()))
                read = _read_sheet(cells, sheet.name, marks, limits, words)
                if read and (count := verified.hidden_rows.get(sheet.name)):
                    read = noted(read, Remark("rows_hidden", {"count": count}))
                if read and (count := verified.struck_rows.get(sheet.name)):
                    read = noted(read, Remark("rows_struck", {"count": count}))
                tables.append(read)
    except BaseException as error:  # a damaged file may raise anything; a panic in Rust is no subclass of Exception
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        return [refused_table(Finding("not_a_workbook", 0, "", ""), "Excel")]
    filled = [table for table in tables if table] or [refused_table(Finding("empty_file", 0, "", ""), "Excel")]
    first, *others = filled
    return [noted(first, *beside), *others]


class Verified(NamedTuple):
    """A workbook that was measured, and what the library does not tell of it."""

    content: bytes
    merged: dict[str, list[opendocument.Range]] = {}
    """Sheet -> its merged cells, where the library does not give them."""
    pivots: set[str] = set()
    """The names of the sheets with a pivot table."""
    hidden_rows: dict[str, int] = {}
    """Sheet -> how many of its rows with content are hidden, by a filter or by hand."""
    hidden_columns: dict[str, set[int]] = {}
    """Sheet -> the places of its hidden columns, from 0."""
    struck_rows: dict[str, int] = {}
    """Sheet -> how many of its rows have a value that is struck through."""


class _Marks(NamedTuple):
    """What is known of a sheet beside its cells."""

    merged: list[opendocument.Range]
    texts: dict[int, list[tuple[int, str]]]
    """Row number -> place of the column, and what is shown there."""
    hidden_columns: set[int]


def _verified(content: bytes, limits: Limits) -> Verified | Finding:
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
    is_open = "content.xml" in names and "mimetype" in names
    if not is_open and not any(name.startswith("xl/") for name in names):
        is_list = any(name.lower().endswith((".csv", ".xlsx", ".xls", ".ods", ".txt", ".tsv")) for name in names)
        is_numbers = any(name.endswith(".iwa") or name == "Index.zip" for name in names)
        return Finding("numbers_file" if is_numbers else "packed_file" if is_list else "not_text", 0, "", "")
    if "xl/workbook.bin" in names:
        return Finding("binary_workbook", 0, "", "")
    if (not is_open and "xl/workbook.xml" not in names) or len(set(names)) < len(names):
        return Finding("not_a_workbook", 0, "", "")
    too_large = Finding("workbook_too_large", 0, "", "")
    bomb = any(entry.file_size > 10e6 and entry.file_size > 200 * entry.compress_size for entry in entries)
    if bomb or sum(entry.file_size for entry in entries) > limits.unpacked_megabytes * 1e6:
        return too_large
    parts: dict[str, bytes] = {}
    for entry in entries:
        if not entry.filename.endswith((".xml", ".rels", "mimetype")):  # pictures, macros
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
    if is_open:
        laid_out = opendocument.layout(parts["content.xml"])
        if laid_out.cells > SHEET_CELLS or laid_out.size > limits.unpacked_megabytes * 1e6:
            return too_large
        parts["content.xml"] = opendocument.with_shown_text(parts["content.xml"])
        hidden = laid_out.hidden_rows, laid_out.hidden_columns
        return Verified(_packed(parts), laid_out.merged, laid_out.pivots, *hidden)
    if len(SHEET.findall(parts["xl/workbook.xml"])) > len(parts):  # one sheet listed many times
        return Finding("not_a_workbook", 0, "", "")
    if _shared_bytes(parts) > limits.unpacked_megabytes * 1e6:
        return too_large
    shown = formats.formats_of(parts.get("xl/styles.xml", b""))
    for name, xml in parts.items():
        if b"sheetData" in xml:
            parts[name] = formats.with_shown_text(xml, shown)
    pivots, struck = _pivot_sheets(parts), _struck_rows(parts)
    hidden = _hidden_rows(parts), _hidden_columns(parts)
    return Verified(_packed(parts), {}, pivots, *hidden, struck)


def _packed(parts: dict[str, bytes]) -> bytes:
    """An archive without compression; empties `parts`, so that nothing is kept twice."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name in list(parts):
            archive.writestr(name, parts.pop(name))
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
SHARED_CELL = re.compile(rb"""\bt\s*=\s*["']s["'][^<>]{0,1000}+>\s*<(?:\w+:)?v>(\d{1,9})<""")
ANY_CELL = re.compile(rb"<(?:\w+:)?(row|c)\b" + formats.ATTRIBUTES + rb">")
REFERENCE = re.compile(rb"""(?<![\w:.-])r\s*=\s*["']([A-Za-z]*)(\d+)["']""")
FAR_REFERENCE = re.compile(rb"""["'](?:[A-Za-z]{3,}\d|[A-Za-z]{2}\d{5}|[A-Za-z]?\d{7})""")
CELL_WITHOUT_REFERENCE = re.compile(rb"""<(?:\w+:)?c(?:>|\s(?!\s*r=)[^<>]*+>)""")
STYLED_CELL = re.compile(rb"<c\b" + formats.ATTRIBUTES + rb"><(?:v|is|f)\b")
HIDDEN_ROW = re.compile(rb"""<row\b[^<>]*?\bhidden\s*=\s*["'](?:1|true)["'][^<>]*+(?<!/)>""")
COLUMN = re.compile(rb"<(?:\w+:)?col" + formats.ATTRIBUTES + rb">")
HIDDEN = re.compile(rb"""\bhidden\s*=\s*["'](?:1|true)["']""")
ROW_START = 4000
"""In so many bytes from the beginning of a row its first value is looked for."""
ERROR_CELL = re.compile(rb"""(<(?:\w+:)?c\b[^<>]*?\bt\s*=\s*["'])e(?=["'])""")
OLD_ERROR = re.compile(  # the records BOOLERR and FORMULA, with one of the error codes
    rb"\x05\x02\x08\x00(.{4})..[\x00\x07\x0f\x17\x1d\x24\x2a]\x01"
    rb"|\x06\x00..(.{4})..\x02.[\x00\x07\x0f\x17\x1d\x24\x2a]...\xff\xff",
    re.DOTALL,
)
FORMULA_WITHOUT_VALUE = re.compile(
    rb"<c\b" + formats.ATTRIBUTES + rb"><f\b(?:[^<>]*+(?<=/)>|[^<>]*+(?<!/)>([^<]*+)</f>)(?:<v\s*/>|<v></v>)?</c>"
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
            for letter in reference[1].upper():
                column = column * 26 + letter - 64
        if not match[2].endswith(b"/"):
            last_row, last_column = max(last_row, cell_row), max(last_column, column)
    return int(last_row * last_column)


def _with_errors_as_text(xml: bytes) -> bytes:
    """Cells with an error (#N/A, #REF!) as the text Excel shows; a formula never calculated as an error with its text.

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
    return b"<c" + attributes + b' t="str"><v>#=' + (cell[2] or b"") + b"</v></c>"


def _read_sheet(
    sheet: Any,
    name: str,
    marks: _Marks,
    limits: Limits,
    words: Set[str],
) -> Table | None:
    """One sheet by the rules of a CSV file; None when it is empty."""
    if sheet.end and (sheet.end[0] + 1) * (sheet.end[1] + 1) > SHEET_CELLS:  # one cell far away
        return refused_table(Finding("workbook_too_large", 0, "", ""), "Excel", "", name)
    left = [""] * (sheet.start[1] if sheet.start else 0)  # the rows begin at row 1, the cells at the first used column
    written: Iterator[tuple[int, list[str]]] = (
        (row, [*left, *(value if type(value) is str else _text(value) for value in values)])
        for row, values in enumerate(sheet.iter_rows(), 1)
    )
    if marks.texts:
        written = _as_shown(written, marks.texts)
    if sheet.height > MOST_ROWS or sheet.height * sheet.width > MOST_CELLS:
        return _read_rows(written, name, marks, limits, words)
    rows = [*written]

    def read(rows: Rows) -> Table | None:  # cells are filled down in place
        return _read_rows(((row, [*cells]) for row, cells in rows), name, marks, limits, words)

    whole = read(rows)
    no_marks = _Marks([], {}, set())
    return (
        with_parts(whole, rows, words, read, lambda rows: _read_rows(rows, name, no_marks, limits, words))
        if whole
        else None
    )


def _read_rows(
    written: Iterable[tuple[int, list[str]]],
    name: str,
    marks: _Marks,
    limits: Limits,
    words: Set[str],
) -> Table | None:
    """The rows of one list by the rules of a CSV file; None when they are empty."""
    merged, filled = marks.merged, list[int]()
    records: Records = (
        (row, cells, 0) for row, cells in (_filled_down(written, merged, filled) if merged else written)
    )
    header = read_header(records, limits, words)
    if header.findings and header.findings[0].code == "empty_file":
        return None
    header = _with_second_row(header, merged)
    if header.findings:
        return refused_header(header, "Excel", "", name)
    body = collect_records(header.records, column_labels(header.names), limits, has_nul=True)
    body = body._replace(cells=plain_texts(body.cells))
    in_rows = sum(row > header.last_row for row in filled)
    remarks = (*header.remarks, *[Remark("merged_filled", {"count": in_rows})] * (in_rows > 0))
    empty = Table(name, "Excel", "", [], pa.table({}), np.empty(0, np.int64), [], header.row, remarks)
    table = finished_table(empty._replace(beginning=header.beginning), header.names, body, limits)
    labels = [name for place, name in enumerate(column_labels(header.names)) if place in marks.hidden_columns]
    hidden = [name for name in labels if name in table.header]
    remark = Remark("columns_hidden", {"count": len(hidden), "columns": ", ".join(hidden)})
    return table._replace(remarks=(*table.remarks, *[remark] * bool(hidden)))


def _with_second_row(header: Header, merged: list[opendocument.Range]) -> Header:
    """A header of which the cells over several columns have the names of these columns in the row below."""
    over = {
        column: first
        for (first_row, first), (last_row, last) in merged
        if first_row == last_row == header.row - 1 and last > first
        for column in range(first, last + 1)
    }
    if header.findings or not over:
        return header
    second = next(header.records, None)
    if second is None:
        return header
    row, cells, _ = second
    rest = itertools.chain([second], header.records)
    if isinstance(cells, Finding) or sum(bool(cells[c].strip()) for c in over if c < len(cells)) < 2:
        return header._replace(records=rest)
    below = [cell.strip() for cell in cells]
    names = names_of_two_rows(header.names, over, below)
    remark = Remark("two_rows_of_headings", {"row": header.row, "count": len(names)})
    return header._replace(names=names, last_row=row, remarks=(*header.remarks, remark))


def _as_shown(
    rows: Iterable[tuple[int, list[str]]], texts: dict[int, list[tuple[int, str]]]
) -> Iterator[tuple[int, list[str]]]:
    """Rows with other texts in some cells."""
    for row, cells in rows:
        for column, text in texts.get(row, ()):
            if column < len(cells):
                cells[column] = text
        yield row, cells


def _filled_down(
    rows: Iterable[tuple[int, list[str]]], merged: list[tuple[tuple[int, int], tuple[int, int]]], filled: list[int]
) -> Iterator[tuple[int, list[str]]]:
    """Rows in which a cell that is merged with the ones below it stands in each of them.

    The row of each cell that was filled goes to `filled`. A row with nothing of its own stays empty.
    """
    starts: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for (first_row, column), (last_row, _) in merged:
        if last_row > first_row:
            starts[first_row + 1].append((column, last_row + 1))
    open_cells: dict[int, tuple[str, int]] = {}
    for row, cells in rows:
        if open_cells and any(cells):
            for column, (text, last_row) in list(open_cells.items()):
                if row > last_row:
                    del open_cells[column]
                elif column < len(cells) and not cells[column]:
                    cells[column] = text
                    filled.append(row)
        for column, last_row in starts.get(row, ()):
            if column < len(cells) and cells[column]:
                open_cells[column] = cells[column], last_row
        yield row, cells


def _pivot_sheets(parts: dict[str, bytes]) -> set[str]:
    """The names of the sheets of an .xlsx that hold a pivot table."""
    pivots = {
        re.sub(r".*/_rels/(.*)\.rels", r"\1", name)
        for name, xml in parts.items()
        if name.startswith("xl/worksheets/_rels/") and b"/pivotTable" in xml
    }
    return {name for name, file in _files_of_sheets(parts).items() if file in pivots} if pivots else set()


def _files_of_sheets(parts: dict[str, bytes]) -> dict[str, str]:
    """Name of a sheet of an .xlsx -> the file in it that holds its cells, without folder."""
    if "xl/_rels/workbook.xml.rels" not in parts:
        return {}
    related = ElementTree.fromstring(parts["xl/_rels/workbook.xml.rels"])
    files = {part.get("Id"): (part.get("Target") or "").rsplit("/", 1)[-1] for part in related}
    listed = [part for part in ElementTree.fromstring(parts["xl/workbook.xml"]).iter() if part.tag.endswith("}sheet")]
    ids = [(sheet.get("name", ""), [v for k, v in sheet.attrib.items() if k.endswith("}id")]) for sheet in listed]
    return {name: files[found[0]] for name, found in ids if found and found[0] in files}


def _hidden_rows(parts: dict[str, bytes]) -> dict[str, int]:
    """Sheet of an .xlsx -> how many rows with a value are hidden."""
    counted: dict[str, int] = {}
    for name, xml in parts.items():
        if b"sheetData" in xml and b"hidden=" in xml:
            rows = (xml[match.end() : match.end() + ROW_START] for match in HIDDEN_ROW.finditer(xml))
            beginnings = (row[: place if (place := row.find(b"</row>")) >= 0 else None] for row in rows)
            counted[name.rsplit("/", 1)[-1]] = sum(b"<v" in row or b"<is" in row for row in beginnings)
    hidden = any(counted.values())
    return {name: counted.get(file, 0) for name, file in _files_of_sheets(parts).items()} if hidden else {}


def _hidden_columns(parts: dict[str, bytes]) -> dict[str, set[int]]:
    """Sheet of an .xlsx -> the places of the columns that are hidden."""
    found: dict[str, set[int]] = {}
    for name, xml in parts.items():
        if b"sheetData" in xml:
            places: set[int] = set()
            for column in COLUMN.finditer(xml[: xml.find(b"sheetData")]):
                numbers = [re.search(rb"""\b%b\s*=\s*["'](\d{1,5})["']""" % end, column[1]) for end in (b"min", b"max")]
                if HIDDEN.search(column[1]) and numbers[0] and numbers[1]:
                    places |= {*range(int(numbers[0][1]) - 1, int(numbers[1][1]))}
            found[name.rsplit("/", 1)[-1]] = places
    some = any(found.values())
    return {name: found.get(file, set()) for name, file in _files_of_sheets(parts).items()} if some else {}


def _struck_rows(parts: dict[str, bytes]) -> dict[str, int]:
    """Sheet of an .xlsx -> how many rows have a value that is struck through as a whole."""
    styles = formats.struck_styles(parts.get("xl/styles.xml", b""))
    counted: dict[str, int] = {}
    for name, xml in parts.items() if styles else ():
        if b"sheetData" in xml:
            rows = set()
            for cell in STYLED_CELL.finditer(xml):
                style, place = formats.STYLE.search(cell[1]), REFERENCE.search(cell[1])
                if style and place and int(style[1]) in styles:
                    rows.add(int(place[2]))
            counted[name.rsplit("/", 1)[-1]] = len(rows)
    struck = any(counted.values())
    return {name: counted.get(file, 0) for name, file in _files_of_sheets(parts).items()} if struck else {}


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
            if value.is_integer():  # after fifteen digits Excel knows only zeros: `cells` sees that in an identifier
                return str(int(value)) if abs(value) < 1e15 else format(Decimal(f"{value:.15g}"), "f")
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
