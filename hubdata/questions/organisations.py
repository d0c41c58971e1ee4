"""Which organisations there are, what is known of them, and whom to introduce to whom."""

import dataclasses
import datetime
from typing import Any, TypedDict

import pandas as pd

from hubdata.indicators import coverage, funding, introductions, sectors
from hubdata.indicators.rows import NamedOrganisation, records
from hubdata.questions.income import dependencies
from hubdata.questions.network import answer_brokers
from hubdata.settings import Settings
from hubdata.store import Snapshot, View


class Partner(NamedOrganisation):
    """A tie of one organisation, seen from it: the other, and what is known of the tie."""

    is_cross_sector: bool
    is_structural: bool
    partnership_count: int
    started_on: datetime.date
    last_sign_date: datetime.date
    days_silent: int
    next_event_name: str | None
    """The next planned event where both are expected; None without one."""
    next_event_date: datetime.date | None


class IncomeRow(TypedDict):
    """What one organisation got from one donor, of one category, in one year."""

    year: int
    donor: str | None
    """None for earned income."""
    category: str
    amount_eur: float


class Attendance(TypedDict):
    """An event that one organisation was or is expected at."""

    event_id: str
    name: str
    start_date: datetime.date
    kind: str | None
    role: str | None
    status: str
    is_planned: bool
    """After the as-of date."""


class Account(TypedDict):
    """The books of one organisation over one year; amounts in euros, None where the accounts do not say."""

    year: int
    total_income: float | None
    expenditure: float | None
    reserves: float | None
    fte: float | None
    accounted_share: float | None
    """The rows of income of that year / `total_income`, 0 without rows; None without a total above 0."""


class Organisation(NamedOrganisation):
    """One organisation: profile, position, ties, money and events (see `answer_organisation`)."""

    degree: int
    cross_sector_degree: int
    betweenness: float | None
    """0-1; None where undefined."""
    constraint: float | None
    is_articulation_point: bool
    cut_off: int
    profile: dict[str, Any]
    """Its row of organisations: the columns that `models.Organisation` describes, whichever those are."""
    ties: list[Partner]
    """The last sign of life first."""
    funding: list[funding.Dependency]
    income: list[IncomeRow]
    """The newest year first, like the events."""
    accounts: list[Account]
    """The newest year first, those up to the year of the as-of date."""
    events: list[Attendance]


class Circle(NamedOrganisation):
    """Whom one organisation works with (see `answer_circle`)."""

    ties: list[Partner]
    """The last sign of life first."""
    former: list[NamedOrganisation]
    """Those it had an agreement with, and has none; in order of name."""


class ListedOrganisation(NamedOrganisation):
    """One of all organisations, as the list of them says it (see `answer_directory`)."""

    degree: int
    cross_sector_degree: int
    last_sign_date: datetime.date | None
    """The last contact with any partner; None without a partner."""
    is_silent: bool
    """Whether it has partners and the last contact with each is longer ago than `settings.fading_days`."""
    missing: int
    """How many of `FACTS` are not known."""


class Gift(NamedOrganisation):
    """What one organisation gave another in one year, of one category (see `answer_gifts`)."""

    year: int
    category: str
    amount_eur: float


class NamedIntroduction(introductions.Introduction):
    """`introductions.Introduction` with the names of both, and of what they have in common."""

    name_a: str
    sector_a: str
    name_b: str
    sector_b: str


class DatedBacktest(introductions.Backtest):
    """`introductions.Backtest`, and the day on which the ranking was built."""

    built_on: datetime.date


FACTS = (
    "type",
    "city",
    "themes",
    "countries",
    "fte",
    "founded",
    "membership",
    "digital_maturity",
    "needs",
    "offers",
    "website",
)
"""The columns of organisations that a profile says, beside its name and sector."""


def today() -> datetime.date:
    """The present day (UTC)."""
    return datetime.datetime.now(datetime.UTC).date()


def answer_sectors(snapshot: Snapshot, settings: Settings, view: View) -> sectors.Sectors:
    """Sectors and the DNA of the region."""
    return sectors.sectors(
        snapshot.rows("active_organisations", view),
        snapshot.rows("ties", view),
        snapshot.table("reference"),
        settings.minimum_organisations,
    )


def answer_coverage(snapshot: Snapshot, settings: Settings, view: View) -> coverage.Coverage:
    """How much is known."""
    days = snapshot.newest_days(today())
    return coverage.coverage(
        snapshot.rows("active_organisations", view),
        snapshot.rows("income", view),
        snapshot.rows("event_outcomes", view.unfiltered),  # how many came to an event is the same for every filter
        as_of=view.as_of,
        data_up_to=days.newest,
        outlier_date=days.outlier,
        loaded_at=snapshot.manifest.loaded_at,
        expected_organisations=settings.expected_organisations,
    )


def answer_names(snapshot: Snapshot, settings: Settings, view: View) -> dict[str, str]:
    """Id -> name of every active organisation, in order of name."""
    named = snapshot.rows("active_organisations", view).sort_values("name", key=lambda names: names.str.casefold())
    return dict(zip(named["organisation_id"], named["name"], strict=True))


def answer_directory(snapshot: Snapshot, settings: Settings, view: View) -> list[ListedOrganisation]:
    """Every active organisation in view, in order of name."""
    organisations, ties = snapshot.rows("active_organisations", view), snapshot.rows("ties", view)
    ends = [
        ties[[end, "last_sign_date", "is_cross_sector"]].rename(columns={end: "organisation_id"})
        for end in ("organisation_a", "organisation_b")
    ]
    partners = pd.concat(ends).groupby("organisation_id")
    summed = partners.agg(
        degree=("is_cross_sector", "size"), across=("is_cross_sector", "sum"), newest=("last_sign_date", "max")
    ).reindex(organisations["organisation_id"])
    newest = pd.to_datetime(summed["newest"]).to_numpy()
    listed = organisations[["organisation_id", "name", "sector"]].assign(
        degree=summed["degree"].fillna(0).to_numpy(int),
        cross_sector_degree=summed["across"].fillna(0).to_numpy(int),
        last_sign_date=newest,
        is_silent=newest < (pd.Timestamp(view.as_of) - pd.Timedelta(days=settings.fading_days)).to_datetime64(),
        missing=coverage.missing_facts(organisations, FACTS),
    )
    return records(listed.sort_values("name", key=lambda names: names.str.casefold()))


def answer_gifts(snapshot: Snapshot, settings: Settings, view: View, organisation_id: str) -> list[Gift]:
    """What one organisation gave others in view, the newest year first, then the largest.

    Those are the rows of income whose `donor_id` is its id: a donor of the same name without an id is not told apart.
    """
    income = snapshot.rows("income", view)
    given = income[(income["donor_id"] == organisation_id) & (income["organisation_id"] != organisation_id)]
    given = given.sort_values(["year", "amount_eur", "organisation_id"], ascending=[False, False, True])
    return records(given[["organisation_id", "name", "sector", "year", "category", "amount_eur"]])


def answer_organisation(
    snapshot: Snapshot, settings: Settings, view: View, organisation_id: str
) -> Organisation | None:
    """One organisation: profile, position, ties, money and events. None when it is not active or not in view."""
    organisations = snapshot.rows("active_organisations", view)
    own = organisations[organisations["organisation_id"] == organisation_id]
    if own.empty:
        return None
    profile = next(r for r in snapshot.records("organisations") if r["organisation_id"] == organisation_id)
    brokers = answer_brokers(snapshot, settings, view).set_index("organisation_id")
    position = {name: None if pd.isna(value) else value for name, value in brokers.loc[organisation_id].items()}
    income = snapshot.rows("income", view)
    income = income[income["organisation_id"] == organisation_id]
    figures = dependencies(snapshot, settings, view)
    years = [row for row in figures if row["organisation_id"] == organisation_id]
    return {
        "organisation_id": organisation_id,
        "name": profile["name"],
        "sector": profile["sector"],
        "degree": int(position["degree"] or 0),
        "cross_sector_degree": int(position["cross_sector_degree"] or 0),
        "betweenness": position["betweenness"],
        "constraint": position["constraint"],
        "is_articulation_point": bool(position["is_articulation_point"]),
        "cut_off": int(position["cut_off"] or 0),
        "profile": profile,
        "ties": _ties_of(organisation_id, snapshot.rows("ties", view)),
        "funding": years,
        "income": records(income[["year", "donor", "category", "amount_eur"]].sort_values("year", ascending=False)),
        "accounts": _accounts_of(organisation_id, snapshot, view, income),
        "events": _events_of(organisation_id, snapshot, view),
    }


def _accounts_of(organisation_id: str, snapshot: Snapshot, view: View, income: pd.DataFrame) -> list[Account]:
    """The books of one organisation, the newest year first. `income`: its rows, columns `year`, `amount_eur`."""
    books = snapshot.rows("yearly_accounts", view)
    books = books[(books["organisation_id"] == organisation_id) & (books["year"] <= view.as_of.year)]
    total = books["total_income"].where(books["total_income"] > 0)
    rows = books["year"].map(income.groupby("year")["amount_eur"].sum()).fillna(0)
    books = books.assign(accounted_share=rows / total).sort_values("year", ascending=False)
    return records(books.drop(columns="organisation_id"))


def answer_circle(snapshot: Snapshot, settings: Settings, view: View, organisation_id: str) -> Circle | None:
    """Whom one organisation works with, and worked with; None when it is not active or not in view."""
    organisations = snapshot.rows("organisations_in_view", view).set_index("organisation_id")
    if organisation_id not in set(snapshot.rows("active_organisations", view)["organisation_id"]):
        return None
    now = _ties_of(organisation_id, snapshot.rows("ties", view))
    pairs = snapshot.rows("partnership_pairs", view)
    pairs = pairs[pd.to_datetime(pairs["started_on"]) <= pd.Timestamp(view.as_of)]
    ever = {
        *pairs.loc[pairs["organisation_b"] == organisation_id, "organisation_a"],
        *pairs.loc[pairs["organisation_a"] == organisation_id, "organisation_b"],
    } - {partner["organisation_id"] for partner in now}
    own = organisations.loc[organisation_id]
    former: list[NamedOrganisation] = [
        {
            "organisation_id": other,
            "name": organisations.loc[other, "name"],
            "sector": organisations.loc[other, "sector"],
        }
        for other in ever
    ]
    return {
        "organisation_id": organisation_id,
        "name": str(own["name"]),
        "sector": str(own["sector"]),
        "ties": now,
        "former": sorted(former, key=lambda other: other["name"].casefold()),
    }


def _ties_of(organisation_id: str, tie_rows: pd.DataFrame) -> list[Partner]:
    """The ties of one organisation, seen from it, the last sign of life first."""
    flipped = {
        f"{column}_{a}": f"{column}_{b}" for column in ("organisation", "name", "sector") for a, b in ("ab", "ba")
    }
    mine = pd.concat(
        [
            tie_rows[tie_rows["organisation_a"] == organisation_id],
            tie_rows[tie_rows["organisation_b"] == organisation_id].rename(columns=flipped),
        ]
    ).sort_values(["last_sign_date", "organisation_b"], ascending=[False, True])
    columns = {"organisation_b": "organisation_id", "name_b": "name", "sector_b": "sector"}
    same_columns = [
        "is_cross_sector",
        "is_structural",
        "partnership_count",
        "started_on",
        "last_sign_date",
        "days_silent",
    ]
    same_columns += ["next_event_name", "next_event_date"]
    return records(mine[[*columns, *same_columns]].rename(columns=columns))


def _events_of(organisation_id: str, snapshot: Snapshot, view: View) -> list[Attendance]:
    """The events one organisation was or is expected at, newest first."""
    attended = snapshot.table("attendance")
    attended = attended[attended["organisation_id"] == organisation_id]
    attended_events = attended.merge(
        snapshot.table("events")[["event_id", "name", "start_date", "kind"]], on="event_id"
    )
    attended_events = attended_events.assign(
        is_planned=pd.to_datetime(attended_events["start_date"]) > pd.Timestamp(view.as_of)
    )
    columns = ["event_id", "name", "start_date", "kind", "role", "status", "is_planned"]
    return records(attended_events.sort_values("start_date", ascending=False)[columns])


def answer_theme_mixing(snapshot: Snapshot, settings: Settings, view: View) -> list[sectors.ThemeMixing]:
    """Ties within and between themes against chance."""
    return sectors.theme_mixing(snapshot.rows("active_organisations", view), snapshot.rows("ties", view))


MOST_PAIRS = 200
"""The length of the list of introductions: some for every week of a year, and of those that were dismissed."""


def _without_convenors(view: View, with_convenors: bool) -> View:
    return dataclasses.replace(view, with_convenor=view.with_convenor and with_convenors)


def _attended(snapshot: Snapshot, day: datetime.date) -> pd.DataFrame:
    """One row per organisation that attended an event up to a day, those that a filter hides too."""
    attendance, listed = snapshot.table("attendance"), snapshot.table("events")
    past = listed.loc[listed["start_date"] <= pd.Timestamp(day), "event_id"]
    return attendance[(attendance["status"] == "attended") & attendance["event_id"].isin(past)]


def answer_introductions(
    snapshot: Snapshot, settings: Settings, view: View, with_convenors: bool, limit: int = MOST_PAIRS
) -> list[NamedIntroduction]:
    """Whom to introduce to whom, best first: as `introductions.introductions`, with names.

    Per pair also `name_a`, `sector_a`, `name_b`, `sector_b`; per reason `names` (of its items: organisations, themes,
    needs or events; codes stay codes), and for a need `is_digital`.
    """
    return _introductions(snapshot, settings, _without_convenors(view, with_convenors), limit)


MOST_CHANCES = 5
"""How many introductions a profile names."""


def answer_chances(snapshot: Snapshot, settings: Settings, view: View, organisation_id: str) -> list[NamedIntroduction]:
    """Whom to introduce to one organisation, best first, as `answer_introductions`; none when it is not in view."""
    if organisation_id not in set(snapshot.rows("active_organisations", view)["organisation_id"]):
        return []
    return _introductions(snapshot, settings, view, MOST_CHANCES, organisation_id)


def _introductions(
    snapshot: Snapshot, settings: Settings, view: View, limit: int, of: str | None = None
) -> list[NamedIntroduction]:
    organisations = snapshot.rows("active_organisations", view)
    pairs = introductions.introductions(
        organisations,
        snapshot.rows("ties", view),
        _attended(snapshot, view.as_of),
        limit=limit,
        digital=settings.digital_services,
        plenary_size=view.plenary_size,
        of=of,
    )
    about = organisations.set_index("organisation_id")
    names, sector_of = about["name"].to_dict(), about["sector"].to_dict()
    event_names = snapshot.table("events").set_index("event_id")["name"].to_dict()
    for reason in (reason for pair in pairs for reason in pair["reasons"]):
        named = {"partners": names, "events": event_names}.get(reason["kind"], {})
        reason["names"] = [named.get(item, item) for item in reason["items"]]
        if reason["kind"] == "need":
            reason["is_digital"] = any(item in settings.digital_services for item in reason["items"])
    return [
        {
            **pair,
            "name_a": names[pair["organisation_a"]],
            "sector_a": sector_of[pair["organisation_a"]],
            "name_b": names[pair["organisation_b"]],
            "sector_b": sector_of[pair["organisation_b"]],
        }
        for pair in pairs
    ]


def answer_backtest(snapshot: Snapshot, settings: Settings, view: View, with_convenors: bool) -> DatedBacktest:
    """How well the ranking of introductions, built a year before the as-of date, foresaw the ties formed since.

    As `introductions.backtest`, and `built_on`, that day.
    """
    shown_view = _without_convenors(view, with_convenors)
    built_on = view.as_of - datetime.timedelta(days=365)
    then = dataclasses.replace(shown_view, as_of=built_on)
    spells = snapshot.rows("tie_spells", shown_view)
    is_new = (spells["started_on"] > pd.Timestamp(built_on)) & (spells["started_on"] <= pd.Timestamp(view.as_of))
    formed = spells.loc[is_new, ["organisation_a", "organisation_b"]]
    backtest = introductions.backtest(
        snapshot.rows("active_organisations", then),
        snapshot.rows("ties", then),
        _attended(snapshot, built_on),
        set(formed.itertuples(index=False, name=None)),
        digital=settings.digital_services,
        plenary_size=view.plenary_size,
    )
    return {**backtest, "built_on": built_on}


def answer_needs(snapshot: Snapshot, settings: Settings, view: View) -> introductions.NeedsAndOffers:
    """What organisations need and offer, digital first, and how digital each sector is."""
    return introductions.needs_and_offers(snapshot.rows("active_organisations", view), settings.digital_services)
