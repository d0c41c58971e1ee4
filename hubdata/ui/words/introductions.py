"""The sentences and tables of the page `introductions`."""

import datetime
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from hubdata import notebook, questions, store, texts
from hubdata.indicators.introductions import Reason
from hubdata.methods import WHY_INTRODUCE
from hubdata.ui.hub_settings import home
from hubdata.ui.language import Markdown, _, current_language, join, label, md, n_, number, store_sentence
from hubdata.ui.parts import table_of
from hubdata.ui.session import may_change, only_manager, settle_grant

SHOWN_ITEMS = 3
INTRODUCED_WITHIN_DAYS = 120
"""How long ago an introduction may be that somebody writes down."""


def status_word(status: str) -> str:
    """What was decided about an introduction."""
    return {"accepted": _("accepted"), "introduced": _("introduced")}[status]


def outcome_words() -> dict[str, str]:
    """What may have become of an introduction, as somebody says it."""
    return {
        "unknown": _("not known yet"),
        "met": _("they spoke"),
        "together": _("they work together"),
        "nothing": _("nothing came of it"),
    }


def reason_in_words(reason: Reason, pair: questions.NamedIntroduction) -> Markdown:
    """Why two organisations have something for each other."""
    return md(WHY_INTRODUCE[reason["kind"]], **_reason_gaps(reason, pair))


def _plain_reason(reason: Reason, pair: questions.NamedIntroduction) -> str:
    return _(WHY_INTRODUCE[reason["kind"]], **_reason_gaps(reason, pair))


def _reason_gaps(reason: Reason, pair: questions.NamedIntroduction) -> dict[str, str]:
    """The first few things that two have in common, by name, and how many more; and who needs what."""
    named = [label(name) for name in reason["names"]] if reason["kind"] in ("themes", "need") else reason["names"]
    shown, more = named[:SHOWN_ITEMS], len(named[SHOWN_ITEMS:])
    if more:
        shown = [*shown, n_("{n} other", "{n} others", more)]
    name_of = {pair["organisation_a"]: pair["name_a"], pair["organisation_b"]: pair["name_b"]}
    return {"items": join(shown), "who": name_of.get(reason.get("of", ""), "")}


def pair_of(pair: questions.NamedIntroduction) -> tuple[str, str]:
    """The two organisations of a pair, the lower id first."""
    return pair["organisation_a"], pair["organisation_b"]


def is_wished(pair: questions.NamedIntroduction, choice: str) -> bool:
    """Whether a pair is of the kind that a reader wants to see: all, need, or digital."""
    needs = [reason for reason in pair["reasons"] if reason["kind"] == "need"]
    return {"all": True, "need": bool(needs), "digital": any(need["is_digital"] for need in needs)}[choice]


def equal_to_last(pairs: Sequence[questions.NamedIntroduction], count: int) -> int:
    """How many pairs beyond the first so many have the score of the last of these: nothing puts them below it."""
    return sum(pair["score"] == pairs[count - 1]["score"] for pair in pairs[count:])


def verdict(tested: questions.DatedBacktest) -> str:
    """Whether the list foresaw more ties than partners in common alone, or that the difference may be chance."""
    if tested["compared_at"] is None:
        return _("There are too few pairs to compare it with looking at partners in common only (Adamic-Adar).")
    counts = {
        "count": number(tested["compared_at"]),
        "ours": _ties(tested["foreseen"]),
        "theirs": _ties(tested["foreseen_by_adamic_adar"]),
    }
    if tested["is_better"] is None:
        return _(
            "New ties among the first {count}: {ours}; when looking at partners in common only (Adamic-Adar): "
            "{theirs}. That may be chance.",
            **counts,
        )
    if tested["is_better"]:
        return _(
            "In the first {count} it foresaw more ties than looking at partners in common only (Adamic-Adar): {ours} "
            "against {theirs}, more than chance explains.",
            **counts,
        )
    return _(
        "In the first {count} it foresaw fewer ties than looking at partners in common only (Adamic-Adar): {ours} "
        "against {theirs}, more than chance explains. Read it for its reasons, not for its order.",
        **counts,
    )


def _ties(count: float | None) -> str:
    """Ties foreseen: a whole number, but where some of equals count for a part."""
    return number(count, 0 if count is None or count == int(count) else 1)


def pair_rows(pairs: Sequence[questions.NamedIntroduction]) -> pd.DataFrame:
    """Pairs as a table, the reasons in one cell."""
    rows = [
        {**pair, "place": place, "reasons": " ".join(_plain_reason(reason, pair) for reason in pair["reasons"])}
        for place, pair in enumerate(pairs, start=1)
    ]
    return table_of(rows, "sector_a", "sector_b")


def decisions() -> list[notebook.Decision]:
    """What was decided about introductions, the newest first; says so when it cannot be read.

    Decisions are the manager's own: nobody else sees them.
    """
    if not may_change():
        return []
    if problem := st.session_state.pop("decision_problem", None):
        st.error(store_sentence(problem), icon=":material/error:")
    try:
        return notebook.decisions(home())
    except store.StoreProblem:
        st.error(
            _("What was decided cannot be read: the file introductions.json is damaged. Ask your IT colleague."),
            icon=":material/error:",
        )
        return []


def decide(
    pair: tuple[str, str], status: str, introduced_on: datetime.date | None = None, outcome: str = "unknown"
) -> None:
    """Remember a decision about introducing two organisations; the only thing on these pages that writes.

    A button calls it before the page is drawn anew: who is asking is not settled yet, nor the language, so a problem is
    kept for `decisions` to say.
    """
    settle_grant()
    only_manager()
    try:
        notebook.decide(home(), pair, status, introduced_on, outcome)
    except store.StoreProblem as problem:
        st.session_state["decision_problem"] = problem


def decide_day(decision: notebook.Decision) -> None:
    """Ask when two organisations were introduced, and remember the answer."""
    today, key = questions.today(), f"day_{decision.organisation_a}_{decision.organisation_b}"
    days = [today - datetime.timedelta(days=ago) for ago in range(INTRODUCED_WITHIN_DAYS)]
    if decision.introduced_on and decision.introduced_on not in days:
        days.append(decision.introduced_on)
    shown_in = current_language()
    st.selectbox(
        _("Introduced on"),
        days,
        index=days.index(decision.introduced_on) if decision.introduced_on else None,
        format_func=lambda day: texts.date(day, shown_in),
        placeholder=_("Choose a day"),
        key=key,
        on_change=lambda: decide(decision.pair, "introduced", st.session_state[key], decision.outcome),
    )


def decide_outcome(decision: notebook.Decision) -> None:
    """Ask what became of an introduction, and remember the answer."""
    words, key = outcome_words(), f"outcome_{decision.organisation_a}_{decision.organisation_b}"
    st.selectbox(
        _("What became of it"),
        notebook.OUTCOMES,
        index=notebook.OUTCOMES.index(decision.outcome),
        format_func=words.__getitem__,
        key=key,
        on_change=lambda: decide(decision.pair, "introduced", decision.introduced_on, st.session_state[key]),
    )
