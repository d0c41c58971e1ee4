"""The sentences and tables of the page `digital`."""

from collections.abc import Sequence

import pandas as pd

from hubdata.indicators.chance import LEVEL
from hubdata.indicators.introductions import Maturity, Need, NeedsAndOffers
from hubdata.ui.hub_settings import settings
from hubdata.ui.language import Markdown, _, join, label, md, n_, number
from hubdata.ui.parts import largest, several, table_of


def scarcest_title(found: NeedsAndOffers) -> Markdown:
    """Of which subject the demand exceeds the supply most, in organisations, or of which subjects, as a title."""
    if not (found["needs_known"] and found["offers_known"]):
        return md("What is short cannot be said")
    lacking = [subject for subject in found["needs"] if _lacking(subject) > 0]
    most = largest(lacking, _lacking)
    if not most:
        return md("Nothing is needed by more organisations than offer it")
    if len(most) > 1:
        return md(
            "The largest shortages: {subjects} ({n} more need it than offer it)",
            subjects=several([label(subject["code"]) for subject in most]),
            n=number(_lacking(most[0])),
        )
    return md(
        "The largest shortage: {subject} ({needed} need it, {offered} offer it)",
        subject=label(most[0]["code"]),
        needed=number(len(most[0]["needed_by"])),
        offered=number(len(most[0]["offered_by"])),
    )


def _lacking(subject: Need) -> int:
    return len(subject["needed_by"]) - len(subject["offered_by"])


def who_rows(subject: Need, names: dict[str, str]) -> pd.DataFrame:
    """Who needs and who offers a subject, by name; they may be one and the same."""
    sides = ((subject["needed_by"], _("needs it")), (subject["offered_by"], _("offers it")))
    rows = [
        {"organisation_id": organisation_id, "name": names[organisation_id], "what": what}
        for ids, what in sides
        for organisation_id in ids
    ]
    return pd.DataFrame(rows, columns=["organisation_id", "name", "what"])


def how_many_need_it(subject: Need) -> str:
    """How many organisations need a subject."""
    count = len(subject["needed_by"])
    return n_("{n} organisation needs it", "{n} organisations need it", count) if count else _("nobody needs it")


def how_many_offer_it(subject: Need) -> str:
    """How many offer a subject, after how many need it."""
    count = len(subject["offered_by"])
    return n_("{n} offers it", "{n} offer it", count) if count else _("nobody offers it")


def sector_rows(subject: Need) -> pd.DataFrame:
    """How many in each sector need and offer a subject."""
    needed, offered = subject["needed_by_sector"], subject["offered_by_sector"]
    rows = [
        {"sector": code, "needed": needed.get(code, 0), "offered": offered.get(code, 0)}
        for code in dict.fromkeys([*settings().sectors, *needed, *offered])
        if code in needed or code in offered
    ]
    return table_of(rows, "sector")


def maturity_title(sectors: Sequence[Maturity]) -> Markdown:
    """Which sectors are more or less digital than all together, as a title; `sectors` as for `maturity_sentence`."""
    if len(sectors) < 2:
        return md("Too few are known to compare how digital sectors are")
    names = [f"{label(row['sector'])} ({number(row['mean'], 1)})" for row in _apart(sectors)]
    if not names:
        return md("No sector is clearly more or less digital than the rest")
    return md("How digital they are differs from the rest at: {sectors}", sectors=join(names))


def _apart(sectors: Sequence[Maturity]) -> list[Maturity]:
    return [row for row in sectors if row["p_adjusted"] is not None and row["p_adjusted"] < LEVEL]


def maturity_sentence(sectors: Sequence[Maturity]) -> Markdown:
    """Which sectors are more or less digital than all together by more than chance explains, or that none is.

    `sectors`: those of which enough are known.
    """
    if len(sectors) < 2:
        return md("From 1 to 5.")
    if not _apart(sectors):
        return md("From 1 to 5. The sectors differ too little, for so few organisations, to rank.")
    return md("From 1 to 5. The difference is more than chance explains.")


def maturity_in_words(sectors: Sequence[Maturity]) -> str:
    """The averages per sector as a sentence, in the order of their names, which is no ranking."""
    names = sorted(f"{label(row['sector'])} ({number(row['mean'], 1)})" for row in sectors if row["mean"] is not None)
    return _("Digital maturity by sector: {sectors}.", sectors=join(names))
