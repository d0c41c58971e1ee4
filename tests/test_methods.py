"""Every figure that the commands print is explained, and is in a test."""

import io
import json
import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from hubdata import loading, methods, models, settings
from hubdata.__main__ import main

TESTS = Path(__file__).parent

# What the lists hold is explained in the data dictionary.
IN_THE_LISTS = {column for row in models.TABLES.values() for column in row.model_fields}
NO_FIGURES = frozenset(
    # who and what it is about
    {
        "agreement",
        "code",
        "country",
        "dimension",
        "donor_id",
        "donor_key",
        "event_id",
        "figure",
        "isolated_organisations",
        "items",
        "measure",
    }
    | {"name_a", "name_b", "names", "next_event_id", "next_event_name", "of", "organisation_a", "organisation_b", "sdg"}
    | {"sector_a", "sector_b", "theme", "theme_a", "theme_b", "top_donor", "top_donor_key"}
    # what was asked for
    | {"category_cuts", "cut", "risk_threshold"}
    # days, years, and places in a row
    | {"as_of", "at", "built_on", "data_up_to", "days", "income_year", "last_sign_date", "loaded_at", "next_event_date"}
    | {"outlier_date", "quarter", "started_on", "years", "ends_on"}
    # yes or no, and why
    | {"is_active", "is_articulation_point", "is_better", "is_converged", "is_cross_sector", "is_digital", "is_planned"}
    | {"is_plenary", "is_structural", "is_window_complete", "reason", "verdict"}
    | {"began_structural", "is_pooled", "is_too_narrow", "is_with_convenor", "is_within"}
)


def leaves(answer: Any, name: str, codes: set[str]) -> Iterator[str]:
    """The names of everything that is no list and no object.

    What stands in a list, or under a code, has the name of the list or object. `codes`: ids of organisations, and kinds.
    """
    if isinstance(answer, dict):
        for key, value in answer.items():
            yield from leaves(value, name if key in codes else key, codes)
    elif isinstance(answer, list):
        for value in answer:
            yield from leaves(value, name, codes)
    else:
        yield name


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of all leaves of what commands print as JSON of the sample and of the demo."""
    return {name for example in ("sample", "demo") for name in leaves_of(example, tmp_path_factory.mktemp(example))}


def leaves_of(example: str, home: Path) -> set[str]:
    loading.show_example(home, settings.Settings(), example)

    def answer(*command: str) -> Any:
        out = io.StringIO()
        with redirect_stdout(out):
            assert main([*command, "--home", str(home), "--json"]) == 0
        return json.loads(out.getvalue())

    everything = answer("indicators")
    most_between = max(everything["network"]["betweenness"].items(), key=lambda one: one[1])[0]
    year = everything["funding"]["years"][-1]
    donor = next(row["donor"] for row in year["donor_totals"] if row["donor"])
    cuts = ("--year", str(year["year"]), "--cut", f"{donor}=0.3", "--cut-category", "government=0.3")
    answers = {
        "indicators": everything,
        "organisation": answer("organisation", most_between),
        "stress": answer("stress", *cuts),
        "introductions": answer("introductions"),
        "forecast": answer("forecast"),
    }
    return set(leaves(answers, "", {*everything["network"]["betweenness"], *models.VOCABULARIES["category"]}))


EXPLAINED = methods.EXPLANATIONS.keys() | {name for e in methods.EXPLANATIONS.values() for name in e.also}


def figures(printed: set[str]) -> set[str]:
    return printed - NO_FIGURES - (IN_THE_LISTS - EXPLAINED)


def test_every_figure_that_is_printed_is_explained(printed: set[str]) -> None:
    assert figures(printed) - EXPLAINED == set()


def test_every_figure_that_is_printed_is_in_a_test(printed: set[str]) -> None:
    others = [path for path in TESTS.glob("test_*.py") if path != Path(__file__)]
    asked = set(re.findall(r'"(\w+)"', "".join(path.read_text(encoding="utf-8") for path in others)))
    assert figures(printed) - asked == set()


def test_what_is_called_no_figure_is_printed_and_not_explained(printed: set[str]) -> None:
    assert printed >= NO_FIGURES
    assert not NO_FIGURES & EXPLAINED


def test_an_explanation_names_what_goes_with_it_once_and_what_is_printed(printed: set[str]) -> None:
    for name, explanation in methods.EXPLANATIONS.items():
        assert len(set(explanation.also)) == len(explanation.also), name
        assert not set(explanation.also) & methods.EXPLANATIONS.keys(), name
        assert set(explanation.also) <= printed, name
