"""What is wrong with a file, a row or a cell: a value with a place, a code and two sentences, never an exception."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic import ValidationError

from hubdata.cells import EMAIL, fold
from hubdata.texts import N_, Text

OF_THE_WHOLE_FILE = {
    "unknown_file",
    "two_files",
    "too_large",
    "mixed_encoding",
    "not_text",
    "empty_file",
    "too_many_columns",
    "workbook_too_large",
    "not_a_workbook",
    "duplicate_header",
    "missing_column",
    "broken_quotes",
    "too_many_findings",
    "still_referred_to",
    "removes_much",
    "other_load_was_first",
}
"""Problems that leaving out a row does not solve."""

SENTENCES: dict[str, tuple[str, str]] = {
    # of a file
    "unknown_file": (
        N_("We do not know what this file holds."),
        N_("Say so on the Data page, or name it after its table: {tables}."),
    ),
    "two_files": (
        N_("There are two files for the same table."),
        N_("Put the rows together in one file and leave the other out."),
    ),
    "too_large": (
        N_("The file is larger than {limit} MB."),
        N_("Split it, or let your IT colleague raise max_file_megabytes in hub.toml."),
    ),
    "mixed_encoding": (
        N_("Part of this file is in another encoding, so letters such as é would be read wrong."),
        N_("Open it in Excel, look at this row, and save the file again as “CSV UTF-8”."),
    ),
    "not_text": (
        N_("This is not a list: the file is damaged, or it is of another kind."),
        N_("Save it again from Excel, as “CSV UTF-8” or as a workbook (.xlsx)."),
    ),
    "empty_file": (N_("The file is empty."), N_("Put a header and rows in it, or leave the file out.")),
    "too_many_columns": (
        N_("The file has too many columns: {value}."),
        N_("Delete the columns you do not need, or let your IT colleague raise max_columns in hub.toml."),
    ),
    "workbook_too_large": (
        N_("Unpacked, this workbook would be far too large."),
        N_("Copy the cells you need to a new workbook, or save the sheet as CSV."),
    ),
    "not_a_workbook": (
        N_("This workbook cannot be opened: it is damaged, or it has a password."),
        N_("Take the password off, or save the sheet as CSV."),
    ),
    "duplicate_header": (
        N_("Two columns have the same name."),
        N_("Give one of them another name, or delete it."),
    ),
    "missing_column": (
        N_("This column is missing."),
        N_("Add the column and fill in every row, or say on the Data page which column it is."),
    ),
    # of a row
    "row_too_long": (
        N_("The row has more cells than the header."),
        N_("Put quotes around cells with a separator in them, or delete the surplus cells."),
    ),
    "nul_byte": (N_("The cell holds a character that cannot be stored."), N_("Type the cell again.")),
    "cell_too_long": (N_("A cell of this row is far too long."), N_("Shorten the cell.")),
    "error_cell": (
        N_("Excel could not calculate this cell."),
        N_("Correct the formula, or type the value."),
    ),
    "broken_quotes": (
        N_("From this row on the file cannot be read: a quotation mark is opened and not closed."),
        N_("Close the quotation mark, or delete it."),
    ),
    "too_many_findings": (
        N_("So many rows cannot be read that we stopped at this one."),
        N_("Look at the separators and the quotation marks of the file, and save it again from Excel."),
    ),
    "duplicate_key": (
        N_("Row {other} has the same value in {key}."),
        N_("Keep one of the two rows, or give them different values."),
    ),
    "more_problems": (
        N_("More rows have problems: {count}."),
        N_("Repair the ones above first; the file with rejected rows holds all of them."),
    ),
    # of a cell
    "missing": (N_("This cell must not be empty."), N_("Fill in the cell.")),
    "unknown_code": (N_("This is not one of the words we know."), N_("Choose one of: {codes}.")),
    "unknown_code_near": (N_("This is not one of the words we know."), N_("Did you mean {suggestion}?")),
    "not_a_number": (
        N_("This is not a number."),
        N_("Write it with digits, as in 1234,50 or 1234.50."),
    ),
    "two_readings": (
        N_("This can be read in two ways: {one} or {other}."),
        N_("Write {one} or {one},00 without points, or say on the Data page what the point means."),
    ),
    "not_a_whole_number": (N_("This is not a whole number."), N_("Write it with digits only, as in 12.")),
    "not_a_date": (N_("This is not a date."), N_("Write it as in 31-01-2024 or 2024-01-31.")),
    "month_first": (
        N_("Read day first, this is not a date: the month seems to come first."),
        N_("Write it as in 31-01-2024 or 2024-01-31, or say on the Data page that this file has the month first."),
    ),
    "not_an_identifier": (
        N_("An identifier has no spaces and at most 64 characters."),
        N_("Shorten it, or leave the column empty: we then make one."),
    ),
    "not_a_website": (N_("This is not a web address."), N_("Write it as in https://example.org.")),
    "not_a_country": (N_("This is not a country code."), N_("Use the code of two letters, as in NL.")),
    "control_character": (N_("The cell holds a character that cannot be shown."), N_("Type the cell again.")),
    "personal_data": (
        N_("There is an e-mail address in this cell, and personal data is never stored."),
        N_("Take the address out."),
    ),
    "too_long": (N_("The text is longer than {limit} characters."), N_("Shorten it.")),
    "greater_than_equal": (N_("The number is too low."), N_("Fill in {ge} or more.")),
    "less_than_equal": (N_("The number is too high."), N_("Fill in {le} or less.")),
    "ends_before_start": (
        N_("The end comes before the start ({start})."),
        N_("Correct one of the two dates."),
    ),
    "fewer_than_two": (
        N_("An agreement needs two different organisations."),
        N_("Add the other organisation, or delete the row."),
    ),
    "not_in_euros": (
        N_("Only amounts in euros can be added up."),
        N_("Convert the amount to euros and write EUR, or leave the cell empty."),
    ),
    "donor_missing": (
        N_("We must know who gave this money."),
        N_("Fill in the donor. Only earned income has none."),
    ),
    "unknown_organisation": (
        N_("No organisation has this identifier or name."),
        N_("Add it to the organisations, or correct the cell."),
    ),
    "unknown_organisation_near": (
        N_("No organisation has this identifier or name."),
        N_("Did you mean {suggestion}?"),
    ),
    "unknown_event": (
        N_("No event has this identifier or name."),
        N_("Add it to the events, or correct the cell."),
    ),
    "unknown_event_near": (N_("No event has this identifier or name."), N_("Did you mean {suggestion}?")),
    "two_with_this_name": (
        N_("More than one has this name: {ids}."),
        N_("Use the identifier instead of the name."),
    ),
    "still_referred_to": (
        N_("This one is no longer in the file, but rows of {table} refer to it: {count}."),
        N_("Put it back, or hand in {table} as well."),
    ),
    "removes_much": (
        N_("More than a fifth of the rows would be removed: {count}."),
        N_("If this is right, load it on the Data page or with --yes, and say yes."),
    ),
    "other_load_was_first": (
        N_("Somebody else loaded data in the meantime."),
        N_("Load again; your files are then compared with the new data."),
    ),
    "unreadable": (
        N_("We do not understand this cell."),
        N_("Compare it with the example in the data dictionary."),
    ),
}
"""Code of a problem -> what is wrong, and the way out."""


@dataclass(frozen=True)
class Problem:
    """Something its sender can repair. `row` is as a spreadsheet numbers it; None means the file as a whole."""

    file: str
    row: int | None
    column: str
    value: str
    message: Text
    remedy: Text
    blocks: bool
    """Leaving out the row does not solve it."""


@dataclass(frozen=True)
class Note:
    """Something the sender should know and need not repair."""

    file: str
    message: Text


def problem(code: str, file: str, row: int | None = None, column: str = "", value: Any = "", **context: Any) -> Problem:
    """A problem in words: the sentence and the way out that belong to `code`."""
    message, remedy = SENTENCES.get(code, SENTENCES["unreadable"])
    context = {"value": value, **context}
    shown = "" if code == "personal_data" or EMAIL.search(str(value)) else str(value)[:200]
    return Problem(file, row, column, shown, Text(message, context), Text(remedy, context), code in OF_THE_WHOLE_FILE)


class Refusal(NamedTuple):
    """Why a cell, or some cells of a row together, cannot be accepted; not yet with a place."""

    column: str
    code: str
    value: Any
    context: dict[str, Any]


def refusals_in(error: ValidationError, column: str = "") -> Iterator[Refusal]:
    """What pydantic found, in our codes. `column` when the column's type was asked by itself."""
    for found in error.errors(include_url=False, include_context=True):
        context = {name: value for name, value in found.get("ctx", {}).items() if name != "error"}
        where = context.pop("column", None) or column or str(found["loc"][0] if found["loc"] else "")
        code = found["type"]
        value = "" if code == "missing" or isinstance(found["input"], dict) else found["input"]
        if code == "unknown_code":
            near = difflib.get_close_matches(fold(str(value)), context["codes"], n=1, cutoff=0.6)
            context = {"codes": ", ".join(context["codes"]), "suggestion": near[0] if near else ""}
            code = "unknown_code_near" if near else code
        yield Refusal(where, code, value, context)
