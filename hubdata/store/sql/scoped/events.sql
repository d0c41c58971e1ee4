-- One row per event of the scope; what it cost only with amounts, who organised it only when that organisation is covered
-- An event is in the scope when a covered organisation was there or organises it, or when no organisation is known to:
-- events of others alone are left out. Names of events may contain names of organisations, so without names events have
-- none either.
INSERT INTO snapshot.events BY NAME
WITH involved AS (
    SELECT event_id, organisation_id FROM whole.attendance
    UNION ALL
    SELECT event_id, organiser_id FROM whole.events WHERE organiser_id IS NOT NULL
),
others AS (
    SELECT involved.event_id
    FROM involved
    JOIN snapshot.identities AS identity ON identity.organisation_id = involved.organisation_id
    GROUP BY involved.event_id
    HAVING NOT bool_or(identity.is_covered)
)
SELECT
    CASE WHEN getvariable('scope_names') THEN event.event_id
         ELSE 'x-' || sha256(getvariable('scope_key') || '/event/' || event.event_id)[:16] END AS event_id,
    CASE WHEN getvariable('scope_names') THEN event.name
         ELSE 'Event ' || upper(sha256(getvariable('scope_key') || '/event/' || event.event_id)[:6]) END AS name,
    event.start_date,
    event.end_date,
    event.kind,
    event.format,
    CASE WHEN identity.is_covered THEN identity.shown_id END AS organiser_id,
    CASE WHEN getvariable('scope_names') THEN event.venue END AS venue,
    event.themes,
    CASE WHEN getvariable('scope_amounts') THEN event.cost END AS cost
FROM whole.events AS event
LEFT JOIN snapshot.identities AS identity ON identity.organisation_id = event.organiser_id
WHERE event.event_id NOT IN (SELECT event_id FROM others)
  -- An event without known organisations is in every scope, but not when no scope is set.
  AND getvariable('scope_key') IS NOT NULL;
