"""Which empty cells would tell most: those that leave the figures on top widest.

Three figures rest on cells that organisations can fill in: all jobs on `fte`, the share of exposed organisations on
income, the share of fading ties on the last contact of agreements. Each has an interval over what is not known, and
each empty cell makes it so much wider. No cell is ever about how good an organisation is: only about what is not known.
"""

from collections import Counter
from collections.abc import Collection
from typing import Literal, TypedDict

import numpy as np
import pandas as pd

from hubdata.indicators.ties import FADING_DAYS

CELLS = 5
FEWEST_ALIKE = 5
"""With fewer known jobs in a sector, the jobs of all stand for those of its others,"""
FEWEST_SECTORS = 3
"""if the known ones are of so many sectors."""
LOW, HIGH = 0.05, 0.95
"""Between these shares of the known jobs an unknown one is taken to lie."""

Figure = Literal["jobs", "exposed_share", "fading_share"]


class Cell(TypedDict):
    """An empty cell (see `telling`)."""

    figure: Figure
    """Of which the interval gets narrower."""
    organisations: list[str]
    """Ids of those who know it: one, or those with a silent tie of an agreement, who have most of these first."""
    agreement: str | None
    """The id of the agreement of which the last contact is asked."""
    width: float
    """By how much of its own scale the interval gets narrower, 0-1: of all organisations or ties, or of all known
    jobs."""
    fewest_jobs: float | None
    """Between these the jobs lie that organisations like it have; None for other cells."""
    most_jobs: float | None
    silent_ties: int | None
    """So many ties count as silent while this last contact is empty; None for other cells."""


class Interval(TypedDict):
    """What a figure can be, with what is not known."""

    figure: Figure
    lowest: float
    highest: float
    """A share 0-1, or a number of jobs."""
    unknown: int
    """How many empty cells that rests on."""


class Telling(TypedDict):
    """Which cells to ask for first (see `telling`)."""

    year: int | None
    """The year of income; None without any."""
    cells: list[Cell]
    """The widest first, five at the most."""
    equally_wide: int
    """How many others would tell as much as the last of these."""
    empty: int
    """How many cells there are to ask for in all."""
    intervals: list[Interval]
    """Those of figures that can be said at all."""
    jobs_without_range: int
    """Organisations of which nothing says between what their jobs lie: too few like them are known."""


def telling(
    organisations: pd.DataFrame,
    ties: pd.DataFrame,
    agreements: pd.DataFrame,
    *,
    exposed: Collection[str],
    judged: Collection[str],
    year: int | None,
    fading_days: int = FADING_DAYS,
) -> Telling:
    """The five empty cells that make the intervals widest, and these intervals.

    organisations: one row per active organisation (`organisation_id`, `sector`, `fte`); ties: the view `ties`
    (`organisation_a`, `organisation_b`, `days_silent`); agreements: one row per agreement that runs and pair
    (`partnership_id`, both ends, `last_contact`). `judged`: ids of organisations of whose income of `year` it can be
    said whether they are exposed, `exposed`: those that are.

    - Income: the share of exposed organisations lies between exposed / all and (exposed + unknown) / all; each
    unknown one is 1 / all.
    - Last contact: a fading tie with a running agreement whose last contact is empty may not be silent at all; an
    empty cell is as wide as the ties it holds / all ties.
    - Jobs: nothing bounds them, so an unknown one is taken to lie between the 5th and the 95th percentile of the known
    ones of its sector (of all, under five); its width is that range / all known jobs. Where the known ones are of too
    few sectors to stand for others, the jobs of these are not in it: there is nothing to compare with.

    Of equal cells those come first whose organisation has most empty cells to fill in at once, then by id.
    Most likely misreading: that widths of different figures weigh the same; each is a part of its own figure.
    Source: Manski 1990 (bounds), as `coverage.share_bounds`; the percentiles are a choice.

    >>> organisations = pd.DataFrame({"organisation_id": ["a", "b"], "sector": "ngo", "fte": [4.0, 6.0]})
    >>> ties = pd.DataFrame({"organisation_a": ["a"], "organisation_b": ["b"], "days_silent": [400]})
    >>> agreements = pd.DataFrame({"partnership_id": ["p"], "organisation_a": ["a"], "organisation_b": ["b"],
    ...     "last_contact": [None]})
    >>> found = telling(organisations, ties, agreements, exposed=["a"], judged=["a"], year=2020)
    >>> [(cell["figure"], cell["organisations"], cell["width"]) for cell in found["cells"]]
    [('fading_share', ['a', 'b'], 1.0), ('exposed_share', ['b'], 0.5)]
    """
    n, m = len(organisations), len(ties)
    everybody = organisations["organisation_id"].tolist()
    cells: list[Cell] = []
    intervals: list[Interval] = []

    fte = organisations["fte"].astype(float)
    known = organisations.assign(fte=fte).dropna(subset=["fte"])
    alike = {sector: jobs for sector, jobs in known.groupby("sector")["fte"] if len(jobs) >= FEWEST_ALIKE}
    stands_for_all = len(known) >= FEWEST_ALIKE and known["sector"].nunique() >= FEWEST_SECTORS
    ranges: list[tuple[float, float]] = []
    without_range = 0
    for own, sector in organisations.loc[fte.isna(), ["organisation_id", "sector"]].itertuples(index=False):
        jobs = alike.get(sector, known["fte"] if stands_for_all else None)
        if jobs is None:
            without_range += 1
            continue
        low, high = (float(bound) for bound in np.quantile(jobs, [LOW, HIGH]))
        ranges.append((low, high))
        cells.append(_cell("jobs", [own], float((high - low) / known["fte"].sum()), jobs=(low, high)))
    if len(known) and not without_range:
        lowest, highest = (float(known["fte"].sum() + sum(one[place] for one in ranges)) for place in (0, 1))
        intervals.append({"figure": "jobs", "lowest": lowest, "highest": highest, "unknown": len(ranges)})

    if year is not None and n:
        unknown = [own for own in everybody if own not in judged]
        cells += [_cell("exposed_share", [own], 1 / n) for own in unknown]
        count = len(set(exposed) & set(everybody))
        intervals.append(
            {
                "figure": "exposed_share",
                "lowest": count / n,
                "highest": (count + len(unknown)) / n,
                "unknown": len(unknown),
            }
        )

    if m:
        ends = ["organisation_a", "organisation_b"]
        silent = ties.loc[ties["days_silent"] > fading_days, ends]
        empty = agreements[agreements["last_contact"].isna()].merge(silent, on=ends)
        for agreement, pairs in empty.groupby("partnership_id", sort=True):
            ties_of = Counter([*pairs["organisation_a"], *pairs["organisation_b"]])
            members = sorted(ties_of, key=lambda own: (-ties_of[own], own))
            cells.append(
                _cell("fading_share", members, len(pairs) / m, agreement=str(agreement), silent_ties=len(pairs))
            )
        held = len(empty.drop_duplicates(ends))
        intervals.append(
            {
                "figure": "fading_share",
                "lowest": (len(silent) - held) / m,
                "highest": len(silent) / m,
                "unknown": int(empty["partnership_id"].nunique()),
            }
        )

    to_fill_in = Counter(own for cell in cells for own in cell["organisations"])
    cells.sort(
        key=lambda cell: (
            -round(cell["width"], 12),
            -max(to_fill_in[own] for own in cell["organisations"]),
            cell["organisations"],
            cell["agreement"] or "",
        )
    )
    first = cells[:CELLS]
    return {
        "year": year,
        "cells": first,
        "equally_wide": sum(1 for cell in cells[CELLS:] if cell["width"] > first[-1]["width"] - 1e-12),
        "empty": len(cells),
        "intervals": intervals,
        "jobs_without_range": without_range,
    }


def _cell(
    figure: Figure,
    organisations: list[str],
    width: float,
    *,
    jobs: tuple[float, float] | None = None,
    agreement: str | None = None,
    silent_ties: int | None = None,
) -> Cell:
    return {
        "figure": figure,
        "organisations": organisations,
        "agreement": agreement,
        "width": width,
        "fewest_jobs": jobs[0] if jobs else None,
        "most_jobs": jobs[1] if jobs else None,
        "silent_ties": silent_ties,
    }
