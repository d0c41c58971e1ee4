"""The lists and the columns of all tables, once: how each is headed, and how its cells are written.

A page names its columns: `columns=["name", "sector_label", "degree"]`. Where a page must head one otherwise, it says so
beside it: `columns=[ui.column("name", _("Partner")), "sector_label"]`. Downloads have the same headings.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from hubdata.methods import EXPLANATIONS
from hubdata.texts import N_
from hubdata.ui.language import _

LISTS = {
    "organisations": N_("organisations"),
    "events": N_("events"),
    "partnerships": N_("partnerships"),
    "attendance": N_("attendance"),
    "funding": N_("income"),
    "accounts": N_("yearly accounts"),
    "reference": N_("reference figures"),
    "targets": N_("targets"),
}
"""Every list as a reader calls it."""

Kind = Literal["text", "count", "number", "tenths", "share", "euro", "date", "year"]


class Column(NamedTuple):
    """A column of a table, with its heading in the reader's language."""

    name: str
    heading: str
    kind: Kind
    is_bar: bool = False
    """A share (0-1) that a page draws as a bar beside its number."""


FIGURES: dict[str, Kind] = {
    "base_rate": "share",
    "betweenness": "number",
    "constraint": "number",
    "cost_per_new_tie": "euro",
    "cross_sector_share": "share",
    "degree": "count",
    "density": "share",
    "donor_hhi": "number",
    "donors": "count",
    "effective_donors": "number",
    "effective_sectors": "number",
    "events": "count",
    "expected_new_ties": "number",
    "largest_component_share": "share",
    "lift": "number",
    "loss_share": "share",
    "mean_degree": "number",
    "median_degree": "number",
    "members": "count",
    "new_ties_after": "count",
    "organisations": "count",
    "public_share": "share",
    "reserve_months": "tenths",
    "accounted_share": "share",
    "reserve_months_left": "tenths",
    "structural_share": "share",
    "ties": "count",
    "top_donor_share": "share",
}
"""Figures that stand in a table under the name that their explanation has."""

COLUMNS: dict[str, tuple[str, Kind]] = {
    **{name: (EXPLANATIONS[name].name, kind) for name, kind in FIGURES.items()},
    # an organisation
    "name": (N_("Organisation"), "text"),
    "sector_label": (N_("Sector"), "text"),
    "type_label": (N_("Type"), "text"),
    "code_label": (N_("Sector or theme"), "text"),
    "theme_label": (N_("Theme"), "text"),
    "kind": (N_("Kind"), "text"),
    "kind_label": (N_("Kind"), "text"),
    "label": (N_("Kind"), "text"),
    "joined_on": (N_("Joined on"), "date"),
    "missing": (N_("Missing facts"), "count"),
    "jobs": (N_("Jobs (fte)"), "count"),
    "jobs_share": (N_("Share of jobs"), "share"),
    "jobs_unknown": (N_("Jobs unknown"), "count"),
    "members_share": (N_("Share of the members"), "share"),
    "needed": (N_("Need it"), "count"),
    "offered": (N_("Offer it"), "count"),
    # a group beside others
    "share": (N_("Share"), "share"),
    "reference_share": (N_("Share in the reference"), "share"),
    "location_quotient": (N_("Times as common"), "number"),
    "effective_themes": (N_("Effective number of themes"), "number"),
    "known": (N_("Known for"), "count"),
    "of": (N_("Out of"), "count"),
    "p_adjusted": (N_("Chance of such a difference"), "number"),
    # a tie
    "name_a": (N_("Organisation"), "text"),
    "name_b": (N_("Partner"), "text"),
    "sector_a_label": (N_("Sector"), "text"),
    "sector_b_label": (N_("Sector of the partner"), "text"),
    "theme_a_label": (N_("Theme"), "text"),
    "theme_b_label": (N_("Other theme"), "text"),
    "is_cross_sector": (N_("Across sectors"), "text"),
    "is_structural": (N_("Structural"), "text"),
    "partnership_count": (N_("Partnerships"), "count"),
    "started_on": (N_("Since"), "date"),
    "ends_on": (N_("Agreement ends"), "date"),
    "last_sign_date": (N_("Last contact"), "date"),
    "days_silent": (N_("Days silent"), "count"),
    "strength": (N_("Strength"), "number"),
    "together": (N_("What they had together"), "text"),
    "pair": (N_("Who"), "text"),
    "noted": (N_("Noted"), "text"),
    "next_event_name": (N_("Next event where both are expected"), "text"),
    "next_event_date": (N_("Day of that event"), "date"),
    # the network
    "cross_sector_degree": (N_("In other sectors"), "count"),
    "more_often_than": (N_("Between others more often than"), "share"),
    "circle": (N_("Partners know each other"), "text"),
    "cut_off": (N_("Organisations it would cut off"), "count"),
    "pairs": (N_("Possible pairs"), "count"),
    "expected": (N_("Expected by chance"), "number"),
    "ratio": (N_("Compared with chance"), "number"),
    "ties_within_share": (N_("Share of all ties"), "share"),
    "cross_sector_expected": (N_("Ties across sectors by chance"), "share"),
    "cross_sector_ratio": (N_("Ties across sectors, compared with chance"), "number"),
    "view": (N_("View"), "text"),
    "who": (N_("Who"), "text"),
    "connected_share": (N_("Pairs still connected"), "share"),
    "connected_share_before": (N_("The same pairs before"), "share"),
    # over time
    "date": (N_("Day"), "date"),
    "quarter": (N_("Quarter"), "text"),
    "formed": (N_("Formed"), "count"),
    "ended": (N_("Ended"), "count"),
    "group": (N_("Ties"), "text"),
    "spells": (N_("Number"), "count"),
    "years": (N_("Years"), "count"),
    "survival": (N_("Still there"), "share"),
    "low": (N_("At least"), "share"),
    "high": (N_("At most"), "share"),
    "at_risk": (N_("Followed so long"), "count"),
    # what changed
    "what": (N_("What"), "text"),
    "before": (N_("Before"), "euro"),
    "after": (N_("After"), "euro"),
    "difference": (N_("Difference"), "euro"),
    # income
    "year": (N_("Year"), "year"),
    "donor": (N_("Donor"), "text"),
    "category_label": (N_("Kind of income"), "text"),
    "amount_eur": (N_("Amount"), "euro"),
    "income": (N_("Known income"), "euro"),
    "total_income": (N_("Total income"), "euro"),
    "organisation_count": (N_("Organisations with income rows"), "count"),
    "top_donor": (N_("Largest donor"), "text"),
    "exposed_share": (N_("Exposed organisations"), "share"),
    "is_exposed": (N_("Exposed"), "text"),
    "other_share": (N_("Other income"), "share"),
    "change": (N_("Change, in points"), "share"),
    "up": (N_("Larger part"), "count"),
    "down": (N_("Smaller part"), "count"),
    "mean_change": (N_("Average change"), "share"),
    "median_change": (N_("Change of the one in the middle"), "share"),
    "own_share": (N_("Own income"), "share"),
    # what ends
    "grants": (N_("Grants"), "count"),
    "programme": (N_("Programme"), "text"),
    "other_donors": (N_("Other donors"), "count"),
    "without_other": (N_("Without another donor"), "count"),
    "bridges_exposed": (N_("Ties across sectors"), "count"),
    "agreement": (N_("Agreement"), "text"),
    "nothing_remains": (N_("Nothing else remains"), "text"),
    # what may lapse
    "chance": (N_("Chance to lapse within a year"), "share"),
    "stake": (N_("At stake"), "text"),
    "known_of": (N_("What is known"), "text"),
    "is_within": (N_("Within the band"), "text"),
    # what if a donor stops
    "loss": (N_("Loss"), "euro"),
    "jobs_exposed": (N_("Jobs (fte)"), "tenths"),
    "bridges": (N_("Ties across sectors"), "count"),
    "is_broker": (N_("Key organisation"), "text"),
    "is_marked": (N_("At risk in this test"), "text"),
    "minimum": (N_("Own income at least"), "share"),
    "period": (N_("Years"), "text"),
    "status": (N_("Status"), "text"),
    "source": (N_("Source"), "text"),
    "source_date": (N_("Dated"), "date"),
    # events
    "start_date": (N_("Day"), "date"),
    "format_label": (N_("Format"), "text"),
    "status_label": (N_("Status"), "text"),
    "venue": (N_("Place"), "text"),
    "attending_organisations": (N_("Organisations"), "count"),
    "encounters": (N_("Encounters"), "count"),
    "events_since": (N_("Events since then"), "count"),
    "formed_on": (N_("Formed on"), "date"),
    "days_after": (N_("Days after the event"), "count"),
    "pairs_without_tie": (N_("Pairs without a tie"), "count"),
    "new_ties": (N_("New ties after it"), "count"),
    "conversion": (N_("Share"), "share"),
    "lift_low": (N_("At least"), "number"),
    "lift_high": (N_("At most"), "number"),
    "cost": (N_("Cost"), "euro"),
    # introductions
    "place": (N_("Place"), "count"),
    "reasons": (N_("Why"), "text"),
    "score": (N_("Score"), "number"),
    "at": (N_("First pairs"), "count"),
    "introductions": (N_("This list"), "share"),
    "adamic_adar": (N_("Partners in common only"), "share"),
    "random": (N_("Drawn at random"), "share"),
    "chosen": (N_("Chosen"), "text"),
    "reach_gain": (N_("Pairs brought within reach"), "count"),
    "distance_gain": (N_("Steps shorter on average"), "number"),
    "closeness_gain": (N_("Nearer to each other"), "number"),
    # lists that are loaded, and links
    "file": (N_("File"), "text"),
    "row": (N_("Row"), "year"),
    "column": (N_("Column"), "text"),
    "message": (N_("What is wrong"), "text"),
    "remedy": (N_("What you can do"), "text"),
    "key": (N_("Row"), "text"),
    "old": (N_("Now"), "text"),
    "new": (N_("After loading"), "text"),
    "moment": (N_("Loaded on"), "text"),
    "way": (N_("How"), "text"),
    "by": (N_("By"), "text"),
    "rows": (N_("Rows"), "count"),
    "added": (N_("Added"), "count"),
    "changed": (N_("Changed"), "count"),
    "removed": (N_("Removed"), "count"),
    "id": (N_("Load number"), "text"),
    "required": (N_("Required"), "text"),
    "meaning": (N_("Meaning"), "text"),
    "example": (N_("Example"), "text"),
    "also": (N_("Other headings we know"), "text"),
    "made": (N_("Made on"), "date"),
    "why": (N_("Why"), "text"),
    "opened": (N_("Opened"), "count"),
}
"""Column -> (heading, kind). Where pages differ, it is what most of them say."""


def column(name: str, heading: str = "", kind: Kind | Literal[""] = "", *, is_bar: bool = False) -> Column:
    """A column with its heading and kind; what is given goes before what the table above says.

    Raises `KeyError` for a column that stands in no table and is not given both.
    """
    if heading and kind:
        return Column(name, heading, kind, is_bar)
    usual, usual_kind = COLUMNS[name]
    return Column(name, heading or _(usual), kind or usual_kind, is_bar)


def headed(columns: Sequence[str | Column]) -> list[Column]:
    """Columns as pages name them, each with its heading and kind."""
    return [listed if isinstance(listed, Column) else column(listed) for listed in columns]


def list_word(table: str) -> str:
    """What a reader calls a list."""
    return _(LISTS[table])
