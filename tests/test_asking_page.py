"""A round: the manager asks, organisations answer on a phone and at a desk, the queue shows it, half is accepted, undone."""

import re
from pathlib import Path

import pytest
from browser import broken_rules, emptied, let_in, served, wait_until_settled, window_of
from playwright.sync_api import Browser, Page, expect
from test_asking import Visitor, keys, seal_of
from test_asking import home as home
from test_pages import opened, said
from test_proposals import rows

from hubdata import answering, asking, proposals, settings, store
from hubdata.__main__ import main

SETTINGS = settings.Settings()
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


@pytest.fixture
def shown(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HUBDATA_HOME", str(home))
    return home


def visitor_of(home: Path, address: str) -> Visitor:
    visitor = Visitor(home)
    assert visitor.get("/a/" + address.rpartition("/a/")[2]).status_code == 303
    return visitor


def answer(home: Path, visitor: Visitor, organisation_id: str, **ties: str) -> None:
    """Say of each tie what is given, as a browser sends it."""
    link = next(link for link in asking.links(home) if link.organisation_id == organisation_id)
    by_id = keys(home, link)
    form = {"tie": [by_id[other] for other in ties]} | {f"says-{by_id[other]}": says for other, says in ties.items()}
    assert visitor.fill_in("/a/own/ties/1", form).status_code == 303


def test_a_round(shown: Path) -> None:
    home = shown
    app = opened("asking")
    assert "Nobody has been asked yet." in said(app)
    app.radio(key="ask_which").set_value("all").run()
    app.button(key="make_asks_now").click().run()
    made, _kept = app.session_state["new_asks"]
    addresses = {link.organisation_id: address for link, address in made}
    assert list(addresses) == ["a", "b", "c", "d", "e"]
    assert addresses["a"] in [code.value for code in app.code]
    assert any("«link»" in code.value and "«organisation»" in code.value for code in app.code)
    app.button(key="asks_taken").click().run()
    assert not any(addresses["a"] in code.value for code in app.code), "they are shown once"

    anna, beta, cora, dora = (visitor_of(home, addresses[own]) for own in "abcd")
    answer(home, anna, "a", b="active", c="ended")
    answer(home, beta, "b", a="never", e="ended")
    answer(home, cora, "c", d="active")
    seal = seal_of(dora.get("/a/own/ties/1").text)
    asking.revoke(home, next(link.id for link in asking.links(home) if link.organisation_id == "d"))
    assert dora.send("POST", "/a/own/ties/1", {"seal": seal}).status_code == 403
    before, first = rows(home, "partnerships"), store.current_snapshot_id(home)

    app = opened("asking", who="b")
    text = said(app)
    assert "5 answers wait for you, of 3 organisations" in text.replace("**", "")
    assert "The two do not agree. Anna says: still active." in text
    assert "Accepting takes the agreement out of the list." in text
    assert "Answered: 0. Began: 3. Opened only: 1. Not opened: 1." in text
    assert rows(home, "partnerships") == before, "an answer alone changes nothing"
    app.button(key="accept_all").click().run()
    assert not app.exception
    after = rows(home, "partnerships")
    assert after == before | {"be": before["be"] | {"end_date": answering.today()}}, "what the two agree on, exactly"
    assert "Accepted: 1 answer of Beta." in [success.value.replace("\\", "") for success in app.success]
    accepted = store.current_snapshot_id(home)
    assert store.read_manifest(home / "snapshots" / str(accepted)).way == "answers"
    (undo,) = [button for button in app.button if (button.key or "").startswith("undo_")]
    undo.click().run()
    assert (rows(home, "partnerships"), store.current_snapshot_id(home)) == (before, first)
    assert {p.key for p in proposals.proposals(home, SETTINGS) if p.organisation_id == "b" and p.status == "open"} == {
        "tie a",
        "tie e",
    }
    app = opened("asking", who="b")
    for _each in range(2):
        app.button(key="refuse_0").click().run()
    assert "of 2 organisations" in said(app)


def test_a_tie_that_one_side_confirmed_is_shown_as_such_and_counted(shown: Path) -> None:
    ((_link, token),) = asking.create(shown, {"a": "Anna"})
    answer(shown, visitor_of(shown, f"/a/{token}"), "a", b="active")
    assert "confirmed" not in said(opened("network", org="a", **{"with": "b"}))
    proposals.accept(shown, SETTINGS, proposals.proposals(shown, SETTINGS))
    text = said(opened("network", org="a", **{"with": "b"}))
    assert "Confirmed by Anna on" in text
    assert "1 tie was confirmed by one of its organisations within a year (20% of all), 0 by both." in text
    assert main(["indicators", "--home", str(shown), "--json"]) == 0


def test_no_link_reaches_the_page(shown: Path) -> None:
    from hubdata import page_list, sharing

    assert page_list.PAGES["asking"].audience == "manager"
    assert "asking" not in sharing.PAGES


@pytest.mark.parametrize(("look", "lang", "scheme"), [(PHONE, "nl-NL", "dark"), (DESK, "en-GB", "light")], ids=str)
def test_the_forms_are_filled_in_on_a_phone_and_with_a_keyboard(
    shown: Path, browser: Browser, look: dict[str, int], lang: str, scheme: str
) -> None:
    ((link, token),) = asking.create(shown, {"a": "Anna"})
    window = window_of(browser, scheme=scheme, lang=lang, window=f"asked {lang}")
    with served(shown) as address:
        page = window.new_page()
        page.set_viewport_size(look)  # type: ignore[arg-type]
        page.goto(f"{address}/a/{token}")
        assert token not in page.url
        looked_at(page)
        page.locator("main a.button").first.click()
        page.locator("#fte").fill("14")
        looked_at(page)
        page.locator("#fte").press("Enter")
        page.locator("input[type=radio]").first.focus()
        page.keyboard.press("Space")
        page.locator("summary").first.click()
        looked_at(page)
        page.locator("button[name=next]").click()
        page.locator("#name").fill("A new friend & <b>co</b>")
        page.locator("#name").press("Enter")
        expect(page.locator("main li strong").first).to_have_text("A new friend & <b>co</b>")
        looked_at(page)
        page.locator("button[name=next]").click()
        page.locator("input[type=checkbox]").first.check()
        looked_at(page)
        page.locator("button[name=next]").click()
        expect(page.locator("h1")).to_have_text("Dank u wel" if lang == "nl-NL" else "Thank you")
        looked_at(page)
        if look == DESK:
            let_in(window, address)
            manager = window.new_page()
            manager.goto(f"{address}/asking?lang=en")
            wait_until_settled(manager)
            expect(manager.get_by_text("4 answers wait for you").first).to_be_visible()
            assert broken_rules(manager) == []
    said_by_now = answering.answer_of(shown, link)
    assert said_by_now
    assert said_by_now.finished_at
    assert said_by_now.profile.fte == 14  # type: ignore[union-attr]
    assert len(said_by_now.ties) == 1
    assert said_by_now.events == ("fair",)
    emptied(window)


def looked_at(page: Page) -> None:
    """No rule of accessibility is broken, nothing sticks out, nothing to press is too small."""
    assert broken_rules(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    for box in page.locator("button:visible, label.tick:visible, select:visible").all():
        size = box.bounding_box()
        assert size is None or size["height"] >= 24, box.inner_text()
    assert not re.search(r"\{\w+\}", page.locator("main").inner_text()), "every gap is filled in"
