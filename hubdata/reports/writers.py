"""Every writer at once: what the process that writes files has imported before anybody asks (see `sandbox.Waiting`)."""

import contextlib

import networkx

from hubdata.reports import document, graph, slides, workbook

with contextlib.suppress(OSError):  # without Pango there is no paper
    from hubdata.reports import paper

__all__ = ["document", "graph", "networkx", "paper", "slides", "workbook"]
