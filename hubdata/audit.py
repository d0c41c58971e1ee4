"""Who did what, when: one line of JSON per event, in one file per day, kept for 180 days.

There is never a token, a passphrase, a value from the data or a full network address in it: an address is cut to the
network it belongs to, which is enough to see that somebody keeps trying.
"""

import contextlib
import datetime
import functools
import ipaddress
import json
from pathlib import Path

from hubdata import store

DAYS_KEPT = 180


def note(home: Path, who: str, what: str, *, link: str = "", detail: str = "") -> None:
    """Write down that `who` did `what`, with which shared link, now (UTC).

    `detail` is a code of ours (a page, a snapshot), never a text that somebody typed. A disk that refuses does not stop
    what is being noted.
    """
    now = datetime.datetime.now(datetime.UTC)
    event = {"at": now.isoformat(timespec="seconds"), "who": who, "what": what, "link": link, "detail": detail}
    line = json.dumps({name: value for name, value in event.items() if value}, ensure_ascii=False)
    with contextlib.suppress(OSError, store.StoreProblem):
        _tidy(home, now.date())
        store.append_line(home, "audit", now.date().isoformat(), line)


@functools.lru_cache(maxsize=4)
def _tidy(home: Path, today: datetime.date) -> None:
    """Once a day: remove what is older than it may be kept."""
    store.forget_lines(home, "audit", (today - datetime.timedelta(days=DAYS_KEPT)).isoformat())


def network_of(address: str) -> str:
    """The network of an address, which says where somebody comes from but not who they are.

    >>> network_of("192.0.2.77"), network_of("2001:db8:1:2::3"), network_of("nonsense")
    ('192.0.2.0/24', '2001:db8:1::/48', 'unknown')
    """
    try:
        parsed_address = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network(f"{parsed_address}/{24 if parsed_address.version == 4 else 48}", strict=False))
