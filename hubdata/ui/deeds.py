"""What a manager does about ties and pairs, on whatever page lists them: called, introduced, later, not; and undo.

It is kept in the home (`notebook`), whatever is loaded, and is the manager's own: nobody else sees it or does it. A
button calls `note_call` or `decide` before the page is drawn anew: who is asking is not settled yet, nor the language,
so what was done, or why it could not be, is kept for `show_deed` to say.
"""

import datetime
from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from hubdata import notebook, questions, store
from hubdata.indicators.rows import NamedPair
from hubdata.indicators.ties import FadingTie
from hubdata.ui.address import address
from hubdata.ui.hub_settings import home, settings
from hubdata.ui.language import Markdown, _, date, md, store_sentence
from hubdata.ui.session import ask, may_change, only_manager, settle_grant

LATER_DAYS = 30
"""How long what is for later stays out of a list."""

Pair = tuple[str, str]
"""The ids of two organisations, the lower first."""


class Deed(NamedTuple):
    """What somebody did a moment ago, and what stood there before, to undo it."""

    page: str | None
    pair: Pair
    status: str
    until: datetime.date | None
    before: notebook.Call | notebook.Decision | None
    is_call: bool


def calls() -> dict[Pair, notebook.Call]:
    """The calls that keep a tie out of the list today, the newest first; says so when they cannot be read."""
    if not may_change():
        return {}
    try:
        return {call.pair: call for call in notebook.calls(home()) if call.until > questions.today()}
    except store.StoreProblem:
        st.error(
            _("Which calls were made cannot be read: the file calls.json is damaged. Ask your IT colleague."),
            icon=":material/error:",
        )
        return {}


def open_calls(*, longest_first: bool = False, most: int | None = None) -> list[FadingTie]:
    """The fading ties to call, in order (see `questions.answer_fading`), without those that were called or put off.

    With `most`, the first so many have their past and the others may not.
    """
    noted = calls()
    listed = ask(questions.answer_fading, longest_first, None if most is None else most + len(noted))
    return [tie for tie in listed if pair_of(tie["organisation_a"], tie["organisation_b"]) not in noted]


def decisions() -> list[notebook.Decision]:
    """What was decided about introductions, the newest first; says so when it cannot be read."""
    if not may_change():
        return []
    try:
        return notebook.decisions(home())
    except store.StoreProblem:
        st.error(
            _("What was decided cannot be read: the file introductions.json is damaged. Ask your IT colleague."),
            icon=":material/error:",
        )
        return []


def is_put_off(decision: notebook.Decision) -> bool:
    """Whether a decision keeps its pair out of the list today: all do, but one for later only until its day."""
    return decision.until is None or decision.until > questions.today()


def pair_of(one: str, other: str) -> Pair:
    """Two ids, the lower first."""
    return (one, other) if one < other else (other, one)


def note_call(pair: Pair, status: str) -> None:
    """Remember that the ends of a tie were called, or will be later; "" forgets it.

    Who was called is no longer silent: the tie is back in the list when after as many days as make a tie fade there is
    still no newer contact in the data.
    """
    settle_grant()
    only_manager()
    days = settings().fading_days if status == "called" else LATER_DAYS
    until = questions.today() + datetime.timedelta(days=days)
    try:
        before = next((call for call in notebook.calls(home()) if call.pair == pair), None)
        notebook.note_call(home(), pair, status, until)
    except store.StoreProblem as problem:
        st.session_state["deed_problem"] = problem
    else:
        _did(Deed(address().page, pair, status, until, before, is_call=True))


def decide(
    pair: Pair,
    status: str,
    introduced_on: datetime.date | None = None,
    outcome: str = "unknown",
    *,
    is_said: bool = True,
) -> None:
    """Remember a decision about introducing two organisations; "" forgets it. One that `is_said` can be undone."""
    settle_grant()
    only_manager()
    until = questions.today() + datetime.timedelta(days=LATER_DAYS) if status == "later" else None
    try:
        before = next((decision for decision in notebook.decisions(home()) if decision.pair == pair), None)
        notebook.decide(home(), pair, status, introduced_on, outcome, until)
    except store.StoreProblem as problem:
        st.session_state["deed_problem"] = problem
    else:
        if is_said:
            _did(Deed(address().page, pair, status, until, before, is_call=False))


def _did(deed: Deed) -> None:
    state = st.session_state
    state.pop("deed", None)
    if deed.status:
        state["deed"] = state["deed_to_say"] = deed


def undo() -> None:
    """Put back what stood there before the last deed."""
    settle_grant()
    only_manager()
    deed: Deed | None = st.session_state.pop("deed", None)
    if deed is None:
        return
    before = deed.before
    try:
        if isinstance(before, notebook.Decision):
            notebook.decide(home(), deed.pair, before.status, before.introduced_on, before.outcome, before.until)
        elif isinstance(before, notebook.Call):
            notebook.note_call(home(), deed.pair, before.status, before.until)
        elif deed.is_call:
            notebook.note_call(home(), deed.pair, "", questions.today())
        else:
            notebook.decide(home(), deed.pair, "")
    except store.StoreProblem as problem:
        st.session_state["deed_problem"] = problem


def show_deed() -> None:
    """Above a list: what was done a moment ago on this page, with undo; once also as a message that passes."""
    state = st.session_state
    if problem := state.pop("deed_problem", None):
        st.error(store_sentence(problem), icon=":material/error:")
    deed: Deed | None = state.get("deed")
    if deed is None or not may_change() or deed.page != address().page:
        return
    sentence = _in_words(deed)
    if state.pop("deed_to_say", None):
        st.toast(sentence, icon=":material/check:")
    with st.container(horizontal=True, vertical_alignment="center", key="deed"):
        st.markdown(f":material/check: {sentence}")
        st.button(_("Undo"), key="undo_deed", icon=":material/undo:", on_click=undo)


def _in_words(deed: Deed) -> Markdown:
    names = ask(questions.answer_names)
    gaps = {
        "a": names.get(deed.pair[0], deed.pair[0]),
        "b": names.get(deed.pair[1], deed.pair[1]),
        "day": date(deed.until or questions.today()),
    }
    if deed.status == "called":
        return md("Called: {a} and {b}. They are back on {day} when nothing newer is in the data by then.", **gaps)
    return {
        "later": md("For later: {a} and {b}. They are back in the list on {day}.", **gaps),
        "introduced": md("Introduced: {a} and {b}. What came of it stands under Earlier introductions.", **gaps),
        "dismissed": md("Not: {a} and {b}. They stay out of the list.", **gaps),
        "accepted": md("Accepted: {a} and {b}.", **gaps),
    }[deed.status]


def call_buttons(tie: NamedPair) -> None:
    """Done and later, for a tie in a list of calls; nothing for who may not change anything."""
    pair = pair_of(tie["organisation_a"], tie["organisation_b"])
    _buttons(pair, "call", [("called", _("Done"), ":material/check:"), ("later", _("Later"), ":material/schedule:")])


def introduction_buttons(pair: Pair, of: str = "introduction", *, is_short: bool = False) -> None:
    """Done, later and not, for a pair in a list of introductions; nothing for who may not change anything.

    `of` tells the lists of one page apart. A short list has no "Not this one": that is for who looks at all pairs.
    """
    choices = [
        ("introduced", _("Done"), ":material/check:"),
        ("later", _("Later"), ":material/schedule:"),
        ("dismissed", _("Not this one"), ":material/close:"),
    ]
    _buttons(pair, of, choices[:2] if is_short else choices)


def _buttons(pair: Pair, what: str, choices: Sequence[tuple[str, str, str]]) -> None:
    if not may_change():
        return
    for status, words, icon in choices:
        day = (questions.today(),) if status == "introduced" else ()
        st.button(
            words,
            key=f"{what}_{status}_{'_'.join(pair)}",
            icon=icon,
            on_click=note_call if what == "call" else decide,
            args=(pair, status, *day),
        )
