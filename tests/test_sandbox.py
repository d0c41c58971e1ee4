"""A task in a process of its own ends by itself, whatever it does; the program that asked goes on."""

import gzip
import os
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest
from hostile import ods, ods_row, text_cell, xls, xlsx

from hubdata import loading, sandbox
from hubdata.sandbox import Ended, Limits, Report
from hubdata.settings import Settings

LIMITS = Limits(megabytes=300, seconds=30)


@pytest.fixture(autouse=True)
def _knows_this_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """The waiting process of the other tests does not find the tasks below, so these have one of their own."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    monkeypatch.setattr(sandbox, "READING", WAITING)


WAITING = sandbox.Waiting("hubdata.loading")


# --- tasks --------------------------------------------------------------------------------------------------------------


def double(number: int, report: Report) -> int:
    return 2 * number


def rename(files: dict[str, bytes], report: Report) -> dict[str, bytes]:
    return {"the same": files["a"], "less": files["a"][1:], "other": files["b"]}


def hoard(report: Report) -> None:
    report("hoarding")
    kept = []
    while True:
        kept.append(bytearray(1_000_000))


def reach_out(path: str, port: int, report: Report) -> list[str]:
    """Try what a task may not do; what happened each time."""
    happened = []
    for attempt in (
        lambda: socket.create_connection(("127.0.0.1", port)),
        lambda: subprocess.run(["true"], check=True),
        lambda: Path(path).write_text("x"),
    ):
        try:
            attempt()
            happened.append("done")
        except OSError as error:
            happened.append(type(error).__name__)
    return happened


def wait_for_ever(report: Report) -> None:
    report("waiting")
    threading.Event().wait()


def crash(report: Report) -> None:
    report("crashing")
    os.abort()


def fail(report: Report) -> None:
    raise KeyError("what was asked for")


def process_id(report: Report) -> int:
    return os.getpid()


# --- what becomes of them -----------------------------------------------------------------------------------------------


def test_a_task_gives_its_answer_and_what_it_raises_is_raised() -> None:
    assert sandbox.run(double, 21, limits=LIMITS) == 42
    with pytest.raises(KeyError, match="what was asked for"):
        sandbox.run(fail, limits=LIMITS)


def test_what_was_handed_in_comes_back_without_being_sent() -> None:
    files = {"a": b"12" * 1000, "b": b"x"}
    answer = sandbox.run(rename, files, limits=LIMITS)
    assert answer == {"the same": files["a"], "less": files["a"][1:], "other": b"x"}
    assert answer["the same"] is files["a"]


def test_a_task_that_goes_over_its_limits_ends_and_the_next_one_is_done() -> None:
    with pytest.raises(Ended) as ended:
        sandbox.run(hoard, limits=LIMITS)
    assert (ended.value.why, ended.value.step) == ("memory", "hoarding")
    with pytest.raises(Ended) as ended:
        sandbox.run(wait_for_ever, limits=LIMITS._replace(seconds=1))
    assert (ended.value.why, ended.value.step) == ("time", "waiting")
    with pytest.raises(Ended) as ended:
        sandbox.run(crash, limits=LIMITS)
    assert (ended.value.why, ended.value.step) == ("memory", "crashing")
    assert sandbox.run(double, 1, limits=LIMITS) == 2


def test_each_task_has_a_process_of_its_own() -> None:
    processes = [sandbox.run(process_id, limits=LIMITS) for _ in range(3)]
    assert len({*processes, os.getpid()}) == 4


def test_a_task_reaches_nothing(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        happened = sandbox.run(reach_out, str(tmp_path / "written"), server.getsockname()[1], limits=LIMITS)
    assert happened == ["PermissionError", "PermissionError", "OSError"]


def test_steps_are_told_as_they_come() -> None:
    told: list[str] = []
    with pytest.raises(Ended):
        sandbox.run(crash, limits=LIMITS, report=told.append)
    assert told == ["crashing"]


def test_a_waiting_process_that_was_ended_is_started_again() -> None:
    sandbox.run(double, 1, limits=LIMITS)
    assert sandbox.READING.process
    sandbox.READING.process.send_signal(signal.SIGKILL)
    sandbox.READING.process.wait()
    assert sandbox.run(double, 2, limits=LIMITS) == 4


def test_it_ends_when_the_program_ends() -> None:
    program = "from hubdata import sandbox; sandbox.READING.fork(); print(sandbox.READING.process.pid)"
    waiting = int(subprocess.run([os.sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout)
    end = time.monotonic() + 20
    while Path(f"/proc/{waiting}").exists():
        assert time.monotonic() < end, "it still waits"
        time.sleep(0.05)


# --- files --------------------------------------------------------------------------------------------------------------


def test_a_file_that_takes_too_much_is_refused_with_its_name_and_nothing_else_happens(tmp_path: Path) -> None:
    good = {"organisations.csv": b"name,sector\nAnna,ngo\n"}
    assert loading.load(tmp_path, Settings(), good).manifest
    big = b"event_id,name,start_date\n" + b"".join(
        b"e%d,%d%s,2024-01-01\n" % (n, n, b"x" * 300) for n in range(150_000)
    )
    files = {"organisations.csv": good["organisations.csv"], "events.csv": big}
    for settings, code in (
        (Settings(reading_megabytes=200), "reading_takes_memory"),
        (Settings(reading_seconds=1), "reading_takes_time"),
    ):
        outcome = loading.load(tmp_path, settings, files, skip_invalid=True)
        (problem,) = outcome.draft.problems
        assert (problem.code, problem.file, outcome.manifest) == (code, "events.csv", None)
    assert loading.load(tmp_path, Settings(), {"organisations.csv": b"name,sector\nAnna,ngo\nBert,ngo\n"}).manifest


def row(*cells: str) -> str:
    return f"<row>{''.join(cells)}</row>"


LAUGH = (
    '<!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {one} "{f"&{of};" * 300}">' for of, one in ("ab", "bc", "cd"))
    + "]>"
)
ELSEWHERE = '<!DOCTYPE l [<!ENTITY d SYSTEM "file:///etc/hostname">]>'
SHARED = '<?xml version="1.0"?>{}<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>{}</t></si></sst>'


def iati(before: str, inside: str = "&d;") -> bytes:
    return f'{before}<iati-activities version="2.03"><iati-activity><title>{inside}</title></iati-activity></iati-activities>'.encode()


HEADINGS = row(text_cell("name"), text_cell("sector"))
HOSTILE: dict[str, tuple[str, bytes, set[str]]] = {
    "a cell far away, before 2007": ("a.xls", xls((65535, 65535)), {"workbook_too_large"}),
    "two cells far apart, before 2007": ("a.xls", xls((0, 0), (65535, 65535)), {"reading_takes_memory"}),
    "a cell far away": ("a.xlsx", xlsx(HEADINGS + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), {"workbook_too_large"}),
    "the same in small letters": ("a.xlsx", xlsx(HEADINGS + '<row r="1048576"><c r="xfd1048576"><v>1</v></c></row>'), {"workbook_too_large"}),
    "the same behind another": ("a.xlsx", xlsx(HEADINGS + '<row><c x:r="A1" r="XFD1048576"><v>1</v></c></row>'), {"workbook_too_large"}),
    "a row that is repeated beyond counting": ("a.ods", ods(ods_row(), ods_row("1000000000")), {"workbook_too_large"}),
    "the same behind another that is not": ("a.ods", ods(ods_row(), ods_row('1" table:number-rows-repeated="99999999')), {"workbook_too_large"}),
    "the same, as a code": ("a.ods", ods(ods_row(), ods_row("&#57;99999")), {"workbook_too_large"}),
    "a laugh that doubles": ("a.ods", ods(ods_row(cell="&d;"), before=LAUGH), {"not_a_workbook"}),
    "a laugh among shared texts": ("a.xlsx", xlsx(row('<c t="s"><v>0</v></c>'), {"xl/sharedStrings.xml": SHARED.format(f"{LAUGH}", "&d;")}), {"not_a_workbook"}),
    "a file of the machine": ("a.xlsx", xlsx(row('<c t="s"><v>0</v></c>'), {"xl/sharedStrings.xml": SHARED.format(ELSEWHERE, "&d;")}), {"not_a_workbook"}),
    "one long text in a million cells": ("a.xlsx", xlsx(("<row>" + '<c t="s"><v>0</v></c>' * 100 + "</row>") * 9_000, {"xl/sharedStrings.xml": SHARED.format("", "A" * 1_000_000)}), {"workbook_too_large"}),
    "elements within elements": ("a.xlsx", xlsx("<row>" + "<c>" * 200_000), {"not_a_workbook"}),
    "as many columns as there can be": ("a.xlsx", xlsx("<row>" + text_cell("name") * 16_384 + "</row>"), {"too_many_columns"}),
    "a packed part": ("a.xlsx", xlsx("", {"xl/worksheets/sheet1.xml": gzip.compress(b"0" * 20_000_000)}), {"not_a_workbook"}),
    "styles without end": ("a.xlsx", xlsx(HEADINGS, {"xl/styles.xml": "<styleSheet><cellXfs>" + '<xf numFmtId="9"/>' * 1_000_000}), {"workbook_too_large"}),
    "a laugh in XML of IATI": ("a.xml", iati(LAUGH), {"xml_refused"}),
    "a file of the machine in XML of IATI": ("a.xml", iati(ELSEWHERE), {"xml_refused"}),
    "the same in other letters": ("a.xml", iati(ELSEWHERE).decode().encode("utf-16"), {"xml_refused"}),
    "elements within elements of IATI": ("a.xml", iati("", "<a>" * 15_000), {"xml_damaged"}),
    "a chain of sectors that bites its tail, before 2007": ("a.xls", xls((0, 0))[:76] + bytes(436) + xls((0, 0))[512:], {"not_a_workbook"}),
    "beginnings of cells in a formula": ("a.xlsx", xlsx(row('<c t="str"><f>' + "<c " * 40_000 + "</f><v>1</v></c>")), {"not_a_workbook"}),
    "the same, quoted": ("a.xlsx", xlsx(row('<c t="str"><f>' + "&lt;c " * 40_000 + "</f><v>1</v></c>")), {"unknown_file", "cell_too_long"}),
    "the same, as data": ("a.xlsx", xlsx(row('<c t="str"><f><![CDATA[' + "<c " * 40_000 + "]]></f><v>1</v></c>")), {"unknown_file"}),
    "formulas that never end": ("a.xlsx", xlsx(row("<c><f>" * 40_000)), {"not_a_workbook"}),
    "quotation marks that never end": ("a.xlsx", xlsx(row("<c a='" * 40_000 + "<f>")), {"not_a_workbook"}),
    "kinds of a cell without end": ("a.xlsx", xlsx(row("<c " + ' t="s"' * 40_000 + "><v>1</v></c>")), {"not_a_workbook"}),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_workbook_made_to_do_harm_is_a_sentence(name: str, tmp_path: Path) -> None:
    file, content, codes = HOSTILE[name]
    draft = loading.prepare(tmp_path, Settings(reading_megabytes=500, reading_seconds=30), {file: content}).draft
    assert len(content) < 100_000
    assert {problem.code for problem in draft.problems} <= codes
    assert draft.is_blocked


@pytest.mark.parametrize("letters", ["a", "a.", "a@", "1", "1 ", "0-", "a,", "'", "€", "  \t"])
@pytest.mark.parametrize("column", ["unknown", "name", "themes", "fte", "joined_on", "country", "website", "founded"])
def test_a_cell_of_a_hundred_thousand_letters_is_read_in_no_time(column: str, letters: str, tmp_path: Path) -> None:
    """What looks at a place in it more than once takes minutes; it would be ended, which is another sentence."""
    cells = {"name": "Anna", "sector": "ngo", column: letters * (100_000 // len(letters))}
    text = ",".join(cells) + "\n" + ",".join(f'"{cell}"' for cell in cells.values()) + "\n"
    draft = loading.prepare(tmp_path, Settings(reading_seconds=20), {"organisations.csv": text.encode()}).draft
    assert "reading_takes_time" not in {problem.code for problem in draft.problems}


def test_activities_within_activities_are_each_looked_through_once(tmp_path: Path) -> None:
    inner = iati("", "").replace(b"<iati-activity>", b"<iati-activity>" * 25_000)
    content = inner.replace(b"</iati-activity>", b"</iati-activity>" * 25_000)
    draft = loading.prepare(tmp_path, Settings(reading_seconds=12), {"a.xml": content}).draft
    assert "reading_takes_time" not in {problem.code for problem in draft.problems}


def test_a_drop_is_limited_as_a_whole(tmp_path: Path) -> None:
    rows = b"name,sector\n" + b"".join(b"Organisation %d,ngo\n" % n for n in range(40_000))
    for number in range(3):
        (tmp_path / f"list {number}.csv").write_bytes(rows)
    settings = Settings(max_drop_megabytes=1)
    files = loading.read_files([tmp_path], settings)
    assert sum(map(len, files.values())) < 1_000_010
    (problem,) = loading.prepare(tmp_path, settings, files).draft.problems
    assert (problem.code, problem.blocks) == ("drop_too_large", True)
