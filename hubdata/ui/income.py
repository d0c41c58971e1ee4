"""What several pages say about income."""

import collections
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from hubdata import charts, models, questions
from hubdata.indicators import coverage, money
from hubdata.indicators.endings import Grants
from hubdata.indicators.funding import NOBODY_EARNS, PART_OF_ACCOUNTS, PROJECT_MONEY, DonorTotal, FundingYear
from hubdata.indicators.stress import Stress
from hubdata.indicators.totals import MERGED
from hubdata.ui.language import Markdown, _, apart, date, euro, md, moment, n_, n_md, number, percent, word
from hubdata.ui.parts import several
from hubdata.ui.session import ask, grant, has_amounts, manifest_of, style, view


def category_labels() -> dict[str, str]:
    """Code -> word for every kind of income; in totals also for the small ones that were put together."""
    words = {code: word("category", code) for code in models.VOCABULARIES["category"]}
    return words if has_amounts() else words | {MERGED: _("Several kinds together")}


def donor_names(donors: Sequence[DonorTotal]) -> list[str]:
    """The donors' names; of two with one name also what tells them apart: in totals the kind of income, else the id."""
    uses = collections.Counter(donor["donor"] for donor in donors)

    def name(donor: DonorTotal) -> str:
        apart = category_labels()[donor["category"]] if "category" in donor else donor["donor_id"]
        return f"{donor['donor']} ({apart})" if uses[donor["donor"]] > 1 and apart else str(donor["donor"])

    return [name(donor) for donor in donors]


def named_donors(year: FundingYear) -> list[DonorTotal]:
    """Who gave in a year, the largest first: not what is earned, nor what is a kind of income and nobody's name."""
    return [donor for donor in year["donor_totals"] if donor["donor"] and not models.is_kind_of_income(donor["donor"])]


MOST_KINDS = 4
THE_REST = "rest"


def income_bars(table: pd.DataFrame) -> charts.Figure:
    """Income by kind over the years: the four largest kinds, and the rest together; the table has all of them.

    `table`: one row per year and category, with amount_eur.
    """
    sums = table.groupby("category")["amount_eur"].sum().sort_values(ascending=False, kind="stable")
    kinds = category_labels()
    if len(sums) > MOST_KINDS + 1:
        small = list(sums.index[MOST_KINDS:])
        together = table["category"].where(~table["category"].isin(small), THE_REST)
        table = table.assign(category=together).groupby(["year", "category"], as_index=False)["amount_eur"].sum()
        kinds = {code: words for code, words in kinds.items() if code not in small}
        kinds[THE_REST] = n_("{n} other kind", "{n} other kinds", len(small))
    bars = every_year(table)
    return charts.bars(
        bars.assign(label=bars["year"].map(year_in_words), value=bars["amount_eur"], series=bars["category"]),
        style(),
        value_title=_("Euro"),
        value_format="euro",
        series_labels=kinds,
        colours=charts.category_colours(kinds, style()),
        horizontal=False,
        stacked=True,
    )


def year_in_words(year: int) -> str:
    """A year beside others; that of the view says that it is not over, where it is not."""
    day = view().as_of
    return _("{year} so far", year=year) if year == day.year and (day.month, day.day) != (12, 31) else str(year)


def every_year(table: pd.DataFrame) -> pd.DataFrame:
    """A table per year with a row for the years between that have none, so that a gap shows as a gap."""
    gaps = sorted(set(range(table["year"].min(), table["year"].max() + 1)) - set(table["year"]))
    empty = table.iloc[[0] * len(gaps)].assign(year=gaps, amount_eur=float("nan"))
    whole = pd.concat([table, empty], ignore_index=True) if gaps else table
    return whole.sort_values("year", kind="stable")


def without_reserves(year: int) -> Markdown | None:
    """Why no reserves stand beside the income of a year; None when they do."""
    reserves_year = ask(questions.answer_reserves_year)
    if year == reserves_year or ask(questions.answer_has_reserves, year):
        return None
    return md("The lists give reserves without a year, so they are compared with {year} only.", year=reserves_year)


def note_totals() -> None:
    """To whoever sees totals of income only: what they are made of, and that filters do not change them."""
    totals_snapshot = grant().totals_snapshot
    if totals_snapshot and grant().totals_scope:
        st.info(
            _(
                "What is said of income are totals, of the data of {moment} and of all organisations in this link; "
                "filters do not change them. What concerns fewer than three organisations is taken together.",
                moment=moment(manifest_of(totals_snapshot).loaded_at),
            ),
            icon=":material/functions:",
        )


def one_donor(year: FundingYear) -> DonorTotal | None:
    """The donor that gives nearly all known income, if there is one."""
    largest = year["donor_totals"][0]
    return largest if largest["donor"] and (largest["share"] or 0) >= 0.9 else None


def one_donor_sentence(year: FundingYear, largest: DonorTotal) -> Markdown:
    """That one donor gives nearly all known income, and so what the figures cannot say."""
    return md(
        "In {year} {share} of all known income comes from {donor}. Other "
        "income is hardly in the files, so these "
        "figures say little about who depends on whom.",
        year=year["year"],
        share=percent(largest["share"]),
        donor=largest["donor"],
    )


def note_one_donor(year: FundingYear) -> None:
    """Say so when the files say little about dependency: they are partial, or one donor gives nearly all of it."""
    if year["greyed"]:
        st.info(why_greyed(year["greyed"]), icon=":material/help:")
        if year["greyed"] == PROJECT_MONEY:
            return
    largest = one_donor(year)
    if largest:
        st.info(
            one_donor_sentence(year, largest),
            icon=":material/help:",
        )


def why_greyed(reason: str) -> Markdown:
    """Why what is said of dependency is shown greyed, in words."""
    if reason == NOBODY_EARNS:
        return md(
            "Nobody in the list of income earned anything or got something of individuals: it is probably a part of "
            "their income. So read with care what it says of who depends on whom. Add the other income, or yearly "
            "accounts."
        )
    if reason == PART_OF_ACCOUNTS:
        return md(
            "The list of income has only a part of what the accounts give: of others it is probably a part as well. "
            "So read with care what it says of who depends on whom where no accounts are known."
        )
    return md(
        "Only recorded project money is known, not all income. So read with care what these "
        "figures say of who depends on whom."
    )


def greyed(value: str, year: FundingYear) -> str:
    """A share of exposed organisations in a card: grey when what is missing could turn it (see the two notes)."""
    missing = missing_income(year)
    is_grey = year["greyed"] or (missing and missing["is_unsettled"]) or one_donor(year)
    return f":gray[{value}]" if is_grey else value


def exposed_basis(year: FundingYear) -> str:
    """Of how many organisations the share of exposed ones is, and of how many it is unknown; "" in hiding totals."""
    if year["exposed"] is None:
        return ""
    gaps = {"exposed": number(year["exposed"]), "all": number(year["with_income"])}
    unknown = year["coverage"]["active_organisations"] - year["coverage"]["with_income"]
    if not unknown:
        return _("{exposed} of {all} with known income", **gaps)
    return _("{exposed} of {all} with known income, {n} not known", n=number(unknown), **gaps)


def missing_income(year: FundingYear) -> coverage.MissingPart | None:
    """What the missing income could do to the share of exposed organisations; None in totals, which do not tell."""
    year_coverage = year["coverage"]
    if year_coverage["exposed"] is None:
        return None
    return coverage.missing_part(
        year_coverage["exposed"], year_coverage["with_income"], year_coverage["active_organisations"]
    )


def unsettled_sentence(year: FundingYear) -> Markdown | None:
    """How far missing income could turn the share of exposed organisations; None when it could not."""
    part = missing_income(year)
    if not (part and part["is_unsettled"]):
        return None
    low, high = apart("share", part["low"], part["high"])
    return md(
        ":material/help: Income above 0 is known for {known} of {total} active "
        "organisations. With the others, the share of "
        "exposed organisations could be anywhere from {low} to {high}.",
        known=number(part["known"]),
        total=number(part["total"]),
        low=low,
        high=high,
    )


def note_unsettled(year: FundingYear) -> None:
    """Say so when organisations without income rows could turn the share of exposed organisations."""
    if said := unsettled_sentence(year):
        st.caption(said)


def note_accounts(year: FundingYear) -> None:
    """For how much of the income of a year the rows account, where totals are known (accounts.csv)."""
    known, share = year["accounts"]["organisations"], year["accounts"]["accounted_share"]
    if known and share is not None:
        st.caption(
            n_md(
                ":material/account_balance: The total income of {year} is known of {n} organisation from its accounts. "
                "The list of income has {share} of it; its shares are of the total.",
                ":material/account_balance: The total income of {year} is known of {n} organisations from their "
                "accounts. The list of income has {share} of it; their shares are of the total.",
                known,
                year=year["year"],
                share=percent(share),
            )
        )


def note_partial_income(stress_test: Stress) -> None:
    """Say so when organisations that lose something have less known income than their jobs must cost."""
    partial = [
        one["name"]
        for one in stress_test["organisations"]
        if one["is_active"] and one["is_income_partial"] and one["loss"] > 0
    ]
    if partial:
        st.info(
            n_md(
                "Of {n} organisation that loses something the known income is less than {least} per job, so it is "
                "probably only a part of it: {names}. What it loses may be a small part of its whole income, and its "
                "jobs are not counted.",
                "Of {n} organisations that lose something the known income is less than {least} per job, so it is "
                "probably only a part of it: {names}. What they lose may be a small part of their whole income, and "
                "their jobs are not counted.",
                len(partial),
                least=euro(money.LEAST_PER_JOB_EUR),
                names=several(partial),
            ),
            icon=":material/help:",
        )


def note_promised(year: int) -> None:
    """Say so when a year has not begun on the as-of date."""
    if year > view().as_of.year:
        st.info(
            _("This year lies after the as-of date: these amounts are promised, not yet received."),
            icon=":material/schedule:",
        )


MOST_NAMED = 5
"""So many organisations are named; the others are counted."""


def nothing_else_list(grants: Grants) -> Markdown:
    """Who has no other donor than those that end within a year, most money first; "" when nobody."""
    found = grants["nothing_else"]
    lines = [
        md(
            "**{name}**: {euro} a year until {day}, {share} of its income.",
            name=one["name"],
            euro=euro(one["amount_eur"]),
            day=date(one["ends_on"]),
            share=percent(one["share"]),
        )
        for one in found[:MOST_NAMED]
    ]
    if len(found) > MOST_NAMED:
        lines.append(n_md("And {n} other.", "And {n} others.", len(found) - MOST_NAMED))
    return Markdown("\n".join(f"- {line}" for line in lines))
