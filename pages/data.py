"""Hand in lists: see what we understood, what must be repaired and what would change; load, undo, go back."""

import functools

import pandas as pd
import streamlit as st

from hubdata import dictionary, loading, models, ui
from hubdata.ui import _, matching, md, n_, n_md
from hubdata.ui.words import data as words

language = (
    ui.current_language()
)  # a download is made when somebody asks for it, and then no page runs that knows the language

st.markdown(words.sentence_on_show())
words.last_action()

with st.container(border=True):
    st.subheader(_("Drop files"), anchor="drop")
    st.markdown(
        _(
            "Drop one list or several, just as you saved them. We first say what we read; "
            "nothing changes until you choose to load."
        )
    )
    files = words.uploaded_files()
    update = st.radio(
        _("What should happen with what is on show?"),
        [False, True],
        format_func={False: _("Replace the lists"), True: _("Add and change rows")}.get,
        captions=[
            _("A list you drop takes the place of the whole old list. The other lists stay."),
            _("Rows in your file are added, or changed when they are there already. Nothing is removed."),
        ],
        key=f"update_{st.session_state['drop_round']}",
    )

if files:
    drop = words.prepared_drop(files, update)
    draft = drop.prepared.draft
    if drop.was_overtaken:
        st.warning(
            _(
                "Somebody else loaded data in the meantime, so your files were not loaded. "
                "They are now compared with the new data: look at the differences again."
            ),
            icon=":material/sync_problem:",
        )

    st.subheader(_("What we read"), anchor="reading")
    words.sheets_read(draft)
    steps = matching.step(drop)
    if "look" in steps:
        for position, reading in enumerate(draft.readings):
            matching.first_rows(position, reading)
        for note in draft.notes:
            if note.file not in {reading.file for reading in draft.readings}:
                words.note(note)
        matching.next_step(drop, "match", _("Yes, these are my lists"))
    if "match" in steps:
        for position, reading in enumerate(draft.readings):
            matching.reading_report(position, reading, draft)
        matching.next_step(drop, "repair", _("That is right"))

    may_skip = False
    if draft.problems and "repair" in steps:
        st.subheader(_("To repair"), anchor="problems")
        wrong = sum(changes.rejected for changes in draft.changes.values())
        fine = sum(reading.rows for reading in draft.readings if reading.table) - wrong
        st.error(
            n_("There is {n} problem.", "There are {n} problems.", len(draft.problems))
            + " "
            + _(
                "Rows that are fine: {fine}. Rows that are not: {wrong}.", fine=ui.number(fine), wrong=ui.number(wrong)
            ),
            icon=":material/build:",
        )
        matching.doubts(drop)
        words.problem_kinds(draft.problems)
        matching.corrections(drop)
        open_problems = matching.unsettled(drop)
        if len(open_problems) < len(draft.problems):
            st.caption(
                n_(
                    "{n} problem goes when you answer what is asked above, and is not in a list below.",
                    "{n} problems go when you answer what is asked above, and are not in a list below.",
                    len(draft.problems) - len(open_problems),
                )
            )
        if open_problems:
            ui.frame(
                "problems",
                lambda: matching.problem_rows(open_problems),
                ["file", "row", "column", ui.column("value", _("In the cell"), "text"), "message", "remedy"],
                (drop.id,),
            )
        if draft.rejected:
            st.markdown(
                _(
                    "Below are the rows that are not right, ready for repair: correct them in Excel "
                    "and drop the file again, with “Add and change rows”."
                )
            )
        tables = {reading.file: reading.table for reading in draft.readings}
        for position, (file, rejected) in enumerate(draft.rejected.items()):
            st.download_button(
                _("Rows to repair of {file}", file=ui.in_label(file)),
                data=functools.partial(rejected.csv, language),
                file_name=f"{tables.get(file) or 'list'}-{_('to-repair')}.csv",
                mime="text/csv",
                key=f"rejected_{position}_{drop.id}",
                on_click="ignore",
                icon=":material/download:",
            )
        if draft.is_blocked:
            st.markdown(_("Repair this first: these files cannot be loaded as they are."))
        elif not drop.prepared.is_unchanged:
            may_skip = st.checkbox(_("Load the rows that are fine and leave the others out"), key=f"skip_{drop.id}")

    if drop.prepared.is_unchanged and not draft.is_blocked:
        st.info(
            _("This changes nothing: it is exactly what is on show. There is nothing to load."), icon=":material/check:"
        )

    if drop.can_load and "repair" in steps:
        words.names_alike(drop)
        st.subheader(_("What would change"), anchor="differences")
        ui.small_table(words.changes_table(drop))
        if drop.prepared.draft.before_is_own:
            rows = st.expander(_("Row by row"), key=f"rows_{drop.id}", on_change="rerun")
            if rows.open:  # made only when somebody looks
                with rows:
                    for table in draft.changes:
                        st.markdown(f"**{ui.list_word(table).capitalize()}**")
                        ui.frame(
                            f"differences-{table}",
                            functools.partial(words.changed_rows, drop, table),
                            [ui.column("kind", _("What happens")), "key", "column", "old", "new"],
                            (drop.id,),
                        )
        else:
            st.caption(_("The example now on show goes; your own lists take its place."))
        movements = words.movements(drop)
        st.markdown("\n".join(f"- {ui.movement_sentence(movement)}" for movement in movements))
        if drop.prepared.draft.before_is_own:
            ui.small_table(ui.movement_table(movements))

        may_remove = True
        for table in drop.prepared.removes_much:
            changes = draft.changes[table]
            removed, before = ui.number(changes.removed), ui.number(changes.before)
            sure = _(
                "Yes, remove {removed} of the {before} rows of {list}",
                removed=removed,
                before=before,
                list=ui.list_word(table),
            )
            may_remove &= st.checkbox(sure, key=f"remove_{table}_{drop.id}")
        if draft.problems and not may_skip:
            st.caption(_("You can load when the problems are repaired, or when you leave those rows out."))
        elif not may_remove:
            st.caption(_("More than a fifth of a list would go. Tick the box above if that is right."))
        is_ready = may_remove and (may_skip or not draft.problems)
        if st.button(_("Load"), type="primary", icon=":material/upload:", key=f"load_{drop.id}", disabled=not is_ready):
            words.load_drop(drop, skip_invalid=may_skip, may_remove=may_remove)

if not files:
    ui.names_alike_on_show()
    ui.what_to_ask()

with st.container(border=True):
    st.subheader(_("What was loaded before"), anchor="history")
    words.damage()
    manifests = ui.manifests()
    ui.frame(
        "history",
        lambda: words.history_rows(manifests),
        ["moment", "what", "rows", "added", "changed", "removed", "way", "by", "id"],
        (st.session_state["current_snapshot_id"], len(manifests)),
    )
    older = ui.snapshots_in_words(words.not_on_show(manifests))
    if older:
        chosen = st.selectbox(
            _("Look at older data, or go back to it"),
            list(older),
            index=None,
            format_func=lambda snapshot_id: older.get(snapshot_id, ""),
            placeholder=_("Choose a moment"),
            key="older",
        )
        if chosen and not loading.is_kept(ui.home(), chosen):
            st.error(_("That load is damaged and cannot be read any more. Choose another."), icon=":material/error:")
        elif chosen:
            with st.container(horizontal=True):
                ui.snapshot_link(chosen, _("Look at the dashboard as it was"))
                with st.popover(_("Go back to this one"), key=f"sure_{chosen}"):
                    st.markdown(
                        md("All pages will show the data of {moment}. You can undo this.", moment=older[chosen])
                    )
                    if st.button(_("Yes, go back"), key=f"back_{chosen}"):
                        words.rollback_to(chosen)

left = loading.left_in_inbox(ui.home())
if left:
    with st.container(border=True):
        st.subheader(_("Left in the inbox folder"), anchor="left")
        for note in left:
            words.note(note)

refused = loading.refused_drops(ui.home())
if refused:
    with st.container(border=True):
        st.subheader(_("Not loaded from the inbox folder"), anchor="refused")
        for refused_drop in refused:
            st.markdown(
                n_md(
                    "{moment}: {files}, {n} problem.",
                    "{moment}: {files}, {n} problems.",
                    refused_drop.problem_count,
                    moment=ui.moment(refused_drop.at),
                    files=ui.join(list(refused_drop.files)),
                )
            )
            st.download_button(
                _("Problems of {moment}", moment=ui.moment(refused_drop.at)),
                data=refused_drop.problems.read_bytes,
                file_name="problems.csv",
                mime="text/csv",
                key=f"refused_{refused_drop.at}",
                on_click="ignore",
                icon=":material/download:",
            )


def columns_of(row: type[models.Row]) -> pd.DataFrame:
    described = zip(dictionary.describe(row, language), words.other_headings(row), strict=True)
    return pd.DataFrame(
        [
            (column, _("yes") if required else "", meaning, example, also)
            for (column, required, meaning, example), also in described
        ],
        columns=["column", "required", "meaning", "example", "also"],
    )


with st.container(border=True):
    st.subheader(_("Empty lists to start with"), anchor="templates")
    st.markdown(_("Your own export is fine too: we look for the right columns ourselves."))
    st.markdown(
        _("Nothing yet? The workbook has a sheet per list, examples, words to choose from, and an explanation.")
    )
    st.download_button(
        _("Download the workbook to fill in"),
        data=words.workbook_to_fill_in(language),
        file_name=f"{_('my-lists')}.xlsx",
        mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        key="workbook",
        on_click="ignore",
        icon=":material/table_view:",
    )
    st.download_button(
        _("Download empty lists"),
        data=lambda: dictionary.zipped_templates(language),
        file_name=f"{_('empty-lists')}.zip",
        mime="application/zip",
        key="templates",
        on_click="ignore",
        icon=":material/download:",
    )
    explained = st.expander(_("Which columns a list may have"), key="columns", on_change="rerun")
    if explained.open:
        with explained:
            for name, row in models.TABLES.items():
                st.markdown(md("**{list}**: one row is {grain}.", list=f"{name}.csv", grain=row.grain[language]))
                ui.frame(
                    f"columns-{name}",
                    functools.partial(columns_of, row),
                    ["column", "required", "meaning", "example", "also"],
                )
