"""The sentences and tables of the page `brokers`."""

from collections.abc import Mapping, Sequence

import pandas as pd

from hubdata.indicators.fragility import Fragility
from hubdata.ui.language import Markdown, _, apart, join, md, n_, n_md


def fragility_sentence(losses_by_view: Mapping[str, Sequence[Fragility]]) -> Markdown:
    """What is left when the three who hold the network together go, with and without the convenors."""
    shown = losses_by_view.get("with") or losses_by_view["without"]
    three = next(row for row in shown if row["removed"] == 3)
    if not three["lost"] or three["connected_share"] is None:
        return md("Nobody stands between others, so nothing is lost when somebody goes.")
    after, before = apart("share", three["connected_share"], three["connected_share_before"], digits=0)
    sentence = md(
        "Without {names}, **{after} of all pairs of the other organisations are still connected**, directly or "
        "through others; with them it is {before}.",
        names=join([broker["name"] for broker in three["lost"]]),
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


def fragility_rows(losses_by_view: Mapping[str, Sequence[Fragility]]) -> pd.DataFrame:
    """What is left of the network, one row per view (with or without convenors) and number of losses."""
    rows = [
        {**row, "series": series, "label": gone, "who": who}
        for series, listed in losses_by_view.items()
        for row in listed
        for who in [join([broker["name"] for broker in row["lost"]])]
        for gone in [n_("{n} gone", "{n} gone", row["removed"]) if row["removed"] else _("Everybody there")]
    ]
    return pd.DataFrame(rows).assign(value=lambda t: t["connected_share"].astype(float))
