"""Tokens, passphrases, passwords and places on this machine are found nowhere; what happened is in the audit log, and no more.

A link is made, tried, opened, used, and revoked, over a real server; then everything that is left is searched: every file of
the home, all that the server said, every answer, header, cookie and address.
"""

import contextlib
import datetime
import hashlib
import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from browser import ROOT, in_menu, new_window, said_by, served, settled, wait_until_settled
from client import Client, Closed
from playwright.sync_api import Browser

from hubdata import audit, loading, settings, sharing, store, ui

PASSPHRASE, WRONG = "correct horse battery", "incorrect horse battery"
PASSWORD = "a password of the manager"


def command(home: Path, *words: str, typed: str = "") -> Any:
    """Run a command as its user does; returns the object it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "hubdata", *words, "--home", str(home), "--json"],
        input=typed, capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def events(home: Path) -> list[dict[str, str]]:
    """The audit log, oldest first."""
    files = sorted((home / "audit").glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def files(home: Path) -> dict[str, bytes]:
    return {str(p.relative_to(home)): p.read_bytes() for p in home.rglob("*") if p.is_file()}


class Used(NamedTuple):
    """What is left after links were made, tried, opened, used and revoked."""

    home: Path
    tokens: tuple[str, str]
    links: tuple[str, str]
    answers: str
    """Every header and every body, but for the one address that the manager's page shows once."""
    messages: str
    cookies: str


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Used:
    home = tmp_path_factory.mktemp("home")
    answers, messages, cookies = [], [], []
    with served(home) as address:

        def heard(response: Any) -> None:
            response.read()
            answers.append(
                f"{response.headers}\n{response.text if response.headers.get('content-type', '')[:4] == 'text' else ''}"
            )

        with Client(address) as manager, manager.connect() as session:
            session.run("share", query="lang=en")
            session.tab.set("link_label", "For the test")
            session.tab.set("link_funding", "Everything, per organisation and donor")
            session.tab.set("link_downloads", True)
            session.change("link_with_passphrase", True)
            session.tab.set("link_passphrase", PASSPHRASE)
            shown = session.click("make_link").text
            token = re.findall(r"/s/([\w-]{43})", shown)[0]
            assert token not in session.click("copied").text
            first = sharing.links(home)[-1].id
            made = command(home, "share", "create", "--label", "By command", "--downloads")
            second_token, second = made["url"].rsplit("/", 1)[1], made["id"]
            with Client(address) as visitor:
                visitor.http.event_hooks["response"] = [heard]
                assert visitor.http.get(f"/s/{'A' * 43}?word=qsecretquery").status_code == 404
                form = {"secret": WRONG}
                own = {"Origin": address}
                assert visitor.http.get(f"/s/{token}").status_code == 200
                assert visitor.http.post(f"/s/{token}", data=form, headers=own).status_code == 403
                came = visitor.http.post(f"/s/{token}", data={"secret": PASSPHRASE}, headers=own)
                assert came.status_code == 303
                visitor.http.get("/network?sector=knowledge")
                with visitor.connect() as looking:
                    looking.run("network", query="lang=en&theme=qsecretquery")
                    looking.change("at_sector", ["Knowledge"])
                    looking.change("behind_picture", True)
                    assert looking.download("download_picture").status_code == 200
                    messages.append(looking.seen.text)
                    cookies += [f"{c.name}={c.value}" for c in visitor.http.cookies.jar]
                    session.click(f"end_{first}")
                    with pytest.raises((Closed, TimeoutError)):
                        looking.run(seconds=5)
                assert visitor.http.get("/network").status_code != 200
            with Client(address) as visitor:
                visitor.http.event_hooks["response"] = [heard]
                visitor.http.get(f"/s/{second_token}", follow_redirects=True)
                cookies += [f"{c.name}={c.value}" for c in visitor.http.cookies.jar]
            command(home, "share", "revoke", second)
        command(home, "password", typed=f"{PASSWORD}\n")
        with Client(address) as manager:
            manager.http.event_hooks["response"] = [heard]
            assert manager.http.post("/login", data={"secret": WRONG}, headers={"Origin": address}).status_code == 403
            came = manager.http.post("/login", data={"secret": PASSWORD}, headers={"Origin": address})
            assert came.status_code == 303
            cookies += [f"{c.name}={c.value}" for c in manager.http.cookies.jar]
            with manager.connect() as session:
                assert "share" in session.run("share", query="lang=en").menu
                messages.append(session.seen.text)
        lists = home.with_name("lists")
        lists.mkdir(exist_ok=True)
        (lists / "organisations.csv").write_text("name,sector\nA,ngo\n", encoding="utf-8")
        command(home, "load", str(lists))
        command(home, "rollback", store.history(home)[-1].id)
    return Used(
        home, (token, second_token), (first, second), "\n".join(answers), "\n".join(messages), "\n".join(cookies)
    )


def test_secrets_are_left_nowhere(used: Used) -> None:
    kept = files(used.home)
    places = {
        "what the server said": said_by(used.home).read_text(errors="replace"),
        "answers": used.answers,
        "messages": used.messages,
        "cookies": used.cookies,
    } | {name: content.decode("utf-8", "replace") for name, content in kept.items()}
    assert "links.json" in places
    assert places["answers"]
    assert places["messages"]
    assert used.cookies
    for secret in (*used.tokens, PASSPHRASE, PASSWORD, WRONG, "A" * 43):
        form = secret.replace(" ", "+")
        found = [name for name, text in places.items() if secret in text or form in text]
        # The form that asks for a passphrase is sent to the address it was asked at, and to nobody else.
        asked = [name for name in found if name == "answers" and secret == used.tokens[0]]
        assert found == asked, secret
        assert used.answers.count(secret) == used.answers.count(f'action="/s/{secret}"')
    for token in used.tokens:
        digest = hashlib.sha256(token.encode()).hexdigest()
        assert [name for name, content in kept.items() if digest.encode() in content] == ["links.json"]
        assert digest not in used.answers + used.messages + used.cookies


def test_only_the_owner_reads_what_is_secret(used: Used) -> None:
    modes = {
        name: stat.S_IMODE((used.home / name).stat().st_mode)
        for name in ("secret.key", "links.json", "manager.password")
    }
    assert set(modes.values()) == {0o600}, modes
    assert stat.S_IMODE((used.home / "audit").stat().st_mode) == 0o700
    assert (used.home / "manager.password").read_text().startswith("$argon2id$")


def test_the_audit_log_says_who_did_what_when(used: Used) -> None:
    listed = events(used.home)
    first, second = used.links
    noted = [(event["what"], event.get("link", "")) for event in listed]
    for what in (
        ("link made", first), ("link made", second), ("unknown link", ""), ("wrong passphrase", first), ("opened", first),
        ("page", first), ("download", first), ("link revoked", first), ("opened", second), ("link revoked", second),
        ("password set", ""), ("wrong password", ""), ("logged in", ""), ("loaded", ""), ("put back", ""),
    ):  # fmt: skip
        assert what in noted, f"{what} is not among {noted}"
    assert noted.count(("download", first)) == 1
    for event in listed:
        assert set(event) <= {"at", "who", "what", "link", "detail"}
        assert event["who"]
        at = datetime.datetime.fromisoformat(event["at"])
        assert abs(at - datetime.datetime.now(datetime.UTC)) < datetime.timedelta(minutes=10)
    text = "\n".join(file.read_text() for file in (used.home / "audit").glob("*"))
    assert "127.0.0.0/24" in text
    assert "127.0.0.1" not in text, "networks, no addresses"
    for word in ("qsecretquery", "?", "sector=", "Knowledge", "For the test"):
        assert word not in text


def test_the_audit_log_is_removed_after_180_days(tmp_path: Path) -> None:
    today = datetime.datetime.now(datetime.UTC).date()
    folder = tmp_path / "audit"
    folder.mkdir()
    for days in (400, 181, 180, 1):
        (folder / f"{today - datetime.timedelta(days=days)}.jsonl").write_text("{}\n")
    audit.note(tmp_path, "manager test", "loaded")
    left = sorted((today - datetime.date.fromisoformat(path.stem)).days for path in folder.glob("*.jsonl"))
    assert left == [0, 1, 180]


def test_nobody_hears_where_the_code_and_the_data_lie(tmp_path: Path) -> None:
    loading.first_start(tmp_path, settings.Settings())
    pages = tuple(name for name in sharing.PAGES if name in ui.PAGES)
    _link, token = sharing.create(tmp_path, settings.Settings(), label="x", pages=pages, funding="full", downloads=True)
    with served(tmp_path) as address, Client(address) as visitor:
        visitor.http.get(f"/s/{token}", follow_redirects=True)
        with visitor.connect() as session:
            for name in session.run("", query="lang=en").menu:
                session.goto(name)
                for widget in session.tab.shown.widgets:
                    if widget.kind in ("expandable", "popover"):
                        session.tab.set(widget.key, True)
                session.run()
                for widget in [w for w in session.tab.shown.widgets if w.kind == "selectbox" and w.key != "at_lang"]:
                    with contextlib.suppress(LookupError):  # another choice may have taken it away
                        session.change(widget.key, widget.proto.options[-1])
                        session.change(widget.key, widget.value)
            session.run("nowhere")
            text = session.seen.text
    for place in {
        str(ROOT),
        str(tmp_path),
        str(Path.home()),
        sys.prefix,
        str(Path(os.__file__).parent),
        "navigation.py",
    }:
        assert place not in text, place


def test_a_browser_tells_a_token_to_nobody(running_browser: Browser, tmp_path: Path) -> None:
    """The token is in the first request only: in no later address, no Referer, no history and no storage."""
    loading.first_start(tmp_path, settings.Settings())
    _link, token = sharing.create(
        tmp_path, settings.Settings(), label="x", pages=("overview", "network"), downloads=True, passphrase=PASSPHRASE
    )
    with served(tmp_path) as address, new_window(running_browser, locale="en-GB") as window:
        page = window.new_page()
        asked: list[tuple[str, str]] = []
        page.on("request", lambda request: asked.append((request.url, request.all_headers().get("referer", ""))))
        page.on("websocket", lambda socket: asked.append((socket.url, "")))
        page.goto(f"{address}/s/{token}")
        page.get_by_label("Passphrase").fill(PASSPHRASE)
        page.get_by_role("button", name="Open").click()
        wait_until_settled(page)
        assert token not in page.url
        in_menu(page, "Network")
        wait_until_settled(page)
        page.get_by_text("Table and more").first.click()
        wait_until_settled(page)
        kept = page.evaluate(
            "() => JSON.stringify([document.referrer, document.cookie, {...localStorage}, {...sessionStorage}, "
            "document.documentElement.outerHTML, performance.getEntries().map(e => e.name)])"
        )
        cookies = json.dumps(page.context.cookies())
        settled(page, page.url)
    for secret in (token, PASSPHRASE, PASSPHRASE.replace(" ", "%20"), PASSPHRASE.replace(" ", "+")):
        assert secret not in kept + cookies
        assert [url for url, referer in asked if secret in referer] == []
        assert {url for url, _referer in asked if secret in url} <= {f"{address}/s/{token}"}
    own = [c for c in json.loads(cookies) if c["name"] == "hub_viewer"]
    assert [(c["httpOnly"], c["sameSite"]) for c in own] == [(True, "Lax")]
