"""Files as people really send them: every folder of `tests/cases` holds some, and what has to come of them.

A case is a folder with `in/` (the files), `case.md` (what kind it is, where it was seen, what is wanted), `expected.json`
(see `Expected`) and, where something has to be asked, `told.json` (the answers, as an `ingest.FileMapping`).
A case is loaded as the command does it with `--skip-invalid`, so that what is right and what is refused are both seen.
"""

import json
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import ROOT
from pydantic import BaseModel, ConfigDict

from hubdata import loading, store
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
