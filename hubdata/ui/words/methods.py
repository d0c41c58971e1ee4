"""The sentences and tables of the page `methods`."""

from typing import TypedDict

from hubdata import texts
from hubdata.indicators.coverage import Coverage
from hubdata.ui.language import _
from hubdata.ui.session import has_amounts


class CoverageRow(TypedDict):
    """Of what, how many are known of how many."""

    what: str
    known: int
    of: int | None
    share: float | None


def coverage_rows(found: Coverage) -> list[CoverageRow]:
    """Coverage as a table: what is known, for how many, of how many."""
    everyone = found["organisations"]
    money = [
        (_("Income in {year}", year=found["income_year"] or texts.NOT_KNOWN), found["income_known"], everyone),
        (_("Income in any year"), found["income_ever_known"], everyone),
        (_("Reserves"), found["reserves_known"], everyone),
    ]
    counted = [
        (_("Organisations, out of those expected"), everyone, found["expected_organisations"]),
        (_("Jobs (fte)"), found["jobs_known"], everyone),
        *(money if has_amounts() else []),
        (_("Themes"), found["themes_known"], everyone),
        (_("Development goals"), found["sdgs_known"], everyone),
        (_("Countries where they work"), found["countries_known"], everyone),
        (_("Membership"), found["membership_known"], everyone),
        (_("Digital maturity"), found["digital_maturity_known"], everyone),
        (_("Needs"), found["needs_known"], everyone),
        (_("Offers"), found["offers_known"], everyone),
        (_("Events with attendance"), found["attendance_known"], found["events"]),
    ]
    return [
        {"what": what, "known": known, "of": of, "share": known / of if of else None} for what, known, of in counted
    ]
