"""Which identifier an organisation has in a snapshot, when it was taken for another since something was written of it.

Whoever is taken for another leaves its identifier as an other name of the one that stays (`ingest.merging`). So what is
kept beside the data needs no change when two become one, nor when that is undone: it is read under the identifiers of
the snapshot on show.
"""

import functools
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from hubdata.store import snapshots
from hubdata.store.files import StoreProblem
from hubdata.store.which import by_store

_current = by_store(snapshots.current_snapshot_id)
_open = by_store(snapshots.open_snapshot)


def identifiers_now(home: Path, shown: str | None = None) -> Mapping[str, str]:
    """Other name or earlier identifier -> the identifier it has in a snapshot, else in the one on show."""
    snapshot_id = shown or _current(home)
    return _identifiers_in(home, snapshot_id) if snapshot_id else {}


@functools.lru_cache(maxsize=8)
def _identifiers_in(home: Path, snapshot_id: str) -> Mapping[str, str]:
    """The same of a snapshot, which never changes."""
    try:
        with closing(_open(home, snapshot_id)) as snapshot:
            organisations = snapshot.arrow("organisations").select(["organisation_id", "aliases"]).to_pylist()
    except StoreProblem:  # whoever reads the data says so
        return {}
    now = {row["organisation_id"] for row in organisations}
    return {
        alias: row["organisation_id"] for row in organisations for alias in row["aliases"] or () if alias not in now
    }
