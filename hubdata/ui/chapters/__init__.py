"""What reports say: the sentences, figures and tables of the pages, in chapters, as plain content.

Everything is asked with `session.ask`, so a report holds what its reader's pages show and no more: a figure is left out
when none of the pages that have it is theirs. Nothing here draws; `reports` writes the content as a file.
"""

import datetime

from hubdata import access, questions, store
from hubdata.reports import content
from hubdata.store import View
from hubdata.ui import session
from hubdata.ui.chapters.activities import activities_chapter
from hubdata.ui.chapters.following import next_chapter
from hubdata.ui.chapters.method import coverage, definitions, method_chapter
from hubdata.ui.chapters.results import results_chapter
from hubdata.ui.chapters.targets import targets_chapter
from hubdata.ui.hub_settings import home, settings
from hubdata.ui.language import _, current_language, date, join, label, moment
from hubdata.ui.parts import attribution
from hubdata.ui.session import Reader, ask, snapshot

CHAPTERS = {
    "targets": targets_chapter,
    "results": results_chapter,
    "activities": activities_chapter,
    "next": next_chapter,
    "method": method_chapter,
}
"""The chapters of a report, in order, by the name that the command knows."""


def report(*names: str) -> content.Report:
    """A report of the reader's view; with `names` of no more than those chapters. `KeyError` for one that is none."""
    chapters = tuple(CHAPTERS[name]() for name in names or CHAPTERS)
    return framed(_("{hub}: where it stands", hub=settings().name), chapters)


def framed(title: str, chapters: tuple[content.Chapter, ...], subtitle: str = "") -> content.Report:
    """Chapters with all that stands around them: the hub, the day, the view, the load, what is known, definitions."""
    manifest = snapshot().manifest
    return content.Report(
        title=title,
        subtitle=subtitle or _("On {day}", day=date(session.view().as_of)),
        hub=settings().name,
        as_of=session.view().as_of,
        language=current_language(),
        loaded=_("The data was loaded on {moment}.", moment=moment(manifest.loaded_at)),
        view=view_in_words(),
        chapters=chapters,
        definitions=definitions(figure.method for chapter in chapters for figure in chapter.figures if figure.method),
        coverage=coverage(),
        attribution=attribution(),
    )


def view_in_words() -> str:
    """Which part of the data is shown; "" when it is all."""
    chosen = [*map(label, session.view().sectors), *map(label, session.view().themes)]
    scope = snapshot().scope
    chosen += [label(code) for code in (*scope.sectors, *scope.themes) if label(code) not in chosen]
    phrases = [_("It shows only: {part}.", part=join(chosen))] if chosen else []
    if not session.view().with_convenor:
        phrases.append(_("Convenors are not counted."))
    return " ".join(phrases)


def manager_reader(as_of: datetime.date | None, language: str) -> Reader:
    """Whoever gives a command on this machine, at the data on show. Raises `StoreProblem` when nothing is loaded."""
    current = store.current_snapshot_id(home())
    if current is None:
        raise store.StoreProblem("nothing is loaded yet: run `python -m hubdata load data/sample`")
    grant = access.authorise(home(), access.Principal("manager", access.THIS_MACHINE))
    newest = as_of or session.opened(home(), current, store.EVERYTHING).newest_date(questions.today())
    view = View(newest, window_days=settings().window_days, plenary_size=settings().plenary_size)
    return Reader(grant, current, view, language)


def link_reader(grant: access.Grant) -> Reader | None:
    """Whoever has a link, at the newest day of what it covers; None when it covers nothing."""
    if grant.scope is None or grant.kind != "viewer":
        return None
    shown = grant.snapshot or store.current_snapshot_id(home())
    if shown is None:
        return None
    newest = session.opened(home(), shown, grant.scope).newest_date(questions.today())
    view = View(newest, window_days=settings().window_days, plenary_size=settings().plenary_size)
    return Reader(grant, shown, view, grant.language or settings().languages[0])


def is_empty() -> bool:
    """Whether there is nothing to report on: no organisation in view."""
    return not ask(questions.answer_network, "organisations")["organisations"]
