"""A provider that lies, or that is broken, logs nobody in.

The provider is made by hand and says whatever a test wants, to a real server that asks it over HTTP. What a good one does,
with people who click, is in test_doors.py.
"""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from joserfc import jws, jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from test_doors import CLIENT_SECRET, COOKIE_SECRET, Server, cookie, is_manager, oidc_secrets, served, sharing

from hubdata.server.cookies import signer

KEY, OTHER_KEY = (RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}) for _ in range(2))
ALGORITHMS = ["RS256", "HS256", "none"]
"""What the provider says it signs with."""


class Provider:
    """What the provider says; a test changes it. `asked` is what the dashboard sent to get its last token."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.metadata = {
            "issuer": address,
            "authorization_endpoint": f"{address}/authorize",
            "token_endpoint": f"{address}/token",
            "jwks_uri": f"{address}/keys",
            "id_token_signing_alg_values_supported": ALGORITHMS,
        }
        self.change: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
        self.sign: Callable[[dict[str, Any]], str] = lambda claims: jwt.encode(
            {"alg": "RS256", "kid": "one"}, claims, KEY
        )
        self.answer: Callable[[str], tuple[int, bytes]] = lambda id_token: (
            200,
            json.dumps({"access_token": "a", "token_type": "Bearer", "id_token": id_token}).encode(),
        )
        self.nonce = ""
        self.asked: dict[str, str] = {}

    def token(self) -> tuple[int, bytes]:
        now = int(time.time())
        claims = {"iss": self.address, "sub": "boss", "aud": "dashboard", "exp": now + 300, "iat": now}
        claims |= {"nonce": self.nonce, "email": "boss@hub.example"}
        return self.answer(self.sign(self.change(claims)))


@contextmanager
def listening() -> Iterator[Provider]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            keys = KeySet([KEY]).as_dict(private=False)
            self.say(200, json.dumps(keys if self.path == "/keys" else provider.metadata).encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            provider.asked = dict(parse_qsl(body)) | {"authorization": self.headers["authorization"]}
            self.say(*provider.token())

        def say(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = Provider(f"http://127.0.0.1:{listener.server_port}")
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        listener.shutdown()
        listener.server_close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Provider, Server]]:
    with (
        listening() as provider,
        served(tmp_path_factory.mktemp("oidc"), secrets=oidc_secrets(provider.address)) as server,
    ):
        yield provider, server


@pytest.fixture
def provider(running: tuple[Provider, Server]) -> Iterator[Provider]:
    """As good as it can be, until the test changes it."""
    running[0].__init__(running[0].address)  # type: ignore[misc]
    return running[0]


@pytest.fixture
def server(running: tuple[Provider, Server]) -> Server:
    return running[1]


def go(http: httpx.Client, provider: Provider) -> httpx.URL:
    """The way to the provider; returns the address that a browser is sent to."""
    asked = httpx.URL(http.get("/login/oidc?provider=default").headers["location"])
    provider.nonce = asked.params["nonce"]
    return asked


def come_back(http: httpx.Client, asked: httpx.URL, **other: str) -> httpx.Response:
    return http.get("/oauth2callback", params={"state": asked.params["state"], "code": "the-code", **other})


def logs_in(server: Server, provider: Provider) -> bool:
    """Whether somebody who goes to the provider and back is a manager."""
    with server.client() as http:
        answer = come_back(http, go(http, provider))
        has_cookie = "hub_manager" in http.cookies
        assert (answer.status_code == 303) == has_cookie
        if not has_cookie:
            assert answer.status_code == 502
            assert "Logging in did not work" in answer.text or "Inloggen is niet gelukt" in answer.text
            assert "set-cookie" in answer.headers, "the attempt is over"
        is_in = is_manager(server, dict(http.cookies))
        assert is_in == has_cookie
        return is_in


def test_a_good_provider_logs_in(server: Server, provider: Provider) -> None:
    assert logs_in(server, provider)


def test_the_verifier_that_is_sent_fits_the_challenge(server: Server, provider: Provider) -> None:
    with server.client() as http:
        asked = go(http, provider)
        come_back(http, asked)
    hashed = hashlib.sha256(provider.asked["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(hashed).decode().rstrip("=") == asked.params["code_challenge"]
    assert asked.params["code_challenge_method"] == "S256"
    assert provider.asked["code"] == "the-code"
    assert provider.asked["redirect_uri"] == f"{server.address}/oauth2callback"
    given = base64.b64decode(provider.asked["authorization"].removeprefix("Basic ")).decode()
    assert given == f"dashboard:{CLIENT_SECRET}"


CLAIMS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "another issuer": lambda claims: claims | {"iss": "https://elsewhere.example"},
    "no issuer": lambda claims: {name: value for name, value in claims.items() if name != "iss"},
    "for another client": lambda claims: claims | {"aud": "another"},
    "for another client, by us": lambda claims: claims | {"aud": "another", "azp": "dashboard"},
    "for us, by another client": lambda claims: claims | {"azp": "another"},
    "for several others": lambda claims: claims | {"aud": ["another", "and another"], "azp": "dashboard"},
    "for nobody": lambda claims: {name: value for name, value in claims.items() if name != "aud"},
    "expired": lambda claims: claims | {"iat": claims["iat"] - 900, "exp": claims["iat"] - 600},
    "without an end": lambda claims: {name: value for name, value in claims.items() if name != "exp"},
    "with an end that is no time": lambda claims: claims | {"exp": "never"},
    "from the future": lambda claims: claims | {"nbf": claims["iat"] + 900},
    "another nonce": lambda claims: claims | {"nonce": "another"},
    "no nonce": lambda claims: {name: value for name, value in claims.items() if name != "nonce"},
    "nobody": lambda claims: {name: value for name, value in claims.items() if name != "sub"},
    "of another access token": lambda claims: claims | {"at_hash": "another"},
}


@pytest.mark.parametrize("change", CLAIMS.values(), ids=CLAIMS)
def test_a_token_that_is_not_for_this_login_logs_nobody_in(
    server: Server, provider: Provider, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    provider.change = change
    assert not logs_in(server, provider)


def unsigned(claims: dict[str, Any]) -> str:
    header, content = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({"alg": "none"}, claims)
    )
    return f"{header}.{content}."


SIGNATURES: dict[str, Callable[[dict[str, Any]], str]] = {
    "another key of the same name": lambda claims: jwt.encode({"alg": "RS256", "kid": "one"}, claims, OTHER_KEY),
    "a key that nobody knows": lambda claims: jwt.encode({"alg": "RS256", "kid": "two"}, claims, OTHER_KEY),
    "the client secret": lambda claims: jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(CLIENT_SECRET)),
    "the public key as if it were a secret": lambda claims: jws.serialize_compact(
        {"alg": "HS256", "kid": "one"}, json.dumps(claims), OctKey.import_key(KEY.as_pem(private=False))
    ),
    "nothing": unsigned,
    "nothing, and half of it is missing": lambda claims: unsigned(claims).rsplit(".", 1)[0],
    "something, for other claims": lambda claims: ".".join(
        [
            *unsigned(claims | {"email": "boss@hub.example"}).split(".")[:2],
            jwt.encode({"alg": "RS256", "kid": "one"}, claims, KEY).split(".")[2],
        ]
    ),
}


@pytest.mark.parametrize("sign", SIGNATURES.values(), ids=SIGNATURES)
def test_a_token_that_the_provider_did_not_sign_logs_nobody_in(
    server: Server, provider: Provider, sign: Callable[[dict[str, Any]], str]
) -> None:
    provider.sign = sign
    assert not logs_in(server, provider)


ANSWERS: dict[str, Callable[[str], tuple[int, bytes]]] = {
    "an error": lambda _token: (400, b'{"error": "invalid_grant", "error_description": "no\\nsuch code"}'),
    "broken": lambda _token: (500, b"<h1>Internal error</h1>"),
    "no JSON": lambda token: (200, token.encode()),
    "no ID token": lambda _token: (200, b'{"access_token": "a", "token_type": "Bearer"}'),
    "a list": lambda _token: (200, b"[]"),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_without_a_token_logs_nobody_in(
    server: Server, provider: Provider, answer: Callable[[str], tuple[int, bytes]]
) -> None:
    provider.answer = answer
    assert not logs_in(server, provider)
    assert "Traceback" not in server.output
    assert '"login failed"' in server.audit()


@pytest.mark.parametrize("is_verified", [False, "false", 0, "no", []], ids=repr)
def test_an_address_that_the_provider_did_not_check_is_no_managers(
    server: Server, provider: Provider, is_verified: object
) -> None:
    provider.change = lambda claims: claims | {"email_verified": is_verified}
    with server.client() as http:
        assert come_back(http, go(http, provider)).headers["location"] == "/"
        assert not is_manager(server, dict(http.cookies))
    assert '"login refused"' in server.audit()


@pytest.mark.parametrize("email", [["boss@hub.example"], {"a": 1}, 1, None, "boss@hub.example.evil", "boss"], ids=repr)
def test_what_is_no_address_of_the_list_is_no_managers(server: Server, provider: Provider, email: object) -> None:
    provider.change = lambda claims: claims | {"email": email}
    with server.client() as http:
        come_back(http, go(http, provider))
        assert not is_manager(server, dict(http.cookies))


# --- the browser that comes back --------------------------------------------------------------------------------------


def test_only_the_browser_that_went_there_comes_back(server: Server, provider: Provider) -> None:
    with server.client() as http, server.client() as other:
        asked = go(http, provider)
        for answer in (
            come_back(other, asked),
            come_back(http, asked, state="another"),
            come_back(http, asked, state=""),
        ):
            assert (answer.status_code, answer.headers["location"]) == (303, "/")
            assert "hub_manager" not in answer.headers.get("set-cookie", "")
        go(other, provider)
        assert come_back(other, asked).headers["location"] == "/", "of two attempts only the browser's own"
        assert "hub_manager" not in other.cookies
        provider.nonce = asked.params["nonce"]
        assert come_back(http, asked).status_code == 303
        assert "hub_manager" in http.cookies, "and the right one still counts"
        assert "hub_oidc" not in http.cookies


@pytest.mark.parametrize(("minutes", "counts"), [(9, True), (11, False)])
def test_an_attempt_takes_ten_minutes_at_most(
    server: Server, provider: Provider, monkeypatch: pytest.MonkeyPatch, minutes: int, counts: bool
) -> None:
    with server.client() as http:
        asked = go(http, provider)
        signed = signer(server.home, "oidc")
        content = signed.loads(http.cookies["hub_oidc"])
        now = time.time()
        with monkeypatch.context() as patched:
            patched.setattr(time, "time", lambda: now - minutes * 60)
            aged = signed.dumps(content)
        answer = server.client(cookies={"hub_oidc": aged}).get(
            "/oauth2callback", params={"state": asked.params["state"], "code": "the-code"}
        )
        assert answer.headers["location"] == "/"
        assert any(one.startswith("hub_manager=") for one in answer.headers.get_list("set-cookie")) == counts


def test_an_attempt_that_somebody_made_up_is_none(server: Server, provider: Provider) -> None:
    session = {"_state_default_abc": {"data": {"redirect_uri": "http://evil.example", "nonce": "n"}, "exp": 2**40}}
    for home_of in ("viewer", "manager"):  # signed by us, for another purpose
        made_up = signer(server.home, home_of).dumps(["default", session])
        with server.client(cookies={"hub_oidc": made_up}) as http:
            assert http.get("/oauth2callback?state=abc&code=def").headers["location"] == "/"
            assert "hub_manager" not in http.cookies


def test_what_somebody_writes_in_the_address_is_no_line_in_the_log(server: Server, provider: Provider) -> None:
    with server.client() as http:
        asked = go(http, provider)
        before = len(server.output)
        answer = come_back(http, asked, error="server_error", error_description="x\nHow managers come in: nobody")
        assert answer.status_code == 502
        assert "\nHow managers" not in server.output[before:]
        assert "How managers" not in answer.text


# --- a provider that is not there -------------------------------------------------------------------------------------


def test_a_provider_that_is_not_there_gets_a_sentence(tmp_path_factory: pytest.TempPathFactory) -> None:
    with listening() as gone:
        pass
    home = tmp_path_factory.mktemp("gone")
    sharing.set_password(home, "a long enough password")
    with served(home, secrets=oidc_secrets(gone.address)) as server, server.client() as http:
        answer = http.get("/login/oidc?provider=default", headers={"Accept-Language": "en"})
        assert answer.status_code == 502
        assert "Logging in did not work" in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "set-cookie" not in answer.headers
        assert "Traceback" not in server.output
        # The password is another way in, and logging out does not wait for the provider.
        given = http.post("/login", data={"secret": "a long enough password"}, headers={"Origin": server.address})
        assert cookie(given, "hub_manager")
        assert http.get("/logout").headers["location"] == "/"


def test_without_an_issuer_nobody_is_believed(tmp_path_factory: pytest.TempPathFactory) -> None:
    with listening() as provider:
        del provider.metadata["issuer"]
        with served(tmp_path_factory.mktemp("issuer"), secrets=oidc_secrets(provider.address)) as server:
            assert not logs_in(server, provider)


def test_another_list_of_managers_counts_at_once_and_another_secret_ends_all_logins(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    home = tmp_path_factory.mktemp("list")
    with (
        listening() as provider,
        served(home, secrets=oidc_secrets(provider.address)) as server,
        server.client() as http,
    ):
        come_back(http, go(http, provider))
        kept, path = dict(http.cookies), home / "secrets" / "secrets.toml"
        first = path.read_text()
        for secrets, is_in in (
            (first, True),
            (first.replace("boss@hub", "someone.else@hub"), False),
            (first, True),
            (first.replace(COOKIE_SECRET, "f" * 64), False),
        ):
            path.write_text(secrets)
            end = time.monotonic() + 20  # Streamlit looks now and then whether they changed
            while is_manager(server, kept) is not is_in and time.monotonic() < end:
                time.sleep(0.5)
            assert is_manager(server, kept) is is_in
