"""What changed and why: movements a person can count, and laws that hold for any of them."""

import datetime
from typing import Any

import networkx as nx
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubdata.indicators import changes

law = settings(deadline=None, max_examples=100)
day = datetime.date


def counts(organisations: int, ties: int, across: int) -> dict[str, int]:
    return {"organisations": organisations, "ties": ties, "cross_sector_ties": across}


# Three organisations with a-b (across) and b-c (within); then d joins, b-c ends, and a-c (within) and a-d (across) form.
BEFORE, AFTER, ENDED = counts(3, 2, 1), counts(4, 3, 2), {"ties": 1, "cross_sector_ties": 0}


def test_a_movement_is_taken_apart_step_by_step() -> None:
    found = changes.parts(changes.network_figures(*BEFORE.values()), changes.network_steps(BEFORE, AFTER, ENDED))
    assert found["density"] == pytest.approx({"size": 2 / 6 - 2 / 3, "ended": 1 / 6 - 2 / 6, "formed": 3 / 6 - 1 / 6})
    assert found["mean_degree"] == pytest.approx(
        {"size": 4 / 4 - 4 / 3, "ended": 2 / 4 - 4 / 4, "formed": 6 / 4 - 2 / 4}
    )
    assert found["cross_sector_share"] == pytest.approx({"ended": 1 - 1 / 2, "formed": 2 / 3 - 1})


@law
@given(st.data())
def test_the_parts_add_up_to_the_movement(data: Any) -> None:
    def some(most: int) -> dict[str, int]:
        ties = data.draw(st.integers(0, most))
        return {"ties": ties, "cross_sector_ties": data.draw(st.integers(0, ties))}

    before, after = some(30), some(30)
    ended = {"ties": data.draw(st.integers(0, before["ties"]))}
    ended["cross_sector_ties"] = data.draw(st.integers(0, min(ended["ties"], before["cross_sector_ties"])))
    n0, n1 = data.draw(st.integers(0, 12)), data.draw(st.integers(0, 12))
    first = changes.network_figures(n0, **before)
    steps = changes.network_steps({"organisations": n0, **before}, {"organisations": n1, **after}, ended)
    last = steps["formed"]
    for name, found in changes.parts(first, steps).items():
        if first[name] is None or last[name] is None:
            assert found == {}
        else:
            assert sum(found.values()) == pytest.approx(last[name] - first[name], abs=1e-6)


def test_the_figures_are_those_of_an_independent_library() -> None:
    graph = nx.Graph([("a", "b"), ("b", "c"), ("a", "d")])
    sector = {"a": "ngo", "b": "business", "c": "business", "d": "ngo"}
    across = sum(sector[one] != sector[other] for one, other in graph.edges)
    found = changes.network_figures(4, graph.number_of_edges(), across)
    assert found["density"] == pytest.approx(nx.density(graph))
    assert found["mean_degree"] == pytest.approx(sum(dict(graph.degree).values()) / 4)
    assert found["cross_sector_share"] == pytest.approx(1 / 3)
    assert changes.network_figures(1, 0, 0) == {"density": None, "mean_degree": 0.0, "cross_sector_share": None}


def test_income_of_both_moments_and_coverage_are_told_apart() -> None:
    before = {"a": True, "b": False, "c": True, "d": None}
    after = {"a": False, "b": False, "e": True, "f": None, "g": True}
    found = changes.parts({"exposed_share": 2 / 3}, changes.exposed_steps(before, after))
    # Of d and f it cannot be said. a no longer is: 1 of 3. Then c is not known any more and e and g are: 2 of 4.
    assert found["exposed_share"] == pytest.approx({"income": 1 / 3 - 2 / 3, "known": 2 / 4 - 1 / 3})
    nothing = changes.exposed_steps({"a": None}, {"a": None})
    assert nothing == {"income": {"exposed_share": None}, "known": {"exposed_share": None}}
    assert changes.exposed_steps({}, {}) == {"income": {"exposed_share": None}, "known": {"exposed_share": None}}


def income(rows: list[tuple[str, str | None, str, float]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["organisation_id", "donor", "category", "amount_eur"])
    return frame.assign(donor_key=frame["donor"].str.lower().fillna("earned"))


def test_donors_that_come_go_and_give_more_or_less() -> None:
    before = income(
        [("a", "X", "companies", 10.0), ("b", "X", "companies", 5.0), ("a", "Y", "lotteries", 8.0),
         ("a", "Z", "other", 3.0), ("a", None, "earned", 99.0), ("a", "Q", "other", 1.0)]
    )  # fmt: skip
    after = income(
        [("a", "X", "companies", 9.0), ("a", "Y", "lotteries", 28.0), ("b", "W", "other", 2.0),
         ("a", "Q", "other", 1.0), ("b", "N", "other", 0.0)]
    )  # fmt: skip
    found = changes.donor_changes(before, after)
    assert [(row["donor"], row["change"], row["difference"]) for row in found] == [
        ("Y", "more", 20.0),
        ("X", "less", -6.0),
        ("Z", "gone", -3.0),
        ("W", "new", 2.0),
    ]
    assert (found[1]["organisations_before"], found[1]["organisations_after"]) == (2, 1)
    assert changes.donor_changes(before, before) == []
    assert changes.donor_changes(income([]), income([])) == []


HISTORY = [(day(2018, 6, 30), 3.0), (day(2019, 6, 30), 4.0), (day(2020, 6, 30), 6.0), (day(2021, 6, 30), 9.0)]


def test_the_road_to_a_target() -> None:
    found = changes.road(HISTORY, [(day(2021, 6, 30), 8.0, "Twice"), (day(2019, 12, 31), 5.0, None)], day(2020, 6, 30))
    past, ahead = found
    assert (past["date"], past["then"], past["days_left"], past["per_year"]) == (day(2019, 12, 31), 4.0, -182, None)
    assert (ahead["now"], ahead["to_go"], ahead["past_year"], ahead["days_left"]) == (6.0, 2.0, 2.0, 365)
    assert (ahead["per_year"], ahead["then"], ahead["note"]) == (2.0, None, "Twice")


def test_the_pace_counts_from_the_day_of_the_latest_known_value() -> None:
    """A share of 2018 and 2019, asked for on 30 June 2020: two years, not a year and a half, until the end of 2021."""
    per_year = [(day(2018, 12, 31), 0.6), (day(2019, 12, 31), 0.5)]
    (found,) = changes.road(per_year, [(day(2021, 12, 31), 0.4, None)], day(2020, 6, 30))
    assert (found["now"], found["days_left"]) == (0.5, 549)
    assert found["per_year"] == pytest.approx(-0.1 * 365 / (366 + 365))
    # on the last day of the year there is a year to go
    (found,) = changes.road(per_year, [(day(2020, 12, 30), 0.4, None)], day(2020, 6, 30))
    assert found["per_year"] == pytest.approx(-0.1)


def test_a_road_without_history_or_without_days_left() -> None:
    (found,) = changes.road([], [(day(2021, 1, 1), 8.0, None)], day(2020, 6, 30))
    assert [found[name] for name in ("now", "to_go", "past_year", "per_year", "then")] == [None] * 5
    (found,) = changes.road(HISTORY[:1], [(day(2020, 6, 30), 8.0, None)], day(2020, 6, 30))
    assert (found["to_go"], found["past_year"], found["days_left"], found["per_year"]) == (5.0, None, 0, None)
    (found,) = changes.road([(day(2020, 1, 1), None)], [(day(2021, 1, 1), 1.0, None)], day(2020, 6, 30))
    assert found["now"] is None
