"""Yearly accounts: the total that shares are of, reserves and jobs of their year, and rows that are more than the total.

What is expected is counted by hand from these lists. In 2023 a got 60 of X and 20 earned, and its accounts say 200; b got
30 of X and 10 of Y, and nothing is known of its total; c got 50 of the government, and its accounts say 50.
"""

import datetime
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hubdata import ingest, loading, models, naming, questions, store
from hubdata.settings import Settings

SETTINGS = Settings()
VIEW = store.View(datetime.date(2024, 6, 1))
LISTS = {
    "organisations.csv": "organisation_id,name,sector,fte,reserves\na,Anna,ngo,9,999\nb,Beta,ngo,4,12\nc,Cora,knowledge,,\n",
    "partnerships.csv": "organisation_ids,start_date\na|b,2020-01-01\n",
    "funding.csv": "organisation_id,year,donor,category,amount\n"
    "a,2023,X,companies,60\na,2023,,earned,20\nb,2023,X,companies,30\nb,2023,Y,companies,10\n"
    "c,2023,State,government,50\na,2022,X,companies,40\n",
    "accounts.csv": "organisation_id,year,total_income,expenditure,reserves,fte\n"
    "a,2023,200,190,50,2\na,2022,80,70,20,6\nCora,2023,50,50,-5,3\na,2025,1,1,1,77\n",
}


def encoded(files: dict[str, str]) -> dict[str, bytes]:
    return {name: text.encode() for name, text in files.items()}


def drafted(**changed: str) -> ingest.Draft:
    files = LISTS | {f"{name}.csv": text for name, text in changed.items()}
    return ingest.draft(encoded(files), SETTINGS, {})


@pytest.fixture
def home(tmp_path: Path) -> Path:
    outcome = loading.load(tmp_path, SETTINGS, encoded(LISTS))
    assert outcome.manifest, outcome.draft.problems
    return tmp_path


@pytest.fixture
def snapshot(home: Path) -> Any:
    with closing(store.open_snapshot(home, store.current_snapshot_id(home) or "")) as opened:
        yield opened


def of_year(answer: Any, year: int) -> Any:
    return next(row for row in answer["years"] if row["year"] == year)


def test_shares_and_exposure_are_of_the_total_where_it_is_known(snapshot: store.Snapshot) -> None:
    year = of_year(questions.answer_funding(snapshot, SETTINGS, VIEW), 2023)
    names = ("income", "total_income", "accounted_share", "top_donor_share", "earned_share", "public_share", "exposed")
    told = {row["organisation_id"]: tuple(row[name] for name in names) for row in year["organisations"]}
    assert told == {
        "a": (
            80.0,
            200.0,
            0.4,
            0.3,
            0.1,
            0.0,
            False,
        ),  # of its rows X gives 60/80: with half a list it would be exposed
        "b": (40.0, None, None, 0.75, 0.0, 0.0, True),
        "c": (50.0, 50.0, 1.0, 1.0, 0.0, 1.0, True),
    }
    assert (year["income"], year["exposed"], year["exposed_share"]) == (170.0, 2, pytest.approx(2 / 3))
    assert year["accounts"] == {"organisations": 2, "total_income": 250.0, "accounted_share": 0.52}


def test_reserves_are_of_their_year_and_undated_ones_of_the_latest(snapshot: store.Snapshot) -> None:
    answer = questions.answer_funding(snapshot, SETTINGS, VIEW)
    months = {
        (row["organisation_id"], row["year"]): row["reserve_months"]
        for y in answer["years"]
        for row in y["organisations"]
    }
    assert months == {
        ("a", 2022): pytest.approx(20 / (80 / 12)),
        ("a", 2023): pytest.approx(50 / (200 / 12)),
        ("b", 2023): pytest.approx(12 / (40 / 12)),
        ("c", 2023): pytest.approx(-5 / (50 / 12)),
    }


def test_jobs_are_those_of_the_last_accounts_until_the_day(snapshot: store.Snapshot) -> None:
    def jobs(day: str) -> dict[str, float | None]:
        active = snapshot.rows("active_organisations", store.View(datetime.date.fromisoformat(day)))
        return {i: None if fte != fte else fte for i, fte in zip(active["organisation_id"], active["fte"], strict=True)}

    assert jobs("2024-06-01") == {"a": 2.0, "b": 4.0, "c": 3.0}
    assert jobs("2022-12-31") == {"a": 6.0, "b": 4.0, "c": None}
    assert jobs("2021-12-31") == {"a": 9.0, "b": 4.0, "c": None}
    assert jobs("2025-01-01")["a"] == 77.0


def test_a_loss_is_a_share_of_the_total(snapshot: store.Snapshot) -> None:
    test = questions.answer_stress(snapshot, SETTINGS, VIEW, 2023, (("X", 1.0),), ())
    told = {
        row["organisation_id"]: (row["income"], row["loss"], row["loss_share"], row["at_risk"], row["jobs_exposed"])
        for row in test["organisations"]
    }
    assert told["a"] == (200.0, 60.0, 0.3, True, pytest.approx(2 * 0.3))
    # 40 euros cannot pay four jobs, and no accounts say what else there is
    assert told["b"] == (40.0, 30.0, 0.75, True, None)
    assert (test["income"], test["loss"], test["loss_share"]) == (290.0, 90.0, pytest.approx(90 / 290))
    earlier = questions.answer_stress(snapshot, SETTINGS, VIEW, 2022, (("X", 1.0),), ())
    (row,) = earlier["organisations"]
    assert (row["loss_share"], row["jobs_exposed"], row["reserve_months_left"]) == (0.5, 3.0, 6.0)
    groups = questions.answer_shared_exposure(snapshot, SETTINGS, VIEW, 2023)
    assert [(o["organisation_id"], o["share"]) for o in groups[0]["organisations"]] == [("b", 0.75), ("a", 0.3)]


def test_where_the_list_is_partial_only_those_without_a_total_are_greyed(snapshot: store.Snapshot) -> None:
    partial = Settings(funding_is_partial=True)
    year = of_year(questions.answer_funding(snapshot, partial, VIEW), 2023)
    assert {row["organisation_id"]: bool(row["greyed"]) for row in year["organisations"]} == {
        "a": False,
        "b": True,
        "c": False,
    }


def test_without_accounts_everything_is_as_it_was(tmp_path: Path) -> None:
    loading.load(tmp_path, SETTINGS, encoded({name: text for name, text in LISTS.items() if name != "accounts.csv"}))
    with closing(store.open_snapshot(tmp_path, store.current_snapshot_id(tmp_path) or "")) as snapshot:
        year = of_year(questions.answer_funding(snapshot, SETTINGS, VIEW), 2023)
    assert [(row["top_donor_share"], row["exposed"]) for row in year["organisations"]] == [
        (0.75, True),
        (0.75, True),
        (1.0, True),
    ]
    assert year["accounts"] == {"organisations": 0, "total_income": None, "accounted_share": None}


def test_rows_that_are_more_than_the_total_are_a_problem() -> None:
    wrong = LISTS["accounts.csv"].replace("a,2023,200", "a,2023,79.99")
    draft = drafted(accounts=wrong)
    (problem,) = draft.problems
    assert (problem.code, problem.file, problem.row, problem.column, problem.value) == (
        "rows_exceed_total", "accounts.csv", 2, "total_income", "79.99",
    )  # fmt: skip
    assert "80.00" in problem.message.translate("en")
    row = draft.tables["accounts"].to_pylist()[0]
    assert (row["total_income"], row["reserves"]) == (None, 50.0)  # the row stays, for whoever loads what is right
    assert drafted(accounts=LISTS["accounts.csv"].replace("a,2023,200", "a,2023,80")).problems == []


def test_rows_that_are_more_than_the_total_on_show_are_a_problem_too(home: Path) -> None:
    more = {"funding.csv": "organisation_id,year,donor,category,amount\nc,2023,Z,other,0.01\n"}
    prepared = loading.prepare(home, SETTINGS, encoded(more), update=True)
    assert [(p.code, p.file, p.value) for p in prepared.draft.problems] == [
        ("rows_exceed_kept_total", "funding.csv", "c")
    ]
    outcome = loading.publish(home, SETTINGS, prepared, skip_invalid=True)
    assert outcome.manifest
    with closing(store.open_snapshot(home, outcome.manifest.id)) as snapshot:
        year = of_year(questions.answer_funding(snapshot, SETTINGS, VIEW), 2023)
    assert [row["accounted_share"] for row in year["organisations"]] == [0.4, None, 1.0]


def test_accounts_are_known_by_their_headings_and_kept(home: Path) -> None:
    text = (
        "Organisatie;Boekjaar;Totale baten;Totale lasten;Eigen vermogen;FTE\nAnna;2023;1.200,50;1.000,00;-10,00;2,5\n"
    )
    draft = ingest.draft({"export.csv": text.encode()}, SETTINGS, drafted().tables)
    assert [problem.code for problem in draft.problems] == []
    assert draft.tables["accounts"].to_pylist() == [
        {
            "organisation_id": "a",
            "year": 2023,
            "total_income": 1200.5,
            "expenditure": 1000.0,
            "reserves": -10.0,
            "fte": 2.5,
        }
    ]
    made = loading.rebuild(home, store.current_snapshot_id(home) or "")
    with closing(store.open_snapshot(home, store.current_snapshot_id(home) or "")) as snapshot:
        assert all(made[name].equals(snapshot.arrow(name)) for name in models.TABLES)


def test_a_link_without_amounts_has_jobs_and_no_money(home: Path) -> None:
    shown = store.current_snapshot_id(home) or ""
    scope = store.Scope(amounts=False, names=False, key="k")
    with closing(store.open_snapshot(home, shown, scope)) as opened:
        rows = opened.records("accounts")
    assert {row["fte"] for row in rows} == {2.0, 6.0, 3.0, 77.0}
    assert {row[name] for row in rows for name in ("total_income", "expenditure", "reserves")} == {None}
    assert all(row["organisation_id"].startswith("x-") for row in rows)
    with closing(store.open_snapshot(home, shown, store.Scope(sectors=("knowledge",), key="k"))) as opened:
        assert [(row["organisation_id"], row["total_income"]) for row in opened.records("accounts")] == [("c", 50.0)]


def test_accounts_of_two_that_are_one_are_of_the_one_that_stays(home: Path) -> None:
    naming.merge(home, SETTINGS, [naming.Merge(kind="organisation", kept="c", gone="a")], "command")
    with closing(store.open_snapshot(home, store.current_snapshot_id(home) or "")) as snapshot:
        rows = {row["year"]: (row["organisation_id"], row["total_income"]) for row in snapshot.records("accounts")}
    assert rows == {2022: ("c", 80.0), 2023: ("c", 200.0), 2025: ("c", 1.0)}
