"""Which ties may lapse: the chance that a year later a tie has ended or is silent, and whether such chances hold.

A discrete-time hazard in steps of a year: every tie that was alive on a day is one case, and the case is what was known
of it that day and whether it was alive a year later. **Alive** on a day is a tie that runs and of which something was
heard in the past `fading_days`. Days go back from the as-of date in whole years, so that no year counts twice.

**Nothing is known too early.** Of each day only what was known then counts. The lists keep the last contact of an
agreement and no earlier one: where it lies after a day, contact went on until that day; how long the two had been
silent then is not known. So silence itself cannot be learned from, and what keeps its date stands for it: how long
ago the newest agreement began or both were at an event. An end that was agreed on is left out too: nobody knows when it
was written down.

Source: Singer & Willett, "It's about time: using discrete-time survival analysis", 1993 (a logistic regression over
periods); Brier, "Verification of forecasts expressed in terms of probability", 1950.
"""

import datetime
import math
from collections.abc import Callable, Collection
from typing import TypedDict

import numpy as np
import numpy.typing as npt
import pandas as pd

from hubdata.indicators.rows import NamedPair, order_by_content, records
from hubdata.indicators.ties import kaplan_meier, met

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

YEAR = datetime.timedelta(days=365)
HALF_YEAR = datetime.timedelta(days=182)
FEATURES = ("age", "structural", "cross_sector", "convenor", "running", "events", "since")
"""What a chance goes by: how long the tie is there, whether it began with firm agreements, runs across sectors, or
is with a convenor, how many agreements run, how many events both attended, and how long ago something dated happened
(an agreement began, both were at an event). Times as log(1 + years), counts as log(1 + n)."""
PENALTY = 1.0
"""L2 on standardised features, as scikit-learn's 1 / C: of the strength of one case per feature."""
MINIMUM_LAPSED = 30
"""With fewer ties that lapsed, or that did not, all have the same chance."""
BACKTESTS = 8
"""On how many earlier days forecasts are made, half a year apart, to see whether they came true."""
BINS = 10
SHARE_WITHIN = 0.9
"""Of the simulations lies within the band of a bin."""
DRAWS = 499
"""So many simulations make the bands: with these a value that belongs to them lies within in nine of ten cases."""
SEED = 1
CAUTION = 1.0
"""So much says that ties of one agreement lapse together, before anything happened (see `_together`)."""

_ENDS = ["organisation_a", "organisation_b"]
_SPELL = [*_ENDS, "started_on"]
_AT_RISK = [
    *_ENDS,
    *("name_a", "name_b", "sector_a", "sector_b", "is_cross_sector", "is_structural", "chance", "at_stake"),
    *("is_with_convenor", "common_partners", "shared_events", "years", "began_structural", "last_sign_date"),
    *("days_silent", "next_event_name", "next_event_date"),
]


class AtRisk(NamedPair):
    """A tie that may lapse (see `forecast`)."""

    is_structural: bool
    chance: float
    """Of having ended or being silent a year later, 0-1."""
    at_stake: int
    """1, and 1 more for each: across sectors, firm agreements now, no partner in common."""
    is_with_convenor: bool
    common_partners: int
    shared_events: int
    years: float
    """How long the tie is there."""
    began_structural: bool
    last_sign_date: datetime.date
    days_silent: int
    next_event_name: str | None
    next_event_date: datetime.date | None


class Bin(TypedDict):
    """Forecasts that were about alike, and what came of them (see `backtest`)."""

    forecast: float
    """Their mean, 0-1."""
    observed: float
    low: float
    """Between these the observed share lies nine times out of ten when the forecasts are right."""
    high: float
    ties: int
    is_within: bool


class Backtest(TypedDict):
    """Forecasts made on earlier days beside what happened (see `backtest`)."""

    days: list[datetime.date]
    """On which forecasts were made, the first first."""
    forecasts: int
    lapsed: int
    bins: list[Bin]
    bins_within: int
    brier: float | None
    """Mean squared error of the chances, 0-1, lower is better; None without forecasts."""
    brier_base: float | None
    """The same when every tie has the share that lapsed before."""
    brier_curve: float | None
    """The same by the survival curve alone, so by age."""
    is_better: bool | None
    """Than both, by more than chance explains; None without forecasts."""


class Lapse(TypedDict):
    """Which ties may lapse within a year (see `forecast`)."""

    lapsed_share: float | None
    """The base rate: the share of cases that lapsed within a year; None without cases."""
    cases: int
    cases_lapsed: int
    is_pooled: bool
    """Too few cases: every tie has the base rate."""
    at_risk: list[AtRisk]
    """Ties that are alive. By what is at stake times the chance when chances are better than the base rate, else the
    longest silent first."""
    backtest: Backtest


class Known(TypedDict):
    """What the lists say, for `alive` (see there)."""

    spells: pd.DataFrame
    """With `contact`, the last contact of the two, and `convenor`."""
    signs: pd.DataFrame
    """Days with a date: `start_date` of agreements and of events both attended (`is_event`)."""
    agreements: pd.DataFrame
    """`started_on` and `ended_on` of each."""


def known(
    tie_spells: pd.DataFrame, partnership_pairs: pd.DataFrame, attended: pd.DataFrame, convenors: Collection[str]
) -> Known:
    """The lists as `alive` takes them.

    tie_spells, partnership_pairs: the views. attended: one row per organisation that attended an event (`event_id`,
    `organisation_id`, `start_date`). convenors: ids.
    """
    agreements = partnership_pairs.assign(
        **{name: pd.to_datetime(partnership_pairs[name]) for name in ("started_on", "ended_on", "last_contact")}
    )
    contact = agreements.groupby(_ENDS)["last_contact"].max().rename("contact")
    spells = tie_spells.assign(
        **{name: pd.to_datetime(tie_spells[name]) for name in ("started_on", "ended_on", "first_recorded")},
        convenor=tie_spells["organisation_a"].isin(convenors) | tie_spells["organisation_b"].isin(convenors),
    ).join(contact, on=_ENDS)
    pairs = spells[_ENDS].drop_duplicates()
    there = attended[["event_id", "organisation_id", "start_date"]].drop_duplicates(["event_id", "organisation_id"])
    together = met(pairs, there)
    starts = partnership_pairs[[*_ENDS, "start_date"]].assign(is_event=False)
    signs = pd.concat([starts, together[[*_ENDS, "start_date"]].assign(is_event=True)], ignore_index=True)
    signs["start_date"] = pd.to_datetime(signs["start_date"])
    return {"spells": spells, "signs": signs, "agreements": agreements[[*_ENDS, "started_on", "ended_on"]]}


def alive(lists: Known, day: datetime.date, fading_days: int) -> pd.DataFrame:
    """The ties that were alive on a day, as known that day: one row per spell, with its features.

    Columns: both ends, `started_on`, `agreement` (with which it began), `years`, and `FEATURES`.
    """
    today = pd.Timestamp(day)
    spells = lists["spells"]
    is_running = (spells["started_on"] <= today) & ~(spells["ended_on"] < today) & ~(spells["first_recorded"] > today)
    found = spells[is_running]
    dated = lists["signs"][lists["signs"]["start_date"] <= today].groupby(_ENDS).agg(
        dated=("start_date", "max"), events=("is_event", "sum")
    )  # fmt: skip
    listed = lists["agreements"]
    runs = listed[(listed["started_on"] <= today) & ~(listed["ended_on"] < today)]
    found = found.join(dated, on=_ENDS).join(runs.groupby(_ENDS).size().rename("running"), on=_ENDS)
    # A last contact after that day: contact went on until then.
    found["contact"] = found["contact"].clip(upper=today)
    found = found[(today - found[["dated", "contact", "started_on"]].max(axis=1)).dt.days <= fading_days]
    years = (today - found["started_on"]).dt.days / YEAR.days
    since = (today - found["dated"].fillna(found["started_on"])).dt.days / YEAR.days
    return pd.DataFrame(
        {
            **{name: found[name] for name in _SPELL},
            "agreement": found["first_partnership_ids"],
            "years": years,
            "shared_events": found["events"].fillna(0).astype(int),
            "age": np.log1p(years.clip(lower=0)),
            "structural": found["began_structural"].astype(float),
            "cross_sector": found["is_cross_sector"].astype(float),
            "convenor": found["convenor"].astype(float),
            "running": np.log1p(found["running"].fillna(1).astype(float)),
            "events": np.log1p(found["events"].fillna(0).astype(float)),
            "since": np.log1p(since.clip(lower=0)),
        }
    ).reset_index(drop=True)


def fitted(cases: Floats, lapsed: npt.NDArray[np.bool_]) -> Callable[[Floats], Floats]:
    """The chances that a penalised logistic regression over cases gives: a function of the features of others.

    cases: one row per case, `FEATURES`, standardised here. The intercept is not penalised.
    """
    from sklearn.linear_model import LogisticRegression

    order = np.lexsort([lapsed, *cases.T])  # sums in one order, whatever the ids: the same chances to the last digit
    cases, lapsed = cases[order], lapsed[order]
    mean, spread = cases.mean(axis=0), cases.std(axis=0)
    spread[spread == 0] = 1.0
    model = LogisticRegression(C=1 / PENALTY, tol=1e-8, max_iter=1000).fit((cases - mean) / spread, lapsed)

    def chances(others: Floats) -> Floats:
        # equal features give equal chances, wherever they stand among the others
        found: Floats = model.predict_proba((others - mean) / spread)[:, 1].round(12)
        return found

    return chances


def records_begin(spells: pd.DataFrame) -> datetime.date | None:
    """The first day of which the lists tell what ended, too; None when they tell of no tie.

    Lists that were begun in 2019 hold the ties of 2015 that were still there in 2019: before that nothing seems to end.
    That is the first day on which anything was recorded or, where that is not said, on which a tie ended.
    """
    days = [spells[name].dropna().min() for name in ("first_recorded", "ended_on")]
    known_days = [day for day in days if not pd.isna(day)] or list(spells["started_on"].dropna())[:1]
    return max(known_days).date() if known_days else None


class _Past:
    """The ties alive on each day, looked up once."""

    def __init__(self, lists: Known, fading_days: int) -> None:
        self._lists, self._fading_days = lists, fading_days
        self._alive: dict[datetime.date, pd.DataFrame] = {}

    def alive(self, day: datetime.date) -> pd.DataFrame:
        if day not in self._alive:
            self._alive[day] = alive(self._lists, day, self._fading_days)
        return self._alive[day]

    def followed(self, day: datetime.date) -> pd.DataFrame:
        """The ties alive on a day, with `lapsed`: not alive a year later, as known then."""
        then, later = self.alive(day), self.alive(day + YEAR)
        is_there = pd.MultiIndex.from_frame(then[_SPELL]).isin(pd.MultiIndex.from_frame(later[_SPELL]))
        return then.assign(lapsed=~is_there)

    def cases(self, day: datetime.date) -> pd.DataFrame:
        """All cases of which the outcome was known on a day: those of a year before, two years before, ..."""
        first = records_begin(self._lists["spells"])
        found, earlier = [], day - YEAR
        while first and earlier >= first:
            found.append(self.followed(earlier))
            earlier -= YEAR
        return pd.concat(found, ignore_index=True) if found else self.followed(day).iloc[:0]


def _is_enough(cases: pd.DataFrame) -> bool:
    count = int(cases["lapsed"].sum()) if len(cases) else 0
    return min(count, len(cases) - count) >= MINIMUM_LAPSED


def _chances(cases: pd.DataFrame, others: pd.DataFrame) -> Floats:
    """The chance of each of some ties, by the cases; the base rate when these are few."""
    if not _is_enough(cases):
        return np.full(len(others), cases["lapsed"].mean() if len(cases) else np.nan)
    names = list(FEATURES)
    if others.empty:
        return np.empty(0)
    return fitted(cases[names].to_numpy(float), cases["lapsed"].to_numpy(bool))(others[names].to_numpy(float))


def by_age(cases: pd.DataFrame, others: pd.DataFrame) -> Floats:
    """The chance of each of some ties by the survival curve alone: of those as old, the share that lapsed in a year.

    Every case is watched from its age until it lapsed, or for a year; lapses count at the end of the year.
    """
    days = np.rint(cases["years"].to_numpy(float) * YEAR.days).astype(np.int64)
    curve = kaplan_meier(days, days + YEAR.days, cases["lapsed"].to_numpy(bool))["curve"]
    at = np.array([point["days"] for point in curve])
    share = np.array([np.nan if point["survival"] is None else point["survival"] for point in curve], dtype=float)
    ages = np.rint(others["years"].to_numpy(float) * YEAR.days).astype(np.int64)

    def still(when: npt.NDArray[np.int64]) -> Floats:
        place = np.maximum(np.searchsorted(at, when, side="right") - 1, 0)
        left: Floats = np.where(when < at[0], 1.0, share[place])
        return left

    now = still(ages)
    found = 1 - np.divide(still(ages + YEAR.days), now, out=np.full(len(ages), np.nan), where=now > 0)
    chances: Floats = np.where(np.isnan(found), cases["lapsed"].mean(), found)
    return chances


def backtest(past: _Past, as_of: datetime.date) -> Backtest:
    """Forecasts as they would have been made on earlier days, beside what happened in the year after each.

    The days are a year before `as_of` and every half year before that, as far as enough was known to tell ties apart.
    Bins hold about equally many forecasts, in order. The band of a bin, and the difference in Brier score that counts
    as more than chance (95 %), allow for ties of one agreement, which lapse together (clustered by agreement).
    """
    days = [as_of - YEAR * (1 + place // 2) - HALF_YEAR * (place % 2) for place in range(BACKTESTS)]
    parts, made_on = [], []
    for half, day in enumerate(reversed(days)):
        cases = past.cases(day)
        followed = past.followed(day)
        if _is_enough(cases) and len(followed):
            made_on.append(day)
            base = np.full(len(followed), cases["lapsed"].mean())
            curve = by_age(cases, followed)
            parts.append(followed.assign(chance=_chances(cases, followed), base=base, curve=curve, half=half))
    if not parts:
        return {"days": [], "forecasts": 0, "lapsed": 0, "bins": [], "bins_within": 0, "brier": None,
                "brier_base": None, "brier_curve": None, "is_better": None}  # fmt: skip
    made = pd.concat(parts, ignore_index=True)
    contents = [made[name].to_numpy() for name in ("half", "chance", "base", "curve", "lapsed")]
    made = made.iloc[
        order_by_content(contents, [made.groupby(_SPELL).ngroup().to_numpy(), made["agreement"].to_numpy()])
    ]
    happened = made["lapsed"].to_numpy(float)
    errors = {name: (made[name].to_numpy(float) - happened) ** 2 for name in ("chance", "base", "curve")}
    groups = pd.factorize(made["agreement"])[0]
    is_better = all(
        (errors["chance"] - errors[name]).mean() + 1.96 * _error(errors["chance"] - errors[name], groups) < 0
        for name in ("base", "curve")
    )
    spells, halves = made.groupby(_SPELL, sort=False).ngroup().to_numpy(), made["half"].to_numpy()
    bins = _bins(made["chance"].to_numpy(float), happened, groups, spells, halves)
    return {
        "days": made_on,
        "forecasts": len(made),
        "lapsed": int(happened.sum()),
        "bins": bins,
        "bins_within": sum(one["is_within"] for one in bins),
        "brier": float(errors["chance"].mean()),
        "brier_base": float(errors["base"].mean()),
        "brier_curve": float(errors["curve"].mean()),
        "is_better": bool(is_better),
    }


def _error(values: Floats, groups: npt.NDArray[np.intp]) -> float:
    """The standard error of a mean when values of one group go together."""
    sums = np.bincount(groups, values - values.mean())
    return float(np.sqrt((sums**2).sum()) / len(values))


def _bins(
    chances: Floats,
    happened: Floats,
    agreements: Codes,
    ties: Codes | None = None,
    halves: Codes | None = None,
) -> list[Bin]:
    """Ten bins of about equally many forecasts, with what was observed and the 90 % band of each.

    agreements, ties: a number per forecast for the agreement and the tie it is of; without ties each forecast is one of
    its own. halves: the number of the half-year that begins on its day. Equal chances are never parted, so that bins
    may be fewer. The band is what happens when all forecasts are right: the 5 % and 95 % points of the observed share
    in `DRAWS` simulations (`_right`), so it knows that few large agreements make a rougher share than many small ones.
    """
    if not len(chances):
        return []
    ties = np.arange(len(chances)) if ties is None else ties
    halves = np.zeros(len(chances), dtype=np.int64) if halves is None else halves
    _values, place, count = np.unique(chances, return_inverse=True, return_counts=True)
    middle = np.cumsum(count) - count / 2
    bins = np.unique((BINS * middle / len(chances)).astype(np.int64)[place], return_inverse=True)[1]
    size = np.bincount(bins)
    together = _together(chances, happened, np.unique([agreements, halves], axis=1, return_inverse=True)[1],
                         agreements, bins)  # fmt: skip
    shares = np.sort(_right(chances, agreements, ties, halves, bins, together) / size, axis=0)
    rank = round((1 - SHARE_WITHIN) / 2 * (DRAWS + 1))
    found: list[Bin] = []
    for number, ties_in_bin in enumerate(size.tolist()):
        forecast, observed = (float(values[bins == number].mean()) for values in (chances, happened))
        low, high = min(float(shares[rank - 1, number]), forecast), max(float(shares[-rank, number]), forecast)
        found.append({"forecast": forecast, "observed": observed, "low": low, "high": high, "ties": ties_in_bin,
                      "is_within": low - 1e-12 <= observed <= high + 1e-12})  # fmt: skip
    return found


def _together(chances: Floats, happened: Floats, clusters: Codes, agreements: Codes, bins: Codes) -> float:
    """How much ties of one agreement lapse together, 0 (not) to 1 (all that are as likely do, or none).

    The product of what two ties of one agreement (and day: a cluster) were off, beside what it would be if both went
    by one lot, averaged over its pairs; every cluster counts as much. What all others in the bin were off is taken off
    first: forecasts that are wrong are no ties that go together. Where little happened little is known of it; so one
    more agreement is taken along whose ties went together (`CAUTION`).
    """
    off = happened - chances
    own = np.unique([agreements, bins], axis=1, return_inverse=True)[1]
    others = np.bincount(bins)[bins] - np.bincount(own)[own]
    off_others = np.bincount(bins, off)[bins] - np.bincount(own, off)[own]
    off = off - np.divide(off_others, others, out=np.zeros(len(off)), where=others > 0)

    size = np.bincount(clusters)
    order = np.lexsort((chances, clusters))
    before = np.arange(len(order)) - (np.cumsum(size) - size)[clusters[order]]  # in its cluster, with a lower chance
    stays = 1 - chances
    both_stay = np.bincount(clusters[order], before * stays[order])
    apart = (np.bincount(clusters, stays) ** 2 - np.bincount(clusters, stays**2)) / 2
    product = (np.bincount(clusters, off) ** 2 - np.bincount(clusters, off**2)) / 2
    pairs = np.maximum(size * (size - 1) / 2, 1)
    at_most = float(((both_stay - apart) / pairs).sum())
    found = (float((product / pairs).sum()) + CAUTION) / (at_most + CAUTION)
    return min(max(found, 0.0), 1.0) if at_most > 1e-12 else 0.0


def _right(chances: Floats, agreements: Codes, ties: Codes, halves: Codes, bins: Codes, together: float) -> Floats:
    """How many lapse per bin (columns) when all forecasts are right, in `DRAWS` simulations (rows).

    A year is two half-years, each with a lot: the forecasts of two days half a year apart share one, so what comes of
    them hangs together. A tie goes by the lot of its agreement or by its own, so that two of one agreement go by the
    same one with chance `together`.
    """
    draw = np.random.default_rng(SEED)
    of_agreement, own = (
        np.unique([np.tile(codes, 2), np.concatenate([halves, halves + 1])], axis=1, return_inverse=True)[1]
        for codes in (agreements, ties)
    )
    shared = np.empty(int(own.max()) + 1, dtype=np.int64)
    shared[own] = of_agreement
    in_half_a_year = 1 - np.sqrt(1 - chances)
    found = np.empty((DRAWS, int(bins.max()) + 1))
    for row in found:
        lots = draw.random(int(of_agreement.max()) + 1)[shared]
        alone = draw.random(len(shared)) >= math.sqrt(together)
        lots[alone] = draw.random(len(shared))[alone]
        lapsed = lots[own].reshape(2, -1).min(axis=0) < in_half_a_year
        row[:] = np.bincount(bins, lapsed, len(row))
    return found


def forecast(lists: Known, ties: pd.DataFrame, as_of: datetime.date, fading_days: int) -> Lapse:
    """Which ties that are alive may have ended or be silent a year later, and what such forecasts were worth before.

    lists: see `known`. ties: the view `ties` on `as_of`. What is at stake is counted, not weighed by anybody: 1, and
    1 more for each of: across sectors, firm agreements now, no partner in common (then the tie is the only short way
    between the two). When chances are no better than the base rate and the curve by age, ties come in the order of
    their silence. Most likely misreading: that a tie with a high chance is a bad one, or that a call keeps it. It
    says which ties like it lapsed here before.
    """
    past = _Past(lists, fading_days)
    cases, tested = past.cases(as_of), backtest(past, as_of)
    now = past.alive(as_of)
    now = now.assign(
        chance=_chances(cases, now), began_structural=now["structural"] > 0, is_with_convenor=now["convenor"] > 0
    )
    partners: dict[str, set[str]] = {}
    for a, b in zip(ties["organisation_a"], ties["organisation_b"], strict=True):
        partners.setdefault(a, set()).add(b)
        partners.setdefault(b, set()).add(a)
    columns = [*_SPELL, "chance", "years", "shared_events", "began_structural", "is_with_convenor"]
    heard = ties[ties["days_silent"] <= fading_days]  # on a day long ago the view knows no contact that came later
    listed = heard.assign(started_on=pd.to_datetime(heard["started_on"])).merge(now[columns], on=_SPELL)
    ends = zip(listed["organisation_a"], listed["organisation_b"], strict=True)
    listed = listed.assign(
        common_partners=[len(partners[a] & partners[b]) for a, b in ends],
        **{name: pd.to_datetime(listed[name]) for name in ("last_sign_date", "next_event_date")},
        **{name: listed[name].astype(bool) for name in ("is_cross_sector", "is_structural")},
    )
    listed["at_stake"] = (
        1
        + listed["is_cross_sector"].astype(int)
        + listed["is_structural"].astype(int)
        + (listed["common_partners"] == 0)
    )
    listed["order"] = -listed["at_stake"] * listed["chance"] if tested["is_better"] else 0.0
    listed = listed.sort_values(["order", "days_silent", *_ENDS], ascending=[True, False, True, True])
    is_known = len(cases) > 0
    return {
        "lapsed_share": float(cases["lapsed"].mean()) if is_known else None,
        "cases": len(cases),
        "cases_lapsed": int(cases["lapsed"].sum()) if is_known else 0,
        "is_pooled": not _is_enough(cases),
        "at_risk": records(listed[_AT_RISK]) if is_known else [],
        "backtest": tested,
    }
