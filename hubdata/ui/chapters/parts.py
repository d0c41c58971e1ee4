"""How a chapter is put together: what pages show, as plain content (`reports.content`)."""

import datetime
import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from hubdata import charts, questions
from hubdata.reports import content
from hubdata.ui.columns import Column, headed
from hubdata.ui.language import Markdown, current_language
from hubdata.ui.parts import source_in_words
from hubdata.ui.session import as_of_options, ask, view

_MARKS = re.compile(r"\\([!-/:-@\[-`{-~])|\*\*|:material/\w+: ?|\N{ZERO WIDTH SPACE}|:gray\[([^\]]*)\]")
"""What `language.literal` and our own sentences put into Markdown."""


def plain(sentence: str) -> str:
    """A sentence of a page as plain text: the marks of Markdown taken away, what came from data as it was."""
    if not isinstance(sentence, Markdown):
        return sentence
    return _MARKS.sub(lambda mark: mark[1] or mark[2] or "", sentence).replace("  \n", " ")


def table(rows: pd.DataFrame, columns: Sequence[str | Column]) -> content.Table:
    """A page's table with every row: numbers as numbers, days as days, unknown as None."""
    shown = [column for column in headed(columns) if column.name in rows]
    cells = [[_cell(value, column.kind) for value in rows[column.name].tolist()] for column in shown]
    return content.Table(
        tuple(content.Column(column.heading, column.kind) for column in shown),
        tuple(zip(*cells, strict=True)) if cells else (),
    )


def _cell(value: Any, kind: content.Kind) -> content.Cell:
    if isinstance(value, content.Value | str):
        return value
    if value is None or pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        day: datetime.date = value.date()
        return day
    if isinstance(value, datetime.date):
        return value
    if kind == "text":
        return str(value)
    return int(value) if kind in ("count", "year") and float(value).is_integer() else float(value)


def figure(
    key: str,
    *,
    title: str,
    sentences: Sequence[str],
    rows: pd.DataFrame,
    columns: Sequence[str | Column],
    basis: str,
    source: str,
    method: str,
    picture: content.Chart | content.Network | None = None,
    alt: str = "",
    points: Sequence[str] = (),
    is_brief: bool = True,
    is_title_finding: bool = False,
) -> content.Figure:
    """A figure of a page. Raises `ValueError` when a picture lacks its words: not everybody could read it."""
    if picture and not alt:
        raise ValueError(f"figure {key!r} lacks an alternative text")
    return content.Figure(
        key=key,
        title=plain(title),
        sentences=tuple(plain(sentence) for sentence in sentences if sentence),
        table=table(rows, columns),
        basis=plain(basis),
        source=source_in_words(source),  # whom to name stands once in a report
        method=method,
        picture=picture,
        alt=plain(alt),
        points=tuple(plain(point) for point in points),
        is_brief=is_brief,
        is_title_finding=is_title_finding,
    )


def chapter(
    key: str, title: str, sentences: Sequence[str], figures: Sequence[content.Figure | None] = ()
) -> content.Chapter:
    """A chapter, without the figures of which there is nothing to show."""
    said = tuple(plain(sentence) for sentence in sentences if sentence)
    return content.Chapter(key, title, said, tuple(made for made in figures if made))


def over_time(series: pd.DataFrame, kind: content.Kind) -> content.Chart:
    """Lines over days. `series`: as `parts.series` makes them, columns `series`, `date`, `value`."""
    wide = series.assign(date=pd.to_datetime(series["date"])).pivot_table(
        index="date", columns="series", values="value", sort=False, dropna=False
    )
    wide = wide.sort_index()
    return content.Chart(
        "lines",
        tuple(day.date() for day in wide.index),
        tuple(content.Series(str(name), _values(wide[name])) for name in wide.columns),
        kind,
    )


def bars(rows: pd.DataFrame, label: str, kind: content.Kind, **values: str) -> content.Chart:
    """Lying bars, the first row on top. `values`: column -> what its bars are called."""
    labels = tuple(str(text) for text in rows[label])
    return content.Chart(
        "bars", labels, tuple(content.Series(name, _values(rows[column])) for column, name in values.items()), kind
    )


def _values(column: "pd.Series[Any]") -> tuple[float | None, ...]:
    return tuple(None if pd.isna(value) else float(value) for value in column)


def network(placed: pd.DataFrame, ties: pd.DataFrame, labels: dict[str, str]) -> content.Network:
    """The picture of the network. `placed`, `ties`: as `answer_layout` and `answer_tie_list` give them."""
    colours = charts.sector_colours(labels, charts.Style(dark=False, decimal_comma=current_language() == "nl"))
    present = [code for code in labels if (placed["sector"] == code).any()]
    columns = ["organisation_id", "name", "sector", "x", "y", "degree"]
    nodes = [
        content.Node(
            str(row["organisation_id"]),
            str(row["name"]),
            labels.get(row["sector"], str(row["sector"])),
            float(row["x"]),
            float(row["y"]),
            int(row["degree"]),
        )
        for row in placed[columns].to_dict("records")
    ]
    ends = charts.ties_to_draw(ties)[["organisation_a", "organisation_b", "is_cross_sector"]]
    return content.Network(
        tuple(nodes),
        tuple((str(a), str(b), bool(across)) for a, b, across in ends.itertuples(index=False, name=None)),
        tuple((labels[code], colours[code]) for code in present),
    )


def a_year_ago() -> datetime.date | None:
    """The day that What changed compares with when nobody chooses one; None when there is no earlier day."""
    as_of = view().as_of
    days = [day for day in as_of_options(as_of, None) if day < as_of.isoformat()]
    back = (pd.Timestamp(as_of) - pd.DateOffset(years=1)).date().isoformat()
    chosen = next((day for day in days if day <= back), days[-1] if days else None)
    return datetime.date.fromisoformat(chosen) if chosen else None


def income_year() -> int | None:
    """The latest year with income rows that was over, of those that this reader may see."""
    return questions.latest_year([year["year"] for year in ask(questions.answer_funding)["years"]], view().as_of)
