"""The sentences and tables of the page `introductions`."""

import datetime
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from hubdata import notebook, questions, texts
from hubdata.indicators.holding import Chosen, Gain, Holding
from hubdata.ui.deeds import decide
from hubdata.ui.hub_settings import settings
from hubdata.ui.language import Markdown, _, apart, current_language, md, n_, n_md, number
from hubdata.ui.pairs import plain_reason
from hubdata.ui.parts import table_of

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


def show_mail(pair: questions.NamedIntroduction) -> None:
    """A text to send to both, to copy: subject and body, in the reader's language. It names no persons."""
    subject, body = mail_text(pair)
    st.caption(_("Copy the subject and the text; nothing is sent from here."))
    st.code(subject, language=None, wrap_lines=True)
    st.code(body, language=None, wrap_lines=True)


def mail_text(pair: questions.NamedIntroduction) -> tuple[str, str]:
    """The subject and the body of a mail that introduces two organisations to each other."""
    gaps = {"a": pair["name_a"], "b": pair["name_b"]}
    paragraphs = [
        _("Hello,"),
        _(
            "I would like to introduce {a} and {b} to each other. As far as we know you do not work together yet.",
            **gaps,
        ),
        "\n".join([_("Why we think of you:"), *(f"- {plain_reason(reason, pair)}" for reason in pair["reasons"])]),
        _("Would you like to meet? A reply to this message is enough; we are glad to plan it with you."),
        _("Kind regards,"),
        settings().name,
    ]
    return _("Introduction: {a} and {b}", **gaps), "\n\n".join(paragraphs)


def followed_title(followed: Sequence[notebook.Decision], tied: Mapping[tuple[str, str], datetime.date]) -> str:
    """How many pairs were accepted or introduced, and how many of them have a tie."""
    with_tie = sum(decision.pair in tied for decision in followed)
    if not with_tie:
        return n_("{n} pair, without a tie so far", "{n} pairs, none with a tie so far", len(followed))
    return n_(
        "{n} pair, {tied} with a tie now", "{n} pairs, {tied} with a tie now", len(followed), tied=number(with_tie)
    )


def left_out_title(status: str, count: int) -> str:
    """How many pairs are for later, or not to be introduced."""
    if status == "later":
        return n_("{n} pair for later", "{n} pairs for later", count)
    return n_("{n} dismissed pair", "{n} dismissed pairs", count)


def pair_of(pair: questions.NamedIntroduction) -> tuple[str, str]:
    """The two organisations of a pair, the lower id first."""
    return pair["organisation_a"], pair["organisation_b"]


def is_wished(pair: questions.NamedIntroduction, choice: str) -> bool:
    """Whether a pair is of the kind that a reader wants to see: all, need, or digital."""
    needs = [reason for reason in pair["reasons"] if reason["kind"] == "need"]
    return {"all": True, "need": bool(needs), "digital": any(need["is_digital"] for need in needs)}[choice]


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
        {
            **pair,
            "pair": f"{pair['name_a']} – {pair['name_b']}",
            "place": place,
            "reasons": " ".join(plain_reason(reason, pair) for reason in pair["reasons"]),
        }
        for place, pair in enumerate(pairs, start=1)
    ]
    return table_of(rows, "sector_a", "sector_b")


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
        on_change=lambda: decide(decision.pair, "introduced", st.session_state[key], decision.outcome, is_said=False),
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
        on_change=lambda: decide(
            decision.pair, "introduced", decision.introduced_on, st.session_state[key], is_said=False
        ),
    )


def holding_title(found: Holding) -> str:
    """How many introductions hold most together."""
    return n_(
        "{n} introduction that holds the network together most",
        "{n} introductions that hold the network together most",
        len(found["chosen"]),
    )


def holding_sentence(found: Holding) -> Markdown:
    """What the chosen ties would add together: within reach without the key organisations, and nearer with them."""
    gaps = {
        "reach": number(found["reach"]),
        "after": number(found["reach_after"]),
        "possible": number(found["reach_possible"]),
    }
    reach = n_md(
        "If these became ties and the {n} key organisation went, {after} of {possible} pairs would still reach each "
        "other "
        "instead of {reach}.",
        "If these became ties and the {n} key organisations went, {after} of {possible} pairs would still reach each "
        "other "
        "instead of {reach}.",
        len(found["key_organisations"]),
        **gaps,
    )
    if found["distance"] == found["distance_after"]:
        return reach
    before, after = apart("number", found["distance"], found["distance_after"], digits=2)
    nearer = md(
        "With everybody there the mean distance would go from {before} to {after} steps.", before=before, after=after
    )
    return Markdown(f"{reach} {nearer}")


def likely_title(rows: pd.DataFrame) -> str:
    """How many of the chosen pairs are among as many that have most in common, as a title.

    `rows`: those of `holding_rows`. A pair with as much in common as the last of those counts.
    """
    count = int(rows["is_marked"].sum())
    likely = rows["x"] >= rows["x"].nlargest(count).min()
    both = int((rows["is_marked"] & likely).sum())
    if not both:
        return _("What holds most together is not what has most in common")
    return n_(
        "Of the {n} pair that holds most together {both} has most in common too",
        "Of the {n} pairs that hold most together {both} are among those with most in common",
        count,
        both=number(both),
    )


def gain_in_words(gain: Gain) -> str:
    """What one chosen tie would do."""
    if gain["reach_gain"]:
        return _("It brings together who cannot reach each other without the key organisations.")
    return _("It shortens the way between many who now go around.")


def equals_in_words(chosen: Chosen) -> str:
    """How many other pairs would have been as good a choice."""
    return n_(
        "{n} other pair of the list would add as much.",
        "{n} other pairs of the list would add as much.",
        chosen["equals"],
    )


def holding_rows(found: Holding, pairs: Sequence[questions.NamedIntroduction]) -> pd.DataFrame:
    """Every pair with how likely and how useful it is: score, gains, and whether it is one of the chosen."""
    chosen = {(gain["organisation_a"], gain["organisation_b"]) for gain in found["chosen"]}
    rows = [
        {
            "pair": f"{pair['name_a']} – {pair['name_b']}",
            "place": place,
            "x": pair["score"],
            "y": gain["closeness_gain"],
            "is_marked": (pair["organisation_a"], pair["organisation_b"]) in chosen,
            **gain,
        }
        for place, (pair, gain) in enumerate(zip(pairs, found["candidates"], strict=True), start=1)
    ]
    table = pd.DataFrame(rows)
    return table.assign(name=table["pair"], chosen=table["is_marked"].map({True: _("yes"), False: _("no")}))
