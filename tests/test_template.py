"""The workbook to fill in: it loads without a question, and its examples count only when somebody changed them."""

import datetime
import io
from pathlib import Path

import openpyxl
import pytest

from hubdata import ingest, loading, models, store, template
from hubdata.settings import Settings
from hubdata.texts import LANGUAGES

SETTINGS = Settings(themes={"water": {"nl": "Schoon water", "en": "Clean water"}})
ROWS = {
    "organisations": [
        ("Stichting Zeewier", "{ngo}", "", "", "Nederland", "", "{water}", "", "", 7.5, datetime.date(2020, 5, 1)),
        ("Gemeente Strand", "{government}"),
    ],
    "partnerships": [("Kust", "Stichting Zeewier", "Gemeente Strand", "", "", "", "", datetime.date(2024, 2, 3))],
    "events": [("Borrel", datetime.date(2025, 1, 2), "", "", "{in-person}", "Gemeente Strand", "", 120)],
    "attendance": [("Borrel", "Stichting Zeewier", "{speaker}", 2, "{registered}")],
    "funding": [("Stichting Zeewier", 2025, "Gemeente Strand", "", "{government of}", 1234.5)],
    "accounts": [("Stichting Zeewier", 2025, 5000, 4800, 300, 7.5)],
}
"""What somebody fills in; between braces a word that the workbook offers."""


def book(language: str) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(template.workbook(SETTINGS, language)))


def content(filled: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    filled.save(file)
    return file.getvalue()


def offered(filled: openpyxl.Workbook, sheet: openpyxl.worksheet.worksheet.Worksheet) -> dict[int, list[str]]:
    """Column -> the words to choose from on a sheet, as they stand where Excel looks for them."""
    words = {}
    for rule in sheet.data_validations.dataValidation:
        if rule.type == "list" and rule.formula1.split("!")[0].strip("'") in template.CHOICES.values():
            where, cells = rule.formula1.split("!")
            for part in rule.sqref.ranges:
                words[part.min_col] = [row[0].value for row in filled[where.strip("'")][cells.replace("$", "")]]
    return words


def filled_in(language: str) -> openpyxl.Workbook:
    """The workbook with rows under its examples, of the words that its cells offer."""
    filled = book(language)
    words = {"{ngo}": SETTINGS.sectors["ngo"], "{government}": SETTINGS.sectors["government"]}
    words |= {"{water}": SETTINGS.themes["water"], "{in-person}": models.VOCABULARIES["format"]["in-person"]}
    words |= {"{speaker}": models.VOCABULARIES["attendance_role"]["speaker"]}
    words |= {"{registered}": models.VOCABULARIES["status"]["registered"]}
    words |= {"{government of}": models.VOCABULARIES["category"]["government"]}
    for name, rows in ROWS.items():
        sheet = filled[template.SHEETS[name].name[language]]
        for below, row in enumerate(rows, start=5):
            for place, cell in enumerate(row, start=1):
                if cell in words:
                    assert words[str(cell)][language] in offered(filled, sheet)[place]
                    cell = words[str(cell)][language]
                if cell != "":
                    sheet.cell(below, place, cell)
    return filled


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_loads_without_a_question(language: str, tmp_path: Path) -> None:
    draft = ingest.draft({"lijsten.xlsx": content(filled_in(language))}, SETTINGS, {})
    assert not draft.problems
    tables = {name: draft.tables[name].to_pylist() for name in ROWS}
    assert {name: len(rows) for name, rows in tables.items()} == {name: len(rows) for name, rows in ROWS.items()}
    zeewier, strand = tables["organisations"]
    assert (zeewier["sector"], zeewier["themes"], zeewier["fte"], zeewier["country"]) == ("ngo", ["water"], 7.5, "NL")
    assert zeewier["joined_on"] == datetime.date(2020, 5, 1)
    assert strand["sector"] == "government"
    (tie,) = tables["partnerships"]
    assert sorted(tie["organisation_ids"]) == sorted([zeewier["organisation_id"], strand["organisation_id"]])
    assert tables["events"][0]["organiser_id"] == strand["organisation_id"]
    assert (tables["attendance"][0]["role"], tables["attendance"][0]["status"]) == ("speaker", "registered")
    assert (tables["funding"][0]["category"], tables["funding"][0]["amount"]) == ("government", 1234.5)
    assert (tables["accounts"][0]["total_income"], tables["accounts"][0]["fte"]) == (5000, 7.5)
    assert [n.message.values["count"] for n in draft.notes if n.code == "examples_not_used"] == [3] * len(ROWS)
    # Every heading is a column, and nothing is left to ask.
    for reading in draft.readings:
        assert (reading.ignored, reading.left_out, reading.missing) == ((), (), ())
        meant = [column.split(" ")[0] for column in template.SHEETS[str(reading.table)].headings]
        assert list(reading.columns.values()) == meant
    assert not loading.doubts(loading.prepare(tmp_path, SETTINGS, {"lijsten.xlsx": content(filled_in(language))}))


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_example_counts_when_somebody_changed_it(language: str) -> None:
    filled = book(language)
    sheet = filled[template.SHEETS["organisations"].name[language]]
    sheet.cell(2, 1, "Stichting Zeewier")
    sheet.cell(3, 10, 41)
    draft = ingest.draft({"lijsten.xlsx": content(filled)}, Settings(), {})
    assert not draft.problems
    assert [row["fte"] for row in draft.tables["organisations"].to_pylist()] == [12.5, 41]
    assert [n.message.values["count"] for n in draft.notes if n.code == "examples_not_used"] == [1, 3, 3, 3, 3, 3]


def test_a_sheet_with_nothing_but_examples_leaves_that_list_as_it_is(tmp_path: Path) -> None:
    files = {
        "organisations.csv": b"name,sector\nA,ngo\nB,ngo\n",
        "partnerships.csv": b"partners,start\nA|B,2024-01-01\n",
    }
    assert loading.load(tmp_path, Settings(), files).manifest
    filled = book("nl")
    sheet = filled["Organisaties"]
    for place, name in enumerate("AB", start=2):
        for column in range(3, 20):
            sheet.cell(place, column).value = None
        sheet.cell(place, 1, name)
    sheet.delete_rows(4)
    outcome = loading.load(tmp_path, Settings(), {"lijsten.xlsx": content(filled)})
    assert set(outcome.draft.changes) == {"organisations"}
    assert outcome.manifest
    assert len(store.open_snapshot(tmp_path, outcome.manifest.id).table("partnerships")) == 1


def test_the_same_words_give_the_same_file() -> None:
    assert template.workbook(SETTINGS, "nl") == template.workbook(SETTINGS, "nl")
