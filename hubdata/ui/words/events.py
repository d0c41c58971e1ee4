"""The sentences and tables of the page `events`."""

from collections.abc import Callable, Sequence

import pandas as pd

from hubdata import questions
from hubdata.indicators.events import EventOutcome, Events, KindOutcome, Lift, OneEvent
from hubdata.ui.columns import Column, column
from hubdata.ui.hub_settings import settings
from hubdata.ui.language import Markdown, _, apart, current_language, date, euro, label, md, n_md, number, percent
from hubdata.ui.session import ask, view


def one_event(event_id: str) -> OneEvent:
    """One of the events up to the as-of date (those of `questions.answer_events`)."""
    event = ask(questions.answer_event, event_id)
    assert event is not None
    return event


def event_in_words(event: OneEvent) -> Markdown:
    """What one event brought, with what would have come without it, or that it is too early to say."""
    who = n_md(
        "**{name}, {day}**: {n} organisation was there.",
        "**{name}, {day}**: {n} organisations were there.",
        event["organisations"],
        name=event["name"],
        day=date(event["start_date"]),
    )
    if event["pairs"]:
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
    if not event["is_window_complete"]:
        so_far = n_md(
            "**It is too early to say what followed: {n} new tie so far; we count until {day}.**",
            "**It is too early to say what followed: {n} new ties so far; we count until {day}.**",
            event["new_ties_after"],
            day=date(event["window_ends"]),
        )
        return Markdown(f"{who} {so_far}")
    expected = apart("number", event["expected_new_ties"], event["new_ties_after"])[0]
    followed = n_md(
        "**It was followed by {n} new tie within {days} days; at the rate of pairs that were not both there it would "
        "be {expected}.**",
        "**It was followed by {n} new ties within {days} days; at the rate of pairs that were not both there it would "
        "be {expected}.**",
        event["new_ties_after"],
        days=number(settings().window_days),
        expected=expected,
    )
    return Markdown(f"{who} {followed} {lift_in_words(event)} {cost_in_words(event)}")


def lift_in_words(lift: Lift) -> Markdown:
    """How many times as often a tie followed as without meeting, with its interval."""
    if lift["lift"] is None:
        return md("That is too few new ties to compare.")
    return md(
        "That is {lift} times as often (between {low} and {high} times, 95% interval).",
        lift=number(lift["lift"], 1),
        low=number(lift["lift_low"], 1),
        high=number(lift["lift_high"], 1),
    )


def cost_in_words(event: EventOutcome) -> Markdown:
    """What an event cost per new tie, or why that is not known."""
    if event["cost"] is None:
        return md("What it cost is not known.")
    if event["cost_per_new_tie"] is None:
        return md("It cost {cost}.", cost=euro(event["cost"]))
    return md("It cost {cost}, {each} per new tie.", cost=euro(event["cost"]), each=euro(event["cost_per_new_tie"]))


def events_in_words(held: Sequence[EventOutcome]) -> dict[str, str]:
    """Id of an event -> its day and name, for a choice."""
    return {event["event_id"]: f"{date(event['start_date'])} – {event['name']}" for event in held}


def attendance_sentence(figures: Events, known: int) -> Markdown:
    """How many events there were, who came, and how many came back. `known`: events of which attendance is known."""
    held = n_md("**{n} event up to {day}.**", "**{n} events up to {day}.**", figures["events"], day=date(view().as_of))
    if not figures["attending_organisations"]:
        return held
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
    same = set(calendar.loc[calendar["kind"] == kind, "event_id"])
    return [event for event in held if not kind or event["event_id"] in same]


def last_complete(held: Sequence[EventOutcome]) -> str | None:
    """Of events, newest first, the id of the last one of which all that followed is known."""
    return next(
        (event["event_id"] for event in held if event["is_window_complete"] and event["pairs_without_tie"]), None
    )


def followed_columns(new_ties: str) -> list[str | Column]:
    """The columns of what followed events, for `frame`; `new_ties` is that of the new ties."""
    return [
        column("cross_sector_share", _("Pairs across sectors")),
        "pairs_without_tie",
        new_ties,
        "expected_new_ties",
        "conversion",
        "base_rate",
        "lift",
        "lift_low",
        "lift_high",
        "cost",
        "cost_per_new_tie",
    ]


def kind_table(kinds: Sequence[KindOutcome]) -> pd.DataFrame:
    """Kinds of event with their words."""
    table = pd.DataFrame(kinds).astype({"conversion": float, "base_rate": float})
    return table.assign(kind_label=[label(code) if code else _("not known") for code in table["kind"]])


def kind_bars(kinds: Sequence[KindOutcome]) -> pd.DataFrame:
    """Per kind of event the share that formed a tie, met or not, as `charts.bars` takes them."""
    table = kind_table(kinds).rename(columns={"kind_label": "label"})
    return pd.concat([table.assign(series=name, value=table[name]) for name in ("conversion", "base_rate")])


def kind_in_words() -> Callable[[str], str]:
    """How a widget shows a kind of event; "" is all kinds."""
    shown_in, every = current_language(), _("All kinds")
    return lambda code: settings().label(code, shown_in) if code else every
