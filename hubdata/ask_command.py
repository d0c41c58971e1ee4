"""The verb `ask`: links by which organisations confirm their own ties."""

import argparse
import csv
import datetime
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hubdata import answering, asking, audit, partner_export, settings, sharing
from hubdata.cells import neutralise
from hubdata.texts import Text

DOES = "links by which organisations confirm their own ties; nothing is sent"


def add_to(verb: Callable[..., argparse.ArgumentParser], verbs: Any, user: Callable[[], str]) -> None:
    """Add the verbs below `ask`. `verb` adds one; `user` says who gives the command."""

    def by_user(run: Callable[[argparse.Namespace, str], int]) -> Callable[[argparse.Namespace], int]:
        return lambda options: run(options, user())

    added = verb("create", by_user(create), "make links; their addresses are printed once, as CSV", among=verbs)
    added.add_argument(
        "--organisations",
        required=True,
        metavar="all, fading or ID,...",
        help="all that are there now, those with a tie that is silent for too long, or some by id or name",
    )
    added.add_argument(
        "--days", type=int, default=asking.DEFAULT_DAYS, metavar="N", help="1 to 90 (default: 30): so long they work"
    )
    added.add_argument(
        "--ratings",
        action="store_true",
        help="ask also how far they trust and value their partners (optional to answer)",
    )
    brought = verb(
        "import-ratings",
        by_user(import_ratings),
        "what organisations said of partners in the PARTNER tool",
        among=verbs,
    )
    brought.add_argument(
        "file", type=Path, metavar="FILE", help="a .csv or .xlsx with a row per respondent and partner"
    )
    brought.add_argument(
        "--day", type=datetime.date.fromisoformat, metavar="DAY", help="when it was asked (default: today)"
    )
    verb("list", by_user(listed), "all links that ask, newest first, with what came in", among=verbs)
    verb("revoke", by_user(revoke), "end a link; what was answered stays", among=verbs).add_argument("id", metavar="ID")


def create(options: argparse.Namespace, by: str) -> int:
    """Make a link for each chosen organisation that has none which is open."""
    hub_settings = settings.read(options.home)
    chosen = answering.to_ask(options.home, hub_settings, options.organisations)
    made = asking.create(options.home, chosen, days=options.days, ratings=options.ratings, by=by)
    links = []
    for link, token in made:
        audit.note(options.home, by or "command", "ask made", link=link.id)
        url = sharing.address(hub_settings, token, door="a")
        links.append({"id": link.id, "organisation_id": link.organisation_id, "organisation": link.name, "url": url})
    skipped = sorted(set(chosen) - {link.organisation_id for link, _token in made})
    if options.json:
        _print({"links": links, "skipped": skipped})
        return 0
    rows = csv.writer(sys.stdout, lineterminator="\n")
    rows.writerow(["organisation", "link"])
    rows.writerows([neutralise(str(link["organisation"])), link["url"]] for link in links)
    if skipped:
        names = ", ".join(chosen[own_id] for own_id in skipped)
        line = Text("These have a link that is still open, and keep it: {names}", {"names": names})
        print(line.translate(options.language), file=sys.stderr)
    if made and not hub_settings.contact.ways:
        line = Text("hub.toml has no contact yet: whoever opens a link finds nobody to call or mail there.")
        print(line.translate(options.language), file=sys.stderr)
    return 0


def import_ratings(options: argparse.Namespace, by: str) -> int:
    """Take in what organisations said of their partners in the PARTNER tool."""
    hub_settings = settings.read(options.home)
    with options.file.open("rb") as file:
        content = file.read(hub_settings.max_file_megabytes * 1_000_000 + 1)
    day = options.day or answering.today()
    found = partner_export.read(options.home, hub_settings, options.file.name, content, day)
    partner_export.keep(options.home, found.ratings)
    audit.note(options.home, by or "command", "ratings imported")
    if options.json:
        _print({"ratings": len(found.ratings), "unknown": found.unknown, "unclear": found.rows_left_out})
        return 0
    gaps = {"n": len(found.ratings), "unknown": ", ".join(found.unknown) or "-", "unclear": found.rows_left_out}
    line = Text("Answers taken in: {n}. Names that are not in the data: {unknown}. Rows left out: {unclear}.", gaps)
    print(line.translate(options.language))
    for left in found.left_out:
        place = Text("Row {row}:", {"row": left.row})
        print(*(part.translate(options.language) for part in (place, left.message, left.way_out)), file=sys.stderr)
    return 0


def listed(options: argparse.Namespace, by: str) -> int:
    """Every link, newest first, with what came in."""
    moment = asking.now()
    came_in = {answer.link: answer for answer in answering.answers(options.home)}
    rows = []
    for link in reversed(asking.links(options.home)):
        answer = came_in.get(link.id)
        shown = link.model_dump(mode="json", exclude={"token_sha256", *(link.model_extra or ())})
        rows.append(
            shown
            | {"last_day": link.last_day.isoformat()}
            | {"open": link.is_open(moment), "newer_version": link.is_from_a_newer_version}
            | {"answered_at": _at(answer.last_at if answer else None)}
            | {"finished_at": _at(answer.finished_at if answer else None)}
        )
    if options.json:
        _print({"links": rows})
    for row in [] if options.json else rows:
        closed = "revoked" if row["revoked_at"] else "newer" if row["newer_version"] else "expired"
        state = "open" if row["open"] else closed
        answered = "finished" if row["finished_at"] else "begun" if row["answered_at"] else ""
        did = answered or ("opened" if row["opened"] else "-")
        print(f"{row['id']}  {state:8}{row['last_day']}  {did:9}{row['name']}")
    return 0


def revoke(options: argparse.Namespace, by: str) -> int:
    """End a link at once."""
    link = asking.revoke(options.home, options.id)
    audit.note(options.home, by or "command", "ask revoked", link=link.id)
    if options.json:
        _print({"id": link.id})
    else:
        print(Text("Link {id} lets nobody in any more.", {"id": link.id}).translate(options.language))
    return 0


def _at(moment: datetime.datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _print(answer: Any) -> None:
    print(json.dumps(answer, ensure_ascii=False, allow_nan=False))
