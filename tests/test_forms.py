"""The sample, saved in every way people save lists, gives the same figures to the byte."""

import csv
import datetime
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import SAMPLE

from hubdata import loading, models, settings, store
from hubdata.__main__ import main

Rows = list[list[str]]
FILES = sorted(SAMPLE.glob("*.csv"))
DUTCH = {
    name: {"name": "Naam", "start_date": "Begindatum", "end_date": "Einddatum", "themes": "Thema’s"}
    for name in models.TABLES
}
DUTCH["organisations"] |= {"city": " PLAATS", "country": "Land", "type": "Soort organisatie", "countries": "Landen"}
DUTCH["organisations"] |= {"organisation_id": "Kenmerk", "website": "Webadres"}
DUTCH["partnerships"] |= {
    "organisation_ids": "Organisaties",
    "kind": "Soort",
    "intensity": "Intensiteit",
    "programme": "Programma",
}
DUTCH["events"] |= {"start_date": "Datum", "kind": "Soort", "venue": "Locatie", "format": "Vorm"}
DUTCH["attendance"] |= {"organisation_id": "Organisatie", "event_id": "Bijeenkomst", "role": "Rol"}
DUTCH["funding"] |= {
    "organisation_id": "Ontvanger",
    "year": "JAAR",
    "donor": "Geldgever",
    "category": "Categorie",
    "amount": "Bedrag",
}
DUTCH["reference"] |= {"dimension": "Dimensie", "share": "Aandeel", "year": "Jaar", "source": "Bron"}
MONTHS = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
]


def rows_of(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def saved(
    rows: Rows, separator: str = ",", encoding: str = "utf-8", end: str = "\r\n", quoting: Any = csv.QUOTE_MINIMAL
) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator=end, quoting=quoting).writerows(rows)
    return text.getvalue().encode(encoding)


def each_cell(rows: Rows, table: str, kind: Any, change: Callable[[str], str]) -> Rows:
    """The rows with every filled cell of a kind of column changed."""
    row_type = models.TABLES[table]
    wanted = [models.plain_type(row_type.model_fields[name].annotation) is kind for name in rows[0]]
    return [rows[0], *([change(c) if c and w else c for c, w in zip(r, wanted, strict=True)] for r in rows[1:])]


def dutch_number(cell: str) -> str:
    return f"{float(cell):,.10f}".rstrip("0").rstrip(".").translate(str.maketrans(",.", ".,"))


def dated(how: Callable[[datetime.date], str]) -> Callable[[Rows, str], bytes]:
    return lambda rows, table: saved(
        each_cell(rows, table, datetime.date, lambda cell: how(datetime.date.fromisoformat(cell)))
    )


def excel_dutch(rows: Rows, table: str) -> bytes:
    """As Dutch Excel saves “CSV”: Windows-1252, semicolons, decimal commas, days first."""
    rows = each_cell(rows, table, float, dutch_number)
    rows = each_cell(rows, table, datetime.date, lambda cell: "{2}-{1}-{0}".format(*cell.split("-")))
    return saved([[DUTCH[table].get(name, name) for name in rows[0]], *rows[1:]], ";", "cp1252")


def workbook(rows: Rows, table: str) -> bytes:
    """As Excel saves a workbook: numbers and days are cells of their own kind."""
    kinds = [models.plain_type(models.TABLES[table].model_fields[name].annotation) for name in rows[0]]
    typed: dict[Any, Callable[[str], Any]] = {
        float: float,
        int: int,
        datetime.date: lambda cell: datetime.datetime.fromisoformat(cell),
    }
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet
    sheet.append(rows[0])
    for row in rows[1:]:
        sheet.append([typed.get(k, str)(c) if c else None for c, k in zip(row, kinds, strict=True)])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def with_gaps(rows: Rows, table: str) -> bytes:
    """Trailing separators, blank lines, rows of separators only."""
    lines = saved(rows, ";", end="\n").decode().split("\n")
    return "\r\n".join(
        ["", *(line + ";;" if number % 2 == 0 else line + "\r\n" for number, line in enumerate(lines)), ";;;"]
    ).encode()


def turned_round(rows: Rows, table: str) -> bytes:
    return saved([row[::-1] for row in rows])


FORMS: dict[str, Callable[[Rows, str], bytes]] = {
    "utf-8 with a byte order mark": lambda rows, table: saved(rows, encoding="utf-8-sig"),
    "windows-1252": lambda rows, table: saved(rows, encoding="cp1252"),
    "utf-16 with tabs": lambda rows, table: saved(rows, "\t", "utf-16"),
    "utf-16 big endian": lambda rows, table: b"\xfe\xff" + saved(rows, ";", "utf-16-be"),
    "utf-16 without a byte order mark": lambda rows, table: saved(rows, ";", "utf-16-le"),
    "semicolons": lambda rows, table: saved(rows, ";"),
    "tabs": lambda rows, table: saved(rows, "\t"),
    "a sep= line": lambda rows, table: b"sep=;\r\n" + saved(rows, ";"),
    "everything quoted": lambda rows, table: saved(rows, quoting=csv.QUOTE_ALL),
    "unix lines": lambda rows, table: saved(rows, end="\n"),
    "old mac lines": lambda rows, table: saved(rows, end="\r"),
    "gaps": with_gaps,
    "other order of columns": turned_round,
    "headers in capitals": lambda rows, table: saved(
        [[f" {n.replace('_', ' ').upper()} " for n in rows[0]], *rows[1:]]
    ),
    "day-month-year": dated(lambda day: f"{day:%d-%m-%Y}"),
    "day/month/year": dated(lambda day: f"{day.day}/{day.month}/{day.year}"),
    "days in words": dated(lambda day: f"{day.day} {MONTHS[day.month - 1]} {day.year}"),
    "decimal commas and thousands points": lambda rows, table: saved(each_cell(rows, table, float, dutch_number), ";"),
    "dutch excel": excel_dutch,
    "a workbook": workbook,
}


def figures(home: Path, files: dict[str, bytes], capsys: pytest.CaptureFixture[str]) -> str:
    """What `indicators --json` prints once these files are loaded; the moment of loading is the only difference allowed."""
    outcome = loading.load(home, settings.Settings(), files)
    assert outcome.manifest, outcome.draft.problems[:5]
    capsys.readouterr()
    assert main(["indicators", "--home", str(home), "--as-of", "2020-06-30", "--json"]) == 0
    return capsys.readouterr().out.replace(outcome.manifest.loaded_at, "")


@pytest.fixture(scope="module")
def expected() -> dict[str, str]:
    return {}


@pytest.fixture
def as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str], expected: dict[str, str]) -> str:
    if not expected:
        expected["json"] = figures(tmp_path / "as-it-is", {p.name: p.read_bytes() for p in FILES}, capsys)
    return expected["json"]


@pytest.mark.parametrize("form", FORMS)
def test_every_way_of_saving_gives_the_same_figures(
    form: str, as_it_is: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    suffix = ".xlsx" if form == "a workbook" else ".csv"
    files = {path.stem + suffix: FORMS[form](rows_of(path), path.stem) for path in FILES}
    assert figures(tmp_path / "home", files, capsys) == as_it_is


def test_one_workbook_with_a_sheet_per_list(as_it_is: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    together = openpyxl.Workbook()
    for path in FILES:
        sheet = together.create_sheet(path.stem)
        for row in openpyxl.load_workbook(io.BytesIO(workbook(rows_of(path), path.stem))).active.values:  # type: ignore[union-attr]
            sheet.append(row)
    notes = together.active
    assert notes
    notes.append(["How we keep this list"])
    content = io.BytesIO()
    together.save(content)
    assert figures(tmp_path / "home", {"Lijsten 2026.xlsx": content.getvalue()}, capsys) == as_it_is


def test_odd_file_names(as_it_is: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    called = {
        "organisations": "2026-11 Organisaties (1).csv",
        "partnerships": "export_2026(2).CSV",
        "events": "Bijeenkomsten – kopie.csv",
        "attendance": "AANWEZIGHEID.csv",
        "funding": "zonder naam",
        "reference": "Grid view.csv",
    }
    files = {called[path.stem]: path.read_bytes() for path in FILES}
    assert figures(tmp_path / "home", files, capsys) == as_it_is


def test_the_files_as_received_give_the_same_figures_again(
    as_it_is: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Organisations first, the rest later, one of them as an update: the archive alone makes the same tables."""
    home, hub_settings = tmp_path / "home", settings.Settings()
    files = {path.name: path.read_bytes() for path in FILES}
    half = b"\n".join(files["funding.csv"].split(b"\n")[:2000])
    for drop, update in (
        ({"organisations.csv": files["organisations.csv"]}, False),
        ({**files, "funding.csv": half}, False),
        ({"partnerships.csv": files["partnerships.csv"]}, False),
        ({"funding.csv": files["funding.csv"]}, True),
    ):
        loading.load(home, hub_settings, drop, update=update)
    current_snapshot_id = store.current_snapshot_id(home)
    assert current_snapshot_id
    snapshot = store.open_snapshot(home, current_snapshot_id)
    rebuilt = loading.rebuild(home, current_snapshot_id)
    assert {name: table.to_pylist() for name, table in rebuilt.items()} == {
        name: snapshot.arrow(name).to_pylist() for name in models.TABLES
    }
    assert main(["indicators", "--home", str(home), "--as-of", "2020-06-30", "--json"]) == 0
    assert capsys.readouterr().out.replace(snapshot.manifest.loaded_at, "") == as_it_is
