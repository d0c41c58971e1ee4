"""Figures: with many rows, one and none; names stay names; colours can be told apart; the map fetches nothing."""

import base64
import itertools
import json
import math
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from playwright.sync_api import Browser
from plotly.io import to_json

from hubdata import charts
from hubdata.charts import Style

STYLES = [Style(dark, comma) for dark in (False, True) for comma in (False, True)]
BACKGROUNDS = {False: ("#ffffff", "#f3f5f9"), True: ("#0f1624", "#0e1420", "#182135")}
SECTORS = {"ngo": "NGOs", "business": "Business", "government": "Government"}
MARKUP = '<a href="https://x.example">R&D</a> %{x}'

NODES = [
    {"organisation_id": "a", "name": "Alpha", "sector": "ngo", "x": 0.0, "y": 0.0, "degree": 2},
    {"organisation_id": "b", "name": "Beta", "sector": "business", "x": 1.0, "y": 0.0, "degree": 1},
    {"organisation_id": "c", "name": "Gamma", "sector": "guild", "x": 0.0, "y": 1.0, "degree": 1},
]
TIES = [
    {"organisation_a": "a", "organisation_b": "b", "is_cross_sector": True},
    {"organisation_a": "a", "organisation_b": "c", "is_cross_sector": True},
]


class Plotted:
    """The figures of `charts` as Plotly takes them, which raises at a property or a value that it does not know."""

    def __getattr__(self, name: str) -> Callable[..., go.Figure]:
        def draw(*given: Any, **more: Any) -> go.Figure:
            plain = getattr(charts, name)(*given, **more)
            figure = go.Figure(json.loads(to_json(plain, validate=False)))
            assert json.loads(figure.to_json()) == json.loads(to_json(plain, validate=False))
            return figure

        return draw


plotted = Plotted()
Draw = Callable[[Any, Style], go.Figure]
WORDS: dict[str, Any] = {"sector_labels": SECTORS}
FIGURES: dict[str, tuple[Draw, list[dict[str, Any]]]] = {
    "network": (
        lambda rows, style: plotted.network(rows, TIES, style, partners="partners", within="in", across="to", **WORDS),
        NODES,
    ),
    "panels": (
        lambda rows, style: plotted.panels(rows, style, behind="All"),
        [
            {"series": name, "date": f"{year}-07-01", "value": value}
            for name, value in ((MARKUP, 0.2), ("All", 0.4), ("Gone", None))
            for year in (2019, 2020)
        ],
    ),
    "waterfall": (
        lambda rows, style: plotted.waterfall(rows, style, together="All"),
        [
            {"label": MARKUP, "value": -1.1, "said": "−1.1"},
            {"label": "New", "value": 1.5, "said": "+1.5"},
            {"label": "All", "value": 0.4, "said": "+0.4"},
        ],
    ),
    "lines": (
        lambda rows, style: plotted.lines(rows, style, y_title="Density", value_format="share"),
        [
            {"series": "All", "date": "2019-12-31", "value": 0.1, "low": 0.05, "high": 0.2},
            {"series": "All", "date": "2020-03-31", "value": None, "low": None, "high": None},
            {"series": "Some", "date": "2020-03-31", "value": 0.3, "low": None, "high": None},
        ],
    ),
    "changes": (
        lambda rows, style: plotted.changes(rows, style, y_title="Ties", formed="formed", ended="ended"),
        [{"quarter": f"{2010 + i // 4}-Q{i % 4 + 1}", "formed": i, "ended": 2 * i} for i in range(20)],
    ),
    "survival": (
        lambda rows, style: plotted.survival(rows, style, x_title="years", y_title="Still there"),
        [
            {"series": group, "years": years, "survival": share, "low": low, "high": high}
            for group in ("within", "across")
            for years, share, low, high in ((0, 1.0, None, None), (1, 0.8, 0.7, 0.9), (2, 0.0, None, None))
        ],
    ),
    "timeline": (
        lambda rows, style: plotted.timeline(
            rows, style, as_of="2020-06-30", as_of_label="As of", kind_labels={}, past="past", planned="planned"
        ),
        [
            {"event_id": "e1", "name": "Lunch", "start_date": "2020-01-01", "end_date": None, "kind": "lunch"},
            {"event_id": "e2", "name": "Talk", "start_date": "2020-01-01", "end_date": "2020-01-02", "kind": "lunch"},
            {"event_id": "e3", "name": "Plenary", "start_date": "2020-12-01", "end_date": None, "kind": None},
        ],
    ),
    "bars": (
        lambda rows, style: plotted.bars(rows, style, value_title="Jobs"),
        [{"label": "Alpha", "value": 3, "code": "ngo"}, {"label": "Beta", "value": None, "code": "business"}],
    ),
    "stacked bars": (
        lambda rows, style: plotted.bars(
            rows, style, value_title="€", value_format="euro", series_labels=SECTORS, horizontal=False, stacked=True
        ),
        [{"label": year, "value": 1e6, "series": sector} for year in ("2019", "2020") for sector in SECTORS],
    ),
    "quotients": (
        lambda rows, style: plotted.quotients(rows, style, x_title="times", reference="Europe = 1", unknown="too few"),
        [{"label": str(value), "value": value} for value in (2.5, 0.5, 0.0, None, 1.0)],
    ),
    "quadrant": (
        lambda rows, style: plotted.quadrant(
            rows, style, x_line=0.5, y_line=0.2, x_title="Donor", y_title="Broker", marked="at risk", unmarked="not"
        ),
        [
            {"organisation_id": "a", "name": "Alpha", "x": 0.8, "y": 0.3, "is_marked": True, "is_named": True},
            {"organisation_id": "b", "name": "Beta", "x": 0.2, "y": 0.0, "is_marked": False, "is_named": False},
            {"organisation_id": "c", "name": "Cora", "x": None, "y": 0.1, "is_marked": False, "is_named": False},
        ],
    ),
    "two axes": (
        lambda rows, style: plotted.two_axes(
            rows, style, x_title="Likely", y_title="Useful", marked="three", unmarked="other"
        ),
        [
            {"name": "Alpha – Beta", "x": 2.5, "y": 0.01, "is_marked": True},
            {"name": "Beta – Cora", "x": 1.0, "y": 0.0, "is_marked": False},
        ],
    ),
    "calibration": (
        lambda rows, style: plotted.calibration(
            rows, style, x_title="Forecast", y_title="Happened", band="Band", observed="Observed"
        ),
        [
            {"forecast": 0.2, "observed": 0.1, "low": 0.15, "high": 0.25},
            {"forecast": 0.5, "observed": 0.6, "low": 0.3, "high": 0.7},
        ],
    ),
    "matrix": (
        lambda rows, style: plotted.matrix(
            rows, style, ratio="Ratio", ties="ties", expected="expected", undefined="n/a", **WORDS
        ),
        [
            {"sector_a": "ngo", "sector_b": "ngo", "ties": 0, "expected": None, "ratio": None, "is_clear": False},
            {"sector_a": "business", "sector_b": "ngo", "ties": 5, "expected": 2.5, "ratio": 2.0, "is_clear": True},
            {
                "sector_a": "business",
                "sector_b": "business",
                "ties": 0,
                "expected": 1.25,
                "ratio": 0.0,
                "is_clear": True,
            },
        ],
    ),
    "flow": (
        lambda rows, style: plotted.flow(rows, style, others="Others", **WORDS),
        [{"donor": f"Donor {i}", "sector": "ngo", "amount_eur": 10.0 * i} for i in range(20)],
    ),
    "world": (
        lambda rows, style: plotted.world(rows, style, value_title="Organisations"),
        [
            {"country": code, "name": code, "value": value}
            for code, value in (("NL", 100), ("MT", 3), ("FR", None), ("RU", 0), ("ZZ", 4))
        ],
    ),
}


def strings(node: Any) -> Iterator[str]:
    """Every string in a figure."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from strings(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from strings(value)


def as_json(figure: go.Figure) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(figure.to_json())
    return found


def unpacked(values: dict[str, str]) -> list[float]:
    """The numbers of a typed array."""
    numbers: list[float] = np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"]).tolist()
    return numbers


@pytest.mark.parametrize("style", STYLES, ids=str)
@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_drawn_from_many_rows_one_row_and_a_data_frame(name: str, style: Style) -> None:
    draw, rows = FIGURES[name]
    for given in (rows, rows[:1], rows[-1:], pd.DataFrame(rows)):
        figure = draw(given, style)
        assert "NaN" not in figure.to_json()
        assert figure.layout.title.text is None
        assert figure.layout.paper_bgcolor is None
        assert figure.layout.template.layout.paper_bgcolor == "rgba(0,0,0,0)"
        assert figure.layout.separators == (",." if style.decimal_comma else ".,")
    assert len(draw(rows, style).data) > 0


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_without_rows_is_empty(name: str) -> None:
    draw, rows = FIGURES[name]
    nothing: tuple[Any, ...] = ([], pd.DataFrame(rows)[:0], pd.DataFrame())
    for given in nothing:
        figure = draw(given, Style())
        assert len(figure.data) == 0
        assert figure.layout.height < 200


@pytest.mark.parametrize("name", FIGURES)
def test_names_from_data_are_never_markup_nor_template(name: str) -> None:
    draw, rows = FIGURES[name]
    named = ("name", "label", "series", "donor", "quarter", "kind", "sector", "sector_a", "sector_b")
    # A code of the vocabulary stays, so that figures with series have them; another code is shown as it is.
    marked = [{k: MARKUP if k in named and v not in SECTORS else v for k, v in row.items()} for row in rows]
    found = as_json(draw(marked, Style()))
    identifiers = {row.get("organisation_id") for row in rows}
    assert not [text for text in strings(found) if "<a" in text and text not in identifiers]
    for trace in found["data"]:
        templates = [value for key, value in trace.items() if key.endswith("template")]
        assert not [text for text in strings(templates) if "example" in text]


def test_names_are_shown_as_they_are_in_a_real_browser_and_nothing_is_fetched(
    running_browser: Browser, tmp_path: Path
) -> None:
    asked: list[str] = []
    bars = plotted.bars([{"label": '<b>"A&B"</b>', "value": 1}], Style(), value_title="Jobs")
    world = FIGURES["world"][0](FIGURES["world"][1], Style())
    file = tmp_path / "figures.html"
    file.write_text(bars.to_html() + world.to_html(include_plotlyjs=False), encoding="utf-8")
    with running_browser.new_context() as window:
        page = window.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        page.wait_for_selector(".choroplethlayer path")
        assert page.locator(".ytick text").all_text_contents() == ['<b>"A&B"</b>']
        page.wait_for_timeout(200)
    assert asked == [file.as_uri()]


# --- words and numbers --------------------------------------------------------------------------------------------


def test_a_long_name_is_shortened_on_the_axis_and_whole_in_the_hover() -> None:
    name = "Netherlands Organisation for Applied Scientific Research TNO"
    figure = plotted.bars([{"label": name, "value": 1}], Style(), value_title="Jobs")
    tick = figure.layout.yaxis.ticktext[0].replace("<br>", " ")
    assert tick.endswith("…")
    assert len(tick) <= charts.MAX_TICK
    assert figure.data[0].hovertext == (name,)


def test_two_organisations_with_one_name_keep_their_own_bar_per_series() -> None:
    rows = [{"label": "Alpha", "value": value, "series": sector} for sector, value in (("ngo", 1), ("business", 2))]
    figure = plotted.bars(rows, Style(), value_title="Jobs", series_labels=SECTORS)
    assert [trace.name for trace in figure.data] == ["NGOs", "Business"]
    assert [list(trace.y) for trace in figure.data] == [[0], [0]]


@pytest.mark.parametrize(("series", "stacked"), [(1, False), (3, False), (3, True)])
def test_bars_are_at_least_24_pixels_high(series: int, stacked: bool) -> None:
    rows = [{"label": str(i), "value": i, "series": s} for i in range(10) for s in list(SECTORS)[:series]]
    figure = plotted.bars(rows, Style(), value_title="Jobs", series_labels=SECTORS, stacked=stacked)
    legend = charts._legend(series)
    room = figure.layout.height - legend - 70  # 70: the axis and its title
    assert room / 10 * (1 - charts.BAR_GAP) / (1 if stacked else series) >= 24


def test_a_missing_value_is_a_word_not_a_bar_of_zero() -> None:
    rows = [{"label": "Alpha", "value": 3}, {"label": "Beta", "value": None}]
    bars, words = plotted.bars(rows, Style(), value_title="Jobs", unknown="not known").data
    assert list(bars.x) == [3.0, None]
    assert (list(words.text), list(words.y)) == (["not known"], [1])


def test_changes_have_no_minus_sign() -> None:
    draw, rows = FIGURES["changes"]
    figure = draw(rows, Style())
    assert min(figure.data[1].y) == -38
    assert not [text for text in figure.layout.yaxis.ticktext if "-" in text or "−" in text]


def test_events_up_to_the_as_of_date_are_past_and_those_after_it_planned() -> None:
    draw, rows = FIGURES["timeline"]
    past, planned = draw(rows, Style()).data
    assert (list(past.customdata), list(planned.customdata)) == (["e1", "e2"], ["e3"])
    assert past.y[0] != past.y[1]  # the same day: one above the other
    assert past.hovertext[1] == "<b>Talk</b><br>1 Jan 2020 – 2 Jan 2020"


def test_targets_and_events_are_named_beside_their_marks() -> None:
    figure = plotted.lines(
        [{"series": "Density", "date": "2020-01-01", "value": 0.1}],
        Style(decimal_comma=True),
        y_title="Density",
        targets=[{"date": "2022-01-01", "value": 0.2, "note": None}],
        target="Target",
        events=[{"date": "2020-02-01", "name": "Plenary"}],
        event="Event",
    )
    assert [trace.name for trace in figure.data if trace.showlegend] == []
    assert [(name.text, name.x) for name in figure.layout.annotations] == [
        ("Target", "2022-01-01"),
        ("Event", "2020-02-01"),
    ]
    assert "%d-%m-%Y" in figure.data[0].hovertemplate


def test_quotients_without_a_value_stand_muted_at_one() -> None:
    draw, rows = FIGURES["quotients"]
    _line, _stems, dots, muted = draw(rows, Style()).data
    assert list(dots.customdata) == [2.5, 0.5, 0.0, None, 1.0]
    assert dots.x[2] > 0  # zero has no place on a doubling axis: it stands at the edge, its number says 0
    assert (list(muted.x), list(muted.y), list(muted.text)) == ([1], [3], ["too few"])


def test_the_quadrant_shades_its_corner_and_tells_the_two_kinds_apart_by_shape() -> None:
    draw, rows = FIGURES["quadrant"]
    figure = draw(rows, Style())
    corner = figure.layout.shapes[0]
    assert (corner.x0, corner.y0) == (0.5, pytest.approx(0.2**0.5))
    marks = {trace.name: trace for trace in figure.data if trace.mode == "markers"}
    assert {name: trace.marker.symbol for name, trace in marks.items()} == {"at risk": "diamond", "not": "circle"}
    assert marks["at risk"].customdata == (["a", 0.3],)
    assert [trace.text for trace in figure.data if trace.mode == "text"] == [("Alpha",)]


def test_a_flow_keeps_the_largest_donors_and_all_the_money() -> None:
    draw, rows = FIGURES["flow"]
    figure = draw(rows, Style()).data[0]
    assert len(figure.node.label) == 10 + 1 + 1  # donors, others, one sector
    assert "Others" in figure.node.label
    assert math.isclose(sum(figure.link.value), sum(row["amount_eur"] for row in rows))


# --- the network --------------------------------------------------------------------------------------------------


def test_a_drawing_of_many_ties_is_cut_and_everybody_keeps_one() -> None:
    ids = [f"o{i:03}" for i in range(100)]
    nodes = [
        {"organisation_id": i, "name": i, "sector": "ngo", "x": n, "y": n % 7, "degree": 99} for n, i in enumerate(ids)
    ]
    pairs = itertools.combinations(ids, 2)
    ties = pd.DataFrame(
        [{"organisation_a": a, "organisation_b": b, "is_cross_sector": (n % 3) == 0} for n, (a, b) in enumerate(pairs)]
    )
    drawn = charts.ties_to_draw(ties)
    assert len(ties) == 4950
    assert len(drawn) == charts.MAX_TIES
    assert set(drawn["organisation_a"]) | set(drawn["organisation_b"]) == set(ids)
    figure = plotted.network(nodes, ties, Style(), sector_labels=SECTORS, partners="p", within="in", across="to")
    lines = [trace for trace in figure.data if trace.mode == "lines"]
    assert sum(len(unpacked(trace.x)) for trace in lines) == 3 * charts.MAX_TIES
    assert all(trace.type == "scatter" for trace in figure.data)


def test_few_ties_are_all_drawn_and_ties_of_organisations_outside_the_drawing_are_not() -> None:
    assert len(charts.ties_to_draw(pd.DataFrame(TIES))) == 2
    draw, rows = FIGURES["network"]
    lines = [trace for trace in draw(rows[:2], Style()).data if trace.mode == "lines"]
    (line,) = lines
    xs = unpacked(line.x)
    assert xs[:2] == [0.0, 1.0]
    assert pd.isna(xs[2])  # the gap before the next tie


def test_a_mark_says_its_organisation_and_sectors_differ_by_symbol_too() -> None:
    draw, rows = FIGURES["network"]
    marks = [trace for trace in draw(rows, Style()).data if trace.mode == "markers"]
    assert [list(trace.customdata) for trace in marks] == [["a"], ["b"], ["c"]]
    assert len({trace.marker.symbol for trace in marks}) == 3
    assert marks[0].hovertext == ("<b>Alpha</b><br>NGOs<br>2 partners",)


def test_names_of_events_are_whole_and_keep_off_the_line_of_the_day_and_the_ends() -> None:
    long = "A meeting with a name that no two lines hold, however they are parted"
    days = (
        ("First", "2020-01-01"), ("Plenary lunch of the whole town", "2020-05-01"), (long, "2020-09-01"),
        ("Near the line", "2020-12-20"), ("Planned", "2021-06-01"),
    )  # fmt: skip
    rows = [
        {"event_id": name, "name": name, "start_date": day, "end_date": day, "kind": "network", "organisations": 9}
        for name, day in days
    ]
    figure = plotted.timeline(
        rows, Style(), as_of="2020-12-31", as_of_label="As of", kind_labels={}, past="Past", planned="Planned"
    )
    named = [one.text for one in figure.layout.annotations if one.name == charts.ONLY_WHERE_WIDE]
    assert named == ["Plenary lunch of<br>the whole town"]


@pytest.mark.parametrize(("across", "width", "largest"), [(500, 640.0, 12), (200, 276.0, 8)])
def test_marks_make_room_for_names_that_lie_on_nothing(across: int, width: float, largest: int) -> None:
    """A crowd: the names that are said to be free are, whatever is drawn, and nobody far from a name has moved.

    On a phone too, and whoever is named first is named.
    """
    lot = random.Random(5)
    marks = tuple((lot.uniform(0, across), lot.uniform(0, 400), lot.uniform(3, largest)) for _ in range(120))
    names = tuple((place, 120.0) for place in range(12))
    stand, sides = charts.room_for_names(marks, names, width)
    without_moving = charts.free_names(marks, dict(names), width, dict.fromkeys(range(12), charts.SIDES))
    assert len(sides) > len(without_moving)
    assert {0, 1, 2} <= sides.keys()
    boxes = []
    for place, side in sides.items():
        (x, y), beside = stand[place], marks[place][2]
        left = {"right": x + beside, "left": x - beside - 120}.get(side, x - 60)
        top = {"top": y - beside - 14, "bottom": y + beside}.get(side, y - 7)
        boxes.append((left, top, left + 120, top + 14))
        for other, ((a, b), mark) in enumerate(zip(stand, marks, strict=True)):
            across, up = max(left - a, 0, a - left - 120), max(top - b, 0, b - top - 14)
            assert other == place or math.hypot(across, up) > mark[2] - 4, (place, other)
    for one, other in itertools.combinations(boxes, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    assert max(math.dist(at, mark[:2]) for at, mark in zip(stand, marks, strict=True)) < 60
    alone = ((0.0, 0.0, 5.0), (300.0, 300.0, 5.0))
    assert charts.room_for_names(alone, ((0, 50.0),), 640.0) == ([(0.0, 0.0), (300.0, 300.0)], {0: "right"})


# --- the matrix and the map ---------------------------------------------------------------------------------------


def test_cells_without_a_ratio_are_marked_and_numbers_can_be_read_on_their_colour() -> None:
    ratios = [2**power for power in (-4, -3, -2.5, -2, -1.5, -1, -0.7, -0.5, 0, 0.5, 0.7, 1, 1.5, 2, 2.5, 3, 4)]
    cell = {"sector_a": "x", "ties": 1, "expected": 1, "is_clear": True}
    rows: list[dict[str, Any]] = [{**cell, "sector_b": f"y{i}", "ratio": r} for i, r in enumerate(ratios)]
    for style in (Style(), Style(dark=True)):
        heat, numbers = plotted.matrix(
            rows, style, sector_labels={}, ratio="Ratio", ties="ties", expected="expected", undefined="n/a"
        ).data
        assert numbers.texttemplate[0] == "–"
        assert "n/a" in numbers.hovertemplate[0]
        assert heat.z[0][0] is None
        scale = [colour for _place, colour in heat.colorscale]
        for shade, ink in zip(itertools.chain(*heat.z), numbers.textfont.color, strict=True):
            if shade is not None:
                assert charts.contrast(charts._between(scale, (shade + 3) / 6), ink) >= 4.5


def test_chance_is_the_middle_of_the_scale_and_half_is_as_far_as_twice() -> None:
    draw, rows = FIGURES["matrix"]
    heat = draw(
        [{**rows[1], "ratio": r, "sector_b": b} for r, b in ((1.0, "a"), (0.5, "b"), (2.0, "c"))], Style()
    ).data[0]
    shades = [shade for shade in heat.z[0] if shade is not None]
    assert shades == [0.0, -1.0, 1.0]
    assert (heat.zmin, heat.zmax) == (-3, 3)


def test_what_may_be_chance_has_a_number_and_no_colour() -> None:
    draw, rows = FIGURES["matrix"]
    heat, numbers = draw(
        [{**rows[1], "is_clear": clear, "sector_b": b} for clear, b in ((True, "a"), (False, "b"))], Style()
    ).data
    assert sorted(shade for shade in itertools.chain(*heat.z) if shade is not None) == [1.0, 1.0]  # once on each side
    assert sum(written != "–" for written in numbers.texttemplate) == 4


def test_the_map_is_our_own_small_and_complete_enough() -> None:
    file = Path(charts.__file__).parent / "world.geojson"
    features = json.loads(file.read_text(encoding="utf-8"))["features"]
    assert file.stat().st_size < 300_000
    ids = [feature["id"] for feature in features]
    assert len(set(ids)) == len(ids)
    assert "AQ" not in ids
    assert [i for i in ids if len(i) != 2] == ["N. Cyprus", "Somaliland"]
    assert charts.undrawable(["NL", "MT", "SG", "XK", "PS", "US", "AQ", "EL", "AQ"]) == ["AQ", "EL"]


def test_outer_rings_are_clockwise_or_a_country_would_flood_the_map() -> None:
    for feature in charts._world().values():
        if feature["geometry"]["type"] == "MultiPolygon":
            for ring in (polygon[0] for polygon in feature["geometry"]["coordinates"]):
                assert ring[0] == ring[-1]
                assert sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(ring)) < 0


def test_the_map_has_no_base_layer_and_begins_with_points_so_that_nothing_is_fetched() -> None:
    draw, rows = FIGURES["world"]
    figure = draw(rows, Style())
    assert figure.layout.geo.visible is False
    shown = [key for key, value in figure.layout.geo.to_plotly_json().items() if key.startswith("show") and value]
    assert not shown
    assert figure.data[0].type == "scattergeo"
    assert len(figure.data[0].lon) > 0
    plain, coloured = (trace for trace in figure.data if trace.type == "choropleth")
    assert list(coloured.locations) == ["NL"]
    assert {"FR", "RU"} <= set(plain.locations)
    assert "NL" not in plain.locations
    assert list(figure.data[-1].customdata) == [3]  # Malta is a dot


# --- colours ------------------------------------------------------------------------------------------------------

# Machado, Oliveira & Fernandes 2009, severity 1, on linear RGB.
VISION = {
    "full": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
}


def lab(colour: str, seen: tuple[tuple[float, ...], ...]) -> tuple[float, float, float]:
    """CIELAB (D65) of a colour as somebody with that vision sees it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    red, green, blue = (min(max(sum(a * b for a, b in zip(row, linear, strict=True)), 0), 1) for row in seen)
    xyz = (
        (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047,
        0.2126729 * red + 0.7151522 * green + 0.0721750 * blue,
        (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883,
    )
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def ciede2000(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """The distance of two colours to the eye (Sharma, Wu & Dalal 2005)."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    grey = 1 + 0.5 * (1 - math.sqrt(mean**7 / (mean**7 + 25**7)))
    c1, c2 = math.hypot(a1 * grey, b1), math.hypot(a2 * grey, b2)
    h1, h2 = (math.degrees(math.atan2(b, a * grey)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    lightness, chroma = (l1 + l2) / 2 - 50, (c1 + c2) / 2
    hue = (h1 + turn / 2) % 360 if c1 * c2 else h1 + h2
    t = 1 - 0.17 * cos(hue - 30) + 0.24 * cos(2 * hue) + 0.32 * cos(3 * hue + 6) - 0.20 * cos(4 * hue - 63)
    light = (l2 - l1) / (1 + 0.015 * lightness**2 / math.sqrt(20 + lightness**2))
    colour = (c2 - c1) / (1 + 0.045 * chroma)
    shift = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2)) / (1 + 0.015 * chroma * t)
    angle = 60 * math.exp(-(((hue - 275) / 25) ** 2))
    rotation = -2 * math.sqrt(chroma**7 / (chroma**7 + 25**7)) * math.sin(math.radians(angle))
    return math.sqrt(light**2 + colour**2 + shift**2 + rotation * colour * shift)


def cos(degrees: float) -> float:
    return math.cos(math.radians(degrees))


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_distance_of_colours_is_that_of_its_authors_table(one: Any, other: Any, distance: float) -> None:
    assert ciede2000(one, other) == pytest.approx(distance, abs=1e-4)


@pytest.mark.parametrize("seen", VISION)
@pytest.mark.parametrize("dark", [False, True])
def test_sectors_and_categories_can_be_told_apart_by_the_colour_blind(dark: bool, seen: str) -> None:
    all_sectors = [*charts.SECTOR_COLOURS, "first further", "second further", "third further"]
    for colours, least in (
        (charts.sector_colours(charts.SECTOR_COLOURS, Style(dark)), 12),
        (charts.category_colours(charts.CATEGORY_COLOURS, Style(dark)), 12),
        (charts.sector_colours(all_sectors, Style(dark)), 9),
    ):
        seen_as = [lab(colour, VISION[seen]) for colour in colours.values()]
        assert min(ciede2000(*pair) for pair in itertools.combinations(seen_as, 2)) >= least - 0.1


@pytest.mark.parametrize("dark", [False, True])
def test_colours_have_enough_contrast_with_the_page(dark: bool) -> None:
    ink = Style(dark).ink
    pairs = [*charts.SECTOR_COLOURS.values(), *charts.FALLBACK_COLOURS, *charts.CATEGORY_COLOURS.values()]
    marks = [pair[dark] for pair in pairs] + [ink.mark, ink.accent, ink.second, *charts._SEQUENTIAL[dark]]
    for background in BACKGROUNDS[dark]:
        assert not [text for text in (ink.text, ink.muted) if charts.contrast(text, background) < 4.5]
        assert not [mark for mark in marks if charts.contrast(mark, background) < 3]


def test_a_sector_of_ones_own_gets_a_colour_of_its_own_that_does_not_move_the_others() -> None:
    own = charts.sector_colours(["ngo", "guild", "church"], Style())
    assert own["ngo"] == charts.SECTOR_COLOURS["ngo"][0]
    assert len(set(own.values())) == 3
    assert len(set(charts.sector_colours([f"own {i}" for i in range(12)], Style()).values())) == 12


def test_two_bars_that_are_called_the_same_are_two_bars() -> None:
    rows = [{"label": "Ministry", "value": 3}, {"label": "Ministry", "value": 5}]
    figure = plotted.bars(rows, charts.Style(), value_title="Euro")
    assert list(figure.data[0].y) == [0, 1]
    assert list(figure.layout.yaxis.ticktext) == ["Ministry", "Ministry"]


def test_notes_and_events_are_marked_along_the_foot_as_they_are_written() -> None:
    rows = [
        {"series": "Ties", "date": "2020-01-01", "value": 1.0},
        {"series": "Ties", "date": "2020-06-30", "value": 2.0},
    ]
    marked = {"events": [{"date": "2020-02-01", "name": "<b>Day</b>"}], "event": "Events"}
    pinned = {"notes": [{"date": "2020-03-01", "name": "Council"}], "note": "Notes"}
    figure = plotted.lines(rows, charts.Style(), y_title="Ties", **marked, **pinned)
    assert [trace.name for trace in figure.data] == ["Ties", "Events", "Notes"]
    assert figure.data[1].hovertext == ("&lt;b&gt;Day&lt;/b&gt;",)
    assert list(figure.data[2].x) == ["2020-03-01"]
    assert len({trace.marker.symbol for trace in figure.data[1:]}) == 2
    assert {name.text for name in figure.layout.annotations} == {"Events", "Notes"}


def test_a_few_lines_are_named_where_they_end_and_never_over_one_another() -> None:
    def drawn(count: int) -> Any:
        rows = [{"series": f"Line {n}", "date": f"202{n % 2}-01-01", "value": 0.5} for n in range(count)]
        return plotted.lines(rows, charts.Style(), y_title="Share", value_format="share")

    few, many = drawn(4), drawn(5)
    places = sorted(name.yshift for name in few.layout.annotations)
    assert [name.text for name in few.layout.annotations] == ["Line 0", "Line 1", "Line 2", "Line 3"]
    assert all(after - before >= 15 for before, after in itertools.pairwise(places))
    assert not any(trace.showlegend for trace in few.data)
    assert all(trace.showlegend for trace in many.data)
    names, days = ("A name of three long lines", "Short"), ("2020-01-01", "2021-01-01")
    long = [{"series": name, "date": day, "value": 1.0} for name in names for day in days]
    high, low = sorted(plotted.lines(long, charts.Style(), y_title="").layout.annotations, key=lambda one: -one.yshift)
    assert high.yshift - low.yshift >= 8 * (high.text.count("<br>") + low.text.count("<br>") + 2)


def test_a_name_behind_a_line_does_not_stretch_the_axis() -> None:
    rows = [{"series": "Partners", "date": f"202{year}-01-01", "value": year} for year in range(5)]
    aims = [{"date": "2028-01-01", "value": 9, "note": None}]
    first, last = plotted.lines(rows, charts.Style(), y_title="", targets=aims, target="Target").layout.xaxis.range
    assert ("2019-06" < first < "2020-01-01", "2028-01-01" < last < "2028-07") == (True, True)


def test_parts_of_upright_bars_are_named_beside_the_last_one() -> None:
    rows = [
        {"label": str(year), "series": kind, "value": amount}
        for year in (2020, 2021)
        for kind, amount in (("a", 90.0), ("b", 0.1), ("c", 0.1))
    ]
    words = {"a": "Grants", "b": "Gifts", "c": "Rent"}
    figure = plotted.bars(rows, charts.Style(), value_title="", series_labels=words, horizontal=False, stacked=True)
    names = figure.layout.annotations
    squares = [f'<span style="color:{bar.marker.color}">■</span> ' for bar in figure.data]
    assert [name.text for name in names] == [
        square + name for square, name in zip(squares, ("Grants", "Gifts", "Rent"), strict=True)
    ]
    assert [name.y for name in names] == pytest.approx([45, 90.05, 90.15])
    assert names[2].y / 90.2 * 290 + names[2].yshift - names[1].y / 90.2 * 290 - names[1].yshift >= 15 - 1e-9
    assert not any(trace.showlegend for trace in figure.data)


def test_bars_of_a_scale_begin_at_its_lowest_value() -> None:
    figure = plotted.bars(
        [{"label": "Ngo's", "value": 3.5}], charts.Style(), value_title="", value_format="number", scale=(1, 5)
    )
    assert (list(figure.layout.xaxis.range), list(figure.layout.xaxis.tickvals)) == ([1, 5], [1, 2, 3, 4, 5])


def test_a_curve_of_many_steps_is_as_small_as_one_of_few_and_looks_the_same() -> None:
    """Pages are as large as what can be seen on them, whatever the data."""
    many = 20_000
    left = [1 - n / (many + 7) for n in range(many)]
    rows = [
        {"series": name, "years": n / 500, "survival": at, "low": at * 0.99, "high": min(1, at * 1.01)}
        for name in ("Structural", "Project")
        for n, at in enumerate(left)
    ]
    figure = charts.survival(rows, Style(), x_title="years", y_title="Ties left")
    assert len(charts.as_json(figure)) < 150_000
    for line in (trace for trace in figure["data"] if "hovertemplate" in trace):
        assert (line["x"][0], line["y"][0]) == (0, 1)
        assert (line["x"][-1], line["y"][-1]) == (rows[-1]["years"], left[-1])
        for n in range(0, many, 501):
            drawn = line["y"][max(at for at, years in enumerate(line["x"]) if years <= n / 500)]
            assert abs(drawn - left[n]) <= 1.5 / charts.MAX_STEPS


def test_a_small_drawing_of_many_organisations_shows_those_with_most_partners() -> None:
    nodes = pd.DataFrame(
        [
            {
                "organisation_id": str(n),
                "name": f"Organisation {n}",
                "sector": "ngo",
                "x": n % 90,
                "y": n // 90,
                "degree": n,
            }
            for n in range(9000)
        ]
    )
    marks = charts.marks_to_draw(nodes)
    assert sorted(marks["degree"]) == list(range(9000 - charts.MAX_MARKS, 9000))
    assert charts.marks_to_draw(nodes.head(charts.MAX_MARKS)).equals(nodes.head(charts.MAX_MARKS))
    ties = pd.DataFrame(
        [
            {"organisation_a": str(8999 - n), "organisation_b": str(8998 - n), "is_cross_sector": n % 2 == 0}
            for n in range(1990)
        ]
    )
    words = {"partners": "partners", "within": "in", "across": "to", "sector_labels": SECTORS}
    assert len(charts.as_json(charts.network(marks, ties, Style(), **words))) < 400_000


@pytest.mark.parametrize(("marked", "anchor"), [("2020-02-01", "left"), ("2020-12-20", "right")])
def test_the_name_of_marks_at_the_foot_stays_inside(marked: str, anchor: str) -> None:
    rows = [{"date": "2020-01-01", "value": 1.0}, {"date": "2020-12-31", "value": 2.0}]
    events = [{"date": marked, "name": "Lunch"}]
    figure = plotted.lines(rows, Style(), y_title="", events=events, event="Largest events")
    (name,) = figure.layout.annotations
    assert (name.text, name.xanchor, name.x) == ("Largest events", anchor, marked)
