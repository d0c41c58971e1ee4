"""How much of what is known of ties, profiles and jobs was confirmed by the organisations themselves."""

import datetime
from collections.abc import Sequence
from typing import TypedDict

import pandas as pd

WITHIN_DAYS = 365


class Confirmed(TypedDict):
    """How many ties were confirmed (see `confirmed`)."""

    confirmed: int
    confirmed_share: float | None
    """0-1; None without ties."""
    confirmed_by_both: int
    """Of those, how many by both sides."""


def confirmed(
    ties: pd.DataFrame,
    confirmations: Sequence[tuple[str, str, str, datetime.date]],
    day: datetime.date,
    within_days: int = WITHIN_DAYS,
) -> Confirmed:
    """Ties that at least one of the two said is there, and a manager accepted, in the `within_days` up to `day`.

    ties: one row per tie on the as-of date. confirmations: the ids of both, the lower first, who said it, and when.
    Misreading: a tie that nobody confirmed is not doubtful: mostly nobody was asked, or did not answer.

    >>> date = datetime.date
    >>> ties = pd.DataFrame({"organisation_a": ["a", "a"], "organisation_b": ["b", "c"]})
    >>> confirmed(ties, [("a", "b", "a", date(2026, 5, 1)), ("a", "b", "b", date(2026, 6, 1))], date(2026, 7, 1))
    {'confirmed': 1, 'confirmed_share': 0.5, 'confirmed_by_both': 1}
    """
    sides: dict[tuple[str, str], set[str]] = {}
    for a, b, by, on in confirmations:
        if 0 <= (day - on).days <= within_days:
            sides.setdefault((a, b), set()).add(by)
    pairs = list(zip(ties["organisation_a"], ties["organisation_b"], strict=True))
    found = [sides[pair] for pair in pairs if pair in sides]
    return {
        "confirmed": len(found),
        "confirmed_share": len(found) / len(pairs) if pairs else None,
        "confirmed_by_both": sum(len(by) > 1 for by in found),
    }


class ConfirmedProfiles(TypedDict):
    """How many profiles were confirmed (see `confirmed_profiles`)."""

    profiles: int
    """Of how many organisations."""
    profiles_confirmed: int
    profiles_confirmed_share: float | None
    """0-1; None without organisations."""
    jobs_confirmed: float
    """Jobs (fte) of organisations that said themselves that they have so many."""
    jobs_confirmed_share: float | None
    """0-1, of all jobs that are known; None when none are."""


def confirmed_profiles(
    organisations: pd.DataFrame,
    said: Sequence[tuple[str, float | None, datetime.date]],
    day: datetime.date,
    within_days: int = WITHIN_DAYS,
) -> ConfirmedProfiles:
    """Organisations that said what their profile is, and a manager accepted it, in the `within_days` up to `day`.

    organisations: one row per active organisation, with organisation_id and fte. said: the id, the jobs that it says it
    has (None is not said), and when. Jobs count when the figure that is known is the one that was said.

    >>> organisations = pd.DataFrame({"organisation_id": ["a", "b"], "fte": [30.0, 10.0]})
    >>> said = [("a", 30.0, datetime.date(2026, 5, 1)), ("b", 4.0, datetime.date(2026, 5, 1))]
    >>> confirmed_profiles(organisations, said, datetime.date(2026, 7, 1))["jobs_confirmed_share"]
    0.75
    """
    jobs = {own: fte for own, fte, on in said if 0 <= (day - on).days <= within_days}
    known = organisations["fte"].astype(float)
    is_said = organisations["organisation_id"].isin(jobs)
    told = organisations["organisation_id"].map({own: fte for own, fte in jobs.items() if fte is not None})
    same = known[is_said & ((known - told.astype(float)).abs() < 0.005)]
    confirmed_jobs, total = float(same.sum()), float(known.sum())
    return {
        "profiles": len(organisations),
        "profiles_confirmed": int(is_said.sum()),
        "profiles_confirmed_share": float(is_said.mean()) if len(organisations) else None,
        "jobs_confirmed": confirmed_jobs,
        "jobs_confirmed_share": confirmed_jobs / total if total > 0 else None,
    }
