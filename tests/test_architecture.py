"""The layout's rules that a machine can check: who may import what, what a view file looks like, where SQL may stand."""

import ast
import re
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from conftest import ROOT

from hubdata import store

HUBDATA = ROOT / "hubdata"
ANY = {"*"}

# Module -> (what it may import of ours, what it may import from outside). The reasons stand in hubdata/__init__.py.
ALLOWED: dict[str, tuple[set[str], set[str]]] = {
    "cells": (set(), {"pydantic", "pydantic_core"}),
    "models": ({"cells"}, {"pydantic", "pydantic_core", "pyarrow"}),
    "settings": (set(), {"pydantic"}),
    "reading": ({"cells"}, {"numpy", "pyarrow", "python_calamine"}),
    "texts": (set(), {"babel", "jinja2"}),
    "methods": ({"texts"}, set()),
    "page_list": ({"texts"}, set()),
    "dictionary": ({"models", "reading"}, set()),
    "ingest": ({"cells", "models", "settings", "reading", "texts"}, {"numpy", "pyarrow", "pydantic", "pydantic_core"}),
    "store": ({"models"}, {"duckdb", "pandas", "pyarrow", "filelock"}),
    "demo": (set(), {"numpy", "pandas"}),
    "indicators": (set(), {"numpy", "pandas", "igraph"}),
    "charts": (set(), {"pandas"}),
    "exports": ({"cells"}, {"pandas"}),
    "audit": (set(), set()),
    "sharing": ({"page_list", "settings", "store", "texts"}, {"argon2", "filelock", "pydantic"}),
    "access": ({"page_list", "settings", "sharing", "store"}, {"itsdangerous"}),
    "server": (
        {"server", "access", "audit", "settings", "sharing", "store", "texts"},
        {"authlib", "itsdangerous", "jinja2", "limits", "starlette", "streamlit"},
    ),
    "questions": ({"indicators", "models", "settings", "store"}, {"pandas"}),
    "loading": (
        {"audit", "models", "ingest", "indicators", "questions", "sharing", "store", "settings", "demo"},
        {"pyarrow"},
    ),
    "notebook": ({"ingest", "store"}, set()),
    "inbox": (
        {"cells", "loading", "ingest", "reading", "store", "settings", "texts"},
        {"watchfiles", "filelock", "pyarrow"},
    ),
    "ui": (
        {
            "access",
            "audit",
            "cells",
            "charts",
            "exports",
            "indicators",
            "loading",
            "methods",
            "models",
            "notebook",
            "questions",
        }
        | {"page_list", "settings", "sharing", "store", "texts"},
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
    ours -= {name_of(path)}  # the files of one room know each other
    assert may_ours == ANY or ours <= may_ours, f"{ours - may_ours} is above or beside {path.name}"
    assert outside <= may_outside, f"{outside - may_outside} does not belong in {path.name}"


def imported_files(path: Path) -> set[Path]:
    """The files of ours that a file imports while it is loaded itself: modules, and of packages what they are taken from."""
    found: set[Path] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            for parts in (name.split("."), name.split(".")[:-1]):
                place = ROOT.joinpath(*parts) if parts[:1] == ["hubdata"] and len(parts) > 1 else None
                if place and place.with_suffix(".py").exists():
                    found.add(place.with_suffix(".py"))
                    break
                if place and (place / "__init__.py").exists():
                    found.add(place / "__init__.py")
                    break
    return found


def test_no_file_imports_itself_by_a_detour() -> None:
    graph = {path: imported_files(path) for path in modules()}
    while leaves := [path for path, needs in graph.items() if not needs & graph.keys()]:
        for path in leaves:
            del graph[path]
    # What is left imports, by a detour, what imports it.
    assert {str(path.relative_to(HUBDATA)): sorted(p.name for p in graph[path] & graph.keys()) for path in graph} == {}


def test_the_import_table_that_people_read_is_the_one_that_is_checked() -> None:
    text = (HUBDATA / "__init__.py").read_text(encoding="utf-8")
    for name in ALLOWED.keys() - {"__init__"}:
        assert re.search(rf"^    {re.escape(name)}\b", text, re.MULTILINE), (
            f"{name} is missing from hubdata/__init__.py"
        )


@pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("*.py")), ids=lambda path: path.name)
def test_a_page_shows_and_does_not_calculate(path: Path) -> None:
    """Pages take from `ui`, `questions` and `charts`; no SQL, no database, no statistics; no HTML past Streamlit."""
    ours, outside = imported(path)
    assert ours <= {"ui", "questions", "loading", "notebook", "charts", "methods", "dictionary", "models", "texts"}
    assert outside <= {"streamlit", "pandas"}
    text = path.read_text(encoding="utf-8")
    assert "SELECT " not in text
    assert "unsafe_allow_html" not in text
    assert '__name__ == "__main__"' not in text


PRIVATE = {
    "hubdata/server/streamlit_internals.py": "everything that the dashboard needs of Streamlit's insides",
    "tests/client.py": "it speaks as a browser does",
    "tests/benchmarks/bench.py": "it measures between two functions of Streamlit",
}


def test_what_streamlit_does_not_document_is_imported_in_one_file() -> None:
    """`streamlit` itself, `streamlit.testing` and `streamlit.errors` are documented; everything below is not."""
    found = set()
    for path in sorted(
        {*HUBDATA.rglob("*.py"), *(ROOT / "pages").glob("*.py"), *(ROOT / "tests").rglob("*.py"), ROOT / "app.py"}
    ):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                # `from streamlit import config` is a module of its own, not a name that `streamlit` documents.
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
                names = names if node.module == "streamlit" else [node.module]
            for name in names:
                if name.startswith("streamlit.") and name.split(".")[1] not in ("testing", "errors"):
                    found.add(str(path.relative_to(ROOT)))
    assert found == set(PRIVATE)


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


@pytest.mark.parametrize(
    "path", [*(ROOT / "pages").glob("*.py"), *HUBDATA.rglob("*.py")], ids=lambda path: str(path.relative_to(ROOT))
)
def test_the_words_of_a_page_are_for_that_page_alone(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r"hubdata\.ui\.words(?:\.| import )(\w+)", text))
    assert named <= ({path.stem} if path.parent == ROOT / "pages" else set())


def test_files_of_a_room_do_not_import_each_other_in_circles() -> None:
    """What is imported inside a function counts as well."""
    imports = {path: files_imported(path) for path in modules()}
    order = TopologicalSorter(imports)
    order.prepare()  # raises CycleError with the circle


def files_imported(path: Path) -> set[Path]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("hubdata"):
            folder = ROOT / node.module.replace(".", "/")
            for name in [alias.name for alias in node.names]:
                whole = [
                    folder / f"{name}.py",
                    folder / name / "__init__.py",
                    folder.with_suffix(".py"),
                    folder / "__init__.py",
                ]
                found.add(next(file for file in whole if file.exists()))
    return found - {path}
