"""The cookies by which the server recognises a visitor: signed with the key of this home, HttpOnly, SameSite=Lax.

A cookie says who somebody is, never what they may: that is looked up.
"""

import contextlib
import hmac
import secrets
from pathlib import Path
from typing import NamedTuple

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import HTTPConnection
from starlette.responses import Response

from hubdata import sharing
from hubdata.server import oidc
from hubdata.settings import Settings
from hubdata.texts import Text

VIEWER_COOKIE, MANAGER_COOKIE, ASKED_COOKIE = "hub_viewer", "hub_manager", "hub_asked"
ASKED_PATH = "/a/"
"""Where the cookie of an asked organisation is sent, and nowhere else: it is no way into the dashboard."""


def signer(home: Path, salt: str) -> URLSafeTimedSerializer:
    """What signs and reads the cookies of one kind."""
    return URLSafeTimedSerializer(sharing.secret(home), salt=salt)


def set_cookie(answer: Response, settings: Settings, name: str, value: str, seconds: int, path: str = "/") -> None:
    """Give a browser a cookie, as strict as it can be."""
    secure = settings.public_address.startswith("https:")
    answer.set_cookie(name, value, max_age=seconds, path=path, httponly=True, samesite="lax", secure=secure)


class ManagerLogin(NamedTuple):
    """A login with the password or with OIDC, as its cookie says. Whoever comes from a provider need be no manager."""

    id: str
    """Tells one login from another, so that logging out ends this one."""
    provider: str | None = None
    """The provider of a login with OIDC; None for a login with the password."""
    email: str = ""
    is_verified: bool = False
    """Whether the provider has checked that the address is theirs."""

    @property
    def is_manager(self) -> bool:
        """Whether it lets anybody in, now."""
        return self.provider is None or (self.is_verified and self.email in oidc.read().managers)

    @property
    def why_not(self) -> Text | None:
        """Why it lets nobody in; None when it does."""
        if self.is_manager:
            return None
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


def new_login_id() -> str:
    """An id that nobody else has."""
    return secrets.token_hex(8)


def set_manager_login(answer: Response, home: Path, settings: Settings, login: ManagerLogin) -> None:
    """Give a browser the cookie of a login and remove that of a link: whoever logs in is no longer a viewer."""
    value = signer(home, "manager").dumps([*login, _proof(home, login.provider)])
    set_cookie(answer, settings, MANAGER_COOKIE, value, 3600 * settings.login_hours)
    answer.delete_cookie(VIEWER_COOKIE, path="/")


def manager_login(connection: HTTPConnection, home: Path, settings: Settings) -> ManagerLogin | None:
    """The login whose cookie a browser has, as long as it counts: not too old, not ended, and still well founded.

    Raises `store.StoreProblem` when the list of ended logins cannot be read.
    """
    with contextlib.suppress(BadSignature, ValueError, TypeError):
        content = signer(home, "manager").loads(
            connection.cookies.get(MANAGER_COOKIE, ""), max_age=3600 * settings.login_hours
        )
        login, proof = ManagerLogin(*content[:-1]), str(content[-1])
        is_password = login.provider is None
        is_known = bool(sharing.password_hash(home)) if is_password else login.provider in oidc.read().providers
        if is_known and hmac.compare_digest(proof, _proof(home, login.provider)):
            return None if sharing.login_has_ended(home, login.id) else login
    return None


def _proof(home: Path, provider: str | None) -> str:
    """A hash of what a login depends on: it ends when the password or the secrets for OIDC are changed."""
    rests_on = oidc.read().rests_on if provider is not None else sharing.password_hash(home) or ""
    return hmac.new(sharing.secret(home), rests_on.encode(), "sha256").hexdigest()[:32]
