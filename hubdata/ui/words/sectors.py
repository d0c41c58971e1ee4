"""The sentences and tables of the page `sectors`."""

from collections.abc import Collection, Sequence
from typing import Literal, get_args

import pandas as pd
import streamlit as st

from hubdata import questions, texts
from hubdata import settings as settings_module
from hubdata.indicators.chance import LEVEL
from hubdata.indicators.network import SectorMixing
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
    label,
    literal,
    md,
    n_,
    number,
    type_label,
)
from hubdata.ui.parts import largest, several
from hubdata.ui.session import answer_of, ask, only_manager, opened, view

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


def largest_type_sentence(types: Sequence[Mix], known: int) -> Markdown:
    """Which kind of organisation is the most frequent, or which ones are, of those whose kind is known."""
    rows = largest(types, lambda row: row["organisations"])
    gaps = {"n": number(rows[0]["organisations"]), "known": number(known)}
    names = several([type_label(row["type"]) for row in rows])
    if len(rows) == 1:
        return md("The most frequent kind is {type}: {n} of {known}.", type=names, **gaps)
    return md("The most frequent kinds are {types}: {n} of {known} each.", types=names, **gaps)


def largest_theme_sentence(themes: Sequence[Theme], known: int, organisations: int) -> Markdown:
    """Which theme is the largest, or which ones are, of those whose themes are known."""
    rows = largest(themes, lambda row: row["organisations"])
    gaps = {
        "n": number(rows[0]["organisations"]),
        "known": number(known),
        "all": number(organisations),
    }
    names = several([label(row["theme"]) for row in rows])
    if len(rows) == 1:
        return md("Known for {known} of {all} organisations. The largest theme is {theme}: {n}.", theme=names, **gaps)
    return md(
        "Known for {known} of {all} organisations. The largest themes are {themes}: {n} each.", themes=names, **gaps
    )


def largest_goal_sentence(goals: Sequence[Mix], known: int, organisations: int) -> Markdown:
    """Which development goal is the most frequent, or which ones are, of those whose goals are known."""
    rows = largest(goals, lambda row: row["organisations"])
    return md(
        "Known for {known} of {all} organisations. Most often: {goals} ({n}).",
        known=number(known),
        all=number(organisations),
        goals=several([goal(row["sdg"]) for row in rows]),
        n=number(rows[0]["organisations"]),
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


def theme_sentence(mixing: Sequence[ThemeMixing]) -> Markdown:
    """Which themes find each other more often than chance explains, the surest first, or that none do."""
    compared = [row for row in mixing if row["ratio"] is not None and row["p_adjusted"] is not None]
    if not compared:
        return md("There are too few ties to compare themes with chance.")
    found = [row for row in compared if (row["p_adjusted"] or 0) < LEVEL and (row["ratio"] or 0) > 1]
    if not found:
        return md("No themes find each other more often than chance explains.")
    found.sort(key=lambda row: (row["p_adjusted"] or 0, row["theme_a"], row["theme_b"]))
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
    return md("There are more ties than chance explains {places}.", places="; ".join(phrases))


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


Quotients = Sequence[LocationQuotient]


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
