"""Cells -> rows and problems; a drop -> a draft and its differences from what is on show.

A problem is a value with a place, never an exception: all of them are found in one go, each with the file, the row
as a spreadsheet numbers it, the column, the value, what is wrong and a way out. Every row is either in the draft or
among the problems.
"""

import difflib
import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

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

MADE_FROM = (N_("name"), N_("name and date"), N_("organisations and start"))
"""What `models` says identifiers are made from, marked for translation."""

OF_THE_WHOLE_FILE = {
    "unknown_file",
    "two_files",
    "too_large",
    "not_utf8",
    "empty_file",
    "duplicate_header",
    "missing_column",
    "broken_quotes",
    "still_referred_to",
    "removes_much",
    "other_load_was_first",
}
"""Problems that leaving out a row does not solve."""

SENTENCES: dict[str, tuple[str, str]] = {
    # of a file
    "unknown_file": (
        N_("We do not know what this file holds."),
        N_("Name it after its table: {tables}."),
    ),
    "two_files": (
        N_("There are two files for the same table."),
        N_("Put the rows together in one file and leave the other out."),
    ),
    "too_large": (
        N_("The file is larger than {limit} MB."),
        N_("Split it, or let your IT colleague raise max_file_megabytes in hub.toml."),
    ),
    "not_utf8": (
        N_("The file has characters that we cannot read."),
        N_("Save it again as “CSV UTF-8”."),
    ),
    "empty_file": (N_("The file is empty."), N_("Put a header and rows in it, or leave the file out.")),
    "duplicate_header": (
        N_("Two columns have the same name."),
        N_("Give one of them another name, or delete it."),
    ),
    "missing_column": (N_("This column is missing."), N_("Add the column and fill in every row.")),
    # of a row
    "row_too_long": (
        N_("The row has more cells than the header."),
        N_("Put quotes around cells with a separator in them, or delete the surplus cells."),
    ),
    "nul_byte": (N_("The cell holds a character that cannot be stored."), N_("Type the cell again.")),
    "broken_quotes": (
        N_("From this row on the file cannot be read: a quotation mark is opened and not closed."),
        N_("Close the quotation mark, or delete it."),
    ),
    "duplicate_key": (
        N_("Row {other} has the same value in {key}."),
        N_("Keep one of the two rows, or give them different values."),
    ),
    # of a cell
    "missing": (N_("This cell must not be empty."), N_("Fill in the cell.")),
    "unknown_code": (N_("This is not one of the words we know."), N_("Choose one of: {codes}.")),
    "unknown_code_near": (N_("This is not one of the words we know."), N_("Did you mean {suggestion}?")),
    "not_a_number": (
        N_("This is not a number."),
        N_("Write it with digits and a decimal point, as in 1234.50."),
    ),
    "not_a_whole_number": (N_("This is not a whole number."), N_("Write it with digits only, as in 12.")),
    "not_a_date": (N_("This is not a date."), N_("Write it as year-month-day, as in 2024-01-31.")),
    "not_an_identifier": (
        N_("An identifier has no spaces and at most 64 characters."),
        N_("Shorten it, or leave the column empty: we then make one."),
    ),
    "not_a_website": (N_("This is not a web address."), N_("Write it as in https://example.org.")),
    "not_a_country": (N_("This is not a country code."), N_("Use the code of two letters, as in NL.")),
    "control_character": (N_("The cell holds a character that cannot be shown."), N_("Type the cell again.")),
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
        N_("If this is right, load again and say yes (--yes)."),
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

    tables: dict[str, list[models.Row]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    changes: dict[str, Changes] = field(default_factory=dict)
    rejected: dict[str, bytes] = field(default_factory=dict)
    """Per file the rejected rows, in the same shape plus a column `problem`."""
    received: dict[str, bytes] = field(default_factory=dict)
    """The files as handed in, without columns of personal data."""


def problem(
    code: str, file: str, row: int | None = None, column: str = "", value: object = "", **values: Any
) -> Problem:
    """A problem in words: `code` is a key of `SENTENCES`, `values` fill the gaps in its sentences."""
    message, remedy = SENTENCES.get(code, SENTENCES["unreadable"])
    blocks = code in OF_THE_WHOLE_FILE
    return Problem(file, row, column, str(value), Text(message, values), Text(remedy, values), blocks)


class Names:
    """The organisations or events that rows may refer to, by identifier or by name."""

    def __init__(self, kind: str, named: Iterable[tuple[str, str | None]]) -> None:
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
        folded = models.fold(cell)
        return [self._ids[folded]] if folded in self._ids else sorted(self._by_name.get(folded, ()))

    def identifier(self, cell: str) -> str | None:
        """The identifier as it is written in the data; None when it is nobody's."""
        return self._ids.get(models.fold(cell))

    def near(self, cell: str) -> str | None:
        """The name or identifier that looks most like the cell. Looks no further after many different mistakes."""
        folded = models.fold(cell)
        if folded not in self._near and len(self._near) < 100:
            found = difflib.get_close_matches(folded, [*self._by_name, *self._ids], n=1, cutoff=0.75)
            self._near[folded] = found[0] if found else None
        return self._near.get(folded)

    def refusal(self, cell: str, file: str, row: int, column: str) -> Problem:
        """Why a cell means none, or more than one."""
        found = self.find(cell)
        if found:
            return problem("two_with_this_name", file, row, column, cell, ids=", ".join(found))
        near = self.near(cell)
        code = f"unknown_{self.kind}_near" if near else f"unknown_{self.kind}"
        return problem(code, file, row, column, cell, suggestion=near)


def draft(
    files: Mapping[str, bytes],
    settings: Settings,
    current: Mapping[str, list[dict[str, Any]]],
    *,
    update: bool = False,
) -> Draft:
    """Read and check a drop.

    `files` are name -> content; `current` holds the rows on show per table. A table with a file is replaced, or with
    `update` added to and changed by key; the others are kept. The valid rows are in `tables` even when there are
    problems, so that "skip invalid" needs no second reading.
    """
    made = Draft()
    codes = _codes(settings)
    handed_in = _recognise(files, settings, made)
    names: dict[str, Names] = {}
    for name, row_type in models.TABLES.items():
        before = {_key(row_type, record): record for record in current.get(name, [])}
        if name in handed_in:
            file, table = handed_in[name]
            rows, rejected = _rows(row_type, file, table, codes, names, list(before.values()), made)
            if update:
                rows = _updated(row_type, rows, before, table.header)
            made.changes[name] = _changes(rows, before, rejected)
        else:
            rows = [row_type.model_construct(**record) for record in before.values()]
        made.tables[name] = rows
        unreadable = name in handed_in and any(p.blocks and p.file == handed_in[name][0] for p in made.problems)
        # A table that could not be read as a whole says nothing about who is in it: one problem, not one per reference.
        if name in ("organisations", "events") and not unreadable:
            id_name = row_type.key[0]
            names[name] = Names(name[:-1], ((getattr(row, id_name), row.name) for row in rows))  # type: ignore[attr-defined]
    _check_kept(made, handed_in, names)
    made.problems.sort(key=lambda p: (p.file, p.row or 0))
    return made


def _updated(
    row_type: type[models.Row],
    rows: list[models.Row],
    before: Mapping[tuple[Any, ...], dict[str, Any]],
    header: list[str],
) -> list[models.Row]:
    """The rows on show with `rows` added and changed by key. A column that the file does not have stays as it was."""
    in_file = {_column(name) for name in header} | set(row_type.key)
    if {"organisation_a", "organisation_b"} <= in_file:
        in_file.add("organisation_ids")
    merged = {key: row_type.model_construct(**record) for key, record in before.items()}
    for row in rows:
        key = row.key_values()
        kept = {name: value for name, value in before.get(key, {}).items() if name not in in_file}
        merged[key] = row_type.model_construct(**(dict(row) | kept))
    return list(merged.values())


def _codes(settings: Settings) -> dict[str, Any]:
    """The vocabularies of this hub as validation context. A sector may also be given as a type."""
    types = models.label_index({code: {"nl": t.nl, "en": t.en} for code, t in settings.types.items()})
    type_sectors = {word: settings.types[code].sector for word, code in types.items()}
    sectors = type_sectors | models.label_index(settings.sectors)
    themes = models.label_index(settings.themes)
    return {"codes": {"sector": sectors, "type": types, "theme": themes}}


def _recognise(files: Mapping[str, bytes], settings: Settings, made: Draft) -> dict[str, tuple[str, reading.Table]]:
    """Which table each file holds, by its name or else by its header; files that cannot be read become problems."""
    handed_in: dict[str, tuple[str, reading.Table]] = {}
    for file, content in files.items():
        if len(content) > settings.max_file_megabytes * 1_000_000:
            made.problems.append(problem("too_large", file, limit=settings.max_file_megabytes))
            continue
        table = reading.read(content)
        for found in table.findings:
            made.problems.append(problem(found.code, file, found.row or None, found.column, found.value))
        if not table.header:
            continue
        name = _table_name(file, table.header)
        if name is None:
            made.problems.append(problem("unknown_file", file, tables=", ".join(f"{t}.csv" for t in models.TABLES)))
        elif name in handed_in:
            made.problems.append(problem("two_files", file, value=handed_in[name][0]))
        else:
            cleaned = _without_personal_data(file, table, name, made)
            handed_in[name] = (file, cleaned)
            kept = reading.write(
                list(filter(None, cleaned.header)), [r.cells for r in cleaned.records], table.separator
            )
            made.received[_file_name(file, name, made)] = content if cleaned is table else kept
    return handed_in


def _file_name(file: str, name: str, made: Draft) -> str:
    """The name under which a file is kept: never a path, never one that another file of the drop has."""
    base = re.split(r"[/\\]", file)[-1] or f"{name}.csv"
    return f"{name}-{base}" if base in made.received else base


def _table_name(file: str, header: list[str]) -> str | None:
    stem = models.fold(file.rsplit("/", 1)[-1].rsplit(".", 1)[0])
    named = [name for name in models.TABLES if name in stem]
    if len(named) == 1:
        return named[0]
    folded = {_column(cell) for cell in header}
    if {"organisation_a", "organisation_b"} <= folded:
        folded.add("organisation_ids")
    fits = {
        name: len(folded & set(row.model_fields))
        for name, row in models.TABLES.items()
        if folded >= {c for c in row.model_fields if models.is_required(row, c)}
    }
    best = [name for name, known in fits.items() if known == max(fits.values())]
    return best[0] if len(best) == 1 else None


def _column(header: str) -> str:
    """A header as column names are written."""
    return re.sub(r"[\s-]+", "_", models.fold(header))


def _known_columns(row_type: type[models.Row]) -> set[str]:
    pair = {"organisation_a", "organisation_b"} if row_type is models.Partnership else set()
    return set(row_type.model_fields) | pair


def _without_personal_data(file: str, table: reading.Table, name: str, made: Draft) -> reading.Table:
    """The table without columns that hold personal data; only columns that we do not know can be among them."""
    known = _known_columns(models.TABLES[name])
    unknown = [header for header in table.header if header and _column(header) not in known]
    personal = [header for header in unknown if _is_personal(header, table)]
    ignored = [header for header in unknown if header not in personal]
    if ignored:
        made.notes.append(Note(file, Text("These columns are not used: {columns}.", {"columns": ", ".join(ignored)})))
    if not personal:
        return table
    left_out = {"columns": ", ".join(personal)}
    made.notes.append(Note(file, Text("Personal data is never stored; left out: {columns}.", left_out)))
    kept = [header for header in table.header if header not in personal]
    records = [
        reading.Cells(row, {h: c for h, c in cells.items() if h not in personal}) for row, cells in table.records
    ]
    # A row that could not be taken apart may hold what must not be kept: its cells go.
    return table._replace(header=kept, records=records, findings=[f._replace(cells=()) for f in table.findings])


def _is_personal(header: str, table: reading.Table) -> bool:
    if PERSONAL_HEADER.search(models.fold(header)):
        return True
    return any(PERSONAL_CELL.search(record.cells.get(header, "")) for record in table.records)


def _rows(
    row_type: type[models.Row],
    file: str,
    table: reading.Table,
    codes: dict[str, Any],
    names: Mapping[str, Names],
    current: list[dict[str, Any]],
    made: Draft,
) -> tuple[list[models.Row], int]:
    """The valid rows of one file, and how many were rejected. Problems go to `made`."""
    columns = {header: _column(header) for header in table.header if _column(header) in _known_columns(row_type)}
    twice = [header for header, column in columns.items() if list(columns.values()).count(column) > 1]
    if twice:
        made.problems.extend(problem("duplicate_header", file, 1, columns[header], header) for header in twice)
        return [], len(table.records)
    found = set(columns.values())
    if {"organisation_a", "organisation_b"} <= found:
        found.add("organisation_ids")
    missing = [c for c in row_type.model_fields if models.is_required(row_type, c) and c not in found]
    if missing:
        made.problems.extend(problem("missing_column", file, 1, column) for column in missing)
        return [], len(table.records)
    make_id = _identifier_maker(row_type, current)
    seen: dict[tuple[Any, ...], int] = {}
    rows: list[models.Row] = []
    rejected = [_apart(table, finding) for finding in table.findings if finding.cells]
    made_ids = 0
    for number, cells in table.records:
        row: models.Row | None = None
        values: dict[str, Any] = {columns[h]: cell for h, cell in cells.items() if h in columns}
        as_typed = dict(values)
        problems = _resolve(row_type, values, names, file, number)
        made_ids += make_id(values, problems, file, number)
        try:
            row = row_type.model_validate(values, context=codes)
            other = seen.setdefault(row.key_values(), number)
            if other != number:
                key = " + ".join(row_type.key)
                problems.append(
                    problem("duplicate_key", file, number, row_type.key[0], _key_text(row), key=key, other=other)
                )
        except ValidationError as error:
            placed = {p.column for p in problems}
            found_wrong = _of_validation(error, row_type, file, number, as_typed, bool(problems))
            problems.extend(p for p in found_wrong if p.column not in placed)
        if problems or row is None:
            made.problems.extend(problems)
            said = "; ".join(f"{p.column}: {p.message.words('en')} {p.remedy.words('en')}" for p in problems)
            rejected.append(cells | {"problem": said})
        else:
            rows.append(row)
    if made_ids:
        source = Text(models.extra(row_type, row_type.key[0])["made_from"])
        message = Text(
            "Rows without an identifier, which was made from the {source}: {count}.",
            {"count": made_ids, "source": source},
        )
        made.notes.append(Note(file, message))
    if rejected:
        made.rejected[file] = reading.write([*filter(None, table.header), "problem"], rejected, table.separator)
    return rows, len(rejected) + sum(not finding.cells for finding in table.findings)


def _apart(table: reading.Table, finding: reading.Finding) -> dict[str, str]:
    """A row that could not be read, in the shape of the file: what is too much is joined in the last cell."""
    width = len(table.header)
    cells = [*finding.cells[: width - 1], table.separator.join(finding.cells[width - 1 :]).rstrip(table.separator)]
    message, remedy = SENTENCES[finding.code]
    return {name: cell.replace("\0", "") for name, cell in zip(table.header, cells, strict=False) if name} | {
        "problem": f"{message} {remedy}"
    }


def _resolve(
    row_type: type[models.Row], values: dict[str, Any], names: Mapping[str, Names], file: str, number: int
) -> list[Problem]:
    """Put identifiers in the place of names, in `values`; return what could not be resolved."""
    problems: list[Problem] = []
    pair = [values.pop(c, "") for c in ("organisation_a", "organisation_b")]
    if any(pair) and not values.get("organisation_ids"):
        values["organisation_ids"] = [cell.strip() for cell in pair if cell.strip()]
    for column in row_type.model_fields:
        refers_to = models.extra(row_type, column)["refers_to"]
        cell = values.get(column)
        if not refers_to or not cell or not str(cell).strip():
            continue
        if refers_to not in names:
            # Who is there could not be read; a stand-in lets the rest of the row be checked all the same.
            parts = models.split_list(cell) or [] if column == "organisation_ids" else [cell]
            stand_ins = [_slug((models.fold(str(part)),)) for part in parts]
            values[column] = stand_ins if column == "organisation_ids" else stand_ins[0]
            continue
        known = names[refers_to]
        parts = _parts(cell, known) if column == "organisation_ids" else [cell]
        resolved = [known.find(part) for part in parts]
        wrong = [part for part, ids in zip(parts, resolved, strict=True) if len(ids) != 1]
        problems.extend(known.refusal(part, file, number, column) for part in wrong)
        if not wrong:
            ids = list(dict.fromkeys(found[0] for found in resolved))
            values[column] = (ids or "") if column == "organisation_ids" else ids[0]
    if row_type is models.Funding and values.get("donor_id") and "organisations" in names:
        # A donor that is itself in the data is written as it is there; any other identifier is fine too.
        values["donor_id"] = names["organisations"].identifier(values["donor_id"]) or values["donor_id"]
    return problems


def _parts(cell: Any, known: Names) -> list[str]:
    """The items of a list of references. Commas separate only where every part is known, as names may hold commas."""
    items: list[str] = models.split_list(cell) or []
    if len(items) == 1 and not known.find(items[0]):
        by_comma = [part.strip() for part in items[0].split(",") if part.strip()]
        if len(by_comma) > 1 and all(known.find(part) for part in by_comma):
            return by_comma
    return items


def _identifier_maker(row_type: type[models.Row], current: list[dict[str, Any]]) -> Callable[..., bool]:
    """A function that fills in an identifier that was left out, and says whether it did.

    The same name keeps the identifier it has in the data on show; a new one is made from the row itself, so that the
    same row gets the same identifier in every drop.
    """
    id_name = row_type.key[0]
    if not row_type.model_fields[id_name].is_required() or not models.extra(row_type, id_name)["made_from"]:
        return lambda *row: False
    known: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for record in current:
        known[_identity(row_type, record)].add(record[id_name])

    def make(values: dict[str, Any], problems: list[Problem], file: str, row: int) -> bool:
        identity = _identity(row_type, values)
        if str(values.get(id_name) or "").strip() or not all(identity):
            return False
        same = known.get(identity, set())
        if len(same) > 1:
            problems.append(problem("two_with_this_name", file, row, "name", identity[0], ids=", ".join(sorted(same))))
        values[id_name] = next(iter(same)) if len(same) == 1 else _slug(identity)
        return True

    return make


def _identity(row_type: type[models.Row], values: Mapping[str, Any]) -> tuple[str, ...]:
    """What an identifier is made from: a name, a name and a day, or organisations and a day."""
    if row_type is models.Partnership:
        ids = values.get("organisation_ids")
        return (
            "+".join(sorted(ids)) if isinstance(ids, list) else "",
            str(values.get("start_date") or "").strip(),
        )
    name = models.fold(str(values.get("name") or ""))
    return (name, str(values.get("start_date") or "").strip()) if row_type is models.Event else (name,)


def _slug(identity: tuple[str, ...]) -> str:
    """A readable identifier of at most 64 characters, different for different identities."""
    text = "-".join(identity)
    checksum = hashlib.sha256(text.encode()).hexdigest()[:8]
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")[:55].rstrip("-") + "-" + checksum


def _of_validation(
    error: ValidationError,
    row_type: type[models.Row],
    file: str,
    number: int,
    as_typed: Mapping[str, Any],
    has_others: bool,
) -> Iterable[Problem]:
    """The problems pydantic found in one row, in our words."""
    for found in error.errors(include_url=False, include_context=True):
        context = dict(found.get("ctx", {}))
        column = context.pop("column", None) or str(found["loc"][0] if found["loc"] else "")
        value = as_typed.get(column, "") if isinstance(found["input"], dict) else found["input"]
        code = found["type"]
        is_alone = not has_others and error.error_count() == 1
        if code == "missing" and models.extra(row_type, column)["made_from"] and not is_alone:
            continue  # it could not be made, because what it is made from has a problem of its own
        if code == "unknown_code":
            near = difflib.get_close_matches(models.fold(str(value)), context["codes"], n=1, cutoff=0.6)
            context = {"codes": ", ".join(context["codes"]), "suggestion": near[0] if near else ""}
            code = "unknown_code_near" if near else code
        values = {k: v for k, v in context.items() if k != "error"}
        yield problem(code, file, number, column, "" if code == "missing" else value, **values)


def _key(row_type: type[models.Row], record: Mapping[str, Any]) -> tuple[Any, ...]:
    return row_type.model_construct(**record).key_values()


def _key_text(row: models.Row) -> str:
    return ", ".join(str(value) for value in row.key_values() if value is not None)


def _changes(rows: list[models.Row], before: Mapping[tuple[Any, ...], dict[str, Any]], rejected: int) -> Changes:
    after = {row.key_values(): row for row in rows}
    both = after.keys() & before.keys()
    return Changes(
        added=len(after.keys() - before.keys()),
        changed=sum(dict(after[key]) != before[key] for key in both),
        removed=len(before.keys() - after.keys()),
        rejected=rejected,
        before=len(before),
    )


def _check_kept(made: Draft, handed_in: Mapping[str, tuple[str, reading.Table]], names: Mapping[str, Names]) -> None:
    """Rows of tables without a file must still find the organisations and events they refer to."""
    for name, row_type in models.TABLES.items():
        if name in handed_in:
            continue
        for column in row_type.model_fields:
            refers_to = models.extra(row_type, column)["refers_to"]
            if refers_to not in handed_in or refers_to not in names:
                continue
            counts: dict[str, int] = defaultdict(int)
            for row in made.tables[name]:
                value = getattr(row, column)
                for identifier in value if isinstance(value, list) else [value]:
                    if identifier and not names[refers_to].find(identifier):
                        counts[identifier] += 1
            id_name = models.TABLES[refers_to].key[0]
            for identifier, count in counts.items():
                file = handed_in[refers_to][0]
                made.problems.append(
                    problem("still_referred_to", file, None, id_name, identifier, count=count, table=f"{name}.csv")
                )
