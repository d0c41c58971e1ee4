"""Bytes of a file -> header and cells. Knows nothing of our columns.

Every record keeps the row number a spreadsheet shows: the header is row 1, blank rows count, and a cell with line
breaks is still one row. What cannot be read is returned as a finding with its place; nothing is guessed and no row
disappears.
"""

import csv
import io
from collections.abc import Iterator
from typing import NamedTuple

SEPARATORS = (",", ";")


class Finding(NamedTuple):
    """Something that cannot be read. `code` is put into words by `ingest.py`; row 0 means the whole file."""

    code: str
    row: int
    column: str
    value: str
    cells: tuple[str, ...] = ()
    """The whole row, when it could be taken apart."""


class Cells(NamedTuple):
    """One record: its spreadsheet row number and its cells by column name."""

    row: int
    cells: dict[str, str]


class Table(NamedTuple):
    """What was read of one file. `records` holds every row that could be read, `findings` every one that could not."""

    separator: str
    header: list[str]
    records: list[Cells]
    findings: list[Finding]


def read(content: bytes) -> Table:
    """Read a CSV file: UTF-8 (with or without a byte order mark), separated by commas or semicolons."""
    empty = Table(",", [], [], [])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return empty._replace(findings=[Finding("not_utf8", line, "", content[error.start : error.start + 1].hex())])
    first_line = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(SEPARATORS, key=first_line.count)
    last_row = 0
    header: list[str] = []
    findings: list[Finding] = []
    rows: list[Cells] = []
    try:
        for last_row, record in _records(text, separator):
            if not any(cell.strip() for cell in record):
                continue
            if not header:
                header = _trimmed([name.strip() for name in record])
                repeated = [name for name in dict.fromkeys(header) if name and header.count(name) > 1]
                if repeated:
                    findings = [Finding("duplicate_header", last_row, name, name) for name in repeated]
                    return Table(separator, header, [], findings)
                continue
            surplus = [cell for cell in record[len(header) :] if cell.strip()]
            nul = next((name for name, cell in zip(header, record, strict=False) if "\0" in cell), None)
            if surplus:
                findings.append(Finding("row_too_long", last_row, "", surplus[0], tuple(record)))
            elif nul is not None:
                findings.append(Finding("nul_byte", last_row, nul, "", tuple(record)))
            else:
                padded = record + [""] * (len(header) - len(record))
                rows.append(Cells(last_row, {n: c for n, c in zip(header, padded, strict=False) if n}))
    except csv.Error:
        findings.append(Finding("broken_quotes", last_row + 1, "", ""))
    if not header and not findings:
        findings.append(Finding("empty_file", 0, "", ""))
    return Table(separator, header, rows, findings)


def _trimmed(header: list[str]) -> list[str]:
    """The header without the nameless columns that trailing separators make."""
    while header and not header[-1]:
        header.pop()
    return header


def write(header: list[str], rows: list[dict[str, str]], separator: str = ",") -> bytes:
    """Cells -> bytes of a CSV file that `read` reads back the same."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, header, delimiter=separator, extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _records(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Numbered records. Strict: a quote that is never closed is an error, not the rest of the file in one cell."""
    csv.field_size_limit(10_000_000)
    return enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True), start=1)
