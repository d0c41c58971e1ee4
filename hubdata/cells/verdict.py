"""What a reader of cells knows of the file."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationInfo


def _context(info: ValidationInfo | None) -> Mapping[str, Any]:
    return (info.context if info else None) or {}
