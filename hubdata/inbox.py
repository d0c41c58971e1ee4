"""The folder `inbox/`: lists saved there are loaded without anybody opening a page, as long as the dashboard runs.

A drop is complete when nothing in the folder has changed for a while. Then it is loaded, all or nothing, and its files
are taken away: with what was loaded they are in the archive, with what was refused they are in `rejected/TIME/`, beside
`problems.csv`. Before anything happens a note says which files are being taken; a program that is killed half way
finds the note at the next start and takes away what was dealt with already, so no drop counts twice.

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
import shutil
import stat
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from filelock import FileLock, Timeout
from watchfiles import Change, awatch

from hubdata import ingest, loading, reading, store
from hubdata.cells import EMAIL
from hubdata.settings import Settings
from hubdata.texts import N_, translation

LOOK_SECONDS = 3.0
"""How often to look when nothing is heard: a network drive sends no events."""
LONGEST_PAUSE_SECONDS = 60.0
PROBLEMS = "problems.csv"
NOTE = ".taken.json"
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
    """Take drops from the inbox until cancelled. Whatever goes wrong is logged, and tried again later."""
    last_stamps: Seen | None = None
    since = pause = 0.0
    while True:
        wait = LOOK_SECONDS
        try:
            stamps = await asyncio.to_thread(scan, home)
            if stamps != last_stamps:
                last_stamps, since, pause = stamps, time.monotonic(), 0.0
            left = since + max(settings.inbox_settle_seconds, pause) - time.monotonic()
            if left > 0 and _lists(home, stamps):
                wait = min(wait, left)
            elif left <= 0:
                await asyncio.to_thread(process, home, settings, stamps)
        except Exception as error:
            wait = pause = min(max(2 * pause, LOOK_SECONDS), LONGEST_PAUSE_SECONDS)
            since = time.monotonic()
            logger.error("the inbox could not be emptied (%s); trying again in %.0f seconds", _reason(error), pause)
        await _something_changes(home / "inbox", wait)


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

    `stamps` is what came to rest: when the folder holds something else by now, it is left for the next time. Raises
    `store.StoreProblem` or `OSError` when the data or the folders cannot be written; then the files still lie there.
    """
    folder = home / "inbox"
    stamps = scan(home) if stamps is None else stamps
    if not _lists(home, stamps) and not (folder / NOTE).exists():
        return None
    try:
        with FileLock(folder / ".lock", timeout=0):
            if _finish(home) or scan(home) != stamps or not _lists(home, stamps):
                return None
            return _process(home, settings, {name: stamps[name] for name in _lists(home, stamps)})
    except Timeout:  # another server over the same data is busy with it
        return None


def _process(home: Path, settings: Settings, stamps: Seen) -> Result | None:
    folder, files = home / "inbox", {}
    for name, stamp in stamps.items():
        try:
            content = _content(folder / name, stamp, settings.max_file_megabytes * 1_000_000 + 1)
        except PermissionError:
            _warn_once(name, stamp)
            continue
        if content is None:
            return None
        # A file name in another encoding may hold bytes that cannot be written as UTF-8.
        files[name.encode(errors="xmlcharrefreplace").decode()] = content
    if not files:
        return None
    rejected = home / "rejected" / f"{datetime.datetime.now(datetime.UTC):%Y%m%dT%H%M%S%f}"
    snapshot_ids = [manifest.id for manifest in store.history(home)]
    note = {"files": stamps, "snapshots": snapshot_ids, "rejected": rejected.name}
    store.write_file(folder / NOTE, json.dumps(note).encode())
    prepared = loading.prepare(home, settings, files)
    removes_much = [] if prepared.draft.problems else prepared.removes_much
    try:
        outcome = loading.publish(home, settings, prepared, way="inbox")
    except store.ConcurrentLoad:
        return None
    if outcome.manifest:
        taken = Result(tuple(files), snapshot=outcome.manifest.id)
        logger.info("inbox: %d files loaded as snapshot %s", len(files), outcome.manifest.id)
    else:
        problems = _problems(outcome, removes_much, list(files))
        _refuse(rejected, folder, settings, files, problems, outcome.draft.readings, loading.remembered(home))
        taken = Result(tuple(files), rejected=rejected)
        logger.info("inbox: %d files not loaded, see rejected/%s", len(files), rejected.name)
    _remove(folder, stamps)
    (folder / NOTE).unlink()
    return taken


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


def _finish(home: Path) -> bool:
    """Take away the files that a program had dealt with when it was killed half way; whether there were any."""
    folder = home / "inbox"
    for left in folder.glob(f".{NOTE}-*"):  # a note that was never finished
        left.unlink()
    if not (folder / NOTE).exists():
        return False
    try:
        note = json.loads((folder / NOTE).read_bytes())
        files = {str(name): (int(size), int(changed_at)) for name, (size, changed_at) in note["files"].items()}
        earlier, rejected = set(note["snapshots"]), str(note["rejected"])
        if any(re.search(r"[/\\\0]|^\.", name) for name in (*files, rejected)):
            raise ValueError("a name that is a path")
    except (ValueError, KeyError, TypeError, AttributeError):
        # Nobody knows what was being taken. What was loaded already changes nothing when it is read once more.
        store.set_aside(folder / NOTE)
        return False
    loaded = any(m.way == "inbox" and m.id not in earlier for m in store.history(home))
    is_done = loaded or (home / "rejected" / rejected).exists()
    if is_done:
        _remove(folder, files)
    (folder / NOTE).unlink()
    return is_done


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
    folder: Path,
    settings: Settings,
    files: Mapping[str, bytes],
    problems: list[ingest.Problem],
    readings: list[ingest.Reading],
    matching: ingest.FileMapping,
) -> None:
    """Put copies of the files and the list of problems in a folder that appears all at once."""
    building = rejected.with_name(f".{rejected.name}")
    for left in rejected.parent.glob(".[0-9]*"):  # of a program that was killed
        shutil.rmtree(left, ignore_errors=True)
    try:
        building.mkdir(parents=True)
        listed_problems = list(problems)
        for name, content in files.items():
            if len(content) > settings.max_file_megabytes * 1_000_000:  # never read as a whole
                shutil.copyfile(folder / name, building / name, follow_symlinks=False)
                continue
            cleaned = _without_personal_data(name, content, settings, readings, matching)
            for file, file_content in (cleaned or {name: content}).items():
                is_taken = (building / file).exists()
                store.write_file(building / (f"{Path(name).suffix[1:]}-{file}" if is_taken else file), file_content)
            if cleaned:
                listed_problems.append(ingest.problem("copy_without_personal_data", name))
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
            "" if ingest.PERSONAL_CELL.search(problem.value) else problem.value,
            problem.message.translate(language),
            problem.remedy.translate(language),
        )
        for problem in problems
    )
    headings = [translation(language).gettext(heading) for heading in HEADINGS]
    return reading.write_for_excel(headings, rows, reading.EXCEL_SEPARATORS[language])


def _without_personal_data(
    file: str, content: bytes, settings: Settings, readings: list[ingest.Reading], matching: ingest.FileMapping
) -> dict[str, bytes] | None:
    """A file's lists without personal data, each row where it was, as CSV; None when it can be kept as it is.

    A row that could not be taken apart is left out: nobody knows what is in it.
    """
    columns = {file_reading.file: file_reading.columns for file_reading in readings}
    sheets = ingest.read_sheets(content, settings, matching)
    lists, is_clean = {}, True
    for sheet in sheets:
        is_clean = is_clean and not any(EMAIL.search(cell) for finding in sheet.findings for cell in finding.cells)
        used = columns.get(f"{file} ({sheet.sheet})" if len(sheets) > 1 else file, {})
        cells: dict[str, pa.ChunkedArray] = {}
        for header in sheet.cells.column_names:
            if header not in used and ingest.is_personal(header, sheet):
                is_clean = False
                continue
            has_address = pc.match_substring_regex(sheet.cells[header], EMAIL.pattern)
            is_clean = is_clean and not pc.any(has_address).as_py()
            cells[header] = pc.if_else(has_address, "", sheet.cells[header])
        rows: list[list[str]] = []
        for number, *row in zip(sheet.rows.tolist(), *(c.to_pylist() for c in cells.values()), strict=True):
            rows += [[]] * (number - len(rows) - 2)  # the numbers in the list of problems stay right
            rows.append(row)
        stem = re.sub(r"[^\w. ()-]", "_", Path(file).stem + (f"-{sheet.sheet}" if len(sheets) > 1 else ""))
        lists[f"{stem}.csv"] = reading.write_for_excel(list(cells), rows, sheet.separator or ";")
    return None if is_clean else lists
