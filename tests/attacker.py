"""An attacker who knows everything of the income but the amounts, and works out what follows from what he reads.

He is told who gets what kind of income from whom in which year. Of each number that he reads he works out which amounts
it is the sum of: `read` takes what pages are drawn of, `read_file` a file.
"""

import csv
import datetime
import email
import email.policy
import io
import itertools
import json
import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import docx
import lxml.html
import networkx
import numpy as np
import openpyxl
import pptx
import pypdf
import pytest
from scipy.optimize import linprog

Row = tuple[str, int, str | None, str, float]
"""Organisation, year, donor, category, amount."""


class Unknown(NamedTuple):
    """An amount. That it exists, the attacker knows."""

    organisation: str
    year: int
    donor_key: str
    category: str


class Equation(NamedTuple):
    """What the attacker has read: these amounts add up to this."""

    of: frozenset[Unknown]
    value: float
    within: float = 0.0
    """How far off it may be, where it is written in few digits."""


def secrets(rows: Iterable[Row]) -> dict[Unknown, float]:
    return {
        Unknown(o, year, "earned" if kind == "earned" else str(donor).lower(), kind): amount
        for o, year, donor, kind, amount in rows
        if amount > 0
    }


def leaves(found: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every number and text in a structure, and where it stands."""
    if isinstance(found, dict):
        for key, value in found.items():
            yield from leaves(value, (*path, key))
    elif isinstance(found, list):
        for number, value in enumerate(found):
            yield from leaves(value, (*path, number))
    else:
        yield path, found


COUNTS = {"year", "donors", "organisation_count", "with_income", "exposed", "exposed_share"}
"""They say how many, not how much."""


def read(published: dict[str, Any], known: Collection[Unknown]) -> list[Equation]:
    """Every number that was published, as a sum of amounts. One that he cannot read, he complains of."""
    equations = []
    for year in published["years"]:
        here = [one for one in known if one.year == year["year"]]
        named = {(row["category"], row["donor_key"]) for row in year["donor_totals"] if row["donor"]}
        income = year["income"]

        def of_kinds(*kinds: str, year: dict[str, Any] = year, here: list[Unknown] = here) -> list[Unknown]:
            if "merged" in kinds:
                return [one for one in here if one.category not in year["categories"]]
            return [one for one in here if one.category in kinds]

        for path, value in leaves(year):
            if value is None or isinstance(value, str):
                continue
            match path:
                case ("income",):
                    equations.append(Equation(frozenset(here), value))
                case ("categories", kind):
                    equations.append(Equation(frozenset(of_kinds(kind)), value))
                case ("public_share",):
                    equations.append(Equation(frozenset(of_kinds("government", "multilateral")), value * income))
                case ("government_share",):
                    equations.append(Equation(frozenset(of_kinds("government")), value * income))
                case ("earned_share",):
                    equations.append(Equation(frozenset(of_kinds("earned")), value * income))
                case ("donor_totals", number, "amount_eur" | "share" as name):
                    row = year["donor_totals"][number]
                    cell = of_kinds(row["category"])
                    if row["donor"]:
                        cell = [one for one in cell if one.donor_key == row["donor_key"]]
                    elif row["donor_key"] == "other":
                        cell = [one for one in cell if (one.category, one.donor_key) not in named]
                    equations.append(Equation(frozenset(cell), value * (income if name == "share" else 1)))
                case ("donor_totals", _, "organisations") | ("coverage", _) | ("accounts", "organisations"):
                    pass
                case (name,) if name in COUNTS:
                    pass
                case _:
                    raise AssertionError(f"a number that the attacker cannot read: {path}")
    return equations


class Attack:
    """What follows from equations about unknown amounts."""

    def __init__(self, equations: Sequence[Equation], known: Collection[Unknown]) -> None:
        self.unknowns = sorted(known)
        self.left = np.array([[one in equation.of for one in self.unknowns] for equation in equations], float)
        self.left = self.left.reshape(len(equations), len(self.unknowns))
        self.right = np.array([equation.value for equation in equations])
        self.organisations = sorted({one.organisation for one in known})
        self.whose = np.array([one.organisation for one in self.unknowns])
        self.columns, self.column_of = np.unique(self.left, axis=1, return_inverse=True)
        """The different columns: one that another amount has as well adds nothing to a rank."""

    def solve(self, target: Iterable[Unknown]) -> float | None:
        """The sum of the target, when the equations determine it: when it is a combination of them."""
        wanted = np.array([one in set(target) for one in self.unknowns], float)
        weights = np.linalg.lstsq(self.left.T, wanted, rcond=None)[0]
        return float(weights @ self.right) if np.allclose(self.left.T @ weights, wanted, atol=1e-8) else None

    def bounds(self, target: Iterable[Unknown]) -> tuple[float, float]:
        """How little and how much the target can be, since no amount is below 0."""
        wanted = np.array([one in set(target) for one in self.unknowns], float)
        low, high = (linprog(sign * wanted, A_eq=self.left, b_eq=self.right, bounds=(0, None)) for sign in (1, -1))
        assert low.success
        assert high.success
        return float(low.fun), float(-high.fun)

    def targets(self) -> Iterator[tuple[tuple[str, ...], frozenset[Unknown]]]:
        """What one or two organisations got: in all; per year, per category and per donor; and each amount."""
        for group in groups(self.organisations):
            mine = [one for one in self.unknowns if one.organisation in group]
            for parts in itertools.product(*([None, *sorted({one[place] for one in mine})] for place in (1, 2, 3))):
                target = frozenset(
                    one
                    for one in mine
                    if all(p in (None, one[place]) for place, p in zip((1, 2, 3), parts, strict=True))
                )
                if {one.organisation for one in target} == set(group):
                    yield group, target

    def recovered(self) -> dict[frozenset[Unknown], float]:
        """Whatever he works out of the targets."""
        solved = {target: self.solve(target) for _, target in self.targets()}
        return {target: value for target, value in solved.items() if value is not None}

    def knows_something_of(self, group: Sequence[str]) -> bool:
        """Whether any combination of the equations, with whatever weights, is about the amounts of this group only.

        The combinations that are about nobody else are those that the columns of the others send to nothing.
        """
        others = np.unique(self.column_of[~np.isin(self.whose, group)])
        return len(others) < self.columns.shape[1] and rank(self.columns) > rank(self.columns[:, others])


def rank(matrix: np.ndarray) -> int:
    return int(np.linalg.matrix_rank(matrix)) if matrix.size else 0


def groups(organisations: Sequence[str]) -> list[tuple[str, ...]]:
    return [*itertools.combinations(organisations, 1), *itertools.combinations(organisations, 2)]


def attack(published: dict[str, Any], rows: Iterable[Row]) -> Attack:
    return attack_on(published, secrets(rows))


def attack_on(published: dict[str, Any], known: dict[Unknown, float]) -> Attack:
    return attack_with(read(published, known), known)


def attack_with(equations: Sequence[Equation], known: dict[Unknown, float]) -> Attack:
    for equation in equations:  # he has read it rightly
        true = math.fsum(known[one] for one in equation.of)
        assert true == pytest.approx(equation.value, abs=equation.within or None), equation
    return Attack(equations, known)


# What stands in a file.


class Words(NamedTuple):
    """What names mean to the attacker."""

    categories: Mapping[str, str]
    """Kind of income, as it is called -> its code."""
    donors: Mapping[str, str]
    """Name -> key."""
    organisations: Mapping[str, str]
    """Name -> id."""


Cell = str | float | None
Rows = list[list[Cell]]
"""A table, its headings first; a text is a table of one cell."""

OTHER_THINGS = {
    "Year", "Partners", "partners", "Ties", "Organisations", "Organisations funded", "Density", "Network density",
    "Average number of partners", "Ties across sectors", "Share of ties across sectors", "Expected by chance",
    "Compared with chance", "Days silent", "weight", "agreements", "income_year", "Known for", "Out of",
}  # fmt: skip
"""Headings of columns and rows with numbers that are about something else than money."""


def read_file(
    made: bytes, extension: str, published: dict[str, Any], words: Words, known: Collection[Unknown]
) -> list[Equation]:
    """Every number about money in a file, as a sum of amounts. One that he cannot read, he complains of.

    He has the pages, `published`, beside the file: they say which kinds are put together, and what a share is of.
    """
    years = {year["year"]: year for year in published["years"]}

    def equation(number: Number, context: str) -> Equation:
        said = [int(found) for found in re.findall(r"\b\d{4}\b", number.before or context) if int(found) in years]
        year = said[-1] if said else max(years)
        kind, donor, whose = (_meant(context, meaning) for meaning in words)
        if not (kind or donor or whose or IN_ALL in context):
            raise AssertionError(f"a number that the attacker cannot read: {context}")
        unit = years[year]["income"] if number.is_share else 1
        of = frozenset(
            one
            for one in known
            if one.year == year
            and (one.category not in years[year]["categories"] if kind == "merged" else kind in (None, one.category))
            and donor in (None, one.donor_key)
            and whose in (None, one.organisation)
        )
        return Equation(of, number.value * unit, number.within * unit)

    found = []
    for rows in _tables(made, extension):
        top = next((place for place, row in enumerate(rows) if _is_heading(row)), len(rows))
        for row in rows[:top]:
            text = " ".join(str(cell) for cell in row if cell is not None)
            if "exposed" not in text and ("€" in text or "income" in text):
                found += [equation(number, text) for number in _written(text)]
        for row in rows[top + 1 :]:
            names = [str(cell) for cell in row if isinstance(cell, str) or _is_year(cell)]
            for heading, cell in zip(map(str, rows[top]), row, strict=True):
                if cell is None or {heading, *names} & OTHER_THINGS:
                    continue
                plain = [] if isinstance(cell, str) else [Number(cell, heading == "Share", 0.005)]
                numbers = plain or (_written(str(cell)) if re.fullmatch(NUMBER, str(cell).strip()) else [])
                found += [equation(number, " ".join([*names, heading])) for number in numbers]
    return found


class Number(NamedTuple):
    """An amount, or a share of all income of a year, and how far off it may be as it is written."""

    value: float
    is_share: bool
    within: float
    before: str = ""
    """What a text says before it: of two years in a sentence, its own comes last there."""


IN_ALL = "is known in all"
"""So a sentence says that a number is the income of a whole year."""
NUMBER = r"€ ?[\d,]+(?:\.\d+)?(?: mln)?|\d+(?:\.\d+)?%"


def _written(text: str) -> list[Number]:
    """Amounts and shares in a text."""
    found = []
    for match in re.finditer(NUMBER, text):
        number = match[0]
        digits = re.sub(r"[^\d.]", "", number)
        unit = 0.01 if number.endswith("%") else 1e6 if number.endswith("mln") else 1.0
        last = 10.0 ** -len(digits.partition(".")[2])
        found.append(Number(float(digits) * unit, number.endswith("%"), 0.51 * last * unit, text[: match.start()]))
    return found


def _meant(text: str, meaning: Mapping[str, str]) -> str | None:
    """Of the names in a text the longest, as what it means."""
    return meaning[max(there, key=len)] if (there := [name for name in meaning if name in text]) else None


def _is_heading(row: list[Cell]) -> bool:
    return sum(cell is not None for cell in row) > 1 and all(cell is None or isinstance(cell, str) for cell in row)


def _is_year(cell: Cell) -> bool:
    return isinstance(cell, int) and 1900 < cell < 2100


def _tables(made: bytes, extension: str) -> Iterator[Rows]:
    """Whatever a file says, as tables."""
    file = io.BytesIO(made)
    match extension:
        case ".xlsx":
            yield from _sheets(file)
        case ".csv":
            yield [[_number(cell) for cell in row] for row in csv.reader(io.StringIO(made.decode("utf-8-sig")))]
        case ".docx":
            document = docx.Document(file)
            yield from ([[paragraph.text]] for paragraph in document.paragraphs)
            yield from ([[cell.text for cell in row.cells] for row in table.rows] for table in document.tables)
        case ".pptx":
            for slide in pptx.Presentation(file).slides:
                for shape in (*slide.shapes, *slide.notes_slide.shapes):
                    if shape.has_text_frame:
                        yield from ([[paragraph.text]] for paragraph in shape.text_frame.paragraphs)
                    if getattr(shape, "has_table", False):
                        yield [[cell.text for cell in row.cells] for row in shape.table.rows]
                    if getattr(shape, "has_chart", False):
                        yield from _sheets(io.BytesIO(shape.chart.part.chart_workbook.xlsx_part.blob))
        case ".pdf":
            for page in pypdf.PdfReader(file).pages:
                yield from ([[line]] for line in page.extract_text().splitlines())
        case ".eml":
            for part in email.message_from_bytes(made, policy=email.policy.default).iter_parts():
                text = part.get_content()
                if part.get_content_subtype() == "html":
                    text = lxml.html.fromstring(text).text_content()
                yield from ([[line]] for line in text.splitlines())
        case ".json":
            for listed in json.loads(made).values():
                yield from _dictionaries(listed)
        case ".graphml" | ".gexf":
            graph = {".graphml": networkx.read_graphml, ".gexf": networkx.read_gexf}[extension](file)
            yield from _dictionaries([facts for _node, facts in graph.nodes(data=True)])
            yield from _dictionaries([facts for *_ends, facts in graph.edges(data=True)])
        case ".gml":
            graph = networkx.read_gml(file)
            yield from _dictionaries([facts | {"label": node} for node, facts in graph.nodes(data=True)])
            yield from _dictionaries([facts for *_ends, facts in graph.edges(data=True)])


def _sheets(file: io.BytesIO) -> Iterator[Rows]:
    """What stands beside one another in a sheet, apart."""
    for sheet in openpyxl.load_workbook(file):
        columns = list(sheet.iter_cols(values_only=True))
        for is_filled, beside in itertools.groupby(columns, lambda cells: any(cell is not None for cell in cells)):
            if is_filled:
                rows = ([_undated(cell) for cell in row] for row in zip(*beside, strict=True))
                yield [row for row in rows if any(cell is not None for cell in row)]


def _dictionaries(listed: Sequence[Mapping[str, Any]]) -> Iterator[Rows]:
    """Facts under their names, but for where and how large something is drawn, and what is true or not."""
    for facts in listed:
        plain = {
            name: f for name, f in facts.items() if isinstance(f, str | int | float) and not _is_yes_or_no(name, f)
        }
        yield [list(plain), list(plain.values())]


def _is_yes_or_no(name: str, fact: object) -> bool:
    return isinstance(fact, bool) or name in ("across_sectors", "is_fading", "is_there")  # GML has 0 and 1


def _undated(cell: Any) -> Cell:
    return cell.isoformat() if isinstance(cell, datetime.date) else cell


def _number(text: str) -> Cell:
    try:
        return int(text) if text.isdigit() else float(text)
    except ValueError:
        return text or None
