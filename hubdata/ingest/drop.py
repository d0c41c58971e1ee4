"""A drop -> a draft: its files read and checked together, against each other and against what is on show."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hubdata import methods, models
from hubdata.cells import fold
from hubdata.ingest.accounts import exceeded
from hubdata.ingest.aliases import known_aliases, with_known
from hubdata.ingest.answers import FileMapping
from hubdata.ingest.changes import compare, updated
from hubdata.ingest.drafts import Changes, Draft, Reading
from hubdata.ingest.guesses import ATTENDEES, LEADERS
from hubdata.ingest.headings import folded
from hubdata.ingest.keeping import keep
from hubdata.ingest.layout import attendance_of
from hubdata.ingest.merging import merge
from hubdata.ingest.names import Names, parts_of
from hubdata.ingest.problems import note, problem
from hubdata.ingest.recipes import only_known, said_of, with_event_of_day
from hubdata.ingest.recognition import recognise
from hubdata.ingest.rows import Rows
from hubdata.ingest.sources import Source
from hubdata.settings import Settings
from hubdata.texts import LANGUAGES, Text


def draft(
    files: Mapping[str, bytes],
    settings: Settings,
    current: Mapping[str, pa.Table],
    *,
    update: bool = False,
    matching: FileMapping | None = None,
    begin: Callable[[str], None] = lambda file: None,
) -> Draft:
    """Read and check a drop.

    `files` are name -> content; `current` holds the tables on show. A table with a file is replaced, or with `update`
    added to and changed by key; the others are kept. The valid rows are in `tables` even when there are problems, so
    that "skip invalid" needs no second reading. `begin` is told the name of each file before it is read or checked.
    """
    draft = Draft()
    meanings = (matching or FileMapping()).meanings
    hub = context_of_hub(settings, meanings)
    if meanings:
        draft.matching = FileMapping(meanings=meanings)
    handed_in = recognise(files, settings, matching or FileMapping(), draft, begin, hub["codes"]["sector"])
    names: dict[str, Names] = {}
    known = (matching or FileMapping()).aliases
    if "organisations" in handed_in and "organisations" in current:
        known = known | known_aliases(current["organisations"])
    if known:
        draft.matching = draft.matching.with_(FileMapping(aliases=known))
    for name, row_type in models.TABLES.items():
        before = current.get(name, models.schema(row_type).empty_table())
        table = before
        if name in handed_in:
            source = handed_in[name]
            begin(source.file)
            if source.made:
                _settle_made(source, names, draft)
            elif row_type is models.Partnership and "organisations" in names:
                _leave_out_leaders(source, names["organisations"], draft)
            table, rejected = Rows(row_type, source, hub, names, before, draft).read()
            if update or source.adds:
                table = updated(row_type, table, before, set(source.columns.values()) | source.derived)
            if row_type is models.Organisation:
                table = with_known(table, known)
            added, changed, removed = (len(positions) for positions in compare(row_type, table, before))
            emptied = sum(int(rows.sum()) for rows in source.emptied.values())
            draft.changes[name] = Changes(added, changed, removed, rejected, len(before), emptied)
            if ATTENDEES in source.columns.values() and "attendance" not in handed_in:
                handed_in["attendance"] = _attendance(source, names, draft)
            keep(files, source, draft)
        draft.before[name], draft.tables[name] = before, table
        unreadable = name in handed_in and any(p.blocks and p.file == handed_in[name].label for p in draft.problems)
        # A table that could not be read at all is one problem; the references to its rows are not reported one by one.
        if name in ("organisations", "events") and not unreadable:
            listed = (table[column].to_pylist() for column in (row_type.key[0], "name"))
            aliases = known_aliases(table) if name == "organisations" else {}
            others = {identifier: alias for identifier, (_, *alias) in aliases.items()}
            names[name] = Names(name[:-1], zip(*listed, strict=True), others, meanings.get(name, {}))
    _check_kept(draft, handed_in, names)
    _check_kept_totals(draft, handed_in)
    if matching and matching.merges:
        merge(draft, matching.merges)
    draft.problems.sort(key=lambda p: (p.file, p.row or 0))
    return draft


def _settle_made(source: Source, names: Mapping[str, Names], draft: Draft) -> None:
    """Lists that recipes made, now that organisations and events are known: who is not ours left out, all in one."""
    for made in source.made:
        if made.of.only_known and "organisations" in names:
            found = only_known(made, source.label, names["organisations"])
            draft.notes += [found] if found else []
            draft.readings = [replace(r, count=said_of(made)) if r.count is made.count else r for r in draft.readings]
        if "events" in draft.tables:
            with_event_of_day(made, draft.tables["events"])
    tables = [made.table for made in source.made]
    rows = np.concatenate([table.rows for table in tables])
    source.table = tables[0]._replace(cells=pa.concat_tables([table.cells for table in tables]), rows=rows)


def _leave_out_leaders(source: Source, organisations: Names, draft: Draft) -> None:
    """Take a column of who leads an agreement for one of people, where nobody in it is an organisation that we know.

    The other partners have a column of their own; a reader's answer goes first.
    """
    answered = source.matching.columns.get(source.name, {})
    listed = [header for header, column in source.columns.items() if column == "organisation_ids"]
    for header in listed if len(listed) > 1 else ():
        if folded(header) not in LEADERS.split("|") or folded(header) in answered:
            continue
        cells = [cell for cell in pc.unique(source.table.cells[header]).to_pylist() if cell.strip()]
        if cells and not any(organisations.find(one) for cell in cells for one in parts_of(cell, organisations)):
            del source.columns[header]
            draft.notes.append(note("columns_left_out", source.label, count=1, columns=header))
            draft.readings = [
                replace(read, columns=dict(source.columns), left_out=(*read.left_out, header))
                if read.file == source.label
                else read
                for read in draft.readings
            ]


def _attendance(events: Source, names: Mapping[str, Names], draft: Draft) -> Source:
    """Who was there, of the cells of a list of events: a list of its own from here on."""
    listed = attendance_of(events, names.get("organisations"))
    events.columns = {header: column for header, column in events.columns.items() if column != ATTENDEES}
    read = (listed.label, listed.name, len(listed.table.rows), events.table.encoding, events.table.separator)
    header = tuple(listed.table.header)
    first = tuple(listed.table.cells.slice(0, 5).to_pylist())
    draft.readings.append(Reading(*read, header, listed.columns, ignored=(), left_out=(), missing=(), first_rows=first))
    return listed


def context_of_hub(settings: Settings, meanings: Mapping[str, Mapping[str, str]] = {}) -> dict[str, Any]:
    """What differs from hub to hub as validation context: its vocabularies and their labels, and where it is.

    `meanings`: vocabulary -> folded word -> the code that a reader said it means.
    """
    types = {code: {"nl": t.nl, "en": t.en} for code, t in settings.types.items()}
    labels = {"sector": settings.sectors, "type": types, "theme": settings.themes}
    codes = vocabularies(settings)
    for vocabulary in meanings.keys() & (codes.keys() | models.FIXED_CODES.keys()):
        known = codes.get(vocabulary) or models.FIXED_CODES.get(vocabulary, {})
        said = {word: code for word, code in meanings[vocabulary].items() if code in known.values()}
        codes[vocabulary] = said | dict(known)
    return {"codes": codes, "labels": labels, "time_zone": settings.time_zone}


def vocabularies(settings: Settings) -> dict[str, Any]:
    """The vocabularies of this hub as validation context. A sector may also be given as a type."""
    types = models.label_index({code: {"nl": t.nl, "en": t.en} for code, t in settings.types.items()})
    type_sectors = {word: settings.types[code].sector for word, code in types.items()}
    also = {word: code for word, code in models.SYNONYMS["sector"].items() if code in settings.sectors}
    sectors = also | type_sectors | models.label_index(settings.sectors)
    themes = models.label_index(settings.themes)
    indicators = {
        fold(name): code
        for code in models.INDICATORS
        for name in (code, *(text.translate(language) for text in _names_of(code) for language in LANGUAGES))
    }
    return {"sector": sectors, "type": types, "theme": themes, "indicator": indicators}


def _names_of(indicator: str) -> list[Text]:
    """What the page Methods calls an indicator."""
    explained = methods.EXPLANATIONS.get(indicator)
    return [Text(explained.name)] if explained else []


def _check_kept_totals(draft: Draft, handed_in: Mapping[str, Source]) -> None:
    """Rows of income must not be more than the total of accounts that are on show."""
    if "funding" not in handed_in or "accounts" in handed_in:
        return
    for found in exceeded(draft.tables["accounts"], draft.tables["funding"]):
        gaps = {"year": found.year, "rows": found.rows, "total": found.total}
        draft.problems.append(
            problem("rows_exceed_kept_total", handed_in["funding"].label, None, "amount", found.organisation_id, **gaps)
        )


def _check_kept(draft: Draft, handed_in: Mapping[str, Source], names: Mapping[str, Names]) -> None:
    """Rows of tables without a file must still find the organisations and events they refer to."""
    for name, row_type in models.TABLES.items():
        if name in handed_in:
            continue
        for column in row_type.model_fields:
            refers_to = models.extra(row_type, column)["refers_to"]
            if refers_to not in handed_in or refers_to not in names:
                continue
            cells = draft.tables[name][column]
            cells = pc.list_flatten(cells) if pa.types.is_list(cells.type) else cells
            id_name = models.TABLES[refers_to].key[0]
            for counted in pc.value_counts(cells.drop_null()).to_pylist():
                identifier, count = counted["values"], counted["counts"]
                if not names[refers_to].is_listed(identifier):
                    gaps = {"count": count, "table": f"{name}.csv"}
                    label = handed_in[refers_to].label
                    draft.problems.append(problem("still_referred_to", label, None, id_name, identifier, **gaps))
