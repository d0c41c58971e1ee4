"""A report as a council paper: a tagged PDF (PDF/UA-1) made by WeasyPrint from HTML.

WeasyPrint needs Pango, a library of the system. Without it everything but this works (`reports.can_write`).
"""

import base64
import hashlib
from pathlib import Path

import jinja2
import weasyprint
from markupsafe import Markup

from hubdata.reports import drawing
from hubdata.reports.content import MOST_ROWS_ON_PAPER, Figure, Report
from hubdata.texts import Text

_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
)


def write(report: Report) -> bytes:
    """The paper."""
    text = html(report)
    # The same content gives the same file: its identifier is made of it, its dates are the day it is about.
    identifier = hashlib.sha256(text.encode()).hexdigest()[:32].encode()
    # Nothing is fetched from a disk or from the web, whatever the data says: pictures are in the text itself.
    fetcher = weasyprint.URLFetcher(allowed_protocols={"data"}, fail_on_errors=True)
    document = weasyprint.HTML(string=text, url_fetcher=fetcher)
    written: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier)
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
