from tests.assessments.evidence.trees import CODE, ci, job, outcome


def test_no_ignored_failure_is_met():
    assert outcome("ci-failures-count", job("- run: pytest\n- run: ls || true")) == "met"


def test_some_is_partly():
    assert outcome("ci-failures-count", job("- run: pytest\n- run: ruff check . || true")) == "partly"


def test_all_is_not_met():
    assert outcome("ci-failures-count", job("- run: pytest\n  continue-on-error: true")) == "not met"
    of_job = "on: push\njobs:\n  a:\n    continue-on-error: true\n    steps: [{run: pytest}]\n"
    assert outcome("ci-failures-count", ci(of_job)) == "not met"


def test_nothing_tested_is_not_applicable():
    assert outcome("ci-failures-count", job("- run: make install")) == "not applicable"
    assert outcome("ci-failures-count", CODE) == "not applicable"


def test_a_failure_that_a_later_step_looks_at_counts():
    steps = """
    - id: hooks
      run: pre-commit run -a
      continue-on-error: true
    - if: steps.hooks.outcome == 'failure'
      run: exit 1
    """
    assert outcome("ci-failures-count", job(steps)) == "met"
