"""Sectors: five organisations a person can count, laws that hold for any mix, and the real sample counted by hand."""

import csv
import datetime
import itertools
import math
from collections import Counter
from typing import Any

import pandas as pd
import pytest
from conftest import SAMPLE, Rows
from hypothesis import given, settings
from hypothesis import strategies as st

from hubdata import models
from hubdata.indicators import sectors

DAY = datetime.date(2020, 6, 30)
law = settings(deadline=None, max_examples=50)  # one example is fast, but a busy machine is not
REFERENCE = ["dimension", "code", "measure", "share", "year", "source"]


def organisations(*sector: str, **columns: list[Any]) -> pd.DataFrame:
    """Organisations a, b, c, ... of these sectors; columns not given are unknown."""
    unknown = dict.fromkeys(models.Organisation.model_fields)
    ids = [chr(ord("a") + number) for number in range(len(sector))]
    frame = pd.DataFrame({**unknown, "organisation_id": ids, "sector": list(sector), **columns})
    return frame.astype({"organisation_id": str, "sector": str})


def ties(*pairs: str) -> pd.DataFrame:
    return pd.DataFrame([tuple(pair) for pair in pairs], columns=["organisation_a", "organisation_b"], dtype=str)


def reference(*rows: tuple[str, str, str, float], year: int | None = 2020) -> pd.DataFrame:
    return pd.DataFrame([(*row, year, "CBS") for row in rows], columns=REFERENCE)


def by(rows: list[dict[str, Any]], key: str) -> dict[Any, dict[str, Any]]:
    return {row[key]: row for row in rows}


FIVE = organisations(
    "ngo", "ngo", "ngo", "business", "knowledge",
    fte=[2.0, 3.0, None, 15.0, None],
    themes=[["peace"], ["peace", "water"], ["water"], None, []],
    countries=[["NL", "UA"], ["NL"], None, ["NL"], None],
    sdgs=[[16], [16, 17], None, None, None],
    membership=["member", "none", None, "tenant", None],
    city=["Den Haag", "Den Haag", "Delft", None, None],
)  # fmt: skip


def test_five_organisations() -> None:
    found = sectors.sectors(FIVE, ties("ab", "bc", "ad", "cd"), reference())
    assert (found["organisations"], found["jobs"]) == (5, 20.0)
    assert found["jobs_unknown"] == 2
    ngo = by(found["sectors"], "sector")["ngo"]
    assert ngo == {
        "sector": "ngo", "organisations": 3, "share": 0.6, "jobs": 5.0, "jobs_share": 0.25, "jobs_unknown": 1,
        "location_quotient": None,
    }  # fmt: skip
    knowledge = by(found["sectors"], "sector")["knowledge"]
    assert (knowledge["jobs"], knowledge["jobs_share"], knowledge["jobs_unknown"]) == (None, None, 1)
    assert found["simpson_diversity"] == pytest.approx(1 - (9 + 1 + 1) / 25)
    assert found["effective_sectors"] == pytest.approx((5 / 3) ** 0.6 * 5**0.2 * 5**0.2)
    assert [(row["theme"], row["organisations"], row["share"], row["jobs"]) for row in found["themes"]] == [
        ("peace", 2, 0.4, 5.0),
        ("water", 2, 0.4, 3.0),
    ]
    assert [(row["ties"], row["ties_within_share"]) for row in found["themes"]] == [(1, 0.25), (1, 0.25)]
    assert [(row["country"], row["organisations"]) for row in found["countries"]] == [("NL", 3), ("UA", 1)]
    assert [(row["sdg"], row["organisations"]) for row in found["sdgs"]] == [(16, 2), (17, 1)]
    assert [(row["city"], row["share"]) for row in found["cities"]] == [("Den Haag", 0.4), ("Delft", 0.2)]
    assert found["types"] == []


def test_members_beside_the_whole_ecosystem() -> None:
    found = sectors.members(FIVE)
    assert (found["members"], found["membership_unknown"]) == (2, 2)
    assert by(found["sectors"], "sector")["ngo"] == {
        "sector": "ngo", "organisations": 3, "share": 0.6, "members": 1, "members_share": 0.5,
    }  # fmt: skip
    assert by(found["sectors"], "sector")["knowledge"]["members"] == 0


def test_membership_that_is_known_of_nobody_is_no_zero() -> None:
    found = sectors.members(organisations("ngo", "business"))
    assert (found["members"], found["membership_unknown"]) == (None, 2)
    assert {(row["members"], row["members_share"]) for row in found["sectors"]} == {(None, None)}


def test_known_members_none_of_whom_is_a_member_have_no_mix() -> None:
    found = sectors.members(organisations("ngo", membership=["none"]))
    assert (found["members"], found["sectors"][0]["members"], found["sectors"][0]["members_share"]) == (0, 0, None)


def test_jobs_of_zero_are_known_and_have_no_shares() -> None:
    row = sectors.mix(organisations("ngo", fte=[0.0]), "sector")[0]
    assert (row["jobs"], row["jobs_share"], row["jobs_unknown"]) == (0.0, None, 0)


def test_nobody_there() -> None:
    found = sectors.sectors(organisations(), ties(), reference(("sector", "ngo", "organisations", 0.5)))
    assert (found["effective_sectors"], found["simpson_diversity"], found["jobs"]) == (None, None, None)
    assert found["sectors"] == found["themes"] == []
    assert (found["location_quotient"][0]["share"], found["location_quotient"][0]["location_quotient"]) == (None, None)


def test_without_ties_no_share_of_ties() -> None:
    assert {row["ties_within_share"] for row in sectors.themes(FIVE, ties())} == {None}


def test_a_theme_named_twice_counts_once() -> None:
    twice = organisations("ngo", "ngo", themes=[["peace", "peace"], ["peace"]])
    found = sectors.themes(twice, ties("ab"))[0]
    assert (found["organisations"], found["ties"]) == (2, 1)


def test_location_quotient_counts_organisations_or_jobs() -> None:
    known = reference(
        ("sector", "ngo", "organisations", 0.3),
        ("sector", "ngo", "jobs", 0.5),
        ("sector", "knowledge", "organisations", 0.1),
        ("sector", "knowledge", "jobs", 0.1),
        ("theme", "peace", "organisations", 0.2),
    )
    found = by(sectors.location_quotient(FIVE, known, "sector", 1), "code")
    assert (found["ngo"]["measure"], found["ngo"]["location_quotient"]) == ("jobs", 0.25 / 0.5)
    assert found["ngo"]["known_organisations"] == 3  # of five, that have known jobs
    # no job is known in this sector, and sectors are not compared by two measures at a time
    assert (found["knowledge"]["measure"], found["knowledge"]["location_quotient"]) == ("jobs", None)
    assert (found["business"]["reference_share"], found["business"]["location_quotient"]) == (None, None)
    (peace, _) = sectors.location_quotient(FIVE, known, "theme", 1)
    # two of the three organisations of which the themes are known
    assert (peace["measure"], peace["known_organisations"], peace["share"]) == ("organisations", 3, 2 / 3)
    assert peace["location_quotient"] == pytest.approx(2 / 3 / 0.2)


def test_location_quotients_of_one_dimension_have_one_measure() -> None:
    of_jobs = reference(("sector", "ngo", "jobs", 0.5), ("sector", "business", "jobs", 0.5))
    more = pd.concat([of_jobs, reference(*(("sector", code, "organisations", 0.2) for code in ("ngo", "business")))])
    one_more = pd.concat([more, reference(("sector", "knowledge", "organisations", 0.2))])
    for known, minimum, measure in (
        (of_jobs, 1, "jobs"),
        (of_jobs, 4, "jobs"),  # there is nothing else to compare with, so all are null
        (more, 3, "jobs"),
        (more, 4, "organisations"),  # jobs are known of three
        (one_more, 1, "organisations"),
    ):
        assert {row["measure"] for row in sectors.location_quotient(FIVE, known, "sector", minimum)} == {measure}
    assert {row["location_quotient"] for row in sectors.location_quotient(FIVE, of_jobs, "sector", 4)} == {None}


def test_location_quotient_by_jobs_needs_enough_organisations_with_known_jobs() -> None:
    of_jobs = reference(("sector", "ngo", "jobs", 0.5))
    assert by(sectors.location_quotient(FIVE, of_jobs, "sector", 2), "code")["ngo"]["location_quotient"] == 0.5
    # there are three, but the jobs of one are not known
    assert by(sectors.location_quotient(FIVE, of_jobs, "sector", 3), "code")["ngo"]["location_quotient"] is None


def test_location_quotient_needs_enough_organisations() -> None:
    known = reference(("sector", "ngo", "organisations", 0.3), ("sector", "funder", "organisations", 0.1))
    assert by(sectors.location_quotient(FIVE, known, "sector", 3), "code")["ngo"]["location_quotient"] == 2
    found = by(sectors.location_quotient(FIVE, known, "sector", 4), "code")
    assert found["ngo"]["location_quotient"] is None
    assert (found["ngo"]["share"], found["ngo"]["jobs"], found["ngo"]["source"]) == (0.6, 5.0, "CBS")
    assert (found["funder"]["organisations"], found["funder"]["location_quotient"]) == (0, None)


def test_location_quotient_of_a_reference_share_of_zero() -> None:
    known = reference(("sector", "ngo", "organisations", 0.0))
    assert by(sectors.location_quotient(FIVE, known, "sector", 1), "code")["ngo"]["location_quotient"] is None


def test_the_latest_year_of_the_reference_counts() -> None:
    several = pd.concat(
        [
            reference(("sector", "ngo", "organisations", 0.2), year=2021),
            reference(("sector", "ngo", "organisations", 0.1), year=2019),
            reference(("sector", "ngo", "organisations", 0.9), year=None),
        ]
    )
    found = sectors.location_quotient(FIVE, several, "sector", 1)[0]
    assert (found["year"], found["reference_share"]) == (2021, 0.2)
    assert sectors.location_quotient(FIVE, several[2:], "sector", 1)[0]["year"] is None


mixes = st.lists(
    st.tuples(
        st.sampled_from(["ngo", "business", "knowledge", "government"]),
        st.none() | st.floats(0.5, 1e6),
        st.lists(st.sampled_from(["peace", "water", "health"]), unique=True),
    ),
    min_size=1,
    max_size=26,
)


def drawn(mix: list[tuple[str, float | None, list[str]]]) -> pd.DataFrame:
    sector, fte, themes = (list(column) for column in zip(*mix, strict=True))
    return organisations(*sector, fte=fte, themes=themes)


@law
@given(mixes)
def test_shares_of_sectors_sum_to_one(mix: list[tuple[str, float | None, list[str]]]) -> None:
    rows = sectors.mix(drawn(mix), "sector")
    assert math.fsum(row["share"] for row in rows) == pytest.approx(1)
    assert sum(row["organisations"] for row in rows) == len(mix)
    known = [row["jobs_share"] for row in rows if row["jobs_share"] is not None]
    assert math.fsum(known) == pytest.approx(1) or all(fte is None for _, fte, _ in mix)


@law
@given(mixes)
def test_effective_sectors_lie_between_one_and_the_number_of_sectors(
    mix: list[tuple[str, float | None, list[str]]],
) -> None:
    count = len({sector for sector, _, _ in mix})
    effective, simpson = sectors.effective_sectors(drawn(mix)), sectors.simpson_diversity(drawn(mix))
    assert effective is not None
    assert simpson is not None
    assert 1 - 1e-9 <= effective <= count + 1e-9
    assert -1e-9 <= simpson <= 1 - 1 / count + 1e-9
    # the Hill number of order 2 is never above that of order 1
    assert 1 / (1 - simpson) <= effective + 1e-9


@law
@given(st.integers(1, 8), st.integers(1, 3))
def test_equal_sectors_count_fully(sectors_count: int, size: int) -> None:
    equal = organisations(*[f"sector {number}" for number in range(sectors_count)] * size)
    assert sectors.effective_sectors(equal) == pytest.approx(sectors_count)


@law
@given(mixes, st.sampled_from(["organisations", "jobs"]))
def test_a_region_like_the_reference_has_quotients_of_one(
    mix: list[tuple[str, float | None, list[str]]], measure: str
) -> None:
    frame = drawn(mix)
    for dimension, column in (("sector", "sector"), ("theme", "themes")):
        known = frame[frame[column].map(bool)]  # who has no theme may have any
        rows = sectors.mix(known, column)
        share = "share" if measure == "organisations" else "jobs_share"
        same = reference(*((dimension, row[dimension], measure, row[share]) for row in rows if row[share] is not None))
        for row in sectors.location_quotient(frame, same, dimension, 1):
            if row["reference_share"] is not None:
                assert row["location_quotient"] == pytest.approx(1)


def test_lists_as_the_store_gives_them(rows: Rows) -> None:
    tables = {
        "organisations": [
            {"organisation_id": "a", "name": "A", "sector": "ngo", "themes": ["peace", "water"], "sdgs": [16], "fte": 2.0},
            {"organisation_id": "b", "name": "B", "sector": "ngo", "themes": [], "countries": ["NL"]},
            {"organisation_id": "c", "name": "C", "sector": "business", "themes": ["peace"]},
        ],
        "partnerships": [{"partnership_id": "p", "organisation_ids": ["a", "c"], "start_date": DAY}],
    }  # fmt: skip
    found = sectors.sectors(rows("active_organisations", tables), rows("ties", tables), reference())
    assert [(row["theme"], row["organisations"], row["jobs"], row["ties"]) for row in found["themes"]] == [
        ("peace", 2, 2.0, 1),
        ("water", 1, 2.0, 0),
    ]
    assert [(type(row["sdg"]), row["sdg"]) for row in found["sdgs"]] == [(int, 16)]
    assert [row["country"] for row in found["countries"]] == ["NL"]


def test_an_empty_snapshot(rows: Rows) -> None:
    found = sectors.sectors(rows("active_organisations", {}), rows("ties", {}), reference())
    assert (found["organisations"], found["effective_sectors"], found["themes"]) == (0, None, [])


def test_the_sample_counted_from_its_files(sample: Any) -> None:
    with (SAMPLE / "organisations.csv").open(encoding="utf-8") as file:
        there = list(csv.DictReader(file))
    with (SAMPLE / "reference.csv").open(encoding="utf-8") as file:
        elsewhere = {(row["dimension"], row["code"]): float(row["share"]) for row in csv.DictReader(file)}
    frame, tied = sample.rows("active_organisations", as_of=DAY), sample.rows("ties", as_of=DAY)
    found = sectors.sectors(frame, tied, sample.table("reference"))

    sizes = Counter(row["sector"] for row in there)
    assert {row["sector"]: row["organisations"] for row in found["sectors"]} == sizes
    assert found["jobs"] is None
    entropy = -sum(n / 166 * math.log(n / 166) for n in sizes.values())
    assert found["effective_sectors"] == pytest.approx(math.exp(entropy))

    themes = {row["organisation_id"]: set(filter(None, row["themes"].split("|"))) for row in there}
    counts = Counter(theme for having in themes.values() for theme in having)
    assert {row["theme"]: row["organisations"] for row in found["themes"]} == counts
    shared = [themes[tie.organisation_a] & themes[tie.organisation_b] for tie in tied.itertuples()]
    for row in found["themes"]:
        assert row["ties_within_share"] == pytest.approx(sum(row["theme"] in both for both in shared) / len(shared))

    for row in found["location_quotient"]:
        count = (sizes if row["dimension"] == "sector" else counts)[row["code"]]
        share = elsewhere.get((row["dimension"], row["code"]))
        known = 166 if row["dimension"] == "sector" else sum(bool(having) for having in themes.values())
        assert row["known_organisations"] == known
        assert row["location_quotient"] == (pytest.approx(count / known / share) if share and count >= 5 else None)
    assert found["members"]["members"] is None
    assert (
        sum("NL" in row["countries"].split("|") for row in there)
        == by(found["countries"], "country").get("NL", {"organisations": 0})["organisations"]
    )


# Themes against chance


def test_themes_that_find_each_other_on_a_drawing() -> None:
    # a peace; b peace, water; c water. Ties a-b, b-c and a-d, where d has no theme.
    found = {(row["theme_a"], row["theme_b"]): row for row in sectors.theme_mixing(FIVE, ties("ab", "bc", "ad"))}
    assert set(found) == {("peace", "peace"), ("peace", "water"), ("water", "water")}
    assert [found[pair]["ties"] for pair in sorted(found)] == [1, 2, 1]
    # between peace and water: a-b, a-c and b-c, which are all pairs of the three whose themes are known
    between = found["peace", "water"]
    assert (between["pairs"], between["expected"], between["ratio"]) == (3, 2.0, 1.0)
    assert between["density"] == pytest.approx(2 / 3)


def test_theme_mixing_without_themes_or_ties() -> None:
    assert sectors.theme_mixing(organisations("ngo", "ngo"), ties("ab")) == []
    assert sectors.theme_mixing(organisations(), ties()) == []
    (alone,) = sectors.theme_mixing(organisations("ngo", "ngo", themes=[["peace"], None]), ties("ab"))
    assert (alone["ties"], alone["pairs"], alone["expected"], alone["ratio"], alone["density"]) == (
        0,
        0,
        None,
        None,
        None,
    )
    (quiet,) = sectors.theme_mixing(organisations("ngo", "ngo", themes=[["peace"], ["peace"]]), ties())
    assert (quiet["expected"], quiet["ratio"]) == (0.0, None)


@law
@given(st.data())
def test_theme_mixing_agrees_with_looking_at_every_pair(data: Any) -> None:
    size = data.draw(st.integers(0, 7))
    themes = data.draw(st.lists(st.sets(st.sampled_from("xyz")), min_size=size, max_size=size))
    everyone = organisations(*["ngo"] * size, themes=[sorted(some) for some in themes])
    pairs = list(itertools.combinations(everyone["organisation_id"], 2))
    tied = data.draw(st.sets(st.sampled_from(pairs))) if pairs else set()
    has = dict(zip(everyone["organisation_id"], themes, strict=True))
    for row in sectors.theme_mixing(everyone, ties(*("".join(pair) for pair in sorted(tied)))):
        a, b = row["theme_a"], row["theme_b"]
        fitting = {(x, y) for x, y in pairs if (a in has[x] and b in has[y]) or (b in has[x] and a in has[y])}
        assert (row["pairs"], row["ties"]) == (len(fitting), len(fitting & tied))


def test_one_theme_each_is_the_mixing_of_sectors(sample: Any) -> None:
    """With the sector as only theme it must be what the network's own function says."""
    from hubdata.indicators import network

    everyone, tied = sample.rows("active_organisations", as_of=DAY), sample.rows("ties", as_of=DAY)
    as_themes = everyone.assign(themes=[[sector] for sector in everyone["sector"]])
    expected = {(row["sector_a"], row["sector_b"]): row for row in network.mixing(network.graph_of(everyone, tied))}
    found = sectors.theme_mixing(as_themes, tied)
    assert len(found) == len(expected)
    for row in found:
        other = expected[row["theme_a"], row["theme_b"]]
        for name in ("ties", "pairs", "density", "expected", "ratio"):
            assert row[name] == pytest.approx(other[name]), name


def test_organisations_without_known_themes_change_nothing_between_themes() -> None:
    """Nobody knows that they do not have a theme: theirs are pairs and ties of which it cannot be said."""
    three = organisations("ngo", "ngo", "ngo", themes=[["peace"], ["peace", "water"], ["water"]])
    five = organisations(*["ngo"] * 5, themes=[["peace"], ["peace", "water"], ["water"], None, None])
    assert sectors.theme_mixing(five, ties("ab", "bc", "ad", "de")) == sectors.theme_mixing(three, ties("ab", "bc"))


def test_effective_themes_counts_mentions() -> None:
    assert sectors.effective_themes(FIVE) == pytest.approx(2.0)  # peace twice, water twice
    assert sectors.effective_themes(organisations("ngo")) is None
