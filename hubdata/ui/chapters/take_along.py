"""The buttons by which a reader takes along what is in view, as a paper, a workbook, the network, or a page of one."""

import functools
import re

import streamlit as st

from hubdata import reports
from hubdata.ui import chapters
from hubdata.ui.chapters import files
from hubdata.ui.chapters.digest import has_digest
from hubdata.ui.chapters.graph import has_graph
from hubdata.ui.hub_settings import settings
from hubdata.ui.language import _, date, md
from hubdata.ui.session import grant, granted_later, reader, view

ICONS = {".pdf": "picture_as_pdf", ".docx": "description", ".pptx": "slideshow", ".xlsx": "table_view", ".eml": "mail"}
KINDS = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".eml": "message/rfc822",
    ".json": "application/json",
}


def take_along() -> None:
    """A button that opens to what can be taken along; nothing for who may not download.

    A file is made when somebody asks for it, outside of the page (`files.for_page`); until then its button turns.
    """
    if not files.may_take(grant()):
        return
    menu = st.popover(_("Export"), icon=":material/ios_share:", key="take_along", on_change="rerun", width="content")
    if not menu.open:
        return
    with menu:
        if chapters.is_empty():
            st.markdown(_("There are no organisations on this day, so there is nothing to export."))
            return
        st.markdown(
            md(
                "All that you can see here, on {day} and with the filters that are set, as a file.",
                day=date(view().as_of),
            )
        )
        with st.container(gap="xsmall"):
            for extension, words in _offered().items():
                _button(extension, words)
        st.caption(_("A paper takes some seconds. The button turns until it is there."))


def one_page_button(*organisations: str) -> None:
    """One organisation, or two that meet, as one page; nothing for who may not take files along."""
    if not files.may_take(grant()):
        return
    # Without Pango no PDF can be made, but the same can be written as a document.
    extension = next(one for one in reports.PAGE_FORMATS if reports.can_write(one))
    st.download_button(
        _("Export as one page"),
        data=functools.partial(files.for_page, reader(), granted_later(), extension, organisations),
        file_name=f"{_('one-page')}{extension}",
        mime=KINDS[extension],
        key="one_page",
        on_click="ignore",
        icon=f":material/{ICONS[extension]}:",
    )


def story_buttons() -> None:
    """The story as slides and as a paper; nothing for who may not take files along."""
    if not files.may_take(grant()):
        return
    for extension, words in ((".pptx", _("Slides (PowerPoint)")), (".pdf", _("Paper (PDF)"))):
        if reports.can_write(extension):
            st.download_button(
                words,
                data=functools.partial(files.for_page, reader(), granted_later(), extension, is_story=True),
                file_name=f"{_file_name()}-{_('story')}{extension}",
                mime=KINDS[extension],
                key=f"story{extension.replace('.', '_')}",
                on_click="ignore",
                icon=f":material/{ICONS[extension]}:",
            )


def _offered() -> dict[str, str]:
    """What the reader can have here, in words."""
    words = {
        ".pdf": _("Paper for the council (PDF)"),
        ".docx": _("Paper to edit (Word)"),
        ".pptx": _("Slides (PowerPoint)"),
        ".xlsx": _("All figures (Excel)"),
    }
    if has_digest():
        words[".eml"] = _("Digest of this month (mail)")
    if has_graph():
        words |= {
            ".gexf": _("Network through time (Gephi)"),
            ".graphml": _("Network (GraphML)"),
            ".json": _("Network (Kumu)"),
        }
    return {extension: said for extension, said in words.items() if reports.can_write(extension)}


def _button(extension: str, words: str) -> None:
    st.download_button(
        words,
        data=functools.partial(files.for_page, reader(), granted_later(), extension),
        file_name=f"{_file_name()}{extension}",
        mime=KINDS.get(extension, "application/xml"),
        key=f"take{extension.replace('.', '_')}",
        on_click="ignore",
        icon=f":material/{ICONS.get(extension, 'hub')}:",
        type="tertiary",
    )


def _file_name() -> str:
    """The hub and the day, as files are called."""
    hub = re.sub(r"[^\w]+", "-", settings().name.lower()).strip("-")
    return f"{hub or 'hub'}-{view().as_of}"
