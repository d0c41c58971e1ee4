"""Which table a file holds, and what its columns are: by a reader's answers, by its name, or by its headers."""

import re
from collections.abc import Mapping
from dataclasses import replace

from hubdata import models, reading
from hubdata.cells import fold
from hubdata.ingest.answers import FileMapping
from hubdata.ingest.dates import count_day_or_month, day_or_month
from hubdata.ingest.drafts import Draft, Reading
from hubdata.ingest.headings import match_columns, missing_columns, signature
from hubdata.ingest.numbers import decimal_mark_of
from hubdata.ingest.personal import personal_columns
from hubdata.ingest.problems import SENTENCES, note, problem
from hubdata.ingest.sources import Source
from hubdata.settings import Settings


def recognise(files: Mapping[str, bytes], settings: Settings, matching: FileMapping, draft: Draft) -> dict[str, Source]:
    """Which table each file holds, by a reader's answer, its name, or its header; what cannot be read is a problem."""
    handed_in: dict[str, Source] = {}
    limits = reading.Limits(settings.max_columns, settings.max_unpacked_megabytes)
    for file, content in files.items():
        if len(content) > settings.max_file_megabytes * 1_000_000:
            draft.problems.append(problem("too_large", file, limit=settings.max_file_megabytes))
            continue
        sheets = reading.read(content, limits)
        table_names = [_table_name(file, sheet, matching) for sheet in sheets]
        for sheet, name in zip(sheets, table_names, strict=True):
            label = f"{file} ({sheet.sheet})" if len(sheets) > 1 else file
            if name is None and any(table_names):
                # A sheet with an explanation or a sum, beside one that we know.
                draft.notes.append(note("sheet_not_used", label))
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
                handed_in[name] = _matched(label, file, sheet, name, matching, draft)
    return handed_in


def _unknown(label: str, sheet: reading.Table, draft: Draft) -> None:
    """Report a file whose table is unknown, with its headers, so that a reader can say which table it is."""
    if sheet.header:
        tables = ", ".join(f"{table}.csv" for table in models.TABLES)
        draft.problems.append(problem("unknown_file", label, tables=tables))
    header = tuple(sheet.header)
    read = (label, None, len(sheet.rows), sheet.encoding, sheet.separator, header)
    draft.readings.append(Reading(*read, columns={}, ignored=header, left_out=(), missing=()))


def _table_name(file: str, sheet: reading.Table, matching: FileMapping) -> str | None:
    if (answer := matching.tables.get(signature(sheet.header))) is not None:
        return answer if answer in models.TABLES else None  # a newer version may have asked about a table of its own
    for called in (sheet.sheet, re.split(r"[/\\]", file)[-1].rsplit(".", 1)[0]):
        text = fold(called)
        named = [name for name, row in models.TABLES.items() if any(word in text for word in (name, *row.also))]
        if len(named) == 1:
            return named[0]
    fits = {}
    for name, row in models.TABLES.items():
        columns = set(match_columns(row, sheet.header, matching.columns.get(name, {})).values())
        if not missing_columns(row, columns):
            fits[name] = len(columns)
    best = [name for name, count in fits.items() if count == max(fits.values())]
    return best[0] if len(best) == 1 else None


def _matched(label: str, file: str, sheet: reading.Table, name: str, matching: FileMapping, draft: Draft) -> Source:
    """A file whose table is known: its columns matched, personal data left out, and a report of both."""
    row_type, sign = models.TABLES[name], signature(sheet.header)
    columns = match_columns(row_type, sheet.header, matching.columns.get(name, {}))
    unknown = [header for header in sheet.header if header not in columns and header in sheet.cells.column_names]
    personal = personal_columns(name, unknown, sheet)
    ignored = tuple(header for header in unknown if header not in personal)
    if ignored:
        draft.notes.append(note("columns_not_used", label, count=len(ignored), columns=", ".join(ignored)))
    if personal:
        draft.notes.append(note("columns_left_out", label, count=len(personal), columns=", ".join(personal)))
    is_attendance_per_person = name == "attendance" and "people" not in columns.values() and bool(personal)
    source = Source(
        label, file, sheet, name, columns, matching,
        is_one_per_person=matching.one_per_person.get(sign, is_attendance_per_person),
    )  # fmt: skip
    months_first, example = matching.month_first.get(sign, False), None
    if sheet.header and len(sheet.rows):
        source.decimal_mark = decimal_mark_of(source, row_type) or matching.decimal_marks.get(sign)
        example = None if months_first else day_or_month(source, row_type)
        if example:
            count = count_day_or_month(source, row_type)
            draft.notes.append(note("dates_day_first", label, text=example[0], day=example[1], count=count))
    draft.readings.append(
        Reading(
            label, name, len(sheet.rows) + sum(f.row > 1 for f in sheet.findings), sheet.encoding, sheet.separator,
            tuple(sheet.header), columns, ignored, tuple(personal), missing_columns(row_type, set(columns.values())),
            source.decimal_mark, months_first, example[0] if example else "",
        )
    )  # fmt: skip
    return source
