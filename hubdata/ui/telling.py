"""What to ask for first: a card on the page `data`, and whom to ask for the page `asking`."""

import itertools
from collections.abc import Iterator, Sequence

import pandas as pd
import streamlit as st

from hubdata import questions
from hubdata.indicators.telling import Cell, Telling
from hubdata.ui.columns import column
from hubdata.ui.language import Markdown, _, apart, join, md, n_, n_md, percent
from hubdata.ui.navigation import page_link
from hubdata.ui.parts import explain, frame, lazy_expander
from hubdata.ui.session import ask, snapshot


def what_to_ask() -> None:
    """The cells to ask for first, why, and the way to ask; nothing when nothing is missing."""
    found = ask(questions.answer_telling)
    if not found["cells"]:
        return
    with st.container(border=True, key="telling"):
        st.subheader(title(list(together(found["cells"]))), anchor="telling")
        st.markdown(intervals_sentence(found))
        names = ask(questions.answer_names)
        agreements = {
            row["partnership_id"]: row["name"] for row in snapshot().records("partnerships", "partnership_id", "name")
        }
        lines = [cells_in_words(alike, found, names, agreements) for alike in together(found["cells"])]
        st.markdown("\n".join(f"1. {line}" for line in lines))
        if found["equally_wide"]:
            others = found["equally_wide"]
            st.caption(n_("{n} other would tell as much.", "{n} others would tell as much.", others))
        if found["jobs_without_range"]:
            st.caption(
                n_(
                    "Of {n} organisation nothing says how many jobs it may have: too few like it are known.",
                    "Of {n} organisations nothing says how many jobs they may have: too few like them are known.",
                    found["jobs_without_range"],
                )
            )
        page_link("asking", _("Ask these organisations"), asking="ask")
        lazy_expander(
            "intervals",
            _("Between what the figures lie now"),
            lambda: frame(
                "intervals",
                lambda: intervals_table(found),
                [
                    column("what", _("Figure"), "text"),
                    column("from", _("At least"), "text"),
                    column("to", _("At most"), "text"),
                    column("unknown", _("Not known"), "count"),
                ],
            ),
        )
        explain("telling")


def title(listed: Sequence[Sequence[Cell]]) -> str:
    """What the card says first, above so many lines."""
    return n_("Ask for this first: it would tell most", "Ask for these first: they would tell most", len(listed))


def together(cells: Sequence[Cell]) -> Iterator[list[Cell]]:
    """The cells in order; jobs of which the same is to be said are one."""
    for key, alike in itertools.groupby(cells, lambda c: (c["figure"], c["fewest_jobs"], c["most_jobs"], c["width"])):
        if key[0] == "jobs":
            yield list(alike)
        else:
            yield from ([cell] for cell in alike)


def cells_in_words(
    cells: Sequence[Cell], found: Telling, names: dict[str, str], agreements: dict[str, str | None]
) -> Markdown:
    """An empty cell, or those of which the same is to be said: what it is, whom to ask, and what it leaves open."""
    cell = cells[0]
    who, width = names.get(cell["organisations"][0], cell["organisations"][0]), percent(cell["width"])
    if cell["figure"] == "jobs":
        low, high = apart("count", cell["fewest_jobs"], cell["most_jobs"])
        if len(cells) > 1:
            everybody = [names.get(one["organisations"][0], one["organisations"][0]) for one in cells]
            return md(
                "**Jobs of {who}**: similar ones have {low} to {high}, each a range of {width} of all known jobs.",
                who=join(everybody),
                low=low,
                high=high,
                width=width,
            )
        return md(
            "**Jobs of {who}**: similar ones have {low} to {high}, a range of {width} of all known jobs.",
            who=who,
            low=low,
            high=high,
            width=width,
        )
    if cell["figure"] == "exposed_share":
        return md(
            "**Income of {who} in {year}**: exposed or not, it is {width} of all organisations.",
            who=who,
            year=found["year"],
            width=width,
        )
    silent = cell["silent_ties"] or 0
    agreement = agreements.get(cell["agreement"] or "")
    if agreement:
        return n_md(
            "**Last contact of “{agreement}”**, known by {who}: {n} tie counts as silent without it, {width} of all "
            "ties.",
            "**Last contact of “{agreement}”**, known by {who}: {n} ties count as silent without it, {width} of all "
            "ties.",
            silent,
            agreement=agreement,
            who=who,
            width=width,
        )
    other = cell["organisations"][1]
    return n_md(
        "**Last contact of {who} and {other}**: {n} tie counts as silent without it, {width} of all ties.",
        "**Last contact of {who} and {other}**: {n} ties count as silent without it, {width} of all ties.",
        silent,
        who=who,
        other=names.get(other, other),
        width=width,
    )


def intervals_sentence(found: Telling) -> Markdown:
    """Between what each figure lies, with what is not known now."""
    said: list[str] = []
    for interval in found["intervals"]:
        low, high = apart("count" if interval["figure"] == "jobs" else "share", interval["lowest"], interval["highest"])
        if interval["unknown"]:
            of = {
                "jobs": md("all jobs are between {low} and {high}", low=low, high=high),
                "exposed_share": md(
                    "the exposed part of organisations ({year}) is between {low} and {high}",
                    low=low,
                    high=high,
                    year=found["year"],
                ),
                "fading_share": md("the fading part of ties is between {low} and {high}", low=low, high=high),
            }
            said.append(of[interval["figure"]])
    return md("With what is not known, {figures}.", figures=Markdown(join(said))) if said else Markdown()


def intervals_table(found: Telling) -> pd.DataFrame:
    """What each figure can be with what is not known, in words."""
    said = {"jobs": _("All jobs"), "exposed_share": _("Exposed organisations"), "fading_share": _("Fading ties")}
    rows = []
    for interval in found["intervals"]:
        kind = "count" if interval["figure"] == "jobs" else "share"
        low, high = apart(kind, interval["lowest"], interval["highest"])
        rows.append(
            {"what": said[interval["figure"]], "from": low, "to": high, "unknown": interval["unknown"]}
        )  # fmt: skip
    return pd.DataFrame(rows, columns=["what", "from", "to", "unknown"])


def who_would_tell() -> str:
    """The ids of the organisations that know the cells to ask for first, as `answering.to_ask` takes them."""
    return ",".join(dict.fromkeys(cell["organisations"][0] for cell in ask(questions.answer_telling)["cells"]))
