-- One row per organisation at an event of the scope; organisations that are not covered have stand-ins
-- How many came decides whether an event is a plenary, so all stay. Without a sector, no view shows them.
INSERT INTO snapshot.attendance BY NAME
WITH translated AS (
    SELECT
        CASE WHEN getvariable('scope_names') THEN attendance.event_id
             ELSE 'x-' || sha256(getvariable('scope_key') || '/event/' || attendance.event_id)[:16] END AS event_id,
        identity.shown_id AS organisation_id,
        attendance.role,
        attendance.people,
        attendance.status
    FROM whole.attendance AS attendance
    JOIN snapshot.identities AS identity ON identity.organisation_id = attendance.organisation_id
)
SELECT event_id, organisation_id, role, people, status
FROM translated
WHERE event_id IN (SELECT event_id FROM snapshot.events);
