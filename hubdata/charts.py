"""Tables in, Plotly figures out: pure, without words, files or screens of their own.

A figure is Plotly's JSON: a dictionary with `data` and `layout`. Plotly's own objects check every property and copy the
whole figure whenever one is made or shown, which took most of the time of a page; so the tests have Plotly check them.

A figure gets its words translated, has no title (the page writes one above it) and is drawn with `theme=None`, so every
colour is decided here, once for light and once for dark pages. Plotly itself writes the decimal mark (`separators`).
Every text passes `literal`, since Plotly reads `<a href>`, `<b>` and the like as markup. Names from data go into
`hovertext`, `customdata` or tick texts, never into a template, where `%{...}` would be read.

A table is a data frame or a list of dicts; its columns are in the docstring of each figure. Without rows a figure is
empty, and one with missing values leaves them out or says so, but none of them fails.

`world.geojson` is made from Natural Earth 4.1 (public domain, naturalearthdata.com) by way of the npm package
world-atlas 2.0.2 (ISC): the 1:110m countries to a tenth of a degree without Antarctica, cut at the 180th meridian, and
a point for each country too small for it. Feature ids are ISO 3166 alpha-2 codes, XK for Kosovo; Northern Cyprus
and Somaliland have no code and are land only.
"""

import base64
import bisect
import functools
import html
import itertools
import json
import math
import struct
import textwrap
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from hubdata import texts
from hubdata.cells import isolated

Figure: TypeAlias = dict[str, Any]
Table: TypeAlias = pd.DataFrame | Sequence[Mapping[str, Any]]
Format = Literal["count", "number", "share", "euro"]

MAX_TIES = 2000
MAX_MARKS = 2000
MAX_STEPS = 250
"""A curve is hardly higher than this many pixels."""
MAX_TICK = 40
# The font of the page. "inherit" would not reach it: Plotly's own style sheet puts another font on everything it draws.
FONT = '"Source Sans", sans-serif'
ROW_HEIGHT = 36
BAR_GAP = 0.35

_HOVER_FORMATS: dict[Format, str] = {"count": ",.0f", "number": ",.2f", "share": ".1%", "euro": ",.0f"}
_LABEL_FORMATS: dict[Format, str] = {"count": ",.0f", "number": ",.1f", "share": ".1%"}
_AXIS_FORMATS: dict[Format, str] = {"count": ",.1~f", "number": "", "share": ".1~%", "euro": ""}


def as_json(figure: Figure) -> bytes:
    """A figure as Plotly's program takes it. Raises `ValueError` at NaN, which has no place in JSON."""
    return json.dumps(figure, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode()


# --- colours ------------------------------------------------------------------------------------------------------


class Ink(NamedTuple):
    """The colours of a page, light or dark, that carry no meaning from the data."""

    background: str
    text: str
    muted: str
    grid: str
    mark: str
    accent: str
    second: str
    land: str


LIGHT = Ink("#ffffff", "#1b2430", "#4a5566", "#e1e6ee", "#838d9c", "#2956a1", "#b4530a", "#dfe4ec")
DARK = Ink("#0f1624", "#e8edf6", "#b4bfd1", "#2b3850", "#7d8aa1", "#7fb0ff", "#f2a65a", "#2c3852")

# Pairs for light and dark pages, found by search: each at least 3:1 against both backgrounds of its theme, and any two
# at least 9 apart (CIEDE2000) to people with full colour vision, protanopia, deuteranopia and (8) tritanopia.
SECTOR_COLOURS: dict[str, tuple[str, str]] = {
    "ngo": ("#2956a1", "#5174f5"),
    "knowledge": ("#037b6c", "#8beee8"),
    "government": ("#b260d4", "#c0bdfe"),
    "business": ("#6f4703", "#d18434"),
    "social-enterprise": ("#669462", "#549b77"),
    "international": ("#75035f", "#9c648d"),
    "funder": ("#917907", "#dce294"),
    "network": ("#a03b4e", "#c43d3a"),
    "other": ("#828c96", "#959faa"),
}
FALLBACK_COLOURS = (("#776d99", "#e7beaf"), ("#2a4e32", "#9dd001"), ("#7d4976", "#429fdb"))

# A category that matches a sector has the colour of that sector.
CATEGORY_COLOURS: dict[str, tuple[str, str]] = {
    "government": SECTOR_COLOURS["government"],
    "multilateral": SECTOR_COLOURS["international"],
    "nonprofits": SECTOR_COLOURS["ngo"],
    "companies": SECTOR_COLOURS["business"],
    "individuals": SECTOR_COLOURS["knowledge"],
    "lotteries": SECTOR_COLOURS["funder"],
    "earned": SECTOR_COLOURS["social-enterprise"],
    "other": SECTOR_COLOURS["other"],
}

SYMBOLS = ("circle", "square", "diamond", "triangle-up", "triangle-down", "pentagon", "star", "cross", "x", "hexagon")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")

# From far fewer than chance to far more; blue and orange stay apart for the colour-blind.
_DIVERGING = (
    ("#8a3d00", "#d98a45", "#f2f3f5", "#6f9bd8", "#123f86"),
    ("#ffb066", "#a8652a", "#2a3348", "#4d7cc9", "#a9cbff"),
)
_SEQUENTIAL = (("#6488cf", "#3563b0", "#0c2554"), ("#4a72bd", "#8fb5f5", "#e6f0ff"))


@dataclass(frozen=True)
class Style:
    """How a page looks and writes: its theme, and whether it writes 1.234,5 (and dates in digits) or 1,234.5."""

    dark: bool = False
    decimal_comma: bool = False
    narrow: bool = False
    """Whether the screen is as wide as a phone."""

    @property
    def ink(self) -> Ink:
        """The colours of this theme."""
        return DARK if self.dark else LIGHT

    @property
    def separators(self) -> str:
        """Decimal mark and thousands mark, as Plotly wants them."""
        return ",." if self.decimal_comma else ".,"

    @property
    def day(self) -> str:
        """How a day is written. Plotly only knows English month names, so elsewhere months are digits."""
        return "%d-%m-%Y" if self.decimal_comma else "%-d %b %Y"

    @property
    def month(self) -> str:
        """How a month is written."""
        return "%m-%Y" if self.decimal_comma else "%b %Y"

    def whole(self, value: float) -> str:
        """A whole number as text, for the few places where Plotly cannot format it.

        >>> Style(decimal_comma=True).whole(-1234)
        '1.234'
        """
        text = f"{abs(value):,.0f}"
        return text.replace(",", ".") if self.decimal_comma else text


def sector_colours(sectors: Iterable[str], style: Style) -> dict[str, str]:
    """A colour per sector. Give all sectors of the hub in their own order, or a filter would change colours.

    >>> sector_colours(["ngo", "guild"], Style())
    {'ngo': '#2956a1', 'guild': '#776d99'}
    """
    return _colours(sectors, SECTOR_COLOURS, style)


def category_colours(categories: Iterable[str], style: Style) -> dict[str, str]:
    """A colour per category of income, as `sector_colours`."""
    return _colours(categories, CATEGORY_COLOURS, style)


def _colours(codes: Iterable[str], fixed_colours: Mapping[str, tuple[str, str]], style: Style) -> dict[str, str]:
    codes = list(codes)
    unused = [pair for pair in SECTOR_COLOURS.values() if pair not in [fixed_colours.get(code) for code in codes]]
    spare = itertools.cycle([*FALLBACK_COLOURS, *unused])
    return {code: (fixed_colours[code] if code in fixed_colours else next(spare))[style.dark] for code in codes}


def _series_colours(series: Sequence[str], style: Style) -> dict[str, str]:
    """Colours for series that are no sectors: the accents first, as they are known from elsewhere on the page."""
    rest = [pair[style.dark] for code, pair in SECTOR_COLOURS.items() if code not in ("ngo", "business")]
    return dict(zip(series, itertools.cycle([style.ink.accent, style.ink.second, *rest]), strict=False))


def _between(stops: Sequence[str], place: float) -> str:
    """The colour at `place` (0-1) of a scale, as Plotly interpolates it."""
    at = min(max(place, 0.0), 1.0) * (len(stops) - 1)
    low = min(int(at), len(stops) - 2)
    pairs = [(int(stops[low][i : i + 2], 16), int(stops[low + 1][i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * (at - low)):02x}" for a, b in pairs)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(colour: str, other: str) -> float:
    """The WCAG contrast ratio of two colours, 1-21.

    >>> contrast("#000000", "#ffffff")
    21.0
    """
    low, high = sorted((_luminance(colour), _luminance(other)))
    return round((high + 0.05) / (low + 0.05), 2)


# --- texts from data ----------------------------------------------------------------------------------------------


def literal(text: object) -> str:
    """A text from data, made safe for a figure. Quotes stay: Plotly does not know `&quot;` and would show it.

    >>> literal('<a href="x">R&D</a>')
    '&lt;a href="x"&gt;R&amp;D&lt;/a&gt;'
    """
    return html.escape(isolated(str(text)), quote=False)


def shorten(text: str, length: int = MAX_TICK) -> str:
    """At most `length` characters, the last one an ellipsis if something was cut.

    >>> shorten("International Criminal Court", 14)
    'International…'
    """
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _tick(text: object, width: int = 24, most_lines: int | None = None) -> str:
    """A label: short, and on several lines, so that names leave room for the figure on a phone."""
    wrapped = textwrap.wrap(shorten(str(text)), width, max_lines=most_lines, placeholder="…", break_long_words=False)
    return "<br>".join(literal(line) for line in wrapped)


# --- the one layout -----------------------------------------------------------------------------------------------


@dataclass
class _Drawing:
    """A figure while it is made."""

    layout: dict[str, Any]
    data: list[dict[str, Any]] = field(default_factory=list)

    def add(self, kind: str, **trace: Any) -> None:
        """A trace; properties that are None are left out."""
        self.data.append({"type": kind} | {name: value for name, value in trace.items() if value is not None})

    def finished(self) -> Figure:
        return {"data": self.data, "layout": self.layout}


def _packed(values: Iterable[float], kind: Literal["f4", "f8"] = "f4") -> dict[str, str]:
    """Numbers as Plotly's typed array, which travels as bytes: a page is sent again at every change of a filter.

    `f4` is for places in a drawing, seven digits; what is a figure itself goes as `f8`, whole.
    """
    numbers = list(values)
    content = struct.pack(f"<{len(numbers)}{'f' if kind == 'f4' else 'd'}", *numbers)
    return {"dtype": kind, "bdata": base64.b64encode(content).decode()}


@functools.lru_cache
def _template(style: Style) -> dict[str, Any]:
    ink = style.ink
    axis = {
        "automargin": True,
        "autotickangles": [0, 90],
        "fixedrange": True,
        "ticks": "",
        "ticklabelstandoff": 6,
        "gridcolor": ink.grid,
        "linecolor": ink.mark,
        "zeroline": False,
        "tickfont": {"color": ink.muted, "size": 12},
        "title": {"font": {"color": ink.muted, "size": 13}, "standoff": 10},
    }
    return {
        "layout": {
            "font": {"family": FONT, "size": 13, "color": ink.text},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
            "dragmode": False,
            "hovermode": "closest",
            "hoverlabel": {
                "bgcolor": ink.background,
                "bordercolor": ink.mark,
                "font": {"family": FONT, "color": ink.text, "size": 13},
                "align": "left",
            },
            "legend": {
                "orientation": "h",
                "x": 0,
                "xanchor": "left",
                "xref": "container",
                "y": 1,
                "yanchor": "top",
                "yref": "container",
                "font": {"color": ink.text, "size": 13},
                "itemsizing": "constant",
                "traceorder": "normal",
            },
            "xaxis": axis,
            "yaxis": axis,
        }
    }


def _figure(style: Style, height: int, **layout: Any) -> _Drawing:
    return _Drawing({"template": _template(style), "separators": style.separators, "height": height, **layout})


def _legend(entries: int) -> int:
    """The height of a legend on a phone; one entry alone is not shown."""
    return 20 * entries if entries > 1 else 0


def _empty(style: Style) -> Figure:
    return _figure(style, 120, xaxis={"visible": False}, yaxis={"visible": False}).finished()


def _rows(table: Table, *columns: str) -> pd.DataFrame:
    """The table with at least these columns, whatever came in."""
    frame = pd.DataFrame(table).reset_index(drop=True)
    return frame.reindex(columns=[*frame.columns, *(c for c in columns if c not in frame.columns)])


def _plain(values: Iterable[Any]) -> list[Any]:
    return [None if pd.isna(value) else value for value in values]


def _days(values: Iterable[Any]) -> list[str | None]:
    days = pd.to_datetime(pd.Series(list(values), dtype=object)).dt.date
    return [None if pd.isna(day) else day.isoformat() for day in days]


def _codes(values: "pd.Series[Any]") -> "pd.Series[Any]":
    return values.astype(object).where(values.notna(), "")


def _groups(frame: pd.DataFrame, column: str, labels: Mapping[str, str]) -> list[tuple[str, str, pd.DataFrame]]:
    """Code, label and rows per code, in the order of the labels; codes without a label come last."""
    rows_of: dict[Hashable, pd.DataFrame] = dict(iter(frame.groupby(_codes(frame[column]), sort=False)))
    codes = [*(code for code in labels if code in rows_of), *(str(code) for code in rows_of if code not in labels)]
    return [(code, labels.get(code, code), rows_of[code]) for code in codes]


def _shown(field: str, kind: Format, formats: Mapping[Format, str] = _HOVER_FORMATS) -> str:
    return f"{'€ ' if kind == 'euro' else ''}%{{{field}:{formats[kind]}}}"


def _value_axis(title: str, kind: Format, **more: Any) -> dict[str, Any]:
    money = {"tickprefix": "€ ", "exponentformat": "B"} if kind == "euro" else {}
    return {
        "title": {"text": literal(title)},
        "tickformat": _AXIS_FORMATS[kind],
        "rangemode": "tozero",
        **money,
        **more,
    }


def _money(amount: float, style: Style) -> str:
    """An amount in a figure, as short as a person says it: in millions from there.

    >>> [_money(amount, Style(decimal_comma=True)).replace(chr(160), " ") for amount in (250e6, 1234567.0, 645108.0)]
    ['€ 250 mln', '€ 1,2 mln', '€ 645.108']
    >>> _money(1234567.0, Style())
    '€1.2M'
    """
    language = "nl" if style.decimal_comma else "en"
    if abs(amount) < 999_500:
        return texts.whole_euro(amount, language)
    written = texts.whole_euro(0, language).replace("0", texts.number(amount / 1e6, language, 1))
    written = written.removesuffix(f"{style.separators[0]}0")
    return f"{written}{texts.NO_BREAK}mln" if language == "nl" else f"{written}M"


def _money_ticks(highest: float, most: int, style: Style) -> dict[str, Any]:
    """Round amounts along an axis, from nothing up to the highest: one, two or five times a power of ten apart.

    >>> _money_ticks(33e6, 3, Style())["ticktext"]
    ['€0', '€20M']
    """
    if not highest > 0:
        return {"tickvals": [0], "ticktext": [_money(0, style)]}
    power = 10.0 ** math.floor(math.log10(highest / most))
    step = next(power * times for times in (1, 2, 5, 10) if highest / (power * times) <= most)
    amounts = [step * nth for nth in range(int(highest / step + 1e-9) + 1)]
    return {"tickvals": amounts, "ticktext": [_money(amount, style) for amount in amounts], "tickprefix": ""}


def _labels(values: pd.Series, field: str, kind: Format, style: Style, has_room: bool) -> dict[str, Any]:
    """What stands at the ends of bars."""
    if not has_room:
        return {"texttemplate": None}
    if kind != "euro":
        return {"texttemplate": _shown(field, kind, _LABEL_FORMATS)}
    return {"text": [_money(value, style) if pd.notna(value) else "" for value in values], "texttemplate": "%{text}"}


def _date_axis(days: Iterable[str | None], style: Style) -> dict[str, Any]:
    stops = [
        {"dtickrange": [None, "M1"], "value": style.day},
        {"dtickrange": ["M1", "M6"], "value": style.month},
        {"dtickrange": ["M12", None], "value": "%Y"},
    ]
    axis: dict[str, Any] = {"type": "date", "tickformatstops": stops, "nticks": 6, "showgrid": False}
    dates = {day for day in days if day}
    if len(dates) == 1:  # Plotly would zoom in on its milliseconds
        only = pd.Timestamp(dates.pop())
        axis["range"] = _days([only - pd.Timedelta(days=190), only + pd.Timedelta(days=190)])
    return axis


# --- the network --------------------------------------------------------------------------------------------------


def ties_to_draw(ties: pd.DataFrame, limit: int = MAX_TIES) -> pd.DataFrame:
    """The ties a drawing shows: all of them, or beyond `limit` a few of every organisation, across sectors first.

    A browser draws some two thousand lines without a wait. Every organisation keeps its first tie before any gets its
    second, so that nobody looks isolated who is not (as long as `limit` is at least the number of organisations).
    """
    if len(ties) <= limit:
        return ties
    ordered = ties.sort_values("is_cross_sector", ascending=False, kind="stable").reset_index(drop=True)
    ends = pd.concat([ordered["organisation_a"], ordered["organisation_b"]]).sort_index(kind="stable")
    rank = ends.groupby(ends).cumcount().groupby(level=0).min()
    return ordered.loc[rank.sort_values(kind="stable").index[:limit].sort_values()]


def marks_to_draw(nodes: pd.DataFrame, limit: int = MAX_MARKS) -> pd.DataFrame:
    """The organisations a small drawing shows: all of them, or beyond `limit` those with the most partners."""
    return nodes if len(nodes) <= limit else nodes.nlargest(limit, "degree")


def newest(rows: pd.DataFrame, day: str, limit: int = MAX_MARKS) -> pd.DataFrame:
    """The rows that a drawing over time shows: all of them, or beyond `limit` those of the newest days."""
    return rows if len(rows) <= limit else rows.nlargest(limit, day)


SMALL = 248
"""How high the small network is, in pixels."""
KEY = 44
"""How high its key of sectors is, on a wide screen."""
SMALL_WIDTH, SMALL_WIDTH_NARROW = 600, 262
"""How wide it is at least, in pixels, on a wide screen and on a phone: it is made as wide as its card."""


def network(
    nodes: Table,
    ties: Table,
    style: Style,
    *,
    sector_labels: Mapping[str, str],
    partners: str,
    within: str,
    across: str,
) -> Figure:
    """Who works with whom, small: a mark per organisation, larger with more partners, and a line per tie.

    `nodes`: organisation_id, name, sector, x, y, degree; `ties`: organisation_a, organisation_b, is_cross_sector,
    is_fading. Lines mean what they mean in the explorer: blue across sectors, dashed fading.
    Words: `partners` follows a number ("partners"); `within` and `across` name the two kinds of lines.
    At most `MAX_TIES` lines are drawn: `len(ties_to_draw(ties))` says how many. A clicked mark has its organisation_id
    as customdata. The drawing is wider than it is high, as its card is: distances in it mean nothing. So marks make
    room for the names of the best connected.
    """
    placed = _rows(nodes, "organisation_id", "name", "sector", "x", "y", "degree").dropna(subset=["x", "y"])
    if placed.empty:
        return _empty(style)
    drawn = _rows(ties, "organisation_a", "organisation_b", "is_cross_sector", "is_fading")
    is_placed = drawn[["organisation_a", "organisation_b"]].isin(set(placed["organisation_id"])).all(axis=1)
    drawn = ties_to_draw(drawn[is_placed])
    ink, degrees = style.ink, placed["degree"].fillna(0)
    # The eye compares areas rather than widths, hence the root.
    placed = placed.assign(degree=degrees, size=4 + 12 * (degrees / max(float(degrees.max()), 1.0)) ** 0.5)
    placed, sides = _with_names(placed.reset_index(drop=True), style)

    hidden: dict[str, Any] = {"visible": False, "range": _padded(placed["x"]), "fixedrange": False}
    upright = {**hidden, "range": _padded(placed["y"])}
    edge = {"l": 4, "r": 4, "t": 20, "b": 4}  # a name stands above its mark
    has_key = not style.narrow  # there is no room on a phone, where a touch says it
    key = {"y": 0, "yanchor": "bottom", "font": {"color": ink.text, "size": 12}, "itemclick": False, "entrywidth": 0}
    figure = _figure(
        style,
        SMALL + (KEY if has_key else 0),
        xaxis=hidden,
        yaxis=upright,
        showlegend=has_key,
        margin={**edge, "b": edge["b"] + (KEY if has_key else 0)},
        **({"legend": {**key, "itemdoubleclick": False}} if has_key else {}),
    )
    place = placed.set_index("organisation_id")
    width = 1.2 if len(drawn) <= 500 else 0.6
    kinds = ((False, within, ink.mark), (True, across, ink.accent))
    for (is_across, name, colour), is_fading in itertools.product(kinds, (False, True)):
        is_kind = drawn["is_cross_sector"].astype(bool) == is_across
        some = drawn[is_kind & (drawn["is_fading"].eq(True) == is_fading)]
        if some.empty:
            continue
        path = {
            axis: _packed(
                pd.DataFrame(
                    {
                        "from": some["organisation_a"].map(place[axis]),
                        "to": some["organisation_b"].map(place[axis]),
                        "gap": float("nan"),
                    }
                )
                .to_numpy()
                .ravel()
                .tolist()
            )
            for axis in "xy"
        }
        figure.add(
            "scatter",
            **path,
            mode="lines",
            name=literal(name),
            line={"color": colour, "width": width, "dash": "dash" if is_fading else "solid"},
            hoverinfo="skip",
            showlegend=False,
        )
    colours = sector_colours([*sector_labels, *sorted(set(placed["sector"]) - set(sector_labels))], style)
    symbols = dict(zip(colours, itertools.cycle(SYMBOLS), strict=False))
    for sector, label, some in _groups(placed, "sector", sector_labels):
        figure.add(
            "scatter",
            x=_packed(some["x"]),
            y=_packed(some["y"]),
            mode="markers",
            name=literal(label),
            customdata=some["organisation_id"].tolist(),
            hovertext=[
                f"<b>{literal(name)}</b><br>{literal(label)}<br>{style.whole(degree)} {literal(partners)}"
                for name, degree in zip(some["name"], some["degree"], strict=True)
            ],
            hoverinfo="text",
            marker={
                "color": colours[sector],
                "symbol": symbols[sector],
                "size": _packed(some["size"]),
                "opacity": 1,
                "line": {"color": ink.background, "width": 1},
            },
        )
    named = placed.loc[list(sides)]
    figure.add(
        "scatter",
        x=named["x"].tolist(),
        y=named["y"].tolist(),
        mode="markers+text",
        text=[literal(shorten(name, 24)) for name in named["name"]],
        textposition=[_TEXT_POSITIONS[side] for side in sides.values()],
        textfont={"size": 13, "color": ink.text, "shadow": _halo(style)},
        marker={"size": named["size"].tolist(), "opacity": 0},  # invisible, but keeps the text off the mark beneath
        cliponaxis=False,
        hoverinfo="skip",
        showlegend=False,
    )
    return figure.finished()


def _halo(style: Style) -> str:
    """An outline that keeps text readable on whatever it stands upon."""
    edges = ["1px 1px 1px", "-1px 1px 1px", "1px -1px 1px", "-1px -1px 1px", "0 0 3px", "0 0 3px"]
    return ", ".join(f"{edge} {style.ink.background}" for edge in edges)


_TEXT_POSITIONS = {"right": "middle right", "left": "middle left", "top": "top center", "bottom": "bottom center"}


def _with_names(placed: pd.DataFrame, style: Style) -> tuple[pd.DataFrame, dict[int, str]]:
    """The marks of the small network where they leave room for names, and on which side each name stands."""
    across, up = _padded(placed["x"]), _padded(placed["y"])
    width, most = (SMALL_WIDTH_NARROW, 4) if style.narrow else (SMALL_WIDTH, 7)
    scale, rise = width / (across[1] - across[0]), (SMALL - 24) / (up[1] - up[0])
    largest = placed[placed["degree"] > 0].sort_values("degree", ascending=False, kind="stable").head(most)
    x, y = (placed["x"] - across[0]) * scale, -placed["y"] * rise
    names = tuple((int(place), 7.0 * min(len(name), 24) + 6) for place, name in largest["name"].items())
    marks = tuple(zip(x.tolist(), y.tolist(), (placed["size"] / 2).tolist(), strict=True))
    stand, sides = room_for_names(marks, names, width)
    by_x, by_y = (
        pd.Series([one[axis] - mark[axis] for one, mark in zip(stand, marks, strict=True)], index=placed.index)
        for axis in (0, 1)
    )
    return placed.assign(x=placed["x"] + by_x / scale, y=placed["y"] - by_y / rise), sides


def _padded(values: "pd.Series[Any]") -> list[float]:
    low, high = float(values.min()), float(values.max())
    pad = 0.08 * (high - low) or 1.0
    return [low - pad, high + pad]


NAME_HEIGHT = 16
"""Of a name in a drawing of the network, in pixels."""
MUST_BE_NAMED = 3
"""So many names, the first ones, stand there however crowded it is."""
MOST_PUSHED = 400
"""So many marks are kept off each other when some make room for a name."""
Mark: TypeAlias = tuple[float, float, float]
"""x, y and radius, in pixels."""
Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right and bottom, in pixels."""
Numbers: TypeAlias = "np.typing.NDArray[np.float64]"
SIDES = ("right", "left", "top", "bottom")
"""Of a mark, where its name may stand."""


@functools.lru_cache(maxsize=16)
def room_for_names(
    marks: tuple[Mark, ...], names: tuple[tuple[int, float], ...], width: float
) -> tuple[list[tuple[float, float]], dict[int, str]]:
    """Marks moved a little, so that names beside some of them have nothing under them.

    `names`: place in `marks` and how wide its name is in pixels, the most important first. `width`: of the drawing,
    beyond which no name goes. Returns where the marks stand, and the side of each name for which there is room (see
    `free_names`).
    """
    widths = dict(names)
    xs, ys, radii = _columns(marks)

    def box(place: int, side: str) -> Box:
        beside = radii[place] + 3
        left = xs[place] + beside if side == "right" else xs[place] - beside - widths[place]
        return left, ys[place] - NAME_HEIGHT / 2, left + widths[place], ys[place] + NAME_HEIGHT / 2

    sides: dict[int, str] = {}
    for place in widths:
        ranked = [
            (_covered(box(place, side), xs, ys, radii, place), side != "right", side) for side in ("right", "left")
        ]
        inside = [one for one in ranked if box(place, one[2])[0] >= 0 and box(place, one[2])[2] <= width]
        sides[place] = min(inside or ranked)[2]
    moved: set[int] = set()
    for turn in range(1, 61 if len(marks) <= MOST_PUSHED else 21):
        is_quiet = True
        if turn % 10 == 0:  # who is still not free tries the other side
            free = _free_names(xs, ys, radii, widths, width, {place: (side,) for place, side in sides.items()})
            for place in set(widths) - set(free):
                side = "left" if sides[place] == "right" else "right"
                left, _top, right, _bottom = box(place, side)
                if left >= 0 and right <= width:
                    sides[place] = side
        for nth, place in enumerate(widths):
            left, _top, right, _bottom = box(place, sides[place])
            needs = NAME_HEIGHT / 2 + radii + 1
            is_under = (np.abs(ys - ys[place]) < needs) & (left - radii < xs) & (xs < right + radii)
            for other in np.flatnonzero(is_under).tolist():
                need, apart = needs[other], ys[other] - ys[place]
                if other == place or abs(apart) >= need:  # the name has moved since
                    continue
                way = math.copysign(need - abs(apart), apart or (-1) ** other)
                part = 0.5 if other in widths else 1.0
                # Past the end of the name, where that is nearer.
                past = (right if sides[place] == "right" else left) - xs[other]
                past += math.copysign(radii[other] + 1, past or 1)
                if other not in widths and abs(past) < abs(way) and (past > 0) == (sides[place] == "right"):
                    xs[other] += past
                else:
                    ys[other] += part * way
                    ys[place] -= (1 - part) * way
                moved |= {other, place} if part < 1 else {other}
                is_quiet = False
            for other in list(widths)[:nth]:
                one = box(other, sides[other])
                apart = ys[other] - ys[place]
                if one[0] < right and left < one[2] and abs(apart) < NAME_HEIGHT:
                    way = math.copysign(NAME_HEIGHT + 1 - abs(apart), apart or 1) / 2
                    ys[other] += way
                    ys[place] -= way
                    moved |= {other, place}
                    is_quiet = False
        for one_mark, other in _overlapping(xs, ys, radii, sorted(moved)) if len(marks) <= MOST_PUSHED else ():
            across, up = xs[other] - xs[one_mark], ys[other] - ys[one_mark]
            need = radii[one_mark] + radii[other] + 1
            if (far := math.hypot(across, up)) < need:  # unless one of them was pushed aside since
                step = (need - far) / 2 / (far or 1)
                xs[other] += across * step
                ys[other] += (up or 1) * step
                xs[one_mark] -= across * step
                ys[one_mark] -= (up or 1) * step
                is_quiet = False
        if is_quiet:
            break
    every = {place: (side, *(one for one in SIDES if one != side)) for place, side in sides.items()}
    # Those that the picture is about are named even where it is crowded: what is still under such a name steps aside.
    taken: list[Box] = []
    for place in list(widths)[:MUST_BE_NAMED]:
        free = _free_names(xs, ys, radii, {place: widths[place]}, width, every)
        boxes = [(box(place, side), side) for side in ("right", "left")]
        fitting = [one for one in boxes if one[0][0] >= 0 and one[0][2] <= width] or boxes
        apart_from = [one for one in fitting if not any(_meet(one[0], other) for other in taken)]
        if not apart_from or free.get(place) in ("top", "bottom"):
            continue
        own, side = next(
            (one for one in apart_from if one[1] == free.get(place)),
            min(apart_from, key=lambda one: _covered(one[0], xs, ys, radii, place)),
        )
        every[place] = (side, *(one for one in SIDES if one != side))
        taken.append(own)
        for other, radius in enumerate(radii):
            reach = radius + 1
            if other == place or other in list(widths)[:MUST_BE_NAMED]:
                continue
            under = [b for b in taken if b[0] - reach < xs[other] < b[2] + reach]
            if not any(b[1] - reach < ys[other] < b[3] + reach for b in under):
                continue
            edges = [y for b in under for y in (b[1] - reach, b[3] + reach)]
            clear = [y for y in edges if not any(b[1] - reach < y < b[3] + reach for b in under)]
            ys[other] = min(clear, key=lambda y: abs(y - ys[other]))
    return list(zip(xs.tolist(), ys.tolist(), strict=True)), _free_names(xs, ys, radii, widths, width, every)


def _columns(marks: Sequence[Mark]) -> tuple[Numbers, Numbers, Numbers]:
    """x, y and radius of the marks."""
    xs, ys, radii = np.array(marks, dtype=float).reshape(-1, 3).T.copy()
    return xs, ys, radii


def _overlapping(xs: Numbers, ys: Numbers, radii: Numbers, moved: list[int]) -> list[tuple[int, int]]:
    """The marks that moved, each with every other that is less than a pixel from it."""
    apart = np.hypot(xs - xs[moved, None], ys - ys[moved, None])
    is_near = apart < radii + radii[moved, None] + 1
    is_near[range(len(moved)), moved] = False
    return [(moved[row], other) for row, other in np.argwhere(is_near).tolist()]


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def free_names(
    marks: Sequence[Mark],
    widths: Mapping[int, float],
    width: float,
    sides: Mapping[int, Sequence[str]],
) -> dict[int, str]:
    """The side of each name that is free of every mark and of the names before it: the first of its `sides` that is.

    As for `room_for_names`.
    """
    return _free_names(*_columns(marks), widths, width, sides)


def _free_names(
    xs: Numbers,
    ys: Numbers,
    radii: Numbers,
    widths: Mapping[int, float],
    width: float,
    sides: Mapping[int, Sequence[str]],
) -> dict[int, str]:
    taken: list[Box] = []
    free: dict[int, str] = {}
    for place, wide in widths.items():
        x, y, beside = xs[place], ys[place], radii[place] + 3
        for side in sides[place]:
            left = {"right": x + beside, "left": x - beside - wide}.get(side, x - wide / 2)
            top = {"top": y - beside - NAME_HEIGHT, "bottom": y + beside}.get(side, y - NAME_HEIGHT / 2)
            box = (left, top, left + wide, top + NAME_HEIGHT)
            is_apart = not any(_meet(box, b) for b in taken)
            if is_apart and left >= 0 and left + wide <= width and not _covered(box, xs, ys, radii, place):
                taken.append(box)
                free[place] = side
                break
    return free


def _covered(box: Box, xs: Numbers, ys: Numbers, radii: Numbers, own: int) -> int:
    """How many marks but its own a name lies on."""
    left, top, right, bottom = box
    beside = np.maximum(np.maximum(left - xs, xs - right), 0)
    above = np.maximum(np.maximum(top - ys, ys - bottom), 0)
    is_under = np.hypot(beside, above) < radii
    is_under[own] = False
    return int(is_under.sum())


def _sides(xs: "pd.Series[Any]", span: list[float]) -> list[str]:
    """Text grows inwards from the left and the right edge."""
    places = [(x - span[0]) / (span[1] - span[0]) for x in xs]
    return ["top right" if p < 0.3 else "top left" if p > 0.7 else "top center" for p in places]


def _apart(names: "pd.Series[str]", xs: "pd.Series[Any]", tops: "pd.Series[Any]", sides: Sequence[str]) -> list[Any]:
    """The index of those names, from the first on, that do not touch one before them. Places are in pixels."""
    boxes: list[tuple[float, float, float]] = []
    chosen = []
    for index, name, x, top, side in zip(names.index, names, xs, tops, sides, strict=True):
        width = 7.5 * min(len(name), 24)
        left = x + {"top right": 0.0, "top left": -width, "top center": -width / 2}[side]
        if all(left + width < b[0] or b[0] + b[1] < left or abs(top - b[2]) > 16 for b in boxes):
            boxes.append((left, width, top))
            chosen.append(index)
    return chosen


# --- over time ----------------------------------------------------------------------------------------------------


def lines(
    rows: Table,
    style: Style,
    *,
    y_title: str,
    value_format: Format = "number",
    colours: Mapping[str, str] | None = None,
    targets: Table = (),
    target: str = "",
    events: Table = (),
    event: str = "",
    notes: Table = (),
    note: str = "",
    title: str = "",
) -> Figure:
    """One or more series over time, with an uncertainty band where `low` and `high` are known.

    `rows`: series (its name in words, also the key into `colours`), date, value, and if there are any low, high.
    `targets`: date, value, note, joined by a dashed line named `target`; `events` and `notes`: date, name, marked along
    the foot and named `event` and `note`. A missing value leaves a gap. Up to four series are named where they end, one
    alone is not named, for the figure's title says it, nor is the one called `title`; more have a legend.
    """
    frame = _rows(rows, "series", "date", "value", "low", "high")
    aims, marks = _rows(targets, "date", "value", "note"), _rows(events, "date", "name")
    pinned = _rows(notes, "date", "name")
    if frame.empty and aims.empty:
        return _empty(style)
    days = [*_days(frame["date"]), *_days(aims["date"])]
    groups = _groups(frame, "series", {})
    has_legend = len(groups) > MOST_NAMED_LINES
    height = 340 + (_legend(len(groups)) if has_legend else 0)
    figure = _figure(style, height, xaxis=_date_axis(days, style), yaxis=_value_axis(y_title, value_format))
    colour_of = {**_series_colours([key for key, _, _ in groups], style), **(colours or {})}
    named: list[dict[str, Any]] = []
    ends: list[dict[str, Any]] = []
    for number, (key, name, some) in enumerate(groups):
        some = some.sort_values("date", kind="stable")
        _add_band(figure, _days(some["date"]), some, colour_of[key], "linear")
        figure.add(
            "scatter",
            x=_days(some["date"]),
            y=_plain(some["value"]),
            name=_tick(name),
            showlegend=has_legend,
            mode="lines+markers" if len(some) <= 24 else "lines",
            line={"color": colour_of[key], "width": 2.5, "dash": DASHES[number % len(DASHES)]},
            marker={"size": 7, "symbol": SYMBOLS[number % len(SYMBOLS)]},
            hovertemplate=f"%{{x|{style.day}}}<br><b>{_shown('y', value_format)}</b><extra>%{{fullData.name}}</extra>",
        )
    if not aims.empty:
        aims = aims.sort_values("date", kind="stable")
        figure.add(
            "scatter",
            x=_days(aims["date"]),
            y=_plain(aims["value"]),
            name=literal(target),
            showlegend=False,
            mode="lines+markers",
            line={"color": style.ink.second, "width": 2, "dash": "dash"},
            marker={"symbol": "diamond", "size": 11},
            hovertext=[literal(words or "") for words in _plain(aims["note"])],
            hovertemplate=f"%{{x|{style.day}}}<br><b>{_shown('y', value_format)}</b><br>%{{hovertext}}"
            "<extra>%{fullData.name}</extra>",
        )
        ends.append(_beside(_days(aims["date"])[-1], aims["value"].iloc[-1], target, style.ink.second))
    for some, name, height_of, symbol, colour in (
        (marks, event, 0.02, "triangle-up", style.ink.muted),
        (pinned, note, 0.08, "star", style.ink.second),
    ):
        if not some.empty:
            figure.add(
                "scatter",
                x=_days(some["date"]),
                y=[height_of] * len(some),
                yaxis="y2",
                name=literal(name),
                showlegend=False,
                mode="markers",
                marker={"symbol": symbol, "size": 10, "color": colour},
                hovertext=[literal(label) for label in some["name"]],
                hovertemplate=f"<b>%{{hovertext}}</b><br>%{{x|{style.day}}}<extra></extra>",
            )
            figure.layout["yaxis2"] = {"overlaying": "y", "range": [0, 1], "visible": False}
            named.append(_above(_days(some["date"]), days, height_of, name, style.ink.muted))
    if not has_legend:
        figure.layout["xaxis"] |= _span(days)  # a name behind the last day would stretch the axis
        if len(groups) > 1:
            ends += _line_ends([group for group in groups if group[0] != title], colour_of)
        named = [*_apart_in_height(ends, pd.concat([frame["value"], aims["value"]]).astype(float)), *named]
        if named:
            figure.layout["annotations"] = named
        behind = [line for name in named if name["yref"] == "y" for line in name["text"].split("<br>")]
        figure.layout["margin"] = {"r": 8 + 8 * max(map(len, behind), default=0)}
    return figure.finished()


def _span(days: Iterable[str | None]) -> dict[str, Any]:
    """The range of an axis from the first to the last day, with room for half a mark; nothing for one day alone."""
    known = pd.to_datetime(sorted(day for day in days if day))
    if len(known) < 2 or known[0] == known[-1]:
        return {}
    room = (known[-1] - known[0]) / 50
    return {"range": [(known[0] - room).date().isoformat(), (known[-1] + room).date().isoformat()]}


def _beside(x: Any, y: float, name: str, colour: str) -> dict[str, Any]:
    """A name behind the end of a line."""
    return {
        "x": x,
        "y": y,
        "yref": "y",
        "text": _tick(name, 16),
        "showarrow": False,
        "xanchor": "left",
        "yanchor": "middle",
        "xshift": 8,
        "yshift": 0,
        "align": "left",
        "font": {"color": colour, "size": 12},
    }


def _above(
    marked: Iterable[str | None], days: Iterable[str | None], y: float, name: str, colour: str
) -> dict[str, Any]:
    """A name above the marks at the foot, which have an axis of their own: from the first one on, or up to the last."""
    dates, known = sorted(filter(None, marked)), pd.to_datetime(sorted(filter(None, days)))
    first, last = known[0], known[-1]
    is_late = pd.Timestamp(dates[0]) > first + (last - first) * 2 / 3
    anchor: dict[str, Any] = {"x": dates[-1], "xanchor": "right"} if is_late else {"x": dates[0], "xanchor": "left"}
    inwards = {"xshift": 6 if is_late else -6, "yref": "y2", "yanchor": "bottom", "yshift": 7}
    return _beside(dates[0], y, name, colour) | anchor | inwards


def _line_ends(groups: Sequence[tuple[str, str, pd.DataFrame]], colour_of: Mapping[str, str]) -> list[dict[str, Any]]:
    """The names of lines where these end."""
    ends = []
    for key, name, some in groups:
        known = some.dropna(subset=["value"]).sort_values("date", kind="stable")
        if len(known):
            last = known.iloc[-1]
            ends.append(_beside(_days([last["date"]])[0], float(last["value"]), name, colour_of[key]))
    return ends


def _apart_in_height(ends: list[dict[str, Any]], values: "pd.Series[float]") -> list[dict[str, Any]]:
    """Names at the ends of lines, moved up where they would lie over one another; `values` is all that is drawn."""
    pixel = max(values.max() - min(0.0, values.min()), 1e-9) / 300
    ends.sort(key=lambda end: end["y"])
    lowest = -math.inf
    for end in ends:
        half = 8 * (1 + end["text"].count("<br>"))
        place = max(end["y"] / pixel, lowest + half)
        end["yshift"] = place - end["y"] / pixel
        lowest = place + half
    return ends


ONLY_WHERE_WIDE = "only where wide"
"""The `name` of a text that a narrow screen has no room for: `component/chart.js` leaves it out there."""
MOST_NAMED_LINES = 4
"""So many lines have their names where they end; more have a legend."""
PANEL_HEIGHT = 96
"""Of one of `panels`, its title included."""


def panels(
    rows: Table,
    style: Style,
    *,
    behind: str,
    value_format: Format = "share",
    colours: Mapping[str, str] | None = None,
    across: int = 2,
) -> Figure:
    """A small line per series in a panel of its own, all on one scale, with the series `behind` pale behind each.

    `rows`: series (its name in words, also the key into `colours`), date, value. Each panel is titled with its name and
    its last value. Panels stand in the order of their first row, `across` beside each other.
    """
    frame = _rows(rows, "series", "date", "value").dropna(subset=["value"]).sort_values("date", kind="stable")
    common = frame[frame["series"] == behind]
    named = [name for name in dict.fromkeys(_rows(rows, "series")["series"]) if name in set(frame["series"]) - {behind}]
    named = [*named, behind] if len(common) else named
    if not named:
        return _empty(style)
    high = max(1.0 if value_format == "share" else 0.0, float(frame["value"].max()))
    days = [day for day in _days(frame["date"]) if day]
    count = -(-len(named) // across)
    layout: dict[str, Any] = {"annotations": [], "margin": {"l": 8, "r": 8, "t": 20, "b": 24}, "showlegend": False}
    figure = _figure(style, PANEL_HEIGHT * count + 40)
    colour_of = {**_series_colours(named, style), **(colours or {})}
    wide, high_of = 1 / across, 1 / count
    for place, name in enumerate(named):
        row, column = divmod(place, across)
        left, top = column * wide, 1 - row * high_of
        axis = "" if place == 0 else str(place + 1)
        layout[f"xaxis{axis}"] = {
            "domain": [left + (0.02 if column else 0), left + wide - 0.02],
            "anchor": f"y{axis}",
            "range": [min(days), max(days)],
            "tickformat": "%Y",
            "nticks": 4,
            "showgrid": False,
            "showticklabels": row == count - 1 or place + across >= len(named),
        }
        layout[f"yaxis{axis}"] = {
            "domain": [top - 0.72 * high_of, top],
            "anchor": f"x{axis}",
            "range": [0, high * 1.02],
            "tickvals": [0, high],
            "showticklabels": False,
        }
        some = frame[frame["series"] == name]
        last = float(some["value"].iloc[-1])
        written = (
            texts.percent(last, "nl" if style.decimal_comma else "en", 1) if value_format == "share" else f"{last:g}"
        )
        layout["annotations"].append(
            {
                "text": f"{_tick(str(name), 40)} <b>{written}</b>",
                "xref": f"x{axis} domain",
                "yref": f"y{axis} domain",
                "x": 0,
                "y": 1.04,
                "xanchor": "left",
                "yanchor": "bottom",
                "showarrow": False,
                "font": {"size": 12, "color": style.ink.text},
            }
        )
        for key, part in ((behind, common), (name, some)) if name != behind else ((name, some),):
            is_own = key == name
            figure.add(
                "scatter",
                x=_days(part["date"]),
                y=_plain(part["value"]),
                xaxis=f"x{axis}",
                yaxis=f"y{axis}",
                name=_tick(str(key)),
                mode="lines+markers" if is_own and len(part) <= 24 else "lines",
                line={"color": colour_of.get(key, style.ink.accent) if is_own else style.ink.grid, "width": 2.5},
                marker={"size": 5},
                hoverinfo=None if is_own else "skip",
                hovertemplate=f"%{{x|%Y}}<br><b>{_shown('y', value_format)}</b><extra>%{{fullData.name}}</extra>"
                if is_own
                else None,
            )
    figure.layout |= layout
    return figure.finished()


def sparkline(rows: Table, style: Style, *, value_format: Format = "number") -> Figure:
    """One small line without axes, beside a figure whose history it is. `rows`: date, value."""
    frame = _rows(rows, "date", "value").dropna(subset=["value"])
    figure = _figure(
        style,
        48,
        xaxis={"visible": False},
        yaxis={"visible": False, "rangemode": "tozero"},
        margin={"l": 4, "r": 4, "t": 6, "b": 6},
    )
    figure.add(
        "scatter",
        x=_days(frame["date"]),
        y=_plain(frame["value"]),
        mode="lines" if len(frame) > 1 else "markers",
        line={"color": style.ink.accent, "width": 2.5},
        hovertemplate=f"%{{x|{style.day}}}<br><b>{_shown('y', value_format)}</b><extra></extra>",
        showlegend=False,
    )
    return figure.finished()


def _add_band(figure: _Drawing, xs: Sequence[Any], rows: pd.DataFrame, colour: str, shape: str) -> None:
    is_known = (rows["low"].notna() & rows["high"].notna()).to_numpy()
    places = list(itertools.compress(xs, is_known))
    for bound, fill in (("low", None), ("high", "tonexty")) if places else ():
        figure.add(
            "scatter",
            x=places,
            y=rows.loc[is_known, bound].astype(float).tolist(),
            mode="lines",
            line={"width": 0, "shape": shape, "color": colour},
            fill=fill,
            fillcolor=_faded(colour, 0.18),
            hoverinfo="skip",
            showlegend=False,
        )


def changes(rows: Table, style: Style, *, y_title: str, formed: str, ended: str) -> Figure:
    """Ties formed (upwards) and ended (downwards) per quarter. `rows`: quarter ("2020-Q2"), formed, ended."""
    frame = _rows(rows, "quarter", "formed", "ended")
    if frame.empty:
        return _empty(style)
    quarters = frame["quarter"].astype(str).tolist()
    starts = (
        [i for i, quarter in enumerate(quarters) if quarter.endswith("Q1")]
        if len(quarters) > 8
        else range(len(quarters))
    )
    ticks = list(starts)[:: math.ceil(len(starts) / 8)] if starts else [0]
    most = max(float(frame[["formed", "ended"]].max().max() or 0), 1.0)
    step = max(1, _round_step(most / 3))
    levels = range(-math.ceil(most / step) * step, math.ceil(most / step) * step + 1, step)
    figure = _figure(
        style,
        360,
        barmode="relative",
        bargap=0.15,
        xaxis={
            "tickvals": ticks,
            "ticktext": [literal(quarters[i][:4] if len(quarters) > 8 else quarters[i]) for i in ticks],
            "showgrid": False,
        },
        # Both directions are counts, so there is no minus sign on the axis.
        yaxis={
            "title": {"text": literal(y_title)},
            "tickvals": list(levels),
            "ticktext": [style.whole(v) for v in levels],
        },
        annotations=[
            {
                "xref": "paper",
                "x": 0.01,
                "yref": "paper",
                "y": place,
                "text": literal(name),
                "showarrow": False,
                "xanchor": "left",
                "yanchor": anchor,
                "font": {"color": colour, "size": 13},
            }
            for name, colour, place, anchor in (
                (formed, style.ink.accent, 1, "top"),
                (ended, style.ink.second, 0, "bottom"),
            )
        ],
        shapes=[
            {
                "type": "line",
                "xref": "paper",
                "x0": 0,
                "x1": 1,
                "y0": 0,
                "y1": 0,
                "line": {"color": style.ink.mark, "width": 1},
            }
        ],
    )
    for column, name, colour, sign in (("formed", formed, style.ink.accent, 1), ("ended", ended, style.ink.second, -1)):
        counts = frame[column].fillna(0).astype(int).tolist()
        figure.add(
            "bar",
            x=list(range(len(quarters))),
            y=[sign * count for count in counts],
            name=literal(name),
            marker={"color": colour, "line": {"width": 0}},
            customdata=[[literal(quarter), count] for quarter, count in zip(quarters, counts, strict=True)],
            hovertemplate="%{customdata[0]}<br><b>%{customdata[1]:,.0f}</b><extra>%{fullData.name}</extra>",
        )
    return figure.finished()


def _round_step(value: float) -> int:
    """1, 2 or 5 times a power of ten, at least `value`.

    >>> [_round_step(v) for v in (0.3, 1.5, 30)]
    [1, 2, 50]
    """
    power = 10 ** math.floor(math.log10(value)) if value >= 1 else 1
    return int(next(step * power for step in (1, 2, 5, 10) if step * power >= value))


def survival(
    curves: Table, style: Style, *, x_title: str, y_title: str, colours: Mapping[str, str] | None = None
) -> Figure:
    """The share of ties still there after so many years, a step curve with its interval per group.

    Two curves are named where they are furthest apart, the upper one above it; more have a legend.

    `curves`: series (its name in words, also the key into `colours`), years, survival, low, high (0-1; low and high may
    be missing). Rows of a series are in the order of years and begin at 0 years.
    """
    frame = _rows(curves, "series", "years", "survival", "low", "high")
    if frame.empty:
        return _empty(style)
    figure = _figure(
        style,
        360 + (_legend(count) if (count := frame["series"].nunique()) > 2 else 0),
        xaxis={"title": {"text": literal(x_title)}, "rangemode": "tozero", "showgrid": False},
        yaxis=_value_axis(y_title, "share", range=[0, 1.02]),
    )
    groups = _groups(frame, "series", {})
    shades = {**_series_colours([key for key, _, _ in groups], style), **(colours or {})}
    for number, (key, name, whole) in enumerate(groups):
        some = _steps_to_draw(whole)
        _add_band(figure, some["years"].tolist(), some, shades[key], "hv")
        is_bounded = some["low"].notna() & some["high"].notna()
        figure.add(
            "scatter",
            x=some["years"].tolist(),
            y=_plain(some["survival"]),
            name=_tick(name),
            showlegend=len(groups) > 2,
            mode="lines" if len(some) > 1 else "markers",
            line={"color": shades[key], "width": 2.5, "shape": "hv", "dash": DASHES[number % len(DASHES)]},
            customdata=[[low, high] for low, high in zip(_plain(some["low"]), _plain(some["high"]), strict=True)],
            hovertemplate=[
                f"%{{x:.1f}} {literal(x_title)}<br><b>%{{y:.0%}}</b>"
                + (" (%{customdata[0]:.0%}–%{customdata[1]:.0%})" if has_interval else "")
                + "<extra>%{fullData.name}</extra>"
                for has_interval in is_bounded
            ],
        )
    if len(groups) == 2:
        figure.layout["annotations"] = _names_apart(groups, shades, style)
    return figure.finished()


def _steps_to_draw(curve: pd.DataFrame) -> pd.DataFrame:
    """The steps of a curve that can be told apart: of more than `MAX_STEPS` those that go down by a pixel or two.

    A step that is left out is drawn with the next one; beginning and end stay where they are.
    """
    if len(curve) <= MAX_STEPS:
        return curve
    height = (curve["survival"].astype(float) * MAX_STEPS).round()
    is_drawn = height.ne(height.shift())
    is_drawn.iloc[[0, -1]] = True
    return curve[is_drawn]


def _names_apart(
    groups: Sequence[tuple[str, str, pd.DataFrame]], shades: Mapping[str, str], style: Style
) -> list[dict[str, Any]]:
    """The names of two step curves, above the upper and below the lower one, where these are furthest apart."""
    steps: list[tuple[list[float], list[float]]] = [
        (some["years"].astype(float).tolist(), some["survival"].astype(float).tolist()) for _, _, some in groups
    ]

    def height(curve: int, years: float) -> float:
        xs, ys = steps[curve]
        return ys[max(0, bisect.bisect_right(xs, years) - 1)]

    shared = min(max(xs) for xs, _ys in steps)
    widest = max(
        (years for xs, _ys in steps for years in xs if years <= 0.6 * shared),
        key=lambda years: abs(height(0, years) - height(1, years)),
    )
    upper = 0 if height(0, widest) >= height(1, widest) else 1
    return [
        {
            "x": widest,
            "y": height(curve, widest),
            "text": _tick(groups[curve][1]),
            "showarrow": False,
            "xanchor": "left" if curve == upper else "right" if widest > 0.3 * shared else "left",
            "yanchor": "bottom" if curve == upper else "top",
            "yshift": 6 if curve == upper else -6,
            "font": {"color": shades[groups[curve][0]], "size": 13},
            "align": "left",
            "bgcolor": style.ink.background,
            "opacity": 0.85,
        }
        for curve in (0, 1)
    ]


def two_axes(rows: Table, style: Style, *, x_title: str, y_title: str, marked: str, unmarked: str) -> Figure:
    """A mark per pair by two properties without a common measure: further is more. Only the marked ones are named.

    `rows`: name, x, y (>= 0), is_marked (drawn as a diamond; `marked` and `unmarked` name the kinds in the legend).
    """
    placed = _rows(rows, "name", "x", "y", "is_marked").dropna(subset=["x", "y"])
    if placed.empty:
        return _empty(style)
    ink = style.ink
    ends = [1.08 * float(placed[name].max()) or 1.0 for name in ("x", "y")]
    axes = [
        _value_axis(title, "number", range=[-0.04 * end, end], showticklabels=False)
        for title, end in zip((x_title, y_title), ends, strict=True)
    ]
    figure = _figure(style, 400 + _legend(2), xaxis=axes[0], yaxis=axes[1])
    kinds = ((False, unmarked, "circle", ink.mark, 9), (True, marked, "diamond", ink.second, 13))
    for is_marked, name, symbol, colour, size in kinds:
        some = placed[placed["is_marked"].astype(bool) == is_marked]
        if some.empty:
            continue
        figure.add(
            "scatter",
            x=some["x"].tolist(),
            y=some["y"].tolist(),
            mode="markers",
            name=literal(name),
            showlegend=True,
            hovertext=[f"<b>{literal(pair)}</b>" for pair in some["name"]],
            hovertemplate="%{hovertext}<extra></extra>",
            marker={"symbol": symbol, "size": size, "color": colour, "line": {"color": ink.background, "width": 1}},
        )
    return figure.finished()


def calibration(rows: Table, style: Style, *, x_title: str, y_title: str, band: str, observed: str) -> Figure:
    """What was forecast beside what happened: a point per group of forecasts, and the band it should lie in.

    `rows`: forecast, observed, low, high (0-1). On the line across both are the same.
    """
    frame = _rows(rows, "forecast", "observed", "low", "high")
    if frame.empty:
        return _empty(style)
    ink = style.ink
    top = min(1.0, 1.08 * float(frame[["forecast", "observed", "high"]].max().max())) or 1.0
    figure = _figure(
        style,
        380 + _legend(2),
        xaxis=_value_axis(x_title, "share", range=[0, top]),
        yaxis=_value_axis(y_title, "share", range=[0, top]),
        shapes=[
            {"type": "line", "x0": 0, "y0": 0, "x1": top, "y1": top, "layer": "below",
             "line": {"color": ink.muted, "width": 1.5, "dash": "dash"}},
        ],
    )  # fmt: skip
    figure.add(
        "scatter",
        x=[x for x in frame["forecast"].tolist() for _ in range(3)],
        y=[y for low, high in zip(frame["low"], frame["high"], strict=True) for y in (low, high, None)],
        mode="lines",
        name=literal(band),
        showlegend=True,
        line={"color": _faded(ink.accent, 0.35), "width": 9},
        hoverinfo="skip",
    )
    figure.add(
        "scatter",
        x=frame["forecast"].tolist(),
        y=frame["observed"].tolist(),
        mode="markers",
        name=literal(observed),
        showlegend=True,
        customdata=[[low, high] for low, high in zip(frame["low"], frame["high"], strict=True)],
        hovertemplate=f"{literal(x_title)}: %{{x:.0%}}<br>{literal(y_title)}: <b>%{{y:.0%}}</b> "
        "(%{customdata[0]:.0%}–%{customdata[1]:.0%})<extra></extra>",
        marker={"size": 10, "color": ink.second, "line": {"color": ink.background, "width": 1}},
    )
    return figure.finished()


def timeline(
    events: Table,
    style: Style,
    *,
    as_of: Any,
    as_of_label: str,
    kind_labels: Mapping[str, str],
    past: str,
    planned: str,
) -> Figure:
    """Events by kind along a time axis: filled up to `as_of`, open after it; the largest have their name beside them.

    `events`: event_id, name, start_date, end_date, kind, and organisations (how many came). `as_of_label` names the
    line at the as-of date. A clicked mark has its event_id as customdata.
    """
    frame = _rows(events, "event_id", "name", "start_date", "end_date", "kind", "organisations").dropna(
        subset=["start_date"]
    )
    if frame.empty:
        return _empty(style)
    today, ink = pd.Timestamp(as_of), style.ink
    start, end = pd.to_datetime(frame["start_date"]), pd.to_datetime(frame["end_date"])
    frame = frame.assign(start=start, end=end, kind=_codes(frame["kind"])).sort_values("start", kind="stable")
    groups = _groups(frame, "kind", kind_labels)
    # Events close together are stacked, or the later would hide the earlier.
    first, last = min(frame["start"].min(), today), max(frame["start"].max(), today)
    slot = (frame["start"] - first) // max((last - first) / 45, pd.Timedelta(days=1))
    frame = frame.assign(level=frame.groupby([frame["kind"], slot]).cumcount())
    base, ticks, top = {}, [], 0.0
    for code, label, _some in groups:
        base[code] = top
        levels = int(frame.loc[frame["kind"] == code, "level"].max())
        ticks.append((top + levels / 2, _tick(label, 16) or "–" * (len(groups) > 1)))
        top += levels + 2.6
    height = int(min(16 * (top + 1) + 80, 920))
    figure = _figure(
        style,
        height,
        xaxis={**_date_axis([*_days(frame["start"]), today.date().isoformat()], style), "showgrid": True},
        yaxis={
            "tickvals": [t[0] for t in ticks],
            "ticktext": [t[1] for t in ticks],
            "showgrid": False,
            "range": [-1.2, top - 1],
        },
        shapes=[
            {
                "type": "line",
                "x0": today.date().isoformat(),
                "x1": today.date().isoformat(),
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "line": {"color": ink.muted, "width": 1.5, "dash": "dash"},
            }
        ],
        margin={"t": 46},
    )
    for is_planned, name, symbol, colour in (
        (False, past, "circle", ink.accent),
        (True, planned, "circle-open", ink.second),
    ):
        some = frame[(frame["start"] > today) == is_planned]
        if some.empty:
            continue
        figure.add(
            "scatter",
            x=_days(some["start"]),
            y=[base[kind] + level for kind, level in zip(some["kind"], some["level"], strict=True)],
            mode="markers",
            name=literal(name),
            showlegend=False,
            marker={
                "symbol": symbol,
                "size": 12,
                "color": colour,
                "line": {"width": 2.5, "color": colour if is_planned else ink.background},
            },
            customdata=some["event_id"].tolist(),
            hovertext=[
                f"<b>{literal(name)}</b><br>{_period(first_day, last_day, style)}"
                for name, first_day, last_day in zip(
                    some["name"], some["start"].dt.date, some["end"].dt.date, strict=True
                )
            ],
            hoverinfo="text",
        )
    place = {"x": today.date().isoformat(), "yref": "paper", "showarrow": False, "yanchor": "bottom", "y": 1}
    figure.layout["annotations"] = [
        *(
            {"xref": "x", "text": literal(text), "xanchor": side, "yshift": up, "font": {"color": colour, "size": 13}}
            | place
            for text, side, up, colour, is_there in (
                (f"{as_of_label} ", "right", 20, ink.muted, True),
                (f"\N{BLACK CIRCLE} {past} ", "right", 0, ink.accent, bool((frame["start"] <= today).any())),
                (f" \N{WHITE CIRCLE} {planned}", "left", 0, ink.second, bool((frame["start"] > today).any())),
            )
            if is_there
        ),
        *(
            {
                "x": _days([row["start"]])[0],
                "y": base[row["kind"]] + row["level"],
                "text": _tick(row["name"], 18, 2),
                "showarrow": False,
                "yanchor": "bottom",
                "yshift": 6,
                "font": {"color": ink.muted, "size": 11},
                "name": ONLY_WHERE_WIDE,
            }
            for row in _named_events(frame, (last - first) / 7, today)
        ),
    ]
    return figure.finished()


def _named_events(frame: pd.DataFrame, room: pd.Timedelta, today: pd.Timestamp, most: int = 8) -> list[dict[str, Any]]:
    """The largest events with `room` for a name: no other event of their kind stands so near above or beside them.

    Nor the line of the as-of date, `today`, nor an end of the axis. A name too long for two lines would be cut.
    """
    first, last = min(frame["start"].min(), today), max(frame["start"].max(), today)
    named: list[dict[str, Any]] = []
    largest = frame.dropna(subset=["organisations"]).sort_values("organisations", ascending=False, kind="stable")
    for row in largest.head(4 * most).to_dict("records"):
        near = frame[(frame["kind"] == row["kind"]) & ((frame["start"] - row["start"]).abs() < room / 2)]
        is_free = not ((near["level"] > row["level"]).any())
        is_free &= not _tick(row["name"], 18, 2).endswith("…")
        is_free &= all(abs(row["start"] - edge) > room / 2 for edge in (first, today, last))
        is_apart = all(one["kind"] != row["kind"] or abs(one["start"] - row["start"]) >= room for one in named)
        if is_free and is_apart and len(named) < most:
            named.append(row)
    return named


def _period(first_day: Any, last_day: Any, style: Style) -> str:
    return " – ".join(dict.fromkeys(day.strftime(style.day) for day in (first_day, last_day) if pd.notna(day)))


# --- quantities side by side --------------------------------------------------------------------------------------


def bars(
    rows: Table,
    style: Style,
    *,
    value_title: str,
    value_format: Format = "count",
    series_labels: Mapping[str, str] | None = None,
    colours: Mapping[str, str] | None = None,
    horizontal: bool = True,
    stacked: bool = False,
    unknown: str = "–",
    scale: tuple[float, float] | None = None,
) -> Figure:
    """A bar per label; with a `series` column several, beside each other or stacked.

    Up to five series that are stacked upright are named beside the last bar, on a phone in a legend. `scale`: the
    lowest and highest value that there can be, where the lowest is not 0 and so bars begin at that one.

    `rows`: label, value, and either series (a code in `series_labels` and `colours`) or code (a key into `colours` for
    bars that have no series, such as one per sector). Labels stand in the order of their first row. A label without any
    value has no bar, but the word `unknown` in its place.
    """
    frame = _rows(rows, "label", "value", "series", "code")
    if frame.empty:
        return _empty(style)
    frame["label"] = frame["label"].astype(str)
    has_series = bool(frame["series"].notna().any())
    # Without series every row is a bar, also two that are called the same.
    labels = list(dict.fromkeys(frame["label"])) if has_series else frame["label"].tolist()
    frame["place"] = frame["label"].map(labels.index) if has_series else range(len(frame))
    groups = _groups(frame, "series", series_labels or {})
    colour_of = {**_series_colours([code for code, _, _ in groups], style), **(colours or {})}
    beside = 1 if stacked else len(groups)
    has_room = not stacked and (horizontal or len(labels) * beside <= 5)  # for the numbers at the ends of the bars
    span = [-0.5, len(labels) - 0.5]
    is_named_beside = stacked and not horizontal and len(groups) <= MOST_NAMED_PARTS and not style.narrow
    legend = 0 if is_named_beside else _legend(len(groups))
    ticks = {"tickvals": list(range(len(labels))), "showgrid": False}
    values = _value_axis(value_title, value_format, nticks=3 if horizontal else 6)
    if scale:
        low, high = scale
        values |= {"tickvals": list(range(math.ceil(low), math.floor(high) + 1))}
    if value_format == "euro":
        sums = frame.groupby("place")["value"].sum() if stacked else frame["value"]
        values |= {**_money_ticks(float(sums.max()), 3 if horizontal else 5, style), "title": {"text": ""}}
    if horizontal:
        pitch = max(ROW_HEIGHT, 25 * beside / (1 - BAR_GAP))
        figure = _figure(
            style,
            int(pitch * len(labels) + 70) + legend,
            xaxis={**values, "range": list(scale) if scale else _reach(frame, stacked), "tickangle": 0},
            yaxis={**ticks, "range": span[::-1], "ticktext": [_tick(label) for label in labels]},
            margin={"r": 64 if has_room else 12},
        )
    else:
        if style.narrow and all(len(word) <= MOST_UPRIGHT for label in labels for word in label.split()):
            ticks["tickangle"] = 0  # such as years, which lie on their side otherwise
        figure = _figure(
            style,
            340 + legend,
            xaxis={
                **ticks,
                "range": span,
                "ticktext": [_tick(label, MOST_UPRIGHT if "tickangle" in ticks else 14) for label in labels],
            },
            yaxis=values,
        )
    figure.layout |= {"barmode": "stack" if stacked else "group", "bargap": BAR_GAP}
    at, of = ("y", "x") if horizontal else ("x", "y")
    for code, name, some in groups:
        own = [colour_of.get(str(key), style.ink.accent) for key in some["code"]]
        figure.add(
            "bar",
            orientation="h" if horizontal else "v",
            name=_tick(name),
            showlegend=has_series and not is_named_beside,
            marker={
                "color": colour_of[code] if has_series else own,
                # A thin gap tells neighbours apart without relying on their colours.
                "line": {"width": 1 if stacked else 0, "color": style.ink.background},
            },
            hovertext=[literal(label) for label in some["label"]],
            hovertemplate=f"%{{hovertext}}<br><b>{_shown(of, value_format)}</b>"
            + ("<extra>%{fullData.name}</extra>" if has_series else "<extra></extra>"),
            **_labels(some["value"], of, value_format, style, has_room),
            textposition="outside" if has_room else "none",
            textangle=0,
            constraintext="none",
            textfont={"color": style.ink.text, "size": 12},
            cliponaxis=False,
            **{at: some["place"].tolist(), of: _plain(some["value"])},
        )
    if is_named_beside:
        figure.layout["annotations"] = _part_names(groups, colour_of, style)
        widest = max((len(line) for _code, name, _some in groups for line in _tick(name, 16).split("<br>")), default=0)
        figure.layout["margin"] = {"r": 18 + 8 * widest}
    is_known = frame["value"].notna().groupby(frame["place"]).any()
    missing = is_known.index[~is_known].tolist()
    if missing:
        figure.add(
            "scatter",
            mode="text",
            text=[literal(unknown)] * len(missing),
            textposition="middle right" if horizontal else "top center",
            textfont={"color": style.ink.muted, "size": 12},
            hoverinfo="skip",
            showlegend=False,
            **{at: missing, of: [0] * len(missing)},
        )
    return figure.finished()


def _part_names(
    groups: Sequence[tuple[str, str, pd.DataFrame]], colour_of: Mapping[str, str], style: Style
) -> list[dict[str, Any]]:
    """The names of the parts of stacked bars, beside the last bar, moved up where they would lie over one another.

    A square of its colour stands before each: where the last bar is low, its name is not beside its part.
    """
    last = max(int(some["place"].max()) for _, _, some in groups)
    heights = [float(some.loc[some["place"] == last, "value"].sum()) for _, _, some in groups]
    sums = pd.concat([some.set_index("place")["value"] for _, _, some in groups]).groupby(level=0).sum()
    pixel = max(float(sums.max()), 1e-9) / 290
    names, below, lowest = [], 0.0, -math.inf
    for (code, words, _some), height in zip(groups, heights, strict=True):
        middle = (below + height / 2) / pixel
        name = _beside(last + (1 - BAR_GAP) / 2, below + height / 2, words, style.ink.text)
        place = max(middle, lowest)
        square = f'<span style="color:{colour_of[code]}">\N{BLACK SQUARE}</span> '
        names.append({**name, "text": square + name["text"], "yshift": place - middle})
        lowest = place + 15 * (1 + name["text"].count("<br>")) + 5
        below += height
    return names


MOST_UPRIGHT = 4
"""Words of so many letters below the bars of a phone stand upright, one under the other."""
MOST_NAMED_PARTS = 5
"""So many parts of stacked bars have their names beside the last bar; more have a legend."""


def _reach(frame: pd.DataFrame, stacked: bool) -> list[float]:
    """From zero to the longest bar; numbers stand in the margin at the right, and at the left in room made for them."""
    values = frame.groupby("label")["value"].sum() if stacked else frame["value"].fillna(0)
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    return [low - 0.15 * (high - low) if low < 0 else 0.0, high * 1.05 or 1.0]


def waterfall(rows: Table, style: Style, *, together: str) -> Figure:
    """What moved a figure, part by part: each bar begins where the one before it ends; the last is their sum.

    `rows`: label, value (how much that part moved it, plus or minus), said (the same in words, which stands beside the
    bar and in its hover); the last row is the sum, named `together`. Nothing is where the figure was before.
    """
    frame = _rows(rows, "label", "value", "said")
    if frame.empty:
        return _empty(style)
    parts = frame["value"].astype(float)
    starts = [0.0, *parts.iloc[:-2].cumsum(), 0.0] if len(frame) > 1 else [0.0]
    ends = [start + part for start, part in zip(starts, parts, strict=True)]
    low, high = min(0.0, *starts, *ends), max(0.0, *starts, *ends)
    room = 0.3 * (high - low or 1.0)
    is_sum = (frame["label"] == together).tolist()
    # Our own words, never cut off.
    labels = ["<br>".join(map(literal, textwrap.wrap(str(label), 24))) for label in frame["label"]]
    ink = style.ink
    figure = _figure(
        style,
        max(ROW_HEIGHT, 8 + 15 * max(label.count("<br>") + 1 for label in labels)) * len(frame) + 24,
        xaxis={"visible": False, "range": [low - (room if min(parts) < 0 else room / 10), high + room]},
        yaxis={
            "tickvals": list(range(len(frame))),
            "ticktext": labels,
            "range": [len(frame) - 0.5, -0.5],
            "showgrid": False,
        },
        shapes=[
            {
                "type": "line",
                "x0": 0,
                "x1": 0,
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "line": {"color": ink.mark, "width": 1},
            }
        ],
        margin={"t": 4, "b": 8},
        bargap=BAR_GAP,
    )
    figure.add(
        "bar",
        orientation="h",
        y=list(range(len(frame))),
        base=starts,
        x=parts.tolist(),
        marker={
            "color": [
                ink.muted if total else ink.accent if part >= 0 else ink.second
                for part, total in zip(parts, is_sum, strict=True)
            ]
        },
        text=[literal(str(said)) for said in frame["said"]],
        texttemplate="%{text}",
        textposition="outside",
        textangle=0,
        constraintext="none",
        textfont={"color": ink.text, "size": 12},
        cliponaxis=False,
        hovertext=[literal(str(label)) for label in frame["label"]],
        hovertemplate="%{hovertext}<br><b>%{text}</b><extra></extra>",
        showlegend=False,
    )
    return figure.finished()


def quotients(rows: Table, style: Style, *, x_title: str, reference: str, unknown: str) -> Figure:
    """How much stronger (or weaker) the region is than the reference, per sector or theme: a dot from a line at 1.

    `rows`: label, value (the location quotient, or missing), detail (a sentence for the hover, if any). The axis
    doubles per step: twice and half are equally far. `reference` names the line, `unknown` stands where no value is.
    """
    frame = _rows(rows, "label", "value", "detail")
    if frame.empty:
        return _empty(style)
    ink = style.ink
    positive = [float(value) for value in frame["value"].dropna() if value > 0]
    lowest, highest = max(min([0.5, *positive]), 1 / 32), min(max([2.0, *positive]), 32.0)
    figure = _figure(
        style,
        ROW_HEIGHT * len(frame) + 90,
        margin={"l": 8, "r": 40, "t": 8, "b": 8},
        xaxis={
            "type": "log",
            "title": {"text": literal(x_title)},
            "range": [math.log10(lowest) - 0.12, math.log10(highest) + 0.12],
            "tickvals": [2**power for power in range(-5, 6)],
            "tickformat": ",.3~f",
        },
        yaxis={
            "tickvals": list(range(len(frame))),
            "ticktext": [_tick(label) for label in frame["label"]],
            "range": [len(frame) - 0.5, -0.5],
            "showgrid": False,
        },
    )
    figure.add(
        "scatter",
        x=[1, 1],
        y=[-0.5, len(frame) - 0.5],
        mode="lines",
        name=literal(reference),
        line={"color": ink.text, "width": 1.5, "dash": "dash"},
        hoverinfo="skip",
        showlegend=True,
    )
    xs = [None if pd.isna(v) else min(max(v, lowest), highest) for v in frame["value"]]
    figure.add(
        "scatter",
        x=[x for value in xs for x in (1, value, None)],
        y=[y for number in range(len(xs)) for y in (number, number, None)],
        mode="lines",
        line={"color": ink.mark, "width": 3},
        hoverinfo="skip",
        showlegend=False,
    )
    figure.add(
        "scatter",
        x=xs,
        y=list(range(len(xs))),
        mode="markers+text",
        marker={"size": 14, "color": [ink.accent if (x or 1) >= 1 else ink.second for x in xs]},
        customdata=_plain(frame["value"]),
        texttemplate="%{customdata:,.2~r}",  # two figures: as the sentences have it, and below 1 still apart
        textposition="top center",
        textfont={"size": 12, "color": ink.text, "shadow": _halo(style)},
        hovertext=[
            f"<b>{literal(label)}</b>" + (f"<br>{literal(detail)}" if detail else "")
            for label, detail in zip(frame["label"], _plain(frame["detail"]), strict=True)
        ],
        hovertemplate="%{hovertext}<br>%{customdata:,.2f}<extra></extra>",
        cliponaxis=False,
        showlegend=False,
    )
    missing = [number for number, x in enumerate(xs) if x is None]
    figure.add(
        "scatter",
        x=[1] * len(missing),
        y=missing,
        mode="markers+text",
        marker={"symbol": "circle-open", "size": 10, "color": ink.mark, "line": {"width": 2}},
        text=[_tick(unknown, 16)] * len(missing),
        textposition="middle right",
        textfont={"size": 12, "color": ink.muted, "shadow": _halo(style)},
        cliponaxis=False,
        hovertext=[f"<b>{literal(frame['label'][number])}</b><br>{literal(unknown)}" for number in missing],
        hoverinfo="text",
        showlegend=False,
    )
    return figure.finished()


def quadrant(
    rows: Table,
    style: Style,
    *,
    x_line: float,
    y_line: float,
    x_title: str,
    y_title: str,
    marked: str,
    unmarked: str,
) -> Figure:
    """A mark per organisation, by two properties, with a line across each: the corner on the upper right stands out.

    `rows`: organisation_id, name, x (0-1), y (>= 0), is_marked (drawn as a diamond; `marked` and `unmarked` name the
    two kinds in the legend), is_named (its name may stand beside it). A clicked mark has its organisation_id as
    customdata. Upwards the axis goes by the square root: a few are far higher than all others.
    """
    placed = _rows(rows, "organisation_id", "name", "x", "y", "is_marked", "is_named").dropna(subset=["x", "y"])
    if placed.empty:
        return _empty(style)
    ink, highest = style.ink, max(float(placed["y"].max()), y_line) or 1.0
    placed = placed.assign(root=placed["y"].astype(float) ** 0.5)
    line, top = y_line**0.5, highest**0.5 * 1.1
    steps = [step for power in (0.001, 0.01, 0.1) for step in (power, 3 * power) if 0.003 * highest <= step <= highest]
    rule = {"type": "line", "line": {"color": ink.muted, "width": 1.5, "dash": "dash"}}
    hover = (
        f"%{{hovertext}}<br>{literal(x_title)}: %{{x:.0%}}<br>{literal(y_title)}: %{{customdata[1]:.3f}}<extra></extra>"
    )
    figure = _figure(
        style,
        420 + _legend(2),
        xaxis=_value_axis(x_title, "share", range=[-0.03, 1.03]),
        yaxis=_value_axis(
            y_title,
            "number",
            range=[-0.04 * top, top],
            tickvals=[0.0, *(step**0.5 for step in steps)],
            ticktext=["0", *(_written(step, style) for step in steps)],
        ),
        shapes=[
            {
                "type": "rect", "x0": x_line, "x1": 1.03, "y0": line, "y1": top, "layer": "below",
                "fillcolor": _faded(ink.second, 0.1), "line": {"width": 0},
            },
            {**rule, "x0": x_line, "x1": x_line, "yref": "paper", "y0": 0, "y1": 1},
            {**rule, "y0": line, "y1": line, "xref": "paper", "x0": 0, "x1": 1},
        ],
    )  # fmt: skip
    kinds = ((False, unmarked, "circle", ink.mark, 9), (True, marked, "diamond", ink.second, 12))
    for is_marked, name, symbol, colour, size in kinds:
        some = placed[placed["is_marked"].astype(bool) == is_marked]
        if some.empty:
            continue
        figure.add(
            "scatter",
            x=_packed(some["x"], "f8"),
            y=_packed(some["root"], "f8"),
            mode="markers",
            name=literal(name),
            showlegend=True,
            customdata=[list(pair) for pair in zip(some["organisation_id"], some["y"].astype(float), strict=True)],
            hovertext=[f"<b>{literal(organisation)}</b>" for organisation in some["name"]],
            hovertemplate=hover,
            marker={"symbol": symbol, "size": size, "color": colour, "line": {"color": ink.background, "width": 1}},
        )
    named = placed[placed["is_named"].astype(bool)].sort_values("y", ascending=False, kind="stable")
    # On a phone the drawing is some 200 pixels wide and 320 high.
    sides = _sides(named["x"], [0.0, 1.0])
    chosen = _apart(named["name"], named["x"].astype(float) * 200, named["root"] / top * 320, sides)[:5]
    named = named.loc[chosen]
    figure.add(
        "scatter",
        x=named["x"].tolist(),
        y=named["root"].tolist(),
        mode="text",
        text=[literal(shorten(name, 24)) for name in named["name"]],
        textposition=_sides(named["x"], [0.0, 1.0]),
        textfont={"size": 12, "color": ink.text, "shadow": _halo(style)},
        cliponaxis=False,
        hoverinfo="skip",
        showlegend=False,
    )
    return figure.finished()


def _written(value: float, style: Style) -> str:
    """A small number as a label of an axis.

    >>> _written(0.03, Style(decimal_comma=True))
    '0,03'
    """
    return f"{value:g}".replace(".", "," if style.decimal_comma else ".")


# --- from where to where ------------------------------------------------------------------------------------------


def matrix(
    mixing: Table,
    style: Style,
    *,
    sector_labels: Mapping[str, str],
    ratio: str,
    ties: str,
    expected: str,
    undefined: str,
) -> Figure:
    """Ties between each two sectors against chance: blue where there are more, orange where there are fewer.

    `mixing`: sector_a, sector_b, ties, expected, ratio, is_clear, one row per unordered pair; a missing ratio (or pair)
    is a dash, and `undefined` says so in the hover; one that is not clear may be chance: a number without a colour.
    `ratio` titles the colour bar; `ties` and `expected` name its counts.
    """
    frame = _rows(mixing, "sector_a", "sector_b", "ties", "expected", "ratio", "is_clear")
    if frame.empty:
        return _empty(style)
    present = list(dict.fromkeys([*frame["sector_a"], *frame["sector_b"]]))
    sectors = [*(s for s in sector_labels if s in present), *(s for s in present if s not in sector_labels)]
    names = [sector_labels.get(sector, sector) for sector in sectors]
    cells = {frozenset((row.sector_a, row.sector_b)): row for row in frame.itertuples()}
    stops = _DIVERGING[style.dark]
    points = list(itertools.product(range(len(sectors)), repeat=2))
    rows: list[Any] = [cells.get(frozenset((sectors[x], sectors[y]))) for y, x in points]
    ratios = [None if row is None or pd.isna(row.ratio) else float(row.ratio) for row in rows]
    shades = [
        None if value is None or not row.is_clear else min(max(math.log2(max(value, 1 / 8)), -3.0), 3.0)
        for value, row in zip(ratios, rows, strict=True)
    ]
    colours = [style.ink.background if shade is None else _between(stops, (shade + 3) / 6) for shade in shades]
    counted = (
        f"<br>{literal(ties)}: %{{customdata[0]:,.0f}}<br>{literal(expected)}: %{{customdata[1]:,.1f}}<extra></extra>"
    )
    size = len(sectors)
    figure = _figure(
        style,
        max(44 * size, 120) + 190,
        xaxis={
            "tickvals": list(range(size)),
            "ticktext": [literal(shorten(name, 24)) for name in names],
            "tickangle": -90,
            "showgrid": False,
            "range": [-0.5, size - 0.5],
        },
        yaxis={
            "tickvals": list(range(size)),
            "ticktext": [_tick(name, 14) for name in names],
            "showgrid": False,
            "range": [size - 0.5, -0.5],
        },
    )
    figure.add(
        "heatmap",
        z=[shades[start : start + size] for start in range(0, size * size, size)],
        zmin=-3,
        zmax=3,
        colorscale=[[place / (len(stops) - 1), stop] for place, stop in enumerate(stops)],
        xgap=2,
        ygap=2,
        hoverinfo="skip",
        colorbar={
            "orientation": "h",
            "thickness": 12,
            "y": 1.02,
            "yanchor": "bottom",
            "outlinewidth": 0,
            "title": {"text": literal(ratio), "side": "top", "font": {"size": 13}},
            "tickvals": [-3, -2, -1, 0, 1, 2, 3],
            "ticktext": ["÷8", "÷4", "÷2", "1", "×2", "×4", "×8"],
        },
    )
    figure.add(  # the numbers are a trace of their own, since a heatmap has one text colour for all its cells
        "scatter",
        x=[x for _, x in points],
        y=[y for y, _ in points],
        mode="text",
        customdata=[[None, None, None] if row is None else _plain([row.ties, row.expected, row.ratio]) for row in rows],
        texttemplate=[
            "–" if v is None else "%{customdata[2]:,.0f}" if v == 0 or v >= 9.95 else "%{customdata[2]:,.1f}"
            for v in ratios
        ],
        hovertext=[f"<b>{literal(names[y])} – {literal(names[x])}</b>" for y, x in points],
        hovertemplate=[
            "%{hovertext}" + (f"<br>{literal(undefined)}<extra></extra>" if v is None else counted) for v in ratios
        ],
        # Black or white is at least 4.5:1 on any colour; softer inks are not.
        textfont={
            "color": [max("#000000", "#ffffff", key=functools.partial(contrast, colour)) for colour in colours],
            "size": 12,
        },
        showlegend=False,
    )
    return figure.finished()


def flow(rows: Table, style: Style, *, sector_labels: Mapping[str, str], others: str, most: int = 10) -> Figure:
    """Money from donors (left) to sectors (right), as bands as wide as the amounts.

    `rows`: donor (its name in words), sector, amount_eur. The `most` largest donors are shown; the rest are together,
    named `others`.
    """
    frame = _rows(rows, "donor", "sector", "amount_eur").dropna(subset=["donor", "sector"])
    frame = frame[frame["amount_eur"] > 0]
    if frame.empty:
        return _empty(style)
    totals = frame.groupby("donor")["amount_eur"].sum().sort_values(ascending=False, kind="stable")
    shown = list(totals.index[:most] if len(totals) > most + 1 else totals.index)
    summed = frame.assign(donor=frame["donor"].where(frame["donor"].isin(shown))).groupby(
        ["donor", "sector"], dropna=False
    )
    bands = summed["amount_eur"].sum().reset_index()
    sectors = [code for code, _, _ in _groups(bands, "sector", sector_labels)]
    colours = sector_colours([*sector_labels, *(s for s in sectors if s not in sector_labels)], style)
    givers = [*shown, *([None] if bands["donor"].isna().any() else [])]
    names = [
        *(others if giver is None else str(giver) for giver in givers),
        *(sector_labels.get(s, s) for s in sectors),
    ]
    donor_at = {giver: number for number, giver in enumerate(givers)}
    figure = _figure(style, 56 * max(len(givers), len(sectors), 4) + 60, margin={"t": 20, "b": 24})
    figure.add(
        "sankey",
        valueformat=",.0f",
        textfont={"color": style.ink.text, "size": 12, "shadow": _halo(style)},
        node={
            "label": [_tick(name, 20, 2) for name in names],
            "customdata": [literal(name) for name in names],
            "color": [*[style.ink.mark] * len(givers), *(colours[sector] for sector in sectors)],
            "line": {"width": 0},
            "pad": 34,  # two lines
            "thickness": 16,
            "hovertemplate": "<b>%{customdata}</b><br>€ %{value:,.0f}<extra></extra>",
        },
        link={
            "source": [donor_at[None if pd.isna(donor) else donor] for donor in bands["donor"]],
            "target": [len(givers) + sectors.index(sector) for sector in bands["sector"]],
            "value": bands["amount_eur"].astype(float).tolist(),
            "color": [_faded(colours[sector]) for sector in bands["sector"]],
            "hovertemplate": "%{source.customdata} → %{target.customdata}<br><b>€ %{value:,.0f}</b><extra></extra>",
        },
    )
    return figure.finished()


def _faded(colour: str, opacity: float = 0.45) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


# --- the world ----------------------------------------------------------------------------------------------------


@functools.lru_cache
def _world() -> dict[str, dict[str, Any]]:
    features = json.loads((Path(__file__).parent / "world.geojson").read_text(encoding="utf-8"))["features"]
    return {feature["id"]: feature for feature in features}


def undrawable(codes: Iterable[str]) -> list[str]:
    """The country codes that the world map cannot show, each once, so that the page can say so.

    >>> undrawable(["NL", "MT", "ZZ"])
    ['ZZ']
    """
    return sorted(set(codes) - set(_world()))


def world(countries: Table, style: Style, *, value_title: str, scale_title: str = "") -> Figure:
    """How many (organisations, say) in each country: darker is more on a light page, lighter is more on a dark one.

    `countries`: country (ISO 3166 alpha-2), name, value (a count; missing or 0 is land without colour). The scale goes
    from the least to the most there is, and is logarithmic, since a few countries have most; `scale_title` says which
    end is which. The map shows the part of the world with these countries. Small ones are dots. See `undrawable` for
    what is left out.
    """
    frame = _rows(countries, "country", "name", "value")
    frame = frame[frame["country"].isin(list(_world())) & (frame["value"] > 0)]
    if pd.DataFrame(countries).empty:
        return _empty(style)
    ink, codes = style.ink, set(frame["country"])
    small = {code for code, feature in _world().items() if feature["geometry"]["type"] == "Point"}
    least, most = (float(frame["value"].min()), float(frame["value"].max())) if len(frame) else (1.0, 1.0)
    room = math.log10(most / least) or 1.0
    steps = [step * 10**power for power in range(7) for step in (1, 2, 5)]
    # The two ends, and what stands far enough from both.
    between = [step for step in steps if 0.15 * room < math.log10(step / least) < 0.85 * room and step < most]
    ticks = sorted({least, most, *between[:: math.ceil(len(between) / 3) or 1]})
    stops = _SEQUENTIAL[style.dark]
    figure = _figure(
        style,
        380,
        geo={
            "visible": False,
            "projection": {"type": "natural earth"},
            **_part_of_the_world(codes),
            "bgcolor": "rgba(0,0,0,0)",
        },
        coloraxis={
            "colorscale": [[place / (len(stops) - 1), stop] for place, stop in enumerate(stops)],
            "cmin": math.log10(least),
            "cmax": math.log10(least) + room,
            "colorbar": {
                "orientation": "h",
                "thickness": 12,
                "y": -0.02,
                "yanchor": "top",
                "outlinewidth": 0,
                "title": {"text": literal(scale_title or value_title), "side": "top", "font": {"size": 13}},
                "tickvals": [math.log10(tick) for tick in ticks],
                "ticktext": [style.whole(tick) for tick in ticks],
            },
        },
    )
    # A scatter must come first and never be empty: if the first trace of a map is a choropleth, Plotly fetches a map of
    # its own from a server of its makers, whether that is shown or not.
    figure.add(
        "scattergeo",
        **_positions(sorted(small)),
        mode="markers",
        marker={"size": 3, "color": ink.land},
        hoverinfo="skip",
        showlegend=False,
    )
    plain = sorted(set(_world()) - small - codes)
    border = {"color": ink.background, "width": 0.7}
    figure.add(
        "choropleth",
        geojson=_collection(plain),
        locations=plain,
        z=[0] * len(plain),
        colorscale=[[0, ink.land], [1, ink.land]],
        showscale=False,
        hoverinfo="skip",
        marker={"line": border},
    )
    hover = "<b>%{hovertext}</b><br>" + f"{literal(value_title)}: %{{customdata:,.0f}}<extra></extra>"
    large, dots = frame[~frame["country"].isin(small)], frame[frame["country"].isin(small)]
    figure.add(
        "choropleth",
        geojson=_collection(large["country"]),
        locations=large["country"].tolist(),
        z=[math.log10(value) for value in large["value"]],
        coloraxis="coloraxis",
        customdata=large["value"].tolist(),
        hovertext=[literal(name) for name in large["name"]],
        hovertemplate=hover,
        marker={"line": border},
    )
    figure.add(
        "scattergeo",
        **_positions(dots["country"]),
        mode="markers",
        marker={
            "size": 9,
            "color": [math.log10(value) for value in dots["value"]],
            "coloraxis": "coloraxis",
            "line": {"color": ink.background, "width": 1},
        },
        customdata=dots["value"].tolist(),
        hovertext=[literal(name) for name in dots["name"]],
        hovertemplate=hover,
        showlegend=False,
    )
    return figure.finished()


def _part_of_the_world(codes: Iterable[str]) -> dict[str, Any]:
    """The longitudes and latitudes that have these countries, with room around them; at least a half of the world.

    A map of all of it is small on a phone, and mostly of places where nobody works.
    """
    places = [place for code in codes for place in _places(_world()[code]["geometry"]["coordinates"])]
    ranges = {}
    for place, axis, low, high, least in ((0, "lonaxis", -180.0, 180.0, 180.0), (1, "lataxis", -56.0, 84.0, 70.0)):
        seen = [one[place] for one in places] or [low, high]
        room = max(least - (max(seen) - min(seen)), 20.0) / 2
        ranges[axis] = {"range": [max(min(seen) - room, low), min(max(seen) + room, high)]}
    return ranges


def _places(coordinates: Any) -> list[tuple[float, float]]:
    """The points of a geometry, however deep they lie."""
    if isinstance(coordinates[0], int | float):
        return [(coordinates[0], coordinates[1])]
    return [place for part in coordinates for place in _places(part)]


def _collection(codes: Iterable[str]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": [_world()[code] for code in codes]}


def _positions(codes: Iterable[str]) -> dict[str, list[float]]:
    places = [_world()[code]["geometry"]["coordinates"] for code in codes]
    return {"lon": [place[0] for place in places], "lat": [place[1] for place in places]}
