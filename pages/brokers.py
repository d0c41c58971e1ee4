"""Who holds the network together, and what is left of it when they go?"""

import streamlit as st

from hubdata import charts, questions, ui
from hubdata.ui import _, md
from hubdata.ui.words import brokers as words

figures = ui.ask(questions.answer_network, "organisations", "ties")
if not figures["ties"]:
    ui.no_ties_yet()

basis = ui.network_basis(figures)
brokers = ui.ask(questions.answer_brokers)
fragility = ui.ask(questions.answer_fragility)
views = {
    key: words
    for key, words in {"with": _("With convenors"), "without": _("Without convenors")}.items()
    if key in fragility
}
ui.figure(
    "fragility",
    title=_("What is left when brokers go"),
    sentence=words.fragility_sentence(fragility),
    draw=lambda: charts.bars(
        words.fragility_rows(fragility),
        ui.style(),
        value_title=_("Pairs still connected"),
        value_format="share",
        series_labels=views,
    ),
    alt=lambda: _("Share of pairs still connected after losing the first one, three and five brokers."),
    table=lambda: words.fragility_rows(fragility).assign(view=lambda t: t["series"].map(views)),
    columns=[
        "view",
        ui.column("removed", _("Brokers lost")),
        "who",
        "connected_share",
        "connected_share_before",
        "largest_component_share",
    ],
    basis=_(
        "{basis}; lost are those who stand most often between others now; nobody takes over their ties",
        basis=basis,
    ),
    source="partnerships.csv",
    method="fragility",
)

with st.container(border=True):
    st.subheader(_("Who connects others"), anchor="brokers")
    st.markdown(
        md(
            "These organisations lie most often on the shortest path between two others. "
            "If a single point of connection leaves, part of the network is cut off."
        )
    )
    ui.frame(
        "brokers",
        lambda: ui.table_of(words.first_brokers(brokers), "sector"),
        ["name", "sector_label", "degree", "cross_sector_degree", "betweenness", "constraint", "cut_off"],
    )
    ui.explain("betweenness", "constraint", "articulation_points")

ui.page_link("network", _("Who works with whom is on the page Network"))
