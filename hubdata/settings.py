"""What differs from hub to hub: `hub.toml` in the home folder, read through a pydantic model.

Every setting has a default, so the file may be absent. A mistake in the file stops the start with the place and the
reason, since a threshold that is silently ignored would move figures.
"""

import base64
import datetime
import difflib
import os
import re
import tomllib
import zoneinfo
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

Language = Literal["nl", "en"]
Label = dict[str, str]
Share = Annotated[float, Field(ge=0, le=1)]

SECTORS: dict[str, Label] = {
    "ngo": {"nl": "Ngo's", "en": "NGOs"},
    "knowledge": {"nl": "Kennis", "en": "Knowledge"},
    "government": {"nl": "Overheid", "en": "Government"},
    "business": {"nl": "Bedrijven", "en": "Business"},
    "social-enterprise": {"nl": "Sociale ondernemingen", "en": "Social enterprises"},
    "international": {"nl": "Internationale organisaties", "en": "International organisations"},
    "funder": {"nl": "Fondsen", "en": "Funders"},
    "network": {"nl": "Netwerken", "en": "Networks"},
    "other": {"nl": "Overig", "en": "Other"},
}


class OrganisationType(BaseModel):
    """A type of organisation and the sector it belongs to."""

    model_config = ConfigDict(extra="forbid")
    sector: str
    nl: str
    en: str


def _type(sector: str, nl: str, en: str) -> OrganisationType:
    return OrganisationType(sector=sector, nl=nl, en=en)


class OwnIncomeRule(BaseModel):
    """A rule of a funder: from which share of own income it gives, in which years, and who says so."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    minimum_share: Share
    from_year: int | None = None
    until_year: int | None = None
    """Empty on either side: without that end."""
    is_intended: bool = False
    """Announced, not in force as far as the source says."""
    source: str
    source_date: datetime.date
    url: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> "OwnIncomeRule":
        if self.from_year and self.until_year and self.until_year < self.from_year:
            raise ValueError("until_year lies before from_year")
        return self


class Contact(BaseModel):
    """Who of the programme asks organisations about their ties, and whom they can ask: an office, nobody's own data."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Annotated[str, Field(max_length=120)] = ""
    """"" is the name of the hub."""
    mail: Annotated[str, Field(max_length=120)] = ""
    telephone: Annotated[str, Field(max_length=40)] = ""

    @field_validator("name")
    @classmethod
    def _is_one_line(cls, name: str) -> str:
        if not name.isprintable():
            raise ValueError("a name is one line of text")
        return name.strip()

    @field_validator("mail")
    @classmethod
    def _is_a_mail_address(cls, mail: str) -> str:
        if mail and not re.fullmatch(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", mail):
            raise ValueError("this is no mail address, such as office@hub.example.org")
        return mail

    @field_validator("telephone")
    @classmethod
    def _is_a_number(cls, telephone: str) -> str:
        if telephone and not re.fullmatch(r"\+?[0-9(][0-9 ().-]{4,}", telephone):
            raise ValueError("this is no telephone number, such as +31 70 123 4567")
        return telephone

    @property
    def ways(self) -> tuple[tuple[str, str], ...]:
        """How to reach it: each an address that a browser opens, and its words."""
        dialled = re.sub(r"[^+0-9]", "", self.telephone.replace("(0)", ""))
        found = (f"mailto:{self.mail}", self.mail), (f"tel:{dialled}", self.telephone)
        return tuple(way for way in found if way[1])


# What the ministry of Foreign Affairs asks of organisations that want money for development cooperation.
_LETTER = "Kamerstuk 36 600 XVII, nr. 13"
_LETTER_DATE = datetime.date(2024, 11, 11)
_LETTER_URL = "https://zoek.officielebekendmakingen.nl/kst-36600-XVII-13.html"
OWN_INCOME_RULES = (
    OwnIncomeRule(minimum_share=0.25, until_year=2025, source=_LETTER, source_date=_LETTER_DATE, url=_LETTER_URL),
    OwnIncomeRule(
        minimum_share=0.5,
        from_year=2026,
        is_intended=True,
        source=_LETTER,
        source_date=_LETTER_DATE,
        url=_LETTER_URL,
    ),
)

# The eighteen types that The Hague Humanity Hub publishes about itself.
TYPES: dict[str, OrganisationType] = {
    "ngo": _type("ngo", "Ngo", "NGO"),
    "ingo": _type("ngo", "Internationale ngo", "INGO"),
    "network": _type("network", "Netwerk, alliantie of hub", "Network, alliance or hub"),
    "educational-institution": _type("knowledge", "Onderwijsinstelling", "Educational institution"),
    "research-institute": _type("knowledge", "Onderzoeks- of beleidsinstituut", "Research and policy institute"),
    "professional-services": _type("business", "Zakelijke dienstverlener", "Professional service provider"),
    "business": _type("business", "Bedrijf", "Business"),
    "foundation": _type("funder", "Vermogensfonds", "Foundation"),
    "social-enterprise": _type("social-enterprise", "Sociale onderneming", "Social enterprise"),
    "government": _type("government", "Overheid", "Government"),
    "embassy": _type("government", "Ambassade", "Embassy"),
    "international-organisation": _type("international", "Internationale organisatie", "International organisation"),
    "media": _type("business", "Media", "Media"),
    "impact-investor": _type("funder", "Impactinvesteerder", "Impact investor"),
    "court": _type("international", "Hof of tribunaal", "Court or tribunal"),
    "trade-association": _type("network", "Brancheorganisatie", "Trade association"),
    "political-party": _type("other", "Politieke partij", "Political party"),
    "other": _type("other", "Overig", "Other"),
}

# Labels for codes of open vocabularies, so that the sample and the demo read well in both languages.
WORDS: dict[str, Label] = {
    "accountability": {"nl": "Verantwoording", "en": "Accountability"},
    "border-security": {"nl": "Grensbewaking", "en": "Border security"},
    "business-and-trade": {"nl": "Ondernemen en handel", "en": "Business and trade"},
    "civil-society": {"nl": "Maatschappelijk middenveld", "en": "Civil society"},
    "climate-and-environment": {"nl": "Klimaat en milieu", "en": "Climate and environment"},
    "climate-and-security": {"nl": "Klimaat en veiligheid", "en": "Climate and security"},
    "crisis-response": {"nl": "Crisisbeheersing", "en": "Crisis response"},
    "critical-infrastructure": {"nl": "Vitale infrastructuur", "en": "Critical infrastructure"},
    "cyber-security": {"nl": "Digitale veiligheid", "en": "Cyber security"},
    "democracy": {"nl": "Democratie", "en": "Democracy"},
    "education": {"nl": "Onderwijs", "en": "Education"},
    "emerging-technology": {"nl": "Nieuwe technologie", "en": "Emerging technology"},
    "energy": {"nl": "Energie", "en": "Energy"},
    "fighting-crime": {"nl": "Misdaadbestrijding", "en": "Fighting crime"},
    "food-and-agriculture": {"nl": "Voedsel en landbouw", "en": "Food and agriculture"},
    "food-and-bioeconomy": {"nl": "Voedsel en bio-economie", "en": "Food and bioeconomy"},
    "frontier-research": {"nl": "Grensverleggend onderzoek", "en": "Frontier research"},
    "governance": {"nl": "Goed bestuur", "en": "Governance"},
    "health": {"nl": "Gezondheid", "en": "Health"},
    "human-rights": {"nl": "Mensenrechten", "en": "Human rights"},
    "humanitarian-aid": {"nl": "Noodhulp", "en": "Humanitarian aid"},
    "inclusive-societies": {"nl": "Inclusieve samenleving", "en": "Inclusive societies"},
    "industrial-technology": {"nl": "Industriële technologie", "en": "Industrial technology"},
    "interoperability": {"nl": "Samenwerkende systemen", "en": "Interoperability"},
    "media-freedom": {"nl": "Persvrijheid", "en": "Media freedom"},
    "migration": {"nl": "Migratie", "en": "Migration"},
    "peacebuilding": {"nl": "Vredesopbouw", "en": "Peacebuilding"},
    "practitioner-networks": {"nl": "Netwerken van vakmensen", "en": "Practitioner networks"},
    "reproductive-health": {"nl": "Seksuele gezondheid", "en": "Reproductive health"},
    "research-infrastructure": {"nl": "Onderzoeksfaciliteiten", "en": "Research infrastructure"},
    "researcher-mobility": {"nl": "Uitwisseling van onderzoekers", "en": "Researcher mobility"},
    "rule-of-law": {"nl": "Rechtsstaat", "en": "Rule of law"},
    "science-and-society": {"nl": "Wetenschap en samenleving", "en": "Science and society"},
    "security-and-society": {"nl": "Veiligheid en samenleving", "en": "Security and society"},
    "space": {"nl": "Ruimtevaart", "en": "Space"},
    "transport": {"nl": "Vervoer", "en": "Transport"},
    "water": {"nl": "Water", "en": "Water"},
    "womens-rights": {"nl": "Vrouwenrechten", "en": "Women's rights"},
    "conference": {"nl": "Conferentie", "en": "Conference"},
    "meeting": {"nl": "Overleg", "en": "Meeting"},
    "working-visit": {"nl": "Werkbezoek", "en": "Working visit"},
    "workshop": {"nl": "Workshop", "en": "Workshop"},
    "roundtable": {"nl": "Rondetafelgesprek", "en": "Roundtable"},
    "training": {"nl": "Training", "en": "Training"},
    "network-lunch": {"nl": "Netwerklunch", "en": "Network lunch"},
    "plenary": {"nl": "Plenaire bijeenkomst", "en": "Plenary"},
    "project": {"nl": "Project", "en": "Project"},
    "data-analysis": {"nl": "Data-analyse", "en": "Data analysis"},
    "digital-skills": {"nl": "Digitale vaardigheden", "en": "Digital skills"},
    "fundraising": {"nl": "Fondsenwerving", "en": "Fundraising"},
    "legal-advice": {"nl": "Juridisch advies", "en": "Legal advice"},
    "monitoring-and-evaluation": {"nl": "Monitoring en evaluatie", "en": "Monitoring and evaluation"},
    "office-space": {"nl": "Kantoorruimte", "en": "Office space"},
    "communication": {"nl": "Communicatie", "en": "Communication"},
    "working-group": {"nl": "Werkgroep", "en": "Working group"},
    "joint-programme": {"nl": "Gezamenlijk programma", "en": "Joint programme"},
    "knowledge-exchange": {"nl": "Kennisuitwisseling", "en": "Knowledge exchange"},
    "shared-services": {"nl": "Gedeelde diensten", "en": "Shared services"},
    "consortium": {"nl": "Consortium", "en": "Consortium"},
    "covenant": {"nl": "Convenant", "en": "Covenant"},
}


class Mistake(NamedTuple):
    """A mistake in `hub.toml`. `code` says of which kind: a key of `REMEDIES`."""

    code: str
    line: int | None
    """Where it is, as far as that is known."""
    name: str
    """The setting it is about; "" when it is about the file."""
    reason: str
    """In English, as the library that reads the file says it."""
    near: str = ""
    """A setting whose name is nearly that of an unknown one."""

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        about = f"{self.name}: " if self.name else ""
        return f"{place}{about}{self.reason}. {REMEDIES[self.code].format(name=self.name, near=self.near)}".rstrip()


REMEDIES = {
    "syntax": "Compare the line with the example in data/hub.toml: name = value, texts between quotation marks.",
    "twice": "Each setting may be there once: remove one of the two lines.",
    "encoding": "Save the file as UTF-8.",
    "unknown": "Check how it is written, or remove the line.",
    "unknown_near": "Did you mean {near}?",
    "value": "Correct the value, or remove the line: then the usual value counts.",
    "unreadable": "The user of the dashboard must be able to read the file.",
}
"""What to do about a mistake of a kind."""


class SettingsProblem(Exception):
    """`hub.toml` cannot be used; the message says where, why and what to do."""

    def __init__(self, path: Path, mistakes: list[Mistake]) -> None:
        super().__init__(f"{path}: " + "; ".join(map(str, mistakes)))
        self.mistakes = mistakes


class Settings(BaseModel):
    """The settings of a hub. Unknown names are refused, so that a typing mistake does not go unnoticed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = "Impact City"
    logo: str = ""
    """A picture in the home folder (PNG, JPEG or WebP, at most 200 kB), shown instead of the name at the left above."""
    region: str = "Den Haag"
    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = ("nl", "en")
    about: Label = {
        "nl": "Wie met wie samenwerkt, en wie dat betaalt, in het netwerk voor vrede en recht.",
        "en": "Who works with whom, and who pays for it, in the ecosystem for peace and justice.",
    }
    attribution: str = ""
    contact: Contact = Contact()
    public_address: Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.\[\]:-]+/?$")] = "http://localhost:8501"
    """Where people reach the dashboard: shared links begin with it; asked under another name it shows nobody data."""
    time_zone: str = "Europe/Amsterdam"
    """Where the hub is: a time with a zone in a file is the day that it is here."""
    login_hours: Annotated[int, Field(ge=1, le=24 * 30)] = 12
    """How long a manager stays logged in, with the password or with OIDC."""
    expected_organisations: Annotated[int, Field(ge=1)] | None = None
    """How many organisations the hub thinks there are; None when nobody said so, and then nothing is said of it."""
    funding_is_partial: bool = False
    """The funding list is known to hold a part of what organisations receive, such as project money alone: what it says
    of who depends on whom is then shown greyed, for organisations of which the total income is not known."""

    exposure_threshold: Share = 0.5
    public_threshold: Share = 0.75
    risk_threshold: Share = 0.25
    """In a stress test an organisation is at risk when it loses more than this share of its income."""
    own_income_rules: tuple[OwnIncomeRule, ...] = OWN_INCOME_RULES
    own_income_donors: tuple[str, ...] = ()
    """Names or ids of the donor whose rule it is, as they stand in the lists; its money is not own income. Empty: all
    money of the Dutch government is not."""
    digital_services: tuple[str, ...] = ("cyber-security", "data-analysis", "digital-skills")
    """The needs and offers that are digital: they come first."""
    fading_days: Annotated[int, Field(ge=1)] = 365
    half_life_days: Annotated[int, Field(ge=1)] = 365
    plenary_size: Annotated[int, Field(ge=2)] = 60
    window_days: Annotated[int, Field(ge=1)] = 180
    minimum_organisations: Annotated[int, Field(ge=1)] = 5
    max_file_megabytes: Annotated[int, Field(ge=1)] = 200
    max_drop_megabytes: Annotated[int, Field(ge=1)] = 400
    """Of all files of a drop together."""
    max_unpacked_megabytes: Annotated[int, Field(ge=1)] = 1000
    """The most a workbook may unpack to."""
    max_columns: Annotated[int, Field(ge=1)] = 500
    reading_megabytes: Annotated[int, Field(ge=200)] = 2000
    """The memory that reading one drop may take, in a process of its own."""
    reading_seconds: Annotated[int, Field(ge=1)] = 120
    database_megabytes: Annotated[int, Field(ge=0)] = 0
    """The memory that the database may take for one snapshot; 0 is half of what the machine, or the container, has."""
    kept_megabytes: Annotated[int, Field(ge=50)] = 200
    """The memory that answers, figures and tables which were made once may take, for the next who asks."""
    keep_snapshots: Annotated[int, Field(ge=1)] = 100
    store: Annotated[str, Field(pattern=r"^(folder|ducklake:postgres:.*)?$")] = ""
    """Where the data is kept: "" is what HUBDATA_STORE says, and without it the folder (see `hubdata.store.which`)."""
    inbox_settle_seconds: Annotated[float, Field(ge=0)] = 2

    other_hubs: Annotated[tuple[str, ...], Field(max_length=2)] = ()
    """Home folders of at most two other hubs to stand beside this one, seen from this home."""

    sectors: dict[str, Label] = SECTORS
    types: dict[str, OrganisationType] = TYPES
    themes: dict[str, Label] = {}
    """Empty: every theme is accepted as written. Otherwise only these."""
    words: dict[str, Label] = {}
    """Labels for codes of open vocabularies, added to our own."""

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        try:
            return zoneinfo.ZoneInfo(name).key
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"{name!r} is no time zone, such as Europe/Amsterdam") from None

    @model_validator(mode="after")
    def _types_belong_to_sectors(self) -> "Settings":
        for code, organisation_type in self.types.items():
            if organisation_type.sector not in self.sectors:
                raise ValueError(f"type {code!r} belongs to sector {organisation_type.sector!r}, which is not a sector")
        return self

    def label(self, code: str | None, language: str) -> str:
        """The word a reader sees for a sector, theme, kind, need or offer; without one, the code made readable."""
        if not code:
            return ""
        for labels in (self.sectors, self.themes, self.words, WORDS):
            if code in labels and language in labels[code]:
                return labels[code][language]
        return code if " " in code else (code[:1].upper() + code[1:]).replace("-", " ")

    def type_label(self, code: str | None, language: str) -> str:
        """The word a reader sees for a type of organisation."""
        organisation_type = self.types.get(code or "")
        return str(getattr(organisation_type, language)) if organisation_type else self.label(code, language)


def default_home() -> Path:
    """The folder with `hub.toml` and the snapshots: `HUBDATA_HOME`, else `data` beside the code."""
    return Path(os.environ.get("HUBDATA_HOME") or Path(__file__).parents[1] / "data")


def read(home: Path) -> Settings:
    """The settings in `home/hub.toml`; the defaults when there is no such file.

    Raises `SettingsProblem` with every place, reason and remedy when the file cannot be used.
    """
    path = home / "hub.toml"
    try:
        written = path.read_bytes().decode()
        content: dict[str, Any] = tomllib.loads(written)
        hub_settings = Settings.model_validate(content)
        logo(home, hub_settings)
        return hub_settings
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise SettingsProblem(path, [Mistake("unreadable", None, "", error.strerror or "it cannot be read")]) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SettingsProblem(path, [Mistake("encoding", line, "", "the file is not UTF-8")]) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = re.search(r"at line (\d+)", str(error))
        code = "twice" if "overwrite" in str(error) or "twice" in str(error) else "syntax"
        raise SettingsProblem(path, [Mistake(code, int(found[1]) if found else None, "", str(error))]) from error
    except ValidationError as error:
        raise SettingsProblem(
            path, [_mistake(written, e["loc"], e["type"], e["msg"]) for e in error.errors()]
        ) from error


PICTURES = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg", b"RIFF": "webp"}
"""How a file begins that holds a picture which can hold nothing but a picture."""
MAX_LOGO_BYTES = 200_000


def logo(home: Path, hub_settings: Settings) -> str:
    """The hub's logo as a `data:` address, so that showing it asks nothing of anybody; "" when there is none.

    Raises `SettingsProblem` when it is no picture in the home folder of a kind and size that is safe to show.
    """
    if not hub_settings.logo:
        return ""
    path = (home / hub_settings.logo).resolve()

    def refuse(reason: str) -> SettingsProblem:
        return SettingsProblem(home / "hub.toml", [Mistake("value", None, "logo", reason)])

    if not path.is_relative_to(home.resolve()) or not path.is_file():
        raise refuse("there is no such file in the folder with hub.toml")
    content = path.read_bytes()[: MAX_LOGO_BYTES + 1]
    kind = next((kind for start, kind in PICTURES.items() if content.startswith(start)), None)
    if not kind or len(content) > MAX_LOGO_BYTES:
        raise refuse("a logo is a PNG, JPEG or WebP picture of at most 200 kB")
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def _mistake(written: str, place: tuple[int | str, ...], kind: str, reason: str) -> Mistake:
    names = [str(part) for part in place] or ["types", *re.findall("'([^']+)'", reason)[:1]]
    name = ".".join(names)
    if kind != "extra_forbidden":
        return Mistake("value", _line_of(written, names), name, reason)
    near = difflib.get_close_matches(names[-1], Settings.model_fields, 1) if len(names) == 1 else []
    code = "unknown_near" if near else "unknown"
    return Mistake(code, _line_of(written, names), name, "there is no such setting", *near)


def _line_of(written: str, names: list[str]) -> int | None:
    """The line that sets what `names` lead to, or the nearest thing around it; None when it is nowhere."""
    if not names:
        return None
    best: int | None = None
    depth, table = 0, list[str]()
    for number, line in enumerate(written.splitlines(), start=1):
        header = re.match(r"\s*\[+\s*([^\]]+?)\s*\]", line)
        key = re.match(r"\s*([\w.\"'-]+)\s*=", line)
        here = _parts(header[1]) if header else [*table, *_parts(key[1])] if key else []
        if header:
            table = here
        common = len(here) if here == names[: len(here)] else 0
        if common > depth:
            best, depth = number, common
    return best


def _parts(dotted: str) -> list[str]:
    return [part.strip().strip("\"'") for part in dotted.split(".")]
