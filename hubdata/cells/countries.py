"""Cells that name a country: by its code of two or three letters, or by its name; Dutch, English, German, French."""

import functools
import re
from typing import Any

from babel import Locale
from babel.core import get_global
from pydantic import ValidationInfo

from hubdata.cells.lists import split_codes
from hubdata.cells.text import fold, read_text
from hubdata.cells.verdict import refusal, remark

OLD_CODES = {"EL": "GR", "UK": "GB"}
"""Codes that the European Union writes where ISO 3166 has others."""
_NO_COUNTRIES = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ".split())  # noqa: SIM905
"""Codes of CLDR that ISO 3166 has not: islands, groups of countries, nothing at all. Kosovo (XK) stays."""
_ALSO = {
    "BA": "bosnie|bosnia|bosnie en herzegovina",
    "BE": "belgium|vlaanderen|wallonie|flanders|wallonia",
    "BY": "wit-rusland|belarus",
    "CD": "dr congo|drc|rdc|republique democratique du congo|demokratische republik kongo|congo-kinshasa|"
    "democratische republiek congo|democratic republic of the congo",
    "CF": "car|centraal-afrikaanse republiek",
    "CG": "congo-brazzaville|republiek congo|republic of the congo",
    "CI": "elfenbeinkuste|ivoorkust|ivory coast|cote d'ivoire",
    "CZ": "tsjechische republiek|czech republic|czechia",
    "GB": "groot-brittannie|great britain|grossbritannien|grande-bretagne|"
    "engeland|england|angleterre|schottland|ecosse|nordirland|pays de galles|schotland|scotland|wales|"
    "noord-ierland|northern ireland|britain|u.k.|"
    "united kingdom of great "
    "britain and northern ireland",
    "GM": "gambia|the gambia",
    "IR": "iran",
    "KP": "noord-korea|north korea",
    "KR": "zuid-korea|south korea",
    "LA": "laos",
    "MD": "moldova|moldavie",
    "MK": "macedonie|macedonia|north macedonia|noord-macedonie",
    "MM": "birma|burma|myanmar",
    "NL": "holland|the netherlands|netherlands|nederland|koninkrijk der nederlanden|kingdom of the netherlands|"
    "caribisch gebied "
    "van het koninkrijk",
    "PS": "palestina|palestine|palestijnse gebieden|gaza|westelijke jordaanoever|west bank",
    "RU": "rusland|russia|russische federatie|russian federation",
    "SD": "soedan|sudan",
    "SS": "zuid-soedan|south sudan",
    "SY": "syrie|syria",
    "SZ": "swaziland",
    "TL": "oost-timor|east timor",
    "TR": "turkije|turkey",
    "TZ": "tanzania",
    "AE": "vae|uae|emiraten|emirates",
    "ZA": "rsa",
    "CN": "volksrepubliek china|people's republic of china|vr china|prc",
    "SX": "st. maarten|st maarten|sint-maarten",
    "CH": "schweiz|suisse",
    "US": "verenigde staten van amerika|usa|u.s.a.|u.s.|vs|v.s.|amerika|america|united states of america",
    "VA": "vaticaan|vatican|holy see|heilige stoel",
    "VN": "vietnam|viet nam",
    "ES": "espana",
    "CV": "kaapverdie|cape verde|cabo verde",
}
"""Code -> other names for the country, folded. Two countries are called Congo, and two Korea."""


FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
BOTH = re.compile(r"([a-z]{2,3}) ?[-–:|,] ?(.+)|(.+?) ?\(([a-z]{2,3})\)")
"""A code and a name of a country in one cell."""


def _flag(cell: str) -> str:
    return "".join(chr(ord(letter) - 0x1F1E6 + ord("a")) for letter in cell.strip())


@functools.cache
def codes_by_word() -> dict[str, str]:
    """Folded code or name of a country -> its ISO 3166 alpha-2 code; a name in Dutch or English goes first."""
    words: dict[str, str] = {}
    for language in ("nl", "en"):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES:
                words |= {fold(code): code, fold(name): code, fold(name).replace("&", "en"): code}
                words[fold(name).replace("&", "and")] = code
    known = set(words.values())
    others: dict[str, set[str]] = {}
    for language in ("de", "fr"):
        for code, name in Locale(language).territories.items():
            if code in known:
                others.setdefault(fold(name).replace("’", "'"), set()).add(code)
    words = {name: codes.pop() for name, codes in others.items() if len(codes) == 1} | words
    for alias, codes in get_global("territory_aliases").items():
        if len(alias) == 3 and alias.isalpha() and len(codes) == 1 and codes[0] in known:
            words.setdefault(fold(alias), codes[0])
    words |= {name: code for code, names in _ALSO.items() for name in names.split("|")}
    return words


BETWEEN = re.compile(r"\s*[&/+\n]\s*|\s+(?:en|and|und|et)\s+")
"""What may stand between two countries, and in the name of one: `Bosnië en Herzegovina`."""


def split_countries(cell: Any) -> Any:
    """The countries of a cell, by what separates codes, and by `en`, `&` or `/` where each part is a country.

    >>> split_countries("NL, BE & DE"), split_countries("Bosnië en Herzegovina"), split_countries("KE UG")
    (['NL', 'BE', 'DE'], ['Bosnië en Herzegovina'], ['KE', 'UG'])
    """
    items = split_codes(cell)
    if not isinstance(items, list):
        return items
    return [part for item in items for part in _countries_of(item)]


def _countries_of(item: str) -> list[str]:
    words = codes_by_word()
    if fold(item) in words:
        return [item]
    ways = [BETWEEN.split(item)] + [item.split()] * bool(re.fullmatch(r"[A-Z]{2}( [A-Z]{2})+", item.strip()))
    return next((way for way in ways if len(way) > 1 and all(fold(part) in words for part in way)), [item])


def read_country(cell: Any, info: ValidationInfo | None) -> Any:
    """A country as its ISO 3166 alpha-2 code, in capitals: `nl`, `NLD`, `Nederland` and `the Netherlands` are NL."""
    if not isinstance(cell, str):
        return cell
    word = _flag(cell) if FLAG.fullmatch(cell.strip()) else fold(read_text(cell)).replace("’", "'")
    word = word if word in codes_by_word() else word.strip(" .")
    if match := BOTH.fullmatch(word):  # NL - Nederland, Nederland (NL)
        codes = {codes_by_word().get(part.strip()) for part in match.groups() if part}
        word = (codes.pop() or word).lower() if len(codes) == 1 else word
    if (code := OLD_CODES.get(word.upper())) is not None:
        remark(info, "country_codes", text=cell.strip(), read=code)
        return code
    if (code := codes_by_word().get(word)) is None:
        raise refusal("not_a_country")
    return code
