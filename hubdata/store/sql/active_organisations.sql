-- One row per organisation in view that is active on as_of
CREATE VIEW active_organisations AS
SELECT *
FROM organisations_in_view
WHERE (joined_on IS NULL OR joined_on <= getvariable('as_of')::DATE)
  AND (left_on IS NULL OR left_on >= getvariable('as_of')::DATE);
