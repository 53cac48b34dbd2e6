"""Does a key that a build needs stay in the image?"""

import re

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, met, not_applicable, not_met, partly
from assessments.evidence.images import shipped
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="docker-build-secrets",
    title="Secrets of a build do not stay in the image",
    family="secrets",
    capabilities=("secrets-management", "container-images"),
    why="Arguments and variables of a build stand in the history of the image, for everyone who may pull it.",
    how="ARG and ENV whose name says password, secret, token or key, ENV only with a value that is no placeholder; "
    "against secrets given with `RUN --mount=type=secret`.",
    outcomes={
        Outcome.MET: "Secrets are mounted, and none is an argument or variable.",
        Outcome.PARTLY: "Both ways are used.",
        Outcome.NOT_MET: "Secrets are arguments or variables.",
        Outcome.NOT_APPLICABLE: "No Dockerfile needs a secret.",
    },
    remedy="Give the secret with `docker build --secret` and read it with `RUN --mount=type=secret`.",
    effort=Effort.HOURS,
    version=2,
)

_SECRET = re.compile(
    r"(^|_)(TOKEN|PASSWORD|PASSWD|PASSPHRASE|SECRET|SECRET_KEY|API_?KEY|PRIVATE_KEY|ACCESS_KEY|CREDENTIALS?)$",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(r"^$|^\$|change|example|dummy|placeholder|fake|test|none|null|your|x+$|<|\*", re.IGNORECASE)


def judge(snapshot: Snapshot) -> Finding:
    mounted, kept = [], []
    for file in shipped(snapshot):
        for stage in file.stages:
            for each in stage.all("RUN"):
                if "type=secret" in each.flags.get("mount", "") or "--mount=type=secret" in each.value:
                    mounted.append(Evidence(file.path, each.line, "mounts a secret"))
            for each in stage.all("ARG", "ENV"):
                for name, value in _named(each.value):
                    if _SECRET.search(name) and (each.name == "ARG" or (value and not _PLACEHOLDER.search(value))):
                        kept.append(Evidence(file.path, each.line, f"{each.name} {name}"))
    if kept and mounted:
        return partly("Some secrets are mounted, others are arguments or variables of the build.", kept, mounted)
    if kept:
        return not_met("Secrets are arguments or variables of the build.", kept)
    if mounted:
        return met("Secrets are mounted for the step that needs them.", mounted)
    return not_applicable("No Dockerfile is known to need a secret.")


def _named(value: str) -> list[tuple[str, str]]:
    if "=" not in value.split(" ", 1)[0]:
        name, _, rest = value.partition(" ")
        return [(name, rest.strip())]
    return [(name, given.strip("\"'")) for name, given in re.findall(r"(\w+)=(\"[^\"]*\"|'[^']*'|\S*)", value)]
