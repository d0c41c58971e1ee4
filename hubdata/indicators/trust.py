"""Trust and value: what organisations say of their own partners, as averages in which no answer can be told.

The six questions are those of the PARTNER tool (Visible Network Labs): trust is the mean of reliability, support of the
mission and openness; value that of power and influence, involvement and resources. Each is 1 (not at all) to 4 (a great
deal), and nobody has to answer.
"""

import datetime
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypedDict

import pandas as pd

from hubdata.indicators.rows import records

TRUST = ("reliability", "mission", "openness")
VALUE = ("influence", "involvement", "resources")
QUESTIONS = (*TRUST, *VALUE)
SCORES = (1, 2, 3, 4)
FEWEST = 5
"""So many organisations must have answered before there is an average, and it is made anew for each five more: whoever
watches it while answers come in cannot see what one of them was."""
WITHIN_DAYS = 365


class Rating(NamedTuple):
    """What one organisation says of another."""

    by: str
    about: str
    at: datetime.datetime
    scores: tuple[int | None, ...]
    """In the order of `QUESTIONS`; None is not answered."""


class Average(TypedDict):
    """Averages of answers about the same."""

    trust: float | None
    """1-4, in tenths; None below five organisations that answered all three questions."""
    trust_answers: int
    """How many answers there are; the average is of as many whole fives of organisations as they come from."""
    value: float | None
    """1-4, in tenths; None as for trust."""
    value_answers: int


class Received(Average):
    """What others say of one organisation; 0 answers is not asked or not answered, and is no low score."""

    organisation_id: str
    name: str
    sector: str


class BetweenSectors(Average):
    """What organisations of two sectors say of each other, in both directions together."""

    sector_a: str
    sector_b: str


class Trust(Average):
    """Trust and value in the whole ecosystem, and of parts of it (see `trust`)."""

    dyads_answered: int
    """Pairs of who answered and about whom, with at least one answer: a and b about each other are two."""
    raters: int
    """How many organisations answered."""
    received: list[Received]
    """One per organisation that is active, in order of name."""
    sector_trust: list[BetweenSectors]
    """One per pair of sectors with an answer, in order."""


def trust(
    organisations: pd.DataFrame,
    ratings: Sequence[Rating],
    day: datetime.date,
    within_days: int = WITHIN_DAYS,
) -> Trust:
    """Averages of what organisations said of each other in the `within_days` up to `day`; of each pair the newest.

    organisations: those that are active, with organisation_id, name and sector. An answer counts for trust when all its
    three questions are answered, for value likewise. Where fewer than five organisations gave what the whole
    counts beside the averages of its parts, the whole has none: the difference would tell what they said.
    Unit: 1-4. Grain: all, an organisation, a pair of sectors.
    Misreading: a low average is what partners experience, not what an organisation is; no average is not a low one; and
    who is rated by many small partners is not comparable to who is rated by two large ones.
    Source: PARTNER tool, Visible Network Labs.

    >>> names = pd.DataFrame({"organisation_id": list("abcdef"), "name": list("ABCDEF"), "sector": ["ngo"] * 6})
    >>> at = datetime.datetime(2026, 5, 1, tzinfo=datetime.UTC)
    >>> found = trust(names, [Rating(by, "a", at, (4, 3, 3, 1, 1, None)) for by in "bcdef"], at.date())
    >>> [found[name] for name in ("dyads_answered", "trust", "trust_answers", "value", "value_answers")]
    [5, 3.3, 5, None, 0]
    """
    sector_of = dict(zip(organisations["organisation_id"], organisations["sector"], strict=True))
    newest: dict[tuple[str, str], Rating] = {}
    for one in sorted(ratings, key=lambda one: one.at):
        is_known = one.by in sector_of and one.about in sector_of and one.by != one.about
        if is_known and 0 <= (day - one.at.date()).days <= within_days and any(one.scores):
            newest[one.by, one.about] = one
    counted = list(newest.values())
    about: dict[str, list[Rating]] = {}
    between: dict[tuple[str, str], list[Rating]] = {}
    for one in counted:
        about.setdefault(one.about, []).append(one)
        a, b = sorted((sector_of[one.by], sector_of[one.about]))
        between.setdefault((a, b), []).append(one)
    whole = average(counted)
    for questions, name in ((TRUST, "trust"), (VALUE, "value")):
        for parts in (about, between):
            shown = {answer for part in parts.values() for answer in _counted(part, questions)}
            left = {by for by, _about in _counted(counted, questions) - shown}
            if 0 < len(left) < FEWEST:
                whole[name] = None  # type: ignore[literal-required]
    return {
        "dyads_answered": len(counted),
        "raters": len({one.by for one in counted}),
        **whole,
        "received": [
            {
                "organisation_id": row["organisation_id"],
                "name": row["name"],
                "sector": row["sector"],
                **average(about.get(row["organisation_id"], [])),
            }
            for row in records(organisations.sort_values("name", key=lambda names: names.str.casefold()))
        ],
        "sector_trust": [{"sector_a": a, "sector_b": b, **average(between[a, b])} for a, b in sorted(between)],
    }


def _counted(ratings: Sequence[Rating], questions: Sequence[str]) -> set[tuple[str, str]]:
    """By whom and about whom the answers are that an average rests on; none where there is no average."""
    means = _means(ratings, questions)
    raters = list(dict.fromkeys(by for _at, by, _mean in sorted(means)))
    counted = set(raters[: len(raters) // FEWEST * FEWEST])
    places = [QUESTIONS.index(question) for question in questions]
    return {
        (one.by, one.about) for one in ratings if one.by in counted and all(one.scores[p] in SCORES for p in places)
    }


def average(ratings: Iterable[Rating]) -> Average:
    """The averages of these answers, of as many whole fives of organisations as they come from."""
    listed = list(ratings)
    trusted = _means(listed, TRUST)
    valued = _means(listed, VALUE)
    return {
        "trust": _of_fives(trusted),
        "trust_answers": len(trusted),
        "value": _of_fives(valued),
        "value_answers": len(valued),
    }


def _means(ratings: Sequence[Rating], questions: Sequence[str]) -> list[tuple[datetime.datetime, str, float]]:
    """When, by whom and what: the mean of the questions of each answer that answers them all."""
    places = [QUESTIONS.index(question) for question in questions]
    found = []
    for one in ratings:
        scores = [one.scores[place] for place in places]
        if all(score in SCORES for score in scores):
            found.append((one.at, one.by, sum(score or 0 for score in scores) / len(scores)))
    return found


def _of_fives(means: Sequence[tuple[datetime.datetime, str, float]]) -> float | None:
    """The mean of the answers of the first five, ten, fifteen ... organisations; None below five."""
    by_rater: dict[str, list[float]] = {}
    for _at, rater, mean in sorted(means):
        by_rater.setdefault(rater, []).append(mean)
    counted = len(by_rater) // FEWEST * FEWEST
    answers = [mean for answers in list(by_rater.values())[:counted] for mean in answers]
    return round(sum(answers) / len(answers), 1) if answers else None
