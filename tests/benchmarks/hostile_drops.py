"""Files that were made to do harm, dropped on a dashboard that people look at: `python tests/benchmarks/hostile_drops.py`.

Some viewers change page, day and filters all the time. Meanwhile each file comes in three ways: dropped on the page Data,
saved in the inbox, and loaded with the command. What is measured is how long the changes of viewers take by the clock, the
largest memory of the server and of what reads its files, whether the server is still the same process, and what was said of
each file. `reading_seconds` is 30 here, in place of 120: some files are read until that clock ends it.
"""

import argparse
import asyncio
import contextlib
import csv
import itertools
import re
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from busy import ROOT, Viewer, megabytes, serving

sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import door  # noqa: E402
from client import Client, Tab  # noqa: E402
from hostile import ods, ods_row, text_cell, xls, xlsx  # noqa: E402
from websockets.asyncio.client import connect  # noqa: E402

from hubdata.ingest import SENTENCES  # noqa: E402

READING_SECONDS = 30
SETTINGS = f"reading_seconds = {READING_SECONDS}\ninbox_settle_seconds = 1\n"


def packed(parts: int, size: int) -> bytes:
    """A workbook of so many sheets of so many bytes, all the same."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        for number in range(parts):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", "<sheetData>" + "ab" * (size // 2))
    return content.getvalue()


def row(*cells: str) -> str:
    return f"<row>{''.join(cells)}</row>"


def looped() -> bytes:
    """A workbook of before 2007 whose list of sectors is a ring."""
    whole = xls((0, 0))
    return whole[:68] + b"\0\0\0\0\xff\xff\0\0" + whole[76:]


FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a cell far away, .xls": ("a.xls", lambda: xls((65535, 65535))),
    "two cells far apart, .xls": ("b.xls", lambda: xls((0, 0), (65535, 65535))),
    "a ring of sectors, .xls": ("c.xls", looped),
    "99 sheets of 10 MB in 1 MB": ("d.xlsx", lambda: packed(99, 9_800_000)),
    "a formula of beginnings of cells": ("e.xlsx", lambda: xlsx(row("<c t='str'><f>" + "<c " * 40_000 + "</f></c>"))),
    "one text in 900,000 cells": (
        "f.xlsx",
        lambda: xlsx(row('<c t="s"><v>0</v></c>' * 100) * 9000, {"xl/sharedStrings.xml": f"<sst><si><t>{'A' * 10**6}"}),
    ),
    "60,000 names that are nearly the same": (
        "g.xlsx",
        lambda: xlsx(
            row(text_cell("name"), text_cell("sector"))
            + "".join(row(text_cell(f"n{n}"), text_cell("ngo")) for n in range(60_000))
        ),
    ),
    "a row repeated a billion times, .ods": ("h.ods", lambda: ods(ods_row(), ods_row("1000000000"))),
    "two billion spaces, .ods": ("i.ods", lambda: ods(ods_row(), ods_row(cell='a<text:s text:c="2000000000"/>b'))),
    "a title of 20 MB in 200,000 rows, IATI": (
        "j.xml",
        lambda: (
            f"<iati-activities><iati-activity><title>{'T' * 20_000_000}</title>"
            f"{'<transaction><value>1</value></transaction>' * 200_000}</iati-activity></iati-activities>".encode()
        ),
    ),
    "a cell of 100,000 letters": ("k.csv", lambda: b"name,sector\n" + b"a." * 50_000 + b",ngo\n"),
    "quoted line breaks, 160 MB": ("l.csv", lambda: b"name,sector\n" + b'"a\nb",ngo\n' * 15_000_000),
    "3 million times the same row": ("m.csv", lambda: b"name,sector\r" + b"a,ngo\r" * 3_000_000),
}


class Memory:
    """The largest memory of a process and of any that it started, in megabytes."""

    def __init__(self, pid: int) -> None:
        self.pid, self.own, self.beside = pid, 0.0, 0.0

    async def watch(self) -> None:
        while True:
            self.own = max(self.own, megabytes(self.pid))
            self.beside = max([self.beside, *map(megabytes, descendants(self.pid))])
            await asyncio.sleep(0.1)


def descendants(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in map(int, children.read_text(encoding="ascii").split()):
                found += [child, *descendants(child)]
    return found


def said_of(problems: Path) -> str:
    """What a list of problems says first."""
    with problems.open(encoding="utf-8-sig", newline="") as file:
        listed = list(csv.reader(file, delimiter=";"))
    return listed[1][4] if len(listed) > 1 else ""


def in_inbox(home: Path, name: str, content: bytes) -> str:
    """Save it in the inbox and wait until it is refused."""
    before = set((home / "rejected").glob("*/problems.csv"))
    (home / "inbox").mkdir(exist_ok=True)
    (home / "inbox" / name).write_bytes(content)
    end = time.monotonic() + 4 * READING_SECONDS
    while time.monotonic() < end:
        if new := set((home / "rejected").glob("*/problems.csv")) - before:
            return said_of(new.pop())
        if not (home / "inbox" / name).exists():
            return "loaded"
        time.sleep(0.2)
    return "NOTHING WAS SAID"


def by_command(home: Path, name: str, content: bytes) -> str:
    """Load it with the command, which says why not."""
    path = home.with_name(name)
    path.write_bytes(content)
    command = [sys.executable, "-m", "hubdata", "load", str(path), "--home", str(home), "--language", "en"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    path.unlink()
    assert "Traceback" not in done.stderr, done.stderr
    said = (done.stderr + done.stdout).strip()
    return "loaded" if done.returncode == 0 else said.splitlines()[0] if said else "NOTHING WAS SAID"


def on_page(address: str, name: str, content: bytes) -> str:
    """Drop it on the page Data as a browser does, and read what the page says."""
    with Client(address) as manager:
        manager.http.get("/_stcore/health")  # gives the token against forgery
        with manager.connect() as tab:
            tab.run("data", query="lang=en&all=yes")
            shown = tab.upload(name, content, seconds=5 * READING_SECONDS)
    assert not shown.exceptions, shown.exceptions
    text = " ".join(shown.text.replace("\\", "").split())
    parts = [part for sentences in SENTENCES.values() for part in re.split(r"\{\w+\}", sentences.wrong)]
    found = [place for part in parts if len(part) > 20 and (place := text.find(part.strip())) >= 0]
    return text[min(found) :][:90] if found else "read, can be loaded" if "What we read" in text else "NOTHING WAS SAID"


async def look(viewer: Viewer, number: int, stop: asyncio.Event, taken: list[float], failed: list[str]) -> None:
    """Change pages, days and filters until it is enough."""
    for seed in itertools.count(number, step=100):
        if stop.is_set():
            return
        await viewer.go_on(seed, time.monotonic() + 10, taken, failed)


async def measure(home: Path, address: str, tokens: list[str], pid: int, said: argparse.Namespace) -> None:
    door.note(address, home)
    viewers = []
    for number in range(said.viewers):
        with Client(address, cookies={}) as one:
            one.http.get(f"/s/{tokens[number % len(tokens)]}", follow_redirects=True).raise_for_status()
            viewers.append(Viewer(await connect(**one.handshake()), Tab(address=address)))
    ways: dict[str, Callable[[str, bytes], str]] = {
        "nothing": lambda _name, _content: "",
        "page": lambda name, content: on_page(address, name, content),
        "inbox": lambda name, content: in_inbox(home, name, content),
        "command": lambda name, content: by_command(home, name, content),
    }
    notes: list[str] = []
    for way, hand_in in ways.items():
        memory, taken, failed = Memory(pid), list[float](), list[str]()
        watching = asyncio.create_task(memory.watch())
        stop = asyncio.Event()
        looking = [asyncio.create_task(look(viewer, n, stop, taken, failed)) for n, viewer in enumerate(viewers)]
        begin, wrong = time.monotonic(), 0
        if way == "nothing":
            await asyncio.sleep(said.seconds)
        for what, (name, make) in FILES.items() if way != "nothing" else ():
            content, before, counted = make(), time.monotonic(), len(taken)
            answer = await asyncio.to_thread(hand_in, name, content)
            wrong += answer == "NOTHING WAS SAID"
            slowest = max(taken[counted:], default=0.0)
            notes.append(
                f"<!-- {way}, {what}: {time.monotonic() - before:.0f} s, slowest change {slowest:.1f} s, {answer[:90]} -->"
            )
            print(notes[-1], file=sys.stderr, flush=True)
        minutes = (time.monotonic() - begin) / 60
        stop.set()
        await asyncio.gather(*looking)
        watching.cancel()
        with Client(address, cookies={}) as anybody:
            is_well = anybody.http.get("/healthz").status_code == 200 and megabytes(pid) > 0
        p50, p95 = statistics.median(taken), statistics.quantiles(taken, n=20, method="inclusive")[-1]
        print(
            f"| {way} | {minutes:.1f} | {len(taken):,} | {p50:.2f} s | {p95:.2f} s | {max(taken):.1f} s | {len(failed)} "
            f"| {memory.own:.0f} MB | {memory.beside:.0f} MB | {wrong} | {'yes' if is_well else 'NO'} |",
            flush=True,
        )
        for problem in sorted(set(failed))[:3]:
            print(f"<!-- {problem} -->", flush=True)
    await asyncio.gather(*(viewer.socket.close() for viewer in viewers))


if __name__ == "__main__":
    asks = argparse.ArgumentParser(description="Drop hostile files on a dashboard that people look at.")
    asks.add_argument("--viewers", type=int, default=5)
    asks.add_argument("--seconds", type=float, default=30, help="how long without anything")
    said = asks.parse_args()
    print(
        "| way | minutes | changes | p50 | p95 | slowest | failed | server at most | beside it at most | files without "
        "a sentence | server still there |\n|---|---|---|---|---|---|---|---|---|---|---|",
        flush=True,
    )
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch) / "home"
        home.mkdir()
        (home / "hub.toml").write_text(SETTINGS, encoding="utf-8")
        with serving(ROOT, home) as (address, tokens, pid):
            asyncio.run(measure(home, address, tokens, pid, said))
