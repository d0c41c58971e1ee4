"""No figure of what is coming hangs on ids: with other ids, in another order, everything that is said is the same."""

import contextlib
import random
import re
from pathlib import Path
from typing import Any

import pytest

from hubdata import demo, loading, questions, settings, store
from hubdata.store import View

SETTINGS = settings.Settings()
Said = dict[str, Any]


def renamed(files: dict[str, bytes]) -> dict[str, bytes]:
    """The same lists with other ids, which sort otherwise, and rows in another order."""
    lot = random.Random(5)
    text = {name: content.decode() for name, content in files.items()}
    ids = sorted(set(re.findall(r"demo-(?:[ep]-)?\d+", "".join(text.values()))))
    new = dict(zip(ids, lot.sample(range(len(ids)), len(ids)), strict=True))
    found = {}
    for name, content in text.items():
        head, *rows = re.sub(r"demo-(?:[ep]-)?\d+", lambda one: f"x{new[one[0]]:06d}", content).splitlines()
        lot.shuffle(rows)
        found[name] = "\n".join([head, *rows]).encode()
    return found


def said(home: Path, files: dict[str, bytes]) -> Said:
    """What is said of what is coming, with the names of organisations for their ids."""
    outcome = loading.load(home, SETTINGS, files)
    assert outcome.manifest, outcome.draft.problems
    with contextlib.closing(store.open_snapshot(home, outcome.manifest.id)) as snapshot:
        view = View(snapshot.newest_date(questions.today()))
        names = dict(snapshot.table("organisations")[["organisation_id", "name"]].itertuples(index=False))
        lapse, fans = questions.answer_lapse(snapshot, SETTINGS, view), questions.answer_fans(snapshot, SETTINGS, view)
        holding = questions.answer_holding(snapshot, SETTINGS, view, False)
        network = questions.answer_network(snapshot, SETTINGS, view)
    assert holding

    def by_names(rows: list[Any], *leave_out: str) -> list[tuple[Any, ...]]:
        ends = {"organisation_a", "organisation_b", "name_a", "name_b", "sector_a", "sector_b", *leave_out}
        return [
            (
                *sorted([names[row["organisation_a"]], names[row["organisation_b"]]]),
                *(round(value, 9) if isinstance(value, float) else value for key, value in row.items() if key not in ends),
            )
            for row in rows
        ]  # fmt: skip

    return {
        "backtest": lapse.pop("backtest"),  # type: ignore[misc]
        "at_risk": sorted(by_names(lapse.pop("at_risk")), key=str),  # type: ignore[misc]
        "lapse": lapse,
        "fans": fans,
        "ei_p_value": network["ei_p_value"],
        "key_organisations": {names[own] for own in holding["key_organisations"]},
        "chosen": by_names(holding["chosen"]),
        "holding": {name: round(holding[name] or 0, 9) for name in ("distance", "distance_after", "reach", "reach_after")},
    }  # fmt: skip


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Said, Said]:
    home = tmp_path_factory.mktemp("ids")
    demo.write(home / "files", organisations=60, seed=4)
    files = {file.name: file.read_bytes() for file in (home / "files").glob("*.csv")}
    return said(home / "one", files), said(home / "other", renamed(files))


@pytest.mark.parametrize(
    "part", ["backtest", "at_risk", "lapse", "fans", "ei_p_value", "key_organisations", "chosen", "holding"]
)
def test_other_ids_change_nothing_of_what_is_said(both: tuple[Said, Said], part: str) -> None:
    one, other = both
    assert one[part] == other[part]


def test_there_is_something_that_ids_could_change(both: tuple[Said, Said]) -> None:
    one, _other = both
    assert len(one["backtest"]["bins"]) == 10
    assert len(one["at_risk"]) > 50
    assert any(fan["days"] for fan in one["fans"]["figures"].values())
    assert 1e-4 < one["ei_p_value"] < 1 or one["ei_p_value"] == pytest.approx(1 / 10_001)
    assert len(one["chosen"]) == 3
