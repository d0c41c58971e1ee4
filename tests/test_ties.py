"""Ties over time: five spells a person can count, laws that hold for any spells, and survival computed a second way."""

import datetime
import itertools
import math
import random
import tracemalloc
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from hubdata.indicators import ties

DAY = datetime.date(2020, 6, 30)
law = settings(deadline=None, max_examples=100)  # one example is fast, but a busy machine is not

# Five spells; x = last day, > = still running on 30 June 2020. Columns are months.
#
#                2019                    2020
#                J F M A M J J A S O N D J F M A M J
#     ab across  |-----x                                    1 January  - 31 March 2019      90 days
#     ac within        |-----------x                        1 April    - 30 September 2019  183 days
#     bc across  |-----------------------x                  1 January  - 31 December 2019   365 days
#     cd across              |-----------------------------> from 1 July 2019                365 days so far
#     de within                                |----------> from 1 April 2020, planned end   90 days so far
SPELLS = [
    # pair, first day, last day, is_cross_sector
    ("ab", datetime.date(2019, 1, 1), datetime.date(2019, 3, 31), True),
    ("ac", datetime.date(2019, 4, 1), datetime.date(2019, 9, 30), False),
    ("bc", datetime.date(2019, 1, 1), datetime.date(2019, 12, 31), True),
    ("cd", datetime.date(2019, 7, 1), None, True),
    ("de", datetime.date(2020, 4, 1), datetime.date(2021, 3, 31), False),
]


def spells(rows: list[tuple[Any, ...]], **columns: list[Any]) -> pd.DataFrame:
    """Spells as the database gives them: structural when their pair is across sectors, each with an agreement of its
    own, unless said otherwise."""
    frame = pd.DataFrame(rows, columns=["pair", "started_on", "ended_on", "is_cross_sector"])
    began = {
        "began_structural": frame["is_cross_sector"],
        "first_partnership_ids": [f"p{n}" for n in range(len(frame))],
    }
    frame = frame.assign(**{"first_recorded": None, **began, **columns})
    dates = ["started_on", "ended_on", "first_recorded"]
    flags = dict.fromkeys(["is_cross_sector", "began_structural"], "bool")
    return frame.astype({**dict.fromkeys(dates, "datetime64[us]"), **flags})


def on_the_day(*silent: int, **columns: list[Any]) -> pd.DataFrame:
    """One tie per number of days silent: a-b, a-c, a-d, ..."""
    count = len(silent)
    others = [chr(ord("b") + i) for i in range(count)]
    frame = pd.DataFrame(
        {
            "organisation_a": ["a"] * count,
            "organisation_b": others,
            "name_a": ["Organisation a"] * count,
            "name_b": [f"Organisation {other}" for other in others],
            "sector_a": ["ngo"] * count,
            "sector_b": ["business"] * count,
            "is_cross_sector": [True] * count,
            "is_structural": [False] * count,
            "last_sign_date": [DAY - datetime.timedelta(days) for days in silent],
            "days_silent": list(silent),
            "next_event_id": [None] * count,
            "next_event_name": [None] * count,
            "next_event_date": [None] * count,
            **columns,
        }
    )
    dates = dict.fromkeys(["last_sign_date", "next_event_date"], "datetime64[us]")
    return frame.astype({**dates, "days_silent": "int64", "next_event_id": "str", "next_event_name": "str"})


# Fading


def test_fading_is_more_than_a_year_silent_and_longest_comes_first() -> None:
    found = ties.fading(on_the_day(365, 366, 0, 800, 366))
    assert [(tie["organisation_b"], tie["days_silent"]) for tie in found] == [("e", 800), ("c", 366), ("f", 366)]
    assert [tie["days_silent"] for tie in ties.fading(on_the_day(10, 30, 31), fading_days=30)] == [31]


def test_a_fading_tie_says_who_and_when_they_meet_next() -> None:
    meeting = {"next_event_id": ["e1"], "next_event_name": ["Dinner"], "next_event_date": [datetime.date(2020, 9, 1)]}
    (found,) = ties.fading(on_the_day(730, **meeting))
    assert found == {
        "organisation_a": "a",
        "organisation_b": "b",
        "name_a": "Organisation a",
        "name_b": "Organisation b",
        "sector_a": "ngo",
        "sector_b": "business",
        "is_cross_sector": True,
        "is_structural": False,
        "last_sign_date": datetime.date(2018, 7, 1),
        "days_silent": 730,
        "next_event_id": "e1",
        "next_event_name": "Dinner",
        "next_event_date": datetime.date(2020, 9, 1),
        "strength": 0.25,
    }
    assert {type(found["days_silent"]), type(found["is_structural"])} == {int, bool}


def test_without_a_next_event_it_is_none() -> None:
    (found,) = ties.fading(on_the_day(730))
    assert (found["next_event_id"], found["next_event_name"], found["next_event_date"]) == (None, None, None)


def test_fading_share() -> None:
    assert ties.fading_share(on_the_day(0, 365, 366, 800)) == 2 / 4
    assert ties.fading_share(on_the_day()) is None
    assert ties.fading(on_the_day()) == []


def test_tie_strength() -> None:
    assert [ties.tie_strength(days) for days in (0, 365, 730)] == [1, 0.5, 0.25]
    assert ties.tie_strength(30, half_life_days=30) == 0.5
    with pytest.raises(ValueError, match="half_life_days"):
        ties.tie_strength(1, half_life_days=0)


# Forming and ending


def test_changes_per_quarter_of_the_five_spells() -> None:
    assert ties.tie_changes(spells(SPELLS), DAY) == [
        {"quarter": "2019-Q1", "formed": 2, "ended": 0},
        {"quarter": "2019-Q2", "formed": 1, "ended": 1},  # ab: last day 31 March, ended 1 April
        {"quarter": "2019-Q3", "formed": 1, "ended": 0},
        {"quarter": "2019-Q4", "formed": 0, "ended": 1},  # ac: ended 1 October
        {"quarter": "2020-Q1", "formed": 0, "ended": 1},  # bc: ended 1 January
        {"quarter": "2020-Q2", "formed": 1, "ended": 0},
    ]


def test_changes_stop_on_the_day_itself() -> None:
    assert ties.tie_changes(spells(SPELLS), datetime.date(2018, 12, 31)) == []
    assert ties.tie_changes(spells(SPELLS), datetime.date(2019, 3, 31))[-1]["ended"] == 0
    assert ties.tie_changes(spells(SPELLS), datetime.date(2019, 4, 1))[-1] == {
        "quarter": "2019-Q2",
        "formed": 1,
        "ended": 1,
    }


@st.composite
def any_spells(draw: st.DrawFn) -> pd.DataFrame:
    """Spells around `DAY`, some open, some recorded late."""
    rows, recorded, structural = [], [], []
    for _ in range(draw(st.integers(0, 15))):
        started = DAY + datetime.timedelta(draw(st.integers(-1500, 100)))
        lasted = draw(st.none() | st.integers(0, 1200))
        late = draw(st.none() | st.integers(-50, 700))
        rows.append(
            ("ab", started, None if lasted is None else started + datetime.timedelta(lasted), draw(st.booleans()))
        )
        recorded.append(None if late is None else started + datetime.timedelta(late))
        structural.append(draw(st.booleans()))
    return spells(rows, first_recorded=recorded, began_structural=structural)


@given(any_spells(), st.integers(-1600, 200))
@law
def test_ties_on_a_day_are_those_formed_less_those_ended(drawn: pd.DataFrame, shift: int) -> None:
    as_of = DAY + datetime.timedelta(shift)
    changes = ties.tie_changes(drawn, as_of)
    day = pd.Timestamp(as_of)
    running = (drawn["started_on"] <= day) & (drawn["ended_on"].isna() | (drawn["ended_on"] >= day))
    assert sum(quarter["formed"] - quarter["ended"] for quarter in changes) == running.sum()
    quarters = [quarter["quarter"] for quarter in changes]
    assert quarters == sorted(set(quarters))


@given(any_spells(), st.integers(-1600, 200), st.integers(0, 1600))
@law
def test_between_two_days_as_many_ties_form_and_end_as_the_quarters_say(
    drawn: pd.DataFrame, shift: int, later: int
) -> None:
    since, as_of = (DAY + datetime.timedelta(days) for days in (shift, shift + later))
    found = ties.movements(drawn, since, as_of)
    for place, name in enumerate(("formed", "ended")):
        until = [sum(quarter[name] for quarter in ties.tie_changes(drawn, day)) for day in (since, as_of)]
        assert found[place] == until[1] - until[0]


def test_formed_less_ended_is_the_number_of_ties_in_the_sample(sample: Any) -> None:
    for as_of in (datetime.date(2012, 1, 1), DAY, datetime.date(2023, 5, 31)):
        changes = ties.tie_changes(sample.rows("tie_spells", as_of=as_of), as_of)
        assert sum(q["formed"] - q["ended"] for q in changes) == len(sample.rows("ties", as_of=as_of))


# Survival


def steps(found: dict[str, Any]) -> list[tuple[int, float, int]]:
    return [(point["days"], pytest.approx(point["survival"]), point["at_risk"]) for point in found["curve"]]


def test_survival_of_the_five_spells() -> None:
    found = ties.survival(spells(SPELLS), DAY)["overall"]
    assert (found["spells"], found["ended"]) == (5, 3)
    # de was last seen on the day that ab ended, its 90th: it was at risk then. The same for cd and bc on day 365.
    assert steps(found) == [(0, 1, 5), (90, 4 / 5, 5), (183, 4 / 5 * 2 / 3, 3), (365, 4 / 5 * 2 / 3 * 1 / 2, 2)]
    assert found["median_days"] == 365
    one, two, three = found["at"]
    assert (one["years"], one["survival"], one["at_risk"]) == (1, pytest.approx(4 / 15), 2)
    assert (two["years"], two["survival"], two["low"], two["high"], two["at_risk"]) == (2, None, None, None, 0)
    assert three["years"] == 3


def test_the_interval_counts_agreements_not_ties() -> None:
    """Eighty-four agreements of three ties each that last alike, none censored before: a share of eighty-four."""
    days = [100] * 36 + [900] * 216
    rows = [("ab", DAY - datetime.timedelta(1000), DAY - datetime.timedelta(1001 - day), True) for day in days]
    found = ties.survival(spells(rows, first_partnership_ids=[f"p{n // 3}" for n in range(252)]), DAY)["overall"]
    assert (found["spells"], found["agreements"]) == (252, 84)
    at_two_years = found["at"][1]
    error = math.sqrt(72 / 84 * 12 / 84 / 83) / (72 / 84 * abs(math.log(72 / 84)))
    t = stats.t.ppf(0.975, 12)  # of twelve agreements a tie ended, of 72 one is there
    expected = [(72 / 84) ** math.exp(side * t * error) for side in (1, -1)]
    assert [at_two_years["low"], at_two_years["high"]] == pytest.approx(expected, rel=1e-3)
    # one agreement less that ended, or fewer that last, and the data cannot tell
    for some in (range(3, 252), range(207)):
        names = [f"p{n // 3}" for n in some]
        fewer = ties.survival(spells([rows[n] for n in some], first_partnership_ids=names), DAY)["overall"]
        assert (fewer["at"][1]["low"], fewer["at"][1]["high"]) == (None, None)
    assert ties.survival(spells(rows, first_partnership_ids=["p"] * 252), DAY)["overall"]["at"][1]["low"] is None


def test_survival_by_group() -> None:
    found = ties.survival(spells(SPELLS, began_structural=[False, False, False, True, True]), DAY)
    assert {name: (group["spells"], group["ended"]) for name, group in found.items()} == {
        "overall": (5, 3),
        "within_sector": (2, 1),
        "cross_sector": (3, 2),
        "structural": (2, 0),
        "not_structural": (3, 3),
    }
    assert found["structural"]["median_days"] is None
    assert found["not_structural"]["median_days"] == 183
    # all that were at risk have ended: nothing survives, also beyond the last day, and there is no interval
    assert found["not_structural"]["at"][2] == {"years": 3, "survival": 0, "low": None, "high": None, "at_risk": 0}


def test_a_spell_that_starts_later_is_left_out_and_a_planned_end_is_not_an_end() -> None:
    found = ties.survival(spells(SPELLS), datetime.date(2019, 6, 30))["overall"]
    assert (found["spells"], found["ended"]) == (3, 1)
    on_last_day = ties.survival(spells(SPELLS), datetime.date(2019, 3, 31))["overall"]
    assert (on_last_day["spells"], on_last_day["ended"], steps(on_last_day)) == (2, 0, [(0, 1, 2), (89, 1, 2)])


def test_a_tie_recorded_late_is_at_risk_from_that_day() -> None:
    # bc began on 1 January 2019, but was first written down on 1 June, its 151st day: after ab had ended on its 90th
    late = [None, None, datetime.date(2019, 6, 1), None, None]
    found = ties.survival(spells(SPELLS, first_recorded=late), DAY)["overall"]
    assert (found["spells"], found["ended"]) == (5, 3)
    assert steps(found) == [(0, 1, 4), (90, 3 / 4, 4), (183, 3 / 4 * 2 / 3, 3), (365, 3 / 4 * 2 / 3 * 1 / 2, 2)]


def test_recorded_before_it_began_changes_nothing_and_recorded_after_its_end_is_left_out() -> None:
    early = ties.survival(spells(SPELLS, first_recorded=[datetime.date(2018, 1, 1)] * 5), DAY)
    assert early == ties.survival(spells(SPELLS), DAY)
    after = [datetime.date(2019, 4, 1), None, None, None, None]  # the day on which ab ended
    found = ties.survival(spells(SPELLS, first_recorded=after), DAY)["overall"]
    assert (found["spells"], found["ended"]) == (4, 2)


def test_survival_of_nothing() -> None:
    found = ties.survival(spells([]), DAY)["overall"]
    assert (found["spells"], found["ended"], found["median_days"], found["curve"]) == (0, 0, None, [])
    assert [point["survival"] for point in found["at"]] == [None, None, None]


def days_of(drawn: pd.DataFrame) -> list[tuple[int, int, bool]]:
    """Per spell up to `DAY`: day entered, day left, whether it ended; day by day, without the arithmetic of dates."""
    found = []
    for row in drawn.to_dict("records"):
        started = row["started_on"].date()
        if started > DAY:
            continue
        last = None if pd.isna(row["ended_on"]) else row["ended_on"].date()
        entered = 0 if pd.isna(row["first_recorded"]) else max(0, (row["first_recorded"].date() - started).days)
        if last is not None and last < DAY:
            found.append((entered, (last - started).days + 1, True))
        else:
            found.append((entered, (DAY - started).days, False))
    return found


@given(any_spells())
@law
def test_survival_against_counting_day_by_day(drawn: pd.DataFrame) -> None:
    found = ties.survival(drawn, DAY)["overall"]
    at_risk_of = {point["days"]: point["at_risk"] for point in found["curve"]}
    survival_of = {point["days"]: point["survival"] for point in found["curve"]}
    survival, median = Fraction(1), None
    watched = days_of(drawn)
    for day in range(1, 1700):
        at_risk = sum(entered < day <= left for entered, left, _ in watched)
        ended = sum(is_ended and entered < left == day for entered, left, is_ended in watched)
        if ended:
            survival *= 1 - Fraction(ended, at_risk)
            assert (at_risk_of[day], survival_of[day]) == (at_risk, pytest.approx(float(survival)))
        if median is None and survival <= Fraction(1, 2):
            median = day
    assert found["median_days"] == median
    values = [point["survival"] for point in found["curve"]]
    assert values == sorted(values, reverse=True)
    for point in found["curve"]:
        assert point["low"] is None or point["survival"] not in (0, 1)
        assert point["low"] is None or 0 <= point["low"] <= point["survival"] <= point["high"] <= 1


@given(any_spells())
@law
def test_survival_against_scipy_where_nothing_is_recorded_late(drawn: pd.DataFrame) -> None:
    drawn = drawn.assign(first_recorded=pd.NaT)
    watched = days_of(drawn)
    ended = [left for _, left, is_ended in watched if is_ended]
    if not ended:
        return
    censored = stats.CensoredData(uncensored=ended, right=[left for _, left, is_ended in watched if not is_ended])
    expected = stats.ecdf(censored).sf
    for point in ties.survival(drawn, DAY)["overall"]["curve"]:
        assert point["survival"] == pytest.approx(float(expected.evaluate(point["days"])), abs=1e-12)


def check_against_statsmodels(found: dict[str, Any], entered: Any, left: Any, is_ended: Any) -> None:
    from statsmodels.duration.survfunc import SurvfuncRight

    # Half a day later a spell is at risk from the next day on, however the day of entry itself is counted.
    late = np.array(entered) > 0
    entry = np.where(late, np.array(entered) + 0.5, 0.0) if late.any() else None
    fitted = SurvfuncRight(np.array(left, dtype=float), np.array(is_ended, dtype=int), entry=entry)
    steps = {float(day): i for i, day in enumerate(fitted.surv_times)}

    def expected(day: float) -> float:
        before = [i for time, i in steps.items() if time <= day]
        return float(fitted.surv_prob[max(before)]) if before else 1.0

    for point in found["curve"]:
        assert point["survival"] == pytest.approx(expected(point["days"]), abs=1e-9)
    ends = [point for point in found["curve"] if point["days"] in steps]
    assert len(ends) >= sum(expected(day) < expected(day - 0.25) for day in steps)
    for point in ends:
        i = steps[point["days"]]
        assert point["at_risk"] == fitted.n_risk[i]
    reached = [day for day, i in steps.items() if fitted.surv_prob[i] <= 0.5]
    assert found["median_days"] == (min(reached) if reached else None)
    for point in found["at"]:
        if point["survival"] is not None:
            assert point["survival"] == pytest.approx(expected(365 * point["years"]), abs=1e-9)


def test_survival_of_the_sample_agrees_with_statsmodels(sample: Any) -> None:
    drawn = sample.rows("tie_spells", as_of=DAY)
    found = ties.survival(drawn, DAY)
    for name, part in {
        "overall": drawn,
        "cross_sector": drawn[drawn["is_cross_sector"]],
        "within_sector": drawn[~drawn["is_cross_sector"]],
    }.items():
        entered, left, is_ended = zip(*days_of(part), strict=True)
        assert (found[name]["spells"], found[name]["ended"]) == (len(left), sum(is_ended))
        check_against_statsmodels(found[name], entered, left, is_ended)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_survival_recorded_late_agrees_with_statsmodels(seed: int) -> None:
    chance = np.random.default_rng(seed)
    size = 300
    left = chance.integers(1, 1500, size)
    entered = np.where(chance.random(size) < 0.4, chance.integers(0, 700, size), 0)
    is_ended = chance.random(size) < 0.6
    watched = (entered == 0) | (left > entered)
    found = ties.kaplan_meier(entered, left, is_ended)
    assert found["spells"] == watched.sum()
    check_against_statsmodels(found, entered[watched], left[watched], is_ended[watched])


def test_everything_together() -> None:
    found = ties.ties(on_the_day(0, 800), spells(SPELLS), DAY, fading_days=900, half_life_days=100)
    assert (found["ties"], found["fading"], found["fading_share"]) == (2, [], 0)
    assert len(found["tie_changes"]) == 6
    assert found["survival"]["overall"]["spells"] == 5


def test_results_of_the_sample_are_plain_python(sample: Any) -> None:
    found = ties.ties(sample.rows("ties", as_of=DAY), sample.rows("tie_spells", as_of=DAY), DAY)

    def cells(value: Any) -> list[Any]:
        if isinstance(value, dict):
            return [cell for part in value.values() for cell in cells(part)]
        return [cell for part in value for cell in cells(part)] if isinstance(value, list) else [value]

    assert {type(cell) for cell in cells(found)} <= {int, float, str, bool, datetime.date, type(None)}
    assert not any(isinstance(cell, float) and math.isnan(cell) for cell in cells(found))
    assert 0 < found["fading_share"] < 1


# Structure


def began(rows: list[tuple[bool, int, bool, str]]) -> pd.DataFrame:
    """Spells that all began on one day: structural from the start, days so far, ended, agreement."""
    day = DAY - datetime.timedelta(days=3000)
    return pd.DataFrame(
        {
            "started_on": [day] * len(rows),
            # ended_on is the last day, and the tie ends the day after
            "ended_on": [day + datetime.timedelta(days=days - 1) if ended else None for _, days, ended, _ in rows],
            "first_recorded": None,
            "began_structural": [structural for structural, *_ in rows],
            "first_partnership_ids": [agreement for *_, agreement in rows],
        }
    ).astype({"ended_on": "datetime64[us]"})


# Ten structural agreements of one tie, of which two end within two years, and ten others, of which eight do.
TEN_AND_TEN = [(True, 100 + n if n < 2 else 3000, n < 2, f"s{n}") for n in range(10)]
TEN_AND_TEN += [(False, 100 + n if n < 8 else 3000, n < 8, f"o{n}") for n in range(10)]
MANY_ENDS = [(True, 100 + n if n < 15 else 3000, n < 15, f"s{n}") for n in range(50)]
MANY_ENDS += [(False, 100 + n if n < 35 else 3000, n < 35, f"o{n}") for n in range(50)]


def test_structure_counts_what_is_left_after_two_years() -> None:
    found = ties.structure(began(TEN_AND_TEN), DAY)
    assert found["years"] == 2
    assert found["difference"] == pytest.approx(8 / 10 - 2 / 10)
    # Nobody is censored before then, so a share of n has the variance p (1 - p) / n, here with n - 1 for small numbers.
    # Of two agreements in each group a tie ended, or lasted: Welch has four degrees of freedom.
    margin = stats.t.ppf(0.975, 4) * math.sqrt(0.8 * 0.2 / 9 + 0.2 * 0.8 / 9)
    assert (found["low"], found["high"]) == (pytest.approx(0.6 - margin, abs=1e-3), pytest.approx(min(1, 0.6 + margin)))
    assert (found["agreements"], found["verdict"], found["reason"]) == (2, None, "too_few")


def test_structure_decides_only_when_the_interval_leaves_out_zero() -> None:
    assert ties.structure(began(MANY_ENDS), DAY)["verdict"] == "longer"
    turned = [(not structural, *rest) for structural, *rest in MANY_ENDS]
    assert ties.structure(began(turned), DAY)["verdict"] == "shorter"  # type: ignore[arg-type]
    alike = [(n % 2 == 0, 100 + n if n < 50 else 3000, n < 50, f"p{n}") for n in range(100)]
    assert ties.structure(began(alike), DAY)["verdict"] == "unclear"


def test_structure_says_when_the_data_cannot_tell() -> None:
    assert ties.structure(began([]), DAY)["reason"] == "one_group"
    assert ties.structure(began([row for row in MANY_ENDS if row[0]]), DAY)["reason"] == "one_group"
    found = ties.structure(began(MANY_ENDS[1:]), DAY)  # of 99 agreements: see `AGREEMENTS_COMPARED`
    assert (found["reason"], found["verdict"]) == ("too_few_in_all", None)
    assert found["agreements"] >= ties.MINIMUM_AGREEMENTS
    short = [(structural, min(days, 300), ended, agreement) for structural, days, ended, agreement in MANY_ENDS]
    spells_of_300_days = began(short).assign(started_on=DAY - datetime.timedelta(days=300))
    spells_of_300_days["ended_on"] = pd.NaT
    found = ties.structure(spells_of_300_days, DAY)
    assert (found["reason"], found["difference"], found["verdict"]) == ("too_short", None, None)


def test_one_consortium_says_no_more_than_a_pair() -> None:
    """Every agreement copied as a consortium of so many ties: the same difference with the same uncertainty."""
    copied = [row for row in MANY_ENDS for _ in range(7)]
    once, often = ties.structure(began(MANY_ENDS), DAY), ties.structure(began(copied), DAY)
    for name in ("difference", "low", "high"):
        assert often[name] == pytest.approx(once[name], abs=1e-12)
    assert often["agreements"] == once["agreements"]
    # Taken for independent, they would seem to say much more.
    alone = [(*row[:3], f"{number}") for number, row in enumerate(copied)]
    sure = ties.structure(began(alone), DAY)  # type: ignore[arg-type]
    assert sure["high"] - sure["low"] < (often["high"] - often["low"]) / 2


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_interval_of_structure_agrees_with_leaving_agreements_out_one_by_one(seed: int) -> None:
    """Late entry, ends on the same day and agreements of several ties: against the jackknife and statsmodels."""
    from statsmodels.duration.survfunc import SurvfuncRight

    chance = np.random.default_rng(seed)
    cluster = chance.integers(0, 150, 400)
    left = 1 + (chance.exponential(700, 150)[cluster] * (0.8 + 0.4 * chance.random(400))).astype(int)
    is_ended = chance.random(400) < 0.7
    entered = np.where(chance.random(400) < 0.3, chance.integers(0, 300, 400), 0)
    watched = (entered == 0) | (left > entered)
    entered, left, is_ended, cluster = entered[watched], left[watched], is_ended[watched], cluster[watched]

    def share_left(kept: Any) -> float:
        entry = np.where(entered[kept] > 0, entered[kept] + 0.5, 0.0)
        fitted = SurvfuncRight(left[kept].astype(float), is_ended[kept].astype(int), entry=entry)
        return float(fitted.surv_prob[fitted.surv_times <= 730][-1])

    without = np.array([share_left(cluster != one) for one in np.unique(cluster)])
    jackknife = (len(without) - 1) / len(without) * ((without - without.mean()) ** 2).sum()
    whole = share_left(np.ones(len(left), dtype=bool))
    variance, agreements = (
        float(found[0]) for found in ties._Clustered(entered, left, is_ended, cluster).on(np.array([730]))
    )
    variance *= whole**2
    assert variance == pytest.approx(jackknife, rel=0.05)
    assert agreements == min(len(np.unique(cluster[is_ended & (left <= 730)])), len(np.unique(cluster[left > 730])))
    # With every spell an agreement of its own it is nearly Greenwood's.
    alone = whole**2 * ties._Clustered(entered, left, is_ended, np.arange(len(left))).on(np.array([730]))[0][0]
    fitted = SurvfuncRight(left.astype(float), is_ended.astype(int), entry=np.where(entered > 0, entered + 0.5, 0.0))
    assert math.sqrt(alone) == pytest.approx(fitted.surv_prob_se[fitted.surv_times <= 730][-1], rel=0.05)


@given(any_spells(), st.data())
@law
def test_the_variance_is_the_sum_over_agreements_written_out(drawn: pd.DataFrame, data: Any) -> None:
    """Agreement by agreement and day by day, as the formula of `kaplan_meier` stands."""
    watched = [row for row in days_of(drawn) if row[0] == 0 or row[1] > row[0]]
    if not watched:
        return
    cluster = data.draw(st.lists(st.integers(0, 4), min_size=len(watched), max_size=len(watched)))
    entered, left, is_ended = (np.array(column) for column in zip(*watched, strict=True))
    clustered = ties._Clustered(entered, left, is_ended, np.array(cluster))
    # beyond a day on which all that were at risk ended there is no interval
    over = min(
        (d for d in clustered.days if (entered < d).sum() - (left < d).sum() == sum(is_ended & (left == d))),
        default=10**9,
    )
    for day in (data.draw(st.integers(0, 1700)), 365, 730):
        if day >= over:
            continue
        influence: dict[int, float] = dict.fromkeys(cluster, 0.0)
        for (entry, last, ended), one in zip(watched, cluster, strict=True):
            for step in clustered.days[clustered.days <= day]:
                r, e = (entered < step).sum() - (left < step).sum(), (is_ended & (left == step)).sum()
                influence[one] += (ended and last == step) / (r - e) - (entry < step <= last) * e / (r * (r - e))
        count = len(influence)
        expected = count / max(count - 1, 1) * sum(value**2 for value in influence.values())
        variance, telling = clustered.on(np.array([day]))
        assert variance[0] == pytest.approx(expected, abs=1e-9)
        ended_by_then = {one for (_, last, ended), one in zip(watched, cluster, strict=True) if ended and last <= day}
        lasting = {one for (_, last, _), one in zip(watched, cluster, strict=True) if last > day}
        assert telling[0] == min(len(ended_by_then), len(lasting))


def test_structure_of_the_sample_takes_its_shares_from_the_curves(sample: Any) -> None:
    drawn = sample.rows("tie_spells", as_of=DAY)
    found = ties.structure(drawn, DAY)
    for name, part in {
        "structural": drawn[drawn["began_structural"]],
        "not_structural": drawn[~drawn["began_structural"]],
    }.items():
        if len(part):
            check_against_statsmodels(found[name], *zip(*days_of(part), strict=True))
    assert found["reason"] or found["verdict"]


# Whom to call, and what they had together


def test_across_sectors_comes_first_and_then_the_shortest_silence() -> None:
    listed = ties.fading(on_the_day(400, 900, 500, 800, is_cross_sector=[False, True, True, False]))
    assert [tie["days_silent"] for tie in ties.to_call(listed)] == [500, 900, 400, 800]
    assert [tie["days_silent"] for tie in ties.to_call(listed, longest_first=True)] == [900, 500, 800, 400]


@pytest.mark.parametrize("busy", ["a", "b", "c"])
def test_what_two_had_together_is_what_both_had_and_only_up_to_the_day(busy: str) -> None:
    day = datetime.date
    pairs = pd.DataFrame(
        [
            ("p", "a", "b", day(2018, 1, 1), day(2021, 3, 31)),
            ("q", "a", "b", day(2019, 1, 1), day(2019, 12, 31)),
            ("r", "a", "b", day(2020, 7, 1), None),  # the day after
            ("s", "a", "c", day(2018, 1, 1), None),
        ],
        columns=["partnership_id", "organisation_a", "organisation_b", "started_on", "ended_on"],
    )
    partnerships = pd.DataFrame({"partnership_id": list("pqrs"), "name": ["P", None, "R", "S"], "kind": "project"})
    rows = [("e", one, "Lunch", day(2019, 5, 1)) for one in "abb"]  # twice: host and speaker
    rows += [("f", "a", "Dinner", day(2019, 6, 1)), ("g", "b", "Tea", day(2019, 7, 1))]
    rows += [("h", one, "Later", day(2020, 7, 1)) for one in "ab"]
    rows += [(f"alone {number}", busy, "Alone", day(2019, 8, 1)) for number in range(4)]
    attendance = pd.DataFrame(rows, columns=["event_id", "organisation_id", "name", "start_date"])
    listed = ties.fading(on_the_day(400, 500, 600))
    found = ties.with_past(listed, pairs, partnerships, attendance, DAY)
    by_partner = {tie["organisation_b"]: tie for tie in found}
    assert [tie["organisation_b"] for tie in found] == [tie["organisation_b"] for tie in listed]
    ab = by_partner["b"]
    assert [(one["name"], one["ended_on"]) for one in ab["partnerships"]] == [
        (None, day(2019, 12, 31)),
        ("P", day(2021, 3, 31)),
    ]
    assert ab["events"] == [{"name": "Lunch", "start_date": day(2019, 5, 1)}]
    assert ab["ends_on"] == day(2021, 3, 31)
    assert (by_partner["c"]["ends_on"], by_partner["c"]["events"]) == (None, [])
    assert (by_partner["d"]["partnerships"], by_partner["d"]["ends_on"]) == ([], None)
    assert ties.with_past([], pairs, partnerships, attendance, DAY) == []


def test_events_of_two_are_those_in_both_lists() -> None:
    """As a plain search through all pairs and events says; who never came anywhere is there too."""
    chance = random.Random(3)
    ids = [f"o{nth}" for nth in range(12)]
    there = {(f"e{chance.randrange(30)}", chance.choice(ids[:10])) for _ in range(90)}
    attended = pd.DataFrame(sorted(there, key=lambda _: chance.random()), columns=["event_id", "organisation_id"])
    pairs = pd.DataFrame(list(itertools.combinations(ids, 2)), columns=["organisation_a", "organisation_b"])
    found = ties.met(pairs, attended.assign(name=attended["event_id"] + "!"))
    expected = {
        (a, b, e) for a, b in itertools.combinations(ids, 2) for e, who in there if who == a and (e, b) in there
    }
    assert len(found) == len(expected) > 30
    assert set(found[["organisation_a", "organisation_b", "event_id"]].itertuples(index=False, name=None)) == expected
    assert (found["name"] == found["event_id"] + "!").all()


@pytest.mark.parametrize("host", ["a", "z"])
def test_a_host_of_thousands_with_thousands_of_ties_takes_no_more_memory(host: str) -> None:
    """All its visits for each of its ties would be four million rows, and a hundred megabytes or more."""
    guests = [f"g{nth}" for nth in range(2000)]
    pairs = pd.DataFrame([sorted((host, guest)) for guest in guests], columns=["organisation_a", "organisation_b"])
    visits = [(f"e{nth}", who) for nth, guest in enumerate(guests) for who in (host, guest)]
    attended = pd.DataFrame(visits, columns=["event_id", "organisation_id"])
    tracemalloc.start()
    found = ties.met(pairs, attended)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found) == 2000
    assert most < 10e6
