"""The reader's language: words, numbers and days in it, and what comes from data made harmless.

The language is settled by `session.begin` for the page that runs in this thread; every text asks for it here.
"""

import datetime
import re
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import pandas as pd
import streamlit as st

from hubdata import models, store, texts
from hubdata.cells import GOALS, isolated
from hubdata.indicators.funding import KindShift
from hubdata.ui.hub_settings import settings

AUTOLINK = re.compile(r"(www|:/|@|:(?=streamlit:)|[<~>-](?=[>=-]))", re.IGNORECASE)
"""Where Markdown would begin a link, or Streamlit draw its logo or an arrow (`->`, `--`, `>=`), by itself, escaped or
not; an invisible space behind it keeps it text."""
_LANGUAGE = ContextVar("language", default="nl")
"""The language of the page that runs in this thread. Every text asks for it, and session state is slow to ask."""


def current_language() -> str:
    """The language of this page: the sidebar's choice, else the address, else the browser's."""
    return _LANGUAGE.get()


def set_language(code: str) -> None:
    """Set the language of the page that runs in this thread. A code that we do not know is the hub's first language."""
    _LANGUAGE.set(code if code in texts.LANGUAGES else settings().languages[0])


def browser_language() -> str:
    """The first language of the browser that this hub has, else the hub's own."""
    offered = settings().languages
    first_language = (st.context.locale or "")[:2]
    return first_language if first_language in offered else offered[0]


def _(message: str, **values: Any) -> str:
    """A plain text in the reader's language, its gaps filled: for labels, figures and alternative texts."""
    return texts.translation(current_language()).gettext(message).format(**values)


def n_(one: str, many: str, count: int, **values: Any) -> str:
    """A plain text that depends on a count, which fills the gap `{n}`."""
    return texts.translation(current_language()).ngettext(one, many, count).format(n=number(count), **values)


class Markdown(str):
    """A sentence that may be shown as Markdown: our own words, with what came from data made harmless by `md`."""


def md(message: str, **values: Any) -> Markdown:
    """A sentence in the reader's language, as Markdown; what fills its gaps shows as it is (see `literal`)."""
    safe = {name: value if isinstance(value, Markdown) else literal(str(value)) for name, value in values.items()}
    return Markdown(_(message, **safe))


def n_md(one: str, many: str, count: int, **values: Any) -> Markdown:
    """As `md`, depending on a count, which fills the gap `{n}`."""
    return md(texts.translation(current_language()).ngettext(one, many, count), n=number(count), **values)


def number(value: float | None, digits: int = 0) -> str:
    """A number, with so many digits behind the decimal mark."""
    return texts.number(value, current_language(), digits)


def percent(share: float | None, digits: int = 1) -> str:
    """A share (0-1) as a percentage: with one digit, as in tables and figures: it reads alike everywhere."""
    return texts.percent(share, current_language(), digits)


def euro(amount: float | None) -> str:
    """An amount in euros, in millions from a million on."""
    return texts.euro(amount, current_language())


def date(day: datetime.date | None) -> str:
    """A day in words."""
    return texts.date(day, current_language())


def label(code: str | None) -> str:
    """The word for a sector, theme, kind, need or offer, as plain text; "" for one that is not known."""
    return "" if code is None or pd.isna(code) else settings().label(code, current_language())


def about() -> str:
    """What this hub says of itself, in the reader's language or else in another."""
    about_texts = settings().about
    return about_texts.get(current_language()) or next(iter(about_texts.values()), "")


def type_label(code: str | None) -> str:
    """The word for a type of organisation, as plain text; "" for one that is not known."""
    return "" if code is None or pd.isna(code) else settings().type_label(code, current_language())


def word(vocabulary: str, code: str | None) -> str:
    """The word for a code of one of the vocabularies that every hub shares."""
    if code is None or pd.isna(code):
        return texts.NOT_KNOWN
    return models.VOCABULARIES[vocabulary][code][current_language()]


def decimal_mark() -> str:
    """What stands between a number and its decimals."""
    return "," if current_language() == "nl" else "."


def sector_labels() -> dict[str, str]:
    """Code -> word for every sector of the hub, in the hub's order."""
    return {code: label(code) for code in settings().sectors}


def country(code: str) -> str:
    """The name of a country by its ISO 3166 alpha-2 code."""
    return texts.country(code, current_language())


def join(words: list[str]) -> str:
    """A list as it is said: "a, b and c"."""
    return texts.join(words, current_language())


def plain(sentence: Markdown) -> str:
    """A sentence as it reads, without the marks of Markdown: to be copied into a text."""
    without_bold = sentence.replace("**", "").replace("\N{ZERO WIDTH SPACE}", "")
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", without_bold).replace("  \n", "\n")


def literal(text: str) -> str:
    """A text from data inside Markdown: every punctuation mark escaped, so that it shows as it is.

    Without this a name could load a remote image or make a link, or turn the letters of the rest of the sentence.
    """
    broken = AUTOLINK.sub("\\1\N{ZERO WIDTH SPACE}", isolated(text.replace("\n", " ")))
    return "".join(f"\\{c}" if c.isascii() and not c.isalnum() and c != " " else c for c in broken)


def in_label(text: str) -> str:
    """A text from data in the label of a widget, where screen readers would read the marks of `literal` aloud.

    What could mean something in Markdown becomes a space.
    """
    plain_text = re.sub(r"[^\w\s.,/&-]|&(?!\s)|(?<![^\W_])_|_(?![^\W_])", " ", text)
    return AUTOLINK.sub("\\1\N{ZERO WIDTH SPACE}", " ".join(plain_text.split()))


def day_in_words() -> Callable[[str], str]:
    """How a widget shows a day of an address. The language is settled now: a widget may ask when no page runs."""
    shown_in = current_language()
    return lambda day: texts.date(datetime.date.fromisoformat(day), shown_in)


def code_in_words() -> Callable[[str], str]:
    """How a widget shows a code."""
    shown_in = current_language()
    return lambda code: settings().label(code, shown_in)


def format_value(value: float | None, kind: str) -> str:
    """A value in words, by its kind."""
    if value is None or pd.isna(value):
        return texts.NOT_KNOWN
    return {"share": lambda: percent(value), "euro": lambda: euro(value), "count": lambda: number(value)}.get(
        kind, lambda: number(value, 1)
    )()


def apart(kind: str, *values: float | None, digits: int = 1) -> list[str]:
    """Shares or numbers in words with as many digits as tell them apart: for what is set beside something else.

    A value beside its target, an earlier one, or what chance gives: rounded they could look the same.
    """
    known = [None if value is None or pd.isna(value) else value for value in values]
    if kind == "share":
        enough = texts.digits_apart(*known, digits=digits, scale=100)
        return [percent(value, enough) for value in known]
    enough = texts.digits_apart(*known, digits=0 if kind == "count" else digits)
    return [number(value, enough) for value in known]


def beside_target(kind: str, target: float, value: float | None) -> tuple[str, str]:
    """A target as it was set, and a value beside it that reads the same only when it is."""
    exact = texts.digits_exact(target, 1, 100 if kind == "share" else 1)
    is_same = value is not None and abs(value - target) <= texts.SAME
    written = apart(kind, value, target, digits=exact if is_same else 1)[0]
    return apart(kind, target, digits=exact)[0], written


def threshold(share: float) -> str:
    """A share that somebody set, as a percentage, as it was set: a threshold that is rounded is another one."""
    return percent(share, texts.digits_exact(share, scale=100))


def moment(at: str) -> str:
    """A moment (ISO 8601, UTC) in words, in Dutch time."""
    return texts.moment(at, current_language())


def goal(number: int) -> str:
    """A Sustainable Development Goal by its number."""
    return f"{number}. {GOALS[str(number)][current_language()]}"


def store_sentence(problem: store.StoreProblem) -> str:
    """What the disk refuses, or what is damaged, in the reader's language."""
    return {
        "unreadable": _(
            "Of the data that was loaded before nothing can be read. Nothing was changed. Ask your IT colleague to "
            "restore a backup."
        ),
        "damaged": _("This is damaged and cannot be read any more. Nothing was changed. Ask your IT colleague."),
        "busy": _("The dashboard is too busy to read its data. Try again in a minute."),
        "disk_full": _("The disk is full. Nothing was changed; the old data is still on show. Ask your IT colleague."),
        "read_only": _("The dashboard may not write to its folder. Nothing was changed. Ask your IT colleague."),
        "unreachable": _(
            "The database with the data cannot be reached. Nothing was changed; what was shown is still on show. "
            "Loading and changing wait until it is back."
        ),
        "other_server": _(
            "Another server is busy with this data for a minute already. Nothing was changed. Try again in a few "
            "minutes; if that does not help, ask your IT colleague."
        ),
        "unsure": _(
            "The database was lost at the last moment. Your lists are on show as a whole, or nothing was changed: open "
            "this page again in a minute to see which."
        ),
    }.get(problem.code, _("The data could not be written. Nothing was changed; the old data is still on show."))


def in_points(share: float, digits: int = 1) -> str:
    """A difference between two shares in percentage points, with its sign; one digit, as percentages have."""
    return signed(100 * share, digits)


def signed(value: float, digits: int = 1) -> str:
    """A difference with its sign; with more digits where it would read as no difference."""
    written = f"{value:+.{texts.digits_apart(value, 0, digits=digits)}f}" if abs(value) > texts.SAME else "0"
    return written.replace(".", decimal_mark()).replace("-", "\N{MINUS SIGN}")


def points(share: float | None) -> str:
    """A difference between two shares, in percentage points."""
    return texts.NOT_KNOWN if share is None else in_points(share)


def kind_label(kind: KindShift) -> str:
    """A sector or a type of organisation, as `funding.other_income` groups by both."""
    return type_label(kind["code"]) if kind["by"] == "type" else label(kind["code"])
