"""Cells of text: words, identifiers, web addresses, currencies."""

import re
import unicodedata
from typing import Any

from hubdata.cells.formulas import without_apostrophe
from hubdata.cells.letters import has_lost_letter
from hubdata.cells.nothing import is_error
from hubdata.cells.units import EURO
from hubdata.cells.verdict import refusal

BOM = "\N{BYTE ORDER MARK}"
ADDRESS = r"[\w.+-]+@[\w-]+(\.[\w-]+)+"
"""An e-mail address, for Arrow's regular expressions."""
EMAIL = re.compile(r"(?<![\w.+-])" + ADDRESS)
"""The same for Python's, which would begin anew at every letter of a long word."""


_ISOLATES, _END = "\u2066\u2067\u2068", "\u2069"
_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Characters that are not seen and turn the order of what follows them, up to the end of the sentence."""
INVISIBLE = re.compile("[\N{COMBINING GRAPHEME JOINER}\N{VARIATION SELECTOR-1}-\N{VARIATION SELECTOR-16}]")
"""What is not seen beside the format characters of Unicode (zero width, soft hyphen, direction)."""


def isolated(text: str) -> str:
    """A text for the middle of a sentence: what turns the order of letters in it turns nothing behind it.

    >>> isolated("Anna"), isolated("A\u202enna") == "\u2068A\u202enna\u2069"
    ('Anna', True)
    """
    if not _DIRECTIONS.search(text):
        return text
    inner = text.replace(_END, "")
    return f"\u2068{inner}{_END * (1 + sum(inner.count(begin) for begin in _ISOLATES))}"


def fold(text: str) -> str:
    """Text as it is compared: without case, accents, surplus white space and what nobody sees.

    >>> fold("  Café  de VRE\N{SOFT HYPHEN}DE ")
    'cafe de vrede'
    """
    return fold_as_written(without_invisible(text))


def without_invisible(text: str) -> str:
    """Text without characters that nobody sees: of zero width, soft hyphens, marks of direction."""
    if text.isascii():
        return text
    return INVISIBLE.sub("", "".join(c for c in text if unicodedata.category(c) != "Cf"))


def fold_as_written(text: str) -> str:
    """As `fold`, but with what nobody sees. What identifiers are made of, so this never changes."""
    if text.isascii():  # most are: nothing to take apart
        return " ".join(text.lower().split())
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(plain.casefold().split())


def read_text(cell: Any) -> Any:
    """Text without surrounding white space and without control characters, at most 500 characters."""
    if not isinstance(cell, str):
        return cell
    text = without_apostrophe(cell.strip())
    if "\r" in text:  # a break as Windows or an old Mac writes it
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isprintable() and any(
        c == BOM or (unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t") for c in text
    ):
        raise refusal("control_character")
    if is_error(text):
        raise refusal("error_cell")
    if len(text) > 500:
        raise refusal("too_long", limit=500)
    if has_lost_letter(text):
        raise refusal("lost_letter")
    if EMAIL.search(text):
        raise refusal("personal_data")
    return text


_MONTH = "jan|feb|mrt|mar|maa|apr|mei|may|mai|jun|jul|aug|sep|sept|okt|oct|nov|dec|dez"
SHORTENED = re.compile(
    r"[+-]?\d+[.,]0+|[+-]?\d([.,]\d+)?e[+-]?\d+|.*-\d([.,]\d+)?e[+-]\d+|[1-9]\d{0,2}(,\d{3}){2,}|[1-9]\d{14}0{2,}"
    rf"|\d{{1,2}}-(?:{_MONTH})\.?|(?:{_MONTH})\.?-\d{{2}}",
    re.IGNORECASE | re.ASCII,
)
"""What a spreadsheet makes of an identifier: `41150298.0`, `4,11E+07`, `41,150,298`, `2-mrt`.

Behind other words only with a sign, as `NL-KVK-4.12E+07`: identifiers that are made here may end as `-6e688878`."""


def read_identifier(cell: Any) -> Any:
    """An identifier: text without spaces, at most 64 characters; leading zeros are kept.

    One that a spreadsheet took for a number or a day, and changed, is refused: `4,11E+07`, `41150298.0`, `2-mrt`.
    """
    text = read_text(cell)
    if isinstance(text, str) and re.fullmatch(r"'\d+", text, re.ASCII):  # how Excel is told that it is no number
        text = text[1:]
    if isinstance(text, str) and (len(text) > 64 or re.search(r"[\s|;]", text)):
        raise refusal("not_an_identifier")
    if isinstance(text, str) and SHORTENED.fullmatch(text):
        raise refusal("shortened_identifier")
    return text


def read_website(cell: Any) -> Any:
    """A web address; only http and https, since pages make links of it."""
    text = read_text(cell)
    if isinstance(text, str) and not re.fullmatch(r"(https?://)?[^\s/:@]+\.[^\s/:@]+(/\S*)?", text, re.IGNORECASE):
        raise refusal("not_a_website")
    return text


def read_currency(cell: Any) -> Any:
    """A currency; every way to write the euro is EUR.

    >>> read_currency("Euro"), read_currency("€"), read_currency("usd")
    ('EUR', 'EUR', 'usd')
    """
    text = read_text(cell)
    return (
        "EUR"
        if isinstance(text, str) and re.fullmatch(rf"(?:in )?{EURO}s?\.?(?: ?\(?{EURO}\)?)?", text, re.IGNORECASE)
        else text
    )
