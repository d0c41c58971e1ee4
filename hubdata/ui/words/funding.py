"""The sentences and tables of the page `funding`."""

import pandas as pd

from hubdata.indicators.funding import FundingYear
from hubdata.ui.income import donor_names
from hubdata.ui.language import _


def flow_names(year: FundingYear, flows: pd.DataFrame, earned: str) -> pd.Series:
    """What the source of each flow is called: two donors of one name stay apart."""
    named = [donor for donor in year["donor_totals"] if donor["donor"]]
    names = dict(zip((donor["donor_key"] for donor in named), donor_names(named), strict=True))
    without_name = {"other": _("Other donors"), "earned": earned}
    return flows["donor_key"].map(names).where(flows["donor"].notna(), flows["donor_key"].map(without_name))
