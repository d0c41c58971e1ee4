"""One organisation: who it is, whom it works with, where its money comes from, which events it attended."""

import pandas as pd
import streamlit as st

from hubdata import questions, ui
from hubdata.ui import _, md, n_, n_md
from hubdata.ui.words import organisation as words

names = ui.ask(questions.answer_names)
if not names:
    ui.nothing_yet(
        _("There are no organisations to show on {day}.", day=ui.date(ui.view().as_of)),
        _("Choose another day or wider filters, or load organisations.csv: one row per organisation."),
    )
    ui.stop()

chosen = ui.url_widget(
    st.selectbox,
    "id",
    _("Organisation"),
    list(names),
    None,
    format_func=words.found_by(names),
    placeholder=_("Type a name"),
)
if chosen is None:
    st.markdown(_("Type part of a name, or click a mark on the Network page."))
    ui.stop()

answer = words.organisation(chosen)
profile = answer["profile"]
st.header(ui.literal(answer["name"]), anchor="organisation")
with st.container(horizontal=True):
    # Not `st.badge`, which escapes brackets a second time.
    st.markdown(f":blue-badge[:material/category: {ui.literal(ui.label(answer['sector']))}]")
    if profile["role"] == "convenor":
        st.badge(_("Convenor"), icon=":material/diversity_3:", color="gray")
    if answer["is_articulation_point"]:
        st.badge(_("Single point of connection"), icon=":material/link:", color="gray")
st.markdown(
    n_md(
        "**{n} partner; in another sector: {across}.**",
        "**{n} partners, of which {across} in another sector.**",
        answer["degree"],
        across=ui.number(answer["cross_sector_degree"]),
    )
)

facts = {
    _("Also known as"): ui.join(profile["aliases"] or []),
    _("Kind"): ui.type_label(profile["type"]),
    _("Place"): profile["city"],
    _("Themes"): ui.join([ui.label(theme) for theme in profile["themes"] or []]),
    _("Works in"): ui.join(sorted(ui.country(code) for code in profile["countries"] or [])),
    _("Jobs (fte)"): ui.number(profile["fte"], 1) if profile["fte"] is not None else "",
    _("Founded"): str(profile["founded"] or ""),
    _("Membership"): ui.word("membership", profile["membership"]) if profile["membership"] else "",
    _("Digital maturity (1–5)"): str(profile["digital_maturity"] or ""),
    _("Needs"): ui.join([ui.label(need) for need in profile["needs"] or []]),
    _("Offers"): ui.join([ui.label(offer) for offer in profile["offers"] or []]),
    _("Website"): ui.web_link(profile["website"]) if profile["website"] else "",
}
known_facts = {h: fact if isinstance(fact, ui.Markdown) else ui.literal(fact) for h, fact in facts.items() if fact}
unknown = [heading for heading, fact in facts.items() if not fact]
with st.container(border=True):
    st.subheader(_("Profile"), anchor="profile")
    if known_facts:
        st.table(known_facts, border="horizontal", alt=_("Profile"))
    if unknown:
        st.caption(_("Not known: {facts}.", facts=ui.join(unknown)))

with st.container(border=True):
    st.subheader(_("Position in the network"), anchor="position")
    st.markdown(
        md(
            "Brokerage: **{betweenness}** (0 to 1). Closed circle: **{constraint}** (low is open).",
            betweenness=ui.number(answer["betweenness"], 3),
            constraint=ui.number(answer["constraint"], 2),
        )
    )
    ui.explain("betweenness")

with st.container(border=True):
    st.subheader(_("Partners"), anchor="partners")
    if not answer["ties"]:
        st.markdown(_("No partners on this day in this view."))
    else:
        ui.frame(
            "partners",
            lambda: ui.with_yes_no(ui.table_of(answer["ties"], "sector"), "is_structural"),
            [
                ui.column("name", _("Partner")),
                "sector_label",
                "partnership_count",
                "is_structural",
                "started_on",
                "last_sign_date",
            ],
        )

if ui.has_amounts():
    income = pd.DataFrame(answer["income"])
    if income.empty:
        ui.nothing_yet(
            _("No income is known of this organisation."),
            _("Load funding.csv: one row per organisation, year, donor and programme."),
        )
    else:
        years = pd.DataFrame(answer["funding"])
        shown_year = ui.latest_year([year["year"] for year in answer["funding"]])
        latest = next(year for year in answer["funding"] if year["year"] == shown_year)
        kinds = ui.category_labels()
        ui.figure(
            "income",
            title=_("Income"),
            sentence=(
                md(
                    "In {year} the largest donor, {donor}, gave {share} of the known income of {income}.",
                    year=latest["year"],
                    income=ui.euro(latest["income"]),
                    donor=latest["top_donor"],
                    share=ui.percent(latest["top_donor_share"]),
                )
                if latest["top_donor"]
                else md("In {year} no donor is known.", year=latest["year"])
            ),
            draw=lambda: ui.income_bars(income.groupby(["year", "category"], as_index=False)["amount_eur"].sum()),
            alt=lambda: ui.ranking_in_words(
                _("Income per year"), years.assign(name=years["year"]), "name", "income", "euro"
            ),
            table=lambda: income.assign(category_label=[kinds[code] for code in income["category"]]),
            columns=["year", "donor", "category_label", "amount_eur"],
            basis=n_("{n} year with income rows", "{n} years with income rows", len(years)),
            source="funding.csv",
            method="income",
        )

with st.container(border=True):
    st.subheader(_("Events"), anchor="events")
    if not answer["events"]:
        st.markdown(_("No events are known."))
    else:
        ui.frame(
            "events_attended",
            lambda: ui.table_of(answer["events"], "kind").assign(
                status_label=[ui.word("status", event["status"]) for event in answer["events"]]
            ),
            ["start_date", ui.column("name", _("Event")), "kind_label", "status_label"],
        )
