"""The pages that the server itself shows, as they are written: nothing from outside is markup, nothing is missing.

What they look like, and that everybody can use them, is in test_doors.py.
"""

import asyncio
import re
from pathlib import Path

import httpx
import jinja2
import pytest

from hubdata import settings, sharing, texts
from hubdata.server import public_pages
from hubdata.server.gate import Gate

TEMPLATES = sorted(public_pages.TEMPLATES.glob("*.html"))
HOSTILE = "<script>alert(1)</script> & \"quotes\" 'too'"


async def nothing(*_: object) -> None:
    """Streamlit is not asked here."""


def ask(home: Path, *paths: str, headers: dict[str, str] | None = None) -> list[httpx.Response]:
    """What a browser on this machine gets, one address after the other; cookies are kept."""

    async def asked() -> list[httpx.Response]:
        transport = httpx.ASGITransport(Gate(nothing, home), client=("127.0.0.1", 50_000))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8501", headers=headers) as http:
            return [await http.get(path) for path in paths]

    return asyncio.run(asked())


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_runs_nothing_fetches_nothing_and_says_what_it_is_for(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if path.name != "ask_for_a_link.html":  # one sentence for two pages
        assert text.startswith("{#- "), "it begins with what it is for"
    for forbidden in ("<script", "<img", "<link", "<iframe", "http:", "https:", "style=", "javascript:"):
        assert forbidden not in text.lower()
    assert not re.search(r"\son\w+=", text)
    assert re.findall(r"\|\s*safe\b", text) == (["| safe"] if path.name == "base.html" else [])
    assert "autoescape" not in text


def test_what_comes_from_outside_is_never_markup(tmp_path: Path) -> None:
    (tmp_path / "hub.toml").write_text(f"name = '''{HOSTILE}'''\nlanguages = ['en', 'nl']\n", encoding="utf-8")
    sharing.set_password(tmp_path, "a long enough password")
    _link, token = sharing.create(tmp_path, settings.Settings(), label="x", passphrase="peace and justice")
    pages = ask(tmp_path, "/", "/login", "/login?lang=<b>", f"/s/{token}", "/s/<script>", "/<b>bold</b>")
    for page in pages:
        assert "<script" not in page.text
        assert "<b>" not in page.text
        assert page.text.startswith("<!DOCTYPE html>\n<html lang=")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;quotes&#34; &#39;too&#39;" in pages[0].text
    assert f'action="/s/{token}"' in pages[3].text


def test_a_template_that_asks_for_what_it_was_not_given_fails() -> None:
    with pytest.raises(jinja2.UndefinedError):
        public_pages._ENVIRONMENT.get_template("stranger.html").render(_=str, name="x", language="nl", style="")


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_page_is_in_both_languages(tmp_path: Path, language: str) -> None:
    page = ask(tmp_path, "/s/no-such-link", headers={"Accept-Language": language})[0].text
    other = {"nl": "en", "en": "nl"}[language]
    assert f'<html lang="{language}">' in page
    assert f'<a lang="{other}" href="?lang={other}">' in page
    assert {"nl": "Deze link werkt niet", "en": "This link does not work"}[language] in page


def test_whoever_has_a_link_that_works_is_not_told_that_it_does_not(tmp_path: Path) -> None:
    sharing.set_password(tmp_path, "a long enough password")
    link, token = sharing.create(tmp_path, settings.Settings(), label="x")
    said = "does not work any more"
    came_in, page = ask(tmp_path, f"/s/{token}", "/login", headers={"Accept-Language": "en"})
    assert came_in.status_code == 303
    assert said not in page.text
    sharing.revoke(tmp_path, link.id)
    cookie = {"Cookie": came_in.headers["set-cookie"].split(";")[0], "Accept-Language": "en"}
    assert said in ask(tmp_path, "/login", headers=cookie)[0].text


def test_a_file_that_cannot_be_read_makes_a_stranger_and_no_error(tmp_path: Path) -> None:
    _link, token = sharing.create(tmp_path, settings.Settings(), label="x")
    (came_in,) = ask(tmp_path, f"/s/{token}")
    cookie = {"Cookie": came_in.headers["set-cookie"].split(";")[0], "Accept-Language": "en"}
    (tmp_path / "links.json").write_text("{", encoding="utf-8")
    for page in ask(tmp_path, "/", "/network", headers=cookie):
        assert page.status_code == 403
        assert "This dashboard is not public" in page.text
