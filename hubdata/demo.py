"""A fictional ecosystem as CSV files, in the columns a drop has: to try the dashboard, and to test it at any size.

What was decided, and why:

- Nothing in it is real: places that sound like places and are none, a municipality called Voorbeeldstad (example town),
  donors called fictional, web addresses under example.org, and a README that says so. A test compares the names with
  those of real organisations. Only the numbers of organisations per type are those of The Hague Humanity Hub.
- The same size and seed give the same bytes: the period is fixed, and no set is ever walked through. Every table draws
  from a stream of its own, so that a change to one leaves the others as they were.
- Partnerships, events and income rows grow in proportion to the organisations, at the rate of the real sample (677
  partnerships and 3,611 income rows for 166 organisations), and communities keep their size. So an average organisation
  has as many partners among 16,600 as among 150.
- What the indicators are about happens on purpose: contact that stops while nobody closes the partnership, partnerships
  born at an event, cooperation across sectors that grows over the years, public money that shrinks, one donor who pays
  nearly everything, records that begin after the partnership did, organisations that leave with agreements still open.
- Planned events lie well after the period, so that the newest day on which anything was observed stays its last day.

The facts that tables share come from `make_cast` (the organisations), `make_calendar` and `make_visits` (events and who
came), `make_agreements` (who works with whom) and `make_relations` (who pays whom); one function per table turns them
into columns. Days are integers, counted from 1 January 1970.
"""

import csv
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Table = dict[str, list[Any]]


def day(text: str) -> int:
    """The number of an ISO date.

    >>> day("1970-01-02")
    1
    """
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


# The period
PARTNERSHIPS_BEGIN = day("2014-01-01")
RECORDS_BEGIN = day("2019-01-01")
PERIOD_END = day("2026-09-30")
PLANNED_BEGIN, PLANNED_END = day("2027-01-15"), day("2027-06-30")
STILL_THERE = PLANNED_END + 1
ONLINE_BEGIN, ONLINE_END = day("2020-03-16"), day("2021-09-24")
YEARS = range(2019, 2027)

# Organisations
TYPES = {  # code: sector, number in The Hague
    "ngo": ("ngo", 301),
    "ingo": ("ngo", 185),
    "network": ("network", 128),
    "educational-institution": ("knowledge", 120),
    "research-institute": ("knowledge", 109),
    "professional-services": ("business", 109),
    "business": ("business", 83),
    "foundation": ("funder", 79),
    "social-enterprise": ("social-enterprise", 74),
    "government": ("government", 61),
    "embassy": ("government", 60),
    "international-organisation": ("international", 58),
    "media": ("business", 31),
    "other": ("other", 28),
    "impact-investor": ("funder", 20),
    "court": ("international", 11),
    "trade-association": ("network", 4),
    "political-party": ("other", 2),
}
NAMES = {  # {en} and {nl}: its theme in words. No name may end in a number
    "ngo": "Stichting {nl} {place}|{place} Action for {en}|Vereniging {place} voor {nl}|{place} Aid",
    "ingo": "{place} International|{en} Initiative {place}|International {place} Fund for {en}",
    "network": "{place} Alliance for {en}|Platform {nl} {place}|{place} Hub|Netwerk {place}",
    "educational-institution": "University of {place}|Hogeschool {place}|{place} Academy of {en}",
    "research-institute": "{place} Institute for {en}|Instituut {nl} {place}|Centre {place}",
    "professional-services": "{place} Advocaten|{place} Consulting|Adviesbureau {place} {nl}",
    "business": "{place} BV|{place} Technologies|{place} Logistiek|{place} Data Works",
    "foundation": "Fonds {place}|{place} Foundation for {en}|{place} Endowment|Familiefonds {place}",
    "social-enterprise": "{place} Social Works|Werkplaats {place}|{place} Makers for {en}",
    "government": "Municipality of {place}|Provincie {place}|Agentschap {nl} {place}",
    "embassy": "Embassy of the Republic of {place}|Embassy of the {place} Islands|Ambassade van {place}",
    "international-organisation": "{place} Organisation for {en}|{place} Union on {en}",
    "media": "{place} Courant|The {place} Messenger|Radio {place}|{place} Review of {en}",
    "other": "{place} House|Huis van {nl} {place}|Friends of {place}",
    "impact-investor": "{place} Impact Capital|{place} Participaties|{place} Ventures for {en}",
    "court": "Tribunal of {place}|{place} Court of Arbitration|Special Chamber for {place}",
    "trade-association": "Employers of {place}|Brancheorganisatie {place}",
    "political-party": "{place} Party|Partij voor {place}",
}
MUNICIPALITY = "Voorbeeldstad"
CONVENORS = {"government": f"Gemeente {MUNICIPALITY}", "network": f"{MUNICIPALITY} Hub"}  # its type: the first of it
DUTCH = (
    "Amel Bremmel Dorsel Elver Garsel Hamel Ilsen Korven Lommer Marsel Norver Rinkel Tessel Velmer",
    "borg brug dam dijk donk haven hoven meer oord veld waard wijk",
)
ENGLISH = (
    "Aldern Bramsel Corvel Dunsel Elvering Farrel Garrad Hesper Kestel Lorring Norrin Pemble Tarrow Wenlow",
    "bury combe dale ford mere moor ness shire stead thorpe ton wick",
)
PLACES = [start + end for starts, ends in (DUTCH, ENGLISH) for start in starts.split() for end in ends.split()]
THEMES = {  # code: in English, in Dutch, its sustainable development goals
    "rule-of-law": ("Rule of Law", "Rechtsstaat", {16}),
    "peacebuilding": ("Peacebuilding", "Vredesopbouw", {16, 17}),
    "humanitarian-aid": ("Humanitarian Aid", "Noodhulp", {1, 2, 3}),
    "human-rights": ("Human Rights", "Mensenrechten", {5, 10, 16}),
    "cyber-security": ("Cyber Security", "Digitale Veiligheid", {9, 16}),
    "climate-and-security": ("Climate and Security", "Klimaat en Veiligheid", {13, 16}),
    "migration": ("Migration", "Migratie", {8, 10}),
    "accountability": ("Accountability", "Verantwoording", {12, 16}),
}
CITIES = {MUNICIPALITY: 78, PLACES[0]: 5, PLACES[14]: 4, PLACES[29]: 4, PLACES[45]: 4, PLACES[60]: 3, PLACES[77]: 2}
COUNTRIES = ("NL", "UA", "SY", "SD", "CD", "CO", "AF", "IQ", "LB", "KE", "ET", "ML", "NE", "SO", "YE", "MM", "PH")
MEMBERSHIPS = {"none": 50, "member": 36, "tenant": 14}
DIGITAL_SERVICES = ("digital-skills", "data-analysis", "cyber-security")
OTHER_SERVICES = (
    "fundraising",
    "legal-advice",
    "office-space",
    "monitoring-and-evaluation",
    "communication",
    "training",
)
MEDIAN_FTE = {
    "ngo": 7,
    "knowledge": 25,
    "government": 40,
    "business": 12,
    "social-enterprise": 6,
    "international": 60,
    "funder": 5,
    "network": 4,
    "other": 4,
}
CONVENOR_REACH = {"government": 0.55, "network": 0.45}  # its type: share of the organisations it has an agreement with
COMMUNITY_SIZE = 18
SOLITARY_SHARE = 0.05  # never works with anybody
NEWCOMER_SHARE = 0.28
LEAVER_SHARE = 0.06

# Events
EVENTS_PER_ORGANISATION = 0.8
PLANNED_PER_ORGANISATION = 0.05
EVENT_KINDS = {  # code: weight, fewest and most organisations, share from one community, euros per organisation
    "workshop": (45, 8, 25, 0.6, 60),
    "network-lunch": (25, 20, 40, 0.2, 35),
    "roundtable": (15, 6, 15, 0.7, 45),
    "training": (15, 8, 20, 0.4, 110),
}
PLENARY_SHARE, PLENARY_LIMIT, PLENARY_EUR = 0.45, 150, 80
FORMATS = {"in-person": 78, "hybrid": 14, "online": 8}
CONVENOR_HOSTS_SHARE = 0.4
STAYS_AWAY_SHARE = 0.11

# Partnerships
PARTNERSHIPS_PER_ORGANISATION = 677 / 166
SIZES = {2: 70, 3: 17, 4: 7, 5: 3, 6: 1.5, 7: 0.4, 8: 0.3, 9: 0.2, 10: 0.2, 12: 0.2, 15: 0.2}  # organisations: weight
INTENSITIES = {  # code: weight, mean years that it lasts
    "awareness": (20, 1.5),
    "cooperation": (45, 2.0),
    "coordination": (27, 4.0),
    "integration": (8, 6.0),
}
KINDS = ("project", "working-group", "joint-programme", "knowledge-exchange", "shared-services")
CONVENOR_EXTRA_YEARS = 6
FROM_EVENT_SHARE = 0.3
NEVER_CLOSED_SHARE = 0.15  # of those that are over
SAME_COMMUNITY_SHARE = 0.75
FIRST_LOTS = 3
OTHER_SECTOR_WELCOME = 0.2, 0.6  # chance that somebody from another sector is taken: when records began, and now
KNOWN_WELCOME = 0.3  # the same for somebody it works or worked with already

# Income
CATEGORIES = ("individuals", "companies", "lotteries", "government", "multilateral", "nonprofits", "earned", "other")
EARNED = CATEGORIES.index("earned")
INCOME_MIX = {  # sector: weight of each category
    "ngo": (18, 8, 8, 27, 10, 21, 5, 3),
    "knowledge": (3, 12, 2, 40, 20, 11, 10, 2),
    "government": (0, 2, 0, 75, 15, 2, 3, 3),
    "business": (0, 38, 0, 20, 8, 4, 28, 2),
    "social-enterprise": (8, 22, 6, 26, 5, 19, 12, 2),
    "international": (2, 5, 3, 48, 30, 7, 2, 3),
    "funder": (35, 25, 10, 5, 2, 15, 5, 3),
    "network": (5, 18, 6, 35, 8, 15, 10, 3),
    "other": (22, 15, 5, 25, 5, 15, 8, 5),
}
RELATIONS_PER_ORGANISATION = 7  # with a donor and programme, over all years; makes about 3,611 / 166 income rows
DONORS = {  # category: donors at any size, names of further ones, how many of those per organisation
    "individuals": (
        "Geefkring Tilborne|Vrienden van Ousterveld|Leden van de Lange Tafel",
        "Geefkring {place}",
        0.05,
    ),
    "companies": ("Hamelwaard Bank|Corvel Shipping|Tesselmeer Software", "{place} Holding", 0.20),
    "lotteries": ("Zevenstedenloterij|Goede Buren Loterij", "", 0),
    "government": (
        "Ministerie van Wereldzaken|Ministerie van Recht en Orde|Ministerie van Wegen en Water|Ministerie van Leren",
        "Waterschap {place}",
        0.05,
    ),
    "multilateral": ("Unie van Kuststaten|Raad van Partnerlanden|Bank voor Gedeelde Groei", "", 0),
    "nonprofits": ("Lange Adem Fonds|Morgenland Fonds", "{place} Trust", 0.15),
    "other": ("Rinkelborg Spaarfonds|Onderlinge Garselhaven", "", 0),
}
DONOR_TYPES = {"nonprofits": ("foundation", "impact-investor"), "government": ("government",)}
DONOR_IN_DATA_SHARE = 0.25  # of the relations with such a category: the donor is an organisation of one of these types
PROGRAMMES = ("Safe Harbour", "Open Gate", "Bright Lantern", "Long Table", "Second Chapter")
NO_INCOME_KNOWN_SHARE = 0.1
ACCOUNTS_SHARE, ACCOUNTS_WHOLE_SHARE = 0.4, 0.5  # organisations with accounts; of these: all income is in the list
SILENT_SHARE, SILENT_LAST_YEAR_SHARE = 0.05, 0.25  # organisations that give no figures of a year
DOMINATED_SHARE, DOMINATED_WEIGHT = 0.15, 15
SHRINKING_SHARE = 0.45  # organisations whose government income shrinks
GROWTH, SHRINKING_GROWTH, EARNED_GROWTH = 1.02, 0.92, 1.14  # a year; earned: of social enterprises
EUR_PER_FTE = 80_000
GRANT_CATEGORIES = ("companies", "lotteries", "government", "multilateral", "nonprofits")
GRANT_YEARS = 2, 4  # a grant is for so many years, and then perhaps given again
GRANT_END_KNOWN_SHARE = 0.75
GRANT_LAST_MONTHS = {12: 60, 3: 15, 6: 15, 9: 10}  # weight

# Reference and targets
REFERENCE = "Fictional reference"
REFERENCE_YEAR = 2025
REFERENCE_SECTORS = {  # share of the organisations, share of the jobs
    "ngo": (0.22, 0.12),
    "knowledge": (0.12, 0.20),
    "government": (0.07, 0.24),
    "business": (0.34, 0.28),
    "social-enterprise": (0.06, 0.03),
    "international": (0.02, 0.06),
    "funder": (0.06, 0.02),
    "network": (0.08, 0.03),
    "other": (0.03, 0.02),
}
REFERENCE_THEMES = dict(zip(THEMES, (0.12, 0.09, 0.21, 0.17, 0.24, 0.08, 0.14, 0.07), strict=True))
MEAN_DEGREES = {"2025-12-31": 8.0, "2028-12-31": 10.0}
OTHER_TARGETS = (
    ("cross_sector_share", "2025-12-31", 0.75, "More cooperation across sectors"),
    ("cross_sector_share", "2028-12-31", 0.80, ""),
    ("exposed_share", "2026-12-31", 0.55, "Fewer organisations that lean on one donor"),
    ("exposed_share", "2028-12-31", 0.45, ""),
    ("public_share", "2028-12-31", 0.45, "A smaller part of all income from public money"),
)

README_TITLE = "# A fictional ecosystem"
README = """{title}

**Nothing in this folder is real.** A program invented every organisation, partnership, event, donor and amount, so that
the dashboard can be tried without anybody's data. It says nothing about any city, sector or organisation. Only the
numbers of organisations per type follow those that The Hague Humanity Hub publishes about itself.

- Made with `python -m hubdata demo DIR --organisations {organisations} --seed {seed}`; again gives the same bytes.
- Recorded from {begin} to {end}. Events after that date are planned.
- Rows: {rows}.
"""


@dataclass(frozen=True)
class Cast:
    """The organisations as the tables need them: one element per organisation, in the order of their ids."""

    ids: list[str]
    names: list[str]
    types: list[str]
    sectors: list[str]
    community: Ints
    theme: Ints  # index into THEMES
    keenness: Floats  # weight with which it turns up at an event, > 0
    fte: Floats
    is_solitary: Bools
    is_convenor: Bools
    joined: Ints  # PARTNERSHIPS_BEGIN when it was there before
    left: Ints  # STILL_THERE when it has not left


@dataclass(frozen=True)
class Calendar:
    """One element per event, by date."""

    days: Ints
    kinds: list[str]
    community: Ints  # whose event it is
    organiser: Ints  # -1 when nobody is known to be


@dataclass(frozen=True)
class Visits:
    """One element per organisation on the list of an event, in the order of the events."""

    event: Ints
    organisation: Ints
    is_present: Bools


@dataclass(frozen=True)
class Agreements:
    """One element per partnership."""

    start: Ints
    life_end: Ints  # the last day on which it was alive, whether or not anybody wrote that down
    intensity: Ints  # index into INTENSITIES
    event: Ints  # the event it came from, -1 for none
    members: list[list[int]]


@dataclass(frozen=True)
class Relations:
    """One element per organisation, donor and programme from which it gets money."""

    organisation: Ints
    category: Ints  # index into CATEGORIES
    donor: list[tuple[str, str]]  # name and organisation_id: no name when earned, no id when it is not in the data
    programme: list[str]
    first_year: Ints
    last_year: Ints
    weight: Floats  # its size beside the organisation's other relations


def write(folder: Path, organisations: int = 150, seed: int = 1) -> None:
    """Write organisations, partnerships, events, attendance, funding, accounts, reference, targets (.csv), README.md.

    The folder is made when it is not there; an earlier fictional ecosystem in it is written over. Raises ValueError for
    fewer than one organisation, and FileExistsError when the folder holds CSV files or a README of somebody else.
    """
    if organisations < 1:
        raise ValueError("a fictional ecosystem needs at least one organisation")
    readme = folder / "README.md"
    is_ours = readme.exists() and readme.read_text(encoding="utf-8", errors="replace").startswith(README_TITLE)
    if not is_ours and (readme.exists() or any(folder.glob("*.csv"))):
        raise FileExistsError(f"{folder} holds files that are not a fictional ecosystem; name another folder")

    streams = np.random.default_rng(seed).spawn(11)
    cast = make_cast(streams[0], organisations)
    calendar = make_calendar(streams[1], cast)
    visits = make_visits(streams[2], cast, calendar)
    agreements = make_agreements(streams[3], cast, calendar, visits)
    relations = make_relations(streams[4], cast)
    funding = funding_table(streams[9], cast, relations)
    tables = {
        "organisations": organisations_table(streams[5], cast),
        "partnerships": partnerships_table(streams[6], cast, agreements),
        "events": events_table(streams[7], cast, calendar, visits),
        "attendance": attendance_table(streams[8], cast, calendar, visits),
        "funding": funding,
        "accounts": accounts_table(streams[10], cast, funding),
        "reference": reference_table(),
        "targets": targets_table(organisations),
    }
    begin, end = iso([RECORDS_BEGIN, PERIOD_END])
    counts = ", ".join(f"{name} {len(next(iter(table.values())))}" for name, table in tables.items())
    text = README.format(title=README_TITLE, organisations=organisations, seed=seed, begin=begin, end=end, rows=counts)
    folder.mkdir(parents=True, exist_ok=True)
    readme.write_text(text, encoding="utf-8", newline="\n")
    for name, table in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(table)
            writer.writerows(zip(*table.values(), strict=True))


# What several of the functions below need


def iso(days: ArrayLike) -> list[str]:
    """ISO dates of days."""
    return [str(text) for text in np.asarray(days).astype("datetime64[D]").astype(str)]


def year_of(days: Ints) -> Ints:
    """Calendar years of days."""
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def weekday(days: Ints) -> Ints:
    """The same days, Saturdays and Sundays moved back to Friday (day 0 was a Thursday)."""
    return days - np.maximum((days + 3) % 7 - 4, 0)


def choices(rng: Generator, weights: Mapping[Any, float], count: int) -> list[Any]:
    """`count` keys, with replacement."""
    shares = np.array(list(weights.values()), dtype=float)
    return list(rng.choice(list(weights), count, p=shares / shares.sum()).tolist())


def draw(rng: Generator, weights: Floats, count: int) -> Ints:
    """`count` positions in `weights`, with replacement; none when there are no weights."""
    total = np.cumsum(weights)
    return np.searchsorted(total, rng.random(count if len(total) else 0) * total[-1:], side="right").astype(np.int64)


def hide(values: Iterable[Any], is_hidden: Bools) -> list[Any]:
    """The values, with an empty cell where is_hidden."""
    return ["" if hidden else value for value, hidden in zip(values, is_hidden.tolist(), strict=True)]


def some(rng: Generator, values: Sequence[Any], missing_share: float) -> list[Any]:
    """The values, of which about this share is not known."""
    return hide(values, rng.random(len(values)) < missing_share)


def tell_apart(names: list[str]) -> list[str]:
    """The names, with a number behind the second and later of those that are the same.

    >>> tell_apart(["Corvelton Aid", "Hamelmeer Aid", "Corvelton Aid"])
    ['Corvelton Aid', 'Hamelmeer Aid', 'Corvelton Aid 2']
    """
    counts: Counter[str] = Counter()
    different = []
    for name in names:
        counts[name] += 1
        different.append(name if counts[name] == 1 else f"{name} {counts[name]}")
    return different


def themes_of(rng: Generator, theme: Ints, second_share: float) -> list[str]:
    """Lists of themes: its own first, and for some another one."""
    codes = list(THEMES)
    other = (theme + rng.integers(1, len(codes), len(theme))) % len(codes)
    has_other = rng.random(len(theme)) < second_share
    return [
        f"{codes[first]}|{codes[second]}" if both else codes[first]
        for first, second, both in zip(theme.tolist(), other.tolist(), has_other.tolist(), strict=True)
    ]


def words(code: str) -> str:
    """A code as words: `joint-programme` is "Joint programme"."""
    return code.replace("-", " ").capitalize()


def event_id(index: int) -> str:
    """The identifier of an event."""
    return f"demo-e-{index + 1:04d}"


# Organisations


def make_cast(rng: Generator, count: int) -> Cast:
    """Invent the organisations: types as in The Hague, and communities of constant size, each with one theme."""
    types = rng.permutation(np.repeat(list(TYPES), apportion(count, [number for _, number in TYPES.values()]))).tolist()
    sectors = [TYPES[code][0] for code in types]
    is_convenor = np.zeros(count, dtype=bool)
    is_convenor[[types.index(code) for code in CONVENOR_REACH if code in types]] = True
    is_solitary = np.zeros(count, dtype=bool)
    is_solitary[rng.permutation(np.flatnonzero(~is_convenor))[: int(SOLITARY_SHARE * count)]] = True

    joined = np.full(count, PARTNERSHIPS_BEGIN)
    is_newcomer = ~is_convenor & (rng.random(count) < NEWCOMER_SHARE)
    joined[is_newcomer] = rng.integers(RECORDS_BEGIN, PERIOD_END - 90, is_newcomer.sum())
    left = np.full(count, STILL_THERE)
    is_leaver = ~is_convenor & (joined < PERIOD_END - 730) & (rng.random(count) < LEAVER_SHARE)
    left[is_leaver] = rng.integers(np.maximum(joined[is_leaver], RECORDS_BEGIN) + 365, PERIOD_END)

    community = draw(rng, rng.lognormal(0, 0.3, max(1, round(count / COMMUNITY_SIZE))), count)
    theme = community % len(THEMES)
    median_fte = np.array([MEDIAN_FTE[sector] for sector in sectors])
    return Cast(
        ids=[f"demo-{number:04d}" for number in range(1, count + 1)],
        names=invent_names(rng, types, theme),
        types=types,
        sectors=sectors,
        community=community,
        theme=theme,
        keenness=rng.lognormal(0, 0.6, count),
        fte=np.maximum(0.5, np.round(median_fte * rng.lognormal(0, 1.1, count), 1)),
        is_solitary=is_solitary,
        is_convenor=is_convenor,
        joined=joined,
        left=left,
    )


def apportion(total: int, weights: Sequence[float]) -> list[int]:
    """Whole numbers that add up to total, in proportion to the weights: largest remainders, the first of equals.

    >>> apportion(10, [6, 3, 2])
    [5, 3, 2]
    """
    quotas = [total * weight / sum(weights) for weight in weights]
    seats = [int(quota) for quota in quotas]
    by_remainder = sorted(range(len(weights)), key=lambda index: seats[index] - quotas[index])
    for index in by_remainder[: total - sum(seats)]:
        seats[index] += 1
    return seats


def invent_names(rng: Generator, types: list[str], theme: Ints) -> list[str]:
    """A different name for every organisation, after its type, its theme and a place that does not exist."""
    topics = list(THEMES.values())
    places = rng.choice(PLACES, len(types)).tolist()
    names = []
    for code, topic, place in zip(types, theme.tolist(), places, strict=True):
        english, dutch, _ = topics[topic]
        patterns = NAMES[code].split("|")
        names.append(patterns[rng.integers(len(patterns))].format(place=place, en=english, nl=dutch))
    names = tell_apart(names)
    for code, name in CONVENORS.items():
        if code in types:
            names[types.index(code)] = name
    return names


def organisations_table(rng: Generator, cast: Cast) -> Table:
    """organisations.csv."""
    count = len(cast.ids)
    was_there = cast.joined == PARTNERSHIPS_BEGIN
    joined = np.where(was_there, rng.integers(day("2009-01-01"), PARTNERSHIPS_BEGIN, count), cast.joined)
    age = np.minimum(rng.exponential(np.where(was_there, 20, 6)), 150).astype(np.int64)
    maturity = rng.integers(1, 6, count)
    needs, offers = needs_and_offers(rng, maturity)
    reserves = np.round(cast.fte * EUR_PER_FTE / 12 * rng.gamma(1.8, 3.0, count), -2).astype(np.int64)
    return {
        "organisation_id": cast.ids,
        "name": cast.names,
        "sector": cast.sectors,
        "type": cast.types,
        "city": some(rng, choices(rng, CITIES, count), 0.03),
        "country": some(rng, ["NL"] * count, 0.03),
        "website": some(rng, [f"https://{identifier}.example.org" for identifier in cast.ids], 0.2),
        "themes": some(rng, themes_of(rng, cast.theme, 0.35), 0.03),
        "sdgs": some(rng, goals_of(rng, cast.theme), 0.15),
        "countries": some(rng, countries_of(rng, count), 0.2),
        "fte": some(rng, cast.fte.tolist(), 0.15),
        "founded": some(rng, (year_of(joined) - age).tolist(), 0.1),
        "joined_on": hide(iso(joined), was_there & (rng.random(count) < 0.6)),
        "left_on": hide(iso(cast.left), cast.left == STILL_THERE),
        "membership": some(rng, choices(rng, MEMBERSHIPS, count), 0.05),
        "role": hide(["convenor"] * count, ~cast.is_convenor),
        "digital_maturity": some(rng, maturity.tolist(), 0.3),
        "needs": some(rng, needs, 0.25),
        "offers": some(rng, offers, 0.3),
        "reserves": some(rng, reserves.tolist(), 0.5),
    }


def goals_of(rng: Generator, theme: Ints) -> list[str]:
    """Lists of sustainable development goals: those of its theme and one more."""
    goals = [numbers for _, _, numbers in THEMES.values()]
    more = rng.integers(1, 18, len(theme)).tolist()
    return ["|".join(map(str, sorted(goals[own] | {goal}))) for own, goal in zip(theme.tolist(), more, strict=True)]


def countries_of(rng: Generator, count: int) -> list[str]:
    """Lists of one to five countries."""
    order = rng.random((count, len(COUNTRIES))).argsort(axis=1).tolist()
    lengths = rng.integers(1, 6, count).tolist()
    return ["|".join(COUNTRIES[index] for index in row[:length]) for row, length in zip(order, lengths, strict=True)]


def needs_and_offers(rng: Generator, maturity: Ints) -> tuple[list[str], list[str]]:
    """Lists of one to three services asked and offered, none in both; the less digital ask for digital help sooner."""
    services = (*DIGITAL_SERVICES, *OTHER_SERVICES)
    urgency = rng.random((len(maturity), len(services)))
    urgency[:, : len(DIGITAL_SERVICES)] += 0.12 * (3 - maturity)[:, None]
    order = np.argsort(-urgency, axis=1).tolist()
    need_counts, offer_counts = rng.integers(1, 4, (2, len(maturity))).tolist()
    needs = [
        "|".join(services[index] for index in row[:length]) for row, length in zip(order, need_counts, strict=True)
    ]
    offers = [
        "|".join(services[index] for index in row[-length:]) for row, length in zip(order, offer_counts, strict=True)
    ]
    return needs, offers


# Events and attendance


def make_calendar(rng: Generator, cast: Cast) -> Calendar:
    """A plenary at the end of each September (the last closes the period), smaller events all year, planned ones."""
    count = len(cast.ids)
    plenaries = np.array([day(f"{year}-09-30") for year in YEARS])
    past = rng.integers(RECORDS_BEGIN + 7, PERIOD_END, max(4, round(EVENTS_PER_ORGANISATION * count)))
    planned = rng.integers(PLANNED_BEGIN, PLANNED_END, max(3, round(PLANNED_PER_ORGANISATION * count)))
    smaller = choices(rng, {kind: weight for kind, (weight, *_) in EVENT_KINDS.items()}, len(past) + len(planned))
    days = weekday(np.concatenate([plenaries, past, planned]))
    order = np.argsort(days, kind="stable")
    days, kinds = days[order], np.array(["plenary"] * len(plenaries) + smaller)[order]

    initiator = rng.integers(0, count, len(days))
    organiser = np.where((cast.joined[initiator] <= days) & (cast.left[initiator] >= days), initiator, -1)
    if cast.is_convenor.any():
        is_theirs = (kinds == "plenary") | (rng.random(len(days)) < CONVENOR_HOSTS_SHARE)
        organiser = np.where(is_theirs, rng.choice(np.flatnonzero(cast.is_convenor), len(days)), organiser)
    return Calendar(days=days, kinds=kinds.tolist(), community=cast.community[initiator], organiser=organiser)


def make_visits(rng: Generator, cast: Cast, calendar: Calendar) -> Visits:
    """Who was on the list of each event and who came: partly one community, partly anybody, the keen more often."""
    neighbours = [np.flatnonzero(cast.community == community) for community in range(max(cast.community) + 1)]
    half = (len(cast.ids) + 1) // 2
    events: list[int] = []
    guests: list[int] = []
    for event, (today, kind, community, organiser) in enumerate(
        zip(calendar.days.tolist(), calendar.kinds, calendar.community, calendar.organiser.tolist(), strict=True)
    ):
        if kind == "plenary":
            places, local_share = min(PLENARY_LIMIT, int(PLENARY_SHARE * len(cast.ids))), 0.0
        else:
            _, fewest, most, local_share, _ = EVENT_KINDS[kind]
            places = min(int(rng.integers(fewest, most + 1)), half)
        local = neighbours[community]
        near = local[draw(rng, cast.keenness[local], round(4 * places * local_share))]
        far = draw(rng, cast.keenness, round(4 * places * (1 - local_share)))
        invitees = rng.permutation(np.concatenate([near, far]))
        is_there = (cast.joined[invitees] <= today) & (cast.left[invitees] >= today)
        listed = list(dict.fromkeys(([organiser] if organiser >= 0 else []) + invitees[is_there].tolist()))
        listed = listed[: max(1, places)]
        events += [event] * len(listed)
        guests += listed
    event_of, guest = np.array(events, dtype=np.int64), np.array(guests, dtype=np.int64)
    came = (guest == calendar.organiser[event_of]) | (rng.random(len(guest)) >= STAYS_AWAY_SHARE)
    return Visits(event=event_of, organisation=guest, is_present=came & (calendar.days[event_of] <= PERIOD_END))


def events_table(rng: Generator, cast: Cast, calendar: Calendar, visits: Visits) -> Table:
    """events.csv."""
    count = len(calendar.days)
    kinds = np.array(calendar.kinds)
    themes = [list(THEMES)[index] for index in (calendar.community % len(THEMES)).tolist()]
    names = [
        f"Plenary {when[:4]}" if kind == "plenary" else f"{words(kind)} {number} on {THEMES[theme][0].lower()}"
        for number, (when, kind, theme) in enumerate(zip(iso(calendar.days), calendar.kinds, themes, strict=True), 1)
    ]
    has_second_day = (kinds == "training") & ((calendar.days + 3) % 7 < 4)
    is_online = (calendar.days >= ONLINE_BEGIN) & (calendar.days <= ONLINE_END)
    formats = np.where(is_online, "online", choices(rng, FORMATS, count)).tolist()
    guests = np.bincount(visits.event, minlength=count)
    eur_per_guest = np.array([EVENT_KINDS[kind][4] if kind in EVENT_KINDS else PLENARY_EUR for kind in calendar.kinds])
    cost = np.round(eur_per_guest * guests * rng.lognormal(0, 0.25, count), -1).astype(np.int64)
    return {
        "event_id": [event_id(index) for index in range(count)],
        "name": names,
        "start_date": iso(calendar.days),
        "end_date": hide(iso(calendar.days + has_second_day), ~has_second_day & (rng.random(count) < 0.5)),
        "kind": calendar.kinds,
        "format": some(rng, formats, 0.04),
        "organiser_id": some(rng, [cast.ids[index] if index >= 0 else "" for index in calendar.organiser], 0.08),
        "venue": hide([f"{place} House" for place in rng.choice(PLACES, count)], is_online | (rng.random(count) < 0.1)),
        "themes": hide(themes, (kinds == "plenary") | (rng.random(count) < 0.05)),
        "cost": hide(cost.tolist(), (calendar.days > PERIOD_END) | (rng.random(count) < 0.2)),
    }


def attendance_table(rng: Generator, cast: Cast, calendar: Calendar, visits: Visits) -> Table:
    """attendance.csv. An empty status means attended."""
    count = len(visits.event)
    is_host = visits.organisation == calendar.organiser[visits.event]
    roles = np.where(is_host, "host", choices(rng, {"participant": 90, "speaker": 10}, count)).tolist()
    status = np.where(visits.is_present, "attended", "registered").tolist()
    return {
        "event_id": [event_id(index) for index in visits.event.tolist()],
        "organisation_id": [cast.ids[index] for index in visits.organisation.tolist()],
        "role": some(rng, roles, 0.08),
        "people": some(rng, (1 + rng.poisson(0.5, count)).tolist(), 0.12),
        "status": hide(status, visits.is_present & (rng.random(count) < 0.06)),
    }


# Partnerships


def make_agreements(rng: Generator, cast: Cast, calendar: Calendar, visits: Visits) -> Agreements:
    """Who works with whom: convenors with very many, one to one; the others among themselves, partly after an event."""
    hub = convenors_agreements(rng, cast)
    total = round(PARTNERSHIPS_PER_ORGANISATION * len(cast.ids))
    start, life_end, intensity = lives(rng, max(0, total - len(hub.members)))

    guests = partners_present(cast, calendar, visits)
    sources = [event for event, when in enumerate(calendar.days) if len(guests[event]) > 1 and when < PERIOD_END - 30]
    event = np.full(len(start), -1)
    if sources:
        is_from_event = rng.random(len(start)) < FROM_EVENT_SHARE
        event[is_from_event] = rng.choice(sources, is_from_event.sum())
        after_event = np.minimum(calendar.days[event] + rng.integers(10, 160, len(start)), PERIOD_END)
        moved = np.where(is_from_event, after_event, start)
        start, life_end = moved, life_end + moved - start

    order = np.argsort(start, kind="stable")
    start, life_end, intensity, event = start[order], life_end[order], intensity[order], event[order]
    members = choose_members(rng, cast, start, event, guests)
    indices = np.flatnonzero([len(group) > 1 for group in members])
    return Agreements(
        start=np.concatenate([hub.start, start[indices]]),
        life_end=np.concatenate([hub.life_end, life_end[indices]]),
        intensity=np.concatenate([hub.intensity, intensity[indices]]),
        event=np.concatenate([hub.event, event[indices]]),
        members=hub.members + [members[index] for index in indices],
    )


def convenors_agreements(rng: Generator, cast: Cast) -> Agreements:
    """One agreement of each convenor with every organisation that it reaches; they last longer than others."""
    convenors = np.flatnonzero(cast.is_convenor)
    reach = np.array([CONVENOR_REACH[cast.types[convenor]] for convenor in convenors])
    row, other = np.nonzero(rng.random((len(reach), len(cast.ids))) < reach[:, None])
    start, life_end, intensity = lives(rng, len(other))
    start = np.maximum(start, cast.joined[other])
    extra = rng.exponential(CONVENOR_EXTRA_YEARS * 365, len(other)).astype(np.int64)
    indices = np.flatnonzero((convenors[row] != other) & ~cast.is_solitary[other] & (start <= cast.left[other]))
    return Agreements(
        start=start[indices],
        life_end=(np.maximum(life_end, start) + extra)[indices],
        intensity=intensity[indices],
        event=np.full(len(indices), -1),
        members=np.column_stack([convenors[row], other])[indices].tolist(),
    )


def lives(rng: Generator, count: int) -> tuple[Ints, Ints, Ints]:
    """Start, last day alive and intensity of `count` partnerships that were alive when records began, or born later."""
    weights, years = np.array(list(INTENSITIES.values())).T
    intensity = draw(rng, weights, 4 * count)
    start = rng.integers(PARTNERSHIPS_BEGIN, PERIOD_END, 4 * count)
    life_end = start + 30 + (rng.gamma(1.5, years[intensity] / 1.5) * 365).astype(np.int64)
    indices = np.flatnonzero(life_end > RECORDS_BEGIN + 90)[:count]
    return start[indices], life_end[indices], intensity[indices]


def partners_present(cast: Cast, calendar: Calendar, visits: Visits) -> list[list[int]]:
    """Per event, those who came and may start something there: neither solitary nor a convenor."""
    is_partner = visits.is_present & ~(cast.is_solitary | cast.is_convenor)[visits.organisation]
    firsts = np.searchsorted(visits.event[is_partner], np.arange(1, len(calendar.days)))
    return [group.tolist() for group in np.split(visits.organisation[is_partner], firsts)]


def choose_members(rng: Generator, cast: Cast, start: Ints, event: Ints, guests: list[list[int]]) -> list[list[int]]:
    """The members of each partnership, which must come in order of start; fewer than two when nobody could be found.

    Members are drawn by lot: every membership adds a lot, in the organisation's community and among all, so that an
    organisation with partners gets more (preferential attachment; Barabasi & Albert 1999). Somebody from another
    sector, or known already, is often passed over; of the guests of an event only those known already.
    """
    sizes = rng.permutation(np.repeat(list(SIZES), apportion(len(start), list(SIZES.values())))).tolist()
    welcome_other = np.interp(start, [RECORDS_BEGIN, PERIOD_END], OTHER_SECTOR_WELCOME).tolist()
    community, joined, left = cast.community.tolist(), cast.joined.tolist(), cast.left.tolist()
    lots = np.repeat(np.flatnonzero(~(cast.is_solitary | cast.is_convenor)), FIRST_LOTS).tolist()
    lots_near: list[list[int]] = [[] for _ in range(max(community) + 1)]
    for organisation in lots:
        lots_near[community[organisation]].append(organisation)
    partners: list[set[int]] = [set() for _ in community]
    chosen = []
    for today, size, source, welcome in zip(start.tolist(), sizes, event.tolist(), welcome_other, strict=True):
        if source >= 0:
            candidates, welcome = rng.permutation(guests[source]).tolist(), 1.0
        else:
            candidates = draw_lots(rng, lots, lots_near, community, 12 * size)
        group: list[int] = []
        for organisation, luck in zip(candidates, rng.random(len(candidates)).tolist(), strict=True):
            if organisation in group or not joined[organisation] <= today <= left[organisation]:
                continue
            if group:
                is_other = cast.sectors[organisation] != cast.sectors[group[0]]
                chance = (welcome if is_other else 1.0) * (KNOWN_WELCOME if organisation in partners[group[0]] else 1.0)
                if luck >= chance:
                    continue
            group.append(organisation)
            if len(group) == size:
                break
        chosen.append(group)
        if len(group) > 1:
            for organisation in group:
                partners[organisation].update(group)
                lots.append(organisation)
                lots_near[community[organisation]].append(organisation)
    return chosen


def draw_lots(
    rng: Generator, lots: list[int], lots_near: list[list[int]], community: list[int], count: int
) -> list[int]:
    """Somebody, and `count` more, most of them from its community; may repeat."""
    if not lots:
        return []
    first = lots[int(rng.random() * len(lots))]
    near = lots_near[community[first]]
    is_near, position = rng.random(count) < SAME_COMMUNITY_SHARE, rng.random(count)
    urns = (near if close else lots for close in is_near.tolist())
    return [first, *(urn[int(luck * len(urn))] for urn, luck in zip(urns, position.tolist(), strict=True))]


def partnerships_table(rng: Generator, cast: Cast, agreements: Agreements) -> Table:
    """partnerships.csv. Some that are over were never closed: they have no end, and their last contact is long ago."""
    start, life_end, members = agreements.start, agreements.life_end, agreements.members
    count = len(members)
    kinds = rng.choice(KINDS, count)
    kinds = np.where([len(group) > 6 for group in members], "consortium", kinds)
    kinds = np.where([bool(cast.is_convenor[group[0]]) for group in members], "covenant", kinds)
    last_seen = np.minimum(life_end, PERIOD_END)
    has_agreed_end = np.isin(kinds, ["project", "consortium"]) & (rng.random(count) < 0.7)
    has_end = np.where(life_end <= PERIOD_END, rng.random(count) >= NEVER_CLOSED_SHARE, has_agreed_end)
    contact = np.maximum(start, last_seen - rng.exponential(100, count).astype(np.int64))
    recorded = np.minimum(np.maximum(start + rng.integers(0, 60, count), RECORDS_BEGIN), last_seen)
    is_recorded = rng.random(count) < np.where(start < RECORDS_BEGIN, 0.85, 0.3)
    theme = cast.theme[[group[-1] for group in members]]
    names = tell_apart([f"{words(kind)} {place}" for kind, place in zip(kinds, rng.choice(PLACES, count), strict=True)])
    return {
        "partnership_id": [f"demo-p-{number:05d}" for number in range(1, count + 1)],
        "name": some(rng, names, 0.1),
        "organisation_ids": ["|".join(cast.ids[index] for index in group) for group in members],
        "start_date": iso(start),
        "end_date": hide(iso(life_end), ~has_end),
        "first_recorded": hide(iso(recorded), ~is_recorded),
        "last_contact": some(rng, iso(contact), 0.12),
        "intensity": some(rng, [list(INTENSITIES)[index] for index in agreements.intensity.tolist()], 0.05),
        "kind": some(rng, kinds.tolist(), 0.05),
        "themes": some(rng, themes_of(rng, theme, 0.2), 0.1),
        "programme": some(rng, rng.choice(PROGRAMMES, count).tolist(), 0.6),
        "event_id": [event_id(index) if index >= 0 else "" for index in agreements.event.tolist()],
    }


# Income


def make_relations(rng: Generator, cast: Cast) -> Relations:
    """Who pays whom: categories by sector, a few donors who give to many, and years in which it lasts."""
    count = len(cast.ids)
    is_known = rng.random(count) >= NO_INCOME_KNOWN_SHARE
    relations = 1 + rng.negative_binomial(2, 2 / (1 + RELATIONS_PER_ORGANISATION), count)
    organisation = np.repeat(np.arange(count), np.where(is_known, relations, 0))
    total = len(organisation)
    is_main = np.diff(organisation, prepend=-1) > 0
    sectors = np.array(cast.sectors)[organisation]
    category = np.zeros(total, dtype=np.int64)
    for sector, mix in INCOME_MIX.items():
        category[sectors == sector] = draw(rng, np.array(mix, dtype=float), int((sectors == sector).sum()))
    category[is_main & (sectors == "social-enterprise")] = EARNED
    is_dominated = is_main & (category != EARNED) & (rng.random(count) < DOMINATED_SHARE)[organisation]

    donors, donor = [("", "")], np.zeros(total, dtype=np.int64)
    for code in DONORS:
        names, weights = invent_donors(rng, cast, code)
        is_theirs = category == CATEGORIES.index(code)
        donor[is_theirs] = len(donors) + draw(rng, weights, int(is_theirs.sum()))
        donors += names
    programmes = ["", *PROGRAMMES]
    programme = rng.integers(0, len(programmes), total)

    is_lasting = is_main | np.isin(category, [EARNED, CATEGORIES.index("individuals")])
    length = np.where(is_lasting, len(YEARS), rng.integers(1, len(YEARS), total))
    begin = np.where(is_lasting, YEARS[0], rng.integers(YEARS[0] - length + 1, YEARS[-1] + 1))
    first_year = np.maximum(begin, np.maximum(YEARS[0], year_of(cast.joined)[organisation]))
    last_year = np.minimum(begin + length - 1, np.minimum(YEARS[-1], year_of(cast.left)[organisation]))

    _, firsts = np.unique(np.column_stack([organisation, donor, programme]), axis=0, return_index=True)
    is_own = np.array([donors[index][1] for index in donor]) == np.array(cast.ids)[organisation]
    indices = np.sort(firsts)
    indices = indices[~is_own[indices] & (first_year[indices] <= last_year[indices])]
    return Relations(
        organisation=organisation[indices],
        category=category[indices],
        donor=[donors[index] for index in donor[indices]],
        programme=[programmes[index] for index in programme[indices]],
        first_year=first_year[indices],
        last_year=last_year[indices],
        weight=(rng.gamma(1.5, 1.0, total) * np.where(is_dominated, DOMINATED_WEIGHT, 1))[indices],
    )


def invent_donors(rng: Generator, cast: Cast, category: str) -> tuple[list[tuple[str, str]], Floats]:
    """Donors of a category, with their id when they are in the data, and how often each gives (Zipf's law)."""
    always, pattern, per_organisation = DONORS[category]
    further = [pattern.format(place=place) for place in rng.choice(PLACES, round(per_organisation * len(cast.ids)))]
    invented = [(name, "") for name in tell_apart(always.split("|") + further)]
    weights = 1 / np.arange(1, len(invented) + 1) ** 0.8
    in_data = [index for index, code in enumerate(cast.types) if code in DONOR_TYPES.get(category, ())]
    if not in_data:
        return invented, weights
    own = np.where(cast.is_convenor[in_data], 10.0, 1.0)
    own *= weights.sum() / own.sum() * DONOR_IN_DATA_SHARE / (1 - DONOR_IN_DATA_SHARE)
    return invented + [(cast.names[index], cast.ids[index]) for index in in_data], np.concatenate([weights, own])


def funding_table(rng: Generator, cast: Cast, relations: Relations) -> Table:
    """funding.csv: a row per relation and year, save the years of which an organisation gave no figures."""
    count, receiver = len(cast.ids), relations.organisation
    years = relations.last_year - relations.first_year + 1
    years_there = np.zeros(count)
    np.maximum.at(years_there, receiver, years)
    yearly = cast.fte * EUR_PER_FTE * rng.lognormal(0, 0.3, count)
    in_all = np.bincount(receiver, relations.weight * years, count)
    amount_at_first = (yearly * years_there)[receiver] * relations.weight / in_all[receiver]

    is_social = (np.array(cast.sectors) == "social-enterprise")[receiver]
    is_shrinking = (rng.random(count) < SHRINKING_SHARE)[receiver]
    growth = np.full(len(receiver), GROWTH)
    growth[is_shrinking & (relations.category == CATEGORIES.index("government"))] = SHRINKING_GROWTH
    growth[is_social & (relations.category == EARNED)] = EARNED_GROWTH

    relation = np.repeat(np.arange(len(years)), years)
    year = relations.first_year[relation] + np.arange(len(relation)) - np.repeat(np.cumsum(years) - years, years)
    silent_share = np.where(np.array(YEARS) == YEARS[-1], SILENT_LAST_YEAR_SHARE, SILENT_SHARE)
    is_silent = rng.random((count, len(YEARS))) < silent_share
    order = np.lexsort((relation, year, receiver[relation]))
    order = order[~is_silent[receiver[relation[order]], year[order] - YEARS[0]]]
    relation, year = relation[order], year[order]
    amount = amount_at_first[relation] * growth[relation] ** (year - YEARS[0]) * rng.lognormal(0, 0.15, len(year))
    currency = some(rng, ["EUR"] * len(year), 0.3)
    starts, ends = grant_days(rng, relations, relation, year)
    return {
        "organisation_id": [cast.ids[index] for index in receiver[relation]],
        "year": year.tolist(),
        "donor": [relations.donor[index][0] for index in relation],
        "donor_id": [relations.donor[index][1] for index in relation],
        "programme": [relations.programme[index] for index in relation],
        "category": [CATEGORIES[index] for index in relations.category[relation]],
        "amount": [f"{value:.2f}" for value in amount.tolist()],
        "currency": currency,
        "start_date": starts,
        "end_date": ends,
    }


def accounts_table(rng: Generator, cast: Cast, funding: Table) -> Table:
    """accounts.csv: of a part of the organisations, per whole year with rows of income, what their accounts say.

    The total is what the rows say, or more: of some organisations a part of the income is in no list.
    """
    count = len(cast.ids)
    tells = rng.random(count) < ACCOUNTS_SHARE
    beside = np.where(rng.random(count) < ACCOUNTS_WHOLE_SHARE, 0, rng.uniform(0.05, 0.5, count))
    months, fte = rng.gamma(1.8, 3.0, count), cast.fte
    income: dict[tuple[str, int], float] = defaultdict(float)
    for identifier, year, amount in zip(funding["organisation_id"], funding["year"], funding["amount"], strict=True):
        income[identifier, year] += float(amount)
    places = {identifier: place for place, identifier in enumerate(cast.ids)}
    books = [
        (places[identifier], year, round(rows, 2))
        for (identifier, year), rows in sorted(income.items())
        if tells[places[identifier]] and year < YEARS[-1] and rows > 0
    ]
    place = np.array([book[0] for book in books], dtype=np.int64)
    year = np.array([book[1] for book in books], dtype=np.int64)
    rows = np.array([book[2] for book in books])
    total = np.where(beside[place] == 0, rows, np.ceil(rows * (1 + beside[place]) / 1000) * 1000)
    jobs = np.maximum(0.1, fte[place] * GROWTH ** (year - YEARS[-1]))
    return {
        "organisation_id": [cast.ids[index] for index in place],
        "year": year.tolist(),
        "total_income": [f"{value:.2f}" for value in total.tolist()],
        "expenditure": some(rng, np.round(total * rng.uniform(0.9, 1.05, len(books))).astype(int).tolist(), 0.1),
        "reserves": some(rng, np.round(total / 12 * months[place], -2).astype(int).tolist(), 0.2),
        "fte": some(rng, np.round(jobs, 1).tolist(), 0.2),
    }


def grant_days(rng: Generator, relations: Relations, relation: Ints, year: Ints) -> tuple[list[str], list[str]]:
    """First and last day of the grant that each row is of: one after the other, for as long as the relation lasts.

    A relation that still lasts when the period ends has a grant that ends after it. Nobody wrote the days of some down.
    """
    count = len(relations.last_year)
    length = rng.integers(GRANT_YEARS[0], GRANT_YEARS[1] + 1, count)
    goes_on = relations.last_year == YEARS[-1]
    last_end = relations.last_year + np.where(goes_on, rng.integers(0, length), 0)
    month = np.array(choices(rng, GRANT_LAST_MONTHS, count), dtype=np.int64)
    month = np.where(goes_on & (last_end == YEARS[-1]), 12, month)  # after the period
    is_known = rng.random(count) < GRANT_END_KNOWN_SHARE
    is_known &= np.isin(np.array(CATEGORIES)[relations.category], GRANT_CATEGORIES)
    # The year in which the grant that a row is of ends: that of the last one, or some whole grants before it.
    ends = last_end[relation] - (last_end[relation] - year) // length[relation] * length[relation]
    after = (12 * (ends - 1970) + month[relation]).astype("datetime64[M]")  # the month after its last day
    last_day = (after.astype("datetime64[D]") - 1).astype(np.int64)
    first_day = (after - 12 * length[relation]).astype("datetime64[D]").astype(np.int64)
    return hide(iso(first_day), ~is_known[relation]), hide(iso(last_day), ~is_known[relation])


# Reference and targets


def reference_table() -> Table:
    """reference.csv."""
    rows = [("sector", code, "organisations", share) for code, (share, _) in REFERENCE_SECTORS.items()]
    rows += [("sector", code, "jobs", share) for code, (_, share) in REFERENCE_SECTORS.items()]
    rows += [("theme", code, "organisations", share) for code, share in REFERENCE_THEMES.items()]
    table = columns(("dimension", "code", "measure", "share"), rows)
    return table | {"year": [REFERENCE_YEAR] * len(rows), "source": [REFERENCE] * len(rows)}


def targets_table(organisations: int) -> Table:
    """targets.csv. The density follows from the mean degree aimed at: twice as many organisations, half the density."""
    rows: list[tuple[Any, ...]] = [
        ("mean_degree", when, value, "Partners of an average organisation") for when, value in MEAN_DEGREES.items()
    ]
    if organisations > 1:
        rows += [
            ("density", when, plain(min(1, value / (organisations - 1))), "The same as a share of all pairs")
            for when, value in MEAN_DEGREES.items()
        ]
    return columns(("indicator", "date", "value", "note"), [*rows, *OTHER_TARGETS])


def plain(share: float) -> str:
    """A share with five decimals, or as many as it takes for two figures; never as a power of ten.

    >>> plain(0.0671141), plain(0.00008), plain(1)
    ('0.06711', '0.00008', '1')
    """
    digits = max(5, 1 - math.floor(math.log10(share)))
    return f"{share:.{digits}f}".rstrip("0").rstrip(".")


def columns(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> Table:
    """A table from its rows."""
    return {name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
