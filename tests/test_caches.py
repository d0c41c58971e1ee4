"""What is shown is the same whether it was kept or computed: every page, at addresses that differ in one value each."""

import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit
from conftest import ROOT
from figures import figures_on
from streamlit.testing.v1 import AppTest

from hubdata import demo, loading, notebook, settings
from hubdata.kept import KEPT
from hubdata.ui import PAGES, session

ANYWHERE: tuple[dict[str, str], ...] = (
    {},
    {"as_of": "2023-12-31"},
    {"sector": "ngo|knowledge|government"},
    {"convenor": "no"},
    {"lang": "nl"},
)
"""Addresses of every page."""
ON_PAGE: dict[str, tuple[dict[str, str], ...]] = {
    "overview": ({"since": "2022-12-31"},),
    "changes": ({"since": "2022-12-31"}, {"since": "2024-03-31"}),
    "funding": ({"year": "2022"}, {"year": "2023"}, {"since_year": "2021"}, {"all": "", "tab": "course"}),
    "stress": (
        {"year": "2023"},
        {"less_government": "30"},
        {"less_government": "60"},
        {"less_government": "30", "year": "2023"},
    ),
    "events": ({"kind": "workshop"}, {"event": "demo-e-0003"}),
    "introductions": ({"why": "digital"}, {"count": "10"}, {"convenors": "yes"}),
    "contacts": ({"order": "longest"},),
    "digital": ({"subject": "communication"},),
    "organisation": ({"id": "demo-0002"}, {"id": "demo-0003"}),
}
"""Addresses with what is chosen on the page itself."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small fictional ecosystem in which every table has rows."""
    home, files = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("files")
    demo.write(files, organisations=40, seed=3)
    outcome = loading.load(
        home, settings.Settings(), loading.read_files([files], settings.Settings()), origin="demo", may_remove=True
    )
    assert outcome.manifest, outcome.draft.problems
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("HUBDATA_HOME", str(home))
        yield home


def forget() -> None:
    """Empty everything that is kept between runs."""
    streamlit.cache_resource.clear()
    session.OPENED.clear()
    KEPT.clear()


def run(page: str, address: dict[str, str], app: AppTest | None = None) -> AppTest:
    app = app or AppTest.from_file(str(ROOT / "pages" / "navigation.py"), default_timeout=120)
    app.query_params.clear()
    for name, value in ({"lang": "en", "all": "yes"} | address).items():
        app.query_params[name] = value
    app.switch_page(f"{page}.py")
    app.run()
    assert not app.exception, (page, address, app.exception)
    return app


def shown(app: AppTest) -> list[bytes]:
    """Every element on the page, as it goes to the browser."""

    def walk(node: Any) -> Iterator[bytes]:
        if getattr(node, "proto", None) is not None:
            proto = type(node.proto)()
            proto.CopyFrom(node.proto)
            if proto.DESCRIPTOR.name == "Dataframe":
                proto.arrow_data.styler.uuid = ""  # drawn at random by pandas
            if proto.DESCRIPTOR.name == "DownloadButton":
                proto.deferred_file_id = ""  # drawn at random by Streamlit
            yield type(node).__name__.encode() + proto.SerializeToString(deterministic=True)
        for child in getattr(node, "children", {}).values():
            yield from walk(child)

    return list(walk(app._tree))


@pytest.mark.parametrize("page", [name for name in PAGES if name not in ("share", "asking", "data")])
def test_a_page_shows_the_same_kept_or_computed(home: Path, page: str) -> None:
    addresses = [*ANYWHERE, *ON_PAGE.get(page, ())]
    cold = []
    for address in addresses:
        forget()
        cold.append(shown(run(page, address)))
    assert len({tuple(found) for found in cold}) > 1 + len(ON_PAGE.get(page, ())), "these addresses hardly differ"
    forget()
    app = None
    for _round in range(2):
        for address, expected in zip(addresses, cold, strict=True):
            app = run(page, address, app)
            assert shown(app) == expected, address


def figures(app: AppTest) -> list[str]:
    return [json.dumps(figure.spec) for figure in figures_on(app)]


def test_a_note_is_in_the_figures_at_once(home: Path) -> None:
    app = run("overview", {})
    before = figures(app)
    note = notebook.pin_note(home, datetime.date(2024, 3, 1), "The council met")
    try:
        after = figures(run("overview", {}, app))
        assert "The council met" in "".join(after)
        forget()
        assert after == figures(run("overview", {}))
    finally:
        notebook.remove_note(home, note.id)
    assert figures(run("overview", {}, app)) == before
