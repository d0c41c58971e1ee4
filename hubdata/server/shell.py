"""The page in which Streamlit's code draws, and the small files beside it."""

import functools
import html
import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from streamlit import file_util

from hubdata import access
from hubdata.access import Principal
from hubdata.server.request_rules import language
from hubdata.settings import Settings


def page(home: Path, settings: Settings, request: Request, principal: Principal) -> Response:
    """The page in which Streamlit's code draws. Who asks for a page that is not his gets the start page instead."""
    name = request.scope["path"].removeprefix("/")
    if name and name not in access.authorise(home, principal).pages:
        return RedirectResponse(f"/?lang={language(request, settings)}", 303)
    drawn_in = _shell().replace("{language}", language(request, settings))
    return HTMLResponse(drawn_in.replace("{name}", html.escape(settings.name)))


def robots() -> Response:
    """No search engine is wanted."""
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


def language_script() -> Response:
    """What keeps the language of the page, once it is drawn."""
    script = Path(__file__).with_name("language.js").read_text(encoding="utf-8")
    return Response(script, media_type="text/javascript")


@functools.cache
def _shell() -> str:
    """The page that Streamlit's own code draws in, with its language and name still open.

    Read from Streamlit, so that it always fits; without its inline script (strict policy), and without the words for
    programs that look for the agent's door, which is closed.
    """
    page = (Path(file_util.get_static_dir()) / "index.html").read_text(encoding="utf-8")
    page = re.sub(r"<!--.*?-->", "", page, flags=re.DOTALL)
    page = re.sub(r"<script>.*?</script>", '<script src="/hub/language.js"></script>', page, flags=re.DOTALL)
    page = re.sub(r'<link rel="service-desc"[^>]*>', '<meta name="robots" content="noindex">', page)
    page = re.sub(r"<noscript>.*?</noscript>", f"<noscript>{_NO_SCRIPT}</noscript>", page, flags=re.DOTALL)
    page = page.replace('<html lang="en">', '<html lang="{language}">')
    return page.replace("<title>Streamlit</title>", "<title>{name}</title>")


_NO_SCRIPT = (
    "<p lang='nl'>Zet JavaScript aan om dit dashboard te zien.</p>"
    "<p lang='en'>Turn on JavaScript to see this dashboard.</p>"
)
