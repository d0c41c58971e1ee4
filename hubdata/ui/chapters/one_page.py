"""What somebody takes along to a meeting: one organisation, or two, on one page.

It holds what the page Organisation shows to the same reader; the questions worth asking are made of the same answers.
"""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from hubdata import notebook, questions, store
from hubdata.indicators.funding import Dependency
from hubdata.reports import content
from hubdata.ui.chapters import view_in_words
from hubdata.ui.chapters.parts import plain, table
from hubdata.ui.columns import Column, column
from hubdata.ui.deeds import is_put_off, pair_of
from hubdata.ui.hub_settings import home, settings
from hubdata.ui.language import Markdown, _, current_language, date, euro, join, label, md, moment, n_md, percent, word
from hubdata.ui.pairs import equal_to_last
from hubdata.ui.parts import attribution, several, table_of
from hubdata.ui.session import ask, covers, has_amounts, has_page, latest_year, may_change, snapshot, view
from hubdata.ui.ties import partners_in_words
from hubdata.ui.words import organisation as words

MOST_QUESTIONS = 3
MOST_INTRODUCTIONS = 3
MOST_FACTS_ASKED = 4
LONGEST_FACT = 160
MOST_YEARS = 4


def about(one: str, other: str | None = None) -> content.OnePage | None:
    """One organisation, or two that meet."""
    return brief(one, other) if other else profile(one)


def profile(organisation_id: str) -> content.OnePage | None:
    """One organisation. None when it is not in view, or not this reader's."""
    answer = _answer(organisation_id)
    if answer is None:
        return None
    chances = _chances(organisation_id)
    blocks = [
        _to_ask(_questions(answer, chances)),
        content.Block(_("Profile"), facts=_facts(answer)),
        _partners(answer),
        _money(answer) if has_amounts() else None,
        _events(_("Events"), answer["events"]),
        _introductions(organisation_id, chances) if _has_chances() else None,
    ]
    return _page(answer["name"], _("One organisation, on {day}", day=date(view().as_of)), blocks)


def brief(one: str, other: str) -> content.OnePage | None:
    """Two organisations that meet. None when either is not in view, or not this reader's, or they are the same."""
    first, second = _answer(one), _answer(other)
    if first is None or second is None or one == other:
        return None
    tie = ask(questions.answer_tie, *pair_of(one, other)) if covers(questions.answer_tie) else None
    theirs = {event["event_id"] for event in second["events"]}
    rows = words.compared(first, second, with_amounts=has_amounts())
    columns = tuple(content.Column(str(heading), "text") for heading in rows.columns)
    side_by_side = content.Table(columns, tuple(tuple(str(cell) or None for cell in row) for row in rows.to_numpy()))
    blocks = [
        _to_ask(_questions_of_two(first, second, tie)),
        content.Block(
            _("What they have with each other"),
            sentences=(plain(words.beside_each_other(first, second)),),
            is_wide=True,
        ),
        _agreements(tie) if tie else None,
        _events(_("Events of both"), [event for event in first["events"] if event["event_id"] in theirs]),
        _common_partners(first, second),
        content.Block(_("Side by side"), table=side_by_side, is_wide=True),
    ]
    title = _("{a} and {b}", a=first["name"], b=second["name"])
    return _page(title, _("Two organisations, on {day}", day=date(view().as_of)), blocks)


def _answer(organisation_id: str) -> questions.Organisation | None:
    if not has_page("organisation") or not covers(questions.answer_organisation):
        return None
    return ask(questions.answer_organisation, organisation_id)


def _page(title: str, subtitle: str, blocks: Sequence[content.Block | None]) -> content.OnePage:
    manifest = snapshot().manifest
    loaded = _("The data was loaded on {moment}.", moment=moment(manifest.loaded_at))
    about = tuple(text for text in (loaded, view_in_words(), attribution()) if text)
    made = tuple(block for block in blocks if block)
    return content.OnePage(title, subtitle, settings().name, view().as_of, current_language(), about, made)


# --- the parts ------------------------------------------------------------------------------------------------------


def _facts(answer: questions.Organisation) -> tuple[tuple[str, str], ...]:
    """What is known; a website as it is written. A page has room for the beginning of a long one."""
    known = {heading: fact for heading, fact in words.facts(answer).items() if fact}
    website = answer["profile"]["website"]
    facts = {h: website if isinstance(fact, Markdown) else fact for h, fact in known.items()}
    facts = {_("Sector"): label(answer["sector"])} | facts
    return tuple((h, textwrap.shorten(fact, LONGEST_FACT, placeholder=" …")) for h, fact in facts.items())


def _partners(answer: questions.Organisation) -> content.Block:
    """Its partners, the closest first, and whom it spoke last."""
    ties = answer["ties"]
    if not ties:
        return content.Block(_("Partners"), sentences=(_("No partners on this day in this view."),))
    weights = _weights(answer["organisation_id"]) if has_page("network") else {}
    closest = sorted(
        ties,
        key=lambda tie: (-weights.get(tie["organisation_id"], 0), -tie["partnership_count"], tie["days_silent"]),
    )
    rows = table_of(closest, "sector")
    if weights:
        rows["intensity_label"] = [
            word("intensity", questions.STRENGTHS[weights.get(one, 1)]) for one in rows["organisation_id"]
        ]
    said = [
        partners_in_words(answer["degree"], answer["cross_sector_degree"]),
        md("Last contact: {name}, on {day}.", name=ties[0]["name"], day=date(ties[0]["last_sign_date"])),
        *_noted(answer),
    ]
    columns: list[str | Column] = [
        column("name", _("Partner")),
        "last_sign_date",
        column("intensity_label", _("How close"), "text"),
    ]
    return content.Block(
        _("Partners, the closest first"), tuple(plain(sentence) for sentence in said), table=table(rows, columns)
    )


def _weights(organisation_id: str) -> dict[str, int]:
    """Partner -> how close the closest agreement is (the place in `questions.STRENGTHS`)."""
    ties = ask(questions.answer_moment, view().as_of, "all", "", "").ties
    ends = zip(ties["organisation_a"], ties["organisation_b"], ties["weight"], strict=True)
    return {b if a == organisation_id else a: int(weight) for a, b, weight in ends if organisation_id in (a, b)}


def _noted(answer: questions.Organisation) -> list[Markdown]:
    """The last call about one of its ties that the manager noted."""
    if not may_change():
        return []
    names = {tie["organisation_id"]: tie["name"] for tie in answer["ties"]}
    try:
        calls = [call for call in notebook.calls(home()) if call.status == "called"]
    except store.StoreProblem:  # its page says so
        return []
    for call in calls:
        other = {*call.pair} - {answer["organisation_id"]}
        if len(other) == 1 and (name := names.get(other.pop())):
            return [md("You noted a call about {name} on {day}.", name=name, day=moment(call.decided_at))]
    return []


def _money(answer: questions.Organisation) -> content.Block:
    """What it received in the latest years, and what it gave."""
    said: list[str] = []
    if answer["funding"]:
        said.append(words.income_sentence(answer, _year(answer)))
    else:
        said.append(_("No income is known of this organisation."))
    gifts = ask(questions.answer_gifts, answer["organisation_id"])
    if gifts:
        newest = [gift for gift in gifts if gift["year"] == gifts[0]["year"]]
        said.append(
            n_md(
                "In {year} it gave {amount} to {n} organisation in the data.",
                "In {year} it gave {amount} to {n} organisations in the data.",
                len({gift["organisation_id"] for gift in newest}),
                year=gifts[0]["year"],
                amount=euro(sum(gift["amount_eur"] for gift in newest)),
            )
        )
    years = pd.DataFrame(sorted(answer["funding"], key=lambda year: -year["year"])[:MOST_YEARS])
    shown = table(years, ["year", "income", "top_donor_share", "public_share"]) if len(years) else None
    return content.Block(_("Money in and out"), tuple(plain(sentence) for sentence in said), table=shown)


def _year(answer: questions.Organisation) -> Dependency:
    """The latest year with income that was over."""
    latest = latest_year([year["year"] for year in answer["funding"]])
    return next(year for year in answer["funding"] if year["year"] == latest)


def _events(title: str, attended: Sequence[Mapping[str, Any]]) -> content.Block:
    if not attended:
        return content.Block(title, sentences=(_("No events are known."),))
    rows = pd.DataFrame(attended).assign(status_label=[word("status", event["status"]) for event in attended])
    rows = rows.drop_duplicates("event_id")  # once, also for who was host and speaker
    return content.Block(title, table=table(rows, ["start_date", column("name", _("Event")), "status_label"]))


def _has_chances() -> bool:
    return has_page("introductions") and covers(questions.answer_chances)


def _chances(organisation_id: str) -> list[questions.NamedIntroduction]:
    """Whom to introduce to it, best first, without those that the manager decided about."""
    if not _has_chances():
        return []
    decided = {decision.pair for decision in _decisions() if is_put_off(decision)}
    pairs = ask(questions.answer_chances, organisation_id)
    return [pair for pair in pairs if pair_of(pair["organisation_a"], pair["organisation_b"]) not in decided]


def _decisions() -> list[notebook.Decision]:
    """What was decided about introductions: the manager's own."""
    if not may_change():
        return []
    try:
        return notebook.decisions(home())
    except store.StoreProblem:  # its page says so
        return []


def _introductions(organisation_id: str, chances: Sequence[questions.NamedIntroduction]) -> content.Block:
    """What is promised and not done yet, and whom else to introduce."""
    names = ask(questions.answer_names)
    promised = [
        names[other]
        for decision in _decisions()
        if decision.status == "accepted" and organisation_id in decision.pair
        for other in decision.pair
        if other != organisation_id and other in names
    ]
    said = [md("Accepted and not made yet: {names}.", names=join(promised))] if promised else []
    if not promised and not chances:
        said = [md("Nobody in another sector has something in common with it that we know of.")]
    listed = [words.chance(_in_short(pair), organisation_id)[1] for pair in chances[:MOST_INTRODUCTIONS]]
    equals = [equal_to_last(chances, MOST_INTRODUCTIONS)] if listed else []
    return content.Block(
        _("Whom to introduce to it"),
        sentences=(*(plain(sentence) for sentence in said), *filter(None, equals)),
        points=tuple(plain(sentence) for sentence in listed),
    )


def _in_short(pair: questions.NamedIntroduction) -> questions.NamedIntroduction:
    """A pair with its two strongest reasons."""
    return {**pair, "reasons": pair["reasons"][:2]}


def _agreements(tie: questions.TieHistory) -> content.Block:
    rows = pd.DataFrame(tie["partnerships"])
    named = [row["name"] or label(row["kind"]) or _("an agreement") for row in tie["partnerships"]]
    columns: list[str | Column] = [column("name", _("Agreement")), "started_on", column("ended_on", _("Until"), "date")]
    return content.Block(_("Agreements of both"), table=table(rows.assign(name=named), columns))


def _common_partners(one: questions.Organisation, other: questions.Organisation) -> content.Block | None:
    """Whom both work with, and when each spoke them last."""
    theirs = {tie["organisation_id"]: tie for tie in other["ties"]}
    rows = [
        {
            "name": tie["name"],
            "date": tie["last_sign_date"],
            "last_sign_date": theirs[tie["organisation_id"]]["last_sign_date"],
        }
        for tie in one["ties"]
        if tie["organisation_id"] in theirs
    ]
    if not rows:
        return None
    columns: list[str | Column] = [
        column("name", _("Partner")),
        column("date", _("Last contact with {name}", name=one["name"])),
        column("last_sign_date", _("Last contact with {name}", name=other["name"])),
    ]
    return content.Block(_("Partners in common"), table=table(pd.DataFrame(rows), columns))


# --- the questions --------------------------------------------------------------------------------------------------


def _to_ask(asked: Sequence[Markdown]) -> content.Block | None:
    """The first few questions that the data gives rise to, the most telling first."""
    points = tuple(plain(question) for question in asked[:MOST_QUESTIONS])
    return content.Block(_("Worth asking"), points=points, is_wide=True) if points else None


def _questions(answer: questions.Organisation, chances: Sequence[questions.NamedIntroduction]) -> list[Markdown]:
    """What to ask one organisation: about what fades, what it lacks or has to give, what we do not know, what comes."""
    asked = [_of_silence(answer), _of_needs(answer["organisation_id"], chances), _of_unknown(answer)]
    asked += [_of_money(answer) if has_amounts() else None, _of_meeting(answer)]
    return [question for question in asked if question]


def _of_silence(answer: questions.Organisation) -> Markdown | None:
    if not answer["ties"]:
        return md("In the data you have no partner on this day. Is that right, and with whom would you like to work?")
    fading = [tie for tie in answer["ties"] if tie["days_silent"] > settings().fading_days]
    if not fading:
        return None
    # Those across sectors first: they are the bridges, and the first to go.
    tie = min(fading, key=lambda one: (not one["is_cross_sector"], -one["days_silent"], one["organisation_id"]))
    said = md(
        "The last contact with {name} was on {day}. What is still going on between you?",
        name=tie["name"],
        day=date(tie["last_sign_date"]),
    )
    if not tie["next_event_date"]:
        return said
    more = md("Both are expected at {event} on {day}.", event=tie["next_event_name"], day=date(tie["next_event_date"]))
    return Markdown(f"{said} {more}")


def _of_needs(organisation_id: str, chances: Sequence[questions.NamedIntroduction]) -> Markdown | None:
    for pair in chances:
        is_first = pair["organisation_a"] == organisation_id
        other = pair["name_b"] if is_first else pair["name_a"]
        for reason in pair["reasons"]:
            if reason["kind"] == "need":
                what = join([label(code) for code in reason["names"]])
                if reason["of"] == organisation_id:
                    return md("You look for {what}, and {name} offers it. Have you met?", what=what, name=other)
                return md("{name} looks for {what}, which you offer. Could you help?", what=what, name=other)
    return None


def _of_unknown(answer: questions.Organisation) -> Markdown | None:
    unknown = _unknown(answer)
    return md("We do not know of you: {facts}. Can you tell us?", facts=join(unknown)) if unknown else None


def _unknown(answer: questions.Organisation) -> list[str]:
    """The headings of the first facts that are not known; that an organisation has no other name is no gap."""
    empty = [heading for heading, fact in words.facts(answer).items() if not fact and heading != _("Also known as")]
    return empty[:MOST_FACTS_ASKED]


def _of_money(answer: questions.Organisation) -> Markdown | None:
    year = _year(answer) if answer["funding"] else None
    if year is None or not year["exposed"] or not year["top_donor"] or year["greyed"]:
        return None
    donors = words.largest_donors(answer, year)
    gaps = {"year": year["year"], "share": percent(year["top_donor_share"]), "donor": several(donors)}
    if len(donors) > 1:
        return md("In {year} {donor} each gave you {share} of your income. What if that becomes less?", **gaps)
    if year["total_income"] is not None:
        return md("In {year} {share} of your income came from {donor}. What if that becomes less?", **gaps)
    return md("In {year} {share} of your known income came from {donor}. What if that becomes less?", **gaps)


def _of_meeting(answer: questions.Organisation) -> Markdown | None:
    planned = [event for event in answer["events"] if event["is_planned"]]
    if not planned:
        return None
    first = min(planned, key=lambda event: (event["start_date"], event["event_id"]))
    return md(
        "You are expected at {event} on {day}. Whom would you like to meet there?",
        event=first["name"],
        day=date(first["start_date"]),
    )


def _questions_of_two(
    one: questions.Organisation, other: questions.Organisation, tie: questions.TieHistory | None
) -> list[Markdown]:
    """What to ask two organisations that sit at one table."""
    asked: list[Markdown | None] = []
    if tie and tie["is_fading"]:
        asked.append(
            md(
                "Your last contact that we know of was on {day}. What is still going on between you?",
                day=date(tie["last_sign_date"]),
            )
        )
    if tie and tie["ends_on"]:
        asked.append(md("Your agreement ends on {day}. Will you go on?", day=date(tie["ends_on"])))
    asked += [_of_exchange(one, other), _of_exchange(other, one)]
    if not tie or not tie["started_on"]:
        asked.append(_of_acquaintances(one, other))
    if tie and tie["next_event_date"]:
        asked.append(
            md(
                "Both of you are expected at {event} on {day}. What will you prepare together?",
                event=tie["next_event_name"],
                day=date(tie["next_event_date"]),
            )
        )
    themes = [t for t in one["profile"]["themes"] or [] if t in (other["profile"]["themes"] or [])]
    if themes:
        asked.append(
            md("Both of you work on {themes}. What could you do together?", themes=join([label(t) for t in themes]))
        )
    for answer in (one, other):
        unknown = [
            heading for heading, fact in words.facts(answer).items() if not fact and heading != _("Also known as")
        ]
        if unknown:
            facts = join(unknown[:MOST_FACTS_ASKED])
            asked.append(md("Of {name} we do not know: {facts}. Can you tell us?", name=answer["name"], facts=facts))
    return [question for question in asked if question]


def _of_exchange(one: questions.Organisation, other: questions.Organisation) -> Markdown | None:
    needs = [label(need) for need in one["profile"]["needs"] or [] if need in (other["profile"]["offers"] or [])]
    if not needs:
        return None
    return md(
        "{who} looks for {what}, which {other} offers. Could you help each other?",
        who=one["name"],
        what=join(needs),
        other=other["name"],
    )


def _of_acquaintances(one: questions.Organisation, other: questions.Organisation) -> Markdown | None:
    theirs = {tie["organisation_id"] for tie in other["ties"]}
    both = [tie["name"] for tie in one["ties"] if tie["organisation_id"] in theirs]
    if not both:
        return None
    return md("Both of you work with {names}. Who of them could bring you together?", names=several(both))
