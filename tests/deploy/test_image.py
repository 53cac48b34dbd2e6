"""The image that the Dockerfile makes. No image is built here: its rules are held against the file, and what would be
copied into it is tried."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assessments.evidence import Outcome, evaluate
from assessments.evidence.snapshot import of_texts
from tests.need import need

ROOT = Path(__file__).parent.parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_hadolint_has_nothing_to_say():
    said = subprocess.run([need("hadolint"), str(ROOT / "Dockerfile")], capture_output=True, text=True, timeout=60)
    assert (said.returncode, said.stdout) == (0, "")


def test_our_own_probes_are_met():
    files = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("Dockerfile", ".dockerignore", "app.py")}
    found = {each.probe.key: each.finding.outcome for each in evaluate(of_texts(files)).results}
    asked = {key: each for key, each in found.items() if key.startswith("docker") and each != Outcome.NOT_APPLICABLE}
    assert set(asked) == {
        "docker-base-pinned", "docker-base-small", "docker-healthcheck", "docker-stages", "docker-user", "dockerignore",
    }  # fmt: skip
    assert set(asked.values()) == {Outcome.MET}


def test_packages_of_the_portal_end_where_those_of_the_tests_begin():
    """The Dockerfile cuts the list there."""
    (mark,) = re.findall(r"sed '/\^(# [^/]+)/,\$d' requirements\.txt", DOCKERFILE)
    portal, _, tests = (ROOT / "requirements.txt").read_text(encoding="utf-8").partition(mark)
    assert "streamlit" in portal and "pytest" not in portal
    assert tests and not {line.partition("==")[0] for line in tests.split()} & {"streamlit", "sqlmodel", "hvac"}


def let_in(path: str, rules: list[str]) -> bool:
    """Whether a build sees the file: the last line of .dockerignore that fits decides."""
    seen = True
    for rule in rules:
        pattern = rule.removeprefix("!")
        expression = re.escape(pattern).replace(r"\*\*/", "(?:.*/)?").replace(r"\*\*", ".*").replace(r"\*", "[^/]*")
        if re.match(rf"{expression}(?:/|$)", path):
            seen = rule.startswith("!")
    return seen


@pytest.fixture(scope="module")
def copied(tmp_path_factory) -> Path:
    """A folder with the files that a build copies, as git knows them."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("image")
    for name in listed.stdout.splitlines():
        if let_in(name, rules) and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def test_nothing_is_copied_that_does_not_run(copied):
    doors = {path.name for path in ROOT.glob("*.py")}
    rooms = {"assessments", "content", "data", "pages", "deploy", ".streamlit"}
    assert {path.name for path in copied.iterdir()} == doors | rooms | {"requirements.txt", "LICENSE"}
    assert [path.name for path in (copied / "deploy").iterdir()] == ["healthy.py"]


def test_what_is_copied_is_enough_to_run(copied, tmp_path):
    """Every module that starts with the portal, the store and the content load without the rest of the repository."""
    code = (
        "import app, milepost, server, signin; server.warm(); from content import catalog; "
        "assert catalog.tracks() and catalog.surveys()"
    )
    around = {"PATH": os.environ["PATH"], "MILEPOST_HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=copied, env=around, capture_output=True, text=True, timeout=120
    )
    assert said.returncode == 0, said.stderr
    assert (tmp_path / "milepost.db").exists()


def test_the_health_check_says_what_is_wrong(capsys):
    from deploy import healthy
    from tests.browser.portal import free_port

    port = free_port()
    assert healthy.main([str(port)]) == 1
    assert f"Nothing answers at port {port}" in capsys.readouterr().err
