"""Cells -> rows and problems; a drop -> a draft and its differences from what is on show.

A problem is a value with a place, never an exception: all of them are found in one go, each with the file, the row
as a spreadsheet numbers it, the column, the value, what is wrong and a way out. Every row is either in the draft or
among the problems.

    drop           files handed in together -> a draft; calls all the others
    drafts         what comes out of it
    problems       codes, and the sentences they stand for
    answers        readers' answers about their files
    recognition    which table a file holds, which column is which; by headings, names, answers
    headings       headers and columns
    guesses        what people call their columns, several of one kind, and sheets: data
    recipes        lists that other programs make; what is known of them is data, recipes.toml
    layout         totals, years side by side, everybody who was there in one cell
    corrections    cells that a reader typed over
    marks          who was where, ticked in a grid
    sheets         sheets of one workbook that are one list, lists that stand on one sheet
    outcomes       rows of which a status says that nothing came, or that they are over
    sources        a file of which we know the table
    personal       what is never stored
    units          what the numbers of a file are in; refuses other currencies
    rows           the rows of one table; with columns (each different cell once), numbers, dates, ticks, names
    identifiers    those that were left out
    aliases        other names of organisations, applied
    lookalikes     names that may be of one organisation; same_words: data
    merging        two that are one, in every table
    doubles        rows that are alike
    lists          one word or several
    accounts       rows of income beside the total of the year
    rejected       rows to repair
    changes        differences from what is on show
    keeping        the files as they are kept
"""

from hubdata.ingest.answers import FileMapping, Merge
from hubdata.ingest.changes import compare, differences
from hubdata.ingest.drafts import Changes, Draft, Reading
from hubdata.ingest.drop import context_of_hub, draft, vocabularies
from hubdata.ingest.headings import folded, known_columns, signature, with_old_answers
from hubdata.ingest.keeping import columns_of, is_nothing_but
from hubdata.ingest.lookalikes import Entry, LookAlike, look_alikes, meant_by, pair_of
from hubdata.ingest.names import identity_of, slug, sounds
from hubdata.ingest.personal import holds_personal_data
from hubdata.ingest.problems import NOTES, SENTENCES, Note, Problem, note, problem
from hubdata.ingest.recipes import Count
from hubdata.ingest.recognition import LETTERS, read_sheets
from hubdata.ingest.rejected import Rejected
from hubdata.reading import Apart, row_of_headings

__all__ = [
    "LETTERS",
    "NOTES",
    "SENTENCES",
    "Apart",
    "Changes",
    "Count",
    "Draft",
    "Entry",
    "FileMapping",
    "LookAlike",
    "Merge",
    "Note",
    "Problem",
    "Reading",
    "Rejected",
    "columns_of",
    "compare",
    "context_of_hub",
    "differences",
    "draft",
    "folded",
    "holds_personal_data",
    "identity_of",
    "is_nothing_but",
    "known_columns",
    "look_alikes",
    "meant_by",
    "note",
    "pair_of",
    "problem",
    "read_sheets",
    "row_of_headings",
    "signature",
    "slug",
    "sounds",
    "vocabularies",
    "with_old_answers",
]
