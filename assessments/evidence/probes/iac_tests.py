"""Does a test say what the infrastructure does?"""

import re

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, met, not_applicable, not_met
from assessments.evidence.infrastructure import kinds
from assessments.evidence.probe import Probe
from assessments.evidence.reading import Malformed
from assessments.evidence.reading.hcl import read_hcl
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="iac-tests",
    title="Infrastructure code has tests",
    family="infrastructure",
    capabilities=("flexible-infrastructure", "automation-as-software"),
    why="Modules that others build on need to be changed without fear.",
    how="Terraform tests (`*.tftest.hcl`) with a run that asserts, Terratest, Molecule scenarios, tests of Helm "
    "charts or of CDK, Open Policy Agent tests, where infrastructure code exists.",
    outcomes={
        Outcome.MET: "There are tests of a known kind.",
        Outcome.NOT_MET: "Infrastructure code exists, and no tests of a known kind.",
        Outcome.NOT_APPLICABLE: "There is no infrastructure code of a kind that has tests.",
    },
    remedy="Begin with one `*.tftest.hcl` that plans the module and asserts what must never change.",
    effort=Effort.DAYS,
    version=2,
)


def judge(snapshot: Snapshot) -> Finding:
    found = {kind: path for kind, path in kinds(snapshot).items() if kind in ("Terraform", "Ansible", "Helm", "CDK")}
    if not found:
        return not_applicable("There is no infrastructure code of a kind that has tests.")
    tests = []
    for path, text in snapshot.texts(snapshot.find("**/*.tftest.hcl", "**/*.tofutest.hcl")):
        try:
            file = read_hcl(text)
        except Malformed as error:
            snapshot.refuse(path, str(error))
            continue
        runs = [block for block in file.blocks if block.kind == "run" and block.inside("assert")]
        tests += [Evidence(path, runs[0].line, f"{len(runs)} runs that assert")] if runs else []
    tests += [Evidence(path, None, "Molecule") for path in snapshot.find("**/molecule/*/molecule.yml")[:3]]
    tests += [
        Evidence(path, None, "tests of a chart")
        for path in snapshot.find("**/templates/tests/*.yaml", "**/*_test.rego")[:3]
    ]
    charts = tuple(path.removesuffix("Chart.yaml") + "tests/" for path in snapshot.find("**/Chart.yaml"))
    tests += [Evidence(path, None, "tests of a chart") for path in snapshot.own if charts and path.startswith(charts)][
        :3
    ]
    for path, text in snapshot.texts(snapshot.find("**/*_test.go")[:300]):
        if "gruntwork-io/terratest" in text:
            tests.append(Evidence(path, None, "Terratest"))
    if "CDK" in found:
        for path, text in snapshot.texts(snapshot.find("**/*.{test,spec}.{ts,js}", "**/test_*.py")[:300]):
            if re.search(r"aws-cdk-lib/assertions|aws_cdk\.assertions|aws_cdk import .*assertions", text):
                tests.append(Evidence(path, None, "tests of CDK"))
    if tests:
        return met("Infrastructure code has tests.", tests)
    return not_met(
        "No tests of the infrastructure code were found.", [Evidence(path, None, kind) for kind, path in found.items()]
    )
