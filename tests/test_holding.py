"""Which introductions hold most together: a network a person can count, and every gain computed with networkx."""

import itertools

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from hubdata.indicators.holding import BROKERS, CHOSEN, holding


def network(ids: str, pairs: list[tuple[str, str]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    organisations = pd.DataFrame({"organisation_id": list(ids), "name": list(ids.upper()), "sector": "ngo"})
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
    assert [gain["equals"] for gain in (first, second, third)] == [1, 0, 0]  # b and g would do as well as a and f
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
    # Those with whom fewer than three stand between others more: equals go together, unless that would be too many.
    ahead = {one: sum(between[other] > between[one] + 1e-9 for other in ids) for one in ids}
    key = [one for one in ids if between[one] > 0 and ahead[one] < BROKERS]
    if len(key) > 2 * BROKERS:
        key = [one for one in key if between[one] > min(between[other] for other in key) + 1e-9]
    assert sorted(found["key_organisations"]) == key
    assert [between[one] for one in found["key_organisations"]] == sorted((between[one] for one in key), reverse=True)
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


def ring(names: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Organisations in a circle, each with two neighbours."""
    return network(names, list(zip(names, names[1:] + names[0], strict=True)))


def test_equals_are_key_together_or_not_at_all() -> None:
    # Of a circle all are equal: six go together, seven would be too many, so that none is thought away.
    for names, key in (("abcdef", set("abcdef")), ("abcdefg", set())):
        found = holding(*ring(names), [("a", "d")])
        assert found
        assert set(found["key_organisations"]) == key
    # In a line of five the middle stands between others most, then its two neighbours; the ends never do.
    line = holding(*network("abcde", [("a", "b"), ("b", "c"), ("c", "d"), ("d", "e")]), [])
    assert line
    assert line["key_organisations"][0] == "c"
    assert set(line["key_organisations"]) == set("bcd")


@pytest.mark.parametrize("seed", range(3))
def test_no_id_decides_which_pair_is_chosen_among_equals(seed: int) -> None:
    # In a circle of eight every pair of opposites adds as much: the first by name is chosen, whatever the ids.
    names = "abcdefgh"
    new = dict(zip(names, np.random.default_rng(seed).permutation(list("stuvwxyz")).tolist(), strict=True))
    organisations, ties = ring(names)
    organisations["organisation_id"] = organisations["organisation_id"].map(new)
    ties = ties.map(new.get)
    pairs = [(new[a], new[b]) for a, b in itertools.combinations(names, 2) if {new[a], new[b]} not in
             [{*tie} for tie in ties.itertuples(index=False)]]  # fmt: skip
    found = holding(
        organisations, ties, [pairs[place] for place in np.random.default_rng(seed).permutation(len(pairs))]
    )
    assert found
    name_of = {own: name for name, own in new.items()}
    chosen = [
        ("".join(sorted(name_of[gain[end]] for end in ("organisation_a", "organisation_b"))), gain["equals"])
        for gain in found["chosen"]
    ]
    assert chosen == [("ae", 3), ("cg", 0), ("ad", 9)]


def test_nothing_is_said_of_nobody_and_of_too_many() -> None:
    empty = holding(*network("", []), [])
    assert empty
    assert (empty["chosen"], empty["distance"], empty["distance_after"], empty["reach"]) == ([], None, None, 0)
    many = pd.DataFrame({"organisation_id": [f"{n:05d}" for n in range(2001)], "name": "N", "sector": "ngo"})
    assert holding(many, network("", [])[1], []) is None
