"""Whom to introduce to whom and why; what was decided, and what became of it."""

import streamlit as st
from pandas import DataFrame

from hubdata import charts, questions, ui
from hubdata.ui import _, md, n_
from hubdata.ui.words import introductions as words

ui.show_deed()
with st.container(horizontal=True, vertical_alignment="bottom"):
    choice = ui.url_widget(
        st.segmented_control,
        "why",
        _("Which pairs"),
        ["all", "need", "digital"],
        "all",
        format_func={
            "all": _("All"),
            "need": _("Need meets offer"),
            "digital": _("Digital need meets offer"),
        }.get,
        required=True,
    )
    counts = [3, 5, 10, 25] if ui.style().narrow else [5, 10, 25]
    count = ui.url_widget(st.segmented_control, "count", _("How many"), counts, counts[0], required=True)
    with_convenors = ui.url_widget(
        st.toggle,
        "convenors",
        _("Convenors too"),
        None,
        False,
        help=_("A convenor knows nearly everybody and would fill the list, so it is left out at first."),
    )

listed = ui.ask(questions.answer_introductions, with_convenors)
names = ui.ask(questions.answer_names)
every_decision = ui.decisions()
decided = [decision for decision in every_decision if set(decision.pair) <= names.keys()]
kept_out = {decision.pair for decision in decided if ui.is_put_off(decision)}
wished = [pair for pair in listed if words.pair_of(pair) not in kept_out and words.is_wished(pair, choice)]


def pairs() -> None:
    """The pairs to introduce, each with its reasons, a text to send, and its deeds."""
    if not listed:
        ui.nothing_yet(
            _("There is nobody to introduce on {day}.", day=ui.date(ui.view().as_of)),
            _(
                "Pairs are found by what organisations in different sectors have in common. Load the list of "
                "partnerships, the list of attendance, or the list of organisations with themes, needs and offers; "
                "or choose wider filters."
            ),
        )
        return
    if not wished:
        st.markdown(_("There is no pair left of this kind. Choose another kind above."))
        return
    best = wished[0]
    gaps = {
        "a": best["name_a"],
        "b": best["name_b"],
        "reason": ui.Markdown(ui.reason_in_words(best["reasons"][0], best)),
    }
    equals = len(ui.largest(wished, lambda pair: pair["score"]))
    st.markdown(
        md("**Introduce {a} to {b}** first. {reason}", **gaps)
        if equals == 1
        else md(
            "**{n} pairs come first**, for they have the same score. One of them: introduce {a} to {b}. {reason}",
            n=ui.number(equals),
            **gaps,
        )
    )
    st.caption(
        _("Organisations in different sectors without a tie, ranked by what they have in common.")
        + (" " + _("“Done” remembers a pair, “Not this one” leaves it out for good.") if ui.may_change() else "")
    )
    with st.grid(3, min_column_width=400, key="pairs"):
        for place, pair in enumerate(wished[:count], start=1):
            with st.container(border=True, key=f"pair_{place}", height="stretch"):
                st.markdown(
                    md(
                        "{place}. **{a}** ({sector_a}) and **{b}** ({sector_b})",
                        place=ui.number(place),
                        a=pair["name_a"],
                        sector_a=ui.label(pair["sector_a"]),
                        b=pair["name_b"],
                        sector_b=ui.label(pair["sector_b"]),
                    )
                )
                st.markdown("\n".join(f"- {ui.reason_in_words(reason, pair)}" for reason in pair["reasons"]))
                with st.container(horizontal=True, vertical_alignment="center"):
                    ui.introduction_buttons(words.pair_of(pair))
                    with st.popover(_("Mail text"), icon=":material/mail:", key=f"mail_{place}"):
                        words.show_mail(pair)
                    ui.organisation_link(pair["organisation_a"], pair["name_a"])
                    ui.organisation_link(pair["organisation_b"], pair["name_b"])
    if beside := ui.equal_to_last(wished, count):
        st.caption(beside)
    ui.lazy_expander(
        "whole_list",
        _("The whole list as a table"),
        lambda: ui.frame(
            "introductions",
            lambda: words.pair_rows(wished),
            [
                "pair",
                "reasons",
                "place",
                "score",
                "sector_a_label",
                ui.column("sector_b_label", _("Other sector")),
            ],
            (with_convenors, choice, tuple(sorted(kept_out))),
        ),
    )
    ui.explain("introductions")


def hold_together() -> None:
    """The three introductions that hold the network together most, beside how likely each pair of the list is."""
    found = ui.ask(questions.answer_holding, with_convenors, tuple(sorted(kept_out)))
    if not listed or found is None or not found["chosen"]:
        st.markdown(
            _("With so many organisations this cannot be said.")
            if found is None
            else _("No pair of the list would bring organisations nearer to each other.")
        )
        return
    shown = [pair for pair in listed if words.pair_of(pair) not in kept_out]
    by_pair = {words.pair_of(pair): pair for pair in shown}
    st.subheader(words.holding_title(found), anchor="hold-together")
    st.markdown(words.holding_sentence(found))
    with st.grid(3, min_column_width=400, key="holding"):
        for place, gain in enumerate(found["chosen"], start=1):
            pair = by_pair[ui.pair_of(gain["organisation_a"], gain["organisation_b"])]
            with st.container(border=True, key=f"holding_{place}", height="stretch"):
                st.markdown(
                    md(
                        "{place}. **{a}** ({sector_a}) and **{b}** ({sector_b})",
                        place=ui.number(place),
                        a=pair["name_a"],
                        sector_a=ui.label(pair["sector_a"]),
                        b=pair["name_b"],
                        sector_b=ui.label(pair["sector_b"]),
                    )
                )
                st.markdown(words.gain_in_words(gain))
                if gain["equals"]:
                    st.caption(words.equals_in_words(gain))
                st.markdown("\n".join(f"- {ui.reason_in_words(reason, pair)}" for reason in pair["reasons"]))
                with st.container(horizontal=True, vertical_alignment="center"):
                    ui.introduction_buttons(words.pair_of(pair), "holding")
                    ui.organisation_link(pair["organisation_a"], pair["name_a"])
                    ui.organisation_link(pair["organisation_b"], pair["name_b"])

    def rows() -> DataFrame:
        return words.holding_rows(found, shown)

    ui.figure(
        "holding",
        title=words.likely_title(rows()),
        sentence=_(
            "Each mark is a pair of the list, all across sectors: further to the right it has more in common, higher "
            "it would hold more "
            "together. Whether such a list foresees ties stands under “Did the advice come true?”."
        ),
        draw=lambda: charts.two_axes(
            rows(),
            ui.style(),
            x_title=_("More in common: likelier"),
            y_title=_("Holds more together"),
            marked=_("Chosen"),
            unmarked=_("Other pairs of the list"),
        ),
        alt=lambda: _(
            "Pairs by what they have in common and by what they would hold together. Chosen: {names}.",
            names=ui.join(rows().query("is_marked")["pair"].tolist()),
        ),
        table=rows,
        columns=[
            "pair",
            "chosen",
            "place",
            "reach_gain",
            "distance_gain",
            "closeness_gain",
            ui.column("x", _("Score"), "number"),
        ],
        basis=n_("{n} pair of the list", "{n} pairs of the list", len(found["candidates"])),
        source="organisations.csv, partnerships.csv, attendance.csv",
        method="holding",
    )


def earlier() -> None:
    """What was decided about pairs, and what became of it."""
    if not decided:
        st.markdown(_("Nothing was decided yet. “Done”, “Later” and “Not this one” beside a pair are remembered here."))
    tied = ui.ask(questions.answer_tied_since)
    followed = [decision for decision in decided if decision.status in ("accepted", "introduced")]
    if followed:
        st.subheader(words.followed_title(followed, tied), anchor="decided")
    with st.grid(2, min_column_width=400, key="earlier"):
        for decision in followed:
            a, b = decision.pair
            with st.container(border=True):
                st.markdown(
                    md(
                        "**{a}** and **{b}**: {status}. {tie}",
                        a=names[a],
                        b=names[b],
                        status=words.status_word(decision.status),
                        tie=_("They have a tie since {day}.", day=ui.date(tied[decision.pair]))
                        if decision.pair in tied
                        else _("There is no tie in the data yet."),
                    )
                )
                with st.container(horizontal=True, vertical_alignment="bottom"):
                    words.decide_day(decision)
                    if decision.status == "introduced":
                        words.decide_outcome(decision)
                    st.button(
                        _("Forget this"),
                        key=f"forget_{a}_{b}",
                        icon=":material/undo:",
                        on_click=ui.decide,
                        args=(decision.pair, ""),
                    )
    for status in ("later", "dismissed"):
        left_out = [decision for decision in decided if decision.status == status and ui.is_put_off(decision)]
        if left_out:
            with st.expander(words.left_out_title(status, len(left_out)), key=status):
                for decision in left_out:
                    a, b = decision.pair
                    with st.container(horizontal=True, vertical_alignment="center"):
                        st.markdown(md("{a} and {b}", a=names[a], b=names[b]))
                        st.button(
                            _("Put back in the list"),
                            key=f"forget_{a}_{b}",
                            on_click=ui.decide,
                            args=(decision.pair, ""),
                        )
    if decided:
        st.caption(
            _(
                "This is remembered in the file introductions.json beside the data, whatever is loaded later. A tie "
                "that followed is not proof that the introduction brought it."
            )
        )
    if len(every_decision) > len(decided):
        elsewhere = len(every_decision) - len(decided)
        st.caption(
            n_(
                "{n} decision is about organisations that are not in this view.",
                "{n} decisions are about organisations that are not in this view.",
                elsewhere,
            )
        )


def came_true() -> None:
    """Whether such a list, made a year ago, foresaw ties."""
    tested = ui.ask(questions.answer_backtest, with_convenors)
    rankings = {name: ui.column(name).heading for name in ("introductions", "adamic_adar", "random")}
    measured = [row for row in tested["precision"] if row["introductions"] is not None]
    if not measured:
        st.markdown(
            md(
                "Whether such a list foresees new ties cannot be tested: on {day}, a year before, too little was "
                "known.",
                day=ui.date(tested["built_on"]),
            )
        )
        return
    last = measured[-1]
    shares = {
        "count": ui.number(last["at"]),
        "share": ui.percent(last["introductions"]),
        "random": ui.percent(last["random"]),
    }
    ui.figure(
        "backtest",
        title=n_(
            "Of the first {n} pair {share} formed a tie within a year",
            "Of the first {n} pairs {share} formed a tie within a year",
            last["at"],
            share=shares["share"],
        ),
        sentence=md(
            "The list was made on {day}. Drawn at random, {random} would have formed a tie. {verdict}",
            day=ui.date(tested["built_on"]),
            random=shares["random"],
            verdict=words.verdict(tested),
        ),
        draw=lambda: charts.bars(
            [
                {
                    "label": _("First {n}", n=ui.number(row["at"])),
                    "series": name,
                    "value": value,
                }
                for row in measured
                for name, value in (
                    ("introductions", row["introductions"]),
                    ("adamic_adar", row["adamic_adar"]),
                    ("random", row["random"]),
                )
            ],
            ui.style(),
            value_title=_("Pairs that formed a tie"),
            value_format="share",
            series_labels=rankings,
        ),
        alt=lambda: (
            _("Of the first {count} pairs, {share} formed a tie; at random {random}.", **shares)
            if last["adamic_adar"] is None  # fewer pairs have a partner in common
            else _(
                "Of the first {count} pairs, {share} formed a tie; partners in common only {plain}, at random "
                "{random}.",
                plain=ui.percent(last["adamic_adar"]),
                **shares,
            )
        ),
        table=lambda: ui.table_of(tested["precision"]),
        columns=["at", *rankings],
        basis=n_(
            "{n} new tie among {possible} possible pairs",
            "{n} new ties among {possible} possible pairs",
            tested["formed"],
            possible=ui.number(tested["possible"]),
        ),
        source="organisations.csv, partnerships.csv, attendance.csv",
        method="backtest",
    )


ui.note_confirmed()
ui.lazy_tabs(
    "tab",
    {
        "pairs": (_("Whom to introduce"), pairs),
        "hold": (_("Which hold most together"), hold_together),
        **({"earlier": (_("Earlier introductions"), earlier)} if ui.may_change() else {}),
        "backtest": (_("Did the advice come true?"), came_true),
    },
)
