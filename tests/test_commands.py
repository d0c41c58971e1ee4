"""The commands as people and other programs give them: what they print, and with which exit status they end."""

import functools
import getpass
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, SAMPLE

from hubdata import demo, sharing, store, texts
from hubdata.__main__ import main
from hubdata.indicators import network

GOOD = "organisation_id,name,sector\na,Anna,ngo\nb,Beta,knowledge\nc,Cora,ngo\nd,Dora,ngo\ne,Eva,ngo\n"


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """A command in English, on a home of its own: exit status, standard output, standard error."""
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")

    def command(*arguments: Any) -> tuple[int, str, str]:
        verb, *rest = map(str, arguments)
        try:
            status = main([verb, "--home", str(tmp_path / "home"), *rest])
        except SystemExit as stopped:
            status = int(stopped.code or 0)
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return status, said.out, said.err

    return command


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "organisaties.csv").write_bytes(
        "Naam;Sector;Reserves;Hobby;E-mail\nAnna;ngo;1.234,50;zingen;a@b.nl\nBéta;kennis;;;c@d.nl\n".encode("cp1252")
    )
    return folder


def test_letters_in_doubt_are_asked_and_can_be_said(run: Any, tmp_path: Path) -> None:
    (tmp_path / "organisations.csv").write_bytes("name,sector\nCoöperatie,ngo\n".encode("mac_roman"))
    status, out, _ = run("check", tmp_path / "organisations.csv")
    assert status == 1
    assert "can be read in more than one way: Cošperatie / Coöperatie. Say on the Data page or with --letters" in out
    assert run("check", tmp_path / "organisations.csv", "--letters", "Mac Roman")[0] == 0
    status, out, _ = run("load", tmp_path / "organisations.csv", "--letters", "Mac Roman")
    assert status == 0
    assert "Words with special letters, such as “Coöperatie”: 1." in out
    assert run("check", tmp_path / "organisations.csv")[0] == 0  # remembered


def test_the_reading_report_comes_before_problems(run: Any, lists: Path) -> None:
    status, out, _ = run("check", lists)
    assert status == 0
    assert out.splitlines()[0] == "organisaties.csv: organisations, rows: 2; Windows-1252, semicolons, decimal comma"
    assert "columns used: Naam = name, Sector = sector, Reserves = reserves" in out
    assert "Columns that are not used, and not kept: 1 (Hobby)." in out
    assert "Columns left out, since personal data is never stored: 1 (E-mail)." in out
    assert out.splitlines()[-1] == "No problems found."

    (lists / "organisaties.csv").write_text("Naam;Sector\nAnna;nggo\n")
    (lists / "wat.csv").write_text("x;y\n1;2\n")
    status, out, _ = run("check", lists)
    assert status == 1
    assert "wat.csv: unknown, rows: 1; UTF-8, semicolons\n  columns not used: x, y\n" in out
    assert out.index("columns used") < out.index("Did you mean ngo?")
    problem = json.loads(run("check", lists, "--json")[1])["problems"][0]
    assert list(problem) == ["file", "row", "column", "value", "code", "message", "remedy"]
    assert (problem["row"], problem["code"]) == (2, "unknown_code_near")


def test_load_says_who_did_it_and_where_the_rejected_rows_are(run: Any, lists: Path, tmp_path: Path) -> None:
    with (lists / "organisaties.csv").open("a") as file:
        file.write("Cora;nggo;;;\n")
    status, out, _ = run("load", lists, "--skip-invalid")
    assert status == 0
    (folder,) = (tmp_path / "home" / "rejected").iterdir()
    assert str(folder) in out
    (manifest,) = store.history(tmp_path / "home")
    assert (manifest.way, manifest.by) == ("command", getpass.getuser())
    status, out, _ = run("load", lists, "--json")
    assert status == 1
    assert set(json.loads(out)) == {"problems"}


def test_json_is_one_object_and_nothing_else(run: Any, tmp_path: Path) -> None:
    loaded = json.loads(run("load", SAMPLE, "--json")[1])
    assert set(loaded) == {"snapshot", "tables"}
    assert all(set(counts) == {"added", "changed", "removed", "rejected"} for counts in loaded["tables"].values())
    assert set(json.loads(run("history", "--json")[1])["snapshots"][0]) >= {"id", "loaded_at", "on_show", "tables"}
    assert json.loads(run("rollback", loaded["snapshot"], "--json")[1]) == {"snapshot": loaded["snapshot"]}
    assert json.loads(run("backup", tmp_path / "b.zip", "--json")[1]) == {"file": str(tmp_path / "b.zip")}
    assert json.loads(run("restore", tmp_path / "b.zip", "--json")[1]) == {"snapshot": loaded["snapshot"]}
    same = {"snapshot": loaded["snapshot"], "same": True, "differs": []}
    assert json.loads(run("rebuild", loaded["snapshot"], "--json")[1]) == same
    assert "files" in json.loads(run("template", tmp_path / "t", "--json")[1])
    book = tmp_path / "lists.xlsx"
    assert json.loads(run("template", book, "--json")[1]) == {"files": [str(book)]}
    assert json.loads(run("load", book, "--json")[1])["tables"] == {}  # nothing but examples: nobody handed in a list
    assert "markdown" in json.loads(run("dictionary", "--json")[1])
    assert "files" in json.loads(run("demo", tmp_path / "d", "--organisations", "20", "--json")[1])


def test_a_backup_brings_everything_back_elsewhere(run: Any, lists: Path, tmp_path: Path) -> None:
    run("load", lists)
    snapshot = store.current_snapshot_id(tmp_path / "home")
    status, out, _ = run("backup", tmp_path / "backup.zip")
    assert (status, str(tmp_path / "backup.zip") in out) == (0, True)
    assert run("backup", tmp_path / "backup.zip")[0] == 2  # never over one that is there
    assert main(["restore", "--home", str(tmp_path / "other"), str(tmp_path / "backup.zip")]) == 0
    assert store.current_snapshot_id(tmp_path / "other") == snapshot
    (tmp_path / "backup.zip").write_bytes(b"PK nonsense")
    status, _, err = run("restore", tmp_path / "backup.zip")
    assert (status, len(err.splitlines())) == (2, 1)
    assert store.current_snapshot_id(tmp_path / "home") == snapshot


def test_rebuild_says_whether_the_archive_gives_the_same(run: Any, lists: Path, tmp_path: Path) -> None:
    run("load", lists)
    snapshot = store.current_snapshot_id(tmp_path / "home") or ""
    status, out, _ = run("rebuild", snapshot)
    assert (status, snapshot in out) == (0, True)
    # A file of the archive that somebody changed.
    (kept,) = (tmp_path / "home" / "archive").glob("*/*.csv")
    kept.write_bytes(kept.read_bytes().replace(b"Anna", b"Anne"))
    status, out, err = run("rebuild", snapshot)
    assert (status, "was changed" in err, "organisations" in out) == (1, True, True)
    assert run("rebuild", "nope")[0] == 2


@pytest.mark.parametrize(
    ("arguments", "english", "dutch"),
    [
        (("load", "nowhere.csv"), "There is no file or folder nowhere.csv.", "Er is geen bestand of map nowhere.csv."),
        (("check", "nowhere"), "There is no file or folder nowhere.", "Er is geen bestand of map nowhere."),
        (
            ("restore", "nowhere.zip"),
            "There is no file or folder nowhere.zip.",
            "Er is geen bestand of map nowhere.zip.",
        ),
        (("backup", "no/where.zip"), "There is no file or folder no.", "Er is geen bestand of map no."),
    ],
)
def test_a_path_that_is_not_there_is_wrong_use(run: Any, arguments: Any, english: str, dutch: str) -> None:
    assert run(*arguments) == (2, "", english + "\n")
    if texts.translation("nl").gettext("There is no file or folder {path}.").startswith("Er"):
        assert run(*arguments, "--language", "nl") == (2, "", dutch + "\n")


def test_what_cannot_be_used_is_one_sentence(run: Any, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    status, out, err = run("load", tmp_path / "empty")
    assert (status, out, err.count("\n"), str(tmp_path / "empty") in err) == (2, "", 1, True)
    (tmp_path / "empty" / "organisations.csv").write_text("name\n")
    assert run("demo", tmp_path / "empty")[2].startswith(str(tmp_path / "empty"))
    (tmp_path / "home").write_text("a file in the place of the folder")
    status, out, err = run("load", SAMPLE)
    assert (status, out, err.count("\n")) == (2, "", 1)
    (tmp_path / "home").unlink()
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "hub.toml").write_text("exposure_threshold = 5\n")
    status, out, err = run("check", SAMPLE)
    assert (status, out) == (2, "")
    assert "exposure_threshold" in err


@pytest.mark.parametrize(
    ("spoken", "hub", "wanted"), [("nl_NL", "en", "nl"), ("en_US", "nl", "en"), ("C", "en", "en"), ("C", "nl", "nl")]
)
def test_the_language_is_the_readers_else_that_of_the_hub(
    run: Any, lists: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoken: str, hub: str, wanted: str
) -> None:
    monkeypatch.setenv("LC_ALL", f"{spoken}.UTF-8")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "hub.toml").write_text(f'languages = ["{hub}"]\n')
    said = texts.translation(wanted).gettext("No problems found.")
    assert run("check", lists)[1].splitlines()[-1] == said


def test_whoever_stops_reading_or_interrupts_gets_no_traceback(run: Any, tmp_path: Path) -> None:
    run("load", SAMPLE)
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "hubdata", "indicators", "--home", str(tmp_path / "home"), "--json"]
    done = subprocess.run(command, cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert done.stderr == b""
    assert done.returncode == 0

    waiting = tmp_path / "organisations.csv"
    os.mkfifo(waiting)
    command = [sys.executable, "-m", "hubdata", "load", "--home", str(tmp_path / "home"), str(waiting)]
    # Whoever runs the tests in the background ignores interrupts, and so would the command.
    heeds_interrupts = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    load = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=heeds_interrupts
    )
    with waiting.open("wb"):  # returns when the command has begun to read
        load.send_signal(signal.SIGINT)
        assert load.communicate(timeout=30) == (b"", b"")
    assert load.returncode == 130


def test_what_is_estimated_in_a_large_network_is_exact_on_request(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo.write(tmp_path / "files", organisations=30, seed=3)
    assert run("load", tmp_path / "files", "--yes")[0] == 0
    (status, printed, said) = run("indicators", "--json", "--exact")
    small = json.loads(printed)["network"]
    assert (status, said) == (0, "")  # of so few they are exact anyway
    monkeypatch.setattr(network, "LARGE", 10)
    monkeypatch.setattr(network, "SOURCES", 4)
    estimated = json.loads(run("indicators", "--json")[1])["network"]
    status, printed, said = run("indicators", "--json", "--exact")
    exact = json.loads(printed)["network"]
    assert status == 0
    assert said.splitlines()[-1] == "100% of the paths followed"
    for name in ("betweenness", "average_path_length"):
        assert estimated[name] != small[name]
        assert exact[name] == pytest.approx(small[name])
    assert exact.keys() == small.keys()


def test_stress_prints_the_contracts_names_and_refuses_a_donor_it_does_not_know(run: Any, lists: Path) -> None:
    money = "organisation_id,year,donor,category,amount\nAnna,2023,City,government,60\nAnna,2023,Shop,companies,40\nBéta,2023,City,government,10\n"
    (lists / "inkomsten.csv").write_text(money)
    assert run("load", lists)[0] == 0
    status, out, _ = run("stress", "--cut", "city=0.5", "--cut-category", "companies=1", "--json")
    answer = json.loads(out)
    assert status == 0
    assert answer["year"] == 2023
    assert {"jobs_exposed", "ties_exposed", "bridges_exposed"} <= answer.keys()
    by_loss = {one["loss"]: one for one in answer["organisations"]}
    assert {loss: (one["income"], one["loss_share"], one["at_risk"]) for loss, one in by_loss.items()} == {
        70.0: (100.0, 0.7, True),
        5.0: (10.0, 0.5, True),
    }
    assert {"organisation_id", "jobs_exposed"} <= by_loss[5.0].keys()
    assert json.loads(run("stress", "--cut", "CITY =0.5", "--json")[1])["organisations"]
    status, out, error = run("stress", "--cut", "citty=0.5", "--json")
    assert (status, out) == (1, "")
    assert "Not in the data: citty. Did you mean: City?" in error
    assert run("stress", "--cut", "City=2")[0] == 2
    assert run("stress", "--cut", "City")[0] == 2


def test_links_are_made_listed_and_ended_with_commands(run: Any, tmp_path: Path) -> None:
    home = tmp_path / "home"
    asked = ["create", "--label", "Alderman", "--pages", "overview,network", "--expires", "7", "--sectors", "ngo"]
    status, out, err = run("share", *asked, "--json")
    assert (status, err) == (0, "")
    made = json.loads(out)
    assert set(made) == {"id", "url"}
    link = sharing.by_token(home, made["url"].removeprefix("http://localhost:8501/s/"))
    assert link
    assert (link.id, link.pages, link.sectors) == (made["id"], ("overview", "network"), ("ngo",))
    (listed,) = json.loads(run("share", "list", "--json")[1])["links"]
    assert (listed["id"], listed["label"], listed["open"], listed["opened"]) == (made["id"], "Alderman", True, 0)
    assert not {"token_sha256", "passphrase_hash"} & set(listed)
    assert "Alderman" in run("share", "list")[1]
    assert json.loads(run("share", "revoke", made["id"], "--json")[1]) == {"id": made["id"]}
    assert sharing.by_id(home, made["id"]) is None
    assert "revoked" in run("share", "list")[1]
    for wrong, says in (
        (("revoke", "nothing"), "There is no such link."),
        (("create", "--label", "x", "--pages", "data"), "There is no such page to share."),
        (("create", "--label", "x", "--expires", "400"), "1 to 365 days"),
        (("create", "--label", "x", "--funding", "totals"), "There is no data to share yet."),
    ):
        status, out, err = run("share", *wrong)
        assert (status, out) == (2, "")
        assert says in err


def test_the_home_may_stand_before_or_behind_the_second_verb(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, order in enumerate((["share", "--home", "H", "create"], ["share", "create", "--home", "H"])):
        home = tmp_path / str(number)
        assert main([str(home) if word == "H" else word for word in order] + ["--label", "x"]) == 0
        assert len(sharing.links(home)) == 1


def test_a_passphrase_comes_from_a_pipe_and_an_empty_one_is_refused(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for said, expected in (("\n", 2), ("open sesame\n", 0)):
        monkeypatch.setattr("sys.stdin", io.StringIO(said))
        status, out, err = run("share", "create", "--label", "x", "--passphrase")
        assert status == expected
        assert "open sesame" not in out + err
    (link,) = sharing.links(tmp_path / "home")
    assert sharing.passphrase_fits(link, "open sesame")


def test_stress_names_who_is_at_risk_and_still_there(run: Any, lists: Path) -> None:
    (lists / "inkomsten.csv").write_text(
        "organisation_id,year,donor,category,amount\nAnna,2023,City,government,60\nBéta,2023,City,government,10\n"
    )
    (lists / "organisaties.csv").write_text(
        "naam,sector,left_on\nAnna,ngo,\nBéta,ngo,2023-12-31\nCora,ngo,2024-06-30\n"
    )
    assert run("load", lists)[0] == 0
    status, out, _ = run("stress", "--cut", "city=0.5", "--language", "nl")
    assert status == 0
    assert "Anna" in out
    assert "50,0%" in out
    assert "Béta" not in out  # it left before the newest day
    assert json.loads(run("stress", "--cut", "city=0.5", "--json")[1])["at_risk"] == 1


def test_introductions_prints_the_contracts_names_and_says_why(run: Any, tmp_path: Path) -> None:
    demo.write(tmp_path / "demo", 60)
    assert run("load", tmp_path / "demo")[0] == 0
    status, out, _ = run("introductions", "--limit", "3", "--as-of", "2026-06-30", "--json")
    found = json.loads(out)
    assert status == 0
    assert set(found) == {"pairs", "backtest"}
    assert len(found["pairs"]) == 3
    for pair in found["pairs"]:
        assert {"organisation_a", "organisation_b", "score", "reasons"} <= pair.keys()
        assert pair["sector_a"] != pair["sector_b"]
        assert pair["score"] == pytest.approx(sum(reason["score"] for reason in pair["reasons"]))
    assert found["backtest"]["built_on"] == "2025-06-30"
    assert [row["at"] for row in found["backtest"]["precision"]] == [10, 50, 100]
    told = run("introductions", "--limit", "3", "--as-of", "2026-06-30")[1]
    assert f"1. {found['pairs'][0]['name_a']} – {found['pairs'][0]['name_b']}" in told
    assert "Both" in told or "Partners in common" in told
    convenors = json.loads(run("introductions", "--with-convenors", "--json")[1])
    assert convenors["backtest"]["possible"] > json.loads(run("introductions", "--json")[1])["backtest"]["possible"]
    assert run("introductions", "--limit", "0")[0] == 2
