"""What several pages say about ties."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, TypedDict

import pandas as pd
import streamlit as st

from hubdata import charts, proposals, questions, store
from hubdata.indicators import network
from hubdata.indicators.chance import LEVEL
from hubdata.indicators.network import MINIMUM_EXPECTED, Network, SectorMixing
from hubdata.indicators.ties import FadingTie
from hubdata.ui.hub_settings import home, settings
from hubdata.ui.language import Markdown, _, apart, date, join, label, md, n_, n_md, number, percent
from hubdata.ui.navigation import stop
from hubdata.ui.parts import largest, nothing_yet, several
from hubdata.ui.session import ask, covers, grant, notes, snapshot, view


def note_records(*, is_small: bool = False) -> None:
    """Say so when partnerships were last recorded long before the as-of date: then ties can only be seen to end."""
    if newest := records_end():
        sentence = _(
            "The last partnership in the data began on {day}. After that day we only see ties end, so a decline may be "
            "the end of the data.",
            day=date(newest),
        )
        if is_small:
            st.caption(f":material/history: {sentence}")
        else:
            st.info(sentence, icon=":material/history:")


def note_what_followed() -> None:
    """Say so when partnerships were last recorded long before the as-of date: what later events brought is not seen."""
    if newest := records_end():
        st.info(
            _(
                "The last partnership in the data began on {newest}. Of events after {day} it cannot be said yet what "
                "followed: we count for {days} days.",
                newest=date(newest),
                day=date(newest - datetime.timedelta(days=settings().window_days)),
                days=number(settings().window_days),
            ),
            icon=":material/history:",
        )


def records_end() -> datetime.date | None:
    """The newest start of a partnership, when that is long before the as-of date."""
    newest = ask(questions.answer_records)["newest_partnership"]
    return newest if newest and records_end_at(newest) else None


def records_end_at(newest: datetime.date) -> bool:
    """Whether partnerships were last recorded long before the as-of date: the newest of them began on `newest`."""
    return (view().as_of - newest).days > 90


def _confirmations() -> tuple[proposals.Confirmation, ...]:
    """What organisations confirmed, by the ids that they are shown with; nothing when it cannot be read."""
    scope = grant().scope
    if scope is None or not covers(questions.answer_confirmation):
        return ()
    try:
        found = proposals.confirmations(home(), snapshot().id)
    except store.StoreProblem:  # the page Ask organisations says so
        return ()
    shown = [(one, [scope.shown_id(own) for own in (one.organisation_a, one.organisation_b)]) for one in found]
    return tuple(
        one._replace(organisation_a=min(ids), organisation_b=max(ids), by=scope.shown_id(one.by)) for one, ids in shown
    )


def confirmed_in_words(names: Mapping[str, str]) -> Markdown:
    """Who of the two organisations of a tie, id -> name, confirmed it, and when; "" when nobody did."""
    days = {c.by: c.on for c in _confirmations() if {c.organisation_a, c.organisation_b} == names.keys()}
    if not days:
        return Markdown()
    if len(days) == len(names):
        return md("Confirmed by both, last on {day}.", day=date(max(days.values())))
    ((by, day),) = days.items()
    return md("Confirmed by {name} on {day}; by the other not yet.", name=names[by], day=date(day))


def note_confirmed() -> None:
    """How many ties an organisation confirmed itself, once there are any."""
    confirmed = _confirmations()
    if not confirmed:
        return
    found = ask(questions.answer_confirmation, tuple(c[:4] for c in confirmed))
    share = percent(found["confirmed_share"])
    sentence = n_(
        "{n} tie was confirmed by one of its organisations within a year ({share} of all), {both} by both.",
        "{n} ties were confirmed by one of their organisations within a year ({share} of all), {both} by both.",
        found["confirmed"],
        share=share,
        both=number(found["confirmed_by_both"]),
    )
    st.caption(" ".join(part for part in (sentence, _confirmed_profiles_in_words()) if part))


def _confirmed_profiles_in_words() -> str:
    """How many organisations confirmed their profile and jobs; "" when nobody did."""
    scope = grant().scope
    assert scope, "who sees nothing asks nothing"
    said = proposals.confirmed_profiles(home(), snapshot().id)
    found = ask(questions.answer_confirmed_profiles, tuple((scope.shown_id(own), fte, on) for own, fte, on in said))
    if not found["profiles_confirmed"]:
        return ""
    gaps = {"all": number(found["profiles"]), "share": percent(found["jobs_confirmed_share"])}
    if found["jobs_confirmed_share"] is None:
        return n_(
            "{n} of the {all} organisations confirmed its profile.",
            "{n} of the {all} organisations confirmed their profile.",
            found["profiles_confirmed"],
            **gaps,
        )
    return n_(
        "{n} of the {all} organisations confirmed its profile; {share} of the known jobs is confirmed.",
        "{n} of the {all} organisations confirmed their profile; {share} of the known jobs is confirmed.",
        found["profiles_confirmed"],
        **gaps,
    )


def note_last_contact() -> None:
    """Say so when nobody filled in a last contact, since a tie is then silent from its start on."""
    if not ask(questions.answer_records)["last_contact_known"]:
        st.caption(_("The last contact is not filled in for any partnership, so we count from its start."))


MOST_CALLS = 5
"""How many contacts to call are written out; the table has all."""


def note_equals(listed: Sequence[FadingTie]) -> None:
    """Say so when ties that are not written out have been silent as long as the last one that is."""
    if len(listed) <= MOST_CALLS:
        return
    last = listed[MOST_CALLS - 1]
    equal = sum(
        (tie["is_cross_sector"], tie["days_silent"]) == (last["is_cross_sector"], last["days_silent"])
        for tie in listed[MOST_CALLS:]
    )
    if equal:
        st.caption(
            n_(
                "{n} other tie has been silent just as long as the last one here.",
                "{n} other ties have been silent just as long as the last one here.",
                equal,
            )
        )


def together_in_words(tie: FadingTie) -> str:
    """What two organisations had together: their latest agreements, and the last event both attended."""
    phrases = [
        _(
            "{name} (since {year})",
            name=agreement["name"] or label(agreement["kind"]) or _("an agreement"),
            year=agreement["started_on"].year,
        )
        for agreement in tie["partnerships"][:2]
    ]
    more = len(tie["partnerships"]) - len(phrases)
    if more:
        phrases.append(n_("{n} other agreement", "{n} other agreements", more))
    if tie["events"]:
        last = tie["events"][0]
        phrases.append(
            n_("{n} event, the last: {name}", "{n} events, the last: {name}", len(tie["events"]), name=last["name"])
        )
    return join(phrases)


def call_sentence(tie: FadingTie) -> Markdown:
    """A fading tie as something to do: who, how long silent, what they had together, and where they meet next."""
    parts = [
        md(
            "**{a}** ({sector_a}) and **{b}** ({sector_b}): last contact {day}. Together: {together}.",
            a=tie["name_a"],
            b=tie["name_b"],
            sector_a=label(tie["sector_a"]),
            sector_b=label(tie["sector_b"]),
            day=date(tie["last_sign_date"]),
            together=together_in_words(tie),
        )
    ]
    if tie["ends_on"]:
        parts.append(md("The agreement ends on {day}.", day=date(tie["ends_on"])))
    if tie["next_event_date"]:
        parts.append(
            md("Both are expected at {event} on {day}.", event=tie["next_event_name"], day=date(tie["next_event_date"]))
        )
    return Markdown(" ".join(parts))


def partners_sentence(figures: Network) -> Markdown:
    """How many partners an average organisation has; and where half or more have none, what it then hides."""
    partners, across = apart("number", figures["mean_degree"], figures["mean_cross_sector_degree"])
    average = (
        md("An average organisation has **{partners} partners, all of them in another sector**.", partners=partners)
        if figures["ties"] and figures["mean_degree"] == figures["mean_cross_sector_degree"]
        else md(
            "An average organisation has **{partners} partners, {across} of them in another sector**.",
            partners=partners,
            across=across,
        )
    )
    if not figures["ties"] or 2 * figures["isolates"] < figures["organisations"]:
        return average
    middle = md(
        "But {isolates} of {all} have none.",
        isolates=number(figures["isolates"]),
        all=number(figures["organisations"]),
    )
    return Markdown(f"{average} {middle}")


def partners_in_words(count: int, across: int) -> Markdown:
    """How many partners an organisation has, and how many of them in another sector."""
    if not count:
        return md("**No partners.**")
    if across == count:
        return n_md("**{n} partner, in another sector.**", "**{n} partners, all in another sector.**", count)
    if not across:
        return n_md("**{n} partner, in its own sector.**", "**{n} partners, none in another sector.**", count)
    return md("**{n} partners, of which {across} in another sector.**", n=number(count), across=number(across))


def note_large_partnerships(figures: Network) -> None:
    """Say how many ties there would not be without consortia, since those make many at a time."""
    if figures["ties_only_from_large"]:
        st.caption(
            n_md(
                "{n} of the {all} ties comes only from partnerships of more than ten organisations.",
                "{n} of the {all} ties come only from partnerships of more than ten organisations.",
                figures["ties_only_from_large"],
                all=number(figures["ties"]),
            )
        )


def network_basis(figures: Network) -> str:
    """How many organisations and ties a figure about the network counts."""
    organisations = n_("{n} organisation", "{n} organisations", figures["organisations"])
    return f"{organisations}, {n_('{n} tie', '{n} ties', figures['ties'])}"


def no_ties_yet() -> NoReturn:
    """The end of a page about the network when there is none."""
    nothing_yet(
        _("There are no ties to show on {day}.", day=date(view().as_of)),
        _(
            "Choose another day or wider filters, or load the list of partnerships: one "
            "row per agreement between organisations."
        ),
    )
    stop()


class Marks(TypedDict):
    """What `charts.lines` marks along the foot of a figure over time, and the words for it."""

    events: charts.Table
    event: str
    notes: charts.Table
    note: str


def marks() -> Marks:
    """The largest events and the pinned notes up to the as-of date, as `charts.lines` takes them."""
    pinned = [{"date": pd.Timestamp(note.day), "name": note.text} for note in notes() if note.day <= view().as_of]
    events = ask(questions.answer_marks)
    return {"events": events, "event": _("Largest events"), "notes": pinned, "note": _("Notes")}


def against_chance(mixing: Sequence[SectorMixing]) -> list[dict[str, Any]]:
    """Pairs of sectors, or of themes under their names, as `charts.matrix` takes them.

    Where chance gives fewer than five ties, one more or less makes a large ratio: none is shown. Clear is what differs
    from chance beyond `chance.LEVEL` when all pairs are looked at.
    """
    return [
        {
            **row,
            "ratio": row["ratio"] if (row["expected"] or 0) >= MINIMUM_EXPECTED else None,
            "is_clear": row["p_adjusted"] is not None and row["p_adjusted"] < LEVEL,
        }
        for row in mixing
    ]


def is_estimated(organisations: int) -> bool:
    """Whether of so many organisations it is estimated how often each stands between others."""
    return organisations > network.LARGE


def note_estimated(organisations: int) -> None:
    """Say so when how often each of so many organisations stands between others is an estimate."""
    if is_estimated(organisations):
        st.caption(
            _(
                "With more than {n} organisations, who stands between others is an estimate. Only who stands out "
                "clearly is certain; the order of the others is not.",
                n=number(network.LARGE),
            )
        )


def beside_others(brokers: pd.DataFrame) -> pd.DataFrame:
    """The rows of `questions.answer_brokers` with how each organisation stands beside the others.

    `more_often_than`: the share of all organisations that stand between others less often (0-1); `circle`: in words
    whether their partners know each other, few of them or many, beside half of the organisations with partners.
    """
    middle = brokers["constraint"].astype(float).median()
    return brokers.assign(
        more_often_than=(brokers["betweenness"].rank(method="min") - 1) / max(len(brokers), 1),
        circle=[_("few") if one < middle else _("many") for one in brokers["constraint"].astype(float)],
    )


def most_partners_title(placed: pd.DataFrame) -> Markdown:
    """Who has the most partners, as a title; of equals the first three, and how many more."""
    rows = [row for row in placed.to_dict("records") if row["degree"]]
    if not rows:
        return md("No organisation has a partner")
    most = largest(rows, lambda row: row["degree"])
    count = number(most[0]["degree"])
    if len(most) == 1:
        return md("{name} has the most partners: {n}", name=most[0]["name"], n=count)
    return md("{names} have the most partners: {n} each", names=several([str(row["name"]) for row in most]), n=count)
