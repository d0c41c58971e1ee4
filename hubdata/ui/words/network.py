"""The sentences and tables of the page `network`."""

import pandas as pd

from hubdata.indicators.rows import first_of
from hubdata.ui.language import n_

MOST_NAMED = 3


def best_connected(placed: pd.DataFrame) -> list[str]:
    """The names of the three with most partners; several equals at the end by their number, for none comes first."""
    ranked = placed.sort_values("degree", ascending=False)
    degrees, names = ranked["degree"].tolist(), list(map(str, ranked["name"]))
    count = first_of(degrees, MOST_NAMED)
    if count <= MOST_NAMED + 2:
        return names[:count]
    above = sum(degree > degrees[MOST_NAMED - 1] for degree in degrees)
    equal = n_("{n} other with as many partners", "{n} others with equally many partners", count - above)
    return [*names[:above], equal]
