"""Workbooks as programme managers keep them get in whole: sixty organisations and forty partnerships each, names invented.

Each is untidy in ways of its own, and is made here from what is really in it. `cases/excel-of-a-manager` is another.
"""

import datetime
import itertools
import random
from collections.abc import Callable
from typing import Any

import pytest
from conftest import sheets

from hubdata import ingest
from hubdata.settings import Settings

BIRDS = (
    "Aalscholver Bergeend Boerenzwaluw Bontbek Buizerd Dodaars Ekster Fitis Fuut Gaai Geelgors Goudvink Grauwgans "
    "Groenling Grutto Havik Heggemus Houtduif IJsvogel Kauw Kievit Kluut Knobbelzwaan Koekoek Koolmees Kuifeend "
    "Lepelaar Matkop Meerkoet Merel Nachtegaal Oehoe Ooievaar Patrijs Pestvogel Pimpelmees Putter Ransuil Rietgors "
    "Roek Roerdomp Rotgans Scholekster Sijs Slobeend Specht Sperwer Spreeuw Staartmees Steenuil Torenvalk Tureluur "
    "Valk Veldleeuwerik Vink Visdief Waterhoen Wielewaal Winterkoning Zwartkop"
)
SECTORS = {  # code: how its organisations are called, what a manager calls it
    "ngo": ("Stichting {}", "NGO's"),
    "knowledge": ("Instituut {}", "Kennisinstelling"),
    "government": ("Dienst {}", "Overheid"),
    "business": ("{} B.V.", "Bedrijven"),
    "funder": ("Fonds {}", "Vermogensfonds"),
    "network": ("Netwerk {}", "Netwerk"),
}
ORGANISATIONS = {
    name.format(bird): code
    for bird, (code, (name, _)) in zip(BIRDS.split(), itertools.cycle(SECTORS.items()), strict=False)
}
Rows = list[list[Any]]
Partners = list[tuple[str, ...]]


def partners(chance: random.Random) -> Partners:
    """Who is in each of forty partnerships: two, or three."""
    names, found = list(ORGANISATIONS), dict[frozenset[str], tuple[str, ...]]()
    while len(found) < 40:
        some = tuple(chance.sample(names, chance.choice([2, 2, 2, 3])))
        found.setdefault(frozenset(some), some)
    return list(found.values())


def of(code: str) -> list[str]:
    return [name for name, sector in ORGANISATIONS.items() if sector == code]


def in_parts(chance: random.Random, listed: Partners) -> bytes:
    """The sector above each part, headings again half-way, subtotals, the same names in capitals, partners in one cell."""
    header = ["Nr.", "Naam organisatie", "Plaats", "Aantal medewerkers (fte)", "Lid sinds", "Opmerking"]
    members: Rows = [
        ["Ledenlijst Vrede & Recht"],
        ["stand per 1 okt. 2026, bijgehouden door het secretariaat"],
        [],
        header,
    ]
    number = itertools.count(1)
    for code, (_, word) in SECTORS.items():
        members.append([word])
        for name in of(code):
            place, jobs = (
                chance.choice(["Den Haag", "DEN HAAG", None]),
                chance.choice([12, "3,5", "8 fte", "ca. 20", None]),
            )
            members.append(
                [next(number), name, place, jobs, chance.choice(["1-5-2021", None]), chance.choice([None, "belt"])]
            )
        members += [[None, f"Subtotaal {word}", None, 10], []]
        members += [header] if code == "government" else []
    members.append([None, "Totaal aantal leden", None, 60])
    projects: Rows = [["Project", "Wie", "Start", "Eind", "Laatst gesproken"]]
    for place, names in enumerate(listed):
        written = [name.upper() for name in names] if place % 5 == 0 else names
        start = chance.choice(["2023", "mrt 2021", datetime.datetime(2024, 9, 1), "Q3 2024", "begin 2022"])
        end = chance.choice([None, "doorlopend", "eind 2027", "31-12-2026"])
        projects.append([f"Project {place}", (" / " if place % 2 else "\n").join(written), start, end, "mei 2026"])
    return sheets(Ledenlijst=members, Samenwerkingen=projects)


def a_sheet_per_sector(chance: random.Random, listed: Partners) -> bytes:
    """An empty column, trailing blanks, who leads apart from the partners, words for nothing."""
    book: dict[str, Rows] = {}
    for code, (_, word) in SECTORS.items():
        book[word] = [["Organisatie", None, "Website", "Thema's", "FTE", "Lid?"]]
        for name in of(code):
            jobs, themes = (
                chance.choice([1, 2.5, "4,0", "n.b.", "<5", "TBC"]),
                chance.choice(["vrede; recht", "vrede", None]),
            )
            book[word].append(
                [name + chance.choice(["", " ", "\xa0"]), None, None, themes, jobs, chance.choice(["ja", "N"])]
            )
    projects: Rows = [["Naam project", "Trekker", "Partners", "Vorm", "Van", "Tot", "Status"]]
    for place, (leader, *others) in enumerate(listed):
        start = chance.choice(["01.02.2023", "2024-05", "1 september 2022"])
        end = chance.choice(["n.t.b.", "01.02.2027", None, "2028"])
        between = chance.choice([" + ", " en ", " & "])
        projects.append([f"Traject {place}", leader, between.join(others), "convenant", start, end, "loopt nog"])
    return sheets(**book, **{"Projecten 2026": projects})


def in_english(chance: random.Random, listed: Partners) -> bytes:
    """English words of consultants, partners side by side beside a leader, numbers of goals, a source below."""
    words = dict(
        zip(SECTORS, ("NGO", "Knowledge institution", "Government", "Company", "Funder", "Network"), strict=True)
    )
    header = ["ID", "Stakeholder", "Category", "HQ", "Staff (FTE)", "Focus areas", "Member since", "SDG's", "Comments"]
    members: Rows = [["STAKEHOLDER OVERVIEW"], header]
    for place, (name, code) in enumerate(ORGANISATIONS.items()):
        word = words[code] if place % 7 else words[code].upper()
        jobs, goals = (
            chance.choice([1200, "12.5", "approx. 30", None]),
            chance.choice(["16", "SDG 16 and 17", "5;16", None]),
        )
        members.append([f"S{place:03}", name, word, "The Hague", jobs, "peace", "2021-03-01", goals, None])
    members += [[], ["Source: own administration, last updated October 2026"]]
    ties: Rows = [["Lead organisation", "Partner 1", "Partner 2", "Title", "Since", "Until", "Type of agreement"]]
    for place, names in enumerate(listed):
        since, until = (
            chance.choice(["Jan 2020", "Q1 2024", "early 2023"]),
            chance.choice(["ongoing", None, "end of 2027"]),
        )
        ties.append([*names, *[None] * (3 - len(names)), f"Track {place}", since, until, chance.choice(["MoU", None])])
    return sheets(Stakeholders=members, Collaborations=ties, Lists=[["NGO"]])


@pytest.mark.parametrize("made", [in_parts, a_sheet_per_sector, in_english])
def test_the_workbook_of_another_manager_gets_in_whole(made: Callable[[random.Random, Partners], bytes]) -> None:
    chance = random.Random(16)
    listed = partners(chance)
    draft = ingest.draft({"Netwerk (def).xlsx": made(chance, listed)}, Settings(), {})
    assert draft.problems == []
    organisations = draft.tables["organisations"].to_pylist()
    assert {row["name"]: row["sector"] for row in organisations} == ORGANISATIONS
    assert len(organisations) == len(ORGANISATIONS) == 60
    names = {row["organisation_id"]: row["name"] for row in organisations}
    ties = [
        frozenset(names[one] for one in row["organisation_ids"]) for row in draft.tables["partnerships"].to_pylist()
    ]
    assert sorted(map(sorted, ties)) == sorted(map(sorted, listed))


MEMBERS: Rows = [["Naam", "Sector"], ["Anna", "NGO"], ["Beta", "NGO"], ["Gamma", "NGO"]]
CAME = {("Fair", "Anna", None), ("Fair", "Gamma", 2), ("Feast", "Beta", None)}


@pytest.mark.parametrize(
    "book",
    [
        {"Aanwezigheid": [["Organisatie", "Tel.", "Fair 14-1-2025", "Feast 2 okt 2025"], ["Anna", "06-12345678", "x", None], ["Beta", None, None, "ja"], ["Gamma", None, 2, "afgemeld"]]},
        {"Events": [["Naam", "Datum"], ["Fair", "14-1-2025"], ["Feast", "2-10-2025"]], "Wie": [["Organisatie", "Fair", "Feast", "Totaal"], ["Anna", "x", None, 1], ["Beta", "-", "v", 1], ["Gamma", 2, None, 1]]},
    ],
)  # fmt: skip
def test_a_grid_of_who_came_is_read_whatever_its_sheet_is_called(book: dict[str, Rows]) -> None:
    draft = ingest.draft({"lijst.xlsx": sheets(Leden=MEMBERS, **book)}, Settings(), {})
    assert draft.problems == []
    called = {
        row[f"{table[:-1]}_id"]: row["name"]
        for table in ("events", "organisations")
        for row in draft.tables[table].to_pylist()
    }
    found = draft.tables["attendance"].to_pylist()
    assert {(called[row["event_id"]], called[row["organisation_id"]], row["people"]) for row in found} == CAME


@pytest.mark.parametrize(
    ("header", "marks"), [(["Project", "Start"], ("x", "X", None)), (["Projekt", "Beginn"], (1, "ja", "nein"))]
)
def test_agreements_with_a_mark_below_each_partner(header: list[str], marks: tuple[Any, ...]) -> None:
    listed = [[*header, "Anna", "Beta", "Gamma"], ["P", "2022", *marks], ["Q", "2023", "x", None, "x"]]
    draft = ingest.draft({"lijst.xlsx": sheets(Leden=MEMBERS, Projekte=listed)}, Settings(), {})
    assert draft.problems == []
    called = {row["organisation_id"]: row["name"] for row in draft.tables["organisations"].to_pylist()}
    found = draft.tables["partnerships"].to_pylist()
    assert {row["name"]: {called[one] for one in row["organisation_ids"]} for row in found} == {
        "P": {"Anna", "Beta"},
        "Q": {"Anna", "Gamma"},
    }


@pytest.mark.parametrize(
    ("above", "below", "factor"),
    [("Alle bedragen x € 1.000", "", 1000), ("Subsidie (in duizenden euro's)", "", 1000), ("Beträge in TEUR", "", 1000), ("", "* bedragen in mln €", 1e6),
     ("", "Bron: jaarrekening, montants en milliers d'euros", 1000), ("Overzicht 2 mln euro subsidie in 2023", "* in 1.000 dagen", 1)],
)  # fmt: skip
def test_what_is_said_around_a_list_of_its_amounts_counts(above: str, below: str, factor: float) -> None:
    listed: Rows = [[above], ["Organisatie", "Gever", "2022", "2023"], ["Anna", "Fonds X", 10, "12,5"], [], [below]]
    draft = ingest.draft({"lijst.xlsx": sheets(Leden=MEMBERS, Subsidies=listed)}, Settings(), {})
    assert draft.problems == []
    assert [row["amount"] for row in draft.tables["funding"].to_pylist()] == [10 * factor, 12.5 * factor]


def test_another_currency_above_a_list_is_refused() -> None:
    listed: Rows = [["Amounts in USD"], ["Organisatie", "Gever", "2022", "2023"], ["Anna", "Fonds X", 10, 12]]
    draft = ingest.draft({"lijst.xlsx": sheets(Leden=MEMBERS, Subsidies=listed)}, Settings(), {})
    assert [(p.code, p.column, p.value) for p in draft.problems] == [("column_not_in_euros", "Amounts in USD", "USD")]
