"""Identifiers that rows go by: the spelling of the data on show, and those that are made where none was given."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import pyarrow.compute as pc

from hubdata import models, reading
from hubdata.cells import fold, folded
from hubdata.ingest.columns import Column
from hubdata.ingest.names import identity_of, slug, sounds
from hubdata.ingest.problems import Refusal

CHAMBER = re.compile(r"(?:^|_)(?:kvk|kvknummer|kvknr|kvk_nummer|coc_number|chamber_of_commerce)(?:_|$)")
"""A heading of numbers of the Dutch chamber of commerce (KvK), which have eight digits."""


def with_first_zero(sheet: reading.Table, columns: Mapping[str, str]) -> tuple[reading.Table, int]:
    """A list of which numbers of the chamber of commerce have their first zero, and how many had lost it in Excel."""
    cells, count = sheet.cells, 0
    for header, column in columns.items():
        if column.startswith("organisation_id") and CHAMBER.search(folded(header)) and header in cells.column_names:
            short = pc.match_substring_regex(cells[header], r"^\s*\d{7}\s*$")
            count += pc.sum(short).as_py() or 0
            longer = pc.if_else(
                short, pc.binary_join_element_wise("0", pc.utf8_trim_whitespace(cells[header]), ""), cells[header]
            )
            cells = cells.set_column(cells.column_names.index(header), header, longer)
    return (sheet._replace(cells=cells), count) if count else (sheet, 0)


def as_on_show(values: Iterable[Any], given: Collection[Any], on_show: Iterable[str]) -> list[Any]:
    """Identifiers, in the spelling of the data on show where they differ from one there in case only.

    `given` are those of rows that are accepted. Where two of them, or two on show, differ in case only, they stay: then
    they are two, as those of Salesforce are.
    """
    values, given, known = list(values), {value for value in given if value}, set(on_show)
    if given <= known:
        return values
    folded_known: dict[str, set[str]] = defaultdict(set)
    folded_given: dict[str, set[str]] = defaultdict(set)
    for identifiers, by_fold in ((known, folded_known), (given, folded_given)):
        for identifier in identifiers:
            by_fold[fold(identifier)].add(identifier)

    def spelled(value: Any) -> Any:
        there = folded_known.get(fold(value), set()) if value else set()
        return next(iter(there)) if len(there) == 1 and len(folded_given[fold(value)]) == 1 else value

    return [spelled(value) for value in values]


def made_identifiers(
    row_type: type[models.Row],
    columns: Mapping[str, Column],
    open_rows: Sequence[int],
    given: Collection[str | None],
    before: Any,
) -> tuple[dict[int, str], dict[int, list[Refusal]], dict[str, str]]:
    """Row -> the identifier made for it, or why there is none; and the names that were taken for one on show.

    The same name keeps the identifier it has in the data on show, also when it is written in another way and nothing in
    the file is written like that. Agreements of the same partners from one day are one agreement until their names
    differ; the first keeps the identifier that is made of partners and day alone.
    """
    id_name = row_type.key[0]
    used = [name for name in (id_name, "name", "organisation_ids", "start_date") if name in before.column_names]
    on_show: dict[tuple[str, ...], dict[str, str | None]] = defaultdict(dict)
    for record in before.select(used).to_pylist():
        on_show[identity_of(row_type, record)][record[id_name]] = record.get("name")
    rows: dict[tuple[str, ...], list[int]] = defaultdict(list)
    values: dict[int, dict[str, Any]] = {}
    for row in open_rows:
        values[row] = {n: columns[n].values[columns[n].which[row]] for n in used if n != id_name}
        rows[identity_of(row_type, values[row])].append(row)
    alike = defaultdict(set)
    for identity in on_show:
        alike[tuple(map(sounds, identity))].add(identity)
    taken = {identifier for identifier in given if identifier} | set(before[id_name].to_pylist())
    made: dict[int, str] = {}
    refusals: dict[int, list[Refusal]] = {}
    spelling: dict[str, str] = {}
    for identity, same in rows.items():
        if not all(identity):
            refusals |= {row: [Refusal(id_name, "missing", "")] for row in same}
            continue
        there = on_show.get(identity, {})
        if not there and row_type is not models.Partnership:
            others = alike.get(tuple(map(sounds, identity)), set()) - rows.keys()
            there = on_show[next(iter(others))] if len(others) == 1 else {}
            spelling |= {str(values[row]["name"]): str(name) for row in same for name in there.values()}
        if row_type is models.Partnership:
            made |= _of_agreements(same, values, there, taken)
        elif len(there) > 1:
            gaps = {"ids": ", ".join(sorted(there))}
            refusals |= {row: [Refusal("name", "two_with_this_name", values[row]["name"], gaps)] for row in same}
        else:
            identifier = next(iter(there)) if there else slug(identity_of(row_type, values[same[0]], is_made=True))
            made |= dict.fromkeys(same, identifier)
    return made, refusals, spelling


def _of_agreements(
    rows: Sequence[int], values: Mapping[int, Mapping[str, Any]], on_show: Mapping[str, str | None], taken: set[str]
) -> dict[int, str]:
    """The identifiers of agreements of the same partners from one day."""
    names = {row: fold(str(values[row].get("name") or "")) for row in rows}
    different = list(dict.fromkeys(names.values()))
    if len(different) == 2 and "" in different:  # one with and one without a name may well be the same
        names = dict.fromkeys(rows, max(different))
        different = [max(different)]
    there = {identifier: fold(name or "") for identifier, name in on_show.items()}
    found: dict[str, str] = {}
    for name in different:
        fitting = sorted(identifier for identifier, other in there.items() if other == name)
        if fitting:
            found[name] = fitting[0]
    free = sorted(identifier for identifier in there if identifier not in found.values())
    for name in different:
        if name in found:
            continue
        fitting = [identifier for identifier in free if not name or not there[identifier]]
        if len(fitting) == 1:
            found[name] = fitting[0]
            free.remove(fitting[0])
            continue
        identity = identity_of(models.Partnership, values[rows[0]])
        first = slug(identity)
        found[name] = slug((*identity, name)) if name and first in taken else first
        taken.add(found[name])
    return {row: found[name] for row, name in names.items()}
