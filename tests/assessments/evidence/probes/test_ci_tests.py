import pytest

from tests.assessments.evidence.trees import CODE, ci, job, lines, outcome, probe


@pytest.mark.parametrize(
    "command",
    ["pytest", "python -m pytest -q", "go test ./...", "npm test", "yarn test --ci", "cargo test", "mvn -B verify",
     "./gradlew check", "bundle exec rspec", "uv run pytest", "tox -e py", "dotnet test", "./scripts/run_tests.sh",
     "make test", "npm run test:unit", "ctest --output-on-failure", "bazel test //..."],
)  # fmt: skip
def test_known_commands_are_met(command):
    assert outcome("ci-tests", job(f"- run: {command}")) == "met"


@pytest.mark.parametrize(
    "command",
    [
        "echo pytest",
        "'# pytest'",
        "pip install pytest",
        "go build ./...",
        "npm run build",
        "pytest --version",
        "ls tests",
    ],
)
def test_other_commands_are_not_met(command):
    assert outcome("ci-tests", job(f"- run: {command}")) == "not met"


def test_scripts_targets_and_entries_are_followed():
    files = {
        "ci.sh": "make verify\n",
        "Makefile": "verify: build\n\tnpm run all\n",
        "package.json": '{"scripts": {"all": "vitest"}}',
    }
    finding = probe("ci-tests", {**job("- run: ./ci.sh"), **files})
    assert (str(finding.outcome), lines(finding), finding.evidence[0].what) == ("met", [6], "vitest")


def test_a_failure_that_is_ignored_is_partly():
    assert outcome("ci-tests", job("- run: pytest || true")) == "partly"
    assert outcome("ci-tests", job("- run: pytest\n  continue-on-error: true")) == "partly"


def test_tests_on_other_events_are_partly():
    assert outcome("ci-tests", job("- run: pytest", on="schedule")) == "partly"


def test_a_called_workflow_counts_and_a_foreign_one_is_unknown():
    called = {".github/workflows/t.yml": "on: workflow_call\njobs:\n  t:\n    steps: [{run: pytest}]\n"}
    assert outcome("ci-tests", ci("on: push\njobs:\n  a: {uses: ./.github/workflows/t.yml}\n") | called) == "met"
    assert outcome("ci-tests", ci("on: push\njobs:\n  a: {uses: o/r/.github/workflows/t.yml@v1}\n")) == "unknown"
    assert outcome("ci-tests", job("- run: ${{ matrix.command }}")) == "unknown"


def test_no_pipeline_is_not_met_and_no_code_is_not_applicable():
    assert outcome("ci-tests", CODE) == "not met"
    assert outcome("ci-tests", {"README.md": ""}) == "not applicable"


def test_variables_matrices_and_scripts_that_run_what_they_are_given_are_followed():
    prefixed = {"scripts/test": '#!/bin/sh -e\nexport PREFIX=""\n${PREFIX}coverage run -m pytest "$@"\n'}
    assert outcome("ci-tests", {**job("- run: scripts/test"), **prefixed}) == "met"
    environment = "on: push\nenv: {CARGO: cargo}\njobs:\n  a:\n    steps: [{run: '${{ env.CARGO }} test'}]\n"
    assert outcome("ci-tests", ci(environment)) == "met"
    matrix = """
    on: push
    jobs:
      a:
        strategy:
          matrix:
            include:
              - {run: make lint}
              - {run: make test}
        steps: [{run: "${{ matrix.run }}"}]
    """
    assert lines(probe("ci-tests", ci(matrix))) == [8]
    show = 'set -o pipefail\nif [ -n "$*" ]; then\n $@ 2>&1 | cat\nfi\n'
    passing = {"ci/show.sh": show, "ci/unit.sh": "go test ./...\n"}
    assert outcome("ci-tests", {**job("- run: bash ./ci/show.sh ./ci/unit.sh"), **passing}) == "met"
    windows = {"Build.ps1": "try {\n    & dotnet test -c Release\n} finally { }\n"}
    assert outcome("ci-tests", {**job("- run: ./Build.ps1"), **windows}) == "met"


def test_a_change_of_folder_is_followed():
    files = {"web/package.json": '{"scripts": {"check": "vitest run"}}'}
    assert outcome("ci-tests", {**job("- run: cd web && npm run check"), **files}) == "met"


def test_reports_of_earlier_tests_are_no_tests():
    assert outcome("ci-tests", job("- run: npx playwright merge-reports --reporter html ./blobs")) == "not met"
    assert outcome("ci-tests", job("- run: npx playwright test")) == "met"
    assert outcome("ci-tests", job("- run: ./runtest --verbose --tags -slow")) == "met"


def test_tests_in_a_pipeline_beside_that_is_not_read_are_unknown():
    assert outcome("ci-tests", {**job("- run: ls"), "Jenkinsfile": "node { sh 'make test' }"}) == "unknown"


def test_checks_of_other_things_are_no_tests():
    assert outcome("ci-tests", job("- run: make check-docs")) == "not met"
    assert outcome("ci-tests", job("- run: make check")) == "met"
