-- One row per organisation at an event of the scope, those that are not covered under their stand-ins
-- They stay because how many came decides whether an event is a plenary; no view shows them, since none has their sector.
CREATE TABLE snapshot.attendance AS
SELECT attendance.* REPLACE (identity.shown_id AS organisation_id)
FROM whole.attendance AS attendance
JOIN snapshot.identities AS identity ON identity.organisation_id = attendance.organisation_id
WHERE attendance.event_id IN (SELECT event_id FROM snapshot.events);
