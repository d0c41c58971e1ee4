"""A story as a report: a chapter per step, with the first figure that a report has of its page in its view."""

import re
from dataclasses import replace

from hubdata import questions
from hubdata.page_list import PAGES
from hubdata.reports import content
from hubdata.story import Step
from hubdata.ui import chapters, session
from hubdata.ui.chapters import one_page
from hubdata.ui.chapters.parts import figure, income_year
from hubdata.ui.hub_settings import settings
from hubdata.ui.language import _, n_, threshold
from hubdata.ui.parts import table_of
from hubdata.ui.session import ask
from hubdata.ui.story import gone_in_words, reader_of, steps, title_of, view_in_words
from hubdata.ui.words import stress as stress_words


def story() -> content.Report | None:
    """The reader's story; None when they have none."""
    told = steps()
    if not told:
        return None
    said = n_("A story of {n} step", "A story of {n} steps", len(told))
    made = tuple(_step(place, step) for place, step in enumerate(told, start=1))
    # A cover, the steps, and no more.
    return replace(chapters.framed(_("{hub}: a story", hub=settings().name), made, said), most_slides=len(told) + 2)


def _step(place: int, step: Step) -> content.Chapter:
    gone = gone_in_words(step)
    if gone:
        title, shown = _("Not to be shown"), content.Figure(step.id, "", (gone,), NOTHING, "", "", "")
    else:
        with session.working_for(reader_of(step)):
            title, shown = view_in_words(step), replace(_figure(step), as_of=session.view().as_of)
    told = replace(shown, key=step.id, finding=title_of(step))
    return content.Chapter(step.id, f"{place}. {title}", (), (told,))


NOTHING = content.Table((), ())


MAIN = {"network": "picture", "events": "followed", "changes": "movements"}
"""Page -> the figure of reports that says most of it; of the others the first."""


def _figure(step: Step) -> content.Figure:
    """What a step shows, of which reports have the most telling figure; else that it is shown in the dashboard."""
    made = {"organisation": _profile, "stress": _stress}.get(step.page, _of_reports)(step)
    if made:
        return made
    said = _("The dashboard shows this on the page {page}.", page=_(PAGES[step.page].title))
    return content.Figure(step.id, _(PAGES[step.page].title), (said,), NOTHING, "", "", "")


def _of_reports(step: Step) -> content.Figure | None:
    every = [one for make in chapters.CHAPTERS.values() for one in make().figures if one.is_brief]
    main = [one for one in every if one.key == MAIN.get(step.page)]
    drawn = [one for one in every if one.picture or one.points]
    return next(iter(main or drawn or every), None)


NUMBERS = ("year", "cut_", "less_")
"""What an address says in numbers; somebody may have typed something else."""


def _stress(step: Step) -> content.Figure | None:
    """Who is at risk when donors give less as the address says."""
    said = {
        name: value
        for name, value in step.view.items()
        if not name.startswith(NUMBERS) or re.fullmatch("[0-9]{1,4}", value)
    }
    year = int(said["year"]) if "year" in said else income_year()
    cuts = tuple(
        (donor, int(said.get(f"cut_{name.removeprefix('donor_')}", 100)) / 100)
        for name, donor in said.items()
        if name.startswith("donor_")
    )
    kinds = tuple((n.removeprefix("less_"), int(cut) / 100) for n, cut in said.items() if n.startswith("less_"))
    if year is None or not (cuts or kinds):
        return None
    answer = ask(questions.answer_stress, year, cuts, kinds)
    at_risk = [one for one in answer["organisations"] if one["is_active"] and one["at_risk"]]
    return figure(
        "at_risk",
        title=_("Who is at risk"),
        sentences=[stress_words.outcome_sentence(answer, threshold(settings().risk_threshold))],
        rows=table_of(sorted(at_risk, key=lambda one: -(one["loss_share"] or 0)), "sector"),
        columns=["name", "loss_share", "loss", "jobs_exposed", "ties", "sector_label"],
        basis=n_(
            "{n} organisation with known income", "{n} organisations with known income", len(answer["organisations"])
        ),
        source="funding.csv",
        method="stress",
    )


def _profile(step: Step) -> content.Figure | None:
    """The partners of one organisation."""
    meant = [step.view[name] for name in ("id", "beside") if name in step.view]
    page = one_page.about(*meant) if meant else None
    block = next((block for block in page.blocks if block.table), None) if page else None
    if page is None or block is None or block.table is None:
        return None
    basis = n_("{n} organisation", "{n} organisations", len(meant))
    title = f"{page.title}: {block.title}"
    return content.Figure(
        step.id, title, block.sentences, block.table, basis, "organisations.csv, partnerships.csv", ""
    )
