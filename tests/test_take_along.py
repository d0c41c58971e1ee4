"""What the toolbar offers to take along is made when somebody asks, if they still may, and opens in its program."""

import functools
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import networkx
import pypdf
import pytest
from browser import served
from client import Client, Closed

from hubdata import access, loading, questions, settings, sharing
from hubdata.server.websocket import NO_FILE
from hubdata.ui import chapters, session
from hubdata.ui.chapters import files

HUB = settings.Settings()


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    home = tmp_path_factory.mktemp("home")
    loading.first_start(home, HUB)
    with served(home) as address:
        yield home, address


def test_files_open_in_their_programs_and_a_stale_button_says_why_nothing_came(hub: tuple[Path, str]) -> None:
    with Client(hub[1]) as client, client.connect() as tab:
        tab.run("network", query="lang=nl&sector=ngo|knowledge")
        assert not [key for key in tab.tab.shown.deferred if key.startswith("take_")], "made when it is opened"
        offered = tab.change("take_along", True).deferred
        assert [key for key in offered if key.startswith("take_")] == [
            f"take_{extension[1:]}"
            for extension in (".pdf", ".docx", ".pptx", ".xlsx", ".eml", ".gexf", ".graphml", ".json")
        ]
        paper = tab.download("take_pdf")
        assert "filename" in paper.headers["content-disposition"]
        assert "impact-city-20" in paper.headers["content-disposition"]
        text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper.content)).pages)
        assert "U ziet alleen: " in text, "the filters of the view"
        graph = networkx.read_graphml(io.BytesIO(tab.download("take_graphml").content))
        reader = chapters_reader(hub[0])
        view = replace(reader.view, sectors=("ngo", "knowledge"))
        found = questions.answer_network(session.opened(hub[0], reader.snapshot_id, reader.grant.scope), HUB, view)
        assert (len(graph), graph.number_of_edges()) == (found["organisations"], found["ties"])
        book = zipfile.ZipFile(io.BytesIO(tab.download("take_xlsx").content))
        assert "xl/workbook.xml" in book.namelist()
        tab.change("take_along", False)
        stale = tab.operate(deferred_file={"file_id": offered["take_xlsx"]})
        assert stale.error_msg == NO_FILE.translate("nl")
        assert NO_FILE.translate("nl") != NO_FILE.translate("en")


def chapters_reader(home: Path) -> session.Reader:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("HUBDATA_HOME", str(home))
        return chapters.manager_reader(None, "en")


def test_whoever_lost_the_right_meanwhile_gets_no_file(hub: tuple[Path, str]) -> None:
    home, address = hub
    link, token = sharing.create(home, HUB, label="x", pages=["network"], downloads=True)
    with Client(address) as client:
        client.http.get(f"/s/{token}", follow_redirects=True)
        with client.connect() as tab:
            tab.run("network", query="lang=en")
            offered = tab.change("take_along", True).deferred
            assert tab.download("take_json").status_code == 200
            sharing.revoke(home, link.id)
            with pytest.raises(Closed):
                tab.operate(deferred_file={"file_id": offered["take_json"]})


def test_the_right_is_looked_up_when_the_file_is_made(hub: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when the request had passed the gate already."""
    home, _address = hub
    monkeypatch.setenv("HUBDATA_HOME", str(home))
    link, _token = sharing.create(home, HUB, label="x", pages=["network"], downloads=True)
    asked = access.Principal("viewer", link.id)
    manager = chapters.manager_reader(None, "en")
    viewer = replace(manager, grant=access.authorise(home, asked))
    granted = functools.partial(access.authorise, home, asked)
    assert files.for_page(viewer, granted, ".json").startswith(b"{")
    with pytest.raises(files.NoFile):
        files.for_page(manager, granted, ".json")  # a manager who looked at it as a viewer, and no longer does
    sharing.revoke(home, link.id)
    with pytest.raises(files.NoFile):
        files.for_page(viewer, granted, ".json")
    kept, _token = sharing.create(home, HUB, label="y", pages=["network"])
    without = access.authorise(home, access.Principal("viewer", kept.id))
    with pytest.raises(files.NoFile):
        files.for_page(replace(manager, grant=without), lambda: without, ".json")


def test_a_map_reads_no_more_than_its_link_covers_as_long_as_the_link_works(
    hub: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With each kind of link, by one with no cookie, with another's cookie, from another site, and after its end."""
    home, address = hub
    monkeypatch.setenv("HUBDATA_HOME", str(home))
    reader = chapters.manager_reader(None, "en")
    with session.working_for(reader):
        every = session.snapshot().records("organisations")
    secrets = {row["organisation_id"] for row in every} | {row["name"] for row in every}
    sector = every[0]["sector"]
    pages = ["overview", "network"]
    made = {
        "usual": sharing.create(home, HUB, label="x", pages=pages, downloads=True),
        "nameless": sharing.create(home, HUB, label="x", pages=pages, downloads=True, names=False),
        "sector": sharing.create(home, HUB, label="x", pages=pages, downloads=True, sectors=[sector]),
        "no downloads": sharing.create(home, HUB, label="x", pages=pages),
        "other pages": sharing.create(home, HUB, label="x", pages=["overview"], downloads=True),
        "passphrase": sharing.create(home, HUB, label="x", pages=pages, downloads=True, passphrase="long enough"),
    }
    where = {name: f"/s/{token}/kumu.json" for name, (_link, token) in made.items()}
    with Client(address, {}) as client:
        answers = {name: client.http.get(path) for name, path in where.items()}
        assert {name for name, answer in answers.items() if answer.status_code == 200} == {
            "usual",
            "nameless",
            "sector",
        }
        assert {answer.text for answer in answers.values() if answer.status_code != 200} == {"Not found"}
        read = {name: answer.json() for name, answer in answers.items() if answer.status_code == 200}
        assert {one["id"] for one in read["usual"]["elements"]} <= secrets
        assert set(read["usual"]["elements"][0]).isdisjoint({"income", "jobs", "themes", "city"}), (
            "no profiles, no money"
        )
        assert not [secret for secret in secrets if f'"{secret}"' in answers["nameless"].text]
        of_sector = {row["organisation_id"] for row in every if row["sector"] == sector}
        assert {one["id"] for one in read["sector"]["elements"]} <= of_sector
        assert {end for tie in read["sector"]["connections"] for end in (tie["from"], tie["to"])} <= of_sector
        assert not client.http.cookies, "it lets nobody in"
        elsewhere = {"Origin": "https://kumu.io", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}
        answer = client.http.get(where["usual"], headers=elsewhere)
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "*")
        assert "access-control-allow-origin" not in client.http.get("/", headers=elsewhere).headers
        assert client.http.get(f"{where['usual']}?sector=ngo&as_of=1990-01-01").content == answers["usual"].content
        client.http.get(where["usual"].removesuffix("/kumu.json"))
        assert client.http.cookies
        assert client.http.get(where["other pages"]).status_code == 404
        sharing.revoke(home, made["usual"][0].id)
        assert client.http.get(where["usual"]).status_code == 404


def test_no_more_wait_for_a_file_than_there_are_places(hub: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUBDATA_HOME", str(hub[0]))
    reader = chapters.manager_reader(None, "en")
    taken = [files._places.acquire(blocking=False) for _place in range(files.MOST_WAITING)]
    try:
        assert all(taken)
        with pytest.raises(files.NoFile) as full:
            files.for_page(reader, lambda: reader.grant, ".json")
        assert full.value.sentence.translate("en") == "Too many files are being made. Try again in a minute."
    finally:
        for _place in taken:
            files._places.release()
    assert files.for_page(reader, lambda: reader.grant, ".json")
