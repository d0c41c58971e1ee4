"""What a kill leaves behind: the disk as it is before each step on it, without killing anything.

A process that is killed (SIGKILL) leaves what it had written so far, and nothing of its own: no lock, no memory. So one run
gives every state, where killing at the first, second, third step takes as many runs. Steps inside DuckDB are not seen here;
`test_durability` kills real processes by the clock for those.
"""

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hubdata import store

_watching: list[Callable[[str, tuple[Any, ...]], None]] = []
_hooked: list[bool] = []


def states_of(home: Path, scratch: Path, work: Callable[[], object]) -> tuple[int, list[Path]]:
    """Do `work` on a home; the number of its steps on the disk, and a copy of the home for every state it was left in.

    A step is an open for writing, a rename, a new folder or a removal. Of states that are alike (see `what_lies_in`) there
    is one copy; the last is the home when the work was done.
    """
    steps, seen, copies = 0, set(), list[Path]()

    def keep() -> None:
        if (there := what_lies_in(home)) not in seen:
            seen.add(there)
            copies.append(shutil.copytree(home, scratch / f"killed-{len(copies)}"))

    def step(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal steps
        changes = event in ("os.rename", "os.mkdir", "os.remove", "os.rmdir") or (
            event == "open" and arguments[2] & (os.O_CREAT | os.O_WRONLY | os.O_RDWR)
        )
        if changes and any(str(home) in str(path) for path in arguments[:2]):
            steps += 1
            keep()

    with _told_of_events(step):
        work()
    keep()
    return steps, copies


@contextmanager
def _told_of_events(step: Callable[[str, tuple[Any, ...]], None]) -> Iterator[None]:
    """Call `step` before what Python is about to do; not for what `step` itself does."""

    def heard(event: str, arguments: tuple[Any, ...]) -> None:
        if _watching:
            told = _watching.pop()
            try:
                told(event, arguments)
            finally:
                _watching.append(told)

    if not _hooked:  # it stays for as long as the process lives
        sys.addaudithook(heard)
        _hooked.append(True)
    _watching.append(step)
    try:
        yield
    finally:
        _watching.clear()


def what_lies_in(home: Path) -> frozenset[tuple[str, int]]:
    """The name and size of every file and folder, with the same name for everything that is drawn at random.

    Beside them how many snapshots came before the one on show: what says so is as long for each of them.
    """
    drawn = re.compile(r"\d{8}T\d+-[0-9a-f]+|[0-9a-f]{16,}")
    lying = {(drawn.sub("*", str(path.relative_to(home))), path.stat().st_size) for path in home.rglob("*")}
    shown = store.current_snapshot_id(home) or ""
    return frozenset(lying | {("before the one on show", sum(m.id < shown for m in store.history(home)))})
