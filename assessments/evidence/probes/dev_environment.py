"""How long until a newcomer can run it?"""

import re

from assessments.evidence.compose import compose_files
from assessments.evidence.databases import uses_database
from assessments.evidence.files import has_code, sources
from assessments.evidence.finding import (
    Effort,
    Evidence,
    Finding,
    Outcome,
    met,
    not_applicable,
    not_met,
)
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="dev-environment",
    title="One command makes a place to work",
    family="platform",
    capabilities=("platform-engineering", "flexible-infrastructure"),
    why="A page of steps is a day for each newcomer, and a different machine for each of them.",
    how="Settings of a dev container, compose files, Nix, devbox, mise or asdf tools, Vagrant, Tilt, Skaffold or "
    "Gitpod; or a script or Make target named setup, bootstrap or dev.",
    outcomes={
        Outcome.MET: "There is one.",
        Outcome.NOT_MET: "There is none.",
        Outcome.NOT_APPLICABLE: "There is no code, or one tool of its language fetches all that it needs.",
    },
    remedy="Add .devcontainer/devcontainer.json, or a script `setup` that works twice, and name it in the README.",
    effort=Effort.HOURS,
    version=2,
)

_FILES = {
    "dev container": (".devcontainer/**/devcontainer.json", ".devcontainer.json"),
    "Nix": ("flake.nix", "shell.nix", "devenv.nix", "default.nix"),
    "devbox": ("devbox.json",),
    "tools of mise or asdf": (".tool-versions", "mise.toml", ".mise.toml", ".config/mise.toml"),
    "Vagrant": ("Vagrantfile",),
    "Tilt": ("Tiltfile",),
    "Skaffold": ("skaffold.yaml",),
    "Gitpod": (".gitpod.yml",),
    "a script": (
        "{script,scripts,tools}/install{,.sh}",
        "{,bin/,script/,scripts/,tools/}{setup,bootstrap,dev,dev-setup,setup-dev,install-dev,develop}{,.sh,.py}",
    ),
    "Pixi": ("pixi.toml",),
    "Conda": ("environment.{yml,yaml}",),
}
_LIVE = re.compile(r"deploy|prod|live", re.IGNORECASE)


def judge(snapshot: Snapshot) -> Finding:
    if not has_code(snapshot):
        return not_applicable("The repository holds no code.")
    found = [Evidence(path, None, kind) for kind, globs in _FILES.items() for path in snapshot.find(*globs)[:1]]
    found = [place for place in found if not place.path.endswith("setup.py")]
    composed = [path for path, _ in compose_files(snapshot) if path.count("/") <= 1]
    composed.sort(key=lambda path: (bool(_LIVE.search(path)), path.count("/"), len(path)))
    found += [Evidence(path, None, "compose file") for path in composed[:1]]
    for path, text in snapshot.texts(snapshot.find("{GNUmakefile,makefile,Makefile,justfile,Justfile}")):
        if target := re.search(
            r"^@?(setup|bootstrap|install-dev|dev|develop|deps|init|venv|run|start|up)( [^:=\n]*)?:(?!=)",
            text,
            re.MULTILINE,
        ):
            found.append(Evidence(path, text.count("\n", 0, target.start()) + 1, target[0]))
    for path, text in snapshot.texts(snapshot.find("composer.json", "package.json")):
        if script := re.search(r'"(dev|start|setup|bootstrap)"\s*:', text):
            found.append(Evidence(path, text.count("\n", 0, script.start()) + 1, script[0]))
    if found:
        return met("One command makes a place to work.", found)
    if _one_tool(snapshot):
        return not_applicable("One tool of its language builds it and fetches what it needs.")
    return not_met("Nothing makes a place to work with one command.")


def _one_tool(snapshot: Snapshot) -> bool:
    """Whether there is one manifest of a language whose own tool installs everything, and no database beside it."""
    manifests = snapshot.active("**/{go.mod,Cargo.toml,package.json,pom.xml,mix.exs,pubspec.yaml,*.sln,*.slnx}")
    others = snapshot.active("**/{pyproject.toml,requirements*.txt,setup.py,Gemfile,composer.json,build.gradle{,.kts}}")
    manifests = [path for path in manifests if path.count("/") <= 2 and not path.startswith(("docs/", "website/"))]
    others = [path for path in others if path.count("/") <= 2 and not path.startswith(("docs/", "website/"))]
    root = {path for path in manifests if "/" not in path}
    apart = {path.rsplit("/", 1)[-1] for path in manifests} - {path.rsplit("/", 1)[-1] for path in root}
    first = next(iter(sources(snapshot).languages), "")
    if first in ("C", "C++") and not manifests and snapshot.find("{GNUmakefile,makefile,Makefile,CMakeLists.txt}"):
        return True
    return len(root) == 1 and not apart and not others and not uses_database(snapshot)
