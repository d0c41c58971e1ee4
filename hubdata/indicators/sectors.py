"""Who is here: the mix of sectors, themes and other kinds of organisation, and how it compares with a reference.

Every share of organisations is a share of all active organisations in view, so that shares of one page can be
compared. Jobs are sums over the organisations whose `fte` is known. When none is known they are None, never 0: no
figure is better than a zero that reads as "nobody works here". Where a cell may hold several codes (themes,
countries, sdgs) an organisation counts in each, and the shares may sum to more than 1.
"""

import itertools
import math
from typing import Any, Literal, NotRequired, TypedDict

import numpy as np
import pandas as pd

from hubdata.indicators import chance
from hubdata.indicators.network import MINIMUM_EXPECTED
from hubdata.indicators.rows import Mixing

MEMBER = ("member", "tenant")
"""The values of `membership` that make an organisation a member of the hub."""

_SINGULAR = {"themes": "theme", "sdgs": "sdg", "countries": "country"}

Dimension = Literal["sector", "theme"]
Measure = Literal["organisations", "jobs"]


class Mix(TypedDict):
    """How many organisations and jobs have one value of a column, which is under the column's name (see `mix`)."""

    sector: NotRequired[str]
    type: NotRequired[str]
    city: NotRequired[str]
    country: NotRequired[str]
    membership: NotRequired[str]
    theme: NotRequired[str]
    sdg: NotRequired[int]
    organisations: int
    share: float
    """Of all organisations, 0-1."""
    jobs: float | None
    """Fte, where known; None when known of none."""
    jobs_share: float | None
    """Of all known jobs, 0-1."""
    jobs_unknown: int
    """Organisations whose fte is not known."""
    location_quotient: NotRequired[float | None]
    """Of sectors and themes, in the answer of `sectors`."""


class Theme(Mix):
    """`Mix` of one theme, and how much of the cooperation stays within it (see `themes`)."""

    ties: int
    ties_within_share: float | None
    """Of all ties, 0-1; None without ties."""


class ThemeMixing(Mixing):
    """Ties between two themes, or within one, against chance (see `theme_mixing`)."""

    theme_a: str
    theme_b: str


class LocationQuotient(TypedDict):
    """One sector or theme here and in the reference (see `location_quotient`)."""

    dimension: Dimension
    code: str
    organisations: int
    jobs: float | None
    jobs_unknown: int
    measure: Measure
    """The same for all codes of a dimension."""
    known_organisations: int
    """Those of which the sector or theme is known, and by jobs also the fte."""
    share: float | None
    """Here, of the known ones, 0-1, by `measure`; None without any."""
    reference_share: float | None
    """0-1; None, like the two below, when the reference does not have the code."""
    year: int | None
    source: str | None
    location_quotient: float | None
    """1 = as in the reference; None when it cannot be said or rests on too few organisations."""


class SectorMembers(TypedDict):
    """The members of one sector (see `members`)."""

    sector: str
    organisations: int
    share: float
    """Of all organisations, 0-1."""
    members: int | None
    """None when membership is known of no organisation at all."""
    members_share: float | None
    """Of all members, 0-1."""


class Members(TypedDict):
    """The members of the hub beside the whole ecosystem (see `members`)."""

    members: int | None
    """None when membership is known of no organisation at all."""
    membership_unknown: int
    sectors: list[SectorMembers]


class Sectors(TypedDict):
    """Every figure about the mix of organisations (see `sectors`)."""

    organisations: int
    jobs: float | None
    """Fte, where known; None when known of none."""
    jobs_unknown: int
    sectors: list[Mix]
    """As all lists here the most frequent first."""
    themes: list[Theme]
    effective_sectors: float | None
    simpson_diversity: float | None
    location_quotient: list[LocationQuotient]
    types: list[Mix]
    cities: list[Mix]
    countries: list[Mix]
    sdgs: list[Mix]
    members: Members


def _membership(organisations: pd.DataFrame, by: str) -> pd.DataFrame:
    """One row per organisation and code of column `by`: organisation_id, the code, fte. Unknown codes are left out."""
    rows = organisations[["organisation_id", "fte", by]].dropna(subset=[by]).astype({"fte": float})
    if by in _SINGULAR:
        rows = rows.explode(by).dropna(subset=[by]).drop_duplicates(["organisation_id", by])
    return rows


def _known(number: float) -> float | None:
    return None if math.isnan(number) else float(number)


def _ratio(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None


def jobs(organisations: pd.DataFrame) -> float | None:
    """Jobs in full-time equivalents: the sum of `fte` over the organisations where it is known.

    `organisations`: one row per active organisation, column `fte`. Range: >= 0. None when `fte` is known of none.
    Not the jobs of the region: organisations of which `fte` is unknown are missing, and say how many.

    >>> jobs(pd.DataFrame({"fte": [3.0, 4.5, None]}))
    7.5
    >>> jobs(pd.DataFrame({"fte": [None, None]})) is None
    True
    """
    return _known(organisations["fte"].astype(float).sum(min_count=1))


def mix(organisations: pd.DataFrame, by: str) -> list[Mix]:
    """How many organisations and jobs there are per value of one column, the most frequent first.

    `organisations`: one row per active organisation, columns `organisation_id`, `fte` and `by`, which is one of
    `sector`, `type`, `city`, `country`, `membership`, or a list: `themes`, `sdgs`, `countries`.

    One dictionary per value that occurs: the value under the singular name of the column, `organisations` (count),
    `share` (of all organisations, 0-1), `jobs` (sum of known fte, None when none is known), `jobs_share` (of all known
    jobs, 0-1, None when jobs are unknown or add up to 0) and `jobs_unknown` (organisations whose fte is unknown).

    Raises KeyError when the column does not exist. Most likely misreading: that shares sum to 1. They do for `sector`;
    for a column that is not always known they sum to less, for lists they may sum to more.

    >>> organisations = pd.DataFrame(
    ...     {"organisation_id": ["a", "b"], "fte": [2.0, None], "themes": [["water", "peace"], ["peace"]]}
    ... )
    >>> [(row["theme"], row["organisations"], row["share"], row["jobs"]) for row in mix(organisations, "themes")]
    [('peace', 2, 1.0, 2.0), ('water', 1, 0.5, 2.0)]
    """
    total_jobs = jobs(organisations)
    fte = _membership(organisations, by).groupby(by)["fte"]
    per_code = pd.DataFrame({"count": fte.size(), "known": fte.count(), "jobs": fte.sum(min_count=1)})
    rows: list[Any] = [  # `Mix`, whose first key has a name that is known here only
        {
            _SINGULAR.get(by, by): code,
            "organisations": count,
            "share": count / len(organisations),
            "jobs": _known(job_sum),
            "jobs_share": _ratio(_known(job_sum), total_jobs),
            "jobs_unknown": count - known_count,
        }
        for code, count, known_count, job_sum in zip(
            per_code.index.tolist(), *(per_code[name].tolist() for name in per_code), strict=True
        )
    ]
    return sorted(rows, key=lambda row: -row["organisations"])


def effective_sectors(organisations: pd.DataFrame) -> float | None:
    """As if the organisations were spread over this many equally large sectors: exp(-sum of p ln p).

    `organisations`: one row per active organisation, column `sector`; p is the share of organisations per sector.
    Range: 1 (all in one sector) to the number of sectors that occur. None without organisations.

    Not the number of sectors: a tenth sector with one organisation in it hardly raises it.
    Source: Jost, "Entropy and diversity", Oikos 2006 (Hill number of order 1).

    >>> round(effective_sectors(pd.DataFrame({"sector": ["ngo", "business", "knowledge"]})), 6)
    3.0
    """
    if organisations.empty:
        return None
    shares = organisations["sector"].value_counts(normalize=True)
    return math.exp(-math.fsum(p * math.log(p) for p in shares))


def effective_themes(organisations: pd.DataFrame) -> float | None:
    """As if the themes that organisations named were this many, all named equally often: as `effective_sectors`.

    `organisations`: one row per active organisation, columns `organisation_id`, `themes`; p is the share of all
    mentions of a theme. None when no theme is known.
    Misreading: where organisations list more themes each, it is higher.

    >>> organisations = pd.DataFrame({"organisation_id": ["a", "b"], "themes": [["water", "peace"], None]})
    >>> round(effective_themes(organisations), 6)
    2.0
    """
    named = _membership(organisations.assign(fte=math.nan), "themes")
    return effective_sectors(pd.DataFrame({"sector": named["themes"]}))


def simpson_diversity(organisations: pd.DataFrame) -> float | None:
    """The chance that two organisations, drawn with replacement, differ in sector: 1 - sum of p squared.

    `organisations`: one row per active organisation, column `sector`; p is the share of organisations per sector.
    Range: 0 (one sector) to 1 - 1/k with k sectors. None without organisations.

    It cannot reach 1, and with few sectors stays well below it. Source: Simpson, "Measurement of diversity", Nature
    1949.

    >>> simpson_diversity(pd.DataFrame({"sector": ["ngo", "ngo", "business", "business"]}))
    0.5
    """
    if organisations.empty:
        return None
    shares = organisations["sector"].value_counts(normalize=True)
    return 1 - math.fsum(p * p for p in shares)


def themes(organisations: pd.DataFrame, ties: pd.DataFrame) -> list[Theme]:
    """Per theme: organisations, jobs, and how much of the cooperation stays within it. The largest theme first.

    `organisations`: one row per active organisation, columns `organisation_id`, `fte`, `themes`.
    `ties`: one row per tie, columns `organisation_a`, `organisation_b`.

    The dictionaries of `mix`, and `ties` (both ends have the theme) and `ties_within_share` (of all ties, 0-1, None
    without ties). A theme that most organisations have contains most ties by chance alone: compare with `share`. The
    two may have other themes in common as well, so these shares may sum to more than 1.

    >>> organisations = pd.DataFrame(
    ...     {"organisation_id": ["a", "b", "c"], "fte": None, "themes": [["water"], ["water", "peace"], ["peace"]]}
    ... )
    >>> ties = pd.DataFrame({"organisation_a": ["a", "a"], "organisation_b": ["b", "c"]})
    >>> [(row["theme"], row["ties"], row["ties_within_share"]) for row in themes(organisations, ties)]
    [('peace', 0, 0.0), ('water', 1, 0.5)]
    """
    having = _membership(organisations, "themes")[["organisation_id", "themes"]]
    within = (
        ties[["organisation_a", "organisation_b"]]
        .merge(having, left_on="organisation_a", right_on="organisation_id")
        .merge(having, left_on=["organisation_b", "themes"], right_on=["organisation_id", "themes"])
        .groupby("themes")
        .size()
    )
    return [
        {
            **row,
            "ties": int(within.get(row["theme"], 0)),
            "ties_within_share": _ratio(int(within.get(row["theme"], 0)), len(ties)),
        }
        for row in mix(organisations, "themes")
    ]


def theme_mixing(organisations: pd.DataFrame, ties: pd.DataFrame) -> list[ThemeMixing]:
    """Ties within and between themes against chance: one dictionary per unordered pair of themes, in order of code.

    `organisations`: one row per active organisation, columns `organisation_id`, `themes`. `ties`: one row per tie,
    columns `organisation_a`, `organisation_b`.

    `theme_a`, `theme_b` (the same for within a theme); `ties`: those of which one end has theme a and the other theme
    b; `pairs`: pairs of two different organisations of which that holds; `density` = ties / pairs, `expected` = all
    ties x pairs / (n (n - 1) / 2), `ratio` = ties / expected. All are of the n organisations with known themes and the
    ties between them: of the others it is not known that they do not have a theme. As `mixing` of the network, but an
    organisation may have several themes: a tie then counts at several pairs of themes, at each of them once.
    `density`, `expected` and `ratio` are None without pairs, `ratio` also without ties. `p_adjusted`: see
    `chance.cells`, shuffling organisations with all their themes; None where fewer than 5 ties are expected.
    Most likely misreading: that the rows add up to all ties. And what two themes share of organisations brings them
    together by itself: the ties within an organisation's own two themes count between those as well.

    >>> organisations = pd.DataFrame(
    ...     {"organisation_id": list("abc"), "themes": [["water"], ["water", "peace"], ["peace"]]}
    ... )
    >>> ties = pd.DataFrame({"organisation_a": ["a"], "organisation_b": ["b"]})
    >>> [(row["theme_a"], row["theme_b"], row["ties"], row["pairs"]) for row in theme_mixing(organisations, ties)]
    [('peace', 'peace', 0, 1), ('peace', 'water', 1, 3), ('water', 'water', 1, 1)]
    """
    having = _membership(organisations.assign(fte=math.nan), "themes")[["organisation_id", "themes"]]
    organisations = organisations[organisations["organisation_id"].isin(having["organisation_id"])]
    ties = ties[ties[["organisation_a", "organisation_b"]].isin(set(having["organisation_id"])).all(axis=1)]
    names = sorted(having["themes"].unique())
    rows = pd.crosstab(having["organisation_id"], having["themes"]).reindex(
        index=organisations["organisation_id"], columns=names, fill_value=0
    )
    has = rows.to_numpy(dtype="int64")
    place = pd.Series(range(len(rows)), index=rows.index)
    a, b = (has[place[ties[end]].to_numpy(dtype="int64")] for end in ("organisation_a", "organisation_b"))
    ordered, counts = a.T @ b, has.T @ has
    n = len(organisations)
    mixing_rows: list[ThemeMixing] = []
    squared: list[float] = []
    for i, j in itertools.combinations_with_replacement(range(len(names)), 2):
        # Ties are counted from both ends; those that fit both ways round are taken off once.
        both_ways = int((a[:, i] * a[:, j] * b[:, i] * b[:, j]).sum())
        tied = int(ordered[i, j] + ordered[j, i]) - both_ways if i != j else int(ordered[i, i])
        shared = int(counts[i, j])
        pairs = int(counts[i, i] * counts[j, j]) - shared - math.comb(shared, 2)
        expected = len(ties) * pairs / math.comb(n, 2) if pairs else None
        mixing_rows.append(
            {
                "theme_a": names[i],
                "theme_b": names[j],
                "ties": tied,
                "pairs": pairs,
                "density": _ratio(tied, pairs),
                "expected": expected,
                "ratio": _ratio(tied, expected),
                "p_adjusted": None,
            }
        )
        only_a, only_b = int(counts[i, i]) - shared, int(counts[j, j]) - shared
        of_both = only_a + only_b + shared - 1
        squared.append(only_a * (only_b + shared) ** 2 + only_b * (only_a + shared) ** 2 + shared * of_both**2)
    ends = np.concatenate([place[ties[end]].to_numpy(dtype="int64") for end in ("organisation_a", "organisation_b")])
    degrees = np.bincount(ends, minlength=n).astype(float)
    p_values = chance.cells(
        [row["ties"] for row in mixing_rows],
        [row["pairs"] for row in mixing_rows],
        squared,
        degrees,
        MINIMUM_EXPECTED,
    )
    for row, p in zip(mixing_rows, p_values, strict=True):
        row["p_adjusted"] = p
    return mixing_rows


def location_quotient(
    organisations: pd.DataFrame, reference: pd.DataFrame, dimension: Dimension, minimum_organisations: int = 5
) -> list[LocationQuotient]:
    """How much larger each sector or theme is here than in the reference: share here / share in the reference.

    `organisations`: one row per active organisation, columns `organisation_id`, `fte`, `sector`, `themes`.
    `reference`: one row per dimension, code, measure and year, columns `dimension`, `code`, `measure`, `share`, `year`,
    `source`; of several years the latest is used. `dimension`: `sector` or `theme`.

    One dictionary per code that occurs here or in the reference, most organisations first: `dimension`, `code`,
    `organisations`, `jobs`, `jobs_unknown`, `measure`, `share` (here), `reference_share`, `year`, `source` and
    `location_quotient` (>= 0; 1 = as in the reference, 2 = twice its share).
    `known_organisations`: of how many the sector or theme, and by jobs also the fte, is known; `share` is of these,
    since an organisation of which the themes are not known may have this one.
    All codes of a dimension are measured alike: by jobs when the reference has jobs of as many codes as it has
    organisations of, and jobs are known of at least `minimum_organisations`; else by organisations.

    `location_quotient` is None when the reference does not have the code or has it at 0, or when it would rest on fewer
    than `minimum_organisations` organisations (by jobs: organisations of which they are known). Most likely misreading:
    that 2 is large. It says nothing about size, which is why the number of organisations and jobs stands beside it.
    Source: Isserman, "The location quotient approach to estimating regional economic impacts", Journal of the American
    Institute of Planners 1977.

    >>> organisations = pd.DataFrame(
    ...     {"organisation_id": list("abcd"), "fte": None, "sector": ["ngo", "ngo", "ngo", "business"]}
    ... )
    >>> reference = pd.DataFrame(
    ...     {"dimension": "sector", "code": ["ngo"], "measure": "organisations", "share": 0.25, "year": 2020,
    ...      "source": "x"}
    ... )
    >>> [(row["code"], row["location_quotient"]) for row in location_quotient(organisations, reference, "sector", 3)]
    [('ngo', 3.0), ('business', None)]
    """
    column = {"theme": "themes"}.get(dimension, dimension)
    per_code = {row[dimension]: row for row in mix(organisations, column)}
    latest = {
        (row.code, row.measure): row
        for row in reference[reference["dimension"] == dimension]
        .sort_values("year", na_position="first", kind="stable")
        .itertuples()
    }
    having = _membership(organisations, column)
    with_jobs = having.dropna(subset=["fte"])
    measure = _measure(
        [measure for _, measure in latest], with_jobs["organisation_id"].nunique(), minimum_organisations
    )
    counted = with_jobs if measure == "jobs" else having.assign(fte=1.0)
    whole = float(counted.drop_duplicates("organisation_id")["fte"].sum())
    sums = counted.groupby(column)["fte"].agg(["size", "sum"]).to_dict("index")
    nobody: Mix = {"organisations": 0, "share": 0.0, "jobs": None, "jobs_share": None, "jobs_unknown": 0}
    rows: list[LocationQuotient] = []
    for code in [*per_code, *sorted({code for code, _ in latest} - set(per_code))]:
        here, mine = per_code.get(code, nobody), sums.get(code, {"size": 0, "sum": 0.0})
        reference_row = latest.get((code, measure))
        share = _ratio(float(mine["sum"]), whole)
        is_enough = mine["size"] >= minimum_organisations
        rows.append(
            {
                "dimension": dimension,
                "code": code,
                "organisations": here["organisations"],
                "jobs": here["jobs"],
                "jobs_unknown": here["jobs_unknown"],
                "measure": measure,
                "known_organisations": int(counted["organisation_id"].nunique()),
                "share": share,
                "reference_share": float(reference_row.share) if reference_row else None,
                "year": int(reference_row.year) if reference_row and not pd.isna(reference_row.year) else None,
                "source": reference_row.source if reference_row else None,
                "location_quotient": _ratio(share, float(reference_row.share)) if reference_row and is_enough else None,
            }
        )
    return rows


def _measure(in_reference: list[str], jobs_known: int, minimum_organisations: int) -> Measure:
    """By what all codes of a dimension are measured; `in_reference`: the measure of each of its shares there."""
    jobs_count, organisation_count = in_reference.count("jobs"), in_reference.count("organisations")
    if not organisation_count:
        return "jobs" if jobs_count else "organisations"
    return "jobs" if jobs_count >= organisation_count and jobs_known >= minimum_organisations else "organisations"


def members(organisations: pd.DataFrame) -> Members:
    """The members of the hub beside the whole ecosystem, per sector.

    `organisations`: one row per active organisation, columns `organisation_id`, `sector`, `membership`, `fte`.
    Members and tenants both count as members.

    `members` (count), `membership_unknown` (organisations of which it is not known) and `sectors`: per sector that
    occurs, `sector`, `organisations`, `share` (of all organisations), `members` and `members_share` (of all members).
    An organisation whose membership is unknown is not counted as a member. When it is known of none at all, `members`
    and `members_share` are None. `members_share` is the mix of the members, not the part of a sector that is a member.

    >>> organisations = pd.DataFrame(
    ...     {"organisation_id": ["a", "b"], "sector": ["ngo", "business"], "membership": ["tenant", "none"],
    ...      "fte": None}
    ... )
    >>> [(row["sector"], row["members"], row["members_share"]) for row in members(organisations)["sectors"]]
    [('business', 0, 0.0), ('ngo', 1, 1.0)]
    """
    is_known = bool(organisations["membership"].notna().any())
    inside = organisations[organisations["membership"].isin(MEMBER)]
    counts = inside["sector"].value_counts()
    rows: list[SectorMembers] = []
    for row in mix(organisations, "sector"):
        count = int(counts.get(row["sector"], 0)) if is_known else None
        rows.append(
            {
                "sector": row["sector"],
                "organisations": row["organisations"],
                "share": row["share"],
                "members": count,
                "members_share": _ratio(count, len(inside)),
            }
        )
    return {
        "members": len(inside) if is_known else None,
        "membership_unknown": int(organisations["membership"].isna().sum()),
        "sectors": rows,
    }


def sectors(
    organisations: pd.DataFrame, ties: pd.DataFrame, reference: pd.DataFrame, minimum_organisations: int = 5
) -> Sectors:
    """Every figure about the mix of organisations, by its name.

    `organisations`: one row per active organisation, all columns of the view. `ties`: one row per tie.
    `reference`: one row per dimension, code, measure and year.

    `organisations`, `jobs`, `jobs_unknown`, `sectors` (per sector, see `mix`, with its `location_quotient`), `themes`
    (see `themes`, with its `location_quotient`), `effective_sectors`, `simpson_diversity`, `location_quotient` (see
    there, sectors before themes), `types`, `cities`, `countries`, `sdgs` (see `mix`) and `members` (see `members`).

    >>> organisations = pd.DataFrame(
    ...     {"organisation_id": ["a", "b"], "sector": "ngo", "type": None, "city": "Den Haag", "membership": None,
    ...      "fte": [1.0, 2.0], "themes": None, "sdgs": None, "countries": None}
    ... )
    >>> ties = pd.DataFrame({"organisation_a": ["a"], "organisation_b": ["b"]})
    >>> reference = pd.DataFrame(columns=["dimension", "code", "measure", "share", "year", "source"])
    >>> figures = sectors(organisations, ties, reference)
    >>> figures["effective_sectors"], figures["jobs"], figures["themes"], figures["members"]["members"]
    (1.0, 3.0, [], None)
    """
    dimensions: tuple[Dimension, ...] = ("sector", "theme")
    quotients = [
        row
        for dimension in dimensions
        for row in location_quotient(organisations, reference, dimension, minimum_organisations)
    ]
    quotient_of = {(row["dimension"], row["code"]): row["location_quotient"] for row in quotients}
    return {
        "organisations": len(organisations),
        "jobs": jobs(organisations),
        "jobs_unknown": int(organisations["fte"].isna().sum()),
        "sectors": [
            {**row, "location_quotient": quotient_of["sector", row["sector"]]} for row in mix(organisations, "sector")
        ],
        "themes": [
            {**row, "location_quotient": quotient_of["theme", row["theme"]]} for row in themes(organisations, ties)
        ],
        "effective_sectors": effective_sectors(organisations),
        "simpson_diversity": simpson_diversity(organisations),
        "location_quotient": quotients,
        "types": mix(organisations, "type"),
        "cities": mix(organisations, "city"),
        "countries": mix(organisations, "countries"),
        "sdgs": mix(organisations, "sdgs"),
        "members": members(organisations),
    }
