"""What somebody writes down beside the data: notes pinned to days, and decisions about introductions.

Both are JSON lists of the home, kept whatever is loaded, and in every backup. A damaged one is said on its page; what
is written next goes beside the rows that can be read, and the damaged file is set aside.
"""

import datetime
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hubdata import ingest, store


@dataclass(frozen=True)
class Note:
    """Something that the manager pinned to a day, to see it beside the figures."""

    id: str
    day: datetime.date
    text: str


class NoteProblem(ValueError):
    """A note that is not kept. `code`: empty, long or personal_data."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


NOTES = "notes.json"
MOST_OF_A_NOTE = 200
"""How many characters a note may have."""


def notes(home: Path) -> tuple[Note, ...]:
    """The notes of this hub, the oldest day first. Raises `store.StoreProblem` when they are damaged."""
    pinned_notes = [_note_of(row) for row in store.read_list(home, NOTES, _note_of)]
    return tuple(sorted(pinned_notes, key=lambda note: (note.day, note.id)))


def _note_of(row: Any) -> Note:
    note = Note(**store.known_fields(Note, row) | {"day": datetime.date.fromisoformat(row["day"])})
    if not all(isinstance(text, str) for text in (note.id, note.text)):
        raise TypeError("a note is made of texts")
    return note


def pin_note(home: Path, day: datetime.date, text: str) -> Note:
    """Keep a note. Raises `NoteProblem` when it is empty, too long, or holds an e-mail address or telephone number."""
    note_text = " ".join(text.split())
    if not note_text:
        raise NoteProblem("empty")
    if len(note_text) > MOST_OF_A_NOTE:
        raise NoteProblem("long")
    if ingest.holds_personal_data(note_text):
        raise NoteProblem("personal_data")
    note = Note(secrets.token_hex(6), day, note_text)
    store.change_list(home, NOTES, _note_of, lambda rows: [*rows, asdict(note) | {"day": day.isoformat()}])
    return note


def remove_note(home: Path, note_id: str) -> None:
    """Take a note away. No matter if it is gone already."""
    store.change_list(home, NOTES, _note_of, lambda rows: [row for row in rows if row["id"] != note_id])


DECISIONS = "introductions.json"
STATUSES = ("accepted", "dismissed", "introduced")
OUTCOMES = ("unknown", "met", "together", "nothing")


@dataclass(frozen=True)
class Decision:
    """What somebody decided about introducing two organisations, and what became of it."""

    organisation_a: str
    organisation_b: str
    """The higher id: a pair has one decision."""
    status: str
    """One of `STATUSES`."""
    introduced_on: datetime.date | None = None
    outcome: str = "unknown"
    """One of `OUTCOMES`, as somebody said; what the data says is looked up."""
    decided_at: str = ""
    """UTC time, ISO 8601."""

    @property
    def pair(self) -> tuple[str, str]:
        """The two ids, the lower first."""
        return self.organisation_a, self.organisation_b


def decisions(home: Path) -> list[Decision]:
    """Every decision about an introduction, the newest first. Raises `store.StoreProblem` when they are damaged."""
    every_decision = [_decision_of(row) for row in store.read_list(home, DECISIONS, _decision_of)]
    return sorted(every_decision, key=lambda decision: decision.decided_at, reverse=True)


def _decision_of(row: Any) -> Decision:
    day = datetime.date.fromisoformat(row["introduced_on"]) if row["introduced_on"] else None
    decision = Decision(**store.known_fields(Decision, row) | {"introduced_on": day})
    if not all(isinstance(text, str) for text in (*decision.pair, decision.status, decision.decided_at)):
        raise TypeError("a decision is made of texts")
    return decision


def decide(
    home: Path,
    pair: tuple[str, str],
    status: str,
    introduced_on: datetime.date | None = None,
    outcome: str = "unknown",
) -> None:
    """Remember what was decided about introducing two organisations, instead of what was; "" forgets it.

    It is kept in the home, whatever is loaded. Raises `store.StoreProblem` when it cannot be written.
    """
    if status not in ("", *STATUSES) or outcome not in OUTCOMES or (status == "introduced") != bool(introduced_on):
        raise ValueError(f"no decision: {status!r}, {introduced_on}, {outcome!r}")
    a, b = sorted(pair)
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
    decided = Decision(a, b, status, introduced_on, outcome, now)

    def change(rows: list[Any]) -> list[Any]:
        # As they are written: with what a newer version noted beside.
        others = [row for row in rows if _decision_of(row).pair != (a, b)]
        new = asdict(decided) | {"introduced_on": introduced_on and introduced_on.isoformat()}
        return [*others, new] if status else others

    store.change_list(home, DECISIONS, _decision_of, change)
