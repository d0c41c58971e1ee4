"""A column, of which each different cell is read once: its values, which row has which, and what was refused."""

import functools
from collections.abc import Callable, Iterable
from typing import Annotated, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import TypeAdapter

from hubdata import models
from hubdata.cells import fold
from hubdata.ingest.problems import Refusal


@functools.cache
def adapter(row_type: type[models.Row], column: str) -> TypeAdapter[Any]:
    """The type of one column by itself, exactly as the model has it."""
    info = row_type.model_fields[column]
    kind: Any = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
    return TypeAdapter(kind)


class Column(NamedTuple):
    """A column as read: its different values, which of them each row has, and why some were refused.

    A row whose number in `which` is -1 has its value in `plain`.
    """

    values: list[Any]
    which: np.ndarray
    refusals: dict[int, list[Refusal]]
    plain: pa.Array | None = None

    def typed(self, kind: pa.DataType) -> pa.Array:
        """The values, one per row; null where there is none or it was refused."""
        values = pa.array(self.values or [None], kind)
        if self.plain is None:
            return values.take(pa.array(self.which))
        others = values.take(pa.array(np.maximum(self.which, 0)))
        return pc.if_else(pa.array(self.which < 0), self.plain, others)


def distinct(cells: pa.Array) -> tuple[list[str], np.ndarray]:
    """The different cells of a column, and for each row which of them it has."""
    encoded = cells.dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy(zero_copy_only=False)


def read_each(different: Iterable[Any], which: np.ndarray, read: Callable[[Any], tuple[Any, list[Refusal]]]) -> Column:
    """A column whose different cells are `different`, each read once."""
    values, refusals = [], {}
    for number, cell in enumerate(different):
        value, refused = read(cell)
        values.append(value)
        if refused:
            refusals[number] = refused
    return Column(values, which, refusals)


def combine(count: int, columns: Iterable[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Number so many rows from 0, with the same number for rows that are equal in all columns.

    Returns the number of each row, and for each number the first row that has it.

    Each column holds whole numbers from 0 (or -1).
    """
    together = np.zeros(count, np.int64)
    size = 1
    for column in columns:
        different = int(column.max(initial=0)) + 2
        if size * different >= 2**63:
            together, first = _renumbered(together)
            size = len(first)
        together, size = together * different + column + 1, size * different
    return _renumbered(together)


def _renumbered(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """By sorting: a table of those that were seen takes four times the memory where nearly all differ."""
    rows = np.argsort(numbers, kind="stable")
    is_new = np.diff(numbers[rows], prepend=-1) != 0
    if is_new.all():
        return np.arange(len(numbers)), np.arange(len(numbers))
    first = np.sort(rows[is_new])
    renumbered = np.empty(len(numbers), np.int64)
    renumbered[rows] = np.searchsorted(first, rows[is_new])[np.cumsum(is_new) - 1]
    return renumbered, first


def number_values(values: pa.ChunkedArray, exactly: bool = False) -> np.ndarray:
    """Equal values get one number; texts are equal when they fold to the same, or `exactly`; unknown is a value too."""
    array = values.combine_chunks()
    if pa.types.is_list(array.type):
        array = pc.binary_join(array.cast(pa.list_(pa.string())), "\x1f")
    encoded = array.dictionary_encode(null_encoding="encode")
    numbers: np.ndarray = number_folded(encoded.dictionary.to_pylist(), exactly)[encoded.indices.to_numpy()]
    return numbers


def number_folded(values: Iterable[Any], exactly: bool = False) -> np.ndarray:
    """A number for each value, the same for texts that fold to the same, or only for those that are `exactly` alike."""
    numbers: dict[Any, int] = {}
    compared = (fold(v) if isinstance(v, str) and not exactly else v for v in values)
    return np.array([numbers.setdefault(value, len(numbers)) for value in compared], np.int32)
