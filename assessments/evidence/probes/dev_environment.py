"""How long until a newcomer can run it?"""

import re

from assessments.evidence.compose import compose_files
from assessments.evidence.files import has_code
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
    "Gitpod; or a script or Make target named setup, bootstrap, install or dev.",
    outcomes={
        Outcome.MET: "There is one.",
        Outcome.NOT_MET: "There is none.",
        Outcome.NOT_APPLICABLE: "The repository holds no code.",
    },
    remedy="Add .devcontainer/devcontainer.json, or a script `setup` that works twice, and name it in the README.",
    effort=Effort.HOURS,
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
        "{,bin/,script/,scripts/,tools/}{setup,bootstrap,dev,dev-setup,setup-dev,install-dev,develop}{,.sh,.py}",
    ),
    "Pixi": ("pixi.toml",),
    "Conda": ("environment.{yml,yaml}",),
}


def judge(snapshot: Snapshot) -> Finding:
    if not has_code(snapshot):
        return not_applicable("The repository holds no code.")
    found = [Evidence(path, None, kind) for kind, globs in _FILES.items() for path in snapshot.find(*globs)[:1]]
    found = [place for place in found if not place.path.endswith("setup.py")]
    found += [Evidence(path, None, "compose file") for path, _ in compose_files(snapshot)[:1]]
    for path, text in snapshot.texts(snapshot.find("{GNUmakefile,makefile,Makefile,justfile,Justfile}")):
        if target := re.search(
            r"^@?(setup|bootstrap|install|install-dev|dev|develop|deps|init|venv|run|start|up)( [^:=\n]*)?:(?!=)",
            text,
            re.MULTILINE,
        ):
            found.append(Evidence(path, text.count("\n", 0, target.start()) + 1, target[0]))
    for path, text in snapshot.texts(snapshot.find("package.json")):
        if script := re.search(r'"(dev|start|setup|bootstrap)"\s*:', text):
            found.append(Evidence(path, text.count("\n", 0, script.start()) + 1, script[0]))
    if found:
        return met("One command makes a place to work.", found)
    return not_met("Nothing makes a place to work with one command.")
