"""The files of a drop as they are kept: without personal data and rejected rows, and how they were read."""

import re
from collections.abc import Mapping

import pyarrow as pa

from hubdata import reading
from hubdata.ingest.answers import FileMapping
from hubdata.ingest.drafts import Draft
from hubdata.ingest.headings import folded, signature
from hubdata.ingest.sources import Source


def keep(files: Mapping[str, bytes], one: Source, made: Draft) -> None:
    """Put a file among those that are kept, without personal data and rejected rows, and note how it was read."""
    table, header = one.table, one.table.header
    is_whole = not one.personal and not one.rejected.any() and not table.findings
    sign = signature(header)
    if is_whole and one.label == one.file:
        made.received[_file_name(one.file, one.name, made)] = files[one.file]
    else:
        header = [name for name in table.cells.column_names if name not in one.personal]
        sign = signature(header)
        accepted = pa.array(~one.rejected) if len(one.rejected) else None
        cells = table.cells.select(header)
        rows = zip(*(c.to_pylist() for c in (cells.filter(accepted) if accepted else cells).columns), strict=True)
        several = "" if one.label == one.file else f"-{one.name}"
        name = re.sub(r"\.[^.]*$", "", one.file) + f"{several}.csv"
        made.received[_file_name(name, one.name, made)] = reading.write(header, rows, table.separator or ";")
    is_month_first = one.matching.month_first.get(signature(one.table.header), False)
    made.matching = made.matching.with_(
        FileMapping(
            tables={sign: one.name},
            columns={one.name: {folded(h): one.columns.get(h, "") for h in header}},
            month_first={sign: is_month_first},
            decimal_marks={sign: one.decimal_mark} if one.decimal_mark else {},
            one_per_person={sign: one.is_one_per_person},
        )
    )


def _file_name(file: str, name: str, made: Draft) -> str:
    """The name under which a file is kept: never a path, never one that another file of the drop has."""
    base = re.split(r"[/\\]", file)[-1] or f"{name}.csv"
    return f"{name}-{base}" if base in made.received else base
