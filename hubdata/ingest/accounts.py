"""Yearly accounts beside the rows of income: where these are more than the total, one of the two is wrong."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

import pyarrow as pa

CENT = Decimal("0.01")


class Exceeded(NamedTuple):
    """A year of an organisation in which the rows of income are more than the total of its accounts."""

    place: int
    """Of the row of accounts."""
    organisation_id: str
    year: int
    rows: str
    """Euros, as a reader is told."""
    total: str


def exceeded(accounts: pa.Table, funding: pa.Table) -> Iterator[Exceeded]:
    """The rows of accounts of which the total is less than the rows of income are, compared in whole cents."""
    if not len(accounts):
        return
    summed = funding.group_by(["organisation_id", "year"]).aggregate([("amount", "sum")]).to_pylist()
    rows = {(row["organisation_id"], row["year"]): row["amount_sum"] for row in summed}
    columns = (accounts[name].to_pylist() for name in ("organisation_id", "year", "total_income"))
    for place, (organisation_id, year, total) in enumerate(zip(*columns, strict=True)):
        given = rows.get((organisation_id, year))
        if total is not None and given is not None and _cents(given) > _cents(total):
            yield Exceeded(place, organisation_id, year, str(_cents(given)), str(_cents(total)))


def _cents(amount: float) -> Decimal:
    return Decimal(repr(float(amount))).quantize(CENT)
