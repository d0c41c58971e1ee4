"""What was and will be, who met, and what followed."""

import pandas as pd
import streamlit as st

from hubdata import charts, questions, ui
from hubdata.ui import _, md, n_, n_md
from hubdata.ui.words import events as words

calendar = ui.ask(questions.answer_calendar)
if calendar.empty:
    ui.nothing_yet(
        _("There are no events to show."),
        _(
            "Load the list of events (one row per event) and the list of attendance (one row per "
            "organisation at an event)."
        ),
    )
    ui.stop()

figures = ui.ask(questions.answer_events)
as_of = pd.Timestamp(ui.view().as_of)
planned = int((calendar["start_date"] > as_of).sum())
basis = n_("{n} event", "{n} events", figures["events"])

if not figures["events"]:
    st.markdown(md("There were no events up to {day}.", day=ui.date(ui.view().as_of)))
else:
    st.markdown(words.attendance_sentence(figures, ui.ask(questions.answer_coverage)["attendance_known"]))
ui.note_of_the_sample(
    _("In this sample the events are appointments in agendas of ministers: who was expected, not who came.")
)
ui.metrics(
    (_("Events"), ui.number(figures["events"]), "events"),
    (_("Coming back"), ui.percent(figures["repeat_share"]), "repeat_share"),
    (_("Between sectors"), ui.percent(figures["cross_sector_encounters"]), "cross_sector_encounters"),
    (_("Tie after meeting"), ui.percent(figures["conversion"]), "conversion"),
)

held = figures["new_ties_after"]
if held:
    ui.note_what_followed()
kinds = ui.ask(questions.answer_kinds) if held else []


def per_event() -> None:
    """A card per event with what it brought, and the calendar."""
    if held:
        _what_events_brought()
    if not ui.style().narrow:
        _calendar()


def _what_events_brought() -> None:
    codes = [row["kind"] for row in kinds if row["kind"]]
    kind = ""
    with st.grid(2, min_column_width=300, key="which_event"):
        if len(codes) > 1:
            kind = ui.url_widget(
                st.selectbox, "kind", _("Kind of event"), ["", *codes], "", format_func=words.kind_in_words()
            )
        of_kind = words.of_kind(held, calendar, kind)
        choices = words.events_in_words(of_kind)
        usual = words.last_complete(of_kind) or next(iter(choices))
        chosen = ui.url_widget(
            st.selectbox,
            "event",
            _("Event"),
            ui.offered("event", list(choices), choices.__getitem__, usual),
            usual,
            format_func=choices.get,
        )
    event = words.one_event(chosen)
    with st.container(border=True, key="one_event"):
        st.subheader(words.event_title(event), anchor="one_event")
        names = words.new_ties_in_words(event, 6)
        earlier = None
        if not event["is_window_complete"]:
            earlier = words.last_complete(words.of_kind(held, calendar, event["kind"] or ""))
        left, right = st.columns(2) if names or earlier else (st.container(), st.container())
        with left:
            if event["organisations"]:
                with st.grid(4, min_column_width=120):
                    for heading, value in words.four_numbers(event):
                        st.metric(heading, value)
                st.markdown(words.event_in_words(event))
            else:
                st.markdown(md("It is not known who was at {name}.", name=event["name"]))
        with right:
            if names:
                st.markdown(names)
            if earlier:
                complete = words.one_event(earlier)
                st.markdown(
                    md(
                        "The last one of which it can be said: {what}",
                        what=words.event_in_words(complete),
                    )
                )
                if names := words.new_ties_in_words(complete, 6):
                    st.markdown(names)
        st.caption(
            _(
                "Followed by, not caused by: who is active both attends and partners more. "
                "Convenors are at nearly every event; switch off “Count convenors” under Filters to leave them out."
            )
        )
        with st.grid(3, min_column_width=260, key="event_details"):
            if event["followed"]:
                ui.lazy_expander(
                    "followed_by",
                    _("Which new ties"),
                    lambda: ui.frame(
                        "followed_by",
                        lambda: ui.with_yes_no(
                            ui.table_of(event["followed"], "sector_a", "sector_b"), "is_cross_sector"
                        ),
                        [
                            "name_a",
                            "name_b",
                            "formed_on",
                            "days_after",
                            "is_cross_sector",
                            "sector_a_label",
                            "sector_b_label",
                        ],
                    ),
                )
            if event["attending"]:
                ui.lazy_expander(
                    "attending",
                    _("Who was there"),
                    lambda: ui.frame(
                        "attending",
                        lambda: ui.table_of(event["attending"], "sector"),
                        ["name", "sector_label"],
                    ),
                )
            ui.explain("conversion", "expected_new_ties", "cost_per_new_tie")
    others = [other["event_id"] for other in of_kind if other["event_id"] != chosen]

    def cards() -> None:
        with st.grid(3, min_column_width=300, key="event_cards"):
            for event_id in others[: words.MOST_CARDS]:
                other = words.one_event(event_id)
                with st.container(border=True, height="stretch"):
                    st.markdown(words.card_head(other))
                    st.markdown(words.numbers_in_words(other))
                    if not_yet := words.not_yet_in_words(other):
                        st.caption(not_yet)
                    if names := words.new_ties_in_words(other, 3):
                        st.caption(names)

    if not ui.style().narrow:
        cards()
    elif others:
        ui.lazy_expander("event_cards", _("Other events"), cards)


def _calendar() -> None:
    ui.figure(
        "calendar",
        title=(
            n_("{n} event is planned after this day", "{n} events are planned after this day", planned)
            if planned
            else _("No events are planned after this day")
        ),
        sentence=ui.kept("next", lambda: words.next_events(calendar, as_of))
        or (_("What was, by kind of event.") if calendar["kind"].notna().any() else _("What was, and when.")),
        draw=lambda: charts.timeline(
            charts.newest(calendar, "start_date"),
            ui.style(),
            as_of=as_of,
            as_of_label=_("As of"),
            kind_labels={kind: ui.label(kind) for kind in calendar["kind"].dropna().unique()},
            past=_("Past"),
            planned=_("Planned"),
        ),
        alt=lambda: _(
            "Events from {first} to {last}, by kind.",
            first=ui.date(charts.newest(calendar, "start_date")["start_date"].min()),
            last=ui.date(calendar["start_date"].max()),
        ),
        table=lambda: ui.with_labels(calendar, "kind").assign(
            format_label=[ui.word("format", code) for code in calendar["format"]]
        ),
        columns=[ui.column("name", _("Event")), "start_date", "organisations", "kind_label", "format_label", "venue"],
        basis=words.in_calendar(basis, len(calendar)),
        source="events.csv, attendance.csv",
        method="events",
    )


def per_kind() -> None:
    """What each kind of event brought."""
    if not any(row["conversion"] is not None for row in kinds):
        st.markdown(words.nothing_followed())
        return
    ui.figure(
        "kinds",
        title=words.kinds_title(kinds),
        sentence=_(
            "How many of the pairs that met without a tie formed one, "
            "beside the same for pairs that were not both there."
        ),
        draw=lambda: charts.bars(
            words.kind_bars(kinds),
            ui.style(),
            value_title=_("Share that formed a tie"),
            value_format="share",
            series_labels={"conversion": _("Met at the event"), "base_rate": _("Not both there")},
        ),
        alt=lambda: words.kinds_in_words(kinds),
        table=lambda: words.kind_table(kinds),
        columns=["kind_label", *words.followed_columns("new_ties"), "events", "attending_organisations"],
        basis=_("{basis}; only those of which it can be said what followed count", basis=basis),
        source="events.csv, attendance.csv, partnerships.csv",
        method="conversion",
    )


def sectors() -> None:
    """Which sectors meet."""
    met = ui.ask(questions.answer_encounters)
    if met.empty and figures["attending_organisations"]:
        st.markdown(_("No two organisations in this view were at the same event."))
    elif met.empty:
        ui.nothing_yet(
            _("It is not known who met whom."),
            _("Load the list of attendance: one row per organisation at an event."),
        )
    else:

        def encounters() -> pd.DataFrame:
            return ui.with_labels(met, "sector_a", "sector_b").assign(
                label=lambda t: t["sector_a_label"] + " – " + t["sector_b_label"], value=lambda t: t["encounters"]
            )

        ui.figure(
            "encounters",
            title=n_(
                "Of {n} encounter, {share} is between two sectors",
                "Of {n} encounters, {share} are between two sectors",
                figures["encounters"],
                share=ui.percent(figures["cross_sector_encounters"]),
            ),
            sentence=_("An encounter is two organisations at the same event."),
            draw=lambda: charts.bars(ui.first_rows(encounters(), "value", 12), ui.style(), value_title=_("Encounters")),
            alt=lambda: ui.ranking_in_words(_("Encounters per two sectors"), encounters(), "label", "encounters"),
            table=encounters,
            columns=["sector_a_label", ui.column("sector_b_label", _("Other sector")), "encounters"],
            basis=words.encounters_basis(figures),
            source="attendance.csv",
            method="cross_sector_encounters",
        )


def followed() -> None:
    """What followed all events together."""
    with st.container(border=True):
        st.subheader(words.followed_title(figures), anchor="followed")
        st.markdown(words.followed_sentence(figures))
        st.caption(
            _(
                "Two that meet again within {days} days count once, and so does a tie that followed both meetings. "
                "Events of more than {plenary} organisations are left out.",
                days=ui.number(ui.settings().window_days),
                plenary=ui.number(ui.settings().plenary_size),
            )
        )
        if figures["events_left_out"]:
            left_out = figures["events_left_out"]
            st.caption(
                n_(
                    "Of {n} event it cannot be said yet what followed; it is not counted.",
                    "Of {n} events it cannot be said yet what followed; they are not counted.",
                    left_out,
                )
            )
        if figures["new_ties_after"]:
            ui.lazy_expander(
                "followed",
                _("Per event"),
                lambda: ui.frame(
                    "followed",
                    # What follows is not known yet where the window is not complete.
                    lambda: pd.DataFrame(figures["new_ties_after"]).assign(
                        new_ties_after=lambda t: t["new_ties_after"].where(t["is_window_complete"])
                    ),
                    [
                        ui.column("name", _("Event")),
                        *words.followed_columns("new_ties_after"),
                        "start_date",
                        "organisations",
                    ],
                ),
            )
        ui.explain("conversion", "lift")


def never_came() -> None:
    """Who never comes."""
    absent = ui.ask(questions.answer_never_came)
    with st.container(border=True):
        st.subheader(words.never_title(absent), anchor="never")
        if not figures["attending_organisations"]:
            st.markdown(_("It is not known who came to any event."))
        elif not absent:
            st.markdown(_("None: every active organisation was at one event at least."))
        else:
            st.markdown(
                n_md(
                    "{n} of {all} active organisations was at no event in the data.",
                    "{n} of {all} active organisations were at no event in the data.",
                    len(absent),
                    all=ui.number(len(ui.ask(questions.answer_names))),
                )
            )
            ui.lazy_expander(
                "never_came",
                _("Which ones"),
                lambda: ui.frame(
                    "never_came",
                    lambda: ui.table_of(absent, "sector"),
                    ["name", "sector_label", "joined_on", "events_since"],
                ),
            )
        ui.explain("never_came")


ui.note_confirmed()
ui.lazy_tabs(
    "tab",
    {
        "events": (_("Per event"), per_event),
        **({"calendar": (_("Calendar"), _calendar)} if ui.style().narrow else {}),
        "kinds": (_("Per kind"), per_kind),
        "followed": (_("What followed"), followed),
        "sectors": (_("Which sectors meet"), sectors),
        "never": (_("Who never comes"), never_came),
    },
)
