"""The pictures of a report, drawn by matplotlib: SVG for the paper, PNG for documents and slides.

Texts are drawn as shapes, so a reader needs no font, and as they are: a `$` in a name is no formula. What a picture
says stands in its alternative text and in the table under it.
"""

import datetime
import functools
import io
from collections.abc import Sequence
from typing import Any, Literal

import matplotlib
import matplotlib.dates
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure as Canvas
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

from hubdata.reports.content import Chart, Kind, Network, Node, format_cell
from hubdata.texts import Text, whole_euro

matplotlib.rcParams.update(
    {
        "text.parse_math": False,
        "svg.fonttype": "path",
        "svg.hashsalt": "report",  # the same picture gives the same file
        "font.family": "sans-serif",
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": "#767676",
        "xtick.color": "#404040",
        "ytick.color": "#404040",
    }
)
COLOURS = ("#1f5fa8", "#b45309", "#2f7d4f", "#7b3f98", "#a3264a", "#4a5568", "#0f766e", "#8a6d00")
"""Of series, dark enough on white to be told from it (3:1)."""
MOST_BARS = 12
LONGEST_LABEL = 42
MOST_NAMED = 8
WIDTH, DOTS = 6.7, 200
"""Inches, as wide as the text of an A4; dots per inch of a PNG."""


def svg(picture: Chart | Network, language: str) -> str:
    """A picture as SVG."""
    drawn = _drawn(picture, language)
    FigureCanvasSVG(drawn)
    written = io.StringIO()
    drawn.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    text = written.getvalue()
    return text[text.index("<svg") :]


def png(picture: Chart | Network, language: str) -> bytes:
    """A picture as PNG."""
    drawn = _drawn(picture, language)
    FigureCanvasAgg(drawn)
    written = io.BytesIO()
    drawn.savefig(written, format="png", dpi=DOTS, metadata={"Software": None})
    return written.getvalue()


def _drawn(picture: Chart | Network, language: str) -> Canvas:
    if isinstance(picture, Network):
        return _network(picture, language)
    rows = min(len(picture.labels), MOST_BARS)
    height = 0.7 + 0.3 * rows * max(1, len(picture.series) * 0.6) if picture.shape == "bars" else 2.9
    canvas = Canvas(figsize=(WIDTH, height), layout="constrained")
    axes = canvas.add_subplot()
    {"lines": _lines, "bars": _bars, "columns": _columns, "stacked": _columns}[picture.shape](axes, picture)
    _value_axis(axes, picture, language)
    return canvas


def _value_axis(axes: Axes, chart: Chart, language: str) -> None:
    """Round values in the reader's language, with light lines behind what is drawn."""
    axis = axes.xaxis if chart.shape == "bars" else axes.yaxis
    axis.set_major_formatter(functools.partial(_tick, kind=chart.kind, language=language))
    axis.grid(True, color="#e2e2e2", linewidth=0.7)
    axes.set_axisbelow(True)


def _tick(value: float, _place: int, *, kind: Kind, language: str) -> str:
    if kind == "euro" and abs(value) >= 1e6:
        return f"{whole_euro(value / 1e6, language)} {Text('mln').translate(language)}"
    if kind == "share":
        return format_cell(round(value, 6), "share", language).replace(",0%", "%").replace(".0%", "%")
    return format_cell(round(value, 6), "count" if float(value).is_integer() else "number", language)


def _lines(axes: Axes, chart: Chart) -> None:
    days: Any = [
        matplotlib.dates.date2num(day)  # type: ignore[no-untyped-call]
        if isinstance(day, datetime.date)
        else place
        for place, day in enumerate(chart.labels)
    ]
    for series, colour in zip(chart.series, COLOURS * 2, strict=False):
        known = [(day, value) for day, value in zip(days, series.values, strict=True) if value is not None]
        if not known:
            continue
        xs, ys = zip(*known, strict=True)
        few = len(known) <= 4
        axes.plot(xs, ys, color=colour, linewidth=1.8, marker="o" if few else "", linestyle="--" if few else "-")
        axes.annotate(
            _short(series.name), (xs[-1], ys[-1]), (5, 3), textcoords="offset points", color=colour, fontsize=8
        )
    axes.xaxis_date()
    axes.margins(x=0.02)
    axes.set_ylim(bottom=min(0, axes.get_ylim()[0]))


def _bars(axes: Axes, chart: Chart) -> None:
    labels = [_short(str(label)) for label in chart.labels[:MOST_BARS]]
    thick = 0.8 / len(chart.series)
    for nth, (series, colour) in enumerate(zip(chart.series, COLOURS, strict=False)):
        places = [place + (nth - (len(chart.series) - 1) / 2) * thick for place in range(len(labels))]
        axes.barh(places, [value or 0 for value in series.values[:MOST_BARS]], thick * 0.9, color=colour)
    axes.set_yticks(range(len(labels)), labels)
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)
    _legend(axes, chart)


def _columns(axes: Axes, chart: Chart) -> None:
    labels = [str(label) for label in chart.labels]
    bottoms = [0.0] * len(labels)
    thick = 0.75 if chart.shape == "stacked" else 0.8 / len(chart.series)
    for nth, (series, colour) in enumerate(zip(chart.series, COLOURS * 2, strict=False)):
        values = [value or 0.0 for value in series.values]
        if chart.shape == "stacked":
            axes.bar(range(len(labels)), values, thick, bottom=bottoms, color=colour, edgecolor="white", linewidth=0.6)
            bottoms = [low + value for low, value in zip(bottoms, values, strict=True)]
        else:
            axes.bar([place + nth * thick for place in range(len(labels))], values, thick * 0.9, color=colour)
    axes.set_xticks(range(len(labels)), labels)
    axes.tick_params(axis="x", length=0)
    _legend(axes, chart)


def _legend(axes: Axes, chart: Chart) -> None:
    if len(chart.series) > 1:
        handles = [matplotlib.patches.Patch(color=colour) for colour in (COLOURS * 2)[: len(chart.series)]]
        names = [_short(series.name) for series in chart.series]
        axes.legend(handles, names, loc="upper left", bbox_to_anchor=(1.01, 1), frameon=False, fontsize=8)


def _network(network: Network, language: str) -> Canvas:
    """Marks in the colours of their groups, lines between them, the names of the best connected.

    It fills its frame: distances in it mean nothing, so both directions need no one scale.
    """
    canvas = Canvas(figsize=(WIDTH, 4.8), layout="constrained")
    axes = canvas.add_subplot()
    axes.set_axis_off()
    axes.margins(0.04)
    places = {node.id: (node.x, node.y) for node in network.nodes}
    colours = dict(network.groups)
    for across, colour in ((False, "#c9c9c9"), (True, "#8fa8c6")):
        lines: Sequence[Any] = [(places[a], places[b]) for a, b, is_across in network.ties if is_across == across]
        axes.add_collection(LineCollection(lines, colors=colour, linewidths=0.5, zorder=1))
    axes.scatter(
        [node.x for node in network.nodes],
        [node.y for node in network.nodes],
        s=[14 + 5 * node.degree for node in network.nodes],
        c=[colours.get(node.group, "#767676") for node in network.nodes],
        edgecolors="white",
        linewidths=0.6,
        zorder=2,
    )
    handles = [matplotlib.patches.Patch(color=colour) for _group, colour in network.groups]
    names = [group for group, _colour in network.groups]
    axes.legend(handles, names, loc="upper center", bbox_to_anchor=(0.5, 0), ncols=4, frameon=False, fontsize=8)
    canvas.draw_without_rendering()  # now it is known where each mark stands
    canvas.set_layout_engine("none")
    _name(axes, sorted(network.nodes, key=lambda node: -node.degree)[:MOST_NAMED], network.nodes)
    return canvas


SIDES: tuple[tuple[float, float, Literal["left", "right"], Literal["bottom", "top"]], ...] = (
    (4, 4, "left", "bottom"),
    (4, -4, "left", "top"),
    (-4, 4, "right", "bottom"),
    (-4, -4, "right", "top"),
)
"""Where a name may stand beside its mark: how far from it, in points, and which of its corners."""


def _name(axes: Axes, nodes: Sequence[Node], all_nodes: Sequence[Node]) -> None:
    """Write names beside their marks, where they hide the fewest marks, none over another, nor over a named mark."""
    taken: list[Bbox] = []
    places = axes.transData.transform([(node.x, node.y) for node in all_nodes])
    marks = {node.id: axes.transData.transform((node.x, node.y)) for node in nodes}
    for node in nodes:
        others = [mark for identifier, mark in marks.items() if identifier != node.id]
        free: list[tuple[int, int, Annotation, Bbox]] = []
        for side, (across, up, horizontal, vertical) in enumerate(SIDES):
            name = axes.annotate(
                _short(node.name, 30),
                (node.x, node.y),
                (across, up),
                textcoords="offset points",
                fontsize=7,
                zorder=3,
                horizontalalignment=horizontal,
                verticalalignment=vertical,
            )
            box = name.get_window_extent()
            if box.count_overlaps(taken) or any(box.contains(*mark) for mark in others):
                name.remove()
            else:
                free.append((sum(box.contains(*place) for place in places), side, name, box))
        if not free:
            continue
        _hidden, _side, name, box = min(free, key=lambda one: one[:2])
        for one in free:
            if one[2] is not name:
                one[2].remove()
        name.set_bbox({"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.6})
        taken.append(box)


def _short(text: str, longest: int = LONGEST_LABEL) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
