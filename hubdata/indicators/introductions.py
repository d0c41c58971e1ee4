"""Introductions: which organisations of different sectors to bring together, and why; and which needs meet an offer.

`introductions` ranks pairs without a tie, `backtest` says how well that ranking would have foreseen last year's ties,
`needs_and_offers` lists what is asked and offered. What is undefined is None.

**The score.** Everything that both organisations of a pair have in common adds its weight / ln(k), where k is the
number of organisations that have it. That is the measure of Adamic and Adar, for four kinds of things instead of one:

- `partners`, weight 1: a partner in common; k is its number of partners;
- `themes`, weight 2: a theme in common; k is the number of active organisations that work on it;
- `need`, weight 0.5, and twice that for a digital need: one needs it and the other offers it; k is the number of active
  organisations that need or offer it;
- `events`, weight 0.5: an event that both attended; k is the number of organisations that did. Plenaries do not count.

So the score of a pair is the sum of its reasons, and each reason carries its part.

**Why these weights.** Partners are the yardstick. Themes weigh more since an organisation has one or two of them and
many partners of partners; events weigh less since an organisation that attends many of them meets everybody. The
numbers were chosen among 0, 0.25, 0.5, 1, 2, 3 and 5 on twelve fictional ecosystems and the real sample, and then
tested on twenty other fictional ones, of 150 and 600 organisations, four years each. Of the first hundred pairs formed
a tie within the year, on average: without convenors 6.0 % (150) and 7.5 % (600), against 3.9 % and 4.3 % for partners
alone and 1.5 % and 0.4 % for chance; with convenors, who fill the list themselves, 6.7 % and 8.2 % against 5.5 % and
7.6 %. In the sample, on which they were chosen too: 4.3 % against 2.7 % (ten years). A need says what somebody would be
glad of, not what will happen: needs foretell nothing in the fictional data, and the sample has none, so 0.5 is a choice
and no finding: enough to decide between equals, too little to lead.

**Which pairs are looked at.** Those that share something that at most `plenary_size` organisations have. What more
have (a theme of half the ecosystem, a partner that knows everybody) counts in the score of such a pair, but proposes
none of its own: or 16,600 organisations would make 138 million pairs.

Source: Adamic & Adar, "Friends and neighbors on the Web", 2003; Liben-Nowell & Kleinberg, "The link-prediction problem
for social networks", 2007 (how such a ranking is tested).
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Literal, NamedTuple, NotRequired, TypedDict

import numpy as np
import pandas as pd

from hubdata.indicators.chance import LEVEL, mcnemar, shuffled_groups
from hubdata.indicators.rows import first_of

Kind = Literal["partners", "themes", "need", "events"]
WEIGHTS: Mapping[str, float] = {"partners": 1.0, "themes": 2.0, "need": 0.5, "events": 0.5}
DIGITAL = ("cyber-security", "data-analysis", "digital-skills")
"""Codes of needs that are digital. They count twice and come first."""

DIGITAL_FACTOR = 2
PLENARY_SIZE = 60
LIMIT = 50

_DECIMALS = 9  # scores that differ less are equal: the last digit of a sum depends on its order


class Reason(TypedDict):
    """What two organisations have in common, of one kind (see `introductions`)."""

    kind: Kind
    items: list[str]
    """Ids of partners or events, codes of themes or needs."""
    score: float
    """Its part of the score of the pair."""
    of: NotRequired[str]
    """For a need: the id of who needs it."""
    names: NotRequired[list[str]]
    """Of the items, where somebody looked them up (`questions.answer_introductions`); codes stay codes."""
    is_digital: NotRequired[bool]
    """For a need, likewise."""


class Introduction(TypedDict):
    """A pair to bring together, and why (see `introductions`)."""

    organisation_a: str
    """The lower id."""
    organisation_b: str
    score: float
    """Above 0, without unit."""
    reasons: list[Reason]
    """The largest part first."""
    left_out: int
    """How many pairs outside the list have this very score: nothing puts them below it."""


class Precision(TypedDict):
    """How many of the first so many pairs formed a tie, per ranking (see `backtest`).

    0-1; None where a ranking holds fewer pairs, for `random` when no pair is possible.
    """

    at: int
    """How many pairs."""
    introductions: float | None
    adamic_adar: float | None
    random: float | None


class Backtest(TypedDict):
    """How well the ranking foresaw the ties that formed since (see `backtest`)."""

    possible: int
    """Pairs."""
    formed: int
    precision: list[Precision]
    compared_at: int | None
    """The largest number of pairs that both rankings hold; None, like the next three, without one."""
    foreseen: float | None
    """Ties that our ranking foresaw there."""
    foreseen_by_adamic_adar: float | None
    p_value: float | None
    """Of a difference this large by chance, 0-1 (McNemar)."""
    is_better: bool | None
    """Than Adamic-Adar; False when it is worse; None when the difference may be chance."""


class Need(TypedDict):
    """Who needs and who offers one thing (see `needs_and_offers`)."""

    code: str
    is_digital: bool
    needed_by: list[str]
    """Ids."""
    offered_by: list[str]
    needed_by_sector: dict[str, int]
    """Sector -> how many organisations."""
    offered_by_sector: dict[str, int]


class Maturity(TypedDict):
    """How digital one sector is (see `needs_and_offers`)."""

    sector: str
    organisations: int
    known: int
    mean: float | None
    """1-5; None when known of none."""
    p_adjusted: float | None
    """Of a mean this far from that of all if sectors did not matter, 0-1, adjusted for the number of sectors; None when
    known of none, or in one sector only."""


class NeedsAndOffers(TypedDict):
    """What organisations need and offer, and how digital each sector is (see `needs_and_offers`)."""

    needs: list[Need]
    """Digital first, then the most needed."""
    needs_nobody_offers: list[str]
    """Codes."""
    offers_nobody_needs: list[str]
    needs_known: int
    """Organisations of which any is known."""
    offers_known: int
    digital_maturity: list[Maturity]


class _Shared(NamedTuple):
    """What organisations may have in common, of one kind: partners, themes, needs or events (here called things).

    `left` and `right` have a row (place of the thing, place of the organisation) per organisation that has a thing, in
    order: who needs it and who offers it for needs, the same twice for the other kinds.
    """

    kind: Kind
    names: pd.Index
    sizes: np.ndarray
    weights: np.ndarray
    left: np.ndarray
    right: np.ndarray

    @property
    def is_directed(self) -> bool:
        return self.left is not self.right


class _Ecosystem(NamedTuple):
    """Organisations by their place in the order of their ids; pairs as one number, see `_keys`."""

    ids: pd.Index
    sectors: np.ndarray
    tied: np.ndarray
    shared: list[_Shared]


class _Ranking(NamedTuple):
    """Pairs, best first: places of both organisations, the lower first, and the score.

    `left_out` counts the pairs that have the score of the last and are not among them.
    """

    a: np.ndarray
    b: np.ndarray
    scores: np.ndarray
    left_out: int


def introductions(
    organisations: pd.DataFrame,
    ties: pd.DataFrame,
    attendance: pd.DataFrame,
    *,
    limit: int = LIMIT,
    weights: Mapping[str, float] = WEIGHTS,
    digital: Collection[str] = DIGITAL,
    plenary_size: int = PLENARY_SIZE,
    of: str | None = None,
) -> list[Introduction]:
    """The `limit` best pairs of active organisations in different sectors without a tie, best first.

    Equals of the last are in it too, up to twice `limit`; where they are more, none of them is, and there are fewer.
    Only where all are equal, and in the short list of one organisation, the first by id are taken; the last of these
    say how many others have their score (`left_out`).

    organisations: one row per active organisation (`organisation_id`, `sector`, lists `themes`, `needs`, `offers`).
    ties: one row per tie between them (`organisation_a`, `organisation_b`). attendance: one row per organisation that
    attended an event up to the day (`event_id`, `organisation_id`); whoever is not among the organisations counts in
    the size of an event only, so leave nobody out, or plenaries look small. Leave convenors out of the organisations
    and ties to see whom they could introduce: with them in, they fill the list themselves. `of`: only pairs of that
    organisation, with the same scores; the others still count in how rare things are.

    One object per pair: `organisation_a` < `organisation_b`, `score` (see the module; > 0, without unit) and `reasons`,
    the largest part first: `kind`, `items` (ids of partners or events, codes of themes or needs, the rarest first, of
    needs the digital first), `score` (its part) and, for a need, `of`: who needs it; and `left_out`.
    Errors: KeyError when a tie has an end that is not among the organisations; ValueError when a weight is negative or
    of a kind that does not exist.
    Misreading: a high score says that a tie is likelier than elsewhere, not that it is likely: see `backtest`. And that
    nothing is known of an organisation does not mean that nobody should meet it.

    >>> organisations = pd.DataFrame({"organisation_id": ["a", "b", "c"], "sector": ["ngo", "business", "ngo"],
    ...                               "themes": None, "needs": [["data-analysis"], None, None],
    ...                               "offers": [None, ["data-analysis"], None]})
    >>> ties = pd.DataFrame({"organisation_a": ["a", "b"], "organisation_b": ["c", "c"]})
    >>> found = introductions(organisations, ties, pd.DataFrame(columns=["event_id", "organisation_id"]))
    >>> [(pair["organisation_a"], pair["organisation_b"], round(pair["score"], 3)) for pair in found]
    [('a', 'b', 2.885)]
    >>> [(reason["kind"], reason["items"], reason.get("of")) for reason in found[0]["reasons"]]
    [('partners', ['c'], None), ('need', ['data-analysis'], 'a')]
    """
    ecosystem = _ecosystem(organisations, ties, attendance, weights, digital, plenary_size)
    best = _ranking(ecosystem, limit, plenary_size, at_most=2 * limit, of=of)
    reasons = _reasons(ecosystem, best, digital)
    return [
        {
            "organisation_a": ecosystem.ids[a],
            "organisation_b": ecosystem.ids[b],
            "score": score,
            "reasons": why,
            "left_out": best.left_out if score == best.scores[-1] else 0,
        }
        for a, b, score, why in zip(best.a.tolist(), best.b.tolist(), best.scores.tolist(), reasons, strict=True)
    ]


def backtest(
    organisations_then: pd.DataFrame,
    ties_then: pd.DataFrame,
    attendance_then: pd.DataFrame,
    formed_since: Collection[tuple[str, str]],
    *,
    at: Sequence[int] = (10, 50, 100),
    weights: Mapping[str, float] = WEIGHTS,
    digital: Collection[str] = DIGITAL,
    plenary_size: int = PLENARY_SIZE,
) -> Backtest:
    """How many of the best pairs of a ranking built earlier have formed a tie since, beside two simpler rankings.

    The first three are those of `introductions`, on a day one year ago, say. formed_since: the pairs, in any order,
    that formed a tie after that day; of these only pairs that were possible count: both active then, in different
    sectors, without a tie. An organisation that joined later could not have been introduced.

    `possible`, `formed`: numbers of pairs. `precision`: one object per number in `at`: `at`, and from 0 to 1 the share
    of the first so many pairs that formed a tie: `introductions` (our ranking), `adamic_adar` (the same with partners
    alone, so among pairs that share a partner of at most `plenary_size` partners) and `random` (what a blind draw
    would get on average: formed / possible, exactly). None when a ranking holds fewer pairs; and `random` when none is
    possible.
    `compared_at`: the largest number in `at` that both rankings reach; there `foreseen` and `foreseen_by_adamic_adar`
    (ties), and `p_value`: McNemar's exact test on the ties that one of the two alone foresaw, since what both foresaw
    says nothing of which is better. `is_better`: True or False when `p_value` is below 0.05, for ours or the other,
    else None. Where pairs of the same score stand at a cut, each counts for the part of them that there is room for,
    for no id decides which of them is in the list.
    Errors: as `introductions`.
    Misreading: nobody made these introductions, so it tells what would have happened anyway, not what an introduction
    adds. A few ties more or less are chance. Themes, needs and offers are those of today, for nobody kept the old ones.

    >>> organisations = pd.DataFrame({"organisation_id": list("abcd"), "sector": ["ngo", "business", "ngo", "other"],
    ...                               "themes": None, "needs": None, "offers": None})
    >>> ties = pd.DataFrame({"organisation_a": ["a", "b"], "organisation_b": ["c", "c"]})
    >>> attendance = pd.DataFrame({"event_id": ["e", "e"], "organisation_id": ["a", "d"]})
    >>> found = backtest(organisations, ties, attendance, {("b", "a")}, at=(1, 2))
    >>> found["possible"], found["formed"], found["compared_at"], found["p_value"], found["is_better"]
    (4, 1, 1, 1.0, None)
    >>> found["precision"]
    [{'at': 1, 'introductions': 1.0, 'adamic_adar': 1.0, 'random': 0.25}, \
{'at': 2, 'introductions': 0.5, 'adamic_adar': None, 'random': 0.25}]
    """
    length = max(at, default=0)
    ours = _ecosystem(organisations_then, ties_then, attendance_then, weights, digital, plenary_size)
    plain = _ecosystem(organisations_then, ties_then, attendance_then, {"partners": 1.0}, digital, plenary_size)
    n, sectors = len(ours.ids), ours.sectors

    sizes = np.bincount(sectors)
    across_ties = int((sectors[ours.tied // n] != sectors[ours.tied % n]).sum()) if n else 0
    possible = int(n * n - (sizes**2).sum()) // 2 - across_ties
    pairs = pd.DataFrame(list(formed_since), columns=["a", "b"])
    a, b = (ours.ids.get_indexer(pairs[name].to_numpy()) for name in ("a", "b"))
    was_there = (a >= 0) & (b >= 0)
    a, b = a[was_there], b[was_there]
    formed = np.setdiff1d(_keys(a, b, n)[sectors[a] != sectors[b]], ours.tied)

    rankings = {
        name: _ranking(ecosystem, length, plenary_size)
        for name, ecosystem in (("introductions", ours), ("adamic_adar", plain))
    }

    def foresaw(name: str, count: int) -> np.ndarray | None:
        """Per pair that formed a tie the chance that it is among the first so many; None when the ranking holds fewer.

        1 or 0, but for equals at the cut: as many of them as there is room for, whichever.
        """
        ranked = rankings[name]
        if not 0 < count <= len(ranked.scores):
            return None
        last = ranked.scores[count - 1]
        before, equal = ranked.scores > last, ranked.scores == last
        keys, chances = _keys(ranked.a, ranked.b, n), np.zeros(len(formed))
        chances[np.isin(formed, keys[before])] = 1.0
        chances[np.isin(formed, keys[equal])] = (count - before.sum()) / equal.sum()
        return chances

    def share(name: str, count: int) -> float | None:
        chances = foresaw(name, count)
        return None if chances is None else float(chances.sum()) / count

    compared_at, us, them, p_value = None, None, None, None
    for count in sorted(at, reverse=True):
        us, them = foresaw("introductions", count), foresaw("adamic_adar", count)
        if us is not None and them is not None:
            compared_at = count
            p_value = mcnemar(*(round(float((one * (1 - other)).sum())) for one, other in ((us, them), (them, us))))
            break
        us = them = None
    foreseen, foreseen_plainly = (
        None if chances is None else round(float(chances.sum()), _DECIMALS) for chances in (us, them)
    )
    is_better = None
    if foreseen is not None and foreseen_plainly is not None and p_value is not None and p_value < LEVEL:
        is_better = foreseen > foreseen_plainly
    return {
        "possible": possible,
        "formed": len(formed),
        "precision": [
            {
                "at": count,
                "introductions": share("introductions", count),
                "adamic_adar": share("adamic_adar", count),
                "random": len(formed) / possible if possible else None,
            }
            for count in at
        ],
        "compared_at": compared_at,
        "foreseen": foreseen,
        "foreseen_by_adamic_adar": foreseen_plainly,
        "p_value": p_value,
        "is_better": is_better,
    }


def needs_and_offers(organisations: pd.DataFrame, digital: Collection[str] = DIGITAL) -> NeedsAndOffers:
    """What organisations need and offer, digital first, and how digital each sector is.

    organisations: one row per active organisation (`organisation_id`, `sector`, lists `needs` and `offers`,
    `digital_maturity` 1-5). Needs and offers match when they are written the same.

    `needs`: one object per code that anybody needs or offers, digital first, then the most needed, then by code:
    `code`, `is_digital`, `needed_by` and `offered_by` (ids), `needed_by_sector` and `offered_by_sector` (from sector to
    number of organisations). `needs_nobody_offers`, `offers_nobody_needs`: codes, in the same order.
    `needs_known`, `offers_known`: organisations of which any is known.
    `digital_maturity`: per sector `sector`, `organisations`, `known` (organisations of which it is known), `mean` (1-5;
    None when known of none) and `p_adjusted` (`chance.shuffled_groups`). Sectors without one below `chance.LEVEL` are
    not to be ranked: they differ too little.
    Misreading: an empty cell is "not known": a need that nobody offers may be offered by one that was not asked.

    >>> organisations = pd.DataFrame({"organisation_id": ["a", "b"], "sector": ["ngo", "business"],
    ...                               "needs": [["training", "digital-skills"], None], "offers": [None, ["training"]],
    ...                               "digital_maturity": [2, None]})
    >>> found = needs_and_offers(organisations)
    >>> [(need["code"], need["needed_by"], need["offered_by_sector"]) for need in found["needs"]]
    [('digital-skills', ['a'], {}), ('training', ['a'], {'business': 1})]
    >>> found["needs_nobody_offers"], found["digital_maturity"][1]
    (['digital-skills'], {'sector': 'ngo', 'organisations': 1, 'known': 1, 'mean': 2.0, 'p_adjusted': None})
    """
    sector_of = dict(zip(organisations["organisation_id"].tolist(), organisations["sector"].tolist(), strict=True))
    who = {
        column: {code: sorted(ids) for code, ids in _listed(organisations, column).groupby("thing")["organisation_id"]}
        for column in ("needs", "offers")
    }

    def per_sector(ids: list[str]) -> dict[str, int]:
        counts = pd.Series([sector_of[organisation_id] for organisation_id in ids], dtype=object).value_counts()
        return {sector: int(counts[sector]) for sector in sorted(counts.index)}

    rows: list[Need] = []
    for code in who["needs"].keys() | who["offers"].keys():
        needed_by, offered_by = who["needs"].get(code, []), who["offers"].get(code, [])
        rows.append(
            {
                "code": code,
                "is_digital": code in digital,
                "needed_by": needed_by,
                "offered_by": offered_by,
                "needed_by_sector": per_sector(needed_by),
                "offered_by_sector": per_sector(offered_by),
            }
        )
    rows.sort(key=lambda row: (not row["is_digital"], -len(row["needed_by"]), row["code"]))
    levels = pd.to_numeric(organisations["digital_maturity"])
    maturity, known = levels.groupby(organisations["sector"]), levels.notna()
    codes, sectors = pd.factorize(organisations["sector"][known])
    p_of = dict(zip(sectors, shuffled_groups(levels[known].to_numpy(dtype=float), codes), strict=True))
    return {
        "needs": rows,
        "needs_nobody_offers": [row["code"] for row in rows if not row["offered_by"]],
        "offers_nobody_needs": [row["code"] for row in rows if not row["needed_by"]],
        "needs_known": len({organisation_id for ids in who["needs"].values() for organisation_id in ids}),
        "offers_known": len({organisation_id for ids in who["offers"].values() for organisation_id in ids}),
        "digital_maturity": [
            {
                "sector": sector,
                "organisations": len(values),
                "known": int(values.count()),
                "mean": float(values.mean()) if values.count() else None,
                "p_adjusted": p_of.get(sector),
            }
            for sector, values in maturity
        ],
    }


# What organisations have in common


def _ecosystem(
    organisations: pd.DataFrame,
    ties: pd.DataFrame,
    attendance: pd.DataFrame,
    weights: Mapping[str, float],
    digital: Collection[str],
    plenary_size: int,
) -> _Ecosystem:
    """The tables as numbers; kinds without a weight are left out."""
    for kind, weight in weights.items():
        if kind not in WEIGHTS or weight < 0:
            raise ValueError(f"no weight can be {weight} for {kind!r}")
    organisations = organisations.sort_values("organisation_id")
    ids = pd.Index(organisations["organisation_id"], dtype=object)
    ends = ties[["organisation_a", "organisation_b"]]
    a, b = (ids.get_indexer(ends[name].to_numpy(dtype=object)) for name in ends)
    if (a < 0).any() or (b < 0).any():
        raise KeyError(f"a tie of {ends[(a < 0) | (b < 0)].iloc[0].tolist()}, who are not both among the organisations")

    def of(kind: Kind, have: pd.DataFrame, offered: pd.DataFrame | None = None) -> _Shared:
        everybody = have if offered is None else pd.concat([have, offered]).drop_duplicates()
        counts = everybody.groupby("thing").size()
        names, sizes = counts.index, counts.to_numpy()
        each = np.where(sizes > 1, weights[kind] / np.log(np.maximum(sizes, 2)), 0.0)
        if kind == "need":
            each = each * np.where(names.isin(list(digital)), DIGITAL_FACTOR, 1)

        def rows(frame: pd.DataFrame) -> np.ndarray:
            places = names.get_indexer(frame["thing"]), ids.get_indexer(frame["organisation_id"].to_numpy(dtype=object))
            pairs = np.stack(places)[:, places[1] >= 0]
            return pairs[:, np.lexsort(pairs[::-1])]

        left = rows(have)
        return _Shared(kind, names, sizes, each, left, left if offered is None else rows(offered))

    shared = []
    if weights.get("partners"):
        one_way = ends.set_axis(["thing", "organisation_id"], axis=1)
        other_way = ends.set_axis(["organisation_id", "thing"], axis=1)
        shared.append(of("partners", pd.concat([one_way, other_way])[["thing", "organisation_id"]].drop_duplicates()))
    if weights.get("themes"):
        shared.append(of("themes", _listed(organisations, "themes")))
    if weights.get("need"):
        shared.append(of("need", _listed(organisations, "needs"), _listed(organisations, "offers")))
    if weights.get("events"):
        visits = attendance[["event_id", "organisation_id"]].drop_duplicates().rename(columns={"event_id": "thing"})
        sizes = visits.groupby("thing")["organisation_id"].transform("size")
        shared.append(of("events", visits[sizes <= plenary_size]))
    sectors = pd.factorize(organisations["sector"])[0]
    return _Ecosystem(ids, sectors, np.unique(_keys(a, b, len(ids))), shared)


def _listed(organisations: pd.DataFrame, column: str) -> pd.DataFrame:
    """One row per organisation and code in its list (`thing`, `organisation_id`)."""
    rows = organisations[[column, "organisation_id"]].explode(column).dropna(subset=[column]).drop_duplicates()
    return rows.rename(columns={column: "thing"})


def _keys(a: np.ndarray, b: np.ndarray, n: int) -> np.ndarray:
    """One number per pair, whatever the order of its ends: the lower place x n + the higher."""
    keys: np.ndarray = np.minimum(a, b).astype(np.int64) * n + np.maximum(a, b)
    return keys


# From what they have in common to a ranking


def _ranking(
    ecosystem: _Ecosystem, limit: int, plenary_size: int, *, at_most: int | None = None, of: str | None = None
) -> _Ranking:
    """The `limit` best pairs with the equals of the last; exact among the pairs that share something small.

    Never more than `at_most`: then without those equals, and when all are equal, `limit` of them; so with `of`.

    Small things are added up over the pairs that they propose. Large ones would propose too many, so they are added
    only to pairs that could still be among the best: what large things could add is at most what each end has of them.
    `of`: pairs of that organisation alone.
    """
    n, sectors = len(ecosystem.ids), ecosystem.sectors
    proposed = [_proposed(shared, shared.sizes <= plenary_size, sectors) for shared in ecosystem.shared]
    none = np.zeros(0, dtype=np.int64)
    keys, place = np.unique(np.concatenate([none, *(pairs for pairs, _ in proposed)]), return_inverse=True)
    scores = np.bincount(place, np.concatenate([none, *(parts for _, parts in proposed)]), len(keys)).astype(float)
    is_meant = ~np.isin(keys, ecosystem.tied)
    if of is not None and n:
        is_meant &= np.any([keys // n == ecosystem.ids.get_loc(of), keys % n == ecosystem.ids.get_loc(of)], axis=0)
    keys, scores = keys[is_meant], scores[is_meant]
    a, b = (keys // n, keys % n) if n else (keys, keys)

    large = [
        (shared, thing) for shared in ecosystem.shared for thing in np.flatnonzero(shared.sizes > plenary_size).tolist()
    ]
    most = np.zeros(n)
    for shared, thing in large:
        for side in (shared.left, shared.right) if shared.is_directed else (shared.left,):
            most[_having(side, thing)] += shared.weights[thing]
    if 0 < limit < len(scores):
        enough = np.partition(scores, -limit)[-limit] - 10**-_DECIMALS
        is_hopeful = scores + np.minimum(most[a], most[b]) >= enough
        a, b, scores = a[is_hopeful], b[is_hopeful], scores[is_hopeful]
    for shared, thing in large:
        left, right = (np.isin(np.arange(n), _having(side, thing)) for side in (shared.left, shared.right))
        scores += shared.weights[thing] * (left[a] & right[b])
        if shared.is_directed:
            scores += shared.weights[thing] * (left[b] & right[a])

    scores = scores.round(_DECIMALS)
    order = np.lexsort((b, a, -scores))
    order = order[scores[order] > 0]
    wanted = max(0, limit)
    taken = first_of(scores[order].tolist(), wanted, at_most) if of is None else 0
    kept, rest = order[: taken or wanted], order[taken or wanted :]
    left_out = int((scores[rest] == scores[kept[-1]]).sum()) if len(kept) else 0
    return _Ranking(a[kept], b[kept], scores[kept], left_out)


def _having(side: np.ndarray, thing: int) -> np.ndarray:
    """The organisations that have a thing."""
    first, last = np.searchsorted(side[0], [thing, thing + 1])
    organisations: np.ndarray = side[1, first:last]
    return organisations


def _proposed(shared: _Shared, is_small: np.ndarray, sectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every pair across sectors that has a small thing in common: its number, and what that adds; once per thing."""
    left = shared.left[:, is_small[shared.left[0]]]
    right = shared.right[:, is_small[shared.right[0]]] if shared.is_directed else left
    last = np.searchsorted(right[0], left[0], side="right")
    # Without a direction each organisation pairs only with those further on in the list, or pairs would come twice.
    first = np.searchsorted(right[0], left[0]) if shared.is_directed else np.arange(1, left.shape[1] + 1)
    counts = last - first
    position = np.arange(counts.sum()) + np.repeat(first - (np.cumsum(counts) - counts), counts)
    a, b = np.repeat(left[1], counts), right[1, position]
    is_across = sectors[a] != sectors[b]
    return _keys(a, b, len(sectors))[is_across], np.repeat(shared.weights[left[0]], counts)[is_across]


def _reasons(ecosystem: _Ecosystem, best: _Ranking, digital: Collection[str]) -> list[list[Reason]]:
    """Per pair what it has in common, the largest part first."""
    organisations = np.unique(np.concatenate([best.a, best.b]))

    def things_of(side: np.ndarray) -> dict[int, set[int]]:
        things: dict[int, set[int]] = {int(organisation): set() for organisation in organisations}
        for thing, organisation in side[:, np.isin(side[1], organisations)].T.tolist():
            things[organisation].add(thing)
        return things

    reasons: list[list[Reason]] = [[] for _ in best.scores]
    for shared in ecosystem.shared:
        left = things_of(shared.left)
        right = things_of(shared.right) if shared.is_directed else left
        names, sizes, weights = shared.names.tolist(), shared.sizes.tolist(), shared.weights.tolist()
        is_first = {thing: shared.kind == "need" and name in digital for thing, name in enumerate(names)}
        for a, b, why in zip(best.a.tolist(), best.b.tolist(), reasons, strict=True):
            for organisation, other in ((a, b), (b, a)) if shared.is_directed else ((a, b),):
                common = left[organisation] & right[other]
                if common:
                    items = sorted(common, key=lambda thing: (not is_first[thing], sizes[thing], names[thing]))
                    part = round(sum(weights[thing] for thing in items), _DECIMALS)
                    reason: Reason = {"kind": shared.kind, "items": [names[thing] for thing in items], "score": part}
                    if shared.is_directed:
                        reason["of"] = ecosystem.ids[organisation]
                    why.append(reason)
    for why in reasons:
        why.sort(key=lambda reason: -reason["score"])  # equal scores stay in the order of WEIGHTS
    return reasons
