"""The data dictionary and the templates, generated from `models.py` so that they always agree with it."""

import io
import zipfile
from pathlib import Path

from hubdata import models, reading


def describe(row: type[models.Row], language: str) -> list[tuple[str, bool, str, str]]:
    """Per column of a table: name, whether it is required, what it means in `language`, an example."""
    return [
        (
            name,
            models.is_required(row, name),
            str(field.description if language == "en" else models.extra(row, name)[language]),
            str(models.extra(row, name)["example"]),
        )
        for name, field in row.model_fields.items()
    ]


def markdown() -> str:
    """The whole data dictionary, Dutch and English side by side."""
    lines = [
        "# Data dictionary",
        "",
        "Generated from `hubdata/models.py` by `python -m hubdata dictionary`; do not edit.",
        "Lists are separated by `|`. An empty cell means not known / Een lege cel betekent onbekend.",
        "So does a word such as `-`, `n/a` or `#N/A` / Dat geldt ook voor woorden zoals `-`, `n.v.t.` of `#N/B`.",
        "Case, accents and spaces in headers do not matter; the last column holds other headers that are understood /",
        "Hoofdletters, accenten en spaties in kopregels maken niet uit; achteraan staan andere die wij kennen.",
    ]
    for name, row in models.TABLES.items():
        grain = f"One row is {row.grain['en']} / Een rij is {row.grain['nl']}."
        lines += ["", f"## {name}.csv", "", grain, ""]
        lines += ["| column | required | English | Nederlands | example | also |", "|---|---|---|---|---|---|"]
        dutch = describe(row, "nl")
        for (column, required, english, example), (_, _, nl, _) in zip(describe(row, "en"), dutch, strict=True):
            shown = f"`{example}`".replace("|", "\\|") if example else ""
            also = ", ".join(word.replace("_", " ") for word in models.aliases(row, column))
            lines.append(f"| `{column}` | {'yes' if required else ''} | {english} | {nl} | {shown} | {also} |")
    return "\n".join(lines) + "\n"


def templates(language: str) -> dict[str, bytes]:
    """Empty lists, file -> content: the headers, in the form that Excel in this language opens right."""
    separator = reading.EXCEL_SEPARATORS[language]
    return {
        f"{name}.csv": reading.write_for_excel(list(row.model_fields), [], separator)
        for name, row in models.TABLES.items()
    }


def zipped_templates(language: str) -> bytes:
    """The empty lists as one zip file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in templates(language).items():
            archive.writestr(name, content)
    return packed.getvalue()


def write_templates(folder: Path, language: str) -> list[Path]:
    """The empty lists in a folder, and the data dictionary beside them. Returns the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in (templates(language) | {"data-dictionary.md": markdown().encode()}).items():
        written.append(folder / name)
        written[-1].write_bytes(content)
    return written
