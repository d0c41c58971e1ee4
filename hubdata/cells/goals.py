"""The Sustainable Development Goals, by number and by name."""

import functools
import re
from typing import Any

from hubdata.cells.lists import split_list
from hubdata.cells.text import fold

GOALS: dict[str, dict[str, str]] = {
    "1": {"nl": "Geen armoede", "en": "No poverty"},
    "2": {"nl": "Geen honger", "en": "Zero hunger"},
    "3": {"nl": "Goede gezondheid en welzijn", "en": "Good health and well-being"},
    "4": {"nl": "Kwaliteitsonderwijs", "en": "Quality education"},
    "5": {"nl": "Gendergelijkheid", "en": "Gender equality"},
    "6": {"nl": "Schoon water en sanitair", "en": "Clean water and sanitation"},
    "7": {"nl": "Betaalbare en duurzame energie", "en": "Affordable and clean energy"},
    "8": {"nl": "Waardig werk en economische groei", "en": "Decent work and economic growth"},
    "9": {"nl": "Industrie, innovatie en infrastructuur", "en": "Industry, innovation and infrastructure"},
    "10": {"nl": "Ongelijkheid verminderen", "en": "Reduced inequalities"},
    "11": {"nl": "Duurzame steden en gemeenschappen", "en": "Sustainable cities and communities"},
    "12": {"nl": "Verantwoorde consumptie en productie", "en": "Responsible consumption and production"},
    "13": {"nl": "Klimaatactie", "en": "Climate action"},
    "14": {"nl": "Leven in het water", "en": "Life below water"},
    "15": {"nl": "Leven op het land", "en": "Life on land"},
    "16": {"nl": "Vrede, justitie en sterke publieke diensten", "en": "Peace, justice and strong institutions"},
    "17": {"nl": "Partnerschap om doelstellingen te bereiken", "en": "Partnerships for the goals"},
}
"""Number -> what the Dutch government and the United Nations call the goal."""
ALSO = {
    "1": "armoede|beeindig armoede|end poverty|poverty",
    "2": "honger|beeindig honger|end hunger|hunger",
    "3": "gezondheid|gezondheid en welzijn|health|good health|health and well-being|good health and wellbeing",
    "4": "onderwijs|goed onderwijs|education",
    "5": "gender",
    "6": "schoon water|schoon water en sanitaire voorzieningen|clean water",
    "7": "betaalbare energie|duurzame energie|clean energy",
    "8": "waardig werk|eerlijk werk en economische groei|decent work",
    "9": "industrie, innovatie en duurzame infrastructuur",
    "10": "minder ongelijkheid|ongelijkheid|reduced inequality|reduce inequalities",
    "11": "duurzame steden|sustainable cities",
    "12": "duurzame consumptie en productie|verantwoorde consumptie|sustainable consumption and production",
    "13": "klimaat|aanpak klimaatverandering|climate",
    "14": "leven onder water",
    "15": "herstel ecosystemen en behoud biodiversiteit",
    "16": "vrede|vrede en recht|vrede en veiligheid|vrede en justitie|vrede, veiligheid en recht|"
    "vrede, justitie en sterke instituties|vrede, justitie en sterke instellingen|vrede, recht en sterke instituties|"
    "vrede, veiligheid en sterke publieke diensten|peace|peace and justice|peace and justice strong institutions",
    "17": "partnerschappen|partnerschap|partnerschappen voor de doelen|partnership for the goals|partnerships",
}
"""Number -> other names for the goal, separated by `|`."""
BEFORE = re.compile(r"\s*(?:(?:un )?sdg|doel|doelstelling|goal)(?:['’]?s)?[ .:#_-]*(?=\d)", re.IGNORECASE)
"""What stands before a number."""
NUMBERED = re.compile(r"(\d{1,2})[\s.:)\N{EN DASH}\N{EM DASH}-]+(?=[^\W\d])")
"""A number with a name behind it."""
BETWEEN = re.compile(r"\s*[/&+]\s*|\s+(?:en|and)\s+", re.IGNORECASE)
"""What may stand between goals, or within the name of one."""


def _key(name: str) -> str:
    """A name without marks and the word `and`, so that `Peace, Justice & Strong Institutions` is the goal's own."""
    return " ".join(word for word in re.findall(r"\w+", fold(name)) if word not in ("and", "en"))


@functools.cache
def goals_by_name() -> dict[str, str]:
    """Key of a name of a goal -> its number."""
    names = {_key(name): number for number, also in ALSO.items() for name in also.split("|")}
    return names | {_key(label): number for number, labels in GOALS.items() for label in labels.values()}


def read_goal(cell: Any) -> Any:
    """The number of a goal: of `SDG 16`, of its name in Dutch or English, of a number with its own name behind it.

    A number with the name of another goal stays as it is, and is no number.

    >>> read_goal("Goal 16: Peace, Justice & Strong Institutions"), read_goal("Klimaatactie"), read_goal("5: Climate")
    ('16', '13', '5: Climate')
    """
    if not isinstance(cell, str):
        return cell
    text = BEFORE.sub("", cell, count=1).strip()
    numbered = NUMBERED.match(text)
    number = goals_by_name().get(_key(text[numbered.end() :] if numbered else text))
    if numbered is None:
        return number or text
    return number if number == str(int(numbered[1])) else text


def split_goals(cell: Any) -> Any:
    """The goals of a list. A comma, slash, ampersand or `and` separates where a name is not whole without it.

    >>> split_goals("16, 17"), split_goals("Peace, justice and strong institutions, SDG 5"), split_goals("SDG 5 & 13")
    (['16', '17'], ['16', '5'], ['5', '13'])
    """
    if not isinstance(cell, str):
        return cell
    items = [goal for item in split_list(cell) or [] for goal in _goals_in([p.strip() for p in item.split(",")])]
    return list(dict.fromkeys(item for item in items if item)) or None


def _goals_in(parts: list[str]) -> list[str]:
    """Parts between commas, as goals: the longest run that is a name, or else each part by itself."""
    found = []
    while parts:
        runs = range(min(len(parts), 4), 1, -1)  # no name has more commas
        whole = next((run for run in runs if read_goal(", ".join(parts[:run])).isdecimal()), 1)
        goal = read_goal(", ".join(parts[:whole]))
        pieces = [read_goal(piece) for piece in BETWEEN.split(goal)]
        found += pieces if all(piece.isdecimal() for piece in pieces) else [goal]
        parts = parts[whole:]
    return found
