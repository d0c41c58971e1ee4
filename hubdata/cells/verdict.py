"""What all functions that read cells share: what is known of the file, and how a cell is refused."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationInfo
from pydantic_core import PydanticCustomError


def context_of(info: ValidationInfo | None) -> Mapping[str, Any]:
    """What the validation context says of the file (see `models`)."""
    return (info.context if info else None) or {}


def refusal(code: str, **gaps: Any) -> PydanticCustomError:
    """Why a cell is refused, to be raised. `code` is a key of `ingest.SENTENCES`, `gaps` fill its sentences.

    `column` among them says whose cell it is, where a rule is about several.
    """
    return PydanticCustomError(code, code, gaps or None)
