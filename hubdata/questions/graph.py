"""The network with all that is known of it, for programs that draw and count networks themselves."""

from typing import NamedTuple

import pandas as pd

from hubdata.questions.network import answer_moment, answer_places, running_agreements
from hubdata.settings import Settings
from hubdata.store import Snapshot, View

PAIR = ["organisation_a", "organisation_b"]


class Graph(NamedTuple):
    """The network up to the as-of date (see `answer_graph`). All are read-only."""

    organisations: pd.DataFrame
    """One row per organisation that was ever there: organisation_id, name, sector, joined_on, left_on, is_there (on the
    as-of date), x, y, and degree on that date."""
    ties: pd.DataFrame
    """One row per tie on the as-of date: the columns of `answer_moment`, kinds (of the agreements that run, a list) and
    ended_on (its last day; None when it has no end)."""
    spells: pd.DataFrame
    """One row per unbroken period of a tie that had begun: organisation_a, organisation_b, started_on, ended_on (the
    last day, which may be to come; None when it has no end), is_cross_sector."""


def answer_graph(snapshot: Snapshot, settings: Settings, view: View) -> Graph:
    """The network on the as-of date, and every organisation and tie there was before."""
    now, day = answer_moment(snapshot, settings, view, view.as_of, "all", "", ""), pd.Timestamp(view.as_of)
    everybody = snapshot.rows("organisations_in_view", view)[
        ["organisation_id", "name", "sector", "joined_on", "left_on"]
    ]
    came = everybody[~(pd.to_datetime(everybody["joined_on"]) > day)]
    placed = came.merge(answer_places(snapshot, settings, view), on="organisation_id")
    degrees = now.organisations.set_index("organisation_id")["degree"]
    organisations = placed.assign(
        is_there=placed["organisation_id"].isin(degrees.index),
        degree=placed["organisation_id"].map(degrees).fillna(0).astype(int),
    )
    spells = snapshot.rows("tie_spells", view)
    spells = spells.loc[
        pd.to_datetime(spells["started_on"]) <= day, [*PAIR, "started_on", "ended_on", "is_cross_sector"]
    ]
    last_days = spells[~(pd.to_datetime(spells["ended_on"]) < day)].drop(columns="is_cross_sector")
    ties = now.ties.merge(last_days, on=[*PAIR, "started_on"], how="left")
    kind_of = {row["partnership_id"]: row["kind"] for row in snapshot.records("partnerships", "partnership_id", "kind")}
    kinds: dict[tuple[str, str], set[str]] = {}
    for partnership_id, one, other in running_agreements(snapshot, view)[["partnership_id", *PAIR]].itertuples(
        index=False, name=None
    ):
        if kind_of[partnership_id]:
            kinds.setdefault((one, other), set()).add(kind_of[partnership_id])
    listed = [sorted(kinds.get(pair, ())) for pair in ties[PAIR].itertuples(index=False, name=None)]
    return Graph(organisations, ties.assign(kinds=pd.Series(listed, index=ties.index, dtype=object)), spells)


def answer_graph_details(snapshot: Snapshot, settings: Settings, view: View) -> pd.DataFrame:
    """What the profiles say of each organisation in view: organisation_id, type, themes, city, fte."""
    return snapshot.rows("organisations_in_view", view)[["organisation_id", "type", "themes", "city", "fte"]]
