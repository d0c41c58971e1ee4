"""What was made once is kept for the next who asks, up to so many megabytes: answers, rows, figures and tables.

Without a bound in bytes one visitor who looks at one day after another fills the memory. What goes is drawn by lot
among the half that was not asked for longest: of things that are asked for in turn, and do not all fit, some are then
still there when their turn comes. If the oldest went each time, none would be.
"""

import random
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from itertools import islice
from typing import Any, NamedTuple

SAMPLED = 16
"""Of longer lists and dictionaries so many entries are weighed, and the rest is taken to weigh the same."""
DEEPEST = 8


class Thing(NamedTuple):
    """Something that is kept."""

    value: Any
    size: int
    """In bytes."""
    gone: Callable[[], object] | None
    """Called when it is kept no longer."""


class Kept:
    """Things by their key. Whoever asks for what somebody else is making waits for that. Safe between threads."""

    def __init__(self, megabytes: float, most: int = 100_000) -> None:
        """Keep at most so many megabytes, and at most so many things."""
        self.megabytes, self.most = megabytes, most
        self._things: OrderedDict[Hashable, Thing] = OrderedDict()
        self._turns: dict[Hashable, threading.RLock] = {}
        self._lock, self._bytes = threading.Lock(), 0
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
        with self._lock:
            if key in self._things:
                self._things.move_to_end(key)
                return self._things[key].value
            turn = self._turns.setdefault(key, threading.RLock())
        with turn:
            with self._lock:
                if key in self._things:  # made while this one waited
                    return self._things[key].value
            try:
                value = make()
                self._put(key, Thing(value, (size or size_of)(value) + size_of(key), gone))
            finally:
                with self._lock:
                    self._turns.pop(key, None)
        return value

    def _put(self, key: Hashable, thing: Thing) -> None:
        """Keep something, and let go of others until all fit; the one that came last stays, however large it is."""
        gone: list[Thing] = []
        with self._lock:
            if key in self._things:
                self._bytes -= self._things.pop(key).size
            self._things[key] = thing
            self._bytes += thing.size
            while len(self._things) > 1 and (self._bytes > 1e6 * self.megabytes or len(self._things) > self.most):
                place = self._lot.randrange((len(self._things) + 1) // 2)
                gone.append(self._things.pop(next(islice(self._things, place, None))))
                self._bytes -= gone[-1].size
        _say_goodbye(gone)

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
        _say_goodbye(gone)


def _say_goodbye(things: list[Thing]) -> None:
    for thing in things:
        if thing.gone:
            thing.gone()


def size_of(value: Any, depth: int = 0) -> int:
    """About how many bytes a value takes. What two share is weighed twice: rather too much than too little."""
    if isinstance(value, str | bytes | int | float | None):
        return sys.getsizeof(value)
    if hasattr(value, "memory_usage"):  # of pandas
        return _size_of_pandas(value)
    if hasattr(value, "nbytes"):  # of numpy and Arrow
        return int(value.nbytes) + 100
    own = sys.getsizeof(value, 100)
    if depth == DEEPEST or callable(value):
        return own
    if isinstance(value, Mapping):
        inner: Any = value.items()
    elif isinstance(value, list | tuple | set | frozenset):
        inner = value
    else:
        inner = vars(value).values() if hasattr(value, "__dict__") else ()
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
