"""The inbox: files dropped in a folder, taken by the real server, loaded or refused by the real store."""

import asyncio
import contextlib
import csv
import io
import json
import logging
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from browser import served
from conftest import ROOT
from hostile import xls
from killed import states_of

from hubdata import inbox, loading, store, texts
from hubdata.settings import Settings

GOOD = "organisation_id,name,sector\na,Anna,ngo\nb,Beta,knowledge\nc,Cora,ngo\nd,Dora,ngo\ne,Eva,ngo\n"
MORE = GOOD + "f,Fay,ngo\n"
WRONG = MORE + "\ng,=1+1,nggo\n"
ENGLISH = Settings(languages=("en",))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "inbox").mkdir()
    return tmp_path


def put(home: Path, **lists: str) -> None:
    for name, text in lists.items():
        (home / "inbox" / f"{name}.csv").write_text(text)


def lying_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if not path.name.startswith(".")}


def names_on_show(home: Path) -> list[str]:
    snapshot = store.open_snapshot(home, store.current_snapshot_id(home) or "")
    names = [record["name"] for record in snapshot.records("organisations")]
    snapshot.close()
    return names


def problems_of(taken: inbox.Result | None, separator: str = ",") -> list[dict[str, str]]:
    assert taken
    assert taken.rejected
    text = (taken.rejected / "problems.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=separator))


def everything_kept(home: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


def wait_until(is_so: Callable[[], Any], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def test_on_the_first_start_there_is_no_inbox_yet_and_nothing_goes_wrong(tmp_path: Path) -> None:
    assert inbox.process(tmp_path / "home", ENGLISH, {}) is None
    assert (tmp_path / "home" / "inbox").is_dir()


def test_a_drop_is_loaded_and_its_files_are_in_the_archive(home: Path) -> None:
    put(home, organisations=GOOD, events="name,start_date\nParty,2020-01-01\n")
    (home / "inbox" / "photo.jpg").write_bytes(b"a photo")
    (home / "inbox" / "folder").mkdir()
    taken = inbox.process(home, ENGLISH)
    assert taken == inbox.Result(("events.csv", "organisations.csv"), store.current_snapshot_id(home))
    assert store.history(home)[0].way == "inbox"
    assert lying_in(home / "inbox") == {"photo.jpg", "folder"}
    (drop,) = store.drops(home, store.current_snapshot_id(home) or "")
    assert drop.files["organisations.csv"].decode() == GOOD
    assert inbox.process(home, ENGLISH) is None


def test_a_wrong_drop_is_refused_with_a_list_of_problems(home: Path) -> None:
    put(home, organisations=GOOD)
    inbox.process(home, ENGLISH)
    put(home, organisations=WRONG, funding="organisation_id,year,donor,category,amount\na,2020,Fund,government,10\n")
    taken = inbox.process(home, ENGLISH)
    assert [(p["File"], p["Row"], p["Column"], p["In the cell"]) for p in problems_of(taken)] == [
        ("organisations.csv", "9", "sector", "nggo")
    ]
    assert problems_of(taken)[0]["What you can do"] == "Did you mean ngo?"
    assert lying_in(home / "inbox") == set()
    assert taken
    assert taken.rejected
    assert lying_in(taken.rejected) == {"organisations.csv", "funding.csv", "problems.csv"}
    assert (taken.rejected / "organisations.csv").read_text() == WRONG
    assert len(names_on_show(home)) == 5
    # Put back as it lies there, after repair: our own list of problems is no list of theirs.
    for path in taken.rejected.iterdir():
        shutil.copy(path, home / "inbox")
    put(home, organisations=MORE)
    again = inbox.process(home, ENGLISH)
    assert again
    assert again.snapshot == store.current_snapshot_id(home)
    assert lying_in(home / "inbox") == {"problems.csv"}


def test_the_list_of_problems_opens_right_in_a_dutch_excel_and_runs_nothing(home: Path) -> None:
    put(home, organisations="name,sector\nAnna,=HYPERLINK()\n")
    taken = inbox.process(home, Settings())
    assert taken
    assert taken.rejected
    assert (taken.rejected / "problems.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    (found,) = problems_of(taken, ";")
    assert list(found) == [texts.translation("nl").gettext(heading) for heading in inbox.HEADINGS]
    assert "'=HYPERLINK()" in found.values()


def test_a_drop_that_removes_much_is_refused_with_the_two_ways_to_say_yes(home: Path) -> None:
    put(home, organisations=GOOD)
    inbox.process(home, ENGLISH)
    put(home, organisations="\n".join(GOOD.splitlines()[:4]))
    (found,) = problems_of(inbox.process(home, ENGLISH))
    assert "Data page" in found["What you can do"]
    assert "--yes" in found["What you can do"]
    assert len(names_on_show(home)) == 5


def test_a_drop_that_changes_nothing_says_so(home: Path) -> None:
    put(home, organisations=GOOD)
    inbox.process(home, ENGLISH)
    put(home, organisations=GOOD)
    (found,) = problems_of(inbox.process(home, ENGLISH))
    assert "nothing changed" in found["What is wrong"]
    assert len(store.history(home)) == 1
    assert lying_in(home / "inbox") == set()


def test_personal_data_is_nowhere_loaded_or_refused(home: Path) -> None:
    secret = "anna@example.org"
    put(home, organisations=f"name,sector,contact\nAnna,ngo,{secret}\n")
    assert inbox.process(home, ENGLISH)
    put(home, organisations=f"name,sector,contact\nAnna,ngo,{secret}\n\nBeta,nggo,{secret}\nCora,ngo,x,{secret}\n")
    taken = inbox.process(home, ENGLISH)
    said = problems_of(taken)
    assert {(p["Row"], p["Column"]) for p in said} >= {("4", "sector"), ("5", "")}
    assert any("these alone" in p["What is wrong"] for p in said)
    assert taken
    assert taken.rejected
    assert (taken.rejected / "organisations.csv").read_text(encoding="utf-8-sig").splitlines() == [
        "name,sector",
        "Anna,ngo",
        "",
        "Beta,nggo",
    ]

    workbook = openpyxl.Workbook()
    workbook.active.title = "organisations"
    for row in (("name", "sector", "e-mail"), ("=1+1", "nggo", secret)):
        workbook.active.append(row)
    workbook.active["A2"].data_type = "s"  # a text, until somebody opens it in another form
    notes = workbook.create_sheet("people")
    for row in (("who", "phone"), ("Piet", "06-12345678")):
        notes.append(row)
    workbook.save(home / "inbox" / "export.xlsx")
    put(home, **{"export-organisations": f"what,where\nx,{secret}\n"})  # nobody knows what it holds
    put(home, events=f"name,start_date\nWrite to {secret},2020-01-01\n")
    taken = inbox.process(home, ENGLISH)
    assert taken
    assert taken.rejected
    assert len(lying_in(taken.rejected)) == 5
    assert any("12345678" not in path.read_text() for path in taken.rejected.glob("*people.csv"))
    assert any("'=1+1;nggo" in path.read_text() for path in taken.rejected.glob("*export-organisations.csv"))
    assert secret.encode() not in everything_kept(home)
    assert b"12345678" not in everything_kept(home)


def test_a_file_that_changed_since_it_came_to_rest_is_left(home: Path) -> None:
    put(home, organisations=GOOD)
    seen = inbox.scan(home)
    put(home, organisations=MORE)
    assert inbox.process(home, ENGLISH, seen) is None
    assert store.current_snapshot_id(home) is None
    inbox._remove(home / "inbox", seen)  # as when it changed while it was being loaded
    assert lying_in(home / "inbox") == {"organisations.csv"}
    assert inbox.process(home, ENGLISH, inbox.scan(home))
    assert len(names_on_show(home)) == 6


def test_a_file_beyond_the_limit_is_refused_without_being_read_whole(home: Path) -> None:
    put(home, organisations=GOOD + "x" * 1_100_000)
    taken = inbox.process(home, Settings(languages=("en",), max_file_megabytes=1))
    assert "1 MB" in problems_of(taken)[0]["What is wrong"]
    assert taken
    assert taken.rejected
    assert (taken.rejected / "organisations.csv").stat().st_size == len(GOOD) + 1_100_000


def test_of_a_drop_beyond_the_limit_nothing_is_lost_and_no_more_is_read_than_shows_it(home: Path) -> None:
    """The second file is cut where the limit is; what lies in `rejected/` is the whole of it, also with an odd name."""
    events = "name,start_date\n" + "Party,2024-01-01\n" * 50_000
    put(home, organisations=GOOD + "x" * 900_000, **{"events\udceb": events})
    taken = inbox.process(home, Settings(languages=("en",), max_drop_megabytes=1))
    assert "larger than 1 MB" in problems_of(taken)[0]["What is wrong"]
    assert taken
    assert taken.rejected
    # Nothing but columns that are used: each is kept as it came.
    sizes = sorted(path.stat().st_size for path in taken.rejected.iterdir() if path.name != loading.PROBLEMS)
    assert sizes == [len(events), len(GOOD) + 900_000]


def test_beside_a_file_that_stops_the_reading_the_others_keep_their_rows(home: Path) -> None:
    put(home, organisations=GOOD.replace("name", "name,e-mail").replace(",ngo", ",a@b.example,ngo"))
    bomb = xls((0, 0), (65535, 65535))
    (home / "inbox" / "a.xls").write_bytes(bomb)
    taken = inbox.process(home, Settings(languages=("en",), reading_megabytes=500))
    assert "500 MB of memory" in problems_of(taken)[0]["What is wrong"]
    assert taken
    assert taken.rejected
    assert (taken.rejected / "organisations.csv").read_text(encoding="utf-8-sig").splitlines()[1] == "a,Anna,ngo"
    assert (taken.rejected / "a.xls").read_bytes() == bomb


ENDED = """
import os, sys
from pathlib import Path
from hubdata import inbox, ingest, loading
from hubdata.settings import Settings

loading.prepare = lambda *args: os._exit(9)
inbox.process(Path(sys.argv[1]), Settings(languages=("en",)))
"""


def test_a_drop_that_ended_two_programs_is_refused_without_being_read(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(home, organisations=GOOD)
    for _attempt in range(inbox.MAX_ATTEMPTS):
        assert subprocess.run([sys.executable, "-c", ENDED, str(home)], cwd=ROOT, check=False).returncode == 9
        assert lying_in(home / "inbox") == {"organisations.csv"}
    with monkeypatch.context() as patched:
        patched.setattr(inbox.sandbox, "run", None)  # nothing in it is looked at
        taken = inbox.process(home, ENGLISH)
    assert "so many times: 2" in problems_of(taken)[0]["What is wrong"]
    assert taken
    assert taken.rejected
    assert (taken.rejected / "organisations.csv").read_text() == GOOD
    assert store.history(home) == []
    put(home, organisations=GOOD)  # handed in anew, it is another drop
    assert inbox.process(home, ENGLISH)
    assert len(names_on_show(home)) == 5


def test_what_fails_without_ending_the_program_is_tried_as_often_as_it_takes(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(home, organisations=GOOD)

    def full(*_: Any, **__: Any) -> None:
        raise store.StoreProblem("the disk is full; nothing was changed", "disk_full")

    with monkeypatch.context() as patched:
        patched.setattr(store, "publish", full)
        for _attempt in range(5):
            with pytest.raises(store.StoreProblem):
                inbox.process(home, ENGLISH)
    assert inbox.process(home, ENGLISH)
    assert len(names_on_show(home)) == 5


def test_a_link_is_not_followed(home: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "funding.csv"
    outside.write_text("secret,of,somebody\nelse,1,2\n")
    (home / "inbox" / "funding.csv").symlink_to(outside)
    put(home, organisations=GOOD)
    taken = inbox.process(home, ENGLISH)
    assert taken
    assert (taken.files, taken.snapshot) == (("organisations.csv",), store.current_snapshot_id(home))
    assert outside.read_text().startswith("secret")
    assert b"secret" not in b"".join(path.read_bytes() for path in (home / "archive").rglob("*.csv"))


def test_a_name_that_is_no_text_does_not_stop_the_inbox(home: Path) -> None:
    (home / "inbox" / "organisati\udceb.csv").write_text(GOOD + "f,,ngo\n")
    assert problems_of(inbox.process(home, ENGLISH))[0]["Column"] == "name"


@pytest.mark.parametrize("rows", [GOOD, WRONG], ids=["right", "wrong"])
def test_a_name_as_long_as_a_disk_allows(home: Path, rows: str) -> None:
    name = "organisations" + "x" * (255 - len("organisations.csv"))
    put(home, **{name: rows})
    taken = inbox.process(home, ENGLISH)
    assert taken
    assert lying_in(home / "inbox") == set()
    assert bool(taken.snapshot) == (rows == GOOD)


def fifo(path: Path) -> None:
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.mkdir()


def link(path: Path) -> None:
    path.symlink_to("/etc/hostname")


def socket_file(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening, contextlib.chdir(path.parent):
        listening.bind(path.name)


@pytest.mark.skipif(sys.platform != "linux", reason="pipes and sockets")
@pytest.mark.parametrize("in_its_place", [fifo, folder, link, socket_file])
def test_what_appears_in_the_place_of_a_file_after_the_look_is_not_waited_for(
    home: Path, in_its_place: Callable[[Path], None]
) -> None:
    put(home, organisations=GOOD)
    path = home / "inbox" / "organisations.csv"
    stamp = inbox.scan(home)[path.name]
    path.unlink()
    in_its_place(path)
    assert inbox._content(path, stamp, 1000) is None  # between the look and the reading
    assert inbox.process(home, ENGLISH) is None
    put(home, events="name,start_date\nParty,2020-01-01\n")
    taken = inbox.process(home, ENGLISH)
    assert taken
    assert taken.files == ("events.csv",)


NOTES = [
    "",
    "{",
    "[]",
    "null",
    '{"files": []}',
    '{"files": {}}',
    '{"files": {"a": 1}, "snapshots": [], "rejected": "x"}',
]
NOTES += [json.dumps({"files": {"../hub.toml": [1, 2]}, "snapshots": [], "rejected": "x"}), "\x00\xff"]


@pytest.mark.parametrize("note", NOTES)
def test_a_damaged_note_is_set_aside_and_the_drop_counts_once(home: Path, note: str) -> None:
    put(home, organisations=GOOD)
    inbox.process(home, ENGLISH)
    put(home, organisations=GOOD)  # loaded, and not taken away yet when the machine stopped
    (home / "inbox" / inbox.NOTE).write_bytes(note.encode("latin-1"))
    again = inbox.process(home, ENGLISH)
    assert "nothing changed" in problems_of(again)[0]["What is wrong"]
    assert len(store.history(home)) == 1
    assert lying_in(home / "inbox") == set()
    (kept,) = store.damaged_files(home)
    assert kept.read_bytes() == note.encode("latin-1")
    put(home, organisations=MORE)
    assert inbox.process(home, ENGLISH)
    assert len(names_on_show(home)) == 6


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_does_not_stop_the_others(home: Path) -> None:
    put(home, organisations=GOOD, events="name,start_date\nParty,2020-01-01\n")
    (home / "inbox" / "events.csv").chmod(0)
    taken = inbox.process(home, ENGLISH)
    assert taken
    assert taken.files == ("organisations.csv",)
    assert lying_in(home / "inbox") == {"events.csv"}


def test_of_many_at_once_one_takes_the_drop(home: Path) -> None:
    put(home, organisations=GOOD)
    seen, found = inbox.scan(home), []
    threads = [threading.Thread(target=lambda: found.append(inbox.process(home, ENGLISH, seen))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert [taken.snapshot for taken in found if taken] == [store.current_snapshot_id(home)]
    assert len(store.history(home)) == 1
    assert not (home / "rejected").exists()


@pytest.mark.parametrize("day", ["2020-01-01", "never"])
def test_killed_at_any_moment_a_drop_counts_once(
    home: Path, tmp_path_factory: pytest.TempPathFactory, day: str
) -> None:
    """Whatever lies there when a process is killed before any change of the disk: the next one finishes the work."""
    put(home, organisations=GOOD)
    inbox.process(home, ENGLISH)
    put(home, organisations=MORE, events=f"name,start_date\nParty,{day}\n")
    steps, left = states_of(home, tmp_path_factory.mktemp("killed"), lambda: inbox.process(home, ENGLISH))
    assert steps >= len(left) > 10
    for killed in left:
        while inbox.scan(killed):
            inbox.process(killed, ENGLISH)
        inbox.process(killed, ENGLISH)
        assert [path.name for path in (killed / "inbox").iterdir()] == [".lock"]
        refused = [sorted(path.name for path in folder.iterdir()) for folder in (killed / "rejected").glob("*")]
        loads = [manifest.tables["organisations"]["rows"] for manifest in store.history(killed)]
        if day == "never":
            assert (refused, loads) == ([["events.csv", "organisations.csv", "problems.csv"]], [5])
        else:
            assert (refused, loads) == ([], [6, 5])


def test_what_fails_is_logged_without_data_and_tried_again(
    home: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "LOOK_SECONDS", 0.2)
    (home / "rejected").write_text("a file in the place of the folder")
    put(home, organisations=WRONG)

    async def watch() -> None:
        watching = asyncio.create_task(inbox.watch(home, Settings(inbox_settle_seconds=0)))
        try:
            await asyncio.to_thread(wait_until, lambda: len(caplog.records) >= 2)
            assert lying_in(home / "inbox") == {"organisations.csv"}
            (home / "rejected").unlink()
            await asyncio.to_thread(wait_until, lambda: not lying_in(home / "inbox"))
        finally:
            watching.cancel()

    with caplog.at_level(logging.WARNING):
        asyncio.run(watch())
    assert all("nggo" not in record.getMessage() and "\n" not in record.getMessage() for record in caplog.records)


def test_the_server_takes_drops_when_they_are_complete(home: Path) -> None:
    (home / "hub.toml").write_text('inbox_settle_seconds = 3\nlanguages = ["nl", "en"]\n')
    loading.first_start(home, Settings())
    put(home, organisations=GOOD)  # lay there before the start

    def loads() -> int:
        return sum(manifest.way == "inbox" for manifest in store.history(home))

    with served(home), served(home):  # two servers over one folder
        wait_until(lambda: loads() == 1)
        wait_until(lambda: len(names_on_show(home)) == 5)  # a snapshot is in the history before it is on show
        with (home / "inbox" / "organisations.csv").open("w") as slow:
            for line in MORE.splitlines(keepends=True):
                slow.write(line)
                slow.flush()
                time.sleep(0.3)
        wait_until(lambda: loads() == 2)
        wait_until(lambda: len(names_on_show(home)) == 6)
        put(home, organisations=WRONG)
        wait_until(lambda: list((home / "rejected").glob("2*/problems.csv")))
        wait_until(lambda: not lying_in(home / "inbox"))
        time.sleep(1)
        stopped = time.monotonic()
    assert time.monotonic() - stopped < 10
    assert loads() == 2
    assert len(list((home / "rejected").iterdir())) == 1
    assert len(names_on_show(home)) == 6


def test_drops_that_come_while_one_is_read_wait_their_turn_and_none_is_merged(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three lists, each dropped while the one before is still being read: three loads, in that order."""
    quick = Settings(languages=("en",), inbox_settle_seconds=0.1)
    drops = [GOOD + "".join(f"x{n},X {n},ngo\n" for n in range(more)) for more in range(1, 4)]
    whole, read, is_busy = inbox.loading.prepare, [], threading.Event()

    def slow(*arguments: Any, **how: Any) -> Any:
        read.append(sorted(arguments[2]))
        is_busy.set()
        time.sleep(0.7)
        return whole(*arguments, **how)

    monkeypatch.setattr(inbox.loading, "prepare", slow)

    async def dropped() -> None:
        watching = asyncio.create_task(inbox.watch(home, quick))
        for number, rows in enumerate(drops):
            put(home, **{f"organisations-{number}": rows})
            await asyncio.to_thread(is_busy.wait, 20)
            await asyncio.sleep(0.25)
        await asyncio.to_thread(wait_until, lambda: not lying_in(home / "inbox"))
        watching.cancel()

    asyncio.run(dropped())
    assert read == [[f"organisations-{number}.csv"] for number in range(3)]
    assert [m.tables["organisations"]["rows"] for m in reversed(store.history(home))] == [
        rows.count("\n") - 1 for rows in drops
    ]
    assert not (home / "rejected").exists()
