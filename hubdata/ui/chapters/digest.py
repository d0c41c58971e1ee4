"""The monthly digest: what changed, how far the targets are, and what to do, on one page, in the words of the pages."""

import datetime
from dataclasses import replace

import pandas as pd

from hubdata import methods, questions
from hubdata.reports import content
from hubdata.ui import chapters
from hubdata.ui.chapters.following import calls, introductions, newly_exposed
from hubdata.ui.chapters.parts import chapter, plain
from hubdata.ui.hub_settings import settings
from hubdata.ui.language import _, date
from hubdata.ui.movements import changes_sentence, movement_sentence
from hubdata.ui.session import ask, covers, has_page, notes, view
from hubdata.ui.words import changes as words

MOST_TO_DO = 3
NOTE_DAYS = 92
"""How long ago a pinned day may be to be what the digest compares with, when nobody says another."""


def has_digest() -> bool:
    """Whether the reader may have a digest."""
    return has_page("changes")


def usual_since() -> tuple[datetime.date, str]:
    """The day that a digest compares with when nobody says one, and why: the last pinned day, else a month before."""
    as_of = view().as_of
    recent = [note for note in notes() if 0 < (as_of - note.day).days <= NOTE_DAYS]
    if recent:
        return recent[-1].day, _(
            "Compared with the last day that was pinned: {note}.", note=recent[-1].text.rstrip(".")
        )
    return (pd.Timestamp(as_of) - pd.DateOffset(months=1)).date(), _("Compared with a month before.")


def digest(since: datetime.date | None = None) -> content.Report:
    """The digest of the reader's view, since a day before it."""
    day, why = (since, "") if since else usual_since()
    made = chapters.framed(
        _("{hub}: what changed and what to do", hub=settings().name),
        tuple(part for part in (_changed(day, why), _to_do(), _targets(day)) if part.sentences or part.points),
        subtitle=_("{since} to {day}", since=date(day), day=date(view().as_of)),
    )
    return replace(made, definitions=(), coverage=None)


def _changed(since: datetime.date, why: str) -> content.Chapter:
    """What two days do not have in common, and how the headlines moved."""
    changes = ask(questions.answer_changes, since)
    donors = ask(questions.answer_donor_changes, since) if covers(questions.answer_donor_changes) else None
    movements = words.movements_covered(ask(questions.answer_movements, since))
    said = chapter("changed", _("What changed"), [changes_sentence(since, changes, donors), why])
    return replace(said, points=tuple(plain(movement_sentence(movement)) for movement in movements))


def _targets(since: datetime.date) -> content.Chapter:
    """How far each figure is from its next target, and from those that fell due since a day."""
    points = []
    for indicator, road in ask(questions.answer_target_progress).items():
        name = words.name_of(methods.explained_by(indicator))
        ahead = [aim for aim in road["road"] if aim["date"] > since]
        due = [aim for aim in ahead if aim["days_left"] <= 0]
        said = [words.target_sentence(indicator, aim, road["history"]) for aim in ahead[: len(due) + 1]]
        points += [f"{name}. {plain(sentence)}" for sentence in said]
    return replace(chapter("targets", _("Targets"), []), points=tuple(points))


def _to_do() -> content.Chapter:
    """The first few calls and introductions, and how many became dependent."""
    points: list[str] = []
    if has_page("contacts") or has_page("overview"):
        points += _first(calls(), _("Call"))
    if has_page("introductions") and covers(questions.answer_introductions):
        points += _first(introductions(), _("Introduce"))
    exposed = newly_exposed() if has_page("overview") else None
    said = exposed.sentences if exposed else ()
    return replace(chapter("to_do", _("To do"), said), points=tuple(points))


def _first(figure: content.Figure | None, deed: str) -> list[str]:
    return [f"{deed}: {point}" for point in figure.points[:MOST_TO_DO]] if figure else []
