"""Files that are made to fill the memory, to be read for ever, or to crash whoever reads them."""

import io
import struct
import zipfile

import openpyxl

_SHEET = (
    '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>',
    "</sheetData></worksheet>",
)


def xlsx(rows: str) -> bytes:
    """A workbook whose only sheet has these rows, as XML."""
    plain, packed = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, rows.join(_SHEET) if name.endswith("sheet1.xml") else source.read(name))
    return packed.getvalue()


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
