"""A story: views of pages in an order, each with a sentence, to be presented and shared.

The manager's own is a JSON list of the home, kept whatever is loaded, and in every backup; a damaged one is said on its
page (see `notebook`). A shared link has a copy of its own (`sharing.Link.story`), so that what it covers never changes.
"""

import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hubdata import page_list, store

STORY = "story.json"
MOST_STEPS = 15
MOST_OF_A_SENTENCE = 200
"""How many characters the sentence of a step may have."""
PAGES = tuple(
    name for name, page in page_list.PAGES.items() if page.audience == "shared" and name not in ("story", "methods")
)
"""The pages that a step can show."""
OLDER = ("snapshot", "load")
"""What an address says of another load than the one on show: managers alone have those."""


@dataclass(frozen=True)
class Step:
    """A page as somebody looked at it, and what they say of it."""

    id: str
    page: str
    """Not always one of `PAGES`: it may be of another version of the dashboard."""
    view: dict[str, str]
    """What the address of the page said, but for its language."""
    sentence: str


class StoryProblem(ValueError):
    """A step that is not kept. `code`: empty, long, personal_data or full."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def steps(home: Path) -> tuple[Step, ...]:
    """The steps of the manager's story, in order. Raises `store.StoreProblem` when they are damaged."""
    return tuple(_step_of(row) for row in store.read_list(home, STORY, _step_of))


def _step_of(row: Any) -> Step:
    step = Step(**store.known_fields(Step, row))
    texts = (step.id, step.page, step.sentence, *step.view, *step.view.values())
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("a step is made of texts")
    return step


def pin_step(home: Path, page: str, view: dict[str, str], sentence: str) -> Step:
    """Put a step at the end. Raises `StoryProblem`, and `store.StoreProblem` when it cannot be written."""
    step = Step(secrets.token_hex(6), page, view, _checked(sentence))

    def add(rows: list[Any]) -> list[Any]:
        if len(rows) >= MOST_STEPS:
            raise StoryProblem("full")
        return [*rows, asdict(step)]

    store.change_list(home, STORY, _step_of, add)
    return step


def reword_step(home: Path, step_id: str, sentence: str) -> None:
    """Say something else of a step. Raises `StoryProblem`. No matter if the step is gone."""
    said = _checked(sentence)
    store.change_list(
        home,
        STORY,
        _step_of,
        lambda rows: [row | {"sentence": said} if row["id"] == step_id else row for row in rows],
    )


def remove_step(home: Path, step_id: str) -> None:
    """Take a step away. No matter if it is gone already."""
    store.change_list(home, STORY, _step_of, lambda rows: [row for row in rows if row["id"] != step_id])


def move_step(home: Path, step_id: str, by: int) -> None:
    """Move a step so many places down (or up, when below 0), as far as there are places."""

    def move(rows: list[Any]) -> list[Any]:
        place = next((nth for nth, row in enumerate(rows) if row["id"] == step_id), None)
        if place is None:
            return rows
        others = [row for row in rows if row["id"] != step_id]
        to = min(max(0, place + by), len(others))
        return [*others[:to], rows[place], *others[to:]]

    store.change_list(home, STORY, _step_of, move)


def _checked(sentence: str) -> str:
    """A sentence on one line. Raises `StoryProblem`."""
    said = " ".join(sentence.split())
    if not said:
        raise StoryProblem("empty")
    if len(said) > MOST_OF_A_SENTENCE:
        raise StoryProblem("long")
    from hubdata import ingest  # it takes what reads files, which a server that starts need not have

    if ingest.holds_personal_data(said):
        raise StoryProblem("personal_data")
    return said
