"""The layout's rules that a machine can check: who may import what, what a view file looks like, where SQL may stand."""

import ast
import re
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from hubdata import store

HUBDATA = ROOT / "hubdata"
ANY = {"*"}

# Module -> (what it may import of ours, what it may import from outside). The reasons stand in hubdata/__init__.py.
ALLOWED: dict[str, tuple[set[str], set[str]]] = {
    "models": (set(), {"pydantic", "pydantic_core", "pyarrow"}),
    "settings": (set(), {"pydantic"}),
    "reading": (set(), {"numpy", "pyarrow", "python_calamine"}),
    "texts": (set(), {"babel"}),
    "methods": ({"texts"}, set()),
    "dictionary": ({"models", "reading"}, set()),
    "ingest": ({"models", "settings", "reading", "texts"}, {"numpy", "pyarrow", "pydantic", "pydantic_core"}),
    "store": ({"models", "store"}, {"duckdb", "pandas", "pyarrow", "filelock"}),
    "demo": (set(), {"numpy", "pandas"}),
    "indicators": ({"indicators"}, {"numpy", "pandas", "igraph"}),
    "charts": (set(), {"pandas"}),
    "exports": (set(), {"pandas"}),
    "audit": (set(), set()),
    "sharing": ({"settings", "store", "texts"}, {"argon2", "filelock", "pydantic"}),
    "access": ({"settings", "sharing", "store"}, {"itsdangerous"}),
    "door": ({"texts"}, {"starlette"}),
    "gate": (
        {"access", "audit", "door", "settings", "sharing", "texts"},
        {"itsdangerous", "limits", "starlette", "streamlit"},
    ),
    "hub": (
        {"audit", "models", "ingest", "sharing", "store", "indicators", "settings", "demo"},
        {"pandas", "pyarrow"},
    ),
    "inbox": (
        {"hub", "ingest", "models", "reading", "store", "settings", "exports", "texts"},
        {"watchfiles", "filelock", "pandas", "pyarrow"},
    ),
    "ui": (
        {"access", "audit", "charts", "exports", "hub", "indicators", "methods", "models", "settings", "sharing"}
        | {"store", "texts"},
        {"streamlit", "pandas", "plotly"},
    ),
    "__init__": (set(), set()),
    "__main__": (ANY, {"argparse"}),
}


def modules() -> list[Path]:
    return sorted(path for path in HUBDATA.rglob("*.py"))


def name_of(path: Path) -> str:
    first = path.relative_to(HUBDATA).parts[0]
    return first.removesuffix(".py")


def imported(path: Path) -> tuple[set[str], set[str]]:
    """The modules of ours and the packages from outside that a file imports."""
    ours: set[str] = set()
    outside: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "hubdata":
                ours.add(parts[1])
            elif parts[0] not in sys.stdlib_module_names:
                outside.add(parts[0])
    return ours, outside


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(HUBDATA)))
def test_a_module_imports_only_what_its_place_allows(path: Path) -> None:
    ours, outside = imported(path)
    may_ours, may_outside = ALLOWED[name_of(path)]
    assert may_ours == ANY or ours <= may_ours, f"{ours - may_ours} is above or beside {path.name}"
    assert outside <= may_outside, f"{outside - may_outside} does not belong in {path.name}"


def test_the_import_table_that_people_read_is_the_one_that_is_checked() -> None:
    text = (HUBDATA / "__init__.py").read_text(encoding="utf-8")
    for name in ALLOWED.keys() - {"__init__"}:
        assert re.search(rf"^    {re.escape(name)}\b", text, re.MULTILINE), (
            f"{name} is missing from hubdata/__init__.py"
        )


@pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("*.py")), ids=lambda path: path.name)
def test_a_page_shows_and_does_not_calculate(path: Path) -> None:
    """Pages take from `ui`, `hub` and `charts`; no SQL, no database, no statistics; no HTML past Streamlit."""
    ours, outside = imported(path)
    assert ours <= {"ui", "hub", "charts", "methods", "dictionary", "models", "texts"}
    assert outside <= {"streamlit", "pandas"}
    text = path.read_text(encoding="utf-8")
    assert "SELECT " not in text
    assert "unsafe_allow_html" not in text
    assert '__name__ == "__main__"' not in text


def test_every_view_is_a_file_that_first_says_what_a_row_is() -> None:
    made = {
        "CREATE VIEW {} AS": ("store/sql", store.VIEWS),
        "INSERT INTO snapshot.{} BY NAME": ("store/sql/scoped", store.SCOPED),
    }
    for statement, (folder, names) in made.items():
        files = {path.stem: path.read_text(encoding="utf-8") for path in (HUBDATA / folder).glob("*.sql")}
        assert set(files) == set(names)
        for name, text in files.items():
            assert text.startswith("-- One row per "), f"{name}.sql does not begin with its grain"
            # What the statements of a scope join to is in none of its tables.
            expected = "CREATE TABLE snapshot.identities AS" if name == "identities" else statement.format(name)
            assert expected in text, f"{name}.sql does not make what it is named after"


def test_no_page_lies_beside_the_script_that_is_served() -> None:
    """Streamlit serves every file of a `pages/` folder beside its main script to anybody who knows the name."""
    text = (ROOT / "app.py").read_text(encoding="utf-8")
    assert '"pages" / "navigation.py"' in text
    assert not (ROOT / "pages" / "pages").exists()


def test_every_dependency_says_what_it_is_for_and_is_pinned_to_a_range() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        for line in lines:
            if line.strip() and not line.startswith(("#", "-r")):
                assert re.fullmatch(r"[a-z0-9-]+>=[\d.]+,<[\d.]+ +# .+", line), line
