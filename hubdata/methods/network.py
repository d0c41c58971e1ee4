"""Figures about the network, in words for their readers."""

from functools import partial

from hubdata.methods.explanation import Explanation
from hubdata.texts import N_

_explained = partial(Explanation, table="network")

EXPLANATIONS: dict[str, Explanation] = {
    "organisations": _explained(
        N_("Organisations"),
        N_("All organisations that are active on the as-of date and pass the filters."),
        N_("An organisation without partners counts too."),
    ),
    "ties": _explained(
        N_("Ties"),
        N_(
            "Two organisations have a tie when they share at least one partnership that runs on the as-of date. "
            "A partnership of k organisations gives k × (k − 1) / 2 ties."
        ),
        N_("Several partnerships between the same two give one tie. Being at the same event is not a tie."),
        also=("partnership_count",),
    ),
    "ties_only_from_large": _explained(
        N_("Ties from large partnerships alone"),
        N_("Ties that come only from partnerships of more than ten organisations."),
        N_(
            "Such a partnership ties everybody in it to everybody. "
            "Without these partnerships exactly these ties would go."
        ),
    ),
    "density": _explained(
        N_("Density"),
        N_("The ties there are, as a share of all ties there could be: 2 × ties / (n × (n − 1))."),
        N_(
            "Density falls when the network grows, even if nobody loses a partner. "
            "So read it beside the average number of partners, and never rank networks by it."
        ),
        "Wasserman & Faust 1994",
    ),
    "mean_degree": _explained(
        N_("Average number of partners"),
        N_("Twice the number of ties, divided by the number of organisations."),
        N_("A few organisations with very many partners pull it up; the median shows the one in the middle."),
        "Wasserman & Faust 1994",
    ),
    "median_degree": _explained(
        N_("Median number of partners"),
        N_("Half of the organisations have this many partners or fewer."),
        N_("It says nothing about the organisations with the most partners."),
    ),
    "mean_cross_sector_degree": _explained(
        N_("Average number of partners in other sectors"),
        N_("Twice the number of ties across sectors, divided by the number of organisations."),
        N_("Whoever is in a small sector has most partners in others, by chance alone."),
    ),
    "degree": _explained(
        N_("Partners"),
        N_("The organisations with which an organisation has a tie; beside it those of other sectors."),
        N_("One large partnership gives many partners at once."),
        also=("cross_sector_degree",),
    ),
    "isolates": _explained(
        N_("Organisations without a partner"),
        N_("Organisations with no tie on the as-of date."),
        N_("They may well have partners that are not in the data."),
    ),
    "components": _explained(
        N_("Separate groups"),
        N_("Groups of organisations that reach each other through ties; one without ties is a group of its own."),
        N_("One large group and some single ones is normal."),
    ),
    "largest_component_share": _explained(
        N_("Share in the largest group"),
        N_("The organisations in the largest group, as a share of all."),
        N_("Being reachable is not the same as being in touch."),
    ),
    "transitivity": _explained(
        N_("Closed triangles"),
        N_("Of all cases in which A knows B and B knows C, the share in which A and C know each other too."),
        N_("Large consortia make many triangles at once."),
        "Newman 2003",
    ),
    "average_path_length": _explained(
        N_("Average distance"),
        N_("The average number of steps between two organisations in the largest group."),
        N_("It is about the largest group only; in one of more than 5,000 it is estimated, to a hundredth."),
    ),
    "degree_centralisation": _explained(
        N_("Centralisation"),
        N_("How much ties gather at one organisation: 0 when all have equally many, 1 when one has them all."),
        N_("A convenor who knows everybody pushes it up; look without convenors too."),
        "Freeman 1979",
    ),
    "cross_sector_share": _explained(
        N_("Ties across sectors"),
        N_("The share of ties whose two organisations are in different sectors."),
        N_("With many sectors a large share arises by chance; compare it with what chance would give."),
        "Krackhardt & Stern 1988",
    ),
    "ei_index": _explained(
        N_("E-I index"),
        N_(
            "Ties across sectors minus ties within sectors, divided by all ties: "
            "from −1 (all within) to 1 (all across)."
        ),
        N_("Its sign means little without the sizes of the sectors; look at the expected value beside it."),
        "Krackhardt & Stern 1988",
    ),
    "ei_expected": _explained(
        N_("E-I index by chance"),
        N_("The E-I index if the same number of ties fell on pairs at random."),
        N_("It depends on the sizes of the sectors only."),
        "Krackhardt & Stern 1988",
    ),
    "ei_p_value": _explained(
        N_("Chance of such a difference"),
        N_("How often shuffling the sectors 10,000 times gives an E-I index at least as far from the one by chance."),
        N_("A small number means that chance alone hardly explains it; it does not say how large the difference is."),
        "Krackhardt & Stern 1988",
    ),
    "sector_assortativity": _explained(
        N_("Like seeks like"),
        N_(
            "Newman’s r for sectors: 1 when all ties stay within sectors, 0 when "
            "they fall as by chance, below 0 otherwise."
        ),
        N_("It is not defined when there is only one sector."),
        "Newman 2003",
    ),
    "mixing": _explained(
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
    "modularity": _explained(
        N_("How clearly there are communities"),
        N_(
            "How much more ties fall within the communities found than chance would give (Leiden method, the best of "
            "ten attempts)."
        ),
        N_("The method always finds communities; below about 0.3 they mean little."),
        "Traag et al. 2019",
    ),
    "communities": _explained(
        N_("Communities"),
        N_(
            "Groups with many ties among themselves and few to others, found with the Leiden method: the best of ten "
            "attempts. Names and ids of organisations make no difference."
        ),
        N_("They are a way to look, not a fact about membership."),
        "Traag et al. 2019; Junttila & Kaski 2007",
    ),
    "betweenness": _explained(
        N_("Position between others"),
        N_("How often an organisation lies on the shortest path between two others, from 0 to 1."),
        N_(
            "It shows a position, not an activity: being between is not yet introducing people. Of more than 5,000 "
            "organisations it is estimated: values above 0.01 are mostly less than a tenth off, smaller ones can be "
            "several times too high, so their order says little. A command of this program finds the exact ones."
        ),
        "Freeman 1977",
    ),
    "constraint": _explained(
        N_("Closed circle"),
        N_("How much an organisation’s partners are partners of each other (Burt). Low means different circles."),
        N_("It is not defined for an organisation without partners, and is high for one with a single partner."),
        "Burt 1992",
    ),
    "articulation_points": _explained(
        N_("Single points of connection"),
        N_(
            "Organisations whose leaving would cut a group in two, and how many others each would cut off from the "
            "largest part that is left."
        ),
        N_("Losing one may cut off one organisation or fifty."),
        also=("cut_off",),
    ),
    "structural_share": _explained(
        N_("Structural ties"),
        N_("The share of ties in which the two coordinate their work or work as one (the upper two steps of four)."),
        N_("When nobody filled in the intensity it counts as cooperation, which is not structural."),
        "PARTNER tool, Visible Network Labs",
    ),
    "pace": _explained(
        N_("Pace towards a target"),
        N_(
            "What is still to go, divided by the time between the day of the latest known value and that of the "
            "target, per year. A figure about a year’s income is known at the end of the last full year, so it counts "
            "from there."
        ),
        N_("It says what is needed. Nothing is forecast."),
    ),
    "fan": _explained(
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
    "fragility": _explained(
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
    "introductions": _explained(
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
    "holding": _explained(
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
    "backtest": _explained(
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
    "telling": _explained(
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
}
