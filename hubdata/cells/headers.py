"""Cells of a header: how they are compared."""

import functools
import re
import unicodedata

from hubdata.cells.text import fold


@functools.lru_cache(maxsize=10_000)
def folded(header: str) -> str:
    """A header as headers are compared: `Thema's ` and `themas` are the same, `Назва`, `📎` and `%` are not.

    Case, white space, punctuation, and the accents of Latin letters do not count, nor does what nobody sees. Letters of
    any alphabet do, and symbols: currencies, `%`, `#`, emoji. A header of punctuation alone is itself.
    """
    kept = []
    latin = False
    for character in unicodedata.normalize("NFKD", header).casefold():
        if unicodedata.combining(character):
            kept.append("" if latin else character)
            continue
        latin = character < "\u0250"  # the last of the extended Latin letters
        kept.append(_kept(character))
    text = unicodedata.normalize("NFC", "".join(kept))
    return re.sub(r"[_\s]+", "_", text).strip("_") or header.strip().replace("|", "_")


def _kept(character: str) -> str:
    """What is left of one character of a header: itself, `_` for what separates words, nothing for what is not seen."""
    if character.isalnum() or character in "%#+":
        return character
    kind = unicodedata.category(character)
    if character in "'’`" or kind == "Cf" or "\ufe00" <= character <= "\ufe0f":
        return ""
    return character if kind in ("Sc", "So", "Mn", "Mc", "Me") or (kind in ("Sm", "Sk") and character > "~") else "_"


def folded_before(header: str) -> str:
    """As headers were compared at first: only `a` to `z` and digits counted. Older answers are kept under it."""
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"['’`]", "", fold(header))).strip("_")
