"""Fifty viewers who look at different things: `python tests/benchmarks/busy.py [--before FOLDER] [--processes N]`.

Each has one of six links (all, sectors, without names, totals), and goes again and again to one of five pages, one of
twelve days and one of several filters, one to three seconds after the last. First without drops, then with one in the
inbox each ten seconds. What is measured is the clock time from asking until the script has finished, what failed, and
the largest memory of the server and of what reads its files. With `--before` (the dashboard of before, a folder) both
are measured in turns in one run. With `--processes 2` as many processes serve the home, and each viewer keeps to one of
them, as behind a proxy; memory is then that of all together.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from browser import free_port  # noqa: E402
from client import Client, ForwardMsg, Tab  # noqa: E402
from websockets.asyncio.client import ClientConnection, connect  # noqa: E402

PAGES = ("overview", "network", "sectors", "funding", "events")
DAYS = [f"{year}-{day}" for year in (2022, 2023, 2024, 2025) for day in ("03-31", "06-30", "12-31")]
FILTERS = ("", "&sector=ngo", "&sector=ngo|knowledge", "&sector=government|business", "&convenor=no")
THINKS_SECONDS = (1.0, 3.0)
EVERY_SECONDS = 10.0
"""How often something is dropped."""
PREPARE = """
import json, pathlib, sys
from hubdata import demo, loading, settings, sharing
home, hub = pathlib.Path(sys.argv[1]), settings.Settings()
files = home.with_name("files")
demo.write(files, organisations=150)
assert loading.load(home, hub, loading.read_files([files], hub), origin="own", may_remove=True).manifest
pages = sys.argv[2].split(",")
wanted = [
    {"funding": "full"}, {"funding": "totals"}, {"funding": "totals", "names": False},
    {"funding": "full", "sectors": ["ngo", "knowledge"]}, {"funding": "full", "themes": ["peacebuilding"]},
    {"funding": "full", "sectors": ["government", "business", "ngo"]},
]
print(json.dumps([sharing.create(home, hub, label=str(n), pages=pages, **w)[1] for n, w in enumerate(wanted)]))
"""
"""Fill a home with the lists of the demo and make the links; done by the dashboard that is measured."""


class Viewer:
    """One who looks: a websocket, and what a tab remembers."""

    def __init__(self, socket: ClientConnection, tab: Tab) -> None:
        self.socket, self.tab = socket, tab

    async def look(self, page: str, query: str) -> float:
        """Open a page at an address; how many seconds that took."""
        before = time.perf_counter()
        await self.socket.send(self.tab.rerun(page, query=query).SerializeToString())
        while not self.tab.has_finished:
            self.tab.take(ForwardMsg.FromString(await asyncio.wait_for(self.socket.recv(), 120)))
        taken = time.perf_counter() - before
        assert not self.tab.shown.exceptions, self.tab.shown.exceptions
        return taken

    async def go_on(self, seed: int, end: float, taken: list[float], failed: list[str]) -> None:
        at = random.Random(seed)
        thinks = at.uniform(*THINKS_SECONDS)
        await asyncio.sleep(at.uniform(0, thinks))
        while time.monotonic() < end:
            try:
                page, day, narrowed = at.choice(PAGES), at.choice(DAYS), at.choice(FILTERS)
                taken.append(await self.look(page, f"lang=en&as_of={day}{narrowed}"))
            except Exception as error:
                failed.append(f"{type(error).__name__}: {error}"[:200])
                return
            await asyncio.sleep(thinks * at.uniform(0.5, 1.5))


def prepared(program: Path, home: Path) -> list[str]:
    """Fill a home; the tokens of its links."""
    environment = {**os.environ, "HUBDATA_HOME": str(home), "PYTHONPATH": str(program)}
    command = [sys.executable, "-c", PREPARE, str(home), ",".join(PAGES)]
    made = subprocess.run(command, cwd=program, env=environment, stdout=subprocess.PIPE, check=True)
    tokens: list[str] = json.loads(made.stdout)
    return tokens


@contextlib.contextmanager
def serving(program: Path, home: Path) -> Iterator[tuple[str, int]]:
    """A process of the dashboard of a folder; yields its address and its number."""
    environment = {**os.environ, "HUBDATA_HOME": str(home), "PYTHONPATH": str(program)}
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true", f"--server.port={port}"]
    with home.with_name(f"server-{port}.log").open("wb") as said:
        server = subprocess.Popen(command, cwd=program, env=environment, stdout=said, stderr=said)
    try:
        address = f"http://127.0.0.1:{port}"
        with Client(address) as anybody:
            end = time.monotonic() + 60
            while time.monotonic() < end:
                with contextlib.suppress(Exception):
                    if anybody.http.get("/healthz").status_code == 200:
                        break
                time.sleep(0.2)
        yield address, server.pid
    finally:
        server.terminate()
        server.wait(timeout=30)


def megabytes(pid: int) -> float:
    with contextlib.suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1000
    return 0.0


async def watch(pids: Sequence[int], most: list[float]) -> None:
    while True:
        most.append(sum(megabytes(pid) for pid in pids))
        await asyncio.sleep(0.2)


async def drop(home: Path, drops: list[str]) -> None:
    """Something in the inbox each so many seconds: the list of organisations with one more each time."""
    listed = home.with_name("files").joinpath("organisations.csv").read_text(encoding="utf-8")
    names = listed.partition("\n")[0].split(",")
    for number in itertools.count():
        await asyncio.sleep(EVERY_SECONDS)
        new = {"organisation_id": f"drop-{number}", "name": f"Organisation {number}", "sector": "ngo"}
        listed += ",".join(new.get(name, "") for name in names) + "\n"
        drops.append(f"organisations-{number}.csv")
        (home / "inbox" / drops[-1]).write_text(listed, encoding="utf-8")


async def measure(
    name: str, servers: Sequence[tuple[str, int]], tokens: list[str], home: Path, said: argparse.Namespace
) -> None:
    """A row for viewers without drops, and one with."""
    viewers = []
    for number in range(said.viewers):
        address, _pid = servers[number // len(tokens) % len(servers)]
        with Client(address) as one:
            one.http.get(f"/s/{tokens[number % len(tokens)]}", follow_redirects=True).raise_for_status()
            viewers.append(Viewer(await connect(**one.handshake()), Tab(address=address)))
    for with_drops in (False, True):
        taken, failed, most, drops = list[float](), list[str](), list[float](), list[str]()
        before = len(list((home / "snapshots").glob("2*")))
        beside = [asyncio.create_task(watch([pid for _address, pid in servers], most))]
        if with_drops:
            beside.append(asyncio.create_task(drop(home, drops)))
        end = time.monotonic() + said.seconds
        await asyncio.gather(*(viewer.go_on(n, end, taken, failed) for n, viewer in enumerate(viewers)))
        for task in beside:
            task.cancel()
        loads = len(list((home / "snapshots").glob("2*"))) - before
        p50, p95 = statistics.median(taken), statistics.quantiles(taken, n=20, method="inclusive")[-1]
        print(
            f"| {name} | {len(drops)}, {loads} loaded | {len(taken):,} | {p50:.2f} s | {p95:.2f} s | {len(failed)} "
            f"| {max(most):.0f} MB |",
            flush=True,
        )
        for problem in sorted(set(failed))[:3]:
            print(f"<!-- {problem} -->", flush=True)
    await asyncio.gather(*(viewer.socket.close() for viewer in viewers))


if __name__ == "__main__":
    asks = argparse.ArgumentParser(description="Measure viewers who look at different things.")
    asks.add_argument("--before", type=Path, help="a folder with the dashboard of before")
    asks.add_argument("--viewers", type=int, default=50)
    asks.add_argument("--processes", type=int, default=1)
    asks.add_argument("--seconds", type=float, default=60)
    said = asks.parse_args()
    print(
        "| dashboard | drops | changes | p50 | p95 | failed | memory at most |\n|---|---|---|---|---|---|---|",
        flush=True,
    )
    programs = {"before": said.before.resolve()} if said.before else {}
    for name, program in {**programs, "this": ROOT}.items():
        with tempfile.TemporaryDirectory() as scratch:
            home = Path(scratch) / "home"
            tokens = prepared(program, home)
            with contextlib.ExitStack() as closes:
                servers = [closes.enter_context(serving(program, home)) for _ in range(said.processes)]
                asyncio.run(measure(name, servers, tokens, home, said))
