"""Coverage: what is known, counted by hand, and bounds that hold whatever the missing part is."""

import datetime
from typing import Any

import pytest
from conftest import Rows
from hypothesis import given, settings
from hypothesis import strategies as st

from hubdata.indicators import coverage, funding

DAY = datetime.date(2020, 6, 30)
law = settings(deadline=None)  # one example is fast, but a busy machine is not


def known(rows: Rows, tables: dict[str, list[dict[str, Any]]], **changes: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        "as_of": DAY,
        "data_up_to": DAY,
        "loaded_at": "2020-07-01T09:00:00Z",
        "expected_organisations": 10,
    }
    frames = (rows(name, tables) for name in ("active_organisations", "income", "event_outcomes"))
    return coverage.coverage(*frames, **said | changes)


TABLES: dict[str, list[dict[str, Any]]] = {
    "organisations": [
        {"organisation_id": "a", "name": "A", "sector": "ngo", "fte": 2.0, "themes": ["peace"], "needs": ["space"]},
        {"organisation_id": "b", "name": "B", "sector": "ngo", "fte": 0.0, "themes": [], "reserves": 0.0},
        {"organisation_id": "c", "name": "C", "sector": "ngo", "membership": "none", "digital_maturity": 3},
        {"organisation_id": "gone", "name": "G", "sector": "ngo", "fte": 9.0, "left_on": datetime.date(2020, 1, 1)},
    ],
    "events": [
        {"event_id": "e1", "name": "E1", "start_date": DAY},
        {"event_id": "e2", "name": "E2", "start_date": DAY},
    ],
    "attendance": [{"event_id": "e1", "organisation_id": "gone"}],
    "funding": [
        {"organisation_id": organisation, "year": year, "donor": "x", "category": "other", "amount": 1.0}
        for organisation, year in [("a", 2018), ("b", 2019), ("b", 2018), ("c", 2021), ("gone", 2020)]
    ],
}


def test_what_is_known_of_three_organisations(rows: Rows) -> None:
    assert known(rows, TABLES) == {
        "as_of": DAY, "data_up_to": DAY, "outlier_date": None, "loaded_at": "2020-07-01T09:00:00Z",
        "organisations": 3, "expected_organisations": 10, "expected_share": 0.3,
        # no jobs is known too, and what is later than the as-of date or of whoever left does not count
        "jobs_known": 2, "income_year": 2019, "income_known": 1, "income_ever_known": 2,
        "events": 2, "attendance_known": 1,
        "themes_known": 1, "sdgs_known": 0, "countries_known": 0, "type_known": 0, "city_known": 0, "membership_known": 1,
        "digital_maturity_known": 1, "needs_known": 1, "offers_known": 0, "reserves_known": 1,
    }  # fmt: skip


def test_each_cell_that_says_something_is_counted_once(rows: Rows) -> None:
    full = {
        "sdgs": [16], "countries": ["ML"], "type": "foundation", "city": "Den Haag", "offers": ["space"],
        "themes": ["peace"], "membership": "none", "digital_maturity": 3, "needs": ["space"], "reserves": 0.0,
    }  # fmt: skip
    empty = {"organisation_id": "b", "name": "B", "sector": "ngo"}
    found = known(rows, {"organisations": [{"organisation_id": "a", "name": "A", "sector": "ngo", **full}, empty]})
    assert {name: found[f"{name}_known"] for name in coverage.KNOWABLE} == dict.fromkeys(full, 1)


def test_nothing_is_known(rows: Rows) -> None:
    found = known(rows, {}, expected_organisations=None, data_up_to=None, loaded_at=None)
    assert (found["organisations"], found["expected_share"], found["income_year"], found["income_known"]) == (
        0,
        None,
        None,
        0,
    )


def test_half_known_is_unsettled_and_nearly_all_known_is_not() -> None:
    assert coverage.missing_part(30, 50, 100)["is_unsettled"]
    assert not coverage.missing_part(60, 90, 100)["is_unsettled"]
    assert not coverage.missing_part(10, 90, 100)["is_unsettled"]
    assert coverage.missing_part(10, 90, 100, maximum_width=0.05)["is_unsettled"]
    assert coverage.missing_part(10, 90, 100, threshold=0.15)["is_unsettled"]


def test_nobody_asked_and_nobody_there() -> None:
    assert coverage.missing_part(0, 0, 8) == {
        "known": 0, "total": 8, "missing": 8, "value": None, "low": 0.0, "high": 1.0, "is_unsettled": True,
    }  # fmt: skip
    nobody = coverage.missing_part(0, 0, 0)
    assert (nobody["value"], nobody["low"], nobody["high"], nobody["is_unsettled"]) == (None, None, None, True)


@pytest.mark.parametrize("counts", [(-1, 2, 3), (3, 2, 3), (1, 4, 3)])
def test_counts_that_cannot_be(counts: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="not in order"):
        coverage.share_bounds(*counts)


@law
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1), st.floats(0, 1))
def test_the_whole_truth_lies_within_the_bounds(organisations: list[tuple[bool, bool]], threshold: float) -> None:
    truth = sum(has for has, _ in organisations) / len(organisations)
    count = sum(has for has, is_known in organisations if is_known)
    looked_at = sum(is_known for _, is_known in organisations)
    bounds = coverage.share_bounds(count, looked_at, len(organisations))
    assert bounds is not None
    assert 0 <= bounds[0] <= truth <= bounds[1] <= 1
    assert bounds[1] - bounds[0] == pytest.approx(1 - looked_at / len(organisations))
    if not coverage.is_unsettled(bounds, threshold, 1):
        assert (truth >= threshold) == (bounds[0] >= threshold)


@law
@given(st.integers(0, 50), st.integers(1, 50))
def test_everything_known_is_settled(count: int, more: int) -> None:
    found = coverage.missing_part(count, count + more, count + more)
    assert found["low"] == found["high"] == found["value"]
    assert not found["is_unsettled"]


def test_exposure_in_the_sample_is_unsettled_where_half_of_the_income_is_unknown(sample: Any) -> None:
    organisations, income = sample.rows("active_organisations", as_of=DAY), sample.rows("income", as_of=DAY)
    for year in funding.funding(income, organisations)["years"]:
        seen = year["coverage"]
        found = coverage.missing_part(seen["exposed"], seen["organisations"], seen["active_organisations"])
        # all known income comes from one donor or from public money, so that only what is unknown can turn it
        assert found["value"] == 1
        assert found["high"] == 1
        assert found["is_unsettled"] == (seen["organisations"] / 166 < 0.5)


def test_coverage_of_the_sample(sample: Any) -> None:
    frames = (sample.rows(name, as_of=DAY) for name in ("active_organisations", "income", "event_outcomes"))
    found = coverage.coverage(*frames, as_of=DAY, data_up_to=DAY, loaded_at=None, expected_organisations=150)
    assert (found["organisations"], found["expected_share"], found["jobs_known"]) == (166, pytest.approx(166 / 150), 0)
    assert (found["themes_known"], found["countries_known"], found["membership_known"]) == (163, 161, 0)
    assert (found["income_year"], found["events"], found["attendance_known"]) == (2020, 0, 0)
