"""Figures about sectors, themes and what organisations need and offer, in words for their readers."""

from functools import partial

from hubdata.methods.explanation import Explanation
from hubdata.texts import N_

_explained = partial(Explanation, table="sectors")

EXPLANATIONS: dict[str, Explanation] = {
    "sectors": _explained(
        N_("Mix of sectors"),
        N_("Per sector the organisations and the jobs (in fte), and their shares."),
        N_("Jobs count only where they are known."),
        also=("share", "jobs", "jobs_share", "jobs_unknown"),
    ),
    "members": _explained(
        N_("Members"),
        N_(
            "Per sector the organisations that are member or tenant of the hub, and their share of all members, beside "
            "the share of the sector in the whole."
        ),
        N_("It is the mix of the members, not the part of a sector that is a member. Who is not known is not counted."),
        also=("members_share", "membership_unknown"),
    ),
    "effective_sectors": _explained(
        N_("Effective number of sectors"),
        N_("The mix is as varied as if there were this many sectors of equal size."),
        N_("It says how even the mix is, not whether it is the right one."),
        "Jost 2006",
    ),
    "simpson_diversity": _explained(
        N_("Chance of two different sectors"),
        N_("The chance that two organisations drawn at random (with replacement) are in different sectors."),
        N_("It hardly reacts to small sectors."),
        "Simpson 1949",
    ),
    "themes": _explained(
        N_("Themes"),
        N_("Per theme the organisations, their jobs, and the share of ties with both ends in the theme."),
        N_("An organisation with three themes counts three times, so shares add up to more than 100%."),
        also=("ties_within_share",),
    ),
    "theme_mixing": _explained(
        N_("Themes against chance"),
        N_(
            "Per two themes the ties with one end in each, divided by the ties expected if all ties fell on pairs at "
            "random, of the organisations whose themes are known."
        ),
        N_(
            "An organisation with several themes counts at each, so rows do not add up; and themes that share "
            "organisations find each other by themselves."
        ),
    ),
    "hubs": _explained(
        N_("Hubs side by side"),
        N_(
            "Figures that do not depend on size: partners per organisation, ties across sectors compared with chance, "
            "and effective numbers (as if so many were equally large)."
        ),
        N_(
            "Not a ranking: hubs record different things. Density is left out, because it falls as a hub grows even if "
            "nobody loses a partner."
        ),
        "Jost 2006",
    ),
    "location_quotient": _explained(
        N_("Compared with the reference"),
        N_(
            "The share here divided by the share in the reference: 2 means twice as common here. All sectors, and all "
            "themes, are measured alike: by jobs where they are known of {minimum} organisations or more and the "
            "reference has them, else by organisations. The share is that of the organisations of which it is known."
        ),
        N_(
            "It is left out below {minimum} organisations, by jobs below {minimum} of which the jobs are known. Large "
            "is not better: it shows what is typical of this region."
        ),
        "Isard 1960",
        also=("reference_share", "known_organisations"),
    ),
    "needs_and_offers": _explained(
        N_("Needs and offers"),
        N_("Per subject how many organisations need it and how many offer it. They match when written the same."),
        N_("An empty cell is not known: what nobody offers may be offered by one that was never asked."),
    ),
    "digital_maturity": _explained(
        N_("Digital maturity"),
        N_(
            "How digital organisations say they are, from 1 to 5; the average of those of which it is known. Sectors "
            "are told apart only when they differ from all together by more than chance explains."
        ),
        N_("Organisations judge themselves, each by its own measure."),
    ),
}
