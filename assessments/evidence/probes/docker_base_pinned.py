"""Is the base of tomorrow the base of today?"""

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, met, not_applicable, not_met, partly
from assessments.evidence.images import fixed, shipped
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="docker-base-pinned",
    title="Base images are pinned",
    family="containers",
    capabilities=("container-images", "supply-chain-security"),
    why="A tag can be moved: the image that is built tomorrow from the same sources may be another.",
    how="The images in FROM: named by digest, by a version, or by a tag that moves (latest, stable, none). "
    "Arguments without a default are left out.",
    outcomes={
        Outcome.MET: "Every base is named by its digest.",
        Outcome.PARTLY: "Every base has at least a version, or some are pinned.",
        Outcome.NOT_MET: "Every base is named by a moving tag.",
        Outcome.NOT_APPLICABLE: "There are no Dockerfiles of what is shipped.",
    },
    remedy="Add the digest behind the tag (`python:3.12-slim@sha256:...`) and let Dependabot or Renovate renew it.",
    effort=Effort.MINUTES,
    every=True,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    digests, versions, moving = [], [], []
    for file in shipped(snapshot):
        for stage in file.images():
            if not stage.known or not stage.image:
                continue
            how = fixed(stage.image)
            kind = digests if how == "digest" else versions if how == "version" else moving
            kind.append(
                Evidence(
                    file.path, stage.line, stage.image if how in ("digest", "version") else f"{stage.image}: {how}"
                )
            )
    count = len(digests) + len(versions) + len(moving)
    if not count:
        return not_applicable("There are no Dockerfiles with a base image.")
    if len(digests) == count:
        return met(f"All {count} base images are named by digest.", digests)
    if digests or versions:
        said = f"Of {count} base images, {len(digests)} have a digest, {len(versions)} a version, {len(moving)} move."
        return partly(said, moving + versions, digests)
    return not_met(f"All {count} base images are named by a moving tag.", moving)
