-- One row per organisation that the scope covers
-- Without names, what would name it (other names, site, place, year of founding) is not known either; without amounts, its reserves.
INSERT INTO snapshot.organisations BY NAME
SELECT
    identity.shown_id AS organisation_id,
    identity.shown_name AS name,
    organisation.sector,
    organisation.type,
    CASE WHEN getvariable('scope_names') THEN organisation.city END AS city,
    organisation.country,
    CASE WHEN getvariable('scope_names') THEN organisation.website END AS website,
    organisation.themes,
    organisation.sdgs,
    organisation.countries,
    organisation.fte,
    CASE WHEN getvariable('scope_names') THEN organisation.founded END AS founded,
    organisation.joined_on,
    organisation.left_on,
    organisation.membership,
    organisation.role,
    organisation.digital_maturity,
    organisation.needs,
    organisation.offers,
    CASE WHEN getvariable('scope_amounts') THEN organisation.reserves END AS reserves,
    CASE WHEN getvariable('scope_names') THEN organisation.aliases END AS aliases
FROM whole.organisations AS organisation
JOIN snapshot.identities AS identity ON identity.organisation_id = organisation.organisation_id
WHERE identity.is_covered;
