"""What an .xls of before 2007 shows of its numbers, and what it hides; the library gives neither.

The file is a small file system (MS-CFB) with a stream of records (MS-XLS, BIFF8). Only the records of numbers and
formats are looked at. What is damaged gives nothing here; whether it is a workbook at all, the library says.
"""

import bisect
import re
import struct
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from hubdata.reading.formats import PERCENT, Shown, parsed, shown

END = 0xFFFFFFFA
"""Numbers of sectors from here on are marks."""
FORMAT, CELL_FORMAT, SHEET, START, STOP = 0x041E, 0x00E0, 0x0085, 0x0809, 0x000A
NUMBER, SHORT, SHORTS, FORMULA = 0x0203, 0x027E, 0x00BD, 0x0006

Texts = dict[str, dict[int, list[tuple[int, str]]]]
"""Sheet -> row number -> place of the column, and the text that it shows."""


HIDDEN_ROW = re.compile(rb"\x08\x02\x10\x00..(..)(..).{6}[\x20-\x3f\x60-\x7f\xa0-\xbf\xe0-\xff]", re.DOTALL)
"""A record of a row with the bit that hides it; its first column and the one after its last."""
COLUMNS = re.compile(rb"\x7d\x00\x0c\x00(..)(..)....(.)", re.DOTALL)
"""A record of columns: the first, the last, and in the last byte the bit that hides them."""


class Hidden(NamedTuple):
    """What a workbook hides of its sheets."""

    rows: dict[str, int]
    """Sheet -> how many rows with cells."""
    columns: dict[str, set[int]]
    """Sheet -> places of columns, from 0."""


def hidden(content: bytes) -> Hidden:
    """The rows and columns that are hidden, by a filter or by hand."""
    rows: Counter[str] = Counter()
    columns: dict[str, set[int]] = defaultdict(set)
    try:
        stream = _stream(content)
        names: dict[int, str] = {}
        for _, kind, record in _records(stream):
            if kind == SHEET:
                names[struct.unpack_from("<I", record)[0]] = _text(record[8:], record[6], record[7])
            elif kind == STOP:
                break
        starts = sorted(names)

        def sheet_at(place: int) -> str:
            return names[starts[max(bisect.bisect(starts, place) - 1, 0)]]

        for match in HIDDEN_ROW.finditer(stream) if names else ():
            rows[sheet_at(match.start())] += match[1] != match[2]
        for match in COLUMNS.finditer(stream) if names else ():
            first, last, bits = (int.from_bytes(found, "little") for found in match.groups())
            columns[sheet_at(match.start())].update(range(first, min(last, 255) + 1) if bits & 1 else ())
    except (struct.error, IndexError, UnicodeDecodeError, ValueError):
        return Hidden({}, {})
    return Hidden(rows, columns)


def shown_texts(content: bytes) -> Texts:
    """The numbers whose format adds something, as the texts that Excel shows."""
    try:
        return _shown_texts(_stream(content))
    except (struct.error, IndexError, UnicodeDecodeError, ValueError, ArithmeticError):
        return {}


def _stream(content: bytes) -> bytes:
    """The stream with the workbook; empty when there is none, or it is very small."""
    size = 1 << min(struct.unpack_from("<H", content, 30)[0], 16)
    sector_count = len(content) // size

    def sector(number: int) -> bytes:
        return content[(number + 1) * size : (number + 2) * size]

    lists = [*struct.unpack_from("<109I", content, 76)]
    further: int = struct.unpack_from("<I", content, 68)[0]
    for _ in range(sector_count):
        if further >= END:
            break
        *more, further = struct.unpack(f"<{size // 4}I", sector(further))
        lists += more
    needed = sector_count * 4 // size + 1
    table = b"".join(sector(number) for number in lists[:needed] if number < sector_count)
    following = struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])

    def chain(number: int) -> bytes:
        sectors: list[bytes] = []
        while number < END and len(sectors) <= sector_count:
            sectors.append(sector(number))
            number = following[number]
        return b"".join(sectors)

    folder = chain(struct.unpack_from("<I", content, 48)[0])
    for place in range(0, len(folder) - 127, 128):
        name = folder[place : place + max(folder[place + 64] - 2, 0)].decode("utf-16-le", "replace")
        first, length = struct.unpack_from("<II", folder, place + 116)
        if name == "Workbook" and length >= 4096:
            return chain(first)[:length]
    return b""


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Place, kind and content of each record."""
    place = 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        if not kind:  # what comes behind the last record
            return
        yield place, kind, stream[place + 4 : place + 4 + length]
        place += 4 + length


def _shown_texts(stream: bytes) -> Texts:
    codes = dict(PERCENT)
    format_ids: list[int] = []
    names: dict[int, str] = {}
    formats: dict[int, Shown] | None = None
    texts: Texts = {}
    sheet, depth = "", 0
    for place, kind, record in _records(stream):
        if kind == START:
            if struct.unpack_from("<H", record)[0] != 0x0600:
                return {}
            depth += 1
            sheet = names.get(place, sheet if depth > 1 else "")
        elif kind == STOP:
            depth -= 1
        elif kind == FORMAT:
            codes[struct.unpack_from("<H", record)[0]] = _text(record[5:], *struct.unpack_from("<HB", record, 2))
        elif kind == CELL_FORMAT:
            format_ids.append(struct.unpack_from("<H", record, 2)[0])
        elif kind == SHEET:
            names[struct.unpack_from("<I", record)[0]] = _text(record[8:], record[6], record[7])
        elif kind in (NUMBER, SHORT, SHORTS, FORMULA) and sheet and depth == 1:
            if formats is None:
                known = {number: parsed(code) for number, code in codes.items()}
                found = {n: known.get(format_id) for n, format_id in enumerate(format_ids)}
                formats = {number: how for number, how in found.items() if how}
            if not formats:
                return {}
            for row, column, style, number in _numbers(kind, record):
                if style in formats:
                    rows = texts.setdefault(sheet, {})
                    rows.setdefault(row + 1, []).append((column, shown(number, formats[style])))
    return texts


def _text(characters: bytes, length: int, flags: int) -> str:
    return characters[: length * 2].decode("utf-16-le") if flags & 1 else characters[:length].decode("latin-1")


def _numbers(kind: int, record: bytes) -> Iterator[tuple[int, int, int, float]]:
    """Row and column from 0, style and value of each number of a record."""
    row, column = struct.unpack_from("<HH", record)
    if kind == SHORTS:
        for place in range(4, len(record) - 6, 6):
            style, short = struct.unpack_from("<HI", record, place)
            yield row, column + (place - 4) // 6, style, _number(short)
    elif kind == SHORT:
        style, short = struct.unpack_from("<HI", record, 4)
        yield row, column, style, _number(short)
    elif kind == NUMBER or record[12:14] != b"\xff\xff":
        style, number = struct.unpack_from("<Hd", record, 4)
        yield row, column, style, number


def _number(short: int) -> float:
    """A number of four bytes: a whole one, or the first half of a float; perhaps a hundred times too large."""
    if short & 2:
        number = float((short >> 2) - (1 << 30 if short >> 31 else 0))
    else:
        number = struct.unpack("<d", struct.pack("<II", 0, short & 0xFFFFFFFC))[0]
    return number / 100 if short & 1 else number
