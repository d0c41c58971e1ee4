"""The sentences and tables of the page `funding`."""

from collections.abc import Sequence

import pandas as pd

from hubdata.indicators.chance import LEVEL
from hubdata.indicators.funding import FundingYear, KindShift
from hubdata.ui.income import donor_names
from hubdata.ui.language import _, join, kind_label, n_, points


def flow_names(year: FundingYear, flows: pd.DataFrame, earned: str) -> pd.Series:
    """What the source of each flow is called: two donors of one name stay apart."""
    named = [donor for donor in year["donor_totals"] if donor["donor"]]
    names = dict(zip((donor["donor_key"] for donor in named), donor_names(named), strict=True))
    without_name = {"other": _("Other donors"), "earned": earned}
    return flows["donor_key"].map(names).where(flows["donor"].notna(), flows["donor_key"].map(without_name))


def kinds_apart(kinds: Sequence[KindShift]) -> str:
    """Which kinds of organisation moved otherwise than all together by more than chance explains, or that none did.

    `kinds`: those of which enough organisations are known.
    """
    if len(kinds) < 2:
        return _("There are too few of each kind to compare them.")
    apart = [kind for kind in kinds if (kind["p_adjusted"] or 0) < LEVEL and kind["p_adjusted"] is not None]
    if not apart:
        return _("Kinds differ too little, for so few organisations, to say which moved further.")
    phrases = [
        _(
            "{kind} ({points} points on average, {n})",
            kind=kind_label(kind),
            points=points(kind["mean_change"]),
            n=n_("{n} organisation", "{n} organisations", kind["organisations"]),
        )
        for kind in apart
    ]
    return _("More than chance explains, these moved otherwise than the rest: {kinds}.", kinds=join(phrases))


def kinds_in_words(kinds: Sequence[KindShift]) -> str:
    """The average change per sector as a sentence, in the order of their names, which is no ranking."""
    phrases = sorted(f"{kind_label(k)} ({points(k['mean_change'])})" for k in kinds if k["by"] == "sector")
    return _("Average change of other income per sector, in percentage points: {kinds}.", kinds=join(phrases))
