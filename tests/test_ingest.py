"""Cells -> rows and problems; a drop -> a draft."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import SAMPLE
from hypothesis import given
from hypothesis import strategies as st

from hubdata import hub, ingest, models, reading
from hubdata.settings import Settings

ORGANISATIONS = (
    "organisation_id,name,sector\na,Anna's Aid,ngo\nb,Beta University,knowledge\nc,City of Peace,government\n"
)
SETTINGS = Settings()


def drafted(update: bool = False, current: dict[str, list[dict[str, Any]]] | None = None, **files: str) -> ingest.Draft:
    """A draft of `organisations="..."`, `funding="..."`, ...: table -> content of its file."""
    return ingest.draft(
        {f"{name}.csv": text.encode() for name, text in files.items()}, SETTINGS, current or {}, update=update
    )


def said(draft: ingest.Draft, language: str = "en") -> list[tuple[str, int | None, str, str, str]]:
    return [
        (p.file, p.row, p.column, p.value, f"{p.message.words(language)} {p.remedy.words(language)}")
        for p in draft.problems
    ]


def records(draft: ingest.Draft) -> dict[str, list[dict[str, Any]]]:
    """The rows of a draft as the store gives them back."""
    return {name: [dict(row) for row in rows] for name, rows in draft.tables.items()}


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


# Each broken input, the place it is reported at, and the sentence its sender reads.
CELL_PROBLEMS = [
    ("organisations", "name,sector\nA,nggo\n", (2, "sector", "nggo"), "This is not one of the words we know. Did you mean ngo?"),
    (
        "organisations",
        "name,sector\nA,zzzzzz\n",
        (2, "sector", "zzzzzz"),
        "This is not one of the words we know. Choose one of: business, funder, government, international, knowledge, "
        "network, ngo, other, social-enterprise.",
    ),
    ("organisations", "name,sector\n,ngo\n", (2, "name", ""), "This cell must not be empty. Fill in the cell."),
    (
        "organisations",
        "name,sector,fte\nA,ngo,many\n",
        (2, "fte", "many"),
        "This is not a number. Write it with digits and a decimal point, as in 1234.50.",
    ),
    ("organisations", "name,sector,fte\nA,ngo,-1\n", (2, "fte", "-1"), "The number is too low. Fill in 0 or more."),
    ("organisations", "name,sector,sdgs\nA,ngo,1|18\n", (2, "sdgs", "18"), "The number is too high. Fill in 17 or less."),
    (
        "organisations",
        "name,sector,founded\nA,ngo,1_998\n",
        (2, "founded", "1_998"),
        "This is not a whole number. Write it with digits only, as in 12.",
    ),
    (
        "organisations",
        "name,sector,joined_on\nA,ngo,2024-02-30\n",
        (2, "joined_on", "2024-02-30"),
        "This is not a date. Write it as year-month-day, as in 2024-01-31.",
    ),
    (
        "organisations",
        "name,sector,joined_on,left_on\nA,ngo,2024-02-01,2024-01-01\n",
        (2, "left_on", "2024-01-01"),
        "The end comes before the start (2024-02-01). Correct one of the two dates.",
    ),
    (
        "organisations",
        "organisation_id,name,sector\na b,A,ngo\n",
        (2, "organisation_id", "a b"),
        "An identifier has no spaces and at most 64 characters. Shorten it, or leave the column empty: we then make one.",
    ),
    (
        "organisations",
        "name,sector,website\nA,ngo,javascript:alert(1)\n",
        (2, "website", "javascript:alert(1)"),
        "This is not a web address. Write it as in https://example.org.",
    ),
    (
        "organisations",
        "name,sector,country\nA,ngo,Nederland\n",
        (2, "country", "Nederland"),
        "This is not a country code. Use the code of two letters, as in NL.",
    ),
    (
        "organisations",
        "organisation_id,name,sector\na,A,ngo\nA,B,ngo\n",
        (3, "organisation_id", "a"),
        "Row 2 has the same value in organisation_id. Keep one of the two rows, or give them different values.",
    ),
    (
        "partnerships",
        "organisation_ids,start_date\na|Beta Universty,2020-01-01\n",
        (2, "organisation_ids", "Beta Universty"),
        "No organisation has this identifier or name. Did you mean beta university?",
    ),
    (
        "partnerships",
        "organisation_ids,start_date\na|a,2020-01-01\n",
        (2, "organisation_ids", "a|a"),
        "An agreement needs two different organisations. Add the other organisation, or delete the row.",
    ),
    (
        "attendance",
        "event_id,organisation_id\nnowhere,a\n",
        (2, "event_id", "nowhere"),
        "No event has this identifier or name. Add it to the events, or correct the cell.",
    ),
    (
        "funding",
        "organisation_id,year,donor,category,amount,currency\na,2020,D,government,5,USD\n",
        (2, "currency", "USD"),
        "Only amounts in euros can be added up. Convert the amount to euros and write EUR, or leave the cell empty.",
    ),
    (
        "funding",
        "organisation_id,year,donor,category,amount\na,2020,,government,5\n",
        (2, "donor", ""),
        "We must know who gave this money. Fill in the donor. Only earned income has none.",
    ),
    (
        "funding",
        "organisation_id,year,donor,category,amount\na,2020,D,government,nan\n",
        (2, "amount", "nan"),
        "This is not a number. Write it with digits and a decimal point, as in 1234.50.",
    ),
    ("organisations", "name,sector\nA,ngo,surplus\n", (2, "", "surplus"),
     "The row has more cells than the header. Put quotes around cells with a separator in them, or delete the surplus cells."),
    ("organisations", "name\nA\n", (1, "sector", ""), "This column is missing. Add the column and fill in every row."),
    ("organisations", "name,sector,name\nA,ngo,B\n", (1, "name", "name"),
     "Two columns have the same name. Give one of them another name, or delete it."),
]  # fmt: skip


@pytest.mark.parametrize(("table", "text", "place", "sentence"), CELL_PROBLEMS)
def test_broken_input_is_refused_with_place_and_way_out(
    table: str, text: str, place: tuple[int, str, str], sentence: str
) -> None:
    files = {"organisations": ORGANISATIONS} | {table: text}
    assert said(drafted(**files)) == [(f"{table}.csv", *place, sentence)]


def test_the_same_problem_in_dutch() -> None:
    (problem,) = said(drafted(organisations="name,sector\nA,nggo\n"), "nl")
    assert problem[4] == "Dit woord kennen wij niet. Bedoelt u ngo?"


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
    assert [row.name for row in draft.tables["organisations"]] == ["B"]  # type: ignore[attr-defined]
    assert draft.changes["organisations"].rejected == 2
    assert draft.rejected["organisations.csv"].decode().splitlines()[1].startswith("A,nggo,x,")


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
    assert [note.message.words("en") for note in draft.notes] == [
        "Rows without an identifier, which was made from the name: 2.",
        "Rows without an identifier, which was made from the organisations and start: 1.",
    ]
    on_show = {"organisations": [{**records(draft)["organisations"][0], "organisation_id": "NL-KVK-1"}]}
    assert records(drafted(current=on_show, **files))["organisations"][0]["organisation_id"] == "NL-KVK-1"


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
    second = drafted(current=records(first), organisations=ORGANISATIONS + "d,Delta,ngo\n")
    assert second.problems == []
    assert [len(second.tables[name]) for name in ("organisations", "partnerships")] == [4, 1]
    assert second.changes == {"organisations": ingest.Changes(added=1, before=3)}


def test_rows_that_still_refer_to_a_removed_organisation_are_in_the_way() -> None:
    first = drafted(
        organisations=ORGANISATIONS, partnerships="partnership_id,organisation_ids,start_date\np,a|b,2020-01-01\n"
    )
    without_b = "organisation_id,name,sector\na,Anna's Aid,ngo\n"
    second = drafted(current=records(first), organisations=without_b)
    assert said(second) == [
        ("organisations.csv", None, "organisation_id", "b",
         "This one is no longer in the file, but rows of partnerships.csv refer to it: 1. "
         "Put it back, or hand in partnerships.csv as well.")
    ]  # fmt: skip


def test_update_adds_and_changes_by_key_and_removes_nothing() -> None:
    first = drafted(organisations=ORGANISATIONS)
    second = drafted(
        update=True, current=records(first), organisations="organisation_id,name,sector\nb,Beta,ngo\nd,Delta,ngo\n"
    )
    assert [r["name"] for r in records(second)["organisations"]] == ["Anna's Aid", "Beta", "City of Peace", "Delta"]
    assert second.changes["organisations"] == ingest.Changes(added=1, changed=1, before=3)


def test_the_same_file_twice_changes_nothing() -> None:
    first = drafted(organisations=ORGANISATIONS)
    again = drafted(current=records(first), organisations=ORGANISATIONS)
    assert again.changes["organisations"] == ingest.Changes(before=3)


def test_personal_data_is_left_out_of_the_rows_and_of_the_kept_file() -> None:
    draft = drafted(organisations="name,sector,E-mail,Contactpersoon,Kleur\nA,ngo,a@example.org,Jan,blauw\n")
    assert draft.problems == []
    assert b"example.org" not in draft.received["organisations.csv"]
    assert b"Jan" not in draft.received["organisations.csv"]
    assert [note.message.words("en") for note in draft.notes[:2]] == [
        "These columns are not used: Kleur.",
        "Personal data is never stored; left out: E-mail, Contactpersoon.",
    ]


def test_a_file_is_recognised_by_its_name_or_its_header() -> None:
    def tables(name: str, text: str) -> list[str]:
        draft = ingest.draft({name: text.encode()}, SETTINGS, {})
        return [table for table, rows in draft.tables.items() if rows] + [p.message.words("en") for p in draft.problems]

    assert tables("2026-11 organisations (1).csv", "name,sector\nA,ngo\n") == ["organisations"]
    assert tables("my list.csv", "Name;Sector\nA;ngo\n") == ["organisations"]
    assert tables("my list.csv", "colour\nblue\n") == ["We do not know what this file holds."]


def test_two_files_for_one_table_are_refused() -> None:
    files = {"organisations.csv": ORGANISATIONS.encode(), "organisations (1).csv": ORGANISATIONS.encode()}
    draft = ingest.draft(files, SETTINGS, {})
    assert [p.message.words("en") for p in draft.problems] == ["There are two files for the same table."]


word = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
cell = st.one_of(word, st.sampled_from(["ngo", "a", "b", "1", "2020-01-01", "x|y", '"', ";", "\n", "=1+1"]))


@given(st.lists(st.lists(cell, min_size=4, max_size=4), max_size=6))
def test_every_row_is_loaded_or_reported(rows: list[list[str]]) -> None:
    """Rows in = rows loaded + rows reported, whatever is in the cells."""
    header = ["organisation_id", "name", "sector", "fte"]
    content = reading.write(header, [dict(zip(header, r, strict=True)) for r in rows])
    draft = ingest.draft({"organisations.csv": content}, SETTINGS, {})
    filled = sum(any(c.strip() for c in r) for r in rows)
    reported = {p.row for p in draft.problems if p.row and p.row > 1}
    if not any(p.blocks for p in draft.problems):
        assert len(draft.tables["organisations"]) + len(reported) == filled


@given(st.floats(0, 1e12, allow_nan=False), st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 1, 1)))
def test_numbers_and_dates_are_read_exactly(amount: float, day: datetime.date) -> None:
    text = f"{amount:.2f}"
    assert models.read_number(text) == float(text)
    assert models.read_date(day.isoformat()) == day


@pytest.mark.parametrize(
    "text", ["1_000", "1,5", "1e3", "infinity", "nan", "٣", "0x10", "1 000", "--1", "1.", ".5", ""]
)
def test_a_number_that_is_none_is_never_read_as_something_near(text: str) -> None:
    with pytest.raises(models.PydanticCustomError):
        models.read_number(text)


@pytest.mark.parametrize(
    "text", ["2025/02/01", "1-2-2025", "2025-2-1", "20250201", "2025-02-01T00:00", "infinity", "now"]
)
def test_a_date_that_is_none_is_never_read_as_something_near(text: str) -> None:
    with pytest.raises(models.PydanticCustomError):
        models.read_date(text)


def test_paths_in_file_names_mean_nothing(tmp_path: Path) -> None:
    home = tmp_path / "a" / "b"
    outcome = hub.load(home, SETTINGS, {"../../../organisations.csv": ORGANISATIONS.encode()})
    assert outcome.manifest
    assert [str(p.relative_to(home)) for p in tmp_path.rglob("organisations.csv")] == [
        f"snapshots/{outcome.manifest.id}/received/organisations.csv"
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
    assert [p.message.words("en")[:20] for p in drafted(organisations='"name,sector\nA,ngo').problems] == [
        "From this row on the"
    ]


def test_personal_data_is_found_by_its_cells_and_not_in_rejected_rows() -> None:
    text = "name,sector,E-mail,Opmerking,Tel.\nA,nope,jan@x.nl,bel 06-12345678,1\nB,ngo,,piet@y.nl,2\n"
    draft = drafted(organisations=text)
    for kept in (*draft.received.values(), *draft.rejected.values()):
        assert not any(secret in kept for secret in (b"jan@", b"12345678", b"piet@"))


def test_update_keeps_what_the_file_has_no_column_for() -> None:
    first = drafted(organisations="organisation_id,name,sector,fte\na,A,ngo,5\n")
    second = drafted(
        update=True, current=records(first), organisations="organisation_id,name,sector,city\na,A,ngo,Delft\n"
    )
    assert (records(second)["organisations"][0]["fte"], records(second)["organisations"][0]["city"]) == (5, "Delft")
    third = drafted(update=True, current=records(second), organisations="organisation_id,name,sector,fte\na,A,ngo,\n")
    assert records(third)["organisations"][0]["fte"] is None


def test_an_update_without_identifier_for_a_name_that_two_have_is_a_problem() -> None:
    first = drafted(organisations="organisation_id,name,sector\nx1,Twin,ngo\nx2,twin,ngo\n")
    second = drafted(update=True, current=records(first), organisations="name,sector\nTWIN,business\n")
    assert [p.message.words("en") for p in second.problems] == ["More than one has this name: x1, x2."]


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


CELL = st.one_of(word, st.sampled_from(["a", "b", "|", "a|b", "2020-01-01", "2020", "5", "earned", "D", "\u0301"]))


@given(st.sampled_from(["partnerships", "events", "attendance", "funding"]), st.data())
def test_every_row_of_every_table_is_loaded_or_reported(table: str, data: st.DataObject) -> None:
    """Also when identifiers are left out and references are nonsense."""
    row_type = models.TABLES[table]
    header = [c for c in row_type.model_fields if models.is_required(row_type, c)]
    rows = data.draw(st.lists(st.lists(CELL, min_size=len(header), max_size=len(header)), max_size=5))
    content = reading.write(header, [dict(zip(header, r, strict=True)) for r in rows])
    files = {"organisations.csv": ORGANISATIONS.encode(), f"{table}.csv": content}
    draft = ingest.draft(files, SETTINGS, {})
    reported = {p.row for p in draft.problems if p.row and p.row > 1}
    if not any(p.blocks for p in draft.problems):
        assert len(draft.tables[table]) + len(reported) == sum(any(c.strip() for c in r) for r in rows)
