"""The view in the address, as codes and ISO dates, so that a copied address shows the same in any language.

Streamlit's own `bind="query-params"` writes the label a reader sees, which differs per language; hence `choose`.
"""

import contextlib
import datetime
import functools
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from hubdata import loading
from hubdata.store import Snapshot
from hubdata.ui.hub_settings import home
from hubdata.ui.language import current_language
from hubdata.ui.session import may_change, snapshot


def read_address(page: str) -> None:
    """Adopt the address when somebody typed it, followed a link, or went back; otherwise the widgets decide.

    Streamlit empties the address when a page is chosen in the menu; that is no wish to lose the filters.
    """
    state = st.session_state
    asked = st.query_params.to_dict()
    is_same_page = page == state.get("page")
    is_asked = asked != state.get("address") and (not state["is_late"] if is_same_page else bool(asked))
    state["adopted"] = asked if is_asked else None
    state["page"] = page
    state["written"] = {}
    if state["adopted"] is not None:
        state["at_snapshot"] = asked.get("snapshot", "")
    older = state.get("at_snapshot", "")
    if may_change() and older != state["on_show"] and loading.is_kept(home(), older):
        state["snapshot_id"] = state["written"]["snapshot"] = older


def write_address() -> None:
    """Put the view in the address, leaving out what is the default anyway."""
    state = st.session_state
    state["address"], state["told_in"] = state.pop("written"), current_language()
    state["chosen"] = {str(name): value for name, value in state.items() if str(name).startswith("at_")}
    if st.query_params.to_dict() != state["address"]:
        st.query_params.from_dict(state["address"])


def choose(
    widget: Callable[..., Any], name: str, label: str, options: Sequence[Any] | None, default: Any, **more: Any
) -> Any:
    """A widget whose value is in the address under `name`; an unknown code in an address is ignored.

    `options` are codes. A list as default makes it a choice of several; True or False a switch (without options).
    """
    state, key = st.session_state, f"at_{name}"
    adopted = state["adopted"]
    if adopted is not None:
        state[key] = _parse(adopted.get(name), options, default)
    elif key not in state or (options is not None and not _fits(state[key], options)):
        state[key] = default
    elif state.get("told_in") != current_language():
        state[key] = state[key]  # a browser knows a choice by its words, and these are others now
    value = widget(label, key=key, **({} if options is None else {"options": options}), **more)
    if value != default:
        state["written"][name] = "|".join(value) if isinstance(value, list) else _word(value)
    return value


def _parse(text: str | None, options: Sequence[Any] | None, default: Any) -> Any:
    if text is None:
        return default
    if isinstance(default, bool):
        return {"yes": True, "no": False}.get(text, default)
    if isinstance(default, list):
        return [option for option in options or () if option in text.split("|")]
    return next((option for option in options or () if _word(option) == text), default)


def _fits(value: Any, options: Sequence[Any]) -> bool:
    return all(item in options for item in value) if isinstance(value, list) else value in options


def _word(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def as_of_options(newest: datetime.date, asked: str | None) -> list[str]:
    """The newest day in the data, the quarter ends before it back to the first tie, and the day an address asks for."""
    return _as_of_options(snapshot(), newest, asked)


@functools.lru_cache(maxsize=50)
def _as_of_options(shown: Snapshot, newest: datetime.date, asked: str | None) -> list[str]:
    starts = shown.table("partnerships")["start_date"]
    first = starts.min().date() if len(starts) else newest
    quarters = pd.date_range(max(first, newest - datetime.timedelta(days=365 * 30)), newest, freq="QE")
    days = {newest.isoformat(), *(day.date().isoformat() for day in quarters)}
    with contextlib.suppress(ValueError):
        day = datetime.date.fromisoformat(asked or "")
        days |= {day.isoformat()} if 1900 <= day.year <= 2100 else set()
    return sorted(days, reverse=True)


def address_of(organisation_id: str) -> dict[str, str]:
    """The address of one organisation that keeps the view."""
    return {**st.session_state.get("written", {}), "id": organisation_id}
