"""What organisations said of each other in the PARTNER tool: read from its export, kept beside our own answers.

The tool's makers publish the questions of their survey, and no description of the file. What is read is a table with a
row per respondent and partner, in which the headings name both organisations and the six questions (`WORDS`), in any
order and with other columns beside; scores are 1 to 4, alone or before their words ("4 - A great deal"). Whatever is
not such a table is refused, with the headings that are missing; a row that cannot be used is left out, and named with
its place and the way out. Agreements are not read from it: the tool dates none. Like every file as people send it, it
is read in a process of its own.
"""

import datetime
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from hubdata import answering, ingest, reading, sandbox, store
from hubdata.answering import ImportedRating
from hubdata.cells import fold
from hubdata.indicators.trust import QUESTIONS
from hubdata.settings import Settings
from hubdata.texts import N_, Text

WORDS: dict[str, tuple[str, ...]] = {
    "by": ("respondent", "from", "source"),
    "about": ("partner", "to", "target", "alter"),
    "reliability": ("reliab",),
    "openness": ("open",),
    "influence": ("power", "influence"),
    "involvement": ("involvement", "commitment"),
    "resources": ("resource",),
    "mission": ("mission",),
}
"""What is asked for -> the first word of its heading (the two organisations) or a part of it (the questions).

The mission comes last: where headings are whole questions, those about value name the mission too.
"""
HEADINGS = {"by": "respondent", "about": "partner"}
"""What a heading that is missing is called; a question is called by its code."""
NOT_RECOGNISED = N_(
    "This is not recognised as an export of the PARTNER tool. Needed is one row per respondent and partner, with "
    "columns for both and for the six questions. Not found: {missing}."
)
NO_TABLE = N_("Take the export with a row per respondent and partner, and leave its headings as they are.")
NO_OWN_DATA = N_("Load your own lists first: answers are taken in about organisations that are in them.")
LEFT_OUT: dict[str, tuple[str, str]] = {
    "unknown": (
        N_("No organisation in the data is called “{value}”."),
        N_("Write it as in your own list, or add it there as an other name (column aliases)."),
    ),
    "empty": (N_("There is no name of an organisation."), N_("Fill it in, or leave the row out.")),
    "itself": (N_("“{value}” is asked about itself."), N_("Nothing is needed: such a row says nothing of partners.")),
    "no_score": (
        N_("None of the six questions has a score from 1 to 4."),
        N_("Nothing is needed where nothing was answered. Else write a score as 1, 2, 3 or 4."),
    ),
    "unreadable": (N_("This row cannot be taken apart."), N_("Look at its quotes and separators.")),
}
"""Code of why a row is left out -> what is wrong, and the way out."""


class NotRecognised(Exception):
    """It is no such table, or it cannot be read; nothing was taken in."""

    def __init__(self, text: Text, way_out: Text) -> None:
        self.text, self.way_out = text, way_out
        super().__init__(f"{text.translate('en')} {way_out.translate('en')}")


class LeftOut(NamedTuple):
    """A row that cannot be used."""

    row: int
    """As a spreadsheet numbers it."""
    column: str
    """Its heading; "" when it is about the whole row."""
    value: str
    why: str
    """A key of `LEFT_OUT`."""

    @property
    def message(self) -> Text:
        return Text(LEFT_OUT[self.why][0], {"value": self.value})

    @property
    def way_out(self) -> Text:
        return Text(LEFT_OUT[self.why][1])


class Found(NamedTuple):
    """What an export holds, with nothing kept of it yet."""

    ratings: tuple[ImportedRating, ...]
    """One per respondent and partner: of two rows about the same the last counts."""
    left_out: tuple[LeftOut, ...]

    @property
    def unknown(self) -> list[str]:
        """Names of organisations that the data does not have, in order; what was said by or of them is left out."""
        return sorted({row.value for row in self.left_out if row.why == "unknown"})

    @property
    def rows_left_out(self) -> int:
        """How many rows are left out; one may be so for two reasons."""
        return len({row.row for row in self.left_out})


def read(home: Path, settings: Settings, file: str, content: bytes, day: datetime.date) -> Found:
    """What an export says of the organisations in the data on show; `day` is when it was asked. Keeps nothing.

    Raises `NotRecognised`, and `store.StoreProblem`.
    """
    snapshot = answering.on_show(home)
    if snapshot is None:
        raise NotRecognised(Text(NO_OWN_DATA), Text(NO_TABLE))
    if len(content) > settings.max_file_megabytes * 1_000_000:
        raise _not_read(ingest.problem("too_large", file, limit=settings.max_file_megabytes))
    limits = sandbox.Limits(settings.reading_megabytes, settings.reading_seconds)
    try:
        table: _Rows | ingest.Problem | str = sandbox.run(_rows, file, content, limits=limits)
    except sandbox.Ended as ended:
        code, limit = {
            "memory": ("reading_takes_memory", limits.megabytes),
            "time": ("reading_takes_time", limits.seconds),
        }[ended.why]
        raise _not_read(ingest.problem(code, file, limit=limit)) from None
    if isinstance(table, str):
        raise NotRecognised(Text(NOT_RECOGNISED, {"missing": table}), Text(NO_TABLE))
    if isinstance(table, ingest.Problem):
        raise _not_read(table)
    at = datetime.datetime.combine(day, datetime.time(), datetime.UTC)
    found: dict[tuple[str, str], ImportedRating] = {}
    left_out = [LeftOut(row, "", "", "unreadable") for row in table.unreadable]
    ids: dict[str, str] = {}
    for number, cells in table.rows:
        said = dict(zip(WORDS, cells, strict=True))
        ends: dict[str, str] = {}
        wrong: list[LeftOut] = []
        for end in ("by", "about"):
            name = " ".join(said[end].split())
            if name not in ids:
                meant = answering.named(snapshot, name) if name else None
                ids[name] = meant[0] if meant else ""
            ends[end] = ids[name]
            if not ids[name]:
                wrong.append(LeftOut(number, table.headings[end], name, "unknown" if name else "empty"))
        scores = {q: score for q in QUESTIONS if (score := _score(said[q]))}
        if not wrong and ends["by"] == ends["about"]:
            wrong.append(LeftOut(number, table.headings["about"], said["about"].strip(), "itself"))
        if not wrong and not scores:
            wrong.append(LeftOut(number, "", "", "no_score"))
        if not wrong:
            by, about = ends["by"], ends["about"]
            found[by, about] = ImportedRating(by=by, about=about, at=at, scores=scores)
        left_out += wrong
    return Found(tuple(found.values()), tuple(sorted(left_out)))


def keep(home: Path, ratings: Sequence[ImportedRating]) -> None:
    """Keep what an export says, in the place of what was taken in before; none takes that out.

    Raises `store.StoreProblem`.
    """
    rows = [one.model_dump(mode="json") for one in ratings]
    store.change_list(home, answering.IMPORTED, answering.imported_rating, lambda _before: rows)


def kept(home: Path) -> int:
    """How many answers were taken in from another tool. Raises `store.StoreProblem` when they are damaged."""
    return len(store.read_list(home, answering.IMPORTED, answering.imported_rating))


def _not_read(problem: ingest.Problem) -> NotRecognised:
    return NotRecognised(problem.message, problem.remedy)


class _Rows(NamedTuple):
    """The rows of an export: the number of each, and its cells in the order of `WORDS`."""

    headings: dict[str, str]
    rows: list[tuple[int, tuple[str, ...]]]
    unreadable: list[int]


def _rows(file: str, content: bytes, report: sandbox.Report) -> "_Rows | ingest.Problem | str":
    """The table in a file with both organisations and all questions; else why it cannot be read, or what is missing."""
    report(file)
    missing: list[str] = list(WORDS)
    refused = None
    for table in reading.read(content):
        columns: dict[str, int] = {}
        for wanted, words in WORDS.items():
            for place, heading in enumerate(map(fold, table.header)):
                if place not in columns.values() and _fits(wanted, heading, words):
                    columns[wanted] = place
                    break
        if len(columns) == len(WORDS):
            cells = zip(*(table.cells.column(columns[wanted]).to_pylist() for wanted in WORDS), strict=True)
            return _Rows(
                {wanted: table.header[place] for wanted, place in columns.items()},
                [(int(number), row) for number, row in zip(table.rows, cells, strict=True)],
                [finding.row for finding in table.findings if finding.row],
            )
        if table.findings and not table.header:
            first = table.findings[0]
            refused = refused or ingest.problem(first.code, file, first.row or None, first.column, first.value)
        missing = min(missing, [wanted for wanted in WORDS if wanted not in columns], key=len)
    return refused or ", ".join(HEADINGS.get(wanted, wanted) for wanted in missing)


def _fits(wanted: str, heading: str, words: tuple[str, ...]) -> bool:
    if wanted not in ("by", "about"):
        return any(word in heading for word in words)
    parts = heading.split()
    if len(parts) > 3:  # "To what extent ..." is a question
        return False
    return any(heading == word or parts[:1] == [word] for word in words) and not {"id", "email"} & set(parts)


def _score(cell: str) -> int | None:
    """1 to 4, alone or before its words; None for anything else."""
    found = re.match(r"\s*([1-4])(?![0-9.,])", cell)
    return int(found[1]) if found else None
