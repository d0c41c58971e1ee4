"""What whoever installs the dashboard should know: how managers come in, and what is missing."""

from urllib.parse import urlsplit

from streamlit import auth_util

from hubdata import sharing
from hubdata.server.oidc import oidc
from hubdata.server.request_rules import is_this_machine
from hubdata.server.visitors import Visitors
from hubdata.texts import Text, join


def advice(visitors: Visitors) -> list[Text]:
    """What to configure before managers come in by the doors that are there; nothing when all is well."""
    said, found = list(oidc().problems), oidc()
    if sharing.password_hash(visitors.home) == "":
        said.append(Text("The file with the password cannot be read. Set it again with: python -m hubdata password"))
    if not visitors.has_a_door and not visitors.is_for_this_machine:
        said.append(
            Text(
                "The server is meant for more than this machine (server.address, public_address), and there is no "
                "login yet: without a shared link nobody sees data. Set a password with: python -m hubdata password"
            )
        )
        said.append(Text("Or set up a login with OIDC in .streamlit/secrets.toml: see docs/install.md."))
    if not visitors.is_only_local and sharing.address_is_local(visitors.settings):
        said.append(Text("Set public_address in hub.toml to the address at which people reach the dashboard."))
    if found.providers:
        comes_back = urlsplit(auth_util.get_origin_from_redirect_uri() or "").hostname or ""
        if not is_this_machine(comes_back) and comes_back != urlsplit(visitors.settings.public_address).hostname:
            said.append(Text("redirect_uri in .streamlit/secrets.toml does not begin with public_address of hub.toml."))
    return said


def announce(visitors: Visitors) -> None:
    """Say on the console how managers come in, and what is missing."""
    doors = [Text("with OIDC ({names})", {"names": ", ".join(oidc().providers)})] if oidc().providers else []
    doors += [Text("with the password")] if sharing.password_hash(visitors.home) else []
    doors += [Text("from a browser on this machine")] if visitors.is_for_this_machine else []
    language = visitors.settings.languages[0]
    how = join([door.words(language) for door in doors] or [Text("not at all").words(language)], language)
    for said in (Text("How managers come in: {how}.", {"how": how}), *advice(visitors)):
        print(said.words(language), flush=True)  # the console is where whoever starts the server looks
