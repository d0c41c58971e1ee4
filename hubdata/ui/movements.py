"""What several pages say about a movement of figures between two moments."""

import contextlib
import datetime
from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from hubdata import questions, store, texts
from hubdata.cells import read_date
from hubdata.texts import N_
from hubdata.ui.address import address, asked_for, url_widget
from hubdata.ui.language import (
    Markdown,
    _,
    date,
    day_in_words,
    in_points,
    join,
    md,
    moment,
    n_,
    number,
    percent,
    signed,
)
from hubdata.ui.session import notes, view

ORIGINS = {"own": N_("Your own lists"), "sample": N_("The real sample"), "demo": N_("The fictional demo")}
HEADLINES = {
    "density": N_("Network density"),
    "mean_degree": N_("Average number of partners"),
    "cross_sector_share": N_("Ties across sectors"),
    "exposed_share": N_("Exposed organisations"),
}
REASONS = {
    "time": N_("another newest day"),
    "organisations": N_("other organisations"),
    "ties": N_("other partnerships and events"),
    "records": N_("what we know better about the earlier day"),
    "size": N_("the number of organisations"),
    "ended": N_("ties that ended"),
    "formed": N_("ties that formed"),
    "income": N_("other income of the same organisations"),
    "coverage": N_("income that was not known before"),
    "known": N_("other organisations of which income is known"),
}
"""The parts of a `questions.Movement` in words."""


def movement_sentence(movement: questions.Movement) -> Markdown:
    """By how much a headline figure would move, and why."""
    name, before, after = _(HEADLINES[movement.indicator]), movement.before, movement.after
    written, signed = _ways_to_write(movement)
    if after is None:
        return md("**{name}** cannot be calculated from this data.", name=name)
    if before is None:
        return md("**{name}** becomes {after}; there is nothing to compare it with.", name=name, after=written(after))
    if written(after) == written(before):
        return md("**{name}** stays {after}.", name=name, after=written(after))
    why = [_("{points} because of {reason}", points=signed(p), reason=_(REASONS[r])) for r, p in movement.parts.items()]
    difference = signed(after - before)
    return md(
        "**{name}** goes from {before} to {after}: {difference} ({why}).",
        name=name,
        before=written(before),
        after=written(after),
        difference=(
            difference if movement.indicator == "mean_degree" else _("{points} percentage points", points=difference)
        ),
        why=join(why),
    )


def _ways_to_write(movement: questions.Movement) -> tuple[Callable[[float | None], str], Callable[[float], str]]:
    """How a figure that moved is written, and how a part of its movement."""
    if movement.indicator == "mean_degree":
        return lambda value: number(value, 2), signed
    return lambda value: percent(value, 2), in_points


def movement_table(movements: Sequence[questions.Movement], then: str = "", now: str = "") -> pd.DataFrame:
    """The same as a table, in percentage points. `then` and `now` head the figures before and after; else a load."""

    def part(movement: questions.Movement, reason: str) -> str:
        signed = _ways_to_write(movement)[1]
        return signed(movement.parts[reason]) if reason in movement.parts else texts.NOT_KNOWN

    reasons = [reason for reason in REASONS if any(reason in movement.parts for movement in movements)]
    return pd.DataFrame(
        {
            _("Figure"): [_(HEADLINES[m.indicator]) for m in movements],
            then or _("On show now"): [_ways_to_write(m)[0](m.before) for m in movements],
            now or _("After loading"): [_ways_to_write(m)[0](m.after) for m in movements],
            **{_(REASONS[reason]).capitalize(): [part(m, reason) for m in movements] for reason in reasons},
        }
    )


def snapshots_in_words(manifests: Sequence[store.Manifest]) -> dict[str, str]:
    """Id -> moment and what it is; with the end of the id where two would read the same."""
    words = {m.id: f"{moment(m.loaded_at)} – {_(ORIGINS[m.origin])}" for m in manifests}
    listed = list(words.values())
    return {key: f"{phrase} ({key[-6:]})" if listed.count(phrase) > 1 else phrase for key, phrase in words.items()}


def day_typed(text: str) -> datetime.date | None:
    """A day as somebody may write it, such as 24-9-2026 or 24 september 2026; None when it is none."""
    with contextlib.suppress(ValueError):
        day = read_date(text, None)
        return day if isinstance(day, datetime.date) else None
    return None


def since_day(days: list[str]) -> datetime.date:
    """The day to compare with: one of those offered, one that a note is pinned to, or one that the reader types.

    By default a year ago, or the first day there is.
    """
    a_year_ago = (pd.Timestamp(view().as_of) - pd.DateOffset(years=1)).date().isoformat()
    default = next((day for day in days if day <= a_year_ago), days[-1] if days else a_year_ago)
    state, key = st.session_state, "at_since"
    latest = view().as_of.isoformat()
    pinned = {note.day.isoformat(): note.text for note in reversed(notes())}
    offered = list(dict.fromkeys([*(day for day in pinned if day < latest), *(days or [default])]))
    wrong = ""
    # What is typed becomes one of the days on offer, before the widget is made.
    for written_day in (asked_for("since"), None if address().adopted is not None else state.get(key)):
        if written_day and written_day not in offered:
            day = day_typed(written_day)
            if day and day.isoformat() < latest:
                offered.append(day.isoformat())
                if written_day == state.get(key):
                    state[key] = day.isoformat()
            elif written_day == state.get(key):
                wrong = written_day
    in_words = day_in_words()

    def shown(day: str) -> str:
        return f"{in_words(day)} – {pinned[day]}" if day in pinned else in_words(day)

    chosen = url_widget(
        st.selectbox,
        "since",
        _("Since"),
        offered,
        default,
        format_func=shown,
        accept_new_options=True,
        help=_("Choose a day, or type one: 24-9-2026."),
    )
    if wrong:
        st.warning(
            md(
                "“{said}” is no day before {day}. Type a day such as 24-9-2026.",
                said=wrong,
                day=date(view().as_of),
            ),
            icon=":material/event_busy:",
        )
    return datetime.date.fromisoformat(chosen)


def changes_sentence(
    since: datetime.date, changes: questions.Changes, donors: questions.DonorChanges | None
) -> Markdown:
    """What changed, in numbers; of donors only for who may see them."""
    gaps = {
        "day": date(since),
        "formed": n_("{n} tie formed", "{n} ties formed", len(changes["formed"])),
        "ended": n_("{n} tie ended", "{n} ties ended", len(changes["ended"])),
        "joined": n_("{n} organisation joined", "{n} organisations joined", len(changes["joined"])),
        "left": n_("{n} organisation left", "{n} organisations left", len(changes["left"])),
    }
    if donors is None:
        return md("Since {day}: **{formed} and {ended}; {joined} and {left}**.", **gaps)
    came, went = (sum(row["change"] == kind for row in donors["donors"]) for kind in ("new", "gone"))
    return md(
        "Since {day}: **{formed} and {ended}; {joined} and {left}; {came} and {went}**.",
        came=n_("{n} new donor", "{n} new donors", came),
        went=n_("{n} donor gone", "{n} donors gone", went),
        **gaps,
    )
