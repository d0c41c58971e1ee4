"""Files that cannot be loaded: each gets its sentence, in both languages, and no row of any file disappears."""

import csv
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hubdata import ingest, reading
from hubdata.settings import Settings

SETTINGS = Settings(max_file_megabytes=1, max_columns=100)
law = settings(deadline=None)  # one example is fast, but a busy machine is not


def bomb() -> bytes:
    """A workbook of a few kilobytes that unpacks to 50 MB of one sheet."""
    plain, packed = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, b" " * 50_000_000 if name.endswith("sheet1.xml") else source.read(name))
    return packed.getvalue()


NOT_A_LIST = (
    "This is not a list: the file is damaged, or it is of another kind. Save it again from Excel, as “CSV UTF-8” or as a "
    "workbook (.xlsx).",
    "Dit is geen lijst: het bestand is beschadigd of van een andere soort. Sla het opnieuw op vanuit Excel, als “CSV UTF-8” of "
    "als werkmap (.xlsx).",
)
NOT_A_WORKBOOK = (
    "This workbook cannot be opened: it is damaged, or it has a password. Take the password off, or save the sheet as CSV.",
    "Deze werkmap kan niet open: hij is beschadigd of heeft een wachtwoord. Haal het wachtwoord eraf, of sla het blad op als CSV.",
)
CANNOT_BE_SHOWN = (
    "The cell holds a character that cannot be shown. Type the cell again.",
    "In de cel staat een teken dat wij niet kunnen tonen. Typ de cel opnieuw.",
)
TWO_COLUMNS = (
    "Two columns have the same name. Give one of them another name, or delete it.",
    "Twee kolommen hebben dezelfde naam. Geef een van de twee een andere naam, of verwijder die.",
)

# File, content, then the row and the column it is reported at, and the sentence in English and in Dutch.
FILES = [
    ("organisations.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), None, "", NOT_A_LIST),
    ("organisations.csv", b"name,sector\nA\x81\xe9,ngo\n", 2, "", NOT_A_LIST),
    ("organisations.csv", "\ufeffname;sector\nA;ngo\n".encode("utf-16-le") + b"\x00\xd8;\x00", 3, "", NOT_A_LIST),
    ("organisations.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), None, "", NOT_A_WORKBOOK),
    ("organisations.xlsx", bomb(), None, "",
     ("Unpacked, this workbook would be far too large. Copy the cells you need to a new workbook, or save the sheet as CSV.",
      "Uitgepakt is deze werkmap veel te groot. Kopieer de cellen die u nodig hebt naar een nieuwe werkmap, of sla het blad op als "
      "CSV.")),
    ("organisations.csv", "name,sector\nCafé,ngo\n".encode() + "Één,ngo\n".encode("cp1252"), 3, "",
     ("Part of this file is in another encoding, so letters such as é would be read wrong. Open it in Excel, look at this row, and "
      "save the file again as “CSV UTF-8”.",
      "Een deel van dit bestand is anders opgeslagen. Letters zoals é zouden wij dan verkeerd lezen. Open het in Excel, bekijk deze "
      "rij en sla het bestand opnieuw op als “CSV UTF-8”.")),
    ("organisations.csv", b"", None, "",
     ("The file is empty. Put a header and rows in it, or leave the file out.",
      "Het bestand is leeg. Zet er een kopregel en rijen in, of laat het bestand weg.")),
    ("organisations.csv", (",".join(f"c{n}" for n in range(101)) + "\n").encode(), 1, "",
     ("The file has too many columns: 101. Delete the columns you do not need, or let your IT colleague raise max_columns in "
      "hub.toml.",
      "Het bestand heeft te veel kolommen: 101. Verwijder de kolommen die u niet nodig hebt, of vraag uw IT-collega om max_columns "
      "in hub.toml te verhogen.")),
    ("organisations.csv", b"x" * 1_100_000, None, "",
     ("The file is larger than 1 MB. Split it, or let your IT colleague raise max_file_megabytes in hub.toml.",
      "Het bestand is groter dan 1 MB. Splits het bestand, of vraag uw IT-collega om max_file_megabytes in hub.toml te "
      "verhogen.")),
    ("list.csv", b"colour,shape\nred,round\n", None, "",
     ("We do not know what this file holds. Say so on the Data page, or name it after its table: organisations.csv, events.csv, "
      "partnerships.csv, attendance.csv, funding.csv, reference.csv, targets.csv.",
      "Wij weten niet wat er in dit bestand staat. Zeg het op de pagina Gegevens, of noem het bestand naar zijn lijst: "
      "organisations.csv, events.csv, partnerships.csv, attendance.csv, funding.csv, reference.csv, targets.csv.")),
    ("organisations.csv", b'name,sector\nA,ngo\n"B,ngo\nC,ngo\n', 3, "",
     ("From this row on the file cannot be read: a quotation mark is opened and not closed. Close the quotation mark, or delete it.",
      "Vanaf deze rij kunnen wij het bestand niet lezen: een aanhalingsteken wordt geopend en niet gesloten. Sluit het "
      "aanhalingsteken, of verwijder het.")),
    ("organisations.csv", b"name,sector\nA\0,ngo\n", 2, "name",
     ("The cell holds a character that cannot be stored. Type the cell again.",
      "In de cel staat een teken dat wij niet kunnen bewaren. Typ de cel opnieuw.")),
    ("organisations.csv", b"name,sector\n" + b"A" * 150_000 + b",ngo\n", 2, "name",
     ("A cell of this row is far too long. Shorten the cell.", "Een cel van deze rij is veel te lang. Maak de cel korter.")),
    ("organisations.csv", "name,sector\n\ufeffA,ngo\n".encode(), 2, "name", CANNOT_BE_SHOWN),
    ("organisations.csv", b"name,sector\nA\x07,ngo\n", 2, "name", CANNOT_BE_SHOWN),
    ("organisations.csv", b"name,sector\n#N/B,ngo\n", 2, "name",
     ("Excel could not calculate this cell. Correct the formula, or type the value.",
      "Excel kon deze cel niet berekenen. Verbeter de formule, of typ de waarde.")),
    ("organisations.csv", b"name,sector,fte\nA,ngo,1.234\n", 2, "fte",
     ("This can be read in two ways: 1234 or 1,234. Write 1234 or 1234,00 without points, or say on the Data page what the point "
      "means.",
      "Dit kunnen wij op twee manieren lezen: 1234 of 1,234. Schrijf 1234 of 1234,00 zonder punten, of zeg op de pagina Gegevens "
      "wat de punt betekent.")),
    ("events.csv", b"name,start_date\nA,1/31/2024\n", 2, "start_date",
     ("Read day first, this is not a date: the month seems to come first. Write it as in 31-01-2024 or 2024-01-31, or say on the "
      "Data page that this file has the month first.",
      "Met de dag eerst is dit geen datum: de maand lijkt voorop te staan. Schrijf het zoals 31-01-2024 of 2024-01-31, of zeg op de "
      "pagina Gegevens dat in dit bestand de maand voorop staat.")),
    ("organisations.csv", b"name,sector,city\nA,ngo,jan@x.nl\n", 2, "city",
     ("There is an e-mail address in this cell, and personal data is never stored. Take the address out.",
      "In deze cel staat een e-mailadres, en persoonsgegevens bewaren wij nooit. Haal het adres weg.")),
    ("organisations.csv", b"name,sector,naam\nA,ngo,B\n", None, "", ("", "")),  # a column's own name wins: no problem
]  # fmt: skip


@pytest.mark.parametrize(("file", "content", "row", "column", "sentences"), FILES)
def test_a_file_that_cannot_be_loaded_gets_its_sentence(
    file: str, content: bytes, row: int | None, column: str, sentences: tuple[str, str]
) -> None:
    draft = ingest.draft({file: content}, SETTINGS, {})
    said = [
        (p.row, p.column, *(f"{p.message.words(lang)} {p.remedy.words(lang)}" for lang in ("en", "nl")))
        for p in draft.problems
    ]
    assert said == ([(row, column, *sentences)] if sentences[0] else [])


def test_a_header_given_twice_in_other_case_is_named_twice() -> None:
    draft = ingest.draft({"organisations.csv": b"name,sector,NAME\nA,ngo,B\n"}, SETTINGS, {})
    for language, sentence in zip(("en", "nl"), TWO_COLUMNS, strict=True):
        assert {f"{p.message.words(language)} {p.remedy.words(language)}" for p in draft.problems} == {sentence}
    assert {p.value for p in draft.problems} == {"name", "NAME"}


def test_every_sentence_is_there_in_both_languages_with_the_same_gaps() -> None:
    for code in ingest.SENTENCES:
        gaps = {
            "tables",
            "limit",
            "codes",
            "suggestion",
            "ge",
            "le",
            "start",
            "ids",
            "count",
            "table",
            "key",
            "other",
            "one",
        }
        problem = ingest.problem(code, "f.csv", 2, "c", "v", **dict.fromkeys(gaps, "X"))
        for text in (problem.message, problem.remedy):
            assert text.words("nl") != text.words("en")
            assert text.words("nl").count("X") == text.words("en").count("X")


# --- no row disappears ---------------------------------------------------------------------------------------------

GOOD = st.sampled_from(
    [["A", "ngo"], ["Ünïcode Ltd", "Kennis"], ["with, comma", "NGO"], ["two\nlines", "ngo"], ['say "hi"', "ngo"]]
)
BAD = st.sampled_from([["", "ngo"], ["A", "nope"], ["A\0B", "ngo"], ["\ufeffA", "ngo"], ["A\x1b", "ngo"], ["a@b.nl", "ngo"],
                       ["A", "ngo", "surplus"], ["A", "ngo", "", "far"], ["A"], ["#N/A", "ngo"], ["y" * 600, "ngo"]])  # fmt: skip
LITERAL = st.sampled_from([["=1+1", "ngo"], ["@SUM(A1)", "ngo"], ["+31", "ngo"], ["-", "ngo"], ["{=cmd|x}", "ngo"]])
BLANK = st.sampled_from([[], ["", ""], [" ", "", ""]])


@law
@given(
    st.lists(st.one_of(GOOD.map(lambda r: (r, True)), BAD.map(lambda r: (r, False)), LITERAL.map(lambda r: (r, True)),
                       BLANK.map(lambda r: (r, None))), max_size=12),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
)  # fmt: skip
def test_rows_in_are_rows_loaded_and_rows_reported(
    rows: list[tuple[list[str], bool | None]], separator: str, end: str, encoding: str
) -> None:
    """Whatever stands in a file: each row is loaded, or reported under the number a spreadsheet shows, or blank."""
    if encoding == "cp1252":
        rows = [(row, good) for row, good in rows if not any("\ufeff" in cell for cell in row)]
    text = io.StringIO(newline="")
    # Python's writer leaves a line feed unquoted when lines end otherwise.
    quoting = csv.QUOTE_ALL if end == "\r" else csv.QUOTE_MINIMAL
    writer = csv.writer(text, delimiter=separator, lineterminator=end, quoting=quoting)
    writer.writerow(["organisation_id", "name", "sector"])
    for number, (row, _) in enumerate(rows, start=2):
        writer.writerow([f"id-{number}", *row] if any(cell.strip() for cell in row) else row)
    draft = ingest.draft({"organisations.csv": text.getvalue().encode(encoding)}, SETTINGS, {})
    loaded = draft.tables["organisations"]["organisation_id"].to_pylist()
    assert loaded == [f"id-{number}" for number, (_, good) in enumerate(rows, start=2) if good]
    assert {p.row for p in draft.problems} == {
        number for number, (_, good) in enumerate(rows, start=2) if good is False
    }
    assert draft.changes["organisations"].rejected == sum(good is False for _, good in rows)


@law
@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_end_in_rows_or_problems_and_never_in_an_error(noise: bytes, with_header: bool) -> None:
    content = (b"organisation_id,name,sector\n" if with_header else b"") + noise
    draft = ingest.draft({"organisations.csv": content}, SETTINGS, {})
    if not draft.is_blocked:
        (table,) = reading.read(content)
        in_file = len(table.rows) + len(table.findings)
        assert len(draft.tables["organisations"]) + draft.changes["organisations"].rejected == in_file
    for language in ("nl", "en"):
        assert all(p.message.words(language) and p.remedy.words(language) for p in draft.problems)
