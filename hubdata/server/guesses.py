"""How often somebody may guess: passwords, passphrases, links.

The counts are in memory, and a restart forgets them; servers that share a store keep them there.
"""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request

from hubdata import store
from hubdata.server.forms import form_of
from hubdata.server.request_rules import network

WRONG_SECRETS = RateLimitItemPerMinute(5, 15)
"""After so many wrong passwords or passphrases from one network, it has to wait a quarter of an hour."""
WRONG_SECRETS_IN_ALL = RateLimitItemPerMinute(60, 15)
"""The same for all networks together, but those that gave the right one before: nobody elsewhere can lock them out."""
UNKNOWN_LINKS = RateLimitItemPerMinute(100, 10)
SAVES = RateLimitItemPerMinute(150, 10)
"""How often something may be saved with one link that asks: ten times what a hurried reader needs."""


class Guesses:
    """The wrong guesses so far, by kind of secret and network."""

    def __init__(self, home: Path | None = None) -> None:
        """Servers that share the store of `home` count together."""
        self._home = home
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._hashing = asyncio.Lock()

    def may_go_on(self, limit: RateLimitItem, *names: str) -> bool:
        """Whether another guess is allowed. When nobody knows how many there were, it is not."""
        try:
            counted = store.attempts(self._home, _name(limit, names), limit.get_expiry()) if self._home else None
        except OSError:
            return False
        if counted is not None:
            return counted < limit.amount
        return self._limiter.test(limit, *names)

    def count(self, limit: RateLimitItem, *names: str) -> None:
        """Count a wrong guess."""
        with contextlib.suppress(OSError):
            if self._home and store.count_attempt(self._home, _name(limit, names)):
                return
        self._limiter.hit(limit, *names)

    async def attempt(
        self,
        request: Request,
        what: tuple[str, ...],
        fits: Callable[..., bool],
        *given: Any,
        is_known_network: bool = False,
    ) -> Literal["not said", "right", "wrong", "late"]:
        """Whether somebody typed the right secret; `late` after too many wrong guesses, whatever was typed.

        Who comes from a network that gave the right one before is kept waiting by wrong guesses of that network alone.

        One at a time: Argon2 takes 64 MB and a core for a moment, and of attempts that come all at once none may be
        weighed before the one before it was counted.
        """
        if request.method != "POST":
            return "not said"
        form = await form_of(request)
        typed = (form or {}).get("secret", [""])[0]
        counted = ((WRONG_SECRETS, (*what, network(request))), (WRONG_SECRETS_IN_ALL, (*what, "all")))
        async with self._hashing:
            weighed = counted[:1] if is_known_network else counted
            if not all(self.may_go_on(limit, *names) for limit, names in weighed):
                return "late"
            if form is not None and await asyncio.to_thread(fits, *given, typed):
                return "right"
            for limit, names in counted:
                self.count(limit, *names)
            return "wrong"


def _name(limit: RateLimitItem, names: tuple[str, ...]) -> str:
    """What is counted: a limit, and of whom."""
    return "/".join((str(limit.amount), *names))
