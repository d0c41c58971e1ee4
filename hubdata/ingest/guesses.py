"""What people call their columns in lists of their own, and sheets by what stands in them.

These count only where nothing says it better: a column's own name, another name that `models` knows, a reader's answer.
The first heading of a file that fits has it. Folded, separated by `|`; every match is shown before anything is loaded.
"""

import re
from collections.abc import Mapping, Sequence

from hubdata.cells import folded

GUESSES: dict[str, dict[str, str]] = {
    "organisations": {
        "organisation_id": "kvk|kvk_nummer|kvk_nr|nummer_kvk",
        "name": "organisaties|naam_van_de_organisatie|naam_instelling|instelling|bedrijfsnaam|company|company_name|"
        "name_of_organisation|name_of_organization|organisations|organizations|partner|wie|who",
        "sector": "sectoren|sectors|branche|categorie|category|soort_sector",
        "type": "type_of_organisation|type_of_organization|organisation_type|organization_type|org_type|kind|"
        "soort_instelling|what_kind",
        "city": "vestiging|standplaats|gevestigd_in|woonplaats|location|locatie|based_in|city_town|place",
        "country": "land_van_vestiging|country_of_registration",
        "website": "www|web|webpagina|internet|web_site|website_url|link",
        "themes": "onderwerp|onderwerpen|topic|topics|thematiek|focus|focusgebied|focusgebieden|focus_area|focus_areas|"
        "werkterrein|werkterreinen|aandachtsgebied|aandachtsgebieden|works_on|werkt_aan",
        "fte": "fte_s|aantal_fte|aantal_ftes|omvang_fte|staff_fte|formatie|fulltime_banen",
        "joined_on": "sinds|since|lid_vanaf|member_since|aangesloten_sinds|aangesloten|date_joined|in_netwerk_sinds",
        "left_on": "lid_tot|member_until|uitgestapt",
        "membership": "huurder_lid|lid_huurder|lid_of_huurder|member_tenant|tenant_member|member_or_tenant|"
        "membership_status|status_lid",
    },
    "partnerships": {
        "name": "projectnaam|naam_project|project_naam|naam_van_het_project|project_name|project_title|projecttitel|"
        "onderwerp|omschrijving|agreement|collaboration|what|wat|initiatief",
        "organisation_ids": "partijen|betrokken_partijen|betrokken_organisaties|partnerorganisaties|"
        "partner_organisations|"
        "parties|members|leden|consortium|met_wie|wie|who|between",
        "start_date": "looptijd|periode|period|duration|duur|tijdvak|projectperiode|van|from|sinds|since|wanneer|when|"
        "startjaar|start_year|begonnen|started|gestart|running",
        "end_date": "tot|t_m|tot_en_met|until|to|eindjaar|end_year|afloop|loopt_tot|ended|finish",
        "last_contact": "laatste_overleg|laatst_gesproken|laatste_gesprek|laatste_afspraak|last_meeting|last_met|"
        "last_spoken|"
        "last_talked|last_conversation",
        "kind": "soort_samenwerking|type_samenwerking|vorm|type_of_collaboration|soort_afspraak",
    },
    "events": {
        "name": "wat|what|activiteit|activity|naam_bijeenkomst|naam_evenement|event_title|evenementnaam|"
        "onderwerp|subject",
        "start_date": "wanneer|when|dag|day|datum_bijeenkomst|date_of_event|periode|dates|data",
        "venue": "waar|where|plek|place|adres|address",
        "cost": "begroting|budget|uitgaven|kosten_totaal|total_cost|spent",
        "attendees": "wie_waren_er|wie_was_er|wie|aanwezigen|aanwezig|aanwezige_organisaties|deelnemers|organisaties|"
        "deelnemende_organisaties|attendees|participants|who_came|who_was_there|who|organisations|organizations|present|"
        "attending|attended_by|gasten|guests|bezoekers",
    },
    "attendance": {
        "event_id": "wat|what|activiteit|activity",
        "organisation_id": "organisatienaam|naam_organisatie|organisations|organisaties|organization_name|"
        "organisation_name|company_name|affiliation|instelling|van_welke_organisatie",
    },
    "funding": {
        "organisation_id": "begunstigde|aanvrager|naam|name|naam_organisatie|organisatienaam|organisation_name|naar|"
        "beneficiary|grantee|recipient_name|recipient_organisation|awarded_to|ontvangende_organisatie|wie|to",
        "year": "boekjaar|kalenderjaar|subsidiejaar|fiscal_year|financial_year|calendar_year",
        "donor": "verstrekker|geldverstrekker|subsidieverstrekker|financierder|fonds|sponsor|donateur|donor_name|"
        "funding_organisation|grantmaker|van_wie|van|from|given_by",
        "programme": "subsidieregeling|scheme|grant_programme|fund",
        "category": "soort_geld|type_geld|soort_financiering|soort_inkomsten|type|herkomst|type_of_funding|"
        "funding_type|"
        "kind_of_money|source|source_type|kind|type_of_donor",
        "amount": "subsidiebedrag|toegekend_bedrag|toegekend|bijdrage|subsidie|grant|grant_amount|"
        "amount_awarded|awarded|"
        "value|eur|euros|total",
    },
}
"""Table -> column -> what it may be called."""
SHEETS: dict[str, str] = {
    "partnerships": "project|convenant|coalitie|consorti",
    "events": "activiteit|borrel|meeting",
    "funding": "subsidie|grant|geldgever|donor",
    "organisations": "netwerk|leden|relatie|member|partner",
}
"""Table -> parts of the name of a sheet that holds it, where its headings fit."""
ATTENDEES = "attendees"
"""What a list of events may have beside its columns: who was there, in one cell."""
SEVERAL = {
    "partnerships": "organisatie|organisation|organization|partner|partij|party|org|deelnemer|participant|member|lid|"
    "kernpartner|instelling|partnerorganisatie|partner_organisation",
    "organisations": "thema|theme|topic|onderwerp|land|country|sdg|behoefte|need|aanbod|offer",
    "events": "thema|theme|aanwezig|aanwezige|attendee|organisatie|organisation|organization|deelnemer|participant",
}
"""Table -> what several columns of one kind are called, each with a letter or a number behind it: `Partij A`."""
_NUMBERED = re.compile(r"(.+?)_?(\d{1,2}|(?<=_)[a-z])", re.ASCII)
_KINDS = {"thema": "themes", "theme": "themes", "topic": "themes", "onderwerp": "themes", "land": "countries",
          "country": "countries", "sdg": "sdgs", "behoefte": "needs", "need": "needs", "aanbod": "offers",
          "offer": "offers"}  # fmt: skip
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
