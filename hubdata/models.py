"""The rows a drop may hold: the only place where a column is named, typed and explained.

How each kind of cell is read is in `cells`; which kind a column has is here. Each refusal carries a short code
(`not_a_date`, `unknown_code`, ...); `ingest` has its sentences.
From these models come the tables of a snapshot (`store/`), the data dictionary and the templates (`dictionary.py`).

What differs from hub to hub and from file to file comes in as the validation context:

    codes         vocabulary -> folded code or label -> code; a missing or empty vocabulary accepts every text
    decimal_mark  "," or ".", when the file settles what `1.234` is
    month_first   whether its `01/02/2024` is the second of January
"""

import datetime
import math
import types
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, ClassVar, NamedTuple, Union, get_args, get_origin

import pyarrow as pa
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from hubdata.cells import (
    empty_to_none,
    fold,
    read_country,
    read_date,
    read_first_day,
    read_identifier,
    read_integer,
    read_last_day,
    read_number,
    read_text,
    read_website,
    refusal,
    split_codes,
    split_list,
    split_words,
)

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


SYNONYMS: dict[str, dict[str, str]] = {
    "membership": {"ja": "member", "yes": "member", "nee": "none", "no": "none", "huur": "tenant"},
    "organisation_role": {"ja": "convenor", "yes": "convenor", "nee": "", "no": ""},
    "format": {"fysiek": "in-person", "live": "in-person", "op locatie": "in-person", "digitaal": "online"},
    "attendance_role": {
        "organisator": "host",
        "organiser": "host",
        "bezoeker": "participant",
        "attendee": "participant",
    },
    "status": {
        "ja": "attended",
        "yes": "attended",
        "checked in": "attended",
        "nee": "registered",
        "no": "registered",
        "attending": "registered",
    },
}
"""Other words that mean a code: ja and nee, and what ticket shops write. "" means not known."""


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
            raise refusal("unknown_code", codes=sorted(set(codes.values()) - {""}))
        return codes[fold(text)] or None

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

FIXED_CODES = {name: SYNONYMS.get(name, {}) | label_index(labels) for name, labels in VOCABULARIES.items()}
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
FirstDay = Annotated[datetime.date, BeforeValidator(read_first_day)]
LastDay = Annotated[datetime.date, BeforeValidator(read_last_day)]
Year = Annotated[int, BeforeValidator(read_integer), Field(ge=1000, le=2100)]
Share = Annotated[float, BeforeValidator(read_number), Field(ge=0, le=1)]
Euro = Annotated[float, BeforeValidator(read_number), Field(ge=0)]
Texts = Annotated[list[Text] | None, BeforeValidator(split_words)]
Themes = Annotated[list[Annotated[str, read_code("theme")]] | None, BeforeValidator(split_words)]
Goals = Annotated[
    list[Annotated[int, BeforeValidator(read_integer), Field(ge=1, le=17)]] | None, BeforeValidator(split_codes)
]
Countries = Annotated[list[Country] | None, BeforeValidator(split_codes)]
Identifiers = Annotated[list[Identifier], BeforeValidator(split_list)]


def column(
    nl: str,
    en: str,
    *,
    example: str = "",
    default: Any = None,
    made_from: str = "",
    refers_to: str = "",
    also: str = "",
) -> Any:
    """One column: what it means in both languages, an example, and what makes it special.

    `default=...` makes the column required. `made_from` says in English what an identifier is made from when it is
    left out. `refers_to` names the table whose identifier (or name) the cell holds. `also`: other headers under which
    people keep this column, folded, separated by `|`.
    """
    extra: dict[str, Any] = {"nl": nl, "example": example, "made_from": made_from, "refers_to": refers_to, "also": also}
    return Field(default=default, description=en, json_schema_extra=extra)


class Rule(NamedTuple):
    """What must hold between the cells of a row. `check` takes the values of `columns`, and refuses by raising."""

    columns: tuple[str, ...]
    check: Callable[..., None]


class Row(BaseModel):
    """One row of one table. Frozen: a row that was accepted is never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)

    table: ClassVar[str]
    """Name of the table and of its file."""
    grain: ClassVar[dict[str, str]]
    """What one row is, in nl and en."""
    key: ClassVar[tuple[str, ...]]
    """The columns that together identify a row: no two rows may have the same. Empty when rows may be alike."""
    also: ClassVar[tuple[str, ...]]
    """Other words by which people call the file, folded."""
    rules: ClassVar[tuple[Rule, ...]] = ()
    """What must hold between cells."""
    is_read_by_row: ClassVar[bool] = False
    """What a cell means depends on another cell, so cells cannot be read one by one."""

    @model_validator(mode="before")
    @classmethod
    def _empty_cells_are_unknown(cls, cells: Any) -> Any:
        if not isinstance(cells, dict):
            return cells
        values = {name: empty_to_none(cell) for name, cell in cells.items()}
        return {name: cell for name, cell in values.items() if cell is not None}

    @model_validator(mode="after")
    def _keeps_the_rules(self) -> "Row":
        for rule in self.rules:
            rule.check(*(getattr(self, name) for name in rule.columns))
        return self


def _in_order(last_column: str) -> Callable[[datetime.date | None, datetime.date | None], None]:
    """A rule that refuses an end before its start."""

    def check(first: datetime.date | None, last: datetime.date | None) -> None:
        if first and last and last < first:
            raise refusal("ends_before_start", column=last_column, start=first.isoformat())

    return check


def _two_organisations(organisation_ids: list[str]) -> None:
    if len(organisation_ids) < 2:
        raise refusal("fewer_than_two", column="organisation_ids")


def _in_euros(currency: str | None) -> None:
    if currency and currency.upper() != "EUR":
        raise refusal("not_in_euros", column="currency")


def _donor_known(donor: str | None, category: str) -> None:
    if donor is None and category != "earned":
        raise refusal("donor_missing", column="donor")


class Organisation(Row):
    table = "organisations"
    grain = {"nl": "één organisatie", "en": "one organisation"}
    key = ("organisation_id",)
    also = ("organisaties", "organizations")
    rules = (Rule(("joined_on", "left_on"), _in_order("left_on")),)

    organisation_id: Identifier = column(
        "Vast kenmerk van de organisatie, liefst een org-id. Mag leeg blijven: dan maken wij het van de naam.",
        "Lasting identifier, preferably from org-id.guide. May be left out: it is then made from the name.",
        example="NL-KVK-41150298",
        default=...,
        made_from="name",
        also="organisatie_id|organisatienummer|kenmerk|id",
    )
    name: Text = column(
        "Naam van de organisatie.",
        "Name of the organisation.",
        example="Stichting Vredeswerk",
        default=...,
        also="naam|organisatie|organisation|organization|organisatienaam|naam_organisatie|organization_name|organisation_name",
    )
    sector: Annotated[str, read_code("sector")] = column(
        "Sector: de code, de naam ervan, of een type dat bij de sector hoort.",
        "Sector: its code, its label, or a type that belongs to it.",
        example="ngo",
        default=...,
    )
    type: Annotated[str, read_code("type")] | None = column(
        "Soort organisatie: code of naam.",
        "Kind of organisation: code or label.",
        example="foundation",
        also="soort|type_organisatie|organisatietype|soort_organisatie",
    )
    city: Text | None = column(
        "Plaats.",
        "City or town.",
        example="Den Haag",
        also="plaats|stad|vestigingsplaats|town",
    )
    country: Country | None = column(
        "Land, als code van twee letters.",
        "Country, as a two-letter code.",
        example="NL",
        also="land",
    )
    website: Website | None = column(
        "Webadres.",
        "Web address.",
        example="https://example.org",
        also="webadres|site|url|homepage",
    )
    themes: Themes = column(
        "Thema's waar zij aan werkt.",
        "Themes it works on.",
        example="peacebuilding|human-rights",
        also="themas|thema|theme",
    )
    sdgs: Goals = column(
        "Duurzame ontwikkelingsdoelen, als nummers van 1 tot en met 17.",
        "Sustainable Development Goals, as numbers from 1 to 17.",
        example="16|17",
        also="sdg|ontwikkelingsdoelen|duurzame_ontwikkelingsdoelen",
    )
    countries: Countries = column(
        "Landen waar zij werkt, als codes van twee letters.",
        "Countries where it works, as two-letter codes.",
        example="NL|UA|KE",
        also="landen|werkzaam_in|actief_in|werklanden",
    )
    fte: Annotated[Number, at_least(0)] | None = column(
        "Banen, in fte.",
        "Jobs, in full-time equivalents.",
        example="12.5",
        also="banen|ftes|arbeidsplaatsen|jobs",
    )
    founded: Year | None = column(
        "Jaar van oprichting.",
        "Year it was founded.",
        example="1998",
        also="opgericht|oprichtingsjaar|jaar_van_oprichting|year_founded",
    )
    joined_on: Date | None = column(
        "Eerste dag in het netwerk. Leeg: altijd al.",
        "First day in the ecosystem. Empty: always.",
        example="2019-09-01",
        also="lid_sinds|aangesloten_op|erbij_sinds|joined|toegetreden",
    )
    left_on: Date | None = column(
        "Laatste dag in het netwerk. Leeg: nog steeds.",
        "Last day in the ecosystem. Empty: still there.",
        example="",
        also="vertrokken_op|weg_sinds|left|uitgetreden",
    )
    membership: Annotated[str, read_code("membership")] | None = column(
        "Lid of huurder van de hub.",
        "Member or tenant of the hub.",
        example="member",
        also="lidmaatschap|lid|member",
    )
    role: Annotated[str | None, read_code("organisation_role")] = column(
        "Vul 'convenor' in voor wie anderen bij elkaar brengt (de gemeente, de hub).",
        "'convenor' for whoever brings others together (the municipality, the hub).",
        example="",
        also="rol|verbinder|convenor",
    )
    digital_maturity: Annotated[int, BeforeValidator(read_integer), Field(ge=1, le=5)] | None = column(
        "Hoe digitaal zij is: 1 (begin) tot en met 5 (ver).",
        "Digital maturity: 1 (starting) to 5 (far).",
        example="3",
        also="digitale_volwassenheid|digitaal_niveau",
    )
    needs: Texts = column(
        "Wat zij zoekt.",
        "What it needs.",
        example="digital-skills",
        also="behoeften|behoefte|zoekt|gezocht",
    )
    offers: Texts = column(
        "Wat zij te bieden heeft.",
        "What it offers.",
        example="office-space",
        also="aanbod|biedt|te_bieden",
    )
    reserves: Euro | None = column(
        "Reserves, in euro.",
        "Reserves, in euros.",
        example="150000",
        also="reserve",
    )


class Partnership(Row):
    table = "partnerships"
    grain = {
        "nl": "één afspraak tussen twee of meer organisaties",
        "en": "one agreement between two or more organisations",
    }
    key = ("partnership_id",)
    also = ("samenwerking", "partnerschap", "partnership", "afspraken")
    rules = (
        Rule(("organisation_ids",), _two_organisations),
        Rule(("start_date", "end_date"), _in_order("end_date")),
    )

    partnership_id: Identifier = column(
        "Vast kenmerk van de afspraak. Mag leeg blijven.",
        "Lasting identifier. May be left out.",
        example="water-for-peace",
        default=...,
        made_from="organisations and start",
        also="samenwerking_id|samenwerkingsnummer|kenmerk|id",
    )
    name: Text | None = column(
        "Naam van de afspraak.",
        "Name of the agreement.",
        example="Water for peace",
        also="naam|samenwerking|partnership|project|titel|title",
    )
    organisation_ids: Identifiers = column(
        "De organisaties, als kenmerk of naam. Of gebruik de kolommen organisation_a en organisation_b.",
        "The organisations, by identifier or name. Or use the columns organisation_a and organisation_b.",
        example="NL-KVK-41150298|NL-KVK-27248698",
        default=...,
        refers_to="organisations",
        also="organisaties|partners|deelnemers|organisations|organizations",
    )
    start_date: FirstDay = column(
        "Eerste dag. Een maand of jaar mag ook: dan de eerste dag daarvan.",
        "First day. A month or a year will do: then its first day.",
        example="2022-03-01",
        default=...,
        also="start|startdatum|begin|begindatum|ingangsdatum",
    )
    end_date: LastDay | None = column(
        "Laatste dag. Een maand of jaar mag ook: dan de laatste dag daarvan. Leeg: loopt door.",
        "Last day. A month or a year will do: then its last day. Empty: it goes on.",
        example="2024-02-29",
        also="einde|eind|einddatum|end",
    )
    first_recorded: FirstDay | None = column(
        "Dag waarop u dit voor het eerst opschreef, als het toen al liep.",
        "Day it was first written down, if it existed before.",
        example="2022-06-01",
        also="eerst_genoteerd|voor_het_eerst_genoteerd|genoteerd_op",
    )
    last_contact: FirstDay | None = column(
        "Laatste dag waarop er contact was.",
        "Last day on which there was contact.",
        example="2023-11-15",
        also="laatste_contact|laatste_contactmoment|laatst_contact|last_contacted",
    )
    intensity: Annotated[str, read_code("intensity")] = column(
        "Hoe sterk: awareness, cooperation, coordination of integration.",
        "How strong: awareness, cooperation, coordination or integration.",
        example="coordination",
        default="cooperation",
        also="intensiteit|sterkte",
    )
    kind: Text | None = column(
        "Soort afspraak.",
        "Kind of agreement.",
        example="project",
        also="soort|type",
    )
    themes: Themes = column(
        "Thema's.",
        "Themes.",
        example="peacebuilding",
        also="themas|thema|theme",
    )
    programme: Text | None = column(
        "Programma waar het onder valt.",
        "Programme it is part of.",
        example="Horizon 2020",
        also="programma|program|regeling",
    )
    event_id: Identifier | None = column(
        "Bijeenkomst waar het uit voortkwam, als kenmerk of naam.",
        "The event it came from, by identifier or name.",
        example="",
        refers_to="events",
        also="bijeenkomst|evenement|event|bijeenkomst_id|evenement_id",
    )


class Event(Row):
    table = "events"
    grain = {"nl": "één bijeenkomst", "en": "one event"}
    key = ("event_id",)
    also = ("bijeenkomst", "evenement", "agenda")
    rules = (Rule(("start_date", "end_date"), _in_order("end_date")),)

    event_id: Identifier = column(
        "Vast kenmerk van de bijeenkomst. Mag leeg blijven.",
        "Lasting identifier. May be left out.",
        example="peace-day-2024",
        default=...,
        made_from="name and date",
        also="bijeenkomst_id|evenement_id|kenmerk|id",
    )
    name: Text = column(
        "Naam van de bijeenkomst.",
        "Name of the event.",
        example="Just Peace Day",
        default=...,
        also="naam|bijeenkomst|evenement|event|event_name|titel|title",
    )
    start_date: Date = column(
        "Eerste dag.",
        "First day.",
        example="2024-09-21",
        default=...,
        also="datum|date|start|startdatum|begindatum|event_date|event_start_date",
    )
    end_date: Date | None = column(
        "Laatste dag.",
        "Last day.",
        example="",
        also="einddatum|einde|eind|end|event_end_date",
    )
    kind: Text | None = column(
        "Soort bijeenkomst.",
        "Kind of event.",
        example="conference",
        also="soort|type",
    )
    format: Annotated[str, read_code("format")] | None = column(
        "Op locatie, online of hybride.",
        "In person, online or hybrid.",
        example="in-person",
        also="vorm",
    )
    organiser_id: Identifier | None = column(
        "Wie het organiseert, als kenmerk of naam.",
        "Who organises it, by identifier or name.",
        example="",
        refers_to="organisations",
        also="organisator|organiser|organizer|organizer_name|georganiseerd_door",
    )
    venue: Text | None = column(
        "Plaats.",
        "Place.",
        example="Humanity Hub",
        also="locatie|plaats|zaal|location|venue_name",
    )
    themes: Themes = column(
        "Thema's.",
        "Themes.",
        example="peacebuilding",
        also="themas|thema|theme",
    )
    cost: Euro | None = column(
        "Kosten, in euro.",
        "Cost, in euros.",
        example="4500",
        also="kosten|costs",
    )


class Attendance(Row):
    table = "attendance"
    grain = {"nl": "één organisatie op één bijeenkomst", "en": "one organisation at one event"}
    key = ("event_id", "organisation_id")
    also = ("aanwezig", "deelname", "attendee", "bezoekers")

    event_id: Identifier = column(
        "De bijeenkomst, als kenmerk of naam.",
        "The event, by identifier or name.",
        example="peace-day-2024",
        default=...,
        refers_to="events",
        also="bijeenkomst|evenement|event|event_name|bijeenkomst_id|evenement_id",
    )
    organisation_id: Identifier = column(
        "De organisatie, als kenmerk of naam.",
        "The organisation, by identifier or name.",
        example="NL-KVK-41150298",
        default=...,
        refers_to="organisations",
        also="organisatie|organisation|organization|company|bedrijf|organisatie_id",
    )
    role: Annotated[str, read_code("attendance_role")] | None = column(
        "Gastheer, spreker of deelnemer.",
        "Host, speaker or participant.",
        example="participant",
        also="rol",
    )
    people: Annotated[Integer, at_least(1)] | None = column(
        "Met hoeveel mensen.",
        "With how many people.",
        example="2",
        also="mensen|personen|aantal|aantal_mensen|aantal_personen",
    )
    status: Annotated[str, read_code("status")] = column(
        "Aangemeld of aanwezig. Leeg: aanwezig.",
        "Registered or attended. Empty: attended.",
        example="attended",
        default="attended",
        also="aanwezig|aanwezigheid|attendee_status",
    )


class Funding(Row):
    table = "funding"
    grain = {
        "nl": "één organisatie, jaar, geldgever en programma",
        "en": "one organisation, year, donor and programme",
    }
    key = ("organisation_id", "year", "donor", "donor_id", "programme", "category")
    also = ("financiering", "geldstromen", "inkomsten", "subsidies", "fondsen")
    rules = (Rule(("currency",), _in_euros), Rule(("donor", "category"), _donor_known))

    organisation_id: Identifier = column(
        "Wie het geld kreeg, als kenmerk of naam.",
        "Who received the money, by identifier or name.",
        example="NL-KVK-41150298",
        default=...,
        refers_to="organisations",
        also="organisatie|ontvanger|recipient|organisation|organization|organisatie_id",
    )
    year: Year = column(
        "Kalenderjaar.",
        "Calendar year.",
        example="2023",
        default=...,
        also="jaar",
    )
    donor: Text | None = column(
        "Wie het geld gaf (de geldgever). Alleen leeg bij eigen inkomsten.",
        "Who gave the money. Empty for earned income only.",
        example="Ministry of Foreign Affairs",
        also="geldgever|financier|subsidiegever|funder|gever",
    )
    donor_id: Identifier | None = column(
        "Vast kenmerk van de geldgever; gelijk aan organisation_id als die zelf in de lijst staat.",
        "Lasting identifier of the donor; its organisation_id when the donor is itself in the data.",
        example="",
        also="geldgever_id|funder_id",
    )
    programme: Text | None = column(
        "Programma of regeling.",
        "Programme or scheme.",
        example="Peace fund",
        also="programma|program|regeling",
    )
    category: Annotated[str, read_code("category")] = column(
        "Soort bron: particulieren, bedrijven, loterijen, overheid, EU en VN, organisaties zonder winstdoel, "
        "eigen inkomsten of overig.",
        "Kind of source: individuals, companies, lotteries, government, multilateral, nonprofits, earned or other.",
        example="government",
        default=...,
        also="categorie|soort|bron",
    )
    amount: Euro = column(
        "Bedrag in dat jaar, in euro.",
        "Amount in that year, in euros.",
        example="50000",
        default=...,
        also="bedrag|bedrag_in_euro|euro|amount_eur",
    )
    currency: Text | None = column(
        "EUR of leeg. Iets anders kan niet.",
        "EUR or empty. Nothing else.",
        example="EUR",
        also="valuta|munt|muntsoort",
    )


class Reference(Row):
    table = "reference"
    grain = {"nl": "één sector of thema in de vergelijking", "en": "one sector or theme of the reference"}
    key = ("dimension", "code", "measure", "year")
    also = ("referentie", "vergelijking")
    is_read_by_row = True

    dimension: Annotated[str, read_code("dimension")] = column(
        "sector of theme.",
        "sector or theme.",
        example="sector",
        default=...,
        also="dimensie",
    )
    code: Text = column("Code van de sector of het thema.", "Code of the sector or theme.", example="ngo", default=...)
    measure: Annotated[str, read_code("measure")] = column(
        "Waar het aandeel over gaat: organisations of jobs.",
        "What the share is of: organisations or jobs.",
        example="organisations",
        default="organisations",
        also="maat|meting",
    )
    share: Share = column(
        "Aandeel, van 0 tot 1.",
        "Share, from 0 to 1.",
        example="0.25",
        default=...,
        also="aandeel",
    )
    year: Year | None = column(
        "Jaar.",
        "Year.",
        example="2024",
        also="jaar",
    )
    source: Text = column(
        "Waar het cijfer vandaan komt.",
        "Where the figure comes from.",
        example="CBS",
        default=...,
        also="bron",
    )

    @field_validator("code")
    @classmethod
    def _is_a_code_of_the_dimension(cls, code: str, info: ValidationInfo) -> str:
        codes = known_codes(info.data.get("dimension", ""), info.context)
        if codes and fold(code) not in codes:
            raise refusal("unknown_code", codes=sorted(set(codes.values())))
        return codes.get(fold(code), code)


class Target(Row):
    table = "targets"
    grain = {"nl": "één doel op één dag", "en": "one target on one day"}
    key = ("indicator", "date")
    also = ("doelen", "doelstellingen", "streefcijfers")

    indicator: Annotated[str, read_code("indicator")] = column(
        "Naam van het cijfer, zoals op de pagina Uitleg.",
        "Name of the indicator, as on the Methods page.",
        example="density",
        default=...,
        also="cijfer|indicator_naam",
    )
    date: Date = column(
        "Dag waarop het doel geldt.",
        "Day of the target.",
        example="2027-12-31",
        default=...,
        also="datum",
    )
    value: Number = column(
        "De waarde; een aandeel van 0 tot 1.",
        "The value; a share from 0 to 1.",
        example="0.12",
        default=...,
        also="waarde|doel|streefwaarde",
    )
    note: Text | None = column(
        "Toelichting.",
        "Note.",
        example="",
        also="toelichting|opmerking",
    )


TABLES: dict[str, type[Row]] = {
    row.table: row for row in (Organisation, Event, Partnership, Attendance, Funding, Reference, Target)
}
"""Every table, in the order in which rows may refer to earlier ones."""


def is_required(row: type[Row], name: str) -> bool:
    """Whether a file must have the column: identifiers that we make ourselves may be left out."""
    field = row.model_fields[name]
    return field.is_required() and not extra(row, name)["made_from"]


def is_list_of_words(row: type[Row], name: str) -> bool:
    """Whether a column holds words of which several may stand in a cell."""
    return any(getattr(part, "func", None) is split_words for part in row.model_fields[name].metadata)


def is_identifier(name: str) -> bool:
    """Whether a column holds identifiers: two that differ in case only are different, as those of Salesforce are."""
    return name.endswith("_id")


def extra(row: type[Row], name: str) -> dict[str, Any]:
    """What `column` recorded of a field besides its English description."""
    noted = row.model_fields[name].json_schema_extra
    assert isinstance(noted, dict)
    return noted


def bounds(row: type[Row], name: str) -> tuple[float, float]:
    """The lowest and the highest number a column may hold; infinite where there is no bound."""

    def limits(annotation: Any, metadata: Iterable[Any]) -> list[Any]:
        constraints = [m for part in metadata for m in [part, *getattr(part, "metadata", ())]]
        for part in get_args(annotation):
            constraints += limits(part, getattr(part, "__metadata__", ()))
        return constraints

    field = row.model_fields[name]
    constraints = limits(field.annotation, field.metadata)
    return (
        max((m.ge for m in constraints if hasattr(m, "ge")), default=-math.inf),
        min((m.le for m in constraints if hasattr(m, "le")), default=math.inf),
    )


ARROW_TYPES: dict[Any, pa.DataType] = {
    str: pa.string(),
    int: pa.int32(),
    float: pa.float64(),
    datetime.date: pa.date32(),
    list[str]: pa.list_(pa.string()),
    list[int]: pa.list_(pa.int32()),
}


def schema(row: type[Row]) -> pa.Schema:
    """The columns of a table with their types, in order."""
    return pa.schema([(name, ARROW_TYPES[plain_type(f.annotation)]) for name, f in row.model_fields.items()])


def aliases(row: type[Row], name: str) -> tuple[str, ...]:
    """Other headers, folded, under which people keep a column."""
    words = str(extra(row, name)["also"])
    return tuple(words.split("|")) if words else ()


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
