"""Puts each defect of ci/defects.json into a copy of the repository, one at a time, and runs the tests there. Tests
that stay green with a defect in the code would stay green with it in production too.

    python3 ci/seeded_defects.py

Ends with 0 when the tests notice each defect, with 1 when one is not noticed or cannot be put in, and with 2 when the
tests are red before anything was broken, or the list cannot be read.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

LISTED = Path("ci/defects.json")
FIELDS = ("file", "find", "put", "because")


def read() -> dict:
    """The list. ValueError says what is wrong with it."""
    try:
        found = json.loads(LISTED.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{LISTED} cannot be read: {error}") from None
    if not isinstance(found, dict) or not found.get("test") or not isinstance(found.get("defects"), list):
        raise ValueError(f"{LISTED} needs test, the command that runs the tests, and a list of defects.")
    for number, each in enumerate(found["defects"], start=1):
        if not isinstance(each, dict) or not all(isinstance(each.get(field), str) for field in FIELDS):
            raise ValueError(f"Defect {number} needs {', '.join(FIELDS)}, each a text.")
    return found


def ends(command: str | list[str], folder: Path, seconds: float) -> int | None:
    """The code with which the command ends there; None when it takes longer, and then all that it began is ended."""
    begun = subprocess.Popen(
        command, cwd=folder, shell=isinstance(command, str), start_new_session=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        # A cache of compiled files is told by time and size; a defect often changes neither.
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    try:
        return begun.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(begun.pid, signal.SIGKILL)
        begun.wait()
        return None


def put_in(defect: dict, folder: Path) -> tuple[Path, bytes]:
    """The file with the defect in it, and what it held before. ValueError says why it cannot be put in."""
    path = (folder / defect["file"]).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise ValueError(f"there is no file {defect['file']}")
    before = path.read_bytes()
    times = before.count(defect["find"].encode()) if defect["find"] else 0
    if times != 1:
        raise ValueError(f"what it looks for stands {times} times in {defect['file']}, and must stand there once")
    if defect["find"] == defect["put"]:
        raise ValueError("it changes nothing")
    path.write_bytes(before.replace(defect["find"].encode(), defect["put"].encode()))
    return path, before


def main() -> int:
    try:
        listed = read()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    seconds = listed.get("seconds", 300)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "copy"
        shutil.copytree(".", folder, symlinks=True, ignore=shutil.ignore_patterns(".git", "__pycache__"))
        if ends(listed["test"], folder, seconds) != 0:
            print("The tests are red before anything was broken; mend them first.", file=sys.stderr)
            return 2
        missed = 0
        for defect in listed["defects"]:
            try:
                path, before = put_in(defect, folder)
            except ValueError as error:
                missed += 1
                print(f"{'NOT TRIED':<15}{defect['because']}: {error}")
                continue
            noticed = ends(listed["test"], folder, seconds) != 0
            path.write_bytes(before)
            missed += not noticed
            print(f"{'noticed' if noticed else 'NOT NOTICED':<15}{defect['because']} ({defect['file']})")
    print(f"{len(listed['defects']) - missed} of {len(listed['defects'])} defects were noticed.")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
