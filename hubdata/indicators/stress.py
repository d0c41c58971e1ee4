"""What if a donor stops: who loses what, what travels on from one organisation to the next, and what is at stake.

An arithmetic of the books of one year, not a forecast: nobody finds another donor, raises its own income, spends less
or calls on its reserves. So it says how much of last year's income hangs on a decision, not who will still exist. Say
"exposed" or "at risk", never "unhealthy" (see `funding`).

`income`: one row per organisation, year, donor and category, columns `organisation_id`, `name`, `sector`, `year`,
`donor_key` (tells donors apart), `donor` (its name, None for earned income), `donor_id` (may be None), `category`,
`amount_eur` (>= 0). Earned income has no donor: only a cut of the category `earned` touches it. Give the whole income,
not that of the sectors on show, or what travels on through an organisation that is not on show is missed.

The file `fragility` asks the same of the network: what is left of it when those who hold it together go.
"""

import difflib
import functools
import math
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal, TypedDict

import numpy as np
import numpy.typing as npt
import pandas as pd

from hubdata.indicators import funding, money
from hubdata.indicators.rows import NamedOrganisation, first_of, records

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

CONVERGED_EUR = 1e-6
"""Loss travels on until a round adds less than this to any organisation.

The definition says one euro. That is what `rounds` counts, but in a circle that gets little from outside, many rounds
of less than a euro add up to more than a euro, so the sum goes on for longer.
"""

MAXIMUM_ROUNDS = 10_000
"""Only a circle of organisations that live off each other almost entirely needs more: then `is_converged` is false."""

ROUNDING = 1e-9
"""A betweenness that is below the line by less than this is on it: sums of fractions are not exact."""


class Cut(TypedDict):
    """A donor that gives less (see `stress`)."""

    donor_key: str
    donor: str | None
    cut: float
    """By which part, 0-1."""
    amount_eur: float
    """What it gave that year."""
    organisations: int
    """To how many."""


class Loss(NamedOrganisation):
    """What one organisation would have lost (see `stress`)."""

    is_active: bool
    income: float
    """Euro. When it is 0, `loss_share`, `at_risk` and `jobs_exposed` are None."""
    loss: float
    """Euro."""
    loss_share: float | None
    """0-1."""
    at_risk: bool | None
    jobs_exposed: float | None
    """Fte; None when the fte is not known, or the known income is too little for it, too."""
    is_income_partial: bool
    """Its known income is less than `least_per_job` for each of its jobs, and its accounts are not known."""
    reserve_months_left: float | None
    """None when no reserves are known or nothing is lost."""
    ties: int
    bridges: int
    """Its ties across sectors."""


class PassThrough(TypedDict):
    """How loss travelled on from one organisation to the next (see `stress`)."""

    loss_eur: float
    """Over and above the cuts themselves."""
    rounds: int
    is_converged: bool
    donors: int
    """Organisations that gave less because they lost."""
    donors_unknown: int


class Stress(TypedDict):
    """What every organisation would have lost had somebody given less (see `stress`)."""

    year: int
    risk_threshold: float
    """0-1."""
    cuts: list[Cut]
    """The largest amount first."""
    category_cuts: dict[str, float]
    """Category -> part, 0-1."""
    organisations: list[Loss]
    """The largest loss first."""
    at_risk: int
    """Of the active ones."""
    income: float
    """Euro, of all together."""
    loss: float
    loss_share: float | None
    """0-1; None without income."""
    jobs_exposed: float | None
    """Fte; None when it is known of none."""
    jobs_unknown: int
    ties_exposed: int
    bridges_exposed: int
    before: dict[str, float]
    """Category -> euro."""
    after: dict[str, float]
    pass_through: PassThrough


PresetCode = Literal[
    "government_minus_30", "public_minus_30", "largest_donor_less", "largest_donor_leaves", "three_largest_halve"
]


class Preset(TypedDict):
    """A stress test to begin with (see `presets`)."""

    code: PresetCode
    cuts: dict[str, float]
    """Donor key -> part, 0-1."""
    category_cuts: dict[str, float]
    """Category -> part, 0-1."""
    donors: list[str]
    """Names, the largest first."""
    amount_eur: float
    """What those concerned gave, before the cut."""


class Exposure(NamedOrganisation):
    """An organisation that one donor pays for a large part (see `shared_exposure`)."""

    income: float
    """Euro."""
    share: float
    """What the donor gives, 0-1 of the income."""


class SharedExposure(TypedDict):
    """Which organisations fall together with one donor (see `shared_exposure`)."""

    donor_key: str
    donor: str | None
    donor_id: str | None
    organisations: list[Exposure]
    """The largest share first."""
    organisation_count: int
    pairs: int
    tied_pairs: list[list[str]]
    """Two ids each."""
    amount_eur: float
    """What it gives to the group."""


class Corner(NamedOrganisation):
    """One organisation between brokerage and dependency (see `quadrant`)."""

    income: float
    """Euro."""
    top_donor: str | None
    top_donor_share: float
    """0-1."""
    betweenness: float
    """0-1."""
    bridges: int
    """Ties across sectors."""
    is_exposed: bool
    is_broker: bool


class Quadrant(TypedDict):
    """Who stands between others and leans on one donor (see `quadrant`)."""

    organisations: list[Corner]
    """First those that do both."""
    broker_threshold: float | None
    """The betweenness of a broker; None when betweenness is known of none."""
    exposure_threshold: float
    at_stake: int
    income_unknown: int


class UnknownDonor(LookupError):
    """A donor in `cuts` that is not in the data, or that could be several. `nearest`: what may have been meant."""

    def __init__(self, donor: str, nearest: list[str]) -> None:
        super().__init__(f"no single donor {donor!r} in the data; nearest: {', '.join(nearest) or 'none'}")
        self.donor = donor
        self.nearest = nearest


class UnknownCategory(LookupError):
    """A category in `category_cuts` that no income row has. `nearest`: the categories that occur."""

    def __init__(self, category: str, nearest: list[str]) -> None:
        super().__init__(f"no income of category {category!r} in the data; it has: {', '.join(nearest) or 'none'}")
        self.category = category
        self.nearest = nearest


def stress(
    income: pd.DataFrame,
    organisations: pd.DataFrame,
    ties: pd.DataFrame,
    *,
    year: int,
    cuts: Mapping[str, float],
    category_cuts: Mapping[str, float],
    risk_threshold: float = 0.25,
    shown: Collection[str] | None = None,
    names: pd.DataFrame | None = None,
    ending: "pd.Series[float] | None" = None,
    accounts: pd.DataFrame | None = None,
    least_per_job: float = 0.0,
) -> Stress:
    """What every organisation would have lost in `year` had donors or categories given less.

    `income`: see the module. `organisations`: one row per active organisation, columns `organisation_id`, `fte`,
    `reserves` (of that year, if known). `ties`: one row per tie, columns `organisation_a`, `organisation_b`,
    `is_cross_sector`. `cuts`: donor (its key, id or name; case, accents and spaces do not matter) -> fraction 0-1 that
    it gives less.
    `category_cuts`: category -> the same. Where both hit an amount the larger one counts; they are not added up.
    `names`: one row per donor and other name of it, columns `donor_key`, `name`.
    `ending`: organisation_id, donor_key and category -> fraction of that one amount that ends (`endings.ending_parts`).
    `accounts`: see `funding.dependency`, with `fte`. Where they know the total income of the year it is the `income`,
    and loss shares are of it; their jobs and reserves of the year go before those of `organisations`.
    `least_per_job`: an organisation with less known income (euro) per job than this has more than is known, so that no
    share of its jobs can be said (`money.LEAST_PER_JOB_EUR`).
    `shown`: the organisations to report on, None for all; what travels on through the others is still counted.

    loss = sum of amount x c, and pass-through: a donor whose `donor_id` is the `organisation_id` of an organisation
    with income that year gives less by its own loss share, and so on, circles included. What a donor gives after its
    cut c is reduced by its loss share l as well, so of an amount (1-c)(1-l) arrives and 1 - (1-c)(1-l) is lost.

    - `year`, `risk_threshold`; `cuts`: per donor named, the largest amount first, `donor_key`, `donor`, `cut`,
      `amount_eur` and `organisations` (what it gave that year, and to how many); `category_cuts` as given;
    - `organisations`: one per organisation with income rows that year, the largest loss first: `organisation_id`,
      `name`, `sector`, `is_active` (it is among `organisations`), `income`, `loss` (euro), `loss_share` (0-1),
      `at_risk` (loss_share > risk_threshold), `jobs_exposed` (fte x loss_share), `reserve_months_left` (reserves /
      loss per month: how long the reserves replace what is lost), `is_income_partial` (known income / fte <
      `least_per_job`, and no accounts), `ties`, `bridges` (its ties, those across sectors);
    - `at_risk` (count of the active ones); `income`, `loss` (euro), `loss_share` of all together;
    - `jobs_exposed` (sum where known), `jobs_unknown` (active organisations that lose something and whose fte is
      unknown);
    - `ties_exposed`, `bridges_exposed`: ties with an end at risk, and those of them across sectors;
    - `before`, `after`: category -> euro;
    - `pass_through`: `loss_eur` (what was lost over and above the cuts themselves), `rounds` (those in which some
      organisation lost a euro more), `donors` (organisations that gave less because they lost), `donors_unknown`
      (active organisations that give to others and of which no income is known that year, so that nothing is passed
      on) and `is_converged`.

    `loss_share`, `at_risk` and `jobs_exposed` are None when the income is 0, `jobs_exposed` also when the fte is not
    known or `is_income_partial`, its sum when it is known of none; `reserve_months_left` when no reserves are known or
    nothing is lost.
    An organisation without income rows is absent, which does not mean that it is safe.
    Errors: UnknownDonor (also when two donors have the name), UnknownCategory; ValueError for a cut outside 0-1.
    A donor that gave something in other years only is known and changes nothing.

    Most likely misreading: that an organisation at risk will fall. It would lose more than a quarter of its income of
    that year if nothing else changed. Source: the cuts are plain sums; pass-through follows Eisenberg & Noe, "Systemic
    risk in financial systems", Management Science 2001 (an organisation that loses pays less to all in proportion; the
    smallest loss that fits).

    >>> income = pd.DataFrame(
    ...     {"organisation_id": ["a", "b", "b"], "name": ["A", "B", "B"], "sector": "ngo", "year": 2020,
    ...      "donor_key": ["x", "a", "earned"], "donor": ["X", "A", None], "donor_id": [None, "a", None],
    ...      "category": ["government", "nonprofits", "earned"], "amount_eur": [100.0, 60.0, 40.0]}
    ... )
    >>> organisations = pd.DataFrame({"organisation_id": ["a", "b"], "fte": [2.0, None], "reserves": [None, 10.0]})
    >>> ties = pd.DataFrame({"organisation_a": ["a"], "organisation_b": ["b"], "is_cross_sector": [False]})
    >>> found = stress(income, organisations, ties, year=2020, cuts={"X": 0.5}, category_cuts={})
    >>> [(row["organisation_id"], row["loss"], row["loss_share"], row["at_risk"]) for row in found["organisations"]]
    [('a', 50.0, 0.5, True), ('b', 30.0, 0.3, True)]
    >>> found["jobs_exposed"], found["jobs_unknown"], found["organisations"][1]["reserve_months_left"]
    (1.0, 1, 4.0)
    >>> found["pass_through"]["loss_eur"], found["pass_through"]["rounds"], found["after"]["nonprofits"]
    (30.0, 1, 30.0)
    """
    for fraction in (*cuts.values(), *category_cuts.values()):
        if not 0 <= fraction <= 1:
            raise ValueError(f"a cut is a fraction from 0 to 1, not {fraction}")
    donors = donors_of(income)
    cut_of = cut_of_donors(donors, cuts, names)
    occurring = sorted(income["category"].unique()) if category_cuts else []
    for category in category_cuts:
        if category not in occurring:
            raise UnknownCategory(category, occurring)

    rows = income[income["year"] == year]
    amount = rows["amount_eur"].to_numpy(dtype=float)
    has_donor = (rows["category"] != "earned").to_numpy(dtype=bool)
    donor_cut = np.where(has_donor, rows["donor_key"].map(cut_of).to_numpy(dtype=float, na_value=0.0), 0.0)
    cut = np.maximum(donor_cut, rows["category"].map(category_cuts).to_numpy(dtype=float, na_value=0.0))
    if ending is not None:
        amounts = pd.MultiIndex.from_frame(rows[["organisation_id", "donor_key", "category"]])
        cut = np.maximum(cut, ending.reindex(amounts).to_numpy(dtype=float, na_value=0.0))

    who, ids = pd.factorize(rows["organisation_id"], sort=True)
    place_of = {organisation_id: place for place, organisation_id in enumerate(ids)}
    giver = np.where(has_donor, rows["donor_id"].map(place_of).to_numpy(dtype=float, na_value=-1), -1).astype(np.intp)
    total = _sum_at(who, amount, len(ids))
    known = _of_year(accounts, year, ids)
    whole = np.fmax(total, np.where(total > 0, known["total_income"], np.nan))
    direct = _sum_at(who, amount * cut, len(ids))
    passing = (giver >= 0) & (amount * (1 - cut) > 0)
    remaining = (amount * (1 - cut))[passing]
    less, rounds, is_converged = _passed_on(total, whole, direct, who[passing], giver[passing], remaining)
    lost = amount * cut
    lost[passing] += remaining * less[giver[passing]]
    loss = np.minimum(_sum_at(who, lost, len(ids)), total)
    share = _share(loss, whole)
    is_shown = np.ones(len(ids), dtype=bool) if shown is None else pd.Index(ids).isin(list(shown))
    is_shown_row = is_shown[who]
    kinds = rows["category"][is_shown_row]
    before = rows["amount_eur"][is_shown_row].groupby(kinds).sum()
    after = before - pd.Series(lost, index=rows.index)[is_shown_row].groupby(kinds).sum()

    active = organisations.set_index("organisation_id")
    fte, reserves = (
        np.where(np.isnan(known[name]), active[name].reindex(ids).to_numpy(dtype=float, na_value=np.nan), known[name])
        for name in ("fte", "reserves")
    )
    is_active = pd.Index(ids).isin(active.index)
    fte, reserves = np.where(is_active, fte, np.nan), np.where(is_active, reserves, np.nan)
    months = reserves / np.where(loss > 0, loss / 12, np.nan)
    has_income = total > 0
    at_risk = has_income & is_shown & money.exceeds(loss, whole, risk_threshold)
    partial = has_income & np.isnan(known["total_income"]) & money.is_partial(whole, fte, least_per_job)
    jobs = np.where(has_income & is_shown & ~partial, fte * share, np.nan)
    fallen = ids[at_risk]
    exposed = (ties["organisation_a"].isin(fallen) | ties["organisation_b"].isin(fallen)).to_numpy(dtype=bool)
    crossing = ties["is_cross_sector"].to_numpy(dtype=bool)
    first = rows.drop_duplicates("organisation_id").set_index("organisation_id").reindex(ids)
    listed = pd.DataFrame(
        {
            "organisation_id": ids,
            "name": first["name"].to_numpy(dtype=object),
            "sector": first["sector"].to_numpy(dtype=object),
            "is_active": is_active,
            "income": whole,
            "loss": loss,
            "loss_share": np.where(has_income, share, np.nan),
            "at_risk": pd.Series(at_risk).astype("boolean").where(has_income),
            "jobs_exposed": jobs,
            "is_income_partial": partial,
            "reserve_months_left": months,
            "ties": _degrees(ids, ties),
            "bridges": _degrees(ids, ties[crossing]),
        }
    )[is_shown].sort_values(["loss", "organisation_id"], ascending=[False, True])
    income_eur, loss_eur = float(whole[is_shown].sum()), float(loss[is_shown].sum())
    suppliers = active.index.difference(ids).intersection(rows["donor_id"][has_donor].dropna().unique())
    return {
        "year": year,
        "risk_threshold": risk_threshold,
        "cuts": _named(rows[has_donor], donors, cut_of),
        "category_cuts": dict(category_cuts),
        "organisations": records(listed),
        "at_risk": int((at_risk & is_active).sum()),
        "income": income_eur,
        "loss": loss_eur,
        "loss_share": loss_eur / income_eur if income_eur > 0 else None,
        "jobs_exposed": None if np.isnan(jobs).all() else float(np.nansum(jobs)),
        "jobs_unknown": int(np.count_nonzero(is_shown & is_active & (loss > 0) & np.isnan(fte))),
        "ties_exposed": int(np.count_nonzero(exposed)),
        "bridges_exposed": int(np.count_nonzero(exposed & crossing)),
        "before": {str(category): float(value) for category, value in before.items()},
        # when everything is lost 0 is left, not a rounding error in the last digit
        "after": {str(category): max(float(value), 0.0) for category, value in after.items()},
        "pass_through": {
            "loss_eur": float((loss - direct)[is_shown].sum()),
            "rounds": rounds,
            "is_converged": is_converged,
            "donors": int(np.unique(giver[passing][share[giver[passing]] > 0]).size),
            "donors_unknown": len(suppliers),
        },
    }


def _of_year(accounts: pd.DataFrame | None, year: int, ids: "pd.Index[str]") -> dict[str, Floats]:
    """What accounts say of each organisation in a year; NaN where it is not known."""
    names = ("total_income", "fte", "reserves")
    if accounts is None:
        return {name: np.full(len(ids), np.nan) for name in names}
    rows = accounts[accounts["year"] == year].set_index("organisation_id").reindex(ids)
    return {name: rows[name].to_numpy(dtype=float, na_value=np.nan) for name in names}


def _passed_on(
    total: Floats, whole: Floats, direct: Floats, receiver: Ints, giver: Ints, remaining: Floats
) -> tuple[Floats, int, bool]:
    """The loss share of every organisation when what it loses `direct`-ly travels on; in how many rounds, and whether
    it came to an end.

    `total`, `whole`, `direct`: per organisation, its rows, its income, and what it loses by the cuts themselves.
    `receiver`, `giver`, `remaining`: per amount between organisations their places, and what is left of it after its
    own cut. It starts from no loss at all, so that a circle in which nobody is cut loses nothing. The losses of a round
    are at least those of the one before, and none exceeds the income, so it converges.
    """
    loss, rounds = direct, 0
    for _ in range(MAXIMUM_ROUNDS):
        passed = _sum_at(receiver, remaining * _share(loss, whole)[giver], len(total))
        further = np.minimum(direct + passed, total)
        change = float((further - loss).max(initial=0.0))
        loss = further
        rounds += change >= 1
        if change < CONVERGED_EUR:
            return _share(loss, whole), rounds, True
    return _share(loss, whole), rounds, False


def _sum_at(places: Ints, values: Floats, count: int) -> Floats:
    """The sum of the values at each of `count` places."""
    return np.bincount(places, values, minlength=count).astype(float)


def _share(loss: Floats, total: Floats) -> Floats:
    """`loss` / `total`, and 0 where there is no income."""
    return np.minimum(np.divide(loss, total, out=np.zeros_like(total), where=total > 0), 1.0)


def _degrees(ids: pd.Index, ties: pd.DataFrame) -> pd.Series:
    """How many of the ties each organisation has, in the order of `ids`."""
    ends = pd.concat([ties["organisation_a"], ties["organisation_b"]]).value_counts()
    return pd.Series(ends.reindex(ids, fill_value=0).to_numpy(dtype=int))


def _folded(name: str) -> str:
    """A name without case, accents and surplus white space, as the view `income` compares the names of donors."""
    letters = unicodedata.normalize("NFD", " ".join(name.split()))
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).lower()


def donors_of(income: pd.DataFrame) -> pd.DataFrame:
    """One row per donor in any year: donor_key, donor, donor_id."""
    named = income.loc[income["category"] != "earned", ["donor_key", "donor", "donor_id"]]
    return named.drop_duplicates("donor_key")


def cut_of_donors(
    donors: pd.DataFrame, cuts: Mapping[str, float], names: pd.DataFrame | None = None
) -> dict[str, float]:
    """`cuts` by donor_key. A donor named twice, by name and by id, gets the larger cut.

    `names` holds other names of donors: one row per `donor_key` and `name`.
    """
    keys_known = set(donors["donor_key"])

    @functools.cache
    def by_name() -> tuple[dict[str, set[str]], dict[str, str]]:
        folded: dict[str, set[str]] = {}
        shown: dict[str, str] = {}
        for key, *called in donors.itertuples(index=False, name=None):
            known_as = [name for name in called if isinstance(name, str)]
            for name in (key, *known_as):
                folded.setdefault(_folded(name), set()).add(key)
            shown[key] = known_as[0] if known_as else key
        for key, name in [] if names is None else names[["donor_key", "name"]].itertuples(index=False, name=None):
            if key in shown:
                folded.setdefault(_folded(name), set()).add(key)
        return folded, shown

    fractions: dict[str, float] = {}
    for name, fraction in cuts.items():
        keys = {name} if name in keys_known else by_name()[0].get(_folded(name), set())
        if len(keys) != 1:
            # several donors have this name: only their keys tell them apart
            raise UnknownDonor(name, sorted(keys) or _nearest(_folded(name), *by_name()))
        (key,) = keys
        fractions[key] = max(fraction, fractions.get(key, 0.0))
    return fractions


def _nearest(name: str, folded: Mapping[str, set[str]], shown: Mapping[str, str], limit: int = 3) -> list[str]:
    """Names of donors that look like `name`: those it is a part of, then those written almost like it."""
    containing = sorted((other for other in folded if name and name in other), key=lambda other: (len(other), other))
    near = [*containing[:limit], *difflib.get_close_matches(name, folded, n=limit, cutoff=0.6)]
    return list(dict.fromkeys(shown[key] for other in near for key in sorted(folded[other])))[:limit]


def _named(rows: pd.DataFrame, donors: pd.DataFrame, cut_of: Mapping[str, float]) -> list[Cut]:
    """The donors that are cut, as a person knows them; `rows`: the income with a donor in the year."""
    if not cut_of:
        return []
    name_of = donors.set_index("donor_key")["donor"]
    given = rows[rows["donor_key"].isin(list(cut_of)) & (rows["amount_eur"] > 0)].groupby("donor_key")
    amount, receivers = given["amount_eur"].sum(), given["organisation_id"].nunique()
    listed: list[Cut] = [
        {
            "donor_key": key,
            "donor": name_of[key] if isinstance(name_of[key], str) else None,
            "cut": cut,
            "amount_eur": float(amount.get(key, 0.0)),
            "organisations": int(receivers.get(key, 0)),
        }
        for key, cut in cut_of.items()
    ]
    return sorted(listed, key=lambda row: (-row["amount_eur"], row["donor_key"]))


def presets(income: pd.DataFrame, year: int, no_donors: Collection[str] = ()) -> list[Preset]:
    """Stress tests to begin with, as arguments for `stress`; only those that would change something in `year`.

    `income`: see the module; `no_donors`: what stands as a donor and is a kind of income, which nobody gives and so
    cannot stop. One dictionary each: `code` (its text belongs to the page), `cuts`, `category_cuts`, and
    `donors` (names, the largest first) with `amount_eur`, what those concerned gave that year, before the cut:

    - `government_minus_30`: national and local government give 30 % less; `public_minus_30`: the EU and UN as well;
    - `largest_donor_less`: whoever gave most gives 30 % less (equals together);
    - `largest_donor_leaves`: the same gives nothing;
    - `three_largest_halve`: the three who gave most give half.

    The sizes are round numbers to think with, none is a forecast.

    >>> income = pd.DataFrame(
    ...     {"organisation_id": "a", "year": 2020, "donor_key": ["x", "y", "earned"], "donor": ["X", "Y", None],
    ...      "donor_id": None, "category": ["companies", "government", "earned"], "amount_eur": [3.0, 2.0, 9.0]}
    ... )
    >>> [(preset["code"], preset["cuts"], preset["category_cuts"]) for preset in presets(income, 2020)][:2]
    [('government_minus_30', {}, {'government': 0.3}), ('largest_donor_less', {'x': 0.3}, {})]
    """
    rows = income[(income["year"] == year) & (income["amount_eur"] > 0)]
    per_category = rows.groupby("category")["amount_eur"].sum()
    given = (
        rows[(rows["category"] != "earned") & ~rows["donor"].isin(list(no_donors))]
        .groupby("donor_key")
        .agg(donor=("donor", "first"), amount_eur=("amount_eur", "sum"))
    )
    given = given.reset_index().sort_values(["amount_eur", "donor_key"], ascending=[False, True])

    def by_category(code: PresetCode, names: Sequence[str], cut: float) -> Preset:
        concerned = [name for name in names if name in per_category]
        amount_eur = float(per_category.reindex(concerned).sum())
        cuts = dict.fromkeys(concerned, cut)
        return {"code": code, "cuts": {}, "category_cuts": cuts, "donors": [], "amount_eur": amount_eur}

    def by_donor(code: PresetCode, count: int, cut: float) -> Preset:
        # equals go together: no id decides which of them is among the largest
        largest = given.head(first_of(given["amount_eur"].tolist(), count))
        cuts = dict.fromkeys(largest["donor_key"].tolist(), cut)
        amount_eur = float(largest["amount_eur"].sum())
        donors = largest["donor"].tolist()
        return {"code": code, "cuts": cuts, "category_cuts": {}, "donors": donors, "amount_eur": amount_eur}

    listed = [by_category("government_minus_30", ["government"], 0.3)] if "government" in per_category else []
    if "multilateral" in per_category:  # without multilateral donors this would be the same as government alone
        listed.append(by_category("public_minus_30", funding.PUBLIC, 0.3))
    if len(given):
        listed += [by_donor("largest_donor_less", 1, 0.3), by_donor("largest_donor_leaves", 1, 1.0)]
    if len(given) >= 3:
        listed.append(by_donor("three_largest_halve", 3, 0.5))
    return listed


def shared_exposure(
    income: pd.DataFrame,
    ties: pd.DataFrame,
    *,
    year: int,
    threshold: float = 0.25,
    accounts: pd.DataFrame | None = None,
) -> list[SharedExposure]:
    """Which organisations fall together: per donor those that it pays for a large part, the largest group first.

    `income`: see the module; of active organisations, or those that have left would fall as well. `ties`: one row per
    tie, columns `organisation_a`, `organisation_b`. An organisation is in the group of a donor when the donor gives >=
    `threshold` (0-1, above 0) of its income of `year`. With 0.25, the threshold of the stress test, it may be in up to
    four groups. Groups of one are left out. `accounts`: the income is the total that they give, where they do.

    Per donor: `donor_key`, `donor` (name), `donor_id`; `organisations`: per organisation `organisation_id`, `name`,
    `sector`, `income`, `share` (0-1, what the donor gives / income), the largest share first; `organisation_count`,
    `pairs` (count: n(n-1)/2); `tied_pairs` (list of two ids: those that work together, so that neither can take over
    from the other) and `amount_eur` (what it gives to the group).

    No organisation of which the income is 0. Pass-through is not looked at: use `stress` with the donor at 1 for that.
    Most likely misreading: that organisations that share no group are independent. Two funds of one ministry are two
    donors here.
    Source: overlapping portfolios as in Caccioli et al., "Stability analysis of financial contagion due to overlapping
    portfolios", Journal of Banking & Finance 2014; the threshold is ours.
    Errors: ValueError when `threshold` is not above 0 and at most 1.

    >>> income = pd.DataFrame(
    ...     {"organisation_id": ["a", "b", "b"], "name": ["A", "B", "B"], "sector": "ngo", "year": 2020,
    ...      "donor_key": ["x", "x", "y"], "donor": ["X", "X", "Y"], "donor_id": None, "category": "other",
    ...      "amount_eur": [10.0, 10.0, 10.0]}
    ... )
    >>> ties = pd.DataFrame({"organisation_a": ["a"], "organisation_b": ["b"]})
    >>> [(group["donor"], group["organisation_count"], group["tied_pairs"]) for group in
    ...  shared_exposure(income, ties, year=2020)]
    [('X', 2, [['a', 'b']])]
    """
    if not 0 < threshold <= 1:
        raise ValueError(f"a threshold lies above 0 and is at most 1, not {threshold}")
    rows = income[income["year"] == year]
    summed = rows.groupby(funding.ORGANISATION_YEAR)["amount_eur"].sum()
    total = funding.totals_of(accounts, summed).fillna(summed).droplevel("year")
    given = (
        rows[(rows["category"] != "earned") & (rows["amount_eur"] > 0)]
        .groupby(["donor_key", "organisation_id"])
        .agg(donor=("donor", "first"), donor_id=("donor_id", "first"), name=("name", "first"),
             sector=("sector", "first"), amount_eur=("amount_eur", "sum"))
        .reset_index()
    )  # fmt: skip
    given["income"] = given["organisation_id"].map(total).astype(float)
    given["share"] = given["amount_eur"] / given["income"]
    large = given[money.reaches(given["amount_eur"], given["income"], threshold)]
    large = large[large.groupby("donor_key")["organisation_id"].transform("size") >= 2]
    large = large.sort_values(["share", "organisation_id"], ascending=[False, True])
    member = large[["donor_key", "organisation_id"]]
    both = (
        ties[["organisation_a", "organisation_b"]]
        .merge(member.rename(columns={"organisation_id": "organisation_a"}), on="organisation_a")
        .merge(member.rename(columns={"organisation_id": "organisation_b"}), on=["organisation_b", "donor_key"])
    )
    tied: dict[str, list[list[str]]] = {}
    for a, b, key in both.sort_values(["organisation_a", "organisation_b"]).itertuples(index=False, name=None):
        tied.setdefault(key, []).append([a, b])
    groups: dict[str, list[Any]] = {}
    for row in records(large):
        groups.setdefault(row["donor_key"], []).append(row)
    exposures: list[SharedExposure] = [
        {
            "donor_key": key,
            "donor": group[0]["donor"],
            "donor_id": group[0]["donor_id"],
            "organisations": [
                {
                    "organisation_id": row["organisation_id"],
                    "name": row["name"],
                    "sector": row["sector"],
                    "income": row["income"],
                    "share": row["share"],
                }
                for row in group
            ],
            "organisation_count": len(group),
            "pairs": len(group) * (len(group) - 1) // 2,
            "tied_pairs": tied.get(key, []),
            "amount_eur": math.fsum(row["amount_eur"] for row in group),
        }
        for key, group in groups.items()
    ]
    return sorted(exposures, key=lambda row: (-row["organisation_count"], -row["amount_eur"], row["donor_key"]))


def quadrant(
    dependency: Sequence[funding.Dependency],
    brokers: pd.DataFrame,
    *,
    exposure_threshold: float = 0.5,
    broker_share: float = 0.25,
) -> Quadrant:
    """Who stands between others and leans on one donor: the organisations whose fall would cut bridges.

    `dependency`: one dictionary per organisation, of one year, as `funding.dependency` gives them. `brokers`: one row
    per active organisation, columns `organisation_id`, `betweenness` (may be missing), `cross_sector_degree`.

    - `organisations`: those with income above 0 and a known betweenness: `organisation_id`, `name`, `sector`, `income`,
      `top_donor`, `top_donor_share` (0-1), `betweenness` (0-1), `bridges` (ties across sectors), `is_exposed`
      (top_donor_share >= `exposure_threshold`), `is_broker` (betweenness > 0 and >= `broker_threshold`); first those
      that are both, then the highest betweenness;
    - `broker_threshold`: what the `broker_share` (0-1) of `brokers` with the highest betweenness at least have (the
      quantile 1 - `broker_share`, interpolated); None when it is known of none;
    - `exposure_threshold`; `at_stake`: how many are both; `income_unknown`: active organisations without such income.

    Most likely misreading: that the others do not matter. Betweenness counts shortest paths, and the lines are drawn at
    round numbers. Source: betweenness as in `network`; the combination is ours.

    >>> brokers = pd.DataFrame(
    ...     {"organisation_id": ["a", "b"], "betweenness": [0.5, 0.0], "cross_sector_degree": [2, 1]}
    ... )
    >>> year = [{"organisation_id": "a", "name": "A", "sector": "ngo", "income": 9.0, "top_donor": "X",
    ...          "top_donor_share": 0.9}]
    >>> found = quadrant(year, brokers)
    >>> found["at_stake"], found["broker_threshold"], found["income_unknown"], found["organisations"][0]["bridges"]
    (1, 0.375, 1, 2)
    """
    columns = ["organisation_id", "name", "sector", "income", "top_donor", "top_donor_share"]
    with_income = pd.DataFrame(dependency, columns=columns)
    with_income = with_income[with_income["income"].astype(float) > 0]
    positions = brokers[["organisation_id", "betweenness", "cross_sector_degree"]].rename(
        columns={"cross_sector_degree": "bridges"}
    )
    positions = positions.assign(betweenness=positions["betweenness"].astype(float))
    placed = with_income.merge(positions.dropna(subset=["betweenness"]), on="organisation_id")
    limit = positions["betweenness"].quantile(1 - broker_share)
    betweenness, income = placed["betweenness"], placed["income"].astype(float)
    largest = placed["top_donor_share"].astype(float) * income
    # with a margin, since sums that are equal may differ in their last digit
    is_broker = (betweenness > 0) & (betweenness >= limit - ROUNDING)
    placed = placed.assign(is_exposed=money.reaches(largest, income, exposure_threshold), is_broker=is_broker)
    placed["both"] = placed["is_exposed"] & placed["is_broker"]
    placed = placed.sort_values(["both", "betweenness", "organisation_id"], ascending=[False, False, True])
    return {
        "organisations": records(placed.drop(columns="both")),
        "broker_threshold": None if pd.isna(limit) else float(limit),
        "exposure_threshold": exposure_threshold,
        "at_stake": int(placed["both"].sum()),
        "income_unknown": int((~positions["organisation_id"].isin(with_income["organisation_id"])).sum()),
    }
