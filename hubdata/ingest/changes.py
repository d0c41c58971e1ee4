"""How a table differs from the one on show, and what it becomes when it is added to."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hubdata import models
from hubdata.ingest.columns import combine, number_values
from hubdata.ingest.headings import PAIR


class Compared(NamedTuple):
    """How two states of a table differ, as positions in `after` and `before`."""

    added: np.ndarray
    changed: np.ndarray
    """Two columns: position in `after`, position in `before`."""
    removed: np.ndarray


def compare(row_type: type[models.Row], after: pa.Table, before: pa.Table) -> Compared:
    """Which rows were added, changed and removed, by key."""
    if not len(before):
        nothing = np.empty(0, np.int64)
        return Compared(np.arange(len(after)), nothing.reshape(0, 2), nothing)
    both = {
        name: pa.chunked_array(after[name].chunks + before[name].chunks, after[name].type)
        for name in after.column_names
    }
    numbered = (number_values(both[name], models.is_identifier(name)) for name in both if name in row_type.key)
    keys = combine(len(after) + len(before), numbered)[0]
    mine, theirs = keys[: len(after)], keys[len(after) :]
    common, at_after, at_before = np.intersect1d(mine, theirs, return_indices=True)
    differs = np.zeros(len(common), bool)
    if len(common):
        for name in after.column_names:
            pair = after[name].take(pa.array(at_after)), before[name].take(pa.array(at_before))
            differs |= ~_same(*pair)
    return Compared(
        np.flatnonzero(~np.isin(mine, theirs)),
        np.column_stack([at_after[differs], at_before[differs]]),
        np.flatnonzero(~np.isin(theirs, mine)),
    )


def _same(after: pa.ChunkedArray, before: pa.ChunkedArray) -> np.ndarray:
    """Per row whether two columns hold the same; unknown equals unknown."""
    if pa.types.is_list(after.type):
        after, before = (pc.binary_join(c.cast(pa.list_(pa.string())), "\x1f") for c in (after, before))
    equal = pc.fill_null(pc.equal(after, before), False)
    both_unknown = pc.and_(pc.is_null(after), pc.is_null(before))
    return np.asarray(pc.or_(equal, both_unknown).to_numpy())


def differences(
    row_type: type[models.Row], after: pa.Table, before: pa.Table, most: int = 1000
) -> list[dict[str, Any]]:
    """What changes, row by row: `kind` (added, changed, removed), `key`, and for a change `column`, `old` and `new`.

    At most `most` of each kind.
    """
    compared = compare(row_type, after, before)

    def label_of(record: Mapping[str, Any]) -> str:
        key = ", ".join(str(record[name]) for name in row_type.key if record[name] is not None)
        return f"{record['name']} ({key})" if record.get("name") else key

    def rows(table: pa.Table, positions: np.ndarray) -> list[dict[str, Any]]:
        taken: list[dict[str, Any]] = table.take(pa.array(positions[:most])).to_pylist()
        return taken

    entries = [
        {"kind": "added", "key": label_of(r), "column": "", "old": None, "new": None}
        for r in rows(after, compared.added)
    ]
    pairs = zip(rows(after, compared.changed[:, 0]), rows(before, compared.changed[:, 1]), strict=True)
    for now, then in pairs:
        entries += [
            {"kind": "changed", "key": label_of(now), "column": name, "old": then[name], "new": now[name]}
            for name in now
            if now[name] != then[name]
        ]
    entries += [
        {"kind": "removed", "key": label_of(r), "column": "", "old": None, "new": None}
        for r in rows(before, compared.removed)
    ]
    return entries


def updated(row_type: type[models.Row], table: pa.Table, before: pa.Table, in_file: set[str]) -> pa.Table:
    """The rows on show with `table` added and changed by key. A column that the file does not have stays as it was."""
    in_file = in_file | set(row_type.key) | ({"organisation_ids"} if in_file.issuperset(PAIR) else set())
    keys = {name: pa.chunked_array(before[name].chunks + table[name].chunks, table[name].type) for name in row_type.key}
    numbered = (number_values(values, models.is_identifier(name)) for name, values in keys.items())
    numbers = combine(len(before) + len(table), numbered)[0]
    theirs, mine = numbers[: len(before)], numbers[len(before) :]
    _, at_before, at_table = np.intersect1d(theirs, mine, return_indices=True)
    new = len(before) + np.flatnonzero(~np.isin(mine, theirs))
    old_place = np.concatenate([np.arange(len(before)), new])
    new_place = old_place.copy()
    new_place[at_before] = len(before) + at_table
    together = pa.concat_tables([before, table])
    columns = [
        together[name].take(pa.array(new_place if name in in_file else old_place)) for name in together.column_names
    ]
    return pa.Table.from_arrays(columns, schema=table.schema)
