"""The sentences and tables of the page `sectors`."""

from collections.abc import Collection, Sequence
from typing import Literal, get_args

import pandas as pd
import streamlit as st

from hubdata import questions, texts
from hubdata import settings as settings_module
from hubdata.indicators.chance import LEVEL
from hubdata.indicators.network import SectorMixing
from hubdata.indicators.rows import first_of
from hubdata.indicators.sectors import LocationQuotient, Mix, Sectors, Theme, ThemeMixing
from hubdata.store import EVERYTHING, View
from hubdata.ui.columns import headed
from hubdata.ui.hub_settings import home, settings
from hubdata.ui.language import (
    Markdown,
    _,
    apart,
    country,
    date,
    format_value,
    goal,
    join,
    label,
    literal,
    md,
    n_,
    n_md,
    number,
    percent,
    type_label,
)
from hubdata.ui.parts import largest, several
from hubdata.ui.session import answer_of, ask, only_manager, opened, snapshot, view

Measure = Literal[
    "organisations",
    "mean_degree",
    "median_degree",
    "structural_share",
    "cross_sector_share",
    "cross_sector_expected",
    "cross_sector_ratio",
    "effective_sectors",
    "effective_themes",
    "effective_donors",
]
MEASURES: tuple[Measure, ...] = get_args(Measure)
"""What hubs of different size can be compared on. Never density: it falls as a network grows."""


def hub_profiles() -> list[questions.Profile]:
    """This hub and those beside it (see `questions.answer_profile`); says so when one of them has no data."""
    only_manager()
    profiles = [ask(questions.answer_profile)]
    try:
        others = questions.other_hubs(home(), settings())
    except settings_module.SettingsProblem as problem:
        st.warning(literal(str(problem)), icon=":material/settings_alert:")
        others = []
    for other in others:
        if other.snapshot_id is None:
            st.warning(
                md("Nothing is loaded in the folder {folder}.", folder=other.home.name), icon=":material/folder_off:"
            )
            continue
        as_of = opened(other.home, other.snapshot_id, EVERYTHING).newest_date(questions.today())
        hub_view = View(as_of, with_convenor=view().with_convenor)
        profiles.append(answer_of(questions.answer_profile, other.home, other.snapshot_id, EVERYTHING, hub_view))
    return profiles


Quotients = Sequence[LocationQuotient]

MOST_LISTED = 8
"""So many countries stand in a sentence with their numbers, and the equals of the last one; the table has all."""
NOT_IN_THE_SAMPLE = 44
"""So many countries lack in the copy that the sample was made of: see `data/sample/README.md`."""
MOST_COUNTRIES = 3
"""How many countries are named as the most frequent."""


def largest_sector_sentence(figures: Sectors) -> Markdown:
    """Which sector is the largest, or which ones are."""
    rows = largest(figures["sectors"], lambda row: row["organisations"])
    gaps = {"n": number(rows[0]["organisations"]), "all": number(figures["organisations"])}
    names = several([label(row["sector"]) for row in rows])
    if len(rows) == 1:
        return md("**The largest sector is {sector}: {n} of {all} organisations.**", sector=names, **gaps)
    return md("**The largest sectors are {sectors}: {n} of {all} organisations each.**", sectors=names, **gaps)


def known_sentence(known: int, organisations: int) -> Markdown:
    """Of how many organisations something is known."""
    return md("Known for {known} of {all} organisations.", known=number(known), all=number(organisations))


def half_title(figures: Sectors) -> str:
    """How few of the largest sectors have half of the organisations, as a title."""
    sizes = sorted((row["organisations"] for row in figures["sectors"]), reverse=True)
    few = next(few for few in range(1, len(sizes) + 1) if 2 * sum(sizes[:few]) >= figures["organisations"])
    share = percent(sum(sizes[:few]) / figures["organisations"])
    gaps = {"share": share, "sectors": n_("{n} sector", "{n} sectors", len(sizes))}
    if few == 1:
        return _("The largest of {sectors} has {share} of the organisations", **gaps)
    return n_(
        "The largest of {sectors} has {share} of the organisations",
        "The {n} largest of {sectors} together have {share} of the organisations",
        few,
        **gaps,
    )


def jobs_title(figures: Sectors) -> Markdown:
    """Which sector has the most jobs that are known, or which ones have, as a title."""
    rows = largest((row for row in figures["sectors"] if row["jobs"] is not None), lambda row: row["jobs"] or 0)
    gaps = {"n": number(rows[0]["jobs"])}
    names = several([label(row["sector"]) for row in rows])
    if len(rows) == 1:
        return md("Most known jobs are in the sector {sector}: {n}", sector=names, **gaps)
    return md("Most known jobs are in the sectors {sectors}: {n} each", sectors=names, **gaps)


def members_title(members: int, known: int) -> str:
    """How many organisations are member or tenant of the hub, as a title."""
    return n_(
        "{n} organisation of {known} is member or tenant of the hub",
        "{n} organisations of {known} are member or tenant of the hub",
        members,
        known=number(known),
    )


def largest_type_title(types: Sequence[Mix]) -> Markdown:
    """Which kind of organisation is the most frequent, or which ones are, as a title."""
    rows = largest(types, lambda row: row["organisations"])
    names = several([type_label(row["type"]) for row in rows])
    if len(rows) == 1:
        return md("The most frequent kind is {type}: {n}", type=names, n=number(rows[0]["organisations"]))
    return md("The most frequent kinds are {types}: {n} each", types=names, n=number(rows[0]["organisations"]))


def largest_theme_title(themes: Sequence[Theme]) -> Markdown:
    """Which theme is the largest, or which ones are, as a title."""
    rows = largest(themes, lambda row: row["organisations"])
    names, size = several([label(row["theme"]) for row in rows]), _organisations(rows[0]["organisations"])
    if len(rows) == 1:
        return md("The largest theme is {theme}: {organisations}", theme=names, organisations=size)
    return md("The largest themes are {themes}: {organisations} each", themes=names, organisations=size)


def largest_goal_title(goals: Sequence[Mix]) -> Markdown:
    """Which development goal is the most frequent, or which ones are, as a title."""
    rows = largest(goals, lambda row: row["organisations"])
    names, size = several([goal(row["sdg"]) for row in rows]), _organisations(rows[0]["organisations"])
    if len(rows) == 1:
        return md("Most work on {goals}: {organisations}", goals=names, organisations=size)
    return md("Most work on {goals}: {organisations} each", goals=names, organisations=size)


def _organisations(count: int) -> str:
    return n_("{n} organisation", "{n} organisations", count)


def countries_title(countries: Sequence[Mix]) -> Markdown:
    """In how many countries they work, and in which most often, as a title."""
    return n_md(
        "They work in {n} country: {names}",
        "They work in {n} countries, most often in {names}",
        len(countries),
        names=most_frequent_countries(countries),
    )


def countries_sentence(countries: Sequence[Mix], known: int, organisations: int) -> Markdown:
    """How many organisations work in the most frequent countries, and of how many no country is known."""
    counts = [float(row["organisations"]) for row in countries]
    first = countries[: first_of(counts, MOST_LISTED, 2 * MOST_LISTED)]
    listed = [f"{country(row['country'])} ({number(row['organisations'])})" for row in first]
    said = [md("Organisations per country: {countries}.", countries=join(listed))] if listed else []
    if known < organisations:
        said.append(
            n_md(
                "Of {n} organisation of {all} no country is known: it is not on the map.",
                "Of {n} organisations of {all} no country is known: they are not on the map.",
                organisations - known,
                all=number(organisations),
            )
        )
    return Markdown(" ".join(said or [md("Of each organisation it is known where it works.")]))


def not_on_the_map(undrawable: Sequence[str]) -> list[str]:
    """What the map lacks: countries that it cannot draw, and in the sample those that its source has not."""
    missing = [_("not on the map: {names}", names=join(list(undrawable)))] if undrawable else []
    if snapshot().manifest.origin == "sample":
        missing.append(
            _(
                "{n} large countries, such as Afghanistan, Congo and Mali, are not in the source of this sample",
                n=number(NOT_IN_THE_SAMPLE),
            )
        )
    return missing


def typical_title(rows: Quotients) -> Markdown:
    """What is most typical of this region, beside a reference, as a title."""
    typical = largest(
        (row for row in rows if row["location_quotient"] is not None), lambda r: r["location_quotient"] or 0
    )
    if not typical:
        return md("There are too few organisations to compare")
    names = several([label(row["code"]) for row in typical])
    quotient = number(typical[0]["location_quotient"], 1)
    if typical[0]["measure"] == "jobs":
        return n_md(
            "Most typical by jobs: {labels}, {quotient} times as common as elsewhere",
            "Most typical by jobs: {labels}, each {quotient} times as common as elsewhere",
            len(typical),
            labels=names,
            quotient=quotient,
        )
    if len(typical) == 1:
        return md(
            "Most typical: {label}, {quotient} times as common as elsewhere",
            label=names,
            quotient=quotient,
        )
    return md(
        "Most typical: {labels}, each {quotient} times as common as elsewhere",
        labels=names,
        quotient=quotient,
    )


def most_frequent_countries(countries: Sequence[Mix]) -> str:
    """The three most frequent countries; fewer where the third has equals."""
    least = countries[MOST_COUNTRIES]["organisations"] if len(countries) > MOST_COUNTRIES else 0
    above = [row for row in countries[:MOST_COUNTRIES] if row["organisations"] > least]
    return several([country(row["country"]) for row in above or largest(countries, lambda row: row["organisations"])])


MOST_THEMES = 10
"""How many themes at the most stand in a matrix: the largest."""


def theme_pairs(mixing: Sequence[ThemeMixing]) -> list[ThemeMixing]:
    """The pairs of the largest themes; without a ratio where chance gives too few ties to say."""
    size = {row["theme_a"]: row["pairs"] for row in mixing if row["theme_a"] == row["theme_b"]}
    largest = sorted(size, key=lambda theme: (-size[theme], theme))[:MOST_THEMES]
    shown_pairs = [row for row in mixing if row["theme_a"] in largest and row["theme_b"] in largest]
    return [
        row if (row["expected"] or 0) >= questions.MINIMUM_EXPECTED else {**row, "ratio": None} for row in shown_pairs
    ]


MOST_PAIRS_NAMED = 3


def themes_title(mixing: Sequence[ThemeMixing]) -> str:
    """At how many places there are more ties within or between themes than chance explains, as a title."""
    if not [row for row in mixing if row["ratio"] is not None and row["p_adjusted"] is not None]:
        return _("Whether themes find each other cannot be said")
    found = _more_than_chance(mixing)
    if not found:
        return _("No themes find each other more often than chance explains")
    return n_(
        "At {n} place there are more ties than chance explains",
        "At {n} places there are more ties than chance explains",
        len(found),
    )


def _more_than_chance(mixing: Sequence[ThemeMixing]) -> list[ThemeMixing]:
    """The pairs of themes with more ties than chance explains, the surest first."""
    compared = [row for row in mixing if row["ratio"] is not None and row["p_adjusted"] is not None]
    found = [row for row in compared if (row["p_adjusted"] or 0) < LEVEL and (row["ratio"] or 0) > 1]
    return sorted(found, key=lambda row: (row["p_adjusted"] or 0, row["theme_a"], row["theme_b"]))


def theme_sentence(mixing: Sequence[ThemeMixing]) -> Markdown:
    """Which themes find each other more often than chance explains, the surest first, or that none do."""
    compared = [row for row in mixing if row["ratio"] is not None and row["p_adjusted"] is not None]
    if not compared:
        return md("There are too few ties to compare themes with chance.")
    found = _more_than_chance(mixing)
    if not found:
        return md("The differences may be chance.")
    phrases = [
        _(
            "within {theme} ({ratio} times as many)",
            theme=label(row["theme_a"]),
            ratio=apart("number", row["ratio"], 1)[0],
        )
        if row["theme_a"] == row["theme_b"]
        else _(
            "between {a} and {b} ({ratio} times as many)",
            a=label(row["theme_a"]),
            b=label(row["theme_b"]),
            ratio=apart("number", row["ratio"], 1)[0],
        )
        for row in found[:MOST_PAIRS_NAMED]
    ]
    if len(found) > MOST_PAIRS_NAMED:
        phrases.append(n_("at {n} other place", "at {n} other places", len(found) - MOST_PAIRS_NAMED))
    return md("There they work together more: {places}.", places="; ".join(phrases))


def as_sector_pairs(mixing: Sequence[ThemeMixing]) -> list[SectorMixing]:
    """Pairs of themes under the names that `charts.matrix` knows."""
    return [
        {
            "sector_a": row["theme_a"],
            "sector_b": row["theme_b"],
            "ties": row["ties"],
            "pairs": row["pairs"],
            "density": row["density"],
            "expected": row["expected"],
            "ratio": row["ratio"],
            "p_adjusted": row["p_adjusted"],
        }
        for row in mixing
    ]


def size_in_words(row: LocationQuotient) -> str:
    """How many organisations and jobs a sector or theme has."""
    organisations = n_("{n} organisation", "{n} organisations", row["organisations"])
    return organisations if row["jobs"] is None else f"{organisations}, {_('{n} jobs', n=number(row['jobs']))}"


def with_jobs(row: LocationQuotient) -> str:
    """A sector or theme; beside shares of jobs with its jobs."""
    name = label(row["code"])
    return name if row["measure"] != "jobs" else _("{name} ({n} jobs)", name=name, n=number(row["jobs"]))


def alike(rows: Quotients) -> dict[str, Quotients]:
    """The sectors and themes that are measured alike, under a key for their figure."""
    measures = list(dict.fromkeys(row["measure"] for row in rows))
    keys = ["location_quotient", *(f"location_quotient_{measure}" for measure in measures[1:])]
    return {
        key: [row for row in rows if row["measure"] == measure] for key, measure in zip(keys, measures, strict=False)
    }


def measure_in_words(rows: Quotients) -> str:
    """What is compared with elsewhere, as the words of a tab."""
    return (
        _("Compared with elsewhere, by jobs")
        if rows[0]["measure"] == "jobs"
        else _("Compared with elsewhere, by organisations")
    )


def known_in_words(rows: Quotients, organisations: int) -> str:
    """Of how many organisations it is known what the quotients count, per dimension that is compared."""
    known = {row["dimension"]: row["known_organisations"] for row in rows}
    is_by_jobs = rows[0]["measure"] == "jobs"
    gaps = {name: {"known": number(count), "all": number(organisations)} for name, count in known.items()}
    phrases = []
    if "sector" in gaps:
        phrases.append(
            _("sectors: jobs known for {known} of {all} organisations", **gaps["sector"])
            if is_by_jobs
            else n_("sectors: {n} organisation", "sectors: {n} organisations", organisations)
        )
    if "theme" in gaps:
        phrases.append(
            _("themes: themes and jobs known for {known} of {all} organisations", **gaps["theme"])
            if is_by_jobs
            else _("themes known for {known} of {all} organisations", **gaps["theme"])
        )
    return "; ".join(phrases)


def has_other_hubs() -> bool:
    """Whether `hub.toml` names hubs to compare with."""
    return bool(settings().other_hubs)


def profiles_table(profiles: Sequence[questions.Profile]) -> pd.DataFrame:
    """Hubs side by side: a row per measure, a column per hub, in words."""

    def cell(profile: questions.Profile, measure: Measure, kind: str) -> str:
        value = profile[measure]
        if value is None:
            return texts.NOT_KNOWN
        return number(value, 2) if kind == "number" else format_value(value, kind)

    shown = dict(zip(MEASURES, headed(MEASURES), strict=True))
    columns = {_("Figure"): [column.heading for column in shown.values()]}
    for profile in profiles:
        columns[_column_of(profile, columns)] = [cell(profile, name, column.kind) for name, column in shown.items()]
    return pd.DataFrame(columns)


def blocks_table(profiles: Sequence[questions.Profile]) -> pd.DataFrame:
    """Per pair of sectors how many times as often as chance gives they have ties, a column per hub."""
    pairs = list(dict.fromkeys((b["sector_a"], b["sector_b"]) for p in profiles for b in p["blocks"]))
    columns: dict[str, list[str]] = {_("Sectors"): [f"{label(a)} – {label(b)}" for a, b in pairs]}
    for profile in profiles:
        ratios = {(b["sector_a"], b["sector_b"]): b["ratio"] for b in profile["blocks"]}
        columns[_column_of(profile, columns)] = [number(ratios.get(pair), 1) for pair in pairs]
    return pd.DataFrame(columns)


def _column_of(profile: questions.Profile, taken: Collection[str]) -> str:
    """The heading of a hub: its name and day; two of the same name stay apart."""
    heading = f"{profile['name']} ({date(profile['as_of'])})"
    while heading in taken:
        heading += " "
    return heading
