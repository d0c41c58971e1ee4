"""Reports as files: one content (`content`), written as paper, slides, a workbook or a graph.

Nothing here asks for data or knows who is reading: what is in a report was decided by whoever made its content
(`ui.chapters`), under the scope of its reader. The same content gives the same file.
"""

import ctypes
import functools

from hubdata.reports import graph
from hubdata.reports.content import OnePage, Report
from hubdata.reports.graph import Graph

FORMATS = (".pdf", ".docx", ".pptx", ".xlsx")
"""What a report can be written as, by the extension of its file."""
DIGESTS = (".html", ".eml", ".pdf")
"""What a digest, which has neither tables nor pictures, can be written as."""
PANGO = "libpango-1.0.so.0", "libpangoft2-1.0.so.0"
"""The libraries of the system that the paper needs (docs/install.md says in which packages they are)."""


@functools.cache
def can_write(extension: str) -> bool:
    """Whether this machine has what a file needs: for a PDF that is Pango."""
    if extension != ".pdf":
        return True
    try:
        for name in PANGO:
            ctypes.CDLL(name)
    except OSError:
        return False
    return True


PAGE_FORMATS = (".pdf", ".docx")
"""What one page to take along can be written as."""


def write_page(page: OnePage, extension: str) -> bytes:
    """What somebody takes along, as a file."""
    match extension:
        case ".pdf":
            from hubdata.reports import paper

            return paper.write_page(page)
        case ".docx":
            from hubdata.reports import document

            return document.write_page(page)
        case _:
            raise ValueError(f"no page is written as {extension!r}")


def write(report: Report | OnePage | Graph, extension: str) -> bytes:
    """A report, a page to take along, or the network, as a file.

    Writers are imported when they are needed: each takes long, and the paper needs Pango.
    """
    if isinstance(report, Graph):
        return graph.write(report, extension)
    if isinstance(report, OnePage):
        return write_page(report, extension)
    match extension:
        case ".xlsx":
            from hubdata.reports import workbook

            return workbook.write(report)
        case ".pdf":
            from hubdata.reports import paper

            return paper.write(report)
        case ".html":
            from hubdata.reports import page

            return page.html(report).encode()
        case ".eml":
            from hubdata.reports import mail

            return mail.write(report)
        case ".docx":
            from hubdata.reports import document

            return document.write(report)
        case ".pptx":
            from hubdata.reports import slides

            return slides.write(report)
        case _:
            raise ValueError(f"no report is written as {extension!r}")


def write_apart(report: Report | OnePage | Graph, extension: str, _say: object) -> bytes:
    """As `write`, as a task for `sandbox.run`."""
    return write(report, extension)
