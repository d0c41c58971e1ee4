"""The server: `streamlit run app.py`.

The script it serves lies inside `pages/`. Streamlit's old auto-discovery serves every file of a `pages/` folder
*beside* the main script by its address, without running the main script; seen from `pages/navigation.py` there is no
such folder, so every request runs `navigation.py` first, which alone decides which pages there are.
"""

import asyncio
import contextlib
import gc
import sys
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent
# Streamlit puts the folder of the served script on the path; ours is one up.
sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402
from starlette.middleware import Middleware  # noqa: E402
from starlette.routing import Route  # noqa: E402

from hubdata import server, settings  # noqa: E402

server.check_streamlit()
HOME = settings.default_home()


def prepare(hub_settings: settings.Settings) -> None:
    """What the first visitor would wait for, made ready while the server already answers: the sample when there is
    nothing to see, and what pages are made with. It takes longer to import than all else."""
    from hubdata import loading, store

    try:
        loading.first_start(HOME, hub_settings)
        loading.renew_sample(HOME, hub_settings)
    except (store.StoreProblem, OSError) as problem:  # a full or read-only disk: the page says so
        print(problem, file=sys.stderr, flush=True)
    import_module("hubdata.ui")
    server.prepare()
    # Every page makes tens of thousands of small things, and what was imported or is kept is no garbage: looking for it
    # as often as Python does by itself took a fifteenth of the processor time of a page.
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


def network_file(link_id: str) -> bytes | None:
    """The network for the map of somebody with a link (see `server.links`). It is made where pages are made."""
    made: bytes | None = import_module("hubdata.ui.chapters.files").for_map(link_id)
    return made


async def take_care(hub_settings: settings.Settings) -> None:
    """As long as the server runs: prepare, then watch the inbox."""
    await asyncio.to_thread(prepare, hub_settings)
    from hubdata import inbox

    await inbox.watch(HOME, hub_settings)


@contextlib.asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """Check the settings, and take care of what goes on beside visitors.

    With a mistake in the settings nothing goes on: the gate says which.
    """
    server.offer_chart()
    try:
        hub_settings = settings.read(HOME)
    except settings.SettingsProblem:
        yield
        return
    # Whoever waits for a file holds a thread; there must be others for who logs in or opens a link.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(40))
    caring = asyncio.create_task(take_care(hub_settings))
    try:
        yield
    finally:
        caring.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await caring


app = st.App(
    ROOT / "pages" / "navigation.py",
    routes=[Route("/healthz", server.Health(HOME).answer)],
    middleware=[Middleware(server.Gate, home=HOME, network_file=network_file)],
    lifespan=lifespan,
)
