"""Intervals hold what they say: the simulations of `benchmarks/intervals.py`, small and with a fixed seed."""

import sys
from pathlib import Path
from typing import Any

import pytest

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
    scores = intervals.survival_scores(80, 200, recorded_late=0.5, seed=3)
    assert len(scores) == 4 * 3 + 1  # of all ties, and of every group
    always = [
        "structure",
        *(f"survival{part} after {years} years" for part in ("", " of half the ties") for years in (1, 2, 3)),
    ]
    assert all(scores[name].shown > 40 for name in always)
    for name, score in scores.items():
        if score.shown > 40:
            assert 0.88 <= score.coverage <= 1, (name, score)


@pytest.mark.parametrize(
    ("sizes", "agreements", "risk", "follow", "is_long"),
    [
        ("of one tie", 300, "0.27 on average", 1.0, True),
        ("of 1 to 28 ties", 100, "0.04 on average", 1.0, True),
        ("of 2 to 20 ties", 100, "0.27 on average", 1.0, False),
        ("of 2 to 20 ties", 100, "0.8 on average", 0.6, True),
        ("of 2 to 20 ties", 100, "0.27 on average", 0.0, False),
    ],
)
def test_what_happens_lies_in_nine_of_ten_bands_around_forecasts_that_are_right(
    sizes: str, agreements: int, risk: str, follow: float, is_long: bool
) -> None:
    score = intervals.band_score(
        12, intervals.SIZES[sizes], agreements, intervals.CHANCES[risk], follow, is_long=is_long, seed=2
    )
    assert score.shown >= 100
    assert 0.84 <= score.coverage <= 0.98, score


@pytest.mark.parametrize("fault", [{"wrong_by": 1.4}, {"forgets_agreements": True}])
def test_forecasts_that_are_wrong_or_bands_without_agreements_miss_much_oftener(fault: dict[str, Any]) -> None:
    """What the simulation above would show when something were wrong."""
    beta = intervals.CHANCES["0.27 on average"]
    score = intervals.band_score(8, intervals.SIZES["of 2 to 20 ties"], 100, beta, 1.0, is_long=True, seed=2, **fault)
    assert score.coverage < 0.75, score
