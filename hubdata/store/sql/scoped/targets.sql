-- One row per target; what the manager noted beside it stays his own
CREATE TABLE snapshot.targets AS
SELECT target.* REPLACE (NULL::VARCHAR AS note)
FROM whole.targets AS target;
