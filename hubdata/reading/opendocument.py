"""What an .ods holds beside what the library gives of it: how large it becomes, merged cells, pivots, what is shown.

A row or a cell may be written once and repeated a million times, and the library writes all of them out: so this is
counted first. Source: OpenDocument 1.3, part 3.
"""

import html
import itertools
import re
from collections import Counter, defaultdict
from typing import NamedTuple

from hubdata.reading.formats import ATTRIBUTES

Range = tuple[tuple[int, int], tuple[int, int]]
"""First and last row and column, from 0."""

NAME = rb"(?:\w+:)?"
ELEMENT = re.compile(
    rb"<" + NAME + rb"(table|table-column|table-row|table-cell|covered-table-cell)" + ATTRIBUTES + rb">"
)
REPEATED = re.compile(rb"""\bnumber-(?:rows|columns)-repeated\s*=\s*["']([^"']*)["']""")
SPANNED = re.compile(rb"""\bnumber-rows-spanned\s*=\s*["'](\d{1,9})["']""")
SHEET_NAME = re.compile(rb"""\stable:name\s*=\s*(?:"([^"]*)"|'([^']*)')""")
PIVOT = re.compile(rb"""\btarget-range-address\s*=\s*["']'?([^"'<>]*?)'?\.\$?[A-Z]""")
HIDDEN = re.compile(rb"""\bvisibility\s*=\s*["'](?:collapse|filter)["']""")
NUMBER = re.compile(rb"<(" + NAME + rb"table-cell)" + ATTRIBUTES + rb">\s*<(" + NAME + rb"p)\b[^<>]*>([^<]*)</")
NUMBER_TYPES = (b"float", b"percentage", b"currency")
VALUE = re.compile(rb"""\b(?:office:)?value\s*=\s*["']([^"']*)["']""")
VALUE_TYPE = re.compile(rb"""\bvalue-type\s*=\s*["'](\w+)["']""")
CURRENCY = re.compile(rb"""\bcurrency\s*=\s*["'](\w+)["']""")


class Layout(NamedTuple):
    """How the sheets of a file are laid out."""

    cells: int
    """Of the largest sheet, from the first to the last row and column with content."""
    size: int
    """How many bytes its cells have when each is written out."""
    merged: dict[str, list[Range]]
    pivots: set[str]
    """The names of the sheets with a pivot table."""
    hidden_rows: dict[str, int]
    """Sheet -> how many rows with content are hidden."""
    hidden_columns: dict[str, set[int]]
    """Sheet -> the places of hidden columns, from 0."""


MOST_COLUMNS = 500
"""Further to the right no column is looked at."""


def layout(xml: bytes) -> Layout:
    """Look at `content.xml` once."""
    merged: dict[str, list[Range]] = {}
    hidden_rows: Counter[str] = Counter()
    hidden_columns: dict[str, set[int]] = defaultdict(set)
    is_hidden = False
    cells = size = 0
    sheet = ""
    row = column = last_row = last_column = 0
    row_count = 1
    for match, following in itertools.pairwise(itertools.chain(ELEMENT.finditer(xml), (None,))):
        if match is None:
            break
        kind, attributes = match[1], match[2]
        if kind == b"table":
            name = SHEET_NAME.search(attributes)
            sheet = html.unescape((name[1] or name[2] or b"").decode("utf-8", "replace")) if name else ""
            row = last_row = last_column = 0
            row_count = column = 0
            continue
        count = max((_count(said) for said in REPEATED.findall(attributes)), default=1)
        if kind == b"table-column":
            if HIDDEN.search(attributes):
                hidden_columns[sheet].update(range(column, min(column + count, MOST_COLUMNS)))
            column += count
            continue
        if kind == b"table-row":
            row, row_count, column = row + row_count, count, 0
            is_hidden = bool(HIDDEN.search(attributes))
            continue
        if not attributes.endswith(b"/"):
            end = following.start() if following else len(xml)
            size += (end - match.start()) * count * row_count
            last_row, last_column = max(last_row, row + row_count), max(last_column, column + count)
            cells = max(cells, last_row * last_column)
            hidden_rows[sheet] += row_count if is_hidden else 0
            is_hidden = False  # it is counted
        if (spanned := SPANNED.search(attributes)) and int(spanned[1]) > 1:
            merged.setdefault(sheet, []).append(((row, column), (row + int(spanned[1]) - 1, column)))
        column += count
    pivots = {html.unescape(name.decode("utf-8", "replace")).lstrip("$") for name in PIVOT.findall(xml)}
    return Layout(cells, size, merged, pivots, hidden_rows, hidden_columns)


def _count(said: bytes) -> int:
    """How often something is repeated; more than there can be, where it is written in a way that we do not read."""
    return int(said) if said.isdigit() and len(said) < 10 else 10**9


def with_shown_text(xml: bytes) -> bytes:
    """The same with numbers as texts where what is shown says more: leading zeros, another currency, a percentage."""

    def as_text(cell: re.Match[bytes]) -> bytes:
        name, attributes, paragraph, shown = cell[1], cell[2], cell[3], cell[4].strip()
        value, kind, currency = VALUE.search(attributes), VALUE_TYPE.search(attributes), CURRENCY.search(attributes)
        if not value or not kind or kind[1] not in NUMBER_TYPES:
            return cell[0]
        number = value[1]
        if kind[1] == b"currency" and currency and currency[1] != b"EUR":
            text = currency[1] + b" " + number
        elif kind[1] == b"percentage" or re.fullmatch(rb"0\d+", shown):
            text = shown
        else:
            return cell[0]
        attributes = VALUE.sub(b"", attributes).replace(kind[0], kind[0].replace(kind[1], b"string"))
        return b"<%b%b><%b>%b</" % (name, attributes, paragraph, text)

    return NUMBER.sub(as_text, xml)
