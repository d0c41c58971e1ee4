"""The sentences and tables of the page `contacts`."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import pandas as pd
import streamlit as st

from hubdata import notebook, questions
from hubdata.indicators.endings import EndingTies, Grants
from hubdata.indicators.lapse import AtRisk, Backtest, Lapse
from hubdata.indicators.ties import (
    AGREEMENTS_COMPARED,
    MINIMUM_AGREEMENTS,
    FadingTie,
    KaplanMeier,
    Structure,
    TieChange,
)
from hubdata.ui.deeds import Pair, call_buttons, note_call, pair_of
from hubdata.ui.language import Markdown, _, apart, date, euro, in_points, join, label, md, n_, n_md, number, percent
from hubdata.ui.navigation import organisation_link
from hubdata.ui.parts import table_of, with_yes_no
from hubdata.ui.session import ask
from hubdata.ui.ties import MOST_CALLS, together_in_words

SURVIVAL_COLUMNS = ("group", "spells", "years", "survival", "low", "high", "at_risk")
"""The columns of `survival_table`."""


CallTie = TypeVar("CallTie", FadingTie, AtRisk)


def call_cards(key: str, listed: Sequence[CallTie], sentence: Callable[[CallTie], Markdown]) -> None:
    """The first ties to call, a card each: what to know before, what was done, and the ways to both profiles."""
    with st.grid(3, min_column_width=380, key=f"cards_{key}"):
        for place, tie in enumerate(listed[:MOST_CALLS], start=1):
            with st.container(border=True, key=f"{key}_{place}", height="stretch"):
                st.markdown(sentence(tie))
                with st.container(horizontal=True, vertical_alignment="center"):
                    call_buttons(tie)
                    organisation_link(tie["organisation_a"], tie["name_a"])
                    organisation_link(tie["organisation_b"], tie["name_b"])


def curves(survival: Mapping[str, KaplanMeier], groups: Mapping[str, str]) -> pd.DataFrame:
    """Survival curves as `charts.survival` takes them: one row per group and step, in years."""
    parts = [pd.DataFrame(survival[key]["curve"]).assign(series=name) for key, name in groups.items()]
    steps = pd.concat(parts)
    return steps.assign(years=steps["days"] / questions.DAYS_IN_YEAR) if "days" in steps else steps


def survival_table(survival: Mapping[str, KaplanMeier], groups: Mapping[str, str]) -> pd.DataFrame:
    """Survival after 1, 2 and 3 years, one row per group and year."""
    rows = [
        {"group": name, "spells": survival[key]["spells"], **at}
        for key, name in groups.items()
        for at in survival[key]["at"]
    ]
    return pd.DataFrame(rows)


def fading_table(ties: Sequence[FadingTie], noted: Mapping[Pair, notebook.Call] | None = None) -> pd.DataFrame:
    """Fading ties as a table, with what they had together, and what was noted of them, in words."""
    table = with_yes_no(table_of(ties, "sector_a", "sector_b"), "is_structural")
    calls = [(noted or {}).get(pair_of(tie["organisation_a"], tie["organisation_b"])) for tie in ties]
    return table.assign(
        pair=[f"{tie['name_a']} – {tie['name_b']}" for tie in ties],
        together=[together_in_words(tie) for tie in ties],
        noted=[noted_in_words(call) if call else None for call in calls],
    )


def noted_in_words(call: notebook.Call) -> str:
    """What was noted of a tie, and until when that keeps it out of the list."""
    if call.status == "called":
        return _("called; back on {day}", day=date(call.until))
    return _("later; back on {day}", day=date(call.until))


def list_noted(noted: Mapping[Pair, notebook.Call]) -> None:
    """The ties that were called or are for later, each with the way back into the list."""
    names = ask(questions.answer_names)
    for pair, call in noted.items():
        a, b = (names.get(one, one) for one in pair)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(md("{a} – {b}: {noted}", a=a, b=b, noted=noted_in_words(call)))
            st.button(
                _("Put back in the list"),
                key=f"call_back_{'_'.join(pair)}",
                icon=":material/undo:",
                on_click=note_call,
                args=(pair, ""),
            )


def at_risk_in_words(survival: Mapping[str, KaplanMeier], groups: Mapping[str, str]) -> str:
    """How many ties were followed for 1, 2 and 3 years, per group: what a survival curve rests on."""
    phrases = [
        _(
            "{group} {counts}",
            group=name[:1].lower() + name[1:],
            counts=" / ".join(str(at["at_risk"]) for at in survival[key]["at"]),
        )
        for key, name in groups.items()
    ]
    return _("followed for 1 / 2 / 3 years: {groups}", groups=join(phrases))


def structure_title(structure: Structure) -> str:
    """The finding about firm agreements in a few words; a question where the data cannot tell."""
    if structure["verdict"] == "longer":
        return _("Ties that begin with firm agreements last longer here")
    if structure["verdict"] == "shorter":
        return _("Ties that begin with firm agreements last less long here")
    return _("Do firm agreements hold ties together?")


def structure_sentence(structure: Structure) -> Markdown:
    """What stands behind `structure_title`, with its uncertainty, or why the data cannot tell."""
    years, difference, low, high = (structure["years"], structure["difference"], structure["low"], structure["high"])
    if years is None or difference is None or low is None or high is None:
        return (
            md(
                "The data cannot tell whether firm agreements hold ties together: "
                "all ties began alike, with such agreements or without."
            )
            if structure["reason"] == "one_group"
            else md(
                "The data cannot tell whether firm agreements hold ties together: no ties were followed for a year yet."
            )
        )
    if structure["reason"] == "too_few_in_all":
        return n_md(
            "**The data cannot tell whether firm agreements hold ties together:** there is {n} agreement to go by, "
            "fewer than {least}.",
            "**The data cannot tell whether firm agreements hold ties together:** there are {n} agreements to go by, "
            "fewer than {least}.",
            structure["structural"]["agreements"] + structure["not_structural"]["agreements"],
            least=number(AGREEMENTS_COMPARED),
        )
    if structure["verdict"] is None:
        return n_md(
            "**The data cannot tell whether firm agreements hold ties together:** in one of the two groups there is "
            "{n} agreement to go by, fewer than {least}.",
            "**The data cannot tell whether firm agreements hold ties together:** in one of the two groups there are "
            "{n} agreements to go by, fewer than {least}.",
            structure["agreements"],
            least=number(MINIMUM_AGREEMENTS),
        )
    structural, others = (structure[name]["at"][years - 1]["survival"] for name in ("structural", "not_structural"))
    structural_share, other_share = apart("share", structural, others)
    evidence = md(
        "After {years}, {structural} of the ties that began with firm agreements are still there, and {others} of the "
        "others: a difference of {difference} percentage points (between {low} and {high}, 95% interval).",
        years=n_("{n} year", "{n} years", years),
        structural=structural_share,
        others=other_share,
        difference=in_points(difference),
        low=in_points(low),
        high=in_points(high),
    )
    if structure["verdict"] == "unclear":
        unclear = md("**That is not clear here:** the difference may be chance.")
        return Markdown(f"{unclear} {evidence}")
    return evidence


def lasting_title(survival: Mapping[str, KaplanMeier]) -> str:
    """How long half of all ties last, or that this is not known yet."""
    median_days = survival["overall"]["median_days"]
    if not survival["overall"]["ended"]:
        return _("How long ties last")
    if median_days is None:
        return _("More than half of the ties still run")
    return _("Half of all ties last longer than {years} years", years=number(median_days / questions.DAYS_IN_YEAR, 1))


def lasting_sentence(survival: Mapping[str, KaplanMeier]) -> Markdown:
    """How many ties within a sector and across sectors are left after the most years that both were followed."""
    if not survival["overall"]["ended"]:
        return md("In the lists no tie has ended, so how long ties last cannot be said.")
    within, across = survival["within_sector"]["at"], survival["cross_sector"]["at"]
    known = [
        (one["years"], one["survival"], other["survival"])
        for one, other in zip(within, across, strict=True)
        if one["survival"] is not None and other["survival"] is not None
    ]
    if not known:
        return md("How ties within a sector and across sectors differ is not known yet.")
    years, one, other = known[-1]
    shares = apart("share", one, other)
    return md(
        "After {years}, {within} of the ties within a sector are still there and {across} of those across sectors.",
        years=n_("{n} year", "{n} years", years),
        within=shares[0],
        across=shares[1],
    )


def changes_title(changes: Sequence[TieChange]) -> str:
    """How many ties formed and ended in the last four quarters, counted from the first day of the first."""
    past_year = changes[-4:]
    formed, ended = (sum(row[name] for row in past_year) for name in ("formed", "ended"))
    year, quarter = past_year[0]["quarter"].split("-Q")
    since = date(datetime.date(int(year), 3 * int(quarter) - 2, 1))
    if not formed and not ended:
        return _("Since {day} no tie formed or ended", day=since)
    gaps = {"day": since, "ended": number(ended)}
    if formed > ended:
        return n_(
            "Since {day} {n} tie formed and {ended} ended: the network grew",
            "Since {day} {n} ties formed and {ended} ended: the network grew",
            formed,
            **gaps,
        )
    if formed < ended:
        return n_(
            "Since {day} {n} tie formed and {ended} ended: the network shrank",
            "Since {day} {n} ties formed and {ended} ended: the network shrank",
            formed,
            **gaps,
        )
    return n_(
        "Since {day} {n} tie formed and as many ended",
        "Since {day} {n} ties formed and as many ended",
        formed,
        day=since,
    )


def endings_title(found: EndingTies) -> str:
    """How many ties end within a year."""
    if not found["ending"]:
        return _("No tie is known to end within a year")
    return n_("{n} tie ends within a year", "{n} ties end within a year", len(found["ending"]))


def endings_sentence(found: EndingTies) -> Markdown:
    """Of the ties that end, with how many nothing else remains; and how many have no end."""
    unknown = (
        n_md(
            "Of the {n} tie it is not known when the agreement ends.",
            "Of none of the {n} ties it is known when the agreement ends.",
            found["ties"],
        )
        if found["without_end"] == found["ties"]
        else n_md(
            "Of {n} of the {all} ties the agreement has no end.",
            "Of {n} of the {all} ties the agreement has no end.",
            found["without_end"],
            all=number(found["ties"]),
        )
    )
    if not found["ending"]:
        return unknown
    ending = n_md(
        "**With {n} of them nothing else remains** when the agreement is not renewed. {structural} of them are "
        "structural.",
        "**With {n} of them nothing else remains** when the agreements are not renewed. {structural} of them are "
        "structural.",
        found["nothing_remains"],
        structural=number(found["structural_ending"]),
    )
    return Markdown(f"{ending} {unknown}")


def endings_table(found: EndingTies) -> pd.DataFrame:
    """The ties that end, with both names."""
    table = with_yes_no(
        table_of(found["ending"], "sector_a", "sector_b"), "is_structural", "is_cross_sector", "nothing_remains"
    )
    return table.assign(pair=[f"{tie['name_a']} – {tie['name_b']}" for tie in found["ending"]])


def grants_sentence(grants: Grants) -> Markdown:
    """What money ends within a year, and who has nothing else, for whoever has calls to make."""
    soon = grants["within_a_year"]
    return n_md(
        "**{n} grant ends within a year**, {euro} a year. {without} of the organisations concerned had no other donor.",
        "**{n} grants end within a year**, {euro} a year. {without} of the organisations concerned had no other donor.",
        soon["grants"],
        euro=euro(soon["amount_eur"]),
        without=number(soon["without_other"]),
    )


def lapse_title(found: Lapse) -> str:
    """How many of the ties that are alive may lapse; or that it cannot be said which."""
    ties = found["at_risk"]
    if not found["backtest"]["is_better"]:
        return _("Which ties will fade cannot be foreseen here")
    expected = round(sum(tie["chance"] for tie in ties))
    return n_(
        "Of {n} tie that is not silent, about {expected} may end or fall silent within a year",
        "Of {n} ties that are not silent, about {expected} may end or fall silent within a year",
        len(ties),
        expected=number(expected),
    )


def lapse_sentence(found: Lapse) -> Markdown:
    """In which order the ties come, and why; where chances are worth nothing, that they are."""
    if found["backtest"]["is_better"]:
        return md(
            "**Call these first, while they still answer:** much is at stake, and ties like them lapsed more often."
        )
    silence = md("So the longest silent comes first.")
    if found["lapsed_share"] is None:
        reason = md("No tie was followed for a year yet.")
    elif found["is_pooled"] or not found["backtest"]["forecasts"]:
        reason = n_md(
            "Of {n} tie that was followed for a year {lapsed} lapsed: too few to tell ties apart.",
            "Of {n} ties that were followed for a year {lapsed} lapsed: too few to tell ties apart.",
            found["cases"],
            lapsed=number(found["cases_lapsed"]),
        )
    else:
        reason = md(
            "Forecasts made on earlier days were no better than to say of every tie that it lapses as often as all do "
            "({share} within a year).",
            share=percent(found["lapsed_share"]),
        )
    return Markdown(f"{reason} {silence}")


def at_stake(tie: AtRisk) -> str:
    """What is lost with a tie, in words; empty when it is one of many."""
    phrases = [
        *([_("it runs across sectors")] if tie["is_cross_sector"] else []),
        *([_("they have no partner in common")] if not tie["common_partners"] else []),
        *([_("they have firm agreements")] if tie["is_structural"] else []),
    ]
    return join(phrases)


def known_of(tie: AtRisk) -> str:
    """What a forecast goes by, in words."""
    phrases = [
        _("begun with firm agreements") if tie["began_structural"] else _("begun without firm agreements"),
        _("both were at an event together") if tie["shared_events"] else _("never at an event together"),
        _("last contact {day}", day=date(tie["last_sign_date"])),
    ]
    return join(phrases)


def lapse_call(tie: AtRisk, *, with_chance: bool) -> Markdown:
    """A tie that may lapse as something to do: who, what is at stake, what is known of it."""
    parts = [
        md(
            "**{a}** ({sector_a}) and **{b}** ({sector_b}).",
            a=tie["name_a"],
            b=tie["name_b"],
            sector_a=label(tie["sector_a"]),
            sector_b=label(tie["sector_b"]),
        )
    ]
    if with_chance:
        parts.append(md("Chance to lapse within a year: {chance}.", chance=percent(tie["chance"])))
    if stake := at_stake(tie):
        parts.append(md("At stake: {stake}.", stake=stake))
    parts.append(md("Known: {known}.", known=known_of(tie)))
    if tie["next_event_date"]:
        parts.append(
            md("Both are expected at {event} on {day}.", event=tie["next_event_name"], day=date(tie["next_event_date"]))
        )
    return Markdown(" ".join(parts))


def lapse_equals(listed: Sequence[AtRisk], *, with_chance: bool) -> str:
    """How many ties that have no card come as soon as the last one that has; "" without any."""

    def place(tie: AtRisk) -> tuple[float, int]:
        return round(tie["at_stake"] * tie["chance"], 9) if with_chance else 0.0, tie["days_silent"]

    equal = sum(place(tie) == place(listed[MOST_CALLS - 1]) for tie in listed[MOST_CALLS:])
    if not equal:
        return ""
    if not with_chance:
        return n_(
            "{n} other tie has been silent just as long as the last one here.",
            "{n} other ties have been silent just as long as the last one here.",
            equal,
        )
    return n_(
        "For {n} other tie, chance and what is at stake weigh as much as for the last one here, and it is silent as "
        "long.",
        "For {n} other ties, chance and what is at stake weigh as much as for the last one here, and they are silent "
        "as long.",
        equal,
    )


def lapse_table(ties: Sequence[AtRisk]) -> pd.DataFrame:
    """Ties that may lapse, with what is at stake and what is known in words."""
    table = table_of(ties, "sector_a", "sector_b")
    return table.assign(
        pair=[f"{tie['name_a']} – {tie['name_b']}" for tie in ties],
        stake=[at_stake(tie) for tie in ties],
        known_of=[known_of(tie) for tie in ties],
    )


def tested_title(tested: Backtest) -> str:
    """Whether forecasts came true."""
    if tested["is_better"]:
        return _("Such forecasts came true here better than chance")
    return _("Such forecasts were no better here than one chance for all")


def tested_sentence(tested: Backtest) -> Markdown:
    """How good the forecasts were, beside those that know nothing, or only how old a tie is."""
    scores = apart("number", tested["brier"], tested["brier_base"], tested["brier_curve"], digits=3)
    return n_md(
        "On {n} earlier day forecasts were made for ties that were not silent then. Of {groups} groups, {within} did "
        "as was forecast "
        "(within the band). The mean squared error (Brier score, lower is better) is {score}; with one chance for all "
        "it "
        "would be {base}, by the age of a tie alone {curve}.",
        "On {n} earlier days forecasts were made for ties that were not silent then. Of {groups} groups, {within} did "
        "as was forecast "
        "(within the band). The mean squared error (Brier score, lower is better) is {score}; with one chance for all "
        "it "
        "would be {base}, by the age of a tie alone {curve}.",
        len(tested["days"]),
        groups=number(len(tested["bins"])),
        within=number(tested["bins_within"]),
        score=scores[0],
        base=scores[1],
        curve=scores[2],
    )


def tested_table(tested: Backtest) -> pd.DataFrame:
    """The groups of forecasts, each with what came of it."""
    return with_yes_no(pd.DataFrame(tested["bins"]), "is_within")
