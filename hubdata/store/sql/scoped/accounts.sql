-- One row per covered organisation and year: its jobs; what it earned, spent and kept only with amounts
INSERT INTO snapshot.accounts BY NAME
SELECT
    identity.shown_id AS organisation_id,
    account.year,
    CASE WHEN getvariable('scope_amounts') THEN account.total_income END AS total_income,
    CASE WHEN getvariable('scope_amounts') THEN account.expenditure END AS expenditure,
    CASE WHEN getvariable('scope_amounts') THEN account.reserves END AS reserves,
    account.fte
FROM whole.accounts AS account
JOIN snapshot.identities AS identity ON identity.organisation_id = account.organisation_id
WHERE identity.is_covered;
