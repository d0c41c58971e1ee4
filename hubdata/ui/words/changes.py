"""The sentences and tables of the page `changes`."""

import datetime
import math
from collections.abc import Sequence
from typing import Literal

import pandas as pd

from hubdata import notebook, questions, store, texts
from hubdata.indicators import fan
from hubdata.indicators.changes import TargetProgress
from hubdata.indicators.funding import OF_A_YEAR
from hubdata.methods import EXPLANATIONS, explained_by
from hubdata.ui.hub_settings import home
from hubdata.ui.language import (
    Markdown,
    _,
    apart,
    beside_target,
    date,
    euro,
    in_label,
    in_points,
    md,
    n_,
    n_md,
    number,
    percent,
    signed,
    store_sentence,
)
from hubdata.ui.movements import HEADLINES, day_typed, snapshots_in_words
from hubdata.ui.parts import largest, series, several, table_of, trend_in_words, with_yes_no
from hubdata.ui.session import has_amounts, manifests, may_change, only_manager, snapshot, view


def compared_in_words(movement: questions.Movement, since: datetime.date) -> str:
    """With which day, or of a figure of a year with which year, a movement is measured."""
    if movement.before is not None and movement.year_before != movement.year_after:
        return _("{year} compared with {before}", year=movement.year_after, before=movement.year_before)
    return _("compared with {day}", day=date(since))


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


def moved_figure(movement: questions.Movement) -> str:
    """A figure that moved."""
    return _(HEADLINES[movement.indicator])


def changed_ties(changes: questions.Changes) -> pd.DataFrame:
    """The ties that only one of the two days has, in words."""
    kinds = ((changes["formed"], _("New tie")), (changes["ended"], _("Tie gone")))
    rows = [{**tie, "what": phrase} for ties, phrase in kinds for tie in ties]
    return with_yes_no(table_of(rows, "sector_a", "sector_b"), "is_cross_sector")


def changed_organisations(changes: questions.Changes) -> pd.DataFrame:
    """The organisations that only one of the two days has, in words."""
    kinds = ((changes["joined"], _("New organisation")), (changes["left"], _("Organisation gone")))
    return table_of(
        [{**organisation, "what": phrase} for organisations, phrase in kinds for organisation in organisations],
        "sector",
    )


def changed_donors(donors: questions.DonorChanges) -> pd.DataFrame:
    """The donors that came, went, gave more or less, in words."""
    kinds = {"new": _("new"), "gone": _("gone"), "more": _("more"), "less": _("less")}
    return pd.DataFrame([{**row, "what": kinds[row["change"]]} for row in donors["donors"]])


def ties_title(changes: questions.Changes) -> str:
    """How many of the ties that came and that went run across sectors, as a title."""
    came, went = changes["formed"], changes["ended"]
    across = [number(sum(tie["is_cross_sector"] for tie in ties)) for ties in (came, went)]
    if came and went:
        return _(
            "Across sectors: {came} of {formed} new ties and {went} of {ended} that are gone",
            came=across[0],
            formed=number(len(came)),
            went=across[1],
            ended=number(len(went)),
        )
    if came:
        return n_(
            "Across sectors: {came} of {n} new tie", "Across sectors: {came} of {n} new ties", len(came), came=across[0]
        )
    if went:
        return n_(
            "Across sectors: {went} of {n} tie that is gone",
            "Across sectors: {went} of {n} ties that are gone",
            len(went),
            went=across[1],
        )
    return _("No tie came or went")


def organisations_title(changes: questions.Changes) -> Markdown:
    """Who came and who went, as a title: the first three of each, and how many more."""
    came, went = (several([str(one["name"]) for one in changes[which]]) for which in ("joined", "left"))
    if came and went:
        return md("Came: {came}. Went: {went}", came=came, went=went)
    if came:
        return md("Came: {came}", came=came)
    if went:
        return md("Went: {went}", went=went)
    return md("No organisation came or went") if changes["joined_known"] else md("Who came is not known")


def donors_title(donors: questions.DonorChanges) -> Markdown:
    """Which donor changed most, as a title; or which donors, when they changed by as much."""
    rows = donors["donors"]
    if donors["from_year"] is None or donors["to_year"] is None:
        return md("What donors gave before is not known")
    if not rows:
        return md("No donor gave more or less")
    most = largest(rows, lambda row: round(abs(row["difference"]), 2))
    if len(most) > 1:
        names = several([str(row["donor"]) for row in most])
        return md("{donors} changed most: by {euro} each", donors=names, euro=euro(abs(most[0]["difference"])))
    gaps = {"donor": str(most[0]["donor"]), "euro": euro(abs(most[0]["difference"]))}
    if most[0]["difference"] < 0:
        return md("{donor} changed most: {euro} less", **gaps)
    return md("{donor} changed most: {euro} more", **gaps)


def road_title(indicator: str, road: questions.Road) -> str:
    """How far a figure is from its target, as a title: from the next one, or from the last when all are past."""
    name, kind = name_of(explained_by(indicator)), kind_of(indicator)
    aims = road["road"]
    aim = next((one for one in aims if one["days_left"] >= 0), aims[-1])
    reached = value_reached(aim)
    if reached is None:
        return _("{name}: not known", name=name)
    gaps = {"name": name, "aim": beside_target(kind, aim["value"], reached)[0], "year": aim["date"].year}
    if is_reached(indicator, aim):
        return (
            _("{name}: the target of {year}, {aim}, was reached", **gaps)
            if aim["days_left"] < 0
            else _("{name}: the target of {year}, {aim}, is reached so far", **gaps)
        )
    gaps["left"] = _change(abs(reached - aim["value"]), kind).lstrip("+")
    if aim["days_left"] < 0:
        return _("{name}: the target of {year}, {aim}, was missed by {left}", **gaps)
    return _("{name}: still {left} from the target of {year}, {aim}", **gaps)


def name_of(method: str) -> str:
    """The name of a figure, as its explanation has it."""
    return _(EXPLANATIONS[method].name)


def kind_of(indicator: str) -> Literal["share", "number"]:
    """How the value of a figure with a target is written."""
    return "share" if indicator in SHARES else "number"


def target_sentences(indicator: str, road: questions.Road) -> Markdown:
    """How far a figure is from each of its targets, one a line."""
    return Markdown("  \n".join(target_sentence(indicator, aim, road["history"]) for aim in road["road"]))


def target_sentence(indicator: str, aim: TargetProgress, history: pd.DataFrame) -> Markdown:
    """How far a figure is from one target, and what is needed, beside what it did before; nothing is forecast.

    `history`: that of the figure, with the columns `date` and `value` (see `questions.Road`).
    """
    kind = kind_of(indicator)
    is_past, falls = aim["days_left"] < 0, indicator in LESS_IS_BETTER
    reached = value_reached(aim)
    aimed, value = beside_target(kind, aim["value"], reached)
    target = md("Target on {day}: {value}.", day=date(aim["date"]), value=aimed)
    if reached is None:
        return Markdown(f"{target} {md('The figure is not known.')}")
    day, before = _days_of(history, aim["date"] if is_past else view().as_of)
    gaps = {"value": value, "when": _when(indicator, day)}
    difference = reached - aim["value"]
    is_there = is_reached(indicator, aim)
    if is_past:
        outcome = (
            md("It was reached: {value} {when}.", **gaps)
            if is_there
            else md("It was not reached: {value} {when}.", **gaps)
        )
        return Markdown(f"{target} {outcome}")
    if is_there:
        return Markdown(f"{target} {md('It was {value} {when}: reached so far.', **gaps)}")
    gaps |= {"to_go": _change(abs(difference), kind).lstrip("+"), "per_year": _change(aim["per_year"], kind)}
    needed = (
        md("It was {value} {when}, {to_go} too high: that asks for {per_year} a year.", **gaps)
        if falls
        else md("It was {value} {when}, {to_go} too low: that asks for {per_year} a year.", **gaps)
    )
    if aim["past_year"] is None or before is None:
        return Markdown(f"{target} {needed}")
    past = {"change": _change(aim["past_year"], kind), "day": _since(indicator, before)}
    return Markdown(f"{target} {needed} {md('Since {day} it changed by {change}.', **past)}")


def fan_sentence(indicator: str, found: fan.Fans) -> list[Markdown]:
    """Where a figure goes if ties form and last as they did, and what would have to change; or why nobody can say."""
    own = found["figures"][indicator]
    if own["reason"]:
        return _without_fan(own["reason"], found)
    return [*(_aim_sentence(indicator, aim, found) for aim in own["aims"]), _tested_sentence(own["backtest"])]


def _without_fan(reason: fan.Reason, found: fan.Fans) -> list[Markdown]:
    """Why there is no fan; nothing where no target lies ahead."""
    if reason == "past":
        return []
    if reason == "income":
        return [md("How it goes on is not simulated: it follows from income, not from ties.")]
    if reason == "other":
        return [md("How it goes on is not simulated: the number of ties alone does not settle it.")]
    if reason == "far":
        return [
            n_md(
                "How it goes on cannot be said: the target lies further ahead than the {n} quarter of which it is "
                "known what formed and ended.",
                "How it goes on cannot be said: the target lies further ahead than the {n} quarters of which it is "
                "known what formed and ended.",
                min(found["quarters"], fan.MOST_STEPS),
            )
        ]
    return [
        n_md(
            "How it goes on cannot be said: what formed and ended is known of {n} quarter. Agreements that began in "
            "it: {formed}, that ended: {ended}. It takes {fewest} quarters and {agreements} of each.",
            "How it goes on cannot be said: what formed and ended is known of {n} quarters. Agreements that began in "
            "them: {formed}, that ended: {ended}. It takes {fewest} quarters and {agreements} of each.",
            found["quarters"],
            formed=number(found["agreements_formed"]),
            ended=number(found["agreements_ended"]),
            fewest=number(fan.FEWEST_STEPS),
            agreements=number(fan.FEWEST_AGREEMENTS),
        )
    ]


def _aim_sentence(indicator: str, aim: fan.Aim, found: fan.Fans) -> Markdown:
    """The fan on the day of a target, and how many more structural ties it asks for."""
    low, high = apart(kind_of(indicator), aim["low"], aim["high"])
    said = md(
        "**If ties form and last as they did,** it is between {low} and {high} on {day} in nine of ten simulations; "
        "{share} of them reach the target.",
        low=low,
        high=high,
        day=date(aim["date"]),
        share=percent(aim["reached_share"]),
    )
    if aim["extra_structural"] is None or aim["extra_structural"] <= 0:
        return said
    extra = math.ceil(aim["extra_structural"])
    now = number(found["structural_formed"])
    needed = (
        n_md(
            "For half of them to reach it, {n} more structural tie across sectors would have to form each quarter; in "
            "all {now} structural ties formed a quarter so far.",
            "For half of them to reach it, {n} more structural ties across sectors would have to form each quarter; in "
            "all {now} structural ties formed a quarter so far.",
            extra,
            now=now,
        )
        if indicator == "cross_sector_share"
        else n_md(
            "For half of them to reach it, {n} more structural tie would have to form each quarter; {now} formed so "
            "far.",
            "For half of them to reach it, {n} more structural ties would have to form each quarter; {now} formed so "
            "far.",
            extra,
            now=now,
        )
    )
    return Markdown(f"{said} {needed}")


def _tested_sentence(tested: fan.Checked) -> Markdown:
    """How often what happened lay inside fans made on earlier days."""
    if tested["is_too_narrow"] is None:
        return md("Whether such a fan holds cannot be tested: too little was known on earlier days.")
    verdict = (
        md("That is fewer than nine in ten: here the band is too narrow.")
        if tested["is_too_narrow"]
        else md("Nine in ten would be right; with so few, that may differ.")
    )
    said = n_md(
        "Of {n} later value, {inside} lay inside a band made in the same way one year or more before.",
        "Of {n} later values, {inside} lay inside a band made in the same way one year or more before.",
        tested["outcomes"],
        inside=number(tested["inside"]),
    )
    return Markdown(f"{said} {verdict}")


def name_of_fan() -> str:
    """What the fan is called beside the history."""
    return _("If it goes on like this")


def history_and_fan(title: str, history: pd.DataFrame, days: Sequence[fan.FanDay]) -> pd.DataFrame:
    """A history and its fan (may be empty), as `charts.lines` takes them: series, date, value, low, high."""
    past = series(history, "value", title)
    if not days:
        return past
    ahead = pd.DataFrame(days).rename(columns={"middle": "value"})
    ahead["date"] = pd.to_datetime(ahead["date"])
    return pd.concat([past, ahead.assign(series=name_of_fan())], ignore_index=True)


def road_in_words(title: str, indicator: str, history: pd.DataFrame, days: Sequence[fan.FanDay]) -> str:
    """The figure of a road as a sentence."""
    kind = kind_of(indicator)
    said = trend_in_words(title, history, "value", kind, per_year=is_of_a_year(indicator))
    if not days:
        return said
    low, high = apart(kind, days[-1]["low"], days[-1]["high"])
    band = _("A band of simulations opens to {low} to {high} on {day}.", low=low, high=high, day=date(days[-1]["date"]))
    return f"{said} {band}"


def value_reached(aim: TargetProgress) -> float | None:
    """The value that counts for a target: the one of its day when that is past, else the latest."""
    return aim["then"] if aim["days_left"] < 0 else aim["now"]


def is_reached(indicator: str, aim: TargetProgress) -> bool:
    """Whether a figure is where it should be, or better."""
    reached = value_reached(aim)
    if reached is None:
        return False
    difference = reached - aim["value"]
    return abs(difference) <= texts.SAME or (difference < 0) == (indicator in LESS_IS_BETTER)


def _days_of(history: pd.DataFrame, until: datetime.date) -> tuple[datetime.date, datetime.date | None]:
    """Of which day the latest known value up to a day is, and of which the one a year before that, if there is one."""
    days = pd.to_datetime(history.loc[history["value"].notna(), "date"])
    latest = days[days <= pd.Timestamp(until)].max()
    earlier = days[days <= latest - pd.DateOffset(years=1)]
    return latest.date(), None if earlier.empty else earlier.max().date()


def is_of_a_year(indicator: str) -> bool:
    """Whether a figure is one of a year of income."""
    return indicator in OF_A_YEAR


def headings_of_years(before: int, after: int) -> tuple[str, str]:
    """The headings of two years; of two loads they may be the same year."""
    return (str(before), str(after)) if before != after else (_("{year}, before", year=before), str(after))


def _when(indicator: str, day: datetime.date) -> str:
    """Of when a value is: a figure of a year is never "now"."""
    return _("in {year}", year=day.year) if is_of_a_year(indicator) else _("on {day}", day=date(day))


def _since(indicator: str, day: datetime.date) -> str:
    return str(day.year) if is_of_a_year(indicator) else date(day)


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
