"""Words, numbers and dates in the reader's language: gettext catalogues in `locale/`, formats from Babel (CLDR).

Texts in the code are English and stand as they are read, so English needs no catalogue; `locale/nl` holds the Dutch of
every one of them. It is read from its `.po` file at start: nothing compiled has to be kept in step. A missing, unused
or incomplete text fails in `tests/test_texts.py`; `python -m hubdata.texts` brings the catalogue up to date.
"""

import ast
import datetime
import decimal
import functools
import gettext
import io
import itertools
import sys
from pathlib import Path
from typing import Any, NamedTuple

from babel import Locale
from babel import dates as babel_dates
from babel import numbers as babel_numbers
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment

LANGUAGES = ("nl", "en")
CATALOGUES = ("nl",)
"""The languages that texts are translated into: all but that of the code."""
LOCALES = {"nl": Locale("nl", "NL"), "en": Locale("en", "GB")}
ROOT = Path(__file__).parents[1]
MARKS = {"_": 1, "N_": 1, "md": 1, "Text": 1, "n_": 2, "n_md": 2}
"""The functions that mark a text, and how many of their arguments are texts."""
NOT_KNOWN = "–"
SAME = 1e-9
"""Two numbers that differ less are the same: what adding up in another order leaves."""
MOST_DIGITS = 6
"""How many digits behind the decimal mark a number has at the most."""
NO_BREAK = "\N{NO-BREAK SPACE}"


class Labels(NamedTuple):
    """Words that differ per language and stand in no catalogue, such as the sectors of a hub."""

    by_language: dict[str, str]

    def translate(self, language: str) -> str:
        """The words in `language`."""
        return self.by_language[language]


class Text(NamedTuple):
    """A text that is put into words later, when the reader's language is known."""

    message: str
    values: dict[str, Any] = {}

    def translate(self, language: str) -> str:
        """The sentence in `language`; values that are texts or days are put into words too."""

        def in_words(value: Any) -> Any:
            if isinstance(value, Text | Labels):
                return value.translate(language)
            return date(value, language) if isinstance(value, datetime.date) else value

        values = {name: in_words(value) for name, value in self.values.items()}
        return translation(language).gettext(self.message).format(**values)


def N_(message: str) -> str:  # noqa: N802 - the name gettext's tools know
    """Mark a text for translation where it is only kept, not shown."""
    return message


def catalogue_path(language: str) -> Path:
    """Where the texts of a language are. Raises `ValueError` for an unknown code: it may not become a path."""
    if language not in LANGUAGES:
        raise ValueError("no language of ours")
    return Path(__file__).parent / "locale" / language / "LC_MESSAGES" / "hubdata.po"


@functools.cache
def translation(language: str) -> gettext.NullTranslations:
    """The catalogue of a language, compiled in memory; a language without one reads what stands in the code."""
    if language not in CATALOGUES:
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with catalogue_path(language).open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@functools.cache
def _pattern(digits: int, after: str = "") -> babel_numbers.NumberPattern:
    """How to write a number, read once: a table has thousands of them."""
    return babel_numbers.parse_pattern("#,##0" + ("." + "0" * digits if digits else "") + after)


def digits_apart(*values: float | None, digits: int = 0, scale: int = 1) -> int:
    """How many digits behind the decimal mark tell values apart: at least `digits`, at most `MOST_DIGITS`.

    Values that are the same, or not known, need no digits. `scale`: 100 for shares that are written as percentages.

    >>> digits_apart(8.0, 7.99, digits=1), digits_apart(0.5, 0.5049, scale=100)
    (2, 1)
    """
    known = sorted(value for value in values if value is not None)
    pairs = [
        (_written(low, scale), _written(high, scale)) for low, high in itertools.pairwise(known) if high - low > SAME
    ]
    while digits < MOST_DIGITS and any(round(low, digits) == round(high, digits) for low, high in pairs):
        digits += 1
    return digits


def digits_exact(value: float, digits: int = 0, scale: int = 1) -> int:
    """How many digits behind the decimal mark write a value as it is: at least `digits`, at most `MOST_DIGITS`.

    >>> digits_exact(0.625, scale=100), digits_exact(0.55, scale=100)
    (1, 0)
    """
    while digits < MOST_DIGITS and abs(round(_written(value, scale), digits) - _written(value, scale)) > SAME:
        digits += 1
    return digits


def _written(value: float, scale: int) -> decimal.Decimal:
    """A number as Babel rounds it: its shortest decimal form, half to even."""
    return decimal.Decimal(str(value)) * scale


@functools.lru_cache(maxsize=20_000)
def number(value: float | None, language: str, digits: int = 0) -> str:
    """A number with the language's separators; `digits` behind the decimal mark, or more where it would read as 0.

    >>> number(1234.5, "nl", 1), number(0.04, "nl")
    ('1.234,5', '0,04')
    """
    if value is None:
        return NOT_KNOWN
    value = value or 0  # no "-0"
    digits = digits_apart(value, 0, digits=digits)
    return babel_numbers.format_decimal(value, format=_pattern(digits), locale=LOCALES[language])


@functools.lru_cache(maxsize=20_000)
def percent(share: float | None, language: str, digits: int = 0) -> str:
    """A share (0-1) as a percentage; with more digits where it would read as none or all of it.

    >>> percent(0.125, "en", 1), percent(0.998, "en"), percent(1, "en")
    ('12.5%', '99.8%', '100%')
    """
    if share is None:
        return NOT_KNOWN
    share = share or 0
    digits = digits_apart(0, share, 1, digits=digits, scale=100)
    return babel_numbers.format_percent(share, format=_pattern(digits, "%"), locale=LOCALES[language])


def euro(amount: float | None, language: str) -> str:
    """An amount in euros: whole below a million, in millions from there, as a person would say it.

    >>> euro(1234567, "nl").replace(chr(160), " ")
    '€ 1,2 miljoen'
    """
    if amount is None:
        return NOT_KNOWN
    million = {"nl": "miljoen", "en": "million"}[language]
    if abs(amount) < 999_500:
        return whole_euro(amount, language)
    space = NO_BREAK if language == "nl" else ""
    digits = 0 if abs(amount) >= 99_950_000 else 1
    return f"€{space}{number(amount / 1e6, language, digits)}{NO_BREAK}{million}"


def whole_euro(amount: float | None, language: str) -> str:
    """An amount to the euro, as tables show it."""
    if amount is None:
        return NOT_KNOWN
    return f"€{NO_BREAK if language == 'nl' else ''}{number(amount, language)}"


@functools.lru_cache(maxsize=4096)
def date(day: datetime.date | None, language: str) -> str:
    """A day in words.

    >>> date(datetime.date(2020, 6, 30), "nl")
    '30 juni 2020'
    """
    if day is None:
        return NOT_KNOWN
    return babel_dates.format_date(day, "d MMMM y", locale=LOCALES[language])


@functools.lru_cache(maxsize=4096)
def month(day: datetime.date, language: str) -> str:
    """A month, short.

    >>> month(datetime.date(2020, 9, 30), "en")
    'Sept 2020'
    """
    return babel_dates.format_date(day, "MMM y", locale=LOCALES[language])


def moment(at: str, language: str) -> str:
    """A moment (ISO 8601, UTC) in words, in Dutch time."""
    local = datetime.datetime.fromisoformat(at)
    return babel_dates.format_datetime(
        local, "d MMMM y HH:mm", tzinfo=babel_dates.get_timezone("Europe/Amsterdam"), locale=LOCALES[language]
    )


def country(code: str, language: str) -> str:
    """The name of a country by its ISO 3166 alpha-2 code; the code itself when it has no name."""
    return str(LOCALES[language].territories.get(code, code))


def join(words: list[str], language: str) -> str:
    """A list as it is said: "a, b and c"."""
    conjunction = {"nl": "en", "en": "and"}[language]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {conjunction} {words[-1]}" if words else ""


def used_texts() -> Catalog:
    """Every text the code uses, with its files.

    Read from the syntax tree: Babel's own extractor misses calls inside f-strings and inside other marked calls.
    """
    catalogue = Catalog(project="hubdata", charset="utf-8")
    for path in sorted([*(ROOT / "hubdata").rglob("*.py"), *(ROOT / "pages").glob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                arguments = node.args[: MARKS.get(name, 0)]
                messages = [
                    part.value for part in arguments if isinstance(part, ast.Constant) and isinstance(part.value, str)
                ]
                if messages and len(messages) == len(arguments):
                    catalogue.add(
                        tuple(messages) if len(messages) > 1 else messages[0],
                        locations=[(str(path.relative_to(ROOT)), 0)],
                    )
    templates = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    for path in sorted((ROOT / "hubdata").rglob("templates/*.html")):
        # With values to fill in, what is found is the text and a place for each value.
        for _line, _name, message in templates.extract_translations(path.read_text(encoding="utf-8")):  # type: ignore[attr-defined]
            catalogue.add(
                message if isinstance(message, str) else message[0], locations=[(str(path.relative_to(ROOT)), 0)]
            )
    return catalogue


def update() -> None:
    """Bring the catalogues up to date with the code: new texts appear untranslated, unused ones go."""
    used = used_texts()
    for language in CATALOGUES:
        path = catalogue_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            with path.open("rb") as file:
                catalogue = read_po(file, locale=language)
        else:
            catalogue = Catalog(locale=language, project="hubdata", charset="utf-8")
        catalogue.update(used, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        with path.open("wb") as file:
            write_po(
                file,
                catalogue,
                width=110,
                sort_output=True,
                no_location=False,
                include_lineno=False,
                omit_header=True,
            )


if __name__ == "__main__":
    update()
    sys.exit(0)
