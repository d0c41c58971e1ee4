-- One row per unordered pair of sectors whose organisations in view met at an event up to as_of
-- encounters counts pairs of organisations at one event: who meets three times counts thrice. Events that more than
-- plenary_size organisations attended are left out, since not everybody meets there. A registration is no attendance.
CREATE VIEW encounters AS
WITH small_events AS (
    SELECT event.event_id
    FROM snapshot.events AS event
    JOIN snapshot.attendance AS attendance ON attendance.event_id = event.event_id
    WHERE attendance.status = 'attended' AND event.start_date <= getvariable('as_of')::DATE
    GROUP BY event.event_id
    HAVING count(*) <= getvariable('plenary_size')::INTEGER
),
present AS (
    SELECT attendance.event_id, organisation.sector, count(*) AS organisations
    FROM snapshot.attendance AS attendance
    JOIN small_events ON small_events.event_id = attendance.event_id
    JOIN organisations_in_view AS organisation ON organisation.organisation_id = attendance.organisation_id
    WHERE attendance.status = 'attended'
    GROUP BY attendance.event_id, organisation.sector
)
-- Counted per sector, never by listing pairs: a hundred organisations make 4,950.
SELECT
    a.sector AS sector_a,
    b.sector AS sector_b,
    sum(
        CASE WHEN a.sector = b.sector THEN a.organisations * (a.organisations - 1) // 2
             ELSE a.organisations * b.organisations END
    )::BIGINT AS encounters
FROM present AS a
JOIN present AS b ON b.event_id = a.event_id AND b.sector >= a.sector
GROUP BY a.sector, b.sector
HAVING encounters > 0;
