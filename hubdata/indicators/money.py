"""Amounts of money beside a threshold, in whole cents: the one comparison for every share of income.

Amounts are floats, and sums of floats are not exact: 0.1 + 0.1 + 0.1 is more than 0.3. A margin on the share would take
one cent of ten million euros for nothing; so amounts are counted in whole cents before they are compared.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

MARGIN_CENTS = 1e-3
"""A difference smaller than this is none: a computed loss, or a part of a sum, is no whole number of cents."""


LEAST_PER_JOB_EUR = 20_000
"""Income per job (fte) in a year below which it cannot be all that an organisation has: about the lowest wage for a
full year in the Netherlands of 2017 (20,287 euro with holiday pay), without any other cost of a job."""


def is_partial(income: npt.ArrayLike, fte: npt.ArrayLike, least_per_job: float = LEAST_PER_JOB_EUR) -> Bools:
    """Whether known `income` (euro, of a year) is too little for its jobs; false where one is unknown (NaN).

    >>> bool(is_partial(3_750, 420)), bool(is_partial(40_000, 2)), bool(is_partial(39_999.99, 2))
    (True, False, True)
    """
    partial: Bools = cents(income) < cents(np.asarray(fte, dtype=float) * least_per_job)
    return partial


def cents(amount: npt.ArrayLike) -> Floats:
    """Euro in whole cents.

    >>> float(cents(0.1 + 0.1 + 0.1))
    30.0
    """
    whole: Floats = np.rint(np.asarray(amount, dtype=float) * 100)
    return whole


def reaches(part: npt.ArrayLike, whole: npt.ArrayLike, threshold: float) -> Bools:
    """Whether `part` / `whole` >= `threshold` (0-1), both in euro; false when one is unknown (NaN) or `whole` is 0.

    >>> bool(reaches(0.1 + 0.1 + 0.1, 0.6, 0.5)), bool(reaches(4_999_999.99, 10_000_000, 0.5))
    (True, False)
    """
    reached: Bools = (cents(whole) > 0) & (cents(part) >= threshold * cents(whole) - MARGIN_CENTS)
    return reached


def exceeds(part: npt.ArrayLike, whole: npt.ArrayLike, threshold: float) -> Bools:
    """Whether `part` / `whole` > `threshold`, as `reaches`; `part` is computed and need not be in whole cents.

    >>> bool(exceeds(0.5 * 0.3, 0.1 + 0.2 + 0.3, 0.25)), bool(exceeds(0.16, 0.6, 0.25))
    (False, True)
    """
    part_cents = np.asarray(part, dtype=float) * 100
    exceeded: Bools = (cents(whole) > 0) & (part_cents > threshold * cents(whole) + MARGIN_CENTS)
    return exceeded
