"""What commands print: problems of a drop and how it was read, and answers as JSON or for people to skim."""

import argparse
import dataclasses
import json
from typing import Any

from hubdata import ingest, texts


def words(options: argparse.Namespace, text: texts.Text) -> str:
    """A text in the language that was asked for."""
    return text.translate(options.language)


def problems_and_readings(draft: ingest.Draft, options: argparse.Namespace) -> None:
    """How a drop was read and what is wrong in it, with places and ways out; as JSON the problems alone."""
    if options.json:
        problems = [dataclasses.asdict(p) for p in draft.problems]
        for listed, problem in zip(problems, draft.problems, strict=True):
            for inside in ("blocks", "empties", "key"):
                listed.pop(inside)
            listed["message"] = words(options, problem.message)
            listed["remedy"] = words(options, problem.remedy)
        as_json({"problems": problems})
        return
    readings(draft, options)
    for problem in draft.problems:
        place = ", ".join(
            part
            for part in (
                problem.file,
                words(options, texts.Text("row {row}", {"row": problem.row})) if problem.row else "",
                problem.column,
                repr(problem.value) if problem.value else "",
            )
            if part
        )
        print(f"{place}: {words(options, problem.message)} {words(options, problem.remedy)}")
    if not draft.problems:
        print(words(options, texts.Text("No problems found.")))


def readings(draft: ingest.Draft, options: argparse.Namespace) -> None:
    """What was understood of each file, and what its sender should know."""
    for reading in draft.readings:
        held = reading.table or words(options, texts.Text("unknown"))
        how = [
            reading.encoding,
            {
                ",": texts.Text("commas"),
                ";": texts.Text("semicolons"),
                "\t": texts.Text("tabs"),
            }.get(reading.separator),
            {",": texts.Text("decimal comma"), ".": texts.Text("decimal point")}.get(reading.decimal_mark or ""),
            texts.Text("dates month first") if reading.month_first else None,
        ]
        gaps = {
            "file": reading.file,
            "table": held,
            "rows": reading.rows,
            "how": ", ".join(words(options, part) if isinstance(part, texts.Text) else part for part in how if part),
        }
        print(words(options, texts.Text("{file}: {table}, rows: {rows}; {how}", gaps)))
        if reading.count:
            counts = reading.count._asdict()
            line = texts.Text(
                "a list of {source}: rows {rows}, people {people}, organisations {organisations}; persons are left out",
                counts,
            )
            if not reading.count.rows:
                line = texts.Text("a list of {source}; persons are left out", counts)
            print(" ", words(options, line))
        used = ", ".join(h if h == column else f"{h} = {column}" for h, column in reading.columns.items())
        # What is not used of a list that we know, and what is left out, is said in the notes.
        other = ", ".join(reading.ignored) if reading.table is None else ""
        if used:
            print(" ", words(options, texts.Text("columns used: {columns}", {"columns": used})))
        if other:
            print(" ", words(options, texts.Text("columns not used: {columns}", {"columns": other})))
    for note in draft.notes:
        print(f"{note.file}: {words(options, note.message)}")


def as_json(answer: Any) -> None:
    """One JSON object. An infinite or undefined number would not be JSON; it is a bug, so it raises."""
    print(json.dumps(answer, ensure_ascii=False, allow_nan=False, default=lambda value: value.isoformat()))


def as_tree(answer: Any, indent: int = 0) -> None:
    """An answer for people to skim: names and values, long lists shortened."""
    pad = "  " * indent
    for key, value in answer.items():
        if isinstance(value, dict) and len(value) <= 40:
            print(f"{pad}{key}")
            as_tree(value, indent + 1)
        elif isinstance(value, list | dict):
            print(f"{pad}{key}: {len(value)} items (--json prints them)")
        else:
            print(f"{pad}{key}: {'n/a' if value is None else value}")
