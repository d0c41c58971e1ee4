"""The sentences and tables of the page `digital`."""

import pandas as pd

from hubdata.indicators.introductions import Need
from hubdata.ui.hub_settings import settings
from hubdata.ui.language import _
from hubdata.ui.parts import table_of


def who_rows(subject: Need, names: dict[str, str]) -> pd.DataFrame:
    """Who needs and who offers a subject, by name; they may be one and the same."""
    sides = ((subject["needed_by"], _("needs it")), (subject["offered_by"], _("offers it")))
    rows = [{"what": what, "name": names[organisation_id]} for ids, what in sides for organisation_id in ids]
    return pd.DataFrame(rows, columns=["what", "name"])


def sector_rows(subject: Need) -> pd.DataFrame:
    """How many in each sector need and offer a subject."""
    needed, offered = subject["needed_by_sector"], subject["offered_by_sector"]
    rows = [
        {"sector": code, "needed": needed.get(code, 0), "offered": offered.get(code, 0)}
        for code in dict.fromkeys([*settings().sectors, *needed, *offered])
        if code in needed or code in offered
    ]
    return table_of(rows, "sector")
