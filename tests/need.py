"""What a test needs from the machine: a server, a browser, a tool.

Where it is missing the test is skipped; with MILEPOST_REQUIRE_ALL=1 it fails.
"""

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest


def find_postgresql() -> str | None:
    """A URL of a PostgreSQL where we may create databases, or the folder of a server's programs."""
    return os.environ.get("MILEPOST_TEST_POSTGRES") or find_postgresql_programs()


def find_postgresql_programs() -> str | None:
    """The folder of the programs of a PostgreSQL server, to make one that can be stopped."""
    folders = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), Path("/opt/homebrew/bin")]
    if on_path := shutil.which("initdb"):
        folders.append(Path(on_path).resolve().parent)
    return next((str(folder) for folder in folders if (folder / "initdb").exists()), None)


def find_chromium() -> str | None:
    """The path of a Chromium that can be driven."""
    if given := os.environ.get("MILEPOST_TEST_CHROMIUM"):
        return given
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    own = sorted(Path.home().glob(".cache/ms-playwright/chromium*-*/chrome-linux*/*"), reverse=True)
    return next((str(path) for path in own if path.name in ("chrome", "headless_shell", "chrome-headless-shell")), None)


def find_terraform() -> str | None:
    """Of the two programs that read the same files, whichever is here."""
    return shutil.which("terraform") or shutil.which("tofu")


def find_npm_tools() -> str | None:
    """The folder of the linters of workflows, where its packages were installed and Node.js can run them."""
    return str(NPM_TOOLS) if find_tool("node") and (NPM_TOOLS / "node_modules").is_dir() else None


def find_kafka() -> str | None:
    """The folder with the jars of a broker, where Java and a client are here too; tests/tools/kafka says which jars."""
    if not shutil.which("java") or not importlib.util.find_spec("confluent_kafka"):
        return None
    given = os.environ.get("MILEPOST_TEST_KAFKA")
    folders = [Path(given)] if given else sorted(Path.home().glob(".cache/milepost/kafka-*"), reverse=True)
    return next((str(folder) for folder in folders if any(folder.glob("kafka_2.13-*.jar"))), None)


def find_tool(name: str) -> str | None:
    """A program on the PATH, or beside the Python that runs the tests."""
    return shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))


NPM_TOOLS = Path(__file__).parent / "tools"
FINDERS: dict[str, Callable[[], str | None]] = {
    "postgresql": find_postgresql,
    "programs of postgresql": find_postgresql_programs,
    "chromium": find_chromium,
    "redis": lambda: shutil.which("redis-server"),
    "caddy": lambda: shutil.which("caddy"),
    "nginx": lambda: shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin"),
    "kafka": find_kafka,
    "git": lambda: shutil.which("git"),
    "zizmor": lambda: find_tool("zizmor"),
    "hadolint": lambda: find_tool("hadolint"),
    "kubernetes-validate": lambda: "kubernetes_validate" if importlib.util.find_spec("kubernetes_validate") else None,
    "coverage": lambda: find_tool("coverage"),
    "go": lambda: find_tool("go"),
    "node": lambda: find_tool("node"),
    "npm tools": find_npm_tools,
    "promtool": lambda: find_tool("promtool"),
    "amtool": lambda: find_tool("amtool"),
    "terraform": find_terraform,
    "helm": lambda: find_tool("helm"),
    "ansible": lambda: find_tool("ansible-playbook"),
}
#: What `.ci/run` cannot install: its tests may be skipped everywhere.
OPTIONAL = frozenset({"terraform", "helm", "ansible"})


def need(what: str) -> str:
    """Where `what` is (a URL, folder or program); skips the test when it is not here, or fails it."""
    if found := FINDERS[what]():
        return found
    sentence = f"{what} was not found on this machine"
    if os.environ.get("MILEPOST_REQUIRE_ALL") == "1" and what not in OPTIONAL:
        pytest.fail(f"{sentence}, and MILEPOST_REQUIRE_ALL=1 asks for every test")
    pytest.skip(sentence)
