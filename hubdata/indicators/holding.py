"""Which introductions hold the network most together: what each pair would add if it became a tie.

Exact, by shortest paths: a new tie between u and v changes the distance of x and y to the least of what it was,
d(x, u) + 1 + d(v, y) and d(x, v) + 1 + d(u, y). It is asked of the network without its key organisations (those that
stand between others most), since that is what has to hold when one of them goes. It is about pairs, never a score of an
organisation, and it says nothing of whether the two would work together: that is what the list of introductions is for.
"""

from collections.abc import Sequence
from typing import TypedDict

import numpy as np
import numpy.typing as npt
import pandas as pd

from hubdata.indicators import network
from hubdata.indicators.rows import first_of

Floats = npt.NDArray[np.float64]

BROKERS = 3
"""So many key organisations are thought away, and those who equal the last of them; where that would be more than twice
as many, none of these equals."""
CHOSEN = 3
"""So many pairs are chosen, each beside those before it."""
MOST_ORGANISATIONS = 2000
"""Beyond that all distances do not fit in memory many times over; then nothing is said."""


class Gain(TypedDict):
    """What one pair would add (see `holding`)."""

    organisation_a: str
    """The lower id."""
    organisation_b: str
    closeness_gain: float
    """Of the mean of 1 / distance without the key organisations, 0-1."""
    reach_gain: int
    """Pairs that get within reach of each other without the key organisations."""
    distance_gain: float
    """By how much the mean distance of pairs within reach (with everybody there) gets shorter."""


class Chosen(Gain):
    """A pair that is chosen (see `holding`)."""

    equals: int
    """So many other pairs would have added as much; of these the first by name is chosen."""


class Holding(TypedDict):
    """What pairs would add, and the three that add most together (see `holding`)."""

    key_organisations: list[str]
    """Ids; who stands between others most first. More or fewer than three where equals stand at the cut."""
    candidates: list[Gain]
    """Each by itself, in the order given."""
    chosen: list[Chosen]
    """The best, then the best beside it, and so on: what each adds to those before it. Fewer when no other adds any."""
    distance: float | None
    """Mean distance of pairs within reach now; None without any."""
    distance_after: float | None
    """Of the same pairs, with the chosen ties."""
    reach: int
    """Pairs within reach of each other now, without the key organisations."""
    reach_after: int
    reach_possible: int


def holding(organisations: pd.DataFrame, ties: pd.DataFrame, pairs: Sequence[tuple[str, str]]) -> Holding | None:
    """What each pair would add if it became a tie, and greedily the three that add most together.

    organisations: one row per active organisation (`organisation_id`, `name`, ...), ties: one row per tie between them,
    as for `network.graph_of`. pairs: those to look at, without a tie. The measure is the mean over all pairs of 1 /
    distance, 0 where there is no way, in the network without its `BROKERS` key organisations; a pair with one of
    them adds nothing there. Of pairs that add as much, the one that lets more reach each other is chosen, then the one
    that shortens the mean distance more; those that are equal in that too are counted. None for more than
    `MOST_ORGANISATIONS` organisations.
    Misreading: that an introduction will become a tie, or that three that are best one after the other are the best
    three of all. Source: Latora & Marchiori, "Efficient behavior of small-world networks", 2001.

    >>> organisations = pd.DataFrame({"organisation_id": list("abcd"), "name": list("ABCD"), "sector": "ngo"})
    >>> ties = pd.DataFrame({"organisation_a": ["a"], "organisation_b": ["b"], "is_cross_sector": [False],
    ...     "is_structural": [False], "smallest_partnership": [2]})
    >>> found = holding(organisations, ties, [("a", "c"), ("c", "d")])
    >>> found["key_organisations"], [gain["reach_gain"] for gain in found["candidates"]], found["distance"]
    ([], [2, 1], 1.0)
    """
    if len(organisations) > MOST_ORGANISATIONS:
        return None
    graph = network.graph_of(organisations, ties)
    ids: list[str] = graph.vs["organisation_id"]
    place = {organisation_id: index for index, organisation_id in enumerate(ids)}
    between = np.array(graph.betweenness()) if len(ids) else np.empty(0)
    order = [index for index in np.argsort(-between, kind="stable").tolist() if between[index] > 1e-9]
    brokers = order[: first_of(between[order].tolist(), BROKERS, 2 * BROKERS)]
    whole = np.array(graph.distances(), dtype=float).reshape(len(ids), len(ids))
    left = graph.copy()
    left.delete_edges([edge.index for edge in left.es if set(edge.tuple) & set(brokers)])
    without = np.array(left.distances(), dtype=float).reshape(len(ids), len(ids))
    is_left = np.ones(len(ids), dtype=bool)
    is_left[brokers] = False
    is_within = np.isfinite(whole) & ~np.eye(len(ids), dtype=bool)

    def gain(pair: tuple[str, str], distances: Floats, apart: Floats) -> Gain:
        u, v = place[pair[0]], place[pair[1]]
        shorter = _with_tie(distances, u, v)
        closeness, reach = 0.0, 0
        if is_left[u] and is_left[v]:
            after = _with_tie(apart, u, v)
            closeness = _closeness(after, is_left) - _closeness(apart, is_left)
            reach = int((np.isfinite(after) & ~np.isfinite(apart)).sum()) // 2
        saved = float((distances[is_within] - shorter[is_within]).mean()) if is_within.any() else 0.0
        return {
            "organisation_a": min(pair),
            "organisation_b": max(pair),
            "closeness_gain": closeness,
            "reach_gain": reach,
            "distance_gain": saved,
        }

    candidates = [gain(pair, whole, without) for pair in pairs]
    name_of = dict(zip(organisations["organisation_id"], organisations["name"], strict=True))
    chosen: list[Chosen] = []
    distances, apart, remaining = whole, without, list(pairs)
    for _step in range(CHOSEN):
        gains = [gain(pair, distances, apart) for pair in remaining] if chosen else candidates
        equals = _best(gains)
        if not equals or equals[0]["closeness_gain"] <= 1e-12:
            break
        best = min(equals, key=lambda one: sorted([name_of[one["organisation_a"]], name_of[one["organisation_b"]]]))
        chosen.append({**best, "equals": len(equals) - 1})
        u, v = place[best["organisation_a"]], place[best["organisation_b"]]
        distances, apart = _with_tie(distances, u, v), _with_tie(apart, u, v)
        remaining = [pair for pair in remaining if {*pair} != {best["organisation_a"], best["organisation_b"]}]
    count = int(is_left.sum())
    return {
        "key_organisations": [ids[index] for index in brokers],
        "candidates": candidates,
        "chosen": chosen,
        "distance": float(whole[is_within].mean()) if is_within.any() else None,
        "distance_after": float(distances[is_within].mean()) if is_within.any() else None,
        "reach": _reach(without, is_left),
        "reach_after": _reach(apart, is_left),
        "reach_possible": count * (count - 1) // 2,
    }


def _best(gains: Sequence[Gain]) -> list[Gain]:
    """Those that add most, and are equal in everything that a tie would add."""
    best = list(gains)
    for measure in ("closeness_gain", "reach_gain", "distance_gain"):
        most = max((one[measure] for one in best), default=0)
        best = [one for one in best if one[measure] > most - 1e-12]
    return best


def _with_tie(distances: Floats, u: int, v: int) -> Floats:
    """All distances when u and v have a tie too."""
    through = distances[:, [u]] + 1 + distances[[v], :]
    shorter: Floats = np.minimum(distances, np.minimum(through, through.T))
    return shorter


def _closeness(distances: Floats, is_left: npt.NDArray[np.bool_]) -> float:
    """The mean of 1 / distance over all pairs of those that are left, 0 where there is no way."""
    kept = distances[np.ix_(is_left, is_left)]
    count = len(kept)
    if count < 2:
        return 0.0
    away = kept[~np.eye(count, dtype=bool)]
    return float((1 / away).sum()) / (count * (count - 1))


def _reach(distances: Floats, is_left: npt.NDArray[np.bool_]) -> int:
    kept = distances[np.ix_(is_left, is_left)]
    return int(np.isfinite(kept).sum() - len(kept)) // 2
