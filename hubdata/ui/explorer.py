"""The network as a picture one can click, and the explorer's slider through time: what a click chooses, and what plays.

Streamlit knows an element of a picture by its place and remembers what is chosen in it. So after every click the
picture is a new one, in which nothing is chosen: what is chosen stands in the address (`org`, `with`).
"""

import json
import time
from collections.abc import Callable, Sequence

import streamlit as st

from hubdata.explorer import HEIGHT, LEGEND_ROW, MORE_ROWS_NARROW, Option
from hubdata.kept import KEPT
from hubdata.ui.address import PREFIX, address, url_widget
from hubdata.ui.language import _
from hubdata.ui.navigation import finish
from hubdata.ui.session import context, style

STEP_SECONDS = 0.8
"""How long each quarter stands while time plays."""
_TURN, _PLAYS, _NEXT, _LAST = "explorer_turn", "explorer_plays", "explorer_next", "explorer_last"


def picture(
    key: str,
    make: Callable[[], Option],
    *,
    alt: str,
    ids: Sequence[str],
    pairs: Sequence[tuple[str, str]] = (),
    chooses: str = "org",
    height: int = HEIGHT,
) -> None:
    """The network as one can explore it. A click on a mark chooses its organisation, one on a line both of its ends.

    `ids` and `pairs` are those of the marks and lines in `make()`, in its order; without `pairs` lines choose nothing.
    What is chosen stands in the address under `chooses`, the other end of a line under `with`. What decides what is
    drawn, beside the address and the view, is part of `key`.
    """
    state = st.session_state
    widget = f"picture_{state.get(_TURN, 0)}"

    def choose() -> None:
        chosen: dict[str, str | None] = {chooses: None, "with": None} if pairs else {}
        for group in state[widget].selection.selected:
            place = group["data_indices"][0]
            if group["data_type"] == "edge":
                if pairs:
                    one, other = pairs[place]
                    first, second = (other, one) if state.get(f"{PREFIX}{chooses}") == other else (one, other)
                    chosen = {chooses: first, "with": second}
            elif place < len(ids):
                chosen = {chooses: ids[place], "with": None}
        for name, value in chosen.items():
            state[f"{PREFIX}{name}"] = value
        state[_TURN] = state.get(_TURN, 0) + 1

    spec = KEPT.get(("explorer", context(key)), lambda: json.dumps(make(), separators=(",", ":"), ensure_ascii=False))
    height += LEGEND_ROW * MORE_ROWS_NARROW if style().narrow else 0
    st.echarts_chart(spec, theme=None, height=height, key=widget, on_select=choose, alt=alt)


def time_slider(days: Sequence[str], words: dict[str, str]) -> str:
    """A slider through days (ISO, oldest first; `words` for each), and a button that plays them; the day it stands on.

    Who stood on the last day of another view stands on the last day of this one.
    """
    state, key = st.session_state, f"{PREFIX}at"
    if key not in state:
        state.pop(_PLAYS, None)
    if state.pop(_NEXT, None) in days:
        state[key] = days[min(days.index(state[key]) + 1, len(days) - 1)] if state.get(key) in days else days[0]
    elif state.get(key) == state.get(_LAST):
        state[key] = days[-1]
    state[_LAST] = days[-1]

    def play() -> None:
        state[_PLAYS] = True
        if state.get(key) == days[-1]:
            state[key] = days[0]

    def halt() -> None:
        state.pop(_PLAYS, None)
        state.pop(_NEXT, None)

    with st.container(horizontal=True, vertical_alignment="bottom"):
        day: str = url_widget(st.select_slider, "at", _("Moment"), list(days), days[-1], format_func=words.get)
        if state.get(_PLAYS) and day == days[-1]:
            halt()
        if state.get(_PLAYS):
            st.button(_("Stop"), icon=":material/stop:", key="explorer_stop", on_click=halt)
        else:
            st.button(_("Play"), icon=":material/play_arrow:", key="explorer_play", on_click=play)
    return day


def play_on() -> None:
    """The end of a page while time plays: the next quarter after a while. The address waits for where it stops."""
    state = st.session_state
    if not state.get(_PLAYS):
        return
    state[_NEXT] = state[f"{PREFIX}at"]
    address().written.pop("at", None)
    finish()
    time.sleep(STEP_SECONDS)
    st.rerun()
