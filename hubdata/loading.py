"""Handing in a drop: reading and checking it, publishing all or nothing of it, and going back to an older snapshot.

Commands, pages and the inbox all use these functions. Each joins `ingest` and `store` in a few lines; those two know
nothing of each other.
"""

import contextlib
import csv
import datetime
import json
import logging
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from hubdata import asking, audit, demo, ingest, models, sandbox, sharing, store
from hubdata.cells import fold
from hubdata.questions.changes import Movement, headlines, movements_of, plain_view
from hubdata.questions.income import income_year
from hubdata.questions.organisations import today
from hubdata.settings import Settings
from hubdata.texts import N_

# Types for whoever hands in a drop, so that pages need not import `ingest`.
Apart = ingest.Apart
Count = ingest.Count
Draft = ingest.Draft
FileMapping = ingest.FileMapping
Note = ingest.Note
Problem = ingest.Problem
Reading = ingest.Reading

logger = logging.getLogger(__name__)

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
SAMPLE_ATTRIBUTION = N_(
    "Contains IATI data of the Netherlands Ministry of Foreign Affairs, the European Commission, Oxfam Novib, Cordaid, "
    "CARE Nederland, Hivos, PAX, OCHA and other publishers named in data/sample/README.md, through IATI Country "
    "Development Finance Data; CORDIS data (c) European Union, CC BY 4.0; open data of rijksoverheid.nl and Open State "
    "Foundation (CC0). All adapted: selected, matched and summed."
)
"""What the licences ask for; pages show it in the reader's language. It also tells this sample from older ones."""


@dataclass(frozen=True)
class Prepared:
    """A drop that was read and checked, and what it was compared with; nothing is published yet."""

    draft: ingest.Draft
    based_on: str | None
    """The snapshot that was on show."""
    update: bool = False
    answers: ingest.FileMapping = field(default_factory=ingest.FileMapping)
    """What the reader said about these files; remembered once they are loaded."""

    @property
    def is_unchanged(self) -> bool:
        """The drop holds exactly what is on show."""
        changes = self.draft.changes.values()
        return bool(self.draft.before_is_own) and not any(c.added or c.changed or c.removed for c in changes)

    @property
    def removes_much(self) -> list[str]:
        """The tables of which more than a fifth would go: to be asked."""
        return [name for name, changes in self.draft.changes.items() if changes.removes_much]


@dataclass(frozen=True)
class Outcome:
    """What became of a drop. `manifest` is None when nothing was published."""

    draft: ingest.Draft
    manifest: store.Manifest | None = None
    is_unchanged: bool = False


MATCHING = "matching.json"
"""The record of what readers told about their files."""
PROBLEMS = "problems.csv"
"""The list of problems beside what the inbox refused; no other file in `rejected/` has its name."""
READ_SUFFIXES = (".csv", ".xlsx", ".xlsm", ".ods", ".xls", ".txt", ".tsv", ".xml")
NOT_READ = {
    "open_in_excel": re.compile(r"(~\$|\.~lock\.).*"),
    "numbers_not_read": re.compile(r".*\.numbers/?", re.IGNORECASE),
    "folders_not_read": re.compile(r".*/"),
    "packed_not_read": re.compile(r".*\.(zip|rar|7z|gz|tgz|tar|bz2)", re.IGNORECASE),
    "others_not_read": re.compile(r".*"),
}
"""Code of a note -> the names that it is about, of what lies beside the lists; the first that fits counts."""
OF_PROGRAMS = ("thumbs.db", "desktop.ini", PROBLEMS)
"""What programs, and we ourselves, put in a folder without anybody asking."""


def get_ready() -> None:
    """Read the words that every drop is read with, once for all of them (see `sandbox`); starts no thread."""
    ingest.vocabularies(Settings())
    ingest.recipes.recipes()


def read_files(paths: list[Path], settings: Settings) -> dict[str, bytes | None]:
    """The content of files, and of the lists in folders, by file name. Raises `FileNotFoundError`.

    Of a file or a drop that is too large no more is read than shows that it is. None for what lies beside the lists in
    a folder: it is not read, and named (see `prepare`).
    """
    files: list[Path] = []
    beside: list[str] = []
    for path in paths:
        files.extend(lists_in(path) if path.is_dir() else [path])
        beside.extend(beside_lists_in(path) if path.is_dir() else [])
    if not files:
        other = f"; there is: {', '.join(beside)}" if beside else ""
        raise FileNotFoundError(f"no CSV files or workbooks in {', '.join(map(str, paths))}{other}")
    names = [path.name for path in files]
    content: dict[str, bytes | None] = {}
    left = settings.max_drop_megabytes * 1_000_000
    for path in files:
        with path.open("rb") as file:
            name = path.name if names.count(path.name) == 1 else str(path)
            read = file.read(min(settings.max_file_megabytes * 1_000_000, left) + 1)
        content[name] = read
        left -= min(len(read), left)
    return content | dict.fromkeys(beside)


def lists_in(folder: Path) -> list[Path]:
    """The files of a folder that may hold a list; not the ones that programs keep for themselves."""
    files = (p for p in folder.iterdir() if p.suffix.lower() in READ_SUFFIXES and p.is_file())
    return sorted(path for path in files if not path.name.startswith((".", "~$")))


def beside_lists_in(folder: Path) -> list[str]:
    """What lies in a folder beside its lists, and somebody may think that we read; folders end in `/`."""
    lists = {path.name for path in lists_in(folder)}
    return sorted(
        f"{path.name}/" if path.is_dir() else path.name
        for path in folder.iterdir()
        if path.name not in lists
        and (not path.name.startswith(".") or path.name.startswith(".~lock."))
        and path.name.lower() not in OF_PROGRAMS
    )


def notes_beside(names: list[str]) -> list[Note]:
    """Notes about what is not read; `names` as `beside_lists_in` gives them."""
    kinds = {name: next(code for code, shape in NOT_READ.items() if shape.fullmatch(name)) for name in names}
    notes = []
    for code in NOT_READ:
        if found := [name for name in names if kinds[name] == code]:
            notes.append(ingest.note(code, found[0], files=", ".join(found), count=len(found)))
    return notes


def left_in_inbox(home: Path) -> list[Note]:
    """What lies in the inbox and is not read, as notes."""
    folder = home / "inbox"
    return notes_beside(beside_lists_in(folder)) if folder.exists() else []


def prepare(
    home: Path,
    settings: Settings,
    files: Mapping[str, bytes | None],
    *,
    update: bool = False,
    answers: ingest.FileMapping | None = None,
    origin: str = "own",
) -> Prepared:
    """Read and check a drop against what is on show; publishes nothing. A file without content is named as not read.

    What people send is read in a process of its own, whose limits are settings: a drop that goes over them is a
    problem, as one that cannot be read is.
    """
    answers = answers or ingest.FileMapping()
    lists = {name: content for name, content in files.items() if content is not None}
    # A lake is out of reach for the process that reads files; what is on show has a copy from here on.
    based_on = store.current_snapshot_id(home)
    how = (home, settings, lists, update, answers, remembered(home), origin, based_on)
    if origin != "own" or not files:  # the examples, which we made ourselves; or nothing to read, but a merge
        return _prepare(*how)
    limits = sandbox.Limits(settings.reading_megabytes, settings.reading_seconds)
    try:
        prepared: Prepared = sandbox.run(_prepare, *how, limits=limits)
    except sandbox.Ended as ended:
        code, limit = {
            "memory": ("reading_takes_memory", limits.megabytes),
            "time": ("reading_takes_time", limits.seconds),
        }[ended.why]
        draft = ingest.Draft(problems=[ingest.problem(code, ended.step or next(iter(lists), ""), limit=limit)])
        prepared = Prepared(draft, based_on, update, answers)
    prepared.draft.notes += notes_beside([name for name, content in files.items() if content is None])
    return prepared


def prepare_with_letters(
    home: Path,
    settings: Settings,
    files: Mapping[str, bytes | None],
    letters: str,
    *,
    answers: ingest.FileMapping | None = None,
    **how: Any,
) -> Prepared:
    """As `prepare`; files of which the letters can be read in more than one way are in the encoding `letters`."""
    prepared = prepare(home, settings, files, answers=answers, **how)
    said = ingest.FileMapping()
    for reading in prepared.draft.readings:
        said = said.with_(answer_about(reading, letters=letters))
    return prepare(home, settings, files, answers=(answers or said).with_(said), **how) if said.letters else prepared


def _prepare(
    home: Path,
    settings: Settings,
    files: Mapping[str, bytes],
    update: bool,
    answers: ingest.FileMapping,
    before: ingest.FileMapping,
    origin: str,
    based_on: str | None,
    begin: Callable[[str], None] = lambda file: None,
) -> Prepared:
    """What `prepare` does, in whatever process it runs; `begin` is told which file is read next.

    `before` is what readers told about their files so far, `based_on` what was on show when the drop came in.
    """
    current, donors = _current(home) if origin == "own" else ({}, {})
    known = ingest.FileMapping(meanings={"donors": dict(donors)} if donors else {})
    matching = before.with_(known).with_(answers)
    draft = ingest.draft(files, settings, current, update=update, matching=matching, begin=begin)
    return Prepared(draft, based_on, update, answers)


def publish(
    home: Path,
    settings: Settings,
    prepared: Prepared,
    *,
    skip_invalid: bool = False,
    may_remove: bool = False,
    origin: str = "own",
    attribution: str = "",
    way: str = "",
    by: str = "",
) -> Outcome:
    """Publish a drop: all of it, or with `skip_invalid` its valid rows, or nothing.

    `way` is how it came in (page, inbox, command, start) and `by` who did it. Raises `store.ConcurrentLoad` when
    somebody else loaded since the drop was compared, and `store.StoreProblem` when it cannot be written.
    """
    draft = prepared.draft
    if draft.is_blocked or (draft.problems and not skip_invalid):
        return Outcome(draft)
    if prepared.removes_much and not may_remove:
        draft.problems += [
            ingest.problem("removes_much", f"{name}.csv", count=draft.changes[name].removed)
            for name in prepared.removes_much
        ]
        return Outcome(draft)
    if prepared.is_unchanged:
        if store.current_snapshot_id(home) != prepared.based_on:
            raise store.ConcurrentLoad("another load was published in the meantime")
        with _rejected_kept(home, settings, draft):
            remember(home, prepared.answers)
        return Outcome(draft, is_unchanged=True)
    of_files = {reading.table for reading in draft.readings}
    kept_tables = [name for name, table in draft.tables.items() if len(table) and name not in of_files]
    with _rejected_kept(home, settings, draft):
        manifest = store.publish(
            home,
            draft.tables,
            origin=origin,
            drop=store.Drop(draft.received, _options(draft, settings, prepared.update)),
            replaces_all=not draft.before_is_own or not (prepared.update or kept_tables or draft.matching.adds),
            changes={name: asdict(changes) for name, changes in draft.changes.items()},
            attribution=attribution or (settings.attribution if origin == "own" else ""),
            based_on=prepared.based_on,
            way=way,
            by=by,
            donors=draft.matching.meanings.get("donors"),
            keep=settings.keep_snapshots,
        )
    audit.note(home, by or way, "loaded", detail=manifest.id)
    try:
        remember(home, prepared.answers)
    except store.StoreProblem as problem:  # the load stands; the reader is asked once more next time
        logger.warning("what was said about the files is not remembered: %s", problem)
    return Outcome(draft, manifest)


def load(
    home: Path,
    settings: Settings,
    files: Mapping[str, bytes | None],
    *,
    update: bool = False,
    skip_invalid: bool = False,
    may_remove: bool = False,
    origin: str = "own",
    attribution: str = "",
    way: str = "",
    by: str = "",
    letters: str = "",
    answers: ingest.FileMapping | None = None,
) -> Outcome:
    """Check a drop and publish it in one go. See `prepare` and `publish`; `letters` as `prepare_with_letters` takes."""
    prepared = prepare_with_letters(home, settings, files, letters, update=update, origin=origin, answers=answers)
    how: dict[str, Any] = {"skip_invalid": skip_invalid, "may_remove": may_remove, "origin": origin}
    return publish(home, settings, prepared, **how, attribution=attribution, way=way, by=by)


def _options(draft: ingest.Draft, settings: Settings, update: bool) -> dict[str, Any]:
    """What is needed to read the kept files again and find the same."""
    as_now = settings.model_dump(mode="json", include={"sectors", "types", "themes", "time_zone"})
    return {"update": update, "matching": draft.matching.model_dump(), "settings": as_now}


def rebuild(home: Path, snapshot_id: str) -> dict[str, pa.Table]:
    """The tables of a snapshot, made anew from the files as they are kept, in the order in which they came.

    Raises `store.StoreProblem` when a file is damaged or can no longer be read.
    """
    tables: dict[str, pa.Table] = {}
    for drop in store.drops(home, snapshot_id):
        # What a newer version noted beside is read past: if it matters, the tables differ, and that is said.
        as_then = Settings.model_validate(drop.options.get("settings", {}), extra="ignore")
        matching = ingest.FileMapping.model_validate(drop.options.get("matching", {}), extra="ignore")
        update = bool(drop.options.get("update", False))
        draft = ingest.draft(drop.files, as_then, tables, update=update, matching=matching)
        # A list that only a newer version knows is none of our tables.
        foreign = {
            reading.file
            for reading in draft.readings
            if ingest.with_old_answers(matching, reading.header).tables.get(reading.signature)
            not in (None, *models.TABLES)
        }
        if problems := [problem for problem in draft.problems if problem.file not in foreign]:
            first = problems[0]
            raise store.StoreProblem(f"{first.file}, row {first.row}: {first.message.translate('en')}")
        tables = draft.tables
    return tables


def remembered(home: Path) -> ingest.FileMapping:
    """What readers told about their files so far. A damaged file is set aside: they are asked once more."""
    try:
        return ingest.FileMapping.model_validate_json(store.read_record(home, MATCHING), extra="ignore")
    except OSError:  # there is none yet, or the disk refuses it
        return ingest.FileMapping()
    except ValueError:
        with contextlib.suppress(OSError):  # a home that is read-only: it stays where it is
            store.set_record_aside(home, MATCHING)
        return ingest.FileMapping()


def remember(home: Path, answers: ingest.FileMapping) -> None:
    """Remember what a reader told about their files, for the next time. Raises `store.StoreProblem`."""
    if answers != ingest.FileMapping():
        with store.disk_errors_as_problems():
            known = remembered(home).with_(answers).model_dump(mode="json", exclude={"merges", "fill"})
            # With what a newer version noted beside.
            stored: dict[str, Any] = {}
            with contextlib.suppress(FileNotFoundError):
                stored = json.loads(store.read_record(home, MATCHING))
            store.write_record(home, MATCHING, json.dumps(stored | known, indent=1, ensure_ascii=False).encode())


def forget_different(home: Path, pair: tuple[str, str]) -> None:
    """Forget that two names are of two organisations. Raises `store.StoreProblem`."""
    known = remembered(home)
    left = [list(other) for other in known.different if other != pair]
    with store.disk_errors_as_problems(), contextlib.suppress(FileNotFoundError):
        stored = json.loads(store.read_record(home, MATCHING)) | {"different": left}
        store.write_record(home, MATCHING, json.dumps(stored, indent=1, ensure_ascii=False).encode())


def _current(home: Path) -> tuple[dict[str, pa.Table], Mapping[str, str]]:
    """The tables on show that a load of one's own builds on, and what donors were taken for: never of an example."""
    current_snapshot_id = store.current_snapshot_id(home)
    if current_snapshot_id is None:
        return {}, {}
    snapshot = store.open_snapshot(home, current_snapshot_id)
    try:
        if snapshot.manifest.origin != "own":
            return {}, {}
        return {name: snapshot.arrow(name) for name in models.TABLES}, snapshot.manifest.donors
    finally:
        snapshot.close()


@contextlib.contextmanager
def _rejected_kept(home: Path, settings: Settings, draft: ingest.Draft) -> Iterator[None]:
    """Rejected rows are kept, ready to be repaired and dropped again, before what is inside publishes the others.

    When that fails they are not kept either: nothing was loaded, and the file still has them. Raises
    `store.StoreProblem` when they cannot be written.
    """
    if not draft.rejected:
        yield
        return
    with store.disk_errors_as_problems():
        folder, taken = new_folder(home / "rejected"), [PROBLEMS]
    try:
        with store.disk_errors_as_problems():
            for label, rejected in draft.rejected.items():
                taken.append(store.free_name(label, taken, ".csv"))
                store.write_file(folder / taken[-1], rejected.csv(settings.languages[0]))
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def new_folder(parent: Path) -> Path:
    """A new folder named after the moment."""
    folder = parent / f"{datetime.datetime.now(datetime.UTC):%Y%m%dT%H%M%S%f}"
    folder.mkdir(parents=True)
    return folder


def movements(prepared: Prepared, settings: Settings) -> list[Movement]:
    """By how much each headline figure would move, and why: the tables are replaced one after the other.

    "income" is what changes for organisations whose income was known already, "coverage" what others add to it.
    """
    draft = prepared.draft
    steps: dict[str, dict[str, float | None]] = {}
    mixed = dict(draft.before)
    with contextlib.ExitStack() as opened:

        def look(tables: Mapping[str, pa.Table], as_of: datetime.date | None) -> tuple[store.Snapshot, datetime.date]:
            snapshot = opened.enter_context(contextlib.closing(store.preview(tables)))
            return snapshot, as_of or snapshot.newest_date(today())

        def year_of(snapshot: store.Snapshot, as_of: datetime.date) -> int | None:
            return income_year(snapshot, plain_view(settings, as_of))

        after, now = look(draft.tables, None)
        if not draft.before_is_own:
            figures = headlines(after, settings, plain_view(settings, now))
            return movements_of(dict.fromkeys(figures), {"first": figures}, (None, year_of(after, now)))
        before, then = look(draft.before, None)
        start = headlines(before, settings, plain_view(settings, then))
        last_figures = start if now == then else headlines(before, settings, plain_view(settings, now))
        steps["time"] = last_figures
        with_income = pc.unique(draft.before["funding"]["organisation_id"])
        funding_of_known = draft.tables["funding"].filter(
            pc.is_in(draft.tables["funding"]["organisation_id"], value_set=with_income)
        )
        replaced = {
            "organisations": {"organisations": draft.tables["organisations"]},
            "ties": {name: draft.tables[name] for name in ("partnerships", "events", "attendance")},
            "income": {"funding": funding_of_known},
            "coverage": draft.tables,
        }
        different = {name for name, c in draft.changes.items() if c.added or c.changed or c.removed}
        for name, tables in replaced.items():
            mixed |= tables
            if name == "coverage":
                last_figures = headlines(after, settings, plain_view(settings, now))
            elif different & tables.keys():
                last_figures = headlines(look(mixed, now)[0], settings, plain_view(settings, now))
            steps[name] = last_figures
        years = (year_of(before, then), year_of(after, now))
    return movements_of(start, steps, years)


def has_own_data(home: Path) -> bool:
    """Whether somebody ever handed in data of their own."""
    return any(manifest.origin == "own" for manifest in store.history(home))


def show_example(home: Path, settings: Settings, origin: str) -> None:
    """Put the real `sample` or the fictional `demo` on show, as long as there is no data of one's own."""
    if has_own_data(home):
        raise store.StoreProblem("there is data of your own; an example would hide it")
    attribution = SAMPLE_ATTRIBUTION if origin == "sample" else ""
    kept = (m for m in store.history(home) if (m.origin, m.attribution) == (origin, attribution))
    if earlier := next((m for m in kept if store.is_whole(home, m.id)), None):
        store.rollback(home, earlier.id)
    elif origin == "sample":
        load(
            home,
            settings,
            read_files([SAMPLE], settings),
            origin="sample",
            attribution=attribution,
            may_remove=True,
            way="start",
        )
    else:
        with tempfile.TemporaryDirectory() as folder:
            demo.write(Path(folder))
            load(home, settings, read_files([Path(folder)], settings), origin="demo", may_remove=True, way="start")


def first_start(home: Path, settings: Settings) -> None:
    """On the very first start there is something to see: the sample. Never in the place of data that cannot be read."""
    if store.current_snapshot_id(home) is None and not store.has_snapshots(home):
        # Another process that started at the same moment may have loaded it by now.
        with contextlib.suppress(store.ConcurrentLoad):
            show_example(home, settings, "sample")


def renew_sample(home: Path, settings: Settings) -> None:
    """Put today's sample in the place of an older one, in a home that never had data of its own."""
    on_show = next((m for m in store.history(home) if m.id == store.current_snapshot_id(home)), None)
    if on_show and on_show.origin == "sample" and on_show.attribution != SAMPLE_ATTRIBUTION and not has_own_data(home):
        show_example(home, settings, "sample")


def is_standing_in(home: Path) -> bool:
    """Whether another snapshot is on show than the one that should be, since that is damaged or nobody knows which."""
    return store.current_snapshot_id(home) not in (None, store.named_snapshot_id(home))


NO_ANSWERS = ingest.FileMapping()


def answer_about(
    reading: ingest.Reading,
    *,
    table: str = "",
    header: str = "",
    column: str = "",
    month_first: bool | None = None,
    decimal_mark: str = "",
    factor: float | None = None,
    separates: Mapping[str, bool] | None = None,
    letters: str = "",
) -> ingest.FileMapping:
    """What a reader says of a file: what it holds, which column a header is ("" is none), how it is written.

    With `header`, a decimal mark or a factor is of that column alone. `separates`: column and separator, such as
    `themes ,`, -> whether it separates words there. `letters`: the encoding, where that is in doubt.
    """
    sign, word = reading.signature, ingest.folded(header)
    of_column = decimal_mark or factor is not None
    return ingest.FileMapping(
        tables={sign: table} if table else {},
        columns={reading.table: {word: column}} if header and reading.table and not of_column else {},
        month_first={} if month_first is None else {sign: month_first},
        decimal_marks={sign: decimal_mark} if decimal_mark and not header else {},
        column_marks={sign: {word: decimal_mark}} if decimal_mark and header else {},
        factors={} if factor is None else {sign: {word: factor}},
        lists={sign: dict(separates)} if separates else {},
        letters={reading.doubtful.about: letters} if reading.doubtful and letters else {},
    )


def answer_header_row(reading: Reading, row: int) -> ingest.FileMapping:
    """What a reader says of the row in which the headings of a list are; of the others, that they are not there."""
    rows = {ingest.row_of_headings(cells): number == row for number, cells in reading.beginning}
    return ingest.FileMapping(header_rows=rows | {ingest.row_of_headings(dict(reading.beginning)[row]): True})


def answer_apart(apart: Apart, is_apart: bool) -> ingest.FileMapping:
    """What a reader says of headings on a sheet with another list: whether they are of a list by itself."""
    return ingest.FileMapping(header_rows={apart.headings: is_apart})


def may_be_kept(text: str) -> bool:
    """Whether a text that somebody types over a cell may be stored: it holds nothing that is personal."""
    return not ingest.holds_personal_data(text)


def answer_cells(prepared: Prepared, typed: Sequence[tuple[Problem, str]]) -> ingest.FileMapping:
    """What a reader types over cells that were refused: problems, each with what its cell should say."""
    readings = {label: reading for reading in prepared.draft.readings for label in (reading.file, *reading.parts)}
    answers = ingest.FileMapping()
    for problem, text in typed:
        reading = readings[problem.file]
        header = problem.column if problem.column in reading.header else "amount"  # of years side by side
        cells = {reading.signature: {ingest.folded(header): {problem.key: text.strip()}}}
        answers = answers.with_(ingest.FileMapping(cells=cells))
    return answers


def answer_for_all(
    fill: Mapping[str, str] | None = None, rates: Mapping[str, float] | None = None, file: str = ""
) -> ingest.FileMapping:
    """What a reader says that lists of other programs do not: column -> what it is in every row of `file`, or of all
    of them; currency -> how many euros one is."""
    filled = {file: dict(fill)} if fill else {}
    return ingest.FileMapping(fill=filled, rates={code.upper(): rate for code, rate in (rates or {}).items()})


def answer_meanings(vocabulary: str, meanings: Mapping[str, str]) -> ingest.FileMapping:
    """What a reader says that words mean, wherever they stand: codes of a vocabulary, or names of `organisations`."""
    return ingest.FileMapping(meanings={vocabulary: {fold(word): meaning for word, meaning in meanings.items()}})


@dataclass(frozen=True)
class Doubt:
    """A word of a drop that nobody knows, and that one answer settles wherever it stands."""

    vocabulary: str
    """Of which it is no code; `organisations` when it is no name."""
    word: str
    suggestion: str
    """The code or the name that it may mean; "" when nothing looks like it."""
    count: int
    is_likely: bool = True
    """The suggestion is filled in: it looks like the word more than by chance."""


def doubts(prepared: Prepared) -> list[Doubt]:
    """The words of a drop that are asked about once instead of row by row, most frequent first."""
    draft = prepared.draft
    readings = {label: reading for reading in draft.readings for label in (reading.file, *reading.parts)}
    names = {fold(name): name for name in draft.tables["organisations"]["name"].to_pylist()} if draft.tables else {}
    found: dict[tuple[str, str], Doubt] = {}
    meant = _meant(draft) if draft.tables else {}
    for problem in draft.problems:
        near = str(problem.remedy.values.get("suggestion", ""))
        if problem.code in ("unknown_organisation", "unknown_organisation_near"):
            vocabulary, suggestion = "organisations", meant.get(problem.value.strip()) or names.get(near, "")
        elif problem.code in ("unknown_code", "unknown_code_near") and problem.file in readings:
            vocabulary, suggestion = _vocabulary_of(readings[problem.file], problem.column), near
        else:
            continue
        word = problem.value.strip()
        known = found.get((vocabulary, fold(word)))
        is_likely = vocabulary != "organisations" or word in meant
        found[vocabulary, fold(word)] = Doubt(vocabulary, word, suggestion, known.count + 1 if known else 1, is_likely)
    return sorted(found.values(), key=lambda doubt: -doubt.count)


def _meant(draft: ingest.Draft) -> dict[str, str]:
    """Words of a drop that are no names -> the one organisation of which they look like the name."""
    codes = ("unknown_organisation", "unknown_organisation_near")
    words = sorted({p.value.strip() for p in draft.problems if p.code in codes})
    if not words:
        return {}
    rows = draft.tables["organisations"].select(["name", "aliases"]).to_pylist()
    entries = [ingest.Entry((row["name"], *(row["aliases"] or ()))) for row in rows]
    found: dict[str, list[str]] = {}
    for pair in ingest.look_alikes([*entries, *(ingest.Entry((word,)) for word in words)]):
        if pair.one < len(rows) <= pair.other:
            found.setdefault(words[pair.other - len(rows)], []).append(rows[pair.one]["name"])
    return {word: names[0] for word, names in found.items() if len(names) == 1}


def _vocabulary_of(reading: ingest.Reading, header: str) -> str:
    """The vocabulary of a column of a file; "" when it has none that can be added to."""
    column, columns = reading.columns.get(header, header), set(reading.columns.values())
    if reading.table == "organisations" and column == "type" and "sector" not in columns:
        return "sector"
    role = "organisation_role" if reading.table == "organisations" else "attendance_role"
    return {"role": role, "themes": "theme"}.get(column, column)


def answered_column(matching: ingest.FileMapping, reading: ingest.Reading, header: str) -> str | None:
    """What a reader said a header is; None when they said nothing."""
    matching = ingest.with_old_answers(matching, reading.header)
    return matching.columns.get(reading.table or "", {}).get(ingest.folded(header))


def answers_about_numbers(
    matching: ingest.FileMapping, reading: ingest.Reading, header: str
) -> tuple[str | None, float | None]:
    """What a reader said of the numbers of a column: their decimal mark, and what they are multiplied by."""
    sign, word = reading.signature, ingest.folded(header)
    mark = matching.column_marks.get(sign, {}).get(word)
    if header in reading.decimal_marks:
        mark = mark or matching.decimal_marks.get(sign)
    return mark, matching.factors.get(sign, {}).get(word)


def money_columns(reading: ingest.Reading) -> list[str]:
    """The headers of a file that are read as euros."""
    row_type = models.TABLES[reading.table] if reading.table else models.Row
    return [
        h
        for h, column in reading.columns.items()
        if column in row_type.model_fields and models.is_money(row_type, column)
    ]


def free_columns(reading: ingest.Reading) -> list[str]:
    """The columns of a file's table that none of its headers was matched with."""
    if reading.table is None:
        return []
    return [c for c in ingest.known_columns(models.TABLES[reading.table]) if c not in reading.columns.values()]


def changed_rows(prepared: Prepared, table: str) -> list[dict[str, Any]]:
    """What a drop would change in a table, row by row (see `ingest.differences`)."""
    draft = prepared.draft
    return ingest.differences(models.TABLES[table], draft.tables[table], draft.before[table])


def is_kept(home: Path, snapshot_id: str) -> bool:
    """Whether there is such a snapshot and it can be read. Any text may be asked: it comes from an address."""
    return store.is_whole(home, snapshot_id)


def rollback_to(home: Path, snapshot_id: str, instead_of: str | None, by: str = "") -> None:
    """Put another snapshot on show, in the place of the one that whoever asks was looking at.

    Raises `store.ConcurrentLoad` when something else is on show by now.
    """
    if store.current_snapshot_id(home) != instead_of:
        raise store.ConcurrentLoad("another load was published in the meantime")
    store.rollback(home, snapshot_id)
    audit.note(home, by or "page", "put back", detail=snapshot_id)


def restore(home: Path, file: Path) -> str:
    """Bring back what a backup holds; a link that was revoked since stays revoked. See `store.restore`."""
    return store.restore(home, file, {sharing.LINKS: sharing.joined, asking.ASKS: asking.joined})


@dataclass(frozen=True)
class Refused:
    """A drop of the inbox that was not loaded."""

    at: str
    """UTC time, ISO 8601."""
    files: tuple[str, ...]
    problem_count: int
    problems: Path
    """The list of its problems, as CSV."""


def refused_drops(home: Path, most: int = 20) -> list[Refused]:
    """The drops of the inbox that were not loaded, newest first, at most so many."""
    drops = []
    for path in sorted((home / "rejected").glob(f"*/{PROBLEMS}"), reverse=True)[:most]:
        try:
            at = datetime.datetime.strptime(path.parent.name[:21], "%Y%m%dT%H%M%S%f").replace(tzinfo=datetime.UTC)
        except ValueError:  # a folder of somebody else
            continue
        with path.open(encoding="utf-8-sig", newline="") as file:
            count = max(sum(1 for _ in csv.reader(file)) - 1, 0)
        files = tuple(sorted(other.name for other in path.parent.iterdir() if other != path))
        drops.append(Refused(at.isoformat(), files, count, path))
    return drops
