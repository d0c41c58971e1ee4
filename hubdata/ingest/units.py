"""What the numbers of a file are in: euros or not, ones or thousands; by headings and columns beside them."""

import re

import pyarrow as pa
import pyarrow.compute as pc

from hubdata import models
from hubdata.cells import EURO, Unit, is_unit, unit_beside, unit_of
from hubdata.ingest.drafts import Draft
from hubdata.ingest.headings import folded, signature
from hubdata.ingest.problems import note, problem
from hubdata.ingest.sources import Source

FEW = 20
"""A column with more different cells says more than a unit."""

OF_ALL = re.compile(
    rf"(?<![^\W\d_])[x*×]\s*(?:{EURO}\s*)?(?:1[.,' ]?000(?:[.,' ]?000)?(?!\d)|(?:duizend|1 ?mln|miljoen|million))"
    r"|(?<!\w)(?:in|en)\s+(?:€\s*)?(?:[^\W\d_]{1,4}[ -]?)?"
    r"(?:duizend|thousand|tausend|millier|miljoen|million|mln|mio|tsd)\w*\.?"
    r"|(?<!\w)(?:in|en)\s+(?:[kt] ?€|[kt]eur|€ ?[km]|m ?€|1[.,' ]?000(?!\d)(?!\s+(?!eur|€)[^\W\d])|"
    r"us ?dollars?|dollars?|[$£]|pounds?|ponden|"
    r"(?-i:[A-Z]{3})(?!\w))|[(\[](?:[kt] ?€|[kt]eur|[$£]|(?-i:[A-Z]{3}))[)\]]",
    re.IGNORECASE,
)
"""What says around a list what its amounts are in: `Bedragen x € 1.000`, `in TEUR`, `amounts in USD`."""


def settle_units(source: Source, row_type: type[models.Row], draft: Draft) -> None:
    """What each column of numbers is multiplied by; says so, and refuses columns in another currency.

    A reader's answer goes first, then the heading, then a column beside that holds nothing but units, and what stands
    around the list.
    """
    answered = source.matching.factors.get(signature(source.table.header), {})
    cells = source.table.cells
    columns = {h: c for h, c in source.columns.items() if h in cells.column_names and c in row_type.model_fields}
    numbers = {h: c for h, c in columns.items() if models.plain_type(row_type.model_fields[c].annotation) is float}
    money = {header for header, column in numbers.items() if models.is_money(row_type, column)}
    beside = _units_beside(source) | _units_around(source) if money else {}
    for header in money | beside.keys():
        if foreign := _foreign_in(header, beside.get(header)):
            draft.problems.append(problem("column_not_in_euros", source.label, 1, header, foreign))
    factors = {unit.factor for units in beside.values() for unit in units}
    if len(factors) > 1 and not all(folded(header) in answered for header in money):
        header = next(header for header, units in beside.items() if len({unit.factor for unit in units}) > 1)
        draft.problems.append(problem("units_differ", source.label, 1, header))
    for header, column in numbers.items():
        unit = unit_of(header)
        is_share = unit.is_percent and models.takes_percentages(row_type, column)
        factor = answered.get(folded(header), 0.01 if is_share else unit.factor)
        if factor == 1 and folded(header) not in answered and header in money and len(factors) == 1:
            factor = next(iter(factors))
        if folded(header) in answered or factor != 1:
            source.factors[column] = factor
        if factor != 1:
            count = pc.sum(pc.not_equal(pc.utf8_trim_whitespace(cells[header]), "")).as_py() or 0
            draft.notes.append(note("units_read", source.label, column=header, factor=f"{factor:.12g}", count=count))


def _foreign_in(header: str, units: set[Unit] | None) -> str:
    """The other currency that a heading of money names, or the cells of a column of units."""
    return next((unit.foreign for unit in units or {unit_of(header)} if unit.foreign), "")


def _units_beside(source: Source) -> dict[str, set[Unit]]:
    """The columns that are not used and hold nothing but units: header -> what they say; an empty cell says nothing."""
    found = {}
    for header in source.table.header:
        if header in source.columns or header not in source.table.cells.column_names:
            continue
        cells = source.table.cells[header]
        word = folded(header)
        if _only_units(cells.slice(0, 1000), word) and _only_units(cells, word):  # the first ones nearly always tell
            found[header] = {unit_beside(cell, word) for cell in pc.unique(cells).to_pylist()}
    return found


def _units_around(source: Source) -> dict[str, set[Unit]]:
    """What the list is called, or stands above or below it, and says what all amounts are in: the text -> its unit."""
    table = source.table
    above = [cell for row, cells in table.beginning if row < table.header_row for cell in cells]
    texts = sorted({text for text in (*above, *table.around, table.sheet, source.file) if len(text) < 200})
    found = {text: unit_of(match[0]) for text in texts if (match := OF_ALL.search(text))}
    return {text: {unit} for text, unit in found.items() if unit.factor != 1 or unit.foreign}


def _only_units(cells: pa.ChunkedArray, heading: str) -> bool:
    different = [cell.strip() for cell in pc.unique(cells).to_pylist()]
    return (
        len(different) <= FEW
        and any(is_unit(cell, heading) for cell in different)
        and all(not cell or is_unit(cell, heading) or re.fullmatch(EURO, cell, re.IGNORECASE) for cell in different)
    )
