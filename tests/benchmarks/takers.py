"""Ten who take a file along against one who changes a filter: `python tests/benchmarks/takers.py HOME`.

The dashboard is served in a process of its own. A viewer changes the filter on the network page again and again; first
alone, then while ten others have a paper for the council made at once. By the clock, from the choice until the script
has finished.
"""

import itertools
import statistics
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from browser import served  # noqa: E402
from client import Client, Session, operation  # noqa: E402

TAKERS, CHANGES, THINKS_SECONDS = 10, 40, 0.25


def changes(session: Session, enough: threading.Event) -> list[float]:
    """How many seconds each change of the filter took; at least `CHANGES` of them, and until `enough`."""
    options = list(session.tab.shown.widget("at_sector").proto.options)
    choices = itertools.cycle([list(pair) for pair in itertools.combinations(options, 2)])
    taken = []
    while len(taken) < CHANGES or not enough.is_set():
        before = time.perf_counter()
        session.change("at_sector", next(choices))
        taken.append(time.perf_counter() - before)
        time.sleep(THINKS_SECONDS)
    return taken


def take(address: str, extension: str, times: list[float], start: threading.Barrier) -> None:
    """Have one file made; note how long that took."""
    with Client(address) as client, client.connect() as session:
        session.run("network", query="lang=en")
        session.change("take_along", True)
        start.wait()
        before = time.perf_counter()
        button = session.tab.shown.widget(f"take_{extension}").proto
        session.socket.send(_asks(session, button.deferred_file_id))
        answer = session.until("backend_operation_response", seconds=170).messages[-1].backend_operation_response
        assert not answer.error_msg, answer.error_msg
        times.append(time.perf_counter() - before)


def _asks(session: Session, file_id: str) -> bytes:
    return bytes(operation(session.tab.session_id, deferred_file={"file_id": file_id}).SerializeToString())


def main(home: Path, extension: str) -> None:
    """Print the table."""
    print(f"| a filter change, while others have a {extension} made | changes | p50 | p95 |\n|---|---|---|---|")
    found = {}
    with served(home) as address, Client(address) as client, client.connect() as session:
        session.run("network", query="lang=en")
        never = threading.Event()
        never.set()
        changes(session, never)  # whoever is first waits longer, for both
        for takers in (0, TAKERS):
            times: list[float] = []
            start = threading.Barrier(takers + 1)
            threads = [threading.Thread(target=take, args=(address, extension, times, start)) for _ in range(takers)]
            for thread in threads:
                thread.start()
            start.wait()
            enough = threading.Event()
            waits = threading.Thread(target=lambda: ([thread.join() for thread in threads], enough.set()))  # noqa: B023
            waits.start()
            taken = changes(session, enough)
            waits.join()
            found[takers] = statistics.median(taken)
            p95 = statistics.quantiles(taken, n=20, method="inclusive")[-1]
            print(
                f"| {takers} others | {len(taken)} | {1000 * found[takers]:.0f} ms | {1000 * p95:.0f} ms |", flush=True
            )
            if times:
                print(f"\nthe first file came after {min(times):.1f} s, the last after {max(times):.1f} s")
    print(f"p50 with {TAKERS} divided by p50 without: {found[TAKERS] / found[0]:.1f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "pdf")
