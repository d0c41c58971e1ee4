"""Which ties may lapse: counted by hand, fitted a second way, and tested on the demo."""

import contextlib
import datetime
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from hubdata import demo, loading, questions, settings, store
from hubdata.indicators import lapse
from hubdata.store import View
from hubdata.ui.words import contacts as words

SETTINGS = settings.Settings()
day = datetime.date

PARTNERSHIPS = """partnership_id,organisation_ids,start_date,end_date,first_recorded,last_contact,intensity
p,a|b,2018-01-01,,,2020-03-01,coordination
q,a|c,2018-01-01,2019-06-30,,2019-06-01,
r,a|d,2019-03-01,,,2021-01-01,
s,a|d,2019-05-01,,,,
t,b|c,2019-01-01,,2020-01-01,2019-06-01,
u,b|d,2018-06-01,,,,
"""
LISTS = {
    "organisations.csv": b"organisation_id,name,sector,role\na,Anna,ngo,\nb,Beta,knowledge,convenor\nc,Cora,ngo,\nd,Dora,ngo,\n",
    "partnerships.csv": PARTNERSHIPS.encode(),
    "events.csv": b"event_id,name,start_date\ne,Lunch,2019-05-20\nf,Later,2020-05-01\n",
    "attendance.csv": b"event_id,organisation_id,status\ne,a,attended\ne,b,attended\ne,c,registered\nf,b,attended\nf,d,attended\n",
}


@contextlib.contextmanager
def opened(home: Path, lists: dict[str, bytes]) -> Iterator[store.Snapshot]:
    outcome = loading.load(home, SETTINGS, lists)
    assert outcome.manifest, outcome.draft.problems
    with contextlib.closing(store.open_snapshot(home, outcome.manifest.id)) as snapshot:
        yield snapshot


def lists_of(snapshot: store.Snapshot, view: View) -> lapse.Known:
    attended = snapshot.table("attendance").query("status == 'attended'")
    attended = attended.merge(snapshot.table("events")[["event_id", "start_date"]], on="event_id")
    return lapse.known(
        snapshot.rows("tie_spells", view), snapshot.rows("partnership_pairs", view), attended, {"b"}
    )  # fmt: skip


def pairs(table: pd.DataFrame) -> set[str]:
    return set(table["organisation_a"] + table["organisation_b"])


def test_who_was_alive_is_what_was_known_on_that_day(tmp_path: Path) -> None:
    with opened(tmp_path, LISTS) as snapshot:
        lists = lists_of(snapshot, View(day(2021, 6, 1)))
    # b and c were recorded in 2020 only. a and b had contact until 2020 at least, so they had then too.
    then = lapse.alive(lists, day(2019, 6, 1), 365)
    assert pairs(then) == {"ab", "ac", "ad", "bd"}
    first = then.set_index("organisation_b").loc["b"]
    assert first["years"] == pytest.approx(516 / 365)
    assert (first["structural"], first["cross_sector"], first["convenor"], first["shared_events"]) == (1, 1, 1, 1)
    assert first["since"] == pytest.approx(np.log1p(12 / 365))  # their lunch, not the contact of later
    assert first["age"] == pytest.approx(np.log1p(516 / 365))
    assert then.set_index("organisation_b").loc["d"]["running"].tolist() == pytest.approx([np.log1p(2), np.log1p(1)])
    # On 30 June a and c are still there; a day later they have ended. b and d fell silent after a year without a sign.
    assert "ac" in pairs(lapse.alive(lists, day(2019, 6, 30), 365))
    assert "ac" not in pairs(lapse.alive(lists, day(2019, 7, 1), 365))
    assert "bd" in pairs(lapse.alive(lists, day(2019, 6, 1), 365))
    assert "bd" not in pairs(lapse.alive(lists, day(2019, 6, 2), 365))
    assert "bd" in pairs(lapse.alive(lists, day(2020, 6, 1), 365))  # they met again
    assert pairs(lapse.alive(lists, day(2021, 6, 1), 365)) == {"ad"}


def test_nothing_of_a_forecast_changes_with_what_happens_after_its_day(tmp_path: Path) -> None:
    demo.write(tmp_path / "files", organisations=60, seed=4)
    files = loading.read_files([tmp_path / "files"], SETTINGS)
    with opened(tmp_path / "home", files) as snapshot:
        lists = lists_of(snapshot, View(day(2026, 9, 30)))
    until = pd.Timestamp(2023, 6, 30)
    # What the lists of that day would have held: nothing began, ended or was heard later.
    spells = lists["spells"][lists["spells"]["started_on"] <= until]
    spells = spells.assign(
        ended_on=spells["ended_on"].where(spells["ended_on"] < until), contact=spells["contact"].clip(upper=until)
    )
    agreements = lists["agreements"][lists["agreements"]["started_on"] <= until]
    before: lapse.Known = {
        "spells": spells,
        "signs": lists["signs"][lists["signs"]["start_date"] <= until],
        "agreements": agreements.assign(ended_on=agreements["ended_on"].where(agreements["ended_on"] < until)),
    }
    whole, known_then = (lapse._Past(one, 365).cases(until.date()) for one in (lists, before))
    assert len(whole) > 200
    pd.testing.assert_frame_equal(whole, known_then)
    now, then = (lapse.alive(one, until.date(), 365) for one in (lists, before))
    pd.testing.assert_frame_equal(now, then)


def test_the_regression_is_that_of_another_library() -> None:
    chance = np.random.default_rng(1)
    cases = chance.normal(size=(400, 3)) * [1, 5, 0.2] + [0, 3, 1]
    lapsed = chance.random(400) < 1 / (1 + np.exp(-(cases[:, 0] - 0.2 * cases[:, 1])))
    others = chance.normal(size=(20, 3))
    mean, spread = cases.mean(axis=0), cases.std(axis=0)
    design = sm.add_constant((cases - mean) / spread)
    # statsmodels penalises the mean log likelihood; the intercept (the first) is free.
    alpha = np.array([0.0, 1.0, 1.0, 1.0]) * lapse.PENALTY / len(cases)
    model = sm.GLM(lapsed.astype(float), design, family=sm.families.Binomial())
    second = model.fit_regularized(alpha=alpha, L1_wt=0.0, maxiter=500)
    expected = second.predict(sm.add_constant((others - mean) / spread))
    assert lapse.fitted(cases, lapsed)(others) == pytest.approx(expected, abs=1e-4)


def test_by_age_is_the_share_that_lapsed_of_those_as_old() -> None:
    cases = pd.DataFrame({"years": [1.0] * 4 + [3.0] * 2, "lapsed": [True, False, False, False, True, False]})
    assert lapse.by_age(cases, pd.DataFrame({"years": [1.0, 3.0]})) == pytest.approx([0.25, 0.5])


def test_bins_hold_equally_many_and_the_band_is_that_of_a_binomial_where_nothing_hangs_together() -> None:
    chances = np.repeat(np.arange(1, 11) / 11, 100) + np.tile(np.arange(100) * 1e-9, 10)
    happened = (np.tile(np.arange(100), 10) + 0.5) / 100 < np.repeat(np.arange(1, 11) / 11, 100)
    bins = lapse._bins(chances, happened.astype(float), np.arange(1000))
    assert [one["ties"] for one in bins] == [100] * 10
    assert all(one["is_within"] for one in bins)
    for one, chance in zip(bins, np.arange(1, 11) / 11, strict=True):
        assert one["forecast"] == pytest.approx(chance, abs=1e-6)
        assert one["observed"] == pytest.approx(chance, abs=0.006)
        low, high = stats.binom.ppf([0.05, 0.95], 100, chance) / 100
        assert (one["low"], one["high"]) == (pytest.approx(low, abs=0.011), pytest.approx(high, abs=0.011))


def test_a_band_is_as_wide_as_agreements_are_large_where_their_ties_lapse_together() -> None:
    # A hundred agreements of ten ties with one chance: the share of the first as of a hundred lots, not of a thousand.
    chances, agreements = np.full(1000, 0.3), np.repeat(np.arange(100), 10)
    together = np.repeat(np.arange(100) % 10 < 3, 10).astype(float)
    each = np.tile(np.arange(10) < 3, 100).astype(float)
    for happened, lots in ((together, 100), (each, 1000)):
        (one,) = lapse._bins(chances, happened, agreements)  # equal chances are never parted
        low, high = stats.binom.ppf([0.05, 0.95], lots, 0.3) / lots
        assert (one["ties"], one["observed"]) == (1000, pytest.approx(0.3))
        assert (one["low"], one["high"]) == (pytest.approx(low, abs=0.011), pytest.approx(high, abs=0.011))


@pytest.fixture(scope="module")
def on_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[store.Snapshot]:
    home = tmp_path_factory.mktemp("demo")
    loading.show_example(home, SETTINGS, "demo")
    with contextlib.closing(store.open_snapshot(home, store.current_snapshot_id(home) or "")) as snapshot:
        yield snapshot


@pytest.fixture(scope="module")
def forecast(on_demo: store.Snapshot) -> lapse.Lapse:
    return questions.answer_lapse(on_demo, SETTINGS, View(on_demo.newest_date(questions.today())))


def test_forecasts_on_eight_earlier_days_of_the_demo_are_calibrated_and_better_than_the_base_rate(
    forecast: lapse.Lapse,
) -> None:
    tested = forecast["backtest"]
    assert len(tested["days"]) == 8
    assert tested["days"][-1] == day(2025, 9, 30)
    assert len(tested["bins"]) == 10
    assert tested["bins_within"] == sum(one["low"] <= one["observed"] <= one["high"] for one in tested["bins"]) >= 7
    assert sum(one["ties"] for one in tested["bins"]) == tested["forecasts"] > 3000
    observed = sum(one["observed"] * one["ties"] for one in tested["bins"])
    assert observed == pytest.approx(tested["lapsed"])
    assert tested["brier"] < tested["brier_base"]  # type: ignore[operator]
    assert tested["brier"] < tested["brier_curve"]  # type: ignore[operator]
    assert tested["is_better"]
    # What was forecast rises with what happened, as an isotonic curve through the bins says.
    means = np.array([[one["forecast"], one["observed"]] for one in tested["bins"]])
    rising = IsotonicRegression().fit_transform(means[:, 0], means[:, 1])
    assert rising[-1] - rising[0] > 0.25


def test_the_scores_are_those_of_other_libraries(on_demo: store.Snapshot, forecast: lapse.Lapse) -> None:
    """Forecasts of the demo made anew: cases put together day by day, scikit-learn's pipeline, statsmodels' curve."""
    view = View(on_demo.newest_date(questions.today()))
    found, lists = forecast["backtest"], lists_of(on_demo, view)
    everybody = on_demo.rows("organisations_in_view", view)
    convenors = set(everybody.loc[everybody["role"] == "convenor", "organisation_id"])
    ends = lists["spells"][["organisation_a", "organisation_b"]]
    lists["spells"]["convenor"] = ends.isin(convenors).any(axis=1)
    first = max(lists["spells"]["first_recorded"].dropna().min(), lists["spells"]["ended_on"].dropna().min())
    features = list(lapse.FEATURES)

    @functools.cache
    def followed(when: datetime.date) -> pd.DataFrame:
        then, later = (lapse.alive(lists, one, 365) for one in (when, when + datetime.timedelta(days=365)))
        there = set(zip(later["organisation_a"], later["organisation_b"], later["started_on"], strict=True))
        spells = zip(then["organisation_a"], then["organisation_b"], then["started_on"], strict=True)
        return then.assign(lapsed=[spell not in there for spell in spells])

    forecasts: dict[str, list[np.ndarray]] = {"brier": [], "brier_base": [], "brier_curve": []}
    happened = []
    for half_years in range(8):
        when = view.as_of - datetime.timedelta(days=365 * (1 + half_years // 2) + 182 * (half_years % 2))
        earlier = [when - datetime.timedelta(days=365 * years) for years in range(1, 20)]
        cases = pd.concat([followed(one) for one in earlier if pd.Timestamp(one) >= first.normalize()])
        made = followed(when)
        model = make_pipeline(StandardScaler(), LogisticRegression(C=1, tol=1e-9, max_iter=2000))
        forecasts["brier"].append(model.fit(cases[features], cases["lapsed"]).predict_proba(made[features])[:, 1])
        forecasts["brier_base"].append(np.full(len(made), cases["lapsed"].mean()))
        age = np.rint(cases["years"] * 365)
        curve = sm.SurvfuncRight(age + 365, cases["lapsed"], entry=age)
        still = lambda days, curve=curve: np.append(1.0, curve.surv_prob)[  # noqa: E731
            np.searchsorted(curve.surv_times, days, side="right")
        ]
        now = np.rint(made["years"].to_numpy() * 365)
        forecasts["brier_curve"].append(1 - still(now + 365) / still(now))
        happened.append(made["lapsed"].to_numpy())
    for name, chances in forecasts.items():
        score = brier_score_loss(np.concatenate(happened), np.concatenate(chances))
        assert found[name] == pytest.approx(score, abs=1e-6), name  # type: ignore[literal-required]
    assert (found["forecasts"], found["lapsed"]) == (sum(map(len, happened)), sum(one.sum() for one in happened))


def test_calls_come_by_what_is_at_stake_times_the_chance(forecast: lapse.Lapse) -> None:
    listed = forecast["at_risk"]
    order = [tie["at_stake"] * tie["chance"] for tie in listed]
    assert order == sorted(order, reverse=True)
    for tie in listed:
        stake = 1 + tie["is_cross_sector"] + tie["is_structural"] + (tie["common_partners"] == 0)
        assert (tie["at_stake"], tie["days_silent"] <= 365) == (stake, True)
        assert 0 < tie["chance"] < 1
    assert not forecast["is_pooled"]
    assert 0.2 < (forecast["lapsed_share"] or 0) < 0.5
    assert forecast["cases_lapsed"] == pytest.approx(forecast["cases"] * (forecast["lapsed_share"] or 0))


def test_ties_that_come_as_soon_as_the_last_one_with_a_card_are_said() -> None:
    def listed(*ties: tuple[int, float, int]) -> list[Any]:
        return [{"at_stake": stake, "chance": chance, "days_silent": days} for stake, chance, days in ties]

    above = [(4, 0.9, 9)] * 4
    ties = listed(*above, (2, 0.3, 50), (1, 0.6, 50), (2, 0.3, 40), (2, 0.2, 50))
    assert "Bij 1 andere relatie wegen de kans" in words.lapse_equals(ties, with_chance=True)
    assert "2 andere relaties zijn even lang stil als de laatste" in words.lapse_equals(ties, with_chance=False)
    assert words.lapse_equals(ties[:5], with_chance=True) == ""
    assert words.lapse_equals([*ties[:5], ties[7]], with_chance=True) == ""


def test_few_ties_have_all_the_same_chance_and_come_by_their_silence(tmp_path: Path) -> None:
    with opened(tmp_path, LISTS) as snapshot:
        found = questions.answer_lapse(snapshot, SETTINGS, View(day(2019, 6, 20)))
        none = questions.answer_lapse(snapshot, SETTINGS, View(day(2016, 6, 20)))
    assert found["is_pooled"]
    assert found["backtest"]["is_better"] is None
    assert found["backtest"]["bins"] == []
    silent = [tie["days_silent"] for tie in found["at_risk"]]
    assert silent == sorted(silent, reverse=True)
    assert (none["cases"], none["lapsed_share"], none["at_risk"]) == (0, None, [])
