"""Network: how a set of organisations hangs together on one day, as numbers.

`network` composes every figure; `brokers` and `history` serve a table and a line chart (for the drawing: `drawing.py`).
The small functions take the graph that `graph_of` builds: one vertex per active organisation (those without a tie too,
so n counts isolates), one edge per tie, simple and undirected. n is the number of organisations, m the number of ties
throughout. A result that is undefined is None.

Algorithms come from igraph. It draws random numbers from one generator for the whole process, so what needs chance runs
under a lock with a seed of its own: the same network gives the same figures and the same drawing, in any thread.
"""

import datetime
import functools
import itertools
import math
import random
import statistics
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypedDict, cast

import igraph
import numpy as np
import pandas as pd

from hubdata.indicators import chance
from hubdata.indicators.rows import Mixing

SEED = 1
PERMUTATIONS = 10_000
STARTS, LARGE_STARTS = 10, 3
"""How many times communities are looked for, each time from another start; the best division counts. The second: of
more than `LARGE` organisations, of which one start takes as long as many of few."""

LARGE = 5_000
"""Of more organisations than this, paths are followed from some of them: from all it takes minutes."""
SOURCES = 1_000
"""How many these are. The same ones each time, for the same network."""

PORTION = 500
"""From so many organisations at a time paths are followed where all of them are (`exact_paths`)."""

LARGE_PARTNERSHIP = 10
"""Ties that exist only through partnerships of more organisations than this are counted apart."""

MINIMUM_EXPECTED = 5
"""Where chance gives fewer ties than this between two groups, one tie more or less makes a large ratio."""

_drawing_chance = threading.Lock()


class SectorMixing(Mixing):
    """Ties between two sectors, or within one, against chance (see `mixing`)."""

    sector_a: str
    sector_b: str


class Network(TypedDict, total=False):
    """Figures of the network on one day: every one, or those that were asked for (see `network`).

    What is undefined is None; each function says when that is, and in which range its figure lies.
    """

    organisations: int
    ties: int
    density: float | None
    mean_degree: float | None
    median_degree: float | None
    mean_cross_sector_degree: float | None
    isolates: int
    isolated_organisations: list[str]
    """Ids."""
    components: int
    largest_component_share: float | None
    transitivity: float | None
    average_path_length: float | None
    degree_centralisation: float | None
    cross_sector_share: float | None
    ei_index: float | None
    ei_expected: float | None
    ei_p_value: float | None
    sector_assortativity: float | None
    mixing: list[SectorMixing]
    modularity: float | None
    communities: list[list[str]] | None
    """Ids, the largest community first."""
    betweenness: dict[str, float | None]
    """Id -> value."""
    constraint: dict[str, float | None]
    articulation_points: list[str]
    structural_share: float | None
    ties_only_from_large: int


def network(organisations: pd.DataFrame, ties: pd.DataFrame, names: Sequence[str] = ()) -> Network:
    """Every figure of the network on one day, by name; with `names` only those, since some take long.

    organisations: one row per active organisation (`organisation_id`, `sector`).
    ties: one row per tie between them (`organisation_a`, `organisation_b`, `is_structural`, `smallest_partnership`).

    `isolates` and `components` are counts; `isolated_organisations` and `articulation_points` are lists of ids;
    `betweenness` and `constraint` go from id to value; `communities` is a list of lists of ids, `mixing` a list with
    one object per pair of sectors.
    Errors: KeyError when a tie has an end that is not among the organisations, or there is no figure of that name.

    >>> organisations = pd.DataFrame({"organisation_id": ["a", "b", "c"], "sector": ["ngo", "ngo", "business"]})
    >>> ties = pd.DataFrame({"organisation_a": ["a"], "organisation_b": ["c"],
    ...                      "is_structural": [True], "smallest_partnership": [2]})
    >>> figures = network(organisations, ties)
    >>> figures["ties"], figures["isolated_organisations"], figures["ei_index"]
    (1, ['b'], 1.0)
    """
    graph = graph_of(organisations, ties)
    groups = functools.cache(lambda: communities(graph))
    figures: dict[str, Callable[[], object]] = {
        "organisations": graph.vcount,
        "ties": graph.ecount,
        "density": lambda: density(graph),
        "mean_degree": lambda: mean_degree(graph),
        "median_degree": lambda: median_degree(graph),
        "mean_cross_sector_degree": lambda: mean_cross_sector_degree(graph),
        "isolates": lambda: len(isolates(graph)),
        "isolated_organisations": lambda: isolates(graph),
        "components": lambda: components(graph),
        "largest_component_share": lambda: largest_component_share(graph),
        "transitivity": lambda: transitivity(graph),
        "average_path_length": lambda: average_path_length(graph),
        "degree_centralisation": lambda: degree_centralisation(graph),
        "cross_sector_share": lambda: cross_sector_share(graph),
        "ei_index": lambda: ei_index(graph),
        "ei_expected": lambda: ei_expected(graph),
        "ei_p_value": lambda: ei_p_value(graph),
        "sector_assortativity": lambda: sector_assortativity(graph),
        "mixing": lambda: mixing(graph),
        "modularity": lambda: modularity(graph, groups()),
        "communities": groups,
        "betweenness": lambda: betweenness(graph),
        "constraint": lambda: constraint(graph),
        "articulation_points": lambda: articulation_points(graph),
        "structural_share": lambda: structural_share(graph),
        "ties_only_from_large": lambda: ties_only_from_large(graph),
    }
    return cast(Network, {name: figures[name]() for name in names or figures})


def graph_of(organisations: pd.DataFrame, ties: pd.DataFrame) -> igraph.Graph:
    """The graph that the functions below take.

    organisations: one row per organisation (`organisation_id`, `sector`). ties: one row per tie (`organisation_a`,
    `organisation_b`; `is_structural` and `smallest_partnership` travel along when they are there).
    Vertices stand in order of id and edges in order of their ends, so that the order of the rows changes nothing, not
    even what depends on chance.
    Errors: KeyError when a tie has an end that is not among the organisations.

    >>> graph_of(pd.DataFrame({"organisation_id": ["b", "a"], "sector": ["ngo", "ngo"]}),
    ...          pd.DataFrame({"organisation_a": ["a"], "organisation_b": ["b"]})).vs["organisation_id"]
    ['a', 'b']
    """
    organisations = organisations.sort_values("organisation_id")
    ties = ties.sort_values(["organisation_a", "organisation_b"])
    ids = organisations["organisation_id"].tolist()
    place = {organisation_id: i for i, organisation_id in enumerate(ids)}
    ends = zip(ties["organisation_a"].tolist(), ties["organisation_b"].tolist(), strict=True)
    return igraph.Graph(
        n=len(ids),
        edges=[(place[a], place[b]) for a, b in ends],
        vertex_attrs={"organisation_id": ids, "sector": organisations["sector"].tolist()},
        edge_attrs={name: ties[name].tolist() for name in ("is_structural", "smallest_partnership") if name in ties},
    )


# How many, how close


def density(graph: igraph.Graph) -> float | None:
    """Share of all possible ties that exist: 2m / (n(n-1)), from 0 to 1. None when n < 2.

    Misreading: density falls as a network grows even if nobody loses a partner (twelve partners each is 0.30 at n = 41
    and 0.081 at n = 150). Never rank clusters of different sizes by it.
    Source: Wasserman & Faust 1994.

    >>> density(igraph.Graph(3, [(0, 1), (1, 2)]))
    0.6666666666666666
    """
    n, m = graph.vcount(), graph.ecount()
    return 2 * m / (n * (n - 1)) if n >= 2 else None


def mean_degree(graph: igraph.Graph) -> float | None:
    """Partners of an average organisation: 2m / n, isolates counted as 0. None when n = 0.

    Misreading: a few hubs pull it up; the median says what is usual.

    >>> mean_degree(igraph.Graph(4, [(0, 1), (1, 2)]))
    1.0
    """
    n, m = graph.vcount(), graph.ecount()
    return 2 * m / n if n else None


def median_degree(graph: igraph.Graph) -> float | None:
    """Partners of the organisation in the middle: the median of the degrees, isolates counted as 0. None when n = 0.

    Misreading: 0 does not mean that there are no ties, but that at least half of the organisations have none.

    >>> median_degree(igraph.Graph(4, [(0, 1), (1, 2)]))
    1.0
    """
    return float(statistics.median(graph.degree())) if graph.vcount() else None


def mean_cross_sector_degree(graph: igraph.Graph) -> float | None:
    """Partners in another sector of an average organisation: 2E / n, E the ties across sectors. None when n = 0.

    Misreading: it counts partners, not sectors: two partners may be in the same other sector.

    >>> mean_cross_sector_degree(igraph.Graph(2, [(0, 1)], vertex_attrs={"sector": ["ngo", "business"]}))
    1.0
    """
    return 2 * _cross_sector_ties(graph) / graph.vcount() if graph.vcount() else None


def isolates(graph: igraph.Graph) -> list[str]:
    """Ids of the organisations without a tie, in order of id.

    Misreading: an isolate has no tie that is recorded and in view; a filter makes isolates too.

    >>> isolates(igraph.Graph(3, [(0, 1)], vertex_attrs={"organisation_id": ["a", "b", "c"]}))
    ['c']
    """
    ids = graph.vs["organisation_id"]
    return [organisation_id for organisation_id, degree in zip(ids, graph.degree(), strict=True) if degree == 0]


def components(graph: igraph.Graph) -> int:
    """Number of connected components: groups without a path to one another. Each isolate counts as one.

    Misreading: many components usually means many isolates; see `largest_component_share`.
    Source: Wasserman & Faust 1994.

    >>> components(igraph.Graph(3, [(0, 1)]))
    2
    """
    return len(graph.connected_components())


def largest_component_share(graph: igraph.Graph) -> float | None:
    """Size of the largest connected component / n, from 0 to 1. None when n = 0.

    Misreading: being reachable is not being near; see `average_path_length`.
    Source: Wasserman & Faust 1994.

    >>> largest_component_share(igraph.Graph(4, [(0, 1), (1, 2)]))
    0.75
    """
    return max(graph.connected_components().sizes()) / graph.vcount() if graph.vcount() else None


def transitivity(graph: igraph.Graph) -> float | None:
    """How often the partners of an organisation are partners: 3 x triangles / connected triples, from 0 to 1.

    None when no organisation has two partners.
    Misreading: a partnership of k organisations is k(k-1)(k-2)/6 triangles by itself, so consortia raise it.
    Source: Newman 2003.

    >>> transitivity(igraph.Graph(3, [(0, 1), (1, 2), (2, 0)]))
    1.0
    """
    return _defined(graph.transitivity_undirected(mode="nan"))


def average_path_length(graph: igraph.Graph) -> float | None:
    """Steps between two organisations: mean shortest path over the pairs within the largest component, 1 or more.

    When several components are the largest, the mean is over the pairs within each of them. None when it has one
    vertex.
    When there are more than `LARGE`, the mean of the paths from `SOURCES` of them: less than a hundredth off.
    Misreading: organisations outside the largest component do not count, so losing far-off ones shortens it.
    Source: Wasserman & Faust 1994.

    >>> average_path_length(igraph.Graph(4, [(0, 1), (1, 2)]))
    1.3333333333333333
    """
    component = _largest_components(graph)
    if component.vcount() > LARGE:
        # A row at a time: of 100,000 organisations all rows together would take a gigabyte.
        steps = (component.distances(source=source)[0] for source in _sample(component))
        means = [statistics.fmean(step for step in row if 0 < step < math.inf) for row in steps]
        return statistics.fmean(means)
    # unconn=True: mean over the pairs that have a path, here those within one component
    return _defined(component.average_path_length(directed=False, unconn=True))


def _largest_components(graph: igraph.Graph) -> igraph.Graph:
    """The largest component; when several are, all of them."""
    groups = list(graph.connected_components())
    largest = max(map(len, groups), default=0)
    return graph.induced_subgraph([vertex for group in groups if len(group) == largest for vertex in group])


def _sample(graph: igraph.Graph) -> list[int]:
    """The vertices that paths are followed from in a large network."""
    return random.Random(SEED).sample(range(graph.vcount()), min(SOURCES, graph.vcount()))


def degree_centralisation(graph: igraph.Graph) -> float | None:
    """How much the ties hang on one organisation: sum(d_max - d_i) / ((n-1)(n-2)), 0 (all equal) to 1 (a star).

    None when n < 3.
    Misreading: a convenor that knows everybody raises it by itself; compare with the view without convenor.
    Source: Freeman 1979.

    >>> degree_centralisation(igraph.Graph.Star(5))
    1.0
    """
    n, degrees = graph.vcount(), graph.degree()
    return (n * max(degrees) - sum(degrees)) / ((n - 1) * (n - 2)) if n >= 3 else None


# Across sectors


def cross_sector_share(graph: igraph.Graph) -> float | None:
    """Ties whose ends differ in sector / m, from 0 to 1. None when m = 0.

    Misreading: with many small sectors most ties cross by chance alone; `ei_expected` says how many.

    >>> cross_sector_share(igraph.Graph(3, [(0, 1), (1, 2)], vertex_attrs={"sector": ["ngo", "ngo", "business"]}))
    0.5
    """
    return _cross_sector_ties(graph) / graph.ecount() if graph.ecount() else None


def ei_index(graph: igraph.Graph) -> float | None:
    """(E - I) / (E + I), E ties across sectors and I within: -1 (all within) to 1 (all across). None when m = 0.

    Misreading: its sign means little without the sizes of the sectors; show it beside `ei_expected`.
    Source: Krackhardt & Stern 1988.

    >>> ei_index(igraph.Graph(3, [(0, 1), (1, 2)], vertex_attrs={"sector": ["ngo", "ngo", "business"]}))
    0.0
    """
    external, m = _cross_sector_ties(graph), graph.ecount()
    return (external - (m - external)) / m if m else None


def ei_expected(graph: igraph.Graph) -> float | None:
    """The E-I index if the ties fell on pairs at random: 1 - 2q, q the share of pairs within a sector; -1 to 1.

    None when n < 2.
    Misreading: it is no target: it is what the sizes of the sectors give without any preference.
    Source: Krackhardt & Stern 1988.

    >>> ei_expected(igraph.Graph(4, vertex_attrs={"sector": ["ngo", "ngo", "business", "business"]}))
    0.33333333333333337
    """
    n = graph.vcount()
    if n < 2:
        return None
    return 1 - 2 * _pairs_within_sectors(_sector_codes(graph)) / math.comb(n, 2)


def ei_p_value(graph: igraph.Graph, permutations: int = PERMUTATIONS, seed: int = SEED) -> float | None:
    """Chance of an E-I index this far from `ei_expected` or further if sector did not matter to who knows whom; 0 to 1.

    Two-sided permutation p: the sector labels are shuffled over the organisations, the ties stay;
    (1 + count of abs(ei_perm - ei_expected) >= abs(ei_obs - ei_expected)) / (permutations + 1). `ei_expected` is the
    exact mean over all ways to place the labels. Never below 1 / (permutations + 1). None when m = 0. What is drawn
    goes by the form of the network and the sizes of the sectors, so that other ids give the same p.
    Misreading: a small p says that sectors matter, not how much, nor whether ties cross too little or too often.
    Source: Krackhardt & Stern 1988.

    >>> ei_p_value(igraph.Graph(2, [(0, 1)], vertex_attrs={"sector": ["ngo", "business"]}), permutations=99)
    1.0
    """
    m = graph.ecount()
    if m == 0:
        return None
    codes, ends = np.sort(_sector_codes(graph)), _ends(_shape(graph)[0])
    draw = np.random.default_rng(seed)
    # Drawing every shuffle by itself would take most of the time. So there are `side` shuffles of the labels and `side`
    # of the organisations, and each of the first is combined with each of the second: every combination is as likely
    # as any other, and every two of them are independent, which is all that a share of them needs.
    side = math.isqrt(permutations - 1) + 1
    shuffled = np.ascontiguousarray(draw.permuted(np.tile(codes, (side, 1)), axis=1).T)
    counts = []
    for _ in range(side):
        first, second = draw.permutation(graph.vcount())[ends].T
        unequal = (shuffled.take(first, axis=0) != shuffled.take(second, axis=0)).view(np.uint8)
        # Added up as bytes, in blocks that cannot overflow: four times as fast as in whole numbers.
        blocks = [unequal[start : start + 255].sum(axis=0, dtype=np.uint8) for start in range(0, m, 255)]
        counts.append(np.sum(blocks, axis=0, dtype=np.int64))
    crossing = np.concatenate(counts)[:permutations]
    # The E-I index grows evenly with the number of crossing ties, so whole numbers compare the same, without rounding.
    pairs = math.comb(graph.vcount(), 2)
    expected = m * (pairs - _pairs_within_sectors(codes))
    from_mean = np.abs(crossing * pairs - expected)
    observed = abs(_cross_sector_ties(graph) * pairs - expected)
    return (1 + int(np.count_nonzero(from_mean >= observed))) / (permutations + 1)


def sector_assortativity(graph: igraph.Graph) -> float | None:
    """Newman's r for the sector: 1 when all ties stay within sectors, 0 as at random, below 0 when they cross more.

    None when m = 0 or when all ties are within one and the same sector.
    Misreading: its lowest value is not -1 but depends on how the ties are spread over the sectors.
    Source: Newman 2003.

    >>> sector_assortativity(igraph.Graph(4, [(0, 1), (2, 3)], vertex_attrs={"sector": ["ngo", "ngo", "npo", "npo"]}))
    1.0
    """
    if graph.ecount() == 0:
        return None
    return _defined(graph.assortativity_nominal(_sector_codes(graph).tolist(), directed=False))


def mixing(graph: igraph.Graph) -> list[SectorMixing]:
    """One row per unordered pair of sectors that are there, a sector with itself too, in order of name.

    `ties`; `pairs` possible; `density` = ties / pairs; `expected` = m x pairs / (n(n-1)/2), the ties there would be at
    random; `ratio` = ties / expected. These three are None when pairs = 0 (a sector of one with itself), the ratio
    also when m = 0. `p_adjusted`: see `chance.cells`; None where fewer than `MINIMUM_EXPECTED` ties are expected.
    Misreading: a ratio of 3 on an expected 0.4 is one tie; show `ties` beside it.

    >>> mixing(igraph.Graph(2, [(0, 1)], vertex_attrs={"sector": ["ngo", "business"]}))[1]
    {'sector_a': 'business', 'sector_b': 'ngo', 'ties': 1, 'pairs': 1, 'density': 1.0, 'expected': 1.0, 'ratio': 1.0, \
'p_adjusted': None}
    """
    names, codes = np.unique(np.array(graph.vs["sector"], dtype=str), return_inverse=True)
    sizes = np.bincount(codes, minlength=len(names)).tolist()
    counts = np.zeros((len(names), len(names)), dtype=np.int64)
    ends = np.sort(codes[_ends(graph)], axis=1)
    np.add.at(counts, (ends[:, 0], ends[:, 1]), 1)
    all_pairs = math.comb(graph.vcount(), 2)
    rows: list[SectorMixing] = []
    squared: list[float] = []
    for a, b in itertools.combinations_with_replacement(range(len(names)), 2):
        ties = int(counts[a, b])
        pairs = math.comb(sizes[a], 2) if a == b else sizes[a] * sizes[b]
        expected = graph.ecount() * pairs / all_pairs if pairs else None
        rows.append(
            {
                "sector_a": str(names[a]),
                "sector_b": str(names[b]),
                "ties": ties,
                "pairs": pairs,
                "density": ties / pairs if pairs else None,
                "expected": expected,
                "ratio": ties / expected if expected else None,
                "p_adjusted": None,
            }
        )
        a_size, b_size = sizes[a], sizes[b]
        squared.append(a_size * (a_size - 1) ** 2 if a == b else a_size * b_size * (a_size + b_size))
    p_values = chance.cells(
        [row["ties"] for row in rows],
        [row["pairs"] for row in rows],
        squared,
        np.array(graph.degree(), dtype=float),
        MINIMUM_EXPECTED,
    )
    for row, p in zip(rows, p_values, strict=True):
        row["p_adjusted"] = p
    return rows


# Groups


def communities(graph: igraph.Graph) -> list[list[str]] | None:
    """Groups with more ties inside than at random: lists of ids, largest first; isolates are groups of one.

    Leiden, modularity as its objective, resolution 1, until nothing improves: the best of `STARTS` starts with seeds of
    their own (`LARGE_STARTS` in one of more than `LARGE`). It looks at the shape of the network alone, in an order
    of the organisations that does not depend on their ids (igraph's canonical permutation; see `order_of`), so that
    other ids give the same communities; where organisations could change places without a difference, communities that
    could change places likewise. None when m = 0.
    Misreading: there are other divisions nearly as good; a border between two communities is not a finding by itself.
    Source: Traag et al. 2019; Junttila & Kaski 2007 (the order).

    >>> communities(igraph.Graph(4, [(0, 1), (2, 3)], vertex_attrs={"organisation_id": list("abcd")}))
    [['a', 'b'], ['c', 'd']]
    """
    if graph.ecount() == 0:
        return None
    shape, place = _shape(graph)
    quality = _modularity_of(shape)
    with seeded(SEED):
        divisions = [_divided(shape, quality) for _ in range(LARGE_STARTS if shape.vcount() > LARGE else STARTS)]
    best = max(divisions, key=quality)
    groups: dict[int, list[str]] = {}
    for organisation_id, at in zip(graph.vs["organisation_id"], place, strict=True):
        groups.setdefault(best[at], []).append(organisation_id)
    return sorted((sorted(ids) for ids in groups.values()), key=lambda ids: (-len(ids), ids))


def _shape(graph: igraph.Graph) -> tuple[igraph.Graph, list[int]]:
    """The network without names, in an order that its form alone decides (igraph's canonical permutation; of a large
    one `order_of`), and the place in it of every vertex."""
    place = np.argsort(order_of(graph) if graph.vcount() > LARGE else graph.canonical_permutation())
    # the edges too in an order of their own: Leiden walks along them
    ends = np.sort(place[_ends(graph)], axis=1)
    return igraph.Graph(graph.vcount(), ends[np.lexsort(ends.T[::-1])].tolist()), place.tolist()


def order_of(graph: igraph.Graph, colours: Sequence[int] = ()) -> list[int]:
    """The vertices in an order that the form of the network alone decides; `colours` tell vertices apart.

    As igraph's canonical permutation, of which the search compares everybody who could change places with everybody
    else: of 94,000 organisations, 8,000 without a partner, it had not ended after three minutes. So those who have the
    same partners are taken together first (`without_twins`), and what is left takes a tenth of a second.
    """
    colours = colours or [0] * graph.vcount()
    fewer, fewer_colours, twins = without_twins(graph, colours)
    if len(twins) > 0.9 * graph.vcount():
        order: list[int] = graph.canonical_permutation(color=colours)
        return order
    return [vertex for place in order_of(fewer, fewer_colours) for vertex in twins[place]]


def without_twins(graph: igraph.Graph, colours: Sequence[int]) -> tuple[igraph.Graph, list[int], list[list[int]]]:
    """The network with one vertex for all of a colour that have the same partners, or are partners that have the same
    others: the graph, the colours of its vertices, and which each stands for. Two vertices have one colour when as many
    of one colour stand behind them in the same way."""
    partners = graph.get_adjlist()
    by_partners: dict[tuple[int, ...], list[int]] = {}
    for vertex, others in enumerate(partners):
        by_partners.setdefault((colours[vertex], *sorted(others)), []).append(vertex)
    apart = [vertices for vertices in by_partners.values() if len(vertices) > 1]
    joined: dict[tuple[int, ...], list[int]] = {}
    for vertices in by_partners.values():
        if len(vertices) == 1:
            (vertex,) = vertices
            joined.setdefault((colours[vertex], *sorted((vertex, *partners[vertex]))), []).append(vertex)
    twins = [*apart, *joined.values()]
    kinds = [(colours[group[0]], len(group), nth < len(apart)) for nth, group in enumerate(twins)]
    colour_of = {kind: colour for colour, kind in enumerate(sorted(set(kinds)))}
    place = np.empty(graph.vcount(), dtype=np.int64)
    for nth, group in enumerate(twins):
        place[group] = nth
    ends = place[_ends(graph)]
    pairs = np.unique(np.sort(ends[ends[:, 0] != ends[:, 1]], axis=1), axis=0)
    return igraph.Graph(len(twins), pairs.tolist()), [colour_of[kind] for kind in kinds], twins


def _divided(graph: igraph.Graph, quality_of: Callable[[list[int]], float]) -> list[int]:
    """The group of every organisation, from one start.

    igraph itself can go on until nothing changes (`n_iterations=-1`), but then it never ends where two divisions are
    equal but for rounding.
    """
    division: list[int] | None = None
    best = -math.inf
    while True:
        found: list[int] = graph.community_leiden(
            objective_function="modularity", resolution=1, n_iterations=1, initial_membership=division
        ).membership
        quality = quality_of(found)
        if division is not None and quality <= best:
            return division
        division, best = found, quality


def modularity(graph: igraph.Graph, groups: list[list[str]] | None) -> float | None:
    """How much more of the ties lie within the groups than at random, -0.5 to 1. None when m = 0.

    groups: lists of ids that together hold every organisation once, as `communities` gives.
    Misreading: random networks have communities of 0.3 and more too; a high value is not proof of real groups.
    Source: Newman 2003; Traag et al. 2019.

    >>> two_pairs = igraph.Graph(4, [(0, 1), (2, 3)], vertex_attrs={"organisation_id": list("abcd")})
    >>> modularity(two_pairs, [["a", "b"], ["c", "d"]])
    0.5
    """
    if graph.ecount() == 0 or groups is None:
        return None
    group_of = {organisation_id: i for i, group in enumerate(groups) for organisation_id in group}
    return _modularity_of(graph)([group_of[organisation_id] for organisation_id in graph.vs["organisation_id"]])


def _modularity_of(graph: igraph.Graph) -> Callable[[list[int]], float]:
    """Newman's modularity of a division, from whole numbers: the same to the last digit in whatever order they are
    added."""
    ends, degree, m = _ends(graph), np.array(graph.degree(), dtype=np.int64), graph.ecount()

    def modularity_of(division: list[int]) -> float:
        group = np.array(division, dtype=np.int64)
        within = int(np.count_nonzero(group[ends[:, 0]] == group[ends[:, 1]]))
        degrees = np.zeros(group.max() + 1, dtype=np.int64)
        np.add.at(degrees, group, degree)
        modularity: float = (4 * m * within - int((degrees**2).sum())) / (4 * m * m)
        return modularity

    return modularity_of


# Per organisation


def betweenness(graph: igraph.Graph) -> dict[str, float | None]:
    """Per id: share of the shortest paths between two others that run through it, 0 to 1. None when n < 3.

    Freeman's, undirected, normalised by (n-1)(n-2)/2. When n is above `LARGE`, estimated from the paths from `SOURCES`
    of them (Brandes & Pich 2007): values above 0.01 are mostly less than a tenth off. Of smaller ones those that look
    largest are two to four times too high, and their order says little (`exact_paths`).
    Misreading: it says where news could pass, not that it does; among few ties it changes a lot with one tie.
    Source: Freeman 1977.

    >>> betweenness(igraph.Graph(3, [(0, 1), (1, 2)], vertex_attrs={"organisation_id": list("abc")}))
    {'a': 0.0, 'b': 1.0, 'c': 0.0}
    """
    n, ids = graph.vcount(), graph.vs["organisation_id"]
    if n < 3:
        return dict.fromkeys(ids)
    pairs_of_others = (n - 1) * (n - 2) / 2
    sources = _sample(graph) if n > LARGE else None
    raw = graph.betweenness(directed=False, sources=sources)
    share = pairs_of_others * len(sources) / n if sources else pairs_of_others
    return {organisation_id: min(1.0, value / share) for organisation_id, value in zip(ids, raw, strict=True)}


class ExactPaths(TypedDict):
    """The figures that are estimated in a large network, from every path (see `exact_paths`)."""

    betweenness: dict[str, float | None]
    """Id -> value, as `betweenness`."""
    average_path_length: float | None


def exact_paths(organisations: pd.DataFrame, ties: pd.DataFrame, report: Callable[[float], None]) -> ExactPaths:
    """`betweenness` and `average_path_length` from the paths of everybody, however large the network is.

    The tables are those of `network`. It takes minutes in a large one, so it goes in portions, and `report` gets which
    part is done after each: above 0, up to 1. Those that hold a part of the paths add up to all of them.

    >>> organisations = pd.DataFrame({"organisation_id": ["a", "b", "c"], "sector": ["ngo", "ngo", "business"]})
    >>> ties = pd.DataFrame({"organisation_a": ["a", "b"], "organisation_b": ["b", "c"]})
    >>> exact_paths(organisations, ties, lambda part: None)
    {'betweenness': {'a': 0.0, 'b': 1.0, 'c': 0.0}, 'average_path_length': 1.3333333333333333}
    """
    graph = graph_of(organisations, ties)
    component, ids, n = _largest_components(graph), graph.vs["organisation_id"], graph.vcount()
    work, done = n + component.vcount(), 0
    through, steps, pairs = np.zeros(n), 0.0, 0
    for first in range(0, n, PORTION):
        portion = list(range(first, min(first + PORTION, n)))
        through += graph.betweenness(directed=False, sources=portion)
        done += len(portion)
        report(done / work)
    for vertex in range(component.vcount()):
        row = np.array(component.distances(source=vertex)[0])
        reached = row[(row > 0) & np.isfinite(row)]
        steps, pairs = steps + float(reached.sum()), pairs + len(reached)
        if (vertex + 1) % PORTION == 0 or vertex + 1 == component.vcount():
            report((done + vertex + 1) / work)
    pairs_of_others = (n - 1) * (n - 2) / 2
    shares = [float(value) / pairs_of_others if n >= 3 else None for value in through]
    return {
        "betweenness": dict(zip(ids, shares, strict=True)),
        "average_path_length": steps / pairs if pairs else None,
    }


def constraint(graph: igraph.Graph) -> dict[str, float | None]:
    """Per id: Burt's constraint, how far its partners are each other's partners; above 0, up to 1.125.

    None at degree 0. Unweighted: an organisation's effort is spread evenly over its partners.
    Misreading: low is the broker's position; high means that its partners know each other or that it has only one.
    Source: Burt 1992.

    >>> constraint(igraph.Graph(4, [(0, 1), (1, 2)], vertex_attrs={"organisation_id": list("abcd")}))
    {'a': 1.0, 'b': 0.5, 'c': 1.0, 'd': None}
    """
    ids = graph.vs["organisation_id"]
    return {organisation_id: _defined(value) for organisation_id, value in zip(ids, graph.constraint(), strict=True)}


def articulation_points(graph: igraph.Graph) -> list[str]:
    """Ids of the organisations whose removal splits a component, in order of id.

    Misreading: often only one small organisation hangs on it; look at what would be cut off.
    Source: Wasserman & Faust 1994 (cutpoints).

    >>> articulation_points(igraph.Graph(3, [(0, 1), (1, 2)], vertex_attrs={"organisation_id": list("abc")}))
    ['b']
    """
    ids = graph.vs["organisation_id"]
    return sorted(ids[vertex] for vertex in graph.articulation_points())


def cut_off(graph: igraph.Graph) -> dict[str, int]:
    """Per id of an articulation point: how many organisations its going would cut off from the largest part left.

    Of the component it is in, those left but for its largest remaining part; 1 or more.
    Misreading: they are cut off in this network; they may know the others outside what was recorded.

    >>> cut_off(igraph.Graph(5, [(0, 1), (1, 2), (2, 3), (1, 4)], vertex_attrs={"organisation_id": list("abcde")}))
    {'b': 2, 'c': 1}
    """
    blocks, points = graph.biconnected_components(return_articulation_points=True)
    place = {point: len(blocks) + number for number, point in enumerate(points)}
    # Blocks and the articulation points where they meet form a tree: taking a point out separates its branches.
    meeting = [(number, place[vertex]) for number, block in enumerate(blocks) for vertex in block if vertex in place]
    trees = igraph.Graph(len(blocks) + len(points), meeting)
    size = [sum(vertex not in place for vertex in block) for block in blocks] + [1] * len(points)
    branches: list[list[int]] = [[] for _ in size]
    for tree in trees.connected_components():
        order, _, parents = trees.bfs(tree[0])  # the root is a block, since these have the first places
        for node in reversed(order[1:]):
            size[parents[node]] += size[node]
            branches[parents[node]].append(size[node])
        for node in order:
            branches[node].append(size[order[0]] - size[node])
    ids = graph.vs["organisation_id"]
    return dict(sorted((ids[point], sum(branches[node]) - max(branches[node])) for point, node in place.items()))


# What the ties are made of


def structural_share(graph: igraph.Graph) -> float | None:
    """Ties whose strongest active partnership is coordination or integration / m, from 0 to 1. None when m = 0.

    Misreading: a partnership without an intensity counts as cooperation, so missing cells lower it.
    Source: the scale of the PARTNER tool.

    >>> structural_share(igraph.Graph(3, [(0, 1), (1, 2)], edge_attrs={"is_structural": [True, False]}))
    0.5
    """
    return sum(graph.es["is_structural"]) / graph.ecount() if graph.ecount() else None


def ties_only_from_large(graph: igraph.Graph) -> int:
    """Ties that come only from partnerships of more than ten organisations.

    Misreading: they are ties all the same; without such partnerships (`max_consortium` = 10) exactly these would go.

    >>> ties_only_from_large(igraph.Graph(3, [(0, 1), (1, 2)], edge_attrs={"smallest_partnership": [2, 40]}))
    1
    """
    if graph.ecount() == 0:
        return 0
    return sum(organisations > LARGE_PARTNERSHIP for organisations in graph.es["smallest_partnership"])


# For pages


def brokers(organisations: pd.DataFrame, ties: pd.DataFrame) -> pd.DataFrame:
    """One row per organisation, in order of id: who connects others.

    organisations, ties: as for `network`. Columns: `organisation_id`, `degree`, `betweenness`, `constraint` (missing
    where undefined), `is_articulation_point`, `cut_off` (see the function; 0 when it is no such point),
    `cross_sector_degree` (partners in another sector).
    Misreading: these are places in the recorded network, not merits.

    >>> organisations = pd.DataFrame({"organisation_id": ["a", "b", "c"], "sector": ["ngo", "ngo", "business"]})
    >>> ties = pd.DataFrame({"organisation_a": ["a", "b"], "organisation_b": ["b", "c"]})
    >>> found = brokers(organisations, ties).set_index("organisation_id").loc["b"].to_dict()
    >>> found["degree"], found["betweenness"], found["is_articulation_point"], found["cut_off"]
    (2, 1.0, True, 1)
    """
    graph = graph_of(organisations, ties)
    ids = graph.vs["organisation_id"]
    codes, ends = _sector_codes(graph), _ends(graph)
    crossing = ends[codes[ends[:, 0]] != codes[ends[:, 1]]]
    splitting = cut_off(graph)
    return pd.DataFrame(
        {
            "organisation_id": pd.Series(ids, dtype="str"),
            "degree": pd.Series(graph.degree(), dtype="int64"),
            "betweenness": pd.Series(list(betweenness(graph).values()), dtype="float64"),
            "constraint": pd.Series(list(constraint(graph).values()), dtype="float64"),
            "is_articulation_point": pd.Series([i in splitting for i in ids], dtype="bool"),
            "cut_off": pd.Series([splitting.get(i, 0) for i in ids], dtype="int64"),
            "cross_sector_degree": np.bincount(crossing.ravel(), minlength=len(ids)),
        }
    )


def history(
    organisations_in_view: pd.DataFrame, tie_spells: pd.DataFrame, dates: Iterable[datetime.date]
) -> pd.DataFrame:
    """One row per date: `date`, `organisations`, `ties`, `density`, `mean_degree`, `cross_sector_share`.

    organisations_in_view: one row per organisation, active or not (`joined_on`, `left_on`). tie_spells: one row per
    unbroken period of a tie (`started_on`, `ended_on` = last day, empty = open, `is_cross_sector`). The last three
    columns are missing (a gap in a line) where `density`, `mean_degree` and `cross_sector_share` are undefined.
    Misreading: an organisation without `joined_on` counts from the beginning of time; a rise may be better recording.

    >>> day = datetime.date
    >>> organisations = pd.DataFrame({"joined_on": [None, None, day(2020, 1, 1)], "left_on": [None, None, None]})
    >>> spells = pd.DataFrame({"started_on": [day(2019, 1, 1)], "ended_on": [day(2019, 12, 31)],
    ...                        "is_cross_sector": [True]})
    >>> history(organisations, spells, [day(2019, 12, 31), day(2020, 1, 1)])[["organisations", "ties"]].values.tolist()
    [[2, 1], [3, 0]]
    """
    when = pd.Series(pd.to_datetime(list(dates))).astype("datetime64[us]")
    crossing = tie_spells[tie_spells["is_cross_sector"].astype(bool)]
    n = _running(organisations_in_view["joined_on"], organisations_in_view["left_on"], when)
    m = _running(tie_spells["started_on"], tie_spells["ended_on"], when)
    external = _running(crossing["started_on"], crossing["ended_on"], when)
    return pd.DataFrame(
        {
            "date": when,
            "organisations": n,
            "ties": m,
            "density": (2 * m / (n * (n - 1))).where(n >= 2),
            "mean_degree": (2 * m / n).where(n >= 1),
            "cross_sector_share": (external / m).where(m >= 1),
        }
    )


def _running(first_day: pd.Series, last_day: pd.Series, dates: pd.Series) -> pd.Series:
    """How many periods include each of the dates; without a first or last day a period is open on that side."""
    begun = pd.to_datetime(first_day).dropna().sort_values()
    over = pd.to_datetime(last_day).dropna().sort_values()
    always = len(first_day) - len(begun)
    return pd.Series(always + begun.searchsorted(dates, side="right") - over.searchsorted(dates, side="left"))


def _sector_codes(graph: igraph.Graph) -> np.ndarray:
    """Per vertex the number of its sector, in the smallest type that holds them all."""
    names, codes = np.unique(np.array(graph.vs["sector"], dtype=str), return_inverse=True)
    return codes.astype(np.int8 if len(names) < 128 else np.int32)


def _pairs_within_sectors(codes: np.ndarray) -> int:
    return sum(math.comb(int(size), 2) for size in np.bincount(codes))


def _ends(graph: igraph.Graph) -> np.ndarray:
    """One row per tie: the places of its two ends."""
    return np.array(graph.get_edgelist(), dtype=np.int64).reshape(-1, 2)


def _cross_sector_ties(graph: igraph.Graph) -> int:
    codes, ends = _sector_codes(graph), _ends(graph)
    return int(np.count_nonzero(codes[ends[:, 0]] != codes[ends[:, 1]]))


def _defined(value: float) -> float | None:
    """None for the NaN by which igraph says undefined."""
    return None if math.isnan(value) else float(value)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """igraph's one generator for the whole process, seeded; no other thread draws from it meanwhile."""
    with _drawing_chance:
        igraph.set_random_number_generator(random.Random(seed))
        try:
            yield
        finally:
            igraph.set_random_number_generator(random)
