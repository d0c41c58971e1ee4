"""Every number in a sentence on a page is a figure of the JSON of `indicators`, or of an answer, rounded as it stands.

`SAID` has each sentence with numbers once, with the figures it is about. A sentence that it does not have, a number
that differs from its figure, a difference that is rounded away, or a number that differs between the languages is red.
"""

import contextlib
import csv
import io
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from figures import figures_on
from pandas import DateOffset
from streamlit.testing.v1 import AppTest
from test_pages import PAGES, made, opened, publish  # noqa: F401 - a fixture

from hubdata import answering, asking, demo, loading, naming, proposals, questions, settings, store, texts
from hubdata.__main__ import main
from hubdata.indicators import fan, ties
from hubdata.indicators.money import LEAST_PER_JOB_EUR
from hubdata.indicators.rows import first_of
from hubdata.indicators.trust import QUESTIONS
from hubdata.ui import chapters, session
from hubdata.ui.chapters import digest, one_page
from hubdata.ui.income import missing_income
from hubdata.ui.words import changes as change_words

Figures = dict[str, Any]
SETTINGS = settings.Settings()

NUMBER = r"[+−-]?€?\d(?:[\d,]*\d)?(?:\.\d+)?(?:%|\u00a0million)?"
DAY = r"\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December) \d{4}"
DAY_NL = r"\d{1,2} (?:januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december) \d{4}"
DEFINITIONS = ("methods",)
"""Pages with definitions and examples, whose numbers are no figures."""

OF_NO_FIGURE = {
    "when": rf"{DAY}(?: \d\d:\d\d)?",  # days from data or of the view, and when something was loaded
    "example": r"Pin a note to a day.*|Type a day.*",
    "scale": r"From 1 to 5\.",
    "place": r"\b\d{1,2}\. (?=[A-Z])",  # the place in a list, and the number in the name of a development goal
    "since": r"\(since \d{4}\)",  # the year an agreement began, behind its name
    "more": r"\d+ others?\b|\d+ other agreements?\b|\d+ events?, the last|; \d+ more$",
    "times": r"\(\d+ times\)",  # how many of one name a list holds: see test_reports
    # of a list that is too long to write out: see test_action_pages
    "files": r"The first \d+ rows are shown; the download has all [\d,]+\.|https?:\S+|\S+\.csv",
    "loads": r"Snapshot \S+, loaded|\(\d[\d,]*\)(?=, | and |\.)",  # how many rows were loaded: see test_data_page
    "intervals": r"95% interval",
    "icons": r":material/\w+:",
    "limits": r"a dash where chance gives fewer than 5 ties|\(1–5\)",
}
"""What has numbers that are no figures, each with the reason."""


COUNTS_TIES = re.compile(r"\d (?:new )?ties?\b|\bTies [^|\n]*\| \d")
"""A sentence or a card with a number of ties."""


class Token(NamedTuple):
    """A number as it is written."""

    value: float
    tolerance: float
    is_share: bool


def read(text: str) -> Token:
    """A written number, as Python has it.

    >>> read("−1,234.5%")
    Token(value=-12.345, tolerance=0.0005, is_share=True)
    """
    scale = 0.01 if text.endswith("%") else 1e6 if text.endswith("million") else 1
    digits = re.sub(r"[^\d.-]", "", text.replace("−", "-"))
    decimals = len(digits.partition(".")[2])
    return Token(float(digits) * scale, 0.5 * 10**-decimals * scale, text.endswith("%"))


def is_of(text: str, figure: float | None) -> bool:
    """Whether a number is a figure, rounded; and 0, and all of it, only when it is."""
    written = read(text)
    if figure is None or abs(written.value - figure) > written.tolerance * (1 + 1e-6) + 1e-9:
        return False
    edges = (0.0, 1.0) if written.is_share else (0.0,)
    return all(abs(written.value - edge) > 1e-12 or abs(figure - edge) < 1e-9 for edge in edges)


# The figures


def figures_of(home: Path) -> Figures:
    """The JSON of `indicators`, and beside it what pages ask besides, on the day that they begin with."""
    snapshot = store.open_snapshot(home, store.current_snapshot_id(home) or "")
    view = store.View(
        snapshot.newest_date(questions.today()),
        window_days=SETTINGS.window_days,
        plenary_size=SETTINGS.plenary_size,
    )
    found: Figures = json.loads(json.dumps(questions.indicators(snapshot, SETTINGS, view), default=str))
    days = [day.date() for day in questions.answer_history(snapshot, SETTINGS, view)["date"]]
    a_year_ago = view.as_of.replace(year=view.as_of.year - 1)
    since = max((day for day in days if day <= a_year_ago), default=a_year_ago)
    years = {year["year"]: year for year in found["funding"]["years"]}
    latest = questions.latest_year(years, view.as_of)
    year = latest or view.as_of.year
    cut = (("government", 0.3),) if "government" in set(snapshot.rows("income", view)["category"]) else ()
    presets = questions.answer_presets(snapshot, SETTINGS, view, year)
    example = next((tuple(one["cuts"].items()) for one in presets if one["code"] == "largest_donor_less"), ())
    calendar = questions.answer_calendar(snapshot, SETTINGS, view)
    best = questions.answer_layout(snapshot, SETTINGS, view).nlargest(1, "degree")["organisation_id"].iloc[0]
    found |= {
        "settings": SETTINGS,
        "since": since,
        "planned": int((calendar["start_date"].dt.date > view.as_of).sum()),
        "changes": questions.answer_changes(snapshot, SETTINGS, view, since),
        "donors": questions.answer_donor_changes(snapshot, SETTINGS, view, since),
        "movements": {m.indicator: m for m in questions.answer_movements(snapshot, SETTINGS, view, since)},
        "roads": questions.answer_target_progress(snapshot, SETTINGS, view),
        "needs": questions.answer_needs(snapshot, SETTINGS, view),
        "backtest": questions.answer_backtest(snapshot, SETTINGS, view, False),
        "call": questions.answer_fading(snapshot, SETTINGS, view, False),
        "pairs": questions.answer_introductions(snapshot, SETTINGS, view, False),
        "called": [],
        "history": questions.answer_history(snapshot, SETTINGS, view),
        "latest": latest,
        "year": years.get(latest),
        "years": years,
        "newly": questions.answer_newly_exposed(snapshot, SETTINGS, view, year - 1, year),
        "shift": questions.answer_other_income(snapshot, SETTINGS, view, min(years, default=year), year),
        "shared": questions.answer_shared_exposure(snapshot, SETTINGS, view, year),
        "corners": questions.answer_quadrant(snapshot, SETTINGS, view, year),
        "stress": questions.answer_stress(snapshot, SETTINGS, view, year, (), ()),
        "flows": questions.answer_flows(snapshot, SETTINGS, view, year),
        "cut": questions.answer_stress(snapshot, SETTINGS, view, year, example, ()),
        "government_cut": questions.answer_stress(snapshot, SETTINGS, view, year, () if cut else example, cut),
        "one": questions.answer_organisation(snapshot, SETTINGS, view, best),
        "chances": questions.answer_chances(snapshot, SETTINGS, view, best),
        "given": newest_gifts(snapshot, view, best),
        "most_partners": int(questions.answer_layout(snapshot, SETTINGS, view)["degree"].max()),
        "endings": questions.answer_endings(snapshot, SETTINGS, view),
        "ending_ties": questions.answer_ending_ties(snapshot, SETTINGS, view),
        "lapse": questions.answer_lapse(snapshot, SETTINGS, view),
        "fans": questions.answer_fans(snapshot, SETTINGS, view),
        "telling": questions.answer_telling(snapshot, SETTINGS, view),
        "alike": naming.proposals_on_show(home),
        "holding": questions.answer_holding(snapshot, SETTINGS, view, False),
        "met": questions.answer_encounters(snapshot, SETTINGS, view).to_dict("records"),
        "brokers": questions.answer_brokers(snapshot, SETTINGS, view).to_dict("records"),
        "event": [
            questions.answer_event(snapshot, SETTINGS, view, event["event_id"])
            for event in found["events"]["new_ties_after"]
        ],
    }
    found["names"] = names_in(snapshot)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        assert main(["indicators", "--home", str(home), "--json"]) == 0
    found["asked"] = {
        name: figure for part in ("ties", "coverage") for name, figure in json.loads(printed.getvalue())[part].items()
    }
    found["links"], found["answers"] = asking.links(home), answering.answers(home)
    waiting = [one for one in proposals.proposals(home, SETTINGS) if one.status == "open"]
    found["waiting"] = {"answers": len(waiting), "organisations": len({one.organisation_id for one in waiting})}
    snapshot.close()
    return found


def newest_gifts(snapshot: store.Snapshot, view: store.View, donor_id: str) -> dict[str, float]:
    """What an organisation gave to others in the last year that it gave, from the rows as they were loaded."""
    rows = snapshot.table("funding")
    rows = rows[(rows["donor_id"] == donor_id) & (rows["organisation_id"] != donor_id)]
    rows = rows[rows["year"] == rows["year"].max()]
    to = rows["organisation_id"].nunique()
    return {"year": rows["year"].max(), "amount": rows["amount"].sum(), "organisations": to}


def names_in(snapshot: store.Snapshot) -> re.Pattern[str]:
    """The names from data that have a digit in them: that is no figure."""
    columns = {
        "organisations": ("name",), "events": ("name", "kind"), "partnerships": ("name",), "funding": ("donor",),
        "reference": ("source",),
    }  # fmt: skip
    cells = {str(cell) for table, names in columns.items() for name in names for cell in snapshot.table(table)[name]}
    attribution = snapshot.manifest.attribution
    named = {*cells, *(texts.translation(language).gettext(attribution) for language in texts.LANGUAGES if attribution)}
    labels = {SETTINGS.label(name, language) for name in named for language in texts.LANGUAGES}
    with_digits = sorted((name for name in named | labels if re.search(r"\d", name)), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, with_digits)) or "(?!)")


def at(path: str) -> Callable[[Figures], Any]:
    """A figure by its place: `network.mean_degree`, `#changes.formed` for how many there are."""

    def find(figures: Figures) -> Any:
        found: Any = figures
        for key in path.lstrip("#").split("."):
            found = (
                found[int(key)]
                if isinstance(found, list)
                else found[key]
                if isinstance(found, dict)
                else getattr(found, key)
            )
        return len(found) if path.startswith("#") else found

    return find


# The sentences: a pattern, `#` for each number, and the figures in their order (a path of `at`, or a function)


def across(figures: Figures) -> int:
    return round((figures["network"]["cross_sector_share"] or 0) * figures["network"]["ties"])


def bound(which: str) -> Callable[[Figures], Any]:
    return lambda figures: (missing_income(figures["year"]) or {})[which]


def largest(rows: str, key: str = "organisations") -> Callable[[Figures], float]:
    return lambda figures: max(row[key] for row in at(rows)(figures))


def known(dimension: str) -> Callable[[Figures], Any]:
    """Of how many organisations is known what the quotients of sectors, or of themes, count."""
    return lambda f: next(
        r["known_organisations"] for r in f["sectors"]["location_quotient"] if r["dimension"] == dimension
    )


def often(figures: Figures) -> list[float]:
    """How many times as many ties as by chance, where the largest themes find each other; the surest first."""
    rows = figures["sectors"]["theme_mixing"]
    pairs = {row["theme_a"]: row["pairs"] for row in rows if row["theme_a"] == row["theme_b"]}
    largest_themes = sorted(pairs, key=lambda theme: (-pairs[theme], theme))[:10]
    sure = [
        (row["p_adjusted"], row["theme_a"], row["theme_b"], row["ratio"])
        for row in rows
        if {row["theme_a"], row["theme_b"]} <= set(largest_themes)
        and (row["expected"] or 0) >= questions.MINIMUM_EXPECTED
        and row["p_adjusted"] is not None
        and row["p_adjusted"] < 0.05
        and row["ratio"] > 1
    ]
    return [ratio for *_, ratio in sorted(sure)]


def by_chance(figures: Figures) -> float:
    return float((figures["network"]["ei_expected"] + 1) / 2)


def of_the_cut(name: str) -> Callable[[Figures], Any]:
    """A figure of the stress test of the page: on Stress the cut, on Funding what ends and is not given again."""
    return lambda f: (f["endings"]["not_renewed"] if f["page"] == "funding" else f["cut"])[name]


def fragility(view: str, removed: int, name: str) -> Callable[[Figures], float]:
    def share(figures: Figures) -> float:
        rows = figures["network"]["fragility"]
        listed = rows.get(view) or rows["without"]
        return float(next(row for row in listed if row["removed"] == removed)[name])

    return share


def movement(indicator: str) -> list[Callable[[Figures], Any]]:
    scale = 1 if indicator == "mean_degree" else 100
    return [
        lambda f: f["movements"][indicator].before,
        lambda f: f["movements"][indicator].after,
        lambda f: scale * (f["movements"][indicator].after - f["movements"][indicator].before),
    ]


def first_and_last(column: str) -> list[Callable[[Figures], float]]:
    return [lambda f, place=place: float(f["history"][column].dropna().iloc[place]) for place in (0, -1)]  # type: ignore[misc]


def in_the_last_year(column: str) -> list[Callable[[Figures], float]]:
    """The latest value of a figure, and before it the last one of a year or more before that, else the first."""

    def values(figures: Figures) -> list[float]:
        known = figures["history"].dropna(subset=[column])
        before = known[known["date"] <= known["date"].iloc[-1] - DateOffset(years=1)]
        return [float((before if len(before) else known.head(1))[column].iloc[-1]), float(known[column].iloc[-1])]

    return [lambda f, place=place: values(f)[place] for place in (0, 1)]  # type: ignore[misc]


def crossing(which: str) -> Callable[[Figures], int]:
    return lambda figures: sum(tie["is_cross_sector"] for tie in figures["changes"][which])


def public(back: int) -> Callable[[Figures], float]:
    """The share of public money in the latest year that was over, or in the known one before it."""
    return lambda f: f["years"][year_before(f) if back else f["latest"]]["public_share"]


def year_before(figures: Figures) -> int:
    return max((year for year in figures["years"] if year < figures["latest"]), default=figures["latest"])


def largest_sectors(figures: Figures) -> tuple[int, int, float]:
    """How many of the largest sectors have half of the organisations, of how many, and which part they have."""
    sizes = sorted((row["organisations"] for row in figures["sectors"]["sectors"]), reverse=True)
    few = next(few for few in range(1, len(sizes) + 1) if sum(sizes[:few]) * 2 >= sum(sizes))
    return few, len(sizes), sum(sizes[:few]) / sum(sizes)


def first_and_last_year(name: str) -> list[Callable[[Figures], float]]:
    def of(place: int) -> list[Callable[[Figures], float]]:
        def year(figures: Figures) -> Any:
            # The page Funding shows years that are not over as well.
            is_whole = figures["page"] == "funding"
            return [year for year in figures["years"].values() if is_whole or year["year"] <= figures["latest"]][place]

        return [lambda f: year(f)[name], lambda f: year(f)["year"]]

    return [*of(0), *of(-1)]


Said = tuple[str, list[str | Callable[[Figures], Any]]]
ORGANISATIONS, TIES = "network.organisations", "network.ties"
AVERAGE = ["network.mean_degree", "network.mean_cross_sector_degree"]
KNOWN_INCOME = ["year.coverage.organisations", "year.coverage.active_organisations"]


def targets_reached(figures: Figures) -> int:
    """How many targets are met: by the figure of their day when that is past, else by the latest."""
    less = {"exposed_share", "public_share"}
    return sum(
        (value <= aim["value"]) if indicator in less else (value >= aim["value"])
        for indicator, road in figures["roads"].items()
        for aim in road["road"]
        if (value := aim["then"] if aim["days_left"] < 0 else aim["now"]) is not None
    )


SAID: list[Said] = [
    # the network
    (r"DAY: # organisations? with # ties?\.", [ORGANISATIONS, TIES]),
    (r"average organisation has # partners, # of them", AVERAGE),
    (r"average organisation has # partners, all of them", AVERAGE[:1]),
    (r"But # of # have none\.", ["network.isolates", ORGANISATIONS]),
    (r"# of the # ties comes? only from partnerships of more than ten", ["network.ties_only_from_large", TIES]),
    (r"Of every # possible ties # exist", [lambda f: 100, lambda f: 100 * f["network"]["density"]]),
    (r"Of # ties? # runs? across sectors; by chance it would be #\.", [TIES, "network.cross_sector_share", by_chance]),
    (r"Of # ties? # runs? across sectors$|^# ties?, all across sectors$", [TIES, across, TIES]),
    (r"Sectors mix (?:less|more) than chance gives: # of the ties run across sectors", ["network.cross_sector_share"]),
    (r" ha(?:s|ve) the most partners: #(?: each)?$", ["most_partners"]),
    (r"Density (?:rose|fell) from # to # since DAY", in_the_last_year("density")),
    (r"Average number of partners (?:rose|fell) from # to # since DAY", in_the_last_year("mean_degree")),
    (r"Across sectors: # of # new ties and # of # that are gone", [crossing("formed"), "#changes.formed", crossing("ended"), "#changes.ended"]),
    (r"Across sectors: # of # new ties?$", [crossing("formed"), "#changes.formed"]),
    (r" changed most: (?:by )?# (?:less|more|each)", [lambda f: max(abs(d["difference"]) for d in f["donors"]["donors"])]),
    (r"E-I index #, by chance #, p = #; a dash where chance gives fewer than 5 ties", ["network.ei_index", "network.ei_expected", "network.ei_p_value"]),
    (r"(?:Network d|D)ensity(?: over time)?: from # on DAY to # on DAY", first_and_last("density")),
    (r"Ties across sectors: from # on DAY to # on DAY", first_and_last("cross_sector_share")),
    (r"(?:Average number of partners|Partners over time): from # on DAY to # on DAY", first_and_last("mean_degree")),
    (r"(?:Network d|D)ensity \| #", ["network.density"]),
    (r"^Organisations \| #", [ORGANISATIONS]),
    (r"Organisations: from # on DAY to # on DAY", first_and_last("organisations")),
    (r"Network of # organisations?; without a partner: #\.", [ORGANISATIONS, "network.isolates"]),
    (r"^Ties \| #", ["network.ties"]),
    (r"Average number of partners \| #", ["network.mean_degree"]),
    (r"Ties across sectors \| #", ["network.cross_sector_share"]),
    (r"Without a partner \| #", ["network.isolates"]),
    (r"# of # organisations ha(?:s|ve) no partner", ["network.isolates", ORGANISATIONS]),
    (r"Without .*?, # of all pairs .* with them it is # of those pairs\.", [fragility("with", 3, "connected_share"), fragility("with", 3, "connected_share_before")]),
    (r"Leave the convenors out and # of the pairs are connected; # of those that are left when the next # goe?s?\.", [fragility("without", 0, "connected_share"), fragility("without", 3, "connected_share"), lambda f: len(next(r for r in f["network"]["fragility"]["without"] if r["removed"] == 3)["lost"])]),
    # ties over time
    (r"Of none of the # ties it is known when the agreement ends\.", ["ending_ties.ties"]),
    (r"DAY compared with DAY: (?:# new ties?|no new ties|the same ties)?(?: and )?(?:# ties? gone)?(?:; (?:the same organisations)?(?:# new organisations?)?(?: and )?(?:# organisations? gone)?)?(?=\.)", ["#changes.formed", "#changes.ended", "#changes.joined", "#changes.left"]),
    (r"In between a tie came and went, or went and came back, # more times?", ["changes.between"]),
    (r"Donors of # compared with #: (?:the same)?(?:# new)?(?:, )?(?:# no longer)?", ["donors.to_year", "donors.from_year", lambda f: sum(d["change"] == "new" for d in f["donors"]["donors"]), lambda f: sum(d["change"] == "gone" for d in f["donors"]["donors"])]),
    (r"The income of # is the latest", ["donors.to_year"]),
    (r"partners went from # to #, ties across sectors from # to #\.", [f"changes.{when}.{name}" for name in ("mean_degree", "cross_sector_share") for when in ("before", "now")]),
    (r"# compared with #, the largest difference", ["donors.to_year", "donors.from_year"]),
    (r"For the earlier day we took #, for the later #;", ["donors.from_year", "donors.to_year"]),
    (r"# of the # ties across sectors ha(?:s|ve) been silent for more than # days", [lambda f: sum(t["is_cross_sector"] for t in f["ties"]["fading"]), across, "settings.fading_days"]),
    (r"None: of (?:each of )?the # ties? across sectors something was heard in the past # days", [across, "settings.fading_days"]),
    (r"# of # ties? ha(?:s|ve) been silent for more than # days; # across sectors", ["#ties.fading", TIES, "settings.fading_days", lambda f: sum(t["is_cross_sector"] for t in f["ties"]["fading"])]),
    (r"^# (?:is|are) across sectors\.", [lambda f: sum(t["is_cross_sector"] for t in f["ties"]["fading"])]),
    (r"Of # ties? none has been silent for more than # days", [TIES, "settings.fading_days"]),
    (r"After # years?, # of the ties that began with firm agreements are still there, and # of the others: a difference of # percentage points \(between # and #, ", ["ties.structure.years", lambda f: f["ties"]["structure"]["structural"]["at"][f["ties"]["structure"]["years"] - 1]["survival"], lambda f: f["ties"]["structure"]["not_structural"]["at"][f["ties"]["structure"]["years"] - 1]["survival"], *[lambda f, name=name: 100 * f["ties"]["structure"][name] for name in ("difference", "low", "high")]]),
    (r"in one of the two groups there (?:is|are) # agreements? to go by, fewer than #\.", ["ties.structure.agreements", lambda f: ties.MINIMUM_AGREEMENTS]),
    (r"together: there (?:is|are) # agreements? to go by, fewer than #\.", [lambda f: sum(f["ties"]["structure"][group]["agreements"] for group in ("structural", "not_structural")), lambda f: ties.AGREEMENTS_COMPARED]),
    (r"After # years?, # of the ties within a sector are still there and # of those across sectors", [lambda f: len(followed(f)), lambda f: followed(f)[-1][0], lambda f: followed(f)[-1][1]]),
    (r"# periods? of (?:a tie|ties); followed for 1 / 2 / 3 years: [a-z ]+# / # / # and [a-z ]+# / # / #(?=\. Firm agreements)", ["ties.survival.overall.spells", *[f"ties.structure.{group}.at.{n}.at_risk" for group in ("structural", "not_structural") for n in range(3)]]),
    (r"# periods? of (?:a tie|ties); followed for 1 / 2 / 3 years: [a-z ]+# / # / # and [a-z ]+# / # / #", ["ties.survival.overall.spells", *[f"ties.survival.{group}.at.{n}.at_risk" for group in ("within_sector", "cross_sector") for n in range(3)]]),
    # sectors
    (r"The largest sectors? (?:is|are) .*?: # of # organisations", [largest("sectors.sectors"), "sectors.organisations"]),
    (r"the # organisations? of # whose jobs are known ha(?:s|ve) # jobs", ["coverage.jobs_known", "sectors.organisations", "sectors.jobs"]),
    (r"sectors: # organisations?(?=;| ·)", ["sectors.organisations"]),
    (r"sectors: jobs known for # of # organisations", [known("sector"), "sectors.organisations"]),
    (r"themes: themes and jobs known for # of # organisations", [known("theme"), "sectors.organisations"]),
    (r"themes known for # of # organisations", [known("theme"), "sectors.organisations"]),
    (r"# of # expected organisations", [ORGANISATIONS, "coverage.expected_organisations"]),
    (r"# pairs? of names may be of one organisation or donor\.", ["#alike"]),
    (r"jobs known for #(?= |$)", ["coverage.jobs_known"]),
    (r"There they work together more: [^\n]*?\(# times as many\)" + r"(?:; [^\n]*?\(# times as many\))?" * 2 + r"(?:; at # other places?)?\.", [*[lambda f, place=place: often(f)[place] for place in range(3)], lambda f: len(often(f)) - 3]),
    (r"membership unknown for #", ["sectors.members.membership_unknown"]),
    (r"The (?:# )?largest of # sectors? (?:together )?ha(?:s|ve) # of the organisations", [lambda f, place=place: largest_sectors(f)[place] for place in range(3)]),
    (r"Most known jobs are in the sectors? .*: #", [lambda f: max(row["jobs"] or 0 for row in f["sectors"]["sectors"])]),
    (r"# organisations? of # (?:is|are) member or tenant of the hub", ["sectors.members.members", "coverage.membership_known"]),
    (r"The most frequent kinds? (?:is|are) .*: #(?: each)?$", [largest("sectors.types")]),
    (r"The largest themes? (?:is|are) .*: # organisations?", [largest("sectors.themes")]),
    (r"Most work on .*: # organisations?", [largest("sectors.sdgs")]),
    (r"At # places? there are more ties than chance explains", [lambda f: len(often(f))]),
    (r"They work in # countr", ["#sectors.countries"]),
    (r"# large countries, such as", [lambda _f: 44]),
    (r"Of # organisations? of # no country is known", [lambda f: f["sectors"]["organisations"] - f["coverage"]["countries_known"], "sectors.organisations"]),
    # income
    (r"In # # organisations? of # with an income above 0 (?:is|are) exposed: (?:it gets|they get) # or more from one donor, or # or more", ["latest", "year.exposed", "year.with_income", "settings.exposure_threshold", "settings.public_threshold"]),
    (r"Largest source of the money of #: .*, (?:each )?#", ["latest", lambda f: max(f["year"]["categories"].values()) / f["year"]["income"]]),
    (r"In # # is known in all(?:, in # it was #)?\.", ["latest", "year.income", lambda f: f["latest"] - 1, lambda f: f["years"][f["latest"] - 1]["income"]]),
    (r" gave most in #: (?:each )?#", ["latest", lambda f: next(d for d in f["year"]["donor_totals"] if d["donor"])["share"]]),
    (r"It gives to # organisations? of # with known income\.", [lambda f: next(d for d in f["year"]["donor_totals"] if d["donor"])["organisations"], "year.organisation_count"]),
    (r"Largest receiver of the money of #: .*, (?:each )?#", ["latest", lambda f: max(sum(g["amount_eur"] for g in f["flows"] if g["sector"] == s) for s in {g["sector"] for g in f["flows"]}) / f["year"]["income"]]),
    (r"Share of public money (?:rose|fell) from # to # since #", [public(1), public(0), year_before]),
    (r"Share of other income (?:rose|fell) from # to # since #", [lambda f: 1 - public(1)(f), lambda f: 1 - public(0)(f), year_before]),
    (r"In # # of all known income comes from", ["latest", lambda f: f["year"]["donor_totals"][0]["share"]]),
    (r"Income above 0 is known for # of # active organisations\. With the others, .* from # to #\.", [bound("known"), bound("total"), bound("low"), bound("high")]),
    (r"The total income of # is known of # organisations? from (?:its|their) accounts\. The list of income has # of it;", ["latest", "year.accounts.organisations", "year.accounts.accounted_share"]),
    (r"Income is known for # of # active organisations; for the others", KNOWN_INCOME),
    (r"# organisations? with income rows, # of them among the # active ones", ["year.organisation_count", *KNOWN_INCOME]),
    (r"income of # known for # of # active organisations", ["latest", *KNOWN_INCOME]),
    (r"income in # known for #", ["coverage.income_year", "coverage.income_known"]),
    (r"# donors? named", [lambda f: sum(bool(d["donor"]) for d in f["year"]["donor_totals"])]),
    (r"Known income \| #", ["year.income"]),
    (r"Exposed organisations(?: in #)? \| :gray\[#\]|Exposed organisations(?: in #)? \| #", ["latest", "year.exposed_share", "latest", "year.exposed_share"]),
    (r"Public money \| #", ["year.public_share"]),
    (r"Spread as if over \| # donors", ["year.effective_donors"]),
    (r"Exposed organisations in #: from # in # to # in #\.", ["latest", *first_and_last_year("exposed_share")]),
    (r"Exposed organisations: from # in # to # in #\.", first_and_last_year("exposed_share")),
    (r"Public money: from # in # to # in #\.(?=\n?$)", first_and_last_year("public_share")),
    (r"Other income of all together: from # in # to # in #\.", [lambda f: 1 - f["years"][min(f["years"])]["public_share"], lambda f: min(f["years"]), lambda f: 1 - f["years"][f["latest"]]["public_share"], "latest"]),
    (r"income by kind, from # to #\.", [lambda f: min(f["years"]), lambda f: max(f["years"])]),
    (r"^# exposed organisations?$", ["year.exposed"]),
    (r"# of # with known income(?:, # not known)?", ["year.exposed", "year.with_income", lambda f: f["year"]["coverage"]["active_organisations"] - f["year"]["coverage"]["with_income"]]),
    (r"^# newly exposed organisations?$", ["#newly"]),
    (r"^# organisations? (?:is|are) at risk$", [lambda f: len(fallen(f))]),
    (r"^# organisations? without a partner$", ["network.isolates"]),
    (r"None: of the organisations with known income in both years, no one is exposed in # that was not in #", ["latest", lambda f: f["latest"] - 1]),
    (r"# organisations? (?:is|are) exposed in # and (?:was|were) not in #", ["#newly", "latest", lambda f: f["latest"] - 1]),
    (r"Of # organisations? other income became a larger part at #, a smaller part at #", ["shift.same.organisations", "shift.same.up", "shift.same.down"]),
    (r"Those with income in both # and #: on average it moved # percentage points", [lambda f: min(f["years"]), "latest", lambda f: 100 * f["shift"]["same"]["mean_change"]]),
    (r"Furthest towards other income: .*? \(# points\)\. Furthest towards public money: .*? \(# points\)", [lambda f: 100 * f["shift"]["moved"][0]["change"], lambda f: 100 * f["shift"]["moved"][-1]["change"]]),
    (r"# organisations? in both years", ["shift.same.organisations"]),
    # what if a donor stops
    (r"The books of # say", ["latest"]),
    (r"loses more than # of its income of #", ["settings.risk_threshold", "latest"]),
    (r"Organisations that lose more than # of their income", ["settings.risk_threshold"]),
    (r"# organisations? gives? to others while", ["stress.pass_through.donors_unknown"]),
    (r"# organisations (?:that )?depend on ", [largest("shared", "organisation_count")]),
    (r"If it stops, each of them would lose # or more of its income at the same time\.(?: Of the # pairs among them # works? together)?", ["settings.risk_threshold", lambda f: f["shared"][0]["organisation_count"] * (f["shared"][0]["organisation_count"] - 1) / 2, lambda f: len(f["shared"][0]["tied_pairs"])]),
    (r"In # no two organisations with known income get # or more", ["latest", "settings.risk_threshold"]),
    (r"# donors? with such a group", ["#shared"]),
    (r"# key organisations? leans? on one donor", ["corners.at_stake"]),
    (r"Of #, these stand between others more often than most and get # or more", ["#corners.organisations", "settings.exposure_threshold"]),
    (r"income unknown of # active", ["corners.income_unknown"]),
    (r"nobody got such money in #\.", ["latest"]),
    (r"If .*?, # of the # organisations with known income (?:is|are) at risk\. (?:It|They) would have lost more than # of (?:its|their) known income of #\.", [lambda f: len(fallen(f)), lambda f: sum(o["is_active"] for o in f["cut"]["organisations"]), "settings.risk_threshold", "latest"]),
    (r"It counts as well that # organisations? gives? others less because (?:they lose|it loses) income (?:themselves|itself)", [lambda f: f["cut"]["pass_through"]["donors"]]),
    (r"Income lost \| #", [of_the_cut("loss_share")]),
    (r"Jobs (?:exposed|where income is lost) \(fte\) \| #", [of_the_cut("jobs_exposed")]),
    (r"Ties of those at risk \| #", [of_the_cut("ties_exposed")]),
    (r"Of these across sectors \| #", [of_the_cut("bridges_exposed")]),
    (r"Reserves are known for # of the #; at # they", [lambda f: sum(o["reserve_months_left"] is not None for o in fallen(f)), lambda f: len(fallen(f)), lambda f: sum((o["reserve_months_left"] if o["reserve_months_left"] is not None else 99) < 12 for o in fallen(f))]),
    (r"Not one of the # organisations with known income would lose more than # of it", [lambda f: sum(o["is_active"] for o in f["cut"]["organisations"]), "settings.risk_threshold"]),
    (r"jobs of # organisations? that loses? something", ["cut.jobs_unknown"]),
    (r"Of # organisations? that loses? something the known income is less than # per job", [lambda f: sum(o["is_active"] and o["is_income_partial"] and o["loss"] > 0 for o in of_the_cut("organisations")(f)), lambda _f: LEAST_PER_JOB_EUR]),
    (r"Together that is #; the rest of the # is known", [lambda f: sum(f["cut"]["before"].values()), "cut.income"]),
    (r"# of # would be lost: #", ["cut.loss", "cut.income", "cut.loss_share"]),
    (r"# of the loss is passed on: # organisations? gives? .* changed: #\.", ["cut.pass_through.loss_eur", "cut.pass_through.donors", "cut.pass_through.rounds"]),
    (r"# organisations? with known income", ["#stress.organisations"]),
    # what ends
    (r"# grants? ends? within a year, # a year\. # of the organisations concerned had no other donor", ["endings.grants.within_a_year.grants", "endings.grants.within_a_year.amount_eur", "endings.grants.within_a_year.without_other"]),
    (r"That is # a year, of # organisations?\. # of them had no other donor", [f"endings.grants.within_a_year.{name}" for name in ("amount_eur", "organisations", "without_other")]),
    (r"If none of it is given again, # organisations? of # would lose more than # of (?:its|their) income of #;", ["endings.not_renewed.at_risk", lambda f: sum(o["is_active"] for o in f["endings"]["not_renewed"]["organisations"]), "settings.risk_threshold", "endings.year"]),
    (r"the last day is known of # of the # grants that run; of # a year it is not", [lambda f: f["endings"]["grants"]["running"] - f["endings"]["grants"]["end_unknown"], "endings.grants.running", "endings.grants.end_unknown_eur"]),
    (r"of none of the # grants that run, # a year, the last day is known", ["endings.grants.running", "endings.grants.end_unknown_eur"]),
    (r"With # of them nothing else remains when the agreements? (?:is|are) not renewed\. # of them are structural\.", ["ending_ties.nothing_remains", "ending_ties.structural_ending"]),
    (r"Of # of the # ties the agreement has no end\.", ["ending_ties.without_end", "ending_ties.ties"]),
    # which introductions hold most together
    (r"If these became ties and the # key organisations? went, # of # pairs would still reach each other instead of #\.(?: With everybody there the mean distance would go from # to # steps\.)?", ["#holding.key_organisations", "holding.reach_after", "holding.reach_possible", "holding.reach", "holding.distance", "holding.distance_after"]),
    (r"(?<=· )# pairs? of the list", ["#pairs"]),
    # what may lapse
    (r"Of # ties? that were followed for a year # lapsed: too few", ["lapse.cases", "lapse.cases_lapsed"]),
    (r"it lapses as often as all do \(# within a year\)", ["lapse.lapsed_share"]),
    (r"On # earlier days? forecasts were made for ties that were not silent then\. Of # groups, # did .* is #; with one chance for all it would be #, by the age of a tie alone #\.", ["#lapse.backtest.days", "#lapse.backtest.bins", *[f"lapse.backtest.{name}" for name in ("bins_within", "brier", "brier_base", "brier_curve")]]),
    (r"# forecasts?, of which # lapsed", ["lapse.backtest.forecasts", "lapse.backtest.lapsed"]),
    (r"what formed and ended is known of # quarters?\. Agreements that began in (?:it|them): #, that ended: #\. It takes # quarters and # of each\.", ["fans.quarters", "fans.agreements_formed", "fans.agreements_ended", lambda _f: fan.FEWEST_STEPS, lambda _f: fan.FEWEST_AGREEMENTS]),
    (r"lies further ahead than the # quarters? of which it is known", [lambda f: min(f["fans"]["quarters"], fan.MOST_STEPS)]),
    # what to ask for
    (r"^- And # others?\.|(?<=\n)- And # others?\.", [lambda f: len(f["endings"]["grants"]["nothing_else"]) - 5] * 2),
    (r"^# others? would tell as much", ["telling.equally_wide"]),
    (r"Of # organisations? nothing says how many jobs", ["telling.jobs_without_range"]),
    # one organisation
    (r"# partners, of which # in another", ["one.degree", "one.cross_sector_degree"]),
    (r"# partners?, (?:in its own|(?:all |none )?in another) sector\.", ["one.degree"]),
    (r"nothing was heard for more than # days\.", ["settings.fading_days"]),
    (r"stands between others more often than # of the organisations; (?:few|many) of its partners know each other\.(?: Without it # organisations? would)?", [lambda f: own_place(f)[0], lambda f: own_place(f)[3]]),
    (r"# organisations?; without a partner: #\.", [ORGANISATIONS, "network.isolates"]),
    (r"As of DAY · # partners? · Source", ["one.degree"]),
    (r"Most of its partners are in: .* \(#\)$", [lambda f: max(Counter(tie["sector"] for tie in f["one"]["ties"]).values())]),
    (r"Its partners are spread evenly over # sectors?", [lambda f: len({tie["sector"] for tie in f["one"]["ties"]})]),
    (r"Of # # of income is known", [lambda f: own_year(f)["year"], lambda f: own_year(f)["income"]]),
    (r"In # it gave # to # organisations? in the data\.", [lambda f: f["given"]["year"], lambda f: f["given"]["amount"], lambda f: f["given"]["organisations"]]),
    (r"In # .*? give most, each # of the known income\.", ["latest", lambda f: next(d for d in f["year"]["donor_totals"] if d["donor"])["share"]]),
    (r"In # .*? gave most, each # of the known income of #\.|In # .*? gave most, each # of the whole income of #\.", [*[lambda f: own_year(f)["year"], lambda f: own_year(f)["top_donor_share"], lambda f: own_year(f)["income"]], *[lambda f: own_year(f)["year"], lambda f: own_year(f)["top_donor_share"], lambda f: own_year(f)["total_income"]]]),
    (r"# other pairs? ha(?:s|ve) the same score as the last one here\.", [lambda f: equal_to_last(f)]),
    (r"# pairs come first, for they have the same score\.", [lambda f: sum(abs(pair["score"] - f["pairs"][0]["score"]) < 1e-9 for pair in f["pairs"])]),
    (r"In # # of your (?:known )?income came from .*?\. What if that becomes less\?", [lambda f: own_year(f)["year"], lambda f: own_year(f)["top_donor_share"]]),
    (r"In # .*? each gave you # of your income\. What if that becomes less\?", [lambda f: own_year(f)["year"], lambda f: own_year(f)["top_donor_share"]]),
    (r"In # the largest donor, .*?, gave # of the known income of #\.", [lambda f: own_year(f)["year"], lambda f: own_year(f)["top_donor_share"], lambda f: own_year(f)["income"]]),
    (r"In # the largest donor, .*?, gave # of the whole income of #; what is shown here is # of that\.", [lambda f: own_year(f)["year"], lambda f: own_year(f)["top_donor_share"], lambda f: own_year(f)["total_income"], lambda f: own_year(f)["accounted_share"]]),
    (r"# years? with income rows", ["#one.funding"]),
    # events
    (r"# events? up to DAY\.(?: Of (?:each|#) of them it is known who came: # organisations?\.(?: Of those,)? # came to two or more)?", ["events.events", "coverage.attendance_known", "events.attending_organisations", "events.repeat_share"]),
    (r"Events \| #", ["events.events"]),
    (r"Coming back \| #", ["events.repeat_share"]),
    (r"Between sectors \| #", ["events.cross_sector_encounters"]),
    (r"Tie after meeting \| #", ["events.conversion"]),
    (r"Of # encounters?, # (?:is|are) between two sectors", ["events.encounters", "events.cross_sector_encounters"]),
    (r"# events? (?:is|are) planned", ["planned"]),
    (r"NAME: # new ties? followed$", [lambda f: (event_shown(f) or {})["new_ties_after"]]),
    (r"Present \| #", [lambda f: (event_shown(f) or {})["organisations"]]),
    (r"Pairs without a tie yet \| #", [lambda f: (event_shown(f) or {})["pairs_without_tie"]]),
    (r"New ties(?: so far)? \| #", [lambda f: (event_shown(f) or {})["new_ties_after"]]),
    (r"Expected without meeting \| #", [lambda f: (event_shown(f) or {})["expected_new_ties"]]),
    (r"# encounters?; # very large events? left out", ["events.encounters", "events.plenaries"]),
    (r"That is # times as often(?: \(between # and # times)?", ["events.lift", "events.lift_low", "events.lift_high"]),
    (r"# times? two organisations without a tie were at the same event; in # of those cases a tie followed within # days\. Of pairs that were not both there, # formed one\.", ["events.pairs_without_tie", "events.conversion", "settings.window_days", "events.base_rate"]),
    (r"Two that meet again within # days count once, .* Events of more than # organisations are left out\.", ["settings.window_days", "settings.plenary_size"]),
    (r"the data have to tell of the # days after it", ["settings.window_days"]),
    (r"it cannot be said yet what followed: we count for # days", ["settings.window_days"]),
    (r"Of # events? it cannot be said yet what followed; (?:it is|they are) not counted", ["events.events_left_out"]),
    (r"# of # active organisations (?:was|were) at no event", ["#events.never_came", ORGANISATIONS]),
    (r"# events?(?=; only| · )", ["events.events"]),
    # introductions and digital chances
    (r"Drawn at random, # would have formed a tie\.", [lambda f: measured(f)["random"]]),
    (r"Of the first # pairs, # formed a tie; partners in common only #, at random #\.", [*[lambda f, name=name: measured(f)[name] for name in ("at", "introductions", "adamic_adar", "random")]]),
    (r"Of the first # pairs, # formed a tie; at random #\.", [*[lambda f, name=name: measured(f)[name] for name in ("at", "introductions", "random")]]),
    (r"New ties among the first #: #; when looking at partners in common only \(Adamic-Adar\): #\.", ["backtest.compared_at", "backtest.foreseen", "backtest.foreseen_by_adamic_adar"]),
    (r"In the first # it foresaw (?:more|fewer) ties than .*?: # against #,", ["backtest.compared_at", "backtest.foreseen", "backtest.foreseen_by_adamic_adar"]),
    (r"# new ties? among # possible pairs", ["backtest.formed", "backtest.possible"]),
    (r"needs known of # and offers of # of # organisations", ["needs.needs_known", "needs.offers_known", ORGANISATIONS]),
    (r"known of # of # organisations", ["coverage.digital_maturity_known", ORGANISATIONS]),
    (r"The lists do not say when grants end: of (?:the|none of the) # grants? that runs?, # a year", ["endings.grants.running", "endings.grants.end_unknown_eur"]),
    (r"The largest shortage: [^(]*\(# need it, # offer it\)", [lambda f: len(scarcest(f)["needed_by"]), lambda f: len(scarcest(f)["offered_by"])]),
    (r"The largest shortages: [^(]*\(# more need it than offer it\)", [lambda f: len(scarcest(f)["needed_by"]) - len(scarcest(f)["offered_by"])]),
    (r"[^\n:]*: # organisations? needs? it and who offers it is not known", [lambda f: len(f["needs"]["needs"][0]["needed_by"])]),
    (r"[^\n:]*: who needs it is not known and # offers? it", [lambda f: len(f["needs"]["needs"][0]["offered_by"])]),
    (r"[^\n:]*: # organisations? needs? it and # offers? it", [lambda f: len(f["needs"]["needs"][0]["needed_by"]), lambda f: len(f["needs"]["needs"][0]["offered_by"])]),
    (r"# of # expected organisations", [ORGANISATIONS, "settings.expected_organisations"]),
    # what organisations said themselves
    (r"# ties? (?:was|were) confirmed by one of (?:its|their) organisations within a year \(# of all\), # by both\.", [f"asked.{name}" for name in ("confirmed", "confirmed_share", "confirmed_by_both")]),
    (r"# of the # organisations confirmed (?:its|their) profile(?:\.|; # of the known jobs is confirmed\.)", [f"asked.{name}" for name in ("profiles_confirmed", "profiles", "jobs_confirmed_share")]),
    (r"Trust is # of 4 on average, value # of 4: # answers?, of # organisations\.", [f"asked.{name}" for name in ("trust", "value", "dyads_answered", "raters")]),
    (r"# answers? about (?:a partner|partners), of # organisations\.", ["asked.dyads_answered", "asked.raters"]),
    (r"# answers? waits? for you, of # organisations\.", ["waiting.answers", "waiting.organisations"]),
    (r"# answers? waits? for you\.", ["waiting.answers"]),
    (r"Of # organisations? asked, # answered\.", [lambda f: len({link.organisation_id for link in f["links"]}), lambda f: did_with_links(f).count("finished") + did_with_links(f).count("begun")]),
    (r"Not to the end: #\.", [lambda f: did_with_links(f).count("begun")]),
    (r"Only opened the link: #\.", [lambda f: did_with_links(f).count("opened")]),
    (r"Did not open it: #\.", [lambda f: did_with_links(f).count("new")]),
    (r"# links? still works?, so (?:an answer|answers) may come in\.", [lambda f: sum(link.is_open(asking.now()) for link in f["links"])]),
    # reports
    (r"Of all targets # (?:is|are) reached\.", [targets_reached]),
    (r"There (?:is|are) # targets?\.|(?<=· )# targets?(?= ·)", [lambda f: sum(len(road["road"]) for road in f["roads"].values())] * 2),
    (r"# of the ties are between two sectors\.", ["network.cross_sector_share"]),
    (r"^# new ties?, # ties? gone\.", ["#changes.formed", "#changes.ended"]),
    (r"^# new organisations?, # organisations? gone\.", ["#changes.joined", "#changes.left"]),
    (r"(?<=· )# pairs?(?= ·)", ["#pairs"]),
    # titles
    (r"No donor of # is known|Who gave most in # cannot be said|money of # came from cannot be said", ["latest"] * 3),
    (r"Share of public money is #(?:, as it was in #)?$", [public(0), year_before]),
    (r"Share of other income is #(?:, as it was in #)?$", [lambda f: 1 - public(0)(f), year_before]),
    (r"Density is #(?:, as it was on DAY)?$", ["network.density"]),
    (r"Average number of partners is #(?:, as it was on DAY)?$", ["network.mean_degree"]),
    (r"Across sectors: # of # ties? that (?:is|are) gone", [crossing("ended"), "#changes.ended"]),
    (r"# grants? ends? within a year$", ["endings.grants.within_a_year.grants"]),
    (r"# ties? ends? within a year$", ["#ending_ties.ending"]),
    (r"^# of # ties? ha(?:s|ve) been silent for more than # days$", ["#ties.fading", TIES, "settings.fading_days"]),
    (r"Of # ties? that (?:is|are) not silent, about # may end or fall silent within a year", ["#lapse.at_risk", lambda f: round(sum(tie["chance"] for tie in f["lapse"]["at_risk"]))]),
    (r"Half of all ties last longer than # years", [lambda f: f["ties"]["survival"]["overall"]["median_days"] / questions.DAYS_IN_YEAR]),
    (r"Since DAY # ties? formed and # ended", [lambda f, name=name: sum(row[name] for row in f["ties"]["tie_changes"][-4:]) for name in ("formed", "ended")]),
    (r"# introductions? that holds? the network together most", ["#holding.chosen"]),
    (r"Of the first # pairs? # formed a tie within a year", [lambda f: measured(f)["at"], lambda f: measured(f)["introductions"]]),
    (r"Without the first #, # of the other pairs stay connected", [lambda f: len(next(r for r in f["network"]["fragility"]["with"] if r["removed"] == 3)["lost"]), fragility("with", 3, "connected_share")]),
    (r"# organisations? would cut off others by leaving", [lambda f: sum((row["cut_off"] or 0) > 0 for row in f["brokers"])]),
    (r"After # of meetings a tie followed; without meeting #", ["events.conversion", "events.base_rate"]),
    (r"# organisations? never comes?$", ["#events.never_came"]),
    # what pages count: the last, for other sentences begin alike
    (r"# organisations?, # ties?", [ORGANISATIONS, TIES]),
    (r"(?<=· )# organisations?(?=;| ·|$)|(?<=^)# organisations?(?=$)", [ORGANISATIONS, ORGANISATIONS]),
    (r"(?<=· )# ties?(?= ·)", [TIES]),
]  # fmt: skip


RANKED: dict[str, tuple[str, str]] = {
    "Organisations per sector": ("sectors.sectors", "organisations"),
    "Jobs per sector": ("sectors.sectors", "jobs"),
    "Share of the members per sector": ("sectors.members.sectors", "members_share"),
    "Organisations per kind": ("sectors.types", "organisations"),
    "Organisations per theme": ("sectors.themes", "organisations"),
    "Compared with the reference, by organisations": ("sectors.location_quotient", "location_quotient"),
    "Compared with the reference, by jobs": ("sectors.location_quotient", "location_quotient"),
    "Organisations per country where they work": ("sectors.countries", "organisations"),
    "Organisations per development goal": ("sectors.sdgs", "organisations"),
    "Amount per donor": ("year.donor_totals", "amount_eur"),
    "Flows from donors to sectors": ("flows", "amount_eur"),
    "Organisations per donor": ("shared", "organisation_count"),
    "Encounters per two sectors": ("met", "encounters"),
    "Organisations per need": ("needs.needs", "needed_by"),
    "Organisations per offer": ("needs.needs", "offered_by"),
    "Income per year": ("one.funding", "income"),
    "Income left per kind": ("cut.after", ""),
    "Money that ends per quarter": ("endings.grants.quarters", "amount_eur"),
}
"""What the alternative text of a ranking ranks: rows and their key."""


def frequent_countries(figures: Figures) -> list[float | None]:
    """How many work in the eight most frequent countries, and in the equals of the last one; without these when many."""
    counts = sorted((float(row["organisations"]) for row in figures["sectors"]["countries"]), reverse=True)
    return list(counts[: first_of(counts, 8, 16)])


LISTED: dict[str, Callable[[Figures], list[float | None]]] = {
    "Organisations per country": frequent_countries,
    "Share of pairs that formed a tie per kind": lambda f: [row["conversion"] for row in f["events"]["kinds"]],
    "Average change of other income per sector, in percentage points": lambda f: [
        100 * row["mean_change"] for row in f["shift"]["kinds"] if row["by"] == "sector"
    ],
    "Digital maturity by sector": lambda f: [row["mean"] for row in f["needs"]["digital_maturity"]],
}
"""Alternative texts that list a figure per group and rank none."""


def values_of(figures: Figures, title: str) -> list[float]:
    """The values of a ranking, the largest first."""
    path, key = RANKED[title]
    rows = at(path)(figures)
    rows = [{key: amount} for amount in rows.values()] if isinstance(rows, dict) else rows
    if title == "Amount per donor":
        rows = [row for row in rows if row["donor"]]
    if title.startswith("Compared with the reference"):
        rows = [row for row in rows if title.endswith(row["measure"])]
    values = [len(row[key]) if isinstance(row[key], list) else row[key] for row in rows if row[key] is not None]
    return sorted(values, reverse=True)


def ranked(figures: Figures, title: str) -> list[float]:
    """The three largest values of a ranking, and the equals of the third; none of these when they are many."""
    values = values_of(figures, title)
    third = values[:3][-1]
    with_equals = [value for value in values if value >= third - texts.SAME]
    return with_equals if len(with_equals) <= 6 else [value for value in values if value > third + texts.SAME]


def fallen(figures: Figures) -> list[Any]:
    return [one for one in figures["cut"]["organisations"] if one["is_active"] and one["at_risk"]]


def own_year(figures: Figures) -> Any:
    """The latest year of one organisation that was over."""
    return max((y for y in figures["one"]["funding"] if y["year"] <= figures["latest"]), key=lambda y: y["year"])


def equal_to_last(figures: Figures) -> int:
    """How many pairs have the score of the last that the page names, and are not named."""
    is_of_one = figures["page"] == "organisation"
    pairs, named = (figures["chances"], len(figures["chances"])) if is_of_one else (figures["pairs"], 5)
    last = pairs[:named][-1]
    return last["left_out"] + sum(pair["score"] == last["score"] for pair in pairs[named:])


def own_place(figures: Figures) -> tuple[float | None, ...]:
    """What makes that organisation a key one (see `brokers_said`)."""
    ids = [row["organisation_id"] for row in figures["brokers"]]
    return brokers_said(figures)[ids.index(figures["one"]["organisation_id"])]


def measured(figures: Figures) -> Any:
    return [row for row in figures["backtest"]["precision"] if row["introductions"] is not None][-1]


def scarcest(figures: Figures) -> Any:
    return max(figures["needs"]["needs"], key=lambda row: len(row["needed_by"]) - len(row["offered_by"]))


def movements_said() -> Iterator[Said]:
    """A sentence of a movement, with its parts in any order."""
    for indicator, name in (
        ("density", "Network density"),
        ("mean_degree", "Average number of partners"),
        ("cross_sector_share", "Share of ties across sectors"),
    ):
        yield rf"{name} goes from # to #: #(?: percentage points)?", movement(indicator)
        yield rf"{name} (?:stays|hardly changed:) #(?:\.|$)", [movement(indicator)[1]]
        before, after, change = movement(indicator)
        yield rf"{name} (?:rose|fell) from # to #$", [before, after]
        yield rf"{name} (?:rose|fell) by #(?: percentage points)?, from # to #", [lambda f, change=change: abs(change(f)), before, after]  # fmt: skip
    years = ["movements.exposed_share.year_after", "movements.exposed_share.year_before"]
    before, after, change = movement("exposed_share")
    yield r"Share of exposed organisations: # in # compared with # in #, # percentage points", [after, years[0], before, years[1], change]  # fmt: skip
    yield r"Share of exposed organisations (?:rose|fell) by # percentage points, from # in # to # in #", [lambda f: abs(change(f)), before, years[1], after, years[0]]  # fmt: skip
    yield r"Share of exposed organisations (?:rose|fell) from # in # to # in #$", [before, years[1], after, years[0]]
    yield r"As of DAY · # compared with # · Source", years
    yield r"Share of exposed organisations: # in #, the same as in #\.", [after, *years]
    yield r"Share of exposed organisations in # stays #\.", [years[0], after]
    yield r"Share of exposed organisations hardly changed: #$", [after]


TARGET = (
    r"Target on DAY: #\.(?: The figure is not known\.)?(?: It was (?:(?:not )?reached: )?# (?:in #|on DAY))?"
    r"(?:, #(?: points)? too (?:high|low): that asks for #(?: points)? a year\.)?"
    r"(?: Since (?:#|DAY) it changed by #(?: points)?\.)?"
)


def targets_said(figures: Figures) -> list[tuple[float | None, ...]]:
    """Per target, in the order of the page, what its sentence says; None where it says no number."""
    listed = []
    for indicator, road in figures["roads"].items():
        scale = 100 if change_words.kind_of(indicator) == "share" else 1
        shown = road["road"]
        if figures["page"] == "digest":  # the next, and those that fell due since
            ahead = [aim for aim in shown if aim["date"] > figures["since"]]
            shown = ahead[: sum(aim["days_left"] <= 0 for aim in ahead) + 1]
        for aim in shown:
            reached = aim["then"] if aim["days_left"] < 0 else aim["now"]
            per_year, past = (None if aim[name] is None else scale * aim[name] for name in ("per_year", "past_year"))
            year = figures["latest"] if change_words.is_of_a_year(indicator) else None
            left = None if reached is None else scale * abs(aim["value"] - reached)
            listed.append((aim["value"], reached, year, left, per_year, year and year - 1, past))
    return listed


ROAD = (
    r": (?:still #(?: points)? from )?the target of #, #"
    r"(?:, (?:was missed by #(?: points)?|was reached|is reached so far))?$"
)


def roads_said(figures: Figures) -> Iterator[Any]:
    """Per figure with targets, in the order of the page, what its title says of the next one, or of the last."""
    for indicator, road in figures["roads"].items():
        scale = 100 if change_words.kind_of(indicator) == "share" else 1
        aims = road["road"]
        aim = next((one for one in aims if one["days_left"] >= 0), aims[-1])
        reached = aim["then"] if aim["days_left"] < 0 else aim["now"]
        if reached is not None:
            left = scale * abs(aim["value"] - reached)
            yield left, aim["date"].year, aim["value"], left


FAN = (
    r"If ties form and last as they did, it is between # and # on DAY in nine of ten simulations; # of them reach the "
    r"target\.(?: For half of them to reach it, # more structural ties?(?: across sectors)? would have to form each quarter; "
    r"(?:in all )?# (?:structural ties formed a quarter|formed) so far\.)?"
)
TESTED = r"Of # later values?, # lay inside a band"
BAND = r"A band of simulations opens to # to # on DAY\."


def fans_said(figures: Figures) -> Iterator[Any]:
    """Per target ahead with a fan, in the order of the page, what is said of it, as a share or a number."""
    for one in figures["fans"]["figures"].values():
        for aim in one["aims"]:
            extra = aim["extra_structural"]
            yield (
                aim["low"],
                aim["high"],
                aim["reached_share"],
                extra and math.ceil(extra),
                figures["fans"]["structural_formed"],
            )


def fans_of(figures: Figures, *names: str) -> Iterator[Any]:
    """Per figure with a fan some numbers of its backtest, or without names the band at its end."""
    for one in figures["fans"]["figures"].values():
        if one["days"]:
            last = one["days"][-1]
            yield tuple(one["backtest"][name] for name in names) if names else (last["low"], last["high"])


NOTHING_ELSE = r"(?<=- )[^\n]*: # a year until DAY, # of its income\."
CELL = (
    r"Jobs of [^\n]*: similar ones have # to #, a range of # of all known jobs\.|"
    r"Jobs of [^\n]*: similar ones have # to #, each a range of # of all known jobs\.|Income of [^\n]* in #: exposed or not, it is # of "
    r"all organisations\.|Last contact of [^\n]*: # ties? counts? as silent without it, # of all ties\."
)
INTERVALS = (
    r"With what is not known, (?:all jobs are between # and #)?(?:, | and )?(?:the exposed part of organisations \(#\) is "
    r"between # and #)?(?:, | and )?(?:the fading part of ties is between # and #)?\."
)


def cells_said(figures: Figures) -> Iterator[Any]:
    """Per cell to ask for what is said of it, for each of the kinds; jobs with the same range are said together."""
    before = None
    for cell in figures["telling"]["cells"]:
        width, year = cell["width"], figures["telling"]["year"]
        jobs = (cell["fewest_jobs"], cell["most_jobs"], width)
        if cell["figure"] != "jobs" or jobs != before:
            yield *jobs, *jobs, year, width, cell["silent_ties"], width
        before = jobs if cell["figure"] == "jobs" else None


def intervals_said(figures: Figures) -> Iterator[Any]:
    """Between what the figures lie, as one sentence says it."""
    bounds = {
        one["figure"]: (one["lowest"], one["highest"]) for one in figures["telling"]["intervals"] if one["unknown"]
    }
    none = (None, None)
    jobs, exposed, fading = (bounds.get(name, none) for name in ("jobs", "exposed_share", "fading_share"))
    yield *jobs, figures["telling"]["year"], *exposed, *fading


def headlines_said(figures: Figures) -> list[tuple[float]]:
    """The targets of the cards on the overview: the first ahead, else the last."""
    listed = []
    for indicator in ("organisations", "mean_degree", "cross_sector_share", "exposed_share"):
        aims = figures["roads"].get(indicator, {"road": []})["road"]
        if aims:
            listed.append((next((aim for aim in aims if aim["days_left"] >= 0), aims[-1])["value"],))
    return listed


EVENT = (
    r"DAY: # organisations? (?:was|were) there\.(?: Of the # pairs? that met, # (?:is|are) between two sectors; # had no "
    r"tie yet\.)?(?: It is too early to say what followed: # new ties? so far)?"
    r"(?: It cannot be said yet what followed\. We see # new ties?, but the last)?(?: It was followed by # new ties? within "
    r"# days; at the rate of pairs that were not both there it would be #\.)?(?: No new tie followed within # days(?:; "
    r"at the rate of pairs that were not both there it would be #)?\.)?(?: It cost #(?:: # for each new tie that followed)?\.)?"
)


def typical_said(figures: Figures) -> list[tuple[float]]:
    """The largest quotient of those that are measured alike, in the order of the page."""
    rows = figures["sectors"]["location_quotient"]
    measures = list(dict.fromkeys(row["measure"] for row in rows))
    alike = [[r["location_quotient"] for r in rows if r["measure"] == m and r["location_quotient"]] for m in measures]
    return [(max(quotients),) for quotients in alike if quotients]


def event_shown(figures: Figures) -> Figures | None:
    """The event that stands at the top: the last of which all that followed is known, else the newest."""
    known = (e for e in figures["event"] if e["is_window_complete"] and e["pairs_without_tie"] and not e["is_plenary"])
    return next(known, next(iter(figures["event"]), None))


def events_said(figures: Figures) -> list[list[float | None]]:
    """What is said of the event at the top."""
    names = ("organisations", "pairs", "cross_sector_share", "pairs_without_tie")
    return [
        [*(event[name] for name in names)]
        + 3 * [event["new_ties_after"]]
        + 2 * [SETTINGS.window_days, event["expected_new_ties"]]
        + [event["cost"], event["cost_per_new_tie"]]
        for event in [event_shown(figures)]
        if event
    ]


CARD = r"Present: #(?: · Pairs without a tie yet: #(?: · New ties(?: so far)?: #)?)?(?: · Expected without meeting: #)?"


def cards_said(figures: Figures) -> list[tuple[float | None, ...]]:
    """The four numbers of the other events."""
    names, shown = ("organisations", "pairs_without_tie", "new_ties_after", "expected_new_ties"), event_shown(figures)
    others = [event for event in figures["event"] if event is not shown]
    return [tuple(event[name] for name in names) for event in others if event["organisations"]]


BROKER = (
    r"more often between others than # of organisations · # partners?, # in (?:another sector|other sectors)"
    r"(?: · would cut off # organisations?)?"
)


def in_short(figures: Figures) -> list[tuple[float]]:
    """How much the first pairs to introduce have in common, of what says most, when that is a number."""
    first = [pair["reasons"][0] for pair in figures["pairs"][:2]]
    return [(len(reason["items"]),) for reason in first if reason["kind"] in ("events", "partners")]


def brokers_said(figures: Figures) -> list[tuple[float | None, ...]]:
    """What makes each organisation a key one, those first that stand between others most."""
    rows = figures["brokers"]
    return [
        (
            sum(other["betweenness"] < row["betweenness"] for other in rows) / len(rows),
            *(row[name] for name in ("degree", "cross_sector_degree", "cut_off")),
        )
        for row in rows
    ]


CHANCE = r"Chance to lapse within a year: #\."


def chances_said(figures: Figures) -> list[tuple[float]]:
    """The chances of the first ties to call before they fade."""
    return [(tie["chance"],) for tie in figures["lapse"]["at_risk"]]


def followed(figures: Figures) -> list[tuple[float, float]]:
    """The share of ties left within a sector and across sectors, for each number of years that is known of both."""
    groups = (figures["ties"]["survival"][name]["at"] for name in ("within_sector", "cross_sector"))
    both = [tuple(at["survival"] for at in pair) for pair in zip(*groups, strict=True)]
    return [pair for pair in both if None not in pair]


def did_with_links(figures: Figures) -> list[str]:
    """What was done with each link, from the lists of links and answers themselves."""
    came_in = {answer.link: answer for answer in figures["answers"]}
    return [
        "finished"
        if link.id in came_in and came_in[link.id].finished_at
        else "begun"
        if link.id in came_in
        else "opened"
        if link.opened
        else "new"
        for link in figures["links"]
    ]


KNOWN = r"^Known for # of # organisations\."


def known_said(figures: Figures) -> Iterator[Any]:
    """Of how many organisations kinds, themes and development goals are known, in the order of the page."""
    for rows, name in (("types", "type_known"), ("themes", "themes_known"), ("sdgs", "sdgs_known")):
        if figures["sectors"][rows]:
            yield figures["coverage"][name], figures["sectors"]["organisations"]


MOVES = r"What moves: " + "".join(
    rf"(?:, | and )?(?:# {what})?" for what in ("agreements?", "partners?", "events?", "received", "given")
)


def moves_said(figures: Figures) -> Iterator[tuple[float | None, ...]]:
    """What is known of each name that may be another's, of those of which anything is known."""
    for proposal in figures["alike"]:
        moves = astuple(proposal.moves)
        if any(moves):
            yield tuple(number or None for number in moves)


def compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace("#", f"({NUMBER})"))


# What a page says


def pieces(app: AppTest) -> list[str]:
    """Every text on a page, titles, cards and alternative texts included, without Markdown's marks.

    Not what figures mean (**Name** – what it is): thresholds of the settings stand in it, and no figure.
    """
    listed = [str(e.value) for kind in ("subheader", "markdown", "caption", "info", "warning") for e in app.get(kind)]
    listed = [piece for piece in listed if not re.match(r"\*\*[^*\n]+\*\* – ", piece)]
    listed += [f"{card.label} | {card.value}" for card in app.metric]
    listed += [figure.alt for figure in figures_on(app)]
    return [re.sub(r"[\\*]|\N{ZERO WIDTH SPACE}", "", piece) for piece in listed]


def unexplained(page: str, said: list[str], figures: Figures) -> list[str]:
    """What is said on a page with numbers that are not those of the figures, or of which no figure is known."""
    wrong: list[str] = []
    figures["page"] = page
    aims, held, cards = iter(targets_said(figures)), iter(events_said(figures)), iter(headlines_said(figures))
    typical, shown_cards, between = (iter(listed(figures)) for listed in (typical_said, cards_said, brokers_said))
    in_common = iter(in_short(figures))
    lapsing = iter(chances_said(figures))
    of_fans = [(FAN, fans_said(figures)), (TESTED, fans_of(figures, "outcomes", "inside")), (BAND, fans_of(figures))]
    ended = iter([(one["amount_eur"], one["share"]) for one in figures["endings"]["grants"]["nothing_else"]])
    of_fans += [
        (NOTHING_ELSE, ended),
        (ROAD, roads_said(figures)),
        (KNOWN, known_said(figures)),
        (CELL, cells_said(figures)),
        (MOVES, moves_said(figures)),
        (INTERVALS, intervals_said(figures)),
    ]
    parts = iter([(m, part) for m in figures["movements"].values() for part in m.parts.values()])

    def check(whole: str, match: re.Match[str], wanted: Sequence[Any]) -> str:
        for text, figure in zip(match.groups(), wanted, strict=True):
            if text is not None:
                value = (
                    at(figure)(figures) if isinstance(figure, str) else figure(figures) if callable(figure) else figure
                )
                if not is_of(text, value):
                    wrong.append(f"{page}: {text} is not {value} in: {whole}")
        return "SAID"

    def part_of(match: re.Match[str]) -> tuple[float]:
        moved, part = next(parts)
        return (part if moved.indicator == "mean_degree" else 100 * part,)

    for whole in said:
        piece = re.sub(OF_NO_FIGURE["when"], "DAY", figures["names"].sub("NAME", whole))
        piece = compiled(TARGET).sub(lambda match, w=whole: check(w, match, next(aims)), piece)
        piece = compiled("Target on DAY: at (?:least|most) #").sub(
            lambda match, w=whole: check(w, match, next(cards)), piece
        )
        piece = compiled("Most typical(?: by jobs)?: .*?, (?:each )?# times as common").sub(
            lambda match, w=whole: check(w, match, next(typical)), piece
        )
        piece = compiled(EVENT).sub(lambda match, w=whole: check(w, match, next(held)), piece)
        piece = compiled(CARD).sub(lambda match, w=whole: check(w, match, next(shown_cards)), piece)
        piece = compiled(BROKER).sub(lambda match, w=whole: check(w, match, next(between)), piece)
        piece = compiled("# (?:events? both attended|partners? in common)").sub(
            lambda match, w=whole: check(w, match, next(in_common)), piece
        )
        for pattern, wanted_of in of_fans:
            piece = compiled(pattern).sub(lambda match, w=whole, of=wanted_of: check(w, match, next(of)), piece)
        piece = compiled(CHANCE).sub(lambda match, w=whole: check(w, match, next(lapsing)), piece)
        piece = compiled("# because of").sub(lambda match, w=whole: check(w, match, part_of(match)), piece)
        if match := re.fullmatch("(.*); (the largest|several are the largest): (.*)", piece):
            title, how, values = match.groups()
            found = re.findall(rf"\(({NUMBER})\)", values) or re.findall(NUMBER, values)
            wanted = ranked(figures, title)
            if how == "several are the largest":
                assert not wanted
                wanted = values_of(figures, title)[:1]
            if len(found) != len(wanted) or not all(map(is_of, found, wanted)):
                wrong.append(f"{page}: {found} are not {wanted} in: {whole}")
            continue
        listed = re.fullmatch(r"([^:]*): (.*?\))\.(?: (.*))?", piece)
        if listed and listed[1] in LISTED:
            found = re.findall(rf"\(({NUMBER})\)", listed[2])
            values = [value for value in LISTED[listed[1]](figures) if value is not None]
            in_order = zip(sorted(found, key=lambda text: read(text).value), sorted(values), strict=False)
            if len(found) != len(values) or not all(is_of(text, value) for text, value in in_order):
                wrong.append(f"{page}: {found} are not {values} in: {whole}")
            piece = listed[3] or ""
        for pattern, wanted in SENTENCES:
            piece = pattern.sub(lambda match, wanted=wanted, w=whole: check(w, match, wanted), piece)
        for name, of_no_figure in OF_NO_FIGURE.items():
            piece = re.sub(of_no_figure, name.upper(), piece)
        if re.search(r"\d", piece):
            wrong.append(f"{page}: which figure is this? {piece!r} in: {whole}")
    return wrong


SENTENCES = [(compiled(pattern), wanted) for pattern, wanted in [*movements_said(), *SAID]]


# The tests


MAY_BE_EMPTY = ("fte", "themes", "sdgs", "countries", "type", "membership", "needs", "offers", "digital_maturity", "reserves",
                "cost", "last_contact")  # fmt: skip


def thinned(folder: Path) -> dict[str, bytes]:
    """A small demo of which every other row lacks what need not be known."""
    demo.write(folder, organisations=40)
    files: dict[str, bytes] = {}
    for name, content in loading.read_files([folder], SETTINGS).items():
        if content is None:  # it lies beside the lists
            continue
        rows = list(csv.DictReader(io.StringIO(content.decode())))
        for place, row in enumerate(rows):
            row |= {column: "" for column in MAY_BE_EMPTY if column in row and place % 2}
        text = io.StringIO()
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        files[name] = text.getvalue().encode()
    return files


def asked_and_answered(home: Path) -> None:
    """A round: partners of the organisation with most ties answer all but one of it, and what most of them said is accepted."""
    everybody = answering.to_ask(home, SETTINGS, "all")
    links = [link for link, _token in asking.create(home, everybody, ratings=True)]
    sides = {link.id: side for link in links if (side := answering.own_side(home, SETTINGS, link))}
    most = max(sides.values(), key=lambda side: len(side.ties))
    partners = [link for link in links if most.organisation_id in {tie.organisation_id for tie in sides[link.id].ties}]
    for place, link in enumerate(partners[:9]):
        side = sides[link.id]
        asking.note_opened(home, link.id)
        if place == 8:
            break
        said = side.profile
        form = {"fte": [] if said.fte is None else [f"{said.fte:.2f}"], "sector": [said.sector]}
        answering.save_profile(
            home, SETTINGS, link, form | {name: list(getattr(said, name)) for name in ("themes", "needs", "offers")}
        )
        keys = [tie.key for tie in side.ties if place or tie.organisation_id != most.organisation_id]
        answering.save_ties(home, SETTINGS, link, {"tie": keys, "all": ["yes"]})
        for tie in side.ties:
            if tie.organisation_id == most.organisation_id:
                answers = {f"{question}-{tie.key}": [str(1 + place % 4)] for question in QUESTIONS}
                answering.save_ratings(home, SETTINGS, link, {"tie": [tie.key], **answers})
        if place > 2:
            answering.finish(home, link)
    last = partners[7].organisation_id
    proposals.accept(
        home, SETTINGS, [one for one in proposals.proposals(home, SETTINGS) if one.organisation_id != last]
    )


@pytest.fixture(scope="module", params=["sample", "demo", "thinned"])
def loaded(
    request: pytest.FixtureRequest,
    made: Callable[[str], Path],  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    if request.param != "thinned":
        return made(request.param)
    home = tmp_path_factory.mktemp("thinned")
    outcome = loading.load(home, SETTINGS, thinned(home / "files"))
    assert outcome.manifest, outcome.draft.problems
    asked_and_answered(home)
    return home


def numbers(pieces: Sequence[str], names: re.Pattern[str]) -> list[str]:
    """The numbers of a page in any order, written alike in both languages."""
    plain = [
        re.sub(DAY_NL, lambda m: m[0].split()[0] + " D " + m[0].split()[2], names.sub("", piece)) for piece in pieces
    ]
    english = [re.sub(DAY, lambda m: m[0].split()[0] + " D " + m[0].split()[2], piece) for piece in plain]
    return sorted(re.sub(r"[.,]", "", number) for piece in english for number in re.findall(r"\d[\d.,]*", piece))


def test_every_number_in_a_sentence_is_its_figure_in_both_languages(
    loaded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUBDATA_HOME", str(loaded))
    figures = figures_of(loaded)
    wrong: list[str] = []
    addresses: list[tuple[str, dict[str, str]]] = [(page, {}) for page in PAGES if page not in DEFINITIONS]
    addresses += [("organisation", {"id": figures["one"]["organisation_id"]}), ("stress", {"less_government": "30"})]
    for page, address in addresses:
        said = {language: pieces(opened(page, lang=language, **address)) for language in texts.LANGUAGES}
        of_cut = {"cut": figures["government_cut"]} if "less_government" in address else {}
        wrong += unexplained(page, said["en"], figures | of_cut)
        text = "\n".join(said["en"])
        if figures["links"] and COUNTS_TIES.search(text) and "confirmed by one of their organisations" not in text:
            wrong.append(f"{page} counts ties and does not say how many were confirmed")
        if figures["links"] and page == "asking":
            assert all(
                word in text
                for word in ("Trust is", "organisations asked", "answers wait for you", "known jobs is confirmed")
            )
        dutch, english = (numbers(said[language], figures["names"]) for language in ("nl", "en"))
        if dutch != english:
            wrong.append(
                f"{page}: numbers in one language only: {Counter(dutch) - Counter(english)} and {Counter(english) - Counter(dutch)}"
            )
    assert not wrong, "\n".join(wrong)


def test_of_equals_none_is_named_alone_and_an_average_says_what_it_hides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUBDATA_HOME", str(tmp_path))
    organisations = (
        "organisation_id,name,sector,themes\na,Anna,ngo,water\nb,Beta,knowledge,\nc,Cora,ngo,\nd,Dora,knowledge,\n"
    )
    money = "organisation_id,year,donor,category,amount\na,2019,X,companies,10\nb,2019,Y,lotteries,10\n"
    ties = "organisation_ids,start_date\na|b,2019-01-01\n"
    publish(tmp_path, {"organisations": organisations, "partnerships": ties, "funding": money})
    said = {page: "\n".join(pieces(opened(page))) for page in ("overview", "network", "sectors", "funding", "contacts")}
    assert "has 0.5 partners, all of them in another sector. But 2 of 4 have none." in said["network"]
    assert "The largest sectors are Knowledge and NGOs: 2 of 4 organisations each." in said["sectors"]
    assert "The largest of 2 sectors has 50.0% of the organisations" in said["sectors"]
    assert "The largest theme is Water: 1 organisation\n" in said["sectors"]
    assert "Known for 1 of 4 organisations." in said["sectors"]
    assert "Largest source of the money of 2019: Companies and Lotteries, each 50.0%" in said["funding"]
    assert "X and Y gave most in 2019: each 50.0%" in said["funding"]
    assert "Anna and Beta have the most partners: 1 each" in said["overview"]
    assert "cannot tell" in said["contacts"]
    assert "interval" not in said["contacts"]


@pytest.mark.parametrize(
    ("text", "figure", "right"),
    [
        ("7.5", 7.4637, True), ("7.5", 7.56, False), ("0", 0.0, True), ("0.0", 0.04, False), ("100%", 1.0, True),
        ("100%", 0.998, False), ("0.00%", 0.0, True), ("−57.5", -57.49, True), ("57.5", -57.5, False),
        ("€1.2\u00a0million", 1_234_567, True), ("€1,234", 1_234.4, True), ("12", None, False),
    ],
)  # fmt: skip
def test_a_number_is_a_figure_only_when_it_is(text: str, figure: float | None, right: bool) -> None:
    assert is_of(text, figure) is right


def test_a_wrong_number_or_an_unknown_sentence_would_be_found(made: Callable[[str], Path]) -> None:  # noqa: F811
    figures = figures_of(made("sample"))
    mean = figures["network"]["mean_degree"]
    average = "An average organisation has {} partners, {:.1f} of them in another sector."
    across = figures["network"]["mean_cross_sector_degree"]
    assert unexplained("overview", [average.format(f"{mean:.1f}", across)], figures) == []
    assert len(unexplained("overview", [average.format(f"{mean + 0.1:.1f}", across)], figures)) == 1
    assert "which figure" in unexplained("overview", ["There are 12 reasons."], figures)[0]


def test_every_number_in_a_report_is_its_figure(loaded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUBDATA_HOME", str(loaded))
    figures = figures_of(loaded)
    with session.working_for(chapters.manager_reader(None, "en")):
        report, month = chapters.report(), digest.digest(figures["since"])
        taken_along = one_page.about(figures["one"]["organisation_id"])
    assert taken_along
    said = [sentence for chapter in report.chapters for sentence in chapter.sentences]
    for figure in report.figures():
        said += [
            figure.title,
            *figure.sentences,
            *figure.points,
            report.foot(figure),
            *([figure.alt] if figure.picture else []),
        ]
    wrong = unexplained("report", said, figures)
    wrong += unexplained("digest", [one for part in month.chapters for one in (*part.sentences, *part.points)], figures)
    of_one = [one for block in taken_along.blocks for one in (*block.sentences, *block.points)]
    wrong += unexplained("one page", list(map(str, of_one)), figures)
    assert not wrong, "\n".join(wrong)
