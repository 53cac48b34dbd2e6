from tests.assessments.evidence.trees import CODE, outcome

TF = {"main.tf": 'resource "a" "b" {}'}
RUN = 'run "plan" {\n  command = plan\n  assert {\n    condition = true\n  }\n}\n'


def test_a_run_that_asserts_is_met():
    assert outcome("iac-tests", TF | {"tests/a.tftest.hcl": RUN}) == "met"
    assert (
        outcome("iac-tests", TF | {"test/a_test.go": 'import "github.com/gruntwork-io/terratest/modules/terraform"'})
        == "met"
    )
    assert outcome("iac-tests", {"chart/Chart.yaml": "name: x", "chart/templates/tests/a.yaml": "x"}) == "met"


def test_none_is_not_met():
    assert outcome("iac-tests", TF) == "not met"
    assert outcome("iac-tests", TF | {"tests/a.tftest.hcl": 'run "plan" {\n}\n'}) == "not met"


def test_no_infrastructure_is_not_applicable():
    assert outcome("iac-tests", CODE) == "not applicable"
