"""Cells of text: words, identifiers, web addresses, countries."""

import re
import unicodedata
from typing import Any

from hubdata.cells.formulas import without_apostrophe
from hubdata.cells.verdict import refusal

EXCEL_ERRORS = frozenset(
    "#N/A #REF! #VALUE! #DIV/0! #NAME? #NULL! #NUM! #N/B #VERW! #WAARDE! #DEEL/0! #NAAM? #LEEG! #GETAL!".split()  # noqa: SIM905
)
"""What Excel shows in the place of a value, in English and in Dutch."""
BOM = "\N{BYTE ORDER MARK}"
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")


INVISIBLE = re.compile("[\N{COMBINING GRAPHEME JOINER}\N{VARIATION SELECTOR-1}-\N{VARIATION SELECTOR-16}]")
"""What is not seen beside the format characters of Unicode (zero width, soft hyphen, direction)."""


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
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(plain.casefold().split())


def empty_to_none(cell: Any) -> Any:
    """An empty cell means "not known"."""
    return None if isinstance(cell, str) and not cell.strip() else cell


def read_text(cell: Any) -> Any:
    """Text without surrounding white space and without control characters, at most 500 characters."""
    if not isinstance(cell, str):
        return cell
    text = without_apostrophe(cell.strip())
    if not text.isprintable() and any(
        c == BOM or (unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t") for c in text
    ):
        raise refusal("control_character")
    if text in EXCEL_ERRORS:
        raise refusal("error_cell")
    if len(text) > 500:
        raise refusal("too_long", limit=500)
    if EMAIL.search(text):
        raise refusal("personal_data")
    return text


def read_identifier(cell: Any) -> Any:
    """An identifier: text without spaces, at most 64 characters; leading zeros are kept."""
    text = read_text(cell)
    if isinstance(text, str) and (len(text) > 64 or re.search(r"[\s|;]", text)):
        raise refusal("not_an_identifier")
    return text


def read_website(cell: Any) -> Any:
    """A web address; only http and https, since pages make links of it."""
    text = read_text(cell)
    if isinstance(text, str) and not re.fullmatch(r"(https?://)?[^\s/:@]+\.[^\s/:@]+(/\S*)?", text, re.IGNORECASE):
        raise refusal("not_a_website")
    return text


def read_country(cell: Any) -> Any:
    """A country as its ISO 3166 alpha-2 code, in capitals."""
    if not isinstance(cell, str):
        return cell
    code = cell.strip().upper()
    if not re.fullmatch("[A-Z]{2}", code):
        raise refusal("not_a_country")
    return code
