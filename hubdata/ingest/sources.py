"""One file, or one sheet, of which we know which table it holds."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from hubdata import models, reading
from hubdata.ingest.answers import FileMapping


@dataclass
class Source:
    """One file, or one sheet, that holds a table."""

    label: str
    """What it is called in problems: the file's name, with the sheet when there are several."""
    file: str
    table: reading.Table
    name: str
    columns: dict[str, str]
    """Header -> column."""
    matching: FileMapping
    is_one_per_person: bool
    rejected: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))
    decimal_mark: str | None = None
    words: dict[str, list[str]] = field(default_factory=dict)
    """Column -> words at which its lists were taken apart."""

    @property
    def used(self) -> list[str]:
        """The headers of the columns that are used, in the order of the file: all that is kept of it."""
        return [header for header in self.table.cells.column_names if header in self.columns]

    @property
    def is_all_used(self) -> bool:
        """Whether no column is left out."""
        return len(self.used) == len(self.table.cells.column_names)


def columns_of_kind(source: Source, row_type: type[models.Row], kind: type) -> Iterator[pa.ChunkedArray]:
    """The cells of every column of a kind that the file has."""
    for header, column in source.columns.items():
        info = row_type.model_fields.get(column)
        if info and header in source.table.cells.column_names and models.plain_type(info.annotation) is kind:
            yield source.table.cells[header]
