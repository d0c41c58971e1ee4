"""Which organisations there are: the DNA of the region."""

import pandas as pd
import streamlit as st

from hubdata import charts, hub, ui
from hubdata.ui import _, md, n_

figures = ui.ask(hub.answer_sectors)
count = figures["organisations"]
if not count:
    ui.nothing_yet(
        _("There are no organisations to show on {day}.", day=ui.date(ui.view().as_of)),
        _("Choose another day or wider filters, or load organisations.csv: one row per organisation."),
    )
    ui.stop()

labels = ui.sector_labels()
colours = charts.sector_colours(labels, ui.style())
known_jobs = count - figures["jobs_unknown"]
basis = n_("{n} organisation", "{n} organisations", count)
with_jobs = f"{basis}; {_('jobs known for {n}', n=ui.number(known_jobs))}"

mix = ui.with_labels(pd.DataFrame(figures["sectors"]), "sector")
largest = mix.iloc[0]
st.markdown(
    md(
        "**{sector} is the largest sector: {n} of {all} organisations.** "
        "The mix is as varied as {effective} sectors of equal size.",
        sector=largest["sector_label"],
        n=ui.number(largest["organisations"]),
        all=ui.number(count),
        effective=ui.number(figures["effective_sectors"], 1),
    )
)

ui.figure(
    "mix",
    title=_("Mix of sectors"),
    sentence=md(
        "Two organisations drawn at random are in different sectors in {share} of cases.",
        share=ui.percent(figures["simpson_diversity"]),
    ),
    draw=lambda: charts.bars(
        mix.assign(label=mix["sector_label"], value=mix["organisations"], code=mix["sector"]),
        ui.style(),
        value_title=_("Organisations"),
        colours=colours,
    ),
    alt=ui.ranking_in_words(_("Organisations per sector"), mix, "sector_label", "organisations"),
    table=mix,
    columns={
        "sector_label": (_("Sector"), "text"),
        "organisations": (_("Organisations"), "count"),
        "share": (_("Share"), "share"),
        "jobs": (_("Jobs (fte)"), "count"),
        "jobs_share": (_("Share of jobs"), "share"),
        "jobs_unknown": (_("Jobs unknown"), "count"),
    },
    basis=basis,
    source="organisations.csv",
    method="sectors",
)

if figures["jobs"] is None:
    ui.nothing_yet(
        _("Jobs are not known of any organisation."),
        _("Fill in the column fte of organisations.csv to see the mix by jobs."),
    )
else:
    ui.figure(
        "jobs",
        title=_("Jobs per sector"),
        sentence=md(
            "Together {n} organisations have {jobs} jobs (fte).",
            n=ui.number(known_jobs),
            jobs=ui.number(figures["jobs"]),
        ),
        draw=lambda: charts.bars(
            mix.assign(label=mix["sector_label"], value=mix["jobs"], code=mix["sector"]),
            ui.style(),
            value_title=_("Jobs (fte)"),
            colours=colours,
            unknown=_("not known"),
        ),
        alt=ui.ranking_in_words(_("Jobs per sector"), mix, "sector_label", "jobs"),
        table=mix,
        columns={
            "sector_label": (_("Sector"), "text"),
            "jobs": (_("Jobs (fte)"), "count"),
            "jobs_share": (_("Share of jobs"), "share"),
            "jobs_unknown": (_("Jobs unknown"), "count"),
        },
        basis=with_jobs,
        source="organisations.csv",
        method="sectors",
    )

members = figures["members"]
if members["members"]:
    beside = ui.with_labels(pd.DataFrame(members["sectors"]), "sector")
    both = {"members": _("Members"), "all": _("Whole ecosystem")}
    ui.figure(
        "members",
        title=_("Members beside the whole ecosystem"),
        sentence=md(
            "{n} of {all} organisations are member or tenant of the hub. "
            "Where their bar is shorter, the sector has relatively few members.",
            n=ui.number(members["members"]),
            all=ui.number(count),
        ),
        draw=lambda: charts.bars(
            pd.concat(
                [
                    beside.assign(label=beside["sector_label"], value=beside["members_share"], series="members"),
                    beside.assign(label=beside["sector_label"], value=beside["share"], series="all"),
                ]
            ),
            ui.style(),
            value_title=_("Share"),
            value_format="share",
            series_labels=both,
        ),
        alt=ui.ranking_in_words(_("Share of the members per sector"), beside, "sector_label", "members_share", "share"),
        table=beside,
        columns={
            "sector_label": (_("Sector"), "text"),
            "members": (_("Members"), "count"),
            "members_share": (_("Share of the members"), "share"),
            "organisations": (_("Organisations"), "count"),
            "share": (_("Share"), "share"),
        },
        basis=f"{basis}; {_('membership unknown for {n}', n=ui.number(members['membership_unknown']))}",
        source="organisations.csv",
        method="sectors",
    )

types = pd.DataFrame(figures["types"])
if not types.empty:
    types["type_label"] = [ui.settings().type_label(code, ui.language()) for code in types["type"]]
    ui.figure(
        "types",
        title=_("Kinds of organisation"),
        sentence=md("{type} is the most frequent kind.", type=types["type_label"].iloc[0]),
        draw=lambda: charts.bars(
            types.assign(label=types["type_label"], value=types["organisations"]),
            ui.style(),
            value_title=_("Organisations"),
        ),
        alt=ui.ranking_in_words(_("Organisations per kind"), types, "type_label", "organisations"),
        table=types,
        columns={
            "type_label": (_("Kind"), "text"),
            "organisations": (_("Organisations"), "count"),
            "share": (_("Share"), "share"),
            "jobs": (_("Jobs (fte)"), "count"),
        },
        basis=basis,
        source="organisations.csv",
        method="sectors",
    )

themes = pd.DataFrame(figures["themes"])
if themes.empty:
    ui.nothing_yet(_("No organisation has a theme."), _("Fill in the column themes of organisations.csv."))
else:
    themes = ui.with_labels(themes, "theme")
    ui.figure(
        "themes",
        title=_("Themes"),
        sentence=md(
            "{theme} is the largest theme, with {n} organisations.",
            theme=themes["theme_label"].iloc[0],
            n=ui.number(themes["organisations"].iloc[0]),
        ),
        draw=lambda: charts.bars(
            themes.head(15).assign(label=themes["theme_label"], value=themes["organisations"]),
            ui.style(),
            value_title=_("Organisations"),
        ),
        alt=ui.ranking_in_words(_("Organisations per theme"), themes, "theme_label", "organisations"),
        table=themes,
        columns={
            "theme_label": (_("Theme"), "text"),
            "organisations": (_("Organisations"), "count"),
            "share": (_("Share"), "share"),
            "jobs": (_("Jobs (fte)"), "count"),
            "ties": (_("Ties within the theme"), "count"),
            "ties_within_share": (_("Share of all ties"), "share"),
        },
        basis=basis,
        source="organisations.csv, partnerships.csv",
        method="themes",
    )

quotients = pd.DataFrame(figures["location_quotient"])
quotients = quotients[quotients["reference_share"].notna()] if not quotients.empty else quotients
if quotients.empty:
    ui.nothing_yet(
        _("There is nothing to compare this region with."),
        _("Load reference.csv: one row per sector or theme, with its share elsewhere and the source."),
    )
else:
    quotients = ui.with_labels(quotients, "code")
    told = quotients.dropna(subset=["location_quotient"])
    ui.figure(
        "location_quotient",
        title=_("Compared with the reference"),
        sentence=(
            _(
                "Most typical of this region is {label}: {quotient} times as common as in the reference.",
                label=told.loc[told["location_quotient"].idxmax(), "code_label"],
                quotient=ui.number(told["location_quotient"].max(), 1),
            )
            if len(told)
            else _("There are too few organisations to compare.")
        ),
        draw=lambda: charts.quotients(
            quotients.assign(
                label=quotients["code_label"],
                value=quotients["location_quotient"],
                detail=[n_("{n} organisation", "{n} organisations", n) for n in quotients["organisations"]],
            ),
            ui.style(),
            x_title=_("Times as common as in the reference"),
            reference=_("As in the reference"),
            unknown=_("too few"),
        ),
        alt=ui.ranking_in_words(_("Compared with the reference"), told, "code_label", "location_quotient"),
        table=quotients,
        columns={
            "code_label": (_("Sector or theme"), "text"),
            "organisations": (_("Organisations"), "count"),
            "jobs": (_("Jobs (fte)"), "count"),
            "share": (_("Share here"), "share"),
            "reference_share": (_("Share in the reference"), "share"),
            "location_quotient": (_("Times as common"), "number"),
            "year": (_("Year"), "year"),
        },
        basis=basis,
        source=f"organisations.csv, reference.csv: {ui.join(sorted(set(quotients['source'])))}",
        method="location_quotient",
    )

countries = pd.DataFrame(figures["countries"])
if countries.empty:
    ui.nothing_yet(
        _("It is not known where in the world they work."), _("Fill in the column countries of organisations.csv.")
    )
else:
    countries["name"] = [ui.country(code) for code in countries["country"]]
    left_out = [ui.country(code) for code in charts.undrawable(countries["country"])]
    ui.figure(
        "countries",
        title=_("Where in the world they work"),
        sentence=md(
            "They work in {n} countries; most often in {names}.",
            n=ui.number(len(countries)),
            names=ui.join(countries["name"].head(3).tolist()),
        ),
        draw=lambda: charts.world(
            countries.assign(value=countries["organisations"]), ui.style(), value_title=_("Organisations")
        ),
        alt=ui.ranking_in_words(_("Organisations per country where they work"), countries, "name", "organisations"),
        table=countries,
        columns={
            "name": (_("Country"), "text"),
            "organisations": (_("Organisations"), "count"),
            "share": (_("Share"), "share"),
        },
        basis=f"{basis}; {_('not on the map: {names}', names=ui.join(left_out))}" if left_out else basis,
        source="organisations.csv",
        method="sectors",
    )

goals = pd.DataFrame(figures["sdgs"])
if goals.empty:
    ui.nothing_yet(
        _("It is not known which development goals they work on."), _("Fill in the column sdgs of organisations.csv.")
    )
else:
    goals = goals.sort_values("sdg")
    goals["name"] = [ui.goal(number) for number in goals["sdg"]]
    ui.figure(
        "sdgs",
        title=_("Development goals"),
        sentence=md("Most work on: {goal}.", goal=goals.loc[goals["organisations"].idxmax(), "name"]),
        draw=lambda: charts.bars(
            goals.assign(label=goals["name"], value=goals["organisations"]), ui.style(), value_title=_("Organisations")
        ),
        alt=ui.ranking_in_words(_("Organisations per development goal"), goals, "name", "organisations"),
        table=goals,
        columns={
            "name": (_("Goal"), "text"),
            "organisations": (_("Organisations"), "count"),
            "share": (_("Share"), "share"),
        },
        basis=basis,
        source="organisations.csv",
        method="sectors",
    )
