"""The rows of one table: first each cell, then rules between the cells of a row, then rules between rows.

Tables are read column by column, and each different cell of a column once, by the column's own type in `models`; so a
million rows cost little more than their thousands of different cells. Only numbers, which are nearly all different,
are read all at once where they can be (`numbers`). That this gives the verdict of the model is proved in
`tests/test_verdict.py`.
"""

import functools
import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from hubdata import models
from hubdata.cells import fold, split_list
from hubdata.ingest.columns import Column, adapter, combine, distinct, number_folded, read_each
from hubdata.ingest.drafts import Draft
from hubdata.ingest.headings import PAIR, missing_columns, signature
from hubdata.ingest.names import Names, identity_of, parts_of, slug
from hubdata.ingest.numbers import plain_numbers
from hubdata.ingest.problems import SENTENCES, Problem, Refusal, note, problem, refusals_in
from hubdata.ingest.rejected import Rejected, row_apart
from hubdata.ingest.sources import Source
from hubdata.texts import Text

MOST_PROBLEMS = 10_000
"""How many problems of one file are listed one by one; the file with rejected rows has all of them."""


class Rows:
    """Reads the rows of one file: first each cell, then rules between the cells of a row, then rules between rows."""

    def __init__(
        self,
        row_type: type[models.Row],
        source: Source,
        codes: Mapping[str, Any],
        names: Mapping[str, Names],
        before: pa.Table,
        draft: Draft,
    ) -> None:
        self.row_type, self.source, self.names, self.before, self.draft = row_type, source, names, before, draft
        self.count = len(source.table.rows)
        sign = signature(source.table.header)
        self.context = {
            "codes": codes,
            "decimal_mark": source.decimal_mark,
            "month_first": source.matching.month_first.get(sign, False),
        }
        self.cells = {
            column: source.table.cells[header].combine_chunks()
            for header, column in source.columns.items()
            if header in source.table.cells.column_names
        }
        self.columns: dict[str, Column] = {}
        self.checks: list[tuple[np.ndarray, dict[int, list[Refusal]]]] = []
        """Per check: the number of the case that each row falls in, and the refusals of each case that has any."""

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
        """Whether columns are missing or doubled, so that no row can be read; reports them."""
        source, columns = self.source, list(self.source.columns.values())
        twice = [header for header, column in source.columns.items() if columns.count(column) > 1]
        missing = missing_columns(self.row_type, set(columns)) if source.table.header else ()
        self.draft.problems += [problem("duplicate_header", source.label, 1, source.columns[h], h) for h in twice]
        self.draft.problems += [problem("missing_column", source.label, 1, column) for column in missing if not twice]
        # Findings of the whole file were reported when it was opened.
        return bool(twice or missing or not source.table.header)

    # --- cells

    def _column(self, column: str) -> Column:
        info = self.row_type.model_fields[column]
        refers_to = models.extra(self.row_type, column)["refers_to"]
        cells = self.cells.get(column)
        if column == "organisation_ids" and set(PAIR) <= self.cells.keys():
            return self._pairs(cells)
        if cells is None:
            default = None if info.is_required() else info.default
            return Column([default], np.zeros(self.count, np.int64), {})
        if models.plain_type(info.annotation) is float:
            return self._numbers(column, cells)
        different, which = distinct(cells)
        return read_each(different, which, functools.partial(self._reference if refers_to else self._cell, column))

    def _cell(self, column: str, cell: str | list[str]) -> tuple[Any, list[Refusal]]:
        """The value of one cell by the model's own type, or why there is none."""
        info = self.row_type.model_fields[column]
        if not (cell.strip() if isinstance(cell, str) else cell):
            if not info.is_required():
                return info.default, []
            made_later = bool(models.extra(self.row_type, column)["made_from"])
            return None, [] if made_later else [Refusal(column, "missing", "")]
        try:
            value = adapter(self.row_type, column).validate_python(cell, context=self.context)
        except ValidationError as error:
            return None, list(refusals_in(error, column))
        if column == "donor_id" and value and "organisations" in self.names:
            # A donor that is an organisation in the data gets its spelling there; any other identifier is accepted.
            value = self.names["organisations"].identifier(value) or value
        return value, []

    def _reference(self, column: str, cell: str | list[str]) -> tuple[Any, list[Refusal]]:
        """The identifiers that a cell refers to, by identifier or by name, or why there are none."""
        refers_to = models.extra(self.row_type, column)["refers_to"]
        is_list = column == "organisation_ids"
        if not (cell.strip() if isinstance(cell, str) else cell):
            return self._cell(column, cell)
        if refers_to not in self.names:
            # The table referred to could not be read; with a stand-in the rest of the row can still be checked.
            parts = (split_list(cell) or []) if is_list else [cell]
            stand_ins = [slug((fold(str(part)),)) for part in parts]
            return stand_ins if is_list else stand_ins[0], []
        names = self.names[refers_to]
        parts = parts_of(cell, names) if is_list else [str(cell)]
        matches = [names.find(part) for part in parts]
        wrong = [names.refusal(part, column) for part, ids in zip(parts, matches, strict=True) if len(ids) != 1]
        if wrong or not parts:
            return None, wrong or [Refusal(column, "missing", "")]
        ids = list(dict.fromkeys(ids[0] for ids in matches))
        return ids if is_list else ids[0], []

    def _pairs(self, lists: pa.Array | None) -> Column:
        """`organisation_ids` from two columns, where the list itself is empty."""
        parts = [self.cells[name].to_pylist() for name in PAIR]
        given = lists.to_pylist() if lists is not None else itertools.repeat("")
        contents: dict[tuple[str, ...], int] = {}
        which = [contents.setdefault(key, len(contents)) for key in zip(given, *parts, strict=False)]
        different = [
            listed if listed.strip() else [name.strip() for name in pair if name.strip()] for listed, *pair in contents
        ]
        return read_each(different, np.array(which, np.int64), functools.partial(self._reference, "organisation_ids"))

    def _numbers(self, column: str, cells: pa.Array) -> Column:
        """Numbers: those in the usual form all at once, the others cell by cell."""
        plain = plain_numbers(cells, self.source.decimal_mark, *models.bounds(self.row_type, column))
        rest = np.flatnonzero(pc.is_null(plain).to_numpy(zero_copy_only=False))
        which = np.full(self.count, -1, np.int64)
        different, which[rest] = distinct(cells.take(pa.array(rest)))
        return read_each(different, which, functools.partial(self._cell, column))._replace(plain=plain)

    def _read_by_row(self, schema: pa.Schema) -> pa.Table:
        """Read rows in which the meaning of a cell depends on another cell: each row by the whole model."""
        records, refusals = [], {}
        for number, row in enumerate(zip(*(cells.to_pylist() for cells in self.cells.values()), strict=True)):
            values = dict(zip(self.cells, row, strict=True))
            try:
                records.append(dict(self.row_type.model_validate(values, context=self.context)))
            except ValidationError as error:
                records.append(dict.fromkeys(schema.names))
                refusals[number] = list(refusals_in(error))
        self.checks.append((np.arange(self.count), refusals))
        table = pa.Table.from_pylist(records, schema)
        self.columns = {name: Column(table[name].to_pylist(), np.arange(self.count), {}) for name in schema.names}
        return table

    # --- between cells

    def _check_rules(self) -> None:
        for rule in self.row_type.rules:
            columns = [self.columns[name] for name in rule.columns]
            complete = np.ones(self.count, bool)
            for column in columns:
                complete &= ~np.isin(column.which, list(column.refusals))
            which = np.full(self.count, -1, np.int64)
            numbers, first = combine([column.which[complete] for column in columns])
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
        """The cell as it is in the file."""
        if column == "organisation_ids" and column not in self.cells:
            return "|".join(self.cells[name][row].as_py() for name in PAIR)
        return str(self.cells[column][row].as_py()) if column in self.cells else ""

    def _make_identifiers(self) -> None:
        """Fill in identifiers that were left out.

        The same name keeps the identifier it has in the data on show; a new one is made from the row itself, so that
        the same row gets the same identifier in every drop.
        """
        id_name = self.row_type.key[0]
        made_from = models.extra(self.row_type, id_name)["made_from"]
        if not made_from:
            return
        column = self.columns[id_name]
        ids = [column.values[number] for number in column.which]
        open_rows = [row for row in range(self.count) if ids[row] is None and column.which[row] not in column.refusals]
        if not open_rows:
            return
        ids_on_show: dict[tuple[str, ...], set[str]] = defaultdict(set)
        identity_columns = [
            name for name in (id_name, "name", "organisation_ids", "start_date") if name in self.before.column_names
        ]
        for record in self.before.select(identity_columns).to_pylist():
            ids_on_show[identity_of(self.row_type, record)].add(record[id_name])
        refusals: dict[int, list[Refusal]] = {}
        made_ids = 0
        for row in open_rows:
            values = {
                n: c.values[c.which[row]] for n, c in self.columns.items() if n in identity_columns and n != id_name
            }
            identity = identity_of(self.row_type, values)
            same = ids_on_show.get(identity, set())
            if not all(identity):
                refusals[row] = [Refusal(id_name, "missing", "")]
            elif len(same) > 1:
                refusals[row] = [
                    Refusal("name", "two_with_this_name", values["name"], {"ids": ", ".join(sorted(same))})
                ]
            else:
                ids[row] = next(iter(same)) if same else slug(identity)
                made_ids += 1
        # A row with another problem is not also reported because its identifier could not be made.
        has_other = self._is_refused()
        self.checks.append(
            (np.arange(self.count), {r: row_refusals for r, row_refusals in refusals.items() if not has_other[r]})
        )
        self.columns[id_name] = Column(ids, np.arange(self.count), {})
        self.checks.append((column.which, column.refusals))
        if made_ids:
            self.draft.notes.append(note("identifiers_made", self.source.label, count=made_ids, source=Text(made_from)))

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
        numbers, first = combine([number_folded(column.values)[column.which[rows]] for column in keys])
        if self.source.is_one_per_person and len(first) < len(rows):
            self.draft.notes.append(note("people_added_up", self.source.label, count=len(rows)))
            return self._report(_added_up(table.take(pa.array(rows)), numbers, first), refused)
        doubles = {}
        for position in np.flatnonzero(first[numbers] != np.arange(len(rows))):
            row, other = int(rows[position]), int(self.source.table.rows[rows[first[numbers[position]]]])
            record = table.slice(row, 1).to_pylist()[0]
            text = ", ".join(str(record[name]) for name in self.row_type.key if record[name] is not None)
            gaps = {"key": " + ".join(self.row_type.key), "other": other}
            doubles[row] = [Refusal(self.row_type.key[0], "duplicate_key", text, gaps)]
        self.checks.append((np.arange(self.count), doubles))
        refused[list(doubles)] = True
        return self._report(table.filter(pa.array(~refused)) if refused.any() else table, refused)

    def _report(self, table: pa.Table, refused: np.ndarray) -> tuple[pa.Table, int]:
        """Problems in order of rows, and the rejected rows in the shape of the file."""
        source = self.source
        source.rejected = refused
        unread = [finding for finding in source.table.findings if not SENTENCES[finding.code].blocks]
        listed: list[Problem] = [
            problem(f.code, source.label, f.row, f.column, f.value if source.is_all_used else "") for f in unread
        ]
        rejected: list[tuple[int, Sequence[str], list[Problem]]] = [
            (finding.row, row_apart(source, finding), [unread_problem])
            for finding, unread_problem in zip(unread, listed, strict=True)
        ]
        headers = source.used
        at = np.flatnonzero(refused)
        cells = zip(*(source.table.cells[header].take(pa.array(at)).to_pylist() for header in headers), strict=True)
        for row, content in zip(at, cells, strict=True):
            problems = self._problems_of(int(row))
            listed += problems if len(listed) < MOST_PROBLEMS else []
            private = {p.column for p in problems if p.code == "personal_data"}
            shown = ["" if header in private else cell for header, cell in zip(headers, content, strict=True)]
            rejected.append((int(source.table.rows[row]), shown, problems))
        self.draft.problems += listed
        count = len(at) + len(unread)
        if count > len({p.row for p in listed}):
            more = count - len({p.row for p in listed})
            self.draft.problems.append(problem("more_problems", source.label, count=more))
        if rejected:
            rejected.sort(key=lambda row: row[0])
            separator = source.table.separator or ";"
            self.draft.rejected[source.label] = Rejected(
                headers, separator, [(c, problems) for _, c, problems in rejected]
            )
        return table, count

    def _problems_of(self, row: int) -> list[Problem]:
        """What is wrong with one row, each column once, under the name it has in the file."""
        problems: dict[str, Problem] = {}
        headers = {column: header for header, column in self.source.columns.items()}
        for which, refusals in self.checks:
            for column, code, value, gaps in refusals.get(int(which[row]), ()):
                number, shown = int(self.source.table.rows[row]), headers.get(column, column)
                problems.setdefault(column, problem(code, self.source.label, number, shown, value, **gaps))
        return list(problems.values())


def _added_up(table: pa.Table, numbers: np.ndarray, first: np.ndarray) -> pa.Table:
    """Attendance with a row per person -> with a row per organisation: people counted, highest role and status."""
    records = table.to_pylist()
    orders = {"role": ("host", "speaker", "participant"), "status": ("attended", "registered")}
    merged: dict[int, dict[str, Any]] = {}
    for number, record in zip(numbers, records, strict=True):
        merged_row = merged.setdefault(int(number), {**record, "people": 0})
        merged_row["people"] += 1
        for column, order in orders.items():
            values = [value for value in (merged_row[column], record[column]) if value]
            merged_row[column] = min(values, key=order.index, default=None)
    return pa.Table.from_pylist([merged[number] for number in np.argsort(first)], table.schema)
