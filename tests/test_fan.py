"""The road to a target: what formed and ended counted by hand, chances fitted a second way, and fans on the demo."""

import contextlib
import datetime
from collections.abc import Iterator

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from hubdata import loading, questions, settings, store
from hubdata.indicators import fan
from hubdata.store import View

SETTINGS = settings.Settings()
day = datetime.date
TODAY = day(2022, 12, 30)  # four steps before: 31 December 2021


def spells(*rows: tuple[str, str, str | None, str | None, bool, bool]) -> pd.DataFrame:
    """Ties: agreement, first day, last day, recorded, across sectors, firm."""
    names = ["first_partnership_ids", "started_on", "ended_on", "first_recorded", "is_cross_sector", "began_structural"]
    table = pd.DataFrame(rows, columns=names)
    return table.assign(**{name: pd.to_datetime(table[name]) for name in names[1:4]})


def organisations(count: int, *, joined: str | None = None, left: str | None = None) -> pd.DataFrame:
    days = {
        "joined_on": pd.to_datetime([None] * (count - 1) + [joined]),
        "left_on": pd.to_datetime([left] + [None] * (count - 1)),
    }
    return pd.DataFrame(days)


def test_what_formed_and_ended_in_a_quarter_is_counted_from_what_was_known() -> None:
    ties = spells(
        (
            "p",
            "2020-01-01",
            "2021-12-31",
            "2021-01-01",
            True,
            True,
        ),  # there at the first of five days, not at the second
        ("p", "2020-01-01", None, "2021-01-01", False, True),
        ("q", "2022-05-01", None, None, False, False),
        ("q", "2022-05-01", "2022-06-01", None, True, False),  # came and went within a step
        ("r", "2019-01-01", None, "2022-11-01", False, False),  # there long ago, recorded late: never seen forming
        ("s", "2022-12-01", None, "2023-05-01", False, False),  # not known yet
    )
    past = fan._Past(ties, organisations(6, joined="2022-11-01", left="2022-03-01"), TODAY)
    assert past.steps == past.all_steps == 4  # since the first that is known to have ended
    # The steps end on 31 December 2021, 1 April, 1 July and 30 September and 30 December 2022.
    assert (past.organisations, past.net.tolist()) == (5, [-1, 0, 0, 1])
    assert past.ended.sum() == 1
    cell = 3 * 4 + 2  # across and firm, 730 days old
    assert past.ended[:, cell].tolist() == [1, 0, 0]
    assert past.formed[["step", "size"]].to_numpy().tolist() == [[1, 1]]
    assert past.there["size"].sum() == 3
    assert (past.agreements_formed, past.agreements_ended, past.structural_formed) == (1, 1, 0)
    assert not past.is_enough


def test_chances_are_those_of_a_regression_over_ties_and_quarters() -> None:
    """Without shrinking the chance per kind and age is the fit of a saturated logistic regression (statsmodels)."""
    draw = np.random.default_rng(4)
    at_risk = draw.integers(20, 60, size=(1, 16)).astype(float)
    ended = np.floor(at_risk * draw.uniform(0.1, 0.4, size=(1, 16)))
    outcomes = np.column_stack([ended[0], at_risk[0] - ended[0]])
    twice = np.vstack([np.eye(16), np.eye(16)])  # every case again, or no freedom is left
    fit = sm.GLM(np.vstack([outcomes, outcomes]), twice, family=sm.families.Binomial()).fit()
    plain = fan.chances(1e9 * at_risk, 1e9 * ended)[0]
    assert plain == pytest.approx(fit.fittedvalues[:16], abs=1e-6)
    of_all = ended.sum() / at_risk.sum()
    shrunk = fan.chances(at_risk, ended)[0]
    assert shrunk == pytest.approx((ended[0] + 10 * of_all) / (at_risk[0] + 10))
    assert fan.chances(np.zeros((1, 16)), np.zeros((1, 16))).tolist() == [[0.0] * 16]


def steady(agreements: int = 30) -> pd.DataFrame:
    """Every 91 days three agreements of one loose tie begin and end after 182 days; ten firm ones always stay."""
    first = TODAY - 91 * (agreements + 2) * datetime.timedelta(days=1)
    rows = [
        (
            f"p{step}-{copy}",
            first + datetime.timedelta(days=91 * step + 40),
            first + datetime.timedelta(days=91 * step + 222),
            None,
            copy == 0,
            False,
        )
        for step in range(agreements)
        for copy in range(3)
    ]
    return spells(*rows, *[(f"f{n}", str(first), None, None, True, True) for n in range(10)])  # type: ignore[arg-type]


def test_where_nothing_changes_the_fan_stays_and_the_gap_is_what_is_lacking() -> None:
    found = fan.fans(steady(), organisations(40), {"mean_degree": [(day(2023, 12, 29), 2.0)]}, TODAY)
    one = found["figures"]["mean_degree"]
    (aim,) = one["aims"]
    assert one["reason"] is None
    assert found["quarters"] >= 20
    assert one["days"][0] == {
        "date": TODAY,
        "low": one["days"][0]["middle"],
        "middle": one["days"][0]["middle"],
        "high": one["days"][0]["middle"],
    }
    assert aim["low"] <= one["days"][0]["middle"] <= aim["high"]
    assert (aim["aim"], aim["reached_share"]) == (2.0, 0)
    # 40 ties make 2.0. No young firm tie was seen here, so it has the chance of all: of 16 ties 3 end a quarter.
    lacking, each = 40 - 20 * aim["middle"], sum((13 / 16) ** quarters for quarters in range(4))
    assert aim["extra_structural"] == pytest.approx(lacking / each, rel=0.1)
    assert one["backtest"]["inside"] >= one["backtest"]["outcomes"] - 1 > 0
    assert one["backtest"]["is_too_narrow"] is False


def test_without_a_fan_there_is_its_reason() -> None:
    aims = {
        "density": [(day(2021, 1, 1), 0.5)], "exposed_share": [(day(2023, 1, 31), 0.5)],
        "isolates": [(day(2023, 1, 31), 0.0)], "mean_degree": [(day(2060, 1, 1), 2.0)],
    }  # fmt: skip
    found = fan.fans(steady(), organisations(40), aims, TODAY, ("exposed_share",))
    assert {name: one["reason"] for name, one in found["figures"].items()} == {
        "density": "past", "exposed_share": "income", "isolates": "other", "mean_degree": "far",
    }  # fmt: skip
    few = fan.fans(steady(8), organisations(40), {"mean_degree": [(day(2023, 1, 31), 2.0)]}, TODAY)
    assert few["figures"]["mean_degree"]["reason"] == "short"
    none = fan.fans(spells(), organisations(2), {"mean_degree": [(day(2023, 1, 31), 2.0)]}, TODAY)
    assert (none["quarters"], none["structural_formed"]) == (0, None)
    assert none["figures"]["mean_degree"] == {
        "reason": "short", "days": [], "aims": [],
        "backtest": {"outcomes": 0, "inside": 0, "is_too_narrow": None, "by_years": []},
    }  # fmt: skip


@pytest.mark.parametrize(("inside", "is_too_narrow"), [(14, False), (11, False), (10, True)])
def test_a_fan_is_too_narrow_when_nine_in_ten_explains_it_no_more(inside: int, is_too_narrow: bool) -> None:
    """Of 14 values 10 or fewer lie inside with a chance of 4.4 % when nine in ten should."""
    assert fan._checked({1: (8, inside - 6), 2: (6, 6)})["is_too_narrow"] is is_too_narrow


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[store.Snapshot]:
    home = tmp_path_factory.mktemp("demo")
    loading.show_example(home, SETTINGS, "demo")
    with contextlib.closing(store.open_snapshot(home, store.current_snapshot_id(home) or "")) as snapshot:
        yield snapshot


def test_fans_on_the_demo_start_where_the_network_is_and_held_what_came(opened: store.Snapshot) -> None:
    view = View(opened.newest_date(questions.today()))
    found = questions.answer_fans(opened, SETTINGS, view)
    shown = {name for name, one in found["figures"].items() if one["reason"] is None}
    assert shown == {"density", "mean_degree", "cross_sector_share"}
    assert {one["reason"] for name, one in found["figures"].items() if name not in shown} == {"income"}
    # The graph of that day, drawn from the lists with networkx.
    graph = nx.Graph()
    people, ties = opened.rows("active_organisations", view), opened.rows("ties", view)
    graph.add_nodes_from((row.organisation_id, {"sector": row.sector}) for row in people.itertuples())
    graph.add_edges_from(zip(ties["organisation_a"], ties["organisation_b"], strict=True))
    across = sum(graph.nodes[a]["sector"] != graph.nodes[b]["sector"] for a, b in graph.edges) / graph.number_of_edges()
    now = {name: found["figures"][name]["days"][0]["middle"] for name in shown}
    mean = sum(degree for _, degree in graph.degree) / len(graph)
    assert now == pytest.approx({"density": nx.density(graph), "mean_degree": mean, "cross_sector_share": across})
    for name in shown:
        (aim,) = found["figures"][name]["aims"]
        assert aim["date"] == day(2028, 12, 31)
        assert aim["low"] < aim["middle"] < aim["high"] < 12
        assert 0 <= aim["reached_share"] < 0.5 < 1 <= (aim["extra_structural"] or 0)
        tested = found["figures"][name]["backtest"]
        assert (tested["outcomes"], [row["years"] for row in tested["by_years"]]) == (14, [1, 2])
        assert tested["inside"] == sum(row["inside"] for row in tested["by_years"]) >= 9
    assert found["structural_formed"] == pytest.approx(11.3, abs=0.5)
    assert (found["agreements_formed"], found["agreements_ended"]) == (326, 231)
    assert questions.answer_fans(opened, SETTINGS, view) == found
    # The figure of an earlier day, with which fans are compared, is that of the history on the page.
    history = questions.answer_history(opened, SETTINGS, view).set_index("date")
    spells_now, everybody = opened.rows("tie_spells", view), opened.rows("organisations_in_view", view)
    when = day(2024, 9, 30)
    for name in shown:
        counted = fan._figure_on(spells_now, everybody, when, name)
        assert counted == pytest.approx(history.loc[pd.Timestamp(when), name])


def test_what_more_ties_would_bring_is_what_a_fan_with_them_says(opened: store.Snapshot) -> None:
    """So many more firm ties a quarter, put into the lists of the past, bring the middle of the fan to the target."""
    view = View(opened.newest_date(questions.today()))
    ties, everybody = opened.rows("tie_spells", view), opened.rows("organisations_in_view", view)
    for name in ("started_on", "ended_on", "first_recorded"):
        ties[name] = pd.to_datetime(ties[name])
    past = fan._Past(ties, everybody, view.as_of)
    paths = fan.simulate(past, 8, 100, seed=3)
    extra = fan._extra(paths, "mean_degree", 9.0, 8.0)
    assert extra is not None
    more = paths["ties"][:, 8] + extra * paths["lasting"][:, 8]
    assert np.median(2 * more / paths["organisations"][:, 8] >= 9.0 - 1e-9) >= 0.5
    assert fan._extra(paths, "cross_sector_share", 1.0, 8.0) is None
