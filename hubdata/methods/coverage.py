"""Figures about how much is known, in words for their readers."""

from functools import partial

from hubdata.methods.explanation import Explanation
from hubdata.texts import N_

_explained = partial(Explanation, table="coverage")

EXPLANATIONS: dict[str, Explanation] = {
    "coverage": _explained(
        N_("Coverage"),
        N_("How much of the ecosystem is in the data: organisations of those expected, jobs and income known."),
        N_(
            "A figure is marked when the missing data could change its conclusion. The data goes up to the newest day "
            "on which something began or was observed; one row that lies more than a year after all others is not "
            "counted for it, since its year may be mistyped."
        ),
        also=(
            "expected_share",
            "expected_organisations",
            "active_organisations",
            "jobs_known",
            "income_known",
            "income_ever_known",
            "attendance_known",
            "themes_known",
            "sdgs_known",
            "countries_known",
            "type_known",
            "city_known",
            "membership_known",
            "digital_maturity_known",
            "needs_known",
            "offers_known",
            "reserves_known",
        ),
    ),
}
