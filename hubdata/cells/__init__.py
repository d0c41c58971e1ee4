"""One cell of a kind -> its value, or a refusal; nothing here knows a column or a table.

A cell arrives as text and is either understood exactly or refused: nothing is coerced, and where two readings are
possible (`1.234`) none is chosen. A refusal carries a short code (`not_a_date`, ...); `ingest` has its sentences.

    text        words, identifiers, web addresses; how texts are compared
    nothing     words for "not known", and errors of spreadsheets
    numbers     Dutch and English; with units: what stands beside a number
    dates       days and parts of a year, periods in one cell
    countries   codes and names of countries
    goals       numbers and names of the Sustainable Development Goals
    lists       what separates items
    headers     how the headings of columns are compared
    letters     words that were broken before we got them
    formulas    what a spreadsheet would run
    verdict     how they refuse
"""

from hubdata.cells.countries import codes_by_word, read_country, split_countries
from hubdata.cells.dates import (
    MONTHS,
    YEAR_LAST,
    goes_on,
    read_date,
    read_first_day,
    read_last_day,
    read_year,
    split_period,
    whole_period,
)
from hubdata.cells.formulas import FORMULA_STARTS, neutralise, without_apostrophe
from hubdata.cells.goals import GOALS, read_goal, split_goals
from hubdata.cells.headers import folded, folded_before
from hubdata.cells.lists import BEGINS_ITEM, quoted_items, split_codes, split_list, split_words
from hubdata.cells.nothing import is_error, is_nothing
from hubdata.cells.numbers import read_integer, read_number, read_percentage, without_words
from hubdata.cells.text import (
    ADDRESS,
    BOM,
    EMAIL,
    SHORTENED,
    fold,
    fold_as_written,
    isolated,
    read_currency,
    read_identifier,
    read_text,
    read_website,
    without_invisible,
)
from hubdata.cells.units import EURO, Unit, is_unit, unit_beside, unit_of, without_unit
from hubdata.cells.verdict import context_of, refusal, remark

__all__ = [
    "ADDRESS",
    "BEGINS_ITEM",
    "BOM",
    "EMAIL",
    "EURO",
    "FORMULA_STARTS",
    "GOALS",
    "MONTHS",
    "SHORTENED",
    "YEAR_LAST",
    "Unit",
    "codes_by_word",
    "context_of",
    "fold",
    "fold_as_written",
    "folded",
    "folded_before",
    "goes_on",
    "is_error",
    "is_nothing",
    "is_unit",
    "isolated",
    "neutralise",
    "quoted_items",
    "read_country",
    "read_currency",
    "read_date",
    "read_first_day",
    "read_goal",
    "read_identifier",
    "read_integer",
    "read_last_day",
    "read_number",
    "read_percentage",
    "read_text",
    "read_website",
    "read_year",
    "refusal",
    "remark",
    "split_codes",
    "split_countries",
    "split_goals",
    "split_list",
    "split_period",
    "split_words",
    "unit_beside",
    "unit_of",
    "whole_period",
    "without_apostrophe",
    "without_invisible",
    "without_unit",
    "without_words",
]
