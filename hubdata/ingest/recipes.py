"""Lists that other programs make: recognised by their headings, and turned into lists of ours.

What is known of each program is data, `recipes.toml`, in the words of `Recipe` and `ListOf`. Here is what these words
mean. Of a file only what a recipe uses goes on from here: columns with persons are named in the report and are in
nothing that is kept, since what is kept is the list that was made.
"""

import fnmatch
import functools
import itertools
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field

from hubdata import models, reading
from hubdata.cells import fold
from hubdata.cells.dates import read_date
from hubdata.ingest.answers import FileMapping
from hubdata.ingest.headings import folded, signature
from hubdata.ingest.names import Names
from hubdata.ingest.personal import PERSONAL_HEADER, holds_personal_data, is_personal
from hubdata.ingest.problems import Note, Problem, note, problem
from hubdata.texts import Labels

FILE = Path(__file__).with_name("recipes.toml")
AMOUNT = re.compile(r"[€£$]? ?(-?\d{1,15}(?:,\d{3}){0,4}(?:\.\d{1,9})?)", re.ASCII)
"""An amount as programs write it: with a point, perhaps with commas between thousands."""
YEAR_OF = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)", re.ASCII)
MANY = 10
"""So many names of organisations that are left out are said."""
Headings = str
"""`A | B`: heading A, or else B; `*word*`: any heading with that word that is not about a person."""


class ListOf(BaseModel):
    """One list of ours that is made of a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    table: str
    columns: dict[str, Headings] = {}
    """Our column -> the headings it is under; of several in a file the first that is filled."""
    identifiers: dict[str, Headings] = {}
    """Our column with organisations -> headings with their identifiers, which go before names where we know them."""
    years: dict[str, Headings] = {}
    """Our column -> headings with a date, of which the year counts."""
    pair: tuple[Headings, ...] = ()
    """Two headings that name who belong together."""
    grouped_by: Headings = ""
    together: Headings = ""
    """The organisations under this heading, of all rows that have the same under `grouped_by`, belong together."""
    added_up: dict[str, Headings] = {}
    """Our column -> headings of which rows that are else the same are added up. `people` without a heading: rows."""
    best: dict[str, tuple[str, ...]] = {}
    """Our column -> its codes, best first: of rows that are else the same only the best count, such as who came."""
    fixed: dict[str, str] = {}
    """Our column -> what it is in every row, since such a file never says it."""
    codes: dict[str, dict[str, str]] = {}
    """Our column -> their word -> ours."""
    only: dict[Headings, list[str]] = {}
    """Only rows with one of these words count."""
    never: dict[Headings, list[str]] = {}
    """Rows with one of these words do not count."""
    needs: tuple[str, ...] = ()
    """Our columns without which a row is left out, and said so."""
    only_known: bool = False
    """Organisations that are not in the list of organisations are left out, and said so, instead of refused."""
    adds: bool = False
    """The rows are added to those on show: the file is of one event, or of one donor."""
    day: Headings = ""
    """The day of the event, which tells events of one name apart."""
    of_file_name: dict[str, str] = {}
    """Our column -> where it stands in the name of the file: the first group of this pattern."""


class Recipe(BaseModel):
    """How the files of one program are recognised, and what they become."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    """What people call the program."""
    recognised_by: tuple[Headings, ...] = ()
    """A file of it has a heading of each of these."""
    recognised_by_cells: str = Field("", pattern=r"^(\\\(.*)?$")
    """Or a cell that matches this (RE2); it begins with a bracket, which few columns have."""
    persons: Headings = ""
    """Headings that are about persons, whatever their cells hold."""
    lists: tuple[ListOf, ...] = ()
    """None: the file is read as any other one."""
    links: str = ""
    """What stands behind a name in a cell and leads to its page."""


@functools.cache
def recipes() -> tuple[Recipe, ...]:
    """All that we know, in the order in which they are tried."""
    return tuple(Recipe.model_validate(one) for one in tomllib.loads(FILE.read_text(encoding="utf-8"))["recipe"])


def under(headings: Headings, header: Sequence[str]) -> list[str]:
    """The headings of a file that are meant, best first."""
    found: list[str] = []
    words = {name: folded(name) for name in header if name and len(name) <= 300}
    for wanted in filter(None, (part.strip() for part in headings.split(" | "))):
        if "*" in wanted:
            pattern = "*".join(folded(part) if part.strip() else "" for part in wanted.split("*"))
            fits = (name for name, word in words.items() if fnmatch.fnmatchcase(word, pattern))
            found += [name for name in fits if not PERSONAL_HEADER.search(fold(name))]
        else:
            found += [name for name, word in words.items() if word == folded(wanted)]
    return list(dict.fromkeys(found))


def all_headings() -> frozenset[str]:
    """Every folded heading by which a program is recognised: below a title they tell which row has the headings."""
    wanted = (part.strip() for recipe in recipes() for of in recipe.recognised_by for part in of.split(" | "))
    return frozenset(folded(part) for part in wanted if part and "*" not in part)


def recipe_of(sheet: reading.Table, matching: FileMapping) -> Recipe | None:
    """The recipe of a file; None when it has none, or when a reader said which of our lists it is."""
    if not sheet.header or signature(sheet.header) in matching.tables:
        return None
    # Looking for one letter is far quicker than matching an expression, and most columns of most files have none.
    bracketed = [column for column in sheet.cells.columns if any(b"(" in t for t in reading.joined_texts(column))]
    for recipe in recipes():
        if recipe.recognised_by and all(under(headings, sheet.header) for headings in recipe.recognised_by):
            return recipe
        if recipe.recognised_by_cells and any(
            pc.any(pc.match_substring_regex(column, recipe.recognised_by_cells)).as_py() for column in bracketed
        ):
            return recipe
    return None


def without_links(sheet: reading.Table, recipe: Recipe) -> reading.Table:
    """A list in which names stand without the links behind them; several in one cell are a list of quoted names."""
    if not recipe.links:
        return sheet
    link, count, cells = re.compile(recipe.links), 0, sheet.cells
    for place, name in enumerate(cells.column_names):
        if not pc.any(pc.match_substring_regex(cells[name], recipe.links)).as_py():
            continue
        plain = []
        for cell in cells[name].to_pylist():
            found = [part.strip() for part in link.split(cell)]
            count += len(found) - 1
            names = [part for part in found if part]
            quoted = ",".join('"' + part.replace('"', '""') + '"' for part in names)
            plain.append(cell if len(found) == 1 else names[0] if len(names) == 1 else quoted)
        cells = cells.set_column(place, name, pa.chunked_array([pa.array(plain, pa.string())]))
    remark = reading.Remark("links_read", {"source": recipe.name, "count": count})
    return sheet._replace(cells=cells, remarks=(*sheet.remarks, remark) if count else sheet.remarks)


def persons_in(recipe: Recipe | None, sheet: reading.Table, unused: Iterable[str]) -> list[str]:
    """The columns of a file that are about persons, of those that are not used."""
    named = under(recipe.persons, sheet.header) if recipe else []
    return [name for name in unused if name in named or is_personal(name, sheet)]


class Count(NamedTuple):
    """What a page says of a list before anything is loaded."""

    source: str
    """The program."""
    rows: int
    """Of the list that was made."""
    people: int
    organisations: int


@dataclass
class Made:
    """A list of ours that was made of a file."""

    of: ListOf
    table: reading.Table
    """With our columns as headings."""
    columns: dict[str, str]
    """Heading of the file -> our column."""
    notes: list[Note]
    problems: list[Problem]
    count: Count
    identifiers: dict[str, str] = field(default_factory=dict)
    """Name of an organisation -> its identifier in the file."""
    days: dict[str, str] = field(default_factory=dict)
    """Name of an event -> its day."""


def lists_of(recipe: Recipe, sheet: reading.Table, file: str, label: str, matching: FileMapping) -> list[Made]:
    """The lists that a file becomes: those of which it has what a list needs, else the last with what is missing."""
    made = []
    for number, of in enumerate(recipe.lists):
        maker = _Maker(recipe, of, sheet, file, label, matching)
        if maker.missing and number + 1 < len(recipe.lists):
            continue
        made.append(maker.made())
    return made


class _Maker:
    """Makes one list."""

    def __init__(
        self, recipe: Recipe, of: ListOf, sheet: reading.Table, file: str, label: str, matching: FileMapping
    ) -> None:
        self.recipe, self.of, self.sheet, self.label, self.matching = recipe, of, sheet, label, matching
        self.row_type = models.TABLES[of.table]
        self.cells = {name: column.to_pylist() for name, column in zip(sheet.header, sheet.cells.columns, strict=True)}
        self.notes: list[Note] = []
        self.problems: list[Problem] = []
        self.about_people: Counter[str] = Counter()
        self.headings = {column: found for column, h in of.columns.items() if (found := self._under(h))}
        self.years = {column: found for column, h in of.years.items() if (found := self._under(h))}
        self.added = {column: self._under(h) for column, h in of.added_up.items()}
        self.ids = {column: found for column, h in of.identifiers.items() if (found := self._under(h))}
        self.pair = [self._under(h) for h in of.pair]
        self.together = self._under(of.together)
        said = matching.fill.get("", {}) | matching.fill.get(file, {})
        self.same = dict(of.fixed)
        has = {*self.headings, *self.years, *self.added, *self.same} | (
            {"organisation_ids"} if of.pair or of.together else set()
        )
        for column, value in said.items():
            if column in self.row_type.model_fields and column not in has:
                self.same[column] = value
        stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", re.split(r"[/\\]", file)[-1])
        for column, pattern in of.of_file_name.items():
            if column not in has | self.same.keys() and (match := re.match(pattern, stem[:400])):
                self.same[column] = match[1].strip()
        required = {c for c in self.row_type.model_fields if models.is_required(self.row_type, c)}
        self.missing = sorted(required - has - self.same.keys(), key=list(self.row_type.model_fields).index)

    def _under(self, headings: Headings) -> list[str]:
        return under(headings, self.sheet.header)

    def made(self) -> Made:
        """The list, and what its sender should know."""
        for column in self.missing:
            meaning = Labels(
                {
                    "en": str(self.row_type.model_fields[column].description),
                    "nl": models.extra(self.row_type, column)["nl"],
                }
            )
            self.problems.append(problem("not_said", self.label, None, column, meaning=meaning, name=column))
        rows = [] if self.missing else self._rows()
        taken: dict[tuple[str, ...], list[int]] = {}
        records: list[dict[str, str]] = []
        plain = [column for column in self._header() if column not in self.added]
        for row, record in self._best(rows, plain):
            key = (*(fold(record[column]) for column in plain), *(self._apart(c, record) for c in self.added))
            if (alike := taken.get(key)) is None:
                taken[key] = [len(records), row]
                records.append(record)
            else:
                alike.append(row)
                for column in self.added:
                    records[alike[0]][column] = _sum(records[alike[0]][column], record[column])
        # An activity with several partners is one row of ours, and so is an organisation with several visitors: the
        # sentence about the list says so. What was the same twice is said apart.
        if len(rows) > len(records) and "people" not in self.added and self.row_type is not models.Event:
            gaps = {"count": len(rows), "rows": len(records)}
            self.notes.append(note("rows_joined", self.label, **gaps))
        records = [self._in_euros(record) for record in records]
        self._note_amounts(records)
        kept = [(record, rows[1]) for record, rows in zip(records, taken.values(), strict=True) if record]
        for column, text in self.of.fixed.items():
            if kept:
                self.notes.append(note("fixed_value", self.label, column=column, text=text, count=len(kept)))
        for heading, count in self.about_people.items():
            self.notes.append(note("cells_about_people", self.label, column=heading, count=count))
        return self._finished(kept)

    def _best(self, rows: list[tuple[int, dict[str, str]]], plain: list[str]) -> list[tuple[int, dict[str, str]]]:
        """The rows without those of which others, that are else the same, say something better."""
        for column, codes in self.of.best.items():
            if column not in plain:
                continue
            place = {code: number for number, code in enumerate(codes)}
            keys = [tuple(fold(record[c]) for c in plain if c != column) for _, record in rows]
            ranks = [place.get(record[column], len(codes)) for _, record in rows]
            best: dict[tuple[str, ...], int] = {}
            for key, rank in zip(keys, ranks, strict=True):
                best[key] = min(rank, best.get(key, rank))
            left = [row for row, key, rank in zip(rows, keys, ranks, strict=True) if rank == best[key]]
            if len(left) < len(rows):
                gaps = {"column": self.headings[column][0], "count": len(rows) - len(left)}
                self.notes.append(note("rows_not_best", self.label, **gaps))
            rows = left
        return rows

    def _header(self) -> list[str]:
        """Our columns, in our order."""
        has = {*self.headings, *self.years, *self.added, *self.same}
        has |= {"organisation_ids"} if self.of.pair or self.of.together else set()
        return [column for column in self.row_type.model_fields if column in has]

    def _rows(self) -> list[tuple[int, dict[str, str]]]:
        """Place of a row in the file -> what it is, of all rows that count."""
        found = []
        without: Counter[str] = Counter()
        not_meant: Counter[tuple[str, str]] = Counter()
        only = [(under(h, self.sheet.header), {fold(word) for word in words}) for h, words in self.of.only.items()]
        never = [(under(h, self.sheet.header), {fold(word) for word in words}) for h, words in self.of.never.items()]
        groups = self._groups()
        for row in range(len(self.sheet.rows)):
            if groups is not None and row not in groups:
                continue
            out = next(
                ((h[0], word) for h, words in only if h and fold(word := self._first(h, row)) not in words), None
            )
            out = out or next(((h[0], word) for h, words in never if fold(word := self._first(h, row)) in words), None)
            if out:
                not_meant[out] += 1
                continue
            for record in self._records(row, groups):
                lacks = next((column for column in self.of.needs if not record.get(column)), None)
                if lacks:
                    heading = next(iter(self.headings.get(lacks, ())), lacks)
                    without[heading] += 1
                    continue
                found.append((row, record))
        for (column, text), count in not_meant.items():
            self.notes.append(note("rows_not_meant", self.label, column=column, text=text[:100], count=count))
        for column, count in without.items():
            self.notes.append(note("rows_without", self.label, column=column, count=count))
        return found

    def _groups(self) -> dict[int, list[str]] | None:
        """Row that stands for its group -> the organisations of the group; None when every row is by itself."""
        if not self.of.grouped_by:
            return None
        first: dict[str, int] = {}
        groups: dict[int, list[str]] = {}
        key = self._under(self.of.grouped_by)
        for row in range(len(self.sheet.rows)):
            place = first.setdefault(self._first(key, row) or f"\0{row}", row)
            name = self._name(self.together, "organisation_ids", row)
            groups.setdefault(place, [])
            if name and name not in groups[place]:
                groups[place].append(name)
        return groups

    def _name(self, headings: list[str], column: str, row: int) -> str:
        """The name of an organisation, or its identifier where it has none."""
        identifier = self._first(self.ids.get(column, []), row)
        name = self._first(headings, row) or identifier
        if identifier and name:
            self.identifiers.setdefault(name, identifier)
        return name

    @functools.cached_property
    def identifiers(self) -> dict[str, str]:
        """Name of an organisation -> its identifier in the file."""
        return {}

    def _record(self, row: int, groups: Mapping[int, list[str]] | None) -> dict[str, str]:
        record = dict(self.same)
        for column, headings in self.headings.items():
            text = self._name(headings, column, row) if column in self.ids else self._first(headings, row)
            record[column] = self._code(column, text)
        for column, headings in self.years.items():
            match = YEAR_OF.search(self._first(headings, row))
            record[column] = match[1] if match else self._first(headings, row)
        for column, headings in self.added.items():
            record[column] = self._first(headings, row) or ("1" if column == "people" else "")
        if groups is not None:
            record["organisation_ids"] = _listed(groups[row])
        return record

    def _records(self, row: int, groups: Mapping[int, list[str]] | None) -> list[dict[str, str]]:
        """What a row is: one, or of a pair one for each of several names separated by `|`."""
        record = self._record(row, groups)
        if not self.pair:
            return [record]
        sides = [[name.strip() for name in self._first(headings, row).split("|")] for headings in self.pair]
        pairs = [sorted(filter(None, pair), key=fold) for pair in itertools.islice(itertools.product(*sides), 1000)]
        return [record | {"organisation_ids": _listed(pair)} for pair in pairs]

    def _first(self, headings: list[str], row: int) -> str:
        """The first cell that is filled, of a row under some headings; never one with what is personal."""
        for heading in headings:
            if text := self.cells[heading][row].strip():
                if ("@" in text or sum(map(str.isdigit, text)) >= 9) and holds_personal_data(text[:1000]):
                    self.about_people[heading] += 1
                    continue
                return str(text)
        return ""

    def _code(self, column: str, text: str) -> str:
        codes = self.of.codes.get(column)
        if codes is None:
            return text
        return next((ours for theirs, ours in codes.items() if fold(theirs) == fold(text)), text)

    def _apart(self, column: str, record: Mapping[str, str]) -> str:
        """What keeps rows apart that else would be added up: a cell that is no number stays as it is, to be refused."""
        return "" if _number(record[column]) is not None else record[column]

    def _in_euros(self, record: dict[str, str]) -> dict[str, str]:
        """A row with its amount in euros; nothing when we do not know what its currency is worth."""
        currency = record.get("currency", "").upper()
        money = next((c for c in self.added if models.is_money(self.row_type, c)), None)
        if money is None:
            return record
        amount = _number(record[money])
        if currency in ("", "EUR", "EURO", "€") or amount is None:
            return record | ({money: f"{amount:.2f}"} if amount is not None else {})
        rate = self.matching.rates.get(currency)
        self._currencies[currency] += 1
        if rate is None:
            return {}
        return record | {money: f"{amount * Decimal(repr(rate)):.2f}", "currency": "EUR"}

    @functools.cached_property
    def _currencies(self) -> Counter[str]:
        """Currency that is none of ours -> how many amounts are in it."""
        return Counter()

    def _note_amounts(self, records: Sequence[Mapping[str, str]]) -> None:
        for currency, count in self._currencies.items():
            rate = self.matching.rates.get(currency)
            if rate is None:
                header = next(iter(self.headings.get("currency", ())), "currency")
                self.problems.append(problem("rate_missing", self.label, None, header, currency, count=count))
            else:
                gaps = {"text": currency, "rate": f"{rate:.12g}", "count": count}
                self.notes.append(note("amounts_converted", self.label, **gaps))

    def _finished(self, kept: Sequence[tuple[dict[str, str], int]]) -> Made:
        header = self._header()
        cells = [pa.array([record[column] for record, _ in kept], pa.string()) for column in header]
        table = self.sheet._replace(
            header=header,
            cells=pa.Table.from_arrays(cells, names=header),
            rows=self.sheet.rows[[row for _, row in kept]],
            remarks=(),
        )
        used = {**self.headings, **self.years, **self.added}
        columns = {heading: column for column, headings in used.items() for heading in headings}
        for headings in (*self.pair, self.together):
            columns |= dict.fromkeys(headings, "organisation_ids")
        for column, headings in self.ids.items():
            columns |= dict.fromkeys(headings, column)
        days: dict[str, str] = {}
        if (day := self._under(self.of.day)) and "event_id" in self.headings:
            for row in range(len(self.sheet.rows)):
                days.setdefault(self._first(self.headings["event_id"], row), self._first(day, row))
        count = Count(self.recipe.name, 0, 0, 0)
        made = Made(self.of, table, columns, self.notes, self.problems, count, self.identifiers, days)
        made.count = said_of(made)
        return made


def said_of(made: Made) -> Count:
    """What a page says of a list."""
    cells = {name: made.table.cells[name].to_pylist() for name in made.table.header}
    named = "name" if made.of.table == "organisations" else "organisation_id"
    column = next((c for c in (named, "organisation_ids") if c in cells), "")
    who = {fold(name) for cell in cells.get(column, ()) for name in _names_in(cell)}
    people = sum(int(_number(cell) or 0) for cell in cells.get("people", ()))
    return Count(made.count.source, len(made.table.rows), people, len(who))


def _listed(names: Sequence[str]) -> str:
    return ",".join('"' + name.replace('"', '""') + '"' for name in names)


def _names_in(cell: str) -> list[str]:
    """What `_listed` put together."""
    if not cell.startswith('"'):
        return [cell] if cell else []
    return [name.replace('""', '"') for name in re.findall(r'"((?:[^"]|"")*)"', cell)]


def _number(text: str) -> Decimal | None:
    match = AMOUNT.fullmatch(text.strip())
    return Decimal(match[1].replace(",", "")) if match else None


def _sum(one: str, other: str) -> str:
    numbers = _number(one), _number(other)
    return str(numbers[0] + numbers[1]) if numbers[0] is not None and numbers[1] is not None else one


def only_known(made: Made, label: str, organisations: Names) -> Note | None:
    """Leave out organisations that are not in the list, in place; says which, and how many rows went with them.

    Those that stay are named by their identifier, so that nothing in a name can take a list apart.
    """
    column = next(c for c in ("organisation_id", "organisation_ids") if c in made.table.header)
    others: Counter[str] = Counter()
    keep: list[int] = []
    cells: list[str] = []
    for place, cell in enumerate(made.table.cells[column].to_pylist()):
        known: list[str] = []
        for name in _names_in(cell) if column == "organisation_ids" else [cell]:
            found = organisations.find(made.identifiers.get(name, "")) if made.identifiers.get(name) else []
            found = found or organisations.find(name)
            known += found[:1] if len(found) == 1 else [name] if found else []
            others[name] += not found
        if len(set(known)) >= (2 if column == "organisation_ids" else 1):
            keep.append(place)
            cells.append(_listed(known) if column == "organisation_ids" else known[0])
    gone = len(made.table.rows) - len(keep)
    unknown = [name for name, count in others.items() if count]
    kept = made.table.cells.take(pa.array(keep, pa.int64()))
    place = kept.column_names.index(column)
    kept = kept.set_column(place, column, pa.array(cells, pa.string()))
    made.table = made.table._replace(cells=kept, rows=made.table.rows[np.array(keep, np.int64)])
    if not unknown:
        return None
    more = f" (+{len(unknown) - MANY})" if len(unknown) > MANY else ""
    return note("rows_of_others", label, count=gone, names=", ".join(unknown[:MANY]) + more)


def _day(cell: str) -> str:
    """A day as it stands in an event; what is none as it is."""
    try:
        return str(read_date(cell, None))
    except ValueError:
        return cell


def with_event_of_day(made: Made, events: pa.Table) -> None:
    """Events of one name told apart by their day, in place."""
    if not made.days:
        return
    listed = events.select(["event_id", "name", "start_date"]).to_pylist()
    by_day: dict[tuple[str, Any], str] = {
        (fold(row["name"] or ""), str(row["start_date"])): row["event_id"] for row in listed
    }
    cells = [
        by_day.get((fold(cell), _day(made.days.get(cell, ""))), cell)
        for cell in made.table.cells["event_id"].to_pylist()
    ]
    place = made.table.cells.column_names.index("event_id")
    table = made.table.cells.set_column(place, "event_id", pa.array(cells, pa.string()))
    made.table = made.table._replace(cells=table)
