"""The pages that the server itself shows, without Streamlit and without data: to strangers, and to whoever logs in.

What they look like is in `templates/`, a file per page. They are whole in one answer and run no script, so whoever is
not let in never reaches anything else.
"""

import base64
import hashlib
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from hubdata import sharing
from hubdata.access import STRANGER
from hubdata.cells import isolated
from hubdata.server import oidc
from hubdata.server.advice import advice
from hubdata.server.cookies import ASKED_COOKIE, ASKED_PATH, VIEWER_COOKIE, read_cookie
from hubdata.server.request_rules import here, is_local, language
from hubdata.server.visitors import Visitors
from hubdata.settings import Mistake
from hubdata.texts import N_, Text

TEMPLATES = Path(__file__).with_name("templates")
STYLE = (TEMPLATES / "style.css").read_text(encoding="utf-8").strip()
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a browser may do with these pages: nothing but show them and send their form back here."""
LANGUAGE_NAMES = {"nl": "Nederlands", "en": "English"}
_ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,  # a template that asks for what it was not given is a mistake, never an empty place
    auto_reload=False,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters["isolated"] = isolated


REMEDIES = {
    "syntax": N_("Compare the line with the example in data/hub.toml: name = value, texts between quotation marks."),
    "twice": N_("Each setting may be there once: remove one of the two lines."),
    "encoding": N_("Save the file as UTF-8."),
    "unknown": N_("Check how it is written, or remove the line."),
    "unknown_near": N_("Did you mean {near}?"),
    "value": N_("Correct the value, or remove the line: then the usual value counts."),
    "unreadable": N_("The user of the dashboard must be able to read the file."),
}
"""What to do about a mistake in hub.toml; the console says the same in English (`settings.REMEDIES`)."""


class PublicPages:
    """The pages of one home."""

    def __init__(self, visitors: Visitors) -> None:
        self._visitors, self._settings = visitors, visitors.settings

    def stranger(self, request: Request, status: int, *, is_wrong: bool = False) -> Response:
        """How to get a link, and the manager's login. To a browser on this machine, how to set up a login.

        `is_wrong` is for whoever typed a wrong password.
        """
        if not self._visitors.is_known_host(request):
            return self._page(request, "other_address", status)
        if ASKED_COOKIE in request.cookies:
            return self._page(request, "own_closed", status)
        if request.scope["path"].startswith(f"{ASKED_PATH}own"):
            return self._page(request, "own_elsewhere", status)
        said_in, login = language(request, self._settings), self._visitors.login_of(request)
        why_not = login.why_not if login else None
        return self._page(
            request,
            "stranger",
            status,
            has_dead_link=self._has_viewer_cookie(request) and self._visitors.identify(request) == STRANGER,
            providers=list(oidc.read().providers),
            has_password=sharing.password_hash(self._visitors.home) is not None,
            why_not=why_not.translate(said_in) if why_not else "",
            address=here(request, self._settings, "/login"),
            is_first=request.scope["path"] == "/login",
            is_wrong=is_wrong,
            advice=[text.translate(said_in) for text in advice(self._visitors)] if is_local(request) else [],
            opening_file=self._opening_file(request),
        )

    def _has_viewer_cookie(self, request: Request) -> bool:
        return read_cookie(request, self._settings, VIEWER_COOKIE) is not None

    def _opening_file(self, request: Request) -> str:
        """The file that lets in a browser on this machine that is not known yet; "" for everybody else."""
        if not self._visitors.is_for_this_machine or not is_local(request) or self._has_viewer_cookie(request):
            return ""
        self._visitors.door.address()  # from now on there is one
        return self._visitors.door.file.name

    def dead_link(self, request: Request) -> Response:
        """For whoever has a link that does not work."""
        return self._page(request, "dead_link", 404)

    def passphrase(self, request: Request, *, is_wrong: bool = False) -> Response:
        """The form that asks for the passphrase of a link; it is sent to the address it was asked at."""
        address = here(request, self._settings, request.scope["path"])
        return self._page(request, "passphrase", 403 if is_wrong else 200, address=address, is_wrong=is_wrong)

    def wait(self, request: Request) -> Response:
        """For whoever guessed too often."""
        return self._page(request, "wait", 429)

    def form(self, request: Request, template: str, status: int = 200, **given: Any) -> Response:
        """A page of the forms in which an asked organisation tells of its own ties (`answers`)."""
        return self._page(request, f"own_{template}", status, **given)

    def provider_problem(self, request: Request) -> Response:
        """For whoever wanted to log in with a provider that does not answer as it should."""
        return self._page(request, "provider_problem", 502)

    def settings_problem(self, request: Request, mistakes: list[Mistake]) -> Response:
        """For everybody, when hub.toml cannot be used: which line, why and what to do; never what stands there."""
        said_in = language(request, self._settings)

        def place(mistake: Mistake) -> str:
            if mistake.line is None:
                return mistake.name
            return Text("Line {line}: {name}", {"line": mistake.line, "name": mistake.name}).translate(said_in)

        said = [(place(m), m.reason, Text(REMEDIES[m.code], {"near": m.near}).translate(said_in)) for m in mistakes]
        return self._page(request, "settings_problem", 503, mistakes=said)

    def _page(self, request: Request, template: str, status: int, **given: Any) -> Response:
        """A page from its template.

        It says to its own forms where they come from, since a form without an origin is refused; to others it says
        nothing: with no-referrer a browser sends its forms without an origin; with strict-origin it says the origin and
        no address.
        """
        said_in = language(request, self._settings)

        def put_into_words(message: str, **values: Any) -> str:
            return Text(message, values).translate(said_in)

        page = _ENVIRONMENT.get_template(f"{template}.html").render(
            _=put_into_words,
            language=said_in,
            name=self._settings.name,
            contact=self._settings.contact,
            other_languages=[(code, LANGUAGE_NAMES[code]) for code in self._settings.languages if code != said_in],
            style=STYLE,
            **given,
        )
        return HTMLResponse(page, status, {"Content-Security-Policy": POLICY, "Referrer-Policy": "strict-origin"})
