"""Intervals hold what they say: the simulations of `benchmarks/intervals.py`, small and with a fixed seed."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent / "benchmarks"))

import intervals


def test_the_interval_of_lift_holds_1_when_meeting_means_nothing() -> None:
    whole, per_kind = intervals.lift_scores(60, 60, seed=2)
    assert whole.shown == 60
    assert 0.88 <= whole.coverage <= 1
    assert per_kind.shown > 100
    assert 0.9 <= per_kind.coverage <= 0.99
    assert (whole.above and whole.below) or (per_kind.above and per_kind.below)  # it misses on both sides


def test_the_intervals_of_survival_hold_the_true_share_and_those_of_structure_0() -> None:
    for score in intervals.survival_scores(80, 200, recorded_late=0.5, seed=3).values():
        assert score.shown > 40
        assert 0.88 <= score.coverage <= 1, score
