"""A report as slides (.pptx, 16:9): the finding as the title, one picture, table or list under it, its source below.

Charts are drawn by PowerPoint itself of numbers in a sheet of their own. Everything stands in boxes that were measured
for it: long texts get smaller, and what does not fit is in the notes of the slide, which have all of the figure.
"""

import datetime
import io
import re
import textwrap
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import pptx
import xlsxwriter
from lxml import etree
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
)
from pptx.enum.dml import MSO_LINE
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from hubdata.cells import neutralise
from hubdata.reports import drawing, package, workbook
from hubdata.reports.content import LOCALES, Chapter, Chart, Figure, Network, Report
from hubdata.texts import Text, join

MOST_ROWS = 10
"""Of a table; the workbook has all."""


def _colour(code: str) -> Any:
    """A colour as the web writes it."""
    return RGBColor.from_string(code[1:].upper())  # type: ignore[no-untyped-call]


BLUE, INK, QUIET = _colour("#12365f"), _colour("#1b1b1b"), _colour("#555555")


class Box(NamedTuple):
    """A place on a slide, in inches."""

    left: float
    top: float
    width: float
    height: float


WIDTH, HEIGHT = 13.333, 7.5
KICKER = Box(0.6, 0.32, 12.1, 0.34)
TITLE = Box(0.6, 0.64, 12.1, 1.16)
BODY = Box(0.6, 1.95, 12.1, 4.75)
LEFT, RIGHT = Box(0.6, 1.95, 7.5, 4.75), Box(8.35, 1.95, 4.35, 4.75)
CONTENTS = Box(0.9, 3.6, 11.5, 2.6)
FOOT = Box(0.6, 6.82, 10.8, 0.44)
PLACE = Box(11.5, 6.82, 1.23, 0.44)

WIDE = 0.6
"""How wide a letter is on average, of its height: in Calibri 0.5, in what stands in for it elsewhere at most this."""
LINE = 1.22
"""How high a line is, of its letters."""


def write(report: Report) -> bytes:
    """The slides: a cover with what it comes down to, the figures, and where they stop."""
    made = _template(report)
    title_layout, layout = made.slide_layouts
    shown = _chosen(report)
    _cover(made.slides.add_slide(title_layout), report)
    for chapter, figure in shown:
        _figure(made.slides.add_slide(layout), chapter, figure, report)
    last = next((chapter for chapter in report.chapters if chapter.key == "method"), None)
    if last:
        _method(made.slides.add_slide(layout), last, report, [figure for _, figure in shown])
    for place, slide in enumerate(made.slides, start=1):
        if place > 1:
            _number(slide, place, len(made.slides), report)
        _speak(slide, LOCALES[report.language])
    written = io.BytesIO()
    made.save(written)
    return package.undated(written.getvalue())


def _chosen(report: Report) -> list[tuple[Chapter, Figure]]:
    """The figures that get a slide, in order. What can be seen or done comes first when there are too many."""
    every = [(chapter, figure) for chapter in report.chapters for figure in chapter.figures if figure.is_brief]
    room = report.most_slides - 2
    said = [pair for pair in every if pair[1].picture or pair[1].points][:room]
    others = [pair for pair in every if not (pair[1].picture or pair[1].points)][: room - len(said)]
    return [pair for pair in every if pair in said or pair in others]


# --- texts that fit -------------------------------------------------------------------------------------------------


def lines_of(text: str, width: float, size: float) -> int:
    """How many lines a text takes at the most, in a box of so many inches, with letters of `size` points."""
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)  # as wide as they are high
    room = width * 72 / (size * WIDE) * (len(text) + 1) / (len(text) + 1 + wide * 0.8)
    return max(1, len(textwrap.wrap(text, max(1, int(room)))))


def height_of(texts: Iterable[str], width: float, size: float) -> float:
    """How high paragraphs are at the most, in inches, with half a line between them."""
    return sum((lines_of(text, width, size) + 0.5) * size * LINE / 72 for text in texts)


def fitting(texts: Sequence[str], box: Box, sizes: Sequence[int]) -> int | None:
    """The largest size of letters with which paragraphs fit in a box; None when with none."""
    return next((size for size in sizes if height_of(texts, box.width - 0.2, size) <= box.height), None)


def headline(figure: Figure) -> tuple[str, list[str]]:
    """The finding as it fits in the title, and what is left to say below it.

    Its title where that says the finding, else its first sentence; of several in one text no more than the first where
    they are too long; else the figure's name.
    """
    said = (figure.finding, *figure.sentences) if figure.finding else figure.sentences
    if figure.is_title_finding and not figure.finding:
        return figure.title, list(figure.sentences)
    first, *others = said or (figure.title,)
    if fitting([first], TITLE, TITLE_SIZES):
        return first, others
    end = re.search(r"(?<=[^\s.]{2})\. (?=[A-Z0-9])", first)
    if end and fitting([first[: end.start() + 1]], TITLE, TITLE_SIZES):
        return first[: end.start() + 1], [first[end.end() :], *others]
    return figure.title, [first, *others]


TITLE_SIZES = (28, 26, 24, 22, 20)
TEXT_SIZES = (20, 18, 16, 14, 13, 12)
TABLE_SIZES = (14, 13, 12, 11)


# --- the template ---------------------------------------------------------------------------------------------------


def _template(report: Report) -> Any:
    """Two layouts, wide, in the colours of the pictures; who it is from and of which day."""
    made = pptx.Presentation()
    made.slide_width, made.slide_height = Inches(WIDTH), Inches(HEIGHT)
    kept = {"Title Slide", "Title Only"}
    for layout in list(made.slide_layouts):
        if layout.name not in kept:
            made.slide_layouts.remove(layout)
    master = made.slide_master
    theme = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    for place, colour in enumerate(drawing.COLOURS[:6], start=1):
        theme._blob = re.sub(
            rb"(<a:accent%d><a:srgbClr val=\")\w{6}" % place, rb"\g<1>" + colour[1:].encode(), theme.blob
        )
    for holder in (master, *made.slide_layouts):
        for shape in list(holder.placeholders):
            kind = shape.placeholder_format.type.name
            if kind in ("TITLE", "CENTER_TITLE"):
                cover = holder is made.slide_layouts[0]
                _place(shape, Box(0.9, 1.3, 11.5, 1.5) if cover else TITLE)
                _set_title(shape)
            elif kind == "SUBTITLE":
                _place(shape, Box(0.9, 2.85, 11.5, 0.6))
            elif kind == "BODY":
                _place(shape, BODY)
            else:  # the day, the foot and the number stand on the slides themselves
                shape._element.getparent().remove(shape._element)
    master.shapes._spTree.append(_bar())
    properties = made.core_properties
    properties.title, properties.subject, properties.author = report.title, report.subtitle, report.hub
    properties.language = LOCALES[report.language]
    properties.created = properties.modified = datetime.datetime.combine(report.as_of, datetime.time())
    properties.last_modified_by, properties.comments, properties.revision = report.hub, "", 1
    return made


def _set_title(shape: Any) -> None:
    """Titles of layouts, in the middle of their box."""
    frame = shape.text_frame
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.MIDDLE


def _bar() -> Any:
    """A line of colour along the top of every slide; it says nothing, so it has no words."""
    return etree.fromstring(
        f'<p:sp xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
        f'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        f'<p:nvSpPr><p:cNvPr id="99" name="Bar"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr>'
        f'<p:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{Inches(WIDTH)}" cy="{Inches(0.14)}"/></a:xfrm>'
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill><a:schemeClr val="accent1"/></a:solidFill>'
        f"<a:ln><a:noFill/></a:ln></p:spPr></p:sp>"
    )


# --- the slides -----------------------------------------------------------------------------------------------------


def _cover(slide: Any, report: Report) -> None:
    """What it is, of which day and whom, and what it comes down to."""
    title, subtitle = slide.placeholders
    _write(title, [report.title], fitting([report.title], Box(0.9, 1.3, 11.5, 1.5), (40, 36, 32, 28, 24)) or 20, BLUE)
    title.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM
    about = f"{report.subtitle} · {report.hub}"
    _write(subtitle, [about], fitting([about], Box(0.9, 2.85, 11.5, 0.6), (20, 18, 16, 14)) or 12, QUIET)
    said = [text for chapter in report.chapters if chapter.key != "method" for text in chapter.sentences]
    findings = _numbered([figure.finding for figure in report.figures() if figure.finding])
    said = said or (findings if fitting(findings, CONTENTS, TEXT_SIZES) else [])  # no list that ends too early
    _text(slide, CONTENTS, said, TEXT_SIZES)
    small = " ".join(line for line in (report.loaded, report.view, report.attribution) if line)
    _text(slide, Box(0.9, 6.3, 11.5, 0.8), [small], (12, 11, 10, 9), colour=QUIET)
    slide.notes_slide.notes_text_frame.text = "\n".join([*said, small])


def _figure(slide: Any, chapter: Chapter, figure: Figure, report: Report) -> None:
    """A finding with its evidence."""
    finding, others = headline(figure)
    _title(slide, chapter.title, finding)
    said = [*others, *_numbered(figure.points)]
    if isinstance(figure.picture, Network):
        _network(slide, figure, figure.picture, report)
        _table(slide, RIGHT, figure, report)
    elif figure.picture:
        box = LEFT if said else BODY
        _chart(slide, box, figure, figure.picture, report)
        if said:
            _text(slide, RIGHT, said, TEXT_SIZES)
    elif figure.points:
        _text(slide, BODY, said, TEXT_SIZES)
    else:
        high = min(2.0, height_of(said, BODY.width - 0.2, 16)) if said else 0.0
        if said:
            _text(slide, BODY._replace(height=high), said, (16, 14, 13, 12))
        _table(slide, Box(BODY.left, BODY.top + high, BODY.width, BODY.height - high), figure, report)
    foot = report.foot(figure)
    _text(slide, FOOT, [foot], (11, 10, 9, 8), colour=QUIET)
    notes = [figure.finding, figure.title, *figure.sentences, *_numbered(figure.points), figure.alt, foot]
    slide.notes_slide.notes_text_frame.text = "\n".join(line for line in notes if line)


def _method(slide: Any, chapter: Chapter, report: Report, shown: Sequence[Figure]) -> None:
    """Where the figures stop, and which of them are not here."""
    left_out = [figure.title for figure in report.figures() if figure.is_brief and figure not in shown]
    said = list(chapter.sentences)
    if left_out:
        gaps = {"titles": join(left_out, report.language)}
        said.append(report.words(Text("Not on these slides, but in the paper and the workbook: {titles}.", gaps)))
    _title(slide, report.subtitle, chapter.title)
    _text(slide, BODY, said, TEXT_SIZES)
    slide.notes_slide.notes_text_frame.text = "\n".join(
        [*said, *(f"{definition.name}: {definition.meaning}" for definition in report.definitions)]
    )


def _numbered(points: Sequence[str]) -> list[str]:
    return [f"{place}. {point}" for place, point in enumerate(points, start=1)] if len(points) > 1 else list(points)


def _title(slide: Any, kicker: str, finding: str) -> None:
    """The title comes first for whoever hears the slide; above it, small, which question it answers."""
    title = slide.shapes.title
    size = fitting([finding], TITLE, TITLE_SIZES) or TITLE_SIZES[-1]
    _write(title, [finding], size, BLUE, is_bold=True)
    _text(slide, KICKER, [kicker], (13, 12, 11, 10), colour=QUIET)


def _text(slide: Any, box: Box, texts: Sequence[str], sizes: Sequence[int], colour: Any = INK) -> None:
    """Paragraphs in a box, as large as fits; the last are left to the notes when the smallest is too large."""
    shown = list(texts)
    while len(shown) > 1 and not fitting(shown, box, sizes):
        shown.pop()
    shape = slide.shapes.add_textbox(*_inches(box))
    _write(shape, shown, fitting(shown, box, sizes) or sizes[-1], colour)


def _write(shape: Any, texts: Sequence[str], size: int, colour: Any, *, is_bold: bool = False) -> None:
    frame = shape.text_frame
    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.TEXT_TO_FIT_SHAPE  # also when somebody edits it
    for place, text in enumerate(texts):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.LEFT
        paragraph.space_after = Pt(size * 0.5) if len(texts) > 1 else Pt(0)
        run = paragraph.add_run()
        run.text, run.font.size, run.font.bold, run.font.color.rgb = text, Pt(size), is_bold, colour


def _number(slide: Any, place: int, every: int, report: Report) -> None:
    gaps = {"place": str(place), "every": str(every)}
    _text(slide, PLACE, [report.words(Text("{place} of {every}", gaps))], (11, 10), colour=QUIET)
    slide.shapes[-1].text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT


def _speak(slide: Any, locale: str) -> None:
    """Says of every text in which language it is, also of those in charts and notes."""
    charts = [shape.chart.part._element for shape in slide.shapes if shape.has_chart]
    for root in (slide._element, slide.notes_slide._element, *charts):
        for run in root.iter(qn("a:r"), qn("a:fld")):
            run.get_or_add_rPr()
        for said in root.iter(qn("a:rPr"), qn("a:defRPr"), qn("a:endParaRPr")):
            said.set("lang", locale)


def _inches(box: Box) -> tuple[Inches, ...]:
    return tuple(Inches(length) for length in box)


def _place(shape: Any, box: Box) -> None:
    shape.left, shape.top, shape.width, shape.height = _inches(box)


# --- pictures and tables --------------------------------------------------------------------------------------------


def _network(slide: Any, figure: Figure, network: Network, report: Report) -> None:
    drawn = io.BytesIO(drawing.png(network, report.language))
    shape = slide.shapes.add_picture(drawn, Inches(LEFT.left), Inches(LEFT.top), height=Inches(LEFT.height))
    if shape.width > Inches(LEFT.width):
        shape.width, shape.height = Inches(LEFT.width), int(shape.height * Inches(LEFT.width) / shape.width)
    shape._element.nvPicPr.cNvPr.set("descr", figure.alt)


SHAPES = {
    "lines": XL_CHART_TYPE.LINE,
    "bars": XL_CHART_TYPE.BAR_CLUSTERED,
    "columns": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "stacked": XL_CHART_TYPE.COLUMN_STACKED,
}


def _chart(slide: Any, box: Box, figure: Figure, chart: Chart, report: Report) -> None:
    """A native chart, with its words, and our numbers in its sheet."""
    kept = slice(drawing.MOST_BARS) if chart.shape == "bars" else slice(None)
    labels = chart.labels[kept]
    form = _number_format(chart, report)
    data: Any = CategoryChartData(number_format=form)  # type: ignore[no-untyped-call]
    data.categories = labels
    for series in chart.series:
        data.add_series(series.name, series.values[kept])
    frame = slide.shapes.add_chart(SHAPES[chart.shape], *_inches(box), data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", figure.alt)
    made = frame.chart
    made.part.chart_workbook.update_from_xlsx_blob(_sheet(chart, kept))
    made.has_title = False
    made.font.size, made.font.color.rgb = Pt(12), INK
    made.has_legend = len(chart.series) > 1
    if made.has_legend:
        made.legend.position, made.legend.include_in_layout = XL_LEGEND_POSITION.RIGHT, False
    _axes(made, chart, labels, form)
    for series, drawn, colour in zip(chart.series, made.plots[0].series, drawing.COLOURS * 2, strict=False):
        _paint(drawn, chart, series.values[kept], colour)
    if chart.shape == "bars":
        made.plots[0].gap_width = 45
        _label(made.plots[0], form)
    elif chart.shape == "stacked":
        made.plots[0].gap_width, made.plots[0].overlap = 40, 100


def _axes(made: Any, chart: Chart, labels: Sequence[Any], form: str) -> None:
    """Light lines behind what is drawn; no axis where every bar says its number."""
    values, categories = made.value_axis, made.category_axis
    values.tick_labels.number_format, values.tick_labels.number_format_is_linked = form, False
    values.major_gridlines.format.line.color.rgb = _colour("#e2e2e2")
    values.format.line.fill.background()
    categories.format.line.color.rgb = _colour("#767676")
    categories.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    if chart.shape == "bars":
        categories.reverse_order = True  # the first on top
        values.visible, values.has_major_gridlines, values.minimum_scale = False, False, 0
    elif all(value is None or value >= 0 for series in chart.series for value in series.values):
        values.minimum_scale = 0
    if labels and isinstance(labels[0], datetime.date):
        categories.tick_labels.number_format, categories.tick_labels.number_format_is_linked = "yyyy", False
        for name, value in (("c:baseTimeUnit", "days"), ("c:majorUnit", "1"), ("c:majorTimeUnit", "years")):
            axis = categories._element
            for old in axis.findall(qn(name)):
                axis.remove(old)
            etree.SubElement(axis, qn(name)).set("val", value)


def _paint(drawn: Any, chart: Chart, values: Sequence[float | None], colour: str) -> None:
    paint = _colour(colour)
    if chart.shape != "lines":
        drawn.format.fill.solid()
        drawn.format.fill.fore_color.rgb = paint
        drawn.invert_if_negative = False
        return
    known = [place for place, value in enumerate(values) if value is not None]
    drawn.smooth, drawn.format.line.width, drawn.format.line.color.rgb = False, Pt(2.5), paint
    drawn.marker.style = XL_MARKER_STYLE.NONE
    if 0 < len(known) <= 4:  # days on which something is aimed at
        drawn.format.line.dash_style = MSO_LINE.DASH
        drawn.marker.style, drawn.marker.size = XL_MARKER_STYLE.CIRCLE, 8
        drawn.marker.format.fill.solid()
        drawn.marker.format.fill.fore_color.rgb = paint
    if known:
        drawn.points[known[-1]].data_label.position = XL_LABEL_POSITION.ABOVE


def _label(plot: Any, form: str) -> None:
    """Every bar says its number."""
    plot.has_data_labels = True
    labels = plot.data_labels
    labels.show_value, labels.number_format, labels.number_format_is_linked = True, form, False
    labels.position = XL_LABEL_POSITION.OUTSIDE_END


def _number_format(chart: Chart, report: Report) -> str:
    """How numbers are shown; PowerPoint puts the marks of the reader's own language in it."""
    largest = max((abs(value) for series in chart.series for value in series.values if value is not None), default=0.0)
    if chart.kind == "euro" and largest >= 1e6:
        return f'€ #,##0{"" if largest >= 1e8 else ".0"},, "{report.words(Text("mln"))}"'
    if chart.kind == "number":
        return "#,##0.0"
    return "0%" if chart.kind == "share" and largest >= 0.2 else workbook.FORMATS[chart.kind]


def _sheet(chart: Chart, kept: slice) -> bytes:
    """The numbers of a chart where PowerPoint looks for them; no text in it becomes a formula."""
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"in_memory": True, **workbook.PLAIN_TEXTS})
    book.set_properties({"created": datetime.datetime(2000, 1, 1)})  # the same content gives the same file
    sheet, day = book.add_worksheet("Sheet1"), book.add_format({"num_format": workbook.FORMATS["date"]})
    for row, label in enumerate(chart.labels[kept], start=1):
        if isinstance(label, datetime.date):
            sheet.write_datetime(row, 0, datetime.datetime.combine(label, datetime.time()), day)
        else:
            sheet.write_string(row, 0, neutralise(str(label)))
    for column, series in enumerate(chart.series, start=1):
        sheet.write_string(0, column, neutralise(series.name))
        for row, value in enumerate(series.values[kept], start=1):
            if value is not None:
                sheet.write_number(row, column, value)
    sheet.set_column(0, 0, 40)
    book.close()
    return written.getvalue()


def _table(slide: Any, box: Box, figure: Figure, report: Report) -> None:
    """A native table: as many of the first rows as fit, in letters that can be read."""
    table = figure.table.narrow()
    if not table.rows:
        return
    headings = [column.heading for column in table.columns]
    rows = table.written(report.language, MOST_ROWS)
    wanted = min(len(rows), MOST_ROWS)
    room = box.height - 0.35  # for the line that says that there are more
    for size in TABLE_SIZES:
        widths = _widths([headings, *rows], box.width, size)
        heights = [_row_height(row, widths, size) for row in (headings, *rows)]
        fits = sum(1 for place in range(1, len(heights)) if sum(heights[: place + 1]) <= room)
        if fits >= wanted:
            break
    shown = rows[: max(1, fits)]
    high = sum(heights[: len(shown) + 1])
    shape = slide.shapes.add_table(len(shown) + 1, len(headings), *_inches(Box(box.left, box.top, box.width, high)))
    caption = report.caption(figure, len(shown))
    shape._element.nvGraphicFramePr.cNvPr.set("descr", caption)
    for place, width in enumerate(widths):
        shape.table.columns[place].width = Inches(width)
    for place, row in enumerate([headings, *shown]):
        shape.table.rows[place].height = Inches(heights[place])
        for cell, text, column in zip(shape.table.rows[place].cells, row, table.columns, strict=True):
            _cell(cell, text, size, is_number=column.kind not in ("text", "date"))
    if len(shown) < len(figure.table.rows):
        _text(slide, Box(box.left, box.top + high + 0.03, box.width, 0.32), [caption], (10, 9, 8), colour=QUIET)


def _widths(rows: Sequence[Sequence[str]], width: float, size: int) -> list[float]:
    """How wide columns are, in inches: first their longest word, then by what is in them, within the whole width."""
    columns = list(zip(*rows, strict=True))
    words = [max(len(word) for text in column for word in text.split() or [""]) for column in columns]
    least = [min(20, most) * size * WIDE / 72 + 0.22 for most in words]
    wanted = [min(45, max(map(len, column))) * size * WIDE / 72 + 0.22 for column in columns]
    left = width - sum(least)
    more = [max(0.01, want - low) for want, low in zip(wanted, least, strict=True)]
    if left <= 0:
        return [width * low / sum(least) for low in least]
    return [low + left * share / sum(more) for low, share in zip(least, more, strict=True)]


def _row_height(row: Sequence[str], widths: Sequence[float], size: int) -> float:
    most = max(lines_of(text, width - 0.2, size) for text, width in zip(row, widths, strict=True))
    return most * size * LINE / 72 + 0.12


def _cell(cell: Any, text: str, size: int, *, is_number: bool) -> None:
    cell.margin_left = cell.margin_right = Inches(0.08)
    cell.margin_top = cell.margin_bottom = Inches(0.04)
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT if is_number else PP_ALIGN.LEFT
    run = paragraph.add_run()
    run.text, run.font.size = text, Pt(size)
