"""Files that cannot be loaded: every code has its smallest file, its place and its sentences; no row of any file disappears."""

import ast
import csv
import gzip
import io
import json
import os
import sys
import threading
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest
from conftest import ROOT, sheets
from hostile import xls
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from hubdata import inbox, ingest, loading, models, reading
from hubdata.__main__ import main
from hubdata.ingest.columns import adapter
from hubdata.ingest.corrections import key_of
from hubdata.settings import Settings

SETTINGS = Settings(max_file_megabytes=1, max_drop_megabytes=2, max_columns=100)
law = settings(deadline=None)  # one example is fast, but a busy machine is not

ORGANISATIONS = (
    "organisation_id,name,sector\na,Anna's Aid,ngo\nb,Beta University,knowledge\nc,City of Peace,government\n"
)
EVENTS = "event_id,name,start_date\ne,Peace day,2020-01-01\n"


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]><iati-activities><iati-activity><title>&a9;</title></iati-activity></iati-activities>"
)
"""A file of a kilobyte that becomes gigabytes where entities are read."""


def bomb() -> bytes:
    """A workbook of a few kilobytes that unpacks to 50 MB of one sheet."""
    plain, packed = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, b" " * 50_000_000 if name.endswith("sheet1.xml") else source.read(name))
    return packed.getvalue()


def book_with_hidden_row() -> bytes:
    """A list of which one row is hidden."""
    book, content = openpyxl.Workbook(), io.BytesIO()
    for row in (["name", "sector", "city"], ["A", "ngo"], ["B", "ngo"]):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    book.active.column_dimensions["C"].hidden = True
    book.save(content)
    return content.getvalue()


def book_with_struck_row() -> bytes:
    """A list of which one row is struck through."""
    book, content = openpyxl.Workbook(), io.BytesIO()
    for row in (["name", "sector"], ["A", "ngo"], ["B", "ngo"]):
        book.active.append(row)
    book.active["A3"].font = openpyxl.styles.Font(strike=True)
    book.save(content)
    return content.getvalue()


def book_of_all_kinds() -> bytes:
    """A workbook with a list, a hidden sheet, an empty one, and one with a pivot table."""
    book = openpyxl.Workbook()
    for name in ("organisations", "choices", "nothing", "pivot"):
        book.create_sheet(name)
    book.remove(book.worksheets[0])
    lists, choices, _, pivot = book.worksheets
    for row in (["name", "sector"], ["A", "ngo"], ["B", None], ["C", "knowledge"]):
        lists.append(row)
    lists.merge_cells("B2:B3")
    choices.append(["ngo"])
    choices.sheet_state = "hidden"
    pivot.append(["name", "sector"])
    plain, packed = io.BytesIO(), io.BytesIO()
    book.save(plain)
    related = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/pivotTable"
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.namelist():
            target.writestr(part, source.read(part))
        target.writestr(
            "xl/worksheets/_rels/sheet4.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{related}" Target="../pivotTables/pivotTable1.xml"/></Relationships>',
        )
    return packed.getvalue()


Files = dict[str, str | bytes]
Place = tuple[str, int | None, str, str]
"""File, row, column, value."""


class Drop(NamedTuple):
    """The smallest files that raise a problem, and the place at which it is reported."""

    place: Place
    files: Files
    before: Files
    """What is on show."""
    way: str
    """check, load, inbox (also after programs that the drop ended), or race: somebody else loads while a command does."""
    among_others: bool
    limits: dict[str, int]
    """Settings that are others than those of all tests here."""


class Case(NamedTuple):
    """What readers are told, and the files that have it told."""

    english: str
    dutch: str
    drops: tuple[Drop, ...]


def drop(
    place: Place,
    files: Files,
    before: Files | None = None,
    way: str = "check",
    among_others: bool = False,
    **limits: int,
) -> Drop:
    return Drop(place, files, before or {}, way, among_others, limits)


def zipped(*names: str) -> bytes:
    """An archive with files of these names."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return packed.getvalue()


def case(english: str, dutch: str, *drops: Drop) -> Case:
    return Case(english, dutch, drops)


FUNDING = "organisation_id,year,donor,category,amount\na,2023,X,other,60\na,2023,Y,other,40.5\n"
ACCOUNTS = "organisation_id,year,total_income\na,2023,100.5\n"


CASES: dict[str, Case] = {
    "rows_exceed_total": case(
        "The income in funding.csv of this year is more than this total: 100.50. Correct the total, or the amounts in funding.csv.",
        "De inkomsten in funding.csv van dit jaar zijn meer dan dit totaal: 100.50. Verbeter het totaal, of de bedragen in funding.csv.",
        drop(
            ("accounts.csv", 2, "total_income", "100"),
            {"accounts.csv": ACCOUNTS.replace("100.5", "100"), "funding.csv": FUNDING, "organisations.csv": ORGANISATIONS},
        ),
    ),
    "rows_exceed_kept_total": case(
        "These rows of 2023 are together 100.51 euros, more than the total income in accounts.csv: 100.50. Correct the amounts, or hand in accounts.csv with the right total as well.",
        "Deze regels van 2023 zijn samen 100.51 euro, meer dan de totale inkomsten in accounts.csv: 100.50. Verbeter de bedragen, of lever ook accounts.csv met het juiste totaal in.",
        drop(
            ("funding.csv", None, "amount", "a"),
            {"funding.csv": FUNDING.replace("40.5", "40.51")},
            {"accounts.csv": ACCOUNTS, "funding.csv": FUNDING, "organisations.csv": ORGANISATIONS},
        ),
    ),
    "unknown_file": case(
        "We do not know what this file holds. Say so on the Data page, or name it after its table: organisations.csv, events.csv, partnerships.csv, attendance.csv, funding.csv, accounts.csv, reference.csv, targets.csv.",
        "Wij weten niet wat er in dit bestand staat. Zeg het op de pagina Gegevens, of noem het bestand naar zijn lijst: organisations.csv, events.csv, partnerships.csv, attendance.csv, funding.csv, accounts.csv, reference.csv, targets.csv.",
        drop(("list.csv", None, "", ""), {"list.csv": b"colour,shape\nred,round\n"}),
    ),
    "two_files": case(
        "There are two files for the same table. Put the rows together in one file and leave the other out.",
        "Er zijn twee bestanden voor dezelfde tabel. Zet de rijen samen in één bestand en laat het andere weg.",
        drop(("organisations-2.csv", None, "", "organisations.csv"), {"organisations.csv": ORGANISATIONS, "organisations-2.csv": ORGANISATIONS}),
    ),
    "too_large": case(
        "The file is larger than 1 MB. Split it, or let your IT colleague raise max_file_megabytes in hub.toml.",
        "Het bestand is groter dan 1 MB. Splits het bestand, of vraag uw IT-collega om max_file_megabytes in hub.toml te verhogen.",
        drop(("organisations.csv", None, "", ""), {"organisations.csv": b"x" * 1_100_000}),
    ),
    "drop_too_large": case(
        "These files together are larger than 2 MB. Hand them in one after the other, or let your IT colleague raise max_drop_megabytes in hub.toml.",
        "Deze bestanden zijn samen groter dan 2 MB. Lever ze na elkaar aan, of vraag uw IT-collega om max_drop_megabytes in hub.toml te verhogen.",
        drop(("a.csv", None, "", ""), {f"{name}.csv": b"name,sector\n" + b"x" * 900_000 for name in "abc"}),
    ),
    "reading_takes_memory": case(
        "This file cannot be read: it is damaged, or it takes more than 500 MB of memory. Copy the cells you need to a new file and save that as CSV. If your list is that large, split it.",
        "Dit bestand kunnen wij niet lezen: het is beschadigd, of er is meer dan 500 MB geheugen voor nodig. Kopieer de cellen die u nodig hebt naar een nieuw bestand en sla dat op als CSV. Is uw lijst echt zo groot? Splits hem dan.",
        drop(("b.xls", None, "", ""), {"a.csv": ORGANISATIONS, "b.xls": xls((0, 0), (65535, 65535))}, reading_megabytes=500),
    ),
    "reading_takes_time": case(
        "Reading this file took too long, so we stopped after so many seconds: 1. Copy the cells you need to a new file and save that as CSV. If your list is that large, split it.",
        "Het lezen van dit bestand duurde te lang. Wij zijn gestopt na zoveel seconden: 1. Kopieer de cellen die u nodig hebt naar een nieuw bestand en sla dat op als CSV. Is uw lijst echt zo groot? Splits hem dan.",
        drop(
            ("events.csv", None, "", ""),
            {"events.csv": "name,start_date\n" + "".join(f"Party {n},2024-01-01\n" for n in range(400_000))},
            max_file_megabytes=20,
            max_drop_megabytes=20,
            reading_seconds=1,
        ),
    ),
    "reading_ended_us": case(
        "The program stopped while it read this drop, so many times: 2. It is not read again. Hand its files in one by one. Does one of them stop the program again? Give it to your IT colleague.",
        "Het programma is gestopt bij het lezen van deze lijsten. Hoe vaak: 2. Wij lezen ze niet nog een keer. Lever de bestanden één voor één aan. Stopt het programma weer bij een van de bestanden? Geef dat dan aan uw IT-collega.",
        drop(("organisations.csv", None, "", ""), {"organisations.csv": ORGANISATIONS}, way="inbox, after programs that it ended"),
    ),
    "mixed_encoding": case(
        "Part of this file is in another encoding, so letters such as é would be read wrong. Open it in Excel, look at this row, and save the file again as “CSV UTF-8”.",
        "Een deel van dit bestand is anders opgeslagen. Letters zoals é zouden wij dan verkeerd lezen. Open het in Excel, bekijk deze rij en sla het bestand opnieuw op als “CSV UTF-8”.",
        drop(("organisations.csv", 3, "", "c9"), {"organisations.csv": "name,sector\nCafé,ngo\n".encode() + "Één,ngo\n".encode("cp1252")}),
    ),
    "doubtful_letters": case(
        "The letters of this file can be read in more than one way: cošperatie / coöperatie. Say on the Data page or with --letters which is right, or save it again as “CSV UTF-8” or as a workbook (.xlsx).",
        "De letters van dit bestand kunnen wij op meer dan één manier lezen: cošperatie / coöperatie. Zeg op de pagina Data of met --letters wat juist is. Of sla het opnieuw op als “CSV UTF-8” of als werkmap (.xlsx).",
        drop(("organisations.csv", 2, "", "cošperatie / coöperatie"), {"organisations.csv": "name,sector\ncoöperatie,ngo\n".encode("mac_roman")}),
    ),
    "other_separator": case(
        "The cells stand apart by vertical bars (|), which we keep for lists in a cell. Save it with commas, semicolons or tabs between the cells, or as a workbook (.xlsx).",
        "Tussen de cellen staan rechte strepen (|). Die houden wij voor lijsten in een cel. Bewaar het met komma's, puntkomma's of tabs tussen de cellen, of als werkmap (.xlsx).",
        drop(("organisations.csv", 1, "", ""), {"organisations.csv": b"name|sector|city\nA|ngo|Delft\n"}),
        drop(("leden.csv", 1, "", ""), {"leden.csv": b"Ledenlijst\n\nNaam|Sector|Plaats, land\nA|ngo|Delft, NL\n"}),
    ),
    "web_page": case(
        "This is a web page, not a workbook or a CSV file. Open it in Excel, and save it as a workbook (.xlsx).",
        "Dit is een webpagina, geen werkmap of CSV-bestand. Open het in Excel en sla het op als werkmap (.xlsx).",
        drop(("organisations.xls", None, "", ""), {"organisations.xls": b"<html><table><tr><th>name</th><th>sector</th></tr></table></html>"}),
        drop(("organisations.xls", None, "", ""), {"organisations.xls": '\r\n<TABLE border="1"><tr><td>naam</td></tr></TABLE>'.encode("utf-16")}),
        drop(("leden.xls", None, "", ""), {"leden.xls": b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n"}),
        drop(("export.csv", None, "", ""), {"export.csv": b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>'}),
    ),
    "binary_workbook": case(
        "This is a binary workbook (.xlsb), which we do not read. Open it in Excel, and save it as a workbook (.xlsx).",
        "Dit is een binaire werkmap (.xlsb). Die lezen wij niet. Open het in Excel en sla het op als werkmap (.xlsx).",
        drop(("leden.xlsb", None, "", ""), {"leden.xlsb": zipped("xl/workbook.bin", "xl/worksheets/sheet1.bin")}),
    ),
    "numbers_file": case(
        "This is a list of Apple Numbers, which we do not read. Export it from Numbers as Excel or CSV.",
        "Dit is een lijst van Apple Numbers. Die lezen wij niet. Exporteer de lijst uit Numbers als Excel of CSV.",
        drop(("leden.numbers", None, "", ""), {"leden.numbers": zipped("Index/Document.iwa", "preview.jpg")}),
    ),
    "packed_file": case(
        "This is a packed file, which we do not read. Unpack it, and hand in the lists in it.",
        "Dit bestand is ingepakt. Dat lezen wij niet. Pak het uit en lever de lijsten in die erin zitten.",
        drop(("leden.zip", None, "", ""), {"leden.zip": zipped("organisaties.csv")}),
        drop(("leden.csv.gz", None, "", ""), {"leden.csv.gz": gzip.compress(b"naam;sector")}),
    ),
    "xml_refused": case(
        "This XML file has a document type or entities, by which it can be made to grow without end. Download it anew from whoever publishes it; IATI files have none.",
        "Dit XML-bestand heeft een documenttype of entiteiten. Daarmee kan het eindeloos groeien. Download het opnieuw bij wie het publiceert; IATI-bestanden hebben die niet.",
        drop(("laughs.xml", None, "", ""), {"laughs.xml": LAUGHS}),
    ),
    "xml_damaged": case(
        "This XML file is damaged, or only a part of it. Download it anew from whoever publishes it.",
        "Dit XML-bestand is beschadigd, of het is maar een deel ervan. Download het opnieuw bij wie het publiceert.",
        drop(("half.xml", None, "", ""), {"half.xml": b"<iati-activities><iati-activity><title>Peace"}),
    ),
    "not_said": case(
        "The list does not say this, and it is the same for every row: First day. A month or a year will do: then its first day. So will a start and an end in one cell. Say it once, on the Data page or with --fill start_date=VALUE.",
        "Dit staat niet in de lijst, en is voor elke rij hetzelfde: Eerste dag. Een maand of jaar mag ook: dan de eerste dag daarvan. Begin en einde in één cel mag ook. Zeg het één keer, op de pagina Gegevens of met --fill start_date=WAARDE.",
        drop(("links.csv", None, "start_date", ""), {"links.csv": "From,To,Type\nAnna's Aid,City of Peace,partner\n", "organisations.csv": ORGANISATIONS}),
    ),
    "rate_missing": case(
        "Only amounts in euros can be added up; amounts in GBP: 1. Say how many euros one GBP is, on the Data page or with --rate GBP=NUMBER, or leave them out.",
        "Alleen bedragen in euro's kunnen worden opgeteld. Bedragen in GBP: 1. Zeg hoeveel euro één GBP is, op de pagina Gegevens of met --rate GBP=GETAL, of laat ze weg.",
        drop(
            ("grants.csv", None, "Currency", "GBP"),
            {
                "grants.csv": "Recipient Org:0:Name,Funding Org:0:Name,Amount Awarded,Currency,Award Date\nAnna's Aid,Fund,100,GBP,2020-01-02\n",
                "organisations.csv": ORGANISATIONS,
            },
        ),
    ),
    "not_text": case(
        "This is not a list: the file is damaged, or it is of another kind. Save it again from Excel, as “CSV UTF-8” or as a workbook (.xlsx).",
        "Dit is geen lijst: het bestand is beschadigd of van een andere soort. Sla het opnieuw op vanuit Excel, als “CSV UTF-8” of als werkmap (.xlsx).",
        drop(("organisations.csv", None, "", ""), {"organisations.csv": b"\x89PNG\r\n\x1a\n" + bytes(range(256))}),
        drop(("organisations.csv", 2, "", "81"), {"organisations.csv": b"name,sector\nCaf\xe9\x81,ngo\n"}),
        drop(("organisations.csv", 3, "", "00d8"), {"organisations.csv": "\ufeffname;sector\nA;ngo\n".encode("utf-16-le") + b"\x00\xd8;\x00"}),
    ),
    "empty_file": case(
        "The file is empty. Put a header and rows in it, or leave the file out.",
        "Het bestand is leeg. Zet er een kopregel en rijen in, of laat het bestand weg.",
        drop(("organisations.csv", None, "", ""), {"organisations.csv": b""}),
    ),
    "too_many_columns": case(
        "The file has too many columns: 101. Delete the columns you do not need, or let your IT colleague raise max_columns in hub.toml.",
        "Het bestand heeft te veel kolommen: 101. Verwijder de kolommen die u niet nodig hebt, of vraag uw IT-collega om max_columns in hub.toml te verhogen.",
        drop(("organisations.csv", 1, "", "101"), {"organisations.csv": ",".join(f"c{n}" for n in range(101)) + "\n"}),
    ),
    "workbook_too_large": case(
        "Unpacked, this workbook would be far too large. Copy the cells you need to a new workbook, or save the sheet as CSV.",
        "Uitgepakt is deze werkmap veel te groot. Kopieer de cellen die u nodig hebt naar een nieuwe werkmap, of sla het blad op als CSV.",
        drop(("organisations.xlsx", None, "", ""), {"organisations.xlsx": bomb()}),
    ),
    "not_a_workbook": case(
        "This workbook cannot be opened: it is damaged, or it has a password. Take the password off, or save the sheet as CSV.",
        "Deze werkmap kan niet open: hij is beschadigd of heeft een wachtwoord. Haal het wachtwoord eraf, of sla het blad op als CSV.",
        drop(("organisations.xlsx", None, "", ""), {"organisations.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)}),
    ),
    "duplicate_header": case(
        "Two columns have the same name. Give one of them another name, or delete it.",
        "Twee kolommen hebben dezelfde naam. Geef een van de twee een andere naam, of verwijder die.",
        drop(("organisations.csv", 1, "name", "name"), {"organisations.csv": "name,sector,name\nA,ngo,B\n"}),
    ),
    "missing_column": case(
        "This column is missing. Add the column and fill in every row, or say on the Data page which column it is.",
        "Deze kolom ontbreekt. Voeg de kolom toe en vul elke rij in, of zeg op de pagina Gegevens welke kolom het is.",
        drop(("organisations.csv", 1, "sector", ""), {"organisations.csv": "name\nA\n"}),
    ),
    "column_not_in_euros": case(
        "Only amounts in euros can be added up; this column is in $. Convert the amounts to euros and take $ out, or leave the column out.",
        "Wij kunnen alleen bedragen in euro’s optellen; deze kolom is in $. Reken de bedragen om naar euro’s en haal $ weg, of laat de kolom weg.",
        drop(("events.csv", 1, "Cost ($)", "$"), {"events.csv": "name,start_date,Cost ($)\nA,2024-01-01,5\n"}),
        drop(("events.csv", 1, "Valuta", "$"), {"events.csv": "name,start_date,cost,Valuta\nA,2024-01-01,5,$\n"}),
    ),
    "units_differ": case(
        "This column says that some amounts are in thousands and others are not. Write all amounts in whole euros, or say on the Data page what they are in.",
        "In deze kolom staat dat sommige bedragen in duizenden zijn en andere niet. Schrijf alle bedragen in hele euro’s, of zeg op de pagina Gegevens waarin ze zijn.",
        drop(("events.csv", 1, "Eenheid", ""), {"events.csv": "name,start_date,cost,Eenheid\nA,2024-01-01,5,x 1000\nB,2024-01-02,6,euro\n"}),
    ),
    "row_too_long": case(
        "The row has more cells than the header. Put quotes around cells with a separator in them, or delete the surplus cells.",
        "De rij heeft meer cellen dan de kopregel. Zet aanhalingstekens om cellen met een scheidingsteken erin, of verwijder de cellen die te veel zijn.",
        drop(("organisations.csv", 2, "", "surplus"), {"organisations.csv": "name,sector\nA,ngo,surplus\n"}),
    ),
    "nul_byte": case(
        "The cell holds a character that cannot be stored. Type the cell again.",
        "In de cel staat een teken dat wij niet kunnen bewaren. Typ de cel opnieuw.",
        drop(("organisations.csv", 2, "name", ""), {"organisations.csv": b"name,sector\nA\x00,ngo\n"}),
    ),
    "cell_too_long": case(
        "A cell of this row is far too long. Shorten the cell.",
        "Een cel van deze rij is veel te lang. Maak de cel korter.",
        drop(("organisations.csv", 2, "name", "150000"), {"organisations.csv": "name,sector\n" + "A" * 150_000 + ",ngo\n"}),
    ),
    "error_cell": case(
        "Excel could not calculate this cell. Correct the formula, or type the value.",
        "Excel kon deze cel niet berekenen. Verbeter de formule, of typ de waarde.",
        drop(("organisations.csv", 2, "name", "#N/B"), {"organisations.csv": b"name,sector\n#N/B,ngo\n"}),
    ),
    "broken_quotes": case(
        "From this row on the file cannot be read: a quotation mark is opened and not closed. Close the quotation mark, or delete it.",
        "Vanaf deze rij kunnen wij het bestand niet lezen: een aanhalingsteken wordt geopend en niet gesloten. Sluit het aanhalingsteken, of verwijder het.",
        drop(("organisations.csv", 3, "", ""), {"organisations.csv": b'name,sector\nA,ngo\n"B,ngo\nC,ngo\n'}),
    ),
    "too_many_findings": case(
        "So many rows cannot be read that we stopped at this one. Look at the separators and the quotation marks of the file, and save it again from Excel.",
        "Zo veel rijen kunnen wij niet lezen, dat wij bij deze zijn gestopt. Kijk naar de scheidingstekens en de aanhalingstekens van het bestand, en sla het opnieuw op vanuit Excel.",
        drop(("organisations.csv", 100_002, "", ""), {"organisations.csv": "name,sector\n" + "A,ngo,x\n" * 100_001}, among_others=True),
    ),
    "duplicate_key": case(
        "Row 2 has the same value in organisation_id. Put what they say in one row, or give them different values.",
        "Rij 2 heeft dezelfde waarde in organisation_id. Zet wat erin staat in één rij, of vul verschillende waarden in.",
        drop(("organisations.csv", 3, "organisation_id", "a"), {"organisations.csv": "organisation_id,name,sector\na,A,ngo\na,B,ngo\n"}),
    ),
    "duplicate_row": case(
        "Row 2 says exactly the same. Delete one of the two rows.",
        "In rij 2 staat precies hetzelfde. Verwijder een van de twee rijen.",
        drop(("organisations.csv", 3, "name", "A"), {"organisations.csv": "name,sector\nA,ngo\nA,ngo\n"}),
    ),
    "more_problems": case(
        "More rows have problems: 1. Repair the ones above first; the file with rejected rows holds all of them.",
        "Meer rijen hebben problemen: 1. Herstel eerst de rijen hierboven; in het bestand met geweigerde rijen staan ze allemaal.",
        drop(("organisations.csv", None, "", ""), {"organisations.csv": "name,sector\n" + "A,x\n" * 10_001}, among_others=True),
    ),
    "missing": case(
        "This cell must not be empty. Fill in the cell.",
        "Deze cel mag niet leeg zijn. Vul de cel in.",
        drop(("organisations.csv", 2, "name", ""), {"organisations.csv": "name,sector\n,ngo\n"}),
    ),
    "unknown_code": case(
        "This is not one of the words we know. Choose one of: Business, Funders, Government, International organisations, Knowledge, Networks, NGOs, Other, Social enterprises.",
        "Dit woord kennen wij niet. Kies een van deze woorden: Bedrijven, Fondsen, Overheid, Internationale organisaties, Kennis, Netwerken, Ngo's, Overig, Sociale ondernemingen.",
        drop(("organisations.csv", 2, "sector", "zzzzzz"), {"organisations.csv": "name,sector\nA,zzzzzz\n"}),
    ),
    "unknown_code_near": case(
        "This is not one of the words we know. Did you mean ngo?",
        "Dit woord kennen wij niet. Bedoelt u ngo?",
        drop(("organisations.csv", 2, "sector", "nggo"), {"organisations.csv": "name,sector\nA,nggo\n"}),
    ),
    "not_a_number": case(
        "This is not a number. Write it with digits, as in 1234,50 or 1234.50.",
        "Dit is geen getal. Schrijf het met cijfers, zoals 1234,50 of 1234.50.",
        drop(("organisations.csv", 2, "fte", "many"), {"organisations.csv": "name,sector,fte\nA,ngo,many\n"}),
        drop(("funding.csv", 2, "amount", "1e3"), {"organisations.csv": ORGANISATIONS, "funding.csv": "organisation_id,year,donor,category,amount\na,2020,D,government,1e3\n"}),
    ),
    "two_readings": case(
        "This can be read in two ways: 1234 or 1,234. Write 1234 or 1234,00 without points, or say on the Data page what the point means.",
        "Dit kunnen wij op twee manieren lezen: 1234 of 1,234. Schrijf 1234 of 1234,00 zonder punten, of zeg op de pagina Gegevens wat de punt betekent.",
        drop(("organisations.csv", 2, "fte", "1.234"), {"organisations.csv": b"name,sector,fte\nA,ngo,1.234\n"}),
    ),
    "three_decimals": case(
        "All numbers of this column have three decimals, so this can be 0,456 or 456. Say on the Data page whether they are in thousands, or write whole numbers.",
        "Alle getallen in deze kolom hebben drie decimalen. Dit kan dus 0,456 of 456 zijn. Zeg op de pagina Gegevens of het duizenden zijn, of schrijf hele getallen.",
        drop(("events.csv", 2, "cost", "0,456"), {"events.csv": b"name;start_date;cost\nA;2024-01-01;0,456\n"}),
    ),
    "about_value": case(
        "This is not one exact number. Write one number with digits, as in 12 or 1234,50.",
        "Dit is niet één precies getal. Schrijf één getal met cijfers, zoals 12 of 1234,50.",
        drop(("funding.csv", 2, "amount", "ca. 500"), {"organisations.csv": ORGANISATIONS, "funding.csv": "organisation_id,year,donor,category,amount\na,2020,D,government,ca. 500\n"}),
    ),
    "not_a_whole_number": case(
        "This is not a whole number. Write it with digits only, as in 12.",
        "Dit is geen heel getal. Schrijf het met alleen cijfers, zoals 12.",
        drop(("organisations.csv", 2, "founded", "1_998"), {"organisations.csv": "name,sector,founded\nA,ngo,1_998\n"}),
    ),
    "not_a_date": case(
        "This is not a date. Write it as in 31-01-2024 or 2024-01-31.",
        "Dit is geen datum. Schrijf het zoals 31-01-2024 of 2024-01-31.",
        drop(("events.csv", 2, "start_date", "2024-02-30"), {"events.csv": "name,start_date\nA,2024-02-30\n"}),
    ),
    "two_dates": case(
        "There are two dates in this cell. Put the last day in the column of ends, or give each date a row of its own.",
        "In deze cel staan twee datums. Zet de laatste dag in de kolom voor het einde, of geef elke datum een eigen rij.",
        drop(("events.csv", 2, "start_date", "1-2-2024 en 8-2-2024"), {"events.csv": b"name,start_date\nA,1-2-2024 en 8-2-2024\n"}),
    ),
    "month_first": case(
        "Read day first, this is not a date: the month seems to come first. Write it as in 31-01-2024 or 2024-01-31, or say on the Data page that this file has the month first.",
        "Met de dag eerst is dit geen datum: de maand lijkt voorop te staan. Schrijf het zoals 31-01-2024 of 2024-01-31, of zeg op de pagina Gegevens dat in dit bestand de maand voorop staat.",
        drop(("events.csv", 2, "start_date", "1/31/2024"), {"events.csv": b"name,start_date\nA,1/31/2024\n"}),
    ),
    "month_or_day": case(
        "Other dates of this file have the month first, so this can be two days. Write it as in 31-01-2024 or 2024-01-31, or say on the Data page that this file has the month first.",
        "Andere datums in dit bestand hebben de maand voorop. Dit kunnen dus twee dagen zijn. Schrijf het zoals 31-01-2024 of 2024-01-31, of zeg op de pagina Gegevens dat in dit bestand de maand voorop staat.",
        drop(
            ("events.csv", 3, "end_date", "2/1/2024"),
            {"events.csv": b"name,start_date,end_date\nA,2024-01-01,1/31/2024\nB,2024-01-01,2/1/2024\n"},
            among_others=True,
        ),
    ),
    "not_an_identifier": case(
        "An identifier has no spaces and at most 64 characters. Shorten it, or leave the column empty: we then make one.",
        "Een kenmerk heeft geen spaties en is hoogstens 64 tekens lang. Maak het korter, of laat de kolom leeg: dan maken wij een kenmerk.",
        drop(("organisations.csv", 2, "organisation_id", "a b"), {"organisations.csv": "organisation_id,name,sector\na b,A,ngo\n"}),
    ),
    "shortened_identifier": case(
        "A spreadsheet took this identifier for a number and changed it. Make the column text in Excel, and type or paste the identifier again.",
        "Een rekenprogramma zag dit kenmerk aan voor een getal en heeft het veranderd. Maak van de kolom in Excel tekst, en typ of plak het kenmerk opnieuw.",
        drop(("organisations.csv", 2, "organisation_id", "4.1E+07"), {"organisations.csv": "organisation_id,name,sector\n4.1E+07,A,ngo\n"}),
    ),
    "not_a_website": case(
        "This is not a web address. Write it as in https://example.org.",
        "Dit is geen webadres. Schrijf het zoals https://example.org.",
        drop(("organisations.csv", 2, "website", "javascript:alert(1)"), {"organisations.csv": "name,sector,website\nA,ngo,javascript:alert(1)\n"}),
    ),
    "not_a_country": case(
        "This is not a country. Write its name, or its code of two letters, as in NL.",
        "Dit is geen land. Schrijf de naam, of de code van twee letters, zoals NL.",
        drop(("organisations.csv", 2, "country", "ZZ"), {"organisations.csv": "name,sector,country\nA,ngo,ZZ\n"}),
    ),
    "control_character": case(
        "The cell holds a character that cannot be shown. Type the cell again.",
        "In de cel staat een teken dat wij niet kunnen tonen. Typ de cel opnieuw.",
        drop(("organisations.csv", 2, "name", "\ufeffA"), {"organisations.csv": b"name,sector\n\xef\xbb\xbfA,ngo\n"}),
        drop(("organisations.csv", 2, "name", "A\x07"), {"organisations.csv": b"name,sector\nA\x07,ngo\n"}),
    ),
    "lost_letter": case(
        "A letter of this text was lost when the file was saved. Type the text again, or export the list again as “CSV UTF-8” or as a workbook (.xlsx).",
        "Bij het opslaan van het bestand is in deze tekst een letter verloren gegaan. Typ de tekst opnieuw, of exporteer de lijst opnieuw als “CSV UTF-8” of als werkmap (.xlsx).",
        drop(("organisations.csv", 2, "name", "Caf\ufffd"), {"organisations.csv": "name,sector\nCaf\ufffd,ngo\n"}),
        drop(("organisations.csv", 2, "name", "BelgiÃ«"), {"organisations.csv": "name,sector\nBelgiÃ«,ngo\n"}),
        drop(("organisations.csv", 2, "name", "Co?peratie"), {"organisations.csv": "name,sector,website\nCo?peratie,ngo,x.nl/a?b\n"}),
    ),
    "personal_data": case(
        "There is an e-mail address in this cell, and personal data is never stored. Take the address out.",
        "In deze cel staat een e-mailadres, en persoonsgegevens bewaren wij nooit. Haal het adres weg.",
        drop(("organisations.csv", 2, "city", ""), {"organisations.csv": b"name,sector,city\nA,ngo,jan@x.nl\n"}),
    ),
    "too_long": case(
        "The text is longer than 500 characters. Shorten it.",
        "De tekst is langer dan 500 tekens. Maak de tekst korter.",
        drop(("organisations.csv", 2, "name", "y" * 200), {"organisations.csv": "name,sector\n" + "y" * 501 + ",ngo\n"}),
    ),
    "too_low": case(
        "The number is too low. Fill in 0 or more.",
        "Het getal is te laag. Vul 0 of meer in.",
        drop(("organisations.csv", 2, "fte", "-1"), {"organisations.csv": "name,sector,fte\nA,ngo,-1\n"}),
    ),
    "too_high": case(
        "The number is too high. Fill in 17 or less.",
        "Het getal is te hoog. Vul 17 of minder in.",
        drop(("organisations.csv", 2, "sdgs", "18"), {"organisations.csv": "name,sector,sdgs\nA,ngo,1|18\n"}),
    ),
    "ends_before_start": case(
        "The end comes before the start (2024-02-01). Correct one of the two dates.",
        "Het einde ligt vóór het begin (2024-02-01). Verbeter een van de twee datums.",
        drop(("organisations.csv", 2, "left_on", "2024-01-01"), {"organisations.csv": "name,sector,joined_on,left_on\nA,ngo,2024-02-01,2024-01-01\n"}),
    ),
    "fewer_than_two": case(
        "An agreement needs two different organisations. Add the other organisation, or delete the row.",
        "Een afspraak heeft twee verschillende organisaties nodig. Zet de andere organisatie erbij, of verwijder de rij.",
        drop(("partnerships.csv", 2, "organisation_ids", "a|a"), {"organisations.csv": ORGANISATIONS, "partnerships.csv": "organisation_ids,start_date\na|a,2020-01-01\n"}),
    ),
    "not_in_euros": case(
        "Only amounts in euros can be added up. Convert the amount to euros and write EUR, or leave the cell empty.",
        "Wij kunnen alleen bedragen in euro’s optellen. Reken het bedrag om naar euro’s en vul EUR in, of laat de cel leeg.",
        drop(("funding.csv", 2, "currency", "USD"), {"organisations.csv": ORGANISATIONS, "funding.csv": "organisation_id,year,donor,category,amount,currency\na,2020,D,government,5,USD\n"}),
    ),
    "donor_missing": case(
        "We must know who gave this money. Fill in the donor. Only earned income has none.",
        "Wij moeten weten wie dit geld gaf. Vul de geldgever in. Alleen eigen inkomsten hebben er geen.",
        drop(("funding.csv", 2, "donor", ""), {"organisations.csv": ORGANISATIONS, "funding.csv": "organisation_id,year,donor,category,amount\na,2020,,government,5\n"}),
    ),
    "unknown_organisation": case(
        "No organisation has this identifier or name. Add it to the organisations, or correct the cell.",
        "Er is geen organisatie met dit kenmerk of deze naam. Voeg de organisatie toe aan de lijst met organisaties, of verbeter de cel.",
        drop(("attendance.csv", 2, "organisation_id", "nobody"), {"organisations.csv": ORGANISATIONS, "events.csv": EVENTS, "attendance.csv": "event_id,organisation_id\ne,nobody\n"}),
    ),
    "unknown_organisation_near": case(
        "No organisation has this identifier or name. Did you mean beta university?",
        "Er is geen organisatie met dit kenmerk of deze naam. Bedoelt u beta university?",
        drop(("partnerships.csv", 2, "organisation_ids", "Beta Universty"), {"organisations.csv": ORGANISATIONS, "partnerships.csv": "organisation_ids,start_date\na|Beta Universty,2020-01-01\n"}),
    ),
    "unknown_event": case(
        "No event has this identifier or name. Add it to the events, or correct the cell.",
        "Er is geen bijeenkomst met dit kenmerk of deze naam. Voeg de bijeenkomst toe aan de lijst met bijeenkomsten, of verbeter de cel.",
        drop(("attendance.csv", 2, "event_id", "nowhere"), {"organisations.csv": ORGANISATIONS, "attendance.csv": "event_id,organisation_id\nnowhere,a\n"}),
    ),
    "unknown_event_near": case(
        "No event has this identifier or name. Did you mean peace day?",
        "Er is geen bijeenkomst met dit kenmerk of deze naam. Bedoelt u peace day?",
        drop(("attendance.csv", 2, "event_id", "Peace dya"), {"organisations.csv": ORGANISATIONS, "events.csv": EVENTS, "attendance.csv": "event_id,organisation_id\nPeace dya,a\n"}),
    ),
    "two_with_this_name": case(
        "More than one has this name: x1, x2. Use the identifier instead of the name.",
        "Meer dan één heeft deze naam: x1, x2. Gebruik het kenmerk in plaats van de naam.",
        drop(("attendance.csv", 2, "organisation_id", "Twin"), {"organisations.csv": "organisation_id,name,sector\nx1,Twin,ngo\nx2,twin,ngo\n", "events.csv": EVENTS, "attendance.csv": "event_id,organisation_id\ne,Twin\n"}),
    ),
    "still_referred_to": case(
        "This one is no longer in the file, but rows of partnerships.csv refer to it: 1. Put it back, or hand in partnerships.csv as well.",
        "Deze staat niet meer in het bestand. Aantal rijen in partnerships.csv dat ernaar verwijst: 1. Zet dit terug, of lever ook partnerships.csv in.",
        drop(("organisations.csv", None, "organisation_id", "b"), {"organisations.csv": "organisation_id,name,sector\na,Anna's Aid,ngo\nc,City of Peace,government\n"}, before={"organisations.csv": ORGANISATIONS, "partnerships.csv": "organisation_ids,start_date\na|b,2020-01-01\n"}),
    ),
    "removes_much": case(
        "More than a fifth of the rows would be removed: 1. If this is right, load it on the Data page or with --yes, and say yes.",
        "Meer dan een vijfde van de rijen zou verdwijnen: 1. Klopt dit, laad het dan op de pagina Gegevens of met --yes, en zeg ja.",
        drop(("organisations.csv", None, "", ""), {"organisations.csv": "organisation_id,name,sector\na,Anna's Aid,ngo\nb,Beta University,knowledge\n"}, before={"organisations.csv": ORGANISATIONS}, way="load"),
    ),
    "other_load_was_first": case(
        "Somebody else loaded data in the meantime. Load again; your files are then compared with the new data.",
        "Iemand anders heeft intussen gegevens geladen. Laad opnieuw. Wij vergelijken uw bestanden dan met de nieuwe gegevens.",
        drop(("organisations.csv", None, "", ""), {"organisations.csv": ORGANISATIONS}, before={"organisations.csv": ORGANISATIONS}, way="race"),
    ),
    "removes_much_in_inbox": case(
        "More than a fifth of the rows would be removed: 1. If this is right, load the files on the Data page, or with the command and --yes.",
        "Meer dan een vijfde van de rijen zou verdwijnen: 1. Klopt dit? Laad de bestanden dan op de pagina Gegevens, of met het commando en --yes.",
        drop(("organisations.csv", None, "", ""), {"organisations.csv": "organisation_id,name,sector\na,Anna's Aid,ngo\nb,Beta University,knowledge\n"}, before={"organisations.csv": ORGANISATIONS}, way="inbox"),
    ),
    "nothing_changed": case(
        "This file holds exactly what is on show already; nothing changed. You need not do anything. Is something missing? Then look if this is the newest file.",
        "In dit bestand staat precies wat al te zien is. Er is niets veranderd. U hoeft niets te doen. Mist u iets? Kijk dan of dit het nieuwste bestand is.",
        drop(("organisations.csv", None, "", ""), {"organisations.csv": ORGANISATIONS}, before={"organisations.csv": ORGANISATIONS}, way="inbox"),
    ),
    "copy_without_personal_data": case(
        "We keep only the columns that we use, so this copy has these alone. Repair this copy, or your own file. Rows that could not be read are not in the copy.",
        "Wij bewaren alleen de kolommen die wij gebruiken. In deze kopie staan alleen die. Verbeter deze kopie of uw eigen bestand. Rijen die niet te lezen waren, staan niet in de kopie.",
        drop(("organisations.csv", None, "", ""), {"organisations.csv": "name,sector,e-mail\nA,nggo,a@b.nl\n"}, way="inbox", among_others=True),
    ),
    "copy_of_headings": case(
        "We do not know what this file holds, so this copy has its headings only. Drop your own file on the Data page, and say there what it holds.",
        "Wij weten niet wat er in dit bestand staat. In deze kopie staan daarom alleen de koppen. Zet uw eigen bestand op de pagina Gegevens en zeg daar wat erin staat.",
        drop(("list.csv", None, "", ""), {"list.csv": "colour,shape\nred,round\n"}, way="inbox", among_others=True),
    ),
}  # fmt: skip
"""Code -> its sentences and the smallest files that raise it."""


class Told(NamedTuple):
    """A problem as its sender gets it."""

    place: Place
    code: str
    """"" in the list of problems that the inbox writes, which has sentences only."""
    english: str
    dutch: str
    given: frozenset[str] | None = None
    """What fills the gaps; None where it cannot be seen any more."""


def encoded(files: Files) -> dict[str, bytes]:
    return {name: content.encode() if isinstance(content, str) else content for name, content in files.items()}


def told(code: str, drop: Drop, home: Path, capsys: pytest.CaptureFixture[str]) -> list[Told]:
    """What is said of a drop that comes in on its way; of a drop that has many problems, only the one looked for."""
    if drop.before:
        assert loading.load(home, SETTINGS, encoded(drop.before)).manifest
    if drop.way.startswith("inbox"):
        return from_the_inbox(drop, home)
    if drop.way == "race":
        return by_a_command_that_is_overtaken(drop, home, capsys)
    look = loading.load if drop.way == "load" else loading.prepare
    return [
        Told(
            (p.file, p.row, p.column, p.value),
            p.code,
            *(f"{p.message.translate(language)} {p.remedy.translate(language)}" for language in ("en", "nl")),
            frozenset(p.message.values),
        )
        for p in look(home, SETTINGS.model_copy(update=drop.limits), encoded(drop.files)).draft.problems
        if p.code == code or not drop.among_others
    ]


def from_the_inbox(drop: Drop, home: Path) -> list[Told]:
    lists = []
    for language in ("en", "nl"):
        (home / "inbox").mkdir(exist_ok=True)
        for name, content in encoded(drop.files).items():
            (home / "inbox" / name).write_bytes(content)
        if drop.way.endswith("ended"):
            note = {"files": inbox.scan(home), "snapshots": [], "rejected": "0", "attempt": 2, "process": "another"}
            (home / "inbox" / inbox.NOTE).write_text(json.dumps(note))
        taken = inbox.process(home, SETTINGS.model_copy(update={"languages": (language,)}))
        assert taken
        assert taken.rejected
        text = (taken.rejected / "problems.csv").read_text(encoding="utf-8-sig")
        lists.append(list(csv.reader(io.StringIO(text), delimiter=";" if language == "nl" else ","))[1:])
    return [
        Told((file, int(row) if row else None, column, value), "", f"{wrong} {way_out}", " ".join(dutch[-2:]))
        for (file, row, column, value, wrong, way_out), dutch in zip(*lists, strict=True)
    ]


def by_a_command_that_is_overtaken(drop: Drop, home: Path, capsys: pytest.CaptureFixture[str]) -> list[Told]:
    """The command waits for a file that it reads on the way (a pipe) until somebody else has loaded."""
    for name, content in encoded(drop.files).items():
        (home / name).write_bytes(content)
    lists = []
    for language in ("en", "nl"):
        os.mkfifo(home / "matching.json")
        verb = ["load", *(str(home / name) for name in drop.files), "--yes", "--json", "--language", language]
        command = threading.Thread(target=main, args=([*verb, "--home", str(home)],))
        command.start()
        with (home / "matching.json").open("w") as pipe:  # opens when the command reads
            (home / "matching.json").unlink()
            others = f"{drop.before['organisations.csv']!s}{language},Somebody else,ngo\n"
            assert loading.load(home, SETTINGS, {"organisations.csv": others.encode()}, may_remove=True).manifest
            pipe.write("{}")
        command.join()
        lists.append(json.loads(capsys.readouterr().out)["problems"])
    return [
        Told(
            (english["file"], english["row"], english["column"], english["value"]),
            english["code"],
            f"{english['message']} {english['remedy']}",
            f"{dutch['message']} {dutch['remedy']}",
        )
        for english, dutch in zip(*lists, strict=True)
    ]


@pytest.mark.parametrize(
    ("code", "number"), [(code, n) for code, case in CASES.items() for n in range(len(case.drops))]
)
def test_a_drop_that_cannot_be_loaded_is_told_where_what_and_the_way_out(
    code: str, number: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drop = CASES[code].drops[number]
    if drop.way == "race" and sys.platform == "win32":
        pytest.skip("no pipes with a name")
    found = told(code, drop, tmp_path, capsys)
    given = frozenset(ingest.SENTENCES[code].gaps | {"value"}) if drop.way in ("check", "load") else None
    expected = Told(
        drop.place, "" if drop.way.startswith("inbox") else code, CASES[code].english, CASES[code].dutch, given
    )
    if drop.among_others:
        assert expected in found
    else:
        assert found == [expected]


def test_every_code_has_a_case_and_every_case_a_code() -> None:
    assert CASES.keys() == ingest.SENTENCES.keys()


@pytest.mark.parametrize("code", ingest.SENTENCES)
def test_the_sentences_of_a_code_are_there_in_both_languages_with_the_same_gaps(code: str) -> None:
    gaps = ingest.SENTENCES[code].gaps - {"value"}
    problem = ingest.problem(code, "f.csv", 2, "c", "X", **dict.fromkeys(gaps, "X"))
    for text in (problem.message, problem.remedy):
        assert text.translate("nl") != text.translate("en")
        assert text.translate("nl").count("X") == text.translate("en").count("X")


A_YEAR = [["Recipient", "Funder", "Type of funder", "Amount"], ["A", "B", "Government", 5]]


def book_with_two_rows_of_headings() -> bytes:
    """A workbook with one cell over two years."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Subsidies"
    for cells in (["Organisatie", "Gever", "Bedrag"], ["", "", 2023, 2024], ["A", "Fonds B", 5, 6]):
        sheet.append(cells)
    sheet.merge_cells("C1:D1")
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


GRANTS = (
    "Recipient Org:0:Name,Funding Org:0:Name,Amount Awarded,Currency,Award Date\n"
    "Anna's Aid,Fund,100,EUR,2020-01-02\nAnna's Aid,Fund,50.5,EUR,2020-03-02\nStranger,Fund,7,EUR,2020-01-02\n"
)
VISITORS = (
    "Order #,First Name,Ticket Type,Attendee Status,Company,Event Name\n1,Jan,Free,Checked In,Anna's Aid,Peace day\n"
    "2,Piet,Free,Attending,Anna's Aid,Peace day\n3,Kees,Free,Refunded,City of Peace,Peace day\n"
    "4,Ans,Free,Checked In,,Peace day\n5,Bo,Free,Checked In,bo@example.org,Peace day\n"
)
OF_OTHERS: dict[str, str | bytes | None] = {"organisations.csv": ORGANISATIONS, "grants.csv": GRANTS}
OF_VISITORS: dict[str, str | bytes | None] = {
    "organisations.csv": ORGANISATIONS, "events.csv": EVENTS, "visitors.csv": VISITORS,
}  # fmt: skip
TWO_NAMES = "organisation_id,name,sector,aliases\na,A,ngo,Old A\nb,B,ngo,\n"
NOTES: dict[str, tuple[str, str, Mapping[str, str | bytes | None]]] = {
    "rows_of_others": (
        "Organisations that are not in your list are left out: Stranger. Rows that had nothing else, left out too: 1.",
        "Organisaties die niet in uw lijst staan, zijn weggelaten: Stranger. Rijen met niets anders, ook weggelaten: 1.",
        OF_OTHERS,
    ),
    "rows_joined": (
        "Rows that are about the same, and were taken together: 3 became 2.",
        "Rijen die over hetzelfde gaan en zijn samengenomen: 3 werden er 2.",
        OF_OTHERS,
    ),
    "amounts_converted": (
        "Amounts in GBP that were read as euros, at 1.25 euros each: 2.",
        "Bedragen in GBP die wij als euro's lazen, tegen 1.25 euro per stuk: 2.",
        {"organisations.csv": ORGANISATIONS, "grants.csv": GRANTS.replace("EUR", "GBP")},
    ),
    "fixed_value": (
        "The list does not say category; it is “other” in every row: 2.",
        "In de lijst staat geen category; in elke rij is dat “other”: 2.",
        OF_OTHERS,
    ),
    "rows_not_meant": (
        "Rows left out, since “Attendee Status” is “Refunded”: 1.",
        "Rijen weggelaten, omdat bij “Attendee Status” staat: “Refunded”: 1.",
        OF_VISITORS,
    ),
    "rows_not_best": (
        "Rows left out, since of the same organisation others came, and these are only on the list (Attendee Status): 1.",
        "Rijen weggelaten, omdat van dezelfde organisatie anderen kwamen en deze alleen op de lijst staan (Attendee Status): 1.",
        OF_VISITORS,
    ),
    "rows_without": (
        "Rows left out, since they have no Company: 2.",
        "Rijen weggelaten, omdat Company leeg is: 2.",
        OF_VISITORS,
    ),
    "cells_about_people": (
        "Cells in Company with an address or a telephone number, left empty: 1.",
        "Cellen in Company met een adres of telefoonnummer, leeg gelaten: 1.",
        OF_VISITORS,
    ),
    "links_read": (
        "Links to pages of Notion are read as the names in front of them: 2.",
        "Verwijzingen naar pagina's van Notion lezen wij als de namen die ervoor staan: 2.",
        {
            "organisations.csv": ORGANISATIONS,
            "partnerships.csv": "organisation_ids,start_date\n\"Anna's Aid (https://www.notion.so/Annas-Aid-1?pvs=21), "
            'City of Peace (https://www.notion.so/2?pvs=21)",2020-01-01\n',
        },
    ),
    "sheet_not_used": (
        "This sheet is not used: we do not know what it holds. Its rows: 1.",
        "Dit blad gebruiken wij niet: wij weten niet wat erin staat. Aantal rijen: 1.",
        {"lists.xlsx": sheets(organisations=[["name", "sector"], ["A", "ngo"]], sum=[["total"], [1]])},
    ),
    "turned": (
        "The headings stand below each other, so each column is read as a row: 2. Row 2 in our messages is column B.",
        "De koppen staan onder elkaar. Daarom lezen wij elke kolom als een rij: 2. Rij 2 in onze meldingen is kolom B.",
        {"organisations.csv": "name,A,B\nsector,ngo,ngo\ncity,Delft,Breda\nwebsite,a.example,b.example\n"},
    ),
    "several_lists": (
        "On this sheet stand 2 lists; each is read by itself.",
        "Op dit blad staan 2 lijsten; elke lijst lezen wij apart.",
        {"lists.csv": "name,sector,,,\nA,ngo,,,\n,,,,\nname,organisations,start,end,kind\nB,A;B,2021,,project\n"},
    ),
    "sheet_hidden": (
        "This sheet is hidden, so it is not used. Its rows: 1.",
        "Dit blad is verborgen. Daarom gebruiken wij het niet. Aantal rijen: 1.",
        {"lists.xlsx": book_of_all_kinds()},
    ),
    "sheet_pivot": (
        "This sheet holds a pivot table, so it is not used. Its rows: 1.",
        "Op dit blad staat een draaitabel. Daarom gebruiken wij het niet. Aantal rijen: 1.",
        {"lists.xlsx": book_of_all_kinds()},
    ),
    "sheet_empty": (
        "This sheet is empty. Its rows: 0.",
        "Dit blad is leeg. Aantal rijen: 0.",
        {"lists.xlsx": book_of_all_kinds()},
    ),
    "merged_filled": (
        "Merged cells count for every row beside them. Cells filled in: 1.",
        "Samengevoegde cellen gelden voor elke rij ernaast. Aantal ingevulde cellen: 1.",
        {"lists.xlsx": book_of_all_kinds()},
    ),
    "totals_not_used": (
        "Rows that add up the others, which are not used: 1 (the first is row 3).",
        "Aantal rijen die de andere optellen, en die wij niet gebruiken: 1 (de eerste is rij 3).",
        {"organisations.csv": "name,sector,fte\nA,ngo,5\nTotaal,,5\n"},
    ),
    "examples_not_used": (
        "Rows that are the examples of our workbook, which are not used: 1.",
        "Aantal rijen met de voorbeelden uit onze werkmap, die wij niet gebruiken: 1.",
        {
            "organisations.csv": "Name;Sector;Type;City;Country;FTE\n"
            "Example: Beachfield Ltd;Business;;Delft;NL;5\nExample: Beachfield Ltd;Business;;Delft;NL;6\n"
        },
    ),
    "years_as_rows": (
        "Columns of years side by side (2023, 2024) are read as a row per amount: 1.",
        "Kolommen met jaren naast elkaar (2023, 2024) lezen wij als een rij per bedrag: 1.",
        {
            "organisations.csv": "name,sector\nA,ngo\n",
            "funding.csv": "ontvanger,soort,geldgever,2023,2024\nA,rijk,X,5,\n",
        },
    ),
    "sector_of_type": (
        "The sector is read from soort: 1.",
        "De sector lezen wij uit soort: 1.",
        {"organisations.csv": "name,soort\nA,ngo\n"},
    ),
    "rows_above": (
        "The headings are in row 3. Rows above them, which are not used: 1.",
        "De koppen staan in rij 3. Aantal rijen daarboven, die wij niet gebruiken: 1.",
        {"organisations.csv": "Partners 2024\n\nname,sector\nA,ngo\n"},
    ),
    "hashtags": (
        "Rows of hashtags (HXL) below the headings, which are not used: 1.",
        "Aantal rijen met hashtags (HXL) onder de koppen, die wij niet gebruiken: 1.",
        {"organisations.csv": "name,sector\n#org +name,#sector\nA,ngo\n"},
    ),
    "rows_taken_apart": (
        "Rows that stood in one cell, in quotation marks, and were taken apart: 1.",
        "Aantal rijen die tussen aanhalingstekens in één cel stonden en die wij hebben gesplitst: 1.",
        {"organisations.csv": 'name,sector\n"""A, B"",ngo"\n'},
    ),
    "letters_of": (
        "The file was saved the way of MS-DOS, and is read so. Words with special letters, such as “één”: 2.",
        "Het bestand is opgeslagen op de manier van MS-DOS, en zo lezen wij het. Aantal woorden met bijzondere letters, zoals “één”: 2.",
        {"organisations.csv": "name,sector\néén café,ngo\n".encode("cp850")},
    ),
    "no_rows": (
        "There are headings, and no rows below them: 0 rows. Fill them in, or leave the file out.",
        "Er staan koppen, en geen rijen eronder: 0 rijen. Vul rijen in, of laat het bestand weg.",
        {"organisations.csv": "name,sector\n"},
    ),
    "packed_not_read": (
        "These are packed, and not read: lists.zip (1). Unpack them and hand in the lists.",
        "Deze zijn ingepakt, en lezen wij niet: lists.zip (1). Pak ze uit en lever de lijsten in.",
        {"lists.zip": None},
    ),
    "numbers_not_read": (
        "Lists of Apple Numbers are not read: funding.numbers (1). Export them from Numbers as Excel or CSV.",
        "Lijsten van Apple Numbers lezen wij niet: funding.numbers (1). Exporteer ze uit Numbers als Excel of CSV.",
        {"funding.numbers": None},
    ),
    "open_in_excel": (
        "A list is open in Excel, and what was changed last may not be in it: ~$lists.xlsx (1). Save it, and close it.",
        "Een lijst staat nog open in Excel. De laatste wijzigingen staan er misschien niet in: ~$lists.xlsx (1). Sla de lijst op en sluit hem.",
        {"~$lists.xlsx": None},
    ),
    "folders_not_read": (
        "Folders in the folder are not read: 2023/, 2024/ (2). Put the lists in them beside the others.",
        "Mappen in de map lezen wij niet: 2023/, 2024/ (2). Zet de lijsten die erin staan bij de andere.",
        {"2023/": None, "2024/": None},
    ),
    "others_not_read": (
        "Files of another kind are not read: notes.docx (1). A list has to be CSV or a workbook (.xlsx).",
        "Bestanden van een andere soort lezen wij niet: notes.docx (1). Een lijst moet CSV zijn of een werkmap (.xlsx).",
        {"notes.docx": None},
    ),
    "columns_not_used": (
        "Columns that are not used, and not kept: 1 (colour).",
        "Kolommen die wij niet gebruiken en niet bewaren: 1 (colour).",
        {"organisations.csv": "organisation_id,name,sector,colour\na,A,ngo,red\n"},
    ),
    "columns_left_out": (
        "Columns left out, since personal data is never stored: 1 (e-mail).",
        "Kolommen die wij weglaten, omdat wij nooit persoonsgegevens bewaren: 1 (e-mail).",
        {"organisations.csv": "organisation_id,name,sector,e-mail\na,A,ngo,a@b.nl\n"},
    ),
    "dates_day_first": (
        "Dates are read day first: 01/02/2024 is 1 February 2024. Dates that could be another day: 1.",
        "Datums lezen wij met de dag eerst: 01/02/2024 is 1 februari 2024. Datums die een andere dag kunnen zijn: 1.",
        {"events.csv": "event_id,name,start_date\ne,E,01/02/2024\n"},
    ),
    "units_read": (
        "The numbers in Cost (x 1000) are in units of 1000, so we multiplied them by 1000: 1.",
        "De getallen in Cost (x 1000) zijn in eenheden van 1000. Daarom hebben wij ze met 1000 vermenigvuldigd: 1.",
        {"events.csv": "event_id,name,start_date,Cost (x 1000)\ne,E,2024-01-01,5\n"},
    ),
    "words_for_nothing": (
        "Cells in city that say that nothing is known, such as n.b., are read as empty: 1.",
        "Cellen in city die zeggen dat niets bekend is, zoals n.b., lezen wij als leeg: 1.",
        {"organisations.csv": "organisation_id,name,sector,city\na,A,ngo,n.b.\n"},
    ),
    "about_values": (
        "Numbers in fte that are not exact, such as ca. 30, are left empty: 2.",
        "Getallen in fte die niet precies zijn, zoals ca. 30, laten wij leeg: 2.",
        {"organisations.csv": "organisation_id,name,sector,fte\na,A,ngo,ca. 30\nb,B,ngo,10-15\n"},
    ),
    "dates_unreadable": (
        "Cells in joined_on that are not a whole date, such as najaar 2022, are left empty: 1.",
        "Cellen in joined_on die geen hele datum zijn, zoals najaar 2022, laten wij leeg: 1.",
        {"organisations.csv": "organisation_id,name,sector,joined_on\na,A,ngo,najaar 2022\n"},
    ),
    "short_years": (
        "Years of two digits in start_date are read as in 30-9-'25, which is 30 September 2025: 1.",
        "Jaren van twee cijfers in start_date lezen wij zoals in 30-9-'25, dat is 30 september 2025: 1.",
        {"events.csv": "event_id,name,start_date\ne,E,30-9-'25\n"},
    ),
    "seasons": (
        "Seasons in start_date are read as three months: najaar 2022 begins on 1 September 2022. Cells: 1.",
        "Seizoenen in start_date lezen wij als drie maanden: najaar 2022 begint op 1 september 2022. Cellen: 1.",
        {
            "organisations.csv": ORGANISATIONS,
            "partnerships.csv": "partnership_id,organisation_ids,start_date\np,a|b,najaar 2022\n",
        },
    ),
    "times_in_zone": (
        "Times with a time zone in start_date are read as the day in Europe/Amsterdam: 2024-01-30T23:00:00Z is 31 January 2024. Cells: 1.",
        "Tijden met een tijdzone in start_date lezen wij als de dag in Europe/Amsterdam: 2024-01-30T23:00:00Z is 31 januari 2024. Cellen: 1.",
        {"events.csv": "event_id,name,start_date\ne,E,2024-01-30T23:00:00Z\n"},
    ),
    "goes_on": (
        "Cells in end_date that say that it goes on, such as tot heden, have no last day: 1.",
        "Cellen in end_date die zeggen dat het doorloopt, zoals tot heden, hebben geen laatste dag: 1.",
        {
            "organisations.csv": ORGANISATIONS,
            "partnerships.csv": "partnership_id,organisation_ids,start_date,end_date\np,a|b,2022,tot heden\n",
        },
    ),
    "periods_read": (
        "Cells in start_date that hold a start and an end are read as in 2021 - 2024, from 2021 to 2024: 1.",
        "Cellen in start_date met een begin en een einde lezen wij zoals in 2021 - 2024, van 2021 tot en met 2024: 1.",
        {
            "organisations.csv": ORGANISATIONS,
            "partnerships.csv": "partnership_id,organisation_ids,start_date\np,a|b,2021 - 2024\n",
        },
    ),
    "blank_is_no": (
        "Empty cells in status, where the others say yes, are read as no: 1.",
        "Lege cellen in status, waar de andere ja zeggen, lezen wij als nee: 1.",
        {
            "organisations.csv": ORGANISATIONS,
            "events.csv": EVENTS,
            "attendance.csv": "event_id,organisation_id,status\ne,a,x\ne,b,\n",
        },
    ),
    "country_codes": (
        "Country codes in country are read as those of ISO 3166: EL is GR. Cells: 1.",
        "Landcodes in country lezen wij als die van ISO 3166: EL is GR. Cellen: 1.",
        {"organisations.csv": "organisation_id,name,sector,country\na,A,ngo,EL\n"},
    ),
    "identifiers_made": (
        "Rows without an identifier, which was made from the name: 1.",
        "Aantal rijen zonder kenmerk: 1. Wij maakten het van naam.",
        {"organisations.csv": "name,sector\nA,ngo\n"},
    ),
    "amounts_added_up": (
        "Amounts of the same donor, year, kind and programme were added up: 2 rows became 1.",
        "Bedragen van dezelfde geldgever, hetzelfde jaar, dezelfde soort en hetzelfde programma zijn opgeteld: 2 rijen werden 1.",
        {
            "organisations.csv": ORGANISATIONS,
            "funding.csv": "organisation_id,year,donor,category,amount\na,2020,D,government,5\na,2020,D,government,6\n",
        },
    ),
    "amounts_exactly_alike": (
        "Of the rows that were added up, some say exactly the same as another: 1. Is one a copy? Delete it.",
        "Van de rijen die zijn opgeteld, staat in sommige precies hetzelfde als in een andere: 1. Is één ervan een kopie? Verwijder die.",
        {
            "organisations.csv": ORGANISATIONS,
            "funding.csv": "organisation_id,year,donor,category,amount\na,2020,D,government,5\na,2020,D,government,5\n",
        },
    ),
    "names_taken_together": (
        "Names that are written in another way were taken for the same: 1 (Fonds X&Y = Fonds X en Y).",
        "Namen die anders geschreven zijn, zijn als dezelfde gelezen: 1 (Fonds X&Y = Fonds X en Y).",
        {
            "organisations.csv": ORGANISATIONS,
            "funding.csv": "organisation_id,year,donor,category,amount\na,2020,Fonds X&Y,government,5\na,2021,Fonds X en Y,government,5\n",
        },
    ),
    "one_or_several": (
        "Column themes: read as it is written, though it may be several: 1, such as “Peace, justice”. Say on the Data page what is right.",
        "Kolom themes: gelezen zoals het er staat, al kunnen het er meer zijn: 1, zoals “Peace, justice”. Zeg op de pagina Gegevens wat klopt.",
        {"organisations.csv": 'organisation_id,name,sector,themes\na,A,ngo,"Peace, justice"\n'},
    ),
    "cells_corrected": (
        "Cells that were typed over on the Data page: 1.",
        "Cellen die op de pagina Gegevens zijn overgetypt: 1.",
        {
            "organisations.csv": "name,sector\nA,nog\n",
            "matching.json": json.dumps({"cells": {"name|sector": {"sector": {key_of("nog", ()): "ngo"}}}}),
        },
    ),
    "marks_as_rows": (
        "Columns with marks (Fair 14-1-2025, Feast 2 okt 2025) are read as who was there. Rows: 2.",
        "Kolommen met kruisjes (Fair 14-1-2025, Feast 2 okt 2025) zijn gelezen als wie er was. Rijen: 2.",
        {"list.csv": "Organisatie,Fair 14-1-2025,Feast 2 okt 2025\nAnna,x,\nBeta,,x\n"},
    ),
    "marks_as_partners": (
        "Columns with marks (A, B) are read as the partners. Rows: 1.",
        "Kolommen met kruisjes (A, B) zijn gelezen als de partners. Rijen: 1.",
        {
            "lists.xlsx": sheets(
                Leden=[["naam", "sector"], ["A", "ngo"], ["B", "ngo"]],
                Projecten=[["naam", "start", "A", "B"], ["P", "2022", "x", "x"]],
            )
        },
    ),
    "invitations_read": (
        "RSVP says who was going to come, not who came, so these count as registered: 2.",
        "RSVP zegt wie wilde komen, niet wie kwam. Deze tellen dus als aangemeld: 2.",
        {
            "organisations.csv": ORGANISATIONS,
            "events.csv": EVENTS,
            "attendance.csv": "event_id,organisation_id,RSVP\ne,a,yes\ne,b,maybe\n",
        },
    ),
    "absence_read": (
        "No-show says who did not come. Ticked, so not counted as attended: 1.",
        "No-show zegt wie niet kwam. Aangekruist, en dus niet geteld als aanwezig: 1.",
        {
            "organisations.csv": ORGANISATIONS,
            "events.csv": EVENTS,
            "attendance.csv": "event_id,organisation_id,No-show\ne,a,x\ne,b,\n",
        },
    ),
    "year_of_sheet": (
        "Amounts without a year are of the year that their sheet is called after, 2024: 1.",
        "Bedragen zonder jaar zijn van het jaar waarnaar hun blad heet, 2024: 1.",
        {"lists.xlsx": sheets(**{"2024": A_YEAR})},
    ),
    "rows_hidden": (
        "Rows that are hidden in Excel, by a filter or by hand, are read as well: 1.",
        "Rijen die in Excel verborgen zijn, door een filter of met de hand, worden ook gelezen: 1.",
        {"organisations.xlsx": book_with_hidden_row()},
    ),
    "columns_hidden": (
        "Columns that are hidden in the workbook are read as well: 1 (city).",
        "Kolommen die in de werkmap verborgen zijn, lezen wij ook: 1 (city).",
        {"organisations.xlsx": book_with_hidden_row()},
    ),
    "first_zero": (
        "Numbers of the chamber of commerce that had lost their first zero, and got it back: 1.",
        "KvK-nummers die hun eerste nul kwijt waren en die hebben teruggekregen: 1.",
        {"organisations.csv": "kvk,name,sector\n1234567,A,ngo\n"},
    ),
    "sheet_former": (
        "This sheet is called after organisations that left, and does not say when, so it is not used. Its rows: 1.",
        "Dit blad heet naar organisaties die weg zijn, en zegt niet sinds wanneer. Het wordt niet gebruikt. De rijen: 1.",
        {
            "organisations.xlsx": sheets(
                Members=[["name", "sector"], ["A", "ngo"]], **{"Former members": [["name", "sector"], ["B", "ngo"]]}
            )
        },
    ),
    "rows_struck": (
        "Rows that are struck through in Excel are read as well: 1.",
        "Rijen die in Excel doorgestreept zijn, worden ook gelezen: 1.",
        {"organisations.xlsx": book_with_struck_row()},
    ),
    "lines_not_used": (
        "Rows with a line or the number of a page, which are not used: 2 (the first is row 2).",
        "Rijen met een streep of het nummer van een bladzijde, die wij niet gebruiken: 2 (de eerste is rij 2).",
        {"organisations.csv": "name,sector\n-----,-----\nA,ngo\nPage 1 of 1,\n"},
    ),
    "nothing_came": (
        "Rows of which Status says that nothing came, or nothing yet, such as cancelled, are not used: 1.",
        "Rijen waarvan Status zegt dat er niets van kwam, of nog niets, zoals cancelled, gebruiken wij niet: 1.",
        {"events.csv": "name,start_date,Status\nA,2024-01-01,cancelled\nB,2024-01-02,\n"},
    ),
    "over_without_end": (
        "Rows of which Status says that it is over, such as former member, and that have no last day, count as going on: 1. "
        "Fill in their last day.",
        "Rijen waarvan Status zegt dat het voorbij is, zoals former member, en die geen laatste dag hebben, tellen als nog "
        "lopend: 1. Vul de laatste dag in.",
        {"organisations.csv": "name,sector,Status\nA,ngo,former member\nB,ngo,\n"},
    ),
    "ticks_as_words": (
        "Columns that are ticked (SDG 5, SDG 16) are read together, as sdgs. Rows: 1.",
        "Kolommen met kruisjes (SDG 5, SDG 16) worden samen gelezen, als sdgs. Rijen: 1.",
        {"organisations.csv": "name,sector,SDG 5,SDG 16\nA,ngo,x,x\n"},
    ),
    "years_of_kinds": (
        "Of the columns of years side by side only one kind can be the amounts; there are 2: Plan 2023, Plan 2024; Spent "
        "2023, Spent 2024. Say on the Data page of one of them that it is the amount, or delete the others.",
        "Van de kolommen met jaren naast elkaar kan maar één soort de bedragen zijn. Er zijn er 2: Plan 2023, Plan 2024; "
        "Spent 2023, Spent 2024. Zeg op de pagina Gegevens van één ervan dat het het bedrag is, of verwijder de andere.",
        {
            "organisations.csv": ORGANISATIONS,
            "funding.csv": "organisation,donor,category,Plan 2023,Plan 2024,Spent 2023,Spent 2024\na,D,other,1,2,3,4\n",
        },
    ),
    "headings_repeated": (
        "Rows that repeat the headings, which are not used: 1 (the first is row 3).",
        "Rijen die de koppen herhalen, en die wij niet gebruiken: 1 (de eerste is rij 3).",
        {"organisations.csv": "name,sector\nA,ngo\nname,sector\nB,ngo\n"},
    ),
    "notes_below": (
        "Rows below the list that say something about it, which are not used: 1 (from row 4 on).",
        "Rijen onder de lijst die er iets over zeggen, en die wij niet gebruiken: 1 (vanaf rij 4).",
        {"organisations.csv": "name,sector\nA,ngo\n\nBron: eigen administratie,\n"},
    ),
    "sector_of_sheet": (
        "The sector of organisations is what their sheet is called, Funders: 1.",
        "De sector van organisaties is waarnaar hun blad heet, Funders: 1.",
        {"lists.xlsx": sheets(Funders=[["name", "city"], ["A", "Delft"]])},
    ),
    "sectors_above": (
        "Rows that say the sector of those below them, such as NGOs: 2.",
        "Rijen met de sector van wie eronder staan, zoals NGOs: 2.",
        {"organisations.csv": "name,city\nNGOs,\nA,Delft\nFunders,\nB,Delft\n"},
    ),
    "sheets_joined": (
        "Sheets that hold the same list were put below each other: 2.",
        "Bladen met dezelfde lijst zijn onder elkaar gezet: 2.",
        {"lists.xlsx": sheets(**{"2024": A_YEAR, "2025": A_YEAR})},
    ),
    "two_rows_of_headings": (
        "The headings stand in two rows, from row 1 on, and were read together: 4.",
        "De kopjes staan in twee rijen, vanaf rij 1, en zijn samen gelezen: 4.",
        {"lists.xlsx": book_with_two_rows_of_headings()},
    ),
    "category_of_donor": (
        "What kind of money it is, is read from Funder: 1.",
        "Wat voor geld het is, is gelezen uit Funder: 1.",
        {"lists.xlsx": sheets(funding=[["Recipient", "Year", "Funder", "Amount"], ["A", 2024, "Fonds A", 5]])},
    ),
    "agreements_with_itself": (
        "Agreements between two names of one organisation, which are not used: 1 (the first is row 2).",
        "Afspraken tussen twee namen van één organisatie, die niet worden gebruikt: 1 (de eerste is rij 2).",
        {
            "organisations.csv": TWO_NAMES,
            "partnerships.csv": "organisation_ids,start_date\na|Old A,2020-01-01\na|b,2020-01-01\n",
        },
    ),
    "rows_of_one": (
        "Rows under two names of one organisation were taken together: 1.",
        "Rijen onder twee namen van één organisatie zijn samengenomen: 1.",
        {
            "organisations.csv": TWO_NAMES,
            "events.csv": EVENTS,
            "attendance.csv": "event_id,organisation_id\ne,a\ne,Old A\n",
        },
    ),
    "people_added_up": (
        "Every row is a person; rows of one organisation at one event were added up: 2.",
        "Elke rij is een persoon; rijen van dezelfde organisatie bij dezelfde bijeenkomst zijn opgeteld: 2.",
        {
            "organisations.csv": ORGANISATIONS,
            "events.csv": EVENTS,
            "attendance.csv": "event_id,organisation_id,first name\ne,a,Jan\ne,a,Piet\n",
        },
    ),
}
"""Code of a note -> what readers are told, and the smallest files that have it told."""


@pytest.mark.parametrize("code", NOTES)
def test_what_a_sender_should_know_is_noted(code: str, tmp_path: Path) -> None:
    english, dutch, files = NOTES[code]
    content = {name: cells.encode() if isinstance(cells, str) else cells for name, cells in files.items()}
    if told := content.pop("matching.json", None):  # what somebody said before
        (tmp_path / "matching.json").write_bytes(told)
    notes = [note for note in loading.prepare(tmp_path, SETTINGS, content).draft.notes if note.code == code]
    answers = loading.answer_for_all(rates={"GBP": 1.25})
    notes = [n for n in loading.prepare(tmp_path, SETTINGS, content, answers=answers).draft.notes if n.code == code]
    assert [tuple(note.message.translate(language) for language in ("en", "nl")) for note in notes] == [
        (english, dutch)
    ]


def test_every_note_has_a_case() -> None:
    assert NOTES.keys() == ingest.NOTES.keys()


RAISING = {
    **dict.fromkeys(("refusal", "Finding", "problem"), ingest.SENTENCES),
    **dict.fromkeys(("note", "Remark"), ingest.NOTES),
}
"""Function -> the table that its first argument is a key of."""


def codes_in_the_program() -> Iterator[tuple[str, str]]:
    """Every code that is written down where something is refused or noted, with the function that takes it."""
    for path in sorted((ROOT / "hubdata").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                function = getattr(node.func, "id", getattr(node.func, "attr", ""))
                written = node.args[1:2] if function == "Refusal" else node.args[:1]
                for part in ast.walk(written[0]) if written else ():
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield function, part.value


def test_every_code_that_is_raised_has_sentences() -> None:
    found = {pair for pair in codes_in_the_program() if pair[0] in {*RAISING, "Refusal"}}
    assert len(found) > 40, "they are looked for in the right place"
    assert [pair for pair in sorted(found) if pair[1] not in RAISING.get(pair[0], ingest.SENTENCES)] == []


CELL = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["|", "| |", ";", ",", "'", "'-1", "-1", "1|99", "1" + ".000" * 110, "0", "a@b.nl", "#N/B", "y" * 501,
                     "0/5/2024", "13/2024", "31-31-2024", "nee", "\u0301", "\ud800"]),
)  # fmt: skip
COLUMNS = [(row_type, column) for row_type in models.TABLES.values() for column in row_type.model_fields]
CONTEXT = {"codes": ingest.vocabularies(SETTINGS), "decimal_mark": None, "month_first": False}


@pytest.mark.parametrize(("row_type", "column"), COLUMNS, ids=lambda part: getattr(part, "table", part))
@settings(max_examples=60, deadline=None)
@given(cell=CELL)
def test_whatever_stands_in_a_cell_its_refusal_has_a_code(row_type: type[models.Row], column: str, cell: str) -> None:
    """Also where pydantic and not we refuse it."""
    try:
        adapter(row_type, column).validate_python(cell, context=CONTEXT)
    except ValidationError as error:
        refusals = list(ingest.problems.refusals_in(error, column))
        assert refusals
        for refusal in refusals:
            problem = ingest.problem(refusal.code, "f.csv", 2, refusal.column, refusal.value, **refusal.gaps)
            assert all(
                text.translate(language) for text in (problem.message, problem.remedy) for language in ("nl", "en")
            )


def test_a_columns_own_name_wins_and_is_no_problem() -> None:
    assert ingest.draft({"organisations.csv": b"name,sector,naam\nA,ngo,B\n"}, SETTINGS, {}).problems == []


def test_a_header_given_twice_in_other_case_is_named_twice() -> None:
    draft = ingest.draft({"organisations.csv": b"name,sector,NAME\nA,ngo,B\n"}, SETTINGS, {})
    assert {(p.code, p.value) for p in draft.problems} == {("duplicate_header", "name"), ("duplicate_header", "NAME")}


# --- no row disappears ---------------------------------------------------------------------------------------------

GOOD = st.sampled_from(
    [["A", "ngo"], ["Ünïcode Ltd", "Kennis"], ["with, comma", "NGO"], ["two\nlines", "ngo"], ['say "hi"', "ngo"]]
)
BAD = st.sampled_from([["", "ngo"], ["A", "nope"], ["A\0B", "ngo"], ["\ufeffA", "ngo"], ["A\x1b", "ngo"], ["a@b.nl", "ngo"],
                       ["A", "ngo", "surplus"], ["A", "ngo", "", "far"], ["A"], ["#N/A", "ngo"], ["y" * 600, "ngo"]])  # fmt: skip
LITERAL = st.sampled_from([["=1+1", "ngo"], ["@SUM(A1)", "ngo"], ["+31", "ngo"], ["-x", "ngo"], ["{=cmd|x}", "ngo"]])
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
        assert all(p.message.translate(language) and p.remedy.translate(language) for p in draft.problems)
