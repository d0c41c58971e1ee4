"""The server: `streamlit run app.py`.

The script it serves lies inside `pages/`. Streamlit's old auto-discovery serves every file of a `pages/` folder
*beside* the main script by its address, without running the main script; seen from `pages/navigation.py` there is no
such folder, so every request runs `navigation.py` first, which alone decides which pages there are.
"""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

ROOT = Path(__file__).parent
# Streamlit puts the folder of the served script on the path; ours is one up.
sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402
from starlette.middleware import Middleware  # noqa: E402
from starlette.routing import Route  # noqa: E402

from hubdata import inbox, loading, server, settings, store  # noqa: E402

server.check_streamlit()
HOME = settings.default_home()


def prepare() -> None:
    """What the first visitor would wait for, made ready while his browser still loads."""
    import_module("hubdata.ui")
    server.prepare()


def network_file(link_id: str) -> bytes | None:
    """The network for the map of somebody with a link (see `server.links`). It is made where pages are made."""
    made: bytes | None = import_module("hubdata.ui.chapters.files").for_map(link_id)
    return made


@contextlib.asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """Before the first visitor: check the settings, and load the sample when there is nothing to see.

    As long as the server runs, the inbox is watched. With a mistake in the settings nothing is: the gate says which.
    """
    server.offer_chart()
    try:
        hub_settings = settings.read(HOME)
    except settings.SettingsProblem:
        yield
        return
    try:
        loading.first_start(HOME, hub_settings)
        loading.renew_sample(HOME, hub_settings)
    except (store.StoreProblem, OSError) as problem:  # a full or read-only disk: the page says so
        print(problem, file=sys.stderr, flush=True)
    Thread(target=prepare, daemon=True).start()
    # Whoever waits for a file holds a thread; there must be others for who logs in or opens a link.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(40))
    watching = asyncio.create_task(inbox.watch(HOME, hub_settings))
    try:
        yield
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


app = st.App(
    ROOT / "pages" / "navigation.py",
    routes=[Route("/healthz", server.Health(HOME).answer)],
    middleware=[Middleware(server.Gate, home=HOME, network_file=network_file)],
    lifespan=lifespan,
)
