"""What follows? Whom to call, whom to introduce, which organisations to watch, and which events are planned."""

import pandas as pd

from hubdata import notebook, questions, store
from hubdata.indicators.ties import FadingTie
from hubdata.reports import content
from hubdata.ui.chapters.parts import chapter, figure, income_year
from hubdata.ui.columns import column
from hubdata.ui.deeds import is_put_off
from hubdata.ui.hub_settings import home, settings
from hubdata.ui.language import Markdown, _, label, md, n_, n_md, number, word
from hubdata.ui.pairs import equal_to_last, reason_in_words
from hubdata.ui.parts import table_of, with_labels
from hubdata.ui.session import ask, covers, has_page, may_change, view
from hubdata.ui.ties import MOST_CALLS, call_sentence
from hubdata.ui.words import contacts as contact_words
from hubdata.ui.words import introductions as words
from hubdata.ui.words.funding import money_basis

MOST_INTRODUCTIONS = 5


def next_chapter() -> content.Chapter:
    """Things to do, the most urgent first."""
    made: list[content.Figure | None] = []
    if has_page("contacts") or has_page("overview"):
        made.append(calls())
    if has_page("introductions") and covers(questions.answer_introductions):
        made.append(introductions())
    if has_page("overview"):
        made += [newly_exposed(), _alone()]
    if has_page("events"):
        made += [_planned(), _never_came()]
    said = [] if any(made) else [_("Nothing in the data asks for action now.")]
    return chapter("next", _("What follows"), said, made)


def calls() -> content.Figure | None:
    """The ties that fade: whom to call."""
    fading: list[FadingTie] = ask(questions.answer_fading, False)
    if not fading:
        return None
    ties = n_("{n} tie", "{n} ties", len(ask(questions.answer_tie_list)))
    across = sum(tie["is_cross_sector"] for tie in fading)
    return figure(
        "fading",
        title=_("Whom to call first"),
        sentences=[
            n_md(
                "**{n} of {all} has been silent for more than {days} days; {across} across sectors.** "
                "Those across sectors come first: they are the bridges, and the first to go.",
                "**{n} of {all} have been silent for more than {days} days; {across} across sectors.** "
                "Those across sectors come first: they are the bridges, and the first to go.",
                len(fading),
                all=ties,
                days=number(settings().fading_days),
                across=number(across),
            )
        ],
        points=[call_sentence(tie) for tie in fading[:MOST_CALLS]],
        rows=contact_words.fading_table(fading),
        columns=[
            "name_a",
            "name_b",
            "last_sign_date",
            "days_silent",
            "ends_on",
            "next_event_name",
            "next_event_date",
            "together",
            "sector_a_label",
            "sector_b_label",
        ],
        basis=ties,
        source="partnerships.csv, attendance.csv",
        method="fading",
    )


def open_introductions() -> list[questions.NamedIntroduction]:
    """The pairs that nobody has decided about yet, best first, as the page Introductions has them."""
    decided = set()
    if may_change():
        try:
            decided = {decision.pair for decision in notebook.decisions(home()) if is_put_off(decision)}
        except store.StoreProblem:
            decided = set()
    pairs = ask(questions.answer_introductions, False)
    return [pair for pair in pairs if words.pair_of(pair) not in decided]


def introduction_sentence(pair: questions.NamedIntroduction) -> Markdown:
    """Two organisations to introduce, and why."""
    who = md(
        "**{a}** ({sector_a}) and **{b}** ({sector_b}).",
        a=pair["name_a"],
        sector_a=label(pair["sector_a"]),
        b=pair["name_b"],
        sector_b=label(pair["sector_b"]),
    )
    return Markdown(" ".join([who, *(reason_in_words(reason, pair) for reason in pair["reasons"])]))


def introductions() -> content.Figure | None:
    """Whom to introduce to whom."""
    pairs = open_introductions()
    if not pairs:
        return None
    return figure(
        "introductions",
        title=_("Whom to introduce"),
        sentences=[
            _("Organisations in different sectors without a tie, ranked by what they have in common."),
            *filter(None, [equal_to_last(pairs, MOST_INTRODUCTIONS)]),
        ],
        points=[introduction_sentence(pair) for pair in pairs[:MOST_INTRODUCTIONS]],
        rows=words.pair_rows(pairs),
        columns=[
            "place",
            "name_a",
            "sector_a_label",
            column("name_b", _("Other organisation")),
            column("sector_b_label", _("Other sector")),
            "score",
            "reasons",
        ],
        basis=n_("{n} pair", "{n} pairs", len(pairs)),
        source="organisations.csv, partnerships.csv, attendance.csv",
        method="introductions",
    )


def newly_exposed() -> content.Figure | None:
    """The organisations that became exposed in the latest year."""
    latest = income_year() if covers(questions.answer_newly_exposed) else None
    years = {year["year"]: year for year in ask(questions.answer_funding)["years"]}
    if latest is None or latest - 1 not in years:
        return None
    newly = ask(questions.answer_newly_exposed, latest - 1, latest)
    if not newly:
        return None
    return figure(
        "newly_exposed",
        title=_("Newly exposed organisations"),
        sentences=[
            n_md(
                "{n} organisation is exposed in {now} and was not in {before}, of those with known income in both "
                "years.",
                "{n} organisations are exposed in {now} and were not in {before}, of those with known income in both "
                "years.",
                len(newly),
                before=latest - 1,
                now=latest,
            )
        ],
        rows=table_of(newly, "sector"),
        columns=[
            "name",
            "sector_label",
            "top_donor",
            column("top_donor_share_before", _("Share of the largest donor in {year}", year=latest - 1), "share"),
            column("top_donor_share", _("Share of the largest donor in {year}", year=latest)),
            column("public_share", _("Public money in {year}", year=latest)),
        ],
        basis=money_basis(years[latest]),
        source="funding.csv",
        method="exposed",
    )


def _alone() -> content.Figure | None:
    """The organisations without a partner."""
    names = ask(questions.answer_names)
    alone = ask(questions.answer_network, "isolated_organisations")["isolated_organisations"]
    if not alone:
        return None
    return figure(
        "isolates",
        title=_("Organisations without a partner"),
        sentences=[
            n_md(
                "{n} of {all} organisations has no partner on this day.",
                "{n} of {all} organisations have no partner on this day.",
                len(alone),
                all=number(len(names)),
            )
        ],
        rows=pd.DataFrame({"name": sorted(names[organisation_id] for organisation_id in alone)}),
        columns=["name"],
        basis=n_("{n} organisation", "{n} organisations", len(names)),
        source="organisations.csv, partnerships.csv",
        method="isolates",
        is_brief=False,
    )


def _planned() -> content.Figure | None:
    """The events after the as-of date."""
    calendar = ask(questions.answer_calendar)
    planned = calendar[calendar["start_date"] > pd.Timestamp(view().as_of)]
    if planned.empty:
        return None
    return figure(
        "planned",
        title=_("Planned events"),
        sentences=[
            n_md("{n} event is planned after this day.", "{n} events are planned after this day.", len(planned))
        ],
        rows=with_labels(planned, "kind")
        .assign(format_label=[word("format", code) for code in planned["format"]])
        .sort_values(["start_date", "event_id"]),
        columns=["start_date", column("name", _("Event")), "kind_label", "format_label", "venue"],
        basis=n_("{n} event", "{n} events", ask(questions.answer_events)["events"]),
        source="events.csv",
        method="events",
    )


def _never_came() -> content.Figure | None:
    """The organisations that were at no event."""
    absent = ask(questions.answer_never_came)
    if not absent or not ask(questions.answer_events)["attending_organisations"]:
        return None
    return figure(
        "never_came",
        title=_("Organisations that never come"),
        sentences=[
            n_md(
                "{n} of {all} active organisations was at no event in the data.",
                "{n} of {all} active organisations were at no event in the data.",
                len(absent),
                all=number(len(ask(questions.answer_names))),
            )
        ],
        rows=table_of(absent, "sector"),
        columns=["name", "sector_label", "joined_on", "events_since"],
        basis=n_("{n} organisation", "{n} organisations", len(ask(questions.answer_names))),
        source="attendance.csv",
        method="never_came",
        is_brief=False,
    )
