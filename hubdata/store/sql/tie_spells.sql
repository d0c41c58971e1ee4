-- One row per unbroken period in which a pair of organisations in view had a tie, over the whole of time
-- ended_on is the last day (NULL = open). Partnerships that overlap, or of which one ends the day before the next
-- starts, are one spell. first_recorded is the earliest among the partnerships that the spell began with, and
-- first_partnership_ids are all of them; began_structural: whether any of them was structural. is_structural: whether
-- any partnership of the spell was, so far.
CREATE VIEW tie_spells AS
WITH marked AS (
    SELECT
        *,
        coalesce(started_on - 1 > max(coalesce(ended_on, DATE '9999-12-31')) OVER earlier, true) AS begins_spell
    FROM partnership_pairs
    WINDOW earlier AS (
        PARTITION BY organisation_a, organisation_b
        ORDER BY started_on, first_recorded NULLS LAST, partnership_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
),
numbered AS (
    SELECT
        *,
        count_if(begins_spell) OVER so_far AS spell,
        -- a row that begins a spell gives its own value; later rows of the spell take it over
        max(started_on) FILTER (WHERE begins_spell) OVER so_far AS spell_started_on
    FROM marked
    WINDOW so_far AS (
        PARTITION BY organisation_a, organisation_b
        ORDER BY started_on, first_recorded NULLS LAST, partnership_id
        ROWS UNBOUNDED PRECEDING
    )
),
spells AS (
    SELECT
        organisation_a,
        organisation_b,
        min(started_on) AS started_on,
        CASE WHEN bool_and(ended_on IS NOT NULL) THEN max(ended_on) END AS ended_on,
        -- the order above puts the earliest recorded of those that start together first
        min(first_recorded) FILTER (WHERE begins_spell) AS first_recorded,
        bool_or(is_structural AND started_on <= getvariable('as_of')::DATE) AS is_structural,
        bool_or(is_structural AND started_on = spell_started_on) AS began_structural,
        string_agg(partnership_id, ' ' ORDER BY partnership_id)
            FILTER (WHERE started_on = spell_started_on) AS first_partnership_ids
    FROM numbered
    GROUP BY organisation_a, organisation_b, spell
)
SELECT
    spells.organisation_a,
    spells.organisation_b,
    spells.started_on,
    spells.ended_on,
    spells.first_recorded,
    a.sector <> b.sector AS is_cross_sector,
    spells.is_structural,
    spells.began_structural,
    spells.first_partnership_ids
FROM spells
JOIN organisations_in_view AS a ON a.organisation_id = spells.organisation_a
JOIN organisations_in_view AS b ON b.organisation_id = spells.organisation_b;
