"""Why two organisations should be introduced, in words."""

from collections import Counter
from collections.abc import Sequence

from hubdata import questions
from hubdata.indicators.introductions import Reason
from hubdata.methods import WHY_INTRODUCE
from hubdata.ui.language import Markdown, _, join, label, md, n_, n_md

SHOWN_ITEMS = 3


def reason_in_words(reason: Reason, pair: questions.NamedIntroduction) -> Markdown:
    """Why two organisations have something for each other."""
    return md(WHY_INTRODUCE[reason["kind"]], **_reason_gaps(reason, pair))


def plain_reason(reason: Reason, pair: questions.NamedIntroduction) -> str:
    """The same as plain text: for a mail, or a table."""
    return _(WHY_INTRODUCE[reason["kind"]], **_reason_gaps(reason, pair))


def reason_in_short(reason: Reason) -> Markdown:
    """Why two organisations have something for each other, in a few words: how much of it, without names."""
    n = len(reason["items"])
    if reason["kind"] == "partners":
        return n_md("{n} partner in common", "{n} partners in common", n)
    if reason["kind"] == "events":
        return n_md("{n} event both attended", "{n} events both attended", n)
    if reason["kind"] == "themes":
        return md("both work on {themes}", themes=join([label(code) for code in reason["items"][:SHOWN_ITEMS]]))
    return md(
        "one looks for what the other offers: {needs}", needs=join([label(c) for c in reason["items"][:SHOWN_ITEMS]])
    )


def equal_to_last(pairs: Sequence[questions.NamedIntroduction], count: int) -> str:
    """How many pairs beyond the first so many have the score of the last of these; "" where there is none."""
    if not pairs[:count]:
        return ""
    last = pairs[:count][-1]
    equal = last["left_out"] + sum(pair["score"] == last["score"] for pair in pairs[count:])
    return (
        n_(
            "{n} other pair has the same score as the last one here.",
            "{n} other pairs have the same score as the last one here.",
            equal,
        )
        if equal
        else ""
    )


def _reason_gaps(reason: Reason, pair: questions.NamedIntroduction) -> dict[str, str]:
    """The first few things that two have in common, by name, and how many more; and who needs what."""
    named = [label(name) for name in reason["names"]] if reason["kind"] in ("themes", "need") else reason["names"]
    times = Counter(named)  # a meeting of every month has one name
    named = [name if n == 1 else _("{name} ({n} times)", name=name, n=n) for name, n in times.items()]
    shown, more = named[:SHOWN_ITEMS], len(named[SHOWN_ITEMS:])
    if more:
        shown = [*shown, n_("{n} other", "{n} others", more)]
    name_of = {pair["organisation_a"]: pair["name_a"], pair["organisation_b"]: pair["name_b"]}
    return {"items": join(shown), "who": name_of.get(reason.get("of", ""), "")}
