"""One file, or one sheet, of which we know which table it holds."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from hubdata import models, reading
from hubdata.ingest.answers import FileMapping
from hubdata.ingest.headings import signature
from hubdata.ingest.recipes import Made


@dataclass
class Source:
    """One file, or one sheet, that holds a table."""

    label: str
    """What it is called in problems: the file's name, with the sheet when there are several."""
    file: str
    table: reading.Table
    name: str
    columns: dict[str, str]
    """Header -> column."""
    matching: FileMapping
    is_one_per_person: bool
    given: pa.Table | None = None
    """The cells as they came, where some were typed over since."""
    headings: list[str] = field(default_factory=list)
    """Per row the heading that its amount stood under, where years stood side by side; see `layout`."""
    labels: list[str] = field(default_factory=list)
    """Per row what the sheet is called that it stands on, where several sheets are one list."""
    ids: list[str | None] = field(default_factory=list)
    """Of a list of events: per row its identifier, None when it was kept out."""
    rejected: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))
    emptied: dict[str, np.ndarray] = field(default_factory=dict)
    """Column -> per row whether its cell could not be read and is left empty, in a row that stays."""
    decimal_marks: dict[str, str] = field(default_factory=dict)
    """Column of numbers -> its decimal mark, where something depends on it."""
    factors: dict[str, float] = field(default_factory=dict)
    """Column of numbers -> what they are multiplied by, where it was said or found."""
    three_decimals: set[str] = field(default_factory=set)
    """Columns of numbers that may be in thousands, since all have three decimals: to be asked."""
    day_or_month: set[str] = field(default_factory=set)
    """Columns of dates of which nobody can tell whether the day comes first: to be asked."""
    blank_is_no: bool = False
    """An empty cell in a column of ticks means no."""
    has_periods: bool = False
    """The column of starts holds whole periods."""
    derived: set[str] = field(default_factory=set)
    """Columns that the file says something of in another one: the end of a period."""
    words: dict[str, list[str]] = field(default_factory=dict)
    """Column -> words at which its lists were taken apart."""

    made: list[Made] = field(default_factory=list)
    """What recipes made of the files of other programs; none of a list that came as it is."""

    @property
    def adds(self) -> bool:
        """Whether its rows are added to those on show, in whatever load."""
        told = self.matching.adds.get(signature(self.table.header), False)
        return all(made.of.adds for made in self.made) if self.made else told

    def joined(self, other: "Source") -> bool:
        """Take another list of the same program with this one, such as of a second event; False when that cannot be."""
        if not (self.made and other.made and self.adds and other.adds and self.table.header == other.table.header):
            return False
        self.label, self.made = f"{self.label}, {other.label}", self.made + other.made
        return True

    def keep_rows(self, kept: np.ndarray) -> None:
        """Leave out the other rows, as if they had never been in the file."""
        table = self.table
        self.table = table._replace(cells=table.cells.filter(pa.array(kept)), rows=table.rows[kept])
        self.given = None if self.given is None else self.given.filter(pa.array(kept))
        self.headings = [heading for heading, is_kept in zip(self.headings, kept, strict=False) if is_kept]
        self.labels = [label for label, is_kept in zip(self.labels, kept, strict=False) if is_kept]

    @property
    def numbers(self) -> set[str]:
        """Its columns of numbers."""
        fields = models.TABLES[self.name].model_fields
        return {c for c in self.columns.values() if c in fields and models.plain_type(fields[c].annotation) is float}

    @property
    def decimal_mark(self) -> str | None:
        """The decimal mark of all columns of numbers; None when nothing depends on it, or they differ."""
        marks = set(self.decimal_marks.values())
        return marks.pop() if len(marks) == 1 else None

    @property
    def used(self) -> list[str]:
        """The headers of the columns that are used, in the order of the file: all that is kept of it."""
        return [header for header in self.table.cells.column_names if header in self.columns]

    @property
    def is_all_used(self) -> bool:
        """Whether no column is left out."""
        return len(self.used) == len(self.table.cells.column_names)


def columns_of_kind(source: Source, row_type: type[models.Row], kind: type) -> Iterator[tuple[str, pa.ChunkedArray]]:
    """Every column of a kind that the file has, and its cells."""
    for header, column in source.columns.items():
        info = row_type.model_fields.get(column)
        if info and header in source.table.cells.column_names and models.plain_type(info.annotation) is kind:
            yield column, source.table.cells[header]
