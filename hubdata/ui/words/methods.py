"""The sentences and tables of the page `methods`."""

from collections.abc import Sequence
from typing import TypedDict

import streamlit as st

from hubdata import methods, texts
from hubdata.indicators.coverage import Coverage
from hubdata.ui.language import Markdown, _, md, n_
from hubdata.ui.parts import meaning
from hubdata.ui.session import has_amounts


class CoverageRow(TypedDict):
    """Of what, how many are known of how many."""

    what: str
    known: int
    of: int | None
    share: float | None


def coverage_rows(coverage: Coverage) -> list[CoverageRow]:
    """Coverage as a table: what is known, for how many, of how many."""
    everyone = coverage["organisations"]
    money = [
        (_("Income in {year}", year=coverage["income_year"] or texts.NOT_KNOWN), coverage["income_known"], everyone),
        (_("Income in any year"), coverage["income_ever_known"], everyone),
        (_("Reserves"), coverage["reserves_known"], everyone),
    ]
    counted = [
        (
            _("Organisations, out of those expected") if coverage["expected_organisations"] else _("Organisations"),
            everyone,
            coverage["expected_organisations"],
        ),
        (_("Jobs (fte)"), coverage["jobs_known"], everyone),
        *(money if has_amounts() else []),
        (_("Themes"), coverage["themes_known"], everyone),
        (_("Development goals"), coverage["sdgs_known"], everyone),
        (_("Countries where they work"), coverage["countries_known"], everyone),
        (_("Membership"), coverage["membership_known"], everyone),
        (_("Digital maturity"), coverage["digital_maturity_known"], everyone),
        (_("Needs"), coverage["needs_known"], everyone),
        (_("Offers"), coverage["offers_known"], everyone),
        (_("Events with attendance"), coverage["attendance_known"], coverage["events"]),
    ]
    return [
        {"what": what, "known": known, "of": of, "share": known / of if of else None} for what, known, of in counted
    ]


ACROSS = ("cross_sector_share", "ei_index", "ei_expected", "ei_p_value", "sector_assortativity", "mixing", "modularity",
          "communities")  # fmt: skip
POSITIONS = ("degree_centralisation", "betweenness", "constraint", "articulation_points", "fragility", "introductions",
             "backtest", "pace")  # fmt: skip
STOPS = ("stress", "loss_share", "jobs_exposed", "ties_exposed", "bridges_exposed", "reserve_months_left",
         "pass_through", "shared_exposure", "quadrant", "own_income", "other_income")  # fmt: skip


def part_of(key: str) -> str:
    """The tab in which a figure is explained: its part of the indicators; the two long ones are split by subject."""
    for part, keys in (("across", ACROSS), ("positions", POSITIONS), ("stress", STOPS)):
        if key in keys:
            return part
    return methods.EXPLANATIONS[key].table


def explained(key: str) -> Markdown:
    """One figure: its name, what it is, how not to misread it, its source, and its names in files and for programs."""
    explanation = methods.EXPLANATIONS[key]
    source = f" *{_('Source: {source}', source=explanation.source)}.*" if explanation.source else ""
    names = ", ".join(f"`{name}`" for name in (key, *explanation.also))
    in_files = _("In files: {names}", names=names)
    return Markdown(f"**{_(explanation.name)}**  \n{meaning(key)}{source}  \n:small[{in_files}]")


def found(wanted: str) -> list[str]:
    """The figures whose explanation has every word of `wanted`, in the reader's language; those named so first."""
    words = wanted.casefold().split()
    named = [
        key
        for key in methods.EXPLANATIONS
        if all(word in _(methods.EXPLANATIONS[key].name).casefold() for word in words)
    ]
    told = [key for key in methods.EXPLANATIONS if all(word in explained(key).casefold() for word in words)]
    return list(dict.fromkeys([*named, *told]))


def search() -> None:
    """A box in which to type a word, and the figures that it explains."""
    wanted = st.text_input(
        _("Search"), key="search_methods", placeholder=_("A word, such as donor or tie"), icon=":material/search:"
    )
    if not wanted.strip():
        return
    keys = found(wanted)
    with st.container(border=True, key="found"):
        if keys:
            st.markdown(f"**{n_('{n} figure', '{n} figures', len(keys))}**")
            show(keys, "found")
        else:
            st.markdown(md("No figure is explained with “{wanted}”. Try another word.", wanted=wanted))


def show(keys: Sequence[str], part: str) -> None:
    """The explanations of some figures, side by side where there is room."""
    with st.grid(3, min_column_width=380, gap="medium", key=f"definitions_{part}"):
        for key in keys:
            st.markdown(explained(key))
