"""Lists as people lay them out for themselves, in words and numbers of other files than those of `tests/cases`.

Where two readings are possible none is chosen, and what is not read is named.
"""

import datetime
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import sheets
from pydantic_core import PydanticCustomError

from hubdata import ingest, loading
from hubdata.cells import (
    read_date,
    read_first_day,
    read_last_day,
    read_number,
    read_percentage,
    read_year,
    split_period,
)
from hubdata.settings import Settings

SETTINGS = Settings()
FIXTURES = Path(__file__).parent / "fixtures"
NAMES = "naam;sector\nKompas;ngo\nWaterwijs;ngo\nHavenlab;business\n"


def drafted(answers: ingest.FileMapping | None = None, **files: str | bytes) -> ingest.Draft:
    """A draft of `funding="..."` (a CSV file) or `funding=b"..."` (a workbook), with three organisations beside it."""
    named = {"organisations.csv": NAMES.encode()} if "organisations" not in files else {}
    for name, content in files.items():
        named[f"{name}.csv" if isinstance(content, str) else f"{name}.xlsx"] = (
            content.encode() if isinstance(content, str) else content
        )
    return ingest.draft(named, SETTINGS, {}, matching=answers)


def amounts(draft: ingest.Draft) -> dict[tuple[str, int], float]:
    """Of each organisation and year all that it received."""
    names = {row["organisation_id"]: row["name"] for row in draft.tables["organisations"].to_pylist()}
    found: dict[tuple[str, int], float] = {}
    for row in draft.tables["funding"].to_pylist():
        key = names[row["organisation_id"]], row["year"]
        found[key] = found.get(key, 0) + row["amount"]
    return found


def codes(draft: ingest.Draft) -> list[tuple[str, int | None]]:
    return [(p.code, p.row) for p in draft.problems]


def wide(*headings: str, row: list[int]) -> bytes:
    return sheets(Subsidies=[["Organisatie", "Geldgever", *headings], ["Kompas", "Gemeente Delft", *row]])


# --- years and parts of them side by side


@pytest.mark.parametrize(
    ("headings", "row", "expected"),
    [
        (["1e helft 2024", "2e helft 2024", "1e helft 2025"], [3, 4, 5], {2024: 7, 2025: 5}),
        (["H1 2022", "H2 2022", "2022"], [1, 2, 3], {2022: 3}),
        (["eerste kwartaal 2023", "tweede kwartaal 2023", "3e kwartaal 2023"], [1, 2, 4], {2023: 7}),
        (["jan 2024", "mrt. 2024", "december 2024"], [1, 2, 4], {2024: 7}),
        (["semestre 1 2023", "semestre 2 2023"], [6, 7], {2023: 13}),
        (
            ["Aangevraagd 2023", "Toegekend 2023", "Aangevraagd 2024", "Toegekend 2024"],
            [9, 5, 9, 6],
            {2023: 5, 2024: 6},
        ),
        (["Bedrag 2023", "FTE 2023", "Bedrag 2024", "FTE 2024"], [50, 1, 60, 2], {2023: 50, 2024: 60}),
    ],
)
def test_parts_of_a_year_side_by_side_are_added_up(
    headings: list[str], row: list[int], expected: dict[int, int]
) -> None:
    draft = drafted(funding=wide(*headings, row=row))
    assert codes(draft) == []
    assert amounts(draft) == {("Kompas", year): amount for year, amount in expected.items()}


@pytest.mark.parametrize(
    ("headings", "row"),
    [
        (["Begroot 2023", "Begroot 2024", "Werkelijk 2023", "Werkelijk 2024"], [1, 2, 3, 4]),
        (["Planned 2021", "Spent 2021", "Planned 2022", "Spent 2022", "Planned 2023"], [1, 2, 3, 4, 5]),
        (["Q1 2023", "Q2 2023", "2023", "2024"], [1, 2, 3, 4]),
    ],
)
def test_of_two_kinds_of_years_none_is_chosen(headings: list[str], row: list[int]) -> None:
    draft = drafted(funding=wide(*headings, row=row))
    assert {p.code for p in draft.problems if p.blocks} == {"missing_column"}
    assert draft.tables["funding"].num_rows == 0
    assert next(n for n in draft.notes if n.code == "years_of_kinds").message.values["count"] == 2


@pytest.mark.parametrize("said", [{"begroot_2023": "", "begroot_2024": ""}, {"werkelijk_2024": "amount"}])
def test_of_two_kinds_of_years_one_is_said_to_be_the_amounts(said: dict[str, str]) -> None:
    answers = ingest.FileMapping(columns={"funding": said})
    book = wide("Begroot 2023", "Begroot 2024", "Werkelijk 2023", "Werkelijk 2024", row=[1, 2, 3, 4])
    assert amounts(drafted(answers, funding=book)) == {("Kompas", 2023): 3, ("Kompas", 2024): 4}


# --- dates of which the order is in doubt


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("naam,datum\nA,03/04/2024\nB,03/15/2024\n", [("month_or_day", 2), ("month_first", 3)]),
        ("naam,datum\nA,15/03/2024\nB,03/16/2024\nC,03/04/2024\n", [("month_first", 3)]),
        ("naam,datum,einddatum\nA,1/3/2024,\nB,2/2/2024,12/31/2024\n", [("month_or_day", 2), ("month_first", 3)]),
        ("naam,datum,einddatum\nA,13/2/2024,\nB,3/2/2024,3/15/2024\n", [("month_first", 3)]),
    ],
)
def test_a_date_beside_one_with_the_month_first_is_asked_about(text: str, expected: list[tuple[str, int]]) -> None:
    draft = drafted(events=text)
    assert codes(draft) == expected
    sign = ingest.signature(text.split("\n")[0].split(","))
    if "month_or_day" in dict(expected):
        day_first = drafted(ingest.FileMapping(month_first={sign: False}), events=text)
        assert {code for code, _ in codes(day_first)} == {"month_first"}
        assert not drafted(ingest.FileMapping(month_first={sign: True}), events=text).problems


# --- what amounts are in


@pytest.mark.parametrize(
    ("name", "title", "expected"),
    [
        ("Subsidies (x 1.000)", "Overzicht", 12_500),
        ("bedragen in duizenden", "Overzicht", 12_500),
        ("Subsidies", "Grants in € mln", 12_500_000),
        ("Subsidies", "Aanvragen tot max 1000 per project", 12.5),
        ("Box 1000", "Overzicht", 12.5),
    ],
)
def test_the_name_of_a_sheet_may_say_what_its_amounts_are_in(name: str, title: str, expected: float) -> None:
    rows = [[title], [], ["Organisatie", "Geldgever", "Jaar", "Bedrag"], ["Kompas", "Gemeente Delft", 2024, 12.5]]
    assert amounts(drafted(funding=sheets(**{name: rows}))) == {("Kompas", 2024): expected}


def test_the_name_of_a_file_may_say_what_its_amounts_are_in() -> None:
    content = {
        "organisations.csv": NAMES,
        "subsidies_x1000.csv": "organisatie;jaar;geldgever;bedrag\nKompas;2024;Gemeente A;7,5\n",
    }
    draft = ingest.draft({name: text.encode() for name, text in content.items()}, SETTINGS, {})
    assert amounts(draft) == {("Kompas", 2024): 7500}


# --- workbooks


def test_a_formula_that_nobody_calculated_is_no_name() -> None:
    draft = drafted(
        organisations=sheets(L=[["Naam", "Sector", "FTE"], ["Kompas", "ngo", "=1+2"], ['=A2&" Plus"', "ngo", 1]])
    )
    assert codes(draft) == [("error_cell", 3)]
    assert [(row["name"], row["fte"]) for row in draft.tables["organisations"].to_pylist()] == [("Kompas", None)]


def test_rows_that_are_hidden_are_read_and_counted() -> None:
    content, book = io.BytesIO(), openpyxl.Workbook()
    for row in (["naam", "sector"], ["Kompas", "ngo"], ["Oud", "ngo"], ["Waterwijs", "ngo"], []):
        book.active.append(row)
    for row in (3, 4, 6):  # the last has nothing in it
        book.active.row_dimensions[row].hidden = True
    book.save(content)
    draft = drafted(organisations=content.getvalue())
    assert draft.tables["organisations"].num_rows == 3
    assert [n.message.values["count"] for n in draft.notes if n.code == "rows_hidden"] == [2]


def test_columns_that_are_hidden_are_read_and_named() -> None:
    content, book = io.BytesIO(), openpyxl.Workbook()
    for row in (["naam", "sector", "plaats", "telefoon", "land"], ["Kompas", "ngo", "Delft", "", "NL"]):
        book.active.append(row)
    for column in "CEG":  # the last has nothing in it
        book.active.column_dimensions[column].hidden = True
    book.save(content)
    draft = drafted(organisations=content.getvalue())
    assert draft.tables["organisations"]["city"].to_pylist() == ["Delft"]
    named = [n.message.values for n in draft.notes if n.code == "columns_hidden"]
    assert named == [{"count": 2, "columns": "plaats, land"}]


@pytest.mark.parametrize(("name", "rows"), [("hidden.ods", 2), ("hidden.xls", 3)])
def test_what_is_hidden_in_other_workbooks_is_counted_too(name: str, rows: int) -> None:
    """Written by LibreOffice: rows 3, 5 and 8, and columns C and F; nothing stands in F, nor in row 8 of the first."""
    draft = ingest.draft({name: (FIXTURES / name).read_bytes()}, SETTINGS, {})
    found = {n.code: n.message.values for n in draft.notes if "hidden" in n.code}
    assert found == {"rows_hidden": {"count": rows}, "columns_hidden": {"count": 1, "columns": "plaats"}}


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_a_line_break_in_a_name_is_one_whatever_wrote_it(line_break: str) -> None:
    draft = drafted(organisations=f'naam;sector;plaats\nKompas;ngo;"Den{line_break}Haag"\n')
    assert (codes(draft), draft.tables["organisations"]["city"].to_pylist()) == ([], ["Den\nHaag"])


# --- sectors above the parts of a list


@pytest.mark.parametrize(
    ("ngos", "firms"),
    [
        ("Ngo's (2)", "Bedrijven (1)"),
        ("1. NGO", "2. Bedrijf"),
        ("NGOs:", "Businesses: 1"),
        ("A. Ngo's [2 leden]", "B. Bedrijven"),
    ],
)
def test_a_sector_above_a_part_may_be_numbered_and_counted(ngos: str, firms: str) -> None:
    rows = [
        ["Organisatie", "Plaats"],
        [ngos],
        ["Kompas", "Delft"],
        ["Waterwijs", "Delft"],
        [firms],
        ["Havenlab", "Breda"],
    ]
    draft = drafted(organisations=sheets(Netwerk=rows))
    found = {row["name"]: row["sector"] for row in draft.tables["organisations"].to_pylist()}
    assert found == {"Kompas": "ngo", "Waterwijs": "ngo", "Havenlab": "business"}


def test_a_sheet_called_network_says_no_sector() -> None:
    draft = drafted(organisations=sheets(Netwerk=[["Organisatie", "Plaats"], ["Kompas", "Delft"]]))
    assert [(p.code, p.column) for p in draft.problems] == [("missing_column", "sector")]


# --- grids


PROJECTS = [
    ["Project", "Looptijd", "Kompas", "Waterwijs", "Havenlab"],
    ["Kade", "2021 - 2023", "trekker", "x", "v"],
    ["Brug", "2022", "", "x", "partner"],
]
LISTED = [["Naam", "Sector"], ["Kompas", "ngo"], ["Waterwijs", "ngo"], ["Havenlab", "business"]]


def partners(draft: ingest.Draft) -> list[int]:
    return [len(row["organisation_ids"]) for row in draft.tables["partnerships"].to_pylist()]


def test_a_role_in_a_grid_is_a_mark() -> None:
    draft = drafted(organisations=sheets(Projecten=PROJECTS, Organisaties=LISTED))
    assert (codes(draft), partners(draft)) == ([], [3, 2])


def test_a_column_of_a_grid_that_says_more_than_marks_is_not_dropped() -> None:
    rows = [[*PROJECTS[0]], ["Kade", "2021", "twijfelt nog", "x", "x"], ["Brug", "2022", "x", "x", "x"]]
    draft = drafted(organisations=sheets(Projecten=rows, Organisaties=LISTED))
    assert partners(draft) == []
    named = [(n.file, n.message.values["count"]) for n in draft.notes if n.code == "sheet_not_used"]
    assert named == [("organisations.xlsx (Projecten)", 2)]


def test_an_event_of_a_grid_that_says_more_than_marks_is_not_dropped() -> None:
    marked: list[list[Any]] = [
        ["Organisatie", "Dag 12-1-2024", "Borrel 20-6-2024", "Slot 5-12-2024"],
        ["Kompas", "x", "", "x"],
        ["Waterwijs", "x", "kwam te laat", "x"],
        ["Havenlab", "", "x", ""],
    ]
    draft = drafted(events=sheets(Aanwezig=marked))
    assert any(p.blocks for p in draft.problems)
    marked[2][2] = "x"
    draft = drafted(
        events=sheets(Aanwezig=[[*row, "Delft" if place else "Plaats"] for place, row in enumerate(marked)])
    )
    assert draft.tables["attendance"].num_rows == 6
    assert [n.message.values["columns"] for n in draft.notes if n.code == "columns_not_used"] == ["Plaats"]


# --- people


def test_a_leader_who_is_a_person_is_left_out() -> None:
    text = "Naam;Organisaties;Start;Penvoerder\nKade;Kompas|Waterwijs;2021;Anna Smit\nBrug;Havenlab|Waterwijs;2022;\n"
    draft = drafted(partnerships=text)
    assert (codes(draft), partners(draft)) == ([], [2, 2])
    assert [r.left_out for r in draft.readings if r.table == "partnerships"] == [("Penvoerder",)]
    assert not any(b"Smit" in content for content in draft.received.values())


def test_a_leader_who_is_an_organisation_is_a_partner() -> None:
    text = "Naam;Overige partners;Start;Trekker\nKade;Waterwijs;2021;Kompas\nBrug;Waterwijs;2022;Onbekende club\n"
    draft = drafted(partnerships=text)
    assert (codes(draft), partners(draft)) == ([("unknown_organisation", 3)], [2])


# --- what never was, and what is over


@pytest.mark.parametrize(
    ("table", "text", "kept", "out"),
    [
        (
            "funding",
            "organisatie;jaar;geldgever;bedrag;besluit\nKompas;2023;Gemeente A;5;Toegekend\nKompas;2023;Gemeente B;7;Afgewezen\n",
            1,
            1,
        ),
        (
            "funding",
            "Recipient,Funder,Amount,Year,Grant status\nKompas,City of A,5,2023,Awarded\nKompas,City of B,7,2023,Under review\n",
            1,
            1,
        ),
        (
            "funding",
            "organisatie;geldgever;2023;2024;Status\nKompas;Gemeente A;5;6;bewilligt\nWaterwijs;Gemeente A;1;2;abgelehnt\n",
            2,
            2,
        ),
        ("events", "naam,datum,status\nA,2024-01-01,Geannuleerd!\nB,2024-01-02,gepland\nC,2024-01-03,\n", 2, 1),
        (
            "partnerships",
            "naam;partners;start;fase\nA;Kompas|Waterwijs;2021;lopend\nB;Kompas|Havenlab;2022;gaat niet door\n",
            1,
            1,
        ),
        ("events", "naam,datum,opmerking\nA,2024-01-01,geannuleerd\n", 1, 0),
    ],
)
def test_a_row_of_which_nothing_came_is_not_used_and_counted(table: str, text: str, kept: int, out: int) -> None:
    draft = drafted(**{table: text})
    assert (codes(draft), draft.tables[table].num_rows) == ([], kept)
    assert sum(n.message.values["count"] for n in draft.notes if n.code == "nothing_came") == out


@pytest.mark.parametrize(
    ("table", "text", "count"),
    [
        (
            "partnerships",
            "naam;partners;start;einde;status\nA;Kompas|Waterwijs;2021;;Afgerond\nB;Kompas|Havenlab;2022;2023;afgerond\n",
            1,
        ),
        (
            "partnerships",
            "naam;partners;looptijd;Stand\nA;Kompas|Waterwijs;2021 - 2023;beëindigd\nB;Kompas|Havenlab;vanaf 2022;Gestopt\n",
            1,
        ),
        ("organisations", "naam;sector;status\nA;ngo;oud-lid\nB;ngo;actief\nC;ngo;Opgeheven\n", 2),
        ("organisations", "naam;sector;weg sinds;status\nA;ngo;1-1-2024;vertrokken\n", 0),
    ],
)
def test_what_is_over_and_has_no_last_day_is_named(table: str, text: str, count: int) -> None:
    draft = drafted(**{table: text})
    assert codes(draft) == []
    assert sum(n.message.values["count"] for n in draft.notes if n.code == "over_without_end") == count


# --- columns that are ticked


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [
        ("naam;sector;SDG 3;SDG 16;SDG 17\nA;ngo;x;;x\nB;ngo;;nee;\n", "sdgs", [[3, 17], None]),
        ("name,sector,SDG3: Good health,SDG13 - Climate\nA,ngo,✓,\nB,ngo,✓,✓\n", "sdgs", [[3], [3, 13]]),
        (
            "naam;sector;Thema: vrede;Thema: recht & orde\nA;ngo;ja;ja\nB;ngo;ja;nee\n",
            "themes",
            [["vrede", "recht & orde"], ["vrede"]],
        ),
        (
            "naam;sector;Lid?;Huurder?\nA;ngo;x;\nB;ngo;;x\nC;ngo;x;x\nD;ngo;;\n",
            "membership",
            ["member", "tenant", "tenant", None],
        ),
        ("name,sector,Member,Tenant since\nA,ngo,x,2019\n", "membership", ["member"]),
    ],
)
def test_columns_that_are_ticked_say_what_their_headings_say(text: str, column: str, expected: list[Any]) -> None:
    draft = drafted(organisations=text)
    assert (codes(draft), draft.tables["organisations"][column].to_pylist()) == ([], expected)


def test_who_was_there_on_one_day_of_an_event_was_there() -> None:
    events = "naam,datum\nKadedag,2024-05-13\n"
    text = "Evenement,Organisatie,Naam,Ochtend,Middag\nKadedag,Kompas,Anna Smit,x,\nKadedag,Waterwijs,Bob Bos,x,x\nKadedag,Havenlab,Cor Cok,,\n"
    draft = drafted(events=events, attendance=text)
    assert (codes(draft), draft.tables["attendance"]["status"].to_pylist()) == (
        [],
        ["attended", "attended", "registered"],
    )


# --- cells that a person reads without doubt


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("(12.500,50)", -12500.5),
        ("€ (450)", -450),
        ("(€ 1.200,00)", -1200),
        ("( 75 )", -75),
        ("−1.250,50", -1250.5),
        ("-/- 800", -800),
        ("€ –300,25", -300.25),
        ("-/- € 1.000,10", -1000.1),
    ],
)
def test_below_zero_as_accountants_write_it(cell: str, expected: float) -> None:
    """In a column, which is read all at once, as well as by itself."""
    assert read_number(cell, None) == expected
    draft = drafted(accounts=f"organisatie;jaar;reserves\nKompas;2022;1,5\nKompas;2023;{cell}\n")
    assert (codes(draft), draft.tables["accounts"]["reserves"].to_pylist()) == ([], [1.5, expected])


@pytest.mark.parametrize("cell", ["4.300-", "(12", "12)", "()", "(a)", "(1) 2", "−", "-/-", "(-5)"])
def test_what_is_near_an_amount_below_zero_is_none(cell: str) -> None:
    draft = drafted(accounts=f"organisatie;jaar;reserves\nKompas;2023;{cell}\n")
    assert draft.tables["accounts"]["reserves"].to_pylist() == [None]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("2,5 ton", 250_000), ("3 ton", 300_000), ("€ 1,5 ton", 150_000), ("12 tons", None), ("ton", None)],
)
def test_a_ton_of_euros(cell: str, expected: float | None) -> None:
    draft = drafted(accounts=f"organisatie;jaar;reserves\nKompas;2023;{cell}\n")
    assert draft.tables["accounts"]["reserves"].to_pylist() == [expected]


@pytest.mark.parametrize(
    ("cell", "expected"), [("12 procent", 0.12), ("7,5 percent", 0.075), ("40 pct.", 0.4), ("25%", 0.25)]
)
def test_a_percentage_in_words(cell: str, expected: float) -> None:
    assert read_percentage(cell, None) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("cell", "day"),
    [("2024/01/31", (2024, 1, 31)), ("2023/4/5 12:00:00", (2023, 4, 5)), ("2022.3.14", (2022, 3, 14)), ("2024-6-1", (2024, 6, 1)),
     ("20240131", (2024, 1, 31)), ("3. Jänner 2020", (2020, 1, 3))],
)  # fmt: skip
def test_a_day_that_can_be_no_other(cell: str, day: tuple[int, int, int]) -> None:
    assert read_date(cell, None) == datetime.date(*day)


@pytest.mark.parametrize("cell", ["20241331", "2024-13-31", "2024/01.31", "202401", "12345678", "31012024"])
def test_digits_that_are_no_day(cell: str) -> None:
    with pytest.raises(PydanticCustomError, match="not_a_date"):
        read_date(cell, None)


@pytest.mark.parametrize(
    ("cell", "first", "last", "year"),
    [
        ("week 12 2022", "2022-03-21", "2022-03-27", 2022),
        ("wk. 1, 2025", "2024-12-30", "2025-01-05", 2025),
        ("2021-W03", "2021-01-18", "2021-01-24", 2021),
        ("KW 40/2023", "2023-10-02", "2023-10-08", 2023),
        ("medio 2021", "2021-06-01", "2021-08-31", 2021),
        ("Feber 2019", "2019-02-01", "2019-02-28", 2019),
    ],
)
def test_more_parts_of_a_year(cell: str, first: str, last: str, year: int) -> None:
    assert (read_first_day(cell, None).isoformat(), read_last_day(cell, None).isoformat()) == (first, last)
    assert read_year(cell, None) == year


@pytest.mark.parametrize(
    ("cell", "period"),
    [
        ("schooljaar 2022/23", ("2022-08", "2023-07")),
        ("Studiejaar 2021-2022", ("2021-09", "2022-08")),
        ("collegejaar 2023/'24", ("2023-09", "2024-08")),
        ("week 3 2023 - week 40 2023", ("week 3 2023", "week 40 2023")),
        ("schooljaar 1999/00", ("1999-08", "2000-07")),
        ("schooljaar 2022/22", None),
        ("seizoen 2022/23", ("2022", "2023")),
    ],
)
def test_a_school_year_is_a_period(cell: str, period: tuple[str, str] | None) -> None:
    assert split_period(cell) == period


@pytest.mark.parametrize(
    ("cell", "year"),
    [
        ("FY24", 2024),
        ("fy '23", 2023),
        ("FY2022", 2022),
        ("boekjaar 21", 2021),
        ("jaar 2020", 2020),
        ("24", "24"),
        ("FY 23-24", "FY 23-24"),
    ],
)
def test_a_year_of_two_digits_behind_a_word(cell: str, year: Any) -> None:
    assert read_year(cell, None) == year


def test_lines_and_numbers_of_pages_are_no_rows() -> None:
    text = "naam;sector;plaats\n-----;-----;---\nKompas;ngo;Delft\nPagina 1 van 2;;\nWaterwijs;ngo;Breda\n;;Blz. 2\n=====;;\n"
    draft = drafted(organisations=text)
    assert (codes(draft), draft.tables["organisations"].num_rows) == ([], 2)
    found = [n.message.values for n in draft.notes if n.code == "lines_not_used"]
    assert [(gaps["count"], gaps["row"]) for gaps in found] == [(4, 2)]


def test_footnotes_below_a_list_are_no_rows() -> None:
    text = "naam;sector\nKompas;ngo\n\n¹ voorlopig;\n2) zie bijlage;\n† opgeheven;\n"
    draft = drafted(organisations=text)
    assert (codes(draft), draft.tables["organisations"].num_rows) == ([], 1)


# --- the same in other languages


def test_visitors_of_a_german_ticket_shop() -> None:
    text = "Bestellnr.;Vorname;Nachname;Menge;Tickettyp;Teilnehmerstatus;Unternehmen;Name der Veranstaltung;Datum der Veranstaltung\n"
    rows = "1;Anna;Schmidt;2;Frei;Eingecheckt;Kompas;Kaitag;01.05.2024\n2;Bert;Braun;1;Frei;Angemeldet;Waterwijs;Kaitag;01.05.2024\n"
    draft = drafted(teilnehmer=text + rows)
    assert codes(draft) == []
    found = [(row["people"], row["status"]) for row in draft.tables["attendance"].to_pylist()]
    assert found == [(2, "attended"), (1, "registered")]
    assert not any(b"Schmidt" in content for content in draft.received.values())


def test_grants_as_the_french_write_them() -> None:
    text = "Bénéficiaire;Financeur;Année;Montant (€);Catégorie\nKompas;Ville de Lille;2023;1 250,50;public\nWaterwijs;Fondation Mer;2022;12 000;fondation\n"
    draft = drafted(subventions=text)
    assert codes(draft) == []
    assert amounts(draft) == {("Kompas", 2023): 1250.5, ("Waterwijs", 2022): 12000}


# --- more that was misread


@pytest.mark.parametrize("below", ["Bedragen zijn in duizenden euro", "(x € 1.000)", "alle bedragen in k€"])
@pytest.mark.parametrize("blank", ["", "\n"])
def test_a_line_below_a_list_says_what_its_amounts_are_in(below: str, blank: str) -> None:
    text = f"organisatie;jaar;geldgever;bedrag\nKompas;2023;Gemeente A;12,5\n{blank}{below};;;\n"
    draft = drafted(funding=text)
    assert (codes(draft), amounts(draft)) == ([], {("Kompas", 2023): 12_500})


@pytest.mark.parametrize("word", ["geen thema", "Geen thema's", "no theme", "onb.", "kein Thema"])
def test_no_theme_is_no_theme(word: str) -> None:
    draft = drafted(organisations=f"naam;sector;thema\nA;ngo;{word}\nB;ngo;{word}\n")
    assert (codes(draft), draft.tables["organisations"]["themes"].to_pylist()) == ([], [None, None])


@pytest.mark.parametrize(
    ("name", "heading", "listed"), [("Oud-leden", "Plaats", 2), ("Archief 2019", "Plaats", 2), ("Former members", "Plaats", 2),
                                    ("Oud-leden", "Weg sinds", 3), ("Oudewater", "Plaats", 3), ("Export", "Plaats", 3)]
)  # fmt: skip
def test_a_sheet_of_who_left_is_not_a_list_of_who_is_there(name: str, heading: str, listed: int) -> None:
    now = [["Naam", "Sector", heading], ["Kompas", "ngo", ""], ["Waterwijs", "ngo", ""]]
    draft = drafted(
        organisations=sheets(**{"Leden": now, name: [["Naam", "Sector", heading], ["Oude club", "ngo", ""]]})
    )
    assert (codes(draft), draft.tables["organisations"].num_rows) == ([], listed)
    assert [n.message.values["count"] for n in draft.notes if n.code == "sheet_former"] == [1] * (listed == 2)


def test_rows_that_are_struck_through_are_counted() -> None:
    content, book = io.BytesIO(), openpyxl.Workbook()
    for row in (["naam", "sector"], ["Kompas", "ngo"], ["Oud", "ngo"], ["Waterwijs", "ngo"]):
        book.active.append(row)
    book.active["A3"].font = openpyxl.styles.Font(strike=True)
    book.active["B3"].font = openpyxl.styles.Font(strike=True)
    book.active["C4"].font = openpyxl.styles.Font(strike=True)  # nothing stands there
    book.active["A2"].font = openpyxl.styles.Font(bold=True)
    book.save(content)
    draft = drafted(organisations=content.getvalue())
    assert draft.tables["organisations"].num_rows == 3
    assert [n.message.values["count"] for n in draft.notes if n.code == "rows_struck"] == [1]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("NL, BE & DE", ["NL", "BE", "DE"]),
        ("Nederland en Oekraïne", ["NL", "UA"]),
        ("Bosnië en Herzegovina", ["BA"]),
        ("Kenya / Uganda", ["KE", "UG"]),
        ("KE UG TZ", ["KE", "UG", "TZ"]),
        ("Trinidad & Tobago; Kenia", ["TT", "KE"]),
        ("Nederland en Nergensland", None),
    ],
)
def test_countries_in_a_sentence(cell: str, expected: list[str] | None) -> None:
    draft = drafted(organisations=f'naam;sector;landen\nA;ngo;"{cell}"\n')
    assert draft.tables["organisations"]["countries"].to_pylist() == [expected]
    assert bool(draft.problems) == (expected is None)


@pytest.mark.parametrize(
    ("cell", "period"),
    [
        ("'21-'23", ("'21", "'23")),
        ("13-15/05/2024", ("13/05/2024", "15/05/2024")),
        ("1-3.6.2024", ("1.6.2024", "3.6.2024")),
        ("13-15-05-2024", None),
    ],
)
def test_more_periods_in_one_cell(cell: str, period: tuple[str, str] | None) -> None:
    assert split_period(cell) == period


@pytest.mark.parametrize(("cell", "expected"), [("2.000,50 -/-", -2000.5), ("€ 800,= -/-", -800), ("-5 -/-", None)])
def test_a_minus_behind_an_amount(cell: str, expected: float | None) -> None:
    draft = drafted(accounts=f"organisatie;jaar;reserves\nKompas;2022;1,5\nKompas;2023;{cell}\n")
    assert draft.tables["accounts"]["reserves"].to_pylist() == [1.5, expected]


def test_how_many_came_may_be_counted_in_words() -> None:
    rows = [
        ["Organisatie", "Dag 12-1-2024", "Slot 5-12-2024"],
        ["Kompas", 2, "1 persoon"],
        ["Waterwijs", "3 pers.", "0"],
    ]
    draft = drafted(events=sheets(Aanwezig=rows))
    assert (codes(draft), sorted(row["people"] or 1 for row in draft.tables["attendance"].to_pylist())) == (
        [],
        [1, 2, 3],
    )


def test_a_name_beside_an_organisation_is_of_a_person() -> None:
    draft = drafted(organisations="Naam;Organisatie;Sector\nAnna Smit;Kompas;ngo\nBob Bos;Waterwijs;ngo\n")
    assert (codes(draft), draft.tables["organisations"]["name"].to_pylist()) == ([], ["Kompas", "Waterwijs"])
    assert draft.readings[0].left_out == ("Naam",)
    assert not any(b"Smit" in content for content in draft.received.values())


# --- several lists on one sheet


BELOW: list[list[Any]] = [
    ["Ons netwerk in 2025"],
    [],
    ["Naam", "Sector", "Plaats"],
    ["Kompas", "ngo", "Delft"],
    ["Waterwijs", "ngo", ""],
    ["Havenlab", "business", "Breda"],
    [],
    ["Samenwerkingen"],
    ["Project", "Partners", "Start", "Einde", "Soort"],
    ["Kade", "Kompas, Waterwijs", 2021, 2023, "project"],
    ["Brug", "Kompas, Havenlab", 2022, "", "project"],
    [],
    [],
    ["Organisatie", "Geldgever", "Jaar", "Bedrag"],
    ["Kompas", "Gemeente Delft", 2024, 500],
]
BESIDE: list[list[Any]] = [
    ["Leden", "", "", "", "Inkomsten"],
    ["Naam", "Sector", "Plaats", "", "Naam", "Geldgever", "Jaar", "Bedrag"],
    ["Kompas", "ngo", "Delft", "", "Kompas", "Gemeente Delft", 2024, 500],
    ["Waterwijs", "ngo", "Delft", "", "Havenlab", "Fonds A", 2023, 700],
    ["Havenlab", "business", "Breda"],
]


def as_csv(rows: list[list[Any]]) -> str:
    """The rows of a sheet, with as many cells in each as a spreadsheet writes."""
    width = max(map(len, rows))
    return "\n".join(
        ";".join(f'"{cell}"' if cell else "" for cell in [*row, *[""] * (width - len(row))]) for row in rows
    )


@pytest.mark.parametrize("content", [sheets(Blad1=BELOW), as_csv(BELOW)], ids=["workbook", "csv"])
def test_lists_below_each_other_are_each_read(content: str | bytes) -> None:
    draft = drafted(organisations=content)
    assert codes(draft) == []
    assert [row["name"] for row in draft.tables["organisations"].to_pylist()] == ["Kompas", "Waterwijs", "Havenlab"]
    assert partners(draft) == [2, 2]
    assert amounts(draft) == {("Kompas", 2024): 500}
    assert [(r.table, r.rows, r.header_row) for r in draft.readings] == [
        ("organisations", 3, 3), ("partnerships", 2, 9), ("funding", 1, 14),
    ]  # fmt: skip
    assert [n.message.values["count"] for n in draft.notes if n.code == "several_lists"] == [3]


@pytest.mark.parametrize("content", [sheets(Blad1=BESIDE), as_csv(BESIDE)], ids=["workbook", "csv"])
def test_lists_beside_each_other_are_each_read(content: str | bytes) -> None:
    draft = drafted(organisations=content)
    assert (codes(draft), amounts(draft)) == ([], {("Kompas", 2024): 500, ("Havenlab", 2023): 700})
    assert [row["city"] for row in draft.tables["organisations"].to_pylist()] == ["Delft", "Delft", "Breda"]
    again = ingest.draft(draft.received, SETTINGS, {}, matching=draft.matching)
    assert {name: again.tables[name] for name in again.tables} == draft.tables


def test_a_problem_of_a_list_below_another_has_its_own_row() -> None:
    rows = [[*row] for row in BELOW]
    rows[10][1] = "Kompas, Havenlap"
    draft = drafted(organisations=sheets(Blad1=rows))
    assert [(p.file, p.row, p.code) for p in draft.problems] == [
        ("organisations.xlsx (Samenwerkingen)", 11, "unknown_organisation")
    ]


def test_amounts_of_a_year_below_those_of_another() -> None:
    rows: list[list[Any]] = [
        ["Subsidies 2023"], ["Organisatie", "Geldgever", "Bedrag"], ["Kompas", "Fonds A", 5], ["Havenlab", "Fonds A", 6], [],
        ["Subsidies 2024"], ["Organisatie", "Geldgever", "Bedrag"], ["Kompas", "Fonds A", 7],
    ]  # fmt: skip
    draft = drafted(funding=sheets(Blad1=rows))
    assert (codes(draft), amounts(draft)) == (
        [], {("Kompas", 2023): 5, ("Havenlab", 2023): 6, ("Kompas", 2024): 7},
    )  # fmt: skip


def test_a_list_below_that_nobody_knows_is_named_and_may_be_said() -> None:
    rows = [*BELOW[2:6], [], ["Wie", "Wat", "Sinds"], ["Kompas; Waterwijs", "Kade", "2021"]]
    draft = drafted(organisations=sheets(Leden=rows))
    assert draft.tables["organisations"].num_rows == 3
    unknown = draft.readings[-1]
    if unknown.table is None:
        assert [n.message.values["count"] for n in draft.notes if n.code == "sheet_not_used"] == [1]
        draft = drafted(loading.answer_about(unknown, table="partnerships"), organisations=sheets(Leden=rows))
    assert (codes(draft), partners(draft)) == ([], [2])


def test_what_looks_like_headings_may_be_said_to_be_a_row() -> None:
    rows = [*BELOW[2:6], [], ["Partner", "Netwerk", "Plaats"], ["Stroom", "ngo", "Delft"]]
    draft = drafted(organisations=sheets(Leden=rows))
    assert draft.tables["organisations"].num_rows == 3
    below = draft.readings[-1]
    assert [one.is_apart for one in below.apart] == [True]
    said = loading.answer_apart(below.apart[0], is_apart=False)
    draft = drafted(said, organisations=sheets(Leden=rows))
    assert [one.is_apart for one in draft.readings[0].apart] == [False]
    assert (codes(draft), draft.tables["organisations"]["name"].to_pylist()) == (
        [],
        ["Kompas", "Waterwijs", "Havenlab", "Partner", "Stroom"],
    )


def test_an_empty_column_between_the_columns_of_one_list() -> None:
    rows = [["Naam", "Sector", "", "Plaats", "Website"], ["Kompas", "ngo", "", "Delft", "kompas.example"],
            ["Stroom", "ngo", "", "Breda", ""]]  # fmt: skip
    draft = drafted(organisations=sheets(Leden=rows))
    assert (codes(draft), draft.tables["organisations"]["city"].to_pylist()) == ([], ["Delft", "Breda"])


def test_where_it_is_not_certain_that_there_are_two_lists_it_is_asked() -> None:
    rows: list[list[Any]] = [
        ["Naam", "Sector", "", "Project", "Partners"], ["Kompas", "ngo", "", "Kade", "Kompas, Stroom"], ["Stroom", "ngo"],
    ]  # fmt: skip
    book = sheets(Leden=rows)
    draft = drafted(organisations=book)
    asked = draft.readings[0].apart
    assert ([one.is_apart for one in asked], len(draft.readings)) == ([False], 1)
    assert [n.message.values["columns"] for n in draft.notes if n.code == "columns_not_used"] == ["Project, Partners"]
    draft = drafted(loading.answer_apart(asked[0], is_apart=True), organisations=book)
    assert [(r.header, r.table) for r in draft.readings] == [
        (("Naam", "Sector"), "organisations"),
        (("Project", "Partners"), None),
    ]


@pytest.mark.parametrize(
    "row",
    [["Wie", 3, "Delft"], ["Kompas", "Plaats", "Delft"], ["Partner", "", ""]],
)
def test_what_stands_below_an_empty_row_is_mostly_a_row(row: list[Any]) -> None:
    draft = drafted(organisations=sheets(Leden=[*BELOW[2:6], [], row, ["Stroom", "ngo", "Delft"]]))
    assert len(draft.readings) == 1
    assert draft.readings[0].rows == 5


# --- identifiers


@pytest.mark.parametrize("heading", ["KvK-nummer", "KvK nr.", "kvk"])
def test_a_number_of_the_chamber_of_commerce_gets_its_first_zero_back(heading: str) -> None:
    rows = [
        [heading, "naam", "sector"],
        [2345678, "Kompas", "ngo"],
        [41234567, "Waterwijs", "ngo"],
        ["  01234567", "Stroom", "ngo"],
    ]
    draft = drafted(organisations=sheets(Leden=rows))
    assert (codes(draft), draft.tables["organisations"]["organisation_id"].to_pylist()) == (
        [],
        ["02345678", "41234567", "01234567"],
    )
    assert [n.message.values["count"] for n in draft.notes if n.code == "first_zero"] == [1]


def test_another_number_of_seven_digits_stays_as_it_is() -> None:
    draft = drafted(organisations="organisation_id;naam;sector\n2345678;Kompas;ngo\n41234567;Waterwijs;ngo\n")
    assert draft.tables["organisations"]["organisation_id"].to_pylist() == ["2345678", "41234567"]


# --- where the headings are


INTRODUCTION = [
    *[[line] for n in range(14) for line in (f"Toelichting {n}: zo vult u deze lijst in", "Vragen, en antwoorden")],
    ["Code", "Uitleg"], ["ngo", "maatschappelijk"], [],
]  # fmt: skip


@pytest.mark.parametrize("length", [25, 31])
@pytest.mark.parametrize("written", [lambda rows: sheets(Blad1=rows), as_csv], ids=["workbook", "csv"])
def test_headings_below_a_long_introduction(written: Any, length: int) -> None:
    draft = drafted(organisations=written([*INTRODUCTION[:length], *BELOW[2:6]]))
    assert (codes(draft), draft.tables["organisations"].num_rows) == ([], 3)
    (reading,) = draft.readings
    assert reading.header_row == length + 1
    assert reading.header_row in dict(reading.beginning)


def test_a_list_without_headings_that_we_know_is_not_an_introduction() -> None:
    rows = [
        ["Aap", "Noot", "Mies"],
        *[[f"a{n}", f"b{n}", "c"] for n in range(30)],
        ["Naam", "Sector", "Plaats"],
        ["A", "B", "C"],
    ]
    assert {r.file: r.header_row for r in drafted(lijst=as_csv(rows)).readings}["lijst.csv"] == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (";;Bedrag;;\n", None),
        ("Organisatie;Geldgever;Bedrag;;\n;;2023;2024;2025\nKompas;Fonds A;5;6;7\n", {2023: 5, 2024: 6, 2025: 7}),
        ("Organisatie;Geldgever;Toekenning;\n;;Jaar;Bedrag\nKompas;Fonds A;2024;6\n", {2024: 6}),
        ("Wie;;Hoeveel;;\nOrganisatie;Geldgever;2023;2024;2025\nKompas;Fonds A;5;6;7\n", {2023: 5, 2024: 6, 2025: 7}),
    ],
)  # fmt: skip
def test_two_rows_of_headings_in_a_file_of_text(text: str, expected: dict[int, int] | None) -> None:
    draft = drafted(funding=text)
    found = {year: amount for (_, year), amount in amounts(draft).items()}
    assert found == (expected or {})
    assert bool(codes(draft)) == (expected is None)


@pytest.mark.parametrize("written", [lambda rows: sheets(Blad1=rows), as_csv], ids=["workbook", "csv"])
def test_headings_that_occur_twice_below_what_tells_them_apart(written: Any) -> None:
    rows = [
        ["Organisatie", "", "", "Contact", "", "Bezoek", ""], ["Naam", "Sector", "Plaats", "Adres", "Plek", "Adres", "Plek"],
        ["Kompas", "ngo", "Delft", "x", "y", "z", "q"],
    ]  # fmt: skip
    draft = drafted(organisations=written(rows))
    assert (codes(draft), draft.tables["organisations"]["city"].to_pylist()) == ([], ["Delft"])
    assert {"Contact Adres", "Bezoek Adres"} <= {*draft.readings[0].header}


def test_a_row_without_a_name_is_no_second_row_of_headings() -> None:
    draft = drafted(funding="Organisatie;Geldgever;Jaar;Bedrag;\n;Fonds A;2024;5;\nKompas;Fonds A;2024;6;\n")
    assert codes(draft) == [("missing", 2)]


# --- what people call their columns


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Convenant;Tussen;Ingegaan;Verloopt op", ["name", "organisation_ids", "start_date", "end_date"]),
        ("Traject;Wie doen mee;Begint;Eindigt", ["name", "organisation_ids", "start_date", "end_date"]),
        ("Covenant;Between;Begins;Expires", ["name", "organisation_ids", "start_date", "end_date"]),
        (
            "Naam samenwerking;Deelnemende partijen;Aanvang;Loopt af",
            ["name", "organisation_ids", "start_date", "end_date"],
        ),
    ],
)
def test_headings_of_agreements_as_people_say_them(header: str, expected: list[str]) -> None:
    draft = drafted(lijst=f"{header}\nKade;Kompas, Waterwijs;2021;eind 2025\n")
    assert [[*r.columns.values()] for r in draft.readings if r.table == "partnerships"] == [expected]
    assert (codes(draft), [str(row["end_date"]) for row in draft.tables["partnerships"].to_pylist()]) == (
        [],
        ["2025-12-31"],
    )


def test_headings_of_organisations_as_people_say_them() -> None:
    draft = drafted(
        organisations="Clubnaam;Soort club;Plaatsnaam;Aantal werknemers;Lid geworden;Vertrokken\nKompas;ngo;Delft;3;1-1-2020;1-1-2024\n"
    )
    assert codes(draft) == []
    assert {*draft.readings[0].columns.values()} == {"name", "type", "city", "fte", "joined_on", "left_on"}


TURNED: list[list[Any]] = [
    ["Naam", "Kompas", "Waterwijs", "Havenlab"], ["Sector", "ngo", "ngo", "business"], ["Plaats", "Delft", "", "Breda"],
    ["Aantal fte", 3, 4.5, 10],
]  # fmt: skip


@pytest.mark.parametrize("written", [lambda rows: sheets(Blad1=rows), as_csv], ids=["workbook", "csv"])
def test_a_list_with_its_headings_below_each_other_is_turned(written: Any) -> None:
    draft = drafted(organisations=written(TURNED))
    found = [(row["name"], row["sector"], row["city"], row["fte"]) for row in draft.tables["organisations"].to_pylist()]
    assert codes(draft) == []
    assert found == [
        ("Kompas", "ngo", "Delft", 3),
        ("Waterwijs", "ngo", None, 4.5),
        ("Havenlab", "business", "Breda", 10),
    ]
    assert [n.message.values["count"] for n in draft.notes if n.code == "turned"] == [3]
    again = ingest.draft(draft.received, SETTINGS, {}, matching=draft.matching)
    assert again.tables["organisations"] == draft.tables["organisations"]


def test_a_list_of_words_in_its_first_column_is_not_turned() -> None:
    rows = [["Thema", "Sector", "Naam"], ["Sector", "ngo", "A"], ["Plaats", "ngo", "B"], ["Website", "ngo", "C"]]
    assert drafted(organisations=as_csv(rows)).readings[0].rows == 3
