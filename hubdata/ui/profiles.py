"""Names of organisations in tables as links to their profiles: in every table that holds their ids, by itself."""

from collections.abc import Sequence
from urllib.parse import urlencode

import pandas as pd

from hubdata.ui.address import address_of
from hubdata.ui.columns import Column
from hubdata.ui.session import has_page

LINKED = {"name": "organisation_id", "name_a": "organisation_a", "name_b": "organisation_b"}
"""Which column holds the ids of the organisations that a column names."""


def ids_named(rows: pd.DataFrame, columns: Sequence[Column]) -> dict[str, list[str | None]]:
    """Heading -> the ids of the organisations that the column names, one per row; nothing where profiles are not shown.

    A column has links when the table holds the ids beside the names (`LINKED`), shown or not.
    """
    if not has_page("organisation"):
        return {}
    return {
        column.heading: rows[LINKED[column.name]].tolist()
        for column in columns
        if column.name in rows and LINKED.get(column.name) in rows
    }


def profile_address(organisation_id: str | None, name: str | None) -> str | None:
    """The address of a profile, with the view, as a link in a table has it; None for nobody.

    The name comes first: a table is sorted by what is in its cells, and in these cells are addresses.
    """
    if not isinstance(organisation_id, str) or not isinstance(name, str):
        return None
    return f"organisation?{urlencode({'name': name, **address_of(organisation_id)})}"
