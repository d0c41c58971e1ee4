"""Several servers over one lake, measured by hand: `python tests/benchmarks/servers.py PART ...`.

    rows     publish and open, folder against lake, at so many rows of income (`--rows 10000 1000000`)
    hubs     publish and look, with so many hubs in one catalogue (`--hubs 1 20 100`)
    viewers  filter changes a second, of one process and of two over one lake

Prints Markdown tables for docs/benchmarks.md, by the clock, with the load of the machine. PostgreSQL is started for it.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(Path(__file__).parent)]

import numpy as np  # noqa: E402
import postgres  # noqa: E402
import pyarrow as pa  # noqa: E402
from conftest import SAMPLE, table  # noqa: E402

from hubdata import demo, loading, models, settings, sharing, store  # noqa: E402

SETTINGS = settings.Settings()


def took(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds by the clock, and what came of it."""
    before = time.perf_counter()
    made = work()
    return time.perf_counter() - before, made


def home_of(folder: Path, name: str, address: str = "") -> Path:
    (folder / name).mkdir()
    if address:
        (folder / name / "hub.toml").write_text(f'store = "{address}"\n', encoding="utf-8")
    return folder / name


def income(count: int) -> dict[str, pa.Table]:
    """A thousand organisations, and so many rows of income of them."""
    organisations = [{"organisation_id": f"o{n}", "name": f"Organisation {n}", "sector": "ngo"} for n in range(1000)]
    numbers = np.arange(count)
    one = table("funding", [{"organisation_id": "o0", "year": 2020, "amount": 1.0, "donor": "D"}])
    made: dict[str, pa.Array] = {
        "organisation_id": pa.DictionaryArray.from_arrays(
            pa.array(numbers % 1000, pa.int32()), pa.array([f"o{n}" for n in range(1000)])
        ).cast(pa.string()),
        "year": pa.array(2000 + numbers % 25),
        "amount": pa.array((numbers * 7919 % 1_000_003) / 7.0),
        "donor": pa.DictionaryArray.from_arrays(
            pa.array(numbers // 1000 % 5000, pa.int32()), pa.array([f"Donor {n}" for n in range(5000)])
        ).cast(pa.string()),
    }
    schema = models.schema(models.TABLES["funding"])
    columns = [
        made[field.name].cast(field.type)
        if field.name in made
        else pa.repeat(one[field.name][0], count).cast(field.type)
        for field in schema
    ]
    return {"organisations": table("organisations", organisations), "funding": pa.table(columns, schema=schema)}


def rows(server: postgres.Postgres, folder: Path, counts: list[int]) -> None:
    print("| rows of income | publish, folder | publish, lake | open, folder | open, lake, another server |")
    print("|---|---|---|---|---|")
    for count in counts:
        tables = income(count)
        here = home_of(folder, f"folder{count}")
        lake, there = (home_of(folder, f"{name}{count}", server.store(f"r{count}")) for name in ("here", "there"))
        taken: list[list[float]] = [[], [], [], []]
        shown: dict[Path, str | None] = {here: None, lake: None}
        for _ in range(3 if count <= 1_000_000 else 1):
            for place, home in enumerate((here, lake)):
                before = time.perf_counter()
                shown[home] = store.publish(home, tables, origin="own", based_on=shown[home], keep=1).id
                taken[place].append(time.perf_counter() - before)
            for place, home in ((2, here), (3, there)):
                snapshot_id = shown[here if home is here else lake] or ""

                def look(home: Path = home, snapshot_id: str = snapshot_id) -> None:
                    with contextlib.closing(store.open_snapshot(home, snapshot_id)) as snapshot:
                        snapshot.read_a_row()

                taken[place].append(took(look)[0])
        print(f"| {count:,} | " + " | ".join(f"{statistics.median(each):.2f} s" for each in taken) + " |", flush=True)


def hubs(server: postgres.Postgres, folder: Path, counts: list[int]) -> None:
    print("| hubs in one catalogue, each with the sample | a load | which is on show | another server's first look |")
    print("|---|---|---|---|")
    prepared = loading.prepare(home_of(folder, "none"), SETTINGS, loading.read_files([SAMPLE], SETTINGS))
    tables, made = prepared.draft.tables, 0
    while made < max(counts):
        made += 1
        address = server.store(f"h{made}")
        home = home_of(folder, f"h{made}", address)
        first = store.publish(home, tables, origin="own")
        if made not in counts:
            continue
        second, loads = first, []
        for _ in range(5):
            seconds, second = took(lambda h=home, f=second: store.publish(h, tables, origin="own", based_on=f.id))
            loads.append(seconds)
        load = statistics.median(loads)
        looks = [took(lambda h=home: store.current_snapshot_id(h))[0] for _ in range(20)]
        other = home_of(folder, f"other{made}", address)
        opened, _snapshot = took(lambda o=other, s=second: store.open_snapshot(o, s.id))
        print(f"| {made} | {load:.2f} s | {1000 * statistics.median(looks):.1f} ms | {opened:.2f} s |", flush=True)


@contextlib.contextmanager
def served(home: Path) -> Iterator[tuple[str, int]]:
    from browser import free_port, said_by, wait_until_healthy
    from dashboard import Dashboard

    port = free_port()
    arguments = ["--server.headless=true", f"--server.port={port}"]
    one = Dashboard(arguments, {**os.environ, "HUBDATA_HOME": str(home)}, said_by(home))
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}", one, said_by(home))
        yield f"http://127.0.0.1:{port}", one.pid
    finally:
        one.terminate()
        one.wait(timeout=20)


CHANGES = """
import sys, time, json, asyncio, random
sys.path[:0] = sys.argv[1:3]
import viewers
from client import Client
viewers.THINKS_SECONDS = (0.0, 0.0)
async def measure(client, count, seconds):
    looking = await viewers.opened([client], "network", 1, count)
    for choice in [*looking[0].choices[1:], []]: await looking[0].choose(choice)
    began = time.monotonic()
    rounds = await asyncio.gather(*(one.go_on(n, seconds, 10**6) for n, one in enumerate(looking)))
    print(json.dumps([sum(map(len, rounds)) / (time.monotonic() - began)]))
with Client(sys.argv[3]) as client:
    client.http.get(sys.argv[4])
    asyncio.run(measure(client, int(sys.argv[5]), float(sys.argv[6])))
"""


def viewers(server: postgres.Postgres, folder: Path, seconds: float) -> None:
    print("| processes | viewers who never think | filter changes a second | memory of each before, and after |")
    print("|---|---|---|---|")
    demo.write(folder / "lists", organisations=150)
    address = server.store("viewers")
    homes = [home_of(folder, name, address) for name in ("a", "b")]
    outcome = loading.load(homes[0], SETTINGS, loading.read_files([folder / "lists"], SETTINGS), origin="demo")
    assert outcome.manifest
    _link, token = sharing.create(homes[0], SETTINGS, label="bench", pages=("network",))
    for count in (1, 2):
        with ExitStack() as closes:
            servers = [closes.enter_context(served(home)) for home in homes[:count]]
            places = [str(ROOT / "tests"), str(Path(__file__).parent)]
            asks = [
                subprocess.Popen(
                    [sys.executable, "-c", CHANGES, *places, each[0], f"/s/{token}", str(20 // count), str(seconds)],
                    stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
                )
                for each in servers
            ]  # fmt: skip
            before = [memory(pid) for _address, pid in servers]
            rate = sum(json.loads(one.communicate()[0])[0] for one in asks)
            after = [memory(pid) for _address, pid in servers]
        print(f"| {count} | 20 | {rate:.0f} | {max(before)}, {max(after)} MB |", flush=True)


def memory(pid: int) -> int:
    """The memory of a process (Rss), in MB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Rss:")) // 1024


if __name__ == "__main__":
    asks = argparse.ArgumentParser(description="Measure several servers over one lake.")
    asks.add_argument("parts", nargs="+", choices=["rows", "hubs", "viewers"])
    asks.add_argument("--rows", type=int, nargs="+", default=[10_000, 1_000_000])
    asks.add_argument("--hubs", type=int, nargs="+", default=[1, 20, 100])
    asks.add_argument("--seconds", type=float, default=15)
    said = asks.parse_args()
    with tempfile.TemporaryDirectory() as place, postgres.running() as started:
        print(f"load of the machine: {os.getloadavg()[0]:.1f}\n", flush=True)
        for part in said.parts:
            given = {"rows": said.rows, "hubs": said.hubs, "viewers": said.seconds}[part]
            {"rows": rows, "hubs": hubs, "viewers": viewers}[part](started, Path(place), given)  # type: ignore[operator]
            print(f"\nload of the machine: {os.getloadavg()[0]:.1f}\n", flush=True)
