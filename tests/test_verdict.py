"""Reading column by column gives the verdict of the models: 100,000 generated rows, none differing.

The models refuse a row of which one cell is wrong; a drop leaves the cell empty where the row can do without.
"""

import random
from typing import Any

import pytest
from pydantic import ValidationError

from hubdata import ingest, models, reading
from hubdata.cells import is_nothing
from hubdata.settings import Settings

ROWS = 20_000
"""Per table; five tables."""
SETTINGS = Settings()
ORGANISATIONS = [f"org-{n}" for n in range(30)]

DATES = ["2024-01-31", "31-01-2024", "01/02/2024", "2024", "2024-02", "31 januari 2024", "2025/02/01", "infinity", "30-02-2024",
         "1999-12-31", "2030-06-01", "1/31/2024", "2024-01-31 10:00:00", "0001-01-01", "now", "31-1-24", "12-11-'25", "mrt 2021",
         "Q2 2023", "najaar 2022", "heden", "onbekend", "2024-01-30T23:00:00Z", "1-2-2024 en 8-2-2024", "okt-24", "ooit"]  # fmt: skip
NUMBERS = ["1.005", "1_000", "infinity", "NaN", "1e5", "-1", "0", "1.234", "1,5", "1.234,56", "1,234.56", "12", " 7 ", "€ 5", "٣",
           "1.", ".5", "123456789012345", "1234567890123456", "0.125", "+3", "--1", "1 000", "4.5", "€ 45.000,-", "1 234,5",
           "1'234.50", "45k", "1,2 mln", "1.234 mln", "ca. 30", "10-15", "15 fte", "12 personen", "12 uur", "$ 5", "25%", "-", "n.b.",
           "#N/B", "5 euro's", "- 5", "-€ 5", "€ -5", "EUR1", "1 234", "1.0", "1,000"]  # fmt: skip
WORDS = [
    "",
    " ",
    "x",
    "Café",
    "=1+1",
    "'=1+1",
    "a@b.nl",
    "y" * 501,
    "\ufeffz",
    "tab\there",
    "x|y",
    "x;y",
    "\u0301",
    "NGO",
    "n/a",
    "-",
    "Err:502",
    "x|-",
    "EL",
    "Nederland",
    "ZZ",
    "NA",
]
CELLS: dict[type, list[str]] = {
    str: WORDS,
    float: NUMBERS,
    int: [*NUMBERS, "2020", "2023", "16", "3"],
    list[str]: [*WORDS, "a|b", "|", "a||b"],
    list[int]: ["16|17", "1;2", "18", "0", "x", "", "1|x"],
}
CODES = [
    "ngo",
    "NGOs",
    "Kennis",
    "government",
    "court",
    "member",
    "ja",
    "nee",
    "convenor",
    "attended",
    "online",
    "earned",
    "other",
    "coordination",
]


def cell(row_type: type[models.Row], column: str, at: random.Random) -> str:
    """A cell that is right, nearly right or nonsense."""
    kind = models.plain_type(row_type.model_fields[column].annotation)
    if at.random() > 2 / len(row_type.model_fields):
        example = str(models.extra(row_type, column)["example"])
        return example if at.random() < 0.5 else at.choice(["", example])
    if kind not in CELLS:
        return at.choice([*DATES, *NUMBERS, ""])
    return at.choice(CELLS[kind] + (CODES if kind is str else []))


def by_the_model(row_type: type[models.Row], cells: dict[str, str], context: dict[str, Any]) -> dict[str, Any] | None:
    """What the model makes of a row, with its optional cells left empty where it refuses them."""
    try:
        return dict(row_type.model_validate(dict(cells), context=context))
    except ValidationError as error:
        wrong = {column for detail in error.errors() for column in columns_of(row_type, detail)}
        if not all(models.is_optional(row_type, column) for column in wrong):
            return None
        return by_the_model(row_type, cells | dict.fromkeys(wrong, ""), context)


def columns_of(row_type: type[models.Row], detail: Any) -> tuple[str, ...]:
    """The columns that an error is about: one, or all of those that a rule compares."""
    if detail["loc"]:
        return (str(detail["loc"][0]),)
    return next(rule.columns for rule in row_type.rules if detail["ctx"]["column"] in rule.columns)


@pytest.mark.parametrize("mark", [None, ",", "."])
@pytest.mark.parametrize("name", ["organisations", "events", "partnerships", "attendance", "funding"])
def test_column_by_column_and_row_by_row_agree(name: str, mark: str | None) -> None:
    row_type, at = models.TABLES[name], random.Random(f"{name} {mark}")
    key = row_type.key[0]
    rows = []
    for number in range(ROWS // 3 + 1):
        cells = {column: cell(row_type, column, at) for column in row_type.model_fields}
        for column in cells:
            # Whom a cell refers to is not the model's affair; every row has a key of its own.
            refers_to = models.extra(row_type, column)["refers_to"]
            if refers_to == "organisations":
                several = column == "organisation_ids"
                cells[column] = "|".join(at.sample(ORGANISATIONS, at.choice([1, 2, 3]) if several else 1))
            elif refers_to == "events":
                cells[column] = f"event-{number}"
        if models.extra(row_type, key)["made_from"]:
            cells[key] = f"key-{number}"
        if name == "funding":
            cells["programme"] = f"programme {number}"
        cells |= {"donor_id": ""} if "donor_id" in cells else {}
        rows.append(cells)
    files = {f"{name}.csv": reading.write(list(rows[0]), [list(r.values()) for r in rows])}
    if name != "organisations":
        files["organisations.csv"] = reading.write(
            ["organisation_id", "name", "sector"], [[o, o, "ngo"] for o in ORGANISATIONS]
        )
    if name in ("attendance", "partnerships"):
        events = [[f"event-{n}", f"event-{n}", "2020-01-01"] for n in range(len(rows))]
        files["events.csv"] = reading.write(["event_id", "name", "start_date"], events)
    sign = ingest.signature(rows[0])
    # The cells contradict each other about the decimal mark, so what we are told counts.
    told = ingest.FileMapping(decimal_marks={sign: mark} if mark else {}, month_first={sign: mark == "."})
    draft = ingest.draft(files, SETTINGS, {}, matching=told)

    context = {"codes": ingest.vocabularies(SETTINGS), "decimal_mark": mark, "month_first": mark == "."}
    if name == "attendance":  # among cells that say something, one that says nothing says no: only the column knows
        rows = [
            cells | ({"status": "no"} if not cells["status"].strip() or is_nothing(cells["status"]) else {})
            for cells in rows
        ]
    expected = {number: by_the_model(row_type, cells, context) for number, cells in enumerate(rows, start=2)}
    accepted = [record for record in expected.values() if record]
    found = draft.tables[name].to_pylist()
    assert len(found) == len(accepted)
    for one, other in zip(found, accepted, strict=True):
        assert one == other
    refused = {p.row for p in draft.problems if p.file == f"{name}.csv" and p.row and not p.empties}
    assert refused <= {number for number, record in expected.items() if record is None}
    assert draft.changes[name].rejected + len(found) == len(rows)
    assert len(accepted) > len(rows) / 100
    assert len(accepted) < len(rows) * 0.99
    can_be_left_empty = [column for column in row_type.model_fields if models.is_optional(row_type, column)]
    assert can_be_left_empty
    # Of a row of income only the days of a grant can be done without, and most of these rows fall for another cell.
    assert draft.changes[name].emptied > (len(accepted) if name == "funding" else len(rows)) / 100
