"""Shared links: `/s/TOKEN` lets in whoever has it, `/s/leave` lets them go, `/s/TOKEN/kumu.json` is read by a map."""

import asyncio
import re
import secrets
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hubdata import audit, sharing, store
from hubdata.server.cookies import VIEWER_COOKIE, drop_cookie
from hubdata.server.guesses import UNKNOWN_LINKS, Guesses
from hubdata.server.public_pages import PublicPages
from hubdata.server.request_rules import MAP, network, not_found
from hubdata.server.visitors import Visitors

NetworkFile = Callable[[str], bytes | None]
"""Makes the network as JSON for the receiver of a link, by its id; None for what the link does not cover."""


def no_file(link_id: str) -> None:
    """For a server that makes no files."""


class Links:
    """The way in of viewers."""

    def __init__(
        self, visitors: Visitors, guesses: Guesses, pages: PublicPages, network_file: NetworkFile = no_file
    ) -> None:
        self.home, self.settings = visitors.home, visitors.settings
        self._visitors, self._guesses, self._pages = visitors, guesses, pages
        self._network_file = network_file

    async def answer(self, request: Request) -> Response:
        """`/s/TOKEN` lets in whoever has the token of an open link; `/s/leave` makes them a stranger again."""
        token = request.scope["path"].removeprefix("/s/")
        if token == "leave":
            if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
                return RedirectResponse("/", 303)  # another site cannot make somebody leave
            answer: Response = RedirectResponse("/", 303)
            drop_cookie(answer, self.settings, VIEWER_COOKIE)
            return answer
        comes_from = network(request)
        if not self._guesses.may_go_on(UNKNOWN_LINKS, "link", comes_from):
            return self._pages.wait(request)
        if re.fullmatch(MAP, request.scope["path"]):
            return await self._map(token.partition("/")[0], comes_from)
        # Only a page that somebody opens may change who they are: no picture, frame or script of another site.
        is_page = request.headers.get("sec-fetch-dest", "document") == "document"
        try:
            link = sharing.by_token(self.home, token) if is_page else None
        except (store.StoreProblem, OSError):  # nobody knows which links there are: none lets anybody in
            return self._pages.dead_link(request)
        if link is None:
            self._guesses.count(UNKNOWN_LINKS, "link", comes_from)
            audit.note(self.home, f"stranger {comes_from}", "unknown link")
            return self._pages.dead_link(request)
        if link.passphrase_hash:
            refused = await self._passphrase(request, link, comes_from)
            if refused:
                return refused
        await asyncio.to_thread(sharing.note_opened, self.home, link.id)
        audit.note(self.home, "viewer", "opened", link=link.id)
        answer = RedirectResponse(f"/?lang={link.language}" if link.language else "/", 303)
        self._visitors.give_viewer_cookie(answer, link, secrets.token_hex(8))
        return answer

    async def _map(self, token: str, comes_from: str) -> Response:
        """The network that a link covers, looked up anew each time. A map gives no passphrase: with one it gets none.

        It lets nobody in: there is no cookie. Whatever is not covered looks as if there were no such link.
        """
        try:
            link = sharing.by_token(self.home, token)
        except (store.StoreProblem, OSError):
            return not_found()
        if link is None:
            self._guesses.count(UNKNOWN_LINKS, "link", comes_from)
            audit.note(self.home, f"stranger {comes_from}", "unknown link")
            return not_found()
        made = None if link.passphrase_hash else await asyncio.to_thread(self._network_file, link.id)
        if made is None:
            return not_found()
        audit.note(self.home, "viewer", "network read", link=link.id)
        return Response(made, media_type="application/json")

    async def _passphrase(self, request: Request, link: sharing.Link, comes_from: str) -> Response | None:
        """None when the right passphrase was given; else the form that asks for it."""
        outcome = await self._guesses.attempt(request, ("passphrase", link.id), sharing.passphrase_fits, link)
        if outcome == "right":
            return None
        if outcome == "late":
            return self._pages.wait(request)
        if outcome == "wrong":
            audit.note(self.home, f"stranger {comes_from}", "wrong passphrase", link=link.id)
        return self._pages.passphrase(request, is_wrong=outcome == "wrong")
