"""What every figure means, where it comes from, and what is not known."""

import pandas as pd
import streamlit as st

from hubdata import dictionary, methods, models, questions, ui
from hubdata.ui import _, md
from hubdata.ui.words import methods as words

st.markdown(
    _(
        "Every figure here is calculated from the files that were loaded, always in the same way. "
        "This page says how, and how not to misread it."
    )
)

coverage = ui.ask(questions.answer_coverage)
with st.container(border=True):
    st.subheader(_("What is known and what is not"), anchor="coverage")
    ui.frame(
        "coverage",
        lambda: pd.DataFrame(words.coverage_rows(coverage)),
        ["what", "known", "of", "share"],
    )
    ui.explain("coverage")

parts = {
    "network": _("Network"),
    "ties": _("Ties over time"),
    "sectors": _("Sectors"),
    "funding": _("Funding"),
    "events": _("Events"),
}
st.header(_("Definitions"), anchor="definitions")
for part, heading in parts.items():
    with st.container(border=True):
        st.subheader(heading, anchor=part)
        for key, explanation in methods.EXPLANATIONS.items():
            if explanation.table == part:
                source = f" *{_('Source: {source}', source=explanation.source)}.*" if explanation.source else ""
                names = ", ".join(f"`{name}`" for name in (key, *explanation.also))
                st.markdown(f"**{_(explanation.name)}** ({names})  \n{ui.meaning(key)}{source}")

with st.container(border=True):
    st.subheader(_("Limits and thresholds of this hub"), anchor="thresholds")
    settings = ui.settings()
    st.table(
        {
            _("Exposed from this share of one donor"): ui.threshold(settings.exposure_threshold),
            _("Exposed from this share of public money"): ui.threshold(settings.public_threshold),
            _("At risk above this share of income lost"): ui.threshold(settings.risk_threshold),
            _("Fading after so many days"): ui.number(settings.fading_days),
            _("Strength of a tie halves in so many days"): ui.number(settings.half_life_days),
            _("An event is very large above so many organisations"): ui.number(settings.plenary_size),
            _("New ties are counted for so many days after an event"): ui.number(settings.window_days),
            _("Compare with the reference from so many organisations"): ui.number(settings.minimum_organisations),
        },
        border="horizontal",
        alt=_("Limits and thresholds of this hub"),
    )
    if ui.may_change():
        st.caption(_("They are set in data/hub.toml."))

if ui.may_change():
    st.header(_("Data dictionary"), anchor="dictionary")
    st.markdown(_("What the files may hold. A column in bold is required; an empty cell means not known."))
    for name, row in models.TABLES.items():
        with st.expander(f"{name}.csv – {row.grain[ui.current_language()]}"):
            lines = [
                f"- {f'**{column}**' if required else column}: {meaning}" + (f" `{example}`" if example else "")
                for column, required, meaning, example in dictionary.describe(row, ui.current_language())
            ]
            st.markdown("\n".join(lines))

st.header(_("About this data"), anchor="about")
manifest = ui.snapshot().manifest
st.markdown(
    md(
        "Snapshot {id}, loaded {moment}. {attribution}",
        id=manifest.id,
        moment=ui.moment(manifest.loaded_at),
        attribution=manifest.attribution,
    )
)
