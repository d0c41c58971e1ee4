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
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple, TypeAlias

import pandas as pd

from hubdata.cells import isolated
from hubdata.charts import FONT, Style, marks_to_draw, sector_colours, ties_to_draw

Option: TypeAlias = dict[str, Any]

MOST_NAMES = 15
"""How many organisations are named when none is chosen; the others when the mouse is on them."""
MOST_NAMES_LIT = 25
LARGEST, SMALLEST = 30, 8
"""Of marks, in pixels across."""
FEW_TIES = 200
"""Up to so many ties their lines are drawn in full."""
MOST_ZOOM = 2.5
"""How far a chosen circle is brought nearer by itself."""
SYMBOLS = (
    "circle",
    "rect",
    "diamond",
    "triangle",
    "path://M-1,-0.8L1,-0.8L0,1Z",
    "path://M0,-1L0.95,-0.31L0.59,0.81L-0.59,0.81L-0.95,-0.31Z",
    "path://M0,-1L0.26,-0.36L0.95,-0.31L0.42,0.14L0.59,0.81L0,0.44L-0.59,0.81L-0.42,0.14L-0.95,-0.31L-0.26,-0.36Z",
    "path://M-0.33,-1L0.33,-1L0.33,-0.33L1,-0.33L1,0.33L0.33,0.33L0.33,1L-0.33,1L-0.33,0.33L-1,0.33L-1,-0.33L-0.33,-0.33Z",
    "roundRect",
)
"""Marks per sector, in the hub's order, so that colour is never alone."""


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
) -> Option:
    """Who works with whom: a mark per organisation, larger with more partners, and a line per tie.

    `organisations`: organisation_id, name, sector, x, y, degree, said (what is said of it under its name). `ties`:
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
    ranked = organisations[is_lit & ((organisations["degree"] > 0) | bool(lit))]
    named = set(ranked.nlargest(MOST_NAMES_LIT if lit else MOST_NAMES, "degree")["organisation_id"])
    most = max(float(organisations["degree"].max()) if len(organisations) else 1.0, 1.0)
    nodes: list[Option] = []
    for row, stands_out in zip(organisations.itertuples(index=False), is_lit, strict=True):
        node: Option = {
            "id": row.organisation_id,
            "name": plain(row.name),
            "value": plain(row.said),
            "x": round(row.x, 4),
            "y": round(-row.y, 4),
            # The eye compares areas rather than widths, hence the root.
            "symbolSize": round(SMALLEST + (LARGEST - SMALLEST) * (row.degree / most) ** 0.5, 1),
            "category": place_of[row.sector],
        }
        if row.organisation_id in named:
            node["label"] = {"show": True}
        if not stands_out:
            node["itemStyle"] = {"opacity": 0.15}
        nodes.append(node)
    left, bottom, right, top = extent
    # Two corners that nobody sees keep the picture where it is, whoever is in it.
    corner = {"symbolSize": 0, "symbol": "none", "name": "", "tooltip": {"show": False}, "label": {"show": False}}
    nodes += [{**corner, "id": f"\N{NULL}{x} {y}", "x": x, "y": y} for x, y in ((left, -top), (right, -bottom))]
    links: list[Option] = []
    chosen_ties = set(lit_ties)
    for tie in ties.itertuples(index=False):
        ends = (tie.organisation_a, tie.organisation_b)
        line: Option = {}
        if lit or chosen_ties:
            line = {"opacity": 0.85, "width": 2.5} if ends in chosen_ties else {"opacity": 0.05}
        if tie.is_cross_sector:
            line["color"] = ink.accent
        if tie.is_fading:
            line["type"] = "dashed"
        if tie.weight > 1 and "width" not in line:
            line["width"] = 0.6 + 0.5 * tie.weight
        link: Option = {"source": ends[0], "target": ends[1], "value": plain(tie.said)}
        links.append(link | ({"lineStyle": line} if line else {}))
    text = {"color": ink.text, "fontFamily": FONT, "fontSize": 12}
    tooltip = {"backgroundColor": ink.background, "borderColor": ink.grid, "textStyle": text, "confine": True}
    return {
        "animation": False,
        "textStyle": {"fontFamily": FONT},
        "tooltip": {**tooltip, "extraCssText": "max-width: 20rem; white-space: normal; overflow-wrap: anywhere"},
        "legend": {
            "data": [plain(sector_labels.get(sector, sector)) for sector in present],
            "bottom": 0,
            "type": "scroll",
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
                "top": 28,
                "bottom": 48,
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
                    "position": "right",
                    "width": 150,
                    "overflow": "truncate",
                    "textBorderColor": ink.background,
                    "textBorderWidth": 3,
                },
                "labelLayout": {"hideOverlap": True},
                # Few lines are seen each by itself; many would hide what they join.
                "lineStyle": {"color": ink.mark, "curveness": 0.08}
                | ({"width": 1.4, "opacity": 0.9} if len(ties) <= FEW_TIES else {"width": 0.9, "opacity": 0.45}),
                "emphasis": {
                    "focus": "adjacency",
                    "label": {"show": True},
                    "itemStyle": {"opacity": 1},
                    "lineStyle": {"width": 2.5, "opacity": 0.9},
                },
                "blur": {"itemStyle": {"opacity": 0.12}, "lineStyle": {"opacity": 0.04}, "label": {"opacity": 0.1}},
                "select": {"itemStyle": {"borderColor": ink.text, "borderWidth": 2}},
                **_nearer(organisations[is_lit] if lit else organisations.head(0), extent),
            }
        ],
    }


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
    )
    for node in option["series"][0]["data"]:
        if node["x"] < 0 and "label" in node:
            node["label"]["position"] = "left"
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
