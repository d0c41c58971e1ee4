"""Other names and former identifiers of organisations: known from the data on show, applied to what comes later."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from hubdata.cells import fold
from hubdata.ingest.names import Names, sounds

Known = Mapping[str, list[str]]
"""Organisation -> the name it goes by, and its other names."""


def known_aliases(organisations: pa.Table) -> dict[str, list[str]]:
    """The organisations of a table that have other names, without those by which another one of the table goes."""
    columns = [organisations[name].to_pylist() for name in ("organisation_id", "name", "aliases")]
    ids, names = {fold(identifier) for identifier in columns[0]}, {sounds(name) for name in columns[1]}
    known = {}
    for identifier, name, aliases in zip(*columns, strict=True):
        if others := [alias for alias in aliases or () if sounds(alias) not in names and fold(alias) not in ids]:
            known[identifier] = [name, *others]
    return known


class Organisations(NamedTuple):
    """Rows of organisations in which those under another name of a known organisation became rows of that one."""

    ids: list[str | None]
    names: list[str | None]
    under_alias: np.ndarray
    """Per row whether it is such a row."""


def applied(ids: Iterable[str | None], names: Iterable[str | None], known: Known) -> Organisations:
    """Identifiers and names of rows, with aliases applied.

    A former identifier means the organisation that has it now; so does its name or another one, in a row without an
    identifier.
    """
    by_id = {fold(alias): identifier for identifier, (_, *others) in known.items() for alias in others}
    by_name = {sounds(alias): identifier for identifier, (_, *others) in known.items() for alias in others}
    by_own_name = {sounds(name): identifier for identifier, (name, *_) in known.items()}
    rows = [(i or (by_own_name.get(sounds(name)) if name else None), name) for i, name in zip(ids, names, strict=True)]
    meant = [by_id.get(fold(i)) if i else by_name.get(sounds(name)) if name else None for i, name in rows]
    return Organisations(
        [other or i for (i, _), other in zip(rows, meant, strict=True)],
        [known[other][0] if other else name for (_, name), other in zip(rows, meant, strict=True)],
        np.array([other is not None for other in meant], bool),
    )


def joined(kept: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """One row of two that are about the same: what the first does not know is taken from the other, lists are joined.

    >>> joined({"name": "A", "fte": None, "themes": ["peace"]}, {"name": "B", "fte": 2.0, "themes": ["water", "peace"]})
    {'name': 'A', 'fte': 2.0, 'themes': ['peace', 'water']}
    """
    row = dict(kept)
    for column, value in other.items():
        mine = row.get(column)
        if isinstance(mine, list) and isinstance(value, list):
            row[column] = list(dict.fromkeys([*mine, *value]))
        elif mine is None:
            row[column] = value
    return row


def one_organisation(kept: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """One row of organisations of two: what the one does not say the other does, there since the first day of both.

    An empty day says something too: always there, and still there.
    """
    days = {name: (kept[name], other[name]) for name in ("joined_on", "left_on")}
    ends = {
        name: picked(pair) if all(pair) else None for (name, pair), picked in zip(days.items(), (min, max), strict=True)
    }
    return joined(kept, {name: value for name, value in other.items() if name not in days}) | ends


def taken_together(table: pa.Table, under_alias: np.ndarray) -> pa.Table:
    """Organisations with one row each, where rows under another name are joined to the row they belong to."""
    rows = table.to_pylist()
    places: dict[str, int] = {}
    for place in np.argsort(under_alias, kind="stable").tolist():
        first = places.setdefault(rows[place]["organisation_id"], place)
        if first != place:
            rows[first] = one_organisation(rows[first], rows[place])
    return pa.Table.from_pylist([rows[place] for place in sorted(places.values())], table.schema)


def with_known(table: pa.Table, known: Known) -> pa.Table:
    """Organisations with the other names that are known of them: a file that does not hold those takes none away."""
    if not known:
        return table
    columns = (table[name].to_pylist() for name in ("organisation_id", "name", "aliases"))
    aliases = [
        _without_own(identifier, name, [*(others or ()), *known.get(identifier, [""])[1:]])
        for identifier, name, others in zip(*columns, strict=True)
    ]
    field = table.schema.field("aliases")
    return table.set_column(table.schema.get_field_index("aliases"), field, pa.array(aliases, field.type))


def agreements_with_itself(parts: Iterable[list[str]], names: Names) -> np.ndarray:
    """Per row of partnerships whether all its partners are one organisation, under two of its names.

    A merge leaves such an agreement out, so a list in which it still stands is read in the same way.
    """

    def is_one(partners: list[str]) -> bool:
        found = [names.find(partner) for partner in partners]
        same = {tuple(ids) for ids in found}
        return len(found) > 1 and len(same) == 1 and len(found[0]) == 1 and any(map(names.of_alias, partners))

    return np.array([is_one(partners) for partners in parts], bool)


def _without_own(identifier: str, name: str, aliases: list[str]) -> list[str] | None:
    """Other names, each once; its own name and identifier are none."""
    own = {fold(name), fold(identifier)}
    different = {fold(alias): alias for alias in reversed(aliases) if fold(alias) not in own}
    return list(reversed(different.values())) or None
