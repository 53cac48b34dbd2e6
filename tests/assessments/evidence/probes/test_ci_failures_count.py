import pytest

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


PIPED = "- run: pytest | tee log\n"


@pytest.mark.parametrize("shell", ["", "  shell: sh\n", "  shell: bash -e {0}\n"])
def test_a_pipe_that_hides_a_failure_is_not_met(shell):
    assert outcome("ci-failures-count", job(PIPED + shell)) == "not met"
    assert outcome("ci-tests", job(PIPED + shell) | CODE) == "partly"


@pytest.mark.parametrize("shell", ["bash", "bash -eo pipefail {0}", "pwsh"])
def test_a_pipe_in_a_shell_that_notices_is_met(shell):
    assert outcome("ci-failures-count", job(f"{PIPED}  shell: {shell}\n")) == "met"
    steps = f"steps: [{{run: pytest | tee log}}]\n    defaults: {{run: {{shell: '{shell}'}}}}\n"
    assert outcome("ci-failures-count", ci(f"on: push\njobs:\n  a:\n    {steps}")) == "met"
    everywhere = f"on: push\ndefaults: {{run: {{shell: '{shell}'}}}}\njobs:\n  a:\n    steps:\n    {PIPED}"
    assert outcome("ci-failures-count", ci(everywhere)) == "met"


def test_a_pipe_on_windows_is_one_of_powershell():
    steps = "on: push\njobs:\n  a:\n    runs-on: windows-2025\n    steps: [{run: pytest | tee log}]\n"
    assert outcome("ci-failures-count", ci(steps)) == "met"


def test_scripts_and_makefiles_have_a_shell_of_their_own():
    makefile = "all:\n\tpytest | tee log\n"
    assert outcome("ci-failures-count", job("- run: make all") | {"Makefile": makefile}) == "not met"
    flagged = f"SHELL := /bin/bash\n.SHELLFLAGS := -eu -o pipefail -c\n{makefile}"
    assert outcome("ci-failures-count", job("- run: make all") | {"Makefile": flagged}) == "met"
    script = "#!/bin/bash\npytest | tee log\n"
    assert outcome("ci-failures-count", job("- run: ci/all.sh\n  shell: bash") | {"ci/all.sh": script}) == "not met"
    script = "#!/usr/bin/env -S bash -euo pipefail\npytest | tee log\n"
    assert outcome("ci-failures-count", job("- run: ci/all.sh") | {"ci/all.sh": script}) == "met"
    hidden = job("- run: ci/all.sh | tee log") | {"ci/all.sh": "#!/bin/bash\npytest\n"}
    assert outcome("ci-failures-count", hidden) == "not met"
