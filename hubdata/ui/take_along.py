"""A button that hands over a page on paper: made when it is clicked, for what its reader may at that moment."""

import functools
from typing import Literal

import streamlit as st

from hubdata import access, reports
from hubdata.ui.language import _
from hubdata.ui.session import Reader, grant, has_page, principal, reader, renewed, working_for

MIMES = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def one_page_button(one: str, other: str | None = None) -> None:
    """One organisation, or two that meet, as one page; nothing for who may not download."""
    if not grant().downloads:
        return
    # Without Pango no PDF can be made, but the same can be written as a document.
    extension: Literal[".pdf", ".docx"] = ".pdf" if reports.can_write(".pdf") else ".docx"
    st.download_button(
        _("Take along as one page"),
        data=functools.partial(written, reader(), principal(), one, other, extension),
        file_name=f"{_('one-page')}{extension}",
        mime=MIMES[extension],
        key="one_page",
        on_click="ignore",
        icon=":material/picture_as_pdf:",
    )


def written(whom: Reader, asked_by: access.Principal, one: str, other: str | None, extension: str) -> bytes:
    """The page, made when somebody asks for it: no page of the dashboard runs then.

    Raises `access.NotAllowed` when what they may has ended since, or covers this no more.
    """
    from hubdata.ui.chapters import one_page  # what all pages say: not needed before

    with working_for(renewed(whom, asked_by)):
        if not grant().downloads or not has_page("organisation"):
            raise access.NotAllowed("one_page")
        made = one_page.brief(one, other) if other else one_page.profile(one)
        if made is None:
            raise access.NotAllowed("one_page")
        return reports.write_page(made, extension)
