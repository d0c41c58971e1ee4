"""The gate: every request passes here before Streamlit sees it.

Stock Streamlit lets whoever reaches it open sessions, upload files, empty caches and fetch any download whose
address they know. So the gate decides first who is asking, answers strangers itself with a page without data
(`public_pages`), and lets the others do what their kind may, by two tables: `ROUTES` for addresses, `MESSAGES` for
what a browser may say over the websocket. Whatever is in neither is refused.

A session of Streamlit belongs to the principal that opened it: the gate hands the principal on in a signed header,
which Streamlit compares when somebody wants to go on with a session (`server.trustedUserHeaders`). Whoever has a
websocket is looked at again at every message and every two seconds, so that revoking closes open tabs.

Pinned to the minor version of Streamlit: see `streamlit_internals`.
"""

import asyncio
import functools
import re
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from hubdata import access, audit
from hubdata import settings as settings_module
from hubdata.access import STRANGER, Principal
from hubdata.server import assets, door, logs, shell, streamlit_internals
from hubdata.server.advice import announce, say_way_in
from hubdata.server.cookies import ASKED_PATH
from hubdata.server.guesses import Guesses
from hubdata.server.headers import with_headers
from hubdata.server.links import Links, NetworkFile, no_file
from hubdata.server.login import Login
from hubdata.server.oidc import CALLBACK
from hubdata.server.public_pages import PublicPages
from hubdata.server.request_rules import GET, LOGOUT, ROUTES, has_own_origin, here, is_local, not_found
from hubdata.server.visitors import Visitors
from hubdata.server.websocket import HEADER, MESSAGES, OPERATIONS, Conversation, Downloads

if TYPE_CHECKING:
    from hubdata.server.answers import Answers


class Gate:
    """The middleware. One per process: what it remembers (failed logins, sent downloads) is gone when that ends."""

    def __init__(self, app: ASGIApp, home: Path, network_file: NetworkFile = no_file) -> None:
        self.app, self._mistakes = app, list[settings_module.Mistake]()
        try:
            self.settings = settings_module.read(home)
        except settings_module.SettingsProblem as problem:
            print(problem, file=sys.stderr, flush=True)  # the console is where whoever starts the server looks
            self._mistakes, self.settings = problem.mistakes, settings_module.Settings()
        self.visitors = Visitors(home, self.settings)
        self.downloads = Downloads(home)
        self._guesses, self.pages = Guesses(self.visitors.home), PublicPages(self.visitors)
        self._links = Links(self.visitors, self._guesses, self.pages, network_file)
        self._login = Login(self.visitors, self._guesses, self.pages)

    @functools.cached_property
    def _answers(self) -> "Answers":
        """What asked organisations see. It takes what reads and counts, without which a server is healthy sooner."""
        from hubdata.server.answers import Answers

        return Answers(self.visitors, self._guesses, self.pages)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may pass; answer the rest."""
        if scope["type"] == "lifespan":
            logs.keep_small()
            if not self._mistakes:
                announce(self.visitors)
            try:
                await self.app(scope, receive, send)
            finally:
                self.visitors.door.close()
            return
        if self._mistakes:
            await self._say_mistakes(scope, receive, send)
            return
        # Nobody decides who they are by sending this header.
        scope["headers"] = [(name, value) for name, value in scope["headers"] if name.lower() != HEADER.encode()]
        connection = HTTPConnection(scope)
        principal = self.visitors.identify(connection)
        if scope["type"] == "websocket":
            conversation = Conversation(self.app, self.visitors, self.downloads, connection, principal)
            await conversation.run(scope, receive, send)
        else:
            await self._answer(
                Request(scope, receive), principal, receive, with_headers(self.settings, connection, send)
            )

    async def _say_mistakes(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Until hub.toml is corrected nobody gets anything but what is wrong with it."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1011})
            return
        request = Request(scope, receive)
        if scope["path"] == "/healthz":
            answer: Response = JSONResponse({"status": "the settings have a mistake"}, 503)
        else:
            answer = self.pages.settings_problem(request, self._mistakes)
        await answer(scope, receive, with_headers(self.settings, request, send))

    async def _answer(self, request: Request, principal: Principal, receive: Receive, send: Send) -> None:
        """Answer an HTTP request, or pass it on."""
        path = request.scope["path"]
        route = next((r for r in ROUTES if re.fullmatch(r.pattern, path)), None)
        answer: Response | None
        if route is None or request.method not in route.methods:
            answer = self.pages.stranger(request, 404) if principal == STRANGER else not_found()
        elif principal.kind not in route.kinds:
            answer = self.pages.stranger(request, 403) if principal == STRANGER else not_found()
        elif path not in ("/healthz", "/robots.txt") and not self.visitors.is_known_host(request):
            answer = self.pages.stranger(request, 403)
        elif request.method not in GET and not has_own_origin(request):
            answer = PlainTextResponse("Forbidden", 403)
        else:
            answer = await self._own_answer(request, principal)
        await (answer or self.app)(request.scope, receive, send)

    async def _own_answer(self, request: Request, principal: Principal) -> Response | None:
        """The answer of the gate itself; None for what Streamlit answers."""
        path = request.scope["path"]
        if path.startswith("/s/"):
            return await self._links.answer(request)
        if path.startswith(ASKED_PATH):
            return await self._answers.answer(request, principal)
        if path.startswith(door.PATH):
            return await self._through_the_door(request, principal)
        if path.startswith("/media/"):
            return None if self.downloads.was_sent(principal, Path(path).stem) else not_found()
        if path in LOGOUT:
            return await self._login.logout(request)
        if path == CALLBACK:
            return await self._login.come_back(request)
        if path == "/login":
            return await self._login.with_password(request)
        if path == "/login/oidc":
            return await self._login.with_oidc(request)
        if path.startswith("/static/"):
            return await assets.of_streamlit(request)
        if path.startswith(("/hub/", "/_stcore/bidi-components/")):
            return await assets.ours(request)
        if path == "/robots.txt":
            return shell.robots()
        if path == "/overview":  # the page that Streamlit has at the root, and nowhere else
            return RedirectResponse(f"/?{request.url.query}" if request.url.query else "/")
        if re.fullmatch(r"/[a-z_]*", path) and path != "/healthz":
            page = shell.page(self.visitors.home, self.settings, request, principal)
            self.visitors.note_visit(request, principal, page)
            return page
        return None

    async def _through_the_door(self, request: Request, principal: Principal) -> Response:
        """`/open/TOKEN` lets in one browser on this machine; whoever is in already goes on."""
        own_page = RedirectResponse(here(request, self.settings, "/"), 303)
        if principal.kind == "manager":
            return own_page
        # Only somebody who opens an address comes in: no picture, frame or script of another page.
        is_opened = request.headers.get("sec-fetch-dest", "document") == "document"
        may_come = is_opened and self.visitors.is_for_this_machine and is_local(request)
        token = request.scope["path"].removeprefix(door.PATH)
        if not may_come or not await asyncio.to_thread(self.visitors.door.opens, token):
            return self.pages.stranger(request, 403)
        audit.note(self.visitors.home, f"manager {access.THIS_MACHINE}", "browser let in")
        say_way_in(self.visitors)
        self.visitors.give_local_cookie(own_page, secrets.token_hex(8))
        return own_page


def check_streamlit() -> None:
    """End the process with a sentence when Streamlit is not the one that the gate was made for."""
    streamlit_internals.check(messages=MESSAGES, operations=OPERATIONS, header=HEADER, logout=LOGOUT)
