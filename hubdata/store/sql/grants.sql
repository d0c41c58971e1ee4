-- One row per organisation in view, donor, programme, category and year of money that was given for a time
-- Own income and gifts of individuals are no grants. ends_on is the last day that any of its rows of that year says.
CREATE VIEW grants AS
SELECT
    keyed.organisation_id,
    keyed.donor_key,
    names.donor,
    keyed.programme,
    keyed.category,
    keyed.year,
    sum(keyed.amount ORDER BY keyed.amount) AS amount_eur,
    max(keyed.end_date) AS ends_on,
    organisation.name,
    organisation.sector
FROM keyed_funding AS keyed
JOIN organisations_in_view AS organisation ON organisation.organisation_id = keyed.organisation_id
LEFT JOIN (SELECT donor_key, any_value(donor) AS donor FROM income GROUP BY donor_key) AS names
    ON names.donor_key = keyed.donor_key
WHERE keyed.category NOT IN ('earned', 'individuals')
GROUP BY keyed.organisation_id, keyed.donor_key, names.donor, keyed.programme, keyed.category, keyed.year,
    organisation.name, organisation.sector;
