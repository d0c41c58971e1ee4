"""Totals: cells a person can count, laws for any income, and an attacker who knows everything but the amounts.

The attacker is told who gets what kind of income from whom in which year. Of each number that is published he works out
which amounts it is the sum of, and then tries what follows. He is shown to succeed on tables that are not safe.
"""

import contextlib
import dataclasses
import inspect
import math
import random
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest
from attacker import (
    Attack,
    Equation,
    Row,
    Unknown,
    Words,
    attack,
    attack_on,
    attack_with,
    groups,
    rank,
    read,
    read_file,
    secrets,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from hubdata import access, exports, loading, questions, reports, sharing
from hubdata import settings as hub_settings
from hubdata.indicators import funding
from hubdata.indicators.totals import totals
from hubdata.reports import content, graph
from hubdata.ui import chapters, session
from hubdata.ui.chapters import files
from hubdata.ui.income import category_labels

CATEGORIES = ("companies", "government", "lotteries", "multilateral", "earned")

law = settings(deadline=None, max_examples=30)


def income(rows: Iterable[Row]) -> pd.DataFrame:
    """Income of organisations of which the id is their name: organisation, year, donor, category, amount."""
    return pd.DataFrame(
        [
            {
                "organisation_id": organisation, "year": year, "category": category, "amount_eur": float(amount),
                "donor_key": "earned" if category == "earned" else str(donor).lower(),
                "donor": None if category == "earned" else donor, "donor_id": f"id-of-{donor}",
                "name": organisation.upper(), "sector": "ngo",
            }
            for organisation, year, donor, category, amount in rows
        ],
        columns=["organisation_id", "year", "category", "amount_eur", "donor_key", "donor", "donor_id", "name", "sector"],
    )  # fmt: skip


def active(*ids: str) -> pd.DataFrame:
    return pd.DataFrame({"organisation_id": list(ids)}, dtype=object)


def each(organisations: str, donor: str | None, category: str, *amounts: float, year: int = 2020) -> list[Row]:
    """One row per organisation, named by a letter."""
    return [(o, year, donor, category, amount) for o, amount in zip(organisations, amounts, strict=True)]


def cells(year: dict[str, Any]) -> list[tuple[str, str | None, str, float, int]]:
    return [
        (row["donor_key"], row["donor"], row["category"], row["amount_eur"], row["organisations"])
        for row in year["donor_totals"]
    ]


# Companies: X gives to a, b, c; Y to d; Z to e and f. Lotteries: a. Individuals: b and g. Earned: a, b, c, d.
SEVEN = [
    *each("abc", "X", "companies", 10, 20, 30),
    *each("d", "Y", "companies", 5),
    *each("ef", "Z", "companies", 7, 8),
    *each("a", "L", "lotteries", 100),
    *each("bg", "P", "individuals", 3, 4),
    *each("abcd", None, "earned", 1, 2, 3, 10),
]


def one_year(rows: list[Row], *ids: str, **options: Any) -> dict[str, Any]:
    (year,) = totals(income(rows), active(*ids), **options)["years"]
    return year


def test_small_donors_and_small_categories_are_put_together() -> None:
    year = one_year(SEVEN, "a", "b", "h")
    assert (year["year"], year["income"], year["organisation_count"]) == (2020, 203.0, 7)
    # lotteries and individuals have a, b and g together
    assert year["categories"] == {"companies": 80.0, "earned": 16.0, "merged": 107.0}
    assert cells(year) == [
        ("other", None, "merged", 107.0, 3),
        ("x", "X", "companies", 60.0, 3),
        ("other", None, "companies", 20.0, 3),
        ("earned", None, "earned", 16.0, 4),
    ]
    assert [row["share"] for row in year["donor_totals"]] == [107 / 203, 60 / 203, 20 / 203, 16 / 203]
    assert {row["donor_id"] for row in year["donor_totals"]} == {None}
    assert year["coverage"] == {
        "organisations": 2, "with_income": 2, "active_organisations": 3, "share": 2 / 3, "jobs_share": None,
        "exposed": None,
    }  # fmt: skip
    unpublished = ("donors", "donor_hhi", "effective_donors", "median_top_donor_share")
    assert [year[name] for name in unpublished] == [None] * 4
    assert year["organisations"] == []


def test_every_name_of_funding_is_there_and_no_other() -> None:
    whole = funding.funding(income(SEVEN), active("a").assign(fte=1.0, reserves=None))["years"][0]
    year = one_year(SEVEN, "a")
    assert year.keys() == whole.keys()
    assert year["coverage"].keys() == whole["coverage"].keys()
    assert year["donor_totals"][0].keys() == whole["donor_totals"][0].keys() | {"category"}


def test_the_smallest_other_category_joins_those_that_are_too_small_together() -> None:
    rows = [
        *each("abc", "X", "companies", 50, 50, 50),
        *each("bcd", "Y", "government", 20, 20, 20),
        *each("ab", "L", "lotteries", 9, 9),
    ]
    assert one_year(rows)["categories"] == {"companies": 150.0, "merged": 78.0}
    # lotteries and government are now larger than companies: still the smallest of the others joins
    assert one_year([*rows, *each("bcd", "Y", "government", 99, 0, 0)])["categories"] == {
        "government": 159.0,
        "merged": 168.0,
    }


def test_of_equal_categories_the_first_by_name_joins() -> None:
    rows = [
        *each("abc", "X", "companies", 20, 20, 20),
        *each("bcd", "Y", "government", 20, 20, 20),
        *each("a", "L", "lotteries", 9),
    ]
    assert one_year(rows)["categories"] == {"government": 60.0, "merged": 69.0}


def test_the_smallest_other_donor_joins_those_that_are_too_small_together() -> None:
    rows = [
        *each("abc", "X", "companies", 50, 50, 50),
        *each("cde", "Y", "companies", 20, 20, 20),
        *each("f", "Z", "companies", 1),
    ]
    assert cells(one_year(rows)) == [
        ("x", "X", "companies", 150.0, 3),
        ("other", None, "companies", 61.0, 4),
    ]


def test_a_year_in_which_nothing_can_stand_by_itself_is_one_cell() -> None:
    rows = [*each("ab", "X", "companies", 1, 2), *each("c", "Y", "government", 4)]
    year = one_year(rows)
    assert year["categories"] == {"merged": 7.0}
    assert cells(year) == [("other", None, "merged", 7.0, 3)]
    assert [year[name] for name in ("public_share", "government_share", "earned_share")] == [None] * 3


def test_a_year_of_two_organisations_is_left_out_and_a_zero_hides_nobody() -> None:
    two = each("ab", "X", "companies", 1, 2, year=2019)
    assert totals(income(two), active()) == {"years": []}
    assert totals(income([*two, *each("c", "X", "companies", 0, year=2019)]), active()) == {"years": []}
    assert totals(income([]), active()) == {"years": []}
    assert [year["year"] for year in totals(income([*two, *SEVEN]), active())["years"]] == [2020]
    with_zeros = [*SEVEN, *each("hi", "Y", "companies", 0, 0), *each("hi", "L", "lotteries", 0, 0)]
    assert one_year(with_zeros, "a", "h") == one_year(SEVEN, "a", "h")


def test_a_donor_that_gives_to_all_is_not_named() -> None:
    """Who has income is no secret, so "X gives to all seven" would be the donor of each of them."""
    all_from_x = each("abcdefg", "X", "multilateral", *range(1, 8))
    assert cells(one_year(all_from_x)) == [("other", None, "multilateral", 28.0, 7)]
    assert one_year(all_from_x)["donors"] is None
    # also when it takes two categories, of which one by itself would not tell
    in_parts = [*each("abcd", "X", "multilateral", 1, 1, 1, 1), *each("defg", "X", "companies", 1, 1, 1, 1)]
    assert {row["donor"] for row in one_year(in_parts)["donor_totals"]} == {None}
    assert [row["donor"] for row in one_year([*all_from_x, *each("h", "Y", "multilateral", 1)])["donor_totals"]] == [
        None
    ]
    all_but_three = [*all_from_x, *each("hij", "Y", "multilateral", 1, 1, 1)]
    assert [row["donor"] for row in one_year(all_but_three)["donor_totals"]] == ["X", "Y"]


def test_that_all_earn_something_names_no_donor() -> None:
    year = one_year([*each("abc", None, "earned", 1, 2, 3), *each("abc", "X", "companies", 1, 2, 3)])
    assert cells(year) == [("earned", None, "earned", 6.0, 3), ("other", None, "companies", 6.0, 3)]


def test_a_donor_in_two_categories_is_named_in_each_by_itself() -> None:
    rows = [
        *each("abc", "X", "companies", 1, 2, 3),
        *each("de", "X", "government", 100, 200),
        *each("efg", "Y", "government", 10, 20, 30),
        *each("f", "W", "government", 5),
        *each("bcd", "X", "nonprofits", 4, 4, 4),
    ]
    assert cells(one_year(rows)) == [
        ("other", None, "government", 305.0, 3),
        ("y", "Y", "government", 60.0, 3),
        ("x", "X", "nonprofits", 12.0, 3),
        ("x", "X", "companies", 6.0, 3),
    ]


def test_donors_are_counted_when_all_are_named() -> None:
    rows = [
        *each("abc", "X", "companies", 1, 2, 3),
        *each("abd", "X", "government", 1, 2, 3),
        *each("efg", "Y", "companies", 4, 5, 6),
        *each("abe", None, "earned", 1, 1, 1),
    ]
    assert one_year(rows)["donors"] == 3
    assert one_year([*rows, *each("a", "Z", "companies", 1)])["donors"] is None


def test_a_donor_called_other_or_earned_is_a_donor() -> None:
    rows = [
        *each("abc", "Other", "companies", 1, 2, 3),
        *each("def", "Earned", "companies", 4, 5, 6),
        *each("abf", None, "earned", 1, 1, 1),
    ]
    year = one_year(rows)
    assert [(key, donor) for key, donor, *_ in cells(year)] == [
        ("earned", "Earned"),
        ("other", "Other"),
        ("earned", None),
    ]
    assert year["donors"] == 3


def test_shares_need_the_categories_they_are_made_of() -> None:
    rows = [*each("abc", "X", "government", 10, 10, 10), *each("abd", "Y", "companies", 20, 20, 20)]
    names = ("public_share", "government_share", "earned_share")
    # nothing is put together, so there is no multilateral or earned income
    assert [one_year(rows)[name] for name in names] == [1 / 3, 1 / 3, 0.0]
    with_eu = [*rows, *each("bcd", "EU", "multilateral", 3, 3, 4)]
    assert [one_year(with_eu)[name] for name in names] == [0.4, 0.3, 0.0]
    # whether "merged" holds multilateral income or not, it is not said
    for category in ("multilateral", "individuals"):
        hidden = [*rows, *each("ab", "L", "lotteries", 1, 1), *each("c", "P", category, 8)]
        assert [one_year(hidden)[name] for name in names] == [None, 0.3, None]


@pytest.mark.parametrize(("exposed", "of", "told"), [(0, 4, True), (1, 4, False), (2, 4, False), (3, 4, False), (4, 4, True), (3, 5, False), (3, 6, True), (2, 6, False)])  # fmt: skip
def test_exposed_says_nothing_of_one_or_two_organisations(exposed: int, of: int, told: bool) -> None:
    rows = []
    for organisation in "abcdef"[:of]:
        is_exposed = organisation in "abcdef"[:exposed]
        rows += [(organisation, 2020, "X", "companies", 60 if is_exposed else 30)]
        rows += [(organisation, 2020, donor, "companies", 20) for donor in "YZW"]
    year = one_year(rows)
    assert (year["exposed"], year["exposed_share"]) == ((exposed, exposed / of) if told else (None, None))
    assert year["organisation_count"] == of


def test_the_thresholds_are_those_of_funding() -> None:
    rows = [row for donor in "XYZ" for row in each("abcd", donor, "multilateral", *[10] * 4)]
    assert one_year(rows)["exposed"] == 4
    assert one_year(rows, exposure_threshold=0.4, public_threshold=1.1)["exposed"] == 0
    assert one_year(rows, exposure_threshold=0.3, public_threshold=1.1)["exposed"] == 4


def test_amounts_are_whole_cents_whatever_they_are_the_sum_of() -> None:
    """0.1 + 0.2 + 0.3 and 0.2 + 0.2 + 0.2 are not the same float; which of them it was must not be seen."""
    one = each("abc", "X", "companies", 0.1, 0.2, 0.3) + each("def", "Y", "companies", 0.7, 0.1, 0.1)
    other = each("abc", "X", "companies", 0.2, 0.2, 0.2) + each("def", "Y", "companies", 0.3, 0.3, 0.3)
    assert one_year(one) == one_year(other)
    assert cells(one_year(one)) == [("y", "Y", "companies", 0.9, 3), ("x", "X", "companies", 0.6, 3)]


def test_less_than_a_cent_does_not_divide_by_zero() -> None:
    year = one_year(each("abc", "X", "companies", 0.0001, 0.0001, 0.0001))
    assert (year["income"], year["donor_totals"][0]["share"], year["earned_share"]) == (0.0, None, None)


def test_the_active_organisations_change_the_coverage_only() -> None:
    """There is no as-of day among the arguments; of `organisations` only the ids are read, and two days differ in them."""
    assert list(inspect.signature(totals).parameters) == [
        "income", "organisations", "exposure_threshold", "public_threshold", "minimum", "is_partial", "accounts",
        "why_partial",
    ]  # fmt: skip
    on_one_day, on_another = one_year(SEVEN, "a", "b", "h"), one_year(SEVEN, "b")
    assert on_another["coverage"] == {
        "organisations": 1, "with_income": 1, "active_organisations": 1, "share": 1.0, "jobs_share": None,
        "exposed": None,
    }  # fmt: skip
    assert on_one_day | {"coverage": None} == on_another | {"coverage": None}
    nobody = one_year(SEVEN)["coverage"]
    assert (nobody["organisations"], nobody["active_organisations"], nobody["share"]) == (0, 0, None)


# What is known to be true of any income.


@st.composite
def incomes(draw: st.DrawFn) -> list[Row]:
    """A few donors of two years, each giving to one to six of seven organisations; now and then an amount is zero."""
    rows: list[Row] = []
    sources = st.tuples(st.sampled_from([2019, 2020]), st.sampled_from("WXYZ"), st.sampled_from(CATEGORIES))
    for year, donor, category in draw(st.lists(sources, min_size=1, max_size=14, unique=True)):
        recipients = draw(st.sets(st.integers(0, 6), min_size=1, max_size=6))
        known_as = None if category == "earned" else donor
        cents = draw(st.lists(st.integers(0, 3000), min_size=len(recipients), max_size=len(recipients)))
        rows += [
            ("abcdefg"[o], year, known_as, category, n / 100) for o, n in zip(sorted(recipients), cents, strict=True)
        ]
    return list({row[:4]: row for row in rows}.values())


many = incomes()


def in_cents(amount: float) -> int:
    return round(amount * 100)


@law
@given(many, st.integers(2, 5))
def test_the_cells_are_a_partition_of_the_year_and_none_is_too_small(rows: list[Row], minimum: int) -> None:
    found = {year["year"]: year for year in totals(income(rows), active(), minimum=minimum)["years"]}
    for number in (2019, 2020):
        positive = [row for row in rows if row[1] == number and row[4] > 0]
        there = {row[0] for row in positive}
        assert (number in found) == (len(there) >= minimum)
        if number not in found:
            continue
        year = found[number]
        assert year["organisation_count"] == len(there)
        assert in_cents(year["income"]) == sum(in_cents(row[4]) for row in positive)
        assert sum(map(in_cents, year["categories"].values())) == in_cents(year["income"])
        assert math.fsum(row["share"] for row in year["donor_totals"]) == pytest.approx(1)
        seen: list[Row] = []
        for row in year["donor_totals"]:
            mine = [one for one in positive if one in members(year, row, positive)]
            assert row["organisations"] == len({one[0] for one in mine}) >= minimum
            assert in_cents(row["amount_eur"]) == sum(in_cents(one[4]) for one in mine)
            seen += mine
        assert sorted(seen, key=str) == sorted(positive, key=str)


def members(year: dict[str, Any], row: dict[str, Any], positive: list[Row]) -> list[Row]:
    """The rows of a published cell, by what the docstring says it is."""
    named = {(one["category"], one["donor"]) for one in year["donor_totals"] if one["donor"]}
    if row["category"] == "merged":
        return [one for one in positive if one[3] not in year["categories"]]
    mine = [one for one in positive if one[3] == row["category"]]
    if row["category"] == "earned":
        return mine
    if row["donor"]:
        return [one for one in mine if one[2] == row["donor"]]
    return [one for one in mine if (one[3], one[2]) not in named]


@law
@given(many)
def test_nothing_is_put_together_without_need(rows: list[Row]) -> None:
    for year in totals(income(rows), active())["years"]:
        mine = [row for row in rows if row[1] == year["year"] and row[4] > 0]
        there = {row[0] for row in mine}

        def enough(found: Iterable[Row]) -> bool:
            return len({row[0] for row in found}) >= 3

        hidden = {row[3] for row in mine} - year["categories"].keys()
        spared = [name for name in hidden if enough(row for row in mine if row[3] == name)]
        small = [row for row in mine if row[3] in hidden and row[3] not in spared]
        assert len(spared) == (0 if enough(small) or not hidden else 1)
        for category in year["categories"].keys() - {"merged", "earned"}:
            named = {row["donor"] for row in year["donor_totals"] if row["category"] == category}
            of_kind = [row for row in mine if row[3] == category]
            others = {row[2] for row in of_kind} - named
            to_all = {
                donor for donor in others if {row[0] for row in mine if row[2] == donor and row[3] != "earned"} == there
            }
            could = [d for d in others - to_all if enough(row for row in of_kind if row[2] == d)]
            assert len(could) <= 1
            if could:
                assert not enough(row for row in of_kind if row[2] in others - set(could))


@law
@given(many)
def test_no_named_donor_gives_to_all(rows: list[Row]) -> None:
    for year in totals(income(rows), active())["years"]:
        mine = [row for row in rows if row[1] == year["year"] and row[4] > 0 and row[3] != "earned"]
        for donor in {row["donor"] for row in year["donor_totals"]} - {None}:
            assert len({row[0] for row in mine if row[2] == donor}) < year["organisation_count"]


@law
@given(many, st.permutations("abcdefg"), st.randoms(use_true_random=False))
def test_other_names_and_another_order_change_nothing(
    rows: list[Row], names: list[str], shuffle: random.Random
) -> None:
    renamed = [(names["abcdefg".index(organisation)], *rest) for organisation, *rest in rows]
    shuffle.shuffle(renamed)
    assert totals(income(renamed), active()) == totals(income(rows), active())


@law
@given(many)
def test_other_names_of_donors_change_their_names_only(rows: list[Row]) -> None:
    renamed = [(o, year, f"New {donor}", kind, amount) for o, year, donor, kind, amount in rows]
    expected = totals(income(rows), active())
    for row in (row for year in expected["years"] for row in year["donor_totals"] if row["donor"]):
        row |= {"donor": f"New {row['donor']}", "donor_key": f"new {row['donor_key']}"}
    assert totals(income(renamed), active()) == expected


@law
@given(many)
def test_years_do_not_look_at_each_other(rows: list[Row]) -> None:
    apart = [totals(income(row for row in rows if row[1] == year), active())["years"] for year in (2019, 2020)]
    assert totals(income(rows), active())["years"] == [year for found in apart for year in found]


def test_the_arguments_stay_as_they_were() -> None:
    table, organisations = income(SEVEN), active("a", "b")
    totals(table, organisations)
    pd.testing.assert_frame_equal(table, income(SEVEN))
    pd.testing.assert_frame_equal(organisations, active("a", "b"))


# The attacker.


def plain(rows: Iterable[Row]) -> dict[str, Any]:
    """A table that looks careful and is not: totals, and blanks where a category or donor has too few organisations."""
    table = income(rows)
    (year,) = funding.funding(table, active().assign(fte=None, reserves=None))["years"]
    for name in ("donor_hhi", "effective_donors", "median_top_donor_share"):
        year[name] = None
    per_category = table[table["amount_eur"] > 0].groupby("category")["organisation_id"].nunique()
    year["categories"] = {name: value for name, value in year["categories"].items() if per_category[name] >= 3}
    return {"years": [year | {"organisations": [], "donor_totals": []}]}


def test_the_attacker_fills_a_hole_from_the_margin() -> None:
    rows = [
        *each("abc", "X", "companies", 10, 20, 30),
        *each("bcd", "Y", "government", 5, 5, 5),
        *each("ab", "L", "lotteries", 40, 2),
    ]
    assert plain(rows)["years"][0]["categories"] == {"companies": 60.0, "government": 15.0}
    attacker = attack(plain(rows), rows)
    hidden = frozenset({Unknown("a", 2020, "l", "lotteries"), Unknown("b", 2020, "l", "lotteries")})
    assert attacker.recovered() == {hidden: pytest.approx(42)}
    assert attacker.bounds(hidden) == (pytest.approx(42), pytest.approx(42))
    assert [group for group in groups("abcd") if attacker.knows_something_of(group)] == [("a", "b")]
    # what is published instead
    assert not attack(totals(income(rows), active()), rows).recovered()


def test_the_attacker_fills_a_hole_from_a_share() -> None:
    rows = [
        *each("abc", "X", "companies", 10, 20, 30),
        *each("bcd", "Y", "government", 5, 5, 5),
        *each("a", "EU", "multilateral", 40),
        *each("b", "P", "individuals", 3),
    ]
    attacker = attack(plain(rows), rows)
    alone = frozenset({Unknown("a", 2020, "eu", "multilateral")})
    assert attacker.recovered()[alone] == pytest.approx(40)
    assert not attack(totals(income(rows), active()), rows).recovered()


def test_the_attacker_finds_everything_when_cells_may_be_of_one_organisation() -> None:
    safe, unsafe = (totals(income(SEVEN), active(), minimum=minimum) for minimum in (3, 1))
    assert not attack(safe, SEVEN).recovered()
    found = attack(unsafe, SEVEN).recovered()
    assert found[frozenset({Unknown("a", 2020, "l", "lotteries")})] == pytest.approx(100)
    assert found[frozenset({Unknown("d", 2020, "y", "companies")})] == pytest.approx(5)


def test_the_attacker_subtracts_a_population_from_another() -> None:
    """Why the caller must always hand in the same rows: one table is protected, two of them are not."""
    without = [row for row in SEVEN if row[0] != "d"]
    known = secrets(SEVEN)
    there = [one for one in known if one.organisation != "d"]
    both = [*read(totals(income(SEVEN), active()), known), *read(totals(income(without), active()), there)]
    found = Attack(both, known).recovered()
    assert found[frozenset(one for one in known if one.organisation == "d")] == pytest.approx(15)


def test_the_attacker_solves_two_hidden_donors_from_the_sum_of_squares() -> None:
    """Why there is no HHI: what remains of the income and of the HHI gives both of two hidden amounts."""
    shown, hidden = 60.0, (7.0, 3.0)
    whole = shown + sum(hidden)
    hhi = sum((amount / whole) ** 2 for amount in (shown, *hidden))
    total, squares = whole - shown, hhi * whole**2 - shown**2
    half_gap = math.sqrt(2 * squares - total**2) / 2
    assert (total / 2 + half_gap, total / 2 - half_gap) == (pytest.approx(7), pytest.approx(3))


def test_a_number_that_the_attacker_cannot_read_is_complained_of() -> None:
    published = totals(income(SEVEN), active())
    published["years"][0]["donor_hhi"] = 0.4
    with pytest.raises(AssertionError, match="donor_hhi"):
        read(published, secrets(SEVEN))


@law
@given(many)
def test_the_attacker_learns_nothing_of_one_or_two_organisations(rows: list[Row]) -> None:
    """Of both years together: no amount, no sum of amounts, and no combination of them with whatever weights."""
    attacker = attack(totals(income(rows), active("a", "b")), rows)
    for group in groups(attacker.organisations):
        assert not attacker.knows_something_of(group)


@settings(deadline=None, max_examples=15)
@given(many)
def test_the_attacker_works_out_no_target(rows: list[Row]) -> None:
    assert not attack(totals(income(rows), active()), rows).recovered()


@settings(deadline=None, max_examples=10)
@given(many)
def test_no_amount_is_determined_by_not_being_negative(rows: list[Row]) -> None:
    """Each can be another one: the lowest and the highest amount that fit what is published are apart."""
    attacker = attack(totals(income(rows), active()), rows)
    if not attacker.left.size:
        return
    published = {one for one in attacker.unknowns if attacker.left[:, attacker.unknowns.index(one)].any()}
    for one in published:
        low, high = attacker.bounds([one])
        assert high > low + 0.001
        assert low == pytest.approx(0, abs=1e-6)


@settings(deadline=None, max_examples=15)
@given(many, st.sampled_from([0.5, 0.6]))
def test_everybody_could_have_got_something_else(rows: list[Row], threshold: float) -> None:
    """Another income, in which this amount is another one, gives all the same figures: the counts tell nothing more."""
    published = totals(income(rows), active("a"), exposure_threshold=threshold)
    there = {year["year"] for year in published["years"]}
    mine = [row for row in rows if row[4] > 0.02 and row[1] in there]
    for row in mine[:4]:
        cell = [other for other in mine if other[0] != row[0] and other[1:4] == row[1:4]]
        worlds = ([moved(one, row, other, cents) for one in rows] for other in cell for cents in (-1, 1))
        if cell:  # otherwise the amount is in a cell with those of other donors, of which other tests tell
            same = (totals(income(world), active("a"), exposure_threshold=threshold) == published for world in worlds)
            assert any(same), row


def moved(one: Row, giver: Row, taker: Row, cents: int) -> Row:
    change = {giver: -cents, taker: cents}.get(one, 0)
    return (*one[:4], (in_cents(one[4]) + change) / 100)


# Beyond the contract: an attacker who knows some of the amounts.


def with_own(attacker: Attack, own: str, rows: Iterable[Row]) -> Attack:
    """The attacker is an organisation, and knows what it got itself."""
    known = secrets(rows)
    read_already = [
        Equation(frozenset(one for one, is_in in zip(attacker.unknowns, line, strict=True) if is_in), value)
        for line, value in zip(attacker.left, attacker.right, strict=True)
    ]
    mine = [Equation(frozenset({one}), amount) for one, amount in known.items() if one.organisation == own]
    return Attack([*read_already, *mine], known)


@law
@given(many)
def test_an_organisation_that_knows_its_own_amounts_finds_no_other_one(rows: list[Row]) -> None:
    published = totals(income(rows), active())
    attacker = attack(published, rows)
    for own in attacker.organisations:
        insider = with_own(attacker, own, rows)
        for other in attacker.organisations:
            if other != own:
                # more than its own amounts tell it: the rank grows by the columns of both, not by its own alone
                both = [one.organisation not in (own, other) for one in insider.unknowns]
                own_rank = sum(one.organisation == own for one in insider.unknowns)
                assert rank(insider.left) - rank(insider.left[:, both]) == own_rank


def test_an_organisation_in_a_cell_of_three_finds_the_sum_of_the_other_two_and_of_four_nothing() -> None:
    three = [*each("abc", "X", "companies", 10, 20, 30), *each("def", "Y", "companies", 1, 2, 3)]
    insider = with_own(attack(totals(income(three), active()), three), "a", three)
    others = frozenset({Unknown("b", 2020, "x", "companies"), Unknown("c", 2020, "x", "companies")})
    assert insider.solve(others) == pytest.approx(50)
    assert insider.solve([Unknown("b", 2020, "x", "companies")]) is None
    four = [*each("abcd", "X", "companies", 10, 20, 30, 40), *each("efgh", "Y", "companies", 1, 2, 3, 4)]
    insider = with_own(attack(totals(income(four), active()), four), "a", four)
    for group in groups("bcdefgh"):
        assert not insider.knows_something_of(group)


def test_who_knows_that_nothing_changed_may_subtract_the_years() -> None:
    """The other limit that the module names: a, b and c get the same in both years, and somebody knows it."""
    rows = [
        *each("abc", "X", "companies", 10, 20, 30, year=2019), *each("efg", "Y", "companies", 1, 1, 1, year=2019),
        *each("abcd", "X", "companies", 10, 20, 30, 40), *each("efg", "Y", "companies", 1, 1, 1),
    ]  # fmt: skip
    attacker = attack(totals(income(rows), active()), rows)
    d = Unknown("d", 2020, "x", "companies")
    assert attacker.solve([d]) is None
    before, now = (frozenset(one for one in attacker.unknowns if one.year == year and one.donor_key == "x") for year in (2019, 2020))  # fmt: skip
    assert now - {d} == {one._replace(year=2020) for one in before}
    assert attacker.solve(now) - attacker.solve(before) == pytest.approx(40)  # type: ignore[operator]


# The real sample.


def test_the_sample_adds_up_and_tells_nothing_of_one_or_two_organisations(sample: Any) -> None:
    table, organisations = sample.rows("income"), sample.rows("active_organisations")
    whole = {year["year"]: year for year in funding.funding(table, organisations)["years"]}
    published = totals(table, organisations)
    assert [year["year"] for year in published["years"]] == list(whole)
    for year in published["years"]:
        expected = whole[year["year"]]
        for name in ("income", "categories", "public_share", "government_share", "earned_share"):
            assert year[name] == pytest.approx(expected[name])
        for name in ("organisation_count", "exposed"):
            assert year[name] == expected[name]
        known = {
            Unknown(row.organisation_id, row.year, row.donor_key, row.category): row.amount_eur
            for row in table[table["year"] == year["year"]].itertuples()
        }
        attacker = attack_on({"years": [year]}, known)
        assert not [group for group in groups(attacker.organisations) if attacker.knows_something_of(group)]


def test_the_sample_names_donors_unless_all_income_of_the_year_is_theirs(sample: Any) -> None:
    table = sample.rows("income")
    donors = table[table["amount_eur"] > 0].groupby("year")["donor_key"].nunique()
    for year in totals(table, sample.rows("active_organisations"))["years"]:
        assert any(row["donor"] for row in year["donor_totals"]) == (donors[year["year"]] > 1)


# The files of a link that shows totals.

TWO_YEARS = [
    *SEVEN,
    *each("abcd", "X", "companies", 11, 22, 33, 44, year=2019),
    *each("efg", "Z", "government", 5, 6, 7, year=2019),
]
PAGES = ["overview", "network", "funding", "organisation", "changes"]
FORMATS = (".xlsx", ".docx", ".pptx", ".pdf", ".eml", ".csv", *graph.FORMATS)


class Link(NamedTuple):
    """Who came in with a link, and what its pages publish."""

    home: Path
    reader: session.Reader
    published: dict[str, Any]
    words: Words

    def of_manager(self) -> "Link":
        with self.looking():
            return self._replace(reader=chapters.manager_reader(None, "en"))

    @contextlib.contextmanager
    def looking(self) -> Iterator[None]:
        """Asking as its receiver does."""
        with pytest.MonkeyPatch.context() as patched, session.working_for(self.reader):
            patched.setenv("HUBDATA_HOME", str(self.home))
            yield

    def content(self, extension: str) -> content.Report | graph.Graph:
        """What its file holds; of papers the figures with money, since each takes long."""
        is_paper = extension in (".docx", ".pptx", ".pdf")
        with self.looking():
            made = files._content(extension, ("results",) if is_paper else ())
        assert isinstance(made, content.Report | graph.Graph)
        if not is_paper or isinstance(made, graph.Graph):
            return made
        (chapter,) = made.chapters
        figures = [one for one in chapter.figures if one.source == "list of income"]
        if extension != ".pptx":  # pictures have no letters that a program can read
            figures = [dataclasses.replace(one, picture=None) for one in figures]
        return dataclasses.replace(
            made, chapters=(dataclasses.replace(chapter, figures=tuple(figures)),), definitions=()
        )


def link_to(home: Path, rows: Iterable[Row]) -> Link:
    """A link with totals to a hub with this income."""
    lists = {
        "organisations.csv": ["organisation_id,name,sector", *(f"{o},Org {o.upper()},ngo" for o in "abcdefgh")],
        "partnerships.csv": ["organisation_ids,start_date", "a|b|c,2020-01-31", "d|e,2020-06-01"],
        "funding.csv": ["organisation_id,year,donor,category,amount_eur"]
        + [f"{o},{year},{f'Giver {donor}' if donor else ''},{kind},{amount}" for o, year, donor, kind, amount in rows],
        "events.csv": ["event_id,name,start_date", "e1,Round table,2021-02-01"],
    }
    hub = hub_settings.Settings()
    assert loading.load(home, hub, {name: "\n".join(lines).encode() for name, lines in lists.items()}).manifest
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("HUBDATA_HOME", str(home))
        manager = chapters.manager_reader(None, "en")
        link, _token = sharing.create(home, hub, label="x", pages=PAGES, funding="totals", downloads=True)
        reader = dataclasses.replace(manager, grant=access.grant_for_link(home, link))
        with session.working_for(reader):
            published = session.ask(questions.answer_funding)
            kinds = {name: code for code, name in category_labels().items()}
    donors = {f"Giver {donor}": f"giver {donor.lower()}" for _o, _year, donor, *_rest in rows if donor}
    return Link(home, reader, published, Words(kinds, donors, {f"Org {o.upper()}": o for o in "abcdefgh"}))


@pytest.fixture(scope="module")
def of_totals(tmp_path_factory: pytest.TempPathFactory) -> Link:
    return link_to(tmp_path_factory.mktemp("home"), TWO_YEARS)


KNOWN = {
    one if one.donor_key == "earned" else one._replace(donor_key=f"giver {one.donor_key}"): amount
    for one, amount in secrets(TWO_YEARS).items()
}


def attack_on_file(link: Link, made: bytes | dict[str, bytes], extension: str) -> tuple[Attack, int]:
    """The attack of who has the pages and a file, and how many numbers about money he read in the file."""
    written = made.values() if isinstance(made, dict) else [made]
    told = [one for each in written for one in read_file(each, extension, link.published, link.words, KNOWN)]
    return attack_with([*read(link.published, KNOWN), *told], KNOWN), len(told)


def written(link: Link, extension: str, *, leaks: bool = False) -> bytes | dict[str, bytes]:
    made = link.content(extension)
    if leaks:
        made = leaking(made)
    with link.looking():
        if extension != ".csv":
            return reports.write(made, extension)
        if not leaks:
            return files.tables(())
        return {one.key: exports.csv(files._table(one.table), decimal_comma=False) for one in made.figures()}


SMALL = frozenset({Unknown("b", 2020, "giver p", "individuals"), Unknown("g", 2020, "giver p", "individuals")})
"""Too few to be told."""


def leaking(made: Any) -> Any:
    """The same with what may not be told: the income of one organisation, or a kind of income that two have."""
    if isinstance(made, graph.Graph):
        told = {"income": 15.0, "income_year": 2020}
        nodes = (node._replace(facts={**node.facts, **told}) if node.id == "d" else node for node in made.nodes)
        return dataclasses.replace(made, nodes=tuple(nodes))

    def with_cell(one: content.Figure) -> content.Figure:
        if one.key != "categories":
            return one
        table = content.Table(one.table.columns, ((2020, "Individuals", 7.0), *one.table.rows))
        picture = one.picture
        if isinstance(picture, content.Chart):
            series = (*picture.series, content.Series("Individuals", (None, 7.0)))
            picture = dataclasses.replace(picture, series=series)
        return dataclasses.replace(one, table=table, picture=picture)

    return dataclasses.replace(
        made,
        chapters=tuple(
            dataclasses.replace(
                chapter,
                figures=tuple(map(with_cell, chapter.figures)),
                points=() if chapter.figures else ("In 2020 3.4% of the known income came from: Individuals.",),
            )
            for chapter in made.chapters
        ),
    )


@pytest.mark.parametrize("extension", FORMATS)
def test_the_attacker_learns_nothing_of_one_or_two_organisations_from_a_file(of_totals: Link, extension: str) -> None:
    attacker, told = attack_on_file(of_totals, written(of_totals, extension), extension)
    if extension in (".eml", *graph.FORMATS):
        assert told == 0, "these say nothing of money"
    else:
        assert told >= 6, "he read the money in it"
    assert not [group for group in groups(attacker.organisations) if attacker.knows_something_of(group)]
    assert not attacker.recovered()


@pytest.mark.parametrize("extension", FORMATS)
def test_the_attacker_finds_what_a_file_leaks(of_totals: Link, extension: str) -> None:
    attacker, _told = attack_on_file(of_totals, written(of_totals, extension, leaks=True), extension)
    if extension in graph.FORMATS:
        d = frozenset(one for one in KNOWN if (one.organisation, one.year) == ("d", 2020))
        assert attacker.recovered()[d] == pytest.approx(15)
    else:
        assert attacker.recovered()[SMALL] == pytest.approx(7, abs=0.2)


def test_another_income_with_the_same_totals_gives_the_same_files(of_totals: Link, tmp_path: Path) -> None:
    """Whatever he might read in them, and however: nothing depends on who got which part of a cell."""
    moved_within = {
        ("a", 2020, "X", "companies"): 19.0, ("b", 2020, "X", "companies"): 11.0,
        ("d", 2020, "Y", "companies"): 4.0, ("e", 2020, "Z", "companies"): 8.0,
        ("a", 2020, "L", "lotteries"): 90.0, ("g", 2020, "P", "individuals"): 14.0,
        ("e", 2019, "Z", "government"): 4.0, ("g", 2019, "Z", "government"): 8.0,
    }  # fmt: skip
    others = [(*row[:4], moved_within.get(row[:4], row[4])) for row in TWO_YEARS]
    assert others != TWO_YEARS
    other = link_to(tmp_path, others)
    assert other.published == of_totals.published, "the pages are the same too"
    for extension in (".xlsx", ".eml", ".gexf"):
        assert undated(other.content(extension)) == undated(of_totals.content(extension))
    whole = [undated(link.of_manager().content(".gexf")) for link in (other, of_totals)]
    assert whole[0] != whole[1], "who sees amounts sees that they are others"


def undated(made: object) -> str:
    """Content without the moment at which its data was loaded, nor the name of the snapshot."""
    return re.sub(r"\d+:\d\d|\d{8}T\w+-\w+", "", repr(made))
