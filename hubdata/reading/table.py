"""What is read of a file: a header, text cells with the row numbers a spreadsheet shows, and what cannot be read.

A CSV file and a sheet go through the same rules here: which row is the header, what a column without a name is called,
which records do not fit under it, which rows are blank.
"""

import csv
import io
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hubdata.cells import folded, folded_before

FINDINGS = 100_000  # after so many refused rows the rest is not read
BATCH_RECORDS = 20_000
HEADER_ROWS = 20
"""Among so many rows, from the first with content, the header is looked for."""
SEARCHED_ROWS = 200
"""Among so many, where none of the first has headings that we know: below a long introduction."""
HASHTAG = re.compile(r"#[A-Za-z][\w-]*(\s*\+[A-Za-z][\w-]*)*")
"""What a row of the Humanitarian Exchange Language (HXL, hxlstandard.org) says of a column: `#org+impl`."""
TEXT_FORMULA = re.compile(r'="((?:[^"]|"")*)"')
"""What is written for Excel to keep a text as it is: `="01234567"`."""


OTHER_QUOTES = re.compile(r"'([^']*)'|‘([^’]*)’|[“”„]([^“”]*)[“”]|«([^»]*)»")
"""A cell in quotation marks that are not those of CSV."""


class Finding(NamedTuple):
    """Something that cannot be read. `code` is a key of `ingest.SENTENCES`; row 0 means the whole file."""

    code: str
    row: int
    column: str
    value: str
    cells: tuple[str, ...] = ()
    """The whole row, when it could be taken apart."""


class Remark(NamedTuple):
    """Something the sender of a file should know. `code` is a key of `ingest.NOTES`, of which `gaps` fill the gaps."""

    code: str
    gaps: dict[str, Any]
    sheet: str = ""
    """The sheet it is about, when that is not the one of the table."""


class DoubtfulLetters(NamedTuple):
    """The letters of a file that can be read in more than one way."""

    about: str
    """What the file is recognised by: its first line, without the letters that are in doubt."""
    readings: dict[str, str]
    """Encoding -> a word of the file in it."""


class Apart(NamedTuple):
    """What may be a list by itself, on a sheet with another one."""

    headings: str
    """Its row of headings, as `row_of_headings` gives it."""
    heading: str
    """The first of them."""
    is_apart: bool
    """Whether it is read as a list by itself."""
    is_said: bool
    """Somebody said so."""


class Limits(NamedTuple):
    """How large a file may be. A larger one is refused with a finding before it can fill the memory."""

    columns: int = 500
    unpacked_megabytes: int = 1000
    cell_characters: int = 100_000


DEFAULT_LIMITS = Limits()


class Table(NamedTuple):
    """What was read of a CSV file or of one sheet: every row is in `cells`, in `findings`, or blank."""

    sheet: str
    """The name of the sheet of a workbook; "" for a CSV file."""
    encoding: str
    """UTF-8, Windows-1252, UTF-16, Mac Roman, MS-DOS or Excel; "" when the file is no text."""
    separator: str
    """Comma, semicolon or tab; "" for a workbook."""
    header: list[str]
    cells: pa.Table
    """One string column per name of the header, without nulls: an empty cell is ""."""
    rows: np.ndarray
    """The row number a spreadsheet shows, of each record in `cells` (int64)."""
    findings: list[Finding]
    header_row: int = 1
    """The row number of the header."""
    remarks: tuple[Remark, ...] = ()
    beginning: tuple[tuple[int, tuple[str, ...]], ...] = ()
    """The first rows with content, each with its number: among them the headings were chosen."""
    around: tuple[str, ...] = ()
    """What is said below the list about it; see `ingest.sections`."""
    doubtful: DoubtfulLetters | None = None
    """Why nothing was read: somebody has to say first how the letters are written."""
    below: "tuple[Table, ...]" = ()
    """The lists that it may be, below each other; see `parts`."""
    beside: "tuple[Table, ...]" = ()
    """The lists that it may be, side by side."""
    turned: "Table | None" = None
    """The list that it may be when its columns are rows, of which the headings stand below each other."""
    apart: tuple[Apart, ...] = ()
    """What of the sheet may be a list by itself, as far as somebody may say otherwise."""


class Header(NamedTuple):
    """What was read up to the rows of a list."""

    row: int
    names: list[str]
    """As wide as written."""
    findings: list[Finding]
    """Why it can be no header."""
    end: int = 0
    """How many characters were read, up to the first row of the list."""
    last_row: int = 0
    """The row before the first row of the list."""
    remarks: tuple[Remark, ...] = ()
    records: "Records" = iter(())
    """What comes after it."""
    beginning: tuple[tuple[int, tuple[str, ...]], ...] = ()
    """The first rows with content, each with its number: among them the headings are chosen."""


class Body(NamedTuple):
    """The records below a header: a column per name, their row numbers, and what could not be read."""

    cells: pa.Table
    rows: np.ndarray
    findings: list[Finding]
    apart: int = 0
    """How many rows were a whole line in quotes."""


Records = Iterator[tuple[int, list[str] | Finding, int]]
"""Row number, the cells or why there are none, and how many characters of the text were read up to there."""


def refused_table(finding: Finding, encoding: str, separator: str = "", sheet: str = "") -> Table:
    """A table of which nothing could be read."""
    return Table(sheet, encoding, separator, [], pa.table({}), np.empty(0, np.int64), [finding])


def refused_header(header: Header, encoding: str, separator: str = "", sheet: str = "") -> Table:
    """A table of which the header is none; its names are kept when it only has one of them twice."""
    labels = [name for name in header.names if name] if header.findings[0].code == "duplicate_header" else []
    refused = refused_table(header.findings[0], encoding, separator, sheet)
    return refused._replace(
        header=labels,
        findings=header.findings,
        header_row=header.row,
        remarks=header.remarks,
        beginning=header.beginning,
    )


def read_header(records: Records, limits: Limits, words: Set[str] = frozenset(), separator: str = "") -> Header:
    """The row that looks most like headings; `words` are headings that somebody knows, `cells.folded`.

    Among `words` may also be what somebody said is a row of headings: see `row_of_headings`.

    That is the first row with content, unless it is a title or a note above the row that has the headings. A row of
    hashtags below the headings is left out as well. A whole line in quotes is taken apart when we know its words.
    """
    seen: list[tuple[int, list[str] | Finding, int]] = []
    knows_enough = False
    for record in records:
        if isinstance(record[1], Finding):
            seen.append(record)
            break
        if seen or any(cell.strip() for cell in record[1]):
            seen.append(record)
            written_cells = record[1][: limits.columns]
            knows_enough |= known_words(written_cells, words) > 1 or row_of_headings(written_cells) in words
        if len(seen) == (HEADER_ROWS if knows_enough or not words else SEARCHED_ROWS):
            break
        if len(seen) > HEADER_ROWS and knows_enough:
            break
    if not seen:
        return Header(0, [], [Finding("empty_file", 0, "", "")])
    row, first, end = seen[0]
    if isinstance(first, Finding):
        return Header(row, [], [first], end)
    rows = []
    for _, cells, _ in seen:
        if not isinstance(cells, Finding):
            line = whole_line(cells, 2, separator)
            written = line if line and known_words(line, words) > 1 else cells
            rows.append([plain_text(cell.strip()) for cell in written])
    place = _header_place([cells[: limits.columns] for cells in rows], words)
    names, last = rows[place], place
    while last + 1 < len(rows) and _is_hashtags(rows[last + 1]):
        last += 1
    row = seen[place][0]
    groups = rows[place - 1] if place and len(names) <= limits.columns else []
    below = rows[place + 1][: limits.columns] if separator and last == place and last + 1 < len(rows) else []
    over = _columns_over(names, below)
    hashtags, pair = last - place, 0
    if len({*names} - {""}) < sum(map(bool, names)) and sum(map(bool, groups)) > 1:
        names, pair = _with_groups(names, groups), seen[place - 1][0]
    elif over:
        names, pair, last = names_of_two_rows(names, over, below), row, last + 1
    finding = misfit(row, names, [""] * len(names), limits)
    above = sum(any(cells) for cells in rows[:place]) - (0 < pair < row)
    remarks = [Remark("rows_above", {"count": above, "row": row})] * (above > 0)
    remarks += [Remark("two_rows_of_headings", {"row": pair, "count": len(names)})] * (pair > 0)
    remarks += [Remark("hashtags", {"count": hashtags})] * (hashtags > 0)
    repeated = [name for name in dict.fromkeys(names) if name and names.count(name) > 1] if not finding else []
    findings = [finding] if finding else [Finding("duplicate_header", row, name, name) for name in repeated]
    rest = itertools.chain(seen[last + 1 :], records)
    begin = 0 if place < HEADER_ROWS else place - HEADER_ROWS // 2
    shown = seen[begin : begin + HEADER_ROWS]
    numbered = ((number, cells) for number, cells, _ in shown if not isinstance(cells, Finding))
    beginning = tuple((number, tuple(cell.strip() for cell in cells)) for number, cells in numbered if any(cells))
    return Header(row, names, findings, seen[last][2], seen[last][0], tuple(remarks), rest, beginning)


def _header_place(rows: list[list[str]], words: Set[str]) -> int:
    """Which of the first rows holds the headings."""
    told = [place for place, cells in enumerate(rows) if row_of_headings(cells) in words]
    if told:
        return told[0]
    if len(rows) > HEADER_ROWS and (below := _below_introduction(rows, words)):
        return below
    rows = rows[:HEADER_ROWS]
    known = [known_words(cells, words) for cells in rows]
    best = known.index(max(known))
    if known[best] > max(known[0], 1):
        return best
    filled = [sum(map(bool, cells)) for cells in rows]
    wide = next((place for place, count in enumerate(filled) if count > 1), 0)
    if known[0] or not wide:
        return 0
    # Titles have one cell. Without a word that we know, what comes below them must look very much like headings.
    is_apart = 0 in filled[:wide] or filled[wide] > 2
    looks_right = is_apart and len({*rows[wide]} - {""}) == filled[wide] and not any(map(has_number, rows[wide]))
    return wide if known[wide] or (looks_right and not _is_hashtags(rows[wide])) else 0


def _below_introduction(rows: list[list[str]], words: Set[str]) -> int:
    """The first row with headings that we know below a long introduction, of which most rows have one cell; else 0."""
    for place in range(HEADER_ROWS, len(rows)):
        cells = [cell for cell in rows[place] if cell]
        if known_words(cells, words) > 1 and known_words(cells, words) * 2 >= len(cells):
            single = sum(sum(map(bool, above)) < 2 for above in rows[:place])
            return place if single * 2 > place and not any(map(has_number, cells)) else 0
    return 0


def _with_groups(names: list[str], groups: list[str]) -> list[str]:
    """Headings of which those that occur more than once have what stands over them in front: `Subsidy 2023 Amount`."""
    above = ""
    over: list[str] = []
    for place in range(len(names)):
        above = groups[place] if place < len(groups) and groups[place] else above
        over.append(above)
    return [
        f"{group} {name}".strip() if names.count(name) > 1 else name for group, name in zip(over, names, strict=True)
    ]


def _columns_over(names: list[str], below: list[str]) -> dict[int, int]:
    """Column -> the column of the heading over it, where the row below the headings has names under empty ones only.

    Such a row has years or different texts there, and is empty below the headings that stand for one column.
    """
    over: dict[int, int] = {}
    for place in range(1, len(below)):
        if below[place] and (place >= len(names) or not names[place]):
            first = next((p for p in range(min(place, len(names)) - 1, -1, -1) if names[p]), None)
            if first is not None:
                over |= dict.fromkeys(range(first, place + 1), first)
    own = [below[place] for place in over if below[place]]
    is_plain = all(re.fullmatch(r"(?:19|20)\d\d", cell) or not re.search(r"\d", cell) for cell in own)
    is_beside = any(name and place not in over for place, name in enumerate(names))
    is_alone = all(place in over for place, cell in enumerate(below) if cell)
    return over if len(own) > 1 and len({*own}) == len(own) and is_plain and is_beside and is_alone else {}


def names_of_two_rows(names: Sequence[str], over: Mapping[int, int], below: Sequence[str]) -> list[str]:
    """Headings with the names of the row below. `over`: column -> the column of the heading over it.

    `Amount` over `2023` and `2024` is `Amount 2023` and `Amount 2024`; a name that says enough stays alone.
    """
    found = []
    for place in range(max(len(names), len(below))):
        above = names[over.get(place, place)] if over.get(place, place) < len(names) else ""
        own = below[place] if place < len(below) else ""
        says_enough = below.count(own) == 1 and len(re.findall(r"[^\W\d_]", own)) > 2
        found.append(own if (place in over and says_enough) or own == above else f"{above} {own}".strip())
    return found


def row_of_headings(cells: Sequence[str]) -> str:
    """What a row of headings is remembered by; it can be no heading itself.

    >>> row_of_headings(["Naam", "", "Soort lid"])
    'naam|soort_lid|'
    """
    return "|".join([*sorted({folded(cell) for cell in cells if cell.strip()}), ""])


def whole_line(record: "list[str] | Finding", width: int, separator: str) -> list[str] | None:
    """The cells of a line that was put in quotes as a whole; None when it was not, or has fewer than `width` cells.

    Excel with another separator opens each line as one cell, and quotes it when it saves.
    """
    if isinstance(record, Finding) or len(record) != 1 or width < 2 or not separator or separator not in record[0]:
        return None
    try:
        lines = list(csv.reader(io.StringIO(record[0], newline=""), delimiter=separator, strict=True))
    except csv.Error:
        return None
    return lines[0] if len(lines) == 1 and len(lines[0]) >= width else None


def known_words(cells: Sequence[str], words: Set[str]) -> int:
    """How many different words of a header are known."""
    if not words:
        return 0
    both = ((folded(cell), folded_before(cell)) for cell in cells if 0 < len(cell) < 100)
    return len({word if word in words else before for word, before in both} & words)


def has_number(cell: str) -> bool:
    """Whether a cell begins with a number, or is an amount."""
    return bool(re.match(r"[-+€$£]?\s*\d", cell))


def _is_hashtags(cells: list[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return len(filled) > 1 and all(map(HASHTAG.fullmatch, filled))


def plain_text(cell: str) -> str:
    """A cell without what was put around it for Excel.

    >>> plain_text('="01234567"'), plain_text("=1+1")
    ('01234567', '=1+1')
    """
    while match := TEXT_FORMULA.fullmatch(cell):
        cell = match[1].replace('""', '"')
    return cell


def plain_texts(cells: pa.Table) -> pa.Table:
    """`plain_text` for all cells."""
    for place, (label, column) in enumerate(zip(cells.column_names, cells.columns, strict=True)):
        if pc.any(pc.match_substring_regex(column, '^\\s*="')).as_py():
            plain = [plain_text(cell.strip()) if '="' in cell else cell for cell in column.to_pylist()]
            cells = cells.set_column(place, label, pa.chunked_array([pa.array(plain, pa.string())]))
    return cells


def unquoted(cells: pa.Table) -> pa.Table:
    """Cells without quotation marks of another kind than those of CSV, in a file that has them around its headings."""
    names = cells.column_names
    if len(names) < 2 or not all(map(OTHER_QUOTES.fullmatch, names)):
        return cells
    for place, (label, column) in enumerate(zip(names, cells.columns, strict=True)):
        found = [(cell, OTHER_QUOTES.fullmatch(cell.strip())) for cell in column.to_pylist()]
        plain = ["".join(filter(None, match.groups())) if match else cell for cell, match in found]
        cells = cells.set_column(place, label, pa.chunked_array([pa.array(plain, pa.string())]))
    return cells


def joined_texts(column: pa.ChunkedArray | pa.Array) -> Iterator[bytes]:
    """The cells of a column of text one after the other, as bytes: one per chunk.

    A byte is found in them far sooner than in the cells one by one.
    """
    for chunk in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
        _, offsets, joined = chunk.buffers()
        if len(chunk) and joined is not None:
            start, end = np.frombuffer(offsets, np.int32)[[chunk.offset, chunk.offset + len(chunk)]].tolist()
            yield bytes(joined.slice(start, end - start))


def column_labels(names: list[str]) -> list[str]:
    """What to call each column, up to the last that has a name; one without a name is called by its letter."""
    labels: list[str] = []
    for place, name in enumerate(names[: _width(names)]):
        label = name or f"column {column_letter(place)}"
        while not name and label in names:
            label += "'"
        labels.append(label)
    return labels


def column_letter(place: int) -> str:
    """What a spreadsheet calls a column: A, B, ..., Z, AA.

    >>> column_letter(0), column_letter(27)
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


def misfit(row: int, record: list[str], labels: list[str], limits: Limits) -> Finding | None:
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


def no_records(labels: list[str], findings: list[Finding]) -> Body:
    """No records at all."""
    columns = [pa.array([], pa.string()) for _ in labels]
    return Body(pa.Table.from_arrays(columns, names=labels), np.empty(0, np.int64), findings)


def collect_records(records: Records, labels: list[str], limits: Limits, has_nul: bool) -> Body:
    """Records one by one, into columns a batch at a time."""
    findings: list[Finding] = []
    batch: list[list[str]] = []
    rows: list[int] = []
    tables: list[pa.Table] = [no_records(labels, []).cells]
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
            finding = misfit(row, record, labels, limits) if suspect else None
            if not finding and record:
                batch.append([*record[:width], *[""] * (width - len(record))] if len(record) != width else record)
                rows.append(row)
                if len(batch) == BATCH_RECORDS:
                    flush()
        if finding and finding.code == "too_many_columns":
            return no_records(labels, [finding])
        if finding and len(findings) == FINDINGS:
            findings.append(Finding("too_many_findings", row, "", ""))
            break
        if finding:
            findings.append(finding)
    flush()
    return Body(pa.concat_tables(tables), np.concatenate(row_numbers), findings)


def finished_table(table: Table, names: list[str], body: Body, limits: Limits) -> Table:
    """Without blank rows, cells that are too long, and columns without name and content; findings in order."""
    cells, rows, findings, _ = body
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
    places = [place for place, column in enumerate(cells.columns) if names[place] or _has_content(column)]
    cells = cells.select(places).combine_chunks()  # here, as long as nothing else holds them
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
