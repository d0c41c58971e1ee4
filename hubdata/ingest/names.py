"""Names and identifiers: what a cell may refer to, and the identifier that is made where none was given."""

import difflib
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from hubdata import models
from hubdata.cells import fold, split_list
from hubdata.ingest.problems import Refusal
from hubdata.texts import N_

MADE_FROM = (N_("name"), N_("name and date"), N_("organisations and start"))
"""What `models` says identifiers are made from, marked for translation."""
UNKNOWN = {
    "organisation": ("unknown_organisation", "unknown_organisation_near"),
    "event": ("unknown_event", "unknown_event_near"),
}
"""Kind -> the code when a cell matches nothing, and the code when it looks like a name that exists."""


class Names:
    """Who or what a cell may refer to, by identifier or by name."""

    def __init__(self, kind: str, named: Iterable[tuple[str, str | None]]) -> None:
        """`kind` is `organisation` or `event`; `named` holds identifier and name of each."""
        self.kind = kind
        self._by_name: dict[str, set[str]] = defaultdict(set)
        self._ids: dict[str, str] = {}
        for identifier, name in named:
            self._ids[fold(identifier)] = identifier
            if name:
                self._by_name[fold(name)].add(identifier)
        self._near: dict[str, str | None] = {}

    def find(self, cell: str) -> list[str]:
        """The identifiers a cell may mean: exactly one when it can be accepted."""
        text = fold(cell)
        return [self._ids[text]] if text in self._ids else sorted(self._by_name.get(text, ()))

    def identifier(self, cell: str) -> str | None:
        """The identifier as it is written in the data; None when nothing has it."""
        return self._ids.get(fold(cell))

    def near(self, cell: str) -> str | None:
        """The name or identifier that looks most like the cell. Stops looking after a hundred different mistakes."""
        text = fold(cell)
        if text not in self._near and len(self._near) < 100:
            matches = difflib.get_close_matches(text, [*self._by_name, *self._ids], n=1, cutoff=0.75)
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
    """The items of a list of references. Commas separate only where every part is known, as names may hold commas."""
    items: list[str] = split_list(cell) or []
    if isinstance(cell, str) and len(items) == 1 and not names.find(items[0]):
        by_comma = [part.strip() for part in items[0].split(",") if part.strip()]
        if len(by_comma) > 1 and all(names.find(part) for part in by_comma):
            return by_comma
    return items


def identity_of(row_type: type[models.Row], values: Mapping[str, Any]) -> tuple[str, ...]:
    """What an identifier is made from: a name, a name and a day, or organisations and a day."""
    start = values.get("start_date")
    day = start.isoformat() if start else ""
    if row_type is models.Partnership:
        return "+".join(sorted(values.get("organisation_ids") or [])), day
    name = fold(str(values.get("name") or ""))
    return (name, day) if row_type is models.Event else (name,)


def slug(identity: tuple[str, ...]) -> str:
    """A readable identifier of at most 64 characters, different for different identities."""
    text = "-".join(identity)
    checksum = hashlib.sha256(text.encode()).hexdigest()[:8]
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")[:55].rstrip("-") + "-" + checksum
