"""What keeps pages from naming a winner among equals, beside SciPy and beside every shuffle there is."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from test_network import organisations, ties

from hubdata.indicators import chance, network, sectors
from hubdata.indicators.rows import first_of

law = settings(deadline=None, max_examples=60)


@given(st.lists(st.none() | st.floats(0, 1), max_size=12))
@law
def test_adjusted_p_values_are_those_of_scipy(p_values: list[float | None]) -> None:
    found = chance.adjusted(p_values)
    assert [p is None for p in found] == [p is None for p in p_values]
    known = [p for p in p_values if p is not None]
    expected = stats.false_discovery_control(known).tolist() if known else []
    assert [p for p in found if p is not None] == pytest.approx(expected)


@given(st.integers(0, 60), st.integers(0, 60))
@law
def test_mcnemar_is_the_exact_binomial_test(first: int, second: int) -> None:
    expected = stats.binomtest(first, first + second).pvalue if first + second else 1.0
    assert chance.mcnemar(first, second) == pytest.approx(expected)


def test_points_of_student_and_chances_of_the_normal_distribution() -> None:
    freedom = np.array([4.0, 5, 7.5, 12, 30, 200, np.inf])
    assert chance.student_t(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), abs=2e-3)
    assert [chance.two_sided(z) for z in (-3.0, 0.0, 1.5)] == pytest.approx(2 * stats.norm.sf([3.0, 0.0, 1.5]))


def test_a_group_beside_the_others_together() -> None:
    estimates, errors = [0.2, 1.0, None, -0.1], [0.1, 0.3, None, 0.2]
    rest = np.average([0.2, -0.1], weights=[1 / 0.01, 1 / 0.04])
    raw = 2 * stats.norm.sf((1.0 - rest) / np.sqrt(0.09 + 1 / (1 / 0.01 + 1 / 0.04)))
    found = chance.beside_the_others(estimates, errors)
    assert found[2] is None
    assert found[1] == pytest.approx(raw * 3)  # the smallest of three
    assert chance.beside_the_others([1.0, None], [0.1, None]) == [None, None]


def test_shuffled_groups_agree_with_every_shuffle_there_is() -> None:
    values, groups = np.array([0.1, 0.9, 0.4, 0.8, -0.3, 0.2]), np.array([0, 1, 0, 1, 2, 2])
    every = [
        np.bincount(shuffle, values - values.mean(), 3) for shuffle in set(itertools.permutations(groups.tolist()))
    ]
    observed = np.bincount(groups, values - values.mean(), 3)
    exact = (np.abs(every) >= np.abs(observed) - 1e-9).mean(axis=0)
    found = chance.shuffled_groups(values, groups, shuffles=20_000)
    assert found == pytest.approx(stats.false_discovery_control(exact).tolist(), abs=0.015)


def test_shuffled_groups_call_nothing_beyond_chance_when_groups_mean_nothing() -> None:
    """Six groups of eight, no difference: at most one time in twenty is any of them called different."""
    draw = np.random.default_rng(4)
    wrong = 0
    for seed in range(200):
        found = chance.shuffled_groups(draw.standard_t(3, 48), np.repeat(np.arange(6), 8), shuffles=499, seed=seed)
        wrong += min(p for p in found if p is not None) < chance.LEVEL
    assert wrong <= 20


@given(st.data())
@law
def test_the_variance_of_a_cell_is_that_over_every_way_to_place_the_labels(data: st.DataObject) -> None:
    size = data.draw(st.integers(4, 6))
    labels = data.draw(st.lists(st.sampled_from("xyz"), min_size=size, max_size=size))
    pairs = list(itertools.combinations(range(size), 2))
    tied = data.draw(st.lists(st.sampled_from(pairs), unique=True, min_size=1))
    degrees = np.bincount(np.array(tied).ravel(), minlength=size).astype(float)
    for a, b in itertools.combinations_with_replacement("xyz", 2):
        cell = [pair for pair in pairs if sorted((labels[pair[0]], labels[pair[1]])) == [a, b]]
        if not cell:
            continue
        counts = [
            sum(sorted((placed[i], placed[j])) == [a, b] for i, j in tied) for placed in itertools.permutations(labels)
        ]
        rows = np.bincount(np.array(cell).ravel(), minlength=size)
        spread = chance._spread(len(tied), float((degrees**2).sum()), size, len(cell), float((rows**2).sum()))
        assert spread == pytest.approx(np.std(counts), abs=1e-7)
        (p,) = chance.cells([3], [len(cell)], [float((rows**2).sum())], degrees, 0.0)
        if np.std(counts) > 1e-9:
            assert p == pytest.approx(2 * stats.norm.sf(abs(3 - np.mean(counts)) / np.std(counts)))


def test_the_cells_of_sectors_and_of_themes_agree_with_shuffling_their_labels() -> None:
    """Forty organisations with hubs; sectors as themes are the same; overlapping themes against 4,000 shuffles."""
    draw = np.random.default_rng(7)
    ids = [f"o{n:02}" for n in range(40)]
    weight = draw.gamma(1, 1, 40)
    pairs = [(a, b) for a, b in itertools.combinations(range(40), 2) if draw.random() < 0.25 * weight[a] * weight[b]]
    tied = ties(*((ids[a], ids[b]) for a, b in pairs))
    sector = dict(zip(ids, draw.choice(["business", "ngo", "npo"], 40), strict=True))
    members = organisations(sector)
    as_themes = members.assign(themes=[[sector[one]] for one in ids])
    mixing = network.network(members, tied, ["mixing"])["mixing"]
    assert [row["p_adjusted"] for row in mixing] == pytest.approx(
        [row["p_adjusted"] for row in sectors.theme_mixing(as_themes, tied)]
    )
    assert all((row["p_adjusted"] is None) == (row["expected"] < 5) for row in mixing)

    themes = [sorted(draw.choice(["peace", "water", "law"], draw.integers(1, 3), replace=False)) for _ in ids]
    rows = sectors.theme_mixing(members.assign(themes=themes), tied)
    counts = {(row["theme_a"], row["theme_b"]): [] for row in rows}
    for _ in range(4000):
        placed = [themes[n] for n in draw.permutation(40)]
        for a, b in counts:
            counts[a, b].append(
                sum((a in placed[i] and b in placed[j]) or (b in placed[i] and a in placed[j]) for i, j in pairs)
            )
    expected = []
    for row in rows:
        shuffled = np.array(counts[row["theme_a"], row["theme_b"]])
        expected.append(2 * stats.norm.sf(abs(row["ties"] - row["expected"]) / shuffled.std()))
    assert [row["p_adjusted"] for row in rows] == pytest.approx(
        stats.false_discovery_control(expected).tolist(), abs=0.05
    )


@given(st.lists(st.integers(0, 4), max_size=12), st.integers(0, 13), st.none() | st.integers(0, 13))
@law
def test_the_first_of_a_list_never_part_equals(drawn: list[int], most: int, at_most: int | None) -> None:
    values = sorted(drawn, reverse=True)
    taken = first_of(values, most, at_most)
    assert not set(values[:taken]) & set(values[taken:])
    room = len(values) if at_most is None else at_most
    # as many as asked where equals allow it, else all equals of the last when there is room for them
    with_equals = sum(value >= values[min(most, len(values)) - 1] for value in values) if most and values else 0
    assert taken == (
        with_equals if with_equals <= max(room, 0) else sum(v > values[min(most, len(values)) - 1] for v in values)
    )
