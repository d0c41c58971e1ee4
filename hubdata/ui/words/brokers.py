"""The sentences and tables of the page `brokers`."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from hubdata.indicators.fragility import Fragility, LostBroker
from hubdata.indicators.rows import first_of
from hubdata.ui.language import Markdown, _, apart, join, literal, md, n_, n_md, number, percent
from hubdata.ui.parts import several
from hubdata.ui.ties import beside_others


def fragility_title(losses_by_view: Mapping[str, Sequence[Fragility]]) -> str:
    """What is left of the pairs without the three who hold the network together, in a few words."""
    three = _three(losses_by_view)
    after, before = three["connected_share"], three["connected_share_before"]
    if not three["lost"]:
        return _("Nobody stands between others")
    if after is None or before is None:
        return _("What is left without key organisations")
    return _(
        "{who}, {after} of the other pairs stay connected",
        who=_without(len(three["lost"])),
        after=apart("share", after, before)[0],
    )


def _three(losses_by_view: Mapping[str, Sequence[Fragility]]) -> Fragility:
    shown = losses_by_view.get("with") or losses_by_view["without"]
    return next(row for row in shown if row["removed"] == 3)


def fragility_sentence(losses_by_view: Mapping[str, Sequence[Fragility]]) -> Markdown:
    """What is left when the three who hold the network together go, with and without the convenors."""
    three = _three(losses_by_view)
    if not three["lost"]:
        return md("Nobody stands between others, so nothing is lost when somebody goes.")
    if three["connected_share"] is None:
        return n_md(
            "The {n} organisation that stands between others is all there is.",
            "The {n} organisations that stand between others do so equally often: no few of them hold the rest "
            "together.",
            len(three["lost"]),
        )
    after, before = apart("share", three["connected_share"], three["connected_share_before"])
    sentence = md(
        "Without {names}, **{after} of all pairs of the other organisations are still connected**, directly or "
        "through others; with them it is {before} of those pairs.",
        names=lost_in_words(three["lost"]),
        after=after,
        before=before,
    )
    if "with" not in losses_by_view or "without" not in losses_by_view:
        return sentence
    bare = {row["removed"]: row for row in losses_by_view["without"]}
    gone = len(bare[3]["lost"])
    now, left = apart("share", bare[0]["connected_share"], bare[3]["connected_share"])
    if not gone or bare[3]["connected_share"] is None:
        beside = md("Leave the convenors out and {now} of the pairs are connected.", now=now)
    else:
        beside = n_md(
            "Leave the convenors out and {now} of the pairs are connected; {left} of those that are left when the "
            "next {n} goes.",
            "Leave the convenors out and {now} of the pairs are connected; {left} of those that are left when the "
            "next {n} go.",
            gone,
            now=now,
            left=left,
        )
    return Markdown(f"{sentence} {beside}")


MOST_NAMED = 5


def lost_in_words(lost: Sequence[LostBroker]) -> str:
    """Who goes, by name; many equals together by their number, since none of them comes first."""
    names = [broker["name"] for broker in lost]
    if len(names) <= MOST_NAMED:
        return join(names)
    return _(
        "{n} organisations that stand most often between others, of which several equally often", n=number(len(names))
    )


def fragility_rows(losses_by_view: Mapping[str, Sequence[Fragility]]) -> pd.DataFrame:
    """What is left of the network, one row per view (with or without convenors) and number of losses."""
    rows = [
        {**row, "series": series if len(losses_by_view) > 1 else None, "label": gone, "who": who}
        for series, listed in losses_by_view.items()
        for row in listed
        for who in [join([broker["name"] for broker in row["lost"]])]
        for gone in [_without(len(row["lost"])) if row["removed"] else _("Everybody there, all pairs")]
    ]
    # where fewer go, or equals go together, two numbers may come to the same
    return (
        pd.DataFrame(rows)
        .drop_duplicates(["series", "label"])
        .assign(value=lambda t: t["connected_share"].astype(float))
    )


def _without(lost: int) -> str:
    return _("Without the first") if lost == 1 else _("Without the first {n}", n=number(lost))


def first_brokers(brokers: pd.DataFrame) -> pd.DataFrame:
    """The ten that connect others most, and whoever equals the last of them; nobody who stands between no others.

    With the columns of `beside_others`.
    """
    between = beside_others(brokers)
    between = between[between["betweenness"] > 0]
    return between.head(first_of(between["betweenness"].tolist(), 10))


MOST_IN_SIGHT = 6


def first_few(brokers: pd.DataFrame) -> list[dict[str, Any]]:
    """The first of `first_brokers`, with the equals of the last of these."""
    listed = first_brokers(brokers)
    few: list[dict[str, Any]] = listed.head(first_of(listed["betweenness"].tolist(), MOST_IN_SIGHT)).to_dict("records")
    return few


def brokers_title(brokers: pd.DataFrame) -> str:
    """How many would cut off others when they leave."""
    alone = int((brokers["cut_off"].fillna(0) > 0).sum())
    if not alone:
        return _("Nobody would cut off others by leaving")
    return n_(
        "{n} organisation would cut off others by leaving",
        "{n} organisations would cut off others by leaving",
        alone,
    )


def cut_off_in_words(brokers: pd.DataFrame) -> Markdown:
    """Who would cut off others by leaving, those who cut off most first; "" when nobody would."""
    alone = brokers[brokers["cut_off"].fillna(0) > 0].sort_values("cut_off", ascending=False, kind="stable")
    if not len(alone):
        return Markdown()
    return md("Each of these by itself: {names}.", names=several(alone["name"].tolist()))


def broker_in_words(broker: Mapping[str, Any], *, named: bool) -> Markdown:
    """What makes an organisation a key one: how often it stands between others, its partners, and who hangs on it."""
    parts = [
        md(
            "more often between others than {share} of organisations",
            share=percent(broker["more_often_than"]),
        ),
        n_md(
            "{n} partner, {across} in another sector",
            "{n} partners, {across} in other sectors",
            int(broker["degree"]),
            across=number(broker["cross_sector_degree"]),
        ),
    ]
    if broker["cut_off"] and broker["cut_off"] > 0:
        parts.append(n_md("would cut off {n} organisation", "would cut off {n} organisations", int(broker["cut_off"])))
    name = f"**{literal(broker['name'])}**: " if named else ""
    return Markdown(name + " · ".join(parts))
