"""No page breaks a rule of accessibility, and none lies too wide, in any size and any colour scheme.

One home in which every part of every page is filled, served once; a page is opened once, all of it, and changes its looks in
the same tab. A new page is one more row of `STATES`.
"""

import contextlib
import datetime
import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from browser import (
    COLOURS,
    PAGES,
    PHONE,
    WIDE,
    broken_rules,
    looks,
    menus_opened,
    new_tab,
    open_everything,
    path,
    served,
    turn_to,
    visit,
    wait_until_settled,
)
from playwright.sync_api import Browser, Page, expect

from hubdata import loading, notebook, page_list, questions, settings, sharing, store, story, texts

DONOR = "Ministerie van Wereldzaken"
STATES = {
    **dict.fromkeys(PAGES, ""),
    "stress": f"&donor_1={DONOR.lower()}&cut_1=30&less_companies=20",
    "changes": "&since=2026-06-25",
    "organisation": "&id=demo-0002",
}
"""Page -> what its address asks beside the language, for all of it to be filled."""


class Filled(NamedTuple):
    """Where the home is served in which everything is filled, and the address of a link to some of it."""

    address: str
    link: str


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """The fictional demo, which came after the sample; beside another hub, with decisions, a note and links."""
    home = tmp_path_factory.mktemp("filled")
    other = tmp_path_factory.mktemp("other")
    (home / "hub.toml").write_text(f'name = "Impact City"\nother_hubs = ["{other}"]\n')
    hub_settings = settings.read(home)
    loading.show_example(other, settings.Settings(), "sample")
    for example in ("sample", "demo"):
        loading.show_example(home, hub_settings, example)
    with contextlib.closing(store.open_snapshot(home, store.current_snapshot_id(home) or "")) as snapshot:
        view = store.View(snapshot.newest_date(questions.today()))
        pairs = questions.answer_introductions(snapshot, hub_settings, view, False)
    for pair, status in zip(pairs, ("dismissed", "accepted", "introduced"), strict=False):
        on = questions.today() if status == "introduced" else None
        notebook.decide(home, (pair["organisation_a"], pair["organisation_b"]), status, on)
    notebook.decide(
        home, ("demo-0001", "demo-0003"), "introduced", questions.today()
    )  # the first is not in the view any more
    story.pin_step(home, "network", {"as_of": "2026-06-25", "sector": "ngo"}, "Who works with whom")
    story.pin_step(home, "organisation", {"id": "nobody"}, "Somebody who is gone")
    notebook.pin_note(home, datetime.date(2026, 6, 25), "Council meeting")
    _link, token = sharing.create(home, hub_settings, label="Alderman", funding="totals", pages=["overview", "funding"])
    ended, _ended = sharing.create(home, hub_settings, label="Ended")
    sharing.revoke(home, ended.id)
    with served(home) as address:
        yield Filled(address, f"{address}/s/{token}")


def test_rules_that_are_broken_are_found(browser: Browser) -> None:
    page = new_tab(browser)
    page.set_content("<img src='data:,'><p style='width: 3000px; color: #777; background: #888'>text</p>")
    assert {"image-alt", "color-contrast", "html-has-lang", "the page scrolls sideways"} <= dict(
        broken_rules(page)
    ).keys()
    page.close()


def test_a_story_is_presented_with_the_arrow_keys_and_breaks_no_rule(tab: Page, filled: Filled) -> None:
    """On the whole screen, by keys alone; a step whose data is gone says so."""
    turn_to(tab, "/story?lang=en", "Story")
    tab.get_by_role("button", name="Present").click()
    for words, place in (("Who works with whom", "1 of 2"), ("Somebody who is gone", "2 of 2")):
        expect(tab.locator(".st-key-story_bar h1")).to_have_text(words, use_inner_text=True)
        expect(tab.get_by_text(place)).to_be_visible()
        expect(tab.get_by_label("As of")).to_be_hidden()
        wait_until_settled(tab)
        assert tab.evaluate("document.fullscreenElement !== null")
        assert broken_rules(tab) == [], place
        tab.keyboard.press("ArrowRight")
    expect(tab.get_by_text("The organisation of this step is not in the data of its day.")).to_be_visible()
    tab.keyboard.press("ArrowLeft")
    expect(tab).to_have_url(re.compile(r"/network\?.*sector=ngo.*step=1"))
    expect(tab.get_by_text("1 of 2")).to_be_visible()
    tab.keyboard.press("Escape")
    expect(tab.locator(".st-key-toolbar h1")).to_have_text("Story", use_inner_text=True)
    assert tab.evaluate("document.fullscreenElement === null")


LOOKS = (("light", WIDE), ("light", PHONE), ("dark", WIDE))
"""The fourth look, a phone in the dark, is in `test_browser.py`."""


def broken_in(page: Page, look: str) -> list[tuple[str, object]]:
    """The rules that are broken in a look: what is dark differs from what is light in its colours alone."""
    return broken_rules(page, only=COLOURS if look.startswith("dark") else ())


@pytest.fixture(scope="module")
def tab(browser: Browser, filled: Filled) -> Page:
    """The tab in which one page after the other is looked at."""
    return visit(browser, f"{filled.address}/?lang=nl")


@pytest.mark.parametrize("name", PAGES)
def test_no_page_breaks_a_rule_with_everything_on_it(tab: Page, name: str) -> None:
    turn_to(
        tab,
        f"/{path(name)}?lang=nl&all=yes{STATES[name]}",
        texts.translation("nl").gettext(page_list.PAGES[name].title),
    )
    open_everything(tab)
    assert tab.locator("[data-testid=stException]").count() == 0
    for menu in menus_opened(tab):
        assert broken_rules(tab, within="[data-testid=stPopoverBody]") == [], menu
    assert tab.locator("[data-testid=stException]").count() == 0
    assert {look: broken for look in looks(tab, LOOKS) if (broken := broken_in(tab, look))} == {}


SECOND_COLUMN = """() => [...document.querySelectorAll('[data-testid=stTable] table')].map(table => {
    const place = table.parentElement.getBoundingClientRect();
    const [first, second] = [...table.querySelectorAll('tbody tr:first-child td')].map(cell => cell.getBoundingClientRect());
    return second.right <= place.right + 1 && first.left >= place.left - 1 && place.right <= innerWidth;
})"""


def test_on_a_phone_the_second_column_of_every_table_is_in_sight(browser: Browser, filled: Filled) -> None:
    """A page that is opened on a phone has tables whose words wrap; moved aside, they keep their first column."""
    page = visit(browser, f"{filled.address}/funding?lang=nl&tab=exposed", size=PHONE)
    assert page.locator("[data-testid=stDataFrame]").count() == 0
    assert page.evaluate(SECOND_COLUMN) == [True]
    page.evaluate("document.querySelector('[data-testid=stTable] > div').scrollLeft = 150")
    places = [page.locator(f"[data-testid=stTable] {part}").first for part in ("> div", "tbody td:first-of-type")]
    edges = [place.evaluate("place => place.getBoundingClientRect().left") for place in places]
    assert edges[0] == pytest.approx(edges[1], abs=2)
    assert broken_rules(page, within="[data-testid=stTable]") == []
    page.close()


def test_what_a_receiver_sees_breaks_no_rule(browser: Browser, filled: Filled) -> None:
    page = visit(browser, filled.link, lang="en-GB", window="other")
    for name in ("overview", "funding"):
        turn_to(page, f"/{path(name)}?lang=en&all=yes", page_list.PAGES[name].title)
        for look in looks(page):
            assert broken_rules(page) == [], (name, look)
