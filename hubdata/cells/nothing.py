"""Words that stand in a cell in the place of nothing: "not known" as people write it, and errors of spreadsheets."""

import re

_WORDS = (
    "-|--|---|–|—|_|.|..|...|…|?|??|???|/|*|nvt|n.v.t|n.v.t.|nvt.|niet van toepassing|n.a.|n.a|n/a|na|"
    "not applicable|not available|onbekend|onbek.|nog onbekend|niet bekend|nog niet bekend|weet niet|geen idee|"
    "unknown|not known|unkn.|n.b.|n.b|nb|n.n.b.|nnb|n.n.b|n.t.b.|ntb|n.t.b|tbd|t.b.d.|t.b.d|to be determined|tba|"
    "tbc|t.b.c.|to be confirmed|"
    "t.b.a.|t.b.a|to be announced|null|nil|none|nan|geen|geen opgave|niet opgegeven|niet ingevuld|nog invullen|"
    "not provided|not specified|no data|geen data|geen gegevens|(leeg)|leeg|(blank)|blank|(empty)|empty|missing|"
    "ontbreekt|na|k.a.|keine angabe|keine angaben|keine daten|keine|unbekannt|nicht bekannt|nicht zutreffend|"
    "entfallt|entfällt|"
    "nicht verfugbar|nicht verfügbar|inconnu|inconnue|non connu|non disponible|non applicable|non renseigne|"
    "non renseigné|n.d.|n.c.|"
    "sans objet|neant|néant|aucun|aucune|tbc|t.b.c.|t.b.c|n.o.t.k.|notk|nntb|xxx|niets|niks|undefined|not set|"
    "no value|geen info|"
    "geen informatie|geen naam|nog te bepalen|wordt nader bepaald|volgt|volgt nog|p.m.|pro memorie|"
    "n/b|#nb|"
    "idem|id.|dito|ditto|zie boven|zie hierboven|see above|as above|siehe oben|″|〃|''|,,|"
    '"|""|=|==|~|**|***|//|\\|•|·|∅|ø|'
    "loading...|laden...|"
    "onb.|onb|geen thema|geen thema's|geen specifiek thema|no theme|no themes|geen website|no website|geen site|"
    "geen programma|no programme|geen project|geen locatie|no location|geen plaats|geen voorkeur|no preference|"
    "geen bijzonderheden|geen idee|kein thema|keine webseite|aucun theme|pas de site"
)
NOTHING = frozenset(_WORDS.split("|"))
"""What people and programs write for "not known" or "as above", which says nothing where rows can be sorted; folded."""
ERROR = re.compile(
    r"#[¡¿]?(?-i:[A-ZÀ-ÜА-Я][A-ZÀ-ÜА-Я0-9_/. ]{0,30})[!?]|#(?:n/[abdv]|nv|nb|n\.?v\.?|error|fout|fehler|getting_data|"
    r"gegevens_ophalen)|#{2,}"
    r"|(?:err|fout|error|fehler|erreur):? ?\d{3}|#=.*",
    re.IGNORECASE | re.DOTALL,
)
"""What a spreadsheet shows in the place of a value: `#N/B`, `#REF!`, `#SPILL!`, `#NV`, `Err:502`, `########`.

And `#=A1+B1`, which is how `reading` writes a formula that nobody calculated.
"""


DASHES = re.compile("[‐‑‒–—−](?: ?[-‐‑‒–—−])*|- -")
SURROUNDED = re.compile(r"^[\s([{<\u200b\ufeff]+|[\s)\]}>\u200b\ufeff]+$|(?<=\w{3})[.!]$")
"""What may stand around such a word: `(onbekend)`, `<null>`, `Onbekend.`"""
SPACED = re.compile(r"(?<=\w)\.?[\s\u00a0]+(?=\w\b)|(?<=\b\w)\.[\s\u00a0]*(?=\w\b)")
"""What may stand between the letters of an abbreviation: `n. v. t.`"""


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
    if len(word) > 40:
        return is_error(word)
    plain = SURROUNDED.sub("", DASHES.sub("-", word)).casefold()
    return not plain or plain in NOTHING or SPACED.sub(".", plain) in NOTHING or is_error(word)
