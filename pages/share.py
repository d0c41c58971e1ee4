"""Share: make a link for others, see which there are, end one, and see what its receiver sees."""

import streamlit as st

from hubdata import ui
from hubdata.ui import _, md, n_md
from hubdata.ui.words import share as words

st.markdown(
    _(
        "With a link somebody else sees the dashboard, or a part of it, without an account. They can change "
        "nothing. You choose what they see, and you can end the link whenever you want."
    )
)
if words.links_work_here_only():
    st.info(
        _(
            "For now links only work on this computer. Ask your IT colleague: “Give the dashboard an address that "
            "others can open, and set it as its public address.” The manual for installing (install.md) says how."
        ),
        icon=":material/lan:",
    )

ui.remind_of_contact()

if "new_link" in st.session_state:
    with st.container(border=True, key="new_link_box"):
        st.subheader(_("Your new link"), anchor="new")
        st.markdown(
            _("Copy it now: it is shown only once. Whoever has it can open it, so send it only to its receiver.")
        )
        st.code(st.session_state["new_link"][1], language=None, wrap_lines=True)
        if map_address := words.map_address():
            st.markdown(
                _(
                    "A map of Kumu can read the network of this link, as long as the link works: choose JSON as the "
                    "source in Kumu and paste this address. It gives what the receiver sees, and no more."
                )
            )
            st.code(map_address, language=None, wrap_lines=True)
        with st.container(horizontal=True):
            st.button(_("I have copied it"), type="primary", key="copied", on_click=words.forget_new_link)

with st.container(border=True):
    st.subheader(_("Make a link"), anchor="make")
    words.begin_form()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_("Begin with what fits:"), width="content")
        for nth, preset in enumerate(words.PRESETS):
            st.button(_(preset.words), key=f"preset_{nth}", on_click=words.begin_with, args=(preset,))
    label = st.text_input(_("For whom or what is it?"), max_chars=200, key="link_label", help=_("Only you see this."))
    titles = words.shareable_pages()
    pages = st.pills(
        _("Which pages?"),
        list(titles),
        selection_mode="multi",
        format_func=lambda name: titles.get(name, ""),
        key="link_pages",
    )
    funding = st.radio(
        _("What about income?"),
        list(words.FUNDING),
        format_func={code: _(words) for code, words in words.FUNDING.items()}.get,
        captions=[_(words) for words in words.FUNDING_MEANS.values()],
        key="link_funding",
    )
    names = st.toggle(_("Show the names of organisations, donors and events"), key="link_names")
    downloads = st.toggle(_("Allow downloads of tables"), False, key="link_downloads")
    left, right = st.columns(2)
    with left:
        sectors = st.multiselect(
            _("Only these sectors"),
            list(ui.sector_labels()),
            format_func=ui.code_in_words(),
            placeholder=_("All sectors"),
            key="link_sectors",
        )
    with right:
        themes = st.multiselect(
            _("Only these themes"),
            words.all_themes(),
            format_func=ui.code_in_words(),
            placeholder=_("All themes"),
            key="link_themes",
        )
    fixed = st.radio(
        _("Which data?"),
        [False, True],
        format_func={False: _("Always the newest"), True: _("Always that of now")}.get,
        captions=[
            _("What you load later is seen at once. Totals of income stay those of now."),
            _("The link keeps showing what is on show at this moment."),
        ],
        key="link_fixed",
    )
    left, right = st.columns(2)
    with left:
        offered = {"": _("The receiver's own"), "nl": "Nederlands", "en": "English"}
        language = st.selectbox(
            _("Language at the start"),
            list(offered),
            format_func=lambda code: offered.get(code, ""),
            key="link_language",
        )
    with right:
        days = st.number_input(_("How many days does it work?"), 1, 365, 90, key="link_days")
    with_passphrase = st.checkbox(_("Ask for a passphrase as well"), key="link_with_passphrase")
    passphrase = (
        st.text_input(
            _("Passphrase"),
            type="password",
            key="link_passphrase",
            help=_("At least 8 characters. Tell it to the receiver by another way than the link."),
        )
        if with_passphrase
        else None
    )
    if st.button(_("Make the link"), type="primary", icon=":material/add_link:", key="make_link"):
        wrong = words.create_link(
            label=label,
            pages=pages,
            sectors=sectors,
            themes=themes,
            funding=funding,
            names=names,
            downloads=downloads,
            snapshot=st.session_state["current_snapshot_id"] if fixed else None,
            language=language or None,
            days=int(days),
            passphrase=passphrase,
        )
        if wrong:
            st.error(wrong, icon=":material/error:")
        else:
            st.rerun()

working, ended = words.links()
with st.container(border=True):
    st.subheader(_("Links that work"), anchor="links")
    if not working:
        st.markdown(_("There are none."))
    for link in working:
        with st.container(border=True, key=f"link_{link.id}"):
            st.markdown(md("**{label}**", label=link.label))
            st.markdown(words.link_in_words(link))
            st.caption(ui.literal(words.link_used_in_words(link)))
            with st.container(horizontal=True):
                look = _("See what the receiver of {label} sees", label=ui.in_label(link.label))
                if st.button(
                    _("See what the receiver sees"), key=f"look_{link.id}", icon=":material/visibility:", help=look
                ):
                    words.preview_link(link)
                with st.popover(_("End this link"), icon=":material/link_off:", key=f"sure_{link.id}"):
                    st.markdown(
                        md(
                            "Whoever has the link **{label}** then sees nothing any more. This cannot be undone.",
                            label=link.label,
                        )
                    )
                    if st.button(_("Yes, end it"), key=f"end_{link.id}"):
                        words.revoke_link(link.id)

if ended:
    with st.container(border=True):
        st.subheader(_("Links that ended"), anchor="ended")
        st.markdown(n_md("{n} link lets nobody in any more.", "{n} links let nobody in any more.", len(ended)))
        ui.lazy_expander(
            "ended_links",
            _("Which ones"),
            lambda: ui.frame(
                "ended_links",
                lambda: words.ended_links(ended),
                [
                    ui.column("label", _("For whom or what")),
                    "made",
                    ui.column("ended", _("Ended on"), "date"),
                    "why",
                    "opened",
                ],
                (tuple(link.id for link in ended),),
            ),
        )
