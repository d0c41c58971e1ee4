"""How fast it is, measured by hand: `python tests/benchmarks/bench.py [load|indicators|page|start ...]`.

Prints Markdown tables for docs/benchmarks.md. Times are processor time of this process (all its threads), which another
program on the machine disturbs less than the clock; `start` is clock time. Every figure is the median of a few runs.
"""

import functools
import itertools
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from streamlit.runtime.scriptrunner import script_runner  # noqa: E402
from streamlit.testing.v1 import AppTest  # noqa: E402

from hubdata import demo, hub, settings, store  # noqa: E402

SETTINGS = settings.Settings()
EVERY_FIGURE_IS_DRAWN = """() => [...document.querySelectorAll('[data-testid=stPlotlyChart]')]
    .every(e => e.querySelector('.main-svg'))"""
LARGE = 16_600
"""A hundred times the organisations of the sample."""


def cost(run: Callable[[], Any], times: int) -> float:
    """Median processor time of a run, in seconds."""
    taken = []
    for _ in range(times):
        before = time.process_time()
        run()
        taken.append(time.process_time() - before)
    return statistics.median(taken)


def said(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms" if seconds < 10 else f"{seconds:.0f} s"


def large_files(folder: Path) -> dict[str, bytes]:
    demo.write(folder / "large", organisations=LARGE)
    return hub.read_files([folder / "large"])


def load(folder: Path) -> None:
    print("| load | rows | time | rows per second |\n|---|---|---|---|")
    for name, files, times in (
        ("sample", hub.read_files([hub.SAMPLE]), 3),
        (f"demo of {LARGE:,}", large_files(folder), 1),
    ):
        homes = iter(range(100))
        rows = sum(content.count(b"\n") - 1 for content in files.values())

        def run(files: dict[str, bytes] = files, homes: Any = homes) -> None:
            outcome = hub.load(folder / f"load-{next(homes)}", SETTINGS, files, origin="demo", may_remove=True)
            assert outcome.manifest, outcome.draft.problems[:3]

        taken = cost(run, times)
        print(f"| {name} | {rows:,} | {said(taken)} | {rows / taken:,.0f} |")


def indicators(folder: Path) -> None:
    print("| question | sample | demo of a hundred times its size |\n|---|---|---|")
    questions = (
        hub.answer_network, hub.answer_ties, hub.answer_sectors, hub.answer_funding, hub.answer_events, hub.answer_coverage,
        hub.answer_history, hub.answer_brokers, hub.answer_layout,
    )  # fmt: skip
    opened = []
    for name, files in (("s", hub.read_files([hub.SAMPLE])), ("l", large_files(folder))):
        outcome = hub.load(folder / name, SETTINGS, files, origin="demo", may_remove=True)
        assert outcome.manifest
        opened.append(store.open_snapshot(folder / name, outcome.manifest.id))
    for question in questions:
        cells = []
        for snapshot, times in zip(opened, (5, 1), strict=True):
            view = store.View(snapshot.newest_date(hub.today()))
            ask = functools.partial(question, snapshot, SETTINGS, view)
            cells.append(said(cost(ask, times)))
        print(f"| {question.__name__.removeprefix('answer_')} | {' | '.join(cells)} |", flush=True)


def page(folder: Path) -> None:
    """Server time of a filter change on the network page, beside the naive page."""
    os.environ.update(HUBDATA_HOME=str(folder / "page"), BENCHMARK_DATA=str(hub.SAMPLE))
    hub.first_start(folder / "page", SETTINGS)
    ours = AppTest.from_file(str(ROOT / "pages" / "navigation.py"), default_timeout=300).run()
    ours.switch_page("network.py").run()
    naive = AppTest.from_file(str(Path(__file__).with_name("naive_page.py")), default_timeout=300).run()
    assert not ours.exception
    assert not naive.exception
    views = [["knowledge"], ["business"], ["knowledge", "government"], ["knowledge", "business"], []]

    def change(app: AppTest) -> Callable[[], Any]:
        turn = iter(views * 20)
        return lambda: app.multiselect(key="at_sector").set_value(next(turn)).run()

    one, other = change(naive), change(ours)
    cost(other, 5)
    with script_times() as taken:
        # In turns, so that whatever else the machine does falls on both.
        turns = [(cost(one, 1), cost(other, 1)) for _ in range(25)]
    whole = [statistics.median(side) for side in zip(*turns, strict=True)]
    script = [statistics.median(taken[side::2]) for side in (0, 1)]
    fresh = iter(itertools.combinations(SETTINGS.sectors, 3))
    with script_times() as taken:
        for _ in range(7):
            ours.multiselect(key="at_sector").set_value(list(next(fresh))).run()
    unseen = statistics.median(taken)
    print(
        "| filter change on the network page | script on the server | naive / this | with AppTest's own work | naive / this |"
    )
    print("|---|---|---|---|---|")
    print(f"| naive page | {said(script[0])} | 1 | {said(whole[0])} | 1 |")
    print(f"| a view never seen before | {said(unseen)} | {script[0] / unseen:.1f} | | |")
    print(f"| a view somebody saw before | {script[1] * 1000:.1f} ms | {script[0] / script[1]:.0f} | ", end="")
    print(f"{whole[1] * 1000:.1f} ms | {whole[0] / whole[1]:.0f} |")


@contextmanager
def script_times() -> Iterator[list[float]]:
    """Processor time of every script run meanwhile: what the server does, without what AppTest does around it."""
    taken: list[float] = []
    real = script_runner.exec_func_with_error_handling

    def timed(*arguments: Any) -> Any:
        before = time.thread_time()
        try:
            return real(*arguments)
        finally:
            taken.append(time.thread_time() - before)

    script_runner.exec_func_with_error_handling = timed
    try:
        yield taken
    finally:
        script_runner.exec_func_with_error_handling = real


def start(folder: Path) -> None:
    """From an empty home to every page drawn, by the clock."""
    from browser import PAGES, chromium, path, served

    with chromium() as browser:
        began = time.perf_counter()
        with served(folder / "start") as address:
            ready = time.perf_counter() - began
            tab = browser.new_context(locale="nl-NL").new_page()
            opened = {}
            for name in PAGES:
                before = time.perf_counter()
                tab.goto(f"{address}/{path(name)}")
                tab.wait_for_selector(".st-key-foot")
                tab.wait_for_function(EVERY_FIGURE_IS_DRAWN)
                opened[name] = time.perf_counter() - before
    print("| first start, empty home | seconds |\n|---|---|")
    print(f"| server answers, sample loaded | {ready:.1f} |")
    for name, taken in opened.items():
        print(f"| {name} drawn | {taken:.1f} |")
    print(f"| all of it | {ready + sum(opened.values()):.1f} |")


if __name__ == "__main__":
    wanted = sys.argv[1:] or ["load", "indicators", "page", "start"]
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores\n")
    for part in wanted:
        with tempfile.TemporaryDirectory() as scratch:
            {"load": load, "indicators": indicators, "page": page, "start": start}[part](Path(scratch))
        print()
