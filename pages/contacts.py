"""Whom to call, and what holds ties together."""

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
            "Choose another day or wider filters, or load partnerships.csv: one "
            "row per agreement between organisations."
        ),
    )
    ui.stop()

days = ui.number(ui.settings().fading_days)
ties = n_("{n} tie", "{n} ties", over_time["ties"])
periods = n_("{n} period of a tie", "{n} periods of ties", survival["overall"]["spells"])

with st.container(border=True):
    st.subheader(_("Whom to call first"), anchor="fading")
    if not over_time["fading"]:
        st.markdown(md("Of {all} none has been silent for more than {days} days.", all=ties, days=days))
    else:
        across = [tie for tie in over_time["fading"] if tie["is_cross_sector"]]
        st.markdown(
            n_md(
                "**{n} of {all} has been silent for more than {days} days; {across} across sectors.** "
                "Those across sectors come first: they are the bridges, and the first to go.",
                "**{n} of {all} have been silent for more than {days} days; {across} across sectors.** "
                "Those across sectors come first: they are the bridges, and the first to go.",
                len(over_time["fading"]),
                all=ties,
                days=days,
                across=ui.number(len(across)),
            )
        )
        ui.note_last_contact()
        orders = {"recent": _("Just gone silent first"), "longest": _("Longest silent first")}
        order = ui.url_widget(
            st.radio,
            "order",
            _("Order"),
            list(orders),
            "recent",
            format_func=orders.get,
            horizontal=True,
            help=_("Who fell silent a year ago is easier to reach than who did six years ago."),
        )
        fading = ui.ask(questions.answer_fading, order == "longest")
        st.markdown(
            "\n".join(f"{place}. {ui.call_sentence(tie)}" for place, tie in enumerate(fading[: ui.MOST_CALLS], start=1))
        )
        ui.note_equals(fading)
        ui.lazy_expander(
            "fading",
            n_("The {n} tie that fades", "All {n} ties that fade", len(fading)),
            lambda: ui.frame(
                "fading",
                lambda: words.fading_table(fading),
                [
                    "name_a",
                    "name_b",
                    "last_sign_date",
                    "days_silent",
                    "strength",
                    "together",
                    "ends_on",
                    "next_event_name",
                    "next_event_date",
                    "sector_a_label",
                    "sector_b_label",
                    "is_structural",
                ],
                (order,),
            ),
        )
    ui.explain("fading", "tie_strength")
ui.note_records()

structure = ui.ask(questions.answer_structure)
began = {"structural": _("Began with structure"), "not_structural": _("Began without")}
both = {"structural": structure["structural"], "not_structural": structure["not_structural"]}
ui.figure(
    "structure",
    title=_("Does structure hold ties together?"),
    sentence=words.structure_sentence(structure),
    draw=lambda: charts.survival(
        words.curves(both, began), ui.style(), x_title=_("years"), y_title=_("Share of ties still there")
    ),
    alt=lambda: _("Curves of the share of ties still there after so many years, begun with structure and without."),
    table=lambda: words.survival_table(both, began),
    columns=words.SURVIVAL_COLUMNS,
    basis=_(
        "{periods}; {at_risk}. Structure counts when it was there on the first day. Who expects to work together for "
        "long also writes it down, so this is no proof",
        periods=periods,
        at_risk=words.at_risk_in_words(both, began),
    ),
    source="partnerships.csv",
    method="structure",
)

groups = {"within_sector": _("Within a sector"), "cross_sector": _("Across sectors")}
ui.figure(
    "survival",
    title=_("How long ties last"),
    sentence=(
        _(
            "Half of all ties last longer than {years} years.",
            years=ui.number(survival["overall"]["median_days"] / questions.DAYS_IN_YEAR, 1),
        )
        if survival["overall"]["median_days"] is not None
        else _("More than half of the ties still run, so how long half of them last is not known yet.")
    ),
    draw=lambda: charts.survival(
        words.curves(survival, groups), ui.style(), x_title=_("years"), y_title=_("Share of ties still there")
    ),
    alt=lambda: _("Curves of the share of ties still there after so many years, within and across sectors."),
    table=lambda: words.survival_table(
        survival,
        {"overall": _("All ties"), **groups, "structural": _("Structural"), "not_structural": _("Not structural")},
    ),
    columns=words.SURVIVAL_COLUMNS,
    basis=f"{periods}; {words.at_risk_in_words(survival, groups)}",
    source="partnerships.csv",
    method="survival",
)

changes = over_time["tie_changes"]
ui.figure(
    "tie_changes",
    title=_("Ties formed and ended"),
    sentence=md("Every quarter ties form and ties end; the network grows when more form than end."),
    draw=lambda: charts.changes(changes, ui.style(), y_title=_("Ties"), formed=_("Formed"), ended=_("Ended")),
    alt=lambda: _("Ties formed and ended per quarter up to {day}.", day=ui.date(ui.view().as_of)),
    table=lambda: ui.table_of(changes),
    columns=["quarter", "formed", "ended"],
    basis=ties,
    source="partnerships.csv",
    method="tie_changes",
)
