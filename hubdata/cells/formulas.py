"""What a spreadsheet would run as a formula."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet run a text as a formula; files that leave have an apostrophe in front of it."""
