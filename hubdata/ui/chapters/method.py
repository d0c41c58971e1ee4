"""Method and limits: how much is known, what every figure means, and what the figures cannot say."""

from collections.abc import Iterable

from hubdata import questions, texts
from hubdata.methods import EXPLANATIONS, explained_by
from hubdata.reports import content
from hubdata.ui.chapters.parts import chapter, income_year, plain
from hubdata.ui.columns import headed
from hubdata.ui.income import one_donor, one_donor_sentence, unsettled_sentence, why_greyed
from hubdata.ui.language import _, date, n_md, number
from hubdata.ui.navigation import coverage_sentence
from hubdata.ui.parts import meaning
from hubdata.ui.session import ask, grant, has_amounts, has_income, view


def method_chapter() -> content.Chapter:
    """What the figures rest on and where they stop."""
    return chapter("method", _("Method and limits"), [coverage_sentence(), *limits()])


def limits() -> list[str]:
    """What a reader must know before believing the figures."""
    said: list[str] = []
    records, figures = ask(questions.answer_records), ask(questions.answer_network, "ties", "ties_only_from_large")
    newest = records["newest_partnership"]
    if newest and (view().as_of - newest).days > 90:
        said.append(
            _(
                "The last partnership in the data began on {day}. After that day we "
                "only see ties end, so a decline may "
                "be the end of the data.",
                day=date(newest),
            )
        )
    if not records["last_contact_known"]:
        said.append(_("The last contact is not filled in for any partnership, so we count from its start."))
    if figures["ties_only_from_large"]:
        said.append(
            n_md(
                "{n} of the {all} ties comes only from partnerships of more than ten organisations.",
                "{n} of the {all} ties come only from partnerships of more than ten organisations.",
                figures["ties_only_from_large"],
                all=number(figures["ties"]),
            )
        )
    if has_income():
        said += _limits_of_income()
    if not grant().names:
        said.append(_("Organisations, donors and events have no names here."))
    said.append(_("Who was at an event and who has a tie are facts; that the one led to the other is not shown by it."))
    return said


def _limits_of_income() -> list[str]:
    latest = income_year()
    year = next((year for year in ask(questions.answer_funding)["years"] if year["year"] == latest), None)
    if year is None:
        return []
    largest = one_donor(year)
    greyed = why_greyed(year["greyed"]) if year["greyed"] else None
    said = [greyed or (one_donor_sentence(year, largest) if largest else None), unsettled_sentence(year)]
    return [sentence for sentence in said if sentence]


def definitions(methods: Iterable[str]) -> tuple[content.Definition, ...]:
    """What figures mean, each once, in the order in which they come."""
    names = dict.fromkeys(explained_by(method) for method in methods)
    return tuple(
        content.Definition(_(EXPLANATIONS[name].name), plain(meaning(name)), EXPLANATIONS[name].source)
        for name in names
    )


def coverage() -> content.Table:
    """How many organisations and events each thing is known of."""
    known = ask(questions.answer_coverage)
    organisations, events = known["organisations"], known["events"]
    rows = [
        (_("Jobs"), known["jobs_known"], organisations),
        (_("Kind"), known["type_known"], organisations),
        (_("Themes"), known["themes_known"], organisations),
        (_("Place"), known["city_known"], organisations),
        (_("Membership"), known["membership_known"], organisations),
        (_("Needs"), known["needs_known"], organisations),
        (_("Offers"), known["offers_known"], organisations),
        (_("Who was at an event"), known["attendance_known"], events),
    ]
    if has_amounts():
        year = known["income_year"] or texts.NOT_KNOWN
        rows.insert(1, (_("Income in {year}", year=year), known["income_known"], organisations))
    columns = headed(["what", "known", "of"])
    return content.Table(tuple(content.Column(column.heading, column.kind) for column in columns), tuple(rows))
