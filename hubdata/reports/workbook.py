"""A report as a workbook: a sheet per figure with every row, as numbers and days that can be counted with."""

import datetime
import io
import re

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from hubdata.cells import neutralise
from hubdata.reports.content import Cell, Chart, Column, Figure, Kind, Report, Table, Value
from hubdata.texts import Text

FORMATS: dict[Kind, str] = {
    "text": "@",
    "count": "#,##0",
    "number": "#,##0.00",
    "tenths": "#,##0.0",
    "share": "0.0%",
    "euro": "€ #,##0",
    "date": "d mmm yyyy",
    "year": "0",
}
"""Kind of a cell -> how Excel shows it. What is in the cell is the number itself."""
MONTHS = {"nl": "[$-413]", "en": "[$-809]"}
"""Language -> what makes Excel write months in it, whatever its own language."""
PLAIN_TEXTS = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
"""No text becomes a formula, a number or a link by itself."""
LONGEST_SHEET_NAME = 31
WIDEST = 60
"""How wide a column is at the most, in characters; longer texts wrap."""
MOST_BARS = 15
FEW = 4
AIM = {"line": {"dash_type": "dash"}, "marker": {"type": "circle", "size": 7}}
"""A line through so few days is of what is aimed at: its days are marked."""
SHAPES = {"lines": {"type": "line"}, "bars": {"type": "bar"}, "columns": {"type": "column"}}
SHAPES["stacked"] = {"type": "column", "subtype": "stacked"}


class _Book:
    """A workbook being made: its file in memory and its formats."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.bytes = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.bytes, {"in_memory": True, **PLAIN_TEXTS})
        self.book.set_properties(
            {
                "title": report.title,
                "subject": report.subtitle,
                "company": report.hub,
                # The same content gives the same file.
                "created": datetime.datetime.combine(report.as_of, datetime.time()),
            }
        )
        self.title = self._format(bold=True, font_size=14)
        self.heading = self._format(bold=True, text_wrap=True, bottom=1, bg_color="#EAF1F8")
        self.plain = self._format(text_wrap=True)
        self.quiet = self._format(text_wrap=True, font_color="#555555")
        beside = {"align": "right", "indent": 1}  # or a number touches the text of the next column
        self.heading_of_numbers = self._format(bold=True, text_wrap=True, bottom=1, bg_color="#EAF1F8", **beside)
        self.kinds = {
            kind: self._format(num_format=how, **({"text_wrap": True} if kind == "text" else beside))
            for kind, how in (FORMATS | {"date": MONTHS[report.language] + FORMATS["date"]}).items()
        }
        self.names: set[str] = set()

    def _format(self, **how: object) -> Format:
        return self.book.add_format({"valign": "top", "font_name": "Calibri", **how})

    def sheet(self, name: str) -> Worksheet:
        """A new sheet; Excel allows 31 characters, some signs not, and no name twice."""
        plain_name = " ".join(re.sub(r"[\[\]:*?/\\']", " ", name).split())[:LONGEST_SHEET_NAME] or "-"
        chosen, place = plain_name, 2
        while chosen.casefold() in self.names or chosen.casefold() in ("history", "geschiedenis"):
            ending = f" {place}"
            chosen, place = plain_name[: LONGEST_SHEET_NAME - len(ending)] + ending, place + 1
        self.names.add(chosen.casefold())
        sheet = self.book.add_worksheet(chosen)
        sheet.hide_gridlines(2)
        sheet.set_paper(9)  # A4
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_row(0, 1.4 * LINE)  # its title
        return sheet

    def write(self, sheet: Worksheet, row: int, column: int, cell: Cell, how: Format) -> None:
        """One cell: a text, a number or a day; nothing where it is not known."""
        if isinstance(cell, datetime.date):
            sheet.write_datetime(row, column, datetime.datetime.combine(cell, datetime.time()), how)
        elif isinstance(cell, str):
            sheet.write_string(row, column, neutralise(cell), how)
        elif isinstance(cell, Value):
            sheet.write_number(row, column, cell.number, self.kinds[cell.kind])
        elif cell is not None:
            sheet.write_number(row, column, cell, how)

    def table(self, sheet: Worksheet, top: int, table: Table) -> None:
        """A table with its headings in row `top`, which stay in sight, and a filter."""
        for place, column in enumerate(table.columns):
            how = self.heading if column.kind == "text" else self.heading_of_numbers
            sheet.write_string(top, place, neutralise(column.heading), how)
            sheet.set_column(place, place, _width(table, place, column))
        if any(len(column.heading) > _width(table, place, column) for place, column in enumerate(table.columns)):
            sheet.set_row(top, 2 * LINE)
        widths = [_width(table, place, column) for place, column in enumerate(table.columns)]
        for below, row in enumerate(table.rows, start=top + 1):
            # Only Excel finds out by itself how high a row with a long text is.
            lines = max(
                (-(-len(cell) // width) for cell, width in zip(row, widths, strict=True) if isinstance(cell, str)),
                default=1,
            )
            if lines > 1:
                sheet.set_row(below, lines * LINE)
            for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
                self.write(sheet, below, place, cell, self.kinds[column.kind])
        sheet.freeze_panes(top + 1, 1)
        sheet.repeat_rows(top)
        if table.rows:
            sheet.autofilter(top, 0, top + len(table.rows), len(table.columns) - 1)

    def paragraphs(self, sheet: Worksheet, top: int, lines: list[str], how: Format, last: int, width: int) -> int:
        """Sentences under one another, over the columns up to `last`, so many characters wide; the row after them.

        What runs on beyond its cell makes a page as wide as that when it is printed, and all on it too small to read.
        """
        for line in lines:
            sheet.merge_range(top, 0, top, last, "", how)
            sheet.write_string(top, 0, neutralise(line), how)
            sheet.set_row(top, LINE * (1 + len(line) // width))
            top += 1
        return top


def _width(table: Table, place: int, column: Column) -> int:
    """How wide a column is, in characters: its heading fits in two lines."""
    if column.kind == "text":
        longest = max((len(str(row[place] or "")) for row in table.rows[:500]), default=0)
        return min(WIDEST, max(12, len(column.heading) // 2, longest) + 2)
    return min(WIDEST, max(14, len(column.heading) // 2 + 4))


AS_WIDE_AS_A_CHART = 9
"""How many columns sentences take at least."""
LINE = 15.0
"""How high a line is, in points."""


def write(report: Report) -> bytes:
    """The workbook: read me, a sheet per figure, coverage, definitions."""
    made = _Book(report)
    words = report.words
    index = made.sheet(words(Text("Read me")))
    sheets: list[tuple[str, str]] = []
    for figure in report.figures():
        sheets.append((_figure(made, figure), figure.title))
    if report.coverage:
        sheet = made.sheet(words(Text("Coverage")))
        sheet.write_string(0, 0, words(Text("How much is known")), made.title)
        made.table(sheet, 2, report.coverage)
        sheets.append((sheet.get_name(), words(Text("How much is known"))))
    if report.definitions:
        sheet = made.sheet(words(Text("Definitions")))
        sheet.write_string(0, 0, words(Text("What the figures mean")), made.title)
        headings = [Text("Figure"), Text("Meaning"), Text("Source")]
        columns = tuple(Column(words(heading), "text") for heading in headings)
        made.table(sheet, 2, Table(columns, tuple((d.name, d.meaning, d.source or None) for d in report.definitions)))
        sheet.set_column(1, 1, 110, made.plain)
        sheets.append((sheet.get_name(), words(Text("What the figures mean"))))
    _read_me(made, index, sheets)
    made.book.close()
    return made.bytes.getvalue()


def _read_me(made: _Book, sheet: Worksheet, sheets: list[tuple[str, str]]) -> None:
    """What this is, of which day and load, what is shown of it, and what is on which sheet."""
    report = made.report
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, neutralise(report.title), made.title)
    about = [line for line in (report.subtitle, report.loaded, report.view, report.attribution) if line]
    row = made.paragraphs(sheet, 1, about, made.quiet, 1, 120)
    for chapter in report.chapters:
        if chapter.sentences:
            sheet.write_string(row + 1, 0, neutralise(chapter.title), made.heading)
            sheet.write_string(row + 1, 1, "", made.heading)
            row = row + 2
            for sentence in chapter.sentences:
                sheet.write_string(row, 1, neutralise(sentence), made.plain)
                sheet.set_row(row, LINE * (1 + len(sentence) // 80))
                row += 1
    sheet.write_string(row + 1, 0, report.words(Text("Sheet")), made.heading)
    sheet.write_string(row + 1, 1, report.words(Text("What is on it")), made.heading)
    row += 2
    for name, title in sheets:
        sheet.write_url(row, 0, f"internal:'{name}'!A1", string=neutralise(name))
        sheet.write_string(row, 1, neutralise(title), made.plain)
        row += 1


def _figure(made: _Book, figure: Figure) -> str:
    """The sheet of a figure: its sentences, its table, its chart beside it. Returns the sheet's name."""
    sheet = made.sheet(figure.title)
    sheet.write_string(0, 0, neutralise(figure.title), made.title)
    columns = figure.table.columns
    last = max(len(columns), AS_WIDE_AS_A_CHART)
    width = sum(_width(figure.table, place, column) for place, column in enumerate(columns))
    width += 9 * (last + 1 - len(columns))  # of the others, as wide as Excel makes them
    top = made.paragraphs(sheet, 1, [*figure.sentences, *figure.points], made.plain, last, width)
    top = made.paragraphs(sheet, top, [made.report.foot(figure)], made.quiet, last, width)
    made.table(sheet, top + 1, figure.table)
    if isinstance(figure.picture, Chart):
        _chart(made, sheet, figure, figure.picture, top + 1)
    return str(sheet.get_name())


def _chart(made: _Book, sheet: Worksheet, figure: Figure, chart: Chart, top: int) -> None:
    """A native chart. What it is drawn of stands beside the table, in columns of its own."""
    first = len(figure.table.columns) + 9
    kept = slice(None) if chart.shape != "bars" else slice(MOST_BARS)
    labels = chart.labels[kept]
    sheet.write_string(top, first, "", made.heading)
    is_dated = bool(labels) and isinstance(labels[0], datetime.date)
    for below, label in enumerate(labels, start=top + 1):
        assert isinstance(label, str | datetime.date)
        made.write(sheet, below, first, label, made.kinds["date" if is_dated else "text"])
    longest = max((len(str(label)) for label in labels), default=0)
    sheet.set_column(first, first, 14 if is_dated else min(WIDEST, max(32, longest) + 2))
    sheet.set_column(first + 1, first + len(chart.series), 16)
    drawn = made.book.add_chart(SHAPES[chart.shape])
    name = sheet.get_name()
    for place, series in enumerate(chart.series, start=first + 1):
        sheet.write_string(top, place, neutralise(series.name), made.heading)
        for below, value in enumerate(series.values[kept], start=top + 1):
            made.write(sheet, below, place, value, made.kinds[chart.kind])
        is_aim = chart.shape == "lines" and sum(value is not None for value in series.values) <= FEW
        drawn.add_series(
            {
                "name": [name, top, place],
                "categories": [name, top + 1, first, top + len(labels), first],
                "values": [name, top + 1, place, top + len(labels), place],
                **(AIM if is_aim else {}),
            }
        )
    if is_dated:
        drawn.set_x_axis({"date_axis": True, "num_format": "yyyy", "major_unit": 1, "major_unit_type": "years"})
    if chart.shape == "bars":
        drawn.set_y_axis({"reverse": True})
        drawn.set_x_axis({"num_format": FORMATS[chart.kind], "major_gridlines": {"visible": True}})
    else:
        drawn.set_y_axis({"num_format": FORMATS[chart.kind], "min": 0})
    drawn.set_title({"name": figure.title, "name_font": {"size": 11}})
    if chart.shape == "lines":
        drawn.show_blanks_as("span")  # a day that is not known does not break the line
    drawn.show_na_as_empty_cell()
    if len(chart.series) < 2:
        drawn.set_legend({"none": True})
    drawn.set_size({"width": 500, "height": 320})  # within the columns between the table and what it is drawn of
    # Below the headings, which are repeated on every page that is printed.
    sheet.insert_chart(xl_rowcol_to_cell(top + 1, len(figure.table.columns) + 1), drawn, {"description": figure.alt})
