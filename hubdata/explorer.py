"""The network as an Apache ECharts graph: tables in, ECharts' option out; pure, like `charts`.

An option is JSON and nothing else, as `st.echarts_chart` takes it: a series of type `graph` with `layout: none`, so
that an organisation stays where we place it, whatever is shown; `preserveAspect` keeps both scales equal.

Names from data are never a template: ECharts reads `{b}` in labels and `$&` in what it fills in, so `plain` puts an
invisible joiner behind such marks. Its tooltips are HTML, and it escapes the names and values in them itself as long as
nobody gives a formatter; so there is none (`tests/test_literal.py` looks at them in a browser).
"""

import itertools
import math
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import pandas as pd

from hubdata.cells import isolated
from hubdata.charts import (
    FONT,
    SIDES,
    Style,
    free_names,
    marks_to_draw,
    room_for_names,
    sector_colours,
    ties_to_draw,
)

Option: TypeAlias = dict[str, Any]

MOST_NAMES = 18
"""How many organisations are named when none is chosen; the others when the mouse is on them."""
MOST_NAMES_LIT = 25
MOST_NAMES_NARROW = 15
LARGEST, SMALLEST = 26, 7
LARGEST_NARROW, SMALLEST_NARROW = 16, 5
"""Of marks, in pixels across."""
HEIGHT, HEIGHT_OF_CIRCLE, MARGIN = 560, 400, 88
"""Of the two pictures, in pixels, and what of it is above and below the network."""
WIDTH, WIDTH_NARROW = 880, 276
"""In how many pixels the names must fit; the picture may be wider, and is higher on a wide screen (`frame.css`)."""
NAME_WIDTH, NAME_WIDTH_NARROW = 150, 110
"""Of the longest name, in pixels; longer ones are cut off."""
MOST_STRETCHED = 2.2
"""How much wider or higher the network is drawn at most, to fill the picture and leave room for names."""
FEW_TIES = 200
"""Up to so many ties their lines are drawn in full."""
MOST_ZOOM = 2.5
"""How far a chosen circle is brought nearer by itself."""
LEGEND_ROW, MORE_ROWS_NARROW = 24, 3
"""How high a row of the legend is, in pixels, and how many rows more than one it may have on a phone."""
SYMBOLS = (
    "circle",
    "rect",
    "diamond",
    "triangle",
    "path://M-1,-0.8L1,-0.8L0,1Z",
    "path://M0,-1L0.95,-0.31L0.59,0.81L-0.59,0.81L-0.95,-0.31Z",
    "path://M0,-1L0.26,-0.36L0.95,-0.31L0.42,0.14L0.59,0.81L0,0.44L-0.59,0.81L-0.42,0.14L-0.95,-0.31L-0.26,-0.36Z",
    "path://M-0.33,-1L0.33,-1L0.33,-0.33L1,-0.33L1,0.33L0.33,0.33L0.33,1L-0.33,1L-0.33,0.33L-1,0.33L-1,-0.33L-0.33,-0.33Z",
    "path://M-1,-0.6L-0.6,-1L0,-0.4L0.6,-1L1,-0.6L0.4,0L1,0.6L0.6,1L0,0.4L-0.6,1L-1,0.6L-0.4,0Z",
    "path://M1,0L0.5,0.87L-0.5,0.87L-1,0L-0.5,-0.87L0.5,-0.87Z",
)
"""Marks per sector, in the hub's order, so that colour is never alone: those of `charts.SYMBOLS`."""


class Words(NamedTuple):
    """The words in the picture, in the reader's language."""

    picture: str
    """The name of the file that the picture is saved as."""
    save: str
    whole: str
    """The button that brings the whole network back."""


def plain(text: str) -> str:
    """A text from data that ECharts shows as it is.

    >>> [plain(text) for text in ("A  B", "{b}", "$&")]
    ['A B', '{\\u2060b}', '$\\u2060&']
    """
    return re.sub(r"([{$])", "\\1\N{WORD JOINER}", isolated(" ".join(text.split())))


def with_room_for_names(places: pd.DataFrame, layout: pd.DataFrame, style: Style, height: int = HEIGHT) -> pd.DataFrame:
    """`places` (organisation_id, x, y) where names have room, and on which side: `side`, "" for who is not named.

    `layout`: organisation_id, name, x, y, degree of the as-of day. The names of the best connected on that day stand
    beside their marks, and other marks make way a little (see `charts.room_for_names`); on other days they stand there
    too, so that nothing moves through time.
    """
    across, up = _stretched(places, style, height)
    places, layout = (table.assign(x=table["x"] * across, y=table["y"] * up) for table in (places, layout))
    extent = (places["x"].min(), places["y"].min(), places["x"].max(), places["y"].max())
    scale, width = _scale(extent, style, height)
    sizes = _sizes(layout["degree"], style)
    ranked = layout.reset_index(drop=True).query("degree > 0").nlargest(_most_names(style), "degree")["name"]
    marks = tuple(
        zip(
            ((layout["x"] - extent[0]) * scale + (width - scale * (extent[2] - extent[0])) / 2).tolist(),
            (layout["y"] * scale).tolist(),
            (sizes / 2).tolist(),
            strict=True,
        )
    )
    names = tuple((int(place), _name_width(name, style)) for place, name in ranked.items())
    stand, sides = room_for_names(marks, names, width)
    moved = pd.DataFrame(
        {
            "organisation_id": layout["organisation_id"].tolist(),
            "x_moved": [(at[0] - mark[0]) / scale for at, mark in zip(stand, marks, strict=True)],
            "y_moved": [(at[1] - mark[1]) / scale for at, mark in zip(stand, marks, strict=True)],
            "side": [sides.get(place, "") for place in range(len(marks))],
        }
    )
    joined = places[["organisation_id", "x", "y"]].merge(moved, on="organisation_id", how="left")
    return pd.DataFrame(
        {
            "organisation_id": joined["organisation_id"],
            "x": joined["x"] + joined["x_moved"].fillna(0),
            "y": joined["y"] + joined["y_moved"].fillna(0),
            "side": joined["side"].fillna(""),
        }
    )


def _stretched(places: pd.DataFrame, style: Style, height: int) -> tuple[float, float]:
    """How many times wider and higher the network is drawn, so that it has about the shape of its picture.

    Who stands beside whom says something, and up or across nothing; a phone is high, a screen wide.
    """
    across, up = (max(places[axis].max() - places[axis].min(), 1e-9) for axis in "xy")
    shape = (WIDTH_NARROW if style.narrow else WIDTH) / (height - MARGIN)
    return min(max(shape * up / across, 1.0), MOST_STRETCHED), min(max(across / up / shape, 1.0), MOST_STRETCHED)


def _scale(extent: tuple[float, float, float, float], style: Style, height: int) -> tuple[float, float]:
    """How many pixels a unit of the drawing takes, and how wide it is at least, in pixels."""
    left, bottom, right, top = extent
    width = WIDTH_NARROW if style.narrow else WIDTH
    return min(width / max(right - left, 1e-9), (height - MARGIN) / max(top - bottom, 1e-9)), width


def _sizes(degrees: "pd.Series[int]", style: Style) -> "pd.Series[float]":
    """How large marks are, in pixels across. The eye compares areas rather than widths, hence the root."""
    smallest, largest = (SMALLEST_NARROW, LARGEST_NARROW) if style.narrow else (SMALLEST, LARGEST)
    most = max(float(degrees.max()) if len(degrees) else 1.0, 1.0)
    return smallest + (largest - smallest) * (degrees / most) ** 0.5


def _name_width(name: str, style: Style) -> float:
    """How wide a name is in the picture, in pixels, at most."""
    return min(5.8 * len(name), NAME_WIDTH_NARROW) + 6 if style.narrow else min(6.3 * len(name), NAME_WIDTH) + 8


def _most_names(style: Style) -> int:
    return MOST_NAMES_NARROW if style.narrow else MOST_NAMES


def graph(
    organisations: pd.DataFrame,
    ties: pd.DataFrame,
    style: Style,
    *,
    sector_labels: Mapping[str, str],
    words: Words,
    extent: tuple[float, float, float, float],
    lit: Collection[str] = (),
    lit_ties: Collection[tuple[str, str]] = (),
    height: int = HEIGHT,
) -> Option:
    """Who works with whom: a mark per organisation, larger with more partners, and a line per tie.

    `organisations`: organisation_id, name, sector, x, y, degree, said (what is said of it under its name), and side (of
    its name, "" for none: see `with_room_for_names`), which is found here where some stand out. `ties`:
    organisation_a, organisation_b, is_cross_sector, is_fading, weight (0 to 3), said: see `drawn_ties`.
    `extent`: the lowest x and y, and the highest, of all that may ever be drawn: what stands where does not depend on
    who is there today. `lit`: the organisations that stand out, the others fade; `lit_ties` likewise.
    Ties across sectors are solid and blue, others grey; those that fade are dashed.
    """
    ink = style.ink
    colours = sector_colours([*sector_labels, *sorted(set(organisations["sector"]) - set(sector_labels))], style)
    present = [sector for sector in colours if sector in set(organisations["sector"])]
    symbols = dict(zip(colours, itertools.cycle(SYMBOLS), strict=False))
    place_of = {sector: place for place, sector in enumerate(present)}
    is_lit = organisations["organisation_id"].isin(list(lit)) if lit else pd.Series(True, index=organisations.index)
    sizes = _sizes(organisations["degree"], style)
    nearer = _nearer(organisations[is_lit] if lit else organisations.head(0), extent)
    sides = (
        _sides(organisations[is_lit], sizes[is_lit], extent, style, height, nearer.get("zoom", 1.0))
        if lit or "side" not in organisations
        else dict(zip(organisations["organisation_id"], organisations["side"], strict=True))
    )
    nodes: list[Option] = []
    for row, size, stands_out in zip(organisations.itertuples(index=False), sizes, is_lit, strict=True):
        node: Option = {
            "id": row.organisation_id,
            "name": plain(row.name),
            "value": plain(row.said),
            "x": round(row.x, 4),
            "y": round(-row.y, 4),
            "symbolSize": round(size, 1),
            "category": place_of[row.sector],
        }
        if side := sides.get(row.organisation_id):
            node["label"] = {"show": True, "position": side}
        if not stands_out:
            node["itemStyle"] = {"opacity": 0.15}
        nodes.append(node)
    left, bottom, right, top = extent
    # Two corners that nobody sees keep the picture where it is, whoever is in it.
    corner = {"symbolSize": 0, "symbol": "none", "name": "", "tooltip": {"show": False}, "label": {"show": False}}
    nodes += [{**corner, "id": f"\N{NULL}{x} {y}", "x": x, "y": y} for x, y in ((left, -top), (right, -bottom))]
    links: list[Option] = []
    # The colour that most lines have is said once, of all.
    usual_colour = ink.accent if len(ties) and ties["is_cross_sector"].astype(bool).mean() > 0.5 else ink.mark
    chosen_ties = set(lit_ties)
    for tie in ties.itertuples(index=False):
        ends = (tie.organisation_a, tie.organisation_b)
        line: Option = {}
        if lit or chosen_ties:
            line = {"opacity": 0.85, "width": 2.5} if ends in chosen_ties else {"opacity": 0.05}
        if (colour := ink.accent if tie.is_cross_sector else ink.mark) != usual_colour:
            line["color"] = colour
        if tie.is_fading:
            line["type"] = "dashed"
        if tie.weight > 1 and "width" not in line:
            line["width"] = 0.6 + 0.5 * tie.weight
        link: Option = {"source": ends[0], "target": ends[1], "value": plain(tie.said)}
        links.append(link | ({"lineStyle": line} if line else {}))
    text = {"color": ink.text, "fontFamily": FONT, "fontSize": 12}
    legend = [plain(sector_labels.get(sector, sector)) for sector in present]
    rows = _legend_rows(legend) if style.narrow else 1
    tooltip = {"backgroundColor": ink.background, "borderColor": ink.grid, "textStyle": text, "confine": True}
    return {
        "animation": False,
        "textStyle": {"fontFamily": FONT},
        "tooltip": {**tooltip, "extraCssText": "max-width: 20rem; white-space: normal; overflow-wrap: anywhere"},
        "legend": {
            "data": [{"name": name, "icon": symbols[sector]} for name, sector in zip(legend, present, strict=True)],
            "bottom": 0,
            "type": "plain",
            "itemWidth": 14,
            "textStyle": text,
            "inactiveColor": ink.mark,
            "pageIconColor": ink.muted,
            "pageTextStyle": text,
        },
        "toolbox": {
            "right": 8,
            "top": 4,
            "iconStyle": {"borderColor": ink.muted},
            "feature": {
                "restore": {"title": words.whole},
                "saveAsImage": {"title": words.save, "name": words.picture, "backgroundColor": ink.background},
            },
        },
        "series": [
            {
                "type": "graph",
                "layout": "none",
                "preserveAspect": True,
                "left": 24,
                "right": 24,
                "top": 56,
                "bottom": 24 + LEGEND_ROW * rows,
                "roam": True,
                "scaleLimit": {"min": 0.7, "max": 12},
                "selectedMode": "single",
                "categories": [
                    {
                        "name": plain(sector_labels.get(sector, sector)),
                        "symbol": symbols[sector],
                        "itemStyle": {"color": colours[sector], "borderColor": ink.background, "borderWidth": 1},
                    }
                    for sector in present
                ],
                "data": nodes,
                "links": links,
                "label": {
                    **text,
                    **({"fontSize": 11} if style.narrow else {}),
                    "position": "right",
                    "width": NAME_WIDTH_NARROW if style.narrow else NAME_WIDTH,
                    "overflow": "truncate",
                    "textBorderColor": ink.background,
                    "textBorderWidth": 3,
                },
                "labelLayout": {"hideOverlap": True},
                # Few lines are seen each by itself; many would hide what they join.
                "lineStyle": {"color": usual_colour, "curveness": 0.08}
                | ({"width": 1.4, "opacity": 0.9} if len(ties) <= FEW_TIES else {"width": 0.9, "opacity": 0.45}),
                "emphasis": {
                    "focus": "adjacency",
                    "label": {"show": True},
                    "itemStyle": {"opacity": 1},
                    "lineStyle": {"width": 2.5, "opacity": 0.9},
                },
                "blur": {"itemStyle": {"opacity": 0.12}, "lineStyle": {"opacity": 0.04}, "label": {"opacity": 0.1}},
                "select": {"itemStyle": {"borderColor": ink.text, "borderWidth": 2}},
                **nearer,
            }
        ],
    }


def _legend_rows(names: Sequence[str]) -> int:
    """In how many rows the names of the sectors stand on a phone, at most."""
    rows, used = 1, 0.0
    for name in names:
        width = 40 + 6.5 * len(name)
        rows, used = (rows, used + width) if used + width <= WIDTH_NARROW + 24 else (rows + 1, width)
    return rows


def circle(
    organisations: pd.DataFrame,
    ties: pd.DataFrame,
    style: Style,
    *,
    centre: str,
    sector_labels: Mapping[str, str],
    words: Words,
) -> Option:
    """One organisation in the middle of its partners, these in order of sector and name; tables as for `graph`.

    `organisations` are the partners and itself; the ties among the partners are thin lines behind its own.
    """
    around = organisations[organisations["organisation_id"] != centre].sort_values(["sector", "name"])
    turn = 2 * math.pi / max(len(around), 1)
    places = {centre: (0.0, 0.0)} | {
        partner: (math.sin(nth * turn), math.cos(nth * turn)) for nth, partner in enumerate(around["organisation_id"])
    }
    x, y = (
        organisations["organisation_id"].map({partner: at[axis] for partner, at in places.items()}) for axis in (0, 1)
    )
    own = {pair for pair in zip(ties["organisation_a"], ties["organisation_b"], strict=True) if centre in pair}
    option = graph(
        organisations.assign(x=x, y=y),
        ties,
        style,
        sector_labels=sector_labels,
        words=words,
        extent=(-1.9, -1.1, 1.9, 1.1),
        lit=set(places),
        lit_ties=own,
        height=HEIGHT_OF_CIRCLE,
    )
    for link in option["series"][0]["links"]:
        if (link["source"], link["target"]) not in own:
            link["lineStyle"]["opacity"] = 0.25
    return option


def drawn_marks(organisations: pd.DataFrame, lit: Collection[str] = ()) -> pd.DataFrame:
    """The organisations that are drawn: up to `charts.MAX_MARKS` all, else the best connected, and those lit."""
    best = marks_to_draw(organisations).index
    return organisations[organisations.index.isin(best) | organisations["organisation_id"].isin(list(lit))]


def drawn_ties(ties: pd.DataFrame, lit_ties: Collection[tuple[str, str]] = ()) -> pd.DataFrame:
    """The ties that are drawn: all up to `charts.MAX_TIES`, else the backbone, with those that stand out."""
    drawn = ties_to_draw(ties)
    if len(drawn) == len(ties) or not lit_ties:
        return drawn
    missing = set(lit_ties) - set(zip(drawn["organisation_a"], drawn["organisation_b"], strict=True))
    ends = zip(ties["organisation_a"], ties["organisation_b"], strict=True)
    return pd.concat([drawn, ties[[pair in missing for pair in ends]]], ignore_index=True)


def _sides(
    organisations: pd.DataFrame,
    sizes: "pd.Series[float]",
    extent: tuple[float, float, float, float],
    style: Style,
    height: int,
    zoom: float,
) -> dict[str, str]:
    """On which side of their marks the names of the best connected of some organisations stand free: outwards first."""
    scale, width = _scale(extent, style, height)
    middle = (organisations["x"].min() + organisations["x"].max()) / 2
    xs = (width / 2 + (organisations["x"] - middle) * scale * zoom).tolist()
    # Marks grow with the picture, but less (ECharts' `nodeScaleRatio`).
    radii = (sizes / 2 * (1 + 0.6 * (zoom - 1))).tolist()
    marks = list(zip(xs, (-organisations["y"] * scale * zoom).tolist(), radii, strict=True))
    ranked = organisations.reset_index(drop=True).nlargest(MOST_NAMES_LIT, "degree")["name"]
    widths = {int(place): _name_width(name, style) for place, name in ranked.items()}
    outwards = {
        place: ("left", *(side for side in SIDES if side != "left")) if xs[place] < width / 2 else SIDES
        for place in widths
    }
    ids = organisations["organisation_id"].tolist()
    return {ids[place]: side for place, side in free_names(marks, widths, width, outwards).items()}


def _nearer(circle: pd.DataFrame, extent: tuple[float, float, float, float]) -> Option:
    """Where the picture looks: at the whole, or at the organisations that stand out, as near as they all fit."""
    if circle.empty:
        return {}
    left, bottom, right, top = extent
    across, up = circle["x"].max() - circle["x"].min(), circle["y"].max() - circle["y"].min()
    zoom = min(MOST_ZOOM, 0.8 * (right - left) / max(across, 1e-9), 0.8 * (top - bottom) / max(up, 1e-9))
    if zoom <= 1:
        return {}
    x, y = circle["x"].min() + across / 2, circle["y"].min() + up / 2
    return {"zoom": round(zoom, 2), "center": [round(x, 4), round(-y, 4)]}
