"""Where to draw each organisation of a network: the same network and seed give the same drawing."""

import math

import igraph
import numpy as np
import pandas as pd

from hubdata.indicators.network import SEED, graph_of, seeded

LARGE_DRAWING = 300
"""Above so many organisations a drawing takes the faster method, which looks as well from there on."""
WIDER = 1.5
"""How many times as wide as high a drawing wants to be: between the card of a desk and that of a phone."""
GAP = 0.15
"""What lies between two components, where the largest has a radius of 1."""
MOST_IN_FIRST_COLUMN = 12
"""So many heights of a column are tried."""


def layout(organisations: pd.DataFrame, ties: pd.DataFrame, seed: int = SEED) -> pd.DataFrame:
    """Where to draw every organisation: `organisation_id`, `x`, `y`, and its `degree`, in order of id.

    organisations, ties: as for `network`. The largest component fills a disc of radius 1 around the origin
    (Kamada-Kawai, which spreads evenly; above `LARGE_DRAWING` organisations Fruchterman-Reingold, which is faster); the
    others, the larger the more room, stand beside and below it, so that all together fill a page that is `WIDER` than
    it is high; organisations without a tie stand in tidy rows under them. The same network and seed give the same
    drawing.
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
    radii = [1.0, *(max(0.06, math.sqrt(len(group) / len(groups[0]))) for group in groups[1:])]
    drawings = [r * _drawn(graph.induced_subgraph(group), seed) for group, r in zip(groups, radii, strict=False)]
    alone = [vertex for vertex, degree in enumerate(graph.degree()) if degree == 0]
    rows = _rows(len(alone))
    corners = _packed([np.ptp(drawing, axis=0) for drawing in drawings], float(np.ptp(rows[:, 1])) if alone else 0.0)
    for group, drawing, corner in zip(groups, drawings, corners, strict=True):
        places[group] = drawing - drawing.min(axis=0) + corner
    tied = [vertex for group in groups for vertex in group]
    if groups:
        places[tied] -= places[groups[0]].min(axis=0) - drawings[0].min(axis=0)
        rows += (places[tied, 0].min() + places[tied, 0].max()) / 2, places[tied, 1].min() - GAP
    places[alone] = rows
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
    longest = np.linalg.eigh(drawing.T @ drawing).eigenvectors[:, ::-1].T  # a chain lies flat, as names are written
    drawing = drawing @ (longest * np.where(longest[:, :1] < 0, -1.0, 1.0)).T
    distance = np.linalg.norm(drawing, axis=1)
    # The new distance from the middle is halfway between the drawn one and the one that would spread all evenly.
    rank = np.sqrt((distance.argsort().argsort() + 0.5) / len(distance))
    new_distance = (rank + distance / max(distance.max(), 1e-9)) / 2
    stretched: np.ndarray = drawing * (new_distance / np.maximum(distance, 1e-9))[:, None]
    return stretched


def _packed(sizes: list[np.ndarray], below: float) -> list[np.ndarray]:
    """The lower left corner of each component (width, height), in columns of those that are about as wide.

    How high a column may be is tried: all together, with what is `below` them, come as near as they can to `WIDER`.
    """
    ways: list[tuple[float, int, list[np.ndarray]]] = []
    for height in np.cumsum([size[1] + GAP for size in sizes[:MOST_IN_FIRST_COLUMN]]):
        left = down = widest = 0.0
        corners = []
        for width, high in sizes:
            if down and down + high > height + 1e-9:
                left, down, widest = left + widest + GAP, 0.0, 0.0
            corners.append(np.array([left, -down - high]))
            down, widest = down + high + GAP, max(widest, width)
        aspect = (left + widest) / (max(-corner[1] for corner in corners) + below + GAP)
        ways.append((abs(math.log(aspect / WIDER)), len(ways), corners))
    return min(ways)[2] if ways else []


def _rows(count: int) -> np.ndarray:
    """`count` points in centred rows from the origin down."""
    per_row = max(1, min(count, 40, math.ceil(math.sqrt(8 * count))))
    points = []
    for number in range(count):
        row, column = divmod(number, per_row)
        in_row = min(per_row, count - row * per_row)
        points.append(((column - (in_row - 1) / 2) * 0.075, -row * 0.085))
    return np.array(points, dtype=float).reshape(-1, 2)
