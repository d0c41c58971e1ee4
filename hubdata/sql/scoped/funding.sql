-- One row per covered organisation, year, donor and programme; none at all without amounts
-- Without names a donor that is itself in the list, by its identifier or its name, is called by its stand-in as well.
CREATE TABLE snapshot.funding AS
WITH named AS (
    SELECT lower(strip_accents(trim(regexp_replace(name, '[\s\p{Z}]+', ' ', 'g')))) AS folded_name, min(shown_name) AS shown_name
    FROM snapshot.identities
    GROUP BY folded_name
)
SELECT funding.* REPLACE (
    recipient.shown_id AS organisation_id,
    CASE WHEN getvariable('scope_names') THEN funding.donor
         ELSE coalesce(donor.shown_name, named.shown_name, funding.donor) END AS donor,
    CASE WHEN donor.shown_id IS NOT NULL THEN donor.shown_id
         WHEN getvariable('scope_names') THEN funding.donor_id END AS donor_id,
    CASE WHEN getvariable('scope_names') THEN funding.programme END AS programme
)
FROM whole.funding AS funding
JOIN snapshot.identities AS recipient ON recipient.organisation_id = funding.organisation_id AND recipient.is_covered
LEFT JOIN snapshot.identities AS donor ON donor.organisation_id = funding.donor_id
LEFT JOIN named
  ON named.folded_name = lower(strip_accents(trim(regexp_replace(funding.donor, '[\s\p{Z}]+', ' ', 'g'))))
WHERE getvariable('scope_amounts');
