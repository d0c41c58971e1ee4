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


def coverage_rows(coverage: Coverage) -> list[CoverageRow]:
    """Coverage as a table: what is known, for how many, of how many."""
    everyone = coverage["organisations"]
    money = [
        (_("Income in {year}", year=coverage["income_year"] or texts.NOT_KNOWN), coverage["income_known"], everyone),
        (_("Income in any year"), coverage["income_ever_known"], everyone),
        (_("Reserves"), coverage["reserves_known"], everyone),
    ]
    counted = [
        (_("Organisations, out of those expected"), everyone, coverage["expected_organisations"]),
        (_("Jobs (fte)"), coverage["jobs_known"], everyone),
        *(money if has_amounts() else []),
        (_("Themes"), coverage["themes_known"], everyone),
        (_("Development goals"), coverage["sdgs_known"], everyone),
        (_("Countries where they work"), coverage["countries_known"], everyone),
        (_("Membership"), coverage["membership_known"], everyone),
        (_("Digital maturity"), coverage["digital_maturity_known"], everyone),
        (_("Needs"), coverage["needs_known"], everyone),
        (_("Offers"), coverage["offers_known"], everyone),
        (_("Events with attendance"), coverage["attendance_known"], coverage["events"]),
    ]
    return [
        {"what": what, "known": known, "of": of, "share": known / of if of else None} for what, known, of in counted
    ]
