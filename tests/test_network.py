"""Network: five organisations a person can count, laws that hold for any network, and every figure computed a second way."""

import datetime
import itertools
import math
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import Any

import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hubdata.indicators import drawing, network

DAY = datetime.date(2020, 6, 30)
law = settings(deadline=None, max_examples=60)  # one example is fast, but a busy machine is not

# The drawing that the golden numbers are counted on: five organisations, four ties, two of them structural (=)
#
#     a ngo ===== b ngo
#        \        /
#         \      /
#        c business ===== d knowledge        e ngo
#
# c and d know each other through a partnership of twelve only.
SECTORS = {"a": "ngo", "b": "ngo", "c": "business", "d": "knowledge", "e": "ngo"}


def organisations(sectors: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame({"organisation_id": list(sectors), "sector": list(sectors.values())}, dtype="str")


def ties(*pairs: str | tuple[str, str], structural: str = "", large: str = "") -> pd.DataFrame:
    """Ties "ab", "ac", ...; those named in `structural` and `large` (separated by spaces) are that."""
    return pd.DataFrame(
        {
            "organisation_a": pd.Series([a for a, _ in pairs], dtype="str"),
            "organisation_b": pd.Series([b for _, b in pairs], dtype="str"),
            "is_structural": pd.Series([pair in structural.split() for pair in pairs], dtype="bool"),
            "smallest_partnership": pd.Series([12 if pair in large.split() else 2 for pair in pairs], dtype="int64"),
        }
    )


DRAWING = organisations(SECTORS), ties("ab", "ac", "bc", "cd", structural="ab cd", large="cd")


def test_golden_numbers_of_the_drawing() -> None:
    found = network.network(*DRAWING)
    assert (found["organisations"], found["ties"]) == (5, 4)
    assert found["density"] == 4 / 10
    assert found["mean_degree"] == 8 / 5
    assert found["median_degree"] == 2  # of 0, 1, 2, 2, 3
    assert found["mean_cross_sector_degree"] == 6 / 5  # ac, bc, cd have two ends each
    assert (found["isolates"], found["isolated_organisations"]) == (1, ["e"])
    assert found["components"] == 2
    assert found["largest_component_share"] == 4 / 5
    assert found["transitivity"] == pytest.approx(3 * 1 / 5)  # triples: 1 around a, 1 around b, 3 around c
    assert found["average_path_length"] == pytest.approx((4 * 1 + 2 * 2) / 6)  # ad and bd take two steps
    assert found["degree_centralisation"] == (1 + 1 + 0 + 2 + 3) / (4 * 3)
    assert found["cross_sector_share"] == 3 / 4
    assert found["ei_index"] == (3 - 1) / 4
    assert found["ei_expected"] == pytest.approx(1 - 2 * 3 / 10)  # ab, ae, be are the pairs within a sector
    assert found["sector_assortativity"] == pytest.approx((1 / 4 - 26 / 64) / (1 - 26 / 64))  # ends: 4, 3 and 1 of 8
    assert found["articulation_points"] == ["c"]
    assert found["structural_share"] == 2 / 4
    assert found["ties_only_from_large"] == 1


def test_golden_numbers_per_organisation() -> None:
    found = network.network(*DRAWING)
    assert found["betweenness"] == {"a": 0, "b": 0, "c": pytest.approx(2 / 6), "d": 0, "e": 0}  # ad and bd of 6 pairs
    friend_of_friend = (1 / 2 + 1 / 2 * 1 / 3) ** 2 + (1 / 2 + 1 / 2 * 1 / 2) ** 2
    assert found["constraint"] == {
        "a": pytest.approx(friend_of_friend),
        "b": pytest.approx(friend_of_friend),
        "c": pytest.approx(2 * (1 / 3 + 1 / 3 * 1 / 2) ** 2 + (1 / 3) ** 2),
        "d": pytest.approx(1),
        "e": None,
    }


def test_golden_mixing() -> None:
    rows = {(row["sector_a"], row["sector_b"]): row for row in network.network(*DRAWING)["mixing"]}
    assert {pair: (row["ties"], row["pairs"]) for pair, row in rows.items()} == {
        ("business", "business"): (0, 0),
        ("business", "knowledge"): (1, 1),
        ("business", "ngo"): (2, 3),
        ("knowledge", "knowledge"): (0, 0),
        ("knowledge", "ngo"): (0, 3),
        ("ngo", "ngo"): (1, 3),
    }
    assert rows["business", "ngo"]["density"] == 2 / 3
    assert rows["business", "ngo"]["expected"] == pytest.approx(4 * 3 / 10)
    assert rows["business", "ngo"]["ratio"] == pytest.approx(2 / 1.2)
    assert rows["knowledge", "ngo"]["ratio"] == 0
    alone = rows["business", "business"]
    assert (alone["density"], alone["expected"], alone["ratio"]) == (None, None, None)


def test_p_value_of_the_drawing_against_all_ways_to_place_the_labels() -> None:
    pairs = ["ab", "ac", "bc", "cd"]
    crossing = []
    for labels in itertools.permutations(SECTORS.values()):
        placed = dict(zip(SECTORS, labels, strict=True))
        crossing.append(sum(placed[a] != placed[b] for a, b in pairs))
    mean = sum(crossing) / len(crossing)
    exact = sum(abs(found - mean) >= abs(3 - mean) for found in crossing) / len(crossing)
    # four standard errors of 10,000 permutations
    assert network.network(*DRAWING)["ei_p_value"] == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 1e4))


@given(st.data())
@law
def test_p_value_against_enumeration_of_every_way_to_place_the_labels(data: Any) -> None:
    """Exact fractions around the exact mean, which is `ei_expected`: within five errors of 10,000 shuffles."""
    size = data.draw(st.integers(2, 6))
    sectors = data.draw(st.lists(st.sampled_from(["ngo", "business", "knowledge"]), min_size=size, max_size=size))
    ids = "abcdef"[:size]
    pairs = data.draw(st.lists(st.sampled_from(list(itertools.combinations(range(size), 2))), unique=True, min_size=1))
    found = network.network(
        organisations(dict(zip(ids, sectors, strict=True))),
        ties(*((ids[a], ids[b]) for a, b in pairs)),
        ["ei_expected", "ei_p_value"],
    )

    def index(labels: tuple[str, ...]) -> Fraction:
        crossing = sum(labels[a] != labels[b] for a, b in pairs)
        return Fraction(2 * crossing - len(pairs), len(pairs))

    every = [index(labels) for labels in itertools.permutations(sectors)]
    mean = sum(every) / len(every)
    assert found["ei_expected"] == pytest.approx(float(mean), abs=1e-12)
    exact = sum(abs(value - mean) >= abs(index(tuple(sectors)) - mean) for value in every) / len(every)
    assert found["ei_p_value"] == pytest.approx(exact, abs=5 * math.sqrt(exact * (1 - exact) / 1e4) + 1e-4)


@given(st.integers(0, 2**32), st.integers(8, 40), st.randoms(use_true_random=False))
@law
def test_communities_do_not_depend_on_ids_nor_on_the_order_of_rows(seed: int, size: int, chance: random.Random) -> None:
    """Other ids and another order: the same value to the last digit; the same groups where no two can change places."""
    graph = nx.gnm_random_graph(size, 2 * size, seed=seed)
    shuffled = list(range(size))
    chance.shuffle(shuffled)

    def found(name_of: Sequence[str]) -> Any:
        pairs = [tuple(chance.sample((name_of[a], name_of[b]), 2)) for a, b in graph.edges]
        chance.shuffle(pairs)
        return network.network(
            organisations(dict.fromkeys(chance.sample(name_of, size), "ngo")),
            ties(*pairs),
            ["communities", "modularity"],
        )

    names, others = [f"a{i:02}" for i in range(size)], [f"b{i:02}" for i in shuffled]
    one, other = found(names), found(others)
    assert one["modularity"] == other["modularity"]
    assert list(map(len, one["communities"])) == list(map(len, other["communities"]))
    if igraph.Graph(size, list(graph.edges)).count_automorphisms() == 1:
        renamed = dict(zip(names, others, strict=True))
        again = {frozenset(renamed[organisation] for organisation in group) for group in one["communities"]}
        assert again == {frozenset(group) for group in other["communities"]}


@given(st.integers(0, 2**32), st.integers(2, 12), st.randoms(use_true_random=False))
@law
def test_the_order_of_a_large_network_does_not_depend_on_ids(seed: int, size: int, chance: random.Random) -> None:
    """Whoever is who, the same form is found again; many here could change places: leaves, pairs, those without ties."""
    core = nx.gnm_random_graph(size, size, seed=seed)
    of_core = [(chance.randrange(size), size + leaf) for leaf in range(size)]
    pairs = [(2 * size + 2 * nth, 2 * size + 2 * nth + 1) for nth in range(size)]
    triangles = [(4 * size + 3 * (nth // 3) + nth % 3, 4 * size + 3 * (nth // 3) + (nth + 1) % 3) for nth in range(6)]
    count = 6 * size + 6
    one = igraph.Graph(count, [*core.edges, *of_core, *pairs, *triangles])
    other = one.permute_vertices(chance.sample(range(count), count))

    def form(graph: igraph.Graph) -> list[list[int]]:
        order = network.order_of(graph)
        assert sorted(order) == list(range(count))
        place = np.argsort(order)
        return sorted(sorted(place[list(ends)].tolist()) for ends in graph.get_edgelist())

    assert form(one) == form(other)


def test_in_a_large_network_those_with_the_same_partners_are_looked_at_once() -> None:
    """Of 3,000 without a tie, 2,000 pairs and a host of 1,000 it is enough to look at two, one and two."""
    pairs = [(place, place + 1) for place in range(3000, 7000, 2)]
    graph = igraph.Graph(8001, [*pairs, *((8000, leaf) for leaf in range(7000, 8000))])
    fewer, colours, twins = network.without_twins(graph, [0] * graph.vcount())
    assert (fewer.vcount(), len(set(colours)), sum(map(len, twins))) == (1 + 2000 + 2, 4, 8001)
    fewest, colours, _ = network.without_twins(fewer, colours)
    assert (fewest.vcount(), len(set(colours))) == (4, 4)


def test_communities_are_the_best_of_several_starts() -> None:
    """The karate club's best division is known (Brandes et al. 2008); otherwise the best of twenty of networkx."""
    for graph, optimum in ((nx.karate_club_graph(), 0.4198), (nx.les_miserables_graph(), None)):
        names = {node: f"{place:02}" for place, node in enumerate(graph)}
        pairs = [(names[a], names[b]) for a, b in graph.edges]
        found = network.network(organisations(dict.fromkeys(names.values(), "ngo")), ties(*pairs), ["modularity"])
        louvain = nx.community.louvain_communities
        others = [nx.community.modularity(graph, louvain(graph, None, seed=seed), None) for seed in range(20)]
        assert found["modularity"] >= max(others) - 1e-9
        assert optimum is None or found["modularity"] == pytest.approx(optimum, abs=5e-5)


def test_communities_are_found_where_divisions_are_equal_but_for_rounding() -> None:
    """Networks of seven on which Leiden, told to go on until nothing changes, never ends: another process looks."""
    networks = [
        [(2, 5), (0, 6), (1, 3), (1, 6), (5, 6), (1, 2), (2, 4), (0, 5), (0, 4), (3, 5)],
        [(0, 6), (2, 3), (3, 4), (0, 2), (0, 4), (1, 3), (2, 6), (4, 5), (5, 6)],
        [(3, 4), (1, 4), (0, 2), (5, 6), (3, 6), (2, 5), (1, 6), (2, 4), (3, 5)],
    ]
    program = f"""
import igraph
from hubdata.indicators import network
for ties in {networks}:
    graph = igraph.Graph(7, ties, vertex_attrs={{"organisation_id": [str(n) for n in range(7)]}})
    print(network.modularity(graph, network.communities(graph)))
"""
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    best = [
        max(nx.community.modularity(graph, division) for division in divisions_of(set(graph)))
        for graph in map(nx.Graph, networks)
    ]
    assert [float(line) for line in found.stdout.split()] == pytest.approx(best)


def divisions_of(nodes: set[int]) -> Iterator[list[set[int]]]:
    """Every way to divide the nodes into groups."""
    if not nodes:
        yield []
        return
    first, *others = sorted(nodes)
    for size in range(len(others) + 1):
        for group in itertools.combinations(others, size):
            for rest in divisions_of(set(others) - set(group)):
                yield [{first, *group}, *rest]


def test_two_triangles_are_two_communities() -> None:
    # a-b-c and d-e-f, joined by c-d; g alone
    sectors = dict.fromkeys("abcdefg", "ngo")
    found = network.network(organisations(sectors), ties("ab", "ac", "bc", "cd", "de", "df", "ef"))
    assert found["communities"] == [["a", "b", "c"], ["d", "e", "f"], ["g"]]
    assert found["modularity"] == pytest.approx(6 / 7 - 2 * (7 / 14) ** 2)


def test_what_is_undefined_is_none() -> None:
    nobody = network.network(organisations({}), ties())
    assert (nobody["organisations"], nobody["ties"], nobody["isolates"], nobody["components"]) == (0, 0, 0, 0)
    counts = ("organisations", "ties", "isolates", "components", "ties_only_from_large")
    filled = {name: value for name, value in network.network(*DRAWING).items() if isinstance(value, dict | list)}
    assert {name: value for name, value in nobody.items() if name not in counts} == {
        **dict.fromkeys(set(nobody) - set(counts)),
        **{name: type(value)() for name, value in filled.items() if name != "communities"},
    }
    one = network.network(organisations({"a": "ngo"}), ties())
    assert (one["density"], one["mean_degree"], one["largest_component_share"]) == (None, 0, 1)
    assert (one["average_path_length"], one["ei_expected"], one["betweenness"]) == (None, None, {"a": None})
    strangers = network.network(organisations(SECTORS), ties())
    assert (strangers["density"], strangers["ei_expected"]) == (0, pytest.approx(0.4))
    undefined = ("transitivity", "average_path_length", "cross_sector_share", "ei_index", "ei_p_value", "modularity")
    undefined += ("communities", "sector_assortativity", "structural_share")
    assert [strangers[name] for name in undefined] == [None] * len(undefined)
    assert {row["ratio"] for row in strangers["mixing"]} == {None}
    assert network.network(organisations(dict.fromkeys("ab", "ngo")), ties("ab"))["sector_assortativity"] is None


def test_a_tie_with_an_unknown_end_is_refused() -> None:
    with pytest.raises(KeyError, match="z"):
        network.network(organisations(SECTORS), ties("az"))


def test_two_largest_components_both_count_for_the_path_length() -> None:
    # a-b-c in a row (4/3) and a triangle d-e-f (1), each of three
    sectors = dict.fromkeys("abcdef", "ngo")
    found = network.network(organisations(sectors), ties("ab", "bc", "de", "df", "ef"))
    assert found["average_path_length"] == pytest.approx((4 / 3 + 1) / 2)


# Laws


@st.composite
def networks(draw: st.DrawFn, least: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    size = draw(st.integers(least, 8))
    ids = [f"organisation-{i}" for i in range(size)]
    sectors = draw(st.lists(st.sampled_from(["ngo", "business", "knowledge"]), min_size=size, max_size=size))
    possible = list(itertools.combinations(ids, 2))
    pairs = draw(st.lists(st.sampled_from(possible), unique=True)) if possible else []
    return organisations(dict(zip(ids, sectors, strict=True))), ties(*pairs)


def plain(found: dict[str, Any]) -> dict[str, Any]:
    """The figures rounded, so that the order of additions does not matter, without those that depend on chance."""

    def rounded(value: Any) -> Any:
        if isinstance(value, float):
            return round(value, 9)
        if isinstance(value, dict):
            return {key: rounded(cell) for key, cell in value.items()}
        return [rounded(cell) for cell in value] if isinstance(value, list) else value

    by_chance = ("communities", "modularity", "ei_p_value")
    return {name: rounded(value) for name, value in found.items() if name not in by_chance}


@given(st.integers(2, 9))
@law
def test_everybody_knows_everybody_is_density_one(size: int) -> None:
    ids = [str(i) for i in range(size)]
    found = network.network(organisations(dict.fromkeys(ids, "ngo")), ties(*itertools.combinations(ids, 2)))
    assert (found["density"], found["average_path_length"], found["components"]) == (1, 1, 1)
    assert found["degree_centralisation"] in (0, None)


@given(networks(), st.randoms(use_true_random=False))
@law
def test_the_order_of_the_rows_and_of_the_ends_changes_nothing_at_all(
    drawn: tuple[pd.DataFrame, pd.DataFrame], chance: random.Random
) -> None:
    members, pairs = drawn
    shuffled = pairs.sample(frac=1, random_state=chance.randrange(1000))
    again = members.sample(frac=1, random_state=chance.randrange(1000)), shuffled
    assert network.network(*again) == network.network(members, pairs)
    swapped = pairs.rename(columns={"organisation_a": "organisation_b", "organisation_b": "organisation_a"})
    assert plain(network.network(members, swapped)) == plain(network.network(members, pairs))


@given(networks(), st.randoms(use_true_random=False))
@law
def test_names_change_nothing_but_the_names(drawn: tuple[pd.DataFrame, pd.DataFrame], chance: random.Random) -> None:
    members, pairs = drawn
    others = [f"other-{i}" for i in range(len(members))]
    chance.shuffle(others)
    other = dict(zip(members["organisation_id"], others, strict=True))
    renamed = pairs.assign(
        organisation_a=[other[a] for a in pairs["organisation_a"]],
        organisation_b=[other[b] for b in pairs["organisation_b"]],
    ).astype(pairs.dtypes)
    found, expected = (
        plain(network.network(members.assign(organisation_id=pd.Series(others, dtype="str")), renamed)),
        plain(network.network(members, pairs)),
    )
    for name in [name for name, value in expected.items() if isinstance(value, dict)]:
        expected[name] = {other[organisation]: value for organisation, value in expected[name].items()}
    for name in ("isolated_organisations", "articulation_points"):
        expected[name] = sorted(other[organisation] for organisation in expected[name])
    assert found == expected


@given(networks(least=2))
@law
def test_one_more_isolate_lowers_density_and_leaves_the_ties(drawn: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    members, pairs = drawn
    assume(len(pairs))
    more = pd.concat([members, organisations({"somebody-new": "ngo"})])
    before, after = network.network(members, pairs), network.network(more, pairs)
    assert after["density"] < before["density"]
    assert (after["ties"], after["isolates"]) == (before["ties"], before["isolates"] + 1)
    assert after["ei_index"] == before["ei_index"]


@given(st.lists(st.booleans(), min_size=1, max_size=8))
@law
def test_ei_index_changes_sign_when_across_and_within_change_places(crosses: list[bool]) -> None:
    def index(crosses: list[bool]) -> float:
        """Of one tie per element, each between two organisations of its own."""
        sectors = {}
        for i, across in enumerate(crosses):
            sectors |= {f"{i}-a": "ngo", f"{i}-b": "business" if across else "ngo"}
        found = network.network(organisations(sectors), ties(*((f"{i}-a", f"{i}-b") for i in range(len(crosses)))))
        return found["ei_index"]

    assert index(crosses) == -index([not across for across in crosses])


@given(networks())
@law
def test_sectors_that_exchange_names_change_no_figure(drawn: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    members, pairs = drawn
    exchanged = members.assign(sector=members["sector"].replace({"ngo": "business", "business": "ngo"}))
    found, expected = plain(network.network(exchanged, pairs)), plain(network.network(members, pairs))
    assert {**found, "mixing": None} == {**expected, "mixing": None}


@given(networks())
@law
def test_mixing_adds_up(drawn: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    found = network.network(*drawn)
    n, m = found["organisations"], found["ties"]
    assert sum(row["ties"] for row in found["mixing"]) == m
    assert sum(row["pairs"] for row in found["mixing"]) == n * (n - 1) / 2
    if n >= 2:
        assert sum(row["expected"] or 0 for row in found["mixing"]) == pytest.approx(m)
    within = sum(row["ties"] for row in found["mixing"] if row["sector_a"] == row["sector_b"])
    assert found["ei_index"] == (pytest.approx((m - 2 * within) / m) if m else None)


@given(networks())
@law
def test_ranges(drawn: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    found = network.network(*drawn)
    shares = ("density", "largest_component_share", "transitivity", "degree_centralisation", "cross_sector_share")
    for name in (*shares, "ei_p_value"):
        assert found[name] is None or 0 <= found[name] <= 1 + 1e-12
    for name in ("ei_index", "ei_expected", "sector_assortativity"):
        assert found[name] is None or -1 - 1e-12 <= found[name] <= 1 + 1e-12
    assert all(value is None or 0 < value <= 1.125 + 1e-12 for value in found["constraint"].values())
    members = [organisation for group in found["communities"] or [] for organisation in group]
    assert sorted(members) == (sorted(drawn[0]["organisation_id"]) if found["ties"] else [])


# The same figures from an independent library


def check_against_networkx(members: pd.DataFrame, pairs: pd.DataFrame) -> None:
    """Every figure of `network` computed a second way, with networkx or by plain counting."""
    found = network.network(members, pairs)
    graph = nx.Graph()
    graph.add_nodes_from((i, {"sector": s}) for i, s in zip(members["organisation_id"], members["sector"], strict=True))
    graph.add_edges_from(zip(pairs["organisation_a"], pairs["organisation_b"], strict=True))
    n, m, sector = len(graph), graph.number_of_edges(), nx.get_node_attributes(graph, "sector")
    degrees = dict(graph.degree)
    assert (found["organisations"], found["ties"]) == (n, m)
    assert found["density"] == pytest.approx(nx.density(graph))
    assert found["mean_degree"] == pytest.approx(np.mean(list(degrees.values())))
    assert found["median_degree"] == np.median(list(degrees.values()))
    assert found["isolated_organisations"] == sorted(nx.isolates(graph))
    assert found["isolates"] == nx.number_of_isolates(graph)
    groups = sorted(nx.connected_components(graph), key=len, reverse=True)
    assert len(groups[0]) > len(groups[1])
    assert found["components"] == len(groups)
    assert found["largest_component_share"] == len(groups[0]) / n
    assert found["transitivity"] == pytest.approx(nx.transitivity(graph))
    assert found["average_path_length"] == pytest.approx(nx.average_shortest_path_length(graph.subgraph(groups[0])))
    top = max(degrees.values())
    star = sum((n - 1) - degree for degree in dict(nx.star_graph(n - 1).degree).values())
    assert found["degree_centralisation"] == pytest.approx(sum(top - degree for degree in degrees.values()) / star)

    crossing = sum(sector[a] != sector[b] for a, b in graph.edges)
    assert found["cross_sector_share"] == pytest.approx(crossing / m)
    assert found["mean_cross_sector_degree"] == pytest.approx(2 * crossing / n)
    assert found["ei_index"] == pytest.approx((crossing - (m - crossing)) / m)
    every_pair = nx.complete_graph(list(graph))
    possible = Counter(tuple(sorted((sector[a], sector[b]))) for a, b in every_pair.edges)
    external = sum(count for (a, b), count in possible.items() if a != b)
    assert found["ei_expected"] == pytest.approx((2 * external - possible.total()) / possible.total())
    assert found["sector_assortativity"] == pytest.approx(nx.attribute_assortativity_coefficient(graph, "sector"))
    made = Counter(tuple(sorted((sector[a], sector[b]))) for a, b in graph.edges)
    rows = {(row["sector_a"], row["sector_b"]): row for row in found["mixing"]}
    assert list(rows) == list(itertools.combinations_with_replacement(sorted(set(sector.values())), 2))
    for pair, row in rows.items():
        assert (row["ties"], row["pairs"]) == (made[pair], possible[pair])
        if row["pairs"]:
            assert row["density"] == pytest.approx(made[pair] / possible[pair])
            assert row["expected"] == pytest.approx(nx.density(graph) * possible[pair])
            assert row["ratio"] == pytest.approx(made[pair] / possible[pair] / nx.density(graph))

    assert found["betweenness"] == pytest.approx(nx.betweenness_centrality(graph))
    burt = nx.constraint(graph)
    assert found["constraint"] == {
        organisation: pytest.approx(burt[organisation]) if degrees[organisation] else None for organisation in graph
    }
    assert found["articulation_points"] == sorted(nx.articulation_points(graph))
    assert found["structural_share"] == pytest.approx(np.mean(pairs["is_structural"]))
    assert found["ties_only_from_large"] == np.sum(pairs["smallest_partnership"] > 10)

    communities = [set(group) for group in found["communities"]]
    assert [len(group) for group in communities] == sorted(map(len, communities), reverse=True)
    assert found["modularity"] == pytest.approx(nx.community.modularity(graph, communities))
    greedy = nx.community.greedy_modularity_communities(graph)
    assert found["modularity"] >= nx.community.modularity(graph, greedy) - 0.005

    chance, rounds = random.Random(4), 2000
    labels, values = list(sector.values()), []
    for _ in range(rounds):
        chance.shuffle(labels)
        placed = dict(zip(sector, labels, strict=True))
        values.append(sum(placed[a] != placed[b] for a, b in graph.edges))
    mean = sum(values) / rounds
    p = (1 + sum(abs(value - mean) >= abs(crossing - mean) for value in values)) / (rounds + 1)
    # four standard errors of both estimates, and one step for means that differ a little
    tolerance = 4 * math.sqrt(p * (1 - p) * (1 / rounds + 1 / network.PERMUTATIONS)) + 2 * np.mean(
        np.abs(np.abs(np.array(values) - mean) - abs(crossing - mean)) < 0.5
    )
    assert found["ei_p_value"] == pytest.approx(p, abs=tolerance)


def test_every_figure_of_the_sample_agrees_with_networkx(sample: Any) -> None:
    members, pairs = sample.rows("active_organisations", as_of=DAY), sample.rows("ties", as_of=DAY)
    assert (len(members), len(pairs)) == (166, 289)
    check_against_networkx(members, pairs)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_figure_of_a_random_network_with_isolates_agrees_with_networkx(seed: int) -> None:
    chance = random.Random(seed)
    ids = [f"organisation-{i:02}" for i in range(60)]
    sectors = {organisation: chance.choice(["ngo", "ngo", "business", "knowledge"]) for organisation in ids}
    sectors["organisation-59"] = "funder"  # a sector of one
    possible = list(itertools.combinations(ids[:45], 2))
    pairs = ties(*chance.sample(possible, 80))
    pairs["is_structural"] = [chance.random() < 0.3 for _ in range(len(pairs))]
    pairs["smallest_partnership"] = [chance.randrange(2, 30) for _ in range(len(pairs))]
    check_against_networkx(organisations(sectors), pairs)


# Brokers, history and the drawing


def test_brokers_of_the_drawing() -> None:
    found = network.brokers(*DRAWING).set_index("organisation_id")
    assert found["degree"].to_dict() == {"a": 2, "b": 2, "c": 3, "d": 1, "e": 0}
    assert found["cross_sector_degree"].to_dict() == {"a": 1, "b": 1, "c": 3, "d": 1, "e": 0}
    assert found.index[found["is_articulation_point"]].tolist() == ["c"]
    assert found["betweenness"].to_dict() == network.network(*DRAWING)["betweenness"]
    assert math.isnan(found.loc["e", "constraint"])


def test_brokers_of_nobody() -> None:
    assert len(network.brokers(organisations({}), ties())) == 0


def test_history_counts_first_and_last_days() -> None:
    def day(number: int) -> datetime.date:
        return datetime.date(2020, 1, number)

    members = pd.DataFrame({"joined_on": [None, None, day(10), day(1)], "left_on": [None, None, None, day(20)]})
    spells = pd.DataFrame(
        {
            "started_on": [day(5), day(10)],
            "ended_on": [day(9), None],
            "is_cross_sector": [False, True],
        }
    )
    found = network.history(members, spells, [day(4), day(5), day(9), day(10), day(21)])
    assert found["date"].dt.day.tolist() == [4, 5, 9, 10, 21]
    assert found["organisations"].tolist() == [3, 3, 3, 4, 3]
    assert found["ties"].tolist() == [0, 1, 1, 1, 1]
    assert found["density"].tolist() == pytest.approx([0, 1 / 3, 1 / 3, 1 / 6, 1 / 3])
    assert found["mean_degree"].tolist() == pytest.approx([0, 2 / 3, 2 / 3, 1 / 2, 2 / 3])
    assert found["cross_sector_share"].tolist() == pytest.approx([math.nan, 0, 0, 1, 1], nan_ok=True)


def test_history_before_anybody_joined_is_missing_not_zero() -> None:
    members = pd.DataFrame({"joined_on": [DAY], "left_on": [None]})
    spells = pd.DataFrame({"started_on": [], "ended_on": [], "is_cross_sector": []})
    found = network.history(members, spells, [datetime.date(2019, 1, 1), DAY])
    assert found["organisations"].tolist() == [0, 1]
    assert found["mean_degree"].tolist() == pytest.approx([math.nan, 0], nan_ok=True)
    assert found["density"].isna().all()


def test_history_of_the_sample_is_the_network_on_each_date(sample: Any) -> None:
    dates = [datetime.date(year, month, day) for year in (2009, 2015, 2020) for month, day in ((1, 1), (8, 31))]
    members, spells = (sample.rows(name, as_of=DAY) for name in ("organisations_in_view", "tie_spells"))
    history = network.history(members, spells, dates)
    for date, row in zip(dates, history.to_dict("records"), strict=True):
        found = network.network(sample.rows("active_organisations", as_of=date), sample.rows("ties", as_of=date))
        for name in ("organisations", "ties", "density", "mean_degree", "cross_sector_share"):
            assert row[name] == pytest.approx(found[name]), (date, name)


def places(drawn: pd.DataFrame) -> dict[str, tuple[float, float]]:
    return {row["organisation_id"]: (row["x"], row["y"]) for row in drawn.to_dict("records")}


@given(networks())
@law
def test_a_drawing_keeps_everybody_apart_and_isolates_below(drawn: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    members, pairs = drawn
    found = places(drawing.layout(members, pairs))
    assert sorted(found) == sorted(members["organisation_id"])
    assert all(math.dist(a, b) > 1e-3 for a, b in itertools.combinations(found.values(), 2))
    tied = {*pairs["organisation_a"], *pairs["organisation_b"]}
    lowest = min((found[organisation][1] for organisation in tied), default=1)
    assert all(found[organisation][1] < lowest for organisation in found if organisation not in tied)


def test_components_are_drawn_near_each_other_without_overlap() -> None:
    groups = [[f"{group}{i}" for i in range(size)] for group, size in (("a", 12), ("b", 5), ("c", 4), ("d", 2))]
    pairs = [
        pair for group in groups for pair in itertools.pairwise([*group, group[0]][: len(group) + (len(group) > 2)])
    ]
    everybody = organisations(dict.fromkeys(itertools.chain(*groups), "ngo"))
    found = places(drawing.layout(everybody, ties(*pairs)))
    boxes = []
    for group in groups:
        spots = np.array([found[organisation] for organisation in group])
        boxes.append((spots.min(axis=0), spots.max(axis=0)))
    for (low, high), (other_low, other_high) in itertools.combinations(boxes, 2):
        assert ((low > other_high + 0.1) | (other_low > high + 0.1)).any(), "beside or below, with room between"
    spread = np.ptp(np.array(list(found.values())), axis=0)
    assert spread[0] / spread[1] == pytest.approx(drawing.WIDER, rel=0.35), "all together fill a page"


def test_the_same_network_is_drawn_the_same_in_any_order_and_thread(sample: Any) -> None:
    members, pairs = sample.rows("active_organisations", as_of=DAY), sample.rows("ties", as_of=DAY)
    expected = drawing.layout(members, pairs, seed=7), network.network(members, pairs)["communities"]

    def again(number: int) -> tuple[pd.DataFrame, Any]:
        shuffled = members.sample(frac=1, random_state=number), pairs.sample(frac=1, random_state=number)
        return drawing.layout(*shuffled, seed=7), network.network(*shuffled)["communities"]

    with ThreadPoolExecutor(4) as pool:
        for drawn, communities in pool.map(again, range(8)):
            pd.testing.assert_frame_equal(drawn, expected[0], check_exact=True)
            assert communities == expected[1]


def test_results_are_plain_python(sample: Any) -> None:
    found = network.network(sample.rows("active_organisations", as_of=DAY), sample.rows("ties", as_of=DAY))

    def cells(value: Any) -> list[Any]:
        if isinstance(value, dict):
            return [cell for part in (*value, *value.values()) for cell in cells(part)]
        return [cell for part in value for cell in cells(part)] if isinstance(value, list) else [value]

    assert {type(cell) for cell in cells(found)} <= {int, float, str, type(None)}
    assert not any(isinstance(cell, float) and math.isnan(cell) for cell in cells(found))


def test_what_a_single_point_of_connection_would_cut_off() -> None:
    # a-b-c in a triangle, c-d, d-e and d-f: without c three are left beside two, without d one, one and three.
    members = organisations(dict.fromkeys("abcdefg", "ngo"))
    graph = network.graph_of(members, ties("ab", "ac", "bc", "cd", "de", "df"))
    assert network.cut_off(graph) == {"c": 2, "d": 2}
    found = network.brokers(members, ties("ab", "ac", "bc", "cd", "de", "df")).set_index("organisation_id")
    assert found["cut_off"].to_dict() == {"a": 0, "b": 0, "c": 2, "d": 2, "e": 0, "f": 0, "g": 0}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_cut_off_agrees_with_taking_organisations_out_one_by_one(seed: int) -> None:
    drawn = nx.gnp_random_graph(30, 0.07, seed=seed)
    names = [f"n{number:02}" for number in drawn]
    members = organisations(dict.fromkeys(names, "ngo"))
    found = network.cut_off(network.graph_of(members, ties(*((names[a], names[b]) for a, b in drawn.edges))))
    expected = {}
    for one in drawn:
        group = nx.node_connected_component(drawn, one)
        left = [len(part) for part in nx.connected_components(drawn.subgraph(group - {one}))]
        if len(left) > 1:
            expected[names[one]] = sum(left) - max(left)
    assert found == expected
    assert found


@pytest.mark.parametrize("portion", [1, 7, 500])
def test_all_paths_in_portions_are_what_one_call_and_networkx_find(
    portion: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = random.Random(portion)
    names = [f"o{n:02}" for n in range(60)]
    organisations = pd.DataFrame({"organisation_id": names, "sector": "ngo"})
    pairs = sorted({tuple(sorted(at.sample(names[:50], 2))) for _ in range(70)})  # ten have no partner
    ties = pd.DataFrame(pairs, columns=["organisation_a", "organisation_b"])
    graph = network.graph_of(organisations, ties)
    one_call = network.betweenness(graph)
    distance = network.average_path_length(graph)
    monkeypatch.setattr(network, "PORTION", portion)
    monkeypatch.setattr(network, "LARGE", 10)
    monkeypatch.setattr(network, "SOURCES", 5)
    assert network.betweenness(graph) != one_call, "estimated here"
    parts: list[float] = []
    found = network.exact_paths(organisations, ties, parts.append)
    assert found["betweenness"] == pytest.approx(one_call)
    assert found["average_path_length"] == pytest.approx(distance)
    other = nx.Graph(pairs)
    other.add_nodes_from(names)
    assert found["betweenness"] == pytest.approx(nx.betweenness_centrality(other))
    largest = other.subgraph(max(nx.connected_components(other), key=len))
    assert found["average_path_length"] == pytest.approx(nx.average_shortest_path_length(largest))
    assert parts == sorted(parts)
    assert parts[-1] == 1
    assert len(parts) >= 60 // portion


def test_all_paths_of_hardly_anybody_are_undefined() -> None:
    one = pd.DataFrame({"organisation_id": ["a"], "sector": ["ngo"]})
    none = pd.DataFrame({"organisation_a": [], "organisation_b": []}, dtype="str")
    said = {"betweenness": {"a": None}, "average_path_length": None}
    assert network.exact_paths(one, none, lambda part: None) == said
    nobody = {"betweenness": {}, "average_path_length": None}
    assert network.exact_paths(one.head(0), none, lambda part: None) == nobody


def test_in_a_large_network_what_takes_long_is_estimated_and_how_well_is_true(monkeypatch: pytest.MonkeyPatch) -> None:
    """As far off as `methods` says: the largest mostly less than a tenth, the average distance a hundredth."""
    sectors = ["ngo", "business", "government"]
    at = random.Random(5)
    names = [f"o{n}" for n in range(2000)]
    organisations = pd.DataFrame({"organisation_id": names, "sector": [at.choice(sectors) for _ in names]})
    # Whoever has many partners gets more, as in real lists.
    ends = [0]
    pairs = set()
    for n in range(1, len(names)):
        for other in {at.choice(ends) for _ in range(3)}:
            pairs.add((other, n))
            ends += [other, n]
    ties = pd.DataFrame([(names[a], names[b]) for a, b in sorted(pairs)], columns=["organisation_a", "organisation_b"])
    graph = network.graph_of(organisations, ties)
    exact, distance = network.betweenness(graph), network.average_path_length(graph)
    monkeypatch.setattr(network, "LARGE", 1000)
    largest = sorted(names, key=lambda name: exact[name], reverse=True)[:20]
    found = network.betweenness(graph)
    assert found == network.betweenness(graph), "the same network gives the same figures"
    off = sorted(abs(found[name] - exact[name]) / exact[name] for name in largest)
    assert 0 < off[len(off) // 2] < 0.1
    assert max(found.values()) <= 1
    assert network.average_path_length(graph) != distance
    assert network.average_path_length(graph) == pytest.approx(distance, rel=0.01)
    star = pd.DataFrame({"organisation_a": names[0], "organisation_b": names[1:]})
    assert network.betweenness(network.graph_of(organisations, star))["o0"] == pytest.approx(1, abs=0.001)
