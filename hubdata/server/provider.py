"""The conversation with an OIDC provider: the way there, what comes back, and telling it that somebody left.

Authlib's client for Starlette does it: state, nonce, PKCE, the token, its signature. It keeps state, nonce and verifier
in a "session"; ours is a cookie for ten minutes that only the callback gets.
"""

import logging
import time
from collections import OrderedDict
from typing import Any, NamedTuple

from itsdangerous import BadSignature
from starlette.requests import Request
from starlette.responses import Response

from hubdata.server import oidc
from hubdata.server.cookies import ManagerLogin, new_login_id, set_cookie, signer
from hubdata.server.visitors import Visitors

logger = logging.getLogger(__name__)

ATTEMPT_COOKIE = "hub_oidc"
MOST_SECONDS = 600
"""How long somebody may take at the provider."""
METADATA_SECONDS = 3600
"""How long the provider's metadata is kept, so that strangers cannot make us ask for it all the time."""
MOST_REMEMBERED = 1000
SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""The signatures of a token that count, where the provider has them: never one without a key, or with a shared one."""


class ProviderProblem(Exception):
    """The provider did not answer, or answered what is not to be believed. Nobody is logged in."""


class _Client(NamedTuple):
    made_at: float
    parameters: dict[str, Any]
    authlib: Any


class Provider:
    """The providers that the secrets name."""

    def __init__(self, visitors: Visitors) -> None:
        self._home, self._settings = visitors.home, visitors.settings
        self._clients: dict[str, _Client] = {}
        self._id_tokens: OrderedDict[str, str] = OrderedDict()

    async def way_there(self, request: Request, name: str) -> Response:
        """Send a browser to the provider. Raises `ProviderProblem`."""
        session: dict[str, Any] = {}
        try:
            client = await self._client(name)
            answer: Response = await client.authorize_redirect(_with(request, session), oidc.read().redirect_uri)
        except Exception as error:
            raise self._problem(name, error) from error
        value = signer(self._home, "oidc").dumps([name, session])
        set_cookie(answer, self._settings, ATTEMPT_COOKIE, value, MOST_SECONDS, oidc.CALLBACK)
        return answer

    async def come_back(self, request: Request) -> ManagerLogin | None:
        """The login of who comes back from the provider; None when nobody was sent there, or the login was refused.

        Raises `ProviderProblem`.
        """
        try:
            name, session = signer(self._home, "oidc").loads(request.cookies.get(ATTEMPT_COOKIE, ""), MOST_SECONDS)
        except (BadSignature, ValueError):
            return None
        if name not in oidc.read().providers or request.query_params.get("error") == "access_denied":
            return None
        try:
            client = await self._client(name)
            claims = {
                "iss": {"essential": True, "value": (await client.load_server_metadata())["issuer"]},
                "aud": {"essential": True, "value": client.client_id},
            }
            token = await client.authorize_access_token(_with(request, session), claims_options=claims)
            claims_of_user = token["userinfo"]
        except Exception as error:
            if getattr(error, "error", "") == "mismatching_state":
                return None  # another login was begun in another tab: only the last one counts
            raise self._problem(name, error) from error
        login = ManagerLogin(
            new_login_id(),
            name,
            str(claims_of_user.get("email") or "").strip().casefold(),
            # Some providers say nothing about it: they only know addresses that they gave themselves.
            claims_of_user.get("email_verified") in (None, True, "true"),
        )
        self._id_tokens[login.id] = token["id_token"]
        while len(self._id_tokens) > MOST_REMEMBERED:
            self._id_tokens.popitem(last=False)
        return login

    async def way_out(self, login: ManagerLogin) -> str | None:
        """The address at which the provider hears that somebody left; None when it has none, or does not answer."""
        id_token = self._id_tokens.pop(login.id, None)
        if login.provider is None:
            return None
        try:
            client = await self._client(login.provider)
            if not (await client.load_server_metadata()).get("end_session_endpoint"):
                return None
            # It is an address that the provider knows already.
            logout = await client.create_logout_url(
                post_logout_redirect_uri=oidc.read().redirect_uri, id_token_hint=id_token, client_id=client.client_id
            )
        except Exception as error:
            self._problem(login.provider, error)
            return None
        return str(logout["url"])

    async def _client(self, name: str) -> Any:
        """Authlib's client for a provider, with what the provider says about itself."""
        from authlib.integrations.starlette_client import OAuth  # takes half a second, and only a login needs it

        parameters, previous = oidc.read().providers[name], self._clients.get(name)
        if previous and previous.parameters == parameters and time.monotonic() - previous.made_at < METADATA_SECONDS:
            return previous.authlib
        client_kwargs = {
            "scope": "openid email profile",
            "prompt": "select_account",
            **parameters.get("client_kwargs", {}),
        }
        client_kwargs["code_challenge_method"] = "S256"
        client = OAuth().register(name, **{**parameters, "client_kwargs": client_kwargs})
        metadata = await client.load_server_metadata()
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [name for name in offered if name in SIGNATURES]
        self._clients[name] = _Client(time.monotonic(), parameters, client)
        return client

    def _problem(self, name: str, error: Exception) -> ProviderProblem:
        """Write down what went wrong, without what was sent: codes and tokens are in no log."""
        logger.warning("OIDC with %r: %s %.200r", name, type(error).__name__, str(error))
        return ProviderProblem(name)


def _with(request: Request, session: dict[str, Any]) -> Request:
    """The request as Authlib wants it: with a session."""
    return Request({**request.scope, "session": session}, request.receive)
