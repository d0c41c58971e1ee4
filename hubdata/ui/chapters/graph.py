"""The network as its reader may see it, to be written as a graph file.

It holds what the pages of the reader hold: the organisations, sectors and ties of the network page; what profiles say
of one organisation only for whoever has profiles, and its income only for whoever sees amounts on a page.
"""

import datetime
from collections.abc import Mapping
from typing import Any

from hubdata import charts, questions
from hubdata.indicators.rows import records
from hubdata.reports.graph import Fact, Graph, Node, Spell, Tie
from hubdata.ui.chapters.parts import income_year
from hubdata.ui.hub_settings import settings
from hubdata.ui.language import label, sector_labels, type_label, word
from hubdata.ui.session import ask, covers, has_page, view

PLAIN = charts.Style(dark=False, decimal_comma=False)


def has_graph() -> bool:
    """Whether the reader may have the network as a file."""
    return has_page("network") and covers(questions.answer_graph)


def graph() -> Graph:
    """The network up to the as-of date, as far as the reader sees it."""
    known = ask(questions.answer_graph)
    details, income = _details(), _income()
    colours = charts.sector_colours(sector_labels(), PLAIN)
    nodes = tuple(
        Node(
            id=row["organisation_id"],
            name=row["name"],
            is_there=row["is_there"],
            spell=_spell(row["joined_on"], row["left_on"]),
            facts={
                "sector": label(row["sector"]),
                **details.get(row["organisation_id"], {}),
                "partners": row["degree"] if row["is_there"] else None,
                **(income.get(row["organisation_id"], {}) if row["is_there"] else {}),
            },
            x=row["x"],
            y=row["y"],
            degree=row["degree"],
            colour=colours.get(row["sector"], "#767676"),
        )
        for row in records(known.organisations)
    )
    return Graph(settings().name, view().as_of, nodes, tuple(_ties(known)))


def _details() -> Mapping[str, Mapping[str, Fact]]:
    """Id -> what the profile says."""
    if not (has_page("organisation") and covers(questions.answer_graph_details)):
        return {}
    return {
        row["organisation_id"]: {
            "type": type_label(row["type"]) or None,
            "themes": tuple(map(label, row["themes"])) if row["themes"] is not None else None,
            "city": row["city"],
            "jobs": None if row["fte"] is None else float(row["fte"]),
        }
        for row in records(ask(questions.answer_graph_details))
    }


def _income() -> Mapping[str, Mapping[str, Fact]]:
    """Id -> the income of the latest full year."""
    year = (
        income_year() if covers(questions.answer_year) and (has_page("funding") or has_page("organisation")) else None
    )
    if year is None:
        return {}
    listed = ask(questions.answer_year, year)["organisations"]
    return {row["organisation_id"]: {"income": round(float(row["income"]), 2), "income_year": year} for row in listed}


def _ties(known: questions.Graph) -> list[Tie]:
    """The ties of the day, and those that ended before it, each pair once with all its periods."""
    now = {(row["organisation_a"], row["organisation_b"]): row for row in records(known.ties)}
    spells_of: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in records(known.spells.sort_values(["organisation_a", "organisation_b", "started_on"])):
        spells_of.setdefault((row["organisation_a"], row["organisation_b"]), []).append(row)
    listed = []
    for pair, spells in spells_of.items():
        tie = now.get(pair)
        facts: dict[str, Fact] = {"across_sectors": bool(spells[-1]["is_cross_sector"])}
        if tie:
            facts |= {
                "strength": word("intensity", questions.STRENGTHS[tie["weight"]]),
                "kind": tuple(map(label, tie["kinds"])) or None,
                "agreements": int(tie["partnership_count"]),
                "first_day": tie["started_on"],
                "last_day": tie["ended_on"],
                "last_contact": tie["last_sign_date"],
                "is_fading": bool(tie["is_fading"]),
            }
        listed.append(
            Tie(
                source=pair[0],
                target=pair[1],
                is_there=tie is not None,
                spells=tuple(_spell(row["started_on"], row["ended_on"]) for row in spells),
                facts=facts,
                weight=tie["weight"] + 1 if tie else 1,
            )
        )
    return listed


def _spell(start: datetime.date | None, end: datetime.date | None) -> Spell:
    """A period up to the as-of date: what ends after it, is not over."""
    return Spell(start, end if end and end <= view().as_of else None)
