"""The sentences of the page `story`."""

import streamlit as st

from hubdata import sharing
from hubdata.page_list import PAGES
from hubdata.story import MOST_OF_A_SENTENCE, Step
from hubdata.ui.language import current_language
from hubdata.ui.session import only_manager
from hubdata.ui.story import gone_in_words, parameters, steps, title_of, view_in_words

__all__ = ["MOST_OF_A_SENTENCE", "Step", "gone_in_words", "parameters", "title_of", "view_in_words"]
"""What a step is called, shows, and lacks: said of it on every page that presents it."""


def share() -> None:
    """Go on to Sharing, with the pages of the story chosen and as much of income as these need."""
    only_manager()
    shown = {step.page for step in steps()} | {"story"}
    state = st.session_state
    state["link_pages"] = [name for name in sharing.PAGES if name in shown]
    if any(PAGES[name].needs_amounts for name in shown):
        state["link_funding"] = "full"
    elif any(PAGES[name].needs_income for name in shown):
        state["link_funding"] = "totals"
    st.switch_page("share.py", query_params={"lang": current_language()})
