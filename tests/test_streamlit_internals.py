"""What the dashboard needs of Streamlit's insides is there; and when it is not, the server ends with a sentence.

Each thing is broken for real: a page that was altered, tables that do not fit, and a copy of Streamlit with something else
in it, with which the dashboard is started.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import streamlit
from conftest import ROOT
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto

from hubdata.server import check_streamlit, streamlit_internals
from hubdata.server.request_rules import LOGOUT
from hubdata.server.streamlit_internals import BackMsg, StreamlitChanged
from hubdata.server.websocket import HEADER, MESSAGES, OPERATIONS

PAGE = (streamlit_internals.STATIC / "index.html").read_text(encoding="utf-8")


def test_the_streamlit_that_is_installed_is_the_one_we_know() -> None:
    check_streamlit()
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    (pinned,) = (line for line in lines if line.startswith("streamlit"))
    major, minor = streamlit_internals.VERSION.split(".")
    assert pinned.startswith(f"streamlit>={major}.{minor},<{major}.{int(minor) + 1} "), (
        "one minor version, and this one"
    )


# --- its page ---------------------------------------------------------------------------------------------------------


def test_the_page_is_as_we_want_it() -> None:
    page = streamlit_internals.shell()
    assert page.count("{language}") == 1
    assert page.count("{name}") == 1
    assert "Zet JavaScript aan" in page
    assert re.findall(r"<script[^>]*>", page)[0] == '<script src="/hub/language.js">'
    assert re.search(r'<link rel="stylesheet"[^>]*href="\./static/css/', page), "and the rest is as it was"


MODULE = re.search(r'<script type="module".*?</script>', PAGE)[0]  # type: ignore[index]
ALTERED: dict[str, tuple[str, str, str]] = {
    # what is altered: what is there, what comes instead, what the sentence says
    "another language": ('<html lang="en">', '<html lang="en-GB">', '0 places for <html lang="en"> instead of one'),
    "no language": ('<html lang="en">', "<html>", '0 places for <html lang="en"> instead of one'),
    "another title": ("<title>Streamlit</title>", "<title>App</title>", "0 places for <title> instead of one"),
    "two titles": ("</title>", "</title><title>Streamlit</title>", "2 places for <title> instead of one"),
    "another script": ("<script>", '<script type="text/javascript">', "0 places for <script> instead of one"),
    "a second script": ("</head>", "<script>more()</script></head>", "2 places for <script> instead of one"),
    "a script of another kind": ("</head>", "<script async>more()</script></head>", "still has <script"),
    "a script in an attribute": ("<body>", '<body onload="more()">', "still has  onload="),
    "nothing for programs": ('rel="service-desc"', 'rel="help"', "0 places for service-desc instead of one"),
    "more for programs": ("</body>", '<a href="_stcore/agent/x"></a></body>', "still has _stcore/agent"),
    "no noscript": ("noscript>", "div>", "0 places for <noscript> instead of one"),
    "no place to draw in": ('<div id="root">', '<div id="app">', "no place or several for <div"),
    "no code": (MODULE, "", "no place or several for <script"),
    "code from elsewhere": ("./static/js/index.", "https://cdn.example/index.", "no place or several for <script"),
    "a comment that does not end": ("<body>", "<body><!-- ", "still has <!--"),
}


@pytest.mark.parametrize("name", ALTERED)
def test_a_page_that_was_altered_is_refused_with_a_sentence(tmp_path: Path, name: str) -> None:
    there, instead, said = ALTERED[name]
    assert there in PAGE
    (tmp_path / "index.html").write_text(PAGE.replace(there, instead), encoding="utf-8")
    with pytest.raises(StreamlitChanged) as refused:
        streamlit_internals.shell(tmp_path)
    english, dutch = sorted(str(refused.value).splitlines(), key=lambda line: "does not start" not in line)
    assert said in english
    assert english.startswith("The dashboard does not start, since Streamlit is not as it should be: its page")
    assert dutch.startswith("Het dashboard start niet")


def test_a_page_that_is_not_there_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StreamlitChanged, match="cannot be read"):
        streamlit_internals.shell(tmp_path)


# --- what is said over the websocket, and the rest ---------------------------------------------------------------------

FITTING: dict[str, Any] = {"messages": MESSAGES, "operations": OPERATIONS, "header": HEADER, "logout": LOGOUT}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"messages": MESSAGES.keys() - {"clear_cache"}}, r"\(clear_cache\)"),
        ({"messages": {*MESSAGES, "read_minds"}}, r"\(read_minds\)"),
        ({"operations": OPERATIONS.keys() - {"install_skills"}}, r"\(install_skills\)"),
        ({"operations": {*OPERATIONS, "read_minds"}}, r"\(read_minds\)"),
        ({"header": "x-another"}, "x-another"),
        ({"logout": ["/logout"]}, "logging out leads to /auth/logout"),
    ],
    ids=[
        "a new message",
        "a message that is gone",
        "a new operation",
        "one that is gone",
        "no header",
        "another way out",
    ],
)
def test_tables_that_do_not_fit_are_refused_with_a_sentence(changed: dict[str, Any], said: str) -> None:
    streamlit_internals.check(**FITTING)
    with pytest.raises(StreamlitChanged, match=said):
        streamlit_internals.check(**FITTING | changed)


@pytest.mark.parametrize("path", ["read_minds", "rerun_script.read_minds", "clear_cache.read_minds"])
def test_a_field_that_is_gone_is_refused_with_a_sentence(path: str) -> None:
    with pytest.raises(StreamlitChanged, match=re.escape(f"BackMsg.{path}")):
        streamlit_internals.check_fields(BackMsg, [path])


# --- another Streamlit ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of Streamlit, in which a test may change a file."""
    folder = tmp_path_factory.mktemp("copied") / "site-packages"  # elsewhere Streamlit is in development
    shutil.copytree(Path(streamlit.__file__).parent, folder / "streamlit", ignore=shutil.ignore_patterns(".agents"))
    return folder


def with_another_message(text: str) -> str:
    """The program text of BackMsg with one more kind of message in it, as the next version may have."""
    described = FileDescriptorProto.FromString(BackMsg.DESCRIPTOR.file.serialized_pb)
    (message,) = (one for one in described.message_type if one.name == "BackMsg")
    message.field.add(
        name="read_minds",
        number=99,
        type=FieldDescriptorProto.TYPE_BOOL,
        label=FieldDescriptorProto.LABEL_OPTIONAL,
        oneof_index=[one.name for one in message.oneof_decl].index("type"),
    )
    changed = re.sub(
        r"AddSerializedFile\(b'.*'\)",
        lambda _found: f"AddSerializedFile({described.SerializeToString()!r})",
        text,
    )
    assert changed != text
    return changed


BROKEN: dict[str, tuple[str, Callable[[str], str], str]] = {
    # what is broken: the file, how, what the sentence says
    "its page": (
        "static/index.html",
        lambda text: text.replace("<noscript>", "<noscript >"),
        "0 places for <noscript>",
    ),
    "a name": ("user_info.py", lambda text: f"{text}\ndel AUTH_LOGOUT_ENDPOINT\n", "'AUTH_LOGOUT_ENDPOINT'"),
    "its version": ("version.py", lambda text: f'{text}\nSTREAMLIT_VERSION_STRING = "1.68.0"\n', "version 1.68.0"),
    "a message": ("proto/BackMsg_pb2.py", with_another_message, "(read_minds)"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_dashboard_does_not_start_with_another_streamlit_and_says_why(
    copied: Path, tmp_path: Path, name: str
) -> None:
    file, change, said = BROKEN[name]
    path = copied / "streamlit" / file
    was = path.read_text(encoding="utf-8")
    path.write_text(change(was), encoding="utf-8")
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true", "--server.port=0"],
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONPATH": str(copied),
                "HUBDATA_HOME": str(tmp_path),
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        path.write_text(was, encoding="utf-8")
    assert ended.returncode == 1, ended.stderr
    assert said in ended.stderr
    assert "The dashboard does not start" in ended.stderr
    assert "Het dashboard start niet" in ended.stderr
    assert "Traceback" not in ended.stderr + ended.stdout
    assert list(tmp_path.iterdir()) == [], "nothing was done before it looked"
