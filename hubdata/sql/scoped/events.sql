-- One row per event; what it cost only with amounts, who organised it only when that organisation is covered
-- People put names of organisations in the names of events, so without names events have none either.
CREATE TABLE snapshot.events AS
WITH hashed AS (
    SELECT *, sha256(getvariable('scope_key') || '/event/' || event_id) AS hash
    FROM whole.events
)
SELECT event.* EXCLUDE (hash) REPLACE (
    CASE WHEN getvariable('scope_names') THEN event.event_id ELSE 'x-' || event.hash[:16] END AS event_id,
    CASE WHEN getvariable('scope_names') THEN event.name ELSE 'Event ' || upper(event.hash[:6]) END AS name,
    CASE WHEN getvariable('scope_names') THEN event.venue END AS venue,
    CASE WHEN identity.is_covered THEN identity.shown_id END AS organiser_id,
    CASE WHEN getvariable('scope_amounts') THEN event.cost END AS cost
)
FROM hashed AS event
LEFT JOIN snapshot.identities AS identity ON identity.organisation_id = event.organiser_id;
