"""Shared links: what each covers, and who may still come in with it.

How a link is kept and recognised is in `linkfiles`. What a link covers never changes after it was made, so nothing can
widen it by accident; one that should cover something else is a new link. Unknown, expired and revoked links are told
apart nowhere outside this module.

Links are kept in `links.json` in the home folder, and so in every backup; a restore never brings back a link that was
revoked (`joined`). The key that cookies are signed and stand-ins are made with is in `secret.key`, and not in backups.
"""

import contextlib
import datetime
import functools
import hashlib
import hmac
import json
import logging
import re
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pydantic import Field

from hubdata import page_list, store, story
from hubdata.linkfiles import DamagedLinks, Door, LinkFile, digest_of, new_id, new_token, now, position_of
from hubdata.settings import Language, Settings
from hubdata.store import EVERYTHING, Scope
from hubdata.story import Step
from hubdata.texts import N_

logger = logging.getLogger(__name__)

Funding = Literal["none", "totals", "full"]
FUNDING: tuple[Funding, ...] = ("none", "totals", "full")

PAGES = tuple(name for name, page in page_list.PAGES.items() if page.audience == "shared")
"""The pages that a link may cover."""
USUAL_PAGES = tuple(name for name in PAGES if page_list.PAGES[name].is_usual)
"""What a link covers when nobody chooses."""
DEFAULT_DAYS, MOST_DAYS = 90, 365
SHORTEST_PASSPHRASE = 8
SHORTEST_PASSWORD = 12
LINKS = "links.json"
_HASHER = PasswordHasher()
"""Argon2id with the parameters that its library recommends."""


__all__ = ["DamagedLinks", "Link", "SharingProblem", "now"]
"""What others call by this name, beside the functions below."""

SENTENCES = {
    "no_label": N_("Give the link a name of at most 200 characters, so that you know later whom it was for."),
    "no_pages": N_("Choose at least one page."),
    "unknown_page": N_("There is no such page to share."),
    "unknown_sector": N_("There is no such sector."),
    "unknown_theme": N_("There is no such theme."),
    "unknown_funding": N_("What a link shows of income is none, totals or full."),
    "days": N_("A link works for 1 to 365 days."),
    "short_passphrase": N_("A passphrase has at least 8 characters. No link was made."),
    "names_needed": N_(
        "Without names a link cannot show amounts of single organisations, nor the pages Organisations and "
        "Introductions."
    ),
    "funding_needed": N_("The page Funding needs at least totals: choose what the link shows of income."),
    "amounts_needed": N_("The page What if a donor stops needs amounts of single organisations: choose everything."),
    "no_story": N_("The story has no step that this link would show. Pin views of the pages that it covers first."),
    "story_says_names": N_(
        "A sentence of the story names an organisation, donor or event that this link does not show. Change the "
        "sentence, or what the link shows."
    ),
    "story_says_amounts": N_(
        "A sentence of the story says an amount, and this link shows nothing of income. Change the sentence, or what "
        "the link shows of income."
    ),
    "no_data": N_("There is no data to share yet."),
    "unknown_link": N_("There is no such link."),
    "short_password": N_("A password has at least 12 characters. Nothing was changed."),
}


class SharingProblem(Exception):
    """A link cannot be made as asked; `code` says why (a key of `SENTENCES`). Nothing was made."""

    def __init__(self, code: str) -> None:
        super().__init__(SENTENCES[code])
        self.code = code


class Link(Door):
    """A shared link. Times are UTC, ISO 8601."""

    label: str
    pages: tuple[str, ...]
    sectors: tuple[str, ...] = ()
    """Only organisations of these; empty is all."""
    themes: tuple[str, ...] = ()
    funding: Funding = "none"
    names: bool = True
    downloads: bool = False
    snapshot: str | None = None
    """The snapshot it always shows; None is the one on show."""
    totals_snapshot: str | None = None
    """The snapshot that totals of income are made of: totals of two moments would tell what came between."""
    language: Language | None = None
    passphrase_hash: str = ""
    story: tuple[Step, ...] = Field(default=(), exclude_if=lambda steps: not steps)
    """The steps that it presents, as they were when it was made. Not written where there are none."""

    def scope(self, home: Path) -> Scope:
        """What of a snapshot it covers."""
        full = self.funding == "full"
        return Scope(self.sectors, self.themes, names=self.names, amounts=full, key=_key_of(home, self.id))

    def totals_scope(self, home: Path) -> Scope:
        """What totals are made of: the same organisations, with their amounts. Never for a page."""
        return Scope(self.sectors, self.themes, names=self.names, amounts=True, key=_key_of(home, self.id))


_FILE = LinkFile(LINKS, Link)


# --- making and ending links ------------------------------------------------------------------------------------------


def create(
    home: Path,
    settings: Settings,
    *,
    label: str,
    pages: Sequence[str] = USUAL_PAGES,
    sectors: Sequence[str] = (),
    themes: Sequence[str] = (),
    funding: Funding = "none",
    names: bool = True,
    downloads: bool = False,
    snapshot: str | None = None,
    language: Language | None = None,
    days: int = DEFAULT_DAYS,
    passphrase: str | None = None,
    by: str = "",
) -> tuple[Link, str]:
    """Make a link; returns it with its token, which nobody can read again.

    `passphrase` None is none; an empty or short one is refused rather than left out. Raises `SharingProblem` when the
    link would make no sense or promise what it does not keep, and `store.StoreProblem` when there is no such snapshot.
    """
    _check(settings, label, pages, sectors, themes, funding, names, days, passphrase)
    told = _story(home, pages, Scope(tuple(sectors), tuple(themes), names=names), snapshot, funding)
    needed = snapshot or (store.current_snapshot_id(home) if funding == "totals" else None)
    if needed is None and funding == "totals":
        raise SharingProblem("no_data")
    token, moment = new_token(), now()
    link = Link(
        id=new_id(),
        label=label.strip(),
        token_sha256=digest_of(token),
        created_at=moment,
        created_by=by,
        expires_at=moment + datetime.timedelta(days=days),
        pages=tuple(page for page in PAGES if page in pages),
        sectors=tuple(sectors),
        themes=tuple(themes),
        funding=funding,
        names=names,
        downloads=downloads,
        snapshot=snapshot,
        totals_snapshot=needed if funding == "totals" else None,
        language=language,
        passphrase_hash="" if passphrase is None else _HASHER.hash(passphrase),
        story=told,
    )
    if needed:
        store.pin(home, needed, _pin(link.id))
    try:
        with _FILE.changing(home, sets_aside=True) as links:
            links.append(link)
    except BaseException:
        if needed:
            with contextlib.suppress(store.StoreProblem):
                store.unpin(home, _pin(link.id))
        raise
    with contextlib.suppress(store.StoreProblem):  # the link is made; what ended is let go of with the next one
        _unpin_ended(home)
    return link, token


def _check(
    settings: Settings,
    label: str,
    pages: Sequence[str],
    sectors: Sequence[str],
    themes: Sequence[str],
    funding: Funding,
    names: bool,
    days: int,
    passphrase: str | None,
) -> None:
    """Raise the first thing that is wrong with a link."""
    chosen = [page_list.PAGES[name] for name in pages if name in PAGES]
    wrong = {
        "no_label": not label.strip() or len(label) > 200,
        "no_pages": not pages,
        "unknown_page": not set(pages) <= set(PAGES),
        "unknown_sector": not set(sectors) <= set(settings.sectors),
        "unknown_theme": bool(settings.themes) and not set(themes) <= set(settings.themes),
        "unknown_funding": funding not in FUNDING,
        "days": not 1 <= days <= MOST_DAYS,
        "short_passphrase": passphrase is not None and len(passphrase) < SHORTEST_PASSPHRASE,
        "names_needed": not names and (funding == "full" or any(page.needs_names for page in chosen)),
        "amounts_needed": funding != "full" and any(page.needs_amounts for page in chosen),
        "funding_needed": funding == "none" and any(page.needs_income for page in chosen),
    }
    for code, is_wrong in wrong.items():
        if is_wrong:
            raise SharingProblem(code)


def _story(home: Path, pages: Sequence[str], scope: Scope, snapshot: str | None, funding: Funding) -> tuple[Step, ...]:
    """The steps of the manager's story that a link presents: those of its pages, and of the data that it shows.

    Raises `SharingProblem` when it shows nothing but a story and there is none, or when a sentence says what the link
    does not show.
    """
    if "story" not in pages:
        return ()
    steps = [step for step in story.steps(home) if step.page in pages and not set(story.OLDER) & step.view.keys()]
    if not steps:
        if set(pages) == {"story"}:
            raise SharingProblem("no_story")
        return ()
    said = "\n".join(step.sentence for step in steps)
    if funding == "none" and re.search(r"€|\beuros?\b", said, re.IGNORECASE):
        raise SharingProblem("story_says_amounts")
    shown = snapshot or store.current_snapshot_id(home)
    if shown and any(_names(name, said) for name in _names_hidden(home, shown, scope, funding)):
        raise SharingProblem("story_says_names")
    return tuple(steps)


def _names_hidden(home: Path, snapshot: str, scope: Scope, funding: Funding) -> set[str]:
    """The names of organisations, events and donors that are in the data and not in what a link covers of it."""
    everything = _names_in(home, snapshot, EVERYTHING)
    if not scope.names:
        return everything
    covered = _names_in(home, snapshot, Scope(scope.sectors, scope.themes, amounts=funding != "none", key=new_token()))
    return everything - covered


def _names_in(home: Path, snapshot: str, scope: Scope) -> set[str]:
    columns = (("organisations", "name"), ("events", "name"), ("funding", "donor"))
    with contextlib.closing(store.open_snapshot(home, snapshot, scope)) as opened:
        return {row[column] for table, column in columns for row in opened.records(table) if row[column]}


def _names(name: str, said: str) -> bool:
    """Whether a text says a name, as a word of its own."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said, re.IGNORECASE) is not None


def revoke(home: Path, link_id: str) -> Link:
    """End a link at once. Raises `SharingProblem` when there is none with this id."""
    with _FILE.changing(home) as links:
        position = position_of(links, link_id)
        if position is None:
            raise SharingProblem("unknown_link")
        if links[position].revoked_at is None:
            links[position] = links[position].model_copy(update={"revoked_at": now()})
        revoked = links[position]
    with contextlib.suppress(store.StoreProblem):  # it has ended; its snapshot is let go of with the next link
        store.unpin(home, _pin(link_id))
    return revoked


def note_opened(home: Path, link_id: str) -> None:
    """Count that somebody came in. A disk that refuses keeps nobody out: then this visit is not counted."""
    try:
        with _FILE.changing(home) as links:
            for position, link in enumerate(links):
                if link.id == link_id:
                    links[position] = link.model_copy(update={"opened": link.opened + 1, "last_opened_at": now()})
    except store.StoreProblem as problem:
        logger.warning("a visit with a link is not counted: %s", problem)


def _unpin_ended(home: Path) -> None:
    """Let go of the snapshots that were kept for links that ended."""
    moment = now()
    for link in links(home):
        if not link.is_open(moment):
            store.unpin(home, _pin(link.id))


def _pin(link_id: str) -> str:
    return f"link-{link_id}"


# --- finding links ----------------------------------------------------------------------------------------------------


def by_token(home: Path, token: str) -> Link | None:
    """The link with this token, if it lets anybody in."""
    return _FILE.open_by_token(home, token)


def by_id(home: Path, link_id: str) -> Link | None:
    """The link with this id, if it lets anybody in."""
    return _FILE.open_by_id(home, link_id)


def links(home: Path) -> tuple[Link, ...]:
    """All links, ended ones too, oldest first.

    Raises `store.StoreProblem` when the file is damaged: then nobody gets in.
    """
    return _FILE.links(home)


def joined(present: bytes | None, restored: bytes) -> bytes:
    """The links of a backup beside those that are there: a link that was revoked since stays revoked."""
    return _FILE.joined(present, restored)


def passphrase_fits(link: Link, passphrase: str) -> bool:
    """Whether this is the link's passphrase. Only for a link that has one: see `Link.passphrase_hash`."""
    return _fits(link.passphrase_hash, passphrase)


# --- the manager's password -------------------------------------------------------------------------------------------


def set_password(home: Path, password: str) -> None:
    """Set the manager's password. Raises `SharingProblem` when it is too short."""
    if len(password) < SHORTEST_PASSWORD:
        raise SharingProblem("short_password")
    home.mkdir(parents=True, exist_ok=True)
    store.write_record(home, "manager.password", _HASHER.hash(password).encode())


def password_hash(home: Path) -> str | None:
    """The hash of the manager's password; None when none is set. With a file that cannot be read none fits."""
    try:
        return store.read_record(home, "manager.password").decode().strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        return ""


def password_fits(home: Path, password: str) -> bool:
    """Whether this is the manager's password."""
    return _fits(password_hash(home) or "", password)


NETWORKS = "manager.networks"
MOST_NETWORKS = 100


def note_network(home: Path, network: str) -> None:
    """Remember that a manager logged in from a network (never a full address): others cannot lock it out any more.

    The newest hundred are kept. A disk that refuses keeps nobody out.
    """
    with contextlib.suppress(OSError), store.records_locked(home):
        known = [other for other in _networks(home) if other != network]
        content = json.dumps([*known, network][-MOST_NETWORKS:]).encode()
        store.write_record(home, NETWORKS, content)


def is_known_network(home: Path, network: str) -> bool:
    """Whether a manager ever logged in from this network with the password."""
    return network in _networks(home)


def _networks(home: Path) -> list[str]:
    try:
        known = store.read_json(store.read_record(home, NETWORKS))
    except (OSError, ValueError):  # none yet, or damaged: then it is made anew
        return []
    return [network for network in known if isinstance(network, str)] if isinstance(known, list) else []


def end_login(home: Path, login: str, until: datetime.datetime) -> None:
    """End a login, also for whoever kept its cookie; `until` is when the cookie is worthless anyway."""
    with store.records_locked(home):
        moment = now().isoformat()
        ended_logins = {ended_login: at for ended_login, at in _ended_logins(home).items() if at > moment} | {
            login: until.isoformat()
        }
        store.write_record(home, "manager.logged-out", json.dumps(ended_logins).encode())


def login_has_ended(home: Path, login: str) -> bool:
    """Whether somebody logged out. Raises `store.StoreProblem` when nobody knows: then nobody gets in."""
    return login in _ended_logins(home)


def _ended_logins(home: Path) -> dict[str, str]:
    try:
        return _read_ended(home, store.record_version(home, "manager.logged-out"))
    except FileNotFoundError:
        return {}


@functools.lru_cache(maxsize=8)
def _read_ended(home: Path, _version: tuple[int, ...]) -> dict[str, str]:
    try:
        ended = store.read_json(store.read_record(home, "manager.logged-out"))
        return {str(login): str(at) for login, at in ended.items()}
    except (ValueError, AttributeError) as error:
        raise store.StoreProblem("manager.logged-out is damaged; remove it and set the password again") from error


def _fits(hashed: str, attempt: str) -> bool:
    if not hashed:
        return False
    try:
        return bool(_HASHER.verify(hashed, attempt))
    except (VerificationError, InvalidHashError):
        return False


# --- secrets ----------------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=8)
def secret(home: Path) -> bytes:
    """The key of this home, made when it is first needed. Who has it can make cookies: only its owner may read it.

    A damaged one is set aside and another made: then all logins and visits end, and stand-ins for names differ. In a
    home that may not be written to, the key is that of this process.
    """
    if key := _key_in(home):
        return key
    try:
        with store.records_locked(home):
            if key := _key_in(home):  # another process has made it by now
                return key
            with contextlib.suppress(FileNotFoundError):
                store.record_version(home, "secret.key")
                store.set_record_aside(home, "secret.key")
            key = secrets.token_bytes(32)
            store.write_record(home, "secret.key", key.hex().encode())
            return key
    except store.StoreProblem:  # it is somewhere else: one of our own would be another
        raise
    except OSError as error:
        logger.warning(
            "secret.key cannot be written (%s): visits and logins end when this process does", error.strerror
        )
        return secrets.token_bytes(32)


def _key_in(home: Path) -> bytes | None:
    """The key of a home; None when there is none, or it is damaged."""
    try:
        written = store.read_record(home, "secret.key").decode("ascii", errors="replace").strip()
    except FileNotFoundError:
        return None
    return bytes.fromhex(written) if re.fullmatch("(?:[0-9a-f]{2}){32,}", written) else None


def _key_of(home: Path, link_id: str) -> str:
    """A key of one link, so that stand-ins of two links cannot be laid side by side."""
    return hmac.new(secret(home), f"link/{link_id}".encode(), hashlib.sha256).hexdigest()


def address(settings: Settings, token: str, port: int | None = None, *, door: str = "s") -> str:
    """The address to send. Never made from what a browser says its address is.

    `port` is where the server listens, when that is known; it counts as long as links only work on this machine.
    `door` is "s" for a shared link, "a" for one that asks an organisation.
    """
    base = f"http://localhost:{port}" if port and address_is_local(settings) else settings.public_address
    return f"{base.rstrip('/')}/{door}/{token}"


def address_is_local(settings: Settings) -> bool:
    """Whether links only work on this machine, because no public address is set."""
    return bool(settings.public_address == type(settings).model_fields["public_address"].default)
