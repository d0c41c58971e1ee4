"""What people call their columns in lists of their own, and sheets by what stands in them.

These count only where nothing says it better: a column's own name, another name that `models` knows, a reader's answer.
The first heading of a file that fits has it. Folded, separated by `|`; every match is shown before anything is loaded.
"""

import re
from collections.abc import Mapping, Sequence

from hubdata.cells import fold, folded

GUESSES: dict[str, dict[str, str]] = {
    "organisations": {
        "organisation_id": "kvk|kvk_nummer|kvk_nr|nummer_kvk",
        "name": "bezeichnung|bezeichnung_name|"
        "organisaties|naam_van_de_organisatie|naam_instelling|instelling|bedrijfsnaam|company|company_name|"
        "name_of_organisation|name_of_organization|organisations|organizations|partner|wie|who|organisatie_naam|bedrijf|"
        "naam_bedrijf|naam_organisatie_bedrijf|account_name|nom_de_l_organisation|nom_de_lorganisation|nom|name_der_organisation|"
        "verein|stakeholder|stakeholders|relatie|naam_relatie|account|clubnaam|naam_club|naam_lid|partij|naam_partij|"
        "instantie|organisatie_bedrijf|bedrijf_organisatie",
        "sector": "sectoren|sectors|secteur|sektor|industry|branche|categorie|category|soort_sector",
        "type": "soort_club|soort_partij|"
        "type_of_organisation|type_of_organization|organisation_type|organization_type|org_type|kind|"
        "soort_instelling|what_kind",
        "city": "ville|stadt|ort|vestiging|standplaats|gevestigd_in|woonplaats|location|locatie|based_in|city_town|"
        "place|hq|hq_city|headquarters|hoofdkantoor|plaatsnaam|vestigingsgemeente|gemeente",
        "country": "land_van_vestiging|country_of_registration",
        "website": "www|web|webpagina|internet|web_site|website_url|link",
        "themes": "themen|onderwerp|onderwerpen|topic|topics|thematiek|focus|focusgebied|focusgebieden|focus_area|"
        "focus_areas|werkterrein|werkterreinen|aandachtsgebied|aandachtsgebieden|works_on|werkt_aan",
        "fte": "fte_s|aantal_fte|aantal_ftes|omvang_fte|staff_fte|formatie|fulltime_banen|"
        "vollzeitstellen|vollzeitaquivalente|stellen|mitarbeiter|etp|effectif|mitarbeitende|beschaftigte|aantal_medewerkers|aantal_medewerkers_fte|medewerkers|medewerkers_fte|staff|employees|number_of_staff|aantal_werknemers|"
        "werknemers|personeel|personeelsomvang",
        "founded": "oprichting|gegrundet|grundungsjahr|annee_de_creation|opgericht_in|established|established_in",
        "sdgs": "sdg_s|sdg|global_goals|development_goals|ontwikkelingsdoelen",
        "joined_on": "sinds|since|lid_vanaf|member_since|aangesloten_sinds|aangesloten|date_joined|in_netwerk_sinds|"
        "datum_lid|lid_geworden|sinds_wanneer_lid|ingeschreven",
        "left_on": "lid_tot|member_until|uitgestapt|vertrokken|weg_per|einde_lidmaatschap|uitgeschreven|opgezegd",
        "membership": "huurder_lid|lid_huurder|lid_of_huurder|member_tenant|tenant_member|member_or_tenant|"
        "membership_status|status_lid",
    },
    "partnerships": {
        "name": "projectnaam|naam_project|project_naam|naam_van_het_project|project_name|project_title|projecttitel|"
        "projekt|projektname|projekttitel|vorhaben|projet|onderwerp|omschrijving|agreement|collaboration|what|wat|initiatief|"
        "convenant|naam_convenant|overeenkomst|naam_overeenkomst|naam_samenwerking|samenwerkingsverband|afspraak|"
        "traject|naam_traject|alliantie|alliance|covenant|memorandum",
        "organisation_ids": "partijen|betrokken_partijen|betrokken_organisaties|partnerorganisaties|"
        "partner_organisations|"
        "parties|members|leden|consortium|met_wie|wie|who|between|tussen|"
        "wie_doen_mee|wie_doet_mee|deelnemende_partijen|deelnemende_organisaties",
        "start_date": "looptijd|laufzeit|duree|beginn|debut|periode|period|duration|duur|"
        "tijdvak|projectperiode|van|from|sinds|since|wanneer|when|"
        "startjaar|start_year|begonnen|started|gestart|running|begint|begint_op|gestart_op|started_on|begins|vanaf|"
        "aanvang|aanvangsdatum|ingang|ingegaan|ingegaan_op",
        "end_date": "ende|fin|bis|tot|t_m|tot_en_met|until|to|eindjaar|end_year|afloop|loopt_tot|ended|finish|"
        "ends|ends_on|"
        "expires|eindigt|eindigt_op|stopt|stopt_op|loopt_af|afloopdatum|afgerond_op|beeindigd_op|tot_wanneer|verloopt|"
        "verloopt_op",
        "last_contact": "laatste_overleg|laatst_gesproken|laatste_gesprek|laatste_afspraak|last_meeting|last_met|"
        "last_spoken|"
        "last_talked|last_conversation",
        "kind": "soort_samenwerking|type_samenwerking|vorm|type_of_collaboration|soort_afspraak|"
        "type_of_agreement|kind_of_agreement|soort_overeenkomst",
    },
    "events": {
        "name": "veranstaltung|wat|what|activiteit|activity|naam_bijeenkomst|naam_evenement|event_title|evenementnaam|"
        "onderwerp|subject",
        "start_date": "wanneer|when|dag|day|datum_bijeenkomst|date_of_event|periode|dates|data",
        "venue": "waar|where|plek|place|adres|address",
        "cost": "begroting|budget|uitgaven|kosten_totaal|total_cost|spent",
        "attendees": "wie_waren_er|wie_was_er|wie_kwam|wie_kwamen|wie_was_erbij|wie_waren_erbij|"
        "wie|aanwezigen|aanwezig|aanwezige_organisaties|deelnemers|organisaties|"
        "teilnehmer|teilnehmende|anwesende|deelnemende_organisaties|attendees|participants|who_came|who_was_there|who|organisations|organizations|present|"
        "attending|attended_by|gasten|guests|bezoekers",
    },
    "attendance": {
        "event_id": "veranstaltung|name_der_veranstaltung|evenementnaam|naam_evenement|naam_bijeenkomst|evenement_naam|"
        "evenement_nom|nom_de_levenement|wat|what|activiteit|activity",
        "organisation_id": "organisatienaam|naam_organisatie|organisations|organisaties|organization_name|"
        "organisation_name|company_name|affiliation|instelling|van_welke_organisatie|unternehmen|firma|entreprise|societe",
        "people": "menge|anzahl|quantite|quantity|anzahl_personen|nombre_de_participants|nombre_de_personnes|"
        "aantal_deelnemers|aantal_aanwezigen|number_of_people|number_of_attendees|headcount",
        "status": "no_show|noshow|niet_verschenen|afwezig|absent|abwesend|afgemeld|afmelding|abgemeldet|rsvp|"
        "rsvp_status|going|komt|kommt|zusage",
    },
    "funding": {
        "organisation_id": "org|"
        "begunstigde|beneficiaire|empfanger|zuwendungsempfanger|aanvrager|naam|name|naam_organisatie|organisatienaam|organisation_name|naar|"
        "beneficiary|grantee|recipient_name|recipient_organisation|awarded_to|ontvangende_organisatie|wie|to",
        "year": "jahr|annee|exercice|boekjaar|kalenderjaar|subsidiejaar|fiscal_year|financial_year|calendar_year",
        "donor": "geldgeber|forderer|fordermittelgeber|zuwendungsgeber|"
        "bailleur|financeur|donateur|verstrekker|geldverstrekker|subsidieverstrekker|financierder|fonds|"
        "sponsor|donateur|donor_name|"
        "funding_organisation|grantmaker|van_wie|van|from|given_by",
        "programme": "subsidieregeling|scheme|grant_programme|fund",
        "category": "soort_geld|type_geld|soort_financiering|soort_inkomsten|type|herkomst|type_of_funding|"
        "funding_type|"
        "kind_of_money|source|source_type|kind|type_of_donor|type_of_funder|soort_gever|soort_geldgever|type_gever|"
        "soort_financier|kind_of_funder|kind_of_donor",
        "amount": "betrag|montant|summe|subsidiebedrag|toegekend_bedrag|toegekend|bijdrage|subsidie|grant|grant_amount|"
        "amount_awarded|awarded|ontvangen_bedrag|ontvangen_subsidie|verleend|verleend_bedrag|"
        "value|eur|euros|total",
    },
}
"""Table -> column -> what it may be called."""
SHEETS: dict[str, str] = {
    "partnerships": "project|projekt|projet|kooperation|convenant|coalitie|consorti|collaborat|samenwerk|partner",
    "events": "activiteit|borrel|meeting",
    "funding": "subsidie|grant|geldgever|donor",
    "organisations": "netwerk|mitglied|membre|leden|relatie|member|partner",
}
"""Table -> parts of the name of a sheet that holds it, where its headings fit."""
ATTENDEES = "attendees"
"""What a list of events may have beside its columns: who was there, in one cell."""
SEVERAL = {
    "partnerships": "organisatie|organisation|organization|partner|partij|party|org|deelnemer|participant|member|lid|"
    "kernpartner|instelling|partnerorganisatie|partner_organisation",
    "organisations": "thema|theme|topic|onderwerp|land|country|sdg|behoefte|need|aanbod|offer|werkt_aan|works_on",
    "events": "thema|theme|aanwezig|aanwezige|attendee|organisatie|organisation|organization|deelnemer|participant",
}
"""Table -> what several columns of one kind are called, each with a letter or a number behind it: `Partij A`."""
_NUMBERED = re.compile(r"(.+?)_?(\d{1,2}|(?<=_)[a-z])", re.ASCII)
_KINDS = {"thema": "themes", "theme": "themes", "topic": "themes", "onderwerp": "themes", "land": "countries",
          "country": "countries", "sdg": "sdgs", "behoefte": "needs", "need": "needs", "aanbod": "offers",
          "offer": "offers", "werkt_aan": "themes", "works_on": "themes"}  # fmt: skip
_REST = {"partnerships": "organisation_ids", "events": ATTENDEES}


def side_by_side(table: str, words: Mapping[str, str], least: int = 2) -> dict[str, str]:
    """Headings of several columns of one kind -> the list that they are together.

    `words`: heading -> folded. Of one kind there have to be `least`.

    >>> side_by_side("partnerships", {"Partij A": "partij_a", "Partij B": "partij_b", "Naam": "naam"})
    {'Partij A': 'organisation_ids', 'Partij B': 'organisation_ids'}
    """
    kinds = SEVERAL.get(table, "").split("|")
    found: dict[str, dict[str, str]] = {}
    for heading, word in words.items():
        match = _NUMBERED.fullmatch(word)
        if match and match[1] in kinds and (column := _KINDS.get(match[1], _REST.get(table))):
            found.setdefault(match[1], {})[heading] = column
    return {heading: column for of in found.values() if len(of) >= least for heading, column in of.items()}


LEADERS = (
    "lead_partner|lead|leader|lead_organisation|lead_organization|penvoerder|trekker|hoofdaanvrager|hoofdpartner|"
    "coordinator|initiatiefnemer|initiator|led_by|getrokken_door"
)
FOLLOWERS = (
    "other_partners|other_partner|overige_partners|andere_partners|medepartners|partners|partner|partijen|"
    "overige_partijen|medeaanvragers|with|met|samen_met|deelnemers|participants|members|leden|partner_organisations|"
    "partnerorganisaties|betrokken_partijen|betrokken_organisaties"
)
"""What the columns are called of an agreement that has one partner in front, and the others in a cell beside it."""


def beside_a_leader(table: str, words: Mapping[str, str], matched: Mapping[str, str]) -> dict[str, str]:
    """The headings of the partner in front and of the others -> the list that they are together.

    >>> beside_a_leader("partnerships", {"Penvoerder": "penvoerder", "Overige partners": "overige_partners"}, {})
    {'Penvoerder': 'organisation_ids', 'Overige partners': 'organisation_ids'}
    """
    if table != "partnerships":
        return {}
    in_front = [heading for heading, word in words.items() if word in LEADERS.split("|")]
    followers = {*FOLLOWERS.split("|"), *SEVERAL[table].split("|")}
    bases = {heading: match[1] if (match := _NUMBERED.fullmatch(word)) else word for heading, word in words.items()}
    others = [
        h for h, word in words.items() if word in FOLLOWERS.split("|") or (bases[h] != word and bases[h] in followers)
    ]
    has_list = "organisation_ids" in matched.values()
    return dict.fromkeys([*in_front, *others], "organisation_ids") if in_front and (others or has_list) else {}


DONORS = {
    "multilateral": "europese commissie|european commission|european union|europese unie|eu|united nations|"
    "verenigde naties|un|vn|unesco|unicef|undp|unhcr|wereldbank|world bank|council of europe|raad van europa|nato|navo|"
    "osce|ovse|horizon europe|erasmus+",
    "government": "ministerie|ministry|min|gemeente|municipality|provincie|province|rijksoverheid|rvo|city of|"
    "waterschap|government|overheid|ambassade|embassy|nwo|zonmw|rijksdienst|politie|rijk|department of|agency",
    "lotteries": "loterij|lottery|lotteries|postcodeloterij|staatsloterij|vriendenloterij",
    "individuals": "particulieren|donateurs|individuals|individual|giften|donations|crowdfunding|leden|members|donors",
    "earned": "eigen inkomsten|eigen inkomen|own income|earned income|omzet|verkoop|sales|fees|contributie|"
    "contributies|diensten|services|verhuur|rent",
    "nonprofits": "fonds|fund|stichting|stg|foundation|trust|vereniging|association|oranjefonds",
    "companies": "bv|nv|ltd|inc|gmbh|holding|plc|llc|bank",
}
"""Kind of money -> words in the name of whom it came from; the first kind with a word in it counts."""
_KINDS_OF_DONORS = {
    kind: re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, words.split('|')))})(?![^\W_])")
    for kind, words in DONORS.items()
}


def kind_of_donor(name: str) -> str:
    """What kind of money comes from a donor, by a word in its name; "" when none tells.

    >>> kind_of_donor("Gemeente Duindorp"), kind_of_donor("Fonds Zeewind"), kind_of_donor("Alfa")
    ('government', 'nonprofits', '')
    """
    text = fold(name).replace("b.v", "bv").replace("n.v", "nv")
    return next((kind for kind, shape in _KINDS_OF_DONORS.items() if shape.search(text)), "")


def guessed(table: str, words: Mapping[str, str], free: Sequence[str]) -> dict[str, str]:
    """Heading -> one of the `free` columns, by what people call it."""
    matched: dict[str, str] = {}
    for column, others in GUESSES.get(table, {}).items():
        names = others.split("|")
        fitting = [heading for heading, word in words.items() if word in names and heading not in matched]
        if column in free and fitting:
            matched[min(fitting, key=lambda heading: names.index(words[heading]))] = column
    return matched


def all_guesses() -> frozenset[str]:
    """Every folded heading that is guessed at."""
    return frozenset(word for table in GUESSES.values() for others in table.values() for word in others.split("|"))


def table_of_sheet(name: str) -> list[str]:
    """The tables that a sheet or file may hold by its name."""
    text = folded(name).replace("_", " ")
    return [table for table, parts in SHEETS.items() if any(part in text for part in parts.split("|"))]
