"""Does the image hold what built it?"""

import re

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, share
from assessments.evidence.images import shipped
from assessments.evidence.probe import Probe
from assessments.evidence.reading.shell import commands
from assessments.evidence.snapshot import Snapshot
from assessments.evidence.vocabulary import builds

PROBE = Probe(
    key="docker-stages",
    title="Images are built in stages",
    family="containers",
    capabilities=("container-images", "supply-chain-security"),
    why="Compilers and sources in an image make it large, slow to start and open to attack.",
    how="Dockerfiles that build something: the last stage copies from an earlier one, instead of being the stage "
    "that builds. Dockerfiles that only put files together need no stages and are left out.",
    outcomes={
        Outcome.MET: "Every Dockerfile that builds has a stage of its own for it.",
        Outcome.PARTLY: "Some have.",
        Outcome.NOT_MET: "None has.",
        Outcome.NOT_APPLICABLE: "No Dockerfile is known to build something.",
    },
    remedy="Build in a first stage (`FROM ... AS build`), begin a second one from a small base, and `COPY "
    "--from=build` what is needed.",
    effort=Effort.HOURS,
    every=True,
    version=2,
)

_TOOLS = re.compile(r"\b(build-essential|gcc|g\+\+|build-base|openjdk-\d+-jdk|maven|cargo)\b")


def judge(snapshot: Snapshot) -> Finding:
    good, bad = [], []
    for file in shipped(snapshot):
        names = {stage.name for stage in file.stages if stage.name}
        copies = [each for each in file.last.all("COPY") if "from" in each.flags]
        copies.sort(key=lambda each: not (each.flags["from"].lower() in names or each.flags["from"].isdigit()))
        chain = file.line_of_stages(file.last)
        if copies and len(file.stages) > 1:
            good.append(
                Evidence(file.path, copies[0].line, f"takes what {copies[0].flags['from'] or 'an earlier stage'} made")
            )
            continue
        for run in (run for stage in chain for run in stage.all("RUN")):
            built = next((command for command in commands(run.script) if _builds(command)), None)
            if built:
                bad.append(
                    Evidence(file.path, run.line, f"the stage that runs {built.text} is the one that is shipped")
                )
                break
    return share(
        good, bad, "Dockerfiles that build", "build in a stage of its own", "No Dockerfile is known to build something."
    )


def _builds(command) -> bool:
    if command.program in ("apt-get", "apt", "apk", "dnf", "yum", "microdnf"):
        removed = any(word in command.words for word in ("remove", "purge", "autoremove", "del"))
        return not removed and bool(_TOOLS.search(command.text))
    return builds(command)
