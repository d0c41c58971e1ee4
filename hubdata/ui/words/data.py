"""The sentences and tables of the page `data`."""

import datetime
import functools
import secrets
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from hubdata import loading, models, naming, questions, store, template, texts
from hubdata.texts import N_
from hubdata.ui import alike
from hubdata.ui.columns import LISTS, list_word
from hubdata.ui.hub_settings import home, settings
from hubdata.ui.language import (
    Markdown,
    _,
    current_language,
    date,
    in_label,
    join,
    label,
    literal,
    md,
    moment,
    n_,
    n_md,
    number,
    store_sentence,
    type_label,
    word,
)
from hubdata.ui.movements import ORIGINS
from hubdata.ui.parts import small_table
from hubdata.ui.session import (
    EVERYTHING_OPEN,
    by_name,
    damaged_files,
    is_standing_in,
    manifest_of,
    now_on_show,
    only_manager,
    undescribed_count,
)
from hubdata.ui.typed import typed_over

WAYS = {
    "page": N_("This page"),
    "inbox": N_("The inbox folder"),
    "command": N_("A command"),
    "start": N_("First start"),
    "answers": N_("Answers of organisations"),
}


class Drop(NamedTuple):
    """Files on the Data page, read and compared once."""

    id: str
    """A new one whenever files are read again, so that nothing on the page that belongs to earlier ones counts."""
    asked: tuple[Any, ...]
    """What it depends on."""
    prepared: loading.Prepared
    was_overtaken: bool
    """Somebody else loaded since these files were first compared."""

    @property
    def can_load(self) -> bool:
        """Nothing stands in the way that leaving out rows does not solve."""
        return not self.prepared.draft.is_blocked and not self.prepared.is_unchanged


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


def answers() -> loading.FileMapping:
    """What the reader said about their files on this page so far."""
    given_answers: loading.FileMapping = st.session_state.setdefault("answers", loading.NO_ANSWERS)
    return given_answers


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
    for reading in draft.readings:
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


STEPS = {"look": N_("1. Look"), "match": N_("2. Match"), "repair": N_("3. Repair and load")}
"""What somebody does with files that they dropped, one step in sight at a time."""
ASKS = {"two_readings", "three_decimals", "units_differ", "month_first", "not_said", "rate_missing"}
"""Problems that a question about a column settles."""


def step(drop: Drop) -> list[str]:
    """The steps in sight: one, and where nothing is in doubt the last; all of them with `all=yes` in the address."""
    if st.session_state.get(EVERYTHING_OPEN):
        return list(STEPS)
    key = _step_key(drop)
    if st.session_state.get(key) not in STEPS:
        st.session_state[key] = "look" if _is_in_doubt(drop.prepared.draft) else "repair"
    words = {code: _(name) for code, name in STEPS.items()}
    st.segmented_control(
        _("Step"), list(STEPS), format_func=words.__getitem__, key=key, label_visibility="collapsed", required=True
    )
    return [st.session_state[key]]


def next_step(drop: Drop, code: str, label: str) -> None:
    """A button that leads to a step."""
    if not st.session_state.get(EVERYTHING_OPEN):
        state, key = st.session_state, _step_key(drop)
        st.button(
            label,
            key=f"to_{code}",
            type="primary",
            icon=":material/arrow_forward:",
            on_click=lambda: state.update({key: code}),
        )


def _step_key(drop: Drop) -> str:
    """It is another one for other files; what is answered about these changes nothing."""
    names = sorted(reading.signature for reading in drop.prepared.draft.readings)
    return f"step_{st.session_state['drop_round']}_{len(names)}_{hash(tuple(names))}"


def _is_in_doubt(draft: loading.Draft) -> bool:
    """Whether anything about tables and columns was guessed, or has to be said."""
    return any(problem.code in ASKS for problem in draft.problems) or any(
        reading.table is None or reading.missing or reading.one_or_several or reading.guessed
        for reading in draft.readings
    )


def _where_it_begins(number_of_file: int, reading: loading.Reading) -> None:
    """What a list is and in which row its headings are, where that is not certain."""
    is_unsure = reading.table is None or bool(reading.missing)
    key = f"{st.session_state['drop_round']} {number_of_file} {reading.signature}"
    if is_unsure and not st.session_state.get(EVERYTHING_OPEN):  # there the next step asks it
        _question(
            f"look {key}",
            _("What does this file hold?"),
            {name: list_word(name).capitalize() for name in models.TABLES},
            reading.table,
            lambda table: loading.answer_about(reading, table=table),
        )
    rows = {row: [cell for cell in cells if cell] for row, cells in reading.beginning}
    if len(rows) > 1 and (is_unsure or reading.header_row != next(iter(rows))):
        begins = {
            row: _("Row {row}: {cells}", row=row, cells=in_label(", ".join(filter(loading.may_be_kept, cells))[:80]))
            for row, cells in rows.items()
        }
        _question(
            f"headings {key}",
            _("In which row are the headings?"),
            begins,
            reading.header_row,
            lambda row: loading.answer_header_row(reading, row),
        )


def first_rows(number_of_file: int, reading: loading.Reading) -> None:
    """The first rows of a list as they came, to see whether it is the right one."""
    with st.container(border=True):
        st.markdown(md("**{file}**: the first rows", file=reading.file))
        if reading.first_rows:
            shown = list(reading.first_rows[0])[:MOST_COLUMNS]
            small_table(pd.DataFrame([[row[name] for name in shown] for row in reading.first_rows], columns=shown))
        _where_it_begins(number_of_file, reading)
        if reading.left_out:
            st.caption(md("Not shown and not kept: {columns}.", columns=join(list(reading.left_out))))


MOST_COLUMNS = 12
"""So many columns of the first rows are shown."""


def reading_report(number_of_file: int, reading: loading.Reading, draft: loading.Draft) -> None:
    """What was understood of one file, and the questions that only its sender can answer."""
    with st.container(border=True):
        if reading.table is None:
            st.markdown(md("**{file}**: what does it hold?", file=reading.file))
        else:
            st.markdown(md("**{file}**: {list}", file=reading.file, list=list_word(reading.table)))
            small_table(_columns_as_read(reading))
        if reading.count:
            _questions_about_made(number_of_file, reading, draft)
        else:
            _questions(number_of_file, reading, draft.problems)
        about = [note for note in draft.notes if note.file == reading.file]
        if about:
            with st.expander(n_("We noticed {n} thing", "We noticed {n} things", len(about))):
                for noticed in about:
                    st.markdown(f":material/info: {literal(noticed.message.translate(current_language()))}")


def _columns_as_read(reading: loading.Reading) -> pd.DataFrame:
    """One grid: the heading, an example, and what we take it for."""

    def example(header: str) -> str:
        name = reading.columns.get(header, header) if reading.count else header
        return next((row[name][:60] for row in reading.first_rows if row.get(name, "").strip()), texts.NOT_KNOWN)

    def what_for(header: str) -> str:
        if header in reading.columns:
            return _column_in_words(reading, reading.columns[header])
        return _("left out: personal data") if header in reading.left_out else _("not used")

    return pd.DataFrame(
        {
            _("Heading in your file"): list(reading.header),
            _("Example"): [example(header) for header in reading.header],
            _("What it is"): [what_for(header) for header in reading.header],
        }
    )


def _column_in_words(reading: loading.Reading, column: str) -> str:
    """A column with its meaning, in the reader's language."""
    choices = _column_choices(str(reading.table), reading, next(h for h, c in reading.columns.items() if c == column))
    return choices.get(column, column)


def _questions(number_of_file: int, reading: loading.Reading, problems: Sequence[loading.Problem]) -> None:
    """What a file holds, which column is which, and how dates and numbers are written: asked only where in doubt."""
    known_answers = loading.remembered(home()).with_(answers())
    key, sign = f"{st.session_state['drop_round']} {number_of_file} {reading.signature}", reading.signature
    mine = [problem for problem in problems if problem.file in (reading.file, *reading.parts)]
    if reading.table is None or sign in known_answers.tables:
        _question(
            f"table {key}",
            _("What does this file hold?"),
            {name: list_word(name).capitalize() for name in models.TABLES},
            reading.table,
            lambda table: loading.answer_about(reading, table=table),
        )
    if reading.table is None:
        return
    if reading.missing:
        st.markdown(md("Still needed: **{columns}**.", columns=", ".join(reading.missing)))
    # A heading may stand for what is missing, or be something else than we think.
    asked = [
        header
        for header in reading.header
        if header in reading.ignored
        or header in reading.guessed
        or (reading.missing and header in reading.columns)
        or loading.answered_column(known_answers, reading, header)
    ]
    with st.expander(_("Is a column something else?")) if asked and not reading.missing else st.container():
        for header in asked:

            def learn(column: str, header: str = header) -> loading.FileMapping:
                return loading.answer_about(reading, header=header, column=column)

            _question(
                f"column {reading.header.index(header)} {key}",
                _("Which column is “{header}”?", header=in_label(header)),
                _column_choices(reading.table, reading, header),
                reading.columns.get(header, ""),
                learn,
            )
    if reading.day_or_month or reading.month_first or any(p.code == "month_first" for p in mine):
        _question(
            f"dates {key}",
            _("How are the dates written?"),
            {
                False: _("Day first: 01/02/2024 is 1 February 2024"),
                True: _("Month first: 01/02/2024 is 2 January 2024"),
            },
            reading.month_first,
            lambda month_first: loading.answer_about(reading, month_first=month_first),
            st.radio,
        )
    for place, example in reading.one_or_several.items():

        def learn_list(separates: bool, place: str = place) -> loading.FileMapping:
            return loading.answer_about(reading, separates={place: separates})

        column, separator = place.split(" ")
        parts = ", ".join(f"“{in_label(part)}”" for part in example.split(separator))
        _question(
            f"list {place} {key}",
            _("Column {column}: is “{example}” one, or are they several?", column=column, example=in_label(example)),
            {False: _("One"), True: _("Several: {parts}", parts=parts)},
            known_answers.lists.get(sign, {}).get(place),
            learn_list,
            st.radio,
        )
    for position, header in enumerate(reading.header):
        _questions_about_numbers(f"{position} {key}", header, reading, mine)


def _questions_about_made(number_of_file: int, reading: loading.Reading, draft: loading.Draft) -> None:
    """What a list of another program does not say, and what its other currencies are worth; or that it is no such."""
    key, files = f"{st.session_state['drop_round']} {number_of_file} {reading.signature}", reading.file.split(": ")[0]
    if reading.table == "attendance" and "event_id" not in reading.columns.values():
        events = [str(name) for name in draft.tables["events"]["name"].to_pylist()] if draft.tables else []
        told = answers().fill.get(files, {}).get("event_id")
        _question(
            f"event {key}",
            _("Which event is this list of?"),
            {name: name for name in dict.fromkeys(reversed(events))},
            told,
            lambda event: loading.answer_for_all({"event_id": event}, file=files),
        )
    for column in reading.unsaid:
        if column == "event_id":
            continue

        def heard(column: str = column) -> None:
            said = loading.answer_for_all({column: st.session_state[f"{column} {key}"]}, file=files)
            st.session_state["answers"] = answers().with_(said)

        meanings = models.TABLES[str(reading.table)]
        field, nl = meanings.model_fields[column], models.extra(meanings, column)["nl"]
        asked = str(field.description) if current_language() == "en" else str(nl)
        st.text_input(
            _("The list does not say this. What is it, in every row? {meaning}", meaning=in_label(asked)),
            key=f"{column} {key}",
            on_change=heard,
        )
    for currency in dict.fromkeys((*reading.currencies, *answers().rates)):

        def heard_rate(currency: str = currency) -> None:
            if rate := st.session_state[f"rate {currency} {key}"]:
                st.session_state["answers"] = answers().with_(loading.answer_for_all(rates={currency: float(rate)}))

        st.number_input(
            _("How many euros is one {currency}?", currency=in_label(currency)),
            min_value=0.0,
            value=answers().rates.get(currency),
            format="%.4f",
            key=f"rate {currency} {key}",
            on_change=heard_rate,
        )
    with st.expander(
        _("Is this not a list of {source}?", source=in_label(reading.count.source if reading.count else ""))
    ):
        _question(
            f"table {key}",
            _("What does this file hold?"),
            {name: list_word(name).capitalize() for name in models.TABLES},
            None,
            lambda table: loading.answer_about(reading, table=table),
        )


def _questions_about_numbers(
    key: str, header: str, reading: loading.Reading, problems: Sequence[loading.Problem]
) -> None:
    """How the numbers of a column are written, and what they are in: asked where its cells do not tell."""
    asked = {problem.code for problem in problems if problem.column == header}
    if any(p.code == "units_differ" for p in problems) and header in loading.money_columns(reading):
        asked.add("units_differ")
    known_answers = loading.remembered(home()).with_(answers())
    marks, factors = loading.answers_about_numbers(known_answers, reading, header)
    if marks or "two_readings" in asked:
        _question(
            f"numbers {key}",
            _("How are the numbers in “{header}” written?", header=in_label(header)),
            {
                ",": _("The Dutch way, with a decimal comma: 1.234,50"),
                ".": _("The English way, with a decimal point: 1,234.50"),
            },
            reading.decimal_marks.get(header),
            lambda mark: loading.answer_about(reading, header=header, decimal_mark=mark),
            st.radio,
        )
    if factors or asked & {"three_decimals", "units_differ"} or header in reading.factors:
        _question(
            f"units {key}",
            _("What are the numbers in “{header}” in?", header=in_label(header)),
            {
                1.0: _("In ones: 45 is 45"),
                1e3: _("In thousands: 45 is 45,000"),
                1e6: _("In millions: 45 is 45,000,000"),
            },
            reading.factors.get(header),
            lambda factor: loading.answer_about(reading, header=header, factor=factor),
            st.radio,
        )


def _column_choices(table: str, reading: loading.Reading, header: str) -> dict[str, str]:
    """The columns a header may be, each with its meaning; first that it is none."""
    row_type = models.TABLES[table]
    own = {reading.columns[header]} if header in reading.columns else set()
    meanings = {
        "organisation_a": _("The first organisation."),
        "attendees": _("Who was there: the names of organisations."),
        "organisation_b": _("The other organisation."),
    }
    for name, field in row_type.model_fields.items():
        meanings[name] = str(field.description if current_language() == "en" else models.extra(row_type, name)["nl"])
    free = [name for name in meanings if name in own or name in loading.free_columns(reading)]
    return {"": _("not used"), **{name: f"{name} – {meanings[name]}" for name in free}}


def _question(
    key: str,
    label: str,
    options: dict[Any, str],
    answer: Any,
    learn: Callable[[Any], loading.FileMapping],
    widget: Callable[..., Any] = st.selectbox,
) -> None:
    """A question about a file. The answer is kept (see `answers`) before the page reruns and reads the file anew."""

    def heard() -> None:
        if st.session_state[key] is not None:
            st.session_state["answers"] = answers().with_(learn(st.session_state[key]))

    codes = list(options)
    more = {"placeholder": _("Choose")} if widget is st.selectbox else {}
    index = codes.index(answer) if answer in codes else None
    widget(label, codes, index=index, format_func=options.get, key=key, on_change=heard, **more)


MOST_DOUBTS = 40
"""So many words are asked about at once; what is left comes when these are settled."""


def doubts(drop: Drop) -> None:
    """Words that nobody knows, each asked about once for all its rows: what looks right is ticked already."""
    asked = [doubt for doubt in loading.doubts(drop.prepared) if doubt.suggestion or _codes(doubt.vocabulary)]
    if not asked:
        return
    said: dict[str, dict[str, str]] = {}
    with st.container(border=True):
        st.markdown(_("**Say it once.** We remember it, for these files and for all later ones."))
        for number_of, doubt in enumerate(asked[:MOST_DOUBTS]):
            key, codes = f"doubt_{number_of}_{drop.id}", _codes(doubt.vocabulary)
            word, meant = in_label(doubt.word), in_label(codes.get(doubt.suggestion, doubt.suggestion))
            if doubt.suggestion:
                is_meant = st.checkbox(
                    _("“{word}” is {meaning}. Cells: {count}.", word=word, meaning=meant, count=number(doubt.count)),
                    value=doubt.is_likely,
                    key=key,
                )
                meaning = doubt.suggestion if is_meant else ""
            else:
                asks = _("What is “{word}”? Cells: {count}.", word=word, count=number(doubt.count))
                names = codes.__getitem__
                meaning = st.selectbox(asks, list(codes), None, names, key=key, placeholder=_("Choose")) or ""
            if meaning:
                said.setdefault(doubt.vocabulary, {})[doubt.word] = meaning
        if st.button(_("Read them so"), key=f"doubts_{drop.id}", type="primary", disabled=not said):
            for vocabulary, meanings in said.items():
                st.session_state["answers"] = answers().with_(loading.answer_meanings(vocabulary, meanings))
            st.rerun()


def corrections(drop: Drop) -> None:
    """The cells that nothing else settles, each to be typed over; what is typed is an answer about these files."""
    asked = {doubt.word for doubt in loading.doubts(drop.prepared) if doubt.suggestion or _codes(doubt.vocabulary)}
    left = [p for p in drop.prepared.draft.problems if p.key and p.code not in ASKS and p.value.strip() not in asked]
    if left and (said := typed_over(drop.id, left, problem_rows(left))):
        st.session_state["answers"] = answers().with_(loading.answer_cells(drop.prepared, said))
        st.rerun()


def _codes(vocabulary: str) -> dict[str, str]:
    """The codes of a vocabulary, each as a reader calls it; none when every word will do."""
    if vocabulary in models.VOCABULARIES:
        return {code: word(vocabulary, code) for code in models.VOCABULARIES[vocabulary]}
    if vocabulary == "type":
        return {code: type_label(code) for code in settings().types}
    own = {"sector": settings().sectors, "theme": settings().themes}.get(vocabulary, {})
    return {code: label(code) for code in own}


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


def problem_sentence(problem: loading.Problem) -> Markdown:
    """A problem as one sentence: where, what, and the way out."""
    place = [literal(problem.file)]
    place += [md("row {row}", row=problem.row)] if problem.row else []
    place += [md("column {column}", column=problem.column)] if problem.column else []
    value = md(" “{value}”", value=problem.value) if problem.value else ""
    message, remedy = (literal(text.translate(current_language())) for text in (problem.message, problem.remedy))
    return Markdown(f"**{', '.join(place)}**:{value} {message} {remedy}")


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


def problem_rows(problems: Sequence[loading.Problem]) -> pd.DataFrame:
    """Problems as a table."""
    rows = [
        (
            p.file,
            p.row,
            p.column,
            p.value,
            p.message.translate(current_language()),
            p.remedy.translate(current_language()),
        )
        for p in problems
    ]
    table = pd.DataFrame(rows, columns=["file", "row", "column", "value", "message", "remedy"])
    return table.assign(row=table["row"].astype("Int64"))


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
    """The snapshots there are, newest first."""
    current_snapshot_id = st.session_state["current_snapshot_id"]

    def total(manifest: store.Manifest, what: str) -> int:
        return sum(table.get(what, 0) for table in manifest.tables.values())

    return pd.DataFrame(
        {
            "on_show": [_("on show") if m.id == current_snapshot_id else "" for m in manifests],
            "moment": [moment(m.loaded_at) for m in manifests],
            "what": [_(ORIGINS[m.origin]) for m in manifests],
            "way": [_(WAYS[m.way]) if m.way in WAYS else "" for m in manifests],
            "by": [m.by for m in manifests],
            "lists": [lists_in_words(m) for m in manifests],
            **{what: [total(m, what) for m in manifests] for what in ("added", "changed", "removed")},
            "id": [m.id for m in manifests],
        }
    )


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
