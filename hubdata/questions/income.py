"""Who pays, who depends on whom, and what if a donor gives less."""

import datetime
from collections.abc import Iterable

import pandas as pd

from hubdata.indicators import funding, money, own_income, stress, totals
from hubdata.models import is_kind_of_income
from hubdata.questions.network import answer_brokers
from hubdata.settings import Settings
from hubdata.store import Snapshot, View


def latest_year(years: Iterable[int], as_of: datetime.date) -> int | None:
    """The last year with income rows that was over on a day; without one the nearest there is."""
    listed = list(years)
    over = as_of.year if (as_of.month, as_of.day) == (12, 31) else as_of.year - 1
    so_far = [year for year in listed if year <= as_of.year]
    return max((year for year in listed if year <= over), default=max(so_far, default=min(listed, default=None)))


def income_year(snapshot: Snapshot, view: View) -> int | None:
    """The year of income that figures of a day are about (see `latest_year`)."""
    return latest_year(years_of(snapshot.rows("income", view)), view.as_of)


def answer_funding(snapshot: Snapshot, settings: Settings, view: View) -> funding.Funding:
    """Donor dependency, per year and per organisation."""
    return funding.funding(
        snapshot.rows("income", view),
        snapshot.rows("active_organisations", view),
        figures=dependencies(snapshot, settings, view),
    )


def answer_income_years(snapshot: Snapshot, settings: Settings, view: View) -> list[int]:
    """The years with income rows, oldest first."""
    return years_of(snapshot.rows("income", view))


def answer_reserves_year(snapshot: Snapshot, settings: Settings, view: View) -> int | None:
    """The year that reserves, which have none in the lists, are compared with: the last full one; None without income.

    It is the same for every filter.
    """
    return latest_year(years_of(_whole_income(snapshot, view)), view.as_of)


def answer_has_reserves(snapshot: Snapshot, settings: Settings, view: View, year: int) -> bool:
    """Whether the accounts of a year give reserves of anybody. It is the same for every filter."""
    accounts = snapshot.rows("yearly_accounts", view.unfiltered)
    return bool(accounts.loc[accounts["year"] == year, "reserves"].notna().any())


def answer_year(snapshot: Snapshot, settings: Settings, view: View, year: int) -> funding.FundingYear:
    """Donor dependency of one of the `answer_income_years`, as `answer_funding` gives it, in less time."""
    (funding_year,) = funding.funding(
        snapshot.cached(income_of, view, year),
        snapshot.rows("active_organisations", view),
        figures=[row for row in dependencies(snapshot, settings, view) if row["year"] == year],
    )["years"]
    return funding_year


def income_of(snapshot: Snapshot, view: View, year: int) -> pd.DataFrame:
    """The rows of the view `income` of one year."""
    income = snapshot.rows("income", view)
    return income[income["year"] == year]


def why_partial(snapshot: Snapshot, settings: Settings, view: View) -> str | None:
    """Why the rows are taken to hold a part of the income; None when they may be the whole of it.

    The hub says so, or it is the sample (project money), or the rows of everybody can hardly be all (`funding.doubt`).
    """
    if settings.funding_is_partial or snapshot.manifest.origin == "sample":
        return funding.PROJECT_MONEY
    doubt: str | None = snapshot.cached(_doubt, view.unfiltered)
    return doubt


def _doubt(snapshot: Snapshot, view: View) -> str | None:
    return funding.doubt(snapshot.rows("income", view), snapshot.rows("yearly_accounts", view))


def years_of(income: pd.DataFrame) -> list[int]:
    """The years of rows of income, oldest first."""
    return sorted(income["year"].unique().tolist())


def dependencies(snapshot: Snapshot, settings: Settings, view: View) -> list[funding.Dependency]:
    """How each organisation depends on its donors, per year. A filter chooses organisations but changes no figure."""
    thresholds = (settings.exposure_threshold, settings.public_threshold)
    in_view = set(snapshot.rows("organisations_in_view", view)["organisation_id"])
    how = (*thresholds, why_partial(snapshot, settings, view))
    whole: list[funding.Dependency] = snapshot.cached(_all_dependencies, view.unfiltered, *how)
    return [row for row in whole if row["organisation_id"] in in_view]


def _all_dependencies(
    snapshot: Snapshot, view: View, exposure: float, public: float, partial: str | None
) -> list[funding.Dependency]:
    income = snapshot.rows("income", view)
    return funding.dependency(
        income,
        snapshot.rows("active_organisations", view),
        exposure,
        public,
        reserves_year=latest_year(years_of(income), view.as_of),  # `view` has no filters
        is_partial=partial is not None,
        why_partial=partial or funding.PROJECT_MONEY,
        accounts=snapshot.rows("yearly_accounts", view),
    )


def answer_totals(snapshot: Snapshot, settings: Settings, view: View) -> funding.Funding:
    """Donor dependency as `answer_funding` gives it, without anything of fewer than three organisations."""
    partial = why_partial(snapshot, settings, view)
    return totals.totals(
        snapshot.rows("income", view),
        snapshot.rows("active_organisations", view),
        settings.exposure_threshold,
        settings.public_threshold,
        is_partial=partial is not None,
        accounts=snapshot.rows("yearly_accounts", view),
        why_partial=partial or funding.PROJECT_MONEY,
    )


def answer_newly_exposed(
    snapshot: Snapshot, settings: Settings, view: View, from_year: int, to_year: int
) -> list[funding.NewlyExposed]:
    """Organisations that became exposed between two years."""
    return funding.newly_exposed(dependencies(snapshot, settings, view), from_year, to_year)


def answer_flows(snapshot: Snapshot, settings: Settings, view: View, year: int) -> list[funding.Flow]:
    """From donor to sector, in one year."""
    return funding.flows(snapshot.cached(income_of, view, year), year)


def answer_stress(
    snapshot: Snapshot,
    settings: Settings,
    view: View,
    year: int | None,
    cuts: tuple[tuple[str, float], ...],
    category_cuts: tuple[tuple[str, float], ...],
) -> stress.Stress:
    """What if donors or kinds of income are cut, in a year (without one the latest that was over).

    Raises `stress.UnknownDonor` and `stress.UnknownCategory`.
    """
    income = _whole_income(snapshot, view)
    latest = answer_reserves_year(snapshot, settings, view)
    year = year or latest or view.as_of.year
    active = snapshot.rows("active_organisations", view)
    return stress.stress(
        income,
        active if year == latest else active.assign(reserves=None),  # they have no year, so they are those of now
        snapshot.rows("ties", view),
        year=year,
        cuts=dict(cuts),
        category_cuts=dict(category_cuts),
        risk_threshold=settings.risk_threshold,
        shown=frozenset(snapshot.rows("income", view)["organisation_id"].unique()),
        names=snapshot.rows("donor_names", view.unfiltered),
        accounts=snapshot.rows("yearly_accounts", view.unfiltered),
        least_per_job=money.LEAST_PER_JOB_EUR,
    )


def _whole_income(snapshot: Snapshot, view: View) -> pd.DataFrame:
    """Income whatever the filters: what travels on through an organisation that a filter hides still travels on."""
    return snapshot.rows("income", view.unfiltered)


def answer_presets(snapshot: Snapshot, settings: Settings, view: View, year: int) -> list[stress.Preset]:
    """Stress tests to begin with, in a year. They are the same for every filter."""
    presets: list[stress.Preset] = snapshot.cached(_presets, view.unfiltered, year)
    return presets


def _presets(snapshot: Snapshot, view: View, year: int) -> list[stress.Preset]:
    income = snapshot.cached(income_of, view, year)
    return stress.presets(income, year, list(filter(is_kind_of_income, income["donor"].dropna().unique())))


def answer_shared_exposure(
    snapshot: Snapshot, settings: Settings, view: View, year: int
) -> list[stress.SharedExposure]:
    """Which active organisations fall together: per donor those that it pays for a large part."""
    income, ties_now = snapshot.cached(income_of, view, year), snapshot.rows("ties", view)
    active = snapshot.rows("active_organisations", view)["organisation_id"]
    # a threshold of 0 means any part at all
    groups = stress.shared_exposure(
        income[income["organisation_id"].isin(active)],
        ties_now,
        year=year,
        threshold=max(settings.risk_threshold, 1e-9),
        accounts=snapshot.rows("yearly_accounts", view),
    )
    return [group for group in groups if not is_kind_of_income(group["donor"])]  # that cannot stop as one donor does


def answer_quadrant(snapshot: Snapshot, settings: Settings, view: View, year: int) -> stress.Quadrant:
    """Who stands between others and leans on one donor, in a year."""
    figures = [row for row in dependencies(snapshot, settings, view) if row["year"] == year]
    brokers = answer_brokers(snapshot, settings, view)
    return stress.quadrant(figures, brokers, exposure_threshold=settings.exposure_threshold)


def answer_own_income(snapshot: Snapshot, settings: Settings, view: View, year: int) -> own_income.OwnIncome:
    """How much own income active organisations have beside what the rules of the settings ask for, in a year."""
    income = snapshot.rows("income", view)
    active = snapshot.rows("active_organisations", view)["organisation_id"]
    return own_income.own_income(
        income[income["organisation_id"].isin(active)],
        year=year,
        minimum_shares=[rule.minimum_share for rule in settings.own_income_rules],
        donors=settings.own_income_donors,
        names=snapshot.rows("donor_names", view.unfiltered) if settings.own_income_donors else None,
    )


def answer_other_income(
    snapshot: Snapshot, settings: Settings, view: View, from_year: int, to_year: int
) -> funding.OtherIncome:
    """The shift from subsidy to other income, between two years and per kind of organisation."""
    organisations = snapshot.rows("organisations_in_view", view)
    return funding.other_income(snapshot.rows("income", view), organisations, from_year, to_year)
