"""The sentences and tables of the page `contacts`."""

from collections.abc import Mapping, Sequence

import pandas as pd

from hubdata import questions
from hubdata.indicators.ties import MINIMUM_AGREEMENTS, FadingTie, KaplanMeier, Structure
from hubdata.ui.language import Markdown, _, apart, join, md, n_, n_md, number
from hubdata.ui.parts import table_of, with_yes_no
from hubdata.ui.ties import together_in_words

SURVIVAL_COLUMNS = ("group", "spells", "years", "survival", "low", "high", "at_risk")
"""The columns of `survival_table`."""


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


def fading_table(ties: Sequence[FadingTie]) -> pd.DataFrame:
    """Fading ties as a table, with what they had together in words."""
    table = with_yes_no(table_of(ties, "sector_a", "sector_b"), "is_structural")
    return table.assign(together=[together_in_words(tie) for tie in ties])


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


def structure_sentence(structure: Structure) -> Markdown:
    """Whether structure holds ties together here, with its uncertainty, or that the data cannot tell."""
    years, difference, low, high = (structure["years"], structure["difference"], structure["low"], structure["high"])
    if years is None or difference is None or low is None or high is None:
        return (
            md(
                "The data cannot tell whether structure holds ties together: "
                "all ties began alike, with structure or without."
            )
            if structure["reason"] == "one_group"
            else md("The data cannot tell whether structure holds ties together: no ties were followed for a year yet.")
        )
    if structure["verdict"] is None:
        return n_md(
            "**The data cannot tell whether structure holds ties together:** in one of the two groups there is {n} "
            "agreement to go by, fewer than {least}.",
            "**The data cannot tell whether structure holds ties together:** in one of the two groups there are {n} "
            "agreements to go by, fewer than {least}.",
            structure["agreements"],
            least=number(MINIMUM_AGREEMENTS),
        )
    structural, others = (structure[name]["at"][years - 1]["survival"] for name in ("structural", "not_structural"))
    structural_share, other_share = apart("share", structural, others, digits=0)
    evidence = md(
        "After {years}, {structural} of the ties that began with structure are still there, and {others} of the "
        "others: a difference of {difference} percentage points (between {low} and {high}, 95% interval).",
        years=n_("{n} year", "{n} years", years),
        structural=structural_share,
        others=other_share,
        difference=_whole_points(difference),
        low=_whole_points(low),
        high=_whole_points(high),
    )
    verdict = {
        "longer": md("**Ties that begin with structure last longer here.**"),
        "shorter": md("**Ties that begin with structure last less long here.**"),
        "unclear": md("**Whether structure holds ties together is not clear here:** the difference may be chance."),
    }[structure["verdict"]]
    return Markdown(f"{verdict} {evidence}")


def _whole_points(share: float) -> str:
    return f"{100 * share:+.0f}".replace("-", "\N{MINUS SIGN}")
