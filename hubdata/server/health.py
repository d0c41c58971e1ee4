"""`/healthz`: whether the data can be read, for whoever watches the server."""

import asyncio
import contextlib
import logging
import time
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import JSONResponse

from hubdata import store

REMEMBERED_SECONDS = 5.0
"""An answer is given again for so long: anybody may ask, and looking takes a file and a thread."""
logger = logging.getLogger(__name__)


class State(NamedTuple):
    """What was found: the status of HTTP, a word for it, and the snapshot that is on show."""

    code: int
    word: str
    snapshot: str | None = None


class Health:
    """Looks at most once in five seconds, in a thread of its own, however many ask."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._found: tuple[float, State] | None = None
        self._looking = asyncio.Lock()

    async def answer(self, request: Request) -> JSONResponse:
        """200 with the snapshot's id when a row of the data can be read, 503 when not."""
        async with self._looking:
            if self._found is None or time.monotonic() - self._found[0] > REMEMBERED_SECONDS:
                state = await asyncio.to_thread(look, self._home)
                self._found = (time.monotonic(), state)
            state = self._found[1]
        content = {"status": state.word} | ({"snapshot": state.snapshot} if state.snapshot else {})
        return JSONResponse(content, state.code)


def look(home: Path) -> State:
    """Open what is on show and read a row of it."""
    try:
        current_snapshot_id = store.current_snapshot_id(home)
        if current_snapshot_id is None:
            return State(503, "data cannot be read" if store.has_snapshots(home) else "no data")
        with contextlib.closing(store.open_snapshot(home, current_snapshot_id)) as snapshot:
            snapshot.read_a_row()
        is_standing_in = current_snapshot_id != store.named_snapshot_id(home)
    except Exception as error:  # whatever is wrong, the answer is the same: not healthy
        logger.warning("the data cannot be read (%s)", type(error).__name__)
        return State(503, "data cannot be read")
    return State(200, "older data" if is_standing_in else "ok", current_snapshot_id)
