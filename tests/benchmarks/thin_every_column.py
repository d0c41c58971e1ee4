"""Every optional column of the demo and the sample thinned by itself, in every state, and every page opened on it.

Each optional table is left out too. A page breaks when it raises, and when it shows what Python calls an unknown value.

    python tests/benchmarks/thin_every_column.py            # many minutes on one core
    python tests/benchmarks/thin_every_column.py fte kind   # these columns only

Prints each page that breaks, with the column and state, and ends with 1 when there is one. The tests open the pages on a
few homes in which many columns are thin at once (`tests/test_thinning.py`); this finds which column it was.
"""

import functools
import logging
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import streamlit
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import thinning  # noqa: E402
from test_sentences import pieces  # noqa: E402
from test_thinning import TABLES, UNKNOWN, without  # noqa: E402

from hubdata import access, demo, loading, settings, ui  # noqa: E402
from hubdata.ui import session  # noqa: E402

VIEWS: tuple[dict[str, str], ...] = ({}, {"lang": "nl", "sector": "other", "id": "demo-0003", "year": "2021"})


def broken(home: Path, lists: thinning.Lists) -> list[str]:
    """The pages that break on these lists, with their view."""
    files = {f"{name}.csv": text.encode() for name, text in thinning.files(lists).items()}
    outcome = loading.load(home, settings.Settings(), files, may_remove=True)
    assert outcome.manifest, outcome.draft.problems
    os.environ["HUBDATA_HOME"] = str(home)
    found = []
    for view in VIEWS:
        for page in ui.PAGES:
            app = AppTest.from_file(str(ROOT / "pages" / "navigation.py"), default_timeout=120)
            for name, value in {"lang": "en", "all": "yes", **view}.items():
                app.query_params[name] = value
            if page != "overview":
                app.switch_page(f"{page}.py")
            app.run()
            if app.exception:
                found.append(f"{page} {view}: {app.exception[0].value}")
            found += [f"{page} {view}: {piece[:200]}" for piece in pieces(app) if UNKNOWN.search(piece)]
    return found


def thinned(lists: thinning.Lists, columns: list[str]) -> Iterator[tuple[str, thinning.Lists]]:
    """What is thin, in words, and the lists so; `columns` are the only ones when there are some."""
    for states in thinning.one_by_one(lists):
        (((table, column), state),) = states.items()
        if not columns or column in columns:
            yield f"{table}.{column} {state}", thinning.thinned(lists, states)
    for tables in () if columns else TABLES:
        yield f"without {tables}", functools.reduce(without, tables.split(), lists)


def main(columns: list[str]) -> int:
    logging.disable(logging.CRITICAL)
    session.principal = lambda: access.Principal("manager", "benchmark")
    real = streamlit.expander
    streamlit.expander = lambda label, **more: real(label, **{**more, "expanded": True})
    homes = breaks = 0
    began = time.process_time()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        demo.write(folder / "demo", organisations=60)
        for example in (folder / "demo", ROOT / "data" / "sample"):
            for thin, lists in thinned(thinning.read(example), columns):
                homes += 1
                for what in broken(folder / str(homes), lists):
                    breaks += 1
                    print(f"{example.name} {thin}: {what}", flush=True)
    pages = homes * len(VIEWS) * len(ui.PAGES)
    print(f"{homes} homes, {pages} pages opened, {breaks} broke, {time.process_time() - began:.0f} s of one processor")
    return int(breaks > 0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
