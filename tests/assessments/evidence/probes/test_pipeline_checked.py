from tests.assessments.evidence.trees import CODE, job, outcome


def test_a_checker_is_met():
    assert outcome("pipeline-checked", job("- run: uvx zizmor .")) == "met"
    assert outcome("pipeline-checked", job("- uses: raven-actions/actionlint@v2")) == "met"
    hooks = {".pre-commit-config.yaml": "repos:\n  - repo: https://github.com/rhysd/actionlint\n"}
    assert outcome("pipeline-checked", job("- run: make") | hooks) == "met"


def test_none_is_not_met():
    assert outcome("pipeline-checked", job("- run: echo actionlint")) == "not met"
    assert outcome("pipeline-checked", job("- run: make") | {".pre-commit-config.yaml": "# actionlint\n"}) == "not met"


def test_no_workflow_is_not_applicable():
    assert outcome("pipeline-checked", CODE) == "not applicable"
