"""Cells that somebody typed over: an answer about a file, which the same file needs once."""

from pathlib import Path

import pytest

from hubdata import loading, store
from hubdata.settings import Settings

SETTINGS = Settings()
ORGANISATIONS = "organisation_id,name,sector,country\na,Anna,ngo,NL\nb,Beta,,\nc,Cora,ngo,Nergensland\n"
TIES = "Partner 1,Partner 2,Start\na,b,31-31-2019\nb,c,2020-01-31\na,c,31-31-2019\n"


def prepared(home: Path, answers: loading.FileMapping | None = None, **changed: str) -> loading.Prepared:
    texts = {"organisations": ORGANISATIONS, "partnerships": TIES} | changed
    files = {f"{name}.csv": text.encode() for name, text in texts.items()}
    return loading.prepare(home, SETTINGS, files, answers=answers)


def typed(drop: loading.Prepared, **says: str) -> loading.FileMapping:
    """`says`: code of a problem -> what its cells should say."""
    return loading.answer_cells(drop, [(p, says[p.code]) for p in drop.draft.problems if p.code in says])


def test_what_is_typed_over_is_read_remembered_and_the_same_for_the_command(tmp_path: Path) -> None:
    first = prepared(tmp_path)
    assert [(p.code, p.file, p.row, p.column) for p in first.draft.problems] == [
        ("missing", "organisations.csv", 3, "sector"),
        ("not_a_country", "organisations.csv", 4, "country"),
        ("unknown_organisation", "partnerships.csv", 2, "Partner 2"),
        ("not_a_date", "partnerships.csv", 2, "Start"),
        ("unknown_organisation", "partnerships.csv", 3, "Partner 1"),
        ("not_a_date", "partnerships.csv", 4, "Start"),
    ]
    one = first.draft.problems[3]
    answers = typed(first, missing="ngo", not_a_country="BE")
    # Said of one cell, and so of every cell in that column that says the same.
    second = prepared(tmp_path, answers.with_(loading.answer_cells(first, [(one, "31-01-2019")])))
    assert second.draft.problems == []
    counted = [(n.file, n.message.values["count"]) for n in second.draft.notes if n.code == "cells_corrected"]
    assert counted == [("organisations.csv", 2), ("partnerships.csv", 2)]
    assert second.draft.tables["organisations"]["country"].to_pylist() == ["NL", None, "BE"]
    outcome = loading.publish(tmp_path, SETTINGS, second)
    assert outcome.manifest
    made = loading.rebuild(tmp_path, outcome.manifest.id)
    assert all(made[name].equals(table) for name, table in second.draft.tables.items())
    # The command asks nobody, and knows what was typed.
    again = prepared(tmp_path, partnerships=TIES + "a,c,31-31-2019\n")
    assert [p.code for p in again.draft.problems] == ["duplicate_row"]
    assert prepared(tmp_path).is_unchanged


def test_a_second_mistake_in_a_row_is_typed_over_too_and_what_is_wrong_is_refused_again(tmp_path: Path) -> None:
    text = ORGANISATIONS.replace("b,Beta,,", "b,Beta,,Nooit")
    first = prepared(tmp_path, organisations=text)
    answers = typed(first, missing="paars", not_a_country="BE", not_a_date="31-01-2019")
    second = prepared(tmp_path, answers, organisations=text)
    (left,) = [p for p in second.draft.problems if p.file == "organisations.csv"]
    assert (left.code, left.value) == ("unknown_code", "paars")
    third = prepared(tmp_path, answers.with_(loading.answer_cells(second, [(left, "ngo")])), organisations=text)
    assert third.draft.problems == []


def test_nothing_of_a_refused_cell_is_kept_but_a_checksum(tmp_path: Path) -> None:
    text = "organisation_id,name,sector,website\na,Anna,ngo,jan@example.org\nb,Beta,ngo,\n"
    first = prepared(tmp_path, organisations=text, partnerships="Partner 1,Partner 2,Start\na,b,2020-01-31\n")
    (problem,) = first.draft.problems
    assert not loading.may_be_kept("jan@example.org")
    answers = loading.answer_cells(first, [(problem, "https://anna.example")])
    loading.remember(tmp_path, answers)
    assert b"jan" not in (tmp_path / "matching.json").read_bytes()
    assert loading.remembered(tmp_path) == answers


@pytest.mark.parametrize("wide", [False, True])
def test_an_amount_of_years_side_by_side_can_be_typed_over(tmp_path: Path, wide: bool) -> None:
    """Also of sheets that became one list; `wide` is how it lies in the file."""
    text = (
        "Organisatie,Gever,2023,2024\na,Fonds X,5,6x\n"
        if wide
        else "Organisatie,Gever,Jaar,Bedrag\na,Fonds X,2024,6x\n"
    )
    first = prepared(tmp_path, organisations=ORGANISATIONS.replace("b,Beta,,", "b,Beta,ngo,"), funding=text)
    wrong = [(p, "6") for p in first.draft.problems if p.file == "funding.csv"]
    assert [p.code for p, _ in wrong] == ["about_value"]
    organisations = ORGANISATIONS.replace("b,Beta,,", "b,Beta,ngo,")
    second = prepared(tmp_path, loading.answer_cells(first, wrong), organisations=organisations, funding=text)
    assert second.draft.tables["funding"]["amount"].to_pylist() == ([5.0, 6.0] if wide else [6.0])
    assert store.current_snapshot_id(tmp_path) is None


def test_the_row_of_headings_is_chosen_once_where_it_is_not_certain(tmp_path: Path) -> None:
    text = "Aap,Noot,Mies,Vuur\nMaart,af,2025,x\nHoe het heet,Waar het bij hoort,Kamer,Volgt\nAnna,ngo,Delft,1\nBeta,ngo,Leiden,2\n"
    file = {"vreemd.csv": text.encode()}
    first = loading.prepare(tmp_path, SETTINGS, file)
    (reading,) = first.draft.readings
    assert (reading.table, reading.header_row) == (None, 1)
    assert [row for row, _ in reading.beginning] == [1, 2, 3, 4, 5]
    told = loading.answer_header_row(reading, 3)
    second = loading.prepare(tmp_path, SETTINGS, file, answers=told)
    (reading,) = second.draft.readings
    assert (reading.header_row, reading.header) == (3, ("Hoe het heet", "Waar het bij hoort", "Kamer", "Volgt"))
    told = told.with_(loading.answer_about(reading, table="organisations"))
    (reading,) = loading.prepare(tmp_path, SETTINGS, file, answers=told).draft.readings
    for header, column in (("Hoe het heet", "name"), ("Waar het bij hoort", "sector")):
        told = told.with_(loading.answer_about(reading, header=header, column=column))
    outcome = loading.publish(tmp_path, SETTINGS, loading.prepare(tmp_path, SETTINGS, file, answers=told))
    assert outcome.manifest
    assert loading.rebuild(tmp_path, outcome.manifest.id)["organisations"].num_rows == 2
    more = {"vreemd.csv": text.replace("Maart,af", "April,ook").encode()}  # another title above the same headings
    assert loading.prepare(tmp_path, SETTINGS, more).draft.problems == []
    back = loading.answer_header_row(reading, 1)
    (reading,) = loading.prepare(tmp_path, SETTINGS, file, answers=back).draft.readings
    assert reading.header_row == 1
