"""Cells -> rows and problems; a drop -> a draft."""

import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from conftest import SAMPLE, sheets
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from hubdata import ingest, loading, models, reading
from hubdata.cells import folded_before, read_date, read_number
from hubdata.ingest.columns import combine
from hubdata.settings import Settings

ORGANISATIONS = (
    "organisation_id,name,sector\na,Anna's Aid,ngo\nb,Beta University,knowledge\nc,City of Peace,government\n"
)
SETTINGS = Settings()
law = settings(deadline=None)  # one example is fast, but a busy machine is not


def drafted(
    update: bool = False,
    current: dict[str, pa.Table] | None = None,
    answers: ingest.FileMapping | None = None,
    **files: str,
) -> ingest.Draft:
    """A draft of `organisations="..."`, `funding="..."`, ...: table -> content of its file."""
    return ingest.draft(
        {f"{name}.csv": text.encode() for name, text in files.items()},
        SETTINGS,
        current or {},
        update=update,
        matching=answers,
    )


def said(draft: ingest.Draft, language: str = "en") -> list[tuple[str, int | None, str, str, str]]:
    return [
        (p.file, p.row, p.column, p.value, f"{p.message.translate(language)} {p.remedy.translate(language)}")
        for p in draft.problems
    ]


def records(draft: ingest.Draft) -> dict[str, list[dict[str, Any]]]:
    """The rows of a draft."""
    return {name: table.to_pylist() for name, table in draft.tables.items()}


def test_the_sample_loads_without_a_problem() -> None:
    files = {path.name: path.read_bytes() for path in SAMPLE.glob("*.csv")}
    draft = ingest.draft(files, SETTINGS, {})
    assert draft.problems == []
    assert draft.notes == []
    counts = {
        "organisations": 166,
        "partnerships": 677,
        "events": 58,
        "attendance": 79,
        "funding": 3611,
        "reference": 12,
    }
    assert {name: len(rows) for name, rows in draft.tables.items() if rows} == counts


def test_all_problems_come_at_once_in_the_order_of_the_files() -> None:
    draft = drafted(
        organisations="name,sector,fte\nA,nggo,x\nB,ngo,1\n,ngo,2\n",
        events="name,start_date\nParty,soon\n",
    )
    assert [(p.file, p.row, p.column) for p in draft.problems] == [
        ("events.csv", 2, "start_date"),
        ("organisations.csv", 2, "sector"),
        ("organisations.csv", 2, "fte"),
        ("organisations.csv", 4, "name"),
    ]
    assert draft.tables["organisations"]["name"].to_pylist() == ["B"]
    assert draft.changes["organisations"].rejected == 2
    assert draft.rejected["organisations.csv"].csv("en").decode().splitlines()[1].startswith("A,nggo,x,")


def test_names_do_as_well_as_identifiers() -> None:
    draft = drafted(
        organisations=ORGANISATIONS,
        events="event_id,name,start_date,organiser_id\ne1,Peace day,2020-01-01,CITY of  peace\n",
        partnerships="organisation_a,organisation_b,start_date,event_id\nanna's aid,b,2020-02-01,peace day\n",
        attendance="event_id,organisation_id\nPeace Day,BETA university\n",
    )
    assert draft.problems == []
    assert records(draft)["events"][0]["organiser_id"] == "c"
    assert records(draft)["partnerships"][0]["organisation_ids"] == ["a", "b"]
    assert records(draft)["partnerships"][0]["event_id"] == "e1"
    assert records(draft)["attendance"][0] == {
        "event_id": "e1", "organisation_id": "b", "role": None, "people": None, "status": "attended",
    }  # fmt: skip


def test_two_with_the_same_name_must_be_told_apart() -> None:
    draft = drafted(
        organisations="organisation_id,name,sector\nx1,Twin,ngo\nx2,twin,ngo\ny,Other,ngo\n",
        partnerships="organisation_ids,start_date\nTwin|Other,2020-01-01\n",
    )
    assert said(draft) == [
        ("partnerships.csv", 2, "organisation_ids", "Twin",
         "More than one has this name: x1, x2. Use the identifier instead of the name.")
    ]  # fmt: skip


def test_commas_separate_only_where_every_part_is_known() -> None:
    organisations = 'organisation_id,name,sector\na,Anna,ngo\nb,"Beta, Gamma and partners",ngo\nc,Cora,ngo\n'
    draft = drafted(
        organisations=organisations,
        partnerships='organisation_ids,start_date\n"Anna, Cora",2020-01-01\n"Beta, Gamma and partners|Anna",2020-01-01\n',
    )
    assert draft.problems == []
    assert [r["organisation_ids"] for r in records(draft)["partnerships"]] == [["a", "c"], ["b", "a"]]


def test_identifiers_left_out_are_made_stably_and_said_so() -> None:
    files = {
        "organisations": "name,sector\nStichting Vrede & Récht,ngo\nBeta,ngo\n",
        "partnerships": "organisation_ids,start_date\nBeta|Stichting vrede & recht,2020-01-01\n",
    }
    draft, again = drafted(**files), drafted(**files)
    assert draft.problems == []
    assert records(draft) == records(again)
    identifier = records(draft)["organisations"][0]["organisation_id"]
    assert identifier.startswith("stichting-vrede-recht-")
    assert [note.message.translate("en") for note in draft.notes] == [
        "Rows without an identifier, which was made from the name: 2.",
        "Rows without an identifier, which was made from the organisations and start: 1.",
    ]
    known = {**records(draft)["organisations"][0], "organisation_id": "NL-KVK-1"}
    current_snapshot_id = {"organisations": pa.Table.from_pylist([known], models.schema(models.Organisation))}
    assert records(drafted(current=current_snapshot_id, **files))["organisations"][0]["organisation_id"] == "NL-KVK-1"


def test_vocabularies_take_codes_labels_and_types() -> None:
    draft = drafted(
        organisations="name,sector,type,role\nA,Kennis,Hof of tribunaal,\nB,INGO,,convenor\nC,Overheid,court,\n"
    )
    assert draft.problems == []
    found = records(draft)["organisations"]
    assert [(r["sector"], r["type"]) for r in found] == [("knowledge", "court"), ("ngo", None), ("government", "court")]


def test_a_load_replaces_its_tables_and_keeps_the_others() -> None:
    first = drafted(
        organisations=ORGANISATIONS, partnerships="partnership_id,organisation_ids,start_date\np,a|b,2020-01-01\n"
    )
    second = drafted(current=first.tables, organisations=ORGANISATIONS + "d,Delta,ngo\n")
    assert second.problems == []
    assert [len(second.tables[name]) for name in ("organisations", "partnerships")] == [4, 1]
    assert second.changes == {"organisations": ingest.Changes(added=1, before=3)}


def test_rows_that_still_refer_to_a_removed_organisation_are_in_the_way() -> None:
    first = drafted(
        organisations=ORGANISATIONS, partnerships="partnership_id,organisation_ids,start_date\np,a|b,2020-01-01\n"
    )
    without_b = "organisation_id,name,sector\na,Anna's Aid,ngo\n"
    second = drafted(current=first.tables, organisations=without_b)
    assert said(second) == [
        ("organisations.csv", None, "organisation_id", "b",
         "This one is no longer in the file, but rows of partnerships.csv refer to it: 1. "
         "Put it back, or hand in partnerships.csv as well.")
    ]  # fmt: skip


def test_update_adds_and_changes_by_key_and_removes_nothing() -> None:
    first = drafted(organisations=ORGANISATIONS)
    second = drafted(
        update=True, current=first.tables, organisations="organisation_id,name,sector\nb,Beta,ngo\nd,Delta,ngo\n"
    )
    assert [r["name"] for r in records(second)["organisations"]] == ["Anna's Aid", "Beta", "City of Peace", "Delta"]
    assert second.changes["organisations"] == ingest.Changes(added=1, changed=1, before=3)


def test_the_same_file_twice_changes_nothing() -> None:
    first = drafted(organisations=ORGANISATIONS)
    again = drafted(current=first.tables, organisations=ORGANISATIONS)
    assert again.changes["organisations"] == ingest.Changes(before=3)


def test_personal_data_is_left_out_of_the_rows_and_of_the_kept_file() -> None:
    draft = drafted(organisations="name,sector,E-mail,Contactpersoon,Kleur\nA,ngo,a@example.org,Jan,blauw\n")
    assert draft.problems == []
    assert b"example.org" not in draft.received["organisations.csv"]
    assert b"Jan" not in draft.received["organisations.csv"]
    assert [note.message.translate("en") for note in draft.notes[:2]] == [
        "Columns that are not used, and not kept: 1 (Kleur).",
        "Columns left out, since personal data is never stored: 2 (E-mail, Contactpersoon).",
    ]


def test_a_file_is_recognised_by_its_name_or_its_header() -> None:
    def tables(name: str, text: str) -> list[str]:
        draft = ingest.draft({name: text.encode()}, SETTINGS, {})
        return [table for table, rows in draft.tables.items() if rows] + [p.code for p in draft.problems]

    assert tables("2026-11 organisations (1).csv", "name,sector\nA,ngo\n") == ["organisations"]
    assert tables("my list.csv", "Name;Sector\nA;ngo\n") == ["organisations"]
    assert tables("my list.csv", "colour\nblue\n") == ["unknown_file"]


def test_two_files_for_one_table_are_refused() -> None:
    files = {"organisations.csv": ORGANISATIONS.encode(), "organisations (1).csv": ORGANISATIONS.encode()}
    draft = ingest.draft(files, SETTINGS, {})
    assert [p.code for p in draft.problems] == ["two_files"]


word = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
cell = st.one_of(word, st.sampled_from(["ngo", "a", "b", "1", "2020-01-01", "x|y", '"', ";", "\n", "=1+1"]))


@law
@given(st.lists(st.lists(cell, min_size=4, max_size=4), max_size=6))
def test_every_row_is_loaded_or_reported(rows: list[list[str]]) -> None:
    """Rows in = rows loaded + rows reported, whatever is in the cells."""
    header = ["organisation_id", "name", "sector", "fte"]
    content = reading.write(header, rows)
    draft = ingest.draft({"organisations.csv": content}, SETTINGS, {})
    filled = sum(any(c.strip() for c in r) for r in rows)
    left_out = {p.row for p in draft.problems if p.row and p.row > 1 and not p.empties}
    no_rows = ("totals_not_used", "headings_repeated", "notes_below", "sectors_above")
    totals = sum(int(n.message.values["count"]) for n in draft.notes if n.code in no_rows)
    if not any(p.blocks for p in draft.problems):
        assert len(draft.tables["organisations"]) + len(left_out) + totals == filled


@law
@given(st.floats(0, 1e12, allow_nan=False), st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 1, 1)))
def test_numbers_and_dates_are_read_exactly(amount: float, day: datetime.date) -> None:
    text = f"{amount:.2f}"
    assert read_number(text, None) == float(text)
    assert read_date(day.isoformat(), None) == day


@pytest.mark.parametrize(
    "text", ["1_000", "1.23.45", "1,234.5,6", "1e3", "infinity", "nan", "٣", "0x10", "1 00", "--1", "1.", ".5", ""]
)
def test_a_number_that_is_none_is_never_read_as_something_near(text: str) -> None:
    with pytest.raises(PydanticCustomError):
        read_number(text, None)


@pytest.mark.parametrize(
    "text",
    [
        "2025/14/01",
        "1-2-5",
        "2025-2/1",
        "20251401",
        "30-02-2025",
        "1-2/2025",
        "45322",
        "0001-01-01",
        "infinity",
        "now",
    ],
)
def test_a_date_that_is_none_is_never_read_as_something_near(text: str) -> None:
    with pytest.raises(PydanticCustomError):
        read_date(text, None)


def test_paths_in_file_names_mean_nothing(tmp_path: Path) -> None:
    home = tmp_path / "a" / "b"
    outcome = loading.load(home, SETTINGS, {"../../../organisations.csv": ORGANISATIONS.encode()})
    assert outcome.manifest
    assert [str(p.relative_to(home)) for p in tmp_path.rglob("organisations.csv")] == [
        f"archive/{outcome.manifest.id}/organisations.csv"
    ]


def test_a_row_whose_identifier_cannot_be_made_is_a_problem_and_no_other_row() -> None:
    draft = drafted(
        organisations=ORGANISATIONS, partnerships="organisation_ids,start_date\na|b,2020-01-01\n|,2021-01-01\n"
    )
    assert [(p.row, p.column) for p in draft.problems] == [(3, "organisation_ids")]
    assert len(draft.tables["partnerships"]) == 1
    draft = drafted(organisations="name,sector\n\u0301,ngo\n")
    assert [(p.row, p.column) for p in draft.problems] == [(2, "organisation_id")]


def test_two_headers_that_mean_one_column_are_refused() -> None:
    draft = drafted(organisations="name,Name,sector\nA,B,ngo\n")
    assert {p.value for p in draft.problems} == {"name", "Name"}
    assert not draft.tables["organisations"]


def test_an_open_quotation_mark_in_the_header_is_a_problem() -> None:
    assert [p.code for p in drafted(organisations='"name,sector\nA,ngo').problems] == ["broken_quotes"]


def test_personal_data_is_found_by_its_cells_and_not_in_rejected_rows() -> None:
    text = "name,sector,E-mail,Opmerking,Tel.\nA,nope,jan@x.nl,bel 06-12345678,1\nB,ngo,,piet@y.nl,2\n"
    draft = drafted(organisations=text)
    rejected = [some.csv("en") for some in draft.rejected.values()]
    for kept in (*draft.received.values(), *rejected):
        assert not any(secret in kept for secret in (b"jan@", b"12345678", b"piet@"))


def test_update_keeps_what_the_file_has_no_column_for() -> None:
    first = drafted(organisations="organisation_id,name,sector,fte\na,A,ngo,5\n")
    second = drafted(
        update=True, current=first.tables, organisations="organisation_id,name,sector,city\na,A,ngo,Delft\n"
    )
    assert (records(second)["organisations"][0]["fte"], records(second)["organisations"][0]["city"]) == (5, "Delft")
    third = drafted(update=True, current=second.tables, organisations="organisation_id,name,sector,fte\na,A,ngo,\n")
    assert records(third)["organisations"][0]["fte"] is None


def test_an_update_without_identifier_for_a_name_that_two_have_is_a_problem() -> None:
    first = drafted(organisations="organisation_id,name,sector\nx1,Twin,ngo\nx2,twin,ngo\n")
    second = drafted(update=True, current=first.tables, organisations="name,sector\nTWIN,business\n")
    assert [(p.code, p.message.values["ids"]) for p in second.problems] == [("two_with_this_name", "x1, x2")]


def test_codes_of_the_reference_and_names_of_targets_are_checked() -> None:
    draft = drafted(
        reference="dimension,code,share,source\nsector,NGOs,0.5,S\nsector,ngoo,0.5,S\ntheme,anything,0.5,S\n",
        targets="indicator,date,value\ndensty,2027-01-01,0.1\ndensity,2027-01-01,0.1\n",
    )
    assert [(p.file, p.row, p.column) for p in draft.problems] == [
        ("reference.csv", 3, "code"),
        ("targets.csv", 2, "indicator"),
    ]
    assert [r["code"] for r in records(draft)["reference"]] == ["ngo", "anything"]


def test_partnerships_are_recognised_by_their_header() -> None:
    for header in ("name,organisation_ids,start_date", "name,organisation_a,organisation_b,start_date"):
        draft = ingest.draft({"list.csv": f"{header}\n".encode()}, SETTINGS, {})
        assert draft.changes.keys() == {"partnerships"}


def test_a_table_that_cannot_be_read_is_one_problem_not_one_per_reference() -> None:
    draft = drafted(
        organisations="organisation_id,name\na,A\nb,B\n", partnerships="organisation_ids,start_date\na|b,2020-01-01\n"
    )
    assert [(p.file, p.column) for p in draft.problems] == [("organisations.csv", "sector")]


def test_a_donor_that_is_in_the_data_is_written_as_it_is_there() -> None:
    draft = drafted(
        organisations=ORGANISATIONS,
        funding="organisation_id,year,donor,donor_id,category,amount\na,2020,City,C,government,5\na,2020,X,Ext-1,other,5\n",
    )
    assert [r["donor_id"] for r in records(draft)["funding"]] == ["c", "Ext-1"]
    by_name = "organisation_id,year,donor,donor_id,category,amount\na,2020,City,city of PEACE,government,5\na,2020,X,Not in it,other,5\n"
    named = drafted(organisations=ORGANISATIONS, funding=by_name)
    assert [r["donor_id"] for r in records(named)["funding"]] == ["c"]
    assert [(p.row, p.code) for p in named.problems] == [(3, "not_an_identifier")]


CELL = st.one_of(word, st.sampled_from(["a", "b", "|", "a|b", "2020-01-01", "2020", "5", "earned", "D", "\u0301"]))


@law
@given(st.sampled_from(["partnerships", "events", "attendance", "funding"]), st.data())
def test_every_row_of_every_table_is_loaded_or_reported(table: str, data: st.DataObject) -> None:
    """Also when identifiers are left out and references are nonsense."""
    row_type = models.TABLES[table]
    header = [c for c in row_type.model_fields if models.is_required(row_type, c)]
    rows = data.draw(st.lists(st.lists(CELL, min_size=len(header), max_size=len(header)), max_size=5))
    content = reading.write(header, rows)
    files = {"organisations.csv": ORGANISATIONS.encode(), f"{table}.csv": content}
    draft = ingest.draft(files, SETTINGS, {})
    reported = {p.row for p in draft.problems if p.row and p.row > 1}
    if not any(p.blocks for p in draft.problems):
        assert len(draft.tables[table]) + len(reported) == sum(any(c.strip() for c in r) for r in rows)


def test_amounts_as_people_write_them() -> None:
    def amounts(*cells: str) -> list[Any]:
        rows = "".join(f'a;{2000 + n};D;government;"{cell}"\n' for n, cell in enumerate(cells))
        draft = drafted(organisations=ORGANISATIONS, funding="organisation_id;year;donor;category;amount\n" + rows)
        return [r["amount"] for r in records(draft)["funding"]] + [p.code for p in draft.problems]

    assert amounts("1.234.567,89", "12,5", "1.234", "0") == [1234567.89, 12.5, 1234, 0]
    assert amounts("1,234,567.89", "12.5", "1.234", "1,234") == [1234567.89, 12.5, 1.234, 1234]
    assert amounts("€ 1.234,50", " 5 ", "EUR 7,25", "8 €") == [1234.5, 5, 7.25, 8]
    # One cell that can be read in two ways, and nothing that settles it; or two that settle it differently.
    assert amounts("1.234", "500") == [500, "two_readings"]
    assert amounts("1.234", "1,5", "1.5") == [1.5, 1.5, "two_readings"]
    assert amounts("-1,5") == ["too_low"]


def test_what_a_point_means_can_be_said_and_is_remembered_with_the_file() -> None:
    money = "organisation_id,year,donor,category,amount\na,2020,D,government,1.234\n"
    first = drafted(organisations=ORGANISATIONS, funding=money)
    assert len(first.problems) == 1
    sign = next(r.signature for r in first.readings if r.table == "funding")
    answers = ingest.FileMapping(decimal_marks={sign: ","})
    assert records(drafted(answers=answers, organisations=ORGANISATIONS, funding=money))["funding"][0]["amount"] == 1234


@pytest.mark.parametrize(
    "cell",
    ["2024-01-31", "31-01-2024", "31/1/2024", "31.01.2024", "31 januari 2024", "31-jan-2024", "woensdag 31 januari 2024",
     "31 jan. 2024", "January 31, 2024", "31 January 2024", "2024-01-31 00:00:00", "2024-01-31T09:30:00.000Z", " 31-01-2024 "],
)  # fmt: skip
def test_dates_as_people_write_them(cell: str) -> None:
    assert read_date(cell, None) == datetime.date(2024, 1, 31)


def test_dates_are_read_day_first_and_that_is_said() -> None:
    draft = drafted(events="name,start_date\nA,01/02/2024\n")
    assert records(draft)["events"][0]["start_date"] == datetime.date(2024, 2, 1)
    assert "Dates are read day first: 01/02/2024 is 1 February 2024. Dates that could be another day: 1." in [
        n.message.translate("en") for n in draft.notes
    ]
    assert (
        "Datums lezen wij met de dag eerst: 01/02/2024 is 1 februari 2024. Datums die een andere dag kunnen zijn: 1."
        in [n.message.translate("nl") for n in draft.notes]
    )


@pytest.mark.parametrize("cell", ["0/5/2024", "00-01-1900", "1-2-0001"])
def test_a_date_that_is_none_is_no_example_of_how_dates_are_read(cell: str) -> None:
    draft = drafted(events=f"name,start_date\nA,{cell}\n")
    assert [(p.row, p.code) for p in draft.problems] == [(2, "not_a_date")]
    assert draft.notes == []


def test_a_list_of_separators_alone_is_empty() -> None:
    draft = drafted(organisations="name;sector;needs;themes;sdgs;countries\nA;ngo;|;| |;,;|\n")
    assert draft.problems == []
    found = records(draft)["organisations"][0]
    assert [found[name] for name in ("needs", "themes", "sdgs", "countries")] == [None] * 4


@pytest.mark.parametrize("cell", ["1" + ".000" * 110, "1" + ",000" * 110, "9" * 400])
def test_a_number_without_end_is_refused(cell: str) -> None:
    draft = drafted(organisations=f"name;sector;fte\nA;ngo;{cell}\nB;ngo;1,5\n")
    assert [(p.row, p.code) for p in draft.problems] == [(2, "not_a_number")]


def test_dates_with_the_month_first_are_refused_until_somebody_says_so() -> None:
    text = "name,start_date\nA,1/31/2024\nB,1/2/2024\n"
    draft = drafted(events=text)
    assert [(p.row, p.code) for p in draft.problems] == [(2, "month_first"), (3, "month_or_day")]
    answers = ingest.FileMapping(month_first={draft.readings[0].signature: True})
    days = [r["start_date"] for r in records(drafted(answers=answers, events=text))["events"]]
    assert days == [datetime.date(2024, 1, 31), datetime.date(2024, 1, 2)]


def test_the_end_of_a_period_in_one_cell_is_also_in_an_update() -> None:
    header = "partnership_id,organisation_ids,start_date\n"
    first = drafted(organisations=ORGANISATIONS, partnerships=header + "p,a|b,2021\nq,a|c,2021\n")
    second = drafted(update=True, current=first.tables, partnerships=header + "p,a|b,2021 - 2024\n")
    ends = {row["partnership_id"]: row["end_date"] for row in records(second)["partnerships"]}
    assert ends == {"p": datetime.date(2024, 12, 31), "q": None}


@pytest.mark.parametrize(
    "files",
    [
        {"organisations": "name;sector;reserves\nA;ngo;1.234\nB;x;1,5\n"},
        {"organisations": "name;sector;reserves;unit\nA;ngo;12;x1000\nB;ngo;7;x1000\nC;x;1;x1000\n"},
        {"organisations": "name;sector;cost\nA;ngo;1\n", "events": "name;start_date;cost\nA;1-1-2024;0,456\nB;ooit;7,5\n"},
        {"organisations": ORGANISATIONS, "partnerships": "organisation_ids,start_date\na|b,2025\na|zz,2021 - 2024\n"},
        {"organisations": ORGANISATIONS, "events": "event_id,name,start_date\ne,E,2024-01-01\n",
          "attendance": "event_id,organisation_id,status\ne,a,\ne,zz,x\ne,b,\n"},
        {"organisations": "name,sector,fte,joined_on,country\nA,ngo,ca. 5,najaar 2022,EL\nB,x,1,1-1-2020,NL\n"},
    ],
)  # fmt: skip
def test_what_was_settled_for_a_column_is_kept_though_the_row_that_settled_it_was_refused(
    files: dict[str, str],
) -> None:
    draft = drafted(**files)
    assert any(changes.rejected for changes in draft.changes.values())
    again = ingest.draft(draft.received, SETTINGS, {}, matching=draft.matching)
    assert again.problems == []
    assert again.tables == draft.tables


def test_a_month_or_a_year_is_enough_for_a_partnership() -> None:
    rows = "a|b,2024,2024\na|c,2024-02,2024-02\nb|c,maart 2024,03-2024\n"
    draft = drafted(organisations=ORGANISATIONS, partnerships="organisation_ids,start_date,end_date\n" + rows)
    day = datetime.date
    assert [(r["start_date"], r["end_date"]) for r in records(draft)["partnerships"]] == [
        (day(2024, 1, 1), day(2024, 12, 31)),
        (day(2024, 2, 1), day(2024, 2, 29)),
        (day(2024, 3, 1), day(2024, 3, 31)),
    ]
    assert said(drafted(events="name,start_date\nA,2024\n"))[0][3] == "2024"


def test_yes_and_no_and_what_ticket_shops_write() -> None:
    draft = drafted(
        organisations="Naam;Sector;Lid;Verbinder\nA;ngo;ja;nee\nB;ngo;nee;JA\n",
        events="name,start_date\nDay,2024-01-01\n",
        attendance="Event Name,Company,Attendee Status\nday,A,Checked In\nDay,B,Attending\n",
    )
    assert draft.problems == []
    assert [(r["membership"], r["role"]) for r in records(draft)["organisations"]] == [
        ("member", None),
        ("none", "convenor"),
    ]
    assert [r["status"] for r in records(draft)["attendance"]] == ["attended", "registered"]


def test_a_list_of_persons_is_added_up_per_organisation() -> None:
    people = "Event Name,Company,First Name,Email,Attendee Status\nDay,A,Jan,j@x.nl,Attending\nDay,A,Piet,p@x.nl,Checked In\nDay,B,An,a@x.nl,Attending\n"
    files = {"organisations": "name,sector\nA,ngo\nB,ngo\n", "events": "name,start_date\nDay,2024-01-01\n"}
    draft = drafted(**files, attendance=people)
    assert draft.problems == []
    assert [(r["people"], r["status"]) for r in records(draft)["attendance"]] == [(2, "attended"), (1, "registered")]
    again = ingest.draft(draft.received, SETTINGS, {}, matching=draft.matching)
    assert again.tables == draft.tables
    # Without a sign that rows are persons, two rows for one organisation are a mistake.
    assert len(drafted(**files, attendance="event_id,organisation_id\nDay,A\nDay,A\n").problems) == 1


def test_headers_in_dutch_with_other_case_accents_and_spaces() -> None:
    draft = drafted(organisations="  NAAM ;Séctor;Thema's;Lid sinds;SDG’s\nA;ngo;x;1-2-2020;16\n")
    assert draft.problems == []
    row = records(draft)["organisations"][0]
    assert (row["name"], row["themes"], row["joined_on"], row["sdgs"]) == ("A", ["x"], datetime.date(2020, 2, 1), [16])


def test_a_column_is_matched_by_hand_once_and_known_the_next_time() -> None:
    text = "Wie,Soort clubje,Kleur\nAnna,ngo,rood\n"
    draft = ingest.draft({"Grid view.csv": text.encode()}, SETTINGS, {})
    (reading_report,) = draft.readings
    assert (reading_report.table, reading_report.ignored) == (None, ("Wie", "Soort clubje", "Kleur"))
    answers = ingest.FileMapping(
        tables={reading_report.signature: "organisations"},
        columns={"organisations": {"wie": "name", "soort_clubje": "sector", "kleur": ""}},
    )
    again = ingest.draft({"Grid view.csv": text.encode()}, SETTINGS, {}, matching=answers)
    assert again.problems == []
    assert records(again)["organisations"][0]["name"] == "Anna"
    # One column more does not make the others unknown.
    more = ingest.draft({"organisaties.csv": b"Wie,Soort clubje,Vorm\nAnna,ngo,rond\n"}, SETTINGS, {}, matching=answers)
    assert more.problems == []


def test_a_columns_own_name_wins_from_another_name_for_it() -> None:
    draft = drafted(
        organisations=ORGANISATIONS,
        funding="organisatie,organisation_id,year,donor,category,amount\nAnna's aid,b,2020,D,other,1\n",
    )
    assert records(draft)["funding"][0]["organisation_id"] == "b"
    assert draft.readings[1].ignored == ("organisatie",)


def test_an_address_in_a_cell_we_would_store_is_refused_and_kept_nowhere() -> None:
    draft = drafted(organisations="name,sector,needs\nA,ngo,bel jan@x.nl\nB,ngo,zalen\n")
    assert [(p.row, p.column, p.value) for p in draft.problems] == [(2, "needs", "")]
    for content in (*draft.received.values(), draft.rejected["organisations.csv"].csv("nl")):
        assert b"jan@" not in content


def test_rejected_rows_are_repaired_and_dropped_again() -> None:
    draft = drafted(organisations='name,sector,needs\n=1+1,nggo,"a;b"\nB,ngo,\n')
    rejected = draft.rejected["organisations.csv"].csv("en")
    assert rejected.startswith("\ufeffname,sector,needs,problem\r\n'=1+1,nggo,".encode())
    again = ingest.draft({"organisations.csv": rejected.replace(b"nggo", b"ngo")}, SETTINGS, draft.tables, update=True)
    assert again.problems == []
    assert sorted(r["name"] for r in records(again)["organisations"]) == ["=1+1", "B"]


def test_an_optional_cell_that_cannot_be_read_never_costs_its_row(tmp_path: Path) -> None:
    """It is left empty, counted, kept for repair, and not kept with the file; the repaired row then fills it."""
    organisations = (
        "name;sector;fte;sdgs;country;website;membership;joined_on;left_on\n"
        "Anna;ngo;veel;16|99;Atlantis;x y;misschien;1-1-2020;1-1-2019\n"
        "Beta;nonsense;3;16;NL;;lid;;\n"
        "Gamma;ngo;5;17;NL;;lid;1-1-2020;\n"
    )
    partnerships = "organisation_ids;start_date;event_id;intensity\nAnna|Gamma;2020;Nooit gehouden;een beetje\n"
    files = {"organisations.csv": organisations.encode(), "partnerships.csv": partnerships.encode()}
    draft = ingest.draft(files, SETTINGS, {})
    anna, gamma = draft.tables["organisations"].to_pylist()
    assert [anna[c] for c in ("fte", "sdgs", "country", "website", "membership", "joined_on", "left_on")] == [None] * 7
    assert (gamma["fte"], gamma["sdgs"], gamma["joined_on"]) == (5, [17], datetime.date(2020, 1, 1))
    (tie,) = draft.tables["partnerships"].to_pylist()
    assert (len(tie["organisation_ids"]), tie["event_id"], tie["intensity"]) == (2, None, "cooperation")
    assert [(p.row, p.column, p.empties) for p in draft.problems if p.file == "organisations.csv"] == [
        *((2, column, True) for column in ("country", "website", "sdgs", "fte", "membership", "left_on")),
        (3, "sector", False),
    ]
    counted = draft.changes["organisations"], draft.changes["partnerships"]
    assert [(c.rejected, c.emptied) for c in counted] == [(1, 7), (0, 2)]
    assert [cells[0] for cells, _ in draft.rejected["organisations.csv"].rows] == ["Anna", "Beta"]

    outcome = loading.load(tmp_path, SETTINGS, files)
    assert outcome.manifest is None  # the command refuses, until somebody says that what is right may load
    outcome = loading.load(tmp_path, SETTINGS, files, skip_invalid=True)
    assert outcome.manifest
    assert loading.rebuild(tmp_path, outcome.manifest.id) == outcome.draft.tables
    repaired = draft.rejected["organisations.csv"].csv("nl").replace(b"veel", b"40")
    loaded = ingest.draft({"organisations.csv": repaired}, SETTINGS, outcome.draft.tables, update=True)
    assert {row["name"]: row["fte"] for row in records(loaded)["organisations"]} == {"Anna": 40, "Gamma": 5}


def test_a_currency_that_cannot_be_read_keeps_its_row_out() -> None:
    """It has no default that can be true: nobody knows what the amount is in."""
    funding = "organisation_id,year,category,donor,amount,currency\na,2024,other,X,5,zomaar wat\n"
    draft = drafted(organisations=ORGANISATIONS, funding=funding)
    assert (len(draft.tables["funding"]), draft.changes["funding"].rejected) == (0, 1)


def test_a_status_that_cannot_be_read_never_becomes_attended(tmp_path: Path) -> None:
    """An empty status says that they were there; of a word that nobody can read, that is asked once for all its rows."""
    files = {
        "organisations.csv": ORGANISATIONS.encode(),
        "events.csv": b"event_id,name,start_date\ne,Borrel,2024-05-01\n",
        "attendance.csv": b"event_id,organisation_id,status\ne,a,wie weet\ne,b,aanwezig\n",
    }
    draft = ingest.draft(files, SETTINGS, {})
    assert [(row["organisation_id"], row["status"]) for row in records(draft)["attendance"]] == [("b", "attended")]
    assert [(p.row, p.column, p.value, p.empties) for p in draft.problems] == [(2, "status", "wie weet", False)]
    (doubt,) = loading.doubts(loading.prepare(tmp_path, SETTINGS, files))
    assert (doubt.vocabulary, doubt.word, doubt.count) == ("status", "wie weet", 1)
    told = loading.answer_meanings("status", {"wie weet": "registered"})
    draft = ingest.draft(files, SETTINGS, {}, matching=told)
    assert [row["status"] for row in records(draft)["attendance"]] == ["registered", "attended"]
    assert not draft.problems


def test_a_negative_number_in_a_rejected_row_is_still_one_when_it_comes_back() -> None:
    """A spreadsheet may run `-0,5` as a formula, so it leaves with an apostrophe too."""
    draft = drafted(targets="indicator;date;value\ndensty;2027-12-31;-0,5\n")
    rejected = draft.rejected["targets.csv"].csv("nl").decode()
    assert 'densty;2027-12-31;"\'-0,5";' in rejected
    again = ingest.draft({"targets.csv": rejected.replace("densty", "density").encode()}, SETTINGS, {})
    assert again.problems == []
    assert again.readings[0].decimal_mark == ","
    assert records(again)["targets"][0]["value"] == -0.5
    years = "organisation_id,name,sector,founded\na,A,ngo,'-5\n"
    assert [p.code for p in drafted(organisations=years).problems] == ["too_low"]


def test_what_is_kept_reads_back_to_the_same_tables() -> None:
    draft = drafted(
        organisations="name;sector;fte;E-mail\nA;ngo;1.234;a@x.nl\nB;nope;1,5;\nC;ngo;2,5;\n",
        events="name,start_date\nDay,2024-01-01\n",
    )
    assert len(draft.problems) == 1
    again = ingest.draft(draft.received, SETTINGS, {}, matching=draft.matching)
    assert again.problems == []
    assert again.tables == draft.tables


def test_differences_name_the_row_the_column_and_both_values() -> None:
    first = drafted(organisations=ORGANISATIONS)
    text = "organisation_id,name,sector\na,Anna's Aid,business\nb,Beta University,knowledge\nd,Delta,ngo\n"
    second = drafted(current=first.tables, organisations=text)
    found = ingest.differences(models.Organisation, second.tables["organisations"], second.before["organisations"])
    assert [(d["kind"], d["key"], d["column"], d["old"], d["new"]) for d in found] == [
        ("added", "Delta (d)", "", None, None),
        ("changed", "Anna's Aid (a)", "sector", "ngo", "business"),
        ("removed", "City of Peace (c)", "", None, None),
    ]


def test_thousands_of_problems_are_listed_up_to_a_limit_and_all_rows_are_kept_for_repair() -> None:
    count = ingest.rows.MOST_PROBLEMS + 5
    draft = drafted(organisations="name,sector\n" + "".join(f"A{n},nope\n" for n in range(count)))
    assert len(draft.problems) == ingest.rows.MOST_PROBLEMS + 1
    assert draft.changes["organisations"].rejected == count
    assert len(draft.rejected["organisations.csv"].rows) == count


def test_a_problem_names_the_column_as_the_file_does() -> None:
    draft = drafted(organisations="Naam;Sector;Banen\nA;ngo;veel\n")
    assert [(p.row, p.column, p.value) for p in draft.problems] == [(2, "Banen", "veel")]


# --- headings in any alphabet, and what was remembered about them


@pytest.mark.parametrize(
    ("one", "other"),
    [("Назва", "Сектор"), ("📎", "✅"), ("नाम", "नम"), ("か", "が"), ("й", "и"), ("名称", "部门"), ("%", "#"), ("!!!", "???"),
     ("Aandeel", "Aandeel %"), ("Bedrag $", "Bedrag €"), ("Ørsted", "Rsted"), ("C", "C++")],
)  # fmt: skip
def test_headers_that_look_different_are_different(one: str, other: str) -> None:
    assert ingest.folded(one) != ingest.folded(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Thema's ", "THEMAS"), ("Назва", "НАЗВА"), ("Oprichtings-jaar", "oprichtings jaar"), ("Naam\u200b", "na\u00adam"),
     ("Coördinatie", "coordinatie"), ("❤️", "❤"), ("E\u0301tat", "état")],
)  # fmt: skip
def test_headers_that_look_alike_are_the_same(one: str, other: str) -> None:
    assert ingest.folded(one) == ingest.folded(other)


@law
@given(st.text(st.characters(max_codepoint=0x24F, categories=["Lu", "Ll", "Nd", "Zs"]), max_size=12))
def test_what_was_remembered_of_latin_headers_keeps_its_word(header: str) -> None:
    word = ingest.folded(header)
    if word.isascii():
        assert word == folded_before(header)


HEADERS = ["📎 Wie", "Bedrag €", "Jaar"]


def test_answers_kept_under_the_old_word_still_count() -> None:
    old_sign = "|".join(sorted(map(folded_before, HEADERS)))
    old = ingest.FileMapping(
        tables={old_sign: "funding"}, columns={"funding": {"wie": "organisation_id"}}, decimal_marks={old_sign: ","}
    )
    now = ingest.with_old_answers(old, HEADERS)
    sign = ingest.signature(HEADERS)
    assert sign == "bedrag_€|jaar|📎_wie"
    assert (now.tables[sign], now.decimal_marks[sign]) == ("funding", ",")
    assert now.columns["funding"]["📎_wie"] == "organisation_id"
    draft = ingest.draft({"x.csv": ";".join(HEADERS).encode() + b"\na;1,5;2020\n"}, SETTINGS, {}, matching=old)
    assert [r.table for r in draft.readings] == ["funding"]
    assert draft.readings[0].columns == {"📎 Wie": "organisation_id", "Bedrag €": "amount", "Jaar": "year"}


def test_an_answer_about_one_header_is_never_given_to_another() -> None:
    old = ingest.FileMapping(tables={"": "organisations"}, columns={"organisations": {"": "name", "naam": "city"}})
    assert ingest.with_old_answers(old, ["✅", "Назва"]) == old
    assert ingest.with_old_answers(old, ["Naam ✅", "Naam 📎"]) == old
    unreadable = ingest.draft({"x.csv": b"%PDF-1.7"}, SETTINGS, {}, matching=old)
    assert [r.table for r in unreadable.readings] == [None]


# --- which sheet


def tables_of(file: str, content: bytes) -> list[tuple[str, str | None]]:
    draft = ingest.draft({file: content}, SETTINGS, {})
    unused = [(n.file, None) for n in draft.notes if n.code == "sheet_not_used"]
    return sorted([(r.file, r.table) for r in draft.readings] + unused, key=str)


LIST: list[list[Any]] = [["naam", "sector"], ["A", "ngo"]]


def test_the_name_of_a_file_counts_for_the_sheet_that_fits() -> None:
    notes: list[list[Any]] = [["Toelichting"], ["Van de gemeente"]]
    with_notes = sheets(Uitleg=notes, Blad2=LIST)
    assert tables_of("organisaties.xlsx", with_notes) == [
        ("organisaties.xlsx (Blad2)", "organisations"),
        ("organisaties.xlsx (Uitleg)", None),
    ]
    assert tables_of("organisaties.xlsx", sheets(Uitleg=notes, Blad2=[["naam", "soort"], ["A", "ngo"]])) == [
        ("organisaties.xlsx (Blad2)", "organisations"),  # it lacks a column, and says so
        ("organisaties.xlsx (Uitleg)", None),
    ]
    assert tables_of("x.xlsx", sheets(**{"Uitleg organisaties": notes, "Organisaties": LIST})) == [
        ("x.xlsx (Organisaties)", "organisations"),
        ("x.xlsx (Uitleg organisaties)", None),
    ]
    assert tables_of("organisaties.xlsx", sheets(A=LIST, B=LIST)) == [("organisaties.xlsx (A, B)", "organisations")]
    assert tables_of("organisaties.xlsx", sheets(Uitleg=notes)) == [("organisaties.xlsx", "organisations")]


def test_a_missing_column_is_missed_in_the_row_of_the_headings() -> None:
    draft = drafted(organisations="Our partners\n\nname,city\nA,Delft\n")
    assert [(p.code, p.row, p.column) for p in draft.problems] == [("missing_column", 3, "sector")]


# --- siblings: presence, units beside, names of donors, totals, persons, in other words


@pytest.mark.parametrize(
    ("marks", "expected"),
    [("x|-|", "ynn"), ("✓|✗|", "ynn"), ("✅|❌|", "ynn"), ("oui|non|", "ynn"), ("+|-|", "ynn"), ("aanwezig|afgemeld|", "ynn"),
     ("ingecheckt||?", "ynn"), ("✗||", "ynn"), ("attended|registered|", "yny"), ("no show||", "nyy")],
)  # fmt: skip
def test_an_empty_cell_beside_what_says_yes_is_no(marks: str, expected: str) -> None:
    rows = "".join(f"Dag;{name};{mark}\n" for name, mark in zip("ABC", marks.split("|"), strict=True))
    draft = drafted(
        organisations="naam;sector\nA;ngo\nB;ngo\nC;ngo\n",
        events="naam;datum\nDag;2024-01-01\n",
        attendance="event;organisatie;aanwezig\n" + rows,
    )
    found = ["y" if r["status"] == "attended" else "n" for r in records(draft)["attendance"]]
    assert (draft.problems, "".join(found)) == ([], expected)


def amounts(*rows: str, header: str = "organisatie;jaar;geldgever;categorie;bedrag") -> ingest.Draft:
    return drafted(organisations="naam;sector\nA;ngo\nB;ngo\n", funding="\n".join([header, *rows]))


@pytest.mark.parametrize(
    ("beside", "factor"),
    [("k|k", 1000), ("milliers|milliers", 1000), ("€ 000|€ 000", 1000), ("KEUR|KEUR", 1000), ("mio|mio", 1e6), ("stuks|stuks", 1), ("x 1.000|x 1", None)],
)  # fmt: skip
def test_a_column_beside_says_the_unit_in_other_words(beside: str, factor: float | None) -> None:
    one, other = beside.split("|")
    header = "organisatie;jaar;geldgever;categorie;bedrag;eenheid"
    draft = amounts(f"A;2023;X;fonds;12,5;{one}", f"B;2023;X;fonds;7,5;{other}", header=header)
    if factor is None:
        assert [p.code for p in draft.problems] == ["units_differ"]
    else:
        assert [r["amount"] for r in records(draft)["funding"]] == [12.5 * factor, 7.5 * factor]


@pytest.mark.parametrize(
    "names",
    [("X & Y", "X en Y", "X und Y", "X et Y", "X + Y"), ("Den-Haag Fonds", "Den\u2011Haag Fonds", "Den–Haag Fonds"), ("Fonds “X”", 'Fonds «X»')],
)  # fmt: skip
def test_marks_that_look_alike_make_no_two_donors(names: tuple[str, ...]) -> None:
    draft = amounts(*(f"A;2023;{name};fonds;1" for name in names))
    assert [(r["donor"], r["amount"]) for r in records(draft)["funding"]] == [(names[0], len(names))]
    assert "names_taken_together" in [n.code for n in draft.notes]


@pytest.mark.parametrize(
    "word", ["Totaal 2023", "Sub totaal", "Tussentotaal", "Summe", "Gesamtsumme", "Sous-total", "Totaal generaal", "Total général", "Σ", "Optelling"]
)  # fmt: skip
def test_totals_in_other_words_and_in_the_middle(word: str) -> None:
    draft = amounts("A;2023;X;fonds;100", f"{word};;;;100", "B;2023;X;fonds;50", f";;;{word};150")
    assert draft.problems == []
    assert [r["amount"] for r in records(draft)["funding"]] == [100, 50]


@pytest.mark.parametrize("name", ["Totaal Design", "Total", "Summa"])
def test_an_organisation_that_is_called_like_a_total_stays(name: str) -> None:
    draft = drafted(organisations=f"naam;sector;fte\n{name};ngo;5\n")
    assert [r["name"] for r in records(draft)["organisations"]] == [name]


@pytest.mark.parametrize(
    "header", ["Mail", "Courriel", "Mob.", "Rufnummer", "Prénom", "Functie", "Contactgegevens", "LinkedIn", "IBAN"]
)
def test_columns_about_persons_in_other_words(header: str) -> None:
    draft = drafted(organisations=f"naam;sector;{header}\nA;ngo;Anna\n")
    assert ("columns_left_out", header) in [(n.code, n.message.values.get("columns")) for n in draft.notes]
    assert b"Anna" not in b"".join(draft.received.values())


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0031612345678", True), ("06.12.34.56.78", True), ("06\u201112345678", True), ("00000012345678", False), ("01.02.2024 10:00", False), ("0123.456.789", False)],
)  # fmt: skip
def test_telephone_numbers_with_other_marks(text: str, expected: bool) -> None:
    assert ingest.holds_personal_data(text) == expected


@pytest.mark.parametrize("header", ["Nom;Secteur;Ville", "Bedrijf;Sektor;Stadt", "Organisatie naam;Sector;Ort"])
def test_headings_of_neighbours(header: str) -> None:
    draft = drafted(organisations=f"{header}\nA;ngo;Luik\n")
    assert (draft.problems, [(r["name"], r["city"]) for r in records(draft)["organisations"]]) == ([], [("A", "Luik")])


@pytest.mark.parametrize("cell", ["A en B", "A & B", "A + B", "A / B", "A • B"])
def test_who_was_there_is_taken_apart_where_all_are_known(cell: str) -> None:
    draft = drafted(
        organisations="organisation_id;naam;sector\na;A;ngo\nb;B;ngo\n",
        events=f"naam;datum;aanwezigen\nDag;2024-01-01;Bond, {cell}\n",
    )
    assert [r["organisation_id"] for r in records(draft)["attendance"]] == ["a", "b"]
    assert [p.value for p in draft.problems] == ["Bond"]


@pytest.mark.parametrize(
    ("heading", "cells", "codes"),
    [("RSVP", "ja|misschien||nee", "registered|registered|registered|registered"), ("Reactie", "komt|komt niet|onder voorbehoud|", "registered|registered|registered|registered"),
     ("Status", "zugesagt|vielleicht|abgesagt|ja", "registered|registered|registered|registered"), ("Status", "checked in|going|not attending|ja", "attended|registered|registered|attended"),
     ("afgemeld", "x|||", "registered|attended|attended|attended"), ("No-show", "nee|ja||nee", "attended|registered|attended|attended"), ("Opgedaagd", "ja||x|", "attended|registered|attended|registered"),
     ("Vegetarisch", "ja|nee||ja", "attended|attended|attended|attended")],
)  # fmt: skip
def test_only_who_came_was_there(heading: str, cells: str, codes: str) -> None:
    names = ["A", "B", "C", "D"]
    rows = "".join(f"Fair;{name};{cell}\n" for name, cell in zip(names, cells.split("|"), strict=True))
    files = {
        "organisations.csv": "name;sector\n" + "".join(f"{name};ngo\n" for name in names),
        "events.csv": "name;start_date\nFair;2026-01-14\n",
        "attendance.csv": f"event;organisation;{heading}\n{rows}",
    }
    draft = ingest.draft({name: text.encode() for name, text in files.items()}, Settings(), {})
    assert draft.problems == []
    assert [row["status"] for row in draft.tables["attendance"].to_pylist()] == codes.split("|")


@pytest.mark.parametrize("header", ["evenement;datum;organisatie", "Event;Date;Organisation"])
def test_a_list_of_visitors_with_the_day_of_the_event_is_no_list_of_events(header: str) -> None:
    files = {
        "organisations.csv": b"name;sector\nA;ngo\nB;ngo\n",
        "events.csv": b"name;start_date\nFair;2026-01-14\n",
        "deelnemers.csv": f"{header}\nFair;14-1-2026;A\nFair;14-1-2026;B\n".encode(),
    }
    draft = ingest.draft(files, Settings(), {})
    assert (draft.problems, len(draft.tables["attendance"])) == ([], 2)


def test_a_year_beside_a_period_is_a_start_where_the_heading_says_so() -> None:
    ends = {}
    for heading in ("start", "looptijd"):
        files = {
            "organisations.csv": b"name;sector\nA;ngo\nB;ngo\n",
            "partnerships.csv": f"name;partners;{heading}\nP;A|B;2019\nQ;A|B;2020-2022\n".encode(),
        }
        listed = ingest.draft(files, Settings(), {}).tables["partnerships"].to_pylist()
        ends[heading] = [str(row["end_date"]) for row in listed]
    assert ends == {"start": ["None", "2022-12-31"], "looptijd": ["2019-12-31", "2022-12-31"]}


@pytest.mark.parametrize("heading", ["Bedrag (excl. btw)", "Betrag (ohne MwSt)", "Bedrag (verplicht)"])
def test_a_remark_in_a_heading_is_no_part_of_it(heading: str) -> None:
    files = {
        "organisations.csv": b"name;sector\nA;ngo\n",
        "funding.csv": f"organisation;year;donor;{heading}\nA;2023;Fonds X;12,5\n".encode(),
    }
    draft = ingest.draft(files, Settings(), {})
    assert (draft.problems, draft.tables["funding"]["amount"].to_pylist()) == ([], [12.5])


def test_a_surplus_cell_with_a_telephone_number_is_not_kept() -> None:
    listed = b"name,sector\nA,ngo,Truus Jansen,06-12345678\nB,ngo,Den Haag\n"
    draft = ingest.draft({"organisations.csv": listed}, Settings(), {})
    kept = draft.rejected["organisations.csv"].csv("en").decode()
    assert ("Truus" in kept, "Den Haag" in kept) == (False, True)


def test_a_word_for_nothing_with_a_slash_is_no_doubtful_list() -> None:
    listed = b"name,sector,themes\nA,ngo,n/a\nB,ngo,peace\n"
    codes = {note.code for note in ingest.draft({"organisations.csv": listed}, Settings(), {}).notes}
    assert codes & {"one_or_several", "words_for_nothing"} == {"words_for_nothing"}


def test_answers_to_an_invitation_stay_that_when_the_row_that_told_is_kept_out() -> None:
    files = {
        "organisations.csv": b"organisation_id;name;sector\na;A;ngo\nb;B;ngo\n",
        "events.csv": b"event_id;name;start_date\ne;Fair;2026-01-14\n",
        "attendance.csv": b"event;organisation;Reactie\nFair;A;ja\nFair;B;ja\nFair;Elsewhere;misschien\n",
    }
    first = ingest.draft(files, Settings(), {})
    again = ingest.draft(first.received, Settings(), {}, matching=first.matching)
    listed = [draft.tables["attendance"]["status"].to_pylist() for draft in (first, again)]
    assert listed == [["registered", "registered"]] * 2


def test_a_note_about_the_end_of_a_period_names_the_column_that_the_file_has() -> None:
    draft = drafted(events="name;Datum\nBorrel;2021 - 2024\nCongres;6 mei 2021\n")
    assert {note.message.values["column"] for note in draft.notes if "column" in note.message.values} == {"Datum"}


@given(
    st.integers(1, 4).flatmap(lambda width: st.lists(st.tuples(*[st.integers(-1, 3)] * width), max_size=30)),
    st.sampled_from([1, 10**6, 2**30]),
)
def test_rows_get_one_number_exactly_when_they_are_equal(rows: list[tuple[int, ...]], spread: int) -> None:
    """Also where all columns together hold more than fits in one number; numbers go by the first row that has them."""
    columns = [np.array(column, np.int32) for column in zip(*rows, strict=True)]
    numbers, first = combine(len(rows), (np.where(column > 0, column * spread, column) for column in columns))
    known: dict[tuple[int, ...], int] = {}
    assert numbers.tolist() == [known.setdefault(row, len(known)) for row in rows]
    assert first.tolist() == [rows.index(row) for row in known]
