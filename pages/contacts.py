"""Whom to call, and what holds ties together."""

import functools

import streamlit as st

from hubdata import charts, questions, ui
from hubdata.ui import _, md, n_, n_md
from hubdata.ui.words import contacts as words

over_time = ui.ask(questions.answer_ties)
survival = over_time["survival"]
if not survival["overall"]["spells"]:
    ui.nothing_yet(
        _("There were no ties up to {day}.", day=ui.date(ui.view().as_of)),
        _(
            "Choose another day or wider filters, or load the list of partnerships: one "
            "row per agreement between organisations."
        ),
    )
    ui.stop()

days = ui.number(ui.settings().fading_days)
ties = n_("{n} tie", "{n} ties", over_time["ties"])
periods = n_("{n} period of a tie", "{n} periods of ties", survival["overall"]["spells"])


def calls() -> None:
    """The contacts to call, each with its reason and its deeds."""
    ui.note_of_the_sample(
        _("In this sample the last contact is the last quarter with a payment: when people spoke is not known.")
    )
    if not over_time["fading"]:
        st.markdown(md("Of {all} none has been silent for more than {days} days.", all=ties, days=days))
        return
    across = sum(tie["is_cross_sector"] for tie in over_time["fading"])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width="stretch"):
            st.subheader(
                n_md(
                    "{n} of {all} has been silent for more than {days} days",
                    "{n} of {all} have been silent for more than {days} days",
                    len(over_time["fading"]),
                    all=ties,
                    days=days,
                ),
                anchor="fading",
            )
            if across == len(over_time["fading"]):
                st.markdown(md("**All of them are across sectors**: they are the bridges, and the first to go."))
            elif across:
                st.markdown(
                    n_md(
                        "**{n} is across sectors.** It comes first: it is a bridge, and the first to go.",
                        "**{n} are across sectors.** Those come first: they are the bridges, and the first to go.",
                        across,
                    )
                )
            ui.note_last_contact()
        orders = {"recent": _("Most recently silent first"), "longest": _("Longest silent first")}
        order = ui.url_widget(
            st.segmented_control,
            "order",
            _("Order"),
            list(orders),
            "recent",
            format_func=orders.get,
            required=True,
            help=_("Who fell silent a year ago is easier to reach than who did six years ago."),
        )
    listed = ui.open_calls(longest_first=order == "longest")
    if not listed:
        st.markdown(_("Everybody was called or is for later. Well done."))
    words.call_cards("call", listed, ui.call_sentence)
    ui.note_equals(listed)
    every = ui.ask(questions.answer_fading, order == "longest")
    noted = ui.calls()
    ui.lazy_expander(
        "fading",
        n_("The {n} tie that fades", "All {n} ties that fade", len(every)),
        lambda: ui.frame(
            "fading",
            lambda: words.fading_table(every, noted),
            [
                "pair",
                "days_silent",
                "last_sign_date",
                "together",
                *(["noted"] if noted else []),
                ui.column("next_event_date", _("Expected together on"), "date"),
            ],
            (order, tuple(noted.values())),
            in_file=["strength", "ends_on", "next_event_name", "sector_a_label", "sector_b_label", "is_structural"],
        ),
    )
    if noted:
        ui.lazy_expander(
            "noted",
            n_("{n} tie called or for later", "{n} ties called or for later", len(noted)),
            lambda: words.list_noted(noted),
        )
    ui.explain("fading", "tie_strength")


def structure() -> None:
    """Whether firm agreements hold ties together."""
    found = ui.ask(questions.answer_structure)
    began = {"structural": _("Began with firm agreements"), "not_structural": _("Began without")}
    both = {"structural": found["structural"], "not_structural": found["not_structural"]}
    ui.figure(
        "structure",
        title=words.structure_title(found),
        sentence=words.structure_sentence(found),
        draw=lambda: charts.survival(
            words.curves(both, began), ui.style(), x_title=_("years"), y_title=_("Share of ties still there")
        ),
        alt=lambda: _(
            "Curves of the share of ties still there after so many years, begun with firm agreements and without."
        ),
        table=lambda: words.survival_table(both, began),
        columns=words.SURVIVAL_COLUMNS,
        basis=_(
            "{periods}; {at_risk}. Firm agreements count when they were there on the first day. Who expects to work "
            "together for long also writes it down, so this is no proof",
            periods=periods,
            at_risk=words.at_risk_in_words(both, began),
        ),
        source="partnerships.csv",
        method="structure",
    )


def lasting() -> None:
    """How long ties last, within a sector and across sectors."""
    groups = {"within_sector": _("Within a sector"), "cross_sector": _("Across sectors")}
    ui.figure(
        "survival",
        title=words.lasting_title(survival),
        sentence=words.lasting_sentence(survival),
        draw=lambda: charts.survival(
            words.curves(survival, groups), ui.style(), x_title=_("years"), y_title=_("Share of ties still there")
        ),
        alt=lambda: _("Curves of the share of ties still there after so many years, within and across sectors."),
        table=lambda: words.survival_table(
            survival,
            {
                "overall": _("All ties"),
                **groups,
                "structural": _("Began with firm agreements"),
                "not_structural": _("Began without"),
            },
        ),
        columns=words.SURVIVAL_COLUMNS,
        basis=f"{periods}; {words.at_risk_in_words(survival, groups)}",
        source="partnerships.csv",
        method="survival",
    )


def formed_and_ended() -> None:
    """Ties that formed and ended, per quarter."""
    changes = over_time["tie_changes"]
    ui.figure(
        "tie_changes",
        title=words.changes_title(changes),
        sentence=md("Every quarter ties form and ties end; the network grows when more form than end."),
        draw=lambda: charts.changes(changes, ui.style(), y_title=_("Ties"), formed=_("Formed"), ended=_("Ended")),
        alt=lambda: _("Ties formed and ended per quarter up to {day}.", day=ui.date(ui.view().as_of)),
        table=lambda: ui.table_of(changes),
        columns=["quarter", "formed", "ended"],
        basis=ties,
        source="partnerships.csv",
        method="tie_changes",
    )


def ahead() -> None:
    """The ties to call before they fade, and whether such forecasts came true."""
    found = ui.ask(questions.answer_lapse)
    tested = found["backtest"]
    is_better = bool(tested["is_better"])
    st.subheader(words.lapse_title(found), anchor="ahead")
    st.markdown(words.lapse_sentence(found))
    noted = ui.calls()
    listed = [tie for tie in found["at_risk"] if ui.pair_of(tie["organisation_a"], tie["organisation_b"]) not in noted]
    words.call_cards("ahead", listed, functools.partial(words.lapse_call, with_chance=is_better))
    if equals := words.lapse_equals(listed, with_chance=is_better):
        st.caption(equals)
    if found["at_risk"]:
        ui.lazy_expander(
            "all_ahead",
            n_("The {n} tie that is not silent", "All {n} ties that are not silent", len(found["at_risk"])),
            lambda: ui.frame(
                "all_ahead",
                lambda: words.lapse_table(found["at_risk"]),
                [
                    "pair",
                    *(["chance"] if is_better else []),
                    "stake",
                    "known_of",
                    "days_silent",
                    "next_event_name",
                    "next_event_date",
                    "sector_a_label",
                    "sector_b_label",
                ],
            ),
        )
    if tested["bins"]:
        ui.figure(
            "lapse",
            title=words.tested_title(tested),
            sentence=words.tested_sentence(tested),
            draw=lambda: charts.calibration(
                tested["bins"],
                ui.style(),
                x_title=_("Forecast"),
                y_title=_("Happened"),
                band=_("Where it lies nine times out of ten"),
                observed=_("What happened"),
            ),
            alt=lambda: _(
                "Groups of forecasts: what was forecast beside what happened, and the band in which that should lie."
            ),
            table=lambda: words.tested_table(tested),
            columns=[
                ui.column("forecast", _("Forecast"), "share"),
                ui.column("observed", _("Happened"), "share"),
                "low",
                "high",
                ui.column("ties", _("Ties"), "count"),
                "is_within",
            ],
            basis=n_(
                "{n} forecast, of which {lapsed} lapsed",
                "{n} forecasts, of which {lapsed} lapsed",
                tested["forecasts"],
                lapsed=ui.number(tested["lapsed"]),
            ),
            source="partnerships.csv, attendance.csv",
            method="lapse",
        )
    else:
        ui.explain("lapse")


def ends() -> None:
    """What ends within a year: money, and ties."""
    if ui.covers(questions.answer_endings):
        grants = ui.ask(questions.answer_endings)["grants"]
        if grants["within_a_year"]["grants"]:
            with st.container(border=True):
                st.markdown(words.grants_sentence(grants))
                st.markdown(ui.nothing_else_list(grants))
                ui.page_link("funding", _("Whose money ends, and when"), tab="ends")
    found = ui.ask(questions.answer_ending_ties)
    with st.container(border=True):
        st.subheader(words.endings_title(found), anchor="ending-ties")
        st.markdown(words.endings_sentence(found))
        if found["ending"]:
            ui.frame(
                "ending_ties",
                lambda: words.endings_table(found),
                [
                    "pair",
                    "ends_on",
                    "nothing_remains",
                    "is_structural",
                    "is_cross_sector",
                    "last_sign_date",
                ],
                in_file=["agreement", "next_event_name", "next_event_date"],
            )
        ui.explain("ending_ties")


ui.note_confirmed()
ui.note_records()
ui.show_deed()
ui.lazy_tabs(
    "tab",
    {
        "calls": (_("Whom to call"), calls),
        "ahead": (_("Before it fades"), ahead),
        "ends": (_("What ends"), ends),
        "structure": (_("Does structure hold?"), structure),
        "lasting": (_("How long ties last"), lasting),
        "changes": (_("Formed and ended"), formed_and_ended),
    },
)
