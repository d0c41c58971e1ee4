"""What an asked organisation sees of itself, and what it says: its own profile and ties, and nothing of anybody else.

`own_side` takes from the snapshot on show what one organisation may see: its profile, its ties, the names of
organisations to choose a partner from, and the events of the past year to tick. What it says is kept in `answers.json`,
one answer per link, saved at every step and changeable until the link closes. Nothing of the data changes by it: a
manager decides (`proposals`).

Nothing is free text but the name of a new partner. Whatever a form holds beside what was offered is left out, so a
form that somebody made up can say no more than one of ours.

When an organisation is taken for another, what it said and what was said of it is of the one that stays, as long as it
is; what was said of that one itself goes before. The rows keep what they were written with, so that going back to
before a merge finds everything as it was.
"""

import contextlib
import datetime
import functools
import hmac
import logging
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from hubdata import asking, ingest, models, store
from hubdata.cells import fold, is_nothing, without_invisible
from hubdata.indicators.rows import records
from hubdata.indicators.ties import fading
from hubdata.indicators.trust import QUESTIONS, SCORES, WITHIN_DAYS, Average, Rating, about, average
from hubdata.settings import Settings

logger = logging.getLogger(__name__)

ANSWERS = "answers.json"
INTENSITIES = tuple(models.VOCABULARIES["intensity"])
IMPORTED = "ratings.json"
"""What organisations said of their partners elsewhere (see `partner_export`)."""
TIES_PER_PAGE = 6
"""So many fit on a phone without losing one's place, and are saved together."""
RATED_PER_PAGE = 6
"""Folded, six questions each."""
MOST_PARTNERS = 20
MOST_EVENTS = 30
MOST_OF_A_NAME = 120
MOST_FTE = 1_000_000
MONTHS_BACK = 36
FEWEST_USERS = 3
"""A need, an offer or a theme that fewer organisations have tells of these; it is not offered to others."""

Month = Annotated[str, Field(pattern=r"^(19|20|21)\d\d-(0[1-9]|1[0-2])$")]
"""Such as "2026-05"."""
Since = Annotated[str, Field(pattern=r"^(19|20|21)\d\d(-(0[1-9]|1[0-2]))?$")]
"""A month, or a year of which the month is not said, such as "2009"."""
Intensity = Annotated[str, AfterValidator(lambda said: said if said in INTENSITIES else "")]
"""One of `INTENSITIES`; "" is not said, and what only another version knows."""
MONTH_UNKNOWN = "unknown"
"""What a form sends for the month of an end that nobody knows."""
Form = Mapping[str, Sequence[str]]
"""What a form sent: name -> values."""
LANGUAGE = "language"
"""Stands in a form that was sent to see it in another language: what is as it was, nobody said anew."""
ANYWAY = "anyway"
"""What Back and Continue send where something is not right yet: they go without it."""
NOBODY = {"nee", "niemand", "no", "nobody", "no one", "weet ik niet", "i do not know"}
"""Names, folded, that answer the question who is missing, beside what is nothing in any cell."""
NOT_LISTED = "-"
"""What a form sends as the one that is meant when it is none of those that look like it. Nothing can be called so."""


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class TieSaid(_Said):
    """What an organisation says of one of its ties. Months are "2026-05"; "" is not said."""

    says: Literal["active", "ended", "never"]
    ended: Month | Literal[""] = ""
    """"" with "ended": not said or not known, so it ends on the day of the answer."""
    is_month_unknown: bool = False
    """With "ended": said that the month is not known, so it is not asked for again."""
    contact: Month | Literal[""] = ""
    intensity: Intensity = ""

    @property
    def lacks_month(self) -> bool:
        """Whether nothing was said of the month in which it ended."""
        return self.says == "ended" and not self.ended and not self.is_month_unknown


class ProfileSaid(_Said):
    """What an organisation says of itself."""

    sector: str
    themes: tuple[str, ...] = ()
    fte: Annotated[float, Field(ge=0, le=1e15)] | None = None
    needs: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()


class PartnerSaid(_Said):
    """A partner that an organisation misses in the list."""

    name: str
    organisation_id: str = ""
    """Whose name it is; "" when nobody in the data has it."""
    since: Since | Literal[""] = ""
    """"" is not said: the tie then begins on the day of the answer."""
    intensity: Intensity = "cooperation"


class RatingSaid(_Said):
    """How an organisation experiences a partner. It is shown to nobody; only averages are (`indicators.trust`)."""

    at: AwareDatetime
    """When it was first said."""
    scores: dict[str, int]
    """Question -> 1 to 4; what was not answered is absent."""
    sectors: tuple[str, ...] = ()
    """Of who said it and of the partner, when it was first said; () when an earlier version wrote it."""


class Decision(_Said):
    """What a manager decided about one thing that an organisation said."""

    status: Literal["accepted", "refused"]
    at: AwareDatetime
    said: str
    """Tells what was decided about from what is said later (`proposals.digest`)."""
    snapshot: str = ""
    """The snapshot that was on show once it was accepted: an older one does not have it."""


class Answer(_Said):
    """Everything that came in with one link."""

    link: str
    organisation_id: str
    first_at: AwareDatetime
    last_at: AwareDatetime
    finished_at: AwareDatetime | None = None
    profile: ProfileSaid | None = None
    ties: dict[str, TieSaid] = Field(default_factory=dict)
    """Id of the other organisation -> what is said of the tie with it."""
    partners: tuple[PartnerSaid, ...] = ()
    events: tuple[str, ...] = ()
    """Ids of events that it attended."""
    ratings: dict[str, RatingSaid] = Field(default_factory=dict)
    """Id of the other organisation -> how it is experienced."""
    decided: dict[str, Decision] = Field(default_factory=dict)
    """What was decided, by the key of what was said (see `proposals`)."""


@dataclass(frozen=True)
class OwnTie:
    """A tie as one of its two organisations sees it."""

    key: str
    """Names it in a form, and is no identifier of anybody."""
    organisation_id: str
    name: str
    started_on: datetime.date
    last_sign_on: datetime.date | None
    intensity: str
    """The closest of the agreements that run."""


@dataclass(frozen=True)
class OwnEvent:
    """An event of the past year where the organisation is not known to have been."""

    key: str
    event_id: str
    name: str
    day: datetime.date


SECONDS, SECONDS_PER_TIE, SECONDS_FOR_EVENTS, SECONDS_PER_RATED = 75, 15, 20, 30
"""About how long answering takes, as it is said beforehand: reading and the profile, each tie, the events, and the six
questions about a partner."""


@dataclass(frozen=True)
class OwnSide:
    """All that an asked organisation may see."""

    organisation_id: str
    name: str
    profile: ProfileSaid
    """As the data has it."""
    ties: tuple[OwnTie, ...]
    """In order of name."""
    names: tuple[str, ...]
    """Of the other organisations, to choose a new partner from."""
    events: tuple[OwnEvent, ...]
    themes: tuple[str, ...]
    needs: tuple[str, ...]
    """What may be chosen as a need or an offer."""
    today: datetime.date
    received: Average | None
    """What others say of it, on average; None when it is not asked about its partners."""

    @property
    def names_known(self) -> tuple[str, ...]:
        """Every name that stands on its form: its own, and those to choose a partner from."""
        return self.name, *self.names

    @property
    def minutes(self) -> int:
        """About how many minutes its profile, ties and events take."""
        events = SECONDS_FOR_EVENTS if self.events else 0
        return -(-(SECONDS + SECONDS_PER_TIE * len(self.ties) + events) // 60)

    @property
    def more_minutes(self) -> int:
        """About how many minutes more the questions about its partners take; 0 when it is not asked."""
        return 0 if self.received is None else -(-SECONDS_PER_RATED * len(self.ties) // 60)

    @property
    def tie_pages(self) -> int:
        """Over how many pages the ties go."""
        return -(-len(self.ties) // TIES_PER_PAGE)

    def ties_on(self, page: int) -> tuple[OwnTie, ...]:
        """The ties of a page, counted from 1."""
        return on_page(self.ties, page, TIES_PER_PAGE)

    def to_rate(self, answer: Answer | None) -> tuple[OwnTie, ...]:
        """The partners that it is asked about: those of which it does not say that they are none (any more)."""
        said = answer.ties if answer else {}
        none = {other for other, tie in said.items() if tie.says != "active"}
        return () if self.received is None else tuple(tie for tie in self.ties if tie.organisation_id not in none)


def on_page(ties: Sequence[OwnTie], page: int, most: int) -> tuple[OwnTie, ...]:
    """The ties of a page, counted from 1, when at most so many stand on one: about as many on each."""
    size = -(-len(ties) // max(1, -(-len(ties) // most)))
    return tuple(ties[(page - 1) * size : page * size])


class Closed(Exception):
    """The link closed, or was ended, before this was saved. Nothing was changed."""


@functools.lru_cache(maxsize=4)
def _opened(home: Path, snapshot_id: str) -> store.Snapshot:
    return store.open_snapshot(home, snapshot_id)


def on_show(home: Path) -> store.Snapshot | None:
    """The data on show, when it is the hub's own: nobody is asked about the sample or the demo."""
    snapshot_id = store.current_snapshot_id(home)
    snapshot = _opened(home, snapshot_id) if snapshot_id else None
    return snapshot if snapshot and snapshot.manifest.origin == "own" else None


def own_side(home: Path, settings: Settings, ask: asking.Ask) -> OwnSide | None:
    """What the organisation of a link may see; None when the data on show does not have it any more."""
    snapshot = on_show(home)
    return _own_side(home, snapshot, settings, ask, today()) if snapshot else None


def _own_side(
    home: Path, snapshot: store.Snapshot, settings: Settings, ask: asking.Ask, day: datetime.date
) -> OwnSide | None:
    own_id = ask.organisation_id
    organisations = snapshot.table("organisations")
    own = organisations[organisations["organisation_id"] == own_id]
    if own.empty:
        return None
    row: dict[str, Any] = next(r for r in snapshot.records("organisations") if r["organisation_id"] == own_id)
    others = organisations.loc[organisations["organisation_id"] != own_id, "name"]
    profile = ProfileSaid(
        sector=row["sector"],
        themes=tuple(row["themes"] or ()),
        fte=row["fte"],
        needs=tuple(row["needs"] or ()),
        offers=tuple(row["offers"] or ()),
    )
    words = {name: _known_words(organisations[name]) for name in ("themes", "needs", "offers")}
    wanted = {*words["needs"], *words["offers"], *settings.digital_services, *profile.needs, *profile.offers}
    return OwnSide(
        own_id,
        row["name"],
        profile,
        tuple(sorted(_own_ties(snapshot, ask, day), key=lambda tie: tie.name.casefold())),
        tuple(sorted(others, key=str.casefold)),
        _own_events(snapshot, ask, day),
        tuple(dict.fromkeys([*(settings.themes or sorted(words["themes"])), *profile.themes])),
        tuple(sorted(wanted)),
        day,
        _received(home, organisations, own_id, day) if ask.ratings else None,
    )


def _received(home: Path, organisations: pd.DataFrame, own_id: str, day: datetime.date) -> Average:
    """What others said of an organisation in the past year."""
    first = day - datetime.timedelta(days=WITHIN_DAYS)
    sectors = dict(zip(organisations["organisation_id"], organisations["sector"], strict=True))
    return average(ratings(home), lambda one: one.by in sectors and one.at.date() >= first, about(own_id), sectors)


def _known_words(column: "pd.Series[Any]") -> list[str]:
    """The words of a column of lists that enough organisations have."""
    counted = Counter(word for listed in column.dropna() for word in set(listed))
    return [word for word, count in counted.items() if count >= FEWEST_USERS]


def running_agreements(snapshot: store.Snapshot, day: datetime.date) -> pd.DataFrame:
    """One row per agreement that runs and pair in it, as the dashboard counts ties on its newest day."""
    as_of = pd.Timestamp(snapshot.newest_date(day))
    pairs = snapshot.rows("partnership_pairs", store.View(as_of.date()))
    started, ended = pd.to_datetime(pairs["started_on"]), pd.to_datetime(pairs["ended_on"])
    return pairs[(started <= as_of) & (ended.isna() | (ended >= as_of))]


def _own_ties(snapshot: store.Snapshot, ask: asking.Ask, day: datetime.date) -> list[OwnTie]:
    own_id, as_of = ask.organisation_id, snapshot.newest_date(day)
    ties = snapshot.rows("ties", store.View(as_of))
    mine = ties[(ties["organisation_a"] == own_id) | (ties["organisation_b"] == own_id)]
    running = running_agreements(snapshot, day)
    found = []
    for tie in records(mine):
        a, b = tie["organisation_a"], tie["organisation_b"]
        other, name = (b, tie["name_b"]) if a == own_id else (a, tie["name_a"])
        agreed = running.loc[(running["organisation_a"] == a) & (running["organisation_b"] == b), "intensity"]
        closest = max(agreed, key=INTENSITIES.index, default="cooperation")
        found.append(OwnTie(key_of(ask, other), other, name, tie["started_on"], tie["last_sign_date"], closest))
    return found


def _own_events(snapshot: store.Snapshot, ask: asking.Ask, day: datetime.date) -> tuple[OwnEvent, ...]:
    events, attendance = snapshot.table("events"), snapshot.table("attendance")
    was_there = attendance[
        (attendance["organisation_id"] == ask.organisation_id) & (attendance["status"] == "attended")
    ]
    last = pd.Timestamp(day)
    recent = events[
        (events["start_date"] <= last)
        & (events["start_date"] > last - pd.Timedelta(days=365))
        & ~events["event_id"].isin(was_there["event_id"])
    ].sort_values(["start_date", "name"], ascending=[False, True])
    return tuple(
        OwnEvent(key_of(ask, row["event_id"]), row["event_id"], row["name"], row["start_date"])
        for row in records(recent.head(MOST_EVENTS)[["event_id", "name", "start_date"]])
    )


def key_of(ask: asking.Ask, identifier: str) -> str:
    """What a form calls an organisation or event: different for every link, and no identifier of the data."""
    return hmac.new(ask.token_sha256.encode(), identifier.encode(), "sha256").hexdigest()[:16]


def to_ask(home: Path, settings: Settings, which: str) -> dict[str, str]:
    """Whom to ask, id -> name in order of name: "all" who are there now, "fading" (with a tie that is silent for too
    long), or ids and names, separated by commas. Raises `asking.AskProblem`.
    """
    snapshot = on_show(home)
    if snapshot is None:
        raise asking.AskProblem("no_own_data")
    view = store.View(snapshot.newest_date(today()))
    active = snapshot.rows("active_organisations", view)
    names = dict(zip(active["organisation_id"], active["name"], strict=True))
    if which == "fading":
        silent = fading(snapshot.rows("ties", view), settings.fading_days)
        chosen = {tie[end] for tie in silent for end in ("organisation_a", "organisation_b")} & names.keys()
    elif which == "all":
        chosen = set(names)
    else:
        chosen = set()
        for word in filter(None, map(str.strip, which.split(","))):
            found = (word, "") if word in names else named(snapshot, word)
            if found is None or found[0] not in names:
                raise asking.AskProblem("unknown_organisation")
            chosen.add(found[0])
    return {own_id: names[own_id] for own_id in sorted(chosen, key=lambda own_id: names[own_id].casefold())}


# --- what was said ----------------------------------------------------------------------------------------------------


def answers(home: Path, shown: str | None = None) -> list[Answer]:
    """Every answer, the oldest first, under the identifiers of a snapshot, else of the one on show.

    Raises `store.StoreProblem` when they are damaged.
    """
    known = store.identifiers_now(home, shown)
    return [_as_now_known(_answer_of(row), known) for row in store.read_list(home, ANSWERS, _answer_of)]


def answer_of(home: Path, ask: asking.Ask) -> Answer | None:
    """What came in with a link so far. Raises `store.StoreProblem` when the answers are damaged."""
    return next((answer for answer in answers(home) if answer.link == ask.id), None)


def _answer_of(row: Any) -> Answer:
    return Answer.model_validate(row)


def _as_now_known(answer: Answer, known: Mapping[str, str]) -> Answer:
    """An answer under other identifiers: earlier one -> the one of now."""
    if not known:
        return answer
    own = known.get(answer.organisation_id, answer.organisation_id)

    def others(said: Mapping[str, Any], kind: str = "") -> dict[str, Any]:
        """By the identifiers of now, without itself. Keys are identifiers, or begin with `kind`."""
        now: dict[str, Any] = {}
        for key, value in said.items():
            new = _key_now(key, known, kind)
            if new != f"{kind}{own}" and (new == key or new not in said):
                now.setdefault(new, value)
        return now

    return answer.model_copy(
        update={
            "organisation_id": own,
            "ties": others(answer.ties),
            "ratings": others(answer.ratings),
            "decided": others(answer.decided, "tie "),
        }
    )


def _key_now(key: str, known: Mapping[str, str], kind: str) -> str:
    if not key.startswith(kind):
        return key
    earlier = key.removeprefix(kind)
    return f"{kind}{known.get(earlier, earlier)}"


class ImportedRating(_Said):
    """What one organisation said of another in another tool."""

    by: str
    about: str
    at: AwareDatetime
    scores: dict[str, int]


def ratings(home: Path) -> tuple[Rating, ...]:
    """What organisations said of their partners, here and elsewhere. For averages alone: no page shows one of them.

    Of a partner that has gone it stays; of one that there never was, as was said since, it does not count.
    Raises `store.StoreProblem` when it cannot be read.
    """
    said = [
        Rating(answer.organisation_id, other, one.at, _scores(one.scores), sectors=one.sectors)
        for answer in answers(home)
        for other, one in answer.ratings.items()
        if other not in answer.ties or answer.ties[other].says != "never"
    ]
    known = store.identifiers_now(home)
    elsewhere = [imported_rating(row) for row in store.read_list(home, IMPORTED, imported_rating)]
    return (
        *said,
        *(
            Rating(known.get(one.by, one.by), known.get(one.about, one.about), one.at, _scores(one.scores), True)
            for one in elsewhere
        ),
    )


def imported_rating(row: Any) -> ImportedRating:
    """A row of `ratings.json`."""
    return ImportedRating.model_validate(row)


def _scores(said: Mapping[str, int]) -> tuple[int | None, ...]:
    return tuple(said[question] if said.get(question) in SCORES else None for question in QUESTIONS)


def change_answer(home: Path, link_id: str, change: Callable[[Answer], Mapping[str, Any]]) -> None:
    """Change an answer that there is: the fields that `change` gives. Raises `store.StoreProblem`."""
    known = store.identifiers_now(home)

    def changed(rows: list[Any]) -> list[Any]:
        return [_with(row, change, known) if row["link"] == link_id else row for row in rows]

    store.change_list(home, ANSWERS, _answer_of, changed)


def _with(row: Any, change: Callable[[Answer], Mapping[str, Any]], known: Mapping[str, str]) -> Any:
    """A row as it is written after a change, with what a newer version noted beside.

    What was written of an organisation that was taken for another since stays beside what is said of that other one,
    and goes when nothing is said of that one any more.
    """
    as_written = _answer_of(row)
    now = _as_now_known(as_written, known)
    fields = dict(change(now))
    written = as_written.model_copy(update=fields).model_dump(mode="json")
    for name, kind in (("ties", ""), ("ratings", ""), ("decided", "tie ")):
        if name in fields:
            before = {key: (_key_now(key, known, kind), value) for key, value in row.get(name, {}).items()}
            written[name] |= {
                key: value
                for key, (new, value) in before.items()
                if new != key and (new in written[name] or new not in getattr(now, name))
            }
    return {**row, **{name: written[name] for name in fields}}


def _save(home: Path, ask: asking.Ask, form: Form, change: Callable[[Answer], Mapping[str, Any]]) -> None:
    """Save a step of an answer. Raises `Closed` when the link has closed by now, and `store.StoreProblem`.

    Of a form that was sent for its language only what `change` gives is saved, so nothing when that is nothing.
    """
    known = store.identifiers_now(home)

    def changed(rows: list[Any]) -> list[Any]:
        if asking.by_id(home, ask.id) is None:  # it may have been revoked since the form came in
            raise Closed
        moment = asking.now()
        before, is_silent = rows, LANGUAGE in form
        if not any(row["link"] == ask.id for row in rows):
            new = Answer(link=ask.id, organisation_id=ask.organisation_id, first_at=moment, last_at=moment)
            rows = [*rows, new.model_dump(mode="json")]

        def with_day(answer: Answer) -> Mapping[str, Any]:
            nonlocal is_silent
            said = change(answer)
            is_silent = is_silent and all(getattr(answer, name) == value for name, value in said.items())
            return {**said, "last_at": moment}

        after = [_with(row, with_day, known) if row["link"] == ask.id else row for row in rows]
        return before if is_silent else after

    store.change_list(home, ANSWERS, _answer_of, changed)


def save_profile(home: Path, settings: Settings, ask: asking.Ask, form: Form) -> list[str]:
    """Save what is said of the organisation itself; returns the codes of what its sender should know."""
    side = own_side(home, settings, ask)
    if side is None:
        return ["gone"]
    sector, typed = _one(form, "sector"), _one(form, "fte").strip()
    # With three decimals it may be thousands: "1.200" is refused, as in a file.
    found = re.fullmatch(r"[0-9]{1,15}(?:[.,][0-9]{1,2})?", typed)
    fte = float(found[0].replace(",", ".")) if found else None

    notices: list[str] = []

    def changed(answer: Answer) -> Mapping[str, Any]:
        before = answer.profile or side.profile
        # What stands in the form is rounded: sent back as it was, it is the number that was known.
        known = next((one for one in (before.fte, side.profile.fte) if one is not None and round(one, 2) == fte), None)
        is_number = not typed or known is not None or (fte is not None and fte <= MOST_FTE)
        notices.extend([] if is_number else ["fte"])
        said = ProfileSaid(
            sector=sector if sector in settings.sectors else before.sector,
            themes=_chosen(form, "themes", side.themes),
            fte=(fte if known is None else known) if is_number else before.fte,
            needs=_chosen(form, "needs", side.needs),
            offers=_chosen(form, "offers", side.needs),
        )
        return {} if said == before and LANGUAGE in form else {"profile": said}

    _save(home, ask, form, changed)
    return notices


def save_ties(home: Path, settings: Settings, ask: asking.Ask, form: Form) -> list[str]:
    """Save what is said of some ties, those that the form names; returns the codes of what its sender should know."""
    side = own_side(home, settings, ask)
    if side is None:
        return ["gone"]
    by_key = {tie.key: tie for tie in side.ties}
    shown = list(dict.fromkeys(form.get("tie", ())))[: 2 * TIES_PER_PAGE]
    ties = [by_key[key] for key in shown if key in by_key]
    is_all = bool(_one(form, "all"))

    def changed(answer: Answer) -> Mapping[str, Any]:
        said = {tie.organisation_id: _tie_said(form, tie, side.today) for tie in ties}
        if is_all:
            still = {tie.organisation_id for tie in ties} - answer.ties.keys()
            said |= {other: TieSaid(says="active") for other in still if said[other] is None}
        # Nobody can take a choice back, so what a form does not say is not unsaid: a browser that went back may show
        # the page as it was before anything was chosen.
        return {"ties": answer.ties | {other: tie for other, tie in said.items() if tie is not None}}

    _save(home, ask, form, changed)
    answer = answer_of(home, ask)
    known = answer.ties if answer else {}
    is_open = {tie.key: tie.organisation_id not in known for tie in ties}
    # Who answers nothing at all is asked as well, once: on the first page.
    is_silent = any(is_open.values()) and (not known or not all(is_open.values()))
    lacks = {lacks_of_tie(form, tie) for tie in ties if is_open[tie.key] or _one(form, f"says-{tie.key}")}
    return [
        *(["changed"] if len(ties) < len(shown) else []),
        *(["open"] if is_silent and {"next", "enter"} & form.keys() else []),
        *(["half"] if "half" in lacks and not is_all else []),
        *(["ended"] if "ended" in lacks else []),
    ]


def lacks_of_tie(form: Form, tie: OwnTie) -> Literal["", "ended", "half"]:
    """What a form that says something of a tie leaves out: the month of an end ("ended"), or whether the two still work
    together ("half")."""
    says = _one(form, f"says-{tie.key}")
    if says == "ended":
        return "" if _one(form, f"ended-{tie.key}") else "ended"
    is_more = _one(form, f"contact-{tie.key}") or _one(form, f"intensity-{tie.key}") not in ("", tie.intensity)
    return "half" if not says and is_more else ""


def as_sent(tie: OwnTie, said: TieSaid | None) -> Form:
    """What was said of a tie, as a form sends it."""
    ended = said and (said.ended or (MONTH_UNKNOWN if said.is_month_unknown else ""))
    sent = {
        "says": said and said.says,
        "ended": ended,
        "contact": said and said.contact,
        "intensity": (said and said.intensity) or tie.intensity,
    }
    return {f"{name}-{tie.key}": [value] for name, value in sent.items() if value}


def _tie_said(form: Form, tie: OwnTie, day: datetime.date) -> TieSaid | None:
    """What a form says of a tie; None when it says nothing."""
    key = tie.key
    says = _one(form, f"says-{key}")
    contact = _month(_one(form, f"contact-{key}"), day)
    intensity = _one(form, f"intensity-{key}")
    intensity = intensity if intensity in INTENSITIES else ""
    if says == "active":
        return TieSaid(says="active", contact=contact, intensity="" if intensity == tie.intensity else intensity)
    if says == "ended":
        chosen = _one(form, f"ended-{key}")
        ended = _month(chosen, day)
        return TieSaid(
            says="ended",
            ended=ended and max(ended, f"{tie.started_on:%Y-%m}"),
            is_month_unknown=chosen == MONTH_UNKNOWN,
        )
    return TieSaid(says="never") if says == "never" else None


def save_partners(home: Path, settings: Settings, ask: asking.Ask, form: Form) -> list[str]:
    """Add a partner that is missed, or take one away again; returns the codes of what its sender should know."""
    side, snapshot = own_side(home, settings, ask), on_show(home)
    if side is None or snapshot is None:
        return ["gone"]
    if removed := _one(form, "remove"):
        _save(
            home,
            ask,
            form,
            lambda answer: {"partners": tuple(p for p in answer.partners if fold(p.name) != fold(removed))},
        )
        return []
    if goes_without(form):
        return []
    name, means = _name_in(form), _one(form, "meant")
    if _is_nobody(name):
        # "None" to the question who is missing is an answer; half of one, and a button that would add nobody, is not.
        is_half = not name and (_one(form, "since") or _one(form, "intensity"))
        return ["nobody"] if is_half or "add" in form else []
    if ";" in name and not named(snapshot, name):
        return ["several"]
    if len(name) > MOST_OF_A_NAME or not name.isprintable():
        return ["name_long"]
    if ingest.holds_personal_data(name):
        return ["personal_data"]
    if means in side.names_known:
        name = means
    other = named(snapshot, name)
    if (other and other[0] == side.organisation_id) or fold(name) == fold(side.name):
        return ["itself"]
    if other and any(tie.organisation_id == other[0] for tie in side.ties):
        return ["known"]
    notices = ["near"] if not other and not means and meant(side, name) else []
    intensity = _one(form, "intensity")
    if intensity not in INTENSITIES:
        notices.append("intensity")
    if notices:
        return notices
    partner = PartnerSaid(
        name=other[1] if other else name,
        organisation_id=other[0] if other else "",
        since=_since(_one(form, "since"), side.today),
        intensity=intensity,
    )

    def added(answer: Answer) -> dict[str, Any]:
        others = tuple(p for p in answer.partners if fold(p.name) != fold(partner.name))
        if len(others) >= MOST_PARTNERS:
            notices.append("many")
            return {}
        return {"partners": (*others, partner)}  # sent twice, it is there once

    _save(home, ask, form, added)
    return notices


def adds_more(form: Form) -> bool:
    """Whether whoever sent a form with a new partner, or without an added one, goes on with this step.

    Enter adds the one that is filled in, and goes on to the next step when nobody is.
    """
    return not {"next", "back"} & form.keys() and ("remove" in form or not _is_nobody(_name_in(form)))


def _name_in(form: Form) -> str:
    return " ".join(without_invisible(_one(form, "name")).split())


def _is_nobody(name: str) -> bool:
    """Whether what was filled in as a new partner says that nobody is missing."""
    return not name or is_nothing(name) or fold(name.rstrip(".!?")) in NOBODY


def meant(side: OwnSide, name: str) -> list[str]:
    """The names on its form that an organisation may mean by one that it typed, the most alike first."""
    return ingest.meant_by(name, side.names_known)


def named(snapshot: store.Snapshot, name: str) -> tuple[str, str] | None:
    """Id and name of the one organisation with a name, or with another name that it goes by."""
    found = {}
    for row in snapshot.records("organisations"):
        if fold(name) in (fold(spelling) for spelling in (row["name"], *(row["aliases"] or ()))):
            found[row["organisation_id"]] = row["name"]
    return next(iter(found.items())) if len(found) == 1 else None


def save_events(home: Path, settings: Settings, ask: asking.Ask, form: Form) -> list[str]:
    """Save which events were attended; returns the codes of what its sender should know."""
    side = own_side(home, settings, ask)
    if side is None:
        return ["gone"]
    ticked = set(form.get("event", ())[:1000])
    attended = tuple(event.event_id for event in side.events if event.key in ticked)
    _save(home, ask, form, lambda answer: {"events": attended})
    return []


def save_ratings(home: Path, settings: Settings, ask: asking.Ask, form: Form) -> list[str]:
    """Save how some partners are experienced, those that the form names; the codes of what its sender should know."""
    side, snapshot = own_side(home, settings, ask), on_show(home)
    if side is None or snapshot is None:
        return ["gone"]
    sector_of = {row["organisation_id"]: row["sector"] for row in snapshot.records("organisations")}
    by_key = {tie.key: tie.organisation_id for tie in side.to_rate(answer_of(home, ask))}
    shown = list(dict.fromkeys(form.get("tie", ())))[: 2 * TIES_PER_PAGE]
    moment = asking.now()

    def said(answer: Answer) -> dict[str, Any]:
        rated = dict(answer.ratings)
        for key in shown:
            other = by_key.get(key, "")
            scores = {q: int(_one(form, f"{q}-{key}")) for q in QUESTIONS if _one(form, f"{q}-{key}") in _SCORES}
            before = rated.pop(other, None)
            if other and scores:
                sectors = side.profile.sector, sector_of[other]
                new = RatingSaid(at=moment, scores=scores, sectors=sectors)
                rated[other] = before.model_copy(update={"scores": scores}) if before else new
        return {"ratings": rated}

    _save(home, ask, form, said)
    return ["changed"] if any(key not in by_key for key in shown) else []


_SCORES = frozenset(map(str, SCORES))


def finish(home: Path, ask: asking.Ask) -> None:
    """Note that an organisation says it is ready. It may still change what it said."""
    _save(home, ask, {}, lambda answer: {"finished_at": asking.now()})


def _one(form: Form, name: str) -> str:
    values = form.get(name, ())
    return values[0] if values else ""


def _chosen(form: Form, name: str, offered: Sequence[str]) -> tuple[str, ...]:
    chosen = set(form.get(name, ())[:1000])
    return tuple(word for word in offered if word in chosen)


def _month(text: str, day: datetime.date) -> str:
    """A month of the past or this one, as "2026-05"; "" when it is none."""
    with contextlib.suppress(ValueError):
        month = datetime.datetime.strptime(text, "%Y-%m").date()
        if datetime.date(1900, 1, 1) <= month <= day:
            return f"{month:%Y-%m}"
    return ""


def _since(text: str, day: datetime.date) -> str:
    """A month or a year of the past, or this one; "" when it is none."""
    is_year = re.fullmatch(r"(19|20|21)[0-9]{2}", text) and int(text) <= day.year
    return text if is_year else _month(text, day)


def goes_without(form: Form) -> bool:
    """Whether a form was sent to go on, or back, without what is not right in it."""
    return ANYWAY in (_one(form, "back"), _one(form, "next"))


def months(day: datetime.date, count: int = MONTHS_BACK) -> list[str]:
    """This month and those before it, the newest first.

    >>> months(datetime.date(2026, 2, 3), 3)
    ['2026-02', '2026-01', '2025-12']
    """
    newest = day.year * 12 + day.month - 1
    return [f"{month // 12}-{month % 12 + 1:02d}" for month in range(newest, newest - count, -1)]


def today() -> datetime.date:
    """The present day (UTC)."""
    return asking.now().date()
