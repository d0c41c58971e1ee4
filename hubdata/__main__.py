"""The commands: `python -m hubdata VERB`. Exit status 0 done, 1 refused because of the data, 2 wrong use."""

import argparse
import datetime
import errno
import getpass
import os
import re
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hubdata import (
    answering,
    ask_command,
    asking,
    audit,
    demo,
    dictionary,
    file_command,
    ingest,
    loading,
    methods,
    models,
    move_command,
    naming,
    partner_export,
    proposals,
    questions,
    settings,
    sharing,
    store,
    template,
    texts,
)
from hubdata.indicators import network, stress
from hubdata.printing import as_json, as_tree, problems_and_readings, readings, words

DONE, REFUSED, WRONG_USE = 0, 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parsed = _parser().parse_args(arguments)
    try:
        parsed.language = parsed.language or _language(parsed.home)
        status: int = parsed.run(parsed)
        sys.stdout.flush()
    except settings.SettingsProblem as problem:
        print(problem, file=sys.stderr)
        status = WRONG_USE
    except store.StoreProblem as problem:
        sentence = {
            "disk_full": texts.Text("The disk is full; nothing was changed."),
            "read_only": texts.Text("The folder with the data may not be written to; nothing was changed."),
            "unreachable": texts.Text("The database with the data cannot be reached; nothing was changed."),
            "other_server": texts.Text("Another server is busy with this data; nothing was changed."),
            "unsure": texts.Text("The database was lost at the last moment; see with `history` whether it was done."),
        }.get(problem.code)
        print(words(parsed, sentence) if sentence else problem, file=sys.stderr)
        status = WRONG_USE
    except partner_export.NotRecognised as problem:
        print(words(parsed, problem.text), words(parsed, problem.way_out), file=sys.stderr)
        status = WRONG_USE
    except (sharing.SharingProblem, asking.AskProblem) as problem:
        print(words(parsed, texts.Text(str(problem))), file=sys.stderr)
        status = WRONG_USE
    except BrokenPipeError:
        # What reads the output stopped, as `head` does. Python would complain once more when it closes standard output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = DONE
    except OSError as problem:
        print(_sentence(parsed, problem), file=sys.stderr)
        status = WRONG_USE
    except KeyboardInterrupt:
        status = 130  # what shells expect of a program that was interrupted
    return status


def _language(home: Path) -> str:
    """The language of whoever gives the command; when the system does not say, that of the hub."""
    spoken = (os.environ.get("LC_ALL") or os.environ.get("LANG") or "")[:2]
    return spoken if spoken in texts.LANGUAGES else settings.read(home).languages[0]


def _sentence(options: argparse.Namespace, problem: OSError) -> str:
    """What the disk refused, as one sentence."""
    if isinstance(problem, FileNotFoundError):
        if problem.filename:
            return words(options, texts.Text("There is no file or folder {path}.", {"path": problem.filename}))
        paths = {"paths": ", ".join(map(str, options.paths))}
        return words(
            options, texts.Text("There are no lists in {paths}: CSV files (.csv) or workbooks (.xlsx).", paths)
        )
    if not problem.filename:  # raised by ourselves, with a sentence
        return str(problem)
    gaps = {"path": problem.filename, "reason": problem.strerror}
    return words(options, texts.Text("{path} cannot be read or written: {reason}.", gaps))


def _said(options: argparse.Namespace) -> loading.FileMapping:
    """What the options say of lists of other programs."""
    return loading.answer_for_all(dict(options.fill), dict(options.rate))


def check(options: argparse.Namespace) -> int:
    hub_settings = settings.read(options.home)
    files = loading.read_files(options.paths, hub_settings)
    how = {"update": options.update, "answers": _said(options)}
    draft = loading.prepare_with_letters(options.home, hub_settings, files, options.letters, **how).draft
    problems_and_readings(draft, options)
    return REFUSED if draft.problems else DONE


def load(options: argparse.Namespace) -> int:
    hub_settings = settings.read(options.home)
    files = loading.read_files(options.paths, hub_settings)
    how = {"update": options.update, "skip_invalid": options.skip_invalid, "may_remove": options.yes}
    aside = set((options.home / "rejected").glob("*"))
    try:
        outcome = loading.load(
            options.home,
            hub_settings,
            files,
            **how,
            way="command",
            by=_user(),
            letters=options.letters,
            answers=_said(options),
        )
    except store.ConcurrentLoad:
        problems_and_readings(
            ingest.Draft(problems=[ingest.problem("other_load_was_first", ", ".join(files))]), options
        )
        return REFUSED
    counted = {
        name: {"added": c.added, "changed": c.changed, "removed": c.removed, "rejected": c.rejected}
        for name, c in outcome.draft.changes.items()
    }
    if not outcome.manifest and not outcome.is_unchanged:
        problems_and_readings(outcome.draft, options)
        return REFUSED
    snapshot = outcome.manifest.id if outcome.manifest else store.current_snapshot_id(options.home)
    emptied = {name: c.emptied for name, c in outcome.draft.changes.items() if c.emptied}
    if options.json:
        as_json({"snapshot": snapshot, "tables": counted} | ({"emptied": emptied} if emptied else {}))
        return DONE
    readings(outcome.draft, options)
    if outcome.is_unchanged:
        print(words(options, texts.Text("These files hold exactly what is on show already; nothing changed.")))
    for name, count in counted.items():
        line = texts.Text(
            "{table}: {added} added, {changed} changed, {removed} removed, {rejected} rejected",
            {"table": name, **count},
        )
        print(words(options, line))
        if name in emptied:
            line = texts.Text("  Cells that could not be read, left empty: {count}", {"count": emptied[name]})
            print(words(options, line))
    for folder in sorted(set((options.home / "rejected").glob("*")) - aside) if outcome.draft.rejected else ():
        line = texts.Text("The rejected rows are kept, with what is wrong with each: {folder}", {"folder": folder})
        print(words(options, line))
    print(words(options, texts.Text("On show now: snapshot {id}", {"id": snapshot})))
    return DONE


def _user() -> str:
    """Who gives the command, when the system knows."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a system without names of users
        return ""


def indicators(options: argparse.Namespace) -> int:
    snapshot, hub_settings = _snapshot(options)
    view = store.View(
        as_of=options.as_of or snapshot.newest_date(questions.today()),
        with_convenor=not options.without_convenor,
        max_consortium=options.max_consortium,
        window_days=hub_settings.window_days,
        plenary_size=hub_settings.plenary_size,
    )
    answers: dict[str, Any] = {**questions.indicators(snapshot, hub_settings, view)}
    if options.exact and answers["network"]["organisations"] > network.LARGE:  # of fewer they are exact already
        answers["network"] = {**answers["network"], **_exact_paths(options, snapshot, view)}
    confirmed = tuple(c[:4] for c in proposals.confirmations(options.home, snapshot.id))
    profiles, ratings = proposals.confirmed_profiles(options.home, snapshot.id), answering.ratings(options.home)
    for part, answer in (
        ("ties", questions.answer_confirmation(snapshot, hub_settings, view, confirmed)),
        ("ties", questions.answer_trust(snapshot, hub_settings, view, ratings)),
        ("coverage", questions.answer_confirmed_profiles(snapshot, hub_settings, view, profiles)),
    ):
        answers[part] = {**answers[part], **answer}
    as_json(answers) if options.json else as_tree(answers)
    return DONE


def _exact_paths(options: argparse.Namespace, snapshot: store.Snapshot, view: store.View) -> network.ExactPaths:
    """The figures that are estimated in a large network, from all paths; says meanwhile how far it is."""
    organisations, tie_rows = snapshot.rows("active_organisations", view), snapshot.rows("ties", view)
    said = -1

    def report(part: float) -> None:
        nonlocal said
        if int(100 * part) > said:
            said = int(100 * part)
            sentence = texts.Text("{percent}% of the paths followed", {"percent": said})
            print(words(options, sentence), file=sys.stderr, flush=True)

    return network.exact_paths(organisations, tie_rows, report)


def organisation(options: argparse.Namespace) -> int:
    snapshot, hub_settings = _snapshot(options)
    view = _dated_view(options, snapshot, hub_settings)
    meant = questions.named(snapshot, options.id)
    identifier = meant[0] if len(meant) == 1 else options.id
    answer = questions.answer_organisation(snapshot, hub_settings, view, identifier)
    if answer is None:
        print(
            words(
                options,
                texts.Text("There is no organisation {id} on {day}.", {"id": options.id, "day": view.as_of}),
            ),
            file=sys.stderr,
        )
        return WRONG_USE
    as_json(answer) if options.json else as_tree(answer)
    return DONE


def stress_test(options: argparse.Namespace) -> int:
    snapshot, hub_settings = _snapshot(options)
    view = store.View(as_of=snapshot.newest_date(questions.today()))
    try:
        answer = questions.answer_stress(
            snapshot, hub_settings, view, options.year, tuple(options.cut), tuple(options.cut_category)
        )
    except (stress.UnknownDonor, stress.UnknownCategory) as unknown:
        name = unknown.donor if isinstance(unknown, stress.UnknownDonor) else unknown.category
        near = ", ".join(unknown.nearest) or texts.NOT_KNOWN
        print(
            words(options, texts.Text("Not in the data: {name}. Did you mean: {near}?", {"name": name, "near": near})),
            file=sys.stderr,
        )
        return REFUSED
    if options.json:
        as_json(answer)
        return DONE
    for row in answer["organisations"]:
        if row["at_risk"] and row["is_active"]:
            gaps = {"name": row["name"], "share": texts.percent(row["loss_share"], options.language, 1)}
            print(words(options, texts.Text("At risk: {name} would lose {share} of its income.", gaps)))
    as_tree(answer)
    return DONE


def forecast(options: argparse.Namespace) -> int:
    snapshot, hub_settings = _snapshot(options)
    answer = questions.forecast(snapshot, hub_settings, _dated_view(options, snapshot, hub_settings))
    as_json(answer) if options.json else as_tree(answer)
    return DONE


def introductions(options: argparse.Namespace) -> int:
    snapshot, hub_settings = _snapshot(options)
    view = _dated_view(options, snapshot, hub_settings)
    pairs = questions.answer_introductions(snapshot, hub_settings, view, options.with_convenors, options.limit)
    tested = questions.answer_backtest(snapshot, hub_settings, view, options.with_convenors)
    if options.json:
        as_json({"pairs": pairs, "backtest": tested})
        return DONE
    for place, pair in enumerate(pairs, start=1):
        names = {pair["organisation_a"]: pair["name_a"], pair["organisation_b"]: pair["name_b"]}
        print(f"{place}. {pair['name_a']} – {pair['name_b']}")
        for reason in pair["reasons"]:
            coded = reason["kind"] in ("themes", "need")
            items = [hub_settings.label(n, options.language) if coded else n for n in reason["names"]]
            gaps = {"items": texts.join(items, options.language), "who": names.get(reason.get("of", ""), "")}
            print("  ", words(options, texts.Text(methods.WHY_INTRODUCE[reason["kind"]], gaps)))
    as_tree({"backtest": tested})
    return DONE


def history(options: argparse.Namespace) -> int:
    current_snapshot_id = store.current_snapshot_id(options.home)
    manifests = store.history(options.home)
    if options.json:
        fields = ("id", "loaded_at", "origin", "tables")
        snapshots = [
            {name: getattr(m, name) for name in fields} | {"on_show": m.id == current_snapshot_id} for m in manifests
        ]
        as_json({"snapshots": snapshots})
    for manifest in [] if options.json else manifests:
        rows = ", ".join(f"{name} {table['rows']}" for name, table in manifest.tables.items())
        mark = "*" if manifest.id == current_snapshot_id else " "
        print(f"{mark} {manifest.id}  {manifest.loaded_at}  {manifest.origin}  {rows}")
    return DONE


def rollback(options: argparse.Namespace) -> int:
    store.rollback(options.home, options.snapshot)
    audit.note(options.home, _user() or "command", "put back", detail=options.snapshot)
    if options.json:
        as_json({"snapshot": options.snapshot})
    else:
        print(words(options, texts.Text("On show now: snapshot {id}", {"id": options.snapshot})))
    return DONE


def names(options: argparse.Namespace) -> int:
    found = naming.proposals_on_show(options.home)
    if options.json:
        as_json({"proposals": [naming.as_json(proposal) for proposal in found]})
        return DONE
    for proposal in found:
        print(*(words(options, line) for line in naming.told(proposal, options.language)), sep="\n  ")
    print(words(options, texts.Text("Names that may be of one: {count}", {"count": len(found)})))
    return DONE


def merge(options: argparse.Namespace) -> int:
    before = store.current_snapshot_id(options.home)
    try:
        proposal = naming.asked_for(options.home, options.kept, options.gone)
        if not options.json:
            print(*(words(options, line) for line in naming.told(proposal, options.language)), sep="\n  ")
            question = words(options, texts.Text("Take them together? (y/n) "))
            if sys.stdin.isatty() and not options.yes and input(question).strip().lower()[:1] not in ("y", "j"):
                return REFUSED
        merges, how = [proposal.merge], settings.read(options.home)
        outcome = naming.merge(options.home, how, merges, "command", _user())
    except naming.NotMerged as refused:
        print(words(options, texts.Text(naming.SENTENCES[refused.code], {"name": refused.name})), file=sys.stderr)
        return REFUSED
    snapshot = outcome.manifest.id if outcome.manifest else before
    if options.json:
        as_json({"snapshot": snapshot, "before": before} | naming.as_json(proposal))
    else:
        line = texts.Text(
            "On show now: snapshot {id}. To undo it: rollback {before}", {"id": snapshot, "before": before}
        )
        print(words(options, line))
    return DONE


def share_create(options: argparse.Namespace) -> int:
    hub_settings = settings.read(options.home)
    link, token = sharing.create(
        options.home,
        hub_settings,
        label=options.label,
        pages=options.pages,
        sectors=options.sectors,
        themes=options.themes,
        funding=options.funding,
        names=not options.no_names,
        downloads=options.downloads,
        snapshot=store.current_snapshot_id(options.home) if options.fixed else options.snapshot,
        language=options.start_language,
        days=options.expires,
        passphrase=_secret(options, texts.Text("Passphrase: ")) if options.passphrase else None,
        by=_user(),
    )
    audit.note(options.home, _user() or "command", "link made", link=link.id)
    address = sharing.address(hub_settings, token)
    if options.json:
        as_json({"id": link.id, "url": address})
        return DONE
    print(address)
    gaps = {"id": link.id, "day": link.expires_at.date()}
    line = texts.Text("This address is shown only once. It works until {day}. To end it: share revoke {id}", gaps)
    print(words(options, line))
    return DONE


def share_list(options: argparse.Namespace) -> int:
    moment = sharing.now()
    listed = [
        link.model_dump(mode="json", exclude={"token_sha256", "passphrase_hash", *(link.model_extra or ())})
        | {"open": link.is_open(moment), "passphrase": bool(link.passphrase_hash)}
        | {"newer_version": link.is_from_a_newer_version}
        for link in reversed(sharing.links(options.home))
    ]
    if options.json:
        as_json({"links": listed})
    for link in [] if options.json else listed:
        closed = "revoked" if link["revoked_at"] else "newer" if link["newer_version"] else "expired"
        state = "open" if link["open"] else closed
        print(f"{link['id']}  {state:8}{link['expires_at'][:10]}  {link['opened']:4}  {link['label']}")
    return DONE


def share_revoke(options: argparse.Namespace) -> int:
    link = sharing.revoke(options.home, options.id)
    audit.note(options.home, _user() or "command", "link revoked", link=link.id)
    if options.json:
        as_json({"id": link.id})
    else:
        print(words(options, texts.Text("Link {id} lets nobody in any more.", {"id": link.id})))
    return DONE


def password(options: argparse.Namespace) -> int:
    new_password = _secret(options, texts.Text("New password: "))
    sharing.set_password(options.home, new_password)
    audit.note(options.home, _user() or "command", "password set")
    if options.json:
        as_json({"password": "set"})
    else:
        print(words(options, texts.Text("The password is set. Whoever was logged in has to log in again.")))
    return DONE


def _secret(options: argparse.Namespace, prompt: texts.Text) -> str:
    """A secret, typed twice without being shown, or the first line of a pipe. Never an argument: others see those."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass(words(options, prompt))
    again = getpass.getpass(words(options, texts.Text("Once more: ")))
    if first != again:
        raise OSError(words(options, texts.Text("The two are not the same. Nothing was changed.")))
    return first


def backup(options: argparse.Namespace) -> int:
    if not options.file.absolute().parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "", str(options.file.parent))
    store.backup(options.home, options.file)
    if options.json:
        as_json({"file": str(options.file)})
    else:
        print(words(options, texts.Text("Everything is in {file}. Keep it in another place.", {"file": options.file})))
    return DONE


def restore(options: argparse.Namespace) -> int:
    if not options.file.exists():
        raise FileNotFoundError(errno.ENOENT, "", str(options.file))
    snapshot = loading.restore(options.home, options.file)
    if options.json:
        as_json({"snapshot": snapshot})
    else:
        print(words(options, texts.Text("On show now: snapshot {id}", {"id": snapshot})))
    return DONE


def rebuild(options: argparse.Namespace) -> int:
    snapshot = store.open_snapshot(options.home, options.snapshot)
    try:
        tables = loading.rebuild(options.home, options.snapshot)
    except store.StoreProblem as problem:
        print(problem, file=sys.stderr)
        tables = {}
    # Also when it was made before files were kept, nothing can be made of it again.
    differs = [name for name in models.TABLES if name not in tables or not tables[name].equals(snapshot.arrow(name))]
    if options.json:
        as_json({"snapshot": options.snapshot, "same": not differs, "differs": differs})
    elif differs:
        gaps = {"tables": texts.join(differs, options.language)}
        print(words(options, texts.Text("The kept files do not give the same tables: {tables}", gaps)))
    else:
        line = texts.Text("The kept files give exactly snapshot {id}.", {"id": options.snapshot})
        print(words(options, line))
    return REFUSED if differs else DONE


def write_template(options: argparse.Namespace) -> int:
    if options.path.suffix.lower() == ".xlsx":
        file_command.write_whole(options.path, template.workbook(settings.read(options.home), options.language))
        written = [options.path]
    else:
        written = dictionary.write_templates(options.path, options.language)
    as_json({"files": [str(path) for path in written]}) if options.json else print(*written, sep="\n")
    return DONE


def write_dictionary(options: argparse.Namespace) -> int:
    text = dictionary.markdown()
    as_json({"markdown": text}) if options.json else sys.stdout.write(text)
    return DONE


def write_demo(options: argparse.Namespace) -> int:
    demo.write(options.folder, organisations=options.organisations, seed=options.seed)
    written = sorted(str(path) for path in options.folder.iterdir())
    as_json({"files": written}) if options.json else print(*written, sep="\n")
    return DONE


def _common(**more: Any) -> argparse.ArgumentParser:
    """The options that every command takes."""
    common = argparse.ArgumentParser(add_help=False, **more)
    quiet = "argument_default" in more

    def add(name: str, default: Any, **how: Any) -> None:
        common.add_argument(name, **how, **({} if quiet else {"default": default}))

    where = "folder with hub.toml and the snapshots (default: data)"
    add("--home", settings.default_home(), type=Path, metavar="DIR", help=where)
    spoken = "language of the sentences (default: the system's, else the hub's)"
    add("--language", None, choices=texts.LANGUAGES, help=spoken)
    add("--json", False, action="store_true", help="print one JSON object and nothing else")
    return common


def _parser() -> argparse.ArgumentParser:
    common = _common()
    dated = argparse.ArgumentParser(add_help=False)
    dated.add_argument(
        "--as-of", type=_date, metavar="DATE", help="the day to look at (default: the newest day in the data)"
    )

    parser = argparse.ArgumentParser(prog="python -m hubdata", description="The data of the Impact City dashboard.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")

    def verb(
        name: str,
        run: Callable[[argparse.Namespace], int],
        does: str,
        *parents: argparse.ArgumentParser,
        among: Any = verbs,
    ) -> argparse.ArgumentParser:
        # Of "share --home DIR list" the second verb must not reset what was given to the first.
        shared_options = common if among is verbs else _common(argument_default=argparse.SUPPRESS)
        added: argparse.ArgumentParser = among.add_parser(
            name, help=does, description=does, parents=[shared_options, *parents]
        )
        added.set_defaults(run=run)
        return added

    for name, run, does in (
        ("check", check, "read and validate files; load nothing"),
        ("load", load, "validate files and put them on show"),
    ):
        added = verb(name, run, does)
        added.add_argument(
            "paths", nargs="+", type=Path, metavar="PATH", help="CSV files, workbooks, or folders with them"
        )
        added.add_argument(
            "--fill",
            action="append",
            default=[],
            type=_named_text,
            metavar="COLUMN=VALUE",
            help="what a list of another program does not say, the same in every row",
        )
        added.add_argument(
            "--rate", action="append", default=[], type=_named_number, metavar="CURRENCY=EUROS",
            help="how many euros one of another currency is",
        )  # fmt: skip
        added.add_argument(
            "--update", action="store_true", help="add and change rows by key instead of replacing tables"
        )
        added.add_argument(
            "--letters", choices=ingest.LETTERS, default="", help="how files are written of which we ask this"
        )
    added.add_argument(
        "--skip-invalid", action="store_true", help="load the valid rows and keep the rejected ones aside"
    )
    added.add_argument("--yes", action="store_true", help="load even when more than a fifth of a table is removed")

    verb("names", names, "names that may be of one organisation or donor")
    added = verb("merge", merge, "take two together; undo it with rollback")
    added.add_argument("kept", metavar="KEPT", help="the organisation or donor that stays, by identifier or name")
    added.add_argument("gone", metavar="GONE", help="the one that is taken for it")
    added.add_argument("--yes", action="store_true", help="do not ask")

    added = verb("indicators", indicators, "every indicator", dated)
    added.add_argument("--without-convenor", action="store_true", help="leave the convenors out")
    added.add_argument(
        "--max-consortium", type=_positive, metavar="N", help="ignore partnerships of more than N organisations"
    )
    added.add_argument(
        "--exact",
        action="store_true",
        help=f"betweenness and the average distance of more than {network.LARGE:,} organisations from every path, not "
        "from some: takes minutes",
    )
    verb("organisation", organisation, "one organisation", dated).add_argument(
        "id", metavar="ID", help="its identifier, its name or another name it goes by"
    )
    added = verb("stress", stress_test, "what if donors give less")
    added.add_argument(
        "--cut", type=_cut, action="append", default=[], metavar="DONOR=FRACTION", help="a donor gives so much less"
    )
    added.add_argument(
        "--cut-category",
        type=_cut,
        action="append",
        default=[],
        metavar="CATEGORY=FRACTION",
        help="a kind of income is so much less",
    )
    added.add_argument("--year", type=_positive, metavar="Y", help="the year (default: the latest that was over)")
    verb("forecast", forecast, "what ends, what may lapse, and where figures with a target will stand", dated)
    share = verbs.add_parser("share", help="shared links", description="Shared links.", parents=[common])
    shares = share.add_subparsers(required=True, metavar="VERB")
    added = verb("create", share_create, "make a link; its address is printed once", among=shares)
    added.add_argument("--label", required=True, metavar="TEXT", help="for whom or what it is; only you see this")
    added.add_argument(
        "--pages", type=_names, default=sharing.USUAL_PAGES, metavar="P,...", help=f"of {', '.join(sharing.PAGES)}"
    )
    added.add_argument(
        "--expires", type=int, default=sharing.DEFAULT_DAYS, metavar="DAYS", help="1 to 365 (default: 90)"
    )
    added.add_argument("--funding", choices=sharing.FUNDING, default="none", help="what it shows of income")
    added.add_argument("--sectors", type=_names, default=(), metavar="S,...", help="only organisations of these")
    added.add_argument(
        "--themes", type=_names, default=(), metavar="T,...", help="only organisations with one of these"
    )
    added.add_argument("--no-names", action="store_true", help="organisations have no names")
    added.add_argument("--downloads", action="store_true", help="tables may be downloaded")
    which = added.add_mutually_exclusive_group()
    which.add_argument("--fixed", action="store_true", help="always the snapshot that is on show now")
    which.add_argument("--snapshot", metavar="SNAPSHOT", help="always this snapshot")
    added.add_argument("--start-language", choices=texts.LANGUAGES, help="the language it begins in")
    added.add_argument(
        "--passphrase", action="store_true", help="ask for a passphrase as well; it is typed, or read from a pipe"
    )
    verb("list", share_list, "all links, newest first", among=shares)
    verb("revoke", share_revoke, "end a link", among=shares).add_argument("id", metavar="ID")
    ask = verbs.add_parser("ask", help=ask_command.DOES, description=ask_command.DOES, parents=[common])
    ask_command.add_to(verb, ask.add_subparsers(required=True, metavar="VERB"), _user)
    verb("password", password, "set the manager's password; it is typed, or read from a pipe")
    added = verb("introductions", introductions, "whom to introduce to whom, and why", dated)
    added.add_argument("--limit", type=_positive, default=20, metavar="N", help="so many pairs (default: 20)")
    added.add_argument("--with-convenors", action="store_true", help="convenors too, who know nearly everybody")
    verb("history", history, "the snapshots, newest first")
    verb("rollback", rollback, "put another snapshot on show").add_argument("snapshot", metavar="SNAPSHOT")
    for name, run, does in (
        ("backup", backup, "write settings, snapshots and the files they were made of to one zip file"),
        ("restore", restore, "bring back what a backup holds"),
    ):
        verb(name, run, does).add_argument("file", type=Path, metavar="FILE")
    verb("rebuild", rebuild, "make a snapshot anew from the files that are kept, and compare").add_argument(
        "snapshot", metavar="SNAPSHOT"
    )
    verb(
        "template", write_template, "write a workbook to fill in, or empty CSV files and a data dictionary"
    ).add_argument("path", type=Path, metavar="DIR or FILE.xlsx")
    file_command.add_to(verb, dated, _names, _date)
    move_command.add_to(verb)
    verb("dictionary", write_dictionary, "print the data dictionary as Markdown")
    added = verb("demo", write_demo, "write a fictional ecosystem")
    added.add_argument("folder", type=Path, metavar="DIR")
    added.add_argument("--organisations", type=_positive, default=150, metavar="N")
    added.add_argument("--seed", type=int, default=1, metavar="S")
    return parser


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _positive(text: str) -> int:
    if not (text.isdecimal() and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def _named_text(text: str) -> tuple[str, str]:
    name, is_named, value = text.partition("=")
    if not (name and is_named):
        raise argparse.ArgumentTypeError(f"{text!r} is not a name, =, and what it is")
    return name.strip(), value.strip()


def _named_number(text: str) -> tuple[str, float]:
    name, value = _named_text(text)
    if not re.fullmatch(r"\d{0,6}\.?\d{0,9}", value, re.ASCII) or not any(map(str.isdigit, value)) or float(value) <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a currency, =, and a number above 0 such as 1.17")
    return name, float(value)


def _cut(text: str) -> tuple[str, float]:
    name, _, fraction = text.rpartition("=")
    try:
        cut = float(fraction)
    except ValueError:
        cut = -1.0
    if not name or not 0 <= cut <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a name and a fraction from 0 to 1, as in NAME=0.3")
    return name, cut


def _date(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2024-01-31") from None


def _snapshot(options: argparse.Namespace) -> tuple[store.Snapshot, settings.Settings]:
    hub_settings = settings.read(options.home)
    current_snapshot_id = store.current_snapshot_id(options.home)
    if current_snapshot_id is None:
        raise store.StoreProblem("nothing is loaded yet: run `python -m hubdata load data/sample`")
    megabytes = hub_settings.database_megabytes
    return store.open_snapshot(options.home, current_snapshot_id, megabytes=megabytes), hub_settings


def _dated_view(options: argparse.Namespace, snapshot: store.Snapshot, hub_settings: settings.Settings) -> store.View:
    return store.View(
        as_of=options.as_of or snapshot.newest_date(questions.today()),
        window_days=hub_settings.window_days,
        plenary_size=hub_settings.plenary_size,
    )


if __name__ == "__main__":
    status = main()
    if any(thread.daemon for thread in threading.enumerate()):
        # One waits for a database that fell silent (`catalogue.ask_lake`): ended by Python, it would end as a crash.
        sys.stderr.flush()
        os._exit(status)
    sys.exit(status)
