"""The catalogue of a lake: DuckLake over PostgreSQL, and the tables of ours beside it in the same database.

A snapshot of ours is a snapshot of DuckLake: one transaction over the tables of a hub (a schema of its own) and the
files they were made of, with the manifest as what the commit says. What changes without a load is in tables of
PostgreSQL: which snapshot is on show, pins, records. Who publishes holds an advisory lock, which PostgreSQL lets go of
when that process or its connection ends. See `requirements-lake.txt`; nobody else needs any of it.
"""

import contextlib
import functools
import importlib.resources
import os
import re
import shlex
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import duckdb
import pyarrow as pa

from hubdata.store.files import ConcurrentLoad, StoreProblem, disk_errors_as_problems
from hubdata.store.tables import in_memory, text_literal

PREFIX = "ducklake:postgres:"
RECEIVED = "received_files"
"""The table of the lake with the files that snapshots were made of, as they came."""
BUILDING, SNAPSHOT = "building", "snapshot"
"""What the commit of a snapshot of ours says, before and after it is known to be whole; its author is the hub.

When the answer to a commit is lost, DuckLake takes it for failed and removes the files, though PostgreSQL may have done
it. So a commit counts when it was heard of, and not before.
"""
SECONDS_TO_CONNECT = 3
SECONDS_TO_ANSWER = 5
"""A small record takes a millisecond; what is silent for so long, though its socket is open, is taken to be away."""
SECONDS_TO_WAIT_FOR_LOCK = 60
"""Most loads take less; who waits longer is told."""
SECONDS_UNTIL_LOCK_IS_LOST = 30
"""A server of which PostgreSQL hears nothing for so long has lost its lock, and with it what it was writing."""
WRITES = "hubdata writes"
"""What a session of DuckLake that writes is called in PostgreSQL."""
SECONDS_BETWEEN_TRIES = 0.5
"""While PostgreSQL does not answer it is tried again so often, and what is asked meanwhile is refused at once."""
TABLES, LOADS, RECORDS = 4_207_201_120, 4_207_201_121, 4_207_201_122
"""The advisory locks of a catalogue: who makes tables of ours; who publishes; who changes records."""

OWN_TABLES = """
CREATE SCHEMA IF NOT EXISTS hubdata;
CREATE TABLE IF NOT EXISTS hubdata.on_show (hub text PRIMARY KEY, snapshot text NOT NULL);
CREATE TABLE IF NOT EXISTS hubdata.pins (hub text, name text, snapshot text NOT NULL, PRIMARY KEY (hub, name));
CREATE TABLE IF NOT EXISTS hubdata.records (
    hub text, name text, version bigint NOT NULL, content bytea NOT NULL, PRIMARY KEY (hub, name)
);
CREATE SEQUENCE IF NOT EXISTS hubdata.record_version;
CREATE TABLE IF NOT EXISTS hubdata.lines (
    hub text NOT NULL, folder text NOT NULL, day text NOT NULL, line text NOT NULL
);
CREATE TABLE IF NOT EXISTS hubdata.attempts (
    hub text NOT NULL, name text NOT NULL, at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS attempts_by_name ON hubdata.attempts (hub, name, at);
"""


@dataclass(frozen=True)
class Address:
    """Where a lake is, and which hub of it is meant."""

    connection: str
    """Keywords of libpq; a password belongs in PGPASSFILE or PGPASSWORD."""
    data_path: str
    """The folder (or `s3://...`) with the Parquet files, the same for every server."""
    hub: str
    """The schema of this hub in the catalogue."""

    @property
    def is_in_object_store(self) -> bool:
        return "://" in self.data_path

    @classmethod
    def parsed(cls, written: str) -> "Address":
        """An address as somebody wrote it. Raises `StoreProblem` when it is none.

        >>> Address.parsed("ducklake:postgres:dbname=lake host=db data_path=/srv/lake hub=the_hague").hub
        'the_hague'
        """
        words = {}
        with contextlib.suppress(ValueError):
            words = dict(word.split("=", 1) for word in shlex.split(written.removeprefix(PREFIX)))
        data_path, hub = words.pop("data_path", ""), words.pop("hub", "hub")
        if not written.startswith(PREFIX) or not data_path or not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", hub):
            raise StoreProblem(
                "the store is written as ducklake:postgres:dbname=NAME host=HOST user=USER data_path=FOLDER hub=NAME",
                "no_store",
            )
        words = _patience(words.pop("options", os.environ.get("PGOPTIONS", ""))) | words
        quoted = (f"{name}='{_escaped(value)}'" for name, value in words.items())
        return cls(" ".join(quoted), data_path, hub)


def _patience(options: str) -> dict[str, str]:
    """How long who connects waits, also DuckLake, and PostgreSQL for him, when the other's machine or network is gone.

    A network that takes what is said and passes nothing on is noticed by nobody but who waits (`ask_lake`).
    """
    third = SECONDS_UNTIL_LOCK_IS_LOST / 3
    waits = {
        "lock_timeout": f"{SECONDS_TO_WAIT_FOR_LOCK}s",
        "tcp_keepalives_idle": f"{third:.0f}",
        "tcp_keepalives_interval": f"{third:.0f}",
        "tcp_keepalives_count": "2",
        "tcp_user_timeout": f"{SECONDS_UNTIL_LOCK_IS_LOST}s",
    }
    return {
        "connect_timeout": f"{SECONDS_TO_CONNECT}",
        "tcp_user_timeout": f"{1000 * SECONDS_TO_CONNECT}",
        "keepalives_idle": f"{SECONDS_TO_CONNECT}",
        "keepalives_interval": f"{SECONDS_TO_CONNECT}",
        "options": " ".join([*(f"-c {name}={value}" for name, value in waits.items()), options]),
    }


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


class Unreachable(StoreProblem, OSError):
    """PostgreSQL does not answer: nothing can be changed, and what is shown is what this server has a copy of.

    To who reads a small record it is what a disk that refuses is.
    """

    def __init__(self) -> None:
        super().__init__("the database with the data cannot be reached; nothing was changed", "unreachable")


class Unsure(StoreProblem):
    """PostgreSQL was lost at the very moment at which a load was put on show: nobody here knows whether it is."""

    def __init__(self) -> None:
        message = "the database was lost at the last moment: what was loaded is on show, whole, or nothing was changed"
        super().__init__(message, "unsure")


# --- PostgreSQL -----------------------------------------------------------------------------------------------------

T = TypeVar("T")
_connections: dict[tuple[int, str], Any] = {}
_away: set[tuple[int, str]] = set()
"""What does not answer at the moment: process and address, as in `_connections`."""
_connecting = threading.RLock()


def _driver() -> Any:
    try:
        import psycopg
    except ImportError as error:
        raise StoreProblem("this store needs what requirements-lake.txt lists", "no_store") from error
    return psycopg


def _connect(address: Address) -> Any:
    """A connection to PostgreSQL, with the tables of ours there."""
    connection = _driver().connect(address.connection, autocommit=True)
    _answer_within(connection, SECONDS_TO_ANSWER)
    _away.discard((os.getpid(), address.connection))
    if connection.execute("SELECT to_regclass('hubdata.attempts_by_name')").fetchone() == (None,):
        with connection.transaction():  # two servers may start at the same moment
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [TABLES])
            connection.execute(OWN_TABLES)
    return connection


def _answer_within(connection: Any, seconds: float) -> None:
    """From now on a question that is not answered in time raises what a lost connection raises, and is one."""
    wait = type(connection).wait

    def wait_and_give_up(asked: Any, **how: Any) -> Any:
        try:
            return wait(connection, asked, **{**how, "timeout": seconds})
        except _driver().errors._WaitTimeout:
            connection.pgconn.finish()
            raise

    connection.wait = wait_and_give_up


def ask(address: Address, question: Callable[[Any], T]) -> T:
    """What `question` of a connection answers; a second time when the connection was lost meanwhile.

    Raises `Unreachable`: at once while nothing answers, so that nobody who only looks is kept waiting by it.
    """
    lost = (_driver().OperationalError, _driver().InterfaceError)
    for attempt in range(2):
        connection = _connected(address)
        try:
            return question(connection)
        except lost as error:
            _refuse_when_full(error)
            with _connecting:
                if _connections.get(key := (os.getpid(), address.connection)) is connection:
                    del _connections[key]
            connection.close()
            if attempt:
                _go_on_without(address)
                raise Unreachable from error
    raise AssertionError


def _connected(address: Address) -> Any:
    """The connection of this process. Raises `Unreachable`, to all who wait for it at the same moment."""
    key = (os.getpid(), address.connection)
    with _connecting:
        if key in _away:
            raise Unreachable
        if key not in _connections:
            try:
                _connections[key] = _connect(address)
            except (_driver().OperationalError, _driver().InterfaceError) as error:
                _refuse_when_full(error)
                _go_on_without(address)
                raise Unreachable from error
        return _connections[key]


def _refuse_when_full(error: Exception) -> None:
    """Raise when it is the disk of PostgreSQL that is full: to its driver that is as bad as a connection lost."""
    if getattr(error, "sqlstate", None) == "53100":
        raise StoreProblem("the disk of the database is full; nothing was changed", "disk_full") from error


def _go_on_without(address: Address) -> None:
    """Until PostgreSQL answers again nothing is asked of it; a thread of its own finds out when it does."""
    key = (os.getpid(), address.connection)
    with _connecting:
        if key in _away:
            return
        _away.add(key)

    def look() -> None:
        while key in _away:
            time.sleep(SECONDS_BETWEEN_TRIES)
            with contextlib.suppress(Exception):
                _connect(address).close()

    threading.Thread(target=look, daemon=True).start()


def rows(address: Address, query: str, *values: object) -> list[tuple[Any, ...]]:
    """The rows of a question to PostgreSQL; none while a table of DuckLake is not there yet. Raises `Unreachable`."""

    def question(connection: Any) -> list[tuple[Any, ...]]:
        try:
            return list(connection.execute(query, values).fetchall())
        except _driver().errors.UndefinedTable:
            return []

    return ask(address, question)


def change(address: Address, statement: str, *values: object) -> int:
    """Change something in PostgreSQL; how many rows. Raises `Unreachable`."""
    return ask(address, lambda connection: int(connection.execute(statement, values).rowcount))


@contextlib.contextmanager
def publishing(address: Address, lock: int = LOADS) -> Iterator[None]:
    """Only one load, restore or move of the pointer at a time, of all servers. Raises `Unreachable`.

    Or another `lock`. Raises `StoreProblem` (`other_server`) when somebody has it for too long.
    """
    with problems(address):
        connection, is_done = _connect(address), threading.Event()
        holder = threading.Thread(target=_hold, args=(connection, is_done), daemon=True)
        try:
            connection.execute(f"SET idle_session_timeout = {1000 * SECONDS_UNTIL_LOCK_IS_LOST:.0f}")
            _answer_within(connection, SECONDS_TO_WAIT_FOR_LOCK + SECONDS_TO_ANSWER)
            try:
                connection.execute("SELECT pg_advisory_lock(%s)", [lock])
            except _driver().errors.LockNotAvailable as error:
                message = "another server is busy with this data for too long; nothing was changed"
                raise StoreProblem(message, "other_server") from error
            _answer_within(connection, SECONDS_TO_ANSWER)
            if lock == LOADS:  # nobody else may be writing: who is has lost his lock, and waits for an answer
                connection.execute(
                    "SELECT pg_terminate_backend(pid, %s) FROM pg_stat_activity WHERE application_name = %s"
                    " AND datname = current_database() AND usename = current_user",
                    [int(1000 * SECONDS_TO_ANSWER), WRITES],
                )
            holder.start()
            yield
        finally:
            is_done.set()
            if holder.ident:
                holder.join()
            connection.close()  # and so the lock is free


def _hold(connection: Any, is_done: threading.Event) -> None:
    """Let PostgreSQL hear of who has a lock, until it `is_done`."""
    with contextlib.suppress(_driver().Error):
        while not is_done.wait(SECONDS_UNTIL_LOCK_IS_LOST / 6):
            connection.execute("SELECT 1")


@contextlib.contextmanager
def problems(address: Address) -> Iterator[None]:
    """Raise what goes wrong between us and the lake as `StoreProblem`."""
    driver = _driver()
    try:
        with disk_errors_as_problems():
            yield
    except (driver.OperationalError, driver.InterfaceError) as error:
        _refuse_when_full(error)
        raise Unreachable from error
    except (duckdb.Error, StoreProblem) as error:
        cause = error.__cause__ if isinstance(error, StoreProblem) else error
        if not isinstance(cause, duckdb.Error) or getattr(error, "code", "other") != "other":
            raise
        if "conflict" in str(cause).lower():
            raise ConcurrentLoad("another load was published in the meantime") from error
        ask(address, lambda connection: connection.execute("SELECT 1"))  # if it is that, it says so
        raise StoreProblem(f"the lake could not be read or written: {cause}") from error


# --- DuckLake -------------------------------------------------------------------------------------------------------


@functools.cache
def _extension(name: str) -> str:
    """The file of an extension of DuckDB, from its package: nothing is downloaded."""
    try:
        folder = importlib.resources.files(f"duckdb_extension_{name}") / "extensions" / f"v{duckdb.__version__}"
        file = Path(str(folder / f"{name}.duckdb_extension"))
    except ImportError:
        file = Path()
    if not file.is_file():
        raise StoreProblem(f"this store needs duckdb-extension-{name} {duckdb.__version__}", "no_store")
    return str(file)


_idle: dict[bool, duckdb.DuckDBPyConnection] = {}
"""A database in memory with the extensions loaded, to be used again: loading them takes longer than most questions.

One for folders, one for object stores.
"""


def _with_extensions(address: Address) -> duckdb.DuckDBPyConnection:
    if known := _idle.pop(address.is_in_object_store, None):
        return known
    connection = in_memory()
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET autoload_known_extensions = false")
    for name in ("postgres_scanner", "ducklake", *(["httpfs"] if address.is_in_object_store else [])):
        connection.execute(f"LOAD {text_literal(_extension(name))}")
    if address.is_in_object_store:
        connection.execute(_key_of_object_store())
    return connection


def _key_of_object_store() -> str:
    """The statement that lets DuckDB into `s3://`, from the environment, by the names that tools of Amazon read."""
    names = {
        "KEY_ID": "ACCESS_KEY_ID",
        "SECRET": "SECRET_ACCESS_KEY",
        "SESSION_TOKEN": "SESSION_TOKEN",
        "REGION": "REGION",
    }
    said = {option: os.environ.get(f"AWS_{name}", "") for option, name in names.items()}
    options = ["TYPE s3", *(f"{option} {text_literal(value)}" for option, value in said.items() if value)]
    if (endpoint := urlsplit(os.environ.get("AWS_ENDPOINT_URL", ""))).netloc:  # another store than Amazon's
        is_tls = "false" if endpoint.scheme == "http" else "true"
        options += [f"ENDPOINT {text_literal(endpoint.netloc)}", "URL_STYLE 'path'", f"USE_SSL {is_tls}"]
    return f"CREATE SECRET ({', '.join(options)})"


def ask_lake(
    address: Address,
    question: Callable[[duckdb.DuckDBPyConnection], T],
    file: Path | None = None,
    *,
    writes: bool = False,
) -> T:
    """What `question` of a connection answers, as long as PostgreSQL answers. Raises `Unreachable` when it does not.

    The connection has the lake attached as `lake`, and the database `file` as `made`. `writes`: into the lake, from
    `file`; else the other way round. What is between BEGIN and COMMIT when something is raised is not written.

    DuckLake waits for ever for an answer that does not come. So it is asked in a thread of its own, which is left to
    wait alone. When an answer comes after all, what it commits is of nobody (`BUILDING`), and who publishes next ends
    its session (`publishing`).
    """
    answer: Future[T] = Future()

    def work() -> None:
        try:
            with _attached(address, file, writes) as connection:
                answered = question(connection)
            answer.set_result(answered)
        except BaseException as error:
            answer.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    while not wait([answer], SECONDS_TO_ANSWER).done:
        change(address, "SELECT 1")
    return answer.result()


@contextlib.contextmanager
def _attached(address: Address, file: Path | None, writes: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    connection = _with_extensions(address)
    try:
        # Small tables go to files as well: one way to keep rows, in the order in which they came.
        options = f"DATA_PATH {text_literal(address.data_path)}, DATA_INLINING_ROW_LIMIT 0"
        options += "" if writes else ", READ_ONLY"
        where = f"{PREFIX}{address.connection}" + (f" application_name='{WRITES}'" if writes else "")
        connection.execute(f"ATTACH {text_literal(where)} AS lake ({options})")
        if file:
            connection.execute(f"ATTACH {text_literal(str(file))} AS made {'(READ_ONLY)' if writes else ''}")
        yield connection
        for database in ("lake", *(["made"] if file else [])):
            connection.execute(f"DETACH {database}")
    except BaseException:
        connection.close()
        raise
    if _idle.setdefault(address.is_in_object_store, connection) is not connection:
        connection.close()


def versions(address: Address) -> dict[str, tuple[int, str]]:
    """Every snapshot of this hub -> its version in DuckLake, and its manifest as it was written."""
    query = (
        "SELECT snapshot_id, commit_extra_info, commit_extra_info::json ->> 'id' FROM ducklake_snapshot_changes"
        " WHERE author = %s AND commit_message = %s"
    )
    found = rows(address, query, address.hub, SNAPSHOT)
    return {snapshot_id: (version, manifest) for version, manifest, snapshot_id in found}


def add(address: Address, folder: Path, archive: Mapping[str, Path]) -> None:
    """Bring the snapshot in `folder` into the lake, with the drops that it needs: all of it or nothing.

    Only by who publishes. `archive`: id of a drop that is not there yet -> its folder. Raises `ConcurrentLoad` when
    another who publishes took it away again, since our lock was lost.
    """
    manifest = (folder / "manifest.json").read_text(encoding="utf-8")
    newest = max((version for version, _manifest in versions(address).values()), default=0)
    unheard = "SELECT 1 FROM ducklake_snapshot_changes WHERE author = %s AND snapshot_id > %s LIMIT 1"
    is_doubtful = bool(rows(address, unheard, address.hub, newest))
    names = ["drop_id", "name", "content"]
    files = [
        (drop_id, path.name, path.read_bytes())
        for drop_id, place in archive.items()
        for path in sorted(place.iterdir())
        if path.is_file()
    ]
    columns = [pa.array(values, kind) for values, kind in zip(
        zip(*files, strict=True) if files else ([], [], []), (pa.string(), pa.string(), pa.large_binary()), strict=True
    )]  # fmt: skip
    # Asked before the lake is attached: DuckDB looks into every table of every hub to list those of one database.
    with duckdb.connect(str(folder / "hub.duckdb"), read_only=True) as connection:
        made = [str(name) for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
    there = _tables_at(address)

    def write(connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute("BEGIN")
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS lake.{address.hub}")
        for name in made:
            connection.execute(f'CREATE OR REPLACE TABLE lake.{address.hub}."{name}" AS SELECT * FROM made."{name}"')
        for name in set(there) - {*made, RECEIVED}:
            connection.execute(f'DROP TABLE lake.{address.hub}."{name}"')
        place = f"lake.{address.hub}.{RECEIVED}"
        if is_doubtful and newest:  # what came in after the newest snapshot may have lost its files
            connection.execute(f"CREATE OR REPLACE TABLE {place} AS SELECT * FROM {place} AT (VERSION => {newest:d})")
        else:
            how = "OR REPLACE TABLE" if is_doubtful else "TABLE IF NOT EXISTS"
            connection.execute(f"CREATE {how} {place} (drop_id VARCHAR, name VARCHAR, content BLOB)")
        if files:
            connection.register("files", pa.table(columns, names))
            connection.execute(f"INSERT INTO {place} SELECT * FROM files")
            connection.unregister("files")
        connection.execute(
            "CALL lake.set_commit_message(?, ?, extra_info => ?)", [address.hub, BUILDING, manifest]
        ).fetchall()
        connection.execute("COMMIT")

    ask_lake(address, write, folder / "hub.duckdb", writes=True)
    counts = (
        "UPDATE ducklake_snapshot_changes SET commit_message = %s WHERE author = %s AND commit_message IN (%s, %s)"
        " AND commit_extra_info = %s"
    )
    if not change(address, counts, SNAPSHOT, address.hub, BUILDING, SNAPSHOT, manifest):
        raise ConcurrentLoad("another load was published in the meantime")


def copy(address: Address, version: int, manifest: str, folder: Path) -> None:
    """Write a snapshot of the lake to the empty folder `folder`, as the folder of today keeps one."""
    names = [name for name in _tables_at(address, version) if name != RECEIVED]

    def read(connection: duckdb.DuckDBPyConnection) -> None:
        for name in names:
            connection.execute(
                f'CREATE TABLE made."{name}" AS SELECT * FROM lake.{address.hub}."{name}"'
                f" AT (VERSION => {version:d}) ORDER BY rowid"
            )
        connection.execute("CHECKPOINT made")

    ask_lake(address, read, folder / "hub.duckdb")
    (folder / "hub.duckdb").chmod(0o600)
    (folder / "manifest.json").write_text(manifest, encoding="utf-8")


def received(address: Address, drop_id: str) -> dict[str, bytes]:
    """The files of a drop, and how they were read, by name; none when there is no such drop."""
    newest = max(version for version, _manifest in versions(address).values())
    place = f"lake.{address.hub}.{RECEIVED} AT (VERSION => {newest:d})"
    query = f"SELECT name, content FROM {place} WHERE drop_id = ?"

    def read(connection: duckdb.DuckDBPyConnection) -> dict[str, bytes]:
        return {str(name): bytes(content) for name, content in connection.execute(query, [drop_id]).fetchall()}

    return ask_lake(address, read)


def remove(address: Address, snapshots: Iterable[str], needed_drops: Iterable[str]) -> None:
    """Remove snapshots, drops that are not needed, and then the files of the lake that nothing needs any more.

    Only by who publishes. The newest version of DuckLake stays, whatever it is.
    """
    known = versions(address)
    gone = {known[snapshot_id][0] for snapshot_id in snapshots if snapshot_id in known}
    # From here on it is no snapshot of ours, also where the version has to wait until it is not the newest any more.
    change(
        address, "UPDATE ducklake_snapshot_changes SET commit_message = NULL WHERE snapshot_id = ANY(%s)", list(gone)
    )
    listed = ", ".join(text_literal(drop_id) for drop_id in needed_drops) or "''"
    newest = max((version for version, _manifest in known.values()), default=0)
    place = f"lake.{address.hub}.{RECEIVED}"
    there = f"SELECT drop_id FROM {place} AT (VERSION => {newest:d})"  # what comes in after this may be needed

    def write(connection: duckdb.DuckDBPyConnection) -> None:
        if newest:
            connection.execute(f"DELETE FROM {place} WHERE drop_id IN ({there}) AND drop_id NOT IN ({listed})")
        query = (
            "SELECT s.snapshot_id FROM ducklake_snapshot s JOIN ducklake_snapshot_changes c USING (snapshot_id)"
            " WHERE c.commit_message IS DISTINCT FROM %s AND s.snapshot_id < (SELECT max(snapshot_id) FROM"
            " ducklake_snapshot)"
        )
        for (version,) in rows(address, query, SNAPSHOT):
            connection.execute(f"SELECT count(*) FROM ducklake_expire_snapshots('lake', versions => [{version:d}])")
            connection.fetchall()
        connection.execute("SELECT count(*) FROM ducklake_cleanup_old_files('lake', cleanup_all => true)").fetchall()

    ask_lake(address, write, writes=True)


def _tables_at(address: Address, version: int = 2**62) -> list[str]:
    """The tables of this hub in a version of the lake, or now, as PostgreSQL knows (see `add`)."""
    query = (
        "SELECT t.table_name FROM ducklake_table t JOIN ducklake_schema s USING (schema_id) WHERE s.schema_name = %s"
        " AND t.begin_snapshot <= %s AND (t.end_snapshot IS NULL OR t.end_snapshot > %s) ORDER BY t.table_name"
    )
    return [str(name) for (name,) in rows(address, query, address.hub, version, version)]
