from tests.assessments.evidence.trees import CODE, ci, outcome, probe

WORK = "\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n      - run: make\n"


def test_both_events_are_met():
    assert outcome("ci-triggers", ci("on: [push, pull_request]" + WORK)) == "met"
    assert outcome("ci-triggers", ci("on:\n  push: {branches: [main]}\n  merge_group:" + WORK)) == "met"


def test_one_of_them_is_partly():
    assert outcome("ci-triggers", ci("on: push" + WORK)) == "partly"
    assert outcome("ci-triggers", ci("on: pull_request" + WORK)) == "partly"
    assert outcome("ci-triggers", ci("on: {push: {tags: ['v*']}, pull_request: }" + WORK)) == "partly"


def test_other_events_and_bots_are_not_met():
    assert outcome("ci-triggers", ci("on: schedule" + WORK)) == "not met"
    labels = "on: [push, pull_request_target]\njobs:\n  a:\n    steps:\n      - uses: actions/labeler@v5\n"
    assert outcome("ci-triggers", ci(labels)) == "not met"
    assert outcome("ci-triggers", CODE) == "not met"


def test_another_system_is_unknown():
    finding = probe("ci-triggers", {**CODE, ".gitlab-ci.yml": "test: {script: make}"})
    assert (str(finding.outcome), finding.because) == ("unknown", "The pipeline is in GitLab CI, which is not read.")


def test_a_repository_without_code_needs_none():
    assert outcome("ci-triggers", {"README.md": "Hello"}) == "not applicable"
