"""The sentences and tables of the page `digital`."""

from typing import Any

import pandas as pd

from hubdata.ui.hub_settings import settings
from hubdata.ui.language import _
from hubdata.ui.parts import table_of


def who_rows(subject: dict[str, Any], names: dict[str, str]) -> pd.DataFrame:
    """Who needs and who offers a subject, by name; they may be one and the same."""
    sides = (("needed_by", _("needs it")), ("offered_by", _("offers it")))
    rows = [{"what": what, "name": names[one]} for side, what in sides for one in subject[side]]
    return pd.DataFrame(rows, columns=["what", "name"])


def sector_rows(subject: dict[str, Any]) -> pd.DataFrame:
    """How many in each sector need and offer a subject."""
    needed, offered = subject["needed_by_sector"], subject["offered_by_sector"]
    rows = [
        {"sector": code, "needed": needed.get(code, 0), "offered": offered.get(code, 0)}
        for code in dict.fromkeys([*settings().sectors, *needed, *offered])
        if code in needed or code in offered
    ]
    return table_of(rows, "sector")
