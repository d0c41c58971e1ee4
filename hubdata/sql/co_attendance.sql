-- One row per event up to as_of and unordered pair of organisations in view that both attended it
-- A registration alone is no attendance; had_tie is about the first day of the event.
CREATE VIEW co_attendance AS
WITH attending AS (
    SELECT event.event_id, event.start_date AS event_date, organisation.organisation_id, organisation.sector
    FROM snapshot.attendance
    JOIN snapshot.events AS event ON event.event_id = attendance.event_id
    JOIN organisations_in_view AS organisation ON organisation.organisation_id = attendance.organisation_id
    WHERE attendance.status = 'attended' AND event.start_date <= getvariable('as_of')::DATE
)
SELECT
    a.event_id,
    a.event_date,
    a.organisation_id AS organisation_a,
    b.organisation_id AS organisation_b,
    a.sector <> b.sector AS is_cross_sector,
    -- the spells of a pair never overlap, so that at most one matches
    spell.started_on IS NOT NULL AS had_tie
FROM attending AS a
JOIN attending AS b ON b.event_id = a.event_id AND b.organisation_id > a.organisation_id
LEFT JOIN tie_spells AS spell
  ON spell.organisation_a = a.organisation_id
 AND spell.organisation_b = b.organisation_id
 AND spell.started_on <= a.event_date
 -- coalesce and not OR, which would make this a nested loop
 AND coalesce(spell.ended_on, DATE '9999-12-31') >= a.event_date;
