"""What asked organisations propose, beside what is known: what accepting it would change, and what was decided.

A proposal is the difference between an answer and the data on show, so it is found anew each time: what was accepted
and is in the data is no difference any more, and what was accepted and undone is one again. Accepting is an ordinary
load: rows are added and changed by key, with a snapshot, the archive and undo. First the load is published, then it is
written down that it was accepted: killed in between, the rows are there once, and accepting again changes nothing more.

Only agreements of exactly these two are changed. A tie that rests on a larger agreement says nothing of the others in
it: a newer contact becomes an agreement of the two, and an end or a mistake is for the manager to settle in the list.
"""

import calendar
import csv
import datetime
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

from hubdata import answering, asking, ingest, loading, models, store
from hubdata.answering import Answer, Decision, PartnerSaid, ProfileSaid, TieSaid
from hubdata.cells import fold
from hubdata.indicators.rows import records
from hubdata.settings import Settings

WAY = "answers"
"""How what was accepted came in, in the list of loads."""
CONFIRMED = "confirmed"
"""The kind of an agreement that an organisation told of."""
PROFILE = ("sector", "themes", "fte", "needs", "offers")
Status = Literal["open", "accepted", "refused"]
Row = dict[str, Any]


class Tie(NamedTuple):
    """What is known of a tie that somebody said something of."""

    contact: datetime.date | None
    intensity: str
    is_running: bool
    smallest: int
    """Of how many organisations the smallest agreement is that it rests on; 0 when none runs."""


@dataclass(frozen=True)
class Proposal:
    """One thing that an organisation said, beside what is known."""

    link: str
    organisation_id: str
    name: str
    key: str
    """Tells it from the other things in the same answer."""
    kind: Literal["tie", "profile", "partner", "event"]
    said: Any
    """A `TieSaid`, a `PartnerSaid`, the id of an event, or for a profile the new value of `subject`."""
    subject: str
    """The other organisation, the column of the profile ("" when nothing differs), or the event."""
    subject_name: str
    known: Any
    """A `Tie`, or the value of the profile as it is; None when nothing is known."""
    said_at: datetime.datetime
    rows: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    """Table -> the rows that accepting it adds or changes."""
    removes: tuple[str, ...] = ()
    """The agreements that accepting it takes out of the list."""
    other_said: TieSaid | None = None
    """What the other side says of the same tie."""
    is_of_larger: bool = False
    """It is about an agreement of more than two, which it does not change."""
    is_new_name: bool = False
    """About an organisation that nobody knows: it needs a sector."""
    status: Status = "open"
    decided_at: datetime.datetime | None = None
    """When it was decided about; an open one with a day was accepted, and is not in the data any more."""

    @property
    def changes(self) -> bool:
        """Whether accepting it changes the data; else it only confirms."""
        return bool(self.rows or self.removes)

    @property
    def contradicts(self) -> bool:
        """Whether the two sides of a tie say different things of whether there is one."""
        return self.other_said is not None and self.other_said.says != self.said.says

    @property
    def digest(self) -> str:
        """Tells what was decided about from what is said later."""
        said = self.said.model_dump(mode="json") if isinstance(self.said, TieSaid | PartnerSaid) else self.said
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


class Confirmation(NamedTuple):
    """That an organisation said that one of its ties is there, and a manager accepted it."""

    organisation_a: str
    organisation_b: str
    """The higher id."""
    by: str
    on: datetime.date
    snapshot: str
    """The snapshot that was on show from then on: an older one knows nothing of it."""


class NotAcceptable(Exception):
    """What was proposed cannot be loaded; nothing was changed. `problems` says why, `of` whose problems they are."""

    def __init__(self, problems: Sequence[loading.Problem], of: Sequence[Proposal] = ()) -> None:
        super().__init__(str(problems[:1]))
        self.problems, self.of = list(problems), list(of)


def proposals(home: Path, settings: Settings) -> list[Proposal]:
    """Everything that organisations said, in order of their names; ties first. Nothing without data of one's own.

    Raises `store.StoreProblem` when the answers are damaged.
    """
    snapshot = answering.on_show(home)
    if snapshot is None:
        return []
    answers = answering.answers(home)
    day, last = asking.now().date(), {answer.organisation_id: answer for answer in answers}
    data = _Data(snapshot, day)
    found = [proposal for answer in answers for proposal in _of_answer(data, answer, last)]
    return sorted(found, key=lambda proposal: proposal.name.casefold())


class _Data:
    """What is known now, looked up once for all answers."""

    def __init__(self, snapshot: store.Snapshot, day: datetime.date) -> None:
        self.snapshot = snapshot
        self.organisations = {row["organisation_id"]: row for row in snapshot.records("organisations")}
        self.partnerships = {row["partnership_id"]: row for row in snapshot.records("partnerships")}
        self.events = {row["event_id"]: row for row in snapshot.records("events")}
        attended = snapshot.table("attendance")
        attended = attended[attended["status"] == "attended"]
        self.attended = set(zip(attended["event_id"], attended["organisation_id"], strict=True))
        self.agreements: dict[tuple[str, str], list[Row]] = {}
        running = answering.running_agreements(snapshot, day)
        for row in records(running[["organisation_a", "organisation_b", "partnership_id", "organisation_count"]]):
            self.agreements.setdefault((row["organisation_a"], row["organisation_b"]), []).append(row)

    def between(self, one: str, other: str) -> list[Row]:
        """The agreements of two that run: rows of partnerships, with `organisation_count`."""
        pair = (min(one, other), max(one, other))
        return [
            self.partnerships[row["partnership_id"]] | {"organisation_count": row["organisation_count"]}
            for row in self.agreements.get(pair, ())
        ]

    def new(self, rows: Mapping[str, tuple[Row, ...]]) -> dict[str, tuple[Row, ...]]:
        """The rows of partnerships of which something is not in the data yet."""
        plain = [{name: row[name] for name in row if name != "organisation_count"} for row in rows["partnerships"]]
        differing = tuple(
            row
            for row in plain
            if any(value != self.partnerships.get(row["partnership_id"], {}).get(name) for name, value in row.items())
        )
        return {"partnerships": differing} if differing else {}


def _of_answer(data: _Data, answer: Answer, last: Mapping[str, Answer]) -> Iterable[Proposal]:
    own = data.organisations.get(answer.organisation_id)
    if own is None:
        return
    for other, said in answer.ties.items():
        if other in data.organisations:
            theirs = last[other].ties.get(own["organisation_id"]) if other in last else None
            yield _decided(answer, _tie(data, answer, other, said, theirs))
    for partner in answer.partners:
        proposal = _partner(data, answer, partner)
        if proposal.subject != answer.organisation_id:  # by now the two are one
            yield _decided(answer, proposal)
    if answer.profile:
        for proposal in _profile(data, answer, answer.profile):
            yield _decided(answer, proposal)
    for event_id in answer.events:
        if event_id in data.events:
            yield _decided(answer, _event(data, answer, event_id))


def _decided(answer: Answer, proposal: Proposal) -> Proposal:
    decision = answer.decided.get(proposal.key)
    if decision is None or decision.said != proposal.digest:
        return proposal
    status: Status = decision.status
    if status == "accepted" and proposal.changes:
        status = "open"  # it was undone since, or another list took it out again
    return _with(proposal, status=status, decided_at=decision.at)


def _with(proposal: Proposal, **more: Any) -> Proposal:
    return Proposal(**{**vars(proposal), **more})


def _common(data: _Data, answer: Answer) -> dict[str, Any]:
    name = data.organisations[answer.organisation_id]["name"]
    return {"link": answer.link, "organisation_id": answer.organisation_id, "name": name, "said_at": answer.last_at}


def _tie(data: _Data, answer: Answer, other: str, said: TieSaid, other_said: TieSaid | None) -> Proposal:
    agreements = data.between(answer.organisation_id, other)
    own = [row for row in agreements if row["organisation_count"] == 2]
    contacts = [row["last_contact"] for row in agreements if row["last_contact"]]
    rows: list[Row] = []
    removes: tuple[str, ...] = ()
    contact = _first_day(said.contact)
    if said.says == "active" and own:
        row = max(own, key=lambda row: (row["start_date"], row["partnership_id"]))
        changed = dict(row)
        if contact and contact > max([*contacts, datetime.date.min]):
            changed["last_contact"] = contact
        if said.intensity:
            changed["intensity"] = said.intensity
        rows = [changed] if changed != row else []
    elif said.says == "active" and agreements and (contact or said.intensity):
        started = max(contact or answer.last_at.date().replace(day=1), min(row["start_date"] for row in agreements))
        ends = [row["end_date"] for row in agreements]
        rows = [
            _new_agreement(answer, other, started, said.intensity or "cooperation")
            | {"end_date": None if None in ends else max(ends), "last_contact": contact}
        ]
    elif said.says == "ended":
        end = min(_last_day(said.ended), answer.last_at.date()) if said.ended else answer.last_at.date()
        rows = [
            row | {"end_date": max(end, row["start_date"])}
            for row in own
            if row["end_date"] is None or row["end_date"] > max(end, row["start_date"])
        ]
    elif said.says == "never":
        removes = tuple(row["partnership_id"] for row in own)
    return Proposal(
        **_common(data, answer),
        key=f"tie {other}",
        kind="tie",
        said=said,
        subject=other,
        subject_name=data.organisations[other]["name"],
        known=Tie(
            max(contacts, default=None),
            max((row["intensity"] for row in agreements), key=answering.INTENSITIES.index, default=""),
            bool(agreements),
            min((row["organisation_count"] for row in agreements), default=0),
        ),
        rows=data.new({"partnerships": tuple(rows)}),
        removes=removes,
        other_said=other_said,
        is_of_larger=said.says != "active" and len(own) < len(agreements),
    )


def _new_agreement(answer: Answer, other: str, started: datetime.date, intensity: str) -> Row:
    """An agreement that an organisation told of. Its id is the same however often it is accepted."""
    mark = hashlib.sha256(f"{answer.link}/{other}".encode()).hexdigest()[:8]
    return {
        "partnership_id": f"asked-{answer.link}-{mark}",
        "organisation_ids": sorted((answer.organisation_id, other)),
        "start_date": started,
        "end_date": None,
        "first_recorded": max(answer.last_at.date(), started),
        "last_contact": None,
        "intensity": intensity,
        "kind": CONFIRMED,
    }


def _partner(data: _Data, answer: Answer, said: PartnerSaid) -> Proposal:
    known = (said.organisation_id, said.name) if said.organisation_id in data.organisations else None
    known = known or answering.named(data.snapshot, said.name)
    other = known[0] if known else _new_id(said.name)
    rows: dict[str, tuple[Row, ...]] = {}
    agreements = data.between(answer.organisation_id, other) if known else []
    if not agreements:
        started = _first_day(said.since) or answer.last_at.date()
        rows = data.new({"partnerships": (_new_agreement(answer, other, started, said.intensity),)})
        if known is None:
            rows = {"organisations": ({"organisation_id": other, "name": said.name, "sector": ""},), **rows}
    contacts = [row["last_contact"] for row in agreements if row["last_contact"]]
    tie = Tie(
        max(contacts, default=None),
        max((row["intensity"] for row in agreements), key=answering.INTENSITIES.index, default=""),
        True,
        min((row["organisation_count"] for row in agreements), default=0),
    )
    return Proposal(
        **_common(data, answer),
        key=f"partner {fold(said.name)}",
        kind="partner",
        said=said,
        subject=other,
        subject_name=known[1] if known else said.name,
        known=tie if agreements else None,
        rows=rows,
        is_new_name=known is None,
    )


def _new_id(name: str) -> str:
    """The identifier that a list with this name and no identifier would get: so they are one later."""
    return ingest.slug(ingest.identity_of(models.Organisation, {"name": name}, is_made=True))


def _profile(data: _Data, answer: Answer, said: ProfileSaid) -> list[Proposal]:
    row, found = data.organisations[answer.organisation_id], []
    for column in PROFILE:
        known, new = row[column], getattr(said, column)
        if isinstance(new, tuple):
            known, new = sorted(known or ()), sorted(new)
        if known != new:
            changed = {name: row[name] for name in ("organisation_id", "name", "sector")} | {column: new}
            found.append(
                Proposal(
                    **_common(data, answer),
                    key=f"profile {column}",
                    kind="profile",
                    said=new,
                    subject=column,
                    subject_name="",
                    known=known,
                    rows={"organisations": (changed,)},
                )
            )
    if any(key.startswith("profile ") for key in answer.decided):
        return found  # what was decided about needs no word that it is right now
    same = Proposal(
        **_common(data, answer), key="profile", kind="profile", said="same", subject="", subject_name="", known=None
    )
    return found or [same]


def _event(data: _Data, answer: Answer, event_id: str) -> Proposal:
    is_known = (event_id, answer.organisation_id) in data.attended
    row = {"event_id": event_id, "organisation_id": answer.organisation_id, "status": "attended"}
    return Proposal(
        **_common(data, answer),
        key=f"event {event_id}",
        kind="event",
        said=event_id,
        subject=event_id,
        subject_name=data.events[event_id]["name"],
        known=True if is_known else None,
        rows={} if is_known else {"attendance": (row,)},
    )


def _first_day(month: str) -> datetime.date | None:
    """Of a month, or of a year; None of ""."""
    return datetime.date(int(month[:4]), int(month[5:] or 1), 1) if month else None


def _last_day(month: str) -> datetime.date:
    year, number = int(month[:4]), int(month[5:])
    return datetime.date(year, number, calendar.monthrange(year, number)[1])


# --- accepting --------------------------------------------------------------------------------------------------------


def prepare(
    home: Path, settings: Settings, chosen: Sequence[Proposal], sectors: Mapping[str, str] | None = None
) -> loading.Prepared | None:
    """What is chosen as a drop, read and compared, not loaded; None when nothing of it changes the data.

    `sectors`: the sector of each new organisation, by the id it will have; else "other", or the last the hub has.
    """
    tables = _tables(home, settings, chosen, sectors)
    is_whole = any(proposal.removes for proposal in chosen)
    files = {}
    for table, listed in tables.items():
        used = {name for row in listed for name, value in row.items() if value is not None or not is_whole}
        files[f"{table}.csv"] = _csv([c for c in models.TABLES[table].model_fields if c in used], listed)
    return loading.prepare(home, settings, files, update=not is_whole) if files else None


def _tables(
    home: Path, settings: Settings, chosen: Sequence[Proposal], sectors: Mapping[str, str] | None
) -> dict[str, list[Row]]:
    """The rows that are handed in for what is chosen: those that change, or whole lists when some are taken out."""
    rows: dict[str, dict[tuple[Any, ...], Row]] = {}
    removes = {removed for proposal in chosen for removed in proposal.removes}
    usual = "other" if "other" in settings.sectors else list(settings.sectors)[-1]
    for proposal in chosen:
        for table, row in _rows_of(proposal):
            if table == "organisations" and not row["sector"]:
                row = row | {"sector": (sectors or {}).get(row["organisation_id"], usual)}
            key = _key(table, row)
            rows.setdefault(table, {})[key] = {**rows.get(table, {}).get(key, {}), **row}
    if not rows and not removes:
        return {}
    snapshot = answering.on_show(home)
    assert snapshot, "proposals come from data of one's own"
    tables = {}
    for table in [name for name in models.TABLES if name in rows or (removes and name == "partnerships")]:
        new = rows.get(table, {})
        present = {_key(table, row): row for row in snapshot.records(table)}
        if removes:  # rows can only be taken out of a list by handing in the list without them
            kept = {key: row for key, row in present.items() if not (table == "partnerships" and key[0] in removes)}
            tables[table] = list({**kept, **{key: {**kept.get(key, {}), **row} for key, row in new.items()}}.values())
        else:
            used = {name for row in new.values() for name in row}
            tables[table] = [
                {name: value for name, value in {**present.get(key, {}), **row}.items() if name in used}
                for key, row in new.items()
            ]
    return tables


def _rows_of(proposal: Proposal) -> Iterable[tuple[str, Row]]:
    return ((table, row) for table, rows in proposal.rows.items() for row in rows)


def _key(table: str, row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in models.TABLES[table].key)


def _csv(columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(columns)
    writer.writerows([_cell(row.get(name)) for name in columns] for row in rows)
    return written.getvalue().encode()


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4f}"  # never three decimals, which may be read as thousands
    if isinstance(value, list | tuple):
        return "|".join(str(item) for item in value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return "" if value is None else str(value)


def accept(
    home: Path,
    settings: Settings,
    chosen: Sequence[Proposal],
    sectors: Mapping[str, str] | None = None,
    by: str = "",
) -> store.Manifest | None:
    """Load what is chosen, and write down that it was accepted; None when nothing of it changes the data.

    Raises `NotAcceptable` when it cannot be loaded, `store.ConcurrentLoad` and `store.StoreProblem` as a load does.
    """
    prepared = prepare(home, settings, chosen, sectors)
    manifest = None
    if prepared is not None:
        outcome = loading.publish(home, settings, prepared, may_remove=True, way=WAY, by=by)
        if outcome.manifest is None and not outcome.is_unchanged:
            places = {(problem.file, problem.row) for problem in outcome.draft.problems}
            wrong = {
                (table, _key(table, row))
                for table, listed in _tables(home, settings, chosen, sectors).items()
                for place, row in enumerate(listed, start=2)  # below the headings
                if (f"{table}.csv", place) in places
            }
            of = [p for p in chosen if wrong & {(table, _key(table, row)) for table, row in _rows_of(p)}]
            raise NotAcceptable(outcome.draft.problems, of)
        manifest = outcome.manifest
    _decide(home, chosen, "accepted", store.current_snapshot_id(home) or "")
    return manifest


def refuse(home: Path, chosen: Sequence[Proposal]) -> None:
    """Write down that what is chosen is not right: it is not asked about again until the organisation changes it."""
    _decide(home, chosen, "refused", "")


def _decide(home: Path, chosen: Sequence[Proposal], status: Literal["accepted", "refused"], snapshot: str) -> None:
    moment = asking.now()
    for link in dict.fromkeys(proposal.link for proposal in chosen):
        new = {
            proposal.key: Decision(status=status, at=moment, said=proposal.digest, snapshot=snapshot)
            for proposal in chosen
            if proposal.link == link
        }

        def with_new(answer: Answer, new: Mapping[str, Decision] = new) -> Mapping[str, Any]:
            return {"decided": {**answer.decided, **new}}

        answering.change_answer(home, link, with_new)


# --- what was confirmed -----------------------------------------------------------------------------------------------


def confirmations(home: Path, shown: str) -> tuple[Confirmation, ...]:
    """The ties that an organisation confirmed and a manager accepted, as far as a snapshot knows of it.

    Each side of a tie is one. Raises `store.StoreProblem` when the answers are damaged.
    """
    found = []
    known = store.identifiers_now(home, shown)
    for answer in answering.answers(home, shown):
        for key, decision in answer.decided.items():
            kind, _, other = key.partition(" ")
            tie = answer.ties.get(other) if kind == "tie" else None
            partner = next((p for p in answer.partners if kind == "partner" and fold(p.name) == other), None)
            if partner:
                other = partner.organisation_id or _new_id(partner.name)
                other = known.get(other, other)
            is_said = partner is not None or (tie is not None and tie.says == "active")
            if is_said and decision.status == "accepted" and decision.snapshot <= shown:
                a, b = sorted((answer.organisation_id, other))
                found.append(Confirmation(a, b, answer.organisation_id, answer.last_at.date(), decision.snapshot))
    return tuple(found)


def confirmed_profiles(home: Path, shown: str) -> tuple[tuple[str, float | None, datetime.date], ...]:
    """Who confirmed its profile, with the jobs it says it has, and when, as far as a snapshot knows of it.

    Raises `store.StoreProblem` when the answers are damaged.
    """
    return tuple(
        (answer.organisation_id, answer.profile.fte, answer.last_at.date())
        for answer in answering.answers(home, shown)
        if answer.profile
        and any(
            key.split(" ")[0] == "profile" and decision.status == "accepted" and decision.snapshot <= shown
            for key, decision in answer.decided.items()
        )
    )
