"""What several pages draw: the sourced figure, the table, the headline.

Elements that nobody can operate are drawn once and replayed (`replayed_elements`).
"""

import datetime
import functools
import html
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypedDict, TypeVar
from urllib.parse import quote

import pandas as pd
import streamlit as st

from hubdata import charts, exports, texts
from hubdata.indicators import money
from hubdata.indicators.rows import first_of
from hubdata.kept import KEPT, size_of
from hubdata.methods import EXPLANATIONS
from hubdata.ui import chart
from hubdata.ui.address import PREFIX, address, address_of, asked_for, url_widget
from hubdata.ui.columns import LISTS, Column, Kind, headed, list_word
from hubdata.ui.hub_settings import home, settings
from hubdata.ui.language import (
    Markdown,
    _,
    apart,
    beside_target,
    current_language,
    date,
    euro,
    format_value,
    join,
    label,
    literal,
    md,
    n_,
    number,
    plain,
    signed,
    threshold,
)
from hubdata.ui.profiles import ids_named, profile_address
from hubdata.ui.session import EVERYTHING_OPEN, context, grant, has_page, kept, may_change, snapshot, style, view

Row = TypeVar("Row")
MOST_ROWS_SHOWN, MOST_ROWS_NARROW = 200, 60
FEW_COLUMNS = 6
"""So many columns of a table fit beside one another."""
MOST_PINNED = 440
"""How wide the first column of a wide table is at most, in pixels."""
MOST_EQUALS = 3
MOST_OFFERED, MOST_FOUND = 2000, 200
"""So many choices stand in one box; of more, a line to type in finds so many."""
CARD_WIDTH = 140
"""Of a card with one figure, in pixels at least: two beside one another on a phone."""


def remind_of_contact() -> None:
    """To whoever is about to send links: that the hub does not say yet whom their receivers can ask."""
    if settings().contact.ways:
        return
    st.info(
        _(
            "Who opens a link sees that it comes from “{name}”, but not yet whom to call or mail. Let your IT "
            "colleague fill in contact in hub.toml: the office, its mail address and telephone number.",
            name=literal(settings().name),
        ),
        icon=":material/contact_support:",
    )


def with_labels(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """The table with, for each column of codes, its words in `<column>_label`."""
    present = [name for name in columns if name in table]
    words = {name: {code: label(code) for code in table[name].dropna().unique()} for name in present}
    return table.assign(**{f"{name}_label": table[name].map(words[name]) for name in present})


def metrics(*cards: tuple[str, str, str], beside: int = 0) -> None:
    """A row of cards, each a heading, a value in words and the figure it is; its meaning is behind a question mark.

    `beside`: how many stand beside one another at most, when not all.
    """

    def draw() -> None:
        with st.grid(beside or len(cards), min_column_width=CARD_WIDTH * 3 // 4 if beside else CARD_WIDTH):
            for heading, value, method in cards:
                st.metric(heading, value, help=meaning(method), border=True)

    replayed_elements(f"metrics {context(cards)}", draw)


def meaning(method: str) -> Markdown:
    """What a figure is and how not to misread it, with the thresholds of this hub filled in."""
    return _meaning(method, current_language(), home())


@functools.cache
def _meaning(method: str, language: str, home: Path) -> Markdown:
    explanation, hub_settings = EXPLANATIONS[method], settings()
    thresholds = {
        "exposure": threshold(hub_settings.exposure_threshold),
        "public": threshold(hub_settings.public_threshold),
        "risk": threshold(hub_settings.risk_threshold),
        "least_per_job": euro(money.LEAST_PER_JOB_EUR),
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
    more_is_better: bool | None = True,
    rests_on: Callable[[pd.DataFrame], "pd.Series[float]"] | None = None,
    in_words: Callable[[str], str] = str,
    basis: str = "",
) -> bool:
    """One of the figures on top: its value, its history, the change over a year, and the target; returns if it has one.

    `history`: one row per day, oldest first, with the columns `date`, `indicator`, and if a day is better said
    otherwise, `said`. `in_words` may dress the value, as `greyed` does. `basis` says of how many it is.
    A change is green or red only when it is good or bad: not where neither more nor less is (`more_is_better` is None),
    not below what is shown, and not when the number of ties that the figure rests on (`rests_on`, of `history`) did not
    move the same way: a share that rises since other ties ended is no gain.
    """
    card = kept(f"card {indicator}", lambda: _card(indicator, value, history, kind, rests_on))
    with st.container(border=True, key=f"card_{indicator}"):
        st.metric(
            heading,
            in_words(card.value),
            card.change,
            delta_color="off"
            if more_is_better is None or not card.is_verdict
            else "normal"
            if more_is_better
            else "inverse",
            delta_description=card.since or None,
            help=meaning(method or indicator),
        )

        # Streamlit's own sparkline has marks without a text for screen readers.
        how: charts.Format = "share" if kind == "share" else "number"

        def spark() -> tuple[charts.Figure, str]:
            past = history.dropna(subset=[indicator])
            drawn = charts.sparkline(series(past, indicator, heading), style(), value_format=how)
            return drawn, trend_in_words(heading, past, indicator, kind, per_year="said" in past)

        if card.has_course:
            chart.show(f"spark_{indicator}", _prepared(f"spark {context(indicator)}", spark))
        if basis:
            st.caption(basis)
        if card.target_day:
            aim = {"day": date(card.target_day), "value": card.target}
            st.caption(
                _("Target on {day}: at least {value}.", **aim)
                if more_is_better is not False
                else _("Target on {day}: at most {value}.", **aim)
            )
    return card.target_day is not None


class _Card(NamedTuple):
    """What a card says of a figure (see `headline`)."""

    value: str
    change: str | int | None
    since: str
    is_verdict: bool
    """The change says something, so it may be called good or bad."""
    has_course: bool
    target_day: datetime.date | None
    target: str


def _card(
    indicator: str,
    value: float | None,
    history: pd.DataFrame,
    kind: str,
    rests_on: Callable[[pd.DataFrame], "pd.Series[float]"] | None,
) -> _Card:
    past = history.dropna(subset=[indicator])
    newest = pd.Timestamp(past["date"].iloc[-1] if len(past) else view().as_of)
    a_year_ago = newest - pd.DateOffset(years=1)
    before = past.assign(at=past.index)[pd.to_datetime(past["date"]) <= a_year_ago].tail(1).to_dict("records")
    change, since, is_verdict = None, "", False
    if value is not None and before:
        day = before[0].get("said") or texts.month(before[0]["date"], current_language())
        difference = value - before[0][indicator]
        if kind == "share":
            change, since = _as_streamlit_reads_it(100 * difference), _("percentage points since {day}", day=day)
        else:
            change, since = _as_streamlit_reads_it(difference, 0 if kind == "count" else 1), _("since {day}", day=day)
        moved = (
            rests_on(past).iloc[[past.index.get_loc(before[0]["at"]), -1]].tolist() if rests_on else [0.0, difference]
        )
        is_verdict = is_good_or_bad(kind, difference, moved[1] - moved[0])
    target = next_target(indicator)
    aimed, written = beside_target(kind, target[1], value) if target else ("", format_value(value, kind))
    return _Card(written, change, since, is_verdict, len(past) > 1, target[0] if target else None, aimed)


def is_good_or_bad(kind: str, difference: float, rests_on: float) -> bool:
    """Whether a change of a figure says something: it is as large as what is shown, and what it rests on moved with it.

    >>> [is_good_or_bad("number", *moved) for moved in ((-0.03, -4), (0.7, 40), (0.7, -2))]
    [False, True, False]
    """
    least = {"share": 0.0005, "count": 0.5}.get(kind, 0.05)
    return abs(difference) >= least and difference * rests_on > 0


def _as_streamlit_reads_it(points: float, digits: int = 1) -> str | int:
    """A change in points for a card, which draws an arrow by the sign: a hyphen, and 0 for none."""
    return signed(points, digits).replace("\N{MINUS SIGN}", "-") if abs(points) > texts.SAME else 0


def web_link(website: str) -> Markdown:
    """A link to an organisation's own website; its address was checked when it was loaded."""
    target = website if website.lower().startswith("http") else f"https://{website}"
    return Markdown(f"[{literal(website)}]({quote(target, safe=':/?#=&%')})")


def explain(*methods: str) -> None:
    """How a list is calculated, behind a button."""

    def draw() -> None:
        with st.popover(_("How this is calculated"), type="tertiary", icon=":material/info:"):
            for method in methods:
                st.markdown(f"**{_(EXPLANATIONS[method].name)}** – {meaning(method)}")

    replayed_elements(f"explain {context(methods)}", draw)


def lazy_expander(key: str, label: str, draw: Callable[[], Any]) -> None:
    """An expander. What is in it is made only when somebody opens it."""
    closed = st.expander(label, key=f"behind_{key}", on_change="rerun")
    if closed.open:
        with closed:
            draw()


def lazy_tabs(name: str, tabs: Mapping[str, tuple[str, Callable[[], Any]]]) -> None:
    """Tabs inside a page: a code, and its words and what draws it. Only the open one is asked for and drawn.

    Which one that is stands in the address under `name`, as a code, so a copied address opens the same tab in any
    language. With `all=yes` in the address all stand under one another: for printing, and for whoever looks at all.
    """
    state, session_address = st.session_state, address()
    if state.get(EVERYTHING_OPEN):
        session_address.written["all"] = "yes"
        for words, draw in tabs.values():
            st.markdown(f"**{words}**")
            draw()
        return
    code_of = {words: code for code, (words, _draw) in tabs.items()}
    shown: dict[str, Any] = {}

    def choose() -> None:
        state[f"{PREFIX}{name}"] = code_of[state[f"tabs_{name}"]]

    def draw_tabs(_label: str, key: str, options: Sequence[str]) -> Any:
        state[f"tabs_{name}"] = tabs[state[key]][0]  # Streamlit knows a tab by its words
        shown.update(zip(options, st.tabs(list(code_of), key=f"tabs_{name}", on_change=choose), strict=True))
        return state[key]

    open_code = url_widget(draw_tabs, name, "", list(tabs), next(iter(tabs)))
    with shown[open_code]:
        tabs[open_code][1]()


def offered(name: str, codes: Sequence[str], words: Callable[[str], Any], default: str | None = None) -> list[str]:
    """Of very many choices those that a box offers, so that a page is not longer with more of them.

    Of more than `MOST_OFFERED` these are, with a line to type in before the box, the first whose `words` hold what is
    typed, the default, and what is chosen already (in `url_widget` under `name`).
    """
    if len(codes) <= MOST_OFFERED:
        return list(codes)
    typed = st.text_input(_("Part of the name"), key=f"find_{name}", placeholder=_("Type a part of a name"))
    found = itertools.islice((code for code in codes if typed.casefold() in str(words(code)).casefold()), MOST_FOUND)
    kept = {asked_for(name), st.session_state.get(f"{PREFIX}{name}"), default}
    return list(dict.fromkeys([*found, *(code for code in codes if code in kept)]))


def replayed_elements(key: str, draw: Callable[[], Any], size: Callable[[], int] = lambda: 10_000) -> None:
    """Draw elements that nobody can operate. The second time Streamlit replays what was drawn, without computing it.

    `size` says about how many bytes they take.
    """
    _replayed(key, draw)
    KEPT.get(("drawn", key), lambda: None, lambda _nothing: size(), gone=lambda: _replayed.clear(key, draw))


@st.cache_resource(show_spinner=False)
def _replayed(key: str, _draw: Callable[[], Any]) -> None:
    _draw()


def figure(
    key: str,
    *,
    title: str,
    sentence: str,
    table: Callable[[], pd.DataFrame],
    columns: Sequence[str | Column],
    basis: str,
    source: str,
    method: str,
    draw: Callable[[], charts.Figure] | None = None,
    alt: Callable[[], str] = str,
    element: Callable[[], Any] | None = None,
    day: datetime.date | None = None,
    selectable: bool = False,
) -> Any:
    """One figure with all that makes it trustworthy: sentence, source, as-of date, basis; behind one button the rest.

    Behind the button are the method, the table with its download, and the finding as text for a memo; they are made
    only when somebody opens it. `basis` says what the figure counts and how much is missing. `columns` names the
    columns of `table` that are shown (see `frame`). `method` is a key of `EXPLANATIONS`. `draw`, `alt` and `table` are
    called only when they are needed. Instead of `draw` and `alt`, `element` draws what is no chart of Plotly, with its
    own alternative text. `day` is the day it shows, when that is not the as-of date.
    Returns the `customdata` of the mark that was just clicked, when they are `selectable`.
    Raises `ValueError` when any part is missing: a figure without them is not drawn.
    """
    given: dict[str, Any] = {"title": title, "sentence": sentence, "basis": basis, "source": source, "columns": columns}
    given["a picture"] = draw or element
    missing = [name for name, value in given.items() if not value]
    if missing or method not in EXPLANATIONS:
        raise ValueError(f"figure {key!r} lacks {', '.join(missing) or f'a known method, not {method!r}'}")
    identity = context(key)
    about = {"day": date(day or view().as_of), "basis": basis}

    finding = sentence if isinstance(sentence, Markdown) else Markdown(literal(sentence))
    heading = title if isinstance(title, Markdown) else Markdown(literal(title))

    def head() -> None:
        with st.container(horizontal=True, key=f"head_{key}"):
            st.subheader(heading, anchor=key, width="stretch")
            menu = st.popover(_("Table and more"), key=f"behind_{key}", on_change="rerun", type="tertiary")
        if menu.open:
            with menu:
                st.markdown(f"**{_(EXPLANATIONS[method].name)}** – {meaning(method)}")
                frame(key, table, columns)
                if draw and grant().downloads:
                    _as_picture(key)
                _for_a_memo(
                    heading, finding, _("As of {day} · {basis} · Source: {source}", **about, source=origin(source))
                )

    def picture() -> Any:
        if not draw:
            return element and element()
        return chart.show(f"figure_{key}", _prepared(identity, lambda: (draw(), alt()), selectable=selectable))

    with st.container(border=True):
        head()
        st.markdown(finding)
        chosen = picture()
        st.caption(md("As of {day} · {basis} · Source: {source}", **about, source=source_in_words(source)))
    return chosen


def _as_picture(key: str) -> None:
    """A button that gives a figure as a picture (PNG): the browser has drawn it already, see `server/frame.js`."""
    words = html.escape(_("Download as a picture"))
    st.html(f'<button type="button" class="hub-picture" data-figure="{html.escape(key)}">{words}</button>')


def _for_a_memo(title: Markdown, finding: Markdown, basis: str) -> None:
    """A finding as text to copy, with its date and source."""
    st.markdown(f"**{_('Text for a memo')}**")
    st.code(f"{plain(title)}\n{plain(finding)}\n{basis} · {settings().name}", language=None, wrap_lines=True)


def _prepared(identity: str, draw: Callable[[], tuple[charts.Figure, str]], *, selectable: bool = False) -> bytes:
    """A figure and its alternative text as the element takes them. Raises `ValueError` without the latter."""

    def make() -> bytes:
        figure, alt_text = draw()
        if not alt_text:
            raise ValueError(f"{identity!r} lacks an alternative text")
        return chart.prepared(figure, alt_text, selectable=selectable)

    prepared: bytes = KEPT.get(("figure", identity, selectable), make)
    return prepared


def frame(
    key: str,
    table: Callable[[], pd.DataFrame],
    columns: Sequence[str | Column],
    details: tuple[Any, ...] = (),
    *,
    is_beside: bool = False,
    in_file: Sequence[str | Column] = (),
) -> None:
    """A table with its download. `table` is called only when it is needed; `details` as for `context`.

    `is_beside`: there is little room, beside something else, so that its words wrap as on a phone.
    `in_file`: columns that only the download has, so that what decides is in sight without moving the table aside.

    `columns` names those that are shown; what each is headed stands in `ui/columns.py`, or is said here with `column`.
    Names are links to profiles when the table holds their ids, shown or not (see `ui.profiles`).
    """
    shown_columns = headed(columns)
    further = headed(in_file) if grant().downloads else []

    def shown() -> tuple[pd.DataFrame, dict[str, list[str | None]]]:
        rows = table()
        headings = {column.name: column.heading for column in [*shown_columns, *further] if column.name in rows}
        whole = rows[list(headings)].rename(columns=headings).reset_index(drop=True)
        return whole, ids_named(rows, shown_columns)

    identity = context(key, *details)
    whole, ids = KEPT.get(("table", identity), shown)

    def draw() -> None:
        formats = {
            column.heading: _formats()[column.kind]
            for column in shown_columns
            if column.heading in whole and not column.is_bar
        }
        is_narrow = style().narrow or is_beside
        most = MOST_ROWS_NARROW if is_narrow else MOST_ROWS_SHOWN
        only_in_file = [column.heading for column in further if column.heading in whole]
        first = whole.head(most).drop(columns=only_in_file)
        for heading, ids_below in ids.items():
            names = first[heading].tolist()
            addresses = list(map(profile_address, ids_below, names))
            formats[heading] = functools.partial(_name_at, dict(zip(addresses, names, strict=False)))
            first = first.assign(**{heading: addresses})
        bars = [column.heading for column in shown_columns if column.is_bar and column.heading in whole]
        alt = _("Table: {columns}", columns=", ".join(first.columns))
        if is_narrow:
            _wrapping_table(first, {**formats, **dict.fromkeys(bars, _formats()["share"])}, alt, links=ids)
            _say_more(whole, most, only_in_file)
            return
        first = first.assign(**{heading: first[heading].astype(float).round(3) for heading in bars})
        # What a row is about stays in sight when a wide table is moved aside.
        pinned = first.columns[0] if len(first.columns) > FEW_COLUMNS else None
        named = [str(name) for name in (whole[pinned].head(most) if pinned else [])]
        # A link that is cut off is whole where it leads; two names in one cell are not.
        room = min(24 + 7 * max(map(len, [str(pinned), *named])), 280 if pinned in ids else MOST_PINNED)
        st.dataframe(
            first.style.format(formats, na_rep=texts.NOT_KNOWN),
            column_config={
                **({pinned: st.column_config.Column(pinned=True, width=room)} if pinned else {}),
                **{
                    heading: st.column_config.LinkColumn(
                        pinned=heading == pinned, width=room if heading == pinned else None
                    )
                    for heading in ids
                },
                **{
                    heading: st.column_config.ProgressColumn(max_value=1, step=0.001, format="percent")
                    for heading in bars
                },
            },
            hide_index=True,
            height="content" if len(whole) <= 12 else "auto",
            alt=alt,
            placeholder=texts.NOT_KNOWN,
        )
        _say_more(whole, most, only_in_file)

    replayed_elements(f"table {identity}", draw, lambda: 10_000 + 3 * size_of(whole.head(MOST_ROWS_SHOWN)))
    if not grant().downloads:
        return
    decimal_comma = current_language() == "nl"
    st.download_button(
        _("Download as CSV"),
        data=lambda: exports.csv(whole, decimal_comma=decimal_comma),
        file_name=f"{key}.csv",
        mime="text/csv",
        key=f"download_{key}",
        on_click="ignore",
        icon=":material/download:",
    )


def _say_more(whole: pd.DataFrame, most: int, only_in_file: Sequence[str]) -> None:
    if len(whole) > most:
        some, every = number(most), number(len(whole))
        st.caption(_("The first {some} rows are shown; the download has all {every}.", some=some, every=every))
    if only_in_file:
        st.caption(_("Only in the download: {columns}.", columns=", ".join(only_in_file)))


def _wrapping_table(
    rows: pd.DataFrame,
    formats: Mapping[str, Callable[[Any], str]],
    alt: str,
    links: Iterable[str] = (),
) -> None:
    """A table for a phone: words wrap, and the first column stays while the others are moved aside (`frame.css`).

    `formats` writes the cells of a column, as text; those of `links` are addresses.
    """

    def written(heading: str) -> Callable[[Any], str]:
        write = formats.get(heading, str)
        if heading in links:
            return lambda address: f"[{literal(write(address))}]({address})"
        return lambda value: literal(write(value))

    headings = {heading: literal(str(heading)) for heading in rows.columns}
    cells = {headings[heading]: written(heading) for heading in rows.columns}
    styled = rows.rename(columns=headings).style.format(cells, na_rep=texts.NOT_KNOWN)
    st.table(styled, border="horizontal", hide_index=True, alt=alt)


def _name_at(names: dict[str | None, Any], profile: str) -> str:
    return str(names[profile])


def _formats() -> dict[Kind, Callable[[Any], str]]:
    """How a cell of each kind is written."""
    shown_in = current_language()
    return {
        "text": str,
        "count": lambda value: texts.number(value, shown_in),
        "number": lambda value: texts.number(value, shown_in, 2),
        "tenths": lambda value: texts.number(value, shown_in, 1),
        "share": lambda value: texts.percent(value, shown_in, 1),
        "euro": lambda value: texts.whole_euro(value, shown_in),
        "date": lambda value: texts.date(value, shown_in),
        "year": lambda value: str(int(value)),
    }


def origin(source: str) -> str:
    """The lists a figure comes from, with the attribution that their licence asks for: for what leaves the page."""
    said, others = source_in_words(source), attribution()
    return f"{said} ({others})" if others else said


def attribution() -> str:
    """Whom the licences of the data ask to name, in the reader's language; "" when there is nobody."""
    said = snapshot().manifest.attribution
    return texts.translation(current_language()).gettext(said) if said else ""


def source_in_words(source: str) -> str:
    """The files a figure comes from as a reader calls them; behind a colon stands what one of them is of."""
    files, _colon, more = source.partition(": ")
    names = [file.removesuffix(".csv") for file in files.split(", ")]
    lists = join([list_word(name) for name in names if name in LISTS])
    if not lists:
        return _("decisions on introductions")
    said = _("list of {list}", list=lists) if len(names) == 1 else _("lists of {lists}", lists=lists)
    return f"{said} ({more})" if more else said


def open_selected_organisation(clicked: Any) -> None:
    """When a mark with an organisation's id was clicked (see `figure`): go to that organisation."""
    organisation_id = clicked[0] if isinstance(clicked, list) and clicked else clicked
    if organisation_id and has_page("organisation"):
        st.switch_page("organisation.py", query_params=address_of(organisation_id))


def nothing_yet(what: str, remedy: str) -> None:
    """A place without data: what would be here and, for managers, what to do for it."""
    if may_change():
        st.info(remedy, title=what, icon=":material/inbox:")
    else:
        st.info(what, icon=":material/inbox:")


def table_of(rows: charts.Table, *coded: str) -> pd.DataFrame:
    """Rows of an answer as a table, with words for the columns of codes (see `with_labels`)."""
    return with_labels(pd.DataFrame(rows), *coded)


def first_rows(table: pd.DataFrame, column: str, most: int) -> pd.DataFrame:
    """The first rows of a table in order of a column, and the equals of the last one; none of these when many."""
    return table.head(first_of(table[column].astype(float).tolist(), most, 2 * most))


def with_yes_no(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """The table with columns of true and false as words."""
    return table.assign(**{name: table[name].map({True: _("yes"), False: _("no")}) for name in columns})


def series(table: pd.DataFrame, column: str, name: str) -> pd.DataFrame:
    """One column over time as `charts.lines` takes it."""
    return pd.DataFrame({"series": name, "date": table["date"], "value": table[column]})


class Targets(TypedDict):
    """What `charts.lines` joins by a dashed line, and the words for it."""

    targets: pd.DataFrame
    target: str


def targets(indicator: str) -> Targets:
    """The targets set for an indicator, as `charts.lines` takes them."""
    target_rows = snapshot().table("targets")
    return {"targets": target_rows[target_rows["indicator"] == indicator], "target": _("Target")}


def next_target(indicator: str) -> tuple[datetime.date, float] | None:
    """The first target after the as-of date, else the last one before it."""
    target_rows = targets(indicator)["targets"].sort_values("date")
    if target_rows.empty:
        return None
    ahead = target_rows[target_rows["date"] >= pd.Timestamp(view().as_of)]
    row = (ahead.iloc[0] if len(ahead) else target_rows.iloc[-1]).to_dict()
    return row["date"].date(), float(row["value"])


def trend_in_words(title: str, table: pd.DataFrame, column: str, kind: str, *, per_year: bool = False) -> str:
    """A line chart as a sentence: from where to where. `per_year`: a row is about a year, not about its day."""
    known = _known(table, column)
    if not known:
        return _("{title}: not known.", title=title)
    (start, first), (end, last) = known[0], known[-1]
    values = apart(kind, first, last)
    gaps = {"title": title, "first": values[0], "last": values[1]}
    if per_year:
        return _("{title}: from {first} in {start} to {last} in {end}.", start=start.year, end=end.year, **gaps)
    return _("{title}: from {first} on {start} to {last} on {end}.", start=date(start), end=date(end), **gaps)


def _known(table: pd.DataFrame, column: str) -> list[tuple[datetime.date, float]]:
    """The rows of a line chart of which the value is known: day and value, in their order."""
    days = (pd.Timestamp(day).date() for day in table["date"].tolist())
    return [(day, value) for day, value in zip(days, table[column].tolist(), strict=True) if not pd.isna(value)]


def course_title(title: str, table: pd.DataFrame, column: str, kind: str, *, per_year: bool = False) -> str:
    """What a line chart says, as its title: from what to what the figure went in the last year that is known.

    Compared is the last known row a year or more before, else the first. `title`: what the figure is called, in the
    singular; `per_year`: a row is about a year, not about its day.
    """
    known = _known(table, column)
    if not known:
        return _("{title} is not known", title=title)
    last_day, now = known[-1]
    a_year_before = (pd.Timestamp(last_day) - pd.DateOffset(years=1)).date()
    then_day, then = next((row for row in reversed(known) if row[0] <= a_year_before), known[0])
    values = apart(kind, then, now)
    gaps = {"title": title, "before": values[0], "now": values[1]}
    gaps["day"] = str(then_day.year) if per_year else date(then_day)
    if len(known) == 1:
        return _("{title} is {now}", **gaps)
    difference = now - then
    if abs(difference) <= texts.SAME:
        return (
            _("{title} is {now}, as it was in {day}", **gaps)
            if per_year
            else _("{title} is {now}, as it was on {day}", **gaps)
        )
    if difference > 0:
        return _("{title} rose from {before} to {now} since {day}", **gaps)
    return _("{title} fell from {before} to {now} since {day}", **gaps)


def largest(rows: Iterable[Row], size: Callable[[Row], float]) -> list[Row]:
    """The largest of some rows: several when they are equally large, for none of equals is named alone."""
    listed = list(rows)
    most = max(map(size, listed), default=0)
    return [row for row in listed if size(row) >= most - texts.SAME]


def several(names: Sequence[str]) -> str:
    """Names of equals as they are said: the first three, and how many more."""
    more = len(names) - MOST_EQUALS
    return join([*names[:MOST_EQUALS], *([n_("{n} other", "{n} others", more)] if more > 0 else [])])


def ranking_in_words(title: str, table: pd.DataFrame, name: str, column: str, kind: str = "count") -> str:
    """A bar chart as a sentence: the largest three, and their equals; none of equals when they are many."""
    known = table.assign(**{column: table[column].astype(float)}).dropna(subset=[column]) if len(table) else table
    if not len(known):
        return _("{title}: not known.", title=title)
    first = first_rows(known.sort_values(column, ascending=False, kind="stable"), column, 3)
    if not len(first):
        return _(
            "{title}; several are the largest: {value}.", title=title, value=format_value(known[column].max(), kind)
        )
    phrases = [f"{row[name]} ({format_value(row[column], kind)})" for row in first.to_dict("records")]
    return _("{title}; the largest: {names}.", title=title, names=join(phrases))


def small_table(table: pd.DataFrame) -> None:
    """A table of texts without a download."""
    alt = _("Table: {columns}", columns=", ".join(table.columns))
    if style().narrow:
        _wrapping_table(table.reset_index(drop=True), {}, alt)
    else:
        st.dataframe(table, hide_index=True, height="content" if len(table) <= 20 else "auto", alt=alt)
