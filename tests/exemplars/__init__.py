"""The exemplars of proofs of concept are real: here they are built and run, as those who learn would.

    folder = copied(tmp_path, "go-cli", "commands")                        # a copy that may be changed
    run([need("go"), "test", "./..."], folder)                             # stops the test unless it ends with 0
    assert run(["./docker-builder", "build"], folder, code=1).stderr == "..."

What is missing on a machine is skipped with `tests.need.need`; the summary of a run lists every exemplar that was run
and that was skipped.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from assessments.poc import Known, Poc, read_poc
from assessments.poc import run as judge
from content import catalog
from tests.assessments.poc.trees import tree
from tests.need import find_tool, need

CONTENT = Path(__file__).resolve().parents[2] / "content"


def exemplar(track: str, poc: str) -> Path:
    """Its folder in the content."""
    return CONTENT / "tracks" / track / "pocs" / poc / "exemplar"


def outcome_of(track: str, poc: str, check: str, files: dict[str, str]) -> str:
    """What one check says of these files alone."""
    whole = read_poc(f"{track}/{poc}", catalog.pocs(track)[poc])
    only = Poc(whole.key, tuple(each for each in whole.checks if each.id == check))
    return judge(only, tree(files), Known()).of(check).outcome


def copied(folder: Path, track: str, poc: str, *over: str) -> Path:
    """A copy of an exemplar below that folder, with other folders of the same proof of concept put over it, such as
    `near/rollback`. Its file `_removed` takes away the paths in it."""
    made = folder / poc
    source = exemplar(track, poc)
    shutil.copytree(source, made)
    for each in over:
        shutil.copytree(source.parent / each, made, dirs_exist_ok=True)
        gone = made / "_removed"
        if gone.exists():
            for path in gone.read_text(encoding="utf-8").split():
                (made / path).unlink()
            gone.unlink()
    return made


def run(
    command: list[str | Path], folder: Path, *, seconds: float = 120, code: int | None = 0, **environment: str
) -> subprocess.CompletedProcess[str]:
    """What a command said in that folder. Fails the test, with all that was said, when it takes longer or ends with
    another code. code: None takes any."""
    words = [str(each) for each in command]
    try:
        done = subprocess.run(
            words, cwd=folder, env=os.environ | environment, timeout=seconds, text=True, capture_output=True,
            stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        said = "".join(each.decode(errors="replace") for each in (error.stdout, error.stderr) if each)
        pytest.fail(f"{' '.join(words)} did not end within {seconds:g} s.\n{said}")
    if code is not None and done.returncode != code:
        pytest.fail(f"{' '.join(words)} ended with {done.returncode}, not {code}.\n{done.stdout}{done.stderr}")
    return done


def workflows(folder: Path) -> list[str]:
    """What actionlint and GitHub's own parser find wrong with the workflows of a repository; a line each."""
    paths = sorted((folder / ".github" / "workflows").glob("*.y*ml"))
    assert paths, f"{folder} has no workflows"
    return linted(paths)


def linted(paths: list[Path]) -> list[str]:
    """The same of these workflows."""
    tools = need("npm tools")
    done = run([find_tool("node"), Path(tools) / "workflows.mjs", *paths], Path(tools))
    return [f"{each['path']}:{each['line']}: {each['tool']}: {each['what']}" for each in json.loads(done.stdout)]
