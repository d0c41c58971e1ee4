"""Which table a file holds, and what its columns are: by a reader's answers, by its name, or by its headers."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import pyarrow.compute as pc

from hubdata import models, reading
from hubdata.cells import fold
from hubdata.ingest.answers import FileMapping
from hubdata.ingest.corrections import corrected
from hubdata.ingest.dates import count_day_or_month, day_or_month, settle_order
from hubdata.ingest.drafts import Draft, Reading
from hubdata.ingest.guesses import ATTENDEES, table_of_sheet
from hubdata.ingest.headings import (
    all_words,
    folded,
    is_guessed,
    match_columns,
    missing_columns,
    signature,
    with_old_answers,
)
from hubdata.ingest.identifiers import with_first_zero
from hubdata.ingest.layout import (
    is_list_of_names,
    is_untouched,
    kinds_of_years,
    with_years_as_rows,
    without_examples,
    without_totals,
)
from hubdata.ingest.marks import HEADER, as_attendance, with_marks_as_rows
from hubdata.ingest.numbers import settle_numbers
from hubdata.ingest.outcomes import without_what_never_was
from hubdata.ingest.personal import is_personal, personal_columns
from hubdata.ingest.problems import SENTENCES, note, problem
from hubdata.ingest.recipes import Made, Recipe, all_headings, lists_of, persons_in, recipe_of, without_links
from hubdata.ingest.sections import with_sectors, without_lines, without_notes_below, without_repeats
from hubdata.ingest.sheets import is_former, joined, lists_apart, with_year_of_its_name
from hubdata.ingest.sources import Source
from hubdata.ingest.ticks import presence_column, with_ticks_as_words
from hubdata.ingest.units import settle_units
from hubdata.settings import Settings

LETTERS = tuple(reading.SINGLE_BYTE)
"""The encodings of which somebody chooses one where the letters of a file are in doubt."""


def recognise(
    files: Mapping[str, bytes], settings: Settings, matching: FileMapping, draft: Draft, begin: Callable[[str], None],
    sector_words: Collection[str],
) -> dict[str, Source]:  # fmt: skip
    """Which table each file holds, by a reader's answer, its name, or its header; what cannot be read is a problem.

    `sector_words`: what sectors and types are called, folded.
    """
    handed_in: dict[str, Source] = {}
    if sum(len(content) for content in files.values()) > settings.max_drop_megabytes * 1_000_000:
        draft.problems.append(problem("drop_too_large", next(iter(files)), limit=settings.max_drop_megabytes))
        return handed_in
    for file, content in files.items():
        begin(file)
        if len(content) > settings.max_file_megabytes * 1_000_000:
            draft.problems.append(problem("too_large", file, limit=settings.max_file_megabytes))
            continue
        sheets = _without_made(file, read_sheets(content, settings, matching), matching, draft, handed_in)
        by_cells = {sheet.sheet: recipe for sheet in sheets if (recipe := recipe_of(sheet, matching))}
        sheets = [without_links(s, by_cells[s.sheet]) if s.sheet in by_cells else s for s in sheets]
        sheets = [without_lines(without_repeats(without_examples(sheet))) for sheet in sheets]
        sheets = [without_notes_below(without_totals(sheet)) for sheet in sheets]
        sheets = [with_ticks_as_words(sheet, with_old_answers(matching, sheet.header)) for sheet in sheets]
        sheets, headings = _laid_out(file, sheets, matching, sector_words)
        answers = [with_old_answers(matching, sheet.header) for sheet in sheets]
        table_names = _table_names(file, sheets, answers)
        has_sheets = len(sheets) > 1
        lists = _joined(_without_former(_lists(sheets, answers, table_names, headings), file, draft))
        for sheet, told, name, under, parts in lists:
            label = f"{file} ({sheet.sheet})" if has_sheets else file
            is_used = name is not None or not any(table_names)
            for remark in sheet.remarks:
                if remark.sheet:
                    draft.notes.append(note(remark.code, f"{file} ({remark.sheet})", **remark.gaps))
                elif is_used:
                    draft.notes.append(note(remark.code, label, **remark.gaps))
            if is_untouched(sheet):
                continue
            if not is_used:
                # A sheet with an explanation or a sum, beside one that we know.
                draft.notes.append(note("sheet_not_used", label, count=len(sheet.rows)))
                if sheet.apart:
                    _unknown(label, sheet, draft, is_problem=False)
                continue
            # Without a header there are no rows to leave out, so every finding blocks the load.
            draft.problems += [
                replace(problem(f.code, label, f.row or None, f.column, f.value), blocks=True)
                for f in sheet.findings
                if SENTENCES[f.code].blocks or not name or not sheet.header
            ]
            if name is None:
                _unknown(label, sheet, draft)
            elif name in handed_in:
                draft.problems.append(problem("two_files", label, value=handed_in[name].label))
            else:
                handed_in[name] = _matched(label, file, sheet, name, told, draft, by_cells.get(sheet.sheet))
                handed_in[name].headings = under
                handed_in[name].labels = [f"{file} ({part})" for part in parts]
                if parts:
                    labels = tuple(dict.fromkeys(handed_in[name].labels))
                    draft.readings[-1] = replace(draft.readings[-1], parts=labels)
                    draft.notes.append(note("sheets_joined", label, count=len(labels)))
                without_what_never_was(handed_in[name], draft.readings[-1].ignored, draft)
    return handed_in


class _List(NamedTuple):
    """A sheet, what was answered about it, and what it holds."""

    sheet: reading.Table
    told: FileMapping
    name: str | None
    headings: list[str]
    parts: list[str]
    """Per row the sheet that it stands on, where it is several sheets."""


def _lists(
    sheets: Sequence[reading.Table],
    answers: Sequence[FileMapping],
    names: Sequence[str | None],
    headings: Sequence[list[str]],
) -> list[_List]:
    """The sheets of a file. A grid of who was there is attendance where another sheet lists the events."""
    called = [
        "events" if name == "attendance" and _is_grid(sheet) and sheet.header == HEADER else name
        for sheet, name in zip(sheets, names, strict=True)
    ]
    found = [_List(*one, []) for one in zip(sheets, answers, called, headings, strict=True)]
    if any(one.name == "events" and not _is_grid(one.sheet) for one in found):
        found = [
            one._replace(sheet=as_attendance(one.sheet), name="attendance")
            if one.name == "events" and _is_grid(one.sheet) and one.sheet.header == HEADER
            else one
            for one in found
        ]
    return found


def _is_grid(sheet: reading.Table) -> bool:
    return any(remark.code == "marks_as_rows" for remark in sheet.remarks)


def _without_former(lists: list[_List], file: str, draft: Draft) -> list[_List]:
    """The lists without a sheet of organisations that left, beside one of those that are there."""
    listed = [one for one in lists if one.name == "organisations"]
    former = [
        one
        for one in listed
        if is_former(one.sheet, match_columns(models.Organisation, one.sheet.header, {}).values())
        and signature(one.sheet.header) not in one.told.tables
    ]
    if not former or len(former) == len(listed):
        return lists
    draft.notes += [note("sheet_former", f"{file} ({one.sheet.sheet})", count=len(one.sheet.rows)) for one in former]
    return [one for one in lists if not any(one is other for other in former)]


def _joined(lists: list[_List]) -> list[_List]:
    """The same, with sheets that hold one table below each other."""
    left = list(lists)
    for name, row_type in models.TABLES.items():
        same = [one for one in left if one.name == name and not is_untouched(one.sheet)]
        if len(same) < 2 or any(one.headings for one in same):
            continue
        whole = joined([one.sheet for one in same], row_type, [one.told for one in same])
        if whole is None:
            continue
        place = left.index(same[0])
        kept = FileMapping()
        for one in same:
            kept = kept.with_(one.told)
        left[place] = _List(whole.sheet, with_old_answers(kept, whole.sheet.header), name, [], whole.labels)
        left = [one for one in left if not any(one is other for other in same)]
    return left


def _without_made(
    file: str, sheets: list[reading.Table], matching: FileMapping, draft: Draft, handed_in: dict[str, Source]
) -> list[reading.Table]:
    """The sheets that no recipe makes lists of; what is made of the others is handed in and reported."""
    left = []
    for sheet in sheets:
        recipe = recipe_of(sheet, with_old_answers(matching, sheet.header))
        if not recipe or not recipe.lists:
            left.append(sheet)
            continue
        label = f"{file} ({sheet.sheet})" if len(sheets) > 1 else file
        lists = lists_of(recipe, sheet, file, label, matching)
        for made in lists:
            name = f"{label}: {made.of.table}" if len(lists) > 1 else label
            used = {header for one in lists for header in one.columns} if made is lists[0] else None
            source = _made(name, file, sheet, made, recipe, matching, draft, used)
            if any(found.blocks for found in made.problems):
                continue
            if made.of.table not in handed_in:
                handed_in[made.of.table] = source
            elif not handed_in[made.of.table].joined(source):
                other = handed_in[made.of.table].label
                draft.problems.append(problem("two_files", name, value=other))
        draft.problems += [
            replace(problem(f.code, label, f.row or None, f.column, ""), blocks=True) for f in sheet.findings
        ]
    return left


def _made(
    label: str, file: str, sheet: reading.Table, made: Made, recipe: Recipe, matching: FileMapping, draft: Draft,
    used: Collection[str] | None,
) -> Source:  # fmt: skip
    """A list that a recipe made of a file, and the report of it.

    `used`: the columns of all lists of the file, for the first of them, which says what is left out; None for others.
    """
    unused = [] if used is None else [header for header in sheet.header if header not in used]
    personal = persons_in(recipe, sheet, unused)
    ignored = tuple(header for header in unused if header not in personal)
    draft.notes += [replace(found, file=label) for found in made.notes]
    draft.problems += [replace(found, file=label) for found in made.problems]
    if ignored:
        draft.notes.append(note("columns_not_used", label, count=len(ignored), columns=", ".join(ignored)))
    if personal:
        draft.notes.append(note("columns_left_out", label, count=len(personal), columns=", ".join(personal)))
    names = {header: header for header in made.table.header}
    source = Source(label, file, made.table, made.of.table, names, matching, is_one_per_person=False, made=[made])
    source.decimal_marks = dict.fromkeys(source.numbers, ".")
    draft.readings.append(
        Reading(
            label, made.of.table, len(sheet.rows), sheet.encoding, sheet.separator, tuple(sheet.header), made.columns,
            ignored, tuple(personal), (), ".", first_rows=_first_rows(made.table, ()), count=made.count,
            unsaid=tuple(found.column for found in made.problems if found.code == "not_said"),
            currencies=tuple(str(found.value) for found in made.problems if found.code == "rate_missing"),
        )
    )  # fmt: skip
    if not len(made.table.rows) and not made.problems:
        draft.notes.append(note("no_rows", label, count=0))
    return source


def read_sheets(content: bytes, settings: Settings, matching: FileMapping) -> list[reading.Table]:
    """The lists of a file as it is read by whoever knows our headings, and the ones that readers told."""
    told = (word for answers in matching.columns.values() for word, column in answers.items() if column)
    limits = reading.Limits(settings.max_columns, settings.max_unpacked_megabytes)
    rows = (row for row, holds_headings in matching.header_rows.items() if holds_headings)
    sheets = reading.read(content, limits, all_words().union(told, rows, all_headings()), matching.letters)
    return lists_apart(sheets, matching, lambda sheet: bool(sheet.header) and _is_known(sheet, matching))


def _laid_out(
    file: str, sheets: list[reading.Table], matching: FileMapping, sector_words: Collection[str]
) -> tuple[list[reading.Table], list[list[str]]]:
    """Sheets as lists with a row per thing: an amount of a year, an event; and of amounts their headings."""
    laid_out = list(sheets)
    headings: list[list[str]] = [[] for _ in sheets]
    for place, sheet in enumerate(sheets):
        told = with_old_answers(matching, sheet.header)
        wide = with_years_as_rows(sheet, told.columns.get("funding", {})) if sheet.header else None
        if wide is None:
            fits = _table_that_fits(sheet, told) if sheet.header else None
            is_called_otherwise = fits == "events" and table_of_sheet(sheet.sheet) == ["partnerships"]
            if sheet.header and not told.tables.get(signature(sheet.header)) and (not fits or is_called_otherwise):
                others = [other for other in sheets if other is not sheet]
                grid = with_marks_as_rows(sheet, told.columns.get("events", {}), others)
                in_parts = with_sectors(sheet, told.columns.get("organisations", {}), sector_words, sheets)
                laid_out[place] = grid or (in_parts if in_parts is not sheet else with_year_of_its_name(sheet, told))
            continue
        answer = told.tables.get(signature(sheet.header)) or told.tables.get(signature(wide.sheet.header))
        named = answer or _table_called(sheet.sheet) or (_table_called(file) if len(sheets) == 1 else None)
        if (named or _table_that_fits(wide.sheet, told)) == "funding" and _table_that_fits(sheet, told) is None:
            laid_out[place], headings[place] = wide.sheet, wide.headings
    return laid_out, headings


def _unknown(label: str, sheet: reading.Table, draft: Draft, is_problem: bool = True) -> None:
    """Report a file whose table is unknown, with its headers, so that a reader can say which table it is."""
    if sheet.header and is_problem:
        tables = ", ".join(f"{table}.csv" for table in models.TABLES)
        draft.problems.append(problem("unknown_file", label, tables=tables))
    header = tuple(sheet.header)
    read = (label, None, len(sheet.rows), sheet.encoding, sheet.separator, header)
    personal = [name for name in sheet.cells.column_names if is_personal(name, sheet)]
    first_rows = _first_rows(sheet, personal)
    unknown = Reading(*read, columns={}, ignored=header, left_out=(), missing=(), first_rows=first_rows)
    draft.readings.append(
        replace(
            unknown,
            beginning=sheet.beginning,
            header_row=sheet.header_row,
            doubtful=sheet.doubtful,
            apart=sheet.apart,
        )
    )


def _first_rows(sheet: reading.Table, personal: Sequence[str]) -> tuple[Mapping[str, str], ...]:
    """The first five rows of a list, without columns that hold what is personal."""
    cells = sheet.cells.drop_columns([name for name in personal if name in sheet.cells.column_names])
    return tuple(cells.slice(0, 5).to_pylist()) if len(sheet.rows) else ()


def _table_names(file: str, sheets: Sequence[reading.Table], answers: Sequence[FileMapping]) -> list[str | None]:
    """Which table each sheet of a file holds; None when nobody knows.

    A name counts when the sheet is the only one. Of several, it counts for the one whose headings fit.
    """
    called = _table_called(file)
    names: list[str | None] = []
    for sheet, matching in zip(sheets, answers, strict=True):
        answer = matching.tables.get(signature(sheet.header)) if sheet.header else None
        if answer is not None:
            names.append(answer if answer in models.TABLES else None)  # a newer version may have one of its own
        else:
            by_name = _table_called(sheet.sheet) or (called if len(sheets) == 1 else None)
            names.append(by_name or _table_that_fits(sheet, matching) or _table_guessed(sheet, matching))
    if len(sheets) > 1:
        fitting = [_fit(sheet, name, told) for sheet, name, told in zip(sheets, names, answers, strict=True)]
        for place, name in enumerate(names):
            same = [fitting[other] for other, named in enumerate(names) if named == name]
            if name and fitting[place] < (1, 0) and max(same) > fitting[place]:
                names[place] = None  # `Uitleg organisaties`, beside the organisations
        if called and called not in names:
            fits = {place: _fit(sheets[place], called, answers[place]) for place, name in enumerate(names) if not name}
            best = [place for place, fit in fits.items() if fit == max(fits.values()) and fit > (0, 0)]
            if len(best) == 1:
                names[best[0]] = called
    return names


def _table_called(called: str) -> str | None:
    """The one table that a file or a sheet is called after."""
    text = fold(re.split(r"[/\\]", called)[-1].rsplit(".", 1)[0])
    named = [name for name, row in models.TABLES.items() if any(word in text for word in (name, *row.also))]
    return named[0] if len(named) == 1 else None


def _fit(sheet: reading.Table, name: str | None, matching: FileMapping) -> tuple[int, int]:
    """How well the headings of a sheet fit a table: whether it has all it needs, and how many of its columns."""
    if name is None:
        return 0, 0
    row_type = models.TABLES[name]
    columns = set(match_columns(row_type, sheet.header, matching.columns.get(name, {})).values())
    return int(not missing_columns(row_type, columns)), len(columns)


def _table_guessed(sheet: reading.Table, matching: FileMapping) -> str | None:
    """The table whose lists people call as this sheet is called, where the headings fit it best of these."""
    fits = {name: _fit(sheet, name, matching) for name in table_of_sheet(sheet.sheet)}
    return next((name for name, fit in fits.items() if fit == max(fits.values()) and fit >= (1, 0)), None)


def _is_known(sheet: reading.Table, matching: FileMapping) -> bool:
    """Whether we know a table for the headings of a list."""
    told = with_old_answers(matching, sheet.header)
    return signature(sheet.header) in told.tables or bool(_table_that_fits(sheet, told))


def _table_that_fits(sheet: reading.Table, matching: FileMapping) -> str | None:
    """The table that has most of its columns here, and all that it needs."""
    fits = {name: _fit(sheet, name, matching) for name in models.TABLES}
    best = [name for name, fit in fits.items() if fit == max(fits.values()) and fit >= (1, 0)]
    if best == ["events", "attendance"] and _says_who(sheet, matching):
        return "attendance"  # an event and its day in every row, and an organisation
    return best[0] if len(best) == 1 else None


def _says_who(sheet: reading.Table, matching: FileMapping) -> bool:
    """Whether a list that may be of events has one organisation in a row, and one event in several rows."""
    of_events, of_attendance = (
        match_columns(models.TABLES[table], sheet.header, matching.columns.get(table, {}))
        for table in ("events", "attendance")
    )
    who = next(header for header, column in of_attendance.items() if column == "organisation_id")
    event = next(header for header, column in of_attendance.items() if column == "event_id")
    is_repeated = pc.count_distinct(sheet.cells[event]).as_py() < len(sheet.rows)
    return of_events.get(event) == "name" and is_repeated and of_events.get(who, ATTENDEES) == ATTENDEES


def _matched(
    label: str,
    file: str,
    sheet: reading.Table,
    name: str,
    matching: FileMapping,
    draft: Draft,
    recipe: Recipe | None = None,
) -> Source:
    """A file whose table is known: its columns matched, personal data left out, and a report of both."""
    row_type, sign = models.TABLES[name], signature(sheet.header)
    columns = match_columns(row_type, sheet.header, matching.columns.get(name, {}))
    if name == "attendance" and "status" not in columns.values():
        free = [h for h in sheet.header if h not in columns and folded(h) not in matching.columns.get(name, {})]
        header = presence_column(sheet, [h for h in free if h in sheet.cells.column_names])
        columns |= {header: "status"} if header else {}
    counts = [h for h, c in columns.items() if c == ATTENDEES and not is_list_of_names(sheet.cells[h])]
    columns = {header: column for header, column in columns.items() if header not in counts}
    given = sheet.cells
    sheet, typed_over = corrected(sheet, columns, matching.cells.get(sign, {}))
    if typed_over:
        draft.notes.append(note("cells_corrected", label, count=typed_over))
    sheet, padded = with_first_zero(sheet, columns)
    if padded:
        draft.notes.append(note("first_zero", label, count=padded))
    unknown = [header for header in sheet.header if header not in columns and header in sheet.cells.column_names]
    personal = list(dict.fromkeys([*personal_columns(name, unknown, sheet), *persons_in(recipe, sheet, unknown)]))
    ignored = tuple(header for header in unknown if header not in personal)
    if ignored:
        draft.notes.append(note("columns_not_used", label, count=len(ignored), columns=", ".join(ignored)))
    if personal:
        draft.notes.append(note("columns_left_out", label, count=len(personal), columns=", ".join(personal)))
    is_attendance_per_person = name == "attendance" and "people" not in columns.values() and bool(personal)
    source = Source(
        label, file, sheet, name, columns, matching,
        is_one_per_person=matching.one_per_person.get(sign, is_attendance_per_person),
        given=given if typed_over else None,
    )  # fmt: skip
    months_first, example = matching.month_first.get(sign, False), None
    if sheet.header and not len(sheet.rows) and not sheet.findings:
        draft.notes.append(note("no_rows", label, count=0))
    kinds = kinds_of_years(sheet, matching.columns.get(name, {})) if name == "funding" else []
    if len(kinds) > 1:
        shown = "; ".join(", ".join(headers) for headers in kinds)
        draft.notes.append(note("years_of_kinds", label, count=len(kinds), columns=shown))
    if sheet.header and len(sheet.rows):
        settle_units(source, row_type, draft)
        settle_numbers(source, row_type)
        if sign not in matching.month_first:
            settle_order(source, row_type)
        example = None if months_first else day_or_month(source, row_type)
        if example:
            count = count_day_or_month(source, row_type)
            draft.notes.append(note("dates_day_first", label, text=example[0], day=example[1], count=count))
    row_count = len(sheet.rows) + sum(f.row > sheet.header_row for f in sheet.findings)
    draft.readings.append(
        Reading(
            label, name, row_count, sheet.encoding, sheet.separator,
            tuple(sheet.header), columns, ignored, tuple(personal), missing_columns(row_type, set(columns.values())),
            source.decimal_mark, months_first, example[0] if example else "",
            {h: source.decimal_marks[c] for h, c in columns.items() if c in source.decimal_marks},
            {h: source.factors[c] for h, c in columns.items() if c in source.factors},
            first_rows=_first_rows(sheet, personal),
            beginning=sheet.beginning,
            header_row=sheet.header_row,
            doubtful=sheet.doubtful,
            apart=sheet.apart,
            guessed=tuple(h for h, c in columns.items() if is_guessed(row_type, h, c, matching.columns.get(name, {}))),
            came_from=recipe.name if recipe else "",
        )
    )  # fmt: skip
    return source
