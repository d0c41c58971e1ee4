"""What is kept for the next who asks stays within its megabytes, and is right also when many ask at once."""

import datetime
import random
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hubdata import demo, loading, settings, store
from hubdata.kept import KEPT, Kept, size_of
from hubdata.ui import session


def test_what_was_made_is_made_once_and_what_fails_is_tried_again() -> None:
    kept, made = Kept(1), []
    for _ in range(3):
        assert kept.get("a", lambda: made.append("a") or len(made)) == 1
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            kept.get("b", lambda: 1 / 0)
    assert len(kept) == 1


def test_who_asks_for_what_is_being_made_waits_for_it() -> None:
    kept, made = Kept(1), []

    def make() -> int:
        made.append(threading.get_ident())
        time.sleep(0.05)
        return len(made)

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda _: kept.get("a", make), range(8))) == [1] * 8
    assert len(made) == 1


def test_it_stays_within_its_megabytes_and_says_what_went() -> None:
    kept, gone = Kept(1), []
    for number in range(100):
        kept.get(number, lambda: bytes(100_000), gone=lambda number=number: gone.append(number))
        assert kept.bytes <= 1_000_000
    assert len(kept) == 9
    assert len(gone) == 91
    assert 99 not in gone
    kept.get("large", lambda: bytes(5_000_000))
    assert len(kept) == 1, "what is larger than all that may be kept is kept alone, until the next"
    kept.get("small", lambda: b"")
    assert kept.bytes < 1_000
    kept.clear()
    assert (kept.bytes, len(kept)) == (0, 0)


def test_of_more_than_fit_asked_for_in_turn_some_are_still_there() -> None:
    kept, made = Kept(1, most=48), []
    for _round in range(10):
        for number in range(60):
            kept.get(number, lambda number=number: made.append(number))
    assert len(made) < 0.7 * 600


def test_many_who_ask_at_once_get_what_they_asked_for_and_it_stays_within_its_megabytes() -> None:
    """With keys that are compared by Python code, and far more than fit."""
    kept = Kept(0.2)

    def ask(seed: int) -> int:
        lot = random.Random(seed)
        for _ in range(2_000):
            view = store.View(datetime.date.fromordinal(738_000 + int(lot.paretovariate(0.5)) % 2_000))
            made = kept.get(view, lambda view=view: (view.as_of.toordinal(), bytes(lot.randrange(2_000))))
            assert made[0] == view.as_of.toordinal()
        return 2_000

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(ask, range(16))) == 32_000
    assert 0 < kept.bytes <= 200_000
    assert kept.bytes == sum(thing.size for thing in kept._things.values())
    assert list(kept._things) == sorted(kept._keys, key=list(kept._things).index)
    assert all(kept._keys[thing.place] == key for key, thing in kept._things.items())


@pytest.mark.parametrize(
    ("value", "least"),
    [
        (pd.DataFrame({"name": ["x" * 1000] * 1, "n": [1.0]}), 1_000),
        (np.zeros(10_000), 80_000),
        ({"rows": [{"name": f"organisation {n}", "partners": n} for n in range(1_000)]}, 200_000),
        ([["x" * 100 for _ in range(100)]] * 3, 30_000),
        (settings.Settings(), 1_000),
    ],
)
def test_things_are_weighed(value: object, least: int) -> None:
    assert least <= size_of(value) <= 20 * least


def test_a_large_list_is_weighed_in_a_moment() -> None:
    rows = [{"name": f"organisation {n}", "partners": n} for n in range(100_000)]
    before = time.process_time()
    assert 2e7 < size_of(rows) < 6e7
    assert time.process_time() - before < 0.05


def test_a_text_of_many_rows_is_weighed_once() -> None:
    text = "x" * 1000
    shared, own = [text] * 1000, [f"{n:01000}" for n in range(1000)]
    with pd.option_context("mode.string_storage", "python"):  # as snapshots have them
        for kind in ("str", "object"):
            assert 9_000 < size_of(pd.DataFrame({"name": pd.Series(shared, dtype=kind)})) < 30_000
            assert 1_000_000 < size_of(pd.Series(own, dtype=kind)) < 1_200_000
            assert 1_000_000 < size_of(pd.Index(own, dtype=kind)) < 1_200_000


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    demo.write(tmp_path / "files", organisations=20, seed=1)
    found = loading.read_files([tmp_path / "files"], settings.Settings())
    outcome = loading.load(tmp_path / "home", settings.Settings(), found, origin="demo", may_remove=True)
    assert outcome.manifest
    monkeypatch.setenv("HUBDATA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_a_snapshot_that_is_no_longer_kept_gives_its_memory_back(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when more links are opened in turn than are kept: of seventeen, each is opened once."""
    opens = []
    whole = store.open_snapshot
    monkeypatch.setattr(store, "open_snapshot", lambda *arguments: opens.append(1) or whole(*arguments))
    session.OPENED.clear()
    shown = store.current_snapshot_id(home)
    assert shown
    for _round in range(3):
        for number in range(17):
            snapshot = session.opened(home, shown, store.Scope(key=f"link {number}"))
            assert len(snapshot.table("organisations")) == 20
    assert len(opens) == 17
    connection = snapshot._connection
    del snapshot
    session.OPENED.clear()
    KEPT.clear()
    assert sys.getrefcount(connection) == 2, "nobody holds it any more"
