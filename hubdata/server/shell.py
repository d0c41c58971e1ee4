"""The page in which Streamlit's code draws, and the small files beside it."""

import functools
import html
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from hubdata import access
from hubdata.access import Principal
from hubdata.server import streamlit_internals
from hubdata.server.request_rules import language
from hubdata.settings import Settings

_shell = functools.cache(streamlit_internals.shell)


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


def frame_style() -> Response:
    """How the frame of a page lies, on the screen and on paper."""
    style = Path(__file__).with_name("frame.css").read_text(encoding="utf-8")
    return Response(style, media_type="text/css")


def frame_script() -> Response:
    """The script that says of the frame what Streamlit does not say of it."""
    script = Path(__file__).with_name("frame.js").read_text(encoding="utf-8")
    return Response(script, media_type="text/javascript")


def language_script() -> Response:
    """The script that keeps the language of the page right once Streamlit draws it."""
    script = Path(__file__).with_name("language.js").read_text(encoding="utf-8")
    return Response(script, media_type="text/javascript")
