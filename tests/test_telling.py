"""Which empty cells would tell most: by hand, and on the demo by filling them in."""

import contextlib
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from hubdata import loading, questions, settings, store
from hubdata.indicators import telling
from hubdata.indicators.coverage import share_bounds
from hubdata.store import View

SETTINGS = settings.Settings()
SECTORS = ["ngo"] * 7 + ["knowledge", "business", "business"]
ORGANISATIONS = pd.DataFrame(
    {"organisation_id": list("abcdefghij"), "sector": SECTORS, "fte": [1, 2, 3, 4, 10, None, None, 20, 60, None]}
).astype({"fte": float})
TIES = pd.DataFrame(
    [("a", "b", 400), ("a", "c", 500), ("b", "c", 10), ("d", "e", 366), ("e", "f", 365)],
    columns=["organisation_a", "organisation_b", "days_silent"],
)
AGREEMENTS = pd.DataFrame(
    [("p", "a", "b", None), ("p", "a", "c", None), ("p", "b", "c", None), ("q", "d", "e", "2020-01-01"), ("r", "d", "e", None)],
    columns=["partnership_id", "organisation_a", "organisation_b", "last_contact"],
)  # fmt: skip


def found(organisations: pd.DataFrame = ORGANISATIONS, judged: str = "abcde", exposed: str = "ab") -> telling.Telling:
    return telling.telling(organisations, TIES, AGREEMENTS, exposed=set(exposed), judged=set(judged), year=2020)


def test_each_cell_is_as_wide_as_what_it_leaves_open() -> None:
    told = found()
    # 100 jobs are known. Of ngo's five: 1, 2, 3, 4, 10; of business one is known, so all seven stand for it.
    of_ngo, of_all = np.percentile([1, 2, 3, 4, 10], [5, 95]), np.percentile([1, 2, 3, 4, 10, 20, 60], [5, 95])
    listed = [
        (cell["figure"], "".join(cell["organisations"]), cell["agreement"], cell["silent_ties"])
        for cell in told["cells"]
    ]
    # Equal ones: d and e answer for r; who has most to fill in comes first.
    assert listed[:3] == [("jobs", "j", None, None), ("fading_share", "abc", "p", 2), ("fading_share", "de", "r", 1)]
    assert [cell["width"] for cell in told["cells"]] == pytest.approx(
        [(of_all[1] - of_all[0]) / 100, 2 / 5, 1 / 5, 0.1, 0.1]
    )
    assert (told["cells"][0]["fewest_jobs"], told["cells"][0]["most_jobs"]) == pytest.approx(tuple(of_all))
    # The income of f, g and j is not known, nor are their jobs; of h and i only the income.
    assert listed[3:] == [("exposed_share", "f", None, None), ("exposed_share", "g", None, None)]
    assert (told["equally_wide"], told["empty"], told["jobs_without_range"]) == (3, 10, 0)
    jobs, exposed, fading = told["intervals"]
    assert (jobs["lowest"], jobs["highest"]) == pytest.approx(tuple(100 + 2 * of_ngo + of_all))
    assert (exposed["lowest"], exposed["highest"]) == share_bounds(2, 5, 10)
    assert (fading["lowest"], fading["highest"], fading["unknown"]) == (0, 3 / 5, 2)


@pytest.mark.parametrize("seed", range(5))
def test_on_a_small_hub_widths_are_those_of_every_way_to_fill_in_all_cells(seed: int) -> None:
    """Every empty cell gets each of its two ends, in every combination; a cell is as wide as what is left without it."""
    chance = np.random.default_rng(seed)
    people = pd.DataFrame(
        {"organisation_id": list("abcdefghij"), "sector": chance.choice(["ngo", "knowledge", "business"], 10)}
    )
    people["fte"] = np.where(chance.random(10) < 0.3, np.nan, chance.integers(1, 60, 10))
    pairs = [(a, b) for a, b in itertools.combinations("abcdefghij", 2) if chance.random() < 0.3]
    ties = pd.DataFrame([(*pair, int(chance.choice([10, 365, 366, 800]))) for pair in pairs], columns=TIES.columns)
    rows = [(f"p{chance.integers(6)}", a, b) for a, b in pairs for _ in range(chance.integers(1, 3))]
    filled = {number for number in range(6) if chance.random() < 0.4}
    agreements = pd.DataFrame(sorted(set(rows)), columns=AGREEMENTS.columns[:3])
    agreements["last_contact"] = [
        "2020-01-01" if int(own[1:]) in filled else None for own in agreements["partnership_id"]
    ]
    judged = {own for own in "abcdefghij" if chance.random() < 0.6}
    exposed = {own for own in sorted(judged) if chance.random() < 0.5}
    told = telling.telling(people, ties, agreements, exposed=exposed, judged=judged, year=2020)

    known = people.dropna(subset="fte")
    jobs_of: dict[str, tuple[float, float]] = {}
    for own, sector in people.loc[people["fte"].isna(), ["organisation_id", "sector"]].itertuples(index=False):
        alike = known.loc[known["sector"] == sector, "fte"]
        values = sorted(alike if len(alike) >= 5 else known["fte"])
        if len(alike) >= 5 or (len(known) >= 5 and known["sector"].nunique() >= 3):
            jobs_of[own] = tuple(float(np.percentile(values, share)) for share in (5, 95))  # type: ignore[assignment]
    silent = [pair for *pair, days in ties.itertuples(index=False) if days > 365]
    holds: dict[str, set[tuple[str, ...]]] = {}
    for own, a, b, day in agreements.itertuples(index=False):
        if pd.isna(day) and [a, b] in silent:
            holds.setdefault(own, set()).add((a, b))

    def fading(heard: dict[str, bool]) -> float:
        """The share of ties that are silent when somebody says of each agreement whether there was contact."""
        spoken = {pair for own, is_heard in heard.items() if is_heard for pair in holds[own]}
        return sum(tuple(pair) not in spoken for pair in silent) / len(ties)

    figures: dict[str, tuple[dict[str, tuple[Any, Any]], Callable[[dict[str, Any]], float], float]] = {
        "jobs": (jobs_of, lambda cells: float(known["fte"].sum() + sum(cells.values())), float(known["fte"].sum())),
        "exposed_share": (
            {own: (False, True) for own in "abcdefghij" if own not in judged},
            lambda cells: (len(exposed) + sum(cells.values())) / 10,
            1,
        ),
        "fading_share": (dict.fromkeys(holds, (True, False)), fading, 1),
    }
    widths: list[tuple[float, str, str]] = []
    for name, (ends, value, scale) in figures.items():

        def spread(fixed: dict[str, Any], ends: Any = ends, value: Any = value) -> tuple[float, float]:
            free = {own: two for own, two in ends.items() if own not in fixed}
            every = [value({**fixed, **dict(zip(free, one, strict=True))}) for one in itertools.product(*free.values())]
            return min(every), max(every)

        lowest, highest = spread({})
        for interval in told["intervals"]:
            if interval["figure"] == name:
                assert (interval["lowest"], interval["highest"]) == pytest.approx((lowest, highest))
                assert interval["unknown"] == len(ends)
        for own, two in ends.items():
            left = min(high - low for low, high in (spread({own: one}) for one in two))
            widths.append(((highest - lowest - left) / scale, name, own))
    assert told["empty"] == len(widths)
    widths.sort(reverse=True)
    assert [cell["width"] for cell in told["cells"]] == pytest.approx([width for width, *_ in widths[:5]])
    by_cell = {(name, own): width for width, name, own in widths}
    for cell in told["cells"]:
        assert by_cell[cell["figure"], cell["agreement"] or cell["organisations"][0]] == pytest.approx(cell["width"])
    last = told["cells"][-1]["width"]
    assert told["equally_wide"] == sum(abs(width - last) < 1e-9 for width, *_ in widths[5:])


def test_nothing_stands_for_the_jobs_of_others_when_few_sectors_are_known() -> None:
    told = found(ORGANISATIONS.assign(sector=["ngo"] * 5 + ["knowledge"] * 2 + ["ngo"] * 2 + ["business"]))
    assert told["jobs_without_range"] == 3
    assert [interval["figure"] for interval in told["intervals"]] == ["exposed_share", "fading_share"]
    assert "jobs" not in {cell["figure"] for cell in told["cells"]}
    nobody = telling.telling(ORGANISATIONS[:0], TIES[:0], AGREEMENTS[:0], exposed=(), judged=(), year=None)
    assert nobody == {
        "year": None,
        "cells": [],
        "equally_wide": 0,
        "empty": 0,
        "intervals": [],
        "jobs_without_range": 0,
    }


def test_a_cell_that_is_filled_in_makes_the_interval_of_the_demo_so_much_narrower(tmp_path: Path) -> None:
    loading.show_example(tmp_path, SETTINGS, "demo")
    with contextlib.closing(store.open_snapshot(tmp_path, store.current_snapshot_id(tmp_path) or "")) as snapshot:
        view = View(snapshot.newest_date(questions.today()))
        told = questions.answer_telling(snapshot, SETTINGS, view)
        people, ties = snapshot.rows("active_organisations", view), snapshot.rows("ties", view)
        pairs, year = (
            snapshot.rows("partnership_pairs", view),
            questions.answer_funding(snapshot, SETTINGS, view)["years"],
        )
    of_year = next(one for one in year if one["year"] == told["year"])
    exposed, fading = told["intervals"][1:]
    known = of_year["coverage"]
    bounds = share_bounds(known["exposed"] or 0, known["with_income"], known["active_organisations"])
    assert (exposed["lowest"], exposed["highest"]) == pytest.approx(bounds)
    assert len(told["cells"]) == 5
    assert [cell["width"] for cell in told["cells"]] == sorted((cell["width"] for cell in told["cells"]), reverse=True)
    # Somebody says of every agreement without a last contact that it was yesterday: so many ties are not silent.
    today = pd.Timestamp(view.as_of)
    runs = (pd.to_datetime(pairs["started_on"]) <= today) & ~(pd.to_datetime(pairs["ended_on"]) < today)
    ends = ["organisation_a", "organisation_b"]
    spoken = (
        pairs[runs & pairs["last_contact"].isna()][ends]
        .drop_duplicates()
        .merge(ties[ties["days_silent"] > 365], on=ends)
    )
    assert fading["highest"] - fading["lowest"] == pytest.approx(len(spoken) / len(ties))
    assert people["fte"].isna().sum() == told["intervals"][0]["unknown"] > 0
