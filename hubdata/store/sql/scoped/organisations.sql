-- One row per organisation that the scope covers
-- Without names, what would name it (site, place, year of founding) is not known either; without amounts, its reserves.
CREATE TABLE snapshot.organisations AS
SELECT organisation.* REPLACE (
    identity.shown_id AS organisation_id,
    identity.shown_name AS name,
    CASE WHEN getvariable('scope_names') THEN organisation.city END AS city,
    CASE WHEN getvariable('scope_names') THEN organisation.website END AS website,
    CASE WHEN getvariable('scope_names') THEN organisation.founded END AS founded,
    CASE WHEN getvariable('scope_amounts') THEN organisation.reserves END AS reserves
)
FROM whole.organisations AS organisation
JOIN snapshot.identities AS identity ON identity.organisation_id = organisation.organisation_id
WHERE identity.is_covered;
