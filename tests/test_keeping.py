"""What is kept of files: the columns that are used, every row that is refused, and nothing else; read again it is the same."""

import csv
import io
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_cases import all_that_is_kept

from hubdata import inbox, ingest, loading, models, reading, store
from hubdata.settings import Settings

SETTINGS = Settings()
law = settings(deadline=None)  # one example is fast, but a busy machine is not
ORGANISATIONS = "organisation_id,name,sector\na,Alfa,ngo\nb,Beta,knowledge\nc,Gamma,business\n"
EVENTS = "event_id,name,start_date\ne1,Vredesdag,2024-01-15\n"
PRIVATE = ("Precies", "0475", "Maes", "gluten", "Janssen")
VISITORS = (
    "Evenement;Organisatie;Naam;Aanspreekpunt;GSM;Dieet\n"
    "Vredesdag;a;Piet Precies;Mia Maes;0475/12.34.56;gluten\n"
    "Vredesdag;a;Jan Janssen;Mia Maes;;\n"
)


def workbook(**rows: list[list[object]]) -> bytes:
    content, book = io.BytesIO(), openpyxl.Workbook()
    book.remove(book.active)
    book.properties.creator = "Piet Precies"
    for name, cells in rows.items():
        sheet = book.create_sheet(name)
        for row in cells:
            sheet.append(row)
        sheet["A1"].comment = openpyxl.comments.Comment("vraag Mia Maes", "Piet Precies")
    book.save(content)
    return content.getvalue()


def encoded(**files: str) -> dict[str, bytes]:
    return {f"{name}.csv": text.encode() for name, text in files.items()}


def published(home: Path, files: dict[str, bytes], **how: bool) -> loading.Outcome:
    outcome = loading.load(home, SETTINGS, files, may_remove=True, **how)
    assert outcome.manifest, outcome.draft.problems
    made = loading.rebuild(home, outcome.manifest.id)
    snapshot = store.open_snapshot(home, outcome.manifest.id)
    assert {name: made[name].to_pylist() for name in models.TABLES} == {
        name: snapshot.arrow(name).to_pylist() for name in models.TABLES
    }
    snapshot.close()
    return outcome


def private_words_in(home: Path) -> list[str]:
    kept = all_that_is_kept(home)
    return [word for word in PRIVATE if word in kept]


# --- columns that are not used ------------------------------------------------------------------------------------


def test_in_a_list_of_people_every_column_that_we_do_not_know_is_personal(tmp_path: Path) -> None:
    files = encoded(organisations=ORGANISATIONS, events=EVENTS, attendance=VISITORS)
    outcome = published(tmp_path, files)
    assert [(n.code, n.message.values.get("columns")) for n in outcome.draft.notes] == [
        ("columns_left_out", "Naam, Aanspreekpunt, GSM, Dieet"),
        ("people_added_up", None),
    ]
    assert private_words_in(tmp_path) == []


@pytest.mark.parametrize(
    "header", ["Naam", "Name", "Deelnemer", "Person", "Aanspreekpunt", "Ansprechpartner", "GSM", "Handy", "Voornaam"]
)
def test_a_heading_that_says_person_makes_rows_people(header: str) -> None:
    visitors = f"Evenement;Organisatie;{header}\nVredesdag;a;x\nVredesdag;a;y\nVredesdag;b;z\n"
    files = encoded(organisations=ORGANISATIONS, events=EVENTS, attendance=visitors)
    draft = ingest.draft(files, SETTINGS, {})
    assert draft.problems == []
    assert draft.tables["attendance"]["people"].to_pylist() == [2, 1]
    assert draft.readings[-1].left_out == (header,)


@pytest.mark.parametrize(
    "cell",
    [
        "0475/12.34.56",
        "+32 475 12 34 56",
        "02/123.45.67",
        "+49 (0)30 1234-567",
        "030 1234567",
        "(030) 1234567",
        "0228 / 12 34 56",
        "06-12345678",
        "0031 6 12345678",
        "bel 06 12 34 56 78 na vijven",
        "jan@example.org",
    ],
)
def test_telephone_numbers_are_seen_as_people_write_them(cell: str) -> None:
    draft = ingest.draft({"organisations.csv": f'name,sector,x\nA,ngo,"{cell}"\n'.encode()}, SETTINGS, {})
    assert draft.readings[0].left_out == ("x",)


@pytest.mark.parametrize(
    "cell",
    [
        "0a1b2c3d-1234-5678-9012-123456789012",
        "00000000-0000-0000-0000-000000000012",
        "3f0612345678ab",
        "0123456789abcdef",
        "01234567",
        "000012345678",
        "0403.170.701",
        "01-02-2024",
        "01.02.2024 10:30",
        "0.123456789",
        "1.234.567,89",
    ],
)
def test_identifiers_dates_and_numbers_are_no_telephone_numbers(cell: str) -> None:
    draft = ingest.draft({"organisations.csv": f'name,sector,x\nA,ngo,"{cell}"\n'.encode()}, SETTINGS, {})
    assert (draft.readings[0].left_out, draft.readings[0].ignored) == ((), ("x",))


UNUSED = "organisation_id;name;sector;Relatie;Opmerking\na;Alfa;ngo;Mia Maes;gluten\n"
MISTAKES = UNUSED + 'b;Beta;nope;Jan Janssen;"0475/12.34.56"\nc;Gamma;ngo;x;y;Piet Precies\n'


def test_a_column_that_is_not_used_is_nowhere(tmp_path: Path) -> None:
    outcome = published(tmp_path, encoded(organisations=UNUSED))
    assert outcome.draft.notes[0].message.values == {"count": 2, "columns": "Relatie, Opmerking"}
    (drop,) = store.drops(tmp_path, store.current_snapshot_id(tmp_path) or "")
    assert drop.files == {"organisations.csv": b"organisation_id;name;sector\r\na;Alfa;ngo\r\n"}
    assert private_words_in(tmp_path) == []


def test_nor_among_the_rows_that_are_refused(tmp_path: Path) -> None:
    outcome = published(tmp_path, encoded(organisations=MISTAKES), skip_invalid=True)
    published(tmp_path, encoded(organisations=UNUSED.replace("Alfa", "Alpha")), update=True)
    (kept,) = (tmp_path / "rejected").rglob("organisations.csv")
    rows = list(csv.reader(io.StringIO(kept.read_text(encoding="utf-8-sig")), delimiter=";"))
    assert rows[0] == ["organisation_id", "name", "sector", "problem"]
    assert [row[:3] for row in rows[1:]] == [["b", "Beta", "nope"], ["", "", ""]]
    assert rows[2][3].startswith("rij 4: ")
    assert all(word not in str(p.value) for p in outcome.draft.problems for word in PRIVATE)
    assert private_words_in(tmp_path) == []


def test_nor_in_what_the_inbox_refuses(tmp_path: Path) -> None:
    published(tmp_path, encoded(organisations=ORGANISATIONS))
    (tmp_path / "inbox").mkdir()
    for name, content in {
        "organisations.csv": MISTAKES.encode(),
        "organisaties 2.csv": MISTAKES.encode(),
        "events.csv": EVENTS.encode(),
        "attendance.csv": VISITORS.encode(),
        "lijst.csv": b"wie,wat\nPiet Precies,gluten\n",
    }.items():
        (tmp_path / "inbox" / name).write_bytes(content)
    taken = inbox.process(tmp_path, SETTINGS)
    assert taken
    assert taken.rejected
    assert sorted(path.name for path in taken.rejected.iterdir()) == [
        "attendance.csv", "events.csv", "lijst.csv", "organisaties 2.csv", "organisations.csv", "problems.csv",
    ]  # fmt: skip
    assert (taken.rejected / "events.csv").read_text() == EVENTS  # nothing but columns that are used
    second = (taken.rejected / "organisaties 2.csv").read_text(encoding="utf-8-sig")
    assert second.splitlines()[:2] == ["organisation_id;name;sector", "a;Alfa;ngo"]
    assert private_words_in(tmp_path) == []


def test_nor_of_a_workbook_with_its_other_sheets_and_its_author(tmp_path: Path) -> None:
    content = workbook(
        organisations=[
            ["organisation_id", "name", "sector", "fte", "Contact"],
            ["a", "Alfa", "ngo", 1.234, "Mia Maes"],
        ],
        events=[["event_id", "name", "start_date"], ["e1", "Vredesdag", "2024-01-15"]],
        aanwezig=[["Evenement", "Organisatie", "Naam"], ["e1", "a", "Piet Precies"], ["e1", "a", "Jan Janssen"]],
        kladblok=[["wie", "eet"], ["Piet Precies", "gluten"]],
    )
    outcome = published(tmp_path, {"hub.xlsx": content})
    assert outcome.draft.tables["organisations"]["fte"].to_pylist() == [1.234]
    assert outcome.draft.tables["attendance"]["people"].to_pylist() == [2]
    alone = workbook(organisations=[["organisation_id", "name", "sector"], ["a", "Alfa", "government"]])
    published(tmp_path, {"organisations.xlsx": alone}, update=True)
    (tmp_path / "inbox").mkdir()
    wrong = workbook(organisations=[["name", "sector"], ["Alfa", "nope"]], kladblok=[["wie"], ["Piet Precies"]])
    (tmp_path / "inbox" / "organisations.xlsx").write_bytes(wrong)
    assert inbox.process(tmp_path, SETTINGS)
    assert private_words_in(tmp_path) == []


def test_titles_and_letters_of_another_kind_are_written_anew(tmp_path: Path) -> None:
    """Only a file that is proved to hold nothing else stays as it came."""
    for text, stays in (
        (b"\xef\xbb\xbf\n" + ORGANISATIONS.encode() + b"\n\n", True),
        (b"sep=,\n" + ORGANISATIONS.encode(), False),
        (ORGANISATIONS.replace("Alfa", "Caf\xe9").encode("cp1252"), False),
        (ORGANISATIONS.replace("Alfa", '"Alfa, ""de"" bond"').encode(), False),
        (ORGANISATIONS.encode("utf-16"), False),
    ):
        draft = ingest.draft({"organisations.csv": text}, SETTINGS, {})
        assert draft.problems == []
        (kept,) = draft.received.values()
        assert (kept == text) is (stays or b'""de""' in text), text
        again = ingest.draft(draft.received, SETTINGS, {}, matching=draft.matching)
        assert again.tables == draft.tables


cell = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)


@law
@given(st.lists(st.lists(cell, min_size=2, max_size=2), max_size=5), st.sampled_from([",", ";", "\t"]))
def test_a_table_is_written_as_its_rows_are(rows: list[list[str]], separator: str) -> None:
    columns = list(zip(*rows, strict=True)) or [(), ()]
    table = pa.table({"a": pa.array(columns[0], pa.string()), "b,c": pa.array(columns[1], pa.string())})
    assert reading.write_table(table, separator) == reading.write(["a", "b,c"], rows, separator)


# --- every refused row is kept, under a name of its own --------------------------------------------------------------


def rows_in(folder: Path) -> int:
    files = [path for path in folder.rglob("*.csv") if path.name != "problems.csv"]
    return sum(len(list(csv.reader(io.StringIO(f.read_text(encoding="utf-8-sig")), delimiter=";"))) - 1 for f in files)


def test_refused_rows_of_several_files_and_sheets_never_overwrite_each_other(tmp_path: Path) -> None:
    book = workbook(
        events=[["event_id", "name", "start_date"], ["e1", "Dag", "2024-01-15"], ["e2", "Nacht", "ooit"]],
        partnerships=[["organisation_ids", "start_date"], ["a|b", "2020-01-01"], ["a|z", "2020-01-01"], ["a", "x"]],
    )
    files = {
        "leden.csv": b"organisation_id;name;sector\na;Alfa;ngo\nb;Beta;nope\nb;Beta;ngo\n;;\nc;C;ngo;surplus\n",
        "leden.txt": b"event_id;organisation_id\ne1;a\ne1;nobody\n",
        "l\xe9den?.csv": b"organisation_id;year;donor;category;amount\na;2020;D;government;1\na;2020;D;moneybags;1\n",
        "l\xe9den*.csv": b"indicator;date;value\ndensity;2030-01-01;0,5\ndensty;2030-01-01;0,5\n",
        "problems.csv": b"dimension;code;share;source\nsector;ngo;0,5;CBS\nsector;ngo;half;CBS\n",
        "boek.xlsx": book,
    }
    told = ingest.FileMapping(tables={
        ingest.signature(["organisation_id", "name", "sector"]): "organisations",
        ingest.signature(["event_id", "organisation_id"]): "attendance",
    })  # fmt: skip
    prepared = loading.prepare(tmp_path, SETTINGS, files, answers=told)
    outcome = loading.publish(tmp_path, SETTINGS, prepared, skip_invalid=True)
    assert outcome.manifest, outcome.draft.problems
    loaded = sum(len(table) for table in outcome.draft.tables.values())
    (folder,) = (tmp_path / "rejected").iterdir()
    assert len(list(folder.iterdir())) == 7
    assert (loaded, rows_in(folder)) == (8, 9)
    assert len({(p.file, p.row) for p in outcome.draft.problems}) == 9
    assert sum(reading.rows for reading in outcome.draft.readings) == 17
    assert loading.refused_drops(tmp_path) == []  # what lies there is no list of problems


def test_names_of_kept_files_are_short_and_free() -> None:
    taken: list[str] = []
    for label in ("x" * 300 + ".xlsx (a)", "x" * 300 + ".xlsx (b)", "\u00e9" * 250 + ".csv", "LEDEN.csv", "leden.txt"):
        taken.append(store.free_name(label, taken, ".csv"))
    assert len({name.casefold() for name in taken}) == 5
    assert all(len(name.encode()) < 220 and name.endswith(".csv") for name in taken)


def test_a_backup_of_what_is_kept_opens_elsewhere(tmp_path: Path) -> None:
    published(tmp_path / "home", encoded(organisations=MISTAKES), skip_invalid=True)
    store.backup(tmp_path / "home", tmp_path / "backup.zip")
    with zipfile.ZipFile(tmp_path / "backup.zip") as packed:
        assert not [name for name in packed.namelist() if name.startswith("rejected")]
    shutil.rmtree(tmp_path / "home")
    restored = store.restore(tmp_path / "home", tmp_path / "backup.zip")
    assert loading.rebuild(tmp_path / "home", restored)["organisations"].num_rows == 1
