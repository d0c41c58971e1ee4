"""The views on partnerships: who is in view, pairs, spells and ties, on organisations a person can count."""

import datetime
import itertools
import json
import random
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import Rows, table

from hubdata import store
from hubdata.store import views

DAY = datetime.date(2020, 6, 30)


def date(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def organisation(organisation_id: str, sector: str = "ngo", **cells: Any) -> dict[str, Any]:
    return {"organisation_id": organisation_id, "name": organisation_id.upper(), "sector": sector, **cells}


def partnership(ids: str, start: str, end: str | None = None, **cells: Any) -> dict[str, Any]:
    """A partnership of the organisations a, b, ... from a first to a last day; its id is made of all that is given."""
    return {
        "partnership_id": "/".join(map(str, (ids, start, end, *cells.values()))),
        "organisation_ids": list(ids),
        "start_date": date(start),
        "end_date": date(end) if end else None,
        **cells,
    }


def event(event_id: str, start: str) -> dict[str, Any]:
    return {"event_id": event_id, "name": f"Event {event_id}", "start_date": date(start)}


def attendance(event_id: str, ids: str, **cells: Any) -> list[dict[str, Any]]:
    return [{"event_id": event_id, "organisation_id": organisation_id, **cells} for organisation_id in ids]


ABC = [organisation("a"), organisation("b"), organisation("c", "business")]


def pairs(frame: pd.DataFrame) -> list[str]:
    return sorted(a + b for a, b in zip(frame["organisation_a"], frame["organisation_b"], strict=True))


def periods(frame: pd.DataFrame) -> list[tuple[str, str, str | None]]:
    """Pair, first and last day of every row."""
    return sorted(
        (row.organisation_a + row.organisation_b, f"{row.started_on:%F}", None if pd.isna(end) else f"{end:%F}")
        for row in frame.itertuples()
        for end in [row.ended_on]
    )


# Who is in view


def in_view(rows: Rows, **view: Any) -> str:
    listed = [
        organisation("a", "ngo", themes=["peace", "water"]),
        organisation("b", "business", themes=["justice"]),
        organisation("c", "government", themes=["peace"], role="convenor"),
        organisation("d", "ngo"),
        organisation("e", "ngo", themes=[]),
    ]
    return "".join(sorted(rows("organisations_in_view", {"organisations": listed}, **view)["organisation_id"]))


def test_filters_decide_who_is_in_view(rows: Rows) -> None:
    assert in_view(rows) == "abcde"
    assert in_view(rows, with_convenor=False) == "abde"
    assert in_view(rows, sectors=("business", "government")) == "bc"
    assert in_view(rows, themes=("peace", "justice")) == "abc"
    assert in_view(rows, sectors=("ngo",), themes=("water",), with_convenor=False) == "a"
    assert in_view(rows, sectors=("funder",)) == ""


def test_active_from_the_day_of_joining_to_the_day_of_leaving(rows: Rows) -> None:
    listed = [
        organisation("a"),
        organisation("b", joined_on=DAY),
        organisation("c", joined_on=date("2020-07-01")),
        organisation("d", left_on=DAY),
        organisation("e", left_on=date("2020-06-29")),
    ]
    assert "".join(sorted(rows("active_organisations", {"organisations": listed})["organisation_id"])) == "abd"
    assert len(rows("organisations_in_view", {"organisations": listed})) == 5


def test_views_keep_the_columns_of_organisations(rows: Rows) -> None:
    for name in ("organisations_in_view", "active_organisations"):
        found = rows(name, {"organisations": [organisation("a", fte=2.5, themes=["peace"])]})
        assert found.columns[:3].tolist() == ["organisation_id", "name", "sector"]
        assert (found["fte"][0], list(found["themes"][0])) == (2.5, ["peace"])


# Pairs


def test_a_partnership_of_three_gives_three_pairs(rows: Rows) -> None:
    listed = [partnership("cab", "2020-01-01", intensity="integration", last_contact=date("2020-02-02"))]
    found = rows("partnership_pairs", {"organisations": ABC, "partnerships": listed})
    assert found.columns.tolist() == [
        "partnership_id",
        "organisation_a",
        "organisation_b",
        "started_on",
        "ended_on",
        "start_date",
        "last_contact",
        "first_recorded",
        "intensity",
        "is_structural",
        "organisation_count",
    ]
    assert pairs(found) == ["ab", "ac", "bc"]
    assert found["organisation_count"].tolist() == [3, 3, 3]
    assert found["is_structural"].all()


def test_naming_an_organisation_twice_makes_no_pair_with_itself(rows: Rows) -> None:
    found = rows("partnership_pairs", {"organisations": ABC, "partnerships": [partnership("aab", "2020-01-01")]})
    assert pairs(found) == ["ab"]
    assert found["organisation_count"].tolist() == [2]


def test_pairs_last_as_long_as_both_are_active(rows: Rows) -> None:
    listed = [
        organisation("a", joined_on=date("2020-02-01")),
        organisation("b", left_on=date("2020-04-30")),
        organisation("c", joined_on=date("2020-05-01")),
    ]
    found = rows("partnership_pairs", {"organisations": listed, "partnerships": [partnership("abc", "2020-01-01")]})
    assert periods(found) == [("ab", "2020-02-01", "2020-04-30"), ("ac", "2020-05-01", None)]  # b left before c came
    assert set(found["start_date"]) == {pd.Timestamp("2020-01-01")}


def test_a_filter_leaves_the_induced_network_and_the_size_of_the_consortium(rows: Rows) -> None:
    tables = {"organisations": ABC, "partnerships": [partnership("abc", "2020-01-01")]}
    found = rows("partnership_pairs", tables, sectors=("ngo",))
    assert (pairs(found), found["organisation_count"].tolist()) == (["ab"], [3])
    assert pairs(rows("ties", tables, sectors=("ngo",))) == ["ab"]
    assert pairs(rows("partnership_pairs", tables, sectors=("ngo",), max_consortium=2)) == []


def test_large_consortia_can_be_ignored(rows: Rows) -> None:
    listed = [partnership("abc", "2020-01-01"), partnership("ab", "2020-03-01")]
    tables = {"organisations": ABC, "partnerships": listed}
    assert pairs(rows("ties", tables, max_consortium=3)) == ["ab", "ac", "bc"]
    assert pairs(rows("ties", tables, max_consortium=2)) == ["ab"]
    assert periods(rows("tie_spells", tables, max_consortium=2)) == [("ab", "2020-03-01", None)]


# Spells


def spells(rows: Rows, *listed: dict[str, Any], **view: Any) -> pd.DataFrame:
    return rows("tie_spells", {"organisations": ABC, "partnerships": list(listed)}, **view)


def test_touching_and_overlapping_partnerships_are_one_spell(rows: Rows) -> None:
    found = spells(
        rows,
        partnership("ab", "2015-01-01", "2015-06-30"),
        partnership("ab", "2015-07-01", "2015-12-31"),  # the next day: the same spell
        partnership("ab", "2015-10-01", "2016-03-31"),
        partnership("ab", "2016-04-02", "2016-12-31"),  # one day without: a new spell
        partnership("bc", "2018-01-01", "2018-12-31"),
        partnership("bc", "2018-06-01"),
    )
    assert periods(found) == [
        ("ab", "2015-01-01", "2016-03-31"),
        ("ab", "2016-04-02", "2016-12-31"),
        ("bc", "2018-01-01", None),
    ]
    assert found.columns.tolist() == [
        "organisation_a",
        "organisation_b",
        "started_on",
        "ended_on",
        "first_recorded",
        "is_cross_sector",
        "is_structural",
        "began_structural",
        "first_partnership_ids",
    ]


def test_a_spell_says_how_and_with_which_agreement_it_began(rows: Rows) -> None:
    found = spells(
        rows,
        partnership("ab", "2015-01-01", "2015-12-31", partnership_id="ab1"),
        partnership("ab", "2015-06-01", "2019-12-31", partnership_id="ab2", intensity="integration"),  # became so
        partnership("ac", "2015-01-01", partnership_id="ac1"),
        partnership("ac", "2015-01-01", partnership_id="ac2", intensity="coordination"),  # the same day
        partnership("bc", "2015-01-01", "2015-12-31", partnership_id="bc1", intensity="coordination"),
        partnership("bc", "2017-01-01", partnership_id="bc2"),  # a second spell
    )
    columns = ["organisation_a", "organisation_b", "is_structural", "began_structural", "first_partnership_ids"]
    assert found[columns].values.tolist() == [
        ["a", "b", True, False, "ab1"],
        ["a", "c", True, True, "ac1 ac2"],
        ["b", "c", True, True, "bc1"],
        ["b", "c", False, False, "bc2"],
    ]


def test_a_short_partnership_inside_a_long_one_does_not_break_it(rows: Rows) -> None:
    found = spells(
        rows,
        partnership("ab", "2015-01-01", "2019-12-31"),
        partnership("ab", "2015-02-01", "2015-02-28"),
        partnership("ab", "2017-01-01", "2017-12-31"),
    )
    assert periods(found) == [("ab", "2015-01-01", "2019-12-31")]


def test_several_that_start_together_are_one_spell(rows: Rows) -> None:
    same = [partnership("ab", "2015-01-01", f"2015-0{month}-01") for month in (9, 3, 5, 7)]
    assert periods(spells(rows, *same)) == [("ab", "2015-01-01", "2015-09-01")]


def test_spells_cover_all_time_whatever_the_date(rows: Rows) -> None:
    listed = [partnership("ab", "2010-01-01", "2011-12-31"), partnership("ab", "2030-01-01")]
    assert len(spells(rows, *listed)) == 2


def test_a_spell_is_recorded_when_the_first_of_those_it_began_with_was(rows: Rows) -> None:
    def recorded(*days: str | None) -> list[dict[str, Any]]:
        """Partnerships that start together, recorded on these days."""
        return [
            partnership("ab", "2015-01-01", f"2016-0{i}-01", first_recorded=date(day) if day else None)
            for i, day in enumerate(days, start=1)
        ]

    def first(*listed: dict[str, Any]) -> pd.Timestamp | None:
        (day,) = spells(rows, *listed)["first_recorded"]
        return None if pd.isna(day) else day

    later = partnership("ab", "2015-06-01", "2017-01-01", first_recorded=date("2014-01-01"))
    assert first(*recorded("2015-03-01", "2015-02-01", "2015-04-01"), later) == pd.Timestamp("2015-02-01")
    assert first(*recorded(None, "2015-02-01"), later) == pd.Timestamp("2015-02-01")
    assert first(*recorded(None), later) is None


def test_spells_say_whether_they_cross_sectors_and_were_ever_structural(rows: Rows) -> None:
    found = spells(
        rows,
        partnership("ab", "2015-01-01", "2015-12-31", intensity="awareness"),
        partnership("ab", "2015-06-01", "2016-12-31", intensity="coordination"),
        partnership("ac", "2015-01-01", intensity="cooperation"),
    ).set_index("organisation_b")
    assert found["is_structural"].to_dict() == {"b": True, "c": False}
    assert found["is_cross_sector"].to_dict() == {"b": False, "c": True}


# Ties


def the_tie(rows: Rows, *listed: dict[str, Any], **tables: list[dict[str, Any]]) -> dict[str, Any]:
    found = rows("ties", {"organisations": ABC, "partnerships": list(listed), **tables})
    assert len(found) == 1
    return found.to_dict("records")[0]


def test_a_tie_runs_from_the_first_day_to_the_last(rows: Rows) -> None:
    tables = {"organisations": ABC, "partnerships": [partnership("ab", "2020-01-10", "2020-01-20")]}
    days = ("2020-01-09", "2020-01-10", "2020-01-20", "2020-01-21")
    assert [len(rows("ties", tables, as_of=date(day))) for day in days] == [0, 1, 1, 0]


def test_several_partnerships_are_one_tie(rows: Rows) -> None:
    found = the_tie(
        rows,
        partnership("ab", "2018-01-01", "2018-12-31", intensity="integration"),  # over
        partnership("ab", "2019-01-01"),
        partnership("ab", "2020-01-01", "2020-12-31", intensity="awareness"),
        partnership("abx", "2020-02-01"),
        partnership("ab", "2020-07-01", intensity="integration"),  # not yet
    )
    assert found["partnership_count"] == 3
    assert found["smallest_partnership"] == 2
    assert not found["is_structural"]
    assert found["started_on"] == pd.Timestamp("2018-01-01")
    assert (found["name_a"], found["name_b"], found["sector_a"], found["sector_b"]) == ("A", "B", "ngo", "ngo")


def test_columns_of_ties(rows: Rows) -> None:
    found = rows("ties", {"organisations": ABC, "partnerships": [partnership("ac", "2020-01-01")]})
    assert found.columns.tolist() == [
        "organisation_a",
        "organisation_b",
        "name_a",
        "name_b",
        "sector_a",
        "sector_b",
        "is_cross_sector",
        "is_structural",
        "partnership_count",
        "smallest_partnership",
        "started_on",
        "last_sign_date",
        "days_silent",
        "next_event_id",
        "next_event_name",
        "next_event_date",
    ]
    assert found["is_cross_sector"].tolist() == [True]


@pytest.mark.parametrize(
    ("intensity", "is_structural"),
    [("awareness", False), ("cooperation", False), ("coordination", True), ("integration", True)],
)
def test_the_strongest_active_partnership_decides_what_is_structural(
    rows: Rows, intensity: str, is_structural: bool
) -> None:
    listed = [partnership("ab", "2020-01-01", intensity="awareness")]
    listed.append(partnership("ab", "2020-02-01", intensity=intensity))
    assert the_tie(rows, *listed)["is_structural"] == is_structural


def test_the_last_sign_of_life_is_the_newest_of_all_that_is_known_by_then(rows: Rows) -> None:
    active = partnership("ab", "2015-01-01", last_contact=date("2015-05-05"))
    ended = partnership("ab", "2016-01-01", "2016-12-31", last_contact=date("2017-01-15"))
    assert the_tie(rows, active)["last_sign_date"] == pd.Timestamp("2015-05-05")
    assert the_tie(rows, partnership("ab", "2015-01-01"))["last_sign_date"] == pd.Timestamp("2015-01-01")
    # an ended partnership is a sign too, and so is its last contact; what lies in the future is not
    assert the_tie(rows, active, ended)["last_sign_date"] == pd.Timestamp("2017-01-15")
    future = partnership("ab", "2018-01-01", last_contact=date("2020-07-01"))
    found = the_tie(rows, active, ended, future, partnership("ab", "2020-07-01"))
    assert found["last_sign_date"] == pd.Timestamp("2018-01-01")
    assert found["days_silent"] == (DAY - date("2018-01-01")).days


def test_an_event_that_both_attended_is_a_sign_of_life(rows: Rows) -> None:
    def last_sign(*attending: list[dict[str, Any]]) -> str:
        events = [event("old", "2019-03-03"), event("today", "2020-06-30"), event("later", "2020-07-01")]
        found = the_tie(
            rows, partnership("ab", "2015-01-01"), events=events, attendance=list(itertools.chain(*attending))
        )
        return f"{found['last_sign_date']:%F}"

    assert last_sign(attendance("old", "ab")) == "2019-03-03"
    assert last_sign(attendance("old", "ac")) == "2015-01-01"
    assert last_sign(attendance("today", "ab")) == "2020-06-30"
    assert last_sign(attendance("later", "ab")) == "2015-01-01"
    # registered is not attended; twice in the list, as host and as speaker, is once
    assert last_sign(attendance("old", "ab"), attendance("today", "a", status="registered")) == "2019-03-03"
    only_registered = attendance("today", "a", status="registered")
    assert last_sign(attendance("old", "ab"), only_registered, attendance("today", "b")) == "2019-03-03"
    twice = attendance("today", "a", role="host") + attendance("today", "a", role="speaker", status="registered")
    assert last_sign(twice, attendance("today", "b")) == "2020-06-30"


def test_the_next_event_is_the_first_where_both_are_expected(rows: Rows) -> None:
    events = [event("past", "2020-06-30"), event("far", "2020-12-01"), event("near", "2020-07-01")]
    events += [event("alone", "2020-06-30"), event("same-day", "2020-07-01")]
    listed = [
        *attendance("past", "ab"),
        *attendance("far", "ab", status="registered"),
        *attendance("near", "ab", status="registered"),
        *attendance("near", "a", role="speaker"),
        *attendance("same-day", "ab"),
        *attendance("alone", "a"),
    ]
    found = the_tie(rows, partnership("ab", "2015-01-01"), events=events, attendance=listed)
    assert (found["next_event_id"], found["next_event_name"]) == ("near", "Event near")
    assert found["next_event_date"] == pd.Timestamp("2020-07-01")
    nothing = the_tie(rows, partnership("ab", "2015-01-01"), events=events, attendance=listed[:1])
    assert pd.isna(nothing["next_event_id"])
    assert pd.isna(nothing["next_event_date"])


def test_no_partnerships_no_ties(rows: Rows) -> None:
    for name in ("partnership_pairs", "tie_spells", "ties"):
        assert len(rows(name, {"organisations": ABC})) == 0


def largest_step(plan: dict[str, Any]) -> int:
    """The most rows that one step of a plan gave."""
    return max(plan.get("operator_cardinality", 0), *(largest_step(child) for child in plan["children"]), 0)


@pytest.mark.parametrize("view", ["ties", "event_outcomes"])
def test_who_hosts_everything_and_is_tied_to_all_does_not_multiply_rows(tmp_path: Path, view: str) -> None:
    count = 600
    ids = [f"o{number}" for number in range(count)]
    tables = {
        "organisations": [organisation("hub"), *map(organisation, ids)],
        "events": [event(f"e{number}", "2020-01-01") for number in range(count)],
        "attendance": [
            {"event_id": f"e{number}", "organisation_id": organisation_id}
            for number, guest in enumerate(ids)
            for organisation_id in ("hub", guest)
        ],
        "partnerships": [
            {"partnership_id": other, "organisation_ids": ["hub", other], "start_date": date("2019-01-01")}
            for other in ids
        ],
    }
    manifest = store.publish(tmp_path, {name: table(name, listed) for name, listed in tables.items()}, origin="own")
    snapshot = store.open_snapshot(tmp_path, manifest.id)
    found = snapshot.rows(view, store.View(DAY))
    if view == "ties":
        assert len(found) == count
        assert set(found["last_sign_date"]) == {pd.Timestamp("2020-01-01")}
    else:
        assert found["pairs"].sum() == count
        assert found["pairs_without_tie"].sum() == 0
    with snapshot._connection.cursor() as cursor:
        for variable, value in views.variables_of(store.View(DAY)).items():
            cursor.execute(f"SET VARIABLE {variable} = {value}")
        ((_, plan),) = cursor.execute(f"EXPLAIN (ANALYZE, FORMAT json) SELECT * FROM {view}").fetchall()
    assert 2 * count <= largest_step(json.loads(plan)) < 20 * count
    snapshot.close()


# Against counting day by day


@pytest.mark.parametrize("seed", range(6))
def test_spells_and_ties_against_counting_day_by_day(rows: Rows, seed: int) -> None:
    chance = random.Random(seed)
    first, span = date("2020-01-01"), 60

    def day(number: int) -> datetime.date:
        return first + datetime.timedelta(number)

    ids, listed, partnerships = "abcdef", [], []
    for name in ids:
        joined, left = chance.choice([None, chance.randrange(20)]), chance.choice([None, chance.randrange(30, span)])
        listed.append(
            organisation(
                name,
                chance.choice(["ngo", "business"]),
                joined_on=None if joined is None else day(joined),
                left_on=None if left is None else day(left),
            )
        )
    for i in range(25):
        start, length = chance.randrange(span - 5), chance.choice([None, 0, 3, 8, 15])
        partnerships.append(
            {
                "partnership_id": f"p{i}",
                "organisation_ids": chance.sample(ids, chance.choice([2, 2, 3, 4])),
                "start_date": day(start),
                "end_date": None if length is None else day(start + length),
                "intensity": chance.choice(["awareness", "cooperation", "coordination", "integration"]),
            }
        )
    tables = {"organisations": listed, "partnerships": partnerships}

    def is_active(cells: dict[str, Any], when: datetime.date, since: str, until: str) -> bool:
        return (cells[since] is None or cells[since] <= when) and (cells[until] is None or cells[until] >= when)

    def active_partnerships(a: str, b: str, when: datetime.date) -> list[dict[str, Any]]:
        ends = [cells for cells in listed if cells["organisation_id"] in (a, b)]
        if not all(is_active(cells, when, "joined_on", "left_on") for cells in ends):
            return []
        return [
            cells
            for cells in partnerships
            if {a, b} <= set(cells["organisation_ids"]) and is_active(cells, when, "start_date", "end_date")
        ]

    # far enough for everything that ends to have ended
    days = [day(number) for number in range(span + 20)]
    expected = []
    for a, b in itertools.combinations(ids, 2):
        running = [bool(active_partnerships(a, b, when)) for when in days]
        for is_tied, group in itertools.groupby(enumerate(running), key=lambda item: item[1]):
            numbers = [number for number, _ in group]
            if is_tied:
                is_open = numbers[-1] == len(days) - 1
                expected.append((a + b, f"{days[numbers[0]]:%F}", None if is_open else f"{days[numbers[-1]]:%F}"))
    assert periods(rows("tie_spells", tables)) == sorted(expected)

    for number in chance.sample(range(span), 3):
        found = rows("ties", tables, as_of=day(number))
        shared = {
            a + b: active
            for a, b in itertools.combinations(ids, 2)
            if (active := active_partnerships(a, b, day(number)))
        }
        assert pairs(found) == sorted(shared)
        for row in found.itertuples():
            active = shared[row.organisation_a + row.organisation_b]
            assert row.partnership_count == len(active)
            assert row.smallest_partnership == min(len(cells["organisation_ids"]) for cells in active)
            structural = {"coordination", "integration"}
            assert row.is_structural == any(cells["intensity"] in structural for cells in active)
            (current,) = (
                start
                for pair, start, end in expected
                if pair == row.organisation_a + row.organisation_b
                and start <= f"{day(number):%F}"
                and (end is None or end >= f"{day(number):%F}")
            )
            assert f"{row.started_on:%F}" == current


# The sample


def test_the_sample_has_the_ties_it_says(sample: Any) -> None:
    found = sample.rows("ties", as_of=DAY)
    assert len(found) == 289
    assert len(sample.rows("active_organisations", as_of=DAY)) == 166
    spells = sample.rows("tie_spells", as_of=DAY)
    assert spells[["organisation_a", "organisation_b"]].drop_duplicates().shape[0] == 574
    assert (found["organisation_a"] < found["organisation_b"]).all()
    assert not found.duplicated(["organisation_a", "organisation_b"]).any()
    assert (found["days_silent"] >= 0).all()
