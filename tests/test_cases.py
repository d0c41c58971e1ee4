"""Files as people really send them: every folder of `tests/cases` holds some, and what has to come of them.

A case is a folder with `in/` (the files), `case.md` (what kind it is, where it was seen, what is wanted), `expected.json`
(see `Expected`) and, where something has to be asked, `told.json` (the answers, as an `ingest.FileMapping`).
A case is loaded as the command does it with `--skip-invalid`, so that what is right and what is refused are both seen.
"""

import datetime
import json
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import ROOT
from pydantic import BaseModel, ConfigDict

from hubdata import ingest, loading, store
from hubdata.settings import Settings

CASES = sorted(path.parent for path in (ROOT / "tests" / "cases").glob("*/expected.json"))


class Expected(BaseModel):
    """What comes of a case. Everything that is reported has to be listed: a report too many is wrong as well."""

    model_config = ConfigDict(extra="forbid")

    tables: dict[str, list[dict[str, Any]]] = {}
    """Table -> its rows in any order, each with the columns that matter; none when nothing may be loaded."""
    problems: list[tuple[str, str, int | None, str]] = []
    """Code, file, row and column of each problem."""
    notes: list[dict[str, Any]] = []
    """`code` and `file` of each note, and what fills its gaps as far as it matters."""
    absent: list[str] = []
    """Words that no file below the home may hold afterwards, nor a backup of it."""


def all_that_is_kept(home: Path) -> str:
    """What the files below a home and a backup of it say, those of DuckDB value by value."""
    store.backup(home, home / "backup.zip")
    with zipfile.ZipFile(home / "backup.zip") as packed:
        packed.extractall(home / "unpacked")
    kept = []
    for file in (path for path in home.rglob("*") if path.is_file()):
        kept += [
            str(file),
            file.read_bytes().decode("utf-8", "ignore"),
            file.read_bytes().decode("utf-16-le", "ignore"),
        ]
        if file.suffix == ".duckdb":
            with duckdb.connect(str(file), read_only=True) as database:
                for schema, table in database.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall():
                    kept.append(str(database.execute(f'FROM "{schema}"."{table}"').fetchall()))
    return "\n".join(kept)


def ordered(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True, default=str, ensure_ascii=False) for row in rows)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_gives_what_it_should(case: Path, tmp_path: Path) -> None:
    expected = Expected.model_validate_json((case / "expected.json").read_text(encoding="utf-8"))
    told = case / "told.json"
    answers = loading.FileMapping.model_validate_json(told.read_text(encoding="utf-8")) if told.exists() else None
    settings = Settings()
    prepared = loading.prepare(tmp_path, settings, loading.read_files([case / "in"], settings), answers=answers)
    outcome = loading.publish(tmp_path, settings, prepared, skip_invalid=True, may_remove=True)
    draft = outcome.draft
    assert [(p.code, p.file, p.row, p.column) for p in draft.problems] == expected.problems
    reported = [{"code": n.code, "file": n.file, **n.message.values} for n in draft.notes]
    assert len(reported) == len(expected.notes), reported
    for note, wanted in zip(reported, expected.notes, strict=True):
        assert {name: note.get(name) for name in wanted} == wanted
    assert bool(outcome.manifest) == bool(expected.tables)
    if outcome.manifest:
        snapshot = store.open_snapshot(tmp_path, outcome.manifest.id)
        for name, rows in expected.tables.items():
            loaded = snapshot.arrow(name).to_pylist()
            columns = sorted({column for row in rows for column in row})
            assert ordered([{c: row[c] for c in columns} for row in loaded]) == ordered(rows)
        snapshot.close()
    if expected.absent:
        kept = all_that_is_kept(tmp_path)
        assert [word for word in expected.absent if word in kept] == []


README = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
OF_A_CASE = {
    "Windows,": "mac-and-dos-letters-windows",
    "Mac or UTF-8": "mac-and-dos-letters",
    "`.xlsm`": "other-files-in-the-folder-read",
    "`.ods`": "merged-cells-ods",
    "titles above the headings": "title-above-header",
    "merged cells": "merged-cells",
    "other sheets beside": "workbook-with-another-sheet",
    "several amounts of one donor": "two-grants-one-year",
    "lists with commas or slashes": "slashes-and-ampersands",
    "`Fonds X&Y` beside `Fonds X en Y`": "partners-with-and-without-ampersand",
    "an `x` in a box": "presence-ticks",
    "(`ca. 30`) is left empty and counted": "about-values",
    "only the columns that are used are kept": "unused-columns-and-refused-rows",
}
"""What the README says that loads -> the case that shows it."""
ORGANISATIONS = "naam;sector;land;fte\nAnna;ngo;{};{}\nBeta;ngo;;\n"
INCOME = "organisatie;jaar;geldgever;categorie;{}\nAnna;2023;Fonds X;fonds;{}\n"
OF_A_CELL: list[tuple[str, str, str, str, Any]] = [
    ("decimal commas", "organisations", ORGANISATIONS.format("", "12,5"), "fte", 12.5),
    ("the name of a country", "organisations", ORGANISATIONS.format("Oekraïne", ""), "country", "UA"),
    ("`n.v.t.`", "organisations", ORGANISATIONS.format("n.v.t.", ""), "country", None),
    ("Dutch, English, German or French", "organisations", ORGANISATIONS.format("Pays-Bas", ""), "country", "NL"),
    ("`€ 45.000,-`", "funding", INCOME.format("bedrag", "€ 45.000,-"), "amount", 45000),
    ("`1,2 mln`", "funding", INCOME.format("bedrag", "1,2 mln"), "amount", 1_200_000),
    ("a heading with `x 1.000`", "funding", INCOME.format("bedrag (x 1.000)", "7,5"), "amount", 7500),
    ("`31-1-2024`", "events", "naam;datum\nDag;31-1-2024\n", "start_date", datetime.date(2024, 1, 31)),
    ("`28 en 29 mei 2026`", "events", "naam;datum\nDag;28 en 29 mei 2026\n", "end_date", datetime.date(2026, 5, 29)),
    ("`mrt 2021`", "partnerships", "partners;start\nAnna|Beta;mrt 2021\n", "start_date", datetime.date(2021, 3, 1)),
    (
        "`2021 - 2024`",
        "partnerships",
        "partners;looptijd\nAnna|Beta;2021 - 2024\n",
        "end_date",
        datetime.date(2024, 12, 31),
    ),
    ("commas or semicolons", "events", "naam,datum\nDag,31-1-2024\n", "name", "Dag"),
    ("Dutch or English headers", "events", "Event name;Date\nDag;31-1-2024\n", "name", "Dag"),
]


@pytest.mark.parametrize(("promise", "case"), OF_A_CASE.items())
def test_what_the_readme_says_of_files_is_a_case(promise: str, case: str) -> None:
    assert promise in README
    assert ROOT / "tests" / "cases" / case in CASES


@pytest.mark.parametrize(("promise", "table", "text", "column", "value"), OF_A_CELL, ids=lambda part: str(part)[:20])
def test_what_the_readme_says_of_cells_is_so(promise: str, table: str, text: str, column: str, value: Any) -> None:
    assert promise in README
    files = {"organisations.csv": ORGANISATIONS.format("", "").encode()} | {f"{table}.csv": text.encode()}
    draft = ingest.draft(files, Settings(), {})
    assert (draft.problems, draft.tables[table].to_pylist()[0][column]) == ([], value)


@pytest.mark.parametrize("ending", [".xlsx", ".xlsm", ".ods", ".xls", ".xml"])
def test_what_the_readme_names_is_read_from_a_folder(ending: str, tmp_path: Path) -> None:
    assert f"`{ending}`" in README
    (tmp_path / f"a{ending}").write_bytes(b"x")
    assert [path.name for path in loading.lists_in(tmp_path)] == [f"a{ending}"]
