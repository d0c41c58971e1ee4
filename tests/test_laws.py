"""Laws of reading, for files that a machine made up: nothing disappears, no column is silent, every note has a count."""

import csv
import io
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from test_ingest import SETTINGS

from hubdata import ingest, models, reading
from hubdata.ingest.problems import gaps_in
from hubdata.texts import LANGUAGES

law = settings(deadline=None, max_examples=60)  # one example is fast, but a busy machine is not

CELLS: dict[str, list[str]] = {
    "organisation_id": ["a", "b", "A", "Alfa", "nobody", ""],
    "organisation_ids": ["a|b", "Alfa, Beta", '"Alfa",c', "a|nobody", "a", ""],
    "event_id": ["e", "Dag", "E", "nothing", ""],
    "name": ["Water", "water", "Wa\u00adter", "Zon & Zee", "Zon en Zee", ""],
    "donor": ["Fonds X&Y", "Fonds X en Y", "Gemeente", "gemeente", ""],
    "category": ["government", "other", "earned", "nope"],
    "year": ["2020", "2021", "x"],
    "amount": ["10", "0,5", "12.50", "-1", "veel"],
    "start_date": ["2020-01-01", "01/02/2020", "ooit", ""],
    "themes": ["Vrede", "Vrede, Recht", "Recht|Water", "Zon/Zee", ""],
    "role": ["host", "speaker", "nope", ""],
    "programme": ["P", "p", ""],
    "sector": ["ngo", "nope", "Kennis"],
    "Naam": ["Piet Precies", "Mia Maes"],
    "Opmerking": ["gluten", "", "bel 0475/12.34.56"],
    "Kleur": ["rood", ""],
}
TABLES: dict[str, list[str]] = {
    "organisations": ["name", "sector", "themes"],
    "partnerships": ["name", "organisation_ids", "start_date", "themes"],
    "attendance": ["event_id", "organisation_id", "role"],
    "funding": ["organisation_id", "year", "donor", "category", "amount", "programme"],
}
UNKNOWN = ["Naam", "Opmerking", "Kleur"]
BASE = {
    "organisations.csv": b"organisation_id,name,sector\na,Alfa,ngo\nb,Beta,ngo\nc,Ceta,ngo\n",
    "events.csv": b"event_id,name,start_date\ne,Dag,2020-01-01\n",
}
Made = tuple[str, list[str], list[list[str]]]


@st.composite
def made_up(draw: st.DrawFn) -> Made:
    """A table, its header and its rows, some with a cell too many."""
    table = draw(st.sampled_from(list(TABLES)))
    unknown = [header for header in UNKNOWN if table not in ("organisations", "partnerships") or header != "Naam"]
    header = draw(st.permutations(TABLES[table] + draw(st.lists(st.sampled_from(unknown), unique=True))))
    cells = st.tuples(*(st.sampled_from(CELLS[column]) for column in header)).map(list)
    rows = draw(st.lists(st.tuples(cells, st.sampled_from([[], [], [], ["over"]])), max_size=10))
    return table, list(header), [row + more for row, more in rows]


def drafted(made: Made) -> ingest.Draft:
    table, header, rows = made
    return ingest.draft(BASE | {f"{table}.csv": reading.write(header, rows, ";")}, SETTINGS, {})


def added_up(draft: ingest.Draft, table: str) -> int:
    """How many rows went into others."""
    gone = 0
    for note in draft.notes:
        values: Any = note.message.values
        gone += values["count"] - values["rows"] if note.code == "amounts_added_up" else 0
        gone += values["count"] - len(draft.tables[table]) if note.code == "people_added_up" else 0
    return gone


@law
@given(made_up())
def test_rows_in_are_rows_loaded_and_reported_and_added_up_and_those_reported_are_kept(made: Made) -> None:
    table, _, rows = made
    draft = drafted(made)
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    said = {p.row: p for p in sorted(draft.problems, key=lambda p: not p.empties) if p.file == f"{table}.csv" and p.row}
    reported = {row for row, problem in said.items() if not problem.empties}  # the others stay, with a cell left empty
    rejected = draft.changes[table].rejected
    assert not draft.is_blocked
    assert len(filled) == len(draft.tables[table]) + len(reported) + added_up(draft, table)
    assert len(reported) == rejected
    for language in LANGUAGES if said else ():
        kept = draft.rejected[f"{table}.csv"].csv(language).decode("utf-8-sig")
        assert len(list(csv.reader(io.StringIO(kept, newline=""), delimiter=";"))) == 1 + len(said)


@law
@given(made_up())
def test_no_column_is_silent_and_nothing_of_one_that_is_not_used_stays(made: Made) -> None:
    table, header, rows = made
    draft = drafted(made)
    read = next(read for read in draft.readings if read.file == f"{table}.csv")
    filled = [column for column in header if any(row[header.index(column)].strip() for row in rows)]
    assert sorted([*read.columns, *read.ignored, *read.left_out]) == sorted(read.header)
    assert set(filled) <= set(read.header)
    said = {n.code: n.message.values for n in draft.notes if n.file == read.file}
    assert said.get("columns_not_used", {}).get("columns", "") == ", ".join(read.ignored)
    assert said.get("columns_left_out", {}).get("columns", "") == ", ".join(read.left_out)
    kept = b"".join([*draft.received.values(), *(some.csv("nl") for some in draft.rejected.values())]).decode()
    told = " ".join(str(p.value) for p in draft.problems)
    for secret in ("Precies", "Maes", "gluten", "0475", "rood"):
        assert secret not in kept + told


@law
@given(made_up())
def test_what_is_kept_reads_back_to_the_same(made: Made) -> None:
    draft = drafted(made)
    again = ingest.draft(draft.received, SETTINGS, {}, matching=draft.matching)
    assert again.problems == []
    assert {name: rows.to_pylist() for name, rows in again.tables.items()} == {
        name: rows.to_pylist() for name, rows in draft.tables.items()
    }


def test_every_note_has_a_count() -> None:
    without = {code for code, sentence in ingest.NOTES.items() if "count" not in gaps_in(sentence)}
    assert without <= {"sheet_not_used"}  # that is one sheet


def test_the_columns_made_up_here_are_columns() -> None:
    assert all(set(columns) <= models.TABLES[table].model_fields.keys() for table, columns in TABLES.items())
