"""What all functions that read cells share: what is known of the file, how a cell is refused, what is said of it."""

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


def remark(info: ValidationInfo | None, code: str, column: str | None = None, **gaps: Any) -> None:
    """Say how a cell was read where its sender should know. `code` is a key of `ingest.NOTES`, `gaps` fill it.

    Whoever reads cells finds it in the list `remarks` of the context, with the column where the model knows it.
    """
    if (remarks := context_of(info).get("remarks")) is not None:
        remarks.append((code, column or (info.field_name if info else None), gaps))
