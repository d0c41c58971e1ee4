"""The sentences and tables of the page `share`."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from hubdata import audit, page_list, sharing, store
from hubdata.texts import N_
from hubdata.ui.hub_settings import home, settings
from hubdata.ui.language import (
    Markdown,
    _,
    current_language,
    date,
    join,
    label,
    literal,
    md,
    moment,
    n_,
    store_sentence,
)
from hubdata.ui.session import by_name, damaged_files, grant, known_themes, manifest_of, only_manager, snapshot

FUNDING = {
    "none": N_("Nothing about income"),
    "totals": N_("Totals only"),
    "full": N_("Everything, per organisation and donor"),
}
FUNDING_MEANS = {
    "none": N_("No amounts and no donors."),
    "totals": N_("No amount or donor of a single organisation; groups of fewer than three are taken together."),
    "full": N_("Amounts and donors of every organisation in the link."),
}


class Preset(NamedTuple):
    """What a link covers for one kind of receiver, to begin with."""

    words: str
    pages: tuple[str, ...]
    funding: str
    names: bool


_FOR_ALL = ("overview", "network", "events", "sectors", "methods")
PRESETS = (
    Preset(N_("For the alderman"), (*_FOR_ALL, "changes", "funding"), "totals", True),
    Preset(N_("For a partner"), (*_FOR_ALL, "organisation", "digital"), "none", True),
    Preset(N_("For everybody"), _FOR_ALL, "none", False),
)
"""None of them has the lists of whom to call or introduce."""


def begin_form() -> None:
    """What the form has before anybody chooses."""
    st.session_state.setdefault("link_pages", list(sharing.USUAL_PAGES))
    st.session_state.setdefault("link_names", True)


def begin_with(preset: Preset) -> None:
    """Fill in the form for a kind of receiver. A button calls it before the page is drawn."""
    st.session_state["link_pages"] = [name for name in sharing.PAGES if name in preset.pages]
    st.session_state["link_funding"] = preset.funding
    st.session_state["link_names"] = preset.names


def shareable_pages() -> dict[str, str]:
    """The pages that a link may cover, in the order of the menu, with their titles."""
    return {name: _(page_list.PAGES[name].title) for name in sharing.PAGES}


def all_themes() -> list[str]:
    """The themes that organisations have, for a fixed filter."""
    return known_themes(snapshot())


def links_work_here_only() -> bool:
    """Whether an address to share would only work on this machine."""
    return sharing.address_is_local(settings())


def create_link(**choices: Any) -> str | None:
    """Make a shared link, to be shown once; returns the sentence that says what is wrong, if anything is."""
    only_manager()
    try:
        link, token = sharing.create(home(), settings(), **choices, by=by_name())
    except sharing.SharingProblem as problem:
        return _(sharing.SENTENCES[problem.code])
    except store.StoreProblem as problem:
        return store_sentence(problem)
    audit.note(home(), f"manager {grant().who}", "link made", link=link.id)
    st.session_state["new_link"] = (link.id, sharing.address(settings(), token, st.get_option("server.port")))
    return None


def map_address() -> str:
    """Where a map of Kumu reads the network with the new link; "" when that link does not cover it."""
    link_id, address = st.session_state["new_link"]
    link = sharing.by_id(home(), link_id)
    is_covered = link and link.downloads and "network" in link.pages and not link.passphrase_hash
    return f"{address}/kumu.json" if is_covered else ""


def forget_new_link() -> None:
    """The address of the new link is not shown again. A button calls it before the page is drawn."""
    st.session_state.pop("new_link", None)


def revoke_link(link_id: str) -> None:
    """End a shared link; open tabs of its receivers close within seconds."""
    only_manager()
    try:
        sharing.revoke(home(), link_id)
    except store.StoreProblem as problem:
        st.error(store_sentence(problem), icon=":material/error:")
        return
    audit.note(home(), f"manager {grant().who}", "link revoked", link=link_id)
    if st.session_state.get("new_link", ("",))[0] == link_id:
        st.session_state.pop("new_link")
    st.rerun()


def preview_link(link: sharing.Link) -> None:
    """See the dashboard as whoever has this link, in this tab only."""
    only_manager()
    st.session_state["as_link"] = link.id
    st.session_state.pop("current_snapshot_id")  # another snapshot is no news
    first = next(name for name in sharing.PAGES if name in link.pages)
    st.switch_page(f"{first}.py", query_params={"lang": current_language()})


def links() -> tuple[list[sharing.Link], list[sharing.Link]]:
    """The links that let somebody in, and those that ended; newest first."""
    only_manager()
    moment = sharing.now()
    try:
        newest_first = list(reversed(sharing.links(home())))
    except sharing.DamagedLinks:
        st.error(
            _(
                "The file with the links is damaged: no link lets anybody in. When you make a new link, that one "
                "works; the damaged file is then set aside (links.json.damaged-…) and the old links stay closed. Tell "
                "your IT colleague: a backup may hold the old links."
            ),
            icon=":material/healing:",
        )
        newest_first = []
    except store.StoreProblem as problem:
        newer = _("A newer version of the dashboard wrote the file with the links: no link lets anybody in.")
        st.error(newer if problem.code == "newer" else store_sentence(problem), icon=":material/error:")
        newest_first = []
    if set_aside := [name for name in damaged_files() if name.startswith(sharing.LINKS)]:
        st.warning(
            md(
                "The file with the links was damaged and was set aside: {files}. Links from before stay closed. A "
                "backup may hold them: ask your IT colleague.",
                files=join(set_aside),
            ),
            icon=":material/healing:",
        )
    return (
        [link for link in newest_first if link.is_open(moment)],
        [link for link in newest_first if not link.is_open(moment)],
    )


def link_in_words(link: sharing.Link) -> Markdown:
    """What a link covers, as a sentence."""
    parts = [
        _("Pages: {pages}.", pages=join([title for name, title in shareable_pages().items() if name in link.pages])),
        _("Only: {part}.", part=join([label(code) for code in (*link.sectors, *link.themes)]))
        if link.sectors or link.themes
        else _("All organisations."),
        _("With names.") if link.names else _("Without names."),
        _("Income: {detail}.", detail=_(FUNDING[link.funding]).lower()),
        _("With downloads.") if link.downloads else _("Without downloads."),
        _data_in_words(link),
        _("With a passphrase.") if link.passphrase_hash else "",
    ]
    return Markdown(" ".join(literal(part) for part in parts if part))


def _data_in_words(link: sharing.Link) -> str:
    """Which data a link shows."""
    if not link.snapshot:
        return _("Always the newest data.")
    try:
        return _("Always the data of {moment}.", moment=moment(manifest_of(link.snapshot).loaded_at))
    except (store.StoreProblem, OSError):
        return _("Always the same data, which is damaged: the link shows nothing now.")


def link_used_in_words(link: sharing.Link) -> str:
    """Until when a link works, and how often it was opened."""
    until = _("Works until {day}.", day=date(link.expires_at.date()))
    if link.last_opened_at is None:
        return f"{until} {_('Not opened yet.')}"
    opened = n_(
        "Opened {n} time, last on {moment}.",
        "Opened {n} times, last on {moment}.",
        link.opened,
        moment=moment(link.last_opened_at.isoformat()),
    )
    return f"{until} {opened}"


def ended_links(ended: Sequence[sharing.Link]) -> pd.DataFrame:
    """The links that let nobody in any more."""
    return pd.DataFrame(
        {
            "label": [link.label for link in ended],
            "made": [link.created_at.date() for link in ended],
            "ended": [(link.revoked_at or link.expires_at).date() for link in ended],
            "why": [why_ended(link) for link in ended],
            "opened": [link.opened for link in ended],
        }
    )


def why_ended(link: sharing.Link) -> str:
    """Why a link lets nobody in any more."""
    if link.revoked_at:
        return _("revoked")
    return _("made by a newer version") if link.is_from_a_newer_version else _("expired")
