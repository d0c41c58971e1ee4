"""Ask organisations about their own ties: what came in, links to send, and who answered."""

import streamlit as st

from hubdata import ui
from hubdata.ui import _, n_md
from hubdata.ui.words import asking as words

every = words.every_proposal()
waiting = [proposal for proposal in every if proposal.status == "open"]


def answers() -> None:
    """What organisations said, beside what is known, and the deeds that belong to it."""
    words.last_deed()
    if not waiting:
        st.markdown(_("No answer waits for you. Nothing that organisations say changes a figure before you accept it."))
        if still_open := words.count_open():
            st.markdown(
                n_md(
                    "{n} link still works, so an answer may come in.",
                    "{n} links still work, so answers may come in.",
                    still_open,
                )
            )
            ui.page_link("asking", _("See who answered, and who did not"), asking="asked")
        else:
            ui.page_link("asking", _("Choose whom to ask"), asking="ask")
        return
    names = {proposal.organisation_id: proposal.name for proposal in waiting}
    st.markdown(
        n_md(
            "**{n} answer waits for you**, of {others} organisations. Figures change only when you accept.",
            "**{n} answers wait for you**, of {others} organisations. Figures change only when you accept.",
            len(waiting),
            others=ui.number(len(names)),
        )
        if len(names) > 1
        else n_md(
            "**{n} answer waits for you.** Figures change only when you accept.",
            "**{n} answers wait for you.** Figures change only when you accept.",
            len(waiting),
        )
    )
    who = ui.url_widget(
        st.selectbox, "who", _("Whose answers"), list(names), next(iter(names)), format_func=lambda own: names[own]
    )
    own = words.to_decide_first(proposal for proposal in waiting if proposal.organisation_id == who)
    sectors: dict[str, str] = {}
    for place, proposal in enumerate(own):
        with st.container(border=True, key=f"answer_{place}"):
            st.markdown(words.said_in_words(proposal))
            st.caption(ui.literal(words.known_in_words(proposal)))
            if other := words.other_side_in_words(proposal):
                st.markdown(other)
            if proposal.is_new_name:
                labels = ui.sector_labels()
                sectors[proposal.subject] = st.selectbox(
                    _("Sector of {name}", name=proposal.subject_name),
                    list(labels),
                    index=list(labels).index("other") if "other" in labels else 0,
                    format_func=ui.code_in_words(),
                    key=f"sector_{proposal.subject}",
                )
            with st.container(horizontal=True):
                about = ui.in_label(proposal.subject_name or proposal.name)
                if st.button(_("Accept"), key=f"accept_{place}", help=_("Accept what is said of {name}", name=about)):
                    words.accept([proposal], sectors)
                if st.button(_("Refuse"), key=f"refuse_{place}", help=_("Refuse what is said of {name}", name=about)):
                    words.refuse([proposal])
    agreed = [proposal for proposal in own if not proposal.contradicts]
    with st.container(border=True, key="all_answers"):
        st.subheader(_("Everything of {name} at once", name=ui.literal(names[who])), anchor="all")
        if len(agreed) < len(own):
            st.caption(_("What the two sides do not agree on stays: decide that one by one."))
        if any(proposal.changes for proposal in agreed):
            movements = words.movements_of(agreed)
            st.markdown("\n".join(f"- {ui.movement_sentence(movement)}" for movement in movements))
        else:
            st.markdown(_("No figure would change: it confirms what is known."))
        with st.container(horizontal=True):
            if st.button(_("Accept all"), type="primary", key="accept_all", disabled=not agreed):
                words.accept(agreed, sectors)
            if st.button(_("Refuse all"), key="refuse_all"):
                words.refuse(own)


def ask() -> None:
    """Whom to ask, and the links that were just made."""
    made, kept = words.new_links()
    if made or kept:
        with st.container(border=True, key="new_asks"):
            st.subheader(_("Your new links") if made else _("No new links"), anchor="new")
            if kept:
                st.caption(
                    _(
                        "These had an open link already, and keep it: {n}. Is an address lost? Give it another one "
                        "under Who was asked.",
                        n=ui.number(kept),
                    )
                )
            if made:
                st.markdown(_("Take them now: they are shown only once. Send each only to its own organisation."))
                ui.frame(
                    "asked_links",
                    lambda: words.links_table(made),
                    [ui.column(name, _(heading), "text") for name, heading in words.LIST_HEADINGS.items()],
                    (tuple(link.id + link.proof for link, _address in made),),
                )
                place = st.selectbox(
                    _("One link, to copy or to scan"),
                    range(len(made)),
                    format_func=lambda place: made[place][0].name,
                    key="one_ask",
                )
                link, address = made[place]
                st.code(address, language=None, wrap_lines=True)
                st.image(words.code_of(address), caption=_("QR code of the link of {name}", name=link.name), width=220)
                for language, title in (("nl", _("A text to send, in Dutch")), ("en", _("A text to send, in English"))):
                    st.markdown(title)
                    st.code(words.mail(language, link, address, len(made) > 1), language=None, wrap_lines=True)
            done = _("I have taken them") if made else _("Close")
            st.button(done, type="primary", key="asks_taken", on_click=words.forget_new_links)
    everybody, fading = words.to_ask("all"), words.to_ask("fading")
    most = words.to_ask(ui.who_would_tell()) if everybody else {}
    if not everybody:
        st.info(
            _("Load your own lists first: nobody is asked about the sample or the demo."), icon=":material/upload_file:"
        )
        ui.page_link("data", _("Drop your own lists"))
        return
    with st.container(border=True, key="make_asks"):
        st.subheader(_("Whom do you ask?"), anchor="whom")
        ui.remind_of_contact()
        choices = {
            "fading": _("Those with a tie that has gone silent ({n})", n=ui.number(len(fading))),
            **(
                {"telling": _("Those who can fill in what would tell most ({n})", n=ui.number(len(most)))}
                if most
                else {}
            ),
            "all": _("All organisations ({n})", n=ui.number(len(everybody))),
            "some": _("Some"),
        }
        which = st.radio(_("Organisations"), list(choices), format_func=choices.get, key="ask_which")
        chosen = {"fading": fading, "telling": most, "all": everybody}.get(which, {})
        if which == "some":
            picked = st.multiselect(
                _("Which"), list(everybody), format_func=lambda own: everybody[own], key="ask_some", placeholder=""
            )
            chosen = {own: everybody[own] for own in picked}
        days = st.number_input(_("How many days does it work?"), 1, 90, 30, key="ask_days")
        ratings = st.checkbox(
            _("Ask also how they experience their partners (trust and value)"),
            key="ask_ratings",
            help=_(
                "Six questions about each partner, which nobody has to answer. You never see who said what: only "
                "averages of five organisations or more."
            ),
        )
        st.caption(
            _(
                "Nothing is sent: you get a list to paste into your own mail. An organisation sees its own profile and "
                "ties, and of others only the names."
            )
        )
        if st.button(_("Make the links"), type="primary", icon=":material/add_link:", key="make_asks_now"):
            words.make_links(chosen, int(days), ratings)


def asked() -> None:
    """Who was asked, who answered, and the way to end or renew a link."""
    rows = words.asked()
    if rows.empty:
        st.markdown(
            _(
                "Nobody has been asked yet. Choose whom, make the links, and send each with the text that "
                "stands beside it."
            )
        )
        ui.page_link("asking", _("Choose whom to ask"), asking="ask")
        return
    st.markdown(words.asked_sentence(rows))
    ui.frame(
        "asked",
        lambda: words.answered_first(rows),
        [
            "name",
            ui.column("did_words", _("What they did"), "text"),
            "opened",
            ui.column("last", _("Last seen"), "date"),
            ui.column("open_words", _("Still open"), "text"),
            ui.column("until", _("Until"), "date"),
        ],
        (rows.to_json(date_format="iso"),),
    )
    if rows["month"].nunique() > 1:
        st.subheader(_("Answered, per month of asking"), anchor="response")
        ui.frame(
            "response",
            lambda: words.response(rows),
            [
                ui.column("month_words", _("Asked in"), "text"),
                ui.column("answered_share", _("Share that answered"), "share"),
                ui.column("answered", _("Answered"), "count"),
                ui.column("asked", _("Asked"), "count"),
            ],
            (rows.to_json(date_format="iso"),),
        )
    ui.note_confirmed()
    names = dict(zip(rows["link"], rows["name"], strict=True))
    chosen = st.selectbox(_("A link"), list(names), format_func=lambda link: names[link], key="asked_link")
    with st.container(horizontal=True):
        if st.button(_("Give it another address"), key="renew_ask", icon=":material/autorenew:"):
            words.renew_link(chosen)
        if st.button(_("End it"), key="end_ask", icon=":material/link_off:"):
            words.end_link(chosen)
    st.caption(
        _(
            "To remind who did not answer, send its link again. Is its address lost? Give it another one, for thirty "
            "days: what was answered stays, and can be changed. The old address is then worth nothing."
        )
    )


def trust() -> None:
    """How far organisations trust and value their partners, as averages."""
    found = words.trust()
    if found is None:
        st.markdown(
            _("Nobody has said yet how it experiences its partners. Tick it when you ask: the questions are optional.")
        )
        ui.page_link("asking", _("Choose whom to ask"), asking="ask")
        ui.explain("trust", "value")
        from_partner()
        return
    st.markdown(words.trust_sentence(found))
    st.caption(
        _("No average is not a low one. Averages rest on five organisations or more; who said what is not shown.")
    )
    scores = [
        ui.column("trust", _("Trust"), "tenths"),
        ui.column("value", _("Value"), "tenths"),
        ui.column("state", _("Why there is no average"), "text"),
        ui.column("trust_answers", _("Answers about trust"), "count"),
        ui.column("value_answers", _("Answers about value"), "count"),
    ]
    changed_by = (str(found),)
    st.subheader(_("What others say of each organisation"), anchor="received")
    ui.frame("trust", lambda: words.trust_of_organisations(found), ["name", *scores, "sector_label"], changed_by)
    st.subheader(_("Between sectors"), anchor="between")
    ui.frame(
        "sector_trust", lambda: words.trust_of_sectors(found), ["sector_a_label", "sector_b_label", *scores], changed_by
    )
    ui.explain("trust", "value")
    from_partner()


def from_partner() -> None:
    """Answers that were given in the PARTNER tool: handed in, looked at, taken in and taken out again."""
    taken = words.taken_in()
    with st.expander(_("Answers from the PARTNER tool"), key="from_partner", expanded=bool(taken)):
        st.markdown(
            _(
                "Did you ask before with PARTNER? We read a table (.csv or .xlsx) with a row per respondent and "
                "partner: columns for both names and for the six questions, with scores of one to four. PARTNER does "
                "not publish what its export looks like, so yours may differ: then you read here which columns are "
                "missing. Only the six questions are used, in the place of what you took in before."
            )
        )
        file, day = words.chosen_export()
        found = words.export_found(file, day) if file and day else None
        if found:
            st.markdown(words.export_sentence(found))
            if found.left_out:
                ui.frame(
                    "export_left_out",
                    lambda: words.left_out(found),
                    ["row", "column", "message", "remedy"],
                    (str(found.left_out),),
                )
            if st.button(_("Take in"), type="primary", key="take_in", disabled=not found.ratings):
                words.take_in(found)
        if taken:
            st.markdown(n_md("**{n} answer was taken in.**", "**{n} answers were taken in.**", taken))
            if st.button(_("Take them out again"), key="take_out", icon=":material/undo:"):
                words.take_in(None)


ui.lazy_tabs(
    "asking",
    {
        "answers": (_("Answers"), answers),
        "ask": (_("Ask"), ask),
        "asked": (_("Who was asked"), asked),
        "trust": (_("Trust and value"), trust),
    },
)
