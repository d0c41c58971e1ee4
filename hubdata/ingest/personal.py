"""Personal data, which is never stored: by what it is recognised.

Only columns that are used are kept, so nothing depends on this but what the report says of a column, and whether the
rows of a list are people. What nobody recognises as personal is not stored either.
"""

import re
from collections.abc import Iterable

import pyarrow.compute as pc

from hubdata import reading
from hubdata.cells import fold
from hubdata.ingest.headings import OF_A_PERSON, PROBLEM, folded

PERSONAL_HEADER = re.compile(
    r"e[-_ ]?mail|courriel|telefoon|telephone|telefon|phone|mobiel|mobile|mobilnummer|whatsapp|linkedin|twitter|"
    r"\b(tel|telnr|gsm|handy|contact|aanspreekpunt(en)?|aanspreekpersoon|ansprechpartner(in)?|ansprechperson|voorzitter|penningmeester|secretaris|directeur|notulist|chairman|chairperson|mail|mailadres|mob|portable|"
    r"rufnummer|faxnummer|fax|skype|functie|functietitel|job[-_ ]?title|position|fonction|funktion|medewerker|"
    r"collega|bsn|iban|geslacht|gender|aanhef|"
    r"dieetwensen|allergie(en)?|prenom|nom|created[-_ ]by|aangemaakt[-_ ]door|collaborator)\b|"
    r"contact[-_ ]?(persoon|person|pers|name|naam|gegevens|details|info)|voornaam|achternaam|familienaam|roepnaam|"
    r"tussenvoegsel|voorletters|"
    r"initialen|(first|last|full|family|given|middle)[-_ ]?name|surname|vorname|nachname|volledige[-_ ]?naam|"
    r"geboorte(datum|jaar|dag)|birth[-_ ]?(date|day)|date of birth|"
    r"^(deelnemer|bezoeker|spreker|gast|persoon|participant|attendee|visitor|speaker|guest|person)[-_ ]?(naam|name)?$|"
    r"(naam|name)[-_ ](van |of )?(de |the )?(deelnemer|bezoeker|spreker|gast|persoon|participant|attendee|visitor)"
)
"""Headers of columns that hold personal data; compared with folded headers."""
NAME_OF_A_PERSON = re.compile(r"naam|name|wie|who")
"""Headers that in a list of who came to an event are somebody's name; compared with folded headers."""
ADDRESS = re.compile(r"[^@\s]{1,200}@[^@\s]{1,200}\.[a-z]{2,}", re.IGNORECASE)
TELEPHONE = re.compile(r"(?<![\w./+-])(?:\+\d|\(?0\d)[\d\s()./‐‑–-]{6,22}\d(?![\w./-]*[\w])")
"""What may be a telephone number: `0475/12.34.56`, `+49 (0)30 1234-567`, `06-12345678`. Never part of a longer word."""
NO_TELEPHONE = re.compile(
    r"(?!00(?:31|32|33|44|49|352)[1-9]\d{7,9}$)(?:"
    r"\d{1,2}([-./])\d{1,2}\1(\d{4}|\d{2})(?![-./\d]).*"  # a date, perhaps with a time
    r"|0\d{3}\.\d{3}\.\d{3}|0{2}\d*|0\d{4,8}|0\d{10,})"  # a Belgian enterprise, an identifier padded with zeros
)
"""What looks like one and is none. Of numbers without anything between the digits only those of ten are called."""


def holds_personal_data(text: str) -> bool:
    """Whether there is an e-mail address or a telephone number in a text.

    >>> [holds_personal_data(text) for text in ("0475/12.34.56", "+49 (0)30 1234-567", "0a1b-1234-5678-9012")]
    [True, True, False]
    """
    if "@" in text and ADDRESS.search(text):
        return True
    return any(
        9 <= sum(c.isdigit() for c in found) <= 15 and not NO_TELEPHONE.fullmatch(found)
        for found in TELEPHONE.findall(text)
    )


def is_personal(header: str, sheet: reading.Table) -> bool:
    """Whether a column that we do not know holds personal data, by its header or by any of its cells."""
    if PERSONAL_HEADER.search(fold(header)):
        return True
    cells = pc.unique(sheet.cells[header])
    suspect = cells.filter(pc.match_substring_regex(cells, r"@|\+\d|0\d"))
    return any(holds_personal_data(cell) for cell in suspect.to_pylist())


def personal_columns(table: str, unknown: Iterable[str], sheet: reading.Table) -> list[str]:
    """Which of the columns that we do not know hold personal data.

    Where one of them does in a list of who came to an event, the rows are people, and so all of them are about people.
    """
    unknown = [header for header in unknown if header != PROBLEM]
    personal = [
        header
        for header in unknown
        if is_personal(header, sheet)
        or (table == "attendance" and NAME_OF_A_PERSON.fullmatch(fold(header)))
        or (table == "organisations" and folded(header) in OF_A_PERSON)
    ]
    return unknown if personal and table == "attendance" else personal
