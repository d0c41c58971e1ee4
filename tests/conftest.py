"""What tests share: the real store on tiny data, and the real sample. No part of our own is replaced."""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from hubdata import models, store

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "data" / "sample"

Rows = Callable[..., pd.DataFrame]


def row(table: str, cells: dict[str, Any]) -> models.Row:
    """A row made without a file: columns that are absent are unknown."""
    return models.TABLES[table].model_construct(**cells)


@pytest.fixture
def rows(tmp_path: Path) -> Rows:
    """`rows(view_name, {table: [cells, ...]}, as_of=..., ...)` through the real store with the real schema."""

    def look(name: str, tables: dict[str, list[dict[str, Any]]], **view: Any) -> pd.DataFrame:
        drafted = {table: [row(table, cells) for cells in listed] for table, listed in tables.items()}
        manifest = store.publish(tmp_path, drafted, origin="own", based_on=store.on_show(tmp_path))
        snapshot = store.open_snapshot(tmp_path, manifest.id)
        view.setdefault("as_of", datetime.date(2020, 6, 30))
        view = {key: value for key, value in view.items() if not (key in ("sectors", "themes") and value is None)}
        found = snapshot.rows(name, store.View(**view))
        snapshot.close()
        return found

    return look
