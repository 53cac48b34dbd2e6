"""Does a machine make the release?"""

import re

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, met, not_applicable, not_met
from assessments.evidence.history import DAY
from assessments.evidence.pipelines import nothing_to_judge, unseen
from assessments.evidence.probe import Probe
from assessments.evidence.releasing import releases
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="release-automation",
    title="A workflow makes the release",
    family="deployment",
    capabilities=("continuous-delivery", "deployment-automation"),
    why="A release that a person makes by hand depends on that person, and differs each time.",
    how="Workflows that start on tags or releases, or by hand, and publish: an image, a package, a release with its "
    "files, or with release-please, semantic-release, goreleaser, changesets and the like.",
    outcomes={
        Outcome.MET: "A workflow releases.",
        Outcome.NOT_MET: "Versions are tagged, and no workflow is known to release.",
        Outcome.NOT_APPLICABLE: "Nothing is released here.",
    },
    remedy="Move the commands of your release notes into a workflow that starts on a tag.",
    effort=Effort.HOURS,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    found = releases(snapshot)
    if found:
        return met("A workflow makes the release.", found)
    none = nothing_to_judge(snapshot)
    if none and none.outcome is Outcome.UNKNOWN:
        return none
    tags = (snapshot.history.tags or {}) if snapshot.history else {}
    versions = [tag for tag in tags if re.fullmatch(r"(\S*[-/@])?v?[0-9]+(\.[0-9]+){1,3}\S*", tag)]
    versions = [tag for tag in versions if not tag.endswith(".x")]
    recent = snapshot.as_of is None or any(snapshot.as_of - tags[tag] <= 730 * DAY for tag in versions)
    if versions and recent:
        newest = max(versions, key=lambda tag: tags[tag])
        return unseen(snapshot) or not_met(
            "Versions are tagged, and no workflow is known to release.", [Evidence(None, None, f"tag {newest}")]
        )
    return not_applicable("Nothing is released here.")
