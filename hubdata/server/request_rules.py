"""What an address is and who may use it, and what a request says about where it comes from.

Everything here looks at one request alone: no cookie, no file, no memory.
"""

import contextlib
import ipaddress
import re
from typing import NamedTuple
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response

from hubdata import audit
from hubdata.settings import Settings

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
PROXY_HEADERS = re.compile(r"forwarded|x-forwarded-.+|x-real-ip|via|true-client-ip|cf-connecting-ip")
"""A request with any of these headers came through a proxy, so not directly from this machine."""

_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")
"""A name or an address, and a port: nobody before an @, no path, nothing that is left empty."""

ANYBODY = frozenset({"manager", "viewer", "asked", "stranger"})
LET_IN = frozenset({"manager", "viewer"})
MANAGER = frozenset({"manager"})
ASKED = frozenset({"asked"})
NOBODY: frozenset[str] = frozenset()


class Route(NamedTuple):
    """A kind of address: who may use it with which methods."""

    pattern: str
    methods: frozenset[str]
    kinds: frozenset[str]


LOGOUT = ("/logout", "/auth/logout")
"""Where a login ends; `st.logout` sends a tab to the second."""
GET = frozenset({"GET", "HEAD"})
MAP = r"/s/[^/]+/kumu\.json"
"""Where a map on another site reads the network that a link covers."""
ROUTES = (
    Route(r"/healthz", GET, ANYBODY),
    Route(r"/robots\.txt", GET, ANYBODY),
    Route(MAP, GET, ANYBODY),
    Route(r"/s/.*", frozenset({"GET", "POST"}), ANYBODY),
    Route(r"/a/own(/done)?", GET, ASKED),
    Route(r"/a/own/(profile|ties/\d{1,3}|ratings/\d{1,3}|partners|events)", frozenset({"GET", "POST"}), ASKED),
    Route(r"/a/[^/]*", frozenset({"GET"}), ANYBODY),
    Route(r"/open/[A-Za-z0-9_-]{43}", frozenset({"GET"}), ANYBODY - ASKED),  # the door of this machine
    Route(r"/login", frozenset({"GET", "POST"}), ANYBODY),
    Route(r"/login/oidc", GET, ANYBODY),
    Route(r"/logout", GET, ANYBODY),
    Route(r"/auth/logout|/oauth2callback", GET, ANYBODY),
    Route(r"/hub/(language\.js|frame\.js|words\.js|frame\.css|plotly\.js)", GET, LET_IN),
    Route(r"/_stcore/bidi-components/hub\.chart/chart\.js", GET, LET_IN),  # the element that draws figures
    Route(r"/static/[A-Za-z0-9._/-]+|/favicon\.png", GET, LET_IN),
    Route(r"/_stcore/(health|host-config)", GET, LET_IN),
    Route(r"/media/[A-Za-z0-9._-]+", GET, LET_IN),
    Route(r"/_stcore/upload_file/[^/]+/[^/]+", frozenset({"PUT", "DELETE"}), MANAGER),
    Route(r"/[a-z_]*", GET, LET_IN),  # a page
)
"""Every address there is. Of metrics, the agent API, other components and all else of Streamlit there is none."""


def is_local(connection: HTTPConnection) -> bool:
    """Whether a browser on this machine is asking, by a name of this machine and through no proxy."""
    client = connection.client.host if connection.client else ""
    is_direct = not any(PROXY_HEADERS.fullmatch(name.lower()) for name in connection.headers)
    return _is_loopback(client) and is_direct and is_this_machine(host_name(connection))


def is_this_machine(name: str) -> bool:
    """Whether this is a name that only this machine itself can have."""
    return name == "localhost" or _is_loopback(name)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def host_name(connection: HTTPConnection) -> str:
    """The host that is asked for, without port; "" when it is none, or there are two."""
    hosts = connection.headers.getlist("host")
    with contextlib.suppress(ValueError):
        if len(hosts) == 1 and _HOST.fullmatch(hosts[0]):
            parts = urlsplit(f"//{hosts[0]}")
            if parts.port is None or parts.port > 0:
                return parts.hostname or ""
    return ""


def has_own_origin(connection: HTTPConnection) -> bool:
    """Whether a page of this very server is asking. A request that does not say where it comes from does not count."""
    origins = connection.headers.getlist("origin")
    if len(origins) != 1 or len(connection.headers.getlist("host")) != 1:
        return False
    origin = urlsplit(origins[0])
    return origin.scheme in ("http", "https") and origin.netloc.lower() == connection.headers["host"].lower()


def comes_from_elsewhere(connection: HTTPConnection) -> bool:
    """Whether a page of another site is asking, for anything but to be opened in a window of its own."""
    if "origin" in connection.headers and not has_own_origin(connection):
        return True
    site = connection.headers.get("sec-fetch-site", "none")
    is_opening = (
        connection.headers.get("sec-fetch-mode") == "navigate"
        and connection.headers.get("sec-fetch-dest") == "document"
    )
    return site not in ("none", "same-origin") and not is_opening


def network(connection: HTTPConnection) -> str:
    """The network that a request comes from: the part of an address that is logged and counted."""
    return audit.network_of(connection.client.host if connection.client else "")


def language(connection: HTTPConnection, settings: Settings) -> str:
    """The language of the address, else the first that the browser wants and the hub has."""
    offered = settings.languages
    preferred = re.findall(r"\b[a-z]{2}\b", connection.headers.get("accept-language", "").lower())
    return next((c for c in (connection.query_params.get("lang", ""), *preferred) if c in offered), offered[0])


def here(connection: HTTPConnection, settings: Settings, address: str) -> str:
    """An address of ours, in the language that a reader chose."""
    chosen = connection.query_params.get("lang", "")
    return f"{address}?lang={chosen}" if chosen in settings.languages else address


def not_found() -> Response:
    """The answer for an address that does not exist, or that this visitor may not use."""
    return PlainTextResponse("Not found", 404)
