"""What whoever installs the dashboard should know: how managers come in, and what is missing."""

from urllib.parse import urlsplit

from hubdata import sharing
from hubdata.server import oidc
from hubdata.server.door import own_address
from hubdata.server.request_rules import is_this_machine
from hubdata.server.visitors import Visitors
from hubdata.texts import Text, join


def advice(visitors: Visitors) -> list[Text]:
    """What is still to be configured before managers can log in; nothing when all is well."""
    configured = oidc.read()
    advised = list(configured.problems)
    if sharing.password_hash(visitors.home) == "":
        advised.append(Text("The file with the password cannot be read. Set it again with: python -m hubdata password"))
    if not visitors.has_login and not visitors.is_for_this_machine:
        advised.append(
            Text(
                "The server is meant for more than this machine (server.address, public_address), and there is no "
                "login yet: without a shared link nobody sees data. Set a password with: python -m hubdata password"
            )
        )
        advised.append(Text("Or set up a login with OIDC in .streamlit/secrets.toml: see docs/install.md."))
    if not visitors.is_only_local and sharing.address_is_local(visitors.settings):
        advised.append(Text("Set public_address in hub.toml to the address at which people reach the dashboard."))
    public = urlsplit(visitors.settings.public_address).hostname
    if configured.providers and not is_this_machine(configured.host) and configured.host != public:
        advised.append(Text("redirect_uri in .streamlit/secrets.toml does not begin with public_address of hub.toml."))
    return advised


def announce(visitors: Visitors) -> None:
    """Say on the console how managers come in, and what is missing."""
    providers = ", ".join(oidc.read().providers)
    ways = [Text("with OIDC ({names})", {"names": providers})] if providers else []
    ways += [Text("with the password")] if sharing.password_hash(visitors.home) else []
    ways += [Text("from a browser on this machine")] if visitors.is_for_this_machine else []
    language = visitors.settings.languages[0]
    how = join([way.translate(language) for way in ways] or [Text("not at all").translate(language)], language)
    for sentence in (Text("How managers come in: {how}.", {"how": how}), *advice(visitors)):
        print(sentence.translate(language), flush=True)  # the console is where whoever starts the server looks
    say_way_in(visitors)


def say_way_in(visitors: Visitors) -> None:
    """Say on the console which address to open. Streamlit's own words are off: its address would let nobody in."""
    if visitors.is_for_this_machine:
        # Nobody but the user of the dashboard sees the console.
        said = Text(
            "Open in a browser on this machine (it lets in one): {address}", {"address": visitors.door.address()}
        )
    else:
        public = "" if sharing.address_is_local(visitors.settings) else visitors.settings.public_address
        said = Text("The dashboard is at {address}", {"address": public or own_address()})
    print(said.translate(visitors.settings.languages[0]), flush=True)
