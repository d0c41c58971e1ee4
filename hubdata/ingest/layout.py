"""Lists that are laid out for people: a total below, years side by side, everybody who was there in one cell.

Each becomes what any other list is, a row per thing, before its columns are matched or its cells are read.
"""

import re
from collections import Counter, defaultdict
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hubdata import models, reading
from hubdata.cells import MONTHS, fold, folded, is_nothing, unit_of, without_unit
from hubdata.ingest.guesses import ATTENDEES
from hubdata.ingest.headings import match_columns
from hubdata.ingest.names import Names, known_parts
from hubdata.ingest.sources import Source
from hubdata.template import is_example

TOTAL = (
    r"(?i)^\s*(?:(?:sub|eind|tussen|grand|algemeen|sous|gesamt|zwischen|end)?[ -]?(?:totaal|totalen|total|totals|"
    r"totaux|summe|betrag)"
    r"|som|sum|somme|gesamt|insgesamt|optelling|tot\.|Σ)(?:[ :].{0,40})?\s*$"
)
"""A cell that says that its row adds up the others."""
MOST_ROWS = 50_000
"""A longer list was not laid out by hand."""
YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)", re.ASCII)
_PERIOD = "kwartaal|quarter|quartal|trimestre|trimester|helft|half(?:[ -]?year)?|halfjaar|halbjahr|semestre|semester"
_PART = re.compile(
    rf"(?i)\b(?:[qkt]w?\.? ?[1-4]|h[12]|(?:[1-4]|eerste|tweede|derde|vierde|first|second|third|fourth)"
    rf"(?:er|e|de|ste|st|nd|rd|th|\.)? ?(?:{_PERIOD})|(?:{_PERIOD}) ?[1-4]|(?:{'|'.join(MONTHS)})\.?)(?!\w)"
)
"""What makes a part of a year of the year beside it: `1e helft`, `Q3`, `mrt`."""
_YEAR_WORD = re.compile(r"(?i)\b(?:(?:boek|kalender)?jaar|year|fy)\b|[^\w€$%]")
AMOUNT, YEAR_HEADING = "amount", "year"
"""What the columns are called that years side by side become."""


def without_totals(sheet: reading.Table) -> reading.Table:
    """A list without rows that only add up the others: a word for a total, and beside it nothing but numbers."""
    if len(sheet.rows) > MOST_ROWS or not len(sheet.rows):
        return sheet
    columns = sheet.cells.columns
    says_so = np.zeros(len(sheet.rows), bool)
    for column in columns:
        says_so |= pc.match_substring_regex(column, TOTAL).to_numpy()
    totals = []
    for row in np.flatnonzero(says_so).tolist():
        texts = [cell for column in columns if (cell := column[row].as_py().strip()) and not _is_figure(cell)]
        if len(texts) == 1:
            totals.append(row)
    if not totals:
        return sheet
    keep = np.ones(len(sheet.rows), bool)
    keep[totals] = False
    row = int(sheet.rows[totals[0]])
    remark = reading.Remark("totals_not_used", {"count": len(totals), "row": row})
    kept = {"cells": sheet.cells.filter(pa.array(keep)), "rows": sheet.rows[keep]}
    return sheet._replace(**kept, remarks=(*sheet.remarks, remark))


def without_examples(sheet: reading.Table) -> reading.Table:
    """A list without the examples of our own workbook that nobody changed."""
    if len(sheet.rows) > MOST_ROWS or not len(sheet.rows):
        return sheet
    header = sheet.cells.column_names
    rows = zip(*(column.to_pylist() for column in sheet.cells.columns), strict=True)
    keep = np.array([not is_example(header, row) for row in rows])
    if keep.all():
        return sheet
    remark = reading.Remark("examples_not_used", {"count": int((~keep).sum())})
    kept = {"cells": sheet.cells.filter(pa.array(keep)), "rows": sheet.rows[keep]}
    return sheet._replace(**kept, remarks=(*sheet.remarks, remark))


def is_untouched(sheet: reading.Table) -> bool:
    """Whether nothing but examples stands in a list of our own workbook: nobody handed in that list."""
    return not len(sheet.rows) and any(remark.code == "examples_not_used" for remark in sheet.remarks)


def _is_figure(cell: str) -> bool:
    """Whether a cell of a total is what was added up: a number, or a formula."""
    return cell[0] in "=#" or not re.search(r"[^\W\d_]", re.sub(r"(?i)eur|fte|mln|\bk\b", "", cell))


class Wide(NamedTuple):
    """A list of income of which years stood side by side, with a row for each amount."""

    sheet: reading.Table
    headings: list[str]
    """Per row the heading that its amount stood under."""


def with_years_as_rows(sheet: reading.Table, answers: dict[str, str]) -> Wide | None:
    """A list of income with years side by side, `2023 | 2024 | 2025`, as rows; None when it has none.

    An empty cell is no amount, and becomes no row. Not when the list has a column of years or amounts as well, nor when
    nobody can tell which years side by side are the amounts: see `kinds_of_years`.
    """
    kinds = kinds_of_years(sheet, answers)
    if len(kinds) != 1:
        return None
    years = kinds[0]
    units = {unit_of(YEAR.sub(" ", header)) for header in years}
    if len(units) > 1:
        return None
    unit = units.pop()
    amount = f"{AMOUNT} ({unit.foreign or f'x {unit.factor:.0f}'})" if unit.foreign or unit.factor != 1 else AMOUNT
    others = [header for header in sheet.header if header not in years]
    numbers, headings, amounts = [], [], []
    cells = [sheet.cells[header].to_pylist() for header in years]
    for row in range(len(sheet.rows)):
        for header, column in zip(years, cells, strict=True):
            if (cell := column[row]).strip() and not is_nothing(cell):
                numbers.append(row)
                headings.append(header)
                amounts.append(cell)
    taken = sheet.cells.select(others).take(pa.array(numbers, pa.int64()))
    said = [match[0] for header in headings if (match := YEAR.search(header))]
    for name, values in ((YEAR_HEADING, said), (amount, amounts)):
        taken = taken.append_column(name, pa.array(values, pa.string()))
    remark = reading.Remark("years_as_rows", {"columns": ", ".join(years), "count": len(numbers)})
    laid_out = {"header": [*others, YEAR_HEADING, amount], "cells": taken, "rows": sheet.rows[numbers]}
    return Wide(sheet._replace(**laid_out, remarks=(*sheet.remarks, remark)), headings)


def kinds_of_years(sheet: reading.Table, answers: dict[str, str]) -> list[list[str]]:
    """The headings of years side by side that may be the amounts of a list of income, each kind by itself.

    Those that say nothing but a year or an amount go before others: `Bedrag 2023` before `FTE 2023`. Years are another
    kind than parts of them, which would count twice: `Q1 2024`, `Q2 2024`, and `2024`. Whoever says that one of them is
    the amount says it of its kind.
    """
    said = {header for header in sheet.header if YEAR.search(header) and answers.get(folded(header)) == AMOUNT}
    answers = {word: column for word, column in answers.items() if word not in {folded(header) for header in said}}
    columns = match_columns(models.Funding, sheet.header, answers)
    if {"year", "amount"} & set(columns.values()) or not 0 < len(sheet.rows) <= MOST_ROWS:
        return []
    by_kind: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for header in sheet.header:
        is_free = header not in columns and folded(header) not in answers
        if is_free and len(YEAR.findall(header)) == 1 and _holds_amounts(sheet.cells[header]):
            bare = YEAR.sub(" ", header)
            whole = _PART.sub(" ", bare)
            kind = fold(_YEAR_WORD.sub(" ", whole))
            by_kind[kind, whole != bare].append(header)
    found = {kind: headers for kind, headers in by_kind.items() if len(headers) > 1}
    if chosen := [headers for headers in found.values() if said & {*headers}]:
        return chosen
    plain = {kind: headers for kind, headers in found.items() if _says_amount(kind[0])}
    return list((plain or found).values())


def _says_amount(words: str) -> bool:
    """Whether what stands beside a year is nothing, a unit, or a word for an amount."""
    word = folded(without_unit(words))
    return not word or "amount" in match_columns(models.Funding, [word], {}).values()


def _holds_amounts(cells: pa.ChunkedArray) -> bool:
    """Whether most of what stands in a column has a digit, and is no date."""
    filled = [cell for cell in pc.unique(cells).to_pylist() if cell.strip() and not is_nothing(cell)]
    amounts = [cell for cell in filled if cell[-1:] and any(map(str.isdigit, cell)) and not re.search(r"\d-\d|/", cell)]
    return len(amounts) * 2 > len(filled) or not filled


def is_list_of_names(cells: pa.ChunkedArray) -> bool:
    """Whether a column of who was there holds names, and not how many they were."""
    filled = [cell for cell in pc.unique(cells).to_pylist() if cell.strip() and not is_nothing(cell)]
    return sum(bool(re.search(r"[^\W\d_]{3}", cell)) for cell in filled) * 2 > len(filled)


PEOPLE = re.compile(r"(.*\S)\s*\(\s*(\d{1,4})\s*(?:x|p|pers\.?|personen|people|mensen)?\s*\)", re.IGNORECASE)
"""How many came of an organisation, behind its name: `Stichting Kaapwerk (3)`."""


def attendance_of(events: Source, organisations: Names | None) -> Source:
    """A list of who was there, of the cells of a list of events that was read."""
    header = next(header for header, column in events.columns.items() if column == ATTENDEES)
    headers = [h for h, column in events.columns.items() if column == ATTENDEES]
    found: Counter[tuple[int, str]] = Counter()
    for place, identifier in enumerate(events.ids):
        if identifier is None:
            continue
        for one in headers:
            for name in names_in(events.table.cells[one][place].as_py(), organisations):
                match = PEOPLE.fullmatch(name)
                known = organisations and organisations.find(name)
                one_name, people = (match[1], int(match[2])) if match and not known else (name, 0)
                found[place, one_name] += people
    rows = [(str(events.ids[place]), name, str(people or "")) for (place, name), people in found.items()]
    columns = [pa.array(list(column), pa.string()) for column in zip(*rows, strict=True)] or [
        pa.array([], pa.string())
    ] * 3
    labels = ["event_id", header, "people"]
    numbers = events.table.rows[[place for place, _ in found]]
    table = events.table._replace(
        header=labels, cells=pa.Table.from_arrays(columns, names=labels), rows=numbers, findings=[], remarks=()
    )
    matched = {"event_id": "event_id", header: "organisation_id", "people": "people"}
    label = f"{events.label}: {header}"
    return Source(label, events.file, table, "attendance", matched, events.matching, is_one_per_person=False)


def names_in(cell: str, known: Names | None) -> list[str]:
    """The names in a cell, each on its own line or behind a comma, a semicolon, `|`, a bullet.

    What may be part of a name separates only where that does not take a known name apart.

    >>> names_in("Anna\\n- Beta; Gamma, Delta", None)
    ['Anna', 'Beta', 'Gamma', 'Delta']
    """
    names: list[str] = []
    for item in re.split(r"[\n\r;|•·]+", cell):
        item = re.sub(r"^\s*(?:[-*–]|\d{1,2}[.)])\s+", "", item).strip(" ,\t")
        if not item or is_nothing(item):
            continue
        pieces = [piece.strip() for piece in re.split(r",", item)]
        place = 0
        while place < len(pieces):
            for end in range(len(pieces), place, -1):
                name = ", ".join(pieces[place:end])
                if end == place + 1 or (known and known.find(name)):
                    names += (known_parts(name, known) if known else [name]) if name else []
                    place = end
                    break
    return names
