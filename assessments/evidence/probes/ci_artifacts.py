"""Can somebody look at what a run made, after it?"""

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, met, not_applicable, not_met
from assessments.evidence.pipelines import actions, nothing_to_judge, ran, unseen, workflows
from assessments.evidence.probe import Probe
from assessments.evidence.releasing import artefacts
from assessments.evidence.snapshot import Snapshot
from assessments.evidence.vocabulary import builds, tests

PROBE = Probe(
    key="ci-artifacts",
    title="Runs keep what they made",
    family="pipelines",
    capabilities=("continuous-integration", "continuous-delivery"),
    why="A test report or build that vanishes with the runner must be made again by whoever looks for the cause.",
    how="Steps that upload artifacts, test reports or coverage, or push an image or package, in workflows that "
    "build or test.",
    outcomes={
        Outcome.MET: "A workflow keeps a result.",
        Outcome.NOT_MET: "Workflows build or test, and none keeps a result.",
        Outcome.NOT_APPLICABLE: "No workflow is known to build or test.",
    },
    remedy="Upload the test report and what was built with actions/upload-artifact, the report also when tests fail "
    "(`if: always()`).",
    effort=Effort.MINUTES,
    version=2,
)

_KEEPERS = (
    "actions/upload-artifact",
    "actions/upload-pages-artifact",
    "codecov/codecov-action",
    "coverallsapp/github-action",
    "dorny/test-reporter",
    "mikepenz/action-junit-report",
    "enricomi/publish-unit-test-result-action",
    "test-summary/action",
    "softprops/action-gh-release",
    "ncipollo/release-action",
    "pypa/gh-action-pypi-publish",
    "goreleaser/goreleaser-action",
    "docker/build-push-action",
    "actions/attest-build-provenance",
    "codacy/codacy-coverage-reporter-action",
    "sonarsource/sonarqube-scan-action",
    "sonarsource/sonarcloud-github-action",
    "paambaati/codeclimate-action",
    "qltysh/qlty-action",
    "trunk-io/analytics-uploader",
    "buildkite/test-collector-action",
)


def judge(snapshot: Snapshot) -> Finding:
    if none := nothing_to_judge(snapshot):
        return none
    steps = [(workflow.path, step) for workflow in workflows(snapshot) for _, step in workflow.steps()]
    steps += [(action.path, step) for action in actions(snapshot) for step in action.steps]
    kept = []
    for path, step in steps:
        if step.uses and step.uses.name in _KEEPERS:
            if step.uses.name == "docker/build-push-action" and step.with_.get("push") in (None, False, "false"):
                continue
            kept.append(Evidence(path, step.uses.line, step.uses.text))
    kept += artefacts(snapshot)
    if kept:
        return met("Workflows keep what they made.", kept)
    made = [each.evidence() for each in ran(snapshot) if builds(each.command) or tests(each.command)]
    if not made:
        return not_applicable("No workflow is known to build or test.")
    return unseen(snapshot) or not_met("No workflow keeps a report or a build.", made[:3])
