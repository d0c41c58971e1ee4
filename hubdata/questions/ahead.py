"""What is coming: what ends, what may lapse, which introductions hold most, where targets will stand, what to ask."""

import dataclasses
import datetime
from collections.abc import Collection
from typing import TypedDict

import pandas as pd

from hubdata import models
from hubdata.indicators import endings, fan, funding, holding, lapse, money, stress, telling
from hubdata.indicators.rows import records
from hubdata.questions.income import answer_reserves_year, dependencies, income_year
from hubdata.questions.network import attended_events
from hubdata.questions.organisations import answer_introductions
from hubdata.settings import Settings
from hubdata.store import Snapshot, View


class Endings(TypedDict):
    """Which grants end, and what if they are not given again (see `answer_endings`)."""

    year: int | None
    """The year of income that shares are of; None without income, and then nothing ends."""
    grants: endings.Grants
    not_renewed: stress.Stress | None
    """The stress test in which all that ends within a year is not given again; None without income."""


class Forecast(TypedDict):
    """What the command `forecast` prints."""

    as_of: datetime.date
    endings: Endings
    ending_ties: endings.EndingTies
    lapse: lapse.Lapse
    holding: holding.Holding | None
    """Without convenors, who know nearly everybody."""
    targets: fan.Fans
    telling: telling.Telling


def answer_endings(snapshot: Snapshot, settings: Settings, view: View) -> Endings:
    """Which grants end in the quarters ahead, and who is at risk when none that ends within a year is given again."""
    active, tie_rows = snapshot.rows("active_organisations", view), snapshot.rows("ties", view)
    income, year = snapshot.rows("income", view), answer_reserves_year(snapshot, settings, view)
    ahead = endings.grants(
        snapshot.rows("grants", view),
        income,
        active,
        tie_rows,
        as_of=view.as_of,
        year=year or view.as_of.year,
        risk_threshold=settings.risk_threshold,
        least_per_job=money.LEAST_PER_JOB_EUR,
    )
    if year is None:
        return {"year": None, "grants": ahead, "not_renewed": None}
    # what travels on through an organisation that a filter hides still travels on
    whole = snapshot.rows("income", view.unfiltered)
    not_renewed = stress.stress(
        whole,
        active,
        tie_rows,
        year=year,
        cuts={},
        category_cuts={},
        risk_threshold=settings.risk_threshold,
        shown=frozenset(income["organisation_id"].unique()),
        ending=endings.ending_parts(snapshot.rows("grants", view.unfiltered), whole, as_of=view.as_of, year=year),
        accounts=snapshot.rows("yearly_accounts", view.unfiltered),
        least_per_job=money.LEAST_PER_JOB_EUR,
    )
    return {"year": year, "grants": ahead, "not_renewed": not_renewed}


def answer_ending_ties(snapshot: Snapshot, settings: Settings, view: View) -> endings.EndingTies:
    """Which ties end within a year, structural ones first, and with whom nothing else remains."""
    return endings.ending_ties(
        snapshot.rows("ties", view),
        snapshot.rows("partnership_pairs", view),
        snapshot.table("partnerships"),
        view.as_of,
    )


def answer_lapse(snapshot: Snapshot, settings: Settings, view: View) -> lapse.Lapse:
    """Which ties may have ended or be silent in a year, and whether such forecasts came true."""
    found: lapse.Lapse = snapshot.cached(_lapse, view, settings.fading_days)
    return found


def _lapse(snapshot: Snapshot, view: View, fading_days: int) -> lapse.Lapse:
    organisations = snapshot.rows("organisations_in_view", view)
    convenors = organisations.loc[organisations["role"] == "convenor", "organisation_id"]
    lists = lapse.known(
        snapshot.rows("tie_spells", view),
        snapshot.rows("partnership_pairs", view),
        attended_events(snapshot),
        set(convenors),
    )
    return lapse.forecast(lists, snapshot.rows("ties", view), view.as_of, fading_days)


def answer_holding(
    snapshot: Snapshot,
    settings: Settings,
    view: View,
    with_convenors: bool,
    left_out: Collection[tuple[str, str]] = (),
) -> holding.Holding | None:
    """What each pair of the list of introductions would add to the network, and the three that hold most together.

    Pairs that are `left_out`, the lower id first, are not looked at. None when there are too many organisations to say
    so.
    """
    shown_view = dataclasses.replace(view, with_convenor=view.with_convenor and with_convenors)
    listed = answer_introductions(snapshot, settings, view, with_convenors)
    return holding.holding(
        snapshot.rows("active_organisations", shown_view),
        snapshot.rows("ties", shown_view),
        [ends for pair in listed if (ends := (pair["organisation_a"], pair["organisation_b"])) not in left_out],
    )


def answer_fans(snapshot: Snapshot, settings: Settings, view: View) -> fan.Fans:
    """Where the figures with a target will be on its day, if ties form and last as they did."""
    found: fan.Fans = snapshot.cached(_fans, view)
    return found


def _fans(snapshot: Snapshot, view: View) -> fan.Fans:
    aims = snapshot.table("targets")
    shown = set(aims["indicator"]) - (set() if snapshot.scope.amounts else set(funding.OF_A_YEAR))
    targets = {
        indicator: [(row["date"], float(row["value"])) for row in records(aims[aims["indicator"] == indicator])]
        for indicator in models.INDICATORS
        if indicator in shown
    }
    return fan.fans(
        snapshot.rows("tie_spells", view),
        snapshot.rows("organisations_in_view", view),
        targets,
        view.as_of,
        funding.OF_A_YEAR,
    )


def answer_telling(snapshot: Snapshot, settings: Settings, view: View) -> telling.Telling:
    """Which empty cells leave the figures on top widest: those to ask for first."""
    pairs, day = snapshot.rows("partnership_pairs", view), pd.Timestamp(view.as_of)
    runs = (pd.to_datetime(pairs["started_on"]) <= day) & ~(pd.to_datetime(pairs["ended_on"]) < day)
    year = income_year(snapshot, view)
    judged = {
        row["organisation_id"]: row["exposed"]
        for row in dependencies(snapshot, settings, view)
        if row["year"] == year and row["exposed"] is not None
    }
    return telling.telling(
        snapshot.rows("active_organisations", view),
        snapshot.rows("ties", view),
        pairs[runs],
        exposed={organisation_id for organisation_id, is_exposed in judged.items() if is_exposed},
        judged=judged,
        year=year,
        fading_days=settings.fading_days,
    )


def forecast(snapshot: Snapshot, settings: Settings, view: View) -> Forecast:
    """Everything that is said of what is coming."""
    return {
        "as_of": view.as_of,
        "endings": answer_endings(snapshot, settings, view),
        "ending_ties": answer_ending_ties(snapshot, settings, view),
        "lapse": answer_lapse(snapshot, settings, view),
        "holding": answer_holding(snapshot, settings, view, False),
        "targets": answer_fans(snapshot, settings, view),
        "telling": answer_telling(snapshot, settings, view),
    }
