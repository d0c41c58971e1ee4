"""A PostgreSQL of its own for tests, on a socket in a temporary folder: nothing of it is left."""

import contextlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

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

    def store(self, hub: str, database: str = "postgres") -> str:
        """The address of a hub in the one catalogue."""
        return (
            f"ducklake:postgres:host={self.folder} user=hub dbname={database} data_path={self.folder}/files hub={hub}"
        )


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
