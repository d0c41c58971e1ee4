"""A round: the manager asks, organisations answer on a phone and at a desk, the queue shows it, half is accepted, undone."""

import datetime
import json
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest
from browser import (
    broken_rules,
    emptied,
    let_in,
    served,
    started,
    wait_until_settled,
    window_of,
)
from dashboard import Dashboard
from playwright.sync_api import Browser, Page, expect
from test_asking import Visitor, keys, seal_of
from test_asking import home as home
from test_pages import opened, said
from test_proposals import rows

from hubdata import access, answering, asking, loading, proposals, questions, settings, sharing, store
from hubdata.__main__ import main
from hubdata.indicators.trust import QUESTIONS
from hubdata.ui import session
from hubdata.ui.words import asking as asking_words

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
    assert "Nobody has been asked yet. Choose whom, make the links" in said(app)
    assert "fill in contact in hub.toml" in said(app)
    assert any("what would tell most (" in choice for choice in app.radio(key="ask_which").options)
    app.radio(key="ask_which").set_value("all").run()
    app.button(key="make_asks_now").click().run()
    made, _kept = app.session_state["new_asks"]
    addresses = {link.organisation_id: address for link, address in made}
    assert list(addresses) == ["a", "b", "c", "d", "e"]
    assert addresses["a"] in [code.value for code in app.code]
    assert len({asking_words.code_of(address) for address in addresses.values()}) == 5, "a QR code for each"
    assert asking_words.code_of(addresses["a"]).startswith("<svg")
    listed = asking_words.links_table(made)
    assert listed.to_dict("list") == {"organisation": [link.name for link, _ in made], "link": [*addresses.values()]}
    assert all(any(f"«{heading}»" in code.value for code in app.code) for heading in ("Organisation", "Link"))
    (table,) = [table.value for table in app.dataframe if "Link" in table.value]
    assert list(table) == ["Organisation", "Link"], "the text of a mail merge names the columns of the list"
    app.button(key="asks_taken").click().run()
    assert not any(addresses["a"] in code.value for code in app.code), "they are shown once"
    app.button(key="make_asks_now").click().run()
    assert "These had an open link already, and keep it: 5. Is an address lost?" in said(app)
    assert app.button(key="asks_taken").label == "Close"

    anna, beta, cora, dora = (visitor_of(home, addresses[own]) for own in "abcd")
    answer(home, anna, "a", c="ended", b="active")
    answer(home, beta, "b", a="never", e="ended")
    answer(home, cora, "c", d="active")
    seal = seal_of(dora.get("/a/own/ties/1").text)
    asking.revoke(home, next(link.id for link in asking.links(home) if link.organisation_id == "d"))
    assert dora.send("POST", "/a/own/ties/1", {"seal": seal}).status_code == 403
    before, first = rows(home, "partnerships"), store.current_snapshot_id(home)

    app = opened("asking", who="a")
    told = [text.value for text in app.markdown if text.value.startswith(("**Beta**", "**Cora**"))]
    assert told[0].startswith("**Beta**: still active"), "what they do not agree on comes first"
    app = opened("asking", who="b")
    text = said(app)
    assert "5 answers wait for you, of 3 organisations" in text.replace("**", "")
    assert "The two do not agree. Anna says: still active." in text
    assert "Accepting takes the agreement out of the list." in text
    assert "Of 5 organisations asked, 3 answered. Not to the end: 3. Only opened the link: 1. Did not open it: 1." in (
        text.replace("**", "")
    )
    (listed,) = [table.value for table in app.dataframe if "What they did" in table.value]
    assert listed["What they did"].tolist() == [*["began to answer"] * 3, "opened it", "did not open it"]
    assert listed["Organisation"].str[-5:].tolist() == [f"&id={one}" for one in "abcde"], "links to their pages"
    assert listed["Opened"].tolist() == [1, 1, 1, 1, 0]
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
    noted = {json.loads(line)["what"] for path in (home / "audit").glob("*") for line in path.read_text().splitlines()}
    assert noted >= {"ask made", "opened", "answer saved", "answer accepted", "loaded", "put back", "answer refused"}


def test_one_answer_that_cannot_be_loaded_is_named_and_the_rest_of_that_organisation_accepted(shown: Path) -> None:
    ((link, token),) = asking.create(shown, {"a": "Anna"})
    visitor = visitor_of(shown, f"/a/{token}")
    answer(shown, visitor, "a", b="ended", c="active")
    assert visitor.fill_in("/a/own/partners", {"name": "geen", "next": "yes"}).status_code == 303
    assert [one.partners for one in answering.answers(shown)] == [()], "who writes none adds nobody"
    # As an earlier version took it.
    wrong = answering.PartnerSaid(name="#N/B", since="2026-01")
    answering.change_answer(shown, link.id, lambda _answer: {"partners": (wrong,)})
    app = opened("asking", who="a")
    app.button(key="accept_all").click().run()
    (done,) = [success.value.replace("\\", "") for success in app.success]
    assert done.startswith("Accepted: 2 answers of Anna. Left to decide: #N/B. That cannot be loaded.")
    assert rows(shown, "partnerships")["ab"]["end_date"] == answering.today()
    assert [p.key for p in proposals.proposals(shown, SETTINGS) if p.status == "open"] == ["partner #n/b"]


def test_a_tie_that_one_side_confirmed_is_shown_as_such_and_counted(
    shown: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ((_link, token),) = asking.create(shown, {"a": "Anna"})
    answer(shown, visitor_of(shown, f"/a/{token}"), "a", b="active")
    assert "confirmed" not in said(opened("network", org="a", **{"with": "b"}))
    proposals.accept(shown, SETTINGS, proposals.proposals(shown, SETTINGS))
    text = said(opened("network", org="a", **{"with": "b"}))
    assert "Confirmed by Anna on" in text
    counted = "1 tie was confirmed by one of its organisations within a year (20.0% of all), 0 by both."
    assert counted in text
    link, _token = sharing.create(shown, SETTINGS, label="No names", names=False)
    monkeypatch.setattr(session, "principal", lambda: access.Principal("viewer", link.id))
    for name in ("overview", "sectors"):
        text = said(opened(name))
        assert counted in text, name
        assert "Anna" not in text, name
    monkeypatch.undo()
    assert main(["indicators", "--home", str(shown), "--json"]) == 0


def test_response_over_time_is_of_those_asked_in_a_month() -> None:
    did = [("2026-01", "finished"), ("2026-01", "begun"), ("2026-01", "opened"), ("2026-01", "new"), ("2026-03", "new")]
    found = asking_words.response(pd.DataFrame(did, columns=["month", "did"]))
    assert found[["month", "asked", "answered", "answered_share"]].values.tolist() == [
        ["2026-03", 1, 0, 0.0],
        ["2026-01", 4, 2, 0.5],
    ]


def test_no_link_reaches_the_page(shown: Path) -> None:
    from hubdata import page_list, sharing

    assert page_list.PAGES["asking"].audience == "manager"
    assert "asking" not in sharing.PAGES


def test_a_server_that_is_killed_while_it_saves_loses_nothing_and_doubles_nothing(home: Path) -> None:
    ((link, token),) = asking.create(home, {"a": "Anna"})
    key = keys(home, link)["b"]

    @contextmanager
    def form_of(client: httpx.Client) -> Iterator[threading.Thread]:
        """A browser that sends a form, whatever becomes of it."""
        form = {"seal": seal_of(client.get("/a/own/ties/1").text), "tie": key, f"says-{key}": "never"}

        def send() -> None:
            with suppress(httpx.HTTPError):
                client.post("/a/own/ties/1", data=form)

        browser = threading.Thread(target=send)
        yield browser
        browser.join()

    # In the middle of saving: it has the lock and waits for what was there, in the place of which there is a pipe.
    with answering_at(home, token) as (server, client), form_of(client) as browser:
        os.mkfifo(home / answering.ANSWERS)
        browser.start()
        with (home / answering.ANSWERS).open("w"):  # open as soon as the server reads
            server.kill()
            server.wait(20)
    (home / answering.ANSWERS).unlink()
    assert answering.answers(home) == []
    # And as soon as it has written, before or while it answers.
    with answering_at(home, token) as (server, client), form_of(client) as browser:
        browser.start()
        while browser.is_alive() and not (home / answering.ANSWERS).exists():
            pass
        server.kill()
        server.wait(20)
    assert [list(one.ties) for one in answering.answers(home)] == [["b"]]
    with answering_at(home, token) as (_server, client):
        assert re.findall(r'value="(\w+)" checked', client.get("/a/own/ties/1").text) == ["never"]
        with form_of(client) as browser:
            browser.start()
    (kept,) = answering.answers(home)
    assert {other: tie.says for other, tie in kept.ties.items()} == {"b": "never"}
    assert store.read_list(home, answering.ANSWERS, dict)


@contextmanager
def answering_at(home: Path, token: str) -> Iterator[tuple[Dashboard, httpx.Client]]:
    """A server in a process of its own, and somebody who came in with a link that asks."""
    with started(home) as (server, address), httpx.Client(base_url=address, headers={"Origin": address}) as client:
        assert client.get(f"/a/{token}").status_code == 303
        yield server, client


LETTERS = "abcdefghijkl"


@pytest.fixture
def twelve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hub of twelve: everybody has a tie with A, and B with C; one event of last month."""
    home = tmp_path / "twelve"
    names = "".join(f"{one},Org {one.upper()},ngo,{12 if one == 'a' else ''}\n" for one in LETTERS)
    ties = "".join(f"a{one},a|{one},2020-01-01,cooperation,2021-01-01\n" for one in LETTERS[1:])
    day = answering.today() - datetime.timedelta(days=20)
    files = {
        "organisations.csv": f"organisation_id,name,sector,fte\n{names}".encode(),
        "partnerships.csv": (
            f"partnership_id,organisation_ids,start_date,intensity,last_contact\n{ties}"
            "bc,b|c,2020-01-01,cooperation,2021-01-01\n"
        ).encode(),
        "events.csv": f"event_id,name,start_date\nfair,Peace fair,{day}\n".encode(),
        "attendance.csv": b"event_id,organisation_id\nfair,l\n",
    }
    assert loading.load(home, SETTINGS, files).manifest
    monkeypatch.setenv("HUBDATA_HOME", str(home))
    return home


def test_a_round_of_twelve_on_a_phone_at_a_desk_and_in_the_queue(twelve: Path, browser: Browser) -> None:
    home = twelve
    app = opened("asking", tab="ask")
    app.radio(key="ask_which").set_value("all").run()
    app.checkbox(key="ask_ratings").set_value(True)
    app.button(key="make_asks_now").click().run()
    addresses = {link.organisation_id: address for link, address in app.session_state["new_asks"][0]}
    assert list(addresses) == list(LETTERS)
    links = {link.organisation_id: link for link in asking.links(home)}

    # Six answer at their desks, one is late, one link is ended; two never open it.
    month = answering.months(answering.today(), 1)[0]
    for one in "cdefgh":
        visitor, key = visitor_of(home, addresses[one]), keys(home, links[one])
        form = {"tie": key["a"], f"says-{key['a']}": "active", f"contact-{key['a']}": month if one == "c" else ""}
        form[f"intensity-{key['a']}"] = "integration" if one == "d" else "cooperation"
        visitor.fill_in("/a/own/ties/1", form)
        if one == "c":
            visitor.fill_in("/a/own/ties/1", {"tie": key["b"], f"says-{key['b']}": "never"})
        if one != "d":
            scores = {f"{question}-{key['a']}": "3" for question in QUESTIONS}
            visitor.fill_in("/a/own/ratings/1", {"tie": key["a"], **scores})
    late, ended = visitor_of(home, addresses["i"]), visitor_of(home, addresses["j"])
    seals = [seal_of(visitor.get("/a/own/profile").text) for visitor in (late, ended)]
    asks = json.loads((home / "asks.json").read_text())
    for link in asks["links"]:
        if link["organisation_id"] == "i":
            link["expires_at"] = "2026-01-01T00:00:00Z"
    (home / "asks.json").write_text(json.dumps(asks))
    asking.revoke(home, links["j"].id)
    for visitor, seal in zip((late, ended), seals, strict=True):
        refused = visitor.send("POST", "/a/own/profile", {"seal": seal, "sector": "business"})
        assert refused.status_code == 403
        assert "what you sent after that has not" in refused.text

    before, figures = rows(home, "partnerships"), headlines(home)
    with served(home) as address:
        for look, lang, scheme, one in ((PHONE, "nl-NL", "dark", "a"), (DESK, "en-GB", "light", "b")):
            window = window_of(browser, scheme=scheme, lang=lang, window=f"asked {lang}")
            page = window.new_page()
            page.set_viewport_size(look)  # type: ignore[arg-type]
            page.goto(f"{address}/a/{addresses[one].rpartition('/a/')[2]}")
            assert "/a/own" in page.url
            filled_in(page, lang)
            emptied(window)
        came_in = {answer.organisation_id: answer for answer in answering.answers(home)}
        assert set(came_in) == set("abcdefgh"), "eight answered"
        assert [len(came_in[one].ties) for one in "ab"] == [11, 2]
        for one in "ab":
            profile = came_in[one].profile
            assert profile
            assert (profile.fte, came_in[one].events) == (14, ("fair",))
            assert came_in[one].finished_at
            assert [list(rated.scores.values()) for rated in came_in[one].ratings.values()] == [[4]]
        assert {one.about for one in answering.ratings(home)} == {"a", "b"}
        assert (rows(home, "partnerships"), headlines(home)) == (before, figures), "answers alone change nothing"

        window = window_of(browser, lang="en-GB", window="asked en-GB")
        let_in(window, address)
        manager = window.new_page()
        manager.set_viewport_size(DESK)  # type: ignore[arg-type]
        manager.goto(f"{address}/asking?lang=en&who=b")
        wait_until_settled(manager)
        expect(manager.get_by_text("The two do not agree").first).to_be_visible()
        assert broken_rules(manager) == []
        # Half is accepted: of four of the eight, what the two sides agree on.
        for one in "cefg":
            app = opened("asking", who=one)
            app.button(key="accept_all").click().run()
            assert not app.exception
        third = headlines(home)
        expected = before | {"ac": before["ac"] | {"last_contact": datetime.date.fromisoformat(f"{month}-01")}}
        assert rows(home, "partnerships") == expected, "this and nothing else: C and B do not agree, the others confirm"
        manager.goto(f"{address}/asking?lang=en&who=d")
        wait_until_settled(manager)
        manager.get_by_role("button", name="Accept all").click()
        expect(manager.get_by_role("button", name="Undo")).to_be_visible()
        now = rows(home, "partnerships")
        assert now == expected | {"ad": expected["ad"] | {"intensity": "integration"}}
        manager.get_by_role("button", name="Undo").click()
        expect(manager.get_by_text("is on show again").first).to_be_visible()
        assert (rows(home, "partnerships"), headlines(home)) == (expected, third)
        emptied(window)

    text = said(opened("asking", tab="trust"))
    assert "Trust is 3.0 of 4 on average, value 3.0 of 4" in text.replace("\\", "")


def headlines(home: Path) -> dict[str, Any]:
    snapshot = answering.on_show(home)
    assert snapshot
    return dict(questions.headlines(snapshot, SETTINGS, store.View(snapshot.newest_date(answering.today()))))


def filled_in(page: Page, lang: str) -> None:
    """Every step of the forms, by touch and by keyboard, looked at."""
    looked_at(page)
    page.locator("main a.button").first.click()
    month = page.locator(".month select").first
    expect(month).to_be_hidden()
    page.locator("input[value=ended]").first.check()
    looked_at(page)
    others = page.locator("input[value=active]").all()[1:]
    page.locator("button[name=next]").click()
    expect(page.locator("#notice a")).to_have_count(1 + len(others))
    looked_at(page)
    for other in others:
        other.check()
    page.locator("button[name=next]").first.click()
    expect(month).to_be_focused()
    expect(month).to_have_accessible_description(page.locator("p[id^=wrong-ended]").inner_text())
    page.locator("h1").click()
    page.locator("#notice a").click()
    expect(month).to_be_focused()
    looked_at(page)
    field = str(month.get_attribute("id"))
    expect(page.locator("#notice")).to_have_css("border-top-width", "2px")
    month.select_option("unknown")
    looks_right(page, f"#{field}", field)
    page.locator("input[type=radio]").first.focus()
    page.keyboard.press("Space")
    expect(month).to_be_hidden()
    page.locator("summary").first.click()
    looked_at(page)
    while "/ties/" in page.url:
        page.locator("button[name=all], button[name=next]").first.click()
    page.locator("#name").fill("A new friend & <b>co</b>")
    page.locator("#name").press("Enter")
    close = page.locator("#intensity")
    expect(close).to_be_focused()
    expect(close).to_have_accessible_description(page.locator("#wrong-intensity").inner_text())
    expect(page.locator("#name")).to_have_value("A new friend & <b>co</b>")
    looked_at(page)
    close.select_option("coordination")
    page.locator("#name").press("Enter")
    expect(page.locator("main li strong").first).to_have_text("A new friend & <b>co</b>")
    looked_at(page)
    page.locator("button[name=next]").click()
    page.locator("input[type=checkbox]").first.check()
    looked_at(page)
    page.locator("button[name=back]").click()
    expect(page.locator("#name")).to_be_visible()
    page.locator("button[name=next]").click()
    expect(page.locator("input[type=checkbox]").first).to_be_checked()
    page.locator("button[name=next]").click()
    page.locator("#fte").fill("veertien")
    page.locator("#fte").press("Enter")
    expect(page.locator("#fte")).to_be_focused()
    expect(page.locator("#fte")).to_have_value("veertien")
    looked_at(page)
    page.locator("#fte").fill("veel")
    page.locator("h1").click()
    expect(page.locator("#fte")).to_have_css("border-top-width", "2px")
    page.locator("#fte").fill("14")
    page.locator("h1").click()
    looks_right(page, "#fte", "fte")
    for _there_and_back in range(2):
        page.locator("header button.language").click()
        expect(page.locator("#fte")).to_have_value("14")
    page.locator("#fte").press("Enter")
    folded = page.locator("details.card")
    expect(page.locator("fieldset.score:visible")).to_have_count(len(QUESTIONS))
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("fieldset.score:visible")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(folded.first.get_by_role("group").first).to_have_accessible_name(re.compile("^Org "))
    page.locator("fieldset.score input").nth(3).focus()
    page.keyboard.press("Space")
    looked_at(page)
    while "/ratings/" in page.url:
        page.locator("button[name=next]").click()
    expect(page.locator("h1")).to_have_text("Dank u wel" if lang == "nl-NL" else "Thank you")
    looked_at(page)


def looks_right(page: Page, field: str, name: str) -> None:
    """What was mended looks wrong no more, before it is sent."""
    soft = page.locator("main p.soft").first.evaluate("one => getComputedStyle(one).color")
    expect(page.locator(f"#wrong-{name}")).to_have_css("color", soft)
    expect(page.locator(field)).to_have_css("border-top-width", "1px")
    expect(page.locator("#notice")).to_have_css("border-top-width", "1px")


def looked_at(page: Page) -> None:
    """No rule of accessibility is broken, nothing sticks out, nothing to press is too small."""
    assert broken_rules(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    for box in page.locator("button:visible, label.tick:visible, select:visible").all():
        size = box.bounding_box()
        assert size is None or size["height"] >= 24, box.inner_text()
    assert not re.search(r"\{\w+\}", page.locator("main").inner_text()), "every gap is filled in"
