"""Readers' answers about their files, kept so that the same export needs no questions the next time."""

from pydantic import BaseModel, ConfigDict


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
    """Signature -> the decimal mark, where the cells do not settle it."""
    one_per_person: dict[str, bool] = {}
    """Signature of an attendance list -> whether it has a row for every person."""
    lists: dict[str, dict[str, bool]] = {}
    """Signature -> column and separator (`themes ,`) -> whether it separates words."""
    words: dict[str, dict[str, list[str]]] = {}
    """Signature of a file that is kept -> column -> words at which lists were taken apart."""

    def of(self, signature: str, kept_as: str) -> "FileMapping":
        """What was answered about one file, for when it has other headers: the columns that are kept."""
        answered = {name: getattr(self, name) for name in type(self).model_fields if name != "columns"}
        return FileMapping(**{name: {kept_as: a[signature]} for name, a in answered.items() if signature in a})

    def with_(self, other: "FileMapping") -> "FileMapping":
        """The answers of both; where they differ, those of `other` count."""
        tables = self.columns.keys() | other.columns.keys()
        return FileMapping(
            tables=self.tables | other.tables,
            columns={t: self.columns.get(t, {}) | other.columns.get(t, {}) for t in tables},
            month_first=self.month_first | other.month_first,
            decimal_marks=self.decimal_marks | other.decimal_marks,
            one_per_person=self.one_per_person | other.one_per_person,
            lists={s: self.lists.get(s, {}) | other.lists.get(s, {}) for s in self.lists.keys() | other.lists.keys()},
            words=self.words | other.words,
        )
