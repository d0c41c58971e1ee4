-- One row per event; what it cost only with amounts, who organised it only when that organisation is covered
CREATE TABLE snapshot.events AS
SELECT event.* REPLACE (
    CASE WHEN identity.is_covered THEN identity.shown_id END AS organiser_id,
    CASE WHEN getvariable('scope_amounts') THEN event.cost END AS cost
)
FROM whole.events AS event
LEFT JOIN snapshot.identities AS identity ON identity.organisation_id = event.organiser_id;
