"""The sentences and tables of the page `funding`."""

import collections
from collections.abc import Sequence

from hubdata.indicators.funding import DonorTotal
from hubdata.ui.income import category_labels


def donor_names(donors: Sequence[DonorTotal]) -> list[str]:
    """The donors' names; with the kind of income where totals have a row per kind."""
    rows = collections.Counter(donor["donor"] for donor in donors)
    return [
        f"{donor['donor']} ({category_labels()[donor['category']]})"
        if rows[donor["donor"]] > 1
        else str(donor["donor"])
        for donor in donors
    ]
