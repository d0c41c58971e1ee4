"""How much is known: what stands under every figure, and whether what is missing could turn one.

A figure over half of the organisations is not half true: it may be right or upside down. So the known part is always
shown, and a share is shown greyed when the missing part could move it across what matters.
"""

import datetime
from collections.abc import Sequence
from typing import TypedDict, cast

import pandas as pd

KNOWABLE = (
    "themes",
    "sdgs",
    "countries",
    "type",
    "city",
    "membership",
    "digital_maturity",
    "needs",
    "offers",
    "reserves",
)
"""The columns of organisations, beside fte, of which the number of organisations that have them is told."""


class MissingPart(TypedDict):
    """A share whose denominator is not fully known (see `missing_part`)."""

    known: int
    total: int
    missing: int
    value: float | None
    """Of the known ones, 0-1; None when nothing is known."""
    low: float | None
    """The bounds over all of them, 0-1; None when there are none."""
    high: float | None
    is_unsettled: bool


class Coverage(TypedDict):
    """How much is known of the ecosystem: counts, but for the days and the share (see `coverage`)."""

    as_of: datetime.date
    data_up_to: datetime.date | None
    """None when nothing has a date."""
    outlier_date: datetime.date | None
    """A single row that is dated more than a year after all others, which `data_up_to` leaves out."""
    loaded_at: datetime.datetime | str | None
    """UTC; as text ISO 8601."""
    organisations: int
    """The active ones."""
    expected_organisations: int | None
    expected_share: float | None
    """May exceed 1; None when no number is expected."""
    jobs_known: int
    income_year: int | None
    """The latest with income rows; None without any."""
    income_known: int
    income_ever_known: int
    events: int
    attendance_known: int
    themes_known: int
    sdgs_known: int
    countries_known: int
    type_known: int
    city_known: int
    membership_known: int
    digital_maturity_known: int
    needs_known: int
    offers_known: int
    reserves_known: int


def share_bounds(count: int, known: int, total: int) -> tuple[float, float] | None:
    """The lowest and highest that a share over all `total` can be when only `known` of them were looked at.

    `count` of the `known` have the property. Lowest: none of the unknown ones has it, `count` / `total`; highest: all
    of them do, (`count` + `total` - `known`) / `total`. Range 0-1. None when `total` is 0. Raises ValueError unless 0
    <= count <= known <= total. Not a confidence interval: nothing is assumed about the unknown ones, so it is wide,
    and it is certain. Source: Manski, "Nonparametric bounds on treatment effects", American Economic Review 1990
    (worst-case bounds).

    >>> share_bounds(30, 50, 100)
    (0.3, 0.8)
    """
    if not 0 <= count <= known <= total:
        raise ValueError(f"count {count}, known {known} and total {total} are not in order")
    return (count / total, (count + total - known) / total) if total else None


def is_unsettled(bounds: tuple[float, float] | None, threshold: float = 0.5, maximum_width: float = 0.5) -> bool:
    """Whether what is missing could turn a share: the bounds lie on both sides of `threshold`, or are too wide.

    `bounds`: as `share_bounds` gives them; None, when nothing at all can be said, is unsettled. Bounds that only
    touch the threshold from above are settled: at least `threshold` counts as above it. They are too wide when they
    lie more than `maximum_width` apart. False does not mean that the figure is exact.

    >>> is_unsettled((0.3, 0.8)), is_unsettled((0.5, 0.8)), is_unsettled((0.1, 0.4)), is_unsettled((0.1, 0.4), 0.5, 0.2)
    (True, False, False, True)
    """
    if bounds is None:
        return True
    low, high = bounds
    return low < threshold <= high or high - low > maximum_width


def missing_part(count: int, known: int, total: int, threshold: float = 0.5, maximum_width: float = 0.5) -> MissingPart:
    """What a page says of a share whose denominator is not fully known.

    `count` of the `known` have the property, of `total`; see `share_bounds` and `is_unsettled`. For the exposed share
    of a year: the `exposed`, `with_income` and `active_organisations` of its coverage.

    `known`, `total`, `missing` (counts), `value` (count / known, None when nothing is known), `low`, `high` (bounds
    over all `total`, None when there are none) and `is_unsettled`. `value` is about the known ones; `low` and `high`
    about all.

    >>> missing_part(30, 50, 100)
    {'known': 50, 'total': 100, 'missing': 50, 'value': 0.6, 'low': 0.3, 'high': 0.8, 'is_unsettled': True}
    """
    bounds = share_bounds(count, known, total)
    low, high = bounds or (None, None)
    return {
        "known": known,
        "total": total,
        "missing": total - known,
        "value": count / known if known else None,
        "low": low,
        "high": high,
        "is_unsettled": is_unsettled(bounds, threshold, maximum_width),
    }


def missing_facts(organisations: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """How many of the columns are empty (no value, or an empty list) at each organisation.

    >>> missing_facts(pd.DataFrame({"city": ["The Hague", None], "needs": [[], ["a"]], "fte": [None, 2.0]}),
    ...               ["city", "needs", "fte"]).tolist()
    [2, 1]
    """
    empty = [~_has(organisations[column]) for column in columns]
    return sum(empty, start=pd.Series(0, index=organisations.index))


def _has(values: pd.Series) -> pd.Series:
    """Whether each cell says something: neither empty nor an empty list."""
    if values.dtype != object:
        return values.notna()
    return values.map(lambda cell: len(cell) > 0 if hasattr(cell, "__len__") else not pd.isna(cell)).astype(bool)


def coverage(
    organisations: pd.DataFrame,
    income: pd.DataFrame,
    event_outcomes: pd.DataFrame,
    *,
    as_of: datetime.date,
    data_up_to: datetime.date | None,
    loaded_at: datetime.datetime | str | None,
    expected_organisations: int | None,
    outlier_date: datetime.date | None = None,
) -> Coverage:
    """What is known of the ecosystem, as every page says it.

    `organisations`: one row per active organisation, all columns of the view. `income`: one row per organisation,
    year, donor and category, columns `organisation_id`, `year`. `event_outcomes`: one row per event up to the as-of
    date, column `organisation_count` (all that attended). The other arguments are passed on as they are.

    `as_of`, `data_up_to`, `outlier_date`, `loaded_at`, `expected_organisations`; `organisations` (count of the active
    ones) and `expected_share` (organisations / expected; it may exceed 1; None when no number is expected);
    `jobs_known` (organisations whose fte is known); `income_year` (the latest year with income rows up to the year of
    `as_of`, None when there is none), `income_known` (active organisations with rows in that year) and
    `income_ever_known` (in any year up to it); `events` and `attendance_known` (events with an attendance); and
    `themes_known`, `needs_known`, `reserves_known` and the like: active organisations of which it is known.

    Most likely misreading: that 150 expected organisations are 150 that exist. It is a setting, an estimate of the hub.

    >>> organisations = pd.DataFrame({"organisation_id": ["a", "b"], "fte": [3.0, None], **dict.fromkeys(KNOWABLE)})
    >>> income = pd.DataFrame({"organisation_id": ["a", "b"], "year": [2019, 2018]})
    >>> event_outcomes = pd.DataFrame({"organisation_count": [4, 0]})
    >>> known = coverage(organisations, income, event_outcomes, as_of=datetime.date(2020, 6, 30),
    ...                  data_up_to=None, loaded_at=None, expected_organisations=8)
    >>> known["organisations"], known["expected_share"], known["jobs_known"], known["attendance_known"]
    (2, 0.25, 1, 1)
    >>> known["income_year"], known["income_known"], known["income_ever_known"], known["needs_known"]
    (2019, 1, 2, 0)
    """
    so_far = income[(income["year"] <= as_of.year) & income["organisation_id"].isin(organisations["organisation_id"])]
    year = None if so_far.empty else int(so_far["year"].max())
    figures = {
        "as_of": as_of,
        "data_up_to": data_up_to,
        "outlier_date": outlier_date,
        "loaded_at": loaded_at,
        "organisations": len(organisations),
        "expected_organisations": expected_organisations,
        "expected_share": len(organisations) / expected_organisations if expected_organisations else None,
        "jobs_known": int(organisations["fte"].notna().sum()),
        "income_year": year,
        "income_known": int(so_far[so_far["year"] == year]["organisation_id"].nunique()),
        "income_ever_known": int(so_far["organisation_id"].nunique()),
        "events": len(event_outcomes),
        "attendance_known": int((event_outcomes["organisation_count"] > 0).sum()),
        **{f"{name}_known": int(_has(organisations[name]).sum()) for name in KNOWABLE},
    }
    return cast(Coverage, figures)
