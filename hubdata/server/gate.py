"""The gate: every request passes here before Streamlit sees it.

Stock Streamlit lets whoever reaches it open sessions, upload files, empty caches and fetch any download whose
address he knows. So the gate decides first who is asking, answers strangers itself with a page without data (`door`),
and lets the others do what their kind may, by two tables: `ROUTES` for addresses, `MESSAGES` for what a browser may
say over the websocket. Whatever is in neither is refused.

A session of Streamlit belongs to the principal that opened it: the gate hands him on in a signed header, which
Streamlit compares when somebody wants to go on with a session (`server.trustedUserHeaders`). A viewer's link, a
manager's login and the loopback rule are looked at again at every message and every two seconds, so that revoking
closes open tabs.

Pinned to the minor version of Streamlit: the websocket's messages and the cookie of `st.login` are its own.
"""

import asyncio
import contextlib
import datetime
import functools
import hashlib
import html
import ipaddress
import json
import logging
import os
import re
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import parse_qs, quote, urlsplit

from itsdangerous import BadSignature, URLSafeTimedSerializer
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import auth_util, config, file_util
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.secrets import secrets_singleton
from streamlit.user_info import generate_login_redirect_url
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from hubdata import access, audit, sharing
from hubdata import settings as settings_module
from hubdata.access import STRANGER, Principal
from hubdata.server import door
from hubdata.texts import Text, join

logger = logging.getLogger(__name__)

HEADER = "x-hub-principal"
"""Hands the principal on to the session. What a client says in it is thrown away."""
VIEWER_COOKIE, MANAGER_COOKIE = "hub_viewer", "hub_manager"
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
PROXY_HEADERS = re.compile(r"forwarded|x-forwarded-.+|x-real-ip|via|true-client-ip|cf-connecting-ip")
"""Any of these says that the request came a longer way than from this machine."""
LOOK_AGAIN_SECONDS = 2.0
MOST_BODY = 16_384
SHORTEST_COOKIE_SECRET = 32
SMALL_MESSAGE = 16_384
"""Messages with the address of a download are smaller than this; figures need not be taken apart."""
MOST_SENT = 20_000

WRONG_SECRETS = RateLimitItemPerMinute(5, 15)
"""So many wrong passwords or passphrases from one network, and it has to wait: a quarter of an hour."""
WRONG_SECRETS_IN_ALL = RateLimitItemPerMinute(60, 15)
"""And so many from all networks together."""
UNKNOWN_LINKS = RateLimitItemPerMinute(100, 10)

ANYBODY = frozenset({"manager", "viewer", "stranger"})
LET_IN = frozenset({"manager", "viewer"})
MANAGER = frozenset({"manager"})
NOBODY: frozenset[str] = frozenset()


class Route(NamedTuple):
    """A kind of address: who may use it with which methods."""

    pattern: str
    methods: frozenset[str]
    kinds: frozenset[str]


GET = frozenset({"GET", "HEAD"})
ROUTES = (
    Route(r"/healthz", GET, ANYBODY),
    Route(r"/robots\.txt", GET, ANYBODY),
    Route(r"/s/.*", frozenset({"GET", "POST"}), ANYBODY),
    Route(r"/login", frozenset({"GET", "POST"}), ANYBODY),
    Route(r"/login/oidc", GET, ANYBODY),
    Route(r"/logout", GET, ANYBODY),
    Route(r"/auth/(login|logout)|/oauth2callback", GET, ANYBODY),
    Route(r"/hub/language\.js", GET, LET_IN),
    Route(r"/static/[A-Za-z0-9._/-]+|/favicon\.png", GET, LET_IN),
    Route(r"/_stcore/(health|host-config)", GET, LET_IN),
    Route(r"/media/[A-Za-z0-9._-]+", GET, LET_IN),
    Route(r"/_stcore/upload_file/[^/]+/[^/]+", frozenset({"PUT", "DELETE"}), MANAGER),
    Route(r"/[a-z_]*", GET, LET_IN),  # a page
)
"""Every address there is. Of metrics, the agent's door, components and whatever else Streamlit serves there is none."""

MESSAGES = {
    "rerun_script": LET_IN,
    "stop_script": LET_IN,
    "app_heartbeat": LET_IN,
    "backend_operation_request": LET_IN,
    "file_urls_request": MANAGER,
    "clear_cache": NOBODY,
    "set_run_on_save": NOBODY,
    "load_git_info": NOBODY,
    "debug_disconnect_websocket": NOBODY,
    "debug_shutdown_runtime": NOBODY,
}
"""Who may say what over the websocket. Caches are for everybody, so nobody may empty them."""
OPERATIONS = frozenset({"deferred_file", "dataframe_chunk"})
"""The back-end operations that are let through: making a download that was offered, and further rows of a table."""

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self' {sockets}; worker-src 'self' blob:; frame-src 'none'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class Gate:
    """The middleware. One per process: what it remembers (failed logins, sent downloads) is gone when that ends."""

    def __init__(self, app: ASGIApp, home: Path) -> None:
        self.app, self.home, self.settings = app, home, settings_module.read(home)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._hashing = asyncio.Lock()
        self._sent: OrderedDict[tuple[Principal, str], None] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may pass; answer the rest."""
        if scope["type"] == "lifespan":
            self._announce()
            await self.app(scope, receive, send)
            return
        # What a client says he is never reaches anybody.
        scope["headers"] = [(name, value) for name, value in scope["headers"] if name.lower() != HEADER.encode()]
        asked = HTTPConnection(scope)
        try:
            principal = self.who(asked)
        except Exception:
            logger.exception("it could not be decided who is asking; nobody is let in")
            principal = STRANGER
        if scope["type"] == "websocket":
            await _Conversation(self, asked, principal).run(scope, receive, send)
        else:
            await self._answer(Request(scope, receive), principal, receive, self._with_headers(asked, send))

    # --- who is asking

    def who(self, asked: HTTPConnection) -> Principal:
        """The principal behind a request. Whoever has a link's cookie has what the link covers, or nothing."""
        if not self._is_known_host(asked) or _comes_from_elsewhere(asked):
            return STRANGER
        if VIEWER_COOKIE in asked.cookies:
            return self._viewer(asked.cookies[VIEWER_COOKIE])
        return self._oidc_manager(asked) or self._password_manager(asked) or self._local_manager(asked) or STRANGER

    def _viewer(self, cookie: str) -> Principal:
        with contextlib.suppress(BadSignature, ValueError):
            link_id, visitor = self._signer("viewer").loads(cookie)
            if sharing.by_id(self.home, link_id):
                return Principal("viewer", link_id, visitor)
        return STRANGER

    def _password_manager(self, asked: HTTPConnection) -> Principal | None:
        hashed = sharing.password_hash(self.home)
        if not hashed or MANAGER_COOKIE not in asked.cookies:
            return None
        with contextlib.suppress(BadSignature, ValueError):
            hours = self.settings.login_hours
            visitor, made_with = self._signer("manager").loads(asked.cookies[MANAGER_COOKIE], max_age=3600 * hours)
            if made_with == _fingerprint(hashed) and not sharing.login_has_ended(self.home, visitor):
                return Principal("manager", access.WITH_PASSWORD, visitor)
        return None

    def _oidc_manager(self, asked: HTTPConnection) -> Principal | None:
        """Whoever logged in with `st.login`, when his address is in the list of managers."""
        login = self._oidc_login_of(asked)
        return Principal("manager", login.email, login.id) if login and login.is_verified and login.is_listed else None

    def _oidc_login_of(self, asked: HTTPConnection) -> "_OidcLogin | None":
        """What the provider said about whoever logged in with `st.login`: a manager or not.

        Streamlit's cookie lives for thirty days. Here it counts for as many hours as a login with the password, and no
        more once its owner has logged out.
        """
        found = oidc()
        if not found.providers:
            return None

        def one(name: str) -> bytes | None:
            signed, days = asked.cookies.get(name), self.settings.login_hours / 24
            return decode_signed_value(get_cookie_secret(), name, signed.encode("latin-1"), days) if signed else None

        raw = auth_util.get_cookie_with_chunks(one, USER_COOKIE_NAME)
        said = json.loads(raw) if raw else {}
        if (
            not raw
            or said.get("is_logged_in") is not True
            or said.get("provider") not in found.providers
            or said.get("origin") != auth_util.get_origin_from_redirect_uri()
            or sharing.login_has_ended(self.home, _fingerprint(raw.decode()))
        ):
            return None
        email = str(said.get("email") or "").strip().casefold()
        # Some providers say nothing about it: they only know addresses that they gave themselves.
        is_verified = said.get("email_verified") in (None, True, "true")
        return _OidcLogin(_fingerprint(raw.decode()), email, is_verified, email in found.managers)

    def _local_manager(self, asked: HTTPConnection) -> Principal | None:
        """A browser on this machine, as long as no other door is configured and nobody else is meant to come.

        With a public address there is a proxy; one that neither passes Host nor says whom it speaks for would make
        everybody a browser on this machine.
        """
        return Principal("manager", access.THIS_MACHINE) if self.is_for_this_machine and is_local(asked) else None

    @property
    def is_for_this_machine(self) -> bool:
        """Whether a browser on this machine is a manager's."""
        return self.is_only_local and not self.has_a_door and sharing.address_is_local(self.settings)

    @property
    def is_only_local(self) -> bool:
        """Whether the server listens on the usual loopback address; whatever else somebody chose counts as outside."""
        return config.get_option("server.address") in LOOPBACK_NAMES

    @property
    def has_a_door(self) -> bool:
        """Whether a password or OIDC is configured, be it wrongly: then nobody comes in, rather than everybody."""
        return sharing.password_hash(self.home) is not None or oidc().is_wanted

    def _is_known_host(self, asked: HTTPConnection) -> bool:
        name = _host_name(asked)
        return _is_this_machine(name) or name == urlsplit(self.settings.public_address).hostname

    def still(self, asked: HTTPConnection, principal: Principal) -> bool:
        """Whether the principal of an open conversation would be let in again, now."""
        try:
            return self.who(asked) == principal
        except Exception:
            logger.exception("it could not be decided who is asking; nobody is let in")
            return False

    def _signer(self, salt: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(sharing.secret(self.home), salt=salt)

    # --- downloads

    def note_sent(self, principal: Principal, ids: Iterable[str]) -> None:
        """Remember the downloads that a principal was offered."""
        for one in ids:
            self._sent[(principal, one)] = None
            self._sent.move_to_end((principal, one))
        while len(self._sent) > MOST_SENT:
            self._sent.popitem(last=False)

    def was_sent(self, principal: Principal, one: str) -> bool:
        """Whether a download was made for this principal."""
        return (principal, one) in self._sent

    def note_download(self, principal: Principal) -> None:
        """Write down that somebody has a file made."""
        is_viewer = principal.kind == "viewer"
        who = "viewer" if is_viewer else str(principal)
        audit.note(self.home, who, "download", link=principal.who if is_viewer else "")

    # --- addresses

    async def _answer(self, request: Request, principal: Principal, receive: Receive, send: Send) -> None:
        """Answer an HTTP request, or pass it on."""
        path = request.scope["path"]
        route = next((r for r in ROUTES if re.fullmatch(r.pattern, path)), None)
        answer: Response | None
        if route is None or request.method not in route.methods:
            answer = self._stranger_page(request, 404) if principal == STRANGER else _not_found()
        elif principal.kind not in route.kinds:
            answer = self._stranger_page(request, 403) if principal == STRANGER else _not_found()
        elif path not in ("/healthz", "/robots.txt") and not self._is_known_host(request):
            answer = self._stranger_page(request, 403)
        elif request.method not in GET and not _has_own_origin(request):
            answer = PlainTextResponse("Forbidden", 403)
        else:
            answer = await self._own_answer(request, principal)
        await (answer or self.app)(request.scope, receive, send)

    async def _own_answer(self, request: Request, principal: Principal) -> Response | None:
        """The answer of the gate itself; None for what Streamlit answers."""
        path = request.scope["path"]
        if path.startswith("/s/"):
            return await self._link(request)
        if path.startswith("/media/"):
            return None if self.was_sent(principal, Path(path).stem) else _not_found()
        if path in ("/logout", "/auth/logout"):
            return await self._logout(request)
        if path in ("/auth/login", "/oauth2callback"):
            return None if oidc().providers else _not_found()
        if re.fullmatch(r"/[a-z_]*", path) and path not in ("/healthz", "/login"):
            return self._page_shell(request, principal)
        own: dict[str, Callable[[], Awaitable[Response]]] = {
            "/login": lambda: self._login(request),
            "/login/oidc": lambda: self._oidc_login(request),
            "/hub/language.js": self._language_script,
            "/robots.txt": self._robots,
        }
        return await own[path]() if path in own else None

    def _page_shell(self, request: Request, principal: Principal) -> Response:
        """The page in which Streamlit's code draws. Who asks for a page that is not his gets the start page instead."""
        name = request.scope["path"].removeprefix("/")
        if name and name not in access.authorise(self.home, principal).pages:
            return RedirectResponse(f"/?lang={self._language(request)}", 303)
        return HTMLResponse(_shell().replace("{language}", self._language(request)).replace("{name}", self._name))

    async def _robots(self) -> Response:
        return PlainTextResponse("User-agent: *\nDisallow: /\n")

    async def _language_script(self) -> Response:
        script = Path(__file__).with_name("language.js").read_text(encoding="utf-8")
        return Response(script, media_type="text/javascript")

    async def _link(self, request: Request) -> Response:
        """`/s/TOKEN`: whoever has the token of an open link comes in. `/s/leave`: he goes again."""
        token = request.scope["path"].removeprefix("/s/")
        if token == "leave":
            if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
                return RedirectResponse("/", 303)  # another site sends nobody away
            answer: Response = RedirectResponse("/", 303)
            answer.delete_cookie(VIEWER_COOKIE, path="/")
            return answer
        network = _network(request)
        if not self._limiter.test(UNKNOWN_LINKS, "link", network):
            return self._wait(request)
        # Only a page that somebody opens may change who he is: no picture, frame or script of another site.
        is_page = request.headers.get("sec-fetch-dest", "document") == "document"
        link = sharing.by_token(self.home, token) if is_page else None
        if link is None:
            self._limiter.hit(UNKNOWN_LINKS, "link", network)
            audit.note(self.home, f"stranger {network}", "unknown link")
            return self._page(request, Text("This link does not work"), [_ASK_FOR_A_LINK], 404)
        if link.passphrase_hash:
            refused = await self._passphrase(request, link, network)
            if refused:
                return refused
        await asyncio.to_thread(sharing.note_opened, self.home, link.id)
        audit.note(self.home, "viewer", "opened", link=link.id)
        answer = RedirectResponse(f"/?lang={link.language}" if link.language else "/", 303)
        left = int((link.expires_at - sharing.now()).total_seconds())
        self._set_cookie(answer, VIEWER_COOKIE, self._signer("viewer").dumps([link.id, secrets.token_hex(8)]), left)
        return answer

    async def _passphrase(self, request: Request, link: sharing.Link, network: str) -> Response | None:
        """None when the right passphrase was said; else the form that asks for it."""
        outcome = await self._attempt(request, ("passphrase", link.id), sharing.passphrase_fits, link)
        if outcome == "right":
            return None
        if outcome == "late":
            return self._wait(request)
        wrong = Text("That is not the passphrase.") if outcome == "wrong" else None
        if wrong:
            audit.note(self.home, f"stranger {network}", "wrong passphrase", link=link.id)
        language, address = self._language(request), self._here(request, request.scope["path"])
        form = door.secret_form(language, Text("Passphrase"), Text("Open"), address, wrong=wrong, is_first=True)
        asks = Text("Whoever sent you the link can tell you the passphrase.")
        return self._page(request, Text("This link has a passphrase"), [asks], 403 if wrong else 200, form)

    async def _login(self, request: Request) -> Response:
        """The manager's own door: his password."""
        if not sharing.password_hash(self.home):
            return self._stranger_page(request, 200)
        outcome = await self._attempt(request, ("password",), sharing.password_fits, self.home)
        if outcome == "not said":
            return self._stranger_page(request, 200)
        if outcome == "late":
            return self._wait(request)
        if outcome == "wrong":
            audit.note(self.home, f"stranger {_network(request)}", "wrong password")
            return self._stranger_page(request, 403, wrong=Text("That is not the password."))
        audit.note(self.home, "manager password", "logged in")
        answer = RedirectResponse(self._here(request, "/"), 303)
        answer.delete_cookie(VIEWER_COOKIE, path="/")
        made_with = _fingerprint(sharing.password_hash(self.home) or "")
        cookie = self._signer("manager").dumps([secrets.token_hex(8), made_with])
        self._set_cookie(answer, MANAGER_COOKIE, cookie, 3600 * self.settings.login_hours)
        return answer

    async def _oidc_login(self, request: Request) -> Response:
        """The way to the provider: `st.login` sends a browser to this same address."""
        provider = request.query_params.get("provider", "")
        if provider not in oidc().providers:
            return _not_found()
        answer = RedirectResponse(generate_login_redirect_url(provider), 303)
        answer.delete_cookie(VIEWER_COOKIE, path="/")
        return answer

    async def _logout(self, request: Request) -> Response | None:
        """Ends a login, also in the tabs that are open and for whoever kept the cookie. `st.logout` leads here too.

        None when Streamlit goes on: it removes the cookie of `st.login` and tells the provider.
        """
        if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return RedirectResponse("/", 303)  # another site does not log anybody out
        login = self._oidc_login_of(request)
        manager = self._password_manager(request)
        until = sharing.now() + datetime.timedelta(hours=self.settings.login_hours)
        for ended in [*([login.id] if login else []), *([manager.visitor] if manager else [])]:
            sharing.end_login(self.home, ended, until)
        if manager or (login and login.is_listed):
            audit.note(self.home, "manager", "logged out")
        is_with_oidc = USER_COOKIE_NAME in request.cookies and bool(oidc().providers)
        if is_with_oidc and request.scope["path"] == "/auth/logout" and MANAGER_COOKIE not in request.cookies:
            return None
        answer = RedirectResponse("/auth/logout" if is_with_oidc else "/", 303)
        answer.delete_cookie(MANAGER_COOKIE, path="/")
        return answer

    # --- guessing

    async def _attempt(
        self, request: Request, what: tuple[str, ...], fits: Callable[..., bool], *given: Any
    ) -> Literal["not said", "right", "wrong", "late"]:
        """Whether somebody typed the right secret; late when there were too many wrong ones, whatever he typed.

        One at a time: Argon2 takes 64 MB and a core for a moment, and of attempts that come all at once none may be
        weighed before the one before it was counted.
        """
        if request.method != "POST":
            return "not said"
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > MOST_BODY:
                break
        said = parse_qs(body[:MOST_BODY].decode(errors="replace")).get("secret", [""])[0]
        counted = ((WRONG_SECRETS, (*what, _network(request))), (WRONG_SECRETS_IN_ALL, (*what, "all")))
        async with self._hashing:
            if not all(self._limiter.test(item, *names) for item, names in counted):
                return "late"
            if len(body) <= MOST_BODY and await asyncio.to_thread(fits, *given, said):
                return "right"
            for item, names in counted:
                self._limiter.hit(item, *names)
            return "wrong"

    def _wait(self, request: Request) -> Response:
        message = Text("There were too many attempts. Try again in a quarter of an hour.")
        return self._page(request, Text("Please wait"), [message], 429)

    # --- what the gate says

    @property
    def _name(self) -> str:
        return html.escape(self.settings.name)

    def _language(self, request: Request) -> str:
        """The language of the address, else the first that the browser wants and the hub has."""
        offered = self.settings.languages
        wanted = re.findall(r"\b[a-z]{2}\b", request.headers.get("accept-language", "").lower())
        return next((c for c in (request.query_params.get("lang", ""), *wanted) if c in offered), offered[0])

    def _here(self, request: Request, address: str) -> str:
        """An address of ours, in the language that a reader chose."""
        chosen = request.query_params.get("lang", "")
        return f"{address}?lang={chosen}" if chosen in self.settings.languages else address

    def _page(self, request: Request, title: Text | str, sentences: list[Text], status: int, *parts: str) -> Response:
        language = self._language(request)
        said = [door.paragraph(language, sentence) for sentence in sentences]
        return door.page(
            language, title, [*said, *parts], status, door.other_languages(language, self.settings.languages)
        )

    def _stranger_page(self, request: Request, status: int, wrong: Text | None = None) -> Response:
        """How to get a link, and the manager's login. To a browser on this machine, how to open a door."""
        if not self._is_known_host(request):
            return self._page(request, self.settings.name, [_OTHER_ADDRESS], status)
        language, parts = self._language(request), []
        if VIEWER_COOKIE in request.cookies:
            parts.append(door.paragraph(language, Text("The link that you came with does not work any more.")))
            parts.append(door.button(language, Text("Leave this link"), "/s/leave", is_quiet=True))
        providers, has_password = oidc().providers, sharing.password_hash(self.home) is not None
        if providers or has_password:
            parts.append(door.heading(language, Text("For the programme manager")))
        login = self._oidc_login_of(request)
        if login:
            parts.append(door.paragraph(language, login.why_not, is_wrong=True))
            parts.append(door.button(language, Text("Log out"), "/logout", is_quiet=True))
        for provider in providers if not login else ():
            said = (
                Text("Log in with your account")
                if len(providers) == 1
                else Text("Log in with {provider}", {"provider": provider})
            )
            parts.append(door.button(language, said, f"/login/oidc?provider={quote(provider)}"))
        if has_password:
            address, is_first = self._here(request, "/login"), request.scope["path"] == "/login"
            form = door.secret_form(language, Text("Password"), Text("Log in"), address, wrong=wrong, is_first=is_first)
            parts.append(form)
        if self.advice() and is_local(request):
            parts.append(door.heading(language, Text("For whoever installs this")))
            parts.append(door.steps(language, self.advice()))
        return self._page(request, self.settings.name, [_ASK_FOR_A_LINK], status, *parts)

    def advice(self) -> list[Text]:
        """What to configure before managers come in by the doors that are there; nothing when all is well."""
        said, found = list(oidc().problems), oidc()
        if sharing.password_hash(self.home) == "":
            said.append(
                Text("The file with the password cannot be read. Set it again with: python -m hubdata password")
            )
        if not self.has_a_door and not self.is_for_this_machine:
            said.append(
                Text(
                    "The server is meant for more than this machine (server.address, public_address), and there is no "
                    "login yet: without a shared link nobody sees data. Set a password with: python -m hubdata password"
                )
            )
            said.append(Text("Or set up a login with OIDC in .streamlit/secrets.toml: see docs/install.md."))
        if not self.is_only_local and sharing.address_is_local(self.settings):
            said.append(Text("Set public_address in hub.toml to the address at which people reach the dashboard."))
        if found.providers:
            comes_back = urlsplit(auth_util.get_origin_from_redirect_uri() or "").hostname or ""
            if not _is_this_machine(comes_back) and comes_back != urlsplit(self.settings.public_address).hostname:
                said.append(
                    Text("redirect_uri in .streamlit/secrets.toml does not begin with public_address of hub.toml.")
                )
        return said

    def _announce(self) -> None:
        """Say on the console how managers come in, and what is missing."""
        doors = [Text("with OIDC ({names})", {"names": ", ".join(oidc().providers)})] if oidc().providers else []
        doors += [Text("with the password")] if sharing.password_hash(self.home) else []
        doors += [Text("from a browser on this machine")] if self.is_for_this_machine else []
        language = self.settings.languages[0]
        how = join([door.words(language) for door in doors] or [Text("not at all").words(language)], language)
        for said in (Text("How managers come in: {how}.", {"how": how}), *self.advice()):
            print(said.words(language), flush=True)  # the console is where whoever starts the server looks

    # --- headers

    def _set_cookie(self, answer: Response, name: str, value: str, seconds: int) -> None:
        secure = self.settings.public_address.startswith("https:")
        answer.set_cookie(name, value, max_age=seconds, path="/", httponly=True, samesite="lax", secure=secure)

    def _strict_cookie(self, name: bytes, value: bytes) -> tuple[bytes, bytes]:
        """Streamlit's own cookies are not `Secure`, and that of `st.login` lives for thirty days."""
        if name.lower() != b"set-cookie":
            return name, value
        if value.startswith(USER_COOKIE_NAME.encode()):
            longest = f"Max-Age={3600 * self.settings.login_hours}".encode()
            value = re.sub(rb"(?i)max-age=[1-9][0-9]*", longest, value)
        is_secure = b"; secure" in value.lower() or not self.settings.public_address.startswith("https:")
        return name, value if is_secure else value + b"; Secure"

    def _with_headers(self, asked: HTTPConnection, send: Send) -> Send:
        """`send`, with the strict headers on every answer."""
        host = asked.headers.get("host", "")
        is_asset = asked.scope["path"].startswith("/static/")

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [self._strict_cookie(name, value) for name, value in message["headers"]]
                headers = MutableHeaders(scope=message)
                for name in [name for name in headers if name.startswith("access-control-") or name == "server"]:
                    del headers[name]
                headers.setdefault("Content-Security-Policy", POLICY.format(sockets=f"ws://{host} wss://{host}"))
                headers["X-Content-Type-Options"] = "nosniff"
                headers["X-Frame-Options"] = "DENY"
                headers.setdefault("Referrer-Policy", "no-referrer")
                headers["X-Robots-Tag"] = "noindex, nofollow"
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
                headers["Cross-Origin-Resource-Policy"] = "same-origin"
                headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
                if not is_asset or message["status"] != 200:  # the code of the pages holds no data and never changes
                    headers["Cache-Control"] = "no-store"
                if self.settings.public_address.startswith("https:"):
                    headers["Strict-Transport-Security"] = "max-age=31536000"
            await send(message)

        return sending


class _Conversation:
    """One websocket: what comes in is checked, what goes out is noted, and it ends when its principal may no more."""

    def __init__(self, gate: Gate, asked: HTTPConnection, principal: Principal) -> None:
        self._gate, self._asked, self._principal = gate, asked, principal
        self._is_over = False
        self._language = ""

    async def run(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let Streamlit talk with a principal. A stranger is sent to the start page: no old data stays in sight."""
        if scope["path"] != "/_stcore/stream" or not _has_own_origin(self._asked):
            await send({"type": "websocket.close", "code": 1008})
            return
        self._receive, self._send = receive, send
        if self._principal == STRANGER:
            await receive()
            await send({"type": "websocket.accept", "subprotocol": "streamlit"})
            await self._end()
            return
        if "@" in self._principal.who:  # Streamlit lets him in by itself, so this is where it is seen
            audit.note(self._gate.home, str(self._principal), "came in")
        handed_on = (HEADER.encode(), access.sign(self._gate.home, self._principal).encode())
        watching = asyncio.create_task(self._watch())
        try:
            await self._gate.app(
                {**scope, "headers": [*scope["headers"], handed_on]}, self._receive_checked, self._send_noted
            )
        finally:
            watching.cancel()

    async def _watch(self) -> None:
        while not self._is_over:
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            if not self._gate.still(self._asked, self._principal):
                await self._end()

    async def _end(self) -> None:
        """Send the browser to the start page, which it gets as whoever it is now, and close."""
        if not self._is_over:
            self._is_over = True
            redirect = ForwardMsg()
            redirect.auth_redirect.url = f"/?lang={self._language}" if self._language else "/"
            with contextlib.suppress(Exception):  # it may be gone already
                await self._send({"type": "websocket.send", "bytes": redirect.SerializeToString()})
                await self._send({"type": "websocket.close", "code": 1008})

    async def _receive_checked(self) -> Message:
        while True:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return message
            if self._is_over or not self._gate.still(self._asked, self._principal):
                await self._end()
                continue  # what comes next is that the socket is closed
            allowed = self._allowed(message.get("bytes") or b"")
            if allowed is not None:
                return {"type": "websocket.receive", "bytes": allowed}

    def _allowed(self, said: bytes) -> bytes | None:
        """What of a message may pass; None when nothing."""
        message = BackMsg()
        try:
            message.ParseFromString(said)
        except Exception:  # no message of Streamlit's: it answers that itself
            return said
        kind = message.WhichOneof("type") or ""
        if self._principal.kind not in MESSAGES.get(kind, NOBODY):
            return None
        if kind == "backend_operation_request":
            request = message.backend_operation_request
            operation = request.WhichOneof("payload")
            if operation not in OPERATIONS:
                return None
            if operation == "deferred_file":
                # Streamlit makes any download for whoever knows its id.
                if not self._gate.was_sent(self._principal, request.deferred_file.file_id):
                    return None
                self._gate.note_download(self._principal)
        self._note_language(message.rerun_script.query_string)
        if kind == "rerun_script" and message.rerun_script.fragment_id:
            # A part of a page runs without the script that decides who sees it; the whole page does not.
            message.rerun_script.fragment_id = ""
            said = bytes(message.SerializeToString())
        return said

    async def _send_noted(self, message: Message) -> None:
        if self._is_over:
            return
        content = message.get("bytes") or b""
        if message["type"] == "websocket.send" and len(content) < SMALL_MESSAGE:
            said = ForwardMsg.FromString(content)
            self._gate.note_sent(self._principal, _downloads_in(said))
            if said.new_session.main_script_path:
                # Where the code lies on this machine is nobody's business; no browser needs it.
                said.new_session.main_script_path = ""
                message = {**message, "bytes": said.SerializeToString()}
            self._note_language(said.page_info_changed.query_string)
        await self._send(message)

    def _note_language(self, address: str) -> None:
        """Remember the language in the address: the start page that may follow is in the same one."""
        language = parse_qs(address).get("lang", [""])[0]
        if language in self._gate.settings.languages:
            self._language = language


def _downloads_in(message: ForwardMsg) -> list[str]:
    """The ids of files and of downloads still to be made that a message offers: its own fields, never a text in it."""
    element = message.delta.new_element
    addresses = (
        message.backend_operation_response.deferred_file.url,
        message.page_config_changed.favicon,
        element.download_button.url,
    )
    files = [Path(address).stem for address in addresses if address.startswith("/media/")]
    return [one for one in (*files, element.download_button.deferred_file_id) if one]


# --- questions about a request ----------------------------------------------------------------------------------------


def is_local(asked: HTTPConnection) -> bool:
    """Whether a browser on this machine is asking, by a name of this machine and through no proxy."""
    client = asked.client.host if asked.client else ""
    is_direct = not any(PROXY_HEADERS.fullmatch(name.lower()) for name in asked.headers)
    return _is_loopback(client) and is_direct and _is_this_machine(_host_name(asked))


def _is_this_machine(name: str) -> bool:
    """Whether this is a name that only this machine itself can have."""
    return name == "localhost" or _is_loopback(name)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _host_name(asked: HTTPConnection) -> str:
    """The host that is asked for, without port; "" when it is none, or said twice."""
    said = asked.headers.getlist("host")
    with contextlib.suppress(ValueError):
        parts = urlsplit(f"//{said[0]}") if len(said) == 1 else urlsplit("")
        is_plain = not (parts.username or parts.path or parts.query or parts.fragment)
        if is_plain and (parts.port is None or parts.port > 0):
            return parts.hostname or ""
    return ""


def _has_own_origin(asked: HTTPConnection) -> bool:
    """Whether a page of this very server is asking. Whoever does not say where he comes from, does not."""
    said = asked.headers.getlist("origin")
    if len(said) != 1 or len(asked.headers.getlist("host")) != 1:
        return False
    origin = urlsplit(said[0])
    return origin.scheme in ("http", "https") and origin.netloc.lower() == asked.headers["host"].lower()


def _comes_from_elsewhere(asked: HTTPConnection) -> bool:
    """Whether a page of another site is asking, for anything but to be opened in a window of its own."""
    if "origin" in asked.headers and not _has_own_origin(asked):
        return True
    site = asked.headers.get("sec-fetch-site", "none")
    is_opening = asked.headers.get("sec-fetch-mode") == "navigate" and asked.headers.get("sec-fetch-dest") == "document"
    return site not in ("none", "same-origin") and not is_opening


def _network(asked: HTTPConnection) -> str:
    return audit.network_of(asked.client.host if asked.client else "")


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _not_found() -> Response:
    return PlainTextResponse("Not found", 404)


@functools.cache
def _shell() -> str:
    """The page that Streamlit's own code draws in, with its language and name still open.

    Read from Streamlit, so that it always fits; without its inline script (strict policy), and without the words for
    programs that look for the agent's door, which is closed.
    """
    page = (Path(file_util.get_static_dir()) / "index.html").read_text(encoding="utf-8")
    page = re.sub(r"<!--.*?-->", "", page, flags=re.DOTALL)
    page = re.sub(r"<script>.*?</script>", '<script src="/hub/language.js"></script>', page, flags=re.DOTALL)
    page = re.sub(r'<link rel="service-desc"[^>]*>', '<meta name="robots" content="noindex">', page)
    page = re.sub(r"<noscript>.*?</noscript>", f"<noscript>{_NO_SCRIPT}</noscript>", page, flags=re.DOTALL)
    page = page.replace('<html lang="en">', '<html lang="{language}">')
    return page.replace("<title>Streamlit</title>", "<title>{name}</title>")


_NO_SCRIPT = (
    "<p lang='nl'>Zet JavaScript aan om dit dashboard te zien.</p>"
    "<p lang='en'>Turn on JavaScript to see this dashboard.</p>"
)
_OTHER_ADDRESS = Text(
    "Nothing is shown under this address. Ask whoever told you about this dashboard for the address that it has."
)
_ASK_FOR_A_LINK = Text(
    "This dashboard is not public. The programme manager shares it with links: ask for one, or ask for a new one when "
    "yours has stopped working."
)


# --- OIDC -------------------------------------------------------------------------------------------------------------


class _OidcLogin(NamedTuple):
    """What the provider said about somebody, and what we know of him."""

    id: str
    email: str
    is_verified: bool
    is_listed: bool

    @property
    def why_not(self) -> Text:
        """Why he does not come in."""
        if not self.email:
            return Text("You are logged in, but your provider did not tell us your e-mail address.")
        if not self.is_verified:
            return Text(
                "You are logged in as {email}, but your provider has not checked that this address is yours.",
                {"email": self.email},
            )
        return Text(
            "You are logged in as {email}, but that address is not on the list of people who may log in here.",
            {"email": self.email},
        )


class Oidc(NamedTuple):
    """What `.streamlit/secrets.toml` says about logging in with OIDC."""

    providers: tuple[str, ...] = ()
    """The providers, by the names that `st.login` knows them by; none as long as there is a problem."""
    managers: frozenset[str] = frozenset()
    problems: tuple[Text, ...] = ()

    @property
    def is_wanted(self) -> bool:
        """Whether somebody set it up, be it wrongly."""
        return bool(self.providers or self.problems)


def oidc() -> Oidc:
    """The login with OIDC as the secrets describe it: `[auth]` as Streamlit wants it, and `managers` under `[hub]`.

    Anything wrong closes this door. Never raises.
    """
    try:
        is_read = secrets_singleton.load_if_toml_exists()
    except (OSError, ValueError):
        is_read = False
    if not is_read:
        is_there = any(os.path.lexists(path) for path in config.get_option("secrets.files"))
        unreadable = Text(
            "The file with secrets (.streamlit/secrets.toml) cannot be read: it is no TOML, or not ours to read."
        )
        return Oidc(problems=(unreadable,) if is_there else ())
    auth, hub = secrets_singleton.get("auth"), secrets_singleton.get("hub")
    if auth is None and hub is None:
        return Oidc()
    if not isinstance(auth, Mapping):
        return Oidc(problems=(Text("OIDC needs the section [auth] in .streamlit/secrets.toml."),))
    sections: dict[str, Any] = {
        name: value for name, value in auth.items() if isinstance(value, Mapping) and name != "client_kwargs"
    }
    if "client_id" in auth or not sections:
        sections["default"] = auth
    wanted = [(auth, "auth", key) for key in ("redirect_uri", "cookie_secret")]
    for name, section in sections.items():
        place = "auth" if section is auth else f"auth.{name}"
        wanted += [(section, place, key) for key in ("client_id", "client_secret", "server_metadata_url")]
    missing = [f"{key} [{place}]" for section, place, key in wanted if not _is_text(section.get(key))]
    problems = []
    if missing:
        said = {"missing": ", ".join(missing)}
        problems.append(Text("OIDC is not complete in .streamlit/secrets.toml. Missing: {missing}.", said))
    elif not str(auth["redirect_uri"]).endswith("/oauth2callback"):
        problems.append(Text("redirect_uri in .streamlit/secrets.toml has to end in /oauth2callback."))
    elif len(auth["cookie_secret"]) < SHORTEST_COOKIE_SECRET:
        problems.append(
            Text(
                "cookie_secret in .streamlit/secrets.toml is too short: whoever guesses it is a manager. "
                'Make one with: python -c "import secrets; print(secrets.token_hex(32))"'
            )
        )
    if any("_" in name for name in sections):
        problems.append(Text("The name of an OIDC provider in .streamlit/secrets.toml may have no underscore."))
    listed = hub.get("managers") if isinstance(hub, Mapping) else None
    if not isinstance(listed, list | tuple) or not listed or not all(_is_text(one) and "@" in one for one in listed):
        problems.append(
            Text(
                "No manager can log in with OIDC: .streamlit/secrets.toml needs under [hub] a list such as "
                'managers = ["name@example.org"]'
            )
        )
    if problems:
        return Oidc(problems=tuple(problems))
    return Oidc(tuple(sections), frozenset(str(one).strip().casefold() for one in listed or ()))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
