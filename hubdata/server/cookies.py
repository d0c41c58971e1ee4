"""The cookies by which the server recognises a visitor: signed with the key of this home, HttpOnly, SameSite=Lax.

A cookie says who somebody is, never what they may: that is looked up.
"""

import contextlib
import datetime
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

VIEWER_COOKIE, MANAGER_COOKIE, ASKED_COOKIE, LOCAL_COOKIE = "hub_viewer", "hub_manager", "hub_asked", "hub_local"
VISIT_SECONDS = 30 * 24 * 3600
"""So long after a visit the cookie of a link, or of a browser on this machine, still counts."""
RENEWED_AFTER = datetime.timedelta(days=1)
"""A visit with an older cookie gives a new one."""
ASKED_PATH = "/a/"
"""Where the cookie of an asked organisation is sent, and nowhere else: it is no way into the dashboard."""


def signer(home: Path, salt: str) -> URLSafeTimedSerializer:
    """What signs and reads the cookies of one kind."""
    return URLSafeTimedSerializer(sharing.secret(home), salt=salt)


def is_behind_tls(settings: Settings) -> bool:
    """Whether people reach the dashboard over TLS."""
    return settings.public_address.startswith("https:")


def named(settings: Settings, name: str) -> str:
    """What a cookie is called that is sent everywhere: behind TLS no other host of the same domain can set it."""
    return f"__Host-{name}" if is_behind_tls(settings) else name


def read_cookie(connection: HTTPConnection, settings: Settings, name: str) -> str | None:
    """The value of a cookie that is sent everywhere; None when there is none."""
    return connection.cookies.get(named(settings, name))


def set_cookie(answer: Response, settings: Settings, name: str, value: str, seconds: int, path: str = "/") -> None:
    """Give a browser a cookie, as strict as it can be."""
    name = named(settings, name) if path == "/" else name
    secure = is_behind_tls(settings)
    answer.set_cookie(name, value, max_age=seconds, path=path, httponly=True, samesite="lax", secure=secure)


def drop_cookie(answer: Response, settings: Settings, name: str) -> None:
    """Have a browser forget a cookie that is sent everywhere."""
    answer.delete_cookie(named(settings, name), path="/", secure=is_behind_tls(settings))


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
    drop_cookie(answer, settings, VIEWER_COOKIE)


def manager_login(connection: HTTPConnection, home: Path, settings: Settings) -> ManagerLogin | None:
    """The login whose cookie a browser has, as long as it counts: not too old, not ended, and still well founded.

    Raises `store.StoreProblem` when the list of ended logins cannot be read.
    """
    with contextlib.suppress(BadSignature, ValueError, TypeError):
        content = signer(home, "manager").loads(
            read_cookie(connection, settings, MANAGER_COOKIE) or "", max_age=3600 * settings.login_hours
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
