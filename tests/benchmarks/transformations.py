"""Whether figures change with what they do not hang on: ids, the order of rows, the unit of money, the day it all happened.

    python tests/benchmarks/transformations.py [SEED ...]       # about a minute per seed; without one 1 to 5

Each seed makes a demo of 40 organisations and computes every figure of `indicators`, and what pages ask beside it, on it and
on what was made of it. Prints what differs and ends with 1 when anything does. `tests/test_ids.py` does the first for what
is coming.
"""

import datetime
import json
import logging
import random
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import thinning  # noqa: E402

from hubdata import demo, loading, questions, settings, store  # noqa: E402

SETTINGS = settings.Settings()
MONEY = {"amount", "total_income", "expenditure", "reserves", "cost"}
"""The columns of lists with euros."""
FOUR_YEARS = 1461
"""Days: every day keeps its day of the year."""
OF_TODAY = {"loaded_at", "data_up_to"}
"""What hangs on when it is asked: events that are planned are not, four years earlier."""

Place = tuple[str | int, ...]
Figures = dict[Place, Any]


def figures_of(home: Path, lists: thinning.Lists) -> Figures:
    """Every figure on the newest day, by its place."""
    files = {f"{name}.csv": text.encode() for name, text in thinning.files(lists).items()}
    outcome = loading.load(home, SETTINGS, files)
    assert outcome.manifest, outcome.draft.problems
    snapshot = store.open_snapshot(home, outcome.manifest.id)
    newest = snapshot.newest_date(datetime.date.max)
    view = store.View(newest, window_days=SETTINGS.window_days, plenary_size=SETTINGS.plenary_size)
    found: dict[str, Any] = dict(questions.indicators(snapshot, SETTINGS, view))
    year = questions.latest_year([year["year"] for year in found["funding"]["years"]], view.as_of) or 0
    found |= {
        "stress": questions.answer_stress(snapshot, SETTINGS, view, year, (), (("government", 0.3),)),
        "shared": questions.answer_shared_exposure(snapshot, SETTINGS, view, year),
        "fading": questions.answer_fading(snapshot, SETTINGS, view, False),
        "holding": questions.answer_holding(snapshot, SETTINGS, view, False),
        "lapse": questions.answer_lapse(snapshot, SETTINGS, view),
        "backtest": questions.answer_backtest(snapshot, SETTINGS, view, False),
        "pairs": questions.answer_introductions(snapshot, SETTINGS, view, False),
        "endings": questions.answer_endings(snapshot, SETTINGS, view),
        "fans": questions.answer_fans(snapshot, SETTINGS, view),
    }
    snapshot.close()
    plain = json.loads(json.dumps(found, default=_plain))
    return {place: value for place, value in _places(plain) if not OF_TODAY & set(place)}


def _plain(value: Any) -> Any:
    """What JSON has no word for."""
    if hasattr(value, "columns"):
        return value.to_dict("records")
    return vars(value) if hasattr(value, "__dataclass_fields__") else str(value)


def _places(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _places(part, (*place, key))
    else:
        yield place, value


def numbers_by_name(figures: Figures, ids: set[str]) -> dict[str, list[float]]:
    """The numbers of each name, in the order of their size: whatever organisation or place they are of."""
    found: dict[str, list[float]] = {}
    for place, value in figures.items():
        if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
            name = ".".join("id" if key in ids else key for key in place if isinstance(key, str))
            found.setdefault(name, []).append(float("-inf") if value is None else value)
    return {name: sorted(values) for name, values in found.items()}


def alike(one: Any, other: Any) -> bool:
    numbers = isinstance(one, int | float) and isinstance(other, int | float)
    return one == other or (numbers and abs(one - other) <= 1e-9 * max(1, abs(one)))


def in_other_ids(lists: thinning.Lists, seed: int) -> thinning.Lists:
    """The lists with other ids and their rows in another order."""
    lot = random.Random(seed)
    ids = sorted(row["organisation_id"] for row in lists["organisations"])
    new = dict(zip(ids, (f"x{number:05d}" for number in lot.sample(range(99_999), len(ids))), strict=True))
    known = re.compile("|".join(map(re.escape, sorted(ids, key=len, reverse=True))))
    return {
        name: [
            {column: known.sub(lambda match: new[match[0]], cell) if "_id" in column else cell for column, cell in row.items()}
            for row in lot.sample(rows, len(rows))
        ]
        for name, rows in lists.items()
    }  # fmt: skip


def with_cells(lists: thinning.Lists, change: Callable[[str, str], str]) -> thinning.Lists:
    return {
        name: [{column: change(column, cell) for column, cell in row.items()} for row in rows]
        for name, rows in lists.items()
    }


def threefold(column: str, cell: str) -> str:
    return str(round(3 * float(cell), 2)) if cell and column in MONEY else cell


def earlier(column: str, cell: str) -> str:
    """A cell of a list, or a text of a figure, four years earlier."""
    if day := re.match(r"\d{4}-\d\d-\d\d", cell):
        return str(datetime.date.fromisoformat(day[0]) - datetime.timedelta(FOUR_YEARS)) + cell[10:]
    is_year = column in ("year", "founded") or re.fullmatch(r"\d{4}-Q\d", cell)
    return str(int(cell[:4]) - 4) + cell[4:] if is_year and cell else cell


def differences(seed: int, folder: Path) -> Iterator[tuple[str, str, Any, Any]]:
    """Transformation, place, and the two values, of everything that changed and should not have."""
    demo.write(folder / "lists", organisations=40, seed=seed)
    lists = thinning.read(folder / "lists")
    before = figures_of(folder / "before", lists)

    other = in_other_ids(lists, seed)
    ids = {row["organisation_id"] for some in (lists, other) for row in some["organisations"]}
    one, two = (numbers_by_name(found, ids) for found in (before, figures_of(folder / "ids", other)))
    for name in sorted(one.keys() | two.keys()):
        values = one.get(name, []), two.get(name, [])
        if len(values[0]) != len(values[1]) or not all(map(alike, *values)):
            yield "ids and order", name, *values

    after = figures_of(folder / "money", with_cells(lists, threefold))
    for place in before.keys() | after.keys():
        value, now = before.get(place), after.get(place)
        is_threefold = isinstance(value, int | float) and isinstance(now, int | float) and alike(3 * value, now)
        if not alike(value, now) and not is_threefold:
            yield "three times the money", str(place), value, now

    after = figures_of(folder / "days", with_cells(lists, earlier))
    for place in before.keys() | after.keys():
        value, now = before.get(place), after.get(place)
        if isinstance(value, str):
            value = earlier("", value)
        elif place[-1] in ("year", "income_year", "last_year") and value:
            value -= 4
        if not alike(value, now):
            yield "four years earlier", str(place), value, now
    print(f"seed {seed}: {len(before):,} figures, three times", flush=True)


def main(seeds: list[str]) -> int:
    logging.disable(logging.CRITICAL)
    differ = 0
    for seed in map(int, seeds or range(1, 6)):
        with tempfile.TemporaryDirectory() as place:
            for transformation, what, value, now in differences(seed, Path(place)):
                differ += 1
                print(f"seed {seed}, {transformation}: {what} is {str(value)[:80]}, then {str(now)[:80]}", flush=True)
    print(f"{differ} differ")
    return int(differ > 0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
