"""Which hub this is: its home and its settings, read once."""

import functools
import html
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


def logo(*, dark: bool) -> str:
    """The hub's logo as the address of a picture that needs no request; its name as a picture where there is none."""
    return _logo(home(), dark)


@functools.cache
def _logo(home: Path, dark: bool) -> str:
    picture = settings_module.logo(home, settings_of(home))
    return picture or _name_as_picture(settings_of(home).name, "#e8edf6" if dark else "#0b121c")


def _name_as_picture(name: str, colour: str) -> str:
    # Roughly as wide as its letters; what is too much stays empty.
    width = 24 + 13 * len(name)
    text = f'<text x="0" y="23" font-family="sans-serif" font-size="22" font-weight="700" fill="{colour}">'
    return f'<svg width="{width}" height="32" viewBox="0 0 {width} 32">{text}{html.escape(name)}</text></svg>'
