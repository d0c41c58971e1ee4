"""Two organisations or donors that are one: every table as it is when the one is taken for the other.

A merge is an answer about the data (`Merge`), kept with the drop in which it was given, as all answers are: whoever
reads the drop again finds the same. What was there before is in the snapshot before, so undoing is going back.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hubdata import models
from hubdata.cells import fold
from hubdata.ingest.aliases import joined, one_organisation
from hubdata.ingest.answers import FileMapping, Merge
from hubdata.ingest.changes import compare
from hubdata.ingest.drafts import Changes, Draft
from hubdata.ingest.names import sounds

Record = dict[str, Any]
ROLES = ("host", "speaker", "participant")


def merge(draft: Draft, merges: Iterable[Merge]) -> None:
    """Take organisations and donors of a draft together. What no longer is there is passed by."""
    done: list[Merge] = []
    tables: Mapping[str, pa.Table] = draft.tables
    told = draft.matching.meanings.get("donors", {})
    donors: dict[str, str] = {}
    for asked in merges:
        before = tables
        if asked.kind == "organisation":
            tables = _organisations_merged(tables, asked.kept, asked.gone)
        else:
            tables, meant = _donor_renamed(tables, asked)
            if meant:  # also what was taken for the one that now goes
                earlier = {said: meant for said, name in (told | donors).items() if sounds(name) == sounds(asked.gone)}
                donors |= earlier | {fold(asked.gone): meant}
        done += [asked] if tables is not before else []
    if not done:
        return
    draft.matching = draft.matching.with_(
        FileMapping(merges=tuple(done), meanings={"donors": donors} if donors else {})
    )
    for name, row_type in models.TABLES.items():
        if tables[name] is not draft.tables[name]:
            draft.tables[name] = tables[name]
            counted = draft.changes.get(name, Changes(before=len(draft.before[name])))
            added, changed, removed = (len(rows) for rows in compare(row_type, tables[name], draft.before[name]))
            draft.changes[name] = Changes(added, changed, removed, counted.rejected, counted.before, counted.emptied)


def _organisations_merged(tables: Mapping[str, pa.Table], kept: str, gone: str) -> Mapping[str, pa.Table]:
    """The tables without `gone`: everything of it is of `kept`, which goes by its name as well."""
    rows = {
        row["organisation_id"]: row
        for row in _picked(tables["organisations"], "organisation_id", (kept, gone)).to_pylist()
    }
    if len(rows) < 2:
        return tables
    one = _one_of(rows[kept], rows[gone])
    names = {sounds(name) for name in (rows[gone]["name"], gone, *(rows[gone]["aliases"] or ()))}

    def moved(column: str) -> Callable[[Record], Record | None]:
        return lambda row: {**row, column: kept}

    def partners(row: Record) -> Record | None:
        ids = list(dict.fromkeys(kept if i == gone else i for i in row["organisation_ids"]))
        return {**row, "organisation_ids": ids} if len(ids) > 1 else None

    def money(row: Record) -> Record | None:
        is_given = row["donor"] and (
            row["donor_id"] == gone or (row["donor_id"] in (None, kept) and sounds(row["donor"]) in names)
        )
        return {
            **row,
            "organisation_id": kept if row["organisation_id"] == gone else row["organisation_id"],
            **({"donor": one["name"], "donor_id": kept} if is_given else {}),
        }

    funding = tables["funding"]
    of_both = pc.or_(_is_in(funding, "organisation_id", (kept, gone)), _is_donor(funding, names, (kept, gone)))
    attendance = tables["attendance"]
    return {
        **tables,
        "organisations": _rewritten(
            tables["organisations"],
            _is_in(tables["organisations"], "organisation_id", (kept, gone)),
            lambda row: one if row["organisation_id"] == kept else None,
        ),
        "events": _rewritten(
            tables["events"], _is_in(tables["events"], "organiser_id", (gone,)), moved("organiser_id")
        ),
        "partnerships": _rewritten(tables["partnerships"], _has_partner(tables["partnerships"], gone), partners),
        "attendance": _rewritten(
            attendance,
            _is_in(attendance, "organisation_id", (kept, gone)),
            moved("organisation_id"),
            models.Attendance.key,
            there_together,
        ),
        "funding": _rewritten(funding, of_both, money, models.Funding.key, _added_up),
        "accounts": _rewritten(
            tables["accounts"],
            _is_in(tables["accounts"], "organisation_id", (kept, gone)),
            moved("organisation_id"),
            models.Account.key,
            larger_accounts,
        ),
    }


def _one_of(kept: Record, gone: Record) -> Record:
    """The row of two organisations that are one: what the one does not say the other does."""
    one = one_organisation(kept, gone)
    own = {fold(kept["name"]), fold(kept["organisation_id"])}
    names = [*(kept["aliases"] or ()), gone["name"], *(gone["aliases"] or ()), gone["organisation_id"]]
    different = {fold(name): name for name in reversed(names) if fold(name) not in own}
    return {**one, "aliases": list(reversed(different.values())) or None}


def _donor_renamed(tables: Mapping[str, pa.Table], asked: Merge) -> tuple[Mapping[str, pa.Table], str]:
    """The tables in which a donor has another name, or is an organisation; and that name, "" when there is no such."""
    name, identifier = asked.kept, None
    if asked.kind == "donor_of":
        rows = _picked(tables["organisations"], "organisation_id", (asked.kept,)).to_pylist()
        if not rows:
            return tables, ""
        name, identifier = rows[0]["name"], asked.kept
    touched = _is_donor(tables["funding"], {sounds(asked.gone)}, ())
    if not pc.any(touched).as_py():
        return tables, ""
    changed = {
        **tables,
        "funding": _rewritten(
            tables["funding"],
            pc.or_(touched, _is_donor(tables["funding"], {sounds(name)}, ())),
            lambda row: (
                row | ({"donor": name, "donor_id": identifier} if sounds(row["donor"]) == sounds(asked.gone) else {})
            ),
            models.Funding.key,
            _added_up,
        ),
    }
    if identifier and sounds(name) != sounds(asked.gone):
        of_it = _is_in(tables["organisations"], "organisation_id", (identifier,))
        changed["organisations"] = _rewritten(tables["organisations"], of_it, lambda row: _also_called(row, asked.gone))
    return changed, name


def _also_called(row: Record, name: str) -> Record:
    known = row["aliases"] or []
    return row if sounds(name) in map(sounds, known) else {**row, "aliases": [*known, name]}


# --- rows of a table that are written anew


def _rewritten(
    table: pa.Table,
    touched: Any,
    change: Callable[[Record], Record | None],
    key: tuple[str, ...] = (),
    together: Callable[[Record, Record], Record] | None = None,
) -> pa.Table:
    """A table of which some rows are changed, or gone; of those that then have the same key one is made.

    The same table when nothing is touched.
    """
    places = np.flatnonzero(np.asarray(touched))
    if not len(places):
        return table
    rows: dict[Any, tuple[int, Record]] = {}
    for place, row in zip(places.tolist(), table.take(pa.array(places)).to_pylist(), strict=True):
        if (changed := change(row)) is None:
            continue
        known_as = tuple(_compared(name, changed[name]) for name in key) if together else place
        first, other = rows.get(known_as, (place, None))
        rows[known_as] = (first, together(other, changed) if together and other else changed)
    others = np.flatnonzero(~np.asarray(touched))
    written = pa.Table.from_pylist([row for _, row in rows.values()], table.schema)
    order = np.argsort(
        np.concatenate([others, np.array([place for place, _ in rows.values()], np.int64)]), kind="stable"
    )
    return pa.concat_tables([table.take(pa.array(others)), written]).take(pa.array(order)).combine_chunks()


def _compared(column: str, value: Any) -> Any:
    return fold(value) if isinstance(value, str) and not models.is_identifier(column) else value


def there_together(one: Record, other: Record) -> Record:
    """One organisation at one event, of two rows: its people counted, the highest role, there if one was."""
    people = [row["people"] for row in (one, other) if row["people"] is not None]
    role = min((row["role"] for row in (one, other) if row["role"]), key=ROLES.index, default=None)
    status = "attended" if "attended" in (one["status"], other["status"]) else one["status"]
    return {**one, "people": sum(people) if people else None, "role": role, "status": status}


def _added_up(one: Record, other: Record) -> Record:
    """Income of the same donor, year and programme, exactly added up."""
    return {**one, "amount": float(sum((Decimal(repr(row["amount"])) for row in (one, other)), Decimal()))}


def larger_accounts(one: Record, other: Record) -> Record:
    """Accounts of one year, of two rows: those with the larger total, since rows of income are added up."""
    first, second = sorted((one, other), key=lambda row: row["total_income"] or 0, reverse=True)
    return joined(first, second)


def _is_in(table: pa.Table, column: str, values: tuple[str, ...]) -> Any:
    return pc.fill_null(pc.is_in(table[column], pa.array(values, pa.string())), False)


def _picked(table: pa.Table, column: str, values: tuple[str, ...]) -> pa.Table:
    return table.filter(_is_in(table, column, values))


def _has_partner(partnerships: pa.Table, identifier: str) -> np.ndarray:
    ids = partnerships["organisation_ids"].combine_chunks()
    rows = pc.list_parent_indices(ids).to_numpy()[
        pc.equal(pc.list_flatten(ids), identifier).to_numpy(zero_copy_only=False)
    ]
    return np.isin(np.arange(len(partnerships)), rows)


def _is_donor(funding: pa.Table, names: set[str], ids: tuple[str, ...]) -> Any:
    """Per row whether its donor sounds like one of the names, or has one of the identifiers."""
    said = [donor for donor in pc.unique(funding["donor"]).to_pylist() if donor and sounds(donor) in names]
    return pc.or_(_is_in(funding, "donor", tuple(said)), _is_in(funding, "donor_id", ids))
