"""A PostgreSQL of its own for tests, on a socket in a temporary folder: nothing of it is left."""

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg
import pytest
from dashboard import FORKS

from hubdata import store

AS_OTHER = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
"""PostgreSQL refuses to run as root."""


@dataclass
class Postgres:
    folder: Path
    programs: Path

    def run(self, program: str, *arguments: str) -> None:
        before = AS_OTHER if os.geteuid() == 0 else []
        done = subprocess.run(
            [*before, self.programs / program, *arguments], capture_output=True, text=True, cwd="/", check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        # Tests end it with SIGKILL, which syncs nothing: only a machine that loses power needs fsync.
        settings = f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c fsync=off"
        log = str(self.folder / "log")
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-o", settings, "-l", log, "-w", "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """All its processes are stopped meanwhile, as on a machine that hangs: connections are taken, nothing answers."""
        first = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        processes = [first, *map(int, children)]
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in processes:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGCONT)

    def store(self, hub: str, database: str = "postgres", *, data_path: str = "", host: str = "") -> str:
        """The address of a hub in the one catalogue."""
        data_path, host = data_path or f"{self.folder}/files", host or str(self.folder)
        return f"ducklake:postgres:host={host} user=hub dbname={database} data_path={data_path} hub={hub}"

    def end_connections(self) -> None:
        """As an administrator may: every connection is ended."""
        with psycopg.connect(f"host={self.folder} user=hub dbname=postgres", autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname <> ''"
            )


class PublishesUntilKilled(FORKS.Process):  # type: ignore[name-defined,misc]
    """A server of its own that publishes, and ends as by SIGKILL when it comes to a function of `hubdata.store`."""

    def __init__(self, home: Path, tables: dict[str, Any], based_on: str, place: str, function: str) -> None:
        super().__init__(daemon=True)
        self.given = home, tables, based_on, f"hubdata.store.{place}", function
        main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
        try:
            self.start()
        finally:
            sys.modules["__main__"] = main

    def run(self) -> None:
        home, tables, based_on, place, function = self.given
        setattr(import_module(place), function, lambda *_a, **_o: os.kill(os.getpid(), signal.SIGKILL))
        store.publish(home, tables, origin="own", based_on=based_on)


class Wire:
    """A network between dashboards and PostgreSQL that can be cut, or fall silent: at a moment, and until it is mended."""

    def __init__(self, server: Postgres) -> None:
        self._server, self._listens = server, socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._to_end: list[socket.socket] = []
        self._cut: tuple[tuple[bytes, ...], bool] | None = None
        self._is_cut = False
        self._is_silent = False
        self._mended = threading.Event()
        self._guard = threading.Lock()

    def __enter__(self) -> "Wire":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listens.close()
        self._end(self._to_end + self._open)

    def store(self, hub: str) -> str:
        """The address of a hub, over this network."""
        return self._server.store(hub, host=f"127.0.0.1 port={self._listens.getsockname()[1]}")

    def cut_at(self, said: tuple[bytes, ...], is_heard: bool) -> None:
        """Cut it where a dashboard has said these one after another.

        Before PostgreSQL hears the last of them, or before the answer to that comes.
        """
        self._cut, self._is_cut = (said, is_heard), False

    def fall_silent_at(self, *said: bytes) -> None:
        """From where a dashboard has said these one after another, what is said is taken and nothing comes.

        No connection is ended, and what was said last is heard when the network is mended.
        """
        self._mended.clear()
        self._is_silent = True
        self.cut_at(said, False)

    def mended(self) -> bool:
        """The network is there again; whether it was cut."""
        was_cut, self._cut, self._is_cut, self._is_silent = self._is_cut, None, False, False
        self._mended.set()
        return was_cut

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                here, _ = self._listens.accept()
                if self._is_cut and not self._is_silent:
                    here.close()
                    continue
                there = socket.socket(socket.AF_UNIX)
                there.connect(f"{self._server.folder}/.s.PGSQL.5432")
                with self._guard:
                    self._open += [here, there]
                for source, target in ((here, there), (there, here)):
                    threading.Thread(target=self._pass_on, args=(source, target, source is here), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, is_said: bool) -> None:
        before = b""
        with contextlib.suppress(OSError):
            while content := source.recv(1 << 16):
                if self._is_silent and (self._is_cut or (is_said and self._ends_here(before, content))):
                    self._mended.wait()
                if self._is_cut:
                    break
                if is_said and (ends := self._ends_here(before, content)):
                    if ends == "heard":
                        target.sendall(content)
                        threading.Event().wait(0.2)  # it is done there
                    self._end(self._to_end)
                    break
                target.sendall(content)
                before = content
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)  # closing alone ends nothing while the other thread waits to read
            with contextlib.suppress(OSError):
                one.close()

    def _ends_here(self, before: bytes, content: bytes) -> str | None:
        with self._guard:
            if self._cut is None:
                return None
            said, is_heard = self._cut
            if said[0] not in before[1 - len(said[0]) :] + content:  # what is said may come in two pieces
                return None
            if len(said) > 1:
                self._cut = (said[1:], is_heard)
                return None
            self._cut, self._is_cut = None, True
            # What is opened from here on is of the network that is mended: it is not to be ended a moment later.
            self._to_end, self._open = self._open, []
            return "heard" if is_heard else "unheard"

    @staticmethod
    def _end(connections: list[socket.socket]) -> None:
        for one in connections:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


def _programs() -> Path | None:
    known = shutil.which("pg_ctl")
    found = [Path(known)] if known else sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    return found[-1].resolve().parent if found else None


@contextlib.contextmanager
def running() -> Iterator[Postgres]:
    """PostgreSQL, started; skipped where it or the packages of a lake are missing, but in CI they must be there."""
    programs = _programs()
    missing = "PostgreSQL" if programs is None else ""
    for name in ("psycopg", "duckdb_extension_ducklake", "duckdb_extension_postgres_scanner"):
        missing = missing or ("" if importlib.util.find_spec(name) else name)
    if missing or programs is None:
        if os.environ.get("CI"):
            pytest.fail(f"no {missing}: these tests must run here")
        pytest.skip(f"no {missing} on this machine (requirements-lake.txt; Debian: apt-get install postgresql)")
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder:
        server = Postgres(Path(folder), programs)
        (server.folder / "files").mkdir()
        if os.geteuid() == 0:
            shutil.chown(server.folder, "postgres", "postgres")
        server.run("initdb", "-D", f"{folder}/data", "-A", "trust", "-U", "hub", "--locale=C", "-E", "UTF8", "-N")
        server.start()
        try:
            yield server
        finally:
            server.stop()
