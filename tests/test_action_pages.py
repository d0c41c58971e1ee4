"""From figures to action, as somebody meets it who has never seen it: a real server, a real Chromium, the fictional demo."""

import datetime
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import arrived, in_menu, options_of, served, visit, wait_until_settled
from playwright.sync_api import Browser, Locator, Page, expect

from hubdata import demo, loading, notebook, questions, store
from hubdata.settings import Settings

DONOR = "Ministerie van Wereldzaken"
TWO_MINUTES = 120


def with_demo(home: Path, organisations: int = 150) -> store.Snapshot:
    """A home with the fictional demo on show, and its snapshot."""
    files = home.parent / f"{home.name}-files"
    demo.write(files, organisations)
    outcome = loading.load(home, Settings(), loading.read_files([files], Settings()), origin="demo", may_remove=True)
    assert outcome.manifest
    return store.open_snapshot(home, outcome.manifest.id)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("action") / "home"


@pytest.fixture(scope="module")
def snapshot(home: Path) -> Iterator[store.Snapshot]:
    snapshot = with_demo(home)
    yield snapshot
    snapshot.close()


@pytest.fixture(scope="module")
def address(home: Path, snapshot: store.Snapshot) -> Iterator[str]:
    with served(home) as served_at:
        yield served_at


def now(snapshot: store.Snapshot) -> store.View:
    return store.View(snapshot.newest_date(questions.today()))


def from_the_menu(browser: Browser, address: str, group: str, title: str) -> Page:
    page = visit(browser, f"{address}/?lang=en", lang="en-GB")
    in_menu(page, group)
    page.locator(".st-key-tabs").get_by_role("link", name=title).click()
    return arrived(page, title)


def drag(page: Page, slider: Locator, share: float) -> None:
    """Drag the thumb of a slider from its right end to a share of its track."""
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    thumb = 6  # half of it, which the group around the track is wider on both sides
    height = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] - thumb, height)
    page.mouse.down()
    page.mouse.move(box["x"] + thumb + share * (box["width"] - 2 * thumb), height, steps=5)
    page.mouse.up()


def test_who_falls_if_foreign_affairs_cuts_30_percent(browser: Browser, address: str, snapshot: store.Snapshot) -> None:
    """In the fictional demo that ministry is called Wereldzaken."""
    begun = time.monotonic()
    page = from_the_menu(browser, address, "Money", "What if a donor stops")
    box = page.get_by_role("combobox", name="Donor 1")
    box.fill("wereldzaken")
    page.get_by_role("option", name=DONOR).click()
    wait_until_settled(page)
    page.keyboard.press("Escape")
    slider = page.get_by_role("group", name=re.compile("Wereldzaken.*gives less"))
    drag(page, slider, 0.3)
    expect(page.get_by_text("gives 30% less, ")).to_be_visible()
    wait_until_settled(page)
    found = questions.answer_stress(snapshot, Settings(), now(snapshot), None, ((DONOR, 0.3),), ())
    fallen = [one["name"] for one in found["organisations"] if one["at_risk"] and one["is_active"]]
    assert fallen
    known = sum(one["is_active"] for one in found["organisations"])
    expect(
        page.get_by_text(f"{len(fallen)} of the {known} organisations with known income are at risk")
    ).to_be_visible()
    with page.expect_download() as download:  # the cells of a table are drawn, not written
        page.get_by_role("button", name="Download as CSV").first.click()
    lines = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert {line.split(",")[0] for line in lines[1:]} == set(fallen)
    assert time.monotonic() - begun < TWO_MINUTES
    # the address says it all: whoever gets it sees the same
    again = visit(browser, page.url, lang="en-GB")
    expect(
        again.get_by_text(f"{len(fallen)} of the {known} organisations with known income are at risk")
    ).to_be_visible()
    for opened_page in (page, again):
        opened_page.close()


def test_three_questions_about_what_is_coming_take_two_clicks_each(
    browser: Browser, address: str, snapshot: store.Snapshot
) -> None:
    """From the start page: an item of the menu or a link, and a tab."""
    page = visit(browser, f"{address}/?lang=en", lang="en-GB")

    def tab(title: str, name: str) -> None:
        arrived(page, title)
        page.get_by_role("tab", name=name).click()

    def heading(words: str) -> None:
        expect(page.get_by_role("heading", name=words)).to_be_visible()

    grants = questions.answer_endings(snapshot, Settings(), now(snapshot))["grants"]
    in_menu(page, "Money")
    tab("Funding", "What ends, and when")
    heading("Who has no other donor")
    assert grants["nothing_else"]
    expect(page.get_by_text(grants["nothing_else"][0]["name"]).first).to_be_visible()

    at_risk = questions.answer_lapse(snapshot, Settings(), now(snapshot))["at_risk"]
    in_menu(page, "To do")
    tab("Contacts", "Before it fades")
    heading(f"Of {len(at_risk)} ties that are not silent")

    in_menu(page, "Overview")
    arrived(page, "Overview").get_by_role("link", name="All pairs").click()
    tab("Introductions", "Which hold most together")
    heading("3 introductions that hold the network together most")
    page.close()


def test_whom_to_introduce_to_whom_and_why(
    browser: Browser, address: str, home: Path, snapshot: store.Snapshot
) -> None:
    begun = time.monotonic()
    page = from_the_menu(browser, address, "To do", "Introductions")
    first, second, *_ = questions.answer_introductions(snapshot, Settings(), now(snapshot), False)
    expect(page.get_by_text(f"Introduce {first['name_a']} to {first['name_b']} first")).to_be_visible()
    card = page.locator(".st-key-pair_1")
    for name in (first["name_a"], first["name_b"]):
        expect(card.get_by_role("link", name=name[:20])).to_be_visible()
    why = {"events": "Both came to", "partners": "Partners in common", "themes": "Both work on", "need": "needs what"}
    for reason in first["reasons"]:
        expect(card.get_by_text(why[reason["kind"]])).to_be_visible()
    assert time.monotonic() - begun < TWO_MINUTES

    card.get_by_role("button", name="Mail text").click()
    expect(page.get_by_text(f"Introduction: {first['name_a']} and {first['name_b']}")).to_be_visible()
    page.keyboard.press("Escape")
    card.get_by_role("button", name="Done").click()
    expect(page.get_by_text(f"Introduce {second['name_a']} to {second['name_b']} first")).to_be_visible()
    page.locator(".st-key-pair_1").get_by_role("button", name="Not this one").click()
    expect(page.get_by_text(f"Introduce {second['name_a']} to {second['name_b']} first")).to_have_count(0)
    page.get_by_role("tab", name="Earlier introductions").click()
    expect(page.get_by_text("1 dismissed pair")).to_be_visible()
    wait_until_settled(page)
    options_of(page, "Introduced on").nth(2).click()
    wait_until_settled(page)
    options_of(page, "What became of it").filter(has_text="they spoke").click()
    wait_until_settled(page)
    page.close()

    again = visit(browser, f"{address}/introductions?lang=en&tab=earlier", lang="en-GB")
    line = f"{first['name_a']} and {first['name_b']}: introduced. There is no tie in the data yet."
    expect(again.get_by_text(line)).to_be_visible()
    expect(again.get_by_label("What became of it")).to_have_value("they spoke")
    expect(again.get_by_text("1 dismissed pair")).to_be_visible()
    decided = {one.pair: one for one in notebook.decisions(home)}
    kept = decided[first["organisation_a"], first["organisation_b"]]
    assert (kept.status, kept.outcome) == ("introduced", "met")
    assert kept.introduced_on == questions.today() - datetime.timedelta(days=2)
    assert decided[second["organisation_a"], second["organisation_b"]].status == "dismissed"
    again.close()
