"""A table of spoiled homes: whichever file of ours is damaged in whichever way, something useful is shown and said.

One home with three loads, links, notes and decisions is spoiled in one place at a time. Then everything that looks at it
is asked: the store, `/healthz`, the pages of a manager and of a viewer, and the next load.
"""

import asyncio
import contextlib
import datetime
import errno
import html
import json
import os
import re
import resource
import shutil
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from conftest import ROOT
from starlette.applications import Starlette
from starlette.routing import Route
from streamlit.testing.v1 import AppTest
from test_data_page import pressed
from test_pages import opened, said

from hubdata import access, answering, ingest, loading, notebook, server, settings, sharing, store, story
from hubdata.__main__ import main
from hubdata.server import health, public_pages
from hubdata.ui import session

SETTINGS = settings.Settings()
DAY = datetime.date(2020, 6, 30)
TIES = "organisation_ids,start_date\na|b,2019-01-31\nb|c,2020-01-31\n"


def organisations(*names: str) -> str:
    return "organisation_id,name,sector\n" + "".join(f"{name},Name {name},ngo\n" for name in names)


def load(home: Path, *names: str, **how: Any) -> str:
    files = {"organisations.csv": organisations(*names).encode(), "partnerships.csv": TIES.encode()}
    outcome = loading.load(home, SETTINGS, files, may_remove=True, **how)
    assert outcome.manifest
    return outcome.manifest.id


class Whole:
    """A home in which nothing is damaged."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.loads = [load(home, *names) for names in ("abc", "abcd", "abcde")]
        sharing.secret(home)
        _link, self.token = sharing.create(home, SETTINGS, label="for all")
        notebook.pin_note(home, DAY, "Council")
        notebook.decide(home, ("a", "c"), "accepted")
        loading.remember(home, ingest.FileMapping(month_first={"x": True}))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    return Whole(tmp_path_factory.mktemp("whole"))


@pytest.fixture
def spoilt(whole: Whole, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the whole home, to be spoiled; pages look at it."""
    home = tmp_path / "home"
    shutil.copytree(whole.home, home)
    monkeypatch.setenv("HUBDATA_HOME", str(home))
    return home


# --- kinds of damage ---------------------------------------------------------------------------------------------------


def missing(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def noise(path: Path) -> None:
    path.write_bytes(b"\x00\xff{[" * 50)


def holed(path: Path) -> None:
    """Blocks of nothing behind the head of the file, as after a power cut: it still opens."""
    content = path.read_bytes()
    path.write_bytes(content[:12_288] + bytes(len(content) - 12_288))


def other_json(path: Path) -> None:
    path.write_text('{"something": ["else"]}')


def unknown(path: Path) -> None:
    path.write_text("20990101T000000000000-abcdef")


def a_path(path: Path) -> None:
    path.write_text("../../../etc")


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


KINDS = (missing, empty, half, noise)
NEWEST, MIDDLE, OLDEST = 2, 1, 0


def in_snapshot(number: int, name: str) -> Callable[[Path, Whole], Path]:
    return lambda home, whole: home / "snapshots" / whole.loads[number] / name


def at(name: str) -> Callable[[Path, Whole], Path]:
    return lambda home, whole: home / name


POINTER = at("snapshots/on-show")
ROWS: list[tuple[str, Callable[[Path, Whole], Path], Callable[[Path], None], int]] = [
    *[("pointer", POINTER, kind, NEWEST) for kind in (*KINDS, unknown, a_path, a_folder)],
    *[("data on show", in_snapshot(NEWEST, "hub.duckdb"), kind, MIDDLE) for kind in (*KINDS, holed, a_folder)],
    *[("manifest on show", in_snapshot(NEWEST, "manifest.json"), kind, MIDDLE) for kind in (*KINDS, other_json)],
    *[("data of an old load", in_snapshot(OLDEST, "hub.duckdb"), kind, NEWEST) for kind in KINDS],
    *[("manifest of an old load", in_snapshot(OLDEST, "manifest.json"), kind, NEWEST) for kind in (*KINDS, other_json)],
    *[
        (name, at(name), kind, NEWEST)
        for name in ("links.json", "notes.json", "introductions.json", "matching.json", "secret.key")
        for kind in (*KINDS, other_json)
    ],
]
"""What is damaged, where it is, how, and which load is then on show."""


class Damage(NamedTuple):
    """What is damaged in a home, and what should be on show in spite of it."""

    what: str
    path: Path
    content: bytes | None
    """What the damaged file holds."""
    shown: str


@pytest.fixture(params=ROWS, ids=lambda row: f"{row[0]}: {row[2].__name__}")
def damage(request: pytest.FixtureRequest, spoilt: Path, whole: Whole) -> Damage:
    what, where, spoil, shown = request.param
    path = where(spoilt, whole)
    spoil(path)
    return Damage(what, path, path.read_bytes() if path.is_file() else None, whole.loads[shown])


def ask(home: Path, *paths: str, **headers: str) -> list[httpx.Response]:
    """What a browser on this machine gets of the gate and of `/healthz`."""

    async def asked() -> list[httpx.Response]:
        app = server.Gate(Starlette(routes=[Route("/healthz", server.Health(home).answer)]), home)
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 50_000))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8501", headers=headers) as http:
            return [await http.get(path) for path in paths]

    return asyncio.run(asked())


def boxes(app: AppTest) -> str:
    return "\n".join(element.value for kind in ("error", "warning") for element in app.get(kind)).replace("\\", "")


def everything_in(home: Path) -> set[bytes]:
    return {path.read_bytes() for path in home.rglob("*") if path.is_file()}


def ids_on_show(home: Path) -> set[str]:
    with contextlib.closing(store.open_snapshot(home, store.current_snapshot_id(home) or "")) as snapshot:
        return {record["organisation_id"] for record in snapshot.records("organisations")}


CANNOT = "The data that should be here cannot be read."


def test_something_useful_is_shown_and_said_and_the_work_goes_on(damage: Damage, spoilt: Path, whole: Whole) -> None:
    stands_in = damage.what in ("pointer", "data on show", "manifest on show")
    assert store.current_snapshot_id(spoilt) == damage.shown
    (healthy,) = ask(spoilt, "/healthz")
    assert (healthy.status_code, healthy.json()["snapshot"]) == (200, damage.shown)
    assert healthy.json()["status"] == ("older data" if stands_in else "ok")

    # Pages show it and say so; the Data page goes back, and then there is no more to say.
    app = opened("data", lang="en")
    assert not app.exception
    assert (CANNOT in boxes(app)) == stands_in
    before = ids_on_show(spoilt)
    back_to = damage.shown if stands_in else whole.loads[MIDDLE]
    app.selectbox(key="older").set_value(back_to).run()
    app = pressed(app, "Yes, go back")
    assert store.named_snapshot_id(spoilt) == store.current_snapshot_id(spoilt) == back_to
    assert CANNOT not in boxes(app)
    assert ids_on_show(spoilt) == (before if stands_in else set("abcd"))

    # A load builds on what is on show, never on nothing.
    before = ids_on_show(spoilt)
    assert loading.load(spoilt, SETTINGS, {"organisations.csv": organisations("z").encode()}, update=True).manifest
    assert ids_on_show(spoilt) == {*before, "z"}

    # What is written on pages works.
    link, token = sharing.create(spoilt, SETTINGS, label="new")
    assert sharing.by_token(spoilt, token) == link
    notebook.pin_note(spoilt, DAY, "After")
    notebook.decide(spoilt, ("b", "c"), "dismissed")
    assert "After" in [note.text for note in notebook.notes(spoilt)]
    assert ("b", "c") in [decision.pair for decision in notebook.decisions(spoilt)]
    assert access.read(spoilt, access.sign(spoilt, access.Principal("manager"))).kind == "manager"

    # Nothing that was damaged is gone, but a pointer, which says nothing any more; what was set aside is said.
    assert damage.content is None or damage.what == "pointer" or damage.content in everything_in(spoilt)
    for path in store.damaged_files(spoilt):
        assert path.name in boxes(opened("data", lang="en"))


READ_BY = {
    "links.json": "share", "asks.json": "asking", "answers.json": "asking", "ratings.json": "asking",
    "story.json": "story", "calls.json": "contacts", "introductions.json": "introductions",
}  # fmt: skip
"""A list of ours -> the page that is about it. Notes stand beside figures: who pins one is told."""


@pytest.mark.parametrize("spoil", [noise, a_folder])
@pytest.mark.parametrize("name", READ_BY)
def test_the_page_of_a_list_that_cannot_be_read_opens_and_says_so(
    spoilt: Path, name: str, spoil: Callable[[Path], None]
) -> None:
    (spoilt / name).touch()
    spoil(spoilt / name)
    assert re.search(r"damaged|cannot be read", boxes(opened(READ_BY[name], lang="en")))
    assert ask(spoilt, "/healthz")[0].status_code == 200


# --- records, one value at a time ----------------------------------------------------------------------------------------

TIMES = "2020-01-01T00:00:00", "0001-01-01", "\ud800", [], {"a": "b"}
"""What no moment is: the first has no time zone."""
DAYS = 5, None, *TIMES[2:]
TEXTS = None, 5, [], {}, "\ud800"
SAID = {"says": "ended", "ended": "2020-05"}
ANSWER = {"link": "x", "organisation_id": "a", "first_at": "2020-01-01T00:00:00Z", "last_at": "2020-01-01T00:00:00Z"}
RECORDS: dict[str, tuple[Any, dict[str, tuple[Any, ...]]]] = {
    "notes.json": ({"id": "x", "day": "2020-01-01", "text": "T"}, {"day": DAYS, "text": TEXTS, "id": TEXTS}),
    "story.json": (
        {"id": "x", "page": "network", "view": {}, "sentence": "S"},
        {"sentence": TEXTS, "page": TEXTS, "view": (None, 5, [5], {"a": None}, {"a": "\ud800"})},
    ),
    "calls.json": (
        {"organisation_a": "a", "organisation_b": "b", "status": "called", "until": "2020-01-01"},
        {"until": DAYS, "organisation_a": TEXTS, "status": TEXTS},
    ),
    "introductions.json": (
        {"organisation_a": "a", "organisation_b": "b", "status": "accepted", "introduced_on": None},
        {"introduced_on": ("x", 5, [5]), "organisation_b": TEXTS, "status": TEXTS},
    ),
    "answers.json": (
        ANSWER,
        {
            "first_at": TIMES,
            "ties": tuple({"b": SAID | {"ended": month}} for month in ("soon", "2020-13", "2020-05-01", "\0", None)),
            "partners": ([{"name": "B", "since": "2020-13"}], [{"name": "B", "since": "x"}], [None]),
            "profile": ({"sector": "ngo", "fte": 1e308}, {"sector": "ngo", "fte": -1}, {"sector": "\ud800"}),
            "ratings": ({"b": {"at": "2020-01-01T00:00:00", "scores": {}}}, {"b": {}}),
        },
    ),
    "ratings.json": (
        {"by": "a", "about": "b", "at": "2020-01-01T00:00:00Z", "scores": {"openness": 3}},
        {"at": TIMES, "by": TEXTS, "scores": (None, 5, {"openness": "x"}, {"openness": [3]})},
    ),
}
"""A list of ours -> a row of it, and values that make this row unreadable."""
READ: dict[str, tuple[Callable[[Path], Any], Callable[[Any], object]]] = {
    "notes.json": (notebook.notes, notebook._note_of),
    "story.json": (story.steps, story._step_of),
    "calls.json": (notebook.calls, notebook._call_of),
    "introductions.json": (notebook.decisions, notebook._decision_of),
    "answers.json": (answering.answers, answering._answer_of),
    "ratings.json": (answering.ratings, answering.imported_rating),
}
NO_JSON = (
    b"",
    b"{}",
    b"null",
    b"[null]",
    b"[[]]",
    b"\xff",
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b"[1e999]",
    b'["\\ud800"]',
)


@pytest.mark.parametrize("name", RECORDS)
def test_a_value_that_cannot_be_is_damage_that_is_said_and_costs_its_row_alone(name: str, tmp_path: Path) -> None:
    (row, wrong), (read, read_row), path = RECORDS[name], READ[name], tmp_path / name
    path.write_text(json.dumps([row]))
    assert len(read(tmp_path)) == 1
    damaged = [json.dumps([row, {**row, key: value}]).encode() for key, values in wrong.items() for value in values]
    for content in (*NO_JSON, *damaged):
        path.write_bytes(content)
        with pytest.raises(store.StoreProblem):
            read(tmp_path)
        kept: list[Any] = []
        store.change_list(tmp_path, name, read_row, lambda rows, kept=kept: kept.extend(rows) or rows)  # type: ignore[misc]
        assert kept == ([row] if content in damaged else []), content
        (aside,) = store.damaged_files(tmp_path)
        assert aside.read_bytes() == content
        aside.unlink()


LINK_DAMAGE: dict[str, tuple[Any, ...]] = {
    "expires_at": TIMES,
    "created_at": TIMES,
    "revoked_at": TIMES,
    "token_sha256": (*TEXTS, "x", "\u00e9" * 64),
    "label": TEXTS,
    "pages": (None, 5, [None], ["\ud800"]),
    "id": TEXTS,
}


def test_a_value_of_a_link_that_cannot_be_shuts_all_links(spoilt: Path, whole: Whole) -> None:
    path = spoilt / "links.json"
    (link,) = json.loads(path.read_bytes())["links"]
    wrong = [{"links": [{**link, key: value}]} for key, values in LINK_DAMAGE.items() for value in values]
    for content in (*NO_JSON, *(json.dumps(links).encode() for links in wrong)):
        path.write_bytes(content)
        with pytest.raises(store.StoreProblem):
            sharing.by_token(spoilt, whole.token)


def test_a_description_of_a_load_that_cannot_be_is_damaged(spoilt: Path, whole: Whole) -> None:
    path = spoilt / "snapshots" / whole.loads[OLDEST] / "manifest.json"
    described = json.loads(path.read_bytes())
    wrong: dict[str, tuple[Any, ...]] = {"drops": (None, 5, [None], {}), "files": (5, [[]]), "way": (None, 5, "\ud800")}
    for key, values in wrong.items():
        for value in values:
            path.write_text(json.dumps({**described, key: value}))
            with pytest.raises(store.StoreProblem):
                store.read_manifest(path.parent)
    path.write_text(json.dumps(described))
    for content in NO_JSON:
        (spoilt / "archive" / described["drops"][0] / "drop.json").write_bytes(content)
        with pytest.raises(store.StoreProblem):
            store.drops(spoilt, whole.loads[OLDEST])
        (spoilt / sharing.NETWORKS).write_bytes(content)
        assert not sharing.is_known_network(spoilt, "192.0.2.0/24")


# --- nothing left ---------------------------------------------------------------------------------------------------------


def test_with_nothing_that_can_be_read_nothing_is_loaded_over_it(spoilt: Path, whole: Whole) -> None:
    for snapshot_id in whole.loads:
        half(spoilt / "snapshots" / snapshot_id / "hub.duckdb")
    assert store.current_snapshot_id(spoilt) is None
    assert [answer.status_code for answer in ask(spoilt, "/healthz")] == [503]
    app = opened("overview", lang="en")
    assert not app.exception
    assert "restore a backup" in said(app)
    kept = everything_in(spoilt)
    for update in (True, False):
        with pytest.raises(store.StoreProblem) as problem:
            load(spoilt, *"abcx", update=update)
        assert problem.value.code == "unreadable"
    loading.first_start(spoilt, SETTINGS)  # no sample either
    assert everything_in(spoilt) - kept <= {b""}
    with pytest.raises(store.StoreProblem, match="can no longer be read"):
        store.rollback(spoilt, whole.loads[OLDEST])


def test_a_backup_brings_back_what_was_damaged(spoilt: Path, whole: Whole, tmp_path: Path) -> None:
    store.backup(whole.home, tmp_path / "good.zip")
    for snapshot_id in whole.loads:
        half(spoilt / "snapshots" / snapshot_id / "hub.duckdb")
    assert loading.restore(spoilt, tmp_path / "good.zip") == whole.loads[NEWEST]
    assert ids_on_show(spoilt) == set("abcde")
    # And a backup of a home in which something is damaged can be restored: it leaves that out.
    half(spoilt / "snapshots" / whole.loads[OLDEST] / "hub.duckdb")
    noise(spoilt / "snapshots" / whole.loads[MIDDLE] / "manifest.json")
    store.backup(spoilt, tmp_path / "rest.zip")
    assert store.restore(tmp_path / "elsewhere", tmp_path / "rest.zip") == whole.loads[NEWEST]
    assert [manifest.id for manifest in store.history(tmp_path / "elsewhere")] == [whole.loads[NEWEST]]


def test_while_something_is_damaged_nothing_is_removed(spoilt: Path, whole: Whole) -> None:
    """Whoever cannot be asked what he needs may need everything."""
    noise(spoilt / "snapshots" / whole.loads[OLDEST] / "manifest.json")
    few = settings.Settings(keep_snapshots=1)
    loading.load(spoilt, few, {"organisations.csv": organisations("q").encode()}, may_remove=True)
    assert {path.name for path in (spoilt / "archive").iterdir()} >= set(whole.loads)
    assert {path.name for path in (spoilt / "snapshots").glob("2*")} >= set(whole.loads)


def as_viewer(monkeypatch: pytest.MonkeyPatch, link: sharing.Link) -> None:
    monkeypatch.setattr(session, "principal", lambda: access.Principal("viewer", link.id))


@pytest.mark.parametrize("fixed", [False, True])
def test_a_viewer_is_told_and_never_sees_other_data_than_his(
    spoilt: Path, whole: Whole, monkeypatch: pytest.MonkeyPatch, fixed: bool
) -> None:
    link, _token = sharing.create(spoilt, SETTINGS, label="x", snapshot=whole.loads[NEWEST] if fixed else None)
    half(spoilt / "snapshots" / whole.loads[NEWEST] / "hub.duckdb")
    as_viewer(monkeypatch, link)
    app = opened("overview", lang="en")
    assert not app.exception
    assert (CANNOT in boxes(app)) == (not fixed)
    assert "Tell your IT colleague" not in boxes(app)
    assert ("cannot be read at the moment" in said(app)) == fixed
    assert bool(app.selectbox) == (not fixed)
    monkeypatch.setattr(session, "principal", lambda: access.Principal("manager"))
    assert not opened("share", lang="en").exception


@pytest.mark.parametrize("spoil", [empty, half, noise, other_json])
def test_damaged_links_are_shut_said_and_set_aside(spoilt: Path, whole: Whole, spoil: Callable[[Path], None]) -> None:
    path = spoilt / "links.json"
    spoil(path)
    content = path.read_bytes()
    with pytest.raises(store.StoreProblem):
        sharing.by_token(spoilt, whole.token)
    assert ask(spoilt, f"/s/{whole.token}")[0].status_code in (404, 503)
    assert "no link lets anybody in" in boxes(opened("share", lang="en"))
    _link, token = sharing.create(spoilt, SETTINGS, label="new")
    assert sharing.by_token(spoilt, token)
    assert sharing.by_token(spoilt, whole.token) is None
    (aside,) = spoilt.glob("links.json.damaged-*")
    assert aside.read_bytes() == content
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600
    assert aside.name in boxes(opened("share", lang="en"))


def test_links_of_a_newer_version_are_not_taken_for_damaged(spoilt: Path) -> None:
    path = spoilt / "links.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"all_closed": True}))
    with pytest.raises(store.StoreProblem):
        sharing.create(spoilt, SETTINGS, label="new")
    assert store.damaged_files(spoilt) == []
    assert "newer version" in boxes(opened("share", lang="en"))


# --- a disk that refuses -----------------------------------------------------------------------------------------------


def refuse(monkeypatch: pytest.MonkeyPatch, home: Path, number: int) -> None:
    """From now on the system refuses whatever would change something in the home."""

    def refusing(real: Callable[..., Any], is_change: Callable[..., bool]) -> Callable[..., Any]:
        def call(path: Any, *more: Any, **named: Any) -> Any:
            if str(path).startswith(str(home)) and is_change(*more):
                raise OSError(number, os.strerror(number), str(path))
            return real(path, *more, **named)

        return call

    def writes(flags: int, *_mode: int) -> bool:
        return bool(flags & (os.O_CREAT | os.O_WRONLY | os.O_RDWR)) and number != errno.ENOSPC

    monkeypatch.setattr(os, "open", refusing(os.open, writes))
    for name in ("mkdir", "rename", "replace", "link"):
        monkeypatch.setattr(os, name, refusing(getattr(os, name), lambda *_: True))

    def full(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", full)


@pytest.mark.parametrize(("number", "code"), [(errno.ENOSPC, "disk_full"), (errno.EROFS, "read_only")])
def test_links_while_the_disk_refuses(
    spoilt: Path, whole: Whole, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    """Opening one lets in; making and ending one is a sentence, and then nothing was made or ended."""
    refuse(monkeypatch, spoilt, number)
    (answer,) = ask(spoilt, f"/s/{whole.token}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    (link,) = sharing.links(spoilt)
    for change in (
        lambda: sharing.create(spoilt, SETTINGS, label="x"),
        lambda: sharing.create(spoilt, SETTINGS, label="x", snapshot=whole.loads[OLDEST]),
        lambda: sharing.revoke(spoilt, link.id),
    ):
        with pytest.raises(store.StoreProblem) as problem:
            change()
        assert problem.value.code == code
    assert sharing.links(spoilt) == (link,)
    assert store.pins(spoilt) == {}
    app = opened("share", lang="en")
    app.button(key=f"end_{link.id}").click().run()
    assert not app.exception
    assert "Nothing was changed" in boxes(app)


def test_a_home_that_is_read_only_is_still_on_show(spoilt: Path, whole: Whole, monkeypatch: pytest.MonkeyPatch) -> None:
    POINTER(spoilt, whole).unlink()
    noise(spoilt / "matching.json")
    refuse(monkeypatch, spoilt, errno.EROFS)
    assert ask(spoilt, "/healthz")[0].json() == {"status": "older data", "snapshot": whole.loads[NEWEST]}
    for page in ("overview", "data", "share", "introductions", "changes"):
        app = opened(page, lang="en")
        assert not app.exception, page
    with pytest.raises(store.StoreProblem) as problem:
        load(spoilt, *"abcx")
    assert problem.value.code == "read_only"


def test_an_empty_home_that_is_read_only_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUBDATA_HOME", str(tmp_path))
    refuse(monkeypatch, tmp_path, errno.EROFS)
    app = opened("overview", lang="en")
    assert not app.exception
    assert "may not write" in said(app)


@pytest.mark.skipif(sys.platform != "linux", reason="limits of processes")
def test_what_cannot_be_opened_for_a_moment_is_not_taken_for_damaged(spoilt: Path, whole: Whole) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.open("/dev/null", os.O_RDONLY)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))  # every number below is taken
    try:
        with pytest.raises(store.StoreProblem) as problem:
            store.is_whole(spoilt, whole.loads[NEWEST])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert problem.value.code == "busy"
    assert store.current_snapshot_id(spoilt) == whole.loads[NEWEST]


# --- the settings ------------------------------------------------------------------------------------------------------

MISTAKES: dict[str, tuple[str | bytes, int | None, str]] = {
    "twice": ('public_address = "https://a.nl"\nname = "x"\npublic_address = "https://b.nl"\n', 3, "remove one"),
    "no quotation mark": ('name = "x"\nregion = "Den Haag\n', 2, "quotation marks"),
    "a name that is no setting": ('\n\npublc_address = "https://a.nl"\n', 3, "Did you mean public_address?"),
    "a word for a number": ('name = "x"\nfading_days = "many"\n', 2, "Correct the value"),
    "in a table": ('name = "x"\n[sectors]\nngo = { nl = "Ngo" }\ncourts = 3\n', 4, "Correct the value"),
    "not UTF-8": (b'name = "x"\nregion = "Caf\xe9"\n', 2, "UTF-8"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_the_settings_says_line_and_remedy(
    spoilt: Path, capsys: pytest.CaptureFixture[str], mistake: str
) -> None:
    content, line, remedy = MISTAKES[mistake]
    (spoilt / "hub.toml").write_bytes(content if isinstance(content, bytes) else content.encode())
    page, other, healthy = ask(spoilt, "/", "/data?lang=en", "/healthz")
    assert (page.status_code, other.status_code, healthy.status_code) == (503, 503, 503)
    assert f"Regel {line}" in page.text
    assert f"Line {line}" in other.text
    assert remedy in html.unescape(other.text)
    assert "Caf" not in other.text
    console = capsys.readouterr().err
    assert f"line {line}" in console
    assert remedy in console
    assert "Traceback" not in console
    assert main(["history", "--home", str(spoilt), "--language", "en"]) in (0, 2)


@pytest.mark.parametrize("line", range(2))
def test_what_the_manual_does_with_the_settings_can_be_used(tmp_path: Path, line: int) -> None:
    """On a machine and with Docker: `public_address` is set and stands there once."""
    manual = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    expression = re.findall(r"sed (?:-i )?'(s\|\^public_address[^']*)'", manual)[line]
    done = subprocess.run(
        ["sed", expression, str(ROOT / "data" / "hub.toml")], capture_output=True, text=True, check=True
    )
    (tmp_path / "hub.toml").write_text(done.stdout)
    assert settings.read(tmp_path).public_address == "https://hub.example.org"


def test_the_console_and_the_page_say_the_same_about_mistakes() -> None:
    assert public_pages.REMEDIES == settings.REMEDIES


# --- /healthz ----------------------------------------------------------------------------------------------------------


def test_health_is_looked_at_once_however_many_ask(spoilt: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    real = store.open_snapshot
    monkeypatch.setattr(
        health.store, "open_snapshot", lambda *which: looked.append(threading.current_thread().name) or real(*which)
    )

    async def many() -> list[int]:
        app = Starlette(routes=[Route("/healthz", server.Health(spoilt).answer)])
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as http:
            return [answer.status_code for answer in await asyncio.gather(*(http.get("/healthz") for _ in range(200)))]

    assert asyncio.run(many()) == [200] * 200
    assert len(looked) == 1
    assert looked != [threading.main_thread().name], "never on the event loop"


# --- who may read what -------------------------------------------------------------------------------------------------


def test_data_and_backups_are_for_their_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        home = Whole(tmp_path / "home").home
        store.backup(home, tmp_path / "backup.zip")
        store.restore(tmp_path / "other", tmp_path / "backup.zip")
    finally:
        os.umask(before)
    files = [path for place in (home, tmp_path / "other") for path in place.rglob("*") if path.is_file()]
    locks = {"lock", "links.lock"}
    open_to_others = [
        path for path in [*files, tmp_path / "backup.zip"] if path.stat().st_mode & 0o077 and path.name not in locks
    ]
    assert open_to_others == []
    for place in (home, tmp_path / "other"):
        assert {stat.S_IMODE((place / name).stat().st_mode) for name in ("snapshots", "archive")} == {0o700}
