"""The fictional ecosystem: the contract's rules are checked here once more, without the code that reads drops."""

import csv
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from hubdata import demo, settings

ROOT = Path(__file__).parents[1]
PERIOD_END = date(2026, 9, 30)
SIZES = [1, 2, 3, 20, 150, 1500]

Row = dict[str, str]
Tables = dict[str, list[Row]]

COLUMNS = {
    "organisations": "organisation_id name sector type city country website themes sdgs countries fte founded joined_on "
    "left_on membership role digital_maturity needs offers reserves",
    "partnerships": "partnership_id name organisation_ids start_date end_date first_recorded last_contact intensity kind "
    "themes programme event_id",
    "events": "event_id name start_date end_date kind format organiser_id venue themes cost",
    "attendance": "event_id organisation_id role people status",
    "funding": "organisation_id year donor donor_id programme category amount currency start_date end_date",
    "accounts": "organisation_id year total_income expenditure reserves fte",
    "reference": "dimension code measure share year source",
    "targets": "indicator date value note",
}
ALWAYS_FILLED = {
    "organisations": "organisation_id name sector type",
    "partnerships": "partnership_id organisation_ids start_date",
    "events": "event_id name start_date kind",
    "attendance": "event_id organisation_id",
    "funding": "organisation_id year category amount",
    "accounts": "organisation_id year total_income",
    "reference": "dimension code measure share year source",
    "targets": "indicator date value",
}
KEYS = {
    "organisations": "organisation_id",
    "partnerships": "partnership_id",
    "events": "event_id",
    "attendance": "event_id organisation_id",
    "funding": "organisation_id year donor programme",
    "accounts": "organisation_id year",
    "reference": "dimension code measure year",
    "targets": "indicator date",
}
CODES = {
    ("organisations", "membership"): "none member tenant",
    ("organisations", "role"): "convenor",
    ("partnerships", "intensity"): "awareness cooperation coordination integration",
    ("events", "format"): "in-person online hybrid",
    ("attendance", "role"): "host speaker participant",
    ("attendance", "status"): "registered attended",
    ("funding", "category"): "individuals companies lotteries government multilateral nonprofits earned other",
    ("funding", "currency"): "EUR",
    ("reference", "dimension"): "sector theme",
    ("reference", "measure"): "organisations jobs",
}


def read(folder: Path) -> Tables:
    tables = {}
    for name in COLUMNS:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            tables[name] = list(csv.DictReader(file))
    return tables


@pytest.fixture(scope="module")
def ecosystem(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Tables]:
    """`ecosystem(size, seed)`: its tables; each is made once."""
    made: dict[tuple[int, int], Tables] = {}

    def of(size: int, seed: int = 1) -> Tables:
        if (size, seed) not in made:
            folder = tmp_path_factory.mktemp("demo")
            demo.write(folder, size, seed)
            made[size, seed] = read(folder)
        return made[size, seed]

    return of


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def day(cell: str, unknown: date = date.max) -> date:
    return date.fromisoformat(cell) if cell else unknown


def filled(rows: list[Row], column: str) -> list[str]:
    return [row[column] for row in rows if row[column]]


def items(rows: list[Row], column: str) -> list[str]:
    return [item for cell in filled(rows, column) for item in cell.split("|")]


def came(tables: Tables) -> dict[str, set[str]]:
    """Per event the organisations that attended."""
    guests: dict[str, set[str]] = defaultdict(set)
    for row in tables["attendance"]:
        if row["status"] != "registered":
            guests[row["event_id"]].add(row["organisation_id"])
    return guests


def activity(tables: Tables) -> dict[str, tuple[date, date]]:
    return {
        row["organisation_id"]: (day(row["joined_on"], date.min), day(row["left_on"]))
        for row in tables["organisations"]
    }


def degrees(tables: Tables, when: date) -> dict[str, int]:
    """Partners per organisation that is active that day."""
    active = {identifier for identifier, (joined, left) in activity(tables).items() if joined <= when <= left}
    ties = set()
    for row in tables["partnerships"]:
        if day(row["start_date"]) <= when <= day(row["end_date"]):
            ties |= set(combinations(sorted(active & set(row["organisation_ids"].split("|"))), 2))
    ends = Counter(end for tie in ties for end in tie)
    return {identifier: ends[identifier] for identifier in sorted(active)}


def test_same_size_and_seed_give_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    program = "import sys, pathlib; from hubdata import demo; demo.write(pathlib.Path(sys.argv[1]), 60, 4)"
    for hash_seed in ("1", "2"):
        folder = tmp_path / hash_seed
        environment = os.environ | {"PYTHONHASHSEED": hash_seed}
        subprocess.run([sys.executable, "-c", program, folder], check=True, cwd=ROOT, env=environment)
    assert contents(tmp_path / "1") == contents(tmp_path / "2")
    assert set(contents(tmp_path / "1")) == {*(f"{name}.csv" for name in COLUMNS), "README.md"}


def test_another_seed_gives_another_ecosystem(ecosystem: Callable[..., Tables]) -> None:
    for name in ("organisations", "partnerships", "events", "attendance", "funding"):
        assert ecosystem(150, 1)[name] != ecosystem(150, 2)[name]


def test_files_are_plain_utf_8_with_commas_and_the_columns_of_the_contract(tmp_path: Path) -> None:
    demo.write(tmp_path, 20)
    for name, columns in COLUMNS.items():
        content = (tmp_path / f"{name}.csv").read_bytes()
        assert content.decode("utf-8").splitlines()[0] == ",".join(columns.split())
        assert b"\r" not in content


def test_required_cells_are_filled_and_others_are_sometimes_unknown(ecosystem: Callable[..., Tables]) -> None:
    for name, rows in ecosystem(1500).items():
        for column in COLUMNS[name].split():
            known = len(filled(rows, column))
            if column in ALWAYS_FILLED[name].split():
                assert known == len(rows), (name, column)
            else:
                assert 0 < known < len(rows), (name, column)
    organisations = ecosystem(1500)["organisations"]
    assert len(filled(organisations, "fte")) / 1500 == pytest.approx(0.85, abs=0.03)
    assert len(filled(organisations, "reserves")) / 1500 == pytest.approx(0.5, abs=0.04)


@pytest.mark.parametrize("size", SIZES)
def test_keys_and_names_are_unique(ecosystem: Callable[..., Tables], size: int) -> None:
    tables = ecosystem(size)
    for name, key in KEYS.items():
        found = Counter(tuple(row[column] for column in key.split()) for row in tables[name])
        assert [row for row, times in found.items() if times > 1] == [], name
    for name in ("organisations", "events"):
        assert len({row["name"].casefold() for row in tables[name]}) == len(tables[name])
    assert len(tables["organisations"]) == size


@pytest.mark.parametrize("size", SIZES)
def test_every_reference_exists(ecosystem: Callable[..., Tables], size: int) -> None:
    tables = ecosystem(size)
    organisations = {row["organisation_id"] for row in tables["organisations"]}
    events = {row["event_id"] for row in tables["events"]}
    assert all(re.fullmatch(r"\S{1,64}", identifier) for identifier in organisations | events)
    for name, column in (
        ("attendance", "organisation_id"),
        ("events", "organiser_id"),
        ("funding", "organisation_id"),
        ("funding", "donor_id"),
        ("partnerships", "organisation_ids"),
    ):
        assert set(items(tables[name], column)) <= organisations, (name, column)
    assert set(filled(tables["attendance"], "event_id") + filled(tables["partnerships"], "event_id")) <= events
    names = {row["organisation_id"]: row["name"] for row in tables["organisations"]}
    for row in tables["funding"]:
        assert not row["donor_id"] or row["donor"] == names[row["donor_id"]]
        assert row["donor_id"] != row["organisation_id"]


@pytest.mark.parametrize("size", SIZES)
def test_dates_are_in_order(ecosystem: Callable[..., Tables], size: int) -> None:
    tables = ecosystem(size)
    for row in tables["organisations"]:
        assert day(row["joined_on"], date.min) <= day(row["left_on"])
        if row["founded"] and row["joined_on"]:
            assert int(row["founded"]) <= day(row["joined_on"]).year
    active = activity(tables)
    for row in tables["partnerships"]:
        start, end = day(row["start_date"]), day(row["end_date"])
        assert start <= day(row["first_recorded"], start) <= end
        assert start <= day(row["last_contact"], start) <= min(end, PERIOD_END)
        for identifier in row["organisation_ids"].split("|"):
            joined, left = active[identifier]
            assert joined <= start <= left
    for row in tables["events"]:
        assert day(row["start_date"]) <= day(row["end_date"])


@pytest.mark.parametrize("size", SIZES)
def test_values_are_what_their_columns_say(ecosystem: Callable[..., Tables], size: int) -> None:
    tables = ecosystem(size)
    for (name, column), codes in CODES.items():
        assert set(filled(tables[name], column)) <= set(codes.split()), (name, column)
    organisations, funding = tables["organisations"], tables["funding"]
    for row in organisations:
        assert row["sector"] == settings.TYPES[row["type"]].sector
    assert {int(goal) for goal in items(organisations, "sdgs")} <= set(range(1, 18))
    assert {int(level) for level in filled(organisations, "digital_maturity")} <= set(range(1, 6))
    assert all(re.fullmatch("[A-Z]{2}", code) for code in items(organisations, "countries"))
    for name, column in (
        ("organisations", "fte"),
        ("organisations", "reserves"),
        ("events", "cost"),
        ("funding", "amount"),
    ):
        assert all(float(cell) >= 0 for cell in filled(tables[name], column)), (name, column)
    assert all(int(cell) >= 1 for cell in filled(tables["attendance"], "people"))
    assert all(bool(row["donor"]) == (row["category"] != "earned") for row in funding)
    assert all(2019 <= int(row["year"]) <= 2026 for row in funding)
    for row in tables["partnerships"]:
        members = row["organisation_ids"].split("|")
        assert 2 <= len(members) == len(set(members)) <= 15
    for dimension, measure in (("sector", "organisations"), ("sector", "jobs")):
        rows = [row for row in tables["reference"] if (row["dimension"], row["measure"]) == (dimension, measure)]
        assert sum(float(row["share"]) for row in rows) == pytest.approx(1)
        assert {row["code"] for row in rows} == set(settings.SECTORS)


def test_types_are_those_of_the_hague() -> None:
    """1,463 organisations are exactly as many as the hub published."""
    counts = demo.apportion(1463, [number for _, number in demo.TYPES.values()])
    assert dict(zip(demo.TYPES, counts, strict=True)) == {
        "ngo": 301,
        "ingo": 185,
        "network": 128,
        "educational-institution": 120,
        "research-institute": 109,
        "professional-services": 109,
        "business": 83,
        "foundation": 79,
        "social-enterprise": 74,
        "government": 61,
        "embassy": 60,
        "international-organisation": 58,
        "media": 31,
        "other": 28,
        "impact-investor": 20,
        "court": 11,
        "trade-association": 4,
        "political-party": 2,
    }


@pytest.mark.parametrize("size", SIZES)
def test_type_counts_differ_less_than_one_from_their_quota(ecosystem: Callable[..., Tables], size: int) -> None:
    found = Counter(row["type"] for row in ecosystem(size)["organisations"])
    for code, (_, number) in demo.TYPES.items():
        assert abs(found[code] - size * number / 1463) < 1


@pytest.mark.parametrize("size", SIZES)
def test_newest_observation_is_the_end_of_the_period_and_planned_events_follow(
    ecosystem: Callable[..., Tables], size: int
) -> None:
    tables = ecosystem(size)
    observed = [day(cell) for row in tables["organisations"] for cell in (row["joined_on"], row["left_on"]) if cell]
    observed += [
        day(row[column]) for row in tables["partnerships"] for column in ("start_date", "last_contact") if row[column]
    ]
    starts = {row["event_id"]: day(row["start_date"]) for row in tables["events"]}
    planned = {identifier for identifier, start in starts.items() if start > PERIOD_END}
    assert max(observed + [start for identifier, start in starts.items() if identifier not in planned]) == PERIOD_END
    assert len(planned) >= 3
    assert min(starts[identifier] for identifier in planned) > date(2027, 1, 1)
    for row in tables["attendance"]:
        assert row["event_id"] not in planned or row["status"] == "registered"


@pytest.mark.parametrize(("size", "seed"), [(150, 1), (150, 2), (150, 3), (1500, 1)])
def test_an_average_organisation_has_the_same_number_of_partners_at_any_size(
    ecosystem: Callable[..., Tables], size: int, seed: int
) -> None:
    found = degrees(ecosystem(size, seed), PERIOD_END)
    assert 7 <= sum(found.values()) / len(found) <= 9.5
    assert 0.02 * len(found) < sum(degree == 0 for degree in found.values()) < 0.2 * len(found)


def test_partnerships_events_and_income_grow_with_the_organisations(ecosystem: Callable[..., Tables]) -> None:
    small, large = ecosystem(150), ecosystem(1500)
    for name in ("partnerships", "events", "attendance", "funding"):
        assert len(large[name]) / len(small[name]) == pytest.approx(10, rel=0.2), name
    assert len(large["partnerships"]) == pytest.approx(1500 * 677 / 166, rel=0.02)
    assert len(large["funding"]) == pytest.approx(1500 * 3611 / 166, rel=0.1)


def test_convenors_know_very_many(ecosystem: Callable[..., Tables]) -> None:
    tables = ecosystem(150)
    found = degrees(tables, PERIOD_END)
    convenors = [row["organisation_id"] for row in tables["organisations"] if row["role"] == "convenor"]
    assert len(convenors) == 2
    assert {identifier for identifier, _ in Counter(found).most_common(2)} == set(convenors)
    assert min(found[identifier] for identifier in convenors) > 2.5 * sum(found.values()) / len(found)


def test_partnerships_have_a_heavy_tail_fade_and_last_longer_when_structural(ecosystem: Callable[..., Tables]) -> None:
    rows = ecosystem(1500)["partnerships"]
    sizes = Counter(len(row["organisation_ids"].split("|")) for row in rows)
    assert sizes[2] > sizes[3] > sizes[4] > sizes[5] > sizes[6] > sizes[7] > 0
    assert max(sizes) == 15
    silent = [
        row for row in rows if not row["end_date"] and row["last_contact"] and day(row["last_contact"]).year < 2025
    ]
    assert 0.03 < len(silent) / len(rows) < 0.15
    lasted = defaultdict(list)
    for row in rows:
        if row["start_date"] < "2021" and row["kind"] != "covenant":
            lasted[row["intensity"]].append(min(day(row["end_date"]), PERIOD_END) - day(row["start_date"]))
    means = {intensity: sum(times, timedelta()) / len(times) for intensity, times in lasted.items()}
    assert means["integration"] > means["coordination"] > means["cooperation"] > means["awareness"]


def test_members_of_a_partnership_that_came_from_an_event_were_there(ecosystem: Callable[..., Tables]) -> None:
    tables = ecosystem(1500)
    guests, starts = came(tables), {row["event_id"]: day(row["start_date"]) for row in tables["events"]}
    born = [row for row in tables["partnerships"] if row["event_id"]]
    assert 0.15 < len(born) / len(tables["partnerships"]) < 0.35
    for row in born:
        assert set(row["organisation_ids"].split("|")) <= guests[row["event_id"]]
        assert timedelta() < day(row["start_date"]) - starts[row["event_id"]] <= timedelta(180)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_ties_form_more_often_among_those_who_met(ecosystem: Callable[..., Tables], seed: int) -> None:
    """Counted as in the indicator: pairs without a tie on the day, forming one within 180 days."""
    tables = ecosystem(150, seed)
    active, guests = activity(tables), came(tables)
    position = {identifier: index for index, identifier in enumerate(active)}
    agreements = [
        (
            day(row["start_date"]),
            day(row["end_date"]),
            [position[member] for member in row["organisation_ids"].split("|")],
        )
        for row in tables["partnerships"]
    ]
    pairs: dict[bool, int] = {True: 0, False: 0}
    formed: dict[bool, int] = {True: 0, False: 0}
    for row in tables["events"]:
        when = day(row["start_date"])
        until = when + timedelta(180)
        if until > PERIOD_END:
            continue
        tied, new = np.zeros((2, len(active), len(active)), dtype=bool)
        for start, end, members in agreements:
            among = np.ix_(members, members)
            if start <= when <= end:
                tied[among] = True
            elif when < start <= until:
                new[among] = True
        there = np.array([joined <= when <= left for joined, left in active.values()])
        met = np.array([identifier in guests[row["event_id"]] for identifier in active])
        free = np.triu(np.outer(there, there) & ~tied, 1)
        for both, chosen in ((True, free & np.outer(met, met)), (False, free & ~np.outer(met, met))):
            pairs[both] += int(chosen.sum())
            formed[both] += int((chosen & new).sum())
    conversion, base = (formed[both] / pairs[both] for both in (True, False))
    assert formed[True] > 100
    assert conversion > 1.5 * base > 0


def test_events_have_realistic_sizes(ecosystem: Callable[..., Tables]) -> None:
    for size, largest_plenary in ((150, 67), (1500, 150)):
        tables = ecosystem(size)
        listed = Counter(row["event_id"] for row in tables["attendance"])
        limits = {"workshop": 25, "network-lunch": 40, "roundtable": 15, "training": 20, "plenary": largest_plenary}
        years = set()
        for row in tables["events"]:
            assert listed[row["event_id"]] <= limits[row["kind"]]
            if row["kind"] == "plenary":
                years.add(row["start_date"][:4])
                assert listed[row["event_id"]] > 0.8 * largest_plenary
        assert years == {str(year) for year in range(2019, 2027)}
        assert all(date.fromisoformat(row["start_date"]).weekday() < 5 for row in tables["events"])


def test_cooperation_across_sectors_grows(ecosystem: Callable[..., Tables]) -> None:
    tables = ecosystem(1500)
    sectors = {row["organisation_id"]: row["sector"] for row in tables["organisations"]}
    shares = {}
    for year in ("2019", "2026"):
        pairs = [
            sectors[one] != sectors[other]
            for row in tables["partnerships"]
            if row["start_date"].startswith(year)
            for one, other in combinations(row["organisation_ids"].split("|"), 2)
        ]
        shares[year] = sum(pairs) / len(pairs)
    assert shares["2026"] > shares["2019"] + 0.03


def test_income_shifts_and_leans_on_few_donors(ecosystem: Callable[..., Tables]) -> None:
    tables = ecosystem(1500)
    sectors = {row["organisation_id"]: row["sector"] for row in tables["organisations"]}
    by_source: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    of_social: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    by_year: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in tables["funding"]:
        amount = float(row["amount"])
        by_source[row["organisation_id"], row["year"]][row["donor"]] += amount
        by_year[row["year"]][row["category"]] += amount
        if sectors[row["organisation_id"]] == "social-enterprise":
            of_social[row["year"]][row["category"]] += amount

    def share(amounts: dict[str, float], code: str) -> float:
        return amounts[code] / sum(amounts.values())

    assert all(len(amounts) == 8 for amounts in by_year.values())
    assert share(by_year["2026"], "government") < share(by_year["2019"], "government")
    assert share(of_social["2026"], "earned") > share(of_social["2019"], "earned")
    dominated = sum(max(amounts.values()) > 0.8 * sum(amounts.values()) for amounts in by_source.values())
    assert 0.1 < dominated / len(by_source) < 0.6
    years = defaultdict(set)
    for identifier, year in by_source:
        years[identifier].add(int(year))
    assert any(set(range(min(known), max(known))) - known for known in years.values()), "no year is left out"
    assert 0.02 < len(filled(tables["funding"], "donor_id")) / len(tables["funding"]) < 0.3
    amounts = sorted(float(row["amount"]) for row in tables["funding"])
    assert sum(amounts[-len(amounts) // 10 :]) > 0.5 * sum(amounts)


@pytest.mark.parametrize("size", SIZES)
def test_everything_says_that_it_is_fictional(ecosystem: Callable[..., Tables], size: int) -> None:
    tables = ecosystem(size)
    names = {row["name"] for row in tables["organisations"]}
    assert all(any(place in name for place in (demo.MUNICIPALITY, *demo.PLACES)) for name in names)
    invented = {name for always, _, _ in demo.DONORS.values() for name in always.split("|")}
    for donor in filled(tables["funding"], "donor"):
        assert donor in names | invented or any(place in donor for place in demo.PLACES), donor
    assert all(
        re.fullmatch(r"https://demo-\d+\.example\.org", site) for site in filled(tables["organisations"], "website")
    )
    assert {row["source"] for row in tables["reference"]} == {"Fictional reference"}


REAL = """Amnesty International; Artsen zonder Grenzen; Carnegie Foundation; Cordaid; Europol; Eurojust; Fonds 1818; Haella
Stichting; HiiL; Hivos; Humanity Hub; International Court of Justice; International Criminal Court; Koningin Wilhelmina Fonds;
Mama Cash; Municipality of The Hague; Gemeente Den Haag; Nationale Postcode Loterij; Oak Foundation; Open Society
Foundations; OPCW; Oxfam Novib; Permanent Court of Arbitration; Rode Kruis; Staatsloterij; T.M.C. Asser Instituut; The Hague
Humanity Hub; UNICEF; VriendenLoterij; War Child; World Bank; European Union; Council of Europe; African Union"""
"""Well-known courts, funds and organisations of The Hague and beyond, which the sample may lack."""


@pytest.mark.parametrize("seed", [1, 2])
def test_no_name_is_that_of_something_real(ecosystem: Callable[..., Tables], seed: int) -> None:
    def folded(name: str) -> str:
        return " ".join(re.findall(r"\w+", name.casefold()))

    sample = ROOT / "data" / "sample"
    real = {name.strip() for name in REAL.replace("\n", " ").split(";")}
    for file, column in (("organisations.csv", "name"), ("funding.csv", "donor")):
        with (sample / file).open(encoding="utf-8", newline="") as opened:
            real |= {row[column] for row in csv.DictReader(opened)}
    tables = ecosystem(1500, seed)
    made = {row["name"] for row in tables["organisations"]} | set(filled(tables["funding"], "donor"))
    assert {folded(name) for name in made} & {folded(name) for name in real} == set()
    assert {place for place in demo.PLACES for name in real if place.casefold() in name.casefold()} == set()


def test_the_municipality_and_the_hub_are_the_convenors(ecosystem: Callable[..., Tables]) -> None:
    named = {row["name"] for row in ecosystem(150)["organisations"] if row["role"] == "convenor"}
    assert named == {"Gemeente Voorbeeldstad", "Voorbeeldstad Hub"}


def test_small_shares_are_written_without_a_power_of_ten() -> None:
    for organisations in (150, 100_000, 10_000_000):
        cells = demo.targets_table(organisations)["value"]
        assert not [cell for cell in cells if "e" in str(cell)]
        assert all(float(cell) > 0 for cell in cells)


def test_readme_says_that_it_is_fictional_and_how_to_make_it_again(tmp_path: Path) -> None:
    demo.write(tmp_path, 20, 5)
    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert text.startswith("# A fictional ecosystem")
    assert "Nothing in this folder is real" in text
    assert "python -m hubdata demo DIR --organisations 20 --seed 5" in text


def test_targets_are_of_indicators_that_exist_and_densities_fit_the_size(ecosystem: Callable[..., Tables]) -> None:
    for size in SIZES[1:]:
        values = {(row["indicator"], row["date"]): float(row["value"]) for row in ecosystem(size)["targets"]}
        assert {indicator for indicator, _ in values} == {
            "density",
            "mean_degree",
            "cross_sector_share",
            "exposed_share",
            "public_share",
        }
        expected = min(1, values["mean_degree", "2028-12-31"] / (size - 1))
        assert values["density", "2028-12-31"] == pytest.approx(expected, abs=1e-5)


def test_an_earlier_ecosystem_is_written_over(tmp_path: Path) -> None:
    demo.write(tmp_path / "again", 20, 1)
    demo.write(tmp_path / "again", 3, 2)
    demo.write(tmp_path / "fresh", 3, 2)
    assert contents(tmp_path / "again") == contents(tmp_path / "fresh")


@pytest.mark.parametrize("name", ["organisations.csv", "anything.csv", "README.md"])
def test_files_of_somebody_else_are_never_written_over(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("name,sector\nOurs,ngo\n", encoding="utf-8")
    with pytest.raises(FileExistsError, match="not a fictional ecosystem"):
        demo.write(tmp_path, 3)
    assert contents(tmp_path) == {name: b"name,sector\nOurs,ngo\n"}


@pytest.mark.parametrize("size", [0, -1])
def test_no_organisations_is_refused(tmp_path: Path, size: int) -> None:
    with pytest.raises(ValueError, match="at least one organisation"):
        demo.write(tmp_path / "none", size)
    assert not (tmp_path / "none").exists()
