-- One row per organisation in view, year, donor and category
-- Any year in the data, and also organisations that have left. donor_key tells donors apart (see keyed_funding).
CREATE VIEW income AS
WITH keyed AS (
    SELECT organisation_id, year, category, amount, donor, donor_id, donor_key FROM keyed_funding
),
names AS (
    -- the spelling used most; of equals the first of the alphabet
    SELECT donor_key, arg_min(donor, (-uses, donor)) AS donor
    FROM (SELECT donor_key, donor, count(*) AS uses FROM keyed WHERE donor IS NOT NULL GROUP BY donor_key, donor)
    GROUP BY donor_key
)
SELECT
    keyed.organisation_id,
    keyed.year,
    keyed.donor_key,
    CASE WHEN keyed.category <> 'earned' THEN names.donor END AS donor,
    min(keyed.donor_id) AS donor_id,
    keyed.category,
    -- in one order, since the last digit of a sum of floats depends on it
    sum(keyed.amount ORDER BY keyed.amount) AS amount_eur,
    organisation.name,
    organisation.sector
FROM keyed
JOIN organisations_in_view AS organisation ON organisation.organisation_id = keyed.organisation_id
LEFT JOIN names ON names.donor_key = keyed.donor_key
GROUP BY keyed.organisation_id, keyed.year, keyed.donor_key, names.donor, keyed.category, organisation.name,
    organisation.sector;
