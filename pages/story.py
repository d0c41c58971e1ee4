"""Story: the pinned views in their order; to present on a whole screen, to share, and to take along."""

import streamlit as st

from hubdata import ui
from hubdata.ui import _, md, n_md
from hubdata.ui.chapters.take_along import story_buttons
from hubdata.ui.words import story as words


def buttons(place: int, step: words.Step) -> None:
    """What a manager does with a step: move it, say something else of it, take it out."""
    for by, icon, said, is_there in (
        (-1, ":material/arrow_upward:", _("Move step {n} up", n=ui.number(place)), place > 1),
        (1, ":material/arrow_downward:", _("Move step {n} down", n=ui.number(place)), place < len(steps)),
    ):
        st.button(
            _("Up") if by < 0 else _("Down"),
            icon=icon,
            key=f"move_{by}_{step.id}",
            help=said,
            disabled=not is_there,
            on_click=ui.change_story,
            args=("move", step.id, by),
            type="tertiary",
        )
    with st.popover(_("Change step {n}", n=ui.number(place)), icon=":material/edit:", key=f"change_{step.id}"):
        sentence = st.text_input(
            _("Sentence"), step.sentence, max_chars=words.MOST_OF_A_SENTENCE, key=f"sentence_{step.id}"
        )
        st.button(
            _("Keep this sentence"),
            key=f"reword_{step.id}",
            on_click=ui.change_story,
            args=("reword", step.id, sentence),
        )
        st.button(
            _("Take step {n} out of the story", n=ui.number(place)),
            icon=":material/delete:",
            key=f"remove_{step.id}",
            on_click=ui.change_story,
            args=("remove", step.id),
        )


if wrong := ui.went_wrong():
    st.error(wrong, icon=":material/error:")
steps = ui.steps()
if not steps:
    ui.nothing_yet(
        _("There is no story yet."),
        _(
            "Open a page, choose the day and the filters, and press Pin beside its title: with one sentence it becomes "
            "a step. Up to fifteen steps make a story."
        ),
    )
    ui.stop()

st.markdown(
    n_md(
        "**{n} step.** Present it on the whole screen and go on with the arrow keys.",
        "**{n} steps.** Present them on the whole screen and go on with the arrow keys.",
        len(steps),
    )
)
with st.container(horizontal=True, vertical_alignment="center"):
    if st.button(_("Present"), icon=":material/play_circle:", type="primary", key="present"):
        ui.present(1)
    if ui.may_change() and st.button(_("Share as a link"), icon=":material/share:", key="share_story"):
        words.share()
    story_buttons()

for place, step in enumerate(steps, start=1):
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"step_{step.id}"):
        gone = words.gone_in_words(step)
        with st.container(width="stretch", gap=None):
            st.markdown(md("**{place}. {sentence}**", place=ui.number(place), sentence=words.title_of(step)))
            if gone:
                st.markdown(f":material/visibility_off: {ui.literal(gone)}")
            if ui.may_change() or not gone:
                st.caption(ui.literal(words.view_in_words(step)))
        if not gone:
            ui.page_link(step.page, _("Show step {n}", n=ui.number(place)), whole=words.parameters(step))
        if ui.may_change():
            buttons(place, step)
