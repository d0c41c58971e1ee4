"""The program files that browsers get, packed once and kept: those of Streamlit and Plotly, and our own.

They hold no data and change with another version only. So their addresses say which one it is (in the name for
Streamlit, else in `?v=`), and a browser keeps them.
"""

import asyncio
import functools
import gzip
import hashlib
import re
from importlib.util import find_spec
from pathlib import Path

import brotli
from starlette.requests import Request
from starlette.responses import Response

from hubdata.server.streamlit_internals import STATIC

FOREVER = "public, immutable, max-age=31536000"


def _plotly() -> Path:
    """Plotly's program for browsers, which its Python package brings along; that itself is not imported."""
    found = find_spec("plotly")
    assert found, "requirements.txt has it"
    assert found.origin, "a package lies in a folder"
    return Path(found.origin).with_name("package_data") / "plotly.min.js"


PACKED = (".js", ".css", ".json", ".svg")
"""What becomes smaller; fonts and pictures are packed already."""
MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".svg": "image/svg+xml"}
MEDIA = Path(__file__).with_name("media")
"""The fonts of Streamlit of which we send a part, under the name of the whole: see `symbols.py`."""
COMPONENT = Path(__file__).with_name("component")
"""The folder with the script of the element that draws figures; Streamlit asks for it without a version."""
OURS = {name: Path(__file__).with_name(name) for name in ("language.js", "frame.js", "words.js", "frame.css")}
OURS |= {"plotly.js": _plotly(), "chart.js": COMPONENT / "chart.js"}
"""What is below `/hub/`, and the script of the element."""


@functools.cache
def _of_streamlit() -> dict[str, Path]:
    """Streamlit's program files by their address: only what lies there can be asked for."""
    files = (path for path in STATIC.joinpath("static").rglob("*") if path.suffix in PACKED and path.is_file())
    return {f"/{path.relative_to(STATIC).as_posix()}": path for path in files}


@functools.cache
def _in_part() -> dict[str, Path]:
    """The fonts of Streamlit of which only a part is sent, by their address; the name says which font it is."""
    fonts = {f"/static/media/{path.name}": path for path in MEDIA.glob("*.woff2")}
    return {path: part for path, part in fonts.items() if STATIC.joinpath(path.lstrip("/")).is_file()}


@functools.cache
def _packed(path: Path, packing: str) -> bytes:
    """The file as brotli ("br") or gzip. It takes a quarter of a second for the largest, once."""
    content = path.read_bytes()
    return brotli.compress(content, quality=7) if packing == "br" else gzip.compress(content, 6, mtime=0)


@functools.cache
def _version(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def version(name: str) -> str:
    """Which one of `OURS` this is."""
    return _version(OURS[name])


def address(name: str) -> str:
    """Where one of `OURS` is asked for, so that browsers keep it."""
    return f"/hub/{name}?v={version(name)}"


def prepare(page: str) -> None:
    """Pack what a page names, so that its first visitor does not wait for it."""
    files = _of_streamlit() | {f"/hub/{name}": path for name, path in OURS.items()}
    for named in re.findall(r'(?:href|src)="\.?(/[^"?]+)', page):
        if named in files:
            _packed(files[named], "br")


async def of_streamlit(request: Request) -> Response | None:
    """The answer for `/static/...`; None for what Streamlit answers: what is not packed, or not there."""
    if part := _in_part().get(request.scope["path"]):
        return await _answer_in_part(part, request)
    path = _of_streamlit().get(request.scope["path"])
    return await _answer(path, request, FOREVER) if path and _packing(request) else None


async def ours(request: Request) -> Response:
    """The answer for what is in `OURS`: kept by browsers when they ask for the version that is here."""
    name = request.scope["path"].rpartition("/")[2]
    is_this_one = request.query_params.get("v") == version(name)
    return await _answer(OURS[name], request, FOREVER if is_this_one else "no-store")


async def _answer(path: Path, request: Request, kept: str) -> Response:
    headers = {"Cache-Control": kept, "Vary": "Accept-Encoding"}
    if packing := _packing(request):
        headers["Content-Encoding"] = packing
        content = await asyncio.to_thread(_packed, path, packing)
    else:
        content = await asyncio.to_thread(path.read_bytes)
    return Response(content, headers=headers, media_type=MEDIA_TYPES[path.suffix])


async def _answer_in_part(path: Path, request: Request) -> Response:
    """A font of which the next version of the dashboard may send another part: browsers ask if it is new."""
    headers = {"Cache-Control": "no-cache", "ETag": f'"{_version(path)}"'}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(await asyncio.to_thread(path.read_bytes), headers=headers, media_type="font/woff2")


def _packing(request: Request) -> str:
    """What a browser says that it can unpack, the smaller first, or "".

    One that says how much it likes each is given the plain file. Browsers take brotli here and over TLS only.
    """
    takes = re.split(r"[\s,]+", request.headers.get("accept-encoding", "").lower())
    return next((packing for packing in ("br", "gzip") if packing in takes), "")
