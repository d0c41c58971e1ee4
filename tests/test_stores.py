"""What every store does: the folder of a home, and the lake that several servers share. One suite for both."""

import contextlib
import datetime
import inspect
import itertools
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import httpx
import postgres
import psycopg
import pytest
from conftest import SAMPLE, table

from hubdata import asking, audit, inbox, ingest, linkfiles, loading, models, notebook, settings, sharing, store, story
from hubdata.__main__ import main
from hubdata.server.guesses import UNKNOWN_LINKS, WRONG_SECRETS, Guesses
from hubdata.store import catalogue, lake, which
from hubdata.store.catalogue import Address

SETTINGS = settings.Settings()
KINDS = ("folder", "lake")
FULL: dict[str, Any] = {
    "organisation_id": "0042", "name": "A'b é", "sector": "ngo", "themes": ["x", "y"], "sdgs": [16, 17], "fte": 1.5,
    "founded": 1998,
}  # fmt: skip


def organisations(*names: str) -> dict[str, Any]:
    return {"organisations": table("organisations", [FULL | {"organisation_id": n, "name": n} for n in names])}


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Postgres]:
    with postgres.running() as started:
        yield started


@pytest.fixture(params=KINDS)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A home with nothing in it, of either kind; each lake is a hub of its own in the same catalogue."""
    if request.param == "lake":
        return a_server(request.getfixturevalue("server"), tmp_path / "home", hub_of(request))
    return tmp_path / "home"


def hub_of(request: pytest.FixtureRequest) -> str:
    return f"h{abs(hash(request.node.nodeid))}"


def a_server(server: postgres.Postgres, home: Path, hub: str) -> Path:
    """The home of one server over a lake."""
    home.mkdir()
    (home / "hub.toml").write_text(f'store = "{server.store(hub)}"\n', encoding="utf-8")
    return home


def wait_until(is_so: Callable[[], object]) -> None:
    """Until PostgreSQL answers again, and half a minute at most."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with contextlib.suppress(store.StoreProblem):
            if is_so():
                return
        time.sleep(0.05)
    raise AssertionError("it never came")


def names_in(home: Path, snapshot_id: str) -> list[str]:
    with contextlib.closing(store.open_snapshot(home, snapshot_id)) as snapshot:
        return [str(record["name"]) for record in snapshot.records("organisations")]


def test_both_stores_have_the_same_functions() -> None:
    from hubdata.store import lake, lake_records

    chosen = [
        function
        for function in vars(store).values()
        if getattr(function, "__wrapped__", None) and function.__code__.co_name == "chosen"
    ]
    assert len(chosen) >= 25
    for function in chosen:
        of_folder = inspect.signature(function.__wrapped__)
        assert (
            inspect.signature(getattr(lake, function.__name__, None) or getattr(lake_records, function.__name__))
            == of_folder
        ), function.__name__


def test_a_load_is_kept_as_it_is_and_the_pointer_moves_and_goes_back(home: Path) -> None:
    assert store.current_snapshot_id(home) is None
    assert not store.has_snapshots(home)
    drop = store.Drop({"leden.csv": b"naam\nx"}, {"update": False})
    first = store.publish(home, {"organisations": table("organisations", [FULL])}, origin="own", drop=drop)
    with contextlib.closing(store.open_snapshot(home, first.id)) as snapshot:
        record = snapshot.records("organisations")[0]
        assert {name: record[name] for name in FULL} == FULL
        assert {value for name, value in record.items() if name not in FULL and name != "membership"} == {None}
        assert all(snapshot.records(name) == [] for name in models.TABLES if name != "organisations")
    many = [f"o{n}" for n in range(3000)]
    more = store.Drop({"leden.csv": b"naam\ny"}, {"update": True})
    second = store.publish(home, organisations(*many), origin="own", drop=more, replaces_all=False, based_on=first.id)
    assert names_in(home, second.id) == many, "the order of the rows is kept"
    assert store.current_snapshot_id(home) == store.named_snapshot_id(home) == second.id
    assert store.history(home) == [second, first]
    assert store.manifest_of(home, first.id) == first
    assert store.drops(home, second.id) == [drop, more]
    store.rollback(home, first.id)
    assert store.current_snapshot_id(home) == first.id
    with pytest.raises(store.ConcurrentLoad):
        store.publish(home, organisations("late"), origin="own", based_on=second.id)
    assert store.undescribed(home) == []


def test_what_is_not_there_cannot_be_opened_put_on_show_or_pinned(home: Path) -> None:
    shown = store.publish(home, organisations("a"), origin="own").id
    for name in ("nope", "../../etc", "", "20990101T000000000000-abcdef"):
        assert not store.is_whole(home, name)
        for refused in (store.open_snapshot, store.rollback, store.manifest_of):
            with pytest.raises(store.StoreProblem):
                refused(home, name)
        with pytest.raises(store.StoreProblem):
            store.pin(home, name, "link")
    assert store.current_snapshot_id(home) == shown


def test_a_load_that_fails_leaves_what_was_on_show(home: Path) -> None:
    first = store.publish(home, organisations("a"), origin="own")
    broken = {**organisations("b"), "funding": models.schema(models.TABLES["events"]).empty_table()}
    with pytest.raises(ValueError, match="funding"):
        store.publish(home, broken, origin="own", based_on=first.id)
    assert [m.id for m in store.history(home)] == [first.id]
    assert store.publish(home, organisations("c"), origin="own", based_on=first.id).id == store.current_snapshot_id(
        home
    )


def test_old_snapshots_go_but_not_those_that_are_needed(home: Path) -> None:
    made: list[str] = []
    for n in range(4):
        drop = store.Drop({f"{n}.csv": b"naam"})
        shown = store.publish(
            home, organisations(str(n)), origin="own", drop=drop, based_on=made[-1] if made else None, keep=2
        )
        made.append(shown.id)
        if n == 0:
            store.pin(home, made[0], "link-1")
    assert [m.id for m in store.history(home)] == [made[3], made[2], made[0]]
    assert store.pins(home) == {"link-1": made[0]}
    assert names_in(home, made[0]) == ["0"]
    assert store.drops(home, made[0]) == [store.Drop({"0.csv": b"naam"})]
    store.unpin(home, "link-1")
    store.unpin(home, "link-1")
    store.publish(home, organisations("4"), origin="own", based_on=made[3], keep=2)
    assert made[0] not in [m.id for m in store.history(home)]
    assert not store.is_whole(home, made[1])


def test_of_loads_at_once_one_is_published(home: Path) -> None:
    first = store.publish(home, organisations("a"), origin="own")
    outcomes: list[object] = []

    def load(name: str) -> None:
        try:
            outcomes.append(store.publish(home, organisations(name), origin="own", based_on=first.id).id)
        except store.ConcurrentLoad:
            outcomes.append(None)

    threads = [threading.Thread(target=load, args=(name,)) for name in "bcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(bool, outcomes)) == [False, False, True]
    assert len(store.history(home)) == 2


def test_a_scope_shows_no_more_and_a_backup_brings_everything_back(
    home: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    outcome = loading.load(home, SETTINGS, loading.read_files([SAMPLE], SETTINGS), origin="sample", may_remove=True)
    assert outcome.manifest
    shown = outcome.manifest.id
    store.pin(home, shown, "link-1")
    with contextlib.closing(store.open_snapshot(home, shown, store.Scope(amounts=False, key="k"))) as snapshot:
        assert snapshot.records("funding") == []
        assert len(snapshot.records("organisations")) == outcome.manifest.tables["organisations"]["rows"]
    store.backup(home, tmp_path / "backup.zip")
    other = tmp_path / "other"
    if store.address_of(home):
        a_server(request.getfixturevalue("server"), other, f"{hub_of(request)}b")
    assert loading.restore(other, tmp_path / "backup.zip") == shown
    if store.address_of(home):
        assert store.address_of(other) != store.address_of(home), "a backup does not say where a home keeps its data"
    assert store.history(other) == store.history(home)
    assert store.pins(other) == {"link-1": shown}
    assert store.drops(other, shown) == store.drops(home, shown)
    tables = loading.rebuild(other, shown)
    # What somebody sends is read in a process that may reach neither the network nor a disk.
    files = {"organisations.csv": b"organisation_id,name,sector\nx,Nieuw,ngo"}
    added = loading.load(other, SETTINGS, files, may_remove=True)
    assert added.manifest
    assert names_in(other, added.manifest.id) == ["Nieuw"]
    with contextlib.closing(store.open_snapshot(other, shown)) as snapshot:
        assert all(snapshot.arrow(name).equals(tables[name]) for name in models.TABLES)


def test_small_records_are_kept_and_two_servers_see_the_same(
    home: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Of the folder both are one home; of a lake each has its own."""
    other = home
    if store.address_of(home):
        other = a_server(request.getfixturevalue("server"), tmp_path / "other", hub_of(request))
    shown = store.publish(home, organisations("a", "b"), origin="own").id

    assert sharing.secret(home) == sharing.secret(other)
    assert sharing.password_hash(other) is None
    sharing.set_password(home, "correct horse battery")
    assert sharing.password_fits(other, "correct horse battery")
    sharing.note_network(home, "192.0.2.0/24")
    assert sharing.is_known_network(other, "192.0.2.0/24")
    sharing.end_login(home, "login-1", linkfiles.now() + datetime.timedelta(days=1))
    assert sharing.login_has_ended(other, "login-1")
    assert not sharing.login_has_ended(other, "login-2")

    link, token = sharing.create(home, SETTINGS, label="Alderman", snapshot=shown)
    assert sharing.by_token(other, token) == link
    assert list(store.pins(other).values()) == [shown]
    sharing.revoke(other, link.id)
    assert sharing.by_token(home, token) is None, "a revoke counts at once"

    note = notebook.pin_note(home, datetime.date(2024, 1, 1), "Meeting")
    assert notebook.notes(other) == (note,)
    notebook.decide(other, ("b", "a"), "dismissed")
    assert [decision.pair for decision in notebook.decisions(home)] == [("a", "b")]
    notebook.note_call(other, ("a", "b"), "later", datetime.date(2024, 3, 1))
    assert [call.until for call in notebook.calls(home)] == [datetime.date(2024, 3, 1)]
    ((ask, ask_token),) = asking.create(other, {"a": "A"})
    assert asking.by_token(home, ask_token) == ask
    asking.revoke(home, ask.id)
    assert asking.by_token(other, ask_token) is None
    step = story.pin_step(home, "network", {}, "Ties grow")
    assert story.steps(other) == (step,)
    notebook.remove_note(other, note.id)
    assert notebook.notes(home) == ()
    loading.remember(home, ingest.FileMapping(different=(("a", "b"),)))
    assert loading.remembered(other).different == (("a", "b"),)
    loading.forget_different(other, ("a", "b"))
    assert loading.remembered(home).different == ()

    store.write_record(home, notebook.NOTES, b"[{")
    with pytest.raises(store.StoreProblem, match="damaged"):
        notebook.notes(other)
    notebook.pin_note(other, datetime.date(2024, 1, 2), "Again")
    assert len(notebook.notes(home)) == 1
    assert [path.name.split(".damaged-")[0] for path in store.damaged_files(home)] == [notebook.NOTES]
    audit.note(home, "manager", "loaded", detail=shown)
    store.forget_lines(home, "audit", "2000-01-01")

    file = tmp_path / "backup.zip"
    store.backup(home, file)
    store.write_record(home, notebook.NOTES, b"[]")
    sharing.revoke(home, link.id)
    assert loading.restore(other, file) == shown
    assert len(notebook.notes(home)) == 1
    assert sharing.by_token(home, token) is None


def test_wrong_secrets_are_counted_together(home: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    here = there = Guesses(home)
    if store.address_of(home):
        there = Guesses(a_server(request.getfixturevalue("server"), tmp_path / "other", hub_of(request)))
    for guesses in (here, there, here, there, here):
        assert guesses.may_go_on(WRONG_SECRETS, "password", "192.0.2.0/24")
        guesses.count(WRONG_SECRETS, "password", "192.0.2.0/24")
    assert not there.may_go_on(WRONG_SECRETS, "password", "192.0.2.0/24")
    assert not here.may_go_on(WRONG_SECRETS, "password", "192.0.2.0/24")
    assert here.may_go_on(WRONG_SECRETS, "password", "198.51.100.0/24")
    assert here.may_go_on(UNKNOWN_LINKS, "password", "192.0.2.0/24")


# --- the lake alone -------------------------------------------------------------------------------------------------


def test_a_home_has_the_store_that_its_settings_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert which.address_of(tmp_path) == ""
    monkeypatch.setenv("HUBDATA_STORE", "ducklake:postgres:dbname=a")
    assert which.address_of(tmp_path) == "ducklake:postgres:dbname=a"
    (tmp_path / "hub.toml").write_text("name = 'x\n broken\nstore = 'folder'\n[words]\nstore='no'\n", encoding="utf-8")
    assert which.address_of(tmp_path) == "", "other mistakes do not bring another store into view"
    (tmp_path / "hub.toml").write_text('[words]\nstore = "ducklake:no"\n', encoding="utf-8")
    assert which.address_of(tmp_path) == "ducklake:postgres:dbname=a"
    (tmp_path / "hub.toml").write_text('store = "ducklake:postgres:dbname=b"\n', encoding="utf-8")
    assert which.address_of(tmp_path) == "ducklake:postgres:dbname=b"


@pytest.mark.parametrize(
    "written", ["postgres:x", "ducklake:postgres:dbname=a", "ducklake:postgres:data_path=/x hub=A;b"]
)
def test_an_address_that_is_none_is_refused_with_a_sentence(tmp_path: Path, written: str) -> None:
    (tmp_path / "hub.toml").write_text(f'store = "{written}"\n', encoding="utf-8")
    with pytest.raises(store.StoreProblem, match="the store is written as") as refused:
        store.current_snapshot_id(tmp_path)
    assert refused.value.code == "no_store"


def test_two_servers_see_one_lake_and_two_hubs_do_not_see_each_other(server: postgres.Postgres, tmp_path: Path) -> None:
    here, there = (a_server(server, tmp_path / name, "city") for name in ("here", "there"))
    other = a_server(server, tmp_path / "other", "town")
    first = store.publish(here, organisations("a"), origin="own", drop=store.Drop({"a.csv": b"a"}))
    assert store.current_snapshot_id(there) == first.id
    assert names_in(there, first.id) == ["a"]
    assert store.current_snapshot_id(other) is None
    second = store.publish(there, organisations("b"), origin="own", based_on=first.id, keep=1)
    store.publish(other, organisations("z"), origin="own", drop=store.Drop({"z.csv": b"z"}), keep=1)
    assert store.current_snapshot_id(here) == second.id
    assert names_in(here, second.id) == ["b"]
    assert [m.id for m in store.history(here)] == [second.id]
    assert len(store.history(other)) == 1


def test_a_home_moves_into_the_lake_and_back_with_the_same_figures(
    server: postgres.Postgres, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, back = tmp_path / "home", tmp_path / "back"
    outcome = loading.load(home, SETTINGS, loading.read_files([SAMPLE], SETTINGS), may_remove=True)
    assert outcome.manifest
    first = outcome.manifest.id
    files = {"events.csv": b"name,start_date\nBorrel,2024-01-01"}
    second = loading.load(home, SETTINGS, files, update=True).manifest
    assert second
    store.rollback(home, first)
    store.pin(home, second.id, "link-1")
    (home / "hub.toml").write_text("name = 'Hub'\n[words]\n", encoding="utf-8")
    audit.note(home, "manager", "loaded", detail=second.id)
    (day,) = (home / "audit").iterdir()
    day.write_text(day.read_text() * 2)
    happened = day.read_text()

    def said(where: Path) -> list[object]:
        figures = []
        for verb in (["indicators"], ["history"]):
            assert main([*verb, "--home", str(where), "--json"]) == 0
            figures.append(capsys.readouterr().out)
        return [*figures, store.pins(where), [store.drops(where, m.id) for m in store.history(where)]]

    before = said(home)
    address = server.store("moved")
    for _again in range(2):  # a second time changes nothing
        assert main(["move", "--home", str(home), "--to", address]) == 0
        assert first in capsys.readouterr().out
    assert store.address_of(home) == address
    for folder in ("snapshots", "archive", "audit"):
        shutil.rmtree(home / folder)
    assert said(home) == before
    audit.note(home, "manager", "looked")

    back.mkdir()
    (back / "hub.toml").write_text(f'store = "{address}"\n', encoding="utf-8")
    third = store.publish(home, organisations("a"), origin="own", based_on=first)
    store.rollback(home, first)
    assert main(["move", "--home", str(back), "--to", "folder"]) == 0
    capsys.readouterr()
    assert store.address_of(back) == ""
    assert third.id in [m.id for m in store.history(back)]
    assert said(back)[0] == before[0]
    assert said(back)[2] == before[2]
    assert (back / "audit" / day.name).read_text().startswith(happened)
    assert '"looked"' in (back / "audit" / day.name).read_text()

    # Other data under the same name is not mixed with it.
    other = tmp_path / "other"
    store.publish(other, organisations("z"), origin="own")
    assert main(["move", "--home", str(other), "--to", address]) == 2
    assert "other data" in capsys.readouterr().err
    assert store.address_of(other) == ""


def test_hubs_in_one_catalogue_have_their_own_settings_managers_and_records(
    server: postgres.Postgres, tmp_path: Path
) -> None:
    city, town = (a_server(server, tmp_path / name, name) for name in ("haarlem", "heemstede"))
    with (town / "hub.toml").open("a") as file:
        file.write('name = "Heemstede"\n')
    assert settings.read(town).name == "Heemstede" != settings.read(city).name
    sharing.set_password(city, "that of Haarlem")
    sharing.set_password(town, "that of Heemstede")
    assert sharing.password_fits(city, "that of Haarlem")
    assert not sharing.password_fits(town, "that of Haarlem")
    assert sharing.secret(city) != sharing.secret(town), "a cookie of one is none of the other"
    shown = store.publish(city, organisations("a"), origin="own").id
    link, token = sharing.create(city, SETTINGS, label="Alderman", snapshot=shown)
    assert sharing.by_token(town, token) is None
    assert store.pins(town) == {}
    notebook.pin_note(city, datetime.date(2024, 1, 1), "Meeting")
    assert notebook.notes(town) == ()
    for _ in range(WRONG_SECRETS.amount):
        Guesses(city).count(WRONG_SECRETS, "password", "192.0.2.0/24")
    assert not Guesses(city).may_go_on(WRONG_SECRETS, "password", "192.0.2.0/24")
    assert Guesses(town).may_go_on(WRONG_SECRETS, "password", "192.0.2.0/24")
    # What one of them publishes, removes or restores leaves the other as it was.
    other = store.publish(town, organisations("z"), origin="own", keep=1).id
    store.publish(town, organisations("y"), origin="own", based_on=other, keep=1)
    assert names_in(city, shown) == ["a"]
    assert sharing.by_token(city, token) == link
    for snapshot_id in (other, store.current_snapshot_id(town) or ""):
        with pytest.raises(store.StoreProblem):
            store.open_snapshot(city, snapshot_id)


def test_a_damaged_copy_is_made_anew(server: postgres.Postgres, tmp_path: Path) -> None:
    home = a_server(server, tmp_path / "home", "mended")
    shown = store.publish(home, organisations("a"), origin="own").id
    for name in ("hub.duckdb", "manifest.json"):
        (home / "lake-copy" / "snapshots" / shown / name).write_bytes(b"spoilt")
        assert store.current_snapshot_id(home) == shown
        assert names_in(home, shown) == ["a"]


def test_a_postgres_that_ends_in_a_load_leaves_what_there_was_and_loading_waits(
    server: postgres.Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, fresh = (a_server(server, tmp_path / name, "fault") for name in ("home", "fresh"))
    shown = store.publish(home, organisations("a"), origin="own")
    really = catalogue.ask_lake

    def and_then_it_ends(*args: Any, **kwargs: Any) -> None:
        really(*args, **kwargs)  # what is loaded is committed, and nobody put it on show
        server.stop()

    try:
        with monkeypatch.context() as patch:
            patch.setattr(catalogue, "ask_lake", and_then_it_ends)
            with pytest.raises(store.StoreProblem) as problem:
                store.publish(home, organisations("b"), origin="own", based_on=shown.id)
            assert problem.value.code == "unreachable"
        assert store.current_snapshot_id(home) == shown.id
        assert store.history(home) == [shown]
        assert names_in(home, shown.id) == ["a"]
        for refused in (
            lambda: store.publish(home, organisations("b"), origin="own", based_on=shown.id),
            lambda: store.rollback(home, shown.id),
            lambda: loading.first_start(fresh, SETTINGS),
        ):
            with pytest.raises(store.StoreProblem) as problem:
                refused()
            assert problem.value.code == "unreachable"
    finally:
        server.start()
    second = store.publish(home, organisations("b"), origin="own", based_on=shown.id)
    assert json.dumps([m.id for m in store.history(home)]) == json.dumps([second.id, shown.id])


def test_a_server_that_is_killed_in_a_load_leaves_the_old_or_the_new_whole(
    server: postgres.Postgres, tmp_path: Path
) -> None:
    home, other = (a_server(server, tmp_path / name, "killed") for name in ("home", "other"))
    shown = store.publish(home, organisations("old"), origin="own").id
    for place, function, is_new in (
        ("catalogue", "add", False),
        ("catalogue", "_tables_at", False),  # the lake is attached, nothing is committed
        ("catalogue", "change", False),  # it is committed, and nobody knows
        ("lake", "_put_on_show", False),
        ("lake", "_prune", True),  # what is old goes after the load stands
    ):
        before = shown
        killed = postgres.PublishesUntilKilled(home, organisations("new"), before, place, function)
        killed.join(60)
        assert killed.exitcode == -signal.SIGKILL
        shown = store.current_snapshot_id(other) or ""
        assert (shown != before) == is_new, function
        assert names_in(other, shown) == names_in(home, shown) == (["new"] if is_new else ["old"])
        # Nobody waits for the lock of who was killed.
        shown = store.publish(other, organisations("old"), origin="own", based_on=shown).id
    assert all(store.is_whole(other, manifest.id) for manifest in store.history(other))


# --- what goes wrong on the way ---------------------------------------------------------------------------------------


@contextlib.contextmanager
def no_larger_files_than(size: int) -> Iterator[None]:
    """What a full disk is to this process: it can write no file of more bytes than this."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("step", ["snapshots.build", "catalogue.add"])
def test_a_full_disk_leaves_what_was_on_show(
    server: postgres.Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """While the copy is built, and while the files of the lake are written."""
    home, other = (a_server(server, tmp_path / name, f"full_{step[:4]}") for name in ("home", "other"))
    shown = store.publish(home, organisations("old"), origin="own", drop=store.Drop({"a.csv": b"x"})).id
    place, function = getattr(lake, step.split(".")[0]), step.split(".")[1]
    really = getattr(place, function)

    def when_full(*args: Any, **kwargs: Any) -> Any:
        with no_larger_files_than(600):
            return really(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(place, function, when_full)
        drop = store.Drop({"b.csv": os.urandom(5000)})
        with pytest.raises(store.StoreProblem) as problem:
            store.publish(home, organisations("new"), origin="own", based_on=shown, drop=drop)
    assert problem.value.code == "disk_full"
    assert [manifest.id for manifest in store.history(other)] == [shown]
    assert names_in(other, shown) == ["old"]
    second = store.publish(other, organisations("new"), origin="own", based_on=shown).id
    assert names_in(home, second) == ["new"]


def test_a_full_disk_of_postgres_leaves_what_was_on_show(server: postgres.Postgres, tmp_path: Path) -> None:
    home = a_server(server, tmp_path / "home", "brim")
    shown = store.publish(home, organisations("old"), origin="own").id
    with psycopg.connect(f"host={server.folder} user=hub dbname=postgres", autocommit=True) as connection:
        connection.execute(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING"
            " ERRCODE = 'disk_full', MESSAGE = 'could not extend file: No space left on device'; END $$"
        )
        for place in ("public.ducklake_data_file", "hubdata.on_show"):
            connection.execute(f"CREATE TRIGGER no_room BEFORE INSERT ON {place} EXECUTE FUNCTION no_room()")
            with pytest.raises(store.StoreProblem) as problem:
                store.publish(home, organisations("new"), origin="own", based_on=shown)
            connection.execute(f"DROP TRIGGER no_room ON {place}")
            assert problem.value.code == "disk_full", place
            assert [manifest.id for manifest in store.history(home)] == [shown]
            assert names_in(home, store.current_snapshot_id(home) or "") == ["old"]
        connection.execute("DROP FUNCTION no_room")
    store.publish(home, organisations("new"), origin="own", based_on=shown)


def test_a_connection_that_is_lost_leaves_the_old_or_the_new_whole(server: postgres.Postgres, tmp_path: Path) -> None:
    """Cut at every point at which something is committed, before PostgreSQL hears it and before its answer is heard."""
    outcomes = set()
    with postgres.Wire(server) as wire:
        here, there = tmp_path / "here", a_server(server, tmp_path / "there", "wire")
        here.mkdir()
        (here / "hub.toml").write_text(f'store = "{wire.store("wire")}"\n', encoding="utf-8")
        new = "0"
        drop = store.Drop({"a.csv": new.encode()})
        shown = store.publish(here, organisations(new), origin="own", drop=drop).id
        commit = (b'INSERT INTO "public".ducklake_snapshot', b"COMMIT")
        points = (commit[:1], commit, (b"INSERT INTO hubdata.on_show",))
        for said, is_heard in itertools.product(points, (False, True)):
            before, old, problem = shown, new, None
            new = f"{said[-1].decode()[-4:]} {is_heard}"
            drop = store.Drop({"a.csv": new.encode()})
            wire.cut_at(said, is_heard)
            try:
                store.publish(here, organisations(new), origin="own", based_on=before, drop=drop, keep=2)
            except store.StoreProblem as raised:
                problem = raised
            assert wire.mended(), f"{said!r} was never said, but {problem!r} raised"
            shown = store.current_snapshot_id(there) or ""
            if problem is None or problem.code != "unsure":
                assert (problem is None) == (shown != before), "who is told that it failed finds what there was"
            assert problem is None or problem.code in ("unreachable", "unsure")
            new = new if shown != before else old
            assert names_in(there, shown) == [new]
            for manifest in store.history(there):
                store.open_snapshot(there, manifest.id).close()
            (kept,) = store.drops(there, shown)
            assert kept == store.Drop({"a.csv": new.encode()})
            outcomes.add((problem.code if problem else "", shown != before))
    assert outcomes >= {("unreachable", False), ("unsure", True)}
    last = store.publish(there, organisations("last"), origin="own", based_on=shown, keep=1)
    assert store.history(there) == [last], "what was never heard of is in nobody's way"
    files = """
        SELECT DISTINCT data_file_id FROM ducklake_data_file LEFT JOIN ducklake_table USING (table_id)
        LEFT JOIN ducklake_schema USING (schema_id) WHERE coalesce(schema_name, 'wire') = 'wire'
    """  # with those of a table that nothing knows any more; other hubs of this server have theirs
    written = 2 * len(points) * 2 + 3
    assert len(catalogue.rows(Address.parsed(server.store("wire")), files)) < written / 3


def test_who_waits_for_a_server_that_is_stopped_in_a_load_is_told(
    server: postgres.Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = a_server(server, tmp_path / "home", "silent")
    shown = store.publish(home, organisations("old"), origin="own").id
    monkeypatch.setattr(catalogue, "SECONDS_TO_WAIT_FOR_LOCK", 0.2)
    with catalogue.publishing(Address.parsed(server.store("silent"))):  # it goes on for ever
        for refused in (
            lambda: store.publish(home, organisations("new"), origin="own", based_on=shown),
            lambda: store.rollback(home, shown),
        ):
            with pytest.raises(store.StoreProblem) as problem:
                refused()
            assert problem.value.code == "other_server"
        assert names_in(home, store.current_snapshot_id(home) or "") == ["old"]
        assert main(["rollback", shown, "--home", str(home), "--language", "en"]) == 2
        assert "Another server is busy" in capsys.readouterr().err
    store.publish(home, organisations("new"), origin="own", based_on=shown)


def test_a_postgres_that_takes_questions_and_never_answers_is_taken_to_be_away(
    server: postgres.Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All its processes are stopped: sockets are open, nothing comes."""
    monkeypatch.setattr(catalogue, "SECONDS_TO_ANSWER", 0.3)
    monkeypatch.setattr(catalogue, "SECONDS_TO_CONNECT", 1)
    home = a_server(server, tmp_path / "home", "stopped")
    shown = store.publish(home, organisations("a"), origin="own").id
    store.write_record(home, notebook.NOTES, b"[]")
    seen: list[object] = []

    def look() -> None:
        seen.append((store.current_snapshot_id(home), store.read_record(home, notebook.NOTES)))

    look()
    with server.stopped():
        viewers = [threading.Thread(target=look) for _ in range(12)]
        begin = time.monotonic()
        for viewer in viewers:
            viewer.start()
        for viewer in viewers:
            viewer.join()
        first = time.monotonic() - begin
        look()
    assert seen == [(shown, b"[]")] * 14
    assert first < 12 * 1.3, "they do not wait for one another, one after another"
    wait_until(lambda: catalogue.rows(Address.parsed(server.store("stopped")), "SELECT 1"))
    store.publish(home, organisations("b"), origin="own", based_on=shown)


def test_a_network_that_falls_silent_in_the_middle_of_a_copy_keeps_nobody_waiting(
    server: postgres.Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was shown stays, and the new one comes when the network is there again."""
    monkeypatch.setattr(catalogue, "SECONDS_TO_ANSWER", 0.3)
    monkeypatch.setattr(catalogue, "SECONDS_TO_CONNECT", 1)
    with postgres.Wire(server) as wire:
        here, there = tmp_path / "here", a_server(server, tmp_path / "there", "copied")
        here.mkdir()
        (here / "hub.toml").write_text(f'store = "{wire.store("copied")}"\n', encoding="utf-8")
        address = Address.parsed(wire.store("copied"))
        shown = store.publish(there, organisations("old"), origin="own", drop=store.Drop({"a.csv": b"old"})).id
        assert store.current_snapshot_id(here) == shown
        new = store.publish(there, organisations("new"), origin="own", based_on=shown).id
        wire.fall_silent_at(b"ducklake_data_file")
        assert store.current_snapshot_id(here) == shown
        assert names_in(here, shown) == ["old"]
        assert wire.mended()
        wait_until(lambda: store.current_snapshot_id(here) == new)
        assert names_in(here, new) == ["new"]
        wire.fall_silent_at(b"ducklake_data_file")
        with pytest.raises(store.StoreProblem) as problem:
            store.drops(here, shown)
        assert problem.value.code == "unreachable"
        assert wire.mended()
        wait_until(lambda: catalogue.rows(address, "SELECT 1"))
        assert store.drops(here, shown) == [store.Drop({"a.csv": b"old"})]


IMPATIENT = """
import runpy
from hubdata.store import catalogue
catalogue.SECONDS_TO_ANSWER, catalogue.SECONDS_TO_CONNECT, catalogue.SECONDS_UNTIL_LOCK_IS_LOST = 0.8, 1, 2
runpy.run_module("hubdata", run_name="__main__", alter_sys=True)
"""
"""The commands, but they wait less long for PostgreSQL, and it for them."""


def test_a_load_during_which_the_network_falls_silent_ends_and_its_drop_is_taken_again(
    server: postgres.Postgres, tmp_path: Path
) -> None:
    """At its commit, which PostgreSQL hears long after nobody waits for it."""
    with postgres.Wire(server) as wire:
        here, there = tmp_path / "here", a_server(server, tmp_path / "there", "hushed")
        here.mkdir()
        (here / "hub.toml").write_text(f'store = "{wire.store("hushed")}"\n', encoding="utf-8")
        lying = here / "inbox" / "organisations.csv"
        inbox.scan(here)
        lying.write_text("organisation_id,name,sector\n0,0,ngo\n1,New,ngo\n", encoding="utf-8")
        before = store.publish(there, organisations("0"), origin="own").id

        wire.fall_silent_at(b'INSERT INTO "public".ducklake_snapshot', b"COMMIT")
        command = [sys.executable, "-c", IMPATIENT, "load", str(lying), "--home", str(here), "--language", "en"]
        said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert said.returncode == 2, said.stdout
        assert said.stderr == "The database with the data cannot be reached; nothing was changed.\n"
        # There the network is still silent; who reaches PostgreSQL gets the lock, and what was being written is in
        # nobody's way.
        shown = store.publish(there, organisations("0", "1"), origin="own", based_on=before).id
        assert wire.mended()
        assert [manifest.id for manifest in store.history(here)] == [shown, before], "nothing is half published"
        assert names_in(here, store.current_snapshot_id(here) or "") == ["0", "1"]
        taken = inbox.process(here, SETTINGS)
        assert taken
        assert taken.snapshot == store.current_snapshot_id(there)
        assert names_in(there, taken.snapshot or "") == ["0", "New"]
        assert not lying.exists()


def test_a_load_stands_whatever_goes_wrong_when_what_is_old_is_removed(
    server: postgres.Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    home = a_server(server, tmp_path / "home", "pruned")
    shown = store.publish(home, organisations("0"), origin="own").id
    for name, error in enumerate((duckdb.IOException("gone"), psycopg.ProgrammingError("no"), OSError("full")), 1):

        def fails(*_: object, error: Exception = error) -> None:
            raise error

        with monkeypatch.context() as patch:
            patch.setattr(catalogue, "remove", fails)
            shown = store.publish(home, organisations(str(name)), origin="own", based_on=shown, keep=1).id
        assert names_in(home, store.current_snapshot_id(home) or "") == [str(name)]
        assert str(error) in caplog.text
    last = store.publish(home, organisations("last"), origin="own", based_on=shown, keep=1)
    assert store.history(home) == [last], "a later load removes it"


def test_of_two_who_publish_since_the_lock_was_lost_one_is_refused_whole(
    server: postgres.Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = (a_server(server, tmp_path / name, "lost") for name in ("here", "there"))
    shown = store.publish(here, organisations("old"), origin="own").id
    really, published = catalogue.add, []

    def meanwhile(*args: Any) -> None:
        monkeypatch.undo()
        # PostgreSQL ends every connection, and with ours the lock; another server loads before we go on.
        server.end_connections()
        published.append(store.publish(there, organisations("first"), origin="own", based_on=shown).id)
        really(*args)

    monkeypatch.setattr(catalogue, "add", meanwhile)
    with pytest.raises(store.StoreProblem):
        store.publish(here, organisations("second"), origin="own", based_on=shown)
    assert store.current_snapshot_id(here) == store.current_snapshot_id(there) == published[0]
    assert [manifest.id for manifest in store.history(there)] == [published[0], shown]
    assert names_in(here, published[0]) == ["first"]
    assert names_in(here, shown) == ["old"]


def test_the_files_of_a_lake_may_be_in_an_object_store(
    server: postgres.Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moto = pytest.importorskip("moto.server")
    s3 = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    s3.start()
    try:
        host, port = s3.get_host_and_port()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "test")
        monkeypatch.setenv("AWS_REGION", "eu-west-1")
        assert httpx.put(f"http://{host}:{port}/hubs", trust_env=False).status_code == 200
        here, there = tmp_path / "here", tmp_path / "there"
        for home in (here, there):
            home.mkdir()
            address = server.store("bucket", "objects", data_path="s3://hubs/lake")
            (home / "hub.toml").write_text(f'store = "{address}"\n', encoding="utf-8")
        server.run("createdb", "-h", str(server.folder), "-U", "hub", "objects")
        many = [f"o{n}" for n in range(3000)]
        drop = store.Drop({"a.csv": b"naam"})
        first = store.publish(here, organisations(*many), origin="own", drop=drop).id
        assert names_in(there, first) == many
        assert store.drops(there, first) == [drop]
        second = store.publish(there, organisations("b"), origin="own", based_on=first, keep=1).id
        assert names_in(here, second) == ["b"]
        assert [manifest.id for manifest in store.history(here)] == [second]
        listed = httpx.get(f"http://{host}:{port}/hubs", trust_env=False).text
        assert 0 < listed.count(".parquet") < 2 * len(models.TABLES) + 4, "what is old is gone there too"
    finally:
        s3.stop()
