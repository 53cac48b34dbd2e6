"""What a repository's pipelines are, for the many probes that ask: workflows, actions, and the commands they run.

A command of a workflow often only names a script of the repository, a Make target or an entry of package.json. These
are followed, a few steps deep, so that `make check` counts for what it does and `echo pytest` for nothing.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from assessments.evidence.finding import Evidence, Finding, not_applicable, unknown
from assessments.evidence.reading import Malformed
from assessments.evidence.reading.documents import package_scripts
from assessments.evidence.reading.makefiles import Makefile, read_makefile
from assessments.evidence.reading.shell import Command, commands, unwrapped
from assessments.evidence.reading.workflows import (
    ACTIONS,
    FOLDER,
    Action,
    Job,
    Step,
    Workflow,
    read_action,
    read_workflow,
)
from assessments.evidence.reading.yamls import Map, Seq
from assessments.evidence.snapshot import Kind, Snapshot, Unread

#: Other systems' pipelines, which are not read: path -> name.
OTHERS = {
    ".gitlab-ci.yml": "GitLab CI",
    ".circleci/config.{yml,yaml}": "CircleCI",
    ".travis.yml": "Travis CI",
    "azure-pipelines*.{yml,yaml}": "Azure Pipelines",
    ".azure-pipelines/**/*.{yml,yaml}": "Azure Pipelines",
    "{Jenkinsfile,Jenkinsfile.*}": "Jenkins",
    ".drone.{yml,star}": "Drone",
    ".woodpecker{.yml,/*.yml}": "Woodpecker",
    "bitbucket-pipelines.yml": "Bitbucket Pipelines",
    ".buildkite/*.{yml,yaml}": "Buildkite",
    "{appveyor,.appveyor}.yml": "AppVeyor",
    ".cirrus.yml": "Cirrus CI",
    ".teamcity/**": "TeamCity",
    ".tekton/*.{yml,yaml}": "Tekton",
    "cloudbuild.yaml": "Cloud Build",
    ".semaphore/*.yml": "Semaphore",
    ".zuul.yaml": "Zuul",
    ".prow.yaml": "Prow",
}

#: What stands before a command in a script of PowerShell.
_POWERSHELL = re.compile(r"^\s*(?:& |(?:iex|Invoke-Expression) [\"'](?=\w))", re.MULTILINE)
_OF_MATRIX = re.compile(r"\$\{\{\s*matrix\.([\w-]+)\s*\}\}")
#: Values of a matrix that are looked at.
MATRIX = 30

#: How far scripts that call scripts are followed, and how many commands are kept of one pipeline.
DEEP, MANY = 3, 3_000


@dataclass(frozen=True)
class Ran:
    """A command that a pipeline runs, itself or through a script; path and line are where the pipeline says so."""

    command: Command
    workflow: Workflow | None
    job: Job | None
    step: Step | None
    path: str
    line: int
    ignored: bool

    def evidence(self, what: str = "") -> Evidence:
        return Evidence(self.path, self.line, what or self.command.text)


def workflows(snapshot: Snapshot) -> tuple[Workflow, ...]:
    """The workflows that can be read; the others are noted as unread."""
    return snapshot.once(_workflows)


def _workflows(snapshot: Snapshot) -> tuple[Workflow, ...]:
    found = []
    for path, text in snapshot.texts(snapshot.find(FOLDER)):
        try:
            found.append(read_workflow(path, text))
        except Malformed as error:
            snapshot.refuse(path, str(error))
    return tuple(found)


def actions(snapshot: Snapshot) -> tuple[Action, ...]:
    """The actions that the repository defines."""
    return snapshot.once(_actions)


def _actions(snapshot: Snapshot) -> tuple[Action, ...]:
    found = []
    for path, text in snapshot.texts(snapshot.active(*ACTIONS)):
        try:
            found.append(read_action(path, text))
        except Malformed:
            continue  # other programs have an action.yml of their own
    return tuple(found)


def others(snapshot: Snapshot) -> dict[str, str]:
    """Pipelines of other systems: the first path of each system, by its name."""
    found: dict[str, str] = {}
    for glob, name in OTHERS.items():
        for path in snapshot.find(glob)[:1]:
            found.setdefault(name, path)
    return found


def nothing_to_judge(snapshot: Snapshot) -> Finding | None:
    """Why a probe on workflows has nothing to look at; None where there are workflows."""
    if workflows(snapshot):
        return None
    if snapshot.find(FOLDER):
        return unknown("No workflow could be read.")
    if elsewhere := others(snapshot):
        name, path = next(iter(elsewhere.items()))
        return unknown(f"The pipeline is in {name}, which is not read.", [Evidence(path, None, name)])
    return not_applicable("There are no GitHub workflows.")


def unseen(snapshot: Snapshot) -> Finding | None:
    """Why nothing can be called missing from the pipeline: another system has a part of it."""
    if elsewhere := others(snapshot):
        name, path = next(iter(elsewhere.items()))
        return unknown(f"Part of the pipeline is in {name}, which is not read.", [Evidence(path, None, name)])
    return None


def calls(snapshot: Snapshot, names: re.Pattern) -> list[Evidence]:
    """Steps and jobs that use an action whose path begins so, in lower case."""
    used = [(flow.path, step.uses) for flow in workflows(snapshot) for _, step in flow.steps() if step.uses]
    used += [(flow.path, job.uses) for flow in workflows(snapshot) for job in flow.jobs if job.uses]
    used += [(action.path, step.uses) for action in actions(snapshot) for step in action.steps if step.uses]
    return [Evidence(path, uses.line, uses.text) for path, uses in used if names.match(uses.where.lower())]


def on_changes(snapshot: Snapshot) -> tuple[Workflow, ...]:
    """Workflows that run when somebody proposes or pushes a change, and those they call."""
    return snapshot.once(_on_changes)


def _on_changes(snapshot: Snapshot) -> tuple[Workflow, ...]:
    events = {"pull_request", "merge_group", "pull_request_target"}
    by_path = {workflow.path: workflow for workflow in workflows(snapshot)}
    reached = [each for each in by_path.values() if events & each.triggers.keys() or on_pushes(each)]
    for workflow in reached:
        for job in workflow.jobs:
            called = by_path.get(job.uses.where.removeprefix("./")) if job.uses else None
            if called and called not in reached:
                reached.append(called)
    return tuple(reached)


def on_pushes(workflow: Workflow) -> bool:
    """Whether it runs when commits are pushed to a branch, and not only for tags."""
    push = workflow.triggers.get("push")
    tags = isinstance(push, dict) and "tags" in push and "branches" not in push and "branches-ignore" not in push
    return "push" in workflow.triggers and not tags


def ran(snapshot: Snapshot) -> tuple[Ran, ...]:
    """All commands of all workflows and composite actions, with those of the scripts they call."""
    return snapshot.once(_ran)


def ran_on_changes(snapshot: Snapshot) -> tuple[Ran, ...]:
    """Of these, the commands of workflows that run on changes."""
    paths = {workflow.path for workflow in on_changes(snapshot)}
    local = {path for each in on_changes(snapshot) for path in _local_actions(each)}
    return tuple(
        each for each in ran(snapshot) if (each.workflow.path in paths if each.workflow else each.path in local)
    )


def _local_actions(workflow: Workflow) -> set[str]:
    folders = {step.uses.where for _, step in workflow.steps() if step.uses and step.uses.where.startswith("./")}
    return {posixpath.normpath(f"{folder}/action.{end}") for folder in folders for end in ("yml", "yaml")}


def _ran(snapshot: Snapshot) -> tuple[Ran, ...]:
    found: list[Ran] = []
    for workflow in workflows(snapshot):
        for job, step in workflow.steps():
            folder = _folder(workflow, job, step)
            for command in _commands(workflow, job, step):
                folder = _entered(snapshot, command, folder)
                passed_over = step.ignored and not _asked_later(job, step)
                ignored = command.ignored or passed_over or job.get("continue-on-error") is True
                first = Ran(command, workflow, job, step, workflow.path, command.line, ignored)
                found += _followed(snapshot, first, folder)
    for action in actions(snapshot):
        for step in action.steps:
            folder = _text(step.plain.get("working-directory"))
            for command in step.commands() if step.run else ():
                folder = _entered(snapshot, command, folder)
                first = Ran(command, None, None, step, action.path, command.line, command.ignored or step.ignored)
                found += _followed(snapshot, first, folder)
    return tuple(found[:MANY])


def _asked_later(job: Job, step: Step) -> bool:
    """Whether a later step looks at how a step went whose failure does not end the job."""
    name = step.plain.get("id")
    return bool(name) and any(
        "outcome" in each.condition and f"steps.{name}." in each.condition and "failure" in each.condition
        for each in job.steps
    )


def _commands(workflow: Workflow, job: Job, step: Step) -> Iterator[Command]:
    """What a step runs, with plain variables of its environment and commands of its matrix filled in."""
    if not step.run:
        return
    known: dict[str, str] = {}
    for env in (workflow.plain.get("env"), job.get("env"), step.env):
        for name, value in env.items() if isinstance(env, dict) else ():
            if isinstance(value, str) and "\n" not in value and "${{" not in value:
                known[name] = value
    for command in step.commands(known, job=job.plain, workflow=workflow.plain):
        named = _OF_MATRIX.fullmatch(command.words[0])
        values = _matrix(job, named[1])[:MATRIX] if named else []
        if not values:
            yield command
        for value, line in values:
            for inner in commands(f"{value} {' '.join(command.words[1:])}"):
                yield replace(inner, line=line or command.line, ignored=inner.ignored or command.ignored)


def _matrix(job: Job, name: str) -> list[tuple[str, int]]:
    """(text, line) of the values that a name has in the matrix of a job."""
    strategy = job.get("strategy")
    matrix = strategy.get("matrix") if isinstance(strategy, dict) else None
    if not isinstance(matrix, dict):
        return []
    given = matrix.get(name)
    found = list(zip(given, given.lines, strict=True)) if isinstance(given, Seq) else []
    included = matrix.get("include")
    for each in included if isinstance(included, Seq) else ():
        if isinstance(each, Map) and name in each:
            found.append((each[name], each.at(name)))
    return [(value, line) for value, line in found if isinstance(value, str)]


def _entered(snapshot: Snapshot, command: Command, folder: str) -> str:
    """The folder after a command: another one after a `cd` into a folder of the repository."""
    if command.program != "cd" or len(command.words) != 2:
        return folder
    where = _joined(folder, command.words[1])
    return where if where in snapshot.once(_folders) else folder


def _folders(snapshot: Snapshot) -> frozenset[str]:
    found: set[str] = set()
    for path in snapshot.entries:
        while (path := path.rpartition("/")[0]) and path not in found:
            found.add(path)
    return frozenset(found)


def _text(value) -> str:
    return value if isinstance(value, str) else ""


def _folder(workflow: Workflow, job: Job, step: Step) -> str:
    """The folder in which a step runs, relative to the repository."""
    if folder := _text(step.plain.get("working-directory")):
        return folder
    for holder in (job.plain, workflow.plain):
        defaults = holder.get("defaults")
        run = defaults.get("run") if isinstance(defaults, dict) else None
        if isinstance(run, dict) and (folder := _text(run.get("working-directory"))):
            return folder
    return ""


def _followed(snapshot: Snapshot, first: Ran, folder: str) -> Iterator[Ran]:
    """The command and those of the script, target or entry that it names."""
    waiting = [(first.command, folder, 0, first.ignored)]
    seen: set[tuple] = set()
    while waiting:
        command, folder, depth, ignored = waiting.pop(0)
        if (command.words, folder) in seen or len(seen) > 200:
            continue
        seen.add((command.words, folder))
        yield Ran(command, first.workflow, first.job, first.step, first.path, first.line, ignored)
        if depth < DEEP:
            for inner, where in _inside(snapshot, command, folder):
                waiting.append((inner, where, depth + 1, ignored or inner.ignored))


def _inside(snapshot: Snapshot, command: Command, folder: str) -> list[tuple[Command, str]]:
    words = command.words
    if command.program in ("make", "gmake", "mingw32-make"):
        return _made(snapshot, words[1:], folder)
    if command.program in ("npm", "yarn", "pnpm", "bun") and (name := _entry(words)):
        return _scripted(snapshot, words, name, folder)
    at = _at_script(words, command.program)
    if at is None:
        return []
    for path in dict.fromkeys((_joined(folder, words[at]), _joined("", words[at]))):
        entry = snapshot.entries.get(path)
        if entry and entry.kind in (Kind.FILE, Kind.EXECUTABLE) and _is_script(path):
            given = words[at + 1 :]
            return [(_passed_on(inner, given), folder) for inner in _script(snapshot, path)]
    return []


def _at_script(words: tuple[str, ...], program: str) -> int | None:
    """Which word names the script that a command runs."""
    if program in ("pwsh", "powershell"):
        return next((at for at, word in enumerate(words) if word.lower().endswith(".ps1")), None)
    if program in ("bash", "sh", "zsh", "source", "."):
        return next((at for at, word in enumerate(words[1:], 1) if not word.startswith("-")), 0)
    return 0 if "/" in words[0] else None


def _passed_on(inner: Command, given: tuple[str, ...]) -> Command:
    """A script whose command is `"$@"` runs what it was given."""
    bare = tuple(unwrapped([*given])) if inner.words[0] in ("$@", "${@}", "$*") else ()
    return replace(inner, words=(*bare, *inner.words[1:])) if bare else inner


def _is_script(path: str) -> bool:
    ending = path.rsplit("/", 1)[-1].rpartition(".")[2] if "." in path.rsplit("/", 1)[-1] else ""
    return (
        ending in ("", "sh", "bash", "ksh", "zsh", "ps1") and not path.endswith("gradlew") and not path.endswith("mvnw")
    )


def _script(snapshot: Snapshot, path: str) -> list[Command]:
    try:
        text = snapshot.text(path)
    except Unread:
        return []
    if path.endswith(".ps1"):
        return commands(_POWERSHELL.sub("", text))
    if text.startswith("#!") and not any(shell in text.split("\n", 1)[0] for shell in ("sh", "env -S")):
        return []
    return commands(text, pipefail="pipefail" in text.split("\n", 1)[0])


def _joined(folder: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(folder or ".", path)).removeprefix("./")


def _made(snapshot: Snapshot, words: tuple[str, ...], folder: str) -> list[tuple[Command, str]]:
    targets, at, where = [], 0, folder
    while at < len(words):
        if words[at] in ("-C", "--directory") and at + 1 < len(words):
            where = _joined(folder, words[at + 1])
            at += 1
        elif words[at].startswith("-C") and len(words[at]) > 2:
            where = _joined(folder, words[at][2:])
        elif words[at] in ("-f", "-j", "-l", "-o", "--file"):
            at += 1
        elif not words[at].startswith("-") and "=" not in words[at]:
            targets.append(words[at])
        at += 1
    makefile = makefile_in(snapshot, where)
    if makefile is None:
        return []
    found = []
    for target in targets or makefile.first:
        for line in makefile.recipe(target):
            found += [(command, where) for command in commands(line, pipefail=makefile.pipes_fail)]
    return found


def makefile_in(snapshot: Snapshot, folder: str = "") -> Makefile | None:
    """The Makefile of a folder, if there is one that can be read."""
    makefiles = snapshot.once(_makefiles)
    return makefiles.get("" if folder in ("", ".") else folder.strip("/").removeprefix("./"))


def _makefiles(snapshot: Snapshot) -> dict[str, Makefile]:
    found = {}
    for path, text in snapshot.texts(snapshot.find("**/{GNUmakefile,makefile,Makefile}")):
        found.setdefault(posixpath.dirname(path), read_makefile(text))
    return found


def _entry(words: tuple[str, ...]) -> str:
    """Which script of package.json a command of a package manager names."""
    rest = [word for word in words[1:] if not word.startswith("-")]
    if rest[:1] in (["run"], ["run-script"]) and len(rest) > 1:
        return rest[1]
    if rest[:1] in (["test"], ["t"]):
        return "test"
    return rest[0] if rest and words[0] in ("yarn", "pnpm", "bun") else ""


def _scripted(snapshot: Snapshot, words: tuple[str, ...], name: str, folder: str) -> list[tuple[Command, str]]:
    for flag in ("--prefix", "--cwd", "-C", "--dir"):
        if flag in words[:-1]:
            folder = _joined(folder, words[words.index(flag) + 1])
    scripts = snapshot.once(package_files).get("" if folder in ("", ".") else folder.strip("/").removeprefix("./"), {})
    found = []
    for entry in (f"pre{name}", name, f"post{name}"):
        if entry in scripts:
            found += [(command, folder) for command in commands(scripts[entry])]
    return found


def package_files(snapshot: Snapshot) -> dict[str, dict[str, str]]:
    """Scripts of each package.json, by its folder."""
    found = {}
    for path, text in snapshot.texts(snapshot.find("**/package.json")[:400]):
        try:
            found[posixpath.dirname(path)] = package_scripts(text)
        except Malformed as error:
            snapshot.refuse(path, str(error))
    return found
