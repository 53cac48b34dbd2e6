"""Other tools that look at files, where somebody wants them: zizmor for workflows, hadolint for Dockerfiles.

Off unless named. A tool is started on copies in a folder of its own, never in the tree of the repository, without the
settings that lie there, without our environment, and for a limited time. It is never needed: one that is not there has
collected nothing, which is not the same as having found nothing.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Any

from assessments.evidence import Evaluation, Evidence, Outcome, Snapshot
from assessments.evidence.reading import Malformed
from assessments.evidence.reading.dockerfiles import DOCKERFILES
from data import environment
from data.evidence import strict
from data.evidence.foreign import Rule, evaluation, line, number
from data.evidence.trees import take
from data.sources.git_command import Git

#: Names of the tools that are asked, separated by commas; and where one lies that is not on the PATH.
SETTING, PLACE = "MILEPOST_TOOLS", "MILEPOST_{}"
#: Seconds for one tool, bytes of its answer, files given to it.
TIME_LIMIT, ANSWER, FILES = 60.0, 16 * 1024 * 1024, 500


@dataclass(frozen=True)
class Tool:
    """globs: files it looks at. name: under which a copy lies, from its number and path. arguments: for these copies.
    read: from its answer to rules; places are named by copies."""

    key: str
    globs: tuple[str, ...]
    name: Callable[[int, str], str]
    arguments: tuple[str, ...]
    read: Callable[[Any], Iterator[Rule]]


@dataclass(frozen=True)
class Said:
    """What a tool said. tool: its name and version. evaluation: None when nothing was collected, and `problem` says
    why; a tool that had no file to look at found nothing and has no problem."""

    origin: str
    tool: str = ""
    evaluation: Evaluation | None = None
    problem: str = ""


def wanted() -> tuple[str, ...]:
    """The tools that the setting names and that are known here."""
    named = [name.strip().lower() for name in environment.value(SETTING).split(",")]
    return tuple(dict.fromkeys(name for name in named if name in TOOLS))


def find(key: str) -> str | None:
    """Where the program of a tool is: by its setting, else on the PATH."""
    return shutil.which(environment.value(PLACE.format(key.upper())) or key)


def collect(git: Git, sha: str, keys: Collection[str]) -> Iterator[Said]:
    """What each of these tools says of a commit, in order. Raises KeyError for a tool that is not known."""
    if keys:
        snapshot = take(git, sha, history=False)
        yield from (ask(TOOLS[key], snapshot) for key in keys)


def ask(tool: Tool, snapshot: Snapshot) -> Said:
    """What one tool says of these files. Never raises on what the tool or the files do."""
    program = find(tool.key)
    if program is None:
        return Said(tool.key, problem=f"Not collected: {tool.key} is not on the PATH.")
    listed = snapshot.find(*tool.globs)
    paths = listed[:FILES]
    with snapshot.asking() as unread:
        texts = list(snapshot.texts(paths))
    if len(listed) > FILES:
        unread[""] = f"only the first {FILES} of {len(listed):,} files were looked at"
    with tempfile.TemporaryDirectory(prefix="milepost-") as folder:
        try:
            version = _version(tool, program, folder)
            if not texts:
                return Said(tool.key, version, evaluation(tool.key, (), snapshot.commit, unread))
            names = _copies(tool, Path(folder), texts)
            answer = _run([program, *tool.arguments, *names], folder)
            rules = [_named(rule, names) for rule in tool.read(strict.load(answer, ANSWER))]
        except Malformed as error:
            return Said(tool.key, problem=f"Not collected: the answer of {tool.key} cannot be used, as {error}.")
        except _Failed as error:
            return Said(tool.key, problem=f"Not collected: {tool.key} {error}.")
    return Said(tool.key, version, evaluation(tool.key, _joined(rules), snapshot.commit, unread))


class _Failed(Exception):
    """The text goes on after the name of the tool."""


def _version(tool: Tool, program: str, folder: str) -> str:
    said = _run([program, "--version"], folder).decode("utf-8", "replace")
    return line(f"{tool.key} {said.split()[-1]}" if said.split() else tool.key, 60)


def _copies(tool: Tool, folder: Path, texts: list[tuple[str, str]]) -> dict[str, str]:
    """Writes the copies; their paths by the names they have there. No name of the repository becomes one of ours."""
    names = {}
    for place, (path, text) in enumerate(texts):
        name = tool.name(place, path)
        copy = folder / name
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(text.encode())
        names[name] = path
    return names


def _run(command: list[str], folder: str) -> bytes:
    """Standard output, of at most ANSWER bytes. Raises _Failed."""
    around = {"PATH": os.environ.get("PATH", os.defpath), "HOME": folder, "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=around,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise _Failed(f"could not be started ({error.strerror or type(error).__name__})") from None
    overdue = []
    watch = Timer(TIME_LIMIT, lambda: (overdue.append(True), _kill(process)))
    watch.daemon = True
    watch.start()
    try:
        with process.stdout:
            answer = process.stdout.read(ANSWER + 1)
        code = process.wait(2)
    except subprocess.TimeoutExpired:  # it has closed its output and does not end
        code = -signal.SIGKILL
    finally:
        watch.cancel()
        _kill(process)
        process.wait()
    if overdue:
        raise _Failed(f"gave no answer within {TIME_LIMIT:g} seconds")
    if len(answer) > ANSWER:
        raise _Failed(f"answered more than {ANSWER // 1024 // 1024} MB")
    if code:
        raise _Failed(f"ended with code {code}")
    return answer


def _kill(process: subprocess.Popen) -> None:
    """Ends a tool and what it has started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        process.kill()


def _named(rule: Rule, names: Mapping[str, str]) -> Rule:
    """The same with places in the repository instead of those of the copies."""
    known = [Evidence(names[place.path], place.line, place.what) for place in rule.places if place.path in names]
    rule.places = known
    return rule


def _joined(rules: list[Rule]) -> list[Rule]:
    """One for each key, of the worst outcome, with the places of all."""
    found: dict[str, Rule] = {}
    for rule in rules:
        whole = found.setdefault(rule.key, Rule(rule.key, rule.title, rule.outcome, rule.said, rule.remedy))
        if rule.outcome is Outcome.NOT_MET:
            whole.outcome = Outcome.NOT_MET
        for place in rule.places or [None]:
            whole.seen(place)
    return list(found.values())


# What the tools answer


def _zizmor(answer: Any) -> Iterator[Rule]:
    """A list of findings; high and medium severity is not met, low is partly, what is told for information left out."""
    if not isinstance(answer, list):
        raise Malformed("it is no list of findings")
    for each in answer:
        key, severity = strict.text(each, "ident"), strict.text(strict.table(each, "determinations"), "severity")
        if not key or each.get("ignored") is True or severity not in ("High", "Medium", "Low"):
            continue
        outcome = Outcome.PARTLY if severity == "Low" else Outcome.NOT_MET
        rule = Rule(line(key), line(strict.text(each, "desc") or key), outcome, f"severity {severity.lower()}")
        rule.remedy = f"{line(strict.text(each, 'url'))} says how." if strict.text(each, "url") else ""
        for where in strict.items(each, "locations"):
            symbolic = strict.table(where, "symbolic")
            if strict.text(symbolic, "kind") == "Primary":
                path = strict.text(strict.table(strict.table(symbolic, "key"), "Local"), "verbatim_path")
                location = strict.table(strict.table(where, "concrete"), "location")
                row = strict.table(location, "start_point").get("row")
                row = row + 1 if isinstance(row, int) and not isinstance(row, bool) else None
                rule.places.append(Evidence(path, number(row), line(strict.text(symbolic, "annotation"))))
        yield rule


def _hadolint(answer: Any) -> Iterator[Rule]:
    """A list of findings; errors and warnings are not met, what is for information or of style is partly."""
    if not isinstance(answer, list):
        raise Malformed("it is no list of findings")
    for each in answer:
        key, level = strict.text(each, "code"), strict.text(each, "level")
        if not key or level not in ("error", "warning", "info", "style"):
            continue
        said = line(strict.text(each, "message") or key)
        outcome = Outcome.NOT_MET if level in ("error", "warning") else Outcome.PARTLY
        rule = Rule(line(key), said, outcome, f"level {level}")
        rule.places.append(Evidence(strict.text(each, "file"), number(each.get("line")), said))
        yield rule


def _workflow_copy(place: int, path: str) -> str:
    """zizmor knows an action by the name of its file."""
    ending = path.rsplit(".", 1)[-1].lower()
    is_action = path.rsplit("/", 1)[-1].lower() in ("action.yml", "action.yaml")
    return f"{place}/action.{ending}" if is_action else f"{place}/workflow.{ending}"


TOOLS = {
    "zizmor": Tool(
        "zizmor",
        (".github/workflows/*.{yml,yaml}", "action.{yml,yaml}", ".github/actions/**/action.{yml,yaml}"),
        _workflow_copy,
        ("--offline", "--no-config", "--no-exit-codes", "--no-progress", "--quiet", "--format=json-v1", "--"),
        _zizmor,
    ),
    "hadolint": Tool(
        "hadolint",
        DOCKERFILES,
        lambda place, path: f"{place}/Dockerfile",
        ("--no-fail", "--no-color", "--format=json"),
        _hadolint,
    ),
}
