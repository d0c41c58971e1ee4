"""What is wrong with a file, a row or a cell: a value with a place and a code, never an exception.

A code stands for two sentences: what is wrong, and the way out. Both are in one table, `SENTENCES`; whoever wants to
know which problem it is compares codes. Codes are part of what `check --json` prints, so they keep their names. Notes,
which nobody has to repair, have a table of their own.
"""

import difflib
import string
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic import ValidationError

from hubdata.cells import EMAIL, fold
from hubdata.texts import LANGUAGES, N_, Labels, Text


class Sentences(NamedTuple):
    """What a code says, in English; the catalogue has it in Dutch."""

    wrong: str
    way_out: str
    blocks: bool = False
    """Leaving out a row does not solve it."""

    @property
    def gaps(self) -> set[str]:
        """What has to be filled in."""
        return gaps_in(self.wrong) | gaps_in(self.way_out)


def gaps_in(sentence: str) -> set[str]:
    """The names in braces.

    >>> gaps_in("Fill in {lowest} or more.")
    {'lowest'}
    """
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


SENTENCES: dict[str, Sentences] = {
    # of a file
    "unknown_file": Sentences(
        N_("We do not know what this file holds."),
        N_("Say so on the Data page, or name it after its table: {tables}."),
        blocks=True,
    ),
    "two_files": Sentences(
        N_("There are two files for the same table."),
        N_("Put the rows together in one file and leave the other out."),
        blocks=True,
    ),
    "xml_refused": Sentences(
        N_("This XML file has a document type or entities, by which it can be made to grow without end."),
        N_("Download it anew from whoever publishes it; IATI files have none."),
        blocks=True,
    ),
    "xml_damaged": Sentences(
        N_("This XML file is damaged, or only a part of it."),
        N_("Download it anew from whoever publishes it."),
        blocks=True,
    ),
    "not_said": Sentences(
        N_("The list does not say this, and it is the same for every row: {meaning}"),
        N_("Say it once, on the Data page or with --fill {name}=VALUE."),
        blocks=True,
    ),
    "rate_missing": Sentences(
        N_("Only amounts in euros can be added up; amounts in {value}: {count}."),
        N_("Say how many euros one {value} is, on the Data page or with --rate {value}=NUMBER, or leave them out."),
    ),
    "too_large": Sentences(
        N_("The file is larger than {limit} MB."),
        N_("Split it, or let your IT colleague raise max_file_megabytes in hub.toml."),
        blocks=True,
    ),
    "mixed_encoding": Sentences(
        N_("Part of this file is in another encoding, so letters such as é would be read wrong."),
        N_("Open it in Excel, look at this row, and save the file again as “CSV UTF-8”."),
        blocks=True,
    ),
    "doubtful_letters": Sentences(
        N_("The letters of this file can be read in more than one way: {value}."),
        N_(
            "Say on the Data page or with --letters which is right, "
            "or save it again as “CSV UTF-8” or as a workbook (.xlsx)."
        ),
        blocks=True,
    ),
    "other_separator": Sentences(
        N_("The cells stand apart by vertical bars (|), which we keep for lists in a cell."),
        N_("Save it with commas, semicolons or tabs between the cells, or as a workbook (.xlsx)."),
        blocks=True,
    ),
    "web_page": Sentences(
        N_("This is a web page, not a workbook or a CSV file."),
        N_("Open it in Excel, and save it as a workbook (.xlsx)."),
        blocks=True,
    ),
    "binary_workbook": Sentences(
        N_("This is a binary workbook (.xlsb), which we do not read."),
        N_("Open it in Excel, and save it as a workbook (.xlsx)."),
        blocks=True,
    ),
    "numbers_file": Sentences(
        N_("This is a list of Apple Numbers, which we do not read."),
        N_("Export it from Numbers as Excel or CSV."),
        blocks=True,
    ),
    "packed_file": Sentences(
        N_("This is a packed file, which we do not read."),
        N_("Unpack it, and hand in the lists in it."),
        blocks=True,
    ),
    "not_text": Sentences(
        N_("This is not a list: the file is damaged, or it is of another kind."),
        N_("Save it again from Excel, as “CSV UTF-8” or as a workbook (.xlsx)."),
        blocks=True,
    ),
    "empty_file": Sentences(
        N_("The file is empty."),
        N_("Put a header and rows in it, or leave the file out."),
        blocks=True,
    ),
    "too_many_columns": Sentences(
        N_("The file has too many columns: {value}."),
        N_("Delete the columns you do not need, or let your IT colleague raise max_columns in hub.toml."),
        blocks=True,
    ),
    "drop_too_large": Sentences(
        N_("These files together are larger than {limit} MB."),
        N_("Hand them in one after the other, or let your IT colleague raise max_drop_megabytes in hub.toml."),
        blocks=True,
    ),
    "reading_takes_memory": Sentences(
        N_("This file cannot be read: it is damaged, or it takes more than {limit} MB of memory."),
        N_("Copy the cells you need to a new file and save that as CSV. If your list is that large, split it."),
        blocks=True,
    ),
    "reading_takes_time": Sentences(
        N_("Reading this file took too long, so we stopped after so many seconds: {limit}."),
        N_("Copy the cells you need to a new file and save that as CSV. If your list is that large, split it."),
        blocks=True,
    ),
    "reading_ended_us": Sentences(
        N_("The program stopped while it read this drop, so many times: {count}. It is not read again."),
        N_("Hand its files in one by one. Does one of them stop the program again? Give it to your IT colleague."),
        blocks=True,
    ),
    "workbook_too_large": Sentences(
        N_("Unpacked, this workbook would be far too large."),
        N_("Copy the cells you need to a new workbook, or save the sheet as CSV."),
        blocks=True,
    ),
    "not_a_workbook": Sentences(
        N_("This workbook cannot be opened: it is damaged, or it has a password."),
        N_("Take the password off, or save the sheet as CSV."),
        blocks=True,
    ),
    "duplicate_header": Sentences(
        N_("Two columns have the same name."),
        N_("Give one of them another name, or delete it."),
        blocks=True,
    ),
    "missing_column": Sentences(
        N_("This column is missing."),
        N_("Add the column and fill in every row, or say on the Data page which column it is."),
        blocks=True,
    ),
    "column_not_in_euros": Sentences(
        N_("Only amounts in euros can be added up; this column is in {value}."),
        N_("Convert the amounts to euros and take {value} out, or leave the column out."),
        blocks=True,
    ),
    "units_differ": Sentences(
        N_("This column says that some amounts are in thousands and others are not."),
        N_("Write all amounts in whole euros, or say on the Data page what they are in."),
        blocks=True,
    ),
    "rows_exceed_kept_total": Sentences(
        N_("These rows of {year} are together {rows} euros, more than the total income in accounts.csv: {total}."),
        N_("Correct the amounts, or hand in accounts.csv with the right total as well."),
    ),
    # of a row
    "rows_exceed_total": Sentences(
        N_("The income in funding.csv of this year is more than this total: {rows}."),
        N_("Correct the total, or the amounts in funding.csv."),
    ),
    "row_too_long": Sentences(
        N_("The row has more cells than the header."),
        N_("Put quotes around cells with a separator in them, or delete the surplus cells."),
    ),
    "nul_byte": Sentences(
        N_("The cell holds a character that cannot be stored."),
        N_("Type the cell again."),
    ),
    "cell_too_long": Sentences(
        N_("A cell of this row is far too long."),
        N_("Shorten the cell."),
    ),
    "error_cell": Sentences(
        N_("Excel could not calculate this cell."),
        N_("Correct the formula, or type the value."),
    ),
    "broken_quotes": Sentences(
        N_("From this row on the file cannot be read: a quotation mark is opened and not closed."),
        N_("Close the quotation mark, or delete it."),
        blocks=True,
    ),
    "too_many_findings": Sentences(
        N_("So many rows cannot be read that we stopped at this one."),
        N_("Look at the separators and the quotation marks of the file, and save it again from Excel."),
        blocks=True,
    ),
    "duplicate_key": Sentences(
        N_("Row {other} has the same value in {key}."),
        N_("Put what they say in one row, or give them different values."),
    ),
    "duplicate_row": Sentences(
        N_("Row {other} says exactly the same."),
        N_("Delete one of the two rows."),
    ),
    "more_problems": Sentences(
        N_("More rows have problems: {count}."),
        N_("Repair the ones above first; the file with rejected rows holds all of them."),
    ),
    # of a cell
    "missing": Sentences(
        N_("This cell must not be empty."),
        N_("Fill in the cell."),
    ),
    "unknown_code": Sentences(
        N_("This is not one of the words we know."),
        N_("Choose one of: {codes}."),
    ),
    "unknown_code_near": Sentences(
        N_("This is not one of the words we know."),
        N_("Did you mean {suggestion}?"),
    ),
    "not_a_number": Sentences(
        N_("This is not a number."),
        N_("Write it with digits, as in 1234,50 or 1234.50."),
    ),
    "two_readings": Sentences(
        N_("This can be read in two ways: {one} or {other}."),
        N_("Write {one} or {one},00 without points, or say on the Data page what the point means."),
    ),
    "three_decimals": Sentences(
        N_("All numbers of this column have three decimals, so this can be {other} or {one}."),
        N_("Say on the Data page whether they are in thousands, or write whole numbers."),
    ),
    "about_value": Sentences(
        N_("This is not one exact number."),
        N_("Write one number with digits, as in 12 or 1234,50."),
    ),
    "not_a_whole_number": Sentences(
        N_("This is not a whole number."),
        N_("Write it with digits only, as in 12."),
    ),
    "not_a_date": Sentences(
        N_("This is not a date."),
        N_("Write it as in 31-01-2024 or 2024-01-31."),
    ),
    "two_dates": Sentences(
        N_("There are two dates in this cell."),
        N_("Put the last day in the column of ends, or give each date a row of its own."),
    ),
    "month_first": Sentences(
        N_("Read day first, this is not a date: the month seems to come first."),
        N_("Write it as in 31-01-2024 or 2024-01-31, or say on the Data page that this file has the month first."),
    ),
    "month_or_day": Sentences(
        N_("Other dates of this file have the month first, so this can be two days."),
        N_("Write it as in 31-01-2024 or 2024-01-31, or say on the Data page that this file has the month first."),
    ),
    "not_an_identifier": Sentences(
        N_("An identifier has no spaces and at most 64 characters."),
        N_("Shorten it, or leave the column empty: we then make one."),
    ),
    "shortened_identifier": Sentences(
        N_("A spreadsheet took this identifier for a number and changed it."),
        N_("Make the column text in Excel, and type or paste the identifier again."),
    ),
    "not_a_website": Sentences(
        N_("This is not a web address."),
        N_("Write it as in https://example.org."),
    ),
    "not_a_country": Sentences(
        N_("This is not a country."),
        N_("Write its name, or its code of two letters, as in NL."),
    ),
    "control_character": Sentences(
        N_("The cell holds a character that cannot be shown."),
        N_("Type the cell again."),
    ),
    "lost_letter": Sentences(
        N_("A letter of this text was lost when the file was saved."),
        N_("Type the text again, or export the list again as “CSV UTF-8” or as a workbook (.xlsx)."),
    ),
    "personal_data": Sentences(
        N_("There is an e-mail address in this cell, and personal data is never stored."),
        N_("Take the address out."),
    ),
    "too_long": Sentences(
        N_("The text is longer than {limit} characters."),
        N_("Shorten it."),
    ),
    "too_low": Sentences(
        N_("The number is too low."),
        N_("Fill in {lowest} or more."),
    ),
    "too_high": Sentences(
        N_("The number is too high."),
        N_("Fill in {highest} or less."),
    ),
    "ends_before_start": Sentences(
        N_("The end comes before the start ({start})."),
        N_("Correct one of the two dates."),
    ),
    "fewer_than_two": Sentences(
        N_("An agreement needs two different organisations."),
        N_("Add the other organisation, or delete the row."),
    ),
    "not_in_euros": Sentences(
        N_("Only amounts in euros can be added up."),
        N_("Convert the amount to euros and write EUR, or leave the cell empty."),
    ),
    "donor_missing": Sentences(
        N_("We must know who gave this money."),
        N_("Fill in the donor. Only earned income has none."),
    ),
    "unknown_organisation": Sentences(
        N_("No organisation has this identifier or name."),
        N_("Add it to the organisations, or correct the cell."),
    ),
    "unknown_organisation_near": Sentences(
        N_("No organisation has this identifier or name."),
        N_("Did you mean {suggestion}?"),
    ),
    "unknown_event": Sentences(
        N_("No event has this identifier or name."),
        N_("Add it to the events, or correct the cell."),
    ),
    "unknown_event_near": Sentences(
        N_("No event has this identifier or name."),
        N_("Did you mean {suggestion}?"),
    ),
    "two_with_this_name": Sentences(
        N_("More than one has this name: {ids}."),
        N_("Use the identifier instead of the name."),
    ),
    "still_referred_to": Sentences(
        N_("This one is no longer in the file, but rows of {table} refer to it: {count}."),
        N_("Put it back, or hand in {table} as well."),
        blocks=True,
    ),
    "removes_much": Sentences(
        N_("More than a fifth of the rows would be removed: {count}."),
        N_("If this is right, load it on the Data page or with --yes, and say yes."),
        blocks=True,
    ),
    "other_load_was_first": Sentences(
        N_("Somebody else loaded data in the meantime."),
        N_("Load again; your files are then compared with the new data."),
        blocks=True,
    ),
    "removes_much_in_inbox": Sentences(
        N_("More than a fifth of the rows would be removed: {count}."),
        N_("If this is right, load the files on the Data page, or with the command and --yes."),
        blocks=True,
    ),
    "nothing_changed": Sentences(
        N_("This file holds exactly what is on show already; nothing changed."),
        N_("You need not do anything. Is something missing? Then look if this is the newest file."),
        blocks=True,
    ),
    "copy_without_personal_data": Sentences(
        N_("We keep only the columns that we use, so this copy has these alone."),
        N_("Repair this copy, or your own file. Rows that could not be read are not in the copy."),
        blocks=True,
    ),
    "copy_of_headings": Sentences(
        N_("We do not know what this file holds, so this copy has its headings only."),
        N_("Drop your own file on the Data page, and say there what it holds."),
        blocks=True,
    ),
}
"""Code of a problem -> what is wrong, and the way out."""

NOTES: dict[str, str] = {
    "sheet_not_used": N_("This sheet is not used: we do not know what it holds. Its rows: {count}."),
    "turned": N_(
        "The headings stand below each other, so each column is read as a row: {count}. "
        "Row 2 in our messages is column B."
    ),
    "several_lists": N_("On this sheet stand {count} lists; each is read by itself."),
    "sheet_hidden": N_("This sheet is hidden, so it is not used. Its rows: {count}."),
    "sheet_pivot": N_("This sheet holds a pivot table, so it is not used. Its rows: {count}."),
    "sheet_former": N_(
        "This sheet is called after organisations that left, and does not say when, so it is not used. Its rows: "
        "{count}."
    ),
    "rows_struck": N_("Rows that are struck through in Excel are read as well: {count}."),
    "sheet_empty": N_("This sheet is empty. Its rows: {count}."),
    "rows_above": N_("The headings are in row {row}. Rows above them, which are not used: {count}."),
    "hashtags": N_("Rows of hashtags (HXL) below the headings, which are not used: {count}."),
    "totals_not_used": N_("Rows that add up the others, which are not used: {count} (the first is row {row})."),
    "examples_not_used": N_("Rows that are the examples of our workbook, which are not used: {count}."),
    "years_as_rows": N_("Columns of years side by side ({columns}) are read as a row per amount: {count}."),
    "years_of_kinds": N_(
        "Of the columns of years side by side only one kind can be the amounts; there are {count}: {columns}. Say on "
        "the Data page of one of them that it is the amount, or delete the others."
    ),
    "nothing_came": N_(
        "Rows of which {column} says that nothing came, or nothing yet, such as {text}, are not used: {count}."
    ),
    "over_without_end": N_(
        "Rows of which {column} says that it is over, such as {text}, and that have no last day, count as going on: "
        "{count}. Fill in their last day."
    ),
    "ticks_as_words": N_("Columns that are ticked ({columns}) are read together, as {column}. Rows: {count}."),
    "lines_not_used": N_(
        "Rows with a line or the number of a page, which are not used: {count} (the first is row {row})."
    ),
    "rows_hidden": N_("Rows that are hidden in Excel, by a filter or by hand, are read as well: {count}."),
    "columns_hidden": N_("Columns that are hidden in the workbook are read as well: {count} ({columns})."),
    "first_zero": N_("Numbers of the chamber of commerce that had lost their first zero, and got it back: {count}."),
    "cells_corrected": N_("Cells that were typed over on the Data page: {count}."),
    "marks_as_rows": N_("Columns with marks ({columns}) are read as who was there. Rows: {count}."),
    "marks_as_partners": N_("Columns with marks ({columns}) are read as the partners. Rows: {count}."),
    "year_of_sheet": N_("Amounts without a year are of the year that their sheet is called after, {year}: {count}."),
    "headings_repeated": N_("Rows that repeat the headings, which are not used: {count} (the first is row {row})."),
    "sector_of_sheet": N_("The sector of organisations is what their sheet is called, {sector}: {count}."),
    "sectors_above": N_("Rows that say the sector of those below them, such as {sector}: {count}."),
    "sheets_joined": N_("Sheets that hold the same list were put below each other: {count}."),
    "two_rows_of_headings": N_("The headings stand in two rows, from row {row} on, and were read together: {count}."),
    "category_of_donor": N_("What kind of money it is, is read from {column}: {count}."),
    "sector_of_type": N_("The sector is read from {column}: {count}."),
    "merged_filled": N_("Merged cells count for every row beside them. Cells filled in: {count}."),
    "rows_taken_apart": N_("Rows that stood in one cell, in quotation marks, and were taken apart: {count}."),
    "letters_of": N_(
        "The file was saved the way of {kind}, and is read so. Words with special letters, such as “{text}”: {count}."
    ),
    "no_rows": N_("There are headings, and no rows below them: {count} rows. Fill them in, or leave the file out."),
    "packed_not_read": N_("These are packed, and not read: {files} ({count}). Unpack them and hand in the lists."),
    "numbers_not_read": N_(
        "Lists of Apple Numbers are not read: {files} ({count}). Export them from Numbers as Excel or CSV."
    ),
    "open_in_excel": N_(
        "A list is open in Excel, and what was changed last may not be in it: {files} ({count}). Save it, and close it."
    ),
    "folders_not_read": N_(
        "Folders in the folder are not read: {files} ({count}). Put the lists in them beside the others."
    ),
    "others_not_read": N_(
        "Files of another kind are not read: {files} ({count}). A list has to be CSV or a workbook (.xlsx)."
    ),
    "rows_of_others": N_(
        "Organisations that are not in your list are left out: {names}. "
        "Rows that had nothing else, left out too: {count}."
    ),
    "rows_not_meant": N_("Rows left out, since “{column}” is “{text}”: {count}."),
    "rows_not_best": N_(
        "Rows left out, since of the same organisation others came, and these are only on the list ({column}): {count}."
    ),
    "rows_without": N_("Rows left out, since they have no {column}: {count}."),
    "cells_about_people": N_("Cells in {column} with an address or a telephone number, left empty: {count}."),
    "rows_joined": N_("Rows that are about the same, and were taken together: {count} became {rows}."),
    "amounts_converted": N_("Amounts in {text} that were read as euros, at {rate} euros each: {count}."),
    "fixed_value": N_("The list does not say {column}; it is “{text}” in every row: {count}."),
    "links_read": N_("Links to pages of {source} are read as the names in front of them: {count}."),
    "columns_not_used": N_("Columns that are not used, and not kept: {count} ({columns})."),
    "columns_left_out": N_("Columns left out, since personal data is never stored: {count} ({columns})."),
    "dates_day_first": N_("Dates are read day first: {text} is {day}. Dates that could be another day: {count}."),
    "units_read": N_("The numbers in {column} are in units of {factor}, so we multiplied them by {factor}: {count}."),
    "words_for_nothing": N_(
        "Cells in {column} that say that nothing is known, such as {text}, are read as empty: {count}."
    ),
    "about_values": N_("Numbers in {column} that are not exact, such as {text}, are left empty: {count}."),
    "dates_unreadable": N_("Cells in {column} that are not a whole date, such as {text}, are left empty: {count}."),
    "short_years": N_("Years of two digits in {column} are read as in {text}, which is {day}: {count}."),
    "notes_below": N_(
        "Rows below the list that say something about it, which are not used: {count} (from row {row} on)."
    ),
    "seasons": N_("Seasons in {column} are read as three months: {text} begins on {day}. Cells: {count}."),
    "times_in_zone": N_(
        "Times with a time zone in {column} are read as the day in {zone}: {text} is {day}. Cells: {count}."
    ),
    "goes_on": N_("Cells in {column} that say that it goes on, such as {text}, have no last day: {count}."),
    "periods_read": N_(
        "Cells in {column} that hold a start and an end are read as in {text}, from {start} to {end}: {count}."
    ),
    "blank_is_no": N_("Empty cells in {column}, where the others say yes, are read as no: {count}."),
    "invitations_read": N_("{column} says who was going to come, not who came, so these count as registered: {count}."),
    "absence_read": N_("{column} says who did not come. Ticked, so not counted as attended: {count}."),
    "country_codes": N_("Country codes in {column} are read as those of ISO 3166: {text} is {read}. Cells: {count}."),
    "identifiers_made": N_("Rows without an identifier, which was made from the {source}: {count}."),
    "amounts_added_up": N_(
        "Amounts of the same donor, year, kind and programme were added up: {count} rows became {rows}."
    ),
    "amounts_exactly_alike": N_(
        "Of the rows that were added up, some say exactly the same as another: {count}. Is one a copy? Delete it."
    ),
    "names_taken_together": N_("Names that are written in another way were taken for the same: {count} ({names})."),
    "one_or_several": N_(
        "Column {column}: read as it is written, though it may be several: {count}, such as “{text}”. "
        "Say on the Data page what is right."
    ),
    "agreements_with_itself": N_(
        "Agreements between two names of one organisation, which are not used: {count} (the first is row {row})."
    ),
    "rows_of_one": N_("Rows under two names of one organisation were taken together: {count}."),
    "people_added_up": N_("Every row is a person; rows of one organisation at one event were added up: {count}."),
}
"""Code of a note -> what it says."""

CODES_OF_PYDANTIC: dict[str, tuple[str, dict[str, str]]] = {
    "missing": ("missing", {}),
    "list_type": ("missing", {}),  # a list of separators alone
    "greater_than_equal": ("too_low", {"ge": "lowest"}),
    "less_than_equal": ("too_high", {"le": "highest"}),
}
"""Pydantic's type of error -> our code, and Pydantic's name of a value -> the gap it fills. We raise all others."""


@dataclass(frozen=True)
class Problem:
    """Something the sender of a file can repair. `row` is as a spreadsheet numbers it; None means the whole file."""

    file: str
    row: int | None
    column: str
    value: str
    code: str
    message: Text
    remedy: Text
    blocks: bool
    """Leaving out the row does not solve it."""
    empties: bool = False
    """The row stays when this cell is left empty: nothing in it depends on that."""
    key: str = ""
    """What a correction of the cell is kept under (see `corrections`); "" where it cannot be typed over."""


@dataclass(frozen=True)
class Note:
    """Something that whoever sent the file should know, but need not repair."""

    file: str
    code: str
    message: Text


def problem(code: str, file: str, row: int | None = None, column: str = "", value: Any = "", **gaps: Any) -> Problem:
    """A problem with the sentences of its code, a key of `SENTENCES`. `value` fills the gap of that name."""
    sentences = SENTENCES[code]
    gaps = {"value": value, **gaps}
    # No address may stick out of what is shown; more is not looked at, since a cell may be of any length.
    shown = "" if code == "personal_data" or EMAIL.search(str(value)[:1000]) else str(value)[:200]
    wrong, way_out = Text(sentences.wrong, gaps), Text(sentences.way_out, gaps)
    return Problem(file, row, column, shown, code, wrong, way_out, sentences.blocks)


def note(code: str, file: str, **gaps: Any) -> Note:
    """A note with the sentence of its code, a key of `NOTES`."""
    return Note(file, code, Text(NOTES[code], gaps))


class Refusal(NamedTuple):
    """Why a cell, or some cells of a row together, cannot be accepted; not yet with a place."""

    column: str
    code: str
    value: Any
    gaps: dict[str, Any] = {}
    empties: bool = False
    """The cell is left empty, and the row stays."""


def refusals_in(error: ValidationError, column: str = "") -> Iterator[Refusal]:
    """The refusals in an error of Pydantic, in our codes. `column` when the error is of a single column's type."""
    for detail in error.errors(include_url=False, include_context=True):
        code, names = CODES_OF_PYDANTIC.get(detail["type"], (detail["type"], {}))
        gaps = {names.get(name, name): value for name, value in detail.get("ctx", {}).items()}
        where = gaps.pop("column", None) or column or str(detail["loc"][0] if detail["loc"] else "")
        value = "" if code == "missing" or isinstance(detail["input"], dict) else detail["input"]
        if code == "unknown_code":
            near = difflib.get_close_matches(fold(str(value)), gaps["words"], n=1, cutoff=0.6)
            by_language = {
                language: ", ".join(label.get(language, word) for word, label in gaps["labels"].items())
                for language in LANGUAGES
            }
            code, gaps = (
                ("unknown_code_near", {"suggestion": near[0]}) if near else (code, {"codes": Labels(by_language)})
            )
        yield Refusal(where, code, value, gaps)
