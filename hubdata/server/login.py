"""The manager's way in and out: the password, OIDC, and logging out. Both ways in give the same cookie."""

import asyncio
import datetime
import logging

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hubdata import access, audit, sharing, store
from hubdata.access import Principal
from hubdata.server import oidc
from hubdata.server.cookies import MANAGER_COOKIE, ManagerLogin, drop_cookie, new_login_id, set_manager_login
from hubdata.server.guesses import Guesses
from hubdata.server.provider import ATTEMPT_COOKIE, Provider, ProviderProblem
from hubdata.server.public_pages import PublicPages
from hubdata.server.request_rules import here, network, not_found
from hubdata.server.visitors import Visitors

logger = logging.getLogger(__name__)


class Login:
    """The way in of managers."""

    def __init__(self, visitors: Visitors, guesses: Guesses, pages: PublicPages) -> None:
        self.home, self.settings = visitors.home, visitors.settings
        self._visitors, self._guesses, self._pages = visitors, guesses, pages
        self._provider = Provider(visitors)

    async def with_password(self, request: Request) -> Response:
        """The form for the password, and what it sends."""
        if not sharing.password_hash(self.home):
            return self._pages.stranger(request, 200)
        comes_from = network(request)
        is_known = request.method == "POST" and await asyncio.to_thread(sharing.is_known_network, self.home, comes_from)
        outcome = await self._guesses.attempt(
            request, ("password",), sharing.password_fits, self.home, is_known_network=is_known
        )
        if outcome == "not said":
            return self._pages.stranger(request, 200)
        if outcome == "late":
            return self._pages.wait(request)
        if outcome == "wrong":
            audit.note(self.home, f"stranger {comes_from}", "wrong password")
            return self._pages.stranger(request, 403, is_wrong=True)
        await asyncio.to_thread(sharing.note_network, self.home, comes_from)
        return self._come_in(ManagerLogin(new_login_id()), here(request, self.settings, "/"))

    async def with_oidc(self, request: Request) -> Response:
        """The way to the provider."""
        name = request.query_params.get("provider", "")
        if name not in oidc.read().providers:
            return not_found()
        try:
            return await self._provider.way_there(request, name)
        except ProviderProblem:
            return self._pages.provider_problem(request)

    async def come_back(self, request: Request) -> Response:
        """Handle the provider's answer. Whoever is no manager is logged in as well, and reads why they see nothing."""
        if not oidc.read().providers:
            return not_found()
        try:
            login = await self._provider.come_back(request)
        except ProviderProblem:
            audit.note(self.home, f"stranger {network(request)}", "login failed")
            answer = self._pages.provider_problem(request)
        else:
            if login is None:
                return RedirectResponse("/", 303)
            if not login.is_manager:
                audit.note(self.home, f"stranger {network(request)}", "login refused")
            answer = self._come_in(login, "/")
        answer.delete_cookie(ATTEMPT_COOKIE, path=oidc.CALLBACK)
        return answer

    def _come_in(self, login: ManagerLogin, address: str) -> Response:
        if login.is_manager:
            audit.note(self.home, str(Principal("manager", login.email or access.WITH_PASSWORD)), "logged in")
        answer = RedirectResponse(address, 303)
        set_manager_login(answer, self.home, self.settings, login)
        return answer

    async def logout(self, request: Request) -> Response:
        """Ends a login, also in the tabs that are open and for whoever kept the cookie. `st.logout` leads here too.

        The provider is told as well: otherwise the next click would let in whoever sits there.
        """
        if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return RedirectResponse("/", 303)  # another site cannot log somebody out
        address = None
        if login := self._visitors.login_of(request):
            until = sharing.now() + datetime.timedelta(hours=self.settings.login_hours)
            try:
                sharing.end_login(self.home, login.id, until)
            except (OSError, store.StoreProblem):  # this browser forgets it all the same
                logger.warning("a login could not be ended for whoever may have a copy of its cookie")
            if login.is_manager:
                audit.note(self.home, "manager", "logged out")
            address = await self._provider.way_out(login)
        answer = RedirectResponse(address or "/", 303)
        drop_cookie(answer, self.settings, MANAGER_COOKIE)
        return answer
