"""What pages share: the reader's language and view, the sourced figure, the headline, safe names.

The view is in the address, as codes and ISO dates, so that a copied address shows the same in any language. Streamlit's
own `bind="query-params"` writes the label a reader sees, which differs per language; hence `choose` below.

Answers are kept per snapshot and view, and what nobody can operate is drawn once and replayed (`_static`). Both are
shared by all sessions and read-only by agreement, since copying them costs more than making the page.
"""

import contextlib
import datetime
import functools
import os
import re
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from hubdata import charts, exports, hub, models, store, texts
from hubdata import settings as settings_module
from hubdata.indicators import coverage
from hubdata.indicators.ties import DAYS_IN_YEAR
from hubdata.methods import EXPLANATIONS
from hubdata.settings import GOALS, Settings
from hubdata.store import Snapshot, View
from hubdata.texts import N_

ICON = str(Path(__file__).parent / "icon.png")
"""The picture in the browser's tab. A Material symbol would be fetched from elsewhere."""
MOST_ROWS_SHOWN = 1000
AUTOLINK = re.compile(r"(www|:/|@)", re.IGNORECASE)
"""Where Markdown would begin a link by itself, escaped or not; an invisible space behind it keeps it text."""

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
    """Code -> word for every kind of income."""
    return {code: word("category", code) for code in models.VOCABULARIES["category"]}


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


@functools.lru_cache(maxsize=4)
def _open(home: Path, snapshot_id: str) -> Snapshot:
    return store.open_snapshot(home, snapshot_id)


def snapshot() -> Snapshot:
    """The snapshot that this page is about: the one on show when the page began, so that a page never mixes two."""
    return _open(home(), st.session_state["snapshot_id"])


def begin() -> None:
    """Settle what this run looks at; on the very first start, load the sample."""
    hub.first_start(home(), settings())
    state = st.session_state
    state["snapshot_id"] = store.on_show(home())
    # The language comes before the rest of the address: the menu is made before the page is known.
    wanted = st.query_params.get("lang", "")
    is_new = wanted != state.get("address", {}).get("lang", "")
    if "at_lang" not in state or (is_new and wanted in settings().languages):
        state["at_lang"] = wanted if wanted in settings().languages else _browser_language()
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


@functools.lru_cache(maxsize=500)
def _answer(question: Callable[..., Any], home: Path, snapshot_id: str, view: View, details: tuple[Any, ...]) -> Any:
    return question(_open(home, snapshot_id), _settings(home), view, *details)


def ask(question: Callable[..., Any], *details: Any) -> Any:
    """The answer to one of the questions of `hub`, as seen through the sidebar's view. Read-only: it is shared."""
    return _answer(question, home(), snapshot().id, view(), details)


# --- which pages there are ----------------------------------------------------------------------------------------


class Page(NamedTuple):
    """A page: what its title asks, and one sentence for the menu."""

    title: str
    icon: str
    help: str


PAGES: dict[str, Page] = {
    "overview": Page(N_("Overview"), ":material/home:", N_("How the ecosystem is doing and where to act.")),
    "network": Page(N_("Network"), ":material/hub:", N_("Who works with whom, across sectors or not.")),
    "sectors": Page(
        N_("Sectors"), ":material/donut_small:", N_("Which organisations there are: the DNA of the region.")
    ),
    "funding": Page(N_("Funding"), ":material/euro:", N_("Who pays, and who depends on whom.")),
    "events": Page(N_("Events"), ":material/event:", N_("What was and will be, who met, and what followed.")),
    "organisation": Page(N_("Organisation"), ":material/apartment:", N_("One organisation: partners, money, events.")),
    "methods": Page(N_("Methods"), ":material/menu_book:", N_("What every figure means and where it comes from.")),
}
"""Every page by its address. The only list of pages."""


def pages() -> list[Any]:
    """The pages as Streamlit's navigation wants them, in the reader's language."""
    return [
        st.Page(
            f"{name}.py",
            title=_(page.title),
            icon=page.icon,
            help=_(page.help),
            url_path=name,
            default=name == "overview",
        )
        for name, page in PAGES.items()
    ]


def banner() -> None:
    """When examples are on show: that they are, how to put one's own data in, and the way to the other example."""
    shown = snapshot().manifest
    if shown.origin == "own":
        return
    other = {"sample": "demo", "demo": "sample"}[shown.origin]
    what = {
        "sample": _("You are looking at sample data: Dutch organisations in European peace and security research."),
        "demo": _("You are looking at a fictional ecosystem. Every name and figure in it is invented."),
    }[shown.origin]
    how = _("To see your own: save your lists as CSV and load them with `.venv/bin/python -m hubdata load my-lists`.")
    button = {"demo": _("Look at the fictional demo"), "sample": _("Back to the real sample")}[other]
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/science: **{what}** {how}", width="stretch")
        if not hub.has_own_data(home()) and st.button(button, key="other_example"):
            hub.show_example(home(), settings(), other)
            st.query_params.from_dict({"lang": language()})  # a filter of one example means nothing in the other
            st.rerun()


def finish() -> None:
    """The foot of every page: what is on show, since when, how complete, under which licence. Writes the address."""

    def draw() -> None:
        st.caption(coverage_sentence())
        if snapshot().manifest.attribution:
            st.caption(literal(snapshot().manifest.attribution))

    with st.container(key="foot"):
        _static(f"foot {context()}", draw)
    write_address()


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
    state["adopted"] = asked if asked != state.get("address") and (asked or page == state.get("page")) else None
    state["page"] = page
    state["written"] = {}


def write_address() -> None:
    """Put the view in the address, leaving out what is the default anyway."""
    state = st.session_state
    state["address"] = state.pop("written")
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


def sidebar() -> None:
    """The view: as-of date, sector, theme, convenor; and the language."""
    shown = snapshot()
    newest = shown.newest_date(hub.today())
    with st.sidebar:
        asked = (st.session_state["adopted"] or {}).get("as_of") or st.session_state.get("at_as_of")
        days = as_of_options(shown.id, newest, asked)
        choose(st.selectbox, "as_of", _("As of"), days, newest.isoformat(), format_func=day_in_words())
        sectors = list(settings().sectors)
        choose(
            st.multiselect,
            "sector",
            _("Sectors"),
            sectors,
            [],
            format_func=code_in_words(),
            placeholder=_("All sectors"),
        )
        themes = known_themes(shown.id)
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
        names = {"nl": "Nederlands", "en": "English"}
        offered = list(settings().languages)
        # The heading is in both languages, for whoever cannot read the present one.
        chosen = choose(st.selectbox, "lang", "Taal / Language", offered, _browser_language(), format_func=names.get)
        _LANGUAGE.set(chosen)
    st.session_state["context"] = (st.session_state["page"], shown.id, view(), language(), style())
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


@st.cache_resource(max_entries=50, show_spinner=False)
def as_of_options(snapshot_id: str, newest: datetime.date, asked: str | None) -> list[str]:
    """The newest day in the data, the quarter ends before it back to the first tie, and the day an address asks for."""
    starts = _open(home(), snapshot_id).table("partnerships")["start_date"]
    first = starts.min().date() if len(starts) else newest
    quarters = pd.date_range(max(first, newest - datetime.timedelta(days=365 * 30)), newest, freq="QE")
    days = {newest.isoformat(), *(day.date().isoformat() for day in quarters)}
    with contextlib.suppress(ValueError):
        day = datetime.date.fromisoformat(asked or "")
        days |= {day.isoformat()} if 1900 <= day.year <= 2100 else set()
    return sorted(days, reverse=True)


@st.cache_resource(max_entries=4, show_spinner=False)
def known_themes(snapshot_id: str) -> list[str]:
    """The themes that organisations in the data have."""
    themes = _open(home(), snapshot_id).table("organisations")["themes"]
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
                charts.sparkline(series(past, indicator, heading), style(), value_format="share"),
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
        else:
            st.caption(_("No target is set (targets.csv)."))


def web_link(website: str) -> Markdown:
    """A link to an organisation's own website; its address was checked when it was loaded."""
    target = website if website.lower().startswith("http") else f"https://{website}"
    return Markdown(f"[{literal(website)}]({quote(target, safe=':/?#=&%')})")


def income_bars(table: pd.DataFrame) -> go.Figure:
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
    """A link to another page that keeps the view."""
    st.page_link(f"{name}.py", label=words, icon=PAGES[name].icon, query_params=st.session_state["written"])


def explain(method: str) -> None:
    """How a list is calculated, behind something to open."""

    def draw() -> None:
        with st.expander(_("How this is calculated")):
            st.markdown(f"**{_(EXPLANATIONS[method].name)}** – {meaning(method)}")

    _static(f"explain {context(method)}", draw)


@st.cache_resource(max_entries=1000, show_spinner=False)
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
    draw: Callable[[], go.Figure],
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

    with st.container(border=True):
        selection = None
        if selectable:
            head()
            selection = chart()
            foot()
        else:
            _static(f"figure {identity}", lambda: [draw_part() for draw_part in (head, chart, foot)])
        behind = st.expander(_("Table, method and download"), key=f"behind_{key}", on_change="rerun")
        if behind.open:  # made only when somebody looks
            with behind:
                st.markdown(f"**{_(EXPLANATIONS[method].name)}** – {meaning(method)}")
                frame(key, table, columns, details)
    return selection


@st.cache_resource(max_entries=100, show_spinner=False)
def _drawn(identity: str, _draw: Callable[[], tuple[go.Figure, str]]) -> tuple[go.Figure, str]:
    figure, said = _draw()
    # Streamlit asks for it at every run, and Plotly copies the whole figure every time.
    figure.to_dict = functools.cache(figure.to_dict)
    return figure, said


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
        kept = {name: named for name, named in columns.items() if name in (found := table())}
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


@st.cache_resource(max_entries=300, show_spinner=False)
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
    if organisation_id:
        st.switch_page("organisation.py", query_params=address_of(organisation_id))


def nothing_yet(what: str, remedy: str) -> None:
    """A place without data: what would be here, and what to do for it."""
    st.info(remedy, title=what, icon=":material/inbox:")


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
    counted = [
        (_("Organisations, out of those expected"), everyone, found["expected_organisations"]),
        (_("Jobs (fte)"), found["jobs_known"], everyone),
        (_("Income in {year}", year=found["income_year"] or texts.NOT_KNOWN), found["income_known"], everyone),
        (_("Income in any year"), found["income_ever_known"], everyone),
        (_("Themes"), found["themes_known"], everyone),
        (_("Development goals"), found["sdgs_known"], everyone),
        (_("Countries where they work"), found["countries_known"], everyone),
        (_("Membership"), found["membership_known"], everyone),
        (_("Digital maturity"), found["digital_maturity_known"], everyone),
        (_("Needs"), found["needs_known"], everyone),
        (_("Offers"), found["offers_known"], everyone),
        (_("Reserves"), found["reserves_known"], everyone),
        (_("Events with attendance"), found["attendance_known"], found["events"]),
    ]
    return [
        {"what": what, "known": known, "of": of, "share": known / of if of else None} for what, known, of in counted
    ]


def latest_year(years: Any) -> int | None:
    """The last year with income rows that was over on the as-of date; without one the nearest there is."""
    as_of = view().as_of
    over = as_of.year if (as_of.month, as_of.day) == (12, 31) else as_of.year - 1
    so_far = [year for year in years if year <= as_of.year]
    return max((year for year in years if year <= over), default=max(so_far, default=min(years, default=None)))


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
    return f":gray[{value}]" if _missing_income(year)["is_unsettled"] or _one_donor(year) else value


def _missing_income(year: dict[str, Any]) -> dict[str, Any]:
    found = year["coverage"]
    return coverage.missing_part(found["exposed"], found["organisations"], found["active_organisations"])


def note_unsettled(year: dict[str, Any]) -> None:
    """Say so when organisations without income rows could turn the share of exposed organisations."""
    part = _missing_income(year)
    if part["is_unsettled"]:
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


def goal(number: int) -> str:
    """A Sustainable Development Goal by its number."""
    return f"{number}. {GOALS[number][language()]}"


def coverage_sentence() -> Markdown:
    """How much of the ecosystem the figures stand on."""
    found = ask(hub.answer_coverage)
    n = found["organisations"]
    return md(
        "Data up to {day}, loaded {moment} · {organisations} · jobs known for "
        "{jobs} · income in {year} known for {income}",
        day=date(found["data_up_to"]),
        moment=texts.moment(snapshot().manifest.loaded_at, language()),
        organisations=(
            _("{n} of {expected} expected organisations", n=number(n), expected=number(found["expected_organisations"]))
            if snapshot().manifest.origin == "own"
            else n_("{n} organisation", "{n} organisations", n)
        ),
        jobs=number(found["jobs_known"]),
        year=found["income_year"] or texts.NOT_KNOWN,
        income=number(found["income_known"]),
    )
