"""The sentences and tables of the page `events`."""

from collections.abc import Callable, Sequence

import pandas as pd

from hubdata import charts, questions
from hubdata.indicators.chance import LEVEL
from hubdata.indicators.events import EventOutcome, Events, KindOutcome, NeverCame, OneEvent
from hubdata.indicators.meeting import Lift
from hubdata.ui.columns import Column, column
from hubdata.ui.hub_settings import settings
from hubdata.ui.language import (
    Markdown,
    _,
    apart,
    current_language,
    date,
    euro,
    join,
    label,
    literal,
    md,
    n_,
    n_md,
    number,
    percent,
)
from hubdata.ui.session import ask, view
from hubdata.ui.ties import records_end_at

FEWEST = 3
"""Of fewer organisations at an event no shares are said."""

MOST_CARDS = 3
MOST_PLANNED = 3


def one_event(event_id: str) -> OneEvent:
    """One of the events up to the as-of date (those of `questions.answer_events`)."""
    event = ask(questions.answer_event, event_id)
    assert event is not None
    return event


def event_in_words(event: OneEvent) -> Markdown:
    """What one event brought, with what would have come without it, or that it cannot be said yet."""
    who = n_md(
        "**{name}, {day}**: {n} organisation was there.",
        "**{name}, {day}**: {n} organisations were there.",
        event["organisations"],
        name=event["name"],
        day=date(event["start_date"]),
    )
    if event["organisations"] >= FEWEST:
        met = n_md(
            "Of the {n} pair that met, {across} is between two sectors; {without} had no tie yet.",
            "Of the {n} pairs that met, {across} are between two sectors; {without} had no tie yet.",
            event["pairs"],
            across=percent(event["cross_sector_share"]),
            without=number(event["pairs_without_tie"]),
        )
        who = Markdown(f"{who} {met}")
    if not event["pairs_without_tie"]:
        return who
    if event["is_plenary"]:
        left_out = md("**So many were there that not everybody met, so what followed is not counted.**")
        return Markdown(f"{who} {left_out}")
    if not event["is_window_complete"]:
        until = date(event["window_ends"])
        if _records_end_before(event):
            return Markdown(f"{who} {_cannot_be_said(event)}")
        if not event["new_ties_after"]:
            none = md("**It is too early to say what followed: no new tie so far; we count until {day}.**", day=until)
            return Markdown(f"{who} {none}")
        so_far = n_md(
            "**It is too early to say what followed: {n} new tie so far; we count until {day}.**",
            "**It is too early to say what followed: {n} new ties so far; we count until {day}.**",
            event["new_ties_after"],
            day=until,
        )
        return Markdown(f"{who} {so_far}")
    expected = apart("number", event["expected_new_ties"], event["new_ties_after"])[0]
    if not event["new_ties_after"] and (event["expected_new_ties"] or 0) < 0.05:
        none = md("**No new tie followed within {days} days.**", days=number(settings().window_days))
        return Markdown(f"{who} {none} {cost_in_words(event)}")
    if not event["new_ties_after"]:
        none = md(
            "**No new tie followed within {days} days; at the rate of pairs that were not both there it would be "
            "{expected}.**",
            days=number(settings().window_days),
            expected=expected,
        )
        return Markdown(f"{who} {none} {cost_in_words(event)}")
    followed = n_md(
        "**It was followed by {n} new tie within {days} days; at the rate of pairs that were not both there it would "
        "be {expected}.**",
        "**It was followed by {n} new ties within {days} days; at the rate of pairs that were not both there it would "
        "be {expected}.**",
        event["new_ties_after"],
        days=number(settings().window_days),
        expected=expected,
    )
    return Markdown(f"{who} {followed} {cost_in_words(event)}")


def _records_end_before(event: OneEvent) -> bool:
    """Whether what followed an event is missing from the data, rather than still to come."""
    known = event["ties_known_until"]
    return known is None or records_end_at(known) or event["window_ends"] <= view().as_of


def _cannot_be_said(event: OneEvent) -> Markdown:
    """Why it cannot be said what followed an event after which the data hold too few days of partnerships."""
    known, until = event["ties_known_until"], date(event["window_ends"])
    if known is None:
        return md("**It cannot be said what followed: there are no partnerships in the data.**")
    if not event["new_ties_after"]:
        return md(
            "**It cannot be said yet what followed: the last partnership in the data began on {day}; "
            "we count until {until}.**",
            day=date(known),
            until=until,
        )
    return n_md(
        "**It cannot be said yet what followed. We see {n} new tie, but the last partnership in the data began on "
        "{day}; we count until {until}.**",
        "**It cannot be said yet what followed. We see {n} new ties, but the last partnership in the data began on "
        "{day}; we count until {until}.**",
        event["new_ties_after"],
        day=date(known),
        until=until,
    )


def event_title(event: OneEvent) -> Markdown:
    """What one event brought in a few words: how many new ties followed, or that it cannot be said yet."""
    name = event["name"]
    if not event["pairs_without_tie"] or event["is_plenary"]:
        return Markdown(literal(name))
    if not event["is_window_complete"]:
        return md("{name}: it cannot be said yet what followed", name=name)
    if not event["new_ties_after"]:
        return md("{name}: no new tie followed", name=name)
    return n_md("{name}: {n} new tie followed", "{name}: {n} new ties followed", event["new_ties_after"], name=name)


def four_numbers(event: OneEvent) -> list[tuple[str, str]]:
    """What one event brought: who was there, which pairs had no tie yet, new ties, and how many were expected.

    What does not count, or is not known yet, is left out.
    """
    numbers = [(_("Present"), number(event["organisations"]))]
    if event["pairs_without_tie"]:
        numbers.append((_("Pairs without a tie yet"), number(event["pairs_without_tie"])))
        is_complete = event["is_window_complete"]
        if not event["is_plenary"] and (is_complete or event["new_ties_after"] or not _records_end_before(event)):
            heading = _("New ties") if is_complete else _("New ties so far")
            numbers.append((heading, number(event["new_ties_after"])))
    if event["is_window_complete"] and event["expected_new_ties"] is not None:
        expected = apart("number", event["expected_new_ties"], event["new_ties_after"])[0]
        numbers.append((_("Expected without meeting"), expected))
    return numbers


def numbers_in_words(event: OneEvent) -> Markdown:
    """The numbers of `four_numbers` on one line."""
    if not event["organisations"]:
        return md("It is not known who was there.")
    return Markdown(" · ".join(f"{literal(heading)}: **{literal(value)}**" for heading, value in four_numbers(event)))


def not_yet_in_words(event: OneEvent) -> Markdown:
    """That it cannot be said yet what followed an event; "" when it can, and where it is never said."""
    if event["is_window_complete"] or event["is_plenary"] or not event["pairs_without_tie"]:
        return Markdown()
    if _records_end_before(event):
        return md("It cannot be said yet what followed.")
    return md("It is too early to say what followed: we count until {day}.", day=date(event["window_ends"]))


def card_head(event: OneEvent) -> Markdown:
    """The name, day and kind of an event."""
    kind = f"\N{NO-BREAK SPACE}· {literal(label(event['kind']))}" if event["kind"] else ""
    return Markdown(f"**{literal(event['name'])}**, {date(event['start_date'])}{kind}")


def new_ties_in_words(event: OneEvent, most: int) -> Markdown:
    """The names of the first new ties that followed an event, and how many more; "" without any."""
    ties = event["followed"]
    if not ties:
        return Markdown("")
    named = [f"{tie['name_a']} – {tie['name_b']}" for tie in ties[:most]]
    if more := len(ties) - len(named):
        named.append(n_("{n} more", "{n} more", more))
    return md("New: {ties}", ties="; ".join(named))


def next_events(calendar: pd.DataFrame, as_of: pd.Timestamp) -> Markdown:
    """The names and days of the next events after a day; "" without any."""
    planned = calendar[calendar["start_date"] > as_of].sort_values("start_date", kind="stable").head(MOST_PLANNED)
    if planned.empty:
        return Markdown("")
    named = [f"{row['name']} ({date(row['start_date'])})" for row in planned.to_dict("records")]
    return md("Next: {events}.", events=join(named))


def followed_title(figures: Events) -> str:
    """How often a tie followed a meeting, beside how often without one; only what was asked where that is not known."""
    if figures["conversion"] is None or figures["base_rate"] is None:
        return _("What followed")
    rates = apart("share", figures["conversion"], figures["base_rate"])
    return _("After {share} of meetings a tie followed; without meeting {base}", share=rates[0], base=rates[1])


def never_title(absent: Sequence[NeverCame]) -> str:
    """How many organisations never came."""
    if not absent:
        return _("Who never comes")
    return n_("{n} organisation never comes", "{n} organisations never come", len(absent))


def kinds_title(kinds: Sequence[KindOutcome]) -> Markdown:
    """Which kinds of event differ from the others, or that they differ too little to rank."""
    return Markdown(literal(kinds_sentence(kinds).removesuffix(".")))


def lift_in_words(lift: Lift) -> str:
    """How many times as often a tie followed as without meeting, with its interval, or why there is none."""
    if lift["lift"] is None:
        return _("That is too few new ties to compare.")
    if lift["lift_low"] is None:
        return _(
            "That is {lift} times as often, on too few ties to say how sure that is. Followed by, not caused by: "
            "who is active both attends and partners more.",
            lift=apart("number", lift["lift"], 1)[0],
        )
    written, low, high, _none = apart("number", lift["lift"], lift["lift_low"], lift["lift_high"], 1)
    return _(
        "That is {lift} times as often (between {low} and {high} times, 95% interval). Followed by, "
        "not caused by: who is active both attends and partners more.",
        lift=written,
        low=low,
        high=high,
    )


def followed_sentence(figures: Events) -> Markdown:
    """How often a tie followed a meeting, beside pairs that were not both there."""
    if figures["conversion"] is None:
        return Markdown(literal(nothing_followed()))
    rates = apart("share", figures["conversion"], figures["base_rate"])
    return n_md(
        "{n} time two organisations without a tie were at the same event; in {share} of those cases a tie "
        "followed within {days} days. Of pairs that were not both there, {base} formed one. {lift}",
        "{n} times two organisations without a tie were at the same event; in {share} of those cases a tie "
        "followed within {days} days. Of pairs that were not both there, {base} formed one. {lift}",
        figures["pairs_without_tie"],
        share=rates[0],
        base=rates[1],
        days=number(settings().window_days),
        lift=lift_in_words(figures),
    )


def nothing_followed() -> str:
    """That of no event it can be said what followed."""
    return _(
        "Of no event with organisations that had no tie yet can it be said what followed: the data have to tell of the "
        "{days} days after it.",
        days=number(settings().window_days),
    )


def encounters_basis(figures: Events) -> str:
    """How many encounters there were, and how many events were too large to count."""
    return f"{n_('{n} encounter', '{n} encounters', figures['encounters'])}; " + n_(
        "{n} very large event left out", "{n} very large events left out", figures["plenaries"]
    )


def cost_in_words(event: EventOutcome) -> Markdown:
    """What an event cost per new tie, or why that is not known."""
    if event["cost"] is None:
        return md("What it cost is not known.")
    if event["cost_per_new_tie"] is None:
        return md("It cost {cost}.", cost=euro(event["cost"]))
    return md(
        "It cost {cost}: {each} for each new tie that followed.",
        cost=euro(event["cost"]),
        each=euro(event["cost_per_new_tie"]),
    )


def events_in_words(held: Sequence[EventOutcome]) -> dict[str, str]:
    """Id of an event -> its day and name, for a choice."""
    return {event["event_id"]: f"{date(event['start_date'])} – {event['name']}" for event in held}


def in_calendar(basis: str, events: int) -> str:
    """What the calendar counts; of very many events it shows the newest, and says so."""
    if events <= charts.MAX_MARKS:
        return basis
    return _("{basis}; the newest {n} are drawn, the table has all", basis=basis, n=number(charts.MAX_MARKS))


def attendance_sentence(figures: Events, known: int) -> Markdown:
    """How many events there were, who came, and how many came back. `known`: events of which attendance is known."""
    held = n_md("**{n} event up to {day}.**", "**{n} events up to {day}.**", figures["events"], day=date(view().as_of))
    if not figures["attending_organisations"]:
        return held
    if known == figures["events"] > 1:
        came = n_md(
            "Of each of them it is known who came: {n} organisation. {repeat} came to two or more.",
            "Of each of them it is known who came: {n} organisations. Of those, {repeat} came to two or more.",
            figures["attending_organisations"],
            repeat=percent(figures["repeat_share"]),
        )
        return Markdown(f"{held} {came}")
    came = n_md(
        "Of {known} of them it is known who came: {n} organisation. {repeat} came to two or more.",
        "Of {known} of them it is known who came: {n} organisations. Of those, {repeat} came to two or more.",
        figures["attending_organisations"],
        known=number(known),
        repeat=percent(figures["repeat_share"]),
    )
    return Markdown(f"{held} {came}")


def of_kind(held: Sequence[EventOutcome], calendar: pd.DataFrame, kind: str) -> list[EventOutcome]:
    """The events of one kind, in their order; "" is every kind."""
    if not kind:
        return list(held)
    same = set(calendar.loc[calendar["kind"] == kind, "event_id"])
    return [event for event in held if event["event_id"] in same]


def last_complete(held: Sequence[EventOutcome]) -> str | None:
    """Of events, newest first, the id of the last one of which all that followed is known."""
    return next(
        (
            event["event_id"]
            for event in held
            if event["is_window_complete"] and event["pairs_without_tie"] and not event["is_plenary"]
        ),
        None,
    )


def followed_columns(new_ties: str) -> list[str | Column]:
    """The columns of what followed events, for `frame`; `new_ties` is that of the new ties."""
    return [
        new_ties,
        "expected_new_ties",
        "conversion",
        "base_rate",
        "lift",
        "lift_low",
        "lift_high",
        "p_adjusted",
        "pairs_without_tie",
        column("cross_sector_share", _("Pairs across sectors")),
        "cost",
        "cost_per_new_tie",
    ]


def kind_table(kinds: Sequence[KindOutcome]) -> pd.DataFrame:
    """Kinds of event with their words."""
    table = pd.DataFrame(kinds).astype({"conversion": float, "base_rate": float})
    return table.assign(kind_label=[label(kind["kind"]) if kind["kind"] else _("not known") for kind in kinds])


def kind_bars(kinds: Sequence[KindOutcome]) -> pd.DataFrame:
    """Per kind of event the share that formed a tie, met or not, as `charts.bars` takes them."""
    table = kind_table(kinds).rename(columns={"kind_label": "label"})
    return pd.concat([table.assign(series=name, value=table[name]) for name in ("conversion", "base_rate")])


def kinds_sentence(kinds: Sequence[KindOutcome]) -> str:
    """Which kinds of event differ from the others by more than chance, or that they differ too little to rank."""
    compared = [row for row in kinds if row["p_adjusted"] is not None]
    if len(compared) < 2:
        return _("There are too few new ties to compare kinds.")
    differing = [row for row in compared if (row["p_adjusted"] or 0) < LEVEL]
    if not differing:
        return _("The kinds differ too little to rank.")
    names = join([label(row["kind"]) if row["kind"] else _("not known") for row in differing])
    return _("More than chance explains, these differ from the other kinds: {names}.", names=names)


def kinds_in_words(kinds: Sequence[KindOutcome]) -> str:
    """The shares per kind as a sentence, in the order of the table, which is no ranking."""
    shares = [
        f"{label(kind['kind']) if kind['kind'] else _('not known')} ({percent(kind['conversion'])})" for kind in kinds
    ]
    return _(
        "Share of pairs that formed a tie per kind: {shares}. {ranking}",
        shares=join(shares),
        ranking=kinds_sentence(kinds),
    )


def kind_in_words() -> Callable[[str], str]:
    """How a widget shows a kind of event; "" is all kinds."""
    shown_in, every = current_language(), _("All kinds")
    return lambda code: settings().label(code, shown_in) if code else every
