"""Files that are made to fill the memory, to be read for ever, or to crash whoever reads them."""

import io
import struct
import zipfile
from collections.abc import Mapping

import openpyxl

_SPACES = ("office", "table", "text")
_SHEET = (
    '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>',
    "</sheetData></worksheet>",
)


def xlsx(rows: str, parts: Mapping[str, str | bytes] = {}) -> bytes:
    """A workbook whose only sheet has these rows, as XML; with other `parts` in place of its own."""
    plain, packed = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        own = {n: rows.join(_SHEET) if n.endswith("sheet1.xml") else source.read(n) for n in source.namelist()}
        for name, content in {**own, **parts}.items():
            target.writestr(name, content)
    return packed.getvalue()


def ods(*rows: str, before: str = "") -> bytes:
    """An OpenDocument workbook with these rows; `before` its root."""
    packed = io.BytesIO()
    spaces = "".join(f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in _SPACES)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        target.writestr(
            "content.xml",
            f"{before}<office:document-content{spaces}><office:body><office:spreadsheet><table:table table:name='S'>"
            f"{''.join(rows)}</table:table></office:spreadsheet></office:body></office:document-content>",
        )
        target.writestr(
            "META-INF/manifest.xml",
            "<manifest:manifest xmlns:manifest='urn:oasis:names:tc:opendocument:xmlns:manifest:1.0'/>",
        )
    return packed.getvalue()


def ods_row(repeated: str = "1", cell: str = "name") -> str:
    """A row of one cell, so many times."""
    text = f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
    return f'<table:table-row table:number-rows-repeated="{repeated}">{text}</table:table-row>'


def text_cell(text: str) -> str:
    """A cell of such a row."""
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'


def xls(*places: tuple[int, int]) -> bytes:
    """A workbook of before 2007 with a number in each of these cells (row and column from 0), in some six kilobytes.

    One sheet in the records of BIFF8, as the one stream of a compound file (MS-XLS and MS-CFB of Microsoft's open
    specifications).
    """

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    def beginning(kind: int) -> bytes:
        return record(0x809, struct.pack("<HHHHII", 0x600, kind, 0xDBB, 0x7CC, 0, 6))

    end = record(0x0A, b"")
    cells = b"".join(record(0x203, struct.pack("<HHHd", row, column, 0, 1.0)) for row, column in places)
    name = b"Sheet1"
    bound = struct.Struct("<IBBBB6s")
    start = len(beginning(5)) + 4 + bound.size + len(end)
    book = beginning(5) + record(0x85, bound.pack(start, 0, 0, len(name), 0, name)) + end
    stream = (book + beginning(0x10) + cells + end).ljust(4608, b"\0")
    return _compound_file(stream)


def _compound_file(stream: bytes) -> bytes:
    """A compound file with one stream, `Workbook`, of a whole number of sectors."""
    sector, end_of_chain, is_table, nothing = 512, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
    count = len(stream) // sector

    def entry(name: str, kind: int, start: int, size: int, child: int) -> bytes:
        title = (name + "\0").encode("utf-16-le")
        numbers = (len(title), kind, 1, nothing, nothing, child, b"", 0, 0, 0, start, size)
        return title.ljust(64, b"\0") + struct.pack("<HBBIII16sIQQIQ", *numbers)

    directory = entry("Root Entry", 5, end_of_chain, 0, 1) + entry("Workbook", 2, 0, len(stream), nothing)
    chain = [*range(1, count), end_of_chain, end_of_chain, is_table]
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(sector, b"\xff")
    header = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIIII", 0, 1, count, 0, 4096, end_of_chain, 0, end_of_chain, 0, count + 1)
    return header.ljust(sector, b"\xff") + stream + directory.ljust(sector, b"\0") + table
