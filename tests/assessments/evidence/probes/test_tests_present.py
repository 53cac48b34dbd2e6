import pytest

from tests.assessments.evidence.trees import outcome

TEN = {f"src/a{n}.py": "" for n in range(10)}


@pytest.mark.parametrize(
    "path", ["tests/test_a.py", "src/a_test.go", "src/a.spec.ts", "src/test/java/ATest.java", "spec/a_spec.rb"]
)
def test_one_for_ten_is_met(path):
    assert outcome("tests-present", TEN | {path: ""}) == "met"


def test_tests_in_the_source_count_in_rust():
    assert outcome("tests-present", {"src/lib.rs": "fn a() {}\n#[cfg(test)]\nmod tests {}\n"}) == "met"


def test_few_are_partly():
    assert outcome("tests-present", TEN | {"src/b.py": "", "tests/test_a.py": ""}) == "partly"


def test_none_is_not_met():
    assert outcome("tests-present", TEN) == "not met"
    assert outcome("tests-present", TEN | {"src/latest.py": "", "vendor/x/test_a.py": ""}) == "not met"


def test_no_code_is_not_applicable():
    assert outcome("tests-present", {"README.md": "", "a.sh": ""}) == "not applicable"


def test_scripts_beside_infrastructure_are_not_the_product():
    charts = {f"charts/a/templates/{n}.yaml": "a: b" for n in range(9)} | {"charts/a/Chart.yaml": "name: a"}
    assert outcome("tests-present", charts | {"hack/sync.py": ""}) == "not applicable"


def test_tests_of_rules_are_tests_of_a_mixin():
    rules = {"tests/a-test.yaml": "rule_files: [x.yaml]\ntests:\n  - interval: 1m\n"}
    assert outcome("tests-present", {"alerts/a.libsonnet": "{}"} | rules) == "met"
