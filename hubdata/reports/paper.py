"""A report as a council paper, and a page to take along: tagged PDF (PDF/UA-1) that WeasyPrint makes of HTML.

WeasyPrint needs Pango, a library of the system. Without it everything but this works (`reports.can_write`).
"""

import base64
import hashlib
import itertools
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
import weasyprint
from markupsafe import Markup

from hubdata.reports import drawing
from hubdata.reports.content import MOST_ROWS_ON_PAPER, Block, Figure, OnePage, Report
from hubdata.texts import Text

_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
)


def write(report: Report) -> bytes:
    """The paper."""
    return _printed(_laid_out(html(report)))


SIZES = ((9.5, 10), (9.0, 8), (8.5, 7), (8.0, 6), (7.5, 5), (7.0, 4), (6.5, 3))
"""Of one page: the size of its letters, in points, and how many rows its tables have; the first with which it fits."""


def write_page(page: OnePage) -> bytes:
    """What is taken along, on one page of A4."""
    for size, rows in SIZES:
        made = _laid_out(page_html(page.shorter(rows), size))
        if len(made.document.pages) == 1:  # its foot comes last, so all is on it
            break
    return _printed(made)


def page_html(page: OnePage, size: float) -> str:
    """One page before it is set."""
    runs = itertools.groupby(page.blocks, lambda block: block.is_wide)
    groups = [[list(blocks)] if is_wide else _columns(list(blocks)) for is_wide, blocks in runs]
    return _TEMPLATES.get_template("one_page.html").render(page=page, groups=groups, size=size)


def _columns(blocks: list[Block]) -> list[list[Block]]:
    """Blocks in two columns, in order, about as high as each other. Columns of CSS take thirty times as long."""

    def height(some: list[Block]) -> int:
        return sum(map(_lines, some))

    split = min(range(len(blocks) + 1), key=lambda place: max(height(blocks[:place]), height(blocks[place:])))
    return [blocks[:split], blocks[split:]]


def _lines(block: Block) -> int:
    """About how many lines a block takes in a column."""
    across = 50
    lines = 3 + sum(1 + len(text) // across for text in (*block.sentences, *block.points))
    lines += sum(1 + len(fact) // 32 for _heading, fact in block.facts)
    if block.table:
        each = across // len(block.table.columns)
        lines += sum(1 + max(len(str(cell)) for cell in row) // each for row in block.table.rows)
    return lines


class _LaidOut(NamedTuple):
    """A document set in pages, with how its PDF is to be."""

    document: weasyprint.Document
    options: dict[str, Any]


def _laid_out(text: str) -> _LaidOut:
    # The same content gives the same file: its identifier is made of it, its dates are the day it is about.
    identifier = hashlib.sha256(text.encode()).hexdigest()[:32].encode()
    options = {"pdf_variant": "pdf/ua-1", "pdf_identifier": identifier}
    # Nothing is fetched from a disk or from the web, whatever the data says: pictures are in the text itself.
    fetcher = weasyprint.URLFetcher(allowed_protocols={"data"}, fail_on_errors=True)
    return _LaidOut(weasyprint.HTML(string=text, url_fetcher=fetcher).render(**options), options)


def _printed(made: _LaidOut) -> bytes:
    written: bytes = made.document.write_pdf(**made.options)
    return written


def html(report: Report) -> str:
    """The paper before it is set in pages."""
    shown = [figure for figure in report.figures() if figure.is_brief]
    names = {definition.name: definition for definition in report.definitions}
    return _TEMPLATES.get_template("paper.html").render(
        report=report,
        pictures={figure.key: _picture(figure, report) for figure in shown if figure.picture},
        captions={figure.key: report.caption(figure) for figure in shown},
        most=MOST_ROWS_ON_PAPER,
        definitions=list(names.values()),
        heading_of_definitions=report.words(Text("What the figures mean")),
        foot=_in_css(f"{report.hub} · {report.subtitle}"),
    )


def _picture(figure: Figure, report: Report) -> str:
    assert figure.picture
    drawn = drawing.svg(figure.picture, report.language)
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}"


def _in_css(text: str) -> Markup:
    """A text inside quotation marks of a style sheet: every sign but letters and digits written as a code."""
    safe = "".join(sign if sign.isalnum() and sign.isascii() else f"\\{ord(sign):06x}" for sign in text)
    # Only letters, digits and codes are left.
    return Markup(safe)  # nosec B704
