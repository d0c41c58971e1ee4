"""What was decided about introductions is remembered in the home, whatever else happens to it."""

import datetime
import json
import threading
from pathlib import Path

import pytest

from hubdata import loading, notebook, settings, store

DAY = datetime.date(2026, 3, 1)


def test_a_decision_is_one_per_pair_and_stays(tmp_path: Path) -> None:
    assert notebook.decisions(tmp_path) == []
    notebook.decide(tmp_path, ("b", "a"), "accepted")
    notebook.decide(tmp_path, ("a", "c"), "dismissed")
    notebook.decide(tmp_path, ("a", "b"), "introduced", DAY, "met")
    found = notebook.decisions(tmp_path)
    assert [(one.pair, one.status, one.introduced_on, one.outcome) for one in found] == [
        (("a", "b"), "introduced", DAY, "met"),
        (("a", "c"), "dismissed", None, "unknown"),
    ]
    assert found[0].decided_at >= found[1].decided_at
    notebook.decide(tmp_path, ("c", "a"), "")
    assert [one.pair for one in notebook.decisions(tmp_path)] == [("a", "b")]


@pytest.mark.parametrize(
    ("status", "day", "outcome"),
    [
        ("maybe", None, "unknown"),
        ("introduced", None, "unknown"),
        ("accepted", DAY, "unknown"),
        ("accepted", None, "x"),
    ],
)
def test_what_is_no_decision_is_refused(tmp_path: Path, status: str, day: datetime.date | None, outcome: str) -> None:
    with pytest.raises(ValueError, match="no decision"):
        notebook.decide(tmp_path, ("a", "b"), status, day, outcome)
    assert not (tmp_path / notebook.DECISIONS).exists()


def test_decisions_at_the_same_moment_are_all_kept(tmp_path: Path) -> None:
    threads = [
        threading.Thread(target=notebook.decide, args=(tmp_path, ("a", f"b{number}"), "accepted"))
        for number in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.organisation_b for one in notebook.decisions(tmp_path)} == {f"b{number}" for number in range(12)}


def test_they_are_in_the_backup_and_survive_another_load(tmp_path: Path) -> None:
    home, other = tmp_path / "home", tmp_path / "other"
    for names in ("a,A", "b,B"):
        outcome = loading.load(
            home, settings.Settings(), {"organisations.csv": f"id,name,sector\n{names},ngo\n".encode()}, may_remove=True
        )
        assert outcome.manifest
        notebook.decide(home, ("a", "b"), "accepted")
    store.backup(home, tmp_path / "backup.zip")
    store.restore(other, tmp_path / "backup.zip")
    assert notebook.decisions(other) == notebook.decisions(home) != []


@pytest.mark.parametrize("content", ["{", "{}", "[1]", '[{"organisation_a": "a"}]'])
def test_a_damaged_file_is_said_and_the_next_decision_sets_it_aside(tmp_path: Path, content: str) -> None:
    (tmp_path / notebook.DECISIONS).write_text(content)
    with pytest.raises(store.StoreProblem, match="damaged"):
        notebook.decisions(tmp_path)
    assert (tmp_path / notebook.DECISIONS).read_text() == content
    notebook.decide(tmp_path, ("a", "b"), "accepted")
    assert [decision.pair for decision in notebook.decisions(tmp_path)] == [("a", "b")]
    (kept,) = store.damaged_files(tmp_path)
    assert kept.read_text() == content


def test_of_a_damaged_file_the_decisions_that_can_be_read_stay(tmp_path: Path) -> None:
    notebook.decide(tmp_path, ("a", "b"), "accepted")
    rows = json.loads((tmp_path / notebook.DECISIONS).read_text())
    (tmp_path / notebook.DECISIONS).write_text(json.dumps([*rows, {"organisation_a": "half of a r"}]))
    notebook.decide(tmp_path, ("c", "d"), "dismissed")
    assert {decision.pair for decision in notebook.decisions(tmp_path)} == {("a", "b"), ("c", "d")}
    (kept,) = store.damaged_files(tmp_path)
    assert "half of a r" in kept.read_text()


def test_the_file_is_plain(tmp_path: Path) -> None:
    notebook.decide(tmp_path, ("a", "b"), "introduced", DAY)
    (row,) = json.loads((tmp_path / notebook.DECISIONS).read_text())
    assert {
        "organisation_a": "a",
        "organisation_b": "b",
        "introduced_on": "2026-03-01",
        "outcome": "unknown",
    }.items() <= row.items()


def test_a_tie_has_one_call_the_last_and_it_stays(tmp_path: Path) -> None:
    notebook.note_call(tmp_path, ("b", "a"), "later", DAY)
    notebook.note_call(tmp_path, ("a", "b"), "called", DAY)
    (kept,) = notebook.calls(tmp_path)
    assert (kept.pair, kept.status, kept.until) == (("a", "b"), "called", DAY)
    (row,) = json.loads((tmp_path / notebook.CALLS).read_text())
    (tmp_path / notebook.CALLS).write_text(json.dumps([row | {"colour": "red"}]))
    notebook.note_call(tmp_path, ("a", "c"), "later", DAY)
    assert [row.get("colour") for row in json.loads((tmp_path / notebook.CALLS).read_text())] == ["red", None]
    notebook.note_call(tmp_path, ("a", "b"), "", DAY)
    assert [call.pair for call in notebook.calls(tmp_path)] == [("a", "c")]
    with pytest.raises(ValueError, match="no call"):
        notebook.note_call(tmp_path, ("a", "b"), "mailed", DAY)


def test_a_pair_for_later_has_a_day(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no decision"):
        notebook.decide(tmp_path, ("a", "b"), "later")
    notebook.decide(tmp_path, ("a", "b"), "later", until=DAY)
    assert notebook.decisions(tmp_path)[0].until == DAY
