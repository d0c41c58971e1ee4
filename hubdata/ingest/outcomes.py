"""What a column of how things stand says of its rows: that nothing came of it, or that it is over.

No list of ours has such a column, and without it what was refused would count as income, and what was called off as an
event. Only the words below are understood; every other status leaves its row as it is.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hubdata.cells import fold, split_period
from hubdata.ingest.drafts import Draft
from hubdata.ingest.headings import folded
from hubdata.ingest.problems import note
from hubdata.ingest.sources import Source

HEADINGS = (
    "status|stand|stand_van_zaken|state|stage|fase|phase|besluit|beslissing|uitkomst|resultaat|outcome|decision|result|"
    "status_aanvraag|aanvraagstatus|application_status|grant_status|award_status|statut|ergebnis|status_project|"
    "projectstatus|project_status|status_samenwerking|status_lid|lidstatus|lid_status|status_organisatie|actief|active|"
    "status_bijeenkomst|event_status"
)
"""What such a column is called, folded."""
_OFF = (
    "geannuleerd|afgelast|afgeblazen|gaat niet door|ging niet door|niet doorgegaan|cancelled|canceled|called off|"
    "abgesagt|storniert|annule|annulee|ingetrokken|withdrawn|zuruckgezogen|afgewezen|geweigerd|rejected|declined|"
    "refused|turned down|abgelehnt|refuse|rejete"
)
_NOT_YET = (
    "niet toegekend|niet gehonoreerd|not awarded|not granted|not funded|unsuccessful|in behandeling|ingediend|"
    "aangevraagd|in aanvraag|nog niet besloten|pending|submitted|applied|under review|in review|concept|draft|"
    "beantragt|in bearbeitung|en attente|en cours d'examen|wachtlijst|reservelijst|waiting list"
)
NOTHING_CAME = {
    "funding": f"{_OFF}|{_NOT_YET}|vervallen",
    "events": f"{_OFF}|vervallen",
    "partnerships": f"{_OFF}|idee|idea|prospect",
}
"""Table -> words, folded, of rows of which nothing came, or nothing yet."""
_OVER = (
    "gestopt|beeindigd|afgelopen|afgerond|afgesloten|ended|finished|done|completed|complete|closed|stopped|terminated|"
    "expired|verlopen|vervallen|beendet|abgeschlossen|termine|terminee|opgeheven|inactief|niet actief|"
    "niet meer actief|inactive|not active|no longer active|former|voormalig"
)
OVER = {
    "partnerships": _OVER,
    "organisations": f"{_OVER}|vertrokken|opgezegd|uitgetreden|ex-lid|oud-lid|oud lid|ex lid|former member|left|"
    "failliet|dissolved|ausgetreten|ehemalig|ancien membre",
}
"""Table -> words, folded, of rows that are over."""
END = {"partnerships": "end_date", "organisations": "left_on"}


def without_what_never_was(source: Source, unknown: Sequence[str], draft: Draft) -> None:
    """Leave out the rows of which an `unknown` column says that nothing came; and say which are over without an end."""
    for header in unknown:
        if folded(header) not in HEADINGS.split("|") or header not in source.table.cells.column_names:
            continue
        if (words := NOTHING_CAME.get(source.name)) is not None:
            says_so, text = _says(source.table.cells[header], words)
            if text:
                gaps = {"column": header, "text": text, "count": int(says_so.sum())}
                draft.notes.append(note("nothing_came", source.label, **gaps))
                source.keep_rows(~says_so)
        if (words := OVER.get(source.name)) is not None:
            says_so, text = _says(source.table.cells[header], words)
            says_so &= _has_no_end(source, says_so)
            if says_so.any():
                gaps = {"column": header, "text": text, "count": int(says_so.sum())}
                draft.notes.append(note("over_without_end", source.label, **gaps))


def _says(cells: pa.ChunkedArray, words: str) -> tuple[np.ndarray, str]:
    """Per row whether its cell is one of the words, and the first such cell; "" when none is."""
    known = {*words.split("|")}
    found = [cell for cell in pc.unique(cells).to_pylist() if fold(cell).strip(" .!") in known]
    says_so: np.ndarray = pc.is_in(cells, pa.array(found, pa.string())).to_numpy(zero_copy_only=False).astype(bool)
    return says_so, found[0].strip() if found else ""


def _has_no_end(source: Source, rows: np.ndarray) -> np.ndarray:
    """Which of these rows say no last day, neither in a column of ends nor in that of starts."""
    without = rows.copy()
    for header, column in source.columns.items():
        if column not in (END[source.name], "start_date"):
            continue
        cells = source.table.cells[header]
        for row in np.flatnonzero(without).tolist():
            cell = cells[row].as_py()
            ends = cell.strip() if column == END[source.name] else (split_period(cell) or ("", ""))[1]
            without[row] = not ends
    return without
