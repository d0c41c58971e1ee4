-- One row per organisation of the whole snapshot: whether the scope covers it, and what it is called in the scope
-- An organisation that is not covered, and every one when names are not, is known by a stand-in: a keyed hash, so that
-- it stays the same from one snapshot to the next and cannot be guessed from a list of names or identifiers.
CREATE TABLE snapshot.identities AS
WITH hashed AS (
    SELECT
        organisation_id,
        name,
        sha256(getvariable('scope_key') || '/organisation/' || organisation_id) AS hash,
        -- What is not known is not covered; without a scope nothing is.
        coalesce(
            getvariable('scope_key') IS NOT NULL
            AND (getvariable('scope_all_sectors') OR list_contains(getvariable('scope_sectors')::VARCHAR[], sector))
            AND (getvariable('scope_all_themes') OR list_has_any(themes, getvariable('scope_themes')::VARCHAR[])),
            false
        ) AS is_covered
    FROM whole.organisations
)
SELECT
    organisation_id,
    name,
    is_covered,
    CASE WHEN is_covered AND getvariable('scope_names') THEN organisation_id ELSE 'x-' || hash[:16] END AS shown_id,
    CASE WHEN getvariable('scope_names') THEN name ELSE 'Org. ' || upper(hash[:6]) END AS shown_name
FROM hashed;
