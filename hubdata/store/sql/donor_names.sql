-- One row per donor and name by which it is known
-- Every spelling of it in the data; of a donor that is an organisation in the data the name of that too.
CREATE VIEW donor_names AS
SELECT DISTINCT donor_key, donor AS name
FROM keyed_funding
WHERE donor_key <> 'earned' AND donor IS NOT NULL
UNION
SELECT DISTINCT keyed.donor_key, organisation.name
FROM keyed_funding AS keyed
JOIN snapshot.organisations AS organisation ON organisation.organisation_id = keyed.donor_id
WHERE organisation.name IS NOT NULL;
