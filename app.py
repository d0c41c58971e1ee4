"""The server: `streamlit run app.py`.

The script it serves lies inside `pages/`. Streamlit's old auto-discovery serves every file of a `pages/` folder
*beside* the main script by its address, without running the main script; seen from `pages/navigation.py` there is no
such folder, so every request runs `navigation.py` first, which alone decides which pages there are.
"""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

ROOT = Path(__file__).parent
# Streamlit puts the folder of the served script on the path; ours is one up.
sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402
from starlette.middleware import Middleware  # noqa: E402
from starlette.requests import Request  # noqa: E402
from starlette.responses import JSONResponse  # noqa: E402
from starlette.routing import Route  # noqa: E402

from hubdata import inbox, loading, server, settings, store  # noqa: E402

server.check_streamlit()
HOME = settings.default_home()


async def healthz(request: Request) -> JSONResponse:
    """200 with the snapshot's id when the data can be read, 503 when not."""
    try:
        current_snapshot_id = store.current_snapshot_id(HOME)
        if current_snapshot_id is None:
            return JSONResponse({"status": "no data"}, status_code=503)
        store.open_snapshot(HOME, current_snapshot_id).close()
    except Exception:  # whatever is wrong, the answer is the same: not healthy
        return JSONResponse({"status": "data cannot be read"}, status_code=503)
    return JSONResponse({"status": "ok", "snapshot": current_snapshot_id})


@contextlib.asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """Before the first visitor: check the settings, and load the sample when there is nothing to see.

    As long as the server runs, the inbox is watched.
    """
    hub_settings = settings.read(HOME)
    loading.first_start(HOME, hub_settings)
    # Importing what pages need takes as long as a browser needs to load the first page: do both at the same time.
    Thread(target=import_module, args=("hubdata.ui",), daemon=True).start()
    watching = asyncio.create_task(inbox.watch(HOME, hub_settings))
    try:
        yield
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


app = st.App(
    ROOT / "pages" / "navigation.py",
    routes=[Route("/healthz", healthz)],
    middleware=[Middleware(server.Gate, home=HOME)],
    lifespan=lifespan,
)
