"""What somebody writes down beside the data: notes pinned to days, decisions about introductions, and calls.

All are JSON lists of the home, kept whatever is loaded, and in every backup. A damaged one is said on its page; what
is written next goes beside the rows that can be read, and the damaged file is set aside.

What is written down of an organisation that was since taken for another is of that other one, as long as it is: the
rows keep the identifier that they were written with, so that going back to before a merge finds them as they were.
"""

import datetime
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

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
STATUSES = ("accepted", "dismissed", "introduced", "later")
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
    until: datetime.date | None = None
    """The day from which a pair that is for later is in the list again."""

    @property
    def pair(self) -> tuple[str, str]:
        """The two ids, the lower first."""
        return self.organisation_a, self.organisation_b


def decisions(home: Path) -> list[Decision]:
    """Every decision about an introduction, the newest first. Raises `store.StoreProblem` when they are damaged."""
    return _as_now_known(home, (_decision_of(row) for row in store.read_list(home, DECISIONS, _decision_of)))


def _decision_of(row: Any) -> Decision:
    decision = Decision(
        **store.known_fields(Decision, row)
        | {"introduced_on": _day(row["introduced_on"]), "until": _day(row.get("until"))}
    )
    if not all(isinstance(text, str) for text in (*decision.pair, decision.status, decision.decided_at)):
        raise TypeError("a decision is made of texts")
    return decision


def decide(
    home: Path,
    pair: tuple[str, str],
    status: str,
    introduced_on: datetime.date | None = None,
    outcome: str = "unknown",
    until: datetime.date | None = None,
) -> None:
    """Remember what was decided about introducing two organisations, instead of what was; "" forgets it.

    It is kept in the home, whatever is loaded. Raises `store.StoreProblem` when it cannot be written.
    """
    days_fit = (status == "introduced") == bool(introduced_on) and (status == "later") == bool(until)
    if status not in ("", *STATUSES) or outcome not in OUTCOMES or not days_fit:
        raise ValueError(f"no decision: {status!r}, {introduced_on}, {outcome!r}, {until}")
    a, b = sorted(pair)
    decided = Decision(a, b, status, introduced_on, outcome, _now(), until)
    _keep_one_per_pair(home, DECISIONS, _decision_of, decided)


CALLS = "calls.json"
CALL_STATUSES = ("called", "later")


@dataclass(frozen=True)
class Call:
    """That the two ends of a tie were called, or are to be called later."""

    organisation_a: str
    organisation_b: str
    """The higher id: a tie has one call, the last."""
    status: str
    """One of `CALL_STATUSES`."""
    until: datetime.date
    """The day from which the tie is in the list again, when it is still silent by then."""
    decided_at: str = ""
    """UTC time, ISO 8601."""

    @property
    def pair(self) -> tuple[str, str]:
        """The two ids, the lower first."""
        return self.organisation_a, self.organisation_b


def calls(home: Path) -> list[Call]:
    """The last call of every tie, the newest first. Raises `store.StoreProblem` when they are damaged."""
    return _as_now_known(home, (_call_of(row) for row in store.read_list(home, CALLS, _call_of)))


def _call_of(row: Any) -> Call:
    call = Call(**store.known_fields(Call, row) | {"until": datetime.date.fromisoformat(row["until"])})
    if not all(isinstance(text, str) for text in (*call.pair, call.status, call.decided_at)):
        raise TypeError("a call is made of texts")
    return call


def note_call(home: Path, pair: tuple[str, str], status: str, until: datetime.date) -> None:
    """Remember that the ends of a tie were called or are to be called later, instead of what was; "" forgets it.

    It is kept in the home, whatever is loaded. Raises `store.StoreProblem` when it cannot be written.
    """
    if status not in ("", *CALL_STATUSES):
        raise ValueError(f"no call: {status!r}")
    a, b = sorted(pair)
    _keep_one_per_pair(home, CALLS, _call_of, Call(a, b, status, until, _now()))


def _keep_one_per_pair(home: Path, name: str, read_row: Callable[[Any], object], new: Decision | Call) -> None:
    """Write what was decided about a pair instead of what the list had of it; nothing where its status is ""."""

    known = store.identifiers_now(home)
    pair = _pair_now(new.pair, known)

    def change(rows: list[Any]) -> list[Any]:
        # As they are written: with what a newer version noted beside.
        others = [row for row in rows if _pair_now((row["organisation_a"], row["organisation_b"]), known) != pair]
        written = {
            key: value.isoformat() if isinstance(value, datetime.date) else value for key, value in asdict(new).items()
        }
        return [*others, written] if new.status else others

    store.change_list(home, name, read_row, change)


Written = TypeVar("Written", Decision, Call)


def _as_now_known(home: Path, rows: Iterable[Written]) -> list[Written]:
    """What was decided about pairs, the newest first; each under the identifiers of now, and each pair once."""
    known = store.identifiers_now(home)
    newest: dict[tuple[str, str], Written] = {}
    for row in sorted(rows, key=lambda row: row.decided_at, reverse=True):
        a, b = _pair_now(row.pair, known)
        if a != b:  # the two are one by now
            newest.setdefault((a, b), replace(row, organisation_a=a, organisation_b=b))
    return list(newest.values())


def _pair_now(pair: tuple[str, str], known: Mapping[str, str]) -> tuple[str, str]:
    a, b = sorted(known.get(identifier, identifier) for identifier in pair)
    return a, b


def _day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
