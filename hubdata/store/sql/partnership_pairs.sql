-- One row per partnership and unordered pair of different organisations in view that were ever active together in it
-- started_on and ended_on (last day, NULL = open) are the days on which the partnership runs and both are active;
-- organisation_count is that of the whole partnership, so that a filter does not make a consortium look small.
CREATE VIEW partnership_pairs AS
WITH agreements AS (
    SELECT
        partnership_id,
        start_date,
        end_date,
        first_recorded,
        last_contact,
        intensity,
        list_distinct(organisation_ids) AS members,
        len(list_distinct(organisation_ids)) AS organisation_count
    FROM snapshot.partnerships
),
members AS (
    SELECT agreement.*, organisation.organisation_id, organisation.joined_on, organisation.left_on
    FROM (
        SELECT * EXCLUDE (members), unnest(members) AS member_id
        FROM agreements
        WHERE getvariable('max_consortium') IS NULL
           OR organisation_count <= getvariable('max_consortium')::INTEGER
    ) AS agreement
    JOIN organisations_in_view AS organisation ON organisation.organisation_id = agreement.member_id
),
pairs AS (
    SELECT
        a.partnership_id,
        a.organisation_id AS organisation_a,
        b.organisation_id AS organisation_b,
        -- greatest and least leave NULLs out: an empty cell sets no bound
        greatest(a.start_date, a.joined_on, b.joined_on) AS started_on,
        least(a.end_date, a.left_on, b.left_on) AS ended_on,
        a.start_date,
        a.last_contact,
        a.first_recorded,
        a.intensity,
        a.intensity IN ('coordination', 'integration') AS is_structural,
        a.organisation_count
    FROM members AS a
    JOIN members AS b ON b.partnership_id = a.partnership_id AND b.organisation_id > a.organisation_id
)
SELECT *
FROM pairs
WHERE ended_on IS NULL OR ended_on >= started_on;
