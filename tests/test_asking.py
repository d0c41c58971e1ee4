"""Links that ask: who comes in, what an organisation sees of itself, what it may say, and what no form of ours says.

Forms are sent through the gate itself, without a browser: as a browser sends them, and as no browser would.
"""

import asyncio
import datetime
import html
import json
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import httpx
import pytest

from hubdata import access, answering, asking, audit, loading, naming, proposals, settings, sharing, store, texts
from hubdata.__main__ import main
from hubdata.server import answers as forms
from hubdata.server.cookies import ASKED_COOKIE, signer
from hubdata.server.gate import Gate

SETTINGS = settings.Settings()
ORGANISATIONS = """organisation_id,name,sector,themes,fte,needs,offers,aliases
a,Anna,ngo,peace,12,training,office,Annie
b,Beta,knowledge,,,secret-need-of-beta,secret-offer-of-beta,
c,Cora,ngo,secret-theme-of-cora,777,,,
d,Dora <b>& co</b>,ngo,,,,,
e,Echo,business,,,,,
"""
PARTNERSHIPS = """partnership_id,name,organisation_ids,start_date,intensity,last_contact
ab,Agreement of two,a|b,2020-01-01,coordination,2022-06-01
acd,Agreement of three,a|c|d,2021-01-01,cooperation,
be,Not of Anna,b|e,2019-01-01,integration,
"""
EVENTS = """event_id,name,start_date
fair,Peace fair,{day}
old,Long ago,2015-01-01
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    day = datetime.datetime.now(datetime.UTC).date() - datetime.timedelta(days=20)
    files = {
        "organisations.csv": ORGANISATIONS.encode(),
        "partnerships.csv": PARTNERSHIPS.encode(),
        "events.csv": EVENTS.format(day=day).encode(),
        "attendance.csv": b"event_id,organisation_id\nfair,d\nfair,c\n",
    }
    assert loading.load(tmp_path, SETTINGS, files).manifest
    return tmp_path


def ask_one(home: Path, organisation_id: str = "a") -> tuple[asking.Ask, str]:
    ((link, token),) = asking.create(home, {organisation_id: organisation_id.upper()})
    return link, token


@dataclass
class Visitor:
    """A browser of an asked organisation, or what is none: cookies, and what it sends."""

    home: Path
    cookies: dict[str, str] = field(default_factory=dict)
    gate: Gate = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        async def streamlit(*_: object) -> None:
            raise AssertionError("Streamlit is never asked here")

        self.gate = self.gate or Gate(streamlit, self.home)

    def send(self, method: str, path: str, form: Any = None, **headers: str) -> httpx.Response:
        async def sent() -> httpx.Response:
            transport = httpx.ASGITransport(self.gate, client=("198.51.100.7", 50_000))
            own = {"Origin": "http://localhost:8501"} if method == "POST" else {}
            async with httpx.AsyncClient(
                transport=transport, base_url="http://localhost:8501", cookies=self.cookies
            ) as http:
                return await http.request(method, path, data=form, headers={"Accept-Language": "en", **own, **headers})

        with ThreadPoolExecutor(1) as own_thread:  # a test with a browser has its event loop running in this one
            answer = own_thread.submit(asyncio.run, sent()).result()
        for sent in answer.headers.get_list("set-cookie"):
            for name, cookie in SimpleCookie(sent).items():
                self.cookies.pop(name, None)
                if cookie["max-age"] != "0":
                    self.cookies[name] = cookie.value
        return answer

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.send("GET", path, **headers)

    def fill_in(self, path: str, form: Mapping[str, Any], **headers: str) -> httpx.Response:
        """Open a step and send it back, as a browser does; when it is shown again as it was typed, that is what comes."""
        answer = self.send("POST", path, {"seal": seal_of(self.get(path).text), **form}, **headers)
        return self.again(answer)

    def again(self, answer: httpx.Response) -> httpx.Response:
        """A step that is shown again, where that is what a form is answered with; else the answer itself."""
        return self.get(answer.headers["location"]) if forms.TYPED_COOKIE in self.cookies else answer


def seal_of(page: str) -> str:
    found = re.search(r'name="seal" value="([0-9a-f]+)"', page)
    return found[1] if found else ""


def wrong_fields(page: str) -> list[str]:
    """The fields of a page beside which stands that they are not right, of which the first has the focus.

    None of them is in a part that is folded.
    """
    invalid = re.findall(
        r'id="([^"]*)"[^>]* aria-invalid="true" aria-describedby="wrong-([^" ]*)[^"]*"( autofocus)?', page
    )
    assert [focus for _, _, focus in invalid] == [" autofocus", *[""] * (len(invalid) - 1)][: len(invalid)]
    assert all(field == told and f'id="wrong-{told}"' in page for field, told, _ in invalid)
    for wrong, _, _ in invalid:
        before = page[: page.index(f'id="{wrong}"')]
        folds = re.findall(r"<details([^>]*)>", before[before.rfind("</details>") :])
        assert all("open" in fold for fold in folds), wrong
    return [field for field, _, _ in invalid]


def come_in(home: Path, organisation_id: str = "a") -> tuple[Visitor, asking.Ask]:
    link, token = ask_one(home, organisation_id)
    visitor = Visitor(home)
    assert visitor.get(f"/a/{token}").status_code == 303
    return visitor, link


def keys(home: Path, link: asking.Ask) -> dict[str, str]:
    side = answering.own_side(home, SETTINGS, link)
    assert side
    return {tie.organisation_id: tie.key for tie in side.ties}


def said(home: Path, link: asking.Ask) -> answering.Answer:
    answer = answering.answer_of(home, link)
    assert answer
    return answer


# --- the link ---------------------------------------------------------------------------------------------------------


def test_a_link_is_256_bits_of_which_only_a_hash_is_kept(home: Path) -> None:
    link, token = ask_one(home)
    assert len(token) == 43
    kept = (home / "asks.json").read_text()
    assert token not in kept
    assert (home / "asks.json").stat().st_mode & 0o077 == 0
    assert asking.by_token(home, token) == link
    assert (link.expires_at - link.created_at).days == 30
    audited = "".join(path.read_text() for path in (home / "audit").glob("*"))
    assert token not in audited


def test_an_organisation_has_one_open_link_and_a_renewed_one_has_another_address(home: Path) -> None:
    link, token = ask_one(home)
    assert asking.create(home, {"a": "A"}) == []
    renewed, new_token = asking.renew(home, link.id)
    assert (renewed.id, asking.by_token(home, token)) == (link.id, None)
    assert asking.by_token(home, new_token) == renewed
    asking.revoke(home, link.id)
    assert asking.by_token(home, new_token) is None
    assert asking.by_id(home, link.id) is None
    again, last_token = asking.renew(home, link.id, days=5)
    assert asking.by_token(home, last_token) == again, "and who was shut out by mistake comes in again"
    with pytest.raises(asking.AskProblem):
        asking.revoke(home, "none")


@pytest.mark.parametrize("days", [0, 91, -1])
def test_a_link_works_for_one_to_ninety_days(home: Path, days: int) -> None:
    with pytest.raises(asking.AskProblem) as problem:
        asking.create(home, {"a": "A"}, days=days)
    assert problem.value.code == "days"
    assert not (home / "asks.json").exists()


def test_a_damaged_file_lets_nobody_in_and_is_set_aside_by_the_next_link(home: Path) -> None:
    _link, token = ask_one(home)
    (home / "asks.json").write_text("{", encoding="utf-8")
    with pytest.raises(asking.DamagedLinks):
        asking.by_token(home, token)
    assert Visitor(home).get(f"/a/{token}").status_code == 404
    _new, new_token = ask_one(home)
    assert asking.by_token(home, token) is None
    assert asking.by_token(home, new_token)
    assert list(home.glob("asks.json.damaged-*"))


def test_a_backup_has_links_and_answers_and_gives_nobody_back_who_was_shut_out(home: Path, tmp_path: Path) -> None:
    visitor, link = come_in(home)
    visitor.fill_in("/a/own/profile", {"sector": "business"})
    store.backup(home, tmp_path / "backup.zip")
    asking.revoke(home, link.id)
    loading.restore(home, tmp_path / "backup.zip")
    assert asking.by_id(home, link.id) is None
    elsewhere = tmp_path / "elsewhere"
    loading.restore(elsewhere, tmp_path / "backup.zip")
    assert asking.by_id(elsewhere, link.id)
    assert said(elsewhere, link).profile.sector == "business"  # type: ignore[union-attr]


def test_what_a_newer_version_noted_stays_and_shuts_the_link(home: Path) -> None:
    link, token = ask_one(home)
    content = json.loads((home / "asks.json").read_text())
    content["links"][0]["only_on"] = "mondays"
    (home / "asks.json").write_text(json.dumps(content))
    assert asking.by_token(home, token) is None
    asking.note_opened(home, link.id)
    assert json.loads((home / "asks.json").read_text())["links"][0]["only_on"] == "mondays"


@pytest.mark.parametrize("hour", [0, 12, 23])
def test_a_link_works_to_the_end_of_the_day_that_is_said(
    home: Path, monkeypatch: pytest.MonkeyPatch, hour: int
) -> None:
    made = datetime.datetime(2026, 11, 28, hour, 59, tzinfo=datetime.UTC)
    monkeypatch.setattr(asking, "now", lambda: made)
    link, _token = ask_one(home)
    renewed, _token = asking.renew(home, link.id, days=1)
    for one, day in ((link, datetime.date(2026, 12, 28)), (renewed, datetime.date(2026, 11, 29))):
        assert one.last_day == day
        last = datetime.datetime.combine(day, datetime.time(23, 59, 59), datetime.UTC)
        assert one.is_open(last)
        assert not one.is_open(last + datetime.timedelta(seconds=1))
    # One of before closes at the hour it was made, so that its last whole day is the day before.
    earlier = link.model_copy(update={"expires_at": made})
    assert (earlier.last_day, earlier.is_open(made)) == (made.date() - datetime.timedelta(days=1), False)


# --- doors ------------------------------------------------------------------------------------------------------------


def test_unknown_expired_and_revoked_links_look_the_same(home: Path) -> None:
    (home / "hub.toml").write_text('name = "Hub of Peace"\ncontact = { mail = "office@hub.example.org" }\n')
    pages = [Visitor(home).get(f"/a/{'A' * 43}").text]
    for how in ("expired", "revoked"):
        link, token = ask_one(home)
        if how == "revoked":
            asking.revoke(home, link.id)
        else:
            content = json.loads((home / "asks.json").read_text())
            content["links"][-1]["expires_at"] = "2020-01-01T00:00:00Z"
            (home / "asks.json").write_text(json.dumps(content))
        answer = Visitor(home).get(f"/a/{token}")
        assert (answer.status_code, answer.cookies) == (404, httpx.Cookies())
        pages.append(answer.text)
    assert len(set(pages)) == 1
    for said in (
        "an organisation says whether what Hub of Peace knows of it and its partners is still right",
        "has been received and kept",
        "Ask for a new link",
        "mailto:office@hub.example.org",
    ):
        assert said in pages[0]
    assert "dashboard" not in pages[0]
    assert "Anna" not in pages[0]


def test_the_cookie_goes_to_the_forms_alone_and_says_nothing_of_the_token(home: Path) -> None:
    _link, token = ask_one(home)
    answer = Visitor(home).get(f"/a/{token}")
    given = answer.headers["set-cookie"]
    assert "Path=/a/" in given
    assert "HttpOnly" in given
    assert "SameSite=lax" in given
    assert token not in given
    assert token not in answer.headers["location"]


ELSEWHERE = ["/", "/data", "/network", "/organisation", "/share", "/hub/frame.js", "/media/x.csv", "/_stcore/health"]


@pytest.mark.parametrize("path", ELSEWHERE)
def test_an_asked_organisation_has_its_forms_and_nothing_else(home: Path, path: str) -> None:
    visitor, link = come_in(home)
    assert visitor.get("/a/own").status_code == 200
    # A browser does not even send the cookie there; a crafted client does.
    kept = {"Cookie": f"{ASKED_COOKIE}={visitor.cookies[ASKED_COOKIE]}"}
    assert visitor.get(path, **kept).status_code == 404
    _shared, token = sharing.create(home, SETTINGS, label="x")
    viewer = dict(Visitor(home).get(f"/s/{token}").cookies)
    both = {"Cookie": f"{kept['Cookie']}; hub_viewer={viewer['hub_viewer']}"}
    assert visitor.get(path, **both).status_code == 404, "also with both: the narrower counts"
    grant = access.authorise(home, access.Principal("asked", link.id))
    assert (grant.scope, grant.pages, grant.may_change) == (None, (), False)
    assert not any(access.may_ask(grant, name) for name in access.ANSWERS)


def test_what_an_asked_organisation_may_is_in_the_table_and_nobody_else_may_it(home: Path) -> None:
    link, _token = ask_one(home)
    asked = access.authorise(home, access.Principal("asked", link.id))
    for action in access.OWN:
        assert callable(getattr(answering, action))
        assert access.own_ask(asked, action) == link
        for grant in (access.NOTHING, access.Grant(kind="manager"), access.Grant(kind="viewer")):
            with pytest.raises(access.NotAllowed):
                access.own_ask(grant, action)
    with pytest.raises(access.NotAllowed):
        access.own_ask(asked, "change_answer")
    assert access.authorise(home, access.Principal("asked", "no such link")) == access.NOTHING


CRAFTED = {
    "no cookie": lambda cookie, home: None,
    "a changed cookie": lambda cookie, home: cookie[:-4] + ("aaaa" if not cookie.endswith("aaaa") else "bbbb"),
    "a viewer's signature": lambda cookie, home: signer(home, "viewer").dumps(signer(home, "asked").loads(cookie)),
    "another server's signature": lambda cookie, home: signer(home / "other", "asked").dumps(["x", "y", "z"]),
    "another proof": lambda cookie, home: signer(home, "asked").dumps([*signer(home, "asked").loads(cookie)[:2], "z"]),
    "no list": lambda cookie, home: signer(home, "asked").dumps("x"),
    "nonsense": lambda cookie, home: "nonsense",
}


@pytest.mark.parametrize("name", CRAFTED)
def test_whoever_crafts_a_cookie_saves_and_reads_nothing(home: Path, name: str) -> None:
    visitor, link = come_in(home)
    seal = seal_of(visitor.get("/a/own/profile").text)
    crafted = CRAFTED[name](visitor.cookies[ASKED_COOKIE], home)
    visitor.cookies = {ASKED_COOKIE: crafted} if crafted else {}
    for answer in (
        visitor.get("/a/own"),
        visitor.get("/a/own/ties/1"),
        visitor.send("POST", "/a/own/profile", {"seal": seal, "sector": "business"}),
    ):
        assert answer.status_code == 403
        assert "Anna" not in answer.text
        assert "Beta" not in answer.text
    assert answering.answer_of(home, link) is None


def test_a_form_of_another_visit_or_site_is_not_saved(home: Path) -> None:
    anna, link = come_in(home)
    beta, other_link = come_in(home, "b")
    for seal in (seal_of(beta.get("/a/own/profile").text), "", "0" * 64, "é"):
        answer = anna.send("POST", "/a/own/profile", {"seal": seal, "sector": "business"})
        assert answer.headers["location"] == "/a/own/profile?notice=again"
    assert "belonged to another visit" in anna.get("/a/own/profile?notice=again").text
    for origin in ("https://evil.example", "null"):
        assert anna.fill_in("/a/own/profile", {"sector": "business"}, Origin=origin).status_code == 403
    assert answering.answers(home) == []
    assert {link.organisation_id, other_link.organisation_id} == {"a", "b"}


def test_ids_of_another_organisation_say_nothing(home: Path) -> None:
    visitor, link = come_in(home)
    _beta, other = come_in(home, "b")
    theirs = keys(home, other)["e"]
    for key in (theirs, "e", "b", "../b", ""):
        sent = {"tie": key, f"says-{key}": "never", "organisation_id": "b", "link": other.id}
        assert "notice=changed" in visitor.fill_in("/a/own/ties/1", sent).headers["location"] or not key
    assert said(home, link).ties == {}
    assert said(home, link).organisation_id == "a"
    visitor.fill_in("/a/own/events", {"event": ["fair", "old", answering.key_of(other, "fair")]})
    assert said(home, link).events == ()
    assert answering.answer_of(home, other) is None


def test_a_link_that_is_revoked_in_the_middle_saves_nothing_more(home: Path) -> None:
    visitor, link = come_in(home)
    visitor.fill_in("/a/own/profile", {"sector": "business"})
    seal = seal_of(visitor.get("/a/own/profile").text)
    asking.revoke(home, link.id)
    late = visitor.send("POST", "/a/own/profile", {"seal": seal, "sector": "government"})
    assert late.status_code == 403
    assert "What you saved while it was open has been kept; what you sent after that has not." in late.text
    assert said(home, link).profile.sector == "business"  # type: ignore[union-attr]
    with pytest.raises(answering.Closed):
        answering.save_profile(home, SETTINGS, link, {"sector": ["government"]})
    asking.renew(home, link.id)
    assert visitor.get("/a/own").status_code == 403, "a cookie of before does not come in again"


def test_what_is_too_large_or_too_often_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor, link = come_in(home)
    assert visitor.fill_in("/a/own/partners", {"name": "x" * 20_000}).status_code == 413
    assert visitor.fill_in("/a/own/ties/1", {f"says-{n}": "x" for n in range(500)}).status_code == 413
    seal = seal_of(visitor.get("/a/own/partners").text)
    for n in range(30):
        visitor.send("POST", "/a/own/partners", {"seal": seal, "name": f"Partner {n}", "intensity": "awareness"})
    assert len(said(home, link).partners) == answering.MOST_PARTNERS
    statuses = {visitor.send("POST", "/a/own/events", {"seal": seal}).status_code for _ in range(150)}
    assert statuses == {303, 429}
    assert (home / "answers.json").stat().st_size < 10_000


def test_what_no_browser_sends_saves_nothing_or_what_was_offered_once(home: Path) -> None:
    visitor, link = come_in(home)
    seal = seal_of(visitor.get("/a/own/profile").text)
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
        assert visitor.send(method, "/a/own/profile", {"seal": seal, "sector": "business"}).status_code in (
            403,
            404,
            405,
        )
    for kind in ("application/json", "text/plain", "multipart/form-data; boundary=x"):
        told = visitor.send("POST", "/a/own/partners", {"seal": "é", "name": "Echo"}, **{"Content-Type": kind})
        assert told.headers["location"] == "/a/own/partners?notice=again"
    assert answering.answer_of(home, link) is None
    # The first of what is there twice, each event and theme once; what is no letter is none.
    visitor.send(
        "POST", "/a/own/profile", {"seal": [seal, "x"], "sector": ["business", "ngo"], "themes": ["peace"] * 9}
    )
    assert said(home, link).profile == answering.ProfileSaid(sector="business", themes=("peace",))
    key = keys(home, link)["b"]
    twice = {"seal": seal, "tie": [key] * 3, f"says-{key}": ["ended", "never"], f"ended-{key}": "２０２６-０１\ud7ff"}
    visitor.send("POST", "/a/own/ties/1", twice)
    assert said(home, link).ties["b"].says == "ended"
    with ThreadPoolExecutor(4) as at_once:
        same = {"seal": seal, "name": "Ünïcode 和平 \u202e&", "intensity": "awareness"}
        others = [{"seal": seal, "name": f"Partner {n}", "intensity": "awareness"} for n in range(4)]
        sent = [Visitor(home, dict(visitor.cookies), visitor.gate) for _ in range(8)]
        went = list(
            at_once.map(
                lambda pair: pair[0].send("POST", "/a/own/partners", pair[1]),
                zip(sent, [same] * 4 + others, strict=True),
            )
        )
    assert {answer.status_code for answer in went} == {303}
    assert sorted(partner.name for partner in said(home, link).partners) == [
        *(f"Partner {n}" for n in range(4)),
        "Ünïcode 和平 &",
    ]


def test_who_guesses_has_to_wait(home: Path) -> None:
    visitor = Visitor(home)
    statuses = [visitor.get(f"/a/{n}").status_code for n in range(101)]
    assert (statuses[:100], statuses[100]) == ([404] * 100, 429)


def test_every_step_is_in_the_audit_log_without_what_was_said(home: Path) -> None:
    visitor, link = come_in(home)
    visitor.fill_in("/a/own/partners", {"name": "Nobody knows", "intensity": "awareness", "next": "yes"})
    noted = [
        json.loads(line)
        for path in (home / "audit").glob("*")
        for line in path.read_text().splitlines()
        if link.id in line
    ]
    assert [event["what"] for event in noted] == ["opened", "answer saved"]
    assert "Nobody knows" not in json.dumps(noted)
    assert audit.DAYS_KEPT


CONTACT = 'contact = { name = "Office <b>& co", mail = "office+x@hub.example.org", telephone = "+31 (0)70 123 4567" }\n'


def test_who_asks_and_whom_to_ask_stands_on_every_page_of_an_asked_organisation(home: Path) -> None:
    link, _token = ask_one(home)
    for written, wanted in (
        (
            "",
            (
                "Asked by Impact City.",
                "not sure that this is real? Ask Impact City in a way that you know already, such as by telephone.",
            ),
        ),
        (
            CONTACT,
            (
                "Asked by Office &lt;b&gt;&amp; co.",
                "not sure that this is real?",
                '<a class="way" href="mailto:office+x@hub.example.org">office+x@hub.example.org</a> ·',
                '<a class="way" href="tel:+31701234567">+31 (0)70 123 4567</a>',
            ),
        ),
    ):
        (home / "hub.toml").write_text(written)
        _link, token = asking.renew(home, link.id)
        visitor = Visitor(home)
        visitor.get(f"/a/{token}")
        pages = list(every_page(visitor))
        asking.revoke(home, link.id)
        pages.append(visitor.get("/a/own").text)
        for page in pages:
            assert all(page.count(text) == 1 for text in wanted)
            assert page.count("Impact City") >= 1, "the hub, whatever its office is called"
            assert "<b>" not in page
        gone = Visitor(home).get(f"/a/{token}").text
        assert ("mailto:" in gone, "Asked by" in gone) == (bool(written), False)


@pytest.mark.parametrize(
    "written",
    [
        "mail = 'javascript:alert(1)'",
        "mail = 'a@b.example?bcc=all@b.example'",
        "mail = 'a@b.example, c@d.example'",
        "mail = 'a@localhost'",
        "mail = '\"><script>@b.example'",
        "telephone = 'javascript:1'",
        "telephone = '0700;ext=1'",
        "telephone = '1'",
        f"telephone = '{'1' * 41}'",
        f"name = '{'x' * 121}'",
        'name = "two\\nlines"',
        'name = "turned \\u202e"',
        "web = 'https://hub.example.org'",
    ],
)
def test_a_contact_is_a_name_a_mail_address_and_a_number_or_is_refused(home: Path, written: str) -> None:
    (home / "hub.toml").write_text(f"contact = {{ {written} }}\n")
    with pytest.raises(settings.SettingsProblem, match=r"line 1: contact\."):
        settings.read(home)


# --- what one sees ----------------------------------------------------------------------------------------------------


def every_page(visitor: Visitor) -> Iterator[str]:
    for path in ("", "/profile", "/ties/1", "/partners", "/events", "/done"):
        answer = visitor.get(f"/a/own{path}")
        assert answer.status_code == 200, path
        yield answer.text


def test_one_sees_ones_own_and_the_names_of_others_and_nothing_else(home: Path) -> None:
    visitor, _link = come_in(home)
    text = "\n".join(every_page(visitor))
    assert "Peace fair" in text
    assert "Anna" in text
    for name in ("Beta", "Cora", "Echo"):
        assert name in text
    assert "Dora &lt;b&gt;&amp; co&lt;/b&gt;" in text
    assert "<b>" not in text
    text = re.sub(r"\b[0-9a-f]{12,}\b", "", text)  # seals and keys are by lot, and may have any digits in them
    for hidden in ("secret", "777", "Not of Anna", "Agreement", "Long ago", "organisation_id", "<script", 'value="b"'):
        assert hidden not in text, hidden
    assert "Is this still right?" in text


def test_ones_profile_is_sector_themes_jobs_needs_and_offers(home: Path) -> None:
    (home / "hub.toml").write_text('[themes]\nwar = { nl = "Oorlog", en = "War" }\n')
    hub = settings.read(home)
    link, token = ask_one(home)
    side = answering.own_side(home, hub, link)
    assert side
    assert side.themes == ("war", "peace"), "its own as well, when the hub no longer lists it"
    visitor = Visitor(home)
    visitor.get(f"/a/{token}")
    page = visitor.get("/a/own/profile").text
    ticked = re.findall(r'name="(\w+)" value="(\w+)" checked', page)
    assert ticked == [("themes", "peace"), ("needs", "training"), ("offers", "office")]
    assert re.findall(r'value="(\w+)" selected', page) == ["ngo"]
    assert "Themes you work on" in page
    assert 'value="12"' in page


def test_what_was_added_does_not_stand_beside_a_sentence_that_nothing_was(home: Path) -> None:
    visitor, _link = come_in(home)
    assert "You added" not in visitor.get("/a/own/partners").text
    visitor.fill_in("/a/own/partners", {"name": "Echo", "intensity": "awareness"})
    for sent in (
        {"add": "yes"},
        {"name": "Ecco"},
        {"name": "Anna"},
        {"name": "Beta"},
        {"name": "Foxtrot"},
        {"name": "x@y.nl"},
    ):
        page = visitor.fill_in("/a/own/partners", sent)
        assert page.status_code == 200, sent
        assert "You added" in page.text
        assert not re.search(r"(nothing|not) (was |yet )*added", page.text), sent


def test_letters_that_turn_others_turn_nothing_behind_the_name_they_are_in(home: Path) -> None:
    files = {
        "organisations.csv": "organisation_id,name,sector\na,Anna\u202efdp,ngo\n".encode(),
        "events.csv": f"event_id,name,start_date\nfair,Fair\u202efdp,{answering.today() - datetime.timedelta(days=20)}\n".encode(),
    }
    assert loading.load(home, SETTINGS, files, update=True).manifest
    visitor, _link = come_in(home)
    text = "\n".join(every_page(visitor))
    assert "\u2068Anna\u202efdp\u2069 · " in text
    assert "\u2068Fair\u202efdp\u2069, " in text


def test_nobody_sees_what_others_answered(home: Path) -> None:
    anna, link = come_in(home)
    anna.fill_in("/a/own/ties/1", {"tie": keys(home, link)["b"], f"says-{keys(home, link)['b']}": "never"})
    anna.fill_in("/a/own/partners", {"name": "A new friend of Anna", "intensity": "awareness"})
    beta, _other = come_in(home, "b")
    text = "\n".join(every_page(beta))
    assert "A new friend" not in text
    assert re.findall(r'value="(active|ended|never)" checked', text) == []


def test_the_sample_is_nobodys_to_ask_about(tmp_path: Path) -> None:
    loading.first_start(tmp_path, SETTINGS)
    with pytest.raises(asking.AskProblem) as problem:
        answering.to_ask(tmp_path, SETTINGS, "all")
    assert problem.value.code == "no_own_data"


def test_whom_to_ask(home: Path) -> None:
    assert list(answering.to_ask(home, SETTINGS, "all")) == ["a", "b", "c", "d", "e"]
    assert list(answering.to_ask(home, SETTINGS, "Annie, b")) == ["a", "b"]
    assert set(answering.to_ask(home, SETTINGS, "fading")) == {"a", "b", "c", "d", "e"}
    with pytest.raises(asking.AskProblem):
        answering.to_ask(home, SETTINGS, "a,nobody")


# --- what one says ----------------------------------------------------------------------------------------------------


def test_an_answer_is_saved_step_by_step_and_can_be_changed(home: Path) -> None:
    visitor, link = come_in(home)
    key = keys(home, link)
    assert visitor.fill_in(
        "/a/own/profile", {"sector": "business", "fte": "13,5", "themes": ["peace", "war"], "offers": ["x"]}
    ).headers["location"] == ("/a/own/done")
    profile = said(home, link).profile
    assert profile == answering.ProfileSaid(sector="business", fte=13.5, themes=("peace",))
    month = answering.months(answering.today(), 2)[1]
    sent = {
        "tie": list(key.values()),
        f"says-{key['b']}": "active",
        f"contact-{key['b']}": month,
        f"intensity-{key['b']}": "integration",
        f"says-{key['c']}": "ended",
        f"ended-{key['c']}": month,
    }
    assert visitor.fill_in("/a/own/ties/1", sent).headers["location"] == "/a/own/partners"
    assert said(home, link).ties == {
        "b": answering.TieSaid(says="active", contact=month, intensity="integration"),
        "c": answering.TieSaid(says="ended", ended=month),
    }
    page = visitor.get("/a/own/ties/1").text
    assert len(re.findall(r'type="radio"[^>]* checked', page)) == 2
    # Without a month it is kept as it is, and asked for: the month of today is nobody's choice.
    sent[f"ended-{key['c']}"] = ""
    assert visitor.fill_in("/a/own/ties/1", sent).headers["location"] == "/a/own/ties/1?notice=ended"
    assert said(home, link).ties["c"] == answering.TieSaid(says="ended")
    page = visitor.get("/a/own/ties/1?notice=ended").text
    assert wrong_fields(page) == [f"ended-{key['c']}"]
    assert re.findall(r'<a href="#([^"]*)">(.*?)</a>', page) == [(f"ended-{key['c']}", "Cora")], "at the top"
    assert f'id="wrong-ended-{key["c"]}">Choose the month in which it ended, or “I do not know”.</p>' in page
    assert "No idea? Choose “I do not know”." in page
    (months,) = re.findall(rf'<select id="ended-{key["c"]}".*?</select>', page, re.DOTALL)
    assert re.findall(r'<option value="(\w*)', months)[:2] == ["", "unknown"], "not below ten years of months"
    assert "<title>Not right yet: Your partners</title>" in page
    assert "<h1>Your partners</h1>" in page
    # Who does not know it is not asked again: the choice stands there, and is sent again as it is.
    sent[f"ended-{key['c']}"] = "unknown"
    assert visitor.fill_in("/a/own/ties/1", sent).headers["location"] == "/a/own/partners"
    page = visitor.get("/a/own/ties/1").text
    (months,) = re.findall(rf'<select id="ended-{key["c"]}".*?</select>', page, re.DOTALL)
    assert re.findall(r'value="(\w*)" selected', months) == ["unknown"]
    again = {"tie": [key["b"], key["d"]], f"says-{key['b']}": "never", "all": "yes"}
    visitor.fill_in("/a/own/ties/1", again)
    assert {other: tie.says for other, tie in said(home, link).ties.items()} == {
        "b": "never",
        "c": "ended",
        "d": "active",
    }
    visitor.fill_in("/a/own/events", {"event": answering.key_of(link, "fair")})
    assert said(home, link).events == ("fair",)
    assert said(home, link).finished_at
    assert "Partners you answered about: 3 of 3" in visitor.get("/a/own/done").text
    day = texts.date(answering.today(), "en")
    until = texts.date(link.last_day, "en")
    for path, times in (("/a/own", 2), ("/a/own/done", 1)):
        page = visitor.get(path).text
        assert page.count(f"up to and including {until}") == page.count(until) == times
    assert f"You answered on {day}, thank you. There is nothing more you need to do." in visitor.get("/a/own").text


def test_who_answers_about_some_partners_is_asked_once_about_the_others(home: Path) -> None:
    visitor, link = come_in(home)
    key = keys(home, link)
    some = {"tie": list(key.values()), f"says-{key['b']}": "never"}
    for button in ("next", "enter"):
        went = visitor.fill_in("/a/own/ties/1", {**some, button: "yes"})
        assert went.headers["location"] == "/a/own/ties/1?notice=open", "so that going back asks nothing again"
        asked = visitor.get(went.headers["location"])
        assert wrong_fields(asked.text) == [f"says-{key['c']}", f"says-{key['d']}"]
        assert 'name="next" value="anyway">Continue and leave this open<' in asked.text
        assert 'class="half"' not in asked.text, "nothing more is unfolded for it"
    assert {other: tie.says for other, tie in said(home, link).ties.items()} == {"b": "never"}, "saved all the same"
    went = visitor.fill_in("/a/own/ties/1", {**some, "next": "anyway"})
    assert went.headers["location"] == "/a/own/partners"
    everything = {f"says-{one}": "never" for one in key.values()}
    for sent in (everything, {}):
        went = visitor.fill_in("/a/own/ties/1", {"tie": list(key.values()), **sent, "next": "yes"})
        assert went.headers["location"] == "/a/own/partners", "who says it of all, or of none, is not asked"
    # What is wrong with a new partner stands in nobody's way either.
    told = visitor.fill_in("/a/own/partners", {"name": "Beta", "intensity": "awareness", "next": "yes"})
    assert (told.status_code, 'value="anyway">Continue without this partner<' in told.text) == (200, True)
    for name in ("", "Echo"):
        went = visitor.fill_in("/a/own/partners", {"name": name, "intensity": "awareness", "next": "anyway"})
        assert (went.headers["location"], said(home, link).partners) == ("/a/own/events", ()), "as the button says"


@pytest.mark.parametrize("nobody", ["Niemand", "nee", "No one", "Weet ik niet.", "geen", "-", " "])
def test_nobody_is_no_new_partner(home: Path, nobody: str) -> None:
    visitor, link = come_in(home)
    chosen = {"intensity": "awareness"} if nobody.strip() else {}
    for button in ("next", "enter"):
        sent = {"name": nobody, **chosen, button: "yes"}
        assert visitor.fill_in("/a/own/partners", sent).headers["location"] == "/a/own/events"
    told = visitor.fill_in("/a/own/partners", {"name": nobody, **chosen, "add": "yes"})
    assert (told.status_code, wrong_fields(told.text)) == (200, ["name"]), "a button that would add nobody says so"
    answer = answering.answer_of(home, link)
    assert not answer or not answer.partners


def test_a_name_that_is_typed_stays_when_another_partner_is_removed(home: Path) -> None:
    visitor, link = come_in(home)
    visitor.fill_in("/a/own/partners", {"name": "Echo", "intensity": "awareness"})
    typed = {"name": "jan@example.org", "since": "2020-01", "intensity": "integration"}
    answer = visitor.fill_in("/a/own/partners", {**typed, "remove": "Echo"})
    assert (said(home, link).partners, answer.status_code) == ((), 200)
    assert 'value="jan@example.org"' in answer.text
    assert re.findall(r'<option value="([\w-]+)" selected', answer.text) == ["2020-01", "integration"]
    assert wrong_fields(answer.text) == [], "nobody asked yet whether it is right"
    assert visitor.fill_in("/a/own/partners", {"name": "", "remove": "Echo"}).headers["location"] == "/a/own/partners"


def test_every_form_is_answered_by_a_redirect_so_that_a_browser_can_go_back(home: Path) -> None:
    visitor, link = come_in(home)
    others, _link = come_in(home, "b")
    key = keys(home, link)["b"]
    for path, sent, typed in (
        ("/a/own/partners", {"name": "jan@example.org"}, 'value="jan@example.org"'),
        ("/a/own/profile", {"fte": "twelve"}, 'value="twelve"'),
        ("/a/own/ties/1", {"tie": key, f"intensity-{key}": "integration"}, 'value="integration" selected'),
    ):
        form = {"seal": seal_of(visitor.get(path).text), **sent}
        answer = visitor.send("POST", path, form)
        assert (answer.status_code, answer.headers["location"]) == (303, path)
        assert f"Path={path};" in answer.headers["set-cookie"], "it is sent to this step only"
        assert "httponly" in answer.headers["set-cookie"].lower()
        waiting = visitor.cookies[forms.TYPED_COOKIE]
        shown = visitor.get(path)
        assert (len(wrong_fields(shown.text)), typed in shown.text) == (1, True)
        assert forms.TYPED_COOKIE not in visitor.cookies, "it is read once"
        again = visitor.get(path).text
        assert (wrong_fields(again), typed in again, 'id="notice"' in again) == ([], False, False)
        others.cookies[forms.TYPED_COOKIE] = waiting
        assert wrong_fields(others.get(path).text) == [], "what somebody else typed is theirs"
        visitor.cookies[forms.TYPED_COOKIE] = waiting[:-1] + "x"
        assert wrong_fields(visitor.get(path).text) == []
    assert answering.answer_of(home, link) is None or not said(home, link).partners


def test_a_notice_is_told_as_long_as_it_holds(home: Path) -> None:
    visitor, link = come_in(home)
    key = keys(home, link)
    sent = {"tie": list(key.values()), **{f"says-{one}": "active" for one in key.values()}, f"says-{key['b']}": "ended"}
    told = visitor.fill_in("/a/own/ties/1", {**sent, "next": "yes"}).headers["location"]
    assert wrong_fields(visitor.get(told).text) == [f"ended-{key['b']}"]
    visitor.fill_in("/a/own/ties/1", {**sent, f"ended-{key['b']}": "unknown", "next": "yes"})
    assert 'id="notice"' not in visitor.get(told).text, "as after going back to it"


def test_a_year_stays_a_year_and_two_names_are_no_partner(home: Path) -> None:
    visitor, link = come_in(home)
    year = str(answering.today().year - 12)
    visitor.fill_in("/a/own/partners", {"name": "Echo", "since": year, "intensity": "awareness"})
    assert said(home, link).partners[0].since == year
    assert f"since {year}," in " ".join(visitor.get("/a/own/partners").text.split())
    (proposal,) = [p for p in proposals.proposals(home, SETTINGS) if p.kind == "partner"]
    assert [row["start_date"] for row in proposal.rows["partnerships"]] == [datetime.date(int(year), 1, 1)]
    for years in ("2999", "0001", "20"):
        visitor.fill_in("/a/own/partners", {"name": "Echo", "since": years, "intensity": "awareness"})
        assert said(home, link).partners[0].since == ""
    told = visitor.fill_in("/a/own/partners", {"name": "Foxtrot; Golf", "intensity": "awareness", "next": "yes"})
    assert (wrong_fields(told.text), "One organisation at a time, please." in told.text) == (["name"], True)
    told = visitor.fill_in("/a/own/partners", {"name": "beta", "intensity": "awareness", "next": "yes"})
    assert '<a href="/a/own/ties/1">Answer about this partner on page 1' in told.text


def test_another_language_tells_of_a_mistake_only_when_it_was_told_before(home: Path) -> None:
    visitor, _link = come_in(home)
    key = keys(home, _link)["b"]
    half = {"tie": key, f"contact-{key}": answering.months(answering.today(), 1)[0]}
    for path, sent in {
        "/a/own/partners": {"name": "jan@example.org", "intensity": "awareness"},
        "/a/own/profile": {"fte": "twelve"},
        "/a/own/ties/1": half,
    }.items():
        shown = visitor.fill_in(path, {**sent, "language": "nl"})
        assert (shown.status_code, wrong_fields(shown.text), 'name="told"' in shown.text) == (200, [], False), path
        assert 'lang="nl"' in shown.text
        if "tie" not in sent:
            assert f'value="{next(iter(sent.values()))}"' in shown.text, "what was typed is there still"
        told = visitor.fill_in(path, {**sent, "next": "yes"})
        assert (told.status_code, 'name="told"' in told.text) == (200, True)
        shown = visitor.fill_in(path, {**sent, "told": "yes", "language": "en"})
        assert (shown.status_code, len(wrong_fields(shown.text))) == (200, 1), path


def test_only_what_can_be_is_offered(home: Path) -> None:
    last = answering.months(answering.today(), 3)[-1]
    changed = PARTNERSHIPS.replace("2022-06-01", f"{last}-01").encode()
    assert loading.load(home, SETTINGS, {"partnerships.csv": changed}, update=True).manifest
    visitor, link = come_in(home)
    key = keys(home, link)
    page = visitor.get("/a/own/ties/1").text
    (months,) = re.findall(rf'<select id="contact-{key["b"]}".*?</select>', page, re.DOTALL)
    offered = [month for month in re.findall(r'<option value="([^"]*)"', months) if month]
    assert offered == answering.months(answering.today(), 3), "not before the last contact that is known"
    assert "Last contact, if it was later" in page
    names = re.findall(r'<option value="([^"]*)"></option>', visitor.get("/a/own/partners").text)
    assert names == ["Echo"], "no partner it has already"
    years = re.findall(r'<option value="(\d{4})">\1</option>', visitor.get("/a/own/partners").text)
    assert (len(years), years[-1] < "1990") == (40, True), "also of long ago"
    # What was hidden since it was chosen is not said.
    month = answering.months(answering.today(), 1)[0]
    sent = {"tie": key["b"], f"says-{key['b']}": "ended", f"ended-{key['b']}": month, f"contact-{key['b']}": month}
    visitor.fill_in("/a/own/ties/1", sent)
    assert said(home, link).ties["b"] == answering.TieSaid(says="ended", ended=month)


def test_the_address_of_a_form_without_its_link_says_to_open_the_link(home: Path) -> None:
    for path in ("/a/own", "/a/own/ties/1"):
        answer = Visitor(home).get(path)
        assert (answer.status_code, "Open the link from the mail" in answer.text) == (403, True)
        assert "Asked by" not in answer.text


def test_pages_hold_about_as_many_partners_each() -> None:
    assert [len(answering.on_page(range(7), page, 6)) for page in (1, 2, 3)] == [4, 3, 0]  # type: ignore[arg-type]
    assert [len(answering.on_page(range(count), 1, 6)) for count in (0, 1, 6, 12, 13)] == [0, 1, 6, 6, 5]  # type: ignore[arg-type]


def test_going_back_saves_and_never_traps(home: Path) -> None:
    visitor, link = come_in(home)
    key = keys(home, link)
    went = visitor.fill_in("/a/own/ties/1", {"tie": key["b"], f"says-{key['b']}": "never", "back": "yes"})
    assert went.headers["location"] == "/a/own"
    assert {other: tie.says for other, tie in said(home, link).ties.items()} == {"b": "never"}
    assert visitor.fill_in("/a/own/events", {"back": "yes"}).headers["location"] == "/a/own/partners"
    sent = {"name": "Echo", "intensity": "awareness", "back": "yes"}
    assert visitor.fill_in("/a/own/partners", sent).headers["location"] == "/a/own/ties/1"
    assert [partner.name for partner in said(home, link).partners] == ["Echo"]
    # What is not right yet is told first, and is gone back from without it: in the page itself, and by a redirect.
    for path, sent, before in (
        ("profile", {"fte": "veel"}, "events"),
        ("partners", {"name": "Foxtrot"}, "ties/1"),
        ("ties/1", {"tie": key["c"], f"contact-{key['c']}": "2026-01"}, ""),
        ("ties/1", {"tie": key["c"], f"says-{key['c']}": "ended"}, ""),
    ):
        told = visitor.fill_in(f"/a/own/{path}", {**sent, "back": "yes"})
        page = told.text if told.status_code == 200 else visitor.get(told.headers["location"]).text
        words = {"partners": "without this partner", "profile": "without it"}.get(path, "and leave this open")
        assert f'name="back" value="anyway">Back {words}<' in page, path
        went = visitor.fill_in(f"/a/own/{path}", {**sent, "back": "anyway"})
        assert went.headers["location"] == f"/a/own/{before}".rstrip("/")
    assert said(home, link).finished_at is None, "who goes back is not ready"
    changed = visitor.fill_in("/a/own/ties/1", {"tie": "0" * 16, "back": "anyway"})
    assert changed.headers["location"] == "/a/own/ties/1?notice=changed", "this is about what they could not know"


def test_a_page_as_it_was_before_takes_no_answer_back(home: Path) -> None:
    """A browser that goes back may show the page without what was chosen since."""
    visitor, link = come_in(home)
    key = keys(home, link)
    visitor.fill_in("/a/own/ties/1", {"tie": key["b"], f"says-{key['b']}": "ended", f"ended-{key['b']}": "unknown"})
    visitor.fill_in("/a/own/ties/1", {"tie": list(key.values()), "all": "yes"})
    before = said(home, link).ties
    assert {other: tie.says for other, tie in before.items()} == {"b": "ended", "c": "active", "d": "active"}
    went = visitor.fill_in("/a/own/ties/1", {"tie": list(key.values()), "next": "yes"})
    assert went.headers["location"] == "/a/own/partners", "nothing is open"
    assert said(home, link).ties == before
    assert 'id="step" method="post" action="/a/own/ties/1" autocomplete="off"' in visitor.get("/a/own/ties/1").text


def test_who_answers_nothing_at_all_is_asked_once(home: Path) -> None:
    visitor, link = come_in(home)
    sent = {"tie": list(keys(home, link).values()), "next": "yes"}
    told = visitor.fill_in("/a/own/ties/1", sent)
    assert told.headers["location"] == "/a/own/ties/1?notice=open"
    page = visitor.get(told.headers["location"]).text
    assert "Continue and leave this open" in page
    went = visitor.fill_in("/a/own/ties/1", sent | {"next": "anyway"})
    assert went.headers["location"] == "/a/own/partners"


def test_a_link_that_is_opened_again_leaves_the_open_page_as_it_is(home: Path) -> None:
    link, token = ask_one(home, "a")
    visitor, key = Visitor(home), keys(home, link)
    visitor.get(f"/a/{token}")
    seal = seal_of(visitor.get("/a/own/ties/1").text)
    visitor.get(f"/a/{token}")
    sent = {"seal": seal, "tie": list(key.values()), **{f"says-{one}": "active" for one in key.values()}}
    assert visitor.send("POST", "/a/own/ties/1", sent).status_code == 303
    assert len(said(home, link).ties) == 3


def test_the_end_says_what_is_open_and_leads_there(home: Path) -> None:
    visitor, link = come_in(home)
    key = keys(home, link)
    assert "step by step" not in visitor.get("/a/own").text, "before anything was answered it says nothing"
    visitor.fill_in("/a/own/ties/1", {"tie": [key["b"], key["c"]], f"says-{key['b']}": "never"})
    visitor.fill_in("/a/own/partners", {"name": "Echo", "intensity": "awareness", "next": "yes"})

    def steps(path: str) -> list[tuple[str, str]]:
        listed = visitor.get(path).text.partition("Your answers, step by step")[2]
        found = re.findall(r'<li><a href="/a/own/([^"]*)">[^<]*</a>:(.*?)</li>', listed, re.DOTALL)
        return [(where, " ".join(re.sub("<[^>]*>", "", words).split())) for where, words in found]

    expected = [
        ("ties/1", "1 of 3 answered (still open)"),
        ("partners", "1 added"),
        ("events", "nothing yet"),
        ("profile", "not saved yet (still open)"),
    ]
    assert steps("/a/own") == steps("/a/own/done") == expected
    assert "Below you see what is still open." in visitor.get("/a/own/done").text
    assert '<a class="button" href="/a/own/ties/1">Continue</a>' in visitor.get("/a/own").text
    visitor.fill_in("/a/own/ties/1", {"tie": list(key.values()), "all": "yes"})
    answering.finish(home, link)
    day = texts.date(answering.today(), "en")
    assert f"You answered on {day}, thank you. Below you see what is still open." in visitor.get("/a/own").text
    page = visitor.get("/a/own").text
    assert '<a class="button" href="/a/own/events">Continue</a>' in page, "nothing is skipped that was never shown"
    visitor.fill_in("/a/own/profile", {"sector": "ngo"})
    assert steps("/a/own/done")[2] == ("events", "none ticked")
    assert "still open" not in visitor.get("/a/own/done").text
    assert f"You answered on {day}, thank you. There is nothing more you need to do." in visitor.get("/a/own").text
    # An end without its month is still open, one of which the month is not known is not.
    for ended, words in (("", "3 of 3 answered (still open)"), (answering.MONTH_UNKNOWN, "3 of 3 answered")):
        sent = {"tie": key["b"], f"says-{key['b']}": "ended", f"ended-{key['b']}": ended}
        visitor.fill_in("/a/own/ties/1", {**sent, "next": "anyway"})
        assert steps("/a/own/done")[0] == ("ties/1", words)


@pytest.mark.parametrize("half", ["contact", "intensity"])
def test_who_chooses_when_or_how_close_and_not_whether_is_asked_that(home: Path, half: str) -> None:
    visitor, link = come_in(home)
    key = keys(home, link)
    chosen = {"contact": answering.months(answering.today(), 1)[0], "intensity": "integration"}[half]
    sent = {"tie": [key["b"], key["c"]], f"says-{key['c']}": "never", f"{half}-{key['b']}": chosen}
    sent |= {f"says-{key['d']}": "ended"}
    sent["tie"] = list(key.values())
    page = visitor.fill_in("/a/own/ties/1", sent)
    assert page.status_code == 200
    assert "but not whether you still do" in page.text
    assert "When did it end?" in page.text
    assert wrong_fields(page.text) == [f"says-{key['b']}", f"ended-{key['d']}"], "each at its own partner"
    assert page.text.count('<details class="of-an-active-tie" open>') == (half == "intensity"), "and in sight"
    (field,) = re.findall(rf'<select id="{half}-{key["b"]}".*?</select>', page.text, re.DOTALL)
    assert re.findall(r'value="([\w-]*)" selected', field) == [chosen], "what was chosen is there again"
    assert said(home, link).ties == {"c": answering.TieSaid(says="never"), "d": answering.TieSaid(says="ended")}
    sent[f"ended-{key['d']}"] = "unknown"
    assert visitor.fill_in("/a/own/ties/1", sent | {"all": "yes"}).headers["location"] == "/a/own/partners"
    assert said(home, link).ties["b"].says == "active"


def test_an_answer_alone_changes_nothing_of_the_data(home: Path) -> None:
    before = store.current_snapshot_id(home)
    test_an_answer_is_saved_step_by_step_and_can_be_changed(home)
    assert store.current_snapshot_id(home) == before
    assert len(store.history(home)) == 1


PARTNERS = {
    "Echo": ("", [("Echo", "e")]),
    " ECHO ": ("", [("Echo", "e")]),
    "Somebody New": ("", [("Somebody New", "")]),
    "=HYPERLINK(1)": ("", [("=HYPERLINK(1)", "")]),
    "Anna": ("itself", []),
    "annie": ("itself", []),
    "Beta": ("known", []),
    "x" * 121: ("name_long", []),
    "a\x00b": ("name_long", []),
    "jan@example.org": ("personal_data", []),
    "Jan 06-12345678": ("personal_data", []),
    "": ("nobody", []),
}


@pytest.mark.parametrize("name", PARTNERS)
def test_a_partner_is_one_in_the_list_or_a_new_name_and_never_a_person_one_can_call(home: Path, name: str) -> None:
    notice, partners = PARTNERS[name]
    visitor, link = come_in(home)
    sent = {"name": name, "since": "2031-01", "intensity": "integration"}
    for _twice in range(2):
        answer = visitor.fill_in("/a/own/partners", sent)
        if not notice:
            assert answer.headers["location"] == "/a/own/partners"
    said_so = answering.answer_of(home, link)
    assert [(partner.name, partner.organisation_id) for partner in (said_so.partners if said_so else ())] == partners
    if notice:
        assert answer.status_code == 200
        assert forms.NOTICES[notice].split(".")[0] in html.unescape(answer.text)
        field = re.search(
            r'<input id="name"[^>]*value="([^"]*)" aria-invalid="true" aria-describedby="wrong-name hint" autofocus',
            answer.text,
        )
        assert field
        assert html.unescape(field[1]) == name[:120], "what was typed is there again"
        assert '<option value="integration" selected>' in answer.text, "and what was chosen"
        assert answering.answer_of(home, link) is None, "it is kept nowhere"
    for partner in said_so.partners if said_so else ():
        assert (partner.since, partner.intensity) == ("", "integration")
        visitor.fill_in("/a/own/partners", {"remove": partner.name})
        assert said(home, link).partners == ()


@pytest.mark.parametrize("chosen", ["", "nonsense"])
def test_how_close_a_new_partner_is_is_nobodys_choice_but_theirs(home: Path, chosen: str) -> None:
    visitor, link = come_in(home)
    opened = visitor.get("/a/own/partners").text
    assert re.findall(r'<option value="(\w*)"[^>]*selected', opened) == [], "nothing is chosen beforehand"
    assert '<option value="">Choose how closely</option>' in opened
    answer = visitor.fill_in(
        "/a/own/partners", {"name": "Echo", "since": "2026-01", "intensity": chosen, "next": "yes"}
    )
    assert answer.status_code == 200
    assert answering.answer_of(home, link) is None
    assert "How closely do you work together? Choose it below to add this partner." in answer.text
    assert wrong_fields(answer.text) == ["intensity"]
    assert 'value="Echo"' in answer.text
    assert re.findall(r'<option value="([\w-]+)" selected', answer.text) == ["2026-01"]
    again = {"seal": seal_of(answer.text), "name": "Echo", "intensity": "awareness", "next": "yes"}
    assert visitor.send("POST", "/a/own/partners", again).headers["location"] == "/a/own/events"
    assert [(one.name, one.intensity) for one in said(home, link).partners] == [("Echo", "awareness")]


def test_a_name_that_looks_like_one_on_the_form_is_asked_about_and_taken_as_it_is_said(home: Path) -> None:
    names = ORGANISATIONS + "f,De Buurtkamer,ngo,,,,,Roos\n"
    assert loading.load(home, SETTINGS, {"organisations.csv": names.encode()}, update=True).manifest
    visitor, link = come_in(home)
    sent = {"name": "Buurtkamer", "intensity": "awareness", "next": "yes"}
    asked = visitor.fill_in("/a/own/partners", sent)
    assert asked.status_code == 200
    assert answering.answer_of(home, link) is None
    assert wrong_fields(asked.text) == ["meant"]
    offered = re.findall(r'name="meant" value="([^"]*)"', asked.text)
    assert offered == ["De Buurtkamer", answering.NOT_LISTED]
    assert "No, it is another one: Buurtkamer" in asked.text
    # Nobody is trapped: either answer is taken, and another name that is not on the form is none.
    assert visitor.fill_in("/a/own/partners", sent | {"meant": "De Buurtkamer"}).status_code == 303
    assert [(one.name, one.organisation_id) for one in said(home, link).partners] == [("De Buurtkamer", "f")]
    visitor.fill_in("/a/own/partners", {"remove": "De Buurtkamer"})
    assert visitor.fill_in("/a/own/partners", sent | {"meant": answering.NOT_LISTED}).status_code == 303
    assert [(one.name, one.organisation_id) for one in said(home, link).partners] == [("Buurtkamer", "")]
    # The other name of an organisation is on no form: what looks like it proposes nothing.
    assert visitor.fill_in("/a/own/partners", sent | {"name": "De Roos"}).status_code == 303
    # The own name is known as well, and one that is a partner already is said to be.
    assert visitor.fill_in("/a/own/partners", sent | {"name": "Bèta Stichting", "meant": "Beta"}).status_code == 200
    assert visitor.fill_in("/a/own/partners", sent | {"name": "Anna bv", "meant": "Anna"}).status_code == 200


def test_another_language_keeps_what_was_typed_and_is_no_answer(home: Path) -> None:
    visitor, link = come_in(home)
    for step in ("profile", "ties/1", "partners", "events"):
        page = visitor.get(f"/a/own/{step}").text
        assert page.count('name="language" value="nl"') == 2, "at the top and at the foot"
        profile = {"sector": "ngo", "fte": "12", "themes": "peace", "needs": "training", "offers": "office"}
        sent = {"language": "nl", **(profile if step == "profile" else {})}
        assert visitor.fill_in(f"/a/own/{step}", sent).headers["location"] == f"/a/own/{step}?lang=nl"
        assert '<html lang="nl">' in visitor.get(f"/a/own/{step}?lang=nl").text
    assert answering.answer_of(home, link) is None, "who looks in another language says nothing yet"
    answer = visitor.fill_in("/a/own/profile?lang=nl", {"sector": "business", "fte": "14,5", "language": "en"})
    assert answer.headers["location"] == "/a/own/profile?lang=en"
    assert said(home, link).profile == answering.ProfileSaid(sector="business", fte=14.5)
    key = keys(home, link)
    sent = {"tie": [key["b"]], f"says-{key['b']}": "ended", "language": "nl"}
    assert visitor.fill_in("/a/own/ties/1", sent).headers["location"] == "/a/own/ties/1?lang=nl", "nobody is told yet"
    assert said(home, link).ties == {"b": answering.TieSaid(says="ended")}
    # What cannot be saved stands there again, in the other language.
    for path, sent, kept in (
        ("profile", {"fte": "veel"}, 'value="veel"'),
        ("partners", {"name": "Echo"}, 'value="Echo"'),
        ("ties/1", {"tie": key["c"], f"intensity-{key['c']}": "integration"}, 'value="integration" selected'),
    ):
        for told, count in (({}, 0), ({"told": "yes"}, 1)):
            again = visitor.fill_in(f"/a/own/{path}?lang=en", {**sent, **told, "language": "nl"})
            assert (len(wrong_fields(again.text)), kept in again.text) == (count, True)
            assert '<html lang="nl">' in again.text
            assert f'action="/a/own/{path}?lang=nl"' in again.text, "and it goes on in that language"
    other = visitor.fill_in("/a/own/profile", {"sector": "ngo", "language": "xx"})
    assert other.headers["location"] == "/a/own/done", "one that the hub does not have is none"
    assert 'name="language"' not in visitor.get("/a/own").text, "the start is no form"


def test_steps_are_counted_alike_whatever_is_answered(home: Path) -> None:
    ((link, token),) = asking.create(home, {"a": "Anna"}, ratings=True)
    visitor = Visitor(home)
    visitor.get(f"/a/{token}")
    counted = []
    for says in ("active", "ended"):
        key = keys(home, link)
        answers = {f"says-{one}": says for one in key.values()} | {f"ended-{one}": "unknown" for one in key.values()}
        visitor.fill_in("/a/own/ties/1", {"tie": list(key.values()), **answers})
        paths = ("ties/1", "partners", "events", "profile", "ratings/1")
        counted.append([re.findall(r"Step (\d of \d)", visitor.get(f"/a/own/{path}").text) for path in paths])
    assert counted == [[["1 of 4"], ["2 of 4"], ["3 of 4"], ["4 of 4"], []]] * 2


def test_who_has_no_partners_in_the_list_is_not_told_that_none_of_none_were_answered(home: Path) -> None:
    alone = b"organisation_id,name,sector\nalone,Alone,ngo\n"
    assert loading.load(home, SETTINGS, {"organisations.csv": alone}, update=True).manifest
    visitor, _link = come_in(home, "alone")
    assert '<a class="button" href="/a/own/partners">' in visitor.get("/a/own").text, "there are no ties to begin with"
    assert "We do not know any partners of yours yet." in visitor.get("/a/own").text
    assert "<h1>Whom do you work with?</h1>" in visitor.get("/a/own/partners").text
    visitor.fill_in("/a/own/profile", {"sector": "ngo"})
    assert "Everything is saved." in visitor.get("/a/own/done").text
    assert not any("0 of 0" in visitor.get(f"/a/own{path}").text for path in ("", "/done"))


def test_all_at_once_is_offered_where_there_are_more_than_one_and_says_of_how_many(home: Path) -> None:
    visitor, link = come_in(home)
    page = visitor.get("/a/own/ties/1").text
    above, *between, below = page.split("We still work with all 3, unless I chose otherwise")
    assert ("<legend>" in above, len(between), "<legend>" in below) == (False, 1, False), "above the list and below it"
    key = keys(home, link)
    visitor.fill_in("/a/own/ties/1", {"tie": list(key.values()), "all": "yes"})
    assert 'name="all"' not in visitor.get("/a/own/ties/1").text, "nothing is open"
    one, _link = come_in(home, "e")
    assert 'name="all"' not in one.get("/a/own/ties/1").text, "there is one partner"


MARKUP = '"><b>& \u202e</b>'


def test_what_was_typed_is_shown_again_as_text_and_only_to_whom_typed_it(home: Path) -> None:
    visitor, link = come_in(home)
    visitor.fill_in("/a/own/profile", {"sector": "ngo", "fte": "14,5"})
    for typed in (MARKUP, "x" * 10_000, "twaalf en een half"):
        page = visitor.fill_in("/a/own/profile", {"sector": "business", "fte": typed})
        assert page.status_code == 200
        (field,) = re.findall(r'<input id="fte"[^>]*value="([^"]*)"[^>]*aria-invalid="true"', page.text)
        assert html.unescape(field) == typed[:40]
        assert "<b>" not in page.text
        assert "<title>Not right yet: Your organisation</title>" in page.text
    assert 'value="14.5"' in visitor.get("/a/own/profile").text, "the earlier answer stays"
    assert said(home, link).profile == answering.ProfileSaid(sector="business", fte=14.5)
    assert "twaalf" not in (home / "answers.json").read_text()
    assert not any("twaalf" in path.read_text() for path in (home / "audit").glob("*"))
    assert visitor.fill_in("/a/own/partners", {"name": MARKUP + "x" * 120, "intensity": MARKUP}).status_code == 200
    page = visitor.fill_in("/a/own/partners", {"name": "jan@example.org", "since": MARKUP, "intensity": MARKUP}).text
    assert "<b>" not in page
    assert " selected" not in page
    # A form of another site says what it wants, and nothing of it is shown.
    other = visitor.send("POST", "/a/own/profile", {"seal": "0" * 64, "fte": "typed by another"})
    assert other.headers["location"] == "/a/own/profile?notice=again"
    assert "typed by another" not in visitor.get(other.headers["location"]).text


def test_a_mistake_after_the_link_was_ended_shows_nothing(home: Path) -> None:
    visitor, link = come_in(home)
    seal = seal_of(visitor.get("/a/own/profile").text)
    asking.revoke(home, link.id)
    late = visitor.send("POST", "/a/own/profile", {"seal": seal, "fte": "veel"})
    assert late.status_code == 403
    assert "veel" not in late.text


NUMBERS = {
    "12": 12.0,
    "12,5": 12.5,
    " 12.55 ": 12.55,
    "1000000": 1_000_000.0,
    "1000001": 12.0,
    "1.200": 12.0,
    "1,200": 12.0,
    "1.200,5": 12.0,
    "1 200": 12.0,
    "12.": 12.0,
    "１２": 12.0,
    "": None,
    "-1": 12.0,
    "1e9": 12.0,
    "nan": 12.0,
    "inf": 12.0,
    "veel": 12.0,
    "1.2.3": 12.0,
}


@pytest.mark.parametrize("typed", NUMBERS)
def test_jobs_are_a_number_or_stay_as_they_were(home: Path, typed: str) -> None:
    visitor, link = come_in(home)
    visitor.fill_in("/a/own/profile", {"sector": "no such sector", "fte": typed})
    profile = said(home, link).profile
    assert profile
    assert (profile.fte, profile.sector) == (NUMBERS[typed], "ngo")


def test_jobs_that_are_no_number_leave_what_was_answered_before(home: Path) -> None:
    visitor, link = come_in(home)
    visitor.fill_in("/a/own/profile", {"sector": "business", "fte": "14,5"})
    refused = visitor.fill_in("/a/own/profile", {"sector": "no such sector", "fte": "veel"})
    profile = said(home, link).profile
    assert profile
    assert (profile.fte, profile.sector) == (14.5, "business")
    assert refused.status_code == 200
    assert (
        "enter a number only, a million at most, without words and without a thousands separator: 12, 12.5 or 1200"
        in refused.text
    )


@pytest.mark.parametrize(("known", "shown"), [("12.3456", "12.35"), ("1234567", "1234567"), ("0.0041", "0")])
def test_jobs_that_nobody_changed_stay_exactly_as_they_were(home: Path, known: str, shown: str) -> None:
    """A form shows two decimals, and sends back what it showed."""
    lists = ORGANISATIONS.replace(",12,", f",{known},").encode()
    assert loading.load(home, SETTINGS, {"organisations.csv": lists}).manifest
    visitor, link = come_in(home)
    found = re.search(r'<input id="fte"[^>]*value="([^"]*)"', visitor.get("/a/own/profile").text)
    assert found
    assert found[1] == shown
    assert visitor.fill_in("/a/own/profile", {"sector": "ngo", "fte": shown}).status_code == 303
    profile = said(home, link).profile
    assert profile
    assert profile.fte == float(known)


def test_ties_that_changed_meanwhile_are_said(home: Path) -> None:
    visitor, link = come_in(home)
    key, page = keys(home, link), visitor.get("/a/own/ties/1").text
    changed = PARTNERSHIPS.replace("acd,Agreement of three,a|c|d", "acd,Agreement of three,c|d").encode()
    loading.load(home, SETTINGS, {"partnerships.csv": changed})
    sent = {"seal": seal_of(page), "tie": list(key.values()), f"says-{key['b']}": "active", f"says-{key['c']}": "ended"}
    answer = visitor.send("POST", "/a/own/ties/1", sent)
    assert answer.headers["location"] == "/a/own/ties/1?notice=changed"
    assert "changed while you were answering" in visitor.get(answer.headers["location"]).text
    assert list(said(home, link).ties) == ["b"]


def test_when_two_are_one_their_links_answers_and_ratings_are_of_the_one_that_stays_until_undo(home: Path) -> None:
    (anna, _), (dora, token) = asking.create(home, {"a": "Anna", "d": "Dora"}, ratings=True)
    key = keys(home, anna)
    answering.save_ties(
        home, SETTINGS, anna, {"tie": list(key.values())} | {f"says-{k}": ["active"] for k in key.values()}
    )
    answering.save_ratings(home, SETTINGS, anna, {"tie": [key["c"]], f"mission-{key['c']}": ["4"]})
    answering.save_ratings(home, SETTINGS, anna, {"tie": [key["d"]], f"mission-{key['d']}": ["2"]})
    own = keys(home, dora)["a"]
    answering.save_ratings(home, SETTINGS, dora, {"tie": [own], f"mission-{own}": ["3"]})
    answering.save_ties(home, SETTINGS, dora, {"tie": [own], f"says-{own}": ["ended"]})
    waiting = {(p.organisation_id, p.key): p for p in proposals.proposals(home, SETTINGS)}
    proposals.accept(home, SETTINGS, [waiting["a", "tie d"]])
    written, shown = (home / "answers.json").read_bytes(), store.current_snapshot_id(home)
    before = (asking.links(home), answering.answers(home), answering.ratings(home))

    merge = naming.Merge(kind="organisation", kept="c", gone="d")
    outcome = naming.merge(home, SETTINGS, [merge], "command")
    assert outcome.manifest
    assert [link.organisation_id for link in asking.links(home)] == ["a", "c"]
    assert asking.create(home, {"c": "Cora"}) == [], "it has the open link of the one that went"
    visitor = Visitor(home)
    visitor.get(f"/a/{token}")
    assert "Cora" in visitor.get("/a/own").text
    assert said(home, anna).ties == {other: answering.TieSaid(says="active") for other in ("b", "c")}
    assert {(one.by, one.about, one.scores[1]) for one in answering.ratings(home)} == {("a", "c", 4), ("c", "a", 3)}
    waiting = {(p.organisation_id, p.key): p for p in proposals.proposals(home, SETTINGS)}
    assert {("a", "tie c"), ("c", "tie a")} <= set(waiting)
    assert not any("tie d" in key for _own, key in waiting)
    assert waiting["a", "tie c"].contradicts, "the two sides are beside each other"
    assert {c[:3] for c in proposals.confirmations(home, outcome.manifest.id)} == {("a", "c", "a")}
    assert {c[:3] for c in proposals.confirmations(home, shown or "")} == {("a", "d", "a")}, "as that snapshot has it"
    assert (home / "answers.json").read_bytes() == written

    # What is said while they are one goes on being of the one that stayed; all else is as it was.
    key = keys(home, anna)
    answering.save_ties(home, SETTINGS, anna, {"tie": [key["c"]], f"says-{key['c']}": ["never"]})
    answering.save_ratings(home, SETTINGS, anna, {"tie": [key["b"]], f"mission-{key['b']}": ["1"]})
    loading.rollback_to(home, shown or "", outcome.manifest.id)
    assert [link.organisation_id for link in asking.links(home)] == [link.organisation_id for link in before[0]]
    again = said(home, anna)
    assert {other: tie.says for other, tie in again.ties.items()} == {"b": "active", "c": "never", "d": "active"}
    assert {other: one.scores["mission"] for other, one in again.ratings.items()} == {"b": 1, "c": 4, "d": 2}
    assert again.decided == before[1][0].decided
    assert said(home, dora) == before[1][1]


def test_an_organisation_that_is_no_longer_in_the_data_reads_so(home: Path) -> None:
    visitor, _link = come_in(home, "e")
    without = {
        "organisations.csv": ORGANISATIONS.replace("e,Echo,business,,,,,\n", "").encode(),
        "partnerships.csv": PARTNERSHIPS.replace("be,Not of Anna,b|e,2019-01-01,integration,\n", "").encode(),
    }
    assert loading.load(home, SETTINGS, without, may_remove=True).manifest
    assert "There is nothing to answer now" in visitor.get("/a/own/profile").text


def test_answers_that_are_damaged_are_said_and_go_on_beside_what_can_be_read(home: Path) -> None:
    visitor, link = come_in(home)
    seal = seal_of(visitor.get("/a/own/profile").text)
    (home / "answers.json").write_text('[{"link": 1}]', encoding="utf-8")
    assert visitor.get("/a/own/profile").status_code == 503
    visitor.send("POST", "/a/own/profile", {"seal": seal, "sector": "business"})
    assert said(home, link).profile
    assert list(home.glob("answers.json.damaged-*"))


def test_every_notice_is_a_sentence_and_no_other_is_shown(home: Path) -> None:
    visitor, _link = come_in(home)
    for code in forms.NOTICES:
        page = visitor.get(f"/a/own/profile?notice={code}").text
        # One about a field is told with what was typed, one about ties as long as it holds: no address has them told.
        is_told = code not in {*forms.FIELDS, *forms.OF_TIES}
        assert ('role="alert"' in page) == is_told
        assert page.count(" autofocus") == is_told
        assert wrong_fields(page) == []
    assert 'role="alert"' not in visitor.get("/a/own/profile?notice=<b>").text


# --- the commands -----------------------------------------------------------------------------------------------------


def test_links_are_made_listed_and_ended_with_commands(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*arguments: str) -> tuple[int, Any]:
        status = main(["ask", *arguments, "--home", str(home), "--json"])
        written = capsys.readouterr().out
        return status, json.loads(written) if written else None

    status, made = run("create", "--organisations", "a,Beta", "--days", "7")
    assert (status, [link["organisation_id"] for link in made["links"]], made["skipped"]) == (0, ["a", "b"], [])
    token = made["links"][0]["url"].rpartition("/a/")[2]
    assert asking.by_token(home, token)
    status, again = run("create", "--organisations", "all")
    assert (again["skipped"], len(again["links"])) == (["a", "b"], 3)
    assert run("create", "--organisations", "nobody") == (2, None)
    status, all_of_them = run("list")
    assert len(all_of_them["links"]) == 5
    assert "token_sha256" not in json.dumps(all_of_them)
    assert run("revoke", made["links"][0]["id"])[0] == 0
    assert asking.by_token(home, token) is None
    assert main(["ask", "create", "--organisations", "a", "--home", str(home)]) == 0
    written = capsys.readouterr()
    rows = written.out.splitlines()
    assert rows[0] == "organisation,link"
    assert rows[1].startswith("Anna,http://localhost:8501/a/")
    assert "nog geen contact" in written.err
    asking.revoke(home, asking.links(home)[-1].id)
    (home / "hub.toml").write_text(CONTACT)
    assert main(["ask", "create", "--organisations", "a", "--home", str(home)]) == 0
    written = capsys.readouterr()
    assert (written.out.count("/a/"), written.err) == (1, "")
