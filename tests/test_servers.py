"""Two dashboards over one lake, behind nginx with the file that `deploy/` ships: what they have in common, and what when
one of them or PostgreSQL stops. All is started once; the tests go on with what those above them left.
"""

import itertools
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import postgres
import pytest
from browser import new_window, said_by, settled, wait_until_healthy, wait_until_settled
from client import Client, Closed
from dashboard import Dashboard
from playwright.sync_api import Browser, Locator, Page, expect
from proxy import NAME, certificate, free_ports, name_settled, needs, nginx

from hubdata import settings, sharing, store
from hubdata.server.cookies import MANAGER_COOKIE

PASSWORD = "a long enough password"
ORGANISATIONS = "organisation_id,name,sector\na,Anna,ngo\nb,Beta,knowledge\nc,Cora,ngo\n"


@dataclass
class Servers:
    """Two dashboards, each with a home of its own; what is dropped in either inbox lies in one folder."""

    folder: Path
    database: postgres.Postgres
    homes: list[Path]
    ports: list[int]
    secure: int
    tls: Any
    running: list[Dashboard] = field(default_factory=list)

    @property
    def home(self) -> Path:
        return self.homes[0]

    @property
    def address(self) -> str:
        return f"https://{NAME}:{self.secure}"

    def client(self) -> Client:
        return Client(self.address, tls=self.tls)

    def server_of(self, client: Client) -> int:
        """Which of the two a visitor is sent to."""
        return self.ports.index(int(client.http.get("/_stcore/health").headers["x-server"].split(":")[1]))

    def one_on_each(self, enter: Callable[[Client], object], closes: ExitStack) -> list[Client]:
        """A visitor on each server who came in as `enter` says; so many are tried as that takes."""
        found: dict[int, Client] = {}
        for _ in range(20):
            client = closes.enter_context(self.client())
            enter(client)
            found.setdefault(self.server_of(client), client)
            if len(found) == 2:
                return [found[0], found[1]]
        raise AssertionError("all were sent to one server")

    def log_in(self, client: Client) -> None:
        answer = client.http.post("/login", data={"secret": PASSWORD}, headers={"Origin": self.address})
        assert answer.status_code == 303

    def link(self, **asked: Any) -> tuple[sharing.Link, str]:
        return sharing.create(self.home, settings.read(self.home), label="test", **asked)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    needs("nginx")
    folder = tmp_path_factory.mktemp("servers")
    secure, plain = free_ports(2)
    with name_settled(), postgres.running() as database, ExitStack() as closes:
        shared = folder / "shared"
        homes = [folder / name for name in ("a", "b")]
        for home in homes:
            home.mkdir()
            (home / "hub.toml").write_text(
                f'store = "{database.store("city")}"\npublic_address = "https://{NAME}:{secure}"\ninbox_settle_seconds = 1\n'
            )
            for name in ("inbox", "rejected"):
                (shared / name).mkdir(parents=True, exist_ok=True)
                (home / name).symlink_to(shared / name)
        servers = Servers(folder, database, homes, free_ports(2), secure, certificate(folder))
        for home, port in zip(homes, servers.ports, strict=True):  # at once, on a lake with nothing in it
            arguments = ["--server.headless=true", f"--server.port={port}"]
            one = Dashboard(arguments, {**os.environ, "HUBDATA_HOME": str(home)}, said_by(home))
            closes.callback(one.kill)
            servers.running.append(one)
        for home, port, one in zip(homes, servers.ports, servers.running, strict=True):
            wait_until_healthy(f"http://127.0.0.1:{port}", one, said_by(home))
        sharing.set_password(servers.home, PASSWORD)
        more = "add_header X-Server $upstream_addr always;\n"
        closes.enter_context(nginx(folder, secure, plain, servers.ports[0], more, second=servers.ports[1]))
        yield servers


@pytest.fixture(scope="module")
def managers(servers: Servers) -> Iterator[list[Client]]:
    """A manager on each server."""
    with ExitStack() as closes:
        yield servers.one_on_each(servers.log_in, closes)


@pytest.fixture(scope="module")
def tabs(servers: Servers, managers: list[Client], browser: Browser) -> Iterator[list[Page]]:
    """The tab of a browser for each of them."""
    opened = []
    for manager in managers:
        window = new_window(browser, ignore_https_errors=True, locale="en-GB")
        had = [one for one in manager.http.cookies.jar if one.name.startswith("__Host-")]
        window.add_cookies(
            [
                {"name": one.name, "value": one.value or "", "url": servers.address, "httpOnly": True, "secure": True}
                for one in had
            ]
        )
        opened.append(window.new_page())
    yield opened
    for page in opened:
        page.context.close()


def button(page: Page, label: str) -> Locator:
    """A button by what it says; the name of its icon comes first."""
    return page.get_by_role("button", name=re.compile(rf"(^|\s){re.escape(label)}$"))


def drop(page: Page, text: str) -> None:
    """Upload a list, and wait until it was read."""
    listed = [{"name": "organisations.csv", "mimeType": "text/csv", "buffer": text.encode()}]
    page.locator("input[type=file]").set_input_files(listed)  # type: ignore[arg-type]
    page.locator("[id=reading]").wait_for()
    wait_until_settled(page)


def names_on(client: Client) -> set[str]:
    """The organisations that a page asked now shows."""
    with client.connect() as session:
        text = session.run("organisation", query="lang=en").text
    return {name for name in ("Anna", "Beta", "Cora", "Dora", "Egon") if name in text}


def wait_until(holds: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.1)


def test_two_that_start_at_once_load_one_sample(servers: Servers) -> None:
    assert [manifest.origin for manifest in store.history(servers.home)] == ["sample"]
    assert len({store.current_snapshot_id(home) for home in servers.homes}) == 1


def test_a_load_on_one_is_shown_to_the_first_who_asks_the_other(
    servers: Servers, managers: list[Client], tabs: list[Page]
) -> None:
    page = settled(tabs[0], f"{servers.address}/data?lang=en")
    with managers[1].connect() as session:
        assert "Anna" not in session.run("organisation", query="lang=en").text
        drop(page, ORGANISATIONS)
        button(page, "Load").click()
        expect(page.get_by_text("Your lists are loaded").first).to_be_visible()
        assert "Anna" in session.run("organisation", query="lang=en").text


def test_a_revoke_closes_the_tabs_of_both(servers: Servers) -> None:
    link, token = servers.link()
    with ExitStack() as closes:
        viewers = servers.one_on_each(lambda client: client.http.get(f"/s/{token}"), closes)
        sessions = [closes.enter_context(viewer.connect()) for viewer in viewers]
        for session in sessions:
            session.run("", query="lang=en")
        sharing.revoke(servers.home, link.id)
        for session in sessions:
            with pytest.raises(Closed):
                session.during(10)
            assert session.seen.redirects == ["/?lang=en"]


def test_wrong_passphrases_are_counted_together(servers: Servers) -> None:
    _link, token = servers.link(passphrase="a passphrase")

    def said(client: Client, secret: str) -> int:
        return client.http.post(f"/s/{token}", data={"secret": secret}, headers={"Origin": servers.address}).status_code

    with ExitStack() as closes:
        # Whoever has no cookie goes by his address, and both have one: any text for a cookie sets them apart.
        numbers = itertools.count()
        there = servers.one_on_each(
            lambda client: client.http.cookies.set(f"__Host-{MANAGER_COOKIE}", f"x{next(numbers)}"), closes
        )
        assert [said(client, "wrong") for client in (*there, *there, there[0])] == [403] * 5
        assert [said(client, "a passphrase") for client in there] == [429] * 2


def test_a_drop_in_an_inbox_of_both_is_taken_once(servers: Servers, managers: list[Client]) -> None:
    inbox = servers.home / "inbox"
    (inbox / ".being-written").write_text(f"{ORGANISATIONS}d,Dora,ngo\n")
    (inbox / ".being-written").rename(inbox / "organisations.csv")
    wait_until(lambda: not (inbox / "organisations.csv").exists())
    assert [names_on(manager) for manager in managers] == [{"Anna", "Beta", "Cora", "Dora"}] * 2
    wait_until(lambda: not (inbox / ".taken.json").exists())
    assert [manifest.way for manifest in store.history(servers.home)].count("inbox") == 1
    assert list((servers.home / "rejected").iterdir()) == []


def test_without_postgres_pages_go_on_and_loading_waits(
    servers: Servers, managers: list[Client], tabs: list[Page]
) -> None:
    page = settled(tabs[0], f"{servers.address}/data?lang=en")
    drop(page, f"{ORGANISATIONS}d,Dora,ngo\ne,Egon,ngo\n")
    servers.database.stop()
    try:
        assert [names_on(manager) for manager in managers] == [{"Anna", "Beta", "Cora", "Dora"}] * 2
        button(page, "Load").click()
        expect(page.get_by_text("Loading and changing wait until it is back").first).to_be_visible()
    finally:
        servers.database.start()
    wait_until_settled(page)
    button(page, "Load").click()
    expect(page.get_by_text("Your lists are loaded").first).to_be_visible()
    assert [names_on(manager) for manager in managers] == [{"Anna", "Beta", "Cora", "Dora", "Egon"}] * 2


def test_what_was_in_view_on_a_killed_server_comes_back_from_the_other(servers: Servers, tabs: list[Page]) -> None:
    page = settled(tabs[0], f"{servers.address}/network?lang=en&sector=ngo")
    shown = page.locator("[data-testid=stMain]").inner_text()
    servers.running[0].kill()
    answer = page.reload()
    assert answer is not None
    assert str(servers.ports[1]) in answer.headers["x-server"]
    wait_until_settled(page)
    assert "sector=ngo" in page.url
    assert page.locator("[data-testid=stMain]").inner_text() == shown
