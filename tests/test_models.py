"""The rows, the data dictionary made from them, and the settings."""

import io
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT

from hubdata import dictionary, ingest, models, settings
from hubdata.indicators import introductions
from hubdata.store.tables import columns_of_today

CONTRACT = {
    "organisations": "organisation_id name sector type city country website themes sdgs countries fte founded joined_on "
    "left_on membership role digital_maturity needs offers reserves aliases",
    "partnerships": "partnership_id name organisation_ids start_date end_date first_recorded last_contact intensity kind "
    "themes programme event_id",
    "events": "event_id name start_date end_date kind format organiser_id venue themes cost",
    "attendance": "event_id organisation_id role people status",
    "funding": "organisation_id year donor donor_id programme category amount currency",
    "accounts": "organisation_id year total_income expenditure reserves fte",
    "reference": "dimension code measure share year source",
    "targets": "indicator date value note",
}
REQUIRED = {
    "organisations": {"name", "sector"},
    "partnerships": {"organisation_ids", "start_date"},
    "events": {"name", "start_date"},
    "attendance": {"event_id", "organisation_id"},
    "funding": {"organisation_id", "year", "category", "amount"},
    "accounts": {"organisation_id", "year"},
    "reference": {"dimension", "code", "share", "source"},
    "targets": {"indicator", "date", "value"},
}


def test_no_column_of_the_contract_is_lost_and_none_more_is_required() -> None:
    """Files and homes that exist are read for ever. A column more is seen in the committed data dictionary."""
    for name, columns in CONTRACT.items():
        row = models.TABLES[name]
        assert [column for column in row.model_fields if column in columns.split()] == columns.split()
        assert {c for c in row.model_fields if models.is_required(row, c)} == REQUIRED[name]


def test_every_column_has_a_type_the_database_knows() -> None:
    known = {name: [column for column, _type in columns] for name, columns in columns_of_today().items()}
    assert known == {name: list(row.model_fields) for name, row in models.TABLES.items()}


def test_the_committed_data_dictionary_is_the_generated_one() -> None:
    committed = (ROOT / "docs" / "data-dictionary.md").read_text(encoding="utf-8")
    assert committed == dictionary.markdown(), "run `python -m hubdata dictionary > docs/data-dictionary.md`"


def test_every_example_in_the_dictionary_is_accepted_by_its_column() -> None:
    for name, row in models.TABLES.items():
        examples = {c: text for c, _, _, text in dictionary.describe(row, "en") if text}
        for column in row.model_fields:
            if models.is_required(row, column) or models.extra(row, column)["made_from"]:
                assert examples.get(column), f"{name}.{column} has no example"
        row.model_validate(examples)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_templates_are_read_as_empty_tables_and_are_the_same_in_a_zip(tmp_path: Path, language: str) -> None:
    dictionary.write_templates(tmp_path, language)
    files = {path.name: path.read_bytes() for path in tmp_path.glob("*.csv")}
    draft = ingest.draft(files, settings.Settings(), {})
    assert len(files) == len(models.TABLES)
    assert (draft.problems, {note.code for note in draft.notes}) == ([], {"no_rows"})
    assert {reading.separator for reading in draft.readings} == {";" if language == "nl" else ","}
    with zipfile.ZipFile(io.BytesIO(dictionary.zipped_templates(language))) as packed:
        assert {name: packed.read(name) for name in packed.namelist()} == files
    assert (tmp_path / "data-dictionary.md").read_text(encoding="utf-8") == dictionary.markdown()


def test_settings_default_when_there_is_no_file_and_the_committed_file_is_the_default(tmp_path: Path) -> None:
    assert settings.read(tmp_path) == settings.Settings()
    assert settings.read(ROOT / "data") == settings.Settings()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("exposure_threshold = 2", "exposure_threshold: Input should be less than or equal to 1"),
        (
            "exposure_treshold = 0.4",
            "line 1: exposure_treshold: there is no such setting. Did you mean exposure_threshold?",
        ),
        ('[types]\nx = { sector = "nowhere", nl = "X", en = "X" }', "'nowhere', which is not a sector"),
        ("name = ", "hub.toml: Invalid value"),
    ],
)
def test_a_mistake_in_the_settings_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "hub.toml").write_text(text)
    with pytest.raises(settings.SettingsProblem, match=r"hub\.toml") as problem:
        settings.read(tmp_path)
    assert said in str(problem.value)


def test_labels_fall_back_to_the_code_made_readable() -> None:
    own = settings.Settings(words={"green-hydrogen": {"nl": "Groene waterstof", "en": "Green hydrogen"}})
    assert own.label("ngo", "nl") == "Ngo's"
    assert own.label("green-hydrogen", "nl") == "Groene waterstof"
    assert own.label("water-management", "en") == "Water management"
    assert own.label("Vrede & recht", "nl") == "Vrede & recht"
    assert own.type_label("court", "nl") == "Hof of tribunaal"
    assert own.label(None, "nl") == ""


def test_the_settings_that_come_along_are_the_defaults_and_say_where_the_rule_comes_from() -> None:
    defaults = settings.Settings()
    assert settings.read(ROOT / "data") == defaults
    assert set(defaults.digital_services) == set(introductions.DIGITAL)


@pytest.mark.parametrize(
    "rule",
    [
        "minimum_share = 1.5, source = 'x', source_date = 2024-11-11",
        "minimum_share = 0.5, source_date = 2024-11-11",
        "minimum_share = 0.5, source = 'x', source_date = 'soon'",
        "minimum_share = 0.5, from_year = 2026, until_year = 2025, source = 'x', source_date = 2024-11-11",
    ],
)
def test_a_rule_without_its_share_source_date_or_in_no_year_is_refused(tmp_path: Path, rule: str) -> None:
    (tmp_path / "hub.toml").write_text("own_income_rules = [{ " + rule + " }]\n")
    with pytest.raises(settings.SettingsProblem, match="own_income_rules"):
        settings.read(tmp_path)
