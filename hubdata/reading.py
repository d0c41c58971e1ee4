"""Bytes of a file -> header and text cells. Knows nothing of our columns, nor of numbers and dates.

Every record keeps the row number a spreadsheet shows: the header of an ordinary file is row 1, blank rows count, and a
cell with line breaks is still one row. What cannot be read is returned as a finding with its place; nothing is guessed
and no row disappears.

A CSV file is read along one of two roads with one result (a property test holds them together). The careful road is
Python's csv module. The fast road is Arrow's reader, seven times as fast, taken only when cheap checks of the bytes
prove that it will understand the file in the same way. A workbook is unpacked and verified here before the library that
reads workbooks sees it: that library trusts what a file says about its own size.
"""

import csv
import datetime
import io
import re
import struct
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

SEPARATORS = ("\t", ";", ",")  # on a tie the first wins: a comma is also part of numbers and of sentences
RECORD_CHARACTERS = 10_000_000  # a longer record is never taken apart, so that a hostile one cannot fill the memory
SHEET_CELLS = (
    30_000_000  # the rectangle from the first to the last cell of a sheet: the library makes room for all of it
)
FINDINGS = 100_000  # after so many refused rows the rest is not read
FAST_BLOCK_BYTES = 4 << 20
SCAN_BYTES = 1 << 20  # small enough for the processor's cache
BATCH_RECORDS = 20_000

_SEQUENCE = (
    rb"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)
UTF8_SEQUENCE = re.compile(rb"[\xc2-\xc5][\x80-\xbf]|\xe2[\x80-\xbf]{2}|(?:" + _SEQUENCE + rb"){2}")
"""Letters of Europe and its quotes, or two others in a row. One other alone may well be Windows-1252: `CAFÉ’S`."""
SEPARATOR_LINE = re.compile(rb'(?:sep=([,;\t])|"sep=([,;\t])")(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
CONTENT = re.compile(rb"[^\s,;]")
QUOTED = re.compile(r'(?<![^,;\t\r\n])"[^"]*(?:""[^"]*)*(?:"|\Z)')
BINARY = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"{\\rtf", b"SQLite format 3", b"PAR1")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"


class Finding(NamedTuple):
    """Something that cannot be read. `code` is put into words by `ingest.py`; row 0 means the whole file."""

    code: str
    row: int
    column: str
    value: str
    cells: tuple[str, ...] = ()
    """The whole row, when it could be taken apart."""


class Limits(NamedTuple):
    """What a file may be. A file beyond them is refused with a finding before it can fill the memory."""

    columns: int = 500
    unpacked_megabytes: int = 1000
    cell_characters: int = 100_000


DEFAULT_LIMITS = Limits()


class Table(NamedTuple):
    """What was read of a CSV file or of one sheet: every row is in `cells`, in `findings`, or blank."""

    sheet: str
    """The name of the sheet of a workbook; "" for a CSV file."""
    encoding: str
    """UTF-8, Windows-1252, UTF-16 or Excel; "" when the file is no text."""
    separator: str
    """Comma, semicolon or tab; "" for a workbook."""
    header: list[str]
    cells: pa.Table
    """One string column per name of the header, without nulls: an empty cell is ""."""
    rows: np.ndarray
    """The row number a spreadsheet shows, of each record in `cells` (int64)."""
    findings: list[Finding]


class _Body(NamedTuple):
    """The records below a header: a column per name, their row numbers, and what could not be read."""

    cells: pa.Table
    rows: np.ndarray
    findings: list[Finding]


class _Marks(NamedTuple):
    """What the bytes of a file hold that decides how it may be read."""

    nul: bool
    lone_return: bool
    blank_line: bool
    quote: bool
    line_count: int


class _RecordTooLongError(Exception):
    """A record of more than RECORD_CHARACTERS. Carries the line when it is the whole record, else nothing."""


Records = Iterator[tuple[int, list[str] | Finding, int]]
"""Row number, the cells or why there are none, and how many characters of the text were read up to there."""


def read(content: bytes, limits: Limits = DEFAULT_LIMITS) -> list[Table]:
    """Read a CSV file (one table) or a workbook (one per visible sheet with content). Never raises."""
    if content.startswith((ZIP, OLE)):
        return _read_workbook(content, limits)
    data, encoding, finding = _as_utf8(content)
    if finding:
        return [_refused(finding, encoding)]
    line = SEPARATOR_LINE.match(data)
    if not CONTENT.search(data, line.end() if line else 0):
        return [_refused(Finding("empty_file", 0, "", ""), encoding)]
    if line:  # written for Excel, which hides it: the next line is row 1
        data = data[line.end() :]
        separator = (line[1] or line[2]).decode()
    else:
        separator = _separator(data)
    return [_read_csv(data, encoding, separator, limits)]


def write(header: list[str], rows: Iterable[Sequence[str]], separator: str = ",") -> bytes:
    """Cells -> bytes of a CSV file (RFC 4180, UTF-8) that `read` reads back the same.

    A cell with any of the separators is quoted, so that whoever opens the file finds the right one.
    """
    special = re.compile(r'[",;\t\r\n]').search
    text = io.StringIO(newline="")
    for record in (header, *rows):
        cells = ('"' + cell.replace('"', '""') + '"' if special(cell) else cell for cell in record)
        text.write(separator.join(cells) + "\r\n")
    return text.getvalue().encode()


# --- Text


def _as_utf8(content: bytes) -> tuple[bytes, str, Finding | None]:
    """The text as UTF-8 without byte order mark, what the encoding was, and why it is no text."""
    beginning = content[:4096]
    controls = {byte for byte in beginning if byte < 32 and byte not in b"\t\n\v\f\r\x1b"}
    if content.startswith(BINARY):
        return b"", "", Finding("not_text", 0, "", "")
    utf16 = _utf16(content)
    if utf16:
        try:
            return content.decode(utf16).removeprefix("\ufeff").encode(), "UTF-16", None
        except UnicodeDecodeError as error:
            line = _line(content[: error.start].decode(utf16, "replace").encode())
            return b"", "UTF-16", Finding("not_text", line, "", content[error.start : error.start + 2].hex())
    if 0 in controls and len(controls) > 5:  # a stray NUL is a finding of its row; this is a picture or a program
        return b"", "", Finding("not_text", 0, "", "")
    marked = content.startswith(b"\xef\xbb\xbf")
    if marked:
        content = content[3:]
    try:
        content.isascii() or content.decode()
    except UnicodeDecodeError as error:
        bad = content[error.start : error.start + 1].hex()
        if marked or _has_utf8_sequence(
            content
        ):  # damaged UTF-8, or two files pasted together: any reading spoils a name
            return b"", "", Finding("mixed_encoding", _line(content[: error.start]), "", bad)
        return _from_windows(content)
    return content, "UTF-8", None


def _utf16(content: bytes) -> str:
    """Which UTF-16 this is: the byte order mark says so, or every second byte at the beginning is NUL."""
    if content.startswith(b"\xff\xfe"):
        return "utf-16-le"
    if content.startswith(b"\xfe\xff"):
        return "utf-16-be"
    even, odd = content[0:200:2], content[1:200:2]
    if len(odd) >= 2 and odd.count(0) >= 0.9 * len(odd) and not even.count(0):
        return "utf-16-le"
    if len(odd) >= 2 and even.count(0) >= 0.9 * len(even) and not odd.count(0):
        return "utf-16-be"
    return ""


def _line(before: bytes) -> int:
    """The number of the line on which the text so far ends."""
    return before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n") + 1


def _has_utf8_sequence(content: bytes) -> bool:
    """Whether bytes that are not all UTF-8 hold a valid multi-byte sequence of it."""
    array = np.frombuffer(content, np.uint8)
    for start in range(0, len(content), SCAN_BYTES):
        block = array[start : start + SCAN_BYTES + 1]
        pairs = (block[:-1] >= 0xC2) & ((block[1:] & 0xC0) == 0x80)
        if any(UTF8_SEQUENCE.match(content, start + int(place)) for place in np.flatnonzero(pairs)):
            return True
    return False


def _from_windows(content: bytes) -> tuple[bytes, str, Finding | None]:
    """Windows-1252 as UTF-8, a block at a time: a whole file of wide characters would take much memory."""
    blocks = []
    for start in range(0, len(content), SCAN_BYTES):
        try:
            blocks.append(content[start : start + SCAN_BYTES].decode("cp1252").encode())
        except UnicodeDecodeError as error:
            place = start + error.start
            return (
                b"",
                "Windows-1252",
                Finding("not_text", _line(content[:place]), "", content[place : place + 1].hex()),
            )
    return b"".join(blocks), "Windows-1252", None


def _separator(data: bytes) -> str:
    """The separator that occurs most outside quotes in the first line with content."""
    content = CONTENT.search(data)
    place = content.start() if content else 0
    start = max(data.rfind(b"\n", 0, place), data.rfind(b"\r", 0, place)) + 1
    beginning = QUOTED.sub("", data[start : start + (1 << 16)].decode(errors="ignore"))
    first_line = re.split(r"[\r\n]", beginning, maxsplit=1)[0]
    return max(SEPARATORS, key=first_line.count)


# --- Header and records, of a CSV file or of a sheet


def _refused(finding: Finding, encoding: str, separator: str = "", sheet: str = "") -> Table:
    """A table of which nothing could be read."""
    return Table(sheet, encoding, separator, [], pa.table({}), np.empty(0, np.int64), [finding])


def _head(records: Records, limits: Limits) -> tuple[int, list[str], list[Finding], int]:
    """The first row with content: row number, names as wide as written, what is wrong, characters read."""
    for row, record, end in records:
        if isinstance(record, Finding):
            return row, [], [record], end
        names = [cell.strip() for cell in record]
        if not any(names):
            continue
        finding = _misfit(row, record, [""] * len(record), limits)
        if finding:
            return row, [], [finding], end
        repeated = [name for name in dict.fromkeys(names) if name and names.count(name) > 1]
        return row, names, [Finding("duplicate_header", row, name, name) for name in repeated], end
    return 0, [], [Finding("empty_file", 0, "", "")], 0


def _labels(names: list[str]) -> list[str]:
    """What to call each column up to the last that has a name: a nameless one by its letter."""
    labels: list[str] = []
    for place, name in enumerate(names[: _width(names)]):
        label = name or f"column {_letter(place)}"
        while not name and label in names:
            label += "'"
        labels.append(label)
    return labels


def _letter(place: int) -> str:
    """What a spreadsheet calls a column: A, B, ..., Z, AA.

    >>> _letter(0), _letter(27)
    ('A', 'AB')
    """
    letters = ""
    while place >= 0:
        place, letter = divmod(place, 26)
        letters = chr(65 + letter) + letters
        place -= 1
    return letters


def _width(record: Sequence[str]) -> int:
    """The number of cells up to the last that is not blank: trailing separators make no columns."""
    return next((place for place in range(len(record), 0, -1) if record[place - 1].strip()), 0)


def _misfit(row: int, record: list[str], labels: list[str], limits: Limits) -> Finding | None:
    """Why a record does not fit under the header, if it does not."""
    width = _width(record)
    if width > limits.columns:
        return Finding("too_many_columns", row, "", str(width))
    for place, cell in enumerate(record):
        if len(cell) > limits.cell_characters:
            return Finding("cell_too_long", row, labels[place] if place < len(labels) else "", str(len(cell)))
    if width > len(labels):
        surplus = next(cell for cell in record[len(labels) :] if cell.strip())
        return Finding("row_too_long", row, "", surplus, tuple(record))
    for label, cell in zip(labels, record, strict=False):
        if "\0" in cell:
            return Finding("nul_byte", row, label, "", tuple(record))
    return None


def _nothing(labels: list[str], findings: list[Finding]) -> _Body:
    """No records at all."""
    columns = [pa.array([], pa.string()) for _ in labels]
    return _Body(pa.Table.from_arrays(columns, names=labels), np.empty(0, np.int64), findings)


def _careful(records: Records, labels: list[str], limits: Limits, has_nul: bool) -> _Body:
    """Records one by one, into columns a batch at a time."""
    findings: list[Finding] = []
    batch: list[list[str]] = []
    rows: list[int] = []
    tables: list[pa.Table] = [_nothing(labels, []).cells]
    row_numbers: list[np.ndarray] = [np.empty(0, np.int64)]

    def flush() -> None:
        columns = [pa.array(column, pa.string()) for column in zip(*batch, strict=True)]
        if columns:
            tables.append(pa.Table.from_arrays(columns, names=labels))
            row_numbers.append(np.array(rows, np.int64))
        batch.clear()
        rows.clear()

    width = len(labels)
    for row, record, _ in records:
        if isinstance(record, Finding):
            finding: Finding | None = record
        else:
            suspect = len(record) > width or (has_nul and "\0" in "".join(record))
            finding = _misfit(row, record, labels, limits) if suspect else None
            if not finding and record:
                batch.append([*record[:width], *[""] * (width - len(record))] if len(record) != width else record)
                rows.append(row)
                if len(batch) == BATCH_RECORDS:
                    flush()
        if finding and finding.code == "too_many_columns":
            return _nothing(labels, [finding])
        if finding and len(findings) == FINDINGS:
            findings.append(Finding("too_many_findings", row, "", ""))
            break
        if finding:
            findings.append(finding)
    flush()
    return _Body(pa.concat_tables(tables), np.concatenate(row_numbers), findings)


def _finished(table: Table, names: list[str], body: _Body, limits: Limits) -> Table:
    """Without blank rows, cells that are too long, and columns without name and content; findings in order."""
    cells, rows, findings = body
    drop = _blank(cells)
    too_long: dict[int, Finding] = {}
    for label, column in zip(cells.column_names, cells.columns, strict=True):
        if (pc.max(pc.binary_length(column)).as_py() or 0) > limits.cell_characters:
            lengths = pc.utf8_length(column).to_numpy()
            for n in np.flatnonzero(lengths > limits.cell_characters).tolist():
                too_long.setdefault(n, Finding("cell_too_long", int(rows[n]), label, str(lengths[n])))
    drop[list(too_long)] = True
    if drop.any():
        cells, rows = cells.filter(pa.array(~drop)), rows[~drop]
    kept = [place for place, column in enumerate(cells.columns) if names[place] or _has_content(column)]
    cells = cells.select(kept)
    ordered = sorted([*findings, *too_long.values()], key=lambda finding: finding.row)
    return table._replace(header=cells.column_names, cells=cells, rows=rows, findings=ordered)


def _blank(cells: pa.Table) -> np.ndarray:
    """Which rows have nothing but white space. Looks at first bytes only, and rarely further than the first column."""
    empty = maybe = np.ones(cells.num_rows, bool)
    for column in cells.columns:
        parts = [_beginnings(chunk) for chunk in column.chunks]
        if not parts or not maybe.any():
            return np.zeros(cells.num_rows, bool)
        empty = empty & np.concatenate([part[0] for part in parts])
        maybe = maybe & np.concatenate([part[1] for part in parts])
    unsure = np.flatnonzero(maybe & ~empty)
    if len(unsure):
        columns = [column.to_pylist() for column in cells.take(pa.array(unsure)).columns]
        spaces = [not any(cell.strip() for cell in record) for record in zip(*columns, strict=True)]
        empty[unsure[np.array(spaces, bool)]] = True
    return empty


def _beginnings(chunk: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Which cells are empty, and which are empty or may begin with white space of any kind."""
    _, offset_buffer, text_buffer = chunk.buffers()
    if not len(chunk) or offset_buffer is None:
        return np.zeros(0, bool), np.zeros(0, bool)
    offsets = np.frombuffer(offset_buffer, np.int32)[chunk.offset : chunk.offset + len(chunk) + 1]
    empty = offsets[1:] == offsets[:-1]
    if text_buffer is None or not text_buffer.size:
        return empty, empty
    text = np.frombuffer(text_buffer, np.uint8)
    first = text[np.minimum(offsets[:-1], len(text) - 1)]
    return empty, empty | (first <= 32) | (first >= 128)


def _has_content(column: pa.ChunkedArray) -> bool:
    return any(cell.strip() for cell in pc.unique(column).to_pylist())


# --- CSV


def _read_csv(
    data: bytes, encoding: str, separator: str, limits: Limits, fast: bool = True, block_bytes: int = FAST_BLOCK_BYTES
) -> Table:
    """Header first, then the records along the fast road or, where that is not sure, the careful one."""
    records = _records(data, separator, limits)
    header_row, names, findings, end = _head(records, limits)
    if findings:
        labels = [name for name in names if name] if findings[0].code == "duplicate_header" else []
        return _refused(findings[0], encoding, separator)._replace(header=labels, findings=findings)
    labels = _labels(names)
    body = None
    if fast and len(names) <= limits.columns:
        start = len(data[: 4 * end].decode(errors="ignore")[:end].encode())
        body = _fast(data, start, header_row, len(names), labels, separator, limits, block_bytes)
    if body is None:
        body = _careful(records, labels, limits, b"\0" in data)
    empty = Table("", encoding, separator, [], pa.table({}), np.empty(0, np.int64), [])
    return _finished(empty, names, body, limits)


def _records(data: bytes, separator: str, limits: Limits) -> Records:
    """Numbered records. Strict: a quote that is never closed is an error, not the rest of the file in one cell."""
    csv.field_size_limit(RECORD_CHARACTERS)
    lines = io.TextIOWrapper(io.BytesIO(data), "utf-8", newline="")
    before = read = row = 0

    def physical() -> Iterator[str]:
        nonlocal read
        for line in lines:
            whole = read == before
            read += len(line)
            if read - before > RECORD_CHARACTERS:
                raise _RecordTooLongError(line if whole else "")
            yield line

    while True:
        try:
            for record in csv.reader(physical(), delimiter=separator, strict=True):
                before = read
                row += 1
                yield row, record, read
            return
        except csv.Error:
            yield row + 1, Finding("broken_quotes", row + 1, "", ""), read
            return
        except _RecordTooLongError as error:
            row += 1
            finding = _too_long(row, str(error), separator, limits)
            before = read
            yield row, finding, read
            if finding.code != "cell_too_long":
                return


def _too_long(row: int, line: str, separator: str, limits: Limits) -> Finding:
    """What to say of a record that is too long to take apart: counted, never split."""
    separator_count, inside = 0, not line
    for start in range(0, len(line), SCAN_BYTES):
        block = np.frombuffer(line[start : start + SCAN_BYTES].encode(), np.uint8)
        quoted = np.logical_xor.accumulate(block == ord('"')) ^ inside
        separator_count += int(np.count_nonzero((block == ord(separator)) & ~quoted))
        inside = bool(quoted[-1])
    if separator_count >= limits.columns:
        return Finding("too_many_columns", row, "", str(separator_count + 1))
    if inside:
        return Finding("broken_quotes", row, "", "")
    return Finding("cell_too_long", row, "", str(len(line)))


def _fast(
    data: bytes, start: int, header_row: int, written_width: int, labels: list[str], separator: str, limits: Limits,
    block_bytes: int,
) -> _Body | None:  # fmt: skip
    """The records from byte `start` on with Arrow's reader; None where it might read them otherwise than `_careful`."""
    end = _end(data)
    if start >= end:
        return _nothing(labels, [])
    marks = _marks(data, start, end)
    if marks.nul or marks.lone_return or data.startswith(b"\xef\xbb\xbf", start):  # Arrow would take off the mark
        return None
    if marks.quote and (marks.blank_line or not _quotes_stand_right(data, start, end, separator)):
        return None
    ragged: list[tuple[int, str]] = []

    def set_apart(row: pyarrow.csv.InvalidRow) -> str:
        ragged.append((row.number, row.text))
        return "skip" if len(ragged) <= FINDINGS else "error"

    places = [str(place) for place in range(written_width)]
    try:
        cells = pyarrow.csv.read_csv(
            pa.BufferReader(pa.py_buffer(data).slice(start, end - start)),
            # Without threads the number of a ragged row is right; so it is with line breaks in cells (tested).
            pyarrow.csv.ReadOptions(use_threads=False, column_names=places, block_size=block_bytes),
            pyarrow.csv.ParseOptions(
                delimiter=separator, newlines_in_values=marks.quote, invalid_row_handler=set_apart
            ),
            pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(places, pa.string()), strings_can_be_null=False),
        )
        ragged_records = list(csv.reader((text for _, text in ragged), delimiter=separator, strict=True))
    except (pa.ArrowException, csv.Error):  # a record longer than a block, or too many ragged ones
        return None
    record_count = cells.num_rows + len(ragged)
    if not marks.quote and not marks.blank_line and record_count != marks.line_count:
        return None
    rows = _rows_with_content(data, start, end) if marks.blank_line else np.arange(1, record_count + 1)
    if len(rows) != record_count or len(ragged_records) != len(ragged):
        return None
    rows = rows + header_row
    ragged_places = np.array([number - 1 for number, _ in ragged], np.int64)
    ragged_rows = rows[ragged_places]
    rows = np.delete(rows, ragged_places)

    misfits: dict[int, Finding] = {}
    padded: dict[int, list[str]] = {}
    for row, record in zip(ragged_rows.tolist(), ragged_records, strict=True):
        finding = _misfit(row, record, labels, limits)
        if finding:
            misfits[row] = finding
        else:
            padded[row] = [*record[: len(labels)], *[""] * (len(labels) - len(record))]
    full = np.zeros(cells.num_rows, bool)
    for column in cells.columns[len(labels) :]:  # under the trailing separators of the header
        full |= pc.greater(pc.binary_length(column), 0).to_numpy()
    full_places = np.flatnonzero(full)
    for place, values in zip(full_places.tolist(), cells.take(pa.array(full_places)).to_pylist(), strict=True):
        finding = _misfit(int(rows[place]), list(values.values()), labels, limits)
        if finding:
            misfits[int(rows[place])] = finding
    if len(misfits) > FINDINGS:
        return None
    findings = [misfits[row] for row in sorted(misfits)]
    for finding in findings:
        if finding.code == "too_many_columns":
            return _nothing(labels, [finding])

    cells = cells.select(range(len(labels))).rename_columns(labels)
    kept = ~np.isin(rows, list(misfits)) if len(full_places) else np.ones(len(rows), bool)
    if not padded and kept.all():
        return _Body(cells, rows, findings)
    columns = list(zip(*padded.values(), strict=True)) or [()] * len(labels)
    extra = pa.Table.from_arrays([pa.array(column, pa.string()) for column in columns], names=labels)
    rows = np.concatenate([np.where(kept, rows, 0), np.array(list(padded), np.int64)])
    order = np.argsort(rows, kind="stable")[np.count_nonzero(~kept) :]
    return _Body(pa.concat_tables([cells, extra]).take(pa.array(order)), rows[order], findings)


def _end(data: bytes) -> int:
    """Where the text ends without the line ends after it."""
    tail = data[-SCAN_BYTES:]
    text = len(tail.rstrip(b"\r\n"))
    return len(data) - len(tail) + text if text else len(data.rstrip(b"\r\n"))


def _marks(data: bytes, start: int, end: int) -> _Marks:
    """Look at every byte once. `start` follows the line end of the header, which is looked at too."""
    array = np.frombuffer(data, np.uint8)
    nul = lone_return = blank_line = quote = False
    line_count = 1
    for place in range(start, end, SCAN_BYTES):
        block = array[place - 2 : min(place + SCAN_BYTES, end)]
        newline, is_return = block == 10, block == 13
        lone_return |= bool((is_return[1:-1] & ~newline[2:]).any())
        blank_line |= bool((newline[2:] & (newline[1:-1] | (is_return[1:-1] & newline[:-2]))).any())
        line_count += int(np.count_nonzero(newline[2:]))
        quote = quote or bool((block[2:] == ord('"')).any())
        nul = nul or bool((block[2:] == 0).any())
    return _Marks(nul, lone_return, blank_line, quote, line_count)


def _rows_with_content(data: bytes, start: int, end: int) -> np.ndarray:
    """The numbers of the lines that are not empty, from 1, in a text without quotes."""
    array = np.frombuffer(data, np.uint8)
    line_count, line_start = 0, start
    found = []
    for place in range(start, end, SCAN_BYTES):
        ends = np.flatnonzero(array[place : min(place + SCAN_BYTES, end)] == 10) + place
        if place + SCAN_BYTES >= end:
            ends = np.append(ends, end)
        if not len(ends):
            continue
        starts = np.concatenate([[line_start], ends[:-1] + 1])
        empty = (ends == starts) | ((ends == starts + 1) & (array[starts] == 13))
        found.append(np.flatnonzero(~empty) + line_count + 1)
        line_count += len(ends)
        line_start = int(ends[-1]) + 1
    return np.concatenate(found)


def _quotes_stand_right(data: bytes, start: int, end: int, separator: str) -> bool:
    """Whether every quote stands where RFC 4180 wants it: around a whole cell, or doubled inside one."""
    array = np.frombuffer(data, np.uint8)[:end]
    may_stand_before, may_stand_after = np.zeros(256, bool), np.zeros(256, bool)
    may_stand_before[[ord(separator), 10, ord('"')]] = True
    may_stand_after[[ord(separator), 10, 13, ord('"')]] = True
    opens = True
    for place in range(start, end, SCAN_BYTES):
        quotes = np.flatnonzero(array[place : place + SCAN_BYTES] == ord('"')) + place
        opening, closing = (quotes[0::2], quotes[1::2]) if opens else (quotes[1::2], quotes[0::2])
        opens ^= len(quotes) % 2 == 1
        if not may_stand_before[array[opening - 1]].all():
            return False
        if not may_stand_after[array[closing[closing < end - 1] + 1]].all():
            return False
    return opens


# --- Workbooks


def _read_workbook(content: bytes, limits: Limits) -> list[Table]:
    """One table per visible sheet with content."""
    try:
        if content.startswith(OLE) and (errors := _old_errors(content)):
            return [_refused(errors[0], "Excel")._replace(findings=errors)]
        verified = content if content.startswith(OLE) else _verified(content, limits)
        if isinstance(verified, Finding):
            return [_refused(verified, "" if verified.code == "not_text" else "Excel")]
        book = CalamineWorkbook.from_filelike(io.BytesIO(verified))
        tables = [
            _read_sheet(book.get_sheet_by_name(sheet.name), sheet.name, limits)
            for sheet in book.sheets_metadata
            if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
        ]
    except BaseException as error:  # whatever a damaged file does to two libraries; a panic in Rust is no Exception
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        return [_refused(Finding("not_a_workbook", 0, "", ""), "Excel")]
    filled = [table for table in tables if table]
    return filled or [_refused(Finding("empty_file", 0, "", ""), "Excel")]


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
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # the others unpack without end
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
    """How much text the cells take that share it: one long text in a million cells is copied a million times."""
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
    found = {struct.unpack("<HH", match[1] or match[2]) for match in OLD_ERROR.finditer(content)}
    return [Finding("error_cell", row + 1, f"column {_letter(column)}", "") for row, column in sorted(found)]


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
    _, names, findings, _ = _head(records, limits)
    if findings and findings[0].code == "empty_file":
        return None
    if findings:
        labels = [name for name in names if name] if findings[0].code == "duplicate_header" else []
        return _refused(findings[0], "Excel", "", name)._replace(header=labels, findings=findings)
    body = _careful(records, _labels(names), limits, has_nul=True)
    empty = Table(name, "Excel", "", [], pa.table({}), np.empty(0, np.int64), [])
    return _finished(empty, names, body, limits)


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
