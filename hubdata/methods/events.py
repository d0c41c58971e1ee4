"""Figures about events and what followed, in words for their readers."""

from functools import partial

from hubdata.methods.explanation import Explanation
from hubdata.texts import N_

_explained = partial(Explanation, table="events")

EXPLANATIONS: dict[str, Explanation] = {
    "events": _explained(
        N_("Events"),
        N_("Events that began on or before the as-of date, and the organisations that attended."),
        N_("An agenda may name who was expected, not who came."),
        also=("attending_organisations",),
    ),
    "repeat_share": _explained(
        N_("Coming back"),
        N_("The share of attending organisations that were at two or more events."),
        N_("It grows by itself with the number of events."),
    ),
    "cross_sector_encounters": _explained(
        N_("Meeting other sectors"),
        N_(
            "Of all pairs of organisations at the same event, the share from "
            "different sectors. Events of more than {plenary} organisations are left out."
        ),
        N_("Being in the same room is not the same as talking."),
        also=("encounters", "plenaries"),
    ),
    "conversion": _explained(
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
    "new_ties_after": _explained(
        N_("New ties after it"),
        N_("Of the pairs at an event that had no tie that day, how many formed one within {window_days} days."),
        N_(
            "It cannot be said yet when the {window_days} days are not over by the day on which the last partnership "
            "in the data began. A tie that follows two events counts at both, but once in the figures of all events "
            "together."
        ),
        also=("new_ties", "pairs_without_tie", "events_counted", "events_left_out"),
    ),
    "base_rate": _explained(
        N_("Share without meeting"),
        N_(
            "Of the pairs that were not both at the event and had no tie that day, the share that formed one within "
            "{window_days} days; of several events each is compared with the other pairs of its own day."
        ),
        N_("They differ in more than the event: who comes to events is active anyway."),
        "Mantel & Haenszel 1959",
    ),
    "expected_new_ties": _explained(
        N_("Expected without meeting"),
        N_("The pairs at the event without a tie that day, times the share of other pairs that formed one."),
        N_("It says how many ties chance and being active give, not how many the event could have given."),
    ),
    "lift": _explained(
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
    "never_came": _explained(
        N_("Never at an event"),
        N_("Active organisations that attended no event in the data; beside it how many there were since they joined."),
        N_("Perhaps nobody invited them, or nobody wrote them down."),
        also=("events_since",),
    ),
    "cost_per_new_tie": _explained(
        N_("Cost per new tie"),
        N_(
            "What the events cost, divided by the new ties that followed within {window_days} days; only events of "
            "which it can be said what followed, and of which the cost is known."
        ),
        N_("An event is for more than ties, and some of these ties would have formed anyway."),
        also=("cost", "events_with_cost"),
    ),
}
