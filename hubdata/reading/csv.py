"""CSV files, read and written.

A CSV file is read in one of two ways with the same result (a property test compares them). The careful way is
Python's csv module. The fast way is Arrow's reader, seven times as fast, taken only when cheap checks of the bytes
prove that it will understand the file as the careful one does.
"""

import contextlib
import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from hubdata.cells import BOM, neutralise, without_apostrophe
from hubdata.reading.encoding import SCAN_BYTES, as_utf8
from hubdata.reading.parts import MOST_ROWS, Rows, noted, with_parts
from hubdata.reading.table import (
    DEFAULT_LIMITS,
    FINDINGS,
    HEADER_ROWS,
    SEARCHED_ROWS,
    Body,
    Finding,
    Limits,
    Records,
    Remark,
    Table,
    collect_records,
    column_labels,
    finished_table,
    joined_texts,
    known_words,
    misfit,
    no_records,
    plain_texts,
    read_header,
    refused_header,
    refused_table,
    unquoted,
    whole_line,
)

EXCEL_SEPARATORS = {"nl": ";", "en": ","}
"""Language -> what its Excel takes for the separator of a CSV file."""
SEPARATORS = ("\t", ";", ",")  # on a tie the first wins: a comma is also part of numbers and of sentences
BAR = "|"  # stands between the items of a list, so never between the cells of a row that we read
RECORD_CHARACTERS = 10_000_000  # a longer record is never taken apart, so that a hostile one cannot fill the memory
FAST_BLOCK_BYTES = 4 << 20
PARTS_BYTES = 4_000_000
"""In a larger file nobody puts several lists."""
SEPARATOR_LINE = re.compile(rb'(?:sep=([,;\t])|"sep=([,;\t])")(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
CONTENT = re.compile(rb"[^\s,;]")
WEB_PAGE = re.compile(
    rb"\s*(?:<(?:!doctype|html|head|body|table|meta|style|script|div|\?xml)\b|<!--|mime-version:)", re.IGNORECASE
)
SPECIAL = (b'"', b",", b";", b"\t", b"\r", b"\n")
"""What makes a cell stand in quotes."""
SPACE, EQUALS = ord(" "), ord("=")
SPACED_QUOTE = re.compile(r'([,;\t]) +(?=")')
QUOTED = re.compile(r'(?<![^,;\t\r\n])"[^"]*(?:""[^"]*)*(?:"|\Z)')


class _Marks(NamedTuple):
    """What the bytes of a file hold that decides how it may be read."""

    nul: bool
    lone_return: bool
    blank_line: bool
    quote: bool
    line_count: int


class _RecordTooLongError(Exception):
    """A record of more than RECORD_CHARACTERS. Carries the line when it is the whole record, else nothing."""


def read(
    content: bytes,
    limits: Limits = DEFAULT_LIMITS,
    words: Set[str] = frozenset(),
    letters: Mapping[str, str] = {},
) -> Table:
    """Read a CSV file; `words` are headings that somebody knows, `letters` as `as_utf8` takes them. Never raises."""
    data, encoding, finding, remarks, doubtful = as_utf8(content, letters)
    if finding:
        return refused_table(finding, encoding)._replace(doubtful=doubtful)
    if WEB_PAGE.match(data):
        return refused_table(Finding("web_page", 0, "", ""), encoding)
    line = SEPARATOR_LINE.match(data)
    if not CONTENT.search(data, line.end() if line else 0):
        return refused_table(Finding("empty_file", 0, "", ""), encoding)
    if line:  # written for Excel, which hides it: the next line is row 1
        data = data[line.end() :]
        separator = (line[1] or line[2]).decode()
    else:
        separator = _separator(data, words)
        if separator == BAR:
            return refused_table(Finding("other_separator", 1, "", ""), encoding)
    beside_quotes = _beside_quotes(data)
    if SPACE in beside_quotes:
        data = _without_spaces_at_quotes(data, separator)
    has_equals = EQUALS in beside_quotes

    def finished(table: Table) -> Table:
        return table._replace(cells=unquoted(plain_texts(table.cells) if has_equals else table.cells))

    table = finished(_read_csv(data, encoding, separator, limits, words))
    if words and len(data) < PARTS_BYTES and data.count(b"\n") + data.count(b"\r") < 2 * MOST_ROWS:
        records = [(row, cells) for row, cells, _ in _records(data, separator, limits)]
        rows = [(row, cells) for row, cells in records if not isinstance(cells, Finding)]
        if len(rows) == len(records):
            table = with_parts(table, rows, words, lambda rows: finished(_read_rows(rows, table, limits, words)))
    return noted(table, *remarks)


def _read_rows(rows: Rows, like: Table, limits: Limits, words: Set[str]) -> Table:
    """Some of the rows of a file, as a list by themselves."""
    header = read_header(((row, cells, 0) for row, cells in rows), limits, words, like.separator)
    if header.findings:
        return refused_header(header, like.encoding, like.separator)
    body = collect_records(header.records, column_labels(header.names), limits, has_nul=True)
    remarks, none = tuple(header.remarks), np.empty(0, np.int64)
    empty = Table("", like.encoding, like.separator, [], pa.table({}), none, [], header.row, remarks)
    return finished_table(empty._replace(beginning=header.beginning), header.names, body, limits)


def write(header: Sequence[str], rows: Iterable[Sequence[str]], separator: str = ",") -> bytes:
    """Cells -> bytes of a CSV file (RFC 4180, UTF-8) that `read` reads back the same.

    A cell with any of the separators is quoted, so that whoever opens the file finds the right one.
    """
    special = re.compile(r'[",;\t\r\n]').search
    text = io.StringIO(newline="")
    for record in (header, *rows):
        cells = ('"' + cell.replace('"', '""') + '"' if special(cell) else cell for cell in record)
        text.write(separator.join(cells) + "\r\n")
    return text.getvalue().encode()


def write_table(cells: pa.Table, separator: str) -> bytes:
    """As `write`, a whole table at once."""
    parts = [write(cells.column_names, (), separator)]
    for batch in cells.to_batches(max_chunksize=20_000):  # texts of one batch together stay far below 2 GB
        columns = []
        for column in batch.columns:
            if any(mark in texts for texts in joined_texts(column) for mark in SPECIAL):
                special = pc.match_substring_regex(column, r'[",;\t\r\n]')
                doubled = pc.replace_substring(column, '"', '""')
                column = pc.if_else(special, pc.binary_join_element_wise('"', doubled, '"', ""), column)
            columns.append(column)
        lines = pc.binary_join_element_wise(*columns, separator).to_pylist()
        parts.append("\r\n".join([*lines, ""]).encode())
    return b"".join(parts)


def write_for_excel(header: Sequence[str], rows: Iterable[Sequence[str]], separator: str) -> bytes:
    """As `write`, for people who open the file in a spreadsheet: it sees the encoding, and runs no cell as a formula.

    The cells are as they stand in a file, so they may have our apostrophes already. Read again they mean what they
    meant: `cells` takes the apostrophes off.
    """
    safe = ([neutralise(without_apostrophe(cell)) for cell in row] for row in rows)
    return BOM.encode() + write([neutralise(name) for name in header], safe, separator)


def _separator(data: bytes, words: Set[str]) -> str:
    """The separator that sets known headings apart, or else occurs most outside quotes in the first line with content.

    Where that line has none, as a title, points and tabs in the lines below it count as well. BAR where only that does.
    """
    content = CONTENT.search(data)
    place = content.start() if content else 0
    start = max(data.rfind(b"\n", 0, place), data.rfind(b"\r", 0, place)) + 1
    beginning = SPACED_QUOTE.sub(r"\1", data[start : start + (1 << 16)].decode(errors="ignore"))
    known = {separator: _most_known_words(beginning, separator, words) for separator in SEPARATORS}
    if max(known.values()) < 2 and "|" in beginning and _most_known_words(beginning, BAR, words) > 1:
        return BAR
    first_line, *others = re.split(r"[\r\n]+", QUOTED.sub("", beginning), maxsplit=HEADER_ROWS)
    if max(known.values()) > 1:
        return max(SEPARATORS, key=lambda separator: (known[separator], first_line.count(separator)))
    if not first_line.strip() and (whole := QUOTED.match(beginning)):  # the line is one cell: see `whole_line`
        first_line = QUOTED.sub("", whole[0][1:-1].replace('""', '"'))
    if any(separator in first_line for separator in SEPARATORS):
        return max(SEPARATORS, key=first_line.count)
    if max(known.values()):
        return max(SEPARATORS, key=lambda separator: known[separator])
    return max(SEPARATORS[:2], key=lambda separator: max((line.count(separator) for line in others), default=0))


def _most_known_words(beginning: str, separator: str, words: Set[str]) -> int:
    """How many known headings a row at the beginning of a text has."""
    rows: list[list[str]] = []
    csv.field_size_limit(RECORD_CHARACTERS)
    with contextlib.suppress(csv.Error):
        rows.extend(
            itertools.islice(csv.reader(io.StringIO(beginning, newline=""), delimiter=separator), SEARCHED_ROWS)
        )
    lines = [whole_line(row, 2, separator) or row for row in rows]
    return max((known_words([cell.strip() for cell in line], words) for line in lines), default=0)


def _beside_quotes(data: bytes) -> set[int]:
    """Which of SPACE and EQUALS stand beside a quotation mark somewhere."""
    if b'"' not in data:
        return set()
    array = np.frombuffer(data, np.uint8)
    found: set[int] = set()
    for start in range(0, len(data), SCAN_BYTES):
        block = array[start : start + SCAN_BYTES + 1]
        quote = block == ord('"')
        for mark in {SPACE, EQUALS} - found:
            other = block == mark
            if (other[:-1] & quote[1:]).any() or (quote[:-1] & other[1:]).any():
                found.add(mark)
    return found


def _without_spaces_at_quotes(data: bytes, separator: str) -> bytes:
    """Without the spaces between a separator and a quoted cell: in `a, "b"` they belong to the file."""
    mark = re.escape(separator.encode())
    if not re.search(rb'[\r\n%b] +"|" +[\r\n%b]' % (mark, mark), b"\n" + data):
        return data
    # Whole quoted cells are matched, so that nothing inside one is taken for a separator.
    quoted = rb'(\A|[\r\n%b]) *("(?:[^"]++|"")*+") *(?=[\r\n%b]|\Z)' % (mark, mark)
    return re.sub(quoted, rb"\1\2", data)


def _read_csv(
    data: bytes, encoding: str, separator: str, limits: Limits, words: Set[str] = frozenset(), fast: bool = True,
    block_bytes: int = FAST_BLOCK_BYTES,
) -> Table:  # fmt: skip
    """Header first, then the records: fast or, where that is not sure to read them right, carefully."""
    header = read_header(_records(data, separator, limits), limits, words, separator)
    if header.findings:
        return refused_header(header, encoding, separator)
    labels = column_labels(header.names)
    body = None
    if fast and len(header.names) <= limits.columns:
        start = len(data[: 4 * header.end].decode(errors="ignore")[: header.end].encode())
        body = _fast(data, start, header.last_row, len(header.names), labels, separator, limits, block_bytes)
    if body is None:
        apart: list[int] = []
        records = _lines_apart(header.records, len(labels), separator, apart)
        body = collect_records(records, labels, limits, b"\0" in data)._replace(apart=len(apart))
    remarks = (*header.remarks, *[Remark("rows_taken_apart", {"count": body.apart})] * (body.apart > 0))
    empty = Table("", encoding, separator, [], pa.table({}), np.empty(0, np.int64), [], header.row, remarks)
    empty = empty._replace(beginning=header.beginning)
    return finished_table(empty, header.names, body, limits)


def _lines_apart(records: Records, width: int, separator: str, apart: list[int]) -> Records:
    """Records, of which one that is a whole line in quotes is taken apart; the numbers of such rows go to `apart`."""
    for row, record, end in records:
        cells = whole_line(record, width, separator)
        if cells:
            apart.append(row)
        yield row, cells or record, end


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
    """The finding for a record that is too long to take apart: its separators are counted, it is not split."""
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
) -> Body | None:  # fmt: skip
    """The records from byte `start` on with Arrow's reader; None where the careful way might read them otherwise."""
    end = _end(data)
    if start >= end:
        return no_records(labels, [])
    marks = _marks(data, start, end)
    # Arrow would remove a byte order mark.
    if marks.nul or marks.lone_return or data.startswith(b"\xef\xbb\xbf", start):
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
    apart = 0
    for row, short in zip(ragged_rows.tolist(), ragged_records, strict=True):
        cells_of_line = whole_line(short, len(labels), separator)
        apart += bool(cells_of_line)
        record = cells_of_line or short
        finding = misfit(row, record, labels, limits)
        if finding:
            misfits[row] = finding
        else:
            padded[row] = [*record[: len(labels)], *[""] * (len(labels) - len(record))]
    full = np.zeros(cells.num_rows, bool)
    for column in cells.columns[len(labels) :]:  # under the trailing separators of the header
        full |= pc.greater(pc.binary_length(column), 0).to_numpy()
    full_places = np.flatnonzero(full)
    for place, values in zip(full_places.tolist(), cells.take(pa.array(full_places)).to_pylist(), strict=True):
        finding = misfit(int(rows[place]), list(values.values()), labels, limits)
        if finding:
            misfits[int(rows[place])] = finding
    if len(misfits) > FINDINGS:
        return None
    findings = [misfits[row] for row in sorted(misfits)]
    for finding in findings:
        if finding.code == "too_many_columns":
            return no_records(labels, [finding])

    cells = cells.select(range(len(labels))).rename_columns(labels)
    fitting = ~np.isin(rows, list(misfits)) if len(full_places) else np.ones(len(rows), bool)
    if not padded and fitting.all():
        return Body(cells, rows, findings, apart)
    columns = list(zip(*padded.values(), strict=True)) or [()] * len(labels)
    extra = pa.Table.from_arrays([pa.array(column, pa.string()) for column in columns], names=labels)
    rows = np.concatenate([np.where(fitting, rows, 0), np.array(list(padded), np.int64)])
    order = np.argsort(rows, kind="stable")[np.count_nonzero(~fitting) :]
    return Body(pa.concat_tables([cells, extra]).take(pa.array(order)), rows[order], findings, apart)


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
    numbers = []
    for place in range(start, end, SCAN_BYTES):
        ends = np.flatnonzero(array[place : min(place + SCAN_BYTES, end)] == 10) + place
        if place + SCAN_BYTES >= end:
            ends = np.append(ends, end)
        if not len(ends):
            continue
        starts = np.concatenate([[line_start], ends[:-1] + 1])
        empty = (ends == starts) | ((ends == starts + 1) & (array[starts] == 13))
        numbers.append(np.flatnonzero(~empty) + line_count + 1)
        line_count += len(ends)
        line_start = int(ends[-1]) + 1
    return np.concatenate(numbers)


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
