"""The element that draws a figure of Plotly: `server/component/chart.js`, which changes it in place.

Streamlit's own element for Plotly draws every figure twice, and again from nothing when anything in it changes.
"""

import functools
from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from hubdata import charts

NAME, SCRIPT = "hub.chart", "chart.js"


@functools.cache
def _element() -> Callable[..., Any]:
    """Streamlit's function that puts the element on the page; without a server, as in tests, it has no script."""
    try:
        return st.components.v2.component(NAME, js=SCRIPT, isolate_styles=False)
    except StreamlitAPIException:
        return st.components.v2.component(NAME, isolate_styles=False)


def prepared(figure: charts.Figure, alt: str, *, selectable: bool = False) -> bytes:
    """A figure with its alternative text as the element takes it, so that it is written once and not at every run."""
    return charts.as_json({"alt": alt, "selectable": selectable, "figure": figure})


def show(key: str, what: bytes) -> Any:
    """Draw what `prepared` made. Returns the `customdata` of the mark that was just clicked, if they are selectable."""
    return _element()(key=key, data=what, on_chosen_change=_heard).chosen


def _heard() -> None:
    """A click on a mark: the page runs again, and `show` says which."""
