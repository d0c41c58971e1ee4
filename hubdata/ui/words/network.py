"""The sentences and tables of the page `network`."""

from collections.abc import Collection
from typing import Any, NamedTuple

import pandas as pd

from hubdata import explorer, questions
from hubdata.indicators.chance import LEVEL
from hubdata.indicators.network import Network
from hubdata.indicators.rows import first_of
from hubdata.ui.hub_settings import settings
from hubdata.ui.language import Markdown, _, date, join, label, md, n_, number, percent, sector_labels, word
from hubdata.ui.parts import first_rows, several
from hubdata.ui.session import ask, style

MOST_NAMED = 3


def best_connected(placed: pd.DataFrame) -> list[str]:
    """The names of the three with most partners; several equals at the end by their number, for none comes first."""
    ranked = placed.sort_values("degree", ascending=False)
    degrees, names = ranked["degree"].tolist(), list(map(str, ranked["name"]))
    count = first_of(degrees, MOST_NAMED)
    if count <= MOST_NAMED + 2:
        return names[:count]
    above = sum(degree > degrees[MOST_NAMED - 1] for degree in degrees)
    equal = n_("{n} other with as many partners", "{n} others with equally many partners", count - above)
    return [*names[:above], equal]


def most_partners(organisations: pd.DataFrame, among: Collection[str]) -> list[Any]:
    """Who has the most partners of some organisations, or of all when `among` is empty: rows with id, name, degree."""
    some = organisations[organisations["organisation_id"].isin(among)] if among else organisations
    return list(first_rows(some.sort_values("degree", ascending=False, kind="stable"), "degree", 8).itertuples())


def across_title(ties: pd.DataFrame) -> str:
    """How many of the ties that are shown run across sectors, as a title."""
    if ties.empty:
        return _("There are no such ties on this day")
    across = int(ties["is_cross_sector"].sum())
    if across == len(ties):
        return n_("{n} tie, across sectors", "{n} ties, all across sectors", across)
    return n_(
        "Of {n} tie {across} runs across sectors",
        "Of {n} ties {across} run across sectors",
        len(ties),
        across=number(across),
    )


def mixing_title(figures: Network) -> str:
    """Whether ties run across sectors more often than chance gives, as a title."""
    ei, expected, p = figures["ei_index"], figures["ei_expected"], figures["ei_p_value"]
    if ei is None or expected is None or p is None:
        return _("Whether sectors mix cannot be said")
    if p >= LEVEL:
        return _("Sectors mix about as much as chance gives")
    share = percent(figures["cross_sector_share"])
    if ei < expected:
        return _("Sectors mix less than chance gives: {share} of the ties run across sectors", share=share)
    return _("Sectors mix more than chance gives: {share} of the ties run across sectors", share=share)


def drawing(
    organisations: pd.DataFrame,
    ties: pd.DataFrame,
    places: pd.DataFrame,
    lit: Collection[str],
    lit_ties: Collection[tuple[str, str]],
) -> explorer.Option:
    """The picture of the network, with its words; `places` is where everybody may ever stand (see `explorer.graph`)."""
    places = explorer.with_room_for_names(places, ask(questions.answer_layout), style())
    return explorer.graph(
        organisations.drop(columns=["x", "y"]).merge(places, on="organisation_id"),
        ties,
        style(),
        sector_labels=sector_labels(),
        words=explorer.Words(_("Network"), _("Save as PNG"), _("Whole network")),
        extent=(places["x"].min(), places["y"].min(), places["x"].max(), places["y"].max()),
        lit=lit,
        lit_ties=lit_ties,
    )


def ties_between(organisations: pd.DataFrame, ties: pd.DataFrame) -> pd.DataFrame:
    """The ties of which both ends are among the organisations."""
    drawn = set(organisations["organisation_id"])
    return ties[ties["organisation_a"].isin(drawn) & ties["organisation_b"].isin(drawn)]


class Picture(NamedTuple):
    """What is drawn of the network on a day, and what is said of it. Read-only."""

    marks: pd.DataFrame
    ties: pd.DataFrame
    title: str
    basis: str
    alt: str


def picture(moment: questions.Moment, lit: Collection[str], lit_ties: Collection[tuple[str, str]]) -> Picture:
    """What is drawn of the network on a day; `lit` and `lit_ties` stand out, so they are drawn of any number."""
    marks = explorer.drawn_marks(moment.organisations, lit)
    ties = explorer.drawn_ties(ties_between(marks, moment.ties), lit_ties)
    basis = in_picture(moment, marks, ties)
    alt = _(
        "Network of {basis}. The best connected are {names}.",
        basis=basis,
        names=join(best_connected(moment.organisations)),
    )
    return Picture(marks, ties, across_title(moment.ties), basis, alt)


def circle_of(organisation: str, ties: pd.DataFrame) -> tuple[set[str], set[tuple[str, str]]]:
    """An organisation with its partners, and its ties."""
    own = ties[(ties["organisation_a"] == organisation) | (ties["organisation_b"] == organisation)]
    pairs = set(zip(own["organisation_a"], own["organisation_b"], strict=True))
    return {organisation, *(end for pair in pairs for end in pair)}, pairs


def ties_within(organisations: Collection[str], ties: pd.DataFrame) -> set[tuple[str, str]]:
    """The ties of which both ends are among the organisations, as pairs."""
    both = ties["organisation_a"].isin(organisations) & ties["organisation_b"].isin(organisations)
    return set(zip(ties.loc[both, "organisation_a"], ties.loc[both, "organisation_b"], strict=True))


def in_picture(moment: questions.Moment, marks: pd.DataFrame, drawn: pd.DataFrame) -> str:
    """What the picture counts: everybody who is there and the ties that fit the filters, and how many are drawn.

    Of very many organisations the picture shows those with the most partners (`marks`); the table has all.
    """
    organisations = n_("{n} organisation", "{n} organisations", len(moment.organisations))
    counted = f"{organisations}, {n_('{n} tie', '{n} ties', len(moment.ties))}"
    if len(marks) < len(moment.organisations):
        some = _("the {n} organisations with the most partners are drawn", n=number(len(marks)))
        counted = f"{counted}; {some}"
    return counted if len(drawn) == len(moment.ties) else f"{counted}; {_('{n} ties are drawn', n=number(len(drawn)))}"


def quarters(days: list[str]) -> dict[str, str]:
    """What the slider says of each day."""
    return {day: date(pd.Timestamp(day).date()) for day in days}


def events_before(day: str, days: list[str], calendar: pd.DataFrame) -> Markdown:
    """The events between the day on the slider and the one before it (ISO, of `days`), the largest first.

    `calendar`: name, start_date, organisations (how many came).
    """
    until = pd.Timestamp(day)
    place = days.index(day)
    since = pd.Timestamp(days[place - 1]) if place else until - pd.DateOffset(months=3)
    held = calendar[(calendar["start_date"] > since) & (calendar["start_date"] <= until)]
    names = held.sort_values("organisations", ascending=False, kind="stable")["name"].astype(str).tolist()
    if not names:
        return md("There were no events in this quarter, after {day}.", day=date(since.date()))
    return md("Events in this quarter, after {day}: {events}.", day=date(since.date()), events=several(names))


def described(moment: questions.Moment, with_dates: bool) -> questions.Moment:
    """The network on a day with what the picture says of every mark and line, in `said`."""
    organisations, ties = moment
    sectors = {code: label(code) for code in organisations["sector"].unique()}
    about = [
        f"{sectors[sector]} · {n_('{n} partner', '{n} partners', degree)}"
        for sector, degree in zip(organisations["sector"], organisations["degree"], strict=True)
    ]
    words = [word("intensity", code) for code in questions.STRENGTHS]
    lines = [
        f"{words[weight]} · {_('since {year}', year=day.year)}" if with_dates else words[weight]
        for weight, day in zip(ties["weight"], ties["started_on"], strict=True)
    ]
    return questions.Moment(organisations.assign(said=about), ties.assign(said=lines))


def group_name(group: questions.Group, nth: int) -> str:
    """A group by its commonest theme."""
    themes = join([label(theme) for theme in group["themes"]]) or _("Group {n}", n=nth + 1)
    return f"{themes} ({n_('{n} organisation', '{n} organisations', len(group['organisations']))})"


def history(tie: questions.TieHistory) -> list[Markdown]:
    """What two organisations have and had together, a sentence each."""
    said = [
        md("Partners since {day}.", day=date(tie["started_on"]))
        if tie["started_on"]
        else md("They do not work together on this day; they did before.")
    ]
    if tie["last_sign_date"]:
        said.append(md("Last contact: {day}.", day=date(tie["last_sign_date"])))
    if tie["is_fading"]:
        said.append(md("**Fading: nothing was heard for more than {days} days.**", days=number(settings().fading_days)))
    if tie["next_event_date"]:
        day = date(tie["next_event_date"])
        said.append(md("Both are expected at {event} on {day}.", event=tie["next_event_name"], day=day))
    return said


def agreements(tie: questions.TieHistory) -> list[Markdown]:
    """Their agreements, the newest first."""
    return [
        md(
            "- {name}, {start} – {end}",
            name=agreement["name"] or label(agreement["kind"]) or _("an agreement"),
            start=date(agreement["started_on"]),
            end=date(agreement["ended_on"]) if agreement["ended_on"] else _("now"),
        )
        for agreement in tie["partnerships"]
    ]


def events_together(tie: questions.TieHistory) -> list[Markdown]:
    """The events that both attended, the newest first."""
    return [md("- {name}, {day}", name=event["name"], day=date(event["start_date"])) for event in tie["events"]]
