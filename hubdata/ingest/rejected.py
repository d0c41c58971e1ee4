"""Rows that were not accepted, in the shape of their file, ready to be repaired and dropped again."""

from collections.abc import Sequence
from dataclasses import dataclass

from hubdata import reading
from hubdata.ingest.headings import PROBLEM
from hubdata.ingest.problems import Problem


@dataclass(frozen=True)
class Rejected:
    """Rows of a file that were not accepted, with what is wrong with each."""

    header: list[str]
    separator: str
    rows: list[tuple[Sequence[str], list[Problem]]]

    def csv(self, language: str) -> bytes:
        """The rows in the shape of their file plus a column `problem`, which is ignored when they are dropped again."""
        rows = (
            [
                *cells,
                "; ".join(
                    f"{p.column}: {p.message.translate(language)} {p.remedy.translate(language)}" for p in problems
                ),
            ]
            for cells, problems in self.rows
        )
        return reading.write_for_excel([*self.header, PROBLEM], rows, self.separator)


def row_apart(table: reading.Table, finding: reading.Finding) -> list[str]:
    """A row that could not be read, in the shape of the file: surplus cells are joined in the last one."""
    width = len(table.cells.column_names)
    last = table.separator.join(finding.cells[width - 1 :]).rstrip(table.separator or None)
    cells = [*finding.cells[: width - 1], last]
    return [cell.replace("\0", "") for cell in cells] + [""] * (width - len(cells))
