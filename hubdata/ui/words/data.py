"""The sentences and tables of the page `data`."""

import datetime
import functools
import secrets
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from hubdata import loading, models, naming, questions, store, template
from hubdata.texts import N_
from hubdata.ui import alike
from hubdata.ui.columns import LISTS, list_word
from hubdata.ui.hub_settings import home, settings
from hubdata.ui.language import (
    Markdown,
    _,
    current_language,
    date,
    join,
    label,
    md,
    moment,
    n_,
    n_md,
    number,
    store_sentence,
    type_label,
    word,
)
from hubdata.ui.matching import Drop, answers, problem_sentence
from hubdata.ui.movements import ORIGINS
from hubdata.ui.session import (
    by_name,
    damaged_files,
    is_standing_in,
    manifest_of,
    now_on_show,
    only_manager,
    undescribed_count,
)

WAYS = {
    "page": N_("This page"),
    "inbox": N_("The inbox folder"),
    "command": N_("A command"),
    "start": N_("First start"),
    "answers": N_("Answers of organisations"),
}


def lists_in_words(manifest: store.Manifest) -> str:
    """How many rows of what: `organisations (166), events (12)`."""
    counted = [(list_word(name), manifest.tables.get(name, {}).get("rows", 0)) for name in LISTS]
    return join([f"{name} ({number(rows)})" for name, rows in counted if rows])


def sentence_on_show() -> Markdown:
    """What is on show, since when, how it came and by whom."""
    manifest = manifest_of(st.session_state["current_snapshot_id"])
    how = {
        "page": _("It came in through this page."),
        "inbox": _("It came in through the inbox folder."),
        "command": _("It was loaded with a command."),
        "start": _("It came with the dashboard."),
        "answers": _("It is what organisations said of their own ties, and you accepted."),
    }.get(manifest.way, "")
    return md(
        "On show: **{what}**, loaded on {moment}: {lists}. {how} {by}",
        what=_(ORIGINS[manifest.origin]),
        moment=moment(manifest.loaded_at),
        lists=lists_in_words(manifest),
        how=how,
        by=_("By: {name}.", name=manifest.by) if manifest.by else "",
    )


def uploaded_files() -> dict[str, Any]:
    """The place to drop files; file name -> what was dropped there, not yet read."""
    st.session_state.setdefault("drop_round", 0)
    files = st.file_uploader(
        _("Your lists, as CSV or Excel files"),
        type=[suffix.lstrip(".") for suffix in loading.READ_SUFFIXES],
        accept_multiple_files=True,
        key=f"files_{st.session_state['drop_round']}",
        max_upload_size=settings().max_file_megabytes,
    )
    if not files:
        st.session_state.pop("drop", None)
    named: dict[str, Any] = {}
    for file in files:
        name = file.name
        while name in named:
            name = f"_{name}"
        named[name] = file
    return named


def prepared_drop(files: dict[str, Any], update: bool) -> Drop:
    """The files read, checked and compared: once, and again only when something it depends on has changed."""
    only_manager()
    state = st.session_state
    chosen = (tuple((name, file.file_id) for name, file in files.items()), update)
    request = (chosen, answers().model_dump_json(), state["current_snapshot_id"])
    last_drop: Drop | None = state.get("drop")
    if last_drop and last_drop.asked == request:
        return last_drop
    with st.spinner(_("We are reading and checking your files…"), show_time=True):
        content = {name: file.getvalue() for name, file in files.items()}
        prepared = loading.prepare(home(), settings(), content, update=update, answers=answers())
    was_overtaken = bool(last_drop and last_drop.asked[0] == chosen and last_drop.asked[2] != request[2])
    if prepared.is_unchanged:
        loading.remember(home(), answers())  # nothing will be loaded, but the reader need not say it again
    drop = Drop(secrets.token_hex(6), (chosen, request[1], prepared.based_on), prepared, was_overtaken)
    state["drop"] = drop
    return drop


def names_alike(drop: Drop) -> None:
    """The names in a drop that look alike; what is said of them is an answer about these files."""
    said = alike.in_drop(drop.id, drop.prepared)
    if said:
        pairs = tuple(naming.pair_of(*pair) for pair in said.different)
        given = loading.FileMapping(merges=said.merges, different=pairs)
        st.session_state["answers"] = answers().with_(given)
        st.rerun()


def movements(drop: Drop) -> list[questions.Movement]:
    """How the headlines would move. Computed once, and last, since with much data it takes longer than reading it."""
    made_for, moved = st.session_state.get("movements", ("", []))
    if made_for != drop.id:
        with st.spinner(_("We are calculating what the figures would become…"), show_time=True):
            moved = loading.movements(drop.prepared, settings())
        st.session_state["movements"] = (drop.id, moved)
    return list(moved)


def load_drop(drop: Drop, *, skip_invalid: bool, may_remove: bool) -> None:
    """Put a drop on show and say what became of it, on the page that is then drawn anew."""
    only_manager()
    state = st.session_state
    try:
        with st.spinner(_("We are loading your lists…"), show_time=True):
            manifest = loading.publish(
                home(),
                settings(),
                drop.prepared,
                skip_invalid=skip_invalid,
                may_remove=may_remove,
                way="page",
                by=by_name(),
            ).manifest
    except store.ConcurrentLoad:
        st.rerun()  # the page sees the new data, compares again, and says so
    except store.StoreProblem as problem:
        st.error(store_sentence(problem), icon=":material/error:")
        return
    if manifest:
        now_on_show(manifest.id, drop.prepared.based_on, _done_sentence(drop.prepared.draft))
        state["drop_round"] += 1
        state.pop("drop", None)
        state["answers"] = loading.NO_ANSWERS
    st.rerun()


def _done_sentence(draft: loading.Draft) -> str:
    """What was loaded and what was left out."""
    sentence = _("Your lists are loaded. All pages now show them.") + " " + loaded_in_words(draft) + "."
    if emptied := sum(changes.emptied for changes in draft.changes.values()):
        sentence += " " + _("Cells that could not be read, and were left empty: {count}.", count=number(emptied))
    return sentence


def rollback_to(snapshot_id: str) -> None:
    """Put another snapshot on show and say so; that can be undone as well."""
    only_manager()
    shown = st.session_state["current_snapshot_id"]
    try:
        loading.rollback_to(home(), snapshot_id, shown, by_name())
    except store.ConcurrentLoad:
        st.error(_("Somebody else loaded data in the meantime. Nothing was changed."), icon=":material/error:")
        return
    except store.StoreProblem as problem:
        st.error(store_sentence(problem), icon=":material/error:")
        return
    loaded = moment(manifest_of(snapshot_id).loaded_at)
    now_on_show(snapshot_id, shown, _("The data of {moment} is on show again.", moment=loaded))
    st.rerun()


def last_action() -> None:
    """What this session last put on show, with the way back, as long as nobody else changed it."""
    shown, before, sentence = st.session_state.get("done", ("", None, ""))
    if shown != st.session_state["current_snapshot_id"]:
        return
    with st.container(key="done"):
        st.success(md("{sentence} Load number: {id}.", sentence=sentence, id=shown), icon=":material/check_circle:")
        if before and st.button(_("Undo"), key=f"undo_{shown}", icon=":material/undo:"):
            rollback_to(before)
        st.page_link("network.py", label=_("Look at your network"), icon=":material/hub:")


def how_read(reading: loading.Reading) -> str:
    """How a file is written: `Windows-1252, semicolons, decimal comma, dates day first`."""
    columns = models.TABLES[reading.table].model_fields if reading.table else {}
    used = [columns[name].annotation for name in reading.columns.values() if name in columns]
    has_dates = any(models.plain_type(annotation) is datetime.date for annotation in used)
    phrases = [
        _("Excel workbook") if reading.encoding == "Excel" else reading.encoding,
        {",": _("commas"), ";": _("semicolons"), "\t": _("tabs")}.get(reading.separator, ""),
        {",": _("decimal comma"), ".": _("decimal point")}.get(reading.decimal_mark or "", ""),
        "" if not has_dates else _("dates month first") if reading.month_first else _("dates day first"),
    ]
    return ", ".join(part for part in phrases if part)


def note(note: loading.Note) -> None:
    """Something the reader should know and need not repair."""
    sentence = md("**{file}**: {note}", file=note.file, note=note.message.translate(current_language()))
    st.markdown(f":material/info: {sentence}")


def sheets_read(draft: loading.Draft) -> None:
    """Per file and sheet one line: what it holds. It stays in sight in every step."""
    lines = []
    refused = {p.file: p.message for p in draft.problems if p.blocks and not p.row and p.code != "unknown_file"}
    for reading in draft.readings:
        if reading.doubtful:
            lines.append(md("The letters of **{file}** can be read in more than one way.", file=reading.file))
            continue
        if reading.table is None and (why := refused.get(reading.file)):
            lines.append(md("**{file}**: {note}", file=reading.file, note=why.translate(current_language())))
            continue
        if reading.table is None:
            lines.append(md("We do not know yet what **{file}** holds.", file=reading.file))
            continue
        if reading.count:
            lines.append(_made_in_words(reading, reading.count))
            continue
        if reading.came_from:
            lines.append(
                n_md(
                    "**{file}** comes from {source} and holds {list}: {n} row.",
                    "**{file}** comes from {source} and holds {list}: {n} rows.",
                    reading.rows,
                    file=reading.file,
                    source=reading.came_from,
                    list=list_word(reading.table),
                )
            )
            continue
        lines.append(
            n_md(
                "**{file}** holds {list}: {n} row; {how}.",
                "**{file}** holds {list}: {n} rows; {how}.",
                reading.rows,
                file=reading.file,
                list=list_word(reading.table),
                how=how_read(reading),
            )
        )
    st.markdown("\n".join(f"- {line}" for line in lines))


def _made_in_words(reading: loading.Reading, count: loading.Count) -> Markdown:
    """What a list of another program holds: `this is a list of Eventbrite: 40 visitors of 12 organisations`."""
    gaps = {"file": reading.file, "source": count.source, "organisations": number(count.organisations)}
    if not count.rows:
        return md("**{file}** is a list of {source}. Persons are left out.", **gaps)
    if reading.table == "attendance":
        return n_md(
            "**{file}** is a list of {source}: {n} visitor, organisations: {organisations}. Persons are left out.",
            "**{file}** is a list of {source}: {n} visitors, organisations: {organisations}. Persons are left out.",
            count.people,
            **gaps,
        )
    return n_md(
        "**{file}** is a list of {source}: {n} row of {list}, read from {rows}.",
        "**{file}** is a list of {source}: {n} rows of {list}, read from {rows}.",
        count.rows,
        list=list_word(str(reading.table)),
        rows=number(reading.rows),
        **gaps,
    )


def loaded_in_words(draft: loading.Draft) -> str:
    """How many of the rows of each list are loaded: `organisations: 44 of 44, partnerships: 32 of 32`."""
    rows = {reading.table: reading.rows for reading in draft.readings if reading.table}
    counted = [(name, rows.get(name, 0), changes) for name, changes in draft.changes.items()]
    return join(
        [
            _("{list}: {loaded} of {total}", list=list_word(n), loaded=number(r - c.rejected), total=number(r))
            for n, r, c in counted
        ]
    )


def workbook_to_fill_in(language: str) -> Callable[[], bytes]:
    """What makes the workbook to fill in, when somebody asks for it: no page runs then that knows the hub."""
    return functools.partial(template.workbook, settings(), language)


def problem_kinds(problems: Sequence[loading.Problem]) -> None:
    """Problems by kind, each with how often and its first cell; the table has them one by one."""
    kinds: dict[tuple[str, str, str], list[loading.Problem]] = {}
    for problem in problems:
        kinds.setdefault((problem.file, problem.column, problem.code), []).append(problem)
    lines = []
    for same in sorted(kinds.values(), key=len, reverse=True)[:MOST_KINDS]:
        line = f"- {problem_sentence(same[0])}"
        if len(same) > 1:
            line += " " + n_("And {n} more like it.", "And {n} more like it.", len(same) - 1)
        lines.append(line)
    st.markdown("\n".join(lines))
    if len(kinds) > MOST_KINDS:
        st.caption(_("These are the kinds that occur most. The table has the others."))


MOST_KINDS = 8
"""So many kinds of problems are named above their table."""


def changes_table(drop: Drop) -> pd.DataFrame:
    """Per list how many rows are added, changed, removed and left out."""
    changes = drop.prepared.draft.changes
    return pd.DataFrame(
        {
            _("List"): [list_word(name) for name in changes],
            _("Rows now"): [number(c.before) for c in changes.values()],
            _("Added"): [number(c.added) for c in changes.values()],
            _("Changed"): [number(c.changed) for c in changes.values()],
            _("Removed"): [number(c.removed) for c in changes.values()],
            _("Left out"): [number(c.rejected) for c in changes.values()],
        }
    )


def changed_rows(drop: Drop, table: str) -> pd.DataFrame:
    """What changes in one list, row by row, in words."""
    kinds = {"added": _("added"), "changed": _("changed"), "removed": _("removed")}
    rows = [
        {
            "kind": kinds[row["kind"]],
            "key": row["key"],
            "column": row["column"],
            "old": cell_in_words(table, row["column"], row["old"]),
            "new": cell_in_words(table, row["column"], row["new"]),
        }
        for row in loading.changed_rows(drop.prepared, table)
    ]
    return pd.DataFrame(rows, columns=["kind", "key", "column", "old", "new"])


def cell_in_words(table: str, column: str, value: Any) -> str:
    """A value of a table as a reader would say it."""
    if value is None or value == "":
        return ""
    vocabulary = {"role": "organisation_role" if table == "organisations" else "attendance_role"}.get(column, column)
    if isinstance(value, list):
        return join([cell_in_words(table, column, item) for item in value])
    if vocabulary in models.VOCABULARIES and value in models.VOCABULARIES[vocabulary]:
        return word(vocabulary, value)
    if column == "type":
        return type_label(value)
    if column in ("sector", "themes", "kind", "needs", "offers"):
        return label(value)
    if isinstance(value, datetime.date):
        return date(value)
    return number(value, 0 if value == int(value) else 2) if isinstance(value, float) else str(value)


def history_rows(manifests: Sequence[store.Manifest]) -> pd.DataFrame:
    """The snapshots there are, newest first; how and by whom only where something is known of it."""
    current_snapshot_id = st.session_state["current_snapshot_id"]

    def total(manifest: store.Manifest, what: str) -> int:
        return sum(table.get(what, 0) for table in manifest.tables.values())

    rows = pd.DataFrame(
        {
            "moment": [moment(m.loaded_at) for m in manifests],
            "what": [
                _("{what} (on show)", what=_(ORIGINS[m.origin]))
                if m.id == current_snapshot_id
                else _(ORIGINS[m.origin])
                for m in manifests
            ],
            "rows": [total(m, "rows") for m in manifests],
            **{what: [total(m, what) for m in manifests] for what in ("added", "changed", "removed")},
            "way": [_(WAYS[m.way]) if m.way in WAYS else "" for m in manifests],
            "by": [m.by or "" for m in manifests],
            "id": [m.id for m in manifests],
        }
    )
    return rows.drop(columns=[name for name in ("way", "by") if not rows[name].any()])


def not_on_show(manifests: Sequence[store.Manifest]) -> list[store.Manifest]:
    """Of snapshots, those that can be gone back to: also the one on show, as long as it only stands in for another."""
    shown = None if is_standing_in() else st.session_state["current_snapshot_id"]
    return [manifest for manifest in manifests if manifest.id != shown]


def damage() -> None:
    """What of the dashboard's own files is damaged, and what became of it."""
    if files := damaged_files():
        st.warning(
            md(
                "Files of the dashboard itself were damaged: {files}. They were set aside, and nothing of them was "
                "removed; what they held (remembered answers, notes, decisions, links or logins) begins anew. Ask your "
                "IT colleague to look: a backup may hold them.",
                files=join(files),
            ),
            icon=":material/healing:",
        )
    if count := undescribed_count():
        st.warning(
            n_md(
                "{n} earlier load is damaged and is not in this list. Nothing of it was removed.",
                "{n} earlier loads are damaged and are not in this list. Nothing of them was removed.",
                count,
            ),
            icon=":material/healing:",
        )


def other_headings(row_type: type[models.Row]) -> list[str]:
    """Per column of a table the other headings under which we know it."""
    return [", ".join(models.aliases(row_type, column)) for column in row_type.model_fields]
