"""Cells that hold a list."""

import re
from typing import Any

QUOTED_ITEM = re.compile(r'\s*(?:"((?:[^"]|"")+)"\s*|([^",]+))(?:,|\Z)')


def split_list(cell: Any) -> Any:
    """The items of a list cell, separated by `|`, `;` or line breaks, without empties and repeats, in the order given.

    >>> split_list("water | peace;water")
    ['water', 'peace']
    """
    if not isinstance(cell, str):
        return cell
    items = (item.strip() for item in re.split(r"[|;\r\n]", cell))
    return list(dict.fromkeys(item for item in items if item)) or None


def quoted_items(cell: str) -> list[str]:
    """The items of a cell in which those with a comma are quoted, as Airtable exports them; none when nothing is.

    >>> quoted_items('"Vrede, Recht en Co",Beta'), quoted_items('Stichting "De Brug", Beta')
    (['Vrede, Recht en Co', 'Beta'], [])
    """
    items, place, is_quoted = [], 0, False
    while '"' in cell and place < len(cell):
        found = QUOTED_ITEM.match(cell, place)
        if not found:
            return []
        is_quoted |= found[1] is not None
        items.append((found[1] or found[2]).replace('""', '"').strip())
        place = found.end()
    return [item for item in items if item] if is_quoted else []


BULLETS = re.compile(r"[•‣▪◦●、،]|(?<!\w)·|·(?!\w)|(?:(?<=\s)|^)(?=\d{1,2}[.)]\s)")
"""What stands between the words of a list and in none of them."""
BEGINS_ITEM = re.compile(r"^(?:[-*–—+]|\d{1,2}[.)])\s+")
"""What people put before each line of a list."""
HASHTAGS = re.compile(r"#[^\s#,]+(?:[\s,]+#[^\s#,]+)*")
IN_BRACKETS = re.compile(r"\[([^\[\]{}]*)\]|\{([^\[\]{}]*)\}")
"""A list as programs write it: `["a", "b"]`, `{a,b}`."""


def split_words(cell: Any) -> Any:
    """As `split_list`, and by a comma without a space behind it, as Airtable exports choices; by bullets and hashtags.

    >>> split_words("peace,justice"), split_words("Peace, justice"), split_words("- peace\\n- justice")
    (['peace', 'justice'], ['Peace, justice'], ['peace', 'justice'])
    >>> split_words("#peace #justice"), split_words("['peace', 'justice']")
    (['peace', 'justice'], ['peace', 'justice'])
    """
    if not isinstance(cell, str):
        return cell
    text = cell.strip()
    if HASHTAGS.fullmatch(text):
        return split_list(re.sub(r"[\s,]*#", "|", text))
    if match := IN_BRACKETS.fullmatch(text):
        return split_list("|".join(item.strip(" \"'") for item in (match[1] or match[2] or "").split(",")))
    if items := quoted_items(cell):
        return items
    items = split_list(BULLETS.sub("|", re.sub(r",(?!\s|$)", "|", cell))) or []
    return list(dict.fromkeys(BEGINS_ITEM.sub("", item, count=1) for item in items)) or None


def split_codes(cell: Any) -> Any:
    """As `split_list`, and by commas: codes and numbers hold none."""
    return split_list(cell.replace(",", "|")) if isinstance(cell, str) else cell
