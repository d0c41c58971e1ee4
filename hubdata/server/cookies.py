"""The cookies by which the server knows somebody again: signed, HttpOnly, and worth nothing without this home's key."""

import hashlib
from pathlib import Path

from itsdangerous import URLSafeTimedSerializer
from starlette.responses import Response

from hubdata import sharing
from hubdata.settings import Settings

VIEWER_COOKIE, MANAGER_COOKIE = "hub_viewer", "hub_manager"


def signer(home: Path, salt: str) -> URLSafeTimedSerializer:
    """What signs and reads the cookies of one kind."""
    return URLSafeTimedSerializer(sharing.secret(home), salt=salt)


def set_cookie(answer: Response, settings: Settings, name: str, value: str, seconds: int) -> None:
    """Give a browser a cookie, as strict as it can be."""
    secure = settings.public_address.startswith("https:")
    answer.set_cookie(name, value, max_age=seconds, path="/", httponly=True, samesite="lax", secure=secure)


def fingerprint(text: str) -> str:
    """What tells one text from another and does not give it away."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
