"""How much of what is known of ties was confirmed by one of the two organisations themselves."""

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
