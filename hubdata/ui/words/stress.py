"""The sentences and tables of the page `stress`."""

import functools
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from hubdata import texts
from hubdata.indicators.own_income import RuleCount
from hubdata.indicators.stress import PassThrough, Preset, SharedExposure, Stress
from hubdata.ui.address import address, url_widget
from hubdata.ui.hub_settings import settings
from hubdata.ui.language import (
    Markdown,
    _,
    current_language,
    euro,
    in_label,
    join,
    md,
    n_,
    n_md,
    number,
    percent,
    threshold,
    word,
)
from hubdata.ui.parts import largest, offered, several, web_link

CUTS = range(0, 101, 5)
"""By how many percent somebody may give less."""


FIRST_CUT = 30
"""How much less a donor gives who is chosen by hand, in percent."""


def cut_slider(name: str, label: str, default: int) -> float:
    """By which part (0-1) somebody gives less; kept in the address as a percentage, `default` when it says nothing."""
    words = _cuts_in_words(current_language())
    return float(url_widget(st.select_slider, name, label, list(CUTS), default, format_func=words.__getitem__) / 100)


@functools.cache
def _cuts_in_words(language: str) -> dict[int, str]:
    return {cut: texts.percent(cut / 100, language) for cut in CUTS}


MOST_DONORS = 6


def donor_cuts(donors: dict[str, str]) -> list[tuple[str, float]]:
    """Who gives less, and by which part (0-1): a box for every donor and always one to add another.

    Not one box for several: its tags fail the contrast that WCAG asks for in dark, and its target size on a phone.
    """
    adopted_values = address().adopted
    values = (
        st.session_state if adopted_values is None else {f"at_{name}": value for name, value in adopted_values.items()}
    )
    last = max((n for n in range(1, MOST_DONORS + 1) if values.get(f"at_donor_{n}")), default=0)
    cuts: dict[str, float] = {}
    for n in range(1, min(last + 1, MOST_DONORS) + 1):
        donor = url_widget(
            st.selectbox,
            f"donor_{n}",
            _("Donor {n}", n=n),
            offered(f"donor_{n}", [key for key in donors if key not in cuts], donors.__getitem__),
            None,
            format_func=donors.get,
            placeholder=_("Type the name of a donor"),
        )
        if donor is not None:
            # An address without a cut has always meant that the donor stops; who chooses a donor begins with less.
            if adopted_values is None:
                st.session_state.setdefault(f"at_cut_{n}", FIRST_CUT)
            cuts[donor] = cut_slider(f"cut_{n}", _("{donor} gives less", donor=in_label(donors[donor])), 100)
    return list(cuts.items())


def put_cuts(by_donor: dict[str, float], by_category: dict[str, float]) -> None:
    """Put these cuts, and no others, in the widgets of the page: for the buttons with examples."""
    state = st.session_state
    for key in [str(key) for key in state]:
        if key.startswith("at_donor_"):
            state[key] = None
        elif key.startswith("at_less_"):
            state[key] = 0
    for n, (donor, cut) in enumerate(by_donor.items(), start=1):
        state[f"at_donor_{n}"], state[f"at_cut_{n}"] = donor, round(100 * cut)
    for category, cut in by_category.items():
        state[f"at_less_{category}"] = round(100 * cut)


def preset_words(preset: Preset) -> str:
    """A stress test to begin with, as the label of a button."""
    return {
        "government_minus_30": _("Government gives 30% less"),
        "public_minus_30": _("Government, EU and UN give 30% less"),
        "largest_donor_less": _("The largest donor gives 30% less"),
        "largest_donor_leaves": _("The largest donor leaves"),
        "three_largest_halve": _("The three largest give half"),
    }[preset["code"]]


def example_cuts(presets: Sequence[Preset]) -> tuple[tuple[str, float], ...]:
    """Who gives how much less in the example that the page begins with; empty when there is no largest donor."""
    return next((tuple(one["cuts"].items()) for one in presets if one["code"] == "largest_donor_less"), ())


def cuts_in_words(stress_test: Stress) -> Markdown:
    """What gives less in a stress test, as the end of a sentence that begins with "if"."""
    phrases = [
        md("{donor} gives nothing", donor=cut["donor"])
        if cut["cut"] == 1
        else md("{donor} gives {percent} less", donor=cut["donor"], percent=threshold(cut["cut"]))
        for cut in stress_test["cuts"]
        if cut["cut"]
    ]
    phrases += [
        md("all money of the kind “{kind}” is {percent} less", kind=word("category", code), percent=threshold(cut))
        for code, cut in stress_test["category_cuts"].items()
        if cut
    ]
    return Markdown(join(list(phrases)))


def jobs_exposed(stress_test: Stress, losing: int) -> str:
    """The jobs of those that lose something; not known where they are known of less than half of these (`losing`)."""
    known = losing - stress_test["jobs_unknown"]
    return number(stress_test["jobs_exposed"] if 2 * known >= losing else None)


def outcome_sentence(stress_test: Stress, risk: str) -> Markdown:
    """How many organisations a stress test puts at risk: who would lose more than `risk`, a share in words."""
    active = [organisation for organisation in stress_test["organisations"] if organisation["is_active"]]
    return n_md(
        "**If {cuts}, {n} of the {all} organisations with known income is at risk.** It would have lost more than "
        "{risk} of its known income of {year}.",
        "**If {cuts}, {n} of the {all} organisations with known income are at risk.** They would have lost more than "
        "{risk} of their known income of {year}.",
        sum(bool(organisation["at_risk"]) for organisation in active),
        cuts=cuts_in_words(stress_test),
        all=number(len(active)),
        risk=risk,
        year=stress_test["year"],
    )


def counted_in_words(passed: PassThrough) -> Markdown:
    """Of whom the sums below `outcome_sentence` are, and that they count what is passed on."""
    counted = md("Income and jobs are of everybody who loses something, ties of those at risk.")
    if not passed["donors"]:
        return counted
    through = n_md(
        "It counts as well that {n} organisation gives others less because it loses income itself.",
        "It counts as well that {n} organisations give others less because they lose income themselves.",
        passed["donors"],
    )
    return Markdown(f"{counted} {through}")


def at_risk_title(at_risk: int) -> str:
    """How many organisations a stress test puts at risk, above their table."""
    if not at_risk:
        return _("No organisation is at risk")
    return n_("{n} organisation is at risk", "{n} organisations are at risk", at_risk)


def shared_exposure_title(groups: Sequence[SharedExposure]) -> Markdown:
    """On which donor, or on which, most organisations hang at the same time, as a title."""
    most = largest(groups, lambda group: group["organisation_count"])
    gaps = {"n": number(most[0]["organisation_count"])}
    if len(most) > 1:
        return md(
            "Each of these donors has {n} organisations that depend on it: {donors}",
            donors=several([str(g["donor"]) for g in most]),
            **gaps,
        )
    return md("{n} organisations depend on {donor} together", donor=most[0]["donor"], **gaps)


def shared_exposure_sentence(groups: Sequence[SharedExposure], risk: str) -> Markdown:
    """What happens to those who hang on the same donor when it stops, and how many of them work together.

    `risk`: from which part of its income on an organisation counts, in words.
    """
    most = largest(groups, lambda group: group["organisation_count"])
    size = most[0]["organisation_count"]
    stops = md("If it stops, each of them would lose {risk} or more of its income at the same time.", risk=risk)
    if len(most) > 1:
        return stops
    together = n_md(
        "Of the {pairs} pairs among them {n} works together.",
        "Of the {pairs} pairs among them {n} work together.",
        len(most[0]["tied_pairs"]),
        pairs=number(size * (size - 1) // 2),
    )
    return Markdown(f"{stops} {together}")


def key_title(at_stake: int) -> str:
    """How many key organisations lean on one donor, as a title."""
    if not at_stake:
        return _("No key organisation leans on one donor")
    return n_("{n} key organisation leans on one donor", "{n} key organisations lean on one donor", at_stake)


def sums_title(stress_test: Stress) -> Markdown:
    """What would be lost of the known income, as a title."""
    return md(
        "{loss} of {income} would be lost: {share}",
        loss=euro(stress_test["loss"]),
        income=euro(stress_test["income"]),
        share=percent(stress_test["loss_share"]),
    )


def sums_sentence(stress_test: Stress) -> Markdown:
    """What the bars of income before and after are, and why their sum is less than the income of `sums_title`."""
    said = md("Known income by kind, before and after.")
    rows = sum(stress_test["before"].values())
    if abs(stress_test["income"] - rows) < 1:
        return said
    more = md(
        "Together that is {rows}; the rest of the {income} is known as a total only.",
        rows=euro(rows),
        income=euro(stress_test["income"]),
    )
    return Markdown(f"{said} {more}")


def period(first: int | None, last: int | None) -> str:
    """The years in which a rule holds."""
    if first and last:
        return _("{first} to {last}", first=first, last=last)
    if first or last:
        return _("from {year}", year=first) if first else _("until {year}", year=last)
    return _("always")


def rule_rows(counts: Sequence[RuleCount]) -> pd.DataFrame:
    """The rules about own income of the settings, each with how many organisations are below it (`own_income`)."""
    rules = settings().own_income_rules
    return pd.DataFrame(
        {
            "minimum": [rule.minimum_share for rule in rules],
            "period": [period(rule.from_year, rule.until_year) for rule in rules],
            "status": [_("intended") if rule.is_intended else _("in force") for rule in rules],
            "below": [count["below"] for count in counts],
            "organisations": [count["organisations"] for count in counts],
            "source": [rule.source for rule in rules],
            "source_date": [rule.source_date for rule in rules],
        }
    )


def rule_sources() -> list[Markdown]:
    """Links to the sources of the rules about own income, each once."""
    return list(dict.fromkeys(web_link(rule.url) for rule in settings().own_income_rules if rule.url))
