"""What leaves as a file: a report, the network, or tables, chosen by the extension, for whoever asks."""

import datetime
import functools
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from hubdata import access, exports, questions, reports, sandbox, store
from hubdata.kept import KEPT
from hubdata.reports import content
from hubdata.reports import graph as graph_files
from hubdata.texts import Text
from hubdata.ui import chapters, session
from hubdata.ui.chapters import one_page
from hubdata.ui.chapters.digest import digest
from hubdata.ui.chapters.graph import graph, has_graph
from hubdata.ui.chapters.story import story
from hubdata.ui.hub_settings import home
from hubdata.ui.language import current_language

FORMATS = (*reports.FORMATS, *graph_files.FORMATS)
"""What the command writes, by the extension of the file; a path without one is a folder of CSV files."""


WRITING = sandbox.Waiting("hubdata.reports.writers")
"""What writes the files that pages offer: in a process of its own, since a paper takes seconds."""
LIMITS = sandbox.Limits(megabytes=1_500, seconds=120)
AT_ONCE = max(1, (os.cpu_count() or 2) - 1)
"""How many files are written at once: whoever looks at a page keeps a processor."""
MOST_WAITING = 20
_turn, _places = threading.BoundedSemaphore(AT_ONCE), threading.BoundedSemaphore(MOST_WAITING)


class NoFile(Exception):
    """Why no file was made, as a sentence. `is_wrong_use`: something else was asked than there is."""

    def __init__(self, sentence: Text, *, is_wrong_use: bool) -> None:
        super().__init__(str(sentence))
        self.sentence, self.is_wrong_use = sentence, is_wrong_use


def check(path: Path, names: Iterable[str]) -> None:
    """Raise `NoFile` when it cannot be written here, or a chapter is none."""
    if path.suffix and path.suffix not in FORMATS:
        gaps = {"path": path, "extensions": ", ".join(FORMATS)}
        sentence = Text("{path} is no file we can write: choose one of {extensions}, or a folder.", gaps)
        raise NoFile(sentence, is_wrong_use=True)
    _check_pango(path)
    if unknown := [name for name in names if name not in chapters.CHAPTERS]:
        gaps = {"names": ", ".join(unknown), "known": ", ".join(chapters.CHAPTERS)}
        raise NoFile(Text("No chapters: {names}. There are: {known}.", gaps), is_wrong_use=True)


def _check_pango(path: Path) -> None:
    if not reports.can_write(path.suffix):
        sentence = Text(
            "A PDF needs the library Pango (Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0). Other files can "
            "be made without it."
        )
        raise NoFile(sentence, is_wrong_use=True)


def page_for_manager(
    path: Path, as_of: datetime.date | None, language: str, organisation: str, other: str | None
) -> dict[Path, bytes]:
    """One organisation, or two that meet, on one page. Raises `NoFile`."""
    check(path, ())
    if path.suffix not in reports.PAGE_FORMATS:
        gaps = {"path": path, "extensions": ", ".join(reports.PAGE_FORMATS)}
        raise NoFile(Text("{path} is no file for one page: choose one of {extensions}.", gaps), is_wrong_use=True)
    with session.working_for(chapters.manager_reader(as_of, language)):
        meant = [_meant(text) for text in (organisation, other) if text]
        made = one_page.about(*meant)
        if made is None:
            raise NoFile(Text("Choose two different organisations."), is_wrong_use=True)
        return {path: reports.write(made, path.suffix)}


def _meant(text: str) -> str:
    """The id of the one organisation in view that a text means. Raises `NoFile`."""
    names = session.ask(questions.answer_names)
    found = [one for one in questions.named(session.snapshot(), text) if one in names]
    if len(found) == 1:
        return found[0]
    gaps = {"id": text, "day": session.view().as_of, "ids": ", ".join(found)}
    several = Text("Several organisations are called {id}: choose one of {ids}.", gaps)
    none = Text("There is no organisation {id} on {day}.", gaps)
    raise NoFile(several if found else none, is_wrong_use=True)


def for_manager(path: Path, as_of: datetime.date | None, language: str, names: Sequence[str]) -> dict[Path, bytes]:
    """What the command writes at a path: one file, or those of a folder. Raises `NoFile`."""
    check(path, names)
    reader = chapters.manager_reader(as_of, language)
    with session.working_for(reader):
        _refuse_empty(reader)
        if not path.suffix:
            return {path / name: table for name, table in tables(names).items()}
        made = _content(path.suffix, names)
        assert made  # a manager may have all of it
        return {path: reports.write(made, path.suffix)}


def digest_for_manager(
    path: Path, as_of: datetime.date | None, language: str, since: datetime.date | None
) -> dict[Path, bytes]:
    """The digest that the command writes at a path. Raises `NoFile`."""
    if path.suffix not in reports.DIGESTS:
        gaps = {"path": path, "extensions": ", ".join(reports.DIGESTS)}
        sentence = Text("{path} is no file we can write: choose one of {extensions}.", gaps)
        raise NoFile(sentence, is_wrong_use=True)
    _check_pango(path)
    reader = chapters.manager_reader(as_of, language)
    if since and since >= reader.view.as_of:
        gaps = {"since": since, "day": reader.view.as_of}
        raise NoFile(Text("{since} is not before {day}, so nothing changed in between.", gaps), is_wrong_use=True)
    with session.working_for(reader):
        _refuse_empty(reader)
        return {path: reports.write(digest(since), path.suffix)}


def _refuse_empty(reader: session.Reader) -> None:
    if chapters.is_empty():
        gaps = {"day": reader.view.as_of}
        sentence = Text("There are no organisations on {day}, so no file was made.", gaps)
        raise NoFile(sentence, is_wrong_use=False)


def for_page(
    whom: session.Reader,
    granted: Callable[[], access.Grant],
    extension: str,
    organisations: tuple[str, ...] = (),
    *,
    is_story: bool = False,
) -> bytes:
    """A file that a page offered to its reader, made now, in whatever thread this is.

    With one or two `organisations` it is their page to take along, and the reader's story when it `is_story`. `granted`
    says what the reader may now: a link may have ended since the page was drawn. Raises `NoFile`, and `sandbox.Ended`
    when writing went over its limits.
    """
    if not _places.acquire(blocking=False):
        raise NoFile(Text("Too many files are being made. Try again in a minute."), is_wrong_use=False)
    try:
        with _turn:
            now = granted()
            if not may_take(now) or now.who != whom.grant.who:
                raise NoFile(Text("You may no longer have this file."), is_wrong_use=False)
            made: content.Report | content.OnePage | graph_files.Graph | None
            with session.working_for(replace(whom, grant=now)):
                if is_story:
                    made = story()
                else:
                    made = one_page.about(*organisations) if organisations else _content(extension, ())
            if made is None:
                raise NoFile(Text("You may no longer have this file."), is_wrong_use=False)
            in_bytes: bytes = sandbox.run(reports.write_apart, made, extension, limits=LIMITS, waiting=WRITING)
            return in_bytes
    finally:
        _places.release()


def for_map(link_id: str) -> bytes | None:
    """The network for a map elsewhere that reads it with a link, as JSON; None when the link does not cover it now.

    It is what whoever has the link can take along from the network page: of the newest day, with no filter set.
    """
    granted = functools.partial(access.authorise, home(), access.Principal("viewer", link_id))
    try:
        whom = chapters.link_reader(granted())
        if whom is None or not may_take(whom.grant):
            return None
        # Kept, so that one that asks again and again has no file made each time, and others get theirs.
        key = ("map", home(), link_id, whom.snapshot_id, whom.view, whom.language)
        made: bytes = KEPT.get(key, lambda: for_page(whom, granted, ".json"))
        return made
    except (NoFile, access.NotAllowed, store.StoreProblem, sandbox.Ended):
        return None


def may_take(grant: access.Grant) -> bool:
    """Whether somebody may take files along."""
    return grant.downloads and grant.scope is not None


def _content(extension: str, names: Sequence[str]) -> content.Report | graph_files.Graph | None:
    """What a file holds; None for what its reader may not have."""
    if extension == ".eml":
        return digest()
    if extension in graph_files.FORMATS:
        return graph() if has_graph() else None
    return chapters.report(*names)


def tables(names: Sequence[str]) -> dict[str, bytes]:
    """CSV files: a table per figure, and the network as nodes, ties and the periods of each tie."""
    network = graph_files.rows(graph())
    listed = {
        name: pd.DataFrame(rows, dtype=object)  # whole numbers stay whole beside cells that are not known
        for name, rows in zip(("nodes", "ties", "spells"), network, strict=True)
    }
    listed |= {figure.key: _table(figure.table) for figure in chapters.report(*names).figures()}
    decimal_comma = current_language() == "nl"
    return {f"{name}.csv": exports.csv(table, decimal_comma=decimal_comma) for name, table in listed.items()}


def _table(table: content.Table) -> pd.DataFrame:
    """A table with its headings."""

    def plain(cell: content.Cell) -> Any:
        return cell.number if isinstance(cell, content.Value) else cell

    rows = [[plain(cell) for cell in row] for row in table.rows]
    return pd.DataFrame(rows, columns=[column.heading for column in table.columns], dtype=object)
