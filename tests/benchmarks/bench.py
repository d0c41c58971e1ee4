"""How fast it is, measured by hand: `python tests/benchmarks/bench.py [PART ...]`; the parts stand at the end.

Prints Markdown tables for docs/benchmarks.md. Times are processor time of this process (all its threads), which another
program on the machine disturbs less than the clock; the scripts of `page` and `pages`, `start`, `viewers`, `million` and `five_million`
are clock time. Every figure but those of `viewers` is the median of a few runs.
"""

import functools
import itertools
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import duckdb  # noqa: E402
from streamlit.runtime.scriptrunner import script_runner  # noqa: E402
from streamlit.testing.v1 import AppTest  # noqa: E402

from hubdata import access, demo, loading, questions, settings, sharing, store, ui  # noqa: E402
from hubdata.ui import session  # noqa: E402

SETTINGS = settings.Settings()
EVERY_FIGURE_IS_DRAWN = """() => [...document.querySelectorAll('.hub-chart')]
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
    return loading.read_files([folder / "large"], SETTINGS)


def load(folder: Path) -> None:
    print("| load | rows | time | rows per second |\n|---|---|---|---|")
    for name, files, times in (
        ("sample", loading.read_files([loading.SAMPLE], SETTINGS), 3),
        (f"demo of {LARGE:,}", large_files(folder), 1),
    ):
        homes = iter(range(100))
        rows = sum(content.count(b"\n") - 1 for content in files.values())

        def run(files: dict[str, bytes] = files, homes: Any = homes) -> None:
            outcome = loading.load(folder / f"load-{next(homes)}", SETTINGS, files, origin="demo", may_remove=True)
            assert outcome.manifest, outcome.draft.problems[:3]

        taken = cost(run, times)
        print(f"| {name} | {rows:,} | {said(taken)} | {rows / taken:,.0f} |")


ORGANISATIONS = "organisation_id,name,sector\n" + "".join(f"org-{n},Organisation {n},ngo\n" for n in range(2000))
TYPES = {"organisation_id": "VARCHAR", "year": "INTEGER", "donor": "VARCHAR", "programme": "VARCHAR", "category": "VARCHAR", "amount": "DOUBLE"}  # fmt: skip


MEMORY_OF = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def funding_of_a_million(first: int = 0) -> list[list[str]]:
    """Rows of a funding file: 2,000 organisations, 500 donors, 25 years, amounts nearly all different; from this row on."""
    at = random.Random(1)
    categories = ["individuals", "companies", "government", "earned", "other"]
    return [
        [f"org-{n % 2000}", str(2000 + n // 2000 % 25), f"Donor {n // 50_000 * 25 + n % 25}", f"Programme {n % 37}", categories[n % 5],
         f"{at.randint(1, 10**8) / 100:.2f}"]
        for n in range(first, first + 1_000_000)
    ]  # fmt: skip


def in_form(rows: list[list[str]], separator: str, mark: str) -> bytes:
    lines = [separator.join(TYPES)]
    lines += [separator.join([*row[:5], row[5].replace(".", mark)]) for row in rows]
    return ("\n".join(lines) + "\n").encode()


def million(folder: Path) -> None:
    """A funding file of a million rows, read, checked and published, beside DuckDB's own typed read of the same file."""
    rows = funding_of_a_million()
    plain = in_form(rows, ",", ".")
    (folder / "plain.csv").write_bytes(plain)
    wrong = {"amount": "many", "organisation_id": "org-x", "category": "goverment", "year": "20x4"}
    bad = [list(row) for row in rows]
    for number in range(0, len(bad), 1000):
        column = list(wrong)[number // 1000 % len(wrong)]
        bad[number][list(TYPES).index(column)] = wrong[column]
    ragged = [[*row[:5], f"{row[5]},surplus"] if n % 1000 == 0 else row for n, row in enumerate(rows)]
    forms = {
        "plain": plain,
        "Dutch Excel: semicolons, decimal comma, Windows-1252": in_form(rows, ";", ",").decode().encode("cp1252"),
        "0.1 % bad cells, skip invalid": in_form(bad, ",", "."),
        "0.1 % rows too long, skip invalid": in_form(ragged, ",", "."),
    }
    homes = itertools.count()

    def duckdb_alone() -> None:
        with duckdb.connect(str(folder / f"alone-{next(homes)}.duckdb")) as connection:
            path = str(folder / "plain.csv")
            columns = ", ".join(f"'{name}': '{kind}'" for name, kind in TYPES.items())
            connection.execute(
                f"CREATE TABLE funding AS SELECT * FROM read_csv('{path}', header=true, auto_detect=false, columns={{{columns}}})"
            )
            connection.execute("CHECKPOINT")

    def ours(content: bytes) -> Callable[[], None]:
        def run() -> None:
            files = {"organisations.csv": ORGANISATIONS.encode(), "funding.csv": content}
            outcome = loading.load(folder / f"home-{next(homes)}", SETTINGS, files, skip_invalid=True)
            assert outcome.manifest

        return run

    contenders = {"DuckDB's typed read": duckdb_alone} | {name: ours(content) for name, content in forms.items()}
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(5):  # in turns, so that whatever else the machine does falls on all
        for name, run in contenders.items():
            before = time.perf_counter()
            run()
            taken[name].append(time.perf_counter() - before)
    medians = {name: statistics.median(times) for name, times in taken.items()}
    alone, clean = medians["DuckDB's typed read"], medians["plain"]
    print("| a million rows of funding | seconds | ratio to DuckDB | ratio to plain |\n|---|---|---|---|")
    for name, seconds in medians.items():
        print(f"| {name} | {seconds:.2f} | {seconds / alone:.1f} | {seconds / clean:.2f} |")
    for name in ("plain", "0.1 % bad cells, skip invalid"):
        (folder / "funding.csv").write_bytes(forms[name])
        (folder / "organisations.csv").write_text(ORGANISATIONS)
        verb = [sys.executable, "-m", "hubdata", "load", str(folder / "funding.csv"), str(folder / "organisations.csv")]
        verb += ["--skip-invalid", "--yes", "--home", str(folder / f"home-{next(homes)}")]
        before = time.perf_counter()
        # By way of a small process: a child is counted with the memory of whoever started it.
        used = subprocess.run([sys.executable, "-c", MEMORY_OF, *verb], cwd=ROOT, check=True, stdout=subprocess.PIPE)
        whole = time.perf_counter() - before
        print(f"\nThe command `load`, {name}: {whole:.1f} s in all, at most {int(used.stdout) / 1024:,.0f} MB.")


def five_million(folder: Path) -> None:
    """Five million rows of funding in one file, with the command, and the most memory that any of its processes takes."""
    home = folder / "home"
    home.mkdir()
    (home / "hub.toml").write_text("max_file_megabytes = 400\n", encoding="utf-8")
    (folder / "organisations.csv").write_text(ORGANISATIONS)
    with (folder / "funding.csv").open("wb") as file:
        for first in range(0, 5_000_000, 1_000_000):
            lines = in_form(funding_of_a_million(first), ",", ".")
            file.write(lines if first == 0 else lines.split(b"\n", 1)[1])
    size = (folder / "funding.csv").stat().st_size
    verb = [sys.executable, "-m", "hubdata", "load", str(folder / "funding.csv"), str(folder / "organisations.csv")]
    before = time.perf_counter()
    used = subprocess.run(
        [sys.executable, "-c", MEMORY_OF, *verb, "--yes", "--home", str(home)],
        cwd=ROOT, check=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    whole = time.perf_counter() - before
    print(f"Five million rows ({size / 1e6:,.0f} MB): {whole:.1f} s, at most {int(used.stdout) / 1024:,.0f} MB.")


def indicators(folder: Path) -> None:
    print("| question | sample | demo of a hundred times its size |\n|---|---|---|")
    asked = (
        questions.answer_network, questions.answer_ties, questions.answer_sectors, questions.answer_funding, questions.answer_events, questions.answer_coverage,
        questions.answer_history, questions.answer_brokers, questions.answer_layout,
    )  # fmt: skip
    opened = []
    for name, files in (("s", loading.read_files([loading.SAMPLE], SETTINGS)), ("l", large_files(folder))):
        outcome = loading.load(folder / name, SETTINGS, files, origin="demo", may_remove=True)
        assert outcome.manifest
        opened.append(store.open_snapshot(folder / name, outcome.manifest.id))
    for question in asked:
        cells = []
        for snapshot, times in zip(opened, (5, 1), strict=True):
            view = store.View(snapshot.newest_date(questions.today()))
            ask = functools.partial(question, snapshot, SETTINGS, view)
            cells.append(said(cost(ask, times)))
        print(f"| {question.__name__.removeprefix('answer_')} | {' | '.join(cells)} |", flush=True)


def page(folder: Path) -> None:
    """Server time of a filter change on the network page, beside the naive page."""
    os.environ.update(HUBDATA_HOME=str(folder / "page"), BENCHMARK_DATA=str(loading.SAMPLE))
    loading.first_start(folder / "page", SETTINGS)
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


def pages(folder: Path) -> None:
    """Server time of a filter change on every page of a large demo: a view never seen before, and one seen before.

    On the page of the stress test also of a slider that moves to where it never was. Every page has a hub of its own,
    so that none finds answers that another asked for.
    """
    demo.write(folder / "files", organisations=1500)
    files = loading.read_files([folder / "files"], SETTINGS)
    assert loading.load(folder / "pages", SETTINGS, files, origin="demo", may_remove=True).manifest
    views = [list(chosen) for chosen in itertools.combinations(SETTINGS.sectors, 7)][:16]
    print("| filter change, demo of 1,500 organisations | never seen before | seen before |\n|---|---|---|")
    for name in [name for name in ui.PAGES if name not in ("organisation", "share", "data", "methods")]:
        os.environ.update(HUBDATA_HOME=str(shutil.copytree(folder / "pages", folder / name)))
        app = AppTest.from_file(str(ROOT / "pages" / "navigation.py"), default_timeout=300).run()
        app.switch_page(f"{name}.py").run()
        if name == "stress":
            app.button(key="preset_largest_donor_leaves").click().run()
        medians = []
        for _ in ("never seen", "seen"):
            with script_times() as taken:
                for view in views:
                    app.multiselect(key="at_sector").set_value(view).run()
            medians.append(said(statistics.median(taken[1:])))
        assert not app.exception
        print(f"| {name} | {medians[0]} | {medians[1]} |", flush=True)
        if name == "stress":
            with script_times() as taken:
                for percentage in range(95, 60, -5):
                    app.select_slider(key="at_cut_1").set_value(percentage).run()
            print(f"| stress, another cut | {said(statistics.median(taken))} | |", flush=True)


@contextmanager
def script_times() -> Iterator[list[float]]:
    """How long every script run meanwhile takes, by the clock: what somebody waits for the server, without what AppTest
    does around it."""
    taken: list[float] = []
    real = script_runner.exec_func_with_error_handling

    def timed(*arguments: Any) -> Any:
        before = time.perf_counter()
        try:
            return real(*arguments)
        finally:
            taken.append(time.perf_counter() - before)

    script_runner.exec_func_with_error_handling = timed
    try:
        yield taken
    finally:
        script_runner.exec_func_with_error_handling = real


def viewers(folder: Path) -> None:
    """One viewer of a link and fifty, who change a filter on the network page of the demo, by the clock."""
    import httpx
    from browser import served

    # Processes that serve the home, and sectors chosen at once: few different views, and many.
    for processes, together in itertools.product((1, 2), ("1", "2")):
        home = folder / f"viewers-{processes}-{together}"
        loading.show_example(home, SETTINGS, "demo")
        _link, token = sharing.create(home, SETTINGS, label="viewers", funding="totals")
        with ExitStack() as closes:
            addresses = [closes.enter_context(served(home)) for _ in range(processes)]
            (cookie,) = httpx.get(f"{addresses[0]}/s/{token}").cookies.items()
            load = [sys.executable, str(Path(__file__).with_name("viewers.py")), *addresses, "--viewers", "1", "50"]
            how = ["--together", together, "--cookie", "=".join(cookie)]
            print(f"{processes} of the dashboard:", flush=True)
            subprocess.run([*load, *how], cwd=ROOT, check=True)
        print(flush=True)


def start(folder: Path) -> None:
    """From an empty home to every page drawn, by the clock; the first row counts the imports of the whole program once."""
    from browser import PAGES, chromium, let_in, path, served

    with chromium() as browser:
        began = time.perf_counter()
        with served(folder / "start") as address:
            ready = time.perf_counter() - began
            tab = browser.new_context(locale="nl-NL").new_page()
            let_in(tab.context, address)
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
    parts: dict[str, Callable[[Path], None]] = {
        "load": load,
        "million": million,
        "five_million": five_million,
        "indicators": indicators,
        "page": page,
        "pages": pages,
        "viewers": viewers,
        "start": start,
    }
    session.principal = lambda: access.Principal("manager", "benchmark")  # pages that run without a server know nobody
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores\n", flush=True)
    for part in sys.argv[1:] or parts:
        with tempfile.TemporaryDirectory() as scratch:
            parts[part](Path(scratch))
        print()
