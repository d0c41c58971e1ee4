"""The Data page: from files as people save them to figures on every page, and back. No part of ours is replaced."""

import csv
import io
import json
import re
import shutil
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from browser import PHONE, WIDE, broken_rules, looks, new_tab, options_of, served, settled, wait_until_settled
from client import Client
from playwright.sync_api import Browser, FileChooser, Page, expect
from streamlit.testing.v1 import AppTest
from test_pages import opened, publish, said

from hubdata import dictionary, loading, models, settings, store, texts
from hubdata.__main__ import main

ORGANISATIONS = "organisation_id,name,sector\na,Anna,ngo\nb,Beta,knowledge\nc,Cora,ngo\nd,Dora,business\n"
PARTNERSHIPS = "organisation_ids,start_date\na|b,2019-01-31\nb|c,2020-01-31\n"
MISTAKE = ORGANISATIONS.replace("business", "busines")
MORE_TIES = PARTNERSHIPS + "a|c,2020-02-29\na|d,2020-02-29\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HUBDATA_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def own(home: Path) -> Path:
    """A home with lists of its own on show."""
    publish(home, {"organisations": ORGANISATIONS, "partnerships": PARTNERSHIPS})
    return home


def dropped(app: AppTest, **files: str | bytes) -> AppTest:
    """Drop files `name` + `.csv` on the page, in the place of what was dropped before."""
    app.file_uploader[0].clear() if app.file_uploader[0].value else None
    for name, content in files.items():
        app.file_uploader[0].upload(f"{name}.csv", content if isinstance(content, bytes) else content.encode())
    app.run(timeout=60)
    assert not app.exception, [e.value for e in app.exception]
    return app


def told(app: AppTest) -> str:
    """Everything the page says, messages in colour too."""
    boxes = [element.value for kind in ("success", "error", "warning", "info") for element in app.get(kind)]
    return (said(app) + "\n" + "\n".join(boxes)).replace("\\", "").replace("**", "")


def pressed(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click()
    app.run(timeout=60)
    assert not app.exception, [e.value for e in app.exception]
    return app


def load_button(app: AppTest) -> object:
    return next((button for button in app.button if button.label == "Load"), None)


def current_snapshot_id(home: Path) -> store.Snapshot:
    return store.open_snapshot(home, store.current_snapshot_id(home) or "")


def shown_ties(home: Path) -> str:
    """How many ties the page Network counts."""
    return str(opened("network").metric[0].value)


def test_a_mistake_is_named_with_its_cell_and_nothing_is_loaded(own: Path) -> None:
    before = store.current_snapshot_id(own)
    app = dropped(opened("data"), organisations=MISTAKE)
    assert "organisations.csv, row 5, column sector: “busines”" in told(app)
    assert "Did you mean business?" in told(app)
    assert "Rows that are fine: 3. Rows that are not: 1." in told(app)
    assert load_button(app).disabled  # type: ignore[union-attr]
    assert store.current_snapshot_id(own) == before


def test_repaired_compared_loaded_undone(own: Path) -> None:
    before, first = store.current_snapshot_id(own), shown_ties(own)
    app = dropped(opened("data"), partnerships=MORE_TIES)
    assert "Network density goes from 33.3% to 66.7%: +33.3 percentage points" in told(app)
    assert "because of other partnerships and events" in told(app)
    pressed(app, "Load")
    assert "Your lists are loaded" in told(app)
    assert store.current_snapshot_id(own) != before
    assert not app.file_uploader[0].value
    assert shown_ties(own) != first
    pressed(app, "Undo")
    assert store.current_snapshot_id(own) == before
    assert shown_ties(own) == first
    pressed(app, "Undo")  # going back can be undone as well
    assert store.current_snapshot_id(own) != before


def test_the_valid_rows_load_when_somebody_says_so(own: Path) -> None:
    text = ORGANISATIONS + "e,Ella,nonsense\nf,Faro,ngo\n"
    app = dropped(opened("data"), organisations=text)
    assert [b.label for b in app.get("download_button") if "repair" in b.label] == [
        "Rows to repair of organisations.csv"
    ]
    next(box for box in app.checkbox if "leave the others out" in box.label).check().run()
    pressed(app, "Load")
    snapshot = current_snapshot_id(own)
    assert "f" in [row["organisation_id"] for row in snapshot.records("organisations")]
    assert "e" not in [row["organisation_id"] for row in snapshot.records("organisations")]


def test_what_is_left_in_the_inbox_is_named(own: Path) -> None:
    (own / "inbox" / "2024").mkdir(parents=True)
    for name in ("lists.zip", "~$organisaties.xlsx", "problems.csv", ".lock"):
        (own / "inbox" / name).write_bytes(b"x")
    said = told(opened("data"))
    assert "Left in the inbox folder" in said
    assert "~$organisaties.xlsx: A list is open in Excel" in said
    assert "2024/: Folders in the folder are not read: 2024/ (1)." in said
    assert "lists.zip: These are packed, and not read: lists.zip (1)." in said
    assert "problems.csv" not in said
    assert ".lock" not in said


def test_the_same_lists_again_change_nothing(own: Path) -> None:
    app = dropped(opened("data"), organisations=ORGANISATIONS, partnerships=PARTNERSHIPS)
    assert "This changes nothing" in told(app)
    assert load_button(app) is None


def test_more_than_a_fifth_goes_only_when_said(own: Path) -> None:
    app = dropped(opened("data"), partnerships="organisation_ids,start_date\na|b,2019-01-31\n")
    assert app.checkbox[0].label == "Yes, remove 1 of the 2 rows of partnerships"
    assert load_button(app).disabled  # type: ignore[union-attr]
    app.checkbox[0].check().run()
    pressed(app, "Load")
    assert "Your lists are loaded" in told(app)


def test_rows_are_added_to_what_is_on_show(own: Path) -> None:
    app = opened("data")
    app.radio[0].set_value(True)
    dropped(app, organisations="organisation_id,name,sector\ne,Ella,ngo\n")
    pressed(app, "Load")
    snapshot = current_snapshot_id(own)
    assert len(snapshot.table("organisations")) == 5


def test_personal_data_is_left_out_and_said(own: Path) -> None:
    text = "organisation_id,name,sector,e-mail\na,Anna,ngo,anna@example.org\n" + "b,Beta,ngo,\nc,Cora,ngo,\nd,D,ngo,\n"
    app = dropped(opened("data"), organisations=text)
    assert "Columns left out, since personal data is never stored: 1 (e-mail)." in told(app)
    pressed(app, "Load")
    assert b"anna@example.org" not in b"".join(p.read_bytes() for p in own.rglob("*") if p.is_file())


def test_of_a_file_that_cannot_be_opened_it_is_said_at_once_why(own: Path) -> None:
    app = dropped(opened("data"), export="<table><tr><td>name</td></tr></table>")
    assert "We do not know yet" not in told(app)
    assert "web page" in told(app)


def test_what_a_file_holds_is_asked_once(own: Path) -> None:
    text = "key,titulatuur,indeling\na,Anna,ngo\nb,Beta,knowledge\nc,Cora,ngo\nd,Dora,ngo\n"
    app = dropped(opened("data"), export=text)
    assert "We do not know yet what export.csv holds." in told(app)
    chosen = next(box for box in app.selectbox if box.label == "What does this file hold?")
    chosen.set_value("organisations").run(timeout=60)
    for header, column in (("key", "organisation_id"), ("titulatuur", "name"), ("indeling", "sector")):
        asked = next(box for box in app.selectbox if header in box.label)
        asked.set_value(column).run(timeout=60)
    assert not app.exception
    pressed(app, "Load")
    assert "Your lists are loaded" in told(app)
    again = dropped(opened("data"), export=text + "e,Ella,ngo\n")
    assert "export.csv holds organisations: 5 rows" in told(again)
    assert load_button(again)


def test_a_file_with_the_month_first(own: Path) -> None:
    text = "organisation_ids,start_date\na|b,01/31/2019\nb|c,01/31/2020\na|c,02/01/2020\n"
    app = dropped(opened("data"), partnerships=text)
    assert "the month seems to come first" in told(app)
    next(radio for radio in app.radio if "dates" in radio.label).set_value(True).run(timeout=60)
    pressed(app, "Load")
    days = [row["start_date"].isoformat() for row in current_snapshot_id(own).records("partnerships")]
    assert days == ["2019-01-31", "2020-01-31", "2020-02-01"]


def test_what_a_point_means_is_asked(own: Path) -> None:
    text = "organisation_id;year;donor;category;amount\na;2019;D;government;1.234\n"
    app = dropped(opened("data"), funding=text)
    assert "This can be read in two ways" in told(app)
    next(radio for radio in app.radio if "numbers" in radio.label).set_value(",").run(timeout=60)
    pressed(app, "Load")
    snapshot = current_snapshot_id(own)
    assert list(snapshot.table("funding")["amount"]) == [1234.0]


def test_letters_in_doubt_are_asked_and_remembered(own: Path) -> None:
    text = "organisation_id,name,sector\na,Coöperatie,ngo\nb,Beta,ngo\nc,Cora,ngo\nd,Dora,ngo\n"
    app = dropped(opened("data"), organisations=text.encode("mac_roman"))
    assert "The letters of organisations.csv can be read in more than one way." in told(app)
    assert load_button(app) is None
    asked = next(radio for radio in app.radio if radio.label.startswith("Which of these is right?"))
    assert (asked.value, asked.options) == (None, ["Cošperatie", "Coöperatie"])
    asked.set_value("Mac Roman").run(timeout=60)
    assert "saved the way of Mac Roman, and is read so" in told(app)
    pressed(app, "Load")
    assert current_snapshot_id(own).records("organisations")[0]["name"] == "Coöperatie"
    again = dropped(opened("data"), organisations=text.replace("Dora", "Zoöloog").encode("mac_roman"))
    assert "more than one way" not in told(again)
    assert load_button(again)


def test_what_amounts_with_three_decimals_are_in_is_asked_and_remembered(own: Path) -> None:
    text = "organisation_id;year;donor;category;amount\na;2019;D;government;0,456\nb;2019;D;government;40,000\n"
    app = dropped(opened("data"), funding=text)
    assert "All numbers of this column have three decimals, so this can be 0,456 or 456." in told(app)
    next(radio for radio in app.radio if "amount" in radio.label).set_value(1000.0).run(timeout=60)
    assert "The numbers in amount are in units of 1000, so we multiplied them by 1000: 2." in told(app)
    pressed(app, "Load")
    assert sorted(current_snapshot_id(own).table("funding")["amount"]) == [456.0, 40_000.0]
    answers = json.loads((own / "matching.json").read_text())["factors"]
    assert answers == {"amount|category|donor|organisation_id|year": {"amount": 1000.0}}


def test_what_a_unit_in_a_heading_was_read_as_can_be_corrected(own: Path) -> None:
    text = "organisation_id;year;donor;category;bedrag (x 1.000)\na;2019;D;government;45\n"
    app = dropped(opened("data"), funding=text)
    radio = next(radio for radio in app.radio if "bedrag" in radio.label)
    assert radio.value == 1000.0
    radio.set_value(1.0).run(timeout=60)
    pressed(app, "Load")
    assert list(current_snapshot_id(own).table("funding")["amount"]) == [45.0]


def test_whether_a_theme_is_one_or_several_is_asked_once(own: Path) -> None:
    text = 'organisation_id,name,sector,themes\na,Anna,ngo,"Water, land"\nb,Beta,knowledge,\nc,Cora,ngo,\nd,Dora,ngo,\n'
    app = dropped(opened("data"), organisations=text)
    assert "though it may be several: 1, such as “Water, land”" in told(app)
    asked = next(radio for radio in app.radio if "is “Water, land” one" in radio.label)
    assert (asked.value, asked.options) == (None, ["One", "Several: “Water”, “land”"])
    asked.set_value(True).run(timeout=60)
    pressed(app, "Load")
    assert current_snapshot_id(own).records("organisations")[0]["themes"] == ["Water", "land"]
    again = dropped(opened("data"), organisations=text.replace("Water, land", "Lucht, vuur"))
    assert "though it may be several" not in told(again)


def test_what_somebody_else_loaded_in_between_is_compared_first(own: Path) -> None:
    app = dropped(opened("data"), partnerships=MORE_TIES)
    publish(own, {"organisations": ORGANISATIONS.replace("Dora", "Doris")})
    other = store.current_snapshot_id(own)
    pressed(app, "Load")
    assert "Somebody else loaded data in the meantime" in told(app)
    assert store.current_snapshot_id(own) == other
    pressed(app, "Load")
    assert "Your lists are loaded" in told(app)
    snapshot = current_snapshot_id(own)
    assert "Doris" in list(snapshot.table("organisations")["name"])


def test_a_disk_that_refuses_is_a_sentence(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = store.current_snapshot_id(own)
    app = dropped(opened("data"), partnerships=MORE_TIES)
    (own / "archive").rename(own / "aside")
    (own / "archive").write_text("a file where the folder should be")
    pressed(app, "Load")
    assert "Nothing was changed" in told(app)
    assert store.current_snapshot_id(own) == before


def test_an_older_snapshot_is_viewed_through_the_address(own: Path) -> None:
    old = store.current_snapshot_id(own) or ""
    publish(own, {"partnerships": MORE_TIES})
    app = opened("network", snapshot=old)
    assert "You are looking at the data of" in said(app)
    assert app.query_params["snapshot"] == old
    assert "2 ties" in said(app)
    pressed(app, "Back to now")
    assert "4 ties" in said(app)
    assert "snapshot" not in app.query_params
    for nonsense in ("20200101T000000000000-abcdef", "../../etc", "x"):
        app = opened("network", snapshot=nonsense)
        assert "4 ties" in said(app)
        assert "snapshot" not in app.query_params


def test_the_filters_and_the_menu_keep_the_older_snapshot(own: Path) -> None:
    old = store.current_snapshot_id(own) or ""
    publish(own, {"partnerships": MORE_TIES})
    app = opened("overview", snapshot=old)
    app.toggle(key="at_convenor").set_value(False).run()
    assert app.query_params["snapshot"] == old
    app.query_params.clear()
    app.switch_page("network.py").run()
    assert "2 ties" in said(app)


def test_who_looks_at_the_newest_day_sees_newer_data(own: Path) -> None:
    app = opened("network")
    publish(own, {"partnerships": MORE_TIES})
    app.run()
    assert "As of 29 February 2020" in said(app)
    assert "as_of" not in app.query_params


def test_new_data_is_announced_once_and_not_to_whom_loaded_it(own: Path) -> None:
    reader, loader = opened("network"), dropped(opened("data"), partnerships=MORE_TIES)
    pressed(loader, "Load")
    assert "New data is on show" not in told(loader)
    assert "New data is on show since you last looked" in told(reader.run())
    assert "New data is on show" not in told(reader.run())


def test_going_back_to_an_older_snapshot(own: Path) -> None:
    old = store.current_snapshot_id(own) or ""
    publish(own, {"partnerships": MORE_TIES})
    app = opened("data")
    app.selectbox(key="older").set_value(old).run()
    pressed(app, "Yes, go back")
    assert store.current_snapshot_id(own) == old
    assert "is on show again" in told(app)


def test_the_page_says_what_is_on_show_and_how_it_came(own: Path) -> None:
    aim = {"targets.csv": b"indicator,date,value\ndensity,2030-01-01,0.5\n"}
    assert loading.load(own, settings.Settings(), aim, way="command", by="Els _*").manifest
    text = told(opened("data"))
    assert "organisations (4), partnerships (2) and targets (1). It was loaded with a command. By: Els _*." in text
    assert "would tell most" not in text, "nothing is known of income, so one more tells nothing"
    income = {"funding.csv": b"organisation_id,year,donor,category,amount\na,2019,D,government,5\n"}
    assert loading.load(own, settings.Settings(), income).manifest
    assert "they would tell most" in told(opened("data"))


def test_names_from_files_are_shown_as_they_are(own: Path) -> None:
    attack = "![x](https://evil.example/x.png)"
    app = dropped(opened("data"), **{attack.replace("/", ":"): "x,y\n1,2\n"})
    assert "![" not in "".join(element.value for element in app.markdown).replace("\\![", "").replace("\\!\\[", "")
    app = dropped(opened("data"), organisations=f"organisation_id,name,sector\na,A,{attack}\n")
    raw = "".join(element.value for element in app.markdown)
    assert "![x]" not in raw
    assert "![x]" in told(app)


def test_the_empty_lists_are_understood_when_filled_in(home: Path) -> None:
    for language in texts.LANGUAGES:
        with zipfile.ZipFile(io.BytesIO(dictionary.zipped_templates(language))) as packed:
            assert set(packed.namelist()) == {f"{name}.csv" for name in models.TABLES}
            header = packed.read("organisations.csv").decode("utf-8-sig").strip()
        separator = ";" if ";" in header else ","
        values = {"name": "Z", "sector": "ngo"}
        row = separator.join(values.get(column, "") for column in header.split(separator))
        draft = loading.prepare(home, settings.Settings(), {"organisations.csv": f"{header}\n{row}\n".encode()}).draft
        assert not draft.problems


WORKBOOK = Path(__file__).parent / "cases" / "excel-of-a-manager" / "in" / "Netwerkoverzicht v4.xlsx"
"""As a programme manager keeps it; see its `case.md`."""


def all_got_in(home: Path) -> None:
    """What was counted by hand in the workbook is on show."""
    tables = current_snapshot_id(home)
    assert [len(tables.table(name)) for name in ("organisations", "partnerships", "events")] == [44, 32, 4]
    assert tables.table("funding")["organisation_id"].nunique() == 18


def test_the_workbook_of_a_manager_gets_in_step_by_step(home: Path) -> None:
    app = opened("data", all="")
    app.file_uploader[0].upload(WORKBOOK.name, WORKBOOK.read_bytes())
    app.run(timeout=60)
    assert (load_button(app), "the first rows" in told(app)) == (None, True)
    pressed(app, "Yes, these are my lists")
    assert (load_button(app), "the first rows" in told(app)) == (None, False)
    grid = next(table.value for table in app.dataframe if "Partij B" in str(table.value))
    assert grid.set_index("Heading in your file").loc["Partij B", "What it is"].startswith("organisation_ids")
    pressed(app, "That is right")
    assert load_button(app).disabled  # type: ignore[union-attr]
    assert [box.value for box in app.checkbox if "St. Lindenzee" in box.label] == [True]
    pressed(app, "Read them so")
    pressed(app, "Load")
    assert "organisations: 44 of 44" in told(app)
    assert "partnerships: 32 of 32" in told(app)
    all_got_in(home)

    # The command reaches the same with the answers that the page remembered.
    by_command = home.with_name("by command")
    by_command.mkdir()
    shutil.copy(home / loading.MATCHING, by_command)
    assert main(["load", "--home", str(by_command), str(WORKBOOK)]) == 0
    for name in models.TABLES:
        tables = [current_snapshot_id(place).table(name) for place in (home, by_command)]
        pd.testing.assert_frame_equal(*tables)


def test_amounts_of_years_side_by_side_that_can_be_read_in_two_ways_are_asked_about(home: Path) -> None:
    funding = "organisatie;geldgever;2023;2024\nAnna;Gemeente Delft;5;12.500\nBeta;Gemeente Delft;6;7\n"
    app = dropped(opened("data"), organisations=ORGANISATIONS, funding=funding)
    next(box for box in app.radio if "How are the numbers" in box.label).set_value(",").run()
    pressed(app, "Load")
    assert current_snapshot_id(home).table("funding")["amount"].tolist() == [5, 12_500, 6, 7]


ATTENDEES = (Path(__file__).parent / "sources" / "made" / "eventbrite.csv").read_text()
"""What Eventbrite exports: of Stichting Kaapwerk three came, of Recht, Vrede & Co one registered."""


def test_a_list_of_attendees_without_its_event_says_no_number_that_is_not_known(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [line.split(",")[:-2] for line in ATTENDEES.splitlines()]
    without_event = "\n".join(map(",".join, rows))
    app = dropped(opened("data"), attendees=without_event)
    assert "is a list of Eventbrite. Persons are left out." in told(app)
    (tmp_path / "attendees.csv").write_text(without_event)
    assert main(["check", "--lang", "en", str(tmp_path / "attendees.csv")]) == 1
    assert "a list of Eventbrite; persons are left out\n" in capsys.readouterr().out


def test_a_list_of_attendees_is_loaded_without_persons_and_not_beside_another_list_of_events(home: Path) -> None:
    ours = 'organisation_id,name,sector\nk,Stichting Kaapwerk,ngo\nr,"Recht, Vrede & Co",business\n'
    events = "name,start_date\nNetwerkborrel,2026-03-12\n"
    publish(home, {"organisations": ours, "partnerships": "organisation_ids,start_date\nk|r,2020-01-31\n"})
    app = dropped(opened("data"), attendees=ATTENDEES, events=events)
    assert "There are two files for the same table." in told(app)
    assert "leave the other out" in told(app)
    assert load_button(app) is None
    dropped(app, attendees=ATTENDEES)
    assert "Eventbrite" in told(app)
    assert "two files" not in told(app)
    pressed(app, "Load")
    snapshot = current_snapshot_id(home)
    visits = snapshot.table("attendance")[["organisation_id", "people", "status"]].to_numpy().tolist()
    assert visits == [["k", 3, "attended"], ["r", 1, "registered"]]
    assert snapshot.table("events")["name"].tolist() == ["Netwerkborrel"]
    assert "Fenna" not in told(app)


TWICE = (
    "organisation_id,name,sector\na,Stichting Lindenzee,ngo\nb,Beta,knowledge\nc,St. Lindenzee,ngo\nd,Dora,business\n"
)


def test_names_that_look_alike_are_taken_together_and_apart_again(own: Path) -> None:
    publish(own, {"organisations": TWICE, "partnerships": PARTNERSHIPS})
    before = store.current_snapshot_id(own)
    app = opened("data", all="")
    assert "1 pair of names may be of one organisation or donor." in told(app)
    assert "Is St. Lindenzee the same as Stichting Lindenzee?" in told(app)
    assert "What moves: 1 agreement and 1 partner." in told(app)
    do = next(button for button in app.button if button.label == "Do as I said")
    assert do.disabled
    next(radio for radio in app.radio if radio.label.startswith("St. Lindenzee")).set_value("one").run(timeout=60)
    pressed(app, "Do as I said")
    assert "1 pair of names is one now." in told(app)
    assert current_snapshot_id(own).table("organisations")["name"].tolist() == ["Stichting Lindenzee", "Beta", "Dora"]
    assert "No two names look alike." in told(app)
    pressed(app, "Undo")
    assert store.current_snapshot_id(own) == before
    next(radio for radio in app.radio if radio.label.startswith("St. Lindenzee")).set_value("different").run(timeout=60)
    pressed(app, "Do as I said")
    assert "No two names look alike." in told(app)
    assert "No two names look alike." in told(opened("data", all=""))


def test_names_that_look_alike_in_a_drop_are_one_before_it_is_loaded(own: Path) -> None:
    app = dropped(opened("data", all=""), organisations=TWICE)
    assert [radio.value for radio in app.radio if radio.label.startswith("St. Lindenzee")] == ["one"]
    pressed(app, "Do as I said")
    assert "1 pair of names is taken together." in told(app)
    next(box for box in app.checkbox if box.label.startswith("Yes, remove 1")).check().run(timeout=60)
    pressed(app, "Load")
    tables = current_snapshot_id(own)
    assert tables.table("organisations")["aliases"].tolist()[0].tolist() == ["St. Lindenzee", "c"]
    assert [list(ids) for ids in tables.table("partnerships")["organisation_ids"]] == [["a", "b"], ["b", "a"]]


def test_drops_that_the_inbox_refused_are_listed(own: Path) -> None:
    folder = loading.new_folder(own / "rejected")
    (folder / "leden.csv").write_text("x\n1\n")
    (folder / "problems.csv").write_text("\ufefffile;row\nleden.csv;1\nleden.csv;2\n", encoding="utf-8")
    text = told(opened("data"))
    assert "Not loaded from the inbox folder" in text
    assert "leden.csv, 2 problems." in text


# --- in a real browser --------------------------------------------------------------------------------------------


@pytest.fixture
def address(own: Path) -> Iterator[str]:
    with served(own) as served_at:
        yield served_at


def visit(browser: Browser, url: str, window: str = "") -> Page:
    """A tab with the address; `page.asked` is everything that was asked of anybody."""
    page = new_tab(browser, lang="en-GB", window=window)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.asked = asked  # type: ignore[attr-defined]
    return settled(page, url)


def drop(page: Page, **files: str) -> None:
    """Drop files in the place of what was dropped before."""
    for cross in page.get_by_test_id("stFileChipDeleteBtn").all()[::-1]:
        cross.get_by_role("button").click()
        wait_until_settled(page)
    listed = [{"name": f"{n}.csv", "mimeType": "text/csv", "buffer": text.encode()} for n, text in files.items()]
    page.locator("input[type=file]").set_input_files(listed)  # type: ignore[arg-type]
    expect(page.get_by_test_id("stSpinner")).to_have_count(0)
    page.locator("[id=reading]").wait_for()
    wait_until_settled(page)


def button(page: Page, label: str) -> object:
    """A button by what it says; the name of its icon comes first."""
    return page.get_by_role("button", name=re.compile(rf"(^|\s){re.escape(label)}$"))


def load(page: Page) -> None:
    """Load what was dropped, and wait until it is on show."""
    button(page, "Load").click()  # type: ignore[attr-defined]
    expect(page.get_by_test_id("stFileChip")).to_have_count(0)
    says(page, "Your lists are loaded")
    wait_until_settled(page)


def says(page: Page, text: str) -> None:
    expect(page.get_by_text(text).first).to_be_visible()


def figure(address: str, language: str) -> str:
    """The share of ties across sectors on the overview, as somebody else sees it."""
    with Client(address) as client, client.connect() as session:
        seen = session.run("", query=f"lang={language}")
    return [str(proto.body) for kind, proto in seen.elements if kind == "metric"][2]


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_from_a_mistake_to_new_figures_and_back(browser: Browser, address: str, language: str) -> None:
    words = texts.translation(language).gettext
    page = visit(browser, f"{address}/data?lang={language}")
    before = figure(address, language)
    drop(page, partnerships=MORE_TIES.replace("2019-01-31", "31-31-2019"))
    says(page, f"partnerships.csv, {words('row {row}').format(row=2)}")
    says(page, words("This is not a date."))
    drop(page, partnerships=MORE_TIES)
    says(page, words("What would change"))
    page.get_by_text(words("Row by row")).click()
    wait_until_settled(page)
    button(page, words("Load")).click()  # type: ignore[attr-defined]
    says(page, words("Your lists are loaded. All pages now show them."))
    wait_until_settled(page)
    assert figure(address, language) != before
    button(page, words("Undo")).click()  # type: ignore[attr-defined]
    says(page, words("The data of {moment} is on show again.").split("{")[0])
    wait_until_settled(page)
    assert figure(address, language) == before
    assert [url for url in page.asked if not url.startswith((address, "data:", "blob:"))] == []  # type: ignore[attr-defined]
    page.close()


def test_the_workbook_of_a_manager_gets_in_within_twelve_clicks(browser: Browser, home: Path) -> None:
    """In Dutch; in English up to the last click, in the same tab, for what is loaded is loaded for good."""
    with served(home) as served_at:
        page = visit(browser, f"{served_at}/data?lang=en")
        for language in ("en", "nl"):
            settled(page, f"{served_at}/data?lang={language}")
            page.locator("input[type=file]").set_input_files(WORKBOOK)
            clicks = 2  # "Upload", and the file
            words = texts.translation(language).gettext
            for label in ("Yes, these are my lists", "That is right", "Read them so"):
                wait_until_settled(page)
                button(page, words(label)).click()  # type: ignore[attr-defined]
                clicks += 1
            wait_until_settled(page)
            expect(button(page, words("Load"))).to_be_enabled()  # type: ignore[arg-type]
        button(page, "Laden").click()  # type: ignore[attr-defined]
        clicks += 1
        says(page, "organisaties: 44 van 44")
        says(page, "samenwerkingen: 32 van 32")
        wait_until_settled(page)
        assert broken_rules(page) == []
        assert clicks <= 12
        all_got_in(home)
        page.close()


def test_a_list_is_loaded_and_undone_with_the_keyboard_alone(browser: Browser, address: str, own: Path) -> None:
    page = visit(browser, f"{address}/data?lang=en")
    before = store.current_snapshot_id(own)

    def tab_to(label: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            focused = page.evaluate("document.activeElement.innerText || document.activeElement.ariaLabel || ''")
            if re.search(rf"(^|\s){label}$", focused.strip()):
                return
        raise AssertionError(f"{label} cannot be reached")

    # A run of the script that ends between the two keys takes the focus away: then it is two keys again.
    choosers: list[FileChooser] = []
    page.on("filechooser", lambda chooser: choosers.append(chooser))
    end = time.monotonic() + 60
    while not choosers and time.monotonic() < end:
        tab_to("Upload")
        page.keyboard.press("Enter")
        page.wait_for_timeout(2000)
    file = {"name": "partnerships.csv", "mimeType": "text/csv", "buffer": MORE_TIES.encode()}
    choosers[0].set_files([file])  # type: ignore[list-item]
    says(page, "What would change")
    wait_until_settled(page)
    tab_to("Load")
    page.keyboard.press("Enter")
    says(page, "Your lists are loaded")
    wait_until_settled(page)
    assert store.current_snapshot_id(own) != before
    page.keyboard.press("Home")
    tab_to("Undo")
    page.keyboard.press("Enter")
    says(page, "is on show again")
    assert store.current_snapshot_id(own) == before
    page.close()


def test_a_second_browser_hears_of_new_data_and_does_not_lose_it(browser: Browser, address: str, own: Path) -> None:
    first, second = (visit(browser, f"{address}/data?lang=en", window=window) for window in ("", "other"))
    drop(first, partnerships=MORE_TIES)
    drop(second, organisations=ORGANISATIONS.replace("Dora", "Doris"))
    load(first)
    loaded = store.current_snapshot_id(own)
    button(second, "Load").click()  # type: ignore[attr-defined]
    says(second, "New data is on show since you last looked")
    says(second, "Somebody else loaded data in the meantime")
    wait_until_settled(second)
    assert store.current_snapshot_id(own) == loaded
    load(second)
    tables = current_snapshot_id(own)
    assert len(tables.table("partnerships")) == 4
    assert "Doris" in list(tables.table("organisations")["name"])
    for page in (first, second):
        page.close()


def test_the_rejected_rows_are_repaired_and_dropped_again(browser: Browser, address: str, own: Path) -> None:
    page = visit(browser, f"{address}/data?lang=en")
    drop(page, organisations=ORGANISATIONS + "e,Ella,busines\nf,Faro,ngo\ng,,ngo\n")
    with page.expect_download() as download:
        button(page, "Rows to repair of organisations.csv").click()  # type: ignore[attr-defined]
    rejected = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert "Did you mean business?" in rejected
    with page.expect_download() as download:
        button(page, "Download as CSV").first.click()  # type: ignore[attr-defined]
    problems = list(csv.reader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig"))))
    # Whether "busines" is a business is asked above; the list has what only who keeps it knows.
    assert [row[:4] for row in problems[1:]] == [["organisations.csv", "8", "name", ""]]
    page.get_by_text("Load the rows that are fine and leave the others out").click()
    wait_until_settled(page)
    load(page)
    page.get_by_text("Add and change rows", exact=True).click()
    wait_until_settled(page)
    drop(page, **{"organisations-to-repair": rejected.replace("busines,", "business,").replace("g,,", "g,Gijs,")})
    load(page)
    assert list(current_snapshot_id(own).table("organisations")["organisation_id"]) == list("abcdfeg")
    page.close()


def test_no_state_of_the_page_breaks_the_accessibility_rules(browser: Browser, address: str, own: Path) -> None:
    old = store.current_snapshot_id(own) or ""
    publish(own, {"targets": "indicator,date,value\ndensity,2030-01-01,0.5\n"})
    page = visit(browser, f"{address}/data?lang=en&snapshot={old}")

    def breaks_no_rule() -> None:
        for look in looks(page, (("light", WIDE), ("dark", PHONE))):
            assert broken_rules(page) == [], look

    breaks_no_rule()
    funding = "organisation;jaar;gever;soort;bedrag;*x*\nAnna;2019;D;government;1.234;y\n"
    drop(page, organisations=MISTAKE, unknown="x,y\n1,2\n", funding=funding, partnerships=MORE_TIES)
    breaks_no_rule()
    drop(page, partnerships="organisation_ids,start_date\na|b,2019-01-31\na|c,2020-01-31\n")
    page.get_by_text("Row by row").click()
    page.get_by_text("Which columns a list may have").click()
    wait_until_settled(page)
    breaks_no_rule()
    page.get_by_text("Yes, remove").click()
    wait_until_settled(page)
    load(page)
    options_of(page, "Look at older data").first.click()
    wait_until_settled(page)
    page.get_by_role("button", name="Go back to this one").click()
    breaks_no_rule()
    page.close()
