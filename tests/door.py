"""How tests come in as the manager on this machine: through its door, as a browser that opens the address on the console.

A server that a test starts is noted here with its home; `cookies_of` opens the file that the server wrote there, and has the
cookie that a browser gets. A server with another door (a password, OIDC, a public address) has no such file: no cookie.
"""

import re
from pathlib import Path

import httpx

_homes: dict[str, Path] = {}
_cookies: dict[str, dict[str, str]] = {}


def note(address: str, home: Path) -> None:
    """A server has begun at this address."""
    _homes[address] = home
    _cookies.pop(address, None)


def noted() -> list[str]:
    """Where servers have begun."""
    return list(_homes)


def token_path(home: Path, port: int | str) -> str:
    """Where the next browser on this machine comes in (`/open/TOKEN`); "" when there is no such door."""
    file = home / f"open-{port}.html"
    found = re.search(r"/open/[\w-]{43}", file.read_text(encoding="utf-8")) if file.exists() else None
    return found[0] if found else ""


def cookies_of(address: str) -> dict[str, str]:
    """The cookies of a browser on this machine that opened the address on the console, once per server."""
    address = address.rstrip("/")
    if address not in _cookies and address in _homes:
        if not (path := token_path(_homes[address], address.rpartition(":")[2])):
            return {}
        answer = httpx.get(f"{address}{path}", trust_env=False, timeout=60)
        assert answer.status_code == 303, answer.text
        _cookies[address] = dict(answer.cookies)
    return _cookies.get(address, {})
