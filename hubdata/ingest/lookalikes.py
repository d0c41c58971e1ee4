"""Names that may be of one organisation: proposed to somebody, never taken together by themselves.

Two names are compared word by word. What does not tell organisations apart is left out (legal forms, little words, the
order); what is written in two ways or two languages is one word; the words that are left must each have a partner that
is the same, a typing error or an abbreviation away. A number, a year, a town or a country in one name and not in the
other tells two organisations apart, always. The words themselves are in `same_words`.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from hubdata.cells import fold
from hubdata.ingest.names import APOSTROPHES, sounds
from hubdata.ingest.same_words import LANDSCAPE, LEGAL_FORMS, LITTLE_WORDS, MEANINGS, PARTS_OF, PHRASES, places_known

WORD = re.compile(r"[^\W_]+\.?")
INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}")
ASIDE = re.compile(r"\(([^()]*)\)")
NUMERAL = re.compile(r"[ivx]{2,4}")
REGISTER = re.compile(r"[A-Z]{2}-[A-Z]+(?=-)")
MOST_ALIKE = 75
"""Only names that are so many percent alike as strings of letters are compared word by word, for typing errors."""
MOST_CANDIDATES = 50
"""Of those the nearest, at most so many for a name: in a list of names that are all nearly the same, every pair would
be compared, which takes for ever."""
AT_ONCE = 1000
"""So many names are compared with all others at once: an array of a byte for each pair."""


class Entry(NamedTuple):
    """Something with names: an organisation, or a donor that is known by its name alone."""

    names: tuple[str, ...]
    """What it is called, first, and its other names."""
    identifier: str = ""
    country: str | None = None


class LookAlike(NamedTuple):
    """Two entries, by position, that may be one, and why."""

    one: int
    other: int
    why: str
    """`same` but for what does not count, `spacing`, `typing`, `shortened` or `initials`."""


class Name(NamedTuple):
    """A name as it is compared."""

    words: tuple[str, ...]
    """Those that count, in order."""
    abbreviated: frozenset[str]
    """Of these: the ones with a full stop behind."""
    fixed: frozenset[str]
    """Of these: the ones of which no letter may differ, such as OPCW."""
    legal: frozenset[str]
    """Kinds of legal form."""
    initials: frozenset[str]
    asides: tuple[tuple[str, ...], ...]
    """The words of what stands in brackets, where that is another name."""

    @property
    def joined(self) -> str:
        return "".join(self.words)

    @property
    def in_order(self) -> str:
        return "".join(sorted(self.words))


def read(name: str, places: Collection[str] = frozenset()) -> Name:
    """A name, taken apart; `places` are towns and countries."""
    plain = name.translate(APOSTROPHES).replace("'", "")
    outside, inside = ASIDE.sub(" ", plain), ASIDE.findall(plain)
    if not WORD.search(outside):
        outside, inside = plain, []
    asides = []
    for text in inside:
        said = _words(text)
        if all(word in places or word in PARTS_OF or _is_number(word) for word in said):
            outside += " " + text  # it tells branches apart
        elif said:
            asides.append(tuple(said))
    all_words = _words(outside)
    # Where everything is in capitals these say nothing.
    is_shouted = plain.isupper() and len(all_words) > 1
    fixed = set() if is_shouted else {fold(word) for word in re.findall(r"\b[A-Z]{2,6}\b", outside)}
    legal = {LEGAL_FORMS[word] for word in all_words if word in LEGAL_FORMS}
    if all_words and all_words[0] in ("st", "stg"):
        legal.add("foundation")
        all_words = all_words[1:] or all_words
    written = {word: MEANINGS.get(word, word) for word in all_words}
    counting = [written[word] for word in all_words if word not in LEGAL_FORMS and word not in LITTLE_WORDS]
    words = counting or [written[word] for word in all_words]
    short = {written.get(fold(word)[:-1], "") for word in WORD.findall(_prepared(outside)) if word.endswith(".")}
    firsts = "".join(word[0] for word in counting)
    more = "".join(word[0] for word in all_words)
    return Name(
        tuple(words),
        frozenset(short & set(words)),
        frozenset(fixed & set(words)),
        frozenset(legal),
        frozenset({firsts, more} if len(counting) > 2 else ()),
        tuple(asides),
    )


def _prepared(text: str) -> str:
    """A text of which words can be taken: `B.V.` is one, and so is Den Haag."""
    folded = INITIALS.sub(lambda found: found.group().replace(".", ""), fold(text).replace("&", " en "))
    for phrase, word in PHRASES:
        folded = phrase.sub(word, folded)
    return folded


def _words(text: str) -> list[str]:
    return [word.removesuffix(".") for word in WORD.findall(_prepared(text))]


def _is_number(word: str) -> bool:
    return any(letter.isdigit() for letter in word) or bool(NUMERAL.fullmatch(word))


def alike(
    one: Name, other: Name, places: Collection[str] = frozenset(), common: Collection[str] = frozenset()
) -> str | None:
    """Why two names may be of one organisation (see `LookAlike`); None when they are of two.

    `common`: words of several names, that are no typing errors of each other.
    """
    if one.legal and other.legal and not one.legal & other.legal:
        return None
    mine, theirs = Counter(one.words) - Counter(other.words), Counter(other.words) - Counter(one.words)
    left, right = sorted(mine.elements(), key=one.words.index), sorted(theirs.elements(), key=other.words.index)
    if any(_is_number(word) for word in [*left, *right]):
        return None
    if not left and not right:
        says_enough = len(one.joined) > 2 and not all(word in places for word in one.words)
        return "same" if says_enough else None
    if "".join(left) == "".join(right) or one.joined == other.joined:
        return "spacing" if len(one.joined) > 5 else None
    if len(left) != len(right) or len(left) > 3:
        return None
    reasons = []
    for word in left:
        found = next(((reason, w) for w in right if (reason := _pair(word, w, one, other, places, common))), None)
        if found is None:
            return None
        reasons.append(found[0])
        right.remove(found[1])
    return "typing" if "typing" in reasons else "shortened"


def _pair(word: str, other: str, one: Name, two: Name, places: Collection[str], common: Collection[str]) -> str | None:
    """Why two words that differ are the same one, if they are."""
    from rapidfuzz.distance import OSA

    for short, whole, name in ((word, other, one), (other, word, two)):
        if short in name.abbreviated and len(short) > 2 and whole.startswith(short):
            return "shortened"
        if len(short) > 3 and whole == short + "s":
            return "typing"
    if word[0] != other[0] or (word in places and other in places):
        return None
    if (ends := LANDSCAPE.search(word)) and (others := LANDSCAPE.search(other)) and ends.group() != others.group():
        return None
    if word in common and other in common:
        return None
    if word in one.fixed or other in two.fixed:
        return None
    length = min(len(word), len(other))
    allowed = 0 if length < (6 if len(one.words) == 1 else 5) else 1 if length < 10 else 2
    return "typing" if OSA.distance(word, other, score_cutoff=allowed) <= allowed else None


def look_alikes(entries: Sequence[Entry], more_places: Iterable[str] = ()) -> list[LookAlike]:
    """The pairs that may be one, each once, in the order of the entries. `more_places`: towns of these entries."""
    places = places_known() | {word for place in more_places for word in _words(place)}
    spelled = [(place, read(name, places)) for place, entry in enumerate(entries) for name in entry.names]
    owners, names = [place for place, _ in spelled], [name for _, name in spelled]
    found: dict[tuple[int, int], str] = {}

    def note(one: int, other: int, why: str | None) -> None:
        pair = (min(owners[one], owners[other]), max(owners[one], owners[other]))
        if why and pair[0] != pair[1] and not _differ(entries[pair[0]], entries[pair[1]]):
            found.setdefault(pair, why)

    counted = Counter(word for words in {name.words for name in names} for word in set(words))
    common = {word for word, count in counted.items() if count > 1}
    for one, other in _candidates(names):
        note(one, other, alike(names[one], names[other], places, common))
    for one, other in _known_by_initials(names):
        note(one, other, "initials")
    return [LookAlike(*pair, why) for pair, why in sorted(found.items())]


MOST_MEANT = 3
"""So many names at most are asked about: of more the words say too little."""
SHORT_WORD, LONG_WORD = 4, 8
"""Letters of a word in which one slip is a question, and of one in which two are."""


def meant_by(name: str, known: Sequence[str]) -> list[str]:
    """Those of `known` that somebody may mean who typed a name, at most three, the most alike first.

    It is a question and nothing more, so it asks more than `look_alikes` proposes: a name that is the other one with
    words left out, or with more words, counts too, and so do slips in short words and in endings like -burg and -borg.

    >>> meant_by("Buurtkamer", ["De Buurtkamer", "Haagse Buurtkamer", "Gemeente Den Haag"])
    ['De Buurtkamer', 'Haagse Buurtkamer']
    >>> meant_by("Stichting Amelburg", ["Stichting Amelborg", "Stichting Amelstein"])
    ['Stichting Amelborg']
    """
    from rapidfuzz import fuzz

    places = places_known()
    typed, names = read(name, places), [read(other, places) for other in known]
    counted = Counter(word for words in {other.words for other in names} for word in set(words))
    common = {word for word, count in counted.items() if count > 1}
    sure, longer = [], []
    for text, other in zip(known, names, strict=True):
        alike_as = (fuzz.ratio(typed.joined, other.joined), text)
        is_short = any(one.fixed and one.joined in two.initials for one, two in ((typed, other), (other, typed)))
        mine, theirs = set(typed.words), set(other.words)
        if is_short or alike(typed, other, places, common) or _slips_only(typed, other, places):
            sure.append(alike_as)
        elif (mine < theirs and not mine <= places) or (theirs < mine and not theirs <= places):
            longer.append(alike_as)
    found = [*sorted(sure, reverse=True), *(sorted(longer, reverse=True) if len(longer) <= MOST_MEANT else ())]
    return [text for _, text in found[:MOST_MEANT]]


def _slips_only(one: Name, other: Name, places: Collection[str]) -> bool:
    """Whether each word that differs is nearly a word of the other: a letter off, in long words two."""
    from rapidfuzz.distance import OSA

    mine, theirs = Counter(one.words) - Counter(other.words), Counter(other.words) - Counter(one.words)
    left, right = sorted(mine.elements(), key=one.words.index), sorted(theirs.elements(), key=other.words.index)
    return len(left) == len(right) and all(
        OSA.distance(word, meant) <= (1 if len(meant) < LONG_WORD else 2)
        and min(len(word), len(meant)) >= SHORT_WORD
        and not (word in places and meant in places)
        and not (_is_number(word) or _is_number(meant))
        for word, meant in zip(left, right, strict=True)
    )


def _differ(one: Entry, other: Entry) -> bool:
    """Whether two are known to be different: another country, or another number in one register."""
    if one.country and other.country and one.country != other.country:
        return True
    register = REGISTER.match(one.identifier)
    return bool(
        register
        and "NAME" not in register.group()
        and other.identifier.startswith(register.group() + "-")
        and fold(one.identifier) != fold(other.identifier)
    )


def _candidates(names: Sequence[Name]) -> Iterator[tuple[int, int]]:
    """Pairs of names to be compared word by word: those that are the same letters, or nearly."""
    import numpy as np
    from rapidfuzz import fuzz, process

    for key in ("in_order", "joined"):
        same: dict[str, list[int]] = defaultdict(list)
        for place, name in enumerate(names):
            same[getattr(name, key)].append(place)
        for places in same.values():
            yield from ((places[0], other) for other in places[1:])
            yield from ((one, other) for one in places[1:20] for other in places[1:20] if one < other)
    letters = [name.in_order for name in names]
    for start in range(0, len(letters), AT_ONCE):
        rows = letters[start : start + AT_ONCE]
        scores = process.cdist(rows, letters[start:], scorer=fuzz.ratio, score_cutoff=MOST_ALIKE, dtype=np.uint8)
        for row, alike in enumerate(scores):
            columns = np.flatnonzero(alike[row + 1 :]) + row + 1
            if len(columns) > MOST_CANDIDATES:
                columns = columns[np.argsort(-alike[columns].astype(int), kind="stable")[:MOST_CANDIDATES]]
            for column in columns:
                yield start + row, start + int(column)


def _known_by_initials(names: Sequence[Name]) -> Iterator[tuple[int, int]]:
    """Names of which one is the initials of the other, or stands in brackets behind it: only where one is meant."""
    of_words: dict[tuple[str, ...], list[int]] = defaultdict(list)
    of_initials: dict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(names):
        of_words[name.words].append(place)
        for initials in name.initials:
            of_initials[initials].append(place)
    for place, name in enumerate(names):
        for aside in name.asides:
            counting = tuple(MEANINGS.get(word, word) for word in aside if word not in LITTLE_WORDS)
            if len(meant := of_words.get(counting, [])) == 1:
                yield place, meant[0]
        is_short = len(name.words) == 1 and len(name.words[0]) > 3 and name.fixed
        if is_short and len(meant := of_initials.get(name.words[0], [])) == 1:
            yield place, meant[0]


def pair_of(one: str, other: str) -> tuple[str, str]:
    """Two names as it is remembered that they are different: as they sound, the lower first."""
    first, second = sorted((sounds(one), sounds(other)))
    return first, second
