"""The manager's way in and out: the password, the way to an OIDC provider, and logging out."""

import datetime
import secrets

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from streamlit.user_info import generate_login_redirect_url
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from hubdata import audit, sharing
from hubdata.server.cookies import MANAGER_COOKIE, VIEWER_COOKIE, fingerprint, set_cookie, signer
from hubdata.server.guesses import Guesses
from hubdata.server.oidc import oidc
from hubdata.server.public_pages import PublicPages
from hubdata.server.request_rules import here, network, not_found
from hubdata.server.visitors import Visitors
from hubdata.texts import Text


class Login:
    """The way in of managers."""

    def __init__(self, visitors: Visitors, guesses: Guesses, pages: PublicPages) -> None:
        self.home, self.settings = visitors.home, visitors.settings
        self._visitors, self._guesses, self._pages = visitors, guesses, pages

    async def with_password(self, request: Request) -> Response:
        """The manager's own door: his password."""
        if not sharing.password_hash(self.home):
            return self._pages.stranger(request, 200)
        outcome = await self._guesses.attempt(request, ("password",), sharing.password_fits, self.home)
        if outcome == "not said":
            return self._pages.stranger(request, 200)
        if outcome == "late":
            return self._pages.wait(request)
        if outcome == "wrong":
            audit.note(self.home, f"stranger {network(request)}", "wrong password")
            return self._pages.stranger(request, 403, wrong=Text("That is not the password."))
        audit.note(self.home, "manager password", "logged in")
        answer = RedirectResponse(here(request, self.settings, "/"), 303)
        answer.delete_cookie(VIEWER_COOKIE, path="/")
        made_with = fingerprint(sharing.password_hash(self.home) or "")
        cookie = signer(self.home, "manager").dumps([secrets.token_hex(8), made_with])
        set_cookie(answer, self.settings, MANAGER_COOKIE, cookie, 3600 * self.settings.login_hours)
        return answer

    async def with_oidc(self, request: Request) -> Response:
        """The way to the provider: `st.login` sends a browser to this same address."""
        provider = request.query_params.get("provider", "")
        if provider not in oidc().providers:
            return not_found()
        answer = RedirectResponse(generate_login_redirect_url(provider), 303)
        answer.delete_cookie(VIEWER_COOKIE, path="/")
        return answer

    async def logout(self, request: Request) -> Response | None:
        """Ends a login, also in the tabs that are open and for whoever kept the cookie. `st.logout` leads here too.

        None when Streamlit goes on: it removes the cookie of `st.login` and tells the provider.
        """
        if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return RedirectResponse("/", 303)  # another site does not log anybody out
        login = self._visitors.oidc_login_of(request)
        manager = self._visitors.password_manager(request)
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
