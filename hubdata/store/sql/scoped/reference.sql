-- One row per share elsewhere, as it was loaded: it says nothing of a single organisation
INSERT INTO snapshot.reference BY NAME
SELECT dimension, code, measure, share, year, source
FROM whole.reference
-- Without a scope there is nothing.
WHERE getvariable('scope_key') IS NOT NULL;
