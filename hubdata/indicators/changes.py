"""What changed between two moments and why a figure moved: a movement taken apart, and the road to a target.

The parts of a movement depend on the order of the steps, as they do wherever causes work together. The order is fixed
and said: what we know better about the earlier day, organisations, ties that ended, ties that formed; for income first
the organisations known at both moments, then the others.
"""

import datetime
from collections.abc import Iterable, Mapping
from typing import Literal, TypedDict

import pandas as pd

DAYS_IN_YEAR = 365

DonorMovement = Literal["new", "gone", "more", "less"]


class DonorChange(TypedDict):
    """One donor that came, went, gave more or gave less (see `donor_changes`). Amounts in euro."""

    donor_key: str
    """Tells donors apart."""
    donor: str
    before: float
    after: float
    difference: float
    organisations_before: int
    """How many get a positive amount."""
    organisations_after: int
    change: DonorMovement


class TargetProgress(TypedDict):
    """How far a figure is from one target, in the unit of the figure (see `road`)."""

    date: datetime.date
    """The day for which the target is set."""
    value: float
    """The target."""
    note: str | None
    now: float | None
    """The latest known value of the figure."""
    to_go: float | None
    past_year: float | None
    """How much the figure changed in the year up to `now`."""
    days_left: int
    """Negative when the day has passed."""
    per_year: float | None
    """What is needed per 365 days from the day of `now`; None when no day is left."""
    then: float | None
    """The figure on the day of the target; None when that has not passed."""


def parts(
    first: Mapping[str, float | None], steps: Mapping[str, Mapping[str, float | None]]
) -> dict[str, dict[str, float]]:
    """Per figure what every step does to it; together the whole movement, from `first` to the last step.

    first: figure -> value before. steps: step -> figure -> value once that step is done, in order. A step that leaves a
    figure undefined hands its part to the next one. Empty for a figure that is undefined before or after; a step that
    changes nothing is left out.

    >>> parts({"x": 1.0, "y": None}, {"one": {"x": None, "y": 1.0}, "two": {"x": 4.0, "y": 2.0}})
    {'x': {'two': 3.0}, 'y': {}}
    """
    per_figure: dict[str, dict[str, float]] = {}
    for figure, value in first.items():
        last, of_figure = value, {}
        for step, figures in steps.items():
            now = figures[figure]
            if now is not None:
                if last is not None and abs(now - last) > 1e-9:
                    of_figure[step] = now - last
                last = now
        ends = list(steps.values())[-1][figure] if steps else value
        per_figure[figure] = of_figure if value is not None and ends is not None else {}
    return per_figure


def network_steps(
    before: Mapping[str, int], after: Mapping[str, int], ended: Mapping[str, int]
) -> dict[str, dict[str, float | None]]:
    """`density`, `mean_degree` and `cross_sector_share` after each step from one moment to another, for `parts`.

    before, after: `organisations`, `ties`, `cross_sector_ties` at each moment; ended: `ties`, `cross_sector_ties` of
    the ties of before that are not there after. Steps: `size` (as many organisations as after, with the ties of
    before), `ended`, `formed` (everything as after). Figures are None where undefined, as in `network`.
    Misreading: more organisations alone lower density and the average; that is arithmetic, not a loss of partners.

    >>> counts = {"organisations": 3, "ties": 1, "cross_sector_ties": 1}
    >>> steps = network_steps(counts, {"organisations": 4, "ties": 2, "cross_sector_ties": 1},
    ...                       {"ties": 0, "cross_sector_ties": 0})
    >>> [round(figures["mean_degree"], 2) for figures in steps.values()]
    [0.5, 0.5, 1.0]
    """
    n, m, across = after["organisations"], before["ties"], before["cross_sector_ties"]
    left, left_across = m - ended["ties"], across - ended["cross_sector_ties"]
    return {
        "size": network_figures(n, m, across),
        "ended": network_figures(n, left, left_across),
        "formed": network_figures(n, after["ties"], after["cross_sector_ties"]),
    }


def network_figures(organisations: int, ties: int, cross_sector_ties: int) -> dict[str, float | None]:
    """`density`, `mean_degree` and `cross_sector_share` from counts; None where undefined, as in `network`.

    Density may exceed 1 for the ties of a large network over a small number of organisations, as a step in between.

    >>> network_figures(3, 1, 1)
    {'density': 0.3333333333333333, 'mean_degree': 0.6666666666666666, 'cross_sector_share': 1.0}
    """
    n, m = organisations, ties
    return {
        "density": 2 * m / (n * (n - 1)) if n >= 2 else None,
        "mean_degree": 2 * m / n if n else None,
        "cross_sector_share": cross_sector_ties / m if m else None,
    }


def exposed_steps(
    before: Mapping[str, bool | None], after: Mapping[str, bool | None]
) -> dict[str, dict[str, float | None]]:
    """The share of exposed organisations after each step from one moment to another, for `parts`.

    before, after: organisation -> whether it is exposed, per organisation with income rows. Without an income above 0
    it is None: that cannot be said, so it is as if there were no rows. Steps: `income` (organisations known at both
    moments, as they are after, the others as before) and `known` (everything as after). None without organisations.
    Misreading: that `known` is growth; an organisation without income rows may have had them all along.

    >>> exposed_steps({"a": True, "b": False}, {"a": False, "c": True})
    {'income': {'exposed_share': 0.0}, 'known': {'exposed_share': 0.5}}
    """
    known_before, known_after = ({k: v for k, v in rows.items() if v is not None} for rows in (before, after))
    of_both = {key: known_after.get(key, value) for key, value in known_before.items()}
    return {name: {"exposed_share": _share(rows)} for name, rows in (("income", of_both), ("known", known_after))}


def _share(rows: Mapping[str, bool]) -> float | None:
    return sum(rows.values()) / len(rows) if rows else None


def donor_changes(before: pd.DataFrame, after: pd.DataFrame) -> list[DonorChange]:
    """Which donors came, went, gave more and gave less, the largest difference first, then by key.

    before, after: one row per organisation, donor and category (`donor_key`, `donor`, `category`, `amount_eur`,
    `organisation_id`) of one year each. Earned income has no donor and is left out.

    `donor_key`, `donor` (name), `before`, `after`, `difference` (euro), `organisations_before`, `organisations_after`
    (that get a positive amount) and `change`: "new", "gone", "more" or "less". A donor that gives the same is left out.
    Misreading: a donor that is gone from the data need not have stopped; see the coverage of both years.

    >>> columns = ["organisation_id", "donor_key", "donor", "category", "amount_eur"]
    >>> then = pd.DataFrame([["a", "x", "X", "companies", 5.0]], columns=columns)
    >>> now = pd.DataFrame([["a", "y", "Y", "companies", 7.0]], columns=columns)
    >>> [(row["donor"], row["change"], row["difference"]) for row in donor_changes(then, now)]
    [('Y', 'new', 7.0), ('X', 'gone', -5.0)]
    """
    both = pd.concat([before.assign(moment="before"), after.assign(moment="after")])
    both = both[(both["category"] != "earned") & (both["amount_eur"] > 0)]
    names = both.groupby("donor_key")["donor"].last()
    per_moment = both.groupby(["donor_key", "moment"]).agg(
        amount=("amount_eur", "sum"), organisations=("organisation_id", "nunique")
    )
    per_donor = per_moment.unstack(fill_value=0).reindex(
        columns=pd.MultiIndex.from_product([("amount", "organisations"), ("before", "after")]), fill_value=0
    )
    rows: list[DonorChange] = []
    for key, *cells in per_donor.itertuples():
        given_before, given_after, organisations_before, organisations_after = cells
        difference = float(given_after - given_before)
        if abs(difference) < 0.005:  # less than a cent
            continue
        direction: DonorMovement = "more" if difference > 0 else "less"
        change: DonorMovement = "new" if not given_before else "gone" if not given_after else direction
        rows.append(
            {
                "donor_key": key,
                "donor": names[key],
                "before": float(given_before),
                "after": float(given_after),
                "difference": difference,
                "organisations_before": int(organisations_before),
                "organisations_after": int(organisations_after),
                "change": change,
            }
        )
    return sorted(rows, key=lambda row: (-abs(row["difference"]), row["donor_key"]))


def road(
    history: Iterable[tuple[datetime.date, float | None]],
    targets: Iterable[tuple[datetime.date, float, str | None]],
    as_of: datetime.date,
) -> list[TargetProgress]:
    """How far a figure is from each of its targets, one dictionary per target, the earliest first.

    history: (day, value), in any order. targets: (day, value, note). Only what is known by `as_of` counts.

    `date`, `value`, `note`; `now`: the latest known value; `to_go`: value - now; `past_year`: now minus the latest
    value known a year before the day of `now`; `days_left` (negative when the day has passed); `per_year`: to_go per
    365 days from the day of `now` to that of the target, None when no day is left; `then`: the latest value known on
    the day of a target that has passed, else None.
    A figure of a year, such as the exposed share, is known at the end of its last full year: from there it has to move.
    Each is None when it rests on a value that is not known. It only says what is needed: nothing is forecast.
    Misreading: that `past_year` will go on.

    >>> day = datetime.date
    >>> history = [(day(2019, 1, 1), 4.0), (day(2020, 1, 1), 5.0)]
    >>> (found,) = road(history, [(day(2022, 1, 1), 9.0, None)], day(2020, 1, 2))
    >>> found["now"], found["to_go"], found["past_year"], round(found["per_year"], 3)
    (5.0, 4.0, 1.0, 1.997)
    """
    known_history = sorted(
        (day, value) for day, value in history if value is not None and not pd.isna(value) and day <= as_of
    )

    def on(day: datetime.date) -> float | None:
        return next((value for when, value in reversed(known_history) if when <= day), None)

    now_on, now = known_history[-1] if known_history else (as_of, None)
    a_year_ago = (pd.Timestamp(now_on) - pd.DateOffset(years=1)).date()
    earlier = on(a_year_ago)
    progress: list[TargetProgress] = []
    for when, value, note in sorted(targets, key=lambda target: target[0]):
        days_left = (when - as_of).days
        to_go = None if now is None else value - now
        progress.append(
            {
                "date": when,
                "value": value,
                "note": note,
                "now": now,
                "to_go": to_go,
                "past_year": None if now is None or earlier is None else now - earlier,
                "days_left": days_left,
                "per_year": to_go * DAYS_IN_YEAR / (when - now_on).days
                if to_go is not None and days_left > 0
                else None,
                "then": on(when) if days_left < 0 else None,
            }
        )
    return progress
