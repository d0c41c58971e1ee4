"""Figures about ties and how they change, in words for their readers."""

from functools import partial

from hubdata.methods.explanation import Explanation
from hubdata.texts import N_

_explained = partial(Explanation, table="ties")

EXPLANATIONS: dict[str, Explanation] = {
    "tie_changes": _explained(
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
    "fading": _explained(
        N_("Fading ties"),
        N_(
            "Ties that run on paper, but of which nothing was heard for more than "
            "{fading_days} days: no start, no contact noted, "
            "no event attended together. Their share is that of all ties."
        ),
        N_("Silence in the data is not always silence: contacts that nobody writes down make a tie look faded."),
        also=("fading_share", "days_silent"),
    ),
    "confirmed": _explained(
        N_("Confirmed ties"),
        N_(
            "Ties of which at least one of the two organisations said itself that it is there, no more than a year "
            "from the as-of date, and you accepted it. Their share is that of all ties; of some both said so."
        ),
        N_("A tie that nobody confirmed is not doubtful: mostly nobody was asked, or did not answer yet."),
        "PARTNER tool, Visible Network Labs",
        also=("confirmed_share", "confirmed_by_both"),
    ),
    "profiles_confirmed": _explained(
        N_("Confirmed profiles and jobs"),
        N_(
            "Organisations that said themselves what their profile is, no more than a year from the as-of date, and "
            "you accepted it. Jobs are confirmed when the number that is known is the number that was said."
        ),
        N_("A profile that nobody confirmed is not doubtful: mostly nobody was asked, or did not answer yet."),
        also=("profiles", "profiles_confirmed_share", "jobs_confirmed", "jobs_confirmed_share"),
    ),
    "trust": _explained(
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
    "value": _explained(
        N_("Value of partners"),
        N_(
            "As trust, of three other questions: whether partners have power and influence that help, put in time and "
            "effort, and contribute resources."
        ),
        N_("A partner that brings little money or power can be worth much: look at trust beside it."),
        "PARTNER tool, Visible Network Labs",
        also=("value_answers",),
    ),
    "tie_strength": _explained(
        N_("Strength of a tie"),
        N_(
            "1 on the day of the last sign of life, half of it {half_life_days} "
            "days later, a quarter after twice as long."
        ),
        N_("It measures how recent contact is, not how good."),
        also=("strength",),
    ),
    "survival": _explained(
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
    "structure": _explained(
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
    "movements": _explained(
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
    "ending_ties": _explained(
        N_("Ties that end"),
        N_(
            "Ties whose agreements all end within a year. Of a structural tie the firm agreements count; nothing "
            "remains "
            "when no looser agreement of the two goes on after them either."
        ),
        N_("It is what the lists say. Many agreements are renewed, and much work goes on without one."),
        also=("structural", "without_end", "structural_ending", "nothing_remains"),
    ),
    "lapse": _explained(
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
}
