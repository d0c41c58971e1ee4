"""The manager's own door: the password, OIDC with a provider that is a process of its own, and this machine's browser.

Everything here is a real server; where a person clicks, a real Chromium.
"""

import asyncio
import hmac
import html
import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import door
import httpx
import pytest
from browser import PHONE, ROOT, WIDE, broken_rules, emptied, free_port, new_tab, wait_until_settled, window_of
from client import TRUSTED, Client, Closed, Refused
from dashboard import Dashboard
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from playwright.sync_api import Browser, BrowserContext, Page, expect
from starlette.requests import HTTPConnection

from hubdata import loading, settings, sharing, store
from hubdata.__main__ import main
from hubdata.server import request_rules
from hubdata.server.cookies import signer

PASSWORD = "correct horse battery"
COOKIE_SECRET = "0123456789abcdef" * 4
CLIENT_SECRET = "secret-of-the-client"
NAME_FROM_DATA = "Universiteit Leiden"
PEOPLE = {
    "boss": {"email": "Boss@hub.example", "email_verified": True},
    "other": {"email": "other@hub.example", "email_verified": True},
    "unchecked": {"email": "boss@hub.example", "email_verified": False},
    "nameless": {},
    "silent": {"email": "boss@hub.example"},
}


@dataclass
class Server:
    """A running dashboard."""

    address: str
    home: Path
    said: Path

    @property
    def output(self) -> str:
        return self.said.read_text(encoding="utf-8")

    def audit(self) -> str:
        return "".join(path.read_text(encoding="utf-8") for path in (self.home / "audit").glob("*.jsonl"))

    @property
    def port(self) -> str:
        return self.address.rpartition(":")[2]

    def client(self, **how: object) -> httpx.Client:
        return httpx.Client(base_url=self.address, trust_env=False, timeout=30, verify=TRUSTED, **how)  # type: ignore[arg-type]


@contextmanager
def served(home: Path, *, listens_on: str = "", at: str = "127.0.0.1", secrets: str | None = None) -> Iterator[Server]:
    """The dashboard; `{address}` in the secrets becomes its own address."""
    port = free_port()
    address = f"http://{at}:{port}"
    home.mkdir(parents=True, exist_ok=True)
    if not store.current_snapshot_id(home):
        loading.first_start(home, settings.Settings())
    kept = home / "secrets" / "secrets.toml"
    kept.parent.mkdir(exist_ok=True)
    kept.unlink(missing_ok=True)
    if secrets is not None:
        kept.write_text(secrets.replace("{address}", address), encoding="utf-8")
    arguments = ["--server.headless=true", f"--server.port={port}", f"--secrets.files={kept}"]
    arguments += [f"--server.address={listens_on}"] if listens_on else []
    said = home.with_name(f"{home.name}-{port}.txt")
    said.touch()
    process = Dashboard(arguments, {**os.environ, "HUBDATA_HOME": str(home)}, said)
    try:
        wait_for(f"{address}/healthz", process, said)
        door.note(address, home)
        yield Server(address, home, said)
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_for(address: str, process: subprocess.Popen[bytes] | Dashboard, said: Path, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError), urllib.request.urlopen(address, timeout=2):
            return
        time.sleep(0.1)
    process.kill()
    raise RuntimeError(said.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An OIDC provider, a process of its own under another name than the dashboard's."""
    port = free_port()
    people = [f"--user-claims={json.dumps({'sub': name, **claims})}" for name, claims in PEOPLE.items()]
    said = tmp_path_factory.mktemp("provider") / "said.txt"
    with said.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "oidc_provider_mock", "-p", str(port), *people], stdout=file, stderr=file
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/.well-known/openid-configuration", process, said)
        yield f"http://localhost:{port}"
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)


def oidc_secrets(provider: str, *, managers: str = '["boss@hub.example"]', without: str = "") -> str:
    lines = [
        "[auth]",
        'redirect_uri = "{address}/oauth2callback"',
        f'cookie_secret = "{COOKIE_SECRET}"',
        'client_id = "dashboard"',
        f'client_secret = "{CLIENT_SECRET}"',
        f'server_metadata_url = "{provider}/.well-known/openid-configuration"',
        "[hub]",
        f"managers = {managers}",
    ]
    return "\n".join(line for line in lines if not without or not line.startswith(without))


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A window in which nobody is logged in."""
    window = window_of(browser, lang="en-GB", window="other")
    yield window
    emptied(window)


@pytest.fixture(scope="module")
def with_password(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("password")
    sharing.set_password(home, PASSWORD)
    with served(home) as server:
        yield server


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Server]:
    """A server with a password for a test that uses up attempts."""
    sharing.set_password(tmp_path / "home", PASSWORD)
    with served(tmp_path / "home") as server:
        yield server


@pytest.fixture(scope="module")
def with_oidc(tmp_path_factory: pytest.TempPathFactory, provider: str) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("oidc"), secrets=oidc_secrets(provider)) as server:
        yield server


def post(
    server: Server, said: str, *, to: str = "/login", headers: dict[str, str] | None = None, lang: str = "en"
) -> httpx.Response:
    """What the form sends."""
    with server.client() as http:
        own = {"Origin": server.address, "Accept-Language": lang}
        return http.post(to, data={"secret": said}, headers=own if headers is None else headers)


def is_manager(
    server: Server, cookies: dict[str, str] | None = None, *, host: str | None = None, **headers: str
) -> bool:
    """Whether whoever says this gets data. Every way in is tried: all say yes, or all say no."""
    with Client(server.address, cookies) as visitor:
        own = {name.replace("_", "-"): value for name, value in headers.items()}

        def gets_page() -> bool:
            page = visitor.http.get("/data", headers={**own, **({"Host": host} if host else {})})
            return page.status_code == 200 and "<script" in page.text

        before, is_in = gets_page(), False
        for _attempt in range(3 if before else 1):  # when settings have just changed, what is open may be closed
            with suppress(Refused, Closed), visitor.connect(host=host, headers=own) as session:
                is_in = "data" in session.run("data", query="lang=en").menu
            if is_in:
                break
        # Settings that changed between the two questions are no disagreement: what is asked last counts.
        assert is_in == before or is_in == gets_page() or "Origin" in own, "the page and the websocket do not agree"
        return is_in


def cookie(answer: httpx.Response, name: str) -> str:
    return next(value for value in answer.headers.get_list("set-cookie") if value.startswith(f"{name}="))


# --- the password -----------------------------------------------------------------------------------------------------


def test_a_manager_comes_in_with_the_password_and_goes_again(with_password: Server, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"{with_password.address}/funding")
    expect(page.get_by_role("heading", level=1)).to_have_text("Impact City")
    assert NAME_FROM_DATA not in page.content()
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_have_text("That is not the password.")
    assert NAME_FROM_DATA not in page.content()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    wait_until_settled(page)
    assert page.url.startswith(f"{with_password.address}/?")
    page.get_by_role("button", name="Log out").hover()
    expect(page.get_by_text("Logged in as manager: the password")).to_be_visible()

    other = context.new_page()
    other.goto(f"{with_password.address}/data")
    wait_until_settled(other)
    kept = {one["name"]: one["value"] for one in context.cookies() if one["name"] == "hub_manager"}
    assert is_manager(with_password, kept)
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_label("Password")).to_be_visible()
    expect(other.get_by_label("Password")).to_be_visible()
    assert "hub_manager" not in [one["name"] for one in context.cookies()]
    assert not is_manager(with_password, kept), "the cookie is worthless, whoever kept it"


def test_a_login_that_was_ended_stays_ended_after_a_restart(tmp_path: Path) -> None:
    home = tmp_path / "home"
    sharing.set_password(home, PASSWORD)
    with served(home) as server, server.client() as http:
        for _again in range(2):
            http.post("/login", data={"secret": PASSWORD}, headers={"Origin": server.address})
            kept = {"hub_manager": http.cookies["hub_manager"]}
            if not _again:
                http.get("/logout")
                ended = kept
    with served(home) as server:
        assert not is_manager(server, ended)
        assert is_manager(server, kept), "and one that was not ended goes on"


def test_a_new_password_logs_everybody_out(locked: Server) -> None:
    given = post(locked, PASSWORD)
    kept = {"hub_manager": given.cookies["hub_manager"]}
    with Client(locked.address, kept) as visitor, visitor.connect() as session:
        assert session.run("").menu
        sharing.set_password(locked.home, "another password")
        assert "auth_redirect" in session.until("auth_redirect").kinds
        with pytest.raises(Closed):
            session.during(30)
    assert not is_manager(locked, kept)
    assert post(locked, PASSWORD).status_code == 403
    assert post(locked, "another password").status_code == 303


def test_after_five_wrong_passwords_the_right_one_does_not_work_either(locked: Server) -> None:
    assert [post(locked, f"wrong {n}").status_code for n in range(5)] == [403] * 5
    late = post(locked, PASSWORD)
    assert (late.status_code, "set-cookie" in late.headers) == (429, False)
    assert "quarter of an hour" in late.text
    # Another network is not kept waiting: uvicorn believes a proxy on this machine about who comes through it.
    elsewhere = {"Origin": locked.address, "X-Forwarded-For": "198.51.100.7"}
    assert post(locked, PASSWORD, headers=elsewhere).status_code == 303
    neighbour = {"Origin": locked.address, "X-Forwarded-For": "203.0.113.9"}
    assert [post(locked, "wrong", headers=neighbour).status_code for _ in range(5)] == [403] * 5
    neighbour["X-Forwarded-For"] = "203.0.113.200"
    assert post(locked, PASSWORD, headers=neighbour).status_code == 429, "the same network"


def test_attempts_that_come_at_once_are_counted_one_by_one(locked: Server) -> None:
    async def all_at_once() -> list[int]:
        async with httpx.AsyncClient(base_url=locked.address, trust_env=False, timeout=60) as http:
            own = {"Origin": locked.address}
            sent = [http.post("/login", data={"secret": f"wrong {n}"}, headers=own) for n in range(30)]
            return [answer.status_code for answer in await asyncio.gather(*sent)]

    assert sorted(asyncio.run(all_at_once())) == [403] * 5 + [429] * 25


def test_wrong_passphrases_of_a_link_are_counted_per_link(tmp_path: Path) -> None:
    home = tmp_path / "home"
    made = [
        sharing.create(home, settings.Settings(), label=label, passphrase="peace and justice") for label in ("a", "b")
    ]
    with served(home) as server:
        first, second = (f"/s/{token}" for _link, token in made)
        asked = server.client().get(first, headers={"Accept-Language": "en"})
        assert asked.status_code == 200
        assert "This link has a passphrase" in asked.text
        assert [post(server, "wrong", to=first).status_code for _ in range(5)] == [403] * 5
        assert post(server, "peace and justice", to=first).status_code == 429
        opened = post(server, "peace and justice", to=second)
        assert (opened.status_code, opened.headers["location"]) == (303, "/")
        assert sharing.by_id(home, made[0][0].id).opened == 0  # type: ignore[union-attr]
        for secret in (made[0][1], made[1][1], "peace and justice"):
            assert secret not in server.output + server.audit()


def test_a_passphrase_is_typed_in_a_browser_and_the_token_stays_out_of_referer(
    tmp_path: Path, context: BrowserContext
) -> None:
    home = tmp_path / "home"
    _link, token = sharing.create(home, settings.Settings(), label="a", passphrase="peace and justice")
    with served(home) as server:
        page = context.new_page()
        told: list[str] = []
        page.on(
            "request", lambda asked: told.append(asked.headers.get("referer", "")) if "/s/" not in asked.url else None
        )
        page.goto(f"{server.address}/s/{token}?lang=nl")
        page.get_by_label("Wachtwoordzin").fill("peace and war")
        page.get_by_role("button", name="Open").click()
        expect(page.get_by_role("alert")).to_be_visible()
        assert page.locator("html").get_attribute("lang") == "nl", "the language that was chosen stays"
        page.get_by_label("Wachtwoordzin").fill("peace and justice")
        page.get_by_role("button", name="Open").click()
        wait_until_settled(page)
        assert told
        assert not any(token in one for one in told)
        assert token not in page.evaluate("document.referrer + location.href")


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://localhost:3000", None])
def test_no_other_site_logs_anybody_in(with_password: Server, origin: str | None) -> None:
    answer = post(with_password, PASSWORD, headers={"Origin": origin} if origin else {})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_no_other_site_logs_anybody_out(with_password: Server) -> None:
    kept = {"hub_manager": post(with_password, PASSWORD).cookies["hub_manager"]}
    for path in ("/logout", "/auth/logout"):
        with with_password.client(cookies=kept) as http:
            elsewhere = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
            assert http.get(path, headers=elsewhere).headers["location"] == "/"
        assert is_manager(with_password, kept)


def test_a_login_leads_nowhere_but_here(with_password: Server) -> None:
    for where in ("/login?next=https://evil.example", "/login?lang=//evil.example", "/login?redirect=//evil.example"):
        assert post(with_password, PASSWORD, to=where).headers["location"] == "/"
    with with_password.client() as http:
        for where in ("/logout?next=https://evil.example", "/s/leave?next=//evil.example"):
            assert http.get(where).headers["location"] == "/"
        for where in ("//evil.example/login", "/%2f%2fevil.example", "/login/oidc?provider=https://evil.example"):
            answer = http.get(f"{with_password.address}{where}")
            assert "evil.example" not in answer.headers.get("location", "")


@pytest.mark.parametrize("public", ["", "https://hub.example"])
def test_cookies_are_as_strict_as_they_can_be(tmp_path: Path, public: str) -> None:
    home = tmp_path / "home"
    sharing.set_password(home, PASSWORD)
    if public:
        (home / "hub.toml").write_text(f'public_address = "{public}"\nlogin_hours = 3\n', encoding="utf-8")
    with served(home) as server:
        name = "__Host-hub_manager" if public else "hub_manager"
        given = cookie(post(server, PASSWORD), name)
        assert "HttpOnly" in given
        assert "Path=/;" in given
        assert "Domain" not in given
        assert "SameSite=lax" in given
        assert f"Max-Age={3 * 3600 if public else 12 * 3600}" in given
        assert ("Secure" in given) == bool(public)
        kept = {name: given.split(";")[0].partition("=")[2]}
        with server.client(cookies=kept) as http:
            for all_of_them in http.get("/_stcore/health").headers.get_list("set-cookie"):
                assert ("secure" in all_of_them.lower()) == bool(public)


def test_a_login_ends_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The age is in the signature, so the test makes a cookie as the gate makes it, some hours ago."""
    home = tmp_path / "home"
    sharing.set_password(home, PASSWORD)
    with served(home) as server:
        fresh = post(server, PASSWORD).cookies["hub_manager"]
        made = signer(home, "manager")

        def aged(hours: float) -> str:
            then = time.time() - hours * 3600
            with monkeypatch.context() as patched:
                patched.setattr(time, "time", lambda: then)
                return str(made.dumps(made.loads(fresh)))

        assert is_manager(server, {"hub_manager": aged(11.9)})
        assert not is_manager(server, {"hub_manager": aged(12.1)})


def test_a_damaged_file_lets_nobody_in(tmp_path: Path) -> None:
    home = tmp_path / "home"
    sharing.set_password(home, PASSWORD)
    with served(home) as server:
        kept = {"hub_manager": post(server, PASSWORD).cookies["hub_manager"]}
        (home / "manager.logged-out").write_text("{", encoding="utf-8")
        assert not is_manager(server, kept)
        (home / "manager.logged-out").unlink()
        assert is_manager(server, kept)
        (home / "manager.password").write_bytes(b"\xff\xfe")
        assert not is_manager(server, kept)
        assert not is_manager(server), "nor does the loopback rule come back"
        assert post(server, PASSWORD).status_code == 200
    with served(home) as server:
        assert "wachtwoord kan niet worden gelezen" in server.output
        (home / "manager.password").write_text("", encoding="utf-8")
        assert not is_manager(server)


def test_a_password_that_is_set_while_the_server_runs_closes_the_loopback_door(tmp_path: Path) -> None:
    with served(tmp_path / "home") as server:
        with Client(server.address) as visitor, visitor.connect() as session:
            assert session.run("data", query="lang=en").menu
            sharing.set_password(server.home, PASSWORD)
            assert session.until("auth_redirect").kinds
        assert not is_manager(server)


# --- OIDC -------------------------------------------------------------------------------------------------------------


def log_in(page: Page, server: Server, who: str) -> None:
    """The way through the provider, as a person goes it."""
    page.goto(server.address)
    page.get_by_role("link", name="Log in with your account").click()
    expect(page.get_by_role("heading", name="Authorize Client")).to_be_visible()
    page.get_by_role("button", name=who, exact=True).first.click()
    page.wait_for_url(f"{server.address}/**")


def cookies_of(context: BrowserContext, server: Server) -> dict[str, str]:
    return {one["name"]: one["value"] for one in context.cookies(server.address)}


def test_a_manager_comes_in_through_the_provider_and_goes_again(with_oidc: Server, context: BrowserContext) -> None:
    page = context.new_page()
    log_in(page, with_oidc, "boss")
    wait_until_settled(page)
    page.get_by_role("button", name="Log out").hover()
    expect(page.get_by_text("Logged in as manager: boss@hub.example")).to_be_visible()
    kept = cookies_of(context, with_oidc)
    given = next(one for one in context.cookies(with_oidc.address) if one["name"] == "hub_manager")
    assert (given["httpOnly"], given["sameSite"]) == (True, "Lax")
    assert given["expires"] - time.time() <= 12 * 3600 + 60, "not for thirty days"
    assert is_manager(with_oidc, kept)
    other = context.new_page()
    other.goto(f"{with_oidc.address}/data")
    wait_until_settled(other)

    page.get_by_role("button", name="Log out").click()
    # The provider is told too: it asks whether he wants to leave it as well.
    page.wait_for_url(re.compile("end_session"))
    expect(other.get_by_role("link", name="Log in with your account")).to_be_visible()
    assert "hub_manager" not in cookies_of(context, with_oidc)
    assert not is_manager(with_oidc, kept), "the cookie is worthless, whoever kept it"


@pytest.mark.parametrize(
    ("who", "why"),
    [
        (
            "other",
            "You are logged in as other@hub.example, but that address is not on the list of people who may log in here.",
        ),
        ("unchecked", "your provider has not checked that this address is yours"),
        ("nameless", "your provider did not tell us your e-mail address"),
    ],
)
def test_somebody_else_of_the_same_provider_reads_why_not(
    with_oidc: Server, context: BrowserContext, who: str, why: str
) -> None:
    page = context.new_page()
    log_in(page, with_oidc, who)
    expect(page.get_by_role("alert")).to_contain_text(why)
    assert NAME_FROM_DATA not in page.content()
    assert page.locator("script").count() == 0
    assert not is_manager(with_oidc, cookies_of(context, with_oidc))
    # He can try again as somebody else.
    page.get_by_role("link", name="Log out").click()
    page.wait_for_url(re.compile("end_session"))
    page.goto(with_oidc.address)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_provider_that_says_nothing_about_checking_is_believed(with_oidc: Server, context: BrowserContext) -> None:
    page = context.new_page()
    log_in(page, with_oidc, "silent")
    wait_until_settled(page)
    assert is_manager(with_oidc, cookies_of(context, with_oidc))


def test_who_says_no_at_the_provider_is_a_stranger(with_oidc: Server, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(with_oidc.address)
    page.get_by_role("link", name="Log in with your account").click()
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_role("link", name="Log in with your account")).to_be_visible()
    assert page.url == f"{with_oidc.address}/"


def test_the_way_to_the_provider_is_known_by_a_cookie_of_this_browser(with_oidc: Server) -> None:
    with with_oidc.client() as http:
        first = http.get("/login/oidc?provider=default")
        asked = httpx.URL(first.headers["location"])
        assert (asked.path, asked.params["redirect_uri"]) == (
            "/oauth2/authorize",
            f"{with_oidc.address}/oauth2callback",
        )
        assert asked.params["state"]
        assert asked.params["nonce"]
        assert asked.params["code_challenge"]
        assert asked.params["code_challenge_method"] == "S256"
        kept = cookie(first, "hub_oidc")
        assert "HttpOnly" in kept
        assert "SameSite=lax" in kept
        assert "Path=/oauth2callback" in kept
        assert "Max-Age=600" in kept
        assert http.get("/login/oidc?provider=none").status_code == 404
        # A callback that nobody here asked for logs nobody in: not in this browser, and not in another.
        for browser in (http, with_oidc.client()):
            strange = browser.get("/oauth2callback?state=abc&code=def")
            assert strange.headers["location"] == "/"
            assert not any(
                one.startswith("hub_manager=") and "Max-Age=0" not in one
                for one in strange.headers.get_list("set-cookie")
            )


def test_streamlits_own_way_is_shut(with_oidc: Server) -> None:
    assert with_oidc.client().get("/auth/login?provider=default").status_code == 404
    code = (
        "from streamlit.web.server.starlette.starlette_app_utils import create_signed_value as made; import json\n"
        f"said = dict(is_logged_in=True, origin={with_oidc.address!r}, provider='default', email='boss@hub.example')\n"
        f"print(made({COOKIE_SECRET!r}, '_streamlit_user', json.dumps(said)).decode())"
    )
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert not is_manager(with_oidc, {"_streamlit_user": made}), "whoever only knows cookie_secret is nobody"


def test_a_forged_cookie_is_none(with_oidc: Server, with_password: Server, tmp_path: Path) -> None:
    def forged(
        *,
        home: Path = with_oidc.home,
        secret: str = COOKIE_SECRET,
        origin: str = with_oidc.address,
        provider: str | None = "default",
        email: str = "boss@hub.example",
        is_verified: bool = True,
        rests_on: str | None = None,
    ) -> dict[str, str]:
        rests_on = f"{secret} {origin}/oauth2callback" if rests_on is None else rests_on
        proof = hmac.new(sharing.secret(home), rests_on.encode(), "sha256").hexdigest()[:32]
        return {"hub_manager": signer(home, "manager").dumps(["0", provider, email, is_verified, proof])}

    assert is_manager(with_oidc, forged()), "this is how the server makes it"
    assert not is_manager(with_oidc, forged(home=tmp_path))
    assert not is_manager(with_oidc, forged(secret=""))
    assert not is_manager(with_oidc, forged(secret="f" * 64))
    assert not is_manager(with_oidc, forged(origin="https://elsewhere.example"))
    assert not is_manager(with_oidc, forged(provider="removed"))
    assert not is_manager(with_oidc, forged(email="other@hub.example"))
    assert not is_manager(with_oidc, forged(email=""))
    assert not is_manager(with_oidc, forged(is_verified=False))
    for rests_on in ("", COOKIE_SECRET, None):
        assert not is_manager(with_oidc, forged(provider=None, rests_on=rests_on)), "there is no password here"
    assert not is_manager(with_oidc, {"hub_manager": "boss@hub.example"})
    signed = signer(with_oidc.home, "viewer").dumps(["0", "default", "boss@hub.example", True, "0"])
    assert not is_manager(with_oidc, {"hub_manager": signed})
    assert not is_manager(with_oidc)

    hashed = sharing.password_hash(with_password.home) or ""
    kept = forged(home=with_password.home, provider=None, email="", rests_on=hashed)
    assert is_manager(with_password, kept), "this is how the server makes it"
    for provider in ("default", "", "password"):
        kept = forged(home=with_password.home, provider=provider, rests_on=hashed)
        assert not is_manager(with_password, kept), "there is no provider here"
    assert not is_manager(with_password, forged(home=with_password.home, provider=None, rests_on=""))


def test_nothing_secret_is_in_the_output_or_the_audit_log(
    with_oidc: Server, with_password: Server, context: BrowserContext
) -> None:
    page = context.new_page()
    codes: list[str] = []
    page.on("request", lambda asked: codes.extend(re.findall(r"[?&]code=([^&]+)", asked.url)))
    log_in(page, with_oidc, "boss")
    wait_until_settled(page)
    given = post(with_password, PASSWORD).cookies["hub_manager"]
    post(with_password, "a typing mistake")
    assert len(codes) == 1
    # That a screen is narrow is no secret.
    cookies = cookies_of(context, with_oidc).items()
    kept = [value for name, value in cookies if name.startswith("hub_") and name != "hub_narrow"]
    assert kept
    assert '"who": "manager boss@hub.example", "what": "logged in"' in with_oidc.audit()
    written = with_oidc.output + with_oidc.audit() + with_password.output + with_password.audit()
    for secret in (PASSWORD, "a typing mistake", given, CLIENT_SECRET, COOKIE_SECRET, *codes, *kept):
        assert secret not in written
    assert '"wrong password"' in with_password.audit()
    assert "127.0.0.0/24" in with_password.audit()
    assert "Traceback" not in written


BROKEN = {
    "no TOML": ("[auth", "kan niet worden gelezen"),
    "no [auth]": ('[hub]\nmanagers = ["boss@hub.example"]', "deel [auth]"),
    "[auth] is empty": ("[auth]\n[hub]\nmanagers = ['boss@hub.example']", "redirect_uri [auth]"),
    "no client_secret": ("client_secret", "Dit ontbreekt: client_secret [auth]"),
    "no cookie_secret": ("cookie_secret", "Dit ontbreekt: cookie_secret [auth]"),
    "no redirect_uri": ("redirect_uri", "Dit ontbreekt: redirect_uri [auth]"),
    "no managers": ("managers", "Geen enkele programmamanager"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_secrets_with_a_mistake_let_nobody_in_and_say_so(tmp_path: Path, provider: str, name: str) -> None:
    written, said = BROKEN[name]
    secrets = (
        written if name.startswith(("no TOML", "no [auth]", "[auth]")) else oidc_secrets(provider, without=written)
    )
    check_mistake(tmp_path, secrets, said)


@pytest.mark.parametrize("managers", ['"boss@hub.example"', "[]", "[1]", '["boss"]'])
def test_managers_that_are_no_list_of_addresses_let_nobody_in(tmp_path: Path, provider: str, managers: str) -> None:
    check_mistake(tmp_path, oidc_secrets(provider, managers=managers), "Geen enkele programmamanager")


def test_a_cookie_secret_that_can_be_guessed_lets_nobody_in(tmp_path: Path, provider: str) -> None:
    check_mistake(tmp_path, oidc_secrets(provider).replace(COOKIE_SECRET, "xxx"), "te kort")


def check_mistake(tmp_path: Path, secrets: str, said: str) -> None:
    with served(tmp_path / "home", secrets=secrets) as server:
        assert said in server.output
        assert "Hoe programmamanagers binnenkomen: niet." in server.output
        assert not is_manager(server)
        for one in (CLIENT_SECRET, COOKIE_SECRET):
            assert one not in server.output
        page = server.client().get("/", headers={"Accept-Language": "nl"})
        assert page.status_code == 403
        assert said in texts_of(page)
        assert "/login/oidc" not in page.text
        assert server.client().get("/login/oidc?provider=default").status_code == 404
        assert "Traceback" not in server.output


def texts_of(page: httpx.Response) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", page.text))


# --- this machine -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("local")) as server:
        yield server


def test_a_browser_on_this_machine_is_a_manager_while_there_is_no_other_door(local: Server) -> None:
    assert is_manager(local)
    assert is_manager(local, host=f"localhost:{local.address.rpartition(':')[2]}", Origin="") is False
    assert "Hoe programmamanagers binnenkomen: vanuit een browser op deze computer." in local.output
    assert local.output.count("Hoe programmamanagers binnenkomen") == 1


def on_console(server: Server) -> list[str]:
    """Every address that the console showed to let somebody in, the oldest first."""
    return re.findall(rf"{server.address}(/open/[\w-]{{43}})", server.output)


def test_a_token_on_the_console_lets_in_one_browser_which_stays_known(local: Server) -> None:
    assert not is_manager(local, {}), "coming from this machine says nothing"
    path = on_console(local)[-1]
    with local.client(headers={"Accept-Language": "en"}) as http, local.client() as late:
        page = http.get("/data")
        assert page.status_code == 403
        assert f"the file open-{local.port}.html" in page.text
        assert NAME_FROM_DATA not in page.text
        for wrong in (f"/open/{'A' * 43}", path[:-1], path.upper(), f"{path}/"):
            assert late.get(wrong).status_code in (403, 404), wrong
        assert late.head(path).status_code in (403, 404), "what only looks ahead lets nobody in"
        assert late.get(path, headers={"Sec-Fetch-Dest": "image"}).status_code == 403
        came = http.get(path)
        assert (came.status_code, came.headers["location"]) == (303, "/")
        given = cookie(came, f"hub_local_{local.port}")
        assert "HttpOnly" in given
        assert "SameSite=lax" in given
        assert f"Max-Age={30 * 24 * 3600}" in given
        assert http.get("/data").status_code == 200
        assert http.get(path).status_code == 303, "who is in may open the address again"
        assert late.get(path).status_code == 403, "nobody else may"
        assert late.get("/data").status_code == 403
        kept = dict(http.cookies)
    assert is_manager(local, kept)
    assert on_console(local)[-1] != path, "the next browser has another address"
    assert on_console(local)[-1] == door.token_path(local.home, local.port)
    assert (local.home / f"open-{local.port}.html").stat().st_mode & 0o777 == 0o600
    signed = signer(local.home, "viewer").dumps("0")
    assert not is_manager(local, {f"hub_local_{local.port}": signed}), "another kind of cookie"
    assert not is_manager(local, {"hub_local_1": kept[f"hub_local_{local.port}"]}), "that of another server"
    assert "browser let in" in local.audit()


def test_a_token_opens_nothing_where_it_did_not_come_from_this_machine(local: Server) -> None:
    path, way_round = on_console(local)[-1], {"X-Forwarded-For": "127.0.0.1"}
    with local.client() as http:
        for headers in (way_round, {"Host": "rebound.example"}, {"Host": f"@127.0.0.1:{local.port}"}):
            assert http.get(path, headers=headers).status_code == 403
        http.cookies.set("hub_viewer", "of a link that he tried himself", domain="127.0.0.1")
        assert http.get("/data").status_code == 403
        assert http.get(path).status_code == 303, "none of them used it up"
        assert http.get("/data").status_code == 200


@pytest.mark.parametrize(("days", "counts"), [(29.9, True), (30.1, False)])
def test_a_browser_is_known_for_thirty_days_after_a_visit(local: Server, days: float, counts: bool) -> None:
    name = f"hub_local_{local.port}"
    with local.client(cookies={name: aged(signer(local.home, "local"), "0123", days)}) as http:
        page = http.get("/")
        assert (page.status_code == 200) == counts
        assert (name in page.cookies) == counts, "a visit makes it last again"
        if counts:
            assert name not in http.get("/").cookies, "once a day is enough"


@pytest.mark.parametrize(("days", "counts"), [(29.9, True), (30.1, False)])
def test_a_link_is_left_after_thirty_days_without_a_visit(local: Server, days: float, counts: bool) -> None:
    link, token = sharing.create(local.home, settings.Settings(), label="long", days=365)
    with local.client() as http:
        assert f"Max-Age={30 * 24 * 3600}" in cookie(http.get(f"/s/{token}"), "hub_viewer")
    short, token = sharing.create(local.home, settings.Settings(), label="short", days=3)
    with local.client() as http:
        assert int(re.findall(r"Max-Age=(\d+)", cookie(http.get(f"/s/{token}"), "hub_viewer"))[0]) <= 3 * 24 * 3600
    for which in (link, short):
        kept = {"hub_viewer": aged(signer(local.home, "viewer"), [which.id, "0123"], days)}
        with local.client(cookies=kept) as http:
            page = http.get("/")
            assert (page.status_code == 200) == counts
            assert ("hub_viewer" in page.cookies) == counts


def aged(signs: URLSafeTimedSerializer, value: Any, days: float) -> str:
    """A cookie that was given so many days ago."""

    class Earlier(TimestampSigner):
        def get_timestamp(self) -> int:
            return int(time.time() - days * 24 * 3600)

    signs.signer = Earlier
    return str(signs.dumps(value))


@pytest.mark.parametrize("host", ["@localhost", "@127.0.0.1", "me@localhost", ":@localhost", "localhost?", "localhost#", "localhost/", "[::1", "::1", "localhost:", "local%68ost", " localhost"])  # fmt: skip
def test_an_odd_host_is_no_name_of_this_machine(host: str) -> None:
    scope = {"type": "http", "headers": [(b"host", host.encode())], "client": ("127.0.0.1", 50_000)}
    assert request_rules.host_name(HTTPConnection(scope)) == ""
    assert not request_rules.is_local(HTTPConnection(scope))


def test_who_did_not_log_in_has_nothing_to_log_out_of(local: Server) -> None:
    with Client(local.address) as visitor, visitor.connect() as session:
        assert "log_out" not in [widget.key for widget in session.run("", query="lang=en").widgets]


@pytest.mark.parametrize(
    "header",
    ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded", "X-Real-IP", "Via", "CF-Connecting-IP"],
)
def test_what_came_through_a_proxy_is_not_local(local: Server, header: str) -> None:
    for value in ("127.0.0.1", ""):
        assert not is_manager(local, **{header: value})


@pytest.mark.parametrize(
    "host",
    [
        "rebound.example",
        "rebound.example:8501",
        "127.0.0.1.rebound.example",
        "localhost.evil.example",
    ],
)
def test_a_name_that_was_made_to_point_here_is_not_local(local: Server, host: str) -> None:
    with Client(local.address) as visitor:
        page = visitor.http.get("/", headers={"Host": host, "Accept-Language": "en"})
        assert page.status_code == 403
        assert "Nothing is shown under this address" in page.text
        assert "<form" not in page.text
        with visitor.connect(host=host, origin=f"http://{host}") as session:
            assert session.until("auth_redirect").kinds == ["auth_redirect"]


@pytest.mark.parametrize("origin", ["http://localhost:3000", "https://evil.example", "null"])
def test_another_page_in_the_same_browser_is_not_local(local: Server, origin: str) -> None:
    with Client(local.address) as visitor:
        assert visitor.http.get("/data", headers={"Origin": origin}).status_code == 403
        with pytest.raises((Refused, Closed)):
            visitor.connect(origin=origin).during(30)
        for site in ("cross-site", "same-site"):
            framed = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
            assert visitor.http.get("/data", headers=framed).status_code == 403


@pytest.mark.parametrize(("listens_on", "at"), [("0.0.0.0", "127.0.0.1"), ("127.0.0.2", "127.0.0.2")])
def test_on_another_address_nobody_is_let_in_and_it_says_what_to_do(tmp_path: Path, listens_on: str, at: str) -> None:
    with served(tmp_path / "home", listens_on=listens_on, at=at) as server:
        assert "Hoe programmamanagers binnenkomen: niet." in server.output
        assert "python -m hubdata password" in server.output
        assert "public_address" in server.output
        assert not is_manager(server)
        with server.client(headers={"Accept-Language": "en"}) as http:
            page = http.get("/")
            assert page.status_code == 403
            assert "python -m hubdata password" in page.text
            assert NAME_FROM_DATA not in page.text
            # A stranger hears nothing of it.
            stranger = http.get("/", headers={"X-Forwarded-For": "198.51.100.7"})
            assert "python -m hubdata" not in stranger.text
            assert "This dashboard is not public" in stranger.text
        sharing.set_password(server.home, PASSWORD)
        given = post(server, PASSWORD)
        assert is_manager(server, {"hub_manager": given.cookies["hub_manager"]}), "no restart is needed"


# --- what these pages look like ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory, provider: str) -> Iterator[dict[str, str]]:
    """Every page that the gate shows itself -> its address."""
    home = tmp_path_factory.mktemp("faces")
    sharing.set_password(home, PASSWORD)
    _link, token = sharing.create(home, settings.Settings(), label="a", passphrase="peace and justice")
    _link, spent = sharing.create(home, settings.Settings(), label="b", passphrase="peace and justice")
    with (
        served(home, secrets=oidc_secrets(provider)) as server,
        served(tmp_path_factory.mktemp("advice"), listens_on="0.0.0.0") as open_server,
    ):
        for _ in range(5):
            post(server, "wrong", to=f"/s/{spent}")
        yield {
            "stranger": f"{server.address}/",
            "login": f"{server.address}/login",
            "wrong-password": f"{server.address}/login",
            "please-wait": f"{server.address}/s/{spent}",
            "passphrase": f"{server.address}/s/{token}",
            "dead-link": f"{server.address}/s/no-such-link",
            "advice": f"{open_server.address}/",
        }


FACES = ("stranger", "login", "wrong-password", "please-wait", "passphrase", "dead-link", "advice")


SIDES = {"nl-NL": (("light", WIDE), ("dark", PHONE)), "en-GB": (("dark", WIDE), ("light", PHONE))}
"""Each language in each size and each colour scheme, and each size in each scheme."""


@pytest.mark.parametrize(("language", "network"), [("nl-NL", "198.51.1.1"), ("en-GB", "198.51.2.1")])
def test_the_pages_of_the_gate_can_be_read_by_everybody(
    browser: Browser, faces: dict[str, str], language: str, network: str
) -> None:
    page = new_tab(browser, lang=language)
    assert tuple(faces) == FACES
    for name, address in faces.items():
        page.goto(address)
        if name in ("wrong-password", "please-wait"):
            # Typed once per network; the wait is not for other networks, of which there are enough for this test.
            page.set_extra_http_headers({"X-Forwarded-For": network} if name == "wrong-password" else {})
            page.locator("#secret").fill("wrong")
            page.locator("button").click()
            page.set_extra_http_headers({})
        assert page.locator("html").get_attribute("lang") == language[:2]
        assert page.locator("script").count() == 0
        for scheme, (width, height) in SIDES[language]:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.set_viewport_size({"width": width, "height": height})
            assert broken_rules(page, "best-practice") == [], (name, scheme, width)
            if pictures := os.environ.get("PICTURES"):
                page.screenshot(path=f"{pictures}/{name}-{language}-{scheme}-{width}.png", full_page=True)
    page.close()


# --- the command ------------------------------------------------------------------------------------------------------


def set_password(home: Path, typed: str, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hubdata", "password", "--home", str(home), *more],
        cwd=ROOT,
        input=typed,
        capture_output=True,
        text=True,
        env={**os.environ, "LANG": "en_GB.UTF-8", "LC_ALL": "en_GB.UTF-8"},
        check=False,
    )


def typed_at_a_terminal(home: Path, *lines: str) -> tuple[int, str]:
    """The command with a terminal of its own; returns its exit status and all that was on screen."""
    child, screen = pty.fork()
    if child == 0:
        os.chdir(ROOT)
        os.environ["LC_ALL"] = "en_GB.UTF-8"
        os.execv(sys.executable, [sys.executable, "-m", "hubdata", "password", "--home", str(home)])
    seen = b""
    for number, line in enumerate(lines):
        while seen.count(b": ") <= number:
            seen += os.read(screen, 1024)
        os.write(screen, f"{line}\n".encode())
    with suppress(OSError):  # how a terminal says that nobody is there any more
        while more := os.read(screen, 1024):
            seen += more
    _child, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), seen.decode()


def test_the_password_is_typed_twice_and_never_shown(tmp_path: Path) -> None:
    status, seen = typed_at_a_terminal(tmp_path, PASSWORD, PASSWORD)
    assert (status, PASSWORD in seen) == (0, False)
    assert sharing.password_fits(tmp_path, PASSWORD)
    status, seen = typed_at_a_terminal(tmp_path, "another password", "an other password")
    assert status == 2
    assert "another password" not in seen
    assert sharing.password_fits(tmp_path, PASSWORD), "nothing was changed"


def test_the_password_comes_from_a_pipe(tmp_path: Path) -> None:
    done = set_password(tmp_path, f"{PASSWORD}\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert sharing.password_fits(tmp_path, PASSWORD)
    kept = (tmp_path / "manager.password").read_text(encoding="utf-8")
    assert kept.startswith("$argon2id$")
    assert (tmp_path / "manager.password").stat().st_mode & 0o777 == 0o600
    said = set_password(tmp_path, "another password", "--json")
    assert json.loads(said.stdout) == {"password": "set"}
    assert not sharing.password_fits(tmp_path, PASSWORD)
    assert PASSWORD not in done.stdout + "".join(p.read_text() for p in (tmp_path / "audit").glob("*"))


@pytest.mark.parametrize("typed", ["", "\n", "elevenchars\n", " \n"])
def test_a_password_that_is_too_short_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str
) -> None:
    sharing.set_password(tmp_path, PASSWORD)
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    assert main(["password", "--home", str(tmp_path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "12" in said.err
    assert sharing.password_fits(tmp_path, PASSWORD)
