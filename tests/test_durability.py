"""Killed at any moment, a full disk, a disk that may not be written, loads at once: the old data or the new, whole."""

import contextlib
import hashlib
import json
import signal
import stat
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import ROOT
from killed import states_of

from hubdata import ingest, loading, models, settings, store
from hubdata.store import tables

SETTINGS = settings.Settings(keep_snapshots=3)
KILLED = -signal.SIGKILL


def lists(*names: str) -> dict[str, bytes]:
    rows = "".join(f"{name},Name of {name},ngo\n" for name in names)
    return {"organisations.csv": f"organisation_id,name,sector\n{rows}".encode()}


def load(home: Path, *names: str) -> str:
    outcome = loading.load(home, SETTINGS, lists(*names), may_remove=True)
    assert outcome.manifest
    return outcome.manifest.id


def names_on_show(home: Path) -> set[str]:
    """Opens what is on show, and its archive too."""
    current_snapshot_id = store.current_snapshot_id(home)
    assert current_snapshot_id
    with contextlib.closing(store.open_snapshot(home, current_snapshot_id)) as snapshot:
        names = set(snapshot.arrow("organisations")["organisation_id"].to_pylist())
        assert loading.rebuild(home, current_snapshot_id)["organisations"] == snapshot.arrow("organisations")
    return names


def assert_whole(home: Path, *allowed: set[str]) -> None:
    """What is on show is one of `allowed`, every snapshot in the history opens, and the next load works."""
    assert names_on_show(home) in allowed
    for manifest in store.history(home):
        with contextlib.closing(store.open_snapshot(home, manifest.id)) as snapshot:
            assert {name: len(snapshot.arrow(name)) for name in models.TABLES} == {
                name: counted["rows"] for name, counted in manifest.tables.items()
            }
        store.drops(home, manifest.id)
    load(home, "next")
    assert names_on_show(home) == {"next"}
    left = [p.name for folder in ("snapshots", "archive") for p in (home / folder).glob(".*") if p.is_dir()]
    assert left == []


def python(code: str, *arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run a script in a process of its own."""
    script = f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'tests')!r}]\n{textwrap.dedent(code)}"
    return subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False, **more
    )


def killed_at_every_step(start: Path, scratch: Path, work: Callable[[Path], object], *allowed: set[str]) -> int:
    """Do `work` on a home; whatever a kill at any of its steps leaves behind is whole. The number of steps."""
    steps, left = states_of(start, scratch, lambda: work(start))
    for home in left:
        assert_whole(home, *allowed)
    assert len(left) > 1
    return steps


def test_a_load_killed_at_any_step_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    """With removal of old snapshots at the end, which is killed half way too."""
    for names in ("abc", "abcd", "abcde"):
        load(tmp_path / "start", *names)
    steps = killed_at_every_step(
        tmp_path / "start", tmp_path, lambda home: load(home, *"abcdef"), set("abcde"), set("abcdef")
    )
    assert steps >= 10


def test_going_back_killed_at_any_step(tmp_path: Path) -> None:
    first = load(tmp_path / "start", "a")
    load(tmp_path / "start", "a", "b")
    steps = killed_at_every_step(
        tmp_path / "start", tmp_path, lambda home: store.rollback(home, first), {"a"}, {"a", "b"}
    )
    assert steps >= 2


def test_a_restore_killed_at_any_step(tmp_path: Path) -> None:
    load(tmp_path / "other", "x", "y")
    store.backup(tmp_path / "other", tmp_path / "backup.zip")
    load(tmp_path / "start", "a")
    file = tmp_path / "backup.zip"
    steps = killed_at_every_step(
        tmp_path / "start", tmp_path, lambda home: store.restore(home, file), {"a"}, {"x", "y"}
    )
    assert steps >= 8


KILLED_BY_THE_CLOCK = """
    import os, shutil, signal, time
    from pathlib import Path
    import test_durability as t
    start, scratch, names = Path(sys.argv[1]), Path(sys.argv[2]), [f"n{i}" for i in range(t.MANY)]

    def run(name, seconds=None):
        home = shutil.copytree(start, scratch / name)
        began = time.monotonic()
        child = os.fork()
        if not child:
            t.load(home, *names)
            os._exit(0)
        if seconds is not None:
            time.sleep(seconds)
            os.kill(child, signal.SIGKILL)
        print(name, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        return time.monotonic() - began

    t.loading.prepare(start, t.SETTINGS, {})  # all children share the process that waits to read files
    whole = run("measured")
    for point in range(8):
        run(f"killed-{point}", whole * (0.3 + 0.1 * point))
"""
MANY = 15_000


def test_a_load_killed_while_the_database_is_written(tmp_path: Path) -> None:
    """Steps inside DuckDB are not seen by the audit hook: kill by the clock, spread over the time a load takes."""
    load(tmp_path / "start", "a")
    done = python(KILLED_BY_THE_CLOCK, str(tmp_path / "start"), str(tmp_path))
    assert done.returncode == 0, done.stderr
    ended = dict(line.split() for line in done.stdout.splitlines())
    assert ended["measured"] == "0", done.stderr
    many = {f"n{i}" for i in range(MANY)}
    for point in range(8):
        assert ended[f"killed-{point}"] in ("0", str(KILLED)), done.stderr
        assert_whole(tmp_path / f"killed-{point}", {"a"}, many)


FULL = """
    import os, resource
    from pathlib import Path
    import test_durability as t
    from hubdata import store
    for limit in map(int, sys.argv[2:]):
        child = os.fork()
        if not child:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            try:
                t.load(Path(sys.argv[1]) / str(limit), *[f"n{i}" for i in range(5_000 + limit // 20)])
            except store.StoreProblem as problem:
                print(limit, problem.code, problem, flush=True)
            os._exit(0)
        os.waitpid(child, 0)
"""
LIMITS = (10, 1000, 20_000, 500_000, 1_000_000)


def test_a_full_disk_is_a_sentence_and_changes_nothing(tmp_path: Path) -> None:
    """The system really refuses to write more than so many bytes to a file; an organisation takes more than 20."""
    for limit in LIMITS:
        load(tmp_path / str(limit), "a")
    done = python(FULL, str(tmp_path), *map(str, LIMITS))
    assert done.returncode == 0, done.stderr
    said = [line for line in done.stdout.splitlines() if "disk_full the disk is full; nothing was changed" in line]
    assert [int(line.split()[0]) for line in said] == list(LIMITS), done.stdout + done.stderr
    for limit in LIMITS:
        assert_whole(tmp_path / str(limit), {"a"})


def test_a_really_full_disk(tmp_path: Path) -> None:
    """A file system of 3 MB, where this process may make one; elsewhere the limits above stand for it."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        return
    try:
        load(disk, "a")
        (disk / "filler").write_bytes(bytes(1_000_000))
        with pytest.raises(store.StoreProblem) as refused:
            load(disk, *[f"n{i}" for i in range(50_000)])
        assert refused.value.code == "disk_full"
        assert names_on_show(disk) == {"a"}
        (disk / "filler").unlink()
        assert_whole(disk, {"a"})
    finally:
        subprocess.run(["umount", str(disk)], check=False)


READ_ONLY = """
    import os
    from pathlib import Path
    import test_durability as t
    from hubdata import store
    t.loading.prepare(Path(sys.argv[1]), t.SETTINGS, t.lists("a"))  # reading is ready before the rights are given up
    if os.getuid() == 0:
        os.setuid(65534)  # the superuser may write anywhere
    try:
        t.load(Path(sys.argv[1]), "a", "b")
    except store.StoreProblem as problem:
        print(problem.code, t.names_on_show(Path(sys.argv[1])))
"""


def test_a_folder_that_may_not_be_written_is_a_sentence_and_still_on_show(tmp_path: Path) -> None:
    home = tmp_path / "home"
    load(home, "a")
    for folder in (tmp_path, *tmp_path.parents):
        with contextlib.suppress(OSError):
            folder.chmod(folder.stat().st_mode | 0o055)
    for path in [home, *home.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        done = python(READ_ONLY, str(home), cwd=tmp_path)
    finally:
        for path in [home, *home.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)
    assert done.stdout.split(" ", 1) == ["read_only", "{'a'}\n"], done.stderr
    assert_whole(home, {"a"})


def test_two_loads_at_once_one_wins_and_the_other_hears_it(tmp_path: Path) -> None:
    load(tmp_path, "a")
    prepared = [loading.prepare(tmp_path, SETTINGS, lists("a", name)) for name in ("b", "c")]
    assert loading.publish(tmp_path, SETTINGS, prepared[0]).manifest
    with pytest.raises(store.ConcurrentLoad):
        loading.publish(tmp_path, SETTINGS, prepared[1])
    assert names_on_show(tmp_path) == {"a", "b"}


def test_many_processes_that_add_rows_lose_none(tmp_path: Path) -> None:
    load(tmp_path, "a")
    code = """
        import os
        from pathlib import Path
        import test_durability as t
        from hubdata import loading, store

        def add(process):
            for number in range(4):
                while True:
                    try:
                        files = t.lists(f"p{process}-{number}")
                        if loading.load(Path(sys.argv[1]), t.SETTINGS, files, update=True).manifest:
                            break
                    except store.ConcurrentLoad:
                        pass

        children = []
        for process in range(4):
            children.append(os.fork())
            if not children[-1]:
                add(process)
                os._exit(0)
        sys.exit(any(os.waitpid(child, 0)[1] for child in children))
    """
    done = python(code, str(tmp_path), timeout=120)
    assert done.returncode == 0, done.stderr
    assert names_on_show(tmp_path) == {"a", *(f"p{n}-{i}" for n in range(4) for i in range(4))}
    assert len(store.history(tmp_path)) == SETTINGS.keep_snapshots


# --- what is kept --------------------------------------------------------------------------------------------------


def test_the_oldest_snapshots_go_but_not_one_on_show_or_pinned(tmp_path: Path) -> None:
    ids = [load(tmp_path, *"abcdefgh"[: n + 1]) for n in range(2)]
    store.pin(tmp_path, ids[0], "link-1")
    ids += [load(tmp_path, *"abcdefgh"[: n + 1]) for n in range(2, 7)]
    assert {m.id for m in store.history(tmp_path)} == {ids[0], *ids[-3:]}
    store.rollback(tmp_path, ids[-3])
    ids += [load(tmp_path, "x"), load(tmp_path, "y")]
    store.unpin(tmp_path, "link-1")
    ids.append(load(tmp_path, "z"))
    kept = {m.id for m in store.history(tmp_path)}
    assert kept == set(ids[-3:])
    # No file of an archive that nothing stands on, and all of the others.
    assert {p.name for p in (tmp_path / "archive").iterdir()} == kept
    with pytest.raises(store.StoreProblem):
        store.pin(tmp_path, ids[0], "gone")
    with pytest.raises(store.StoreProblem):
        store.pin(tmp_path, ids[-1], "../../name")


def test_a_reader_keeps_what_he_has_open_when_it_is_removed(tmp_path: Path) -> None:
    first = load(tmp_path, "a")
    snapshot = store.open_snapshot(tmp_path, first)
    for n in range(4):
        load(tmp_path, f"b{n}")
    assert first not in {m.id for m in store.history(tmp_path)}
    assert snapshot.arrow("organisations")["organisation_id"].to_pylist() == ["a"]


def test_a_question_takes_no_more_memory_than_it_may_have(tmp_path: Path) -> None:
    """Half of it by itself, or what was set; what does not fit lies in no folder of ours and of nobody else."""
    loaded = load(tmp_path, "a")
    limits = []
    for megabytes in (0, 200):
        with contextlib.closing(store.open_snapshot(tmp_path, loaded, megabytes=megabytes)) as snapshot:
            settings = "SELECT current_setting('memory_limit'), current_setting('temp_directory')"
            limit, folder = snapshot._connection.execute(settings).fetchone()  # type: ignore[misc]
            limits.append(limit)
            assert Path(folder).stat().st_mode & 0o777 == 0o700
            large = "SELECT count(*) FROM (SELECT n, list(n) FROM range(3000000) t(n) GROUP BY n)"
            assert snapshot._connection.execute(large).fetchone() == (3_000_000,)
    assert load(tmp_path, "b") != loaded, "whoever reads the files may write none, and looks at what is on show too"
    assert limits[1] == "190.7 MiB"
    assert limits[0] != limits[1]
    assert not Path(".tmp").exists()


def test_an_archive_that_was_changed_is_not_used(tmp_path: Path) -> None:
    snapshot = load(tmp_path, "a")
    (file,) = (tmp_path / "archive" / snapshot).glob("*.csv")
    file.write_bytes(file.read_bytes().replace(b"Name", b"Mane"))
    with pytest.raises(store.StoreProblem, match="was changed"):
        loading.rebuild(tmp_path, snapshot)
    file.unlink()
    with pytest.raises(store.StoreProblem, match="not complete"):
        loading.rebuild(tmp_path, snapshot)


# --- backup --------------------------------------------------------------------------------------------------------


def test_a_backup_brings_everything_back_to_an_empty_home(tmp_path: Path) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    first = load(home, "a")
    second = load(home, "a", "b")
    (home / "hub.toml").write_text('name = "Mine"\n')
    loading.remember(home, ingest.FileMapping(tables={"x": "events"}))
    store.pin(home, first, "link")
    store.backup(home, tmp_path / "backup.zip")
    assert store.restore(other, tmp_path / "backup.zip") == second
    assert names_on_show(other) == {"a", "b"}
    assert store.history(other) == store.history(home)
    assert settings.read(other).name == "Mine"
    assert loading.remembered(other) == loading.remembered(home)
    assert store.pins(other) == {"link": first}
    with pytest.raises(store.StoreProblem, match="exists already"):
        store.backup(home, tmp_path / "backup.zip")


def test_a_restore_loses_nothing_that_is_there(tmp_path: Path) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    load(home, "a")
    (home / "hub.toml").write_text('name = "Backup"\n')
    store.backup(home, tmp_path / "backup.zip")
    mine = load(other, "mine")
    (other / "hub.toml").write_text('name = "Here"\n')
    store.restore(other, tmp_path / "backup.zip")
    assert names_on_show(other) == {"a"}
    assert settings.read(other).name == "Backup"
    (kept,) = other.glob("hub.toml.before-restore-*")
    assert kept.read_text() == 'name = "Here"\n'
    store.rollback(other, mine)
    assert names_on_show(other) == {"mine"}


def changed(file: Path, target: Path, change: dict[str, bytes]) -> Path:
    """A copy of a zip file with members added or replaced."""
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            if name not in change:
                copy.writestr(name, source.read(name))
        for name, content in change.items():
            copy.writestr(name, content)
    return target


def test_a_backup_that_is_damaged_or_not_ours_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    snapshot = load(home, "a")
    store.backup(home, tmp_path / "good.zip")
    load(other, "mine")
    before = sorted(str(p) for p in other.rglob("*"))
    good = (tmp_path / "good.zip").read_bytes()
    described = json.loads(zipfile.ZipFile(tmp_path / "good.zip").read("backup.json"))
    outside = {"files": {**described["files"], "../evil": described["files"][f"snapshots/{snapshot}/manifest.json"]}}
    wrong = {
        "half": good[: len(good) // 2],
        "noise": b"no zip at all",
        "empty": b"",
        "changed member": changed(
            tmp_path / "good.zip", tmp_path / "1.zip", {f"snapshots/{snapshot}/manifest.json": b"{}"}
        ).read_bytes(),
        "one more": changed(tmp_path / "good.zip", tmp_path / "2.zip", {"archive/x/evil.csv": b"x"}).read_bytes(),
        "outside": changed(
            tmp_path / "good.zip",
            tmp_path / "3.zip",
            {"../evil": b"x", "backup.json": json.dumps(described | outside).encode()},
        ).read_bytes(),
        "not json": changed(tmp_path / "good.zip", tmp_path / "4.zip", {"backup.json": b"[]"}).read_bytes(),
        "other snapshot": changed(
            tmp_path / "good.zip",
            tmp_path / "5.zip",
            {"backup.json": json.dumps(described | {"on_show": "nope"}).encode()},
        ).read_bytes(),
    }
    for name, content in wrong.items():
        (tmp_path / "wrong.zip").write_bytes(content)
        with pytest.raises(store.StoreProblem):
            store.restore(other, tmp_path / "wrong.zip")
        assert sorted(str(p) for p in other.rglob("*")) == before, name
        assert names_on_show(other) == {"mine"}
    assert not (tmp_path / "evil").exists()
    with pytest.raises(store.StoreProblem):
        store.restore(other, tmp_path / "not there.zip")


TAMPERED = {
    "a view instead of a table": "DROP TABLE organisations; CREATE VIEW organisations AS SELECT * FROM read_csv('SECRET')",
    "one more view": "CREATE VIEW more AS SELECT * FROM read_csv('SECRET')",
    "a macro": "CREATE MACRO fold(x) AS (SELECT content FROM read_text('SECRET'))",
    "a macro of tables": "CREATE MACRO peek() AS TABLE SELECT * FROM read_text('SECRET')",
    "a column that is computed": "ALTER TABLE funding RENAME TO f; CREATE TABLE funding (amount INTEGER, twice AS (amount * 2))",
    "a default that is computed": "ALTER TABLE targets ALTER note SET DEFAULT current_setting('home_directory')",
    "another schema": "CREATE SCHEMA other; CREATE TABLE other.organisations (a INTEGER)",
    "a type": "CREATE TYPE word AS ENUM ('a')",
    "a sequence": "CREATE SEQUENCE counter",
    "an index": "CREATE INDEX by_name ON organisations (name)",
    "a rule": "CREATE TABLE more (a INTEGER CHECK (a > 1))",
}


@pytest.mark.parametrize("how", TAMPERED)
def test_a_backup_with_instructions_in_its_database_is_refused(tmp_path: Path, how: str) -> None:
    """Such as somebody may have prepared to read files of this machine: only tables are taken."""
    home, other = tmp_path / "home", tmp_path / "other"
    snapshot = load(home, "a")
    (tmp_path / "secret.csv").write_text("organisation_id,name,sector\nx,secret,ngo\n")
    store.backup(home, tmp_path / "good.zip")
    database = home / "snapshots" / snapshot / "hub.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute(TAMPERED[how].replace("SECRET", str(tmp_path / "secret.csv")))
    name, content = f"snapshots/{snapshot}/hub.duckdb", database.read_bytes()
    described = json.loads(zipfile.ZipFile(tmp_path / "good.zip").read("backup.json"))
    described["files"][name] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    wrong = changed(
        tmp_path / "good.zip", tmp_path / "wrong.zip", {name: content, "backup.json": json.dumps(described).encode()}
    )
    load(other, "mine")
    with pytest.raises(store.StoreProblem, match="something else than tables"):
        store.restore(other, wrong)
    assert names_on_show(other) == {"mine"}


def test_a_link_in_a_backup_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "home"
    load(home, "a")
    (home / "hub.toml").write_text("")
    store.backup(home, tmp_path / "good.zip")
    described = json.loads(zipfile.ZipFile(tmp_path / "good.zip").read("backup.json"))
    target = b"/etc/hostname"
    described["files"]["hub.toml"] = {"sha256": hashlib.sha256(target).hexdigest(), "size": len(target)}
    with zipfile.ZipFile(tmp_path / "good.zip") as source, zipfile.ZipFile(tmp_path / "wrong.zip", "w") as copy:
        for name in source.namelist():
            if name not in ("hub.toml", "backup.json"):
                copy.writestr(name, source.read(name))
        link = zipfile.ZipInfo("hub.toml")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        copy.writestr(link, target)
        copy.writestr("backup.json", json.dumps(described))
    with pytest.raises(store.StoreProblem, match="not a whole backup"):
        store.restore(tmp_path / "other", tmp_path / "wrong.zip")


def test_nothing_in_a_snapshot_reaches_another_file_before_it_is_looked_at(tmp_path: Path) -> None:
    """Access is shut before the file is attached: also whatever DuckDB itself would run when it does."""
    snapshot = load(tmp_path, "a")
    file = (tmp_path / "snapshots" / snapshot / "hub.duckdb").absolute()
    with duckdb.connect(":memory:") as connection:
        tables.read_only_from(connection, file)
        for other in (tmp_path / "snapshots" / snapshot / "manifest.json", "/etc/hostname"):
            with pytest.raises(duckdb.PermissionException):
                connection.execute(f"SELECT * FROM read_text('{other}')")
        with pytest.raises(duckdb.Error):
            connection.execute("SET enable_external_access = true")
        tables.attach(connection, file, "snapshot")
        assert connection.execute("SELECT count(*) FROM snapshot.organisations").fetchone() == (1,)


def test_file_names_in_a_drop_are_never_paths(tmp_path: Path) -> None:
    names = [
        "../../evil.csv",
        "/etc/evil.csv",
        "..",
        ".hidden.csv",
        "a" * 300 + ".csv",
        "EVIL.csv",
        "drop.json",
        "c:\\evil.csv",
        "",
    ]
    tables = {"organisations": ingest.draft(lists("a"), SETTINGS, {}).tables["organisations"]}
    manifest = store.publish(
        tmp_path / "home", tables, origin="own", drop=store.Drop({name: name.encode() for name in names})
    )
    folder = tmp_path / "home" / "archive" / manifest.id
    assert len(manifest.files) == len({name.casefold() for name in manifest.files}) == len(names)
    assert {p.parent for p in folder.rglob("*")} == {folder}
    assert sorted(store.drops(tmp_path / "home", manifest.id)[0].files.values()) == sorted(
        name.encode() for name in names
    )
    assert not list(tmp_path.glob("evil*"))
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


# --- our own files, damaged ------------------------------------------------------------------------------------------

DAMAGED = ["", "{", "[]", "null", '{"tables": 3}', '{"columns": {"organisations": []}}', "\x00\xff"]
MONTH_FIRST = ingest.FileMapping(month_first={"x": True})


@pytest.mark.parametrize("content", DAMAGED)
def test_damaged_answers_are_set_aside_and_asked_again(tmp_path: Path, content: str) -> None:
    path = tmp_path / "matching.json"
    path.write_bytes(content.encode("latin-1"))
    load(tmp_path, "a")
    assert names_on_show(tmp_path) == {"a"}
    (kept,) = store.damaged_files(tmp_path)
    assert kept.read_bytes() == content.encode("latin-1")
    loading.remember(tmp_path, MONTH_FIRST)
    assert loading.remembered(tmp_path) == MONTH_FIRST


def test_answers_that_cannot_be_written_do_not_undo_a_load(tmp_path: Path) -> None:
    (tmp_path / "matching.json").mkdir()
    prepared = loading.prepare(tmp_path, SETTINGS, lists("a"), answers=MONTH_FIRST)
    with pytest.raises(store.StoreProblem):
        loading.remember(tmp_path, MONTH_FIRST)
    assert loading.publish(tmp_path, SETTINGS, prepared).manifest
    assert names_on_show(tmp_path) == {"a"}
