"""Cells that hold a list."""

import re
from typing import Any


def split_list(cell: Any) -> Any:
    """The items of a list cell, separated by `|` or `;`, without empties and repeats, in the order given.

    >>> split_list("water | peace;water")
    ['water', 'peace']
    """
    if not isinstance(cell, str):
        return cell
    items = (item.strip() for item in re.split(r"[|;]", cell))
    return list(dict.fromkeys(item for item in items if item)) or None


def split_words(cell: Any) -> Any:
    """As `split_list`, and by a comma without a space behind it, as Airtable exports choices.

    >>> split_words("peace,justice"), split_words("Peace, justice")
    (['peace', 'justice'], ['Peace, justice'])
    """
    return split_list(re.sub(r",(?!\s|$)", "|", cell)) if isinstance(cell, str) else cell


def split_codes(cell: Any) -> Any:
    """As `split_list`, and by commas: codes and numbers hold none."""
    return split_list(cell.replace(",", "|")) if isinstance(cell, str) else cell
