"""What `.streamlit/secrets.toml` says about logging in with OIDC.

It is written as Streamlit's `st.login` wants it, and read with Streamlit's own `st.secrets`: one or more files, which
`secrets.files` names.
"""

import os
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import streamlit as st

from hubdata.texts import Text

CALLBACK = "/oauth2callback"
"""Where the provider sends people back to; it knows the address from `redirect_uri`."""
SHORTEST_COOKIE_SECRET = 32
PARAMETERS = (
    *("client_id", "client_secret", "server_metadata_url", "client_kwargs"),
    *("authorize_url", "authorize_params", "access_token_url", "access_token_params"),
)
"""What Authlib takes of a provider's section."""


class Oidc(NamedTuple):
    """The login with OIDC as the secrets describe it."""

    providers: Mapping[str, dict[str, Any]] = {}
    """The providers by name, with what Authlib wants to know of each; none as long as there is a problem."""
    managers: frozenset[str] = frozenset()
    redirect_uri: str = ""
    cookie_secret: str = ""
    problems: tuple[Text, ...] = ()

    @property
    def is_wanted(self) -> bool:
        """Whether the secrets have settings for it, right or wrong."""
        return bool(self.providers or self.problems)

    @property
    def rests_on(self) -> str:
        """What logins depend on: when any of it changes, all logins end."""
        return f"{self.cookie_secret} {self.redirect_uri}"

    @property
    def host(self) -> str:
        """The name under which the provider sends people back."""
        return urlsplit(self.redirect_uri).hostname or ""


def read() -> Oidc:
    """The login with OIDC as it is configured now: `[auth]` as Streamlit wants it, and `managers` under `[hub]`.

    With anything wrong in it there is no login with OIDC. Never raises.
    """
    try:
        secrets = st.secrets.to_dict()
    except (OSError, ValueError):
        is_there = any(os.path.lexists(path) for path in st.get_option("secrets.files"))
        unreadable = Text(
            "The file with secrets (.streamlit/secrets.toml) cannot be read: it is no TOML, or not ours to read."
        )
        return Oidc(problems=(unreadable,) if is_there else ())
    auth, hub = secrets.get("auth"), secrets.get("hub")
    if auth is None and hub is None:
        return Oidc()
    if not isinstance(auth, Mapping):
        return Oidc(problems=(Text("OIDC needs the section [auth] in .streamlit/secrets.toml."),))
    sections: dict[str, Any] = {
        name: value for name, value in auth.items() if isinstance(value, Mapping) and name != "client_kwargs"
    }
    if "client_id" in auth or not sections:
        sections["default"] = auth
    required = [(auth, "auth", key) for key in ("redirect_uri", "cookie_secret")]
    for name, section in sections.items():
        place = "auth" if section is auth else f"auth.{name}"
        required += [(section, place, key) for key in ("client_id", "client_secret", "server_metadata_url")]
    missing = [f"{key} [{place}]" for section, place, key in required if not _is_text(section.get(key))]
    problems = []
    if missing:
        problems.append(
            Text(
                "OIDC is not complete in .streamlit/secrets.toml. Missing: {missing}.", {"missing": ", ".join(missing)}
            )
        )
    elif not str(auth["redirect_uri"]).endswith(CALLBACK):
        problems.append(Text("redirect_uri in .streamlit/secrets.toml has to end in /oauth2callback."))
    elif len(auth["cookie_secret"]) < SHORTEST_COOKIE_SECRET:
        problems.append(
            Text(
                "cookie_secret in .streamlit/secrets.toml is too short: whoever guesses it is a manager. "
                'Make one with: python -c "import secrets; print(secrets.token_hex(32))"'
            )
        )
    listed = hub.get("managers") if isinstance(hub, Mapping) else None
    if (
        not isinstance(listed, list | tuple)
        or not listed
        or not all(_is_text(email) and "@" in email for email in listed)
    ):
        problems.append(
            Text(
                "No manager can log in with OIDC: .streamlit/secrets.toml needs under [hub] a list such as "
                'managers = ["name@example.org"]'
            )
        )
    if problems:
        return Oidc(problems=tuple(problems))
    return Oidc(
        {name: {key: section[key] for key in PARAMETERS if key in section} for name, section in sections.items()},
        frozenset(str(email).strip().casefold() for email in listed or ()),
        # A server on another port each time says {port}, as with `st.login`.
        auth["redirect_uri"].replace("{port}", str(st.get_option("server.port"))),
        auth["cookie_secret"],
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
