"""Whether differences are more than chance: what keeps pages from naming a winner among equals.

Small functions of the standard library's arithmetic: SciPy would weigh more than the rest of the server together for
them. The tests compare each with SciPy or statsmodels.
"""

import math
import statistics
from collections.abc import Sequence

import numpy as np

LEVEL = 0.05
"""An adjusted p below this is beyond chance: of all that are called so, at most one in twenty should not have been."""


def two_sided(z: float) -> float:
    """The chance of a standard normal value at least this far from 0 on either side; 0 to 1.

    >>> round(two_sided(1.959964), 4)
    0.05
    """
    return math.erfc(abs(z) / math.sqrt(2))


def student_t(freedom: np.ndarray) -> np.ndarray:
    """The 97.5 % points of Student's t: how many standard errors a 95 % interval reaches to each side.

    freedom: degrees of freedom, 4 or more to be right within 0.002; what is lower counts as 2.
    Source: Hill, "Algorithm 396: Student's t-quantiles", 1970 (the expansion around the normal one).

    >>> student_t(np.array([5, 30, np.inf])).round(2).tolist()
    [2.57, 2.04, 1.96]
    """
    z, v = statistics.NormalDist().inv_cdf(0.975), np.maximum(freedom, 2.0)
    points: np.ndarray = (
        z
        + (z**3 + z) / (4 * v)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * v**4)
    )
    return points


def adjusted(p_values: Sequence[float | None]) -> list[float | None]:
    """P-values of comparisons that are looked at together, adjusted after Benjamini and Hochberg; 0 to 1.

    None, for what cannot be compared, stays None and does not count among the comparisons. Calling everything below
    `LEVEL` beyond chance is wrong, on average, in at most that share of what is called so.
    Source: Benjamini & Hochberg, "Controlling the false discovery rate", JRSS B 1995.

    >>> adjusted([0.01, None, 0.04, 0.03])
    [0.03, None, 0.04, 0.04]
    """
    known = sorted(((p, place) for place, p in enumerate(p_values) if p is not None), reverse=True)
    found: list[float | None] = [None] * len(p_values)
    lowest = 1.0
    for position, (p, place) in enumerate(known):
        lowest = min(lowest, p * len(known) / (len(known) - position))
        found[place] = lowest
    return found


def mcnemar(only_first: int, only_second: int) -> float:
    """McNemar's exact test of two lists on the same cases: two-sided, 0 to 1; 1 without cases that one alone found.

    only_first, only_second: cases that one list alone found. What both or neither found says nothing about which is
    better. If neither is, each of these cases is as likely of the one as of the other.
    Source: McNemar 1947; the exact binomial form, e.g. Agresti, Categorical Data Analysis.

    >>> mcnemar(6, 4), mcnemar(6, 0)
    (0.75390625, 0.03125)
    """
    count, fewer = only_first + only_second, min(only_first, only_second)
    return min(1.0, float(2 * sum(math.comb(count, k) for k in range(fewer + 1)) / 2**count))


def beside_the_others(estimates: Sequence[float | None], errors: Sequence[float | None]) -> list[float | None]:
    """Per group the adjusted p that its estimate is that of the other groups together; None where one is not known.

    estimates, errors: a value and its standard error per group, None when not known. The others count by their
    certainty (weights 1 / error^2). Where groups share cases, differences vary less than is taken here, so that the p
    is rather too high.

    >>> beside_the_others([0.0, 0.0, None], [1.0, 1.0, None])
    [1.0, 1.0, None]
    """
    known = [
        place
        for place, (estimate, error) in enumerate(zip(estimates, errors, strict=True))
        if estimate is not None and error
    ]
    found: list[float | None] = [None] * len(estimates)
    if len(known) < 2:
        return found
    values = np.array([estimates[place] for place in known], dtype=float)
    certain = 1 / np.array([errors[place] for place in known], dtype=float) ** 2
    rest = certain.sum() - certain
    mean_of_rest = ((certain * values).sum() - certain * values) / rest
    for place, z in zip(known, (values - mean_of_rest) / np.sqrt(1 / certain + 1 / rest), strict=True):
        found[place] = two_sided(float(z))
    return adjusted(found)


def shuffled_groups(
    values: np.ndarray, groups: np.ndarray, *, shuffles: int = 999, seed: int = 1
) -> list[float | None]:
    """Per group the adjusted p that its mean is that of all, by shuffling who is in which group.

    values: one number per case. groups: the number of its group, 0, 1, ... Two-sided: (1 + how often shuffling brings
    the mean of the group at least as far from that of all) / (1 + shuffles), so never below 1 / (1 + shuffles), before
    adjustment. With fewer than two groups there is nothing to compare: None.
    Misreading: a group of two or three hardly ever differs beyond chance, whatever the difference.

    >>> shuffled_groups(np.array([1.0, 1.0, 1.0]), np.array([0, 0, 1])), shuffled_groups(np.ones(2), np.zeros(2, int))
    ([1.0, 1.0], [None])
    """
    count = int(groups.max()) + 1 if len(groups) else 0
    if count < 2:
        return [None] * count
    chance = np.random.default_rng(seed)
    from_mean = values - values.mean()
    places = chance.permuted(np.tile(groups, (shuffles, 1)), axis=1) + count * np.arange(shuffles)[:, None]
    sums = np.bincount(places.ravel(), np.tile(from_mean, shuffles), count * shuffles).reshape(shuffles, count)
    observed = np.abs(np.bincount(groups, from_mean, count))
    further = (np.abs(sums) >= observed - 1e-9).sum(axis=0)
    return adjusted(((1 + further) / (1 + shuffles)).tolist())


def cells(
    ties: Sequence[int], pairs: Sequence[int], squared_rows: Sequence[float], degrees: np.ndarray, least: float
) -> list[float | None]:
    """Per cell of a matrix the adjusted p of its ties if groups had nothing to do with who knows whom; 0 to 1.

    A cell is a set of pairs of organisations: those between two groups, or within one. Per cell: its ties, the pairs it
    holds, and the sum over organisations of (its pairs in the cell) squared. degrees: ties per organisation. The groups
    are shuffled over the organisations and the ties stay, so that hubs are hubs in every shuffle; mean and variance
    over all shuffles are exact, and the p-value is that of a normal value. None where fewer than `least` ties are
    expected, for which that is too rough, and without variance.
    Source: Mantel, "The detection of disease clustering", Cancer Research 1967.

    >>> [round(p, 3) for p in cells([0, 3], [9, 6], [54.0, 36.0], np.array([2, 1, 1, 1, 1, 0]), least=1)]
    [0.039, 0.012]
    """
    n, m = len(degrees), float(degrees.sum()) / 2
    every = n * (n - 1) / 2
    found: list[float | None] = []
    for tied, possible, squared in zip(ties, pairs, squared_rows, strict=True):
        mean = m * possible / every if every else 0.0
        spread = _spread(m, float((degrees**2).sum()), n, possible, squared) if n >= 4 and mean >= least else 0.0
        found.append(two_sided((tied - mean) / spread) if spread > 0 else None)
    return adjusted(found)


def _spread(m: float, squared_degrees: float, n: int, pairs: int, squared_rows: float) -> float:
    """The standard deviation of the ties in a cell over all shuffles."""
    # Two different ties share an end or none. Ways to choose two such pairs of the network, of the cell, and of all.
    sharing, sharing_in_cell = squared_degrees / 2 - m, squared_rows / 2 - pairs
    apart, apart_in_cell = m * (m - 1) / 2 - sharing, pairs * (pairs - 1) / 2 - sharing_in_cell
    every = n * (n - 1) / 2
    all_sharing = n * (n - 1) * (n - 2) / 2
    all_apart = every * (every - 1) / 2 - all_sharing
    mean = m * pairs / every
    second = mean + 2 * (sharing * sharing_in_cell / all_sharing + apart * apart_in_cell / all_apart)
    return math.sqrt(max(second - mean**2, 0.0))
