"""Events: five organisations a person can count, and all pairs of a random ecosystem listed one by one."""

import csv
import datetime
import itertools
import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from conftest import SAMPLE, Rows

from hubdata.indicators import events, meeting

Tables = dict[str, list[dict[str, Any]]]
VIEWS = ("event_outcomes", "organisations_in_view", "tie_spells")


def organisation(organisation_id: str, sector: str, **cells: Any) -> dict[str, Any]:
    return {"organisation_id": organisation_id, "name": organisation_id.upper(), "sector": sector, **cells}


def partnership(ends: str, start: date, end: date | None = None, **cells: Any) -> dict[str, Any]:
    ids = {"partnership_id": f"{ends}-{start}", "organisation_ids": list(ends)}
    return ids | {"start_date": start, "end_date": end, "intensity": "cooperation", **cells}


def event(event_id: str, day: date, **cells: Any) -> dict[str, Any]:
    return {"event_id": event_id, "name": event_id, "start_date": day, **cells}


def attending(event_id: str, who: str, **cells: Any) -> list[dict[str, Any]]:
    return [{"event_id": event_id, "organisation_id": one, "status": "attended", **cells} for one in who]


# Two NGOs, two businesses and a ministry; a, b and c meet on 1 March. a and c had a tie already, a and b form one within
# the window, and so do d and e, who were not there.
FIVE: Tables = {
    "organisations": [
        organisation("a", "ngo"), organisation("b", "business"), organisation("c", "ngo"),
        organisation("d", "business"), organisation("e", "government"),
    ],
    "partnerships": [
        partnership("ac", date(2019, 1, 1)),
        partnership("ab", date(2019, 4, 1)),
        partnership("de", date(2019, 5, 1)),
        partnership("cd", date(2020, 1, 1)),
    ],
    "events": [event("lunch", date(2019, 3, 1)), event("late", date(2020, 6, 1)), event("planned", date(2020, 9, 1))],
    "attendance": [
        *attending("lunch", "abc", people=2), *attending("lunch", "e", status="registered"), *attending("late", "a"),
        *attending("planned", "bd"),
    ],
}  # fmt: skip


def seen(rows: Rows, tables: Tables, **view: Any) -> tuple[pd.DataFrame, meeting.Meetings]:
    """The events as the database gives them, and who met whom there."""
    outcomes, organisations, spells = (rows(name, tables, **view) for name in VIEWS)
    how = {"window_days": view.get("window_days", 180), "plenary_size": view.get("plenary_size", 60)}
    return outcomes, meeting.meetings(outcomes, organisations, spells, **how)


def one(found: pd.DataFrame, event_id: str) -> dict[str, Any]:
    (row,) = found[found["event_id"] == event_id].to_dict("records")
    return {str(name): value for name, value in row.items()}


def test_encounters_of_five_organisations(rows: Rows) -> None:
    found = rows("encounters", FIVE)
    assert list(found.columns) == ["sector_a", "sector_b", "encounters"]
    # a and c are of one sector, b of another: ac, ab, bc
    assert sorted(found["encounters"]) == [1, 2]
    assert found.loc[found["sector_a"] == found["sector_b"], "encounters"].tolist() == [1]
    assert len(rows("encounters", FIVE, plenary_size=2)) == 0


def test_event_outcomes_of_five_organisations(rows: Rows) -> None:
    found = rows("event_outcomes", FIVE)
    assert set(found["event_id"]) == {"lunch", "late"}
    lunch = one(found, "lunch")
    assert (lunch["organisations"], lunch["people"], lunch["pairs"], lunch["cross_sector_pairs"]) == (3, 6, 3, 2)
    assert (lunch["pairs_without_tie"], lunch["new_ties"]) == (2, 1)
    # ten pairs, of which ac has a tie and ab and bc met: seven others, of which de forms a tie
    assert (lunch["other_pairs_without_tie"], lunch["other_new_ties"]) == (7, 1)
    assert bool(lunch["is_window_complete"])
    assert (lunch["organisation_count"], list(lunch["organisation_ids"])) == (3, ["a", "b", "c"])
    late = one(found, "late")
    assert (late["organisations"], late["pairs"], bool(late["is_window_complete"])) == (1, 0, False)
    assert pd.isna(late["people"])


def test_the_window_includes_its_last_day_and_not_the_day_of_the_event(rows: Rows) -> None:
    def new_ties(days_later: int, window_days: int = 10) -> int:
        tables = {
            "organisations": FIVE["organisations"],
            "partnerships": [partnership("ab", date(2019, 3, 1) + timedelta(days_later))],
            "events": [event("lunch", date(2019, 3, 1))],
            "attendance": attending("lunch", "ab"),
        }
        found = one(rows("event_outcomes", tables, window_days=window_days), "lunch")
        assert found["pairs_without_tie"] == (days_later > 0)
        return int(found["new_ties"])

    assert [new_ties(days) for days in (-1, 0, 1, 10, 11)] == [0, 0, 1, 1, 0]


def test_a_tie_that_ended_before_and_comes_back_counts_once(rows: Rows) -> None:
    tables = FIVE | {
        "partnerships": [
            partnership("ab", date(2018, 1, 1), date(2019, 2, 28)),
            partnership("ab", date(2019, 3, 10), date(2019, 3, 20)),
            partnership("ab", date(2019, 4, 10), date(2019, 4, 20)),
            partnership("de", date(2019, 2, 1), date(2019, 3, 1)),
            partnership("de", date(2019, 4, 1)),
        ]
    }
    lunch = one(rows("event_outcomes", tables), "lunch")
    assert (lunch["pairs_without_tie"], lunch["new_ties"]) == (3, 1)
    # d and e still had their tie on the day itself
    assert (lunch["other_pairs_without_tie"], lunch["other_new_ties"]) == (10 - 3 - 1, 0)


def test_what_comes_after_the_as_of_date_is_not_known_yet(rows: Rows) -> None:
    lunch = one(rows("event_outcomes", FIVE, as_of=date(2019, 4, 15)), "lunch")
    assert (lunch["new_ties"], lunch["other_new_ties"], bool(lunch["is_window_complete"])) == (1, 0, False)
    on_the_day = one(rows("event_outcomes", FIVE, as_of=date(2019, 8, 28)), "lunch")
    assert bool(on_the_day["is_window_complete"])
    assert not one(rows("event_outcomes", FIVE, as_of=date(2019, 8, 27)), "lunch")["is_window_complete"]


def test_a_window_is_complete_only_up_to_the_last_day_on_which_a_partnership_began(rows: Rows) -> None:
    # lunch was on 1 March, and 180 days later it is 28 August: without the tie of c and d the list ends on 1 May
    until_may = FIVE["partnerships"][:-1]

    def lunch(*more: dict[str, Any], **view: Any) -> dict[str, Any]:
        tables = FIVE | {"partnerships": [*until_may, *more]}
        return one(rows("event_outcomes", tables, **view), "lunch")

    ends_in_may = lunch()
    assert (ends_in_may["new_ties"], bool(ends_in_may["is_window_complete"])) == (1, False)
    assert ends_in_may["ties_known_until"].date() == date(2019, 5, 1)
    assert bool(lunch(window_days=61)["is_window_complete"])
    assert not lunch(window_days=62)["is_window_complete"]
    assert not lunch(partnership("cd", date(2019, 8, 27)))["is_window_complete"]
    assert bool(lunch(partnership("cd", date(2019, 8, 28)))["is_window_complete"])
    # what began in another sector tells of those days as well; looking back, the day looked at comes first
    assert bool(lunch(partnership("cd", date(2019, 8, 28)), sectors=("ngo", "government"))["is_window_complete"])
    looking_back = lunch(partnership("cd", date(2019, 8, 28)), as_of=date(2019, 8, 1))
    assert not looking_back["is_window_complete"]
    assert looking_back["ties_known_until"].date() == date(2019, 8, 1)


def test_without_partnerships_nothing_can_be_said_of_what_followed(rows: Rows) -> None:
    tables = FIVE | {"partnerships": []}
    lunch = one(rows("event_outcomes", tables), "lunch")
    assert not pd.isna(lunch["is_window_complete"])
    assert not lunch["is_window_complete"]
    found = events.events(*seen(rows, tables))
    assert (found["conversion"], found["events_counted"], found["events_left_out"]) == (None, 0, 2)
    assert [outcome["conversion"] for outcome in found["new_ties_after"]] == [None, None]


def test_filters_leave_out_organisations_and_never_events(rows: Rows) -> None:
    lunch = one(rows("event_outcomes", FIVE, sectors=("ngo", "government")), "lunch")
    assert (lunch["organisations"], lunch["pairs"], lunch["cross_sector_pairs"]) == (2, 1, 0)
    assert (lunch["organisation_count"], lunch["other_pairs_without_tie"]) == (3, 2)
    assert rows("encounters", FIVE, sectors=("ngo", "government"))["encounters"].tolist() == [1]


def random_ecosystem(seed: int) -> Tables:
    """A small ecosystem with everything that can go wrong: joining, leaving, gaps, overlaps, guests, plans."""
    chance = random.Random(seed)
    first = date(2019, 1, 1)

    def day(most: int = 500) -> date:
        return first + timedelta(chance.randrange(most))

    organisations = [
        organisation(
            one,
            chance.choice(["ngo", "business", "government"]),
            joined_on=chance.choice([None, day(200)]),
            left_on=chance.choice([None, None, first + timedelta(200 + chance.randrange(300))]),
            role=chance.choice([None, None, None, "convenor"]),
        )
        for one in "abcdefghij"
    ]
    partnerships = []
    for number in range(25):
        start = day()
        end = chance.choice([None, start + timedelta(chance.randrange(120))])
        ends = "".join(chance.sample("abcdefghij", chance.choice([2, 2, 3, 4])))
        partnerships.append(partnership(ends, start, end) | {"partnership_id": f"p{number}"})
    attendance = [
        {
            "event_id": f"e{number}",
            "organisation_id": one,
            "status": chance.choice(["attended", "attended", "registered"]),
        }
        for number in range(12)
        for one in chance.sample("abcdefghij", chance.randrange(8))
    ]
    found = [event(f"e{number}", day(700)) for number in range(12)]
    return {"organisations": organisations, "partnerships": partnerships, "events": found, "attendance": attendance}


def counted_one_by_one(
    tables: Tables, event_row: dict[str, Any], with_convenor: bool, as_of: date, window: int
) -> dict[str, int]:
    """The outcome of one event by looking at every pair of organisations on every day of the window."""
    there = {
        row["organisation_id"]: row for row in tables["organisations"] if with_convenor or row["role"] != "convenor"
    }
    came = {
        row["organisation_id"]
        for row in tables["attendance"]
        if row["event_id"] == event_row["event_id"] and row["status"] == "attended"
    } & set(there)
    on_the_day = event_row["start_date"]

    def is_active(one: str, on: date) -> bool:
        return (there[one]["joined_on"] or date.min) <= on <= (there[one]["left_on"] or date.max)

    def has_tie(a: str, b: str, on: date) -> bool:
        return is_active(a, on) and is_active(b, on) and any(
            {a, b} <= set(row["organisation_ids"]) and row["start_date"] <= on <= (row["end_date"] or date.max)
            for row in tables["partnerships"]
        )  # fmt: skip

    counts: Counter[str] = Counter()
    for a, b in itertools.combinations(sorted(there), 2):
        days = [on_the_day + timedelta(later) for later in range(1, window + 1)]
        had_tie = has_tie(a, b, on_the_day)
        is_new = not had_tie and any(has_tie(a, b, on) for on in days if on <= as_of)
        if {a, b} <= came:
            counts["pairs"] += 1
            counts["cross_sector_pairs"] += there[a]["sector"] != there[b]["sector"]
            counts["pairs_without_tie"] += not had_tie
            counts["new_ties"] += is_new
        elif is_active(a, on_the_day) and is_active(b, on_the_day):
            counts["other_pairs_without_tie"] += not had_tie
            counts["other_new_ties"] += is_new
    names = (
        "pairs",
        "cross_sector_pairs",
        "pairs_without_tie",
        "new_ties",
        "other_pairs_without_tie",
        "other_new_ties",
    )
    return {name: counts[name] for name in names}


@pytest.mark.parametrize("seed", range(12))
def test_arithmetic_gives_what_listing_every_pair_gives(rows: Rows, seed: int) -> None:
    tables, as_of, with_convenor, window = random_ecosystem(seed), date(2020, 6, 30), bool(seed % 2), 20 + 10 * seed
    found = rows("event_outcomes", tables, as_of=as_of, with_convenor=with_convenor, window_days=window)
    met = rows("encounters", tables, as_of=as_of, with_convenor=with_convenor)
    past = [row for row in tables["events"] if row["start_date"] <= as_of]
    assert set(found["event_id"]) == {row["event_id"] for row in past}
    pairs = across = 0
    for row in past:
        expected = counted_one_by_one(tables, row, with_convenor, as_of, window)
        outcome = one(found, row["event_id"])
        assert {name: outcome[name] for name in expected} == expected
        pairs += expected["pairs"]
        across += expected["cross_sector_pairs"]
    assert met["encounters"].sum() == pairs
    assert met.loc[met["sector_a"] != met["sector_b"], "encounters"].sum() == across


def test_events_of_five_organisations(rows: Rows) -> None:
    found = events.events(*seen(rows, FIVE))
    assert (found["events"], found["attending_organisations"], found["repeat_share"]) == (2, 3, pytest.approx(1 / 3))
    assert (found["cross_sector_encounters"], found["encounters"], found["plenaries"]) == (pytest.approx(2 / 3), 3, 0)
    assert (found["conversion"], found["base_rate"], found["lift"]) == (1 / 2, pytest.approx(1 / 7), None)
    assert (found["events_counted"], found["events_left_out"]) == (1, 1)
    assert (found["new_ties"], found["pairs_without_tie"]) == (1, 2)
    late, lunch = found["new_ties_after"]
    assert lunch == {
        "event_id": "lunch", "name": "lunch", "start_date": date(2019, 3, 1), "organisations": 3, "pairs": 3,
        "pairs_without_tie": 2, "new_ties_after": 1, "is_window_complete": True, "is_plenary": False, "cost": None, "cost_per_new_tie": None, "cross_sector_share": 2 / 3, "expected_new_ties": 2 / 7, "conversion": 1 / 2,
        "base_rate": 1 / 7,
    }  # fmt: skip
    assert {name: type(value) for name, value in lunch.items() if name in ("start_date", "pairs", "is_window_complete")} == {
        "start_date": datetime.date, "pairs": int, "is_window_complete": bool,
    }  # fmt: skip
    assert (late["is_window_complete"], late["conversion"], late["base_rate"]) == (False, None, None)


def test_a_plenary_is_left_out_of_encounters_and_of_what_followed_also_when_a_filter_makes_it_small(rows: Rows) -> None:
    for view in ({}, {"sectors": ("ngo", "business")}, {"sectors": ("ngo",)}):
        found = events.events(*seen(rows, FIVE, plenary_size=2, **view), plenary_size=2)
        assert (found["cross_sector_encounters"], found["encounters"], found["plenaries"]) == (None, 0, 1)
        assert (found["pairs_without_tie"], found["new_ties"], found["conversion"]) == (0, 0, None)
        assert (found["events_counted"], found["events_left_out"]) == (0, 1)
    lunch = events.new_ties_after(*seen(rows, FIVE, plenary_size=2))[1]
    assert (lunch["is_plenary"], lunch["new_ties_after"], lunch["conversion"], lunch["expected_new_ties"]) == (
        True,
        1,
        None,
        None,
    )


def test_no_events(rows: Rows) -> None:
    found = events.events(*seen(rows, {}))
    assert (found["events"], found["attending_organisations"], found["new_ties_after"]) == (0, 0, [])
    undefined = ("repeat_share", "cross_sector_encounters", "conversion", "base_rate", "lift", "lift_low", "lift_high")
    assert [found[name] for name in undefined] == [None] * len(undefined)


def test_the_sample_counted_from_its_files(sample: Any) -> None:
    as_of = date(2021, 12, 31)
    with (SAMPLE / "attendance.csv").open(encoding="utf-8") as file:
        there = list(csv.DictReader(file))
    with (SAMPLE / "organisations.csv").open(encoding="utf-8") as file:
        sector = {row["organisation_id"]: row["sector"] for row in csv.DictReader(file)}
    outcomes, *others = (sample.rows(name, as_of=as_of) for name in VIEWS)
    found = events.events(outcomes, meeting.meetings(outcomes, *others, window_days=180, plenary_size=60))
    visits = Counter(row["organisation_id"] for row in there)
    assert (found["events"], found["attending_organisations"]) == (58, len(visits))
    assert found["repeat_share"] == pytest.approx(sum(count >= 2 for count in visits.values()) / len(visits))
    pairs = [
        (a["organisation_id"], b["organisation_id"])
        for a, b in itertools.combinations(there, 2)
        if a["event_id"] == b["event_id"]
    ]
    assert found["encounters"] == len(pairs) == sample.rows("encounters", as_of=as_of)["encounters"].sum()
    assert found["cross_sector_encounters"] == pytest.approx(sum(sector[a] != sector[b] for a, b in pairs) / len(pairs))
    assert found["events_counted"] + found["events_left_out"] == 58
    assert found["lift"] is None


# One event, kinds of event, and who never came


def looked_at(rows: Rows, tables: Tables, event_id: str, **view: Any) -> dict[str, Any]:
    as_of = view.get("as_of", date(2020, 6, 30))
    outcomes, organisations, spells = (rows(name, tables, **view) for name in VIEWS)
    met = meeting.meetings(outcomes, organisations, spells, window_days=180, plenary_size=60)
    found = events.one_event(outcomes, organisations, spells, met, event_id, window_days=180, as_of=as_of)
    assert found
    return found


def test_one_event_says_who_was_there_and_which_ties_followed(rows: Rows) -> None:
    tables = FIVE | {"events": [event("lunch", date(2019, 3, 1), kind="network-lunch", cost=90.0), *FIVE["events"][1:]]}
    lunch = looked_at(rows, tables, "lunch")
    assert [one["name"] for one in lunch["attending"]] == ["A", "B", "C"]
    assert lunch["sectors"] == [{"sector": "ngo", "organisations": 2}, {"sector": "business", "organisations": 1}]
    (formed,) = lunch["followed"]
    assert (formed["name_a"], formed["name_b"], formed["formed_on"], formed["days_after"]) == (
        "A",
        "B",
        date(2019, 4, 1),
        31,
    )
    assert formed["is_cross_sector"]
    assert (lunch["kind"], lunch["window_ends"], lunch["cross_sector_share"]) == (
        "network-lunch",
        date(2019, 8, 28),
        2 / 3,
    )
    # one in seven of the pairs that were not both there formed a tie, and two pairs that were had none
    assert lunch["expected_new_ties"] == pytest.approx(2 * 1 / 7)
    assert (lunch["new_ties_after"], lunch["cost_per_new_tie"]) == (1, 90.0)
    late = looked_at(rows, tables, "late")
    assert (late["expected_new_ties"], late["cost_per_new_tie"], late["followed"]) == (None, None, [])
    assert (late["cross_sector_share"], late["kind"]) == (None, None)


def test_an_event_that_is_planned_or_unknown_brought_nothing_yet(rows: Rows) -> None:
    outcomes, met = seen(rows, FIVE)
    nobody = pd.DataFrame(columns=["organisation_a", "organisation_b", "started_on", "ended_on"])
    for event_id in ("planned", "nope"):
        some = rows("organisations_in_view", FIVE)
        assert events.one_event(outcomes, some, nobody, met, event_id, window_days=180, as_of=date(2020, 6, 30)) is None


def test_a_tie_that_comes_back_is_listed_once_and_only_what_is_known_by_the_day(rows: Rows) -> None:
    tables = FIVE | {
        "partnerships": [
            partnership("ab", date(2018, 1, 1), date(2019, 2, 28)),
            partnership("ab", date(2019, 3, 10), date(2019, 3, 20)),
            partnership("ab", date(2019, 4, 10), date(2019, 4, 20)),
            partnership("ac", date(2019, 2, 1), date(2019, 3, 1)),  # still there on the day itself
            partnership("ac", date(2019, 4, 1)),
        ]
    }
    lunch = looked_at(rows, tables, "lunch")
    assert [(row["organisation_b"], row["formed_on"]) for row in lunch["followed"]] == [("b", date(2019, 3, 10))]
    assert looked_at(rows, tables, "lunch", as_of=date(2019, 3, 9))["followed"] == []


def test_the_ties_listed_are_those_that_the_database_counts(sample: Any, rows: Rows) -> None:
    """Every event of random ecosystems and of the sample."""
    day = date(2020, 9, 1)
    made = [tuple(rows(name, random_ecosystem(seed), as_of=day) for name in VIEWS) for seed in range(8)]
    seen_later = date(2022, 6, 30)
    real = tuple(sample.rows(name, as_of=seen_later) for name in VIEWS)
    counted = 0
    for (outcomes, organisations, spells), as_of in [*((one_made, day) for one_made in made), (real, seen_later)]:
        met = meeting.meetings(outcomes, organisations, spells, window_days=180, plenary_size=60)
        for row in outcomes.itertuples():
            found = events.one_event(outcomes, organisations, spells, met, row.event_id, window_days=180, as_of=as_of)
            assert found
            assert len(found["followed"]) == row.new_ties == found["new_ties_after"]
            assert len(found["attending"]) == row.organisations
            counted += row.new_ties
    assert counted > 20


def test_kinds_add_up_their_events(rows: Rows) -> None:
    kinds = {"lunch": "network-lunch", "late": None, "planned": "training"}
    tables = FIVE | {"events": [cells | {"kind": kinds[cells["event_id"]]} for cells in FIVE["events"]]}
    tables["events"] += [event("free", date(2019, 3, 2), kind="network-lunch", cost=60.0)]
    tables["attendance"] = [*FIVE["attendance"], *attending("free", "ab")]
    lunch, unknown = events.per_kind(*seen(rows, tables))
    assert (lunch["kind"], lunch["events"], lunch["attending_organisations"]) == ("network-lunch", 2, 3)
    # ab and bc at the first lunch, ab again at the second the day after: that meeting and its tie count once
    assert (lunch["pairs"], lunch["pairs_without_tie"], lunch["new_ties"]) == (4, 2, 1)
    assert (lunch["cross_sector_share"], lunch["conversion"]) == (3 / 4, 1 / 2)
    # so the second lunch has no pair left to compare: one of the seven others of the first formed a tie
    assert lunch["base_rate"] == pytest.approx(1 / 7)
    assert lunch["expected_new_ties"] == pytest.approx(2 * 1 / 7)
    assert (lunch["cost"], lunch["events_with_cost"], lunch["cost_per_new_tie"]) == (60.0, 1, 60.0)
    assert (unknown["kind"], unknown["conversion"], unknown["cost"], unknown["cost_per_new_tie"]) == (None,) * 4
    assert lunch["lift"] is None  # under five new ties
    assert events.per_kind(*seen(rows, {"organisations": FIVE["organisations"]})) == []


def test_all_kinds_together_are_all_events(sample: Any) -> None:
    outcomes, *others = (sample.rows(name, as_of=date(2022, 6, 30)) for name in VIEWS)
    met = meeting.meetings(outcomes, *others, window_days=180, plenary_size=60)
    kinds, whole = events.per_kind(outcomes, met), events.conversion(outcomes, met)
    assert sum(row["events_counted"] for row in kinds) == whole["events_counted"]
    # two that meet at two kinds of event count at each of them, but once in the whole
    assert sum(row["pairs_without_tie"] for row in kinds) >= whole["pairs_without_tie"]
    assert sum(row["events"] for row in kinds) == len(outcomes)


def test_who_never_came_and_how_many_chances_they_had(rows: Rows) -> None:
    joined = {"d": date(2019, 3, 1), "e": date(2020, 6, 2)}
    tables = FIVE | {
        "organisations": [c | {"joined_on": joined.get(c["organisation_id"])} for c in FIVE["organisations"]]
    }
    tables["organisations"] += [organisation("f", "ngo"), organisation("g", "ngo", left_on=date(2020, 1, 1))]
    tables["events"] = [*FIVE["events"], event("unrecorded", date(2019, 6, 1))]
    found = events.never_came(rows("active_organisations", tables), rows("event_outcomes", tables))
    # d joined on the day of the lunch; e only registered; g has left; of "unrecorded" it is not known who came
    assert [(row["name"], row["joined_on"], row["events_since"]) for row in found] == [
        ("D", date(2019, 3, 1), 2),
        ("F", None, 2),
        ("E", date(2020, 6, 2), 0),
    ]
    assert all(type(row["events_since"]) is int for row in found)
    without = {"organisations": tables["organisations"], "events": tables["events"]}
    assert events.never_came(rows("active_organisations", without), rows("event_outcomes", without)) == []
