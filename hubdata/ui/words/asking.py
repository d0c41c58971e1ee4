"""The sentences and deeds of the page `asking`: who is asked, what came in, and what a manager does with it."""

import datetime
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from hubdata import answering, asking, audit, loading, partner_export, proposals, questions, sharing, store, texts
from hubdata.answering import TieSaid
from hubdata.indicators.trust import FEWEST, Trust
from hubdata.proposals import Proposal, Tie
from hubdata.texts import N_, Text
from hubdata.ui.hub_settings import home, settings
from hubdata.ui.language import (
    Markdown,
    _,
    current_language,
    date,
    in_label,
    join,
    label,
    literal,
    md,
    moment,
    n_,
    n_md,
    number,
    store_sentence,
    word,
)
from hubdata.ui.movements import day_typed
from hubdata.ui.session import ask, by_name, grant, only_manager

COLUMNS = {
    "sector": N_("Sector"),
    "themes": N_("Themes"),
    "fte": N_("Jobs"),
    "needs": N_("Needs"),
    "offers": N_("Offers"),
}
STATES = {
    "finished": N_("answered"),
    "begun": N_("began to answer"),
    "opened": N_("opened it"),
    "new": N_("did not open it"),
}
LIST_HEADINGS = {"organisation": N_("Organisation"), "link": N_("Link")}
"""What the columns of the list of new links are called."""
MAIL = N_(
    "Dear colleagues,\n\nWe keep a list of who works with whom in our ecosystem. Is what we know of {organisation} "
    "still right? {duration} It works on your phone too, and you need no account:\n\n{link}\n\n{optional}You see "
    "what we know of your own organisation and partners; of others only the name. Nothing changes before we have "
    "looked at it. The link works up to and including {day}.\n\nQuestions? Reply to this mail.\n\nKind regards,\n"
    "{sender}"
)


# --- what came in -----------------------------------------------------------------------------------------------------


def every_proposal() -> list[Proposal]:
    """Everything that organisations said; says so when it cannot be read."""
    only_manager()
    try:
        return proposals.proposals(home(), settings())
    except store.StoreProblem:
        st.error(
            _("What organisations answered cannot be read: the file answers.json is damaged. Ask your IT colleague."),
            icon=":material/error:",
        )
        return []


def to_decide_first(found: Iterable[Proposal]) -> list[Proposal]:
    """What the two sides do not agree on first, then what would change the data, and last what only confirms it."""
    return sorted(found, key=lambda proposal: (not proposal.contradicts, not proposal.changes))


def said_in_words(proposal: Proposal) -> Markdown:
    """What an organisation says, in one sentence."""
    said = proposal.said
    if proposal.kind == "tie":
        return md("**{other}**: {said}.", other=proposal.subject_name, said=_tie_in_words(said))
    if proposal.kind == "partner":
        how = word("intensity", said.intensity).lower()
        partner = _("a partner, no month given, {how}", how=how)
        if said.since:
            partner = _("a partner since {since}, {how}", since=_month(said.since), how=how)
        if proposal.is_new_name:
            return md("**{other}** (nobody we know): {said}.", other=proposal.subject_name, said=partner)
        return md("**{other}**: {said}.", other=proposal.subject_name, said=partner)
    if proposal.kind == "event":
        return md("**{event}**: somebody of theirs was there.", event=proposal.subject_name)
    if not proposal.subject:
        return md("**The profile** is right as it is.")
    return md("**{column}**: {value}.", column=_(COLUMNS[proposal.subject]), value=_value(proposal.subject, said))


def known_in_words(proposal: Proposal) -> str:
    """What the data says of the same thing, and what accepting does to it."""
    return " ".join(part for part in (_known(proposal), _effect(proposal)) if part)


def other_side_in_words(proposal: Proposal) -> Markdown:
    """What the other side of a tie says; "" when it was not asked or did not say."""
    if proposal.other_said is None:
        return Markdown()
    gaps = {"other": proposal.subject_name, "said": _tie_in_words(proposal.other_said)}
    if proposal.contradicts:
        return md(":material/warning: The two do not agree. {other} says: {said}.", **gaps)
    return md(":material/done_all: {other} says so too: {said}.", **gaps)


def _tie_in_words(said: TieSaid) -> str:
    parts = [
        {
            "active": _("still active"),
            "ended": _("ended in {month}", month=_month(said.ended)) if said.ended else _("ended, no month given"),
            "never": _("never worked together"),
        }[said.says],
        _("last contact in {month}", month=_month(said.contact)) if said.contact else "",
        _("how close: {how}", how=word("intensity", said.intensity).lower()) if said.intensity else "",
    ]
    return ", ".join(part for part in parts if part)


def _month(month: str) -> str:
    """A month in words; a year stays one."""
    return month if len(month) == 4 else texts.month(pd.Timestamp(f"{month}-01").date(), current_language())


def _value(column: str, value: Any) -> str:
    if column == "fte":
        return number(value, 0 if value is None or float(value).is_integer() else 1)
    codes = [value] if isinstance(value, str) else list(value or ())
    return join([label(code) for code in codes]) or texts.NOT_KNOWN


def _known(proposal: Proposal) -> str:
    known = proposal.known
    if proposal.kind == "profile":
        return _("Now: {value}.", value=_value(proposal.subject, known)) if proposal.subject else ""
    if not isinstance(known, Tie):
        return _("Not in the list.") if known is None else _("That is in the list.")
    if not known.is_running:
        return _("No tie is in the list now.")
    how = word("intensity", known.intensity).lower()
    if not known.contact:
        return _("Known: {how}, last contact not known.", how=how)
    return _("Known: {how}, last contact {contact}.", how=how, contact=date(known.contact))


def _effect(proposal: Proposal) -> str:
    if proposal.is_of_larger:
        return _("It rests on an agreement of more than two: that stays as it is, so change it in your own list.")
    if proposal.removes:
        return _("Accepting takes the agreement out of the list.")
    answered = date(proposal.said_at.date())
    if proposal.kind == "partner" and proposal.changes:
        if proposal.said.since:
            return _("Accepting adds an agreement of these two.")
        return _("Accepting adds an agreement of these two, from {day}: the day of the answer.", day=answered)
    if not proposal.changes:
        return _("Accepting changes no figure: it confirms what is known.")
    if proposal.kind == "tie" and proposal.said.says == "ended" and not proposal.said.ended:
        return _("Accepting ends it on {day}: the day of the answer.", day=answered)
    if proposal.decided_at:
        return _("It was accepted on {day}, and is not in the data any more.", day=date(proposal.decided_at.date()))
    return ""


def movements_of(chosen: Sequence[Proposal]) -> list[Any]:
    """What headline figures would do; calculated once for the same things."""
    only_manager()
    key = (st.session_state["current_snapshot_id"], *((p.link, p.key, p.digest) for p in chosen))
    made_for, moved = st.session_state.get("moved_by_answers", (None, []))
    if made_for != key:
        with st.spinner(_("We are calculating what the figures would become…"), show_time=True):
            prepared = proposals.prepare(home(), settings(), chosen)
            is_ready = prepared is not None and not prepared.draft.problems
            moved = loading.movements(prepared, settings()) if is_ready and prepared else []
        st.session_state["moved_by_answers"] = (key, moved)
    return list(moved)


def accept(chosen: Sequence[Proposal], sectors: dict[str, str]) -> None:
    """Accept, load what changes, and draw the page anew with what was done on it.

    What cannot be loaded is named and stays; the rest is accepted.
    """
    only_manager()
    shown = st.session_state["current_snapshot_id"]
    left: list[tuple[Proposal, str]] = []
    try:
        with st.spinner(_("We are loading what you accept…"), show_time=True):
            while True:
                try:
                    manifest = proposals.accept(home(), settings(), chosen, sectors, by_name())
                    break
                except proposals.NotAcceptable as problem:
                    why = problem.problems[0].message.translate(current_language()) if problem.problems else ""
                    left += [(proposal, why) for proposal in problem.of]
                    rest = [proposal for proposal in chosen if proposal not in problem.of]
                    if not rest or not problem.of:
                        st.error(
                            _("This cannot be loaded, so nothing was changed. {why}", why=why), icon=":material/error:"
                        )
                        return
                    chosen = rest
    except store.ConcurrentLoad:
        st.error(_("Somebody else loaded data in the meantime. Nothing was changed."), icon=":material/error:")
        return
    except store.StoreProblem as problem:
        st.error(store_sentence(problem), icon=":material/error:")
        return
    for link in dict.fromkeys(proposal.link for proposal in chosen):
        audit.note(home(), f"manager {grant().who}", "answer accepted", link=link)
    sentence = n_(
        "Accepted: {n} answer of {name}.", "Accepted: {n} answers of {name}.", len(chosen), name=chosen[0].name
    )
    for proposal, why in left:
        about = proposal.subject_name or _(COLUMNS.get(proposal.subject, ""))
        sentence += " " + _("Left to decide: {about}. That cannot be loaded. {why}", about=about, why=why)
    _done(sentence, manifest.id if manifest else "", shown)


def refuse(chosen: Sequence[Proposal]) -> None:
    """Refuse: it is not shown again until the organisation says something else."""
    only_manager()
    try:
        proposals.refuse(home(), chosen)
    except store.StoreProblem as problem:
        st.error(store_sentence(problem), icon=":material/error:")
        return
    for link in dict.fromkeys(proposal.link for proposal in chosen):
        audit.note(home(), f"manager {grant().who}", "answer refused", link=link)
    sentence = n_("Refused: {n} answer of {name}.", "Refused: {n} answers of {name}.", len(chosen), name=chosen[0].name)
    _done(sentence, "", None)


def _done(sentence: str, snapshot_id: str, before: str | None) -> None:
    state = st.session_state
    state["answers_done"] = (sentence, snapshot_id, before)
    if snapshot_id:
        state["current_snapshot_id"], state["at_snapshot"] = snapshot_id, ""
    st.rerun()


def last_deed() -> None:
    """What was done a moment ago, with undo as long as nobody else loaded anything."""
    sentence, snapshot_id, before = st.session_state.get("answers_done", ("", "", None))
    if not sentence or (snapshot_id and snapshot_id != st.session_state["current_snapshot_id"]):
        return
    with st.container(key="answers_done"):
        st.success(literal(sentence), icon=":material/check_circle:")
        if snapshot_id and before and st.button(_("Undo"), key=f"undo_{snapshot_id}", icon=":material/undo:"):
            undo(snapshot_id, before)


def undo(snapshot_id: str, before: str) -> None:
    """Put the data of before on show again: what was accepted is then a proposal again."""
    only_manager()
    try:
        loading.rollback_to(home(), before, snapshot_id, by_name())
    except store.ConcurrentLoad:
        st.error(_("Somebody else loaded data in the meantime. Nothing was changed."), icon=":material/error:")
        return
    except store.StoreProblem as problem:
        st.error(store_sentence(problem), icon=":material/error:")
        return
    loaded = moment(next(m.loaded_at for m in store.history(home()) if m.id == before))
    st.session_state["current_snapshot_id"] = before
    _done(_("The data of {moment} is on show again.", moment=loaded), "", None)


# --- asking -----------------------------------------------------------------------------------------------------------


def to_ask(which: str) -> dict[str, str]:
    """Id -> name of whom to ask: "all" or "fading"; nobody on the sample or the demo."""
    only_manager()
    try:
        return answering.to_ask(home(), settings(), which)
    except asking.AskProblem:
        return {}


def make_links(organisations: dict[str, str], days: int, ratings: bool) -> None:
    """Make the links, to be shown once; says what is wrong, if anything is."""
    only_manager()
    try:
        made = asking.create(home(), organisations, days=days, ratings=ratings, by=by_name())
    except asking.AskProblem as problem:
        st.error(_(asking.SENTENCES[problem.code]), icon=":material/error:")
        return
    except store.StoreProblem as problem:
        st.error(store_sentence(problem), icon=":material/error:")
        return
    for link, _token in made:
        audit.note(home(), f"manager {grant().who}", "ask made", link=link.id)
    _show_new([(link, token) for link, token in made], len(organisations) - len(made))


def renew_link(link_id: str) -> None:
    """Give a link another address."""
    only_manager()
    try:
        link, token = asking.renew(home(), link_id)
    except (asking.AskProblem, store.StoreProblem):
        st.error(_("There is no such link."), icon=":material/error:")
        return
    audit.note(home(), f"manager {grant().who}", "ask renewed", link=link.id)
    _show_new([(link, token)], 0)


def end_link(link_id: str) -> None:
    """End a link; what was answered with it stays."""
    only_manager()
    try:
        asking.revoke(home(), link_id)
    except (asking.AskProblem, store.StoreProblem):
        st.error(_("There is no such link."), icon=":material/error:")
        return
    audit.note(home(), f"manager {grant().who}", "ask revoked", link=link_id)
    st.rerun()


def _show_new(made: Sequence[tuple[asking.Ask, str]], kept: int) -> None:
    port = st.get_option("server.port")
    addresses = [(link, sharing.address(settings(), token, port, door="a")) for link, token in made]
    st.session_state["new_asks"] = (addresses, kept)
    st.rerun()


def new_links() -> tuple[list[tuple[asking.Ask, str]], int]:
    """The links that were made a moment ago, with their addresses, and how many had one already."""
    made: tuple[list[tuple[asking.Ask, str]], int] = st.session_state.get("new_asks", ([], 0))
    return made


def forget_new_links() -> None:
    """Their addresses are not shown again. A button calls it before the page is drawn."""
    st.session_state.pop("new_asks", None)


def links_table(made: Sequence[tuple[asking.Ask, str]]) -> pd.DataFrame:
    """Organisation and link, to paste into a mail merge."""
    return pd.DataFrame({"organisation": [link.name for link, _ in made], "link": [address for _, address in made]})


def code_of(address: str) -> str:
    """A link as a QR code, as SVG."""
    import segno

    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", scale=6, border=3, light="#ffffff", dark="#000000")
    return drawn.getvalue().decode().partition("?>")[2].strip()


def mail(language: str, link: asking.Ask, address: str, is_merged: bool) -> str:
    """A text to send; for a mail merge with the headings of the list, as it is downloaded, where mails differ."""
    side = None if is_merged else answering.own_side(home(), settings(), link)
    duration = Text("Checking it takes a few minutes: the more partners you have, the longer.")
    if side:
        duration = Text("Checking it takes about {minutes} minutes.", {"minutes": texts.number(side.minutes, language)})
    optional = (
        Text("After that you can say, if you like, what it is like to work with your partners.").translate(language)
        + "\n\n"
    )
    gaps = {
        "organisation": f"«{_(LIST_HEADINGS['organisation'])}»" if is_merged else link.name,
        "link": f"«{_(LIST_HEADINGS['link'])}»" if is_merged else address,
        "day": texts.date(link.last_day, language),
        "sender": sender(),
        "duration": duration,
        "optional": optional if link.ratings and (side is None or side.more_minutes) else "",
    }
    return Text(MAIL, gaps).translate(language)


def sender() -> str:
    """Who asks, as it stands below a mail: a line for each thing that the hub says of its contact."""
    contact, hub = settings().contact, settings().name
    return "\n".join(dict.fromkeys(filter(None, (contact.name, hub, contact.mail, contact.telephone))))


def count_open() -> int:
    """How many links still work, so that answers may come in; 0 when that cannot be read."""
    only_manager()
    try:
        now = asking.now()
        return sum(link.is_open(now) for link in asking.links(home()))
    except store.StoreProblem:
        return 0


def asked() -> pd.DataFrame:
    """Everybody who was asked, the newest first: until when, and what they did."""
    only_manager()
    try:
        links, came_in = asking.links(home()), {answer.link: answer for answer in answering.answers(home())}
    except store.StoreProblem as problem:
        st.error(store_sentence(problem), icon=":material/error:")
        return pd.DataFrame()
    now = asking.now()
    rows = []
    for link in reversed(links):
        answer = came_in.get(link.id)
        did = "opened" if link.opened else "new"
        if answer:
            did = "finished" if answer.finished_at else "begun"
        rows.append(
            {
                "link": link.id,
                "name": link.name,
                "organisation_id": link.organisation_id,
                "month": f"{link.created_at:%Y-%m}",
                "did": did,
                "did_words": _(STATES[did]),
                "opened": link.opened,
                "last": answer.last_at.date() if answer else link.last_opened_at and link.last_opened_at.date(),
                "until": link.revoked_at.date() if link.revoked_at else link.last_day,
                "is_open": link.is_open(now),
                "open_words": _("yes") if link.is_open(now) else _("ended") if link.revoked_at else _("no"),
            }
        )
    return pd.DataFrame(rows)


def answered_first(rows: pd.DataFrame) -> pd.DataFrame:
    """Those who answered first, then those who began, opened and did not open their link; each in order of name."""
    order = {did: place for place, did in enumerate(STATES)}
    return rows.sort_values(
        ["did", "name"], key=lambda said: said.map(order) if said.name == "did" else said.str.casefold()
    )


def asked_sentence(rows: pd.DataFrame) -> Markdown:
    """Who answered and who did not, in numbers: of each organisation its newest link counts."""
    newest = rows.drop_duplicates("organisation_id")
    did = newest["did"].value_counts()
    answered = n_md(
        "**Of {n} organisation asked, {answered} answered.**",
        "**Of {n} organisations asked, {answered} answered.**",
        len(newest),
        answered=number(did.get("finished", 0) + did.get("begun", 0)),
    )
    others = {
        "begun": N_("Not to the end: {n}."),
        "opened": N_("Only opened the link: {n}."),
        "new": N_("Did not open it: {n}."),
    }
    return Markdown(
        " ".join([answered, *(md(said, n=number(did[name])) for name, said in others.items() if name in did)])
    )


def response(rows: pd.DataFrame) -> pd.DataFrame:
    """Per month in which links were made, the newest first: how many, and how many of those were answered."""
    months = rows.groupby("month", sort=False)["did"]
    found = months.agg(asked="size", answered=lambda did: did.isin(["finished", "begun"]).sum()).reset_index()
    found["answered_share"] = found["answered"] / found["asked"]
    found["month_words"] = [_month(month) for month in found["month"]]
    return found.sort_values("month", ascending=False)


# --- trust and value --------------------------------------------------------------------------------------------------


def trust() -> Trust | None:
    """What organisations said of their partners, as averages; None when nothing was, or it cannot be read."""
    only_manager()
    try:
        answering.answers(home())
    except store.StoreProblem:
        return None  # the tab Answers says so
    try:
        given = answering.ratings(home())
    except store.StoreProblem:
        st.error(
            _(
                "What was taken in from the PARTNER tool cannot be read: ratings.json is damaged. "
                "Ask your IT colleague."
            ),
            icon=":material/error:",
        )
        return None
    found = ask(questions.answer_trust, given)
    return found if found["dyads_answered"] else None


def trust_sentence(found: Trust) -> Markdown:
    """The averages of all, and on how many answers they rest."""
    gaps = {"raters": number(found["raters"]), "trust": number(found["trust"], 1), "value": number(found["value"], 1)}
    if found["trust"] is None or found["value"] is None:
        return n_md(
            "**{n} answer about a partner**, of {raters} organisations. An average of trust and value waits for more: "
            "now it could tell what one of them said.",
            "**{n} answers about partners**, of {raters} organisations. An average of trust and value waits for more: "
            "now it could tell what one of them said.",
            found["dyads_answered"],
            **gaps,
        )
    return n_md(
        "**Trust is {trust} of 4 on average, value {value} of 4**: {n} answer, of {raters} organisations.",
        "**Trust is {trust} of 4 on average, value {value} of 4**: {n} answers, of {raters} organisations.",
        found["dyads_answered"],
        **gaps,
    )


def trust_of_organisations(found: Trust) -> pd.DataFrame:
    """What others say of each organisation; those with an average first."""
    rows = pd.DataFrame(found["received"]).assign(state=[_state(row) for row in found["received"]])
    rows["sector_label"] = [label(code) for code in rows["sector"]]
    return rows.astype({"trust": float, "value": float}).sort_values(
        ["trust", "value", "name"], ascending=[False, False, True], na_position="last"
    )


def _state(row: Mapping[str, Any]) -> str:
    """Why there is no average of trust, of value, or of both."""
    if not row["trust_answers"] and not row["value_answers"]:
        return _("nobody answered")
    missing = [name for key, name in (("trust", _("Trust")), ("value", _("Value"))) if row[key] is None]
    if not missing:
        return ""
    few = _("waits for more answers: they count by {n} organisations at a time", n=FEWEST)
    return few if len(missing) > 1 else _("{figure}: {reason}", figure=missing[0], reason=few)


def trust_of_sectors(found: Trust) -> pd.DataFrame:
    """What organisations of two sectors say of each other."""
    rows = pd.DataFrame(found["sector_trust"]).assign(state=[_state(row) for row in found["sector_trust"]])
    for end in ("a", "b"):
        rows[f"sector_{end}_label"] = [label(code) for code in rows[f"sector_{end}"]]
    return rows.astype({"trust": float, "value": float})


# --- from the PARTNER tool --------------------------------------------------------------------------------------------


def taken_in() -> int:
    """How many answers about partners were taken in from the PARTNER tool; 0 when they cannot be read."""
    only_manager()
    try:
        return partner_export.kept(home())
    except store.StoreProblem:
        return 0


def chosen_export() -> tuple[Any, datetime.date | None]:
    """The export that somebody hands in, not yet read, and the day on which it was asked; None where there is none."""
    only_manager()
    state = st.session_state
    state.setdefault("export_round", 0)
    file = st.file_uploader(
        _("The export, as CSV or Excel file"),
        type=[suffix.lstrip(".") for suffix in loading.READ_SUFFIXES if suffix != ".xml"],
        key=f"export_{state['export_round']}",
        max_upload_size=settings().max_file_megabytes,
    )
    if not file:
        state.pop("export_found", None)
        return None, None
    typed = st.text_input(_("When was it asked?"), date(answering.today()), key="export_day")
    day = day_typed(typed)
    if day is None or day > answering.today():
        st.error(_("“{said}” is no day that has been. Type one such as 24-9-2026.", said=in_label(typed)))
        return file, None
    return file, day


def export_found(file: Any, day: datetime.date) -> partner_export.Found | None:
    """What an export holds, read once; says what is wrong, and the way out, when it cannot be read."""
    only_manager()
    state = st.session_state
    asked_for = (file.file_id, day, state["current_snapshot_id"])
    made_for, found = state.get("export_found", (None, None))
    if made_for == asked_for:
        return found  # type: ignore[no-any-return]
    try:
        with st.spinner(_("We are reading and checking your files…"), show_time=True):
            found = partner_export.read(home(), settings(), file.name, file.getvalue(), day)
    except partner_export.NotRecognised as problem:
        sentences = [text.translate(current_language()) for text in (problem.text, problem.way_out)]
        st.error(literal(" ".join(sentences)), icon=":material/error:")
        return None
    state["export_found"] = (asked_for, found)
    return found


def export_sentence(found: partner_export.Found) -> Markdown:
    """What an export holds, in numbers."""
    return n_md(
        "It holds **{n} answer about a partner**, of {raters} organisations. Rows left out: {left}.",
        "It holds **{n} answers about partners**, of {raters} organisations. Rows left out: {left}.",
        len(found.ratings),
        raters=number(len({one.by for one in found.ratings})),
        left=number(found.rows_left_out),
    )


def left_out(found: partner_export.Found) -> pd.DataFrame:
    """The rows that cannot be used: where, what is wrong, and the way out."""
    language = current_language()
    return pd.DataFrame(
        [
            {
                "row": row.row,
                "column": row.column,
                "message": row.message.translate(language),
                "remedy": row.way_out.translate(language),
            }
            for row in found.left_out
        ]
    )


def take_in(found: partner_export.Found | None) -> None:
    """Keep what an export says, in the place of what was taken in before; None takes that out."""
    only_manager()
    try:
        partner_export.keep(home(), found.ratings if found else ())
    except store.StoreProblem as problem:
        st.error(store_sentence(problem), icon=":material/error:")
        return
    audit.note(home(), f"manager {grant().who}", "ratings imported" if found else "imported ratings removed")
    st.session_state["export_round"] += 1
    st.rerun()
