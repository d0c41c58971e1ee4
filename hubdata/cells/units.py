"""What stands beside a number: signs of money, thousands and millions, percentages; in headings and in cells."""

import re
from typing import NamedTuple

EURO = r"(?:€|EURO['’`]?S|EURO|EUR)"
_CODES = (
    "AED|AFN|ALL|AMD|ANG|AOA|ARS|AUD|AWG|AZN|BAM|BBD|BDT|BGN|BHD|BIF|BMD|BND|BOB|BRL|BSD|BTN|BWP|BYN|BZD|CAD|CDF|CHF|CLP|"
    "CNY|COP|CRC|CUP|CVE|CZK|DJF|DKK|DOP|DZD|EGP|ERN|ETB|FJD|FKP|GBP|GEL|GHS|GIP|GMD|GNF|GTQ|GYD|HKD|HNL|HTG|HUF|IDR|ILS|"
    "INR|IQD|IRR|ISK|JMD|JOD|JPY|KES|KGS|KHR|KMF|KPW|KRW|KWD|KYD|KZT|LAK|LBP|LKR|LRD|LSL|LYD|MAD|MDL|MGA|MKD|MMK|MNT|MOP|"
    "MRU|MUR|MVR|MWK|MXN|MYR|MZN|NAD|NGN|NIO|NLG|NOK|NPR|NZD|OMR|PAB|PEN|PGK|PHP|PKR|PLN|PYG|QAR|RMB|RON|RSD|RUB|RWF|SAR|"
    "SBD|SCR|SDG|SEK|SGD|SHP|SLE|SOS|SRD|SSP|STN|SYP|SZL|THB|TJS|TMT|TND|TOP|TRY|TTD|TWD|TZS|UAH|UGX|USD|UYU|UZS|VES|VND|"
    "VUV|WST|XAF|XCD|XOF|XPF|YER|ZAR|ZMW|ZWL|BEF|DEM|FRF|LUF|ITL|FIM|IEP"
)
_WORDS = (
    r"(?:us|canadian|australian|canadese|australische|amerikaanse)?[ -]?dollars?|us ?\$|british pounds?|"
    r"pounds?(?: sterling)?|"
    r"ponden|(?:britse )?pond(?: sterling)?|(?:swiss |zwitserse )?(?:francs?|franken|frank)|yen|yuan|renminbi|"
    r"(?:deense |zweedse |noorse |danish |swedish |norwegian )?(?:kronen|kronor|kroner|krona)|gulden|guilders?|"
    r"roebels?|"
    r"roubles?|rubles?|zloty|shillings?|rupees?|livres?|mark|d-mark"
)
_SHORT = r"zł|zl|kč|sfr\.?|fr\.|[dsn]?kr\.?|hfl\.?|fl\.|dm|rs\.|лв\.?"
"""Abbreviations that are signs of money beside a number only."""
_SIGNS = "$£¥₤₹₽₺₩₴₪₦ƒ₿฿₫₡₲₵₸₮"
FOREIGN_CELL = re.compile(
    rf"[^\w]*(?:(?:{_CODES})(?![a-z])|(?:{_WORDS})(?![a-z])|(?:us|ca|au|r)?[{_SIGNS}]|(?:{_SHORT})\s*-?\d)"
    rf"|.*?(?:[\d,.\s-](?:{_CODES}|{_WORDS}|{_SHORT}|fr)\s*$|[{_SIGNS}])",
    re.IGNORECASE,
)
"""A cell with another currency before or behind its number."""
FOREIGN_HEADING = re.compile(
    rf"[{_SIGNS}]|(?<![^\W_])(?!ALL|TOP|PEN|TRY|SOS|CUP|MOP|SDG|BAM|DZD|SAR)(?:{_CODES})(?![^\W_])"
    rf"|(?<=[(\[])(?:{_CODES}|(?i:{_SHORT}|fr))(?=[)\]])|(?<![^\W_])(?i:{_WORDS})(?![^\W_])"
)
"""A heading that names another currency. Codes only in capitals; those that are words as well only in brackets."""

_BILLION = r"mld\.?|mrd\.?|md|miljard(?:en)?|billions?|bn|milliarden?|milliards?"
_MILLION = r"mln\.?|mio\.?|miljoen(?:en)?|milj\.?|millions?|millionen|mill\.?|mn"
_THOUSAND = r"duizend(?:en|tal(?:len)?)?|thousands?|dzd\.?|tsd\.?|dz\.?|tausend|milliers?|mille"
FACTORS = (
    (1e9, re.compile(rf"{_BILLION}", re.IGNORECASE)),
    (1e6, re.compile(rf"{_MILLION}|m", re.IGNORECASE)),
    (1e3, re.compile(rf"{_THOUSAND}|k", re.IGNORECASE)),
)
"""What a word behind a number in a cell multiplies it by."""
_EURO_WORD = re.compile(rf"(?<![^\W_]){EURO}(?![^\W_])", re.IGNORECASE)
_PERCENT = re.compile(r"%|(?<![^\W_])(?:procent|percent|percentage|pct)(?![^\W_])", re.IGNORECASE)
_NOT_IN_WORD = r"(?<![^\W_])(?:{})(?![^\W_])"
_TIMES = rf"(?<![^\W\d_])[*x×]\s*(?:{EURO}\s*)?(?:{{}})(?![\d.,' ]*\d)"
_HEADING_FACTORS = (
    (1e9, re.compile(_NOT_IN_WORD.format(_BILLION), re.IGNORECASE)),
    (
        1e6,
        re.compile(
            rf"{_NOT_IN_WORD.format(_MILLION)}|(?<![^\W\d_])[*x×]\s*(?:{EURO}\s*)?1[.,' ]?000[.,' ]?000(?!\d)"
            rf"|(?<![^\W_])m\s?(?:€|eur(?![^\W_]))|€\s?m(?![^\W_])|(?<![^\W_])eur\s?m(?![^\W_])|"
            rf"(?<![\d.,])1[.,' ]000[.,' ]000(?!\d)",
            re.IGNORECASE,
        ),
    ),
    (
        1e3,
        re.compile(
            rf"{_NOT_IN_WORD.format(_THOUSAND)}|(?<![^\W\d_])[*x×]\s*(?:{EURO}\s*)?1[.,' ]?000(?!\d)|"
            rf"(?<![^\W_])[kt]\s?(?:€|eur(?:o|os)?(?![^\W_]))"
            rf"|€\s?k(?![^\W_])|(?<![^\W_])eur\s?k(?![^\W_])|(?<![\d.,])['’]?000(?:s|'s|['’]s)?(?![\d.,])|"
            rf"(?<![\d.,])1[.,' ]000(?!\d)"
            rf"|\((?:k|in k)\)|(?<![\d.,])1000\s?{EURO}(?![^\W_])|{EURO}\s?1000(?!\d)",
            re.IGNORECASE,
        ),
    ),
    (1e5, re.compile(_TIMES.format(r"100[.,' ]?000"), re.IGNORECASE)),
    (1e4, re.compile(_TIMES.format(r"10[.,' ]?000"), re.IGNORECASE)),
    (
        1e2,
        re.compile(rf"{_NOT_IN_WORD.format('honderden|honderdtallen|hundreds')}|{_TIMES.format('100')}", re.IGNORECASE),
    ),
    (1e1, re.compile(_TIMES.format("10"), re.IGNORECASE)),
    (1e-2, re.compile(_NOT_IN_WORD.format("euro-?cent(?:en|s)?|centen|cents?|ct"), re.IGNORECASE)),
)


_BESIDE_UNIT = "in|en|per|x|of|van|d['’]|de|von"
"""Words that lead to a unit."""


LONGEST_HEADING = 1000
"""What is longer is no heading; looking for units in it, for each list that it may be of, would take seconds."""


class Unit(NamedTuple):
    """What a heading, or a column beside it, says its numbers are in."""

    factor: float = 1.0
    """What its numbers have to be multiplied by: 1000 for thousands."""
    is_percent: bool = False
    foreign: str = ""
    """The sign or code of a currency other than the euro."""


def unit_of(text: str) -> Unit:
    """The unit that a heading names.

    >>> unit_of("Bedrag (x 1.000)").factor, unit_of("Omzet in mln €").factor, unit_of("Bedrag 2023").factor
    (1000.0, 1000000.0, 1.0)
    >>> unit_of("FTE (%)").is_percent, unit_of("Amount (CHF)").foreign, unit_of("Bedrag (€)").foreign
    (True, 'CHF', '')
    """
    text = text[:LONGEST_HEADING].replace("_", " ")
    factor = next((factor for factor, shape in _HEADING_FACTORS if shape.search(text)), 1.0)
    found = FOREIGN_HEADING.search(text)
    return Unit(factor, _PERCENT.search(text) is not None, found[0].strip() if found else "")


def without_unit(heading: str) -> str:
    """A heading without what says its unit, so that it is recognised all the same.

    >>> without_unit("Bedrag (x 1.000)"), without_unit("Bedrag in k€"), without_unit("Amount CHF")
    ('Bedrag', 'Bedrag', 'Amount')
    >>> len(without_unit("(x 1.000) " * 200))
    2000
    """
    if len(heading) > LONGEST_HEADING:
        return heading
    bare = heading.replace("_", " ")
    for shape in (*(shape for _, shape in _HEADING_FACTORS), FOREIGN_HEADING, _EURO_WORD, _PERCENT):
        bare = shape.sub(" ", bare)
    if bare == heading.replace("_", " "):
        return " ".join(bare.split()).strip(" -:,/*")  # `Van` and `Based in` name no unit
    bare = re.sub(r"(?<=[x×*])\s*1(?!\d)", " ", bare)  # `x 1 mln`
    bare = re.sub(rf"[(\[][\s\W]*(?:(?:{_BESIDE_UNIT}|k)[\s\W]*)*[)\]]", " ", bare, flags=re.IGNORECASE)
    words = re.sub(r"[-:,/*×\s]+$", "", bare).split()
    while words and re.fullmatch(_BESIDE_UNIT, words[-1].casefold()):
        words.pop()
    return " ".join(words).strip(" -:,/*")


def says_unit(text: str) -> bool:
    """Whether what stands behind a number makes it another amount: a currency, or thousands.

    >>> says_unit("mln"), says_unit(" T€"), says_unit("Fr."), says_unit("fte")
    (True, True, True, False)
    """
    return bool(FOREIGN_CELL.match("1 " + text.strip())) or unit_of(text).factor != 1 or _factor_of(text) is not None


def _factor_of(word: str) -> float | None:
    """What a word for thousands or millions multiplies by, also with a word for euros."""
    bare = re.sub(r"^(?:in|x|×|\*)\s+", "", _EURO_WORD.sub(" ", word).strip(), flags=re.IGNORECASE).strip()
    return next((factor for factor, words in FACTORS if bare and words.fullmatch(bare)), None)


UNIT_HEADING = re.compile(r"eenheid|eenheden|unit|units|einheit|unite|schaal|scale|maat|munt|valuta|factor|x")
"""What a column is called of which a single letter may be a unit: `k`."""


def unit_beside(text: str, heading: str = "") -> Unit:
    """The unit that a cell in a column beside amounts names.

    >>> unit_beside("k", "eenheid").factor, unit_beside("milliers").factor, unit_beside("x 1.000").factor
    (1000.0, 1000.0, 1000.0)
    """
    factor = _factor_of(text) if len(text.strip()) > 1 or UNIT_HEADING.fullmatch(heading) else None
    return unit_of(text)._replace(factor=factor) if factor else unit_of(text)


def is_unit(text: str, heading: str = "") -> bool:
    """Whether a text is nothing but a unit, as in a column that says what the amounts beside it are in.

    >>> is_unit("x1000"), is_unit("EUR x 1.000"), is_unit("Vrede"), is_unit("€ 1.000")
    (True, True, False, False)
    """
    if re.fullmatch(r"(?:[x×*] ?)1", text.strip(), re.IGNORECASE):
        return True
    unit = unit_beside(text, heading)
    is_amount = (
        unit.factor != 1 and re.search("[1-9]", text) and not re.search(r"[^\W\d]|[*×]", _EURO_WORD.sub("", text))
    )
    if unit == Unit() or is_amount or len(text) > 30:
        return False
    return not without_unit(text) or (unit.factor != 1 and unit_of(text).factor == 1)
