"""Links that ask: who was asked about their own ties, and who may still answer.

A link of this kind belongs to one organisation. It lets whoever has it see that organisation's own profile and ties,
and propose changes of these (`answering`): nothing of the data changes before a manager accepts it. It closes by
itself; a manager can end it, and renew it: then it has another token, and the old address is worth nothing.

The links are in `asks.json`, with the same care as shared links (`linkfiles`); a restore never brings back one that was
revoked. Nothing is sent from here.
"""

import datetime
import hmac
import logging
from collections.abc import Iterable, Mapping
from pathlib import Path

from hubdata import store
from hubdata.linkfiles import DamagedLinks, Door, LinkFile, digest_of, new_id, new_token, now, position_of
from hubdata.texts import N_

__all__ = ["ASKS", "Ask", "AskProblem", "DamagedLinks", "now"]
"""What others call by this name, beside the functions below."""

logger = logging.getLogger(__name__)

ASKS = "asks.json"
DEFAULT_DAYS, MOST_DAYS = 30, 90
MOST_AT_ONCE = 2000

SENTENCES = {
    "days": N_("A link that asks an organisation works for 1 to 90 days."),
    "nobody": N_("Choose at least one organisation."),
    "too_many": N_("At most 2000 organisations are asked at once."),
    "no_own_data": N_("Load your own lists first: the sample and the demo are not yours to ask about."),
    "unknown_organisation": N_("There is no such organisation in the data."),
    "unknown_link": N_("There is no such link."),
}


class AskProblem(Exception):
    """Nobody can be asked as wanted; `code` says why (a key of `SENTENCES`). Nothing was made."""

    def __init__(self, code: str) -> None:
        super().__init__(SENTENCES[code])
        self.code = code


class Ask(Door):
    """A link that asks one organisation. Times are UTC, ISO 8601."""

    organisation_id: str
    name: str = ""
    """What the organisation was called when it was asked, for the manager's list."""
    ratings: bool = False
    """Whether it is also asked how far it trusts and values its partners."""

    @property
    def last_day(self) -> datetime.date:
        """The last day on which it works all day (UTC)."""
        return (self.expires_at - datetime.timedelta(days=1)).date()

    @property
    def proof(self) -> str:
        """Tells this token from the one before it was renewed; it stands in a cookie and gives nothing away."""
        return hmac.new(self.token_sha256.encode(), b"cookie", "sha256").hexdigest()[:16]


_FILE = LinkFile(ASKS, Ask)


def create(
    home: Path, organisations: Mapping[str, str], *, days: int = DEFAULT_DAYS, ratings: bool = False, by: str = ""
) -> list[tuple[Ask, str]]:
    """Make a link for each organisation (id -> name) that has none which is open; each with its token.

    Nobody can read a token again. Who has an open link keeps it: the address may be in somebody's mail (see `renew`).
    Raises `AskProblem`, and `store.StoreProblem` when nothing can be written.
    """
    if not 1 <= days <= MOST_DAYS:
        raise AskProblem("days")
    if not organisations:
        raise AskProblem("nobody")
    if len(organisations) > MOST_AT_ONCE:
        raise AskProblem("too_many")
    moment = now()
    made: list[tuple[Ask, str]] = []
    with _FILE.changing(home, sets_aside=True) as links:
        asked = {link.organisation_id for link in _as_now_known(home, links) if link.is_open(moment)}
        for organisation_id, name in organisations.items():
            if organisation_id in asked:
                continue
            token = new_token()
            link = Ask(
                id=new_id(),
                token_sha256=digest_of(token),
                created_at=moment,
                created_by=by,
                expires_at=_end_of(moment, days),
                organisation_id=organisation_id,
                name=name,
                ratings=ratings,
            )
            made.append((link, token))
        links.extend(link for link, _token in made)
    return made


def _end_of(moment: datetime.datetime, days: int) -> datetime.datetime:
    """When a link closes: not before the end of its last day, since that day is what people are told."""
    return datetime.datetime.combine(moment.date() + datetime.timedelta(days=days + 1), datetime.time(), datetime.UTC)


def renew(home: Path, link_id: str, *, days: int = DEFAULT_DAYS) -> tuple[Ask, str]:
    """Give a link another token and another end; what was answered with it stays, its old address is worth nothing.

    Raises `AskProblem` when there is no such link.
    """
    if not 1 <= days <= MOST_DAYS:
        raise AskProblem("days")
    token, moment = new_token(), now()
    with _FILE.changing(home) as links:
        position = position_of(links, link_id)
        if position is None or links[position].is_from_a_newer_version:
            raise AskProblem("unknown_link")
        links[position] = links[position].model_copy(
            update={
                "token_sha256": digest_of(token),
                "expires_at": _end_of(moment, days),
                "revoked_at": None,
            }
        )
        return links[position], token


def revoke(home: Path, link_id: str) -> Ask:
    """End a link at once; what was answered with it stays. Raises `AskProblem` when there is none with this id."""
    with _FILE.changing(home) as links:
        position = position_of(links, link_id)
        if position is None:
            raise AskProblem("unknown_link")
        if links[position].revoked_at is None:
            links[position] = links[position].model_copy(update={"revoked_at": now()})
        return links[position]


def note_opened(home: Path, link_id: str) -> None:
    """Count that somebody came in. A disk that refuses keeps nobody out: then this visit is not counted."""
    try:
        with _FILE.changing(home) as links:
            position = position_of(links, link_id)
            if position is not None:
                opened = links[position].opened + 1
                links[position] = links[position].model_copy(update={"opened": opened, "last_opened_at": now()})
    except store.StoreProblem as problem:
        logger.warning("a visit with a link is not counted: %s", problem)


def by_token(home: Path, token: str) -> Ask | None:
    """The link with this token, if it lets anybody in."""
    return next(iter(_as_now_known(home, [_FILE.open_by_token(home, token)])), None)


def by_id(home: Path, link_id: str) -> Ask | None:
    """The link with this id, if it lets anybody in."""
    return next(iter(_as_now_known(home, [_FILE.open_by_id(home, link_id)])), None)


def links(home: Path) -> tuple[Ask, ...]:
    """All links, ended ones too, oldest first. Raises `store.StoreProblem` when the file is damaged."""
    return tuple(_as_now_known(home, _FILE.links(home)))


def _as_now_known(home: Path, found: Iterable[Ask | None]) -> list[Ask]:
    """Links, each of the organisation that it is of now; as they are written they keep what they were made with."""
    now_known = store.identifiers_now(home)
    return [
        link.model_copy(update={"organisation_id": now_known[link.organisation_id]})
        if link.organisation_id in now_known
        else link
        for link in found
        if link
    ]


def joined(present: bytes | None, restored: bytes) -> bytes:
    """The links of a backup beside those that are there: a link that was revoked since stays revoked."""
    return _FILE.joined(present, restored)
