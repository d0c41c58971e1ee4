"""Personal data, which is never stored: by what it is recognised."""

import re

import pyarrow.compute as pc

from hubdata import reading
from hubdata.cells import fold

PERSONAL_HEADER = re.compile(
    r"e[-_ ]?mail|telefoon|telephone|phone|mobiel|mobile|\btel\b|\bcontact\b|contact[-_ ]?(persoon|person|name|naam)|"
    r"voornaam|achternaam|first[-_ ]?name|last[-_ ]?name|surname"
)
"""Headers of columns that hold personal data; compared with folded headers. Such a column is never stored."""
PERSONAL_CELL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}|(?<!\d)(\+\d{2}|0)[\d\s()-]{8,}\d", re.IGNORECASE)
"""An e-mail address or a telephone number, in a column that we do not know."""


def is_personal(header: str, sheet: reading.Table) -> bool:
    """Whether a column that we do not know holds personal data, by its header or by any of its cells."""
    if PERSONAL_HEADER.search(fold(header)):
        return True
    return any(PERSONAL_CELL.search(cell) for cell in pc.unique(sheet.cells[header]).to_pylist())
