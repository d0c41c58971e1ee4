"""What every figure is, in words for its readers: the one text behind each figure's explanation and the Methods page.

The exact definitions stand in the docstrings of `hubdata/indicators/`, under the same names. Every figure that the
commands print as JSON is explained here, under its own name or as one of those that go with another (`also`);
`tests/test_methods.py` walks through what they print.
"""

from typing import NamedTuple

from hubdata.texts import N_


class Explanation(NamedTuple):
    """What a figure is, and how not to misread it. All texts but `source` are translated."""

    name: str
    definition: str
    reading: str
    source: str
    table: str
    """The part of the indicators it belongs to: network, ties, sectors, funding, events or coverage."""
    also: tuple[str, ...] = ()
    """Other names in its answer that this explains too."""


def _network(name: str, definition: str, reading: str, source: str = "", also: tuple[str, ...] = ()) -> Explanation:
    return Explanation(name, definition, reading, source, "network", also)


def _ties(name: str, definition: str, reading: str, source: str = "", also: tuple[str, ...] = ()) -> Explanation:
    return Explanation(name, definition, reading, source, "ties", also)


def _sectors(name: str, definition: str, reading: str, source: str = "", also: tuple[str, ...] = ()) -> Explanation:
    return Explanation(name, definition, reading, source, "sectors", also)


def _funding(name: str, definition: str, reading: str, source: str = "", also: tuple[str, ...] = ()) -> Explanation:
    return Explanation(name, definition, reading, source, "funding", also)


def _events(name: str, definition: str, reading: str, source: str = "", also: tuple[str, ...] = ()) -> Explanation:
    return Explanation(name, definition, reading, source, "events", also)


EXPLANATIONS: dict[str, Explanation] = {
    "organisations": _network(
        N_("Organisations"),
        N_("All organisations that are active on the as-of date and pass the filters."),
        N_("An organisation without partners counts too."),
    ),
    "ties": _network(
        N_("Ties"),
        N_(
            "Two organisations have a tie when they share at least one partnership that runs on the as-of date. "
            "A partnership of k organisations gives k × (k − 1) / 2 ties."
        ),
        N_("Several partnerships between the same two give one tie. Being at the same event is not a tie."),
        also=("partnership_count",),
    ),
    "ties_only_from_large": _network(
        N_("Ties from large partnerships alone"),
        N_("Ties that come only from partnerships of more than ten organisations."),
        N_(
            "Such a partnership ties everybody in it to everybody. "
            "Without these partnerships exactly these ties would go."
        ),
    ),
    "density": _network(
        N_("Density"),
        N_("The ties there are, as a share of all ties there could be: 2 × ties / (n × (n − 1))."),
        N_(
            "Density falls when the network grows, even if nobody loses a partner. "
            "So read it beside the average number of partners, and never rank networks by it."
        ),
        "Wasserman & Faust 1994",
    ),
    "mean_degree": _network(
        N_("Average number of partners"),
        N_("Twice the number of ties, divided by the number of organisations."),
        N_("A few organisations with very many partners pull it up; the median shows the one in the middle."),
        "Wasserman & Faust 1994",
    ),
    "median_degree": _network(
        N_("Median number of partners"),
        N_("Half of the organisations have this many partners or fewer."),
        N_("It says nothing about the organisations with the most partners."),
    ),
    "mean_cross_sector_degree": _network(
        N_("Average number of partners in other sectors"),
        N_("Twice the number of ties across sectors, divided by the number of organisations."),
        N_("Whoever is in a small sector has most partners in others, by chance alone."),
    ),
    "degree": _network(
        N_("Partners"),
        N_("The organisations with which an organisation has a tie; beside it those of other sectors."),
        N_("One large partnership gives many partners at once."),
        also=("cross_sector_degree",),
    ),
    "isolates": _network(
        N_("Organisations without a partner"),
        N_("Organisations with no tie on the as-of date."),
        N_("They may well have partners that are not in the data."),
    ),
    "components": _network(
        N_("Separate groups"),
        N_("Groups of organisations that reach each other through ties; one without ties is a group of its own."),
        N_("One large group and some single ones is normal."),
    ),
    "largest_component_share": _network(
        N_("Share in the largest group"),
        N_("The organisations in the largest group, as a share of all."),
        N_("Being reachable is not the same as being in touch."),
    ),
    "transitivity": _network(
        N_("Closed triangles"),
        N_("Of all cases in which A knows B and B knows C, the share in which A and C know each other too."),
        N_("Large consortia make many triangles at once."),
        "Newman 2003",
    ),
    "average_path_length": _network(
        N_("Average distance"),
        N_("The average number of steps between two organisations in the largest group."),
        N_("It is about the largest group only; in one of more than 5,000 it is estimated, to a hundredth."),
    ),
    "degree_centralisation": _network(
        N_("Centralisation"),
        N_("How much ties gather at one organisation: 0 when all have equally many, 1 when one has them all."),
        N_("A convenor who knows everybody pushes it up; look without convenors too."),
        "Freeman 1979",
    ),
    "cross_sector_share": _network(
        N_("Ties across sectors"),
        N_("The share of ties whose two organisations are in different sectors."),
        N_("With many sectors a large share arises by chance; compare it with what chance would give."),
        "Krackhardt & Stern 1988",
    ),
    "ei_index": _network(
        N_("E-I index"),
        N_(
            "Ties across sectors minus ties within sectors, divided by all ties: "
            "from −1 (all within) to 1 (all across)."
        ),
        N_("Its sign means little without the sizes of the sectors; look at the expected value beside it."),
        "Krackhardt & Stern 1988",
    ),
    "ei_expected": _network(
        N_("E-I index by chance"),
        N_("The E-I index if the same number of ties fell on pairs at random."),
        N_("It depends on the sizes of the sectors only."),
        "Krackhardt & Stern 1988",
    ),
    "ei_p_value": _network(
        N_("Chance of such a difference"),
        N_("How often shuffling the sectors 10,000 times gives an E-I index at least as far from the one by chance."),
        N_("A small number means that chance alone hardly explains it; it does not say how large the difference is."),
        "Krackhardt & Stern 1988",
    ),
    "sector_assortativity": _network(
        N_("Like seeks like"),
        N_(
            "Newman’s r for sectors: 1 when all ties stay within sectors, 0 when "
            "they fall as by chance, below 0 otherwise."
        ),
        N_("It is not defined when there is only one sector."),
        "Newman 2003",
    ),
    "mixing": _network(
        N_("Sectors against chance"),
        N_(
            "Per two sectors the ties there are, the pairs there could be, and the ties divided by those expected if "
            "all ties fell on pairs at random. The chance of such a difference is that of so many or so few ties if "
            "sectors were shuffled over the organisations, adjusted for looking at many pairs of sectors at once "
            "(Benjamini-Hochberg): below 0.05 it is more than chance explains."
        ),
        N_("A ratio of 2 is twice as many as by chance. With few pairs a single tie makes a large ratio."),
        "Mantel 1967; Benjamini & Hochberg 1995",
        also=("pairs", "expected", "ratio"),
    ),
    "modularity": _network(
        N_("How clearly there are communities"),
        N_(
            "How much more ties fall within the communities found than chance would give (Leiden method, the best of "
            "ten attempts)."
        ),
        N_("The method always finds communities; below about 0.3 they mean little."),
        "Traag et al. 2019",
    ),
    "communities": _network(
        N_("Communities"),
        N_(
            "Groups with many ties among themselves and few to others, found with the Leiden method: the best of ten "
            "attempts. Names and ids of organisations make no difference."
        ),
        N_("They are a way to look, not a fact about membership."),
        "Traag et al. 2019; Junttila & Kaski 2007",
    ),
    "betweenness": _network(
        N_("Position between others"),
        N_("How often an organisation lies on the shortest path between two others, from 0 to 1."),
        N_(
            "It shows a position, not an activity: being between is not yet introducing people. Of more than 5,000 "
            "organisations it is estimated: the largest values are mostly less than a tenth off."
        ),
        "Freeman 1977",
    ),
    "constraint": _network(
        N_("Closed circle"),
        N_("How much an organisation’s partners are partners of each other (Burt). Low means different circles."),
        N_("It is not defined for an organisation without partners, and is high for one with a single partner."),
        "Burt 1992",
    ),
    "articulation_points": _network(
        N_("Single points of connection"),
        N_(
            "Organisations whose leaving would cut a group in two, and how many others each would cut off from the "
            "largest part that is left."
        ),
        N_("Losing one may cut off one organisation or fifty."),
        also=("cut_off",),
    ),
    "structural_share": _network(
        N_("Structural ties"),
        N_("The share of ties in which the two coordinate their work or work as one (the upper two steps of four)."),
        N_("When nobody filled in the intensity it counts as cooperation, which is not structural."),
        "PARTNER tool, Visible Network Labs",
    ),
    "tie_changes": _ties(
        N_("Ties formed and ended"),
        N_(
            "A tie forms on the first day on which two organisations share a running partnership after a time without; "
            "it ends the day after the last."
        ),
        N_(
            "A planned end counts when its day has come, not before. Two days beside each other do not show ties that "
            "came and went between them: with that number added to the new ties and to those that are gone, they are "
            "as many as formed and ended."
        ),
        also=("formed", "ended"),
    ),
    "fading": _ties(
        N_("Fading ties"),
        N_(
            "Ties that run on paper, but of which nothing was heard for more than "
            "{fading_days} days: no start, no contact noted, "
            "no event attended together. Their share is that of all ties."
        ),
        N_("Silence in the data is not always silence: contacts that nobody writes down make a tie look faded."),
        also=("fading_share", "days_silent"),
    ),
    "confirmed": _ties(
        N_("Confirmed ties"),
        N_(
            "Ties of which at least one of the two organisations said itself that it is there, no more than a year "
            "from the as-of date, and you accepted it. Their share is that of all ties; of some both said so."
        ),
        N_("A tie that nobody confirmed is not doubtful: mostly nobody was asked, or did not answer yet."),
        "PARTNER tool, Visible Network Labs",
        also=("confirmed_share", "confirmed_by_both"),
    ),
    "profiles_confirmed": _ties(
        N_("Confirmed profiles and jobs"),
        N_(
            "Organisations that said themselves what their profile is, no more than a year from the as-of date, and "
            "you accepted it. Jobs are confirmed when the number that is known is the number that was said."
        ),
        N_("A profile that nobody confirmed is not doubtful: mostly nobody was asked, or did not answer yet."),
        also=("profiles", "profiles_confirmed_share", "jobs_confirmed", "jobs_confirmed_share"),
    ),
    "trust": _ties(
        N_("Trust"),
        N_(
            "How organisations experience their own partners, from 1 (not at all) to 4 (a great deal): the average of "
            "three questions, whether these are reliable, support the common goal and can be spoken to openly. Answers "
            "of the past year count, by five organisations at a time that answered all three, in the order in which "
            "they came in, and in tenths. A five counts as a whole or not at all: who compares two days or two "
            "averages cannot tell who said what. An average that would tell it beside others is left out."
        ),
        N_(
            "No average is not a low one: often nobody was asked. It says what partners experience, not what an "
            "organisation is; five answers more or less can move it by some tenths, so it makes no ranking. Who "
            "answers again counts twice until the others of its five have too. Two things can still tell an answer: "
            "who changes one that counts moves the average at once, and a programme manager who invents organisations "
            "that answer can work out what a real one said."
        ),
        "PARTNER tool, Visible Network Labs",
        also=("dyads_answered", "raters", "trust_answers"),
    ),
    "value": _ties(
        N_("Value of partners"),
        N_(
            "As trust, of three other questions: whether partners have power and influence that help, put in time and "
            "effort, and contribute resources."
        ),
        N_("A partner that brings little money or power can be worth much: look at trust beside it."),
        "PARTNER tool, Visible Network Labs",
        also=("value_answers",),
    ),
    "tie_strength": _ties(
        N_("Strength of a tie"),
        N_(
            "1 on the day of the last sign of life, half of it {half_life_days} "
            "days later, a quarter after twice as long."
        ),
        N_("It measures how recent contact is, not how good."),
        also=("strength",),
    ),
    "survival": _ties(
        N_("How long ties last"),
        N_(
            "The share of ties still there after so many days, counting ties that "
            "still run as far as we can see (Kaplan-Meier); the days after which half are gone; and how many ties were "
            "followed so long. The true share is probably between the lowest and the highest (95%): ties of one "
            "agreement begin and end together, so for the interval an agreement counts once, however many ties it has. "
            "A tie is structural here when it was so on its first day."
        ),
        N_(
            "Project ties end when the project ends; the shaded area shows how uncertain the estimate is. There is "
            "none with fewer than 70 agreements, or where fewer than 12 of them ended or lasted."
        ),
        "Kaplan & Meier 1958; Williams 1995",
        also=("spells", "median_days", "low", "high", "at_risk"),
    ),
    "structure": _ties(
        N_("Structure and lasting"),
        N_(
            "The share of ties still there after two years (else one), for ties that began with structure "
            "(coordinating or working as one) and those that began without. For the interval all ties of one agreement "
            "count as one observation, since they end on the same day."
        ),
        N_(
            "It does not prove that structure makes ties last: who expects to work together for long also writes it "
            "down. With fewer than 100 agreements, or fewer than 12 in a group that ended or lasted, the data cannot "
            "tell."
        ),
        "Kaplan & Meier 1958; Williams 1995",
        also=("difference", "agreements", "low", "high"),
    ),
    "pace": _network(
        N_("Pace towards a target"),
        N_(
            "What is still to go, divided by the time between the day of the latest known value and that of the "
            "target, per year. A figure about a year’s income is known at the end of the last full year, so it counts "
            "from there."
        ),
        N_("It says what is needed. Nothing is forecast."),
    ),
    "fan": _network(
        N_("The fan ahead"),
        N_(
            "Simulations of the quarters ahead in which ties form and end as they did in the past five years at most. "
            "Each draws the agreements of the past anew, since ties of one agreement begin and end together; from "
            "these come its chances of ending, by age, across sectors or not, structural or not. Every quarter ahead "
            "is like one of the past, drawn by lot from a choice that differs per simulation: as many organisations "
            "come and go, and the same agreements begin, each somewhat larger or smaller than it was. "
            "The band holds nine of ten simulations. Beside it: which part of them reaches the target, and how many "
            "more structural ties a quarter bring half of them there. Fans made in the same way on eight earlier days, "
            "with what was known then, show how often later values lay inside. The draw has a fixed seed."
        ),
        N_(
            "It is no promise: it says where the figure goes when everybody goes on as they did. A large agreement "
            "that is signed or runs out moves it at once."
        ),
        "Efron & Tibshirani 1993; Cameron, Gelbach & Miller 2008; Silverman & Young 1987",
        also=(
            "middle",
            "low",
            "high",
            "aim",
            "reached_share",
            "extra_structural",
            "structural_formed",
            "quarters",
            "agreements_formed",
            "agreements_ended",
            "outcomes",
            "inside",
        ),
    ),
    "movements": _ties(
        N_("Why a figure moved"),
        N_(
            "The movement of a figure taken apart in steps: what we know better about the earlier day, the number of "
            "organisations, ties that are gone, new ties; for income first organisations known both times, then "
            "the others. The steps add up to the whole movement."
        ),
        N_(
            "In another order the parts would differ a little. "
            "More organisations alone lower density: no partner is lost."
        ),
    ),
    "fragility": _network(
        N_("Pairs still connected"),
        N_(
            "Those go that stand most often between others now; who is equal to the last of them goes too. Counted is "
            "the share of pairs of those left that still "
            "reach each other, directly or through others; beside it the same pairs before."
        ),
        N_(
            "It is a thought experiment: in life somebody may take over, and others together could do more damage. "
            "Compare with and without convenors."
        ),
        "Holme et al. 2002; Arulselvan et al. 2009",
        also=("removed", "connected_share", "connected_share_before", "connected_pairs"),
    ),
    "sectors": _sectors(
        N_("Mix of sectors"),
        N_("Per sector the organisations and the jobs (in fte), and their shares."),
        N_("Jobs count only where they are known."),
        also=("share", "jobs", "jobs_share", "jobs_unknown"),
    ),
    "members": _sectors(
        N_("Members"),
        N_(
            "Per sector the organisations that are member or tenant of the hub, and their share of all members, beside "
            "the share of the sector in the whole."
        ),
        N_("It is the mix of the members, not the part of a sector that is a member. Who is not known is not counted."),
        also=("members_share", "membership_unknown"),
    ),
    "effective_sectors": _sectors(
        N_("Effective number of sectors"),
        N_("The mix is as varied as if there were this many sectors of equal size."),
        N_("It says how even the mix is, not whether it is the right one."),
        "Jost 2006",
    ),
    "simpson_diversity": _sectors(
        N_("Chance of two different sectors"),
        N_("The chance that two organisations drawn at random (with replacement) are in different sectors."),
        N_("It hardly reacts to small sectors."),
        "Simpson 1949",
    ),
    "themes": _sectors(
        N_("Themes"),
        N_("Per theme the organisations, their jobs, and the share of ties with both ends in the theme."),
        N_("An organisation with three themes counts three times, so shares add up to more than 100%."),
        also=("ties_within_share",),
    ),
    "theme_mixing": _sectors(
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
    "hubs": _sectors(
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
    "location_quotient": _sectors(
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
    "income": _funding(
        N_("Income"),
        N_("The sum of the amounts in the data, per organisation and calendar year, and of how many it is known."),
        N_("It is what these sources show, not an organisation’s accounts."),
        also=("amount_eur", "categories", "organisation_count"),
    ),
    "donors": _funding(
        N_("Donors"),
        N_("The number of different donors with an amount above zero. Earned income counts as one source."),
        N_("Ten small donors beside one large one count as eleven: it does not show how the money is divided."),
    ),
    "top_donor_share": _funding(
        N_("Share of the largest donor"),
        N_("What the largest donor gave, as a share of the income of that year."),
        N_("Earned income has no donor and is never the largest donor."),
    ),
    "median_top_donor_share": _funding(
        N_("Median share of the largest donor"),
        N_("Half of the organisations with known income get this share of it or less from their largest donor."),
        N_("It says nothing of those that lean most on one donor: these are among the exposed ones."),
    ),
    "donor_hhi": _funding(
        N_("Concentration of donors"),
        N_("The sum of the squared shares of all donors (Herfindahl-Hirschman index): 1 means a single source."),
        N_("Limits that competition law uses for markets mean nothing here."),
        "Herfindahl 1950; Hirschman 1964",
    ),
    "effective_donors": _funding(
        N_("Effective number of donors"),
        N_("The income is as spread as if there were this many donors of equal size: 1 / concentration."),
        N_("It falls when one donor gives more, even if all others stay."),
    ),
    "category_hhi": _funding(
        N_("Concentration of kinds of income"),
        N_("The sum of the squared shares of the eight kinds of income."),
        N_("It cannot fall below one divided by the number of kinds."),
    ),
    "public_share": _funding(
        N_("Public money"),
        N_("Dutch government plus EU and UN, as a share of income."),
        N_("A high share is not wrong; it shows who must be asked when budgets shrink."),
    ),
    "government_share": _funding(
        N_("Dutch government money"),
        N_("What the state, provinces and municipalities gave, as a share of income."),
        N_("Money of the EU and the UN is not in it."),
    ),
    "earned_share": _funding(
        N_("Earned income"),
        N_("What an organisation earned with services and sales, as a share of income."),
        N_("It is 0 when nobody filled in earned income; that is not the same as earning nothing."),
    ),
    "exposed": _funding(
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
    "accounted_share": _funding(
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
    "reserve_months": _funding(
        N_("Months of reserve"),
        N_("Reserves divided by a month of income."),
        N_(
            "Of the years of which the accounts give reserves. Reserves in the list of organisations have no year, so "
            "they are compared with the last full year only. Reserves that are promised to a purpose cannot be spent "
            "freely."
        ),
    ),
    "donor_flows": _funding(
        N_("From donor to sector"),
        N_("How much each donor gave to organisations in each sector in the year."),
        N_("Small donors are taken together as “other donors”."),
    ),
    "stress": _funding(
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
    "loss_share": _funding(
        N_("Part lost"),
        N_("What is lost, divided by the income of that year."),
        N_("Of an organisation whose income is known in part, it is a share of that part."),
    ),
    "jobs_exposed": _funding(
        N_("Jobs exposed"),
        N_("The jobs (fte) of an organisation times the part of its income that it loses, added up."),
        N_(
            "It is no number of people who lose their work. Organisations whose jobs are not known are not counted; "
            "nor are those of which the known income is less than {least_per_job} per job, unless their accounts are "
            "known: that income is probably only a part, and a loss of all of it need not cost all jobs."
        ),
        also=("is_income_partial",),
    ),
    "ties_exposed": _funding(
        N_("Ties of those at risk"),
        N_("Ties of which one end or both are at risk."),
        N_("A tie is not lost when one of the two is in trouble."),
    ),
    "bridges_exposed": _funding(
        N_("Ties across sectors of those at risk"),
        N_("Ties between two sectors of which one end or both are at risk."),
        N_("They count among the ties of those at risk as well."),
        also=("bridges",),
    ),
    "reserve_months_left": _funding(
        N_("Reserves (months)"),
        N_("Reserves divided by what is lost in a month: so long they would replace the loss."),
        N_(
            "The lists give reserves without a year, so they are compared with the last full year only. Reserves that "
            "are promised to a purpose cannot be spent freely."
        ),
    ),
    "pass_through": _funding(
        N_("Loss that is passed on"),
        N_(
            "What is lost beyond the cuts themselves, since organisations that give to others give less when they lose "
            "income; it travels on until an organisation loses less than one euro more."
        ),
        N_("Who gives to others while its own income is not known passes nothing on here, so it may be more."),
        "Eisenberg & Noe 2001",
        also=("loss_eur", "rounds", "donors_unknown"),
    ),
    "shared_exposure": _funding(
        N_("Who falls together"),
        N_("Per donor the active organisations for which it pays {risk} or more of their income in that year."),
        N_(
            "Who shares no donor is not independent: two funds of one ministry are two donors here, and partners feel "
            "each other’s trouble."
        ),
        "Caccioli et al. 2014",
    ),
    "quadrant": _funding(
        N_("Key organisations that lean on one donor"),
        N_(
            "Exposed is who gets {exposure} or more from one donor; a key organisation is one of the quarter that "
            "stands most often between others. Who is both holds the network together and depends on one giver."
        ),
        N_("The lines are drawn at round numbers; somebody just below them hardly differs from somebody just above."),
        "Freeman 1977",
    ),
    "own_income": _funding(
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
    "other_income": _funding(
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
    "endings": _funding(
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
    "ending_ties": _ties(
        N_("Ties that end"),
        N_(
            "Ties whose agreements all end within a year. Of a structural tie the firm agreements count; nothing "
            "remains "
            "when no looser agreement of the two goes on after them either."
        ),
        N_("It is what the lists say. Many agreements are renewed, and much work goes on without one."),
        also=("structural", "without_end", "structural_ending", "nothing_remains"),
    ),
    "lapse": _ties(
        N_("Ties that may lapse"),
        N_(
            "The chance that a tie that is not silent now has ended or is silent for more than {fading_days} days a "
            "year "
            "from now, "
            "learned from what became of all ties here, year by year: by its age, whether it began with firm "
            "agreements, runs "
            "across sectors or is with a convenor, how many agreements run, how many events both attended, and how "
            "long ago an "
            "agreement began or both were at an event (penalised logistic regression, a discrete-time hazard). Only "
            "what was "
            "known on a day counts. At stake is more when the tie runs across sectors, has firm agreements, or when "
            "the two "
            "have no partner in common; ties come in the order of that times the chance. Forecasts made in the same "
            "way on "
            "earlier days show whether it works: in ten groups, beside what happened, and by mean squared error "
            "(Brier). "
            "The band of a group is where what happens lies nine times out of ten when the chances are right: so "
            "simulations say, in which ties of one agreement lapse together as much as they did here, and in which two "
            "forecasts of one tie half a year apart share half a year. Better means: by more than chance explains, "
            "allowing for ties of one agreement that lapse together."
        ),
        N_(
            "It says which ties like it lapsed here before, not that this one will, and not that a call keeps it. The "
            "lists "
            "keep the last contact only, so how long two had been silent on an earlier day is not known and not used."
        ),
        "Singer & Willett 1993; Brier 1950",
        also=(
            "chance",
            "at_stake",
            "common_partners",
            "shared_events",
            "lapsed_share",
            "cases",
            "cases_lapsed",
            "forecasts",
            "lapsed",
            "forecast",
            "observed",
            "low",
            "high",
            "bins_within",
            "brier",
            "brier_base",
            "brier_curve",
        ),
    ),
    "introductions": _network(
        N_("Introductions"),
        N_(
            "Pairs of organisations in different sectors without a tie. Whatever both have in common adds to the score "
            "of the pair, and more when few others have it: partners, themes, events, and a need that the other can "
            "meet. Digital needs count twice. Of pairs that equal the last one named it is said how many there are."
        ),
        N_(
            "A high score says that a tie is likelier than elsewhere, not that it is likely. That nothing is known of "
            "an organisation does not mean that nobody should meet it."
        ),
        "Adamic & Adar 2003",
        also=("score", "left_out"),
    ),
    "holding": _network(
        N_("Introductions that hold most together"),
        N_(
            "Of the pairs in the list of introductions, what each would add if it became a tie, by exact shortest "
            "paths. The three "
            "organisations that stand between others most are thought away, and those who equal the third (where these "
            "would be more than six in all, none of the equals), and the mean over all pairs of 1 divided by their "
            "distance is compared (0 where there is no way). The best pair is chosen first, then the best beside it, "
            "and so on; where others would add as much it is said how many. "
            "Beside it: how many pairs come within reach of each other, how much shorter the mean distance gets with "
            "everybody "
            "there, and the ties across sectors, of which each pair is one."
        ),
        N_(
            "It says what a tie would hold, not whether it will come about, and nothing of the worth of an "
            "organisation. Three "
            "that are best one after the other need not be the best three of all."
        ),
        "Latora & Marchiori 2001",
        also=(
            "closeness_gain",
            "reach_gain",
            "distance_gain",
            "equals",
            "key_organisations",
            "distance",
            "distance_after",
            "reach",
            "reach_after",
            "reach_possible",
        ),
    ),
    "backtest": _network(
        N_("Did the list foresee new ties?"),
        N_(
            "The same list, made a year earlier with what was known then: of its first 10, 50 and 100 pairs, the share "
            "that formed a tie since. Beside it the same for partners in common alone (Adamic-Adar), and for pairs "
            "drawn at random: the pairs that formed a tie, of all that could. Which list is better is said only when "
            "the ties that one of the two alone foresaw differ by more than chance explains (McNemar)."
        ),
        N_(
            "Nobody made these introductions: it says what would have happened anyway, not what an introduction adds. "
            "Themes, needs and offers are those of today, for nobody kept the old ones."
        ),
        "Liben-Nowell & Kleinberg 2007; McNemar 1947",
        also=(
            "adamic_adar",
            "random",
            "possible",
            "formed",
            "compared_at",
            "foreseen",
            "foreseen_by_adamic_adar",
            "p_value",
        ),
    ),
    "needs_and_offers": _sectors(
        N_("Needs and offers"),
        N_("Per subject how many organisations need it and how many offer it. They match when written the same."),
        N_("An empty cell is not known: what nobody offers may be offered by one that was never asked."),
    ),
    "digital_maturity": _sectors(
        N_("Digital maturity"),
        N_(
            "How digital organisations say they are, from 1 to 5; the average of those of which it is known. Sectors "
            "are told apart only when they differ from all together by more than chance explains."
        ),
        N_("Organisations judge themselves, each by its own measure."),
    ),
    "events": _events(
        N_("Events"),
        N_("Events that began on or before the as-of date, and the organisations that attended."),
        N_("An agenda may name who was expected, not who came."),
        also=("attending_organisations",),
    ),
    "repeat_share": _events(
        N_("Coming back"),
        N_("The share of attending organisations that were at two or more events."),
        N_("It grows by itself with the number of events."),
    ),
    "cross_sector_encounters": _events(
        N_("Meeting other sectors"),
        N_(
            "Of all pairs of organisations at the same event, the share from "
            "different sectors. Events of more than {plenary} organisations are left out."
        ),
        N_("Being in the same room is not the same as talking."),
        also=("encounters", "plenaries"),
    ),
    "conversion": _events(
        N_("New ties after events"),
        N_(
            "Of the pairs at an event that had no tie that day, the share that formed one within {window_days} days; "
            "beside it what that share would be at the rate of pairs that were not both there. Two that meet again "
            "within {window_days} days count once, from the first time, and so does a tie that followed both meetings. "
            "Events of more than {plenary} organisations are left out, as for meeting other sectors. So are events of "
            "which the {window_days} days are not over by the day on which the last partnership in the data began: "
            "what followed them cannot be said yet."
        ),
        N_("“Followed by” is not “caused by”: who comes to an event may have been about to work together anyway."),
    ),
    "new_ties_after": _events(
        N_("New ties after it"),
        N_("Of the pairs at an event that had no tie that day, how many formed one within {window_days} days."),
        N_(
            "It cannot be said yet when the {window_days} days are not over by the day on which the last partnership "
            "in the data began. A tie that follows two events counts at both, but once in the figures of all events "
            "together."
        ),
        also=("new_ties", "pairs_without_tie", "events_counted", "events_left_out"),
    ),
    "base_rate": _events(
        N_("Share without meeting"),
        N_(
            "Of the pairs that were not both at the event and had no tie that day, the share that formed one within "
            "{window_days} days; of several events each is compared with the other pairs of its own day."
        ),
        N_("They differ in more than the event: who comes to events is active anyway."),
        "Mantel & Haenszel 1959",
    ),
    "expected_new_ties": _events(
        N_("Expected without meeting"),
        N_("The pairs at the event without a tie that day, times the share of other pairs that formed one."),
        N_("It says how many ties chance and being active give, not how many the event could have given."),
    ),
    "lift": _events(
        N_("Times as often"),
        N_(
            "The share of pairs that met and formed a tie, divided by that of pairs that were not both there, event by "
            "event: 1 is no difference. The true value is probably between the lowest and the highest (95%): the "
            "interval allows for pairs of the same organisation being alike. For kinds of event the chance that a kind "
            "differs this much from the others if all were alike, adjusted for looking at several kinds at once "
            "(Benjamini-Hochberg): below 0.05 it is more than chance explains."
        ),
        N_(
            "With fewer than 5 new ties it is left out, and for a single event too: the few that had five by chance "
            "would all seem to stand out. For that reason there is no interval where fewer than 3 would be expected. "
            "It is not what the event caused."
        ),
        "Mantel & Haenszel 1959; Aronow, Samii & Assenova 2015; Benjamini & Hochberg 1995",
        also=("lift_low", "lift_high", "p_adjusted"),
    ),
    "never_came": _events(
        N_("Never at an event"),
        N_("Active organisations that attended no event in the data; beside it how many there were since they joined."),
        N_("Perhaps nobody invited them, or nobody wrote them down."),
        also=("events_since",),
    ),
    "cost_per_new_tie": _events(
        N_("Cost per new tie"),
        N_(
            "What the events cost, divided by the new ties that followed within {window_days} days; only events of "
            "which it can be said what followed, and of which the cost is known."
        ),
        N_("An event is for more than ties, and some of these ties would have formed anyway."),
        also=("cost", "events_with_cost"),
    ),
    "telling": _network(
        N_("What to ask for first"),
        N_(
            "The empty cells that leave the figures on top widest. The income of an organisation decides whether it "
            "counts as exposed: one part of all organisations. Without the last contact of an agreement its ties may "
            "count as silent wrongly: as many as there are, as a part of all ties. Jobs are taken to lie between the "
            "5th and the 95th percentile of those known in the same sector (of all, under five): that range as a part "
            "of all known jobs. Of equal cells those come first whose organisation has most to fill in at once."
        ),
        N_(
            "Each width is a part of its own figure, so a wide one of jobs and a narrow one of ties are not the same "
            "in every use. It is about what is not known, never about an organisation."
        ),
        "Manski 1990",
        also=(
            "width",
            "fewest_jobs",
            "most_jobs",
            "silent_ties",
            "equally_wide",
            "empty",
            "lowest",
            "highest",
            "unknown",
            "jobs_without_range",
        ),
    ),
    "coverage": Explanation(
        N_("Coverage"),
        N_("How much of the ecosystem is in the data: organisations of those expected, jobs and income known."),
        N_(
            "A figure is marked when the missing data could change its conclusion. The data goes up to the newest day "
            "on which something began or was observed; one row that lies more than a year after all others is not "
            "counted for it, since its year may be mistyped."
        ),
        "",
        "coverage",
        also=(
            "expected_share",
            "expected_organisations",
            "active_organisations",
            "jobs_known",
            "income_known",
            "income_ever_known",
            "attendance_known",
            "themes_known",
            "sdgs_known",
            "countries_known",
            "type_known",
            "city_known",
            "membership_known",
            "digital_maturity_known",
            "needs_known",
            "offers_known",
            "reserves_known",
        ),
    ),
}


def explained_by(figure: str) -> str:
    """The name under which a figure is explained: its own, or that of the figure it goes with.

    Raises `KeyError` when nothing explains it.
    """
    if figure in EXPLANATIONS:
        return figure
    for name, explanation in EXPLANATIONS.items():
        if figure in explanation.also:
            return name
    raise KeyError(figure)


WHY_INTRODUCE = {
    "partners": N_("Partners in common: {items}."),
    "themes": N_("Both work on: {items}."),
    "need": N_("{who} needs what the other offers: {items}."),
    "events": N_("Both came to: {items}."),
}
"""Why two organisations would be introduced, by the kind of reason."""
