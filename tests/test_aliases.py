"""Other names that an organisation goes by: kept with it, found by them, applied to whatever is dropped later."""

import datetime
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hubdata import ingest, loading, models, questions, store
from hubdata.settings import Settings

SETTINGS = Settings()
VIEW = store.View(datetime.date(2024, 1, 1))
FIRST = {
    "organisations.csv": "organisation_id,name,sector,aliases\n"
    "a,Stichting Lindenzee,ngo,St. Lindenzee|OLD-1\nb,Beta,government,\nc,Gamma,ngo,Beta\n"
}
LATER = {
    "organisations.csv": "organisation_id,name,sector,city,themes\n"
    ",St. Lindenzee,ngo,Delft,water\na,Stichting Lindenzee,ngo,,peace\nb,Beta,government,,\nc,Gamma,ngo,,\n",
    "partnerships.csv": "organisation_a,organisation_b,start_date\nST. Lindenzee,Beta,2020\nOLD-1,Gamma,2021\n",
    "events.csv": "name,start_date,organiser_id\nFair,2024-01-01,St. Lindenzee\n",
    "attendance.csv": "event_id,organisation_id\nFair,st. lindenzee\n",
    "funding.csv": "organisation_id,year,donor,category,amount\nBeta,2020,St. Lindenzee,nonprofits,100\nOLD-1,2020,X,other,7\n",
}


def encoded(files: dict[str, str]) -> dict[str, bytes]:
    return {name: text.encode() for name, text in files.items()}


def draft(files: dict[str, str], current: Any = None, **how: Any) -> ingest.Draft:
    made = ingest.draft(encoded(files), SETTINGS, current or {}, **how)
    assert made.problems == []
    return made


@pytest.fixture(scope="module")
def later() -> ingest.Draft:
    return draft(LATER, draft(FIRST).tables)


def test_a_row_under_another_name_is_joined_to_its_organisation(later: ingest.Draft) -> None:
    lindenzee, *others = later.tables["organisations"].to_pylist()
    told = {name: lindenzee[name] for name in ("organisation_id", "name", "city", "themes", "aliases")}
    assert told == {
        "organisation_id": "a",
        "name": "Stichting Lindenzee",
        "city": "Delft",
        "themes": ["peace", "water"],
        "aliases": ["St. Lindenzee", "OLD-1"],
    }
    assert [(row["organisation_id"], row["name"]) for row in others] == [("b", "Beta"), ("c", "Gamma")]
    said = next(
        note for note in later.notes if note.file == "organisations.csv" and note.code == "names_taken_together"
    )
    assert said.message.values == {"count": 1, "names": "Stichting Lindenzee = St. Lindenzee"}


def test_every_reference_finds_it(later: ingest.Draft) -> None:
    tables = later.tables
    assert tables["partnerships"]["organisation_ids"].to_pylist() == [["a", "b"], ["a", "c"]]
    assert tables["events"]["organiser_id"].to_pylist() == ["a"]
    assert tables["attendance"]["organisation_id"].to_pylist() == ["a"]
    assert tables["funding"]["organisation_id"].to_pylist() == ["b", "a"]


def test_a_donor_under_another_name_is_that_organisation(later: ingest.Draft) -> None:
    assert later.tables["funding"].select(["donor", "donor_id"]).to_pylist() == [
        {"donor": "Stichting Lindenzee", "donor_id": "a"},
        {"donor": "X", "donor_id": None},
    ]


def test_what_is_kept_gives_the_same_without_what_was_on_show(later: ingest.Draft) -> None:
    again = ingest.draft(later.received, SETTINGS, {}, matching=later.matching)
    assert {name: again.tables[name].to_pylist() for name in models.TABLES} == {
        name: later.tables[name].to_pylist() for name in models.TABLES
    }


def test_a_name_goes_before_another_name() -> None:
    """Gamma says that it is called Beta as well; Beta stays Beta."""
    first = draft(FIRST)
    ties = {"partnerships.csv": "organisation_a,organisation_b,start_date\nBeta,Gamma,2020\n"}
    assert draft(ties, first.tables).tables["partnerships"]["organisation_ids"].to_pylist() == [["b", "c"]]
    again = draft(
        {"organisations.csv": "name,sector\nStichting Lindenzee,ngo\nBeta,government\nGamma,ngo\n"}, first.tables
    )
    assert again.tables["organisations"]["organisation_id"].to_pylist() == ["a", "b", "c"]


def test_other_names_grow_and_none_is_taken_away_by_a_file_without_them() -> None:
    first = draft(FIRST)
    more = "organisation_id,name,sector,aliases\na,Stichting Lindenzee,ngo,SLZ|Stichting Lindenzee|a\n"
    for update in (False, True):
        grown = draft({"organisations.csv": more}, first.tables, update=update)
        assert grown.tables["organisations"]["aliases"].to_pylist()[0] == ["SLZ", "St. Lindenzee", "OLD-1"]


def test_two_rows_of_one_organisation_are_still_refused() -> None:
    twice = (
        FIRST["organisations.csv"].splitlines()[0]
        + "\n,St. Lindenzee,ngo,\na,Stichting Lindenzee,ngo,\na,Lindenzee,ngo,\n"
    )
    refused = ingest.draft({"organisations.csv": twice.encode()}, SETTINGS, draft(FIRST).tables)
    assert [(p.code, p.row) for p in refused.problems] == [("duplicate_key", 4)]
    assert refused.tables["organisations"]["organisation_id"].to_pylist() == ["a"]


def test_two_with_the_same_other_name_are_a_problem() -> None:
    both = "name,sector,aliases\nAlfa,ngo,SLZ\nBeta,ngo,SLZ\n"
    ties = "organisation_a,organisation_b,start_date\nAlfa,slz,2020\n"
    made = ingest.draft(encoded({"organisations.csv": both, "partnerships.csv": ties}), SETTINGS, {})
    assert [p.code for p in made.problems] == ["two_with_this_name"]


def test_who_asks_finds_them_and_a_link_without_names_has_none(tmp_path: Path) -> None:
    manifest = loading.load(tmp_path, SETTINGS, encoded(FIRST)).manifest
    assert manifest
    with closing(store.open_snapshot(tmp_path, manifest.id)) as snapshot:
        assert questions.answer_other_names(snapshot, SETTINGS, VIEW) == {
            "a": ["St. Lindenzee", "OLD-1"],
            "c": ["Beta"],
        }
        asked = ("a", "stichting lindenzee", "ST. LINDENZEE", "old-1", "beta", "nobody")
        assert [questions.named(snapshot, text) for text in asked] == [["a"], ["a"], ["a"], ["a"], ["b"], []]
    for names, expected in ((True, ["St. Lindenzee", "OLD-1"]), (False, None)):
        with closing(store.open_snapshot(tmp_path, manifest.id, store.Scope(names=names, key="k"))) as snapshot:
            assert snapshot.records("organisations")[0]["aliases"] == expected
