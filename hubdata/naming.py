"""One organisation, one name: what may be one, what would move, and taking two together.

Proposed, never done by itself. A merge is a load like any other, without files: it makes a snapshot, and undoing it is
going back to the one before. That two are different is remembered with what was said of files.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from hubdata import ingest, loading, models, store
from hubdata.cells import fold
from hubdata.settings import Settings
from hubdata.texts import N_, Text, euro

Merge = ingest.Merge
pair_of = ingest.pair_of
WHY = {
    "same": N_("The same words, but for the order, the legal form or how they are written."),
    "spacing": N_("The same letters, with other spaces."),
    "typing": N_("Few letters differ: it may be a typing error."),
    "shortened": N_("A word is shortened."),
    "initials": N_("The one is the initials, or the short name, of the other."),
}
"""Why two are proposed (see `ingest.lookalikes`)."""


@dataclass(frozen=True)
class Party:
    """An organisation, or a donor that is known by its name."""

    key: str
    """The identifier of an organisation, the name of a donor."""
    name: str
    is_donor: bool = False


@dataclass(frozen=True)
class Moves:
    """What is known of one party, and moves when it is taken for another."""

    agreements: int = 0
    partners: int = 0
    events: int = 0
    received: float = 0.0
    given: float = 0.0
    """Euros of all years."""

    @property
    def weight(self) -> tuple[int, float]:
        """How much is known, to keep the one of which most is."""
        return self.agreements + self.events, self.received + self.given


@dataclass(frozen=True)
class Proposal:
    """Two that may be one: `gone` would be taken for `kept`."""

    kept: Party
    gone: Party
    why: str
    moves: Moves
    """What of `gone` would move."""
    is_new: bool = False
    """At least one of them is not on show yet."""

    @property
    def merge(self) -> Merge:
        return merge_of(self.kept, self.gone)

    @property
    def turned(self) -> bool:
        """Whether the other one may be kept: an organisation always is, beside a donor."""
        return self.kept.is_donor == self.gone.is_donor


class NotMerged(Exception):
    """What was asked for cannot be taken together. `code` is in `SENTENCES`."""

    def __init__(self, code: str, name: str = "") -> None:
        super().__init__(code)
        self.code, self.name = code, name


SENTENCES = {
    "unknown": N_("There is no organisation or donor “{name}”."),
    "two": N_("There are two organisations called “{name}”: use the identifier."),
    "same": N_("That is one already: “{name}”."),
    "example": N_("These are example data. Load your own lists first: only those can be changed."),
    "donor_kept": N_("“{name}” is an organisation: keep that one, and let the donor go."),
}


def merge_of(kept: Party, gone: Party) -> Merge:
    """That one is taken for the other. Raises `NotMerged` when an organisation would be taken for a mere donor."""
    if kept.is_donor and not gone.is_donor:
        raise NotMerged("donor_kept", gone.name)
    kind: Any = "organisation" if not gone.is_donor else "donor" if kept.is_donor else "donor_of"
    return Merge(kind=kind, kept=kept.key, gone=gone.key)


def proposals(
    tables: Mapping[str, pa.Table], different: Iterable[tuple[str, str]] = (), before: Mapping[str, pa.Table] = {}
) -> list[Proposal]:
    """The pairs that may be one, those of which most is known first. `different`: pairs that are not.

    `before`: what was on show, of which nothing is new.
    """
    parties, entries = _entries(tables)
    known = set(_entries(before)[0]) if before else set()
    told = set(different)
    towns = pc.unique(tables["organisations"]["city"]).drop_null().to_pylist()
    found = []
    for pair in ingest.look_alikes(entries, towns):
        one, other = parties[pair.one], parties[pair.other]
        if ingest.pair_of(one.name, other.name) not in told:
            found.append((one, other, pair.why))
    moves = moves_of(tables, [party for one, other, _ in found for party in (one, other)])
    listed = []
    for one, other, why in found:
        kept, gone = sorted((one, other), key=lambda p: (p.is_donor, _is_made(p), *(-w for w in moves[p].weight)))
        is_new = not known.issuperset((one, other))
        listed.append(Proposal(kept, gone, why, moves[gone], is_new))
    return sorted(listed, key=lambda p: (*(-w for w in p.moves.weight), p.kept.name))


def _entries(tables: Mapping[str, pa.Table]) -> tuple[list[Party], list[ingest.Entry]]:
    """Everybody with a name: organisations, and donors that are none."""
    columns = ("organisation_id", "name", "aliases", "country")
    rows = zip(*(tables["organisations"][name].to_pylist() for name in columns), strict=True)
    parties, entries, ids = [], [], set()
    for identifier, name, aliases, country in rows:
        ids.add(identifier)
        parties.append(Party(identifier, name))
        entries.append(ingest.Entry((name, *(aliases or ())), identifier, country))
    funding = tables["funding"].select(["donor", "donor_id"])
    donors: dict[str, str] = {}
    for row in funding.group_by(["donor", "donor_id"]).aggregate([]).to_pylist():
        if row["donor"] and row["donor_id"] not in ids:
            donors.setdefault(ingest.sounds(row["donor"]), row["donor"])
    for name in sorted(donors.values()):
        parties.append(Party(name, name, is_donor=True))
        entries.append(ingest.Entry((name,)))
    return parties, entries


def _is_made(party: Party) -> bool:
    """Whether its identifier was made from its name, or is one: of two the other is kept."""
    return not party.key.split("-")[0].isupper()


def moves_of(tables: Mapping[str, pa.Table], parties: Iterable[Party]) -> dict[Party, Moves]:
    """What is known of each."""
    wanted = {party.key for party in parties if not party.is_donor}
    partners: dict[str, set[str]] = defaultdict(set)
    agreements: dict[str, int] = defaultdict(int)
    events: dict[str, set[str]] = defaultdict(set)
    for ids in tables["partnerships"]["organisation_ids"].to_pylist() if wanted else ():
        for identifier in wanted.intersection(ids):
            agreements[identifier] += 1
            partners[identifier].update(i for i in ids if i != identifier)
    seen = tables["attendance"].select(["organisation_id", "event_id"]).to_pylist() if wanted else []
    organised = tables["events"].select(["organiser_id", "event_id"]).to_pylist() if wanted else []
    for row in [*seen, *organised]:
        who = row.get("organisation_id") or row.get("organiser_id")
        if who in wanted:
            events[who].add(row["event_id"])
    funding = tables["funding"]
    received, by_id, by_name = (_sums(funding, column) for column in ("organisation_id", "donor_id", "donor"))
    sounding: dict[str, float] = defaultdict(float)
    for name, amount in by_name.items():
        sounding[ingest.sounds(name)] += amount
    return {
        party: Moves(given=sounding.get(ingest.sounds(party.key), 0.0))
        if party.is_donor
        else Moves(
            agreements[party.key],
            len(partners[party.key]),
            len(events[party.key]),
            received.get(party.key, 0.0),
            by_id.get(party.key, 0.0),
        )
        for party in parties
    }


def _sums(funding: pa.Table, column: str) -> dict[str, float]:
    summed = funding.group_by(column).aggregate([("amount", "sum")])
    return {row[column]: row["amount_sum"] for row in summed.to_pylist() if row[column]}


def tables_on_show(home: Path) -> dict[str, pa.Table]:
    """What is on show, an example too; nothing when nothing is."""
    snapshot_id = store.current_snapshot_id(home)
    if snapshot_id is None:
        return {name: models.schema(row).empty_table() for name, row in models.TABLES.items()}
    with closing(store.open_snapshot(home, snapshot_id)) as snapshot:
        return {name: snapshot.arrow(name) for name in models.TABLES}


def proposals_on_show(home: Path) -> list[Proposal]:
    """What may be one in the data on show, without what somebody said is different."""
    return proposals(tables_on_show(home), loading.remembered(home).different)


def new_proposals(home: Path, prepared: loading.Prepared) -> list[Proposal]:
    """What may be one in a drop, of which not both were on show already."""
    draft = prepared.draft
    told = loading.remembered(home).with_(prepared.answers).different
    return [p for p in proposals(draft.tables, told, draft.before) if p.is_new] if draft.tables else []


def party(tables: Mapping[str, pa.Table], text: str) -> Party:
    """Who is meant: an organisation by identifier, name or other name, else a donor. Raises `NotMerged`."""
    parties, entries = _entries(tables)
    wanted = fold(text)
    everybody = list(zip(parties, entries, strict=True))
    for kept in (
        [p for p, _ in everybody if not p.is_donor and p.key == text],
        [p for p, _ in everybody if not p.is_donor and fold(p.key) == wanted],
        [p for p, _ in everybody if not p.is_donor and fold(p.name) == wanted],
        [p for p, e in everybody if not p.is_donor and wanted in map(fold, e.names)],
        [p for p, _ in everybody if p.is_donor and ingest.sounds(p.key) == ingest.sounds(text)],
    ):
        if len(kept) > 1:
            raise NotMerged("two", text)
        if kept:
            return kept[0]
    raise NotMerged("unknown", text)


def asked_for(home: Path, kept: str, gone: str) -> Proposal:
    """What would happen when the second is taken for the first. Raises `NotMerged`."""
    tables = tables_on_show(home)
    one, other = party(tables, kept), party(tables, gone)
    if one == other:
        # An organisation and a donor may bear one name, and then the donor is meant.
        donors = [p for p in _entries(tables)[0] if p.is_donor and ingest.sounds(p.key) == ingest.sounds(gone)]
        if not donors or donors[0] == one:
            raise NotMerged("same", one.name)
        other = donors[0]
    merge_of(one, other)
    return Proposal(one, other, "", moves_of(tables, [other])[other])


def prepare_merge(home: Path, settings: Settings, merges: Iterable[Merge]) -> loading.Prepared:
    """The data as it would be, to be looked at and published (see `loading.publish`). Raises `NotMerged`."""
    on_show = store.current_snapshot_id(home)
    manifest = next((m for m in store.history(home) if m.id == on_show), None)
    if manifest is None or manifest.origin != "own":
        raise NotMerged("example")
    answers = ingest.FileMapping(merges=tuple(merges))
    return loading.prepare(home, settings, {}, update=True, answers=answers)


def merge(home: Path, settings: Settings, merges: Iterable[Merge], way: str, by: str = "") -> loading.Outcome:
    """Take parties together, and put that on show. Raises `NotMerged`, and as `loading.publish` does."""
    prepared = prepare_merge(home, settings, merges)
    return loading.publish(home, settings, prepared, may_remove=True, way=way, by=by)


def say_different(home: Path, one: str, other: str) -> None:
    """Remember that two names are of two; they are not proposed again."""
    loading.remember(home, ingest.FileMapping(different=(ingest.pair_of(one, other),)))


def told(proposal: Proposal, language: str) -> list[Text]:
    """A proposal in lines of text: who, why, and what moves."""
    moves = proposal.moves
    gaps = {
        "partners": moves.partners,
        "events": moves.events,
        "euros": euro(moves.received + moves.given, language),
    }
    return [
        Text(N_("{gone} = {kept}"), {"kept": proposal.kept.name, "gone": proposal.gone.name}),
        *([Text(WHY[proposal.why])] if proposal.why else []),
        Text(N_("What moves: partners {partners}, events {events}, {euros}."), gaps),
    ]


def as_json(proposal: Proposal) -> dict[str, Any]:
    """A proposal as the commands print it."""

    def told(p: Party) -> dict[str, Any]:
        return {"kind": "donor" if p.is_donor else "organisation", "id": None if p.is_donor else p.key, "name": p.name}

    moves = proposal.moves
    return {
        "kept": told(proposal.kept),
        "gone": told(proposal.gone),
        "why": proposal.why,
        "moves": {
            "partnerships": moves.agreements,
            "ties": moves.partners,
            "events": moves.events,
            "amount_received": moves.received,
            "amount_given": moves.given,
        },
    }
