"""Names that look alike, on the page Data: what may be one, what would move, and what somebody says of it.

Nothing is taken together until somebody presses the button. What was loaded is merged as a load of its own, so that it
can be undone; what was only dropped yet is merged when it is loaded.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import streamlit as st

from hubdata import loading, naming, store
from hubdata.ui.hub_settings import home, settings
from hubdata.ui.language import _, euro, in_label, join, literal, md, n_, store_sentence
from hubdata.ui.parts import lazy_expander
from hubdata.ui.session import by_name, manifest_of, now_on_show, only_manager

MOST_PAIRS = 20
"""So many pairs are asked about at once; the others come when these are settled."""


class Said(NamedTuple):
    """What somebody said of pairs of names."""

    merges: tuple[naming.Merge, ...] = ()
    different: tuple[tuple[str, str], ...] = ()


def on_show() -> None:
    """The names in the data on show that look alike, at any time; nothing for examples, which cannot be changed."""
    shown = st.session_state["current_snapshot_id"]
    if manifest_of(shown).origin != "own":
        return
    different = loading.remembered(home()).different
    proposals = _kept(f"{shown} {len(different)}", lambda: naming.proposals_on_show(home()))
    with st.container(border=True):
        st.subheader(_("Names that look alike"), anchor="names")
        if not proposals:
            st.markdown(_("No two names look alike."))
        else:
            st.markdown(
                n_(
                    "{n} pair of names may be of one organisation or donor.",
                    "{n} pairs of names may be of one organisation or donor.",
                    len(proposals),
                )
                + " "
                + _("Nothing happens until you say so, and it can be undone.")
            )
            said = _asked(proposals, f"names_{shown}", is_likely=False)
            if said:
                _settle(said)
        if different:
            label = n_("{n} pair that you said is different", "{n} pairs that you said are different", len(different))
            lazy_expander("different", label, lambda: _told_different(different))


def in_drop(drop_id: str, prepared: loading.Prepared) -> Said | None:
    """The names in a drop that look alike; what was said of them, when the button is pressed."""
    proposals = _kept(drop_id, lambda: naming.new_proposals(home(), prepared))
    if merges := prepared.answers.merges:
        st.caption(n_("{n} pair of names is taken together.", "{n} pairs of names are taken together.", len(merges)))
    if not proposals:
        return None
    with st.container(border=True):
        st.markdown(
            _("**Names that look alike.** Say which are one. Nothing is taken together before you press the button.")
        )
        return _asked(proposals, f"alike_{drop_id}", is_likely=True)


def _kept(asked: str, make: Callable[[], list[naming.Proposal]]) -> list[naming.Proposal]:
    """Proposals, looked for once for what they depend on."""
    kept_for, proposals = st.session_state.get("alike", ("", []))
    if kept_for != asked:
        with st.spinner(_("We are comparing names…"), show_time=True):
            proposals = make()
        st.session_state["alike"] = (asked, proposals)
    return list(proposals)


def _asked(proposals: Sequence[naming.Proposal], key: str, *, is_likely: bool) -> Said | None:
    """Ask of each pair whether it is one; `is_likely`: that is filled in already. The answers, once they are given."""
    merges: list[naming.Merge] = []
    different: list[tuple[str, str]] = []
    for place, proposal in enumerate(proposals[:MOST_PAIRS]):
        answer = _question(proposal, f"{key}_{place}", is_likely=is_likely)
        if answer == "different":
            different.append((proposal.kept.name, proposal.gone.name))
        elif answer == "one":
            merges.append(proposal.merge)
        elif answer == "turned":
            merges.append(naming.merge_of(proposal.gone, proposal.kept))
    if len(proposals) > MOST_PAIRS:
        left = len(proposals) - MOST_PAIRS
        st.caption(n_("{n} more pair follows.", "{n} more pairs follow.", left))
    pressed = st.button(
        _("Do as I said"),
        key=f"do_{key}",
        type="primary",
        icon=":material/merge:",
        disabled=not (merges or different),
    )
    return Said(tuple(merges), tuple(different)) if pressed else None


def _question(proposal: naming.Proposal, key: str, *, is_likely: bool) -> str | None:
    """One pair: who they are, why we ask, what would move; `one`, `turned` (the other stays) or `different`."""
    kept, gone = proposal.kept, proposal.gone
    with st.container(border=True, key=f"pair_{key}"):
        names = {"gone": gone.name, "kept": kept.name}
        st.markdown(
            md("Is the donor **{gone}** the organisation **{kept}**?", **names)
            if gone.is_donor and not kept.is_donor
            else md("Is the donor **{gone}** the same as **{kept}**?", **names)
            if gone.is_donor
            else md("Is **{gone}** the same as **{kept}**?", **names)
        )
        st.caption(literal(f"{_(naming.WHY[proposal.why])} {what_moves(proposal.moves)}"))
        options = {"one": _("One: “{name}” stays", name=in_label(kept.name))}
        if proposal.turned and gone.name != kept.name:
            options["turned"] = _("One: “{name}” stays", name=in_label(gone.name))
        options["different"] = _("They are different")
        answer: str | None = st.radio(
            _("{gone} and {kept}", gone=in_label(gone.name), kept=in_label(kept.name)),
            list(options),
            index=0 if is_likely else None,
            format_func=options.__getitem__,
            key=key,
            horizontal=True,
            label_visibility="collapsed",
        )
        return answer


def what_moves(moves: naming.Moves) -> str:
    """What is known of the one that would go, in a sentence."""
    known = [
        n_("{n} agreement", "{n} agreements", moves.agreements) if moves.agreements else "",
        n_("{n} partner", "{n} partners", moves.partners) if moves.partners else "",
        n_("{n} event", "{n} events", moves.events) if moves.events else "",
        _("{amount} received", amount=euro(moves.received)) if moves.received else "",
        _("{amount} given", amount=euro(moves.given)) if moves.given else "",
    ]
    listed = [item for item in known if item]
    return _("What moves: {list}.", list=join(listed)) if listed else _("Nothing moves but the name.")


def _settle(said: Said) -> None:
    """Do as was said, on the page that is then drawn anew."""
    only_manager()
    before = st.session_state["current_snapshot_id"]
    try:
        for pair in said.different:
            naming.say_different(home(), *pair)
        if said.merges:
            manifest = naming.merge(home(), settings(), said.merges, "page", by_name()).manifest
            if manifest:
                count = len(said.merges)
                done = n_("{n} pair of names is one now.", "{n} pairs of names are one now.", count)
                now_on_show(manifest.id, before, f"{done} " + _("All pages show it, and later files are read so."))
    except store.ConcurrentLoad:
        st.error(_("Somebody else loaded data in the meantime. Nothing was changed."), icon=":material/error:")
        return
    except store.StoreProblem as problem:
        st.error(store_sentence(problem), icon=":material/error:")
        return
    st.rerun()


def _told_different(different: Sequence[tuple[str, str]]) -> None:
    """The pairs that somebody said are different, each with a way to be asked again."""
    for place, pair in enumerate(different):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(md("{one} and {other}", one=pair[0], other=pair[1]))
            st.button(
                _("Ask again"),
                key=f"again_{place}",
                help=_("{one} and {other}", one=in_label(pair[0]), other=in_label(pair[1])),
                on_click=_ask_again,
                args=(pair,),
            )


def _ask_again(pair: tuple[str, str]) -> None:
    only_manager()
    try:
        loading.forget_different(home(), pair)
    except store.StoreProblem as problem:
        st.error(store_sentence(problem), icon=":material/error:")
