"""One workbook to start with: a sheet per list, headings as people say them, words to choose from, three examples each.

A row of the examples that nobody changed counts for nothing when the workbook is dropped (`is_example`).
"""

import datetime
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from hubdata import models
from hubdata.cells import fold, folded, neutralise
from hubdata.settings import Settings
from hubdata.texts import LANGUAGES, N_, Text

if TYPE_CHECKING:  # what makes workbooks is loaded with the first one: every start of the server would wait for it
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Words = Mapping[str, str]
"""The same in both languages."""


class Sheet(NamedTuple):
    """A sheet of the workbook: the list it is for, and what stands in it."""

    name: Words
    headings: dict[str, tuple[str, str]]
    """Column -> what it is called in Dutch and in English; one of several side by side is `column 1`."""
    examples: Mapping[str, Sequence[tuple[Any, ...]]]
    """Language -> three rows."""


def _side_by_side(column: str, nl: str, en: str, count: int) -> dict[str, tuple[str, str]]:
    return {f"{column} {n}": (f"{nl} {n}", f"{en} {n}") for n in range(1, count + 1)}


_DAY = datetime.date
SHEETS: dict[str, Sheet] = {
    "organisations": Sheet(
        {"nl": "Organisaties", "en": "Organisations"},
        {
            "name": ("Naam", "Name"),
            "sector": ("Sector", "Sector"),
            "type": ("Soort", "Type"),
            "city": ("Plaats", "City"),
            "country": ("Land", "Country"),
            "website": ("Website", "Website"),
            **_side_by_side("themes", "Thema", "Theme", 3),
            "fte": ("FTE", "FTE"),
            "joined_on": ("Lid sinds", "Member since"),
            "left_on": ("Vertrokken op", "Left on"),
            "membership": ("Lidmaatschap", "Membership"),
            "needs": ("Zoekt", "Needs"),
            "offers": ("Biedt", "Offers"),
            "aliases": ("Andere namen", "Aliases"),
        },
        {
            "nl": (
                ("Voorbeeld: Stichting Schelpenpad", "ngo", "foundation", "Den Haag", "NL",
                 "https://example.org/schelpenpad",
                 "Vredesopbouw", "Mensenrechten", "", 12.5, _DAY(2019, 9, 1), "", "member",
                 "digitale vaardigheden", "", "Schelpenpad"),
                ("Voorbeeld: Kennisinstituut Duinlicht", "knowledge", "research-institute", "Den Haag", "NL", "",
                 "Internationaal recht", "", "", 40, _DAY(2021, 1, 1), "", "tenant", "",
                 "onderzoek|vergaderruimte", ""),
                ("Voorbeeld: Strandveld BV", "business", "", "Delft", "NL", "", "", "", "", 5, "", "", "", "", "", ""),
            ),
            "en": (
                ("Example: Shell Path Foundation", "ngo", "foundation", "The Hague", "NL",
                 "https://example.org/shellpath",
                 "Peacebuilding", "Human rights", "", 12.5, _DAY(2019, 9, 1), "", "member",
                 "digital skills", "", "Shell Path"),
                ("Example: Dunelight Institute", "knowledge", "research-institute", "The Hague", "NL", "",
                 "International law", "", "", 40, _DAY(2021, 1, 1), "", "tenant", "", "research|meeting room", ""),
                ("Example: Beachfield Ltd", "business", "", "Delft", "NL", "", "", "", "", 5, "", "", "", "", "", ""),
            ),
        },
    ),
    "partnerships": Sheet(
        {"nl": "Samenwerkingen", "en": "Partnerships"},
        {
            "name": ("Project", "Project"),
            **_side_by_side("organisation_ids", "Partner", "Partner", 6),
            "start_date": ("Begindatum", "Start"),
            "end_date": ("Einddatum", "End"),
            "last_contact": ("Laatste contact", "Last contact"),
            "intensity": ("Intensiteit", "Intensity"),
            "programme": ("Programma", "Programme"),
        },
        {
            "nl": (
                ("Voorbeeld: Veilig water", "Voorbeeld: Stichting Schelpenpad", "Voorbeeld: Kennisinstituut Duinlicht",
                 "Voorbeeld: Strandveld BV", "", "", "", _DAY(2022, 3, 1), _DAY(2024, 2, 29),
                 _DAY(2023, 11, 15), "coordination", ""),
                ("Voorbeeld: Open spreekuur", "Voorbeeld: Stichting Schelpenpad", "Voorbeeld: Strandveld BV",
                 "", "", "", "", _DAY(2023, 1, 1), "", "", "cooperation", ""),
                ("Voorbeeld: Gezamenlijke aanvraag", "Voorbeeld: Kennisinstituut Duinlicht", "Voorbeeld: Strandveld BV",
                 "", "", "", "", _DAY(2024, 5, 1), "", "", "", "Horizon"),
            ),
            "en": (
                ("Example: Safe water", "Example: Shell Path Foundation", "Example: Dunelight Institute",
                 "Example: Beachfield Ltd", "", "", "", _DAY(2022, 3, 1), _DAY(2024, 2, 29),
                 _DAY(2023, 11, 15), "coordination", ""),
                ("Example: Open desk", "Example: Shell Path Foundation", "Example: Beachfield Ltd",
                 "", "", "", "", _DAY(2023, 1, 1), "", "", "cooperation", ""),
                ("Example: Joint proposal", "Example: Dunelight Institute", "Example: Beachfield Ltd",
                 "", "", "", "", _DAY(2024, 5, 1), "", "", "", "Horizon"),
            ),
        },
    ),
    "events": Sheet(
        {"nl": "Bijeenkomsten", "en": "Events"},
        {
            "name": ("Bijeenkomst", "Event"),
            "start_date": ("Datum", "Date"),
            "end_date": ("Einddatum", "End"),
            "kind": ("Soort", "Type"),
            "format": ("Vorm", "Format"),
            "organiser_id": ("Organisator", "Organiser"),
            "venue": ("Locatie", "Venue"),
            "cost": ("Kosten", "Costs"),
        },
        {
            "nl": (
                ("Voorbeeld: Vredesdag", _DAY(2024, 9, 21), _DAY(2024, 9, 22), "conferentie",
                 "in-person", "", "Het Plein", 4500),
                ("Voorbeeld: Lunch met leden", _DAY(2024, 11, 7), "", "ontmoeting", "in-person", "", "", ""),
                ("Voorbeeld: Webinar", _DAY(2025, 2, 13), "", "", "online", "", "", ""),
            ),
            "en": (
                ("Example: Peace day", _DAY(2024, 9, 21), _DAY(2024, 9, 22), "conference", "in-person",
                 "", "The Square", 4500),
                ("Example: Lunch with members", _DAY(2024, 11, 7), "", "meeting", "in-person", "", "", ""),
                ("Example: Webinar", _DAY(2025, 2, 13), "", "", "online", "", "", ""),
            ),
        },
    ),
    "attendance": Sheet(
        {"nl": "Aanwezigheid", "en": "Attendance"},
        {
            "event_id": ("Bijeenkomst", "Event"),
            "organisation_id": ("Organisatie", "Organisation"),
            "role": ("Rol", "Role"),
            "people": ("Aantal mensen", "People"),
            "status": ("Aanwezig", "Present"),
        },
        {
            "nl": (
                ("Voorbeeld: Vredesdag", "Voorbeeld: Stichting Schelpenpad", "host", 3, "attended"),
                ("Voorbeeld: Vredesdag", "Voorbeeld: Kennisinstituut Duinlicht", "speaker", 1, "attended"),
                ("Voorbeeld: Vredesdag", "Voorbeeld: Strandveld BV", "participant", 2, "registered"),
            ),
            "en": (
                ("Example: Peace day", "Example: Shell Path Foundation", "host", 3, "attended"),
                ("Example: Peace day", "Example: Dunelight Institute", "speaker", 1, "attended"),
                ("Example: Peace day", "Example: Beachfield Ltd", "participant", 2, "registered"),
            ),
        },
    ),
    "funding": Sheet(
        {"nl": "Inkomsten", "en": "Funding"},
        {
            "organisation_id": ("Organisatie", "Organisation"),
            "year": ("Jaar", "Year"),
            "donor": ("Geldgever", "Donor"),
            "programme": ("Programma", "Programme"),
            "category": ("Bron", "Category"),
            "amount": ("Bedrag in euro", "Amount EUR"),
        },
        {
            "nl": (
                ("Voorbeeld: Stichting Schelpenpad", 2024, "Voorbeeld: Fonds Zeewind", "Vredesfonds",
                 "nonprofits", 50000),
                ("Voorbeeld: Stichting Schelpenpad", 2024, "", "", "earned", 12500),
                ("Voorbeeld: Kennisinstituut Duinlicht", 2024, "Voorbeeld: Gemeente Duindorp", "", "government", 90000),
            ),
            "en": (
                ("Example: Shell Path Foundation", 2024, "Example: Seawind Fund", "Peace fund", "nonprofits", 50000),
                ("Example: Shell Path Foundation", 2024, "", "", "earned", 12500),
                ("Example: Dunelight Institute", 2024, "Example: City of Dunes", "", "government", 90000),
            ),
        },
    ),
    "accounts": Sheet(
        {"nl": "Jaarcijfers", "en": "Accounts"},
        {
            "organisation_id": ("Organisatie", "Organisation"),
            "year": ("Jaar", "Year"),
            "total_income": ("Totale baten", "Total income"),
            "expenditure": ("Totale lasten", "Total expenditure"),
            "reserves": ("Reserves", "Reserves"),
            "fte": ("FTE", "FTE"),
        },
        {
            "nl": (
                ("Voorbeeld: Stichting Schelpenpad", 2024, 150000, 140000, 35000, 12.5),
                ("Voorbeeld: Stichting Schelpenpad", 2023, 120000, 125000, 25000, 11),
                ("Voorbeeld: Kennisinstituut Duinlicht", 2024, 900000, "", "", 40),
            ),
            "en": (
                ("Example: Shell Path Foundation", 2024, 150000, 140000, 35000, 12.5),
                ("Example: Shell Path Foundation", 2023, 120000, 125000, 25000, 11),
                ("Example: Dunelight Institute", 2024, 900000, "", "", 40),
            ),
        },
    ),
}  # fmt: skip
"""The lists that people keep by hand, in the order of the sheets. The others are in the data dictionary."""
ROWS = 2000
"""So many rows have words to choose from."""
EXPLAINED = {"nl": "Uitleg", "en": "Read me"}
CHOICES = {"nl": "Keuzes", "en": "Choices"}


def workbook(settings: Settings, language: str) -> bytes:
    """The workbook to fill in, with the words of this hub to choose from."""
    return _Book(settings, language).content()


def is_example(header: Sequence[str], row: Sequence[str]) -> bool:
    """Whether a row of a list is an example of the workbook that nobody changed."""
    filled = {(folded(heading), fold(cell)) for heading, cell in zip(header, row, strict=True) if cell.strip()}
    return frozenset(filled) in _EXAMPLES


class _Book:
    """A workbook being made: its file in memory, its formats and the words to choose from."""

    def __init__(self, settings: Settings, language: str) -> None:
        import xlsxwriter

        self.settings, self.language = settings, language
        self.bytes = io.BytesIO()
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self.book = xlsxwriter.Workbook(self.bytes, options)
        self.book.set_properties({"created": datetime.datetime(2026, 1, 1)})  # the same words give the same file
        self.needed = self._format(bold=True, bg_color="#154273", font_color="#FFFFFF")
        self.heading = self._format(bold=True, bg_color="#DCE6F2")
        self.plain, self.wrapped = self._format(), self._format(text_wrap=True)
        self.day = self._format(num_format="dd-mm-yyyy")
        self.example = self._format(italic=True, font_color="#5F5F5F")
        self.example_day = self._format(italic=True, font_color="#5F5F5F", num_format="dd-mm-yyyy")
        self.title = self._format(bold=True, font_size=14)

    def _format(self, **how: object) -> "Format":
        return self.book.add_format({"font_name": "Calibri", "valign": "top", **how})

    def content(self) -> bytes:
        self._explain(self.book.add_worksheet(EXPLAINED[self.language]))
        sheets = {name: self.book.add_worksheet(sheet.name[self.language]) for name, sheet in SHEETS.items()}
        self.choices = self.book.add_worksheet(CHOICES[self.language])
        self.choices.hide()
        self.ranges: dict[str, str] = {}
        for name, sheet in sheets.items():
            self._list(sheet, name)
        self.book.close()
        return self.bytes.getvalue()

    def _explain(self, sheet: "Worksheet") -> None:
        """The first sheet: how to fill in the others, and what each column is."""
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, 1, 90)
        sheet.write_string(0, 0, self._said(Text(N_("How to fill in this workbook"))), self.title)
        row = 2
        for line in (
            N_("One sheet per list, one row per thing. A sheet that you do not need can stay as it is."),
            N_("Dark headings have to be filled in; an empty cell elsewhere means that it is not known."),
            N_("The rows in grey are examples: write over them or leave them, unchanged they do not count."),
            N_("Write names as in the sheet with organisations; most cells offer words to choose from."),
            N_("Several needs, offers or names in one cell: put | between them."),
            N_("No names, telephone numbers or e-mail addresses of people: those are never stored."),
            N_("Ready? Drop the file on the page Data. Nothing is loaded before you say so."),
        ):
            sheet.write_string(row, 1, self._said(Text(line)), self.wrapped)
            row += 1
        for name, part in SHEETS.items():
            row += 1
            sheet.write_string(row, 0, part.name[self.language], self.title)
            for column in part.headings:
                row += 1
                sheet.write_string(row, 0, self._heading(name, column), self.plain)
                sheet.write_string(row, 1, self._meaning(name, column), self.wrapped)
            row += 1

    def _list(self, sheet: "Worksheet", name: str) -> None:
        """The sheet of one list: its headings, three examples, and the words that its cells may be."""
        part, row_type = SHEETS[name], models.TABLES[name]
        for place, column in enumerate(part.headings):
            field = column.split(" ")[0]
            kind = models.plain_type(row_type.model_fields[field].annotation)
            is_needed = models.is_required(row_type, field) and column[-1] not in "3456"
            is_day = kind is datetime.date
            sheet.set_column(
                place, place, 30 if "name" in column or field.endswith("ids") else 18, self.day if is_day else None
            )
            sheet.write_string(0, place, self._heading(name, column), self.needed if is_needed else self.heading)
            chosen = self._choices_of(name, field)
            about = {
                "input_title": self._heading(name, column)[:32],
                "input_message": self._meaning(name, column)[:255],
            }
            # Another word may be written too: it is asked about when the file is dropped.
            offered = (
                {"validate": "list", "source": chosen, "error_type": "information"} if chosen else {"validate": "any"}
            )
            sheet.data_validation(1, place, ROWS, place, {**offered, **about, "ignore_blank": True})
        places = {self._heading(name, column): place for place, column in enumerate(part.headings)}
        for below, row in enumerate(part.examples[self.language], start=1):
            for heading, cell in _filled(name, self.language, row).items():
                place = places[heading]
                if isinstance(cell, datetime.date):
                    sheet.write_datetime(
                        below, place, datetime.datetime.combine(cell, datetime.time()), self.example_day
                    )
                elif isinstance(cell, int | float):
                    sheet.write_number(below, place, cell, self.example)
                else:
                    sheet.write_string(below, place, cell, self.example)
        sheet.freeze_panes(1, 1)

    def _choices_of(self, name: str, column: str) -> str:
        """Where the words stand that a column may hold, as Excel refers to it; "" when any will do."""
        refers_to = models.extra(models.TABLES[name], column)["refers_to"]
        if refers_to:
            return f"='{SHEETS[refers_to].name[self.language]}'!$A$2:$A${ROWS + 1}"
        words = sorted(_labels(self.settings, name, column, self.language).values())
        if not words:
            return ""
        if column not in self.ranges:
            place = len(self.ranges)
            for row, word in enumerate(words):
                self.choices.write_string(row, place, neutralise(word))
            from xlsxwriter.utility import xl_col_to_name

            letter = xl_col_to_name(place)
            self.ranges[column] = f"='{CHOICES[self.language]}'!${letter}$1:${letter}${len(words)}"
        return self.ranges[column]

    def _heading(self, name: str, column: str) -> str:
        return SHEETS[name].headings[column][LANGUAGES.index(self.language)]

    def _meaning(self, name: str, column: str) -> str:
        row_type, field = models.TABLES[name], column.split(" ")[0]
        meant = (
            models.extra(row_type, field)["nl"] if self.language == "nl" else row_type.model_fields[field].description
        )
        return str(meant)

    def _said(self, text: Text) -> str:
        return text.translate(self.language)


def _labels(settings: Settings, name: str, column: str, language: str) -> dict[str, str]:
    """Code -> label of the vocabulary of a column; none when it takes any word."""
    if name == "organisations" and column == "type":
        return {code: str(getattr(label, language)) for code, label in settings.types.items()}
    of_hub = {"sector": settings.sectors, "themes": settings.themes}.get(column)
    if of_hub is not None:
        return {code: label[language] for code, label in of_hub.items()}
    role = "organisation_role" if name == "organisations" else "attendance_role"
    known = models.VOCABULARIES.get(role if column == "role" else column, {})
    return {code: label[language] for code, label in known.items()}


def _filled(name: str, language: str, row: Sequence[Any]) -> dict[str, Any]:
    """Heading -> cell of an example. Words are our own, whatever those of the hub: it is known again for ever."""
    sheet, filled = SHEETS[name], {}
    for (column, headings), cell in zip(sheet.headings.items(), row, strict=True):
        if cell != "":
            word = _labels(Settings(), name, column.split(" ")[0], language).get(cell, cell)
            filled[headings[LANGUAGES.index(language)]] = word
    return filled


_EXAMPLES = frozenset(
    frozenset((folded(heading), fold(str(cell))) for heading, cell in _filled(name, language, row).items())
    for name, sheet in SHEETS.items()
    for language, rows in sheet.examples.items()
    for row in rows
)
"""Every example as it is read again: folded headings with folded cells."""
