-- One row per tie on as_of: an unordered pair of active organisations in view that share an active partnership
-- partnership_count, smallest_partnership and is_structural look at the partnerships active on as_of;
-- last_sign_date looks at all partnerships of the pair, ended ones too, and at the events both attended.
CREATE VIEW ties AS
WITH pairs AS MATERIALIZED (
    SELECT
        organisation_a,
        organisation_b,
        started_on,
        ended_on,
        start_date,
        last_contact,
        is_structural,
        organisation_count
    FROM partnership_pairs
),
active AS (
    SELECT
        organisation_a,
        organisation_b,
        bool_or(is_structural) AS is_structural,
        count(*) AS partnership_count,
        min(organisation_count) AS smallest_partnership
    FROM pairs
    WHERE started_on <= getvariable('as_of')::DATE
      AND (ended_on IS NULL OR ended_on >= getvariable('as_of')::DATE)
    GROUP BY organisation_a, organisation_b
),
-- an organisation may have two rows at an event, as host and as speaker
presence AS (
    SELECT organisation_id, event_id, bool_or(status = 'attended') AS is_attended
    FROM snapshot.attendance
    GROUP BY organisation_id, event_id
),
visits AS (
    SELECT organisation_id, count(*) AS events
    FROM presence
    GROUP BY organisation_id
),
-- The events of the end that is at fewer of them: of one that hosts thousands and has thousands of ties there would be
-- millions. Materialised, or the planner lists all pairs of an event first: at 15,000 organisations 3.9 GB instead of 1.6.
first_present AS MATERIALIZED (
    SELECT
        active.organisation_a,
        active.organisation_b,
        CASE WHEN a.events <= b.events THEN active.organisation_b ELSE active.organisation_a END AS other,
        presence.event_id,
        presence.is_attended
    FROM active
    JOIN visits AS a ON a.organisation_id = active.organisation_a
    JOIN visits AS b ON b.organisation_id = active.organisation_b
    JOIN presence
      ON presence.organisation_id
       = CASE WHEN a.events <= b.events THEN active.organisation_a ELSE active.organisation_b END
),
both_present AS (
    SELECT
        a.organisation_a,
        a.organisation_b,
        event.event_id,
        event.name,
        event.start_date,
        a.is_attended AND b.is_attended AS is_attended
    FROM first_present AS a
    JOIN presence AS b ON b.organisation_id = a.other AND b.event_id = a.event_id
    JOIN snapshot.events AS event ON event.event_id = a.event_id
),
next_event AS (
    SELECT organisation_a, organisation_b, event_id, name, start_date
    FROM both_present
    WHERE start_date > getvariable('as_of')::DATE
    QUALIFY row_number() OVER (
        PARTITION BY organisation_a, organisation_b ORDER BY start_date, event_id
    ) = 1
),
signs AS (
    SELECT organisation_a, organisation_b, start_date AS sign_date FROM pairs
    UNION ALL
    SELECT organisation_a, organisation_b, last_contact FROM pairs
    UNION ALL
    SELECT organisation_a, organisation_b, start_date FROM both_present WHERE is_attended
),
last_sign AS (
    SELECT organisation_a, organisation_b, max(sign_date) AS last_sign_date
    FROM signs
    WHERE sign_date <= getvariable('as_of')::DATE
    GROUP BY organisation_a, organisation_b
)
SELECT
    active.organisation_a,
    active.organisation_b,
    a.name AS name_a,
    b.name AS name_b,
    a.sector AS sector_a,
    b.sector AS sector_b,
    a.sector <> b.sector AS is_cross_sector,
    active.is_structural,
    active.partnership_count,
    active.smallest_partnership,
    tie_spells.started_on,
    last_sign.last_sign_date,
    getvariable('as_of')::DATE - last_sign.last_sign_date AS days_silent,
    next_event.event_id AS next_event_id,
    next_event.name AS next_event_name,
    next_event.start_date AS next_event_date
FROM active
JOIN snapshot.organisations AS a ON a.organisation_id = active.organisation_a
JOIN snapshot.organisations AS b ON b.organisation_id = active.organisation_b
JOIN last_sign USING (organisation_a, organisation_b)
JOIN tie_spells
  ON tie_spells.organisation_a = active.organisation_a
 AND tie_spells.organisation_b = active.organisation_b
 AND tie_spells.started_on <= getvariable('as_of')::DATE
 AND (tie_spells.ended_on IS NULL OR tie_spells.ended_on >= getvariable('as_of')::DATE)
LEFT JOIN next_event
  ON next_event.organisation_a = active.organisation_a AND next_event.organisation_b = active.organisation_b;
