"""What tests share: the real store on tiny data, and real lists. No part of our own is replaced."""

import asyncio
import datetime
import functools
import gc
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from browser import CHROMIUM, chromium, leave_clean
from playwright.sync_api import Browser
from streamlit.components.v2 import manifest_scanner

from hubdata import access, loading, models, settings, store
from hubdata.ui import session

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "tests" / "data" / "peace-security-nl"
"""Real lists of which many expectations were counted by hand; what the dashboard itself shows is in data/sample."""

Rows = Callable[..., pd.DataFrame]

# Collecting makes half a million objects that stay, and looking for garbage among them took a third of its time.
gc.disable()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Among several workers, tests that share a fixture of their file stay together: a server, a browser, a home.

    So each of these is made once and not once per worker. They come first, those with a browser before all, since they
    take longest; the others, each by itself, fill the gaps at the end. Order and worker change no outcome.
    """
    if not hasattr(config, "workerinput"):
        return

    def shared(item: pytest.Item) -> list[str]:
        known = getattr(item, "_fixtureinfo", None)
        fixtures = known.name2fixturedefs if known else {}
        return [name for name, defined in fixtures.items() if defined[-1].scope == "module"]

    for item in items:
        if shared(item):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
    # By file: some files tell a story, in which the order of the tests counts.
    with_browser = {item.path for item in items if "browser" in shared(item)}
    items.sort(key=lambda item: (item.path not in with_browser, not shared(item)))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Garbage is looked for again, but not among what was collected, which stays to the end.

    Say so when the groups above count for nothing: as pytest 9.2 has it with pytest-xdist 3.8, without a word.
    """
    gc.collect()
    gc.freeze()
    gc.enable()
    if hasattr(session.config, "workerinput"):
        grouped = [item for item in session.items if item.get_closest_marker("xdist_group")]
        if not all("@" in item.nodeid for item in grouped):
            raise pytest.UsageError("pytest-xdist keeps no tests together: see pytest in requirements-dev.txt")


def table(name: str, listed: list[dict[str, Any]]) -> pa.Table:
    """A table made without a file: columns that are absent have their default, or are unknown."""
    row_type = models.TABLES[name]
    defaults = {c: None if f.is_required() else f.default for c, f in row_type.model_fields.items()}
    return pa.Table.from_pylist([defaults | cells for cells in listed], models.schema(row_type))


@pytest.fixture
def rows(tmp_path: Path) -> Rows:
    """`rows(view_name, {table: [cells, ...]}, as_of=..., ...)` through the real store with the real schema."""

    def look(view_name: str, tables: dict[str, list[dict[str, Any]]], **view: Any) -> pd.DataFrame:
        drafted = {name: table(name, listed) for name, listed in tables.items()}
        manifest = store.publish(tmp_path, drafted, origin="own", based_on=store.current_snapshot_id(tmp_path))
        snapshot = store.open_snapshot(tmp_path, manifest.id)
        view.setdefault("as_of", datetime.date(2020, 6, 30))
        view = {key: value for key, value in view.items() if not (key in ("sectors", "themes") and value is None)}
        found = snapshot.rows(view_name, store.View(**view))
        snapshot.close()
        return found

    return look


@pytest.fixture(autouse=True)
def manager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages that run without a server are asked by a manager, unless a test says otherwise (`session.principal`)."""
    monkeypatch.setattr(session, "principal", lambda: access.Principal("manager", "test"))


@pytest.fixture(scope="session")
def running_browser() -> Iterator[Browser]:
    """A real Chromium, started once. Where there is none its tests are skipped, but in CI they must run."""
    if not CHROMIUM:
        if os.environ.get("CI"):
            pytest.fail("no Chromium: browser tests must run here")
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium-headless-shell)")
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def browser(running_browser: Browser) -> Iterator[Browser]:
    """Chromium for the tests of a file, after which no tab and no cookie is left in it."""
    yield running_browser
    leave_clean(running_browser)


@pytest.fixture(autouse=True)
def event_loop(request: pytest.FixtureRequest) -> Iterator[None]:
    """From the first test with a browser on, this thread has its event loop running; here not for a test without one."""
    if "running_browser" in request.fixturenames:
        yield
        return
    of_the_browser = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(of_the_browser)


@pytest.fixture(scope="session", autouse=True)
def components() -> Iterator[None]:
    """`AppTest` reads about every installed package before each run whether it has parts for pages; here once.

    It took ten times as long as most pages do.
    """
    with pytest.MonkeyPatch.context() as patched:
        once = functools.cache(manifest_scanner.scan_component_manifests)
        patched.setattr(manifest_scanner, "scan_component_manifests", once)
        yield


class Sample:
    """Real lists, loaded once."""

    def __init__(self, home: Path) -> None:
        hub_settings = settings.Settings()
        loading.load(home, hub_settings, loading.read_files([SAMPLE], hub_settings), origin="sample")
        self.snapshot = store.open_snapshot(home, store.current_snapshot_id(home) or "")

    def rows(self, name: str, as_of: datetime.date = datetime.date(2020, 6, 30), **view: Any) -> pd.DataFrame:
        return self.snapshot.rows(name, store.View(as_of, **view))

    def table(self, name: str) -> pd.DataFrame:
        return self.snapshot.table(name)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """`sample.rows(view_name, as_of=...)` and `sample.table(name)` of the lists in `SAMPLE`."""
    return Sample(tmp_path_factory.mktemp("sample"))


def sheets(**rows: list[list[Any]]) -> bytes:
    """A workbook: sheet -> its rows."""
    content, book = io.BytesIO(), openpyxl.Workbook()
    book.remove(book.active)
    for name, cells in rows.items():
        sheet = book.create_sheet(name)
        for row in cells:
            sheet.append(row)
    book.save(content)
    return content.getvalue()


def write_accounts(folder: Path) -> None:
    """Yearly accounts beside the lists of a folder: every other organisation, whose rows are four fifths of the total."""
    income = pd.read_csv(folder / "funding.csv").groupby(["organisation_id", "year"], as_index=False)["amount"].sum()
    some = income[income["organisation_id"].isin(sorted(income["organisation_id"].unique())[::2])]
    total = (some["amount"] * 1.25).round(2)
    accounts = some[["organisation_id", "year"]].assign(total_income=total, expenditure=total, reserves=1000.0, fte=5.0)
    accounts.to_csv(folder / "accounts.csv", index=False)
