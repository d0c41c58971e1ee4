"""Stress: five organisations a person can count, laws that hold for any cuts, and every figure computed a second way."""

import datetime
import itertools
import json
import math
import statistics
from collections import defaultdict
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from conftest import Rows
from hypothesis import given, settings
from hypothesis import strategies as st

from hubdata.indicators import funding, network, own_income, stress
from hubdata.indicators.fragility import fragility as what_is_left

DAY = datetime.date(2020, 6, 30)
CATEGORIES = ("companies", "government", "multilateral", "nonprofits", "earned")
law = settings(deadline=None, max_examples=60)  # one example is fast, but a busy machine is not

Row = tuple[str, int, str, str, float]

# The books that the golden numbers are counted on, in euros of 2020. Foreign Affairs pays a, a pays b, b pays c and,
# a little, a again; e is paid by a customer. a: 100, b: 100, c: 50, d: 40, e: 10.
#
#     Foreign Affairs --80--> a --60--> b --25--> c       Foreign Affairs --10--> d      customers --10--> e
#                             ^--20-----+
BOOKS: list[Row] = [
    ("a", 2020, "Foreign Affairs", "government", 80),
    ("a", 2020, "b", "nonprofits", 20),
    ("b", 2020, "a", "nonprofits", 60),
    ("b", 2020, "earned", "earned", 40),
    ("c", 2020, "b", "nonprofits", 25),
    ("c", 2020, "Fund", "companies", 25),
    ("d", 2020, "Foreign Affairs", "government", 10),
    ("d", 2020, "Fund", "companies", 30),
    ("e", 2020, "earned", "earned", 10),
    ("e", 2019, "Old Fund", "companies", 10),
]
TIES = [("a", "b"), ("a", "c"), ("b", "d"), ("d", "e")]
SECTOR = {"a": "ngo", "b": "ngo", "c": "business", "d": "business", "e": "ngo"}


def income(rows: list[Row]) -> pd.DataFrame:
    """A donor whose name is one small letter is the organisation with that id."""
    listed = []
    for organisation, year, donor, category, amount in rows:
        is_earned = category == "earned"
        listed.append(
            {
                "organisation_id": organisation,
                "name": organisation.upper(),
                "sector": SECTOR.get(organisation, "ngo"),
                "year": year,
                "donor_key": "earned" if is_earned else donor.lower(),
                "donor": None if is_earned else donor,
                "donor_id": donor if not is_earned and len(donor) == 1 else None,
                "category": category,
                "amount_eur": float(amount),
            }
        )
    return pd.DataFrame(listed)


def active(
    ids: str = "abcde", fte: dict[str, float] | None = None, reserves: dict[str, float] | None = None
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "organisation_id": pd.Series(list(ids), dtype="str"),
            "name": pd.Series([id_.upper() for id_ in ids], dtype="str"),
            "sector": pd.Series([SECTOR.get(id_, "ngo") for id_ in ids], dtype="str"),
            "fte": pd.Series([(fte or {}).get(id_) for id_ in ids], dtype="float64"),
            "reserves": pd.Series([(reserves or {}).get(id_) for id_ in ids], dtype="float64"),
        }
    )


def ties(pairs: list[tuple[str, str]] = TIES) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "organisation_a": pd.Series([a for a, _ in pairs], dtype="str"),
            "organisation_b": pd.Series([b for _, b in pairs], dtype="str"),
            "is_cross_sector": pd.Series([SECTOR.get(a) != SECTOR.get(b) for a, b in pairs], dtype="bool"),
        }
    )


def run(
    rows: list[Row], cuts: dict[str, float] | None = None, category_cuts: dict[str, float] | None = None, **more: Any
) -> dict[str, Any]:
    known = {"organisations": active(), "ties": ties(), "year": 2020} | more
    return stress.stress(income(rows), cuts=cuts or {}, category_cuts=category_cuts or {}, **known)


def losses(found: dict[str, Any]) -> dict[str, float]:
    return {row["organisation_id"]: row["loss"] for row in found["organisations"]}


# Golden numbers


def test_a_cut_travels_round_the_circle_and_on() -> None:
    found = run(BOOKS, {"Foreign Affairs": 0.5})
    # a loses 40 + 20 x share of b, b loses 60 x share of a: a = 0.4 + 0.2 x 0.6 a, so a = 0.4 / 0.88
    a = 0.4 / 0.88
    b = 0.6 * a
    assert losses(found) == pytest.approx({"a": 100 * a, "b": 100 * b, "c": 25 * b, "d": 5, "e": 0}, abs=1e-6)
    assert found["loss"] == pytest.approx(100 * a + 100 * b + 25 * b + 5)
    assert found["loss_share"] == pytest.approx(found["loss"] / 300)
    passed = found["pass_through"]
    assert passed["loss_eur"] == pytest.approx(found["loss"] - 45)
    assert (passed["donors"], passed["donors_unknown"], passed["is_converged"]) == (2, 0, True)
    # 24 to b; then 4.8 to a and 6 to c; 2.88 to b; and then parts of a euro
    assert passed["rounds"] == 3
    assert found["before"] == {"companies": 55, "earned": 50, "government": 90, "nonprofits": 105}
    assert found["after"] == pytest.approx(
        {"companies": 55, "earned": 50, "government": 45, "nonprofits": 105 - 20 * b - 60 * a - 25 * b}
    )


def test_who_is_at_risk_and_what_hangs_on_them() -> None:
    found = run(
        BOOKS,
        {"Fund": 1.0},
        organisations=active("abcdx", fte={"a": 5, "c": 4, "d": 8}, reserves={"a": 9, "c": 50, "d": 0}),
    )
    assert [(row["organisation_id"], row["loss"], row["at_risk"]) for row in found["organisations"]] == [
        ("d", 30.0, True),
        ("c", 25.0, True),
        ("a", 0.0, False),
        ("b", 0.0, False),
        ("e", 0.0, False),
    ]
    d, c, a, b, e = found["organisations"]
    assert (d["loss_share"], d["jobs_exposed"], d["reserve_months_left"]) == (0.75, 6.0, 0.0)
    assert (c["loss_share"], c["jobs_exposed"], c["reserve_months_left"]) == (0.5, 2.0, 24.0)
    assert (a["jobs_exposed"], a["reserve_months_left"]) == (0.0, None)  # nothing is lost: nothing to replace
    assert (b["jobs_exposed"], e["reserve_months_left"]) == (None, None)
    assert (b["is_active"], e["is_active"]) == (True, False)  # no longer among the active ones, still in the books
    assert (d["ties"], d["bridges"], e["ties"], e["bridges"]) == (2, 2, 1, 1)
    assert (found["at_risk"], found["jobs_exposed"], found["jobs_unknown"]) == (2, 8.0, 0)
    # ac, bd and de have c or d at an end, and all three are across sectors
    assert (found["ties_exposed"], found["bridges_exposed"]) == (3, 3)
    assert run(BOOKS, {"b": 1.0})["bridges_exposed"] == 1  # only c (50 %) is at risk: a loses 20 %
    assert found["cuts"] == [{"donor_key": "fund", "donor": "Fund", "cut": 1.0, "amount_eur": 55.0, "organisations": 2}]
    json.dumps(found, allow_nan=False)


def test_jobs_are_not_counted_where_the_known_income_cannot_pay_them() -> None:
    # d has 40 of income, c 50: with 8 and 4 jobs that is 5 and 12.5 per job
    jobs = active("abcdx", fte={"a": 5, "c": 4, "d": 8})
    found = run(BOOKS, {"Fund": 1.0}, organisations=jobs, least_per_job=12.5)
    by_id = {row["organisation_id"]: row for row in found["organisations"]}
    assert [(one, by_id[one]["is_income_partial"], by_id[one]["jobs_exposed"]) for one in "dcab"] == [
        ("d", True, None), ("c", False, 2.0), ("a", False, 0.0), ("b", False, None),
    ]  # fmt: skip
    assert (found["jobs_exposed"], found["jobs_unknown"], found["at_risk"]) == (2.0, 0, 2)
    # a cent more per job, and c is in doubt too; when all are, nothing can be said
    both = run(BOOKS, {"Fund": 1.0}, organisations=active("abcdx", fte={"c": 4, "d": 8}), least_per_job=12.51)
    assert both["jobs_exposed"] is None
    # whose accounts are known, has what they say
    columns = {"organisation_id": ["d"], "year": [2020], "total_income": [40.0], "fte": [8.0], "reserves": [None]}
    told = run(BOOKS, {"Fund": 1.0}, organisations=jobs, least_per_job=12.5, accounts=pd.DataFrame(columns))
    assert told["jobs_exposed"] == 8.0
    assert not any(row["is_income_partial"] for row in told["organisations"])


def test_the_larger_of_two_cuts_counts() -> None:
    assert losses(run(BOOKS, {"Fund": 0.5}, {"companies": 0.2}))["d"] == 15
    assert losses(run(BOOKS, {"Fund": 0.2}, {"companies": 0.5}))["d"] == 15
    assert losses(run(BOOKS, {"Fund": 0.2, "fund ": 0.4}))["d"] == 12  # the same donor, named twice
    assert losses(run(BOOKS, {"Fund": 0.4, "fund ": 0.2}))["d"] == 12


def test_a_cut_of_what_an_organisation_gives_comes_on_top_of_its_own_loss() -> None:
    chain: list[Row] = [("a", 2020, "Fund", "companies", 100), ("b", 2020, "a", "nonprofits", 100)]
    # a loses a half, so 50 would arrive at b; a also gives 20 % less of it
    assert losses(run(chain, {"Fund": 0.5, "a": 0.2})) == {"a": 50, "b": pytest.approx(100 * (1 - 0.8 * 0.5))}
    stopped = run(chain, {"Fund": 0.5, "a": 1.0})
    assert losses(stopped) == {"a": 50, "b": 100}
    assert stopped["pass_through"]["donors"] == 0  # nothing was left to pass a loss on with


def test_earned_income_is_touched_by_its_category_only() -> None:
    named: list[Row] = [*BOOKS, ("d", 2020, "Earned", "companies", 60)]
    assert losses(run(named, {"Earned": 1.0})) == {"a": 0, "b": 0, "c": 0, "d": 60, "e": 0}
    assert losses(run(BOOKS, {}, {"earned": 0.5}))["e"] == 5
    with pytest.raises(stress.UnknownDonor):
        run(BOOKS, {"earned": 1.0})


def test_who_pays_itself_only_is_not_cut_and_loses_nothing() -> None:
    circle: list[Row] = [("a", 2020, "b", "nonprofits", 70), ("b", 2020, "a", "nonprofits", 30)]
    found = run([*circle, ("c", 2020, "Fund", "companies", 1)], {"Fund": 1.0})
    assert losses(found) == {"a": 0, "b": 0, "c": 1}
    assert (found["pass_through"]["rounds"], found["pass_through"]["donors"]) == (0, 0)


def test_a_circle_with_hardly_any_income_from_outside_ends_and_says_so() -> None:
    circle: list[Row] = [("a", 2020, "b", "nonprofits", 1e9), ("b", 2020, "a", "nonprofits", 1e9)]
    found = run([*circle, ("a", 2020, "Fund", "companies", 1)], {"Fund": 1.0})
    assert found["pass_through"]["is_converged"] is False
    assert all(0 < row["loss_share"] <= 1 for row in found["organisations"])


def test_a_threshold_that_is_just_reached_is_not_passed() -> None:
    for amount, cut in itertools.product((33.33, 0.1, 777.77, 1234.56), (0.1, 0.2, 0.25, 0.3)):
        rows: list[Row] = [("a", 2020, donor, "companies", amount) for donor in ("Fund", "Lottery", "Giver")]
        found = run(rows, {}, {"companies": cut}, risk_threshold=cut)
        assert found["organisations"][0]["at_risk"] is False
    assert run(rows, {}, {"companies": 0.31}, risk_threshold=0.3)["organisations"][0]["at_risk"] is True


def test_what_is_undefined_is_none() -> None:
    nothing = run([("a", 2020, "Fund", "companies", 0)], {"Fund": 1.0}, organisations=active(fte={"a": 2}))
    row = nothing["organisations"][0]
    assert (row["income"], row["loss"]) == (0, 0)
    assert row["loss_share"] is row["at_risk"] is row["jobs_exposed"] is row["reserve_months_left"] is None
    assert nothing["loss_share"] is nothing["jobs_exposed"] is None
    unknown = run(BOOKS, {"Fund": 1.0})
    assert (unknown["jobs_exposed"], unknown["jobs_unknown"]) == (None, 2)


def test_another_year_and_a_year_without_rows() -> None:
    assert losses(run(BOOKS, {"Old Fund": 1.0}, year=2019)) == {"e": 10}
    known = run(BOOKS, {"Old Fund": 1.0})
    assert (known["loss"], known["cuts"][0]["amount_eur"]) == (0, 0)
    empty = run(BOOKS, {"Fund": 1.0}, {"companies": 0.3}, year=1999)
    assert (empty["organisations"], empty["loss"], empty["before"], empty["ties_exposed"]) == ([], 0, {}, 0)
    assert empty["jobs_exposed"] is empty["loss_share"] is None


def test_a_donor_of_which_no_income_is_known_passes_nothing_on_and_is_counted() -> None:
    rows: list[Row] = [("b", 2020, "a", "nonprofits", 60), ("b", 2020, "Fund", "companies", 40)]
    found = run(rows, {"Fund": 1.0})
    assert losses(found) == {"b": 40}
    assert found["pass_through"]["donors_unknown"] == 1


# Whose cut it is


def test_an_unknown_donor_is_refused_with_the_nearest_names() -> None:
    with pytest.raises(stress.UnknownDonor) as refused:
        run(BOOKS, {"Forein Affair": 0.3})
    assert refused.value.nearest == ["Foreign Affairs"]
    assert "Forein Affair" in str(refused.value)
    with pytest.raises(stress.UnknownDonor) as refused:
        run(BOOKS, {"affairs": 0.3})
    assert refused.value.nearest == ["Foreign Affairs"]
    with pytest.raises(stress.UnknownDonor) as refused:
        run(BOOKS, {"Zzzzzz": 0.3})
    assert refused.value.nearest == []
    with pytest.raises(stress.UnknownCategory) as category:
        run(BOOKS, {}, {"goverment": 0.3})
    assert category.value.nearest == ["companies", "earned", "government", "nonprofits"]


@pytest.mark.parametrize("fraction", [-0.1, 1.01, math.nan])
def test_a_cut_is_a_fraction(fraction: float) -> None:
    with pytest.raises(ValueError, match="fraction"):
        run(BOOKS, {"Fund": fraction})
    with pytest.raises(ValueError, match="fraction"):
        run(BOOKS, {}, {"companies": fraction})


def test_a_donor_by_its_name_or_id_through_the_real_store(rows: Rows) -> None:
    def gave(donor: str | None, donor_id: str | None, amount: float, **cells: Any) -> dict[str, Any]:
        defaults = {"organisation_id": "a", "year": 2020, "category": "government", "amount": amount}
        return defaults | {"donor": donor, "donor_id": donor_id} | cells

    tables = {
        "organisations": [{"organisation_id": id_, "name": id_.upper(), "sector": "ngo", "fte": 2.0} for id_ in "ab"],
        "funding": [
            gave("Café  Vrede", "NL-1", 60),
            gave("Fund", "f-1", 20),
            gave("Fund", "f-2", 20),
            gave("Fund", None, 0),
            gave("A", "a", 30, organisation_id="b"),
            gave(None, None, 70, organisation_id="b", category="earned"),
        ],
    }
    views = [rows(name, tables) for name in ("income", "active_organisations", "ties")]
    for name in ("NL-1", "nl-1", "cafe vrede", " CAFÉ VREDE"):
        found = stress.stress(*views, year=2020, cuts={name: 0.5}, category_cuts={})
        assert losses(found) == {"a": 30, "b": pytest.approx(9)}
        assert (found["jobs_exposed"], found["cuts"][0]["donor"]) == (pytest.approx(2 * 0.3 + 2 * 0.09), "Café  Vrede")
    with pytest.raises(stress.UnknownDonor) as refused:
        stress.stress(*views, year=2020, cuts={"Fund": 0.5}, category_cuts={})
    assert refused.value.nearest == ["f-1", "f-2", "fund"]  # each could be meant
    tables["funding"] += [
        gave("Ministry of Peace", "m", 5),
        gave("Ministry of Peace", "m", 5),
        gave("Min. Peace", "m", 5),
    ]
    tables["organisations"].append({"organisation_id": "m", "name": "The Ministry", "sector": "government"})
    tables["funding"] = [{**row, "programme": str(number)} for number, row in enumerate(tables["funding"])]
    named = rows("donor_names", tables)
    several = [rows(name, tables) for name in ("income", "active_organisations", "ties")]
    for name in ("m", "ministry of peace", "MIN. peace", "the ministry"):
        found = stress.stress(*several, year=2020, cuts={name: 1.0}, category_cuts={}, names=named)
        assert [(cut["donor_key"], cut["amount_eur"]) for cut in found["cuts"]] == [("m", 15)]
    key = stress.stress(*views, year=2020, cuts={"fund": 0.5}, category_cuts={})
    assert (key["loss"], key["cuts"][0]["donor_key"]) == (0, "fund")  # a key is exact
    empty = [rows(name, {"organisations": []}) for name in ("income", "active_organisations", "ties")]
    assert stress.stress(*empty, year=2020, cuts={}, category_cuts={})["organisations"] == []
    assert stress.presets(empty[0], 2020) == stress.shared_exposure(empty[0], empty[2], year=2020) == []
    assert [row["connected_share"] for row in fragility(*empty[1:])] == [None] * 4


# Laws

books = st.lists(
    st.tuples(
        st.sampled_from("abcde"),
        st.sampled_from([2019, 2020]),
        st.sampled_from([*"abcde", "Fund", "Lottery", "Ministry"]),
        st.sampled_from(CATEGORIES),
        st.sampled_from([0.0, 5.0, 10.0, 17.0]),
    ),
    min_size=1,
    max_size=12,
)
# round numbers: a circle of which hardly anything comes from outside or is cut is another test
fractions = st.sampled_from([0.0, 0.25, 0.5, 0.9, 1.0])
donor_fractions = st.dictionaries(st.sampled_from([*"abcde", "Fund", "Lottery", "Ministry"]), fractions)
category_fractions = st.dictionaries(st.sampled_from(CATEGORIES), fractions)


def occurring(
    rows: list[Row], cuts: dict[str, float], category_cuts: dict[str, float]
) -> tuple[dict[str, float], dict[str, float]]:
    """The cuts of donors and categories that the rows have."""
    donors = {donor for _, _, donor, category, _ in rows if category != "earned"}
    categories = {category for _, _, _, category, _ in rows}
    return (
        {donor: cut for donor, cut in cuts.items() if donor in donors},
        {category: cut for category, cut in category_cuts.items() if category in categories},
    )


def solved(rows: list[Row], cuts: dict[str, float], category_cuts: dict[str, float]) -> dict[str, float]:
    """Row by row into one equation per organisation, of those that the loss can reach, and solved at once."""
    total: dict[str, float] = defaultdict(float)
    direct: dict[str, float] = defaultdict(float)
    passed: dict[tuple[str, str], float] = defaultdict(float)
    mine = [row for row in rows if row[1] == 2020]
    for who, _, _, _, amount in mine:
        total[who] += amount
    for who, _, donor, category, amount in mine:
        cut = max(category_cuts.get(category, 0.0), 0.0 if category == "earned" else cuts.get(donor, 0.0))
        direct[who] += amount * cut
        if category != "earned" and donor in total:
            passed[who, donor] += amount * (1 - cut)
    reached = nx.DiGraph([(donor, who) for (who, donor), amount in passed.items() if amount > 0])
    reached.add_nodes_from(total)
    hit = [who for who in total if direct[who] > 0]
    losing = sorted(set(hit).union(*(nx.descendants(reached, who) for who in hit)))
    equations = np.array([[(a == b) - passed[a, b] / total[a] for b in losing] for a in losing]).reshape(
        len(losing), len(losing)
    )
    shares = np.linalg.solve(equations, np.array([direct[who] / total[who] for who in losing]))
    return dict.fromkeys(total, 0.0) | {who: total[who] * share for who, share in zip(losing, shares, strict=True)}


@law
@given(books, donor_fractions, category_fractions)
def test_losses_as_equations_give_them(rows: list[Row], donors: dict[str, float], categories: dict[str, float]) -> None:
    cuts, category_cuts = occurring(rows, donors, categories)
    found = run(rows, cuts, category_cuts)
    assert losses(found) == pytest.approx(solved(rows, cuts, category_cuts), abs=1e-3)
    assert found["pass_through"]["is_converged"]
    assert sum(found["before"].values()) - sum(found["after"].values()) == pytest.approx(found["loss"], abs=1e-6)
    assert sum(found["before"].values()) == pytest.approx(found["income"])
    at_risk = {row["organisation_id"] for row in found["organisations"] if row["at_risk"]}
    assert found["ties_exposed"] == sum(a in at_risk or b in at_risk for a, b in TIES)
    assert found["at_risk"] == len(at_risk)
    for row in found["organisations"]:
        assert 0 <= row["loss"] <= row["income"]
        assert row["loss_share"] is None or 0 <= row["loss_share"] <= 1


@law
@given(books)
def test_no_cut_no_loss_and_everything_cut_everything_lost(rows: list[Row]) -> None:
    assert run(rows)["loss"] == 0
    present = {row[3] for row in rows}
    everything = run(rows, {}, dict.fromkeys(present, 1.0))
    assert all(row["loss"] == row["income"] for row in everything["organisations"])
    assert set(everything["after"].values()) <= {0}


@law
@given(books, donor_fractions, category_fractions, donor_fractions, category_fractions)
def test_a_larger_cut_never_means_a_smaller_loss(
    rows: list[Row],
    donors: dict[str, float],
    categories: dict[str, float],
    more: dict[str, float],
    more_categories: dict[str, float],
) -> None:
    small = occurring(rows, donors, categories)
    large = occurring(
        rows,
        {name: max(donors.get(name, 0.0), more.get(name, 0.0)) for name in donors | more},
        {name: max(categories.get(name, 0.0), more_categories.get(name, 0.0)) for name in categories | more_categories},
    )
    one, other = losses(run(rows, *small)), losses(run(rows, *large))
    assert all(one[name] <= other[name] + 1e-3 for name in one)


@law
@given(books, donor_fractions, st.permutations("abcde"), st.randoms())
def test_other_names_and_another_order_change_nothing(
    rows: list[Row], donors: dict[str, float], letters: list[str], chance: Any
) -> None:
    new = dict(zip("abcde", letters, strict=True))
    cuts, _ = occurring(rows, donors, {})
    renamed = [(new[who], year, new.get(donor, donor), kind, amount) for who, year, donor, kind, amount in rows]
    chance.shuffle(renamed)
    before = losses(run(rows, cuts))
    after = losses(run(renamed, {new.get(name, name): cut for name, cut in cuts.items()}))
    assert after == pytest.approx({new[name]: loss for name, loss in before.items()}, abs=1e-3)


# Presets and shared exposure


def test_presets_are_arguments_that_run() -> None:
    more: list[Row] = [*BOOKS, ("d", 2020, "Union", "multilateral", 5)]
    found = stress.presets(income(more), 2020)
    assert [(row["code"], row["cuts"], row["category_cuts"], row["amount_eur"]) for row in found] == [
        ("government_minus_30", {}, {"government": 0.3}, 90),
        ("public_minus_30", {}, {"government": 0.3, "multilateral": 0.3}, 95),
        ("largest_donor_less", {"foreign affairs": 0.3}, {}, 90),
        ("largest_donor_leaves", {"foreign affairs": 1.0}, {}, 90),
        ("three_largest_halve", {"foreign affairs": 0.5, "a": 0.5, "fund": 0.5}, {}, 90 + 60 + 55),
    ]
    assert found[-1]["donors"] == ["Foreign Affairs", "a", "Fund"]
    for preset in found:
        result = run(more, preset["cuts"], preset["category_cuts"])
        assert result["loss"] >= preset["amount_eur"] * 0.3 - 1e-9
    assert [row["code"] for row in stress.presets(income(BOOKS), 2019)] == [
        "largest_donor_less",
        "largest_donor_leaves",
    ]
    assert stress.presets(income(BOOKS), 1999) == []
    given: list[Row] = [
        ("a", 2020, "Giften van particulieren", "individuals", 500),
        ("a", 2020, "Fund", "nonprofits", 5),
    ]
    assert [row["donors"] for row in stress.presets(income(given), 2020, ["Giften van particulieren"])] == [
        ["Fund"],
        ["Fund"],
    ]


def test_exactly_the_threshold_is_no_risk_though_sums_of_floats_are_not_exact() -> None:
    """X gives a quarter, in tenths; a cent more than a quarter of ten million is a risk, and so is a cent less not."""
    tenths = [("a", 2020, donor, "companies", 0.1) for donor in ("X", "Y", "Z", "W")]
    (found,) = run(tenths, {"X": 1.0})["organisations"]
    assert (found["loss_share"], found["at_risk"]) == (pytest.approx(0.25), False)
    (found,) = run([*tenths[:1], ("a", 2020, "Y", "companies", 0.3)], {"Y": 1 / 3})["organisations"]
    assert found["at_risk"] is False
    for loss, at_risk in ((2_500_000.01, True), (2_500_000.0, False), (2_499_999.99, False)):
        rows = [("a", 2020, "X", "companies", loss), ("a", 2020, "Y", "companies", 10_000_000 - loss)]
        (found,) = run(rows, {"X": 1.0})["organisations"]
        assert found["at_risk"] is at_risk
    # who depends on the same donor for exactly a quarter does
    both = [(who, 2020, donor, "companies", 0.1) for who in "ab" for donor in ("X", "Y", "Z", "W")]
    groups = stress.shared_exposure(income(both), ties(), year=2020)
    assert [row["organisation_count"] for row in groups] == [2, 2, 2, 2]


def test_who_falls_together() -> None:
    found = stress.shared_exposure(income(BOOKS), ties([("c", "d"), ("a", "d")]), year=2020)
    # Foreign Affairs gives a 80 % and d 25 %, the fund gives c 50 % and d 75 %; b gives a 20 % and c 50 %
    assert [(row["donor"], row["organisation_count"], row["pairs"], row["tied_pairs"]) for row in found] == [
        ("Foreign Affairs", 2, 1, [["a", "d"]]),
        ("Fund", 2, 1, [["c", "d"]]),
    ]
    assert found[1]["organisations"] == [
        {"organisation_id": "d", "name": "D", "sector": "business", "income": 40.0, "share": 0.75},
        {"organisation_id": "c", "name": "C", "sector": "business", "income": 50.0, "share": 0.5},
    ]
    assert [row["amount_eur"] for row in found] == [90, 55]
    lower = stress.shared_exposure(income(BOOKS), ties(), year=2020, threshold=0.2)
    assert [row["donor_id"] for row in lower] == [None, None, "b"]
    with pytest.raises(ValueError, match="threshold"):
        stress.shared_exposure(income(BOOKS), ties(), year=2020, threshold=0)


@law
@given(books, st.sampled_from([0.1, 0.25, 0.5, 1.0]))
def test_groups_as_straight_loops_find_them(rows: list[Row], threshold: float) -> None:
    total: dict[str, float] = defaultdict(float)
    given_by: dict[tuple[str, str], float] = defaultdict(float)
    for who, year, donor, category, amount in rows:
        if year == 2020:
            total[who] += amount
            if category != "earned":
                given_by[donor.lower(), who] += amount
    expected: dict[str, set[str]] = defaultdict(set)
    for (donor, who), amount in given_by.items():
        if amount > 0 and amount / total[who] >= threshold - 1e-9:
            expected[donor].add(who)
    found = stress.shared_exposure(income(rows), ties(), year=2020, threshold=threshold)
    groups = {row["donor_key"]: {one["organisation_id"] for one in row["organisations"]} for row in found}
    assert groups == {donor: group for donor, group in expected.items() if len(group) > 1}
    for row in found:
        group = groups[row["donor_key"]]
        assert {tuple(pair) for pair in row["tied_pairs"]} == {(a, b) for a, b in TIES if {a, b} <= group}


# Fragility


def order(organisations: pd.DataFrame, tied: pd.DataFrame) -> pd.DataFrame:
    """Who would go first, as `questions.answer_brokers` puts them."""
    found = network.brokers(organisations, tied).merge(organisations, on="organisation_id")
    return found.sort_values(["betweenness", "degree", "organisation_id"], ascending=[False, False, True])


def fragility(organisations: pd.DataFrame, tied: pd.DataFrame, **how: Any) -> list[dict[str, Any]]:
    return what_is_left(organisations, tied, order(organisations, tied), **how)


def test_golden_fragility() -> None:
    # a - b - c - d in a row and e at b: b is on 5 of the 6 shortest paths of others, c on 3
    found = fragility(active(), ties([("a", "b"), ("b", "c"), ("c", "d"), ("b", "e")]), removed=[2, 0, 1, 1, 5])
    assert [row["removed"] for row in found] == [0, 1, 2, 5]
    nobody, one, two, five = found
    assert (nobody["lost"], nobody["connected_pairs"], nobody["pairs"]) == ([], 10, 10)
    assert nobody["connected_share"] == nobody["connected_share_before"] == nobody["largest_component_share"] == 1
    # a, c, d, e are left: of their 6 pairs, all connected, cd still is
    lost = {"organisation_id": "b", "name": "B", "sector": "ngo", "betweenness": pytest.approx(5 / 6)}
    assert one["lost"] == [lost]
    assert (one["organisations"], one["pairs"], one["connected_pairs"]) == (4, 6, 1)
    assert (one["connected_share"], one["connected_share_before"]) == (1 / 6, 1)
    assert one["largest_component_share"] == 2 / 4
    assert [row["name"] for row in two["lost"]] == ["B", "C"]
    assert (two["connected_share"], two["connected_share_before"]) == (0.0, 1)
    # nobody else stands between others, so nobody else goes
    assert five == two | {"removed": 5}


def test_equals_go_together_whatever_their_ids() -> None:
    # a - b - c - d in a row and e alone: b and c are equal brokers, and no id decides which of them goes
    nobody, one, two = fragility(active(), ties([("a", "b"), ("b", "c"), ("c", "d")]), removed=[0, 1, 2])
    assert (nobody["connected_pairs"], nobody["pairs"], nobody["connected_share"]) == (6, 10, 0.6)
    assert [row["name"] for row in one["lost"]] == ["B", "C"]
    assert one == two | {"removed": 1}
    assert (one["pairs"], one["connected_share"], one["connected_share_before"]) == (3, 0.0, 1 / 3)
    # in a circle all are equal: they all go, and nothing is left to say
    (circle,) = fragility(
        active("abcde"), ties([("a", "b"), ("b", "c"), ("c", "d"), ("d", "e"), ("a", "e")]), removed=[1]
    )
    assert (len(circle["lost"]), circle["organisations"], circle["connected_share"]) == (5, 0, None)


def test_those_go_that_stand_between_others_today() -> None:
    # b holds the two ends together, by c; f stands between two as well, but between fewer
    pairs = [("a", "b"), ("b", "c"), ("b", "x"), ("c", "d"), ("f", "g"), ("f", "h")]
    found = fragility(active("abcdxfgh"), ties(pairs), removed=[2])[0]
    assert [row["organisation_id"] for row in found["lost"]] == ["b", "c"]


def test_fragility_refuses_what_it_cannot_mean() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        fragility(active(), ties(), removed=[-1])
    with pytest.raises(KeyError):
        what_is_left(active("ab"), ties(), order(active(), ties()))
    alone = fragility(active("a"), ties([]), removed=[0, 5])
    assert [(row["connected_share"], row["largest_component_share"]) for row in alone] == [(None, 1.0)] * 2


@law
@given(
    st.lists(st.tuples(st.sampled_from("abcdefghij"), st.sampled_from("abcdefghij")), max_size=16), st.integers(0, 6)
)
def test_fragility_as_networkx_and_straight_loops_find_it(drawn: list[tuple[str, str]], number: int) -> None:
    ids = "abcdefghij"
    pairs = sorted({(a, b) for a, b in drawn if a < b})
    found = fragility(active(ids), ties(pairs), removed=[number])[0]
    whole = nx.Graph(pairs)
    whole.add_nodes_from(ids)
    between = nx.betweenness_centrality(whole)
    lost = [row["organisation_id"] for row in found["lost"]]
    kept = set(ids) - set(lost)
    # equals of the last of them go as well, and nobody else
    brokers = sorted((value for value in between.values() if value > 0), reverse=True)
    least = min(brokers[:number], default=2.0)
    assert len(lost) == sum(value >= least - 1e-9 for value in brokers)
    assert all(between[one] > 0 for one in lost)
    assert min((between[one] for one in lost), default=1.0) >= max(between[one] for one in kept) - 1e-12
    left, others = whole.subgraph(kept), list(itertools.combinations(sorted(kept), 2))
    for name, graph in (("connected_share_before", whole), ("connected_share", left)):
        expected = sum(nx.has_path(graph, a, b) for a, b in others) / len(others) if others else None
        assert found[name] == expected


# The real sample


def test_the_sample_computed_a_second_way(sample: Any) -> None:
    views = {name: sample.rows(name, as_of=DAY) for name in ("income", "active_organisations", "ties")}
    per_year = views["income"].groupby("year")["amount_eur"].sum()
    year = int(per_year.idxmax())
    mine = views["income"][views["income"]["year"] == year]
    for preset in stress.presets(views["income"], year):
        found = stress.stress(*views.values(), year=year, cuts=preset["cuts"], category_cuts=preset["category_cuts"])
        expected: dict[str, float] = defaultdict(float)
        for row in mine.itertuples():
            cut = max(preset["cuts"].get(row.donor_key, 0.0), preset["category_cuts"].get(row.category, 0.0))
            expected[row.organisation_id] += row.amount_eur * cut
        # no donor of the sample is an organisation in it
        assert found["pass_through"]["loss_eur"] == 0
        assert losses(found) == pytest.approx(dict(expected))
        income_of = mine.groupby("organisation_id")["amount_eur"].sum()
        at_risk = {one for one, loss in expected.items() if loss / income_of[one] > 0.25 + 1e-9}
        assert {row["organisation_id"] for row in found["organisations"] if row["at_risk"]} == at_risk
        ends = zip(views["ties"]["organisation_a"], views["ties"]["organisation_b"], strict=True)
        assert found["ties_exposed"] == sum(a in at_risk or b in at_risk for a, b in ends)


def test_fragility_of_the_sample_computed_a_second_way(sample: Any) -> None:
    organisations, tied = (sample.rows(name, as_of=DAY) for name in ("active_organisations", "ties"))
    graph = nx.Graph()
    graph.add_nodes_from(organisations["organisation_id"])
    graph.add_edges_from(zip(tied["organisation_a"], tied["organisation_b"], strict=True))
    between = nx.betweenness_centrality(graph)
    highest = sorted(between.values(), reverse=True)
    for row in fragility(organisations, tied):
        lost = [one["organisation_id"] for one in row["lost"]]
        assert len(lost) >= row["removed"]
        assert [one["betweenness"] for one in row["lost"]] == pytest.approx(highest[: len(lost)])
        assert [between[one] for one in lost] == pytest.approx(highest[: len(lost)])
        assert len(lost) == row["removed"] or highest[len(lost) - 1] == pytest.approx(highest[row["removed"] - 1])
        left = graph.subgraph(set(graph) - set(lost))
        sizes = [len(part) for part in nx.connected_components(left)]
        assert row["connected_share"] == sum(math.comb(size, 2) for size in sizes) / math.comb(len(left), 2)


# Who stands where: brokerage against exposure


def test_who_would_cut_bridges_when_it_falls() -> None:
    # Largest donor: a 80 %, b 60 %, c 50 %, d 75 %, e none (all earned). Brokerage: b, c stand highest.
    brokers = pd.DataFrame(
        {
            "organisation_id": list("abcdex"),
            "betweenness": [0.1, 0.5, 0.4, 0.0, 0.2, 0.3],
            "cross_sector_degree": [1, 2, 3, 4, 5, 6],
        }
    )
    year = [row for row in funding.dependency(income(BOOKS), active()) if row["year"] == 2020]
    found = stress.quadrant(year, brokers, exposure_threshold=0.55)
    # the quarter with the highest brokerage of six: 0.375 and up (between the fourth, 0.3, and the fifth, 0.4)
    assert (found["broker_threshold"], found["exposure_threshold"]) == (pytest.approx(0.375), 0.55)
    assert [(row["organisation_id"], row["is_exposed"], row["is_broker"]) for row in found["organisations"]] == [
        ("b", True, True),
        ("c", False, True),
        ("e", False, False),
        ("a", True, False),
        ("d", True, False),
    ]
    assert (found["at_stake"], found["income_unknown"]) == (1, 1)  # of x no income is known
    b = found["organisations"][0]
    assert (b["top_donor"], b["top_donor_share"], b["bridges"], b["name"]) == ("a", 0.6, 2, "B")
    nobody = stress.quadrant(year, brokers.assign(betweenness=0.0))
    assert [row["is_broker"] for row in nobody["organisations"]] == [False] * 5
    unknown = stress.quadrant(year, brokers.assign(betweenness=None).head(2))
    assert (unknown["organisations"], unknown["broker_threshold"], unknown["at_stake"]) == ([], None, 0)
    assert stress.quadrant([], brokers)["income_unknown"] == 6


@law
@given(st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.2, 0.7]), st.sampled_from([0.0, 0.5, 0.9])), max_size=9))
def test_the_quadrant_counted_a_second_way(listed: list[tuple[float, float]]) -> None:
    ids = [f"o{number}" for number in range(len(listed))]
    year = [
        {
            "organisation_id": id_,
            "name": id_,
            "sector": "ngo",
            "income": 1.0,
            "top_donor": "x",
            "top_donor_share": share,
        }
        for id_, (_, share) in zip(ids, listed, strict=True)
    ]
    brokers = pd.DataFrame(
        {
            "organisation_id": pd.Series(ids, dtype="str"),
            "betweenness": [b for b, _ in listed],
            "cross_sector_degree": 1,
        }
    )
    found = stress.quadrant(year, brokers)
    limit = statistics.quantiles([b for b, _ in listed], n=4, method="inclusive")[2] if len(listed) > 1 else None
    expected = {
        id_ for id_, (b, share) in zip(ids, listed, strict=True)
        if limit is not None and b >= limit - 1e-12 and b > 0 and share >= 0.5
    }  # fmt: skip
    if limit is not None:
        assert {r["organisation_id"] for r in found["organisations"] if r["is_broker"] and r["is_exposed"]} == expected
        assert found["at_stake"] == len(expected)


# Own income beside the rule of a funder


def test_own_income_is_what_does_not_come_from_government_or_from_the_funder() -> None:
    found = own_income.own_income(income(BOOKS), year=2020, minimum_shares=[0.25, 0.5])
    # a: 80 of 100 from government; d: 10 of 40. The others have none, so that no rule is about them.
    assert [(row["organisation_id"], row["own_share"]) for row in found["organisations"]] == [("a", 0.2), ("d", 0.75)]
    a = found["organisations"][0]
    # with x more of its own, (20 + x) / (100 + x) = 1/4 gives x = 20/3, and = 1/2 gives x = 60
    assert [rule["is_below"] for rule in a["rules"]] == [True, True]
    assert [rule["short_eur"] for rule in a["rules"]] == pytest.approx([20 / 3, 60])
    assert [rule["short_eur"] for rule in found["organisations"][1]["rules"]] == [0.0, 0.0]
    assert found["rules"] == [
        {"minimum_share": 0.25, "below": 1, "organisations": 2},
        {"minimum_share": 0.5, "below": 1, "organisations": 2},
    ]
    assert found["donors_unknown"] == []
    fund = own_income.own_income(income(BOOKS), year=2020, minimum_shares=[0.5], donors=[" FUND", "Nobody"])
    assert [(row["organisation_id"], row["own_share"]) for row in fund["organisations"]] == [("d", 0.25), ("c", 0.5)]
    assert (fund["rules"][0]["below"], fund["donors_unknown"]) == (1, ["Nobody"])  # what is just reached is not below


def test_own_income_that_cannot_be_reached_or_is_not_known() -> None:
    found = own_income.own_income(income(BOOKS), year=2020, minimum_shares=[1.0])
    assert [row["rules"][0]["short_eur"] for row in found["organisations"]] == [None, None]
    assert own_income.own_income(income(BOOKS), year=1999, minimum_shares=[0.5])["organisations"] == []
    assert own_income.own_income(income([("a", 2020, "F", "government", 0)]), year=2020, minimum_shares=[0.5]) == {
        "organisations": [],
        "rules": [{"minimum_share": 0.5, "below": 0, "organisations": 0}],
        "donors_unknown": [],
    }
    with pytest.raises(ValueError, match="minimum"):
        own_income.own_income(income(BOOKS), year=2020, minimum_shares=[1.1])


@law
@given(books, st.sampled_from([0.25, 0.5, 0.8]))
def test_own_income_by_straight_loops_and_what_is_short_is_just_enough(rows: list[Row], minimum: float) -> None:
    found = own_income.own_income(income(rows), year=2020, minimum_shares=[minimum])
    total: dict[str, float] = defaultdict(float)
    public: dict[str, float] = defaultdict(float)
    for who, year, _, category, amount in rows:
        if year == 2020:
            total[who] += amount
            public[who] += amount * (category == "government")
    expected = {who: 1 - public[who] / total[who] for who in total if public[who] > 0}
    assert {row["organisation_id"]: row["own_share"] for row in found["organisations"]} == pytest.approx(expected)
    for row in found["organisations"]:
        (rule,) = row["rules"]
        more = rule["short_eur"]
        own = row["own_share"] * row["income"]
        if rule["is_below"]:
            assert (own + more) / (row["income"] + more) == pytest.approx(minimum)
        else:
            assert more == 0
            assert row["own_share"] >= minimum - 1e-9


def test_only_those_shown_are_reported_and_the_others_still_pass_on() -> None:
    whole = run(BOOKS, {"Foreign Affairs": 0.5})
    part = run(BOOKS, {"Foreign Affairs": 0.5}, shown={"b", "c"})
    assert losses(part) == {who: loss for who, loss in losses(whole).items() if who in "bc"}
    assert part["income"] == 150
    assert part["loss"] == pytest.approx(losses(whole)["b"] + losses(whole)["c"])
    assert part["before"] == {"companies": 25, "earned": 40, "nonprofits": 85}
    assert sum(part["before"].values()) - sum(part["after"].values()) == pytest.approx(part["loss"])
    assert part["at_risk"] == 1  # b loses 27 %, c 14 %
    assert run(BOOKS, {"Foreign Affairs": 0.5}, shown=set())["organisations"] == []
