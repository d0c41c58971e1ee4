"""Who is asking: the cookies somebody has, the rule for this machine, and which of them count.

Whatever is unclear is a stranger.
"""

import contextlib
import json
import logging
from pathlib import Path
from urllib.parse import urlsplit

from itsdangerous import BadSignature
from starlette.requests import HTTPConnection
from streamlit import auth_util, config
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from hubdata import access, sharing
from hubdata.access import STRANGER, Principal
from hubdata.server.cookies import MANAGER_COOKIE, VIEWER_COOKIE, fingerprint, signer
from hubdata.server.oidc import OidcLogin, oidc
from hubdata.server.request_rules import (
    LOOPBACK_NAMES,
    comes_from_elsewhere,
    host_name,
    is_local,
    is_this_machine,
)
from hubdata.settings import Settings

logger = logging.getLogger(__name__)


class Visitors:
    """Everybody who may come to one home."""

    def __init__(self, home: Path, settings: Settings) -> None:
        self.home, self.settings = home, settings

    def who(self, asked: HTTPConnection) -> Principal:
        """The principal behind a request. Whoever has a link's cookie has what the link covers, or nothing."""
        if not self.is_known_host(asked) or comes_from_elsewhere(asked):
            return STRANGER
        if VIEWER_COOKIE in asked.cookies:
            return self._viewer(asked.cookies[VIEWER_COOKIE])
        return self._oidc_manager(asked) or self.password_manager(asked) or self._local_manager(asked) or STRANGER

    def _viewer(self, cookie: str) -> Principal:
        with contextlib.suppress(BadSignature, ValueError):
            link_id, visitor = signer(self.home, "viewer").loads(cookie)
            if sharing.by_id(self.home, link_id):
                return Principal("viewer", link_id, visitor)
        return STRANGER

    def password_manager(self, asked: HTTPConnection) -> Principal | None:
        """Whoever logged in with the password that is set now."""
        hashed = sharing.password_hash(self.home)
        if not hashed or MANAGER_COOKIE not in asked.cookies:
            return None
        with contextlib.suppress(BadSignature, ValueError):
            hours = self.settings.login_hours
            visitor, made_with = signer(self.home, "manager").loads(asked.cookies[MANAGER_COOKIE], max_age=3600 * hours)
            if made_with == fingerprint(hashed) and not sharing.login_has_ended(self.home, visitor):
                return Principal("manager", access.WITH_PASSWORD, visitor)
        return None

    def _oidc_manager(self, asked: HTTPConnection) -> Principal | None:
        """Whoever logged in with `st.login`, when his address is in the list of managers."""
        login = self.oidc_login_of(asked)
        return Principal("manager", login.email, login.id) if login and login.is_verified and login.is_listed else None

    def oidc_login_of(self, asked: HTTPConnection) -> OidcLogin | None:
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
            or sharing.login_has_ended(self.home, fingerprint(raw.decode()))
        ):
            return None
        email = str(said.get("email") or "").strip().casefold()
        # Some providers say nothing about it: they only know addresses that they gave themselves.
        is_verified = said.get("email_verified") in (None, True, "true")
        return OidcLogin(fingerprint(raw.decode()), email, is_verified, email in found.managers)

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

    def is_known_host(self, asked: HTTPConnection) -> bool:
        """Whether the request is for a name that the dashboard has."""
        name = host_name(asked)
        return is_this_machine(name) or name == urlsplit(self.settings.public_address).hostname

    def still(self, asked: HTTPConnection, principal: Principal) -> bool:
        """Whether the principal of an open conversation would be let in again, now."""
        try:
            return self.who(asked) == principal
        except Exception:
            logger.exception("it could not be decided who is asking; nobody is let in")
            return False
