"""Cells that were refused, in a grid in which somebody types what they should say."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from hubdata import loading
from hubdata.ui.language import _, n_

MOST_CELLS = 200
"""So many cells can be typed over at once; the others come when these are right."""


def typed_over(
    drop_id: str, problems: Sequence[loading.Problem], rows: pd.DataFrame
) -> list[tuple[loading.Problem, str]]:
    """What was typed over which cell, when the button is pressed. `rows`: the same problems in words."""
    shown = list(problems[:MOST_CELLS])
    with st.container(border=True):
        st.markdown(
            _(
                "**Type it over here.** Write beside each cell what it should say. "
                "We remember it for when this file comes again."
            )
        )
        heading = _("It should say")
        wrong = rows["message"] + " " + rows["remedy"]
        grid = pd.DataFrame(
            {
                heading: pd.Series([None] * len(rows), dtype="string"),
                _("In the cell"): rows["value"],
                _("Column"): rows["column"],
                _("Row"): rows["row"],
                _("What is wrong"): wrong,
                _("File"): rows["file"],
            }
        )[: len(shown)]
        typed = st.data_editor(
            grid,
            key=f"typed_{drop_id}",
            hide_index=True,
            disabled=list(grid.columns[1:]),
            column_config={heading: st.column_config.TextColumn(pinned=True, max_chars=1000)},
        )
        if left := len(problems) - len(shown):
            st.caption(n_("{n} more cell follows.", "{n} more cells follow.", left))
        said = [
            (problem, str(text))
            for problem, text in zip(shown, typed[heading].to_list(), strict=True)
            if isinstance(text, str) and text.strip()
        ]
        if not st.button(_("Use what I typed"), key=f"use_{drop_id}", type="primary", disabled=not said):
            return []
        if not all(loading.may_be_kept(text) for _problem, text in said):
            st.error(
                _("There is an e-mail address or a telephone number in what you typed: that is never stored."),
                icon=":material/error:",
            )
            return []
        return said
