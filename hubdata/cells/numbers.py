"""Cells of numbers."""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from pydantic import ValidationInfo

from hubdata.cells.formulas import without_apostrophe
from hubdata.cells.units import EURO, FACTORS, FOREIGN_CELL
from hubdata.cells.verdict import context_of, refusal

TWO_READINGS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
"""`1.234` may be more than a thousand or a little more than one: only other cells of the column can tell."""
THREE_DECIMALS = re.compile(r"[+-]?\d+[.,]\d{3}", re.ASCII)
"""A column with such numbers only may be in thousands: `0,456` and `40,000` are then 456 and 40000."""
COMMA_NUMBER = re.compile(r"[+-]?(\d{1,15}|[1-9]\d{0,2}(\.\d{3}){1,4})(,\d+)?", re.ASCII)
"""A number with a decimal comma, if any, and points between thousands, if any; only its shape.

At most fifteen digits before the comma: more cannot be kept exactly.
"""
POINT_NUMBER = re.compile(r"[+-]?(\d{1,15}|[1-9]\d{0,2}(,\d{3}){1,4})(\.\d+)?", re.ASCII)
"""The same with a decimal point and commas between thousands."""

# What may surround a number, taken off in this order; `ingest.numbers` does the same for a whole column, in another
# engine of regular expressions, so only what both understand alike.
_SPACE = "[ \u00a0\u2009\u202f]"
IN_BRACKETS = (
    rf"^(?:{EURO}{_SPACE}*)?\({_SPACE}*(?:{EURO}{_SPACE}*)?([0-9][0-9.,'’\s]*)(?:{EURO}{_SPACE}*)?\)"
    rf"(?:{_SPACE}*{EURO})?$"
)
"""`(1.250)`: how accountants write what is below zero."""
OTHER_MINUS = rf"^({EURO}{_SPACE}*)?(?:-/-|[−–]){_SPACE}*([€0-9])"
"""`-/- 800`, and what word processors make of a minus."""
MINUS_BEHIND = rf"^([^-].*?){_SPACE}*-/-$"
EURO_BEFORE = rf"^([+-]?){_SPACE}*{EURO}{_SPACE}*([+-]?)"
EURO_BEHIND = rf"{_SPACE}*{EURO}$"
NO_CENTS = r"([.,])(?:--|[-=–—])$"
"""`45.000,-` is an amount without cents."""
IN_GROUPS = rf"^[+-]?[1-9][0-9]{{0,2}}(?:(?:{_SPACE}[0-9]{{3}}){{1,4}}|(?:['’`´][0-9]{{3}}){{1,4}})(?:[.,][0-9]+)?$"
"""Thousands kept apart by spaces or apostrophes: `1 234 567,89`, `1'234.50`."""
BETWEEN_GROUPS = "[ \u00a0\u2009\u202f'’`´]"

_ABOUT = re.compile(
    r"(?:ca\b|circa|cca|c\.|±|\+/-|\+-|~|≈|>=|<=|=>|=<|≥|≤|>|<|ongeveer|ongev|plm|plusminus|zo'n|zo’n|rond(?: de)?|"
    r"around|about|env(?:iron)?\b|etwa|rund|zirka|ungef(?:ä|ae)hr|een stuk of|grofweg|naar schatting|hooguit|"
    r"mindestens|h(?:ö|oe)chstens|"
    r"bis zu|mehr als|weniger als|(?:ü|ue)ber|knapp|fast|plus de|moins de|pr(?:è|e)s de|au moins|au plus|presque|"
    r"jusqu'(?:à|a)|tussen|between|"
    r"entre|zwischen|\?|"
    r"approx(?:imately)?|roughly|bijna|almost|nearly|ruim|meer dan|minder dan|more than|less than|over|under|boven|"
    r"onder|"
    r"minimaal|minstens|ten minste|tenminste|maximaal|hoogstens|min|max|at least|at most|up to|tot|vanaf|from|geschat|"
    r"schatting|est(?:imated)?)\W{0,5}\d.*|.*\d\W{0,2}(?:\+|\?|\*|plus|of meer|or more|à|á|a\b|tot|to|bis|/|-|–|—|"
    r"of|or|en|"
    r"and|et|und|ou|oder|t/m|x)"
    r"\W{0,3}(?:[€$]\W?)?\d.*|.*\d\s?(?:\+|\?|plus|of meer|or more)(?:\s.*)?|.*\d\W{0,3}\(?(?:ca|circa|geschat|"
    r"schatting|ongeveer|"
    r"approx|estimated?|estimate)\W{0,2}",
    re.IGNORECASE,
)
"""A number that is not exact: `ca. 30`, `±60`, `> 500`, `10-15`, `500+`."""
_UNCOUNTED = frozenset({"pm", "p.m.", "p.m", "pro memorie"})
"""What budgets write for an amount that is still to come."""
IN_T_EURO = re.compile(rf"\dT ?{EURO}\s*$|\d T ?{EURO}\s*$")
"""`45 T€`, as Germans write thousands of euros."""
_PERCENTAGE = re.compile(r"(.*\d)\s*(?:%|procent|percent|pct\.?)", re.IGNORECASE)
_TON = (1e5, re.compile("ton", re.IGNORECASE))
"""`2,5 ton` is 250 000 euros. Only behind a number: by itself it is a weight."""
_WITH_UNIT = re.compile(r"([+-]?\d[\d.,]*)\s*([^\W\d_][^\d]*|%)")


def bare_number(cell: str) -> str:
    """A cell without what may surround an amount: white space, euro signs, marks between thousands, our apostrophe.

    >>> bare_number(" € 1.234,50 "), bare_number("'-5"), bare_number("45.000,-"), bare_number("1 234,5")
    ('1.234,50', '-5', '45.000,00', '1234,5')
    """
    number = without_apostrophe(cell.strip())
    if number.isdecimal():
        return number
    number = re.sub(IN_BRACKETS, r"-\1", number, flags=re.IGNORECASE).strip()
    number = re.sub(MINUS_BEHIND, r"-\1", number)
    number = re.sub(OTHER_MINUS, r"\1-\2", number, flags=re.IGNORECASE)
    number = re.sub(EURO_BEFORE, r"\1\2", number, flags=re.IGNORECASE)
    number = re.sub(EURO_BEHIND, "", number, flags=re.IGNORECASE).strip()
    number = re.sub(NO_CENTS, r"\g<1>00", number)
    return re.sub(BETWEEN_GROUPS, "", number) if re.fullmatch(IN_GROUPS, number) else number


def decimal_marks(cells: Iterable[str]) -> set[str]:
    """The decimal marks that cells use, as far as they can be read in one way only.

    >>> decimal_marks(["1.234", "1,5"]), decimal_marks(["1.234", "12"])
    ({','}, set())
    """
    marks = set()
    for cell in cells:
        number = bare_number(cell)
        if not number.lstrip("+-").isdecimal() and not TWO_READINGS.fullmatch(number):
            marks |= {","} if COMMA_NUMBER.fullmatch(number) else {"."} if POINT_NUMBER.fullmatch(number) else set()
    return marks


def read_number(cell: Any, info: ValidationInfo | None) -> Any:
    """A number as people write it, Dutch or English; anything else is refused, never read as something near.

    A word for thousands or millions behind it counts (`45k`, `1,2 mln`), and what the context says of the column: its
    decimal mark, and what its numbers are multiplied by.
    """
    if not isinstance(cell, str):
        return cell
    number = bare_number(cell)
    factor = context_of(info).get("factor") or 1.0
    if number[-1:].isalpha() or number[-1:] in (".", "€", "'", "’"):
        number, own_factor = _without_factor(number)
        if own_factor is None and IN_T_EURO.search(cell):
            number, own_factor = number[:-1].strip(), 1e3
        factor = own_factor or factor
    return _multiplied(_exact_number(number, cell, info), factor)


def _without_factor(number: str) -> tuple[str, float | None]:
    """A number without the word for thousands or millions behind it, and what that word means."""
    if match := _WITH_UNIT.fullmatch(number):
        word = re.sub(rf"\s*(?:d['’]|de |of )?{EURO}$", "", match[2], flags=re.IGNORECASE)
        word = re.sub(r"\s*(?:d['’]|de|of)$", "", word).strip()
        for factor, words in (*FACTORS, _TON):
            if words.fullmatch(word):
                return match[1], factor
    return number, None


def _exact_number(number: str, cell: str, info: ValidationInfo | None) -> str:
    """The digits of a number with a decimal point, or why it is none."""
    context = context_of(info)
    mark = context.get("decimal_mark")
    if TWO_READINGS.fullmatch(number) and not mark:
        raise refusal("two_readings", one=re.sub("[.,]", "", number), other=number.replace(".", ","))
    if context.get("three_decimals") and THREE_DECIMALS.fullmatch(number):
        raise refusal("three_decimals", one=re.sub("[.,]", "", number).lstrip("0"), other=number.replace(".", ","))
    if COMMA_NUMBER.fullmatch(number) and (mark == "," or not TWO_READINGS.fullmatch(number)):
        return number.replace(".", "").replace(",", ".")
    if POINT_NUMBER.fullmatch(number):
        return number.replace(",", "")
    raise _why_not_exact(cell, "not_a_number")


def _multiplied(digits: str, factor: float) -> float:
    """The number, times what its unit says; exact where a product of two floats is not."""
    return float(digits) if factor == 1 else float(Decimal(digits) * Decimal(factor))


def _why_not_exact(cell: str, otherwise: str) -> Exception:
    """Why a cell is no exact number: another currency, about so much, or what is said of anything else."""
    text = cell.strip()[:100]
    if text.casefold() in _UNCOUNTED:
        return refusal("about_value")
    if any(c.isdigit() for c in text):
        if FOREIGN_CELL.match(text):
            return refusal("not_in_euros")
        if _ABOUT.fullmatch(text) or (_WITH_UNIT.fullmatch(text) and not re.search(r"\d[eE]\d", text)):
            return refusal("about_value")
    return refusal(otherwise)


def read_percentage(cell: Any, info: ValidationInfo | None) -> Any:
    """A number, or a percentage as a share of 1: `25%` is 0.25, and so is `25 procent`."""
    if isinstance(cell, str) and (match := _PERCENTAGE.fullmatch(cell.strip())):
        return _multiplied(_exact_number(bare_number(match[1]), cell, info), 0.01)
    return read_number(cell, info)


def without_words(words: str) -> Callable[[Any], Any]:
    """What takes a word for what is counted off a cell: `15 fte` is 15. `words` are separated by `|`.

    >>> without_words("fte|fte's")("15 FTE")
    '15'
    """
    behind = re.compile(rf"(.*\d)\s*(?:{words})\.?\s*", re.IGNORECASE | re.DOTALL)

    def take_off(cell: Any) -> Any:
        match = behind.fullmatch(cell) if isinstance(cell, str) and cell[-1:].strip(" 0123456789") else None
        return match[1] if match else cell

    return take_off


def read_integer(cell: Any) -> Any:
    """A whole number."""
    if not isinstance(cell, str):
        return cell
    number = bare_number(cell)
    if (
        re.fullmatch(r"[+-]?[1-9]\d{0,2}([.,]\d{3}){1,2}", number, re.ASCII)
        and len(set(re.sub(r"[\d+-]", "", number))) == 1
    ):
        number = re.sub("[.,]", "", number)
    elif match := re.fullmatch(r"([+-]?\d{1,9})[.,]0{1,2}", number, re.ASCII):
        number = match[1]
    if not re.fullmatch(r"[+-]?\d{1,9}", number, re.ASCII):
        raise _why_not_exact(cell, "not_a_whole_number")
    return int(number)
