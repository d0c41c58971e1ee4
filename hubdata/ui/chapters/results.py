"""What did we reach? The network, the mix of organisations, and the money."""

import pandas as pd

from hubdata import questions
from hubdata.indicators.funding import FundingYear
from hubdata.indicators.network import Network
from hubdata.reports import content
from hubdata.ui.chapters.parts import a_year_ago, bars, chapter, figure, income_year, network, over_time
from hubdata.ui.columns import column
from hubdata.ui.income import category_labels, donor_names, named_donors
from hubdata.ui.language import (
    Markdown,
    _,
    date,
    join,
    md,
    n_,
    percent,
    sector_labels,
)
from hubdata.ui.movements import HEADLINES, changes_sentence, movement_sentence
from hubdata.ui.parts import course_title, ranking_in_words, series, table_of, trend_in_words, with_labels
from hubdata.ui.session import ask, covers, has_amounts, has_income, has_page, view
from hubdata.ui.ties import most_partners_title, network_basis, partners_sentence
from hubdata.ui.words import changes as change_words
from hubdata.ui.words import funding as money_words
from hubdata.ui.words import network as network_words
from hubdata.ui.words import sectors as sector_words


def results_chapter() -> content.Chapter:
    """The state of the ecosystem on the as-of date, and what moved since a year before."""
    figures = ask(questions.answer_network)
    made = [
        maker(figures)
        for maker, pages in (
            (_moved, ("changes",)),
            (_partners, ("overview", "network")),
            (_picture, ("network",)),
            (_mixing, ("network",)),
            (_sectors, ("sectors",)),
            (_income, ("funding",)),
            (_donors, ("funding",)),
            (_exposed, ("funding",)),
        )
        if any(has_page(page) for page in pages)
    ]
    said = [_state(figures)] if has_page("overview") or has_page("network") else []
    return chapter("results", _("What did we reach"), said, made)


def _state(figures: Network) -> Markdown:
    return md(
        "On {day}: **{organisations} with {ties}**. {average}",
        day=date(view().as_of),
        organisations=n_("{n} organisation", "{n} organisations", figures["organisations"]),
        ties=n_("{n} tie", "{n} ties", figures["ties"]),
        average=partners_sentence(figures),
    )


def _moved(figures: Network) -> content.Figure | None:
    """How the headline figures moved in a year, and why."""
    since = a_year_ago()
    if since is None:
        return None
    changes = ask(questions.answer_changes, since)
    donors = ask(questions.answer_donor_changes, since) if covers(questions.answer_donor_changes) else None
    movements = change_words.movements_covered(ask(questions.answer_movements, since))

    def value(movement: questions.Movement, figure: float | None) -> content.Value | None:
        kind: content.Kind = "number" if movement.indicator == "mean_degree" else "share"
        return None if figure is None else content.Value(figure, kind)

    rows = [
        {"what": _(HEADLINES[m.indicator]), "before": value(m, m.before), "after": value(m, m.after)} for m in movements
    ]
    return figure(
        "movements",
        title=_("What moved in a year"),
        sentences=[changes_sentence(since, changes, donors)],
        points=[movement_sentence(movement) for movement in movements],
        rows=pd.DataFrame(rows),
        columns=[
            column("what", _("Figure"), "text"),
            column("before", date(since), "number"),
            column("after", date(view().as_of), "number"),
        ],
        basis=network_basis(figures),
        source="organisations.csv, partnerships.csv, funding.csv" if has_amounts() else "partnerships.csv",
        method="movements",
    )


def _partners(figures: Network) -> content.Figure | None:
    """The average number of partners over time."""
    history = ask(questions.answer_history)
    title = _("Average number of partners")
    if not figures["ties"]:
        return None
    return figure(
        "mean_degree_history",
        title=course_title(title, history, "mean_degree", "number"),
        is_title_finding=True,
        sentences=[trend_in_words(title, history, "mean_degree", "number")],
        picture=over_time(series(history, "mean_degree", title), "number"),
        alt=trend_in_words(title, history, "mean_degree", "number"),
        rows=history.iloc[::-1],  # the newest day first
        columns=["date", "organisations", "ties", "density", "mean_degree", "cross_sector_share"],
        basis=network_basis(figures),
        source="partnerships.csv",
        method="mean_degree",
    )


def _picture(figures: Network) -> content.Figure | None:
    """The network, drawn."""
    if not figures["ties"]:
        return None
    placed, ties = ask(questions.answer_layout), ask(questions.answer_tie_list)
    basis = network_basis(figures)
    return figure(
        "picture",
        title=most_partners_title(placed),
        is_title_finding=True,
        sentences=[_across(figures)],
        picture=network(placed, ties, sector_labels()),
        alt=_(
            "Network of {basis}. The best connected are {names}.",
            basis=basis,
            names=join(network_words.best_connected(placed)),
        ),
        rows=with_labels(placed, "sector").sort_values(["degree", "name"], ascending=[False, True]),
        columns=["name", "sector_label", "degree"],
        basis=basis,
        source="partnerships.csv",
        method="ties",
    )


def _across(figures: Network) -> Markdown:
    return md("{share} of the ties are between two sectors.", share=percent(figures["cross_sector_share"]))


def _mixing(figures: Network) -> content.Figure | None:
    """Which sectors have ties, beside what chance would give."""
    if not figures["ties"]:
        return None
    return figure(
        "mixing",
        title=network_words.mixing_title(figures),
        is_title_finding=True,
        sentences=[_across(figures)],
        rows=table_of(figures["mixing"], "sector_a", "sector_b"),
        columns=["sector_a_label", column("sector_b_label", _("Other sector")), "ties", "expected", "ratio"],
        basis=network_basis(figures),
        source="partnerships.csv",
        method="mixing",
        is_brief=False,
    )


def _sectors(figures: Network) -> content.Figure | None:
    """The mix of sectors."""
    mix = ask(questions.answer_sectors)
    if not mix["organisations"]:
        return None
    rows = table_of(mix["sectors"], "sector").sort_values("organisations", ascending=False, kind="stable")
    return figure(
        "mix",
        title=sector_words.half_title(mix),
        is_title_finding=True,
        sentences=[sector_words.largest_sector_sentence(mix)],
        picture=bars(rows, "sector_label", "count", organisations=_("Organisations")),
        alt=ranking_in_words(_("Organisations per sector"), rows, "sector_label", "organisations"),
        rows=rows,
        columns=["sector_label", "organisations", "share", "jobs", "jobs_share", "jobs_unknown"],
        basis=n_("{n} organisation", "{n} organisations", mix["organisations"]),
        source="organisations.csv",
        method="sectors",
    )


def _year() -> FundingYear | None:
    latest = income_year() if has_income() else None
    years = {year["year"]: year for year in ask(questions.answer_funding)["years"]}
    return years[latest] if latest else None


def _income(figures: Network) -> content.Figure | None:
    """Income by kind over the years."""
    year = _year()
    if year is None or not year["income"]:
        return None
    kinds = category_labels()
    years = sorted((y for y in ask(questions.answer_funding)["years"]), key=lambda y: y["year"])
    rows = money_words.income_rows(years)
    present = [code for code in kinds if (rows["category"] == code).any()]
    span = range(years[0]["year"], years[-1]["year"] + 1)
    amounts = {(row["year"], row["category"]): row["amount_eur"] for row in rows.to_dict("records")}
    picture = content.Chart(
        "stacked",
        tuple(str(number) for number in span),
        tuple(content.Series(kinds[code], tuple(amounts.get((y, code)) for y in span)) for code in present),
        "euro",
    )
    return figure(
        "categories",
        title=money_words.kinds_title(year),
        is_title_finding=True,
        sentences=[
            money_words.kinds_sentence({one["year"]: one for one in years}, year["year"]),
            money_words.exposed_sentence(year) if year["exposed"] is not None else "",
        ],
        picture=picture,
        alt=_("Stacked bars of income by kind, from {first} to {last}.", first=span[0], last=span[-1]),
        rows=rows.sort_values(["year", "amount_eur"], ascending=[False, False], kind="stable"),
        columns=["year", "category_label", "amount_eur"],
        basis=money_words.money_basis(year),
        source="funding.csv",
        method="income",
    )


def _donors(figures: Network) -> content.Figure | None:
    """The largest donors of the latest year."""
    year = _year()
    given = named_donors(year) if year and year["income"] else []
    if year is None or not given:
        return None
    rows = pd.DataFrame(given).assign(name=donor_names(given))
    return figure(
        "donors",
        title=money_words.donor_title(year, given),
        is_title_finding=True,
        sentences=[money_words.donor_sentence(year, given)],
        picture=bars(rows.head(10), "name", "euro", amount_eur=_("Amount")),
        alt=ranking_in_words(_("Amount per donor"), rows, "name", "amount_eur", "euro"),
        rows=rows,
        columns=[
            column("name", _("Donor")),
            "amount_eur",
            "share",
            column("organisations", _("Organisations funded")),
        ],
        basis=f"{money_words.money_basis(year)}; {n_('{n} donor named', '{n} donors named', len(given))}",
        source="funding.csv",
        method="donors",
    )


def _exposed(figures: Network) -> content.Figure | None:
    """Which organisations are exposed; only for who sees amounts."""
    year = _year()
    if year is None or not has_amounts():
        return None
    exposed = [organisation for organisation in year["organisations"] if organisation["exposed"]]
    if not exposed:
        return None
    return figure(
        "exposed",
        title=_("Exposed organisations"),
        sentences=[_("The largest income comes first. Exposed says where to look, not that something is wrong.")],
        rows=table_of(exposed, "sector").sort_values("income", ascending=False),
        columns=[
            "name",
            "sector_label",
            "income",
            "top_donor",
            "top_donor_share",
            "public_share",
            "donors",
            "reserve_months",
        ],
        basis=money_words.money_basis(year),
        source="funding.csv",
        method="exposed",
        is_brief=False,
    )
