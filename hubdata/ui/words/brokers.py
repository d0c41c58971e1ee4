"""The sentences and tables of the page `brokers`."""

from collections.abc import Mapping, Sequence

import pandas as pd

from hubdata.indicators.fragility import Fragility, LostBroker
from hubdata.indicators.rows import first_of
from hubdata.ui.language import Markdown, _, apart, join, md, n_, n_md, number


def fragility_sentence(losses_by_view: Mapping[str, Sequence[Fragility]]) -> Markdown:
    """What is left when the three who hold the network together go, with and without the convenors."""
    shown = losses_by_view.get("with") or losses_by_view["without"]
    three = next(row for row in shown if row["removed"] == 3)
    if not three["lost"]:
        return md("Nobody stands between others, so nothing is lost when somebody goes.")
    if three["connected_share"] is None:
        return n_md(
            "The {n} organisation that stands between others is all there is.",
            "The {n} organisations that stand between others do so equally often: no few of them hold the rest "
            "together.",
            len(three["lost"]),
        )
    after, before = apart("share", three["connected_share"], three["connected_share_before"], digits=0)
    sentence = md(
        "Without {names}, **{after} of all pairs of the other organisations are still connected**, directly or "
        "through others; with them it is {before}.",
        names=lost_in_words(three["lost"]),
        after=after,
        before=before,
    )
    if "with" not in losses_by_view or "without" not in losses_by_view:
        return sentence
    bare = {row["removed"]: row for row in losses_by_view["without"]}
    gone = len(bare[3]["lost"])
    now, left = apart("share", bare[0]["connected_share"], bare[3]["connected_share"], digits=0)
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
        {**row, "series": series, "label": gone, "who": who}
        for series, listed in losses_by_view.items()
        for row in listed
        for who in [join([broker["name"] for broker in row["lost"]])]
        for gone in [n_("{n} gone", "{n} gone", len(row["lost"])) if row["removed"] else _("Everybody there")]
    ]
    # where fewer go, or equals go together, two numbers may come to the same
    return (
        pd.DataFrame(rows)
        .drop_duplicates(["series", "label"])
        .assign(value=lambda t: t["connected_share"].astype(float))
    )


def first_brokers(brokers: pd.DataFrame) -> pd.DataFrame:
    """The ten that connect others most, and whoever equals the last of them; nobody who stands between no others."""
    between = brokers[brokers["betweenness"] > 0]
    return between.head(first_of(between["betweenness"].tolist(), 10))
