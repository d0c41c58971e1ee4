-- One row per organisation that the filters (sector, theme, convenor) let through, whatever the date
CREATE VIEW organisations_in_view AS
SELECT *
FROM snapshot.organisations
WHERE (getvariable('sectors') IS NULL OR list_contains(getvariable('sectors')::VARCHAR[], sector))
  AND (getvariable('themes') IS NULL OR list_has_any(themes, getvariable('themes')::VARCHAR[]))
  AND (getvariable('with_convenor')::BOOLEAN OR role IS DISTINCT FROM 'convenor');
