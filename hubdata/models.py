"""The rows a drop may hold: the only place where a column is named, typed and explained.

A cell arrives as text and is either understood exactly or refused: nothing is coerced. Each refusal carries a short
code (`not_a_date`, `unknown_code`, ...); `ingest.py` turns the code into a sentence in the reader's language.
From these models come the tables of a snapshot (`store.py`), the data dictionary and the templates (`dictionary.py`).

Vocabularies that differ from hub to hub (sectors, types, themes) are not known here: they come in as the validation
context `{"codes": {"sector": {"ngo": "ngo", "maatschappelijke organisatie": "ngo", ...}}}`, where the keys are folded
with `fold` and a missing or empty vocabulary accepts every text.
"""

import datetime
import re
import types
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

Labels = Mapping[str, Mapping[str, str]]
"""A vocabulary: code -> language -> label."""

VOCABULARIES: dict[str, Labels] = {
    "membership": {
        "none": {"nl": "Geen lid", "en": "No member"},
        "member": {"nl": "Lid", "en": "Member"},
        "tenant": {"nl": "Huurder", "en": "Tenant"},
    },
    "organisation_role": {"convenor": {"nl": "Verbinder", "en": "Convenor"}},
    "intensity": {
        "awareness": {"nl": "Kennen elkaar", "en": "Awareness"},
        "cooperation": {"nl": "Werken samen", "en": "Cooperation"},
        "coordination": {"nl": "Stemmen hun werk af", "en": "Coordination"},
        "integration": {"nl": "Werken als één", "en": "Integration"},
    },
    "format": {
        "in-person": {"nl": "Op locatie", "en": "In person"},
        "online": {"nl": "Online", "en": "Online"},
        "hybrid": {"nl": "Hybride", "en": "Hybrid"},
    },
    "attendance_role": {
        "host": {"nl": "Gastheer", "en": "Host"},
        "speaker": {"nl": "Spreker", "en": "Speaker"},
        "participant": {"nl": "Deelnemer", "en": "Participant"},
    },
    "status": {
        "registered": {"nl": "Aangemeld", "en": "Registered"},
        "attended": {"nl": "Aanwezig", "en": "Attended"},
    },
    "category": {
        "individuals": {"nl": "Particulieren", "en": "Individuals"},
        "companies": {"nl": "Bedrijven", "en": "Companies"},
        "lotteries": {"nl": "Loterijen", "en": "Lotteries"},
        "government": {"nl": "Nederlandse overheid", "en": "Dutch government"},
        "multilateral": {"nl": "EU en VN", "en": "EU and UN"},
        "nonprofits": {"nl": "Organisaties zonder winstdoel", "en": "Nonprofits"},
        "earned": {"nl": "Eigen inkomsten", "en": "Earned income"},
        "other": {"nl": "Overig", "en": "Other"},
    },
    "dimension": {
        "sector": {"nl": "Sector", "en": "Sector"},
        "theme": {"nl": "Thema", "en": "Theme"},
    },
    "measure": {
        "organisations": {"nl": "Organisaties", "en": "Organisations"},
        "jobs": {"nl": "Banen", "en": "Jobs"},
    },
}
"""The vocabularies that are the same in every hub."""


def fold(text: str) -> str:
    """Text as it is compared: without case, accents and surplus white space.

    >>> fold("  Café  de VREDE ")
    'cafe de vrede'
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(plain.casefold().split())


def empty_to_none(cell: Any) -> Any:
    """An empty cell means "not known"."""
    return None if isinstance(cell, str) and not cell.strip() else cell


def split_list(cell: Any) -> Any:
    """The items of a list cell, separated by `|` or `;`, without empties and repeats, in the order given.

    >>> split_list("water | peace;water")
    ['water', 'peace']
    """
    if not isinstance(cell, str):
        return cell
    items = (item.strip() for item in re.split(r"[|;]", cell))
    return list(dict.fromkeys(item for item in items if item)) or None


def read_number(cell: Any) -> Any:
    """A number written with a decimal point; anything else is refused, never read as something near."""
    if not isinstance(cell, str):
        return cell
    if not re.fullmatch(r"[+-]?\d{1,15}(\.\d+)?", cell.strip(), re.ASCII):
        raise PydanticCustomError("not_a_number", "not a number")
    return float(cell)


def read_integer(cell: Any) -> Any:
    """A whole number."""
    if not isinstance(cell, str):
        return cell
    if not re.fullmatch(r"[+-]?\d{1,9}", cell.strip(), re.ASCII):
        raise PydanticCustomError("not_a_whole_number", "not a whole number")
    return int(cell)


def read_date(cell: Any) -> Any:
    """A calendar day written as `2024-01-31`."""
    if not isinstance(cell, str):
        return cell
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell.strip(), re.ASCII):
        raise PydanticCustomError("not_a_date", "not a date")
    try:
        return datetime.date.fromisoformat(cell.strip())
    except ValueError:
        raise PydanticCustomError("not_a_date", "not a date") from None


def read_text(cell: Any) -> Any:
    """Text without surrounding white space and without control characters, at most 500 characters."""
    if not isinstance(cell, str):
        return cell
    text = cell.strip()
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in text):
        raise PydanticCustomError("control_character", "a character that cannot be shown")
    if len(text) > 500:
        raise PydanticCustomError("too_long", "longer than {limit} characters", {"limit": 500})
    return text


def read_identifier(cell: Any) -> Any:
    """An identifier: text without spaces, at most 64 characters; leading zeros are kept."""
    text = read_text(cell)
    if isinstance(text, str) and (len(text) > 64 or re.search(r"[\s|;]", text)):
        raise PydanticCustomError("not_an_identifier", "not an identifier")
    return text


def read_website(cell: Any) -> Any:
    """A web address; only http and https, since pages make links of it."""
    text = read_text(cell)
    if isinstance(text, str) and not re.fullmatch(r"(https?://)?[^\s/:@]+\.[^\s/:@]+(/\S*)?", text, re.IGNORECASE):
        raise PydanticCustomError("not_a_website", "not a web address")
    return text


def read_country(cell: Any) -> Any:
    """A country as its ISO 3166 alpha-2 code, in capitals."""
    if not isinstance(cell, str):
        return cell
    code = cell.strip().upper()
    if not re.fullmatch("[A-Z]{2}", code):
        raise PydanticCustomError("not_a_country", "not a country code")
    return code


def read_code(vocabulary: str) -> BeforeValidator:
    """A validator that turns a code, or one of its labels, into the code of `vocabulary`."""

    def read(cell: Any, info: ValidationInfo) -> Any:
        text = read_text(cell)
        if not isinstance(text, str):
            return text
        codes = known_codes(vocabulary, info.context)
        if not codes:
            return text
        if fold(text) not in codes:
            context = {"vocabulary": vocabulary, "codes": sorted(set(codes.values()))}
            raise PydanticCustomError("unknown_code", "not one of the codes", context)
        return codes[fold(text)]

    return BeforeValidator(read)


def label_index(labels: Labels) -> dict[str, str]:
    """Folded code or label -> code, for one vocabulary."""
    index = {fold(label): code for code, by_language in labels.items() for label in by_language.values()}
    return index | {fold(code): code for code in labels}


INDICATORS = (
    "density",
    "mean_degree",
    "median_degree",
    "isolates",
    "cross_sector_share",
    "structural_share",
    "fading_share",
    "effective_sectors",
    "median_top_donor_share",
    "exposed_share",
    "public_share",
    "government_share",
    "earned_share",
    "donor_hhi",
    "effective_donors",
    "repeat_share",
    "cross_sector_encounters",
    "conversion",
)
"""The figures for which a target can be set: names of the indicators."""

FIXED_CODES = {name: label_index(labels) for name, labels in VOCABULARIES.items()}
FIXED_CODES["indicator"] = {name: name for name in INDICATORS}


def known_codes(vocabulary: str, context: Any) -> Mapping[str, str]:
    """Folded code or label -> code. Empty when every text is accepted."""
    if vocabulary in FIXED_CODES:
        return FIXED_CODES[vocabulary]
    codes: Mapping[str, str] = (context or {}).get("codes", {}).get(vocabulary, {})
    return codes


def at_least(lowest: float) -> Any:
    """A bound whose refusal says what the lowest value is."""
    return Field(ge=lowest)


Text = Annotated[str, BeforeValidator(read_text)]
Identifier = Annotated[str, BeforeValidator(read_identifier)]
Website = Annotated[str, BeforeValidator(read_website)]
Country = Annotated[str, BeforeValidator(read_country)]
Number = Annotated[float, BeforeValidator(read_number)]
Integer = Annotated[int, BeforeValidator(read_integer)]
Date = Annotated[datetime.date, BeforeValidator(read_date)]
Year = Annotated[int, BeforeValidator(read_integer), Field(ge=1000, le=2100)]
Share = Annotated[float, BeforeValidator(read_number), Field(ge=0, le=1)]
Euro = Annotated[float, BeforeValidator(read_number), Field(ge=0)]
Texts = Annotated[list[Text], BeforeValidator(split_list)]
Identifiers = Annotated[list[Identifier], BeforeValidator(split_list)]


def column(
    nl: str, en: str, *, example: str = "", default: Any = None, made_from: str = "", refers_to: str = ""
) -> Any:
    """One column: what it means in both languages, an example, and what makes it special.

    `default=...` makes the column required. `made_from` says in English what an identifier is made from when it is
    left out. `refers_to` names the table whose identifier (or name) the cell holds.
    """
    extra: dict[str, Any] = {"nl": nl, "example": example, "made_from": made_from, "refers_to": refers_to}
    return Field(default=default, description=en, json_schema_extra=extra)


class Row(BaseModel):
    """One row of one table. Frozen: a row that was accepted is never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)

    table: ClassVar[str]
    """Name of the table and of its file."""
    grain: ClassVar[dict[str, str]]
    """What one row is, in nl and en."""
    key: ClassVar[tuple[str, ...]]
    """The columns that together name a row; two rows may not share them. Empty when any two rows may be alike."""

    @model_validator(mode="before")
    @classmethod
    def _empty_cells_are_unknown(cls, cells: Any) -> Any:
        if not isinstance(cells, dict):
            return cells
        known = {name: empty_to_none(cell) for name, cell in cells.items()}
        return {name: cell for name, cell in known.items() if cell is not None}

    def key_values(self) -> tuple[Any, ...]:
        """The values of `key`, texts folded."""
        values = (getattr(self, name) for name in self.key)
        return tuple(fold(value) if isinstance(value, str) else value for value in values)


def _in_order(first: datetime.date | None, last: datetime.date | None, column_name: str) -> None:
    """Refuse an end before its start."""
    if first and last and last < first:
        context = {"column": column_name, "start": first.isoformat()}
        raise PydanticCustomError("ends_before_start", "ends before it starts", context)


class Organisation(Row):
    table = "organisations"
    grain = {"nl": "één organisatie", "en": "one organisation"}
    key = ("organisation_id",)

    organisation_id: Identifier = column(
        "Vast kenmerk van de organisatie, liefst een org-id. Mag leeg blijven: dan maken wij het van de naam.",
        "Lasting identifier, preferably from org-id.guide. May be left out: it is then made from the name.",
        example="NL-KVK-41150298",
        default=...,
        made_from="name",
    )
    name: Text = column(
        "Naam van de organisatie.", "Name of the organisation.", example="Stichting Vredeswerk", default=...
    )
    sector: Annotated[str, read_code("sector")] = column(
        "Sector: de code, de naam ervan, of een type dat bij de sector hoort.",
        "Sector: its code, its label, or a type that belongs to it.",
        example="ngo",
        default=...,
    )
    type: Annotated[str, read_code("type")] | None = column(
        "Soort organisatie: code of naam.", "Kind of organisation: code or label.", example="foundation"
    )
    city: Text | None = column("Plaats.", "City or town.", example="Den Haag")
    country: Country | None = column("Land, als code van twee letters.", "Country, as a two-letter code.", example="NL")
    website: Website | None = column("Webadres.", "Web address.", example="https://example.org")
    themes: Annotated[list[Annotated[str, read_code("theme")]], BeforeValidator(split_list)] | None = column(
        "Thema's waar zij aan werkt.", "Themes it works on.", example="peacebuilding|human-rights"
    )
    sdgs: (
        Annotated[
            list[Annotated[int, BeforeValidator(read_integer), Field(ge=1, le=17)]],
            BeforeValidator(split_list),
        ]
        | None
    ) = column(
        "Duurzame ontwikkelingsdoelen, als nummers van 1 tot en met 17.",
        "Sustainable Development Goals, as numbers from 1 to 17.",
        example="16|17",
    )
    countries: Annotated[list[Country], BeforeValidator(split_list)] | None = column(
        "Landen waar zij werkt, als codes van twee letters.",
        "Countries where it works, as two-letter codes.",
        example="NL|UA|KE",
    )
    fte: Annotated[Number, at_least(0)] | None = column(
        "Banen, in fte.", "Jobs, in full-time equivalents.", example="12.5"
    )
    founded: Year | None = column("Jaar van oprichting.", "Year it was founded.", example="1998")
    joined_on: Date | None = column(
        "Eerste dag in het netwerk. Leeg: altijd al.",
        "First day in the ecosystem. Empty: always.",
        example="2019-09-01",
    )
    left_on: Date | None = column(
        "Laatste dag in het netwerk. Leeg: nog steeds.",
        "Last day in the ecosystem. Empty: still there.",
        example="",
    )
    membership: Annotated[str, read_code("membership")] | None = column(
        "Lid of huurder van de hub.", "Member or tenant of the hub.", example="member"
    )
    role: Annotated[str, read_code("organisation_role")] | None = column(
        "Vul 'convenor' in voor wie anderen bij elkaar brengt (de gemeente, de hub).",
        "'convenor' for whoever brings others together (the municipality, the hub).",
        example="",
    )
    digital_maturity: Annotated[int, BeforeValidator(read_integer), Field(ge=1, le=5)] | None = column(
        "Hoe digitaal zij is: 1 (begin) tot en met 5 (ver).",
        "Digital maturity: 1 (starting) to 5 (far).",
        example="3",
    )
    needs: Texts | None = column("Wat zij zoekt.", "What it needs.", example="digital-skills")
    offers: Texts | None = column("Wat zij te bieden heeft.", "What it offers.", example="office-space")
    reserves: Euro | None = column("Reserves, in euro.", "Reserves, in euros.", example="150000")

    @model_validator(mode="after")
    def _dates_in_order(self) -> "Organisation":
        _in_order(self.joined_on, self.left_on, "left_on")
        return self


class Partnership(Row):
    table = "partnerships"
    grain = {
        "nl": "één afspraak tussen twee of meer organisaties",
        "en": "one agreement between two or more organisations",
    }
    key = ("partnership_id",)

    partnership_id: Identifier = column(
        "Vast kenmerk van de afspraak. Mag leeg blijven.",
        "Lasting identifier. May be left out.",
        example="water-for-peace",
        default=...,
        made_from="organisations and start",
    )
    name: Text | None = column("Naam van de afspraak.", "Name of the agreement.", example="Water for peace")
    organisation_ids: Identifiers = column(
        "De organisaties, als kenmerk of naam. Of gebruik de kolommen organisation_a en organisation_b.",
        "The organisations, by identifier or name. Or use the columns organisation_a and organisation_b.",
        example="NL-KVK-41150298|NL-KVK-27248698",
        default=...,
        refers_to="organisations",
    )
    start_date: Date = column("Eerste dag.", "First day.", example="2022-03-01", default=...)
    end_date: Date | None = column(
        "Laatste dag. Leeg: loopt door.", "Last day. Empty: it goes on.", example="2024-02-29"
    )
    first_recorded: Date | None = column(
        "Dag waarop u dit voor het eerst opschreef, als het toen al liep.",
        "Day it was first written down, if it existed before.",
        example="2022-06-01",
    )
    last_contact: Date | None = column(
        "Laatste dag waarop er contact was.", "Last day on which there was contact.", example="2023-11-15"
    )
    intensity: Annotated[str, read_code("intensity")] = column(
        "Hoe sterk: awareness, cooperation, coordination of integration.",
        "How strong: awareness, cooperation, coordination or integration.",
        example="coordination",
        default="cooperation",
    )
    kind: Text | None = column("Soort afspraak.", "Kind of agreement.", example="project")
    themes: Annotated[list[Annotated[str, read_code("theme")]], BeforeValidator(split_list)] | None = column(
        "Thema's.", "Themes.", example="peacebuilding"
    )
    programme: Text | None = column(
        "Programma waar het onder valt.", "Programme it is part of.", example="Horizon 2020"
    )
    event_id: Identifier | None = column(
        "Bijeenkomst waar het uit voortkwam, als kenmerk of naam.",
        "The event it came from, by identifier or name.",
        example="",
        refers_to="events",
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> "Partnership":
        if len(self.organisation_ids) < 2:
            raise PydanticCustomError("fewer_than_two", "fewer than two organisations", {"column": "organisation_ids"})
        _in_order(self.start_date, self.end_date, "end_date")
        return self


class Event(Row):
    table = "events"
    grain = {"nl": "één bijeenkomst", "en": "one event"}
    key = ("event_id",)

    event_id: Identifier = column(
        "Vast kenmerk van de bijeenkomst. Mag leeg blijven.",
        "Lasting identifier. May be left out.",
        example="peace-day-2024",
        default=...,
        made_from="name and date",
    )
    name: Text = column("Naam van de bijeenkomst.", "Name of the event.", example="Just Peace Day", default=...)
    start_date: Date = column("Eerste dag.", "First day.", example="2024-09-21", default=...)
    end_date: Date | None = column("Laatste dag.", "Last day.", example="")
    kind: Text | None = column("Soort bijeenkomst.", "Kind of event.", example="conference")
    format: Annotated[str, read_code("format")] | None = column(
        "Op locatie, online of hybride.", "In person, online or hybrid.", example="in-person"
    )
    organiser_id: Identifier | None = column(
        "Wie het organiseert, als kenmerk of naam.",
        "Who organises it, by identifier or name.",
        example="",
        refers_to="organisations",
    )
    venue: Text | None = column("Plaats.", "Place.", example="Humanity Hub")
    themes: Annotated[list[Annotated[str, read_code("theme")]], BeforeValidator(split_list)] | None = column(
        "Thema's.", "Themes.", example="peacebuilding"
    )
    cost: Euro | None = column("Kosten, in euro.", "Cost, in euros.", example="4500")

    @model_validator(mode="after")
    def _dates_in_order(self) -> "Event":
        _in_order(self.start_date, self.end_date, "end_date")
        return self


class Attendance(Row):
    table = "attendance"
    grain = {"nl": "één organisatie op één bijeenkomst", "en": "one organisation at one event"}
    key = ("event_id", "organisation_id")

    event_id: Identifier = column(
        "De bijeenkomst, als kenmerk of naam.",
        "The event, by identifier or name.",
        example="peace-day-2024",
        default=...,
        refers_to="events",
    )
    organisation_id: Identifier = column(
        "De organisatie, als kenmerk of naam.",
        "The organisation, by identifier or name.",
        example="NL-KVK-41150298",
        default=...,
        refers_to="organisations",
    )
    role: Annotated[str, read_code("attendance_role")] | None = column(
        "Gastheer, spreker of deelnemer.", "Host, speaker or participant.", example="participant"
    )
    people: Annotated[Integer, at_least(1)] | None = column("Met hoeveel mensen.", "With how many people.", example="2")
    status: Annotated[str, read_code("status")] = column(
        "Aangemeld of aanwezig. Leeg: aanwezig.",
        "Registered or attended. Empty: attended.",
        example="attended",
        default="attended",
    )


class Funding(Row):
    table = "funding"
    grain = {
        "nl": "één organisatie, jaar, geldgever en programma",
        "en": "one organisation, year, donor and programme",
    }
    key = ("organisation_id", "year", "donor", "donor_id", "programme", "category")

    organisation_id: Identifier = column(
        "Wie het geld kreeg, als kenmerk of naam.",
        "Who received the money, by identifier or name.",
        example="NL-KVK-41150298",
        default=...,
        refers_to="organisations",
    )
    year: Year = column("Kalenderjaar.", "Calendar year.", example="2023", default=...)
    donor: Text | None = column(
        "Wie het geld gaf (de geldgever). Alleen leeg bij eigen inkomsten.",
        "Who gave the money. Empty for earned income only.",
        example="Ministry of Foreign Affairs",
    )
    donor_id: Identifier | None = column(
        "Vast kenmerk van de geldgever; gelijk aan organisation_id als die zelf in de lijst staat.",
        "Lasting identifier of the donor; its organisation_id when the donor is itself in the data.",
        example="",
    )
    programme: Text | None = column("Programma of regeling.", "Programme or scheme.", example="Peace fund")
    category: Annotated[str, read_code("category")] = column(
        "Soort bron: particulieren, bedrijven, loterijen, overheid, EU en VN, organisaties zonder winstdoel, "
        "eigen inkomsten of overig.",
        "Kind of source: individuals, companies, lotteries, government, multilateral, nonprofits, earned or other.",
        example="government",
        default=...,
    )
    amount: Euro = column(
        "Bedrag in dat jaar, in euro.", "Amount in that year, in euros.", example="50000", default=...
    )
    currency: Text | None = column("EUR of leeg. Iets anders kan niet.", "EUR or empty. Nothing else.", example="EUR")

    @model_validator(mode="after")
    def _makes_sense(self) -> "Funding":
        if self.currency and self.currency.upper() != "EUR":
            raise PydanticCustomError("not_in_euros", "not in euros", {"column": "currency"})
        if self.donor is None and self.category != "earned":
            raise PydanticCustomError("donor_missing", "the donor is missing", {"column": "donor"})
        return self


class Reference(Row):
    table = "reference"
    grain = {"nl": "één sector of thema in de vergelijking", "en": "one sector or theme of the reference"}
    key = ("dimension", "code", "measure", "year")

    dimension: Annotated[str, read_code("dimension")] = column(
        "sector of theme.", "sector or theme.", example="sector", default=...
    )
    code: Text = column("Code van de sector of het thema.", "Code of the sector or theme.", example="ngo", default=...)
    measure: Annotated[str, read_code("measure")] = column(
        "Waar het aandeel over gaat: organisations of jobs.",
        "What the share is of: organisations or jobs.",
        example="organisations",
        default="organisations",
    )
    share: Share = column("Aandeel, van 0 tot 1.", "Share, from 0 to 1.", example="0.25", default=...)
    year: Year | None = column("Jaar.", "Year.", example="2024")
    source: Text = column("Waar het cijfer vandaan komt.", "Where the figure comes from.", example="CBS", default=...)

    @field_validator("code")
    @classmethod
    def _is_a_code_of_the_dimension(cls, code: str, info: ValidationInfo) -> str:
        codes = known_codes(info.data.get("dimension", ""), info.context)
        if codes and fold(code) not in codes:
            context = {"vocabulary": info.data["dimension"], "codes": sorted(set(codes.values()))}
            raise PydanticCustomError("unknown_code", "not one of the codes", context)
        return codes.get(fold(code), code)


class Target(Row):
    table = "targets"
    grain = {"nl": "één doel op één dag", "en": "one target on one day"}
    key = ("indicator", "date")

    indicator: Annotated[str, read_code("indicator")] = column(
        "Naam van het cijfer, zoals op de pagina Uitleg.",
        "Name of the indicator, as on the Methods page.",
        example="density",
        default=...,
    )
    date: Date = column("Dag waarop het doel geldt.", "Day of the target.", example="2027-12-31", default=...)
    value: Number = column(
        "De waarde; een aandeel van 0 tot 1.", "The value; a share from 0 to 1.", example="0.12", default=...
    )
    note: Text | None = column("Toelichting.", "Note.", example="")


TABLES: dict[str, type[Row]] = {
    row.table: row for row in (Organisation, Event, Partnership, Attendance, Funding, Reference, Target)
}
"""Every table, in the order in which rows may refer to earlier ones."""


def is_required(row: type[Row], name: str) -> bool:
    """Whether a file must have the column: identifiers that we make ourselves may be left out."""
    field = row.model_fields[name]
    return field.is_required() and not extra(row, name)["made_from"]


def extra(row: type[Row], name: str) -> dict[str, Any]:
    """What `column` noted of a field beside its English description."""
    noted = row.model_fields[name].json_schema_extra
    assert isinstance(noted, dict)
    return noted


def plain_type(annotation: Any) -> Any:
    """The Python type inside `Annotated` and `| None`: `float`, `int`, `date`, `str`, `list[str]` or `list[int]`.

    >>> plain_type(Annotated[float, "anything"] | None)
    <class 'float'>
    """
    if get_origin(annotation) is Annotated:
        return plain_type(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return plain_type(next(part for part in get_args(annotation) if part is not type(None)))
    if get_origin(annotation) is list:
        return list[plain_type(get_args(annotation)[0])]  # type: ignore[misc]
    return annotation
