"""What goes wrong a thousand times a second is said a few times: a log must not fill the disk on which the data is.

Out of file descriptors, Python itself writes a traceback for every connection that it cannot accept, two thousand times
a second.
"""

import logging
import threading
import time

MOST_IN_A_MINUTE = 5
MOST_KINDS = 1000


class Sparing(logging.Filter):
    """Lets a warning or error of one kind through five times a minute, and then says how often it was left out.

    A kind is the logger, the message without its values, and the type of the exception.
    """

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[object, ...], tuple[float, int]] = {}
        """Kind -> when its minute began, and how often it came in it."""
        self._lock = threading.Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return True
        exception = record.exc_info[0] if record.exc_info else None
        kind, now = (record.name, record.levelno, str(record.msg)[:200], exception), time.monotonic()
        with self._lock:
            began, count = self._said.get(kind, (now, 0))
            left_out = 0
            if now - began >= 60:
                left_out, began, count = max(count - MOST_IN_A_MINUTE, 0), now, 0
            if len(self._said) >= MOST_KINDS:
                self._said.clear()
            self._said[kind] = (began, count + 1)
        if left_out:
            record.msg, record.args = f"{record.getMessage()} (and {left_out} times more before this)", None
        return count < MOST_IN_A_MINUTE


def keep_small() -> None:
    """Make every log of this process sparing: ours, Streamlit's, the web server's and Python's own."""
    sparing = Sparing()
    named = [logger for logger in logging.root.manager.loggerDict.values() if isinstance(logger, logging.Logger)]
    handlers = {handler for logger in (logging.root, *named) for handler in logger.handlers}
    for handler in handlers | ({logging.lastResort} if logging.lastResort else set()):
        handler.addFilter(sparing)
