"""Columns of ticks: what an empty cell means among cells that say yes."""

import re
from collections.abc import Collection, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from hubdata import models, reading
from hubdata.cells import fold, is_nothing
from hubdata.ingest.answers import FileMapping
from hubdata.ingest.drafts import Draft
from hubdata.ingest.headings import folded, signature
from hubdata.ingest.problems import note
from hubdata.ingest.sources import Source

CODES = frozenset({"attended", "registered", "aangemeld"})
"""In a column with nothing else an empty cell is `attended`, as the data dictionary says."""
CHECKS = frozenset(
    "\N{CHECK MARK}\N{HEAVY CHECK MARK}\N{LIGHT CHECK MARK}\N{WHITE HEAVY CHECK MARK}\N{BALLOT BOX WITH CHECK}"
)
CROSSES = "\N{BALLOT X}\N{HEAVY BALLOT X}\N{MULTIPLICATION X}\N{HEAVY MULTIPLICATION X}\N{BALLOT BOX WITH X}"
"""Beside a check mark they say no, by themselves they tick a box."""

STATUS = models.FIXED_CODES["status"]
INVITED = frozenset(map(fold, models.INVITED.split("|")))
TICKS = frozenset(map(fold, f"{models.YES}|{models.NO}".split("|")))
"""Words that may be an answer to anything."""
OF_INVITATIONS = frozenset({"rsvp", "rsvp_status", "going", "komt", "kommt", "zusage"})
"""Headings, folded, of a column of who was going to come."""
OF_ABSENCE = frozenset(
    {"no_show", "noshow", "niet_verschenen", "afwezig", "absent", "abwesend", "afgemeld", "afmelding", "abgemeldet"}
)
"""Headings, folded, of a column that is ticked for who did not come."""


GOAL = re.compile(r"(?:sdg|goal|doel|ontwikkelingsdoel)\W{0,3}(\d{1,2})(?!\d).*", re.IGNORECASE | re.DOTALL)
THEME = re.compile(r"(?:thema|theme|topic|onderwerp)['’]?s?\s*[:/–-]\s*(\S.*)", re.IGNORECASE | re.DOTALL)
PART_OF_EVENT = re.compile(
    r"(?:dag|day|tag|jour|sessie|session|sitzung|dagdeel|deel|part|ochtend|middag|avond|morning|afternoon|evening)"
    r"(?:_?(?:\d{1,2}|[a-c]))?(?:_.*)?"
)
"""Headings, folded, of columns that are ticked for who came to a part of an event."""


def with_ticks_as_words(sheet: reading.Table, matching: FileMapping) -> reading.Table:
    """A list in which several columns that are ticked are one column with what their headings say.

    Goals (`SDG 5`), themes (`Thema: vrede`), what somebody is (`Lid`, `Huurder`), and parts of an event (`Dag 1`), of
    which one is enough to have come.
    """
    names = [h for h in sheet.header if h in sheet.cells.column_names]
    told = {word for columns in matching.columns.values() for word in columns}
    free = [header for header in names if folded(header) not in told]
    for column, read in (("sdgs", _goal), ("themes", _theme), ("membership", _member), ("status", _part)):
        words = {header: word for header in free if (word := read(header))}
        if len(words) < 2 or column in map(folded, names) or (column == "membership" and len({*words.values()}) < 2):
            continue
        if not all(_is_ticked(sheet.cells[header]) for header in words):
            continue
        sheet = _as_words(sheet, column, words)
    return sheet


def _goal(header: str) -> str:
    match = GOAL.fullmatch(header.strip())
    return match[1] if match else ""


def _theme(header: str) -> str:
    match = THEME.fullmatch(header.strip())
    return match[1] if match else ""


def _member(header: str) -> str:
    code = models.FIXED_CODES["membership"].get(fold(header).strip(" ?"), "")
    return code if fold(header) not in TICKS and code != "none" else ""


def _part(header: str) -> str:
    return "x" if PART_OF_EVENT.fullmatch(folded(header)) else ""


def _is_ticked(cells: pa.ChunkedArray) -> bool:
    """Whether a column holds nothing but ticks, with or without what says that one is not set."""
    return all(not cell.strip() or is_nothing(cell) or fold(cell) in TICKS for cell in pc.unique(cells).to_pylist())


def _as_words(sheet: reading.Table, column: str, words: Mapping[str, str]) -> reading.Table:
    """The list with one column, in the place of those that are ticked."""
    ordered = sorted(words, key=lambda header: words[header] != "tenant") if column == "membership" else list(words)
    ticked = []
    for header in ordered:
        cells = sheet.cells[header]
        yes = [cell for cell in pc.unique(cells).to_pylist() if STATUS.get(fold(cell)) == "attended"]
        ticked.append(pc.if_else(pc.is_in(cells, pa.array(yes, pa.string())), words[header], ""))
    if column in ("membership", "status"):  # one is enough
        together = ticked[0]
        for other in ticked[1:]:
            together = pc.if_else(pc.equal(together, ""), other, together)
    else:
        together = pc.binary_join_element_wise(*ticked, "|")
    kept = [name for name in sheet.cells.column_names if name not in words]
    cells = sheet.cells.select(kept).append_column(column, together)
    remark = reading.Remark("ticks_as_words", {"columns": ", ".join(words), "column": column, "count": len(sheet.rows)})
    left = [name for name in sheet.header if name not in words]
    return sheet._replace(header=[*left, column], cells=cells, remarks=(*sheet.remarks, remark))


def presence_column(sheet: reading.Table, unknown: Collection[str]) -> str | None:
    """The first column that says of each row whether somebody came, whatever its heading is; None when none does.

    All its words are known, and one at least is no mere yes or no: that could be about anything.
    """
    for header in unknown:
        cells = pc.unique(sheet.cells[header].slice(0, 10_000)).to_pylist()
        filled = {fold(cell) for cell in cells if cell.strip() and not is_nothing(cell)}
        if filled and filled <= STATUS.keys() and filled - TICKS:
            return header
    return None


def _said_otherwise(cells: pa.Array, header: str, source: Source, draft: Draft) -> pa.Array:
    """The cells, as yes and no to having come where the column says something else: who would, or who did not."""
    different = pc.unique(cells).to_pylist()
    words = {cell: fold(cell) for cell in different}
    codes = {cell: STATUS.get(word) if not is_nothing(cell) else "" for cell, word in words.items()}
    says_came = any(codes[cell] == "attended" and words[cell] not in TICKS for cell in different)
    if folded(header) in OF_ABSENCE and set(words.values()) <= TICKS | {""}:
        read = {cell: "yes" if codes[cell] != "attended" else "no" for cell in different}
        code, count = (
            "absence_read",
            pc.sum(pc.is_in(cells, pa.array([c for c in read if read[c] == "no"], pa.string()))),
        )
    elif not says_came and (folded(header) in OF_INVITATIONS or INVITED & set(words.values())):
        read = {cell: "registered" if codes[cell] or not cell.strip() else cell for cell in different}
        code, count = "invitations_read", pc.sum(pc.not_equal(pc.utf8_trim_whitespace(cells), ""))
    else:
        return cells
    draft.notes.append(note(code, source.label, column=header, count=count.as_py() or 0))
    said = pc.take(pa.array([read[cell] for cell in different], pa.string()), pc.index_in(cells, pa.array(different)))
    if code == "invitations_read":  # a part of the rows, kept or to repair, may not tell what the column says
        place = source.table.cells.column_names.index(header)
        source.table = source.table._replace(cells=source.table.cells.set_column(place, header, said))
    return said


def with_blanks_read(cells: pa.Array, column: str, source: Source, draft: Draft) -> pa.Array:
    """The cells of a column that is yes when it is empty, with "no" in the empty ones where others say yes.

    Nobody ticks the box of who did not come. Where nobody can say what the others mean, an empty one is no yes either.
    What was found is kept with the file.
    """
    header = next(header for header, name in source.columns.items() if name == column)
    cells = _said_otherwise(cells, header, source, draft)
    different = [cell.strip() for cell in pc.unique(cells).to_pylist()]
    if CHECKS & set("".join(different)):
        cells = pc.replace_substring_regex(cells, f"^\\s*[{CROSSES}]\ufe0f?\\s*$", "no")
    nothing = [cell for cell in different if not cell or (is_nothing(cell) and fold(cell) not in STATUS)]
    filled = [fold(cell) for cell in different if cell not in nothing]
    answered = source.matching.blank_is_no.get(signature(source.table.header))
    has_ticks = any(nothing) or any(cell not in CODES and STATUS.get(cell) != "registered" for cell in filled)
    source.blank_is_no = has_ticks if answered is None else answered
    if not source.blank_is_no or not nothing:
        return cells
    blank = pc.is_in(pc.utf8_trim_whitespace(cells), pa.array(nothing, pa.string()))
    draft.notes.append(note("blank_is_no", source.label, column=header, count=pc.sum(blank).as_py()))
    return pc.if_else(blank, "no", cells)
