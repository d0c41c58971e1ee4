"""The sentences and tables of the page `overview`."""

from typing import NamedTuple

import pandas as pd

from hubdata import charts, questions
from hubdata.indicators.network import Network
from hubdata.ui.hub_settings import settings
from hubdata.ui.language import Markdown, _, n_, number
from hubdata.ui.session import ask
from hubdata.ui.ties import most_partners_title


class Picture(NamedTuple):
    """What the small network draws, and what is said of it. Read-only."""

    marks: pd.DataFrame
    ties: pd.DataFrame
    title: Markdown
    basis: str


def picture(network: Network) -> Picture:
    """The organisations that are drawn and the ties between them, with those that fade."""
    placed, every_tie = ask(questions.answer_layout), ask(questions.answer_tie_list)
    marks = charts.marks_to_draw(placed)
    is_drawn = every_tie[["organisation_a", "organisation_b"]].isin(set(marks["organisation_id"])).all(axis=1)
    ties = every_tie[is_drawn].assign(is_fading=lambda t: t["days_silent"] > settings().fading_days)
    basis = n_("{n} organisation", "{n} organisations", network["organisations"])
    if len(marks) < len(placed):
        most = number(len(marks))
        basis += f"; {_('of these the {n} with the most partners are drawn', n=most)}"
    if (drawn := len(charts.ties_to_draw(ties))) < network["ties"]:
        basis += f"; {_('{n} ties are drawn', n=number(drawn))}"
    return Picture(marks, ties, most_partners_title(placed), basis)
