"""What organisations are called: their other names, and who is meant by one."""

from hubdata.cells import fold
from hubdata.settings import Settings
from hubdata.store import Snapshot, View


def answer_other_names(snapshot: Snapshot, settings: Settings, view: View) -> dict[str, list[str]]:
    """Id -> other names of the active organisations that have any: to find them by, too."""
    active = snapshot.rows("active_organisations", view)
    known = active[active["aliases"].notna()]
    return {i: list(names) for i, names in zip(known["organisation_id"], known["aliases"], strict=True) if len(names)}


def named(snapshot: Snapshot, text: str) -> list[str]:
    """The organisations that a text means: by identifier, else by name, else by another name; none, one or more."""
    rows = snapshot.records("organisations")
    wanted = fold(text)
    for column in ("organisation_id", "name", "aliases"):
        said = [(row["organisation_id"], row[column]) for row in rows if row[column]]
        found = [i for i, names in said if wanted in map(fold, [names] if isinstance(names, str) else names)]
        if found:
            return [text] if text in found else found
    return []
