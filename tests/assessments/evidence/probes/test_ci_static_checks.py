import pytest

from tests.assessments.evidence.trees import CI, CODE, job, outcome


@pytest.mark.parametrize(
    "step", ["run: ruff check .", "run: npm run lint", "run: cargo clippy", "uses: golangci/golangci-lint-action@v6"]
)
def test_known_checks_are_met(step):
    assert outcome("ci-static-checks", job(f"- {step}")) == "met"


def test_the_service_of_pre_commit_counts():
    assert (
        outcome("ci-static-checks", job("- run: pytest") | {".pre-commit-config.yaml": "ci:\n  autofix_prs: true\n"})
        == "met"
    )


def test_an_ignored_check_is_partly():
    assert outcome("ci-static-checks", job("- run: flake8 || true")) == "partly"


def test_none_is_not_met():
    assert outcome("ci-static-checks", job("- run: pip install ruff && pytest")) == "not met"
    assert outcome("ci-static-checks", CODE) == "not met"


def test_no_code_is_not_applicable():
    assert outcome("ci-static-checks", {"README.md": ""}) == "not applicable"


def test_infrastructure_is_work_that_is_checked():
    role = {"tasks/main.yml": "- name: a\n  command: ls\n"}
    flow = {CI: "on: push\njobs:\n  a:\n    steps: [{run: yamllint .}]\n"}
    assert outcome("ci-static-checks", role | flow) == "met"
    assert outcome("codeowners", role) == "not met"
    assert outcome("codeowners", role | {"CODEOWNERS": "* @shop/team\n"}) == "met"


def test_a_compiler_that_takes_warnings_for_errors_is_met():
    props = "<Project>\n<TreatWarningsAsErrors>True</TreatWarningsAsErrors>\n</Project>"
    assert outcome("ci-static-checks", job("- run: dotnet build") | {"Directory.Build.props": props}) == "met"
    assert outcome("ci-static-checks", job("- run: dotnet build")) == "not met"


def test_looking_after_a_checker_is_no_check():
    assert outcome("ci-static-checks", job("- run: golangci-lint cache clean")) == "not met"
