"""What stands around each page: menu, toolbar, tabs, notices and the foot."""

import html
from collections.abc import Callable
from typing import Any, NoReturn

import streamlit as st

from hubdata import access, loading, questions, sharing, store
from hubdata.page_list import GROUPS, PAGES
from hubdata.ui.address import address, address_of, asked_for, settle_values, url_widget, write_address
from hubdata.ui.hub_settings import ICON, home, logo, settings
from hubdata.ui.language import (
    Markdown,
    _,
    browser_language,
    code_in_words,
    current_language,
    date,
    day_in_words,
    in_label,
    join,
    label,
    literal,
    md,
    moment,
    n_,
    number,
    set_language,
)
from hubdata.ui.parts import attribution, replayed_elements
from hubdata.ui.session import (
    as_of_options,
    ask,
    context,
    grant,
    has_amounts,
    has_page,
    is_old,
    is_standing_in,
    known_themes,
    look_by_oneself,
    manifest_of,
    may_change,
    settle_context,
    show_example,
    snapshot,
    style,
)


def _menu(present: str) -> dict[str, list[Any]]:
    """The pages that the visitor has, as Streamlit's navigation wants them, in the reader's language.

    The first is the start page. A page that is not in here cannot be reached by any address. Of the pages of a group
    one stands in the menu, by the title of the group: the present one, so that the menu shows where the reader is, else
    the first. The others are its tabs.
    """
    shown = [name for name in PAGES if has_page(name)]
    menu: dict[str, list[Any]] = {"": [], _("More"): []}
    for key, group in GROUPS.items():
        peers = [name for name in shown if PAGES[name].group == key]
        in_menu = present if present in peers else next(iter(peers), "")
        # A group of one page has no tabs, so the menu says which page it is.
        title = group.title if len(peers) > 1 else PAGES[in_menu].title if in_menu else ""
        menu[_("More") if group.is_more else ""] += [
            st.Page(
                f"{name}.py",
                title=_(title if name == in_menu else PAGES[name].title),
                icon=group.icon if name == in_menu else PAGES[name].icon,
                help=_(PAGES[name].help) if len(peers) == 1 else None,
                url_path=name,
                default=name == shown[0],
                visibility="visible" if name == in_menu else "hidden",
            )
            for name in peers
        ]
    return {section: listed for section, listed in menu.items() if listed}


def navigate() -> Any:
    """Draw the menu, with the hub's name or logo, and settle which page is asked for; returns what runs it."""
    # Without a picture of ours, the browser would ask elsewhere for that of the page.
    st.set_page_config(page_title=settings().name, page_icon=ICON, layout="wide")
    page = st.navigation(_menu(""), position="top")
    name = _name_of(page)
    if page.visibility == "hidden":  # it is known only now which page of its group has to stand in the menu
        page = st.navigation(_menu(name), position="top")
    st.session_state["page"] = name
    st.set_page_config(page_title=f"{_(PAGES[name].title)} - {settings().name}")
    st.logo(logo(dark=style().dark), size="large")
    return page


def _name_of(page: Any) -> str:
    """The name of a page in `PAGES`; the start page has an empty address."""
    return page.url_path or next(name for name in PAGES if has_page(name))


def tabs() -> None:
    """The pages that belong together as a row of links that keep the view; nothing when there is no other."""
    present = st.session_state["page"]
    peers = [name for name, page in PAGES.items() if page.group == PAGES[present].group and has_page(name)]
    if len(peers) == 1:
        return
    with st.container(horizontal=True, key="tabs"):
        for name in peers:
            title = _(PAGES[name].tab or PAGES[name].title)
            if name == present:
                st.html(f'<span aria-current="page">{html.escape(title)}</span>', width="content")
            else:
                st.page_link(f"{name}.py", label=title, query_params=address().written, width="content")


def banner() -> None:
    """What a reader must know before the figures: that data is new, or old, or not their own, or only part of it."""
    link = grant().link
    if is_standing_in():
        _standing_in_banner()
    if link:
        _link_banner(link)
        return
    if st.session_state.get("news"):
        loaded = moment(manifest_of(st.session_state["current_snapshot_id"]).loaded_at)
        st.info(
            md("New data is on show since you last looked. It was loaded on {moment}.", moment=loaded),
            icon=":material/update:",
        )
    shown = snapshot().manifest
    if is_old():
        with _notice():
            sentence = md("You are looking at the data of {moment}.", moment=moment(shown.loaded_at))
            st.markdown(f":material/history: **{sentence}**", width="stretch")
            if st.button(_("Back to now"), key="back_to_now", type="tertiary"):
                st.session_state["at_snapshot"] = ""
                st.rerun()
    elif shown.origin != "own":
        _example_banner(shown.origin)


def _notice() -> Any:
    """The line in which the reader is told what is on show, with the ways out of it."""
    return st.container(horizontal=True, vertical_alignment="center", key="notice")


def _standing_in_banner() -> None:
    """That older data is on show than should be, which, and for a manager what to do."""
    sentence = md(
        "**The data that should be here cannot be read.** You see the newest data that can be read, "
        "loaded on {moment}.",
        moment=moment(manifest_of(st.session_state["current_snapshot_id"]).loaded_at),
    )
    what_to_do = _(
        "On the Data page you choose which data stays on show, or load your lists again. Tell your IT colleague: a "
        "backup may hold what is missing."
    )
    st.warning(Markdown(f"{sentence} {what_to_do}") if may_change() else sentence, icon=":material/warning:")


def _link_banner(link: sharing.Link) -> None:
    """To whoever came with a link: what they see, and until when. To a manager who tries it out: the way back."""
    what = {
        "sample": _("This is sample data: real organisations for peace, justice and development in the Netherlands."),
        "demo": _("This is a fictional ecosystem. Every name and figure in it is invented."),
    }.get(snapshot().manifest.origin, "")
    covered = [
        *(label(sector) for sector in link.sectors),
        *(label(theme) for theme in link.themes),
    ]
    parts = [
        _("You can look at this and change nothing."),
        what,
        _("It shows only: {part}.", part=join(covered)) if covered else "",
        "" if link.names else _("Organisations, donors and events have no names here."),
        _("The data is that of {moment}.", moment=moment(snapshot().manifest.loaded_at)) if link.snapshot else "",
        _("This link works until {day}.", day=date(link.expires_at.date())),
    ]
    with _notice():
        sentence = Markdown(" ".join(literal(part) for part in parts if part))
        st.markdown(f":material/visibility: {sentence}", width="stretch")
        if "as_link" not in st.session_state:
            # The gate takes the cookie away (`server.links`), so this is a page of its own and not a button.
            st.html(f'<a href="/s/leave">{html.escape(_("Leave this link"))}</a>', width="content")
        elif st.button(_("Back to my own dashboard"), key="leave_link", type="primary"):
            look_by_oneself()


def note_of_the_sample(sentence: str) -> None:
    """What somebody must know of the sample to read a page; nothing beside other data."""
    if snapshot().manifest.origin == "sample":
        st.caption(literal(sentence))


def _example_banner(origin: str) -> None:
    """When examples are on show: that they are, how to put one's own data in, and the way to the other example."""
    other = {"sample": "demo", "demo": "sample"}[origin]
    what = {
        "sample": _(
            "You are looking at sample data: real organisations in the Netherlands, with only the project money "
            "and the agreements that are on public record."
        ),
        "demo": _("You are looking at a fictional ecosystem. Every name and figure in it is invented."),
    }[origin]
    button = {"demo": _("Look at the fictional demo"), "sample": _("Back to the real sample")}[other]
    with _notice():
        st.markdown(f":material/science: {what}", width="content")
        if address().page != "data":
            page_link("data", _("Drop your own lists"))
        if not loading.has_own_data(home()) and st.button(button, key="other_example", type="tertiary"):
            show_example(other)
            st.session_state["current_snapshot_id"] = store.current_snapshot_id(home())
            # A filter of one example means nothing in the other.
            st.query_params.from_dict({"lang": current_language()})
            st.rerun()


def finish() -> None:
    """The foot of every page: what is on show, since when, how complete, under which licence. Writes the address."""

    def draw() -> None:
        st.caption(coverage_sentence())
        if said := attribution():
            st.caption(literal(said))

    with st.container(key="foot"):
        replayed_elements(f"foot {context()}", draw)
    if st.session_state.get("step"):
        address().written["step"] = st.session_state["step"]  # so late: a link on the page leads out of the story
    write_address()
    st.session_state.pop("news", None)  # only now has it been seen: a page that begins anew does not come here


def stop() -> NoReturn:
    """End a page that has no more to show."""
    finish()
    st.stop()


def _way_out() -> None:
    """The way out, and who is logged in. A browser on this machine did not log in; a link is left with its cookie."""
    own_grant = grant()
    if own_grant.may_change and own_grant.who != access.THIS_MACHINE:
        way_in = _("the password") if own_grant.who == access.WITH_PASSWORD else literal(own_grant.who)
        who = md("Logged in as manager: {who}", who=Markdown(way_in))
        # Sends this tab to /auth/logout, where the gate ends either kind of login (`server.login`).
        st.button(_("Log out"), on_click=st.logout, icon=":material/logout:", key="log_out", help=who)


def toolbar(at_its_end: Callable[[], None]) -> None:
    """The title of the page, and beside it the view: as-of date, filters (sectors, themes, convenors), language.

    `at_its_end` draws what else stands there, once the view is settled.
    """
    shown = snapshot()
    newest, outlier = shown.newest_date(questions.today()), shown.newest_days(questions.today()).outlier
    state = st.session_state
    if "newest" in state and state.get("at_as_of") == state["newest"]:
        state["at_as_of"] = newest.isoformat()  # who looked at the newest day still does when there is newer data
    state["newest"] = newest.isoformat()
    with st.container(horizontal=True, vertical_alignment="center", key="toolbar"):
        st.title(_(PAGES[state["page"]].title), width="stretch")
        asked_day = asked_for("as_of") or state.get("at_as_of")
        days = as_of_options(newest, outlier.isoformat() if outlier else None, asked_day)
        on_day, in_words = _("On {day}", day="{day}"), day_in_words()
        url_widget(
            st.selectbox,
            "as_of",
            _("As of"),
            days,
            newest.isoformat(),
            format_func=lambda day: on_day.format(day=in_words(day)),
            label_visibility="collapsed",
            width=210,
        )
        _filters()
        names = {"nl": "Nederlands", "en": "English"}
        # The heading is in both languages, for whoever cannot read the present one.
        chosen = url_widget(
            st.selectbox,
            "lang",
            "Taal / Language",
            list(settings().languages),
            grant().language or browser_language(),
            format_func=names.get,
            label_visibility="collapsed",
            width=140,
        )
        set_language(chosen)
        at_its_end()
        _way_out()
    if outlier:
        st.caption(
            _(
                "One row is dated {day}, more than a year after all others, so it does not set this date. If it is "
                "right, choose that day here.",
                day=date(outlier),
            )
        )
    settle_context()
    # The browser of whoever gets the address may have another language.
    address().written["lang"] = current_language()


FILTERS: dict[str, Any] = {"sector": [], "theme": [], "convenor": True}
"""The filters that are put away behind a button, with what each is when it filters nothing."""


def _filters() -> None:
    """Sectors, themes and convenors behind a button that says how many are set."""
    state, shown = st.session_state, snapshot()
    known = {
        "sector": [code for code in settings().sectors if not shown.scope.sectors or code in shown.scope.sectors],
        "theme": known_themes(shown),
        "convenor": None,
    }
    settle_values({name: (known[name], usual) for name, usual in FILTERS.items()})
    count = sum(state[f"at_{name}"] != usual for name, usual in FILTERS.items())
    words = _("Filters ({n})", n=number(count)) if count else _("Filters")
    with st.popover(words, icon=":material/filter_alt:", key="filters", type="primary" if count else "secondary"):
        url_widget(
            st.multiselect,
            "sector",
            _("Sectors"),
            known["sector"],
            [],
            format_func=code_in_words(),
            placeholder=_("All sectors"),
        )
        url_widget(
            st.multiselect,
            "theme",
            _("Themes"),
            known["theme"],
            [],
            format_func=code_in_words(),
            placeholder=_("All themes"),
        )
        url_widget(
            st.toggle,
            "convenor",
            _("Count convenors"),
            None,
            True,
            help=_(
                "A convenor brings others together and so knows nearly everybody. "
                "Without it you see what holds by itself."
            ),
        )
        st.button(_("Clear all filters"), on_click=_clear_filters, icon=":material/filter_alt_off:", disabled=not count)


def _clear_filters() -> None:
    for name, usual in FILTERS.items():
        st.session_state[f"at_{name}"] = usual


def page_link(name: str, words: str, whole: dict[str, str] | None = None, **chosen: str) -> None:
    """A link to another page that keeps the view; nothing when the visitor does not have that page.

    `chosen`: what is chosen on that page, as its address has it; `whole`: all of its address, which keeps nothing.
    """
    if has_page(name):
        parameters = {**address().written, **chosen} if whole is None else whole
        st.page_link(f"{name}.py", label=words, icon=PAGES[name].icon, query_params=parameters)


def coverage_sentence() -> Markdown:
    """How much of the ecosystem the figures stand on."""
    counts = ask(questions.answer_coverage)
    n = counts["organisations"]
    is_whole = snapshot().manifest.origin == "own" and not snapshot().scope.sectors and not snapshot().scope.themes
    expected = counts["expected_organisations"]
    phrases = [
        _(
            "Data up to {day}, loaded {moment}",
            day=date(counts["data_up_to"]),
            moment=moment(snapshot().manifest.loaded_at),
        )
        if counts["data_up_to"]
        else _("No date is known in the data, loaded {moment}", moment=moment(snapshot().manifest.loaded_at)),
        (
            _(
                "{n} of {expected} expected organisations",
                n=number(n),
                expected=number(expected),
            )
            if is_whole and expected
            else n_("{n} organisation", "{n} organisations", n)
        ),
        _("jobs known for {jobs}", jobs=number(counts["jobs_known"])),
    ]
    if has_amounts():
        phrases.append(
            _("income in {year} known for {income}", year=counts["income_year"], income=number(counts["income_known"]))
            if counts["income_year"]
            else _("no income is known")
        )
    return Markdown(" · ".join(literal(part) for part in phrases))


def snapshot_link(snapshot_id: str, words: str) -> None:
    """A link to the dashboard with the data of an older snapshot. Filters stay behind: they belong to newer data."""
    older = {"lang": current_language(), "snapshot": snapshot_id}
    st.page_link("overview.py", label=words, icon=":material/history:", query_params=older)


def organisation_link(organisation_id: str, name: str) -> None:
    """A link to the page of one organisation."""
    words = in_label(name)
    if has_page("organisation"):
        icon = PAGES["organisation"].icon
        st.page_link("organisation.py", label=words, icon=icon, query_params=address_of(organisation_id))
