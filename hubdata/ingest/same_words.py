"""Words that tell no organisations apart, words that are one, and places: data of `lookalikes`. All are folded."""

import functools
import re

from hubdata.cells import codes_by_word


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_LEGAL = {
    "foundation": "stichting stg foundation fundacion fundacao stiftung fondation fondazione",
    "association": "vereniging ver association vzw ev asbl aisbl ivzw",
    "company": "bv nv ltd limited llc inc incorporated corp gmbh ag sa sarl srl vof cv plc bvba",
    "cooperative": "cooperatie cooperative ua",
}
LEGAL_FORMS = {word: kind for kind, words in _LEGAL.items() for word in words.split()}
"""Word -> kind of legal form. Two names with forms of different kinds are of two organisations."""

LITTLE_WORDS = _listed(
    "the de het een a an of van voor for from in op on to te ten ter der den des du la le les di da do and en und "
    "et y aan at by bij met with t s"
)

_MEANINGS = {
    "nederland": "netherlands nederlands nederlandse holland hollandse dutch nl ned",
    "international": "internationaal internationale intl int internat",
    "universiteit": "university univ universite",
    "ministerie": "ministry min",
    "gemeente": "municipality gem",
    "instituut": "institute inst institut",
    "centrum": "centre center",
    "organisatie": "organisation organization org",
    "fonds": "fund",
    "raad": "council",
    "netwerk": "network",
    "programma": "programme program",
    "comite": "committee",
    "commissie": "commission",
    "afdeling": "afd department dept",
    "europa": "europe europese european",
    "bureau": "buro",
    "buitenlandse": "foreign",
    "zaken": "affairs",
    "kamer": "chamber",
    "koophandel": "commerce",
}
MEANINGS = {word: meaning for meaning, words in _MEANINGS.items() for word in words.split()}
"""Word -> how it is compared: other languages and usual abbreviations."""

SHORT = {"bz": ("buitenlandse",), "ontw": ("ontwikkeling",), "samenw": ("samenwerking",)}
"""Abbreviation -> words it may stand for."""

PHRASES = tuple(
    (re.compile(pattern), word)
    for pattern, word in (
        (r"\b(?:den haag|the hague|s-? ?gravenhage)\b", "denhaag"),
        (r"\b(?:united nations|verenigde naties|vn)\b", "un"),
        (r"\b(?:european union|europese unie)\b", "eu"),
        (r"\bbz\b", "buitenlandse zaken"),
        (r"\bhague\b", "denhaag"),
    )
)
"""Names of several words that are one word."""

PARTS_OF = _listed("afdeling afd regio region kantoor office branch vestiging locatie country landelijk lokaal")
"""Words for a part of an organisation: with a place or a number behind, they tell branches apart."""

LANDSCAPE = re.compile(
    r"(?:wijk|dijk|haven|hoven|hof|borg|burg|berg|brug|broek|dam|dal|dale|oord|noord|waard|woude|wold|veen|meer|mere|stad|"
    r"zijl|zee|sluis|duin|heide|heim|huizen|kerk|land|lande|rade|rode|water|weide|werf|combe)$"
)
"""Endings of names of places: Noordwijk and Noorddijk are two, not one with a typing error."""

_TOWNS = _listed(
    "amsterdam rotterdam denhaag utrecht eindhoven groningen tilburg almere breda nijmegen apeldoorn arnhem "
    "haarlem enschede amersfoort zaanstad hertogenbosch zwolle zoetermeer leiden leeuwarden maastricht dordrecht "
    "ede alphen westland alkmaar emmen delft venlo deventer helmond hilversum heerlen lelystad hoorn purmerend "
    "gouda vlaardingen schiedam capelle spijkenisse middelburg goes vlissingen assen meppel zeist veenendaal "
    "wageningen doorn woerden rijswijk voorburg wassenaar leidschendam nootdorp katwijk noordwijk hoogeveen "
    "almelo hengelo oss roosendaal weert sittard roermond kampen harderwijk bussum delfzijl brussel brussels "
    "bruxelles antwerpen antwerp gent ghent leuven brugge luik liege londen london parijs paris berlijn berlin "
    "bonn keulen cologne hamburg munchen munich wenen vienna geneve geneva bern zurich rome milaan milan madrid "
    "barcelona lissabon lisbon dublin kopenhagen copenhagen oslo stockholm helsinki warschau warsaw praag prague "
    "boedapest budapest boekarest bucharest sofia athene athens istanbul ankara kiev kyiv lviv moskou moscow "
    "tbilisi jerevan yerevan nairobi kampala kigali addis abeba abuja lagos accra dakar bamako tunis cairo beirut "
    "amman jeruzalem jerusalem damascus bagdad baghdad kabul delhi dhaka jakarta manila bangkok beijing tokyo "
    "washington york boston ottawa toronto bogota lima"
)
_PEOPLE = _listed(
    "belgisch belgische belgian vlaams vlaamse flemish duits duitse german frans franse french brits britse "
    "british amerikaans amerikaanse american oekraiens oekraiense ukrainian afrikaans afrikaanse african "
    "aziatisch aziatische asian arabisch arabische arab swiss zwitsers zwitserse deens deense danish zweeds "
    "zweedse swedish noors noorse norwegian fins finse finnish europa afrika africa azie asia amerika noord zuid "
    "oost west north south east haags haagse"
)


@functools.cache
def places_known() -> frozenset[str]:
    """Words that name a country, a town, or who is from there, as names are compared."""
    countries = {word for name in codes_by_word() if len(name) > 3 for word in re.findall(r"[^\W_]{4,}", name)}
    countries |= {MEANINGS.get(word, word) for word in countries}
    return frozenset(countries) | _TOWNS | _PEOPLE | {"nederland", "uk", "usa", "eu"}
