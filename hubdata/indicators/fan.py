"""Where figures of the network will be on the day of a target, if ties form and last as they did: a fan of simulations.

Time goes in steps of a quarter of a year, back and ahead from the as-of date. Per step of the past years it is known
how many ties formed (there at its end, not at its start), how many ended, and how many organisations came and went.
One path into the future is made like this:

- the agreements of the past are drawn anew, with replacement, since ties of one agreement begin and end together
  (a bootstrap by agreement); that gives this path its own chances of ending, by age, across sectors or not, firm or
  not, shrunk towards the chance of all where few were at risk;
- every step ahead resembles a step of the past, drawn by lot from a choice of them that is drawn anew for each path,
  since the past could have had other quarters: as many organisations come and go, and its agreements begin again;
- each of these is somewhat larger or smaller than the one it resembles (a smoothed bootstrap: a normal kernel on the
  logarithm of sizes), since the largest that is to come need not be one of those that came;
- every tie that is there ends by its chance, those of one agreement on the same draw.

Lots fall in an order that hangs on what agreements hold, so that other ids give the same fan.

`PATHS` such paths are the fan. The same is done on earlier days with what was known then, to see how often what
happened lay inside.

Source: Efron & Tibshirani, "An introduction to the bootstrap", 1993; Cameron, Gelbach & Miller, "Bootstrap-based
improvements for inference with clustered errors", 2008 (resampling clusters); Silverman & Young, "The bootstrap: to
smooth or not to smooth?", 1987; Singer & Willett 1993 (the hazard).
"""

import datetime
import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict

import numpy as np
import numpy.typing as npt
import pandas as pd

from hubdata.indicators.lapse import records_begin
from hubdata.indicators.rows import order_by_content

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FIGURES = ("density", "mean_degree", "cross_sector_share")
"""The figures that follow from ties alone. A higher one is nearer to its target."""
STEP = datetime.timedelta(days=91)
STEPS_IN_YEAR = 4
MOST_STEPS = 20
"""So many steps of the past are drawn from at the most (five years), and simulated ahead."""
FEWEST_STEPS = 8
FEWEST_AGREEMENTS = 20
"""With fewer that began, or fewer of which a tie ended, in those steps there is no fan."""
AGE_CLASSES = (365, 730, 1460)
"""Days at which the chance of ending changes."""
STRENGTH = 10.0
"""So many ties at risk the chance of all counts for, beside those of a kind."""
PATHS = 600
BACKTEST_PATHS = 300
BACKTESTS = 8
"""On how many earlier days fans are made, half a year apart."""
LOW, HIGH = 0.05, 0.95
"""Between these shares of the paths lies the fan: nine of ten."""

_AGREEMENT, _CROSSING, _FIRM = "first_partnership_ids", "is_cross_sector", "began_structural"
_CLASSES = len(AGE_CLASSES) + 1

Reason = Literal["income", "other", "past", "short", "far"]


class FanDay(TypedDict):
    """The fan on one day."""

    date: datetime.date
    low: float
    """One path in twenty is lower."""
    middle: float
    """Half of the paths are lower."""
    high: float


class Aim(FanDay):
    """The fan on the day of a target, and what would have to change (see `fans`)."""

    aim: float
    """The target."""
    reached_share: float
    """Of the paths, 0-1."""
    extra_structural: float | None
    """So many more ties would have to form each quarter, with firm agreements (across sectors for the share across),
    for half of the paths to reach it; 0 or less when they do; None for a share of 1 or more, and within a step."""


class YearsAhead(TypedDict):
    """What became of earlier fans so many years ahead."""

    years: int
    outcomes: int
    inside: int


class Checked(TypedDict):
    """Earlier fans beside what happened (see `backtest`)."""

    outcomes: int
    inside: int
    is_too_narrow: bool | None
    """Fewer inside than nine in ten explains (5 %, exact binomial); None without outcomes."""
    by_years: list[YearsAhead]
    """Empty when too little was known on earlier days."""


class Fan(TypedDict):
    """Where one figure may go (see `fans`)."""

    reason: Reason | None
    """Why there is no fan; None when there is. "income": it follows from income, of which a few years are known;
    "other": it does not follow from the number of ties; "past": no target lies ahead; "short": too little is known
    of how ties form and end; "far": the target lies further ahead than the lists go back."""
    days: list[FanDay]
    """Per step, from the as-of date."""
    aims: list[Aim]
    """The targets ahead that a fan reaches, the first first."""
    backtest: Checked


class Fans(TypedDict):
    """What `fans` finds."""

    quarters: int
    """Of which it is known what formed and ended."""
    agreements_formed: int
    agreements_ended: int
    structural_formed: float | None
    """Ties with firm agreements that formed per quarter; None without quarters."""
    figures: dict[str, Fan]
    """One per figure with a target."""


class _Past:
    """What happened in the steps before a day, as known on that day."""

    def __init__(self, spells: pd.DataFrame, organisations: pd.DataFrame, day: datetime.date) -> None:
        today = pd.Timestamp(day)
        known = spells[(spells["started_on"] <= today) & ~(spells["first_recorded"] > today)]
        began = records_begin(spells)
        self.all_steps = max(0, (day - began) // STEP) if began else 0
        self.steps = min(self.all_steps, MOST_STEPS)
        bounds = [today - STEP * back for back in range(self.steps, -1, -1)]
        counts = [active_on(organisations, when) for when in bounds]
        self.organisations, self.net = counts[-1], np.diff(np.array(counts, dtype=np.int64))
        agreements, names = pd.factorize(known[_AGREEMENT])
        self.agreements = len(names)
        # within or across, loose or firm: which of the four kinds
        kind = 2 * known[_CROSSING].to_numpy(np.int64) + known[_FIRM].fillna(False).to_numpy(np.int64)
        started, ended = known["started_on"].to_numpy("datetime64[D]"), known["ended_on"].to_numpy("datetime64[D]")
        recorded = known["first_recorded"].to_numpy("datetime64[D]")
        self.at_risk = np.zeros((self.agreements, 4 * _CLASSES))
        self.ended = np.zeros_like(self.at_risk)
        formed = []
        for place, (first, last) in enumerate(itertools.pairwise(bounds)):
            first_day, last_day = (
                first.to_datetime64().astype("datetime64[D]"),
                last.to_datetime64().astype("datetime64[D]"),
            )
            is_there = (started <= first_day) & ~(ended < first_day) & ~(recorded > first_day)
            is_left = ~(ended < last_day)
            cell = _CLASSES * kind + _age_class((first_day - started).astype(np.int64))
            np.add.at(self.at_risk, (agreements[is_there], cell[is_there]), 1)
            gone = is_there & ~is_left
            np.add.at(self.ended, (agreements[gone], cell[gone]), 1)
            new = (started > first_day) & (started <= last_day) & is_left
            formed.append(pd.DataFrame({"step": place, "agreement": agreements[new], "kind": kind[new]}))
        new_ties = pd.concat(formed) if formed else pd.DataFrame({"step": [], "agreement": [], "kind": []}, dtype=int)
        self.formed = new_ties.value_counts(["step", "agreement", "kind"], sort=False).rename("size").reset_index()
        sizes = np.log(self.formed.groupby("agreement")["size"].sum().to_numpy(float))
        self.bandwidth = 1.06 * float(sizes.std()) * len(sizes) ** -0.2 if len(sizes) else 0.0
        """Of a normal kernel on the logarithm of how many ties an agreement brought (Silverman's rule)."""
        now = ~(ended < today.to_datetime64())
        ages = (today.to_datetime64().astype("datetime64[D]") - started).astype(np.int64)
        there = pd.DataFrame({"agreement": agreements[now], "kind": kind[now], "age": ages[now]})
        self.there = there.value_counts(["agreement", "kind", "age"], sort=False).rename("size").reset_index()

    @property
    def agreements_formed(self) -> int:
        return int(self.formed["agreement"].nunique())

    @property
    def agreements_ended(self) -> int:
        return int((self.ended.sum(axis=1) > 0).sum())

    @property
    def is_enough(self) -> bool:
        fewest = min(self.agreements_formed, self.agreements_ended)
        return self.steps >= FEWEST_STEPS and fewest >= FEWEST_AGREEMENTS and self.organisations >= 2

    @property
    def structural_formed(self) -> float | None:
        firm = self.formed.loc[self.formed["kind"] % 2 == 1, "size"].sum()
        return float(firm) / self.steps if self.steps else None


def active_on(organisations: pd.DataFrame, day: pd.Timestamp) -> int:
    """How many organisations are active on a day. organisations: `joined_on`, `left_on`."""
    return int((~(organisations["joined_on"] > day) & ~(organisations["left_on"] < day)).sum())


def _age_class(days: Ints) -> Ints:
    return np.searchsorted(np.array(AGE_CLASSES), days, side="right").astype(np.int64)


def chances(at_risk: Floats, ended: Floats) -> Floats:
    """The chance of ending in one step per kind and age, of counts in the last axis (4 kinds x age classes).

    Each is shrunk towards the chance of all: the latter counts as `STRENGTH` ties at risk.

    >>> chances(np.array([[90.0] + [0.0] * 15]), np.array([[9.0] + [0.0] * 15])).round(3)[0, :2].tolist()
    [0.1, 0.1]
    """
    every = at_risk.sum(axis=-1, keepdims=True)
    of_all = np.divide(ended.sum(axis=-1, keepdims=True), every, out=np.zeros_like(every), where=every > 0)
    found: Floats = (ended + STRENGTH * of_all) / (at_risk + STRENGTH)
    return found


class Paths(TypedDict):
    """Simulated paths: one row each, one column per step, the day itself first."""

    organisations: Floats
    ties: Floats
    across: Floats
    """Ties across sectors."""
    lasting: Floats
    """How many firm ties are there when one more forms each step; `lasting_across`: across sectors."""
    lasting_across: Floats


def _columns(ties: pd.DataFrame) -> dict[str, Ints]:
    return {str(name): ties[name].to_numpy(np.int64) for name in ties}


class _Ties:
    """The ties of all paths at one moment, those of one agreement, kind and age together: one place each in arrays."""

    def __init__(self, chance: Floats, path: Ints, ties: Mapping[str, npt.NDArray[Any]]) -> None:
        """chance: of ending in one step, a row per path; ties: `agreement`, `kind`, `age` and `size`, beside `path`."""
        self._chance, self._groups = chance, 0
        self._parts: dict[str, npt.NDArray[Any]] = {
            name: np.empty(0, np.int64) for name in ("path", "kind", "age", "size", "group")
        }
        self.add(path, ties)

    def add(self, path: Ints, ties: Mapping[str, npt.NDArray[Any]]) -> None:
        """More ties. Those of one agreement that came together end on the same draw."""
        of_one = path * (ties["agreement"].max(initial=0) + 1) + ties["agreement"]
        group = np.unique(of_one, return_inverse=True)[1] + self._groups
        self._groups = int(group.max(initial=self._groups - 1)) + 1
        more = {**ties, "path": path, "group": group}
        self._parts = {name: np.concatenate([values, more[name]]) for name, values in self._parts.items()}

    def end(self, draw: np.random.Generator) -> None:
        """A step: every tie ends by its chance, and those that stay are older."""
        parts = self._parts
        lot = draw.random(self._groups)[parts["group"]]
        kept = lot >= self._chance[parts["path"], _CLASSES * parts["kind"] + _age_class(parts["age"])]
        self._parts = {name: values[kept] for name, values in parts.items()}
        self._parts["age"] += STEP.days

    def counted(self, paths: int) -> tuple[Floats, Floats]:
        """Per path how many ties there are, and how many of them across sectors."""
        path, size = self._parts["path"], self._parts["size"]
        crossing = self._parts["kind"] >= 2
        of_all, across = np.bincount(path, size, paths), np.bincount(path[crossing], size[crossing], paths)
        return of_all.astype(np.float64), across.astype(np.float64)


def _like(draw: np.random.Generator, known: int, paths: int, steps: int) -> Ints:
    """Which step of the past each step ahead resembles."""
    pool = draw.integers(0, known, size=(paths, known))
    return np.take_along_axis(pool, draw.integers(0, known, size=(paths, steps)), axis=1)


def _larger(draw: np.random.Generator, past: _Past, path: Ints, agreement: Ints) -> Floats:
    """How much larger, or smaller, an agreement ahead is than the one it resembles: the same for all ties of it."""
    _ones, ties_of_it = np.unique(path * past.agreements + agreement, return_inverse=True)
    factors: Floats = np.exp(past.bandwidth * draw.normal(size=len(_ones)))[ties_of_it]
    return factors


def simulate(past: _Past, steps: int, paths: int, seed: int) -> Paths:
    """Paths of `steps` steps from the day of `past` (see the head of this file). The same seed gives the same paths."""
    draw = np.random.default_rng(seed)
    weights = draw.multinomial(past.agreements, np.full(past.agreements, 1 / past.agreements), size=paths)
    chance = chances(weights @ past.at_risk, weights @ past.ended)
    like = _like(draw, past.steps, paths, steps)
    organisations = past.organisations + np.cumsum(past.net[like], axis=1)
    there, formed = (
        _columns(past.there),
        _columns(past.formed.assign(age=STEP.days // 2)),
    )  # on average, when first seen
    everywhere = np.repeat(np.arange(paths), len(there["size"]))
    ties = _Ties(chance, everywhere, {name: np.tile(values, paths) for name, values in there.items()})
    counts = [ties.counted(paths)]
    for step in range(1, steps + 1):
        ties.end(draw)
        copies = weights[:, formed["agreement"]] * (formed["step"] == like[:, [step - 1]])
        path, row = np.nonzero(copies)
        new = {name: values[row] for name, values in formed.items()}
        ties.add(path, new | {"size": new["size"] * copies[path, row] * _larger(draw, past, path, new["agreement"])})
        counts.append(ties.counted(paths))

    firm = past.formed[past.formed["kind"] % 2 == 1]
    crossing = float(firm.loc[firm["kind"] >= 2, "size"].sum() / firm["size"].sum()) if len(firm) else 0.5
    lasting = {kind: _lasting(chance[:, _CLASSES * kind : _CLASSES * (kind + 1)], steps) for kind in (1, 3)}
    return {
        "organisations": np.column_stack([np.full(paths, past.organisations), np.maximum(organisations, 2)]),
        "ties": np.array([of_all for of_all, _across in counts]).T,
        "across": np.array([across for _of_all, across in counts]).T,
        "lasting": crossing * lasting[3] + (1 - crossing) * lasting[1],
        "lasting_across": lasting[3],
    }


def _lasting(chance: Floats, steps: int) -> Floats:
    """How many ties are there after each step when one forms in every step, per path; `chance` is by age class."""
    ages = STEP.days // 2 + STEP.days * np.arange(steps)
    left = np.cumprod(np.column_stack([np.ones(len(chance)), 1 - chance[:, _age_class(ages[:-1])]]), axis=1)
    return np.column_stack([np.zeros(len(chance)), np.cumsum(left, axis=1)])


def figure(paths: Mapping[str, Floats], indicator: str) -> Floats:
    """A figure of `FIGURES` from numbers of organisations and ties; a share of no ties is 0."""
    n, m = paths["organisations"], paths["ties"]
    if indicator == "mean_degree":
        return 2 * m / n
    if indicator == "density":
        return 2 * m / (n * (n - 1))
    return np.divide(paths["across"], m, out=np.zeros_like(m), where=m > 0)


def _extra(paths: Paths, indicator: str, aim: float, at: float) -> float | None:
    """How many more firm ties a step bring half of the paths to `aim`, `at` steps ahead; None when no number does."""
    on = {name: _at(values, at) for name, values in paths.items()}  # type: ignore[arg-type]
    n, m = on["organisations"], on["ties"]
    if indicator == "cross_sector_share":
        lacking, each = aim * m - on["across"], (1 - aim) * on["lasting_across"]
    else:
        lacking = aim * (n / 2 if indicator == "mean_degree" else n * (n - 1) / 2) - m
        each = on["lasting"]
    if at < 1 or (each <= 0).any():
        return None
    return float(np.median(lacking / each))


def _at(values: Floats, at: float) -> Floats:
    """The values of all paths so many steps ahead, between two steps in proportion."""
    before = min(int(at), values.shape[1] - 1)
    after = min(before + 1, values.shape[1] - 1)
    between: Floats = values[:, before] + (at - before) * (values[:, after] - values[:, before])
    return between


def _fan_day(day: datetime.date, values: Floats) -> FanDay:
    low, middle, high = np.quantile(values, [LOW, 0.5, HIGH])
    return {"date": day, "low": float(low), "middle": float(middle), "high": float(high)}


def fans(
    spells: pd.DataFrame,
    organisations: pd.DataFrame,
    targets: Mapping[str, Sequence[tuple[datetime.date, float]]],
    as_of: datetime.date,
    income_figures: Sequence[str] = (),
) -> Fans:
    """Per figure with a target its fan up to the last target that the lists can say something of.

    spells: the view `tie_spells`; organisations: the view `organisations_in_view`; targets: figure -> (day, value);
    income_figures: those that follow from income. The backtest counts, for whole years ahead up to the last target,
    how often the figure of that later day lay inside the fan made before; fans overlap, so these are not independent.
    Most likely misreading: that it says what will happen. It says where the figure goes when organisations go on as
    they did in the past five years at most.
    """
    days = {name: pd.to_datetime(spells[name]) for name in ("started_on", "ended_on", "first_recorded")}
    spells = spells.assign(**days)
    contents = [spells[name].to_numpy() for name in (*days, _CROSSING, _FIRM)]
    spells = spells.iloc[order_by_content(contents, [spells[_AGREEMENT].to_numpy()])]
    organisations = organisations.assign(
        **{name: pd.to_datetime(organisations[name]) for name in ("joined_on", "left_on")}
    )
    past = _Past(spells, organisations, as_of)
    reach = STEP * min(past.all_steps, MOST_STEPS)
    reasons: dict[str, Reason | None] = {}
    aims: dict[str, list[tuple[datetime.date, float]]] = {}
    for indicator, listed in targets.items():
        ahead = sorted(one for one in listed if one[0] > as_of)
        aims[indicator] = [one for one in ahead if one[0] - as_of <= reach]
        reasons[indicator] = (
            "income" if indicator in income_figures
            else "other" if indicator not in FIGURES
            else "past" if not ahead
            else "short" if not past.is_enough
            else "far" if not aims[indicator]
            else None
        )  # fmt: skip
    shown = [indicator for indicator, reason in reasons.items() if reason is None]
    found: dict[str, Fan] = {
        indicator: {"reason": reason, "days": [], "aims": [], "backtest": _checked({})}
        for indicator, reason in reasons.items()
    }
    if shown:
        last = max(day for indicator in shown for day, _value in aims[indicator])
        steps = -((as_of - last) // STEP)
        paths = simulate(past, steps, PATHS, seed=1)
        tested = backtest(spells, organisations, as_of, max(1, round(steps / STEPS_IN_YEAR)), shown)
        for indicator in shown:
            values = figure(paths, indicator)  # type: ignore[arg-type]
            found[indicator]["days"] = [_fan_day(as_of + STEP * step, values[:, step]) for step in range(steps + 1)]
            found[indicator]["backtest"] = tested[indicator]
            for day, aim in aims[indicator]:
                at = (day - as_of) / STEP
                on_day = _at(values, at)
                found[indicator]["aims"].append(
                    {
                        **_fan_day(day, on_day),
                        "aim": aim,
                        "reached_share": float((on_day >= aim - 1e-12).mean()),
                        "extra_structural": _extra(paths, indicator, aim, at),
                    }
                )
    return {
        "quarters": past.all_steps,
        "agreements_formed": past.agreements_formed,
        "agreements_ended": past.agreements_ended,
        "structural_formed": past.structural_formed,
        "figures": found,
    }


def backtest(
    spells: pd.DataFrame, organisations: pd.DataFrame, as_of: datetime.date, years: int, indicators: Sequence[str]
) -> dict[str, Checked]:
    """Per figure, for 1 to `years` years ahead, how often what happened lay inside the fan made before.

    Fans are made on days a year before `as_of` and every half year before that, with what was known then. What happened
    is what the lists say now of the later day. A year is four steps here.
    """
    counts = {indicator: {year: [0, 0] for year in range(1, years + 1)} for indicator in indicators}
    for place in range(BACKTESTS):
        day = as_of - STEP * (STEPS_IN_YEAR + STEPS_IN_YEAR // 2 * place)
        past = _Past(spells, organisations, day)
        if not past.is_enough:
            continue
        most = min(years, (as_of - day) // (STEP * STEPS_IN_YEAR))
        paths = simulate(past, STEPS_IN_YEAR * most, BACKTEST_PATHS, seed=1)
        for indicator in indicators:
            values = figure(paths, indicator)  # type: ignore[arg-type]
            for year in range(1, most + 1):
                happened = _figure_on(spells, organisations, day + STEP * STEPS_IN_YEAR * year, indicator)
                low, high = np.quantile(values[:, STEPS_IN_YEAR * year], [LOW, HIGH])
                counts[indicator][year][0] += 1
                counts[indicator][year][1] += int(low <= happened <= high)
    return {indicator: _checked(of_years) for indicator, of_years in counts.items()}


def _checked(of_years: Mapping[int, Sequence[int]]) -> Checked:
    """Counts per number of years ahead (outcomes, inside), added up."""
    outcomes, inside = (sum(counts[place] for counts in of_years.values()) for place in (0, 1))
    share = HIGH - LOW
    so_few = sum(math.comb(outcomes, n) * share**n * (1 - share) ** (outcomes - n) for n in range(inside + 1))
    return {
        "outcomes": outcomes,
        "inside": inside,
        "is_too_narrow": bool(so_few < 0.05) if outcomes else None,
        "by_years": [
            {"years": year, "outcomes": counts[0], "inside": counts[1]}
            for year, counts in of_years.items()
            if counts[0]
        ],
    }


def _figure_on(spells: pd.DataFrame, organisations: pd.DataFrame, day: datetime.date, indicator: str) -> float:
    """A figure as the lists say it now of a day."""
    when = pd.Timestamp(day)
    there = spells[(spells["started_on"] <= when) & ~(spells["ended_on"] < when)]
    counts = {"organisations": active_on(organisations, when), "ties": len(there), "across": there[_CROSSING].sum()}
    return float(figure({name: np.array([float(count)]) for name, count in counts.items()}, indicator)[0])
