"""The story as its reader has it: the manager's own, or what a link has of it; pinning a view, and presenting one.

A step that is presented is the page itself, with its view in the address and `step` beside it; what stands around a
page is put away (`frame.css`), and the arrow keys press the buttons of the bar (`frame.js`).
"""

import datetime
from dataclasses import replace
from typing import Any

import streamlit as st

from hubdata import loading, questions, store, story
from hubdata.page_list import PAGES
from hubdata.store import View
from hubdata.story import Step
from hubdata.texts import N_
from hubdata.ui import session
from hubdata.ui.address import address
from hubdata.ui.hub_settings import home, settings
from hubdata.ui.language import _, current_language, date, join, label, literal, number, store_sentence
from hubdata.ui.session import ask, covers, grant, has_page, known_themes, may_change, only_manager, snapshot

NOT_PINNED = ("lang", "all", "step")
"""What an address may say beside the view."""
GONE = {
    "page": N_("The page of this step does not exist any more."),
    "load": N_("The load that this step shows is not kept any more."),
    "filter": N_("A sector or theme of this step is not in the data any more."),
    "empty": N_("There are no organisations any more in the view of this step."),
    "organisation": N_("The organisation of this step is not in the data of its day."),
    "event": N_("The event of this step is not in the data any more."),
    "year": N_("There is no income any more of the year of this step."),
    "donor": N_("A donor of this step is not in the data any more."),
    "choice": N_("What was chosen on the page of this step is not in the data any more."),
}
"""Why a step shows no more what it did, for the manager."""
PLAIN = frozenset(
    {"as_of", "sector", "theme", "convenor", "snapshot", "load", "tab", "more", "order", "show", "strength", "group"}
    | {"since", "at", "year", "since_year", "why", "convenors", "count", "which"}
)
"""What an address may say that names nothing of the data, or is looked up as a part of the view."""


def steps() -> tuple[Step, ...]:
    """The steps that the reader has, in order; none when they are damaged, which the page Story says."""
    link = grant().link
    if link:
        return link.story if has_page("story") else ()
    try:
        return story.steps(home()) if may_change() else ()
    except store.StoreProblem:
        return ()


# --- what a step shows ----------------------------------------------------------------------------------------------


def reader_of(step: Step) -> session.Reader:
    """Who sees the view of a step and nothing but its page. Raises `ValueError` for a view that is none."""
    whom, said = session.reader(), step.view
    older = said.get("snapshot", "")
    shown = older if older and may_change() else whom.snapshot_id
    assert whom.grant.scope
    newest = session.opened(home(), shown, whom.grant.scope).newest_date(questions.today())
    view = View(
        as_of=datetime.date.fromisoformat(said["as_of"]) if "as_of" in said else newest,
        sectors=_listed(said, "sector"),
        themes=_listed(said, "theme"),
        with_convenor=said.get("convenor") != "no",
        window_days=settings().window_days,
        plenary_size=settings().plenary_size,
    )
    # What a page shows to managers alone is no part of a step.
    only = replace(whom.grant, kind="viewer", pages=(step.page,))
    return replace(whom, grant=only, snapshot_id=shown, view=view)


def _listed(said: dict[str, str], name: str) -> tuple[str, ...]:
    return tuple(said[name].split("|")) if said.get(name) else ()


def gone(step: Step) -> str:
    """Which part of a step is not there for its reader, a key of `GONE`; "" when all of it is."""
    if step.page not in story.PAGES or not has_page(step.page):
        return "page"
    for name in story.OLDER:
        if name in step.view and not (may_change() and loading.is_kept(home(), step.view[name])):
            return "load"
    try:
        whom = reader_of(step)
    except ValueError:
        return "choice"
    with session.working_for(whom):
        return _gone_in_view(step.view)


def _gone_in_view(said: dict[str, str]) -> str:
    """As `gone`, of what is in the data."""
    scope, view = snapshot().scope, session.view()
    sectors = [code for code in settings().sectors if not scope.sectors or code in scope.sectors]
    if not set(view.sectors) <= set(sectors) or not set(view.themes) <= set(known_themes(snapshot())):
        return "filter"
    names = ask(questions.answer_names)
    if not names:
        return "empty"
    if any(said[name] not in names for name in ("id", "org", "beside") if name in said):
        return "organisation"
    if "with" in said and said["with"] not in set(ask(questions.answer_graph).organisations["organisation_id"]):
        return "organisation"
    if "event" in said and said["event"] not in set(ask(questions.answer_calendar)["event_id"]):
        return "event"
    money = ask(questions.answer_funding)["years"]
    if any(said[name] not in {str(year["year"]) for year in money} for name in ("year", "since_year") if name in said):
        return "year"
    donors = {donor["donor_key"] for year in money for donor in year["donor_totals"] if covers(questions.answer_stress)}
    if any(value not in donors for name, value in said.items() if name.startswith("donor_")):
        return "donor"
    return "" if all(_is_known(name, value) for name, value in said.items()) else "choice"


def _is_known(name: str, value: str) -> bool:
    """Whether what was chosen on a page is there; what nobody knows of is not."""
    if (
        name in PLAIN
        or name in ("id", "org", "beside", "with", "event")
        or name.startswith(("donor_", "cut_", "less_"))
    ):
        return True
    if name == "about":
        return value in ask(questions.answer_agreement_themes)
    if name == "kind":
        return value in {row["kind"] for row in ask(questions.answer_kinds)}
    return name == "subject" and value in {row["code"] for row in ask(questions.answer_needs)["needs"]}


def gone_in_words(step: Step) -> str:
    """What a reader is told of a step that shows no more what it did; "" when it does.

    To whoever came with a link no more than that: it may never have been theirs.
    """
    why = gone(step)
    if not why:
        return ""
    return _(GONE[why]) if may_change() else _("What this step showed is not in the data that you see.")


def title_of(step: Step) -> str:
    """What a step says, as far as its reader may hear it."""
    return step.sentence if may_change() or not gone(step) else _("A step that cannot be shown")


def view_in_words(step: Step) -> str:
    """Which page a step shows, of which day, and of what."""
    said = step.view
    parts = [_(PAGES[step.page].title) if step.page in PAGES else step.page]
    try:
        parts.append(date(datetime.date.fromisoformat(said["as_of"])) if "as_of" in said else _("newest day"))
    except ValueError:
        parts.append(said["as_of"])
    chosen = [label(code) for code in (*_listed(said, "sector"), *_listed(said, "theme"))]
    parts += [_("only {part}", part=join(chosen))] if chosen else []
    parts += [_("convenors not counted")] if said.get("convenor") == "no" else []
    return " · ".join(parts)


def parameters(step: Step, place: int | None = None) -> dict[str, str]:
    """The address of a step; with `place`, as that one of the steps that are presented."""
    shown = {**step.view, "lang": current_language()}
    return shown if place is None else {**shown, "step": str(place)}


# --- presenting -----------------------------------------------------------------------------------------------------


def present(place: int) -> None:
    """Go to a step, counted from 1, and present it. One that cannot be shown has a page of its own: the story's."""
    told = steps()
    step = told[min(max(place, 1), len(told)) - 1]
    if gone(step):
        st.switch_page("story.py", query_params={"lang": current_language(), "step": str(place)})
    st.switch_page(f"{step.page}.py", query_params=parameters(step, place))


def presented() -> int | None:
    """Which step is presented, counted from 1; None when none is."""
    asked = st.session_state.get("step", "")
    return int(asked) if asked.isascii() and asked.isdigit() and 0 < int(asked) <= len(steps()) else None


def bar() -> bool:
    """What stands above a step that is presented; whether one is, that cannot be shown and so has no more than this."""
    place = presented()
    if place is None:
        return False
    told = steps()
    step, buttons = told[place - 1], dict[str, Any]()
    with st.container(horizontal=True, vertical_alignment="center", key="story_bar"):
        st.title(literal(title_of(step)), width="stretch")
        st.markdown(_("{place} of {every}", place=number(place), every=number(len(told))), width="content")
        for name, words, icon, is_there in (
            ("previous", _("Previous"), ":material/arrow_back:", place > 1),
            ("next", _("Next"), ":material/arrow_forward:", place < len(told)),
            ("stop", _("Stop presenting"), ":material/close:", True),
        ):
            buttons[name] = st.button(words, icon=icon, key=f"story_{name}", disabled=not is_there)
    if buttons["stop"]:
        st.switch_page("story.py", query_params={"lang": current_language()})
    if buttons["previous"] or buttons["next"]:
        present(place + (1 if buttons["next"] else -1))
    if said := gone_in_words(step):
        st.warning(said, icon=":material/visibility_off:")
    return bool(said) and st.session_state["page"] == "story"


# --- pinning --------------------------------------------------------------------------------------------------------


def pin_button() -> None:
    """A button that opens to pin what is in view; for managers, on pages that a step can show."""
    state = st.session_state
    if not may_change() or state["page"] not in story.PAGES:
        return
    menu = st.popover(_("Pin"), icon=":material/push_pin:", key="pin", on_change="rerun", width="content")
    if not menu.open:
        return
    with menu:
        st.markdown(_("Pin what you see here as a step of your story, with one sentence that says what it shows."))
        st.text_input(_("Sentence"), key="pin_sentence", max_chars=story.MOST_OF_A_SENTENCE)
        day = date(session.view().as_of)
        st.toggle(
            _("Keep the day {day}", day=day), True, key="pin_day", help=_("Otherwise it shows the newest day there is.")
        )
        st.button(_("Pin this view"), key="pin_step", on_click=_pin)
        wrong, pinned = state.pop("pin_wrong", ""), state.pop("pinned", False)
        if wrong:
            st.error(_in_words(wrong), icon=":material/error:")
        if pinned:
            st.success(_("It is step {n} of your story.", n=number(len(steps()))), icon=":material/check:")


def _pin() -> None:
    """Keep the view in which the button was pressed: that of the run before. What went wrong is said in the next."""
    session.settle_grant()
    only_manager()
    state = st.session_state
    view = {name: value for name, value in address().shown.items() if name not in NOT_PINNED}
    if state["pin_day"]:
        view.setdefault("as_of", state["at_as_of"])
    else:
        view.pop("as_of", None)
    try:
        story.pin_step(home(), state["page"], view, state["pin_sentence"])
    except (story.StoryProblem, store.StoreProblem) as problem:
        state["pin_wrong"] = problem
    else:
        state["pinned"], state["pin_sentence"] = True, ""


def _in_words(problem: story.StoryProblem | store.StoreProblem) -> str:
    if isinstance(problem, store.StoreProblem):
        return store_sentence(problem)
    return {
        "empty": _("Type one sentence that says what this view shows."),
        "long": _("A sentence has at most {n} characters.", n=number(story.MOST_OF_A_SENTENCE)),
        "personal_data": _("There is an e-mail address or telephone number in it, and we never store those."),
        "full": _("A story has at most {n} steps. Take one away first.", n=number(story.MOST_STEPS)),
    }[problem.code]


# --- the manager's deeds --------------------------------------------------------------------------------------------


def change(deed: str, step_id: str, *more: Any) -> None:
    """Reword, move or remove a step: a button calls it before the page is drawn anew, so what went wrong is kept."""
    session.settle_grant()
    only_manager()
    try:
        match deed:
            case "reword":
                story.reword_step(home(), step_id, *more)
            case "move":
                story.move_step(home(), step_id, *more)
            case _:
                story.remove_step(home(), step_id)
    except (story.StoryProblem, store.StoreProblem) as problem:
        st.session_state["story_wrong"] = problem


def went_wrong() -> str:
    """What could not be done a moment ago; "" when all could. Also that the story cannot be read."""
    problem = st.session_state.pop("story_wrong", None)
    if problem:
        return _in_words(problem)
    try:
        if may_change():
            story.steps(home())
    except store.StoreProblem:
        return _("The story cannot be read: the file story.json is damaged. Ask your IT colleague.")
    return ""
