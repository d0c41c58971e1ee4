"""No page breaks on an optional cell that is empty, or on a group that is empty; what cannot be said is said so.

Every optional column of the demo and the sample is thinned (see `thinning`), every optional table is left out, and every
page is opened on what is left, with its tables, in both languages, filtered and not. A home per column and state takes
many minutes: `tests/benchmarks/thin_every_column.py`; a few homes in which half of the columns are empty show nearly as much.
"""

import copy
import functools
import itertools
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import thinning
from conftest import SAMPLE
from figures import figures_on
from test_pages import WHOLE, open_everything, opened, publish, said
from test_sentences import DEFINITIONS, figures_of, pieces, unexplained

from hubdata import demo, ui

VIEWS: tuple[dict[str, str], ...] = (
    {},
    {"lang": "nl", "sector": "other", "id": "demo-0003", "year": "2021", "less_government": "100"},
)
"""As it is, and as a group in which hardly anybody is."""

TABLES = ("events", "partnerships", "attendance", "funding", "accounts reference targets")
"""The tables that need not be there, those together that nothing else needs."""
UNKNOWN = re.compile(r"\b(?:nan|None(?!:)|NaT|inf)\b|<NA>")
"""What Python calls what is not known; a page says it in words."""


@pytest.fixture(autouse=True)
def opened_from_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    open_everything(monkeypatch)


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], thinning.Lists]:
    """`lists(example)`: the lists of the sample, of a small demo or of a smaller one, to be thinned."""
    folder = tmp_path_factory.mktemp("demo")
    demo.write(folder / "demo", organisations=30)
    demo.write(folder / "small", organisations=20)
    examples = {
        "demo": thinning.read(folder / "demo"),
        "small": thinning.since(thinning.read(folder / "small"), 2022),
        "sample": thinning.read(SAMPLE),
    }
    return lambda example: copy.deepcopy(examples[example])


def look_everywhere(
    home: Path, monkeypatch: pytest.MonkeyPatch, some: thinning.Lists, views: tuple[dict[str, str], ...] = VIEWS
) -> None:
    """Open every page: none breaks, shows what Python calls an unknown value, or says a number that is not its figure."""
    monkeypatch.setenv("HUBDATA_HOME", str(home))
    publish(home, thinning.files(some))
    figures = figures_of(home)
    wrong = []
    for view in views:
        for page in ui.PAGES:
            listed = pieces(opened(page, **view))
            wrong += [f"{page}: {piece}" for piece in listed if UNKNOWN.search(piece)]
            if not view and page not in DEFINITIONS:
                wrong += unexplained(page, listed, figures)
    assert not wrong, "\n".join(wrong)


def without(some: thinning.Lists, table: str) -> thinning.Lists:
    """The lists without one of them, and without what refers to it."""
    left = {name: rows for name, rows in some.items() if name != table and (table, name) != ("events", "attendance")}
    if table == "events":
        left["partnerships"] = [row | {"event_id": ""} if "event_id" in row else row for row in left["partnerships"]]
    return left


def test_designs_have_each_column_in_each_state_and_mix_pairs(lists: Callable[[str], thinning.Lists]) -> None:
    some = lists("demo")
    columns = thinning.optional_columns(some)
    assert {("organisations", "fte"), ("partnerships", "name"), ("targets", "note")} <= set(columns)
    assert not {("organisations", "name"), ("events", "event_id"), ("funding", "amount")} & set(columns)
    listed = list(thinning.designs(some))
    for column in columns:
        assert sorted(design[column] for design in listed) == sorted(thinning.STATES)
    assert any(len({design[column] for column in columns}) == len(thinning.STATES) for design in listed)
    assert len(list(thinning.one_by_one(some))) == 3 * len(columns)


def test_each_column_is_empty_while_any_other_of_its_table_is_full(lists: Callable[[str], thinning.Lists]) -> None:
    some = lists("small")
    listed = list(thinning.covering(some))
    for one, other in itertools.permutations(thinning.optional_columns(some), 2):
        assert one[0] != other[0] or any(one in design and other not in design for design in listed)


def test_thinning_leaves_what_it_says(lists: Callable[[str], thinning.Lists]) -> None:
    some = lists("demo")

    def filled(rows: list[thinning.Cells], column: str) -> int:
        return sum(bool(row[column]) for row in rows)

    whole = filled(some["organisations"], "fte")
    for state, count in (("full", whole), ("half", whole // 2), ("one", 1), ("empty", 0)):
        thin = thinning.thinned(some, {("organisations", "fte"): state})
        assert filled(thin["organisations"], "fte") == count
        assert {name: rows for name, rows in thin.items() if name != "organisations"} == {
            name: rows for name, rows in some.items() if name != "organisations"
        }


@pytest.mark.parametrize("place", range(len(thinning.STATES)))
@pytest.mark.parametrize("example", ["demo", "sample"])
def test_no_page_breaks_on_thin_columns(
    lists: Callable[[str], thinning.Lists],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    example: str,
    place: int,
) -> None:
    some = lists(example)
    design = list(thinning.designs(some, seed=int(os.environ.get("THINNING_SEED", "14"))))[place]
    views = VIEWS[place % 2 :][:1]  # not all, to be done in a minute
    look_everywhere(tmp_path, monkeypatch, thinning.thinned(some, design), views)


@pytest.mark.parametrize("place", range(thinning.HOMES))
def test_no_page_breaks_on_a_column_that_is_empty_beside_full_ones(
    lists: Callable[[str], thinning.Lists], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    some = lists("small")
    design = list(thinning.covering(some))[place]
    look_everywhere(tmp_path, monkeypatch, thinning.thinned(some, design), VIEWS[place % 2 :][:1])


@pytest.mark.parametrize("tables", TABLES)
def test_no_page_breaks_without_an_optional_table(
    lists: Callable[[str], thinning.Lists], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tables: str
) -> None:
    look_everywhere(tmp_path, monkeypatch, functools.reduce(without, tables.split(), lists("small")), VIEWS[:1])


# Groups that are empty, one by one, and what is said of them


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HUBDATA_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "There are too few organisations to compare"),
        ("nl", "Er zijn te weinig organisaties om te vergelijken"),
    ],
)
def test_a_reference_of_sectors_that_are_too_small_to_compare(home: Path, language: str, words: str) -> None:
    reference = "dimension,code,share,source\nsector,ngo,0.5,CBS\nsector,funder,0.5,CBS\n"
    publish(home, {**WHOLE, "reference": reference})
    app = opened("sectors", lang=language)
    assert words in said(app)
    alternatives = [figure.alt for figure in figures_on(app) if "location_quotient" in figure.key]
    assert alternatives
    assert all({"en": "not known", "nl": "niet bekend"}[language] in alt for alt in alternatives)


def test_an_event_without_a_kind_beside_one_with(home: Path) -> None:
    """In the year before the day of the figures, so that what followed is known."""
    organisations = "organisation_id,name,sector\n" + "\n".join(f"{c},{c.upper()}x,ngo" for c in "abcdefgh") + "\n"
    events = "event_id,name,start_date,kind\ne,With,2019-02-01,workshop\nf,Without,2019-03-01,\n"
    attendance = "event_id,organisation_id\n" + "".join(f"{e},{c}\n" for e in "ef" for c in "abcd")
    partnerships = "organisation_ids,start_date\na|b,2019-04-01\ng|h,2019-12-01\n"
    publish(
        home,
        {"organisations": organisations, "events": events, "attendance": attendance, "partnerships": partnerships},
    )
    app = opened("events")
    (kinds,) = (table.value for table in app.dataframe if "Kind" in table.value and "Events" in table.value)
    assert sorted(kinds["Kind"]) == ["Workshop", "not known"]


def test_two_donors_of_one_name_stay_apart(home: Path) -> None:
    funding = (
        "organisation_id,year,donor,donor_id,category,amount\n"
        "a,2019,Fund,f-1,companies,30\nb,2019,Fund,f-2,companies,20\nc,2019,Other fund,f-3,companies,10\n"
        "c,2019,Giften van particulieren,,individuals,40\n"
    )
    publish(home, {**WHOLE, "funding": funding})
    app = opened("funding", year="2019")
    (donors,) = (table.value for table in app.dataframe if "Organisations funded" in table.value)
    assert donors["Donor"].tolist() == ["Fund (f-1)", "Fund (f-2)", "Other fund"]  # gifts are a kind of income
    assert "Fund (f-1) gave most in 2019: 30.0%" in said(app)
    (flows,) = (
        table.value for table in app.dataframe if {"Donor", "Sector", "Amount"} <= set(table.value) and len(table.value)
    )
    assert set(flows["Donor"]) == {"Fund (f-1)", "Fund (f-2)", "Other fund", "Giften van particulieren"}
    stress = opened("stress", year="2019")
    shown = stress.selectbox(key="at_donor_1").options
    assert shown == ["Giften van particulieren", "Fund (f-1)", "Fund (f-2)", "Other fund"]
    assert "If Fund gives 30% less, " in said(stress)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "All amounts of this year are 0, so who pays and who depends on whom cannot be said."),
        ("nl", "Alle bedragen van dit jaar zijn 0. Wie betaalt en wie van wie afhangt, is dus niet te zeggen."),
    ],
)
def test_a_year_of_which_all_amounts_are_zero(home: Path, language: str, words: str) -> None:
    funding = (
        "organisation_id,year,donor,category,amount\na,2018,D,government,100\na,2019,D,government,0\nb,2019,,earned,0\n"
    )
    publish(home, {**WHOLE, "funding": funding})
    app = opened("funding", year="2019", lang=language)
    text = said(app)
    assert f"**2019**: {words}" in text
    assert text.count(words) >= 3  # at each figure that says something of the year
    opened("stress", year="2019", less_government="100", lang=language)
    opened("overview", lang=language)


def test_a_filter_that_leaves_nothing_known_of_the_reference(
    home: Path, lists: Callable[[str], thinning.Lists], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(home, thinning.files(lists("demo")))
    assert "There are too few organisations to compare" in said(opened("sectors", sector="other"))
