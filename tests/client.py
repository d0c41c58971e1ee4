"""A small client that speaks Streamlit's protocol without a browser: for tests of what a stranger can do, and for load.

A browser opens a websocket, sends `BackMsg`s ("run the script with these values") and gets `ForwardMsg`s (elements, the
menu, "the script has finished"). Here everything about that can be chosen, also what no browser would do:

    visitor = Client("http://127.0.0.1:8501")
    visitor.http.get("/s/TOKEN", follow_redirects=True)     # plain HTTP; cookies are kept for the websocket too
    with visitor.connect(origin="https://elsewhere.example") as session:   # raises Refused when the server does not want it
        seen = session.run("network", query="lang=en")      # opens a page and waits until the script has finished
        assert "secret" not in seen.text
        seen = session.change("at_sector", ["Knowledge"])   # a widget by its key or its label
        seen = session.goto("funding")                      # a page of the navigation, by its name
        session.send(BackMsg(clear_cache=True))             # any message, or bytes that are none

`Client` is who asks, `Session` is an open websocket, `Tab` is what a browser remembers (no network in it), `Seen` is what
the server said.
"""

import json
import re
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple, Self

import door
import httpx
from google.protobuf.message import Message
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest, BackMsg
from streamlit.proto.ClientState_pb2 import ClientState, ContextInfo
from streamlit.proto.Common_pb2 import FileUploaderState, FileURLsRequest, UploadedFileInfo
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.util import calc_hash
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from hubdata import page_list

SAME = "same origin"
TRUSTED = ssl.create_default_context()
"""The certificates that are trusted everywhere, read once: httpx reads them anew for every client, which takes longest."""
XSRF_COOKIE = "_streamlit_xsrf"
RERUN_SCRIPT, NEW_SESSION = BackMsg.RERUN_SCRIPT_FIELD_NUMBER, ForwardMsg.NEW_SESSION_FIELD_NUMBER
"""What a browser sends that asks for a run of the script, and what the server sends when one begins."""
METADATA = ForwardMsg.METADATA_FIELD_NUMBER
"""The last field before the one that says which message it is."""
VALUE_FIELDS = {
    "selectbox": "string_value",
    "radio": "string_value",
    "text_input": "string_value",
    "text_area": "string_value",
    "checkbox": "bool_value",
    "expandable": "bool_value",
    "popover": "bool_value",
    "multiselect": "string_array_value",
    "button": "trigger_value",
    "download_button": "trigger_value",
}
"""Kind of widget (a toggle is a checkbox, an expander is expandable) -> the field of `WidgetState` that holds its value."""


class Refused(Exception):
    """The server refused the websocket's handshake."""

    def __init__(self, status: int) -> None:
        super().__init__(f"refused with status {status}")
        self.status = status


class Closed(Exception):
    """The server closed the websocket. The code is 1006 when it did so without a word."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"closed with code {code} {reason}".rstrip())
        self.code, self.reason = code, reason


# --- what can be sent: BackMsg(kind=True) for messages without content, and these --------------------------------------


def operation(session_id: str = "", **payload: Any) -> BackMsg:
    """A back-end operation: `deferred_file={"file_id": ...}`, `dataframe_chunk={"source_id": ..., "limit": ...}`, ..."""
    request = BackendOperationRequest(request_id="operation", session_id=session_id, **payload)
    return BackMsg(backend_operation_request=request)


def file_urls(session_id: str, *names: str) -> BackMsg:
    """The question where to upload files."""
    return BackMsg(file_urls_request=FileURLsRequest(request_id="files", session_id=session_id, file_names=names))


def one_of_each(session_id: str) -> dict[str, BackMsg]:
    """One message of every kind there is, back-end operations by their payload. A test sees that none is missing."""
    sent = [
        BackMsg(rerun_script=ClientState()),
        BackMsg(stop_script=True),
        BackMsg(clear_cache=True),
        BackMsg(set_run_on_save=True),
        BackMsg(load_git_info=True),
        BackMsg(app_heartbeat=True),
        BackMsg(debug_disconnect_websocket=True),
        BackMsg(debug_shutdown_runtime=True),
        file_urls(session_id, "file.csv"),
        operation(session_id, deferred_file={"file_id": "none"}),
        operation(session_id, dataframe_chunk={"source_id": "none", "limit": 10}),
        operation(session_id, install_skills={}),
        operation(session_id, dismiss_skills_nudge={}),
    ]
    return {kind_of(message): message for message in sent}


def kind_of(message: BackMsg) -> str:
    """Which message it is; of a back-end operation which one."""
    kind = message.WhichOneof("type") or "none"
    return message.backend_operation_request.WhichOneof("payload") or kind if kind.startswith("backend") else kind


# --- what comes back ------------------------------------------------------------------------------------------------


class Widget(NamedTuple):
    """A widget as the server sent it. `key` is the one the page gave it, or "None"."""

    kind: str
    id: str
    label: str
    proto: Any

    @property
    def key(self) -> str:
        return self.id.split("-", 2)[-1]  # $$ID-hash-key

    @property
    def value(self) -> Any:
        """Its value as the server sent it: what the page set, else its default."""
        proto = self.proto
        match self.kind:
            case "multiselect":
                return list(proto.raw_values) if proto.set_value else [proto.options[n] for n in proto.default]
            case "selectbox" | "radio" if proto.set_value:
                return proto.raw_value if proto.HasField("raw_value") else None
            case "selectbox" | "radio":
                return proto.options[proto.default] if proto.HasField("default") else None
            case "checkbox" | "text_input" | "text_area":
                return proto.value if proto.set_value else proto.default
            case "expandable":
                return proto.expanded
            case "popover":
                return proto.open
            case _:
                return False

    def state(self, value: Any) -> WidgetState:
        """What a browser sends when the widget has this value."""
        content: dict[str, Any] = {VALUE_FIELDS[self.kind]: {"data": value} if self.kind == "multiselect" else value}
        return WidgetState(id=self.id, **content)


class Seen:
    """What the server said in some messages."""

    def __init__(self, messages: list[ForwardMsg]) -> None:
        self.messages = messages

    @property
    def kinds(self) -> list[str]:
        """The kind of every message, in order."""
        return [message.WhichOneof("type") or "none" for message in self.messages]

    @property
    def text(self) -> str:
        """Every string in every message, a line each, whatever it means: figures and tables too.

        A word that is not in it was not sent. That holds for letters and digits: punctuation may be escaped (`\\-`,
        `&amp;`), and numbers of a figure or a table are binary.
        """
        return "\n".join(text for message in self.messages for text in strings(message))

    @property
    def elements(self) -> list[tuple[str, Any]]:
        """Kind and content of everything drawn, in order; containers too."""
        found = []
        for delta in (message.delta for message in self.messages if message.HasField("delta")):
            drawn = [delta.new_element, *delta.new_transient.elements]
            found += [(kind, getattr(one, kind)) for one in drawn if (kind := one.WhichOneof("type"))]
            if block := delta.add_block.WhichOneof("type"):
                found.append((block, getattr(delta.add_block, block)))
        return found

    @property
    def widgets(self) -> list[Widget]:
        """Everything a reader can operate, of the kinds this client can."""
        known = ((kind, proto) for kind, proto in self.elements if kind in VALUE_FIELDS and proto.id)
        return [Widget(kind, proto.id, proto.label, proto) for kind, proto in known]

    def widget(self, name: str, nth: int = 0) -> Widget:
        """A widget by its key or label; when several have it, the nth."""
        found = [widget for widget in self.widgets if name in (widget.key, widget.label)]
        if nth >= len(found):
            raise LookupError(f"no widget {name!r}, but {sorted({(w.key, w.label) for w in self.widgets})}")
        return found[nth]

    @property
    def menu(self) -> dict[str, str]:
        """Name of each page that the navigation knows, as a tab or an item of the menu too -> its hash."""
        names = {calc_hash(name): name for name in page_list.PAGES}
        hashes = [page.page_script_hash for message in self.messages for page in message.navigation.app_pages]
        return {names[page_hash]: page_hash for page_hash in hashes}

    @property
    def menu_titles(self) -> set[str]:
        """What the pages and groups of the menu are called."""
        return {page.page_name for message in self.messages for page in message.navigation.app_pages}

    @property
    def media(self) -> list[str]:
        """Addresses of files, to be fetched with `Client.http`."""
        return re.findall(r"/media/[\w.-]+", self.text)

    @property
    def deferred(self) -> dict[str, str]:
        """Key of each download button whose file is made when asked for -> the file's id."""
        return {w.key: w.proto.deferred_file_id for w in self.widgets if getattr(w.proto, "deferred_file_id", "")}

    @property
    def exceptions(self) -> list[str]:
        """What went wrong, as far as the visitor is told."""
        broken = [m.session_event.script_compilation_exception for m in self.messages if m.HasField("session_event")]
        found = [proto for kind, proto in self.elements if kind == "exception"] + broken
        return [f"{proto.type}: {proto.message}" for proto in found if proto.type or proto.message]

    @property
    def redirects(self) -> list[str]:
        """Where the server sends the visitor to log in."""
        return [message.auth_redirect.url for message in self.messages if message.HasField("auth_redirect")]


def strings(message: Message) -> Iterator[str]:
    """Every string and every byte string in a message, at any depth, bytes read as UTF-8 as far as they are."""
    for _field, value in message.ListFields():
        if hasattr(value, "items"):
            value = [*value, *value.values()]
        for item in [value] if isinstance(value, str | bytes) or not hasattr(value, "__iter__") else value:
            if isinstance(item, Message):
                yield from strings(item)
            elif isinstance(item, bytes):
                yield item.decode(errors="replace")
            elif isinstance(item, str):
                yield item
                with suppress(ValueError):  # in JSON a letter may be written as \u00e9
                    yield from strings_of_json(json.loads(item) if item[:1] in ("{", "[") else None)


def strings_of_json(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in [*value, *value.values()] if isinstance(value, dict) else value:
            yield from strings_of_json(item)


class Tab:
    """What a browser tab remembers between two runs. It sends nothing itself."""

    def __init__(self, locale: str = "en-GB", address: str = "") -> None:
        self.context = ContextInfo(timezone="Europe/Amsterdam", locale=locale, url=address, color_scheme="light")
        self.session_id = self.page_hash = self.query = ""
        self.shown = Seen([])
        """The page as it is now."""
        self.states: dict[str, WidgetState] = {}
        """The value of every widget of the page, by its id."""
        self.has_begun = self.has_finished = False
        """Where the run is that `rerun` asked for."""

    def take(self, message: ForwardMsg) -> None:
        """Remember what a message says."""
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.has_begun = True
            self.session_id = message.new_session.initialize.session_id
            if not message.metadata.run.fragment_ids:
                self.shown = Seen([])
        elif kind == "navigation":
            self.page_hash = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "delta":
            for widget in Seen([message]).widgets:
                if VALUE_FIELDS[widget.kind] != "trigger_value" and (
                    widget.id not in self.states or getattr(widget.proto, "set_value", False)
                ):
                    self.states[widget.id] = widget.state(widget.value)
        elif kind == "script_finished":
            # What ended early begins anew; an end without a beginning belongs to the run before.
            self.has_finished = self.has_begun and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
            if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                here = {widget.id for widget in self.shown.widgets}
                self.states = {name: state for name, state in self.states.items() if name in here}
        self.shown.messages.append(message)

    def set(self, name: str, value: Any, nth: int = 0) -> None:
        """Give a widget (by key or label) a value, as yet only here."""
        widget = self.shown.widget(name, nth)
        self.states[widget.id] = widget.state(value)

    def rerun(
        self, page: str | None = None, *, page_hash: str | None = None, query: str | None = None, fragment: str = ""
    ) -> BackMsg:
        """The message that runs the script: on this page, or on one by the name in its address or by its hash."""
        self.has_begun = self.has_finished = False
        self.query = self.query if query is None else query
        states = list(self.states.values())
        # A button is pressed once.
        self.states = {state.id: state for state in states if not state.trigger_value}
        elsewhere = page is not None or page_hash is not None
        return BackMsg(
            rerun_script=ClientState(
                query_string=self.query,
                page_name=page or "",
                page_script_hash=(page_hash or "") if elsewhere else self.page_hash,
                fragment_id=fragment,
                widget_states=WidgetStates(widgets=states),
                context_info=self.context,
            )
        )


# --- who asks -------------------------------------------------------------------------------------------------------


def http(address: str, *, tls: ssl.SSLContext | None = None, **how: Any) -> httpx.Client:
    """An ordinary httpx client that asks this server only, whatever the environment says of proxies."""
    return httpx.Client(**{"base_url": address, "trust_env": False, "timeout": 30, "verify": tls or TRUSTED} | how)


class Client:
    """A visitor with a cookie jar. `http` is an ordinary httpx client, with any method, headers, Host and Origin."""

    def __init__(self, address: str, cookies: dict[str, str] | None = None, tls: ssl.SSLContext | None = None) -> None:
        """`tls` says which certificates to trust, when the address is https.

        Without cookies of their own it is the manager's browser on this machine, where the server has that door.
        """
        self.address, self.tls = address.rstrip("/"), tls
        cookies = door.cookies_of(self.address) if cookies is None else cookies
        self.http = http(self.address, cookies=cookies, tls=tls)

    def handshake(
        self, *, origin: str | None = SAME, headers: dict[str, str] | None = None, resume: str = ""
    ) -> dict[str, Any]:
        """How to call `connect` of websockets, sync or asyncio. `resume` is the id of a session to go on with.

        Streamlit uses the list of subprotocols for other things: its name, the token against forgery, the session. The
        token is a cookie that comes with `/_stcore/health`, which a browser asks for first.
        """
        token = self.http.cookies.get(XSRF_COOKIE) or "PLACEHOLDER_AUTH_TOKEN"
        cookie = self.http.build_request("GET", "/_stcore/stream").headers.get("Cookie")
        return {
            "uri": f"{self.address.replace('http', 'ws', 1)}/_stcore/stream",
            "origin": self.address if origin == SAME else origin,
            "subprotocols": ["streamlit", token, *([resume] if resume else [])],
            "additional_headers": ({"Cookie": cookie} if cookie else {}) | (headers or {}),
            "max_size": None,
            "proxy": None,
        } | ({"ssl": self.tls} if self.tls else {})

    def connect(
        self,
        *,
        origin: str | None = SAME,
        host: str | None = None,
        headers: dict[str, str] | None = None,
        resume: str = "",
        tab: Tab | None = None,
    ) -> "Session":
        """Open the websocket; `origin=None` sends no Origin, `host` is what the Host header says.

        `tab` goes on with the session and the values of a tab that lost its websocket; `resume` knows only a session's
        id. Raises Refused. An unknown id is no reason for the server to refuse: it gives a new session.
        """
        tab = tab or Tab(address=self.address)
        how = self.handshake(origin=origin, headers=headers, resume=resume or tab.session_id)
        if host is not None:  # the address says the Host header, an open socket says where it goes
            here = httpx.URL(self.address)
            how["uri"] = f"ws://{host}/_stcore/stream"
            how["sock"] = socket.create_connection((here.host, here.port or 80))
        try:
            return Session(self, connect(**how).__enter__(), tab)  # entered here and left in `Session.close`
        except InvalidStatus as refused:
            raise Refused(refused.response.status_code) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()


class Session:
    """An open websocket. Whatever waits raises TimeoutError after so many seconds, and Closed when the server hangs up."""

    def __init__(self, client: Client, socket: ClientConnection, tab: Tab) -> None:
        self.client, self.socket, self.tab = client, socket, tab
        self.seen = Seen([])
        """Everything received over this websocket."""

    def send(self, message: BackMsg | bytes | str) -> None:
        """Send a message, or bytes or text that are none."""
        try:
            self.socket.send(message.SerializeToString() if isinstance(message, BackMsg) else message)
        except ConnectionClosed as closed:
            raise as_closed(closed) from None

    def receive(self, seconds: float = 30) -> ForwardMsg:
        """The next message."""
        try:
            message: ForwardMsg = ForwardMsg.FromString(self.socket.recv(timeout=max(0, seconds)))
        except ConnectionClosed as closed:
            raise as_closed(closed) from None
        self.tab.take(message)
        self.seen.messages.append(message)
        return message

    def until(self, kind: str, seconds: float = 30) -> Seen:
        """All messages up to the first of a kind (`heartbeat_ack`, `file_urls_response`, `git_info_changed`, ...)."""
        end = time.monotonic() + seconds
        messages = [self.receive(seconds)]
        while messages[-1].WhichOneof("type") != kind:
            messages.append(self.receive(end - time.monotonic()))
        return Seen(messages)

    def during(self, seconds: float) -> Seen:
        """All messages of the next so many seconds: to see that something does not come."""
        end = time.monotonic() + seconds
        messages = []
        with suppress(TimeoutError):
            while True:
                messages.append(self.receive(end - time.monotonic()))
        return Seen(messages)

    def run(
        self,
        page: str | None = None,
        *,
        page_hash: str | None = None,
        query: str | None = None,
        fragment: str = "",
        seconds: float = 30,
    ) -> Seen:
        """Run the script as `Tab.rerun` says and wait for its end. `run("")` opens the start page."""
        self.send(self.tab.rerun(page, page_hash=page_hash, query=query, fragment=fragment))
        end = time.monotonic() + seconds
        messages: list[ForwardMsg] = []
        while not self.tab.has_finished:
            messages.append(self.receive(end - time.monotonic()))
        return Seen(messages)

    def goto(self, name: str) -> Seen:
        """Choose a page of the menu. As in a browser, that empties the address."""
        return self.run(page_hash=self.tab.shown.menu[name], query="")

    def change(self, name: str, value: Any, nth: int = 0) -> Seen:
        """Give a widget another value and wait for the page."""
        self.tab.set(name, value, nth)
        return self.run()

    def click(self, name: str, nth: int = 0) -> Seen:
        """Press a button and wait for the page."""
        return self.change(name, True, nth)

    def operate(self, **payload: Any) -> Any:
        """Ask for a back-end operation (as `operation`) and return the answer: with `error_msg`, or a payload."""
        self.send(operation(self.tab.session_id, **payload))
        return self.until("backend_operation_response").messages[-1].backend_operation_response

    def download(self, name: str, nth: int = 0) -> httpx.Response:
        """What a download button gives: has the file made when that is needed, and fetches it."""
        button = self.tab.shown.widget(name, nth).proto
        address = button.url
        if button.deferred_file_id:
            answer = self.operate(deferred_file={"file_id": button.deferred_file_id})
            if answer.error_msg:
                raise LookupError(answer.error_msg)
            address = answer.deferred_file.url
        return self.client.http.get(address)

    def upload(self, name: str, content: bytes, seconds: float = 30) -> Seen:
        """Drop a file on the page's place for files and wait for the page. Needs the cookie of `/_stcore/health`."""
        (uploader,) = [proto for kind, proto in self.tab.shown.elements if kind == "file_uploader"]
        self.send(file_urls(self.tab.session_id, name))
        (urls,) = self.until("file_urls_response").messages[-1].file_urls_response.file_urls
        headers = {"X-Xsrftoken": self.client.http.cookies.get(XSRF_COOKIE) or "", "Origin": self.client.address}
        file = {"file": (name, content)}
        self.client.http.put(urls.upload_url, files=file, headers=headers, timeout=120).raise_for_status()
        info = UploadedFileInfo(name=name, size=len(content), file_id=urls.file_id, file_urls=urls)
        state = FileUploaderState(uploaded_file_info=[info])
        self.tab.states[uploader.id] = WidgetState(id=uploader.id, file_uploader_state_value=state)
        return self.run(seconds=seconds)

    def close(self) -> None:
        """Close the websocket, as a tab that is closed does; the server keeps the session for a while."""
        self.socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def as_closed(closed: ConnectionClosed) -> Closed:
    return Closed(closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else Closed(1006, "")
