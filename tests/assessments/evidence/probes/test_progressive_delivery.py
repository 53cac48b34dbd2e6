from tests.assessments.evidence.pods import pod
from tests.assessments.evidence.trees import CODE, outcome

ROLLOUT = (
    "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: a}\nspec: {strategy: {canary: {steps: [%s]}}}\n"
)


def test_steps_with_a_pause_are_met():
    assert outcome("progressive-delivery", {"a.yaml": ROLLOUT % "{setWeight: 5}, {pause: {duration: 10m}}"}) == "met"
    flagger = "apiVersion: flagger.app/v1beta1\nkind: Canary\nmetadata: {name: a}\nspec: {}\n"
    assert outcome("progressive-delivery", {"a.yaml": flagger}) == "met"


def test_steps_without_one_are_partly():
    assert outcome("progressive-delivery", {"a.yaml": ROLLOUT % "{setWeight: 50}"}) == "partly"


def test_all_at_once_is_not_met():
    assert outcome("progressive-delivery", {"a.yaml": pod()}) == "not met"


def test_nothing_for_kubernetes_is_not_applicable():
    assert outcome("progressive-delivery", CODE) == "not applicable"
