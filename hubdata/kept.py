"""What was made once is kept for the next who asks, up to so many megabytes: answers, rows, figures and tables.

Without a bound in bytes one visitor who looks at one day after another fills the memory. What goes is, of a few that
are drawn by lot, the one that was not asked for longest, as in Redis: of things that are asked for in turn, and do not
all fit, some are then still there when their turn comes. If the oldest went each time, none would be.

What is there is given without a lock, by one look into a dict; the lock is for what is added and let go.
"""

import itertools
import random
import sys
import threading
from collections.abc import Callable, Hashable, Mapping
from itertools import islice
from typing import Any

SAMPLED = 16
"""Of longer lists and dictionaries so many entries are weighed, and the rest is taken to weigh the same."""
DEEPEST = 8
PLAIN, GROUPS = (str, bytes, int, float, type(None)), (list, tuple, set, frozenset)
"""What is weighed as it is, and what by its entries; most of what is weighed is one of these."""
DRAWN = 3
"""Of so many things that are drawn by lot the oldest goes."""


class Thing:
    """Something that is kept."""

    __slots__ = ("gone", "place", "size", "used", "value")

    def __init__(self, value: Any, size: int, gone: Callable[[], object] | None) -> None:
        """`size` is in bytes; `gone` is called when it is kept no longer."""
        self.value, self.size, self.gone = value, size, gone
        self.used = 0
        """When it was asked for last, as a number that grows."""
        self.place = 0
        """Where its key stands in the list from which lots are drawn."""


class Kept:
    """Things by their key. Whoever asks for what somebody else is making waits for that. Safe between threads."""

    def __init__(self, megabytes: float, most: int = 100_000) -> None:
        """Keep at most so many megabytes, and at most so many things."""
        self.megabytes, self.most = megabytes, most
        self._things: dict[Hashable, Thing] = {}
        self._keys: list[Hashable] = []
        self._turns: dict[Hashable, threading.RLock] = {}
        self._lock, self._bytes = threading.Lock(), 0
        self._clock = itertools.count()
        self._lot = random.Random(0)  # nosec: which one goes is no secret

    def get(
        self,
        key: Hashable,
        make: Callable[[], Any],
        size: Callable[[Any], int] | None = None,
        gone: Callable[[], object] | None = None,
    ) -> Any:
        """What is kept under a key, made by `make` when there is nothing. What that raises is not kept.

        Read-only by agreement: everybody gets the same. `size` weighs it in bytes, in place of `size_of`.
        """
        if (thing := self._there(key)) is not None:
            return thing.value
        with self._turns.setdefault(key, threading.RLock()):
            if (thing := self._there(key)) is not None:  # made while this one waited
                return thing.value
            try:
                value = make()
                self._put(key, Thing(value, (size or size_of)(value) + size_of(key), gone))
            finally:
                self._turns.pop(key, None)
        return value

    def _there(self, key: Hashable) -> Thing | None:
        thing = self._things.get(key)
        if thing is not None:
            thing.used = next(self._clock)
        return thing

    def _put(self, key: Hashable, thing: Thing) -> None:
        """Keep something, and let go of others until all fit; the one that came last stays, however large it is."""
        gone: list[Thing] = []
        with self._lock:
            if key in self._things:
                self._drop(key)
            while self._keys and (self._bytes + thing.size > 1e6 * self.megabytes or len(self._keys) >= self.most):
                others = self._lot.choices(self._keys, k=DRAWN)
                gone.append(self._drop(min(others, key=lambda other: self._things[other].used)))
            thing.used, thing.place = next(self._clock), len(self._keys)
            self._things[key] = thing
            self._keys.append(key)
            self._bytes += thing.size
        _say_goodbye(gone)

    def _drop(self, key: Hashable) -> Thing:
        """Let go of something; the last key takes its place in the list."""
        thing, last = self._things.pop(key), self._keys.pop()
        if thing.place < len(self._keys):
            self._keys[thing.place] = last
            self._things[last].place = thing.place
        self._bytes -= thing.size
        return thing

    @property
    def bytes(self) -> int:
        """What is kept weighs so much."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._things)

    def clear(self) -> None:
        """Keep nothing any more."""
        with self._lock:
            gone, self._bytes = list(self._things.values()), 0
            self._things.clear()
            self._keys.clear()
        _say_goodbye(gone)


def _say_goodbye(things: list[Thing]) -> None:
    for thing in things:
        if thing.gone:
            thing.gone()


def size_of(value: Any, depth: int = 0) -> int:
    """About how many bytes a value takes. What two share is weighed twice: rather too much than too little."""
    if isinstance(value, PLAIN):
        return sys.getsizeof(value)
    if isinstance(value, GROUPS):
        inner: Any = value
    elif isinstance(value, dict):
        inner = value.items()
    elif hasattr(value, "memory_usage"):  # of pandas
        return _size_of_pandas(value)
    elif hasattr(value, "nbytes"):  # of numpy and Arrow
        return int(value.nbytes) + 100
    elif isinstance(value, Mapping):
        inner = value.items()
    else:
        inner = vars(value).values() if hasattr(value, "__dict__") else ()
    own = sys.getsizeof(value, 100)
    if depth == DEEPEST or callable(value):
        return own
    count = len(inner)
    weighed = [size_of(one, depth + 1) for one in islice(inner, 0, None, max(1, count // SAMPLED))]
    return own + (sum(weighed) * count // len(weighed) if weighed else 0)


def _size_of_pandas(value: Any) -> int:
    """Of a table, a column or an index. A text that many rows have is one, and weighed once."""
    taken = value.memory_usage()
    size = int(taken.sum() if hasattr(taken, "sum") else taken)
    for column in (value.iloc[:, place] for place in range(value.shape[1])) if value.ndim == 2 else (value,):
        if getattr(column.dtype, "kind", "O") == "O":  # places of things, each of 8 bytes
            size += size_of(list({id(thing): thing for thing in column.tolist()}.values()))
    return size


KEPT = Kept(200)
"""What pages ask for and show, of all visitors together. `kept_megabytes` in hub.toml sets how much."""
