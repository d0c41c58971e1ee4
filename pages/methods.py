"""What every figure means, where it comes from, and what is not known."""

from collections.abc import Callable

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

words.search()


def definitions(part: str) -> Callable[[], None]:
    """What draws the explanations of one part."""
    return lambda: words.show([key for key in methods.EXPLANATIONS if words.part_of(key) == part], part)


def known() -> None:
    """What is known and what is not, and where the data comes from."""
    coverage = ui.ask(questions.answer_coverage)
    st.subheader(_("What is known and what is not"), anchor="coverage")
    ui.frame(
        "coverage",
        lambda: pd.DataFrame(words.coverage_rows(coverage)),
        ["what", "share", "known", "of"],
    )
    ui.explain("coverage")
    st.subheader(_("About this data"), anchor="about")
    manifest = ui.snapshot().manifest
    st.markdown(
        md(
            "Snapshot {id}, loaded {moment}. {attribution}",
            id=manifest.id,
            moment=ui.moment(manifest.loaded_at),
            attribution=manifest.attribution,
        )
    )


def thresholds() -> None:
    """The limits and thresholds of this hub."""
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


def data_dictionary() -> None:
    """What the files may hold."""
    st.subheader(_("Data dictionary"), anchor="dictionary")
    st.markdown(_("What the files may hold. A column in bold is required; an empty cell means not known."))
    for name, row in models.TABLES.items():
        with st.expander(f"{name}.csv – {row.grain[ui.current_language()]}"):
            lines = [
                f"- {f'**{column}**' if required else column}: {meaning}" + (f" `{example}`" if example else "")
                for column, required, meaning, example in dictionary.describe(row, ui.current_language())
            ]
            st.markdown("\n".join(lines))


ui.lazy_tabs(
    "tab",
    {
        "network": (_("Network"), definitions("network")),
        "across": (_("Across sectors"), definitions("across")),
        "positions": (_("Positions and introductions"), definitions("positions")),
        "ties": (_("Ties over time"), definitions("ties")),
        "sectors": (_("Sectors"), definitions("sectors")),
        "funding": (_("Funding"), definitions("funding")),
        "stress": (_("What if a donor stops"), definitions("stress")),
        "events": (_("Events"), definitions("events")),
        "known": (_("What is known"), known),
        "thresholds": (_("Thresholds"), thresholds),
        **({"dictionary": (_("Data dictionary"), data_dictionary)} if ui.may_change() else {}),
    },
)
