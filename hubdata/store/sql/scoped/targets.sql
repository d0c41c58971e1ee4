-- One row per target; what the manager noted beside it stays his own
INSERT INTO snapshot.targets BY NAME
SELECT indicator, date, value, NULL::VARCHAR AS note
FROM whole.targets
-- Without a scope there is nothing.
WHERE getvariable('scope_key') IS NOT NULL;
