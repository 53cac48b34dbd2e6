"""Rooms have walls: who may import whom (docs/decisions.md, "Four rooms and three doors")."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = {"assessments", "content", "data", "pages", "gate", "server", "signin", "app", "milepost"}
DATABASE = {"sqlmodel", "sqlalchemy", "alembic", "psycopg", "sqlite3"}
SECOND_SQLITE = {"adbc_driver_sqlite", "duckdb", "apsw"}  # docs/decisions.md, "One SQLite library per process"
NETWORK = {"requests", "httpx", "urllib", "http", "socket", "github", "huey", "redis"}

#: room -> (rooms of ours it may import, libraries it may never import)
WALLS = {
    "assessments": (set(), DATABASE | NETWORK | {"streamlit", "plotly", "time", "subprocess"}),
    "content": (set(), DATABASE | NETWORK | {"streamlit", "plotly", "polars"}),
    "data": ({"assessments", "content"}, {"streamlit", "plotly"} | SECOND_SQLITE),
    "pages": ({"assessments", "content", "data"}, DATABASE | NETWORK),
    "gate": ({"data"}, DATABASE | {"plotly"}),
    "server": ({"data", "gate", "pages"}, DATABASE - {"sqlalchemy"} | {"plotly"}),
    "signin": ({"data", "gate", "pages"}, DATABASE | {"plotly"}),
    "app": ({"pages", "server", "signin"}, DATABASE | {"plotly"}),
    "milepost": ({"assessments", "content", "data", "server"}, DATABASE | {"streamlit", "plotly"}),
}


def files(room: str) -> list[Path]:
    """The Python files of a room, which is a folder or a single file; example repositories of tracks are not ours."""
    single, examples = ROOT / f"{room}.py", ROOT / "content" / "tracks"
    found = [single] if single.exists() else sorted((ROOT / room).rglob("*.py"))
    return [path for path in found if not path.is_relative_to(examples)]


def imports(source: str) -> set[str]:
    """Top-level names of everything imported anywhere in the source, inside functions too."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names.add(node.module.split(".")[0])
    return names


def trespasses(room: str, source: str) -> set[str]:
    """What a file of that room imports and may not."""
    may, never = WALLS[room]
    own = room if room in {"assessments", "content", "data", "pages"} else None
    return {name for name in imports(source) if name in never or (name in ROOMS and name not in may and name != own)}


@pytest.mark.parametrize("room", WALLS)
def test_no_import_goes_through_a_wall(room):
    found = {str(path.relative_to(ROOT)): trespasses(room, path.read_text(encoding="utf-8")) for path in files(room)}
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize("room", WALLS)
def test_every_room_is_there(room):
    assert files(room)


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("assessments", "from data import store"),
        ("assessments", "def f():\n    import sqlmodel"),
        ("content", "import assessments.delivery"),
        ("data", "import streamlit as st"),
        ("pages", "from sqlalchemy import select"),
    ],
)
def test_a_trespass_is_seen(room, source):
    assert trespasses(room, source)


@pytest.mark.parametrize("clock", ["datetime.now(", "datetime.utcnow(", "date.today(", "time.time("])
def test_the_assessments_have_no_clock(clock):
    assert [str(path) for path in files("assessments") if clock in path.read_text(encoding="utf-8")] == []


def test_pages_stay_short():
    long = {str(p.relative_to(ROOT)): n for p in files("pages") if (n := len(p.read_text().splitlines())) > 150}
    assert long == {}


def test_the_first_level_of_pages_holds_folders_only():
    """Streamlit runs `pages/*.py` past app.py until the first navigation of a process."""
    assert [path.name for path in (ROOT / "pages").glob("*.py") if path.name != "__init__.py"] == []


def test_every_import_is_pinned():
    pinned = {line.split("==")[0].split("[")[0].strip().lower() for line in (ROOT / "requirements.txt").open()}
    names = {
        "psycopg": "psycopg", "ruamel": "ruamel.yaml", "github": "pygithub", "resvg_py": "resvg-py", "yaml": "pyyaml",
        "markdown_it": "markdown-it-py", "tree_sitter": "tree-sitter", "tree_sitter_go": "tree-sitter-go",
    }  # fmt: skip
    used = {name for room in WALLS for path in files(room) for name in imports(path.read_text(encoding="utf-8"))}
    ours = used - ROOMS - set(sys.stdlib_module_names) - {"tests", "starlette"}  # starlette is streamlit's own server
    assert {names.get(name, name).lower() for name in ours} <= pinned
