"""Cells -> rows and problems; a drop -> a draft and its differences from what is on show.

A problem is a value with a place, never an exception: all of them are found in one go, each with the file, the row
as a spreadsheet numbers it, the column, the value, what is wrong and a way out. Every row is either in the draft or
among the problems.

Tables are read column by column, and each different cell of a column once, by the column's own type in `models`; so a
million rows cost little more than their thousands of different cells. Only numbers, which are nearly all different,
have a shorter road (`_plain_numbers`). That all of this gives the verdict of the model is proved in
`tests/test_verdict.py`.
"""

import datetime
import difflib
import functools
import hashlib
import itertools
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from hubdata import models, reading
from hubdata.settings import Settings
from hubdata.texts import N_, Text

PERSONAL_HEADER = re.compile(
    r"e[-_ ]?mail|telefoon|telephone|phone|mobiel|mobile|\btel\b|\bcontact\b|contact[-_ ]?(persoon|person|name|naam)|"
    r"voornaam|achternaam|first[-_ ]?name|last[-_ ]?name|surname"
)
"""Headers of columns that hold personal data; compared with folded headers. Such a column is never stored."""
PERSONAL_CELL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}|(?<!\d)(\+\d{2}|0)[\d\s()-]{8,}\d", re.IGNORECASE)
"""An e-mail address or a telephone number, in a column that we do not know."""
PROBLEM = "problem"
"""The column that we add to rejected rows."""
MOST_PROBLEMS = 10_000
"""How many problems of one file are listed one by one; the file with rejected rows has all of them."""

MADE_FROM = (N_("name"), N_("name and date"), N_("organisations and start"))
"""What `models` says identifiers are made from, marked for translation."""

OF_THE_WHOLE_FILE = {
    "unknown_file",
    "two_files",
    "too_large",
    "mixed_encoding",
    "not_text",
    "empty_file",
    "too_many_columns",
    "workbook_too_large",
    "not_a_workbook",
    "duplicate_header",
    "missing_column",
    "broken_quotes",
    "too_many_findings",
    "still_referred_to",
    "removes_much",
    "other_load_was_first",
}
"""Problems that leaving out a row does not solve."""

SENTENCES: dict[str, tuple[str, str]] = {
    # of a file
    "unknown_file": (
        N_("We do not know what this file holds."),
        N_("Say so on the Data page, or name it after its table: {tables}."),
    ),
    "two_files": (
        N_("There are two files for the same table."),
        N_("Put the rows together in one file and leave the other out."),
    ),
    "too_large": (
        N_("The file is larger than {limit} MB."),
        N_("Split it, or let your IT colleague raise max_file_megabytes in hub.toml."),
    ),
    "mixed_encoding": (
        N_("Part of this file is in another encoding, so letters such as é would be read wrong."),
        N_("Open it in Excel, look at this row, and save the file again as “CSV UTF-8”."),
    ),
    "not_text": (
        N_("This is not a list: the file is damaged, or it is of another kind."),
        N_("Save it again from Excel, as “CSV UTF-8” or as a workbook (.xlsx)."),
    ),
    "empty_file": (N_("The file is empty."), N_("Put a header and rows in it, or leave the file out.")),
    "too_many_columns": (
        N_("The file has too many columns: {value}."),
        N_("Delete the columns you do not need, or let your IT colleague raise max_columns in hub.toml."),
    ),
    "workbook_too_large": (
        N_("Unpacked, this workbook would be far too large."),
        N_("Copy the cells you need to a new workbook, or save the sheet as CSV."),
    ),
    "not_a_workbook": (
        N_("This workbook cannot be opened: it is damaged, or it has a password."),
        N_("Take the password off, or save the sheet as CSV."),
    ),
    "duplicate_header": (
        N_("Two columns have the same name."),
        N_("Give one of them another name, or delete it."),
    ),
    "missing_column": (
        N_("This column is missing."),
        N_("Add the column and fill in every row, or say on the Data page which column it is."),
    ),
    # of a row
    "row_too_long": (
        N_("The row has more cells than the header."),
        N_("Put quotes around cells with a separator in them, or delete the surplus cells."),
    ),
    "nul_byte": (N_("The cell holds a character that cannot be stored."), N_("Type the cell again.")),
    "cell_too_long": (N_("A cell of this row is far too long."), N_("Shorten the cell.")),
    "error_cell": (
        N_("Excel could not calculate this cell."),
        N_("Correct the formula, or type the value."),
    ),
    "broken_quotes": (
        N_("From this row on the file cannot be read: a quotation mark is opened and not closed."),
        N_("Close the quotation mark, or delete it."),
    ),
    "too_many_findings": (
        N_("So many rows cannot be read that we stopped at this one."),
        N_("Look at the separators and the quotation marks of the file, and save it again from Excel."),
    ),
    "duplicate_key": (
        N_("Row {other} has the same value in {key}."),
        N_("Keep one of the two rows, or give them different values."),
    ),
    "more_problems": (
        N_("More rows have problems: {count}."),
        N_("Repair the ones above first; the file with rejected rows holds all of them."),
    ),
    # of a cell
    "missing": (N_("This cell must not be empty."), N_("Fill in the cell.")),
    "unknown_code": (N_("This is not one of the words we know."), N_("Choose one of: {codes}.")),
    "unknown_code_near": (N_("This is not one of the words we know."), N_("Did you mean {suggestion}?")),
    "not_a_number": (
        N_("This is not a number."),
        N_("Write it with digits, as in 1234,50 or 1234.50."),
    ),
    "two_readings": (
        N_("This can be read in two ways: {one} or {other}."),
        N_("Write {one} or {one},00 without points, or say on the Data page what the point means."),
    ),
    "not_a_whole_number": (N_("This is not a whole number."), N_("Write it with digits only, as in 12.")),
    "not_a_date": (N_("This is not a date."), N_("Write it as in 31-01-2024 or 2024-01-31.")),
    "month_first": (
        N_("Read day first, this is not a date: the month seems to come first."),
        N_("Write it as in 31-01-2024 or 2024-01-31, or say on the Data page that this file has the month first."),
    ),
    "not_an_identifier": (
        N_("An identifier has no spaces and at most 64 characters."),
        N_("Shorten it, or leave the column empty: we then make one."),
    ),
    "not_a_website": (N_("This is not a web address."), N_("Write it as in https://example.org.")),
    "not_a_country": (N_("This is not a country code."), N_("Use the code of two letters, as in NL.")),
    "control_character": (N_("The cell holds a character that cannot be shown."), N_("Type the cell again.")),
    "personal_data": (
        N_("There is an e-mail address in this cell, and personal data is never stored."),
        N_("Take the address out."),
    ),
    "too_long": (N_("The text is longer than {limit} characters."), N_("Shorten it.")),
    "greater_than_equal": (N_("The number is too low."), N_("Fill in {ge} or more.")),
    "less_than_equal": (N_("The number is too high."), N_("Fill in {le} or less.")),
    "ends_before_start": (
        N_("The end comes before the start ({start})."),
        N_("Correct one of the two dates."),
    ),
    "fewer_than_two": (
        N_("An agreement needs two different organisations."),
        N_("Add the other organisation, or delete the row."),
    ),
    "not_in_euros": (
        N_("Only amounts in euros can be added up."),
        N_("Convert the amount to euros and write EUR, or leave the cell empty."),
    ),
    "donor_missing": (
        N_("We must know who gave this money."),
        N_("Fill in the donor. Only earned income has none."),
    ),
    "unknown_organisation": (
        N_("No organisation has this identifier or name."),
        N_("Add it to the organisations, or correct the cell."),
    ),
    "unknown_organisation_near": (
        N_("No organisation has this identifier or name."),
        N_("Did you mean {suggestion}?"),
    ),
    "unknown_event": (
        N_("No event has this identifier or name."),
        N_("Add it to the events, or correct the cell."),
    ),
    "unknown_event_near": (N_("No event has this identifier or name."), N_("Did you mean {suggestion}?")),
    "two_with_this_name": (
        N_("More than one has this name: {ids}."),
        N_("Use the identifier instead of the name."),
    ),
    "still_referred_to": (
        N_("This one is no longer in the file, but rows of {table} refer to it: {count}."),
        N_("Put it back, or hand in {table} as well."),
    ),
    "removes_much": (
        N_("More than a fifth of the rows would be removed: {count}."),
        N_("If this is right, load it on the Data page or with --yes, and say yes."),
    ),
    "other_load_was_first": (
        N_("Somebody else loaded data in the meantime."),
        N_("Load again; your files are then compared with the new data."),
    ),
    "unreadable": (
        N_("We do not understand this cell."),
        N_("Compare it with the example in the data dictionary."),
    ),
}
"""Code of a problem -> what is wrong, and the way out."""


@dataclass(frozen=True)
class Problem:
    """Something its sender can repair. `row` is as a spreadsheet numbers it; None means the file as a whole."""

    file: str
    row: int | None
    column: str
    value: str
    message: Text
    remedy: Text
    blocks: bool
    """Leaving out the row does not solve it."""


@dataclass(frozen=True)
class Note:
    """Something the sender should know and need not repair."""

    file: str
    message: Text


class Matching(BaseModel):
    """What a reader told us about files of his, so that the same export is understood by itself the next time.

    A file is known again by its `signature`: its headers, in any order.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    tables: dict[str, str] = {}
    """Signature -> table."""
    columns: dict[str, dict[str, str]] = {}
    """Table -> folded header -> column; "" means that the column is not used."""
    month_first: dict[str, bool] = {}
    """Signature -> whether `01/02/2024` is the second of January."""
    decimal_marks: dict[str, str] = {}
    """Signature -> the decimal mark, where the cells do not settle it."""
    one_per_person: dict[str, bool] = {}
    """Signature of an attendance list -> whether it has a row for every person."""

    def with_(self, other: "Matching") -> "Matching":
        """Both; where they differ, `other`."""
        tables = self.columns.keys() | other.columns.keys()
        return Matching(
            tables=self.tables | other.tables,
            columns={t: self.columns.get(t, {}) | other.columns.get(t, {}) for t in tables},
            month_first=self.month_first | other.month_first,
            decimal_marks=self.decimal_marks | other.decimal_marks,
            one_per_person=self.one_per_person | other.one_per_person,
        )


def signature(header: Iterable[str]) -> str:
    """How a file is known again: its headers, folded and in order of the alphabet.

    Without the column that we add to rejected rows: repaired, they are understood as their file was.
    """
    return "|".join(sorted({folded(name) for name in header} - {PROBLEM}))


def folded(header: str) -> str:
    """A header as headers are compared: `Thema's ` and `themas` are the same."""
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"['’`]", "", models.fold(header))).strip("_")


@dataclass(frozen=True)
class Reading:
    """What was understood of one file, or of one sheet of a workbook: shown before anything is loaded."""

    file: str
    table: str | None
    rows: int
    encoding: str
    separator: str
    header: tuple[str, ...]
    columns: Mapping[str, str]
    """Header -> column, of those that are used."""
    ignored: tuple[str, ...]
    left_out: tuple[str, ...]
    """Personal data."""
    missing: tuple[str, ...]
    """Required columns that no header was matched with."""
    decimal_mark: str | None = None
    """None: nothing in the file depends on it."""
    month_first: bool = False
    day_or_month: str = ""
    """A date of the file that could be read both ways; "" when there is none."""

    @property
    def signature(self) -> str:
        return signature(self.header)


@dataclass(frozen=True)
class Changes:
    """How a table differs from the one on show, in rows."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    rejected: int = 0
    before: int = 0

    @property
    def removes_much(self) -> bool:
        """More than a fifth of the table would go."""
        return self.removed * 5 > self.before


@dataclass
class Draft:
    """What a drop would make of the data: every table whole, and everything that stands in the way."""

    tables: dict[str, pa.Table] = field(default_factory=dict)
    """Typed as `models.schema`; the valid rows, even when there are problems."""
    before: dict[str, pa.Table] = field(default_factory=dict)
    """What is on show."""
    problems: list[Problem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    changes: dict[str, Changes] = field(default_factory=dict)
    """Per table that the drop has a file for."""
    rejected: dict[str, "Rejected"] = field(default_factory=dict)
    """File -> its rejected rows, ready to be repaired and dropped again."""
    received: dict[str, bytes] = field(default_factory=dict)
    """The files as they are kept: as received, but without personal data and without rejected rows."""
    matching: Matching = field(default_factory=Matching)
    """What is needed to read `received` the same way again."""

    @property
    def before_is_own(self) -> bool:
        """Whether there is something on show to compare with."""
        return any(len(table) for table in self.before.values())

    @property
    def is_blocked(self) -> bool:
        """There are problems that leaving out rows does not solve."""
        return any(p.blocks for p in self.problems)


def problem(code: str, file: str, row: int | None = None, column: str = "", value: Any = "", **context: Any) -> Problem:
    """A problem in words: the sentence and the way out that belong to `code`."""
    message, remedy = SENTENCES.get(code, SENTENCES["unreadable"])
    context = {"value": value, **context}
    shown = "" if code == "personal_data" or models.EMAIL.search(str(value)) else str(value)[:200]
    return Problem(file, row, column, shown, Text(message, context), Text(remedy, context), code in OF_THE_WHOLE_FILE)


class Refusal(NamedTuple):
    """Why a cell, or some cells of a row together, cannot be accepted; not yet with a place."""

    column: str
    code: str
    value: Any
    context: dict[str, Any]


class Names:
    """Who or what a cell may refer to, by identifier or by name."""

    def __init__(self, kind: str, named: Iterable[tuple[str, str | None]]) -> None:
        """`kind` is `organisation` or `event`; `named` holds identifier and name of each."""
        self.kind = kind
        self._by_name: dict[str, set[str]] = defaultdict(set)
        self._ids: dict[str, str] = {}
        for identifier, name in named:
            self._ids[models.fold(identifier)] = identifier
            if name:
                self._by_name[models.fold(name)].add(identifier)
        self._near: dict[str, str | None] = {}

    def find(self, cell: str) -> list[str]:
        """The identifiers a cell may mean: exactly one when all is well."""
        text = models.fold(cell)
        return [self._ids[text]] if text in self._ids else sorted(self._by_name.get(text, ()))

    def identifier(self, cell: str) -> str | None:
        """The identifier as it is written in the data; None when it is nobody's."""
        return self._ids.get(models.fold(cell))

    def near(self, cell: str) -> str | None:
        """The name or identifier that looks most like the cell. Looks no further after many different mistakes."""
        text = models.fold(cell)
        if text not in self._near and len(self._near) < 100:
            found = difflib.get_close_matches(text, [*self._by_name, *self._ids], n=1, cutoff=0.75)
            self._near[text] = found[0] if found else None
        return self._near.get(text)

    def refusal(self, cell: str, column: str) -> Refusal:
        """Why a cell means none, or more than one."""
        found = self.find(cell)
        if found:
            return Refusal(column, "two_with_this_name", cell, {"ids": ", ".join(found)})
        near = self.near(cell)
        return Refusal(column, f"unknown_{self.kind}{'_near' if near else ''}", cell, {"suggestion": near})


def draft(
    files: Mapping[str, bytes],
    settings: Settings,
    current: Mapping[str, pa.Table],
    *,
    update: bool = False,
    matching: Matching | None = None,
) -> Draft:
    """Read and check a drop.

    `files` are name -> content; `current` holds the tables on show. A table with a file is replaced, or with `update`
    added to and changed by key; the others are kept. The valid rows are in `tables` even when there are problems, so
    that "skip invalid" needs no second reading.
    """
    made = Draft()
    codes = _codes(settings)
    handed_in = _recognise(files, settings, matching or Matching(), made)
    names: dict[str, Names] = {}
    for name, row_type in models.TABLES.items():
        before = current.get(name, models.schema(row_type).empty_table())
        table = before
        if name in handed_in:
            one = handed_in[name]
            table, rejected = _Rows(row_type, one, codes, names, before, made).read()
            if update:
                table = _updated(row_type, table, before, set(one.columns.values()))
            added, changed, removed = (len(some) for some in compare(row_type, table, before))
            made.changes[name] = Changes(added, changed, removed, rejected, len(before))
            _keep(files, one, made)
        made.before[name], made.tables[name] = before, table
        unreadable = name in handed_in and any(p.blocks and p.file == handed_in[name].label for p in made.problems)
        # A table that could not be read as a whole says nothing about who is in it: one problem, not one per reference.
        if name in ("organisations", "events") and not unreadable:
            listed = (table[column].to_pylist() for column in (row_type.key[0], "name"))
            names[name] = Names(name[:-1], zip(*listed, strict=True))
    _check_kept(made, handed_in, names)
    made.problems.sort(key=lambda p: (p.file, p.row or 0))
    return made


def _codes(settings: Settings) -> dict[str, Any]:
    """The vocabularies of this hub as validation context. A sector may also be given as a type."""
    types = models.label_index({code: {"nl": t.nl, "en": t.en} for code, t in settings.types.items()})
    type_sectors = {word: settings.types[code].sector for word, code in types.items()}
    sectors = type_sectors | models.label_index(settings.sectors)
    themes = models.label_index(settings.themes)
    return {"sector": sectors, "type": types, "theme": themes}


# --- which table a file holds, and which column is which -----------------------------------------------------------


@dataclass
class _HandedIn:
    """One file, or one sheet, that holds a table."""

    label: str
    """What it is called in problems: the file's name, with the sheet when there are several."""
    file: str
    table: reading.Table
    name: str
    columns: dict[str, str]
    """Header -> column."""
    personal: list[str]
    matching: Matching
    is_one_per_person: bool
    rejected: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))
    decimal_mark: str | None = None


def _recognise(files: Mapping[str, bytes], settings: Settings, matching: Matching, made: Draft) -> dict[str, _HandedIn]:
    """Which table each file holds, by what we were told, its name, or its header; what cannot be read is a problem."""
    handed_in: dict[str, _HandedIn] = {}
    limits = reading.Limits(settings.max_columns, settings.max_unpacked_megabytes)
    for file, content in files.items():
        if len(content) > settings.max_file_megabytes * 1_000_000:
            made.problems.append(problem("too_large", file, limit=settings.max_file_megabytes))
            continue
        sheets = reading.read(content, limits)
        known = [_table_name(file, sheet, matching) for sheet in sheets]
        for sheet, name in zip(sheets, known, strict=True):
            label = f"{file} ({sheet.sheet})" if len(sheets) > 1 else file
            if name is None and any(known):
                # A sheet with an explanation or a sum, beside one that we know.
                message = Text("This sheet is not used: we do not know what it holds.")
                made.notes.append(Note(label, message))
                continue
            # Without a header there are no rows to leave out, so whatever was found stands in the way.
            made.problems += [
                replace(problem(f.code, label, f.row or None, f.column, f.value), blocks=True)
                for f in sheet.findings
                if f.code in OF_THE_WHOLE_FILE or not name or not sheet.header
            ]
            if name is None:
                _unknown(label, sheet, made)
            elif name in handed_in:
                made.problems.append(problem("two_files", label, value=handed_in[name].label))
            else:
                handed_in[name] = _matched(label, file, sheet, name, matching, made)
    return handed_in


def _unknown(label: str, sheet: reading.Table, made: Draft) -> None:
    """A file that we cannot place; a reader can, by its headers."""
    if sheet.header:
        tables = ", ".join(f"{table}.csv" for table in models.TABLES)
        made.problems.append(problem("unknown_file", label, tables=tables))
    header = tuple(sheet.header)
    read = (label, None, len(sheet.rows), sheet.encoding, sheet.separator, header)
    made.readings.append(Reading(*read, columns={}, ignored=header, left_out=(), missing=()))


def _table_name(file: str, sheet: reading.Table, matching: Matching) -> str | None:
    if (told := matching.tables.get(signature(sheet.header))) is not None:
        return told if told in models.TABLES else None  # a newer version may have been told of a table of its own
    for called in (sheet.sheet, re.split(r"[/\\]", file)[-1].rsplit(".", 1)[0]):
        text = models.fold(called)
        named = [name for name, row in models.TABLES.items() if any(word in text for word in (name, *row.also))]
        if len(named) == 1:
            return named[0]
    fits = {}
    for name, row in models.TABLES.items():
        columns = set(_match(row, sheet.header, matching.columns.get(name, {})).values())
        if not _missing(row, columns):
            fits[name] = len(columns)
    best = [name for name, known in fits.items() if known == max(fits.values())]
    return best[0] if len(best) == 1 else None


PAIR = ("organisation_a", "organisation_b")
"""Two columns that a file of partnerships may have in the place of `organisation_ids`."""
PAIR_ALSO = {
    f"{word}_{end}": column
    for column, ends in zip(PAIR, (("a", "1"), ("b", "2")), strict=True)
    for end in ends
    for word in ("organisatie", "organisation", "organization", "partner")
}


def known_columns(row_type: type[models.Row]) -> list[str]:
    """The columns a file of this table may have."""
    return [*row_type.model_fields, *(PAIR if row_type is models.Partnership else ())]


def _match(row_type: type[models.Row], header: Sequence[str], told: Mapping[str, str]) -> dict[str, str]:
    """Header -> column: what we were told, else the column's own name, else another name for a column not yet there."""
    known = known_columns(row_type)
    words = {name: folded(name) for name in header}
    matched = {name: told[word] for name, word in words.items() if word in told}
    matched |= {name: word for name, word in words.items() if name not in matched and word in known}
    also = {other: column for column in row_type.model_fields for other in models.also_called(row_type, column)}
    also |= PAIR_ALSO if row_type is models.Partnership else {}
    taken = set(matched.values())
    matched |= {
        name: also[word]
        for name, word in words.items()
        if name not in matched and word in also and also[word] not in taken
    }
    return {name: matched[name] for name in header if matched.get(name) in known}


def _missing(row_type: type[models.Row], columns: set[str]) -> tuple[str, ...]:
    """Required columns that are not there."""
    there = columns | ({"organisation_ids"} if columns.issuperset(PAIR) else set())
    return tuple(c for c in row_type.model_fields if models.is_required(row_type, c) and c not in there)


def _matched(label: str, file: str, sheet: reading.Table, name: str, matching: Matching, made: Draft) -> _HandedIn:
    """A file whose table is known: its columns matched, personal data left out, and a report of both."""
    row_type, sign = models.TABLES[name], signature(sheet.header)
    columns = _match(row_type, sheet.header, matching.columns.get(name, {}))
    unknown = [header for header in sheet.header if header not in columns and header in sheet.cells.column_names]
    personal = [header for header in unknown if is_personal(header, sheet)]
    ignored = tuple(header for header in unknown if header not in personal)
    if ignored:
        made.notes.append(Note(label, Text("These columns are not used: {columns}.", {"columns": ", ".join(ignored)})))
    if personal:
        left_out = {"columns": ", ".join(personal)}
        made.notes.append(Note(label, Text("Personal data is never stored; left out: {columns}.", left_out)))
    is_attendance_per_person = name == "attendance" and "people" not in columns.values() and bool(personal)
    one = _HandedIn(
        label, file, sheet, name, columns, personal, matching,
        is_one_per_person=matching.one_per_person.get(sign, is_attendance_per_person),
    )  # fmt: skip
    months_first, example = matching.month_first.get(sign, False), ""
    if sheet.header and len(sheet.rows):
        one.decimal_mark = _decimal_mark(one, row_type) or matching.decimal_marks.get(sign)
        example = "" if months_first else _day_or_month(one, row_type)
        if example:
            told = {"text": example, "day": models.read_date(example, None)}
            made.notes.append(Note(label, Text("Dates are read day first: {text} is {day}.", told)))
    made.readings.append(
        Reading(
            label, name, len(sheet.rows) + sum(f.row > 1 for f in sheet.findings), sheet.encoding, sheet.separator,
            tuple(sheet.header), columns, ignored, tuple(personal), _missing(row_type, set(columns.values())),
            one.decimal_mark, months_first, example,
        )
    )  # fmt: skip
    return one


def is_personal(header: str, sheet: reading.Table) -> bool:
    """Whether a column that we do not know holds personal data, by its header or by any of its cells."""
    if PERSONAL_HEADER.search(models.fold(header)):
        return True
    return any(PERSONAL_CELL.search(cell) for cell in pc.unique(sheet.cells[header]).to_pylist())


def _columns_of(one: _HandedIn, row_type: type[models.Row], kind: type) -> Iterator[pa.ChunkedArray]:
    """The cells of every column of a kind that the file has."""
    for header, column in one.columns.items():
        info = row_type.model_fields.get(column)
        if info and header in one.table.cells.column_names and models.plain_type(info.annotation) is kind:
            yield one.table.cells[header]


def _bare(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Cells without white space around them and without a euro sign: `models.bare_number`, a column at a time."""
    trimmed = pc.utf8_trim_whitespace(cells)
    if pc.any(pc.match_substring_regex(trimmed, "(?i)€|EUR")).as_py():
        trimmed = pc.replace_substring_regex(trimmed, r"(?i)^(€|EUR)\s*|\s*(€|EUR)$", "")
        trimmed = pc.utf8_trim_whitespace(trimmed)
    return trimmed


def _has(cells: pa.ChunkedArray, pattern: re.Pattern[str]) -> pa.ChunkedArray:
    """Per cell whether all of it has the shape of a pattern of `models`."""
    return pc.match_substring_regex(cells, f"^(?:{pattern.pattern})$")


def _decimal_mark(one: _HandedIn, row_type: type[models.Row]) -> str | None:
    """The decimal mark that the number cells of a file settle together. A workbook's own numbers settle nothing."""
    if one.table.encoding == "Excel":
        return None
    marks: set[str] = set()
    for column in _columns_of(one, row_type, float):
        cells = _bare(column)
        if pc.any(_has(cells, models.TWO_READINGS)).as_py():
            # Only now every cell counts; otherwise a look at the first ones is enough to say how numbers are written.
            cells = cells.filter(pc.match_substring_regex(cells, "[.,]"))
            for mark, shape in ((",", models.COMMA_NUMBER), (".", models.POINT_NUMBER)):
                other = pc.and_not(_has(cells, shape), _has(cells, models.TWO_READINGS))
                marks |= {mark} if pc.any(other).as_py() else set()
        else:
            marks |= models.decimal_marks(cells.slice(0, 1000).to_pylist())
    return marks.pop() if len(marks) == 1 else None


def _day_or_month(one: _HandedIn, row_type: type[models.Row]) -> str:
    """A date that would be another day if the month came first; "" when there is none."""
    for cells in _columns_of(one, row_type, datetime.date):
        for cell in pc.unique(cells).to_pylist():
            found = models.YEAR_LAST.fullmatch(cell.strip())
            if found and found[1] != found[3] and max(int(found[1]), int(found[3])) <= 12:
                return str(cell.strip())
    return ""


# --- the rows of one table -----------------------------------------------------------------------------------------


@functools.cache
def _adapter(row_type: type[models.Row], column: str) -> TypeAdapter[Any]:
    """The type of one column by itself, exactly as the model has it."""
    info = row_type.model_fields[column]
    kind: Any = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
    return TypeAdapter(kind)


class _Column(NamedTuple):
    """A column as read: its different values, which of them each row has, and why some cannot be accepted.

    A row whose number in `which` is -1 has its value in `plain`.
    """

    values: list[Any]
    which: np.ndarray
    refusals: dict[int, list[Refusal]]
    plain: pa.Array | None = None

    def typed(self, kind: pa.DataType) -> pa.Array:
        """The values, one per row; null where there is none or it was refused."""
        values = pa.array(self.values or [None], kind)
        if self.plain is None:
            return values.take(pa.array(self.which))
        others = values.take(pa.array(np.maximum(self.which, 0)))
        return pc.if_else(pa.array(self.which < 0), self.plain, others)


class _Rows:
    """Reads the rows of one file: cells, then what holds between cells, then what holds between rows."""

    def __init__(
        self,
        row_type: type[models.Row],
        one: _HandedIn,
        codes: Mapping[str, Any],
        names: Mapping[str, Names],
        before: pa.Table,
        made: Draft,
    ) -> None:
        self.row_type, self.one, self.names, self.before, self.made = row_type, one, names, before, made
        self.count = len(one.table.rows)
        sign = signature(one.table.header)
        self.context = {
            "codes": codes,
            "decimal_mark": one.decimal_mark,
            "month_first": one.matching.month_first.get(sign, False),
        }
        self.cells = {
            column: one.table.cells[header].combine_chunks()
            for header, column in one.columns.items()
            if header in one.table.cells.column_names
        }
        self.columns: dict[str, _Column] = {}
        self.checks: list[tuple[np.ndarray, dict[int, list[Refusal]]]] = []
        """Per thing that was checked: which case each row is, and the refusals per case."""

    def read(self) -> tuple[pa.Table, int]:
        """The valid rows, and how many were rejected. Problems, notes and rejected rows go to the draft."""
        schema = models.schema(self.row_type)
        if self._has_no_usable_header():
            return schema.empty_table(), self.count
        if self.row_type.is_read_by_row:
            table = self._read_by_row(schema)
        else:
            for column in self.row_type.model_fields:
                self.columns[column] = self._column(column)
                self.checks.append((self.columns[column].which, self.columns[column].refusals))
            self._check_rules()
            self._make_identifiers()
            arrays = [self.columns[f.name].typed(f.type) for f in schema]
            table = pa.Table.from_arrays(arrays, schema=schema)
        return self._settle(table)

    def _has_no_usable_header(self) -> bool:
        """Whether columns are missing or doubled, so that no row can be read; says so."""
        one, columns = self.one, list(self.one.columns.values())
        twice = [header for header, column in one.columns.items() if columns.count(column) > 1]
        missing = _missing(self.row_type, set(columns)) if one.table.header else ()
        self.made.problems += [problem("duplicate_header", one.label, 1, one.columns[h], h) for h in twice]
        self.made.problems += [problem("missing_column", one.label, 1, column) for column in missing if not twice]
        # Findings of the whole file were reported when it was opened.
        return bool(twice or missing or not one.table.header)

    # --- cells

    def _column(self, column: str) -> _Column:
        info = self.row_type.model_fields[column]
        refers_to = models.extra(self.row_type, column)["refers_to"]
        cells = self.cells.get(column)
        if column == "organisation_ids" and set(PAIR) <= self.cells.keys():
            return self._pairs(cells)
        if cells is None:
            default = None if info.is_required() else info.default
            return _Column([default], np.zeros(self.count, np.int64), {})
        if models.plain_type(info.annotation) is float:
            return self._numbers(column, cells)
        different, which = _different(cells)
        read = self._reference if refers_to else self._cell
        values, refusals = [], {}
        for number, cell in enumerate(different):
            value, refused = read(column, cell)
            values.append(value)
            if refused:
                refusals[number] = refused
        return _Column(values, which, refusals)

    def _cell(self, column: str, cell: str | list[str]) -> tuple[Any, list[Refusal]]:
        """The value of one cell by the model's own type, or why there is none."""
        info = self.row_type.model_fields[column]
        if not (cell.strip() if isinstance(cell, str) else cell):
            if not info.is_required():
                return info.default, []
            made_later = bool(models.extra(self.row_type, column)["made_from"])
            return None, [] if made_later else [Refusal(column, "missing", "", {})]
        try:
            value = _adapter(self.row_type, column).validate_python(cell, context=self.context)
        except ValidationError as error:
            return None, list(_refusals(error, column))
        if column == "donor_id" and value and "organisations" in self.names:
            # A donor that is itself in the data is written as it is there; any other identifier is fine too.
            value = self.names["organisations"].identifier(value) or value
        return value, []

    def _reference(self, column: str, cell: str | list[str]) -> tuple[Any, list[Refusal]]:
        """Identifiers in the place of names."""
        refers_to = models.extra(self.row_type, column)["refers_to"]
        is_list = column == "organisation_ids"
        if not (cell.strip() if isinstance(cell, str) else cell):
            return self._cell(column, cell)
        if refers_to not in self.names:
            # Who is there could not be read; a stand-in lets the rest of the row be checked all the same.
            parts = (models.split_list(cell) or []) if is_list else [cell]
            stand_ins = [_slug((models.fold(str(part)),)) for part in parts]
            return stand_ins if is_list else stand_ins[0], []
        known = self.names[refers_to]
        parts = _parts(cell, known) if is_list else [str(cell)]
        found = [known.find(part) for part in parts]
        wrong = [known.refusal(part, column) for part, ids in zip(parts, found, strict=True) if len(ids) != 1]
        if wrong or not parts:
            return None, wrong or [Refusal(column, "missing", "", {})]
        ids = list(dict.fromkeys(ids[0] for ids in found))
        return ids if is_list else ids[0], []

    def _pairs(self, lists: pa.Array | None) -> _Column:
        """`organisation_ids` from two columns, where the list itself is empty."""
        parts = [self.cells[name].to_pylist() for name in PAIR]
        given = lists.to_pylist() if lists is not None else itertools.repeat("")
        seen: dict[tuple[str, ...], int] = {}
        which = [seen.setdefault(key, len(seen)) for key in zip(given, *parts, strict=False)]
        values, refusals = [], {}
        for number, (listed, *pair) in enumerate(seen):
            cell = listed if listed.strip() else [name.strip() for name in pair if name.strip()]
            value, refused = self._reference("organisation_ids", cell)
            values.append(value)
            if refused:
                refusals[number] = refused
        return _Column(values, np.array(which, np.int64), refusals)

    def _numbers(self, column: str, cells: pa.Array) -> _Column:
        """Numbers: those in the usual form all at once, the others cell by cell."""
        bare = _bare(cells)
        comma = self.one.decimal_mark == ","
        usual = _has(bare, models.COMMA_NUMBER if comma else models.POINT_NUMBER)
        if not self.one.decimal_mark:
            usual = pc.and_not(usual, _has(bare, models.TWO_READINGS))
        bare = pc.if_else(usual, bare, None)
        thousands, mark = (".", ",") if comma else (",", ".")
        digits = pc.replace_substring(bare, thousands, "")
        plain = pc.cast(pc.replace_substring(digits, ",", ".") if mark == "," else digits, pa.float64())
        low, high = models.bounds(self.row_type, column)
        if math.isfinite(low) or math.isfinite(high):
            plain = pc.if_else(pc.and_(pc.greater_equal(plain, low), pc.less_equal(plain, high)), plain, None)
        rest = np.flatnonzero(pc.is_null(plain).to_numpy(zero_copy_only=False))
        which = np.full(self.count, -1, np.int64)
        different, which[rest] = _different(cells.take(pa.array(rest)))
        values, refusals = [], {}
        for number, cell in enumerate(different):
            value, refused = self._cell(column, cell)
            values.append(value)
            if refused:
                refusals[number] = refused
        return _Column(values, which, refusals, plain)

    def _read_by_row(self, schema: pa.Schema) -> pa.Table:
        """Rows in which a cell depends on another, each by its whole model."""
        records, refusals = [], {}
        for number, row in enumerate(zip(*(cells.to_pylist() for cells in self.cells.values()), strict=True)):
            values = dict(zip(self.cells, row, strict=True))
            try:
                records.append(dict(self.row_type.model_validate(values, context=self.context)))
            except ValidationError as error:
                records.append(dict.fromkeys(schema.names))
                refusals[number] = list(_refusals(error))
        self.checks.append((np.arange(self.count), refusals))
        table = pa.Table.from_pylist(records, schema)
        self.columns = {name: _Column(table[name].to_pylist(), np.arange(self.count), {}) for name in schema.names}
        return table

    # --- between cells

    def _check_rules(self) -> None:
        for rule in self.row_type.rules:
            columns = [self.columns[name] for name in rule.columns]
            complete = np.ones(self.count, bool)
            for column in columns:
                complete &= ~np.isin(column.which, list(column.refusals))
            which = np.full(self.count, -1, np.int64)
            numbers, first = _combined([column.which[complete] for column in columns])
            which[complete] = numbers
            refusals = {}
            rows = np.flatnonzero(complete)[first]
            for number, row in enumerate(rows):
                values = [column.values[column.which[row]] for column in columns]
                if any(
                    value is None and self._is_required(name) for name, value in zip(rule.columns, values, strict=True)
                ):
                    continue
                try:
                    rule.check(*values)
                except PydanticCustomError as error:
                    context = dict(error.context or {})
                    column = context.pop("column")
                    refusals[number] = [Refusal(column, error.type, self._typed_cell(column, row), context)]
            self.checks.append((which, refusals))

    def _is_required(self, column: str) -> bool:
        return self.row_type.model_fields[column].is_required()

    def _typed_cell(self, column: str, row: int) -> str:
        """What stands in the file."""
        if column == "organisation_ids" and column not in self.cells:
            return "|".join(self.cells[name][row].as_py() for name in PAIR)
        return str(self.cells[column][row].as_py()) if column in self.cells else ""

    def _make_identifiers(self) -> None:
        """Fill in identifiers that were left out.

        The same name keeps the identifier it has in the data on show; a new one is made from the row itself, so that
        the same row gets the same identifier in every drop.
        """
        id_name = self.row_type.key[0]
        source = models.extra(self.row_type, id_name)["made_from"]
        if not source:
            return
        column = self.columns[id_name]
        ids = [column.values[number] for number in column.which]
        open_rows = [row for row in range(self.count) if ids[row] is None and column.which[row] not in column.refusals]
        if not open_rows:
            return
        known: dict[tuple[str, ...], set[str]] = defaultdict(set)
        wanted = [
            name for name in (id_name, "name", "organisation_ids", "start_date") if name in self.before.column_names
        ]
        for record in self.before.select(wanted).to_pylist():
            known[_identity(self.row_type, record)].add(record[id_name])
        refusals: dict[int, list[Refusal]] = {}
        made_ids = 0
        for row in open_rows:
            values = {n: c.values[c.which[row]] for n, c in self.columns.items() if n in wanted and n != id_name}
            identity = _identity(self.row_type, values)
            same = known.get(identity, set())
            if not all(identity):
                refusals[row] = [Refusal(id_name, "missing", "", {})]
            elif len(same) > 1:
                refusals[row] = [
                    Refusal("name", "two_with_this_name", values["name"], {"ids": ", ".join(sorted(same))})
                ]
            else:
                ids[row] = next(iter(same)) if same else _slug(identity)
                made_ids += 1
        # What could not be made, because what it is made from has a problem of its own, is no second problem.
        has_other = self._is_refused()
        self.checks.append((np.arange(self.count), {r: found for r, found in refusals.items() if not has_other[r]}))
        self.columns[id_name] = _Column(ids, np.arange(self.count), {})
        self.checks.append((column.which, column.refusals))
        if made_ids:
            told = {"count": made_ids, "source": Text(source)}
            message = Text("Rows without an identifier, which was made from the {source}: {count}.", told)
            self.made.notes.append(Note(self.one.label, message))

    # --- between rows

    def _is_refused(self) -> np.ndarray:
        """Per row whether anything in it cannot be accepted."""
        refused = np.zeros(self.count, bool)
        for which, refusals in self.checks:
            if refusals:
                refused |= np.isin(which, list(refusals))
        return refused

    def _settle(self, table: pa.Table) -> tuple[pa.Table, int]:
        """Leave out what is refused, refuse a second row with the same key, and report."""
        refused = self._is_refused()
        rows = np.flatnonzero(~refused)
        keys = (self.columns[name] for name in self.row_type.key)
        numbers, first = _combined([_folded(column.values)[column.which[rows]] for column in keys])
        if self.one.is_one_per_person and len(first) < len(rows):
            message = Text("Every row is a person; rows of one organisation at one event were added up: {count}.")
            self.made.notes.append(Note(self.one.label, message._replace(values={"count": len(rows)})))
            return self._report(_added_up(table.take(pa.array(rows)), numbers, first), refused)
        doubles = {}
        for position in np.flatnonzero(first[numbers] != np.arange(len(rows))):
            row, other = int(rows[position]), int(self.one.table.rows[rows[first[numbers[position]]]])
            record = table.slice(row, 1).to_pylist()[0]
            text = ", ".join(str(record[name]) for name in self.row_type.key if record[name] is not None)
            told = {"key": " + ".join(self.row_type.key), "other": other}
            doubles[row] = [Refusal(self.row_type.key[0], "duplicate_key", text, told)]
        self.checks.append((np.arange(self.count), doubles))
        refused[list(doubles)] = True
        return self._report(table.filter(pa.array(~refused)) if refused.any() else table, refused)

    def _report(self, table: pa.Table, refused: np.ndarray) -> tuple[pa.Table, int]:
        """Problems in order of rows, and the rejected rows in the shape of the file."""
        one = self.one
        one.rejected = refused
        unread = [found for found in one.table.findings if found.code not in OF_THE_WHOLE_FILE]
        listed: list[Problem] = [problem(f.code, one.label, f.row, f.column, f.value) for f in unread]
        rejected: list[tuple[int, Sequence[str], list[Problem]]] = [
            (found.row, _apart(one.table, found), [said])
            for found, said in zip(unread, listed, strict=True)
            if found.cells and not one.personal  # a row that could not be taken apart may hold what must not be kept
        ]
        kept = [header for header in one.table.cells.column_names if header not in one.personal]
        at = np.flatnonzero(refused)
        cells = zip(*(one.table.cells[header].take(pa.array(at)).to_pylist() for header in kept), strict=True)
        for row, content in zip(at, cells, strict=True):
            found = self._problems_of(int(row))
            listed += found if len(listed) < MOST_PROBLEMS else []
            private = {p.column for p in found if p.message.message == SENTENCES["personal_data"][0]}
            shown = ["" if header in private else cell for header, cell in zip(kept, content, strict=True)]
            rejected.append((int(one.table.rows[row]), shown, found))
        self.made.problems += listed
        count = len(at) + len(unread)
        if count > len({p.row for p in listed}):
            more = count - len({p.row for p in listed})
            self.made.problems.append(problem("more_problems", one.label, count=more))
        if rejected:
            rejected.sort(key=lambda row: row[0])
            separator = one.table.separator or ";"
            self.made.rejected[one.label] = Rejected(kept, separator, [(c, found) for _, c, found in rejected])
        return table, count

    def _problems_of(self, row: int) -> list[Problem]:
        """What is wrong with one row, each column once, under the name it has in the file."""
        found: dict[str, Problem] = {}
        headers = {column: header for header, column in self.one.columns.items()}
        for which, refusals in self.checks:
            for column, code, value, context in refusals.get(int(which[row]), ()):
                number, shown = int(self.one.table.rows[row]), headers.get(column, column)
                found.setdefault(column, problem(code, self.one.label, number, shown, value, **context))
        return list(found.values())


@dataclass(frozen=True)
class Rejected:
    """Rows of a file that were not accepted, with what is wrong with each."""

    header: list[str]
    separator: str
    rows: list[tuple[Sequence[str], list[Problem]]]

    def csv(self, language: str) -> bytes:
        """The rows in the shape of their file plus a column `problem`, which is ignored when they are dropped again.

        Excel opens it right. What a spreadsheet would run as a formula has an apostrophe in front, which
        `models.read_text` takes off again.
        """

        def safe(cell: str) -> str:
            return f"'{cell}" if cell.startswith(models.FORMULA_STARTS) else cell

        rows = (
            [
                *map(safe, cells),
                safe(
                    "; ".join(f"{p.column}: {p.message.words(language)} {p.remedy.words(language)}" for p in problems)
                ),
            ]
            for cells, problems in self.rows
        )
        return models.BOM.encode() + reading.write([*map(safe, self.header), PROBLEM], rows, self.separator)


def _apart(table: reading.Table, finding: reading.Finding) -> list[str]:
    """A row that could not be read, in the shape of the file: what is too much is joined in the last cell."""
    width = len(table.cells.column_names)
    last = table.separator.join(finding.cells[width - 1 :]).rstrip(table.separator or None)
    cells = [*finding.cells[: width - 1], last]
    return [cell.replace("\0", "") for cell in cells] + [""] * (width - len(cells))


def _added_up(table: pa.Table, numbers: np.ndarray, first: np.ndarray) -> pa.Table:
    """Attendance with a row per person -> with a row per organisation: people counted, the most that anybody did."""
    records = table.to_pylist()
    orders = {"role": ("host", "speaker", "participant"), "status": ("attended", "registered")}
    merged: dict[int, dict[str, Any]] = {}
    for number, record in zip(numbers, records, strict=True):
        one = merged.setdefault(int(number), {**record, "people": 0})
        one["people"] += 1
        for column, order in orders.items():
            known = [value for value in (one[column], record[column]) if value]
            one[column] = min(known, key=order.index, default=None)
    return pa.Table.from_pylist([merged[number] for number in np.argsort(first)], table.schema)


def _different(cells: pa.Array) -> tuple[list[str], np.ndarray]:
    """The different cells of a column, and for each row which of them it has."""
    encoded = cells.dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)


def _combined(columns: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Rows that are equal in all columns get one number, from 0; and of every number the first row that has it.

    Each column holds whole numbers from 0 (or -1).
    """
    together = np.zeros(len(columns[0]), np.int64)
    size = 1
    for column in columns:
        different = int(column.max(initial=0)) + 2
        if size * different >= 2**63:
            together, first = _renumbered(together)
            size = len(first)
        together, size = together * different + column + 1, size * different
    return _renumbered(together)


def _renumbered(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    encoded = pa.array(numbers).dictionary_encode()
    numbers = encoded.indices.to_numpy().astype(np.int64)
    first = np.empty(len(encoded.dictionary), np.int64)
    first[numbers[::-1]] = np.arange(len(numbers))[::-1]
    return numbers, first


def _numbered(values: pa.ChunkedArray) -> np.ndarray:
    """Equal values get one number; texts are equal when they fold to the same; unknown is a value too."""
    array = values.combine_chunks()
    if pa.types.is_list(array.type):
        array = pc.binary_join(array.cast(pa.list_(pa.string())), "\x1f")
    encoded = array.dictionary_encode(null_encoding="encode")
    numbers: np.ndarray = _folded(encoded.dictionary.to_pylist())[encoded.indices.to_numpy()]
    return numbers


def _folded(values: Iterable[Any]) -> np.ndarray:
    """A number for each value, the same for texts that fold to the same."""
    seen: dict[Any, int] = {}
    return np.array([seen.setdefault(models.fold(v) if isinstance(v, str) else v, len(seen)) for v in values], np.int64)


def _parts(cell: str | list[str], known: Names) -> list[str]:
    """The items of a list of references. Commas separate only where every part is known, as names may hold commas."""
    items: list[str] = models.split_list(cell) or []
    if isinstance(cell, str) and len(items) == 1 and not known.find(items[0]):
        by_comma = [part.strip() for part in items[0].split(",") if part.strip()]
        if len(by_comma) > 1 and all(known.find(part) for part in by_comma):
            return by_comma
    return items


def _identity(row_type: type[models.Row], values: Mapping[str, Any]) -> tuple[str, ...]:
    """What an identifier is made from: a name, a name and a day, or organisations and a day."""
    start = values.get("start_date")
    day = start.isoformat() if start else ""
    if row_type is models.Partnership:
        return "+".join(sorted(values.get("organisation_ids") or [])), day
    name = models.fold(str(values.get("name") or ""))
    return (name, day) if row_type is models.Event else (name,)


def _slug(identity: tuple[str, ...]) -> str:
    """A readable identifier of at most 64 characters, different for different identities."""
    text = "-".join(identity)
    checksum = hashlib.sha256(text.encode()).hexdigest()[:8]
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")[:55].rstrip("-") + "-" + checksum


def _refusals(error: ValidationError, column: str = "") -> Iterator[Refusal]:
    """What pydantic found, in our codes. `column` when the column's type was asked by itself."""
    for found in error.errors(include_url=False, include_context=True):
        context = {name: value for name, value in found.get("ctx", {}).items() if name != "error"}
        where = context.pop("column", None) or column or str(found["loc"][0] if found["loc"] else "")
        code = found["type"]
        value = "" if code == "missing" or isinstance(found["input"], dict) else found["input"]
        if code == "unknown_code":
            near = difflib.get_close_matches(models.fold(str(value)), context["codes"], n=1, cutoff=0.6)
            context = {"codes": ", ".join(context["codes"]), "suggestion": near[0] if near else ""}
            code = "unknown_code_near" if near else code
        yield Refusal(where, code, value, context)


# --- what a drop changes -------------------------------------------------------------------------------------------


class Compared(NamedTuple):
    """How two states of a table differ, as positions in `after` and `before`."""

    added: np.ndarray
    changed: np.ndarray
    """Two columns: position in `after`, position in `before`."""
    removed: np.ndarray


def compare(row_type: type[models.Row], after: pa.Table, before: pa.Table) -> Compared:
    """Which rows were added, changed and removed, by key."""
    both = {
        name: pa.chunked_array(after[name].chunks + before[name].chunks, after[name].type)
        for name in after.column_names
    }
    numbered = {name: _numbered(values) for name, values in both.items() if name in row_type.key}
    keys = _combined(list(numbered.values()))[0]
    mine, theirs = keys[: len(after)], keys[len(after) :]
    common, at_after, at_before = np.intersect1d(mine, theirs, return_indices=True)
    differs = np.zeros(len(common), bool)
    if len(common):
        for name in after.column_names:
            pair = after[name].take(pa.array(at_after)), before[name].take(pa.array(at_before))
            differs |= ~_same(*pair)
    return Compared(
        np.flatnonzero(~np.isin(mine, theirs)),
        np.column_stack([at_after[differs], at_before[differs]]),
        np.flatnonzero(~np.isin(theirs, mine)),
    )


def _same(one: pa.ChunkedArray, other: pa.ChunkedArray) -> np.ndarray:
    """Per row whether two columns hold the same; unknown equals unknown."""
    if pa.types.is_list(one.type):
        one, other = (pc.binary_join(c.cast(pa.list_(pa.string())), "\x1f") for c in (one, other))
    equal = pc.fill_null(pc.equal(one, other), False)
    both_unknown = pc.and_(pc.is_null(one), pc.is_null(other))
    return np.asarray(pc.or_(equal, both_unknown).to_numpy())


def differences(
    row_type: type[models.Row], after: pa.Table, before: pa.Table, most: int = 1000
) -> list[dict[str, Any]]:
    """What changes, row by row: `kind` (added, changed, removed), `key`, and for a change `column`, `old` and `new`.

    At most `most` of each kind.
    """
    compared = compare(row_type, after, before)

    def said(record: Mapping[str, Any]) -> str:
        key = ", ".join(str(record[name]) for name in row_type.key if record[name] is not None)
        return f"{record['name']} ({key})" if record.get("name") else key

    def rows(table: pa.Table, positions: np.ndarray) -> list[dict[str, Any]]:
        taken: list[dict[str, Any]] = table.take(pa.array(positions[:most])).to_pylist()
        return taken

    found = [
        {"kind": "added", "key": said(r), "column": "", "old": None, "new": None} for r in rows(after, compared.added)
    ]
    pairs = zip(rows(after, compared.changed[:, 0]), rows(before, compared.changed[:, 1]), strict=True)
    for now, then in pairs:
        found += [
            {"kind": "changed", "key": said(now), "column": name, "old": then[name], "new": now[name]}
            for name in now
            if now[name] != then[name]
        ]
    found += [
        {"kind": "removed", "key": said(r), "column": "", "old": None, "new": None}
        for r in rows(before, compared.removed)
    ]
    return found


def _updated(row_type: type[models.Row], table: pa.Table, before: pa.Table, in_file: set[str]) -> pa.Table:
    """The rows on show with `table` added and changed by key. A column that the file does not have stays as it was."""
    in_file = in_file | set(row_type.key) | ({"organisation_ids"} if in_file.issuperset(PAIR) else set())
    keys = {name: pa.chunked_array(before[name].chunks + table[name].chunks, table[name].type) for name in row_type.key}
    numbers = _combined([_numbered(values) for values in keys.values()])[0]
    theirs, mine = numbers[: len(before)], numbers[len(before) :]
    _, at_before, at_table = np.intersect1d(theirs, mine, return_indices=True)
    new = len(before) + np.flatnonzero(~np.isin(mine, theirs))
    old_place = np.concatenate([np.arange(len(before)), new])
    new_place = old_place.copy()
    new_place[at_before] = len(before) + at_table
    together = pa.concat_tables([before, table])
    columns = [
        together[name].take(pa.array(new_place if name in in_file else old_place)) for name in together.column_names
    ]
    return pa.Table.from_arrays(columns, schema=table.schema)


def _keep(files: Mapping[str, bytes], one: _HandedIn, made: Draft) -> None:
    """Put a file among those that are kept, without personal data and rejected rows, and note how it was read."""
    table, header = one.table, one.table.header
    is_whole = not one.personal and not one.rejected.any() and not table.findings
    sign = signature(header)
    if is_whole and one.label == one.file:
        made.received[_file_name(one.file, one.name, made)] = files[one.file]
    else:
        header = [name for name in table.cells.column_names if name not in one.personal]
        sign = signature(header)
        accepted = pa.array(~one.rejected) if len(one.rejected) else None
        cells = table.cells.select(header)
        rows = zip(*(c.to_pylist() for c in (cells.filter(accepted) if accepted else cells).columns), strict=True)
        several = "" if one.label == one.file else f"-{one.name}"
        name = re.sub(r"\.[^.]*$", "", one.file) + f"{several}.csv"
        made.received[_file_name(name, one.name, made)] = reading.write(header, rows, table.separator or ";")
    is_month_first = one.matching.month_first.get(signature(one.table.header), False)
    made.matching = made.matching.with_(
        Matching(
            tables={sign: one.name},
            columns={one.name: {folded(h): one.columns.get(h, "") for h in header}},
            month_first={sign: is_month_first},
            decimal_marks={sign: one.decimal_mark} if one.decimal_mark else {},
            one_per_person={sign: one.is_one_per_person},
        )
    )


def _file_name(file: str, name: str, made: Draft) -> str:
    """The name under which a file is kept: never a path, never one that another file of the drop has."""
    base = re.split(r"[/\\]", file)[-1] or f"{name}.csv"
    return f"{name}-{base}" if base in made.received else base


def _check_kept(made: Draft, handed_in: Mapping[str, _HandedIn], names: Mapping[str, Names]) -> None:
    """Rows of tables without a file must still find the organisations and events they refer to."""
    for name, row_type in models.TABLES.items():
        if name in handed_in:
            continue
        for column in row_type.model_fields:
            refers_to = models.extra(row_type, column)["refers_to"]
            if refers_to not in handed_in or refers_to not in names:
                continue
            cells = made.tables[name][column]
            cells = pc.list_flatten(cells) if pa.types.is_list(cells.type) else cells
            id_name = models.TABLES[refers_to].key[0]
            for counted in pc.value_counts(cells.drop_null()).to_pylist():
                identifier, count = counted["values"], counted["counts"]
                if not names[refers_to].find(identifier):
                    told = {"count": count, "table": f"{name}.csv"}
                    label = handed_in[refers_to].label
                    made.problems.append(problem("still_referred_to", label, None, id_name, identifier, **told))
