"""What ends, and when: counted by hand through the real store, and computed a second way on the demo."""

import contextlib
import csv
import datetime
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hubdata import demo, ingest, loading, questions, settings, store
from hubdata.store import Scope, View

SETTINGS = settings.Settings()
day = datetime.date
NOW = View(day(2026, 9, 30))

ORGANISATIONS = """organisation_id,name,sector,fte
a,Anna,ngo,0.0041
b,Beta,knowledge,
c,Cora,ngo,0.0051
d,Dora,business,2
"""
# So small a part of a job as these small amounts can pay.
# a has X until the end of 2026 and Y without an end; b has nothing but Z, twice, and earns the other half; c gets of a and
# of X, both until the end of 2026.
FUNDING = """organisation_id,year,donor,donor_id,programme,category,amount,start_date,end_date
a,2025,X,,,government,60,2025-01-01,2026-12-31
a,2026,X,,,government,99,2025-01-01,2026-12-31
a,2025,Y,,,nonprofits,40,,
a,2024,Old,,,nonprofits,40,2024-01-01,2024-12-31
b,2025,Z,,One,companies,30,,31-03-2027
b,2025,Z,,Two,companies,20,,2030
b,2025,,,,earned,50,,
c,2025,Anna,a,,nonprofits,50,,2026-12-31
c,2025,X,,,government,50,,2026-12-31
c,2025,Friends,,,individuals,25,,2026-12-31
d,2026,X,,New,government,7,2026-02-01,2027-06-30
d,2025,X,,Gone on,government,5,,2025-06-30
d,2026,X,,Gone on,government,5,,
"""
PARTNERSHIPS = """partnership_id,name,organisation_ids,start_date,end_date,intensity
p,Pact,a|b,2024-01-01,2026-12-31,coordination
q,Talks,a|b,2025-01-01,,awareness
r,Plan,a|c,2024-01-01,2027-01-31,integration
s,Loose,b|d,2024-01-01,2026-10-31,
t,First,c|d,2024-01-01,2026-11-30,coordination
u,Second,c|d,2026-12-01,2029-12-31,coordination
v,Firm,a|d,2024-01-01,,coordination
"""
WHOLE = {"organisations": ORGANISATIONS, "funding": FUNDING, "partnerships": PARTNERSHIPS}


@contextlib.contextmanager
def opened(home: Path, scope: Scope = store.EVERYTHING, **tables: str) -> Iterator[store.Snapshot]:
    files = {f"{name}.csv": text.encode() for name, text in {**WHOLE, **tables}.items()}
    outcome = loading.load(home, SETTINGS, files)
    assert outcome.manifest, outcome.draft.problems
    with contextlib.closing(store.open_snapshot(home, outcome.manifest.id, scope)) as snapshot:
        yield snapshot


@pytest.fixture
def books(tmp_path: Path) -> Iterator[store.Snapshot]:
    with opened(tmp_path) as snapshot:
        yield snapshot


def test_which_grants_end_and_who_has_no_other_donor(books: store.Snapshot) -> None:
    found = questions.answer_endings(books, SETTINGS, NOW)
    assert found["year"] == 2025
    ahead = found["grants"]
    assert [
        (g["name"], g["donor"], g["ends_on"], g["quarter"], g["year"], g["amount_eur"], g["share"], g["other_donors"])
        for g in ahead["grants"]
    ] == [
        ("Anna", "X", day(2026, 12, 31), "2026-Q4", 2025, 60, 0.6, 1),
        ("Cora", "Anna", day(2026, 12, 31), "2026-Q4", 2025, 50, 0.4, 2),
        ("Cora", "X", day(2026, 12, 31), "2026-Q4", 2025, 50, 0.4, 2),
        ("Beta", "Z", day(2027, 3, 31), "2027-Q1", 2025, 30, 0.3, 0),
        ("Dora", "X", day(2027, 6, 30), "2027-Q2", 2026, 7, 7 / 12, 0),
    ]
    assert [q["quarter"] for q in ahead["quarters"]] == [
        "2026-Q4", "2027-Q1", "2027-Q2", "2027-Q3", "2027-Q4", "2028-Q1", "2028-Q2", "2028-Q3",
    ]  # fmt: skip
    fourth, first = ahead["quarters"][:2]
    # Of Anna 60 % of her 0.0041 job, of Cora 80 % of 0.0051; Cora keeps the Friends, who are a donor too.
    assert (fourth["grants"], fourth["organisations"], fourth["amount_eur"]) == (3, 2, 160)
    assert (fourth["without_other"], fourth["without_other_eur"]) == (0, 0)
    assert (fourth["jobs_exposed"], fourth["jobs_unknown"]) == (pytest.approx(0.6 * 0.0041 + 0.8 * 0.0051), 0)
    # Anna lies in three ties, of which that with Cora stays within a sector; Cora has one with Dora.
    assert fourth["bridges_exposed"] == 3
    assert (first["without_other"], first["without_other_eur"], first["jobs_exposed"]) == (1, 30, None)
    assert first["jobs_unknown"] == 1
    assert (ahead["later"], ahead["later_eur"]) == (1, 20)
    assert (ahead["end_unknown"], ahead["end_unknown_eur"]) == (2, 45)  # Y, and what went on after its end
    assert ahead["running"] == 8
    assert ahead["within_a_year"]["grants"] == 5
    # Beta and Dora keep no other donor; of Dora both grants of 2026 are its income, and only one has an end.
    assert [(one["name"], one["amount_eur"], one["ends_on"]) for one in ahead["nothing_else"]] == [
        ("Beta", 30, day(2027, 3, 31)),
        ("Dora", 7, day(2027, 6, 30)),
    ]
    assert [one["share"] for one in ahead["nothing_else"]] == [0.3, pytest.approx(7 / 12)]


def test_what_if_nothing_is_given_again_is_the_stress_test(books: store.Snapshot) -> None:
    test = questions.answer_endings(books, SETTINGS, NOW)["not_renewed"]
    assert test
    # X leaves a with 40 of 100; c loses both grants, 100 of 125; b 30 of 100. The grant of d began after 2025.
    assert {o["organisation_id"]: o["loss"] for o in test["organisations"]} == {"a": 60, "b": 30, "c": 100, "d": 0}
    assert [o["organisation_id"] for o in test["organisations"] if o["at_risk"]] == ["c", "a", "b"]
    assert test["jobs_exposed"] == pytest.approx(0.6 * 0.0041 + 0.8 * 0.0051)


def test_what_a_donor_loses_travels_on_to_whom_it_gives(tmp_path: Path) -> None:
    # a loses 60 % and gives c 60 % less, though that grant itself goes on
    with opened(
        tmp_path, funding=FUNDING.replace("c,2025,Anna,a,,nonprofits,50,,2026-12-31", "c,2025,Anna,a,,nonprofits,50,,")
    ) as snapshot:
        test = questions.answer_endings(snapshot, SETTINGS, NOW)["not_renewed"]
    assert test
    assert next(o["loss"] for o in test["organisations"] if o["organisation_id"] == "c") == pytest.approx(50 + 30)
    assert test["pass_through"]["loss_eur"] == pytest.approx(30)


def test_which_ties_end_and_with_whom_nothing_remains(books: store.Snapshot) -> None:
    found = questions.answer_ending_ties(books, SETTINGS, NOW)
    assert [
        (t["name_a"], t["name_b"], t["agreement"], t["ends_on"], t["is_structural"], t["nothing_remains"])
        for t in found["ending"]
    ] == [
        ("Anna", "Cora", "Plan", day(2027, 1, 31), True, True),
        ("Anna", "Beta", "Pact", day(2026, 12, 31), True, False),
        ("Beta", "Dora", "Loose", day(2026, 10, 31), False, True),
    ]  # Cora and Dora have a second agreement that is planned
    assert (found["ties"], found["structural"], found["structural_ending"]) == (5, 4, 2)
    assert (found["nothing_remains"], found["without_end"]) == (2, 1)


def test_a_link_without_names_has_no_days_of_grants_and_no_names_of_agreements(tmp_path: Path) -> None:
    with opened(tmp_path, Scope(names=False, amounts=True, key="k")) as snapshot:
        assert {row["end_date"] for row in snapshot.records("funding")} == {None}
        assert {tie["agreement"] for tie in questions.answer_ending_ties(snapshot, SETTINGS, NOW)["ending"]} == {None}
        assert questions.answer_endings(snapshot, SETTINGS, NOW)["grants"]["quarters"] == []


def test_lists_without_any_end_say_so(tmp_path: Path) -> None:
    without = "\n".join(line.rsplit(",", 2)[0] for line in FUNDING.splitlines())
    with opened(tmp_path, funding=without) as snapshot:
        ahead = questions.answer_endings(snapshot, SETTINGS, NOW)["grants"]
    assert (ahead["quarters"], ahead["grants"], ahead["end_unknown"]) == ([], [], ahead["running"])
    assert ahead["end_unknown_eur"] == 60 + 40 + 50 + 50 + 50 + 7 + 5


def test_two_grants_in_one_row_end_with_the_last_and_an_end_before_its_start_is_refused() -> None:
    rows = "organisation_id,year,donor,category,amount,start_date,end_date\n"
    twice = rows + "a,2025,X,government,10,2025-01-01,2026-12-31\na,2025,X,government,5,,2027-06-30\n"
    lists = {"organisations.csv": ORGANISATIONS.encode(), "funding.csv": twice.encode()}
    draft = ingest.draft(lists, SETTINGS, {})
    (row,) = draft.tables["funding"].to_pylist()
    assert (row["amount"], row["end_date"]) == (15, day(2027, 6, 30))
    wrong = rows + "a,2025,X,government,10,2026-01-01,2025-12-31\n"
    (problem,) = ingest.draft({**lists, "funding.csv": wrong.encode()}, SETTINGS, {}).problems
    assert (problem.code, problem.column) == ("ends_before_start", "end_date")


def test_the_demo_says_the_same_when_it_is_counted_from_its_files(tmp_path: Path) -> None:
    demo.write(tmp_path / "files", organisations=80, seed=3)
    outcome = loading.load(tmp_path / "home", SETTINGS, loading.read_files([tmp_path / "files"], SETTINGS))
    assert outcome.manifest
    with contextlib.closing(store.open_snapshot(tmp_path / "home", outcome.manifest.id)) as snapshot:
        found = questions.answer_endings(snapshot, SETTINGS, NOW)["grants"]

    def read(name: str) -> list[dict[str, str]]:
        with (tmp_path / "files" / f"{name}.csv").open(encoding="utf-8") as file:
            return list(csv.DictReader(file))

    there = {o["organisation_id"] for o in read("organisations") if not o["left_on"] or o["left_on"] >= "2026-09-30"}
    grants: dict[Any, dict[int, dict[str, str]]] = defaultdict(dict)
    for row in read("funding"):
        if row["organisation_id"] in there and row["category"] not in ("earned", "individuals"):
            key = (row["organisation_id"], row["donor_id"] or row["donor"], row["programme"], row["category"])
            grants[key][int(row["year"])] = row
    ahead: dict[str, float] = defaultdict(float)
    unknown = 0
    for years in grants.values():
        last = max((row["end_date"] for row in years.values()), default="")
        whole = [year for year in years if year <= 2025]
        amount = float(years[max(whole, default=min(years))]["amount"])
        if "2026-09-30" < last <= "2028-09-30":
            ahead[f"{last[:4]}-Q{(int(last[5:7]) + 2) // 3}"] += amount
        unknown += not last and max(years) >= 2025
    assert {q["quarter"]: q["amount_eur"] for q in found["quarters"] if q["grants"]} == pytest.approx(dict(ahead))
    assert found["end_unknown"] == unknown
    assert len(ahead) >= 4
