"""The layout's rules that a machine can check: who takes what, what a view file looks like, where SQL may stand.

The layers are checked by `lint-imports`; their contracts and reasons are in pyproject.toml.
"""

import ast
import re
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from packaging.specifiers import SpecifierSet

from hubdata import store

HUBDATA = ROOT / "hubdata"
LINE = re.compile(r"^    (\w+) +([\w, \n]+);([\w, \n]+):\s", re.MULTILINE)
"""A line of the table in hubdata/__init__.py: the part, what it takes of ours, what from outside, and why."""


def listed(names: str) -> set[str]:
    return set(re.findall(r"\w+", names)) - {"nothing"}


TAKES = {
    part: (listed(ours), listed(outside))
    for part, ours, outside in LINE.findall((HUBDATA / "__init__.py").read_text(encoding="utf-8"))
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


def test_the_table_that_people_read_has_every_part() -> None:
    assert set(TAKES) == {name_of(path) for path in modules()} - {"__init__"}


@pytest.mark.parametrize("part", TAKES)
def test_a_part_takes_what_the_table_says_and_nothing_else(part: str) -> None:
    found = [imported(path) for path in modules() if name_of(path) == part]
    ours, outside = (set().union(*names) for names in zip(*found, strict=True))
    assert ours - {part} == TAKES[part][0], "what it takes of ours is not what hubdata/__init__.py says"
    assert outside == TAKES[part][1], "what it takes from outside is not what hubdata/__init__.py says"


def test_the_server_is_put_together_from_few() -> None:
    ours, outside = imported(ROOT / "app.py")
    assert ours == {"inbox", "loading", "server", "settings", "store"}
    assert outside == {"starlette", "streamlit"}


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
    "tests/dashboard.py": "it imports what `streamlit run` imports, once for many",
    "tests/conftest.py": "it looks through the installed packages once for all tests of a worker",
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


def test_what_a_server_installs_is_locked_by_content_and_its_licences_are_named() -> None:
    locked = dict(re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.M))
    blocks = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text(encoding="utf-8"))
    assert [b.splitlines()[0] for b in blocks if not b.startswith("#") and "--hash=sha256:" not in b] == []
    wanted = re.findall(r"^([a-z0-9-]+)(>=\S+)", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.M)
    assert [name for name, allowed in wanted if locked.get(name, "0") not in SpecifierSet(allowed)] == []
    named = re.findall(r"^\| (\S+) \|", (ROOT / "docs" / "licences.md").read_text(encoding="utf-8"), re.M)
    only_elsewhere = {"colorama", "pywin32", "tzdata"}  # of systems that are not Linux
    assert {n.lower().replace("_", "-") for n in locked} - only_elsewhere <= {
        n.lower().replace("_", "-") for n in named
    }


def test_the_text_of_every_licence_is_there_once() -> None:
    named = re.findall(r'SPDX-License-Identifier = "([^"]+)"', (ROOT / "REUSE.toml").read_text(encoding="utf-8"))
    assert {one for line in named for one in line.split(" AND ")} == {p.stem for p in (ROOT / "LICENSES").iterdir()}
    assert (ROOT / "LICENSES" / "EUPL-1.2.txt").read_bytes() == (ROOT / "LICENSE").read_bytes()
    igraph = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    assert "igraph is under the GNU GPL" in igraph


@pytest.mark.parametrize(
    "path", [*(ROOT / "pages").glob("*.py"), *HUBDATA.rglob("*.py")], ids=lambda path: str(path.relative_to(ROOT))
)
def test_the_words_of_a_page_are_for_that_page_and_for_reports(path: Path) -> None:
    if path.parent == HUBDATA / "ui" / "chapters":
        return
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r"hubdata\.ui\.words(?:\.| import )(\w+)", text))
    assert named <= ({path.stem} if path.parent == ROOT / "pages" else set())
