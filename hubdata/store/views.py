"""An open snapshot: its tables, and the views over them as somebody looks at them.

Views live outside the snapshot, one per file in `sql/`, and are made in memory when a snapshot is opened: an old
snapshot is read with today's definitions.
"""

import contextlib
import ctypes
import datetime
import hashlib
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import duckdb
import pyarrow as pa

from hubdata import models
from hubdata.kept import KEPT
from hubdata.store.scopes import EVERYTHING, Scope
from hubdata.store.tables import SQL, texts_literal

if TYPE_CHECKING:  # a server is healthy before it has imported this
    import pandas as pd

VIEWS = (
    "organisations_in_view",
    "active_organisations",
    "partnership_pairs",
    "tie_spells",
    "ties",
    "encounters",
    "event_outcomes",
    "keyed_funding",
    "income",
    "donor_names",
    "grants",
    "yearly_accounts",
)
"""The views, each after those it reads."""

PARTY_COLUMNS = {
    "organisations_in_view": ("organisation_id",),
    "active_organisations": ("organisation_id",),
    "partnership_pairs": ("organisation_a", "organisation_b"),
    "tie_spells": ("organisation_a", "organisation_b"),
    "ties": ("organisation_a", "organisation_b"),
    "income": ("organisation_id",),
    "grants": ("organisation_id",),
    "yearly_accounts": ("organisation_id",),
}
"""The views of which a row says nothing of other organisations than those in these columns: what a filter lets through
is the rows of the whole of which all these organisations are in view."""

TIMELESS = (
    "organisations_in_view",
    "partnership_pairs",
    "keyed_funding",
    "income",
    "donor_names",
    "grants",
    "yearly_accounts",
)
"""The views that are the same on every day."""


@dataclass(frozen=True)
class View:
    """What somebody looks at: the as-of date and the filters. Hashable, so that it can be part of a cache key.

    `sectors` and `themes` empty means all. `max_consortium` leaves out partnerships of more organisations than that.
    """

    as_of: datetime.date
    sectors: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    with_convenor: bool = True
    max_consortium: int | None = None
    window_days: int = 180
    plenary_size: int = 60

    @property
    def unfiltered(self) -> "View":
        """The same day, without the filters on organisations."""
        return replace(self, sectors=(), themes=(), with_convenor=True)


FEW_ROWS = 10_000
"""A snapshot is large when one of its tables has more rows than this."""

_numbers = itertools.count()
OPEN_BYTES = 2_000_000
"""What an open database takes beside its rows."""


class NewestDays(NamedTuple):
    """The newest day of the data, and what was left out to find it."""

    newest: datetime.date | None
    """None when nothing has a date."""
    outlier: datetime.date | None
    """The day of a single row that lies more than a year after all others."""


@dataclass(frozen=True)
class Manifest:
    """What is known of a snapshot without opening it."""

    id: str
    loaded_at: str
    """UTC time, ISO 8601."""
    origin: str
    """`sample`, `demo` or `own`."""
    tables: Mapping[str, Mapping[str, int]]
    """Per table: rows, added, changed, removed, rejected."""
    attribution: str = ""
    files: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()
    """The drops it is made of, oldest first: folders of the archive."""
    way: str = ""
    """How it came in: page, inbox, command or start."""
    by: str = ""
    """Who did it, when known."""
    donors: Mapping[str, str] = field(default_factory=dict)
    """Names of donors that somebody said are another one, as they are compared -> what that is called."""


class Snapshot:
    """An open snapshot, read-only. Safe to share between threads: every question gets a cursor of its own."""

    def __init__(self, manifest: Manifest, connection: duckdb.DuckDBPyConnection, scope: Scope = EVERYTHING) -> None:
        """`connection` has the tables attached as `snapshot`, holding no more than `scope` covers."""
        self.manifest = manifest
        self.id = manifest.id
        self.scope = scope
        self.number = next(_numbers)
        """Every snapshot that is opened has one: of two homes, or opened twice, none finds what was kept of another."""
        self._connection = connection
        self.key = f"{manifest.id} {hashlib.sha256(repr((scope, scope.key)).encode()).hexdigest()[:16]}"
        """Differs for everything that may show other rows: a part of the key of every cache."""
        # From here on no statement can read a file or load an extension, whatever the data holds.
        self._connection.execute("SET enable_external_access = false")
        for name in VIEWS:
            self._connection.execute((SQL / f"{name}.sql").read_text(encoding="utf-8"))
        self._connection.execute("SET lock_configuration = true")

    def rows(self, name: str, view: View) -> "pd.DataFrame":
        """All rows of one of `VIEWS` as seen through `view`. Kept for the next question, so not to be changed."""
        seen = replace(view, as_of=datetime.date.max) if name in TIMELESS else view
        rows: pd.DataFrame = KEPT.get((self.number, name, seen), lambda: self._rows(name, seen))
        return rows

    def cached(self, question: Callable[..., Any], view: View, *details: Any) -> Any:
        """`question(self, view, *details)`. Kept for the next who asks, so not to be changed."""
        return KEPT.get((self.number, question, view, *details), lambda: question(self, view, *details))

    def table(self, name: str) -> "pd.DataFrame":
        """All rows of one table as they were loaded. Kept for the next question, so not to be changed."""
        rows: pd.DataFrame = KEPT.get((self.number, "table", name), lambda: self._table(name))
        return rows

    def _rows(self, name: str, view: View) -> "pd.DataFrame":
        if name not in PARTY_COLUMNS or view == view.unfiltered:
            return self.queried(name, view)
        whole, in_view = self.rows(name, view.unfiltered), self.cached(_organisations_in_view, view)
        is_kept = in_view.get_indexer(whole[PARTY_COLUMNS[name][0]]) >= 0
        for end in PARTY_COLUMNS[name][1:]:
            is_kept &= in_view.get_indexer(whole[end]) >= 0
        return whole[is_kept].reset_index(drop=True)

    def queried(self, name: str, view: View, columns: str = "*") -> "pd.DataFrame":
        """The rows as the database gives them; `rows` gives the same, from memory when it can."""
        if name not in VIEWS:
            raise ValueError(f"no view {name!r}")
        with self._connection.cursor() as cursor:
            for variable, value in variables_of(view).items():
                cursor.execute(f"SET VARIABLE {variable} = {value}")
            # In one order, whatever the threads do: the last digit of a sum of floats depends on it.
            return self._frame(cursor, f"SELECT {columns} FROM {name} ORDER BY ALL")

    def _table(self, name: str) -> "pd.DataFrame":
        if name not in models.TABLES:
            raise ValueError(f"no table {name!r}")
        with self._connection.cursor() as cursor:
            return self._frame(cursor, f"SELECT * FROM snapshot.{name}")

    def _frame(self, cursor: duckdb.DuckDBPyConnection, query: str) -> "pd.DataFrame":
        """Rows as pandas has them; of a large snapshot with every text once (see `_with_shared_texts`)."""
        import pandas as pd

        # They are read text by text, several times as fast with Python's own texts as with Arrow's.
        pd.set_option("mode.string_storage", "python")
        if max((counts["rows"] for counts in self.manifest.tables.values()), default=0) <= FEW_ROWS:
            return cursor.sql(query).df()
        found = cursor.sql(query).to_arrow_table()
        # What DuckDB needed to find them, several times their size, the system's allocator would keep for itself.
        with contextlib.suppress(OSError, AttributeError):  # another system, or another allocator
            ctypes.CDLL(None).malloc_trim(0)
        return _with_shared_texts(cursor, found)

    def arrow(self, name: str, *columns: str) -> pa.Table:
        """All rows of one table, typed as `models.schema`; of all columns unless some are named."""
        if name not in models.TABLES:
            raise ValueError(f"no table {name!r}")
        schema = models.schema(models.TABLES[name])
        wanted = pa.schema([schema.field(column) for column in columns or schema.names])
        with self._connection.cursor() as cursor:
            return cursor.sql(f"SELECT {', '.join(wanted.names)} FROM snapshot.{name}").to_arrow_table().cast(wanted)

    def records(self, name: str, *columns: str) -> list[dict[str, Any]]:
        """The rows of `arrow` as dictionaries with plain Python values; unknown is None."""
        records: list[dict[str, Any]] = self.arrow(name, *columns).to_pylist()
        return records

    def newest_date(self, today: datetime.date) -> datetime.date:
        """The default as-of date: the newest day in the data (see `newest_days`); `today` when nothing has a date."""
        return self.newest_days(today).newest or today

    def newest_days(self, today: datetime.date) -> "NewestDays":
        """The newest day of the data, and what was left out to find it (see `_newest_days`)."""
        days: NewestDays = KEPT.get((self.number, "newest days", today), lambda: self._newest_days(today))
        return days

    def _newest_days(self, today: datetime.date) -> "NewestDays":
        """The newest day, not after `today`, on which something began or was observed, without a single outlier.

        A planned end never counts, or data that stopped years ago would show an empty network. Nor does a day in one
        row that lies more than a year after those of all others: a year that was mistyped would empty it as well.
        """
        with self._connection.cursor() as cursor:
            days = cursor.execute(
                """
                WITH observed AS (
                    SELECT 'partnership ' || partnership_id AS source, unnest([start_date, last_contact]) AS day
                    FROM snapshot.partnerships
                    UNION ALL SELECT 'event ' || event_id, start_date FROM snapshot.events
                    UNION ALL SELECT 'organisation ' || organisation_id, unnest([joined_on, left_on])
                    FROM snapshot.organisations
                ),
                known AS (SELECT * FROM observed WHERE day <= $today),
                others AS (SELECT max(day) AS day FROM known WHERE source <> (SELECT arg_max(source, day) FROM known))
                SELECT
                    max(day),
                    max(day) FILTER (day <= (SELECT coalesce(day + INTERVAL 1 YEAR, DATE '9999-12-31') FROM others))
                FROM known
                """,
                {"today": today},
            ).fetchone()
        last, newest = days or (None, None)
        return NewestDays(newest, last if last != newest else None)

    @property
    def first_day(self) -> datetime.date | None:
        """The day on which the first partnership began; None without any."""
        with self._connection.cursor() as cursor:
            first = cursor.execute("SELECT min(start_date) FROM snapshot.partnerships").fetchone()
        return first[0] if first else None

    def read_through(self) -> None:
        """Read every cell of every table once, without keeping anything. Raises `duckdb.Error` where one is damaged."""
        with self._connection.cursor() as cursor:
            for name in models.TABLES:
                cursor.execute(f"SELECT bit_xor(hash(read)) FROM snapshot.{name} AS read").fetchone()

    def read_a_row(self) -> None:
        """Read one row, to see that it can be read. Raises `duckdb.Error`."""
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT * FROM snapshot.organisations LIMIT 1").fetchone()

    @property
    def size(self) -> int:
        """How many bytes the database takes for it now, with what every open database costs."""
        with self._connection.cursor() as cursor:
            taken = cursor.execute("SELECT sum(memory_usage_bytes) FROM duckdb_memory()").fetchone()
        return OPEN_BYTES + int(taken[0] if taken and taken[0] else 0)

    def close(self) -> None:
        self._connection.close()


def _organisations_in_view(snapshot: Snapshot, view: View) -> "pd.Index[str]":
    import pandas as pd

    return pd.Index(snapshot.queried("organisations_in_view", view, "organisation_id")["organisation_id"])


def _with_shared_texts(cursor: duckdb.DuckDBPyConnection, found: pa.Table) -> "pd.DataFrame":
    """What `df` of DuckDB gives, but rows with the same text hold one text and not one each.

    Of 640,000 rows of income the texts take 0.9 GB otherwise. Of few rows it costs more time than it saves memory.
    """
    import pandas as pd

    # A column without a text has another type in what DuckDB gives, so that is asked for it as well.
    texts_in = {
        column.name
        for column in found.schema
        if pa.types.is_string(column.type) and found[column.name].null_count < len(found)
    }
    rest = [name for name in found.column_names if name not in texts_in]
    others = cursor.from_arrow(found.select(rest)).df() if rest else pd.DataFrame()
    kind = pd.StringDtype("python", na_value=float("nan"))
    known: dict[str, str] = {}
    columns = {}
    for name in found.column_names:
        if name in texts_in:
            coded = found.column(name).combine_chunks().dictionary_encode()
            texts = [known.setdefault(one, one) for one in coded.dictionary.to_pylist()]
            places = coded.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)
            columns[name] = pd.Series(pd.array([*texts, None], dtype=kind).take(places))
        else:
            columns[name] = others[name]
    return pd.DataFrame(columns, copy=False)


def variables_of(view: View) -> dict[str, str]:
    """What the views in `sql` read of a view, as SQL literals."""
    return {
        "as_of": f"DATE '{view.as_of.isoformat()}'",
        "sectors": texts_literal(view.sectors),
        "themes": texts_literal(view.themes),
        "with_convenor": "true" if view.with_convenor else "false",
        "max_consortium": "NULL::INTEGER" if view.max_consortium is None else str(int(view.max_consortium)),
        "window_days": str(int(view.window_days)),
        "plenary_size": str(int(view.plenary_size)),
    }
