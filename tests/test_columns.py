"""The columns of the tables: one name, one heading, unless a page says otherwise."""

import re
from collections.abc import Iterator

import pytest
from conftest import ROOT

from hubdata import texts
from hubdata.ui import columns, language
from hubdata.ui.columns import Column, column, headed


@pytest.fixture(params=texts.LANGUAGES)
def shown_in(request: pytest.FixtureRequest) -> Iterator[str]:
    before = language.current_language()
    language.set_language(request.param)
    yield request.param
    language.set_language(before)


def test_a_column_has_its_heading_and_kind_from_the_table(shown_in: str) -> None:
    said = {"nl": "Laatste contact", "en": "Last contact"}[shown_in]
    assert column("last_sign_date") == Column("last_sign_date", said, "date")


def test_a_figure_is_headed_by_the_name_that_its_explanation_has(shown_in: str) -> None:
    said = {"nl": "Gemiddeld aantal partners", "en": "Average number of partners"}[shown_in]
    assert column("mean_degree") == Column("mean_degree", said, "number")


def test_what_a_page_says_goes_before_the_table() -> None:
    assert column("name", "Partner") == Column("name", "Partner", "text")
    assert column("ended", "Ended on", "date") == Column("ended", "Ended on", "date")
    assert column("short_0", "Short of 25%", "euro") == Column("short_0", "Short of 25%", "euro")
    assert headed(["degree", column("name", "Partner")])[1].heading == "Partner"


def test_a_column_that_nobody_described_is_refused() -> None:
    for asked in (("nothing",), ("nothing", "Heading")):
        with pytest.raises(KeyError, match="nothing"):
            column(*asked)


def test_every_column_of_the_table_is_on_a_page() -> None:
    files = [*(ROOT / "pages").glob("*.py"), *(ROOT / "hubdata" / "ui" / "words").glob("*.py")]
    quoted = set(re.findall(r'"(\w+)"', "".join(file.read_text(encoding="utf-8") for file in files)))
    assert set(columns.COLUMNS) <= quoted
