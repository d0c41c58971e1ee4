"""The dashboard as its readers meet it: a real server, a real Chromium, the real sample."""

import csv
import io
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from browser import (
    LANGUAGE,
    PAGES,
    PHONE,
    WIDE,
    arrived,
    broken_rules,
    in_menu,
    looks,
    menu_titles,
    new_tab,
    open_filters,
    options_of,
    path,
    served,
    settled,
    tab_titles,
    turn_to,
    visit,
    wait_until_settled,
)
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from hubdata import loading, page_list, settings, store, texts
from hubdata.server import assets


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("home")) as served_at:
        yield served_at


def words(language: str, message: str) -> str:
    return texts.translation(language).gettext(message)


def test_the_pages_that_are_tested_are_the_pages_there_are() -> None:
    assert tuple(page_list.PAGES) == PAGES


class Watched(NamedTuple):
    """A tab, all that it asked for, and all that went wrong in it."""

    page: Page
    asked: list[str]
    wrong: list[str]


@pytest.fixture(scope="module")
def watched(browser: Browser, address: str) -> Watched:
    """The tab in which one page after the other is looked at, of somebody whose browser speaks no language of ours."""
    tab = Watched(new_tab(browser, scheme="dark", lang="de-DE"), [], [])
    tab.page.on("request", lambda request: tab.asked.append(request.url))
    tab.page.on("websocket", lambda socket: tab.asked.append(socket.url))
    tab.page.on("pageerror", lambda error: tab.wrong.append(str(error)))
    settled(tab.page, address)
    return tab


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_in_both_languages_and_asks_nobody_else(watched: Watched, address: str, name: str) -> None:
    """And breaks no rule of accessibility as a newcomer finds it; in every look with all on it: `test_accessibility.py`."""
    page, title = watched.page, page_list.PAGES[name].title

    def is_right(language: str) -> None:
        expect(page.locator("h1")).to_have_text(words(language, title), use_inner_text=True)
        assert page.locator("[data-testid=stException]").count() == 0
        if name not in ("story", "digital", "organisation", "share", "asking", "data", "methods"):
            assert page.locator(".hub-chart .main-svg").count() > 0

    # The figures of these are in tabs behind the first; here all tabs stand under one another.
    everything = "&all=yes" if name in ("contacts", "introductions", "changes") else ""
    turn_to(page, f"/{path(name)}?lang=nl{everything}", words("nl", title))
    is_right("nl")
    options_of(page, LANGUAGE).filter(has_text="English").click()
    arrived(page, words("en", title))
    is_right("en")
    for _look in looks(page, (("dark", PHONE),)):
        is_right("en")
        assert broken_rules(page) == []
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    assert watched.wrong == []
    own = re.compile(rf"(http|ws)://{address.removeprefix('http://')}/|data:|blob:")
    assert [url for url in watched.asked if not own.match(url)] == []


def test_the_browser_decides_the_language_and_the_sidebar_overrides_it(browser: Browser, address: str) -> None:
    page = visit(browser, address, lang="en-GB")
    expect(page.locator("h1")).to_have_text("Overview")
    options_of(page, LANGUAGE).filter(has_text="Nederlands").click()
    arrived(page, "Overzicht")
    expect(page).to_have_url(re.compile("lang=nl"))
    page.close()


def test_a_copied_address_shows_the_same_view(browser: Browser, address: str) -> None:
    page, asked = new_tab(browser), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    settled(page, f"{address}/network?as_of=2019-05-17&sector=knowledge|government&convenor=no&lang=en")
    assert [url for url in asked if "_stcore/health" in url] == [f"{address}/_stcore/health"], (
        "the server is found at once"
    )
    shown = page.locator("[data-testid=stMetricValue]").all_inner_texts()
    again = visit(browser, page.url, lang="nl-NL")
    assert again.locator("[data-testid=stMetricValue]").all_inner_texts() == shown
    expect(again.get_by_text("17 May 2019").first).to_be_visible()
    other = visit(browser, f"{address}/network?lang=en")
    assert other.locator("[data-testid=stMetricValue]").all_inner_texts() != shown
    for opened in (page, again, other):
        opened.close()


def test_chosen_filters_break_no_accessibility_rule(browser: Browser, address: str) -> None:
    page = visit(browser, f"{address}/network?lang=nl&sector=ngo|knowledge|government&convenor=no")
    chosen = page.get_by_test_id("stMultiSelect").first
    for look in looks(page):
        open_filters(page)
        expect(chosen).to_be_visible()
        expect(chosen).to_contain_text("Kennis")
        assert broken_rules(page) == [], look
    page.close()


def test_the_filters_stay_when_another_page_is_chosen(browser: Browser, address: str) -> None:
    page = visit(browser, f"{address}/?as_of=2018-06-30&lang=en")
    in_menu(page, "Money")
    arrived(page, "Funding")
    expect(page).to_have_url(re.compile("as_of=2018-06-30"))
    assert tab_titles(page) == [page_list.PAGES[name].title for name in ("funding", "stress")]
    page.locator(".st-key-tabs a").click()  # a tab keeps the view too, and the menu shows where it is
    arrived(page, page_list.PAGES["stress"].title)
    expect(page).to_have_url(re.compile("/stress\\?.*as_of=2018-06-30"))
    expect(page.locator("[data-testid=stTopNav] [aria-current=page]")).to_contain_text("Money")
    expect(page).to_have_title("What if a donor stops - Impact City")
    page.go_back()  # once
    arrived(page, "Funding")
    expect(page).to_have_url(re.compile("as_of=2018-06-30"))
    # A tab of the page is part of the view too, in any language, and the way back is one step.
    page.get_by_role("tab", name="Other income").click()
    expect(page.locator("h3#other-income")).to_be_visible()
    expect(page).to_have_url(re.compile("as_of=2018-06-30.*tab=own"))
    options_of(page, LANGUAGE).filter(has_text="Nederlands").click()
    arrived(page, "Financiering")
    expect(page).to_have_url(re.compile("lang=nl.*tab=own"))
    expect(page.get_by_role("tab", selected=True)).to_have_text("Overige inkomsten")
    page.close()


def test_the_filters_stay_when_another_language_is_chosen(browser: Browser, address: str) -> None:
    page = visit(browser, f"{address}/network?lang=en&sector=knowledge")
    open_filters(page)
    sectors = page.get_by_test_id("stMultiSelect").first
    expect(sectors).to_contain_text("Knowledge")
    options_of(page, LANGUAGE).filter(has_text="Nederlands").click()
    arrived(page, "Netwerk")
    open_filters(page)
    expect(sectors).to_contain_text("Kennis")
    page.get_by_test_id("stPopoverBody").get_by_text("Initiatiefnemers meetellen").click()
    expect(page.locator(".st-key-filters button").first).to_contain_text("Filters (2)")
    expect(page).to_have_url(re.compile("sector=knowledge&convenor=no"))
    expect(sectors).to_contain_text("Kennis")
    page.close()


def test_nonsense_in_an_address_is_ignored(browser: Browser, address: str) -> None:
    page = visit(browser, f"{address}/network?as_of=yesterday&sector=nope&theme=%3Cscript%3E&convenor=maybe&lang=xx")
    assert page.locator("[data-testid=stException]").count() == 0
    expect(page.locator("h1")).to_have_text("Netwerk")
    page.close()


def test_a_strangers_first_request_gets_no_page_by_itself(browser: Browser, tmp_path: Path) -> None:
    """A file of `pages/` is never served without `navigation.py` running first and registering it."""
    with served(tmp_path) as fresh:
        for name in ("navigation", "uploads"):
            page = visit(browser, f"{fresh}/{name}", lang="en-GB")
            expect(page.locator("h1")).to_have_text("Overview")
            assert menu_titles(page) == [group.title for group in page_list.GROUPS.values()]
            page.close()


def test_a_figure_gives_its_numbers_as_a_table_and_a_file(browser: Browser, address: str) -> None:
    page = visit(browser, f"{address}/sectors?lang=nl")
    page.get_by_text("Tabel en meer").first.click()
    wait_until_settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download als CSV").first.click()
    content = Path(download.value.path()).read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content), delimiter=";"))
    memo = page.get_by_test_id("stPopoverBody").get_by_test_id("stCode")
    expect(memo).to_contain_text(re.compile("Peildatum 13 december 2021 .* Bron: lijst met organisaties"))
    assert rows[0][0] == "Sector"
    assert ["Bedrijven", "11"] in [row[:2] for row in rows]
    with page.expect_download() as picture:
        page.get_by_role("button", name="Download als plaatje").click()
    with Image.open(picture.value.path()) as drawn:
        assert (drawn.format, drawn.width > 800, drawn.convert("RGB").getpixel((0, 0))) == (
            "PNG",
            True,
            (255, 255, 255),
        )
        assert len(drawn.convert("RGB").getcolors(maxcolors=1_000_000) or []) > 20
    page.close()


def test_a_figure_is_changed_in_place_and_only_when_it_is_another_one(browser: Browser, address: str) -> None:
    page = visit(browser, f"{address}/sectors?lang=en")
    found = "[...document.querySelectorAll('.hub-chart')]"
    page.evaluate(
        f"""() => {{
            window.kept = {found};
            window.drawn = [];
            kept.forEach((chart, at) => chart.on('plotly_afterplot', () => drawn.push(at)));
        }}"""
    )
    # The same page in other words: the tables behind the figures are opened, and no figure changes.
    page.get_by_text("Table and more").first.click()
    wait_until_settled(page)
    assert page.evaluate("drawn") == []
    page.keyboard.press("Escape")
    turn_to(page, "/sectors?lang=en&sector=ngo|knowledge|government", page_list.PAGES["sectors"].title)
    assert page.evaluate("drawn.length") > 0
    assert page.evaluate(f"{found}.every((chart, at) => chart === kept[at])")
    first = page.locator(".hub-chart").first
    assert first.get_attribute("role") == "figure"
    assert first.get_attribute("aria-label")
    page.set_viewport_size({"width": 700, "height": 900})
    page.wait_for_function("() => [...document.querySelectorAll('.hub-chart')].every(chart =>"
        " chart.querySelector('.main-svg').getBoundingClientRect().width <= chart.clientWidth + 1)")  # fmt: skip
    page.close()


def test_a_click_on_a_mark_leads_to_the_organisation(browser: Browser, address: str) -> None:
    page = visit(browser, f"{address}/stress?lang=en&all=yes")
    marks = page.locator(".st-key-figure_quadrant .points path")
    marks.first.scroll_into_view_if_needed()
    box = marks.first.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".st-key-figure_quadrant .hoverlayer .hovertext")).to_be_visible()
    page.mouse.down()
    page.mouse.up()
    arrived(page, "Organisations")
    expect(page).to_have_url(re.compile("id="))
    page.close()


def test_an_organisation_is_found_by_name(browser: Browser, address: str) -> None:
    page = visit(browser, f"{address}/organisation?lang=en")
    expect(page.get_by_text("organisations; without a partner")).to_be_visible()
    box = page.get_by_role("combobox", name="Find an organisation")
    box.fill("universiteit leid")
    page.get_by_role("option").first.click()
    wait_until_settled(page)
    expect(page).to_have_url(re.compile("id=(EU-PIC|NL-KVK)"))
    expect(page.get_by_role("heading", name=re.compile("Universiteit Leiden", re.IGNORECASE)).first).to_be_visible()
    page.close()


NAMES_DRAWN = """() => {
  const host = document.querySelector("[_echarts_instance_]");
  const key = Object.keys(host).find((name) => name.startsWith("__reactFiber"));
  for (let fiber = host[key]; fiber; fiber = fiber.return)
    for (let state = fiber.memoizedState; state; state = state.next) {
      const chart = state.memoizedState?.current;
      if (typeof chart?.getZr !== "function") continue;
      const legend = chart.getOption().legend[0].data.map((entry) => entry.name ?? entry);
      const drawn = chart.getZr().storage.getDisplayList(true).filter((one) => one.type === "tspan" && one.style.text);
      const texts = drawn.filter((one) => !legend.includes(one.style.text));
      const boxes = texts.map((one) => {
        const box = one.getBoundingRect().clone();
        box.applyTransform(one.transform);
        return [box.x, box.y, box.x + box.width, box.y + box.height];
      });
      return [chart.getWidth(), boxes];
    }
}"""


def names_are_many_and_on_no_other(page: Page, most: int) -> None:
    page.locator("[data-testid=stEChartsChart] canvas").first.wait_for()
    wait_until_settled(page)
    width, boxes = page.evaluate(NAMES_DRAWN)
    assert most - 5 <= len(boxes) <= most
    assert all(left >= 0 and right <= width for left, _top, right, _bottom in boxes)
    for one, other in itertools.combinations(boxes, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def test_a_phone_names_about_fifteen_in_the_network(browser: Browser, address: str) -> None:
    page = visit(browser, f"{address}/network?lang=en", size=PHONE)
    names_are_many_and_on_no_other(page, 15)
    page.close()


def test_a_click_in_the_network_shows_a_circle_which_leads_to_the_profile(browser: Browser, address: str) -> None:
    page = visit(browser, f"{address}/network?lang=en")
    names_are_many_and_on_no_other(page, 18)
    canvas = page.locator("[data-testid=stEChartsChart] canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    # What can be clicked is where the pointer becomes a hand.
    for step in range(400):
        x, y = box["x"] + box["width"] * (0.35 + step % 20 / 66), box["y"] + box["height"] * (0.3 + step // 20 / 50)
        page.mouse.move(x, y)
        if canvas.evaluate("canvas => getComputedStyle(canvas.parentElement).cursor") == "pointer":
            break
    page.mouse.click(x, y)
    expect(page).to_have_url(re.compile("org=(EU-PIC|NL-KVK|NL-NAME|XM|XI)"))
    wait_until_settled(page)
    page.get_by_test_id("stMain").get_by_role("link", name="Open profile").click()
    arrived(page, "Organisations")
    expect(page).to_have_url(re.compile("id="))
    page.close()


def test_from_the_sample_to_the_demo_and_ones_own_data(browser: Browser, tmp_path: Path) -> None:
    """A newcomer looks at the demo; once there is data of his own no example can hide it."""
    with served(tmp_path) as fresh:
        page = visit(browser, fresh, lang="en-GB")
        expect(page.get_by_text("You are looking at sample data")).to_be_visible()
        page.get_by_role("button", name="Look at the fictional demo").click()
        expect(page.get_by_text("Every name and figure in it is invented")).to_be_visible(timeout=30_000)
        wait_until_settled(page)  # every page of it is opened in `test_accessibility.py`
        outcome = loading.load(
            tmp_path, settings.Settings(), {"organisations.csv": b"name,sector\n<b>Only</b> one,ngo\n"}
        )
        assert outcome.manifest
        for _title in through_the_menu(page):
            assert page.locator("[data-testid=stException]").count() == 0
            expect(page.get_by_text("You are looking at")).to_have_count(0)
        assert store.current_snapshot_id(tmp_path) == outcome.manifest.id
        page.close()


def through_the_menu(page: Page) -> Iterator[str]:
    """Every page there is, one after the other, by its group in the menu and by its tab."""
    for name in PAGES:
        title, peers = (
            page_list.PAGES[name].title,
            [n for n in PAGES if page_list.PAGES[n].group == page_list.PAGES[name].group],
        )
        if name == peers[0]:
            in_menu(page, page_list.GROUPS[page_list.PAGES[name].group].title)
        else:
            page.locator(".st-key-tabs a", has_text=page_list.PAGES[name].tab or title).click()
        arrived(page, title)
        yield title


# --- the words of Streamlit itself -----------------------------------------------------------------------------------

OF_STREAMLIT = """() => {
  const ours = '[data-testid="stMarkdownContainer"], [data-testid="data-grid-canvas"], [data-testid*="Chart"], .hub-chart, svg, script, style';
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const theirs = '[data-testid="stFileUploader"] button';
  while (walker.nextNode()) if (walker.currentNode.parentElement.closest(theirs) ?? !walker.currentNode.parentElement.closest(ours)) found.push(walker.currentNode.nodeValue);
  for (const element of document.querySelectorAll("[aria-label], [title], [placeholder]"))
    for (const name of ["aria-label", "title", "placeholder"]) found.push(element.getAttribute(name) ?? "");
  return found.map((words) => words.trim()).filter(Boolean);
}"""
ALIKE = {"Partners", "Sector", "Filters", "Moment", "Open", "Data", "Impact City"}
"""Words of ours that Streamlit's code has as well."""


def test_what_streamlit_itself_says_on_a_dutch_page_is_dutch(browser: Browser, address: str) -> None:
    """Whatever its code has as words and stands on a page is left over: in fields, menus, tables and the upload."""
    code = " ".join(file.read_text(encoding="utf-8") for file in assets.STATIC.joinpath("static", "js").glob("*.js"))
    known = set(re.findall(r"[`'\"]([A-Z][a-z]+(?:[ /][A-Za-z]+){0,5}[.…]{0,3})[`'\"]", code)) - ALIKE
    script = assets.OURS["words.js"].read_text(encoding="utf-8")
    ours = re.findall(r'^ {6}"(.+?)":', script, re.MULTILINE)
    assert [words for words in ours if words not in code] == [], "Streamlit says this no longer"
    assert len(known) > 400

    page = visit(browser, f"{address}/organisation?lang=nl")
    said = set(page.evaluate(OF_STREAMLIT))
    box = page.get_by_role("combobox", name="Zoek een organisatie")
    box.fill("zzzz")
    expect(page.get_by_text("Niets gevonden")).to_be_visible()
    page.keyboard.press("Escape")
    # Of a table a screen reader hears the names, not their addresses.
    cells = page.locator("[data-testid=data-grid-canvas] td")
    expect(cells.first).to_have_text(re.compile(r"^(?!organisation\?)"))
    table = page.locator("[data-testid=stDataFrame]").first
    table.hover()
    corner = table.locator("canvas").first.bounding_box()
    assert corner
    for across in range(200, 400, 6):
        page.mouse.click(corner["x"] + across, corner["y"] + 17)
        if page.get_by_text("Oplopend sorteren").count():
            break
    expect(page.get_by_text("Oplopend sorteren")).to_be_visible()
    said |= set(page.evaluate(OF_STREAMLIT))
    for name in ("data", "share", "introductions", "changes"):
        said |= set(
            turn_to(page, f"/{path(name)}?lang=nl", words("nl", page_list.PAGES[name].title)).evaluate(OF_STREAMLIT)
        )
    assert any(words.startswith("hoogstens 200 MB") for words in said)
    assert "Bestand kiezen" in said
    assert sorted(said & known) == []
    # The same tab in another language says it in that one again.
    turn_to(page, "/data?lang=en", "Data")
    expect(page.get_by_text("200MB per file")).to_be_visible()
    page.close()
