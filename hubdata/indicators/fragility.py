"""What is left of the network when those who hold it together go."""

from collections.abc import Iterable, Sequence
from typing import TypedDict

import numpy as np
import pandas as pd

from hubdata.indicators import network
from hubdata.indicators.rows import NamedOrganisation, first_of


class LostBroker(NamedOrganisation):
    """An organisation that goes, and its betweenness (see `fragility`)."""

    betweenness: float
    """0-1."""


class Fragility(TypedDict):
    """What is left of the network after so many losses (see `fragility`)."""

    removed: int
    """As asked; fewer are lost when no others stand between any two, more when others equal the last of them."""
    lost: list[LostBroker]
    organisations: int
    """Those left."""
    pairs: int
    connected_pairs: int
    connected_share: float | None
    """0-1; None, like the next, when fewer than two are left."""
    connected_share_before: float | None
    """The same pairs while the lost ones were still there."""
    largest_component_share: float | None
    """0-1; None when none is left."""


def fragility(
    organisations: pd.DataFrame, ties: pd.DataFrame, brokers: pd.DataFrame, *, removed: Sequence[int] = (0, 1, 3, 5)
) -> list[Fragility]:
    """How much of the network still hangs together when those who hold it together go, per number of losses.

    `organisations`: one row per active organisation, columns `organisation_id`, `sector`. `ties`: one row per tie,
    columns `organisation_a`, `organisation_b`. `brokers`: who goes, first first: `organisation_id`, `name`, `sector`,
    `betweenness`, in order of betweenness. `removed`: how many are lost, each >= 0; fewer are lost when no others
    stand between any two (betweenness 0 or None); more when others have the same betweenness as the last of them, for
    no id decides who of equals goes: they go together.

    One dictionary per number, ascending:
    - `removed` (as asked), `lost`: in order, `organisation_id`, `name`, `sector` and `betweenness` (0-1);
    - `organisations` (count of those left), `pairs` (of those left: k(k-1)/2);
    - `connected_pairs` and `connected_share` (0-1, / pairs): pairs of those left with a path between them;
    - `connected_share_before` (0-1): the same pairs while the lost ones were still there. Those lost are in neither,
      so that the difference is what their going does to the others;
    - `largest_component_share` (0-1): the largest connected part / those left.

    Shares are None when fewer than two are left (the last: none). Most likely misreading: that losing the most
    important ones changes nothing when the share stays: paths become longer, and ties that are recorded here need not
    carry anything. Nor is it the worst that could happen: others may do more damage together. Compare with and without
    the convenor. Errors: ValueError for a negative number; KeyError when a tie has an end that is not among the
    organisations.
    Source: Holme et al., "Attack vulnerability of complex networks", Physical Review E 2002 (removal in the order of
    the initial betweenness); share of connected pairs: Arulselvan et al., "Detecting critical nodes in sparse graphs",
    Computers & OR 2009.

    >>> organisations = pd.DataFrame({"organisation_id": list("abcd"), "name": list("ABCD"), "sector": "ngo"})
    >>> ties = pd.DataFrame({"organisation_a": ["a", "a", "a"], "organisation_b": ["b", "c", "d"]})
    >>> brokers = organisations.assign(betweenness=[1.0, 0.0, 0.0, 0.0])
    >>> [(row["lost"][0]["name"], row["connected_share_before"], row["connected_share"])
    ...  for row in fragility(organisations, ties, brokers, removed=[1])]
    [('A', 1.0, 0.0)]
    """
    if any(number < 0 for number in removed):
        raise ValueError("a number of losses is 0 or more")
    graph = network.graph_of(organisations, ties)
    graph.vs["part"] = graph.connected_components().membership
    between = brokers.loc[brokers["betweenness"] > 0, ["organisation_id", "name", "sector", "betweenness"]]
    values = between["betweenness"].tolist()
    going: list[LostBroker] = between.head(first_of(values, max(removed, default=0))).to_dict("records")
    rows: list[Fragility] = []
    for number in sorted(set(removed)):
        lost = going[: first_of(values, number)]
        remaining = graph.induced_subgraph(
            graph.vs.select(organisation_id_notin={broker["organisation_id"] for broker in lost})
        )
        left = remaining.vcount()
        parts = remaining.connected_components().sizes()
        pairs, connected = left * (left - 1) // 2, _pairs_within(parts)
        before = _pairs_within(np.bincount(remaining.vs["part"]).tolist()) if left else 0
        rows.append(
            {
                "removed": number,
                "lost": lost,
                "organisations": left,
                "pairs": pairs,
                "connected_pairs": connected,
                "connected_share": connected / pairs if pairs else None,
                "connected_share_before": before / pairs if pairs else None,
                "largest_component_share": max(parts) / left if left else None,
            }
        )
    return rows


def _pairs_within(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)
