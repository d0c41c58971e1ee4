"""One cell of a kind -> its value, or why there is none: the forms that people write."""

import datetime
import re
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from hubdata import cells, ingest, models
from hubdata.cells import units
from hubdata.ingest.columns import adapter
from hubdata.settings import Settings


class Known(NamedTuple):
    """What is known of a file, as functions that read a cell want it."""

    context: dict[str, Any]
    field_name: str | None = None


def known(**context: Any) -> Any:
    return Known({"remarks": [], **context})


def remarked(info: Any) -> list[str]:
    return [code for code, _, _ in info.context["remarks"]]


def why(function: Any, cell: str, **context: Any) -> str:
    """The code with which a cell is refused; "" when it is read."""
    try:
        function(cell, known(**context))
    except PydanticCustomError as error:
        return error.type
    return ""


@pytest.mark.parametrize(
    ("cell", "number"),
    [("€ 45.000,-", 45000), ("45.000,--", 45000), ("€ 1.234,50", 1234.5), ("EUR 7,25", 7.25), ("8 euro", 8), ("1.250,00 euro's", 1250),
     ("1 234 567,89", 1234567.89), ("1\u00a0234", 1234), ("1\u202f234,5", 1234.5), ("1'234.50", 1234.5), ("1’234’567", 1234567),
     ("-€ 5", -5), ("€ -5", -5), ("45k", 45000), ("45 K", 45000), ("€ 45k", 45000), ("1,2 mln", 1_200_000), ("1.2M", 1_200_000),
     ("1,2 mln euro", 1_200_000), ("€ 3 miljoen", 3_000_000), ("12 duizend", 12000), ("0,5 mld", 500_000_000), ("1.005 million", None)],
)  # fmt: skip
def test_amounts_as_people_write_them(cell: str, number: float | None) -> None:
    if number is None:
        assert why(cells.read_number, cell) == "two_readings"
    else:
        assert cells.read_number(cell, None) == number


@pytest.mark.parametrize(
    "cell",
    ["ca. 30", "ca 30", "circa 30", "±60", "+/- 60", "~60", "> 500", ">500", "≥ 5", "< 5", "10-15", "10 – 15", "10 à 15", "10 tot 15",
     "500+", "50 of meer", "ongeveer 40", "ongeveer 40 fte", "max. 10", "min 5", "meer dan 500", "30?", "5/6", "12 uur", "8 dagen", "€ 10-15", "80%"],
)  # fmt: skip
def test_a_number_that_is_not_exact_is_none_and_has_a_name(cell: str) -> None:
    assert why(cells.read_number, cell) == "about_value"


@pytest.mark.parametrize(
    "cell", ["$ 100", "100 USD", "CHF 1'000", "£5k", "US$ 5", "100 kr", "5 dollar", "1.000 CHF", "USD1000", "3 pond", "¥ 50", "20 zloty"]
)  # fmt: skip
def test_another_currency_in_a_cell_is_named(cell: str) -> None:
    assert why(cells.read_number, cell) == "not_in_euros"


@given(st.integers(0, 10**9), st.sampled_from([" ", "\u00a0", "\u202f", "'", "’"]), st.booleans())
def test_marks_between_thousands_change_nothing(number: int, mark: str, cents: bool) -> None:
    written = f"{number:,}".replace(",", mark) + (",50" if cents else "")
    assert cells.read_number(written, None) == number + 0.5 * cents


@given(st.integers(0, 10**6), st.integers(1, 99))
def test_thousands_are_multiplied_exactly(whole: int, hundredths: int) -> None:
    """As a person would: what two floats give is 1.1 * 1000 = 1100.0000000000002."""
    assert cells.read_number(f"{whole},{hundredths:02}", known(factor=1000.0)) == whole * 1000 + hundredths * 10


@pytest.mark.parametrize(
    ("heading", "factor", "bare"),
    [("Bedrag (x 1.000)", 1e3, "Bedrag"), ("Realisatie (*1000) per bijdrage", 1e3, "Realisatie per bijdrage"), ("Bedrag k€", 1e3, "Bedrag"),
     ("Bedrag in duizenden euro's", 1e3, "Bedrag"), ("Bedrag x € 1.000", 1e3, "Bedrag"), ("Amount (000s)", 1e3, "Amount"),
     ("Omzet (mln)", 1e6, "Omzet"), ("Budget M€", 1e6, "Budget"), ("Begroting x 1.000.000", 1e6, "Begroting"), ("Kosten (mld)", 1e9, "Kosten"),
     ("Bedrag 2023", 1, "Bedrag 2023"), ("Bedrag (€)", 1, "Bedrag"), ("Thema's", 1, "Thema's"), ("Kosten", 1, "Kosten")],
)  # fmt: skip
def test_a_heading_says_what_its_numbers_are_in(heading: str, factor: float, bare: str) -> None:
    assert (units.unit_of(heading).factor, units.without_unit(heading)) == (factor, bare)


@pytest.mark.parametrize(
    "heading", ["Amount ($)", "Bedrag (£)", "Bedrag (CHF)", "Amount USD", "Kosten in dollars", "Amount (TRY)"]
)
def test_a_heading_names_another_currency(heading: str) -> None:
    assert units.unit_of(heading).foreign


def test_no_heading_of_our_own_names_a_unit() -> None:
    """Else a column that is known would be read as something else."""
    for row_type in models.TABLES.values():
        for column in row_type.model_fields:
            for heading in (column, *models.aliases(row_type, column)):
                assert units.unit_of(heading) == units.Unit(), heading
                assert column == "amount" or units.without_unit(heading), heading


@pytest.mark.parametrize(
    ("cell", "day"),
    [("12-11-'25", (2025, 11, 12)), ("12-11-’25", (2025, 11, 12)), ("9-10-26", (2026, 10, 9)), ("1 sept. 2020", (2020, 9, 1)),
     ("do 30 oktober 2025", (2025, 10, 30)), ("di 16 sept. 2025", (2025, 9, 16)), ("30-okt-25", (2025, 10, 30)), ("1e mei 2024", None),
     ("May 3rd, 2024", (2024, 5, 3)), ("31-01-2024, 10.00 uur", (2024, 1, 31)), ("31-01-2024 10:00 - 17:00", (2024, 1, 31)),
     ("2024-01-30T23:00:00.000Z", (2024, 1, 31)), ("2024-06-30T22:00:00Z", (2024, 7, 1)), ("2024-10-27T18:30:00-05:00", (2024, 10, 28)),
     ("2024-07-01 00:30 +0200", (2024, 7, 1)), ("31-01-2024 23:30 UTC", (2024, 2, 1)), ("sinds 1 maart 2020", (2020, 3, 1))],
)  # fmt: skip
def test_days_as_people_and_programs_write_them(cell: str, day: tuple[int, int, int] | None) -> None:
    assert cells.read_date(cell, None) == datetime.date(*(day or (2024, 5, 1)))


def test_a_time_with_a_zone_is_the_day_where_the_hub_is() -> None:
    at = "2024-01-30T23:00:00Z"
    assert cells.read_date(at, known()) == datetime.date(2024, 1, 31)
    assert cells.read_date(at, known(time_zone="America/New_York")) == datetime.date(2024, 1, 30)


@given(st.datetimes(datetime.datetime(1950, 1, 1), datetime.datetime(2090, 1, 1)))
def test_a_day_in_utc_is_the_day_in_amsterdam(at: datetime.datetime) -> None:
    there = at.replace(microsecond=0, tzinfo=datetime.UTC)
    expected = there.astimezone(__import__("zoneinfo").ZoneInfo("Europe/Amsterdam")).date()
    assert cells.read_date(there.isoformat(), None) == expected


@pytest.mark.parametrize(
    "cell",
    ["circa 3 maart 2020", "uiterlijk 1-1-2020", "31 undecember 2024", "winter 2022", "2024/31/01", "25:00", "1-2-5"],
)
def test_what_is_near_a_day_is_none(cell: str) -> None:
    assert why(cells.read_date, cell) == "not_a_date"


@pytest.mark.parametrize(
    ("cell", "first", "last"),
    [("mrt 2021", "2021-03-01", "2021-03-31"), ("okt-24", "2024-10-01", "2024-10-31"), ("maart '21", "2021-03-01", "2021-03-31"),
     ("Q2 2023", "2023-04-01", "2023-06-30"), ("2e kwartaal 2023", "2023-04-01", "2023-06-30"), ("2023-Q4", "2023-10-01", "2023-12-31"),
     ("najaar 2022", "2022-09-01", "2022-11-30"), ("zomer 2025", "2025-06-01", "2025-08-31"), ("Spring 2024", "2024-03-01", "2024-05-31"),
     ("H1 2023", "2023-01-01", "2023-06-30"), ("tweede helft 2023", "2023-07-01", "2023-12-31"), ("2024", "2024-01-01", "2024-12-31")],
)  # fmt: skip
def test_a_part_of_a_year_has_a_first_and_a_last_day(cell: str, first: str, last: str) -> None:
    read = [cells.read_first_day(cell, None).isoformat(), cells.read_last_day(cell, None).isoformat()]
    assert read == [first, last]
    assert cells.read_year(cell, None) == (int(cell) if cell.isdigit() else int(first[:4])) or cell.isdigit()
    if not cell.isdigit():
        assert why(cells.read_date, cell) == "not_a_date"


@pytest.mark.parametrize(
    ("cell", "period"),
    [("1-3-2023 tot heden", ("1-3-2023", "")), ("2021 - 2024", ("2021", "2024")), ("2019-2021", ("2019", "2021")), ("vanaf 2022", ("2022", "")),
     ("lopend sinds mei 2024", ("mei 2024", "")), ("jan 2020 t/m dec 2026", ("jan 2020", "dec 2026")), ("28 en 29 mei 2026", ("28 mei 2026", "29 mei 2026")),
     ("28-29 mei 2026", ("28 mei 2026", "29 mei 2026")), ("30 mei – 2 juni 2026", ("30 mei 2026", "2 juni 2026")), ("2022 -", ("2022", "")),
     ("31-01-2024 10:00 - 02-02-2024 17:00", ("31-01-2024 10:00", "02-02-2024 17:00")), ("2020-01-01/2021-01-01", ("2020-01-01", "2021-01-01")),
     ("Q1 2023 - Q2 2024", ("q1 2023", "q2 2024")), ("jan - mrt 2024", ("jan 2024", "mrt 2024")), ("1/31/2024 - 2/2/2024", ("1/31/2024", "2/2/2024")),
     ("2024-01-31", None), ("01-02-2024", None), ("2024-01", None), ("2025", None), ("lopend", None), ("1 en 8 mei 2026", None), ("Jan - Piet", None)],
)  # fmt: skip
def test_a_period_in_one_cell_has_a_start_and_an_end(cell: str, period: tuple[str, str] | None) -> None:
    assert cells.split_period(cell) == period


@pytest.mark.parametrize(
    "cell", ["2024-02-01 10:00, 2024-02-08 10:00", "1 en 8 mei 2026", "1-2-2024 3-4-2024", "1 mei 2024 of 1 juni 2024"]
)
def test_two_days_that_are_no_period_are_two_days(cell: str) -> None:
    assert why(cells.read_date, cell) == "two_dates"
    assert cells.split_period(cell) is None


@given(st.dates(datetime.date(1950, 1, 1), datetime.date(2049, 12, 31)))
def test_a_single_day_is_never_a_period_and_short_years_are_read_as_long(day: datetime.date) -> None:
    for written in (day.isoformat(), f"{day:%d-%m-%Y}", f"{day.day}/{day.month}/{day.year}", f"{day:%d %B %Y}"):
        assert cells.split_period(written) is None
        assert cells.read_date(written, None) == day
    if day.year >= 2000:
        info = known()
        assert cells.read_date(f"{day:%d-%m-%y}", info) == day
        assert remarked(info) == ["short_years"]


@pytest.mark.parametrize(
    ("cell", "code"),
    [("NL", "NL"), ("nl", "NL"), ("NLD", "NL"), ("Nederland", "NL"), ("the Netherlands", "NL"), ("België", "BE"), ("Oekraïne", "UA"), ("NA", "NA"),
     ("Verenigd Koninkrijk", "GB"), ("Turkije", "TR"), ("Côte d’Ivoire", "CI"), ("Kosovo", "XK"), ("EL", "GR"), ("UK", "GB"), ("uk", "GB")],
)  # fmt: skip
def test_countries_by_code_and_name(cell: str, code: str) -> None:
    info = known()
    assert cells.read_country(cell, info) == code
    assert remarked(info) == (["country_codes"] if cell.upper() in ("EL", "UK") else [])


@pytest.mark.parametrize("cell", ["ZZ", "XX", "EU", "QQ", "Atlantis", "Congo", "N", "SU"])
def test_what_is_no_country_is_refused(cell: str) -> None:
    assert why(cells.read_country, cell) == "not_a_country"


def test_the_codes_of_countries_are_those_of_iso_and_kosovo() -> None:
    codes = set(cells.codes_by_word().values())
    assert len(codes) == 249 + 1
    assert codes >= {"NL", "GB", "GR", "XK", "AX", "TW"}


@pytest.mark.parametrize(
    "word", ["-", "–", "n.v.t.", "N.V.T.", "nvt", "onbekend", "n.b.", "N/A", "?", "tbd", "#N/B", "#NV", "#REF!", "#SPILL!", "#NAAM?", "Err:502", "########"]
)  # fmt: skip
def test_words_for_nothing_and_errors(word: str) -> None:
    assert cells.is_nothing(word)
    assert cells.is_nothing(f" {word} ")


@pytest.mark.parametrize(
    "word", ["Nieuw", "-1", "#metoo", "Err", "Onbekend terrein", "N", "Fout", "no", "nee", "0", "x", "#1 in Europe!"]
)
def test_words_that_are_something(word: str) -> None:
    assert not cells.is_nothing(word)


@pytest.mark.parametrize("cell", ["4,11503E+07", "41150298.0", "2.7E+07", "5e12", "27248698,00", "-1e5"])
def test_an_identifier_that_a_spreadsheet_changed_is_refused(cell: str) -> None:
    with pytest.raises(PydanticCustomError, match="shortened_identifier"):
        cells.read_identifier(cell)


@pytest.mark.parametrize(
    "cell", ["41150298", "NL-KVK-41150298", "00E1", "1e", "v1.0", "2.10.1", "E12", "0015000000Gv7qR"]
)
def test_an_identifier_that_is_none_of_that_is_kept(cell: str) -> None:
    assert cells.read_identifier(cell) == cell


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize(
    "shape", ["{name}", "SDG {n}", "{n}. {name}", "Goal {n}: {name}", "Doel {n} – {name}", "{n}.0"]
)
def test_goals_by_number_and_name(shape: str, language: str) -> None:
    sdgs = TypeAdapter(models.Goals)
    written = {n: shape.format(n=n, name=labels[language]) for n, labels in cells.GOALS.items()}
    assert {n: sdgs.validate_python(cell) for n, cell in written.items()} == {n: [int(n)] for n in written}
    assert sdgs.validate_python(", ".join(written.values())) == [int(n) for n in written]


@pytest.mark.parametrize(
    ("cell", "goals"),
    [
        ("Vrede & veiligheid, Quality education / Gender equality", [16, 4, 5]),
        ("KLIMAATACTIE & SDG 15", [13, 15]),
        ("SDG's 5 en 16", [5, 16]),
        ("3: Climate action", None),
        ("18", None),
        ("16.3", None),
        ("Vriendschap", None),
    ],
)
def test_goals_as_people_write_them(cell: str, goals: list[int] | None) -> None:
    if goals is None:
        with pytest.raises(ValidationError):
            TypeAdapter(models.Goals).validate_python(cell)
    else:
        assert TypeAdapter(models.Goals).validate_python(cell) == goals


# --- the product's own words ---------------------------------------------------------------------------------------

VOCABULARY_OF = {
    ("organisations", "sector"): "sector", ("organisations", "type"): "type", ("organisations", "membership"): "membership",
    ("organisations", "role"): "organisation_role", ("partnerships", "intensity"): "intensity", ("events", "format"): "format",
    ("attendance", "role"): "attendance_role", ("attendance", "status"): "status", ("funding", "category"): "category",
    ("reference", "dimension"): "dimension", ("reference", "measure"): "measure",
}  # fmt: skip
SETTINGS = Settings()
CONTEXT = ingest.context_of_hub(SETTINGS)


@pytest.mark.parametrize(("table", "column"), VOCABULARY_OF)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_word_of_the_dictionary_and_the_pages_is_understood(table: str, column: str, language: str) -> None:
    """The words of a description that lists them, and what pages call the codes."""
    row_type, vocabulary = models.TABLES[table], VOCABULARY_OF[table, column]
    info = row_type.model_fields[column]
    text = str(info.description if language == "en" else models.extra(row_type, column)["nl"])
    # "Kind of source: individuals, companies or other." and "Member or tenant of the hub."
    listed = re.sub(
        r"\(.*?\)|'",
        "",
        text.partition(":")[2]
        if ":" in text and "Leeg" not in text and "Empty" not in text
        else text.partition(".")[0],
    )
    words = [word.strip(" .") for word in re.split(r",| or | of (?!the)", listed)]
    labels = models.VOCABULARIES.get(vocabulary) or CONTEXT["labels"][vocabulary]
    shown = [label for by_language in labels.values() for label in by_language.values()]
    is_list = len(words) > 1 and vocabulary not in ("sector", "type", "organisation_role", "measure", "dimension")
    for word in [*shown, *labels, *(words if is_list else [])]:
        word = re.sub(r" (?:van|of) de hub| of the hub", "", word)
        assert adapter(row_type, column).validate_python(word, context=CONTEXT) is not None, word


@pytest.mark.parametrize("language", ["nl", "en"])
def test_an_indicator_is_known_by_its_name_on_the_page_methods(language: str) -> None:
    from hubdata import methods, texts

    for code in models.INDICATORS:
        if code in methods.EXPLANATIONS:
            name = texts.Text(methods.EXPLANATIONS[code].name).translate(language)
            assert adapter(models.Target, "indicator").validate_python(name, context=CONTEXT) == code


@pytest.mark.parametrize("cell", ["x", "X", "TRUE", "WAAR", "checked", "1", "ok", "ja", "J", "yes", "✓", "✔"])
def test_a_ticked_box_is_yes(cell: str) -> None:
    assert adapter(models.Attendance, "status").validate_python(cell, context=CONTEXT) == "attended"
    assert adapter(models.Organisation, "membership").validate_python(cell, context=CONTEXT) == "member"
    assert adapter(models.Organisation, "role").validate_python(cell, context=CONTEXT) == "convenor"


# --- siblings: the same kinds in other words, other languages and other marks


@pytest.mark.parametrize(
    ("cell", "number"),
    [("1,5 Millionen", 1_500_000), ("1,5 Mio. €", 1_500_000), ("2 milliards", 2e9), ("1,5 Md€", 1.5e9), ("20 Tausend", 20_000), ("45 T€", 45_000),
     ("20 mille", 20_000), ("3 millions d'euros", 3_000_000), ("12 Tsd. €", 12_000), ("2,5 milj. euro", 2_500_000), ("EUR 1,5 million", 1_500_000)],
)  # fmt: skip
def test_amounts_as_neighbours_write_them(cell: str, number: float) -> None:
    assert cells.read_number(cell, None) == number


@pytest.mark.parametrize(
    "cell", ["45 zł", "Fr. 45", "45 Fr.", "SFr 45", "Kč 450", "kr 45", "ƒ 45", "45 fl.", "BEF 4.000", "R$ 45", "DKr 45", "40 DM"]
)  # fmt: skip
def test_money_of_others_is_no_amount_of_ours(cell: str) -> None:
    assert why(cells.read_number, cell) == "not_in_euros"


@pytest.mark.parametrize(
    "cell", ["env. 15", "environ 15", "etwa 15", "rund 15", "hooguit 15", "10 bis 15", "entre 10 et 15", "15 á 20", "?15", "ca. € 45.000", "p.m.", "PM"]
)  # fmt: skip
def test_about_so_much_in_other_words(cell: str) -> None:
    info = known()
    assert why(cells.read_number, cell) == "about_value"
    assert adapter(models.Organisation, "fte").validate_python(cell, context=info.context) is None
    assert remarked(info) == ["about_values"]


@pytest.mark.parametrize(("cell", "count"), [("15 VTE", 15), ("12,5 ETP", 12.5)])
def test_jobs_as_belgians_count_them(cell: str, count: float) -> None:
    assert adapter(models.Organisation, "fte").validate_python(cell) == count


@pytest.mark.parametrize(("cell", "count"), [("3x", 3), ("3 p", 3), ("4 personnes", 4), ("2 leden", 2)])
def test_people_in_other_words(cell: str, count: int) -> None:
    assert adapter(models.Attendance, "people").validate_python(cell) == count


@pytest.mark.parametrize(
    ("heading", "unit"),
    [("Betrag in T€", units.Unit(1e3)), ("Montant en milliers d'euros", units.Unit(1e3)), ("Bedrag (in 1000 euro)", units.Unit(1e3)),
     ("Betrag in Tsd. €", units.Unit(1e3)), ("Bedrag (x 100)", units.Unit(100)), ("Bedrag (x 10.000)", units.Unit(1e4)), ("Bedrag (x100.000)", units.Unit(1e5)),
     ("Bedrag (in centen)", units.Unit(0.01)), ("Bedrag (ƒ)", units.Unit(foreign="ƒ")), ("Bedrag (zł)", units.Unit(foreign="zł")),
     ("Bedrag (Fr.)", units.Unit(foreign="Fr.")), ("Amount (£k)", units.Unit(foreign="£"))],
)  # fmt: skip
def test_a_heading_of_neighbours_says_what_its_numbers_are_in(heading: str, unit: units.Unit) -> None:
    assert units.unit_of(heading) == unit
    assert units.without_unit(heading) in ("Bedrag", "Betrag", "Montant", "Amount")


@pytest.mark.parametrize(
    ("cell", "day"),
    [("31. Januar 2024", (2024, 1, 31)), ("31. Jan. 2024", (2024, 1, 31)), ("1er mars 2024", (2024, 3, 1)), ("3 août 2024", (2024, 8, 3)),
     ("3. März 2024", (2024, 3, 3)), ("jeudi 3 octobre 2024", (2024, 10, 3)), ("Do., 3. Okt. 2024", (2024, 10, 3)), ("3rd of October 2024", (2024, 10, 3)),
     ("3-X-2024", (2024, 10, 3)), ("12.IV.2024", (2024, 4, 12)), ("3 XII '24", (2024, 12, 3)), ("31. 1. 2024", (2024, 1, 31)), ("2024.10.03", (2024, 10, 3)),
     ("ma 1-6-2026", (2026, 6, 1)), ("Mo, 1.6.2026", (2026, 6, 1)), ("le 3 juin 2026", (2026, 6, 3)), ("am 5. Juni 2026", (2026, 6, 5)),
     ("31-1-2024 23u30", (2024, 1, 31)), ("Wed Jan 31 2024 23:30:00 GMT+0000 (Coordinated Universal Time)", (2024, 2, 1))],
)  # fmt: skip
def test_days_as_neighbours_write_them(cell: str, day: tuple[int, int, int]) -> None:
    assert cells.read_date(cell, None) == datetime.date(*day)


@pytest.mark.parametrize(
    ("cell", "first", "last"),
    [("mrt.2021", "2021-03-01", "2021-03-31"), ("mars 2021", "2021-03-01", "2021-03-31"), ("Dez. 2021", "2021-12-01", "2021-12-31"),
     ("Q2/2023", "2023-04-01", "2023-06-30"), ("T2 2023", "2023-04-01", "2023-06-30"), ("2. Quartal 2023", "2023-04-01", "2023-06-30"),
     ("1. Halbjahr 2023", "2023-01-01", "2023-06-30"), ("2023-H2", "2023-07-01", "2023-12-31"), ("Herbst 2022", "2022-09-01", "2022-11-30"),
     ("été 2022", "2022-06-01", "2022-08-31"), ("winter 2022/2023", "2022-12-01", "2023-02-28"), ("hiver 2023-24", "2023-12-01", "2024-02-29")],
)  # fmt: skip
def test_parts_of_a_year_as_neighbours_write_them(cell: str, first: str, last: str) -> None:
    assert [cells.read_first_day(cell, None).isoformat(), cells.read_last_day(cell, None).isoformat()] == [first, last]


@pytest.mark.parametrize(
    ("cell", "period"),
    [("2021/22", ("2021", "2022")), ("2021 bis 2024", ("2021", "2024")), ("de 2021 à 2024", ("2021", "2024")), ("seit 2022", ("2022", "")),
     ("v.a. 2022", ("2022", "")), ("2022 -> 2024", ("2022", "2024")), ("2022 →", ("2022", "")), ("2022 e.v.", ("2022", "")), ("2022 bis heute", ("2022", "")),
     ("schooljaar 2022-2023", ("2022-08", "2023-07")), ("2021-12", None), ("winter 2022", None)],
)  # fmt: skip
def test_periods_as_neighbours_write_them(cell: str, period: tuple[str, str] | None) -> None:
    assert cells.split_period(cell) == period


@pytest.mark.parametrize(
    "cell", ["laufend", "en cours", "unbefristet", "permanent", "bis heute", "31-12-9999", "tot nader order"]
)
def test_what_goes_on_in_other_words(cell: str) -> None:
    assert cells.goes_on(cell)


@pytest.mark.parametrize(
    ("cell", "year"),
    [
        ("opgericht in 1998", 1998),
        ("sinds 1998", 1998),
        ("gegründet 1998", 1998),
        ("Jahr 1998", 1998),
        ("exercice 1998", 1998),
        ("’98", 1998),
    ],
)
def test_a_year_in_a_few_words(cell: str, year: int) -> None:
    assert adapter(models.Organisation, "founded").validate_python(cell) == year


@pytest.mark.parametrize(
    "word", ["(onbekend)", "<null>", "Onbekend.", "n. v. t.", "n/b", "tbc", "n.o.t.k.", "keine Angabe", "nicht bekannt", "non renseigné", "sans objet",
             "néant", "idem", "zie boven", '"', "- -", "−", "\u200b", "#¡REF!", "#¿NOMBRE?", "#FOUT", "#ЗНАЧ!", "Loading..."],
)  # fmt: skip
def test_nothing_and_as_above_in_other_words(word: str) -> None:
    assert cells.is_nothing(word)


@pytest.mark.parametrize(
    "word", ["XX", "ND", "NC", "PM", "Volgtraject", "Non Profit", "O.D.", "Idem Dito BV", "(Open) Data"]
)
def test_names_that_look_like_words_for_nothing(word: str) -> None:
    assert not cells.is_nothing(word)


@pytest.mark.parametrize(
    "text", ["CafĂ©", "Coâ‚¬", "ZГјrich", "вЂ™s-Gravenhage", "Stra√üe", "ΓÇÖs-Gravenhage", "CafŽ", "Co”peratie", "ƒŽn", "ZŸrich", "Cura‡ao", "No‰l",
             "Z¸rich", "Stra▀e", "┼ngstr÷m", "SeÒor", "Co÷peratie", "Caf‚"],
)  # fmt: skip
def test_broken_letters_of_other_kinds(text: str) -> None:
    assert why(lambda cell, _: cells.read_text(cell), text) == "lost_letter"


@pytest.mark.parametrize(
    "text", ["EuroÁfrica", "MijnÉcole", "“Vrede”", "foto‘s", "d‘Or", "Vrede•Recht", "CO²-neutraal", "№5", "GRÂCE", "Łódź", "Žižek", "Dvořák", "Đorđe",
             "Ø", "f–g", "België", "Київ", "Гаага", "ЄС", "½ uur", "±5", "Paral·lel", "N°5", "§5", "kosten–baten"],
)  # fmt: skip
def test_letters_that_are_whole(text: str) -> None:
    assert cells.read_text(text) == text


@pytest.mark.parametrize(
    ("cell", "code"),
    [("Deutschland", "DE"), ("Allemagne", "DE"), ("Pays-Bas", "NL"), ("Niederlande", "NL"), ("Schweiz", "CH"), ("États-Unis", "US"), ("Großbritannien", "GB"),
     ("Côte d'Ivoire", "CI"), ("Elfenbeinküste", "CI"), ("RDC", "CD"), ("UAE", "AE"), ("🇳🇱", "NL"), ("NL - Nederland", "NL"), ("België (BE)", "BE"),
     ("nederland.", "NL"), ("U.K.", "GB"), ("U.S.A.", "US"), ("Wallonië", "BE"), ("Noord-Ierland", "GB")],
)  # fmt: skip
def test_countries_in_german_and_french_and_beside_their_code(cell: str, code: str) -> None:
    assert cells.read_country(cell, None) == code


@pytest.mark.parametrize("cell", ["NL/BE", "NL - België", "wereldwijd", "Kongo", "Guinée Bissau en Mali"])
def test_two_countries_or_none_are_refused(cell: str) -> None:
    assert why(cells.read_country, cell) == "not_a_country"


@pytest.mark.parametrize(
    "cell", ["41,150,298", "2-mrt", "12-Mar", "mrt-12", "NL-KVK-4.12E+07", "x-4e+07", "123456789012345000"]
)
def test_an_identifier_that_a_spreadsheet_made_something_else_is_refused(cell: str) -> None:
    assert why(lambda text, _: cells.read_identifier(text), cell) == "shortened_identifier"


@pytest.mark.parametrize(
    "cell", ["ORG-12", "abc-01", "12-abc", "maart-12", "0123.456.789", "1,2", "1234567890123456", "oxfam-6e688878"]
)
def test_an_identifier_that_looks_like_a_day_and_is_none_is_kept(cell: str) -> None:
    assert cells.read_identifier(cell) == cell


@pytest.mark.parametrize("cell", ["eur.", "EUR (€)", "Euro €"])
def test_the_euro_in_other_ways(cell: str) -> None:
    assert cells.read_currency(cell) == "EUR"


@pytest.mark.parametrize(("cell", "code"), [("oui", "attended"), ("wel", "attended"), ("Ja!", "attended"), ("anwesend", "attended"), ("non", "registered"),
                                            ("nein", "registered"), ("declined", "registered"), ("verhinderd", "registered"), ("Geaccepteerd", "registered")])  # fmt: skip
def test_presence_in_other_words(cell: str, code: str) -> None:
    assert adapter(models.Attendance, "status").validate_python(cell, context=CONTEXT) == code


@pytest.mark.parametrize(
    ("table", "column", "cell", "code"),
    [("funding", "category", "donaties", "individuals"), ("funding", "category", "Stiftung", "nonprofits"), ("funding", "category", "Postcodeloterij", "lotteries"),
     ("funding", "category", "multilateraal", "multilateral"), ("organisations", "sector", "maatschappelijk middenveld", "ngo"),
     ("organisations", "sector", "Denktank", "knowledge"), ("events", "format", "on-site", "in-person"), ("attendance", "role", "moderator", "speaker")],
)  # fmt: skip
def test_words_of_vocabularies_as_people_say_them(table: str, column: str, cell: str, code: str) -> None:
    assert adapter(models.TABLES[table], column).validate_python(cell, context=CONTEXT) == code
