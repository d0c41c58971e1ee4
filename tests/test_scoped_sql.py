"""A scope names what it lets through: every column was decided on, every variable is one that is set, no scope is nothing."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import write_accounts

from hubdata import demo, loading, models, questions, sandbox, settings, store
from hubdata.store import scopes, tables, views

SETTINGS = settings.Settings()


def code_of(path: Path) -> str:
    """A statement without its comments."""
    return re.sub(r"--.*", "", path.read_text(encoding="utf-8")).strip()


SCOPED = {path.stem: code_of(path) for path in sorted((tables.SQL / "scoped").glob("*.sql"))}
VIEWS = {path.stem: code_of(path) for path in sorted(tables.SQL.glob("*.sql"))}


@pytest.fixture(scope="module")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of a snapshot in which every column is filled."""
    folder = tmp_path_factory.mktemp("demo")
    demo.write(folder / "files", organisations=60)
    write_accounts(folder / "files")
    outcome = loading.load(
        folder, SETTINGS, loading.read_files([folder / "files"], SETTINGS), origin="demo", may_remove=True
    )
    assert outcome.manifest
    return folder / "snapshots" / outcome.manifest.id / "hub.duckdb"


@pytest.fixture
def whole(demo_file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with a snapshot attached as `whole`, as the statements of a scope find it."""
    with closing(duckdb.connect(":memory:")) as connection:
        tables.attach(connection, demo_file, "whole")
        yield connection


# --- columns -------------------------------------------------------------------------------------------------------


def undecided(whole: duckdb.DuckDBPyConnection) -> list[str]:
    """The tables and columns of which no statement says what a link sees of them."""
    scopes.copy_with(whole, {})
    whole.execute(
        "CREATE TABLE snapshot.identities AS SELECT '' AS organisation_id, '' AS name, false AS is_covered, "
        "'' AS shown_id, '' AS shown_name"
    )
    found = []
    for name, row in models.TABLES.items():
        if name not in SCOPED:
            found.append(f"{name}: sql/scoped has no statement for it")
            continue
        query = SCOPED[name].removeprefix(f"INSERT INTO snapshot.{name} BY NAME").removesuffix(";")
        assert query != SCOPED[name].removesuffix(";"), f"{name}.sql does not insert by name"
        named = whole.sql(query).columns
        found += [
            f"{name}.{column}: name it in sql/scoped/{name}.sql, or NULL"
            for column in row.model_fields
            if column not in named
        ]
        assert sorted(named) == sorted(set(named) & set(row.model_fields)), f"{name}.sql names a column that is none"
    return found


def test_every_column_says_what_a_link_sees_of_it(whole: duckdb.DuckDBPyConnection) -> None:
    assert undecided(whole) == []
    assert set(SCOPED) == {"identities", *models.TABLES}


def test_no_statement_of_a_scope_passes_on_what_it_does_not_name() -> None:
    assert [name for name, code in SCOPED.items() if "*" in code] == []


class WithNickname(models.Organisation):
    nickname: models.Text | None = models.column("Bijnaam.", "Nickname.", example="vredes")


class Secret(models.Row):
    table = "secrets"
    grain = {"nl": "één geheim", "en": "one secret"}
    key = ("secret",)
    also = ()
    secret: models.Text = models.column("Geheim.", "Secret.", default=...)


def test_a_column_nobody_decided_on_is_seen_by_the_test_and_by_no_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(models.TABLES, "organisations", WithNickname)
    monkeypatch.setitem(models.TABLES, "secrets", Secret)
    # the process that reads files knows nothing of these tables, so files are read in this one
    monkeypatch.setattr(sandbox, "run", lambda task, *arguments, limits: task(*arguments))
    lists = {
        "organisations.csv": b"organisation_id,name,sector,nickname\na,Anna,ngo,qnicknameq\n",
        "secrets.csv": b"secret\nqsecretq\n",
    }
    manifest = loading.load(tmp_path, SETTINGS, lists).manifest
    assert manifest
    for scope in (store.Scope(key="k"), store.Scope(sectors=("ngo",), key="k")):
        with closing(store.open_snapshot(tmp_path, manifest.id, scope)) as snapshot:
            (organisation,) = snapshot.records("organisations")
            assert (organisation["name"], organisation["nickname"]) == ("Anna", None)
            assert snapshot.records("secrets") == []
    with closing(duckdb.connect(":memory:")) as connection:
        tables.attach(connection, tmp_path / "snapshots" / manifest.id / "hub.duckdb", "whole")
        assert [line.split(":")[0] for line in undecided(connection)] == ["organisations.nickname", "secrets"]


# --- variables -----------------------------------------------------------------------------------------------------

OPEN = scopes.variables_of(store.Scope(key="k"))
"""The variables of a scope that lets everything through that any link may see."""


def asked(code: str) -> set[str]:
    """The variables that a statement reads."""
    names = re.findall(r"getvariable\('([a-z_]+)'\)", code)
    assert len(names) == code.count("getvariable"), "a variable is read in another way than this test can follow"
    return set(names)


def test_every_variable_that_sql_reads_is_one_that_the_store_sets() -> None:
    """A misspelt one would be NULL, silently."""
    set_by_views = set(views.variables_of(store.View(questions.today())))
    for name, code in VIEWS.items():
        assert asked(code) <= set_by_views, name
    for name, code in SCOPED.items():
        assert asked(code) <= set(OPEN), name
    assert set().union(*map(asked, VIEWS.values())) == set_by_views
    assert set().union(*map(asked, SCOPED.values())) == set(OPEN)


def let_through(whole: duckdb.DuckDBPyConnection, variables: dict[str, str]) -> dict[str, list[dict[str, Any]]]:
    """The rows of every table that a scope with these variables set, and no others, lets through."""
    scopes.copy_with(whole, variables)
    rows = {name: whole.sql(f"SELECT * FROM snapshot.{name}").to_arrow_table().to_pylist() for name in models.TABLES}
    whole.execute("DETACH snapshot")
    return rows


def test_no_scope_lets_nothing_through(whole: duckdb.DuckDBPyConnection) -> None:
    assert all(let_through(whole, OPEN).values()), "there is something to let through"
    assert let_through(whole, {}) == {name: [] for name in models.TABLES}


@pytest.mark.parametrize("unset", OPEN)
def test_a_variable_that_is_not_set_hides(whole: duckdb.DuckDBPyConnection, unset: str) -> None:
    everything = let_through(whole, OPEN)
    some = let_through(whole, {name: literal for name, literal in OPEN.items() if name != unset})
    if unset in ("scope_sectors", "scope_themes"):  # what is covered when not all are: nothing was named
        assert some == everything
        some = let_through(whole, {**OPEN, unset.replace("scope_", "scope_all_"): "false"})
    if unset == "scope_key":
        assert some == {name: [] for name in models.TABLES}
    elif unset == "scope_names":
        names = {row["name"] for row in everything["organisations"]} | {
            row["organisation_id"] for row in everything["organisations"]
        }
        assert not [name for name in names if f'"{name}"' in json.dumps(some, default=str, ensure_ascii=False)]
        assert {row["website"] for row in some["organisations"]} == {None}
        assert len(some["organisations"]) == len(everything["organisations"])
    elif unset == "scope_amounts":
        assert some["funding"] == []
        assert {row["reserves"] for row in some["organisations"]} == {row["cost"] for row in some["events"]} == {None}
        assert some["partnerships"] == everything["partnerships"]
    else:
        assert (some["organisations"], some["partnerships"], some["funding"]) == ([], [], [])
        known = {row["event_id"] for row in everything["attendance"]} | {
            row["event_id"] for row in everything["events"] if row["organiser_id"]
        }
        assert not known & {row["event_id"] for row in some["events"]}
