"""What the page Data asks about files that were dropped, one step in sight at a time: look, match, repair.

Every answer is kept for these files and for later ones alike (`answers`), before the page runs again and reads them.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from hubdata import loading, models, texts
from hubdata.texts import N_
from hubdata.ui.columns import list_word
from hubdata.ui.hub_settings import home, settings
from hubdata.ui.language import (
    Markdown,
    _,
    current_language,
    in_label,
    join,
    label,
    literal,
    md,
    n_,
    number,
    type_label,
    word,
)
from hubdata.ui.parts import small_table
from hubdata.ui.session import (
    EVERYTHING_OPEN,
)
from hubdata.ui.typed import typed_over


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


def answers() -> loading.FileMapping:
    """What the reader said about their files on this page so far."""
    given_answers: loading.FileMapping = st.session_state.setdefault("answers", loading.NO_ANSWERS)
    return given_answers


STEPS = {"look": N_("1. Look"), "match": N_("2. Match"), "repair": N_("3. Repair and load")}
"""What somebody does with files that they dropped, one step in sight at a time."""
ASKS = {"two_readings", "three_decimals", "units_differ", "month_first", "month_or_day", "not_said", "rate_missing"}
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
        reading.doubtful
        or reading.table is None
        or reading.missing
        or reading.one_or_several
        or reading.guessed
        or any(not apart.is_apart and not apart.is_said for apart in reading.apart)
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

    for apart in reading.apart:

        def learn(is_apart: bool, apart: loading.Apart = apart) -> loading.FileMapping:
            return loading.answer_apart(apart, is_apart)

        _question(
            f"apart {apart.headings} {key}",
            _("Is what begins with “{heading}” a list by itself?", heading=in_label(apart.heading)),
            {True: _("Yes, a list by itself"), False: _("No, it belongs to what stands above it or beside it")},
            apart.is_apart,
            learn,
            st.radio,
        )


def first_rows(number_of_file: int, reading: loading.Reading) -> None:
    """The first rows of a list as they came, to see whether it is the right one."""
    if reading.doubtful:
        return
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
        if reading.doubtful:
            st.markdown(md("**{file}**: which letters are right?", file=reading.file))
        elif reading.table is None:
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
    if reading.doubtful:  # before that is known nothing else is
        _question(
            f"letters {number_of_file} {reading.doubtful.about} {st.session_state['drop_round']}",
            _("Which of these is right? A word of your file:"),
            {encoding: literal(word) for encoding, word in reading.doubtful.readings.items()},
            None,
            lambda letters: loading.answer_about(reading, letters=letters),
            st.radio,
        )
        return
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
    if reading.day_or_month or reading.month_first or any(p.code in ("month_first", "month_or_day") for p in mine):
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
    # Of years side by side the problem names the heading of its year, and the list has one column of amounts.
    own = [(p.code, p.column if p.column in reading.header else "amount") for p in problems]
    asked = {code for code, column in own if column == header}
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


def unsettled(drop: Drop) -> list[loading.Problem]:
    """The problems that no question on the page settles."""
    asked = {doubt.word for doubt in loading.doubts(drop.prepared) if doubt.suggestion or _codes(doubt.vocabulary)}
    return [p for p in drop.prepared.draft.problems if p.code not in ASKS and p.value.strip() not in asked]


def corrections(drop: Drop) -> None:
    """The cells that nothing else settles, each to be typed over; what is typed is an answer about these files."""
    left = [problem for problem in unsettled(drop) if problem.key]
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


def problem_sentence(problem: loading.Problem) -> Markdown:
    """A problem as one sentence: where, what, and the way out."""
    place = [literal(problem.file)]
    place += [md("row {row}", row=problem.row)] if problem.row else []
    place += [md("column {column}", column=problem.column)] if problem.column else []
    value = md(" “{value}”", value=problem.value) if problem.value else ""
    message, remedy = (literal(text.translate(current_language())) for text in (problem.message, problem.remedy))
    return Markdown(f"**{', '.join(place)}**:{value} {message} {remedy}")


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
