"""Readers' answers about their files, kept so that the same export needs no questions the next time."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

NOT_OF_A_FILE = ("columns", "meanings", "aliases", "merges", "different", "cells", "header_rows", "fill", "rates")
"""The answers that are kept under something else than the signature of a file, or are in what is kept of it."""


class Merge(BaseModel):
    """Two that somebody said are one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["organisation", "donor", "donor_of"]
    """Two organisations, by identifier; two donors, by name; or a donor, by name, that is an organisation."""
    kept: str
    gone: str


class FileMapping(BaseModel):
    """A reader's answers about their files, kept so that the same export needs no questions the next time.

    A file is recognised by its `signature`: its headers, in any order.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    tables: dict[str, str] = {}
    """Signature -> table."""
    columns: dict[str, dict[str, str]] = {}
    """Table -> folded header -> column; "" means that the column is not used."""
    month_first: dict[str, bool] = {}
    """Signature -> whether `01/02/2024` is the second of January."""
    decimal_marks: dict[str, str] = {}
    """Signature -> the decimal mark, where the cells of a column do not settle it."""
    column_marks: dict[str, dict[str, str]] = {}
    """Signature -> folded header -> the same for one column: said by a reader, or settled when the file was read."""
    factors: dict[str, dict[str, float]] = {}
    """Signature -> folded header -> what its numbers are multiplied by: 1000 for thousands, 1 for as they stand."""
    blank_is_no: dict[str, bool] = {}
    """Signature of an attendance list -> whether an empty cell means no, since the others say yes."""
    periods: dict[str, bool] = {}
    """Signature -> whether the column of starts holds whole periods, so that `2025` is all of it."""
    one_per_person: dict[str, bool] = {}
    """Signature of an attendance list -> whether it has a row for every person."""
    lists: dict[str, dict[str, bool]] = {}
    """Signature -> column and separator (`themes ,`) -> whether it separates words."""
    adds: dict[str, bool] = {}
    """Signature of a file that is kept -> whether its rows were added to those on show, in whatever load."""
    words: dict[str, dict[str, list[str]]] = {}
    """Signature of a file that is kept -> column -> words at which lists were taken apart."""
    aliases: dict[str, list[str]] = {}
    """Organisation -> its name and its other names, as they were known when a file that is kept was read."""

    header_rows: dict[str, bool] = {}
    """A row (see `reading.row_of_headings`) -> whether it holds the headings of its list."""
    cells: dict[str, dict[str, dict[str, str]]] = {}
    """Signature -> folded header -> key of a cell (see `corrections`) -> what it should say."""
    meanings: dict[str, dict[str, str]] = {}
    """Vocabulary, or `organisations`, or `donors` -> folded cell -> the code or the name that it means, in whatever
    file it is. What donors mean is kept with a snapshot (see `store.Manifest`), so that going back takes it back."""
    fill: dict[str, dict[str, str]] = {}
    """Name of a file, or "" for all -> column -> what it is in every row of a list that does not say it: kept with
    that load alone, since the next list is of another event."""
    rates: dict[str, float] = {}
    """Currency -> how many euros one is."""
    merges: tuple[Merge, ...] = ()
    """What is taken together in the drop that this is said of: kept with that one, and not for the next."""
    different: tuple[tuple[str, str], ...] = ()
    """Names that look alike and are of two organisations, as `lookalikes.pair_of` writes them."""

    def of(self, signature: str, kept_as: str) -> "FileMapping":
        """What was answered about one file, for when it has other headers: the columns that are kept."""
        answered = {name: getattr(self, name) for name in type(self).model_fields if name not in NOT_OF_A_FILE}
        of_it = {name: {kept_as: a[signature]} for name, a in answered.items() if signature in a}
        return FileMapping.model_validate(of_it)

    def with_(self, other: "FileMapping") -> "FileMapping":
        """The answers of both; where they differ, those of `other` count."""
        return FileMapping(
            tables=self.tables | other.tables,
            columns=_joined(self.columns, other.columns),
            month_first=self.month_first | other.month_first,
            decimal_marks=self.decimal_marks | other.decimal_marks,
            column_marks=_joined(self.column_marks, other.column_marks),
            factors=_joined(self.factors, other.factors),
            blank_is_no=self.blank_is_no | other.blank_is_no,
            periods=self.periods | other.periods,
            one_per_person=self.one_per_person | other.one_per_person,
            lists=_joined(self.lists, other.lists),
            adds=self.adds | other.adds,
            fill=_joined(self.fill, other.fill),
            rates=self.rates | other.rates,
            words=self.words | other.words,
            aliases=self.aliases | other.aliases,
            header_rows=self.header_rows | other.header_rows,
            cells={
                sign: _joined(self.cells.get(sign, {}), other.cells.get(sign, {}))
                for sign in self.cells.keys() | other.cells.keys()
            },
            meanings=_joined(self.meanings, other.meanings),
            merges=tuple(dict.fromkeys(self.merges + other.merges)),
            different=tuple(dict.fromkeys(self.different + other.different)),
        )


def _joined(one: dict[str, dict[str, Any]], other: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {key: one.get(key, {}) | other.get(key, {}) for key in one.keys() | other.keys()}
