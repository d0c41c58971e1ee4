"""The comparison of pairs that met with those that did not: every pair listed, and statsmodels, SciPy and the jackknife."""

import itertools
import math
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import Rows
from statsmodels.stats.contingency_tables import StratifiedTable
from test_events import FIVE, VIEWS, attending, event, organisation, partnership, random_ecosystem, seen

from hubdata.indicators import meeting

DAY = date(2020, 6, 30)


def world(seed: int, organisations: int = 30, events: int = 12) -> list[pd.DataFrame]:
    """Events, organisations and spells as the database gives them, with hubs, joiners, leavers and ties that return."""
    chance = np.random.default_rng(seed)
    start = pd.Timestamp("2018-01-01")
    ids = [f"o{n:02}" for n in range(organisations)]
    joined = start + pd.to_timedelta(chance.integers(-400, 200, organisations), unit="D")
    left = pd.Series(start + pd.to_timedelta(chance.integers(600, 1500, organisations), unit="D"))
    everybody = pd.DataFrame(
        {"organisation_id": ids, "joined_on": joined, "left_on": left.where(chance.random(organisations) < 0.3)}
    )
    eager, active = chance.gamma(1, 1, organisations), chance.gamma(1, 1, organisations)
    days = sorted(start + pd.to_timedelta(chance.integers(0, 700, events), unit="D"))
    there = [
        sorted(np.array(ids)[np.argsort(chance.exponential(1, organisations) / eager)[: chance.integers(3, 12)]])
        for _ in days
    ]
    outcomes = pd.DataFrame(
        {"event_id": [f"e{n:02}" for n in range(events)], "start_date": days, "organisation_ids": there,
         "organisation_count": [len(some) for some in there], "is_window_complete": True}
    )  # fmt: skip
    rows = []
    for a, b in itertools.combinations(range(organisations), 2):
        first, last = max(joined[a], joined[b]), min(left[a], left[b])
        day = first + pd.Timedelta(days=int(chance.exponential(1500 / (active[a] * active[b] + 0.1))))
        while day < last and day < start + pd.Timedelta(days=1100):
            end = min(day + pd.Timedelta(days=int(chance.integers(20, 400))), last)
            rows.append((ids[a], ids[b], day, end))
            day = end + pd.Timedelta(days=int(chance.integers(2, 300)))
    spells = pd.DataFrame(rows, columns=["organisation_a", "organisation_b", "started_on", "ended_on"])
    return [outcomes, everybody, spells]


def listed(outcomes: pd.DataFrame, everybody: pd.DataFrame, spells: pd.DataFrame, window: int) -> list[dict[str, Any]]:
    """Every pair at every event: whether it met there, whether a tie followed; first meetings only, by walking the days."""
    of_pair = defaultdict(list)
    for row in spells.itertuples():
        of_pair[tuple(sorted((row.organisation_a, row.organisation_b)))].append((row.started_on, row.ended_on))
    there = everybody.set_index("organisation_id")
    counted: dict[tuple[str, str], pd.Timestamp] = {}
    cases = []
    for held in outcomes.sort_values(["start_date", "event_id"]).itertuples():
        day = held.start_date

        def is_active(one: str, day: pd.Timestamp = day) -> bool:
            joined, left = there.loc[one, "joined_on"], there.loc[one, "left_on"]
            return not (joined > day) and not (left < day)

        for pair in itertools.combinations(sorted(there.index), 2):
            if not all(map(is_active, pair)) or any(a <= day and not b < day for a, b in of_pair[pair]):
                continue
            has_met = set(pair) <= set(held.organisation_ids)
            if has_met and pair in counted and (day - counted[pair]).days < window:
                continue
            if has_met:
                counted[pair] = day
            follows = any(0 < (a - day).days <= window for a, _ in of_pair[pair])
            cases.append({"event": held.event_id, "pair": pair, "met": has_met, "follows": follows})
    return cases


@pytest.mark.parametrize("seed", range(4))
def test_the_ratio_is_that_of_mantel_and_haenszel_over_all_pairs_listed(seed: int) -> None:
    views = world(seed)
    found = meeting.compare(meeting.meetings(*views, window_days=120, plenary_size=60))
    cases = pd.DataFrame(listed(*views, window=120))
    met = cases[cases["met"]]
    assert (found["pairs_without_tie"], found["new_ties"]) == (len(met), met["follows"].sum())
    # a tie counts once: no two of the counted meetings were followed by the same one
    tables = [
        np.array([[(some["met"] & some["follows"]).sum(), (some["met"] & ~some["follows"]).sum()],
                  [(~some["met"] & some["follows"]).sum(), (~some["met"] & ~some["follows"]).sum()]])
        for _, some in cases.groupby("event")
        if some["met"].any()
    ]  # fmt: skip
    ratio = StratifiedTable(tables).riskratio_pooled
    assert found["lift"] == pytest.approx(ratio)
    assert found["conversion"] == pytest.approx(met["follows"].mean())
    assert found["base_rate"] == pytest.approx(met["follows"].mean() / ratio)


@pytest.mark.parametrize("seed", range(3))
def test_the_interval_is_dyad_robust(seed: int) -> None:
    """Against every pair's influence summed by hand, and against leaving organisations out one by one."""
    outcomes, everybody, spells = world(seed + 10, organisations=40, events=24)
    met = meeting.meetings(outcomes, everybody, spells, window_days=120, plenary_size=60)
    found = meeting.compare(met)
    cases = listed(outcomes, everybody, spells, 120)
    sizes: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for case in cases:
        sizes[case["event"]][0 if case["met"] else 2] += 1
        sizes[case["event"]][1 if case["met"] else 3] += case["follows"]
    a_part = sum(a * n0 / (n1 + n0) for n1, a, n0, _ in sizes.values() if n1)
    c_part = sum(c * n1 / (n1 + n0) for n1, _, n0, c in sizes.values() if n1)
    of_pair: dict[tuple[str, str], float] = defaultdict(float)
    for case in cases:
        n1, a, n0, c = sizes[case["event"]]
        if not n1:
            continue
        every = n1 + n0
        if case["met"]:
            score = (case["follows"] * n0 / every - a * n0 / every**2) / a_part - c * n0 / every**2 / c_part
        else:
            score = a * n1 / every**2 / a_part - (case["follows"] * n1 / every - c * n1 / every**2) / c_part
        of_pair[case["pair"]] += score
    of_one: dict[str, float] = defaultdict(float)
    for pair, score in of_pair.items():
        for one in pair:
            of_one[one] += score
    squares = np.array(list(of_one.values())) ** 2
    variance = max(squares.sum() - sum(score**2 for score in of_pair.values()), squares.sum() / 2)
    from scipy import stats

    error = (
        math.log(found["lift_high"] / found["lift_low"])
        / 2
        / stats.t.ppf(0.975, squares.sum() ** 2 / (squares**2).sum())
    )
    assert error == pytest.approx(
        math.sqrt(variance), rel=0.05
    )  # pairs that never met nor tied are left out of the dyads

    logs = []
    for one in everybody["organisation_id"]:
        kept = everybody[everybody["organisation_id"] != one]
        ties = spells[(spells["organisation_a"] != one) & (spells["organisation_b"] != one)]
        without = outcomes.assign(
            organisation_ids=[[o for o in there if o != one] for there in outcomes["organisation_ids"]]
        )
        again = meeting.compare(meeting.meetings(without, kept, ties, window_days=120, plenary_size=60))
        logs.append(math.log(again["conversion"] / again["base_rate"]))
    jackknife = ((np.array(logs) - np.mean(logs)) ** 2).sum()
    assert math.sqrt(jackknife) == pytest.approx(math.sqrt(squares.sum()), rel=0.3)


def test_one_by_one_in_random_ecosystems_through_the_database(rows: Rows) -> None:
    for number in range(6):
        tables, view = random_ecosystem(number), {"as_of": date(2021, 6, 30), "window_days": 60}
        # the lists go on after the last window, or what followed the last events could not be said
        tables["partnerships"].append(partnership("ab", date(2021, 6, 30)))
        outcomes, met = seen(rows, tables, **view)
        found = meeting.compare(met)
        cases = pd.DataFrame(listed(*(rows(name, tables, **view) for name in VIEWS), window=60))
        together = cases[cases["met"]]
        assert (found["pairs_without_tie"], found["new_ties"]) == (len(together), together["follows"].sum())
        assert len(outcomes) == len(met.event_ids)


def test_two_that_meet_again_count_once_until_the_window_is_over(rows: Rows) -> None:
    days = [0, 10, 20, 40]
    tables = FIVE | {
        "partnerships": [partnership("ab", date(2019, 3, 1) + timedelta(25)), partnership("de", date(2020, 1, 1))],
        "events": [event(f"e{day}", date(2019, 3, 1) + timedelta(day)) for day in days],
        "attendance": [row for day in days for row in attending(f"e{day}", "abc")],
    }
    _, met = seen(rows, tables, window_days=30)
    found = meeting.compare(met)
    # ab, ac and bc on day 0; ac and bc again on day 40, when ab has its tie
    assert (found["pairs_without_tie"], found["new_ties"]) == (5, 1)
    alone = meeting.compare(met, ["e10"])
    assert (alone["pairs_without_tie"], alone["new_ties"]) == (3, 1)
    with pytest.raises(ValueError, match="nope"):
        meeting.compare(met, ["nope"])


def test_a_guest_who_is_not_active_yet_is_no_pair(rows: Rows) -> None:
    tables = FIVE | {
        "organisations": [*FIVE["organisations"][:2], organisation("c", "ngo", joined_on=date(2019, 3, 2))]
    }
    known_until = partnership("ab", date(2020, 1, 1))
    _, met = seen(rows, tables | {"partnerships": [*FIVE["partnerships"][:2], known_until]})
    assert meeting.compare(met)["pairs_without_tie"] == 1


def test_a_lift_needs_five_new_ties_and_a_base_rate() -> None:
    outcomes, everybody, spells = world(1)
    met = meeting.meetings(outcomes, everybody, spells, window_days=120, plenary_size=60)
    few = [e for e in met.event_ids if 0 < meeting.compare(met, [e])["new_ties"] < 5]
    assert few
    for event_id in few:
        found = meeting.compare(met, [event_id])
        assert (found["lift"], found["lift_low"], found["lift_high"]) == (None, None, None)
        assert found["conversion"] is not None
    nothing = meeting.compare(met, [])
    assert (nothing["pairs_without_tie"], nothing["conversion"], nothing["base_rate"], nothing["lift"]) == (
        0,
        None,
        None,
        None,
    )
