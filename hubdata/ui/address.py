"""The view in the address, as codes and ISO dates, so that a copied address shows the same in any language.

Streamlit's own `bind="query-params"` writes the label a reader sees, which differs per language; hence `url_widget`.
What a session knows of its address is one `Address`; the values of the widgets themselves are where Streamlit keeps
them, in the session's state under `at_NAME`.

A run goes: `begin_run` (did the reader choose something?), `adopt_address` (follow the address, or the widgets?),
`url_widget` for each widget, `write_address` (give the browser the address that belongs to what is shown).
"""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from hubdata.ui.language import current_language

PREFIX = "at_"
"""Begins the key of every widget whose value is in the address."""


@dataclass
class Address:
    """What one session knows of its address."""

    page: str | None = None
    """The page of this run; None before the first."""
    adopted: dict[str, str] | None = None
    """The address that this run follows; None when the widgets decide."""
    values: dict[str, Any] = field(default_factory=dict)
    """Every value of this run so far, the default or not: a part of the key of every cache."""
    written: dict[str, str] = field(default_factory=dict)
    """The values of this run that are not the default, as codes: what the address will say."""
    shown: dict[str, str] = field(default_factory=dict)
    """The address that the browser was given last."""
    shown_in: str = ""
    """The language in which the widgets were shown last."""
    chosen: dict[str, Any] = field(default_factory=dict)
    """The values of the widgets (by their keys) at the end of the last run."""
    is_other_page: bool = False
    """This run shows another page than the last: widgets of the same name there are others to Streamlit."""
    is_late: bool = False
    """The reader chose something in a widget, so the address that comes with it may be older than the choice."""


def address() -> Address:
    """The address of this session."""
    with contextlib.suppress(KeyError):
        known: Address = st.session_state["address"]
        return known
    st.session_state["address"] = new = Address()
    return new


def begin_run() -> None:
    """See whether the reader chose something since the address was written.

    A browser sends its address with every choice, and hears a moment later of the address that belongs to it. So who
    chose something did so after the address was written, unless they followed a link to another page.
    """
    state = st.session_state
    address().is_late = any(key in state and state[key] != value for key, value in address().chosen.items())


def asked_language(offered: Sequence[str]) -> str:
    """The language that the address asks for, one of those `offered`; "" when it asks for none, or nothing new.

    Streamlit forgets the value of a widget when another page begins; then the address counts, new or not.
    """
    language = st.query_params.get("lang", "")
    is_new = language != address().shown.get("lang", "") and not address().is_late
    is_forgotten = f"{PREFIX}lang" not in st.session_state
    return language if (is_new or is_forgotten) and language in offered else ""


def adopt_address(page: str) -> None:
    """Follow the address when somebody typed it, followed a link, or went back; otherwise the widgets decide.

    Streamlit empties the address when a page is chosen in the menu; that is no wish to lose the filters.
    """
    session_address, parameters = address(), st.query_params.to_dict()
    is_asked = parameters != session_address.shown and (
        not session_address.is_late if page == session_address.page else bool(parameters)
    )
    session_address.is_other_page = page != session_address.page
    session_address.page, session_address.adopted = page, parameters if is_asked else None
    session_address.values, session_address.written = {}, {}


def write_address() -> None:
    """Put the view in the address, leaving out what is the default anyway."""
    session_address = address()
    session_address.shown, session_address.shown_in = session_address.written, current_language()
    session_address.chosen = {str(key): value for key, value in st.session_state.items() if str(key).startswith(PREFIX)}
    if st.query_params.to_dict() != session_address.shown:
        st.query_params.from_dict(session_address.shown)


def asked_for(name: str) -> str | None:
    """What the address that this run follows says of `name`; None when it says nothing, or the widgets decide."""
    return (address().adopted or {}).get(name)


def sought_in_vain(name: str) -> bool:
    """Whether the address that was opened last asked for a `name` that is not among the options of its widget."""
    state, key = st.session_state, f"sought_{name}"
    if address().adopted is not None:
        state[key] = bool(asked_for(name))
    return bool(state.get(key)) and address().values.get(name) is None


def url_widget(
    widget: Callable[..., Any], name: str, label: str, options: Sequence[Any] | None, default: Any, **more: Any
) -> Any:
    """A widget whose value is in the address under `name`; an unknown code in an address is ignored.

    `options` are codes. A list as default makes it a choice of several; True or False a switch (without options).
    """
    state, key, session_address = st.session_state, f"{PREFIX}{name}", address()
    settled = _settled(name, options, default)
    # A browser knows a choice by its words, and these are others in another language.
    is_in_other_words = session_address.shown_in != current_language()
    is_anew = session_address.adopted is not None or session_address.is_other_page or is_in_other_words
    if is_anew or key not in state or state[key] != settled:
        state[key] = settled
    value = widget(label, key=key, **({} if options is None else {"options": options}), **more)
    session_address.values[name] = value
    if value != default:
        session_address.written[name] = "|".join(value) if isinstance(value, list) else _word(value)
    return value


def settle_values(widgets: dict[str, tuple[Sequence[Any] | None, Any]]) -> None:
    """Settle what widgets are set to before they are drawn: name -> options and default, as for `url_widget`.

    For widgets that are put away where a browser does not draw them until they are opened: it hears each time what they
    are set to, since it remembers nothing of what it never drew.
    """
    for name, (options, default) in widgets.items():
        st.session_state[f"{PREFIX}{name}"] = _settled(name, options, default)


def _settled(name: str, options: Sequence[Any] | None, default: Any) -> Any:
    """What a widget is set to now: what the address says that is followed, else what it was, else the default."""
    state, key, adopted = st.session_state, f"{PREFIX}{name}", address().adopted
    if adopted is not None:
        return _parse(adopted.get(name), options, default)
    if key not in state or (options is not None and not _fits(state[key], options)):
        return default
    return state[key]


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


def address_of(organisation_id: str) -> dict[str, str]:
    """The address of one organisation that keeps the view."""
    return {**address().written, "id": organisation_id}
