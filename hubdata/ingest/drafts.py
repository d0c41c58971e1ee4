"""What a drop would make of the data: what was understood of its files, what changes, what stands in the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from hubdata.ingest.answers import FileMapping
from hubdata.ingest.headings import signature
from hubdata.ingest.problems import Note, Problem
from hubdata.ingest.recipes import Count
from hubdata.ingest.rejected import Rejected
from hubdata.reading import Apart, DoubtfulLetters


@dataclass(frozen=True)
class Reading:
    """What was understood of one file, or of one sheet of a workbook: shown before anything is loaded."""

    file: str
    table: str | None
    rows: int
    encoding: str
    separator: str
    header: tuple[str, ...]
    columns: Mapping[str, str]
    """Header -> column, of those that are used."""
    ignored: tuple[str, ...]
    left_out: tuple[str, ...]
    """Personal data."""
    missing: tuple[str, ...]
    """Required columns that no header was matched with."""
    decimal_mark: str | None = None
    """That of all its columns; None: nothing in the file depends on it, or columns differ."""
    month_first: bool = False
    day_or_month: str = ""
    """A date of the file that could be read both ways; "" when there is none."""
    decimal_marks: Mapping[str, str] = field(default_factory=dict)
    """Header -> the decimal mark of its numbers, where something depends on it."""
    factors: Mapping[str, float] = field(default_factory=dict)
    """Header -> what its numbers are multiplied by, where that was said or found."""
    one_or_several: Mapping[str, str] = field(default_factory=dict)
    """Column and separator (`themes ,`) -> an example, of which the sender is asked whether it is one or several."""

    first_rows: tuple[Mapping[str, str], ...] = ()
    """Header -> cell of the first five rows, to know the list by: never of columns that may be personal."""
    guessed: tuple[str, ...] = ()
    """Headers that were matched by what people call such a column, and that a reader has not agreed to."""
    came_from: str = ""
    """The program that such a list comes from, where it was recognised and is read as any other list."""
    count: Count | None = None
    """What the list holds, where a recipe made it of the file of another program (see `recipes`)."""
    unsaid: tuple[str, ...] = ()
    """Columns of that list which have to be said once for all rows."""
    currencies: tuple[str, ...] = ()
    """Currencies in that list of which somebody has to say the rate."""

    beginning: tuple[tuple[int, tuple[str, ...]], ...] = ()
    """The first rows with content, each with its number: among them the headings are."""
    header_row: int = 1
    apart: tuple[Apart, ...] = ()
    """What of its sheet may be a list by itself, as far as somebody may say otherwise."""
    parts: tuple[str, ...] = ()
    """What its sheets are called in problems, where several sheets are one list."""
    doubtful: DoubtfulLetters | None = None
    """How its letters are written: nothing else was read before somebody says so."""

    @property
    def signature(self) -> str:
        return signature(self.header)


@dataclass(frozen=True)
class Changes:
    """How a table differs from the one on show, in rows."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    rejected: int = 0
    before: int = 0
    emptied: int = 0
    """Cells that could not be read and are left empty, in rows that stay."""

    @property
    def removes_much(self) -> bool:
        """More than a fifth of the table would go."""
        return self.removed * 5 > self.before


@dataclass
class Draft:
    """What a drop would make of the data: every table whole, and everything that stands in the way."""

    tables: dict[str, pa.Table] = field(default_factory=dict)
    """Typed as `models.schema`; the valid rows, even when there are problems."""
    before: dict[str, pa.Table] = field(default_factory=dict)
    """What is on show."""
    problems: list[Problem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    changes: dict[str, Changes] = field(default_factory=dict)
    """Per table that the drop has a file for."""
    rejected: dict[str, Rejected] = field(default_factory=dict)
    """File -> its rows with something to repair, ready to be dropped again: kept out, or with cells left empty."""
    received: dict[str, bytes] = field(default_factory=dict)
    """The files as they are kept: the columns that are used, without rejected rows."""
    matching: FileMapping = field(default_factory=FileMapping)
    """What is needed to read `received` the same way again."""

    @property
    def before_is_own(self) -> bool:
        """Whether there is something on show to compare with."""
        return any(len(table) for table in self.before.values())

    @property
    def is_blocked(self) -> bool:
        """There are problems that leaving out rows does not solve."""
        return any(p.blocks for p in self.problems)
