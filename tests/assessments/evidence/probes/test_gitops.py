from tests.assessments.evidence.pods import pod
from tests.assessments.evidence.trees import CODE, job, outcome

ARGO = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: %s}\nspec: {syncPolicy: {%s}}\n"
GOOD = ARGO % ("a", "automated: {prune: true, selfHeal: true}")


def test_automated_sync_is_met():
    flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\nspec: {prune: true}\n"
    assert outcome("gitops", {"a.yaml": GOOD}) == "met"
    assert outcome("gitops", {"a.yaml": flux}) == "met"


def test_a_sync_by_hand_is_partly():
    assert outcome("gitops", {"a.yaml": GOOD, "b.yaml": ARGO % ("b", "")}) == "partly"
    assert outcome("gitops", {"b.yaml": ARGO % ("b", "automated: {}")}) == "partly"


def test_a_pipeline_that_pushes_is_not_met():
    assert outcome("gitops", job("- run: kubectl apply -f deploy") | {"deploy/a.yaml": pod()}) == "not met"


def test_manifests_alone_are_unknown():
    assert outcome("gitops", CODE | {"deploy/a.yaml": pod()}) == "unknown"


def test_nothing_for_kubernetes_is_not_applicable():
    assert outcome("gitops", CODE) == "not applicable"


def test_a_cluster_begun_for_one_run_is_not_deployed_to():
    steps = "- uses: helm/kind-action@v1\n- run: kubectl apply -f deploy/"
    assert outcome("gitops", job(steps) | {"deploy/a.yaml": pod()}) == "unknown"
    assert outcome("deploy-environments", job(steps)) == "not applicable"
    assert outcome("rollback", job("- run: helm plugin install x")) == "not applicable"
    assert outcome("iac-checked", job(steps) | {"deploy/a.yaml": pod()}) == "met"


def test_setting_up_a_tool_deploys_nothing():
    assert outcome("rollback", job("- uses: fluxcd/flux2/action@main")) == "not applicable"
