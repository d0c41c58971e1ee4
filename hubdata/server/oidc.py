"""The login with OIDC: what the secrets say about it, and what the provider said about somebody."""

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from streamlit import config
from streamlit.runtime.secrets import secrets_singleton

from hubdata.texts import Text

SHORTEST_COOKIE_SECRET = 32


class OidcLogin(NamedTuple):
    """What the provider said about somebody, and what we know of him."""

    id: str
    email: str
    is_verified: bool
    is_listed: bool

    @property
    def why_not(self) -> Text:
        """Why he does not come in."""
        if not self.email:
            return Text("You are logged in, but your provider did not tell us your e-mail address.")
        if not self.is_verified:
            return Text(
                "You are logged in as {email}, but your provider has not checked that this address is yours.",
                {"email": self.email},
            )
        return Text(
            "You are logged in as {email}, but that address is not on the list of people who may log in here.",
            {"email": self.email},
        )


class Oidc(NamedTuple):
    """What `.streamlit/secrets.toml` says about logging in with OIDC."""

    providers: tuple[str, ...] = ()
    """The providers, by the names that `st.login` knows them by; none as long as there is a problem."""
    managers: frozenset[str] = frozenset()
    problems: tuple[Text, ...] = ()

    @property
    def is_wanted(self) -> bool:
        """Whether somebody set it up, be it wrongly."""
        return bool(self.providers or self.problems)


def oidc() -> Oidc:
    """The login with OIDC as the secrets describe it: `[auth]` as Streamlit wants it, and `managers` under `[hub]`.

    Anything wrong closes this door. Never raises.
    """
    try:
        is_read = secrets_singleton.load_if_toml_exists()
    except (OSError, ValueError):
        is_read = False
    if not is_read:
        is_there = any(os.path.lexists(path) for path in config.get_option("secrets.files"))
        unreadable = Text(
            "The file with secrets (.streamlit/secrets.toml) cannot be read: it is no TOML, or not ours to read."
        )
        return Oidc(problems=(unreadable,) if is_there else ())
    auth, hub = secrets_singleton.get("auth"), secrets_singleton.get("hub")
    if auth is None and hub is None:
        return Oidc()
    if not isinstance(auth, Mapping):
        return Oidc(problems=(Text("OIDC needs the section [auth] in .streamlit/secrets.toml."),))
    sections: dict[str, Any] = {
        name: value for name, value in auth.items() if isinstance(value, Mapping) and name != "client_kwargs"
    }
    if "client_id" in auth or not sections:
        sections["default"] = auth
    wanted = [(auth, "auth", key) for key in ("redirect_uri", "cookie_secret")]
    for name, section in sections.items():
        place = "auth" if section is auth else f"auth.{name}"
        wanted += [(section, place, key) for key in ("client_id", "client_secret", "server_metadata_url")]
    missing = [f"{key} [{place}]" for section, place, key in wanted if not _is_text(section.get(key))]
    problems = []
    if missing:
        said = {"missing": ", ".join(missing)}
        problems.append(Text("OIDC is not complete in .streamlit/secrets.toml. Missing: {missing}.", said))
    elif not str(auth["redirect_uri"]).endswith("/oauth2callback"):
        problems.append(Text("redirect_uri in .streamlit/secrets.toml has to end in /oauth2callback."))
    elif len(auth["cookie_secret"]) < SHORTEST_COOKIE_SECRET:
        problems.append(
            Text(
                "cookie_secret in .streamlit/secrets.toml is too short: whoever guesses it is a manager. "
                'Make one with: python -c "import secrets; print(secrets.token_hex(32))"'
            )
        )
    if any("_" in name for name in sections):
        problems.append(Text("The name of an OIDC provider in .streamlit/secrets.toml may have no underscore."))
    listed = hub.get("managers") if isinstance(hub, Mapping) else None
    if not isinstance(listed, list | tuple) or not listed or not all(_is_text(one) and "@" in one for one in listed):
        problems.append(
            Text(
                "No manager can log in with OIDC: .streamlit/secrets.toml needs under [hub] a list such as "
                'managers = ["name@example.org"]'
            )
        )
    if problems:
        return Oidc(problems=tuple(problems))
    return Oidc(tuple(sections), frozenset(str(one).strip().casefold() for one in listed or ()))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
