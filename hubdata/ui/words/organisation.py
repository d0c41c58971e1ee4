"""The sentences and tables of the page `organisation`."""

from collections.abc import Callable, Mapping

from hubdata import questions
from hubdata.ui.session import ask


def organisation(organisation_id: str) -> questions.Organisation:
    """One of the organisations in view (those of `questions.answer_names`)."""
    answer = ask(questions.answer_organisation, organisation_id)
    assert answer is not None
    return answer


def found_by(names: Mapping[str, str]) -> Callable[[str], str]:
    """What an organisation is called in a list that is searched: by its name and the other names it goes by."""
    others = ask(questions.answer_other_names)

    def called(organisation_id: str) -> str:
        also = others.get(organisation_id)
        return f"{names[organisation_id]} ({', '.join(also)})" if also else names[organisation_id]

    return called
