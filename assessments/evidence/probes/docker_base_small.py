"""Is the base of an image small?"""

import re

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, share
from assessments.evidence.images import parts, shipped, start
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="docker-base-small",
    title="Images start from a small base",
    family="containers",
    capabilities=("container-images",),
    why="What is not in an image needs no update and cannot be attacked.",
    how="The image that the last stage comes from: known small ones (distroless, alpine, -slim, ubi-minimal, "
    "chiseled, scratch) and known full ones (plain debian, ubuntu, python, node and the like). Bases that are "
    "neither, such as your own, are left out.",
    outcomes={
        Outcome.MET: "Every base that is known is small.",
        Outcome.PARTLY: "Some are.",
        Outcome.NOT_MET: "None is.",
        Outcome.NOT_APPLICABLE: "No image has a base whose size is known.",
    },
    remedy="Take the slim, alpine or distroless form of the base, and install what is missing by name.",
    effort=Effort.HOURS,
    version=2,
)

_SMALL = re.compile(
    r"(slim|alpine|distroless|chainguard|cgr\.dev|wolfi|ubi\d*-(minimal|micro)|busybox|chiseled|-static|photon|"
    r"/static)",
    re.IGNORECASE,
)
_FULL = re.compile(
    r"^(docker\.io/|library/|public\.ecr\.aws/docker/library/)*(debian|ubuntu|centos|fedora|rockylinux|almalinux|"
    r"amazonlinux|python|node|ruby|"
    r"golang|rust|openjdk|eclipse-temurin|amazoncorretto|maven|gradle|php|perl|erlang|elixir|haskell|swift|dart|gcc|"
    r"buildpack-deps|mcr\.microsoft\.com/dotnet/sdk)$"
)


def judge(snapshot: Snapshot) -> Finding:
    good, bad = [], []
    for file in shipped(snapshot):
        base = start(file, file.last)
        name, tag, _ = parts(base.image)
        if base.image.lower() == "scratch" or _SMALL.search(base.image):
            good.append(Evidence(file.path, base.line, base.image))
        elif base.known and _FULL.match(name) and not tag.endswith(("jre", "-chiseled")):
            bad.append(Evidence(file.path, base.line, base.image))
    return share(good, bad, "images", "start from a small base", "No image has a base whose size is known.")
