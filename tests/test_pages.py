"""Every page in every state, as Streamlit runs it, with the real store; no browser."""

import contextlib
import datetime
import functools
import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow
import pytest
import streamlit
from conftest import ROOT, SAMPLE
from figures import figures_on
from pandas import DataFrame
from plotly.graph_objects import Figure
from streamlit.testing.v1 import AppTest

from hubdata import access, loading, notebook, questions, settings, store, texts, ui
from hubdata.indicators import network
from hubdata.ui import hub_settings, session
from hubdata.ui.columns import LISTS

PAGES = tuple(ui.PAGES)
Opened = Callable[..., AppTest]

ORGANISATIONS = "organisation_id,name,sector\na,Anna,ngo\nb,Beta,knowledge\nc,Cora,ngo\n"
PARTNERSHIPS = "organisation_ids,start_date,last_contact\na|b,2019-01-01,2019-02-01\nb|c,2020-01-01,\n"
EVENTS = "event_id,name,start_date,kind\ne,Peace day,2020-02-01,conference\nf,Later,2030-02-01,conference\n"
ATTENDANCE = "event_id,organisation_id\ne,a\ne,c\n"
FUNDING = "organisation_id,year,donor,category,amount\na,2019,D,government,100\nb,2019,,earned,50\n"
WHOLE = {
    "organisations": ORGANISATIONS,
    "partnerships": PARTNERSHIPS,
    "events": EVENTS,
    "attendance": ATTENDANCE,
    "funding": FUNDING,
}
TOLD_BY = {
    "organisations": {"overview", "sectors", "organisation"},
    "partnerships": {"network", "brokers", "contacts", "changes"},
    "events": {"events"},
    "attendance": {"events"},
    "funding": {"funding", "stress"},
}
"""A table that is missing -> the pages that say so."""
STATES = {
    "one organisation": {"organisations": "organisation_id,name,sector\na,Anna,ngo\n"},
    "no organisations": {"events": EVENTS},
    "no partnerships": {name: text for name, text in WHOLE.items() if name != "partnerships"},
    "no events": {name: text for name, text in WHOLE.items() if name not in ("events", "attendance")},
    "no attendance": {name: text for name, text in WHOLE.items() if name != "attendance"},
    "no funding": {name: text for name, text in WHOLE.items() if name != "funding"},
}
"""What was loaded into a home in this state: what stands on a missing table is missing too."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home of one's own: on the first page the sample is loaded into it."""
    monkeypatch.setenv("HUBDATA_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """`made(state)`: a home in a state that many tests look at and none changes; each is loaded once."""

    @functools.cache
    def home_in(state: str) -> Path:
        home = tmp_path_factory.mktemp("home")
        if state in ("sample", "demo"):
            loading.show_example(home, settings.Settings(), state)
        elif state == "one donor":
            loading.load(home, settings.Settings(), loading.read_files([SAMPLE], settings.Settings()))
        else:
            publish(home, STATES[state])
        return home

    return home_in


@pytest.fixture
def on_sample(made: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The real sample, for looking only."""
    monkeypatch.setenv("HUBDATA_HOME", str(made("sample")))
    return made("sample")


def publish(home: Path, tables: dict[str, str]) -> None:
    files = {f"{name}.csv": text.encode() for name, text in tables.items()}
    outcome = loading.load(home, settings.Settings(), files)
    assert outcome.manifest, outcome.draft.problems


def opened(page: str = "overview", **address: str) -> AppTest:
    """A page as somebody sees it who opens this address, all of its tabs: no other page was run before."""
    app = AppTest.from_file(str(ROOT / "pages" / "navigation.py"), default_timeout=60)
    for name, value in {"lang": "en", "all": "yes", **address}.items():
        app.query_params[name] = value
    if page != "overview":
        app.switch_page(f"{page}.py")
    app.run()
    assert not app.exception, [e.value for e in app.exception]
    return app


def said(app: AppTest) -> str:
    """Everything a page says, as one text without Markdown's escapes."""
    parts = [
        element.value for kind in ("markdown", "caption", "info", "header", "subheader") for element in app.get(kind)
    ]
    return "\n".join(str(part) for part in parts).replace("\\", "").replace("\N{ZERO WIDTH SPACE}", "")


def test_an_organisation_with_a_small_part_of_its_income_puts_no_jobs_at_risk(home: Path) -> None:
    publish(
        home,
        {
            "organisations": "organisation_id,name,sector,fte\na,Anna,ngo,420\nb,Beta,knowledge,2\n",
            "partnerships": "organisation_ids,start_date\na|b,2019-01-01\n",
            "funding": "organisation_id,year,donor,category,amount\na,2019,D,government,3750\n"
            "b,2019,D,government,30000\nb,2019,,earned,30000\n",
        },
    )
    app = opened("stress", donor_1="d", cut_1="100")
    assert {metric.label: metric.value for metric in app.metric}["Jobs where income is lost (fte)"] == "1"
    assert "less than €20,000 per job, so it is probably only a part of it: Anna." in said(app)
    assert "its jobs are not counted" in said(app)


def figures(app: AppTest) -> dict[str, dict]:  # type: ignore[type-arg]
    return {figure.key: figure.spec for figure in figures_on(app)}


def check_figures(app: AppTest) -> None:
    """Plotly takes every figure, which raises at what it does not know, and changes nothing in it."""
    for spec in figures(app).values():
        assert json.loads(Figure(spec).to_json()) == spec


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_alive_on_the_sample(on_sample: Path, page: str, language: str) -> None:
    app = opened(page, lang=language)
    assert app.title[0].value == texts.translation(language).gettext(ui.PAGES[page].title)
    assert "CORDIS" in said(app)
    check_figures(app)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_alive_on_the_demo_with_each_filter(
    made: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setenv("HUBDATA_HOME", str(made("demo")))
    check_figures(opened(page))
    check_figures(opened(page, sector="ngo|knowledge", theme="peacebuilding", convenor="no", as_of="2024-05-06"))
    check_figures(opened(page, sector="court"))


@pytest.mark.parametrize("missing", TOLD_BY)
@pytest.mark.parametrize("page", PAGES)
def test_a_missing_table_is_a_designed_state(
    made: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, page: str, missing: str
) -> None:
    monkeypatch.setenv("HUBDATA_HOME", str(made(f"no {missing}")))
    app = opened(page)
    if page in TOLD_BY[missing]:
        assert f"list of {LISTS[missing]}" in said(app)


@pytest.mark.parametrize("page", PAGES)
def test_one_organisation_alone(made: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    monkeypatch.setenv("HUBDATA_HOME", str(made("one organisation")))
    opened(page)
    opened(page, id="a")


def test_two_rows_of_cards_on_one_page_are_each_their_own(
    made: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUBDATA_HOME", str(made("demo")))
    for _seen_before in range(2):
        headings = [card.label for card in opened("funding").metric]
        assert {"Known income", "Jobs exposed (fte)"} <= set(headings)
        assert len(headings) == len(set(headings))


def test_an_address_of_an_organisation_that_is_not_there_says_so(on_sample: Path) -> None:
    missing = "The organisation of this address is not in the data of"
    app = opened("organisation", id="nobody")
    assert missing in said(app)
    assert missing in said(app.run()), "also when the page runs again"
    assert missing not in said(opened("organisation"))


def test_a_day_before_everything_and_a_day_long_after(on_sample: Path) -> None:
    for page in PAGES:
        for day in ("1990-01-01", "2090-01-01"):
            opened(page, as_of=day)


def test_the_overview_says_what_the_command_prints(on_sample: Path) -> None:
    app = opened(as_of="2020-06-30")
    snapshot = store.open_snapshot(on_sample, store.current_snapshot_id(on_sample) or "")
    view = store.View(datetime.date(2020, 6, 30))
    found = questions.answer_network(snapshot, settings.Settings(), view)
    assert f"{found['organisations']} organisations with {found['ties']} ties" in said(app)
    cards = [texts.number(found["organisations"], "en"), texts.number(found["mean_degree"], "en", 1)]
    assert [card.value for card in app.metric][:3] == [*cards, texts.percent(found["cross_sector_share"], "en", 1)]
    # More organisations are neither good nor bad.
    assert (app.metric[0].proto.color, app.metric[1].proto.color) == (2, 0)  # grey, red


def test_a_table_on_a_phone_holds_names_as_they_are() -> None:
    """Its cells are Markdown: what comes from data is escaped in them, and a name leads to its profile."""

    def page() -> None:
        import pandas as pd

        from hubdata.ui import parts

        rows = pd.DataFrame({"Name": ["organisation?id=a"], "*Said*": ["<b>[x](http://e.org)</b>"], "Number": [1.5]})
        parts._wrapping_table(
            rows, {"Name": lambda _address: "*A* [b]", "Number": lambda value: f"{value:.1f}"}, "a table", ["Name"]
        )

    app = AppTest.from_function(page).run(timeout=60)
    written = app.table[0].proto.arrow_data
    cells = pyarrow.ipc.open_stream(written.styler.display_values).read_all().to_pydict()
    assert cells["Name"] == [r"[\*A\* \[b\]](organisation?id=a)"]
    assert cells[r"\*Said\*"] == [ui.literal("<b>[x](http://e.org)</b>")]
    assert cells["Number"] == [r"1\.5"]
    assert pyarrow.ipc.open_stream(written.data).read_all()["Number"].to_pylist() == [1.5]  # so it stands at the right


def test_a_share_that_missing_income_could_turn_is_grey_and_says_why(
    made: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUBDATA_HOME", str(made("one donor")))
    app = opened(as_of="2020-06-30")
    assert app.metric[3].value.startswith(":gray[")
    assert "comes from European Commission" in said(app)
    assert "could be anywhere from" in said(opened("funding", year="2021"))


def test_a_list_of_funding_that_is_partial_greys_what_it_says_of_dependency(home: Path) -> None:
    (home / "hub.toml").write_text("funding_is_partial = true\n", encoding="utf-8")
    publish(home, WHOLE)
    for page in ("overview", "funding", "stress"):
        assert "Only recorded project money is known" in said(opened(page)), page
    for reason, shown in ((None, "20%"), ("why", ":gray[20%]")):
        year = {"greyed": reason, "coverage": {"exposed": None}, "donor_totals": [{"donor": None}]}
        assert ui.greyed("20%", year) == shown  # type: ignore[arg-type]


def test_the_sample_is_project_money_and_says_so_and_the_demo_is_not(
    made: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUBDATA_HOME", str(made("one donor")))  # the same rows, as somebody's own
    assert "Nobody in the list of income earned anything" in said(opened("funding"))
    for state, is_partial in (("sample", True), ("demo", False)):
        monkeypatch.setenv("HUBDATA_HOME", str(made(state)))
        app = opened("funding")
        assert ("Only recorded project money is known" in said(app)) == is_partial, state
        exposed = next(metric for metric in app.metric if metric.label == "Exposed organisations")
        assert exposed.value.startswith(":gray[") or not is_partial


def test_names_from_data_are_shown_as_they_are(home: Path) -> None:
    attack = "![x](https://evil.example/x.png) <a href='https://evil.example'>A</a> **b** :red[c] $d$"
    publish(home, {**WHOLE, "organisations": ORGANISATIONS.replace("Anna", f'"{attack}"')})
    app = opened("organisation", id="a")
    assert attack in said(app)
    raw = app.header[0].value
    assert r"\!\[x\]\(https\:\/" in raw
    assert "://" not in raw
    app = opened("network")
    for spec in figures(app).values():
        assert "<a href" not in json.dumps(spec)


def test_the_address_follows_the_widgets_and_leaves_out_defaults(on_sample: Path) -> None:
    app = opened()
    assert app.query_params == {"lang": "en", "all": "yes"}
    app.multiselect(key="at_sector").set_value(["ngo"]).run()
    app.toggle(key="at_convenor").set_value(False).run()
    assert app.query_params == {"lang": "en", "all": "yes", "sector": "ngo", "convenor": "no"}
    app.toggle(key="at_convenor").set_value(True).run()
    assert app.query_params == {"lang": "en", "all": "yes", "sector": "ngo"}


def test_a_day_from_the_address_stays_when_something_else_is_chosen(on_sample: Path) -> None:
    app = opened(as_of="2020-05-06")
    app.toggle(key="at_convenor").set_value(False).run()
    assert app.query_params == {"lang": "en", "all": "yes", "as_of": "2020-05-06", "convenor": "no"}
    assert "6 May 2020" in said(app)


def test_a_theme_with_a_comma_is_one_theme_in_the_address(home: Path) -> None:
    organisations = 'organisation_id,name,sector,themes\na,Anna,ngo,"Peace, justice"\nb,Beta,ngo,water\n'
    publish(home, {"organisations": organisations})
    app = opened(theme="Peace, justice|water")
    assert app.multiselect(key="at_theme").value == ["Peace, justice", "water"]


def test_a_closed_tab_is_neither_asked_for_nor_drawn_and_the_address_opens_it(on_sample: Path) -> None:
    def drawn(app: AppTest) -> int:
        return len(figures_on(app))

    app = opened("funding", all="")
    assert "tab" not in app.query_params
    assert drawn(app) < drawn(opened("funding"))
    assert "other income became a larger part at" not in said(app)
    app.session_state["tabs_tab"] = "Other income"  # AppTest cannot choose a tab; a browser does it in test_browser
    app.session_state["at_tab"] = "own"
    app.run()
    assert app.query_params == {"lang": "en", "tab": "own"}
    assert "other income became a larger part at" in said(app)
    app.selectbox(key="at_lang").set_value("nl").run()
    assert app.query_params == {"lang": "nl", "tab": "own"}
    assert "werd het deel overige inkomsten groter bij" in said(app)
    assert "other income became a larger part at" in said(opened("funding", all="", tab="own"))
    assert drawn(opened("funding", all="", tab="nonsense")) == drawn(opened("funding", all=""))


def test_two_pages_do_not_show_each_others_figures(on_sample: Path) -> None:
    app = opened("overview")
    of_overview = [c.value for c in app.caption if "As of" in c.value]
    app.switch_page("network.py").run()
    assert not set(of_overview) & {c.value for c in app.caption if "As of" in c.value}


def test_a_year_without_a_donor_says_so(home: Path) -> None:
    money = "organisation_id,year,donor,category,amount\na,2018,D,government,5\na,2019,,earned,5\n"
    publish(home, {**WHOLE, "funding": money})
    text = said(opened("organisation", id="a", as_of="2020-06-30"))
    assert "In 2019 no donor is known" in text
    assert "nan" not in text


def open_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest can open neither an expander nor a popover; from here on each is open from the start."""
    real, popover = streamlit.expander, streamlit.popover

    def opened_popover(*what: Any, **more: Any) -> Any:
        drawn = popover(*what, **more)
        drawn.open = True
        return drawn

    monkeypatch.setattr(streamlit, "expander", lambda label, **more: real(label, **{**more, "expanded": True}))
    monkeypatch.setattr(streamlit, "popover", opened_popover)


ESTIMATED = "who stands between others is an estimate"


def test_of_a_large_network_it_is_said_that_positions_are_estimated(
    on_sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not any(ESTIMATED in said(opened(page)) for page in ("brokers", "stress"))
    monkeypatch.setattr(network, "LARGE", 10)
    assert all(ESTIMATED in said(opened(page)) for page in ("brokers", "stress"))


def test_of_a_large_network_nobody_is_said_to_stand_between_no_others(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(
        home,
        {
            "organisations": "organisation_id,name,sector\na,Anna,ngo\nb,Beta,ngo\nc,Cora,ngo\n",
            "partnerships": "partnership_id,organisation_ids,start_date\nab,a|b,2020-01-01\nbc,b|c,2020-01-01\n",
        },
    )
    text = said(opened("organisation", id="a"))
    assert ("It stands between no two others." in text, ESTIMATED in text) == (True, False)
    monkeypatch.setattr(network, "LARGE", 2)
    text = said(opened("organisation", id="a"))
    assert ("Probably it stands between few others." in text, ESTIMATED in text) == (True, True)


def test_tables_behind_figures_open_in_both_languages(on_sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_everything(monkeypatch)
    for page in PAGES:
        for language in texts.LANGUAGES:
            app = opened(page, lang=language)
            assert len(app.dataframe) >= len(figures_on(app)) - 3


@pytest.mark.parametrize("page", ["overview", "network", "funding", "brokers", "events", "sectors", "changes"])
def test_a_phone_has_all_that_a_wide_screen_has(page: str, on_sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = {heading.value for heading in opened(page).subheader}
    monkeypatch.setattr(type(streamlit.context), "cookies", {"hub_narrow": "1"})
    assert {heading.value for heading in opened(page).subheader} == wide


def test_unknown_codes_in_an_address_are_ignored(on_sample: Path) -> None:
    app = opened(sector="nope|ngo", theme="nope", as_of="tomorrow", convenor="perhaps", lang="xx", since="never")
    assert app.multiselect(key="at_sector").value == ["ngo"]
    assert app.multiselect(key="at_theme").value == []
    assert app.toggle(key="at_convenor").value is True


def test_a_figure_without_its_parts_is_not_drawn() -> None:
    parts = {"title": "t", "sentence": "s", "basis": "b", "source": "c", "method": "density"}
    for missing in parts:
        with pytest.raises(ValueError, match="figure 'x' lacks"):
            ui.figure(
                "x",
                draw=Figure,
                alt=str,
                table=DataFrame,
                columns=[ui.column("a", "A", "text")],
                **{**parts, missing: ""},
            )  # type: ignore[arg-type]


def test_a_figure_without_an_alternative_text_is_not_drawn(on_sample: Path) -> None:
    def script() -> None:
        from pandas import DataFrame
        from plotly.graph_objects import Figure

        from hubdata import ui

        ui.begin()
        ui.navigate()
        ui.read_address("overview")
        ui.toolbar()
        parts = {"title": "t", "sentence": "s", "basis": "b", "source": "c", "method": "density"}
        ui.figure("x", draw=Figure, alt=lambda: "", table=DataFrame, columns=[ui.column("a", "A", "text")], **parts)  # type: ignore[arg-type]

    app = AppTest.from_function(script, default_timeout=60).run()
    assert app.exception
    assert not figures_on(app)


def test_every_figure_has_an_alternative_text_and_says_as_of_when_and_from_where(on_sample: Path) -> None:
    for page in PAGES:
        app = opened(page)
        charts = [*(figure.alt for figure in figures_on(app)), *(e.proto.alt for e in app.get("echarts_chart"))]
        assert all(charts)
        captions = [c.value for c in app.caption if "Source" in c.value and "As of" in c.value]
        sparklines = 4 if page == "overview" else 0
        assert len(captions) == len(charts) - sparklines


def test_examples_give_way_to_own_data_for_good(home: Path) -> None:
    app = opened()
    assert "sample data" in said(app)
    app.button(key="other_example").click().run(timeout=60)
    assert "fictional ecosystem" in said(app)
    assert not app.exception
    app.button(key="other_example").click().run()
    assert "sample data" in said(app)
    publish(home, WHOLE)
    app = opened()
    assert "sample data" not in said(app)
    sample = next(m.id for m in store.history(home) if m.origin == "sample")
    store.rollback(home, sample)
    app = opened()
    assert "sample data" in said(app)
    assert not [b for b in app.button if b.key == "other_example"]
    with pytest.raises(store.StoreProblem):
        loading.show_example(home, settings.Settings(), "demo")


def test_two_loads_are_compared_and_what_is_known_better_is_said(home: Path) -> None:
    publish(home, {**WHOLE, "partnerships": "organisation_ids,start_date,last_contact\na|b,2019-01-01,2019-02-01\n"})
    first = store.current_snapshot_id(home) or ""
    publish(home, WHOLE)
    app = opened("changes", load=first)
    assert "Then: what that load said of 1 February 2020" in said(app)
    assert "This load compared with that one: **1 new tie; the same organisations" in said(app)
    assert "because of what we know better about the earlier day" in said(app)
    assert app.query_params["load"] == first
    assert "Then: what" not in said(opened("changes", load="nonsense"))


def test_a_day_with_a_note_can_be_compared_with_and_is_marked(home: Path) -> None:
    publish(home, WHOLE)
    notebook.pin_note(home, datetime.date(2019, 6, 1), "Council *meeting*")
    app = opened("changes", since="2019-06-01")
    assert "1 February 2020 compared with 1 June 2019: **1 new tie**. Which ties are gone is not known" in said(app)
    assert "1 June 2019: Council *meeting*" in said(app)
    assert "1 June 2019 – Council *meeting*" in app.selectbox(key="at_since").options
    assert any("Council *meeting*" in json.dumps(spec) for spec in figures(app).values())


def test_the_overview_and_the_page_contacts_name_the_same_contacts(on_sample: Path) -> None:
    def contacts(app: AppTest) -> list[tuple[str, str]]:
        return re.findall(
            r"\*\*([^*]+)\*\* (?:\([^)]*\) )?and \*\*([^*]+)\*\*(?: \([^)]*\):|  \n) ?last contact", said(app)
        )

    of_contacts = contacts(opened("contacts"))
    assert len(of_contacts) == 5
    assert contacts(opened("overview")) == of_contacts[:3]


def test_other_hubs_that_cannot_be_read_are_said_and_the_page_stays(home: Path, tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "hub.toml").write_text("name = 1\n")
    publish(home, WHOLE)
    for folder, told in (("broken", "name"), ("nowhere", "Nothing is loaded in the folder nowhere")):
        (home / "hub.toml").write_text(f'other_hubs = ["{folder}"]\n')
        hub_settings.settings_of.cache_clear()
        app = opened("sectors")
        assert told in "\n".join(warning.value.replace("\\", "") for warning in app.warning)
        assert "Beside other hubs" in said(app)
    hub_settings.settings_of.cache_clear()


def test_a_day_long_after_all_others_is_said_and_offered(home: Path) -> None:
    publish(home, {**WHOLE, "partnerships": PARTNERSHIPS + "a|c,2024-05-01,\n"})
    for language, words in (
        ("en", "One row is dated 1 May 2024, more than a year after all others, so it does not set this date."),
        ("nl", "Eén rij heeft als datum 1 mei 2024. Dat is meer dan een jaar na alle andere."),
    ):
        app = opened(lang=language)
        assert words in said(app)
        assert app.selectbox(key="at_as_of").value == "2020-02-01"
    assert "Data up to 1 February 2020" in said(opened())
    assert app.selectbox(key="at_as_of").options[0] == "Op 1 mei 2024"
    app.selectbox(key="at_as_of").set_value("2024-05-01").run()
    assert app.query_params["as_of"] == "2024-05-01"


def test_data_without_any_date_says_so(home: Path) -> None:
    publish(home, {"organisations": ORGANISATIONS, "funding": FUNDING})
    assert "No date is known in the data, loaded" in said(opened())
    text = said(opened(lang="nl"))
    assert "In de gegevens staat geen enkele datum" in text
    assert "Gegevens tot en met" not in text


def test_the_page_says_when_the_data_cannot_tell_whether_structure_holds(home: Path) -> None:
    assert "The data cannot tell whether firm agreements hold ties together: all ties began alike" in said(
        opened("contacts")
    )
    publish(home, WHOLE)
    assert "The data cannot tell whether firm agreements hold ties together" in said(opened("contacts"))


def test_the_road_to_each_target_is_said_in_its_own_words(home: Path) -> None:
    """On 1 February 2020 Beta has two partners, Anna and Cora one each: 1.33 on average. In 2019 Anna was exposed."""
    aims = (
        "indicator,date,value\nmean_degree,2019-12-31,0.5\nmean_degree,2019-11-30,2\nmean_degree,2021-01-31,2\n"
        "mean_degree,2022-01-31,1\nexposed_share,2021-01-31,0.25\n"
    )
    publish(home, {**WHOLE, "targets": aims})
    text = said(opened("changes"))
    assert "Target on 30 November 2019: 2.0. It was not reached: 0.7 on 30 September 2019." in text
    assert "Target on 31 December 2019: 0.5. It was reached: 0.7 on 31 December 2019." in text
    assert (
        "Target on 31 January 2021: 2.0. It was 1.3 on 1 February 2020, 0.7 too low: that asks for +0.7 a year." in text
    )
    assert "Target on 31 January 2022: 1.0. It was 1.3 on 1 February 2020: reached so far." in text
    assert "Target on 31 January 2021: 25.0%. It was 50.0% in 2019, 25.0 points too high" in text
    assert (
        "How it goes on cannot be said: what formed and ended is known of 4 quarters. Agreements that began in them: 1, "
        "that ended: 0. It takes 8 quarters and 20 of each."
    ) in text
    assert "How it goes on is not simulated: it follows from income, not from ties." in text


def test_where_chances_are_worth_nothing_the_page_says_so_and_goes_by_silence(home: Path) -> None:
    """Agreements of two that begin and end by lot, whatever they are: enough to fit, and nothing to tell ties apart."""
    lot = random.Random(1)
    first, last = datetime.date(2014, 1, 1), datetime.date(2024, 12, 1)
    rows = []
    for number in range(450):
        a, b = lot.sample(range(40), 2)
        begun = first + datetime.timedelta(days=lot.randrange(3900))
        over = begun + datetime.timedelta(days=30 + int(lot.expovariate(1 / 800)))
        heard = last - datetime.timedelta(days=lot.randrange(300))
        ended, contact = (over, over) if over < last else ("", max(begun, heard))
        rows.append(
            f"p{number},o{a:02d}|o{b:02d},{begun},{ended},{contact},{lot.choice(['cooperation', 'coordination'])}"
        )
    organisations = "".join(f"o{one:02d},Org {one:02d},{('ngo', 'knowledge')[one % 2]}\n" for one in range(40))
    head = "partnership_id,organisation_ids,start_date,end_date,last_contact,intensity\n"
    publish(
        home, {"organisations": f"organisation_id,name,sector\n{organisations}", "partnerships": head + "\n".join(rows)}
    )
    with contextlib.closing(store.open_snapshot(home, store.current_snapshot_id(home) or "")) as snapshot:
        view = store.View(snapshot.newest_date(questions.today()))
        found = questions.answer_lapse(snapshot, settings.Settings(), view)
    tested, listed = found["backtest"], found["at_risk"]
    assert (len(tested["days"]), found["is_pooled"], tested["is_better"]) == (8, False, False)
    assert tested["forecasts"] > 300
    assert tested["brier"] == pytest.approx(tested["brier_base"], abs=0.02)
    silent = [tie["days_silent"] for tie in listed]
    assert silent == sorted(silent, reverse=True) != sorted(silent)
    text = said(opened("contacts", tab="ahead", all="no"))
    assert "Which ties will fade cannot be foreseen here" in text
    assert (
        "Forecasts made on earlier days were no better than to say of every tie that it lapses as often as all do "
        f"({found['lapsed_share']:.1%} within a year). So the longest silent comes first."
    ) in text
    assert "Such forecasts were no better here than one chance for all" in text
    assert "Chance to lapse" not in text
    assert "Call these first" not in text
    calls = re.findall(r"\*\*(Org \d+)\*\* \([^)]*\) and \*\*(Org \d+)\*\*", text)
    assert calls[:3] == [(tie["name_a"], tie["name_b"]) for tie in listed[:3]]


def test_a_target_that_is_nearly_reached_reads_differently_from_the_figure(home: Path) -> None:
    """Four of six pairs: 66.67 %. And a target is written as it was set."""
    organisations = ORGANISATIONS + "d,Dora,ngo\n"
    ties = "organisation_ids,start_date\na|b,2019-01-01\nb|c,2019-01-01\na|c,2019-01-01\na|d,2019-01-01\n"
    aims = "indicator,date,value\ndensity,2020-01-31,0.667\ndensity,2030-01-31,0.6667\n"
    publish(home, {**WHOLE, "organisations": organisations, "partnerships": ties, "targets": aims})
    text = said(opened("changes", as_of="2020-02-01"))
    assert "Target on 31 January 2020: 66.7%. It was not reached: 66.67% on 31 December 2019." in text
    assert "Target on 31 January 2030: 66.67%. It was 66.667% on 1 February 2020, 0.003 points too low" in text


# What if a donor stops, introductions, digital chances

MONEY = """organisation_id,year,donor,donor_id,category,amount
a,2019,Ministry,m,government,80
a,2019,Shop,s,companies,20
b,2019,Ministry,m,government,10
b,2019,Shop,s,companies,90
c,2019,Ministry,m,government,30
c,2019,,,earned,70
a,2018,Ministry,m,government,100
b,2018,Shop,s,companies,100
"""
ASKED = """organisation_id,name,sector,needs,offers,digital_maturity,reserves
a,Anna,ngo,data-analysis|training,,2,10
b,Beta,knowledge,,training,4,
c,Cora,ngo,,office-space,,
"""


def test_a_stress_test_says_who_is_at_risk_and_the_address_keeps_it(home: Path) -> None:
    publish(home, {**WHOLE, "organisations": ASKED, "funding": MONEY})
    app = opened("stress", as_of="2020-06-30")
    assert "If Ministry gives 30% less, 0 of the 3 organisations with known income are at risk." in said(
        app
    )  # an example to begin with
    assert "This is an example to begin with." in said(app)
    app.selectbox(key="at_donor_1").set_value("m").run()
    assert app.query_params["cut_1"] == "30"  # by hand one begins with less; an address without a cut means all of it
    assert "If Ministry gives 30% less, 0 of the 3 organisations with known income are at risk." in said(app)  # a 24 %
    assert "This is an example to begin with." not in said(app)
    app = opened("stress", as_of="2020-06-30", donor_1="m")
    assert "If Ministry gives nothing, 2 of the 3 organisations with known income are at risk." in said(
        app
    )  # a 80 %, c 30 %
    app.select_slider(key="at_cut_1").set_value(50).run()
    assert "If Ministry gives 50% less, 1 of the 3 organisations with known income is at risk." in said(app)
    assert "Reserves are known for 1 of the 1; at 1 they would not replace" in said(app)  # 10 of a loss of 40 a year
    assert app.query_params == {"lang": "en", "all": "yes", "as_of": "2020-06-30", "donor_1": "m", "cut_1": "50"}
    again = opened("stress", as_of="2020-06-30", donor_1="m", cut_1="50", less_companies="100")
    assert (
        "If Ministry gives 50% less and all money of the kind “Companies” is 100% less, 2 of the 3 "
        "organisations with known income are at risk." in said(again)
    )
    assert "2 organisations depend on Ministry together" in said(app)
    assert "If it stops, each of them would lose 25% or more of its income at the same time." in said(app)
    for nonsense in ({"donor_1": "nobody"}, {"cut_1": "31"}, {"less_companies": "-5"}, {"donor_9": "m"}):
        assert "This is an example to begin with." in said(opened("stress", as_of="2020-06-30", **nonsense))


def test_an_example_replaces_what_was_chosen(home: Path) -> None:
    publish(home, {**WHOLE, "organisations": ASKED, "funding": MONEY})
    app = opened("stress", as_of="2020-06-30", donor_1="s", cut_1="20", donor_2="m", less_earned="100")
    app.button(key="preset_largest_donor_leaves").click().run()
    assert "If Ministry gives nothing, " in said(app)
    assert app.query_params == {"lang": "en", "all": "yes", "as_of": "2020-06-30", "donor_1": "m"}
    app.button(key="preset_government_minus_30").click().run()
    assert "If all money of the kind “Government” is 30% less, " in said(app)
    app.button(key="preset_none").click().run()
    assert "This is an example to begin with." in said(app)


def test_a_filter_reports_on_who_passes_it_and_losses_still_travel(home: Path) -> None:
    """b is hidden and is a donor of a: what b loses still reaches a."""
    money = "organisation_id,year,donor,donor_id,category,amount\nb,2019,Shop,s,companies,100\na,2019,Beta,b,nonprofits,50\n"
    publish(home, {**WHOLE, "organisations": ASKED, "funding": money})
    snapshot = store.open_snapshot(home, store.current_snapshot_id(home) or "")
    view = store.View(datetime.date(2020, 6, 30), sectors=("ngo",))
    found = questions.answer_stress(snapshot, settings.Settings(), view, 2019, (("Shop", 1.0),), ())
    snapshot.close()
    assert [(one["organisation_id"], one["loss"]) for one in found["organisations"]] == [("a", 50.0)]
    assert (found["income"], found["at_risk"]) == (50.0, 1)


def test_the_own_income_rule_is_a_dated_table_and_no_verdict(home: Path) -> None:
    publish(home, {**WHOLE, "organisations": ASKED, "funding": MONEY})
    rules = settings.Settings().own_income_rules
    assert [(rule.minimum_share, rule.is_intended) for rule in rules] == [(0.25, False), (0.5, True)]
    assert all(rule.source and rule.source_date and rule.url for rule in rules)
    app = opened("stress", as_of="2020-06-30")
    table = next(d.value for d in app.dataframe if "Own income at least" in d.value)
    assert table["Years"].tolist() == ["until 2025", "from 2026"]
    assert table["Below it in 2019"].tolist() == [1, 1]  # a has 20 % of its own, b 90 %, c 70 %
    assert table["Out of"].tolist() == [3, 3]
    assert "unhealthy" not in said(app)


def test_other_income_moves_between_two_years(home: Path) -> None:
    publish(home, {**WHOLE, "organisations": ASKED, "funding": MONEY})
    text = said(opened("funding", as_of="2020-06-30"))
    # a: from 0 to 20 %; b: from 100 to 90 %; c has no income in 2018
    assert "Of 2 organisations other income became a larger part at 1, a smaller part at 1" in text
    assert "Those with income in both 2018 and 2019: on average it moved" in text
    assert "on average it moved +5.0 percentage points" in text
    assert "Furthest towards other income: **Anna** (+20.0 points)" in text
    assert "too few of each kind" in text
    assert "There is no earlier year to compare with." in said(opened("funding", year="2018"))


def test_digital_chances_name_what_nobody_offers_and_nobody_needs(home: Path) -> None:
    publish(home, {**WHOLE, "organisations": ASKED})
    text = said(opened("digital", as_of="2020-06-30"))
    assert "Nobody offers what somebody needs: Data analysis." in text
    assert "Offered, but nobody says to need it: Office space." in text
    assert "Data analysis: 1 organisation needs it and nobody offers it" in text  # digital first
    assert "needs and offers" not in text
    publish(home, {**WHOLE, "organisations": ORGANISATIONS + "d,Dora,ngo\n"})
    assert "how digital they are" in said(opened("digital", as_of="2020-06-30"))


def test_decisions_about_introductions_are_remembered(home: Path) -> None:
    publish(home, {**WHOLE, "organisations": ASKED, "partnerships": PARTNERSHIPS.replace("a|b", "a|c")})
    app = opened("introductions", as_of="2020-06-30")
    assert "**Introduce Anna to Beta** first. Partners in common: Cora." in said(app)
    assert "cannot be tested" in said(app)
    app.button(key="introduction_introduced_a_b").click().run()
    assert "**Anna** and **Beta**: introduced. There is no tie in the data yet." in said(app)
    assert "There is no pair left of this kind" in said(app)
    assert "Introduced: Anna and Beta." in app.toast[0].value
    app.button(key="undo_deed").click().run()
    assert notebook.decisions(home) == []
    app.button(key="introduction_later_a_b").click().run()
    assert "1 pair for later" in [closed.label for closed in app.expander]
    assert notebook.decisions(home)[0].until == questions.today() + datetime.timedelta(days=30)
    app.button(key="forget_a_b").click().run()
    app.button(key="introduction_introduced_a_b").click().run()
    app.selectbox(key="day_a_b").set_value(questions.today()).run()
    app.selectbox(key="outcome_a_b").set_value("together").run()
    (kept,) = notebook.decisions(home)
    assert (kept.pair, kept.status, kept.introduced_on, kept.outcome) == (
        ("a", "b"),
        "introduced",
        questions.today(),
        "together",
    )
    publish(home, {"partnerships": PARTNERSHIPS.replace("a|b", "a|c") + "a|b,2020-03-01,\n"})
    assert "**Anna** and **Beta**: introduced. They have a tie since" in said(
        opened("introductions", as_of="2020-06-30")
    )
    assert "1 decision is about organisations that are not in this view." in said(opened("introductions", sector="ngo"))
    app = opened("introductions", as_of="2020-06-30")
    app.button(key="forget_a_b").click().run()
    assert notebook.decisions(home) == []


def test_a_call_that_is_done_leaves_the_list_and_comes_back_when_it_should(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(home, {name: text for name, text in WHOLE.items() if "event" not in name and name != "attendance"})

    def called(app: AppTest) -> list[str]:
        return re.findall(r"\*\*(\w+)\*\* \(\w+\) and \*\*(\w+)\*\*", said(app))

    app = opened("contacts", as_of="2022-06-30")
    assert called(app) == [("Beta", "Cora"), ("Anna", "Beta")]
    app.button(key="call_called_b_c").click().run()
    assert called(app) == [("Anna", "Beta")]
    assert app.toast[0].value.startswith("Called: Beta and Cora.")
    assert "1 tie called or for later" in [closed.label for closed in app.expander]
    app.button(key="undo_deed").click().run()
    assert (called(app), notebook.calls(home)) == ([("Beta", "Cora"), ("Anna", "Beta")], [])
    app.button(key="call_called_b_c").click().run()
    app.button(key="call_later_a_b").click().run()
    assert "Everybody was called or is for later." in said(app)
    assert not called(opened("contacts", as_of="2022-06-30"))
    for days, back in (
        (30, [("Anna", "Beta")]),
        (364, [("Anna", "Beta")]),
        (365, [("Beta", "Cora"), ("Anna", "Beta")]),
    ):
        day = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=days)
        monkeypatch.setattr(questions, "today", lambda day=day: day)
        assert called(opened("contacts", as_of="2022-06-30")) == back
        monkeypatch.undo()
        monkeypatch.setenv("HUBDATA_HOME", str(home))
        monkeypatch.setattr(session, "principal", lambda: access.Principal("manager", "test"))


def test_a_mail_that_introduces_two_names_organisations_and_why(home: Path) -> None:
    publish(home, {**WHOLE, "organisations": ASKED, "partnerships": PARTNERSHIPS.replace("a|b", "a|c")})
    for language, subject, words in (
        (
            "en",
            "Introduction: Anna and Beta",
            ("introduce Anna and Beta", "- Partners in common: Cora.", "Impact City"),
        ),
        ("nl", "Kennismaking: Anna en Beta", ("stel ik Anna en Beta aan elkaar voor", "- Gedeelde partners: Cora.")),
    ):
        first, body = (code.value for code in opened("introductions", as_of="2020-06-30", lang=language).code[:2])
        assert first == subject
        for part in words:
            assert part in body


def test_decisions_that_cannot_be_read_or_written_are_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(home, {**WHOLE, "organisations": ASKED, "partnerships": PARTNERSHIPS.replace("a|b", "a|c")})
    app = opened("introductions", as_of="2020-06-30")
    (home / notebook.DECISIONS).mkdir()
    app.button(key="introduction_introduced_a_b").click().run()
    assert not app.exception
    assert "could not be written" in app.error[0].value
    assert "introductions.json is damaged" in app.error[1].value


def test_a_ranking_that_is_no_better_than_adamic_adar_beyond_chance_says_so(home: Path) -> None:
    """Twenty ngos and twenty businesses around one hub: the ties that formed are not those with a theme in common.

    For partners in common alone all 400 pairs are equal, so a list of ten holds 10/400 of the nineteen that formed.
    """
    rows = [
        f"{kind}{n},{kind}{n},{sector},t{n}" for kind, sector in (("a", "ngo"), ("b", "business")) for n in range(20)
    ]
    organisations = "organisation_id,name,sector,themes\nh,Hub,other,\n" + "\n".join(rows) + "\n"
    ties = [f"h|{kind}{n},2018-01-01" for kind in "ab" for n in range(20)]
    new = [f"a0|b{n},2020-02-01" for n in range(1, 20)]
    publish(
        home, {"organisations": organisations, "partnerships": "organisation_ids,start_date\n" + "\n".join(ties + new)}
    )
    shown = said(opened("introductions", as_of="2020-06-30"))
    assert "looking at partners in common only (Adamic-Adar)" in shown
    assert "That may be chance" in shown
    assert "foresaw more ties than" not in shown
