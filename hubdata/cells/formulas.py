"""What a spreadsheet would run as a formula: made harmless on the way out, and read back on the way in.

A spreadsheet may cut a line at other separators than it was written with, and a cell at a line end in it. So a formula
can begin wherever a cell begins, and after each separator and line end within one: there it gets an apostrophe.
"""

import re

FORMULA_SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
"""What a formula begins with; the last four are the same signs as wide as a letter of Chinese."""
FORMULA_STARTS = (*FORMULA_SIGNS, "\t", "\r", "\n")
"""What makes a spreadsheet run a text as a formula: a cell may also begin with white space that it takes away."""

_SIGN, _ENDS = f"[{re.escape(FORMULA_SIGNS)}]", r";,|\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029"
_BEFORE_FORMULA = re.compile(rf"""\A'*(?={_SIGN}|[\t\r\n])|(?<=[{_ENDS}])"*'*(?={_SIGN})""")
"""What stands before a formula that could begin there, up to its sign: quotation marks, and apostrophes of ours."""


def neutralise(text: str) -> str:
    """A text as a spreadsheet may safely open it: with an apostrophe in front of what it would run.

    >>> neutralise("=1+1"), neutralise("1+1"), neutralise("a;=1+1")
    ("'=1+1", '1+1', "a;'=1+1")
    """
    return _BEFORE_FORMULA.sub(r"\g<0>'", text)


def without_apostrophe(text: str) -> str:
    """A text as it was before `neutralise`, whatever it was.

    >>> without_apostrophe("'=1+1"), without_apostrophe("'s-Gravenhage"), without_apostrophe("''=1")
    ('=1+1', "'s-Gravenhage", "'=1")
    """
    return _BEFORE_FORMULA.sub(lambda before: before[0].removesuffix("'"), text)
