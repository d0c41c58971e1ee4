"""The verb that carries a home to another store."""

import argparse
import json
from collections.abc import Callable

from hubdata import settings, store
from hubdata.texts import Text


def add_to(verb: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the verb; `verb` adds one."""
    added = verb("move", move, "carry all data to another store: into a lake that several servers share, or back")
    added.add_argument(
        "--to",
        required=True,
        metavar="STORE",
        help="`folder`, or ducklake:postgres:dbname=NAME ... data_path=FOLDER hub=NAME",
    )


def move(options: argparse.Namespace) -> int:
    """Move a home, and say which snapshot is on show there."""
    settings.read(options.home)  # what cannot be read is not written to
    shown = store.move(options.home, options.to)
    if options.json:
        print(json.dumps({"snapshot": shown, "store": options.to}))
    else:
        sentence = Text("Everything is in the other store now. On show: snapshot {id}", {"id": shown or "-"})
        print(sentence.translate(options.language))
    return 0
