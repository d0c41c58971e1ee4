"""Who is asking: the cookies somebody has, the rule for this machine, and which of them count.

Whatever is unclear is a stranger.
"""

import contextlib
import logging
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from itsdangerous import BadSignature
from starlette.requests import HTTPConnection
from starlette.responses import Response

from hubdata import access, asking, sharing
from hubdata.access import STRANGER, Principal
from hubdata.server import oidc
from hubdata.server.cookies import (
    ASKED_COOKIE,
    LOCAL_COOKIE,
    RENEWED_AFTER,
    VIEWER_COOKIE,
    VISIT_SECONDS,
    ManagerLogin,
    drop_cookie,
    manager_login,
    read_cookie,
    set_cookie,
    signer,
)
from hubdata.server.door import LocalDoor, port
from hubdata.server.request_rules import (
    LOOPBACK_NAMES,
    comes_from_elsewhere,
    host_name,
    is_local,
    is_this_machine,
)
from hubdata.settings import Settings
from hubdata.store import StoreProblem

logger = logging.getLogger(__name__)


class Visitors:
    """Everybody who may come to one home."""

    def __init__(self, home: Path, settings: Settings) -> None:
        self.home, self.settings = home, settings
        self.door = LocalDoor(home)

    def identify(self, connection: HTTPConnection) -> Principal:
        """The principal behind a request. Whoever has a link's cookie has what the link covers, or nothing."""
        try:
            if not self.is_known_host(connection) or comes_from_elsewhere(connection):
                return STRANGER
            if ASKED_COOKIE in connection.cookies:
                return self._asked(connection.cookies[ASKED_COOKIE])
            if (cookie := read_cookie(connection, self.settings, VIEWER_COOKIE)) is not None:
                return self._viewer(cookie)
            return self._manager(connection) or self._local_manager(connection) or STRANGER
        except Exception:
            logger.exception("it could not be decided who is asking; nobody is let in")
            return STRANGER

    def is_still_authorised(self, connection: HTTPConnection, principal: Principal) -> bool:
        """Whether the principal of an open connection would still be let in now."""
        return self.identify(connection) == principal

    def _viewer(self, cookie: str) -> Principal:
        with contextlib.suppress(BadSignature, ValueError):
            link_id, visitor = signer(self.home, "viewer").loads(cookie, max_age=VISIT_SECONDS)
            if sharing.by_id(self.home, link_id):
                return Principal("viewer", link_id, visitor)
        return STRANGER

    def _asked(self, cookie: str) -> Principal:
        with contextlib.suppress(BadSignature, ValueError):
            link_id, visitor, proof = signer(self.home, "asked").loads(cookie)
            ask = asking.by_id(self.home, link_id)
            if ask and ask.proof == proof:  # not with the address of before it was renewed
                return Principal("asked", link_id, visitor)
        return STRANGER

    def login_of(self, connection: HTTPConnection) -> ManagerLogin | None:
        """The login that a browser has, also of somebody who is no manager; None when that cannot be found out."""
        try:
            return manager_login(connection, self.home, self.settings)
        except StoreProblem:
            return None

    def _manager(self, connection: HTTPConnection) -> Principal | None:
        login = manager_login(connection, self.home, self.settings)
        if login is None or not login.is_manager:
            return None
        return Principal("manager", login.email if login.provider else access.WITH_PASSWORD, login.id)

    def _local_manager(self, connection: HTTPConnection) -> Principal | None:
        """A browser on this machine that came through its door, while no login is configured and nobody else may come.

        With a public address there is a proxy; one that neither passes Host nor says whom it speaks for would make
        everybody a browser on this machine.
        """
        if not self.is_for_this_machine or not is_local(connection):
            return None
        with contextlib.suppress(BadSignature, ValueError):
            cookie = connection.cookies.get(self.local_cookie, "")
            visitor = str(signer(self.home, "local").loads(cookie, max_age=VISIT_SECONDS))
            return Principal("manager", access.THIS_MACHINE, visitor)
        return None

    @property
    def local_cookie(self) -> str:
        """The cookie of a browser on this machine. A browser sends it to every port, so its name says whose it is."""
        return f"{LOCAL_COOKIE}_{port()}"

    def give_local_cookie(self, answer: Response, visitor: str) -> None:
        """Let in a browser on this machine, and remove the cookie of a link: it is no viewer's any longer."""
        drop_cookie(answer, self.settings, VIEWER_COOKIE)
        set_cookie(answer, self.settings, self.local_cookie, signer(self.home, "local").dumps(visitor), VISIT_SECONDS)

    def give_viewer_cookie(self, answer: Response, link: sharing.Link, visitor: str) -> None:
        """Let in somebody with a link: as long as it works, but not longer than thirty days after a visit."""
        left = int((link.expires_at - sharing.now()).total_seconds())
        value = signer(self.home, "viewer").dumps([link.id, visitor])
        set_cookie(answer, self.settings, VIEWER_COOKIE, value, min(left, VISIT_SECONDS))

    def note_visit(self, connection: HTTPConnection, principal: Principal, answer: Response) -> None:
        """Somebody opens a page: their cookie counts from now on."""
        is_local_manager = principal.kind == "manager" and principal.who == access.THIS_MACHINE
        if principal.kind != "viewer" and not is_local_manager:
            return
        salt = "local" if is_local_manager else "viewer"
        name = self.local_cookie if is_local_manager else VIEWER_COOKIE
        _value, given_at = signer(self.home, salt).loads(
            read_cookie(connection, self.settings, name) or "", return_timestamp=True
        )
        if sharing.now() - given_at < RENEWED_AFTER:
            return
        if is_local_manager:
            self.give_local_cookie(answer, principal.visitor)
        elif link := sharing.by_id(self.home, principal.who):
            self.give_viewer_cookie(answer, link, principal.visitor)

    @property
    def is_for_this_machine(self) -> bool:
        """Whether a browser on this machine is a manager's."""
        return self.is_only_local and not self.has_login and sharing.address_is_local(self.settings)

    @property
    def is_only_local(self) -> bool:
        """Whether the server listens on the usual loopback address; whatever else somebody chose counts as outside."""
        return st.get_option("server.address") in LOOPBACK_NAMES

    @property
    def has_login(self) -> bool:
        """Whether a password or OIDC is configured, even wrongly: then nobody comes in, rather than everybody."""
        return sharing.password_hash(self.home) is not None or oidc.read().is_wanted

    def is_known_host(self, connection: HTTPConnection) -> bool:
        """Whether the request is for a name that the dashboard has."""
        name = host_name(connection)
        return is_this_machine(name) or name == urlsplit(self.settings.public_address).hostname
