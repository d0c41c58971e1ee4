-- One row per organisation in view, year, donor and category
-- Any year in the data, and also organisations that have left. donor_key tells donors apart: "earned" for earned
-- income, else the donor_id, else the one donor_id that rows with the same name have, else the folded name.
CREATE VIEW income AS
WITH named AS (
    SELECT
        organisation_id,
        year,
        donor,
        donor_id,
        category,
        amount,
        -- without case, accents and surplus white space, as names are compared when a file is read
        lower(strip_accents(trim(regexp_replace(donor, '[\s\p{Z}]+', ' ', 'g')))) AS folded_name
    FROM snapshot.funding
),
identified AS (
    SELECT folded_name, min(donor_id) AS donor_id
    FROM named
    WHERE category <> 'earned'
    GROUP BY folded_name
    -- two donors with one name: a row without an id could be either
    HAVING count(DISTINCT donor_id) = 1
),
keyed AS (
    SELECT
        named.organisation_id,
        named.year,
        named.category,
        named.amount,
        CASE WHEN named.category <> 'earned' THEN named.donor END AS donor,
        CASE WHEN named.category <> 'earned' THEN coalesce(named.donor_id, identified.donor_id) END
            AS donor_id,
        CASE WHEN named.category = 'earned' THEN 'earned'
             ELSE coalesce(named.donor_id, identified.donor_id, named.folded_name) END AS donor_key
    FROM named
    LEFT JOIN identified ON identified.folded_name = named.folded_name
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
