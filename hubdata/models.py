"""The rows a drop may hold: the only place where a column is named, typed and explained.

How each kind of cell is read is in `cells`; which kind a column has is here. Each refusal carries a short code
(`not_a_date`, `unknown_code`, ...); `ingest` has its sentences.
From these models come the tables of a snapshot (`store/`), the data dictionary and the templates (`dictionary.py`).

What differs from hub to hub and from file to file comes in as the validation context:

    codes           vocabulary -> folded code or label -> code; a missing or empty vocabulary accepts every text
    labels          vocabulary -> its labels, for what is said of a word that is none of them
    month_first     whether `01/02/2024` is the second of January
    day_or_month    whether `01/02/2024` is to be asked about, since other dates beside it have the month first
    time_zone       where a time with a zone is a day: the name of a zone, else Amsterdam
    decimal_mark    "," or ".", when the column settles what `1.234` is
    factor          what the column's numbers are multiplied by: 1000 for thousands
    three_decimals  whether the column's numbers with three decimals are to be asked about
    remarks         a list that gets what its sender should know of how a cell was read
"""

import datetime
import functools
import math
import re
import types
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, ClassVar, NamedTuple, Union, get_args, get_origin

import pyarrow as pa
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
    model_validator,
)

from hubdata.cells import (
    EMAIL,
    codes_by_word,
    fold,
    goes_on,
    is_nothing,
    read_country,
    read_currency,
    read_date,
    read_first_day,
    read_goal,
    read_identifier,
    read_integer,
    read_last_day,
    read_number,
    read_percentage,
    read_text,
    read_website,
    read_year,
    refusal,
    remark,
    split_countries,
    split_goals,
    split_list,
    split_words,
    without_words,
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
        "government": {"nl": "Overheid", "en": "Government"},
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


YES = (
    "ja|yes|oui|si|wel|jawel|j|y|x|true|waar|wahr|vrai|checked|aangevinkt|gecheckt|selected|geselecteerd|on|aan|1|ok|oke|v|"
    "\N{CHECK MARK}|\N{HEAVY CHECK MARK}|\N{LIGHT CHECK MARK}|\N{BLACK CIRCLE}|+|"
    "\N{WHITE HEAVY CHECK MARK}|\N{BALLOT BOX WITH CHECK}|\N{BALLOT BOX WITH X}|\N{BALLOT X}|\N{MULTIPLICATION X}"
)
"""How people and programs tick a box, folded, separated by `|`."""
NO = (
    "nee|neen|no|non|nein|n|false|onwaar|falsch|faux|unchecked|niet aangevinkt|off|uit|0|\N{BALLOT BOX}|"
    "\N{CROSS MARK}|\N{WHITE CIRCLE}"
)

INVITED = (
    "invited|uitgenodigd|eingeladen|invite|accepted|geaccepteerd|declined|tentative|maybe|misschien|vielleicht|peut-etre|"
    "going|not going|not attending|no response|geen reactie|geen antwoord|keine antwort|komt|komt niet|komt misschien|"
    "kom|kom niet|gaat|gaat niet|kommt|kommt nicht|zugesagt|vient|ne vient pas|coming|not coming|will attend|"
    "will not attend|weet nog niet|onder voorbehoud|interested|geinteresseerd|pending|in afwachting|awaiting"
)
"""What people answer who are asked whether they will come, folded, separated by `|`: who came it does not say."""


def _words(**codes: str) -> dict[str, str]:
    """Code -> other words for it, separated by `|`, turned into word -> code. "_" in a name is a hyphen in the code."""
    return {fold(word): code.replace("_", "-") for code, words in codes.items() for word in words.split("|")}


SYNONYMS: dict[str, dict[str, str]] = {
    "membership": {
        **_words(
            member=f"{YES}|leden|members|is lid|wel lid|lidmaatschap|membership",
            none=f"{NO}|geen|geen lidmaatschap|niet|niet lid|not a member|non-member|nonmember|nee, geen lid",
            tenant="huur|huurt|huurders|tenants|renter|huurder en lid|lid en huurder",
        )
    },
    "organisation_role": {
        **_words(convenor=f"{YES}|verbinders|convenors|convener|conveners|trekker|regie|regisseur"),
        **dict.fromkeys(NO.split("|"), ""),
    },
    "intensity": {
        **_words(
            awareness="kennen|kennen elkaar|kennismaking|bekend met elkaar|bewust|weten van elkaar",
            cooperation="samenwerking|samenwerken|werken samen|coöperatie|co-operation|collaboration",
            coordination="afstemming|afstemmen|coördinatie|co-ordination",
            integration="integratie|geïntegreerd|integrated|als één",
        )
    },
    "format": {
        **_words(
            in_person="on-site|vor ort|presentiel|fysiek|live|op locatie|ter plaatse|in persoon|inperson|"
            "face-to-face|on site|onsite|offline|irl",
            online="digitaal|virtueel|virtual|webinar|digital|remote|zoom|teams|op afstand",
            hybrid="gemengd|beide|both|mixed|hybrid event",
        )
    },
    "attendance_role": {
        **_words(
            host="organisator|organiser|organizer|gastheren|gastvrouw|hosts|hostess",
            speaker="moderator|dagvoorzitter|sprekers|speakers|inleider|panellid|panelist|panellist|presentator",
            participant="bezoeker|bezoekers|attendee|attendees|deelnemers|participants|deelname|gast|guest|visitor",
        )
    },
    "status": {
        **_words(
            attended=f"{YES}|checked in|aanwezig|was aanwezig|was er|geweest|gekomen|present|there|came|attended|"
            f"deelgenomen|ingecheckt|checked-in|check-in|wel aanwezig|anwesend|war da|teilgenommen|participe",
            registered=f"{NO}|attending|ingeschreven|geregistreerd|niet aanwezig|afwezig|absent|niet|no show|no-show|"
            f"noshow|"
            "not checked in|niet gekomen|did not attend|not attended|afgemeld|aangemeld, niet gekomen|"
            "afgewezen|geweigerd|voorlopig|"
            f"{INVITED}|"
            "confirmed|bevestigd|verwacht|expected|cancelled|canceled|geannuleerd|afgezegd|verhinderd|"
            "excused|"
            "met kennisgeving|a.k.|ziek|wachtlijst|waitlist|waiting list|abwesend|"
            "nicht anwesend|"
            "angemeldet|abgemeldet|abgesagt|inscrit|non present|excuse|did not show|niet verschenen|"
            "niet geweest",
        )
    },
    "category": {
        **_words(
            individuals="particulier|individual|donateurs|individuele donateurs|individual donors|giften|"
            "giften van particulieren|gift|donatie|donaties|legaten|nalatenschap|nalatenschappen|crowdfunding|dons|"
            "spenden",
            companies="bedrijf|company|business|bedrijfsleven|sponsoring|sponsors|sponsor|corporate|zakelijk|unternehmen|entreprise|entreprises",
            lotteries="loterij|lottery|kansspelen|postcodeloterij|vriendenloterij",
            government="overheid|overheden|rijk|rijksoverheid|gemeente|gemeenten|provincie|provincies|ministerie|ministeries|"
            "rijk/gemeente|waterschap|public|municipality|ministry|dutch government|nederlandse overheid|"
            "governments|gov|staat|regierung|gouvernement|public funding",
            multilateral="eu|vn|un|eu en vn|eu and un|eu & vn|eu/vn|europa|europese unie|europese commissie|"
            "european union|"
            "european commission|verenigde naties|united nations|multilaterale organisaties|"
            "internationale organisaties|multilateraal|multilateral organisations",
            nonprofits="nonprofit|non profit|stiftung|non-profit|non-profits|not-for-profit|fonds|fondsen|"
            "vermogensfonds|vermogensfondsen|stichting|"
            "stichtingen|fondation|fondations|foundation|foundations|goede doelen|organisatie zonder winstdoel|ngo|"
            "ngo's|ngos|trust",
            earned="eigen inkomen|eigen inkomst|eigen|verdiend|omzet|verkoop|earned income|own income|sales|fees|"
            "diensten",
            other="overige|anders|andere|diversen|divers|others|misc|miscellaneous|rest|restant",
        )
    },
    "dimension": {**_words(sector="sectors|sectoren", theme="themes|themas|thema's")},
    "measure": {
        **_words(
            organisations="organisatie|organisation|organizations|aantal organisaties",
            jobs="baan|job|fte|werkgelegenheid",
        )
    },
    "sector": {
        **_words(
            ngo="ngos|ngo's|ngo|maatschappelijk|maatschappelijk middenveld|civil society|ong|"
            "maatschappelijke organisatie|maatschappelijke organisaties|non-profit|nonprofit",
            knowledge="kennisinstelling|kennisinstellingen|kennisinstituut|kennisinstituten|knowledge institution|"
            "knowledge institutions|onderzoek|research|onderwijs|education|universiteit|university|universiteiten|"
            "denktank|think tank|forschung|"
            "academia",
            government="overheden|gemeente|gemeenten|rijk|rijk/gemeente|ministerie|provincie|public|publiek|municipality",
            business="bedrijf|bedrijven|bedrijfsleven|company|companies|businesses|private|private sector|"
            "unternehmen|entreprise|entreprises|wirtschaft",
            social_enterprise="sociale onderneming|sociale ondernemingen|social enterprises|sociaal ondernemer",
            international="internationale organisatie|international organisation|international organization|"
            "international organizations|int. org.|int org|io|igo",
            funder="fonds|fondsen|funders|financier|financiers|vermogensfonds|foundation|foundations",
            network="netwerk|netwerken|networks|netwerkorganisatie|netwerkorganisaties|alliantie|alliance|koepel",
            other="overige|anders|andere|others",
        )
    },
}
"""Other words that mean a code: ticked boxes, what ticket shops write, what people say. "" means not known."""


def read_code(vocabulary: str) -> BeforeValidator:
    """A validator that turns a code, or one of its labels, into the code of `vocabulary`."""

    def read(cell: Any, info: ValidationInfo) -> Any:
        text = read_text(cell)
        if not isinstance(text, str):
            return text
        codes = known_codes(vocabulary, info.context)
        if not codes:
            return text
        word = fold(text) if fold(text) in codes else fold(text).strip(" .,:;!?*()[]'\"")
        if word not in codes:
            raise unknown_code(vocabulary, info.context)
        return codes[word] or None

    read.words = lambda context: known_codes(vocabulary, context)  # type: ignore[attr-defined]
    return BeforeValidator(read)


def unknown_code(vocabulary: str, context: Any) -> Exception:
    """The refusal of a word that a vocabulary has not: with all its words, and what readers call its codes."""
    codes = known_codes(vocabulary, context)
    labels = VOCABULARIES.get(vocabulary) or (context or {}).get("labels", {}).get(vocabulary) or {}
    shown = {code: labels.get(code, {"nl": code, "en": code}) for code in sorted(set(codes.values()) - {""})}
    return refusal("unknown_code", words=list(codes), labels=shown)


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


GIVEN_BY_MANY = ("individuals", "other")
NO_DONORS = (
    "gifts|gifts of individuals|donations|legacies|contributions of members|contributies|contributie|ledencontributies|"
    "contributie van leden|dividends and interest|interest|rente|dividend|insurance pay-outs|crowdfunding|"
    "collecte|collection|various|various donors|several donors|other donors|diverse|diversen|diverse donateurs|"
    "diverse gevers|overige donateurs|anonymous|anonymous donor|anonymous donors|anoniem|anonieme gever|"
    "anonieme donateur|anonieme gift"
)
"""Names, folded, that no one donor has: what many gave, or nobody says who."""


def is_kind_of_income(donor: str | None) -> bool:
    """Whether what stands as the donor is a kind of income ("Gifts", "Particulieren", "Diverse") and no organisation.

    Such a row counts as any other; but nobody gives it, so it is not named among those who give most.

    >>> is_kind_of_income("Giften van particulieren"), is_kind_of_income("Anoniem (2025)"), is_kind_of_income("The EU")
    (True, True, False)
    """
    if donor is None:
        return False
    word = fold(re.sub(r"\s*\([^()]*\)\s*$", "", donor))
    return word in NO_DONORS.split("|") or FIXED_CODES["category"].get(word) in GIVEN_BY_MANY


def known_codes(vocabulary: str, context: Any) -> Mapping[str, str]:
    """Folded code or label -> code. Empty when every text is accepted."""
    codes: Mapping[str, str] = (context or {}).get("codes", {}).get(vocabulary, {})
    return codes or FIXED_CODES.get(vocabulary, {})


def or_unknown(*, is_end: bool = False) -> WrapValidator:
    """What leaves an optional cell empty, and says so, when it holds no exact number or date: `ca. 30`, `najaar`.

    `is_end`: that something goes on (`heden`, `lopend`) is understood: it has no end.
    """

    def read(cell: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        if is_end and isinstance(cell, str) and goes_on(cell):
            remark(info, "goes_on")
            return None
        try:
            return handler(cell)
        except ValidationError as error:
            why = {detail["type"] for detail in error.errors(include_url=False, include_context=False)}
            if isinstance(cell, str) and EMAIL.search(cell):
                raise refusal("personal_data") from None
            if "about_value" in why:
                remark(info, "about_values", text=str(cell).strip()[:100])
            elif "not_a_date" in why:
                remark(info, "dates_unreadable", text=str(cell).strip()[:100])
            else:
                raise
            return None

    return WrapValidator(read)


def _each_once(items: Any) -> Any:
    """Two names of one country are one item."""
    return list(dict.fromkeys(items)) if items else None


def without_nothing(items: Any, info: ValidationInfo) -> Any:
    """A list without the items that say that nothing is known."""
    known = [item for item in items or () if not (isinstance(item, str) and is_nothing(item))]
    if items and len(known) < len(items):
        remark(info, "words_for_nothing")
    return known or None


def at_least(lowest: float) -> Any:
    """A bound whose refusal says what the lowest value is."""
    return Field(ge=lowest)


class Money:
    """Marks a column of euros: other currencies are refused there."""


Text = Annotated[str, BeforeValidator(read_text)]
Identifier = Annotated[str, BeforeValidator(read_identifier)]
Website = Annotated[str, BeforeValidator(read_website)]
Country = Annotated[str, BeforeValidator(read_country)]
Currency = Annotated[str, BeforeValidator(read_currency)]
Number = Annotated[float, BeforeValidator(read_number)]
Integer = Annotated[int, BeforeValidator(read_integer)]
Fte = Annotated[
    float,
    BeforeValidator(read_number),
    BeforeValidator(without_words("fte|fte['’]?s|f\\.t\\.e|vte|etp|vzä|banen|baan|jobs?|voltijds?banen")),
]
People = Annotated[
    int,
    BeforeValidator(read_integer),
    BeforeValidator(
        without_words(
            "personen|persoon|pers|personnes?|teilnehmer|leden|aanwezig|ppl|p|x|mensen|deelnemers?|bezoekers?|aanwezigen|man|people|persons?|participants?|attendees|visitors?|pax"
        )
    ),
]
Date = Annotated[datetime.date, BeforeValidator(read_date)]
FirstDay = Annotated[datetime.date, BeforeValidator(read_first_day)]
LastDay = Annotated[datetime.date, BeforeValidator(read_last_day)]
Year = Annotated[int, BeforeValidator(read_integer), BeforeValidator(read_year), Field(ge=1000, le=2100)]
Share = Annotated[float, BeforeValidator(read_percentage), Field(ge=0, le=1)]
Percentage = Annotated[float, BeforeValidator(read_percentage)]
Euro = Annotated[float, BeforeValidator(read_number), Field(ge=0), Money]
Texts = Annotated[list[Text] | None, BeforeValidator(split_words), AfterValidator(without_nothing)]
Themes = Annotated[
    list[Annotated[str, read_code("theme")]] | None, BeforeValidator(split_words), AfterValidator(without_nothing)
]
Goals = Annotated[
    list[Annotated[int, BeforeValidator(read_integer), BeforeValidator(read_goal), Field(ge=1, le=17)]] | None,
    BeforeValidator(split_goals),
]
Countries = Annotated[list[Country] | None, BeforeValidator(split_countries), AfterValidator(_each_once)]
Names = Annotated[list[Text] | None, BeforeValidator(split_list), AfterValidator(without_nothing)]
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
    decisive: ClassVar[tuple[str, ...]] = ()
    """Columns that may be empty, but that keep a row out when they cannot be read: the rest cannot be right then."""
    is_read_by_row: ClassVar[bool] = False
    """What a cell means depends on another cell, so cells cannot be read one by one."""

    @model_validator(mode="before")
    @classmethod
    def _empty_cells_are_unknown(cls, cells: Any, info: ValidationInfo) -> Any:
        if not isinstance(cells, dict):
            return cells
        known = {}
        for name, cell in cells.items():
            if name not in cls.model_fields or not says_nothing(cls, name, cell, info.context):
                known[name] = cell
            elif isinstance(cell, str) and cell.strip():
                remark(info, "words_for_nothing", name)
        return known

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
        "Land: de naam, of de code van twee letters.",
        "Country: its name, or its two-letter code.",
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
        "Duurzame ontwikkelingsdoelen: nummers van 1 tot en met 17, of namen.",
        "Sustainable Development Goals: numbers from 1 to 17, or names.",
        example="16|17",
        also="sdg|ontwikkelingsdoelen|duurzame_ontwikkelingsdoelen",
    )
    countries: Countries = column(
        "Landen waar zij werkt: namen, of codes van twee letters.",
        "Countries where it works: names, or two-letter codes.",
        example="NL|UA|KE",
        also="landen|werkzaam_in|actief_in|werklanden",
    )
    fte: Annotated[Annotated[Fte, at_least(0)] | None, or_unknown()] = column(
        "Banen, in fte.",
        "Jobs, in full-time equivalents.",
        example="12.5",
        also="banen|ftes|arbeidsplaatsen|jobs",
    )
    founded: Annotated[Year | None, or_unknown()] = column(
        "Jaar van oprichting.",
        "Year it was founded.",
        example="1998",
        also="opgericht|oprichtingsjaar|jaar_van_oprichting|year_founded",
    )
    joined_on: Annotated[Date | None, or_unknown()] = column(
        "Eerste dag in het netwerk. Leeg: altijd al.",
        "First day in the ecosystem. Empty: always.",
        example="2019-09-01",
        also="lid_sinds|aangesloten_op|erbij_sinds|joined|toegetreden",
    )
    left_on: Annotated[Date | None, or_unknown(is_end=True)] = column(
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
    digital_maturity: Annotated[Annotated[Integer, Field(ge=1, le=5)] | None, or_unknown()] = column(
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
    reserves: Annotated[Euro | None, or_unknown()] = column(
        "Reserves, in euro.",
        "Reserves, in euros.",
        example="150000",
        also="reserve",
    )
    aliases: Names = column(
        "Andere namen waaronder zij bekend is, ook oude kenmerken. Daaronder wordt zij in elk bestand herkend.",
        "Other names it goes by, former identifiers too. It is known by them in every file.",
        example="Vredeswerk|SVW",
        also="andere_namen|andere_naam|ook_bekend_als|bekend_als|alias|afkorting|other_names|other_name|"
        "also_known_as|aka|acronym|abbreviation",
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
        "Eerste dag. Een maand of jaar mag ook: dan de eerste dag daarvan. Begin en einde in één cel mag ook.",
        "First day. A month or a year will do: then its first day. So will a start and an end in one cell.",
        example="2022-03-01",
        default=...,
        also="start|startdatum|begin|begindatum|ingangsdatum",
    )
    end_date: Annotated[LastDay | None, or_unknown(is_end=True)] = column(
        "Laatste dag. Een maand of jaar mag ook: dan de laatste dag daarvan. Leeg: loopt door.",
        "Last day. A month or a year will do: then its last day. Empty: it goes on.",
        example="2024-02-29",
        also="einde|eind|einddatum|end",
    )
    first_recorded: Annotated[FirstDay | None, or_unknown()] = column(
        "Dag waarop u dit voor het eerst opschreef, als het toen al liep.",
        "Day it was first written down, if it existed before.",
        example="2022-06-01",
        also="eerst_genoteerd|voor_het_eerst_genoteerd|genoteerd_op",
    )
    last_contact: Annotated[FirstDay | None, or_unknown()] = column(
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
        "Eerste dag. Begin en einde in één cel mag ook.",
        "First day. A start and an end in one cell will do too.",
        example="2024-09-21",
        default=...,
        also="datum|date|start|startdatum|begindatum|event_date|event_start_date",
    )
    end_date: Annotated[Date | None, or_unknown(is_end=True)] = column(
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
    cost: Annotated[Euro | None, or_unknown()] = column(
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
    decisive = ("status",)
    """Left empty it says `attended`, and that a word that nobody can read never means."""

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
    people: Annotated[Annotated[People, at_least(1)] | None, or_unknown()] = column(
        "Met hoeveel mensen.",
        "With how many people.",
        example="2",
        also="mensen|personen|aantal|aantal_mensen|aantal_personen",
    )
    status: Annotated[str, read_code("status")] = column(
        "Aangemeld of aanwezig. Leeg: aanwezig, maar tussen cellen met ja of een kruisje niet.",
        "Registered or attended. Empty: attended, but not among cells that say yes or are ticked.",
        example="attended",
        default="attended",
        also="aanwezig|aanwezigheid|attendee_status|present|presentie|attended|gekomen|opgekomen|was_aanwezig|was_er|geweest|checked_in|"
        "anwesend|anwesenheit|presence|ingecheckt|aanwezig_ja_nee|aanwezig_j_n|opgedaagd|verschenen|erschienen|showed_up",
    )


class Funding(Row):
    table = "funding"
    grain = {
        "nl": "één organisatie, jaar, geldgever en programma",
        "en": "one organisation, year, donor and programme",
    }
    key = ("organisation_id", "year", "donor", "donor_id", "programme", "category")
    also = ("financiering", "geldstromen", "inkomsten", "subsidies", "fondsen")
    rules = (
        Rule(("currency",), _in_euros),
        Rule(("donor", "category"), _donor_known),
        Rule(("start_date", "end_date"), _in_order("end_date")),
    )
    decisive = ("currency",)

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
    currency: Currency | None = column(
        "EUR of leeg. Iets anders kan niet.",
        "EUR or empty. Nothing else.",
        example="EUR",
        also="valuta|munt|muntsoort",
    )
    start_date: Annotated[FirstDay | None, or_unknown()] = column(
        "Eerste dag van de subsidie of gift, ook als die over meer jaren loopt.",
        "First day of the grant, also when it runs over several years.",
        example="2023-01-01",
        also="startdatum|begindatum|ingangsdatum|grant_start",
    )
    end_date: Annotated[LastDay | None, or_unknown(is_end=True)] = column(
        "Laatste dag van de subsidie of gift. Leeg als er geen einde is, of als dat niet bekend is.",
        "Last day of the grant. Empty when it has no end, or when that is not known.",
        example="2026-12-31",
        also="einddatum|eindigt_op|loopt_tot|looptijd_tot|grant_end",
    )


class Account(Row):
    table = "accounts"
    grain = {"nl": "één organisatie in één jaar", "en": "one organisation in one year"}
    key = ("organisation_id", "year")
    also = ("jaarcijfers", "jaarrekening")

    organisation_id: Identifier = column(
        "De organisatie, als kenmerk of naam.",
        "The organisation, by identifier or name.",
        example="NL-KVK-41150298",
        default=...,
        refers_to="organisations",
        also="organisatie|organisation|organization|organisatie_id",
    )
    year: Year = column("Boekjaar.", "Year of the accounts.", example="2023", default=..., also="jaar|boekjaar")
    total_income: Annotated[Euro | None, or_unknown()] = column(
        "Alle inkomsten van dat jaar, in euro. Daarmee is bekend welk deel de regels van funding.csv zijn.",
        "All income of that year, in euros. It tells which part the rows of funding.csv are.",
        example="450000",
        also="totale_baten|som_van_de_baten|baten|totale_inkomsten|inkomsten_totaal|omzet|income|turnover|revenue|"
        "total_revenue",
    )
    expenditure: Annotated[Euro | None, or_unknown()] = column(
        "Alle uitgaven van dat jaar, in euro.",
        "All expenditure of that year, in euros.",
        example="430000",
        also="totale_lasten|som_van_de_lasten|lasten|uitgaven|totale_uitgaven|expenses|total_expenditure|costs",
    )
    reserves: Annotated[Annotated[Number, Money] | None, or_unknown()] = column(
        "Reserves aan het eind van dat jaar, in euro; onder nul als er een tekort is.",
        "Reserves at the end of that year, in euros; below zero when there is a deficit.",
        example="150000",
        also="reserve|eigen_vermogen|equity",
    )
    fte: Annotated[Annotated[Fte, at_least(0)] | None, or_unknown()] = column(
        "Banen in dat jaar, in fte.",
        "Jobs in that year, in full-time equivalents.",
        example="12.5",
        also="banen|ftes|arbeidsplaatsen|jobs",
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
    year: Annotated[Year | None, or_unknown()] = column(
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
            raise unknown_code(info.data.get("dimension", ""), info.context)
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
    value: Percentage = column(
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
    row.table: row for row in (Organisation, Event, Partnership, Attendance, Funding, Account, Reference, Target)
}
"""Every table, in the order in which rows may refer to earlier ones."""


def is_required(row: type[Row], name: str) -> bool:
    """Whether a file must have the column: identifiers that we make ourselves may be left out."""
    field = row.model_fields[name]
    return field.is_required() and not extra(row, name)["made_from"]


def is_optional(row: type[Row], name: str) -> bool:
    """Whether a cell that cannot be read is left empty and its row stays: what a row needs, and goes by, is not."""
    return not row.model_fields[name].is_required() and name not in row.key and name not in row.decisive


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


def marks_of(row: type[Row], name: str) -> list[Any]:
    """Everything that the type of a column carries beside the type itself: bounds, how it is read, marks."""

    def of(annotation: Any, metadata: Iterable[Any]) -> list[Any]:
        found = [m for part in metadata for m in [part, *getattr(part, "metadata", ())]]
        for part in get_args(annotation):
            found += of(part, getattr(part, "__metadata__", ()))
        return found

    field = row.model_fields[name]
    return of(field.annotation, field.metadata)


def bounds(row: type[Row], name: str) -> tuple[float, float]:
    """The lowest and the highest number a column may hold; infinite where there is no bound."""
    marks = marks_of(row, name)
    return (
        max((m.ge for m in marks if hasattr(m, "ge")), default=-math.inf),
        min((m.le for m in marks if hasattr(m, "le")), default=math.inf),
    )


def is_money(row: type[Row], name: str) -> bool:
    """Whether a column holds euros."""
    return Money in marks_of(row, name)


def takes_percentages(row: type[Row], name: str) -> bool:
    """Whether a percentage is understood in a column, as a share of 1."""
    return any(getattr(mark, "func", None) is read_percentage for mark in marks_of(row, name))


@functools.cache
def _words_of(row: type[Row], name: str) -> Callable[[Any], Mapping[str, str]] | None:
    """What gives the words a column understands, by the context; None when it takes any text."""
    for function in (getattr(mark, "func", None) for mark in marks_of(row, name)):
        if function is read_country:
            return lambda _context: codes_by_word()
        if words := getattr(function, "words", None):
            return words  # type: ignore[no-any-return]
    return None


def says_nothing(row: type[Row], name: str, cell: Any, context: Any) -> bool:
    """Whether a cell is empty, or says in a word that nothing is known: `-`, `n.v.t.`, `#N/B`.

    A word that the column understands is that word: NA is Namibia, and `geen` lid is no member.
    """
    if not isinstance(cell, str) or not cell.strip():
        return not cell
    if not is_nothing(cell):
        return False
    words = _words_of(row, name)
    return words is None or fold(cell) not in words(context)


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
