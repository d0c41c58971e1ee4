"""Which store a home has: the folder of today, or a lake that several servers share.

`store = "ducklake:postgres:..."` in its hub.toml says so, else `HUBDATA_STORE` for all homes of this process. Nothing
said is the folder. The line is found without reading the rest: other mistakes in the settings must not bring another
store into view.
"""

import functools
import os
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from hubdata.store.files import write_file

FOLDER = "folder"
P = ParamSpec("P")
R = TypeVar("R")
_LINE = re.compile(r"""^store[ \t]*=[ \t]*(["'])([^\n"']*)\1""", re.MULTILINE)


def address_of(home: Path) -> str:
    """Where the data of a home is kept; "" is the folder."""
    said = said_in(home) or os.environ.get("HUBDATA_STORE", "")
    return "" if said == FOLDER else said


def said_in(home: Path) -> str:
    """The store that the settings of a home name; "" when they name none."""
    path = home / "hub.toml"
    try:
        status = path.stat()
    except OSError:
        return ""
    return _said(path, status.st_mtime_ns, status.st_size, status.st_ino)


@functools.lru_cache(maxsize=32)
def _said(path: Path, *_version: int) -> str:
    try:
        # Only what is at the top, before the first heading.
        top = re.split(r"(?m)^\[", path.read_text(encoding="utf-8-sig", errors="replace"), maxsplit=1)[0]
    except OSError:
        return ""
    found = _LINE.search(top)
    return found[2] if found else ""


def name_store(home: Path, store: str) -> None:
    """Write in the settings of a home which store it has, in place of what they said; "" leaves it out.

    Raises `OSError`.
    """
    path = home / "hub.toml"
    if store == said_in(home):
        return
    text = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    top, heading, rest = text, "", ""
    if found := re.search(r"(?m)^\[", text):
        top, heading, rest = text[: found.start()], "[", text[found.end() :]
    line = f'store = "{store}"' if store else ""
    top = _LINE.sub(lambda _match: line, top, count=1) if _LINE.search(top) else f"{line}\n{top}"
    write_file(path, f"{top}{heading}{rest}".encode())


def by_store(of_folder: Callable[Concatenate[Path, P], R]) -> Callable[Concatenate[Path, P], R]:
    """A function of the folder that, for a home with a lake, is that of `lake` (or `lake_records`) with its name."""

    @functools.wraps(of_folder)
    def chosen(home: Path, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if not address_of(home):
            return of_folder(home, *args, **kwargs)
        module = "lake_records" if of_folder.__module__.endswith(".records") else "lake"
        of_lake: Callable[Concatenate[Path, P], R] = getattr(
            import_module(f"hubdata.store.{module}"), of_folder.__name__
        )
        return of_lake(home, *args, **kwargs)

    return chosen
