"""Where does Terraform remember what it made?"""

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, share
from assessments.evidence.infrastructure import roots
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="terraform-state",
    title="Terraform keeps its state in a shared place",
    family="infrastructure",
    capabilities=("flexible-infrastructure", "version-control"),
    why="State on one person's machine is lost with it, and two people who apply at once overwrite each other.",
    how="Folders with a provider block, which are applied by themselves: a `backend` other than local, or `cloud`. "
    "State files in the repository count against it.",
    outcomes={
        Outcome.MET: "Every such folder has a shared backend, and no state file is committed.",
        Outcome.PARTLY: "Some have.",
        Outcome.NOT_MET: "None has, or a state file is committed.",
        Outcome.NOT_APPLICABLE: "There is no Terraform that the team applies.",
    },
    remedy="Configure a backend with locking (for example S3, GCS, azurerm or HCP Terraform), and move the state "
    "there.",
    effort=Effort.HOURS,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    good, bad = [], []
    for path in snapshot.find("**/*.tfstate", "**/*.tfstate.backup"):
        if path in snapshot.active("**/*.tfstate*"):
            bad.append(Evidence(path, None, "a state file is committed"))
    for folder, files in roots(snapshot).items():
        backends = [
            (path, block, inner)
            for path, file in files.items()
            for block in file.blocks
            if block.kind == "terraform"
            for inner in block.inside("backend", "cloud")
        ]
        generated = any("/terragrunt.hcl" in f"/{each}" for each in snapshot.find("**/terragrunt.hcl"))
        if backends and backends[0][2].labels[:1] != ("local",):
            path, _, inner = backends[0]
            good.append(Evidence(path, inner.line, " ".join((inner.kind, *inner.labels))))
        elif not generated:
            bad.append(
                Evidence(next(iter(files)), None, f"{folder or 'the root folder'} keeps its state on one machine")
            )
    return share(good, bad, "places of state", "are shared", "There is no Terraform that the team applies.")
