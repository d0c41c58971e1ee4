"""Drafts become immutable snapshots."""

import contextlib
import dataclasses
import datetime
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
from conftest import table, write_accounts

from hubdata import demo, loading, models, questions, settings, store
from hubdata.store import views

DAY = datetime.date(2020, 6, 30)
SETTINGS = settings.Settings()


def organisations(*names: str) -> dict[str, pa.Table]:
    listed = [{"organisation_id": n, "name": n, "sector": "ngo"} for n in names]
    return {"organisations": table("organisations", listed)}


def test_a_snapshot_holds_every_table_and_every_type(tmp_path: Path) -> None:
    full: dict[str, Any] = {
        "organisation_id": "0042", "name": "A'b", "sector": "ngo", "themes": ["x", "y"], "sdgs": [16, 17],
        "fte": 1.5, "founded": 1998, "joined_on": DAY,
    }  # fmt: skip
    manifest = store.publish(tmp_path, {"organisations": table("organisations", [full])}, origin="own")
    snapshot = store.open_snapshot(tmp_path, manifest.id)
    record = snapshot.records("organisations")[0]
    assert {name: record[name] for name in full} == full
    assert {name: value for name, value in record.items() if name not in full} == dict.fromkeys(record.keys() - full)
    assert all(snapshot.records(name) == [] for name in models.TABLES if name != "organisations")
    assert manifest.tables["organisations"]["rows"] == 1


def test_rows_of_a_long_table_keep_their_order(tmp_path: Path) -> None:
    """Long tables are written in pieces, by several threads."""
    row_count = 300_000
    schema = models.schema(models.Funding)
    given = {"organisation_id": ["x"] * row_count, "year": list(range(row_count)), "category": ["other"] * row_count}
    cells = [pa.array(given.get(f.name, [None] * row_count), f.type) for f in schema]
    long = pa.Table.from_arrays(cells, schema=schema)
    manifest = store.publish(tmp_path, {"funding": long}, origin="own", based_on=None)
    with contextlib.closing(store.open_snapshot(tmp_path, manifest.id)) as snapshot:
        assert snapshot.table("funding")["year"].tolist() == given["year"]


def test_the_pointer_moves_to_the_new_snapshot_and_back(tmp_path: Path) -> None:
    assert store.current_snapshot_id(tmp_path) is None
    first = store.publish(tmp_path, organisations("a"), origin="own")
    second = store.publish(tmp_path, organisations("a", "b"), origin="own", based_on=first.id)
    assert store.current_snapshot_id(tmp_path) == second.id
    assert [m.id for m in store.history(tmp_path)] == [second.id, first.id]
    store.rollback(tmp_path, first.id)
    assert store.current_snapshot_id(tmp_path) == first.id
    assert len(store.open_snapshot(tmp_path, first.id).records("organisations")) == 1


def test_two_loads_at_once_do_not_overwrite_each_other(tmp_path: Path) -> None:
    first = store.publish(tmp_path, organisations("a"), origin="own")
    store.publish(tmp_path, organisations("b"), origin="own", based_on=first.id)
    with pytest.raises(store.ConcurrentLoad):
        store.publish(tmp_path, organisations("c"), origin="own", based_on=first.id)


def test_a_load_that_fails_half_way_leaves_what_was_on_show(tmp_path: Path) -> None:
    first = store.publish(tmp_path, organisations("a"), origin="own")
    broken = {**organisations("b"), "funding": pa.table({"amount": ["x"]})}
    with pytest.raises(ValueError, match="amount"):
        store.publish(tmp_path, broken, origin="own", based_on=first.id)
    assert store.current_snapshot_id(tmp_path) == first.id
    assert [p.name for p in (tmp_path / "snapshots").iterdir() if p.name.startswith(".")] == []
    store.publish(tmp_path, organisations("c"), origin="own", based_on=first.id)


def test_an_unfinished_snapshot_is_not_in_the_history(tmp_path: Path) -> None:
    first = store.publish(tmp_path, organisations("a"), origin="own")
    left_behind = tmp_path / "snapshots" / ".20990101T000000-abcdef"
    left_behind.mkdir()
    (left_behind / "manifest.json").write_text(json.dumps({}))
    assert [m.id for m in store.history(tmp_path)] == [first.id]


def test_a_snapshot_that_is_not_there_cannot_be_opened_or_put_on_show(tmp_path: Path) -> None:
    store.publish(tmp_path, organisations("a"), origin="own")
    for name in ("nope", "../../etc", ""):
        with pytest.raises(store.StoreProblem):
            store.open_snapshot(tmp_path, name)
        with pytest.raises(store.StoreProblem):
            store.rollback(tmp_path, name)


def test_an_open_snapshot_can_neither_be_written_nor_read_other_files(tmp_path: Path) -> None:
    manifest = store.publish(tmp_path, organisations("a"), origin="own")
    (tmp_path / "secret.csv").write_text("a\n1\n")
    connection = store.open_snapshot(tmp_path, manifest.id)._connection
    with pytest.raises(duckdb.Error):
        connection.execute("DELETE FROM snapshot.organisations")
    with pytest.raises(duckdb.Error):
        connection.execute(f"SELECT * FROM read_csv('{tmp_path / 'secret.csv'}')")


def test_a_view_in_the_place_of_a_table_is_not_run(tmp_path: Path) -> None:
    """Such as a backup from somebody else may hold: it would read a file when it is looked at."""
    manifest = store.publish(tmp_path, organisations("a"), origin="own")
    (tmp_path / "secret.csv").write_text("organisation_id,name,sector\nx,secret,ngo\n")
    path = tmp_path / "snapshots" / manifest.id / "hub.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("DROP TABLE organisations")
        connection.execute(f"CREATE VIEW organisations AS SELECT * FROM read_csv('{tmp_path / 'secret.csv'}')")
    for scope in (store.EVERYTHING, store.Scope(key="k")):
        assert store.open_snapshot(tmp_path, manifest.id, scope).records("organisations") == []


def test_filters_with_quotes_are_texts_not_sql(tmp_path: Path) -> None:
    manifest = store.publish(tmp_path, organisations("a"), origin="own")
    snapshot = store.open_snapshot(tmp_path, manifest.id)
    found = snapshot.rows("active_organisations", store.View(DAY, sectors=("x'] OR true --",)))
    assert len(found) == 0


def test_newest_date_is_the_last_observed_day_and_never_a_plan(tmp_path: Path) -> None:
    def newest(tables: dict[str, list[dict[str, Any]]]) -> datetime.date:
        rows = {name: table(name, listed) for name, listed in tables.items()}
        manifest = store.publish(tmp_path, rows, origin="own", based_on=store.current_snapshot_id(tmp_path))
        return store.open_snapshot(tmp_path, manifest.id).newest_date(DAY)

    def partnership(**cells: Any) -> dict[str, Any]:
        return {"partnership_id": "p", "organisation_ids": ["a", "b"], **cells}

    early, late, future = datetime.date(2019, 1, 1), datetime.date(2020, 2, 1), datetime.date(2021, 1, 1)
    assert newest({}) == DAY
    assert newest({"partnerships": [partnership(start_date=early, end_date=late)]}) == early
    assert newest({"partnerships": [partnership(start_date=early, last_contact=late)]}) == late
    assert (
        newest(
            {
                "partnerships": [partnership(start_date=future)],
                "events": [{"event_id": "e", "name": "e", "start_date": early}],
            }
        )
        == early
    )
    assert newest({"organisations": [{"organisation_id": "a", "name": "a", "sector": "ngo", "left_on": late}]}) == late


def test_a_single_row_long_after_all_others_does_not_set_the_newest_date(tmp_path: Path) -> None:
    def newest(partnerships: list[tuple[str, str | None]], event: str | None = None) -> tuple[str | None, str | None]:
        rows = {
            "partnerships": [
                {
                    "partnership_id": f"p{place}",
                    "organisation_ids": ["a", "b"],
                    "start_date": datetime.date.fromisoformat(start),
                    "last_contact": contact and datetime.date.fromisoformat(contact),
                }
                for place, (start, contact) in enumerate(partnerships)
            ],
            "events": [{"event_id": "e", "name": "e", "start_date": datetime.date.fromisoformat(event)}]
            if event
            else [],
        }
        tables = {name: table(name, listed) for name, listed in rows.items()}
        manifest = store.publish(tmp_path, tables, origin="own", based_on=store.current_snapshot_id(tmp_path))
        snapshot = store.open_snapshot(tmp_path, manifest.id)
        found = snapshot.newest_days(DAY)
        assert snapshot.newest_date(DAY) == (found.newest or DAY)
        return found.newest and found.newest.isoformat(), found.outlier and found.outlier.isoformat()

    assert newest([]) == (None, None)
    assert newest([("2015-01-01", "2019-01-01")]) == ("2019-01-01", None)  # there are no others
    assert newest([("2015-01-01", None), ("2016-01-01", None)]) == ("2016-01-01", None)  # a year, not more
    assert newest([("2015-01-01", None), ("2016-01-02", None)]) == ("2015-01-01", "2016-01-02")
    assert newest([("2015-01-01", None), ("2018-01-01", "2019-01-01")]) == ("2015-01-01", "2019-01-01")
    assert newest([("2015-01-01", None), ("2015-06-01", "2019-01-01")]) == ("2015-06-01", "2019-01-01")
    assert newest([("2015-01-01", None), ("2019-01-01", None), ("2019-01-01", None)]) == ("2019-01-01", None)
    assert newest([("2015-01-01", None), ("2015-06-01", None)], event="2019-01-01") == ("2015-06-01", "2019-01-01")
    assert newest([("2015-01-01", None), ("2090-01-01", None)]) == ("2015-01-01", None)  # planned


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> store.Snapshot:
    folder = tmp_path_factory.mktemp("demo")
    demo.write(folder / "files", organisations=90)
    write_accounts(folder / "files")
    files = loading.read_files([folder / "files"], SETTINGS)
    assert loading.load(folder / "home", SETTINGS, files, origin="demo", may_remove=True).manifest
    return store.open_snapshot(folder / "home", store.current_snapshot_id(folder / "home") or "")


def random_views(snapshot: store.Snapshot, chance: random.Random, most: int) -> Iterator[store.View]:
    newest = snapshot.newest_date(questions.today())
    themes = sorted({theme for row in snapshot.records("organisations") for theme in row["themes"] or ()})
    for _ in range(most):
        yield store.View(
            as_of=newest - datetime.timedelta(days=chance.randrange(2000)),
            sectors=tuple(chance.sample(list(SETTINGS.sectors), chance.randrange(4))),
            themes=tuple(chance.sample(themes, chance.randrange(4))),
            with_convenor=chance.random() < 0.5,
            max_consortium=chance.choice([None, 3, 10]),
        )


@pytest.mark.parametrize("name", store.PARTY_COLUMNS)
def test_rows_of_a_filter_are_those_that_the_database_gives(name: str, snapshot: store.Snapshot) -> None:
    rows = 0
    for view in random_views(snapshot, random.Random(name), 25):
        found = snapshot.rows(name, view)
        queried = snapshot.queried(name, view)
        # DuckDB's types depend on whether a column has empty cells, or only those.
        pd.testing.assert_frame_equal(found, queried.astype(found.dtypes))
        rows += len(found)
    assert rows > 300


@pytest.mark.parametrize("name", store.VIEWS)
def test_a_large_snapshot_gives_the_same_rows_and_holds_each_text_once(
    name: str, snapshot: store.Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = store.View(snapshot.newest_date(questions.today()))
    nothing = dataclasses.replace(view, sectors=("no such sector",))
    few = [snapshot.queried(name, one) for one in (view, nothing)]
    monkeypatch.setattr(views, "FEW_ROWS", 0)
    many = [snapshot.queried(name, one) for one in (view, nothing)]
    for one, other in zip(few, many, strict=True):
        pd.testing.assert_frame_equal(other, one)
    texts = [text for _, column in many[0].select_dtypes("str").items() for text in column.dropna().tolist()]
    assert texts
    assert len(set(map(id, texts))) == len(set(texts))
    lists = few[0].select_dtypes("object", exclude="str")
    assert [type(cell) for cell in many[0][lists.columns].to_numpy().ravel()] == list(
        map(type, lists.to_numpy().ravel())
    )


@pytest.mark.parametrize("name", models.TABLES)
def test_a_table_of_a_large_snapshot_has_the_same_rows(
    name: str, snapshot: store.Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = snapshot.table(name)
    monkeypatch.setattr(views, "FEW_ROWS", 0)
    pd.testing.assert_frame_equal(snapshot._table(name), few)


def test_a_year_alone_is_what_all_years_say_of_it(snapshot: store.Snapshot) -> None:
    compared = 0
    for view in random_views(snapshot, random.Random(1), 10):
        years = questions.answer_funding(snapshot, SETTINGS, view)["years"]
        assert questions.answer_income_years(snapshot, SETTINGS, view) == [year["year"] for year in years]
        for year in years:
            assert questions.answer_year(snapshot, SETTINGS, view, year["year"]) == year
            compared += 1
    assert compared > 30
