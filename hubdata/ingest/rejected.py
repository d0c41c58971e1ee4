"""Rows to repair, in the shape of their file, ready to be dropped again: kept out, or with cells left empty."""

from collections.abc import Sequence
from dataclasses import dataclass

from hubdata import reading
from hubdata.ingest.headings import PROBLEM
from hubdata.ingest.personal import holds_personal_data
from hubdata.ingest.problems import Problem
from hubdata.ingest.sources import Source
from hubdata.texts import N_, Text


@dataclass(frozen=True)
class Rejected:
    """Rows of a file with something to repair, and what: of the columns that are used alone."""

    header: list[str]
    separator: str
    rows: list[tuple[Sequence[str], list[Problem]]]

    def csv(self, language: str) -> bytes:
        """The rows in the shape of their file plus a column `problem`, which is ignored when they are dropped again."""
        rows = ([*cells, "; ".join(_told(p, language) for p in problems)] for cells, problems in self.rows)
        return reading.write_for_excel([*self.header, PROBLEM], rows, self.separator)


def _told(problem: Problem, language: str) -> str:
    """A problem in words; one of a row without a column names the row, whose cells may be missing."""
    place = problem.column or Text(N_("row {row}"), {"row": problem.row}).translate(language)
    return f"{place}: {problem.message.translate(language)} {problem.remedy.translate(language)}"


def row_apart(source: Source, finding: reading.Finding) -> list[str]:
    """A row that could not be read, in the shape of what is kept: surplus cells are joined in the last one.

    All its cells are empty when it could not be taken apart, or when columns are left out of the file and cells may
    have moved into others, or when a surplus cell has an address or a telephone number: it would stay.
    """
    table = source.table
    width = len(table.cells.column_names)
    surplus = finding.cells[width:]
    if not finding.cells or (surplus and (not source.is_all_used or any(map(holds_personal_data, surplus)))):
        return [""] * len(source.used)
    last = table.separator.join(finding.cells[width - 1 :]).rstrip(table.separator or None)
    cells = [*finding.cells[: width - 1], last]
    cells = [cell.replace("\0", "") for cell in cells] + [""] * (width - len(cells))
    return [cell for header, cell in zip(table.cells.column_names, cells, strict=True) if header in source.columns]
