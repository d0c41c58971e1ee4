"""Every file that leaves the dashboard, from a hub in which names, themes, donors and words begin as formulas do.

Where a spreadsheet reads it, it is neutralised; where it is XML, JSON or a mail it is escaped and stands there as it is.
"""

import csv
import email
import email.policy
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import networkx
import openpyxl
import pytest
from lxml import etree

from hubdata import inbox, loading, reports, settings, template
from hubdata.__main__ import main
from hubdata.cells.formulas import FORMULA_SIGNS
from hubdata.reports import graph as graph_files
from hubdata.ui import chapters, session
from hubdata.ui.chapters import files

BEGINNINGS = (*FORMULA_SIGNS, *(f"x{end}=" for end in (";", ",", "|", "\t")), "x;\uff1d", 'x;"=', "x | + y;-")
NAMES = [f"{begins}1+1 z{nth}&<b>" for nth, begins in enumerate(BEGINNINGS)]
"""Of organisations, and the rest is called the same: an attack has a mark of its own, `z` and its number."""
CUTS = re.compile(r'[;,|\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029]"*')
"""Where a spreadsheet may begin a cell."""
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?(e[+-]?\d+)?", re.IGNORECASE)


class Hub(NamedTuple):
    home: Path
    settings: settings.Settings
    reader: session.Reader


def written(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    file = csv.DictWriter(text, list(rows[0]))
    file.writeheader()
    file.writerows(rows)
    return text.getvalue().encode()


def lists() -> dict[str, bytes]:
    count = range(len(NAMES))
    themes = [name.translate({ord(c): "/" for c in ";,|\t"}) for name in NAMES]
    return {
        "organisations.csv": written(
            [
                {"organisation_id": f"o{n}", "name": NAMES[n], "sector": ("ngo", "knowledge")[n % 2], "city": NAMES[-n],
                 "themes": themes[n], "role": "convenor" if n == 1 else "", "needs": themes[-n], "country": "NL"}
                for n in count
            ]
        ),
        "partnerships.csv": written(
            [
                {"organisation_ids": f"o{n}|o{(n + k) % len(NAMES)}", "name": NAMES[n], "programme": NAMES[-n],
                 "start_date": f"20{20 + k}-01-01", "last_contact": "2024-01-01", "themes": themes[n]}
                for n in count for k in (1, 2)
            ]
        ),
        "events.csv": written(
            [{"event_id": f"e{n}", "name": NAMES[n], "start_date": f"2023-0{n % 9 + 1}-15", "organiser_id": f"o{n}",
              "venue": NAMES[-n]} for n in count]
        ),
        "attendance.csv": written([{"event_id": f"e{n % 4}", "organisation_id": f"o{n}"} for n in count]),
        "funding.csv": written(
            [{"organisation_id": f"o{n}", "year": str(2021 + n % 3), "donor": NAMES[-n], "programme": NAMES[n],
              "category": "government", "amount": str(1000 * n + 1)} for n in count]
        ),
    }  # fmt: skip


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    home = tmp_path_factory.mktemp("home")
    label = "{{ nl = '{0}', en = '{0}' }}".format
    lines = ["name = '=1+1 z0'", "region = '+1+1 z1'", "attribution = '@1+1 z3'", "[sectors]"]
    lines += [f"{code} = {label(NAMES[n])}" for n, code in enumerate(("ngo", "knowledge"))]
    lines += ["[types]", f"foundation = {{ sector = 'ngo', nl = '{NAMES[2]}', en = '{NAMES[3]}' }}"]
    (home / "hub.toml").write_text("\n".join(lines), encoding="utf-8")
    hub_settings = settings.read(home)
    outcome = loading.load(home, hub_settings, lists(), may_remove=True)
    assert outcome.manifest, outcome.draft.problems
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("HUBDATA_HOME", str(home))
        yield Hub(home, hub_settings, chapters.manager_reader(None, "en"))


# --- readers: the texts in a file, as cells of a spreadsheet or as what is read ------------------------------------------


def cells_of_csv(content: bytes) -> list[str]:
    text = content.decode("utf-8-sig")
    first = text.split("\n", 1)[0]
    separator = max(";,", key=first.count)
    return [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) for cell in row]


def cells_of_workbook(content: bytes) -> list[str]:
    """Every text of every sheet; with a formula it fails."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    return [str(cell.value) for cell in cells if cell.data_type == "s"]


def runs(cell: str) -> bool:
    """Whether a spreadsheet would run it, or what begins after one of its separators."""
    parts = [part for part in CUTS.split(cell) if part]
    return any(
        part.startswith(tuple(FORMULA_SIGNS)) and not NUMBER.fullmatch(part) for part in parts
    ) or cell.startswith(("\t", "\r", "\n"))


def text_of_xml(content: bytes) -> str:
    return "\n".join(
        "".join(block.itertext()) for block in etree.fromstring(content).iter("{*}p", "{*}pt", "{*}t", "{*}v")
    )


def text_of_package(content: bytes) -> tuple[str, list[bytes]]:
    """What Word and PowerPoint read: the text, and the workbooks within. No field but numbers of pages and contents."""
    package = zipfile.ZipFile(io.BytesIO(content))
    names = package.namelist()
    parts = [package.read(name) for name in names if name.endswith(".xml")]
    for part in parts:
        fields = re.findall(rb"<w:instrText[^>]*>([^<]*)", part) + re.findall(rb'w:instr="([^"]*)"', part)
        assert all(re.match(rb" *(PAGE|NUMPAGES|TOC|SEQ|PAGEREF|HYPERLINK \\l)", field) for field in fields), fields
    return "\n".join(map(text_of_xml, parts)), [package.read(name) for name in names if name.endswith(".xlsx")]


def text_of_graph(extension: str) -> Callable[[bytes], str]:
    def text(content: bytes) -> str:
        read = {".graphml": networkx.read_graphml, ".gexf": networkx.read_gexf, ".gml": networkx.read_gml}[extension]
        return "\n".join(
            data.get("label") or data["name"] for _node, data in read(io.BytesIO(content)).nodes(data=True)
        )

    return text


def text_of_kumu(content: bytes) -> str:
    return "\n".join(element["label"] for element in json.loads(content)["elements"])


def text_of_mail(content: bytes) -> str:
    mail = email.message_from_bytes(content, policy=email.policy.default)
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain
    assert page
    assert "<b>" not in page.get_content().replace("<b></b>", ""), "what stands in a name is no element"
    return str(plain.get_content())


READ_AS_IT_IS: dict[str, Callable[[bytes], str]] = {
    ".docx": lambda content: text_of_package(content)[0],
    ".pptx": lambda content: text_of_package(content)[0],
    ".eml": text_of_mail,
    ".json": text_of_kumu,
    **{extension: text_of_graph(extension) for extension in (".graphml", ".gexf", ".gml")},
}
SPREADSHEETS = (".xlsx",)
NO_TEXT = (".pdf",)
"""Nothing in it is run: it has no script, no form and no link elsewhere (`tests/test_reports.py`)."""


def test_every_format_is_in_the_table() -> None:
    assert {*READ_AS_IT_IS, *SPREADSHEETS, *NO_TEXT} == {*files.FORMATS, ".eml"}


@pytest.mark.filterwarnings("ignore:Glyph")
@pytest.mark.parametrize("extension", [*READ_AS_IT_IS, *SPREADSHEETS])
def test_a_file_shows_a_formula_and_never_is_one(hub: Hub, extension: str) -> None:
    with session.working_for(hub.reader):
        made = files._content(extension, ())
        assert made
        content = reports.write(made, extension)
    if extension in SPREADSHEETS:
        cells = cells_of_workbook(content)
        assert any("'=1+1 z0" in cell for cell in cells)
        assert [cell for cell in cells if runs(cell)] == []
        return
    text = READ_AS_IT_IS[extension](content)
    wanted = NAMES if extension in graph_files.FORMATS else [NAMES[1]]
    assert [name for name in wanted if " ".join(name.split()) not in " ".join(text.split())] == []
    if extension in (".docx", ".pptx"):
        for book in text_of_package(content)[1]:
            assert [cell for cell in cells_of_workbook(book) if runs(cell)] == []


def test_no_cell_of_a_csv_file_is_run(hub: Hub) -> None:
    """The tables of every figure and the network, in both languages."""
    seen = ""
    for language in ("nl", "en"):
        with session.working_for(replace(hub.reader, language=language)):
            for name, content in files.tables(()).items():
                assert [cell for cell in cells_of_csv(content) if runs(cell)] == [], name
                seen += content.decode("utf-8-sig")
    assert [name for name in NAMES if not re.search(rf"z{NAMES.index(name)}\b", seen)] == [], (
        "they came, and would be found"
    )


def test_no_row_to_repair_and_no_list_of_problems_is_run(hub: Hub, tmp_path: Path) -> None:
    """Of the page Data, and of a drop that the inbox refused; also what a file is called and its headings."""
    row = {"name": NAMES[0], "sector": NAMES[0], "city": NAMES[4], "founded": NAMES[2]}
    refused = written([{**row, **{f"{name}!": name for name in NAMES}}, *({**row, "name": name} for name in NAMES)])
    draft = loading.prepare(tmp_path, hub.settings, {"=1+1.csv": refused, "organisations.csv": refused}).draft
    assert draft.rejected
    made = [rejected.csv(language) for rejected in draft.rejected.values() for language in ("nl", "en")]
    (tmp_path / "inbox").mkdir()
    for name in ("=1+1.csv", "organisations.csv"):
        (tmp_path / "inbox" / name).write_bytes(refused)
    result = inbox.process(tmp_path, hub.settings)
    assert result
    assert result.rejected
    kept = [path.read_bytes() for path in result.rejected.iterdir()]
    assert len(kept) > 1
    for content in (*made, *kept):
        assert [cell for cell in cells_of_csv(content) if runs(cell)] == []
    assert any(b"'=1+1" in content for content in (*made, *kept))


def test_the_workbook_to_start_with_and_the_list_for_a_mail_merge_run_nothing(
    hub: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [cell for cell in cells_of_workbook(template.workbook(hub.settings, "nl")) if runs(cell)] == []
    assert main(["ask", "create", "--home", str(hub.home), "--organisations", "all"]) == 0
    cells = cells_of_csv(capsys.readouterr().out.encode())
    assert "'=1+1 z0&<b>" in cells
    assert [cell for cell in cells if runs(cell)] == []
