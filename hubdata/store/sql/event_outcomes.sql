-- One row per event up to as_of
-- organisations, pairs and new ties are those in view; organisation_count is all that attended, so that a filter does
-- not make a plenary look small. New ties are pairs without a tie on the first day of the event whose tie formed 1 to
-- window_days days later (and not after as_of). The "other" pairs are both active that day and at most one attended.
-- A window is complete when the data tell of all its days: a list of partnerships says nothing of the days after the last
-- one that began (ties_known_until), however much later as_of is.
-- Pairs are counted by arithmetic and running totals, never listed: 17,000 organisations make 144 million pairs.
CREATE VIEW event_outcomes AS
WITH in_view AS MATERIALIZED (
    SELECT organisation_id, sector, joined_on, left_on
    FROM organisations_in_view
),
attending AS (
    SELECT
        event.event_id,
        event.start_date AS event_date,
        organisation.organisation_id,
        organisation.sector,
        attendance.people,
        (organisation.joined_on IS NULL OR organisation.joined_on <= event.start_date)
            AND (organisation.left_on IS NULL OR organisation.left_on >= event.start_date) AS is_active
    FROM snapshot.attendance
    JOIN snapshot.events AS event ON event.event_id = attendance.event_id
    JOIN in_view AS organisation ON organisation.organisation_id = attendance.organisation_id
    WHERE attendance.status = 'attended' AND event.start_date <= getvariable('as_of')::DATE
),
spells AS (
    SELECT
        spell.organisation_a,
        spell.organisation_b,
        spell.started_on,
        spell.ended_on,
        -- An event is followed by this spell when it lies in [forming_from, started_on): within the window, and after
        -- the previous spell. greatest leaves NULLs out. Of several spells within a window only the first counts,
        -- since the event lies before the end of the one before the others.
        greatest(
            spell.started_on - getvariable('window_days')::INTEGER,
            lag(spell.ended_on) OVER (
                PARTITION BY spell.organisation_a, spell.organisation_b ORDER BY spell.started_on
            ) + 1
        ) AS forming_from,
        greatest(a.joined_on, b.joined_on) AS both_joined_on
    FROM tie_spells AS spell
    JOIN in_view AS a ON a.organisation_id = spell.organisation_a
    JOIN in_view AS b ON b.organisation_id = spell.organisation_b
),
changes AS (
    SELECT coalesce(joined_on, DATE '0001-01-01') AS day, 1 AS active, 0 AS ties, 0 AS forming
    FROM in_view
    UNION ALL
    SELECT left_on + 1, -1, 0, 0 FROM in_view WHERE left_on IS NOT NULL
    UNION ALL
    SELECT started_on, 0, 1, 0 FROM spells
    UNION ALL
    SELECT ended_on + 1, 0, -1, 0 FROM spells WHERE ended_on IS NOT NULL
    UNION ALL
    SELECT unnest([greatest(forming_from, both_joined_on), started_on]), 0, 0, unnest([1, -1])
    FROM spells
    WHERE started_on <= getvariable('as_of')::DATE
),
-- From this day to the next one in the table: active organisations, ties, and pairs of active organisations without a
-- tie that form one within the window.
totals AS (
    SELECT
        day,
        sum(sum(active)) OVER (ORDER BY day) AS active,
        sum(sum(ties)) OVER (ORDER BY day) AS ties,
        sum(sum(forming)) OVER (ORDER BY day) AS forming
    FROM changes
    GROUP BY day
),
everyone AS (
    SELECT event_id, count(*) AS organisation_count
    FROM snapshot.attendance
    WHERE status = 'attended'
    GROUP BY event_id
),
met AS (
    SELECT
        event_id,
        count(*) AS organisations,
        sum(people) AS people,
        count(*) * (count(*) - 1) // 2 AS pairs,
        count_if(is_active) * (count_if(is_active) - 1) // 2 AS active_pairs,
        list(organisation_id ORDER BY organisation_id) AS organisation_ids
    FROM attending
    GROUP BY event_id
),
within AS (
    SELECT event_id, sum(organisations * (organisations - 1) // 2) AS pairs
    FROM (SELECT event_id, sector, count(*) AS organisations FROM attending GROUP BY event_id, sector)
    GROUP BY event_id
),
visits AS (
    SELECT organisation_id, count(*) AS events
    FROM attending
    GROUP BY organisation_id
),
-- Spells of which both ends ever attended, from the end that attended less often: who hosts thousands of events and has
-- thousands of ties would otherwise bring millions of rows into the join below.
visited AS (
    SELECT
        CASE WHEN a.events <= b.events THEN spells.organisation_a ELSE spells.organisation_b END AS seldom,
        CASE WHEN a.events <= b.events THEN spells.organisation_b ELSE spells.organisation_a END AS often,
        spells.started_on,
        spells.ended_on,
        spells.forming_from
    FROM spells
    JOIN visits AS a ON a.organisation_id = spells.organisation_a
    JOIN visits AS b ON b.organisation_id = spells.organisation_b
    WHERE spells.started_on <= getvariable('as_of')::DATE
),
-- The ties, and those about to form, of each organisation that attended; materialised, or the planner lists all pairs
-- that attended first.
candidates AS MATERIALIZED (
    SELECT a.event_id, a.event_date, a.is_active, visited.often, visited.started_on
    FROM attending AS a
    JOIN visited
      ON visited.seldom = a.organisation_id
     AND visited.forming_from <= a.event_date
     AND coalesce(visited.ended_on, DATE '9999-12-31') >= a.event_date
),
known AS (
    SELECT CASE WHEN count(*) > 0 THEN least(max(start_date), getvariable('as_of')::DATE) END AS ties_known_until
    FROM snapshot.partnerships
),
tied AS (
    SELECT
        a.event_id,
        count_if(a.started_on <= a.event_date) AS pairs,
        count_if(a.started_on > a.event_date) AS new_ties,
        count_if(a.started_on > a.event_date AND a.is_active AND b.is_active) AS active_new_ties
    FROM candidates AS a
    JOIN attending AS b ON b.event_id = a.event_id AND b.organisation_id = a.often
    GROUP BY a.event_id
)
SELECT
    event.event_id,
    event.name,
    event.start_date,
    event.end_date,
    event.kind,
    event.format,
    event.venue,
    event.organiser_id,
    event.cost,
    coalesce(met.organisations, 0) AS organisations,
    met.people::BIGINT AS people,
    coalesce(met.pairs, 0)::BIGINT AS pairs,
    coalesce(met.pairs - within.pairs, 0)::BIGINT AS cross_sector_pairs,
    (coalesce(met.pairs, 0) - coalesce(tied.pairs, 0))::BIGINT AS pairs_without_tie,
    coalesce(tied.new_ties, 0)::BIGINT AS new_ties,
    -- a pair with a tie is active by definition, so that ties need no check of activity
    (
        coalesce(totals.active * (totals.active - 1) // 2 - totals.ties, 0)
        - (coalesce(met.active_pairs, 0) - coalesce(tied.pairs, 0))
    )::BIGINT AS other_pairs_without_tie,
    (coalesce(totals.forming, 0) - coalesce(tied.active_new_ties, 0))::BIGINT AS other_new_ties,
    coalesce(event.start_date + getvariable('window_days')::INTEGER <= known.ties_known_until, false)
        AS is_window_complete,
    known.ties_known_until,
    coalesce(everyone.organisation_count, 0) AS organisation_count,
    coalesce(met.organisation_ids, []::VARCHAR[]) AS organisation_ids
FROM snapshot.events AS event
CROSS JOIN known
ASOF LEFT JOIN totals ON totals.day <= event.start_date
LEFT JOIN everyone ON everyone.event_id = event.event_id
LEFT JOIN met ON met.event_id = event.event_id
LEFT JOIN within ON within.event_id = event.event_id
LEFT JOIN tied ON tied.event_id = event.event_id
WHERE event.start_date <= getvariable('as_of')::DATE;
