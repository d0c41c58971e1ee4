"""Rows of a table as plain Python, which is what an answer is made of, and what rows of several answers share."""

import math
from collections.abc import Sequence
from typing import Any, TypedDict

import numpy as np
import pandas as pd


class NamedOrganisation(TypedDict):
    """An organisation, as lists name it."""

    organisation_id: str
    name: str
    sector: str


class NamedPair(TypedDict):
    """Two organisations, as lists name them."""

    organisation_a: str
    """The lower id."""
    organisation_b: str
    name_a: str
    name_b: str
    sector_a: str
    sector_b: str
    is_cross_sector: bool


class Mixing(TypedDict):
    """Ties between two groups against chance (see `network.mixing` and `sectors.theme_mixing`)."""

    ties: int
    pairs: int
    """Those possible; without any the last three are None."""
    density: float | None
    """0-1."""
    expected: float | None
    ratio: float | None
    """`ties` / `expected`; None without ties too."""
    p_adjusted: float | None
    """Of so many or so few ties if groups did not matter, 0-1, adjusted for the number of cells (see `chance.cells`);
    None where chance gives fewer than five."""


def first_of(values: Sequence[float], most: int, at_most: int | None = None) -> int:
    """How many of the first values to take so that no equals are parted: `most`, and more where equals follow.

    values: the largest first. Equal is what differs less than the last digits of a calculation. Where that would be
    more than `at_most`, fewer: those before the equals, so that none of them is named at all.

    >>> first_of([9, 5, 5, 5, 1], 2), first_of([9, 5, 5, 5, 1], 2, at_most=3), first_of([9], 3), first_of([9, 5], 0)
    (4, 1, 1, 0)
    """

    def is_equal(place: int) -> bool:
        """Whether the value at a place is the one before it."""
        return math.isclose(values[place], values[place - 1], rel_tol=1e-9, abs_tol=1e-12)

    taken = min(most, len(values))
    while 0 < taken < len(values) and is_equal(taken):
        taken += 1
    if at_most is not None and taken > at_most:
        taken -= 1
        while taken > 0 and is_equal(taken):
            taken -= 1
    return taken


def order_by_content(contents: Sequence[np.ndarray], groups: Sequence[np.ndarray]) -> np.ndarray:
    """An order of rows that hangs on what they hold and which of them belong together, never on what groups are called.

    contents: columns of numbers or days. groups: a number or name per row for each kind of group, the smallest kind
    first; a group of one kind lies in one group of the next. What is drawn by lot for the rows in this order is the
    same whatever the ids: groups that hold the same may change places, and then nothing tells.

    >>> rows = np.array([5, 3, 4, 3])
    >>> rows[order_by_content([rows], [np.array(["b", "a", "b", "c"])])].tolist()
    [3, 3, 4, 5]
    """
    code = pd.MultiIndex.from_arrays(list(contents)).to_frame(index=False)
    held = code.groupby(list(code), dropna=False, sort=True).ngroup().to_numpy(np.int64)
    keys = [held]
    for group in groups:
        number = pd.factorize(group)[0]
        of_group: dict[int, list[int]] = {}
        for own, one in zip(number.tolist(), held.tolist(), strict=True):
            of_group.setdefault(own, []).append(one)
        whole = {own: tuple(sorted(ones)) for own, ones in of_group.items()}
        rank = {one: place for place, one in enumerate(sorted(set(whole.values())))}
        held = np.array([rank[whole[own]] for own in number.tolist()], dtype=np.int64)
        keys += [number, held]
    return np.lexsort(keys)


def records(table: pd.DataFrame) -> list[Any]:
    """The rows as dictionaries with plain Python values; days as dates, unknown and undefined as None.

    What a row holds is known only when the table is there, hence `Any`: whoever asks says it by the type they give it,
    and `tests/test_answers.py` holds every such type against real rows.

    >>> records(pd.DataFrame({"day": pd.to_datetime(["2020-06-30", None]), "share": [0.5, None]}))
    [{'day': datetime.date(2020, 6, 30), 'share': 0.5}, {'day': None, 'share': None}]
    """
    columns = {}
    for name, values in table.items():
        is_day = pd.api.types.is_datetime64_any_dtype(values)
        cells = (values.dt.date if is_day else values).tolist()
        columns[str(name)] = [
            cell if is_known else None for cell, is_known in zip(cells, values.notna().tolist(), strict=True)
        ]
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
