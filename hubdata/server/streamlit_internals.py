"""What the dashboard knows of Streamlit's insides: every private name, and the page that Streamlit's code draws in.

All other files use what Streamlit documents (`import streamlit`). Another minor version may change anything here, in
most cases without an error: a page would stay blank, a message would pass unseen. So `check` looks before the first
visitor comes, and ends the server with a sentence.

To move to another version: change `VERSION` and requirements.txt, start, and read what it says; then run the tests.
"""

import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import streamlit as st

from hubdata.texts import LANGUAGES, Text

VERSION = "1.67"
"""The minor version that all of this was seen in."""


class StreamlitChanged(SystemExit):
    """Streamlit is not as we know it. Ends the process: whoever starts the server reads a sentence and no traceback."""

    def __init__(self, what: Text) -> None:
        way_out = Text(
            "The dashboard does not start, since Streamlit is not as it should be: {what}. Install what "
            "requirements.txt names; what the dashboard needs of Streamlit is in "
            "hubdata/server/streamlit_internals.py.",
            {"what": what},
        )
        super().__init__("\n".join(way_out.translate(language) for language in LANGUAGES))


try:
    from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
    from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest
    from streamlit.file_util import get_static_dir
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
    from streamlit.user_info import AUTH_LOGOUT_ENDPOINT
except ImportError as error:
    raise StreamlitChanged(Text("a name is gone ({name})", {"name": str(error)})) from error

__all__ = [
    "AUTH_LOGOUT_ENDPOINT",
    "STATIC",
    "VERSION",
    "BackMsg",
    "ForwardMsg",
    "StreamlitChanged",
    "check",
    "offer_component",
    "shell",
]

STATIC = Path(get_static_dir())
"""The folder with Streamlit's page and program code for browsers."""

FIELDS: dict[Any, tuple[str, ...]] = {
    BackMsg: (
        "rerun_script.query_string",
        "rerun_script.fragment_id",
        "backend_operation_request.request_id",
        "backend_operation_request.deferred_file.file_id",
    ),
    ForwardMsg: (
        "auth_redirect.url",
        "new_session.main_script_path",
        "page_info_changed.query_string",
        "page_config_changed.favicon",
        "delta.new_element.download_button.url",
        "delta.new_element.download_button.deferred_file_id",
        "backend_operation_response.request_id",
        "backend_operation_response.error_msg",
        "backend_operation_response.deferred_file.url",
    ),
}
"""What the gate reads and writes in messages. A browser sends `BackMsg`s and gets `ForwardMsg`s."""


# --- the page that Streamlit's code draws in --------------------------------------------------------------------------

_NO_SCRIPT = (
    "<p lang='nl'>Zet JavaScript aan om dit dashboard te zien.</p>"
    "<p lang='en'>Turn on JavaScript to see this dashboard.</p>"
)
_FRAME = (
    '<script src="/hub/frame.js"></script><script src="/hub/words.js"></script>'
    '<link rel="stylesheet" href="/hub/frame.css">'
)
# Every page but a few has figures: what draws them is asked for with the page, and not when the first one has come.
_CHARTS = (
    '<link rel="preload" as="script" href="/hub/plotly.js">'
    '<link rel="modulepreload" href="/_stcore/bidi-components/hub.chart/chart.js">'
)
REWRITES = (
    # Without a script in the page a strict policy is possible.
    ("<script>", r"<script>.*?</script>", f'<script src="/hub/language.js"></script>{_FRAME}{_CHARTS}'),
    # The words for programs that look for the agent API, which is shut.
    ("service-desc", r'<link rel="service-desc"[^>]*>', '<meta name="robots" content="noindex">'),
    ("<noscript>", r"<noscript>.*?</noscript>", f"<noscript>{_NO_SCRIPT}</noscript>"),
    # Open until somebody asks: see `shell.page`.
    ('<html lang="en">', r'<html lang="en">', '<html lang="{language}">'),
    ("<title>", r"<title>Streamlit</title>", "<title>{name}</title>"),
)
"""Name, what is there, what comes instead; each has exactly one place. Comments go first."""
NEEDED = (r'<div id="root"></div>', r'<script type="module"[^>]* src="\./static/js/[A-Za-z0-9._-]+"></script>')
"""Without these the page stays blank."""
UNWANTED = (r"<script(?![^>]*\ssrc=)", r"_stcore/agent", r"<!--", r"\son[a-z]+=")


def shell(folder: Path = STATIC) -> str:
    """Streamlit's own page, so that it always fits its code, with language and name still open.

    Raises `StreamlitChanged` when it is not the page we know.
    """
    try:
        page = (folder / "index.html").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StreamlitChanged(Text("its page (index.html) cannot be read")) from error
    page = re.sub(r"<!--.*?-->", "", page, flags=re.DOTALL)
    for name, pattern, instead in REWRITES:
        page, places = re.subn(pattern, instead, page, flags=re.DOTALL)
        if places != 1:
            values = {"name": name, "count": places}
            raise StreamlitChanged(Text("its page (index.html) has {count} places for {name} instead of one", values))
    for pattern in NEEDED:
        if len(re.findall(pattern, page)) != 1:
            raise StreamlitChanged(Text("its page (index.html) has no place or several for {name}", {"name": pattern}))
    for pattern in UNWANTED:
        if match := re.search(pattern, page):
            raise StreamlitChanged(Text("its page (index.html) still has {name}", {"name": match[0]}))
    return page


# --- an element of our own --------------------------------------------------------------------------------------------


def offer_component(name: str, folder: Path) -> None:
    """Let pages use the element `name` ("hub.chart"), whose script lies in `folder`, while a server runs.

    Streamlit takes a script from a file only of an installed package; a text it hands to browsers as a `blob:`, which
    our policy forbids.
    """
    package, _, element = name.partition(".")
    manifest = ComponentManifest(package, "1", [ComponentConfig(element, asset_dir=".")])
    get_bidi_component_manager().register_from_manifest(manifest, folder)


# --- is it as we know it ----------------------------------------------------------------------------------------------


def check(*, messages: Collection[str], operations: Collection[str], header: str, logout: Collection[str]) -> None:
    """Raise `StreamlitChanged` with the first thing that is not as we know it.

    `messages` and `operations` are the ones that the gate's tables name, `header` is the one that hands on who is
    asking, `logout` where a tab may be sent to log out.
    """
    if not st.__version__.startswith(f"{VERSION}."):
        versions = {"found": st.__version__, "known": VERSION}
        raise StreamlitChanged(Text("version {found} is there, and the dashboard is made for {known}", versions))
    _check_kinds(BackMsg.DESCRIPTOR.oneofs_by_name.get("type"), messages)
    operation = BackMsg.DESCRIPTOR.fields_by_name["backend_operation_request"].message_type
    _check_kinds(operation.oneofs_by_name.get("payload"), operations)
    for message, paths in FIELDS.items():
        check_fields(message, paths)
    if AUTH_LOGOUT_ENDPOINT not in logout:
        raise StreamlitChanged(Text("logging out leads to {name}", {"name": AUTH_LOGOUT_ENDPOINT}))
    try:
        handed_on = st.get_option("server.trustedUserHeaders") or {}
    except RuntimeError:  # how Streamlit says that there is no such option
        handed_on = {}
    if {name.lower(): key for name, key in handed_on.items()}.get(header) != "principal":
        raise StreamlitChanged(
            Text(
                "it does not bind a session to who is asking (server.trustedUserHeaders with {name}, in "
                ".streamlit/config.toml)",
                {"name": header},
            )
        )
    shell()


def _check_kinds(kinds: Any, table: Collection[str]) -> None:
    """Raise unless the kinds of message are exactly those in the table."""
    names = {field.name for field in kinds.fields} if kinds else set()
    if wrong := sorted(names ^ set(table)):
        values = {"names": ", ".join(wrong)}
        raise StreamlitChanged(Text("browsers say other things than the tables of the gate name ({names})", values))


def check_fields(message: Any, paths: Iterable[str]) -> None:
    """Raise unless every field exists, as far down as its path goes."""
    for path in paths:
        part = message.DESCRIPTOR
        for name in path.split("."):
            field = part.fields_by_name.get(name) if part else None
            if field is None:
                values = {"name": f"{message.DESCRIPTOR.name}.{path}"}
                raise StreamlitChanged(Text("a message has no field {name}", values))
            part = field.message_type
