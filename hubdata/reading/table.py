"""What is read of a file: a header, text cells with the row numbers a spreadsheet shows, and what cannot be read.

A CSV file and a sheet go through the same rules here: which row is the header, what a column without a name is called,
which records do not fit under it, which rows are blank.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

FINDINGS = 100_000  # after so many refused rows the rest is not read
BATCH_RECORDS = 20_000


class Finding(NamedTuple):
    """Something that cannot be read. `code` is a key of `ingest.SENTENCES`; row 0 means the whole file."""

    code: str
    row: int
    column: str
    value: str
    cells: tuple[str, ...] = ()
    """The whole row, when it could be taken apart."""


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
    """UTF-8, Windows-1252, UTF-16 or Excel; "" when the file is no text."""
    separator: str
    """Comma, semicolon or tab; "" for a workbook."""
    header: list[str]
    cells: pa.Table
    """One string column per name of the header, without nulls: an empty cell is ""."""
    rows: np.ndarray
    """The row number a spreadsheet shows, of each record in `cells` (int64)."""
    findings: list[Finding]


class Body(NamedTuple):
    """The records below a header: a column per name, their row numbers, and what could not be read."""

    cells: pa.Table
    rows: np.ndarray
    findings: list[Finding]


Records = Iterator[tuple[int, list[str] | Finding, int]]
"""Row number, the cells or why there are none, and how many characters of the text were read up to there."""


def refused_table(finding: Finding, encoding: str, separator: str = "", sheet: str = "") -> Table:
    """A table of which nothing could be read."""
    return Table(sheet, encoding, separator, [], pa.table({}), np.empty(0, np.int64), [finding])


def read_header(records: Records, limits: Limits) -> tuple[int, list[str], list[Finding], int]:
    """The first row with content: row number, names as wide as written, what is wrong, characters read."""
    for row, record, end in records:
        if isinstance(record, Finding):
            return row, [], [record], end
        names = [cell.strip() for cell in record]
        if not any(names):
            continue
        finding = misfit(row, record, [""] * len(record), limits)
        if finding:
            return row, [], [finding], end
        repeated = [name for name in dict.fromkeys(names) if name and names.count(name) > 1]
        return row, names, [Finding("duplicate_header", row, name, name) for name in repeated], end
    return 0, [], [Finding("empty_file", 0, "", "")], 0


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
    places = [place for place, column in enumerate(cells.columns) if names[place] or _has_content(column)]
    cells = cells.select(places)
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
