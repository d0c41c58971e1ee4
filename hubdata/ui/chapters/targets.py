"""What did we want? The targets, and how far each figure is."""

import pandas as pd

from hubdata import methods, questions
from hubdata.reports import content
from hubdata.ui.chapters.parts import chapter, figure, over_time
from hubdata.ui.columns import column
from hubdata.ui.language import _, n_, n_md
from hubdata.ui.parts import series, targets, trend_in_words
from hubdata.ui.session import ask, has_page
from hubdata.ui.words import changes as words


def targets_chapter() -> content.Chapter:
    """The targets, one figure each."""
    title = _("What did we want")
    if not has_page("changes"):
        return chapter("targets", title, ())
    roads = ask(questions.answer_target_progress)
    if not roads:
        return chapter("targets", title, [_("No targets are set.")])
    ahead = sum(len(road["road"]) for road in roads.values())
    said = n_md("There is {n} target.", "There are {n} targets.", ahead)
    return chapter("targets", title, [said], [_all(roads), *(_road(name, road) for name, road in roads.items())])


def _all(roads: dict[str, questions.Road]) -> content.Figure:
    """Every target in one table: the value aimed at and the latest one."""

    def value(indicator: str, number: float | None) -> content.Value | None:
        return None if number is None else content.Value(number, words.kind_of(indicator))

    rows = [
        {
            "what": words.name_of(methods.explained_by(indicator)),
            "date": aim["date"],
            "aim": value(indicator, aim["value"]),
            "now": value(indicator, words.value_reached(aim)),
            "note": aim["note"],
        }
        for indicator, road in roads.items()
        for aim in road["road"]
    ]
    reached = sum(words.is_reached(indicator, aim) for indicator, road in roads.items() for aim in road["road"])
    return figure(
        "targets",
        title=_("All targets"),
        sentences=[
            n_md("Of all targets {n} is reached.", "Of all targets {n} are reached.", reached),
            _("The value of a target that is past is the one that was known on its day."),
        ],
        rows=pd.DataFrame(rows),
        columns=[
            column("what", _("Figure"), "text"),
            "date",
            column("aim", _("Target"), "number"),
            column("now", _("Value"), "number"),
            column("note", _("Note"), "text"),
        ],
        basis=n_("{n} target", "{n} targets", len(rows)),
        source="targets.csv",
        method="pace",
        is_brief=True,
    )


def _road(indicator: str, road: questions.Road) -> content.Figure:
    """One figure with its targets."""
    method, kind = methods.explained_by(indicator), words.kind_of(indicator)
    title, history = words.name_of(method), road["history"]
    aims = targets(indicator)
    aimed = pd.DataFrame(aims["targets"][["date", "value"]]).assign(series=aims["target"])
    return figure(
        f"road_{indicator}",
        title=words.road_title(indicator, road),
        is_title_finding=True,
        sentences=[words.target_sentence(indicator, aim, history) for aim in road["road"]],
        picture=over_time(pd.concat([series(history, "value", title), aimed]), kind),
        alt=trend_in_words(title, history, "value", kind, per_year=words.is_of_a_year(indicator)),
        rows=history.iloc[::-1],  # the newest day first
        columns=["date", column("value", title, kind)],
        basis=_("nothing is forecast"),
        source="targets.csv, partnerships.csv, funding.csv",
        method=method,
        is_brief=False,
    )
