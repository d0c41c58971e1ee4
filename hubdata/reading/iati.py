"""IATI activities (https://iatistandard.org, versions 1 and 2), as XML -> two lists: who takes part, and what was paid.

An IATI file is a tree; here it becomes rows, one for each organisation of an activity and one for each transaction.
Headings are the names of the standard. The row number of a row is the number of its activity in the file, from 1.
Contacts of an activity, which are persons, are never read.

XML can be made to grow without end: a file with a document type, an entity or a reference to elsewhere is refused, and
each activity is forgotten once it is read.
"""

import io
import re
from xml.etree.ElementTree import (  # nosec B405: only the type; defusedxml reads
    Element,
    ParseError,
)

import numpy as np
import pyarrow as pa
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from hubdata.reading.table import Finding, Limits, Table, refused_table

ROOT = re.compile(rb"<iati-activities[\s>/]")
HEAD_BYTES = 20_000
"""So far into a file its root is looked for: behind comments, and a document type that will be refused."""
MOST_ROWS = 1_000_000
PARTICIPANTS = ("iati-identifier", "title", "activity-start", "activity-end", "participating-org",
                "participating-org ref", "participating-org type", "participating-org role")  # fmt: skip
TRANSACTIONS = ("iati-identifier", "title", "activity-start", "activity-end", "transaction-type", "transaction-date",
                "provider-org", "provider-org ref", "provider-org type", "receiver-org", "receiver-org ref",
                "value", "currency")  # fmt: skip
STARTS, ENDS = ("2", "start-actual", "1", "start-planned"), ("4", "end-actual", "3", "end-planned")
"""Types of `activity-date`, of both versions; what happened goes before what was planned."""
INCOMING, OUTGOING = ("1", "11", "13", "IF"), ("2", "3", "4", "C", "D", "E")
"""Types of transactions of which a side that is left out is whoever reports: who receives, or who pays."""


def is_iati(content: bytes) -> bool:
    """Whether a file holds IATI activities."""
    head = content[:HEAD_BYTES].replace(b"\0", b"")
    return head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<") and bool(ROOT.search(head))


def read(content: bytes, limits: Limits) -> list[Table]:
    """The two lists of a file with activities, or why there are none. Never raises."""
    taking_part: list[tuple[str, ...]] = []
    paid: list[tuple[str, ...]] = []
    places: tuple[list[int], list[int]] = ([], [])
    number = 0
    try:
        events = iterparse(io.BytesIO(content), ("start", "end"), forbid_dtd=True)
        root = next(events)[1]
        for event, element in events:
            if event != "end" or element.tag != "iati-activity":
                continue
            number += 1
            for rows, place, read_rows in zip((taking_part, paid), places, (_participants, _transactions), strict=True):
                found = read_rows(element)
                rows += found
                place += [number] * len(found)
            element.clear()  # of activities within one another, each is looked through once
            root.clear()
            if len(taking_part) + len(paid) > MOST_ROWS:
                return [refused_table(Finding("too_many_findings", number, "", ""), "XML")]
    except DefusedXmlException:
        return [refused_table(Finding("xml_refused", 0, "", ""), "XML")]
    except (ParseError, ValueError, LookupError, StopIteration):
        return [refused_table(Finding("xml_damaged", 0, "", ""), "XML")]
    if not number:
        return [refused_table(Finding("empty_file", 0, "", ""), "XML")]
    return [
        _table("participating-org", PARTICIPANTS, taking_part, places[0], limits),
        _table("transaction", TRANSACTIONS, paid, places[1], limits),
    ]


def _table(name: str, header: tuple[str, ...], rows: list[tuple[str, ...]], places: list[int], limits: Limits) -> Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(header)
    cells = [pa.array([cell[: limits.cell_characters] for cell in column], pa.string()) for column in columns]
    listed = pa.Table.from_arrays(cells, names=list(header))
    return Table(name, "XML", "", list(header), listed, np.array(places, np.int64), [], 0)


def _participants(activity: Element) -> list[tuple[str, ...]]:
    about = _about(activity)
    return [
        (*about, _name(org), *(org.get(key, "").strip() for key in ("ref", "type", "role")))
        for org in activity.findall("participating-org")
    ]


def _transactions(activity: Element) -> list[tuple[str, ...]]:
    about, reporting = _about(activity), activity.find("reporting-org")
    types = {
        called: org.get("type", "")
        for org in activity.iter()
        if org.tag in ("participating-org", "reporting-org")
        for called in (org.get("ref", "").strip(), _name(org))
        if called and org.get("type")
    }
    rows: list[tuple[str, ...]] = []
    for paid in activity.findall("transaction"):
        value = paid.find("value")
        kind = _attribute(paid.find("transaction-type"), "code").upper()
        day = _attribute(paid.find("transaction-date"), "iso-date") or _attribute(value, "value-date")
        provider = _side(paid.find("provider-org"), reporting if kind in OUTGOING else None)
        receiver = _side(paid.find("receiver-org"), reporting if kind in INCOMING else None)
        type_of = _attribute(paid.find("provider-org"), "type") or types.get(provider[1]) or types.get(provider[0], "")
        amount = _text(value)
        currency = _attribute(value, "currency") or activity.get("default-currency", "").strip()
        rows.append((*about, kind, day, *provider, type_of, *receiver, amount, currency))
    return rows


def _about(activity: Element) -> tuple[str, str, str, str]:
    """Identifier, title, start and end of an activity."""
    days: dict[str, str] = {
        day.get("type", ""): day.get("iso-date", "").strip() for day in activity.findall("activity-date")
    }

    def first(kinds: tuple[str, ...]) -> str:
        return next((days[kind] for kind in kinds if days.get(kind)), "")

    title = activity.find("title")
    return _text(activity.find("iati-identifier")), "" if title is None else _name(title), first(STARTS), first(ENDS)


def _side(org: Element | None, otherwise: Element | None) -> tuple[str, str]:
    """Name and identifier of who pays or receives."""
    org = otherwise if org is None else org
    return ("", "") if org is None else (_name(org), org.get("ref", "").strip())


def _name(element: Element) -> str:
    """A text, of version 2 in the first `narrative`, of version 1 in the element itself."""
    return _text(element.find("narrative")) or _text(element)


def _text(element: Element | None) -> str:
    return "" if element is None else " ".join((element.text or "").split())


def _attribute(element: Element | None, name: str) -> str:
    return "" if element is None else element.get(name, "").strip()
