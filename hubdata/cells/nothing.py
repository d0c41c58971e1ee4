"""Words that stand in a cell in the place of nothing: "not known" as people write it, and errors of spreadsheets."""

import re

_WORDS = (
    "-|--|---|–|—|_|.|..|...|…|?|??|???|/|*|nvt|n.v.t|n.v.t.|nvt.|niet van toepassing|n.a.|n.a|n/a|na|"
    "not applicable|not available|onbekend|onbek.|nog onbekend|niet bekend|nog niet bekend|weet niet|geen idee|"
    "unknown|not known|unkn.|n.b.|n.b|nb|n.n.b.|nnb|n.n.b|n.t.b.|ntb|n.t.b|tbd|t.b.d.|t.b.d|to be determined|tba|"
    "tbc|t.b.c.|to be confirmed|"
    "t.b.a.|t.b.a|to be announced|null|nil|none|nan|geen|geen opgave|niet opgegeven|niet ingevuld|nog invullen|"
    "not provided|not specified|no data|geen data|geen gegevens|(leeg)|leeg|(blank)|blank|(empty)|empty|missing|"
    "ontbreekt|<na>|k.a.|keine angabe|unbekannt|inconnu"
)
NOTHING = frozenset(_WORDS.split("|"))
"""What people and programs write for "not known", folded."""
ERROR = re.compile(
    r"#(?-i:[A-ZÀ-Ü][A-ZÀ-Ü0-9_/. ]{0,30})[!?]|#(?:n/[abdv]|nv|n\.?v\.?|getting_data|gegevens_ophalen)|#{2,}"
    r"|(?:err|fout|error|fehler|erreur):? ?\d{3}",
    re.IGNORECASE,
)
"""What a spreadsheet shows in the place of a value: `#N/B`, `#REF!`, `#SPILL!`, `#NV`, `Err:502`, `########`."""


def is_error(text: str) -> bool:
    """Whether a text is what a spreadsheet shows where it could not calculate, or where a column is too narrow.

    >>> is_error("#N/B"), is_error("Err:502"), is_error("#metoo")
    (True, True, False)
    """
    return text[:1] in "#eEfF" and ERROR.fullmatch(text) is not None


def is_nothing(text: str) -> bool:
    """Whether a text means that something is not known, in words or by an error of a spreadsheet.

    >>> is_nothing(" N.v.t. "), is_nothing("-"), is_nothing("#VERW!"), is_nothing("Nieuwe Natie")
    (True, True, True, False)
    """
    word = text.strip()
    return len(word) <= 40 and (word.casefold() in NOTHING or is_error(word))
