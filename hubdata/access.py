"""Who is asking, and what they may: decided here once, for pages, data, actions and the server alike.

A *principal* is somebody the server recognised: a manager, a viewer (with a shared link), an asked organisation (with a
link that asks) or a stranger. `authorise`
turns a principal into a *grant*: everything, what a link covers, or nothing. Everything that asks for data or changes
something stands in one of the tables below with who may; what stands in none is refused, and a test fails for it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from itsdangerous import BadSignature, URLSafeSerializer

from hubdata import asking, page_list, sharing, store
from hubdata.settings import Language
from hubdata.store import EVERYTHING, Scope

Kind = Literal["manager", "viewer", "asked", "stranger"]
THIS_MACHINE, WITH_PASSWORD = "this machine", "password"
"""How a manager came in who has no e-mail address."""


@dataclass(frozen=True)
class Principal:
    """Somebody the server recognised."""

    kind: Kind
    who: str = ""
    """How a manager came in, or the id of the link of a viewer or an asked organisation."""
    visitor: str = ""
    """Tells two visitors with the same rights apart, so that neither gets the other's session or downloads."""

    def __str__(self) -> str:
        return f"{self.kind} {self.who}".strip()


STRANGER = Principal("stranger")


def sign(home: Path, principal: Principal) -> str:
    """The principal as the server hands it on to the pages."""
    return str(_signer(home).dumps([principal.kind, principal.who, principal.visitor]))


def read(home: Path, signed: str | None) -> Principal:
    """The principal that the server handed on; a stranger when there is none, or somebody made it up."""
    try:
        kind, who, visitor = _signer(home).loads(signed or "")
        return Principal(kind, who, visitor)
    except (BadSignature, ValueError, TypeError, store.StoreProblem):
        return STRANGER


def _signer(home: Path) -> URLSafeSerializer:
    return URLSafeSerializer(sharing.secret(home), salt="principal")


@dataclass(frozen=True)
class Grant:
    """What somebody may. The defaults are nothing."""

    kind: Kind = "stranger"
    who: str = ""
    pages: tuple[str, ...] = ()
    scope: Scope | None = None
    """What of a snapshot they see; None is nothing."""
    totals_scope: Scope | None = None
    """What totals of income are made of, when they get those and no amounts."""
    totals_snapshot: str | None = None
    snapshot: str | None = None
    """The only snapshot they see; None is the one on show."""
    funding: sharing.Funding = "none"
    names: bool = False
    downloads: bool = False
    language: Language | None = None
    link: sharing.Link | None = None
    ask: asking.Ask | None = None
    """The link of an asked organisation: it sees no page and no snapshot, only what `OWN` names."""

    @property
    def may_change(self) -> bool:
        """Whether they may change anything at all."""
        return self.kind == "manager"


NOTHING = Grant()


class Needs(NamedTuple):
    """What an answer gives away, and so what a grant must have."""

    amounts: bool = False
    """Amounts or donors of single organisations."""
    names: bool = False
    manager: bool = False


ANSWERS: dict[str, Needs] = {
    "answer_agreement_themes": Needs(),
    "answer_backtest": Needs(names=True),
    "answer_brokers": Needs(),
    "answer_calendar": Needs(),
    "answer_chances": Needs(names=True),
    "answer_changes": Needs(),
    "answer_circle": Needs(names=True),
    "answer_confirmation": Needs(),
    "answer_confirmed_profiles": Needs(),
    "answer_coverage": Needs(),
    "answer_directory": Needs(names=True),
    "answer_donor_changes": Needs(amounts=True),
    "answer_encounters": Needs(),
    "answer_ending_ties": Needs(),
    "answer_endings": Needs(amounts=True, names=True),
    "answer_event": Needs(),
    "answer_events": Needs(),
    "answer_fading": Needs(),
    "answer_fans": Needs(),
    "answer_flows": Needs(amounts=True),
    "answer_fragility": Needs(),
    "answer_funding": Needs(),  # empty without amounts; see `questions.answer_totals`
    "answer_gifts": Needs(amounts=True, names=True),
    "answer_graph": Needs(),
    "answer_graph_details": Needs(names=True),
    "answer_groups": Needs(),
    "answer_history": Needs(),
    "answer_holding": Needs(names=True),
    "answer_income_years": Needs(amounts=True),
    "answer_introductions": Needs(names=True),
    "answer_kinds": Needs(),
    "answer_lapse": Needs(),
    "answer_layout": Needs(),
    "answer_marks": Needs(),
    "answer_moment": Needs(),
    "answer_movements": Needs(),
    "answer_names": Needs(),
    "answer_needs": Needs(),
    "answer_network": Needs(),
    "answer_never_came": Needs(),
    "answer_newly_exposed": Needs(amounts=True),
    "answer_organisation": Needs(names=True),
    "answer_other_income": Needs(amounts=True),
    "answer_other_names": Needs(names=True),
    "answer_own_income": Needs(amounts=True),
    "answer_places": Needs(),
    "answer_presets": Needs(amounts=True),
    "answer_profile": Needs(),
    "answer_quadrant": Needs(amounts=True),
    "answer_records": Needs(),
    "answer_reserves_year": Needs(amounts=True),
    "answer_has_reserves": Needs(amounts=True),
    "answer_sectors": Needs(),
    "answer_shared_exposure": Needs(amounts=True),
    "answer_stress": Needs(amounts=True, names=True),
    "answer_structure": Needs(),
    "answer_target_progress": Needs(),
    "answer_telling": Needs(amounts=True, names=True, manager=True),
    "answer_theme_mixing": Needs(),
    "answer_tie": Needs(names=True),
    "answer_tie_list": Needs(),
    "answer_tied_since": Needs(names=True),
    "answer_ties": Needs(),
    "answer_totals": Needs(),
    "answer_trust": Needs(manager=True),  # what organisations say of each other was said to nobody else
    "answer_year": Needs(amounts=True),
}
"""Every question and what its answer gives away. Whatever it needs, it only ever sees the grant's scope."""

ACTIONS = frozenset(
    {
        "decide",
        "note_call",
        "first_start",
        "load",
        "prepare",
        "pin_note",
        "rollback_to",
        "publish",
        "rebuild",
        "remember",
        "remove_note",
        "renew_sample",
        "show_example",
        "pin_step",
        "reword_step",
        "remove_step",
        "move_step",
    }
    | {"accept", "create", "end_login", "refuse", "renew", "revoke", "set_password"}
)
"""Whatever changes something or looks past a scope, of `loading`, `notebook`, `story`, `asking`, `proposals` and
`sharing`: for managers only."""


OWN = frozenset({"own_side", "save_profile", "save_ties", "save_partners", "save_events", "save_ratings", "finish"})
"""What an asked organisation may, of `answering`: see its own profile and ties, and propose changes of these. Nobody
else may: a manager looks at answers, and gives none."""


class NotAllowed(Exception):
    """Somebody asked for what their grant does not cover. A page never should: it asks `may_ask` first."""


def authorise(home: Path, principal: Principal) -> Grant:
    """What a principal may, now. Whatever is unclear, or goes wrong, is nothing."""
    if principal.kind == "manager":
        return Grant(
            kind="manager",
            who=principal.who,
            pages=tuple(page_list.PAGES),
            scope=EVERYTHING,
            funding="full",
            names=True,
            downloads=True,
        )
    if principal.kind == "viewer":
        try:
            link = sharing.by_id(home, principal.who)
        except store.StoreProblem:
            return NOTHING
        return NOTHING if link is None else grant_for_link(home, link)
    if principal.kind == "asked":
        try:
            ask = asking.by_id(home, principal.who)
        except store.StoreProblem:
            return NOTHING
        return NOTHING if ask is None else Grant(kind="asked", who=ask.id, ask=ask)
    return NOTHING


def grant_for_link(home: Path, link: sharing.Link) -> Grant:
    """What somebody may who came in with this link."""
    return Grant(
        kind="viewer",
        who=link.id,
        pages=tuple(name for name in link.pages if name in sharing.PAGES),
        scope=link.scope(home),
        totals_scope=link.totals_scope(home) if link.funding == "totals" else None,
        totals_snapshot=link.totals_snapshot,
        snapshot=link.snapshot,
        funding=link.funding,
        names=link.names,
        downloads=link.downloads,
        language=link.language,
        link=link,
    )


def may_ask(grant: Grant, answer: str) -> bool:
    """Whether a grant covers one of the `questions`, by its name. One that is in no table is covered by none."""
    needs = ANSWERS.get(answer)
    return (
        needs is not None
        and grant.scope is not None
        and (grant.funding == "full" or not needs.amounts)
        and (grant.names or not needs.names)
        and (grant.may_change or not needs.manager)
    )


def own_ask(grant: Grant, action: str) -> asking.Ask:
    """The link by which somebody may do this of their own side. Raises `NotAllowed` for everybody else."""
    if grant.kind != "asked" or grant.ask is None or action not in OWN:
        raise NotAllowed(action)
    return grant.ask
