"""Where to draw each organisation of a network: the same network and seed give the same drawing."""

import math

import igraph
import numpy as np
import pandas as pd

from hubdata.indicators.network import SEED, graph_of, seeded

LARGE_DRAWING = 300
"""Above so many organisations a drawing takes the faster method, which looks as well from there on."""


def layout(organisations: pd.DataFrame, ties: pd.DataFrame, seed: int = SEED) -> pd.DataFrame:
    """Where to draw every organisation: `organisation_id`, `x`, `y`, and its `degree`, in order of id.

    organisations, ties: as for `network`. The largest component fills a disc of radius 1 (Kamada-Kawai, which spreads
    evenly; above `LARGE_DRAWING` organisations Fruchterman-Reingold, which is faster), the others stand beside it in a
    column, and organisations without a tie in tidy rows below. The same network and seed give the same drawing.
    Misreading: nearness suggests, it does not measure: two organisations side by side need not have a tie.
    Source: Kamada & Kawai 1989; Fruchterman & Reingold 1991.

    >>> organisations = pd.DataFrame({"organisation_id": ["a", "b", "c"], "sector": ["ngo", "ngo", "business"]})
    >>> ties = pd.DataFrame({"organisation_a": ["a"], "organisation_b": ["b"]})
    >>> layout(organisations, ties).columns.tolist()
    ['organisation_id', 'x', 'y', 'degree']
    """
    graph = graph_of(organisations, ties)
    places = np.zeros((graph.vcount(), 2))
    groups = sorted((group for group in graph.connected_components() if len(group) > 1), key=lambda g: (-len(g), g))
    for group, (centre, radius) in zip(groups, _discs([len(group) for group in groups]), strict=True):
        places[group] = np.array(centre) + radius * _drawn(graph.induced_subgraph(group), seed)
    alone = [vertex for vertex, degree in enumerate(graph.degree()) if degree == 0]
    places[alone] = _rows(len(alone), top=-1.15 if groups else 0.0)
    return pd.DataFrame(
        {
            "organisation_id": pd.Series(graph.vs["organisation_id"], dtype="str"),
            "x": places[:, 0],
            "y": places[:, 1],
            "degree": pd.Series(graph.degree(), dtype="int64"),
        }
    )


def _drawn(component: igraph.Graph, seed: int) -> np.ndarray:
    """One component within the unit disc, stretched so that neither the middle nor the rim is crowded."""
    with seeded(seed):
        is_small = component.vcount() <= LARGE_DRAWING
        coords = (
            component.layout_kamada_kawai() if is_small else component.layout_fruchterman_reingold(niter=150, grid=True)
        )
    drawing = np.array(coords.coords) - np.mean(coords.coords, axis=0)
    distance = np.linalg.norm(drawing, axis=1)
    # The new distance from the middle is halfway between the drawn one and the one that would spread all evenly.
    rank = np.sqrt((distance.argsort().argsort() + 0.5) / len(distance))
    new_distance = (rank + distance / max(distance.max(), 1e-9)) / 2
    stretched: np.ndarray = drawing * (new_distance / np.maximum(distance, 1e-9))[:, None]
    return stretched


def _discs(sizes: list[int]) -> list[tuple[tuple[float, float], float]]:
    """Centre and radius of each component: the first in the middle, the others in columns to its right."""
    discs, left, top, widest = [((0.0, 0.0), 1.0)], 1.15, 1.0, 0.0
    for size in sizes[1:]:
        radius = max(0.06, math.sqrt(size / sizes[0]))
        if widest and top - 2 * radius < -1.05:
            left, top, widest = left + widest + 0.15, 1.0, 0.0
        discs.append(((left + radius, top - radius), radius))
        top, widest = top - 2 * radius - 0.12, max(widest, 2 * radius)
    return discs[: len(sizes)]


def _rows(count: int, top: float) -> np.ndarray:
    """`count` points in centred rows from `top` down, as wide as the disc above them and a bit."""
    per_row = max(1, min(count, 40, math.ceil(math.sqrt(8 * count))))
    points = []
    for number in range(count):
        row, column = divmod(number, per_row)
        in_row = min(per_row, count - row * per_row)
        points.append(((column - (in_row - 1) / 2) * 0.075, top - row * 0.085))
    return np.array(points).reshape(-1, 2)
