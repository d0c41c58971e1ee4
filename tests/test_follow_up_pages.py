"""Three questions of Monday morning, answered in the browser on the fictional demo."""

import datetime
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import arrived, in_menu, options_of, served, visit, wait_until_settled
from playwright.sync_api import Browser, expect

from hubdata import loading, notebook, questions, settings, store

TWO_MINUTES = 120


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fictional demo, beside another hub that is named in the settings."""
    home = tmp_path_factory.mktemp("demo")
    (home / "hub.toml").write_text(f'name = "Impact City"\nother_hubs = ["{tmp_path_factory.mktemp("other")}"]\n')
    hub_settings = settings.read(home)
    loading.show_example(home, hub_settings, "demo")
    loading.show_example((home / hub_settings.other_hubs[0]), settings.Settings(), "sample")
    return home


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    with served(home) as served_at:
        yield served_at


def asked(home: Path) -> tuple[store.Snapshot, settings.Settings, store.View]:
    """What the page asks, so that the answer on it can be compared."""
    snapshot = store.open_snapshot(home, store.current_snapshot_id(home) or "")
    hub_settings = settings.read(home)
    as_of = snapshot.newest_date(questions.today())
    return snapshot, hub_settings, store.View(as_of, window_days=180, plenary_size=60)


def test_which_five_contacts_should_i_call_this_week(browser: Browser, address: str, home: Path) -> None:
    began = time.monotonic()
    page = visit(browser, address, lang="en-GB")
    in_menu(page, "To do")
    arrived(page, "Contacts")
    called = page.locator("[class*=st-key-call_] p", has_text="Together:").all_inner_texts()
    assert time.monotonic() - began < TWO_MINUTES
    expected = questions.answer_fading(*asked(home), False)[:5]
    assert len(called) == len(expected) == 5
    for line, tie in zip(called, expected, strict=True):
        assert tie["name_a"] in line
        assert tie["name_b"] in line
        assert tie["is_cross_sector"]
        assert f"{tie['last_sign_date']:%-d %B %Y}" in line
        assert "Together:" in line
    page.close()


def test_did_the_last_conference_bring_anything(browser: Browser, address: str, home: Path) -> None:
    began = time.monotonic()
    page = visit(browser, address, lang="en-GB")
    in_menu(page, "Events")
    arrived(page, "Events")
    options_of(page, "Kind of event").filter(has_text="Plenary").click()
    wait_until_settled(page)
    said = page.get_by_test_id("stMain").inner_text()
    assert time.monotonic() - began < TWO_MINUTES
    # The last one is of that day itself; of the one before it is known what followed.
    assert "Plenary 2026, 30 September 2026" in said
    assert "It is too early to say what followed" in said
    snapshot, hub_settings, view = asked(home)
    held = questions.answer_events(snapshot, hub_settings, view)["new_ties_after"]
    earlier = next(event for event in held if event["name"] == "Plenary 2025")
    found = questions.answer_event(snapshot, hub_settings, view, earlier["event_id"])
    assert found
    assert (
        f"It was followed by {found['new_ties_after']} new ties within 180 days; "
        f"at the rate of pairs that were not both there it would be {found['expected_new_ties']:.1f}."
    ) in said
    expect(page).to_have_url(re.compile("kind=plenary"))
    page.close()


def test_what_changed_since_the_last_council_meeting(browser: Browser, address: str, home: Path) -> None:
    began = time.monotonic()
    page = visit(browser, address, lang="en-GB")
    page.locator(".st-key-tabs").get_by_role("link", name="What changed", exact=True).click()
    arrived(page, "What changed")
    since = page.get_by_role("combobox", name="Since")
    since.click()
    since.fill("9 july 2026")
    page.keyboard.press("Enter")
    wait_until_settled(page)
    said = page.get_by_test_id("stMain").inner_text()
    assert time.monotonic() - began < TWO_MINUTES
    snapshot, hub_settings, view = asked(home)
    found = questions.answer_changes(snapshot, hub_settings, view, datetime.date(2026, 7, 9))
    assert (
        f"30 September 2026 compared with 9 July 2026: {len(found['formed'])} new ties and {len(found['ended'])} ties gone"
    ) in said
    assert re.search(r"Average number of partners (rose|fell) by", said)
    expect(page).to_have_url(re.compile("since=2026-07-09"))
    page.close()


def test_a_note_is_pinned_compared_with_and_taken_away(browser: Browser, address: str, home: Path) -> None:
    page = visit(browser, f"{address}/changes?lang=en", lang="en-GB")
    page.get_by_text("Pin a note to a day", exact=True).click()
    page.get_by_label("Day of the note").fill("25-6-2026")
    page.get_by_label("Note", exact=True).fill("Council <b>meeting</b> ![x](https://evil.example/x.png)")
    page.get_by_role("button", name="Pin this note").click()
    wait_until_settled(page)
    (note,) = notebook.notes(home)
    assert (note.day.isoformat(), note.text.startswith("Council <b>meeting</b>")) == ("2026-06-25", True)
    assert page.locator("[data-testid=stMain] img").count() == 0
    options_of(page, "Since").filter(has_text="25 June 2026 – Council").click()
    wait_until_settled(page)
    expect(page).to_have_url(re.compile("since=2026-06-25"))
    expect(page.get_by_text("compared with 25 June 2026:")).to_be_visible()
    page.get_by_role("button", name="Remove the note of 25 June 2026").click()
    wait_until_settled(page)
    assert notebook.notes(home) == ()
    page.get_by_label("Day of the note").fill("someday")
    page.get_by_role("button", name="Pin this note").click()
    expect(page.get_by_text("is no day. Type one such as")).to_be_visible()
    page.close()


def test_nonsense_for_a_day_is_said_and_changes_nothing(browser: Browser, address: str) -> None:
    page = visit(browser, f"{address}/changes?lang=en&since=2026-03-31", lang="en-GB")
    since = page.get_by_role("combobox", name="Since")
    since.click()
    since.fill("next week")
    page.keyboard.press("Enter")
    wait_until_settled(page)
    expect(page.get_by_text(re.compile("“next week” is no day before 30 September 2026"))).to_be_visible()
    assert page.locator("[data-testid=stException]").count() == 0
    page.close()


def test_hubs_stand_side_by_side_without_density(browser: Browser, address: str) -> None:
    page = visit(browser, f"{address}/sectors?lang=en", lang="en-GB")
    expect(page.get_by_role("heading", name="Beside other hubs")).to_be_visible()
    tables = page.locator("[data-testid=stMain]").inner_html()
    assert "Density is not here" in tables
    page.close()
