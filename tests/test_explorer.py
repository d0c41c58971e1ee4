"""The explorer: what its picture holds, and what it says of a day, a circle, a tie and a group, counted by hand."""

import datetime
import json

import pandas as pd
import pytest
from conftest import table

from hubdata import charts, explorer, questions, store
from hubdata.charts import Style
from hubdata.settings import Settings

DAY = datetime.date(2020, 6, 30)
ATTACK = "<img src=x onerror=alert(1)> {b} $& {@value}"

# a === b   a and b since 2015 (peace, close), with one meeting in 2019; b - c in 2016 only; b - d since 2018, long silent;
# c === d   c and d since 2020-06-01 (justice); e has nobody and nobody had it.
ORGANISATIONS = [
    {"organisation_id": "a", "name": "Anna", "sector": "ngo", "themes": ["peace"]},
    {"organisation_id": "b", "name": "Beta", "sector": "business", "themes": ["peace"]},
    {"organisation_id": "c", "name": "Cora", "sector": "ngo", "themes": ["justice"]},
    {"organisation_id": "d", "name": "Dora", "sector": "ngo", "themes": ["justice"]},
    {"organisation_id": "e", "name": ATTACK, "sector": "other", "themes": None},
]
PARTNERSHIPS = [
    {"partnership_id": "ab", "name": "Pact", "start_date": datetime.date(2015, 1, 1), "intensity": "coordination",
     "themes": ["peace"]},
    {"partnership_id": "bc", "name": "Once", "start_date": datetime.date(2016, 1, 1), "end_date": datetime.date(2016, 12, 31)},
    {"partnership_id": "bd", "name": "Quiet", "start_date": datetime.date(2018, 1, 1)},
    {"partnership_id": "cd", "name": "New", "start_date": datetime.date(2020, 6, 1), "themes": ["justice"]},
]  # fmt: skip
EVENTS = [
    {"event_id": "lunch", "name": "Lunch", "kind": "network", "start_date": datetime.date(2019, 12, 1)},
]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> store.Snapshot:
    home = tmp_path_factory.mktemp("explorer")
    went = [{"event_id": "lunch", "organisation_id": one, "status": "attended"} for one in "ab"]
    drafted = {
        "organisations": ORGANISATIONS,
        "partnerships": [{**row, "organisation_ids": list(str(row["partnership_id"]))} for row in PARTNERSHIPS],
        "events": EVENTS,
        "attendance": went,
    }
    tables = {name: table(name, rows) for name, rows in drafted.items()}
    manifest = store.publish(home, tables, origin="own", based_on=None)
    return store.open_snapshot(home, manifest.id)


VIEW = store.View(DAY)
SETTINGS = Settings()


def pairs(ties: pd.DataFrame) -> set[str]:
    return set(ties["organisation_a"] + ties["organisation_b"])


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({}, {"ab", "bd", "cd"}),
        ({"shown": "across"}, {"ab", "bd"}),
        ({"shown": "fading"}, {"bd"}),
        ({"theme": "justice"}, {"cd"}),
        ({"theme": "nothing"}, set()),
        ({"strength": "coordination"}, {"ab"}),
        ({"day": datetime.date(2016, 6, 30)}, {"ab", "bc"}),
        ({"day": datetime.date(2014, 6, 30)}, set()),
    ],
)
def test_what_is_shown_on_a_day(snapshot: store.Snapshot, chosen: dict[str, object], expected: set[str]) -> None:
    how = {"day": DAY, "shown": "all", "theme": "", "strength": ""} | chosen
    moment = questions.answer_moment(snapshot, SETTINGS, VIEW, *how.values())  # type: ignore[arg-type]
    assert pairs(moment.ties) == expected
    ends = "".join(sorted(expected))
    degrees = dict(zip(moment.organisations["organisation_id"], moment.organisations["degree"], strict=True))
    assert degrees == {one: ends.count(one) for one in degrees}


def test_everybody_stands_where_they_stood(snapshot: store.Snapshot) -> None:
    """Whatever is shown, on whatever day: a mark does not move."""
    seen: dict[str, set[tuple[float, float]]] = {}
    for day in (datetime.date(2016, 6, 30), DAY):
        for shown in ("all", "across", "fading"):
            moment = questions.answer_moment(snapshot, SETTINGS, VIEW, day, shown, "", "")
            for row in moment.organisations.itertuples():
                seen.setdefault(row.organisation_id, set()).add((row.x, row.y))
    assert {one: len(places) for one, places in seen.items()} == dict.fromkeys("abcde", 1)


def test_a_circle_has_who_is_there_and_who_was(snapshot: store.Snapshot) -> None:
    circle = questions.answer_circle(snapshot, SETTINGS, VIEW, "b")
    assert circle
    assert {partner["name"] for partner in circle["ties"]} == {"Anna", "Dora"}
    assert [partner["name"] for partner in circle["former"]] == ["Cora"]
    alone = questions.answer_circle(snapshot, SETTINGS, VIEW, "e")
    assert alone
    assert (alone["ties"], alone["former"]) == ([], [])
    assert questions.answer_circle(snapshot, SETTINGS, VIEW, "nobody") is None


def test_a_tie_tells_its_history(snapshot: store.Snapshot) -> None:
    tie = questions.answer_tie(snapshot, SETTINGS, VIEW, "b", "a")
    assert tie
    assert (tie["organisation_a"], tie["name_b"], tie["is_cross_sector"]) == ("a", "Beta", True)
    assert [agreement["name"] for agreement in tie["partnerships"]] == ["Pact"]
    assert [event["name"] for event in tie["events"]] == ["Lunch"]
    assert tie["last_sign_date"] == datetime.date(2019, 12, 1)
    assert not tie["is_fading"]
    over = questions.answer_tie(snapshot, SETTINGS, VIEW, "c", "b")
    assert over
    assert (over["started_on"], over["last_sign_date"]) == (None, datetime.date(2016, 1, 1))
    assert questions.answer_tie(snapshot, SETTINGS, VIEW, "a", "e") is None


def option(snapshot: store.Snapshot, **chosen: object) -> explorer.Option:
    moment = questions.answer_moment(snapshot, SETTINGS, VIEW, DAY, "all", "", "")
    return explorer.graph(
        moment.organisations.assign(said="said"),
        moment.ties.assign(said="said"),
        Style(dark=False, decimal_comma=True),
        sector_labels={"ngo": "NGOs", "business": "Business"},
        words=explorer.Words("picture", "save", "whole"),
        extent=(-1, -1, 1, 1),
        **chosen,  # type: ignore[arg-type]
    )


def test_the_picture_holds_every_mark_and_line_once(snapshot: store.Snapshot) -> None:
    series = option(snapshot)["series"][0]
    marks = [node for node in series["data"] if node["name"]]
    assert [node["id"] for node in marks] == list("abcde")
    assert {line["source"] + line["target"] for line in series["links"]} == {"ab", "bd", "cd"}
    dashed = {line["source"] + line["target"] for line in series["links"] if line.get("lineStyle", {}).get("type")}
    assert dashed == {"bd"}
    colours = {
        line["source"] + line["target"]: {**series["lineStyle"], **line.get("lineStyle", {})}["color"]
        for line in series["links"]
    }
    ink = Style(dark=False).ink
    ties = questions.answer_moment(snapshot, SETTINGS, VIEW, DAY, "all", "", "").ties
    kinds = {tie.organisation_a + tie.organisation_b: bool(tie.is_cross_sector) for tie in ties.itertuples()}
    assert set(kinds.values()) == {True, False}
    assert colours == {ends: ink.accent if is_across else ink.mark for ends, is_across in kinds.items()}
    sizes = {node["id"]: node["symbolSize"] for node in marks}
    assert sizes["b"] == sizes["d"] > sizes["a"] == sizes["c"] > sizes["e"]
    assert series["preserveAspect"] is True


def test_names_stand_where_they_have_room_on_every_day(snapshot: store.Snapshot) -> None:
    layout = questions.answer_layout(snapshot, SETTINGS, VIEW)
    places = questions.answer_places(snapshot, SETTINGS, VIEW)
    style = Style(dark=False, decimal_comma=True)
    roomy = explorer.with_room_for_names(places, layout, style)
    sides = dict(zip(roomy["organisation_id"], roomy["side"], strict=True))
    assert sides["e"] == ""  # without a partner
    assert {sides[one] for one in "abcd"} <= {"right", "left", "top", "bottom"}
    moment = questions.answer_moment(snapshot, SETTINGS, VIEW, DAY, "all", "", "")
    named = explorer.graph(
        moment.organisations.drop(columns=["x", "y"]).merge(roomy, on="organisation_id").assign(said=""),
        moment.ties.assign(said=""),
        style,
        sector_labels={},
        words=explorer.Words("", "", ""),
        extent=(-1, -1, 1, 1),
    )
    labels = {node["id"]: node["label"] for node in named["series"][0]["data"] if node["name"] and "label" in node}
    assert labels == {one: {"show": True, "position": sides[one]} for one in "abcd"}


def test_who_is_chosen_stands_out(snapshot: store.Snapshot) -> None:
    series = option(snapshot, lit={"a", "b"}, lit_ties={("a", "b")})["series"][0]
    faded = {node["id"] for node in series["data"] if node["name"] and "itemStyle" in node}
    assert faded == set("cde")
    strong = {line["source"] + line["target"] for line in series["links"] if line["lineStyle"]["opacity"] > 0.5}
    assert strong == {"ab"}


def test_the_picture_is_json_without_templates_or_scripts(snapshot: store.Snapshot) -> None:
    written = option(snapshot)
    text = json.dumps(written, allow_nan=False)
    assert "formatter" not in text
    assert "function" not in text
    name = next(node["name"] for node in written["series"][0]["data"] if node["id"] == "e")
    assert name.replace("\N{WORD JOINER}", "") == ATTACK
    assert "{b}" not in name
    assert "$&" not in name


def test_more_ties_than_can_be_drawn_leave_the_backbone_and_what_is_chosen() -> None:
    many = 2500
    ends = pd.DataFrame({"organisation_a": [f"a{n:04}" for n in range(many)], "organisation_b": "b"})
    ties = ends.assign(smallest_partnership=2, is_structural=False, is_cross_sector=False)
    drawn = explorer.drawn_ties(ties, {("a2499", "b")})
    assert len(drawn) < many
    assert "a2499b" in pairs(drawn)
    assert len(explorer.drawn_ties(ties.head(10), {("a0001", "b")})) == 10
    marks = pd.DataFrame({"organisation_id": [f"a{n:04}" for n in range(many)], "degree": range(many)})
    some = explorer.drawn_marks(marks, {"a0001"})["organisation_id"].tolist()
    assert some == ["a0001", *(f"a{n:04}" for n in range(many - charts.MAX_MARKS, many))]
    assert explorer.drawn_marks(marks.head(10)).equals(marks.head(10))


def test_of_more_events_than_can_be_drawn_the_newest_are() -> None:
    days = pd.DataFrame({"start_date": pd.date_range("2000-01-01", periods=charts.MAX_MARKS + 5)})
    assert charts.newest(days, "start_date")["start_date"].min() == pd.Timestamp("2000-01-06")
    assert charts.newest(days.head(9), "start_date").equals(days.head(9))
