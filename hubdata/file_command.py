"""The verbs that write what leaves: `export` and `digest`."""

import argparse
import datetime
import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from hubdata import reports
from hubdata.reports import graph
from hubdata.texts import Text

EXPORTS = f"a file: {', '.join((*reports.FORMATS, *graph.FORMATS))}; without an extension a folder of CSV files"


def add_to(
    verb: Callable[..., argparse.ArgumentParser],
    dated: argparse.ArgumentParser,
    names: Callable[[str], tuple[str, ...]],
    date: Callable[[str], datetime.date],
) -> None:
    """Add the two verbs. `verb` adds one; `dated` has `--as-of`; `names` and `date` read what is typed."""
    added = verb("export", export, "write a report or the network as a file", dated)
    added.add_argument("path", type=Path, metavar="PATH", help=EXPORTS)
    added.add_argument("--chapters", type=names, default=(), metavar="C,...", help="no more than these (default: all)")
    added.add_argument("--organisation", metavar="ID", help="one organisation on one page: its identifier or a name")
    added.add_argument("--with", dest="with_other", metavar="ID", help="a page for a meeting of both instead")
    added = verb("digest", digest, "what changed and what to do, to mail; sends nothing", dated)
    added.add_argument("path", type=Path, metavar="PATH", help=f"a file: {', '.join(reports.DIGESTS)}")
    added.add_argument(
        "--since",
        type=date,
        metavar="DATE",
        help="the day to compare with (default: the last note of three months, else a month before)",
    )


def export(options: argparse.Namespace) -> int:
    """Write a report, the network, a folder of tables, or one page of one or two organisations."""
    # What pages say needs Streamlit, which takes a second to import: for these commands only.
    os.environ["HUBDATA_HOME"] = str(options.home)
    from hubdata.ui.chapters import files

    asked = options.path, options.as_of, options.language
    if options.organisation:
        return _write(options, lambda: files.page_for_manager(*asked, options.organisation, options.with_other))
    return _write(options, lambda: files.for_manager(*asked, options.chapters))


def digest(options: argparse.Namespace) -> int:
    """Write the digest."""
    os.environ["HUBDATA_HOME"] = str(options.home)
    from hubdata.ui.chapters import files

    made = files.digest_for_manager
    return _write(options, lambda: made(options.path, options.as_of, options.language, options.since))


def _write(options: argparse.Namespace, make: Callable[[], Mapping[Path, bytes]]) -> int:
    """Write what is made, and say where; or say why nothing was."""
    from hubdata.ui.chapters import files

    try:
        written = make()
    except files.NoFile as refused:
        print(refused.sentence.translate(options.language), file=sys.stderr)
        return 2 if refused.is_wrong_use else 1
    if not options.path.suffix:
        options.path.mkdir(exist_ok=True)
    for path, content in written.items():
        write_whole(path, content)
    if options.json:
        print(json.dumps({"files": [str(path) for path in written]}, ensure_ascii=False))
    else:
        print(Text("Written: {path}", {"path": options.path}).translate(options.language))
    return 0


def write_whole(path: Path, written: bytes) -> None:
    """A file appears whole or not at all."""
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(written)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
