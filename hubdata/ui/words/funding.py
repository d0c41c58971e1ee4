"""The sentences and tables of the page `funding`."""

import collections
from collections.abc import Sequence

from hubdata.indicators.chance import LEVEL
from hubdata.indicators.funding import DonorTotal, KindShift
from hubdata.ui.income import category_labels
from hubdata.ui.language import _, join, kind_label, n_, points


def donor_names(donors: Sequence[DonorTotal]) -> list[str]:
    """The donors' names; with the kind of income where totals have a row per kind."""
    rows = collections.Counter(donor["donor"] for donor in donors)
    return [
        f"{donor['donor']} ({category_labels()[donor['category']]})"
        if rows[donor["donor"]] > 1
        else str(donor["donor"])
        for donor in donors
    ]


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
