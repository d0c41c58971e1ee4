"""A report as a page of HTML: what the paper is set from, and what a mail shows. Everything is in the text itself."""

import base64
from pathlib import Path

import jinja2
from markupsafe import Markup

from hubdata.reports.content import MOST_ROWS_ON_PAPER, Figure, Report
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
