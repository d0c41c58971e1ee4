"""Funding: amounts a person can add up, laws that hold for any income, and the real sample computed a second way."""

import csv
import datetime
import math
import statistics
from collections import defaultdict
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from conftest import SAMPLE, Rows
from hypothesis import given, settings
from hypothesis import strategies as st

from hubdata.indicators import funding

DAY = datetime.date(2020, 6, 30)
CATEGORIES = ("individuals", "companies", "lotteries", "government", "multilateral", "nonprofits", "earned", "other")


law = settings(deadline=None, max_examples=50)  # one example is fast, but a busy machine is not


def income(*rows: tuple[str, int, str | None, str, float]) -> pd.DataFrame:
    """Income of organisations of which the id is their name: organisation, year, donor, category, amount."""
    return pd.DataFrame(
        [
            {
                "organisation_id": organisation, "year": year, "category": category, "amount_eur": float(amount),
                "donor_key": "earned" if category == "earned" else donor, "donor": donor, "donor_id": None,
                "name": organisation.upper(), "sector": "ngo" if organisation < "c" else "business",
            }
            for organisation, year, donor, category, amount in rows
        ]
    )  # fmt: skip


def active(
    *ids: str, fte: list[float | None] | None = None, reserves: list[float | None] | None = None
) -> pd.DataFrame:
    frame = pd.DataFrame({"organisation_id": list(ids), "fte": fte, "reserves": reserves})
    return frame.astype({"organisation_id": str})


FOUR = income(
    ("a", 2019, "x", "government", 20),
    ("a", 2019, "y", "companies", 40),
    ("a", 2019, "z", "lotteries", 40),
    ("a", 2020, "x", "government", 50),
    ("a", 2020, "x", "companies", 10),
    ("a", 2020, "y", "companies", 40),
    ("b", 2020, None, "earned", 30),
    ("b", 2020, "x", "multilateral", 10),
    ("c", 2020, None, "earned", 60),
    ("d", 2020, "x", "other", 0),
)


def of(rows: list[dict[str, Any]], organisation_id: str, year: int) -> dict[str, Any]:
    return next(row for row in rows if (row["organisation_id"], row["year"]) == (organisation_id, year))


def test_one_organisation_with_two_donors() -> None:
    found = of(funding.dependency(FOUR, active("a", reserves=[50.0])), "a", 2020)
    assert found == {
        "total_income": None, "accounted_share": None, "organisation_id": "a", "year": 2020, "name": "A", "sector": "ngo", "income": 100.0, "donors": 2,
        "top_donor": "x", "top_donor_key": "x", "top_donor_share": 0.6,
        "donor_hhi": pytest.approx(0.36 + 0.16), "effective_donors": pytest.approx(1 / 0.52),
        "category_hhi": 0.5, "public_share": 0.5, "government_share": 0.5, "earned_share": 0.0,
        "exposed": True, "reserve_months": 6.0, "greyed": None,
    }  # fmt: skip
    assert {name: type(value) for name, value in found.items()} == {
        "organisation_id": str, "year": int, "name": str, "sector": str, "income": float, "donors": int,
        "top_donor": str, "top_donor_key": str, "top_donor_share": float, "donor_hhi": float, "effective_donors": float,
        "category_hhi": float, "public_share": float, "government_share": float, "earned_share": float,
        "total_income": type(None), "accounted_share": type(None), "exposed": bool, "reserve_months": float, "greyed": type(None),
    }  # fmt: skip


def test_earned_income_is_a_source_but_never_the_top_donor() -> None:
    figures = funding.dependency(FOUR, active())
    mixed = of(figures, "b", 2020)
    assert (mixed["donors"], mixed["top_donor"], mixed["top_donor_share"], mixed["earned_share"]) == (
        2,
        "x",
        0.25,
        0.75,
    )
    assert mixed["donor_hhi"] == 0.75**2 + 0.25**2
    alone = of(figures, "c", 2020)
    assert (alone["donors"], alone["top_donor"], alone["top_donor_share"], alone["donor_hhi"]) == (1, None, 0.0, 1.0)
    assert alone["exposed"] is False


def test_a_list_that_is_known_to_be_partial_greys_and_changes_no_figure() -> None:
    plain, partial = (
        funding.funding(FOUR, active("a", fte=[1.0]), is_partial=known)["years"] for known in (False, True)
    )
    assert {year["greyed"] for year in plain} == {None}
    assert {year["greyed"] for year in partial} == {"recorded project money, not income"}
    for year in partial:
        assert {row["greyed"] for row in year["organisations"]} == {year["greyed"]}
        year["greyed"] = None
        for row in year["organisations"]:
            row["greyed"] = None
    assert plain == partial
    assert (
        funding.funding(income(("d", 2020, "x", "other", 0)), active(fte=[]), is_partial=True)["years"][0]["greyed"]
        is None
    )


def test_without_income_shares_are_undefined() -> None:
    found = of(funding.dependency(FOUR, active("d", reserves=[10.0])), "d", 2020)
    assert (found["income"], found["donors"], found["top_donor"]) == (0.0, 0, None)
    undefined = (
        "top_donor_share",
        "donor_hhi",
        "effective_donors",
        "category_hhi",
        "public_share",
        "exposed",
        "reserve_months",
    )
    assert [found[name] for name in undefined] == [None] * len(undefined)


def test_reserves_that_are_unknown_give_no_months() -> None:
    figures = funding.dependency(FOUR, active("a", "b", reserves=[None, 0.0]))
    assert of(figures, "a", 2020)["reserve_months"] is None
    assert of(figures, "b", 2020)["reserve_months"] == 0.0
    assert of(figures, "c", 2020)["reserve_months"] is None


def test_thresholds_count_as_exposed() -> None:
    half = income(("a", 2020, "x", "companies", 50), ("a", 2020, "y", "other", 25), ("a", 2020, "z", "other", 25))
    assert funding.dependency(half, active())[0]["exposed"] is True
    assert funding.dependency(half, active(), exposure_threshold=0.51)[0]["exposed"] is False
    public = income(*(("a", 2020, donor, "multilateral", 25) for donor in "xyz"), ("a", 2020, "w", "other", 25))
    assert funding.dependency(public, active())[0]["exposed"] is True
    assert funding.dependency(public, active(), public_threshold=0.76)[0]["exposed"] is False


def test_exactly_half_is_half_though_sums_of_floats_are_not_exact() -> None:
    tenths = income(*(("a", 2020, donor, "other", 0.1) for donor in "xyz"), ("a", 2020, "w", "companies", 0.3))
    (found,) = funding.dependency(tenths, active())
    assert found["top_donor_share"] < 0.5  # as floats are
    assert found["exposed"] is True
    public = income(*(("a", 2020, donor, "government", 0.1) for donor in "xyz"), ("a", 2020, "w", "earned", 0.1))
    assert funding.dependency(public, active(), exposure_threshold=1)[0]["exposed"] is True
    a_cent_less = income(("a", 2020, "x", "other", 4_999_999.99), ("a", 2020, "w", "earned", 5_000_000.01))
    assert funding.dependency(a_cent_less, active())[0]["exposed"] is False


@law
@given(
    st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from(CATEGORIES), st.integers(0, 10**10)), min_size=1),
    st.integers(1, 100),
    st.integers(1, 100),
)
def test_exposed_is_what_fractions_say(gifts: list[tuple[str, str, int]], of_donor: int, of_public: int) -> None:
    """Against exact arithmetic: cents as whole numbers, thresholds in whole percents."""
    rows = income(*(("a", 2020, donor, category, cents / 100) for donor, category, cents in gifts))
    (found,) = funding.dependency(rows, active(), of_donor / 100, of_public / 100)
    total = sum(cents for _, _, cents in gifts)
    if not total:
        assert found["exposed"] is None
        return
    per_donor = {d: sum(c for donor, kind, c in gifts if donor == d and kind != "earned") for d in "xyz"}
    public = sum(cents for _, category, cents in gifts if category in funding.PUBLIC)
    assert found["exposed"] is (
        Fraction(max(per_donor.values()), total) >= Fraction(of_donor, 100)
        or Fraction(public, total) >= Fraction(of_public, 100)
    )


def test_the_first_of_equal_donors_is_the_top_donor() -> None:
    equal = income(("a", 2020, "y", "other", 5), ("a", 2020, "x", "other", 5))
    assert funding.dependency(equal, active())[0]["top_donor"] == "x"
    tenths = income(("a", 2020, "x", "other", 0.3), *(("a", 2020, "y", kind, 0.1) for kind in CATEGORIES[:3]))
    assert funding.dependency(tenths, active())[0]["top_donor"] == "x"


def test_reserves_without_a_year_stand_beside_the_latest_year_only() -> None:
    years = income(*(("a", year, "x", "other", 120) for year in (2018, 2019, 2020)))
    found = funding.dependency(years, active("a", reserves=[30.0]))
    assert [row["reserve_months"] for row in found] == [None, None, 3.0]
    found = funding.dependency(years, active("a", reserves=[30.0]), reserves_year=2019)  # 2020 is not over
    assert [row["reserve_months"] for row in found] == [None, 3.0, None]


def test_the_ecosystem_in_one_year() -> None:
    years = funding.funding(FOUR, active("a", "b", "e", fte=[3.0, None, 9.0]))["years"]
    assert [year["year"] for year in years] == [2019, 2020]
    found = years[1]
    assert (found["income"], found["donors"], found["organisation_count"]) == (200.0, 3, 4)
    assert found["categories"] == {
        "companies": 50.0,
        "earned": 90.0,
        "government": 50.0,
        "multilateral": 10.0,
        "other": 0.0,
    }
    # x gives 70, y gives 40, and 90 is earned
    assert found["donor_hhi"] == pytest.approx((70**2 + 40**2 + 90**2) / 200**2)
    assert found["effective_donors"] == pytest.approx(200**2 / (70**2 + 40**2 + 90**2))
    # of four organisations one has an income of 0, so that of three it can be said whether they are exposed
    assert (found["exposed"], found["with_income"], found["exposed_share"]) == (1, 3, 1 / 3)
    assert found["median_top_donor_share"] == 0.25
    assert (found["public_share"], found["government_share"], found["earned_share"]) == (0.3, 0.25, 0.45)
    assert [
        (row["donor_key"], row["donor"], row["amount_eur"], row["share"], row["organisations"])
        for row in found["donor_totals"]
    ] == [
        ("earned", None, 90.0, 0.45, 2),
        ("x", "x", 70.0, 0.35, 2),
        ("y", "y", 40.0, 0.2, 1),
    ]
    assert found["coverage"] == {
        "organisations": 2, "with_income": 2, "active_organisations": 3, "share": 2 / 3, "jobs_share": 0.25,
        "exposed": 1,
    }  # fmt: skip
    assert found["organisations"] == [row for row in funding.dependency(FOUR, active("a")) if row["year"] == 2020]


def test_a_year_in_which_nobody_got_anything() -> None:
    found = funding.funding(income(("a", 2020, "x", "other", 0)), active())["years"][0]
    undefined = ("donor_hhi", "effective_donors", "median_top_donor_share", "public_share", "earned_share")
    assert [found[name] for name in undefined] == [None] * len(undefined)
    assert (found["income"], found["donors"], found["with_income"], found["exposed_share"]) == (0.0, 0, 0, None)
    assert (found["coverage"]["share"], found["coverage"]["jobs_share"]) == (None, None)
    assert found["donor_totals"][0]["share"] is None


def test_no_income_rows_no_years(rows: Rows) -> None:
    assert funding.funding(rows("income", {}), rows("active_organisations", {})) == {"years": []}
    assert funding.flows(rows("income", {}), 2020) == []
    assert funding.newly_exposed([], 2019, 2020) == []


def test_newly_exposed_were_known_not_to_be_exposed_before() -> None:
    assert funding.newly_exposed(funding.dependency(FOUR, active()), 2019, 2020) == [
        {
            "organisation_id": "a", "name": "A", "sector": "ngo", "income": 100.0, "top_donor": "x",
            "top_donor_share": 0.6, "public_share": 0.5, "top_donor_share_before": 0.4, "public_share_before": 0.2,
        }
    ]  # fmt: skip
    # b, c and d have no rows in 2019, and nobody stopped being exposed the other way round
    assert funding.newly_exposed(funding.dependency(FOUR, active()), 2020, 2019) == []


def test_flows_add_up_and_put_small_donors_together() -> None:
    found = [tuple(row.values()) for row in funding.flows(FOUR, 2020, largest=2)]
    assert found == [
        ("earned", None, "business", 60.0),
        ("earned", None, "ngo", 30.0),
        ("x", "x", "ngo", 70.0),
        ("other", None, "ngo", 40.0),
    ]
    assert funding.flows(FOUR, 2018) == []


def test_concentration_over_the_years() -> None:
    assert funding.concentration(FOUR)[0] == {
        "year": 2019, "income": 100.0, "donors": 3, "donor_hhi": pytest.approx(0.36), "effective_donors": pytest.approx(1 / 0.36),
    }  # fmt: skip


amounts = st.lists(
    st.tuples(
        st.sampled_from("abcd"),
        st.sampled_from([2019, 2020]),
        st.sampled_from("uvwxyz"),
        st.sampled_from(CATEGORIES),
        st.integers(0, 10**7).map(lambda cents: cents / 100),
    ),
    min_size=1,
    max_size=30,
)
Amounts = list[tuple[str, int, str, str, float]]


def drawn(rows: Amounts) -> pd.DataFrame:
    return income(
        *((o, year, None if kind == "earned" else donor, kind, amount) for o, year, donor, kind, amount in rows)
    )


@law
@given(amounts)
def test_shares_and_concentration_stay_within_their_ranges(rows: Amounts) -> None:
    for year in funding.funding(drawn(rows), active("a", "b"))["years"]:
        if year["income"] > 0:
            assert math.fsum(row["share"] for row in year["donor_totals"]) == pytest.approx(1)
            assert math.fsum(year["categories"].values()) == pytest.approx(year["income"])
        for row in [year, *year["organisations"]]:
            if row["income"] > 0:
                assert 1 / row["donors"] - 1e-9 <= row["donor_hhi"] <= 1 + 1e-9
                assert 1 - 1e-9 <= row["effective_donors"] <= row["donors"] + 1e-9
                assert row["government_share"] <= row["public_share"] <= 1 - row["earned_share"] + 1e-9
        for row in year["organisations"]:
            if row["income"] > 0:
                assert row["top_donor_share"] ** 2 <= row["donor_hhi"] + 1e-9
                assert 1 / len(CATEGORIES) - 1e-9 <= row["category_hhi"] <= 1 + 1e-9
            else:
                assert row["donor_hhi"] is row["exposed"] is None


@law
@given(amounts, st.sampled_from([0.5, 2.0, 1024.0]))
def test_more_money_leaves_every_share_as_it_was(rows: Amounts, factor: float) -> None:
    rows = [(*row[:4], row[4] * 2) for row in rows]  # so that half of it is whole cents as well
    scaled = [(*row[:4], row[4] * factor) for row in rows]
    before, after = funding.dependency(drawn(rows), active()), funding.dependency(drawn(scaled), active())
    for one, other in zip(before, after, strict=True):
        assert other == one | {"income": one["income"] * factor}


@law
@given(amounts, st.integers(0, 5))
def test_flows_add_up_to_the_income(rows: Amounts, largest: int) -> None:
    for year in funding.concentration(drawn(rows)):
        found = funding.flows(drawn(rows), year["year"], largest)
        assert math.fsum(row["amount_eur"] for row in found) == pytest.approx(year["income"])
        assert len({row["donor_key"] for row in found if row["donor_key"] != "other"}) <= largest


@law
@given(amounts)
def test_one_organisation_is_as_concentrated_as_its_ecosystem(rows: Amounts) -> None:
    alone = drawn([("a", *row[1:]) for row in rows])
    for year in funding.funding(alone, active("a"))["years"]:
        assert year["donors"] == year["organisations"][0]["donors"]
        assert year["donor_hhi"] == pytest.approx(year["organisations"][0]["donor_hhi"])


def organisations(*ids: str, **cells: Any) -> list[dict[str, Any]]:
    return [{"organisation_id": id_, "name": id_.upper(), "sector": "ngo", **cells} for id_ in ids]


def given_by(donor: str | None, donor_id: str | None = None, **cells: Any) -> dict[str, Any]:
    defaults = {"organisation_id": "a", "year": 2020, "category": "government", "amount": 1.0}
    return defaults | {"donor": donor, "donor_id": donor_id} | cells


def keys(rows: Rows, *funding_rows: dict[str, Any]) -> dict[str, tuple[str | None, str | None, float]]:
    found = rows("income", {"organisations": organisations("a", "b"), "funding": list(funding_rows)})
    found = found.astype(object).where(found.notna(), None)
    return {row.donor_key: (row.donor, row.donor_id, row.amount_eur) for row in found.itertuples()}


def test_a_donor_is_known_by_its_name_whatever_case_and_spaces(rows: Rows) -> None:
    spelled = [given_by("Café  Vrede"), given_by("CAFE vrede "), given_by("Café  Vrede", programme="fund")]
    assert keys(rows, *spelled) == {"cafe vrede": ("Café  Vrede", None, 3.0)}


def test_a_name_that_has_an_id_somewhere_has_it_everywhere(rows: Rows) -> None:
    assert keys(rows, given_by("Fund", "f-1"), given_by("fund")) == {"f-1": ("Fund", "f-1", 2.0)}


def test_two_donors_of_one_name_are_not_mixed_up(rows: Rows) -> None:
    found = keys(rows, given_by("Fund", "f-1"), given_by("Fund", "f-2"), given_by("Fund"))
    assert found == {"f-1": ("Fund", "f-1", 1.0), "f-2": ("Fund", "f-2", 1.0), "fund": ("Fund", None, 1.0)}


def test_an_id_with_several_names_shows_the_one_used_most(rows: Rows) -> None:
    named = [given_by("Foreign Affairs", "bz"), given_by("BZ", "bz"), given_by("Foreign Affairs", "bz", programme="x")]
    assert keys(rows, *named) == {"bz": ("Foreign Affairs", "bz", 3.0)}


def test_earned_income_has_no_donor_even_when_one_is_named(rows: Rows) -> None:
    earned = [given_by(None, category="earned"), given_by("Customer", "c-1", category="earned")]
    assert keys(rows, *earned) == {"earned": (None, None, 2.0)}


def test_income_has_every_year_and_whoever_left_but_not_whoever_is_filtered_out(rows: Rows) -> None:
    left = organisations("a", left_on=datetime.date(2019, 1, 1))
    other = [*organisations("b"), {"organisation_id": "h", "name": "Hub", "sector": "network", "role": "convenor"}]
    tables = {
        "organisations": [*left, *other],
        "funding": [given_by("Fund", organisation_id=id_, year=year) for id_ in "abh" for year in (2018, 2025)],
    }
    found = rows("income", tables, with_convenor=False)
    assert sorted(zip(found["organisation_id"], found["year"], strict=True)) == [
        ("a", 2018),
        ("a", 2025),
        ("b", 2018),
        ("b", 2025),
    ]
    assert set(found["name"]) == {"A", "B"}
    assert len(rows("income", tables, sectors=("network",))) == 2


def naive(rows: list[dict[str, str]]) -> dict[str, Any]:
    """The figures of one organisation and year, straight from the rows of the file."""
    total = math.fsum(float(row["amount"]) for row in rows)
    donors: dict[str, float] = defaultdict(float)
    categories: dict[str, float] = defaultdict(float)
    for row in rows:
        donors[row["donor"]] += float(row["amount"])
        categories[row["category"]] += float(row["amount"])
    top = max(sorted(donors), key=lambda donor: donors[donor])
    public = (categories["government"] + categories["multilateral"]) / total
    hhi = math.fsum((amount / total) ** 2 for amount in donors.values())
    return {
        "income": pytest.approx(total),
        "donors": len(donors),
        "top_donor": top,
        "top_donor_share": pytest.approx(donors[top] / total),
        "donor_hhi": pytest.approx(hhi),
        "effective_donors": pytest.approx(1 / hhi),
        "category_hhi": pytest.approx(math.fsum((amount / total) ** 2 for amount in categories.values())),
        "public_share": pytest.approx(public),
        "government_share": pytest.approx(categories["government"] / total),
        "earned_share": 0.0,
        "exposed": donors[top] / total >= 0.5 or public >= 0.75,
        "reserve_months": None,
    }


def test_every_figure_of_the_sample_computed_a_second_way(sample: Any) -> None:
    with (SAMPLE / "funding.csv").open(encoding="utf-8") as file:
        there = list(csv.DictReader(file))
    found = funding.funding(sample.rows("income", as_of=DAY), sample.rows("active_organisations", as_of=DAY))["years"]
    assert [year["year"] for year in found] == sorted({int(row["year"]) for row in there})
    for year in found:
        rows = [row for row in there if int(row["year"]) == year["year"]]
        per_organisation = defaultdict(list)
        for row in rows:
            per_organisation[row["organisation_id"]].append(row)
        assert {row["organisation_id"] for row in year["organisations"]} == set(per_organisation)
        for row in year["organisations"]:
            expected = naive(per_organisation[row["organisation_id"]])
            assert {name: row[name] for name in expected} == expected

        whole = naive(rows)
        same = ("income", "donors", "donor_hhi", "effective_donors", "public_share", "government_share", "earned_share")
        assert {name: year[name] for name in same} == {name: whole[name] for name in same}
        assert year["donor_totals"][0]["donor"] == whole["top_donor"]
        assert year["donor_totals"][0]["share"] == whole["top_donor_share"]
        for donor in year["donor_totals"]:
            given_rows = [row for row in rows if row["donor"] == donor["donor"]]
            assert donor["amount_eur"] == pytest.approx(math.fsum(float(row["amount"]) for row in given_rows))
            assert donor["organisations"] == len({row["organisation_id"] for row in given_rows})
        each = [naive(mine) for mine in per_organisation.values()]
        top_shares = [row["top_donor_share"] for row in year["organisations"]]
        assert year["median_top_donor_share"] == pytest.approx(statistics.median(top_shares))
        assert year["exposed_share"] == sum(row["exposed"] for row in each) / len(each)
        assert year["coverage"] == {
            "organisations": len(each), "with_income": len(each), "active_organisations": 166,
            "share": len(each) / 166, "jobs_share": None, "exposed": sum(row["exposed"] for row in each),
        }  # fmt: skip


def test_newly_exposed_and_flows_of_the_sample(sample: Any) -> None:
    income_rows = sample.rows("income", as_of=DAY)
    years = {year["year"]: year for year in funding.funding(income_rows, sample.rows("active_organisations"))["years"]}
    was = {row["organisation_id"]: row["exposed"] for row in years[2014]["organisations"]}
    expected = {
        row["organisation_id"]
        for row in years[2015]["organisations"]
        if row["exposed"] and was.get(row["organisation_id"]) is False
    }
    assert {
        row["organisation_id"]
        for row in funding.newly_exposed(
            funding.dependency(income_rows, sample.rows("active_organisations")), 2014, 2015
        )
    } == expected
    per_sector = income_rows[income_rows["year"] == 2015].groupby("sector")["amount_eur"].sum().to_dict()
    found: dict[str, float] = defaultdict(float)
    for row in funding.flows(income_rows, 2015, largest=3):
        found[row["sector"]] += row["amount_eur"]
    assert dict(found) == pytest.approx(per_sector)


# Other income: what does not come from the public purse, over the years

SHIFT = income(
    ("a", 2018, "x", "government", 80),
    ("a", 2018, "y", "companies", 20),
    ("a", 2020, "x", "government", 50),
    ("a", 2020, None, "earned", 50),
    ("b", 2018, "x", "multilateral", 100),
    ("b", 2020, "x", "multilateral", 90),
    ("b", 2020, "y", "individuals", 10),
    ("c", 2018, "y", "companies", 300),
    ("c", 2020, "x", "government", 300),
    ("d", 2020, "x", "government", 10),
    ("e", 2018, "y", "companies", 0),
    ("e", 2020, "y", "companies", 5),
)
TYPES = pd.DataFrame({"organisation_id": ["a", "b", "d"], "type": ["ingo", "ngo", "ngo"]})


def test_other_income_is_what_is_not_public_and_can_be_counted() -> None:
    found = funding.other_income(SHIFT, TYPES, 2018, 2020)
    assert found["years"] == [
        {"year": 2018, "sector": None, "organisations": 4, "income": 500.0, "other_share": 320 / 500},
        {"year": 2020, "sector": None, "organisations": 5, "income": 515.0, "other_share": 65 / 515},
        {"year": 2018, "sector": "business", "organisations": 2, "income": 300.0, "other_share": 1.0},
        {"year": 2020, "sector": "business", "organisations": 3, "income": 315.0, "other_share": 5 / 315},
        {"year": 2018, "sector": "ngo", "organisations": 2, "income": 200.0, "other_share": 0.1},
        {"year": 2020, "sector": "ngo", "organisations": 2, "income": 200.0, "other_share": 0.3},
    ]
    # a, b and c have income in both years; d is new and e had nothing
    assert found["moved"] == [
        {"organisation_id": "a", "name": "A", "sector": "ngo", "type": "ingo", "income": 100.0,
         "other_share_before": 0.2, "other_share": 0.5, "change": pytest.approx(0.3)},
        {"organisation_id": "b", "name": "B", "sector": "ngo", "type": "ngo", "income": 100.0,
         "other_share_before": 0.0, "other_share": 0.1, "change": pytest.approx(0.1)},
        {"organisation_id": "c", "name": "C", "sector": "business", "type": None, "income": 300.0,
         "other_share_before": 1.0, "other_share": 0.0, "change": -1.0},
    ]  # fmt: skip
    assert found["same"] == {
        "organisations": 3, "up": 2, "down": 1, "mean_change": pytest.approx(-0.2), "median_change": pytest.approx(0.1),
        "other_share_before": 320 / 500, "other_share": 60 / 500, "change": pytest.approx(-0.52),
    }  # fmt: skip
    kinds = {
        (row["by"], row["code"]): (row["organisations"], row["up"], row["median_change"]) for row in found["kinds"]
    }
    assert kinds == {
        ("sector", "ngo"): (2, 2, pytest.approx(0.2)),
        ("sector", "business"): (1, 0, -1.0),
        ("type", "ingo"): (1, 1, pytest.approx(0.3)),
        ("type", "ngo"): (1, 1, pytest.approx(0.1)),
    }
    ngo = next(row for row in found["kinds"] if row["code"] == "ngo" and row["by"] == "sector")
    assert (ngo["other_share_before"], ngo["other_share"], ngo["change"]) == (0.1, 0.3, pytest.approx(0.2))
    assert [row["code"] for row in found["kinds"]] == ["ngo", "business", "ingo", "ngo"]


def test_other_income_where_nothing_can_be_compared() -> None:
    found = funding.other_income(SHIFT, TYPES, 2018, 2019)
    assert (found["moved"], found["kinds"]) == ([], [])
    assert found["same"] == {
        "organisations": 0, "up": 0, "down": 0, "mean_change": None, "median_change": None, "other_share_before": None, "other_share": None,
        "change": None,
    }  # fmt: skip
    nothing = funding.other_income(income(("a", 2020, "x", "other", 0)), TYPES, 2020, 2020)
    assert [(row["year"], row["other_share"], row["organisations"]) for row in nothing["years"]] == [
        (2020, None, 1),
        (2020, None, 1),
    ]
    assert nothing["moved"] == []
    assert funding.other_income(SHIFT.iloc[:0], TYPES, 2018, 2020)["years"] == []


@law
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcd"), st.sampled_from([2018, 2019, 2020]), st.sampled_from("xy"),
            st.sampled_from([c for c in CATEGORIES if c != "earned"]), st.sampled_from([0, 10, 25]),
        ),
        min_size=1,
        max_size=20,
    )
)  # fmt: skip
def test_other_income_is_one_minus_public_money_and_agrees_with_straight_loops(rows: list[Any]) -> None:
    listed = income(*rows)
    found = funding.other_income(listed, TYPES, 2018, 2020)
    for year in funding.funding(listed, active())["years"]:
        whole = next(row for row in found["years"] if (row["year"], row["sector"]) == (year["year"], None))
        public = year["public_share"]
        assert whole["other_share"] == (None if public is None else pytest.approx(1 - public))
        assert whole["income"] == pytest.approx(year["income"])
    total: dict[tuple[str, int], float] = defaultdict(float)
    other: dict[tuple[str, int], float] = defaultdict(float)
    for who, year, _, category, amount in rows:
        total[who, year] += amount
        other[who, year] += amount * (category not in ("government", "multilateral"))
    expected = {
        who: other[who, 2020] / total[who, 2020] - other[who, 2018] / total[who, 2018]
        for who in "abcd"
        if total[who, 2018] > 0 and total[who, 2020] > 0
    }
    assert {row["organisation_id"]: row["change"] for row in found["moved"]} == pytest.approx(expected)
    assert [row["change"] for row in found["moved"]] == sorted((r["change"] for r in found["moved"]), reverse=True)
    same = found["same"]
    assert (same["up"], same["down"]) == (
        sum(c > 1e-9 for c in expected.values()),
        sum(c < -1e-9 for c in expected.values()),
    )
    if expected:
        assert same["median_change"] == pytest.approx(statistics.median(expected.values()))
        assert same["mean_change"] == pytest.approx(statistics.fmean(expected.values()))
