"""The door of this machine: an address with a token, which the console shows, lets in one browser as the manager's.

While neither a password nor OIDC is configured, whoever sits at this machine is the manager. Where a request comes from
does not say so: other users of the machine, tunnels and proxies come from it too. So a browser shows a token once that
only the user of the dashboard can read, on the console or in a file of the home, and has a cookie from then on.
"""

import hmac
import logging
import secrets
import threading
from pathlib import Path

import streamlit as st

from hubdata import store

logger = logging.getLogger(__name__)

PATH = "/open/"
"""Where a token is shown."""
_OWNER_ONLY = 0o600
_PAGE = """<!DOCTYPE html>
<meta charset="utf-8">
<meta http-equiv="refresh" content="0; url={address}">
<title>Impact City</title>
"""


def port() -> int:
    """Where this server listens."""
    return int(st.get_option("server.port"))


def own_address() -> str:
    """The address of this server for a browser on this machine, by number: a name may lead to somebody else."""
    host = str(st.get_option("server.address"))
    host = "127.0.0.1" if host in ("localhost", "0.0.0.0", "::") else host  # nosec: it is read, not listened on
    return f"http://{f'[{host}]' if ':' in host else host}:{port()}"


class LocalDoor:
    """The token of one process; each lets in one browser, and then there is another."""

    def __init__(self, home: Path) -> None:
        self._home, self._token = home, ""
        self._one_at_a_time = threading.RLock()

    @property
    def file(self) -> Path:
        """The file that leads a browser through the door, for whoever does not see the console; its owner's alone."""
        return self._home / f"open-{port()}.html"

    def address(self) -> str:
        """The address that lets in the next browser."""
        with self._one_at_a_time:
            if not self._token:
                self._renew()
            return f"{own_address()}{PATH}{self._token}"

    def opens(self, token: str) -> bool:
        """Whether this token lets a browser in. It does so once."""
        with self._one_at_a_time:
            fits = bool(self._token) and hmac.compare_digest(token.encode(), self._token.encode())
            if fits:
                self._renew()
            return fits

    def close(self) -> None:
        """Nobody comes in any more: the server ends."""
        self._token = ""
        try:
            self.file.unlink(missing_ok=True)
        except OSError:
            logger.warning("%s could not be removed; its token is worth nothing any more", self.file.name)

    def _renew(self) -> None:
        self._token = secrets.token_urlsafe(32)
        try:
            self._home.mkdir(parents=True, exist_ok=True)
            store.write_file(self.file, _PAGE.format(address=self.address()).encode(), _OWNER_ONLY)
        except OSError as error:  # the console shows it all the same
            logger.warning("%s cannot be written (%s)", self.file.name, error.strerror)
