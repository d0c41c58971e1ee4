-- One row per organisation in view that is active on as_of; its jobs are those of its last accounts, if these have any
CREATE VIEW active_organisations AS
WITH jobs AS (
    SELECT organisation_id, arg_max(fte, year) AS fte
    FROM snapshot.accounts
    WHERE fte IS NOT NULL AND year <= year(getvariable('as_of')::DATE)
    GROUP BY organisation_id
)
SELECT organisation.* REPLACE (coalesce(jobs.fte, organisation.fte) AS fte)
FROM organisations_in_view AS organisation
LEFT JOIN jobs ON jobs.organisation_id = organisation.organisation_id
WHERE (organisation.joined_on IS NULL OR organisation.joined_on <= getvariable('as_of')::DATE)
  AND (organisation.left_on IS NULL OR organisation.left_on >= getvariable('as_of')::DATE);
