"""A report as a council paper: a tagged PDF (PDF/UA-1) made by WeasyPrint from HTML.

WeasyPrint needs Pango, a library of the system. Without it everything but this works (`reports.can_write`).
"""

import hashlib

import weasyprint

from hubdata.reports import page
from hubdata.reports.content import Report


def write(report: Report) -> bytes:
    """The paper."""
    text = page.html(report)
    # The same content gives the same file: its identifier is made of it, its dates are the day it is about.
    identifier = hashlib.sha256(text.encode()).hexdigest()[:32].encode()
    # Nothing is fetched from a disk or from the web, whatever the data says: pictures are in the text itself.
    fetcher = weasyprint.URLFetcher(allowed_protocols={"data"}, fail_on_errors=True)
    document = weasyprint.HTML(string=text, url_fetcher=fetcher)
    written: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier)
    return written
