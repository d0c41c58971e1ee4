"""The messages over the websocket: who may send which, what is noted of the answers, and when it ends.

Streamlit's browser sends `BackMsg`s ("run the script with these values") and gets `ForwardMsg`s (elements, "go there").
"""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import parse_qs

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hubdata import access, audit
from hubdata.access import Principal
from hubdata.server.request_rules import LET_IN, MANAGER, NOBODY, has_own_origin
from hubdata.server.streamlit_internals import BackMsg, ForwardMsg
from hubdata.server.visitors import Visitors
from hubdata.texts import Text

HEADER = "x-hub-principal"
"""Hands the principal on to the session. What a client sends in it is thrown away."""
LOOK_AGAIN_SECONDS = 2.0
SMALL_MESSAGE = 16_384
"""Messages with the address of a download are smaller than this; figures need not be taken apart."""
MOST_SENT = 20_000

NO_FILE = Text(
    "No file was made: you may no longer have it, or something went wrong. Reload the page and try again in a minute."
)
"""What is said when a download could not be made."""

MESSAGES = {
    "rerun_script": LET_IN,
    "stop_script": LET_IN,
    "app_heartbeat": LET_IN,
    "backend_operation_request": LET_IN,
    "file_urls_request": MANAGER,
    "clear_cache": NOBODY,
    "set_run_on_save": NOBODY,
    "load_git_info": NOBODY,
    "debug_disconnect_websocket": NOBODY,
    "debug_shutdown_runtime": NOBODY,
}
"""Who may send which message over the websocket. Everybody shares the caches, so nobody may empty them."""
OPERATIONS = {
    "deferred_file": LET_IN,  # making a download, of those that were offered
    "dataframe_chunk": LET_IN,  # further rows of a table
    "install_skills": NOBODY,
    "dismiss_skills_nudge": NOBODY,
}
"""Who may ask for which back-end operation."""


class Downloads:
    """Which downloads were offered to whom: Streamlit gives any file to whoever names it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._sent: OrderedDict[tuple[Principal, str], None] = OrderedDict()

    def note_sent(self, principal: Principal, ids: Iterable[str]) -> None:
        """Remember the downloads that a principal was offered."""
        for file_id in ids:
            self._sent[(principal, file_id)] = None
            self._sent.move_to_end((principal, file_id))
        while len(self._sent) > MOST_SENT:
            self._sent.popitem(last=False)

    def was_sent(self, principal: Principal, file_id: str) -> bool:
        """Whether a download was made for this principal."""
        return (principal, file_id) in self._sent

    def note_download(self, principal: Principal) -> None:
        """Write down that somebody has a file made."""
        is_viewer = principal.kind == "viewer"
        who = "viewer" if is_viewer else str(principal)
        audit.note(self.home, who, "download", link=principal.who if is_viewer else "")


class Conversation:
    """One websocket: what comes in is checked, what goes out is noted, and it ends when its principal loses access."""

    def __init__(
        self, app: ASGIApp, visitors: Visitors, downloads: Downloads, connection: HTTPConnection, principal: Principal
    ) -> None:
        self._app, self._visitors, self._downloads = app, visitors, downloads
        self._connection, self._principal = connection, principal
        self._is_over = False
        self._language = ""
        self._files_asked: set[str] = set()

    async def run(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let Streamlit talk with a principal. Others are sent to the start page: no old data stays in sight."""
        if scope["path"] != "/_stcore/stream" or not has_own_origin(self._connection):
            await send({"type": "websocket.close", "code": 1008})
            return
        self._receive, self._send = receive, send
        if self._principal.kind not in LET_IN:
            await receive()
            await send({"type": "websocket.accept", "subprotocol": "streamlit"})
            await self._end()
            return
        header = (HEADER.encode(), access.sign(self._visitors.home, self._principal).encode())
        watching = asyncio.create_task(self._watch())
        try:
            await self._app({**scope, "headers": [*scope["headers"], header]}, self._receive_checked, self._send_noted)
        finally:
            watching.cancel()

    async def _watch(self) -> None:
        while not self._is_over:
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            if not self._visitors.is_still_authorised(self._connection, self._principal):
                await self._end()

    async def _end(self) -> None:
        """Send the browser to the start page, which it gets as whoever it is now, and close."""
        if not self._is_over:
            self._is_over = True
            redirect = ForwardMsg()
            redirect.auth_redirect.url = f"/?lang={self._language}" if self._language else "/"
            with contextlib.suppress(Exception):  # it may be gone already
                await self._send({"type": "websocket.send", "bytes": redirect.SerializeToString()})
                await self._send({"type": "websocket.close", "code": 1008})

    async def _receive_checked(self) -> Message:
        while True:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return message
            if self._is_over or not self._visitors.is_still_authorised(self._connection, self._principal):
                await self._end()
                continue  # what comes next is that the socket is closed
            allowed = self._allowed(message.get("bytes") or b"")
            if allowed is not None:
                return {"type": "websocket.receive", "bytes": allowed}

    def _allowed(self, content: bytes) -> bytes | None:
        """The part of a message that may pass; None when nothing may."""
        message = BackMsg()
        try:
            message.ParseFromString(content)
        except Exception:  # no message of Streamlit's: it answers that itself
            return content
        kind = message.WhichOneof("type") or ""
        if self._principal.kind not in MESSAGES.get(kind, NOBODY):
            return None
        if kind == "backend_operation_request":
            request = message.backend_operation_request
            operation = request.WhichOneof("payload")
            if self._principal.kind not in OPERATIONS.get(operation or "", NOBODY):
                return None
            if operation == "deferred_file":
                # Streamlit makes any download for whoever knows its id.
                if not self._downloads.was_sent(self._principal, request.deferred_file.file_id):
                    return None
                self._downloads.note_download(self._principal)
                self._files_asked.add(request.request_id)
        self._note_language(message.rerun_script.query_string)
        if kind == "rerun_script" and message.rerun_script.fragment_id:
            # A part of a page runs without the script that decides who sees it; the whole page does not.
            message.rerun_script.fragment_id = ""
            content = bytes(message.SerializeToString())
        return content

    async def _send_noted(self, message: Message) -> None:
        if self._is_over:
            return
        content = message.get("bytes") or b""
        if message["type"] == "websocket.send" and len(content) < SMALL_MESSAGE:
            sent = ForwardMsg.FromString(content)
            self._downloads.note_sent(self._principal, _downloads_in(sent))
            if sent.new_session.main_script_path:
                # No browser needs to know in which folder the code is, so that is not sent.
                sent.new_session.main_script_path = ""
                message = {**message, "bytes": sent.SerializeToString()}
            response = sent.backend_operation_response
            if response.error_msg and response.request_id in self._files_asked:
                # Streamlit says in English that it failed; it is read beside the button.
                language = self._language or self._visitors.settings.languages[0]
                response.error_msg = NO_FILE.translate(language)
                message = {**message, "bytes": sent.SerializeToString()}
            self._note_language(sent.page_info_changed.query_string)
        await self._send(message)

    def _note_language(self, address: str) -> None:
        """Remember the language in the address: the start page that may follow is in the same one."""
        language = parse_qs(address).get("lang", [""])[0]
        if language in self._visitors.settings.languages:
            self._language = language


def _downloads_in(message: ForwardMsg) -> list[str]:
    """The ids of files and of downloads still to be made that a message offers: its own fields, never a text in it."""
    element = message.delta.new_element
    addresses = (
        message.backend_operation_response.deferred_file.url,
        message.page_config_changed.favicon,
        element.download_button.url,
    )
    files = [Path(address).stem for address in addresses if address.startswith("/media/")]
    return [file_id for file_id in (*files, element.download_button.deferred_file_id) if file_id]
