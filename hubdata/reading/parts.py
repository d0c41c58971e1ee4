"""Lists that stand on one sheet: below each other with new headings between them, or beside an empty column.

Here is seen where one may begin. Whether it is a list by itself is decided by whoever knows our columns.
"""

import re
from collections.abc import Callable, Sequence, Set

from hubdata.reading.table import (
    SEARCHED_ROWS,
    Remark,
    Table,
    has_number,
    known_words,
    row_of_headings,
)

MOST_ROWS, MOST_CELLS, MOST_COLUMNS = 20_000, 2_000_000, 500
"""A larger sheet was not laid out by hand."""
MOST_TITLES = 4
"""So many rows above headings may be their title, or a note about their list."""
YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)", re.ASCII)

Rows = Sequence[tuple[int, list[str]]]
"""Row number and cells."""
Reader = Callable[[Rows], Table | None]


def with_parts(whole: Table, rows: Rows, words: Set[str], read: Reader, read_turned: Reader | None = None) -> Table:
    """A table with the lists that its rows may be: below each other, side by side, or turned.

    `read` reads one of them; `read_turned` one of which the columns became rows.
    """
    if not words or not whole.header_row:
        return whole
    if _has_headings_beside(rows, words):
        return whole._replace(turned=(read_turned or read)(_turned(rows)))
    begins = _further_lists(rows, whole.header_row, words)
    if begins:
        stretches = [rows[begin:end] for begin, end in zip([0, *begins], [*begins, len(rows)], strict=True)]
        tables = [(read(stretch), stretch) for stretch in stretches]
        below = tuple(_with_beside(table, stretch, words, read) for table, stretch in tables if table)
        return whole._replace(below=below) if len(below) > 1 else whole
    return _with_beside(whole, rows, words, read)


def _has_headings_beside(rows: Rows, words: Set[str]) -> bool:
    """Whether the headings of a small list stand below each other, in its first column, and not in a row."""
    filled = [cells for _, cells in rows if any(cell.strip() for cell in cells)]
    if not 3 <= len(filled) <= SEARCHED_ROWS or not 3 <= max(map(len, filled)) <= MOST_COLUMNS:
        return False
    first = [cells[0].strip() for cells in filled if cells[0].strip()]
    return (
        known_words(first, words) > 2
        and _are_headings(first, words)
        and not any(known_words(_cells(cells), words) > 1 for cells in filled)
    )


def _turned(rows: Rows) -> Rows:
    """The columns as rows; a row has the number of its column."""
    filled = [cells for _, cells in rows if cells and cells[0].strip()]
    width = max(map(len, filled))
    return [(n + 1, [cells[n] if n < len(cells) else "" for cells in filled]) for n in range(width)]


def noted(table: Table, *remarks: Remark) -> Table:
    """A table with more to say about its sheet, which is said of the first list on it too."""
    below, beside = ((noted(lists[0], *remarks), *lists[1:]) if lists else () for lists in (table.below, table.beside))
    return table._replace(remarks=(*table.remarks, *remarks), below=below, beside=beside)


def _further_lists(rows: Rows, header_row: int, words: Set[str]) -> list[int]:
    """Where in the rows another list begins, with its title: each has an empty row or a title above its headings."""
    filled = [sum(bool(cell.strip()) for cell in cells) for _, cells in rows]
    chosen = next((place for place, (row, _) in enumerate(rows) if row == header_row), len(rows))
    above = (place for place in range(min(chosen, SEARCHED_ROWS)) if _are_headings(_cells(rows[place][1]), words))
    place = next(above, chosen)  # the row that looks most like headings may be that of a second list
    headings = row_of_headings(rows[place][1]) if place < len(rows) else ""
    begins: list[int] = []
    first = place + 1
    for here in range(place + 1, len(rows) - 1):
        begin = _begin(filled, here, first)
        if begin == here and filled[here - 1]:
            continue
        cells = _cells(rows[here][1])
        if not any(filled[here + 1 : here + 3]) or not _are_headings(cells, words):
            continue
        titles = [cell for _, above in rows[begin:here] for cell in above if cell.strip()]
        # The same headings again are of the same list, unless the title above them says a year.
        if row_of_headings(cells) != headings or any(map(YEAR.search, titles)):
            begins.append(begin)
            headings, first = row_of_headings(cells), here + 1
    return begins


def _cells(row: Sequence[str]) -> list[str]:
    """What stands in a row."""
    return [cell for one in row if (cell := one.strip())]


def _begin(filled: Sequence[int], here: int, first: int) -> int:
    """Where what stands above a row as its title begins: rows with one cell, or with few as above two headings."""
    begin = here
    while begin > max(first, here - MOST_TITLES) and (filled[begin - 1] == 1 or _is_group(filled, begin - 1, here)):
        begin -= 1
    title = begin - 1
    while title >= first and not filled[title]:
        title -= 1
    is_title = begin - 1 > title >= first and filled[title] == 1 and title > first and not filled[title - 1]
    return title if is_title else begin


def _is_group(filled: Sequence[int], row: int, here: int) -> bool:
    """Whether a row may be headings over several of the headings below it."""
    return row == here - 1 and 0 < filled[row] * 2 <= filled[here] and not filled[row - 1]


def _are_headings(cells: Sequence[str], words: Set[str]) -> bool:
    """Whether a row has different texts, of which at least two and half are headings that we know."""
    if not 2 <= len(cells) <= MOST_COLUMNS or len(set(cells)) < len(cells) or any(map(has_number, cells)):
        return False
    return row_of_headings(cells) in words or len(cells) <= 2 * known_words(cells, words) >= 4


def _with_beside(table: Table, rows: Rows, words: Set[str], read: Reader) -> Table:
    """A table with the lists that stand side by side in its columns, with an empty column between them."""
    from_header = [cells for row, cells in rows if row >= table.header_row]
    width = max(map(len, from_header), default=0)
    if width > MOST_COLUMNS:
        return table
    head = from_header[0] if from_header else []
    maybe = [column for column in range(width) if column >= len(head) or not head[column].strip()]
    empty = [c for c in maybe if not any(c < len(cells) and cells[c].strip() for cells in from_header)]
    if not empty:
        return table
    blocks: list[tuple[int, int]] = []
    for before, after in zip([-1, *empty], [*empty, width], strict=True):
        of_block = [cells[before + 1 : after] for _, cells in rows[:SEARCHED_ROWS]]
        if after - before > 2 and any(_are_headings(_cells(cells), words) for cells in of_block):
            blocks.append((before + 1, after))
        elif blocks:
            blocks[-1] = blocks[-1][0], after
    if len(blocks) < 2:
        return table
    read_apart = [read([(row, [*[""] * first, *cells[first:last]]) for row, cells in rows]) for first, last in blocks]
    beside = tuple(one for one in read_apart if one)
    return table._replace(beside=beside) if len(beside) > 1 else table
