"""Which introductions hold most together: a network a person can count, and every gain computed with networkx."""

import itertools

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from hubdata.indicators.holding import BROKERS, CHOSEN, holding


def network(ids: str, pairs: list[tuple[str, str]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    organisations = pd.DataFrame({"organisation_id": list(ids), "sector": "ngo"})
    return organisations, pd.DataFrame(sorted(map(sorted, pairs)), columns=["organisation_a", "organisation_b"])


def test_two_circles_that_one_organisation_joins() -> None:
    # a, b and c know each other, and so do e, f and g; d alone joins them, and h knows nobody.
    circles = [("a", "b"), ("a", "c"), ("b", "c"), ("e", "f"), ("e", "g"), ("f", "g"), ("c", "d"), ("d", "e")]
    found = holding(*network("abcdefgh", circles), [("a", "f"), ("b", "g"), ("d", "h"), ("a", "h")])
    assert found
    assert found["key_organisations"] == ["d", "c", "e"]
    # Without c, d and e there are a-b, f-g and h. A tie of a and f lets four pairs reach each other; b and g come after it.
    assert [gain["reach_gain"] for gain in found["candidates"]] == [4, 4, 0, 2]
    assert (found["reach"], found["reach_possible"]) == (2, 10)
    first, second, third = found["chosen"]
    assert (first["organisation_a"], first["organisation_b"], first["reach_gain"]) == ("a", "f", 4)
    assert {second["organisation_b"], third["organisation_b"]} == {"g", "h"}
    assert found["reach_after"] == 10
    # Seven organisations in reach of each other are 21 pairs, which are 46 steps apart now.
    assert found["distance"] == pytest.approx(46 / 21)


def efficiency(graph: nx.Graph, gone: list[str]) -> float:
    return nx.global_efficiency(graph.subgraph(set(graph) - set(gone)))


def reach(graph: nx.Graph, gone: list[str]) -> int:
    parts = nx.connected_components(graph.subgraph(set(graph) - set(gone)))
    return sum(len(part) * (len(part) - 1) // 2 for part in parts)


@pytest.mark.parametrize("seed", range(4))
def test_every_gain_is_that_of_networkx(seed: int) -> None:
    chance = np.random.default_rng(seed)
    ids = "abcdefghijklmnop"
    pairs = list(itertools.combinations(ids, 2))
    tied = {pair for pair in pairs if chance.random() < 0.11}
    without = [pair for pair in pairs if pair not in tied]
    candidates = [without[place] for place in chance.choice(len(without), 30, replace=False)]
    found = holding(*network(ids, list(tied)), candidates)
    assert found
    graph = nx.Graph()
    graph.add_nodes_from(ids)
    graph.add_edges_from(tied)
    between = nx.betweenness_centrality(graph)
    order = sorted(ids, key=lambda one: (-round(between[one], 9), one))
    key = [one for one in order[:BROKERS] if between[one] > 0]
    assert found["key_organisations"] == key
    before = {
        frozenset((u, v)): d for u, to in nx.all_pairs_shortest_path_length(graph) for v, d in to.items() if u != v
    }
    assert found["distance"] == pytest.approx(np.mean(list(before.values())))

    def gains(base: nx.Graph, pair: tuple[str, str]) -> tuple[float, int, float]:
        with_it = nx.Graph(base)
        with_it.add_edge(*pair)
        saved = [nx.shortest_path_length(base, *p) - nx.shortest_path_length(with_it, *p) for p in map(sorted, before)]
        return (
            efficiency(with_it, key) - efficiency(base, key),
            reach(with_it, key) - reach(base, key),
            float(np.mean(saved)),
        )

    for pair, gain in zip(candidates, found["candidates"], strict=True):
        # A tie with a key organisation goes with it.
        closeness, brought, saved = gains(graph, pair)
        assert gain["closeness_gain"] == pytest.approx(closeness, abs=1e-12)
        assert (gain["reach_gain"], gain["distance_gain"]) == (brought, pytest.approx(saved, abs=1e-12))
    assert len(found["chosen"]) == CHOSEN
    for chosen in found["chosen"]:
        best = max(gains(graph, pair)[0] for pair in candidates)
        assert chosen["closeness_gain"] == pytest.approx(best, abs=1e-12)
        graph.add_edge(chosen["organisation_a"], chosen["organisation_b"])
    assert found["reach_after"] == reach(graph, key)
    assert found["distance_after"] == pytest.approx(np.mean([nx.shortest_path_length(graph, *p) for p in before]))


def test_nothing_is_said_of_nobody_and_of_too_many() -> None:
    empty = holding(*network("", []), [])
    assert empty
    assert (empty["chosen"], empty["distance"], empty["distance_after"], empty["reach"]) == ([], None, None, 0)
    many = pd.DataFrame({"organisation_id": [f"{n:05d}" for n in range(2001)], "sector": "ngo"})
    assert holding(many, network("", [])[1], []) is None
