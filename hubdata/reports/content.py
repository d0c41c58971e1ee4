"""What a report says, before anybody knows on which kind of paper: chapters of sentences, figures and tables.

It is plain data: texts are in the reader's language and have no Markdown, numbers are numbers and days are days, as the
questions gave them. So it can be handed to another process, and the same content gives the same file.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from hubdata import texts

Kind = Literal["text", "count", "number", "tenths", "share", "euro", "date", "year"]
"""What the cells of a column are; a share is 0-1, an amount in euros."""


class Value(NamedTuple):
    """A number in a column of numbers of several kinds, such as that of the targets."""

    number: float
    kind: Kind


LOCALES = {"nl": "nl-NL", "en": "en-GB"}
"""What files call the language of a report."""
Cell = str | int | float | datetime.date | Value | None
MOST_ROWS_ON_PAPER = 12
MOST_COLUMNS_ON_PAPER = 6
"""How many rows of a table stand on paper and slides; the workbook has all."""


class Column(NamedTuple):
    """A column of a table, with its heading."""

    heading: str
    kind: Kind


@dataclass(frozen=True)
class Table:
    """Rows under headings."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def narrow(self) -> "Table":
        """Its first columns, as many as are wide enough to read on paper; the decisive ones stand first."""
        return Table(self.columns[:MOST_COLUMNS_ON_PAPER], tuple(row[:MOST_COLUMNS_ON_PAPER] for row in self.rows))

    def written(self, language: str, most: int | None = None) -> list[list[str]]:
        """The first rows as a reader sees them, cell by cell."""
        kinds = [column.kind for column in self.columns]
        return [
            [format_cell(cell, kind, language) for cell, kind in zip(row, kinds, strict=True)]
            for row in self.rows[:most]
        ]


class Series(NamedTuple):
    """One line, or the bars of one colour: a value per label; None is not known."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Chart:
    """What lines or bars are drawn of. Labels are texts (categories) or days."""

    shape: Literal["lines", "bars", "columns", "stacked"]
    """`bars` lie, the first on top; `columns` stand; `stacked` columns stand on one another."""
    labels: tuple[str, ...] | tuple[datetime.date, ...]
    series: tuple[Series, ...]
    kind: Kind
    """Of the values."""


class Node(NamedTuple):
    """An organisation in a picture of the network; `x` and `y` on one scale."""

    id: str
    name: str
    group: str
    x: float
    y: float
    degree: int


@dataclass(frozen=True)
class Network:
    """What a picture of the network is drawn of."""

    nodes: tuple[Node, ...]
    ties: tuple[tuple[str, str, bool], ...]
    """The two ends, and whether the tie is across groups."""
    groups: tuple[tuple[str, str], ...]
    """Group -> colour, in the order of the legend."""


@dataclass(frozen=True)
class Figure:
    """A finding with its evidence: sentences, picture, table, what it counts, where it comes from."""

    key: str
    title: str
    sentences: tuple[str, ...]
    table: Table
    basis: str
    source: str
    method: str
    """The name under which the method is explained (see `Report.definitions`)."""
    picture: Chart | Network | None = None
    alt: str = ""
    """The picture in words."""
    points: tuple[str, ...] = ()
    """Things to do, a line each."""
    is_brief: bool = True
    """Whether it stands on paper and slides too; the workbook has every figure."""
    is_title_finding: bool = False
    """Whether the title says the finding, and is no name of what is shown."""
    finding: str = ""
    """What somebody said of it, above what it says itself."""
    as_of: datetime.date | None = None
    """The day it is about, when that is not the report's."""


@dataclass(frozen=True)
class Chapter:
    """One question of the paper, answered."""

    key: str
    title: str
    sentences: tuple[str, ...]
    figures: tuple[Figure, ...] = ()
    points: tuple[str, ...] = ()
    """What the sentences lead to, a line each."""


class Definition(NamedTuple):
    """What a figure means, and how not to misread it."""

    name: str
    meaning: str
    source: str = ""


@dataclass(frozen=True)
class Report:
    """Everything a report says. `as_of` is the day it is about; `loaded` says of which load the data is."""

    title: str
    subtitle: str
    hub: str
    as_of: datetime.date
    language: str
    loaded: str
    view: str
    """Which part is shown, in words; "" is all of it."""
    chapters: tuple[Chapter, ...]
    definitions: tuple[Definition, ...] = ()
    coverage: Table | None = None
    attribution: str = ""
    most_slides: int = 12

    def figures(self) -> Iterator[Figure]:
        """Every figure, in order."""
        for chapter in self.chapters:
            yield from chapter.figures

    def words(self, message: texts.Text) -> str:
        """One of the words around the content, in the report's language."""
        return message.translate(self.language)

    def foot(self, figure: Figure) -> str:
        """The line under a figure: day, basis, source."""
        day = figure.as_of or self.as_of
        if not figure.source:
            return self.words(texts.Text("As of {day}", {"day": day}))
        return self.words(
            texts.Text(
                "As of {day} · {basis} · Source: {source}",
                {"day": day, "basis": figure.basis, "source": figure.source},
            )
        )

    def caption(self, figure: Figure, most: int = MOST_ROWS_ON_PAPER) -> str:
        """What stands beside a table of at most so many rows: what it is, and that it goes on when it does."""
        every = len(figure.table.rows)
        if every <= most:
            return self.words(texts.Text("Table: {title}", {"title": figure.title}))
        gaps = {
            "title": figure.title,
            "some": texts.number(most, self.language),
            "every": texts.number(every, self.language),
        }
        return self.words(texts.Text("Table: {title}. The first {some} of {every} rows; the workbook has all.", gaps))


@dataclass(frozen=True)
class Block:
    """A part of a page that is taken along; what it does not have is left out."""

    title: str
    sentences: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    """Heading -> what is known."""
    table: Table | None = None
    is_wide: bool = False
    """Whether it takes the whole width; the others stand in two columns."""


@dataclass(frozen=True)
class OnePage:
    """What somebody takes along to a meeting, on one page: of one organisation or of two."""

    title: str
    subtitle: str
    hub: str
    as_of: datetime.date
    language: str
    about: tuple[str, ...]
    """What it rests on, for the foot: of which load, which part is shown, whose data it is."""
    blocks: tuple[Block, ...]

    def words(self, message: texts.Text) -> str:
        """One of the words around the content, in the page's language."""
        return message.translate(self.language)

    def shorter(self, rows: int) -> "OnePage":
        """The same with no more than so many rows a table; the heading says that there are more."""

        def cut(block: Block) -> Block:
            if block.table is None or len(block.table.rows) <= rows or block.is_wide:
                return block
            gaps = {
                "title": block.title,
                "some": texts.number(rows, self.language),
                "every": texts.number(len(block.table.rows), self.language),
            }
            return replace(
                block,
                title=self.words(texts.Text("{title} ({some} of {every})", gaps)),
                table=replace(block.table, rows=block.table.rows[:rows]),
            )

        return replace(self, blocks=tuple(cut(block) for block in self.blocks))


def format_cell(cell: Cell, kind: Kind, language: str) -> str:
    """A cell as a reader sees it, as tables on pages write it."""
    if cell is None:
        return texts.NOT_KNOWN
    if isinstance(cell, datetime.date):
        return texts.date(cell, language)
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Value):
        return format_cell(cell.number, cell.kind, language)
    match kind:
        case "share":
            return texts.percent(cell, language, 1)
        case "euro":
            return texts.whole_euro(cell, language)
        case "year":
            return str(int(cell))
        case "number":
            return texts.number(cell, language, 2)
        case "tenths":
            return texts.number(cell, language, 1)
        case _:
            return texts.number(cell, language)
