"""Own income beside what a funder asks for: how far each organisation is from the rule. `income` is as in `stress`."""

from collections.abc import Collection, Sequence
from typing import TypedDict

import pandas as pd

from hubdata.indicators import money
from hubdata.indicators.rows import NamedOrganisation, records
from hubdata.indicators.stress import UnknownDonor, cut_of_donors, donors_of


class RuleDistance(TypedDict):
    """How far one organisation is from what one rule asks for (see `own_income`)."""

    minimum_share: float
    is_below: bool
    short_eur: float | None
    """0 when it is reached, None when it cannot be."""


class OwnShare(NamedOrganisation):
    """The own income of one organisation (see `own_income`)."""

    income: float
    """Euro."""
    counted_eur: float
    """What is not own income."""
    own_share: float
    """0-1."""
    rules: list[RuleDistance]


class RuleCount(TypedDict):
    """How many organisations are below one rule (see `own_income`)."""

    minimum_share: float
    below: int
    organisations: int


class OwnIncome(TypedDict):
    """How much own income organisations have beside what rules ask for (see `own_income`)."""

    organisations: list[OwnShare]
    """The smallest own share first."""
    rules: list[RuleCount]
    donors_unknown: list[str]


def own_income(
    income: pd.DataFrame,
    *,
    year: int,
    minimum_shares: Sequence[float],
    donors: Collection[str] = (),
    names: pd.DataFrame | None = None,
) -> OwnIncome:
    """How much own income organisations have beside what a funder's rule asks for. A distance, never a verdict.

    `income`: see the module. `minimum_shares`: the shares of own income (0-1) that rules ask for. `donors`: the donor
    whose rule it is, by key, id or name; its money is not own income. `names`: other names of donors, columns
    `donor_key` and `name`. Without donors no money of the category
    `government` is, which is stricter than a ministry that counts its own money only.

    - `organisations`: of those with income that get something of that money in `year`, the smallest own share first:
      `organisation_id`, `name`, `sector`, `income`, `counted_eur` (what is not own income), `own_share` (0-1,
      (income - counted) / income) and `rules`, per minimum `minimum_share`, `is_below` (own_share < minimum) and
      `short_eur`: how much more own income would reach it if all else stayed, (minimum x income - own) / (1 - minimum),
      0 when it is reached and None when it cannot be (a minimum of 1);
    - `rules`: per minimum `minimum_share`, `below` and `organisations` (counts);
    - `donors_unknown`: names among `donors` that no donor in the data, or more than one, has.

    Most likely misreading: that an organisation below it breaks a rule. A rule is about applicants for a certain
    subsidy, often over several years, and counts as its own text says. Errors: ValueError for a minimum outside 0-1.

    >>> income = pd.DataFrame(
    ...     {"organisation_id": "a", "name": "A", "sector": "ngo", "year": 2020, "donor_key": ["x", "y"],
    ...      "donor": ["X", "Y"], "donor_id": None, "category": ["government", "companies"], "amount_eur": [80.0, 20.0]}
    ... )
    >>> found = own_income(income, year=2020, minimum_shares=[0.5])
    >>> found["organisations"][0]["own_share"], found["organisations"][0]["rules"][0]["short_eur"]
    (0.2, 60.0)
    """
    if any(not 0 <= minimum <= 1 for minimum in minimum_shares):
        raise ValueError("a minimum is a share from 0 to 1")
    keys: set[str] = set()
    unknown = []
    for name in donors:
        try:
            keys |= cut_of_donors(donors_of(income), {name: 1.0}, names).keys()
        except UnknownDonor:
            unknown.append(name)
    rows = income[income["year"] == year]
    is_counted = (
        rows["donor_key"].isin(keys) & (rows["category"] != "earned") if donors else rows["category"] == "government"
    )
    per = rows.assign(counted_eur=rows["amount_eur"].where(is_counted, 0.0)).groupby("organisation_id")
    sums = per.agg(name=("name", "first"), sector=("sector", "first"), income=("amount_eur", "sum"),
                   counted_eur=("counted_eur", "sum"))  # fmt: skip
    sums = sums[sums["counted_eur"] > 0].reset_index()
    sums["own_share"] = (sums["income"] - sums["counted_eur"]).clip(lower=0) / sums["income"]
    listed: list[OwnShare] = records(sums.sort_values(["own_share", "organisation_id"]))
    for row in listed:
        row["rules"] = [_beside(minimum, row) for minimum in minimum_shares]
    counts: list[RuleCount] = [
        {
            "minimum_share": minimum,
            "below": sum(row["rules"][place]["is_below"] for row in listed),
            "organisations": len(listed),
        }
        for place, minimum in enumerate(minimum_shares)
    ]
    return {"organisations": listed, "rules": counts, "donors_unknown": unknown}


def _beside(minimum: float, row: OwnShare) -> RuleDistance:
    """One organisation beside one minimum."""
    own = row["income"] - row["counted_eur"]
    is_below = not money.reaches(own, row["income"], minimum)
    short = None if minimum == 1 else (minimum * row["income"] - own) / (1 - minimum)
    return {"minimum_share": minimum, "is_below": is_below, "short_eur": short if is_below else 0.0}
