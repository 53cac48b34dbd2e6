"""Does the same Terraform make the same infrastructure tomorrow?"""

import re

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, share
from assessments.evidence.infrastructure import terraform
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="terraform-pinned",
    title="Terraform pins its providers and modules",
    family="infrastructure",
    capabilities=("flexible-infrastructure", "supply-chain-security"),
    why="A provider or module that moves changes infrastructure at a moment that nobody chose.",
    how="Providers in `required_providers` (a version, or a lock file beside them) and modules: a version from a "
    "registry, `?ref=` for git. Local modules need none.",
    outcomes={
        Outcome.MET: "Every provider and module is pinned.",
        Outcome.PARTLY: "Some are.",
        Outcome.NOT_MET: "None is.",
        Outcome.NOT_APPLICABLE: "No provider or module from outside is used.",
    },
    remedy="Give each provider a version like `~> 5.60`, commit `.terraform.lock.hcl`, and give each module a "
    "version or `?ref=`.",
    effort=Effort.HOURS,
    every=True,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    good, bad = [], []
    for path, file in terraform(snapshot).items():
        folder = path.rpartition("/")[0]
        locked = f"{folder}/.terraform.lock.hcl".lstrip("/") in snapshot.entries
        for block in file.blocks:
            if block.kind == "terraform":
                for providers in block.inside("required_providers"):
                    for name, given in providers.attributes.items():
                        fits = locked or given.value or re.search(r"\bversion\b", given.text)
                        place = Evidence(path, given.line, f"provider {name}" + ("" if fits else " has no version"))
                        (good if fits else bad).append(place)
            if block.kind == "module" and (source := block.get("source")) and source.value:
                if source.value.startswith("."):
                    continue
                fits = _fixed(source.value, "version" in block.attributes)
                place = Evidence(path, source.line, f"module {source.value}" + ("" if fits else " has no version"))
                (good if fits else bad).append(place)
    return share(good, bad, "providers and modules", "are pinned", "No provider or module from outside is used.")


def _fixed(source: str, version: bool) -> bool:
    if source.startswith(("git::", "git@", "github.com", "bitbucket.org", "http", "hg::", "s3::", "gcs::")):
        return "ref=" in source or source.startswith(("http", "s3::", "gcs::"))
    return version
