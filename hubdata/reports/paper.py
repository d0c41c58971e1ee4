"""A report as a council paper, and a page to take along: tagged PDF (PDF/UA-1) that WeasyPrint makes of HTML.

WeasyPrint needs Pango, a library of the system. Without it everything but this works (`reports.can_write`).
"""

import hashlib
from typing import Any, NamedTuple

import weasyprint

from hubdata.reports import page
from hubdata.reports.content import OnePage, Report


def write(report: Report) -> bytes:
    """The paper."""
    return _printed(_laid_out(page.html(report)))


SIZES = ((9.5, 10), (9.0, 8), (8.5, 7), (8.0, 6), (7.5, 5), (7.0, 4), (6.5, 3))
"""Of one page: the size of its letters, in points, and how many rows its tables have; the first with which it fits."""


def write_page(taken: OnePage) -> bytes:
    """What is taken along, on one page of A4."""
    for size, rows in SIZES:
        made = _laid_out(page.one_page(taken.shorter(rows), size))
        if len(made.document.pages) == 1:  # its foot comes last, so all is on it
            break
    return _printed(made)


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
