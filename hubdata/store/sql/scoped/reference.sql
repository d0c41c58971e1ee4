-- One row per share elsewhere, as it was loaded: it says nothing of a single organisation
CREATE TABLE snapshot.reference AS
SELECT *
FROM whole.reference;
