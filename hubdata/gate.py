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
import functools
import hashlib
import html
import ipaddress
import json
import logging
import re
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

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
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks

from hubdata import access, audit, door, sharing
from hubdata import settings as settings_module
from hubdata.access import STRANGER, Principal
from hubdata.texts import Text

logger = logging.getLogger(__name__)

HEADER = "x-hub-principal"
"""Hands the principal on to the session. What a client says in it is thrown away."""
VIEWER_COOKIE, MANAGER_COOKIE = "hub_viewer", "hub_manager"
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
PROXY_HEADERS = re.compile(r"forwarded|x-forwarded-.+|x-real-ip|via|true-client-ip|cf-connecting-ip")
"""Any of these says that the request came a longer way than from this machine."""
LOOK_AGAIN_SECONDS = 2.0
MOST_BODY = 4096
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
        self._logged_out: set[str] = set()
        self._sent: OrderedDict[tuple[Principal, str], None] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may pass; answer the rest."""
        if scope["type"] == "lifespan":
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
            if made_with == _fingerprint(hashed) and visitor not in self._logged_out:
                return Principal("manager", "password", visitor)
        return None

    def _oidc_manager(self, asked: HTTPConnection) -> Principal | None:
        """Whoever logged in with `st.login`, when his address is in the list of managers."""
        if not oidc_providers():
            return None
        raw = _get_signed_cookie_with_chunks(asked.cookies, USER_COOKIE_NAME)
        if not raw:
            return None
        said = json.loads(raw)
        email = str(said.get("email") or "").strip().casefold()
        is_right = (
            said.get("is_logged_in") is True
            and said.get("origin") == auth_util.get_origin_from_redirect_uri()
            and said.get("email_verified") is not False
            and email in oidc_managers()
        )
        return Principal("manager", email, _fingerprint(raw.decode())) if is_right and email else None

    def _local_manager(self, asked: HTTPConnection) -> Principal | None:
        """A browser on this machine, as long as no other door is configured."""
        is_open = self.is_only_local and not self.has_a_door
        return Principal("manager", "this machine") if is_open and is_local(asked) else None

    @property
    def is_only_local(self) -> bool:
        """Whether the server listens on loopback only."""
        listens_on = str(config.get_option("server.address") or "")
        return listens_on == "localhost" or _is_loopback(listens_on)

    @property
    def has_a_door(self) -> bool:
        """Whether a password or OIDC is configured."""
        return sharing.password_hash(self.home) is not None or bool(oidc_providers())

    def _is_known_host(self, asked: HTTPConnection) -> bool:
        return _host_name(asked) in (*LOOPBACK_NAMES, urlsplit(self.settings.public_address).hostname)

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
        if path.startswith(("/auth/", "/oauth2callback")):
            return None if oidc_providers() else _not_found()
        if re.fullmatch(r"/[a-z_]*", path) and path not in ("/healthz", "/login", "/logout"):
            return self._page_shell(request, principal)
        own: dict[str, Callable[[], Awaitable[Response]]] = {
            "/login": lambda: self._login(request),
            "/login/oidc": lambda: self._oidc_login(request),
            "/logout": lambda: self._logout(request),
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
        form = door.secret_form(self._language(request), Text("Passphrase"), Text("Open"), request.scope["path"])
        title = Text("This link has a passphrase")
        asks = Text("Whoever sent you the link can tell you the passphrase.")
        if request.method != "POST":
            return self._page(request, title, [asks], 200, form)
        said, is_late = await self._secret(request, ("passphrase", link.id), network)
        if is_late:
            return self._wait(request)
        if await self._slowly(sharing.passphrase_fits, link, said):
            return None
        self._note_wrong(("passphrase", link.id), network)
        audit.note(self.home, f"stranger {network}", "wrong passphrase", link=link.id)
        return self._page(request, title, [asks], 403, form, wrong=Text("That is not the passphrase."))

    async def _login(self, request: Request) -> Response:
        """The manager's own door: his password."""
        if request.method != "POST" or not sharing.password_hash(self.home):
            return self._stranger_page(request, 200)
        network = _network(request)
        said, is_late = await self._secret(request, ("password",), network)
        if is_late:
            return self._wait(request)
        if not await self._slowly(sharing.password_fits, self.home, said):
            self._note_wrong(("password",), network)
            audit.note(self.home, f"stranger {network}", "wrong password")
            return self._stranger_page(request, 403, wrong=Text("That is not the password."))
        audit.note(self.home, "manager password", "logged in")
        answer = RedirectResponse("/", 303)
        answer.delete_cookie(VIEWER_COOKIE, path="/")
        made_with = _fingerprint(sharing.password_hash(self.home) or "")
        cookie = self._signer("manager").dumps([secrets.token_hex(8), made_with])
        self._set_cookie(answer, MANAGER_COOKIE, cookie, 3600 * self.settings.login_hours)
        return answer

    async def _oidc_login(self, request: Request) -> Response:
        """The way to the provider, as `st.login` takes it."""
        provider = request.query_params.get("provider", "")
        if provider not in oidc_providers():
            return _not_found()
        return RedirectResponse(f"/auth/login?provider={auth_util.encode_provider_token(provider)}", 303)

    async def _logout(self, request: Request) -> Response:
        """Ends a login, also in the tabs that are open."""
        with contextlib.suppress(BadSignature, ValueError):
            visitor, _made_with = self._signer("manager").loads(request.cookies.get(MANAGER_COOKIE, ""))
            self._logged_out.add(visitor)
        answer = RedirectResponse("/auth/logout" if USER_COOKIE_NAME in request.cookies else "/", 303)
        answer.delete_cookie(MANAGER_COOKIE, path="/")
        return answer

    # --- guessing

    async def _secret(self, request: Request, what: tuple[str, ...], network: str) -> tuple[str, bool]:
        """What somebody typed, and whether he has to wait first."""
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > MOST_BODY:
                return "", True
        tests = ((WRONG_SECRETS, (*what, network)), (WRONG_SECRETS_IN_ALL, (*what, "all")))
        is_late = not all(self._limiter.test(item, *names) for item, names in tests)
        return parse_qs(body.decode(errors="replace")).get("secret", [""])[0], is_late

    def _note_wrong(self, what: tuple[str, ...], network: str) -> None:
        self._limiter.hit(WRONG_SECRETS, *what, network)
        self._limiter.hit(WRONG_SECRETS_IN_ALL, *what, "all")

    async def _slowly(self, fits: Callable[..., bool], *given: Any) -> bool:
        """Argon2 takes 64 MB and a core for a moment: one at a time, and not in the way of others."""
        async with self._hashing:
            return await asyncio.to_thread(fits, *given)

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

    def _page(
        self,
        request: Request,
        title: Text | str,
        sentences: list[Text],
        status: int,
        *parts: str,
        wrong: Text | None = None,
    ) -> Response:
        language = self._language(request)
        said = [door.paragraph(language, sentence) for sentence in sentences]
        said += [door.paragraph(language, wrong, is_wrong=True)] if wrong else []
        return door.page(
            language, title, [*said, *parts, door.other_languages(language, self.settings.languages)], status
        )

    def _stranger_page(self, request: Request, status: int, wrong: Text | None = None) -> Response:
        """How to get a link, and the manager's login. To a browser on this machine, how to open a door."""
        language, parts = self._language(request), []
        if VIEWER_COOKIE in request.cookies:
            parts.append(door.paragraph(language, Text("The link that you came with does not work any more.")))
            parts.append(door.button(language, Text("Leave this link"), "/s/leave"))
        if self.has_a_door:
            parts.append(door.heading(language, Text("For the programme manager")))
        for provider in oidc_providers():
            parts.append(door.button(language, Text("Log in"), f"/login/oidc?provider={provider}"))
        if sharing.password_hash(self.home) is not None:
            parts.append(door.secret_form(language, Text("Password"), Text("Log in"), "/login"))
        advice = self.advice() if is_local(request) else []
        if advice:
            parts.append(door.heading(language, Text("For whoever installs this")))
            parts.append(door.steps(language, advice))
        return self._page(request, self.settings.name, [_ASK_FOR_A_LINK], status, *parts, wrong=wrong)

    def advice(self) -> list[Text]:
        """What to configure before anybody but a browser on this machine can come in; nothing when all is well."""
        said = []
        if not self.has_a_door and not self.is_only_local:
            said.append(
                Text(
                    "The server can be reached from other machines, and there is no login yet, so it shows no data to "
                    "anybody without a shared link. Set a password with: python -m hubdata password"
                )
            )
            said.append(Text("Or set up a login with OIDC in .streamlit/secrets.toml: see docs/install.md."))
        if not self.is_only_local and sharing.address_is_local(self.settings):
            said.append(Text("Set public_address in hub.toml to the address at which people reach the dashboard."))
        if oidc_providers() and not oidc_managers():
            said.append(
                Text("OIDC is set up, but no manager is listed: add managers under [hub] in .streamlit/secrets.toml.")
            )
        return said

    # --- headers

    def _set_cookie(self, answer: Response, name: str, value: str, seconds: int) -> None:
        secure = self.settings.public_address.startswith("https:")
        answer.set_cookie(name, value, max_age=seconds, path="/", httponly=True, samesite="lax", secure=secure)

    def _with_headers(self, asked: HTTPConnection, send: Send) -> Send:
        """`send`, with the strict headers on every answer."""
        host = asked.headers.get("host", "")
        is_asset = asked.scope["path"].startswith("/static/")

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
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
            self._gate.note_sent(self._principal, _downloads_in(content, said))
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


def _downloads_in(content: bytes, message: ForwardMsg) -> list[str]:
    """The ids of downloads and files that a message to a browser names."""
    found = [match.decode() for match in re.findall(rb"/media/([0-9a-f]{16,})", content)]
    element = message.delta.new_element if message.WhichOneof("type") == "delta" else None
    if element is not None and element.WhichOneof("type") == "download_button":
        found.append(element.download_button.deferred_file_id)
    return [one for one in found if one]


# --- questions about a request ----------------------------------------------------------------------------------------


def is_local(asked: HTTPConnection) -> bool:
    """Whether a browser on this machine is asking, by a name of this machine and through no proxy."""
    client = asked.client.host if asked.client else ""
    is_direct = not any(PROXY_HEADERS.fullmatch(name.lower()) for name in asked.headers)
    return _is_loopback(client) and is_direct and _host_name(asked) in LOOPBACK_NAMES


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
_ASK_FOR_A_LINK = Text(
    "This dashboard is not public. The programme manager shares it with links: ask for one, or ask for a new one when "
    "yours has stopped working."
)


# --- OIDC -------------------------------------------------------------------------------------------------------------


def oidc_providers() -> tuple[str, ...]:
    """The providers in `.streamlit/secrets.toml`, under the names that `st.login` knows them by."""
    section = auth_util.get_secrets_auth_section() if secrets_singleton.load_if_toml_exists() else None
    if not section:
        return ()
    named = [name for name, value in section.to_dict().items() if isinstance(value, dict) and "client_id" in value]
    return tuple(named) or (("default",) if section.get("client_id") else ())


def oidc_managers() -> frozenset[str]:
    """The e-mail addresses that may log in as manager: `managers` under `[hub]` in the secrets."""
    hub = secrets_singleton.get("hub") if secrets_singleton.load_if_toml_exists() else None
    listed = hub.get("managers", []) if hub else []
    return frozenset(str(one).strip().casefold() for one in listed) if isinstance(listed, list | tuple) else frozenset()
