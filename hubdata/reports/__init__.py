"""Reports as files: one content (`content`), written as paper, slides, a workbook or a graph.

Nothing here asks for data or knows who is reading: what is in a report was decided by whoever made its content
(`ui.chapters`), under the scope of its reader. The same content gives the same file.
"""

from hubdata.reports.content import Report

FORMATS = (".pdf", ".docx", ".pptx", ".xlsx")
"""What a report can be written as, by the extension of its file."""


def write(report: Report, extension: str) -> bytes:
    """The report as a file. Writers are imported when they are needed: each takes long, and the paper needs Pango."""
    match extension:
        case ".xlsx":
            from hubdata.reports import workbook

            return workbook.write(report)
        case _:
            raise ValueError(f"no report is written as {extension!r}")
