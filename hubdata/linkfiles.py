"""Files with links: what every kind of link has, and the care with which a file of them is kept.

A link is an address with a token of 256 bits that nobody but its receiver has: of the token only the SHA-256 is kept.
A file is written whole, by one at a time. In doubt nobody gets in: with a damaged file, or with one that a newer
version wrote something in that may be about all links.
"""

import contextlib
import datetime
import functools
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Generic, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from hubdata import store


class Door(BaseModel):
    """What every link has. Times are UTC, ISO 8601.

    What a newer version noted of it is kept as it is, and closes it: it may be what narrows the link.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    id: str
    token_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    created_at: AwareDatetime
    created_by: str = ""
    expires_at: AwareDatetime
    revoked_at: AwareDatetime | None = None
    opened: Annotated[int, Field(ge=0)] = 0
    last_opened_at: AwareDatetime | None = None

    def is_open(self, moment: datetime.datetime) -> bool:
        """Whether it lets anybody in."""
        return self.revoked_at is None and moment < self.expires_at and not self.is_from_a_newer_version

    @property
    def is_from_a_newer_version(self) -> bool:
        """Whether something is noted of it that this version does not understand."""
        return bool(self.model_extra)


L = TypeVar("L", bound=Door)


class DamagedLinks(store.StoreProblem):
    """Nobody can say any more which links there are, so none lets anybody in."""


class FromANewerVersion(ValueError):
    """There is something beside the links that may be about all of them."""


class LinkFile(Generic[L]):
    """The links of one kind, in a file at the top of a home, and so in every backup."""

    def __init__(self, name: str, kind: type[L]) -> None:
        self.name, self.kind = name, kind
        self._read = functools.lru_cache(maxsize=8)(self._read_anew)

    def links(self, home: Path) -> tuple[L, ...]:
        """All links, ended ones too, oldest first.

        Raises `store.StoreProblem` when the file is damaged or cannot be read: then nobody gets in.
        """
        try:
            return self._read(home, store.record_version(home, self.name))
        except FileNotFoundError:
            return ()
        except store.StoreProblem:
            raise
        except IsADirectoryError as error:
            raise DamagedLinks("a folder lies where the links should be; no link lets anybody in", "damaged") from error
        except OSError as error:
            raise store.StoreProblem(f"{home / self.name} cannot be read; no link lets anybody in", "busy") from error

    def _read_anew(self, home: Path, _version: tuple[int, ...]) -> tuple[L, ...]:
        content = store.read_record(home, self.name)
        try:
            return self._parsed(content)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            if isinstance(error, FromANewerVersion):
                message = "a newer version wrote the shared links; no link lets anybody in"
                raise store.StoreProblem(message, "newer") from error
            raise DamagedLinks("the file with shared links is damaged; no link lets anybody in", "damaged") from error

    def _parsed(self, content: bytes) -> tuple[L, ...]:
        read = store.read_json(content)
        if not isinstance(read, dict) or "links" not in read:
            raise ValueError("no links")
        parsed = tuple(self.kind.model_validate(item) for item in read["links"])
        if read.keys() != {"links"}:
            raise FromANewerVersion("something beside the links")
        return parsed

    def _written(self, links: Sequence[L]) -> bytes:
        return json.dumps({"links": [link.model_dump(mode="json") for link in links]}, indent=1).encode()

    def open_by_token(self, home: Path, token: str) -> L | None:
        """The link with this token, if it lets anybody in. All are compared, so that the time taken tells nothing."""
        digest, moment, open_link = digest_of(token), now(), None
        for link in self.links(home):
            if hmac.compare_digest(link.token_sha256, digest) and link.is_open(moment):
                open_link = link
        return open_link

    def open_by_id(self, home: Path, link_id: str) -> L | None:
        """The link with this id, if it lets anybody in."""
        moment = now()
        return next((link for link in self.links(home) if link.id == link_id and link.is_open(moment)), None)

    @contextlib.contextmanager
    def changing(self, home: Path, sets_aside: bool = False) -> Iterator[list[L]]:
        """The links as a list to change; written whole when nothing was raised.

        A damaged file is set aside when `sets_aside`, and the list begins empty: the links of before stay shut. Raises
        `store.StoreProblem` when it cannot be read or written.
        """
        with store.disk_errors_as_problems(), store.records_locked(home):
            try:
                changed = list(self.links(home))
            except DamagedLinks:
                if not sets_aside:
                    raise
                store.set_record_aside(home, self.name)
                changed = []
            yield changed
            store.write_record(home, self.name, self._written(changed))

    def joined(self, present: bytes | None, restored: bytes) -> bytes:
        """The links of a backup beside those that are there: a link that was revoked since stays revoked.

        Raises `ValueError` when either cannot be read, since then nobody knows what was revoked.
        """
        try:
            links_by_id = {link.id: link for link in self._parsed(restored)}
            for link in self._parsed(present) if present else ():
                links_by_id[link.id] = link
        except (ValidationError, KeyError, TypeError) as error:
            raise ValueError("links that cannot be read") from error
        return self._written(sorted(links_by_id.values(), key=lambda link: link.created_at))


def position_of(links: Sequence[Door], link_id: str) -> int | None:
    """Where a link stands in a list; None when it is not there."""
    return next((position for position, link in enumerate(links) if link.id == link_id), None)


def new_token() -> str:
    """A token of 256 bits."""
    return secrets.token_urlsafe(32)


def new_id() -> str:
    """An id of a link, which says nothing."""
    return secrets.token_hex(5)


def digest_of(token: str) -> str:
    """The SHA-256 of a token: all that is kept of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def now() -> datetime.datetime:
    """The present moment (UTC)."""
    return datetime.datetime.now(datetime.UTC)
