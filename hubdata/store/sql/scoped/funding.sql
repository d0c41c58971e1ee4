-- One row per covered organisation, year, donor and programme; none at all without amounts
-- The days of a grant, by which one that was published can be told, go with names.
-- Without names donors have none either: one that is in the list itself, by its identifier or its name, has the stand-in
-- that it has there, so that it is the same organisation in every figure.
INSERT INTO snapshot.funding BY NAME
WITH rows AS (
    SELECT
        organisation_id,
        year,
        donor,
        lower(strip_accents(trim(regexp_replace(donor, '[\s\p{Z}]+', ' ', 'g')))) AS folded_donor,
        donor_id,
        programme,
        category,
        amount,
        currency,
        start_date,
        end_date
    FROM whole.funding
    WHERE getvariable('scope_amounts')
),
named AS (
    SELECT
        lower(strip_accents(trim(regexp_replace(name, '[\s\p{Z}]+', ' ', 'g')))) AS folded_name,
        min(shown_name) AS shown_name
    FROM snapshot.identities
    GROUP BY folded_name
)
SELECT
    recipient.shown_id AS organisation_id,
    funding.year,
    CASE WHEN getvariable('scope_names') OR funding.donor IS NULL THEN funding.donor
         ELSE coalesce(
             donor.shown_name,
             named.shown_name,
             'Donor ' || upper(sha256(getvariable('scope_key') || '/donor/' || funding.folded_donor)[:6])
         ) END AS donor,
    CASE WHEN donor.shown_id IS NOT NULL THEN donor.shown_id
         WHEN getvariable('scope_names') THEN funding.donor_id END AS donor_id,
    CASE WHEN getvariable('scope_names') THEN funding.programme END AS programme,
    funding.category,
    funding.amount,
    funding.currency,
    CASE WHEN getvariable('scope_names') THEN funding.start_date END AS start_date,
    CASE WHEN getvariable('scope_names') THEN funding.end_date END AS end_date
FROM rows AS funding
JOIN snapshot.identities AS recipient ON recipient.organisation_id = funding.organisation_id AND recipient.is_covered
LEFT JOIN snapshot.identities AS donor ON donor.organisation_id = funding.donor_id
LEFT JOIN named ON named.folded_name = funding.folded_donor;
