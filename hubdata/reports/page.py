"""Reports, and pages to take along, as HTML: what paper is set from and a mail shows. All is in the text itself."""

import base64
import itertools
from pathlib import Path

import jinja2
from markupsafe import Markup

from hubdata.reports.content import MOST_ROWS_ON_PAPER, Block, Figure, OnePage, Report
from hubdata.texts import Text

_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
)


def html(report: Report) -> str:
    """The page."""
    shown = [figure for figure in report.figures() if figure.is_brief]
    names = {definition.name: definition for definition in report.definitions}
    return _TEMPLATES.get_template("paper.html").render(
        report=report,
        is_short=not shown,  # a page of sentences
        pictures={figure.key: _picture(figure, report) for figure in shown if figure.picture},
        captions={figure.key: report.caption(figure) for figure in shown},
        most=MOST_ROWS_ON_PAPER,
        definitions=list(names.values()),
        heading_of_definitions=report.words(Text("What the figures mean")),
        foot=_in_css(f"{report.hub} · {report.subtitle}"),
    )


def one_page(page: OnePage, size: float) -> str:
    """What somebody takes along; `size` is that of its letters, in points."""
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


def _picture(figure: Figure, report: Report) -> str:
    from hubdata.reports import drawing  # takes a second, and a mail has no pictures

    assert figure.picture
    drawn = drawing.svg(figure.picture, report.language)
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}"


def _in_css(text: str) -> Markup:
    """A text inside quotation marks of a style sheet: every sign but letters and digits written as a code."""
    safe = "".join(sign if sign.isalnum() and sign.isascii() else f"\\{ord(sign):06x}" for sign in text)
    # Only letters, digits and codes are left.
    return Markup(safe)  # nosec B704
