"""Does a changed line of code fetch all dependencies again?"""

import re

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, share
from assessments.evidence.images import dockerfiles
from assessments.evidence.probe import Probe
from assessments.evidence.reading.shell import commands
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="docker-layer-order",
    title="Dependencies are installed before the sources are copied",
    family="containers",
    capabilities=("container-images", "continuous-integration"),
    why="A layer is made anew when anything before it changed. Where all sources come first, every build fetches "
    "everything.",
    how="Stages with a command that installs dependencies from a manifest: `COPY . .` stands behind it, or the "
    "command has a cache mount.",
    outcomes={
        Outcome.MET: "Dependencies come first in every such stage.",
        Outcome.PARTLY: "In some.",
        Outcome.NOT_MET: "In none.",
        Outcome.NOT_APPLICABLE: "No stage installs dependencies from a manifest.",
    },
    remedy="Copy the manifest and lock file first, install, and copy the sources after it.",
    effort=Effort.MINUTES,
    version=2,
)

_INSTALLS = re.compile(
    r"^(npm (ci|install|i)\b(?! (-g|--global))|pnpm (install|i)\b|yarn( install\b| --\S+|$)|"
    r"pip3? install .*(-r|--requirement)|"
    r"poetry install|pipenv (install|sync)|uv sync|uv pip install .*-r|bundle install|composer install|go mod download|"
    r"dotnet restore|cargo (fetch|chef cook)|mix deps\.get)"
)


def judge(snapshot: Snapshot) -> Finding:
    good, bad = [], []
    for file in dockerfiles(snapshot):
        for stage in file.stages:
            copied = None
            for each in stage.all("COPY", "ADD", "RUN"):
                if each.name != "RUN":
                    copied = copied or (each if _all(each) else None)
                    continue
                command = next((c for c in commands(each.script) if _INSTALLS.match(c.text)), None)
                if command is None:
                    continue
                cached = "type=cache" in each.flags.get("mount", "") or "type=cache" in each.value
                if copied is None or cached:
                    good.append(Evidence(file.path, each.line, command.text))
                else:
                    bad.append(Evidence(file.path, copied.line, f"everything is copied before {command.text}"))
                break
    return share(
        good,
        bad,
        "stages that install",
        "install before the sources are copied",
        "No stage installs dependencies from a manifest.",
    )


def _all(copy) -> bool:
    """Whether it copies the whole of what is built from, and not from another stage."""
    sources = copy.listed[:-1] if copy.listed else copy.value.split()[:-1]
    return "from" not in copy.flags and any(source in (".", "./", "/", "*", "./*") for source in sources)
