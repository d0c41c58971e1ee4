"""Which hub this is: its home and its settings, read once."""

import functools
import os
from pathlib import Path

from hubdata import settings as settings_module
from hubdata.settings import Settings

ICON = str(Path(__file__).parents[1] / "icon.png")
"""The picture in the browser's tab. A Material symbol would be fetched from elsewhere."""


def home() -> Path:
    """The folder with `hub.toml` and the snapshots."""
    return home_at(os.environ.get("HUBDATA_HOME"))


@functools.cache
def home_at(chosen: str | None) -> Path:
    """The home that `HUBDATA_HOME` names. `chosen` is only there as the key of the cache."""
    return settings_module.default_home()


def settings() -> Settings:
    """The settings of this hub, read once."""
    return settings_of(home())


@functools.cache
def settings_of(home: Path) -> Settings:
    """The settings of a home, read once."""
    return settings_module.read(home)
