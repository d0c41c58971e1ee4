"""Sharing as the programme manager does it, and what the receiver of a link meets."""

import re
from pathlib import Path

import pytest
from browser import (
    LANGUAGE,
    arrived,
    broken_rules,
    in_menu,
    menu_titles,
    new_tab,
    options_of,
    served,
    settled,
    tab_titles,
    wait_until_settled,
)
from playwright.sync_api import Browser, expect
from streamlit.testing.v1 import AppTest
from test_pages import ROOT, opened, publish, said

from hubdata import access, loading, questions, settings, sharing, store, texts, ui
from hubdata.ui import session
from hubdata.ui.words import data, share

SETTINGS = settings.Settings()

ORGANISATIONS = "organisation_id,name,sector,themes\n" + "".join(
    f"{n},{n} organisation,{sector},peacebuilding\n"
    for n, sector in (("Anna", "ngo"), ("Beta", "knowledge"), ("Cora", "ngo"), ("Dora", "business"), ("Emma", "ngo"))
)
PARTNERSHIPS = "organisation_ids,start_date\nAnna|Beta,2019-01-01\nAnna|Cora,2019-01-01\nDora|Emma,2019-01-01\n"
FUNDING = "organisation_id,year,donor,category,amount\n" + "".join(
    f"{n},2019,{donor},{category},{amount}\n"
    for n, donor, category, amount in (
        ("Anna", "Big Donor", "government", 700_001), ("Cora", "Big Donor", "government", 200_002),
        ("Emma", "Big Donor", "government", 90_004), ("Dora", "Small Donor", "companies", 5_008),
        ("Beta", "Small Donor", "companies", 4_016), ("Anna", "Lottery", "lotteries", 3_032),
    )
)  # fmt: skip


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HUBDATA_HOME", str(tmp_path))
    publish(tmp_path, {"organisations": ORGANISATIONS, "partnerships": PARTNERSHIPS, "funding": FUNDING})
    return tmp_path


def as_viewer(monkeypatch: pytest.MonkeyPatch, home: Path, **asked: object) -> sharing.Link:
    """From now on pages are asked by whoever has this link."""
    link, _token = sharing.create(home, SETTINGS, **{"label": "x", **asked})  # type: ignore[arg-type]
    monkeypatch.setattr(session, "principal", lambda: access.Principal("viewer", link.id))
    return link


# --- what a link covers, on every page ------------------------------------------------------------------------------

LINKS = {
    "nothing about income": {"funding": "none", "pages": [p for p in sharing.PAGES if p not in ("funding", "stress")]},
    "totals": {"funding": "totals", "pages": [p for p in sharing.PAGES if p != "stress"]},
    "everything": {"funding": "full", "pages": list(sharing.PAGES), "downloads": True},
    "one sector": {"funding": "full", "pages": list(sharing.PAGES), "sectors": ["ngo"]},
    "without names": {"funding": "totals", "names": False, "pages": ["overview", "network", "contacts", "sectors", "funding", "events", "changes", "digital"]},
}  # fmt: skip


@pytest.mark.parametrize("asked", LINKS.values(), ids=LINKS)
def test_every_page_of_a_link_is_alive(home: Path, monkeypatch: pytest.MonkeyPatch, asked: dict[str, object]) -> None:
    link = as_viewer(monkeypatch, home, **asked)
    for page in link.pages:
        app = opened(page)
        assert app.title[0].value == texts.translation("en").gettext(ui.PAGES[page].title)
        opened(page, as_of="2019-06-30", sector="ngo", theme="peacebuilding", convenor="no", lang="nl", id="Anna")
        assert bool(app.get("download_button")) <= link.downloads
        for word in ("hub.toml", ".csv:", "Load ", "Drop your own"):
            assert word not in said(app), (page, word)


@pytest.mark.parametrize("asked", LINKS.values(), ids=LINKS)
def test_every_page_of_a_link_is_alive_without_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: dict[str, object]
) -> None:
    monkeypatch.setenv("HUBDATA_HOME", str(tmp_path))
    publish(tmp_path, {"events": "name,start_date\nPeace day,2020-01-01\n"})
    for page in as_viewer(monkeypatch, tmp_path, **asked).pages:
        opened(page)


def test_totals_say_what_they_are_and_hide_the_few(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    as_viewer(monkeypatch, home, funding="totals", pages=["overview", "funding", "organisation"])
    app = opened("funding")
    assert "What is said of income are totals" in said(app)
    text = said(app) + str([metric.value for metric in app.metric]) + str(app.main)
    for amount in ("700,001", "700001", "200,002", "5,008", "3,032", "Small Donor", "Lottery"):
        assert amount not in text
    assert app.metric[0].value == texts.euro(1_002_063, "en")
    alone = opened("funding", sector="knowledge", as_of="2019-01-01")
    assert [m.value for m in alone.metric] == [m.value for m in app.metric], "a filter changes no total"
    assert "Income" not in [header.value for header in opened("organisation", id="Anna").subheader]


def test_the_overview_introduces_nobody_where_the_link_leaves_that_page_out(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for pages in (["overview"], ["overview", "introductions"]):
        as_viewer(monkeypatch, home, funding="none", pages=pages)
        assert (":material/handshake:" in said(opened())) == ("introductions" in pages)


def test_totals_do_not_move_with_a_load(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two moments of a live link would tell what one organisation brought in between."""
    as_viewer(monkeypatch, home, funding="totals", pages=["funding", "network"])
    before = [metric.value for metric in opened("funding").metric]
    more = f"{FUNDING}Beta,2019,Big Donor,government,1000000\n"
    assert loading.load(home, SETTINGS, {"funding.csv": more.encode()}).manifest
    assert [metric.value for metric in opened("funding").metric] == before


def test_a_live_link_follows_and_a_fixed_one_stays(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = store.current_snapshot_id(home)
    live, _ = sharing.create(home, SETTINGS, label="live")
    fixed, _ = sharing.create(home, SETTINGS, label="fixed", snapshot=first)
    assert loading.load(home, SETTINGS, {"organisations.csv": f"{ORGANISATIONS}New,New one,ngo,\n".encode()}).manifest
    for link, count in ((live, 6), (fixed, 5)):
        monkeypatch.setattr(session, "principal", lambda link=link: access.Principal("viewer", link.id))
        assert f"{count} organisations" in said(opened())


def test_a_stranger_gets_a_page_without_data(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when somebody starts the script past the gate."""
    monkeypatch.undo()  # the real `session.principal`: there is no header here
    monkeypatch.setenv("HUBDATA_HOME", str(home))
    app = AppTest.from_file(str(ROOT / "pages" / "navigation.py"), default_timeout=60).run()
    assert not app.exception
    assert "not public" in said(app) or "niet openbaar" in said(app)
    assert "Anna" not in str(app.main)
    assert not app.metric
    assert not app.selectbox


def test_what_a_viewer_may_not_do_is_refused_whatever_he_sends(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = store.current_snapshot_id(home)
    link = as_viewer(monkeypatch, home)
    app = opened(snapshot="20200101T000000000000-abcdef", as_link="x")
    token = session._GRANT.set(access.authorise(home, session.principal()))
    try:
        for action in (
            lambda: data.rollback_to(before or ""),
            lambda: session.show_example("demo"),
            lambda: share.create_link(label="x"),
            lambda: share.revoke_link("x"),
            lambda: share.preview_link(link),
            lambda: data.prepared_drop({}, False),
            lambda: share.links(),
            lambda: ui.ask(questions.answer_flows, 2019),
            lambda: ui.ask(questions.answer_stress, 2019, (), ()),
        ):
            with pytest.raises(access.NotAllowed):
                action()
    finally:
        session._GRANT.reset(token)
    assert store.current_snapshot_id(home) == before
    assert [button.label for button in app.button] == ["Clear all filters"], "which changes nothing but the view"


# --- the page -------------------------------------------------------------------------------------------------------


def test_the_page_makes_shows_once_and_ends_a_link(home: Path) -> None:
    app = opened("share")
    assert "fill in contact in hub.toml" in said(app)
    app.text_input(key="link_label").set_value("**Alderman** [x](http://evil.example)")
    app.pills(key="link_pages").set_value(["network", "funding"])
    app.radio(key="link_funding").set_value("totals")
    app.multiselect(key="link_sectors").set_value(["ngo"])
    app.number_input(key="link_days").set_value(7)
    app.button(key="make_link").click().run()
    assert not app.exception
    (link,) = sharing.links(home)
    assert (link.pages, link.funding, link.sectors, link.downloads) == (
        ("network", "funding"),
        "totals",
        ("ngo",),
        False,
    )
    assert (link.expires_at - link.created_at).days == 7
    address = app.code[0].value
    assert sharing.by_token(home, address.rsplit("/", 1)[1]) == link
    assert "Income: totals only" in said(app)
    app.button(key="copied").click().run()
    assert not app.code
    assert address.rsplit("/", 1)[1] not in str(app.main)
    app.button(key=f"end_{link.id}").click().run()
    assert not sharing.links(home)[0].is_open(sharing.now())
    assert "1 link lets nobody in any more" in said(app)


def test_a_link_begins_with_what_fits_its_receiver(home: Path) -> None:
    app = opened("share")
    for nth, label in enumerate(("Alderman", "Partner", "Everybody")):
        app.button(key=f"preset_{nth}").click().run()
        app.text_input(key="link_label").set_value(label)
        app.button(key="make_link").click().run()
        assert not app.exception
        assert not app.error
    made = {link.label: link for link in sharing.links(home)}
    assert {label: (link.funding, link.names) for label, link in made.items()} == {
        "Alderman": ("totals", True),
        "Partner": ("none", True),
        "Everybody": ("none", False),
    }
    assert not {page for link in made.values() for page in link.pages} & {"contacts", "introductions", "stress"}


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"link_label": ""}, "Give the link a name"),
        ({"link_label": "x", "link_pages": []}, "Choose at least one page"),
        ({"link_label": "x", "link_pages": ["funding"]}, "needs at least totals"),
        ({"link_label": "x", "link_names": False, "link_funding": "full"}, "Without names"),
    ],
)
def test_the_page_says_what_is_wrong_with_a_link(home: Path, fields: dict[str, object], says: str) -> None:
    app = opened("share")
    for key, value in fields.items():
        kind = {"link_label": app.text_input, "link_pages": app.pills, "link_names": app.toggle}.get(key, app.radio)
        kind(key=key).set_value(value)
    app.button(key="make_link").click().run()
    assert says in app.error[0].value
    assert sharing.links(home) == ()


def test_a_passphrase_that_was_asked_for_is_never_left_out(home: Path) -> None:
    app = opened("share")
    app.text_input(key="link_label").set_value("x")
    app.checkbox(key="link_with_passphrase").check().run()
    app.button(key="make_link").click().run()
    assert "at least 8 characters" in app.error[0].value
    assert sharing.links(home) == ()
    app.text_input(key="link_passphrase").set_value("open sesame")
    app.button(key="make_link").click().run()
    assert sharing.passphrase_fits(sharing.links(home)[0], "open sesame")


def test_the_manager_sees_what_the_receiver_sees_and_comes_back(home: Path) -> None:
    link, _ = sharing.create(home, SETTINGS, label="x", pages=["network"], sectors=["ngo"])
    app = opened("share")
    app.button(key=f"look_{link.id}").click().run()
    assert app.title[0].value == "Network"
    assert "Beta" not in str(app.main)
    assert "It shows only: NGOs" in said(app)
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        app.switch_page("data.py")
    app.button(key="leave_link").click().run()
    assert app.title[0].value == "Network"
    assert "5 organisations" in said(app)
    assert "Data" in str(app.switch_page("data.py").run().title[0].value)


# --- in a browser ---------------------------------------------------------------------------------------------------


def test_sharing_as_manager_and_stakeholder(browser: Browser, tmp_path: Path) -> None:
    """The manager makes a link; the stakeholder opens it, looks around and finds no way further; then it ends."""
    publish(tmp_path, {"organisations": ORGANISATIONS, "partnerships": PARTNERSHIPS, "funding": FUNDING})
    with served(tmp_path) as address:
        manager = new_tab(browser)
        settled(manager, f"{address}/share?lang=nl")
        manager.get_by_role("textbox", name="Voor wie of wat is de link?").fill("De wethouder")
        manager.keyboard.press("Tab")
        wait_until_settled(manager)
        manager.get_by_text("Alleen totalen").click()
        wait_until_settled(manager)
        manager.get_by_role("button", name="Maak de link").click()
        wait_until_settled(manager)
        shown = manager.locator("[data-testid=stCode]").inner_text().strip()
        link = shown.replace(re.match(r"http://[^/]+", shown)[0], address)  # type: ignore[index]
        assert broken_rules(manager) == []

        viewer = new_tab(browser, window="other")
        asked: list[tuple[str, dict[str, str]]] = []
        viewer.on("request", lambda request: asked.append((request.url, request.headers)))
        settled(viewer, link)
        token = link.rsplit("/", 1)[1]
        assert token not in viewer.url
        expect(viewer.locator("h1")).to_have_text("Overzicht")
        expect(viewer.get_by_text("U kunt hier kijken en niets veranderen")).to_be_visible()
        assert viewer.locator("html").get_attribute("lang") == "nl"
        assert menu_titles(viewer) == ["Overzicht", "Netwerk", "Bijeenkomsten", "Sectoren", "Uitleg"]
        for title in ("Netwerk", "Sectoren", "Bijeenkomsten", "Uitleg"):
            in_menu(viewer, title)
            arrived(viewer, title)
            assert tab_titles(viewer) == [], "what the link does not cover is no tab"
            assert viewer.get_by_text("Download als CSV").count() == 0
        assert broken_rules(viewer) == []
        for name in ("data", "share", "funding"):
            viewer.goto(f"{address}/{name}")
            wait_until_settled(viewer)
            expect(viewer.locator("h1")).to_have_text("Overzicht")
        cookies = {cookie["name"]: cookie for cookie in viewer.context.cookies()}
        assert cookies["hub_viewer"]["httpOnly"]
        assert cookies["hub_viewer"]["sameSite"] == "Lax"
        assert token not in str(cookies)
        later = [url for url, _ in asked if token in url]
        assert later == [link], "the token was asked for once, and never again"
        assert not [headers for _, headers in asked if token in str(headers)]
        options_of(viewer, LANGUAGE).filter(has_text="English").click()
        arrived(viewer, "Overview")
        expect(viewer.locator("html")).to_have_attribute("lang", "en")

        manager.reload()
        wait_until_settled(manager)
        expect(manager.get_by_text(re.compile("1 keer geopend"))).to_be_visible()
        manager.get_by_role("button", name="Beëindig deze link").click()
        manager.get_by_role("button", name="Ja, beëindig de link").click()
        expect(viewer.get_by_text("The link that you came with does not work any more.")).to_be_visible()
        assert viewer.locator("[data-testid=stApp]").count() == 0, "the old data is still in sight"
        assert broken_rules(viewer) == []
        viewer.goto(link)
        expect(viewer.locator("h1")).to_have_text(re.compile("link"))
        expect(manager.locator("h1")).to_have_text("Delen")
