"""Who the visitor is, which snapshot they see, and through which view; every answer that a page gets.

Who is asking is settled in `begin`, before anything else; what they may, in `access`. Pages get data through `ask`
only. Answers are kept per snapshot, scope and view. They are shared by all sessions with the same scope, and read-only
by agreement, since copying them costs more than making the page.
"""

import contextlib
import datetime
import functools
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Concatenate, NoReturn, ParamSpec, TypeVar, cast

import pandas as pd
import streamlit as st

from hubdata import access, audit, charts, loading, notebook, questions, sharing, store
from hubdata.kept import KEPT, Kept
from hubdata.settings import Settings
from hubdata.store import EVERYTHING, Scope, Snapshot, View
from hubdata.ui.address import address, adopt_address, asked_for, asked_language, begin_run
from hubdata.ui.hub_settings import ICON, home, settings, settings_of
from hubdata.ui.language import _, browser_language, current_language, literal, set_language, store_sentence

Details = ParamSpec("Details")
"""What a question asks for beside snapshot, settings and view."""
Answer = TypeVar("Answer")
EVERYTHING_OPEN = "everything_open"
"""Where a session keeps whether the address asks for all tabs under one another (see `lazy_tabs`)."""
Question = Callable[Concatenate[Snapshot, Settings, View, Details], Answer]


OPENED = Kept(megabytes=130, most=48)
"""The snapshots that are open, one per scope. Each has threads and files of its own, hence a number as well."""


def opened(home: Path, snapshot_id: str, scope: Scope) -> Snapshot:
    """A snapshot, opened once per scope."""
    snapshot: Snapshot = OPENED.get(
        (home, snapshot_id, scope),
        lambda: store.open_snapshot(home, snapshot_id, scope, settings().database_megabytes),
        size=lambda snapshot: snapshot.size,
    )
    return snapshot


def snapshot() -> Snapshot:
    """The snapshot that this page is about: the one on show when the page began, so that a page never mixes two.

    It holds what the visitor's grant covers and nothing else.
    """
    scope = grant().scope
    if scope is None:
        raise access.NotAllowed("no data")
    whom = _READER.get()
    return opened(home(), whom.snapshot_id if whom else st.session_state["snapshot_id"], scope)


_GRANT = ContextVar("grant", default=access.NOTHING)
"""What the visitor of the page that runs in this thread may."""


@dataclass(frozen=True)
class Reader:
    """Who asks, of which snapshot, and how they look at it: all that a page takes from the browser's session.

    So that a report can be made where no page runs: in another thread, or by a command.
    """

    grant: access.Grant
    snapshot_id: str
    view: View
    language: str


_READER: ContextVar[Reader | None] = ContextVar("reader", default=None)
"""For whom this thread works when no page runs in it."""


def reader() -> Reader:
    """Who looks at this page, and how."""
    return _READER.get() or Reader(grant(), snapshot().id, view(), current_language())


@contextlib.contextmanager
def working_for(whom: Reader) -> Iterator[None]:
    """Ask and speak for somebody outside of their page. They get what their page would, and no more."""
    asked, granted, spoken = _READER.set(whom), _GRANT.set(whom.grant), current_language()
    set_language(whom.language)
    try:
        yield
    finally:
        set_language(spoken)
        _GRANT.reset(granted)
        _READER.reset(asked)


def grant() -> access.Grant:
    """What the visitor may."""
    return _GRANT.get()


def principal() -> access.Principal:
    """Who is asking, as the gate says. The one thing that tests without a server replace."""
    return access.read(home(), str(st.user.get("principal") or ""))


def settle_grant() -> None:
    """What the visitor may in this run: looked up anew each time, so that what was revoked is gone.

    A manager may look at the dashboard as the receiver of a link does: they then have what the link covers, no more.
    """
    state = st.session_state
    new_grant = _granted(principal(), state.get("as_link", ""))
    if new_grant.may_change:
        state.pop("as_link", None)
    _GRANT.set(new_grant)


def granted_later() -> Callable[[], access.Grant]:
    """What finds out anew what this visitor may, also when their page has long been made."""
    return functools.partial(_granted, principal(), st.session_state.get("as_link", ""))


def _granted(asked: access.Principal, as_link: str) -> access.Grant:
    own_grant = access.authorise(home(), asked)
    if own_grant.may_change and as_link:
        with contextlib.suppress(store.StoreProblem):  # the file with the links is damaged: no link shows anything
            if link := sharing.by_id(home(), as_link):
                return access.grant_for_link(home(), link)
    return own_grant


def covers(question: Callable[..., object]) -> bool:
    """Whether the visitor may have the answer to a question. A page leaves out what they may not."""
    return access.may_ask(grant(), question.__name__)


def has_income() -> bool:
    """Whether the visitor sees anything about income."""
    return grant().funding != "none"


def has_amounts() -> bool:
    """Whether the visitor sees amounts and donors of single organisations."""
    return grant().funding == "full"


def has_page(name: str) -> bool:
    """Whether the visitor has a page."""
    return name in grant().pages


def may_change() -> bool:
    """Whether the visitor may load, share and undo."""
    return grant().may_change


def only_manager() -> None:
    """Stop whoever may not change anything. The first line of everything here that does."""
    if not may_change():
        raise access.NotAllowed("only a manager may do this")


def begin() -> None:
    """Settle who is asking and what this run looks at; whoever may see nothing gets a page without data.

    On the very first start the sample is loaded. Data that cannot be read is said, and ends the page.
    """
    problem = None
    try:
        loading.first_start(home(), settings())
    except store.StoreProblem as first:
        problem = first
    settle_grant()
    if grant().scope is None:
        _page_without_data(_("This dashboard is not public. Ask the programme manager for a link."))
    state = st.session_state
    state["screen"] = (st.context.theme.type == "dark", st.context.cookies.get("hub_narrow") == "1")
    KEPT.megabytes = settings().kept_megabytes
    begin_run()
    # The language comes before the rest of the address: the menu is made before the page is known.
    asked_for_language = asked_language(settings().languages)
    if asked_for_language or "at_lang" not in state:
        state["at_lang"] = asked_for_language or grant().language or browser_language()
    set_language(state["at_lang"])
    try:
        current_snapshot_id = grant().snapshot or store.current_snapshot_id(home())
        is_readable = all(
            store.is_whole(home(), needed)
            for needed in (current_snapshot_id or "", grant().totals_snapshot)
            if needed is not None
        )
    except store.StoreProblem as second:
        current_snapshot_id, is_readable, problem = None, False, second
    if not is_readable:
        _page_without_data(_unreadable_sentence(problem))
    if state.get("current_snapshot_id", current_snapshot_id) != current_snapshot_id:
        state["news"] = True
    state["current_snapshot_id"] = state["snapshot_id"] = current_snapshot_id


def _page_without_data(sentence: str) -> NoReturn:
    """A page that says why there is nothing to see, and ends."""
    st.set_page_config(page_title=settings().name, page_icon=ICON)
    st.title(literal(settings().name))
    st.markdown(sentence)
    st.stop()


def _unreadable_sentence(problem: store.StoreProblem | None) -> str:
    """Why no data can be shown: to a manager with the way out, to others without."""
    if problem:
        return store_sentence(problem)
    if grant().kind != "manager":
        return _("The data of this dashboard cannot be read at the moment. Ask the programme manager.")
    return _(
        "The data is damaged: none of what was loaded can be read. Nothing was removed. Ask your IT colleague to "
        "restore a backup: python -m hubdata restore FILE."
    )


def is_standing_in() -> bool:
    """Whether older data is on show than should be, since that is damaged or nobody knows which it was."""
    return grant().snapshot is None and loading.is_standing_in(home())


def damaged_files() -> list[str]:
    """The files of the dashboard itself that were damaged and set aside; for managers."""
    return [path.name.lstrip(".") for path in store.damaged_files(home())] if may_change() else []


def undescribed_count() -> int:
    """How many earlier loads cannot be listed, since their description is damaged."""
    return len(store.undescribed(home()))


def read_address(page: str) -> None:
    """Settle whether this run follows the address or the widgets, and which snapshot a manager looks at."""
    state = st.session_state
    adopt_address(page)
    if address().adopted is not None:
        state["at_snapshot"] = asked_for("snapshot") or ""
        state[EVERYTHING_OPEN] = asked_for("all") == "yes"
        state["step"] = asked_for("step") or ""  # of a story that is presented: see `ui.story`
    older = state.get("at_snapshot", "")
    if may_change() and older != state["current_snapshot_id"] and loading.is_kept(home(), older):
        state["snapshot_id"] = address().written["snapshot"] = older


def settle_context() -> None:
    """What everything on this page depends on beside the values chosen on it (see `context`). After the sidebar."""
    link, shown = grant().link, snapshot()
    seen_by = (grant().kind, link.id if link else "")
    st.session_state["context"] = (address().page, shown.key, seen_by, view(), current_language(), style(), notes())


def context(*details: Any) -> str:
    """Everything that what is on a page depends on: the key of every cache.

    Snapshot, scope, view, language, style, notes, and every value of the address that was chosen above it are part of
    it by themselves; `details` is for anything else, such as what was done on the page a moment ago.
    """
    return repr((st.session_state["context"], address().values, *details))


def style() -> charts.Style:
    """Light or dark, the decimal mark, and whether the screen is that of a phone (`server/frame.js` tells it)."""
    is_dark, is_narrow = st.session_state["screen"]
    return charts.Style(dark=is_dark, decimal_comma=current_language() == "nl", narrow=is_narrow)


def as_of_options(newest: datetime.date, *more: str | None) -> list[str]:
    """The newest day in the data, the quarter ends before it back to the first tie, and more (an address asks for it).

    `more`: ISO dates; what is none is ignored.
    """
    shown = snapshot()
    options: list[str] = KEPT.get(("days", shown.number, newest, more), lambda: _as_of_options(shown, newest, more))
    return options


def _as_of_options(shown: Snapshot, newest: datetime.date, more: tuple[str | None, ...]) -> list[str]:
    first = shown.first_day or newest
    quarters = pd.date_range(max(first, newest - datetime.timedelta(days=365 * 30)), newest, freq="QE")
    days = {newest.isoformat(), *(day.date().isoformat() for day in quarters)}
    for asked in more:
        with contextlib.suppress(ValueError):
            day = datetime.date.fromisoformat(asked or "")
            days |= {day.isoformat()} if 1900 <= day.year <= 2100 else set()
    return sorted(days, reverse=True)


def view() -> View:
    """The view that is chosen in the sidebar."""
    if whom := _READER.get():
        return whom.view
    state = st.session_state
    return View(
        as_of=datetime.date.fromisoformat(state["at_as_of"]),
        sectors=tuple(state["at_sector"]),
        themes=tuple(state["at_theme"]),
        with_convenor=state["at_convenor"],
        window_days=settings().window_days,
        plenary_size=settings().plenary_size,
    )


def answer_of(
    question: Question[Details, Answer],
    home: Path,
    snapshot_id: str,
    scope: Scope,
    view: View,
    /,
    *details: Details.args,
    **named: Details.kwargs,
) -> Answer:
    """The answer to a question, kept for the next who asks it of the same snapshot with the same scope and view."""
    key = (question, home, snapshot_id, scope, view, *details, *named.items())
    answer: Answer = KEPT.get(
        key, lambda: question(opened(home, snapshot_id, scope), settings_of(home), view, *details, **named)
    )
    return answer


def ask(question: Question[Details, Answer], /, *details: Details.args, **named: Details.kwargs) -> Answer:
    """The answer to one of the `questions`, as seen through the sidebar's view. Read-only: it is shared.

    Who gets totals of income gets those of the moment their link was made and of all it covers, whatever they filter:
    by subtracting two answers they could tell single organisations apart. Raises `access.NotAllowed` for what the
    visitor may not have.
    """
    own_grant = grant()
    if not covers(question) or own_grant.scope is None:
        raise access.NotAllowed(question.__name__)
    if question is questions.answer_funding and own_grant.link and own_grant.totals_scope and own_grant.totals_snapshot:
        made_of = (home(), own_grant.totals_snapshot, own_grant.totals_scope)
        # Also the day is that of the link: who is active changes with it.
        whole = View(opened(*made_of).newest_date(own_grant.link.created_at.date()))
        return cast(Answer, answer_of(questions.answer_totals, *made_of, whole))  # it answers as `answer_funding` does
    return answer_of(question, home(), snapshot().id, own_grant.scope, view(), *details, **named)


def kept(name: str, make: Callable[[], Answer]) -> Answer:
    """What a page makes of its answers, kept for the next who looks at the same (see `context`). Read-only.

    `name` tells it apart from what else the page makes. What `make` depends on, beside answers, stands in the address
    and is chosen above it.
    """
    made: Answer = KEPT.get(("made", context(name)), make)
    return made


def show_example(origin: str) -> None:
    """Put the sample or the demo on show, for everybody."""
    only_manager()
    loading.show_example(home(), settings(), origin)


def now_on_show(snapshot_id: str, before: str | None, sentence: str) -> None:
    """This session changed what is on show: no news to it, and it can undo it."""
    st.session_state["done"] = (snapshot_id, before, sentence)
    st.session_state["current_snapshot_id"] = snapshot_id
    st.session_state["at_snapshot"] = ""


def is_old() -> bool:
    """Whether this page is about an older snapshot than the one on show."""
    return bool(st.session_state["snapshot_id"] != st.session_state["current_snapshot_id"])


@functools.lru_cache(maxsize=4)
def _read_manifest(home: Path, snapshot_id: str) -> store.Manifest:
    return store.manifest_of(home, snapshot_id)


def manifest_of(snapshot_id: str) -> store.Manifest:
    """What is known of a snapshot without opening it, read once."""
    return _read_manifest(home(), snapshot_id)


def known_themes(shown: Snapshot) -> list[str]:
    """The themes that organisations in the data have."""

    def listed() -> list[str]:
        themes = shown.table("organisations")["themes"]
        return sorted({theme for listed in themes.dropna() for theme in listed})

    known: list[str] = KEPT.get(("themes", shown.number), listed)
    return known


def latest_year(years: Iterable[int]) -> int | None:
    """The last year with income rows that was over on the as-of date; without one the nearest there is."""
    return questions.latest_year(years, view().as_of)


def by_name() -> str:
    """Who does something here, when it is known by name."""
    return grant().who if "@" in grant().who else ""


def note_page() -> None:
    """Write down that somebody with a link looks at a page, once per page."""
    state, link, page = st.session_state, grant().link, address().page
    if link and "as_link" not in state and state.get("noted_page") != page:
        state["noted_page"] = page
        audit.note(home(), "viewer", "page", link=link.id, detail=page or "start")


def manifests() -> list[store.Manifest]:
    """What is known of every snapshot, newest first."""
    return store.history(home())


def look_by_oneself() -> None:
    """Back from the dashboard as the receiver of a link sees it."""
    st.session_state.pop("as_link")
    st.session_state.pop("current_snapshot_id")
    st.rerun()


def compare(
    question: Question[Details, Answer], older_id: str, /, *details: Details.args, **named: Details.kwargs
) -> Answer:
    """The answer to a question with `older` about this page's snapshot and another one; "" is this one alone."""
    if not older_id:
        return ask(question, *details, **named)
    only_manager()
    _must_be_whole(older_id)
    here, newer, seen = home(), snapshot().id, view()

    def compared() -> Answer:
        older = opened(here, older_id, EVERYTHING)  # only managers have older snapshots
        return question(opened(here, newer, EVERYTHING), settings_of(here), seen, *details, older=older, **named)  # type: ignore[arg-type]

    answer: Answer = KEPT.get((question, here, newer, older_id, seen, *details, *named.items()), compared)
    return answer


def _must_be_whole(snapshot_id: str) -> None:
    """Say that another load can no longer be read, and end the page, when that is so."""
    if not store.is_whole(home(), snapshot_id):
        st.error(_("That load is damaged and cannot be read any more. Choose another."), icon=":material/error:")
        st.stop()


def newest_day_of(snapshot_id: str) -> datetime.date:
    """The newest day in the data of another load."""
    only_manager()
    _must_be_whole(snapshot_id)
    return opened(home(), snapshot_id, EVERYTHING).newest_date(questions.today())


def notes() -> tuple[notebook.Note, ...]:
    """What is pinned to days, oldest first. Notes are the manager's own: nobody else sees them.

    Damaged ones are left out, since they stand beside figures on several pages; who pins a note is told.
    """
    try:
        return notebook.notes(home()) if may_change() else ()
    except store.StoreProblem:
        return ()
