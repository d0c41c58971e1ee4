"""Figures about income, donors and what a loss would do, in words for their readers."""

from functools import partial

from hubdata.methods.explanation import Explanation
from hubdata.texts import N_

_explained = partial(Explanation, table="funding")

EXPLANATIONS: dict[str, Explanation] = {
    "income": _explained(
        N_("Income"),
        N_("The sum of the amounts in the data, per organisation and calendar year, and of how many it is known."),
        N_("It is what these sources show, not an organisation’s accounts."),
        also=("amount_eur", "categories", "organisation_count"),
    ),
    "donors": _explained(
        N_("Donors"),
        N_("The number of different donors with an amount above zero. Earned income counts as one source."),
        N_("Ten small donors beside one large one count as eleven: it does not show how the money is divided."),
    ),
    "top_donor_share": _explained(
        N_("Share of the largest donor"),
        N_("What the largest donor gave, as a share of the income of that year."),
        N_("Earned income has no donor and is never the largest donor."),
    ),
    "median_top_donor_share": _explained(
        N_("Median share of the largest donor"),
        N_("Half of the organisations with known income get this share of it or less from their largest donor."),
        N_("It says nothing of those that lean most on one donor: these are among the exposed ones."),
    ),
    "donor_hhi": _explained(
        N_("Concentration of donors"),
        N_("The sum of the squared shares of all donors (Herfindahl-Hirschman index): 1 means a single source."),
        N_("Limits that competition law uses for markets mean nothing here."),
        "Herfindahl 1950; Hirschman 1964",
    ),
    "effective_donors": _explained(
        N_("Effective number of donors"),
        N_("The income is as spread as if there were this many donors of equal size: 1 / concentration."),
        N_("It falls when one donor gives more, even if all others stay."),
    ),
    "category_hhi": _explained(
        N_("Concentration of kinds of income"),
        N_("The sum of the squared shares of the eight kinds of income."),
        N_("It cannot fall below one divided by the number of kinds."),
    ),
    "public_share": _explained(
        N_("Public money"),
        N_("Governments plus EU and UN, as a share of income."),
        N_("A high share is not wrong; it shows who must be asked when budgets shrink."),
    ),
    "government_share": _explained(
        N_("Government money"),
        N_("What states, provinces and municipalities gave, as a share of income."),
        N_("Money of the EU and the UN is not in it."),
    ),
    "earned_share": _explained(
        N_("Earned income"),
        N_("What an organisation earned with services and sales, as a share of income."),
        N_("It is 0 when nobody filled in earned income; that is not the same as earning nothing."),
    ),
    "exposed": _explained(
        N_("Exposed organisations"),
        N_(
            "Organisations that get {exposure} or more of their income from one donor, or {public} or more from public "
            "money; and their share of those with an income above 0. Amounts are compared in whole cents, so exactly "
            "{exposure} is exposed."
        ),
        N_(
            "Exposed does not mean that something is wrong: studies find small and mixed effects of spreading income. "
            "With an income of 0 it cannot be said, so these organisations are in neither number. Shown in grey, it "
            "rests on a list that is partial: somebody said so (recorded project money, not income), or nobody in it "
            "has income of their own, or the accounts give over a quarter more than its rows."
        ),
        "Hung & Hager 2019; Lu et al. 2019",
        also=("exposed_share", "with_income", "greyed"),
    ),
    "accounted_share": _explained(
        N_("Accounted for"),
        N_(
            "The rows of income of a year as a part of the total income that the accounts give (accounts.csv), of "
            "those organisations of which it is known. Their shares, and whether they are exposed, are of that total; "
            "concentration is of the rows, since only of those the donor is known."
        ),
        N_(
            "What the rows do not account for may come from the same donors: then an organisation depends on them more "
            "than it seems."
        ),
        also=("total_income",),
    ),
    "reserve_months": _explained(
        N_("Months of reserve"),
        N_("Reserves divided by a month of income."),
        N_(
            "Of the years of which the accounts give reserves. Reserves in the list of organisations have no year, so "
            "they are compared with the last full year only. Reserves that are promised to a purpose cannot be spent "
            "freely."
        ),
    ),
    "donor_flows": _explained(
        N_("From donor to sector"),
        N_("How much each donor gave to organisations in each sector in the year."),
        N_("Small donors are taken together as “other donors”."),
    ),
    "stress": _explained(
        N_("What if a donor stops"),
        N_(
            "What each organisation would have lost in that year if donors or kinds of income had given so much less. "
            "It is at risk when it loses more than {risk} of its income. An organisation that gives to others gives "
            "less by the share that it loses itself, and so on until nothing changes."
        ),
        N_(
            "It is arithmetic with the books of one year, not a forecast: nobody finds another donor, spends less or "
            "uses reserves. At risk does not mean that an organisation will fall."
        ),
        "Eisenberg & Noe 2001",
        also=("loss", "at_risk", "before", "after"),
    ),
    "loss_share": _explained(
        N_("Part lost"),
        N_("What is lost, divided by the income of that year."),
        N_("Of an organisation whose income is known in part, it is a share of that part."),
    ),
    "jobs_exposed": _explained(
        N_("Jobs exposed"),
        N_("The jobs (fte) of an organisation times the part of its income that it loses, added up."),
        N_(
            "It is no number of people who lose their work. Organisations whose jobs are not known are not counted; "
            "nor are those of which the known income is less than {least_per_job} per job, unless their accounts are "
            "known: that income is probably only a part, and a loss of all of it need not cost all jobs."
        ),
        also=("is_income_partial",),
    ),
    "ties_exposed": _explained(
        N_("Ties of those at risk"),
        N_("Ties of which one end or both are at risk."),
        N_("A tie is not lost when one of the two is in trouble."),
    ),
    "bridges_exposed": _explained(
        N_("Ties across sectors of those at risk"),
        N_("Ties between two sectors of which one end or both are at risk."),
        N_("They count among the ties of those at risk as well."),
        also=("bridges",),
    ),
    "reserve_months_left": _explained(
        N_("Reserves (months)"),
        N_("Reserves divided by what is lost in a month: so long they would replace the loss."),
        N_(
            "The lists give reserves without a year, so they are compared with the last full year only. Reserves that "
            "are promised to a purpose cannot be spent freely."
        ),
    ),
    "pass_through": _explained(
        N_("Loss that is passed on"),
        N_(
            "What is lost beyond the cuts themselves, since organisations that give to others give less when they lose "
            "income; it travels on until an organisation loses less than one euro more."
        ),
        N_("Who gives to others while its own income is not known passes nothing on here, so it may be more."),
        "Eisenberg & Noe 2001",
        also=("loss_eur", "rounds", "donors_unknown"),
    ),
    "shared_exposure": _explained(
        N_("Who falls together"),
        N_("Per donor the active organisations for which it pays {risk} or more of their income in that year."),
        N_(
            "Who shares no donor is not independent: two funds of one ministry are two donors here, and partners feel "
            "each other’s trouble."
        ),
        "Caccioli et al. 2014",
    ),
    "quadrant": _explained(
        N_("Key organisations that lean on one donor"),
        N_(
            "Exposed is who gets {exposure} or more from one donor; a key organisation is one of the quarter that "
            "stands most often between others. Who is both holds the network together and depends on one giver."
        ),
        N_("The lines are drawn at round numbers; somebody just below them hardly differs from somebody just above."),
        "Freeman 1977",
    ),
    "own_income": _explained(
        N_("Own income"),
        N_(
            "Income that does not come from the funder whose rule it is, as a share of all income. Without a funder "
            "named in the settings, no money of the Dutch government counts as own income."
        ),
        N_(
            "It is a distance to a line, never a verdict. A rule is about who asks for a certain subsidy, and counts "
            "as its own text says, often over several years."
        ),
    ),
    "other_income": _explained(
        N_("Other income"),
        N_(
            "Income that is not public: earned income, and what individuals, companies, lotteries, other nonprofits "
            "and others gave, as a share of all income. Who moved is counted over the same organisations in both "
            "years. Kinds of organisation are told apart only when their average moved otherwise than that of all by "
            "more than shuffling the organisations over the kinds explains (Benjamini-Hochberg)."
        ),
        N_(
            "The share rises as well when subsidy shrinks and nothing else grows. Other nonprofits may pass on public "
            "money."
        ),
    ),
    "endings": _explained(
        N_("What ends, and when"),
        N_(
            "Grants by the quarter of their last day, as the list of income gives it. A grant is what an organisation "
            "gets of one donor for one programme; the amount is that of its last full year. Jobs are fte times the "
            "part "
            "of the income that ends. An organisation has no other donor when all its donors of that year end in the "
            "same time; own income has no donor. Ties across sectors are those of organisations at which more than "
            "{risk} of the income ends. Gifts of individuals and own income are no grants."
        ),
        N_(
            "It is what has to be asked for again, not what will be lost. A grant without an end in the list is "
            "counted "
            "apart: nobody knows how long it lasts."
        ),
        also=(
            "grants",
            "other_donors",
            "without_other",
            "without_other_eur",
            "running",
            "later",
            "later_eur",
            "end_unknown",
            "end_unknown_eur",
        ),
    ),
}
