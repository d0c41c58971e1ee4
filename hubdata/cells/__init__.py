"""One cell of a kind -> its value, or a refusal; nothing here knows a column or a table.

A cell arrives as text and is either understood exactly or refused: nothing is coerced, and where two readings are
possible (`1.234`) none is chosen. A refusal carries a short code (`not_a_date`, ...); `ingest` has its sentences.

    text        words, identifiers, web addresses, countries; how texts are compared
    numbers     Dutch and English
    dates       days, months and years
    lists       what separates items
    formulas    what a spreadsheet would run
    verdict     how they refuse
"""

from hubdata.cells.dates import MONTHS, YEAR_LAST, read_date, read_first_day, read_last_day
from hubdata.cells.formulas import FORMULA_STARTS, neutralise
from hubdata.cells.lists import quoted_items, split_codes, split_list, split_words
from hubdata.cells.numbers import (
    COMMA_NUMBER,
    POINT_NUMBER,
    TWO_READINGS,
    bare_number,
    decimal_marks,
    read_integer,
    read_number,
)
from hubdata.cells.text import (
    BOM,
    EMAIL,
    EXCEL_ERRORS,
    empty_to_none,
    fold,
    fold_as_written,
    read_country,
    read_identifier,
    read_text,
    read_website,
    without_invisible,
)
from hubdata.cells.verdict import refusal

__all__ = [
    "BOM",
    "COMMA_NUMBER",
    "EMAIL",
    "EXCEL_ERRORS",
    "FORMULA_STARTS",
    "MONTHS",
    "POINT_NUMBER",
    "TWO_READINGS",
    "YEAR_LAST",
    "bare_number",
    "decimal_marks",
    "empty_to_none",
    "fold",
    "fold_as_written",
    "neutralise",
    "quoted_items",
    "read_country",
    "read_date",
    "read_first_day",
    "read_identifier",
    "read_integer",
    "read_last_day",
    "read_number",
    "read_text",
    "read_website",
    "refusal",
    "split_codes",
    "split_list",
    "split_words",
    "without_invisible",
]
