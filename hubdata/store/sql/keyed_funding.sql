-- One row per row of funding
-- donor_key tells donors apart: "earned" for earned income, else the donor_id, else the one donor_id that rows with the
-- same name have, else the folded name.
CREATE VIEW keyed_funding AS
WITH named AS (
    SELECT
        organisation_id,
        year,
        donor,
        donor_id,
        programme,
        category,
        amount,
        start_date,
        end_date,
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
)
SELECT
    named.organisation_id,
    named.year,
    named.programme,
    named.category,
    named.amount,
    named.start_date,
    named.end_date,
    CASE WHEN named.category <> 'earned' THEN named.donor END AS donor,
    CASE WHEN named.category <> 'earned' THEN coalesce(named.donor_id, identified.donor_id) END
        AS donor_id,
    CASE WHEN named.category = 'earned' THEN 'earned'
         ELSE coalesce(named.donor_id, identified.donor_id, named.folded_name) END AS donor_key
FROM named
LEFT JOIN identified ON identified.folded_name = named.folded_name;
