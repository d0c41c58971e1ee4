"""Who pays for it, for whoever may see totals only: sums from which no organisation's part can be worked out.

A shared link with funding detail "totals" shows no amount and no donor of a single organisation, and cells of fewer
than three organisations must not come back by subtraction. Blanking such cells (cell suppression) leaves a table with
holes and margins, and a hole is safe only when enough other cells are blanked as well: an optimisation of its own, to
be solved again for every figure that is added. Here cells are recoded instead: the positive amounts of a year are
divided into cells that each hold at least `minimum` organisations, small parts being put together, and whatever is
published is a sum over whole cells, or computed from such sums. Cells have no amount in common, so any combination of
published amounts, other than nothing, has all of at least one cell in it, hence three organisations or more.
(Hundepool et al., "Statistical Disclosure Control", Wiley 2012, chapter 4: recoding against cell suppression.)

Everything but the coverage treats the organisations alike, so what it says of one named organisation must be true of
all of them. One such thing is prevented: a donor that gives to every organisation of the year is not named. (Group
disclosure, in the same book. Which organisations have income in a year can be found out from the coverage of two as-of
days.)

What this does not do:

- It knows no dominance. When one organisation gets nearly all of a cell, the cell is nearly its amount. The contract
  asks for three organisations, not for the p% rule of the same book.
- Who knows some amounts may subtract them. An organisation that subtracts its own from a cell of three keeps the sum of
  the other two; no single amount, but two that pool what they know find the third. Who knows that the others got in
  one year what they got in the next may subtract the years.
- It protects one table. Two calls for populations that differ in one organisation (with and without the convenor, two
  sectors and both together, before and after a load) give that organisation away: a viewer must always get the same
  rows, whatever the filters in the address.
- That all organisations of a year have a kind of income, or are exposed, or that none is, may be seen: neither an
  amount nor a donor.
"""

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypedDict

import pandas as pd

from hubdata.indicators import funding

MERGED = "merged"
"""The category of the cell in which the small categories of a year are put together."""

ORDER = ["year", "category", "donor_key", "amount_eur", "organisation_id"]


class _Source(TypedDict):
    """A `funding.DonorTotal` before its share is known."""

    donor_key: str
    donor: str | None
    donor_id: None
    category: str
    amount_eur: float
    organisations: int


class _Amounts(TypedDict):
    """The part of a `funding.FundingYear` that is computed from the published cells."""

    income: float
    donors: int | None
    categories: dict[str, float]
    public_share: float | None
    government_share: float | None
    earned_share: float | None
    donor_totals: list[funding.DonorTotal]


class _Cell(NamedTuple):
    """Positive amounts, who got them, and the names under which the donor gave them."""

    amounts: list[float]
    organisations: set[str]
    names: set[str]

    @property
    def amount(self) -> float:
        """In whole cents. Beyond those the digits of a sum of floats depend on its parts, and could tell of them."""
        return _euro(self.amounts)


def _euro(amounts: Iterable[float]) -> float:
    """The sum, whatever the order."""
    return round(math.fsum(amounts), 2)


def _together(cells: Iterable[_Cell]) -> _Cell:
    whole = _Cell([], set(), set())
    for cell in cells:
        whole.amounts.extend(cell.amounts)
        whole.organisations.update(cell.organisations)
    return whole


def _put_together(cells: Mapping[str, _Cell], minimum: int, barred: Iterable[str] = ()) -> set[str]:
    """Which of the cells must become one: those of fewer than `minimum` organisations and the `barred` ones.

    When they have too few organisations together the smallest of the others joins them, of equals the first by name.
    One is enough, since any other cell has enough of its own.
    """
    few = {name for name, cell in cells.items() if len(cell.organisations) < minimum}
    hidden = few.union(name for name in barred if name in cells)
    if hidden and len(_together(cells[name] for name in hidden).organisations) < minimum:
        others = sorted(cells.keys() - hidden, key=lambda name: (cells[name].amount, name))
        hidden.update(others[:1])
    return hidden


def _cells(positive: pd.DataFrame) -> dict[int, dict[str, dict[str, _Cell]]]:
    """year -> category -> donor_key -> cell."""
    columns = ("year", "category", "donor_key", "donor", "organisation_id", "amount_eur")
    cells: dict[int, dict[str, dict[str, _Cell]]] = {}
    for year, category, key, donor, organisation, amount in zip(*(positive[c].tolist() for c in columns), strict=True):
        donors = cells.setdefault(int(year), {}).setdefault(category, {})
        cell = donors.setdefault(key, _Cell([], set(), set()))
        cell.amounts.append(float(amount))
        cell.organisations.add(organisation)
        if isinstance(donor, str):
            cell.names.add(donor)
    return cells


def _rows(category: str, donors: Mapping[str, _Cell], unnamed: set[str], minimum: int) -> list[_Source]:
    """The published cells of one category: its named sources, and one cell for the others, `unnamed` among them."""

    def row(key: str, donor: str | None, cell: _Cell) -> _Source:
        return {
            "donor_key": key,
            "donor": donor,
            "donor_id": None,
            "category": category,
            "amount_eur": cell.amount,
            "organisations": len(cell.organisations),
        }

    if category in ("earned", MERGED):
        return [row("earned" if category == "earned" else funding.OTHER_DONORS, None, _together(donors.values()))]
    hidden = _put_together(donors, minimum, barred=unnamed)
    rows = [row(key, min(cell.names, default=key), cell) for key, cell in donors.items() if key not in hidden]
    if hidden:
        rows.append(row(funding.OTHER_DONORS, None, _together(donors[key] for key in hidden)))
    return rows


def _to_everyone(categories: Mapping[str, Mapping[str, _Cell]], organisations: set[str]) -> set[str]:
    """The donors that every organisation of the year gets something from."""
    recipients: dict[str, set[str]] = {}
    for category, donors in categories.items():
        for key, cell in donors.items() if category != "earned" else ():
            recipients.setdefault(key, set()).update(cell.organisations)
    return {key for key, receivers in recipients.items() if receivers == organisations}


def _year(categories: dict[str, dict[str, _Cell]], organisations: set[str], minimum: int) -> _Amounts:
    """The amounts of one year; every one of them computed from the published cells alone."""
    small = _put_together({name: _together(donors.values()) for name, donors in categories.items()}, minimum)
    shown = {name: donors for name, donors in categories.items() if name not in small}
    if small:
        whole = _together(cell for name in small for cell in categories[name].values())
        shown[MERGED] = {funding.OTHER_DONORS: whole}
    unnamed = _to_everyone(categories, organisations)
    rows = [row for name in sorted(shown) for row in _rows(name, shown[name], unnamed, minimum)]
    totals = {name: _euro(row["amount_eur"] for row in rows if row["category"] == name) for name in sorted(shown)}
    income = _euro(totals.values())
    is_complete = all(row["donor_key"] != funding.OTHER_DONORS or row["donor"] for row in rows)
    rows.sort(key=lambda row: (-row["amount_eur"], row["donor_key"], row["category"]))

    def share(*names: str) -> float | None:
        is_known = not small or all(name in totals for name in names)
        return _euro(totals.get(name, 0.0) for name in names) / income if is_known and income else None

    return {
        "income": income,
        "donors": len({(row["category"] == "earned", row["donor_key"]) for row in rows}) if is_complete else None,
        "categories": totals,
        "public_share": share(*funding.PUBLIC),
        "government_share": share("government"),
        "earned_share": share("earned"),
        "donor_totals": [{**row, "share": row["amount_eur"] / income if income else None} for row in rows],
    }


def totals(
    income: pd.DataFrame,
    organisations: pd.DataFrame,
    exposure_threshold: float = 0.5,
    public_threshold: float = 0.75,
    minimum: int = 3,
    is_partial: bool = False,
    accounts: pd.DataFrame | None = None,
    why_partial: str = funding.PROJECT_MONEY,
) -> funding.Funding:
    """The `years` of `funding.funding`, same names, for viewers who may see no amount or donor of one organisation.

    `income`: one row per organisation, year, donor and category, as in `funding`, and of all organisations, whatever
    the viewer chose to see (see the module). `organisations`: one row per active organisation, column
    `organisation_id`; only the counts of the coverage depend on it. `accounts`: see `funding.dependency`; who is
    exposed depends on them. The thresholds and `minimum` (count) are the hub's and never the viewer's.

    Only rows with an amount above 0 count: a zero hides nobody. A year in which fewer than `minimum` organisations have
    one is left out. The others are divided into cells, each of at least `minimum` organisations:

    1. categories of fewer organisations become one, "merged", which names no donors. When these have too few
       organisations together, the smallest other category joins them;
    2. in each other category, the donors with fewer organisations become one, "other", in the same way; and so do
       donors that give to every organisation of the year, in whatever category. Earned income is one source.

    Per year, oldest first:
    - `year`, `income` (euro: the sum of all cells), `categories` (category or "merged" -> euro);
    - `donor_totals`: one row per cell, the largest first: `donor_key`, `donor` (None for earned, and for "other"),
      `donor_id` (None), `category` (or "merged"), `amount_eur`, `share` (0-1, of the income) and `organisations` (count
      of those in the cell). A donor named in two categories has two rows;
    - `donors` (count): different sources, None as soon as one of them is not named;
    - `organisation_count` and `with_income`: organisations with an amount above 0;
    - `exposed` (how many of them are) and `exposed_share` (0-1): both None when from 1 to `minimum` - 1 organisations
      are exposed, or are not;
    - `public_share`, `government_share`, `earned_share` (0-1): None when a category they need could be in "merged";
    - `coverage`: `organisations` and `with_income` (active ones with an amount above 0), `active_organisations` and
      `share`. Looked at on
      two days, these tell whether somebody who joined or left in between has income in that year, not how much nor
      from whom; `exposed` and `jobs_share` would tell more, and are None;
    - `greyed`: why what is said of dependency is shown greyed, when the rows are known to be partial (`is_partial`);
    - `accounts`, `donor_hhi`, `effective_donors`, `median_top_donor_share`: None; `organisations`: empty.

    Amounts are rounded to cents. Most likely misreading: that a donor's rows are all it gives, or that a category that
    is absent got nothing: both may be part of "other" and "merged". Sums over the same cell of two years may be over
    other categories and donors.

    Source: Hundepool et al., "Statistical Disclosure Control", Wiley 2012, chapter 4.

    >>> income = pd.DataFrame(
    ...     {"organisation_id": ["a", "b", "c", "d", "a", "b"], "name": "-", "sector": "ngo", "year": 2020,
    ...      "donor_key": ["x", "x", "x", "y", "y", "z"], "donor": ["X", "X", "X", "Y", "Y", "Z"], "donor_id": None,
    ...      "category": "companies", "amount_eur": [10.0, 20.0, 30.0, 5.0, 15.0, 20.0]}
    ... )
    >>> year = totals(income, pd.DataFrame({"organisation_id": ["a", "e"]}))["years"][0]
    >>> year["income"], year["categories"], year["donors"]
    (100.0, {'companies': 100.0}, None)
    >>> [(row["donor"], row["amount_eur"], row["organisations"]) for row in year["donor_totals"]]
    [('X', 60.0, 3), (None, 40.0, 3)]
    """
    positive = income[income["amount_eur"] > 0].sort_values(ORDER)
    if positive.empty:
        return {"years": []}
    nobody = pd.DataFrame({"organisation_id": [], "reserves": []})
    exposed: dict[int, int] = {}
    for figures in funding.dependency(positive, nobody, exposure_threshold, public_threshold, accounts=accounts):
        exposed[figures["year"]] = exposed.get(figures["year"], 0) + bool(figures["exposed"])
    active = set(organisations["organisation_id"])
    years: list[funding.FundingYear] = []
    for year, categories in sorted(_cells(positive).items()):
        receivers = _together(cell for donors in categories.values() for cell in donors.values()).organisations
        count = len(receivers)
        if count < minimum:
            continue
        is_publishable = all(part == 0 or part >= minimum for part in (exposed[year], count - exposed[year]))
        years.append(
            {
                "year": year,
                **_year(categories, receivers, minimum),
                # With their sum, the sum of the squares of two hidden donors tells both: so these are never published.
                "donor_hhi": None,
                "effective_donors": None,
                "median_top_donor_share": None,
                "organisation_count": count,
                "with_income": count,
                "exposed": exposed[year] if is_publishable else None,
                "exposed_share": exposed[year] / count if is_publishable else None,
                "coverage": {
                    "organisations": len(receivers & active),
                    "with_income": len(receivers & active),
                    "active_organisations": len(active),
                    "share": len(receivers & active) / len(active) if active else None,
                    "jobs_share": None,
                    "exposed": None,
                },
                "accounts": {"organisations": None, "total_income": None, "accounted_share": None},
                "greyed": why_partial if is_partial else None,
                "organisations": [],
            }
        )
    return {"years": years}
