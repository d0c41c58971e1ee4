"""The sentences and tables of the page `organisation`."""

from hubdata import questions
from hubdata.ui.session import ask


def organisation(organisation_id: str) -> questions.Organisation:
    """One of the organisations in view (those of `questions.answer_names`)."""
    answer = ask(questions.answer_organisation, organisation_id)
    assert answer is not None
    return answer
