"""The schema can grow: homes and backups that another version wrote, with other columns and tables, open and work.

`fixtures/` holds a home and its backup as they were written once. The grown program is the real one with more in
`models.TABLES`: a column that may be empty, one with a default, and a table. Nothing of ours is replaced.
"""

import csv
import datetime
import hashlib
import inspect
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
from conftest import ROOT, table
from streamlit.testing.v1 import AppTest

from hubdata import (
    access,
    answering,
    asking,
    inbox,
    ingest,
    loading,
    models,
    notebook,
    questions,
    sandbox,
    settings,
    sharing,
    store,
)
from hubdata.__main__ import main
from hubdata.store import View

FIXTURES = ROOT / "tests" / "fixtures"
BACKUP = FIXTURES / "backup-2026-11.zip"
FIRST, SECOND = "20261127T012735598618-56ab78", "20261127T012803013976-3a952c"
"""The snapshots of the home of November 2026; the second is on show."""
TOKENS = (
    "oNIePHxSfuhnXzVqPqk9kPNlx4aZBTGDIcEEA8wyvrc",
    "eTepRTL98CYw9bLWFY1aiU3OHEdL9_Dc9egpku_GUDI",
    "sirkEEPbqxPC_2LrPyUekxdMHgoktxm5TFQGS7dJ9KE",
)
SETTINGS = settings.Settings()
DAY = datetime.date(2024, 6, 1)


class GrownOrganisation(models.Organisation):
    legal_form: models.Text | None = models.column("Rechtsvorm.", "Legal form.", example="stichting")


class GrownAttendance(models.Attendance):
    presence: models.Text = models.column("Hoe.", "How.", example="on-site", default="on-site")


class Location(models.Row):
    table = "locations"
    grain: ClassVar[dict[str, str]] = {"nl": "één zaal", "en": "one room"}
    key = ("location_id",)
    also = ("zalen",)

    location_id: models.Identifier = models.column("Kenmerk.", "Identifier.", example="hall", default=...)
    seats: models.Integer | None = models.column("Stoelen.", "Seats.", example="80")
    organisation_id: models.Identifier | None = models.column("Van wie.", "Whose.", refers_to="organisations")


GROWN: dict[str, type[models.Row]] = {
    "organisations": GrownOrganisation,
    "attendance": GrownAttendance,
    "locations": Location,
}
LISTS = {
    "organisations.csv": b"organisation_id,name,sector,legal_form\na,Anna,ngo,foundation\nb,Beta,ngo,\nc,Cora,knowledge,cooperative\n",
    "events.csv": b"event_id,name,start_date\ne,Fair,2024-01-10\n",
    "attendance.csv": b"event_id,organisation_id,presence\ne,a,online\ne,b,\n",
    "locations.csv": b"location_id,seats,organisation_id\nhall,80,a\n",
}
"""What only the grown program understands as a whole."""


def read_here(task: Callable[..., Any], *arguments: Any, limits: sandbox.Limits) -> Any:
    """In the place of `sandbox.run`: the process that reads files knows nothing of what has grown in this one."""
    return task(*arguments)


@contextmanager
def grown() -> Iterator[None]:
    """Everything within is done by the grown program."""
    with pytest.MonkeyPatch.context() as patch:
        for name, row in GROWN.items():
            patch.setitem(models.TABLES, name, row)
        patch.setattr(sandbox, "run", read_here)
        yield


@contextmanager
def as_it_is() -> Iterator[None]:
    """Everything within is done by the program as it is."""
    yield


Program = Callable[[], Any]


@pytest.fixture(params=[as_it_is, grown], ids=["as it is", "grown"])
def program(request: pytest.FixtureRequest) -> Iterator[Program]:
    with request.param():
        yield request.param


@pytest.fixture
def old_home(tmp_path: Path) -> Path:
    """A home as it was written in November 2026."""
    with zipfile.ZipFile(FIXTURES / "home-2026-11.zip") as packed:
        packed.extractall(tmp_path / "old")
    return tmp_path / "old"


@pytest.fixture
def grown_home(tmp_path: Path) -> Path:
    """A home that the grown program wrote: a load, an update, a link without names, one of a sector, its backup."""
    home = tmp_path / "new"
    with grown():
        load(home, LISTS)
        load(home, {"organisations.csv": b"organisation_id,name,sector,legal_form\nd,Dora,ngo,company\n"}, update=True)
        sharing.create(home, SETTINGS, label="no names", names=False)
        sharing.create(home, SETTINGS, label="a sector", sectors=("ngo",))
        store.backup(home, tmp_path / "new.zip")
    return home


def load(home: Path, files: Mapping[str, bytes], **how: Any) -> str:
    outcome = loading.load(home, SETTINGS, files, **how)
    assert outcome.manifest, [str(problem) for problem in outcome.draft.problems]
    return outcome.manifest.id


def records(home: Path, name: str, snapshot_id: str | None = None) -> list[dict[str, Any]]:
    with closing(store.open_snapshot(home, snapshot_id or store.current_snapshot_id(home) or "")) as snapshot:
        return snapshot.records(name)


def is_rebuilt(home: Path, snapshot_id: str) -> bool:
    """Whether the kept files give the same tables, as the command says and as we see."""
    made = loading.rebuild(home, snapshot_id)
    with closing(store.open_snapshot(home, snapshot_id)) as snapshot:
        same = all(made[name].equals(snapshot.arrow(name)) for name in models.TABLES)
    assert main(["rebuild", "--home", str(home), snapshot_id]) == (0 if same else 1)
    return same


CHOSEN: dict[str, Any] = {
    "year": 2023,
    "since": datetime.date(2023, 1, 1),
    "from_year": 2022,
    "to_year": 2023,
    "cuts": (("fv-3", 0.5),),
    "category_cuts": (("government", 0.3),),
    "organisation_id": "fv-1",
    "event_id": "e-1",
    "day": datetime.date(2023, 6, 30),
    "shown": "all",
    "theme": "",
    "strength": "",
    "one": "fv-1",
    "other": "fv-2",
    "with_convenors": True,
    "longest_first": True,
    "confirmed": (("fv-1", "fv-2", "fv-1", datetime.date(2024, 5, 1)),),
    "said": (("fv-1", 3.0, datetime.date(2024, 5, 1)),),
    "ratings": (),
}
"""What somebody chooses on a page, by the name of the parameter."""


def answers(snapshot: store.Snapshot, grant: access.Grant | None = None) -> dict[str, Any]:
    """Every question that may be asked (a manager's, or a grant's), and what it answers."""
    found = {}
    for name in access.ANSWERS:
        if grant and not access.may_ask(grant, name):
            continue
        question = getattr(questions, name)
        asked = list(inspect.signature(question).parameters.values())[3:]
        needed = [p.name for p in asked if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD]
        chosen = {name: CHOSEN[name] for name in needed}
        found[name] = plain(question(snapshot, SETTINGS, View(DAY), **chosen))
    return found


def plain(value: Any) -> Any:
    """An answer as something that can be compared: tables as lists, and nothing unknown unequal to itself."""
    if isinstance(value, pd.DataFrame):
        return {column: plain(value[column].tolist()) for column in value}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [plain(item) for item in value]
    return repr(value) if not isinstance(value, bool | int | str | type(None)) else value


def test_links_that_ask_and_answers_that_were_written_once_open_for_ever(tmp_path: Path) -> None:
    """And what a newer version noted beside stays, whatever is written next to it."""
    for name in ("asks.json", "answers.json"):
        (tmp_path / name).write_bytes((FIXTURES / "asked-2026-11" / name).read_bytes())
    (link,), (answer,) = asking.links(tmp_path), answering.answers(tmp_path)
    assert link.token_sha256 == hashlib.sha256(b"5cnp_erCxtmGh3PeBSzDDA9TRtUlL4IZXXPrr_VZ9ug").hexdigest()
    assert (link.id, link.organisation_id, answer.link) == ("956e382343", "a", link.id)
    assert answer.ties == {"b": answering.TieSaid(says="active", contact="2026-10", intensity="integration")}
    assert {key: decision.status for key, decision in answer.decided.items()} == {
        "tie b": "accepted",
        "partner cora": "refused",
    }
    rows = json.loads((tmp_path / "answers.json").read_text())
    rows[0]["mood"] = "good"
    (tmp_path / "answers.json").write_text(json.dumps(rows))
    asking.renew(tmp_path, link.id)
    answering.finish(tmp_path, link)
    assert json.loads((tmp_path / "answers.json").read_text())[0]["mood"] == "good"
    assert asking.links(tmp_path)[0].organisation_id == "a"


# --- what was written once opens for ever --------------------------------------------------------------------------


def test_nothing_that_was_ever_written_disappears(tmp_path: Path) -> None:
    """A table or column that goes would take away what people have: then this test must hear of it."""
    for file in sorted(FIXTURES.glob("home-*.zip")):
        with zipfile.ZipFile(file) as packed:
            databases = [name for name in packed.namelist() if name.endswith("hub.duckdb")]
            assert databases
            for name in databases:
                with duckdb.connect(packed.extract(name, tmp_path), read_only=True) as connection:
                    query = "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal"
                    written = connection.execute(query).fetchall()
                known = {(table, column) for table, row in models.TABLES.items() for column in row.model_fields}
                assert set(written) <= known, f"{file.name} has what models.py no longer knows"


@pytest.mark.usefixtures("program")
def test_an_old_home_opens_and_says_what_it_said(old_home: Path) -> None:
    assert [manifest.id for manifest in store.history(old_home)] == [SECOND, FIRST]
    assert store.current_snapshot_id(old_home) == SECOND
    rows = {
        name: [len(records(old_home, name, snapshot_id)) for snapshot_id in (FIRST, SECOND)] for name in models.TABLES
    }
    assert rows == {
        "organisations": [5, 5],
        "events": [2, 2],
        "partnerships": [3, 4],
        "attendance": [4, 4],
        "funding": [5, 5],
        "accounts": [0, 0],
        "reference": [2, 2],
        "targets": [1, 1],
    } | ({"locations": [0, 0]} if "locations" in models.TABLES else {})
    with closing(store.open_snapshot(old_home, SECOND)) as snapshot:
        for name, row in models.TABLES.items():
            assert snapshot.arrow(name).schema == models.schema(row)
            assert list(snapshot.table(name)) == list(row.model_fields)
        ties = snapshot.rows("ties", View(DAY))
    pairs = set(zip(ties["organisation_a"], ties["organisation_b"], strict=True))
    assert pairs == {("fv-1", "fv-2"), ("fv-1", "fv-5"), ("fv-2", "fv-5"), ("fv-2", "fv-3")}
    assert loading.remembered(old_home).columns == {"partnerships": {"kenmerk": "partnership_id"}}
    assert [note.text for note in notebook.notes(old_home)] == ["Begin van het nieuwe programma"]
    assert [decision.outcome for decision in notebook.decisions(old_home)] == ["met", "unknown"]


@pytest.mark.parametrize("snapshot_id", [FIRST, SECOND])
def test_every_question_has_the_same_answer_when_the_program_has_grown(old_home: Path, snapshot_id: str) -> None:
    with closing(store.open_snapshot(old_home, snapshot_id)) as snapshot:
        before = answers(snapshot)
    with grown(), closing(store.open_snapshot(old_home, snapshot_id)) as snapshot:
        after = answers(snapshot)
    assert len(before) > 40
    assert after["answer_organisation"]["profile"].pop("legal_form") is None
    assert after == before


@pytest.mark.usefixtures("program")
def test_a_missing_column_is_what_an_empty_cell_is(old_home: Path) -> None:
    with closing(store.open_snapshot(old_home, SECOND)) as snapshot:
        profile = snapshot.records("organisations")[0]
        assert profile["name"] == "Stichting Vredeswerk (fictief)"
        assert profile.get("legal_form") is None
        assert {row.get("presence", "on-site") for row in snapshot.records("attendance")} == {"on-site"}
    assert is_rebuilt(old_home, FIRST)
    assert is_rebuilt(old_home, SECOND)


@pytest.mark.usefixtures("program")
def test_links_of_an_old_home_cover_what_they_covered(old_home: Path) -> None:
    links = sharing.links(old_home)
    assert [link.token_sha256 for link in links] == [hashlib.sha256(token.encode()).hexdigest() for token in TOKENS]
    for link in links:
        grant = access.grant_for_link(old_home, link)
        assert grant.scope
        with closing(store.open_snapshot(old_home, grant.snapshot or SECOND, grant.scope)) as snapshot:
            assert answers(snapshot, grant)
            people = snapshot.records("organisations")
            everything = {name: snapshot.records(name) for name in models.TABLES}
        text = json.dumps(everything, default=str)
        assert len(people) == (2 if link.sectors else 5)
        assert ("Vredeswerk" in text) == link.names
        assert ("120000.0" in text) == (link.funding == "full")
        assert "wethouder" not in text, "what the manager noted beside a target"
        # Nobody has said of these what a link may see of them.
        assert {row.get("legal_form") for row in people} == {None}
        assert {row.get("presence") for row in everything["attendance"]} == {None}
        assert everything.get("locations", []) == []
        if grant.totals_scope:
            with closing(store.open_snapshot(old_home, grant.totals_snapshot or "", grant.totals_scope)) as snapshot:
                assert len(snapshot.records("funding")) == 5
                assert questions.answer_totals(snapshot, SETTINGS, View(DAY))


def test_the_next_loads_stand_on_an_old_home(old_home: Path) -> None:
    """An update, its preview, the inbox, going back: of the grown program on what was written before."""
    with grown():
        update = {
            "leden.csv": b"organisation_id,name,sector,legal_form\nfv-2,Rechtslab (fictief),knowledge,foundation\n"
        }
        prepared = loading.prepare(old_home, SETTINGS, update, update=True)
        assert prepared.draft.problems == []
        assert {movement.indicator: movement.before for movement in loading.movements(prepared, SETTINGS)}["density"]
        (changed,) = loading.changed_rows(prepared, "organisations")
        assert "legal_form" in str(changed)
        outcome = loading.publish(old_home, SETTINGS, prepared)
        assert outcome.manifest
        assert (outcome.manifest.tables["organisations"]["changed"], outcome.manifest.tables["locations"]["rows"]) == (
            1,
            0,
        )
        forms = {row["organisation_id"]: row["legal_form"] for row in records(old_home, "organisations")}
        assert forms == {"fv-1": None, "fv-2": "foundation", "fv-3": None, "fv-4": None, "fv-5": None}
        assert {row["presence"] for row in records(old_home, "attendance")} == {"on-site"}
        assert is_rebuilt(old_home, outcome.manifest.id)

        (old_home / "inbox").mkdir()
        (old_home / "inbox" / "zalen.csv").write_bytes(b"location_id,seats,organisation_id\nhall,80,fv-1\n")
        taken = inbox.process(old_home, SETTINGS)
        assert taken
        assert taken.snapshot
        assert records(old_home, "locations") == [{"location_id": "hall", "seats": 80, "organisation_id": "fv-1"}]
        assert is_rebuilt(old_home, taken.snapshot)

        store.rollback(old_home, FIRST)
        assert records(old_home, "locations") == []
        assert {row["legal_form"] for row in records(old_home, "organisations")} == {None}
    # And back to the program as it was.
    store.rollback(old_home, taken.snapshot)
    assert len(records(old_home, "organisations")) == 5
    assert "legal_form" not in records(old_home, "organisations")[0]


@pytest.mark.usefixtures("program")
def test_an_old_backup_is_restored(old_home: Path, tmp_path: Path) -> None:
    assert loading.restore(tmp_path / "empty", BACKUP) == SECOND
    assert is_rebuilt(tmp_path / "empty", SECOND)
    assert [link.label for link in sharing.links(tmp_path / "empty")] == ["alles", "totalen", "ngo"]
    later = load(old_home, {"organisations.csv": b"organisation_id,name,sector\nx,X,ngo\n"}, update=True)
    assert loading.restore(old_home, BACKUP) == SECOND
    assert {manifest.id for manifest in store.history(old_home)} == {FIRST, SECOND, later}
    assert len(records(old_home, "partnerships")) == 4


@pytest.mark.usefixtures("program")
def test_the_page_of_an_organisation_of_an_old_home(old_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUBDATA_HOME", str(old_home))
    app = AppTest.from_file(str(ROOT / "pages" / "navigation.py"), default_timeout=60)
    for name, value in {"lang": "en", "id": "fv-2"}.items():
        app.query_params[name] = value
    app.run()
    for name, value in {"lang": "en", "id": "fv-2"}.items():
        app.query_params[name] = value
    app.switch_page("organisation.py").run()
    assert not app.exception, [error.value for error in app.exception]
    assert any("Rechtslab" in header.value for header in app.header)


# --- what a newer program wrote ------------------------------------------------------------------------------------


def test_a_home_of_a_newer_program_opens(grown_home: Path, tmp_path: Path) -> None:
    newest, first = [manifest.id for manifest in store.history(grown_home)]
    for snapshot_id, rows in ((newest, 4), (first, 3)):
        with closing(store.open_snapshot(grown_home, snapshot_id)) as snapshot:
            assert snapshot.arrow("organisations").schema == models.schema(models.Organisation)
            assert len(snapshot.records("organisations")) == rows
            assert [row["status"] for row in snapshot.records("attendance")] == ["attended", "attended"]
            with pytest.raises(ValueError, match="locations"):
                snapshot.table("locations")
            questions.answer_network(snapshot, SETTINGS, View(DAY))
        assert is_rebuilt(grown_home, snapshot_id)
    no_names, a_sector = (access.grant_for_link(grown_home, link) for link in sharing.links(grown_home))
    for grant, names in ((no_names, 0), (a_sector, 3)):
        assert grant.scope
        with closing(store.open_snapshot(grown_home, newest, grant.scope)) as snapshot:
            text = json.dumps({name: snapshot.records(name) for name in models.TABLES}, default=str)
            assert sum(name in text for name in ("Anna", "Beta", "Cora", "Dora")) == names
            assert "foundation" not in text
    assert loading.restore(tmp_path / "other", tmp_path / "new.zip") == newest
    assert len(records(tmp_path / "other", "organisations")) == 4
    store.rollback(grown_home, first)
    added = load(grown_home, {"organisations.csv": b"organisation_id,name,sector\ne,Eva,ngo\n"}, update=True)
    assert [row["name"] for row in records(grown_home, "organisations")] == ["Anna", "Beta", "Cora", "Eva"]
    with grown():  # and the newer one goes on where the older one left off
        assert {row["legal_form"] for row in records(grown_home, "organisations", added)} == {None}
        assert records(grown_home, "locations", added) == []
        assert len(records(grown_home, "locations", newest)) == 1


def test_a_list_that_only_a_newer_program_knows_is_asked_about(grown_home: Path) -> None:
    """The newer one was told what this file holds; this one says that it does not know, and loads nothing."""
    loading.remember(grown_home, ingest.FileMapping(tables={"location_id|organisation_id|seats": "locations"}))
    outcome = loading.load(grown_home, SETTINGS, {"organisations-too.csv": LISTS["locations.csv"]})
    assert outcome.manifest is None
    assert [problem.code == "unknown_file" for problem in outcome.draft.problems] == [True]
    answers = ingest.FileMapping(columns={"organisations": {"legal_form": "legal_form"}})
    loading.remember(grown_home, answers)
    assert load(grown_home, {"organisations.csv": LISTS["organisations.csv"]}, may_remove=True)


def test_what_a_newer_program_noted_beside_is_left_alone(old_home: Path) -> None:
    """Keys that we do not know are read past, and still there after we wrote."""
    for name, more in (("notes.json", {"colour": "red"}), ("introductions.json", {"by": "somebody"})):
        listed = json.loads((old_home / name).read_text())
        (old_home / name).write_text(json.dumps([row | more for row in listed]))
    matching = json.loads((old_home / "matching.json").read_text()) | {"units": {"a": "b"}}
    (old_home / "matching.json").write_text(json.dumps(matching))
    manifest = old_home / "snapshots" / SECOND / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"licence": "CC0"}))
    for drop in (old_home / "archive").glob("*/drop.json"):
        content = json.loads(drop.read_text())
        content["options"]["settings"] |= {"regions": {"nl": 1}}
        content["options"]["settings"]["types"]["ngo"] |= {"colour": "red"}
        content["options"]["matching"] |= {"units": {}}
        content["options"]["recipe"] = "export"
        drop.write_text(json.dumps(content | {"by": "somebody"}))
    assert len(notebook.notes(old_home)) == 1
    assert len(notebook.decisions(old_home)) == 2
    assert loading.remembered(old_home).columns == {"partnerships": {"kenmerk": "partnership_id"}}
    assert store.history(old_home)[0].id == SECOND
    assert is_rebuilt(old_home, SECOND)
    loading.remember(old_home, ingest.FileMapping(month_first={"a|b": True}))
    assert json.loads((old_home / "matching.json").read_text())["units"] == {"a": "b"}
    assert loading.remembered(old_home).month_first == {"a|b": True}
    notebook.pin_note(old_home, DAY, "Raad")
    notebook.decide(old_home, ("fv-4", "fv-2"), "dismissed")
    assert [row.get("colour") for row in json.loads((old_home / "notes.json").read_text())] == ["red", None]
    decided = {
        row["organisation_a"]: row.get("by") for row in json.loads((old_home / "introductions.json").read_text())
    }
    assert decided == {"fv-1": "somebody", "fv-2": None}


def test_a_header_that_meant_nothing_then_means_nothing_when_it_is_read_again(tmp_path: Path) -> None:
    """The snapshot does not hold the column, so neither may what is made of its files."""
    then = load(tmp_path, {"organisations.csv": LISTS["organisations.csv"]})
    with grown():
        assert is_rebuilt(tmp_path, then)
        load(tmp_path, {"organisations.csv": LISTS["organisations.csv"]})
        assert [row["legal_form"] for row in records(tmp_path, "organisations")] == ["foundation", None, "cooperative"]


def test_options_of_a_drop_that_lacks_what_came_later(old_home: Path) -> None:
    for drop in (old_home / "archive").glob("*/drop.json"):
        content = json.loads(drop.read_text())
        del content["options"]["settings"]["themes"], content["options"]["matching"]["one_per_person"]
        if not content["options"]["update"]:
            del content["options"]["update"]
        drop.write_text(json.dumps(content))
    assert is_rebuilt(old_home, SECOND)


def test_a_link_with_something_we_do_not_know_is_closed_and_kept(
    old_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It may be what narrows it. The others work, and whoever understands it finds it as it was."""
    path = old_home / "links.json"
    content = json.loads(path.read_text())
    content["links"][2] |= {"only_mondays": True}
    path.write_text(json.dumps(content))
    everything, _totals, closed = sharing.links(old_home)
    before_it_expires = datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC)
    assert everything.is_open(before_it_expires)
    assert not closed.is_open(before_it_expires)
    assert closed.is_from_a_newer_version
    assert access.authorise(old_home, access.Principal("viewer", closed.id)) == access.NOTHING
    assert sharing.by_token(old_home, TOKENS[2]) is None
    assert main(["share", "list", "--home", str(old_home)]) == 0
    assert f"{closed.id}  newer" in capsys.readouterr().out
    sharing.note_opened(old_home, everything.id)
    kept = json.loads(path.read_text())["links"]
    assert kept[0]["opened"] == 1
    assert kept[2] == json.loads(json.dumps(content["links"][2]))
    sharing.revoke(old_home, closed.id)
    assert json.loads(path.read_text())["links"][2]["only_mondays"] is True
    assert json.loads(path.read_text())["links"][2]["revoked_at"]
    assert json.loads(sharing.joined(path.read_bytes(), json.dumps(content).encode()))["links"][2]["revoked_at"]


def test_links_beside_something_we_do_not_know_let_nobody_in(old_home: Path) -> None:
    path = old_home / "links.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"all_closed": True}))
    with pytest.raises(store.StoreProblem):
        sharing.links(old_home)


# --- types ---------------------------------------------------------------------------------------------------------


def test_a_type_that_became_wider_is_read_as_it_is_now(old_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = records(old_home, "attendance", SECOND), records(old_home, "organisations", SECOND)
    monkeypatch.setitem(models.ARROW_TYPES, int, pa.int64())
    monkeypatch.setitem(models.ARROW_TYPES, list[int], pa.list_(pa.int64()))
    with closing(store.open_snapshot(old_home, SECOND)) as snapshot:
        assert snapshot.arrow("organisations").schema.field("founded").type == pa.int64()
        assert (snapshot.records("attendance"), snapshot.records("organisations")) == before
    assert is_rebuilt(old_home, SECOND)


def founded(cell: str) -> dict[str, bytes]:
    text = io.StringIO()
    csv.writer(text).writerows([["organisation_id", "name", "sector", "founded"], ["a", "A", "ngo", cell]])
    return {"organisations.csv": text.getvalue().encode()}


class FoundedInAText(models.Organisation):
    founded: models.Text | None = models.column("Jaar.", "Year.", example="1998")  # type: ignore[assignment]


class FoundedInANumber(models.Organisation):
    founded: models.Number | None = models.column("Jaar.", "Year.", example="1998")  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("row", "cell"), [(FoundedInANumber, "1998.5"), (FoundedInAText, "long ago"), (FoundedInAText, "0042")]
)
def test_a_value_that_the_type_of_now_cannot_hold_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: type[models.Row], cell: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setitem(models.TABLES, "organisations", row)
        patch.setattr(sandbox, "run", read_here)
        good, bad = load(tmp_path, founded("1998")), load(tmp_path, founded(cell), may_remove=True)
    assert records(tmp_path, "organisations", good)[0]["founded"] == 1998
    for scope in (store.EVERYTHING, store.Scope(names=False, key="k")):
        with pytest.raises(store.StoreProblem, match=r"organisations\.founded .* cannot be read as INTEGER"):
            store.open_snapshot(tmp_path, bad, scope)


@pytest.mark.parametrize("scope", [store.EVERYTHING, store.Scope(names=False, key="k")], ids=["whole", "scoped"])
def test_a_snapshot_of_another_version_can_neither_be_written_nor_left(tmp_path: Path, scope: store.Scope) -> None:
    rows = {"organisations": table("organisations", [{"organisation_id": "a", "name": "A", "sector": "ngo"}])}
    manifest = store.publish(tmp_path, rows, origin="own")
    path = tmp_path / "snapshots" / manifest.id / "hub.duckdb"
    before = path.read_bytes()
    with grown(), closing(store.open_snapshot(tmp_path, manifest.id, scope)) as snapshot:
        with pytest.raises(duckdb.Error):
            snapshot._connection.execute(f"ATTACH '{path}' AS again")
        with snapshot._connection.cursor() as cursor:
            databases = {row[0] for row in cursor.execute("SELECT database_name FROM duckdb_databases()").fetchall()}
            if scope == store.EVERYTHING:
                with pytest.raises(duckdb.Error, match="read-only"):
                    cursor.execute("DELETE FROM stored.organisations")
            else:
                assert databases == {"memory", "snapshot", "system", "temp"}
    assert path.read_bytes() == before
