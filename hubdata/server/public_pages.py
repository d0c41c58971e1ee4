"""Which of its own pages the server shows to whom."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from hubdata import sharing
from hubdata.server import door
from hubdata.server.advice import advice
from hubdata.server.cookies import VIEWER_COOKIE
from hubdata.server.oidc import oidc
from hubdata.server.request_rules import here, is_local, language
from hubdata.server.visitors import Visitors
from hubdata.texts import Text

_OTHER_ADDRESS = Text(
    "Nothing is shown under this address. Ask whoever told you about this dashboard for the address that it has."
)
ASK_FOR_A_LINK = Text(
    "This dashboard is not public. The programme manager shares it with links: ask for one, or ask for a new one when "
    "yours has stopped working."
)


class PublicPages:
    """The pages of one home."""

    def __init__(self, visitors: Visitors) -> None:
        self._visitors, self._settings = visitors, visitors.settings

    def page(self, request: Request, title: Text | str, sentences: list[Text], status: int, *parts: str) -> Response:
        """A page with some sentences and ready-made parts."""
        said_in = language(request, self._settings)
        said = [door.paragraph(said_in, sentence) for sentence in sentences]
        return door.page(
            said_in, title, [*said, *parts], status, door.other_languages(said_in, self._settings.languages)
        )

    def wait(self, request: Request) -> Response:
        """For whoever guessed too often."""
        message = Text("There were too many attempts. Try again in a quarter of an hour.")
        return self.page(request, Text("Please wait"), [message], 429)

    def stranger(self, request: Request, status: int, wrong: Text | None = None) -> Response:
        """How to get a link, and the manager's login. To a browser on this machine, how to open a door."""
        if not self._visitors.is_known_host(request):
            return self.page(request, self._settings.name, [_OTHER_ADDRESS], status)
        said_in, parts = language(request, self._settings), []
        if VIEWER_COOKIE in request.cookies:
            parts.append(door.paragraph(said_in, Text("The link that you came with does not work any more.")))
            parts.append(door.button(said_in, Text("Leave this link"), "/s/leave", is_quiet=True))
        providers, has_password = oidc().providers, sharing.password_hash(self._visitors.home) is not None
        if providers or has_password:
            parts.append(door.heading(said_in, Text("For the programme manager")))
        login = self._visitors.oidc_login_of(request)
        if login:
            parts.append(door.paragraph(said_in, login.why_not, is_wrong=True))
            parts.append(door.button(said_in, Text("Log out"), "/logout", is_quiet=True))
        for provider in providers if not login else ():
            said = (
                Text("Log in with your account")
                if len(providers) == 1
                else Text("Log in with {provider}", {"provider": provider})
            )
            parts.append(door.button(said_in, said, f"/login/oidc?provider={quote(provider)}"))
        if has_password:
            address, is_first = here(request, self._settings, "/login"), request.scope["path"] == "/login"
            form = door.secret_form(said_in, Text("Password"), Text("Log in"), address, wrong=wrong, is_first=is_first)
            parts.append(form)
        if advice(self._visitors) and is_local(request):
            parts.append(door.heading(said_in, Text("For whoever installs this")))
            parts.append(door.steps(said_in, advice(self._visitors)))
        return self.page(request, self._settings.name, [ASK_FOR_A_LINK], status, *parts)
