-- One row per organisation in view and year of which accounts are known
CREATE VIEW yearly_accounts AS
SELECT
    account.organisation_id,
    account.year,
    account.total_income,
    account.expenditure,
    account.reserves,
    account.fte
FROM snapshot.accounts AS account
JOIN organisations_in_view AS organisation ON organisation.organisation_id = account.organisation_id;
