"""By how much a drop would move the headline figures, and why: counted by hand."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubdata import loading, questions
from hubdata.settings import Settings

SETTINGS = Settings()
ORGANISATIONS = "organisation_id,name,sector\na,Anna,ngo\nb,Beta,knowledge\nc,Cora,ngo\n"
PARTNERSHIPS = "organisation_ids,start_date\na|b,2020-01-01\n"
# In 2019 two organisations are known: a depends on one donor, b does not.
FUNDING = "organisation_id,year,donor,category,amount\na,2019,D,companies,10\nb,2019,D,companies,5\nb,2019,E,companies,6\nb,2019,F,companies,5\n"


def moved(home: Path, before: dict[str, str], after: dict[str, str]) -> dict[str, questions.Movement]:
    def files(tables: dict[str, str]) -> dict[str, bytes]:
        return {f"{name}.csv": text.encode() for name, text in tables.items()}

    if before:
        assert loading.load(home, SETTINGS, files(before)).manifest
    return {m.indicator: m for m in loading.movements(loading.prepare(home, SETTINGS, files(after)), SETTINGS)}


def test_more_organisations_and_more_ties_each_do_their_part(tmp_path: Path) -> None:
    found = moved(
        tmp_path,
        {"organisations": ORGANISATIONS, "partnerships": PARTNERSHIPS},
        {"organisations": ORGANISATIONS + "d,Dora,ngo\n", "partnerships": PARTNERSHIPS + "a|c,2020-01-01\n"},
    )
    density = found["density"]
    assert (density.before, density.after) == pytest.approx((1 / 3, 2 / 6))
    assert density.parts == pytest.approx({"organisations": 1 / 6 - 1 / 3, "ties": 2 / 6 - 1 / 6})
    assert found["cross_sector_share"].parts == pytest.approx({"ties": -1 / 2})
    assert (found["exposed_share"].before, found["exposed_share"].after) == (None, None)


def test_income_of_known_organisations_and_coverage_are_told_apart(tmp_path: Path) -> None:
    before = {"organisations": ORGANISATIONS, "partnerships": PARTNERSHIPS, "funding": FUNDING}
    # a finds two more donors: nobody is exposed; c, not known before, is.
    after = FUNDING + "a,2019,E,companies,9\na,2019,F,companies,9\nc,2019,G,companies,1\n"
    exposed = moved(tmp_path, before, {"funding": after})["exposed_share"]
    assert (exposed.before, exposed.after) == pytest.approx((1 / 2, 1 / 3))
    assert exposed.parts == pytest.approx({"income": -1 / 2, "coverage": 1 / 3})


def test_a_newer_day_in_the_data_is_a_reason_of_its_own(tmp_path: Path) -> None:
    partnerships = "organisation_ids,start_date,end_date\na|b,2020-01-01,2020-06-30\nb|c,2020-01-01,\n"
    found = moved(
        tmp_path,
        {"organisations": ORGANISATIONS, "partnerships": partnerships},
        {"events": "name,start_date\nLater,2021-01-01\n"},
    )
    assert found["density"].parts == pytest.approx({"time": 1 / 3 - 2 / 3})


def test_the_first_load_has_nothing_to_compare_with(tmp_path: Path) -> None:
    found = moved(tmp_path, {}, {"organisations": ORGANISATIONS, "partnerships": PARTNERSHIPS})
    assert found["density"] == questions.Movement("density", None, 1 / 3, {})


def test_a_preview_writes_nothing(tmp_path: Path) -> None:
    moved(tmp_path, {"organisations": ORGANISATIONS}, {"partnerships": PARTNERSHIPS})
    assert len(list((tmp_path / "snapshots").glob("[0-9]*"))) == 1
    assert len(list((tmp_path / "archive").iterdir())) == 1


PAIRS = [f"{a}|{b},2020-01-01,{end}\n" for a, b in ("ab", "bc", "ac", "ad") for end in ("", "2020-03-01")]
EARNED = [
    f"{o},2019,{d},{c},{n}\n"
    for o, d, c in (("a", "D", "other"), ("b", "E", "government"), ("c", "", "earned"))
    for n in (1, 9)
]


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_the_parts_are_together_the_whole_movement(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    def tables() -> dict[str, str]:
        return {
            "organisations": ORGANISATIONS + "d,Dora,business\n" * data.draw(st.integers(0, 1)),
            "partnerships": "organisation_ids,start_date,end_date\n"
            + "".join(
                data.draw(st.lists(st.sampled_from([p for p in PAIRS if "d" not in p]), unique_by=lambda p: p[:3]))
            ),
            "funding": "organisation_id,year,donor,category,amount\n"
            + "".join(data.draw(st.lists(st.sampled_from(EARNED), unique_by=lambda r: r[0]))),
        }

    for movement in moved(tmp_path_factory.mktemp("home"), tables(), tables()).values():
        if movement.before is None or movement.after is None:
            assert movement.parts == {}
        else:
            assert movement.before + sum(movement.parts.values()) == pytest.approx(movement.after)
