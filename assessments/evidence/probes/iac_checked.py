"""Is a change of infrastructure checked before it is applied?"""

import re
from collections.abc import Iterator

from assessments.evidence.finding import Effort, Evidence, Finding, Outcome, met, not_applicable, not_met
from assessments.evidence.infrastructure import kinds
from assessments.evidence.operating import tried
from assessments.evidence.pipelines import calls, nothing_to_judge, ran, unseen, workflows
from assessments.evidence.probe import Probe
from assessments.evidence.snapshot import Snapshot

PROBE = Probe(
    key="iac-checked",
    title="Changes of infrastructure are checked in the pipeline",
    family="infrastructure",
    capabilities=("flexible-infrastructure", "continuous-integration"),
    why="A typing error in infrastructure takes down more than one in code.",
    how="Commands and actions in workflows that check infrastructure code: terraform validate, plan or fmt -check, "
    "tflint, trivy or checkov, helm lint, kubeconform, ansible-lint, cfn-lint and the like, where such code exists.",
    outcomes={
        Outcome.MET: "A check of infrastructure code runs.",
        Outcome.NOT_MET: "Infrastructure code exists, and no check of it is known to run.",
        Outcome.NOT_APPLICABLE: "There is no infrastructure code.",
    },
    remedy="Run `terraform fmt -check`, `validate` and `plan` (or the checker of your tool) on pull requests that "
    "touch it.",
    effort=Effort.HOURS,
    version=2,
)

_CHECKS = re.compile(
    r"^((terraform|tofu|terragrunt) (\S+ )*(validate|plan|fmt\b.*-check|run-all plan|test|hclfmt)|"
    r"tflint|tfsec|checkov|terrascan|trivy (\S+ )*config|"
    r"helm (\S+ )*(lint|template|unittest)|ct (\S+ )*(lint|install)|kubeconform|kubeval|kube-linter|"
    r"kube-score|polaris|conftest|kustomize build|"
    r"kubectl (\S+ )*(kustomize|diff|apply .*--dry-run)|"
    r"ansible-lint|ansible-playbook .*(--syntax-check|--check)|molecule|"
    r"cfn-lint|aws cloudformation validate-template|sam validate|cdk (synth|diff)|pulumi preview|bicep (build|lint)|"
    r"az (bicep|deployment \S+ (validate|what-if))|packer validate|opa test|pluto|infracost|driftctl)"
)
_ACTIONS = re.compile(
    r"(tflint|tfsec|checkov|terraform-plan|terraform-validate|dflook/|chart-testing|kubeconform|kube-linter|"
    r"ansible-lint|"
    r"kics|cfn-lint|datree|helm-lint|gruntwork-io/terragrunt-action|pulumi/actions|terraform-docs|"
    r"flux-schema/actions/validate|kubernetes-validate)"
)
_HOOKS = re.compile(
    r"\bid:\s*[\"']?(terraform_(fmt|validate|tflint|checkov|trivy|tfsec)|tofu_(fmt|validate)|tflint|checkov|tfsec|"
    r"ansible-lint|helmlint|helm-lint|kubeconform|kube-linter|cfn-lint\S*|packer_(fmt|validate))"
)


def judge(snapshot: Snapshot) -> Finding:
    found = kinds(snapshot)
    if not found:
        return not_applicable("There is no infrastructure code.")
    none = nothing_to_judge(snapshot)
    if none and none.outcome is Outcome.UNKNOWN:
        return none
    checks = [each.evidence() for each in ran(snapshot) if _CHECKS.match(each.command.spoken)]
    for flow in workflows(snapshot):
        for _, step in flow.steps():
            if step.uses and _ACTIONS.search(step.uses.where.lower()):
                checks.append(Evidence(flow.path, step.uses.line, step.uses.text))
    if hooks := [*_hooks(snapshot)]:
        run = [each for each in ran(snapshot) if each.command.program in ("pre-commit", "prek")]
        run += calls(snapshot, re.compile(r"\S+/pre-commit(-action)?$|pre-commit/action|j178/prek-action"))
        checks += hooks if run else []
    checks += [each.evidence() for each in tried(snapshot)]
    if checks:
        return met("Infrastructure code is checked in the pipeline.", checks)
    places = [Evidence(path, None, kind) for kind, path in found.items()]
    return unseen(snapshot) or not_met("No check of the infrastructure code is known to run.", places)


def _hooks(snapshot: Snapshot) -> Iterator[Evidence]:
    """Hooks of pre-commit that check infrastructure code."""
    for path, text in snapshot.texts(snapshot.find(".pre-commit-config.{yaml,yml}")):
        for number, line in enumerate(text.splitlines(), 1):
            if hook := _HOOKS.search(line.split("#", 1)[0]):
                yield Evidence(path, number, hook[0].strip())
