"""Viewers who change a filter again and again: `python tests/benchmarks/viewers.py http://127.0.0.1:8501 --viewers 1 50`.

With several addresses, of processes that serve one home, each viewer keeps to one of them, as behind a proxy.

Each viewer has a session of its own and a think time of its own, and chooses other sectors on the page. What is measured
is the clock time from sending the choice until the script has finished. First one viewer goes through all choices, so
that afterwards nobody is the first to see a view; whether the server still has it depends on how many choices there are
(`--together`). This runs in a process of its own, beside the server.
"""

import argparse
import asyncio
import itertools
import random
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from client import Client, ForwardMsg, Tab  # noqa: E402
from websockets.asyncio.client import ClientConnection, connect  # noqa: E402

THINKS_SECONDS = (1.0, 3.0)
"""Each viewer has one think time between these, and waits half to one and a half times as long between two choices."""


class Viewer:
    """One who looks: a websocket, what a tab remembers, and the filter that is changed."""

    def __init__(self, socket: ClientConnection, tab: Tab) -> None:
        self.socket, self.tab = socket, tab

    async def open(self, page: str, together: int) -> None:
        await self.run(page, query="lang=en")
        self.filter = self.tab.shown.widget("at_sector")
        options = list(self.filter.proto.options)
        self.choices = [list(some) for n in range(together + 1) for some in itertools.combinations(options, n)]
        self.chosen: list[str] = []

    async def run(self, page: str | None = None, query: str | None = None) -> float:
        """Run the script to its end; how many seconds that took."""
        before = time.perf_counter()
        await self.socket.send(self.tab.rerun(page, query=query).SerializeToString())
        while not self.tab.has_finished:
            self.tab.take(ForwardMsg.FromString(await self.socket.recv()))
        taken = time.perf_counter() - before
        assert not self.tab.shown.exceptions, self.tab.shown.exceptions
        return taken

    async def choose(self, choice: list[str]) -> float:
        """Choose sectors; how many seconds that took."""
        self.chosen, before = choice, self.tab.query
        self.tab.states[self.filter.id] = self.filter.state(choice)
        taken = await self.run()
        assert self.tab.query != before, "the choice changed nothing"
        return taken

    async def go_on(self, seed: int, seconds: float, times: int) -> list[float]:
        """Change the filter so many times, but no longer than so many seconds."""
        at = random.Random(seed)
        thinks, end = at.uniform(*THINKS_SECONDS), time.monotonic() + seconds
        taken: list[float] = []
        await asyncio.sleep(at.uniform(0, thinks))
        while len(taken) < times and time.monotonic() < end:
            taken.append(await self.choose(at.choice([c for c in self.choices if c != self.chosen])))
            await asyncio.sleep(thinks * at.uniform(0.5, 1.5))
        return taken


async def opened(clients: Sequence[Client], page: str, together: int, count: int) -> list[Viewer]:
    """So many viewers who have the page open, in turns at each address."""
    viewers = []
    for client in itertools.islice(itertools.cycle(clients), count):
        viewers.append(Viewer(await connect(**client.handshake()), Tab(address=client.address)))
        await viewers[-1].open(page, together)
    return viewers


async def measure(
    clients: Sequence[Client], page: str, together: int, counts: list[int], seconds: float, times: int
) -> None:
    """Print the times of one viewer who is the first to see each view, and then of so many viewers at once."""
    first, *others = await opened(clients, page, together, len(clients))
    print(f"| viewers who choose among {len(first.choices)} views | changes | per second | p50 | p95 |")
    print("|---|---|---|---|---|")
    began = time.monotonic()
    show("1, each for the first time", [await first.choose(c) for c in [*first.choices[1:], []]], began)
    for other in others:
        for choice in [*other.choices[1:], []]:
            await other.choose(choice)
    await asyncio.gather(*(viewer.socket.close() for viewer in (first, *others)))
    found = {}
    for count in counts:
        viewers = await opened(clients, page, together, count)
        began = time.monotonic()
        rounds = await asyncio.gather(*(viewer.go_on(n, seconds, times) for n, viewer in enumerate(viewers)))
        found[count] = show(f"{count}", [taken for listed in rounds for taken in listed], began)
        await asyncio.gather(*(viewer.socket.close() for viewer in viewers))
    if len(counts) > 1:
        least, most = min(counts), max(counts)
        print(f"\np95 of {most} divided by p50 of {least}: {found[most][1] / found[least][0]:.1f}")


def show(name: str, taken: list[float], began: float) -> tuple[float, float]:
    """Print a row; return p50 and p95."""
    p50, p95 = statistics.median(taken), statistics.quantiles(taken, n=20, method="inclusive")[-1]
    rate = len(taken) / (time.monotonic() - began)
    print(f"| {name} | {len(taken):,} | {rate:.1f} | {1000 * p50:.0f} ms | {1000 * p95:.0f} ms |", flush=True)
    return p50, p95


if __name__ == "__main__":
    asks = argparse.ArgumentParser(description="Measure a served dashboard while viewers change a filter.")
    asks.add_argument("addresses", nargs="+", help="where it is served, for instance http://127.0.0.1:8501")
    asks.add_argument("--viewers", type=int, nargs="+", default=[1, 50], help="how many at once, in turns")
    asks.add_argument("--page", default="network", help="the page, by its name in the address")
    asks.add_argument(
        "--together", type=int, default=1, help="how many sectors one chooses at most: 1 gives 10 views, 2 46"
    )
    asks.add_argument("--seconds", type=float, default=60, help="at most so long")
    asks.add_argument("--changes", type=int, default=60, help="at most so many per viewer")
    asks.add_argument(
        "--cookie", action="append", default=[], metavar="NAME=VALUE", help="what every viewer sends along"
    )
    said = asks.parse_args()
    cookies = dict(cookie.split("=", 1) for cookie in said.cookie)
    with ExitStack() as closes:
        visitors = [closes.enter_context(Client(address, cookies)) for address in said.addresses]
        asyncio.run(measure(visitors, said.page, said.together, said.viewers, said.seconds, said.changes))
