"""The strict headers that every answer has, whoever gave it."""

import re

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import Message, Send

from hubdata.server.request_rules import MAP
from hubdata.settings import Settings

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self' {sockets}; worker-src 'self' blob:; frame-src 'none'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def with_headers(settings: Settings, connection: HTTPConnection, send: Send) -> Send:
    """`send`, with the strict headers on every answer."""
    host = connection.headers.get("host", "")
    # A map elsewhere reads the network in the browser of its reader; who has the address has the token.
    is_map = re.fullmatch(MAP, connection.scope["path"]) is not None
    is_asset = connection.scope["path"].startswith(("/static/", "/hub/"))

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [_strict_cookie(settings, name, value) for name, value in message["headers"]]
            headers = MutableHeaders(scope=message)
            for name in [name for name in headers if name.startswith("access-control-") or name == "server"]:
                del headers[name]
            if is_map and message["status"] == 200:
                headers["Access-Control-Allow-Origin"] = "*"
            headers.setdefault("Content-Security-Policy", POLICY.format(sockets=f"ws://{host} wss://{host}"))
            headers["X-Content-Type-Options"] = "nosniff"
            headers["X-Frame-Options"] = "DENY"
            headers.setdefault("Referrer-Policy", "no-referrer")
            headers["X-Robots-Tag"] = "noindex, nofollow"
            headers["Cross-Origin-Opener-Policy"] = "same-origin"
            headers["Cross-Origin-Resource-Policy"] = "same-origin"
            headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
            kept = headers.get("Cache-Control", "")
            is_kept = is_asset and message["status"] in (200, 304) and ("immutable" in kept or kept == "no-cache")
            if not is_kept:  # program files hold no data: they never change, or a browser asks whether they did
                headers["Cache-Control"] = "no-store"
            if settings.public_address.startswith("https:"):
                headers["Strict-Transport-Security"] = "max-age=31536000"
        await send(message)

    return sending


def _strict_cookie(settings: Settings, name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """Streamlit's own cookies are not `Secure`."""
    is_strict = b"; secure" in value.lower() or not settings.public_address.startswith("https:")
    return name, value if is_strict or name.lower() != b"set-cookie" else value + b"; Secure"
