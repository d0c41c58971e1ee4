"""The sentences and tables of the page `changes`."""

from collections.abc import Sequence
from typing import Literal

import pandas as pd

from hubdata import notebook, questions, store, texts
from hubdata.indicators.changes import TargetProgress
from hubdata.methods import EXPLANATIONS
from hubdata.ui.hub_settings import home
from hubdata.ui.language import Markdown, _, date, format_value, in_label, in_points, md, number, signed, store_sentence
from hubdata.ui.movements import day_typed, snapshots_in_words
from hubdata.ui.parts import table_of, with_yes_no
from hubdata.ui.session import has_amounts, manifests, may_change, only_manager, snapshot

LESS_IS_BETTER = {
    "isolates",
    "fading_share",
    "median_top_donor_share",
    "exposed_share",
    "public_share",
    "government_share",
    "donor_hhi",
}
"""The figures with a target that should fall; the others should rise."""
SHARES = {
    "density",
    "cross_sector_share",
    "structural_share",
    "fading_share",
    "median_top_donor_share",
    "exposed_share",
    "public_share",
    "government_share",
    "earned_share",
    "repeat_share",
    "cross_sector_encounters",
    "conversion",
}
"""The figures with a target that are shares; the others are numbers."""


def other_snapshots() -> dict[str, str]:
    """The loads of the same origin other than the one on this page, newest first: id -> in words."""
    if not may_change():
        return {}
    shown = snapshot().manifest
    return snapshots_in_words([m for m in manifests() if m.id != shown.id and m.origin == shown.origin])


def movements_covered(movements: Sequence[questions.Movement]) -> list[questions.Movement]:
    """The movements of the figures that the visitor may see."""
    return [movement for movement in movements if has_amounts() or movement.indicator != "exposed_share"]


def changed_ties(changes: questions.Changes) -> pd.DataFrame:
    """The ties that formed and ended, in words."""
    kinds = ((changes["formed"], _("Tie formed")), (changes["ended"], _("Tie ended")))
    rows = [{**tie, "what": phrase} for ties, phrase in kinds for tie in ties]
    return with_yes_no(table_of(rows, "sector_a", "sector_b"), "is_cross_sector")


def changed_organisations(changes: questions.Changes) -> pd.DataFrame:
    """The organisations that joined and left, in words."""
    kinds = ((changes["joined"], _("Joined")), (changes["left"], _("Left")))
    return table_of(
        [{**organisation, "what": phrase} for organisations, phrase in kinds for organisation in organisations],
        "sector",
    )


def changed_donors(donors: questions.DonorChanges) -> pd.DataFrame:
    """The donors that came, went, gave more or less, in words."""
    kinds = {"new": _("new"), "gone": _("gone"), "more": _("more"), "less": _("less")}
    return pd.DataFrame([{**row, "what": kinds[row["change"]]} for row in donors["donors"]])


def name_of(method: str) -> str:
    """The name of a figure, as its explanation has it."""
    return _(EXPLANATIONS[method].name)


def kind_of(indicator: str) -> Literal["share", "number"]:
    """How the value of a figure with a target is written."""
    return "share" if indicator in SHARES else "number"


def target_sentence(indicator: str, aim: TargetProgress) -> Markdown:
    """How far a figure is from one target, and what is needed, beside what the past year gave; nothing is forecast."""
    kind = kind_of(indicator)
    falls = indicator in LESS_IS_BETTER
    target = md("Target on {day}: {value}.", day=date(aim["date"]), value=format_value(aim["value"], kind))
    reached = aim["then"] if aim["days_left"] < 0 else aim["now"]
    if reached is None:
        return Markdown(f"{target} {md('The figure is not known.')}")
    is_there = reached <= aim["value"] if falls else reached >= aim["value"]
    if aim["days_left"] < 0:
        outcome = (
            md("It was reached: {value} on that day.", value=format_value(reached, kind))
            if is_there
            else md("It was not reached: {value} on that day.", value=format_value(reached, kind))
        )
        return Markdown(f"{target} {outcome}")
    if is_there:
        return Markdown(f"{target} {md('It is {value} now: reached so far.', value=format_value(reached, kind))}")
    gaps = {
        "value": format_value(reached, kind),
        "to_go": _change(abs(aim["value"] - reached), kind).lstrip("+"),
        "per_year": _change(aim["per_year"], kind),
        "past_year": _change(aim["past_year"], kind),
    }
    needed = (
        md(
            "It is {value} now, {to_go} too high: that asks for {per_year} a year. "
            "In the past year it changed by {past_year}.",
            **gaps,
        )
        if falls
        else md(
            "It is {value} now, {to_go} too low: that asks for {per_year} a year. "
            "In the past year it changed by {past_year}.",
            **gaps,
        )
    )
    return Markdown(f"{target} {needed}")


def _change(value: float | None, kind: str) -> str:
    if value is None:
        return texts.NOT_KNOWN
    return _("{points} points", points=in_points(value)) if kind == "share" else signed(value)


def pin_note(day: str, text: str) -> str:
    """Keep a note; why it was not kept, or "" when it was."""
    only_manager()
    when = day_typed(day)
    if when is None:
        return _("“{said}” is no day. Type one such as 24-9-2026.", said=in_label(day))
    try:
        notebook.pin_note(home(), when, text)
    except notebook.NoteProblem as problem:
        return {
            "empty": _("Type what the note says."),
            "long": _("A note has at most {n} characters.", n=number(notebook.MOST_OF_A_NOTE)),
            "personal_data": _("There is an e-mail address or telephone number in it, and we never store those."),
        }[problem.code]
    except store.StoreProblem as problem:
        return store_sentence(problem)
    return ""


def remove_note(note_id: str) -> str:
    """Take a note away; why it is still there, or "" when it is gone."""
    only_manager()
    try:
        notebook.remove_note(home(), note_id)
    except store.StoreProblem as problem:
        return store_sentence(problem)
    return ""
