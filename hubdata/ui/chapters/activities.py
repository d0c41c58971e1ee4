"""What did we do? Events and what followed, new ties and organisations, and introductions."""

import pandas as pd

from hubdata import notebook, questions, store
from hubdata.reports import content
from hubdata.ui.chapters.parts import a_year_ago, bars, chapter, figure
from hubdata.ui.columns import column
from hubdata.ui.hub_settings import home
from hubdata.ui.language import _, n_, percent
from hubdata.ui.parts import first_rows, ranking_in_words, with_labels
from hubdata.ui.session import ask, has_page, may_change
from hubdata.ui.words import changes as change_words
from hubdata.ui.words import events as words
from hubdata.ui.words import introductions as introduction_words


def activities_chapter() -> content.Chapter:
    """Events up to the as-of date, and what changed since a year before."""
    said: list[str] = []
    made: list[content.Figure | None] = []
    if has_page("events"):
        figures = ask(questions.answer_events)
        if figures["events"]:
            said.append(words.attendance_sentence(figures, ask(questions.answer_coverage)["attendance_known"]))
            made += [_followed(), _encounters()]
        else:
            said.append(_("There are no events to show."))
    if has_page("changes"):
        made += [_ties(), _organisations()]
    if may_change():
        made.append(_decided())
    return chapter("activities", _("What did we do"), said, made)


def _followed() -> content.Figure | None:
    """What followed each event."""
    figures = ask(questions.answer_events)
    if not figures["new_ties_after"]:
        return None
    rows = pd.DataFrame(figures["new_ties_after"])
    # What follows is not known yet where the window is not complete.
    rows = rows.assign(new_ties_after=rows["new_ties_after"].where(rows["is_window_complete"]))
    return figure(
        "followed",
        title=words.followed_title(figures),
        is_title_finding=True,
        sentences=[words.followed_sentence(figures)],
        rows=rows,
        columns=[
            "start_date",
            column("name", _("Event")),
            "organisations",
            "new_ties_after",
            "expected_new_ties",
            "cost",
            "pairs_without_tie",
            column("cross_sector_share", _("Pairs across sectors")),
        ],
        basis=n_("{n} event", "{n} events", figures["events"]),
        source="events.csv, attendance.csv, partnerships.csv",
        method="conversion",
    )


def _encounters() -> content.Figure | None:
    """Which sectors met at events."""
    figures, met = ask(questions.answer_events), ask(questions.answer_encounters)
    if met.empty:
        return None
    rows = with_labels(met, "sector_a", "sector_b").assign(
        label=lambda t: t["sector_a_label"] + " – " + t["sector_b_label"]
    )
    return figure(
        "encounters",
        title=n_(
            "Of {n} encounter, {share} is between two sectors",
            "Of {n} encounters, {share} are between two sectors",
            figures["encounters"],
            share=percent(figures["cross_sector_encounters"]),
        ),
        is_title_finding=True,
        sentences=[_("An encounter is two organisations at the same event.")],
        picture=bars(first_rows(rows, "encounters", 10), "label", "count", encounters=_("Encounters")),
        alt=ranking_in_words(_("Encounters per two sectors"), rows, "label", "encounters"),
        rows=rows,
        columns=["sector_a_label", column("sector_b_label", _("Other sector")), "encounters"],
        basis=words.encounters_basis(figures),
        source="attendance.csv",
        method="cross_sector_encounters",
    )


def _ties() -> content.Figure | None:
    """The ties that came and went in a year."""
    since = a_year_ago()
    changes = ask(questions.answer_changes, since) if since else None
    if changes is None or not (changes["formed"] or changes["ended"]):
        return None
    return figure(
        "changed_ties",
        title=change_words.ties_title(changes),
        is_title_finding=True,
        sentences=[
            f"{n_('{n} new tie', '{n} new ties', len(changes['formed']))}, "
            f"{n_('{n} tie gone', '{n} ties gone', len(changes['ended']))}."
            if changes["ended_known"]
            else f"{n_('{n} new tie', '{n} new ties', len(changes['formed']))}. "
            f"{_('Which ties are gone is not known: no partnership in the lists has an end date.')}"
        ],
        rows=change_words.changed_ties(changes),
        columns=["what", "name_a", "name_b", "is_cross_sector", "sector_a_label", "sector_b_label"],
        basis=n_("{n} tie", "{n} ties", int(changes["now"]["ties"])),
        source="partnerships.csv",
        method="tie_changes",
        is_brief=False,
    )


def _organisations() -> content.Figure | None:
    """The organisations that came and went in a year."""
    since = a_year_ago()
    changes = ask(questions.answer_changes, since) if since else None
    if changes is None or not (changes["joined"] or changes["left"]):
        return None
    return figure(
        "changed_organisations",
        title=change_words.organisations_title(changes),
        is_title_finding=True,
        sentences=[
            f"{n_('{n} new organisation', '{n} new organisations', len(changes['joined']))}, "
            f"{n_('{n} organisation gone', '{n} organisations gone', len(changes['left']))}."
        ],
        rows=change_words.changed_organisations(changes),
        columns=["what", "name", "sector_label"],
        basis=n_("{n} organisation", "{n} organisations", int(changes["now"]["organisations"])),
        source="organisations.csv",
        method="organisations",
        is_brief=False,
    )


def _decided() -> content.Figure | None:
    """The introductions that were made, and what became of them: the manager's own notes."""
    names = ask(questions.answer_names)
    try:
        decisions = [
            decision for decision in notebook.decisions(home()) if decision.status in ("accepted", "introduced")
        ]
    except store.StoreProblem:
        return None
    outcomes = introduction_words.outcome_words()
    rows = [
        {
            "name_a": names[decision.organisation_a],
            "name_b": names[decision.organisation_b],
            "status": introduction_words.status_word(decision.status),
            "date": decision.introduced_on,
            "what": outcomes[decision.outcome] if decision.status == "introduced" else None,
        }
        for decision in decisions
        if decision.organisation_a in names and decision.organisation_b in names
    ]
    if not rows:
        return None
    return figure(
        "decided",
        title=_("Introductions that were accepted or made"),
        sentences=[n_("{n} introduction.", "{n} introductions.", len(rows))],
        rows=pd.DataFrame(rows),
        columns=["name_a", "name_b", "status", "date", column("what", _("What became of it"))],
        basis=n_("{n} introduction", "{n} introductions", len(rows)),
        source="introductions.json",
        method="introductions",
        is_brief=True,
    )
