"""What pages share: the reader's language and view, the sourced figure, the headline, safe names.

The view is in the address, as codes and ISO dates, so that a copied address shows the same in any language. Streamlit's
own `bind="query-params"` writes the label a reader sees, which differs per language; hence `choose` below.

Answers are kept per snapshot, scope and view, and what nobody can operate is drawn once and replayed (`_static`). Both
are shared by all sessions with the same scope and read-only by agreement, since copying them costs more than making the
page.

Who is asking is settled in `begin`, before anything else; what he may, in `access`. Pages get data through `ask` only.
"""

import collections
import contextlib
import datetime
import functools
import io
import os
import re
import secrets
import zipfile
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from hubdata import access, audit, charts, exports, hub, models, sharing, store, texts
from hubdata import settings as settings_module
from hubdata.indicators import coverage
from hubdata.indicators.network import MINIMUM_EXPECTED as MINIMUM_EXPECTED
from hubdata.indicators.ties import DAYS_IN_YEAR
from hubdata.indicators.totals import MERGED
from hubdata.methods import EXPLANATIONS, WHY_INTRODUCE
from hubdata.settings import GOALS, Settings
from hubdata.store import EVERYTHING, Scope, Snapshot, View
from hubdata.texts import N_

ICON = str(Path(__file__).parent / "icon.png")
"""The picture in the browser's tab. A Material symbol would be fetched from elsewhere."""
MOST_ROWS_SHOWN = 200
AUTOLINK = re.compile(r"(www|:/|@|:(?=streamlit:)|[<~>-](?=[>=-]))", re.IGNORECASE)
"""Where Markdown would begin a link, or Streamlit draw its logo or an arrow (`->`, `--`, `>=`), by itself, escaped or
not; an invisible space behind it keeps it text."""

# --- who reads, in which language ---------------------------------------------------------------------------------


_LANGUAGE = ContextVar("language", default="nl")
"""The language of the page that runs in this thread. Every text asks for it, and session state is slow to ask."""


def language() -> str:
    """The language of this page: the sidebar's choice, else the address, else the browser's."""
    return _LANGUAGE.get()


def _browser_language() -> str:
    offered = settings().languages
    wanted = (st.context.locale or "")[:2]
    return wanted if wanted in offered else offered[0]


def _(message: str, **values: Any) -> str:
    """A plain text in the reader's language, its gaps filled: for labels, figures and alternative texts."""
    return texts.translation(language()).gettext(message).format(**values)


def n_(one: str, many: str, count: int, **values: Any) -> str:
    """A plain text that depends on a count, which fills the gap `{n}`."""
    return texts.translation(language()).ngettext(one, many, count).format(n=number(count), **values)


class Markdown(str):
    """A sentence that may be shown as Markdown: our own words, with what came from data made harmless by `md`."""


def md(message: str, **values: Any) -> Markdown:
    """A sentence in the reader's language, as Markdown; what fills its gaps shows as it is (see `literal`)."""
    safe = {name: value if isinstance(value, Markdown) else literal(str(value)) for name, value in values.items()}
    return Markdown(_(message, **safe))


def n_md(one: str, many: str, count: int, **values: Any) -> Markdown:
    """As `md`, depending on a count, which fills the gap `{n}`."""
    return md(texts.translation(language()).ngettext(one, many, count), n=number(count), **values)


def number(value: float | None, digits: int = 0) -> str:
    return texts.number(value, language(), digits)


def percent(share: float | None, digits: int = 0) -> str:
    return texts.percent(share, language(), digits)


def euro(amount: float | None) -> str:
    return texts.euro(amount, language())


def date(day: datetime.date | None) -> str:
    return texts.date(day, language())


def label(code: str | None) -> str:
    """The word for a sector, theme, kind, need or offer, as plain text."""
    return settings().label(code, language())


def about() -> str:
    """What this hub says of itself, in the reader's language or else in another."""
    said = settings().about
    return said.get(language()) or next(iter(said.values()), "")


def type_label(code: str | None) -> str:
    """The word for a type of organisation, as plain text."""
    return settings().type_label(code, language())


def word(vocabulary: str, code: str | None) -> str:
    """The word for a code of one of the vocabularies that every hub shares."""
    if code is None or pd.isna(code):
        return texts.NOT_KNOWN
    return models.VOCABULARIES[vocabulary][code][language()]


def decimal_mark() -> str:
    return "," if language() == "nl" else "."


def sector_labels() -> dict[str, str]:
    """Code -> word for every sector of the hub, in the hub's order."""
    return {code: label(code) for code in settings().sectors}


def category_labels() -> dict[str, str]:
    """Code -> word for every kind of income; in totals also for the small ones that were put together."""
    words = {code: word("category", code) for code in models.VOCABULARIES["category"]}
    return words if has_amounts() else words | {MERGED: _("Several kinds together")}


def donor_names(donors: Sequence[dict[str, Any]]) -> list[str]:
    """The donors' names; with the kind of income where totals have a row per kind."""
    rows = collections.Counter(donor["donor"] for donor in donors)
    return [
        f"{donor['donor']} ({category_labels()[donor['category']]})"
        if rows[donor["donor"]] > 1
        else str(donor["donor"])
        for donor in donors
    ]


def country(code: str) -> str:
    return texts.country(code, language())


def join(words: list[str]) -> str:
    return texts.join(words, language())


def with_labels(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """The table with, for each column of codes, its words in `<column>_label`."""
    present = [name for name in columns if name in table]
    words = {name: {code: label(code) for code in table[name].dropna().unique()} for name in present}
    return table.assign(**{f"{name}_label": table[name].map(words[name]) for name in present})


def literal(text: str) -> str:
    """A text from data inside Markdown: every punctuation mark escaped, so that it shows as it is.

    Without this a name could load a remote image or make a link.
    """
    broken = AUTOLINK.sub("\\1\N{ZERO WIDTH SPACE}", text.replace("\n", " "))
    return "".join(f"\\{c}" if c.isascii() and not c.isalnum() and c != " " else c for c in broken)


def in_label(text: str) -> str:
    """A text from data in the label of a widget, where screen readers would read the marks of `literal` aloud.

    What could mean something in Markdown becomes a space.
    """
    kept = re.sub(r"[^\w\s.-]|(?<![^\W_])_|_(?![^\W_])", " ", text)
    return AUTOLINK.sub("\\1\N{ZERO WIDTH SPACE}", " ".join(kept.split()))


def style() -> charts.Style:
    """Light or dark, and the decimal mark."""
    return charts.Style(dark=st.context.theme.type == "dark", decimal_comma=language() == "nl")


# --- what is looked at --------------------------------------------------------------------------------------------


def home() -> Path:
    """The folder with `hub.toml` and the snapshots."""
    return _path(os.environ.get("HUBDATA_HOME"))


@functools.cache
def _path(chosen: str | None) -> Path:
    return settings_module.default_home()


def settings() -> Settings:
    """The settings of this hub, read once."""
    return _settings(home())


@functools.cache
def _settings(home: Path) -> Settings:
    return settings_module.read(home)


@functools.lru_cache(maxsize=16)
def _open(home: Path, snapshot_id: str, scope: Scope) -> Snapshot:
    return store.open_snapshot(home, snapshot_id, scope)


def snapshot() -> Snapshot:
    """The snapshot that this page is about: the one on show when the page began, so that a page never mixes two.

    It holds what the visitor's grant covers and nothing else.
    """
    scope = grant().scope
    if scope is None:
        raise access.NotAllowed("no data")
    return _open(home(), st.session_state["snapshot_id"], scope)


# --- who is asking ------------------------------------------------------------------------------------------------

_GRANT = ContextVar("grant", default=access.NOTHING)
"""What the visitor of the page that runs in this thread may."""


def grant() -> access.Grant:
    """What the visitor may."""
    return _GRANT.get()


def principal() -> access.Principal:
    """Who is asking, as the gate says. The one thing that tests without a server replace."""
    return access.read(home(), str(st.user.get("principal") or ""))


def _settle_grant() -> None:
    """What the visitor may in this run: looked up anew each time, so that what was revoked is gone.

    A manager may look at the dashboard as the receiver of a link does: he then has what the link covers, and no more.
    """
    state = st.session_state
    found = access.authorise(home(), principal())
    if found.may_change and state.get("as_link"):
        link = sharing.by_id(home(), state["as_link"])
        if link:
            found = access.through(home(), link)
        else:
            state.pop("as_link")
    _GRANT.set(found)


def covers(question: Callable[..., Any]) -> bool:
    """Whether the visitor may have the answer to a question of `hub`. A page leaves out what he may not."""
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

    On the very first start the sample is loaded.
    """
    hub.first_start(home(), settings())
    _settle_grant()
    if grant().scope is None:
        st.set_page_config(page_title=settings().name, page_icon=ICON)
        st.title(literal(settings().name))
        st.markdown(_("This dashboard is not public. Ask the programme manager for a link."))
        st.stop()
    state = st.session_state
    on_show = grant().snapshot or store.on_show(home())
    if state.get("on_show", on_show) != on_show:
        state["news"] = True
    state["on_show"] = state["snapshot_id"] = on_show
    # A browser sends its address with every choice, and hears a moment later of the address that belongs to it. So who
    # chose something did so after the address was written, unless he followed a link to another page.
    state["is_late"] = any(name in state and state[name] != value for name, value in state.get("chosen", {}).items())
    # The language comes before the rest of the address: the menu is made before the page is known.
    wanted = st.query_params.get("lang", "")
    is_new = wanted != state.get("address", {}).get("lang", "") and not state["is_late"]
    if "at_lang" not in state or (is_new and wanted in settings().languages):
        state["at_lang"] = wanted if wanted in settings().languages else grant().language or _browser_language()
    _LANGUAGE.set(state["at_lang"])


def view() -> View:
    """What the sidebar says."""
    state = st.session_state
    return View(
        as_of=datetime.date.fromisoformat(state["at_as_of"]),
        sectors=tuple(state["at_sector"]),
        themes=tuple(state["at_theme"]),
        with_convenor=state["at_convenor"],
        window_days=settings().window_days,
        plenary_size=settings().plenary_size,
    )


@functools.lru_cache(maxsize=2000)
def _answer(
    question: Callable[..., Any], home: Path, snapshot_id: str, scope: Scope, view: View, details: tuple[Any, ...]
) -> Any:
    return question(_open(home, snapshot_id, scope), _settings(home), view, *details)


def ask(question: Callable[..., Any], *details: Any) -> Any:
    """The answer to one of the questions of `hub`, as seen through the sidebar's view. Read-only: it is shared.

    Who gets totals of income gets those of the moment his link was made and of all it covers, whatever he filters: by
    subtracting two answers he could tell single organisations apart. Raises `access.NotAllowed` for what the visitor
    may not have.
    """
    seen = grant()
    if not covers(question) or seen.scope is None:
        raise access.NotAllowed(question.__name__)
    if question is hub.answer_funding and seen.link and seen.totals_scope and seen.totals_snapshot:
        made_of = (home(), seen.totals_snapshot, seen.totals_scope)
        # Also the day is that of the link: who is active changes with it.
        whole = View(_open(*made_of).newest_date(seen.link.created_at.date()))
        return _answer(hub.answer_totals, *made_of, whole, details)
    return _answer(question, home(), snapshot().id, seen.scope, view(), details)


# --- which pages there are ----------------------------------------------------------------------------------------


class Page(NamedTuple):
    """A page: what its title asks, and one sentence for the menu."""

    title: str
    icon: str
    help: str


PAGES: dict[str, Page] = {
    "overview": Page(N_("Overview"), ":material/home:", N_("How the ecosystem is doing and where to act.")),
    "network": Page(N_("Network"), ":material/hub:", N_("Who works with whom, across sectors or not.")),
    "brokers": Page(
        N_("Brokers"),
        ":material/account_tree:",
        N_("Who holds the network together, and what is left without them."),
    ),
    "contacts": Page(N_("Contacts"), ":material/call:", N_("Whom to call, and what holds ties together.")),
    "sectors": Page(
        N_("Sectors"), ":material/donut_small:", N_("Which organisations there are: the DNA of the region.")
    ),
    "funding": Page(N_("Funding"), ":material/euro:", N_("Who pays, and who depends on whom.")),
    "stress": Page(
        N_("What if a donor stops"), ":material/trending_down:", N_("Who is at risk when somebody gives less.")
    ),
    "events": Page(N_("Events"), ":material/event:", N_("What was and will be, who met, and what followed.")),
    "introductions": Page(
        N_("Introductions"), ":material/handshake:", N_("Whom to introduce to whom, why, and what became of it.")
    ),
    "digital": Page(
        N_("Digital chances"), ":material/devices:", N_("What organisations need and offer, digital matters first.")
    ),
    "changes": Page(N_("What changed"), ":material/compare_arrows:", N_("Between two moments: who, what, and why.")),
    "organisation": Page(N_("Organisation"), ":material/apartment:", N_("One organisation: partners, money, events.")),
    "share": Page(N_("Sharing"), ":material/share:", N_("Links for others: read-only, and only what you choose.")),
    "data": Page(N_("Data"), ":material/upload_file:", N_("Drop your lists, repair them, load them, and go back.")),
    "methods": Page(N_("Methods"), ":material/menu_book:", N_("What every figure means and where it comes from.")),
}
"""Every page by its address, in the order of the menu. Who may see which is in `access.PAGES`."""


def pages() -> list[Any]:
    """The pages that the visitor has, as Streamlit's navigation wants them, in the reader's language.

    The first is the start page. A page that is not in this list cannot be reached by any address.
    """
    shown = [name for name in PAGES if has_page(name)]
    return [
        st.Page(
            f"{name}.py",
            title=_(page.title),
            icon=page.icon,
            help=_(page.help),
            url_path=name,
            default=name == shown[0],
        )
        for name, page in PAGES.items()
        if name in shown
    ]


def banner() -> None:
    """What a reader must know before the figures: that data is new, or old, or not his own, or only part of it."""
    link = grant().link
    if link:
        _link_banner(link)
        return
    if st.session_state.get("news"):
        loaded = moment(_manifest(store.on_show(home()) or "").loaded_at)
        st.info(
            md("New data is on show since you last looked. It was loaded on {moment}.", moment=loaded),
            icon=":material/update:",
        )
    shown = snapshot().manifest
    if is_old():
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            said = md("You are looking at the data of {moment}.", moment=moment(shown.loaded_at))
            st.markdown(f":material/history: **{said}**", width="stretch")
            if st.button(_("Back to now"), key="back_to_now"):
                st.session_state["at_snapshot"] = ""
                st.rerun()
    elif shown.origin != "own":
        _example_banner(shown.origin)


def _link_banner(link: sharing.Link) -> None:
    """To whoever came with a link: what he sees, and until when. To a manager who looks along: the way back."""
    what = {
        "sample": _("This is sample data: Dutch organisations in European peace and security research."),
        "demo": _("This is a fictional ecosystem. Every name and figure in it is invented."),
    }.get(snapshot().manifest.origin, "")
    covered = [
        *(label(sector) for sector in link.sectors),
        *(label(theme) for theme in link.themes),
    ]
    parts = [
        _("You can look at this and change nothing."),
        what,
        _("It shows only: {part}.", part=join(covered)) if covered else "",
        "" if link.names else _("Organisations, donors and events have no names here."),
        _("The data is that of {moment}.", moment=moment(snapshot().manifest.loaded_at)) if link.snapshot else "",
        _("This link works until {day}.", day=date(link.expires_at.date())),
    ]
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="link_banner"):
        said = Markdown(" ".join(literal(part) for part in parts if part))
        st.markdown(f":material/visibility: {said}", width="stretch")
        if "as_link" in st.session_state and st.button(_("Back to my own dashboard"), key="leave_link", type="primary"):
            look_by_oneself()


def _example_banner(origin: str) -> None:
    """When examples are on show: that they are, how to put one's own data in, and the way to the other example."""
    other = {"sample": "demo", "demo": "sample"}[origin]
    what = {
        "sample": _("You are looking at sample data: Dutch organisations in European peace and security research."),
        "demo": _("You are looking at a fictional ecosystem. Every name and figure in it is invented."),
    }[origin]
    button = {"demo": _("Look at the fictional demo"), "sample": _("Back to the real sample")}[other]
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/science: **{what}** {_('Your own lists go in on the Data page.')}", width="stretch")
        if st.session_state["page"] != "data":
            page_link("data", _("Drop your own lists"))
        if not hub.has_own_data(home()) and st.button(button, key="other_example"):
            show_example(other)
            st.session_state["on_show"] = store.on_show(home())
            st.query_params.from_dict({"lang": language()})  # a filter of one example means nothing in the other
            st.rerun()


def show_example(origin: str) -> None:
    """Put the sample or the demo on show, for everybody."""
    only_manager()
    hub.show_example(home(), settings(), origin)


def is_old() -> bool:
    """Whether this page is about an older snapshot than the one on show."""
    return bool(st.session_state["snapshot_id"] != st.session_state["on_show"])


@functools.lru_cache(maxsize=4)
def _read_manifest(home: Path, snapshot_id: str) -> store.Manifest:
    return store.read_manifest(home / "snapshots" / snapshot_id)


def _manifest(snapshot_id: str) -> store.Manifest:
    return _read_manifest(home(), snapshot_id)


def finish() -> None:
    """The foot of every page: what is on show, since when, how complete, under which licence. Writes the address."""

    def draw() -> None:
        st.caption(coverage_sentence())
        if snapshot().manifest.attribution:
            st.caption(literal(snapshot().manifest.attribution))

    with st.container(key="foot"):
        _static(f"foot {context()}", draw)
    write_address()
    st.session_state.pop("news", None)  # only now has it been seen: a page that begins anew does not come here


def stop() -> None:
    """End a page that has no more to show."""
    finish()
    st.stop()


# --- the view in the address --------------------------------------------------------------------------------------


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
    if may_change() and older != state["on_show"] and hub.is_kept(home(), older):
        state["snapshot_id"] = state["written"]["snapshot"] = older


def write_address() -> None:
    """Put the view in the address, leaving out what is the default anyway."""
    state = st.session_state
    state["address"], state["told_in"] = state.pop("written"), language()
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
    elif state.get("told_in") != language():
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


def _way_out() -> None:
    """Who is logged in, and the way out. A browser on this machine did not log in; a link is left with its cookie."""
    seen = grant()
    if seen.may_change and seen.who != access.THIS_MACHINE:
        way_in = _("the password") if seen.who == access.WITH_PASSWORD else literal(seen.who)
        st.caption(md("Logged in as manager: {who}", who=Markdown(way_in)))
        # Sends this tab to /auth/logout, where the gate ends either kind of login (`Gate._logout`).
        st.button(_("Log out"), on_click=st.logout, icon=":material/logout:", key="log_out")


def sidebar() -> None:
    """The language, and the view: as-of date, sector, theme, convenor."""
    shown = snapshot()
    newest = shown.newest_date(hub.today())
    state = st.session_state
    if "newest" in state and state.get("at_as_of") == state["newest"]:
        state["at_as_of"] = newest.isoformat()  # who looked at the newest day still does when there is newer data
    state["newest"] = newest.isoformat()
    with st.sidebar:
        names = {"nl": "Nederlands", "en": "English"}
        offered = list(settings().languages)
        # The heading is in both languages, for whoever cannot read the present one.
        own = grant().language or _browser_language()
        chosen = choose(st.selectbox, "lang", "Taal / Language", offered, own, format_func=names.get)
        _LANGUAGE.set(chosen)
        asked = (st.session_state["adopted"] or {}).get("as_of") or st.session_state.get("at_as_of")
        days = as_of_options(newest, asked)
        choose(st.selectbox, "as_of", _("As of"), days, newest.isoformat(), format_func=day_in_words())
        sectors = [code for code in settings().sectors if not shown.scope.sectors or code in shown.scope.sectors]
        choose(
            st.multiselect,
            "sector",
            _("Sectors"),
            sectors,
            [],
            format_func=code_in_words(),
            placeholder=_("All sectors"),
        )
        themes = known_themes(shown)
        choose(
            st.multiselect, "theme", _("Themes"), themes, [], format_func=code_in_words(), placeholder=_("All themes")
        )
        choose(
            st.toggle,
            "convenor",
            _("Count convenors"),
            None,
            True,
            help=_(
                "A convenor brings others together and so knows nearly everybody. "
                "Without it you see what holds by itself."
            ),
        )
        _way_out()
    link = grant().link
    seen_by = (grant().kind, link.id if link else "")
    st.session_state["context"] = (st.session_state["page"], shown.key, seen_by, view(), language(), style())
    # The browser of whoever gets the address may have another language.
    st.session_state["written"]["lang"] = language()


def day_in_words() -> Callable[[str], str]:
    """How a widget shows a day of an address. The language is settled now: a widget may ask when no page runs."""
    shown_in = language()
    return lambda day: texts.date(datetime.date.fromisoformat(day), shown_in)


def code_in_words() -> Callable[[str], str]:
    """How a widget shows a code."""
    shown_in = language()
    return lambda code: settings().label(code, shown_in)


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


@functools.lru_cache(maxsize=16)
def known_themes(shown: Snapshot) -> list[str]:
    """The themes that organisations in the data have."""
    themes = shown.table("organisations")["themes"]
    return sorted({theme for listed in themes.dropna() for theme in listed})


# --- what pages draw ----------------------------------------------------------------------------------------------


def metrics(*cards: tuple[str, str, str], details: tuple[Any, ...] = ()) -> None:
    """A row of cards, each a heading, a value in words and the figure it is; its meaning is behind a question mark."""

    def draw() -> None:
        with st.grid(len(cards)):
            for heading, value, method in cards:
                st.metric(heading, value, help=meaning(method), border=True)

    _static(f"metrics {context(*details)}", draw)


def meaning(method: str) -> Markdown:
    """What a figure is and how not to misread it, with the thresholds of this hub filled in."""
    return _meaning(method, language(), home())


@functools.cache
def _meaning(method: str, language: str, home: Path) -> Markdown:
    explanation, hub_settings = EXPLANATIONS[method], settings()
    thresholds = {
        "exposure": percent(hub_settings.exposure_threshold),
        "public": percent(hub_settings.public_threshold),
        "risk": percent(hub_settings.risk_threshold),
        "fading_days": number(hub_settings.fading_days),
        "half_life_days": number(hub_settings.half_life_days),
        "window_days": number(hub_settings.window_days),
        "minimum": number(hub_settings.minimum_organisations),
        "plenary": number(hub_settings.plenary_size),
    }
    return Markdown(f"{_(explanation.definition, **thresholds)} {_(explanation.reading, **thresholds)}")


def headline(
    indicator: str,
    heading: str,
    value: float | None,
    history: pd.DataFrame,
    kind: str,
    *,
    method: str = "",
    more_is_better: bool = True,
    in_words: Callable[[str], str] = str,
) -> None:
    """One of the three figures on top: its value, its history, the change over a year, and the target.

    `history`: one row per day, oldest first, with the columns `date`, `indicator`, and if a day is better said
    otherwise, `said`. `in_words` may dress the value, as `greyed` does.
    """
    past = history.dropna(subset=[indicator])
    newest = pd.Timestamp(past["date"].iloc[-1] if len(past) else view().as_of)
    a_year_ago = newest - pd.DateOffset(years=1)
    before = past[pd.to_datetime(past["date"]) <= a_year_ago].tail(1).to_dict("records")
    points, since = None, ""
    if value is not None and before:
        points = 100 * (value - before[0][indicator])
        since = _("points since {day}", day=before[0].get("said") or texts.month(before[0]["date"], language()))
    target = next_target(indicator)
    with st.container(border=True):
        st.metric(
            heading,
            in_words(say(value, kind)),
            points if points is None else 0 if abs(points) < 0.05 else f"{points:+.1f}".replace(".", decimal_mark()),
            delta_color="normal" if more_is_better else "inverse",
            delta_description=since or None,
            help=meaning(method or indicator),
        )

        # Streamlit's own sparkline has marks without a text for screen readers.
        def spark() -> None:
            st.plotly_chart(
                _shown(charts.sparkline(series(past, indicator, heading), style(), value_format="share")),
                theme=None,
                key=f"spark_{indicator}",
                alt=trend_in_words(heading, past, indicator, kind),
                config={"displayModeBar": False},
            )

        if len(past) > 1:
            _static(f"spark {context(indicator)}", spark)
        if target:
            aim = {"day": date(target[0]), "value": say(target[1], kind)}
            st.caption(
                _("Target on {day}: at least {value}.", **aim)
                if more_is_better
                else _("Target on {day}: at most {value}.", **aim)
            )
        elif may_change():
            st.caption(_("No target is set (targets.csv)."))


def web_link(website: str) -> Markdown:
    """A link to an organisation's own website; its address was checked when it was loaded."""
    target = website if website.lower().startswith("http") else f"https://{website}"
    return Markdown(f"[{literal(website)}]({quote(target, safe=':/?#=&%')})")


def income_bars(table: pd.DataFrame) -> charts.Figure:
    """Income by kind over the years. `table`: one row per year and category, with amount_eur."""
    kinds = category_labels()
    bars = every_year(table)
    return charts.bars(
        bars.assign(label=bars["year"].astype(str), value=bars["amount_eur"], series=bars["category"]),
        style(),
        value_title=_("Euro"),
        value_format="euro",
        series_labels=kinds,
        colours=charts.category_colours(kinds, style()),
        horizontal=False,
        stacked=True,
    )


def every_year(table: pd.DataFrame) -> pd.DataFrame:
    """A table per year with a row for the years between that have none, so that a gap shows as a gap."""
    gaps = sorted(set(range(table["year"].min(), table["year"].max() + 1)) - set(table["year"]))
    empty = table.iloc[[0] * len(gaps)].assign(year=gaps, amount_eur=float("nan"))
    whole = pd.concat([table, empty], ignore_index=True) if gaps else table
    return whole.sort_values("year", kind="stable")


def page_link(name: str, words: str) -> None:
    """A link to another page that keeps the view; nothing when the visitor does not have that page."""
    if has_page(name):
        st.page_link(f"{name}.py", label=words, icon=PAGES[name].icon, query_params=st.session_state["written"])


def explain(*methods: str) -> None:
    """How a list is calculated, behind something to open."""

    def draw() -> None:
        with st.expander(_("How this is calculated")):
            for method in methods:
                st.markdown(f"**{_(EXPLANATIONS[method].name)}** – {meaning(method)}")

    _static(f"explain {context(methods)}", draw)


def behind(key: str, label: str, draw: Callable[[], Any]) -> None:
    """Something to open. What is in it is made only when somebody looks."""
    closed = st.expander(label, key=f"behind_{key}", on_change="rerun")
    if closed.open:
        with closed:
            draw()


@st.cache_resource(max_entries=5000, show_spinner=False)
def _static(key: str, _draw: Callable[[], Any]) -> None:
    """Draw elements that nobody can operate. The second time Streamlit replays what was drawn, without computing it."""
    _draw()


def context(*details: Any) -> str:
    """Everything that what is on a page depends on: the key of every cache. `details` is what only some depend on."""
    return repr((st.session_state["context"], *details))


def figure(
    key: str,
    *,
    title: str,
    sentence: str,
    draw: Callable[[], charts.Figure],
    alt: Callable[[], str],
    table: Callable[[], pd.DataFrame],
    columns: dict[str, tuple[str, str]],
    basis: str,
    source: str,
    method: str,
    details: tuple[Any, ...] = (),
    selectable: bool = False,
) -> Any:
    """One figure with all that makes it trustworthy: sentence, source, as-of date, basis, method, table, download.

    `basis` says what the figure counts and how much is missing. `columns` names, for each column of `table` that is
    shown, its heading and its kind (see `frame`). `method` is a key of `EXPLANATIONS`. `draw`, `alt` and `table` are
    called only when they are needed. `details` is whatever the figure depends on beside snapshot, view and language.
    Returns the chart's selection when `selectable`.
    Raises `ValueError` when any part is missing: a figure without them is not drawn.
    """
    given = {"title": title, "sentence": sentence, "basis": basis, "source": source, "columns": columns}
    missing = [name for name, value in given.items() if not value]
    if missing or method not in EXPLANATIONS:
        raise ValueError(f"figure {key!r} lacks {', '.join(missing) or f'a known method, not {method!r}'}")
    identity = context(key, *details)

    def head() -> None:
        st.subheader(title, anchor=key)
        st.markdown(sentence if isinstance(sentence, Markdown) else literal(sentence))

    def chart() -> Any:
        drawn, said = _drawn(identity, lambda: (draw(), alt()))
        if not said:
            raise ValueError(f"figure {key!r} lacks an alternative text")
        how = {"on_select": "rerun", "selection_mode": "points"} if selectable else {}
        shown = {"theme": None, "key": f"figure_{key}", "alt": said, "config": {"displayModeBar": False}, **how}
        return st.plotly_chart(drawn, **shown)  # type: ignore[call-overload]

    def foot() -> None:
        day = date(view().as_of)
        st.caption(md("As of {day} · {basis} · Source: {source}", day=day, basis=basis, source=origin(source)))

    def table_and_method() -> None:
        st.markdown(f"**{_(EXPLANATIONS[method].name)}** – {meaning(method)}")
        frame(key, table, columns, details)

    with st.container(border=True):
        selection = None
        if selectable:
            head()
            selection = chart()
            foot()
        else:
            _static(f"figure {identity}", lambda: [draw_part() for draw_part in (head, chart, foot)])
        behind(key, _("Table, method and download"), table_and_method)
    return selection


@st.cache_resource(max_entries=500, show_spinner=False)
def _drawn(identity: str, _draw: Callable[[], tuple[charts.Figure, str]]) -> tuple[go.Figure, str]:
    figure, said = _draw()
    return _shown(figure), said


def _shown(figure: charts.Figure) -> go.Figure:
    """A figure as Streamlit takes it, which would have Plotly check and copy it at every run (see `charts`)."""
    shown = go.Figure()
    shown.to_dict = lambda: figure
    return shown


def frame(
    key: str,
    table: Callable[[], pd.DataFrame],
    columns: dict[str, tuple[str, str]],
    details: tuple[Any, ...] = (),
) -> None:
    """A table with its download. `table` is called only when it is needed; `details` as for `figure`.

    `columns`: column -> (heading, kind); a kind is text, count, number, share, euro, date or year.
    """

    def shown() -> pd.DataFrame:
        found = table()
        kept = {name: named for name, named in columns.items() if name in found}
        return found[list(kept)].rename(columns={n: h for n, (h, _kind) in kept.items()}).reset_index(drop=True)

    identity = context(key, *details)
    whole = _whole(identity, shown)

    def draw() -> None:
        formats = {heading: _formats()[kind] for heading, kind in columns.values() if heading in whole}
        st.dataframe(
            whole.head(MOST_ROWS_SHOWN).style.format(formats, na_rep=texts.NOT_KNOWN),
            hide_index=True,
            height="content" if len(whole) <= 20 else "auto",
            alt=_("Table: {columns}", columns=", ".join(whole.columns)),
            placeholder=texts.NOT_KNOWN,
        )
        if len(whole) > MOST_ROWS_SHOWN:
            some, every = number(MOST_ROWS_SHOWN), number(len(whole))
            st.caption(_("The first {some} rows are shown; the download has all {every}.", some=some, every=every))

    _static(f"table {identity}", draw)
    if not grant().downloads:
        return
    decimal_comma = language() == "nl"
    st.download_button(
        _("Download as CSV"),
        data=lambda: exports.csv(whole, decimal_comma=decimal_comma),
        file_name=f"{key}.csv",
        mime="text/csv",
        key=f"download_{key}",
        on_click="ignore",
        icon=":material/download:",
    )


@st.cache_resource(max_entries=1500, show_spinner=False)
def _whole(identity: str, _make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    return _make()


def _formats() -> dict[str, Callable[[Any], str]]:
    """How a cell of each kind is written."""
    shown_in = language()
    return {
        "text": str,
        "count": lambda value: texts.number(value, shown_in),
        "number": lambda value: texts.number(value, shown_in, 2),
        "share": lambda value: texts.percent(value, shown_in, 1),
        "euro": lambda value: texts.whole_euro(value, shown_in),
        "date": lambda value: texts.date(value, shown_in),
        "year": lambda value: str(int(value)),
    }


def origin(source: str) -> str:
    """The files a figure comes from, with the attribution that their licence asks for."""
    attribution = snapshot().manifest.attribution
    return f"{source} ({attribution})" if attribution else source


def address_of(organisation_id: str) -> dict[str, str]:
    """The address of one organisation that keeps the view."""
    return {**st.session_state.get("written", {}), "id": organisation_id}


def open_selected_organisation(selection: Any) -> None:
    """When a mark with an organisation's id was clicked: go to that organisation."""
    points = selection.selection.points if selection else []
    clicked = next((point.get("customdata") for point in points if point.get("customdata")), None)
    organisation_id = clicked[0] if isinstance(clicked, list) else clicked
    if organisation_id and has_page("organisation"):
        st.switch_page("organisation.py", query_params=address_of(organisation_id))


def nothing_yet(what: str, remedy: str) -> None:
    """A place without data: what would be here, and what to do for it. Who only looks cannot load anything."""
    if may_change():
        st.info(remedy, title=what, icon=":material/inbox:")
    else:
        st.info(what, icon=":material/inbox:")


# --- tables and sentences that several pages make -----------------------------------------------------------------


def table_of(rows: Any, *coded: str) -> pd.DataFrame:
    """Rows of an answer as a table, with words for the columns of codes (see `with_labels`)."""
    return with_labels(pd.DataFrame(rows), *coded)


def with_yes_no(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """The table with columns of true and false as words."""
    return table.assign(**{name: table[name].map({True: _("yes"), False: _("no")}) for name in columns})


def series(table: pd.DataFrame, column: str, name: str) -> pd.DataFrame:
    """One column over time as `charts.lines` takes it."""
    return pd.DataFrame({"series": name, "date": table["date"], "value": table[column]})


def targets(indicator: str) -> dict[str, Any]:
    """The targets set for an indicator, as `charts.lines` takes them."""
    found = snapshot().table("targets")
    return {"targets": found[found["indicator"] == indicator], "target": _("Target")}


def next_target(indicator: str) -> tuple[datetime.date, float] | None:
    """The first target after the as-of date, else the last one before it."""
    found = targets(indicator)["targets"].sort_values("date")
    if found.empty:
        return None
    ahead = found[found["date"] >= pd.Timestamp(view().as_of)]
    row = (ahead.iloc[0] if len(ahead) else found.iloc[-1]).to_dict()
    return row["date"].date(), float(row["value"])


def say(value: float | None, kind: str) -> str:
    """A value in words, by its kind."""
    if value is None or pd.isna(value):
        return texts.NOT_KNOWN
    return {"share": lambda: percent(value, 1), "euro": lambda: euro(value), "count": lambda: number(value)}.get(
        kind, lambda: number(value, 1)
    )()


def trend_in_words(title: str, table: pd.DataFrame, column: str, kind: str) -> str:
    """A line chart as a sentence: from where to where."""
    known = table.dropna(subset=[column])
    if known.empty:
        return _("{title}: not known.", title=title)
    first, last = known.iloc[0], known.iloc[-1]
    return _(
        "{title}: from {first} on {start} to {last} on {end}.",
        title=title,
        first=say(first[column], kind),
        start=date(first["date"]),
        last=say(last[column], kind),
        end=date(last["date"]),
    )


def ranking_in_words(title: str, table: pd.DataFrame, name: str, column: str, kind: str = "count") -> str:
    """A bar chart as a sentence: the largest three."""
    largest = table.dropna(subset=[column]).nlargest(3, column) if len(table) else table
    if not len(largest):
        return _("{title}: not known.", title=title)
    said = [f"{row[name]} ({say(row[column], kind)})" for row in largest.to_dict("records")]
    return _("{title}; the largest: {names}.", title=title, names=join(said))


def coverage_rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Coverage as a table: what is known, for how many, of how many."""
    everyone = found["organisations"]
    money = [
        (_("Income in {year}", year=found["income_year"] or texts.NOT_KNOWN), found["income_known"], everyone),
        (_("Income in any year"), found["income_ever_known"], everyone),
        (_("Reserves"), found["reserves_known"], everyone),
    ]
    counted = [
        (_("Organisations, out of those expected"), everyone, found["expected_organisations"]),
        (_("Jobs (fte)"), found["jobs_known"], everyone),
        *(money if has_amounts() else []),
        (_("Themes"), found["themes_known"], everyone),
        (_("Development goals"), found["sdgs_known"], everyone),
        (_("Countries where they work"), found["countries_known"], everyone),
        (_("Membership"), found["membership_known"], everyone),
        (_("Digital maturity"), found["digital_maturity_known"], everyone),
        (_("Needs"), found["needs_known"], everyone),
        (_("Offers"), found["offers_known"], everyone),
        (_("Events with attendance"), found["attendance_known"], found["events"]),
    ]
    return [
        {"what": what, "known": known, "of": of, "share": known / of if of else None} for what, known, of in counted
    ]


def note_totals() -> None:
    """To whoever sees totals of income only: what they are made of, and that filters do not change them."""
    made = grant().totals_snapshot
    if made and grant().totals_scope:
        st.info(
            _(
                "What is said of income are totals, of the data of {moment} and of all organisations in this link; "
                "filters do not change them. What concerns fewer than three organisations is taken together.",
                moment=moment(_manifest(made).loaded_at),
            ),
            icon=":material/functions:",
        )


def latest_year(years: Iterable[int]) -> int | None:
    """The last year with income rows that was over on the as-of date; without one the nearest there is."""
    return hub.latest_year(years, view().as_of)


def note_records() -> None:
    """Say so when partnerships were last recorded long before the as-of date: then ties can only be seen to end."""
    newest = ask(hub.answer_records)["newest_partnership"]
    if newest and (view().as_of - newest).days > 90:
        st.info(
            _(
                "The last partnership in the data began on {day}. After that day we "
                "only see ties end, so a decline may "
                "be the end of the data.",
                day=date(newest),
            ),
            icon=":material/history:",
        )


def note_last_contact() -> None:
    """Say so when nobody filled in a last contact, since a tie is then silent from its start on."""
    if not ask(hub.answer_records)["last_contact_known"]:
        st.caption(_("The last contact is not filled in for any partnership, so we count from its start."))


def _one_donor(year: dict[str, Any]) -> dict[str, Any] | None:
    """The donor that gives nearly all known income, if there is one."""
    largest: dict[str, Any] = year["donor_totals"][0]
    return largest if largest["donor"] and (largest["share"] or 0) >= 0.9 else None


def note_one_donor(year: dict[str, Any]) -> None:
    """Say so when one donor gives nearly all known income: the files then say little about dependency."""
    largest = _one_donor(year)
    if largest:
        st.info(
            md(
                "In {year} {share} of all known income comes from {donor}. Other "
                "income is hardly in the files, so these "
                "figures say little about who depends on whom.",
                year=year["year"],
                share=percent(largest["share"]),
                donor=largest["donor"],
            ),
            icon=":material/help:",
        )


def greyed(value: str, year: dict[str, Any]) -> str:
    """A share of exposed organisations in a card: grey when what is missing could turn it (see the two notes)."""
    missing = _missing_income(year)
    return f":gray[{value}]" if (missing and missing["is_unsettled"]) or _one_donor(year) else value


def _missing_income(year: dict[str, Any]) -> dict[str, Any] | None:
    """What the missing income could do to the share of exposed organisations; None in totals, which do not tell."""
    found = year["coverage"]
    if found["exposed"] is None:
        return None
    return coverage.missing_part(found["exposed"], found["organisations"], found["active_organisations"])


def note_unsettled(year: dict[str, Any]) -> None:
    """Say so when organisations without income rows could turn the share of exposed organisations."""
    part = _missing_income(year)
    if part and part["is_unsettled"]:
        st.caption(
            md(
                ":material/help: Income is known for {known} of {total} active "
                "organisations. With the others, the share of "
                "exposed organisations could be anywhere from {low} to {high}.",
                known=number(part["known"]),
                total=number(part["total"]),
                low=percent(part["low"]),
                high=percent(part["high"]),
            )
        )


def moment(at: str) -> str:
    return texts.moment(at, language())


def curves(survival: dict[str, Any], groups: dict[str, str]) -> pd.DataFrame:
    """Survival curves as `charts.survival` takes them: one row per group and step, in years."""
    parts = [pd.DataFrame(survival[key]["curve"]).assign(series=name) for key, name in groups.items()]
    steps = pd.concat(parts)
    return steps.assign(years=steps["days"] / DAYS_IN_YEAR) if "days" in steps else steps


def survival_table(survival: dict[str, Any], groups: dict[str, str]) -> pd.DataFrame:
    """Survival after 1, 2 and 3 years, one row per group and year."""
    rows = [
        {"group": name, "spells": survival[key]["spells"], **at}
        for key, name in groups.items()
        for at in survival[key]["at"]
    ]
    return pd.DataFrame(rows)


def survival_columns() -> dict[str, tuple[str, str]]:
    """The columns of `survival_table` with their headings, for `figure`."""
    return {
        "group": (_("Ties"), "text"),
        "spells": (_("Number"), "count"),
        "years": (_("Years"), "count"),
        "survival": (_("Still there"), "share"),
        "low": (_("At least"), "share"),
        "high": (_("At most"), "share"),
        "at_risk": (_("Followed so long"), "count"),
    }


def goal(number: int) -> str:
    """A Sustainable Development Goal by its number."""
    return f"{number}. {GOALS[number][language()]}"


def coverage_sentence() -> Markdown:
    """How much of the ecosystem the figures stand on."""
    found = ask(hub.answer_coverage)
    n = found["organisations"]
    is_whole = snapshot().manifest.origin == "own" and not snapshot().scope.sectors and not snapshot().scope.themes
    said = [
        _(
            "Data up to {day}, loaded {moment}",
            day=date(found["data_up_to"]),
            moment=moment(snapshot().manifest.loaded_at),
        ),
        (
            _("{n} of {expected} expected organisations", n=number(n), expected=number(found["expected_organisations"]))
            if is_whole
            else n_("{n} organisation", "{n} organisations", n)
        ),
        _("jobs known for {jobs}", jobs=number(found["jobs_known"])),
    ]
    if has_amounts():
        year = found["income_year"] or texts.NOT_KNOWN
        said.append(_("income in {year} known for {income}", year=year, income=number(found["income_known"])))
    return Markdown(" · ".join(literal(part) for part in said))


def by_name() -> str:
    """Who does something here, when it is known by name."""
    return grant().who if "@" in grant().who else ""


def note_page() -> None:
    """Write down that somebody with a link looks at a page, once per page."""
    state, link = st.session_state, grant().link
    if link and "as_link" not in state and state.get("noted_page") != state["page"]:
        state["noted_page"] = state["page"]
        audit.note(home(), "viewer", "page", link=link.id, detail=state["page"] or "start")


# --- the Data page ------------------------------------------------------------------------------------------------

LISTS = {
    "organisations": N_("organisations"),
    "events": N_("events"),
    "partnerships": N_("partnerships"),
    "attendance": N_("attendance"),
    "funding": N_("income"),
    "reference": N_("reference figures"),
    "targets": N_("targets"),
}
"""Every table as a reader calls it."""

WAYS = {
    "page": N_("This page"),
    "inbox": N_("The inbox folder"),
    "command": N_("A command"),
    "start": N_("First start"),
}
ORIGINS = {"own": N_("Your own lists"), "sample": N_("The real sample"), "demo": N_("The fictional demo")}
HEADLINES = {
    "density": N_("Network density"),
    "mean_degree": N_("Average number of partners"),
    "cross_sector_share": N_("Ties across sectors"),
    "exposed_share": N_("Exposed organisations"),
}
REASONS = {
    "time": N_("another newest day"),
    "organisations": N_("other organisations"),
    "ties": N_("other partnerships and events"),
    "records": N_("what we know better about the earlier day"),
    "size": N_("the number of organisations"),
    "ended": N_("ties that ended"),
    "formed": N_("ties that formed"),
    "income": N_("other income of the same organisations"),
    "coverage": N_("income that was not known before"),
    "known": N_("other organisations of which income is known"),
}
"""The parts of a `hub.Movement` in words."""


class Drop(NamedTuple):
    """Files on the Data page, read and compared once."""

    id: str
    """Another one whenever it was read again, so that nothing on the page that belongs to an earlier one counts."""
    asked: tuple[Any, ...]
    """What it depends on."""
    prepared: hub.Prepared
    was_overtaken: bool
    """Somebody else loaded since these files were first compared."""

    @property
    def can_load(self) -> bool:
        """Nothing stands in the way that leaving out rows does not solve."""
        return not self.prepared.draft.is_blocked and not self.prepared.is_unchanged


def list_word(table: str) -> str:
    return _(LISTS[table])


def lists_in_words(manifest: store.Manifest) -> str:
    """How many rows of what: `organisations (166), events (12)`."""
    counted = [(list_word(name), manifest.tables.get(name, {}).get("rows", 0)) for name in LISTS]
    return join([f"{name} ({number(rows)})" for name, rows in counted if rows])


def sentence_on_show() -> Markdown:
    """What is on show, since when, how it came and by whom."""
    manifest = _manifest(st.session_state["on_show"])
    how = {
        "page": _("It came in through this page."),
        "inbox": _("It came in through the inbox folder."),
        "command": _("It was loaded with a command."),
        "start": _("It came with the dashboard."),
    }.get(manifest.way, "")
    return md(
        "On show: **{what}**, loaded on {moment}: {lists}. {how} {by}",
        what=_(ORIGINS[manifest.origin]),
        moment=moment(manifest.loaded_at),
        lists=lists_in_words(manifest),
        how=how,
        by=_("By: {name}.", name=manifest.by) if manifest.by else "",
    )


def uploaded_files() -> dict[str, Any]:
    """The place to drop files; file name -> what was dropped there, not yet read."""
    st.session_state.setdefault("drop_round", 0)
    files = st.file_uploader(
        _("Your lists, as CSV or Excel files"),
        type=[suffix.lstrip(".") for suffix in hub.READ_SUFFIXES],
        accept_multiple_files=True,
        key=f"files_{st.session_state['drop_round']}",
        max_upload_size=settings().max_file_megabytes,
    )
    if not files:
        st.session_state.pop("drop", None)
    named: dict[str, Any] = {}
    for file in files:
        name = file.name
        while name in named:
            name = f"_{name}"
        named[name] = file
    return named


def told() -> Any:
    """What the reader said about his files on this page so far (an `ingest.Matching`)."""
    return st.session_state.setdefault("told", hub.NOTHING_TOLD)


def prepared_drop(files: dict[str, Any], update: bool) -> Drop:
    """The files read, checked and compared: once, and again only when something it depends on has changed."""
    only_manager()
    state = st.session_state
    chosen = (tuple((name, file.file_id) for name, file in files.items()), update)
    asked = (chosen, told().model_dump_json(), state["on_show"])
    kept: Drop | None = state.get("drop")
    if kept and kept.asked == asked:
        return kept
    with st.spinner(_("We are reading and checking your files…"), show_time=True):
        content = {name: file.getvalue() for name, file in files.items()}
        prepared = hub.prepare(home(), settings(), content, update=update, told=told())
    was_overtaken = bool(kept and kept.asked[0] == chosen and kept.asked[2] != asked[2])
    if prepared.is_unchanged:
        hub.remember(home(), told())  # nothing will be loaded, but the reader need not say it again
    drop = Drop(secrets.token_hex(6), (chosen, asked[1], prepared.based_on), prepared, was_overtaken)
    state["drop"] = drop
    return drop


def movements(drop: Drop) -> list[hub.Movement]:
    """How the headlines would move. Computed once, and last, since with much data it takes longer than reading it."""
    made_for, moved = st.session_state.get("movements", ("", []))
    if made_for != drop.id:
        with st.spinner(_("We are calculating what the figures would become…"), show_time=True):
            moved = hub.movements(drop.prepared, settings())
        st.session_state["movements"] = (drop.id, moved)
    return list(moved)


def load_drop(drop: Drop, *, skip_invalid: bool, may_remove: bool) -> None:
    """Put a drop on show and say what became of it, on the page that is then drawn anew."""
    only_manager()
    state = st.session_state
    how: dict[str, Any] = {"skip_invalid": skip_invalid, "may_remove": may_remove, "way": "page", "by": by_name()}
    try:
        with st.spinner(_("We are loading your lists…"), show_time=True):
            manifest = hub.put_on_show(home(), settings(), drop.prepared, **how).manifest
    except store.OtherLoadWasFirst:
        st.rerun()  # the page sees the new data, compares again, and says so
    except store.StoreProblem as problem:
        st.error(store_sentence(problem), icon=":material/error:")
        return
    if manifest:
        _now_on_show(manifest.id, drop.prepared.based_on, _("Your lists are loaded. All pages now show them."))
        state["drop_round"] += 1
        state.pop("drop", None)
        state["told"] = hub.NOTHING_TOLD
    st.rerun()


def put_back(snapshot_id: str) -> None:
    """Put another snapshot on show and say so; that can be undone as well."""
    only_manager()
    shown = st.session_state["on_show"]
    try:
        hub.put_back(home(), snapshot_id, shown, by_name())
    except store.OtherLoadWasFirst:
        st.error(_("Somebody else loaded data in the meantime. Nothing was changed."), icon=":material/error:")
        return
    except store.StoreProblem as problem:
        st.error(store_sentence(problem), icon=":material/error:")
        return
    loaded = moment(_manifest(snapshot_id).loaded_at)
    _now_on_show(snapshot_id, shown, _("The data of {moment} is on show again.", moment=loaded))
    st.rerun()


def _now_on_show(snapshot_id: str, before: str | None, sentence: str) -> None:
    """This session changed what is on show: no news to it, and it can undo it."""
    st.session_state["done"] = (snapshot_id, before, sentence)
    st.session_state["on_show"] = snapshot_id
    st.session_state["at_snapshot"] = ""


def last_action() -> None:
    """What this session last put on show, with the way back, as long as nobody else changed it."""
    shown, before, sentence = st.session_state.get("done", ("", None, ""))
    if shown != st.session_state["on_show"]:
        return
    with st.container(key="done"):
        st.success(md("{sentence} Load number: {id}.", sentence=sentence, id=shown), icon=":material/check_circle:")
        if before and st.button(_("Undo"), key=f"undo_{shown}", icon=":material/undo:"):
            put_back(before)


def store_sentence(problem: store.StoreProblem) -> str:
    """What the disk refuses, in the reader's language."""
    return {
        "disk_full": _("The disk is full. Nothing was changed; the old data is still on show. Ask your IT colleague."),
        "read_only": _("The dashboard may not write to its folder. Nothing was changed. Ask your IT colleague."),
    }.get(problem.code, _("The data could not be written. Nothing was changed; the old data is still on show."))


def how_read(reading: Any) -> str:
    """How a file is written: `Windows-1252, semicolons, decimal comma, dates day first`."""
    columns = models.TABLES[reading.table].model_fields if reading.table else {}
    used = [columns[name].annotation for name in reading.columns.values() if name in columns]
    has_dates = any(models.plain_type(annotation) is datetime.date for annotation in used)
    said = [
        _("Excel workbook") if reading.encoding == "Excel" else reading.encoding,
        {",": _("commas"), ";": _("semicolons"), "\t": _("tabs")}.get(reading.separator, ""),
        {",": _("decimal comma"), ".": _("decimal point")}.get(reading.decimal_mark or "", ""),
        "" if not has_dates else _("dates month first") if reading.month_first else _("dates day first"),
    ]
    return ", ".join(part for part in said if part)


def note(note: Any) -> None:
    """Something the reader should know and need not repair."""
    said = md("**{file}**: {note}", file=note.file, note=note.message.words(language()))
    st.markdown(f":material/info: {said}")


def reading_report(number_of_file: int, reading: Any, draft: Any) -> None:
    """What was understood of one file, and the questions that only its sender can answer."""
    with st.container(border=True):
        if reading.table is None:
            st.markdown(md("We do not know yet what **{file}** holds.", file=reading.file))
        else:
            st.markdown(
                n_md(
                    "**{file}** holds {list}: {n} row; {how}.",
                    "**{file}** holds {list}: {n} rows; {how}.",
                    reading.rows,
                    file=reading.file,
                    list=list_word(reading.table),
                    how=how_read(reading),
                )
            )
        for about in draft.notes:
            if about.file == reading.file:
                st.markdown(f":material/info: {literal(about.message.words(language()))}")
        _questions(number_of_file, reading, draft.problems)
        if reading.table is not None:
            with st.expander(_("Which column is which")):
                small_table(_columns_as_read(reading))


def _columns_as_read(reading: Any) -> pd.DataFrame:
    def what_for(header: str) -> str:
        if header in reading.columns:
            return _("used")
        return _("left out: personal data") if header in reading.left_out else _("not used")

    return pd.DataFrame(
        {
            _("Heading in your file"): list(reading.header),
            _("Column"): [reading.columns.get(header, texts.NOT_KNOWN) for header in reading.header],
            _("What we do with it"): [what_for(header) for header in reading.header],
        }
    )


def _questions(number_of_file: int, reading: Any, problems: Sequence[Any]) -> None:
    """What a file holds, which column is which, and how dates and numbers are written: asked only where in doubt."""
    known = hub.remembered(home()).with_(told())
    key, sign = f"{st.session_state['drop_round']} {number_of_file} {reading.signature}", reading.signature
    mine = [problem for problem in problems if problem.file == reading.file]
    if reading.table is None or sign in known.tables:
        _question(
            f"table {key}",
            _("What does this file hold?"),
            {name: list_word(name).capitalize() for name in models.TABLES},
            reading.table,
            lambda table: hub.told_about(reading, table=table),
        )
    if reading.table is None:
        return
    if reading.missing:
        st.markdown(md("Still needed: **{columns}**.", columns=", ".join(reading.missing)))
    for position, header in enumerate(reading.header):
        is_doubtful = reading.missing and header in reading.columns  # it may stand for what is missing
        if header in reading.ignored or is_doubtful or hub.told_column(known, reading, header):

            def learn(column: str, header: str = header) -> Any:
                return hub.told_about(reading, header=header, column=column)

            _question(
                f"column {position} {key}",
                _("Which column is “{header}”?", header=in_label(header)),
                _column_choices(reading, header),
                reading.columns.get(header, ""),
                learn,
            )
    if reading.day_or_month or reading.month_first or any(hub.is_about(p, "month_first") for p in mine):
        _question(
            f"dates {key}",
            _("How are the dates written?"),
            {
                False: _("Day first: 01/02/2024 is 1 February 2024"),
                True: _("Month first: 01/02/2024 is 2 January 2024"),
            },
            reading.month_first,
            lambda month_first: hub.told_about(reading, month_first=month_first),
            st.radio,
        )
    if sign in known.decimal_marks or any(hub.is_about(p, "two_readings") for p in mine):
        _question(
            f"numbers {key}",
            _("How are the numbers written?"),
            {
                ",": _("The Dutch way, with a decimal comma: 1.234,50"),
                ".": _("The English way, with a decimal point: 1,234.50"),
            },
            reading.decimal_mark,
            lambda mark: hub.told_about(reading, decimal_mark=mark),
            st.radio,
        )


def _column_choices(reading: Any, header: str) -> dict[str, str]:
    """The columns a header may be, each with its meaning; first that it is none."""
    row_type = models.TABLES[reading.table]
    own = {reading.columns[header]} if header in reading.columns else set()
    meanings = {"organisation_a": _("The first organisation."), "organisation_b": _("The other organisation.")}
    for name, field in row_type.model_fields.items():
        meanings[name] = str(field.description if language() == "en" else models.extra(row_type, name)["nl"])
    free = [name for name in meanings if name in own or name in hub.free_columns(reading)]
    return {"": _("not used"), **{name: f"{name} – {meanings[name]}" for name in free}}


def _question(
    key: str,
    label: str,
    options: dict[Any, str],
    answer: Any,
    learn: Callable[[Any], Any],
    widget: Callable[..., Any] = st.selectbox,
) -> None:
    """A question about a file. The answer is kept in `told`, before the page runs again and reads the file anew."""

    def heard() -> None:
        if st.session_state[key] is not None:
            st.session_state["told"] = told().with_(learn(st.session_state[key]))

    codes = list(options)
    more = {"placeholder": _("Choose")} if widget is st.selectbox else {}
    index = codes.index(answer) if answer in codes else None
    widget(label, codes, index=index, format_func=options.get, key=key, on_change=heard, **more)


def problem_sentence(problem: Any) -> Markdown:
    """A problem as one sentence: where, what, and the way out."""
    place = [literal(problem.file)]
    place += [md("row {row}", row=problem.row)] if problem.row else []
    place += [md("column {column}", column=problem.column)] if problem.column else []
    value = md(" “{value}”", value=problem.value) if problem.value else ""
    message, remedy = (literal(text.words(language())) for text in (problem.message, problem.remedy))
    return Markdown(f"**{', '.join(place)}**:{value} {message} {remedy}")


def problem_rows(problems: Sequence[Any]) -> pd.DataFrame:
    """Problems as a table."""
    rows = [
        (p.file, p.row, p.column, p.value, p.message.words(language()), p.remedy.words(language())) for p in problems
    ]
    table = pd.DataFrame(rows, columns=["file", "row", "column", "value", "message", "remedy"])
    return table.assign(row=table["row"].astype("Int64"))


def changes_table(drop: Drop) -> pd.DataFrame:
    """Per list how many rows are added, changed, removed and left out."""
    changes = drop.prepared.draft.changes
    return pd.DataFrame(
        {
            _("List"): [list_word(name) for name in changes],
            _("Rows now"): [number(c.before) for c in changes.values()],
            _("Added"): [number(c.added) for c in changes.values()],
            _("Changed"): [number(c.changed) for c in changes.values()],
            _("Removed"): [number(c.removed) for c in changes.values()],
            _("Left out"): [number(c.rejected) for c in changes.values()],
        }
    )


def changed_rows(drop: Drop, table: str) -> pd.DataFrame:
    """What changes in one list, row by row, in words."""
    kinds = {"added": _("added"), "changed": _("changed"), "removed": _("removed")}
    rows = [
        {
            "kind": kinds[row["kind"]],
            "key": row["key"],
            "column": row["column"],
            "old": cell_in_words(table, row["column"], row["old"]),
            "new": cell_in_words(table, row["column"], row["new"]),
        }
        for row in hub.changed_rows(drop.prepared, table)
    ]
    return pd.DataFrame(rows, columns=["kind", "key", "column", "old", "new"])


def cell_in_words(table: str, column: str, value: Any) -> str:
    """A value of a table as a reader would say it."""
    if value is None or value == "":
        return ""
    vocabulary = {"role": "organisation_role" if table == "organisations" else "attendance_role"}.get(column, column)
    if isinstance(value, list):
        return join([cell_in_words(table, column, item) for item in value])
    if vocabulary in models.VOCABULARIES and value in models.VOCABULARIES[vocabulary]:
        return word(vocabulary, value)
    if column == "type":
        return type_label(value)
    if column in ("sector", "themes", "kind", "needs", "offers"):
        return label(value)
    if isinstance(value, datetime.date):
        return date(value)
    return number(value, 0 if value == int(value) else 2) if isinstance(value, float) else str(value)


def _points(share: float, digits: int = 2) -> str:
    return _signed(100 * share, digits)


def _signed(value: float, digits: int = 2) -> str:
    return f"{value:+.{digits}f}".replace(".", decimal_mark()).replace("-", "\N{MINUS SIGN}")


def movement_sentence(movement: hub.Movement) -> Markdown:
    """By how much a headline figure would move, and why."""
    name, before, after = _(HEADLINES[movement.indicator]), movement.before, movement.after
    written, signed = _ways_to_write(movement)
    if after is None:
        return md("**{name}** cannot be calculated from this data.", name=name)
    if before is None:
        return md("**{name}** becomes {after}; there is nothing to compare it with.", name=name, after=written(after))
    if written(after) == written(before):
        return md("**{name}** stays {after}.", name=name, after=written(after))
    why = [_("{points} because of {reason}", points=signed(p), reason=_(REASONS[r])) for r, p in movement.parts.items()]
    difference = signed(after - before)
    return md(
        "**{name}** goes from {before} to {after}: {difference} ({why}).",
        name=name,
        before=written(before),
        after=written(after),
        difference=(
            difference if movement.indicator == "mean_degree" else _("{points} percentage points", points=difference)
        ),
        why=join(why),
    )


def _ways_to_write(movement: hub.Movement) -> tuple[Callable[[float | None], str], Callable[[float], str]]:
    """How a figure that moved is written, and how a part of its movement."""
    if movement.indicator == "mean_degree":
        return lambda value: number(value, 2), _signed
    return lambda value: percent(value, 2), _points


def movement_table(movements: Sequence[hub.Movement], then: str = "", now: str = "") -> pd.DataFrame:
    """The same as a table, in percentage points. `then` and `now` head the figures before and after; else a load."""

    def part(movement: hub.Movement, reason: str) -> str:
        signed = _ways_to_write(movement)[1]
        return signed(movement.parts[reason]) if reason in movement.parts else texts.NOT_KNOWN

    reasons = [reason for reason in REASONS if any(reason in movement.parts for movement in movements)]
    return pd.DataFrame(
        {
            _("Figure"): [_(HEADLINES[m.indicator]) for m in movements],
            then or _("On show now"): [_ways_to_write(m)[0](m.before) for m in movements],
            now or _("After loading"): [_ways_to_write(m)[0](m.after) for m in movements],
            **{_(REASONS[reason]).capitalize(): [part(m, reason) for m in movements] for reason in reasons},
        }
    )


def small_table(table: pd.DataFrame) -> None:
    """A table of texts without a download."""
    alt = _("Table: {columns}", columns=", ".join(table.columns))
    st.dataframe(table, hide_index=True, height="content" if len(table) <= 20 else "auto", alt=alt)


def history_rows(manifests: Sequence[store.Manifest]) -> pd.DataFrame:
    """The snapshots there are, newest first."""
    on_show = st.session_state["on_show"]

    def total(manifest: store.Manifest, what: str) -> int:
        return sum(table.get(what, 0) for table in manifest.tables.values())

    return pd.DataFrame(
        {
            "on_show": [_("on show") if m.id == on_show else "" for m in manifests],
            "moment": [moment(m.loaded_at) for m in manifests],
            "what": [_(ORIGINS[m.origin]) for m in manifests],
            "way": [_(WAYS[m.way]) if m.way in WAYS else "" for m in manifests],
            "by": [m.by for m in manifests],
            "lists": [lists_in_words(m) for m in manifests],
            **{what: [total(m, what) for m in manifests] for what in ("added", "changed", "removed")},
            "id": [m.id for m in manifests],
        }
    )


def snapshots_in_words(manifests: Sequence[store.Manifest]) -> dict[str, str]:
    """Id -> moment and what it is; with the end of the id where two would read the same."""
    words = {m.id: f"{moment(m.loaded_at)} – {_(ORIGINS[m.origin])}" for m in manifests}
    listed = list(words.values())
    return {key: f"{said} ({key[-6:]})" if listed.count(said) > 1 else said for key, said in words.items()}


def manifests() -> list[store.Manifest]:
    """What is known of every snapshot, newest first."""
    return store.history(home())


def not_on_show(manifests: Sequence[store.Manifest]) -> list[store.Manifest]:
    return [manifest for manifest in manifests if manifest.id != st.session_state["on_show"]]


def snapshot_link(snapshot_id: str, words: str) -> None:
    """A link to the dashboard with the data of an older snapshot. Filters stay behind: they belong to newer data."""
    older = {"lang": language(), "snapshot": snapshot_id}
    st.page_link("overview.py", label=words, icon=":material/history:", query_params=older)


def other_headings(row_type: type[models.Row]) -> list[str]:
    """Per column of a table the other headings under which we know it."""
    return [", ".join(models.also_called(row_type, column)) for column in row_type.model_fields]


def templates(language: str) -> bytes:
    """Empty lists as CSV files, one zip, with the separator that the reader's Excel expects."""
    separator = ";" if language == "nl" else ","
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, row_type in models.TABLES.items():
            archive.writestr(f"{name}.csv", f"{models.BOM}{separator.join(row_type.model_fields)}\r\n")
    return packed.getvalue()


# --- the Share page -----------------------------------------------------------------------------------------------

FUNDING = {
    "none": N_("Nothing about income"),
    "totals": N_("Totals only"),
    "full": N_("Everything, per organisation and donor"),
}
USUAL_PAGES = list(sharing.USUAL_PAGES)
FUNDING_MEANS = {
    "none": N_("No amounts and no donors."),
    "totals": N_("No amount or donor of a single organisation; groups of fewer than three are taken together."),
    "full": N_("Amounts and donors of every organisation in the link."),
}


def shareable_pages() -> list[str]:
    """The pages that a link may cover, in the order of the menu."""
    return [name for name in PAGES if access.PAGES.get(name) == "shared"]


def page_titles(names: Iterable[str]) -> list[str]:
    return [_(PAGES[name].title) for name in names]


def all_themes() -> list[str]:
    """The themes that organisations have, for a fixed filter."""
    return known_themes(snapshot())


def links_work_here_only() -> bool:
    """Whether an address to share would only work on this machine."""
    return sharing.address_is_local(settings())


def create_link(**asked: Any) -> str | None:
    """Make a shared link, to be shown once; returns the sentence that says what is wrong, if anything is."""
    only_manager()
    try:
        link, token = sharing.create(home(), settings(), **asked, by=by_name())
    except sharing.SharingProblem as problem:
        return _(sharing.SENTENCES[problem.code])
    except store.StoreProblem as problem:
        return store_sentence(problem)
    audit.note(home(), f"manager {grant().who}", "link made", link=link.id)
    st.session_state["new_link"] = (link.id, sharing.address(settings(), token, st.get_option("server.port")))
    return None


def forget_new_link() -> None:
    """The address of the new link is not shown again. A button calls it before the page is drawn."""
    st.session_state.pop("new_link", None)


def revoke_link(link_id: str) -> None:
    """End a shared link; open tabs of its receivers close within seconds."""
    only_manager()
    try:
        sharing.revoke(home(), link_id)
    except store.StoreProblem as problem:
        st.error(store_sentence(problem), icon=":material/error:")
        return
    audit.note(home(), f"manager {grant().who}", "link revoked", link=link_id)
    if st.session_state.get("new_link", ("",))[0] == link_id:
        st.session_state.pop("new_link")
    st.rerun()


def look_along(link: sharing.Link) -> None:
    """See the dashboard as whoever has this link, in this tab only."""
    only_manager()
    st.session_state["as_link"] = link.id
    st.session_state.pop("on_show")  # another snapshot is no news
    st.switch_page(f"{link.pages[0]}.py", query_params={"lang": language()})


def look_by_oneself() -> None:
    """Back from the dashboard as the receiver of a link sees it."""
    st.session_state.pop("as_link")
    st.session_state.pop("on_show")
    st.rerun()


def links() -> tuple[list[sharing.Link], list[sharing.Link]]:
    """The links that let somebody in, and those that ended; newest first."""
    only_manager()
    moment = sharing.now()
    newest_first = list(reversed(sharing.links(home())))
    return (
        [link for link in newest_first if link.is_open(moment)],
        [link for link in newest_first if not link.is_open(moment)],
    )


def link_in_words(link: sharing.Link) -> Markdown:
    """What a link covers, as a sentence."""
    parts = [
        _("Pages: {pages}.", pages=join(page_titles(link.pages))),
        _("Only: {part}.", part=join([label(code) for code in (*link.sectors, *link.themes)]))
        if link.sectors or link.themes
        else _("All organisations."),
        _("With names.") if link.names else _("Without names."),
        _("Income: {detail}.", detail=_(FUNDING[link.funding]).lower()),
        _("With downloads.") if link.downloads else _("Without downloads."),
        _("Always the data of {moment}.", moment=moment(_manifest(link.snapshot).loaded_at))
        if link.snapshot
        else _("Always the newest data."),
        _("With a passphrase.") if link.passphrase_hash else "",
    ]
    return Markdown(" ".join(literal(part) for part in parts if part))


def link_used_in_words(link: sharing.Link) -> str:
    """Until when a link works, and how often it was opened."""
    until = _("Works until {day}.", day=date(link.expires_at.date()))
    if link.last_opened_at is None:
        return f"{until} {_('Not opened yet.')}"
    opened = n_(
        "Opened {n} time, last on {moment}.",
        "Opened {n} times, last on {moment}.",
        link.opened,
        moment=moment(link.last_opened_at.isoformat()),
    )
    return f"{until} {opened}"


def ended_links(ended: Sequence[sharing.Link]) -> pd.DataFrame:
    """The links that let nobody in any more."""
    return pd.DataFrame(
        {
            "label": [link.label for link in ended],
            "made": [link.created_at.date() for link in ended],
            "ended": [(link.revoked_at or link.expires_at).date() for link in ended],
            "why": [why_ended(link) for link in ended],
            "opened": [link.opened for link in ended],
        }
    )


def why_ended(link: sharing.Link) -> str:
    """Why a link lets nobody in any more."""
    if link.revoked_at:
        return _("revoked")
    return _("made by a newer version") if link.is_from_a_newer_version else _("expired")


# --- contacts, brokers and events ---------------------------------------------------------------------------------

MOST_CALLS = 5
"""How many contacts to call are written out; the table has all."""


def together_in_words(tie: dict[str, Any]) -> str:
    """What two organisations had together: their latest agreements, and the last event both attended."""
    said = [
        _(
            "{name} (since {year})",
            name=one["name"] or label(one["kind"]) or _("an agreement"),
            year=one["started_on"].year,
        )
        for one in tie["partnerships"][:2]
    ]
    more = len(tie["partnerships"]) - len(said)
    if more:
        said.append(n_("{n} other agreement", "{n} other agreements", more))
    if tie["events"]:
        last = tie["events"][0]
        said.append(
            n_("{n} event, the last: {name}", "{n} events, the last: {name}", len(tie["events"]), name=last["name"])
        )
    return join(said)


def call_sentence(tie: dict[str, Any]) -> Markdown:
    """A fading tie as something to do: who, how long silent, what they had together, and where they meet next."""
    parts = [
        md(
            "**{a}** ({sector_a}) and **{b}** ({sector_b}): last sign of life {day}. Together: {together}.",
            a=tie["name_a"],
            b=tie["name_b"],
            sector_a=label(tie["sector_a"]),
            sector_b=label(tie["sector_b"]),
            day=date(tie["last_sign_date"]),
            together=together_in_words(tie),
        )
    ]
    if tie["ends_on"]:
        parts.append(md("The agreement ends on {day}.", day=date(tie["ends_on"])))
    if tie["next_event_date"]:
        parts.append(
            md("Both are expected at {event} on {day}.", event=tie["next_event_name"], day=date(tie["next_event_date"]))
        )
    return Markdown(" ".join(parts))


def fading_table(ties: list[dict[str, Any]]) -> pd.DataFrame:
    """Fading ties as a table, with what they had together in words."""
    found = with_yes_no(table_of(ties, "sector_a", "sector_b"), "is_structural")
    return found.assign(together=[together_in_words(tie) for tie in ties])


def at_risk_in_words(survival: dict[str, Any], groups: dict[str, str]) -> str:
    """How many ties were followed for 1, 2 and 3 years, per group: what a survival curve rests on."""
    said = [
        _(
            "{group} {counts}",
            group=name[:1].lower() + name[1:],
            counts=" / ".join(str(at["at_risk"]) for at in survival[key]["at"]),
        )
        for key, name in groups.items()
    ]
    return _("followed for 1 / 2 / 3 years: {groups}", groups=join(said))


def structure_sentence(found: dict[str, Any]) -> Markdown:
    """Whether structure holds ties together here, with its uncertainty, or that the data cannot tell."""
    if found["difference"] is None:
        return {
            "one_group": md(
                "The data cannot tell whether structure holds ties together: "
                "all ties began alike, with structure or without."
            ),
            "too_short": md(
                "The data cannot tell whether structure holds ties together: no ties were followed for a year yet."
            ),
        }[found["reason"]]
    years = n_("{n} year", "{n} years", found["years"])
    shares = {name: found[name]["at"][found["years"] - 1]["survival"] for name in ("structural", "not_structural")}
    told = md(
        "After {years}, {structural} of the ties that began with structure are still there, and {others} of the "
        "others: a difference of {difference} percentage points (between {low} and {high}, 95% interval).",
        years=years,
        structural=percent(shares["structural"]),
        others=percent(shares["not_structural"]),
        difference=_whole_points(found["difference"]),
        low=_whole_points(found["low"]),
        high=_whole_points(found["high"]),
    )
    verdict = {
        "longer": md("**Ties that begin with structure last longer here.**"),
        "shorter": md("**Ties that begin with structure last less long here.**"),
        "unclear": md("**Whether structure holds ties together is not clear here:** the difference may be chance."),
        None: n_md(
            "**The data cannot tell whether structure holds ties together:** it rests on {n} agreement.",
            "**The data cannot tell whether structure holds ties together:** it rests on {n} agreements.",
            found["agreements"],
        ),
    }[found["verdict"]]
    return Markdown(f"{verdict} {told}")


def _whole_points(share: float) -> str:
    return f"{100 * share:+.0f}".replace("-", "\N{MINUS SIGN}")


def network_basis(figures: dict[str, Any]) -> str:
    """How many organisations and ties a figure about the network counts."""
    organisations = n_("{n} organisation", "{n} organisations", figures["organisations"])
    return f"{organisations}, {n_('{n} tie', '{n} ties', figures['ties'])}"


def no_ties_yet() -> None:
    """The end of a page about the network when there is none."""
    nothing_yet(
        _("There are no ties to show on {day}.", day=date(view().as_of)),
        _(
            "Choose another day or wider filters, or load partnerships.csv: one "
            "row per agreement between organisations."
        ),
    )
    stop()


def fragility_sentence(found: dict[str, list[dict[str, Any]]]) -> Markdown:
    """What is left when the three who hold the network together go, with and without the convenors."""
    shown = found.get("with") or found["without"]
    three = next(row for row in shown if row["removed"] == 3)
    if not three["lost"] or three["connected_share"] is None:
        return md("Nobody stands between others, so nothing is lost when somebody goes.")
    said = md(
        "Without {names}, **{after} of all pairs of the other organisations are still connected**, directly or "
        "through others; with them it is {before}.",
        names=join([one["name"] for one in three["lost"]]),
        after=percent(three["connected_share"]),
        before=percent(three["connected_share_before"]),
    )
    if "with" not in found or "without" not in found:
        return said
    bare = {row["removed"]: row["connected_share"] for row in found["without"]}
    beside = md(
        "Leave the convenors out and {now} of the pairs are connected; {left} when the next three go.",
        now=percent(bare[0]),
        left=percent(bare[3]),
    )
    return Markdown(f"{said} {beside}")


def fragility_rows(found: dict[str, list[dict[str, Any]]]) -> pd.DataFrame:
    """What is left of the network, one row per view (with or without convenors) and number of losses."""
    rows = [
        {**row, "series": series, "label": gone, "who": who}
        for series, listed in found.items()
        for row in listed
        for who in [join([one["name"] for one in row["lost"]])]
        for gone in [n_("{n} gone", "{n} gone", row["removed"]) if row["removed"] else _("Everybody there")]
    ]
    return pd.DataFrame(rows).assign(value=lambda t: t["connected_share"].astype(float))


def event_in_words(event: dict[str, Any]) -> Markdown:
    """What one event brought, with what would have come without it, or that it is too early to say."""
    who = n_md(
        "**{name}, {day}**: {n} organisation was there.",
        "**{name}, {day}**: {n} organisations were there.",
        event["organisations"],
        name=event["name"],
        day=date(event["start_date"]),
    )
    if event["pairs"]:
        met = n_md(
            "Of the {n} pair that met, {across} is between two sectors; {without} had no tie yet.",
            "Of the {n} pairs that met, {across} are between two sectors; {without} had no tie yet.",
            event["pairs"],
            across=percent(event["cross_sector_share"]),
            without=number(event["pairs_without_tie"]),
        )
        who = Markdown(f"{who} {met}")
    if not event["pairs_without_tie"]:
        return who
    if not event["is_window_complete"]:
        so_far = n_md(
            "**It is too early to say what followed: {n} new tie so far; we count until {day}.**",
            "**It is too early to say what followed: {n} new ties so far; we count until {day}.**",
            event["new_ties_after"],
            day=date(event["window_ends"]),
        )
        return Markdown(f"{who} {so_far}")
    followed = n_md(
        "**It was followed by {n} new tie within {days} days; without meeting, {expected} would be expected.**",
        "**It was followed by {n} new ties within {days} days; without meeting, {expected} would be expected.**",
        event["new_ties_after"],
        days=number(settings().window_days),
        expected=number(event["expected_new_ties"], 1),
    )
    return Markdown(f"{who} {followed} {lift_in_words(event)} {cost_in_words(event)}")


def lift_in_words(found: dict[str, Any]) -> Markdown:
    """How many times as often a tie followed as without meeting, with its interval."""
    if found["lift"] is None:
        return md("That is too few new ties to compare.")
    return md(
        "That is {lift} times as often (between {low} and {high} times, 95% interval).",
        lift=number(found["lift"], 1),
        low=number(found["lift_low"], 1),
        high=number(found["lift_high"], 1),
    )


def cost_in_words(event: dict[str, Any]) -> Markdown:
    """What an event cost per new tie, or why that is not known."""
    if event["cost"] is None:
        return md("What it cost is not known.")
    if event["cost_per_new_tie"] is None:
        return md("It cost {cost}.", cost=euro(event["cost"]))
    return md("It cost {cost}, {each} per new tie.", cost=euro(event["cost"]), each=euro(event["cost_per_new_tie"]))


def events_in_words(held: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Id of an event -> its day and name, for a choice."""
    return {one["event_id"]: f"{date(one['start_date'])} – {one['name']}" for one in held}


def of_kind(held: Sequence[dict[str, Any]], calendar: pd.DataFrame, kind: str) -> list[dict[str, Any]]:
    """The events of one kind, in their order; "" is every kind."""
    same = set(calendar.loc[calendar["kind"] == kind, "event_id"])
    return [one for one in held if not kind or one["event_id"] in same]


def last_complete(held: Sequence[dict[str, Any]]) -> str | None:
    """Of events, newest first, the id of the last one of which all that followed is known."""
    return next((one["event_id"] for one in held if one["is_window_complete"] and one["pairs_without_tie"]), None)


def followed_columns(new_ties: str) -> dict[str, tuple[str, str]]:
    """The columns of what followed events with their headings, for `frame`; `new_ties` is that of the new ties."""
    return {
        "cross_sector_share": (_("Pairs across sectors"), "share"),
        "pairs_without_tie": (_("Pairs without a tie"), "count"),
        new_ties: (_("New ties after it"), "count"),
        "expected_new_ties": (_("Expected without meeting"), "number"),
        "conversion": (_("Share"), "share"),
        "base_rate": (_("Share without meeting"), "share"),
        "lift": (_("Times as often"), "number"),
        "lift_low": (_("At least"), "number"),
        "lift_high": (_("At most"), "number"),
        "cost": (_("Cost"), "euro"),
        "cost_per_new_tie": (_("Cost per new tie"), "euro"),
    }


def kind_table(kinds: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Kinds of event with their words."""
    found = pd.DataFrame(kinds).astype({"conversion": float, "base_rate": float})
    return found.assign(kind_label=[label(code) if code else _("not known") for code in found["kind"]])


def kind_bars(kinds: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Per kind of event the share that formed a tie, met or not, as `charts.bars` takes them."""
    found = kind_table(kinds).rename(columns={"kind_label": "label"})
    return pd.concat([found.assign(series=name, value=found[name]) for name in ("conversion", "base_rate")])


def kind_in_words() -> Callable[[str], str]:
    """How a widget shows a kind of event; "" is all kinds."""
    shown_in, every = language(), _("All kinds")
    return lambda code: settings().label(code, shown_in) if code else every


# --- what changed -------------------------------------------------------------------------------------------------

LESS_IS_BETTER = {
    "isolates",
    "fading_share",
    "median_top_donor_share",
    "exposed_share",
    "public_share",
    "government_share",
    "donor_hhi",
}
"""The figures with a target that should fall; the others should rise."""
SHARES = {
    "density",
    "cross_sector_share",
    "structural_share",
    "fading_share",
    "median_top_donor_share",
    "exposed_share",
    "public_share",
    "government_share",
    "earned_share",
    "repeat_share",
    "cross_sector_encounters",
    "conversion",
}
"""The figures with a target that are shares; the others are numbers."""
EXPLAINED = {"exposed_share": "exposed", "fading_share": "fading", "median_top_donor_share": "top_donor_share"}
"""Where the explanation of a figure with a target has another name."""


@functools.lru_cache(maxsize=100)
def _comparison(
    question: Callable[..., Any], home: Path, snapshot_id: str, older_id: str, view: View, details: tuple[Any, ...]
) -> Any:
    older = _open(home, older_id, EVERYTHING)  # only managers have older snapshots
    return question(_open(home, snapshot_id, EVERYTHING), _settings(home), view, *details, older)


def compare(question: Callable[..., Any], older_id: str, *details: Any) -> Any:
    """The answer to a question of `hub` about this page's snapshot and another one; "" is this one alone."""
    if not older_id:
        return ask(question, *details)
    only_manager()
    return _comparison(question, home(), snapshot().id, older_id, view(), details)


def other_snapshots() -> dict[str, str]:
    """The loads of the same origin other than the one on this page, newest first: id -> in words."""
    if not may_change():
        return {}
    shown = snapshot().manifest
    return snapshots_in_words([m for m in manifests() if m.id != shown.id and m.origin == shown.origin])


def newest_day_of(snapshot_id: str) -> datetime.date:
    """The newest day in the data of another load."""
    only_manager()
    return _open(home(), snapshot_id, EVERYTHING).newest_date(hub.today())


def day_typed(said: str) -> datetime.date | None:
    """A day as somebody may write it, such as 24-9-2026 or 24 september 2026; None when it is none."""
    with contextlib.suppress(ValueError):
        found = models.read_date(said, None)
        return found if isinstance(found, datetime.date) else None
    return None


def since_day(days: list[str]) -> datetime.date:
    """The day to compare with: one of those offered, one that a note is pinned to, or one that the reader types.

    By default a year ago, or the first day there is.
    """
    a_year_ago = (pd.Timestamp(view().as_of) - pd.DateOffset(years=1)).date().isoformat()
    default = next((day for day in days if day <= a_year_ago), days[-1] if days else a_year_ago)
    state, key = st.session_state, "at_since"
    latest = view().as_of.isoformat()
    pinned = {note.day.isoformat(): note.text for note in reversed(notes())}
    offered = list(dict.fromkeys([*(day for day in pinned if day < latest), *(days or [default])]))
    wrong = ""
    # What is typed becomes one of the days on offer, before the widget is made.
    for said in ((state["adopted"] or {}).get("since"), state.get(key)):
        if said and said not in offered:
            day = day_typed(said)
            if day and day.isoformat() < latest:
                offered.append(day.isoformat())
                if said == state.get(key):
                    state[key] = day.isoformat()
            elif said == state.get(key):
                wrong = said
    in_words = day_in_words()

    def shown(day: str) -> str:
        return f"{in_words(day)} – {pinned[day]}" if day in pinned else in_words(day)

    chosen = choose(
        st.selectbox,
        "since",
        _("Since"),
        offered,
        default,
        format_func=shown,
        accept_new_options=True,
        help=_("Choose a day, or type one: 24-9-2026."),
    )
    if wrong:
        st.warning(
            md(
                "“{said}” is no day before {day}. Type a day such as 24-9-2026.",
                said=wrong,
                day=date(view().as_of),
            ),
            icon=":material/event_busy:",
        )
    return datetime.date.fromisoformat(chosen)


def changes_sentence(since: datetime.date, changes: dict[str, Any], donors: dict[str, Any] | None) -> Markdown:
    """What changed, in numbers; of donors only for who may see them."""
    told = {
        "day": date(since),
        "formed": n_("{n} tie formed", "{n} ties formed", len(changes["formed"])),
        "ended": n_("{n} tie ended", "{n} ties ended", len(changes["ended"])),
        "joined": n_("{n} organisation joined", "{n} organisations joined", len(changes["joined"])),
        "left": n_("{n} organisation left", "{n} organisations left", len(changes["left"])),
    }
    if donors is None:
        return md("Since {day}: **{formed} and {ended}; {joined} and {left}**.", **told)
    came, went = (sum(row["change"] == kind for row in donors["donors"]) for kind in ("new", "gone"))
    return md(
        "Since {day}: **{formed} and {ended}; {joined} and {left}; {came} and {went}**.",
        came=n_("{n} new donor", "{n} new donors", came),
        went=n_("{n} donor gone", "{n} donors gone", went),
        **told,
    )


def movements_covered(movements: Sequence[hub.Movement]) -> list[hub.Movement]:
    """The movements of the figures that the visitor may see."""
    return [movement for movement in movements if has_amounts() or movement.indicator != "exposed_share"]


def changed_ties(changes: dict[str, Any]) -> pd.DataFrame:
    """The ties that formed and ended, in words."""
    kinds = {"formed": _("Tie formed"), "ended": _("Tie ended")}
    rows = [{**tie, "what": said} for kind, said in kinds.items() for tie in changes[kind]]
    return with_yes_no(table_of(rows, "sector_a", "sector_b"), "is_cross_sector")


def changed_organisations(changes: dict[str, Any]) -> pd.DataFrame:
    """The organisations that joined and left, in words."""
    kinds = {"joined": _("Joined"), "left": _("Left")}
    return table_of([{**one, "what": said} for kind, said in kinds.items() for one in changes[kind]], "sector")


def changed_donors(donors: dict[str, Any]) -> pd.DataFrame:
    """The donors that came, went, gave more or less, in words."""
    kinds = {"new": _("new"), "gone": _("gone"), "more": _("more"), "less": _("less")}
    return pd.DataFrame([{**row, "what": kinds[row["change"]]} for row in donors["donors"]])


def name_of(method: str) -> str:
    """The name of a figure, as its explanation has it."""
    return _(EXPLANATIONS[method].name)


def kind_of(indicator: str) -> str:
    """How the value of a figure with a target is written."""
    return "share" if indicator in SHARES else "number"


def road_sentence(indicator: str, aim: dict[str, Any]) -> Markdown:
    """How far a figure is from one target, and what is needed, beside what the past year gave; nothing is forecast."""
    kind = kind_of(indicator)
    falls = indicator in LESS_IS_BETTER
    target = md("Target on {day}: {value}.", day=date(aim["date"]), value=say(aim["value"], kind))
    reached = aim["then"] if aim["days_left"] < 0 else aim["now"]
    if reached is None:
        return Markdown(f"{target} {md('The figure is not known.')}")
    is_there = reached <= aim["value"] if falls else reached >= aim["value"]
    if aim["days_left"] < 0:
        said = (
            md("It was reached: {value} on that day.", value=say(reached, kind))
            if is_there
            else md("It was not reached: {value} on that day.", value=say(reached, kind))
        )
        return Markdown(f"{target} {said}")
    if is_there:
        return Markdown(f"{target} {md('It is {value} now: reached so far.', value=say(reached, kind))}")
    told = {
        "value": say(reached, kind),
        "to_go": _change(abs(aim["to_go"]), kind).lstrip("+"),
        "per_year": _change(aim["per_year"], kind),
        "past_year": _change(aim["past_year"], kind),
    }
    needed = (
        md(
            "It is {value} now, {to_go} too high: that asks for {per_year} a year. "
            "In the past year it changed by {past_year}.",
            **told,
        )
        if falls
        else md(
            "It is {value} now, {to_go} too low: that asks for {per_year} a year. "
            "In the past year it changed by {past_year}.",
            **told,
        )
    )
    return Markdown(f"{target} {needed}")


def _change(value: float | None, kind: str) -> str:
    if value is None:
        return texts.NOT_KNOWN
    return _("{points} points", points=_points(value)) if kind == "share" else _signed(value)


def marks() -> dict[str, Any]:
    """The largest events and the pinned notes up to the as-of date, as `charts.lines` takes them."""
    pinned = [{"date": pd.Timestamp(note.day), "name": note.text} for note in notes() if note.day <= view().as_of]
    found = ask(hub.answer_marks)
    return {"events": found, "event": _("Largest events"), "notes": pinned, "note": _("Notes")}


def notes() -> tuple[hub.Note, ...]:
    """What is pinned to days, oldest first. Notes are the manager's own: nobody else sees them.

    Damaged ones are left out, since they stand beside figures on several pages; who pins a note is told.
    """
    try:
        return hub.notes(home()) if may_change() else ()
    except store.StoreProblem:
        return ()


def pin_note(day: str, said: str) -> str:
    """Keep a note; why it was not kept, or "" when it was."""
    only_manager()
    when = day_typed(day)
    if when is None:
        return _("“{said}” is no day. Type one such as 24-9-2026.", said=in_label(day))
    try:
        hub.pin_note(home(), when, said)
    except hub.NoteProblem as problem:
        return {
            "empty": _("Type what the note says."),
            "long": _("A note has at most {n} characters.", n=number(hub.MOST_OF_A_NOTE)),
            "personal_data": _("There is an e-mail address or telephone number in it, and we never store those."),
        }[problem.code]
    except store.StoreProblem as problem:
        return store_sentence(problem)
    return ""


def remove_note(note_id: str) -> str:
    """Take a note away; why it is still there, or "" when it is gone."""
    only_manager()
    try:
        hub.remove_note(home(), note_id)
    except store.StoreProblem as problem:
        return store_sentence(problem)
    return ""


# --- other hubs ---------------------------------------------------------------------------------------------------

MEASURES = {
    "organisations": (N_("Organisations"), "count"),
    "mean_degree": (N_("Average number of partners"), "number"),
    "median_degree": (N_("Median number of partners"), "number"),
    "structural_share": (N_("Structural ties"), "share"),
    "cross_sector_share": (N_("Ties across sectors"), "share"),
    "cross_sector_expected": (N_("Ties across sectors by chance"), "share"),
    "cross_sector_ratio": (N_("Ties across sectors, compared with chance"), "number"),
    "effective_sectors": (N_("Effective number of sectors"), "number"),
    "effective_themes": (N_("Effective number of themes"), "number"),
    "effective_donors": (N_("Effective number of donors"), "number"),
}
"""What hubs of different size can be compared on. Never density: it falls as a network grows."""


def hub_profiles() -> list[dict[str, Any]]:
    """This hub and those beside it (see `hub.answer_profile`); says so when one of them has no data."""
    only_manager()
    found = [ask(hub.answer_profile)]
    try:
        others = hub.other_hubs(home(), settings())
    except settings_module.SettingsProblem as problem:
        st.warning(literal(str(problem)), icon=":material/settings_alert:")
        others = []
    for other in others:
        if other.snapshot_id is None:
            st.warning(
                md("Nothing is loaded in the folder {folder}.", folder=other.home.name), icon=":material/folder_off:"
            )
            continue
        as_of = _open(other.home, other.snapshot_id, EVERYTHING).newest_date(hub.today())
        seen = View(as_of, with_convenor=view().with_convenor)
        found.append(_answer(hub.answer_profile, other.home, other.snapshot_id, EVERYTHING, seen, ()))
    return found


MOST_THEMES = 10
"""How many themes at the most stand in a matrix: the largest."""


def theme_pairs(mixing: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The pairs of the largest themes; without a ratio where chance gives too few ties to say."""
    size = {row["theme_a"]: row["pairs"] for row in mixing if row["theme_a"] == row["theme_b"]}
    largest = sorted(size, key=lambda theme: (-size[theme], theme))[:MOST_THEMES]
    kept = [row for row in mixing if row["theme_a"] in largest and row["theme_b"] in largest]
    return [row if (row["expected"] or 0) >= MINIMUM_EXPECTED else row | {"ratio": None} for row in kept]


def as_sector_pairs(mixing: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Pairs of themes under the names that `charts.matrix` knows."""
    return [row | {"sector_a": row["theme_a"], "sector_b": row["theme_b"]} for row in mixing]


def size_in_words(row: dict[str, Any]) -> str:
    """How many organisations and jobs a sector or theme has."""
    organisations = n_("{n} organisation", "{n} organisations", row["organisations"])
    return organisations if row["jobs"] is None else f"{organisations}, {_('{n} jobs', n=number(row['jobs']))}"


def with_jobs(row: dict[str, Any]) -> str:
    """A sector or theme with its jobs, where they are known."""
    name = label(row["code"])
    return name if row["jobs"] is None else _("{name} ({n} jobs)", name=name, n=number(row["jobs"]))


def has_other_hubs() -> bool:
    """Whether `hub.toml` names hubs to compare with."""
    return bool(settings().other_hubs)


def profiles_table(profiles: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Hubs side by side: a row per measure, a column per hub, in words."""

    def cell(profile: dict[str, Any], measure: str, kind: str) -> str:
        value = profile.get(measure)
        if value is None:
            return texts.NOT_KNOWN
        return number(value, 2) if kind == "number" else say(value, kind)

    columns = {_("Figure"): [_(words) for words, _kind in MEASURES.values()]}
    for profile in profiles:
        columns[_column_of(profile, columns)] = [cell(profile, name, kind) for name, (_words, kind) in MEASURES.items()]
    return pd.DataFrame(columns)


def blocks_table(profiles: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Per pair of sectors how many times as often as chance gives they have ties, a column per hub."""
    pairs = list(dict.fromkeys((b["sector_a"], b["sector_b"]) for p in profiles for b in p.get("blocks", ())))
    columns: dict[str, list[str]] = {_("Sectors"): [f"{label(a)} – {label(b)}" for a, b in pairs]}
    for profile in profiles:
        ratios = {(b["sector_a"], b["sector_b"]): b["ratio"] for b in profile.get("blocks", ())}
        columns[_column_of(profile, columns)] = [number(ratios.get(pair), 1) for pair in pairs]
    return pd.DataFrame(columns)


def _column_of(profile: dict[str, Any], taken: dict[str, Any]) -> str:
    """The heading of a hub: its name and day; two of the same name stay apart."""
    heading = f"{profile['name']} ({date(profile['as_of'])})"
    while heading in taken:
        heading += " "
    return heading


# --- what if a donor stops, and other income ----------------------------------------------------------------------

CUTS = range(0, 101, 5)
"""By how many percent somebody may give less."""


def cut_slider(name: str, label: str, default: int) -> float:
    """By which part (0-1) somebody gives less; kept in the address as a percentage."""
    words = _cuts_in_words(language())
    return float(choose(st.select_slider, name, label, list(CUTS), default, format_func=words.__getitem__) / 100)


@functools.cache
def _cuts_in_words(language: str) -> dict[int, str]:
    return {cut: texts.percent(cut / 100, language) for cut in CUTS}


MOST_DONORS = 6


def donor_cuts(donors: dict[str, str]) -> list[tuple[str, float]]:
    """Who gives less, and by which part (0-1): a box for every donor and always one to add another.

    Not one box for several: its tags fail the contrast that WCAG asks for in dark, and its target size on a phone.
    """
    asked = st.session_state["adopted"]
    known = st.session_state if asked is None else {f"at_{name}": value for name, value in asked.items()}
    last = max((n for n in range(1, MOST_DONORS + 1) if known.get(f"at_donor_{n}")), default=0)
    cuts: dict[str, float] = {}
    for n in range(1, min(last + 1, MOST_DONORS) + 1):
        box, slider = st.columns(2)
        with box:
            donor = choose(
                st.selectbox,
                f"donor_{n}",
                _("Donor {n}", n=n),
                [key for key in donors if key not in cuts],
                None,
                format_func=donors.get,
                placeholder=_("Type the name of a donor"),
            )
        if donor is not None:
            with slider:
                cuts[donor] = cut_slider(f"cut_{n}", _("{donor} gives less", donor=in_label(donors[donor])), 100)
    return list(cuts.items())


def put_cuts(by_donor: dict[str, float], by_category: dict[str, float]) -> None:
    """Put these cuts, and no others, in the widgets of the page: for the buttons with examples."""
    state = st.session_state
    for key in [str(key) for key in state]:
        if key.startswith("at_donor_"):
            state[key] = None
        elif key.startswith("at_less_"):
            state[key] = 0
    for n, (donor, cut) in enumerate(by_donor.items(), start=1):
        state[f"at_donor_{n}"], state[f"at_cut_{n}"] = donor, round(100 * cut)
    for category, cut in by_category.items():
        state[f"at_less_{category}"] = round(100 * cut)


def preset_words(preset: dict[str, Any]) -> str:
    """A stress test to begin with, as the label of a button."""
    return {
        "government_minus_30": _("Government gives 30% less"),
        "public_minus_30": _("Government, EU and UN give 30% less"),
        "largest_donor_leaves": _("The largest donor leaves"),
        "three_largest_halve": _("The three largest give half"),
    }[preset["code"]]


def cuts_in_words(found: dict[str, Any]) -> Markdown:
    """What gives less in a stress test, as the end of a sentence that begins with "if"."""
    said = [
        md("{donor} gives nothing", donor=cut["donor"])
        if cut["cut"] == 1
        else md("{donor} gives {percent} less", donor=cut["donor"], percent=percent(cut["cut"]))
        for cut in found["cuts"]
        if cut["cut"]
    ]
    said += [
        md("all money of the kind “{kind}” is {percent} less", kind=word("category", code), percent=percent(cut))
        for code, cut in found["category_cuts"].items()
        if cut
    ]
    return Markdown(join(list(said)))


def points(share: float | None) -> str:
    """A difference between two shares, in percentage points."""
    return texts.NOT_KNOWN if share is None else _points(share, 1)


def note_promised(year: int) -> None:
    """Say so when a year has not begun on the as-of date."""
    if year > view().as_of.year:
        st.info(
            _("This year lies after the as-of date: these amounts are promised, not yet received."),
            icon=":material/schedule:",
        )


def kind_label(kind: dict[str, Any]) -> str:
    """A sector or a type of organisation, as `funding.other_income` groups by both."""
    return type_label(kind["code"]) if kind["by"] == "type" else label(kind["code"])


def period(first: int | None, last: int | None) -> str:
    """The years in which a rule holds."""
    if first and last:
        return _("{first} to {last}", first=first, last=last)
    if first or last:
        return _("from {year}", year=first) if first else _("until {year}", year=last)
    return _("always")


def rule_rows(counts: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """The rules about own income of the settings, each with how many organisations are below it (`own_income`)."""
    rules = settings().own_income_rules
    return pd.DataFrame(
        {
            "minimum": [rule.minimum_share for rule in rules],
            "period": [period(rule.from_year, rule.until_year) for rule in rules],
            "status": [_("intended") if rule.is_intended else _("in force") for rule in rules],
            "below": [count["below"] for count in counts],
            "organisations": [count["organisations"] for count in counts],
            "source": [rule.source for rule in rules],
            "source_date": [rule.source_date for rule in rules],
        }
    )


def rule_sources() -> list[Markdown]:
    """Links to the sources of the rules about own income, each once."""
    return list(dict.fromkeys(web_link(rule.url) for rule in settings().own_income_rules if rule.url))


# --- introductions ------------------------------------------------------------------------------------------------

SHOWN_ITEMS = 3
INTRODUCED_WITHIN_DAYS = 120
"""How long ago an introduction may be that somebody writes down."""


def status_word(status: str) -> str:
    return {"accepted": _("accepted"), "introduced": _("introduced")}[status]


def outcome_words() -> dict[str, str]:
    """What may have become of an introduction, as somebody says it."""
    return {
        "unknown": _("not known yet"),
        "met": _("they spoke"),
        "together": _("they work together"),
        "nothing": _("nothing came of it"),
    }


def reason_in_words(reason: dict[str, Any], pair: dict[str, Any]) -> Markdown:
    """Why two organisations have something for each other."""
    return md(WHY_INTRODUCE[reason["kind"]], **_reason_gaps(reason, pair))


def _plain_reason(reason: dict[str, Any], pair: dict[str, Any]) -> str:
    return _(WHY_INTRODUCE[reason["kind"]], **_reason_gaps(reason, pair))


def _reason_gaps(reason: dict[str, Any], pair: dict[str, Any]) -> dict[str, str]:
    """The first few things that two have in common, by name, and how many more; and who needs what."""
    named = [label(name) for name in reason["names"]] if reason["kind"] in ("themes", "need") else reason["names"]
    shown, more = named[:SHOWN_ITEMS], len(named[SHOWN_ITEMS:])
    if more:
        shown = [*shown, n_("{n} other", "{n} others", more)]
    who = next((pair[f"name_{end}"] for end in "ab" if pair[f"organisation_{end}"] == reason.get("of")), "")
    return {"items": join(shown), "who": who}


def pair_of(pair: dict[str, Any]) -> tuple[str, str]:
    """The two organisations of a pair, the lower id first."""
    return pair["organisation_a"], pair["organisation_b"]


def is_wished(pair: dict[str, Any], wanted: str) -> bool:
    """Whether a pair is of the kind that a reader wants to see: all, need, or digital."""
    needs = [reason for reason in pair["reasons"] if reason["kind"] == "need"]
    return {"all": True, "need": bool(needs), "digital": any(need["is_digital"] for need in needs)}[wanted]


def pair_rows(pairs: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Pairs as a table, the reasons in one cell."""
    rows = [
        {**pair, "place": place, "reasons": " ".join(_plain_reason(reason, pair) for reason in pair["reasons"])}
        for place, pair in enumerate(pairs, start=1)
    ]
    return table_of(rows, "sector_a", "sector_b")


def who_rows(subject: dict[str, Any], names: dict[str, str]) -> pd.DataFrame:
    """Who needs and who offers a subject, by name; they may be one and the same."""
    sides = (("needed_by", _("needs it")), ("offered_by", _("offers it")))
    rows = [{"what": what, "name": names[one]} for side, what in sides for one in subject[side]]
    return pd.DataFrame(rows, columns=["what", "name"])


def sector_rows(subject: dict[str, Any]) -> pd.DataFrame:
    """How many in each sector need and offer a subject."""
    needed, offered = subject["needed_by_sector"], subject["offered_by_sector"]
    rows = [
        {"sector": code, "needed": needed.get(code, 0), "offered": offered.get(code, 0)}
        for code in dict.fromkeys([*settings().sectors, *needed, *offered])
        if code in needed or code in offered
    ]
    return table_of(rows, "sector")


def organisation_link(organisation_id: str, name: str) -> None:
    """A link to the page of one organisation. A link does not wrap on a phone, so a long name is cut."""
    words = in_label(charts.shorten(name, 28))
    if has_page("organisation"):
        icon = PAGES["organisation"].icon
        st.page_link("organisation.py", label=words, icon=icon, query_params=address_of(organisation_id))


def decisions() -> list[hub.Decision]:
    """What was decided about introductions, the newest first; says so when it cannot be read.

    Decisions are the manager's own: nobody else sees them.
    """
    if not may_change():
        return []
    if problem := st.session_state.pop("decision_problem", None):
        st.error(store_sentence(problem), icon=":material/error:")
    try:
        return hub.decisions(home())
    except store.StoreProblem:
        st.error(
            _("What was decided cannot be read: the file introductions.json is damaged. Ask your IT colleague."),
            icon=":material/error:",
        )
        return []


def decide(
    pair: tuple[str, str], status: str, introduced_on: datetime.date | None = None, outcome: str = "unknown"
) -> None:
    """Remember a decision about introducing two organisations; the only thing on these pages that writes.

    A button calls it before the page is drawn anew: who is asking is not settled yet, nor the language, so a problem is
    kept for `decisions` to say.
    """
    _settle_grant()
    only_manager()
    try:
        hub.decide(home(), pair, status, introduced_on, outcome)
    except store.StoreProblem as problem:
        st.session_state["decision_problem"] = problem


def decide_day(decision: hub.Decision) -> None:
    """Ask when two organisations were introduced, and remember the answer."""
    today, key = hub.today(), f"day_{decision.organisation_a}_{decision.organisation_b}"
    days = [today - datetime.timedelta(days=ago) for ago in range(INTRODUCED_WITHIN_DAYS)]
    if decision.introduced_on and decision.introduced_on not in days:
        days.append(decision.introduced_on)
    shown_in = language()
    st.selectbox(
        _("Introduced on"),
        days,
        index=days.index(decision.introduced_on) if decision.introduced_on else None,
        format_func=lambda day: texts.date(day, shown_in),
        placeholder=_("Choose a day"),
        key=key,
        on_change=lambda: decide(decision.pair, "introduced", st.session_state[key], decision.outcome),
    )


def decide_outcome(decision: hub.Decision) -> None:
    """Ask what became of an introduction, and remember the answer."""
    words, key = outcome_words(), f"outcome_{decision.organisation_a}_{decision.organisation_b}"
    st.selectbox(
        _("What became of it"),
        hub.OUTCOMES,
        index=hub.OUTCOMES.index(decision.outcome),
        format_func=words.__getitem__,
        key=key,
        on_change=lambda: decide(decision.pair, "introduced", decision.introduced_on, st.session_state[key]),
    )
