"""The sentences and tables of the page `funding`."""

import collections
from collections.abc import Mapping, Sequence

from hubdata.indicators.funding import DonorTotal, Flow, FundingYear
from hubdata.ui.income import category_labels
from hubdata.ui.language import label, percent
from hubdata.ui.parts import largest, several


def donor_names(donors: Sequence[DonorTotal]) -> list[str]:
    """The donors' names; with the kind of income where totals have a row per kind."""
    rows = collections.Counter(donor["donor"] for donor in donors)
    return [
        f"{donor['donor']} ({category_labels()[donor['category']]})"
        if rows[donor["donor"]] > 1
        else str(donor["donor"])
        for donor in donors
    ]


def largest_kind(year: FundingYear) -> dict[str, str]:
    """The kind of income that most came from in a year, or the kinds, and the share that each gave."""
    return _largest_part("kinds", {category_labels()[code]: amount for code, amount in year["categories"].items()})


def largest_sector(flows: Sequence[Flow]) -> dict[str, str]:
    """The sector that most of the known income went to, or the sectors, and the share that each got."""
    amounts = collections.Counter[str]()
    for flow in flows:
        amounts[label(flow["sector"])] += flow["amount_eur"]  # type: ignore[assignment]
    return _largest_part("sectors", amounts)


def _largest_part(gap: str, amounts: Mapping[str, float]) -> dict[str, str]:
    names = largest(amounts, lambda name: round(amounts[name], 2))
    whole = sum(amounts.values())
    return {gap: several(names), "share": percent(amounts[names[0]] / whole if whole > 0 else None)}
