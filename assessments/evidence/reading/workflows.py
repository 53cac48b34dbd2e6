"""Workflows and composite actions of GitHub Actions, from YAML as plain values to what they say."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from assessments.evidence.reading import Malformed
from assessments.evidence.reading.shell import Command, commands
from assessments.evidence.reading.yamls import Map, Seq, Text, single

FOLDER = ".github/workflows/*.{yml,yaml}"
ACTIONS = ("action.{yml,yaml}", ".github/actions/**/action.{yml,yaml}", "**/action.{yml,yaml}")

_ENVIRONMENT = re.compile(r"\$\{\{\s*env\.(\w+)\s*\}\}")
_SHA = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


@dataclass(frozen=True)
class Uses:
    """An action or reusable workflow that is called. where: `owner/name/path`, `./path` or `docker://image`; `$/path`,
    which is the same repository too, is read as `./path`."""

    where: str
    ref: str
    line: int

    @property
    def name(self) -> str:
        """`owner/name` in lower case; empty for a local path or an image."""
        return "/".join(self.where.split("/")[:2]).lower() if self.foreign else ""

    @property
    def foreign(self) -> bool:
        return not self.where.startswith((".", "docker://"))

    @property
    def pinned(self) -> bool:
        """Whether what runs cannot change under the same name: local, a commit, or an image by digest."""
        if self.where.startswith("docker://"):
            return "@sha256:" in self.text
        return not self.foreign or bool(_SHA.fullmatch(self.ref))

    @property
    def text(self) -> str:
        return f"{self.where}@{self.ref}" if self.ref else self.where


@dataclass(frozen=True)
class Step:
    line: int
    name: str = ""
    uses: Uses | None = None
    run: str = ""
    run_line: int = 0
    condition: str = ""
    with_: Map = field(default_factory=lambda: Map(0))
    env: Map = field(default_factory=lambda: Map(0))
    ignored: bool = False  # continue-on-error
    plain: Map = field(default_factory=lambda: Map(0))

    def commands(
        self, known: Mapping[str, str] = MappingProxyType({}), *, job: Map | None = None, workflow: Map | None = None
    ) -> list[Command]:
        """What its script runs; lines are those of the file. known: variables of its environment. job, workflow: in
        which it stands, as they may say which shell it is."""
        script = _ENVIRONMENT.sub(lambda found: known.get(found[1], found[0]), self.run) if known else self.run
        return [
            replace(each, line=each.line + self.run_line - 1)
            for each in commands(script, known, pipefail=pipes_fail(self.plain, job, workflow))
        ]


def pipes_fail(step: Map, job: Map | None = None, workflow: Map | None = None) -> bool:
    """Whether a step's shell fails with any command of a pipe. On Linux and macOS it does only where bash is named
    (`shell: bash`), or a line with pipefail; in PowerShell the program decides, and not what shows its output."""
    shell = _text(step.get("shell"))
    for holder in (job, workflow):
        run = _map(_map(_map(holder).get("defaults")).get("run"))
        shell = shell or _text(run.get("shell"))
    if shell:
        return shell == "bash" or "pipefail" in shell or shell.startswith(("pwsh", "powershell"))
    return any("windows" in each.lower() for each in texts(_map(job).get("runs-on")))


@dataclass(frozen=True)
class Job:
    key: str
    line: int
    plain: Map
    steps: tuple[Step, ...] = ()
    uses: Uses | None = None  # a reusable workflow

    def get(self, key: str) -> Any:
        return self.plain.get(key)

    @property
    def title(self) -> str:
        return self.key


@dataclass(frozen=True)
class Workflow:
    """triggers: what each event says, by its name; the value is a Map or None."""

    path: str
    name: str
    plain: Map
    triggers: dict[str, Any]
    jobs: tuple[Job, ...]

    def steps(self) -> Iterator[tuple[Job, Step]]:
        return ((job, step) for job in self.jobs for step in job.steps)

    @property
    def reusable(self) -> bool:
        return "workflow_call" in self.triggers

    def line_of(self, trigger: str) -> int:
        on = self.plain.get("on")
        return on.at(trigger) if isinstance(on, Map) else self.plain.at("on")


@dataclass(frozen=True)
class Action:
    """A composite action, or one of another kind without steps."""

    path: str
    plain: Map
    steps: tuple[Step, ...]
    kind: str


def read_workflow(path: str, text: str) -> Workflow:
    """Raises Malformed when it is no workflow."""
    plain = single(text)
    if not isinstance(plain, Map) or "jobs" not in plain or "on" not in plain:
        raise Malformed("it is no workflow: `on` and `jobs` are missing")
    jobs = plain["jobs"]
    if not isinstance(jobs, Map):
        raise Malformed("it is no workflow: `jobs` holds no jobs")
    read = tuple(_job(key, jobs.at(key), job) for key, job in jobs.items() if isinstance(job, Map))
    return Workflow(path, _text(plain.get("name")), plain, _triggers(plain["on"]), read)


def read_action(path: str, text: str) -> Action:
    """Raises Malformed when it is no action."""
    plain = single(text)
    runs = plain.get("runs") if isinstance(plain, Map) else None
    if not isinstance(runs, Map):
        raise Malformed("it is no action: `runs` is missing")
    return Action(path, plain, _steps(runs.get("steps")), _text(runs.get("using")))


def _triggers(on: Any) -> dict[str, Any]:
    if isinstance(on, Map):
        return dict(on)
    names = on if isinstance(on, Seq) else [on]
    return {str(name): None for name in names if isinstance(name, str)}


def _job(key: str, line: int, plain: Map) -> Job:
    uses = _uses(plain.get("uses"), plain.at("uses"))
    return Job(key, line, plain, _steps(plain.get("steps")), uses)


def _steps(plain: Any) -> tuple[Step, ...]:
    if not isinstance(plain, Seq):
        return ()
    return tuple(_step(step) for step in plain if isinstance(step, Map))


def _step(plain: Map) -> Step:
    run = plain.get("run")
    return Step(
        line=plain.line,
        name=_text(plain.get("name")),
        uses=_uses(plain.get("uses"), plain.at("uses")),
        run=_text(run),
        run_line=run.line if isinstance(run, Text) else plain.at("run"),
        condition=_text(plain.get("if")),
        with_=_map(plain.get("with")),
        env=_map(plain.get("env")),
        ignored=plain.get("continue-on-error") is True,
        plain=plain,
    )


def _uses(value: Any, line: int) -> Uses | None:
    if not isinstance(value, str) or not value.strip():
        return None
    where, _, ref = value.strip().partition("@")
    if where.startswith("$/"):
        where = f".{where[1:]}"
    return Uses(where, ref.strip(), line)


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, (Map, Seq)) else str(value)


def _map(value: Any) -> Map:
    return value if isinstance(value, Map) else Map(0)


def texts(value: Any) -> list[str]:
    """A text or a list of texts, as many settings take both."""
    if isinstance(value, Seq):
        return [str(each) for each in value if not isinstance(each, (Map, Seq)) and each is not None]
    return [str(value)] if isinstance(value, (str, int, float)) and not isinstance(value, bool) else []


def scalars(value: Any, line: int = 0) -> Iterator[tuple[str, int]]:
    """Every text below a value with its line."""
    waiting = [(value, line)]
    while waiting:
        each, at = waiting.pop()
        if isinstance(each, Map):
            waiting += [(inner, each.at(key)) for key, inner in each.items()]
        elif isinstance(each, Seq):
            waiting += list(zip(each, each.lines, strict=True))
        elif isinstance(each, str):
            yield each, getattr(each, "line", at)
