-- One row per target; the manager's own notes on it are left out
INSERT INTO snapshot.targets BY NAME
SELECT indicator, date, value, NULL::VARCHAR AS note
FROM whole.targets
-- Without a scope there is nothing.
WHERE getvariable('scope_key') IS NOT NULL;
