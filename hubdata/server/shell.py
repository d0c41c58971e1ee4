"""The page in which Streamlit's code draws."""

import functools
import html
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from hubdata import access
from hubdata.access import Principal
from hubdata.server import assets, streamlit_internals
from hubdata.server.request_rules import language
from hubdata.settings import Settings


@functools.cache
def _shell() -> str:
    """Streamlit's page, in which our files are asked for by their version."""
    page = streamlit_internals.shell()
    for name in assets.OURS:
        page = page.replace(f'"/hub/{name}"', f'"{assets.address(name)}"')
    return page


def offer_chart() -> None:
    """Let pages use the element that draws figures (`ui.chart`)."""
    streamlit_internals.offer_component("hub.chart", assets.COMPONENT)


def prepare() -> None:
    """Have the files of the page ready before its first visitor comes."""
    assets.prepare(_shell())


def page(home: Path, settings: Settings, request: Request, principal: Principal) -> Response:
    """The page in which Streamlit's code draws. Visitors who may not see a page get the start page instead."""
    name = request.scope["path"].removeprefix("/")
    if name and name not in access.authorise(home, principal).pages:
        return RedirectResponse(f"/?lang={language(request, settings)}", 303)
    drawn_in = _shell().replace("{language}", language(request, settings))
    return HTMLResponse(drawn_in.replace("{name}", html.escape(settings.name)))


def robots() -> Response:
    """Tell search engines to stay away."""
    return PlainTextResponse("User-agent: *\nDisallow: /\n")
