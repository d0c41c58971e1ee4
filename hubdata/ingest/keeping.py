"""The files of a drop as they are kept: without personal data and rejected rows, and how they were read."""

import re
from collections.abc import Mapping

import pyarrow as pa

from hubdata import reading
from hubdata.ingest.answers import FileMapping
from hubdata.ingest.drafts import Draft
from hubdata.ingest.headings import folded, signature
from hubdata.ingest.sources import Source


def keep(files: Mapping[str, bytes], source: Source, draft: Draft) -> None:
    """Put a file among those that are kept, without personal data and rejected rows, and note how it was read."""
    table, header = source.table, source.table.header
    is_whole = not source.personal and not source.rejected.any() and not table.findings
    sign = signature(header)
    if is_whole and source.label == source.file:
        draft.received[_file_name(source.file, source.name, draft)] = files[source.file]
    else:
        header = [name for name in table.cells.column_names if name not in source.personal]
        sign = signature(header)
        accepted = pa.array(~source.rejected) if len(source.rejected) else None
        cells = table.cells.select(header)
        rows = zip(*(c.to_pylist() for c in (cells.filter(accepted) if accepted else cells).columns), strict=True)
        several = "" if source.label == source.file else f"-{source.name}"
        name = re.sub(r"\.[^.]*$", "", source.file) + f"{several}.csv"
        draft.received[_file_name(name, source.name, draft)] = reading.write(header, rows, table.separator or ";")
    is_month_first = source.matching.month_first.get(signature(source.table.header), False)
    read = [(h, c) for h, c in source.columns.items() if h in header and c in source.numbers]
    draft.matching = draft.matching.with_(
        FileMapping(
            tables={sign: source.name},
            columns={source.name: {folded(h): source.columns.get(h, "") for h in header}},
            month_first={sign: is_month_first},
            column_marks={sign: {folded(h): source.decimal_marks[c] for h, c in read if c in source.decimal_marks}},
            # What was not multiplied is not asked about the next time, either.
            factors={sign: {folded(h): source.factors.get(c, 1.0) for h, c in read}},
            blank_is_no={sign: source.blank_is_no},
            periods={sign: source.has_periods},
            one_per_person={sign: source.is_one_per_person},
        )
    )


def _file_name(file: str, name: str, draft: Draft) -> str:
    """The name under which a file is kept: never a path, never the name of another file of the drop."""
    base = re.split(r"[/\\]", file)[-1] or f"{name}.csv"
    return f"{name}-{base}" if base in draft.received else base
