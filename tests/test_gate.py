"""Every kind of visitor against every address, page and message: what they get is the tables below.

A real server with a password set, so that whoever has no cookie is a stranger on this machine too; crafted clients that
do what no browser would (`client.py`).
"""

import asyncio
import datetime
import itertools
import json
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from browser import served
from client import Client, Closed, Refused, Session, http, one_of_each, operation
from conftest import ROOT
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.subset import Options, load_font
from starlette.requests import HTTPConnection

from hubdata import access, asking, loading, settings, sharing, texts, ui
from hubdata.server import gate, guesses, request_rules, symbols, websocket
from hubdata.server.cookies import VIEWER_COOKIE, signer
from hubdata.server.streamlit_internals import STATIC, BackMsg

SETTINGS = settings.Settings()
PASSWORD = "a long enough password"
OUTSIDERS = ("nobody", "forged", "expired", "revoked", "other server")
EVERYBODY = (*OUTSIDERS, "viewer", "other viewer", "manager")
SCRIPT = next((STATIC / "static" / "js").glob("index.*.js")).name

ORGANISATIONS = "organisation_id,name,sector\na,Anna,ngo\nb,Beta,knowledge\nc,Cora,ngo\n"
PARTNERSHIPS = "organisation_ids,start_date\na|b,2019-01-01\na|c,2019-01-01\n"


class Hub(NamedTuple):
    """A served dashboard and everybody who may come to it."""

    home: Path
    address: str
    cookies: dict[str, dict[str, str]]
    links: dict[str, sharing.Link]

    def client(self, who: str) -> Client:
        return Client(self.address, cookies=self.cookies[who])

    def page(self, who: str, name: str = "") -> Session:
        client = self.client(who)
        client.http.get("/_stcore/health")
        session = client.connect()
        session.run(name, query="lang=en")
        return session


def make_link(home: Path, label: str, **asked: object) -> tuple[sharing.Link, str]:
    return sharing.create(home, SETTINGS, label=label, downloads=True, **asked)  # type: ignore[arg-type]


def let_expire(home: Path, link_id: str) -> None:
    """Put the end of a link in the past, as waiting for it would."""
    path = home / "links.json"
    content = json.loads(path.read_text())
    for link in content["links"]:
        if link["id"] == link_id:
            link["expires_at"] = (datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=1)).isoformat()
    path.write_text(json.dumps(content))


def come_in(address: str, token: str) -> dict[str, str]:
    with http(address) as stranger:
        answer = stranger.get(f"/s/{token}")
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        return dict(stranger.cookies)


@pytest.fixture(scope="module")
def hub_(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    home = tmp_path_factory.mktemp("home")
    files = {"organisations.csv": ORGANISATIONS.encode(), "partnerships.csv": PARTNERSHIPS.encode()}
    assert loading.load(home, SETTINGS, files).manifest
    sharing.set_password(home, PASSWORD)
    with served(home) as address:
        links, cookies = {}, {"nobody": {}}
        for who in ("expired", "revoked", "viewer", "other viewer"):
            links[who], token = make_link(home, who, pages=("overview", "network", "methods"))
            cookies[who] = come_in(address, token)
        let_expire(home, links["expired"].id)
        sharing.revoke(home, links["revoked"].id)
        good = cookies["viewer"][VIEWER_COOKIE]
        cookies["forged"] = {VIEWER_COOKIE: good[:-4] + ("aaaa" if not good.endswith("aaaa") else "bbbb")}
        elsewhere = tmp_path_factory.mktemp("elsewhere")
        signed = signer(elsewhere, "viewer").dumps([links["viewer"].id, "0"])
        cookies["other server"] = {VIEWER_COOKIE: signed}
        ((_ask, token),) = asking.create(home, {"a": "Anna"})
        with http(address) as somebody:
            assert somebody.get(f"/a/{token}").status_code == 303
            cookies["asked"] = dict(somebody.cookies)
        with http(address) as somebody:
            answer = somebody.post("/login", data={"secret": PASSWORD}, headers={"Origin": address})
            assert answer.status_code == 303
            cookies["manager"] = dict(somebody.cookies)
        yield Hub(home, address, cookies, links)


# --- addresses ------------------------------------------------------------------------------------------------------

# method, path: what outsiders, viewers and managers get
ADDRESSES = {
    ("GET", "/"): (403, 200, 200),
    ("GET", "/network"): (403, 200, 200),
    ("GET", "/overview"): (403, 307, 307),
    ("GET", "/data"): (403, 303, 200),
    ("GET", "/share"): (403, 303, 200),
    ("GET", "/funding"): (403, 303, 200),
    ("GET", "/navigation"): (403, 303, 303),
    ("GET", "/no_such_page"): (403, 303, 303),
    ("HEAD", "/network"): (403, 200, 200),
    ("GET", "/Network/"): (404, 404, 404),
    ("GET", "/network/_stcore/health"): (404, 404, 404),
    ("GET", "/%3f/_stcore/metrics"): (404, 404, 404),
    ("GET", "/%2f_stcore/metrics"): (404, 404, 404),
    ("GET", "/..%2f..%2fapp.py"): (404, 404, 404),
    ("GET", "/pages/data.py"): (404, 404, 404),
    ("GET", f"/open/{'A' * 43}"): (403, 403, 303),
    ("HEAD", f"/open/{'A' * 43}"): (404, 404, 404),
    ("GET", "/open/"): (404, 404, 404),
    ("POST", "/"): (404, 404, 404),
    ("OPTIONS", "/"): (404, 404, 404),
    ("GET", "/_stcore/health"): (403, 200, 200),
    ("GET", "/_stcore/host-config"): (403, 200, 200),
    ("OPTIONS", "/_stcore/health"): (404, 404, 404),
    ("GET", "/_stcore/metrics"): (404, 404, 404),
    ("GET", "/_stcore/metrics/"): (404, 404, 404),
    ("GET", "/_stcore/script-health-check"): (404, 404, 404),
    ("GET", "/_stcore/agent/openapi.json"): (404, 404, 404),
    ("POST", "/_stcore/agent/interact"): (404, 404, 404),
    ("POST", "/_stcore/agent/mcp"): (404, 404, 404),
    ("GET", "/_stcore/stream"): (404, 404, 404),
    ("GET", "/_stcore/bidi-components/x/y.js"): (404, 404, 404),
    ("GET", "/component/x/index.html"): (404, 404, 404),
    ("GET", "/app/static/x.csv"): (404, 404, 404),
    ("GET", f"/static/js/{SCRIPT}"): (403, 200, 200),
    ("GET", "/static/%2e%2e/app.py"): (403, 400, 400),
    ("GET", "/hub/language.js"): (403, 200, 200),
    ("GET", "/hub/frame.js"): (403, 200, 200),
    ("GET", "/hub/words.js"): (403, 200, 200),
    ("GET", "/hub/frame.css"): (403, 200, 200),
    ("GET", "/hub/plotly.js"): (403, 200, 200),
    ("GET", "/hub/chart.js"): (404, 404, 404),
    ("GET", "/_stcore/bidi-components/hub.chart/chart.js"): (403, 200, 200),
    ("GET", "/_stcore/bidi-components/hub.chart/../frame.js"): (404, 404, 404),
    ("GET", "/media/0123456789abcdef.csv"): (403, 404, 404),
    ("PUT", "/_stcore/upload_file/session/file"): (403, 404, 403),  # of the manager: Streamlit's own token is missing
    ("DELETE", "/_stcore/upload_file/session/file"): (403, 404, 403),
    ("GET", "/_stcore/upload_file/session/file"): (404, 404, 404),
    ("GET", "/healthz"): (200, 200, 200),
    ("GET", "/robots.txt"): (200, 200, 200),
    ("GET", "/login"): (200, 200, 200),
    ("GET", "/login/oidc"): (404, 404, 404),
    ("GET", "/auth/login"): (404, 404, 404),
    ("GET", "/oauth2callback"): (404, 404, 404),
    ("GET", "/s/"): (404, 404, 404),
    ("GET", "/s/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"): (404, 404, 404),
    ("PUT", "/s/leave"): (404, 404, 404),
    ("GET", "/s/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/kumu.json"): (404, 404, 404),
    ("POST", "/s/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/kumu.json"): (404, 404, 404),
    ("GET", "/a/"): (404, 404, 404),
    ("GET", "/a/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"): (404, 404, 404),
    ("POST", "/a/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"): (404, 404, 404),
    ("GET", "/a/own"): (403, 404, 404),
    ("GET", "/a/own/profile"): (403, 404, 404),
    ("POST", "/a/own/ties/1"): (403, 404, 404),
    ("POST", "/a/own/ratings/1"): (403, 404, 404),
    ("POST", "/a/own"): (404, 404, 404),
    ("GET", "/a/own/nothing"): (404, 404, 404),
}


@pytest.mark.parametrize(("method", "path"), ADDRESSES, ids=lambda value: value)
def test_every_address_answers_as_the_table_says(hub_: Hub, method: str, path: str) -> None:
    outside, viewer, manager = ADDRESSES[method, path]
    expected = dict.fromkeys(OUTSIDERS, outside) | {"viewer": viewer, "other viewer": viewer, "manager": manager}
    seen = {}
    for who in EVERYBODY:
        with hub_.client(who) as client:
            seen[who] = client.http.request(method, path, headers={"Origin": hub_.address}).status_code
    assert seen == expected


def test_an_asked_organisation_gets_its_forms_and_what_anybody_gets(hub_: Hub) -> None:
    """Also when it sends its cookie where no browser would."""
    with hub_.client("asked") as client:
        for method, path in ADDRESSES:
            if path.startswith("/a/own") and method == "GET":
                expected = 404 if path == "/a/own/nothing" else 200
            elif path in ("/healthz", "/robots.txt", "/login"):
                expected = 200
            else:
                expected = 303 if (method, path) in (("POST", "/a/own/ties/1"), ("POST", "/a/own/ratings/1")) else 404
            answer = client.http.request(method, path, headers={"Origin": hub_.address})
            assert answer.status_code == expected, (method, path)


def test_every_kind_of_address_is_in_the_table() -> None:
    for route in request_rules.ROUTES:
        if route.pattern == "/logout":  # like /auth/logout it ends the other tests' login: see test_doors.py
            continue
        tried = [path for _method, path in ADDRESSES if re.fullmatch(route.pattern, path)]
        assert tried, f"{route.pattern} is not tried"


STRICT = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
}


@pytest.mark.parametrize("who", ["nobody", "viewer", "manager"])
def test_every_answer_has_the_strict_headers(hub_: Hub, who: str) -> None:
    with hub_.client(who) as client:
        for method, path in ADDRESSES:
            answer = client.http.request(method, path, headers={"Origin": hub_.address})
            wanted = dict(STRICT)
            if "default-src 'none'" in answer.headers["content-security-policy"]:
                wanted["referrer-policy"] = "strict-origin"  # pages with a form of the gate: see public_pages.py
            if path.startswith("/static/js") and answer.status_code == 200:
                wanted["cache-control"] = "public, immutable, max-age=31536000"  # code without data
            assert {name: answer.headers.get(name) for name in wanted} == wanted, path
            policy = answer.headers["content-security-policy"]
            scripts = re.search(r"script-src ([^;]*)", policy)
            assert "unsafe" not in (scripts[1] if scripts else "")
            assert "frame-ancestors 'none'" in policy
            assert "default-src 'none'" in policy or "default-src 'self'" in policy
            assert "access-control-allow-origin" not in answer.headers
            assert "strict-transport-security" not in answer.headers  # that would shut out http on this machine


def test_program_files_are_sent_small_and_kept(hub_: Hub) -> None:
    """Packed for whoever unpacks it, and the same bytes then; our own are kept by the version that the page asks for."""
    with hub_.client("viewer") as client:
        page = client.http.get("/").text
        ours = re.findall(r'"(/hub/[^"]+)"', page)
        assert len(ours) == 5
        asked = {"gzip, deflate": "gzip", "gzip, deflate, br, zstd": "br"}.items()
        for path, (takes, packing) in itertools.product((f"/static/js/{SCRIPT}", *ours), asked):
            packed = client.http.get(path, headers={"Accept-Encoding": takes})
            plain = client.http.get(path, headers={"Accept-Encoding": "identity"})
            assert packed.headers["content-encoding"] == packing
            assert packed.headers["vary"] == "Accept-Encoding"
            assert "content-encoding" not in plain.headers
            assert packed.content == plain.content
            assert int(packed.headers["content-length"]) < len(plain.content) / 1.2
            assert packed.headers["cache-control"] == "public, immutable, max-age=31536000"
            assert "javascript" in packed.headers["content-type"] or path.startswith("/hub/frame.css")
        assert client.http.get("/hub/frame.js?v=another").headers["cache-control"] == "no-store"


def drawn(font: Path) -> dict[str, tuple[int, list[Any]]]:
    """The icons of a font by name: how wide each is, and its outline."""
    glyphs = load_font(str(font), Options()).getGlyphSet()
    pens = {name: (glyphs[glyph], DecomposingRecordingPen(glyphs)) for name, glyph in symbols.in_font(font).items()}
    for glyph, pen in pens.values():
        glyph.draw(pen)
    return {name: (glyph.width, pen.value) for name, (glyph, pen) in pens.items()}


def test_of_the_icons_only_those_that_are_shown_are_sent(hub_: Hub) -> None:
    """Whoever needs another one, or whose Streamlit has another font, makes it anew: `python -m hubdata.server.symbols`."""
    sent, whole = drawn(symbols.MEDIA / symbols.whole().name), drawn(symbols.whole())
    assert set(sent) >= symbols.needed() & set(whole)
    assert len(sent) > 400
    assert whole | sent == whole, "they look the same"
    address = f"/static/media/{symbols.whole().name}"
    with hub_.client("viewer") as client:
        font = client.http.get(address)
        assert font.headers["content-type"] == "font/woff2"
        assert len(font.content) < symbols.whole().stat().st_size / 5
        # Another version of the dashboard may show others: a browser asks, and is told that it has them.
        assert font.headers["cache-control"] == "no-cache"
        again = client.http.get(address, headers={"If-None-Match": font.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert client.http.get(address, headers={"If-None-Match": '"another"'}).content == font.content


def test_the_page_says_its_language_and_runs_no_script_of_its_own(hub_: Hub) -> None:
    with hub_.client("viewer") as client:
        for query, accepts, language in (
            ("", "nl-NL,nl;q=0.9", "nl"),
            ("", "en-GB,en", "en"),
            ("?lang=en", "nl", "en"),
            ("?lang=<script>", "de-DE", "nl"),
        ):
            page = client.http.get(f"/network{query}", headers={"Accept-Language": accepts}).text
            assert f'<html lang="{language}">' in page
            assert re.findall(r"<script(?! [^>]*src=)", page) == []
            assert "agent" not in page


# --- elsewhere ------------------------------------------------------------------------------------------------------

FOREIGN = {
    "an origin elsewhere": {"Origin": "https://evil.example"},
    "a development server on this machine": {"Origin": "http://localhost:3000"},
    "no origin to speak of": {"Origin": "null"},
    "a picture on another site": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
    "a frame on another site": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
    "a page on another port": {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"},
    "a name that somebody points here": {"Host": "evil.example"},
    "a name and an origin that somebody points here": {"Host": "evil.example", "Origin": "http://evil.example"},
    "a host with a password": {"Host": "127.0.0.1@evil.example"},
}  # fmt: skip


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN)
@pytest.mark.parametrize("who", ["viewer", "manager"])
def test_what_asks_from_elsewhere_is_a_stranger(hub_: Hub, who: str, headers: dict[str, str]) -> None:
    with hub_.client(who) as client:
        for path in ("/", "/_stcore/health", f"/static/js/{SCRIPT}"):
            assert client.http.get(path, headers=headers).status_code == 403, path


def test_a_link_on_another_site_may_be_followed(hub_: Hub) -> None:
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    with hub_.client("viewer") as client:
        assert client.http.get("/network", headers=followed).status_code == 200


def test_a_picture_on_another_site_gives_nobody_a_link_or_takes_it(hub_: Hub) -> None:
    _link, token = make_link(hub_.home, "picture")
    with hub_.client("nobody") as client:
        answer = client.http.get(f"/s/{token}", headers={"Sec-Fetch-Dest": "image", "Sec-Fetch-Mode": "no-cors"})
        assert (answer.status_code, dict(client.http.cookies)) == (404, {})


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:3000", "null", None])
@pytest.mark.parametrize("who", EVERYBODY)
def test_no_websocket_without_the_right_origin(hub_: Hub, who: str, origin: str | None) -> None:
    with hub_.client(who) as client, pytest.raises(Refused) as refused:
        client.connect(origin=origin)
    assert refused.value.status == 403


@pytest.mark.parametrize("who", [*OUTSIDERS, "asked"])
def test_an_outsider_who_opens_a_websocket_is_sent_away_without_a_word(hub_: Hub, who: str) -> None:
    with hub_.client(who) as client, client.connect() as session:
        with suppress(Closed):  # it may be closed already
            session.send(session.tab.rerun("network"))
        with pytest.raises(Closed) as closed:
            session.until("script_finished")
    assert closed.value.code == 1008
    assert [message.WhichOneof("type") for message in session.seen.messages] == ["auth_redirect"]
    assert session.seen.redirects == ["/"]


def test_a_websocket_under_a_foreign_name_is_a_strangers(hub_: Hub) -> None:
    with hub_.client("manager") as client:
        session = client.connect(host="evil.example", origin="http://evil.example")
        assert session.until("auth_redirect").redirects == ["/"]


# --- pages ----------------------------------------------------------------------------------------------------------


def test_each_gets_the_pages_that_are_his(hub_: Hub) -> None:
    with hub_.page("viewer") as viewer, hub_.page("manager") as manager:
        assert set(viewer.tab.shown.menu) == {"overview", "network", "methods"}
        assert set(manager.tab.shown.menu) == set(ui.PAGES)
        assert 'href="/s/leave"' in viewer.tab.shown.text, "the way out is in sight of whoever came with a link"
        assert "/s/leave" not in manager.tab.shown.text
        for name in ("data", "share", "funding", "sectors", "organisation"):
            seen = viewer.run(page_hash=manager.tab.shown.menu[name], query="lang=en")
            assert texts.translation("en").gettext(ui.PAGES[name].title) not in [
                proto.body for kind, proto in seen.elements if kind == "heading"
            ]
            assert set(viewer.tab.shown.menu) == {"overview", "network", "methods"}
            assert "Overview" in [proto.body for kind, proto in seen.elements if kind == "heading"]
        for name in ("data", "share", "navigation", "no_such_page", "../hubdata/ui"):
            seen = viewer.run(name, query="lang=en")
            assert "Overview" in [proto.body for kind, proto in seen.elements if kind == "heading"]


def test_a_viewer_gets_nothing_of_the_manager(hub_: Hub) -> None:
    with hub_.page("viewer") as session:
        for query in ("lang=en", "lang=en&snapshot=x", "lang=en&as_link=x", "lang=en&id=a"):
            for name in ("", "network", "methods"):
                session.run(name, query=query)
        assert "You can look at this and change nothing" in session.seen.text.replace("\\", "")
        for word in ("hub.toml", "Drop your own lists", "other viewer", "file_uploader"):
            assert word not in session.seen.text
        assert "file_uploader" not in [kind for kind, _ in session.seen.elements]


# --- messages -------------------------------------------------------------------------------------------------------

# what outsiders, viewers and managers may say
SAID = {
    "rerun_script": (False, True, True),
    "stop_script": (False, True, True),
    "app_heartbeat": (False, True, True),
    "deferred_file": (False, False, False),  # only one that was offered: see below
    "dataframe_chunk": (False, True, True),
    "install_skills": (False, False, False),
    "dismiss_skills_nudge": (False, False, False),
    "file_urls_request": (False, False, True),
    "clear_cache": (False, False, False),
    "set_run_on_save": (False, False, False),
    "load_git_info": (False, False, False),
    "debug_disconnect_websocket": (False, False, False),
    "debug_shutdown_runtime": (False, False, False),
}


async def nothing(*_: object) -> None:
    """Streamlit is not asked here."""


def conversation(home: Path, principal: access.Principal) -> websocket.Conversation:
    asked = HTTPConnection({"type": "websocket", "headers": [], "path": "/_stcore/stream", "query_string": b""})
    gated = gate.Gate(nothing, home)
    return websocket.Conversation(nothing, gated.visitors, gated.downloads, asked, principal)


@pytest.mark.parametrize("kind", SAID)
def test_every_message_passes_or_not_as_the_table_says(tmp_path: Path, kind: str) -> None:
    message = one_of_each("session")[kind]
    people = (access.STRANGER, access.Principal("viewer", "x", "1"), access.Principal("manager", "m", "2"))
    passed = tuple(conversation(tmp_path, who)._allowed(message.SerializeToString()) is not None for who in people)
    assert passed == SAID[kind]


def test_there_is_no_other_message() -> None:
    assert set(one_of_each("")) == set(SAID)
    assert {field.name for field in BackMsg.DESCRIPTOR.fields if field.containing_oneof} == set(websocket.MESSAGES)
    assert set(SAID) == set(websocket.MESSAGES) - {"backend_operation_request"} | set(websocket.OPERATIONS)


def test_what_may_not_be_said_has_no_effect_on_a_real_server(hub_: Hub) -> None:
    for who in ("viewer", "manager"):
        with hub_.page(who, "network") as session:
            for kind, message in one_of_each(session.tab.session_id).items():
                if not SAID[kind][("stranger", "viewer", "manager").index(who)]:
                    session.send(message)
            session.send(BackMsg(app_heartbeat=True))
            answered = session.until("heartbeat_ack")
            answers = {"git_info_changed", "file_urls_response", "backend_operation_response"}
            assert not answers & set(answered.kinds)
            assert not any(message.session_status_changed.run_on_save for message in answered.messages)
            assert session.run("network", query="lang=en").menu  # and the server still works


def test_a_part_of_a_page_never_runs_by_itself(tmp_path: Path) -> None:
    """A fragment would run without the script that decides who may see it."""
    message = BackMsg()
    message.rerun_script.fragment_id = "some fragment"
    message.rerun_script.query_string = "lang=en"
    passed = conversation(tmp_path, access.Principal("viewer", "x"))._allowed(message.SerializeToString())
    kept = BackMsg.FromString(passed or b"").rerun_script
    assert (kept.fragment_id, kept.query_string) == ("", "lang=en")


def test_no_page_has_fragments() -> None:
    for path in [*(ROOT / "pages").glob("*.py"), *(ROOT / "hubdata" / "ui").rglob("*.py")]:
        assert not re.search(r"\bfragment\b|run_every", path.read_text(encoding="utf-8")), path


# --- sessions, uploads, downloads -----------------------------------------------------------------------------------


def test_nobody_goes_on_with_the_session_of_another(hub_: Hub) -> None:
    with hub_.page("manager") as manager:
        session_id = manager.tab.session_id
        assert session_id
        for who in ("viewer", "other viewer"):
            with hub_.client(who) as client, client.connect(resume=session_id) as session:
                session.run("network", query="lang=en")
                assert session.tab.session_id != session_id
        with hub_.client("nobody") as client, client.connect(resume=session_id) as session:
            assert session.until("auth_redirect").redirects == ["/"]
        assert manager.run("network", query="lang=en").menu  # still there
        with hub_.client("manager") as client, client.connect(resume=session_id) as session:
            session.run("network", query="lang=en")
            assert session.tab.session_id == session_id


def test_only_a_manager_uploads_and_only_from_here(hub_: Hub) -> None:
    with hub_.page("manager", "data") as manager:
        path = f"/_stcore/upload_file/{manager.tab.session_id}/11111111-1111-1111-1111-111111111111"
        token = manager.client.http.cookies["_streamlit_xsrf"]
        file = {"file": ("organisations.csv", ORGANISATIONS)}
        for who, origin, status in (
            ("manager", hub_.address, 204),
            ("manager", "http://localhost:3000", 403),
            ("manager", None, 403),
            ("viewer", hub_.address, 404),
            ("nobody", hub_.address, 403),
        ):
            cookies = hub_.cookies[who] | {"_streamlit_xsrf": token}
            with http(hub_.address, cookies=cookies) as sender:
                headers = {"X-Xsrftoken": token} | ({"Origin": origin} if origin else {})
                assert sender.put(path, files=file, headers=headers).status_code == status, (who, origin)


def test_a_download_is_for_whoever_it_was_made_for(hub_: Hub) -> None:
    with hub_.page("manager", "network") as manager, hub_.page("viewer", "network") as viewer:
        for session in (manager, viewer):
            session.change("behind_picture", True)
        names = sorted(set(manager.tab.shown.deferred) & set(viewer.tab.shown.deferred))
        assert names, "the page has downloads"
        made = {}
        for session in (manager, viewer):
            file_id = session.tab.shown.deferred[names[0]]
            made[session] = session.operate(deferred_file={"file_id": file_id}).deferred_file.url
            assert session.client.http.get(made[session]).status_code == 200
        # Who knows the number of somebody else's button gets no answer.
        other = manager.tab.shown.deferred[names[0]]
        viewer.send(operation(viewer.tab.session_id, deferred_file={"file_id": other}))
        viewer.send(BackMsg(app_heartbeat=True))
        assert "backend_operation_response" not in viewer.until("heartbeat_ack").kinds
        assert "backend_operation_response" not in viewer.during(1).kinds
        statuses = {}
        for who in EVERYBODY:
            with hub_.client(who) as client:
                statuses[who] = client.http.get(made[manager]).status_code
        same_file = made[manager] == made[viewer]  # the address is made of what is in it
        assert statuses == dict.fromkeys(OUTSIDERS, 403) | {
            "viewer": 200 if same_file else 404,
            "other viewer": 404,
            "manager": 200,
        }


# --- revoking -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["revoked", "expired"])
def test_an_open_tab_closes_by_itself_when_its_link_ends(hub_: Hub, how: str) -> None:
    link, token = make_link(hub_.home, f"will be {how}", pages=("overview", "network"))
    client = Client(hub_.address, cookies=come_in(hub_.address, token))
    client.http.get("/_stcore/health")
    with client.connect() as session:
        session.run("network", query="lang=en")
        session.change("behind_picture", True)
        download = next(iter(session.tab.shown.deferred.values()))
        address = session.operate(deferred_file={"file_id": download}).deferred_file.url
        assert client.http.get(address).status_code == 200
        sharing.revoke(hub_.home, link.id) if how == "revoked" else let_expire(hub_.home, link.id)
        began = time.monotonic()
        assert session.until("auth_redirect", seconds=10).redirects == ["/?lang=en"]
        with pytest.raises(Closed):
            session.receive()
        assert time.monotonic() - began < 2 * websocket.LOOK_AGAIN_SECONDS + 1
    assert client.http.get(address).status_code == 403, "a download outlives its link"
    assert client.http.get("/").status_code == 403


def test_a_message_after_the_end_gets_no_data(hub_: Hub) -> None:
    link, token = make_link(hub_.home, "ends before a message", pages=("overview", "network"))
    client = Client(hub_.address, cookies=come_in(hub_.address, token))
    client.http.get("/_stcore/health")
    with client.connect() as session:
        session.run("", query="lang=en")
        sharing.revoke(hub_.home, link.id)
        session.send(session.tab.rerun("network", query="lang=en"))
        assert "delta" not in session.until("auth_redirect").kinds


def test_unknown_expired_and_revoked_links_look_the_same(hub_: Hub) -> None:
    pages = set()
    for how in ("unknown", "expired", "revoked"):
        link, token = make_link(hub_.home, how)
        if how == "expired":
            let_expire(hub_.home, link.id)
        elif how == "revoked":
            sharing.revoke(hub_.home, link.id)
        else:
            token = "A" * len(token)
        with hub_.client("nobody") as client:
            answer = client.http.get(f"/s/{token}")
            headers = {name: value for name, value in answer.headers.items() if name != "date"}
            pages.add((answer.status_code, answer.text, json.dumps(headers)))
    assert len(pages) == 1


def test_whoever_leaves_a_link_is_who_he_was(hub_: Hub) -> None:
    both = hub_.cookies["manager"] | hub_.cookies["viewer"]
    with http(hub_.address, cookies=both) as visitor:
        put = visitor.put("/_stcore/upload_file/a/b", headers={"Origin": hub_.address})
        assert put.status_code == 404  # a viewer: the link comes first
        left = visitor.get("/s/leave")
        assert (left.status_code, left.headers["location"]) == (303, "/")
        assert re.search(rf"{VIEWER_COOKIE}=\"\"; .*Max-Age=0", left.headers["set-cookie"])
    with http(hub_.address, cookies=hub_.cookies["manager"]) as visitor:
        put = visitor.put("/_stcore/upload_file/a/b", headers={"Origin": hub_.address})
        assert put.status_code == 403  # the manager again, whom Streamlit asks for its token


def test_the_cookie_of_a_link_says_nothing_of_its_token(hub_: Hub) -> None:
    _link, token = make_link(hub_.home, "cookie")
    with hub_.client("nobody") as client:
        answer = client.http.get(f"/s/{token}")
        set_cookie = answer.headers["set-cookie"]
    assert token not in str(answer.headers)
    assert re.search(r"; HttpOnly", set_cookie)
    assert re.search(r"; SameSite=lax", set_cookie, re.IGNORECASE)
    assert "Path=/" in set_cookie


def test_who_guesses_links_has_to_wait(tmp_path: Path) -> None:
    """Told from the network he comes from; others are not kept out."""
    gated = gate.Gate(nothing, tmp_path)
    link, token = sharing.create(tmp_path, SETTINGS, label="x")

    async def status(path: str, network: str) -> int:
        sent: list[dict[str, object]] = []

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": b"", "more_body": False}

        headers = [(b"host", b"localhost:8501")]
        scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"",
                 "headers": headers, "client": (network, 1), "server": ("127.0.0.1", 8501), "scheme": "http"}  # fmt: skip
        await gated(scope, receive, send)  # type: ignore[arg-type]
        return int(sent[0]["status"])  # type: ignore[call-overload]

    async def guess() -> list[int]:
        wrong = [await status(f"/s/{n:043d}", "203.0.113.7") for n in range(guesses.UNKNOWN_LINKS.amount + 3)]
        return [*wrong, await status(f"/s/{token}", "203.0.113.99"), await status(f"/s/{token}", "198.51.100.1")]

    answers = asyncio.run(guess())
    assert answers[: guesses.UNKNOWN_LINKS.amount] == [404] * guesses.UNKNOWN_LINKS.amount
    assert answers[guesses.UNKNOWN_LINKS.amount :] == [429, 429, 429, 429, 303]
    assert link.id
