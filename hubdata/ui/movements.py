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
    apart,
    date,
    day_in_words,
    in_points,
    join,
    md,
    moment,
    n_,
    n_md,
    number,
    percent,
    signed,
)
from hubdata.ui.session import notes, view

ORIGINS = {"own": N_("Your own lists"), "sample": N_("The real sample"), "demo": N_("The fictional demo")}
HEADLINES = {
    "density": N_("Network density"),
    "mean_degree": N_("Average number of partners"),
    "cross_sector_share": N_("Share of ties across sectors"),
    "exposed_share": N_("Share of exposed organisations"),
}
REASONS = {
    "time": N_("another newest day"),
    "organisations": N_("other organisations"),
    "ties": N_("other partnerships and events"),
    "records": N_("what we know better about the earlier day"),
    "size": N_("the number of organisations"),
    "ended": N_("ties that are gone"),
    "formed": N_("new ties"),
    "income": N_("other income of the same organisations"),
    "coverage": N_("income that was not known before"),
    "known": N_("other organisations of which income is known"),
}
"""The parts of a `questions.Movement` in words."""


def movement_sentence(movement: questions.Movement) -> Markdown:
    """By how much a headline figure would move, and why."""
    name, before, after = _name_of(movement), movement.before, movement.after
    written_before, written_after = _written(movement)
    if after is None:
        return md("**{name}** cannot be calculated from this data.", name=name)
    if before is None:
        return md("**{name}** becomes {after}; there is nothing to compare it with.", name=name, after=written_after)
    years = {"year_before": movement.year_before, "year": movement.year_after}
    gaps = {"name": name, "before": written_before, "after": written_after, **years}
    if abs(after - before) <= texts.SAME:
        if _has_two_years(movement):
            return md("**{name}**: {after} in {year}, the same as in {year_before}.", **gaps)
        return md("**{name}** stays {after}.", **gaps)
    gaps |= {"difference": _moved_by(movement, _in_words(movement)(after - before)), "why": _why(movement)}
    said = (
        md("**{name}**: {after} in {year} compared with {before} in {year_before}, {difference} ({why}).", **gaps)
        if _has_two_years(movement)
        else md("**{name}** goes from {before} to {after}: {difference} ({why}).", **gaps)
    )
    return said if _adds_up(movement) else Markdown(f"{said} {_rounded()}")


def movement_title(movement: questions.Movement) -> str:
    """By how much a headline figure moved, as the title of what took it apart (see `movement_steps`)."""
    name, before, after = _(HEADLINES[movement.indicator]), movement.before, movement.after
    if before is None or after is None:
        return name
    before_alone, after_alone = _written(movement)
    written_before, written_after = before_alone, after_alone
    if _has_two_years(movement):
        written_before = _("{value} in {year}", value=written_before, year=movement.year_before)
        written_after = _("{value} in {year}", value=written_after, year=movement.year_after)
    if abs(after - before) <= texts.SAME:
        return _("{name} stays {after}", name=name, after=written_after)
    if abs(after - before) < (0.05 if movement.indicator == "mean_degree" else 0.0005):
        hardly = number(after, 1) if movement.indicator == "mean_degree" else percent(after)
        return _("{name} hardly changed: {after}", name=name, after=hardly)
    size = _in_words(movement)(abs(after - before)).lstrip("+")
    gaps = {"name": name, "before": written_before, "after": written_after, "by": _moved_by(movement, size)}
    if abs(abs(_as_number(after_alone) - _as_number(before_alone)) - _as_number(size)) > texts.SAME:
        # Each is rounded by itself, so this difference is not that of the two as they are written.
        if after > before:
            return _("{name} rose from {before} to {after}", **gaps)
        return _("{name} fell from {before} to {after}", **gaps)
    if after > before:
        return _("{name} rose by {by}, from {before} to {after}", **gaps)
    return _("{name} fell by {by}, from {before} to {after}", **gaps)


def movement_reasons(movement: questions.Movement) -> Markdown:
    """Why a headline figure moved, part by part: what stands below `movement_title`."""
    why = md("{why}.", why=_why(movement))
    return why if _adds_up(movement) else Markdown(f"{why} {_rounded()}")


def _why(movement: questions.Movement) -> str:
    points = _in_words(movement)
    return join(
        [_("{points} because of {reason}", points=points(p), reason=_(REASONS[r])) for r, p in movement.parts.items()]
    )


def _in_words(movement: questions.Movement) -> Callable[[float], str]:
    return signed if movement.indicator == "mean_degree" else in_points


def _moved_by(movement: questions.Movement, size: str) -> str:
    return size if movement.indicator == "mean_degree" else _("{points} percentage points", points=size)


def _adds_up(movement: questions.Movement) -> bool:
    """Whether the parts as they are written make the whole as it is written."""
    in_words, parts = _in_words(movement), movement.parts.values()

    def written(value: float) -> float:
        return _as_number(in_words(value))

    return abs(sum(map(written, parts)) - written(sum(parts))) <= 1e-6


def _as_number(written: str) -> float:
    """A small number or percentage as it is written."""
    return float(written.replace("\N{MINUS SIGN}", "-").replace(",", ".").rstrip("% \xa0\u202f"))


def _rounded() -> Markdown:
    return md("(Rounded, so the parts differ a little from the whole.)")


def _has_two_years(movement: questions.Movement) -> bool:
    return movement.before is not None and movement.year_before != movement.year_after


def _name_of(movement: questions.Movement) -> str:
    """A figure that moved; one of a year with its year, unless there are two."""
    name = _(HEADLINES[movement.indicator])
    if movement.year_after is None or movement.after is None or _has_two_years(movement):
        return name
    return _("{figure} in {year}", figure=name, year=movement.year_after)


def _written(movement: questions.Movement) -> list[str]:
    """A figure that moved before and after, with as many digits as tell the two apart."""
    kind = "number" if movement.indicator == "mean_degree" else "share"
    return apart(kind, movement.before, movement.after)


def movement_steps(movement: questions.Movement) -> pd.DataFrame:
    """What moved a figure as `charts.waterfall` takes it, the sum last; empty when there is nothing to compare it with.

    Columns label, value (percentage points for a share), said.
    """
    is_share = movement.indicator != "mean_degree"
    in_words = _in_words(movement)
    steps = [(_(REASONS[reason]).capitalize(), part) for reason, part in movement.parts.items()]
    if steps:
        steps.append((_("In total"), sum(movement.parts.values())))
    return pd.DataFrame(
        [(label, (100 if is_share else 1) * part, in_words(part)) for label, part in steps],
        columns=["label", "value", "said"],
    )


def movement_table(movements: Sequence[questions.Movement], then: str = "", now: str = "") -> pd.DataFrame:
    """The same as a table, in percentage points. `then` and `now` head the figures before and after; else a load."""

    def name(movement: questions.Movement) -> str:
        if not _has_two_years(movement):
            return _name_of(movement)
        years = {"year_before": movement.year_before, "year": movement.year_after}
        return _("{figure} ({year} compared with {year_before})", figure=_name_of(movement), **years)

    def part(movement: questions.Movement, reason: str) -> str:
        return _in_words(movement)(movement.parts[reason]) if reason in movement.parts else texts.NOT_KNOWN

    reasons = [reason for reason in REASONS if any(reason in movement.parts for movement in movements)]
    return pd.DataFrame(
        {
            _("Figure"): [name(m) for m in movements],
            then or _("On show now"): [_written(m)[0] for m in movements],
            now or _("After loading"): [_written(m)[1] for m in movements],
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
    """What two days, or two loads, do not have in common, in numbers; of donors only for who may see them."""
    ties, organisations = [], []  # what is not there is left out
    if changes["formed"]:
        ties.append(n_("{n} new tie", "{n} new ties", len(changes["formed"])))
    if changes["ended_known"] and changes["ended"]:
        ties.append(n_("{n} tie gone", "{n} ties gone", len(changes["ended"])))
    if not ties:
        ties.append(_("the same ties") if changes["ended_known"] else _("no new ties"))
    if changes["joined_known"] and changes["joined"]:
        organisations.append(n_("{n} new organisation", "{n} new organisations", len(changes["joined"])))
    if changes["left"]:
        organisations.append(n_("{n} organisation gone", "{n} organisations gone", len(changes["left"])))
    if changes["joined_known"] and not organisations:
        organisations.append(_("the same organisations"))
    counts = "; ".join(join(part) for part in (ties, organisations) if part)
    is_of_two_loads = changes["between"] is None
    sentences = [
        md("This load compared with that one: **{counts}**.", counts=counts)
        if is_of_two_loads
        else md(
            "{now} compared with {day}: **{counts}**.",
            now=date(view().as_of),
            day=date(since),
            counts=counts,
        )
    ]
    if not changes["ended_known"]:
        sentences.append(md("Which ties are gone is not known: no partnership in the lists has an end date."))
    if not changes["joined_known"]:
        sentences.append(
            md("Which organisations are new is not known: of none of them do the lists say when it joined.")
        )
    if changes["between"]:
        sentences.append(
            n_md(
                "In between a tie came and went, or went and came back, {n} more time.",
                "In between a tie came and went, or went and came back, {n} more times.",
                changes["between"],
            )
        )
    if donors:
        sentences.append(_donors_sentence(donors, is_of_two_loads))
    return Markdown(" ".join(sentence for sentence in sentences if sentence))


def _donors_sentence(donors: questions.DonorChanges, is_of_two_loads: bool) -> Markdown:
    """Which donors a year has that another has not; "" without income of two years."""
    if donors["from_year"] is None or donors["to_year"] is None:
        return Markdown()
    came, went = (sum(row["change"] == kind for row in donors["donors"]) for kind in ("new", "gone"))
    gaps = {
        "now": donors["to_year"],
        "before": donors["from_year"],
        "counts": ", ".join(
            [_("{n} new", n=number(came))] * bool(came) + [_("{n} no longer in the data", n=number(went))] * bool(went)
        )
        or _("the same"),
    }
    if donors["from_year"] != donors["to_year"]:
        return md("Donors of {now} compared with {before}: **{counts}**.", **gaps)
    if is_of_two_loads:
        return md("Donors of {now} in both loads: **{counts}**.", **gaps)
    return md("The income of {now} is the latest on both days.", **gaps)
