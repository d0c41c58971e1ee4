"""The sentences and tables of the page `organisation`."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import pandas as pd

from hubdata import explorer, questions
from hubdata.indicators.funding import Dependency
from hubdata.ui.language import (
    Markdown,
    _,
    country,
    date,
    euro,
    join,
    label,
    literal,
    md,
    n_,
    n_md,
    number,
    percent,
    sector_labels,
    type_label,
    word,
)
from hubdata.ui.pairs import reason_in_words
from hubdata.ui.parts import largest, several, table_of, web_link
from hubdata.ui.session import ask, latest_year, style, view
from hubdata.ui.ties import beside_others, is_estimated

HEIGHT_OF_CIRCLE = explorer.HEIGHT_OF_CIRCLE


def organisation(organisation_id: str) -> questions.Organisation:
    """One of the organisations in view (those of `questions.answer_names`)."""
    answer = ask(questions.answer_organisation, organisation_id)
    assert answer is not None
    return answer


def found_by(names: Mapping[str, str]) -> Callable[[str], str]:
    """What an organisation is called in a list that is searched: by its name and the other names it goes by."""
    others = ask(questions.answer_other_names)

    def called(organisation_id: str) -> str:
        also = others.get(organisation_id)
        return f"{names[organisation_id]} ({', '.join(also)})" if also else names[organisation_id]

    return called


# All of them


def directory(which: str, *, with_amounts: bool) -> pd.DataFrame:
    """The organisations in view, as their table shows them; `which`: all, alone, silent or exposed."""
    rows = table_of(ask(questions.answer_directory), "sector")
    if with_amounts:
        year = latest_year(ask(questions.answer_income_years))
        known = ask(questions.answer_year, year)["organisations"] if year else []
        about = {row["organisation_id"]: row for row in known}
        for name in ("top_donor_share", "exposed"):
            rows[name] = [about[one][name] if one in about else None for one in rows["organisation_id"]]
    if which == "exposed" and not with_amounts:
        return rows.head(0)
    is_meant = {
        "alone": rows["degree"] == 0,
        "silent": rows["is_silent"],
        "exposed": rows["exposed"].eq(True) if with_amounts else None,
    }
    return rows if which == "all" else rows[is_meant[which]]


# One of them


def facts(answer: questions.Organisation) -> dict[str, str | Markdown]:
    """What is known of an organisation, by heading; "" where it is not."""
    profile, books = answer["profile"], answer["accounts"]
    return {
        _("Also known as"): join(profile["aliases"] or []),
        _("Kind"): type_label(profile["type"]),
        _("Place"): profile["city"] or "",
        _("Themes"): join([label(theme) for theme in profile["themes"] or []]),
        _("Works in"): join(sorted(country(code) for code in profile["countries"] or [])),
        _("Jobs (fte)"): _of_the_books(books, "fte", lambda value: number(value, 1))
        or (number(profile["fte"], 1) if profile["fte"] is not None else ""),
        **money_facts(answer),
        _("Founded"): str(profile["founded"] or ""),
        _("Membership"): word("membership", profile["membership"]) if profile["membership"] else "",
        _("Digital maturity (1–5)"): str(profile["digital_maturity"] or ""),
        _("Needs"): join([label(need) for need in profile["needs"] or []]),
        _("Offers"): join([label(offer) for offer in profile["offers"] or []]),
        _("Website"): web_link(profile["website"]) if profile["website"] else "",
    }


def money_facts(answer: questions.Organisation) -> dict[str, str]:
    """What the accounts say of its money, by heading, with the year; only what is known, so nothing without amounts."""
    books = answer["accounts"]
    facts = {
        _("Reserves"): _of_the_books(books, "reserves", euro)
        or (euro(reserves) if (reserves := answer["profile"]["reserves"]) is not None else ""),
        _("Whole income"): _of_the_books(books, "total_income", euro),
    }
    whole = next((book for book in books if book["accounted_share"] is not None), None)
    if whole:
        facts[_("In the list of income")] = _(
            "{share} of its whole income of {year}", share=percent(whole["accounted_share"]), year=whole["year"]
        )
    return {heading: fact for heading, fact in facts.items() if fact}


def _of_the_books(
    books: Sequence[questions.Account],
    name: Literal["fte", "reserves", "total_income"],
    written: Callable[[float], str],
) -> str:
    """The newest value in the accounts, with its year; "" when they do not say."""
    for book in books:
        value = book[name]
        if value is not None:
            return _("{value} (in {year})", value=written(value), year=book["year"])
    return ""


def in_cells(known: Mapping[str, str | Markdown]) -> dict[str, str]:
    """Facts as a table of Markdown takes them, those that are not known left out."""
    return {heading: fact if isinstance(fact, Markdown) else literal(fact) for heading, fact in known.items() if fact}


def circle(organisation_id: str) -> questions.Moment:
    """An organisation and its partners on the as-of date, and the ties among them, with what is said of each."""
    organisations, ties = ask(questions.answer_moment, view().as_of, "all", "", "")
    is_own = (ties["organisation_a"] == organisation_id) | (ties["organisation_b"] == organisation_id)
    inside = {organisation_id, *ties.loc[is_own, "organisation_a"], *ties.loc[is_own, "organisation_b"]}
    organisations = organisations[organisations["organisation_id"].isin(inside)].reset_index(drop=True)
    ties = ties[ties["organisation_a"].isin(inside) & ties["organisation_b"].isin(inside)].reset_index(drop=True)
    about = [
        f"{label(sector)} · {n_('{n} partner', '{n} partners', degree)}"
        for sector, degree in zip(organisations["sector"], organisations["degree"], strict=True)
    ]
    lines = [_("since {year}", year=day.year) for day in ties["started_on"]]
    return questions.Moment(organisations.assign(said=about), ties.assign(said=lines))


def circle_drawing(moment: questions.Moment, organisation_id: str) -> explorer.Option:
    """The circle of an organisation as a picture."""
    return explorer.circle(
        moment.organisations,
        moment.ties,
        style(),
        centre=organisation_id,
        sector_labels=sector_labels(),
        words=explorer.Words(_("Network"), _("Save as PNG"), _("All partners")),
    )


def largest_donors(answer: questions.Organisation, year: Dependency) -> list[str]:
    """Who gave most to an organisation in a year, by name: several when they gave as much, none without a donor."""
    if not year["top_donor"]:
        return []
    gave = Counter[str]()
    for row in answer["income"]:
        if row["year"] == year["year"] and row["donor"]:
            gave[row["donor"]] += round(100 * row["amount_eur"])
    return sorted({*(name for name, cents in gave.items() if cents == gave[year["top_donor"]]), year["top_donor"]})


def circle_title(answer: questions.Organisation) -> Markdown:
    """In which sector most of its partners are, or in which ones, as a title."""
    counts = Counter(label(tie["sector"]) for tie in answer["ties"])
    if not counts:
        return md("It has no partners on this day")
    most = largest(counts, lambda sector: counts[sector])
    if len(most) == len(counts) > 1:
        return md("Its partners are spread evenly over {sectors}", sectors=n_("{n} sector", "{n} sectors", len(counts)))
    return md("Most of its partners are in: {sectors} ({n})", sectors=several(most), n=number(counts[most[0]]))


def income_title(year: Dependency) -> str:
    """How much income of a year is known, as a title."""
    return _("Of {year} {income} of income is known", year=year["year"], income=euro(year["income"]))


def income_sentence(answer: questions.Organisation, year: Dependency) -> Markdown:
    """The largest donor of a year: of all income where the accounts say how much that is, else of what is known."""
    donors = largest_donors(answer, year)
    if not donors:
        return md("In {year} no donor is known.", year=year["year"])
    if len(donors) > 1:
        return md(
            "In {year} {donors} gave most, each {share} of the {total}.",
            year=year["year"],
            donors=several(donors),
            share=percent(year["top_donor_share"]),
            total=_("known income of {income}", income=euro(year["income"]))
            if year["total_income"] is None
            else _("whole income of {income}", income=euro(year["total_income"])),
        )
    donor = {"year": year["year"], "donor": donors[0], "share": percent(year["top_donor_share"])}
    if year["total_income"] is None or year["accounted_share"] is None:
        return md(
            "In {year} the largest donor, {donor}, gave {share} of the known income of {income}.",
            income=euro(year["income"]),
            **donor,
        )
    return md(
        "In {year} the largest donor, {donor}, gave {share} of the whole income of {total}; what is shown here is "
        "{accounted} of that.",
        total=euro(year["total_income"]),
        accounted=percent(year["accounted_share"]),
        **donor,
    )


def chance(pair: questions.NamedIntroduction, organisation_id: str) -> tuple[str, Markdown]:
    """Whom to introduce to an organisation: the other's id, and a sentence with its name and why."""
    is_first = pair["organisation_a"] == organisation_id
    other, name, sector = (pair[f"{what}_{'b' if is_first else 'a'}"] for what in ("organisation", "name", "sector"))  # type: ignore[literal-required]
    reasons = Markdown(" ".join(reason_in_words(reason, pair) for reason in pair["reasons"]))
    return other, md("**{name}** ({sector}): {reasons}", name=name, sector=label(sector), reasons=reasons)


def position(organisation_id: str) -> Markdown:
    """How an organisation stands among the others: how often between them, and whether its partners know each other."""
    others = beside_others(ask(questions.answer_brokers)).set_index("organisation_id")
    row = others.loc[organisation_id]
    if not row["betweenness"] and is_estimated(len(others)):
        return md("Probably it stands between few others.")
    if not row["betweenness"]:
        return md("It stands between no two others.")
    known = md(
        "It stands between others more often than **{share} of the organisations**; {circle} of its partners know "
        "each other.",
        share=percent(row["more_often_than"]),
        circle=row["circle"],
    )
    if not row["cut_off"] or not row["cut_off"] > 0:
        return known
    lost = n_md(
        "Without it {n} organisation would have no way to the rest.",
        "Without it {n} organisations would have no way to the rest.",
        int(row["cut_off"]),
    )
    return Markdown(f"{known} {lost}")


# Two side by side


def compared(one: questions.Organisation, other: questions.Organisation, *, with_amounts: bool) -> pd.DataFrame:
    """Two organisations side by side: a row per fact that is known of either, a column for each of them.

    The latest year with income may differ: then both stand there, so that amounts are beside those of the same year.
    """
    every = (latest_year([year["year"] for year in answer["funding"]]) for answer in (one, other))
    latest = {year for year in every if year}

    def row_of(answer: questions.Organisation) -> dict[str, str]:
        rows = {
            _("Sector"): label(answer["sector"]),
            _("Partners"): number(answer["degree"]),
            _("In other sectors"): number(answer["cross_sector_degree"]),
            _("Last contact with a partner"): date(answer["ties"][0]["last_sign_date"]) if answer["ties"] else "",
            _("Events"): number(len(answer["events"])),
        }
        known = {year["year"]: year for year in answer["funding"]}
        for shown in sorted(latest, reverse=True) if with_amounts else ():
            year = known.get(shown)
            rows[_("Known income in {year}", year=shown)] = euro(year["income"]) if year else ""
            donors = several(largest_donors(answer, year)) if year else ""
            rows[_("Largest donor in {year}", year=shown)] = (
                f"{donors} ({percent(year['top_donor_share'])})" if year and donors else ""
            )
        return rows | {
            heading: answer["profile"]["website"] if isinstance(fact, Markdown) else fact
            for heading, fact in facts(answer).items()
        }

    first, second = row_of(one), row_of(other)
    headings = [*first, *(heading for heading in second if heading not in first)]
    names = [one["name"], other["name"] if other["name"] != one["name"] else f"{other['name']} (2)"]
    rows = [[heading, first.get(heading, ""), second.get(heading, "")] for heading in headings]
    return pd.DataFrame([row for row in rows if row[1] or row[2]], columns=[_("What"), *names])


def beside_each_other(one: questions.Organisation, other: questions.Organisation) -> Markdown:
    """What two organisations have with each other and in common."""
    tie = next((tie for tie in one["ties"] if tie["organisation_id"] == other["organisation_id"]), None)
    said = [
        md(
            "They work together, since {day}; last contact {last}.",
            day=date(tie["started_on"]),
            last=date(tie["last_sign_date"]),
        )
        if tie
        else md("They do not work together.")
    ]
    said.append(
        _in_common(_("Partners in common"), [o["name"] for o in one["ties"]], [o["name"] for o in other["ties"]])
    )
    said.append(
        _in_common(
            _("Events both attended or are expected at"),
            [event["name"] for event in one["events"]],
            [event["name"] for event in other["events"]],
        )
    )
    said.append(
        _in_common(_("Themes in common"), *([label(t) for t in o["profile"]["themes"] or []] for o in (one, other)))
    )
    said.append(_meets(one, other))
    said.append(_meets(other, one))
    return Markdown(" ".join(sentence for sentence in said if sentence))


def _in_common(what: str, first: Sequence[str], second: Sequence[str]) -> Markdown:
    both = [name for name in dict.fromkeys(first) if name in set(second)]
    return md("{what}: {names}.", what=what, names=several(both)) if both else Markdown("")


def _meets(one: questions.Organisation, other: questions.Organisation) -> Markdown:
    needs = [label(need) for need in one["profile"]["needs"] or [] if need in (other["profile"]["offers"] or [])]
    if not needs:
        return Markdown("")
    return md("{who} looks for {what}, which {other} offers.", who=one["name"], what=join(needs), other=other["name"])
