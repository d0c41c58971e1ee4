"""Names and identifiers: what a cell may refer to, and the identifier that is made where none was given."""

import difflib
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hubdata import models
from hubdata.cells import BEGINS_ITEM, SHORTENED, fold, fold_as_written, quoted_items, split_list, without_invisible
from hubdata.ingest.lists import SEPARATORS
from hubdata.ingest.problems import Note, Refusal, note
from hubdata.texts import N_

MADE_FROM = (N_("name"), N_("name and date"), N_("organisations and start"))
"""What `models` says identifiers are made from, marked for translation."""
UNKNOWN = {
    "organisation": ("unknown_organisation", "unknown_organisation_near"),
    "event": ("unknown_event", "unknown_event_near"),
}
"""Kind -> the code when a cell matches nothing, and the code when it looks like a name that exists."""


IN_NAMES = (" en ", " and ", " und ", " et ", " + ", " - ", " – ", "•", "·")
"""What is mostly part of a name, and separates those that are known."""
APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u201b\u02bc\u02b9\u00b4\u2032\uff07`", "'"))
QUOTES = str.maketrans(dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02", '"'))
DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d", "-"))
ALIKE = APOSTROPHES | QUOTES | DASHES
"""Kinds of one mark -> the plain one."""
AND = re.compile(r"\s*&\s*|\s(?:en|and|und|et|\+)(?=\s)")


def sounds(name: str) -> str:
    """A name as it sounds: `&`, `en` and `and` are the same, as are kinds of one mark. For names alone.

    >>> sounds("Anna\u2019s Fonds X&Y") == sounds("anna's fonds X  en Y")
    True
    """
    return " ".join(AND.sub(" & ", fold(name.translate(ALIKE))).split())


def one_spelling(given: Iterable[str], on_show: Iterable[str]) -> dict[str, str]:
    """Name -> how it is written from now on, of those that sound like another: as on show, or like the first."""
    written: dict[str, str] = {}
    spellings: dict[str, list[str]] = defaultdict(list)
    for name in on_show:
        written.setdefault(sounds(name), name)
    for name in given:
        written.setdefault(sounds(name), without_invisible(name))
        spellings[sounds(name)].append(name)
    return {
        name: written[sound]
        for sound, names in spellings.items()
        for name in names
        if fold_as_written(name) != fold_as_written(written[sound])
    }


def names_noted(file: str, spelling: Mapping[str, str]) -> list[Note]:
    """What the report says of names that were taken together."""
    together: dict[str, list[str]] = defaultdict(list)
    for name, written in spelling.items():
        together[written].append(without_invisible(name))
    if not together:
        return []
    said = [" = ".join(dict.fromkeys([written, *names])) for written, names in together.items()]
    return [note("names_taken_together", file, count=len(spelling), names="; ".join(said))]


class Names:
    """Who or what a cell may refer to, by identifier or by name."""

    def __init__(
        self,
        kind: str,
        named: Iterable[tuple[str, str | None]],
        aliases: Mapping[str, Sequence[str]] = {},
        meanings: Mapping[str, str] = {},
    ) -> None:
        """`kind` is `organisation` or `event`; `named` holds identifier and name of each, `aliases` other names.

        `meanings`: folded cell -> the name that a reader said it means.
        """
        self.kind, self._meanings = kind, meanings
        self._names: dict[str, str] = {}
        self._by_id: dict[str, set[str]] = defaultdict(set)
        self._by_name: dict[str, set[str]] = defaultdict(set)
        self._by_sound: dict[str, set[str]] = defaultdict(set)
        for identifier, name in named:
            self._names[identifier] = name or ""
            self._by_id[fold(identifier)].add(identifier)
            if name:
                self._by_name[fold(name)].add(identifier)
                self._by_sound[sounds(name)].add(identifier)
        self._by_alias: dict[str, set[str]] = defaultdict(set)
        for identifier, others in aliases.items():
            for alias in others:
                self._by_alias[sounds(alias)].add(identifier)
        self._near: dict[str, str | None] = {}

    def name(self, identifier: str) -> str:
        """The name of one that is there."""
        return self._names[identifier]

    def find(self, cell: str) -> list[str]:
        """The identifiers a cell may mean: exactly one when it can be accepted.

        An identifier as it is written goes before one that differs in case, a name before one that sounds like it,
        and all of these before another name.
        """
        return self._listed(cell) or sorted(self._by_alias.get(sounds(cell), ()))

    def _listed(self, cell: str) -> list[str]:
        if cell.strip() in self._names:
            return [cell.strip()]
        text = fold(cell)
        found = self._by_id.get(text) or self._by_name.get(text) or self._by_sound.get(sounds(cell), set())
        if not found and text in self._meanings:
            meant = self._meanings[text]
            found = self._by_name.get(fold(meant)) or self._by_id.get(fold(meant), set())
        return sorted(found)

    def is_listed(self, identifier: str) -> bool:
        """Whether there is something with this identifier or name; another name does not count."""
        return bool(self._listed(identifier))

    def of_alias(self, cell: str) -> tuple[str, str] | None:
        """Identifier and name of what goes by this as another name; None when nothing does, or two do."""
        found = () if self._listed(cell) else self._by_alias.get(sounds(cell), ())
        return next(((identifier, self._names[identifier]) for identifier in found if len(found) == 1), None)

    @property
    def has_aliases(self) -> bool:
        """Whether anything goes by another name as well."""
        return bool(self._by_alias)

    def other_spelling(self, cell: str) -> str | None:
        """The name that a cell means, when it only sounds like it."""
        text, found = fold(cell), self.find(cell)
        if len(found) != 1 or cell.strip() in self._names or text in self._by_id or text in self._by_name:
            return None
        return self._names[found[0]]

    def identifier(self, cell: str) -> str | None:
        """The identifier as it is written in the data; None when nothing has it, or two differ in case only."""
        found = {cell} if cell in self._names else self._by_id.get(fold(cell), set())
        return next(iter(found)) if len(found) == 1 else None

    def near(self, cell: str) -> str | None:
        """The name or identifier that looks most like the cell. Stops looking after a hundred different mistakes."""
        text = fold(cell)
        if text not in self._near and len(self._near) < 100:
            matches = difflib.get_close_matches(text, [*self._by_name, *self._by_id, *self._by_alias], n=1, cutoff=0.75)
            self._near[text] = matches[0] if matches else None
        return self._near.get(text)

    def refusal(self, cell: str, column: str) -> Refusal:
        """Why a cell is refused: it matches nothing, or more than one."""
        identifiers = self.find(cell)
        if identifiers:
            return Refusal(column, "two_with_this_name", cell, {"ids": ", ".join(identifiers)})
        near = self.near(cell)
        unknown, unknown_near = UNKNOWN[self.kind]
        return Refusal(column, unknown_near, cell, {"suggestion": near}) if near else Refusal(column, unknown, cell)


def parts_of(cell: str | list[str], names: Names) -> list[str]:
    """The items of a list of references. What may be in a name separates only where every part is known."""
    if isinstance(cell, list):
        return split_list(cell) or []
    if names.find(cell):
        return [cell]
    return quoted_items(cell) or [part for item in split_list(cell) or [] for part in known_parts(item, names)]


def known_parts(item: str, names: Names) -> list[str]:
    """The names in an item that is not known itself; the item when there is not exactly one way to take it apart."""
    if names.find(item):
        return [item]
    if (bare := BEGINS_ITEM.sub("", item)) != item and names.find(bare):  # a line with a bullet
        return [bare]
    for separator in (*SEPARATORS, *IN_NAMES):
        pieces = item.split(separator)[:100]
        ways: list[list[list[str]]] = [[] for _ in pieces] + [[[]]]
        for start in range(len(pieces) - 1, -1, -1):
            for end in range(start + 1, min(start + 10, len(pieces)) + 1):
                name = separator.join(pieces[start:end]).strip()
                if ways[end] and names.find(name):
                    ways[start] += [[name, *rest] for rest in ways[end][:2]]
        if len(ways[0]) == 1:
            return ways[0][0]
    return [item]


def identity_of(row_type: type[models.Row], values: Mapping[str, Any], is_made: bool = False) -> tuple[str, ...]:
    """What an identifier is made from: a name, a name and a day, or organisations and a day.

    `is_made`: to make one, which is the same for ever; else to compare.
    """
    start = values.get("start_date")
    day = start.isoformat() if start else ""
    if row_type is models.Partnership:
        return "+".join(sorted(values.get("organisation_ids") or [])), day
    name = (fold_as_written if is_made else fold)(str(values.get("name") or ""))
    return (name, day) if row_type is models.Event else (name,)


def slug(identity: tuple[str, ...]) -> str:
    """A readable identifier of at most 64 characters, different for different identities."""
    text = "-".join(identity)
    digest = hashlib.sha256(text.encode()).hexdigest()
    made = [
        re.sub(r"[^a-z0-9]+", "-", text).strip("-")[:55].rstrip("-") + "-" + checksum
        for checksum in (digest[:8], digest[8:16])
    ]
    return (
        made[1] if SHORTENED.fullmatch(made[0]) else made[0]
    )  # of a name without Latin letters only -6e688878 is left
