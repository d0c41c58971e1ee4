"""The commands: `python -m hubdata VERB`. Exit status 0 done, 1 refused because of the data, 2 wrong use."""

import argparse
import dataclasses
import datetime
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hubdata import demo, dictionary, hub, ingest, settings, store, texts

DONE, REFUSED, WRONG_USE = 0, 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parsed = _parser().parse_args(arguments)
    try:
        status: int = parsed.run(parsed)
    except settings.SettingsProblem as problem:
        print(problem, file=sys.stderr)
        status = WRONG_USE
    except (store.StoreProblem, OSError) as problem:
        print(problem, file=sys.stderr)
        status = WRONG_USE
    return status


def check(asked: argparse.Namespace) -> int:
    draft = hub.check(asked.home, settings.read(asked.home), hub.read_files(asked.paths), update=asked.update)
    _show_problems(draft, asked)
    return REFUSED if draft.problems else DONE


def load(asked: argparse.Namespace) -> int:
    files, hub_settings = hub.read_files(asked.paths), settings.read(asked.home)
    how = {"update": asked.update, "skip_invalid": asked.skip_invalid, "may_remove": asked.yes}
    try:
        outcome = hub.load(asked.home, hub_settings, files, **how)
    except store.OtherLoadWasFirst:
        _show_problems(ingest.Draft(problems=[ingest.problem("other_load_was_first", ", ".join(files))]), asked)
        return REFUSED
    counted = {
        name: {"added": c.added, "changed": c.changed, "removed": c.removed, "rejected": c.rejected}
        for name, c in outcome.draft.changes.items()
    }
    if not outcome.manifest and not outcome.is_unchanged:
        _show_problems(outcome.draft, asked)
        return REFUSED
    snapshot = outcome.manifest.id if outcome.manifest else store.on_show(asked.home)
    if asked.json:
        _print_json({"snapshot": snapshot, "tables": counted})
        return DONE
    _show_notes(outcome.draft, asked)
    if outcome.is_unchanged:
        print(_words(asked, texts.Text("These files hold exactly what is on show already; nothing changed.")))
    for name, count in counted.items():
        line = texts.Text(
            "{table}: {added} added, {changed} changed, {removed} removed, {rejected} rejected",
            {"table": name, **count},
        )
        print(_words(asked, line))
    print(_words(asked, texts.Text("On show now: snapshot {id}", {"id": snapshot})))
    return DONE


def indicators(asked: argparse.Namespace) -> int:
    snapshot, hub_settings = _snapshot(asked)
    view = store.View(
        as_of=asked.as_of or snapshot.newest_date(hub.today()),
        with_convenor=not asked.without_convenor,
        max_consortium=asked.max_consortium,
        window_days=hub_settings.window_days,
        plenary_size=hub_settings.plenary_size,
    )
    answers = hub.indicators(snapshot, hub_settings, view)
    _print_json(answers) if asked.json else _print_tree(answers)
    return DONE


def organisation(asked: argparse.Namespace) -> int:
    snapshot, hub_settings = _snapshot(asked)
    view = store.View(
        as_of=asked.as_of or snapshot.newest_date(hub.today()),
        window_days=hub_settings.window_days,
        plenary_size=hub_settings.plenary_size,
    )
    answer = hub.answer_organisation(snapshot, hub_settings, view, asked.id)
    if answer is None:
        print(
            _words(
                asked,
                texts.Text("There is no organisation {id} on {day}.", {"id": asked.id, "day": view.as_of}),
            ),
            file=sys.stderr,
        )
        return WRONG_USE
    _print_json(answer) if asked.json else _print_tree(answer)
    return DONE


def history(asked: argparse.Namespace) -> int:
    on_show = store.on_show(asked.home)
    manifests = store.history(asked.home)
    if asked.json:
        kept = ("id", "loaded_at", "origin", "tables")
        snapshots = [{name: getattr(m, name) for name in kept} | {"on_show": m.id == on_show} for m in manifests]
        _print_json({"snapshots": snapshots})
    for manifest in [] if asked.json else manifests:
        rows = ", ".join(f"{name} {table['rows']}" for name, table in manifest.tables.items())
        mark = "*" if manifest.id == on_show else " "
        print(f"{mark} {manifest.id}  {manifest.loaded_at}  {manifest.origin}  {rows}")
    return DONE


def rollback(asked: argparse.Namespace) -> int:
    store.rollback(asked.home, asked.snapshot)
    if asked.json:
        _print_json({"snapshot": asked.snapshot})
    else:
        print(_words(asked, texts.Text("On show now: snapshot {id}", {"id": asked.snapshot})))
    return DONE


def template(asked: argparse.Namespace) -> int:
    written = dictionary.write_templates(asked.folder)
    _print_json({"files": [str(path) for path in written]}) if asked.json else print(*written, sep="\n")
    return DONE


def write_dictionary(asked: argparse.Namespace) -> int:
    text = dictionary.markdown()
    _print_json({"markdown": text}) if asked.json else sys.stdout.write(text)
    return DONE


def write_demo(asked: argparse.Namespace) -> int:
    demo.write(asked.folder, organisations=asked.organisations, seed=asked.seed)
    written = sorted(str(path) for path in asked.folder.iterdir())
    _print_json({"files": written}) if asked.json else print(*written, sep="\n")
    return DONE


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    home = settings.default_home()
    language = "nl" if os.environ.get("LC_ALL", os.environ.get("LANG", "")).startswith("nl") else "en"
    common.add_argument(
        "--home",
        type=Path,
        default=home,
        metavar="DIR",
        help="folder with hub.toml and the snapshots (default: data)",
    )
    common.add_argument("--language", choices=texts.LANGUAGES, default=language, help="language of the sentences")
    common.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    dated = argparse.ArgumentParser(add_help=False)
    dated.add_argument(
        "--as-of", type=_date, metavar="DATE", help="the day to look at (default: the newest day in the data)"
    )

    parser = argparse.ArgumentParser(prog="python -m hubdata", description="The data of the Impact City dashboard.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")

    def verb(
        name: str, run: Callable[[argparse.Namespace], int], does: str, *parents: argparse.ArgumentParser
    ) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, help=does, description=does, parents=[common, *parents])
        added.set_defaults(run=run)
        return added

    for name, run, does in (
        ("check", check, "read and validate files; load nothing"),
        ("load", load, "validate files and put them on show"),
    ):
        added = verb(name, run, does)
        added.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="CSV files, or folders with CSV files")
        added.add_argument(
            "--update", action="store_true", help="add and change rows by key instead of replacing tables"
        )
    added.add_argument(
        "--skip-invalid", action="store_true", help="load the valid rows and keep the rejected ones aside"
    )
    added.add_argument("--yes", action="store_true", help="load even when more than a fifth of a table is removed")

    added = verb("indicators", indicators, "every indicator", dated)
    added.add_argument("--without-convenor", action="store_true", help="leave the convenors out")
    added.add_argument(
        "--max-consortium", type=_positive, metavar="N", help="ignore partnerships of more than N organisations"
    )
    verb("organisation", organisation, "one organisation", dated).add_argument("id", metavar="ID")
    verb("history", history, "the snapshots, newest first")
    verb("rollback", rollback, "put another snapshot on show").add_argument("snapshot", metavar="SNAPSHOT")
    verb("template", template, "write empty CSV files and a data dictionary").add_argument(
        "folder", type=Path, metavar="DIR"
    )
    verb("dictionary", write_dictionary, "print the data dictionary as Markdown")
    added = verb("demo", write_demo, "write a fictional ecosystem")
    added.add_argument("folder", type=Path, metavar="DIR")
    added.add_argument("--organisations", type=_positive, default=150, metavar="N")
    added.add_argument("--seed", type=int, default=1, metavar="S")
    return parser


def _positive(text: str) -> int:
    if not (text.isdecimal() and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def _date(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2024-01-31") from None


def _snapshot(asked: argparse.Namespace) -> tuple[store.Snapshot, settings.Settings]:
    hub_settings = settings.read(asked.home)
    on_show = store.on_show(asked.home)
    if on_show is None:
        raise store.StoreProblem("nothing is loaded yet: run `python -m hubdata load data/sample`")
    return store.open_snapshot(asked.home, on_show), hub_settings


def _words(asked: argparse.Namespace, text: texts.Text) -> str:
    return text.words(asked.language)


def _show_problems(draft: ingest.Draft, asked: argparse.Namespace) -> None:
    if asked.json:
        problems = [dataclasses.asdict(p) for p in draft.problems]
        for listed, problem in zip(problems, draft.problems, strict=True):
            listed.pop("blocks")
            listed["message"] = _words(asked, problem.message)
            listed["remedy"] = _words(asked, problem.remedy)
        _print_json({"problems": problems})
        return
    _show_notes(draft, asked)
    for problem in draft.problems:
        place = ", ".join(
            part
            for part in (
                problem.file,
                _words(asked, texts.Text("row {row}", {"row": problem.row})) if problem.row else "",
                problem.column,
                repr(problem.value) if problem.value else "",
            )
            if part
        )
        print(f"{place}: {_words(asked, problem.message)} {_words(asked, problem.remedy)}")
    if not draft.problems:
        print(_words(asked, texts.Text("No problems found.")))


def _show_notes(draft: ingest.Draft, asked: argparse.Namespace) -> None:
    for note in draft.notes:
        print(f"{note.file}: {_words(asked, note.message)}")


def _print_json(answer: Any) -> None:
    """One JSON object. An infinite or undefined number would not be JSON; it is a bug, so it raises."""
    print(json.dumps(answer, ensure_ascii=False, allow_nan=False, default=lambda value: value.isoformat()))


def _print_tree(answer: Any, indent: int = 0) -> None:
    """An answer for people to skim: names and values, long lists shortened."""
    pad = "  " * indent
    for key, value in answer.items():
        if isinstance(value, dict) and len(value) <= 40:
            print(f"{pad}{key}")
            _print_tree(value, indent + 1)
        elif isinstance(value, list | dict):
            print(f"{pad}{key}: {len(value)} items (--json prints them)")
        else:
            print(f"{pad}{key}: {'n/a' if value is None else value}")


if __name__ == "__main__":
    sys.exit(main())
