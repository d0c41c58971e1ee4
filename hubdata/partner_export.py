"""What organisations said of each other in the PARTNER tool: read from its export, kept beside our own answers.

The tool's makers publish no description of the file. What is read is a table with a row per respondent and partner, in
which the headings name both organisations and the six questions (`WORDS`), in any order and with other columns beside;
scores are 1 to 4, alone or before their words ("4 - A great deal"). Whatever is not such a table is refused, with the
headings that are missing. Agreements are not read from it: the tool dates none.
"""

import datetime
import re
from pathlib import Path
from typing import NamedTuple

from hubdata import answering, reading, sandbox, store
from hubdata.answering import ImportedRating
from hubdata.cells import fold
from hubdata.indicators.trust import QUESTIONS
from hubdata.settings import Settings
from hubdata.texts import N_, Text

WORDS: dict[str, tuple[str, ...]] = {
    "by": ("respondent", "from", "source"),
    "about": ("partner", "to", "target", "alter"),
    "reliability": ("reliab",),
    "mission": ("mission",),
    "openness": ("open",),
    "influence": ("power", "influence"),
    "involvement": ("involvement", "commitment"),
    "resources": ("resource",),
}
"""What is asked for -> the first word of its heading (the two organisations) or a part of it (the questions)."""
TOO_MUCH = N_("This file cannot be read: it is damaged, or reading it takes too much memory or time.")
NOT_RECOGNISED = N_(
    "This is not recognised as an export of the PARTNER tool. Needed is one row per respondent and partner, with "
    "columns for both and for the six questions. Not found: {missing}."
)


class NotRecognised(Exception):
    """It is no such table, or cannot be read; nothing was taken in. `text` says what is missing."""

    def __init__(self, missing: str = "") -> None:
        self.missing = missing
        self.text = Text(NOT_RECOGNISED, {"missing": missing}) if missing else Text(TOO_MUCH)
        super().__init__(missing)


class Taken(NamedTuple):
    """What was taken in."""

    ratings: int
    unknown: tuple[str, ...]
    """Names of organisations that the data does not have, in order; what was said by or of them is left out."""
    unclear: int
    """Rows with an unknown name, or without any score that can be read."""


def load(home: Path, content: bytes, day: datetime.date, settings: Settings | None = None) -> Taken:
    """Take in an export, in the place of what was taken in before; `day` is when it was asked.

    It is read in a process of its own, with the limits of `settings`, as every file that people send. Raises
    `NotRecognised`, and `store.StoreProblem`.
    """
    settings = settings or Settings()
    snapshot = answering.on_show(home)
    if snapshot is None:
        raise NotRecognised("organisations.csv")
    if len(content) > settings.max_file_megabytes * 1_000_000:
        raise NotRecognised
    limits = sandbox.Limits(settings.reading_megabytes, settings.reading_seconds)
    try:
        rows: list[tuple[str, ...]] = sandbox.run(_rows_of, content, limits=limits)
    except sandbox.Ended:
        raise NotRecognised from None
    at = datetime.datetime.combine(day, datetime.time(), datetime.UTC)
    found: dict[tuple[str, str], ImportedRating] = {}
    ids: dict[str, str] = {}
    unknown: set[str] = set()
    unclear = 0
    for row in rows:
        said = dict(zip(WORDS, row, strict=True))
        ends = []
        for end in ("by", "about"):
            name = " ".join(said[end].split())
            if name not in ids:
                meant = answering.named(snapshot, name) if name else None
                ids[name] = meant[0] if meant else ""
                if name and not meant:
                    unknown.add(name)
            ends.append(ids[name])
        scores = {q: score for q in QUESTIONS if (score := _score(said[q]))}
        if all(ends) and ends[0] != ends[1] and scores:
            found[ends[0], ends[1]] = ImportedRating(by=ends[0], about=ends[1], at=at, scores=scores)
        else:
            unclear += 1
    written = [one.model_dump(mode="json") for one in found.values()]
    store.change_list(home, answering.IMPORTED, answering.imported_rating, lambda _before: written)
    return Taken(len(found), tuple(sorted(unknown)), unclear)


def _rows_of(content: bytes, _report: sandbox.Report) -> list[tuple[str, ...]]:
    """What each row says of each of `WORDS`. Raises `NotRecognised`."""
    table, columns = _recognised(content)
    return list(zip(*(table.cells.column(columns[wanted]).to_pylist() for wanted in WORDS), strict=True))


def _recognised(content: bytes) -> tuple[reading.Table, dict[str, int]]:
    """The table in it with both organisations and all questions, and where each stands."""
    missing = ", ".join(WORDS)
    for table in reading.read(content):
        columns: dict[str, int] = {}
        for wanted, words in WORDS.items():
            for place, heading in enumerate(map(fold, table.header)):
                if place not in columns.values() and _fits(wanted, heading, words):
                    columns[wanted] = place
                    break
        if len(columns) == len(WORDS):
            return table, columns
        missing = ", ".join(wanted for wanted in WORDS if wanted not in columns)
    raise NotRecognised(missing)


def _fits(wanted: str, heading: str, words: tuple[str, ...]) -> bool:
    if wanted not in ("by", "about"):
        return any(word in heading for word in words)
    parts = heading.split()
    return any(heading == word or parts[:1] == [word] for word in words) and not {"id", "email"} & set(parts)


def _score(cell: str) -> int | None:
    """1 to 4, alone or before its words; None for anything else."""
    found = re.match(r"\s*([1-4])(?![0-9.,])", cell)
    return int(found[1]) if found else None
