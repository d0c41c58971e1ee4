"""A report as a document that can be edited (.docx): headings, tables with header rows, pictures with their words."""

import datetime
import io
from collections.abc import Sequence

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from hubdata.reports import drawing, package
from hubdata.reports.content import LOCALES, MOST_ROWS_ON_PAPER, Figure, OnePage, Report, Table
from hubdata.texts import Text


def write(report: Report) -> bytes:
    """The document."""
    document = docx.Document()
    _style(document, report)
    document.add_heading(report.title, level=0)
    document.add_paragraph(f"{report.subtitle} · {report.hub}")
    document.add_paragraph(" ".join(line for line in (report.loaded, report.view, report.attribution) if line))
    for chapter in report.chapters:
        document.add_heading(chapter.title, level=1)
        for sentence in chapter.sentences:
            document.add_paragraph(sentence)
        for figure in chapter.figures:
            if figure.is_brief:
                _figure(document, figure, report)
    if report.definitions:
        document.add_heading(report.words(Text("What the figures mean")), level=1)
        for definition in report.definitions:
            paragraph = document.add_paragraph()
            paragraph.add_run(definition.name).bold = True
            paragraph.add_run(f" – {definition.meaning}")
    written = io.BytesIO()
    document.save(written)
    return package.undated(written.getvalue())


MOST_ROWS_OF_A_PAGE = 6


def write_page(page: OnePage) -> bytes:
    """What is taken along: the same as the one page of PDF, to edit, and set as closely, to be one page as well."""
    document = docx.Document()
    _style(document, page)
    _set_closely(document)
    document.add_heading(page.title, level=0)
    document.add_paragraph(f"{page.subtitle} · {page.hub}")
    for block in page.shorter(MOST_ROWS_OF_A_PAGE).blocks:
        document.add_heading(block.title, level=1)
        for sentence in block.sentences:
            document.add_paragraph(sentence)
        _number(document, block.points)
        for heading, fact in block.facts:
            paragraph = document.add_paragraph()
            paragraph.add_run(f"{heading}: ").bold = True
            paragraph.add_run(fact)
        if block.table:
            _rows(document, block.table, block.table.written(page.language))
    foot = document.add_paragraph().add_run(" ".join(page.about))
    foot.font.size, foot.font.color.rgb = Pt(8.5), RGBColor(0x55, 0x55, 0x55)
    written = io.BytesIO()
    document.save(written)
    return package.undated(written.getvalue())


def _style(document: Document, report: Report | OnePage) -> None:
    """A4, the language of every text, and who it is from; the same content gives the same file."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(10.5)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), LOCALES[report.language])
    normal.element.get_or_add_rPr().append(language)
    properties = document.core_properties
    properties.title, properties.subject, properties.author = report.title, report.subtitle, report.hub
    properties.language = LOCALES[report.language]
    properties.created = properties.modified = datetime.datetime.combine(report.as_of, datetime.time())
    properties.comments = ""


def _set_closely(document: Document) -> None:
    """Smaller letters, edges and space between paragraphs."""
    section = document.sections[0]
    section.top_margin = section.bottom_margin = Cm(1.5)
    section.left_margin = section.right_margin = Cm(1.8)
    for name, size, before, after in (
        ("Title", 18, 0, 4),
        ("Heading 1", 11, 7, 1),
        ("Normal", 9, 0, 2),
        ("List Number", 9, 0, 1),
    ):
        style = document.styles[name]
        style.font.size = Pt(size)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        style.paragraph_format.line_spacing = 1.0


def _number(document: Document, points: Sequence[str]) -> None:
    """A list from 1 on: Word goes on from the list before when nobody says that this is another."""
    numbering = document.part.numbering_part.element
    style = document.styles["List Number"].element.pPr.numPr.numId.val
    own = numbering.add_num(numbering.num_having_numId(style).abstractNumId.val)
    own.add_lvlOverride(0).add_startOverride(1)
    for point in points:
        meant = document.add_paragraph(point, style="List Number")._p.get_or_add_pPr().get_or_add_numPr()
        meant.get_or_add_ilvl().val, meant.get_or_add_numId().val = 0, own.numId


def _figure(document: Document, figure: Figure, report: Report) -> None:
    document.add_heading(figure.title, level=2)
    for sentence in figure.sentences:
        document.add_paragraph(sentence).paragraph_format.keep_with_next = True
    if len(figure.points) == 1:
        document.add_paragraph(figure.points[0])
    else:
        _number(document, figure.points)
    if figure.picture:
        drawn = io.BytesIO(drawing.png(figure.picture, report.language))
        shape = document.add_picture(drawn, width=Cm(16.5))
        shape._inline.docPr.set("descr", figure.alt)
    shown = figure.table.narrow()
    if shown.rows:
        _table(document, figure, report)
    below = document.add_paragraph()
    below.paragraph_format.space_before = Pt(3)
    foot = below.add_run(report.foot(figure))
    foot.font.size, foot.font.color.rgb = Pt(8.5), RGBColor(0x55, 0x55, 0x55)


def _table(document: Document, figure: Figure, report: Report) -> None:
    shown = figure.table.narrow()
    above = document.add_paragraph()
    above.paragraph_format.keep_with_next = True
    above.paragraph_format.space_after = Pt(3)
    above.add_run(report.caption(figure)).font.size = Pt(8.5)
    _rows(document, shown, shown.written(report.language, MOST_ROWS_ON_PAPER))


def _rows(document: Document, shown: Table, rows: list[list[str]]) -> None:
    """Rows under their headings."""
    table = document.add_table(rows=1, cols=len(shown.columns), style="Light List Accent 1")
    for cell, column in zip(table.rows[0].cells, shown.columns, strict=True):
        cell.text = column.heading
    heading = OxmlElement("w:tblHeader")  # repeated on every page, and read as headings
    heading.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(heading)
    for row in rows:
        added = table.add_row()
        added._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # not over two pages
        for cell, text, column in zip(added.cells, row, shown.columns, strict=True):
            # A day is not cut at the end of a line.
            cell.text = text.replace(" ", "\N{NO-BREAK SPACE}") if column.kind == "date" else text
    section = document.sections[0]
    room = (section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0)
    shares = _shares(shown, rows)
    table.autofit = False
    for each, share in zip(table.columns, shares, strict=True):
        each.width = int(room * share)
    for made in table.rows:
        for place, (cell, column) in enumerate(zip(made.cells, shown.columns, strict=True)):
            cell.width = int(room * shares[place])
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            if place and column.kind not in ("text", "date"):
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            for run in paragraph.runs:
                run.font.size = Pt(8)


ACROSS, MOST_WISHED = 85, 30
"""About how many letters of a table stand beside one another, and how many of them a column gets at the most."""


def _shares(shown: Table, rows: list[list[str]]) -> list[float]:
    """Of each column, how much of the width it takes: room for its longest word, and of what is left by its texts."""
    needs, wishes = [], []
    headings = [column.heading for column in shown.columns]
    for column, cells in zip(shown.columns, zip(headings, *rows, strict=True), strict=True):
        whole = cells[1:] if column.kind == "date" else ()
        needs.append(3 + max(map(len, (*whole, *(word for cell in cells for word in cell.split())))))
        wishes.append(3 + min(max(map(len, cells)), MOST_WISHED))
    more = [max(1, wish - need) for wish, need in zip(wishes, needs, strict=True)]
    left = max(0, ACROSS - sum(needs))
    widths = [need + left * each / sum(more) for need, each in zip(needs, more, strict=True)]
    return [width / sum(widths) for width in widths]
