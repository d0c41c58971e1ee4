"""What organisations need and offer, digital matters first, and how digital each sector is."""

import pandas as pd
import streamlit as st

from hubdata import charts, questions, ui
from hubdata.ui import _, md
from hubdata.ui.words import digital as words

answer = ui.ask(questions.answer_needs)
coverage = ui.ask(questions.answer_coverage)
subjects = {row["code"]: row for row in answer["needs"]}
mature = [row for row in answer["digital_maturity"] if row["known"]]
if not subjects and not mature:
    ui.nothing_yet(
        _("Nothing is known of needs, offers or digital maturity."),
        _("Fill in what they need, what they offer and how digital they are in the list of organisations."),
    )
    ui.stop()

everybody = ui.number(coverage["organisations"])
if subjects:
    basis = _(
        "needs known of {needs} and offers of {offers} of {all} organisations",
        needs=ui.number(answer["needs_known"]),
        offers=ui.number(answer["offers_known"]),
        all=everybody,
    )

    def listed(codes: list[str]) -> str:
        return ui.join([ui.label(code) for code in codes])

    if not answer["offers_known"]:
        st.markdown(_("What organisations offer is not known of any, so whether needs are met cannot be said."))
    elif answer["needs_nobody_offers"]:
        st.markdown(
            md("**Nobody offers what somebody needs: {subjects}.**", subjects=listed(answer["needs_nobody_offers"]))
        )
    elif answer["needs_known"]:
        st.markdown(
            _("**Every need that is known is offered by somebody**, but not always by as many as need it.")
            if any(len(row["needed_by"]) > len(row["offered_by"]) for row in subjects.values())
            else _("**Every need that is known is offered by somebody.**")
        )
    if not answer["needs_known"]:
        st.markdown(_("What organisations need is not known of any, so what is missing cannot be said."))
    elif answer["offers_nobody_needs"]:
        st.markdown(
            md("Offered, but nobody says to need it: {subjects}.", subjects=listed(answer["offers_nobody_needs"]))
        )
    elif answer["offers_known"]:
        st.markdown(_("There is demand for every offer that is known."))
    st.caption(md("Only what is filled in counts: {basis}.", basis=basis))

    def both() -> pd.DataFrame:
        rows = [
            {
                "name": ui.label(code),
                "kind": _("Digital") if row["is_digital"] else _("Not digital"),
                "needed": len(row["needed_by"]),
                "offered": len(row["offered_by"]),
            }
            for code, row in subjects.items()
        ]
        return pd.DataFrame(rows)

    names = ui.ask(questions.answer_names)


def needs_and_offers() -> None:
    """What is needed and what is offered."""
    ui.figure(
        "needs_and_offers",
        title=words.scarcest_title(answer),
        sentence=_("What is needed and what is offered; digital subjects stand first."),
        draw=lambda: charts.bars(
            [
                {"label": row["name"], "series": kind, "value": row[kind]}
                for row in both().to_dict("records")
                for kind in ("needed", "offered")
            ],
            ui.style(),
            value_title=_("Organisations"),
            series_labels={"needed": _("Need it"), "offered": _("Offer it")},
        ),
        alt=lambda: (
            ui.ranking_in_words(_("Organisations per need"), both(), "name", "needed")
            if answer["needs_known"]
            else ui.ranking_in_words(_("Organisations per offer"), both(), "name", "offered")
        ),
        table=both,
        columns=[ui.column("name", _("Subject")), "kind", "needed", "offered"],
        basis=basis,
        source="organisations.csv",
        method="needs_and_offers",
    )


def who_needs_it() -> None:
    """Who needs and who offers one subject."""
    with st.container(border=True):
        title = st.empty()
        subject = ui.url_widget(
            st.selectbox, "subject", _("Subject"), list(subjects), next(iter(subjects)), format_func=ui.code_in_words()
        )
        row = subjects[subject]
        title.subheader(
            md(
                "{subject}: {needed} and {offered}",
                subject=ui.label(subject),
                needed=words.how_many_need_it(row) if answer["needs_known"] else _("who needs it is not known"),
                offered=words.how_many_offer_it(row) if answer["offers_known"] else _("who offers it is not known"),
            ),
            anchor="who",
        )
        ui.frame(
            "who",
            lambda: words.who_rows(row, names),
            ["name", "what"],
            (subject,),
        )
        ui.frame(
            "by_sector",
            lambda: words.sector_rows(row),
            ["sector_label", "needed", "offered"],
            (subject,),
        )
        ui.page_link("introductions", _("Pairs in which a need meets an offer"))


def maturity_by_sector() -> None:
    """How digital each sector is."""
    enough = [row for row in mature if row["known"] >= ui.settings().minimum_organisations]

    def maturity() -> pd.DataFrame:
        return (
            ui.table_of(mature, "sector")
            .assign(label=lambda t: t["sector_label"], value=lambda t: t["mean"], code=lambda t: t["sector"])
            .sort_values("label")
        )

    ui.figure(
        "digital_maturity",
        title=words.maturity_title(enough),
        sentence=words.maturity_sentence(enough),
        draw=lambda: charts.bars(
            maturity(),
            ui.style(),
            value_title=_("Average, 1 to 5"),
            value_format="number",
            scale=(1, 5),
            colours=charts.sector_colours(ui.sector_labels(), ui.style()),
        ),
        alt=lambda: words.maturity_in_words(mature),
        table=maturity,
        columns=[
            "sector_label",
            ui.column("value", _("Average, 1 to 5"), "number"),
            "known",
            ui.column("organisations", _("Out of")),
        ],
        basis=_(
            "known of {known} of {all} organisations",
            known=ui.number(coverage["digital_maturity_known"]),
            all=everybody,
        ),
        source="organisations.csv",
        method="digital_maturity",
    )


if ui.style().narrow:
    ui.lazy_tabs(
        "tab",
        {
            **(
                {
                    "needs": (_("Needs and offers"), needs_and_offers),
                    "who": (_("Who needs it, who offers it"), who_needs_it),
                }
                if subjects
                else {}
            ),
            **({"maturity": (_("How digital sectors are"), maturity_by_sector)} if mature else {}),
        },
    )
else:
    if subjects:
        left, right = st.columns(2)
        with left:
            needs_and_offers()
        with right:
            who_needs_it()
    if mature:
        maturity_by_sector()
