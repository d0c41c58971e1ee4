"""The rows of one table: first each cell, then rules between the cells of a row, then rules between rows.

Tables are read column by column, and each different cell of a column once, by the column's own type in `models`; so a
million rows cost little more than their thousands of different cells. Only numbers, which are nearly all different,
are read all at once where they can be (`numbers`). That this gives the verdict of the model is proved in
`tests/test_verdict.py`.
"""

import functools
import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from hubdata import models
from hubdata.cells import fold, is_error, is_nothing, quoted_items, split_list
from hubdata.ingest.accounts import exceeded
from hubdata.ingest.aliases import agreements_with_itself, applied, taken_together
from hubdata.ingest.columns import Column, adapter, combine, distinct, number_folded, read_each
from hubdata.ingest.corrections import key_of
from hubdata.ingest.dates import with_periods_split
from hubdata.ingest.doubles import amounts_added_up, amounts_noted, double, people_added_up
from hubdata.ingest.drafts import Draft
from hubdata.ingest.guesses import kind_of_donor
from hubdata.ingest.headings import PAIR, is_list, missing_columns, signature
from hubdata.ingest.identifiers import as_on_show, made_identifiers
from hubdata.ingest.lists import UNSURE, Words
from hubdata.ingest.merging import larger_accounts, there_together
from hubdata.ingest.names import Names, names_noted, one_spelling, parts_of, slug
from hubdata.ingest.numbers import plain_numbers
from hubdata.ingest.problems import SENTENCES, Problem, Refusal, note, problem, refusals_in
from hubdata.ingest.rejected import Rejected, row_apart
from hubdata.ingest.sources import Source
from hubdata.ingest.ticks import with_blanks_read
from hubdata.texts import Text

TOGETHER = {models.Attendance: there_together, models.Account: larger_accounts}
"""Table -> what becomes of two of its rows that are about one organisation, under two of its names."""
MOST_PROBLEMS = 10_000
"""How many problems of one file are listed one by one; the file with rejected rows has all of them."""


class Rows:
    """Reads the rows of one file: first each cell, then rules between the cells of a row, then rules between rows."""

    def __init__(
        self,
        row_type: type[models.Row],
        source: Source,
        hub: Mapping[str, Any],
        names: Mapping[str, Names],
        before: pa.Table,
        draft: Draft,
    ) -> None:
        self.row_type, self.source, self.names, self.before, self.draft = row_type, source, names, before, draft
        self.codes = hub["codes"]
        self.count = len(source.table.rows)
        sign = signature(source.table.header)
        self.context: dict[str, Any] = {**hub, "month_first": source.matching.month_first.get(sign, False)}
        """What is known of the file, and of the column that is being read."""
        self.parts: dict[str, list[list[str]]] = {}
        """List -> the cells of each of the columns of the file that are it together, where they are several."""
        cells = self._cells_by_column()
        if row_type is models.Partnership and "organisations" in names and names["organisations"].has_aliases:
            cells = self._without_agreements_with_itself(cells)
        if {"start_date", "end_date"} <= row_type.model_fields.keys():
            cells = with_periods_split(cells, self.context, source, draft)
        if "status" in cells:
            cells["status"] = with_blanks_read(cells["status"], "status", source, draft)
        self.cells = cells
        self.columns: dict[str, Column] = {}
        self.spelling: dict[str, str] = {}
        """Name in the file -> the name that it was taken for, where it is written in another way."""
        self.under_alias = np.zeros(self.count, bool)
        """Per row of organisations whether it is there under another name of an organisation that is known."""
        self.aliases_used: set[str] = set()
        """The cells that mean an organisation by another of its names."""
        self.checks: list[tuple[np.ndarray, dict[int, list[Refusal]]]] = []
        """Per check: the number of the case that each row falls in, and the refusals of each case that has any."""

    def _cells_by_column(self) -> dict[str, pa.Array]:
        """The cells of the file by column. Several columns that are one list together are joined."""
        source = self.source
        cells: dict[str, pa.Array] = {}
        for header, column in source.columns.items():
            if header not in source.table.cells.column_names:
                continue
            read = source.table.cells[header].combine_chunks()
            if column in cells and is_list(self.row_type, column):
                self.parts.setdefault(column, [cells[column].to_pylist()]).append(read.to_pylist())
                read = pc.binary_join_element_wise(cells[column], read, "|")
            cells[column] = read
        if self.row_type is models.Funding and "category" not in cells and "donor" in cells:
            cells["category"] = self._kinds_of_donors(cells["donor"])
        if self.row_type is models.Organisation and "sector" not in cells and "type" in cells:
            # A sector may be given as a type; what is a type as well is kept as one.
            cells["sector"] = cells["type"]
            types = [cell for cell in pc.unique(cells["type"]).to_pylist() if fold(cell) in self.codes["type"]]
            is_type = pc.is_in(cells["type"], pa.array(types, pa.string()))
            cells["type"] = pc.if_else(is_type, cells["type"], "")
            source.derived.add("sector")
            header = next(header for header, column in source.columns.items() if column == "type")
            self.draft.notes.append(note("sector_of_type", source.label, column=header, count=self.count))
        return cells

    def _kinds_of_donors(self, donors: pa.Array) -> pa.Array:
        """What kind of money it is by the names of donors; a name that does not tell stays, to be asked about once."""
        different, which = distinct(donors)
        told = self.codes.get("category", {})
        kinds = [donor if fold(donor) in told else kind_of_donor(donor) or donor for donor in different]
        self.source.derived.add("category")
        header = next(header for header, column in self.source.columns.items() if column == "donor")
        self.draft.notes.append(note("category_of_donor", self.source.label, column=header, count=self.count))
        return pa.array(kinds, pa.string()).take(pa.array(which))

    def _without_agreements_with_itself(self, cells: dict[str, pa.Array]) -> dict[str, pa.Array]:
        """The cells without agreements of an organisation with itself, under another of its names: see `merging`."""
        names = self.names["organisations"]
        apart = self.parts.get("organisation_ids") or [cells[name].to_pylist() for name in PAIR if name in cells]
        partners = [[one for one in row if one.strip()] for row in zip(*apart, strict=True)] or [[]] * self.count
        if "organisation_ids" in cells and "organisation_ids" not in self.parts:
            listed = (parts_of(cell, names) for cell in cells["organisation_ids"].to_pylist())
            partners = [items or pair for items, pair in zip(listed, partners, strict=True)]
        is_one = agreements_with_itself(partners, names)
        if not is_one.any():
            return cells
        source, keep = self.source, pa.array(~is_one)
        gaps = {"count": int(is_one.sum()), "row": int(source.table.rows[np.flatnonzero(is_one)[0]])}
        self.draft.notes.append(note("agreements_with_itself", source.label, **gaps))
        source.keep_rows(~is_one)
        self.count = len(source.table.rows)
        self.parts = {
            column: [[cell for cell, kept in zip(of, ~is_one, strict=True) if kept] for of in parts]
            for column, parts in self.parts.items()
        }
        return {column: of.filter(keep) for column, of in cells.items()}

    def read(self) -> tuple[pa.Table, int]:
        """The valid rows, and how many were rejected. Problems, notes and rejected rows go to the draft."""
        schema = models.schema(self.row_type)
        if self._has_no_usable_header():
            return schema.empty_table(), self.count
        if self.row_type.is_read_by_row:
            table = self._read_by_row(schema)
        else:
            for column in self.row_type.model_fields:
                read = self._column(column)
                if read.refusals and models.is_optional(self.row_type, column):
                    read = self._left_empty(column, read)
                self.columns[column] = read
                self.checks.append((read.which, read.refusals))
            self._check_rules()
            if self.row_type is models.Organisation and self.draft.matching.aliases:
                self._apply_aliases()
            self._make_identifiers()
            if self.row_type is models.Funding:
                self._take_donors_together()
            if self.row_type is models.Account:
                self._check_totals()
            self.draft.notes += names_noted(self.source.label, self.spelling)
            arrays = [self.columns[f.name].typed(f.type) for f in schema]
            table = pa.Table.from_arrays(arrays, schema=schema)
        return self._settle(table)

    def _has_no_usable_header(self) -> bool:
        """Whether columns are missing or doubled, so that no row can be read; reports them."""
        source, columns, row = self.source, list(self.source.columns.values()), self.source.table.header_row
        twice = [
            header
            for header, column in source.columns.items()
            if columns.count(column) > 1 and not is_list(self.row_type, column)
        ]
        missing = missing_columns(self.row_type, set(columns)) if source.table.header else ()
        self.draft.problems += [problem("duplicate_header", source.label, row, source.columns[h], h) for h in twice]
        self.draft.problems += [problem("missing_column", source.label, row, column) for column in missing if not twice]
        # Findings of the whole file were reported when it was opened.
        return bool(twice or missing or not source.table.header)

    # --- cells

    def _column(self, column: str) -> Column:
        info = self.row_type.model_fields[column]
        refers_to = models.extra(self.row_type, column)["refers_to"]
        cells = self.cells.get(column)
        self._begin(column)
        if column == "organisation_ids" and (set(PAIR) <= self.cells.keys() or column in self.parts):
            return self._pairs(cells)
        if cells is None:
            default = None if info.is_required() else info.default
            return Column([default], np.zeros(self.count, np.int32), {})
        if models.plain_type(info.annotation) is float:
            return self._numbers(column, cells)
        different, which = distinct(cells)
        if models.is_list_of_words(self.row_type, column):
            return self._words(column, different, which)
        return self._each(column, different, which, self._reference if refers_to else self._cell)

    def _left_empty(self, column: str, read: Column) -> Column:
        """An optional column, with the cells that were refused left empty: that costs no row."""
        refused = {n: [refusal._replace(empties=True) for refusal in of] for n, of in read.refusals.items()}
        self.checks.append((read.which, refused))
        self._note_empty(column, np.isin(read.which, list(refused)))
        default = self.row_type.model_fields[column].default
        values = [default if number in refused else value for number, value in enumerate(read.values)]
        return read._replace(values=values, refusals={})

    def _note_empty(self, column: str, rows: np.ndarray) -> None:
        emptied = self.source.emptied
        emptied[column] = emptied[column] | rows if column in emptied else rows

    def _begin(self, column: str) -> None:
        """Note what is known of a column, before its cells are read."""
        self.context |= {
            "decimal_mark": self.source.decimal_marks.get(column),
            "factor": self.source.factors.get(column),
            "three_decimals": column in self.source.three_decimals,
            "day_or_month": column in self.source.day_or_month,
        }

    def _each(
        self,
        column: str,
        different: Sequence[Any],
        which: np.ndarray,
        read: Callable[[str, Any], tuple[Any, list[Refusal]]],
    ) -> Column:
        """A column of which each different cell is read; says how cells were read that are not plain, with a count."""
        remarks: dict[str, dict[int, dict[str, Any]]] = defaultdict(dict)

        def read_one(numbered: tuple[int, Any]) -> tuple[Any, list[Refusal]]:
            number, cell = numbered
            self.context["remarks"] = []
            found = read(column, cell)
            for code, _, gaps in self.context["remarks"]:
                remarks[code].setdefault(number, gaps)
            return found

        result = read_each(enumerate(different), which, read_one)
        for code, numbers in remarks.items():
            count = int(np.isin(which, list(numbers)).sum())
            first, gaps = next(iter(numbers.items()))
            self._remark(code, column, count, str(different[first]), gaps)
        return result

    def _remark(self, code: str, column: str, count: int, cell: str, gaps: Mapping[str, Any]) -> None:
        """Tell the sender how cells of a column were read."""
        header = next((header for header, name in self.source.columns.items() if name == column), None)
        gaps = {
            "column": header or self._headings().get(column, column),
            "count": count,
            "text": cell.strip()[:100],
            **gaps,
        }
        self.draft.notes.append(note(code, self.source.label, **gaps))

    def _cell(self, column: str, cell: str | list[str]) -> tuple[Any, list[Refusal]]:
        """The value of one cell by the model's own type, or why there is none."""
        info = self.row_type.model_fields[column]
        if models.says_nothing(self.row_type, column, cell, self.context):
            word = cell.strip() if isinstance(cell, str) else ""
            if info.is_required() and not models.extra(self.row_type, column)["made_from"]:
                return None, [Refusal(column, "error_cell", cell) if is_error(word) else Refusal(column, "missing", "")]
            if word:
                self.context["remarks"].append(("words_for_nothing", column, {}))
            return None if info.is_required() else info.default, []
        if column == "donor_id" and "organisations" in self.names:
            # A donor that is an organisation in the data gets its identifier there; any other identifier is accepted.
            matches = self.names["organisations"].find(str(cell))
            if len(matches) > 1:
                return None, [self.names["organisations"].refusal(str(cell), column)]
            cell = matches[0] if matches else cell
        try:
            return adapter(self.row_type, column).validate_python(cell, context=self.context), []
        except ValidationError as error:
            return None, list(refusals_in(error, column))

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
        if isinstance(cell, str) and is_nothing(cell) and not names.find(cell):
            return self._cell(column, cell)
        quoted = quoted_items(cell) if isinstance(cell, str) and not names.find(cell) else []
        parts = parts_of(cell, names) if is_list else quoted if len(quoted) == 1 else [str(cell)]
        matches = [names.find(part) for part in parts]
        wrong = [names.refusal(part, column) for part, ids in zip(parts, matches, strict=True) if len(ids) != 1]
        if wrong or not parts:
            return None, wrong or [Refusal(column, "missing", "")]
        self.spelling |= {part: other for part in parts if (other := names.other_spelling(part))}
        self.aliases_used |= {part for part in parts if names.of_alias(part)}
        ids = list(dict.fromkeys(ids[0] for ids in matches))
        return ids if is_list else ids[0], []

    def _words(self, column: str, different: list[str], which: np.ndarray) -> Column:
        """Lists of words. What may be one word or several is noted and asked; see `lists`."""
        sign = signature(self.source.table.header)
        told = {key.rpartition(" ")[::2]: answer for key, answer in self.source.matching.lists.get(sign, {}).items()}
        answers = {separator: answer for (name, separator), answer in told.items() if name == column}
        vocabulary = self.codes.get("theme", {}) if column == "themes" else {}
        on_show = pc.unique(pc.list_flatten(self.before[column])).to_pylist() if len(self.before) else []
        kept = self.source.matching.words.get(sign, {}).get(column, [])
        words = Words(
            different, vocabulary, [word for word in on_show if word and not UNSURE.search(word)] + kept, answers
        )
        read = self._each(column, different, which, lambda name, cell: self._cell(name, words.items(cell)))
        if words.split:
            self.source.words[column] = sorted(words.split)
        for separator, items in words.doubts.items():
            asked = {f"{column} {separator}": items[0]}
            self.draft.readings = [
                replace(r, one_or_several=dict(r.one_or_several) | asked) if r.file == self.source.label else r
                for r in self.draft.readings
            ]
            if separator not in answers:
                shown = next(header for header, name in self.source.columns.items() if name == column)
                gaps = {"column": shown, "count": len(items), "text": items[0]}
                self.draft.notes.append(note("one_or_several", self.source.label, **gaps))
        return read

    def _pairs(self, lists: pa.Array | None) -> Column:
        """`organisation_ids` from several columns; from the two of a pair where the list itself is empty."""
        parts = self.parts.get("organisation_ids") or [self.cells[name].to_pylist() for name in PAIR]
        is_apart = "organisation_ids" not in self.parts
        given = lists.to_pylist() if lists is not None and is_apart else itertools.repeat("")
        contents: dict[tuple[str, ...], int] = {}
        which = [contents.setdefault(key, len(contents)) for key in zip(given, *parts, strict=False)]
        different = [
            listed if listed.strip() else [name.strip() for name in pair if name.strip() and not is_nothing(name)]
            for listed, *pair in contents
        ]
        if not is_apart and (
            names := self.names.get("organisations")
        ):  # a cell beside the first partner has the others
            different = [[one for cell in cells for one in parts_of(cell, names)] for cells in different]
        return read_each(different, np.array(which, np.int32), functools.partial(self._reference, "organisation_ids"))

    def _numbers(self, column: str, cells: pa.Array) -> Column:
        """Numbers: those in the usual form all at once, the others cell by cell."""
        if (self.context["factor"] or 1) != 1:  # each exactly: what two floats give is not
            return self._each(column, *distinct(cells), self._cell)
        low, high = models.bounds(self.row_type, column)
        plain = plain_numbers(
            cells, self.context["decimal_mark"], low, high, three_decimals=self.context["three_decimals"]
        )
        rest = np.flatnonzero(pc.is_null(plain).to_numpy(zero_copy_only=False))
        which = np.full(self.count, -1, np.int32)
        different, which[rest] = distinct(cells.take(pa.array(rest)))
        return self._each(column, different, which, self._cell)._replace(plain=plain)

    def _read_by_row(self, schema: pa.Schema) -> pa.Table:
        """Read rows in which the meaning of a cell depends on another cell: each row by the whole model."""
        records, refusals = [], {}
        for column in self.source.numbers:
            self._begin(column)
        remarks: list[tuple[str, str | None, dict[str, Any]]] = []
        self.context["remarks"] = remarks
        for number, row in enumerate(zip(*(cells.to_pylist() for cells in self.cells.values()), strict=True)):
            values = dict(zip(self.cells, row, strict=True))
            try:
                records.append(dict(self.row_type.model_validate(values, context=self.context)))
            except ValidationError as error:
                records.append(dict.fromkeys(schema.names))
                refusals[number] = list(refusals_in(error))
        for (code, name), count in Counter((code, name) for code, name, _ in remarks).items():
            gaps = next(gaps for other, _, gaps in remarks if other == code)
            self._remark(code, name or "", count, "", gaps)
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
            which = np.full(self.count, -1, np.int32)
            numbers, first = combine(int(complete.sum()), (column.which[complete] for column in columns))
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
            if refusals and all(models.is_optional(self.row_type, name) for name in rule.columns):
                # Nothing tells which of them is wrong, and the row does without both.
                refusals = {n: [refusal._replace(empties=True) for refusal in of] for n, of in refusals.items()}
                for name in rule.columns:
                    self._empty_rows(name, np.isin(which, list(refusals)))
            self.checks.append((which, refusals))

    def _empty_rows(self, column: str, rows: np.ndarray) -> None:
        """Leave the cells of some rows empty."""
        read = self.columns[column]
        values = [*read.values, self.row_type.model_fields[column].default]
        self.columns[column] = read._replace(values=values, which=np.where(rows, len(read.values), read.which))
        self._note_empty(column, rows)

    def _is_required(self, column: str) -> bool:
        return self.row_type.model_fields[column].is_required()

    def _typed_cell(self, column: str, row: int) -> str:
        """The cell as it is in the file."""
        if column == "organisation_ids" and column not in self.cells:
            return "|".join(self.cells[name][row].as_py() for name in PAIR)
        return str(self.cells[column][row].as_py()) if column in self.cells else ""

    def _apply_aliases(self) -> None:
        """Rows under another name of an organisation that is known become rows of that organisation."""
        every = np.arange(self.count)
        before = [self.columns[name] for name in ("organisation_id", "name")]
        ids, names = ([column.values[number] for number in column.which] for column in before)
        found = applied(ids, names, self.draft.matching.aliases)
        self.under_alias = found.under_alias & ~self._is_refused()
        self.columns["organisation_id"] = Column(found.ids, every, {})
        self.columns["name"] = Column(found.names, every, {})
        for row in np.flatnonzero(self.under_alias).tolist():
            self.spelling[str(names[row])] = str(found.names[row])

    def _make_identifiers(self) -> None:
        """Fill in identifiers that were left out.

        The same name keeps the identifier it has in the data on show; a new one is made from the row itself, so that
        the same row gets the same identifier in every drop. See `identifiers`.
        """
        id_name = self.row_type.key[0]
        made_from = models.extra(self.row_type, id_name)["made_from"]
        if not made_from:
            return
        column = self.columns[id_name]
        # Only rows that can be accepted count: read again without the others, the file must give the same.
        accepted = ~self._is_refused()
        given = {column.values[number] for number in np.unique(column.which[accepted])}
        column = column._replace(values=as_on_show(column.values, given, self.before[id_name].to_pylist()))
        self.columns[id_name] = column
        ids = [column.values[number] for number in column.which]
        open_rows = [row for row in np.flatnonzero(accepted).tolist() if ids[row] is None]
        if not open_rows:
            return
        used = {identifier for identifier, is_accepted in zip(ids, accepted, strict=True) if is_accepted}
        made, refusals, spelling = made_identifiers(self.row_type, self.columns, open_rows, used, self.before)
        self.spelling |= spelling
        for row, identifier in made.items():
            ids[row] = identifier
        self.checks.append((np.arange(self.count), refusals))
        self.columns[id_name] = Column(ids, np.arange(self.count), {})
        self.checks.append((column.which, column.refusals))
        if made:
            gaps = {"count": len(made), "source": Text(made_from)}
            self.draft.notes.append(note("identifiers_made", self.source.label, **gaps))

    def _take_donors_together(self) -> None:
        """One spelling for donors that are alike, of the rows that are not refused: the one on show, or the first."""
        donors = self.columns["donor"]
        accepted = pc.unique(pa.array(donors.which[~self._is_refused()])).to_pylist()
        given = [donors.values[number] for number in accepted if donors.values[number]]
        spelling = one_spelling(given, pc.unique(self.before["donor"]).drop_null().to_pylist())
        self.columns["donor"] = donors._replace(values=[spelling.get(value, value) for value in donors.values])
        self.spelling |= spelling
        self._know_donors(given)

    def _know_donors(self, given: Sequence[str]) -> None:
        """A donor under another name of an organisation in the data is that organisation; so is one that was told."""
        known = {donor: found for donor in given if (found := self._known_donor(donor))}
        if not known:
            return
        donors, ids, every = self.columns["donor"], self.columns["donor_id"], np.arange(self.count)
        pairs: list[tuple[str | None, str | None]] = []
        for donor, identifier in zip(donors.which, ids.which, strict=True):
            said, given_id = donors.values[donor], ids.values[identifier]
            is_meant = said in known and (given_id in (None, known[said][0]) or fold(said) in self._donors_told)
            pairs.append(known[said][::-1] if is_meant else (said, given_id))
        self.columns["donor"] = Column([pair[0] for pair in pairs], every, {})
        self.columns["donor_id"] = Column([pair[1] for pair in pairs], every, {})
        self.spelling |= {donor: name for donor, (_, name) in known.items()}

    def _check_totals(self) -> None:
        """A total that is less than the rows of income of its year is left empty: one of the two is wrong."""
        kinds = {field.name: field.type for field in models.schema(models.Account)}
        columns = ("organisation_id", "year", "total_income")
        read = pa.table({name: self.columns[name].typed(kinds[name]) for name in columns})
        refusals: dict[int, list[Refusal]] = {}
        for found in exceeded(read, self.draft.tables["funding"]):
            cell = self._typed_cell("total_income", found.place)
            gaps = {"rows": found.rows}
            refusals[found.place] = [Refusal("total_income", "rows_exceed_total", cell, gaps, empties=True)]
        if refusals:
            every = np.arange(self.count)
            emptied = np.isin(every, list(refusals))
            totals = read["total_income"].to_pylist()
            values = [None if left else total for left, total in zip(emptied, totals, strict=True)]
            self.columns["total_income"] = Column(values, every, {})
            self._note_empty("total_income", emptied)
            self.checks.append((every, refusals))

    @property
    def _donors_told(self) -> Mapping[str, str]:
        return self.draft.matching.meanings.get("donors", {})

    def _known_donor(self, donor: str) -> tuple[str | None, str] | None:
        """Identifier, if it is an organisation, and name of a donor under another name; None when it has only this."""
        names = self.names.get("organisations")
        if meant := self._donors_told.get(fold(donor)):
            found = names.find(meant) if names else []
            return (found[0], names.name(found[0])) if names and len(found) == 1 else (None, meant)
        return names.of_alias(donor) if names else None

    # --- between rows

    def _is_refused(self) -> np.ndarray:
        """Per row whether anything that it cannot do without is not accepted."""
        refused = np.zeros(self.count, bool)
        for which, refusals in self.checks:
            cases = [number for number, of in refusals.items() if not all(refusal.empties for refusal in of)]
            if cases:
                refused |= np.isin(which, cases)
        return refused

    def _settle(self, table: pa.Table) -> tuple[pa.Table, int]:
        """Leave out what is refused, add up or refuse a second row with the same key, and report."""
        refused = self._is_refused()
        rows = np.flatnonzero(~refused)
        if self.under_alias.any():
            return self._settle_aliases(table, refused)
        keys = ((self.columns[name], models.is_identifier(name)) for name in self.row_type.key)
        numbers, first = combine(
            len(rows), (number_folded(column.values, exactly)[column.which[rows]] for column, exactly in keys)
        )
        if len(first) < len(rows) and self.source.is_one_per_person:
            self.draft.notes.append(note("people_added_up", self.source.label, count=len(rows)))
            return self._report(people_added_up(table.take(pa.array(rows)), numbers, first), refused)
        if len(first) < len(rows) and self.row_type is models.Funding:
            self.draft.notes += amounts_noted(self.source, rows, numbers, len(first))
            return self._report(amounts_added_up(table.take(pa.array(rows)), numbers, first), refused)
        if together := TOGETHER.get(self.row_type):
            under = pc.is_in(self.cells["organisation_id"], pa.array(sorted(self.aliases_used), pa.string()))
            joined, refused = self._rows_of_one(table, rows, numbers, under.to_numpy(zero_copy_only=False), together)
            if joined is not None:
                return self._report(joined, refused)
        doubles = {}
        for position in np.flatnonzero(first[numbers] != np.arange(len(rows))):
            row, other = int(rows[position]), int(rows[first[numbers[position]]])
            doubles[row] = [double(self.row_type, self.source, row, other)]
        self.checks.append((np.arange(self.count), doubles))
        refused[list(doubles)] = True
        return self._report(table.filter(pa.array(~refused)) if refused.any() else table, refused)

    def _rows_of_one(
        self,
        table: pa.Table,
        rows: np.ndarray,
        numbers: np.ndarray,
        under_alias: np.ndarray,
        together: Callable[..., Any],
    ) -> tuple[pa.Table | None, np.ndarray]:
        """As `_settle`, of rows that are about one organisation under two of its names: one row, as a merge makes.

        The rows that are left over, and which are refused; None when there are no such rows.
        """
        records: dict[int, dict[str, Any]] = {}
        plain: dict[int, int] = {}
        doubles = {}
        count = 0
        every = table.take(pa.array(rows)).to_pylist() if under_alias[rows].any() else []
        for row, number, record in zip(rows.tolist(), numbers.tolist(), every, strict=False):
            other = None if under_alias[row] else plain.setdefault(number, row)
            if other not in (None, row):
                doubles[row] = [double(self.row_type, self.source, row, other)]
                continue
            count += number in records
            records[number] = together(records[number], record) if number in records else record
        refused = self._is_refused()
        if not count:
            return None, refused
        self.draft.notes.append(note("rows_of_one", self.source.label, count=count))
        self.checks.append((np.arange(self.count), doubles))
        refused[list(doubles)] = True
        return pa.Table.from_pylist(list(records.values()), table.schema), refused

    def _settle_aliases(self, table: pa.Table, refused: np.ndarray) -> tuple[pa.Table, int]:
        """As `_settle`, of organisations of which some are there under another name: joined to their own row."""
        ids = self.columns["organisation_id"]
        first: dict[str, int] = {}
        doubles = {}
        for row in np.flatnonzero(~refused & ~self.under_alias).tolist():
            other = first.setdefault(ids.values[ids.which[row]], row)
            if other != row:
                doubles[row] = [double(self.row_type, self.source, row, other)]
        self.checks.append((np.arange(self.count), doubles))
        refused[list(doubles)] = True
        kept = pa.array(~refused)
        return self._report(taken_together(table.filter(kept), self.under_alias[~refused]), refused)

    def _report(self, table: pa.Table, refused: np.ndarray) -> tuple[pa.Table, int]:
        """Problems in order of rows, and the rejected rows in the shape of the file."""
        source = self.source
        source.rejected = refused
        if self.row_type is models.Event:
            ids = self.columns["event_id"]
            source.ids = [None if out else ids.values[n] for out, n in zip(refused, ids.which, strict=True)]
        source.emptied = {c: left for c, rows in source.emptied.items() if (left := rows & ~refused).any()}
        to_repair = np.logical_or.reduce([refused, *source.emptied.values()])
        unread = [finding for finding in source.table.findings if not SENTENCES[finding.code].blocks]
        unlisted = 0
        listed: list[Problem] = [
            problem(f.code, source.label, f.row, f.column, f.value if source.is_all_used else "") for f in unread
        ]
        rejected: list[tuple[int, Sequence[str], list[Problem]]] = [
            (finding.row, row_apart(source, finding), [unread_problem])
            for finding, unread_problem in zip(unread, listed, strict=True)
        ]
        headers = source.used
        at = np.flatnonzero(to_repair)
        cells = zip(*(source.table.cells[header].take(pa.array(at)).to_pylist() for header in headers), strict=True)
        for row, content in zip(at, cells, strict=True):
            problems = self._problems_of(int(row))
            unlisted += len(listed) >= MOST_PROBLEMS
            listed += problems if len(listed) < MOST_PROBLEMS else []
            private = {p.column for p in problems if p.code == "personal_data"}
            shown = ["" if header in private else cell for header, cell in zip(headers, content, strict=True)]
            rejected.append((int(source.table.rows[row]), shown, problems))
        self.draft.problems += listed
        if unlisted:
            self.draft.problems.append(problem("more_problems", source.label, count=unlisted))
        if rejected:
            rejected.sort(key=lambda row: row[0])
            separator = source.table.separator or ";"
            self.draft.rejected[source.label] = Rejected(
                headers, separator, [(c, problems) for _, c, problems in rejected]
            )
        return table, int(refused.sum()) + len(unread)

    def _headings(self) -> dict[str, str]:
        """Column -> its heading in the file, or that of the column which it was made from."""
        headings = {column: header for header, column in self.source.columns.items()}
        headings.setdefault("sector", headings.get("type", "sector"))  # where the type says it
        headings.setdefault("category", headings.get("donor", "category"))  # the same
        headings.setdefault("end_date", headings.get("start_date", "end_date"))  # the end of a period in one cell
        return headings

    def _problems_of(self, row: int) -> list[Problem]:
        """What is wrong with one row, each column once, under the name it has in the file."""
        problems: dict[str, Problem] = {}
        headers = self._headings()
        for which, refusals in self.checks:
            for column, code, value, gaps, empties in refusals.get(int(which[row]), ()):
                number, shown = int(self.source.table.rows[row]), headers.get(column, column)
                if self.source.headings and column in ("amount", "year"):
                    shown = self.source.headings[row]
                label = self.source.labels[row] if self.source.labels else self.source.label
                shown, key = self._cell_to_correct(row, column, shown, str(value), code)
                found = problem(code, label, number, shown, value, **gaps)
                problems.setdefault(column, replace(found, empties=empties, key=key))
        return list(problems.values())

    def _cell_to_correct(self, row: int, column: str, shown: str, value: str, code: str) -> tuple[str, str]:
        """The heading of the very cell that is refused, and what a correction of it is kept under; "" for none."""
        source = self.source
        alike = (column, *PAIR) if column == "organisation_ids" else (column,)
        named = [header for header in source.used if source.columns[header] in alike or header == shown]
        cells = source.table.cells
        found = [header for header in named if cells[header][row].as_py().strip() == value.strip()]
        if not found or code == "duplicate_row":
            return shown, ""
        given = source.given or cells
        whole = [given[header][row].as_py() for header in source.used]
        shown = shown if source.headings and column in ("amount", "year") else found[0]
        return shown, key_of(given[found[0]][row].as_py(), whole, of_row=code == "duplicate_key")
