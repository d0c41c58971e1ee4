"""Both languages are complete, and say numbers and dates as the language does."""

import datetime
import re
from decimal import Decimal

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from hubdata import methods, models, settings, texts


@pytest.mark.parametrize("language", texts.CATALOGUES)
def test_the_catalogue_holds_every_text_of_the_code_and_no_other(language: str) -> None:
    with texts.catalogue_path(language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    used = {message.id for message in texts.used_texts() if message.id}
    kept = {message.id for message in catalogue if message.id}
    assert used - kept == set(), "run `python -m hubdata.texts`, then translate"
    assert kept - used == set(), "run `python -m hubdata.texts`"
    assert not catalogue.obsolete
    for message in catalogue:
        if message.id:
            said = [message.string] if isinstance(message.string, str) else list(message.string)
            assert all(said), f"not translated: {message.id}"
            assert not message.fuzzy


@pytest.mark.parametrize("language", texts.CATALOGUES)
def test_a_translation_has_the_same_gaps(language: str) -> None:
    def gaps(text: str) -> set[str]:
        return set(re.findall(r"{(\w*)}", text))

    with texts.catalogue_path(language).open("rb") as file:
        for message in read_po(file, locale=language):
            originals = [message.id] if isinstance(message.id, str) else list(message.id)
            wanted = set().union(*map(gaps, originals))
            for said in [message.string] if isinstance(message.string, str) else list(message.string):
                assert gaps(said) <= wanted, message.id
                # A singular may say "one" instead of the number; nothing else may be left out.
                assert wanted - gaps(said) <= ({"n"} if not isinstance(message.id, str) else set()), message.id


def test_english_is_what_stands_in_the_code() -> None:
    assert set(texts.LANGUAGES) - set(texts.CATALOGUES) == {"en"}
    english = texts.translation("en")
    for message in texts.used_texts():
        if isinstance(message.id, str):
            assert english.gettext(message.id) == message.id
        else:
            said = [english.ngettext(*message.id, count) for count in (0, 1, 2, 21)]
            assert said == [message.id[1], message.id[0], message.id[1], message.id[1]]
    assert texts.Text("{a} of {b}", {"a": 1, "b": 2}).translate("en") == "1 of 2"


def test_every_vocabulary_has_both_languages() -> None:
    for labels in (*models.VOCABULARIES.values(), settings.SECTORS, settings.WORDS):
        for code, by_language in labels.items():
            assert set(by_language) == set(texts.LANGUAGES), code
    for row in models.TABLES.values():
        assert set(row.grain) == set(texts.LANGUAGES)
        for name, field in row.model_fields.items():
            assert field.description, f"{row.__name__}.{name}"
            assert models.extra(row, name)["nl"], f"{row.__name__}.{name}"


def test_numbers_money_and_dates_follow_the_language() -> None:
    assert texts.number(1234567.891, "nl", 2) == "1.234.567,89"
    assert texts.number(1234567.891, "en", 2) == "1,234,567.89"
    assert texts.percent(0.5, "nl") == "50%"
    assert texts.euro(999_499, "nl") == "€\N{NO-BREAK SPACE}999.499"
    assert texts.euro(999_500, "nl") == "€\N{NO-BREAK SPACE}1,0\N{NO-BREAK SPACE}miljoen"
    assert texts.euro(249_900_000, "en") == "€250\N{NO-BREAK SPACE}million"
    assert texts.date(datetime.date(2020, 3, 1), "nl") == "1 maart 2020"
    assert texts.date(datetime.date(2020, 3, 1), "en") == "1 March 2020"
    assert texts.join(["a", "b", "c"], "nl") == "a, b en c"
    assert texts.country("DE", "nl") == "Duitsland"


def read(text: str) -> float:
    """A number as it was written in English."""
    return float(text.rstrip("%").replace(",", ""))


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.integers(0, 3))
def test_numbers_that_differ_are_written_differently(one: float, other: float, digits: int) -> None:
    enough = texts.digits_apart(one, other, digits=digits)
    assert digits <= enough <= texts.MOST_DIGITS
    written = [texts.number(value, "en", enough) for value in (one, other)]
    if abs(one - other) > 10**-texts.MOST_DIGITS:
        assert (read(written[0]) < read(written[1])) == (one < other)
    if enough > digits:
        assert texts.digits_apart(one, other) == enough
        assert len({round(Decimal(str(value)), enough - 1) for value in (one, other)}) == 1


@given(st.floats(0, 1), st.integers(0, 2))
def test_a_share_is_written_as_none_or_all_only_when_it_is(share: float, digits: int) -> None:
    written = read(texts.percent(share, "en", digits))
    assert abs(written - 100 * share) <= 0.5 * 10**-digits + 1e-9
    if 1e-7 < share < 1 - 1e-7:
        assert 0 < written < 100
    if share in (0, 1):
        assert texts.percent(share, "en") == f"{100 * share:.0f}%"


def test_a_number_is_written_as_zero_only_when_it_is() -> None:
    assert [texts.number(value, "en") for value in (0, 0.5, 0.02, -0.3, 1e-12)] == ["0", "0.5", "0.02", "-0.3", "0"]
    assert texts.number(0.0499, "nl", 1) == "0,05"
    assert texts.percent(0.99996, "nl", 1) == "99,996%"


@pytest.mark.parametrize(("value", "digits"), [(0.5, 0), (0.333, 1), (0.6666, 2), (0.55, 0), (0.290, 0), (1 / 3, 6)])
def test_a_threshold_is_written_as_it_is_set(value: float, digits: int) -> None:
    assert texts.digits_exact(value, scale=100) == digits


@pytest.mark.parametrize("say", [texts.number, texts.percent, texts.euro, texts.date])
def test_what_is_not_known_is_a_dash_and_never_a_zero(say) -> None:  # type: ignore[no-untyped-def]
    assert say(None, "nl") == texts.NOT_KNOWN


def test_a_value_with_braces_is_a_value() -> None:
    assert texts.Text("{value} x", {"value": "{0} {}"}).translate("en") == "{0} {} x"


def test_every_figure_with_a_target_is_explained() -> None:
    for name in models.INDICATORS:
        assert methods.explained_by(name) in methods.EXPLANATIONS
    assert methods.explained_by("fading_share") == "fading"
    with pytest.raises(KeyError):
        methods.explained_by("nothing")


def test_every_explanation_is_complete() -> None:
    for key, explanation in methods.EXPLANATIONS.items():
        assert explanation.name, key
        assert explanation.definition.endswith("."), key
        assert explanation.reading.endswith("."), key
