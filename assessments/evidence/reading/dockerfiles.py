"""Dockerfiles: stages with their instructions, exactly as the builder splits them.

Comments between continued lines, heredocs, the escape directive, arguments before the first FROM and instructions in
lower case are read as the builder does. Nothing is expanded but arguments with a default in FROM.
"""

import json
import re
from dataclasses import dataclass, field

#: Lines of one file, and instructions kept.
LINES_LIMIT, INSTRUCTIONS_LIMIT = 20_000, 3_000

DOCKERFILES = ("**/Dockerfile", "**/Dockerfile.*", "**/*.Dockerfile", "**/Containerfile", "**/Containerfile.*")

_DIRECTIVE = re.compile(r"#\s*([A-Za-z]+)\s*=\s*(.+?)\s*$")
_HEREDOC = re.compile(r"(?<![<\w])[0-9]*<<-?([\"']?)([A-Za-z_][\w.]*)\1")
_VARIABLE = re.compile(r"\$(?:\{(\w+)(?::?[-+]([^}]*))?\}|(\w+))")
_FLAG = re.compile(r"--([a-z][a-z-]*)(?:=(\S+))?\s*")


@dataclass(frozen=True)
class Instruction:
    """name: in capitals. value: what stands behind it and its flags, continuations joined. heredocs: their texts.
    mounts: what stands behind each --mount=; of other flags the first one counts."""

    name: str
    value: str
    line: int
    flags: dict[str, str] = field(default_factory=dict)
    heredocs: tuple[str, ...] = ()
    mounts: tuple[str, ...] = ()

    @property
    def script(self) -> str:
        """The shell script of a RUN, CMD or HEALTHCHECK: of its heredoc, its list form, or its text."""
        if self.heredocs and re.fullmatch(r"\s*[0-9]*<<-?[\"']?[\w.]+[\"']?\s*", self.value):
            return self.heredocs[0]
        if (listed := self.listed) is not None:
            if listed[:2] and re.fullmatch(r"(/bin/)?(ba|z|da)?sh", listed[0]) and listed[1].startswith("-"):
                return listed[2] if len(listed) > 2 else ""
            return " ".join(listed)
        return "\n".join([self.value, *self.heredocs]) if self.heredocs else self.value

    @property
    def listed(self) -> list[str] | None:
        """The parts of a value in list form; None when it is not in list form."""
        if not self.value.startswith("["):
            return None
        try:
            parts = json.loads(self.value)
        except (ValueError, RecursionError):
            return None
        return parts if isinstance(parts, list) and all(isinstance(part, str) for part in parts) else None


@dataclass(frozen=True)
class Stage:
    """image: as written with arguments filled in where they have a default; `known` says whether all have. name: what
    AS gives it, in lower case."""

    image: str
    known: bool
    name: str
    line: int
    instructions: tuple[Instruction, ...]
    platform: str = ""

    def all(self, *names: str) -> list[Instruction]:
        return [each for each in self.instructions if each.name in names]


@dataclass(frozen=True)
class Dockerfile:
    path: str
    stages: tuple[Stage, ...]

    @property
    def last(self) -> Stage:
        return self.stages[-1]

    def base(self, stage: Stage) -> Stage | None:
        """The stage of this file that a stage starts from; None when it starts from an image."""
        before = self.stages[: self.stages.index(stage)]
        return next((each for each in reversed(before) if each.name and each.name == stage.image.lower()), None)

    def line_of_stages(self, stage: Stage) -> list[Stage]:
        """A stage behind those of this file that it starts from, the first of them first."""
        chain = [stage]
        while (below := self.base(chain[0])) is not None:
            chain.insert(0, below)
        return chain

    def images(self) -> list[Stage]:
        """The stages that start from an image of a registry, not from `scratch` or another stage."""
        return [stage for stage in self.stages if self.base(stage) is None and stage.image.lower() != "scratch"]


def read_dockerfile(path: str, text: str) -> Dockerfile | None:
    """None when no instruction is FROM, so that it is no Dockerfile. Never fails."""
    defaults: dict[str, str | None] = {}
    stages: list[Stage] = []
    inside: list[Instruction] = []
    opened: Instruction | None = None
    for each in instructions(text):
        if each.name == "FROM":
            if opened is not None:
                stages.append(_stage(opened, inside, defaults))
            opened, inside = each, []
        elif opened is None and each.name == "ARG":
            for word in each.value.split():
                name, given, default = word.partition("=")
                defaults[name] = _filled(default.strip("\"'"), defaults)[0] if given else None
        elif opened is not None:
            inside.append(each)
    if opened is not None:
        stages.append(_stage(opened, inside, defaults))
    return Dockerfile(path, tuple(stages)) if stages else None


def _stage(opened: Instruction, inside: list[Instruction], defaults: dict[str, str | None]) -> Stage:
    words = opened.value.split()
    image, known = _filled(words[0].replace('"', "").replace("'", "") if words else "", defaults)
    named = len(words) > 2 and words[1].upper() == "AS"
    platform = opened.flags.get("platform", "")
    return Stage(image, known, words[2].lower() if named else "", opened.line, tuple(inside), platform)


def _filled(text: str, defaults: dict[str, str | None]) -> tuple[str, bool]:
    """The text with arguments filled in, and whether all had a value."""
    known = True

    def fill(found: re.Match) -> str:
        nonlocal known
        value = defaults.get(found[1] or found[3]) or found[2]
        if value is None:
            known = False
            return found[0]
        return value

    return _VARIABLE.sub(fill, text)[:500], known


def instructions(text: str) -> list[Instruction]:
    """The instructions in order."""
    lines = text.replace("\r\n", "\n").split("\n")[:LINES_LIMIT]
    escape = _escape(lines)
    found: list[Instruction] = []
    at = 0
    while at < len(lines) and len(found) < INSTRUCTIONS_LIMIT:
        bare = lines[at].strip()
        if not bare or bare.startswith("#"):
            at += 1
            continue
        begun = at
        parts = []
        while at < len(lines):
            line = lines[at].strip() if not parts else lines[at]
            if parts and (not line.strip() or line.strip().startswith("#")):  # within an instruction they are left out
                at += 1
                continue
            at += 1
            stripped = line.rstrip()
            if stripped.endswith(escape):
                parts.append(stripped[:-1].strip())
                continue
            parts.append(line.strip())
            break
        whole = " ".join(part for part in parts if part)
        name, _, value = whole.partition(" ") if " " in whole else whole.partition("\t")
        name, value = name.upper(), value.strip()
        flags, mounts, value = _flags(value) if name != "ENV" else ({}, (), value)
        marks = [mark[2] for mark in _HEREDOC.finditer(value)] if name in ("RUN", "COPY", "ADD") else []
        texts = []
        for mark in marks[:10]:
            body = []
            while at < len(lines):
                line, at = lines[at], at + 1
                if line.strip("\t \r") == mark:
                    break
                body.append(line)
            texts.append("\n".join(body))
        if re.fullmatch(r"[A-Z]+", name):
            found.append(Instruction(name, value, begun + 1, flags, tuple(texts), mounts))
    return found


def _escape(lines: list[str]) -> str:
    for line in lines:
        found = _DIRECTIVE.match(line.strip())
        if not found:
            break
        if found[1].lower() == "escape" and found[2] in ("`", "\\"):
            return found[2]
    return "\\"


def _flags(value: str) -> tuple[dict[str, str], tuple[str, ...], str]:
    flags: dict[str, str] = {}
    mounts: list[str] = []
    while found := _FLAG.match(value):
        flags.setdefault(found[1], found[2] or "")
        if found[1] == "mount":
            mounts.append(found[2] or "")
        value = value[found.end() :]
        if len(flags) + len(mounts) > 40:
            break
    return flags, tuple(mounts), value
