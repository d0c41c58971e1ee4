"""Which organisations there are: the DNA of the region."""

import functools
from collections.abc import Callable

import pandas as pd
import streamlit as st

from hubdata import charts, questions, ui
from hubdata.ui import _, n_, n_md
from hubdata.ui.words import sectors as words

figures = ui.ask(questions.answer_sectors)
count = figures["organisations"]
coverage = ui.ask(questions.answer_coverage)
if not count:
    ui.nothing_yet(
        _("There are no organisations to show on {day}.", day=ui.date(ui.view().as_of)),
        _("Choose another day or wider filters, or load the list of organisations: one row per organisation."),
    )
    ui.stop()

labels = ui.sector_labels()
colours = charts.sector_colours(labels, ui.style())
known_jobs = count - figures["jobs_unknown"]
basis = n_("{n} organisation", "{n} organisations", count)
with_jobs = f"{basis}; {_('jobs known for {n}', n=ui.number(known_jobs))}"

st.markdown(words.largest_sector_sentence(figures))


def mix() -> pd.DataFrame:
    return ui.table_of(figures["sectors"], "sector").assign(
        label=lambda t: t["sector_label"], code=lambda t: t["sector"], value=lambda t: t["organisations"]
    )


def sectors() -> None:
    """How many organisations each sector has."""

    ui.figure(
        "mix",
        title=words.half_title(figures),
        sentence=_("How many organisations there are in each sector."),
        draw=lambda: charts.bars(
            mix(),
            ui.style(),
            value_title=_("Organisations"),
            colours=colours,
        ),
        alt=lambda: ui.ranking_in_words(_("Organisations per sector"), mix(), "sector_label", "organisations"),
        table=mix,
        columns=["sector_label", "organisations", "share", "jobs", "jobs_share", "jobs_unknown"],
        basis=basis,
        source="organisations.csv",
        method="sectors",
    )


def jobs() -> None:
    """How many jobs each sector has."""

    if figures["jobs"] is None:
        ui.nothing_yet(
            _("Jobs are not known of any organisation."),
            _("Fill in the jobs (FTE) in the list of organisations to see the mix by jobs."),
        )
    else:
        ui.figure(
            "jobs",
            title=words.jobs_title(figures),
            sentence=n_md(
                "The {n} organisation of {all} whose jobs are known has {jobs} jobs (fte).",
                "Together the {n} organisations of {all} whose jobs are known have {jobs} jobs (fte).",
                known_jobs,
                all=ui.number(count),
                jobs=ui.number(figures["jobs"]),
            ),
            draw=lambda: charts.bars(
                mix().assign(value=lambda t: t["jobs"]),
                ui.style(),
                value_title=_("Jobs (fte)"),
                colours=colours,
                unknown=_("not known"),
            ),
            alt=lambda: ui.ranking_in_words(_("Jobs per sector"), mix(), "sector_label", "jobs"),
            table=mix,
            columns=["sector_label", "jobs", "jobs_share", "jobs_unknown"],
            basis=with_jobs,
            source="organisations.csv",
            method="sectors",
        )


members = figures["members"]


def member_mix() -> None:
    """The sectors of the members beside those of all."""

    def beside() -> pd.DataFrame:
        return ui.table_of(members["sectors"], "sector").assign(label=lambda t: t["sector_label"])

    both = {"members": _("Members"), "all": _("Whole ecosystem")}
    ui.figure(
        "members",
        title=words.members_title(members["members"] or 0, count - members["membership_unknown"]),
        sentence=_("Where the bar of the members is shorter, the sector has relatively few members."),
        draw=lambda: charts.bars(
            pd.concat(
                [
                    beside().assign(value=lambda t: t["members_share"], series="members"),
                    beside().assign(value=lambda t: t["share"], series="all"),
                ]
            ),
            ui.style(),
            value_title=_("Share"),
            value_format="share",
            series_labels=both,
        ),
        alt=lambda: ui.ranking_in_words(
            _("Share of the members per sector"), beside(), "sector_label", "members_share", "share"
        ),
        table=beside,
        columns=["sector_label", "members", "members_share", "organisations", "share"],
        basis=f"{basis}; {_('membership unknown for {n}', n=ui.number(members['membership_unknown']))}",
        source="organisations.csv",
        method="members",
    )


def types() -> None:
    """What kinds of organisation there are."""

    def per_type() -> pd.DataFrame:
        words = [ui.type_label(row["type"]) for row in figures["types"]]
        return pd.DataFrame(figures["types"]).assign(label=words, value=lambda t: t["organisations"])

    ui.figure(
        "types",
        title=words.largest_type_title(figures["types"]),
        sentence=words.known_sentence(coverage["type_known"], count),
        draw=lambda: charts.bars(
            per_type(),
            ui.style(),
            value_title=_("Organisations"),
        ),
        alt=lambda: ui.ranking_in_words(_("Organisations per kind"), per_type(), "label", "organisations"),
        table=per_type,
        columns=["label", "organisations", "share", "jobs"],
        basis=basis,
        source="organisations.csv",
        method="sectors",
    )


def themes() -> None:
    """Which themes organisations work on."""

    if not figures["themes"]:
        ui.nothing_yet(_("No organisation has a theme."), _("Fill in the themes in the list of organisations."))
    else:

        def per_theme() -> pd.DataFrame:
            return ui.table_of(figures["themes"], "theme").assign(
                label=lambda t: t["theme_label"], value=lambda t: t["organisations"]
            )

        ui.figure(
            "themes",
            title=words.largest_theme_title(figures["themes"]),
            sentence=words.known_sentence(coverage["themes_known"], count),
            draw=lambda: charts.bars(
                ui.first_rows(per_theme(), "value", 15),
                ui.style(),
                value_title=_("Organisations"),
            ),
            alt=lambda: ui.ranking_in_words(_("Organisations per theme"), per_theme(), "theme_label", "organisations"),
            table=per_theme,
            columns=[
                "theme_label",
                "organisations",
                "share",
                "jobs",
                ui.column("ties", _("Ties within the theme")),
                "ties_within_share",
            ],
            basis=basis,
            source="organisations.csv, partnerships.csv",
            method="themes",
        )


mixing = words.theme_pairs(ui.ask(questions.answer_theme_mixing))


def theme_mixing() -> None:
    """Which themes find each other."""

    ui.figure(
        "theme_mixing",
        title=words.themes_title(mixing),
        sentence=words.theme_sentence(mixing),
        draw=lambda: charts.matrix(
            ui.against_chance(words.as_sector_pairs(mixing)),
            ui.style(),
            sector_labels={code: ui.label(code) for row in mixing for code in (row["theme_a"], row["theme_b"])},
            ratio=_("Ties compared with chance"),
            ties=_("Ties"),
            expected=_("Expected by chance"),
            undefined=_("too few to say"),
        ),
        alt=lambda: _("Matrix of themes: per two themes how often ties occur compared with chance."),
        table=lambda: ui.table_of(ui.ask(questions.answer_theme_mixing), "theme_a", "theme_b"),
        columns=["theme_a_label", "theme_b_label", "ties", "pairs", "expected", "ratio", "p_adjusted"],
        basis=_(
            "{basis}; the largest themes; a dash where chance gives fewer than 5 ties, "
            "no colour where the difference may be chance",
            basis=basis,
        ),
        source="organisations.csv, partnerships.csv",
        method="theme_mixing",
    )


compared = [row for row in figures["location_quotient"] if row["reference_share"] is not None]


def beside_reference(key: str, rows: words.Quotients) -> None:
    """Sectors and themes that are measured alike; by organisations and by jobs they are never in one ranking."""
    title = (
        _("Compared with the reference, by jobs")
        if rows[0]["measure"] == "jobs"
        else _("Compared with the reference, by organisations")
    )

    def quotients() -> pd.DataFrame:
        return (
            ui.table_of(rows, "code")
            .assign(
                label=[words.with_jobs(row) for row in rows],
                value=lambda t: t["location_quotient"].astype(float),
                detail=[words.size_in_words(row) for row in rows],
            )
            .sort_values("value", ascending=False, kind="stable", na_position="last")
        )

    ui.figure(
        key,
        title=words.typical_title(rows),
        sentence=_("Right of the line is what is more common here than in the reference, left of it what is less so."),
        draw=lambda: charts.quotients(
            quotients(),
            ui.style(),
            x_title=_("Times as common as in the reference"),
            reference=_("As in the reference"),
            unknown=_("too few"),
        ),
        alt=lambda: ui.ranking_in_words(title, quotients(), "code_label", "location_quotient", "number"),
        table=quotients,
        columns=[
            "code_label",
            "organisations",
            "jobs",
            "jobs_unknown",
            ui.column("share", _("Share here")),
            "reference_share",
            "location_quotient",
            "year",
        ],
        basis=words.known_in_words(rows, count),
        source=f"organisations.csv, reference.csv: {ui.join(sorted({row['source'] or '' for row in rows}))}",
        method="location_quotient",
    )


def nothing_to_compare() -> None:
    """There is no reference."""

    ui.nothing_yet(
        _("There is nothing to compare this region with."),
        _("Load the list of reference figures: one row per sector or theme, with its share elsewhere and the source."),
    )


def where() -> None:
    """Where in the world they work."""

    if not figures["countries"]:
        ui.nothing_yet(
            _("It is not known where in the world they work."),
            _("Fill in the countries where they work in the list of organisations."),
        )
    else:
        codes = [row["country"] for row in figures["countries"]]
        left_out = [ui.country(code) for code in charts.undrawable(codes)]

        def countries() -> pd.DataFrame:
            words = [ui.country(code) for code in codes]
            return pd.DataFrame(figures["countries"]).assign(name=words, value=lambda t: t["organisations"])

        ui.figure(
            "countries",
            title=words.countries_title(figures["countries"]),
            sentence=words.countries_sentence(figures["countries"], coverage["countries_known"], count),
            draw=lambda: charts.world(
                countries(),
                ui.style(),
                value_title=_("Organisations"),
                scale_title=_("Organisations: the lighter, the more")
                if ui.style().dark
                else _("Organisations: the darker, the more"),
            ),
            alt=lambda: ui.ranking_in_words(
                _("Organisations per country where they work"), countries(), "name", "organisations"
            ),
            table=countries,
            columns=[ui.column("name", _("Country")), "organisations", "share"],
            basis="; ".join([basis, *words.not_on_the_map(left_out)]),
            source="organisations.csv",
            method="sectors",
        )


def goals() -> None:
    """Which development goals they work on."""

    if not figures["sdgs"]:
        ui.nothing_yet(
            _("It is not known which development goals they work on."),
            _("Fill in the development goals (SDGs) in the list of organisations."),
        )
    else:

        def per_goal() -> pd.DataFrame:
            rows = sorted(figures["sdgs"], key=lambda row: row["sdg"])
            words = [ui.goal(row["sdg"]) for row in rows]
            return pd.DataFrame(rows).assign(name=words, label=words, value=lambda t: t["organisations"])

        ui.figure(
            "sdgs",
            title=words.largest_goal_title(figures["sdgs"]),
            sentence=words.known_sentence(coverage["sdgs_known"], count),
            draw=lambda: charts.bars(per_goal(), ui.style(), value_title=_("Organisations")),
            alt=lambda: ui.ranking_in_words(
                _("Organisations per development goal"), per_goal(), "name", "organisations"
            ),
            table=per_goal,
            columns=[ui.column("name", _("Goal")), "organisations", "share"],
            basis=basis,
            source="organisations.csv",
            method="sectors",
        )


Tabs = dict[str, tuple[str, Callable[[], None]]]
cells: list[tuple[str, Tabs]] = [
    (
        "mix",
        {
            "sectors": (_("Sectors"), sectors),
            "jobs": (_("Jobs"), jobs),
            **({"members": (_("Members"), member_mix)} if members["members"] else {}),
            **({"types": (_("Kinds"), types)} if figures["types"] else {}),
        },
    ),
    (
        "about",
        {
            "themes": (_("Themes"), themes),
            **({"pairs": (_("Which themes find each other"), theme_mixing)} if mixing else {}),
        },
    ),
    (
        "beside",
        {
            key: (words.measure_in_words(rows), functools.partial(beside_reference, key, rows))
            for key, rows in words.alike(compared).items()
        }
        or {"none": (_("Compared with elsewhere"), nothing_to_compare)},
    ),
    ("world", {"where": (_("Where they work"), where), "goals": (_("Development goals"), goals)}),
]
if ui.style().narrow:  # one below another they would be five screens
    ui.lazy_tabs("cell", {f"{name}_{code}": tab for name, tabs in cells for code, tab in tabs.items()})
else:
    for pair in (cells[:2], cells[2:]):
        for place, (name, tabs) in zip(st.columns(2), pair, strict=True):
            with place:
                ui.lazy_tabs(name, tabs)

if ui.may_change() and words.has_other_hubs():
    with st.container(border=True):
        st.subheader(_("Beside other hubs"), anchor="hubs")
        profiles = words.hub_profiles()
        st.markdown(
            _(
                "Side by side what does not depend on size. Density is not here: it falls as a hub grows, even if "
                "nobody loses a partner. Filters on sectors and themes hold for this hub only."
            )
        )
        ui.small_table(words.profiles_table(profiles))
        st.markdown(_("Ties between sectors, times as many as chance gives (a dash where that is fewer than 5 ties):"))
        ui.small_table(words.blocks_table(profiles))
        ui.explain("hubs")


ui.note_confirmed()
