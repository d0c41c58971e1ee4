"""Whether intervals hold what they say: simulations in which nothing depends on the labels, or forecasts are right.

Run by hand: `python tests/benchmarks/intervals.py`; the figures are in docs/benchmarks.md. `tests/test_intervals.py` runs a
small one of each with a fixed seed. Wanted is that 90 to 98 % of the 95 % intervals hold the true value, and that what
happens lies in about 90 % of the bands around forecasts that are right.
"""

import math
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hubdata import demo, loading, questions, settings, store
from hubdata.indicators import lapse, meeting, ties

SETTINGS = settings.Settings()
AS_OF = pd.Timestamp("2020-06-30")


class Score:
    """How many intervals held the true value, and on which side the others missed it."""

    def __init__(self) -> None:
        self.held = self.above = self.below = self.none = 0

    def add(self, low: float | None, high: float | None, true: float) -> None:
        if low is None or high is None:
            self.none += 1
        elif low > true:
            self.above += 1
        elif high < true:
            self.below += 1
        else:
            self.held += 1

    @property
    def shown(self) -> int:
        return self.held + self.above + self.below

    @property
    def coverage(self) -> float:
        return self.held / self.shown if self.shown else math.nan

    def __str__(self) -> str:
        return f"{self.coverage:.1%} | {self.above} | {self.below} | {self.none}"


# Meeting


def views(folder: Path, organisations: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Events, organisations and spells of a fictional demo: consortia, hubs and busy years as in life."""
    demo.write(folder / "files", organisations=organisations, seed=seed)
    files = loading.read_files([folder / "files"], SETTINGS)
    manifest = loading.load(folder / "home", SETTINGS, files, origin="demo", may_remove=True).manifest
    assert manifest
    snapshot = store.open_snapshot(folder / "home", manifest.id)
    view = store.View(snapshot.newest_date(questions.today()))
    outcomes, everybody, spells = (
        snapshot.rows(name, view) for name in ("event_outcomes", "organisations_in_view", "tie_spells")
    )
    return outcomes, everybody, spells


def strangers(
    outcomes: pd.DataFrame, everybody: pd.DataFrame, spells: pd.DataFrame, rounds: int, seed: int
) -> Iterator[tuple[pd.DataFrame, meeting.Meetings]]:
    """The same events and ties, but who attended is dealt out anew: each organisation goes where another went.

    So some still attend much and some still tie much, and one has nothing to do with the other.
    """
    chance, ids = np.random.default_rng(seed), everybody["organisation_id"].to_numpy()
    for _ in range(rounds):
        instead = dict(zip(ids, chance.permutation(ids), strict=True))
        dealt = outcomes.assign(
            organisation_ids=[[instead[one] for one in there] for there in outcomes["organisation_ids"]]
        )
        yield dealt, meeting.meetings(dealt, everybody, spells, window_days=180, plenary_size=60)


def lift_scores(rounds: int, organisations: int, seed: int = 1, part: float = 1.0) -> tuple[Score, Score]:
    """The interval of `lift`, of all events (or a part of them) and per kind, when meeting means nothing: lift is 1."""
    whole, per_kind = Score(), Score()
    with tempfile.TemporaryDirectory() as folder:
        outcomes, everybody, spells = views(Path(folder), organisations, seed)
    outcomes = outcomes.sample(frac=part, random_state=seed)
    for dealt, met in strangers(outcomes, everybody, spells, rounds, seed):
        found = meeting.compare(met)
        whole.add(found["lift_low"], found["lift_high"], 1.0)
        for _, some in dealt[dealt["event_id"].isin(met.event_ids)].groupby("kind"):
            found = meeting.compare(met, some["event_id"].tolist())
            per_kind.add(found["lift_low"], found["lift_high"], 1.0)
    return whole, per_kind


# Lasting


def lasting(chance: np.random.Generator, agreements: int, mean_days: float, recorded_late: float) -> pd.DataFrame:
    """Spells of agreements of two to eight organisations that all end together, as they do in life.

    Each lasts an exponential time of the same mean, whether it is called structural or not. Agreements begin over
    eight years; what still runs on `AS_OF` is censored, and of a part nobody wrote anything down in the first months.
    """
    began = AS_OF - pd.to_timedelta(chance.integers(1, 8 * 365, agreements), unit="D")
    days = np.maximum(1, np.ceil(chance.exponential(mean_days, agreements))).astype(int)
    size = chance.choice([2, 2, 2, 2, 3, 3, 4, 8], agreements)
    late = np.where(chance.random(agreements) < recorded_late, chance.integers(1, 500, agreements), 0)
    frame = pd.DataFrame(
        {
            "started_on": began,
            "ended_on": began + pd.to_timedelta(days - 1, unit="D"),
            "first_recorded": pd.Series(began + pd.to_timedelta(late, unit="D")).where(late > 0),
            "began_structural": chance.random(agreements) < 0.4,
            "is_cross_sector": chance.random(agreements) < 0.5,
            "first_partnership_ids": [f"p{n}" for n in range(agreements)],
        }
    )
    return frame.loc[frame.index.repeat(size * (size - 1) // 2)].reset_index(drop=True)


GROUPS = {
    "overall": "",
    "within_sector": " of half the ties",
    "cross_sector": " of half the ties",
    "structural": " of two fifths",
    "not_structural": " of three fifths",
}
"""The groups of `survival`, by how many ties are in them by lot. The two halves count together."""


def survival_scores(rounds: int, agreements: int, *, recorded_late: float = 0.0, seed: int = 1) -> dict[str, Score]:
    """The intervals of `survival` after 1, 2 and 3 years against the true shares, and of `structure` against 0.

    Of all ties and of each group: what lies in which group is a lot, so that all have the same true share.
    """
    chance, mean = np.random.default_rng(seed), 700.0
    names = dict.fromkeys(f"survival{part} after {years} years" for part in GROUPS.values() for years in (1, 2, 3))
    scores = {name: Score() for name in names} | {"structure": Score()}
    for _ in range(rounds):
        spells = lasting(chance, agreements, mean, recorded_late)
        for group, curve in ties.survival(spells, AS_OF.date()).items():
            for point in curve["at"]:
                # a spell of d days is gone on day d, so that beyond day t are those that last longer than t
                scores[f"survival{GROUPS[group]} after {point['years']} years"].add(
                    point["low"], point["high"], math.exp(-365 * point["years"] / mean)
                )
        found = ties.structure(spells, AS_OF.date())
        said = found["verdict"] is not None
        scores["structure"].add(found["low"] if said else None, found["high"] if said else None, 0.0)
    return scores


# Forecasts

SIZES = {
    "of one tie": [1],
    "of 1 to 28 ties": [1, 1, 1, 3, 6, 28],
    "of 2 to 20 ties": list(range(2, 21)),
    "of 1 to 190 ties": [1, 1, 1, 3, 28, 190],
}
CHANCES = {"0.27 on average": (1.5, 4.0), "0.04 on average": (1.0, 25.0), "0.8 on average": (8.0, 2.0)}
"""The two numbers of a beta distribution."""


def right_forecasts(
    chance: np.random.Generator,
    sizes: list[int],
    agreements: int,
    beta: tuple[float, float],
    follow: float,
    *,
    is_long: bool,
) -> dict[str, np.ndarray]:
    """Forecasts that are right, made every half year for ties that are still there, and what came of them.

    Every tie has its chance to lapse within a year, in each half year the same; ties of one agreement have about the
    same. In a half year a tie goes by the lot of its agreement with chance `follow`, else by its own. `is_long`:
    agreements are there from the first day on and are forecast until their ties lapse, up to eight times; else once.
    """
    parts = []
    for agreement in range(agreements):
        count = int(chance.choice(sizes))
        risk = np.clip(chance.beta(*beta) * np.exp(chance.normal(0, 0.2, count)), 0.001, 0.98)
        first = 0 if is_long else int(chance.integers(0, 8))
        lots = np.where(chance.random((9, count)) < follow, chance.random((9, 1)), chance.random((9, count)))
        lapses = (lots < 1 - np.sqrt(1 - risk)) & (np.arange(9)[:, None] >= first)
        lapses_in = np.where(lapses.any(axis=0), lapses.argmax(axis=0), 99)
        for half in range(first, 8 if is_long else first + 1):
            there = np.flatnonzero(lapses_in >= half)
            parts.append([risk[there], lapses_in[there] <= half + 1, np.full(len(there), agreement),
                          1000 * agreement + there, np.full(len(there), half)])  # fmt: skip
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    names = ("chances", "happened", "agreements", "ties", "halves")
    return dict(zip(names, columns, strict=True)) | {"happened": columns[1].astype(float)}


def band_score(
    rounds: int, sizes: list[int], agreements: int, beta: tuple[float, float], follow: float, *, is_long: bool,
    seed: int = 1, wrong_by: float = 1.0, forgets_agreements: bool = False,
) -> Score:  # fmt: skip
    """How often what happened lies in the band of `lapse`; with chances that are `wrong_by` so many times too high, or
    bands that know of no agreement, to see that it would show."""
    chance, score = np.random.default_rng(seed), Score()
    for _ in range(rounds):
        made = right_forecasts(chance, sizes, agreements, beta, follow, is_long=is_long)
        made["chances"] = np.minimum(made["chances"] * wrong_by, 0.99)
        if forgets_agreements:
            made["agreements"] = made["ties"]
        for one in lapse._bins(**made):
            score.add(one["low"] - 1e-12, one["high"] + 1e-12, one["observed"])
    return score


def main(rounds: int) -> None:
    print("| interval | data | holds the true value | above it | below it | not shown |\n|---|---|---|---|---|---|")

    def row(name: str, data: str, score: Any) -> None:
        print(f"| {name} | {data} | {score} |", flush=True)

    for organisations, part, times in ((40, 1.0, 1.0), (150, 1.0, 1.0), (150, 0.12, 1.0), (1500, 1.0, 0.2)):
        whole, per_kind = lift_scores(max(1, int(rounds * times)), organisations, part=part)
        data = f"demo of {organisations:,}" + (f", {part:.0%} of the events" if part < 1 else "")
        row("lift", data, whole)
        row("lift per kind of event", data, per_kind)
    for agreements in (50, 70, 100, 130, 150, 170, 200, 300):
        for late in (0.0, 0.5):
            data = f"{agreements} agreements" + (", half of them recorded late" if late else "")
            for name, score in survival_scores(rounds, agreements, recorded_late=late).items():
                row(name, data, score)
    for sizes, agreements in (("of one tie", 400), ("of 1 to 28 ties", 150), ("of 2 to 20 ties", 100),
                              ("of 2 to 20 ties", 400), ("of 1 to 190 ties", 60)):  # fmt: skip
        for risk, beta in CHANCES.items():
            for follow in (1.0, 0.6, 0.0) if sizes != "of one tie" else (1.0,):
                for is_long in (False, True):
                    data = f"{agreements} agreements {sizes}, chances {risk}, {follow:.0%} by the agreement's lot"
                    some = max(1, rounds // (30 if is_long else 10))
                    score = band_score(some, SIZES[sizes], agreements, beta, follow, is_long=is_long)
                    row("band of forecasts", data + (", eight forecasts" if is_long else ", one forecast"), score)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
