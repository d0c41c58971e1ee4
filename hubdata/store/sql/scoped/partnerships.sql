-- One row per partnership of at least two organisations that the scope covers
-- Members that are not covered stay in the list under their stand-ins: how large a partnership is decides whether its
-- ties count. Its own identifier may be made of names, so it gets a stand-in too; and it has its name and programme, which
-- may name its members, only when all of them are covered.
INSERT INTO snapshot.partnerships BY NAME
WITH members AS (
    SELECT partnership_id, position, identity.shown_id, identity.is_covered
    FROM (
        SELECT partnership_id, unnest(organisation_ids) AS member_id, generate_subscripts(organisation_ids, 1) AS position
        FROM whole.partnerships
    ) AS listed
    JOIN snapshot.identities AS identity ON identity.organisation_id = listed.member_id
),
translated AS (
    SELECT
        partnership_id,
        -- in the order of the list; sorting them as a list is several times as fast as `list(... ORDER BY position)`
        list_transform(
            list_sort(list({'position': position, 'shown_id': shown_id})), lambda member: member.shown_id
        ) AS shown_ids,
        count(DISTINCT shown_id) FILTER (WHERE is_covered) AS covered_count,
        bool_and(is_covered) AS is_whole
    FROM members
    GROUP BY partnership_id
)
SELECT
    'x-' || sha256(getvariable('scope_key') || '/partnership/' || partnership.partnership_id)[:16] AS partnership_id,
    CASE WHEN getvariable('scope_names') AND is_whole THEN partnership.name END AS name,
    translated.shown_ids AS organisation_ids,
    partnership.start_date,
    partnership.end_date,
    partnership.first_recorded,
    partnership.last_contact,
    partnership.intensity,
    partnership.kind,
    partnership.themes,
    CASE WHEN getvariable('scope_names') AND is_whole THEN partnership.programme END AS programme,
    CASE WHEN partnership.event_id IN (SELECT event_id FROM snapshot.events) THEN partnership.event_id
         WHEN NOT getvariable('scope_names')
         THEN 'x-' || sha256(getvariable('scope_key') || '/event/' || partnership.event_id)[:16] END AS event_id
FROM whole.partnerships AS partnership
JOIN translated ON translated.partnership_id = partnership.partnership_id
WHERE translated.covered_count >= 2;
