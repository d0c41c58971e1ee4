"""What changed between two moments: who and what, why the figures moved, and how far the targets are."""

import functools
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from hubdata import charts, methods, notebook, questions, ui
from hubdata.ui import _, md, n_
from hubdata.ui.words import changes as words

as_of = ui.view().as_of
loads = {"": _("The same data, an earlier day"), **words.other_snapshots()}
days = [day for day in ui.as_of_options(as_of, None) if day < as_of.isoformat()]
if not days and len(loads) == 1:
    ui.nothing_yet(
        _("There is no earlier day to compare with."),
        _("Choose another day, or load the list of partnerships with start dates."),
    )
    ui.stop()

older = ""
with st.container(border=True):
    chosen, told = (st.container(), st.container()) if ui.style().narrow else st.columns([1, 3])
with chosen:
    st.subheader(_("Compare with"), anchor="compare")
    if len(loads) > 1:
        older = ui.url_widget(st.selectbox, "load", _("Data"), list(loads), "", format_func=loads.get)
    if older:
        since = min(ui.newest_day_of(older), as_of)
        st.markdown(md("Then: what that load said of {then}. Now: {now}.", then=ui.date(since), now=ui.date(as_of)))
    else:
        since = ui.since_day(days)
with told:
    changes = ui.compare(questions.answer_changes, older, since)
    donors = (
        ui.compare(questions.answer_donor_changes, older, since) if ui.covers(questions.answer_donor_changes) else None
    )
    st.markdown(ui.changes_sentence(since, changes, donors))
    between = [note for note in ui.notes() if since <= note.day <= as_of]
    if between:
        st.markdown("\n".join(f"- {md('{day}: {note}', day=ui.date(note.day), note=note.text)}" for note in between))
    if ui.may_change():
        with st.expander(_("Pin a note to a day"), key="notes"):
            st.markdown(
                _(
                    "Pin a note to a day, such as a council meeting. "
                    "It is marked in the figures, and you can compare with it."
                )
            )
            with st.form("note", clear_on_submit=False, border=False):
                day = st.text_input(_("Day of the note"), placeholder="24-9-2026")
                text = st.text_input(_("Note"), max_chars=notebook.MOST_OF_A_NOTE)
                if st.form_submit_button(_("Pin this note"), icon=":material/keep:"):
                    wrong = words.pin_note(day, text)
                    if wrong:
                        st.error(wrong, icon=":material/error:")
                    else:
                        st.rerun()
            for note in reversed(ui.notes()):
                with st.container(horizontal=True, vertical_alignment="center"):
                    st.markdown(md("{day}: {note}", day=ui.date(note.day), note=note.text), width="stretch")
                    removed = _("Remove the note of {day}", day=ui.date(note.day))
                    if st.button(removed, key=f"remove_{note.id}", icon=":material/delete:"):
                        wrong = words.remove_note(note.id)
                        if wrong:
                            st.error(wrong, icon=":material/error:")
                        else:
                            st.rerun()
ui.note_records()


def why() -> None:
    """How much each cause moved each figure."""
    movements = words.movements_covered(ui.compare(questions.answer_movements, older, since))
    if ui.style().narrow:
        figures = {m.indicator: (words.moved_figure(m), functools.partial(moved, m)) for m in movements}
        ui.lazy_tabs("figure", figures)
    else:
        with st.grid(2):
            for movement in movements:
                moved(movement)
    ui.explain("movements")


def moved(movement: questions.Movement) -> None:
    """Why one figure moved; only its sentence when there is nothing to take apart."""
    steps = ui.movement_steps(movement)
    if steps.empty:
        with st.container(border=True):
            st.markdown(ui.movement_sentence(movement))
        return
    name = words.moved_figure(movement)
    ui.figure(
        f"why_{movement.indicator}",
        title=ui.movement_title(movement),
        sentence=ui.movement_reasons(movement),
        draw=lambda: charts.waterfall(steps, ui.style(), together=steps["label"].iloc[-1]),
        alt=lambda: _("Bars: what moved it up and what down. The sentence above says how much. {name}.", name=name),
        table=lambda: steps,
        columns=[ui.column("label", _("Why"), "text"), ui.column("said", _("Change"), "text")],
        basis=words.compared_in_words(movement, since),
        source="funding.csv" if movement.indicator == "exposed_share" else "partnerships.csv",
        method="movements",
    )


def ties() -> None:
    """Which ties are new and which are gone."""
    with st.container(border=True):
        st.subheader(words.ties_title(changes), anchor="ties")
        if not changes["formed"] and not changes["ended"]:
            st.markdown(_("Both have the same ties."))
        else:
            ui.frame(
                "changed_ties",
                lambda: words.changed_ties(changes),
                ["what", "name_a", "name_b", "is_cross_sector", "sector_a_label", "sector_b_label"],
            )
        ui.explain("tie_changes")


def members() -> None:
    """Which organisations came and which went."""
    with st.container(border=True):
        st.subheader(words.organisations_title(changes), anchor="organisations")
        if not changes["joined"] and not changes["left"]:
            st.markdown(
                _("Both have the same organisations.")
                if changes["joined_known"]
                else _("Which organisations are new is not known: of none of them do the lists say when it joined.")
            )
        else:
            ui.frame(
                "changed_organisations",
                lambda: words.changed_organisations(changes),
                ["what", "name", "sector_label"],
            )


def givers(donors: questions.DonorChanges) -> None:
    """Which donors gave more, less, for the first time or no longer."""
    with st.container(border=True):
        st.subheader(words.donors_title(donors), anchor="donors")
        if donors["from_year"] is None or donors["to_year"] is None:
            st.markdown(_("There is no income of both moments to compare."))
        elif not donors["donors"]:
            st.markdown(
                md(
                    "Income is known per year. For the earlier day we took {before}, for the later {now}; in the data "
                    "no donor gave more or less.",
                    before=donors["from_year"],
                    now=donors["to_year"],
                )
            )
        else:
            # Of two loads it may be the same year: a table has no two columns of one name.
            then, now = words.headings_of_years(donors["from_year"], donors["to_year"])
            st.markdown(
                md(
                    "{now} compared with {before}, the largest difference first.",
                    before=donors["from_year"],
                    now=donors["to_year"],
                )
            )
            ui.frame(
                "changed_donors",
                functools.partial(words.changed_donors, donors),
                [
                    "donor",
                    "what",
                    ui.column("before", then),
                    ui.column("after", now),
                    "difference",
                    ui.column("organisations_before", _("Organisations in {year}", year=then), "count"),
                    ui.column("organisations_after", _("Organisations in {year}", year=now), "count"),
                ],
            )
        ui.explain("donors")


history = ui.ask(questions.answer_history)
organisations = n_("{n} organisation", "{n} organisations", int(changes["now"]["organisations"]))
roads = ui.ask(questions.answer_target_progress)
fans = functools.cache(lambda: ui.ask(questions.answer_fans))


def counted_in(indicator: str, road: questions.Road) -> str:
    """What a figure counts: one of a year the organisations with known income."""
    day = road["history"].dropna(subset=["value"])["date"].max()
    if not words.is_of_a_year(indicator) or pd.isna(day):
        return organisations
    years = {year["year"]: year for year in ui.ask(questions.answer_funding)["years"]}
    coverage = years[day.year]["coverage"]
    return _(
        "income of {year} known for {known} of {active} active organisations",
        year=day.year,
        known=ui.number(coverage["organisations"]),
        active=ui.number(coverage["active_organisations"]),
    )


def progress(indicator: str, road: questions.Road) -> None:
    method, kind = methods.explained_by(indicator), words.kind_of(indicator)
    title, ahead = words.name_of(method), words.fan_sentence(indicator, fans())
    days = fans()["figures"][indicator]["days"]
    ui.figure(
        f"road_{indicator}",
        title=words.road_title(indicator, road),
        sentence=ui.Markdown(
            "  \n".join([*(words.target_sentence(indicator, aim, road["history"]) for aim in road["road"]), *ahead])
        ),
        draw=lambda: charts.lines(
            words.history_and_fan(title, road["history"], days),
            ui.style(),
            y_title="",
            value_format=kind,
            title=title,
            colours={words.name_of_fan(): ui.style().ink.accent},  # the same figure, ahead
            **ui.targets(indicator),
            **ui.marks(),
        ),
        alt=lambda: words.road_in_words(title, indicator, road["history"], days),
        table=lambda: words.history_and_fan(title, road["history"], days),
        columns=[
            "date",
            ui.column("value", title, kind),
            *([ui.column(name, ui.column(name).heading, kind) for name in ("low", "high")] if days else []),
        ],
        basis=_("{organisations}; band: nine of ten simulations", organisations=counted_in(indicator, road))
        if days
        else _("{organisations}; nothing is forecast", organisations=counted_in(indicator, road)),
        source="targets.csv, partnerships.csv, funding.csv",
        method=method,
    )


def targets() -> None:
    """How far each target is, at what pace, and where the figure goes if ties form and last as they did."""
    if not roads:
        ui.nothing_yet(
            _("No targets are set."),
            _("Load the list of targets: one row per figure and day, with the value aimed at."),
        )
    money = [indicator for indicator in roads if words.is_of_a_year(indicator)]
    if money:
        tabs = {"ties": (_("Organisations and ties"), network), "money": (_("Money"), lambda: side_by_side(money))}
        ui.lazy_tabs("road", tabs)
    else:
        network()
    if roads:
        ui.explain("pace", "fan")


def side_by_side(indicators: Sequence[str]) -> None:
    """The roads of some figures."""
    with st.grid(2, min_column_width=480):
        for indicator in indicators:
            progress(indicator, roads[indicator])


def network() -> None:
    """The roads of what does not belong to a year of income, and the partners over time where these have no target."""
    side_by_side([indicator for indicator in roads if not words.is_of_a_year(indicator)])
    if "mean_degree" not in roads:
        title = _("Average number of partners")
        ui.figure(
            "trend",
            title=ui.course_title(title, history, "mean_degree", "number"),
            sentence=_("The largest events and your notes are marked along the foot.")
            if ui.may_change()
            else _("The largest events are marked along the foot."),
            draw=lambda: charts.lines(ui.series(history, "mean_degree", title), ui.style(), y_title="", **ui.marks()),
            alt=lambda: ui.trend_in_words(title, history, "mean_degree", "number"),
            table=lambda: history,
            columns=["date", "mean_degree", "ties"],
            basis=organisations,
            source="partnerships.csv",
            method="mean_degree",
        )


ui.note_confirmed()
ui.lazy_tabs(
    "tab",
    {
        "why": (_("Why the figures moved"), why),
        "targets": (_("The road to the targets"), targets),
        "ties": (_("Ties"), ties),
        "organisations": (_("Organisations"), members),
        **({"donors": (_("Donors"), functools.partial(givers, donors))} if donors else {}),
    },
)
