"""What a spreadsheet would run as a formula: made harmless on the way out, and read back on the way in."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet run a text as a formula."""


def neutralise(text: str) -> str:
    """A text as a spreadsheet may safely open it: with an apostrophe in front of what it would run.

    >>> neutralise("=1+1"), neutralise("1+1")
    ("'=1+1", '1+1')
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def without_apostrophe(text: str) -> str:
    """A text as it was before `neutralise`.

    >>> without_apostrophe("'=1+1"), without_apostrophe("'s-Gravenhage")
    ('=1+1', "'s-Gravenhage")
    """
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA_STARTS) else text
