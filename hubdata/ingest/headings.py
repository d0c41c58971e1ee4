"""Which column is which: the headers of a file and the columns of its table."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from hubdata import models
from hubdata.cells import folded as folded  # for whoever compares headings
from hubdata.cells import folded_before, unit_of, without_unit
from hubdata.ingest.answers import NOT_OF_A_FILE, FileMapping
from hubdata.ingest.guesses import ATTENDEES, all_guesses, beside_a_leader, guessed, side_by_side

PROBLEM = "problem"
"""The column that we add to rejected rows."""
PAIR = ("organisation_a", "organisation_b")
"""Two columns that a file of partnerships may have in the place of `organisation_ids`."""
PAIR_ALSO = {
    f"{word}_{end}": column
    for column, ends in zip(PAIR, (("a", "1"), ("b", "2")), strict=True)
    for end in ends
    for word in ("organisatie", "organisation", "organization", "partner")
}

OF_A_PERSON = ("naam", "name")
"""Headings that in a list with a column of organisations are of somebody."""

REMARK = re.compile(
    r"\s*[(\[](?:(?:excl|incl|ex|ohne|mit|inkl|exkl|zzgl|hors|hors la|"
    r"exclusief|inclusief|excluding|including)\.? ?(?:btw|vat|mwst|tva)|"
    r"ht|ttc|netto|bruto|verplicht|optioneel|required|optional|pflicht(?:feld)?|obligatoire|facultatif|"
    r"[djmytqa]{1,4}([-/. ][djmytqa]{1,4}){1,2})[)\]]\s*",
    re.IGNORECASE,
)
"""What stands in brackets in a heading and says nothing of what the column is: `Bedrag (excl. btw)`."""
BESIDE: dict[type[models.Row], tuple[str, ...]] = {models.Partnership: PAIR, models.Event: (ATTENDEES,)}
"""What a file may have beside the columns of its table."""


def signature(header: Iterable[str]) -> str:
    """What a file is recognised by: its headers, folded and in alphabetical order.

    Leaves out the column that we add to rejected rows, so that repaired rows are recognised like their original file.
    """
    return "|".join(sorted({folded(name) for name in header} - {PROBLEM}))


def with_old_answers(matching: FileMapping, header: Sequence[str]) -> FileMapping:
    """Answers about this file, also the ones that were kept under `folded_before`, where that tells whose they are."""
    if all(name.isascii() and folded(name) == folded_before(name) for name in header):
        return matching
    old_words = Counter(map(folded_before, header))
    words = {folded_before(name): folded(name) for name in header if old_words[folded_before(name)] == 1}
    words.pop("", None)
    old_sign, sign = "|".join(sorted(old_words.keys() - {PROBLEM})), signature(header)
    has_words = bool(old_sign.strip("|")) and old_words[""] <= 1

    moved = {
        field: {sign: answers[old_sign]} if has_words and old_sign in answers and sign not in answers else {}
        for field, answers in matching
        if field not in NOT_OF_A_FILE
    }
    moved["columns"] = {
        table: {new: answers[old] for old, new in words.items() if old in answers and new not in answers}
        for table, answers in matching.columns.items()
    }
    return matching.with_(FileMapping.model_validate(moved))


def known_columns(row_type: type[models.Row]) -> list[str]:
    """The columns a file of this table may have."""
    return [*row_type.model_fields, *BESIDE.get(row_type, ())]


def match_columns(row_type: type[models.Row], header: Sequence[str], answers: Mapping[str, str]) -> dict[str, str]:
    """Header -> column: by a reader's answer, else by the column's own name, else by another name of a free column.

    `🏢 Naam` is `naam` as well, where nothing else in the file is.
    """
    columns = known_columns(row_type)
    words = {name: folded(name) for name in header}
    matched = {name: answers[word] for name, word in words.items() if word in answers}
    matched |= {name: word for name, word in words.items() if name not in matched and word in columns}
    also = {other: column for column in row_type.model_fields for other in models.aliases(row_type, column)}
    also |= PAIR_ALSO if row_type is models.Partnership else {}
    # What says a unit is no part of the name: `Bedrag (x 1.000)`.
    words |= {
        name: folded(without_unit(REMARK.sub(" ", name)))
        for name, word in words.items()
        if word not in also and name not in matched
    }
    taken = set(matched.values())
    matched |= {
        name: also.get(word, word)
        for name, word in words.items()
        if name not in matched and (word in also or word in columns) and also.get(word, word) not in taken
    }
    if row_type is models.Organisation:  # beside `Organisatie`, a `Naam` is whoever speaks for it
        named = [name for name, column in matched.items() if column == "name" and words[name] not in answers]
        for name in named if any(words[name] not in OF_A_PERSON for name in named) else ():
            if words[name] in OF_A_PERSON:
                del matched[name]
    matched |= _several(row_type, words, matched)
    plain = Counter(map(folded_before, header))
    for name in header:
        word = folded_before(name)
        column = word if word in columns else also.get(word)
        if name not in matched and plain[word] == 1 and column and column not in matched.values():
            matched[name] = column
    words = {name: word for name, word in words.items() if matched.get(name) not in columns and word not in answers}
    taken = set(matched.values()) | ({"organisation_ids"} if set(PAIR) <= set(matched.values()) else set())
    matched |= guessed(row_type.table, words, [column for column in columns if column not in taken])
    return {
        name: matched[name]
        for name in header
        if matched.get(name) in columns and (folded(name) in answers or _fits_unit(row_type, matched[name], name))
    }


def _several(row_type: type[models.Row], words: Mapping[str, str], matched: Mapping[str, str]) -> dict[str, str]:
    """Headings of columns of one kind side by side -> the list they are together: `Partij A`, `Partij B`, `Partij C`.

    Two organisations may also be a pair.
    """
    free = {name: word for name, word in words.items() if matched.get(name, word) in (word, *PAIR)}
    together = side_by_side(row_type.table, free) | beside_a_leader(row_type.table, free, matched)
    is_pair = row_type is models.Partnership and set(PAIR) <= set(matched.values())
    return {} if is_pair and len(together) <= len(PAIR) else together


def is_list(row_type: type[models.Row], column: str) -> bool:
    """Whether several columns of a file may be this one together."""
    field = row_type.model_fields.get(column)
    return column == ATTENDEES or (field is not None and models.plain_type(field.annotation) in (list[str], list[int]))


def _fits_unit(row_type: type[models.Row], column: str, header: str) -> bool:
    """Whether a column can be in what its heading says: `FTE (%)` holds no jobs."""
    field = row_type.model_fields.get(column)
    is_number = field is not None and models.plain_type(field.annotation) in (float, int)
    return not is_number or not unit_of(header).is_percent or models.takes_percentages(row_type, column)


def is_guessed(row_type: type[models.Row], header: str, column: str, answers: Mapping[str, str]) -> bool:
    """Whether a header is neither a column's name, nor one that the data dictionary promises, nor a reader's answer."""
    words = {folded(header), folded(without_unit(REMARK.sub(" ", header))), folded_before(header)}
    known = {column, *(models.aliases(row_type, column) if column in row_type.model_fields else ())}
    return not words & (known | PAIR_ALSO.keys()) and folded(header) not in answers


def all_words() -> frozenset[str]:
    """Every folded header that some table knows."""
    named = (
        [*known_columns(row), *(other for column in row.model_fields for other in models.aliases(row, column))]
        for row in models.TABLES.values()
    )
    return frozenset(word for words in named for word in words) | PAIR_ALSO.keys() | all_guesses()


def missing_columns(row_type: type[models.Row], columns: set[str]) -> tuple[str, ...]:
    """The required columns that the file lacks."""
    present = columns | ({"organisation_ids"} if columns.issuperset(PAIR) else set())
    present |= {"sector"} if row_type is models.Organisation and "type" in columns else set()
    present |= {"category"} if row_type is models.Funding and "donor" in columns else set()
    return tuple(c for c in row_type.model_fields if models.is_required(row_type, c) and c not in present)
