"""Does a mistake show before the push?"""

import re

from assessments.evidence.finding import (
    Effort,
    Evidence,
    Finding,
    Outcome,
    met,
    not_applicable,
    not_met,
    partly,
)
from assessments.evidence.infrastructure import has_work
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="local-hooks",
    title="Checks run before a commit or push",
    family="platform",
    capabilities=("code-maintainability", "continuous-integration"),
    why="What a hook says in a second, a pipeline says in ten minutes.",
    how="Settings of pre-commit, prek, husky, lefthook, lint-staged, overcommit or simple-git-hooks with at least "
    "one check.",
    outcomes={
        Outcome.MET: "There are such hooks.",
        Outcome.PARTLY: "There are settings without a check.",
        Outcome.NOT_MET: "There are none.",
        Outcome.NOT_APPLICABLE: "The repository holds neither code nor infrastructure.",
    },
    remedy="Add .pre-commit-config.yaml with the formatter of your language and a check for secrets.",
    effort=Effort.MINUTES,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    if not has_work(snapshot):
        return not_applicable("The repository holds neither code nor infrastructure.")
    found, empty = [], []
    for path, text in snapshot.texts(snapshot.find(".pre-commit-config.{yaml,yml}", "prek.toml")):
        hook = re.search(r"^\s*-?\s*id\s*[:=]", text, re.MULTILINE)
        (found if hook else empty).append(
            Evidence(path, text.count("\n", 0, hook.start()) + 1 if hook else None, "hooks of pre-commit")
        )
    found += [
        Evidence(path, None, "hook of husky") for path in snapshot.find(".husky/{pre-commit,pre-push,commit-msg}")
    ]
    found += [
        Evidence(path, None, "hooks")
        for path in snapshot.find(
            "{,.}lefthook.{yml,yaml,toml,json}",
            ".overcommit.yml",
            ".githooks/*",
            ".lintstagedrc*",
            "lint-staged.config.*",
        )
    ]
    for path, text in snapshot.texts(snapshot.find("package.json")):
        if said := re.search(r'"(lint-staged|simple-git-hooks|pre-commit|gitHooks)"\s*:\s*[\[{]', text):
            found.append(Evidence(path, text.count("\n", 0, said.start()) + 1, said[1]))
    if found:
        return met("Checks run before a commit or push.", found)
    return (
        partly("There are settings without a check.", empty)
        if empty
        else not_met("No checks run before a commit or push.")
    )
