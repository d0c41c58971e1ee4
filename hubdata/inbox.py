"""The folder `inbox/`: lists saved there are loaded without anybody opening a page, as long as the dashboard runs.

A drop is complete when nothing in the folder has changed for a while. Then it is loaded, all or nothing, and its files
are taken away: of what was loaded the columns that are used are in the archive, of what was refused they are in
`rejected/TIME/`, beside `problems.csv`. Before anything happens a note says which files are being taken; a program that
is killed half way finds the note at the next start and takes away what was dealt with already, so no drop counts twice.

Nothing outside the folder is ever read: a symbolic link is not followed.
"""

import asyncio
import contextlib
import datetime
import errno
import functools
import json
import logging
import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.compute as pc
from filelock import FileLock, Timeout
from watchfiles import Change, awatch

from hubdata import ingest, loading, reading, sandbox, store
from hubdata.cells import ADDRESS, EMAIL
from hubdata.loading import PROBLEMS
from hubdata.settings import Settings
from hubdata.texts import N_, translation

LOOK_SECONDS = 3.0
"""How often to look when nothing is heard: a network drive sends no events."""
LONGEST_PAUSE_SECONDS = 60.0
NOTE = ".taken.json"
MAX_ATTEMPTS = 2
"""So often a program may be ended by reading a drop; then it is refused without being read."""
PROCESS = secrets.token_hex(8)
"""Which program this is: what failed in it did not end it, and is tried again as often as it takes."""
HEADINGS = (N_("File"), N_("Row"), N_("Column"), N_("In the cell"), N_("What is wrong"), N_("What you can do"))

logger = logging.getLogger(__name__)

Seen = dict[str, tuple[int, int]]
"""File -> its size and when it was last changed (nanoseconds)."""


class Result(NamedTuple):
    """What became of a drop: the snapshot that holds it, or the folder where it lies refused."""

    files: tuple[str, ...]
    snapshot: str | None = None
    rejected: Path | None = None


async def watch(home: Path, settings: Settings) -> None:
    """Take drops from the inbox until cancelled, one after another, each as it came to rest.

    Files that come while a drop is taken are drops of their own and wait their turn. Whatever goes wrong is logged, and
    tried again later.
    """
    waiting: list[Seen] = []
    taken: Seen = {}  # nothing to begin with: a drop is finished in which a program was killed
    taking: asyncio.Task[Result | None] | None = _task(process, home, settings, taken)
    last_stamps: Seen = {}
    since = pause = not_before = 0.0
    while True:
        wait = LOOK_SECONDS
        try:
            if taking and taking.done():
                ended, taking = taking, None
                ended.result()
                pause = 0.0
                waiting = [drop for drop in waiting if drop is not taken]  # what still lies there is looked at anew
            lying = await asyncio.to_thread(scan, home)
            stamps = {name: stamp for name, stamp in lying.items() if all(d.get(name) != stamp for d in waiting)}
            if stamps != last_stamps:
                last_stamps, since = stamps, time.monotonic()
            left = since + settings.inbox_settle_seconds - time.monotonic()
            if _lists(home, stamps):
                if left > 0:
                    wait = min(wait, left)
                else:
                    waiting.append(stamps)
                    last_stamps = {}
        except Exception as error:
            pause = min(max(2 * pause, LOOK_SECONDS), LONGEST_PAUSE_SECONDS)
            not_before = time.monotonic() + pause
            logger.error("the inbox could not be emptied (%s); trying again in %.0f seconds", _reason(error), pause)
        if waiting and not taking and time.monotonic() >= not_before:
            taken = waiting[0]
            taking = _task(process, home, settings, taken)
        changes = asyncio.create_task(_something_changes(home / "inbox", wait))
        try:
            await asyncio.wait({changes, *([taking] if taking else [])}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            changes.cancel()


def _task(work: Callable[..., Result | None], *how: Any) -> "asyncio.Task[Result | None]":
    return asyncio.create_task(asyncio.to_thread(work, *how))


async def _something_changes(folder: Path, seconds: float) -> None:
    """Wait until a file of the folder changes, at most so many seconds."""
    limit = max(1, int(seconds * 1000))
    try:
        heard = awatch(folder, recursive=False, watch_filter=_is_visible, rust_timeout=limit, yield_on_timeout=True)
        async with contextlib.aclosing(heard):
            async for _ in heard:
                return
    except Exception:  # the system reports no changes here: looking every few seconds is enough
        await asyncio.sleep(seconds)


def _is_visible(change: Change, path: str) -> bool:
    """Whether a change counts: those of our own lock and note do not."""
    return not Path(path).name.startswith(".")


def _reason(error: Exception) -> str:
    """The reason of an error, without anything that may come from the data."""
    if isinstance(error, store.StoreProblem):
        return f"StoreProblem: {error.code}"
    return f"{type(error).__name__}: {error.strerror}" if isinstance(error, OSError) else type(error).__name__


def scan(home: Path) -> Seen:
    """The files in the inbox, of any kind: one that is still being downloaded says that the drop is not complete."""
    folder = home / "inbox"
    folder.mkdir(parents=True, exist_ok=True)
    stamps = {}
    for entry in os.scandir(folder):
        with contextlib.suppress(FileNotFoundError):
            status = entry.stat(follow_symlinks=False)
            if stat.S_ISREG(status.st_mode) and not entry.name.startswith("."):
                stamps[entry.name] = (status.st_size, status.st_mtime_ns)
    return stamps


def _lists(home: Path, stamps: Seen) -> list[str]:
    """The files that hold a list; other files are left alone, and so is our own list, put back with a refused drop."""
    return [path.name for path in loading.lists_in(home / "inbox") if path.name in stamps and path.name != PROBLEMS]


def process(home: Path, settings: Settings, stamps: Seen | None = None) -> Result | None:
    """Load what lies in the inbox, or refuse it; None when there was nothing to do.

    `stamps` is what came to rest; what lies beside it is another drop. When one of these files is something else by
    now, all are left for the next time. Raises
    `store.StoreProblem` or `OSError` when the data or the folders cannot be written; then the files still lie there.
    """
    folder = home / "inbox"
    folder.mkdir(parents=True, exist_ok=True)  # on the very first start
    stamps = scan(home) if stamps is None else stamps
    if not _lists(home, stamps) and not (folder / NOTE).exists():
        return None
    try:
        with FileLock(folder / ".lock", timeout=0):
            left = _finish(home)
            lying = scan(home)
            is_unchanged = all(lying.get(name) == stamp for name, stamp in stamps.items())
            if left is None or not is_unchanged or not _lists(home, stamps):
                return None
            drop = {name: stamps[name] for name in _lists(home, stamps)}
            return _process(home, settings, drop, left.attempts if left.files == drop else 0)
    except Timeout:  # another server over the same data is busy with it
        return None


def _process(home: Path, settings: Settings, stamps: Seen, attempts: int) -> Result | None:
    """Take a drop; `attempts` is how many programs were ended while they took it."""
    folder = home / "inbox"
    files: dict[str, bytes] = {}
    paths: dict[str, Path] = {}
    room = settings.max_drop_megabytes * 1_000_000
    for name, stamp in stamps.items():
        try:
            content = _content(folder / name, stamp, min(settings.max_file_megabytes * 1_000_000, room) + 1)
        except PermissionError:
            _warn_once(name, stamp)
            continue
        if content is None:
            return None
        # A file name in another encoding may hold bytes that cannot be written as UTF-8.
        label = name.encode(errors="xmlcharrefreplace").decode()
        files[label], paths[label] = content, folder / name
        room -= min(len(content), room)
    if not files:
        return None
    rejected = home / "rejected" / f"{datetime.datetime.now(datetime.UTC):%Y%m%dT%H%M%S%f}"
    snapshot_ids = [manifest.id for manifest in store.history(home)]
    note = {
        "files": stamps,
        "snapshots": snapshot_ids,
        "rejected": rejected.name,
        "attempt": attempts + 1,
        "process": PROCESS,
    }
    store.write_file(folder / NOTE, json.dumps(note).encode())
    if attempts >= MAX_ATTEMPTS:
        problems = [ingest.problem("reading_ended_us", name, count=attempts) for name in files]
        _refuse(rejected, paths, settings, {}, problems, None, loading.remembered(home))
        return _taken(folder, stamps, Result(tuple(files), rejected=rejected))
    prepared = loading.prepare(home, settings, files)
    removes_much = [] if prepared.draft.problems else prepared.removes_much
    try:
        outcome = loading.publish(home, settings, prepared, way="inbox")
    except store.ConcurrentLoad:
        return None
    if outcome.manifest:
        return _taken(folder, stamps, Result(tuple(files), snapshot=outcome.manifest.id))
    problems = _problems(outcome, removes_much, list(files))
    _refuse(rejected, paths, settings, files, problems, outcome.draft, loading.remembered(home))
    return _taken(folder, stamps, Result(tuple(files), rejected=rejected))


def _taken(folder: Path, stamps: Seen, result: Result) -> Result:
    """Take away the files of a drop that is loaded or refused, and the note about it."""
    if result.rejected:
        logger.info("inbox: %d files not loaded, see rejected/%s", len(result.files), result.rejected.name)
    else:
        logger.info("inbox: %d files loaded as snapshot %s", len(result.files), result.snapshot)
    _remove(folder, stamps)
    (folder / NOTE).unlink()
    return result


def _content(path: Path, stamp: tuple[int, int], most: int) -> bytes | None:
    """What a file holds, up to `most` bytes; None when it is not, or no longer, the file that was seen.

    What took its place may be anything: a pipe is not waited for, a link not followed. Raises `OSError`.
    """
    flags = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ELOOP, errno.ENXIO, errno.EISDIR):  # gone, or a link, a socket, a folder
            return None
        raise
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            content = file.read(most)
        status = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    return content if (status.st_size, status.st_mtime_ns) == stamp else None


@functools.lru_cache(maxsize=1000)
def _warn_once(name: str, stamp: tuple[int, int]) -> None:
    """Say of a file that it may not be read; once, though it is looked at every few seconds."""
    logger.warning("a file in the inbox may not be read by the dashboard and is left alone (number %d)", stamp[1])


def _remove(folder: Path, files: Mapping[str, tuple[int, int]]) -> None:
    """Remove exactly the files that were read; one that changed meanwhile belongs to the next drop."""
    for name, stamp in files.items():
        with contextlib.suppress(FileNotFoundError):
            status = (folder / name).lstat()
            if (status.st_size, status.st_mtime_ns) == tuple(stamp):
                (folder / name).unlink()


class Left(NamedTuple):
    """What a program left of a drop that it could not finish: its files, and how many programs it ended so far."""

    files: Seen
    attempts: int


def _finish(home: Path) -> Left | None:
    """Take away the files that a program had dealt with when it was killed half way; None when there were any."""
    folder = home / "inbox"
    for left in folder.glob(f".{NOTE}-*"):  # a note that was never finished
        left.unlink()
    if not (folder / NOTE).exists():
        return Left({}, 0)
    try:
        note = store.read_json((folder / NOTE).read_bytes())
        files = {str(name): (int(size), int(changed_at)) for name, (size, changed_at) in note["files"].items()}
        earlier, rejected = set(note["snapshots"]), str(note["rejected"])
        # A note of an older version has no count.
        attempts = int(note.get("attempt", 1)) - (note.get("process") == PROCESS)
        if any(re.search(r"[/\\\0]|^\.", name) for name in (*files, rejected)):
            raise ValueError("a name that is a path")
    except (ValueError, KeyError, TypeError, AttributeError):
        # Nobody knows what was being taken. What was loaded already changes nothing when it is read once more.
        store.set_aside(folder / NOTE)
        return Left({}, 0)
    loaded = any(m.way == "inbox" and m.id not in earlier for m in store.history(home))
    if loaded or (home / "rejected" / rejected).exists():
        _remove(folder, files)
        (folder / NOTE).unlink()
        return None
    # The note stays, with its count, until another one takes its place.
    return Left(files, attempts)


# --- what is refused ----------------------------------------------------------------------------------------------


def _problems(outcome: loading.Outcome, removes_much: list[str], files: list[str]) -> list[ingest.Problem]:
    """Why a drop was not loaded, for somebody who only has the folder."""
    if outcome.is_unchanged:
        return [ingest.problem("nothing_changed", name) for name in files]
    if removes_much:
        removed = {name: outcome.draft.changes[name].removed for name in removes_much}
        return [ingest.problem("removes_much_in_inbox", f"{name}.csv", count=n) for name, n in removed.items()]
    return outcome.draft.problems


def _refuse(
    rejected: Path,
    paths: Mapping[str, Path],
    settings: Settings,
    files: Mapping[str, bytes],
    problems: list[ingest.Problem],
    draft: ingest.Draft | None,
    matching: ingest.FileMapping,
) -> None:
    """Put copies of the files and the list of problems in a folder that appears all at once.

    `files` is what was read of them; one of which that is not all, is copied without a look at it.
    """
    building = rejected.with_name(f".{rejected.name}")
    for left in rejected.parent.glob(".[0-9]*"):  # of a program that was killed
        shutil.rmtree(left, ignore_errors=True)
    try:
        building.mkdir(parents=True)
        listed_problems, taken = list(problems), [PROBLEMS]
        largest = settings.max_file_megabytes * 1_000_000
        for name, path in paths.items():
            content = files.get(name, b"")
            if draft is None or len(content) > largest or len(content) < path.lstat().st_size:
                taken.append(store.free_name(name, taken))
                shutil.copyfile(path, building / taken[-1], follow_symlinks=False)
                continue
            lists, more = _kept_columns(name, content, settings, draft, matching)
            for label, list_content in lists.items():
                taken.append(store.free_name(label, taken, "" if label == name and not more else ".csv"))
                store.write_file(building / taken[-1], list_content)
            listed_problems += more
        (building / PROBLEMS).write_bytes(problem_list(listed_problems, settings.languages[0]))
        building.rename(rejected)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise


def problem_list(problems: list[ingest.Problem], language: str) -> bytes:
    """Problems as a CSV file that Excel opens right, in the reader's language."""
    rows = (
        (
            problem.file,
            str(problem.row or ""),
            problem.column,
            "" if ingest.holds_personal_data(problem.value) else problem.value,
            problem.message.translate(language),
            problem.remedy.translate(language),
        )
        for problem in problems
    )
    headings = [translation(language).gettext(heading) for heading in HEADINGS]
    return reading.write_for_excel(headings, rows, reading.EXCEL_SEPARATORS[language])


def _kept_columns(
    file: str, content: bytes, settings: Settings, draft: ingest.Draft, matching: ingest.FileMapping
) -> tuple[dict[str, bytes], list[ingest.Problem]]:
    """As `_used_columns`, in a process of its own; a file that ends it stays as it is."""
    limits = sandbox.Limits(settings.reading_megabytes, settings.reading_seconds)
    try:
        kept: tuple[dict[str, bytes], list[ingest.Problem]] = sandbox.run(
            _used_columns, file, content, settings, draft, matching, limits=limits
        )
    except sandbox.Ended:
        return {file: content}, []
    return kept


def _used_columns(
    file: str,
    content: bytes,
    settings: Settings,
    draft: ingest.Draft,
    matching: ingest.FileMapping,
    report: sandbox.Report,
) -> tuple[dict[str, bytes], list[ingest.Problem]]:
    """A file as it may be kept, each row where it was, and what its owner should know of the copies.

    One that holds nothing but columns that we use stays as it is; of another one there is a copy of each list, with
    these alone. What cannot be read at all is no list, and stays as it is.
    """
    if not draft.readings:  # another file, or all of them together, stopped the reading
        draft = ingest.draft({file: content}, settings, {}, matching=matching)
    sheets = ingest.read_sheets(content, settings, matching)
    lists: dict[str, bytes] = {}
    codes: list[str] = []
    for sheet in sheets:
        label = f"{file} ({sheet.sheet})" if len(sheets) > 1 else file
        used = [header for header in sheet.cells.column_names if header in ingest.columns_of(label, sheet, draft)]
        if not sheet.header:
            continue
        addresses = [pc.match_substring_regex(sheet.cells[header], ADDRESS) for header in used]
        has_address = any(pc.any(found).as_py() for found in addresses) or any(
            EMAIL.search(cell) for finding in sheet.findings for cell in finding.cells
        )
        stops = any(ingest.SENTENCES[finding.code].blocks for finding in sheet.findings)
        may_stay = sheet.separator and len(used) == len(sheet.cells.column_names) if stops else False
        if not has_address and (may_stay or ingest.is_nothing_but(content, sheet, used)):
            continue
        codes.append("copy_without_personal_data" if used else "copy_of_headings")
        header = used or [name for name in sheet.header if not ingest.holds_personal_data(name)]
        cells = [
            pc.if_else(found, "", sheet.cells[name]).to_pylist() for name, found in zip(used, addresses, strict=True)
        ]
        rows: list[list[str]] = []
        for number, *row in zip(sheet.rows.tolist(), *cells, strict=True) if cells else ():
            rows += [[]] * (number - len(rows) - 2)  # the numbers in the list of problems stay right
            rows.append(row)
        lists[label] = reading.write_for_excel(header, rows, sheet.separator or ";")
    return lists or {file: content}, [ingest.problem(code, file) for code in dict.fromkeys(codes)]
