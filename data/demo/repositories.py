"""Invented git repositories, written from their histories and the changes of the demo: the same every time, to the
names of their commits.

They lie bare in `<home>/demo`, so that one can look at them and let the command line judge them. Nothing of the portal
reads them again: what counts is what was found in them, which is in the store for every machine that shares it.
"""

import os
import random
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from data import store
from data.demo.histories import History
from data.demo.stories import STORIES
from data.demo.trees import GO, JAVA, NODE, PYTHON
from data.sources.git_command import ENVIRONMENT, GitError

AUTHOR = "Demo <demo@shop.example>"
KEPT = 8  # changes of which something stands in a file, at the beginning


@dataclass(frozen=True)
class Merged:
    """A change of the demo. instant: microseconds; path: of a file it touched, "" where that is not known."""

    instant: int
    number: int
    title: str
    path: str = ""


def folder() -> Path:
    """Where the repositories are, whether or not there are any."""
    return store.place() / "demo"


def remove() -> None:
    """Takes all of them away."""
    if folder().is_dir():
        shutil.rmtree(folder())


def write(history: History, changes: Iterable[Merged], until: datetime) -> Path:
    """The repository of that history up to `until`, in place of what was there; its folder. Killed meanwhile, the
    folder has what it had. Raises GitError where git is missing or refuses."""
    program = shutil.which("git")
    if program is None:
        raise GitError("Git is not installed, or not on the PATH: install git 2.30 or newer and try again.")
    store.home()
    place = folder() / f"{history.name}.git"
    half = folder() / f"{history.name}.{os.getpid()}.half"
    folder().mkdir(mode=0o700, exist_ok=True)
    shutil.rmtree(half, ignore_errors=True)
    try:
        _git(program, ["init", "--quiet", "--bare", "--template=", "--initial-branch=main", str(half)])
        stream = b"".join(_stream(history, sorted(changes, key=lambda each: each.instant), until))
        _git(program, ["-C", str(half), "fast-import", "--quiet", "--date-format=raw"], stream)
        shutil.rmtree(place, ignore_errors=True)
        half.replace(place)
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return place


def branch(name: str, branch: str, steps: Sequence[tuple[int, str, Mapping[str, str]]]) -> None:
    """Writes a branch of a repository that is there, from its newest commit before the first step; in place of one
    that is called so. steps: (microseconds, title, files). Raises GitError."""
    program, place = shutil.which("git"), folder() / f"{name}.git"
    if program is None or not place.is_dir():
        raise GitError(f"The repository {name} of the demo is not here.")
    before = f"--min-age={steps[0][0] // 1_000_000}"
    start = _git(program, ["-C", str(place), "rev-list", "--max-count=1", before, "refs/heads/main"]).decode().strip()
    stream, ref = [], f"refs/heads/{branch}"
    for at, title, files in steps:
        stream += _commit(at, title, files, ref, start)
        start = ""
    _git(program, ["-C", str(place), "update-ref", "-d", ref])
    _git(program, ["-C", str(place), "fast-import", "--quiet", "--date-format=raw"], b"".join([*stream, b"done\n"]))


def _git(program: str, arguments: Sequence[str], given: bytes = b"") -> bytes:
    environment = {"PATH": os.environ.get("PATH", os.defpath)} | ENVIRONMENT
    done = subprocess.run([program, *arguments], input=given, capture_output=True, env=environment, check=False)
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise GitError(f"Git could not write a repository of the demo: {(said or ['it gave no reason'])[-1][:200]}")
    return done.stdout


def _stream(history: History, changes: Sequence[Merged], until: datetime) -> Iterator[bytes]:
    """What git fast-import reads: commits of steps and changes in the order of time."""
    end, sources = store.to_us(until), _Sources(history, until)
    moments = [(store.to_us(until - timedelta(weeks=step.weeks)), step.title, step.files) for step in history.steps]
    begun = moments[0][0]
    waiting = list(reversed(moments))
    for change in changes:
        if not begun < change.instant < end:
            continue
        while waiting and waiting[-1][0] <= change.instant:
            yield from _commit(*waiting.pop())
        yield from _commit(change.instant, f"{change.title} (#{change.number})", sources.touched(change))
    while waiting:
        yield from _commit(*waiting.pop())
    yield b"done\n"


def _commit(
    instant: int, title: str, files: Mapping[str, str | None], ref: str = "refs/heads/main", start: str = ""
) -> Iterator[bytes]:
    """start: the commit that it follows, where it is not the newest one of the branch."""
    when = f"{instant // 1_000_000} +0000"
    yield f"commit {ref}\nauthor {AUTHOR} {when}\ncommitter {AUTHOR} {when}\n".encode()
    yield _data(f"{title}\n")
    if start:
        yield f"from {start}\n".encode()
    for path, text in sorted(files.items()):
        if text is None:
            yield f"D {path}\n".encode()
        else:
            mode = "100755" if path.endswith(".sh") else "100644"
            yield f"M {mode} inline {path}\n".encode()
            yield _data(text)


def _data(text: str) -> bytes:
    content = text.encode()
    return b"data %d\n%s\n" % (len(content), content)


class _Sources:
    """The sources that changes write: each leaves a function in the file of what it is about, and older ones go."""

    def __init__(self, history: History, until: datetime):
        self.history = history
        self.tested = None if history.tested is None else store.to_us(until - timedelta(weeks=history.tested))
        self.things = {
            story_thing: story.service
            for story in STORIES
            if (story.repository or story.service) == history.name
            for story_thing in story.things
        }
        self.parts: dict[str, list[str]] = {}
        self.count = 0

    def touched(self, change: Merged) -> dict[str, str]:
        self.count += 1
        thing = next((thing for thing in self.things if thing in change.title), next(iter(self.things)))
        module = re.sub(r"\W+", "_", thing.removeprefix("the ")).lower()
        folder = change.path.partition("/")[0] if "/" in change.path else self.history.name.replace("-", "_")
        chance = random.Random(change.number)  # noqa: S311 - invented
        lines = max(1, round(self.history.lines * chance.lognormvariate(0, 0.6)))
        language = self.history.language
        spelt = _camel(module) if language is JAVA else module
        files = [(language.source.format(folder=folder, module=spelt), _function(language, change, lines))]
        if self.tested is not None and change.instant >= self.tested and chance.random() < 0.6:
            files.append((language.tests.format(folder=folder, module=spelt), _test(language, change)))
        return {path: self._grown(path, text, spelt, folder) for path, text in files}

    def _grown(self, path: str, text: str, module: str, folder: str) -> str:
        parts = self.parts.setdefault(path, [])
        parts.append(text)
        del parts[: max(0, len(parts) - KEPT - self.count // 40)]
        head, foot = _around(self.history.language, module, folder)
        return f"{head}{''.join(parts)}{foot}"


def _camel(module: str) -> str:
    return "".join(word.capitalize() for word in module.split("_"))


def _around(language: object, module: str, folder: str) -> tuple[str, str]:
    if language is JAVA:
        return f"package shop;\n\nfinal class {module} {{\n", "}\n"
    return (f"package {folder}\n", "") if language is GO else ("", "")


def _function(language: object, change: Merged, lines: int) -> str:
    name, title = f"change{change.number}", change.title
    body = range(1, lines + 1)
    if language is PYTHON:
        steps = "".join(f"    amount = amount * {step} - {step % 7}\n" for step in body)
        return f"\n\ndef {name}(amount):\n    # {title}\n{steps}    return amount\n"
    if language is NODE:
        steps = "".join(f"  amount = amount * {step} - {step % 7};\n" for step in body)
        return f"\nexport function {name}(amount: number): number {{\n  // {title}\n{steps}  return amount;\n}}\n"
    if language is GO:
        steps = "".join(f"\tamount = amount*{step} - {step % 7}\n" for step in body)
        return f"\nfunc {name}(amount int) int {{\n\t// {title}\n{steps}\treturn amount\n}}\n"
    steps = "".join(f"        amount = amount * {step} - {step % 7};\n" for step in body)
    return f"\n    static long {name}(long amount) {{\n        // {title}\n{steps}        return amount;\n    }}\n"


def _test(language: object, change: Merged) -> str:
    name = f"change{change.number}"
    return {
        PYTHON: f"\n\ndef test_{name}():\n    assert {name}(0) < 100\n",
        NODE: f'\nit("{name}", () => {{\n  expect({name}(0)).toBeLessThan(100);\n}});\n',
        GO: f"\nfunc Test{name.capitalize()}(t *testing.T) {{\n\tif {name}(0) > 100 {{\n\t\tt.Fail()\n\t}}\n}}\n",
        JAVA: f"\n    @Test\n    void {name}() {{\n        assertTrue({name}(0) < 100);\n    }}\n",
    }[language]
