"""Lists that other programs make: real files, and made ones where none is published (`tests/sources/README.md`).

Every expectation was counted by hand from the file.
"""

from pathlib import Path
from typing import Any

import pytest

from hubdata import ingest, loading, models, store
from hubdata.ingest import recipes
from hubdata.settings import Settings

SOURCES = Path(__file__).parent / "sources"
MADE = SOURCES / "made"
SETTINGS = Settings()
KAAPWERK, RECHT = "kaap", "recht"
ORGANISATIONS = (
    f'organisation_id,name,sector\n{KAAPWERK},Stichting Kaapwerk,ngo\n{RECHT},"Recht, Vrede & Co",business\n'
)
BORREL = "event_id,name,start_date\nborrel,Netwerkborrel,2026-03-12\nborrel-2,Netwerkborrel,2025-03-12\n"
ONE_BORREL = "event_id,name,start_date\nborrel,Netwerkborrel,2026-03-12\n"
PERSONS = ("Fenna", "Zwart", "Ilse", "@example.org", "Jeff", "Koos", "06-12345678", "Laan 1", "A. Example")


def read(path: Path, *, told: ingest.FileMapping | None = None, **beside: str) -> ingest.Draft:
    """A file read with other lists beside it."""
    files = {f"{name}.csv": content.encode() for name, content in beside.items()} | {path.name: path.read_bytes()}
    return ingest.draft(files, SETTINGS, {}, matching=told)


def rows(draft: ingest.Draft, table: str, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in draft.tables[table].to_pylist()]


def kept(draft: ingest.Draft) -> str:
    """All that would be kept of the files, and of the rows to repair."""
    rejected = [b"".join(str(row).encode() for row in one.rows) for one in draft.rejected.values()]
    return b"".join([*draft.received.values(), *rejected]).decode()


def named(draft: ingest.Draft, file: str) -> set[str]:
    """The columns that the report of a file names: used, not used, left out as personal."""
    of = [reading for reading in draft.readings if reading.file.startswith(file)]
    return {name for reading in of for name in (*reading.columns, *reading.ignored, *reading.left_out)}


@pytest.mark.parametrize("name", ["eventbrite.csv", "eventbrite-nl.csv"])
def test_an_eventbrite_list_is_counts_per_organisation(name: str) -> None:
    draft = read(MADE / name, organisations=ORGANISATIONS, events=BORREL)
    assert [p.code for p in draft.problems] == ["two_files"], "the list has its event, and so has the other file"
    draft = read(MADE / name, organisations=ORGANISATIONS)
    assert draft.problems == []
    visits = rows(draft, "attendance", "organisation_id", "people", "status")
    assert visits == [(KAAPWERK, 3, "attended"), (RECHT, 1, "registered")]
    assert [(r[0], str(r[1])) for r in rows(draft, "events", "name", "start_date")] == [("Netwerkborrel", "2026-03-12")]
    count = next(r.count for r in draft.readings if r.table == "attendance")
    assert count == recipes.Count("Eventbrite", 2, 4, 2)
    assert [word for word in PERSONS if word in kept(draft)] == []
    header = set((MADE / name).read_text().splitlines()[0].replace(";", ",").split(","))
    assert named(draft, name) == header, "the report names every column"


@pytest.mark.parametrize(
    ("name", "visits"),
    [
        ("Netwerkborrel (Responses) - Form Responses 1.csv", [(KAAPWERK, 3), (RECHT, 1)]),
        ("Netwerkborrel (Antwoorden) - Formulierreacties 1.csv", [(KAAPWERK, 3), (RECHT, 1)]),
    ],
)
def test_answers_to_a_form_are_counts_at_the_event_that_the_file_is_called_after(
    name: str, visits: list[tuple[str, int]]
) -> None:
    draft = read(MADE / name, organisations=ORGANISATIONS, events=ONE_BORREL)
    assert draft.problems == []
    assert rows(draft, "attendance", "organisation_id", "people") == visits
    assert set(rows(draft, "attendance", "event_id", "status")) == {("borrel", "attended")}
    assert [word for word in (*PERSONS, "nuts", "HYPERLINK") if word in kept(draft)] == []
    told = loading.answer_for_all({"event_id": "borrel-2"}, file=name)
    draft = read(MADE / name, told=told, organisations=ORGANISATIONS, events=BORREL)
    assert set(rows(draft, "attendance", "event_id")) == {("borrel-2",)}


def test_a_kumu_map_is_organisations_and_their_relations_without_its_persons() -> None:
    files = {name: (MADE / name).read_bytes() for name in ("kumu-elements.csv", "kumu-connections.csv")}
    assert "not_said" in {p.code for p in ingest.draft(files, SETTINGS, {}).problems}
    told = loading.answer_for_all({"start_date": "2024"})
    draft = ingest.draft(files, SETTINGS, {}, matching=told)
    assert draft.problems == []
    assert rows(draft, "organisations", "name", "sector") == [
        ("Kumu", "business"), ("Stichting Kaapwerk", "ngo"), ("Recht, Vrede & Co", "business"),
    ]  # fmt: skip
    names = dict(rows(draft, "organisations", "organisation_id", "name"))
    ties = [
        ({names[i] for i in ids}, str(start))
        for ids, start in rows(draft, "partnerships", "organisation_ids", "start_date")
    ]
    assert ties == [({"Kumu", "Stichting Kaapwerk"}, "2024-01-01"), ({"Kumu", "Recht, Vrede & Co"}, "2024-01-01")]
    others = [n.message.values["names"] for n in draft.notes if n.code == "rows_of_others"]
    assert others == ["Jeff Mohr"]
    assert [word for word in PERSONS if word in kept(draft)] == []


def test_a_partner_network_is_organisations_and_their_relations() -> None:
    files = {name: (MADE / name).read_bytes() for name in ("partner-members.csv", "partner-relations.csv")}
    draft = ingest.draft(files, SETTINGS, {}, matching=loading.answer_for_all({"start_date": "2024"}))
    assert draft.problems == []
    assert rows(draft, "organisations", "name", "sector", "city") == [
        ("Stichting Kaapwerk", "ngo", "The Hague"), ("Recht, Vrede & Co", "business", "The Hague"),
    ]  # fmt: skip
    assert rows(draft, "partnerships", "intensity") == [("coordination",)]
    assert [word for word in PERSONS if word in kept(draft)] == []
    members = next(r for r in draft.readings if r.table == "organisations")
    assert {"First Name", "Last Name", "Email", "Job Title", "Phone Number", "Address"} <= set(members.left_out)


@pytest.mark.parametrize("name", ["notion.csv", "airtable.csv"])
def test_linked_records_are_names_whatever_stands_behind_them(name: str) -> None:
    draft = read(MADE / name, organisations=ORGANISATIONS)
    assert draft.problems == []
    assert {frozenset(ids) for (ids,) in rows(draft, "partnerships", "organisation_ids")} == {
        frozenset((KAAPWERK, RECHT))
    }
    assert rows(draft, "partnerships", "name")[0] == ("Vredesdag",)
    reading = next(r for r in draft.readings if r.file == name)
    assert reading.came_from.lower() == name.partition(".")[0]
    assert set(reading.left_out) == {"Created by" if name == "notion.csv" else "Last Modified By"}
    assert "Fenna" not in kept(draft)
    assert "notion.so" not in kept(draft)
    assert "airtableusercontent" not in kept(draft)


def test_grants_of_360giving_are_income_of_our_organisations() -> None:
    ours = "organisation_id,name,sector\nd,Discover,ngo\nGB-CHC-328206,Another name,ngo\n"
    path = SOURCES / "360giving" / "indigo-trust.csv"
    draft = read(path, organisations=ours)
    assert [(p.code, p.value, p.blocks) for p in draft.problems] == [("rate_missing", "GBP", False)]
    assert len(draft.tables["funding"]) == 0
    draft = read(path, organisations=ours, told=loading.answer_for_all(rates={"gbp": 1.5}))
    assert draft.problems == []
    # IND1, 10,000 in 2001; IND9, 15,000 in 2002; IND15, 17,000 in 2002, by its charity number; IND10 is of another one.
    assert rows(draft, "funding", "organisation_id", "year", "donor", "amount") == [
        ("d", 2001, "Indigo Trust", 15000.0),
        ("d", 2002, "Indigo Trust", 22500.0),
        ("GB-CHC-328206", 2002, "Indigo Trust", 25500.0),
    ]
    assert "High Street" not in kept(draft)


def test_the_flat_headings_of_360giving_in_another_order_with_more_columns_and_a_person() -> None:
    grants = (
        "Extra,Planned Dates:0:End Date,Award Date,Currency,Amount Awarded,Funding Org:0:Name,Recipient Org:0:Name,"
        "Planned Dates:0:Start Date,Recipient Ind:0:Name\n"
        'x,2024-12-31,2023-05-06,EUR,"1,000.25",Fonds,Stichting Kaapwerk,2024-01-01,\n'
        "x,2024-12-31,2023-07-08,EUR,99.75,Fonds,Stichting Kaapwerk,2024-01-01,\n"
        "x,,2023-05-06,EUR,500,Fonds,,,Fenna Zwart\nx,,2023-05-06,EUR,=1+1,Fonds,Stichting Kaapwerk,,\n"
    )
    files = {"grants.csv": grants.encode(), "organisations.csv": ORGANISATIONS.encode()}
    draft = ingest.draft(files, SETTINGS, {})
    assert [(p.code, p.row, p.column) for p in draft.problems] == [("about_value", 5, "amount")]
    assert rows(draft, "funding", "year", "amount") == [(2023, 1100.0)]
    assert [str(day) for day in rows(draft, "funding", "start_date", "end_date")[0]] == ["2024-01-01", "2024-12-31"]
    assert "Fenna" not in kept(draft)


@pytest.mark.parametrize(
    ("version", "amount", "category"), [("2.03", 1000.0, "government"), ("1.04", 2000.0, "multilateral")]
)
def test_an_iati_activity_is_a_partnership_and_income_per_year(version: str, amount: float, category: str) -> None:
    ours = "organisation_id,name,sector\nAA-AAA-123456789,A here,ngo\nCC-CCC-123456789,C here,government\n"
    draft = read(SOURCES / "iati" / f"example-{version}.xml", organisations=ours)
    assert draft.problems == []
    (tie,) = rows(draft, "partnerships", "name", "organisation_ids", "start_date", "end_date")
    assert (tie[0], set(tie[1])) == ("Activity title", {"AA-AAA-123456789", "CC-CCC-123456789"})
    assert [str(day) for day in tie[2:]] == ["2012-04-28", "2015-12-31"], "what happened before what was planned"
    assert rows(draft, "funding", "organisation_id", "year", "donor", "amount", "category") == [
        ("AA-AAA-123456789", 2012, "Agency B", amount, category)
    ]
    assert [word for word in PERSONS if word in kept(draft)] == []


def test_what_is_of_one_event_is_added_and_gives_the_same_again(tmp_path: Path) -> None:
    """A second list of visitors takes nothing of the first away; the files that are kept give the same tables."""
    first = {
        "organisations.csv": ORGANISATIONS,
        "events.csv": BORREL,
        "attendance.csv": "event_id,organisation_id\nborrel-2,recht\n",
    }
    loading.load(tmp_path, SETTINGS, {name: text.encode() for name, text in first.items()})
    second = {"Attendees.csv": (MADE / "eventbrite.csv").read_bytes()}
    for _ in range(2):
        outcome = loading.load(tmp_path, SETTINGS, second)
        assert outcome.draft.problems == []
    assert outcome.is_unchanged
    visits = set(rows(outcome.draft, "attendance", "event_id", "organisation_id", "people"))
    assert visits == {("borrel-2", RECHT, None), ("borrel", KAAPWERK, 3), ("borrel", RECHT, 1)}, "told apart by the day"
    current = store.current_snapshot_id(tmp_path)
    assert current
    assert loading.rebuild(tmp_path, current)["attendance"].equals(outcome.draft.tables["attendance"])


def test_every_recipe_speaks_of_columns_and_codes_that_there_are() -> None:
    for recipe in recipes.recipes():
        for of in recipe.lists:
            fields = models.TABLES[of.table].model_fields
            said = (*of.columns, *of.years, *of.added_up, *of.fixed, *of.codes, *of.best, *of.of_file_name, *of.needs)
            assert set(said) <= fields.keys(), recipe.name
