"""Trust and value: what organisations say of their own partners, as averages in which no answer can be told.

The six questions are those of the PARTNER tool (Visible Network Labs): trust is the mean of reliability, support of the
mission and openness; value that of power and influence, involvement and resources. Each is 1 (not at all) to 4 (a great
deal), and nobody has to answer.
"""

import datetime
import itertools
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypedDict

import pandas as pd

from hubdata.indicators.rows import records

TRUST = ("reliability", "mission", "openness")
VALUE = ("influence", "involvement", "resources")
QUESTIONS = (*TRUST, *VALUE)
SCORES = (1, 2, 3, 4)
FEWEST = 5
"""So many organisations make a five: answers count by whole fives (see `_fives`), or not at all."""
WITHIN_DAYS = 365


class Rating(NamedTuple):
    """What one organisation says of another."""

    by: str
    about: str
    at: datetime.datetime
    scores: tuple[int | None, ...]
    """In the order of `QUESTIONS`; None is not answered."""
    is_from_file: bool = False
    """Whether it was taken in from another tool: a manager knows what is in that file."""
    sectors: tuple[str, ...] = ()
    """Of both when it was said; () is not known, and then those of now."""


class Average(TypedDict):
    """Averages of answers about the same."""

    trust: float | None
    """1-4, in tenths; None below five organisations that answered all three questions."""
    trust_answers: int
    """How many answers there are; the average is of those that are in whole fives."""
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
    sectors: Mapping[str, str] = types.MappingProxyType({}),
) -> Trust:
    """Averages of what organisations said of each other in the `within_days` up to `day`; of each pair the newest.

    organisations: those that are active, with organisation_id, name and sector. sectors: of those that are not, by id.
    An answer counts for trust when all its three questions are answered, for value likewise, and when the whole five
    that it is in counts (see `_fives`) and tells nothing beside others (see `_parts`).
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
    active = set(organisations["organisation_id"])
    sector_of = {**sectors, **dict(zip(organisations["organisation_id"], organisations["sector"], strict=True))}

    def counts(one: Rating) -> bool:
        is_known = one.by in active and one.about in active
        return is_known and 0 <= (day - one.at.date()).days <= within_days

    given = [one for one in ratings if one.by != one.about and any(one.scores)]
    found = {of: _average(part, counts) for of, part in _parts(given, sector_of).items()}
    nothing = _average(_Part(), counts)
    dyads = {(one.by, one.about) for one in given if counts(one)}
    between = {_between(one, sector_of) for one in given if counts(one)}
    return {
        "dyads_answered": len(dyads),
        "raters": len({by for by, _about in dyads}),
        **found.get(ALL, nothing),
        "received": [
            {
                "organisation_id": row["organisation_id"],
                "name": row["name"],
                "sector": row["sector"],
                **found.get(about(row["organisation_id"]), nothing),
            }
            for row in records(organisations.sort_values("name", key=lambda names: names.str.casefold()))
        ],
        "sector_trust": [{"sector_a": of[1], "sector_b": of[2], **found.get(of, nothing)} for of in sorted(between)],
    }


Of = tuple[str, ...]
"""What answers are about: `ALL`, an organisation (see `about`), or ("between", a sector, another)."""
ALL = ("all",)


def about(organisation_id: str) -> Of:
    """What is said of one organisation."""
    return ("about", organisation_id)


def _between(one: Rating, sector_of: Mapping[str, str]) -> Of:
    """The pair of sectors: what it was then, since otherwise who moves to another sector takes answers along."""
    return ("between", *sorted(one.sectors or (sector_of[one.by], sector_of[one.about])))


def average(
    ratings: Iterable[Rating],
    counts: Callable[[Rating], bool] = lambda _one: True,
    of: Of = ALL,
    sectors: Mapping[str, str] = types.MappingProxyType({}),
) -> Average:
    """The averages of those answers about `of` that count.

    ratings: all that there are, also those about others and those that `counts` does not hold for: which fives there
    are, and which of them are shown, is no matter of a day, of a list or of who looks. sectors: of all organisations.
    """
    given = [one for one in ratings if one.by != one.about and any(one.scores)]
    return _average(_parts(given, sectors).get(of, _Part()), counts)


Five = frozenset[Rating]
"""The answers of five organisations that count together or not at all."""


@dataclass
class _Part:
    """The answers about the same that answer all three questions, and those of its fives that are shown."""

    trust_answers: list[Rating] = field(default_factory=list)
    value_answers: list[Rating] = field(default_factory=list)
    trust: list[Five] = field(default_factory=list)
    value: list[Five] = field(default_factory=list)


def _average(part: _Part, counts: Callable[[Rating], bool]) -> Average:
    return {
        "trust": _mean(part.trust, TRUST, counts),
        "trust_answers": len({(one.by, one.about) for one in part.trust_answers if counts(one)}),
        "value": _mean(part.value, VALUE, counts),
        "value_answers": len({(one.by, one.about) for one in part.value_answers if counts(one)}),
    }


def _mean(fives: Sequence[Five], questions: Sequence[str], counts: Callable[[Rating], bool]) -> float | None:
    """In tenths, of every five of which all answers count; None where there is none.

    An answer that was given again is there beside the newer one, until all of its five were. What was said here goes
    before what is from a file, whose fives come first.
    """
    counted = [five for five in fives if all(counts(one) for one in five)]
    last = {(one.by, one.about): five for five in counted for one in five}
    places = [QUESTIONS.index(question) for question in questions]
    scores = [
        one.scores[place] or 0
        for five in counted
        if any(last[one.by, one.about] is five for one in five)
        for one in five
        for place in places
    ]
    return round(sum(scores) / len(scores), 1) if scores else None


def _parts(given: Sequence[Rating], sector_of: Mapping[str, str]) -> dict[Of, _Part]:
    """Everything that there is an average of, with its answers and with the fives that are shown.

    The fives of an organisation, of a pair of sectors and of the whole overlap, so that one minus another may be what a
    single organisation said. In the order in which they were complete, each is shown only if it does not tell that
    beside those that were shown before.
    """
    found: dict[Of, _Part] = {}
    for questions, name in ((TRUST, "trust"), (VALUE, "value")):
        complete: dict[Of, list[Rating]] = {}
        for one in _complete(given, questions):
            complete.setdefault(about(one.about), []).append(one)
            if one.sectors or {one.by, one.about} <= sector_of.keys():
                complete.setdefault(_between(one, sector_of), []).append(one)
            complete.setdefault(ALL, []).append(one)
        fives = [(of, frozenset(five)) for of, answers in complete.items() for five in _fives(answers)]
        kinds = ["about", "between", "all"]
        shown: dict[str, list[Five]] = {kind: [] for kind in kinds}
        for of, five in sorted(
            fives,
            key=lambda part: (max((not one.is_from_file, one.at) for one in part[1]), kinds.index(part[0][0]), part[0]),
        ):
            others = [shown[kind] for kind in kinds if kind != of[0]]
            together = five.union(*shown[of[0]])
            if not any(_tells_of_few(whole, parts) for whole in (five, together) for parts in others):
                shown[of[0]].append(five)
                getattr(found.setdefault(of, _Part()), name).append(five)
        for of, answers in complete.items():
            setattr(found.setdefault(of, _Part()), f"{name}_answers", answers)
    return found


def _tells_of_few(whole: Five, parts: Sequence[Five]) -> bool:
    """Whether the average of a whole, beside those of parts that do not overlap, tells what fewer than five said."""

    def is_reached(seen: set[str]) -> bool:
        """Whether one can subtract parts from the whole so that answers of fewer than five are left, with `seen`."""
        if len(seen) >= FEWEST:
            return False
        for inside, outside in crossing:
            if not inside <= seen and not outside <= seen:
                return is_reached(seen | inside) or is_reached(seen | outside)
        return bool(seen)

    left = _raters(whole.difference(*parts))
    if len(left) >= FEWEST:
        return False
    # A part that is not subtracted leaves what of it is in the whole; one that is, what of it is not.
    crossing = [(_raters(whole & part), _raters(part - whole)) for part in parts if whole & part]
    return is_reached(left)


def _raters(ratings: Iterable[Rating]) -> set[str]:
    return {one.by for one in ratings}


def _complete(ratings: Sequence[Rating], questions: Sequence[str]) -> list[Rating]:
    places = [QUESTIONS.index(question) for question in questions]
    return [one for one in ratings if all(one.scores[place] in SCORES for place in places)]


def _fives(ratings: Sequence[Rating]) -> list[list[Rating]]:
    """The answers of five organisations, and of the next five, in the order in which they came in.

    Who sees an average today and tomorrow, for two days, or with and without somebody in the list, sees whole fives
    come and go, and never what one organisation said. Answers from files have fives of their own.
    """
    found = []
    in_order = sorted(ratings, key=lambda one: (not one.is_from_file, one.at, one.by, one.about))
    waiting: list[Rating] = []
    for _key, together in itertools.groupby(in_order, key=lambda one: (one.is_from_file, one.at, one.by)):
        for new in together:
            waiting = [  # nobody saw these, so one of them can go: it is too old, or was given again
                one
                for one in waiting
                if one.is_from_file == new.is_from_file
                and (new.at - one.at).days <= WITHIN_DAYS
                and (one.by, one.about) != (new.by, new.about)
            ]
            waiting.append(new)
        if len({one.by for one in waiting}) >= FEWEST:
            found.append(waiting)
            waiting = []
    return found
