"""Can somebody check where a release comes from?"""

import re

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, met, not_applicable, not_met
from assessments.evidence.pipelines import calls, ran, workflows
from assessments.evidence.probe import Probe
from assessments.evidence.reading.workflows import Step
from assessments.evidence.releasing import artefacts, elsewhere, pushes
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="provenance",
    title="Releases are signed by the pipeline that made them",
    family="supply-chain",
    capabilities=("supply-chain-security",),
    why="A signature of the build says that nobody changed the software between the sources and the user.",
    how="Attestations of GitHub, the SLSA generators, cosign, Sigstore, provenance of docker buildx or npm, or "
    "trusted publishing to PyPI, in workflows; where something that was built is released.",
    outcomes={
        Outcome.MET: "A release is signed or attested.",
        Outcome.NOT_MET: "Something is released without it.",
        Outcome.UNKNOWN: "The release may be made in a pipeline that is not read.",
        Outcome.NOT_APPLICABLE: "Nothing that was built is released here.",
    },
    remedy="Add actions/attest-build-provenance to the workflow that releases; it needs `id-token: write` and "
    "`attestations: write`.",
    effort=Effort.MINUTES,
    version=2,
)

_ACTIONS = re.compile(
    r"^(actions/attest-build-provenance|actions/attest|slsa-framework/slsa-github-generator\S*|sigstore/\S+|"
    r"chainguard-dev/actions\S*sign\S*|crazy-max/ghaction-import-gpg)"
)
_COMMANDS = re.compile(
    r"^(cosign (sign|attest|sign-blob|attest-blob)|sigstore sign|npm publish .*--provenance|"
    r"docker (buildx )?build .*--(provenance|attest)|notation sign|rekor-cli|gpg .*(--detach-sign|--clearsign|--sign|"
    r" -[a-z]*b( |$)))"
)


def judge(snapshot: Snapshot) -> Finding:
    made = artefacts(snapshot)
    found = calls(snapshot, _ACTIONS) + [
        each.evidence() for each in ran(snapshot) if _COMMANDS.match(each.command.spoken)
    ]
    for flow in workflows(snapshot):
        for _, step in flow.steps():
            if not step.uses:
                continue
            if step.uses.name == "helm/chart-releaser-action" and "CR_KEY" in step.env:
                found.append(Evidence(flow.path, step.env.at("CR_KEY"), "charts are signed with CR_KEY"))
            if step.uses.name == "docker/build-push-action" and _by_itself(step):
                found.append(Evidence(flow.path, step.uses.line, f"{step.uses.text} attests what it pushes"))
            if str(step.with_.get("provenance", "")).lower() not in ("", "false"):
                found.append(Evidence(flow.path, step.with_.at("provenance"), f"{step.uses.where} with provenance"))
            if step.uses.name == "pypa/gh-action-pypi-publish" and "password" not in step.with_:
                found.append(Evidence(flow.path, step.uses.line, f"{step.uses.where} attests what it publishes"))
    for path, text in snapshot.texts(snapshot.find(".goreleaser.{yml,yaml}", "goreleaser.{yml,yaml}")):
        if line := re.search(r"^(signs|docker_signs|binary_signs):", text, re.MULTILINE):
            found.append(Evidence(path, text.count("\n", 0, line.start()) + 1, "signatures of goreleaser"))
    if found:
        return met("Releases are signed or attested.", found)
    if not made:
        return elsewhere(snapshot) or not_applicable("Nothing that was built is released here.")
    return not_met("Something is released without a signature of its build.", made[:3])


def _by_itself(step: Step) -> bool:
    """Whether the action adds a provenance to what it pushes, as it does since its fourth version."""
    old = re.match(r"v[0-3](\.|$)", step.uses.ref)
    return pushes(step) and not old and str(step.with_.get("provenance", "")).lower() != "false"
